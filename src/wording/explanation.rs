//! Explanations in words.

use super::facts::filled;
use super::verdict::with_resource;
use super::{ReasonText, Words};
use crate::eval::{MissingDatum, Outcome};
use crate::explain::{AskedQuestion, CitedClaim, Explanation, IssuedNotice, ToggleState, Unlisted};
use crate::policy::{InvariantId, Status};
use crate::text::Place;
use crate::time::Instant;
use std::collections::BTreeSet;

/// The length of a date without a time.
const DAY: usize = "2026-11-28".len();

/// An [`Explanation`] in words, for all reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplanationText {
    /// The question.
    pub question: QuestionText,
    /// Whether the answer is yes.
    pub decision: bool,
    /// `allowed`, `barred`, `not-granted` or `unknown`.
    pub outcome: &'static str,
    /// The answer in a sentence, with its reason.
    pub verdict: String,
    /// The answer by itself: `ann can read doc d`; if it is unknown, `whether ann can read doc d`.
    pub answer: String,
    /// If allowed, every permit that is true; else how far each permit in force got.
    pub reasons: Vec<ReasonText>,
    /// Every deny in force: why it applies, or why not.
    pub denies: Vec<ReasonText>,
    /// The missing data on which the answer depends; not empty exactly if the outcome is unknown.
    pub unknown: Vec<String>,
    /// Obligations of the decision.
    pub obligations: Vec<NoticeText>,
    /// Advice with the decision.
    pub advice: Vec<NoticeText>,
    /// What implications derive and member listings do not show.
    pub unlisted: Vec<String>,
    /// The same, each in a sentence without its implication.
    pub not_listed: Vec<String>,
    /// See [`Explanation::switched_off`].
    pub switched_off: Vec<ReasonText>,
    /// See [`Explanation::unknown_roles`].
    pub unknown_roles: Vec<ReasonText>,
    /// The claims on which the answer rests, by id; then those that only obligations, advice and toggles cite.
    pub claims: Vec<ClaimText>,
    /// The toggles on which the answer depends, and those that its reasons name.
    pub toggles: Vec<ToggleText>,
    /// If nothing grants it, what counts as absent in the world though no export shows it. `None` if nothing does.
    pub absent: Option<String>,
    /// The exports of which the world was made. `None` until the caller adds [`Words::exports`]: an answer shows them if it is to be full.
    pub sources: Option<Vec<ExportText>>,
}

/// An [`AskedQuestion`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionText {
    /// `kind:id`.
    pub subject: String,
    /// The action's name.
    pub action: String,
    /// The action's title, if it has one.
    pub title: Option<String>,
    /// `kind:id`.
    pub resource: String,
    /// The date of the world's facts.
    pub at: String,
    /// The date of the policy.
    pub policy_at: String,
    /// The names of the toggles that are on.
    pub toggles: Vec<String>,
    /// The assumptions as the question states them: a fact, or `not` and a fact. [`Words`] cannot distinguish them from other facts of the
    /// world, so this is empty until the caller fills it.
    pub assuming: Vec<String>,
    /// Sentences for people: which invariants refuse such a world, which the caller adds, and that the exports of the world are older than
    /// the question.
    pub remarks: Vec<String>,
    /// Whether it is about the present; see [`Words::is_now`].
    pub is_now: bool,
}

/// An obligation or advice that comes with a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeText {
    /// The element's name.
    pub name: String,
    /// Its text, with the values of the names in braces.
    pub text: String,
    /// The names of the claims that it cites.
    pub claims: Vec<String>,
    /// The author's note on it.
    pub note: Option<String>,
    /// Where it is defined.
    pub place: Place,
    /// Whether its condition is about the subject alone; see [`IssuedNotice::general`].
    pub general: bool,
}

/// A claim that is cited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimText {
    /// Its name.
    pub id: String,
    /// Its text.
    pub text: String,
    /// The documents that contain it.
    pub documents: Vec<DocumentText>,
    /// The author's note on it.
    pub note: Option<String>,
    /// Whether the answer rests on it. Otherwise only a notice or a toggle cites it.
    pub decides: bool,
}

/// A document that contains a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentText {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// Its date.
    pub date: Option<String>,
    /// Its locale.
    pub locale: Option<String>,
    /// Its address on the web.
    pub url: Option<String>,
}

