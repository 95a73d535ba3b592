//! Answers for programs: a line of JSON per request, and the versioned document of an explanation or of how to turn an answer.

use super::explanation::{ExplanationJson, ReasonJson, list};
use super::how_to::HowToJson;
use crate::report::sanitize::safe_json;
use crate::wording::{ExplanationText, HowToText, NoticeText};
use serde::Serialize;
use std::borrow::Cow;

/// The version of [`document`]. Raise it when a field is removed, renamed or changes its meaning; not when one is added.
const VERSION: u32 = 2;

/// The answer alone: `{"decision":true}`, with its obligations as context if it has any.
pub fn line(decision: bool, obligations: &[NoticeText]) -> Cow<'static, str> {
    if !obligations.is_empty() {
        let obligations = obligations.iter().map(|notice| notice.text.as_str()).collect();
        return Cow::Owned(json(&AnswerLine { decision, context: ObligationsJson { obligations } }));
    }
    Cow::Borrowed(if decision { r#"{"decision":true}"# } else { r#"{"decision":false}"# })
}

/// The answer with its explanation as context, on one line.
pub fn explained(explanation: &ExplanationText) -> String {
    let question = &explanation.question;
    let mut claims: Vec<&str> = explanation.claims.iter().filter(|claim| claim.decides).map(|claim| claim.id.as_str()).collect();
    claims.sort_unstable();
    claims.dedup();
    let context = ContextJson {
        outcome: explanation.outcome,
        claims,
        unknown: &explanation.unknown,
        reasons: list(&explanation.reasons),
        denies: list(&explanation.denies),
        obligations: explanation.obligations.iter().map(|notice| notice.text.as_str()).collect(),
        advice: explanation.advice.iter().map(|notice| notice.text.as_str()).collect(),
        unlisted: &explanation.unlisted,
        switched_off: list(&explanation.switched_off),
        unknown_roles: list(&explanation.unknown_roles),
        at: &question.at,
        policy_at: &question.policy_at,
        toggles: &question.toggles,
    };
    json(&AnswerLine { decision: explanation.decision, context })
}

/// The answer to a request that cannot be decided: no, with the reason.
pub fn error(message: &str) -> String {
    let context = FailedLine { error: ErrorJson { status: 400, message } };
    json(&AnswerLine { decision: false, context })
}

/// A document with an explanation and, if it was asked for, how to turn the answer. Ends in a line break.
pub fn document(explanation: &ExplanationText, how_to: Option<&HowToText>) -> String {
    pretty(&Versioned { version: VERSION, explanation: ExplanationJson::from(explanation), how_to: how_to.map(HowToJson::from) })
}

/// A document with how to turn an answer. Ends in a line break.
pub fn how_to(how_to: &HowToText) -> String {
    pretty(&HowToJson::from(how_to))
}

fn pretty(document: &impl Serialize) -> String {
    let mut text = safe_json(serde_json::to_string_pretty(document).expect(PLAIN));
    text.push('\n');
    text
}

#[derive(Serialize)]
struct AnswerLine<C> {
    decision: bool,
    context: C,
}

#[derive(Serialize)]
struct ContextJson<'a> {
    outcome: &'static str,
    claims: Vec<&'a str>,
    unknown: &'a [String],
    reasons: Vec<ReasonJson<'a>>,
    denies: Vec<ReasonJson<'a>>,
    obligations: Vec<&'a str>,
    advice: Vec<&'a str>,
    unlisted: &'a [String],
    #[serde(rename = "switched-off", skip_serializing_if = "Vec::is_empty")]
    switched_off: Vec<ReasonJson<'a>>,
    #[serde(rename = "unknown-roles", skip_serializing_if = "Vec::is_empty")]
    unknown_roles: Vec<ReasonJson<'a>>,
    at: &'a str,
    policy_at: &'a str,
    toggles: &'a [String],
}

#[derive(Serialize)]
struct ObligationsJson<'a> {
    obligations: Vec<&'a str>,
}

#[derive(Serialize)]
struct FailedLine<'a> {
    error: ErrorJson<'a>,
}

#[derive(Serialize)]
struct ErrorJson<'a> {
    status: u16,
    message: &'a str,
}

