//! Explanations as JSON: the order and the names of the fields are a contract.

use crate::text::Place;
use crate::wording::{ClaimText, DocumentText, ExplanationText, ExportText, NoticeText, QuestionText, ReasonText, ToggleText};
use serde::Serialize;

/// An explanation.
#[derive(Serialize)]
pub(super) struct ExplanationJson<'a> {
    question: QuestionJson<'a>,
    decision: bool,
    outcome: &'static str,
    verdict: &'a str,
    reasons: Vec<ReasonJson<'a>>,
    denies: Vec<ReasonJson<'a>>,
    unknown: &'a [String],
    obligations: Vec<NoticeJson<'a>>,
    advice: Vec<NoticeJson<'a>>,
    unlisted: &'a [String],
    #[serde(rename = "switched-off", skip_serializing_if = "Vec::is_empty")]
    switched_off: Vec<ReasonJson<'a>>,
    #[serde(rename = "unknown-roles", skip_serializing_if = "Vec::is_empty")]
    unknown_roles: Vec<ReasonJson<'a>>,
    claims: Vec<ClaimJson<'a>>,
    toggles: Vec<ToggleJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sources: Option<Vec<ExportJson<'a>>>,
}

/// The question of an answer.
#[derive(Serialize)]
pub(super) struct QuestionJson<'a> {
    subject: &'a str,
    action: &'a str,
    title: Option<&'a str>,
    resource: &'a str,
    at: &'a str,
    policy_at: &'a str,
    toggles: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    assuming: &'a [String],
}

/// A node of a proof.
#[derive(Serialize)]
pub(super) struct ReasonJson<'a> {
    /// The number by which other reasons refer to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u32>,
    /// The number of the reason that states what this one rests on.
    #[serde(rename = "same-as", skip_serializing_if = "Option::is_none")]
    same_as: Option<u32>,
    sort: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    says: &'a str,
    truth: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    lacking: bool,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    places: &'a [Place],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    claims: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    because: Vec<ReasonJson<'a>>,
}

#[derive(Serialize)]
struct NoticeJson<'a> {
    name: &'a str,
    text: &'a str,
    claims: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    place: &'a Place,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    general: bool,
}

#[derive(Serialize)]
struct ClaimJson<'a> {
    id: &'a str,
    text: &'a str,
    documents: Vec<DocumentJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    decides: bool,
}

#[derive(Serialize)]
struct DocumentJson<'a> {
    name: &'a str,
    title: Option<&'a str>,
    date: Option<&'a str>,
    locale: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

#[derive(Serialize)]
struct ToggleJson<'a> {
    name: &'a str,
    title: Option<&'a str>,
    status: &'static str,
    on: bool,
    claims: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
}

#[derive(Serialize)]
struct ExportJson<'a> {
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    captured: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    lacks: &'a [String],
}

/// The views of a list.
pub(super) fn list<'a, T, V: From<&'a T>>(items: &'a [T]) -> Vec<V> {
    items.iter().map(V::from).collect()
}

impl<'a> From<&'a ExplanationText> for ExplanationJson<'a> {
    fn from(explanation: &'a ExplanationText) -> ExplanationJson<'a> {
        ExplanationJson {
            question: QuestionJson::from(&explanation.question),
            decision: explanation.decision,
            outcome: explanation.outcome,
            verdict: &explanation.verdict,
            reasons: list(&explanation.reasons),
            denies: list(&explanation.denies),
            unknown: &explanation.unknown,
            obligations: list(&explanation.obligations),
            advice: list(&explanation.advice),
            unlisted: &explanation.unlisted,
            switched_off: list(&explanation.switched_off),
            unknown_roles: list(&explanation.unknown_roles),
            claims: list(&explanation.claims),
            toggles: list(&explanation.toggles),
            sources: explanation.sources.as_deref().map(list),
        }
    }
}

impl<'a> From<&'a QuestionText> for QuestionJson<'a> {
    fn from(question: &'a QuestionText) -> QuestionJson<'a> {
        QuestionJson {
            subject: &question.subject,
            action: &question.action,
            title: question.title.as_deref(),
            resource: &question.resource,
            at: &question.at,
            policy_at: &question.policy_at,
            toggles: &question.toggles,
            assuming: &question.assuming,
        }
    }
}

impl<'a> From<&'a ReasonText> for ReasonJson<'a> {
    fn from(reason: &'a ReasonText) -> ReasonJson<'a> {
        ReasonJson {
            id: reason.proof.filter(|_| !reason.repeated),
            same_as: reason.proof.filter(|_| reason.repeated),
            sort: reason.kind.name(),
            name: reason.name.as_deref(),
            says: &reason.says,
            truth: reason.truth,
            lacking: reason.blocking,
            places: &reason.places,
            claims: &reason.claims,
            note: reason.note.as_deref(),
            because: list(&reason.because),
        }
    }
}

impl<'a> From<&'a NoticeText> for NoticeJson<'a> {
    fn from(notice: &'a NoticeText) -> NoticeJson<'a> {
        NoticeJson {
            name: &notice.name,
            text: &notice.text,
            claims: &notice.claims,
            note: notice.note.as_deref(),
            place: &notice.place,
            general: notice.general,
        }
    }
}

impl<'a> From<&'a ClaimText> for ClaimJson<'a> {
    fn from(claim: &'a ClaimText) -> ClaimJson<'a> {
        ClaimJson {
            id: &claim.id,
            text: &claim.text,
            documents: list(&claim.documents),
            note: claim.note.as_deref(),
            decides: claim.decides,
        }
    }
}

impl<'a> From<&'a DocumentText> for DocumentJson<'a> {
    fn from(document: &'a DocumentText) -> DocumentJson<'a> {
        DocumentJson {
            name: &document.name,
            title: document.title.as_deref(),
            date: document.date.as_deref(),
            locale: document.locale.as_deref(),
            url: document.url.as_deref(),
        }
    }
}

impl<'a> From<&'a ToggleText> for ToggleJson<'a> {
    fn from(toggle: &'a ToggleText) -> ToggleJson<'a> {
        ToggleJson {
            name: &toggle.name,
            title: toggle.title.as_deref(),
            status: toggle.status,
            on: toggle.on,
            claims: &toggle.claims,
            note: toggle.note.as_deref(),
        }
    }
}

impl<'a> From<&'a ExportText> for ExportJson<'a> {
    fn from(export: &'a ExportText) -> ExportJson<'a> {
        ExportJson { file: &export.file, sha256: export.sha256.as_deref(), captured: export.captured.as_deref(), lacks: &export.lacks }
    }
}
