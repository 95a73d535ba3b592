//! How far a way that is not true got: the walk of an unanswered question, which keeps the best attempt where the other walk keeps none.

use super::nearby::nearby;
use crate::eval::decide::Decider;
use crate::eval::evaluator::{Bindings, Evaluator};
use crate::eval::trace::{NoTrace, Recorder, TermValue, Trace, TraceStep};
use crate::eval::truth::Truth;
use crate::events::has_solution;
use crate::graph::Permit;
use crate::plan::condition::{Exists, Plan};
use crate::policy::{AtomKind, EventId, ImplicationId, MAX_VARIABLES, RoleTerm, Term, TermNode};
use crate::world::{Argument, EntityId, Value};

/// How many attempts are made in all. Beyond that the best so far is told.
const ATTEMPTS: u32 = 5_000;

/// An attempt: what it told, and how much of it was so.
struct Attempt {
    trace: Trace,
    /// What it came to.
    truth: Truth,
    /// How much of it was true: see [`weight`].
    reached: u32,
}

struct Near<'a> {
    decider: &'a Decider<'a>,
    left: u32,
}

impl Decider<'_> {
    /// For each way in force to the action that is not true: how far it got, and what it lacks. Roots are ways, in their order.
    pub fn near(&self, asked: &crate::world::ResolvedRequest) -> Trace {
        let mut near = Near { decider: self, left: ATTEMPTS };
        let bindings = Bindings::new(asked.subject, asked.resource);
        let mut whole = Trace::default();
        for &(index, way) in self.permits(asked.action) {
            let mut attempt = Attempt::new();
            attempt.trace.open(TraceStep::Permit(index));
            let truth = match way {
                Permit::Role(role) => {
                    let entity = self.world.role_entity(role, self.compiled.policy.role_kind);
                    near.held([asked.subject, entity, asked.resource], &mut attempt)
                }
                Permit::Rule(rule) => near.plan(&self.compiled.rules[rule], &bindings, &mut attempt),
            };
            attempt.trace.close(truth);
            whole.append(attempt.trace);
        }
        whole
    }

    /// How far an event's condition got for the doer with these arguments, in the order of its parameters. All of it is below one root.
    pub fn near_event(&self, event: EventId, doer: EntityId, arguments: &[Argument]) -> Trace {
        let mut near = Near { decider: self, left: ATTEMPTS };
        let bindings = Bindings { arguments, ..Bindings::new(doer, EntityId::NONE) };
        let mut attempt = Attempt::new();
        attempt.trace.open(TraceStep::All);
        let truth = near.plan(&self.compiled.events[event].condition, &bindings, &mut attempt);
        attempt.trace.close(truth);
        attempt.trace
    }

    /// Whether an effect of an event adds (or removes) something for its doer, with these arguments, where the slots of its fact are these.
    pub fn produces(
        &self,
        event: EventId,
        (adds, index): (bool, usize),
        doer: EntityId,
        arguments: &[Argument],
        variables: [EntityId; MAX_VARIABLES],
    ) -> bool {
        let codes = &self.compiled.events[event];
        let Some(change) = (if adds { &codes.adds } else { &codes.removes }).get(index) else { return false };
        let bindings = Bindings { variables, arguments, ..Bindings::new(doer, EntityId::NONE) };
        has_solution(&mut Evaluator::new(self, NoTrace), change, &bindings)
    }

    /// What a term of a rule comes to; nothing where it is absent or unknown.
    pub fn eval_term_for(&self, term: &Term, subject: EntityId, resource: EntityId) -> Option<Value> {
        match Evaluator::new(self, NoTrace).term(term, &Bindings::new(subject, resource)) {
            TermValue::Value(value) => Some(value),
            _ => None,
        }
    }
}

