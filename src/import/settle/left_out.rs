//! What is left out: it lies within nothing that a row names, so that no world could have it.

use super::warning;
use crate::diag::phrases::{agree, all_of, any_of, code, counted};
use crate::diag::{Code, Diagnostic};
use crate::import::gathered::{Gathered, Line, Statement, Value};
use crate::import::mapping::Shape;
use crate::import::shown::named;
use crate::import::terms::{Sort, TermId};
use crate::policy::{KindId, Policy};
use crate::time::Interval;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};

/// The entities that are left out.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    all: FxHashSet<TermId>,
    /// Those of which rows lack within what they lie, or disagree about it. Of the others no row says anything.
    misplaced: FxHashSet<TermId>,
}

impl LeftOut {
    /// What of these entities is left out. Their containers are among `values`; `lost` are those of which rows lack or contradict it.
    pub(super) fn of<'e>(
        policy: &Policy,
        gathered: &Gathered,
        entities: impl Iterator<Item = &'e TermId>,
        values: &[Value],
        lost: &FxHashSet<TermId>,
    ) -> LeftOut {
        let mut within: FxHashMap<TermId, TermId> = FxHashMap::default();
        let mut twice: FxHashSet<TermId> = FxHashSet::default();
        for value in values.iter().filter(|value| policy.attributes[value.attribute].container) {
            if within.insert(value.entity, value.of).is_some() {
                twice.insert(value.entity);
            }
        }
        let is_contained = |entity: TermId| gathered.terms.kind(entity).is_some_and(|kind| !policy.kinds[kind].within.is_empty());
        // Of each entity whether it is placed, and if not whether rows are to blame; `None` while its containers are gone through, so that a
        // circle is found.
        let mut known: FxHashMap<TermId, Option<Placed>> = FxHashMap::default();
        for &entity in entities.filter(|&&entity| is_contained(entity)) {
            let (mut path, mut at) = (Vec::new(), entity);
            let outcome = loop {
                if let Some(known) = known.get(&at) {
                    // A circle is a contradiction of rows.
                    break known.unwrap_or(Placed::Contradicted);
                }
                if !is_contained(at) {
                    break Placed::Somewhere;
                }
                if twice.contains(&at) || lost.contains(&at) {
                    path.push(at);
                    break Placed::Contradicted;
                }
                path.push(at);
                known.insert(at, None);
                match within.get(&at) {
                    Some(&above) => at = above,
                    None => break Placed::Nowhere,
                }
            };
            path.into_iter().chain([entity]).for_each(|on_path| _ = known.insert(on_path, Some(outcome)));
        }
        let with = |wanted: &[Placed]| {
            known.iter().filter(|(_, placed)| placed.is_some_and(|placed| wanted.contains(&placed))).map(|(&entity, _)| entity).collect()
        };
        LeftOut { all: with(&[Placed::Nowhere, Placed::Contradicted]), misplaced: with(&[Placed::Contradicted]) }
    }

    /// Whether nothing is left out.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether this entity is left out.
    pub(super) fn has(&self, entity: TermId) -> bool {
        self.all.contains(&entity)
    }

    /// Whether rows are to blame for one.
    pub(super) fn has_misplaced(&self) -> bool {
        !self.misplaced.is_empty()
    }

    /// The entities that a statement names and that are left out.
    fn named(&self, gathered: &Gathered, statement: &Statement) -> Vec<TermId> {
        if self.is_empty() {
            return Vec::new();
        }
        let of_condition = gathered.named_by_condition.get(&statement.condition).into_iter().flatten();
        statement.terms.iter().chain(of_condition).filter(|term| self.has(**term)).copied().collect()
    }

    /// What becomes of lines that name what is left out: they are dropped. Those for which rows are to blame are unknown instead, of any
    /// entity of the kind.
    pub(super) fn without(&self, policy: &Policy, gathered: &mut Gathered, lines: &mut Vec<Line>, unknown: &mut Vec<Line>) {
        lines.retain(|line| {
            let named = self.named(gathered, &line.statement);
            if !named.is_empty() && named.iter().all(|entity| self.misplaced.contains(entity)) {
                unknown.extend(self.widened(policy, gathered, line, named[0]));
            }
            named.is_empty()
        });
    }

    /// The line with any entity of the kind in the place of each that is left out; `None` of an attribute of what is left out.
    fn widened(&self, policy: &Policy, gathered: &mut Gathered, line: &Line, lost: TermId) -> Option<Line> {
        let mut statement = Statement { condition: TermId::NONE, ..line.statement };
        if let Shape::Value(attribute) | Shape::Attribute(attribute) = statement.shape {
            statement =
                Statement { shape: Shape::Attribute(attribute), terms: [statement.terms[0], TermId::NONE, TermId::NONE], ..statement };
            if self.has(statement.terms[0]) {
                return None;
            }
        }
        for index in 0..statement.terms.len() {
            let Some(kind) = gathered.terms.kind(statement.terms[index]).filter(|_| self.has(statement.terms[index])) else { continue };
            // Two variables of one name would be one entity.
            let is_alone = line.statement.terms.iter().filter(|&&other| gathered.terms.kind(other) == Some(kind)).count() == 1;
            let any_of_kind = |gathered: &mut Gathered| gathered.terms.add(&Sort::Written, &policy.kinds[kind].meta.name);
            statement.terms[index] = if is_alone { any_of_kind(gathered) } else { TermId::ANY };
        }
        let lost = gathered.entity(lost).map_or_else(String::new, |(kind, id)| named(policy, kind, id));
        let why = gathered.reason(&format!("{} is left out: rows lack within what it lies, or disagree about it", code(lost)));
        Some(Line { statement, during: Interval::ALWAYS, days: [false; 2], why, ..*line })
    }

    /// Reports what is left out. `lacks` are the bindings that its lists lack.
    pub(super) fn report(&self, policy: &Policy, gathered: &Gathered, lacks: &BTreeSet<String>, diagnostics: &mut Vec<Diagnostic>) {
        let mut by_kind: BTreeMap<(KindId, bool), Vec<String>> = BTreeMap::new();
        for &entity in &self.all {
            let (kind, id) = gathered.entity(entity).expect("only entities are left out");
            by_kind.entry((kind, self.misplaced.contains(&entity))).or_default().push(named(policy, kind, id));
        }
        for ((kind, is_misplaced), mut names) in by_kind {
            names.sort();
            let of_kind = |entity: &TermId| gathered.terms.kind(*entity) == Some(kind) && self.misplaced.contains(entity) == is_misplaced;
            let lines = gathered.facts.iter().chain(&gathered.unknown);
            let lines = lines.filter(|line| self.named(gathered, &line.statement).iter().any(of_kind)).count();
            let kind = &policy.kinds[kind];
            let within: Vec<&str> = kind.within.iter().map(|&attribute| policy.attributes[attribute].name.as_str()).collect();
            let one = format!("{} is left out", kind.meta.name);
            let many = format!("{}s are left out", kind.meta.name);
            let what = warning(Code::LeftOut, &one, &many, &names, names.len());
            let within = any_of(&within);
            diagnostics.push(if is_misplaced {
                let what = what.note(format!("rows lack its {within}, or disagree about it"));
                let lines = (lines > 0).then(|| widened_lines(lines, &kind.meta.name));
                lines.into_iter().fold(what, Diagnostic::note).help("give each one place, in all rows".to_owned())
            } else {
                let bind = if lacks.is_empty() { String::new() } else { format!(": {}", all_of(lacks.iter().map(code))) };
                let what = what.note(format!("no export says which {within} it belongs to"));
                let lines = (lines > 0).then(|| left_lines(lines, names.len()));
                lines.into_iter().fold(what, Diagnostic::note).help(format!("export the {within} too, or bind it{bind}"))
            });
        }
    }
}

/// Whether an entity lies within something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Placed {
    Somewhere,
    /// No row says within what.
    Nowhere,
    /// Rows lack it, or disagree about it.
    Contradicted,
}

/// How many lines about entities that are left out are unknown of any of their kind.
fn widened_lines(lines: usize, kind: &str) -> String {
    let (what, is) = (counted(lines, "fact"), agree(lines, "is", "are"));
    format!("{what} about such things {is} unknown, and may hold of any {kind}")
}

/// How many lines about entities that are left out are left out with them.
fn left_lines(lines: usize, entities: usize) -> String {
    let (them, were) = (agree(entities, "it", "them"), agree(lines, "was", "were"));
    format!("{} about {them} {were} left out", counted(lines, "line"))
}