/// A file of an export of which the world was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportText {
    /// Its name.
    pub file: String,
    /// Its SHA-256, as the world writes it.
    pub sha256: Option<String>,
    /// The date on which it was captured.
    pub captured: Option<String>,
    /// What the exports of the world do not show, in words: it counts as absent.
    pub lacks: Vec<String>,
}

/// A toggle that matters to the question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToggleText {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// `proposed`, `current`, `retired` or `interpretation`.
    pub status: &'static str,
    /// Whether it is on.
    pub on: bool,
    /// Whether the outcome would be another one if it were turned, or a reason names it.
    pub matters: bool,
    /// The names of the claims that it cites.
    pub claims: Vec<String>,
    /// The author's note on it.
    pub note: Option<String>,
}

impl ExplanationText {
    /// The first word of the answer for people: `YES`, `NO` or `UNKNOWN`.
    pub fn word(&self) -> &'static str {
        verdict(self.outcome)
    }
}

/// What people read for the name of an outcome.
pub(super) fn verdict(outcome: &str) -> &'static str {
    match outcome {
        "allowed" => "YES",
        "unknown" => "UNKNOWN",
        _ => "NO",
    }
}

impl Words<'_> {
    /// A whole explanation.
    pub fn explanation(self, explanation: &Explanation) -> ExplanationText {
        let reasons = |reasons: &[crate::explain::Reason]| reasons.iter().map(|reason| self.reason_text(reason)).collect();
        ExplanationText {
            question: self.question(&explanation.question),
            decision: explanation.allowed(),
            outcome: explanation.outcome.name(),
            verdict: self.verdict_because(explanation),
            answer: self.answer(&explanation.question.request, explanation.outcome),
            reasons: reasons(&explanation.reasons),
            denies: reasons(&explanation.denies),
            unknown: self.data(&explanation.unknown),
            obligations: self.notices(&explanation.obligations),
            advice: self.notices(&explanation.advice),
            switched_off: reasons(&explanation.switched_off),
            unknown_roles: explanation.unknown_roles.iter().map(|reason| self.reason_text(reason)).collect(),
            unlisted: sorted(explanation.unlisted.iter().map(|&unlisted| self.unlisted(unlisted))),
            not_listed: sorted(explanation.unlisted.iter().map(|&unlisted| self.not_listed(unlisted))),
            claims: explanation.claims.iter().map(|&cited| self.claim(cited)).collect(),
            toggles: explanation.toggles.iter().map(|&state| self.toggle(state)).collect(),
            absent: (explanation.outcome == Outcome::NotGranted).then(|| self.absent()).flatten(),
            sources: None,
        }
    }

    /// The exports of which the world was made, in the order of their names.
    pub fn exports(self) -> Vec<ExportText> {
        let exports = self.world.exports().iter();
        exports
            .map(|export| ExportText {
                file: export.file.clone(),
                sha256: export.sha256.clone(),
                captured: export.captured.map(|at| at.to_string()),
                lacks: export.lacks.clone(),
            })
            .collect()
    }

    /// A question.
    pub fn question(self, question: &AskedQuestion) -> QuestionText {
        let AskedQuestion { request, at, policy_at, toggles } = question;
        let action = &self.policy.actions[request.action].meta;
        QuestionText {
            subject: self.name(request.subject),
            action: action.name.clone(),
            title: action.title.as_ref().map(|title| with_resource(title, &self.name(request.resource))),
            resource: self.name(request.resource),
            at: at.to_string(),
            policy_at: policy_at.to_string(),
            toggles: toggles.iter().map(|&toggle| self.policy.toggles[toggle].meta.name.clone()).collect(),
            assuming: Vec::new(),
            remarks: self.exports_of_other_times([*at, *at]).into_iter().collect(),
            is_now: self.is_now,
        }
    }

    /// That an invariant refuses the world that a question assumes.
    pub fn refused(self, invariant: InvariantId) -> String {
        let name = &self.policy.invariants[invariant].meta.name;
        format!("invariant {name} of the pack refuses a world in which that is true")
    }

    /// What counts as absent in this world though no export shows it, in words, each once and sorted.
    pub fn taken_as_absent(self) -> Vec<String> {
        let lacks: BTreeSet<&String> = self.world.exports().iter().flat_map(|export| &export.lacks).collect();
        lacks.into_iter().cloned().collect()
    }

    /// Of a world made of exports, that some are of a later day than the beginning of this time, or all of an earlier one than its end.
    pub fn exports_of_other_times(self, during: [Instant; 2]) -> Option<String> {
        self.exports_after(during[0]).or_else(|| self.exports_before(during[1]))
    }

    /// That exports are of a later day than this time: what they show without a beginning may have been otherwise.
    fn exports_after(self, at: Instant) -> Option<String> {
        let later = self.world.exports().iter().filter_map(|export| export.captured).filter(|&captured| captured > at).min()?;
        Some(format!("the exports date from {later}, and what has no beginning in them is as of then"))
    }

    /// That all exports are of an earlier day than this time.
    fn exports_before(self, at: Instant) -> Option<String> {
        let last = self.world.exports().iter().filter_map(|export| export.captured).max()?;
        let is_day = last.to_string().len() == DAY;
        let is_before = if is_day { !at.to_string().starts_with(&last.to_string()) && last < at } else { last < at };
        is_before.then(|| format!("the exports date from {last}"))
    }

    /// Obligations or advice, in their order.
    pub fn notices(self, issued: &[IssuedNotice]) -> Vec<NoticeText> {
        issued.iter().map(|notice| self.notice(notice)).collect()
    }

    /// An obligation or advice.
    pub fn notice(self, issued: &IssuedNotice) -> NoticeText {
        let declared = issued.declared(self.policy);
        let meta = &declared.meta;
        NoticeText {
            name: meta.name.clone(),
            text: self.notice_text(issued),
            claims: self.claim_names(&meta.source),
            note: meta.note.clone(),
            place: self.world.sources.place(meta.span),
            general: issued.general,
        }
    }

    /// The text of an obligation or advice, with the values of its names.
    pub(super) fn notice_text(self, issued: &IssuedNotice) -> String {
        let declared = issued.declared(self.policy);
        let value = |name: &str| declared.names.iter().zip(&issued.values).find(|(known, _)| known.name == name);
        filled(&declared.text, |name| value(name).map(|(_, &value)| self.name(value)))
    }

    /// The names of missing data, sorted.
    pub(super) fn data(self, data: &[MissingDatum]) -> Vec<String> {
        sorted(data.iter().map(|&datum| self.datum(datum)))
    }

    fn unlisted(self, Unlisted { implication, held }: Unlisted) -> String {
        let what = held.map_or("this".to_owned(), |(role, holder, scope)| {
            format!("{} on {} for {}", self.policy.roles[role].meta.name, self.name(scope), self.name(holder))
        });
        let by = self.with_claims(&self.policy.implications[implication].meta);
        format!("member listings do not show {what}: it is implied by {by}")
    }

    fn not_listed(self, Unlisted { implication, held }: Unlisted) -> String {
        match held {
            Some((role, holder, scope)) => {
                let role = &self.policy.roles[role].meta.name;
                format!("No member listing shows {role} on {} for {}", self.name(scope), self.name(holder))
            }
            None => format!("No member listing shows what implication {} gives", self.policy.implications[implication].meta.name),
        }
    }

    fn claim(self, CitedClaim { claim, decides }: CitedClaim) -> ClaimText {
        let claim = &self.policy.claims[claim];
        let documents = claim.documents.iter().map(|&document| {
            let document = &self.policy.documents[document];
            DocumentText {
                name: document.meta.name.clone(),
                title: document.meta.title.clone(),
                date: document.date.map(|date| date.to_string()),
                locale: document.locale.clone(),
                url: document.url.clone(),
            }
        });
        ClaimText {
            id: claim.meta.name.clone(),
            text: claim.text.clone(),
            documents: documents.collect(),
            note: claim.meta.note.clone(),
            decides,
        }
    }

    fn toggle(self, ToggleState { toggle, on, matters }: ToggleState) -> ToggleText {
        let toggle = &self.policy.toggles[toggle];
        ToggleText {
            name: toggle.meta.name.clone(),
            title: toggle.meta.title.clone(),
            status: status_name(toggle.status),
            on,
            matters,
            claims: self.claim_names(&toggle.meta.source),
            note: toggle.meta.note.clone(),
        }
    }
}

/// The name of a toggle's status in answers.
pub(super) fn status_name(status: Status) -> &'static str {
    match status {
        Status::Proposed => "proposed",
        Status::Current => "current",
        Status::Retired => "retired",
        Status::Interpretation => "interpretation",
    }
}

fn sorted(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<String> = texts.collect();
    texts.sort();
    texts.dedup();
    texts
}
