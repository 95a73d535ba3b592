//! An import compared with an earlier world of the same exports: what came, what went, what changed.
//!
//! `old` reads the earlier world, and `fit` finds the lists that would have a fact.
//!
//! Invariant: what is missing went only where a complete list would have it; elsewhere it is unknown from the earlier capture on. What had ended
//! before that is kept.

mod fit;
mod old;

pub use old::Old;

use super::gathered::{Gathered, Line, Statement, Value};
use super::list::List;
use super::mapping::Mappings;
use super::patterns::Patterns;
use super::settle::{Entities, once};
use super::shown;
use super::terms::TermId;
use crate::policy::Policy;
use crate::time::{Instant, Interval};
use fit::Fits;
use rustc_hash::{FxHashMap, FxHashSet};

/// A change since the earlier world.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// What changed.
    pub what: Changed,
    /// The fact, entity or attribute.
    pub of: String,
    /// What it was and is, if it was something else.
    pub was: Option<(String, String)>,
}

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Changed {
    /// It is new.
    Came,
    /// A complete list has it no longer.
    Went,
    /// It is another.
    Differs,
    /// Nobody looked, or a list is not complete, so it is unknown now.
    Unknown,
}

/// When both exports were captured.
#[derive(Clone, Copy)]
struct Captures {
    old: (Instant, bool),
    new: (Instant, bool),
}

impl Captures {
    /// The time between both.
    fn between(self) -> (Interval, [bool; 2]) {
        (Interval { since: self.old.0, until: self.new.0 }, [self.old.1, self.new.1])
    }
}

/// Compares, and writes into the import what the earlier world adds to it. `captured` is that of the import, and whether it is a day.
pub(super) fn compare(
    policy: &Policy,
    mappings: &Mappings,
    lists: &[List],
    old: &Old,
    captured: (Instant, bool),
    gathered: &mut Gathered,
    entities: &mut Entities,
) -> Vec<Change> {
    let mut changes = Vec::new();
    let captures = Captures { old: old.captured(), new: captured };
    let earlier = old.read(policy, gathered);
    old_entities(policy, &earlier, gathered, entities, &mut changes);
    let facts = std::mem::take(&mut gathered.facts);
    let mut by_statement: FxHashMap<Statement, Vec<Line>> = FxHashMap::default();
    facts.into_iter().for_each(|line| by_statement.entry(line.statement).or_default().push(line));
    let known: FxHashSet<Statement> = earlier.facts.iter().map(|line| line.statement).collect();
    let open = Patterns::of(policy, gathered, gathered.unknown.iter().map(|line| line.statement));
    let mut carried = Vec::new();
    for line in &earlier.facts {
        let current = by_statement.get_mut(&line.statement).map(Vec::as_mut_slice).unwrap_or_default();
        if line.during.until <= captures.old.0 {
            if current.iter().all(|other| other.during.since != line.during.since) {
                carried.push(*line);
            }
        } else if current.is_empty() {
            let fits = Fits { mappings, lists, gathered, open: &open };
            let change = if fits.is_gone(&line.statement) { Changed::Went } else { Changed::Unknown };
            ended(line, change, captures, gathered, &mut carried);
            changes.push(Change { what: change, of: shown::statement(policy, gathered, &line.statement), was: None });
        } else {
            changes.extend(continued(line, current).map(|was| Change {
                what: Changed::Differs,
                of: shown::statement(policy, gathered, &line.statement),
                was: Some(was),
            }));
        }
    }
    for (statement, lines_of) in &mut by_statement {
        if known.contains(statement) {
            continue;
        }
        for line in lines_of.iter_mut().filter(|line| line.during == Interval::ALWAYS) {
            line.during.since = captures.new.0;
            line.days[0] = captures.new.1;
            let (during, days) = captures.between();
            let why = gathered.reason("it came between two exports");
            gathered.unknown.push(Line { during, days, why, ..*line });
        }
        changes.push(Change { what: Changed::Came, of: shown::statement(policy, gathered, statement), was: None });
    }
    gathered.facts = by_statement.into_values().flatten().chain(carried).collect();
    old_unknown(&earlier, captures, gathered);
    entities.named_by(policy, gathered);
    let (mut facts, mut unknown) = (std::mem::take(&mut gathered.facts), std::mem::take(&mut gathered.unknown));
    once(&mut facts, gathered);
    once(&mut unknown, gathered);
    (gathered.facts, gathered.unknown) = (facts, unknown);
    changes.sort();
    changes.dedup();
    changes
}

