//! Candidate sets tried one by one: what is told was seen to turn the answer, and none of its parts was.

use super::dates;
use crate::counterfactual::{Candidates, Change, ChangeSet};
use crate::eval::Decider;
use crate::explain;
use crate::query::Overlay;
use crate::world::ResolvedRequest;
use std::collections::{BTreeMap, BTreeSet};

/// How many evaluations a search may take, and how often a set that falls short is mended.
const EVALUATIONS: usize = 3_000;
const MENDED: usize = 24;

/// How much work the looks of a search may be, and how much its evaluations: each takes the question's [`effort`](Decider::cost_estimate).
const WORK: u64 = 5_000_000;

/// How much work it may be to tell one way whole: what it gives and takes among others.
const TELLING: u64 = 1_000_000;

/// Tries sets of changes for one question.
pub(super) struct Verifier<'a> {
    decider: &'a Decider<'a>,
    asked: &'a ResolvedRequest,
    allow: bool,
    effort: u64,
}

/// The sets that turn the answer.
pub(super) struct VerifiedRepairs {
    pub(super) sets: Vec<ChangeSet>,
    pub(super) limited: bool,
}

/// What was tried, so that nothing is tried twice, and how much work there may still be.
struct TriedSets {
    turned: BTreeMap<ChangeSet, bool>,
    looks: u64,
    evaluations: u64,
    limited: bool,
}

impl<'a> Verifier<'a> {
    pub(super) fn new(decider: &'a Decider<'a>, asked: &'a ResolvedRequest, allow: bool) -> Verifier<'a> {
        Verifier { decider, asked, allow, effort: decider.cost_estimate(asked).max(1) }
    }

    /// How often the question may be asked of others to tell what comes with one way.
    pub(super) fn tellings(&self) -> usize {
        usize::try_from(TELLING / self.effort).unwrap_or(usize::MAX)
    }

    pub(super) fn run(&self) -> VerifiedRepairs {
        let mut tried = TriedSets { turned: BTreeMap::new(), looks: WORK, evaluations: WORK, limited: false };
        let turns = self.candidates(self.decider, &mut tried);
        let mut queue: Vec<(ChangeSet, u8)> = turns.sets.into_iter().map(|set| (set, 0)).collect();
        let mut good: BTreeSet<ChangeSet> = BTreeSet::new();
        let mut mended = 0;
        let mut at = 0;
        while let Some((set, depth)) = queue.get(at).cloned() {
            at += 1;
            if self.turns(&set, &mut tried) {
                good.extend(self.least(&set, &mut tried));
            } else if depth < 2 && mended < MENDED {
                // A change can bring something else in the way: what would turn it there is added.
                mended += 1;
                let overlay = Overlay::of(self.decider, &set);
                let further = self.candidates(&overlay.decider(self.decider.compiled), &mut tried);
                for more in further.sets.into_iter().take(8) {
                    let mut whole: ChangeSet = set.iter().chain(&more).copied().collect();
                    whole.sort();
                    whole.dedup();
                    let toggled_back = whole.iter().any(|change| match *change {
                        Change::Toggle(toggle, on) => whole.contains(&Change::Toggle(toggle, !on)),
                        Change::Add(body) => whole.contains(&Change::Remove(body)),
                        _ => false,
                    });
                    if !toggled_back && !queue.iter().any(|(known, _)| *known == whole) {
                        queue.push((whole, depth + 1));
                    }
                }
            } else if mended >= MENDED {
                tried.limited = true;
            }
        }
        for change in dates::dates(self.decider, &turns.dates) {
            let set = vec![change];
            if self.turns(&set, &mut tried) {
                good.insert(set);
            }
        }
        let good = dates::nearest(self.decider, good);
        let all: Vec<ChangeSet> = good.iter().cloned().collect();
        let contains = |set: &ChangeSet, part: &ChangeSet| part.len() < set.len() && part.iter().all(|change| set.contains(change));
        let sets = all.iter().filter(|set| !all.iter().any(|part| contains(set, part))).cloned().collect();
        VerifiedRepairs { sets, limited: tried.limited }
    }

    fn candidates(&self, decider: &Decider<'_>, tried: &mut TriedSets) -> Candidates {
        let looks = u32::try_from(tried.looks / self.effort).unwrap_or(u32::MAX);
        let turns = decider.candidates(self.asked, self.allow, looks);
        tried.looks = tried.looks.saturating_sub(u64::from(turns.looks) * self.effort);
        tried.limited |= turns.limited;
        turns
    }

    fn turns(&self, set: &ChangeSet, tried: &mut TriedSets) -> bool {
        if let Some(&turned) = tried.turned.get(set) {
            return turned;
        }
        if tried.turned.len() >= EVALUATIONS || tried.evaluations < self.effort {
            tried.limited = true;
            return false;
        }
        tried.evaluations -= self.effort;
        let turned = super::turned(self.decider, self.decider.compiled, self.asked, set, self.allow);
        tried.turned.insert(set.clone(), turned);
        turned
    }

    /// The least parts of the set that turn the answer: every part is tried, the small ones first.
    fn least(&self, set: &ChangeSet, tried: &mut TriedSets) -> Vec<ChangeSet> {
        let mut parts: Vec<ChangeSet> = (1u32..(1 << set.len()) - 1)
            .map(|bits| set.iter().enumerate().filter(|(at, _)| bits & (1 << at) != 0).map(|(_, &change)| change).collect())
            .collect();
        parts.sort_by_key(Vec::len);
        let mut least: Vec<ChangeSet> = Vec::new();
        for part in parts {
            let known = least.iter().any(|small| small.iter().all(|change| part.contains(change)));
            if !known && self.turns(&part, tried) {
                least.push(part);
            }
        }
        if least.is_empty() { vec![set.clone()] } else { least }
    }

    /// The claims on which the answer rests after the changes.
    pub(super) fn claims(&self, set: &ChangeSet) -> Vec<String> {
        let overlay = Overlay::of(self.decider, set);
        let decider = overlay.decider(self.decider.compiled);
        let record = decider.record(self.asked);
        let cited = explain::cited(&decider, self.asked, &record);
        cited.into_iter().map(|claim| self.decider.compiled.policy.claims[claim].meta.name.clone()).collect()
    }
}
