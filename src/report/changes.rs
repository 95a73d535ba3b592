//! What a toggle or another pack changes, and what never decides, for people.

use super::properties::{counterexample, line};
use crate::policy::Policy;
use crate::verify::{About, PropertyReport, Verdict};
use crate::wording::{self, ComparedWith};

/// The changes against `against`, which is a name for the summary: a line and a world for each action whose access is new or lost.
pub fn render(policy: &Policy, reports: &[PropertyReport], against: &str, with: ComparedWith, color: bool) -> String {
    let width = reports.iter().map(|report| name(report).chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for report in reports.iter().filter(|report| !is_answered(report) || report.verdict == Verdict::Refuted) {
        text.push_str(&line(policy, report, (verdict(report), name(report)), width, color));
        for found in &report.counterexamples {
            text.push_str(&counterexample(found, None, with));
        }
    }
    let refuted = |wanted: bool| {
        let is_such = |report: &&PropertyReport| matches!(report.about, Some(About::Change { new, .. }) if new == wanted);
        reports.iter().filter(is_such).filter(|report| report.verdict == Verdict::Refuted).count()
    };
    let rest = reports.iter().filter(|report| !is_answered(report)).count();
    text.push_str(&wording::change_summary(against, refuted(true), refuted(false), rest));
    text.push('\n');
    text.push_str(wording::worlds_looked_at());
    text.push('\n');
    text
}

/// The rules and marks that never decide.
pub fn render_idle(policy: &Policy, reports: &[PropertyReport], color: bool) -> String {
    let listed = |report: &&PropertyReport| !is_answered(report) || report.verdict != Verdict::Refuted;
    let width = reports.iter().filter(listed).map(|report| name(report).chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for report in reports.iter().filter(listed) {
        text.push_str(&line(policy, report, (verdict(report), name(report)), width, color));
    }
    let count = |rules: bool| {
        let own: Vec<_> = reports.iter().filter(|report| name(report).starts_with("rule ") == rules).collect();
        (own.iter().filter(|report| is_answered(report) && report.verdict != Verdict::Refuted).count(), own.len())
    };
    text.push_str(&wording::idle_summary(count(true), count(false)));
    text.push('\n');
    text.push_str(wording::worlds_looked_at());
    text.push('\n');
    text
}

fn is_answered(report: &PropertyReport) -> bool {
    matches!(report.verdict, Verdict::Proved | Verdict::Refuted | Verdict::Vacuous)
}

/// What it is about, without the word for the verdict.
fn name(report: &PropertyReport) -> &str {
    match &report.about {
        Some(About::Change { action, .. }) => action,
        Some(About::Element(element)) => element,
        None => &report.property,
    }
}

/// The word that begins its line.
fn verdict(report: &PropertyReport) -> &'static str {
    match (&report.about, report.verdict) {
        (Some(About::Change { new: true, .. }), Verdict::Refuted) => "new",
        (Some(About::Change { new: false, .. }), Verdict::Refuted) => "lost",
        (Some(About::Element(_)), Verdict::Proved | Verdict::Vacuous) => "idle",
        (_, verdict) => verdict.name(),
    }
}
