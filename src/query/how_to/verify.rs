//! Verifies candidate sets by evaluation. Of every set that is kept, it was observed that the set turns the answer and that no part does.

use crate::counterfactual::{Candidates, Change, ChangeSet, has_opposites};
use crate::eval::QueryContext;
use crate::query::Overlay;
use crate::world::{EntityId, ResolvedRequest, Statement, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The most sets that are evaluated for one question.
const MAX_EVALUATIONS: usize = 3_000;

/// The most sets that are extended because they do not turn the answer alone.
const MAX_EXTENDED: usize = 24;

/// How often a set is extended at most, one extension after the other.
const MAX_EXTENSIONS: u8 = 2;

/// The most candidate sets by which one set is extended.
const MAX_EXTENDING: usize = 8;

/// The most sets that are evaluated of those that need an entity which an event would have to create.
const MAX_CREATING: usize = 12;

/// The most work of the candidate search for one question, and the most of its evaluations, in the unit of [`QueryContext::cost_estimate`]: each
/// look at a part of a condition, and each evaluation, costs the question's estimate.
const MAX_WORK: u64 = 5_000_000;

/// Verifies sets of changes for one question.
pub(super) struct Verifier<'a> {
    decider: &'a QueryContext<'a>,
    asked: &'a ResolvedRequest,
    allow: bool,
    /// The question's cost estimate, at least 1.
    cost: u64,
}

/// The sets that turn the answer.
pub(super) struct VerifiedRepairs {
    /// Sorted; none contains another.
    pub(super) sets: Vec<ChangeSet>,
    /// A limit was reached: there may be others.
    pub(super) limited: bool,
}

/// The sets that were evaluated, and the work that is left.
struct TriedSets {
    /// For each set, whether it turns the answer.
    turns: BTreeMap<ChangeSet, bool>,
    /// The work that is left for the candidate search.
    search_work: u64,
    /// The work that is left for evaluations.
    evaluation_work: u64,
    /// A limit was reached.
    limited: bool,
}

impl TriedSets {
    /// Searches for candidates within the work that is left.
    fn search(&mut self, cost: u64, search: impl FnOnce(u32) -> Candidates) -> Candidates {
        let candidates = search(u32::try_from(self.search_work / cost).unwrap_or(u32::MAX));
        self.search_work = self.search_work.saturating_sub(u64::from(candidates.looks) * cost);
        self.limited |= candidates.limited;
        candidates
    }
}

