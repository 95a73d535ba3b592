//! Which branch of an `or` is meant by a step of an evaluation.

use super::points::{Owner, conditions};
use crate::policy::{Expr, Policy, ToggleId};
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet};

/// An atom or toggle of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Leaf {
    /// An atom, by its place.
    Atom(Span),
    /// A toggle.
    Toggle(ToggleId),
}

/// An `or`: what is in it, and the number of the branch of which each part is; `None` if it is not written as one.
#[derive(Debug)]
struct Or {
    leaves: BTreeSet<Leaf>,
    numbers: Option<Vec<usize>>,
}

/// The `or`s of each element.
#[derive(Debug)]
pub(in crate::suite) struct Branches(BTreeMap<Owner, Vec<Or>>);

impl Branches {
    /// The `or`s of a policy; their branches are numbered in the order of [`conditions`].
    pub(in crate::suite) fn of(policy: &Policy) -> Branches {
        let (mut found, mut number) = (BTreeMap::new(), 0);
        for (owner, condition) in conditions(policy) {
            let ors: Vec<Or> = condition.walk().filter_map(|(expr, _)| or(expr, &mut number)).collect();
            found.insert(owner, ors);
        }
        Branches(found)
    }

    /// The number of the branch of which each part is, of the `or` of an element that has these leaves, and perhaps more that were not
    /// evaluated.
    pub(super) fn numbers(&self, owner: Owner, leaves: &BTreeSet<Leaf>) -> Option<&[usize]> {
        // An `or` around it has more leaves.
        let around = self.0.get(&owner).into_iter().flatten().filter(|or| !leaves.is_empty() && leaves.is_subset(&or.leaves));
        around.min_by_key(|or| or.leaves.len()).and_then(|or| or.numbers.as_deref())
    }
}

/// The `or`, if it is one. Its branches are counted.
fn or(expr: &Expr, number: &mut usize) -> Option<Or> {
    let Expr::Or(parts) = expr else { return None };
    let leaves = expr.walk().filter_map(|(expr, _)| match expr {
        Expr::Atom(atom) => Some(Leaf::Atom(atom.span)),
        Expr::Toggle(toggle, _) => Some(Leaf::Toggle(*toggle)),
        _ => None,
    });
    let branches = Expr::branches(parts);
    let numbers = (branches.len() > 1).then(|| {
        let first = *number;
        *number += branches.len();
        (first..).zip(branches).flat_map(|(number, branch)| branch.iter().map(move |_| number)).collect()
    });
    Some(Or { leaves: leaves.collect(), numbers })
}
