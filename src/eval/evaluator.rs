//! Evaluating plans: connectives and searches.

use super::bindings::Bindings;
use super::budget::{Budget, Limit, MAX_STEPS};
use super::closures::Closures;
use super::env::Env;
use super::tables::{Goal, MAX_KEPT, SHORT, TableResult, Tables};
use super::trace::{NoTrace, Recorder, TermValue, TraceStep};
use super::truth::Truth;
use crate::plan::access_path::{AccessPath, COSTLY, SearchVariable, Source};
use crate::plan::tree::{Exists, Plan};
use crate::policy::{Atom, Expr, KindSet, Term, VarId};
use crate::time::Instant;
use crate::world::{EntityId, FactId};
use smallvec::SmallVec;

/// The candidates of a search, usually few.
pub(crate) type CandidateList = SmallVec<[EntityId; 8]>;

/// So few candidates are tried without looking for a better access path.
const FEW: usize = 16;

/// A later variable is searched for first if it has fewer candidates than the first by this factor.
const FAR_FEWER: usize = 4;

/// Evaluates plans, atoms and terms over one world in one context, and reports each step to its recorder.
pub(crate) struct Evaluator<'a, R> {
    pub(crate) env: &'a Env<'a>,
    /// The instant at which the world is read: that of the context, or an earlier one.
    pub(super) at: Instant,
    pub(crate) recorder: R,
    /// The closures of memberships that were worked out.
    pub(super) closures: Closures,
    /// The work that is left for the question.
    pub(crate) budget: &'a Budget,
    /// What was worked out before, if that may be needed again.
    pub(crate) tables: Option<Box<Tables>>,
}

/// What evaluators of one decider worked out without a trace, for the next of them: many questions about one world and date that rest on the
/// same roles and relations.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    closures: Closures,
    tables: Option<Box<Tables>>,
}

impl Memory {
    /// A memory of which each question is charged for what it takes from it, so that its work does not depend on what was asked before.
    pub(super) fn charging() -> Memory {
        Memory { closures: Closures::default(), tables: Some(Box::new(Tables::charging())) }
    }

    /// An evaluator that knows what is remembered. It is to be given back by [`Memory::keep`].
    pub(crate) fn evaluator<'a>(&mut self, env: &'a Env<'a>, budget: &'a Budget) -> Evaluator<'a, NoTrace> {
        let Memory { closures, tables } = std::mem::take(self);
        Evaluator { closures, tables, ..Evaluator::new(env, budget, NoTrace) }
    }

    /// Remembers what the evaluator worked out, unless that is too much.
    pub(crate) fn keep(&mut self, evaluator: Evaluator<'_, NoTrace>) {
        let tables = evaluator.tables.map(|tables| if tables.len() > MAX_KEPT { Box::new(tables.emptied()) } else { tables });
        *self = Memory { closures: evaluator.closures, tables };
    }
}

