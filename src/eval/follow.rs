//! Following access paths: from terms that have values to the candidates for a variable.

use super::bindings::Bindings;
use super::evaluator::{CandidateList, Evaluator};
use super::groups::members;
use super::instantiate::bind_ends;
use super::solutions::Scan;
use super::trace::{NoTrace, Recorder};
use super::truth::Truth;
use crate::plan::access_path::{AccessPath, KnownEnd, Source};
use crate::plan::tree::ReversePlan;
use crate::policy::{KindSet, RelationId, Term};
use crate::world::{EntityId, Fact, Statement};
use smallvec::{SmallVec, smallvec};
use std::ops::ControlFlow;

/// The known ends of a relation that have values: position and entity.
type Known = SmallVec<[(usize, EntityId); 2]>;

/// Why a path yields no candidates.
enum NotFollowed {
    /// It may be incomplete, or cannot be followed yet.
    Incomplete,
    /// A term has no entity as its value, so that the atom is false for every candidate.
    Empty,
}

impl<R: Recorder> Evaluator<'_, R> {
    /// The entities that an access path yields, in any order, perhaps of other kinds than the variable's `kinds`. `None` if it cannot be
    /// followed: a variable that it reads has no value yet; or it may be incomplete, because a value is unknown or a name is open.
    pub(crate) fn follow(&mut self, access_path: &AccessPath, kinds: &KindSet, bindings: &Bindings<'_>) -> Option<CandidateList> {
        if !bindings.bind_all(access_path.requires) {
            return None;
        }
        match self.follow_source(&access_path.source, kinds, bindings) {
            Ok(found) => {
                self.budget.spend_reads(found.len());
                Some(found)
            }
            Err(NotFollowed::Empty) => Some(CandidateList::new()),
            Err(NotFollowed::Incomplete) => None,
        }
    }

    fn follow_source(&mut self, source: &Source, kinds: &KindSet, bindings: &Bindings<'_>) -> Result<CandidateList, NotFollowed> {
        let (world, at) = (self.env.world, self.env.context.at);
        let incomplete = || NotFollowed::Incomplete;
        match source {
            Source::Equal(term) => Ok(smallvec![self.entity_of(term, bindings)?]),
            Source::OneOf(terms) => {
                let mut found = CandidateList::new();
                for term in terms {
                    match self.entity_of(term, bindings) {
                        Err(NotFollowed::Empty) => {}
                        ent => found.push(ent?),
                    }
                }
                Ok(found)
            }
            Source::Above(term) => Ok(world.containers(self.entity_of(term, bindings)?, at).collect()),
            Source::Below(term) => Ok(self.contents(self.entity_of(term, bindings)?, kinds).into()),
            Source::GroupsOf(term) => {
                let member = self.entity_of(term, bindings)?;
                self.groups(member).map(CandidateList::from).ok_or_else(incomplete)
            }
            Source::Asked => {
                let mut found = self.groups(bindings.asked[0]).ok_or_else(incomplete)?;
                found.push(bindings.asked[0]);
                Ok(found.into())
            }
            Source::MembersOf(term) => members(self.env, self.entity_of(term, bindings)?).ok_or_else(incomplete),
            Source::Among(term) => self.complete_values(term, bindings).map(CandidateList::from).ok_or_else(incomplete),
            Source::Related { relation, was, known, end } => {
                let known = self.known_ends(known, bindings)?;
                self.stated_ends(*relation, *was, &known, *end).ok_or_else(incomplete)
            }
            Source::Derived { relation, known, end } => {
                let known = self.known_ends(known, bindings)?;
                self.derived_ends(*relation, &known, *end).ok_or_else(incomplete)
            }
            Source::Union(branches) => {
                let mut found = CandidateList::new();
                for branch in branches {
                    found.extend(branch.iter().find_map(|path| self.follow(path, kinds, bindings)).ok_or_else(incomplete)?);
                }
                Ok(found)
            }
            Source::Through(inner, then) => {
                let mut found = CandidateList::new();
                let mut bound = *bindings;
                for candidate in self.candidates_by_path(inner, bindings).ok_or_else(incomplete)? {
                    if !self.spend() {
                        return Err(NotFollowed::Incomplete);
                    }
                    bound.variables[usize::from(inner.variable.0)] = candidate;
                    found.extend(self.follow(then, kinds, &bound).ok_or_else(incomplete)?);
                }
                Ok(found)
            }
        }
    }

    /// The entity that a term names.
    fn entity_of(&self, term: &Term, bindings: &Bindings<'_>) -> Result<EntityId, NotFollowed> {
        self.silent_term(term, bindings).entity().map_err(|truth| match truth {
            Truth::Unknown => NotFollowed::Incomplete,
            _ => NotFollowed::Empty,
        })
    }

    /// The ends whose variables have values.
    fn known_ends(&self, ends: &[KnownEnd], bindings: &Bindings<'_>) -> Result<Known, NotFollowed> {
        let mut known = Known::new();
        for KnownEnd { end, term, variables } in ends {
            if bindings.bind_all(*variables) {
                known.push((*end, self.entity_of(term, bindings)?));
            }
        }
        if known.is_empty() { Err(NotFollowed::Incomplete) } else { Ok(known) }
    }

    /// The entities at an end of the relation's facts, by the known end with the fewest facts.
    fn stated_ends(&self, relation: RelationId, was: bool, known: &[(usize, EntityId)], end: usize) -> Option<CandidateList> {
        let (world, at) = (self.env.world, self.env.context.at);
        if !world.relation_closed(relation) {
            return None;
        }
        let declared = &self.env.compiled.policy.relations[relation];
        let mut best: Option<CandidateList> = None;
        for &(other, value) in known {
            let mut found = CandidateList::new();
            for scope in self.covering(relation, other, value) {
                if declared.ends.len() == 2 && !was {
                    world.each_other_end(relation, other, scope, at, |ent| found.push(ent));
                    continue;
                }
                found.extend(world.related(relation, other, scope).filter_map(|id| match world.fact(id) {
                    Fact { statement: Statement::Relation(_, ends), during } if during.since <= at => Some(ends[end]),
                    _ => None,
                }));
            }
            if best.as_ref().is_none_or(|best| found.len() < best.len()) {
                best = Some(found);
            }
        }
        best
    }

    /// The entities that a fact may name for this end of the relation so that it holds of `value`: its containers too, at the last end of a
    /// relation that covers.
    #[inline]
    fn covering(&self, relation: RelationId, end: usize, value: EntityId) -> impl Iterator<Item = EntityId> {
        let (world, at, declared) = (self.env.world, self.env.context.at, &self.env.compiled.policy.relations[relation]);
        let covered = declared.covers && end + 1 == declared.ends.len();
        std::iter::successors(Some(value), move |&here| if covered { world.container(here, at) } else { None })
    }

    /// The entities at an end of a derived relation: by its facts, and by its implications in reverse.
    #[inline(never)]
    fn derived_ends(&mut self, relation: RelationId, known: &[(usize, EntityId)], end: usize) -> Option<CandidateList> {
        let mask = known.iter().map(|(end, _)| 1u8 << end).sum();
        let plans = self.env.compiled.reverse.get(relation, end, mask)?;
        let mut found = self.stated_ends(relation, false, known, end)?;
        let mut quiet = Evaluator::new(self.env, self.budget, NoTrace);
        quiet.tables = self.tables.get_or_insert_default().quiet.take();
        std::mem::swap(&mut quiet.closures, &mut self.closures);
        let complete = plans.iter().all(|plan| quiet.reversed(plan, relation, known, &mut found));
        let tables = quiet.tables.take();
        std::mem::swap(&mut quiet.closures, &mut self.closures);
        self.tables.get_or_insert_default().quiet = tables;
        complete.then_some(found)
    }
}

