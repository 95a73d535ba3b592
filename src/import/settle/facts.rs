//! The facts: each once, none that names what is left out, and none that another row doubts.

use super::disagreements::Doubts;
use super::{Disagreement, Entities, disagreements, warning};
use crate::diag::phrases::{agree, code, counted};
use crate::diag::{Code, Diagnostic};
use crate::import::gathered::{From, Gathered, Line, Statement};
use crate::import::list::List;
use crate::import::mapping::{Mappings, Shape};
use crate::import::patterns::Patterns;
use crate::import::shown;
use crate::import::terms::TermId;
use crate::policy::{AttributeId, Policy};
use crate::time::Interval;
use rustc_hash::{FxHashMap, FxHashSet};

/// Settles facts and what is unknown. `lists` are what the rows are of, and `captured` is when they were exported.
pub(super) fn settle(
    policy: &Policy,
    mappings: &Mappings,
    (lists, captured): (&[List], Option<Interval>),
    gathered: &mut Gathered,
    entities: &mut Entities,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let (mut facts, mut unknown) = (std::mem::take(&mut gathered.facts), std::mem::take(&mut gathered.unknown));
    let doubts = std::mem::take(&mut gathered.doubts);
    let mut widened = Vec::new();
    for lines in [&mut facts, &mut unknown] {
        entities.left_out.without(policy, gathered, lines, &mut widened);
    }
    unknown.append(&mut widened);
    if !doubts.is_empty() {
        let patterns = Patterns::of(policy, gathered, doubts.iter().map(|doubt| doubt.statement));
        facts.retain(|fact| {
            let fits = |&number: &usize| !doubts[number].during.intersection(fact.during).is_empty();
            let doubt = patterns.fitting(gathered, &fact.statement).filter(fits).min();
            unknown.extend(doubt.map(|number| Line { why: doubts[number].why, ..*fact }));
            doubt.is_none()
        });
    }
    let mut doubts = Doubts { policy, gathered, facts: &mut facts, unknown: &mut unknown, diagnostics };
    doubts.absent_members(mappings, lists, captured);
    doubts.ended_members(captured);
    dated_alone(&mut facts, gathered, policy, diagnostics);
    disagreeing_values(policy, &mut facts, &mut unknown, gathered, entities, diagnostics);
    once(&mut facts, gathered);
    diagnostics.extend(captured.and_then(|captured| begun_later(policy, gathered, &facts, captured)));
    Doubts { policy, gathered, facts: &mut facts, unknown: &mut unknown, diagnostics }.two_ends();
    once(&mut unknown, gathered);
    (gathered.facts, gathered.unknown) = (facts, unknown);
}

/// The warning of facts that begin after all was exported: the date of that may be wrong.
fn begun_later(policy: &Policy, gathered: &Gathered, facts: &[Line], captured: Interval) -> Option<Diagnostic> {
    let later: Vec<&Line> = facts.iter().filter(|fact| fact.during.since >= captured.until).collect();
    let first = later.iter().filter_map(|fact| Some((gathered.origin(fact.from)?, *fact))).min_by(|one, other| one.0.cmp(&other.0))?;
    let shown = shown::statement(policy, gathered, &first.1.statement);
    let facts = format!("{} {}", counted(later.len(), "fact"), agree(later.len(), "begins", "begin"));
    let more = if later.len() > 1 { ", …" } else { "" };
    let headline = format!("{facts} after `--captured`, {}: {}{more}", captured.since, code(shown));
    Some(Diagnostic::nowhere(Code::ImportNote, headline).note(format!(
        "{}, from {}: is that date right?",
        code(first.0),
        first.1.during.since
    )))
}

