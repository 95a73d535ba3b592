//! Roles held: by assignment or implication, by the holder or a group, over the scope or what contains it.

use super::env::Env;
use super::evaluator::Evaluator;
use super::instantiate::instantiate;
use super::trace::{MissingDatum, Recorder, TraceStep};
use super::truth::Truth;
use crate::policy::{Id, ImplicationId, RoleId};
use crate::world::{EntityId, FactId, Statement};
use smallvec::SmallVec;

/// Roles any of which will do.
#[derive(Debug)]
pub(crate) struct Roles {
    all: Vec<RoleId>,
    /// By their ids.
    bits: Vec<u64>,
    /// Those among them that some implication in force may give, and those that may be held though nobody says so.
    beyond: Vec<RoleId>,
}

impl Roles {
    pub(crate) fn of(all: Vec<RoleId>, env: &Env<'_>) -> Roles {
        let mut bits = vec![0; env.compiled.policy.roles.len().div_ceil(64)];
        all.iter().for_each(|role| bits[role.index() / 64] |= 1 << (role.index() % 64));
        let implied = |role| env.compiled.graph.rules_deriving(role).iter().any(|&id| env.active.implication(id));
        let beyond = all.iter().copied().filter(|&role| implied(role) || !env.world.role_closed(role)).collect();
        Roles { all, bits, beyond }
    }

    #[inline]
    fn contain(&self, role: RoleId) -> bool {
        self.bits[role.index() / 64] & (1 << (role.index() % 64)) != 0
    }
}

impl<R: Recorder> Evaluator<'_, R> {
    /// Whether any of the roles is held, each over the resource or what contains it; what is found is not recorded.
    pub(crate) fn any_held(&mut self, holder: EntityId, roles: &Roles, scope: EntityId) -> Truth {
        let (world, at, policy) = (self.env.world, self.env.context.at, &self.env.compiled.policy);
        let mut truth = Truth::False;
        if roles.all.is_empty() {
            return truth;
        }
        let mut next = Some(scope);
        while let Some(here) = next {
            let kind = world.kind(here);
            let found = world.find_assignment(here, at, |_, assignee, role| {
                if roles.contain(role) && policy.roles[role].on.contains(kind) {
                    truth = truth.or(if assignee == holder { Truth::True } else { self.member(holder, assignee) });
                }
                (truth == Truth::True).then_some(truth)
            });
            if let Some(found) = found {
                return found;
            }
            next = world.container(here, at);
        }
        for &role in &roles.beyond {
            // Nothing is recorded here, and what is assigned was looked through.
            truth = truth.or(self.held_over(holder, role, scope, false));
            if truth == Truth::True {
                break;
            }
        }
        truth
    }

    /// Whether the role is held, be it through one that includes it.
    pub(crate) fn holds(&mut self, holder: EntityId, role: RoleId, scope: EntityId) -> Truth {
        let mut truth = Truth::False;
        if !self.env.active.role(role) {
            return truth;
        }
        for &held in self.env.includers(role) {
            truth = truth.or(self.held(holder, held, scope));
            if truth == Truth::True && !R::EXHAUSTIVE {
                break;
            }
        }
        truth
    }

    /// Whether this very role is held, by assignment or implication. What is not held leaves no record.
    pub(crate) fn held(&mut self, holder: EntityId, role: RoleId, scope: EntityId) -> Truth {
        self.recorder.open(TraceStep::Held { holder, role, scope });
        let truth = self.held_over(holder, role, scope, true);
        if truth == Truth::False {
            self.recorder.discard(truth);
        } else {
            self.recorder.close(truth);
        }
        truth
    }

    /// The same, unless what is assigned need not be looked at.
    fn held_over(&mut self, holder: EntityId, role: RoleId, scope: EntityId, assigned: bool) -> Truth {
        let (world, at, policy) = (self.env.world, self.env.context.at, &self.env.compiled.policy);
        // A term may be of other kinds beside: what cannot hold a role holds none through a group either.
        if !self.env.compiled.holders.contains(world.kind(holder)) {
            return Truth::False;
        }
        let mut truth = Truth::False;
        let mut within: SmallVec<[FactId; 4]> = SmallVec::new();
        let mut may_be = false;
        let mut here = scope;
        loop {
            if policy.roles[role].on.contains(world.kind(here)) {
                may_be |= !world.is_dead(here, at);
                if assigned {
                    truth = truth.or(self.assigned(holder, role, here, &within));
                }
                if truth == Truth::True && !R::EXHAUSTIVE {
                    return truth;
                }
                for &implication in self.env.compiled.graph.rules_deriving(role) {
                    if self.env.active.implication(implication) {
                        let asked = [holder, world.role_entity(role, policy.role_kind), here];
                        truth = truth.or(self.implication(implication, asked));
                        if truth == Truth::True && !R::EXHAUSTIVE {
                            return truth;
                        }
                    }
                }
            }
            match self.container(here) {
                Some((above, fact)) => {
                    if R::EXHAUSTIVE {
                        within.extend(fact);
                    }
                    here = above;
                }
                None => break,
            }
        }
        let open = may_be && !world.role_closed(role) && !world.is_dead(holder, at);
        if truth == Truth::False && open {
            self.recorder.leaf(TraceStep::Missing(MissingDatum::Fact(Statement::Holds { holder, role, scope })), Truth::Unknown);
            return Truth::Unknown;
        }
        truth
    }

    /// Whether the role is assigned over this very scope, to the holder or a group that it is in (perhaps, if groups are not imported).
    pub(super) fn assigned(&mut self, holder: EntityId, role: RoleId, scope: EntityId, within: &[FactId]) -> Truth {
        let (world, at) = (self.env.world, self.env.context.at);
        let mut truth = Truth::False;
        let found = world.find_assignment(scope, at, |id, assignee, assigned| {
            if assigned != role {
                return None;
            }
            self.recorder.open(TraceStep::All);
            self.recorder.leaf(TraceStep::Fact(id), Truth::True);
            let found = if assignee == holder { Truth::True } else { self.member(holder, assignee) };
            if found == Truth::False {
                self.recorder.discard(found);
                return None;
            }
            within.iter().for_each(|&fact| self.recorder.leaf(TraceStep::Fact(fact), Truth::True));
            self.recorder.close(found);
            truth = truth.or(found);
            (truth == Truth::True && !R::EXHAUSTIVE).then_some(truth)
        });
        found.unwrap_or(truth)
    }

    /// Whether the implication gives what is asked: the ends of a relation; or holder, role, scope. What it does not give leaves no record.
    pub(crate) fn implication(&mut self, implication: ImplicationId, asked: [EntityId; 3]) -> Truth {
        let rule_plan = &self.env.compiled.implications[implication];
        let Some(bindings) = instantiate(self.env, implication, asked) else { return Truth::False };
        if !self.budget.spend() {
            return Truth::Unknown;
        }
        self.recorder.open(TraceStep::Implication(implication));
        for (index, variable, _) in &rule_plan.binds {
            self.recorder.open(TraceStep::Bind(*variable, asked[*index]));
        }
        let truth = self.plan(&rule_plan.plan, &bindings);
        for _ in &rule_plan.binds {
            self.recorder.close(truth);
        }
        if truth == Truth::False {
            self.recorder.discard(truth);
        } else {
            self.recorder.close(truth);
        }
        truth
    }
}
