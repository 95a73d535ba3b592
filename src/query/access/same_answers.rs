//! Answers about one subject that resources share: worked out once for all that are alike, several at a time.

use super::shared::several;
use crate::world::ResolvedRequest;
use rustc_hash::FxHashMap;
use std::hash::Hash;

/// So many answers are worked out one by one.
const FEW: usize = 64;

/// Whether it is worth while to find out which resources are alike, where so many subjects are asked about with so many actions: that takes as
/// long as a few answers.
pub(in crate::query) fn pays_off(subjects: usize, actions: usize) -> bool {
    subjects.saturating_mul(actions) >= 4
}

/// So many of a list's answers are worked out one after another, so that each has use of those before it.
const IN_A_ROW: usize = 256;

/// The answer to each of some requests of one subject. `class` says by the place of a request which resources have the same answers to an action,
/// if its resource is among them. What is worked out for one is the answer of all of its class if `holds` says so of it. `new_worker` makes
/// what works out answers, one after another: those about one resource come together.
pub(in crate::query) fn same_answers<C: Eq + Hash, A: Clone + Send + Sync, W: FnMut(&ResolvedRequest) -> A>(
    requests: &[ResolvedRequest],
    class: impl Fn(usize) -> Option<C>,
    new_worker: impl Fn() -> W + Sync,
    holds: impl Fn(&A) -> bool,
) -> Vec<A> {
    // The first request of each class, and those that are in none.
    let mut first: Vec<usize> = Vec::new();
    let mut known: FxHashMap<(u32, C), usize> = FxHashMap::default();
    let place = |(index, request): (usize, &ResolvedRequest)| {
        let next = first.len();
        let place = class(index).map_or(next, |class| *known.entry((request.action.0, class)).or_insert(next));
        if place == next {
            first.push(index);
        }
        place
    };
    let places: Vec<usize> = requests.iter().enumerate().map(place).collect();
    let mut answers: Vec<Option<A>> = vec![None; first.len()];
    let mut order: Vec<usize> = (0..first.len()).collect();
    order.sort_by_key(|&place| requests[first[place]].resource);
    let in_a_row = |order: &[usize]| {
        let mut work_out = new_worker();
        order.iter().map(|&place| work_out(&requests[first[place]])).collect::<Vec<A>>()
    };
    let parts: Vec<&[usize]> = order.chunks(if order.len() <= FEW { FEW } else { IN_A_ROW }).collect();
    for (part, found) in parts.iter().zip(several(&parts, 1, |part| in_a_row(part))) {
        part.iter().zip(found).for_each(|(&place, answer)| answers[place] = Some(answer));
    }
    let mut alone = new_worker();
    let of = |(index, &place): (usize, &usize)| match &answers[place] {
        Some(answer) if first[place] == index || holds(answer) => answer.clone(),
        _ => alone(&requests[index]),
    };
    places.iter().enumerate().map(of).collect()
}
