//! A world and a scene with changes tried on: nothing is copied but the changes.

use crate::counterfactual::Change;
use crate::eval::Decider;
use crate::plan::{CompiledPolicy, Context};
use crate::policy::{Id, Policy};
use crate::time::Instant;
use crate::time::Interval;
use crate::world::{Fact, FactId, Statement, World};

/// A world with changes.
#[derive(Clone, Debug)]
pub struct Overlay {
    /// The world as it would be.
    pub world: World,
    /// The scene as it would be.
    pub context: Context,
}

impl Overlay {
    /// The decider's world and scene with the changes made, facts from the scene's date on.
    pub fn of(decider: &Decider<'_>, changes: &[Change]) -> Overlay {
        let mut overlay = Overlay { world: decider.world.clone(), context: decider.context.clone() };
        for &change in changes {
            overlay.make(&decider.compiled.policy, change);
        }
        overlay
    }

    fn make(&mut self, policy: &Policy, change: Change) {
        match change {
            Change::Add(body) => self.add(body),
            Change::Remove(body) => self.remove(body),
            Change::Set(body) => {
                if let Statement::Value { entity, attribute, .. } = body {
                    // A many-valued attribute gets one value more, any other gets another.
                    if !policy.attributes[attribute].many {
                        let values: Vec<FactId> = self.world.values(entity, attribute).collect();
                        for id in values {
                            self.end(id);
                        }
                    }
                }
                self.add(body);
            }
            Change::Toggle(toggle, on) => self.context.toggles[toggle.index()] = on,
            Change::Date { at, policy_at } => {
                self.context.at = at;
                self.context.policy_at = policy_at;
            }
        }
    }

    /// Takes a fact as true from the scene's date on, or as untrue.
    pub fn assume(&mut self, policy: &Policy, body: Statement, holds: bool) {
        let change = match (holds, body) {
            (false, body) => Change::Remove(body),
            (true, Statement::Value { .. }) => Change::Set(body),
            (true, body) => Change::Add(body),
        };
        self.make(policy, change);
    }

    fn add(&mut self, body: Statement) {
        let during = Interval { since: self.context.at, until: Instant::MAX };
        self.world.add(Fact { statement: body, during }, None);
    }

    fn remove(&mut self, body: Statement) {
        let saying: Vec<FactId> = self.world.facts_stating(body).collect();
        saying.into_iter().for_each(|id| self.end(id));
    }

    fn end(&mut self, id: FactId) {
        if self.world.fact(id).during.contains(self.context.at) {
            self.world.assume_end(id, self.context.at);
        }
    }

    /// Answers questions about it.
    pub fn decider<'a>(&'a self, compiled: &'a CompiledPolicy) -> Decider<'a> {
        Decider::new(compiled, &self.world, self.context.clone())
    }
}