#[derive(Serialize)]
struct Versioned<'a> {
    version: u32,
    explanation: ExplanationJson<'a>,
    #[serde(rename = "how-to", skip_serializing_if = "Option::is_none")]
    how_to: Option<HowToJson<'a>>,
}

/// The reason why writing JSON to memory does not fail.
const PLAIN: &str = "an answer has no map, whose keys might not be texts";

fn json(answer: &impl Serialize) -> String {
    safe_json(serde_json::to_string(answer).expect(PLAIN))
}

#[cfg(test)]
mod tests {
    use super::{document, error, explained, line};
    use crate::explain::ReasonKind;
    use crate::text::Place;
    use crate::wording::{ClaimText, ExplanationText, NoticeText, QuestionText, ReasonText};

    fn barred() -> ExplanationText {
        let place = Place { file: "p.toml".into(), line: 9, from: None };
        let claim = |id: &str, decides| ClaimText { id: id.to_owned(), text: String::new(), documents: Vec::new(), note: None, decides };
        let deny = ReasonText {
            kind: ReasonKind::Rule,
            name: Some("own".to_owned()),
            says: "rule own bars it".to_owned(),
            truth: "true",
            blocking: true,
            lasting: false,
            places: vec![place.clone()],
            claims: vec!["AP-4".to_owned()],
            note: None,
            because: Vec::new(),
            proof: None,
            repeated: false,
            negated: false,
            form: crate::wording::ReasonForm::Plain,
            link: None,
        };
        let question = QuestionText {
            subject: "user:ann".to_owned(),
            action: "device.remove".to_owned(),
            title: None,
            resource: "device:d\u{9b}\u{202e}7".to_owned(),
            at: "2021-06-01".to_owned(),
            policy_at: "2021-06-01".to_owned(),
            toggles: vec!["late".to_owned()],
            assuming: Vec::new(),
            remarks: Vec::new(),
            is_now: false,
        };
        let advice = NoticeText {
            name: "ask".to_owned(),
            text: "ask\nthem".to_owned(),
            claims: vec!["REL-8".to_owned()],
            note: None,
            place,
            general: false,
        };
        ExplanationText {
            question,
            decision: false,
            outcome: "barred",
            verdict: "no".to_owned(),
            answer: String::new(),
            not_listed: Vec::new(),
            absent: None,
            reasons: Vec::new(),
            denies: vec![deny],
            unknown: Vec::new(),
            obligations: Vec::new(),
            advice: vec![advice],
            unlisted: Vec::new(),
            switched_off: Vec::new(),
            unknown_roles: Vec::new(),
            claims: vec![claim("AP-4", true), claim("AP-10", true), claim("REL-8", false)],
            toggles: Vec::new(),
            sources: None,
        }
    }

    #[test]
    fn one_line_for_each_request() {
        assert_eq!(line(true, &[]), r#"{"decision":true}"#);
        assert_eq!(line(false, &[]), r#"{"decision":false}"#);
        assert_eq!(
            error("no action is called `x\"`"),
            r#"{"decision":false,"context":{"error":{"status":400,"message":"no action is called `x\"`"}}}"#
        );
        assert_eq!(
            explained(&barred()),
            concat!(
                r#"{"decision":false,"context":{"outcome":"barred","claims":["AP-10","AP-4"],"unknown":[],"reasons":[],"#,
                r#""denies":[{"sort":"rule","name":"own","says":"rule own bars it","truth":"true","lacking":true,"#,
                r#""places":[{"file":"p.toml","line":9}],"claims":["AP-4"]}],"obligations":[],"advice":["ask\nthem"],"#,
                r#""unlisted":[],"at":"2021-06-01","policy_at":"2021-06-01","toggles":["late"]}}"#
            )
        );
    }

    #[test]
    fn the_document_is_versioned_and_cannot_act_on_the_terminal() {
        let text = document(&barred(), None);
        assert!(text.starts_with("{\n  \"version\": 2,\n  \"explanation\": {\n    \"question\": {"), "{text}");
        assert!(text.contains(r#""resource": "device:d\u009b\u202e7""#), "{text}");
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["explanation"]["question"]["resource"], "device:d\u{9b}\u{202e}7");
        assert_eq!(read["explanation"]["claims"][2]["decides"], false);
    }
}