impl Evaluator<'_, NoTrace> {
    /// Adds the values of the end for which an implication derives the relation; false if there may be others.
    fn reversed(&mut self, plan: &ReversePlan, relation: RelationId, known: &[(usize, EntityId)], found: &mut CandidateList) -> bool {
        if !self.env.active().implication(plan.implication) {
            return true;
        }
        let last = self.env.compiled.policy.relations[relation].ends.len() - 1;
        let scope = known.iter().find(|(end, _)| *end == last);
        let scopes: CandidateList =
            scope.map_or_else(|| smallvec![EntityId::NONE], |&(end, value)| self.covering(relation, end, value).collect());
        for scope in scopes {
            let mut ends = [EntityId::NONE; 3];
            known.iter().for_each(|&(end, value)| ends[end] = if end == last { scope } else { value });
            let Some(bindings) = bind_ends(self.env, &plan.binds, ends) else { continue };
            let mut complete = true;
            let walked = self.each_solution(&plan.plan, plan.searches, &bindings, Scan::Never, &mut |evaluator, bindings, _| {
                match evaluator.entity_of(&plan.target, bindings) {
                    Ok(ent) => found.push(ent),
                    Err(NotFollowed::Empty) => {}
                    Err(NotFollowed::Incomplete) => complete = false,
                }
                if complete { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
            if !complete || walked.is_break() || !self.budget.lasts() {
                return false;
            }
        }
        true
    }
}
