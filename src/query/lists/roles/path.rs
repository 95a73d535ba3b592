//! A path from a holder to a role: whether it holds at a date, and what that depends on.

use super::missing_in;
use crate::eval::evaluator::Evaluator;
use crate::eval::{Budget, Decider, Exhausted, Memory, MissingDatum, NoTrace, QueryContext, Trace, Truth};
use crate::policy::ImplicationId;
use crate::query::lists::turning::{Turning, one};
use crate::time::Instant;
use crate::world::{EntityId, Statement};
use std::collections::BTreeSet;

/// Where a role comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// An assignment, stated or left open.
    Assigned {
        /// The holder as it is stated.
        assignee: EntityId,
        /// The role, as an entity.
        role: EntityId,
        /// The scope.
        scope: EntityId,
    },
    /// An implication.
    Implied {
        /// The implication.
        implication: ImplicationId,
        /// The entity to which it gives the role; `None` if nobody knows which one that is.
        entity: Option<EntityId>,
        /// The role, as an entity.
        role: EntityId,
        /// The scope.
        scope: EntityId,
    },
}

impl Origin {
    /// Where the role is assigned or implied.
    pub fn scope(self) -> EntityId {
        match self {
            Origin::Assigned { scope, .. } | Origin::Implied { scope, .. } => scope,
        }
    }

    /// The role that is assigned or implied.
    pub fn role(self) -> EntityId {
        match self {
            Origin::Assigned { role, .. } | Origin::Implied { role, .. } => role,
        }
    }

    /// The entity to which the role is given, if it is known.
    pub(super) fn receiver(self) -> Option<EntityId> {
        match self {
            Origin::Assigned { assignee, .. } => Some(assignee),
            Origin::Implied { entity, .. } => entity,
        }
    }
}

/// A holder, and where a role of it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolePath {
    /// The subject that holds the role.
    pub holder: EntityId,
    /// The role, as an entity.
    pub role: EntityId,
    /// Where it comes from.
    pub origin: Origin,
    /// The role that includes this one and is the one that comes from there; `None` if it is this one.
    pub included_by: Option<EntityId>,
    /// Whether the holder has the role there: true or unknown.
    pub truth: Truth,
    /// Whether the scope counts on what was asked about: true or unknown.
    pub counts: Truth,
    /// The shortest chain of groups from the holder to the entity to which the role is given, outermost last. `None` for a group that the
    /// world does not name.
    pub via: Vec<Option<EntityId>>,
    /// No other chain leads there.
    pub alone: bool,
    /// Whether the holder is one of those that were asked about: true or unknown.
    pub member: Truth,
}

impl RolePath {
    /// Whether it is held, as far as that was asked: true or unknown.
    pub fn outcome(&self) -> Truth {
        self.truth.and(self.counts)
    }

    /// Whether listings of members show it.
    pub fn is_listed(&self, decider: &Decider<'_>) -> bool {
        match self.origin {
            Origin::Assigned { .. } => true,
            Origin::Implied { implication, .. } => decider.compiled.policy.implications[implication].listed,
        }
    }

    /// Whether it holds in the world and context of the decider; unknown if a limit was reached.
    pub(super) fn truth_at(&self, decider: &Decider<'_>, memory: &mut Memory) -> (Truth, Option<Exhausted>) {
        truth(decider, memory, self.holder, self.origin)
    }

    /// The data without which it is unknown whether it holds.
    pub(super) fn missing(&self, decider: &Decider<'_>) -> Vec<MissingDatum> {
        let budget = Budget::default();
        let query = decider.within(&budget);
        let mut trace = query.evaluator(Trace::default());
        let mut found = Vec::new();
        let (world, policy, at) = (decider.world, &decider.compiled.policy, decider.context.at);
        match self.origin {
            Origin::Assigned { assignee, role, scope } => {
                let statement = world.assignment(policy, assignee, role, scope);
                if world.find_holding(statement, at).is_none() {
                    found.push(MissingDatum::Fact(statement));
                }
                if world.role_of(role).is_none() {
                    found.push(MissingDatum::Role(role));
                }
                if assignee != self.holder {
                    trace.member(self.holder, assignee);
                }
            }
            Origin::Implied { implication, role, scope, .. } => _ = trace.implication(implication, [self.holder, role, scope]),
        }
        found.extend(missing_in(world, &trace.recorder));
        found
    }