/// Where a membership is stated with dates and without, the dates alone are kept.
fn dated_alone(facts: &mut Vec<Line>, gathered: &Gathered, policy: &Policy, diagnostics: &mut Vec<Diagnostic>) {
    let is_dated = |line: &Line| line.during != Interval::ALWAYS;
    let dated: FxHashSet<Statement> =
        facts.iter().filter(|line| line.statement.shape == Shape::Member && is_dated(line)).map(|line| line.statement).collect();
    if dated.is_empty() {
        return;
    }
    let (mut dropped, mut count) = (Vec::new(), 0);
    facts.retain(|line| {
        let keeps = is_dated(line) || !dated.contains(&line.statement);
        if !keeps {
            count += 1;
            if dropped.len() < 3 {
                dropped.push(shown::statement(policy, gathered, &line.statement));
            }
        }
        keeps
    });
    if count > 0 {
        let (one, many) = (
            "membership is stated with dates and without; the dates are taken",
            "memberships are stated with dates and without; the dates are taken",
        );
        diagnostics.push(warning(Code::UndatedRow, one, many, &dropped, count));
    }
}

/// Facts that give one attribute several values are unknown: such a world does not load.
fn disagreeing_values(
    policy: &Policy,
    facts: &mut Vec<Line>,
    unknown: &mut Vec<Line>,
    gathered: &mut Gathered,
    entities: &mut Entities,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if !facts.iter().any(|line| matches!(line.statement.shape, Shape::Value(_))) {
        return;
    }
    let mut values: FxHashMap<(usize, TermId), Vec<(TermId, From)>> = FxHashMap::default();
    for line in facts.iter() {
        if let Shape::Value(attribute) = line.statement.shape {
            values.entry((attribute, line.statement.terms[0])).or_default().push((line.statement.terms[1], line.from));
        }
    }
    let single = |gathered: &Gathered, attribute: usize, entity: TermId| {
        let kind = gathered.terms.kind(entity)?;
        policy.attribute_named(kind, &gathered.attribute_names[attribute]).filter(|&id| !policy.attributes[id].many)
    };
    let why = gathered.reason("rows of the export disagree");
    let mut lost: FxHashMap<(TermId, AttributeId), (From, From)> = FxHashMap::default();
    facts.retain(|line| {
        let Shape::Value(attribute) = line.statement.shape else { return true };
        let entity = line.statement.terms[0];
        let Some(id) = single(gathered, attribute, entity) else { return true };
        let given = &values[&(attribute, entity)];
        let of_line = entities.given(entity, id).map(|value| (value.of, value.from));
        let other = given.iter().chain(&of_line).find(|(value, _)| *value != line.statement.terms[1]);
        if let Some(&(_, other)) = other {
            lost.entry((entity, id)).or_insert((line.from, other));
            let statement = Statement { shape: Shape::Attribute(attribute), terms: [entity, TermId::NONE, TermId::NONE], ..line.statement };
            unknown.push(Line { statement, during: Interval::ALWAYS, why, ..*line });
        }
        other.is_none()
    });
    entities.values.retain(|value| !lost.contains_key(&(value.entity, value.attribute)));
    entities.has_bad_rows |= !lost.is_empty();
    let mut lost: Vec<Disagreement> = lost.into_iter().map(|((entity, attribute), places)| (entity, attribute, places)).collect();
    lost.sort_unstable_by_key(|&(_, _, places)| places);
    disagreements(policy, gathered, &lost, diagnostics);
}

/// Keeps each line once, with the first of its places.
pub(in crate::import) fn once(lines: &mut Vec<Line>, gathered: &Gathered) {
    let order = |line: &Line| (line.statement, line.during, line.days, line.why);
    lines.sort_by_key(|line| (line.statement, line.during, line.why, line.days));
    let mut kept: Vec<Line> = Vec::with_capacity(lines.len());
    for line in lines.drain(..) {
        match kept.last_mut() {
            Some(last) if order(last) == order(&line) || is_same_fact(last, &line) => last.from = gathered.first(last.from, line.from),
            _ => kept.push(line),
        }
    }
    *lines = kept;
}

/// Whether two lines state one fact for one time, whatever form their dates have.
fn is_same_fact(one: &Line, other: &Line) -> bool {
    one.statement == other.statement && one.during == other.during && one.why == other.why
}
