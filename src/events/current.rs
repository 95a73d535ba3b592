//! The facts that matter from an instant on. While events are applied, nothing reads the past but `was`; so facts that have ended are taken
//! out of the lists of the world, and an event costs as much at the end of a long history as at its beginning.

use super::form::{Form, entity_terms, forms_of};
use crate::plan::compiled::CompiledPolicy;
use crate::policy::{AtomKind, Effect, Event, FactTerm, Policy, Term};
use crate::time::Instant;
use crate::world::{FactId, Statement, World};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The facts that hold or are yet to hold while events are applied one instant after the other.
#[derive(Debug, Default)]
pub(super) struct CurrentFacts {
    /// Facts that will end, the first to end on top.
    ending: BinaryHeap<Reverse<(Instant, FactId)>>,
    /// Facts that have ended and are not in the lists of the world any more.
    unlisted: Vec<FactId>,
    /// What some condition asks `was` of. Of the facts of these forms that have ended, the last that states each thing stays in the lists.
    asked_before: FxHashSet<Form>,
    /// Whether all facts stay in the lists: conditions of patterns may be asked of any past instant.
    keeps_all: bool,
    last_ended: FxHashMap<Statement, FactId>,
    /// The facts of each form that a removal may have to search as a whole.
    by_form: FxHashMap<Form, FormFacts>,
}

/// The facts of one form, and how many of them have ended.
#[derive(Debug, Default)]
struct FormFacts {
    facts: Vec<FactId>,
    ended: usize,
}

impl CurrentFacts {
    /// The facts of a world before any event.
    pub(super) fn of(compiled: &CompiledPolicy, world: &World) -> CurrentFacts {
        let policy = &compiled.policy;
        let mut current = CurrentFacts { asked_before: asked_before(policy), ..CurrentFacts::default() };
        current.keeps_all = !current.asked_before.is_empty() && world.has_conditional_patterns();
        current.search_removed(policy, world, policy.events.values());
        current
    }

    /// The facts that the removals of one event may have to search.
    pub(super) fn removed_by(policy: &Policy, world: &World, event: &Event) -> CurrentFacts {
        let mut current = CurrentFacts::default();
        current.search_removed(policy, world, std::iter::once(event));
        current
    }

    /// Records the facts of each form that a removal of these events may have to search as a whole.
    fn search_removed<'p>(&mut self, policy: &Policy, world: &World, events: impl Iterator<Item = &'p Event>) {
        let removals = events.flat_map(|event| &event.removes).filter(|effect| !has_list(effect));
        self.by_form = removals.flat_map(|effect| forms_of(policy, &effect.fact)).map(|form| (form, FormFacts::default())).collect();
        if self.by_form.is_empty() {
            return;
        }
        for (id, fact) in world.facts() {
            // The others are in the base, whose lists are as they are.
            if self.search(id, fact.statement) {
                self.expect_end(id, fact.during.until);
            }
        }
    }

    /// Records a fact that holds now or later, if a removal may have to search all of its form; false if none does.
    fn search(&mut self, id: FactId, statement: Statement) -> bool {
        self.by_form.get_mut(&statement.into()).map(|list| list.facts.push(id)).is_some()
    }

    /// Records when a fact will end.
    fn expect_end(&mut self, id: FactId, until: Instant) {
        if until != Instant::MAX {
            self.ending.push(Reverse((until, id)));
        }
    }

    /// Goes on to `at`: takes out the facts that have ended by then.
    pub(super) fn advance(&mut self, world: &mut World, at: Instant) {
        while let Some(&Reverse((until, id))) = self.ending.peek() {
            if until > at {
                break;
            }
            self.ending.pop();
            // If an event ended the fact before, it is out already.
            if world.fact(id).during.until == until {
                self.retire(world, id);
            }
        }
    }

    /// Records the facts that an instant added, and takes out those of the changed ones that have ended.
    pub(super) fn settle(&mut self, world: &mut World, at: Instant, added: &[FactId], changed: impl Iterator<Item = FactId>) {
        for &id in added {
            let fact = world.fact(id);
            if fact.during.until > at {
                self.search(id, fact.statement);
                self.expect_end(id, fact.during.until);
            }
        }
        for id in changed {
            if world.fact(id).during.until <= at {
                self.retire(world, id);
            }
        }
    }

    /// Takes out a fact that has ended.
    fn retire(&mut self, world: &mut World, id: FactId) {
        let fact = world.fact(id);
        let form = Form::from(fact.statement);
        if let Some(list) = self.by_form.get_mut(&form) {
            list.ended += 1;
            if list.ended * 2 > list.facts.len() {
                list.facts.retain(|&id| world.fact(id).during.until > fact.during.until);
                list.ended = 0;
            }
        }
        if self.keeps_all {
            return;
        }
        let gone = if !fact.during.is_empty() && self.asked_before.contains(&form) {
            self.last_ended.insert(fact.statement, id).filter(|&earlier| earlier != id)
        } else {
            Some(id)
        };
        self.unlisted.extend(gone.filter(|&id| world.unlist(id)));
    }

    /// The facts of a form that hold or are yet to hold, and perhaps some that have ended.
    pub(super) fn of_form(&self, form: Form) -> &[FactId] {
        self.by_form.get(&form).map_or(&[], |list| &list.facts)
    }

    /// Puts the facts that have ended back into the lists of the world, or of a clone of it.
    pub(super) fn restore(&self, world: &mut World) {
        self.unlisted.iter().for_each(|&id| world.list_again(id));
    }
}

/// Whether some list of an entity has all facts that the removal may name, whatever the event's arguments are: a term without variables
/// gives it.
fn has_list(removal: &Effect) -> bool {
    let is_fixed = |term: &Term| term.variables().is_empty();
    match &removal.fact {
        // The value may be a text, for which there is no list.
        FactTerm::Value(of, ..) => is_fixed(of),
        fact => entity_terms(fact).into_iter().any(|(_, term)| is_fixed(term)),
    }
}

/// What some condition asks `was` of.
fn asked_before(policy: &Policy) -> FxHashSet<Form> {
    let atoms = policy.conditions().flat_map(|condition| condition.expr.atoms());
    let forms = atoms.flat_map(|atom| match &atom.kind {
        AtomKind::Relation { relation, was: true, .. } => vec![Form::Relation(*relation)],
        AtomKind::Holds { role, was: true, .. } => Form::of_role(policy, role),
        _ => Vec::new(),
    });
    forms.collect()
}
