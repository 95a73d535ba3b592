//! Verdicts on properties, for people.

use super::palette::Paint;
use super::sanitize::visible;
use crate::policy::Policy;
use crate::verify::bound::Unbounded;
use crate::verify::{About, BreakingEvent, Counterexample, EventObstacle, Obstacle, PropertyReport, Verdict};
use crate::wording::{self, ComparedWith};

/// The order in which verdicts are counted.
const VERDICTS: [Verdict; 8] = [
    Verdict::Proved,
    Verdict::Refuted,
    Verdict::Kept,
    Verdict::Broken,
    Verdict::Bounded,
    Verdict::Vacuous,
    Verdict::Assumed,
    Verdict::GaveUp,
];

/// A line for each property, each counterexample below its own, and one line at the end. `explained` is the explanation of the first
/// counterexample of each property.
pub fn render(policy: &Policy, reports: &[PropertyReport], explained: &[Option<String>], color: bool) -> String {
    let width = reports.iter().map(|report| report.property.chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for (report, explained) in reports.iter().zip(explained) {
        text.push_str(&line(policy, report, (report.verdict.name(), &report.property), width, color));
        let with = if report.verdict == Verdict::Proved { ComparedWith::WithoutRule } else { ComparedWith::WithoutToggles };
        for found in &report.counterexamples {
            text.push_str(&counterexample(found, explained.as_deref(), with));
        }
        report.broken_by.iter().for_each(|found| text.push_str(&breaking(found)));
    }
    let counts = VERDICTS.map(|verdict| (reports.iter().filter(|report| report.verdict == verdict).count(), verdict.name()));
    text.push_str(&wording::property_summary(reports.len(), &counts));
    text.push('\n');
    let is_of_events = |report: &PropertyReport| matches!(report.verdict, Verdict::Kept | Verdict::Broken);
    if reports.iter().any(|report| matches!(report.verdict, Verdict::Proved | Verdict::Vacuous | Verdict::Bounded | Verdict::Kept)) {
        text.push_str(wording::worlds_looked_at(reports.iter().any(is_of_open_worlds)));
        text.push('\n');
    }
    if reports.iter().any(is_of_events) {
        text.push_str(wording::events_looked_at());
        text.push('\n');
    }
    text
}

/// A line of a verdict and a name, with what is to be said.
pub(super) fn line(policy: &Policy, report: &PropertyReport, (verdict, name): (&str, &str), width: usize, color: bool) -> String {
    let paint = match report.verdict {
        Verdict::Proved | Verdict::Kept | Verdict::Assumed => Paint::Yes,
        Verdict::Refuted | Verdict::Broken => Paint::Stop,
        Verdict::Bounded | Verdict::Vacuous | Verdict::GaveUp => Paint::Doubt,
    };
    let verdict = format!("{verdict:<8}");
    let verdict = if color { format!("{}{verdict}{}", paint.style().render(), paint.style().render_reset()) } else { verdict };
    let mut said = said(policy, report);
    if !report.given.is_empty() {
        let given: Vec<(&str, Option<&str>)> =
            report.given.iter().map(|given| (given.name.as_str(), given.verdict.map(Verdict::name))).collect();
        said.push(wording::given(&given));
    }
    let mut text = format!("{verdict}  {:<width$}  {}", visible(name), visible(&said.join("; ")));
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// What is to be said of the verdict.
fn said(policy: &Policy, report: &PropertyReport) -> Vec<String> {
    let kind = |kind: &crate::policy::KindId| policy.kinds[*kind].meta.name.clone();
    let why = |why: &Unbounded| match why {
        Unbounded::Circle(kinds) => wording::circle(&kinds.iter().map(kind).collect::<Vec<_>>()),
        Unbounded::DirectMembership => wording::direct_membership().to_owned(),
        Unbounded::DistantGroups(own) => wording::distant_groups(&kind(own)),
        Unbounded::LostMemberships => wording::lost_memberships().to_owned(),
        Unbounded::TooLong => wording::too_long().to_owned(),
        Unbounded::TooGreat => wording::too_great().to_owned(),
    };
    let bound: Vec<(String, usize)> = report.bound.iter().map(|(kind, count)| (kind.clone(), *count)).collect();
    let said = match report.verdict {
        Verdict::Proved | Verdict::Vacuous if matches!(report.about, Some(About::Element(_))) => wording::idle(&bound),
        Verdict::Proved | Verdict::Vacuous if report.is_difference() => wording::never_allowed(&bound),
        Verdict::Proved if report.counterexamples.is_empty() => wording::all_worlds(&bound),
        Verdict::Refuted if report.counterexamples.is_empty() => wording::never_matters(&bound),
        Verdict::Vacuous => wording::vacuous().to_owned(),
        Verdict::Assumed => wording::assumed().to_owned(),
        Verdict::Bounded => report.unbounded.as_ref().map(|(unbounded, most)| wording::up_to(*most, &why(unbounded))).unwrap_or_default(),
        Verdict::GaveUp => report.obstacle.as_ref().map(obstacle).unwrap_or_default(),
        Verdict::Kept => wording::kept(&bound),
        Verdict::Proved | Verdict::Refuted | Verdict::Broken => String::new(),
    };
    let open_too = is_of_open_worlds(report).then(|| wording::open_too().to_owned());
    [said].into_iter().filter(|said| !said.is_empty()).chain(open_too).collect()
}

/// Whether something is proved of worlds that leave something open, too.
fn is_of_open_worlds(report: &PropertyReport) -> bool {
    report.open_too && matches!(report.verdict, Verdict::Proved | Verdict::Vacuous | Verdict::Bounded) && report.counterexamples.is_empty()
}

/// Why no verdict was reached.
pub(super) fn obstacle(obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::OpenClaim(verdict) => wording::open_claim(verdict.name()),
        Obstacle::OpenGiven(verdict, unsure) => wording::open_given(verdict.name(), unsure),
        Obstacle::Event { event, why } => wording::unknown_event(
            event,
            match why {
                EventObstacle::EndsContainer => wording::ends_container(),
                EventObstacle::EndsBeforePast => wording::ends_before_past(),
                EventObstacle::EndsMember => wording::ends_member(),
                EventObstacle::Uncertain => wording::uncertain_effects(),
            },
        ),
        Obstacle::DeclaredDifferently { elements, on } => wording::declared_differently(elements, on),
        Obstacle::Toggles(count) => wording::property_toggles(*count),
        Obstacle::Fuel => wording::fuel().to_owned(),
        Obstacle::Proof => wording::proof().to_owned(),
        Obstacle::OtherDates(_) => wording::other_dates().to_owned(),
    }
}

/// The event that breaks a property, and the world before it with its record.
fn breaking(found: &BreakingEvent) -> String {
    let (kind, id) = &found.by;
    let said = wording::broken_by_event(&found.event, &format!("{kind}:{id}"), found.at, &turned(&found.with, &found.without));
    let mut text = format!("    {}\n\n", visible(&said));
    for line in found.with_event().lines() {
        text.push_str(format!("      {}", visible(line)).trim_end());
        text.push('\n');
    }
    text.push('\n');
    text
}

fn turned<'t>(with: &'t [String], without: &'t [String]) -> Vec<(bool, &'t str)> {
    with.iter().map(|name| (true, name.as_str())).chain(without.iter().map(|name| (false, name.as_str()))).collect()
}

/// The request, the outcomes, the world, and the explanation.
pub(super) fn counterexample(found: &Counterexample, explained: Option<&str>, with: ComparedWith) -> String {
    let entity = |(kind, id): &(String, String)| format!("{kind}:{id}");
    let turned = turned(&found.with, &found.without);
    let asked = wording::property_asked([&entity(&found.subject), &found.action, &entity(&found.resource)], found.at, &turned);
    let outcomes = wording::property_outcomes(found.outcome, found.implied.as_deref(), found.other, with);
    let mut text = format!("    {}\n    {}\n\n", visible(&asked), visible(&outcomes));
    let world = found.world.lines().map(|line| format!("      {}", visible(line)));
    let explained = explained.into_iter().flat_map(str::lines).map(|line| format!("    {line}"));
    for line in world.chain([String::new()]).chain(explained) {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    if !text.ends_with("\n\n") {
        text.push('\n');
    }
    text
}
