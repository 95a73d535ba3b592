//! Near misses: for each permit that is not true, the attempt at it that came closest.
//!
//! A decision's trace keeps only bindings that are not false, so it explains little about a permit that is false. Here each disjunction, search
//! and implication is tried, and the best attempt is kept (`attempt`): by truth (unknown is closer than false), then one within the question's
//! own firms, then by how much it lacks, then by the weight of what is true in it.
//!
//! An implication that is switched off by its `unless`, or is not in force, and would be true otherwise, lacks nothing. It is kept beside the
//! best attempt, and so is what rests on it.

use super::attempt::{Attempt, keep_best, weight};
use super::firms::Firms;
use super::nearby::nearby;
use crate::eval::bindings::Bindings;
use crate::eval::instantiate::instantiate;
use crate::eval::tables::Tables;
use crate::eval::trace::{NoTrace, Recorder, Trace, TraceStep};
use crate::eval::truth::Truth;
use crate::eval::{Decider, QueryContext};
use crate::graph::Permit;
use crate::plan::tree::{Exists, Plan};
use crate::policy::{AtomKind, Conclusion, EventId, ImplicationId, RoleTerm};
use crate::world::{Argument, EntityId, ResolvedRequest};
use rustc_hash::FxHashMap;
use std::cmp::Reverse;

/// The most attempts for one question; after that the best so far is kept.
const MAX_ATTEMPTS: u32 = 5_000;

/// The most attempts that seem equally close and are compared by all that they lack.
const MAX_COMPARED: usize = 3;

impl QueryContext<'_> {
    /// For each permit of the action that is in force, the attempt that came closest. The roots of the trace are these permits, in order.
    pub fn near_misses(&self, request: &ResolvedRequest) -> Trace {
        self.near_misses_of(request, self.permits(request.action))
    }

    /// The same for these permits of the action, each with its index, whether they are in force or not.
    pub fn near_misses_of(&self, request: &ResolvedRequest, permits: &[(usize, Permit)]) -> Trace {
        let mut search = NearMissSearch::new(self, Firms::of(self, request));
        let bindings = Bindings::new(request.subject, request.resource);
        let mut whole = Trace::default();
        for &(index, permit) in permits {
            let mut attempt = Attempt::new();
            attempt.trace.open(TraceStep::Permit(index));
            let truth = match permit {
                Permit::Role(role) => {
                    let role = self.world.role_entity(role);
                    search.held([request.subject, role, request.resource], &mut attempt)
                }
                Permit::Rule(rule) => search.plan(&self.compiled.rules[rule], &bindings, &mut attempt),
            };
            attempt.trace.close(truth);
            whole.append(attempt.trace);
        }
        whole
    }

    /// The attempt at an event's condition that came closest, for this doer and these arguments (in the order of the parameters). The
    /// trace has one root.
    pub fn near_miss_of_event(&self, event: EventId, doer: EntityId, arguments: &[Argument]) -> Trace {
        let mut search = NearMissSearch::new(self, Firms::default());
        let bindings = Bindings { arguments, ..Bindings::new(doer, EntityId::NONE) };
        let mut attempt = Attempt::new();
        attempt.trace.open(TraceStep::All);
        let truth = search.plan(&self.compiled.events[event].condition, &bindings, &mut attempt);
        attempt.trace.close(truth);
        attempt.trace
    }
}

/// Implications, those of them that are known, ends, and whether the attempts were trials.
type AttemptsKey = (Vec<ImplicationId>, Vec<ImplicationId>, [EntityId; 3], bool);

struct NearMissSearch<'a> {
    decider: &'a QueryContext<'a>,
    firms: Firms,
    /// How many attempts may still be made.
    attempts_left: u32,
    /// Whether an attempt is made only to find out how close it comes. Of what it lacks, only the first part is then looked into.
    is_trial: bool,
    /// The attempts at implications that were made: many permits rest on the same.
    made: FxHashMap<AttemptsKey, Vec<Attempt>>,
    /// What was recorded before: a proof that recurs in several attempts is the same one.
    tables: Option<Box<Tables>>,
}

