//! Candidates for an open end of a question: who may hold roles over a resource, over what a subject may hold them, and for whom or what a
//! rule may be true.
//!
//! Candidates are found from the facts, along assignments, memberships, implications and rules, and never by asking about everyone. There
//! may be too many of them, and never too few: where there may be others, the answer says so by being open.

use super::bindings::Bindings;
use super::evaluator::Evaluator;
use super::groups::members;
use super::instantiate::bind_ends;
use super::solutions::Scan;
use super::trace::{NoTrace, TermValue};
use super::truth::Truth;
use crate::plan::free::{Free, FreeHop, FreePlan, FreeRule, RolePlan};
use crate::policy::{Conclusion, Hop, Id, ImplicationId, Path, RoleId, RoleTerm, RuleId};
use crate::world::{EntityId, Statement, Value};
use rustc_hash::FxHashMap;
use std::ops::ControlFlow;

/// Roles with the other end of each holding: who holds it, or over what.
#[derive(Clone, Debug, Default)]
pub struct Holdings {
    /// Each role with the ends, sorted, each once.
    ends: FxHashMap<RoleId, Vec<EntityId>>,
    /// By role: whether there may be other ends than these. Empty if there are none of any role.
    open: Vec<bool>,
}

impl Holdings {
    /// The ends at which the role may be held, sorted; `None` if it may be any.
    pub fn of(&self, role: RoleId) -> Option<&[EntityId]> {
        if self.open.get(role.index()).copied().unwrap_or(false) { None } else { Some(self.ends.get(&role).map_or(&[], Vec::as_slice)) }
    }

    fn add(&mut self, role: RoleId, end: EntityId) {
        self.ends.entry(role).or_default().push(end);
    }

    fn open(&mut self, roles: usize, role: RoleId) {
        self.open.resize(roles, false);
        self.open[role.index()] = true;
    }

    fn sort(&mut self) {
        for ends in self.ends.values_mut() {
            ends.sort_unstable();
            ends.dedup();
        }
    }
}

