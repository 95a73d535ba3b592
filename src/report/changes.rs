//! What a toggle or another pack changes, and what never decides, for people.

use super::properties::{counterexample, line};
use crate::policy::Policy;
use crate::verify::{About, Obstacle, PropertyReport, Verdict};
use crate::wording::{self, ComparedWith};
use std::collections::BTreeSet;

/// The changes against `against`, which is a name for the summary: a line and a world for each action whose access is new or lost.
pub fn render(policy: &Policy, reports: &[PropertyReport], against: &str, with: ComparedWith, color: bool) -> String {
    let width = reports.iter().map(|report| name(report).chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    let (incomparable, rest): (Vec<_>, Vec<_>) =
        reports.iter().partition(|report| matches!(report.obstacle, Some(Obstacle::DeclaredDifferently { .. })));
    // That packs cannot be compared is said once, not of what may be new and of what may be lost.
    let again = |report: &PropertyReport| {
        let is_of_lost = matches!(report.about, Some(About::Change { new: false, .. }));
        is_of_lost && matches!(report.obstacle, Some(Obstacle::DeclaredDifferently { .. }))
    };
    for report in reports.iter().filter(|report| (!is_answered(report) || report.is_difference()) && !again(report)) {
        text.push_str(&line(policy, report, (verdict(report), name(report)), width, color));
        for found in &report.counterexamples {
            text.push_str(&counterexample(found, None, with));
        }
    }
    let counts = ["new", "lost", "added", "removed"].map(|change| {
        let is_such = |report: &&PropertyReport| report.is_difference() && report.about.as_ref().and_then(About::change) == Some(change);
        reports.iter().filter(is_such).map(name).collect::<BTreeSet<_>>().len()
    });
    let rest = rest.into_iter().filter(|report| !is_answered(report)).count();
    let incomparable = incomparable.into_iter().filter(|report| !again(report)).count();
    text.push_str(&wording::change_summary(against, counts, incomparable, rest));
    text.push('\n');
    text.push_str(wording::worlds_looked_at(false));
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
    text.push_str(wording::worlds_looked_at(false));
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
        (Some(about), _) if report.is_difference() => about.change().unwrap_or_default(),
        (Some(About::Element(_)), Verdict::Proved | Verdict::Vacuous) => "idle",
        (_, verdict) => verdict.name(),
    }
}
