//! A world and a context with assumed changes. The facts of the world are shared, not copied.

use crate::counterfactual::Change;
use crate::diag::Diagnostic;
use crate::eval::Decider;
use crate::events::{self, BrokenInvariant, EventStepper, RefusedInstant};
use crate::plan::{CompiledPolicy, Context};
use crate::policy::{Id, Policy};
use crate::time::{Instant, Interval};
use crate::world::{self, EntityId, EventRecord, Fact, FactId, Statement, World};
use rustc_hash::FxHashSet;

/// A world and a context with assumed changes.
#[derive(Clone, Debug)]
pub struct Overlay {
    /// The world with the changes. Its entities have the same ids as in the original world.
    pub world: World,
    /// The context with the changes.
    pub context: Context,
}

/// Why a loader would refuse a world.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    /// What contradicts each other.
    pub(super) inconsistent: Vec<Diagnostic>,
    /// The invariants that it breaks.
    pub(super) broken: Vec<BrokenInvariant>,
}

impl Refusals {
    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.inconsistent.is_empty() && self.broken.is_empty()
    }
}

impl Overlay {
    /// The world and context of the decider with the changes. Facts change from the date of the context on.
    pub fn of(decider: &Decider<'_>, changes: &[Change]) -> Overlay {
        let mut overlay = Overlay { world: decider.world.clone(), context: decider.context.clone() };
        for &change in changes {
            overlay.make(&decider.compiled.policy, change);
        }
        overlay
    }

    /// Makes a change.
    fn make(&mut self, policy: &Policy, change: Change) {
        match change {
            Change::Add(fact) => self.add(policy, fact),
            Change::Remove(fact) => self.remove(policy, fact),
            Change::Set(fact) => {
                // A single-valued attribute loses its value; a many-valued one keeps its values.
                if let Statement::Value { entity, attribute, .. } = fact
                    && !policy.attributes[attribute].many
                {
                    let exclusive = policy.exclusive(&attribute).iter();
                    let values: Vec<FactId> = exclusive.flat_map(|&attribute| self.world.values(entity, attribute)).collect();
                    values.into_iter().for_each(|id| self.end(id));
                }
                self.add(policy, fact);
            }
            Change::Toggle(toggle, on) => self.context.toggles[toggle.index()] = on,
        }
    }

    /// Assumes that a fact holds, or does not hold, from the date of the context on. A fact that follows from other facts still holds.
    pub fn assume(&mut self, policy: &Policy, fact: Statement, holds: bool) {
        let change = match (holds, fact) {
            (false, fact) => Change::Remove(fact),
            (true, Statement::Value { .. }) => Change::Set(fact),
            (true, fact) => Change::Add(fact),
        };
        self.make(policy, change);
    }

    /// Adds a fact from now on. What it is about and no event created yet is taken to have been created.
    fn add(&mut self, policy: &Policy, fact: Statement) {
        let from_now = Interval { since: self.context.at, until: Instant::MAX };
        for entity in fact.about().filter(|&entity| self.world.is_unborn(entity)).collect::<Vec<EntityId>>() {
            self.world.set_life(entity, from_now);
        }
        self.world.end_denials(policy, fact, self.context.at);
        self.world.add(Fact { statement: fact, during: from_now }, None);
    }

    /// Assumes that a fact does not hold, now or later, also if a pattern leaves it open.
    fn remove(&mut self, policy: &Policy, fact: Statement) {
        let stating: Vec<FactId> = self.world.facts_stating(fact).collect();
        for id in stating {
            let during = self.world.fact(id).during;
            if self.context.at < during.since && !during.is_empty() {
                self.world.assume_end(id, during.since);
            }
            self.end(id);
        }
        self.world.close_fact(policy, fact, self.context.at, None);
    }

    /// Ends a fact, if it holds.
    fn end(&mut self, id: FactId) {
        if self.world.fact(id).during.contains(self.context.at) {
            self.world.assume_end(id, self.context.at);
        }
    }

