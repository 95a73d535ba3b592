//! Candidate repairs: sets of changes that may reverse an answer, found by walking the conditions from the wanted answer down to facts
//! (abduction).
//!
//! A candidate may fail to reverse the answer: parts are repaired one by one, and a change for one may spoil another. The caller tries each.
//! This file walks permits, denies and plans; `atoms`, `values`, `roles` and `memberships` find the changes of facts.

mod atoms;
mod memberships;
mod roles;
mod values;

use crate::counterfactual::change::{Change, ChangeSet};
use crate::counterfactual::dnf::{Connective, Dnf, Goal};
use crate::counterfactual::nearby::nearby;
use crate::eval::QueryContext;
use crate::eval::bindings::Bindings;
use crate::eval::evaluator::Evaluator;
use crate::eval::trace::{NoTrace, TermValue};
use crate::graph::Permit;
use crate::plan::tree::{Exists, Plan};
use crate::policy::{EventId, RuleId, Validity};
use crate::world::{Argument, EntityId, ResolvedRequest, Value};

/// The most parts of conditions that one search looks at; also the most memberships that it follows on paths to a group.
const MAX_LOOKS: u32 = 20_000;

/// The most work for the repairs of one deny, in facts visited. Each look at a part is taken to cost as much as
/// [`QueryContext::cost_estimate`].
const DENY_WORK: u64 = 2_000_000;

/// The result of a search for repairs.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// Candidate sets, the smallest first; none is a superset of another.
    pub sets: Vec<ChangeSet>,
    /// Whether the search was cut short, so that there may be more candidates.
    pub limited: bool,
    /// How many parts of conditions were looked at.
    pub looks: u32,
    /// Whether a variable may also be an entity that an event would have to create.
    pub may_create: bool,
}

impl QueryContext<'_> {
    /// Candidate changes after which the answer would be yes (`allow`) or no. `looks` limits how many parts of conditions are looked at;
    /// the search has a limit of its own too. No set names an entity that an event would have to create.
    pub fn candidates(&self, request: &ResolvedRequest, allow: bool, looks: u32) -> Candidates {
        RepairSearch::new(self, looks.min(MAX_LOOKS)).candidates(request, allow, |_| true)
    }

    /// The same, but only sets that name an entity which an event would have to create.
    pub(crate) fn candidates_with_new(&self, request: &ResolvedRequest, allow: bool, looks: u32) -> Candidates {
        let names_new = |set: &ChangeSet| set.iter().any(|change| change.names(|entity| self.world.is_unborn(entity)));
        RepairSearch::with_new(self, looks.min(MAX_LOOKS)).candidates(request, allow, names_new)
    }

    /// Candidate changes after which the condition of an event would be true for this doer and these arguments, within so many looks.
    pub(crate) fn repairs_of_event(&self, event: EventId, doer: EntityId, arguments: &[Argument], looks: u32) -> Candidates {
        self.changes_of_event(event, doer, arguments, looks, Goal::MakeTrue)
    }

    /// Candidate changes after which the condition of an event would be false for this doer and these arguments, within so many looks.
    pub(crate) fn preventions_of_event(&self, event: EventId, doer: EntityId, arguments: &[Argument], looks: u32) -> Candidates {
        self.changes_of_event(event, doer, arguments, looks, Goal::MakeFalse)
    }

    fn changes_of_event(&self, event: EventId, doer: EntityId, arguments: &[Argument], looks: u32, goal: Goal) -> Candidates {
        let mut search = RepairSearch::new(self, looks);
        let bindings = Bindings { arguments, ..Bindings::new(doer, EntityId::NONE) };
        let sets = search.plan(&self.compiled.events[event].condition, &bindings, goal);
        search.result(sets, looks)
    }

    /// Candidate changes after which a deny would no longer be true.
    pub fn repairs_of_deny(&self, rule: RuleId, request: &ResolvedRequest) -> Vec<ChangeSet> {
        let looks = u32::try_from(DENY_WORK / self.cost_estimate(request).max(1)).unwrap_or(u32::MAX).min(MAX_LOOKS);
        let mut search = RepairSearch::with_new(self, looks);
        search.deny(rule, &Bindings::new(request.subject, request.resource), Goal::MakeFalse).sets
    }

    /// An estimate of the cost of evaluating a request once, in facts visited: the groups of the subject, and the assignments over the
    /// resource and its containers. Searches within conditions are not counted.
    pub fn cost_estimate(&self, request: &ResolvedRequest) -> u64 {
        let mut evaluator = self.evaluator(NoTrace);
        let containers = self.world.containers(request.resource, self.context.at);
        let assignments: usize = containers.map(|scope| self.world.assignments_over(scope).len()).sum();
        let groups = evaluator.group_closure(request.subject).found.len();
        (assignments + groups) as u64
    }
}

