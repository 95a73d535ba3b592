//! Following access paths: from terms that have values to the candidates for a variable.

use super::bindings::Bindings;
use super::evaluator::{CandidateList, Evaluator};
use super::groups::members;
use super::instantiate::bind_ends;
use super::solutions::Scan;
use super::trace::{NoTrace, Recorder};
use super::truth::Truth;
use super::unnamed::excludes_unnamed;
use crate::plan::access_path::{AccessPath, KnownEnd, Source};
use crate::plan::tree::ReversePlan;
use crate::policy::{Hop, KindSet, Path, RelationId, Term};
use crate::world::{EntityId, Fact, Part, ShapePart, Statement, Topic, Value};
use smallvec::{SmallVec, smallvec};
use std::ops::ControlFlow;

/// The known ends of a relation that have values: position and entity.
type Known = SmallVec<[(usize, EntityId); 2]>;

/// Why a path yields no candidates.
pub(super) enum NotFollowed {
    /// It may be incomplete, or cannot be followed yet.
    Incomplete,
    /// A term has no entity as its value, so that the atom is false for every candidate.
    Empty,
}

impl<R: Recorder> Evaluator<'_, R> {
    /// Adds the entities that an access path yields, in any order, perhaps of other kinds than the variable's `kinds`. False if the path
    /// cannot be followed: a variable that it reads has no value yet; or it may be incomplete, because a value is unknown or a name is open;
    /// or it would yield more than `most` entities and costs more than they are worth. Then what was added means nothing.
    #[inline]
    pub(crate) fn follow(
        &mut self,
        access_path: &AccessPath,
        kinds: &KindSet,
        bindings: &Bindings<'_>,
        most: usize,
        found: &mut CandidateList,
    ) -> bool {
        if !bindings.bind_all(access_path.requires) {
            return false;
        }
        let before = found.len();
        match self.follow_source(&access_path.source, kinds, bindings, most, found) {
            Ok(()) => {
                self.budget.spend_reads(found.len() - before);
                true
            }
            Err(NotFollowed::Empty) => {
                found.truncate(before);
                true
            }
            Err(NotFollowed::Incomplete) => false,
        }
    }

    fn follow_source(
        &mut self,
        source: &Source,
        kinds: &KindSet,
        bindings: &Bindings<'_>,
        most: usize,
        found: &mut CandidateList,
    ) -> Result<(), NotFollowed> {
        let (world, at) = (self.env.world, self.env.context.at);
        match source {
            Source::Equal(term) => found.push(self.entity_of(term, bindings)?),
            Source::OneOf(terms) => {
                for term in terms {
                    match self.entity_of(term, bindings) {
                        Err(NotFollowed::Empty) => {}
                        ent => found.push(ent?),
                    }
                }
            }
            Source::Above(term) => {
                let inner = self.entity_of(term, bindings)?;
                self.knows_containers(inner)?;
                found.extend(world.containers(inner, at));
            }
            // Anything may lie within anything while it is not known within what it lies.
            Source::Below(_) if !world.containers_closed() => return Err(NotFollowed::Incomplete),
            Source::Below(term) => {
                let container = self.entity_of(term, bindings)?;
                found.extend(self.all_within(container, kinds));
            }
            Source::GroupsOf(term) => {
                let member = self.entity_of(term, bindings)?;
                found.extend(self.groups(member).ok_or(NotFollowed::Incomplete)?);
            }
            Source::Asked => {
                found.push(bindings.asked[0]);
                found.extend(self.groups(bindings.asked[0]).ok_or(NotFollowed::Incomplete)?);
            }
            Source::AskedEnd(index) => found.push(bindings.asked[*index]),
            Source::Changed(index, reach) => self.changed_ends(bindings.asked[*index], *reach, kinds, found)?,
            Source::MembersOf(term) => {
                let group = self.entity_of(term, bindings)?;
                found.extend(members::<CandidateList>(self.env, group).ok_or(NotFollowed::Incomplete)?);
            }
            Source::Among(term) => found.extend(self.complete_values(term, bindings).ok_or(NotFollowed::Incomplete)?),
            Source::Holders(role, term) => {
                let scope = self.entity_of(term, bindings)?;
                self.holders(*role, scope, most, found)?;
            }
            Source::RolesOver { holder, scope } => {
                let holder = if holder.takes_hop() {
                    Some(self.entity_of(holder, bindings)?)
                } else if bindings.bind_all(holder.variables()) {
                    self.entity_of(holder, bindings).ok()
                } else {
                    None
                };
                let scope = self.entity_of(scope, bindings)?;
                self.roles_over(holder, scope, found)?;
            }
            Source::HeldOver(term, role) => {
                let holder = self.entity_of(term, bindings)?;
                self.held_over_by(holder, *role, kinds, most, found)?;
            }
            Source::Related { relation, was, known, end } => match known.as_slice() {
                [only] => {
                    let known = (only.end, self.entity_of(&only.term, bindings)?);
                    self.stated_ends(*relation, *was, &[known], *end, found)?;
                }
                known => {
                    let known = self.known_ends(known, bindings)?;
                    self.stated_ends(*relation, *was, &known, *end, found)?;
                }
            },
            Source::Assigned { known, end } => {
                let known = self.known_ends(known, bindings)?;
                self.assigned_ends(&known, *end, found)?;
            }
            Source::Derived { relation, known, end } => {
                let known = self.known_ends(known, bindings)?;
                self.derived_ends(*relation, &known, *end, found)?;
            }
            Source::Back { hop, kinds, path } => {
                let mut reached = CandidateList::new();
                if !self.follow(path, kinds, bindings, most, &mut reached) {
                    return Err(NotFollowed::Incomplete);
                }
                self.against(hop, reached, found)?;
            }
            Source::Union(branches) => {
                for branch in branches {
                    let before = found.len();
                    let followed = branch.iter().any(|path| {
                        found.truncate(before);
                        self.follow(path, kinds, bindings, most, found)
                    });
                    if !followed {
                        return Err(NotFollowed::Incomplete);
                    }
                }
            }
            Source::Through(inner, then) => {
                let mut bound = *bindings;
                if self.env.unnamed && !inner.access_paths.iter().all(excludes_unnamed) {
                    return Err(NotFollowed::Incomplete);
                }
                for candidate in self.candidates_by_path(inner, bindings).ok_or(NotFollowed::Incomplete)? {
                    if !self.spend() {
                        return Err(NotFollowed::Incomplete);
                    }
                    bound.variables[usize::from(inner.variable.0)] = candidate;
                    if !self.follow(then, kinds, &bound, most, found) {
                        return Err(NotFollowed::Incomplete);
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds the entities from which the hop leads to one of those that were reached, or to an unknown value.
    #[inline(never)]
    fn against(&mut self, hop: &Path, mut reached: CandidateList, found: &mut CandidateList) -> Result<(), NotFollowed> {
        let (world, at, policy) = (self.env.world, self.at, &self.env.compiled.policy);
        reached.sort_unstable();
        reached.dedup();
        for (kind, hop) in hop.iter() {
            match hop {
                Hop::Attribute(attribute) => {
                    let naming = reached.iter().flat_map(|&value| world.entities_with_value(attribute, value)).map(|id| world.fact(id));
                    found.extend(naming.filter(|fact| fact.during.contains(at)).filter_map(|fact| match fact.statement {
                        Statement::Value { entity, .. } => Some(entity),
                        _ => None,
                    }));
                    let lacking = world.lacking(policy, attribute, at);
                    self.budget.spend_reads(lacking.len());
                    found.extend(lacking);
                }
                Hop::Above(_) if !world.containers_closed() => return Err(NotFollowed::Incomplete),
                Hop::Above(_) => found.extend(reached.iter().flat_map(|&above| self.all_within(above, &KindSet::one(kind)))),
                Hop::System => return Err(NotFollowed::Incomplete),
            }
        }
        Ok(())
    }

    /// The entity that a term names.
    #[inline]
    fn entity_of(&mut self, term: &Term, bindings: &Bindings<'_>) -> Result<EntityId, NotFollowed> {
        self.silent_term(term, bindings).entity().map_err(|truth| match truth {
            Truth::Unknown => NotFollowed::Incomplete,
            _ => NotFollowed::Empty,
        })
    }

    /// The ends whose variables have values.
    fn known_ends(&mut self, ends: &[KnownEnd], bindings: &Bindings<'_>) -> Result<Known, NotFollowed> {
        let mut known = Known::new();
        for KnownEnd { end, term, variables } in ends {
            if bindings.bind_all(*variables) {
                known.push((*end, self.entity_of(term, bindings)?));
            }
        }
        if known.is_empty() { Err(NotFollowed::Incomplete) } else { Ok(known) }
    }

    /// Adds the entities at an end of the relation's facts, by the known end with the fewest facts.
    fn stated_ends(
        &self,
        relation: RelationId,
        was: bool,
        known: &[(usize, EntityId)],
        end: usize,
        found: &mut CandidateList,
    ) -> Result<(), NotFollowed> {
        // What was open before is not looked for.
        if was && !self.env.world.relation_closed(relation) {
            return Err(NotFollowed::Incomplete);
        }
        fewest(known, found, |known, found| self.facts_ends(relation, was, known, end, found));
        if self.env.open_containers || !self.env.world.relation_closed(relation) {
            self.open_ends(relation, known, end, found)?;
        }
        Ok(())
    }

    /// Adds the entities at an end of the relation's facts with this value at another end.
    #[inline]
    fn facts_ends(&self, relation: RelationId, was: bool, (other, value): (usize, EntityId), end: usize, found: &mut CandidateList) {
        let (world, at) = (self.env.world, self.env.context.at);
        let two_ends = self.env.compiled.policy.relations[relation].ends.len() == 2;
        for scope in self.covering(relation, other, value) {
            if two_ends && !was {
                world.each_other_end(relation, other, scope, at, |ent| found.push(ent));
                continue;
            }
            found.extend(world.related(relation, other, scope).filter_map(|id| match world.fact(id) {
                Fact { statement: Statement::Relation(_, ends), during } if during.since <= at => Some(ends[end]),
                _ => None,
            }));
        }
    }

    /// Adds the entities at an end of facts of the relation that patterns may leave open. Fails if it may be any entity, or if a known end may
    /// lie within further entities of which the relation may be true.
    #[cold]
    #[inline(never)]
    fn open_ends(
        &self,
        relation: RelationId,
        known: &[(usize, EntityId)],
        end: usize,
        found: &mut CandidateList,
    ) -> Result<(), NotFollowed> {
        known.iter().try_for_each(|&(other, value)| self.knows_scopes(relation, other, value))?;
        if self.env.world.relation_closed(relation) {
            return Ok(());
        }
        // Each known end leads to all of them.
        let before = found.len();
        for &(other, value) in known {
            if self.covering(relation, other, value).all(|scope| self.add_open_ends(relation, (other, scope), end, found)) {
                return Ok(());
            }
            found.truncate(before);
        }
        Err(NotFollowed::Incomplete)
    }

    /// Adds the entities at an end of facts that patterns may leave open, with this entity at another end. False if it may be any entity.
    fn add_open_ends(&self, relation: RelationId, (other, known): (usize, EntityId), end: usize, found: &mut CandidateList) -> bool {
        let mut parts = [None; 3];
        parts[other] = Some(Part::Value(Value::Entity(known)));
        let (topic, openings) = (Topic::Relation(relation), self.env.world.openings());
        for shape in openings.with(topic, other, known).chain(openings.wild(topic, other)) {
            match shape.parts[end] {
                ShapePart::Is(part) => found.extend(part.entity()),
                ShapePart::Variable(_) | ShapePart::Any if self.env.fits(shape, parts, self.at) => return false,
                ShapePart::Variable(_) | ShapePart::Any => {}
            }
        }
        true
    }

    /// Fails if the value may lie within further entities of which the relation may be true, since it covers.
    fn knows_scopes(&self, relation: RelationId, end: usize, value: EntityId) -> Result<(), NotFollowed> {
        let declared = &self.env.compiled.policy.relations[relation];
        if declared.covers && end + 1 == declared.ends.len() { self.knows_containers(value) } else { Ok(()) }
    }

    /// Fails if the entity may lie within others than those that are stated.
    #[inline]
    pub(super) fn knows_containers(&self, inner: EntityId) -> Result<(), NotFollowed> {
        let env = self.env;
        if !env.open_containers {
            return Ok(());
        }
        let outermost = env.world.containers(inner, self.at).last().unwrap_or(inner);
        if env.unknown_containers(outermost, self.at).is_empty() { Ok(()) } else { Err(NotFollowed::Incomplete) }
    }

    /// The entities that a fact may name for this end of the relation so that it holds of `value`: its containers too, at the last end of a
    /// relation that covers.
    #[inline]
    fn covering(&self, relation: RelationId, end: usize, value: EntityId) -> impl Iterator<Item = EntityId> {
        let (world, at, declared) = (self.env.world, self.env.context.at, &self.env.compiled.policy.relations[relation]);
        let covered = declared.covers && end + 1 == declared.ends.len();
        std::iter::successors(Some(value), move |&here| if covered { world.container(here, at) } else { None })
    }

    /// Adds the entities at an end of a derived relation: by its facts, and by its implications in reverse.
    #[inline(never)]
    fn derived_ends(
        &mut self,
        relation: RelationId,
        known: &[(usize, EntityId)],
        end: usize,
        found: &mut CandidateList,
    ) -> Result<(), NotFollowed> {
        let mask = known.iter().map(|(end, _)| 1u8 << end).sum();
        let plans = self.env.compiled.reverse.get(relation, end, mask).ok_or(NotFollowed::Incomplete)?;
        self.stated_ends(relation, false, known, end, found)?;
        let mut quiet = Evaluator::new(self.env, self.budget, NoTrace);
        quiet.tables = self.tables.get_or_insert_default().take_quiet();
        std::mem::swap(&mut quiet.closures, &mut self.closures);
        let complete = plans.iter().all(|plan| quiet.reversed(plan, relation, known, found));
        let tables = quiet.tables.take();
        std::mem::swap(&mut quiet.closures, &mut self.closures);
        self.tables.get_or_insert_default().give_quiet(tables);
        if complete { Ok(()) } else { Err(NotFollowed::Incomplete) }
    }
}

/// Adds what `add` adds for one of the known ends, that for which it is the least.
#[expect(clippy::inline_always, reason = "measured: most searches pass here")]
#[inline(always)]
pub(super) fn fewest(known: &[(usize, EntityId)], found: &mut CandidateList, mut add: impl FnMut((usize, EntityId), &mut CandidateList)) {
    let [first, others @ ..] = known else { return };
    let before = found.len();
    add(*first, found);
    for &other in others {
        let mut fewer = CandidateList::new();
        add(other, &mut fewer);
        if fewer.len() < found.len() - before {
            found.truncate(before);
            found.append(&mut fewer);
        }
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
        if scope.is_some_and(|&(end, value)| self.knows_scopes(relation, end, value).is_err()) {
            return false;
        }
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