impl<'a, R: Recorder> Evaluator<'a, R> {
    /// An evaluator that draws on the budget of a question.
    pub(crate) fn new(env: &'a Env<'a>, budget: &'a Budget, recorder: R) -> Evaluator<'a, R> {
        Evaluator::at(env, budget, recorder, env.context.at)
    }

    /// An evaluator that reads the world at another instant. Beyond that of the context it is for conditions that read nothing but attributes
    /// and containment.
    #[inline]
    pub(super) fn at(env: &'a Env<'a>, budget: &'a Budget, recorder: R, at: Instant) -> Evaluator<'a, R> {
        Evaluator { env, at, recorder, closures: Closures::default(), budget, tables: None }
    }

    /// Takes one unit of work; false if none is left, or if the trace has too many steps.
    #[inline]
    pub(crate) fn spend(&mut self) -> bool {
        self.budget.spend(1) && (!R::EXHAUSTIVE || self.recorder.step_count() <= MAX_STEPS || self.budget.exhaust(Limit::Steps))
    }

    /// The container that the entity is directly within; if the evaluation is recorded, also the fact that states it.
    #[inline]
    pub(super) fn container(&self, ent: EntityId) -> Option<(EntityId, Option<FactId>)> {
        let (world, at) = (self.env.world, self.at);
        if R::EXHAUSTIVE {
            return world.containment(ent, at).map(|(container, fact)| (container, Some(fact)));
        }
        world.container(ent, at).map(|container| (container, None))
    }

    /// The truth value of a plan. It means nothing once the budget is exhausted.
    pub(crate) fn plan(&mut self, plan: &Plan, bindings: &Bindings<'_>) -> Truth {
        match plan {
            Plan::Constant(value) => {
                let truth = Truth::from(*value);
                self.recorder.leaf(TraceStep::Constant, truth);
                truth
            }
            Plan::Toggle(toggle) => {
                let truth = Truth::from(self.env.context.is_on(*toggle));
                self.recorder.leaf(TraceStep::Toggle(*toggle), truth);
                truth
            }
            Plan::All(parts) => {
                self.recorder.open(TraceStep::All);
                let mut truth = Truth::True;
                for part in parts {
                    truth = truth.and(self.plan(part, bindings));
                    // A trace too has only the first false part: later ones add no reason.
                    if truth == Truth::False {
                        break;
                    }
                }
                self.recorder.close(truth);
                truth
            }
            Plan::Any(parts) => {
                self.recorder.open(TraceStep::Any);
                let mut truth = Truth::False;
                for part in parts {
                    truth = truth.or(self.plan(part, bindings));
                    if truth == Truth::True && !R::EXHAUSTIVE {
                        break;
                    }
                }
                self.recorder.close(truth);
                truth
            }
            Plan::Not(part) => {
                self.recorder.open(TraceStep::Not);
                let truth = !self.plan(part, bindings);
                self.recorder.close(truth);
                truth
            }
            Plan::Exists(search) => self.exists(search, bindings),
            Plan::Atom(span, atom, allowed) => self.test_atom(*span, atom, allowed, bindings),
            Plan::Asked { term, index, member } => self.asked(term, *index, *member, bindings),
            Plan::Changed { term, index, reach } => self.changed(term, *index, *reach, bindings),
        }
    }

    /// The truth value of an atom, for callers off the fast path.
    #[inline(never)]
    fn atom(&mut self, atom: &Atom, bindings: &Bindings<'_>) -> Truth {
        self.test_atom(atom.span, &atom.kind, &atom.allowed, bindings)
    }

    /// The truth value of a condition without searches. An atom with a variable that has no value is unknown.
    pub(super) fn expr(&mut self, expr: &Expr, bindings: &Bindings<'_>) -> Truth {
        match expr {
            Expr::True => Truth::True,
            Expr::False => Truth::False,
            Expr::Toggle(toggle, _) => Truth::from(self.env.context.is_on(*toggle)),
            Expr::And(parts) => parts.iter().fold(Truth::True, |truth, part| truth.and(self.expr(part, bindings))),
            Expr::Or(parts) => parts.iter().fold(Truth::False, |truth, part| truth.or(self.expr(part, bindings))),
            Expr::Not(part) => !self.expr(part, bindings),
            Expr::Atom(atom) if atom.kind.variables().iter().any(|id| bindings.variables[id.index()] == EntityId::NONE) => Truth::Unknown,
            Expr::Atom(atom) => self.atom(atom, bindings),
            // Such a condition has no variables of its own.
            Expr::Exists(..) => Truth::Unknown,
        }
    }

    fn exists(&mut self, search: &Exists, bindings: &Bindings<'_>) -> Truth {
        if bindings.variables[usize::from(search.variable.0)] != EntityId::NONE {
            // Its value was found before that of an earlier variable.
            return self.plan(&search.body, bindings);
        }
        self.budget.search(search.group.span);
        self.recorder.open(TraceStep::Exists);
        let candidates = self.candidates(search.own(), bindings);
        let earlier = if candidates.len() > FEW { self.more_selective(search, bindings, candidates.len()) } else { None };
        let (variable, candidates) = earlier.unwrap_or((search.variable, candidates));
        let mut truth = Truth::False;
        let mut inner = *bindings;
        for candidate in candidates {
            if !self.spend() {
                truth = Truth::Unknown;
                break;
            }
            inner.variables[usize::from(variable.0)] = candidate;
            self.recorder.open(TraceStep::Bind(variable, candidate));
            let found = if variable == search.variable { self.plan(&search.body, &inner) } else { self.exists(search, &inner) };
            self.recorder.close_unless_false(found);
            truth = truth.or(found);
            if truth == Truth::True && !R::EXHAUSTIVE {
                break;
            }
        }
        if self.env.unnamed && (truth == Truth::False || R::EXHAUSTIVE) {
            truth = truth.or(self.exists_unnamed(search, variable, bindings));
        }
        self.recorder.close(truth);
        truth
    }

    /// Unknown if some entity that the world does not name may be the value of the variable, else false.
    #[inline(never)]
    fn exists_unnamed(&mut self, search: &Exists, variable: VarId, bindings: &Bindings<'_>) -> Truth {
        let mut truth = Truth::False;
        for unnamed in self.unnamed_candidates(search, variable, bindings) {
            truth = Truth::Unknown;
            if !R::EXHAUSTIVE {
                break;
            }
            let mut inner = *bindings;
            inner.variables[usize::from(variable.0)] = unnamed;
            self.recorder.open(TraceStep::Bind(variable, unnamed));
            if variable == search.variable {
                self.plan(&search.body, &inner)
            } else {
                self.exists(search, &inner)
            };
            self.recorder.close(truth);
        }
        truth
    }

    /// Of the variables that are searched for later, the one with the fewest candidates, if they are far fewer than `count`.
    #[inline(never)]
    fn more_selective(&mut self, search: &Exists, bindings: &Bindings<'_>, count: usize) -> Option<(VarId, CandidateList)> {
        let mut best: Option<(VarId, CandidateList)> = None;
        for variable in search.later.iter().filter(|variable| bindings.variables[usize::from(variable.0)] == EntityId::NONE) {
            let least = best.as_ref().map_or(count / FAR_FEWER, |(_, best)| best.len());
            if let Some(found) = self.candidates_by_path(search.group.of(variable), bindings)
                && found.len() < least
            {
                best = Some((variable, found));
            }
        }
        best
    }

    /// Entities over which the variable ranges, in order, each once: a superset of those for which its condition is not false.
    pub(crate) fn candidates(&mut self, variable: &SearchVariable, bindings: &Bindings<'_>) -> CandidateList {
        self.candidates_by_path(variable, bindings).unwrap_or_else(|| {
            let all: CandidateList = self.env.range(variable).collect();
            self.budget.spend_reads(all.len());
            all.into_iter().chain(self.unnamed_holder(variable, bindings)).collect()
        })
    }

    /// The holder in question, if the variable is the holder of an implication's conclusion and the world does not name who that is.
    pub(super) fn unnamed_holder(&self, variable: &SearchVariable, bindings: &Bindings<'_>) -> Option<EntityId> {
        let holder = bindings.asked[0];
        let is_holder = variable.access_paths.iter().any(|path| matches!(path.source, Source::Asked));
        (is_holder && self.env.world.is_unnamed(holder) && variable.kinds.contains(self.env.world.kind(holder))).then_some(holder)
    }

    /// [`Evaluator::candidates`] by an access path; `None` if none can be followed.
    pub(crate) fn candidates_by_path(&mut self, variable: &SearchVariable, bindings: &Bindings<'_>) -> Option<CandidateList> {
        let mut found = CandidateList::new();
        let mut followed = false;
        for access_path in &variable.access_paths {
            if !followed {
                followed = self.follow(access_path, &variable.kinds, bindings, usize::MAX, &mut found);
                if !followed {
                    found.clear();
                }
            } else if found.len() <= if access_path.rank < COSTLY { 1 } else { FEW } {
                break;
            } else {
                self.follow_if_shorter(access_path, &variable.kinds, bindings, &mut found);
            }
        }
        if !followed {
            return None;
        }
        if found.len() > 1 {
            self.env.world.sort_entities(&mut found);
            found.dedup();
        }
        found.retain(|&mut ent| self.env.ranges_over(variable, ent));
        if self.env.unnamed {
            found.extend(self.unnamed_holder(variable, bindings));
        }
        Some(found)
    }

    /// Replaces the candidates by those of the access path if these are fewer.
    #[inline(never)]
    fn follow_if_shorter(&mut self, access_path: &AccessPath, kinds: &KindSet, bindings: &Bindings<'_>, best: &mut CandidateList) {
        let mut found = CandidateList::new();
        if self.follow(access_path, kinds, bindings, best.len(), &mut found) && found.len() < best.len() {
            *best = found;
        }
    }

    /// The truth value of the goal: from the table, or else worked out by `evaluate` and kept.
    pub(super) fn tabled(&mut self, goal: Goal, evaluate: impl FnOnce(&mut Self) -> Truth) -> Truth {
        if !R::EXHAUSTIVE && self.budget.spent() < SHORT && self.tables.is_none() {
            return evaluate(self);
        }
        if let Some((result, charge)) = self.tables.as_ref().and_then(|tables| tables.known(&goal)) {
            self.recorder.refer(&result.proof, result.truth);
            self.budget.spend(charge);
            return result.truth;
        }
        let before = self.budget.spent();
        self.recorder.begin_proof();
        let truth = evaluate(self);
        let proof = self.recorder.end_proof(truth);
        if self.budget.lasts() {
            let work = self.budget.spent() - before;
            self.tables.get_or_insert_default().own.results.insert(goal, TableResult { truth, proof, work });
        }
        truth
    }

    /// Reads a term without recording it.
    #[inline]
    pub(super) fn silent_term(&mut self, term: &Term, bindings: &Bindings<'_>) -> TermValue {
        if R::EXHAUSTIVE { Evaluator::at(self.env, self.budget, NoTrace, self.at).term(term, bindings) } else { self.term(term, bindings) }
    }
}