    /// Lets an event happen at the date of the context. Its action and its condition are checked there.
    ///
    /// # Errors
    ///
    /// If it may not happen; then the world is as it was.
    pub(super) fn happen(&mut self, compiled: &CompiledPolicy, event: &EventRecord) -> Result<(), Box<RefusedInstant>> {
        let mut stepper = EventStepper::of_one(compiled, &self.world, event);
        stepper.apply(&mut self.world, &self.context, std::slice::from_ref(event), &[0])?;
        stepper.finish(&mut self.world);
        Ok(())
    }

    /// The statements that are not stated as in `before`, of which this world is a changed clone; sorted.
    pub(super) fn changed_from(&self, before: &World) -> Vec<Statement> {
        let known: FxHashSet<Statement> = before.touched_statements().collect();
        let touched = self.world.touched_statements().filter(|&statement| differs(before, &self.world, &known, statement));
        let mut changed: Vec<Statement> = touched.collect();
        changed.sort_unstable();
        changed.dedup();
        changed
    }

    /// Why a loader would refuse this world, of which `before` is one that it accepts: contradictions, and invariants that `before` does not
    /// break in the same way. Only what differs from `before` is looked at.
    pub(super) fn refusals(&self, compiled: &CompiledPolicy, before: &World) -> Refusals {
        let stated = self.changed_from(before);
        let denied = self.world.denied_otherwise(before);
        let inconsistent = match &denied {
            Some(denied) => {
                let entities = stated.iter().chain(denied).flat_map(|statement| statement.about()).collect();
                world::inconsistencies_of(&compiled.policy, &self.world, &entities)
            }
            None => world::inconsistencies(&compiled.policy, &self.world),
        };
        let statements = denied.map(|denied| [stated, denied].concat());
        Refusals { inconsistent, broken: self.broken_by(compiled, before, statements.as_deref()) }
    }

    /// The invariants that refuse this world, and that `before` does not break in the same way.
    pub(super) fn broken_invariants(&self, compiled: &CompiledPolicy, before: &World) -> Vec<BrokenInvariant> {
        let denied = self.world.denied_otherwise(before);
        let statements = denied.map(|denied| [self.changed_from(before), denied].concat());
        self.broken_by(compiled, before, statements.as_deref())
    }

    /// The same, where the statements are those that are not stated or denied as in `before`; `None` if more than facts is denied otherwise.
    fn broken_by(&self, compiled: &CompiledPolicy, before: &World, statements: Option<&[Statement]>) -> Vec<BrokenInvariant> {
        let lives_otherwise = |ent: &EntityId| !before.has(*ent) || before.life(*ent) != self.world.life(*ent);
        let entities: Vec<EntityId> = self.world.touched_entities().filter(lives_otherwise).collect();
        let broken_in =
            |world: &World| events::refusing_invariants(compiled, world, statements.map(|stated| (stated, entities.as_slice())));
        let mut broken = broken_in(&self.world);
        if !broken.is_empty() {
            let known = broken_in(before);
            broken.retain(|broken| known.iter().all(|known| known.invariant != broken.invariant || known.binding != broken.binding));
        }
        broken
    }

    /// Decides questions about the changed world and context.
    pub fn decider<'a>(&'a self, compiled: &'a CompiledPolicy) -> Decider<'a> {
        Decider::new(compiled, &self.world, self.context.clone())
    }
}

/// Whether a statement that one of two worlds touches is not stated alike in both.
fn differs(before: &World, after: &World, touched_before: &FxHashSet<Statement>, statement: Statement) -> bool {
    let intervals = |world: &World| {
        let mut intervals: Vec<Interval> =
            world.facts_stating(statement).map(|id| world.fact(id).during).filter(|during| !during.is_empty()).collect();
        intervals.sort_unstable_by_key(|during| (during.since, during.until));
        intervals
    };
    !touched_before.contains(&statement) || !statement.about().all(|ent| before.has(ent)) || intervals(before) != intervals(after)
}
