//! The rules that deny a request, and whether anything would allow it without them.

use super::ways::{Gap, Proof, keep};
use super::{ExplanationText, MAX_OTHERS, ReasonText, SummaryText, cut_unknown, more};
use crate::diag::phrases::most_of;
use std::collections::BTreeSet;

impl SummaryText {
    /// The denies that apply, and what would be the answer without them.
    pub(super) fn barred(&mut self, explanation: &ExplanationText, claims: &mut BTreeSet<String>) {
        let mut proof = Proof::default();
        let apply: Vec<&ReasonText> = explanation.denies.iter().filter(|deny| deny.truth == "true").collect();
        let shown = most_of(apply.len(), MAX_OTHERS);
        apply[..shown].iter().for_each(|deny| proof.way(deny));
        let mut closing: Vec<String> = more(apply.len() - shown, " rule that denies it", " rules that deny it").into_iter().collect();
        let that = if apply.len() == 1 { "that" } else { "these rules" };
        let unknown = unknown_without(explanation);
        closing.push(match explanation.reasons.iter().find(|permit| permit.truth == "true") {
            _ if !unknown.is_empty() => format!("Without {that}, it would be unknown whether it is allowed."),
            Some(permit) => format!("Without {that}, it would be allowed: {}.", permit.says),
            None if explanation.unknown_roles.is_empty() => "Nothing grants it either.".to_owned(),
            None => "Nothing that is known grants it either.".to_owned(),
        });
        claims.extend(proof.claims);
        self.section("Why", proof.lines, closing);
        let mut lines = Vec::new();
        unknown.into_iter().flat_map(|reason| Gap::of(reason).unknown).for_each(|line| keep(&mut lines, line));
        let cut = cut_unknown(&mut lines);
        self.section("Not known", lines, cut.into_iter().collect());
    }
}

/// What makes the answer unknown if the denies that apply are left aside; nothing if it is known.
fn unknown_without(explanation: &ExplanationText) -> Vec<&ReasonText> {
    let is_open = |reason: &&ReasonText| reason.truth == "unknown";
    let is_granted = explanation.reasons.iter().any(|permit| permit.truth == "true");
    let permits: Vec<&ReasonText> = explanation.reasons.iter().filter(|_| !is_granted).filter(is_open).collect();
    if !is_granted && permits.is_empty() {
        return permits;
    }
    permits.into_iter().chain(explanation.denies.iter().filter(is_open)).collect()
}
