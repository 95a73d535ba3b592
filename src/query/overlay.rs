//! A world and a context with assumed changes. The facts of the world are shared, not copied.

use crate::counterfactual::Change;
use crate::eval::Decider;
use crate::plan::{CompiledPolicy, Context};
use crate::policy::{Id, Policy};
use crate::time::{Instant, Interval};
use crate::world::{Fact, FactId, Statement, World};

/// A world and a context with assumed changes.
#[derive(Clone, Debug)]
pub struct Overlay {
    /// The world with the changes. Its entities have the same ids as in the original world.
    pub world: World,
    /// The context with the changes.
    pub context: Context,
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
            Change::Date { at, policy_at } => {
                self.context.at = at;
                self.context.policy_at = policy_at;
            }
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

    fn add(&mut self, policy: &Policy, fact: Statement) {
        self.world.end_denials(policy, fact, self.context.at);
        let during = Interval { since: self.context.at, until: Instant::MAX };
        self.world.add(Fact { statement: fact, during }, None);
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

    /// Decides questions about the changed world and context.
    pub fn decider<'a>(&'a self, compiled: &'a CompiledPolicy) -> Decider<'a> {
        Decider::new(compiled, &self.world, self.context.clone())
    }
}