impl Evaluator<'_, NoTrace> {
    /// The roles that are or may be held over the resource or a container of it, with those who may hold them: subjects, and others that
    /// hold roles.
    pub(crate) fn holders_over(&mut self, resource: EntityId) -> Holdings {
        let (world, at) = (self.env.world, self.at);
        let mut held = Holdings::default();
        if self.knows_containers(resource).is_err() {
            self.open_all(&mut held);
            return held;
        }
        let mut assignees = Holdings::default();
        for here in world.containers(resource, at) {
            let _: Option<()> = world.find_assignment(here, at, |_, assignee, role| {
                assignees.add(role, assignee);
                None
            });
            for implication in self.env.compiled.policy.implications.ids() {
                self.implied_over(implication, here, &mut assignees, &mut held);
            }
        }
        self.open_assignments(&mut held);
        assignees.sort();
        let mut expanded: FxHashMap<EntityId, Option<Vec<EntityId>>> = FxHashMap::default();
        for (role, assignees) in assignees.ends {
            for assignee in assignees {
                held.add(role, assignee);
                match expanded.entry(assignee).or_insert_with(|| members(self.env, assignee)) {
                    Some(members) => members.iter().for_each(|&member| held.add(role, member)),
                    None => held.open(self.env.compiled.policy.roles.len(), role),
                }
            }
        }
        held.sort();
        held
    }

    /// The roles that the subject holds or may hold, with the scopes over which they are assigned or implied, of the subject's own and of its
    /// groups.
    pub(crate) fn scopes_of(&mut self, subject: EntityId) -> Holdings {
        let (world, at) = (self.env.world, self.at);
        let mut held = Holdings::default();
        let Some(groups) = self.groups(subject).filter(|_| !self.env.open_containers) else {
            self.open_all(&mut held);
            return held;
        };
        for holder in std::iter::once(subject).chain(groups) {
            for fact in world.assignments_of(holder).map(|id| world.fact(id)).filter(|fact| fact.during.contains(at)) {
                if let Statement::Holds { role, scope, .. } = fact.statement {
                    held.add(role, scope);
                }
            }
        }
        for implication in self.env.compiled.policy.implications.ids() {
            self.implied_for(implication, subject, &mut held);
        }
        self.open_assignments(&mut held);
        held.sort();
        held
    }

    /// The entities at the open end for which the rule may be true, the other end being this; `None` if it may be any. Sorted, each once.
    pub(crate) fn rule_ends(&mut self, rule: RuleId, free: Free, other: EntityId) -> Option<Vec<EntityId>> {
        let bindings = match free {
            Free::Subject => Bindings::new(EntityId::NONE, other),
            Free::Resource => Bindings::new(other, EntityId::NONE),
        };
        let FreeRule { search, others } = self.env.compiled.free.rule(rule, free);
        // Where the search does not lead to all candidates, they may be many.
        let may_be_many = search.as_ref().is_none_or(|search| !search.hops.is_empty());
        if may_be_many && self.plan(others, &bindings) == Truth::False {
            return self.budget.lasts().then(Vec::new);
        }
        let mut found = self.ends_of(search.as_ref()?, &bindings)?;
        found.sort_unstable();
        found.dedup();
        Some(found)
    }

    /// The entities that a search finds, in any order, and those for which it is unknown whether it should; `None` if these may be any.
    fn ends_of(&mut self, search: &FreePlan, bindings: &Bindings<'_>) -> Option<Vec<EntityId>> {
        let FreePlan { plan, searches, variable, hops, named } = search;
        let mut found: Vec<EntityId> = hops.iter().flat_map(|hop| self.lacking_hop(hop, bindings)).collect();
        let walked = self.each_solution(plan, *searches, bindings, Scan::Hops { from: *variable, named: *named }, &mut |_, bindings, _| {
            found.push(bindings.variables[variable.index()]);
            ControlFlow::Continue(())
        });
        (walked.is_continue() && self.budget.lasts()).then_some(found)
    }

    /// The entities for which a hop is unknown, as far as what is asked of them besides leads to them.
    fn lacking_hop(&mut self, hop: &FreeHop, bindings: &Bindings<'_>) -> Vec<EntityId> {
        let mut lacking = self.lacking(std::slice::from_ref(&hop.path));
        if !lacking.is_empty()
            && let Some(mut ends) = hop.without.as_ref().and_then(|without| self.ends_of(without, bindings))
        {
            ends.sort_unstable();
            lacking.retain(|ent| ends.binary_search(ent).is_ok());
        }
        lacking
    }

    /// The members of a group, at any depth; `None` if there may be others.
    pub(crate) fn members_of(&self, group: EntityId) -> Option<Vec<EntityId>> {
        members(self.env, group)
    }

    /// Adds who holds the roles that an implication gives over exactly this scope.
    fn implied_over(&mut self, implication: ImplicationId, scope: EntityId, assignees: &mut Holdings, held: &mut Holdings) {
        if !self.derives_role(implication) {
            return;
        }
        let env = self.env;
        let Some(plan) = env.compiled.free.implication(implication, Free::Subject) else {
            return self.open_derived(implication, held);
        };
        let scope_kinds = env.compiled.implications[implication].scope_kinds.as_ref();
        if scope_kinds.is_some_and(|kinds| !kinds.contains(env.world.kind(scope))) {
            return;
        }
        let ends = [EntityId::NONE, EntityId::NONE, scope];
        let Some(bindings) = bind_ends(env, &plan.binds, ends) else { return };
        let lacking = self.lacking(&plan.hops);
        let roles = self.derivable(implication);
        for (&role, &subject) in roles.iter().flat_map(|role| lacking.iter().map(move |subject| (role, subject))) {
            held.add(role, subject);
        }
        let complete = self.each_holding(implication, plan, &bindings, &mut |evaluator, role, bindings| {
            match (plan.subject, evaluator.silent_term(&plan.holder, bindings).entity()) {
                (Some(subject), _) => held.add(role, bindings.variables[subject.index()]),
                (None, Ok(holder)) => assignees.add(role, holder),
                (None, Err(truth)) => return truth == Truth::False,
            }
            true
        });
        if !complete {
            self.open_derived(implication, held);
        }
    }

    /// Adds the scopes over which an implication gives roles to the subject or a group of it.
    fn implied_for(&mut self, implication: ImplicationId, subject: EntityId, held: &mut Holdings) {
        if !self.derives_role(implication) {
            return;
        }
        let env = self.env;
        let plan = env.compiled.free.implication(implication, Free::Resource);
        let ends = [subject, EntityId::NONE, EntityId::NONE];
        let bindings = plan.and_then(|plan| bind_ends(env, &plan.binds, ends).map(|bindings| (plan, bindings)));
        let complete = match bindings {
            Some((plan, bindings)) => self.each_holding(implication, plan, &bindings, &mut |evaluator, role, bindings| {
                match evaluator.silent_term(&plan.scope, bindings).entity() {
                    Ok(scope) => held.add(role, scope),
                    Err(truth) => return truth == Truth::False,
                }
                true
            }),
            None => plan.is_some(),
        };
        if !complete {
            self.open_derived(implication, held);
        }
    }

    /// Calls `found` with each role that the implication may give, and with the bindings in which it does. False if there may be others, or
    /// if `found` says so.
    fn each_holding(
        &mut self,
        implication: ImplicationId,
        plan: &RolePlan,
        bindings: &Bindings<'_>,
        found: &mut dyn FnMut(&mut Self, RoleId, &Bindings<'_>) -> bool,
    ) -> bool {
        let Conclusion::Holds { role: concluded, .. } = &self.env.compiled.policy.implications[implication].then else { return true };
        let mut complete = true;
        let scan = plan.subject.map_or(Scan::Never, |from| Scan::Hops { from, named: plan.named });
        let walked = self.each_solution(&plan.plan, plan.searches, bindings, scan, &mut |evaluator, bindings, _| {
            let role = match (concluded, &plan.role) {
                (RoleTerm::Named(role), _) => Some(*role),
                (RoleTerm::Term(_), Some(term)) => match evaluator.silent_term(term, bindings) {
                    TermValue::Value(Value::Entity(role)) => evaluator.env.world.role_of(role),
                    value => {
                        complete &= value.entity().is_err_and(|truth| truth == Truth::False);
                        None
                    }
                },
                (RoleTerm::Term(_), None) => None,
            };
            complete &= role.is_none_or(|role| found(evaluator, role, bindings));
            if complete { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        complete && walked.is_continue() && self.budget.lasts()
    }

    /// Whether the implication is in force and derives a role.
    fn derives_role(&self, implication: ImplicationId) -> bool {
        let derives = matches!(self.env.compiled.policy.implications[implication].then, Conclusion::Holds { .. });
        derives && self.env.active().implication(implication)
    }

    /// The roles that the implication may give.
    fn derivable(&self, implication: ImplicationId) -> Vec<RoleId> {
        let (policy, graph) = (&self.env.compiled.policy, &self.env.compiled.graph);
        policy.roles.ids().filter(|&role| graph.rules_deriving(role).contains(&implication)).collect()
    }

    fn open_derived(&self, implication: ImplicationId, held: &mut Holdings) {
        let roles = self.env.compiled.policy.roles.len();
        self.derivable(implication).into_iter().for_each(|role| held.open(roles, role));
    }

    /// Opens the roles of which patterns leave assignments open.
    fn open_assignments(&self, held: &mut Holdings) {
        if self.env.open_roles {
            let roles = &self.env.compiled.policy.roles;
            roles.ids().filter(|&role| !self.env.world.role_closed(role)).for_each(|role| held.open(roles.len(), role));
        }
    }

    fn open_all(&self, held: &mut Holdings) {
        let roles = &self.env.compiled.policy.roles;
        roles.ids().for_each(|role| held.open(roles.len(), role));
    }

    /// The entities for which one of these hops is unknown.
    fn lacking(&self, hops: &[Path]) -> Vec<EntityId> {
        let (world, policy) = (self.env.world, &self.env.compiled.policy);
        let attributes = hops.iter().flat_map(Path::iter).filter_map(|(_, hop)| match hop {
            Hop::Attribute(attribute) => Some(attribute),
            Hop::Above(_) | Hop::System => None,
        });
        attributes.flat_map(|attribute| world.lacking(policy, attribute, self.at)).collect()
    }
}