impl Near<'_> {
    fn silent(&self, plan: &Plan, bindings: &Bindings<'_>) -> Truth {
        Evaluator::new(self.decider, NoTrace).plan(plan, bindings)
    }

    /// Records the code as the full walk would.
    fn record(&self, plan: &Plan, bindings: &Bindings<'_>, attempt: &mut Attempt) -> Truth {
        let mut evaluator = Evaluator::new(self.decider, std::mem::take(&mut attempt.trace));
        let truth = evaluator.plan(plan, bindings);
        attempt.trace = evaluator.recorder;
        truth
    }

    fn plan(&mut self, plan: &Plan, bindings: &Bindings<'_>, attempt: &mut Attempt) -> Truth {
        if self.silent(plan, bindings) == Truth::True {
            attempt.reached += weight(plan, bindings);
            return self.record(plan, bindings, attempt);
        }
        match plan {
            Plan::All(parts) => {
                attempt.trace.open(TraceStep::All);
                let mut truth = Truth::True;
                // What is so is told first, then the first that is not.
                for part in parts {
                    let here = self.silent(part, bindings);
                    if here == Truth::True {
                        self.plan(part, bindings, attempt);
                    }
                    truth = truth.and(here);
                }
                let worst = parts.iter().find(|part| self.silent(part, bindings) == truth);
                if let (Some(part), true) = (worst, truth != Truth::True) {
                    self.plan(part, bindings, attempt);
                }
                attempt.trace.close(truth);
                truth
            }
            Plan::Any(parts) => {
                attempt.trace.open(TraceStep::Any);
                let mut others = Vec::with_capacity(parts.len());
                for part in parts {
                    let mut other = Attempt::new();
                    other.truth = self.plan(part, bindings, &mut other);
                    others.push(other);
                }
                // Branches that got equally far are all told: any of them would do.
                let farthest = others.iter().map(Attempt::distance).max();
                let truth = farthest.map_or(Truth::False, |(truth, _)| truth);
                attempt.reached += farthest.map_or(0, |(_, reached)| reached);
                for other in others.into_iter().filter(|other| Some(other.distance()) == farthest) {
                    attempt.trace.append(other.trace);
                }
                attempt.trace.close(truth);
                truth
            }
            Plan::Exists(search) => self.some(search, bindings, attempt),
            Plan::Atom(_, AtomKind::Relation { relation, was: false, .. }) => {
                let truth = self.record(plan, bindings, attempt);
                let givers = &self.decider.compiled.policy.relations[*relation].derived_by;
                self.behind(plan, bindings, givers, truth, attempt)
            }
            Plan::Atom(_, AtomKind::Holds { role: RoleTerm::Named(role), .. }) => {
                let truth = self.record(plan, bindings, attempt);
                let includers = self.decider.includers(*role);
                let mut givers: Vec<ImplicationId> =
                    includers.iter().flat_map(|&role| self.decider.compiled.graph.rules_deriving(role).to_vec()).collect();
                givers.sort();
                givers.dedup();
                self.behind(plan, bindings, &givers, truth, attempt)
            }
            plan => self.record(plan, bindings, attempt),
        }
    }

    /// Below a test that was just recorded: the best attempt at an implication that could have made it true.
    fn behind(&mut self, plan: &Plan, bindings: &Bindings<'_>, givers: &[ImplicationId], truth: Truth, attempt: &mut Attempt) -> Truth {
        let Plan::Atom(_, test) = plan else { return truth };
        let mut evaluator = Evaluator::new(self.decider, NoTrace);
        let asked = match test {
            AtomKind::Relation { terms, .. } => {
                let mut asked = [EntityId::NONE; 3];
                for (ent, term) in asked.iter_mut().zip(terms) {
                    let TermValue::Value(Value::Entity(value)) = evaluator.term(term, bindings) else { return truth };
                    *ent = value;
                }
                asked
            }
            AtomKind::Holds { holder, scope, .. } => {
                let (TermValue::Value(Value::Entity(holder)), TermValue::Value(Value::Entity(scope))) =
                    (evaluator.term(holder, bindings), evaluator.term(scope, bindings))
                else {
                    return truth;
                };
                [holder, EntityId::NONE, scope]
            }
            _ => return truth,
        };
        let best = self.best_giver(asked, givers);
        attempt.under(best);
        truth
    }

    /// A role held, by itself: the best attempt at what could give it.
    fn held(&mut self, asked: [EntityId; 3], attempt: &mut Attempt) -> Truth {
        let (world, policy) = (self.decider.world, &self.decider.compiled.policy);
        let Some(role) = world.role_of(asked[1], policy.role_kind) else { return Truth::False };
        let mut evaluator = Evaluator::new(self.decider, Trace::default());
        let truth = evaluator.held(asked[0], role, asked[2]);
        if truth != Truth::False {
            attempt.reached += u32::from(truth == Truth::True);
            attempt.trace.append(evaluator.recorder);
            return truth;
        }
        attempt.trace.open(TraceStep::Held { holder: asked[0], role, scope: asked[2] });
        let givers = self.decider.compiled.graph.rules_deriving(role).to_vec();
        let best = self.best_giver(asked, &givers);
        attempt.take(best);
        attempt.trace.close(truth);
        truth
    }

    fn best_giver(&mut self, asked: [EntityId; 3], givers: &[ImplicationId]) -> Option<Attempt> {
        let (world, at, policy) = (self.decider.world, self.decider.context.at, &self.decider.compiled.policy);
        let mut best = None;
        for &giver in givers.iter().filter(|&&giver| self.decider.env.active.implication(giver)) {
            let conclusion = &policy.implications[giver].then;
            let last = match conclusion {
                crate::policy::Conclusion::Holds { .. } => 2,
                crate::policy::Conclusion::Relation { terms, .. } => terms.len() - 1,
            };
            let role = match conclusion {
                crate::policy::Conclusion::Holds { role: RoleTerm::Named(role), .. } => world.role_entity(*role, policy.role_kind),
                _ => asked[1],
            };
            let scopes = Evaluator::new(self.decider, NoTrace).chain(asked[last]);
            for scope in scopes {
                let mut instance = asked;
                instance[last] = scope;
                if matches!(conclusion, crate::policy::Conclusion::Holds { .. }) {
                    instance[1] = role;
                }
                let rule_plan = &self.decider.compiled.implications[giver];
                let fits = rule_plan.binds.iter().all(|(index, _, kinds)| {
                    let ent = instance[*index];
                    ent != EntityId::NONE && kinds.contains(world.kind(ent)) && world.lives(ent, at)
                });
                if !fits || self.left == 0 {
                    continue;
                }
                self.left -= 1;
                let mut bindings = Bindings { asked: instance, ..Bindings::new(instance[0], EntityId::NONE) };
                for (index, variable, _) in &rule_plan.binds {
                    bindings.variables[usize::from(variable.0)] = instance[*index];
                }
                let mut attempt = Attempt::new();
                attempt.trace.open(TraceStep::Implication(giver));
                attempt.truth = self.plan(&rule_plan.plan, &bindings, &mut attempt);
                attempt.trace.close(attempt.truth);
                keep(&mut best, attempt);
            }
        }
        best
    }

    fn some(&mut self, search: &Exists, bindings: &Bindings<'_>, attempt: &mut Attempt) -> Truth {
        let mut best: Option<Attempt> = None;
        let mut truth = Truth::False;
        for candidate in nearby(self.decider, search, bindings).0 {
            if self.left == 0 {
                break;
            }
            self.left -= 1;
            let mut inner = *bindings;
            inner.variables[usize::from(search.variable.0)] = candidate;
            let mut other = Attempt::new();
            other.trace.open(TraceStep::Bind(search.variable, candidate));
            other.truth = self.plan(&search.body, &inner, &mut other);
            other.trace.close(other.truth);
            truth = truth.or(other.truth);
            keep(&mut best, other);
        }
        attempt.trace.open(TraceStep::Some);
        attempt.take(best);
        attempt.trace.close(truth);
        truth
    }
}