impl<'a> NearMissSearch<'a> {
    fn new(decider: &'a QueryContext<'a>, firms: Firms) -> NearMissSearch<'a> {
        NearMissSearch { decider, firms, attempts_left: MAX_ATTEMPTS, is_trial: false, made: FxHashMap::default(), tables: None }
    }

    fn truth_of(&self, plan: &Plan, bindings: &Bindings<'_>) -> Truth {
        self.decider.evaluator(NoTrace).plan(plan, bindings)
    }

    /// Records the plan as an ordinary evaluation does.
    fn record(&mut self, plan: &Plan, bindings: &Bindings<'_>, attempt: &mut Attempt) -> Truth {
        let mut evaluator = self.decider.evaluator(std::mem::take(&mut attempt.trace));
        evaluator.tables = self.tables.take();
        let truth = evaluator.plan(plan, bindings);
        (attempt.trace, self.tables) = (evaluator.recorder, evaluator.tables);
        if truth == Truth::True {
            attempt.reached += weight(plan, bindings);
        }
        truth
    }

    fn record_lacking(&mut self, plan: &Plan, bindings: &Bindings<'_>, attempt: &mut Attempt) -> Truth {
        let truth = self.record(plan, bindings, attempt);
        attempt.lacking += u32::from(truth != Truth::True);
        truth
    }

    /// Appends the best attempt at the plan.
    fn plan(&mut self, plan: &Plan, bindings: &Bindings<'_>, attempt: &mut Attempt) -> Truth {
        match plan {
            Plan::All(parts) => self.all(plan, parts, bindings, attempt),
            Plan::Any(_) | Plan::Exists(_) if self.truth_of(plan, bindings) == Truth::True => self.record(plan, bindings, attempt),
            plan => self.not_true(plan, bindings, attempt),
        }
    }

    /// Appends the best attempt at a plan that is known not to be true, or is a leaf. It is not evaluated as a whole again.
    fn not_true(&mut self, plan: &Plan, bindings: &Bindings<'_>, attempt: &mut Attempt) -> Truth {
        if !self.decider.budget.lasts() {
            return Truth::False;
        }
        match plan {
            Plan::All(parts) => self.all(plan, parts, bindings, attempt),
            Plan::Any(parts) => self.any(parts, bindings, attempt),
            Plan::Exists(exists) => self.exists(exists, bindings, attempt),
            Plan::Atom(_, atom, _) => self.atom(plan, atom, bindings, attempt),
            Plan::Constant(_) | Plan::Toggle(_) | Plan::Not(_) | Plan::Asked { .. } | Plan::Changed { .. } => {
                self.record_lacking(plan, bindings, attempt)
            }
        }
    }

    /// Appends the parts that are true, then those that have the truth of the whole, which are the reasons why it is not true. How close it came
    /// is measured up to the first of these.
    fn all(&mut self, plan: &Plan, parts: &[Plan], bindings: &Bindings<'_>, attempt: &mut Attempt) -> Truth {
        let truths: Vec<Truth> = parts.iter().map(|part| self.truth_of(part, bindings)).collect();
        let truth = truths.iter().fold(Truth::True, |whole, &truth| whole.and(truth));
        if truth == Truth::True {
            return self.record(plan, bindings, attempt);
        }
        attempt.trace.open(TraceStep::All);
        for (part, _) in parts.iter().zip(&truths).filter(|&(_, &truth)| truth == Truth::True) {
            self.record(part, bindings, attempt);
        }
        let mut reached = None;
        for (part, _) in parts.iter().zip(&truths).filter(|&(_, &part)| part == truth) {
            if self.is_trial && reached.is_some() {
                attempt.lacking += 1;
                continue;
            }
            self.not_true(part, bindings, attempt);
            attempt.reached = *reached.get_or_insert(attempt.reached);
        }
        attempt.trace.close(truth);
        truth
    }

    /// Appends the branch that came closest; if several came equally close, all of these, since each is an alternative. Also each that rests on
    /// an implication that is switched off or not in force.
    fn any(&mut self, parts: &[Plan], bindings: &Bindings<'_>, attempt: &mut Attempt) -> Truth {
        attempt.trace.open(TraceStep::Any);
        let branches: Vec<Attempt> = self.trials(|search| parts.iter().map(|part| search.branch(part, bindings)).collect());
        let closest = branches.iter().map(Attempt::closeness).max();
        let (truth, is_own, Reverse(lacking), reached) = closest.unwrap_or((Truth::False, true, Reverse(1), 0));
        attempt.lacking += lacking;
        attempt.reached += reached;
        attempt.is_foreign |= !is_own;
        let is_kept = |branch: &Attempt| Some(branch.closeness()) == closest || branch.is_idle();
        for (part, branch) in parts.iter().zip(branches).filter(|(_, branch)| is_kept(branch)) {
            let branch = self.in_full(branch, |search| search.branch(part, bindings));
            attempt.trace.append(branch.trace);
        }
        attempt.trace.close(truth);
        truth
    }

    fn branch(&mut self, part: &Plan, bindings: &Bindings<'_>) -> Attempt {
        let mut branch = Attempt::new();
        branch.truth = self.not_true(part, bindings, &mut branch);
        branch
    }

    fn trials<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.is_trial, true);
        let made = make(self);
        self.is_trial = outer;
        made
    }

    /// An attempt that was made as a trial, with all that it lacks, unless it is part of another trial or no attempt is left.
    fn in_full(&mut self, tried: Attempt, again: impl FnOnce(&mut Self) -> Attempt) -> Attempt {
        if self.is_trial || self.attempts_left == 0 { tried } else { again(self) }
    }

    /// Of trials that seem equally close, the attempt that is the closest with all that it lacks.
    fn closest<K>(&mut self, tried: Vec<(K, Attempt)>, mut again: impl FnMut(&mut Self, K) -> Attempt) -> Option<Attempt> {
        let compared = if self.is_trial { 1 } else { MAX_COMPARED };
        let mut closest: Option<Attempt> = None;
        for (key, tried) in tried.into_iter().take(compared) {
            let tried = self.in_full(tried, |search| again(search, key));
            if closest.as_ref().is_none_or(|closest| tried.closeness() > closest.closeness()) {
                closest = Some(tried);
            }
        }
        closest
    }

    /// Appends the binding that came closest; also the first one that rests on an implication that is switched off or not in force.
    fn exists(&mut self, exists: &Exists, bindings: &Bindings<'_>, attempt: &mut Attempt) -> Truth {
        let mut best: Vec<(EntityId, Attempt)> = Vec::new();
        let mut idle: Option<(EntityId, Attempt)> = None;
        let mut truth = Truth::False;
        for candidate in nearby(self.decider, exists, bindings).0 {
            if self.attempts_left == 0 {
                break;
            }
            self.attempts_left -= 1;
            let tried = self.trials(|search| search.bound(exists, candidate, bindings));
            truth = truth.or(tried.truth);
            if idle.is_none() && tried.is_idle() {
                idle = Some((candidate, tried));
            } else {
                keep_best(&mut best, candidate, tried, MAX_COMPARED);
            }
        }
        if exists.own().unwritten {
            // A group that the asker is not in, and of which nothing is stated either, is no attempt.
            best.retain(|(_, best)| (best.truth, best.reached) > (Truth::False, 0));
        }
        let again = |search: &mut Self, candidate: EntityId| search.bound(exists, candidate, bindings);
        let idle = idle.map(|(candidate, tried)| self.in_full(tried, |search| again(search, candidate)));
        let best = self.closest(best, again);
        attempt.lacking += best.iter().chain(&idle).map(|tried| tried.lacking).min().unwrap_or(1);
        attempt.trace.open(TraceStep::Exists);
        attempt.append(idle);
        attempt.append(best);
        attempt.trace.close(truth);
        truth
    }

    fn bound(&mut self, exists: &Exists, candidate: EntityId, bindings: &Bindings<'_>) -> Attempt {
        let mut inner = *bindings;
        inner.variables[usize::from(exists.variable.0)] = candidate;
        let mut tried = Attempt::new();
        tried.trace.open(TraceStep::Bind(exists.variable, candidate));
        tried.truth = self.not_true(&exists.body, &inner, &mut tried);
        tried.is_foreign |= self.firms.is_other(self.decider, candidate);
        tried.trace.close(tried.truth);
        tried
    }

    /// Appends the atom; if it is not true, with the best attempt at an implication that could make it true.
    fn atom(&mut self, plan: &Plan, atom: &AtomKind, bindings: &Bindings<'_>, attempt: &mut Attempt) -> Truth {
        let recorded = attempt.trace.next_step();
        let truth = self.record(plan, bindings, attempt);
        if truth == Truth::True {
            return truth;
        }
        let lacking = attempt.lacking;
        attempt.lacking += 1;
        let mut evaluator = self.decider.evaluator(NoTrace);
        let (ends, implications) = match atom {
            AtomKind::Relation { relation, was: false, terms } => {
                let derived_by = &self.decider.compiled.policy.relations[*relation].derived_by;
                (evaluator.entity_operands(terms, bindings), derived_by.clone())
            }
            AtomKind::Holds { was: false, holder, role: RoleTerm::Named(role), scope } => {
                let graph = &self.decider.compiled.graph;
                let includers = self.decider.includers(*role).iter();
                let mut deriving: Vec<ImplicationId> = includers.flat_map(|&role| graph.rules_deriving(role)).copied().collect();
                deriving.sort();
                deriving.dedup();
                let ends = evaluator.entity_operands([holder, scope], bindings);
                (ends.map(|[holder, scope, _]| [holder, EntityId::NONE, scope]), deriving)
            }
            _ => return truth,
        };
        let Ok(ends) = ends else { return truth };
        let known = attempt.trace.implications_below(recorded);
        let tried = self.implications(ends, &implications, &known);
        attempt.lacking = lacking + tried.iter().map(|tried| tried.lacking).min().unwrap_or(1).max(1);
        for tried in tried {
            attempt.append_below(recorded, Some(tried));
        }
        truth
    }

    /// Appends whether the role is held; if it is not, with the best attempt at an implication that could derive it. The ends are holder,
    /// role and scope.
    fn held(&mut self, ends: [EntityId; 3], attempt: &mut Attempt) -> Truth {
        let decider = self.decider;
        let world = decider.world;
        let Some(role) = world.role_of(ends[1]) else { return Truth::False };
        let mut evaluator = decider.evaluator(Trace::default());
        evaluator.tables = self.tables.take();
        let truth = evaluator.held(ends[0], role, ends[2]);
        self.tables = evaluator.tables;
        let recorded = attempt.trace.next_step();
        attempt.trace.append(evaluator.recorder);
        if truth == Truth::True {
            attempt.reached += 1;
            return truth;
        }
        if attempt.trace.next_step() == recorded {
            attempt.trace.open(TraceStep::Held { holder: ends[0], role, scope: ends[2] });
            attempt.trace.close(truth);
        }
        let known = attempt.trace.implications_below(recorded);
        for tried in self.implications(ends, decider.compiled.graph.rules_deriving(role), &known) {
            // Beside what is unknown, an attempt that is false adds nothing.
            if truth == Truth::False || tried.is_idle() {
                attempt.append_below(recorded, Some(tried));
            }
        }
        truth
    }

    /// Attempts at the implications, except those that are `known` already, for a fact with these ends; see [`Bindings::asked`]. Each is tried
    /// for the last end and for each container of it. Kept are the best attempt, and all at an implication that is switched off or not in
    /// force, or that rests on one.
    fn implications(&mut self, ends: [EntityId; 3], implications: &[ImplicationId], known: &[ImplicationId]) -> Vec<Attempt> {
        let key = (implications.to_vec(), known.to_vec(), ends, self.is_trial);
        if let Some(made) = self.made.get(&key) {
            return made.clone();
        }
        let (mut kept, mut best): (_, Option<(_, Attempt)>) = (Vec::new(), None);
        for &implication in implications.iter().filter(|implication| !known.contains(implication)) {
            for instance in self.instances(implication, ends) {
                if self.attempts_left == 0 {
                    break;
                }
                let Some(tried) = self.trials(|search| search.implication(implication, instance)) else { continue };
                let key = (implication, instance);
                if tried.is_idle() {
                    kept.push((key, tried));
                } else if best.as_ref().is_none_or(|(_, best)| tried.support() > best.support()) {
                    best = Some((key, tried));
                }
            }
        }
        let again = |search: &mut Self, (implication, instance)| search.implication(implication, instance).unwrap_or_else(Attempt::new);
        let tried = kept.into_iter().chain(best);
        let kept: Vec<Attempt> = tried.map(|(key, tried)| self.in_full(tried, |search| again(search, key))).collect();
        self.made.insert(key, kept.clone());
        kept
    }

    /// An attempt at the implication for a fact with these ends. If it is not in force, only one by which it would be true by the policy of
    /// the context in which it is.
    fn implication(&mut self, implication: ImplicationId, ends: [EntityId; 3]) -> Option<Attempt> {
        let meta = &self.decider.compiled.policy.implications[implication].meta;
        let mut attempt = Attempt::new();
        let Some(out) = self.decider.context.out_of_force(&meta.validity) else {
            let bindings = instantiate(&self.decider.env, implication, ends)?;
            self.attempts_left -= 1;
            attempt.trace.open(TraceStep::Implication(implication));
            attempt.truth = self.plan(&self.decider.compiled.implications[implication].plan, &bindings, &mut attempt);
            attempt.trace.close(attempt.truth);
            return Some(attempt);
        };
        let context = self.decider.context.without(out, &meta.validity)?;
        let other = Decider::new(self.decider.compiled, self.decider.world, context);
        let bindings = instantiate(&other.env, implication, ends)?;
        self.attempts_left -= 1;
        let mut evaluator = self.decider.about(&other).evaluator(Trace::default());
        evaluator.recorder.open(TraceStep::NotInForce(implication));
        let truth = evaluator.plan(&other.compiled.implications[implication].plan, &bindings);
        evaluator.recorder.close(Truth::False);
        attempt.trace = evaluator.recorder;
        (truth == Truth::True).then_some(attempt)
    }

    /// The ends for which the implication could derive the fact with these ends: for the last end and for each container of it.
    fn instances(&self, implication: ImplicationId, ends: [EntityId; 3]) -> Vec<[EntityId; 3]> {
        let (world, at, policy) = (self.decider.world, self.decider.context.at, &self.decider.compiled.policy);
        let mut instance = ends;
        let last = match &policy.implications[implication].then {
            Conclusion::Holds { role, .. } => {
                if let RoleTerm::Named(role) = role {
                    instance[1] = world.role_entity(*role);
                }
                2
            }
            Conclusion::Relation { terms, .. } => terms.len() - 1,
        };
        let over = |scope| {
            instance[last] = scope;
            instance
        };
        world.containers(ends[last], at).map(over).collect()
    }
}
