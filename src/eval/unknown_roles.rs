//! Roles that the world names and the policy does not: nobody knows what they are, so whoever is assigned one may hold some role.

use super::evaluator::Evaluator;
use super::query_context::QueryContext;
use super::trace::{MissingDatum, NoTrace, Recorder, TraceStep};
use super::truth::Truth;
use crate::world::{EntityId, FactId, Statement};

impl<R: Recorder> Evaluator<'_, R> {
    /// Whether a role that the policy does not name is held: unknown if it is or may be assigned over the scope or a container of it, to the
    /// holder or a group of it; else false. Also false if the entity is no role.
    #[inline(never)]
    pub(super) fn holds_unknown(&mut self, holder: EntityId, role: EntityId, scope: EntityId) -> Truth {
        let (world, policy) = (self.env.world, &self.env.compiled.policy);
        if world.kind(role) != policy.role_kind || !self.env.compiled.holders.contains(world.kind(holder)) {
            return Truth::False;
        }
        let mut truth = Truth::False;
        let mut here = scope;
        loop {
            truth = truth.or(self.assigned_unknown(holder, role, here));
            if truth == Truth::Unknown && !R::EXHAUSTIVE {
                return truth;
            }
            let Some((above, _)) = self.container(here) else { break };
            here = above;
        }
        if truth == Truth::False && self.env.open_containers {
            let scopes = policy.scopes();
            return self.in_unknown_container(here, &scopes, |evaluator, container| evaluator.assigned_unknown(holder, role, container));
        }
        truth
    }

    /// Whether the role is or may be assigned over exactly this scope.
    fn assigned_unknown(&mut self, holder: EntityId, role: EntityId, scope: EntityId) -> Truth {
        let (world, at, relation) = (self.env.world, self.at, self.env.compiled.policy.unknown_roles);
        let assigned = |who: EntityId| Statement::Relation(relation, [who, role, scope]);
        let mut truth = Truth::False;
        if !R::EXHAUSTIVE
            && world.relation_closed(relation)
            && let Some(groups) = self.groups(holder)
        {
            let found = [holder].into_iter().chain(groups).any(|who| world.find_holding(assigned(who), at).is_some());
            return if found { Truth::Unknown } else { Truth::False };
        }
        for id in world.related(relation, 2, scope) {
            let fact = world.fact(id);
            let Statement::Relation(_, [who, ..]) = fact.statement else { continue };
            if !self.spend() || fact.statement != assigned(who) || !fact.during.contains(at) {
                continue;
            }
            self.recorder.open(TraceStep::All);
            self.recorder.leaf(TraceStep::Fact(id), Truth::True);
            let found = if who == holder { Truth::True } else { self.member(holder, who) };
            if found == Truth::False {
                self.recorder.discard();
                continue;
            }
            self.recorder.leaf(TraceStep::Missing(MissingDatum::Role(role)), Truth::Unknown);
            self.recorder.close(Truth::Unknown);
            truth = Truth::Unknown;
            if !R::EXHAUSTIVE {
                return truth;
            }
        }
        if truth == Truth::False && !world.relation_closed(relation) {
            let groups = self.env.compiled.policy.groups();
            let mut silent = Evaluator::at(self.env, self.budget, NoTrace, at);
            let mut others = [holder].into_iter().chain(self.env.living_and_unnamed(&groups, at).filter(|&group| group != holder));
            let is_open = |who: &EntityId| self.env.open_by(assigned(*who), at).is_some();
            let open = others.find(|who| is_open(who) && (*who == holder || silent.member(holder, *who) != Truth::False));
            if let Some(who) = open {
                self.recorder.leaf(TraceStep::Missing(MissingDatum::Fact(assigned(who))), Truth::Unknown);
                truth = Truth::Unknown;
            }
        }
        truth
    }
}

impl Evaluator<'_, NoTrace> {
    /// Whether a pattern anchors the holder, and the scope, of a role or of one that includes it, or of one that the policy does not name.
    pub(super) fn anchored_holding(&mut self, holder: EntityId, role: EntityId, scope: EntityId) -> [bool; 2] {
        let (env, world) = (self.env, self.env.world);
        let mut found = [false; 2];
        let mut add = |[of_holder, of_scope]: [bool; 2]| found = [found[0] | of_holder, found[1] | of_scope];
        match world.role_of(role) {
            Some(role) => {
                for &held in env.includers(role).iter().filter(|_| env.active().role(role)) {
                    add(self.anchored_held(holder, held, scope));
                }
            }
            None if role != EntityId::NONE && world.kind(role) == env.compiled.policy.role_kind => {
                add(self.anchored_unknown(holder, role, scope));
            }
            None => {}
        }
        found
    }

    fn anchored_unknown(&mut self, holder: EntityId, role: EntityId, scope: EntityId) -> [bool; 2] {
        let (env, world, at, relation) = (self.env, self.env.world, self.at, self.env.compiled.policy.unknown_roles);
        let mut found = [false; 2];
        if !env.compiled.holders.contains(world.kind(holder)) {
            return found;
        }
        let groups = env.compiled.policy.groups();
        for here in self.containers_and_unknown(scope) {
            let others = env.living_and_unnamed(&groups, at).filter(|&group| group != holder);
            for who in [holder].into_iter().chain(others).collect::<Vec<_>>() {
                let statement = Statement::Relation(relation, [who, role, here]);
                let open = env.open_by(statement, at).is_some();
                let assigned = open || world.find_holding(statement, at).is_some();
                if !assigned || (who != holder && self.member(holder, who) == Truth::False) {
                    continue;
                }
                found[0] |= open && who == holder || self.anchored_members(holder, who)[0];
                found[1] |= open && here == scope;
            }
        }
        found
    }
}

impl QueryContext<'_> {
    /// The assignments of roles that the policy does not name, to the holder or a group of it, over the scope or a container of it.
    pub fn unknown_roles(&self, holder: EntityId, scope: EntityId) -> Vec<FactId> {
        let (world, at) = (self.world, self.context.at);
        let mut evaluator = self.evaluator(NoTrace);
        let mut found = Vec::new();
        for here in world.containers(scope, at) {
            for id in world.related(self.compiled.policy.unknown_roles, 2, here) {
                let fact = world.fact(id);
                if let Statement::Relation(_, [who, ..]) = fact.statement
                    && fact.during.contains(at)
                    && evaluator.spend()
                    && (who == holder || evaluator.member(holder, who) == Truth::True)
                {
                    found.push(id);
                }
            }
        }
        found
    }
}