/// How much it tells that a part is true: most of the one who asks, nothing where it merely is not otherwise.
fn weight(plan: &Plan, bindings: &Bindings<'_>) -> u32 {
    let asks = |term: &Term| match term.node {
        TermNode::Subject => true,
        TermNode::Variable(variable) => bindings.variables[usize::from(variable.0)] == bindings.subject,
        _ => false,
    };
    match plan {
        Plan::Not(_) => 0,
        Plan::Asked { .. } => 2,
        Plan::Atom(_, AtomKind::Relation { terms, .. }) if terms.iter().any(asks) => 2,
        Plan::Atom(_, AtomKind::Holds { holder: one, .. } | AtomKind::Member(one, _)) if asks(one) => 2,
        Plan::Atom(_, AtomKind::Compare(one, _, other)) if asks(one) || asks(other) => 2,
        _ => 1,
    }
}

/// Keeps the attempt that reached farther; the earlier of equals.
fn keep(best: &mut Option<Attempt>, other: Attempt) {
    if best.as_ref().is_none_or(|best| other.distance() > best.distance()) {
        *best = Some(other);
    }
}

impl Attempt {
    fn new() -> Attempt {
        Attempt { trace: Trace::default(), truth: Truth::False, reached: 0 }
    }

    /// How far it got: what is unknown is nearer than what is false.
    fn distance(&self) -> (Truth, u32) {
        (self.truth, self.reached)
    }

    /// Tells another attempt here.
    fn take(&mut self, other: Option<Attempt>) {
        if let Some(other) = other {
            self.reached += other.reached;
            self.trace.append(other.trace);
        }
    }

    /// Tells another attempt below the step that ended last.
    fn under(&mut self, other: Option<Attempt>) {
        if let Some(other) = other {
            self.reached += other.reached;
            self.trace.append_under_last(other.trace);
        }
    }
}
