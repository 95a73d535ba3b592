//! Proofs that recur: each is stated once in an explanation, and referred to where it recurs.
//!
//! The builder of reasons states a proof where it meets it first, and refers to it from then on. Reasons are then ordered and selected.
//! [`number`] makes the first of the reasons that are left state the proof, and numbers the proofs that recur.

use super::Reason;
use crate::eval::ProofKey;
use rustc_hash::{FxHashMap, FxHashSet};

/// The proofs that were met.
#[derive(Debug, Default)]
pub(super) struct Proofs {
    /// The reasons that each proof states, and whether truth does not block there. As references, where something is below them.
    references: FxHashMap<(ProofKey, bool), Vec<Reason>>,
    /// Each reason of a proof with something below it, by its number.
    stated: Vec<Reason>,
}

impl Proofs {
    /// The references to a proof that was met before.
    pub(super) fn met(&self, key: ProofKey, wanted: bool) -> Option<Vec<Reason>> {
        self.references.get(&(key, wanted)).cloned()
    }

    /// Keeps the reasons of a proof, and numbers them.
    pub(super) fn keep(&mut self, key: ProofKey, wanted: bool, mut reasons: Vec<Reason>) -> Vec<Reason> {
        for reason in reasons.iter_mut().filter(|reason| !reason.because.is_empty()) {
            reason.proof = u32::try_from(self.stated.len()).ok();
            self.stated.push(reason.clone());
        }
        self.references.insert((key, wanted), reasons.iter().map(reference).collect());
        reasons
    }
}

/// The reason without what is below it, if something is.
fn reference(reason: &Reason) -> Reason {
    if reason.because.is_empty() {
        return reason.clone();
    }
    let blocking = reason.is_blocked();
    Reason { repeated: true, proof: reason.proof, ..Reason::leaf(reason.finding, reason.truth, blocking) }
}

/// Makes the first reason of each proof, in this order, state it, and all others refer to it. Numbers the proofs that recur, from 1.
pub(super) fn number<'r>(reasons: impl Iterator<Item = &'r mut Reason>, proofs: &Proofs) {
    let mut reasons: Vec<&mut Reason> = reasons.collect();
    let mut order = Order { proofs, met: FxHashSet::default(), recurring: FxHashSet::default() };
    reasons.iter_mut().for_each(|reason| order.state_first(reason));
    let mut numbers = Numbers { recurring: order.recurring, given: FxHashMap::default(), last: 0 };
    reasons.iter_mut().for_each(|reason| numbers.renumber(reason));
}

struct Order<'p> {
    proofs: &'p Proofs,
    met: FxHashSet<u32>,
    recurring: FxHashSet<u32>,
}

impl Order<'_> {
    fn state_first(&mut self, reason: &mut Reason) {
        if let Some(proof) = reason.proof {
            if !self.met.insert(proof) {
                self.recurring.insert(proof);
                *reason = reference(reason);
                return;
            }
            if reason.repeated {
                self.state(reason, proof);
            }
        }
        reason.because.iter_mut().for_each(|below| self.state_first(below));
    }

    /// Puts the proof below a reference to it.
    fn state(&self, reason: &mut Reason, proof: u32) {
        let Some(stated) = self.proofs.stated.get(proof as usize) else { return };
        let blocks = reason.blocking;
        *reason = stated.clone();
        if blocks {
            reason.keep_innermost_blockers();
        } else {
            reason.unblock();
        }
    }
}

/// The numbers of the proofs that recur.
struct Numbers {
    recurring: FxHashSet<u32>,
    given: FxHashMap<u32, u32>,
    last: u32,
}

impl Numbers {
    fn renumber(&mut self, reason: &mut Reason) {
        reason.proof = reason.proof.filter(|proof| self.recurring.contains(proof)).map(|proof| {
            *self.given.entry(proof).or_insert_with(|| {
                self.last += 1;
                self.last
            })
        });
        reason.because.iter_mut().for_each(|below| self.renumber(below));
    }
}
