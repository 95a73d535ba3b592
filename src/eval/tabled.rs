//! Many decisions that rest on the same derived relations and roles, such as those about one subject: what one of them worked out, the next
//! does not.

use super::budget::{BUDGET, Budget};
use super::decide::{Decider, Decision};
use super::evaluator::Memory;
use crate::world::ResolvedRequest;

/// Up to this much work a decision needs no other look: what it finds in tables is charged, but not each closure of memberships.
const AMPLE: u64 = BUDGET / 2;

/// Decides one request after another as [`Decider::decide`] does, and remembers derived relations and roles in between.
#[derive(Debug)]
pub struct TabledDecider<'a> {
    decider: &'a Decider<'a>,
    memory: Memory,
}

impl<'a> TabledDecider<'a> {
    /// One that remembers nothing yet.
    pub fn new(decider: &'a Decider<'a>) -> TabledDecider<'a> {
        TabledDecider { decider, memory: Memory::charging() }
    }

    /// The decision that the decider makes, with a budget of its own. A request that takes much work is decided without the memory, so that
    /// whether it is given up does not depend on those before it.
    pub fn decide(&mut self, request: &ResolvedRequest) -> Decision {
        let decision = self.decide_within(request, &Budget::of(AMPLE));
        if decision.exhausted.is_some() { self.decider.decide(request) } else { decision }
    }

    /// The decision with what is remembered. What is taken from the memory is charged to the budget as if it were worked out.
    pub fn decide_within(&mut self, request: &ResolvedRequest, budget: &Budget) -> Decision {
        let mut evaluator = self.memory.evaluator(&self.decider.env, budget);
        let decision = self.decider.evaluate(request, &mut evaluator);
        self.memory.keep(evaluator);
        decision
    }

    /// The decider whose decisions these are.
    pub fn decider(&self) -> &'a Decider<'a> {
        self.decider
    }
}
