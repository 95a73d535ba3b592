//! That none of the roles that grant an action is held, and who holds them or where.

use super::ways::{self, Proof};
use super::{ExplanationText, MAX_OTHERS, Mark, ReasonText, SummaryLine, more};
use crate::diag::phrases::most_of;
use crate::explain::ReasonKind;
use std::collections::BTreeSet;

/// Whether a permit is a role that is not held, and nothing more is known of it.
pub(super) fn is_barren(permit: &ReasonText) -> bool {
    permit.kind == ReasonKind::Role && permit.blocking && permit.truth == "false"
}

/// That the subject holds none of the roles that grant the action, and who does or where.
pub(super) fn no_role(explanation: &ExplanationText, roles: &[&ReasonText], claims: &mut BTreeSet<String>) -> Vec<SummaryLine> {
    let mut elsewhere: Vec<SummaryLine> = roles.iter().flat_map(|role| ways::elsewhere(role)).collect();
    let shown = most_of(elsewhere.len(), MAX_OTHERS);
    let left = more(elsewhere.len() - shown, " such assignment", " such assignments");
    elsewhere.truncate(shown);
    elsewhere.extend(left.map(|says| SummaryLine::new(Mark::Notice, says)));
    let mut lines = none_held(explanation, roles, claims);
    lines.extend(elsewhere);
    lines
}

/// The first line of that.
fn none_held(explanation: &ExplanationText, roles: &[&ReasonText], claims: &mut BTreeSet<String>) -> Vec<SummaryLine> {
    const FEW: usize = 4;
    if let [only] = roles {
        claims.extend(only.claims.iter().cloned());
        return vec![SummaryLine::of(only, Mark::Unmet)];
    }
    let names: Vec<&str> = roles.iter().filter_map(|role| role.name.as_deref()).collect();
    let (Some(_), question) = (names.first(), &explanation.question) else { return Vec::new() };
    let mut all = Proof::default();
    roles.iter().take(FEW).for_each(|role| all.cite(role));
    claims.extend(all.claims);
    if let [one, other] = names[..] {
        let says = format!("{} holds neither {one} nor {other} on {}", question.subject, question.resource);
        return vec![SummaryLine::new(Mark::Unmet, says)];
    }
    let shown = most_of(names.len(), FEW);
    let left = more(names.len() - shown, "", "").map(|more| format!(" ({more})")).unwrap_or_default();
    let says = format!(
        "{} holds none of the {} roles on {} that grant it: {}{left}",
        question.subject,
        names.len(),
        question.resource,
        names[..shown].join(", ")
    );
    vec![SummaryLine::new(Mark::Unmet, says)]
}
