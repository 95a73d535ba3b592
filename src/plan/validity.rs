//! What is in force on a date and under toggles.

use crate::graph::Node;
use crate::policy::{
    AdviceId, Arena, EventId, Id, ImplicationId, Metadata, ObligationId, Policy, RoleId, RuleId, TableId, ToggleId, Validity,
};
use crate::time::{Instant, Interval};

/// The dates and toggles under which a question is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// The date as of which the world's facts are read.
    pub at: Instant,
    /// The date as of which the policy's elements are in force.
    pub policy_at: Instant,
    /// Which toggles are on, by their ids.
    pub toggles: Vec<bool>,
}

impl Context {
    /// The same date for world and policy, and the pack's default toggles.
    pub fn at(policy: &Policy, at: Instant) -> Context {
        Context { at, policy_at: at, toggles: policy.toggles.values().map(|toggle| toggle.default).collect() }
    }

    /// Whether the toggle is on.
    pub fn is_on(&self, toggle: ToggleId) -> bool {
        self.toggles.get(toggle.index()).copied().unwrap_or(false)
    }

    /// The same with one toggle turned.
    pub(crate) fn turned(&self, toggle: ToggleId) -> Context {
        let mut context = self.clone();
        if let Some(on) = context.toggles.get_mut(toggle.index()) {
            *on = !*on;
        }
        context
    }

    /// Whether an element of this validity is in force.
    pub fn has(&self, validity: &Validity) -> bool {
        self.out_of_force(validity).is_none()
    }

    /// The nearest context in which an element that is not in force for this reason would be; `None` if there is another reason too.
    pub(crate) fn without(&self, out: OutOfForce, validity: &Validity) -> Option<Context> {
        let mut context = self.clone();
        match out {
            OutOfForce::Ended(until) => context.policy_at = until.before(),
            OutOfForce::Begins(since) => context.policy_at = since,
            OutOfForce::Off(toggle) => context = context.turned(toggle),
        }
        context.has(validity).then_some(context)
    }

    /// Why an element of this validity is not in force; `None` if it is. Dates come before toggles.
    pub fn out_of_force(&self, validity: &Validity) -> Option<OutOfForce> {
        let ended = validity.until.filter(|&until| until <= self.policy_at).map(OutOfForce::Ended);
        let begins = validity.since.filter(|&since| self.policy_at < since).map(OutOfForce::Begins);
        ended.or(begins).or_else(|| validity.toggle.filter(|&toggle| !self.is_on(toggle)).map(OutOfForce::Off))
    }
}

/// Why an element is not in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutOfForce {
    /// It ended at this date of the policy.
    Ended(Instant),
    /// It begins at this date of the policy.
    Begins(Instant),
    /// Its toggle is off.
    Off(ToggleId),
}

/// Which elements are in force in a context, by their ids.
#[derive(Clone, Debug)]
pub(crate) struct ActiveSet {
    rules: Vec<bool>,
    roles: Vec<bool>,
    tables: Vec<bool>,
    implications: Vec<bool>,
    obligations: Vec<bool>,
    advice: Vec<bool>,
    events: Vec<bool>,
    /// The policy dates around that of the context on which the same elements are in force.
    during: Interval,
}

/// The part of an interval that is on the same side of a date as `at`.
fn narrowed(during: Interval, at: Instant, date: Instant) -> Interval {
    if date <= at { Interval { since: during.since.max(date), ..during } } else { Interval { until: during.until.min(date), ..during } }
}

impl ActiveSet {
    pub(crate) fn of(policy: &Policy, context: &Context) -> ActiveSet {
        fn each<I: Id, T>(arena: &Arena<I, T>, context: &Context, during: &mut Interval, meta: impl Fn(&T) -> &Metadata) -> Vec<bool> {
            let in_force = |element| {
                let validity = &meta(element).validity;
                *during = validity.dates().fold(*during, |during, date| narrowed(during, context.policy_at, date));
                context.has(validity)
            };
            arena.values().map(in_force).collect()
        }
        let mut during = Interval::ALWAYS;
        ActiveSet {
            rules: each(&policy.rules, context, &mut during, |rule| &rule.meta),
            roles: each(&policy.roles, context, &mut during, |role| &role.meta),
            tables: each(&policy.tables, context, &mut during, |table| &table.meta),
            implications: each(&policy.implications, context, &mut during, |implication| &implication.meta),
            obligations: each(&policy.obligations, context, &mut during, |obligation| &obligation.meta),
            advice: each(&policy.advice, context, &mut during, |advice| &advice.meta),
            events: each(&policy.events, context, &mut during, |event| &event.meta),
            during,
        }
    }

    /// Sets whether a rule, role, table or implication is in force.
    pub(super) fn set(&mut self, node: Node, active: bool) {
        match node {
            Node::Rule(id) => self.rules[id.index()] = active,
            Node::Role(id) => self.roles[id.index()] = active,
            Node::Table(id) => self.tables[id.index()] = active,
            Node::Implication(id) => self.implications[id.index()] = active,
            _ => {}
        }
    }

    /// Whether the same elements are in force on another date of the policy, under the same toggles.
    pub(super) fn is_same_on(&self, policy_at: Instant) -> bool {
        self.during.contains(policy_at)
    }

    pub(crate) fn rule(&self, id: RuleId) -> bool {
        self.rules[id.index()]
    }

    pub(crate) fn role(&self, id: RoleId) -> bool {
        self.roles[id.index()]
    }

    /// Whether every role is in force.
    pub(crate) fn all_roles(&self) -> bool {
        self.roles.iter().all(|&role| role)
    }

    pub(crate) fn table(&self, id: TableId) -> bool {
        self.tables[id.index()]
    }

    pub(crate) fn implication(&self, id: ImplicationId) -> bool {
        self.implications[id.index()]
    }

    pub(crate) fn obligation(&self, id: ObligationId) -> bool {
        self.obligations[id.index()]
    }

    pub(crate) fn advice(&self, id: AdviceId) -> bool {
        self.advice[id.index()]
    }

    pub(crate) fn event(&self, id: EventId) -> bool {
        self.events[id.index()]
    }
}