/// A fact that is there still. An undated row keeps the dates that are known; what is dated otherwise now is a change.
fn continued(line: &Line, current: &mut [Line]) -> Option<(String, String)> {
    if current.iter().any(|now| now.during == line.during) {
        return None;
    }
    if let Some(undated) = current.iter_mut().find(|now| now.during == Interval::ALWAYS) {
        undated.during.since = line.during.since;
        undated.days[0] = line.days[0];
        // What is undated in both goes on as it was.
        return (line.during.until != Instant::MAX).then(|| (dates(line), dates(undated)));
    }
    Some((dates(line), dates(&current[0])))
}

/// The dates of a line, for people.
fn dates(line: &Line) -> String {
    let Interval { since, until } = line.during;
    match (since == Instant::MIN, until == Instant::MAX) {
        (true, true) => "always".to_owned(),
        (false, true) => format!("from {since}"),
        (true, false) => format!("until {until}"),
        (false, false) => format!("from {since} until {until}"),
    }
}

/// A fact that is not there any more: it held until the earlier capture.
fn ended(line: &Line, change: Changed, captures: Captures, gathered: &mut Gathered, carried: &mut Vec<Line>) {
    let mut before = *line;
    before.during.until = captures.old.0;
    before.days[1] = captures.old.1;
    if !before.during.is_empty() {
        carried.push(before);
    }
    let (mut during, mut days) = captures.between();
    let why = if change == Changed::Went { "it went between two exports" } else { "no complete export says whether it is so still" };
    if change == Changed::Unknown {
        (during.until, days[1]) = (line.during.until, line.days[1]);
    }
    during.since = during.since.max(line.during.since);
    if !during.is_empty() {
        let why = gathered.reason(why);
        gathered.unknown.push(Line { during, days, why, ..*line });
    }
}

/// What was unknown before: it stays so for the time before this export.
fn old_unknown(earlier: &old::Earlier, captures: Captures, gathered: &mut Gathered) {
    let current: FxHashSet<Statement> =
        gathered.unknown.iter().filter(|line| line.during.until > captures.new.0).map(|line| line.statement).collect();
    for line in &earlier.unknown {
        let mut line = *line;
        if line.during.until > captures.old.0 {
            if current.contains(&line.statement) {
                continue;
            }
            if line.during.until > captures.new.0 {
                (line.during.until, line.days[1]) = captures.new;
            }
        }
        if !line.during.is_empty() {
            gathered.unknown.push(line);
        }
    }
}

/// Entities stay. Of one that is there still, the values that differ are changes.
fn old_entities(policy: &Policy, earlier: &old::Earlier, gathered: &Gathered, entities: &mut Entities, changes: &mut Vec<Change>) {
    let shown = |entity: TermId| gathered.entity(entity).map_or_else(String::new, |(kind, id)| shown::named(policy, kind, id));
    let known: FxHashSet<TermId> = earlier.entities.iter().map(|&(entity, _)| entity).collect();
    for &entity in entities.from.keys().filter(|entity| !known.contains(entity)) {
        changes.push(Change { what: Changed::Came, of: shown(entity), was: None });
    }
    let mut added = Vec::new();
    let mut by_entity: FxHashMap<TermId, Vec<Value>> = FxHashMap::default();
    earlier.values.iter().for_each(|value| by_entity.entry(value.entity).or_default().push(*value));
    for &(entity, from) in &earlier.entities {
        let is_there = entities.from.contains_key(&entity);
        let values = by_entity.get(&entity).into_iter().flatten();
        if !is_there {
            entities.from.insert(entity, from);
            added.extend(values.copied());
            continue;
        }
        for value in values.filter(|value| !policy.attributes[value.attribute].many) {
            let now = entities.value(entity, value.attribute);
            if let Some(now) = now.filter(|&now| now != value.of) {
                let of = format!("{} {}", shown(entity), policy.attributes[value.attribute].name);
                let text = |term: TermId| gathered.terms.text(term).to_owned();
                changes.push(Change { what: Changed::Differs, of, was: Some((text(value.of), text(now))) });
            }
        }
    }
    entities.add_values(policy, gathered, added);
}
