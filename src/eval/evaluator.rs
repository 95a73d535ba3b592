//! Evaluating plans: connectives and searches.

use super::bindings::Bindings;
use super::budget::Budget;
use super::env::Env;
use super::groups::{GroupClosure, members};
use super::trace::{NoTrace, Recorder, TermValue, TraceStep};
use super::truth::Truth;
use crate::plan::access_path::AccessPath;
use crate::plan::condition::{Exists, Plan};
use crate::policy::{KindSet, Term};
use crate::world::{EntityId, Fact, FactId, Statement};
use smallvec::{SmallVec, smallvec};

/// The candidates of a search, usually few.
pub(crate) type CandidateList = SmallVec<[EntityId; 8]>;

/// Evaluates plans, atoms and terms over one world in one context, and reports each step to its recorder.
pub(crate) struct Evaluator<'a, R> {
    pub(crate) env: &'a Env<'a>,
    pub(crate) recorder: R,
    /// The groups of the entity asked about last: see [`Evaluator::group_closure`].
    pub(super) closure: Option<GroupClosure>,
    pub(crate) budget: Budget,
}

impl<'a, R: Recorder> Evaluator<'a, R> {
    /// An evaluator with a full budget.
    pub(crate) fn new(env: &'a impl AsRef<Env<'a>>, recorder: R) -> Evaluator<'a, R> {
        Evaluator { env: env.as_ref(), recorder, closure: None, budget: Budget::full() }
    }

    /// The container that the entity is directly within; if the evaluation is recorded, also the fact that states it.
    #[inline]
    pub(super) fn container(&self, ent: EntityId) -> Option<(EntityId, Option<FactId>)> {
        let (world, at) = (self.env.world, self.env.context.at);
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
            Plan::Atom(span, atom, allowed) => self.atom(*span, atom, allowed, bindings),
            Plan::Asked { term, index, member } => self.asked(term, *index, *member, bindings),
        }
    }

    fn exists(&mut self, search: &Exists, bindings: &Bindings<'_>) -> Truth {
        self.recorder.open(TraceStep::Exists);
        let mut truth = Truth::False;
        let mut inner = *bindings;
        for candidate in self.candidates(search, bindings) {
            if !self.budget.spend() {
                truth = Truth::Unknown;
                break;
            }
            inner.variables[usize::from(search.variable.0)] = candidate;
            self.recorder.open(TraceStep::Bind(search.variable, candidate));
            let found = self.plan(&search.body, &inner);
            self.recorder.close_unless_false(found);
            truth = truth.or(found);
            if truth == Truth::True && !R::EXHAUSTIVE {
                break;
            }
        }
        self.recorder.close(truth);
        truth
    }

    /// Living entities of the search's kinds, in order, each once: a superset of those for which its body is not false.
    pub(crate) fn candidates(&mut self, search: &Exists, bindings: &Bindings<'_>) -> CandidateList {
        let mut best: Option<CandidateList> = None;
        for access_path in &search.access_paths {
            if let Some(found) = self.follow(access_path, &search.kinds, bindings) {
                if best.as_ref().is_none_or(|best| found.len() < best.len()) {
                    best = Some(found);
                }
                if best.as_ref().is_some_and(|best| best.len() <= 1) {
                    break;
                }
            }
        }
        let (world, at) = (self.env.world, self.env.context.at);
        match best {
            Some(mut found) => {
                found.sort();
                found.dedup();
                found.retain(|&mut ent| search.kinds.contains(world.kind(ent)) && world.lives(ent, at));
                found
            }
            None => search.kinds.iter().flat_map(|kind| world.of_kind(kind)).filter(|&ent| world.lives(ent, at)).collect(),
        }
    }

    /// The entities that an access path yields, in any order, perhaps of other kinds than the variable's `kinds`. `None` if the path may be
    /// incomplete, because a value is unknown or a name is open: then it must not be used.
    pub(crate) fn follow(&mut self, access_path: &AccessPath, kinds: &KindSet, bindings: &Bindings<'_>) -> Option<CandidateList> {
        let (world, at) = (self.env.world, self.env.context.at);
        // `None` if the value is unknown. `Some(None)` if it is absent or not an entity: then the atom is false for every candidate.
        let entity = |value: TermValue| match value.entity() {
            Ok(ent) => Some(Some(ent)),
            Err(Truth::Unknown) => None,
            Err(_) => Some(None),
        };
        match access_path {
            AccessPath::Equal(term) => entity(self.silent_term(term, bindings)).map(|ent| ent.into_iter().collect()),
            AccessPath::OneOf(terms) => {
                let mut found = CandidateList::new();
                for term in terms {
                    found.extend(entity(self.silent_term(term, bindings))?);
                }
                Some(found)
            }
            AccessPath::Above(term) => {
                Some(entity(self.silent_term(term, bindings))?.map(|ent| world.containers(ent, at).collect()).unwrap_or_default())
            }
            AccessPath::Below(term) => {
                Some(entity(self.silent_term(term, bindings))?.map(|ent| self.contents(ent, kinds).into()).unwrap_or_default())
            }
            AccessPath::GroupsOf(term) => {
                let Some(member) = entity(self.silent_term(term, bindings))? else { return Some(CandidateList::new()) };
                self.groups(member).map(CandidateList::from)
            }
            AccessPath::Asked => {
                let mut found = self.groups(bindings.asked[0])?;
                found.push(bindings.asked[0]);
                Some(found.into())
            }
            AccessPath::MembersOf(term) => {
                let Some(group) = entity(self.silent_term(term, bindings))? else { return Some(CandidateList::new()) };
                members(self.env, group)
            }
            AccessPath::Among(term) => self.complete_values(term, bindings).map(CandidateList::from),
            AccessPath::Related { relation, was, known, end } => {
                if !world.relation_closed(*relation) {
                    return None;
                }
                let declared = &self.env.compiled.policy.relations[*relation];
                let mut best: Option<CandidateList> = None;
                for (other, term) in known {
                    let Some(value) = entity(self.silent_term(term, bindings))? else { return Some(CandidateList::new()) };
                    let covered = declared.covers && other + 1 == declared.ends.len();
                    let scopes: CandidateList = if covered { world.containers(value, at).collect() } else { smallvec![value] };
                    let mut found = CandidateList::new();
                    for &scope in &scopes {
                        if declared.ends.len() == 2 && !was {
                            world.each_other_end(*relation, *other, scope, at, |ent| found.push(ent));
                            continue;
                        }
                        found.extend(world.related(*relation, *other, scope).filter_map(|id| match world.fact(id) {
                            Fact { statement: Statement::Relation(_, ends), during } if during.since <= at => Some(ends[*end]),
                            _ => None,
                        }));
                    }
                    if best.as_ref().is_none_or(|best| found.len() < best.len()) {
                        best = Some(found);
                    }
                }
                best
            }
            AccessPath::Union(access_paths) => {
                let mut found = CandidateList::new();
                for access_path in access_paths {
                    found.extend(self.follow(access_path, kinds, bindings)?);
                }
                Some(found)
            }
        }
    }

    /// Reads a term without recording it.
    fn silent_term(&self, term: &Term, bindings: &Bindings<'_>) -> TermValue {
        Evaluator::new(self.env, NoTrace).term(term, bindings)
    }
}