/// One search for repairs: the rest of its bounds, and what it has found beside sets of changes.
struct RepairSearch<'a> {
    decider: &'a QueryContext<'a>,
    /// How many parts of conditions may still be looked at.
    looks: u32,
    /// How many memberships may still be followed on paths to a group.
    path_steps: u32,
    /// The entities that an event may create, sorted.
    unborn: Vec<EntityId>,
    /// Whether a variable may be one of these.
    with_new: bool,
    /// Whether one might have been, if it may.
    may_create: bool,
    /// Whether something was left out: `looks` or `path_steps` ran out, or a variable had more entities than are tried.
    limited: bool,
}

impl<'a> RepairSearch<'a> {
    fn new(decider: &'a QueryContext<'a>, looks: u32) -> RepairSearch<'a> {
        let mut unborn: Vec<EntityId> = decider.world.every_unborn().collect();
        decider.world.sort_entities(&mut unborn);
        RepairSearch { decider, looks, path_steps: MAX_LOOKS, unborn, with_new: false, may_create: false, limited: false }
    }

    /// A search in which a variable may also be an entity that some event creates.
    fn with_new(decider: &'a QueryContext<'a>, looks: u32) -> RepairSearch<'a> {
        RepairSearch { with_new: true, ..RepairSearch::new(decider, looks) }
    }

    /// The candidates by which the answer would be yes (`allow`) or no, of each permit only the sets to keep.
    fn candidates(mut self, request: &ResolvedRequest, allow: bool, keep: impl Fn(&ChangeSet) -> bool) -> Candidates {
        let looks = self.looks;
        let bindings = Bindings::new(request.subject, request.resource);
        let graph = &self.decider.compiled.graph;
        // The answer is yes if some permit is true and no deny is.
        let goal = Goal::from(allow);
        let mut sets = goal.connective_of_any().unit();
        for &permit in graph.permits(request.action) {
            sets = goal.connective_of_any().add(sets, self.permit(permit, request, &bindings, goal));
        }
        for &rule in graph.denies(request.action) {
            sets = goal.connective_of_all().add(sets, self.deny(rule, &bindings, !goal));
        }
        sets.sets.retain(keep);
        self.result(sets, looks)
    }

    /// What was found of so many looks.
    fn result(&self, sets: Dnf, looks: u32) -> Candidates {
        Candidates { limited: self.limited || sets.cut, sets: sets.sets, looks: looks - self.looks, may_create: self.may_create }
    }

    fn evaluator(&self) -> Evaluator<'a, NoTrace> {
        self.decider.evaluator(NoTrace)
    }

    fn permit(&mut self, permit: Permit, request: &ResolvedRequest, bindings: &Bindings<'_>, goal: Goal) -> Dnf {
        let policy = &self.decider.compiled.policy;
        match permit {
            Permit::Rule(rule) => {
                let plan = &self.decider.compiled.rules[rule];
                self.gated(&policy.rules[rule].meta.validity, goal, |search| search.plan(plan, bindings, goal))
            }
            Permit::Role(role) => {
                let active = self.decider.permits(request.action).iter().any(|&(_, own)| own == permit);
                let validity = &policy.roles[role].meta.validity;
                if !active && *validity == Validity::default() {
                    // The role is in force, but a role or table between it and the action is not. No change is proposed for that: the
                    // explanation names its dates and toggle.
                    return goal.of_fixed(false);
                }
                self.gated(validity, goal, |search| search.holds(request.subject, role, request.resource, goal, false))
            }
        }
    }

    fn deny(&mut self, rule: RuleId, bindings: &Bindings<'_>, goal: Goal) -> Dnf {
        let plan = &self.decider.compiled.rules[rule];
        self.gated(&self.decider.compiled.policy.rules[rule].meta.validity, goal, |search| search.plan(plan, bindings, goal))
    }

    /// The repairs of an element that counts only while its dates and toggle put it in force. `inner` returns the repairs of its condition.
    fn gated(&mut self, validity: &Validity, goal: Goal, inner: impl FnOnce(&mut Self) -> Dnf) -> Dnf {
        let context = &self.decider.context;
        let begun = validity.since.is_none_or(|since| since <= context.policy_at);
        let ended = validity.until.is_some_and(|until| until <= context.policy_at);
        if !begun || ended {
            return goal.of_fixed(false);
        }
        let Some(toggle) = validity.toggle else { return inner(self) };
        match (context.is_on(toggle), goal) {
            (true, Goal::MakeTrue) => inner(self),
            (false, Goal::MakeFalse) => Dnf::always(),
            (false, Goal::MakeTrue) => inner(self).and(Dnf::one(Change::Toggle(toggle, true))),
            (true, Goal::MakeFalse) => inner(self).or(Dnf::one(Change::Toggle(toggle, false))),
        }
    }

    fn plan(&mut self, plan: &Plan, bindings: &Bindings<'_>, goal: Goal) -> Dnf {
        if self.evaluator().plan(plan, bindings) == goal.truth() {
            return Dnf::always();
        }
        if self.looks == 0 || !self.decider.budget.lasts() {
            self.limited = true;
            return Dnf::never();
        }
        self.looks -= 1;
        match plan {
            Plan::Constant(_) | Plan::Changed { .. } => Dnf::never(),
            Plan::Toggle(toggle) => Dnf::one(Change::Toggle(*toggle, goal == Goal::MakeTrue)),
            Plan::Not(part) => self.plan(part, bindings, !goal),
            Plan::All(parts) => self.parts(parts, bindings, goal, goal.connective_of_all()),
            Plan::Any(parts) => self.parts(parts, bindings, goal, goal.connective_of_any()),
            Plan::Exists(exists) => self.exists(exists, bindings, goal),
            // No change lets an entity be at a place that does not allow its kind.
            Plan::Atom(_, atom, allowed) if self.evaluator().is_misplaced(atom, allowed, bindings) => match goal {
                Goal::MakeTrue => Dnf::never(),
                Goal::MakeFalse => Dnf::always(),
            },
            Plan::Atom(_, atom, _) => self.atom(atom, bindings, goal),
            Plan::Asked { term, index, member } => match self.evaluator().term(term, bindings) {
                TermValue::Value(Value::Entity(group)) if *member => self.member(bindings.asked[*index], group, goal),
                _ if *member => Dnf::never(),
                _ => {
                    let asked = Value::Entity(bindings.asked[*index]);
                    self.assign(term, &[asked], bindings, goal, |value| value == asked)
                }
            },
        }
    }

    fn parts(&mut self, parts: &[Plan], bindings: &Bindings<'_>, goal: Goal, connective: Connective) -> Dnf {
        let mut sets = connective.unit();
        for part in parts {
            sets = connective.add(sets, self.plan(part, bindings, goal));
            if connective == Connective::And && sets.is_never() {
                break;
            }
        }
        sets
    }

    fn exists(&mut self, exists: &Exists, bindings: &Bindings<'_>, goal: Goal) -> Dnf {
        let candidates = match goal {
            Goal::MakeTrue => {
                let (mut nearby, complete) = nearby(self.decider, exists, bindings);
                self.limited |= !complete;
                let kinds = &exists.own().kinds;
                let known = nearby.len();
                nearby.extend(self.unborn.iter().copied().filter(|&entity| kinds.contains(self.decider.world.kind(entity))));
                self.may_create |= nearby.len() > known;
                if !self.with_new {
                    nearby.truncate(known);
                }
                nearby
            }
            Goal::MakeFalse => self.evaluator().candidates(exists.own(), bindings).into_vec(),
        };
        let connective = goal.connective_of_any();
        let mut sets = connective.unit();
        let mut inner = *bindings;
        for candidate in candidates {
            inner.variables[usize::from(exists.variable.0)] = candidate;
            sets = connective.add(sets, self.plan(&exists.body, &inner, goal));
            if connective == Connective::And && sets.is_never() {
                break;
            }
            if self.looks == 0 {
                self.limited = true;
                return sets.incomplete();
            }
        }
        sets
    }
}
