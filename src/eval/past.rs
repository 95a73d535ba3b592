//! The past of facts: whether something held before and does not hold now. Only what a world states has a past, and what its patterns leave
//! open; nothing is derived.

use super::evaluator::Evaluator;
use super::trace::{MissingDatum, NoTrace, Recorder, TraceStep};
use super::truth::Truth;
use crate::policy::RelationId;
use crate::world::{EntityId, Statement};

impl<R: Recorder> Evaluator<'_, R> {
    /// Whether a fact of the relation ended in the past, and the relation does not hold now. If it covers, the fact may be about a container
    /// of the last end.
    pub(super) fn was_related(&mut self, relation: RelationId, ends: [EntityId; 3]) -> Truth {
        let (world, at) = (self.env.world, self.at);
        let declared = &self.env.compiled.policy.relations[relation];
        let last = declared.ends.len() - 1;
        let mut here = ends;
        let mut before = Truth::False;
        let mut open = Statement::Relation(relation, ends);
        loop {
            let statement = Statement::Relation(relation, here);
            match self.held_before(statement, world.relation_closed(relation)) {
                Truth::Unknown if before == Truth::False => (before, open) = (Truth::Unknown, statement),
                found => before = before.or(found),
            }
            match world.container(here[last], at) {
                Some(above) if declared.covers && before != Truth::True => here[last] = above,
                _ => break,
            }
        }
        if declared.covers && before == Truth::False {
            before = self.in_unknown_container(here[last], &declared.ends[last], |evaluator, container| {
                here[last] = container;
                let statement = Statement::Relation(relation, here);
                let (world, at) = (evaluator.env.world, evaluator.at);
                let begun = world.facts_stating(statement).any(|id| world.fact(id).during.since < at);
                Truth::from(begun || evaluator.env.was_open(statement, at))
            });
        }
        if before == Truth::False {
            return Truth::False;
        }
        let now = Evaluator::at(self.env, self.budget, NoTrace, at).relation(relation, ends);
        self.no_more(before, now, open)
    }

    /// Whether an assignment of the role to this very holder, over this very scope, ended in the past, and it is not assigned so now. At most
    /// unknown of a role that the policy does not name.
    pub(super) fn was_assigned(&mut self, holder: EntityId, role: EntityId, scope: EntityId) -> Truth {
        let (world, at, policy) = (self.env.world, self.at, &self.env.compiled.policy);
        let (closed, most) = match world.role_of(role) {
            Some(role) => (world.role_closed(role), Truth::True),
            None if world.kind(role) == policy.role_kind => (world.relation_closed(policy.unknown_roles), Truth::Unknown),
            None => return Truth::False,
        };
        let statement = world.assignment(policy, holder, role, scope);
        let before = self.held_before(statement, closed);
        let now = match before {
            Truth::False => return Truth::False,
            _ if world.find_holding(statement, at).is_some() => Truth::True,
            _ if self.env.open_by(statement, at).is_some() => Truth::Unknown,
            _ => Truth::False,
        };
        self.no_more(before.and(most), now, statement)
    }

    /// Whether a fact that states this ended in the past; unknown if a pattern left it open before. `closed` is whether none is about it.
    fn held_before(&mut self, statement: Statement, closed: bool) -> Truth {
        let (world, at) = (self.env.world, self.at);
        let past = world.facts_stating(statement).filter(|&id| world.fact(id).during.has_ended(at));
        if let Some(fact) = past.max_by_key(|&id| world.fact(id).during.until) {
            self.recorder.leaf(TraceStep::Fact(fact), Truth::True);
            return Truth::True;
        }
        if !closed && self.env.was_open(statement, at) { Truth::Unknown } else { Truth::False }
    }

    /// Whether something held `before` and does not hold `now`. If that is unknown, the statement is recorded as missing; if it holds now, the
    /// fact that states it.
    fn no_more(&mut self, before: Truth, now: Truth, statement: Statement) -> Truth {
        let truth = before.and(!now);
        if truth == Truth::Unknown {
            self.recorder.leaf(TraceStep::Missing(MissingDatum::Fact(statement)), Truth::Unknown);
        }
        if R::EXHAUSTIVE
            && now == Truth::True
            && let Some(fact) = self.env.world.find_holding(statement, self.at)
        {
            self.recorder.leaf(TraceStep::Fact(fact), Truth::True);
        }
        truth
    }
}

impl Evaluator<'_, NoTrace> {
    /// Which ends of the relation a pattern anchors that was in force before.
    pub(super) fn anchored_past(&mut self, relation: RelationId, ends: [EntityId; 3]) -> [bool; 3] {
        let last = self.env.compiled.policy.relations[relation].ends.len() - 1;
        let mut found = [false; 3];
        for here in self.covered_ends(relation, ends[last]) {
            let mut covered = ends;
            covered[last] = here;
            if self.env.was_open(Statement::Relation(relation, covered), self.at) {
                for end in 0..3 {
                    found[end] |= covered[end] == ends[end];
                }
            }
        }
        found
    }
}