    /// The instants at which it may begin or end.
    pub(super) fn turning(&self, turning: &mut Turning<'_>) -> BTreeSet<Instant> {
        let mut instants = turning.instants();
        let decider = instants.decider();
        let (world, policy) = (decider.world, &decider.compiled.policy);
        for ent in [self.holder, self.origin.scope()].into_iter().chain(self.origin.receiver()) {
            instants.during(world.life(ent));
        }
        match self.origin {
            Origin::Assigned { assignee, role, scope } => instants.statement(world.assignment(policy, assignee, role, scope)),
            Origin::Implied { implication, entity, role, scope } => {
                instants.implication(implication, [entity.and_then(one), one(role), one(scope)], &one(self.holder));
            }
        }
        match self.origin.receiver() {
            Some(receiver) if receiver != self.holder => instants.membership(&one(self.holder), &one(receiver)),
            Some(_) => {}
            None => instants.membership(&one(self.holder), &None),
        }
        // What is unknown may depend on entities that the world does not name.
        if self.truth == Truth::Unknown && world.has_unnamed() {
            instants.everything();
        }
        instants.into_found()
    }
}

/// Whether the holder has the role by this path; unknown, with the limit, if one was reached.
pub(super) fn truth(decider: &Decider<'_>, memory: &mut Memory, holder: EntityId, origin: Origin) -> (Truth, Option<Exhausted>) {
    let (world, at) = (decider.world, decider.context.at);
    if !world.lives(holder, at) || !world.lives(origin.scope(), at) {
        return (Truth::False, None);
    }
    let budget = Budget::default();
    let query = &decider.within(&budget);
    let mut evaluator = memory.evaluator(query, &budget);
    let given = match origin {
        Origin::Assigned { assignee, role, scope } => assigned(query, assignee, role, scope),
        Origin::Implied { implication, entity, role, scope } => implied(query, &mut evaluator, holder, implication, (entity, role, scope)),
    };
    let truth = match origin.receiver() {
        Some(receiver) if given != Truth::False => given.and(member(&mut evaluator, holder, receiver)),
        _ => given,
    };
    match budget.exhausted() {
        None => memory.keep(evaluator),
        exhausted => return (Truth::Unknown, exhausted),
    }
    (truth, None)
}

/// Whether the holder is the receiver of a role, or in it.
pub(super) fn member(evaluator: &mut Evaluator<'_, NoTrace>, holder: EntityId, receiver: EntityId) -> Truth {
    if holder == receiver { Truth::True } else { evaluator.member(holder, receiver) }
}

/// Whether the role is assigned so; unknown if a pattern leaves it open, or if nobody knows what the role is.
pub(super) fn assigned(query: &QueryContext<'_>, assignee: EntityId, role: EntityId, scope: EntityId) -> Truth {
    let (world, at) = (query.world, query.context.at);
    let known = match world.role_of(role) {
        Some(role) if query.active().role(role) => Truth::True,
        Some(_) => return Truth::False,
        None => Truth::Unknown,
    };
    let statement = world.assignment(&query.compiled.policy, assignee, role, scope);
    if world.is_dead(assignee, at) {
        return Truth::False;
    }
    if world.find_holding(statement, at).is_some() { known } else { open(query, statement) }
}

fn open(query: &QueryContext<'_>, statement: Statement) -> Truth {
    if query.open_by(statement, query.context.at).is_some() { Truth::Unknown } else { Truth::False }
}

/// Whether the implication gives the role to the entity over the scope; or to the holder, if it is not known to which entity.
fn implied(
    query: &QueryContext<'_>,
    evaluator: &mut Evaluator<'_, NoTrace>,
    holder: EntityId,
    implication: ImplicationId,
    (entity, role, scope): (Option<EntityId>, EntityId, EntityId),
) -> Truth {
    let in_force = query.world.role_of(role).is_some_and(|role| query.active().role(role));
    if !query.active().implication(implication) || !in_force {
        return Truth::False;
    }
    let Some(entity) = entity else { return evaluator.implication(implication, [holder, role, scope]) };
    let mut truth = Truth::False;
    evaluator.each_derivation(implication, holder, [entity, role, scope], &mut |ends, found| {
        if ends == [Some(entity), Some(role), Some(scope)] {
            truth = truth.or(found);
        }
    });
    truth
}