impl<'a> Verifier<'a> {
    pub(super) fn new(decider: &'a QueryContext<'a>, asked: &'a ResolvedRequest, allow: bool) -> Verifier<'a> {
        Verifier { decider, asked, allow, cost: decider.cost_estimate(asked).max(1) }
    }

    /// Finds the smallest sets that turn the answer.
    pub(super) fn run(&self) -> VerifiedRepairs {
        let mut tried = TriedSets { turns: BTreeMap::new(), search_work: MAX_WORK, evaluation_work: MAX_WORK, limited: false };
        let mut good = BTreeSet::new();
        let candidates = self.candidates(self.decider, &mut tried);
        self.verify(candidates.sets, MAX_EXTENSIONS, &mut good, &mut tried);
        if candidates.may_create {
            let creating = self.candidates_with_new(&mut tried);
            self.verify(creating, 1, &mut good, &mut tried);
        }
        let has_part = |set: &ChangeSet| good.iter().any(|part| part.len() < set.len() && part.iter().all(|change| set.contains(change)));
        let sets = good.iter().filter(|set| !has_part(set)).cloned().collect();
        VerifiedRepairs { sets, limited: tried.limited }
    }

    /// Adds the smallest parts of the sets that turn the answer, of the sets extended so often too.
    fn verify(&self, sets: Vec<ChangeSet>, extensions: u8, good: &mut BTreeSet<ChangeSet>, tried: &mut TriedSets) {
        let mut queue: Vec<(ChangeSet, u8)> = sets.into_iter().map(|set| (set, extensions)).collect();
        let (mut next, mut extended) = (0, 0);
        while let Some((set, extensions)) = queue.get(next).cloned() {
            next += 1;
            if self.turns(&set, tried) {
                good.extend(self.minimal_parts(&set, tried));
            } else if extensions > 0 && extended < MAX_EXTENDED {
                extended += 1;
                for whole in self.extensions(&set, tried) {
                    if !queue.iter().any(|(known, _)| *known == whole) {
                        queue.push((whole, extensions - 1));
                    }
                }
            } else if extensions > 0 {
                tried.limited = true;
            }
        }
    }

    /// The set, extended by each set that would turn the answer once its changes are made. A change may cause a deny, for instance, which
    /// another change lifts.
    ///
    /// An extended set may give an attribute two values, which the candidate search never proposes: the overlay keeps the last value, and
    /// [`Verifier::minimal_parts`] then finds the part without the other.
    fn extensions(&self, set: &ChangeSet, tried: &mut TriedSets) -> Vec<ChangeSet> {
        let overlay = Overlay::of(self.decider, set);
        let candidates = self.candidates(&self.decider.about(&overlay.decider(self.decider.compiled)), tried);
        let whole = candidates.sets.into_iter().take(MAX_EXTENDING).map(|more| {
            let mut whole: ChangeSet = set.iter().copied().chain(more).collect();
            whole.sort();
            whole.dedup();
            whole
        });
        whole.filter(|whole| !has_opposites(whole)).collect()
    }

    /// The candidate sets in a world, within the work that is left.
    fn candidates(&self, decider: &QueryContext<'_>, tried: &mut TriedSets) -> Candidates {
        tried.search(self.cost, |looks| decider.candidates(self.asked, self.allow, looks))
    }

    /// The first of the candidate sets that need an entity which an event would have to create.
    fn candidates_with_new(&self, tried: &mut TriedSets) -> Vec<ChangeSet> {
        let mut candidates = tried.search(self.cost, |looks| self.decider.candidates_with_new(self.asked, self.allow, looks));
        tried.limited |= candidates.sets.len() > MAX_CREATING;
        candidates.sets.truncate(MAX_CREATING);
        candidates.sets
    }

    /// Whether a set turns the answer. Each set is evaluated once; false if no work is left.
    fn turns(&self, set: &ChangeSet, tried: &mut TriedSets) -> bool {
        if let Some(&turns) = tried.turns.get(set) {
            return turns;
        }
        if tried.turns.len() >= MAX_EVALUATIONS || tried.evaluation_work < self.cost || !self.decider.budget.lasts() {
            tried.limited = true;
            return false;
        }
        tried.evaluation_work -= self.cost;
        let turns = turns_answer(self.decider, self.asked, set, self.allow);
        tried.turns.insert(set.clone(), turns);
        turns
    }

    /// The smallest parts of a set that turn the answer, given that the whole set does. Small parts are evaluated first, and none that
    /// contains a smaller one.
    fn minimal_parts(&self, set: &ChangeSet, tried: &mut TriedSets) -> Vec<ChangeSet> {
        let mut parts: Vec<ChangeSet> = (1u32..(1 << set.len()) - 1)
            .map(|bits| set.iter().enumerate().filter(|(index, _)| bits & (1 << index) != 0).map(|(_, &change)| change).collect())
            .collect();
        parts.sort_by_key(Vec::len);
        let mut minimal: Vec<ChangeSet> = Vec::new();
        for part in parts {
            let has_part = minimal.iter().any(|small| small.iter().all(|change| part.contains(change)));
            if !has_part && self.turns(&part, tried) {
                minimal.push(part);
            }
        }
        if minimal.is_empty() { vec![set.clone()] } else { minimal }
    }
}

/// Whether the answer is a yes (`allow`) or a no after the changes. It is false if a change names an entity that does not live and that no
/// event may create, or if the subject or the resource do not live after the changes.
pub(super) fn turns_answer(decider: &QueryContext<'_>, asked: &ResolvedRequest, changes: &[Change], allow: bool) -> bool {
    let lives_or_is_new = |entity: EntityId| decider.world.lives(entity, decider.context.at) || decider.world.is_unborn(entity);
    if !changes.iter().all(|&change| names_only(change, lives_or_is_new)) {
        return false;
    }
    let overlay = Overlay::of(decider, changes);
    is_turned(&decider.about(&overlay.decider(decider.compiled)), asked, allow)
}

/// Whether the answer is a yes (`allow`) or a no. It is false if the subject or the resource does not live.
pub(super) fn is_turned(decider: &QueryContext<'_>, asked: &ResolvedRequest, allow: bool) -> bool {
    if ![asked.subject, asked.resource].into_iter().all(|entity| decider.world.lives(entity, decider.context.at)) {
        return false;
    }
    let decision = decider.decide(asked);
    decision.exhausted.is_none() && decision.allowed() == allow
}

/// Whether all entities that an added fact names live now. An entity that only the policy names does not live.
pub(super) fn names_only_living(decider: &QueryContext<'_>, change: Change) -> bool {
    names_only(change, |entity| decider.world.lives(entity, decider.context.at))
}

/// Whether all entities that an added fact names are of this sort.
fn names_only(change: Change, is_so: impl Fn(EntityId) -> bool) -> bool {
    let lives = |entity: EntityId| entity == EntityId::NONE || is_so(entity);
    match change {
        Change::Add(fact) | Change::Set(fact) => match fact {
            Statement::Relation(_, ends) => ends.into_iter().all(lives),
            Statement::Holds { holder, scope, .. } => lives(holder) && lives(scope),
            Statement::Member { member, group } => lives(member) && lives(group),
            Statement::Value { entity, value, .. } => lives(entity) && !matches!(value, Value::Entity(named) if !lives(named)),
        },
        Change::Remove(_) | Change::Toggle(..) => true,
    }
}
