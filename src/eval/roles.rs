//! Whether a role is held: by assignment or implication, by the holder or a group of it, over the scope or a container of it, and through
//! roles that include it.

use super::evaluator::{CandidateList, Evaluator};
use super::follow::{NotFollowed, fewest};
use super::groups::members;
use super::instantiate::instantiate;
use super::trace::{MissingDatum, NoTrace, Recorder, TraceStep};
use super::truth::Truth;
use crate::plan::prepared::RoleSet;
use crate::policy::{Id, ImplicationId, KindSet, RoleId};
use crate::world::{EntityId, FactId, Part, ShapePart, Statement, Topic, Value};
use smallvec::SmallVec;

/// After this many assignments over a scope, those of the holder and of its groups are looked up one by one.
const LONG_LIST: usize = 64;

/// With more assignments over a scope, each role is looked up rather than each assignment.
const MANY: usize = 1024;

/// Whether assignments count, beside implications.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Assignments {
    Included,
    /// The caller has looked at them already.
    Ignored,
}

impl<R: Recorder> Evaluator<'_, R> {
    /// Whether any of the roles is held over the scope or a container of it. Only for evaluations without a trace: it records nothing.
    pub(crate) fn any_held(&mut self, holder: EntityId, roles: &RoleSet, scope: EntityId) -> Truth {
        let (world, at, policy) = (self.env.world, self.env.context.at, &self.env.compiled.policy);
        let mut truth = Truth::False;
        if roles.all.is_empty() {
            return truth;
        }
        let mut here = scope;
        loop {
            let kind = world.kind(here);
            let mut seen = 0;
            let stopped = world.find_assignment(here, at, |_, assignee, role| {
                if roles.contain(role) && policy.roles[role].on.contains(kind) {
                    truth = truth.or(if assignee == holder { Truth::True } else { self.member(holder, assignee) });
                }
                seen += 1;
                (truth == Truth::True || seen == LONG_LIST).then_some(())
            });
            if truth != Truth::True && stopped.is_some() {
                let on_kind = roles.all.iter().copied().filter(|&role| policy.roles[role].on.contains(kind));
                truth = truth.or(self.assigned_in_long_list(holder, &on_kind, here));
            }
            if truth == Truth::True {
                return truth;
            }
            let Some(above) = world.container(here, at) else { break };
            here = above;
        }
        if self.env.open_containers {
            truth = roles.all.iter().fold(truth, |truth, &role| truth.or(self.held_in_unknown_container(holder, role, here)));
        }
        // Roles that need more than a look at assignments.
        let open = self.env.open_roles;
        let beyond = if open { roles.all.as_slice() } else { roles.by_guard.unguarded.as_slice() };
        for &role in beyond.iter().filter(|&role| !open || !world.role_closed(*role) || roles.implied.contains(role)) {
            truth = truth.or(self.held_over(holder, role, scope, Assignments::Ignored));
            if truth == Truth::True {
                return truth;
            }
        }
        for guarded in roles.by_guard.guarded.iter().filter(|_| !open) {
            let ends = [holder, world.role_entity(guarded.roles[0]), scope];
            if self.is_guarded_from(guarded.guard, ends) {
                continue;
            }
            for &role in &guarded.roles {
                truth = truth.or(self.held_over(holder, role, scope, Assignments::Ignored));
                if truth == Truth::True {
                    return truth;
                }
            }
        }
        truth
    }

    /// Whether the guard of an implication is false of the holder at the scope and at each container of it, so that no implication with that
    /// guard derives a role there. Records nothing.
    fn is_guarded_from(&self, guard: ImplicationId, [holder, role, scope]: [EntityId; 3]) -> bool {
        let env = self.env;
        if env.open_containers {
            return false;
        }
        let mut inner = Evaluator::at(env, self.budget, NoTrace, self.at);
        let plan = env.compiled.implications[guard].guard();
        env.world.containers(scope, env.context.at).all(|here| match (plan, instantiate(env, guard, [holder, role, here])) {
            (Some(plan), Some(bindings)) => inner.plan(plan, &bindings) == Truth::False,
            (_, None) => true,
            (None, _) => false,
        })
    }

    /// Whether the role, or one that includes it, is held over the scope or a container of it.
    pub(crate) fn holds(&mut self, holder: EntityId, role: RoleId, scope: EntityId) -> Truth {
        let mut truth = Truth::False;
        if !self.env.active().role(role) {
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

    /// Whether the role itself is held over the scope or a container of it, by assignment or implication. Leaves no step in the trace if it
    /// is not, unless an implication that would give it is switched off.
    pub(crate) fn held(&mut self, holder: EntityId, role: RoleId, scope: EntityId) -> Truth {
        self.recorder.open(TraceStep::Held { holder, role, scope });
        let truth = self.held_over(holder, role, scope, Assignments::Included);
        self.recorder.close_unless_idle(truth);
        truth
    }

    fn held_over(&mut self, holder: EntityId, role: RoleId, scope: EntityId, assignments: Assignments) -> Truth {
        let (world, policy) = (self.env.world, &self.env.compiled.policy);
        // A term may be of a kind that holds no roles; such an entity has no role through a group either.
        if !self.env.compiled.holders.contains(world.kind(holder)) {
            return Truth::False;
        }
        let mut truth = Truth::False;
        let mut within: SmallVec<[FactId; 4]> = SmallVec::new();
        // The assignment that may hold, if none does.
        let mut open = None;
        let mut here = scope;
        loop {
            if policy.roles[role].on.contains(world.kind(here)) {
                if assignments == Assignments::Included {
                    truth = truth.or(self.assigned(holder, role, here, &within));
                }
                if truth == Truth::True && !R::EXHAUSTIVE {
                    return truth;
                }
                if open.is_none() && !world.role_closed(role) {
                    open = self.open_assignment(holder, role, here);
                }
                for &implication in self.env.compiled.graph.rules_deriving(role) {
                    if self.env.active().implication(implication) {
                        let ends = [holder, world.role_entity(role), here];
                        truth = truth.or(self.implication(implication, ends));
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
        if let (Some(statement), false) = (open, truth == Truth::True) {
            self.recorder.leaf(TraceStep::Missing(MissingDatum::Fact(statement)), Truth::Unknown);
            truth = Truth::Unknown;
        }
        if self.env.open_containers && truth == Truth::False {
            return self.held_in_unknown_container(holder, role, here);
        }
        truth
    }

    /// Whether the role may be held over an entity that may contain this one, of which it is not stated within what it lies.
    fn held_in_unknown_container(&mut self, holder: EntityId, role: RoleId, outermost: EntityId) -> Truth {
        let on = &self.env.compiled.policy.roles[role].on;
        self.in_unknown_container(outermost, on, |evaluator, container| evaluator.held_at(holder, role, container))
    }

    /// Whether the role may be held over exactly this scope, by an assignment, stated or open, or an implication. Records nothing.
    pub(super) fn held_at(&mut self, holder: EntityId, role: RoleId, scope: EntityId) -> Truth {
        let (world, policy) = (self.env.world, &self.env.compiled.policy);
        if !policy.roles[role].on.contains(world.kind(scope)) {
            return Truth::False;
        }
        let mut truth = self.assigned(holder, role, scope, &[]);
        if !world.role_closed(role) && self.open_assignment(holder, role, scope).is_some() {
            truth = truth.or(Truth::Unknown);
        }
        let ends = [holder, world.role_entity(role), scope];
        for &implication in self.env.compiled.graph.rules_deriving(role) {
            if self.env.active().implication(implication) {
                truth = truth.or(self.implication(implication, ends));
            }
        }
        truth
    }

    /// An assignment of the role over exactly this scope that may hold: to the holder, or to a group in which the holder is or may be.
    pub(crate) fn open_assignment(&mut self, holder: EntityId, role: RoleId, scope: EntityId) -> Option<Statement> {
        let (env, at) = (self.env, self.env.context.at);
        let (world, policy) = (env.world, &env.compiled.policy);
        let assignment = |holder| Statement::Holds { holder, role, scope };
        let is_open = |who: EntityId| env.open_by(assignment(who), at).is_some();
        let closure = self.group_closure(holder);
        let may_grow = closure.may_grow();
        if let Some(&(who, _)) = closure.found.iter().find(|&&(who, _)| is_open(who)) {
            return Some(assignment(who));
        }
        if !may_grow {
            return None;
        }
        let parts = [None, Some(Part::Role(role)), Some(Part::Value(Value::Entity(scope)))];
        let openings = world.openings();
        let shapes = openings.with(Topic::Holds, 2, scope).chain(openings.wild(Topic::Holds, 2));
        let mut groups: Vec<EntityId> = Vec::new();
        let mut all = false;
        for shape in shapes.filter(|shape| env.fits(shape, parts, at)) {
            match shape.parts[0] {
                ShapePart::Is(part) => groups.extend(part.entity()),
                ShapePart::Variable(_) | ShapePart::Any => all = true,
            }
        }
        if all {
            groups.extend(env.living_and_unnamed(&policy.groups(), at));
        }
        let mut inner = Evaluator::new(env, self.budget, NoTrace);
        let found = groups.into_iter().find(|&who| who != holder && is_open(who) && inner.member(holder, who) != Truth::False);
        found.map(assignment)
    }

    /// Whether the role is assigned over the scope itself, to the holder or a group of it; unknown if the holder may be in that group.
    /// `within` has the facts that put the scope of the question into this one. They are recorded below each assignment that counts.
    pub(super) fn assigned(&mut self, holder: EntityId, role: RoleId, scope: EntityId, within: &[FactId]) -> Truth {
        let (world, at) = (self.env.world, self.env.context.at);
        let mut truth = Truth::False;
        let mut seen = 0;
        let stopped = world.find_assignment(scope, at, |id, assignee, assigned| {
            seen += 1;
            let long = !R::EXHAUSTIVE && seen == LONG_LIST;
            if assigned != role {
                return long.then_some(());
            }
            self.recorder.open(TraceStep::All);
            self.recorder.leaf(TraceStep::Fact(id), Truth::True);
            let found = if assignee == holder { Truth::True } else { self.member(holder, assignee) };
            if found == Truth::False {
                self.recorder.discard();
                return long.then_some(());
            }
            within.iter().for_each(|&fact| self.recorder.leaf(TraceStep::Fact(fact), Truth::True));
            self.recorder.close(found);
            truth = truth.or(found);
            (long || truth == Truth::True && !R::EXHAUSTIVE).then_some(())
        });
        match (stopped, truth) {
            (Some(()), Truth::False | Truth::Unknown) => truth.or(self.assigned_in_long_list(holder, &[role].into_iter(), scope)),
            _ => truth,
        }
    }

    /// Whether one of the roles is assigned over the scope itself, to the holder or a group of it, where many assignments are over the
    /// scope: looks for those of the holder and of each group. Records nothing.
    #[inline(never)]
    fn assigned_in_long_list(&mut self, holder: EntityId, roles: &(impl Iterator<Item = RoleId> + Clone), scope: EntityId) -> Truth {
        let (world, at) = (self.env.world, self.env.context.at);
        if let Some(mut holders) = self.groups(holder) {
            holders.push(holder);
            let stated = |holder, role| world.find_holding(Statement::Holds { holder, role, scope }, at).is_some();
            return Truth::from(holders.into_iter().any(|holder| roles.clone().any(|role| stated(holder, role))));
        }
        // It may be in further groups, so each assignment counts.
        let mut truth = Truth::False;
        let _: Option<()> = world.find_assignment(scope, at, |_, assignee, role| {
            if roles.clone().any(|wanted| wanted == role) {
                truth = truth.or(if assignee == holder { Truth::True } else { self.member(holder, assignee) });
            }
            (truth == Truth::True).then_some(())
        });
        truth
    }

    /// The roles that include the role, if none of them may be held without an assignment: no implication in force derives it, and it was
    /// imported.
    fn assigned_only(&self, role: RoleId) -> Result<&[RoleId], NotFollowed> {
        let (env, graph) = (self.env, &self.env.compiled.graph);
        let roles = env.includers(role);
        let assigned =
            |&role: &RoleId| env.world.role_closed(role) && !graph.rules_deriving(role).iter().any(|&id| env.active().implication(id));
        if roles.iter().all(assigned) { Ok(roles) } else { Err(NotFollowed::Incomplete) }
    }

    /// Adds the entities that hold the role, or one that includes it, over the scope or a container of it. Fails if there may be others, or
    /// if more than `most` were found.
    #[inline(never)]
    pub(super) fn holders(&self, role: RoleId, scope: EntityId, most: usize, found: &mut CandidateList) -> Result<(), NotFollowed> {
        let (world, at) = (self.env.world, self.env.context.at);
        let roles = self.assigned_only(role)?;
        self.knows_containers(scope)?;
        let mut assignees = CandidateList::new();
        for here in world.containers(scope, at) {
            let too_many = world.find_assignment(here, at, |_, assignee, held| {
                if roles.contains(&held) {
                    assignees.push(assignee);
                }
                (assignees.len() > most).then_some(NotFollowed::Incomplete)
            });
            too_many.map_or(Ok(()), Err)?;
        }
        assignees.sort_unstable();
        assignees.dedup();
        found.extend_from_slice(&assignees);
        for assignee in assignees {
            if found.len() > most {
                return Err(NotFollowed::Incomplete);
            }
            found.extend(members::<CandidateList>(self.env, assignee).ok_or(NotFollowed::Incomplete)?);
        }
        Ok(())
    }

    /// Adds the roles that the holder (anybody, if it is not known) may hold over the scope or a container of it: those that are assigned there,
    /// what these include, those that may be held without an assignment, and those that the policy does not name. Fails if there may be
    /// others, or if very many are assigned.
    #[inline(never)]
    pub(super) fn roles_over(&self, holder: Option<EntityId>, scope: EntityId, found: &mut CandidateList) -> Result<(), NotFollowed> {
        let (env, world, at) = (self.env, self.env.world, self.env.context.at);
        let policy = &env.compiled.policy;
        self.knows_containers(scope)?;
        if !world.relation_closed(policy.unknown_roles) {
            return Err(NotFollowed::Incomplete);
        }
        let mut assigned = vec![false; policy.roles.len()];
        let mut seen = 0;
        for here in world.containers(scope, at) {
            let too_many = world.find_assignment(here, at, |_, _, role| {
                assigned[role.index()] = true;
                seen += 1;
                (seen > MANY).then_some(NotFollowed::Incomplete)
            });
            too_many.map_or(Ok(()), Err)?;
            for id in world.related(policy.unknown_roles, 2, here) {
                let fact = world.fact(id);
                if let (Statement::Relation(_, [_, role, _]), true) = (fact.statement, fact.during.contains(at)) {
                    found.push(role);
                }
            }
        }
        let mut held = assigned;
        if env.open_roles {
            policy.roles.ids().filter(|&role| !world.role_closed(role)).for_each(|role| held[role.index()] = true);
        }
        let derived = env.prepared.derived(env.compiled.parts());
        derived.unguarded.iter().for_each(|role| held[role.index()] = true);
        for guarded in &derived.guarded {
            let is_guarded = |holder| self.is_guarded_from(guarded.guard, [holder, world.role_entity(guarded.roles[0]), scope]);
            if !holder.is_some_and(is_guarded) {
                guarded.roles.iter().for_each(|role| held[role.index()] = true);
            }
        }
        let may_be_held = |role: &RoleId| env.includers(*role).iter().any(|role| held[role.index()]);
        found.extend(policy.roles.ids().filter(may_be_held).map(|role| world.role_entity(role)));
        found.sort_unstable();
        found.dedup();
        Ok(())
    }

    /// Adds the entities over which the holder holds the role, or one that includes it: those of these kinds, and perhaps others. Fails if
    /// there may be more, or if more than `most` were found.
    #[inline(never)]
    pub(super) fn held_over_by(
        &mut self,
        holder: EntityId,
        role: RoleId,
        kinds: &KindSet,
        most: usize,
        found: &mut CandidateList,
    ) -> Result<(), NotFollowed> {
        let (world, at) = (self.env.world, self.env.context.at);
        if !world.containers_closed() {
            return Err(NotFollowed::Incomplete);
        }
        let mut holders = self.groups(holder).ok_or(NotFollowed::Incomplete)?;
        holders.push(holder);
        let roles = self.assigned_only(role)?;
        for id in holders.into_iter().flat_map(|holder| world.assignments_of(holder)) {
            let fact = world.fact(id);
            if let (Statement::Holds { role, scope, .. }, true) = (fact.statement, fact.during.contains(at))
                && roles.contains(&role)
            {
                found.extend(self.all_within(scope, kinds));
                if found.len() > most {
                    return Err(NotFollowed::Incomplete);
                }
            }
        }
        Ok(())
    }

    /// Adds the holders (`end` 0), roles (1) or scopes (2) of what is or was assigned to a known holder (position 0) or over a known scope (2).
    /// Fails if something else may have been assigned.
    #[cold]
    #[inline(never)]
    pub(super) fn assigned_ends(&self, known: &[(usize, EntityId)], end: usize, found: &mut CandidateList) -> Result<(), NotFollowed> {
        let (world, at, unknown) = (self.env.world, self.env.context.at, self.env.compiled.policy.unknown_roles);
        // What was open before is not looked for.
        if self.env.open_roles || !world.relation_closed(unknown) {
            return Err(NotFollowed::Incomplete);
        }
        fewest(known, found, |(position, known), found| {
            let facts = if position == 0 { world.assignments_of(known) } else { world.assignments_over(known) };
            let facts = facts.chain(world.related(unknown, position, known)).map(|id| world.fact(id));
            found.extend(facts.filter(|fact| fact.during.since <= at).filter_map(|fact| match fact.statement {
                Statement::Holds { holder, role, scope } => Some([holder, world.role_entity(role), scope][end]),
                Statement::Relation(_, ends) => Some(ends[end]),
                _ => None,
            }));
        });
        Ok(())
    }
}
