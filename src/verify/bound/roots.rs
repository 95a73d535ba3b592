//! Where terms start, on what they depend, and what follows for the needs of a part.

use super::Sign;
use super::needs::{Function, Needs};
use crate::policy::{Expr, Id, KindSet, Term, TermNode, VarId};
use std::collections::BTreeMap;

/// A variable for all values of which something holds, by its number.
pub(super) type Universal = (usize, KindSet);

/// Where a term starts: what it is, what kinds it may have, and the "for all" variables on which it depends, sorted.
#[derive(Clone, Debug)]
pub(super) struct Root {
    pub(super) key: String,
    pub(super) kinds: KindSet,
    pub(super) on: Vec<Universal>,
}

/// The roots of the terms of a condition.
#[derive(Clone, Debug, Default)]
pub(super) struct Roots {
    pub(super) subject: Option<Root>,
    pub(super) resource: Option<Root>,
    pub(super) variables: BTreeMap<VarId, Root>,
    /// Of an event, in the order of its parameters.
    pub(super) parameters: Vec<Option<Root>>,
}

/// The needs of a disjunction with this sign, which depends on these variables.
pub(super) fn some_or_all(branches: Vec<Needs>, sign: Sign, on: &[Universal]) -> Needs {
    if sign.is_some() { one_of(branches, on) } else { branches.into_iter().fold(Needs::default(), Needs::and) }
}

/// The needs of a choice: those of all branches, if it may be another one for other values of these variables.
pub(super) fn one_of(branches: Vec<Needs>, on: &[Universal]) -> Needs {
    if on.is_empty() { Needs::one_of(branches) } else { branches.into_iter().fold(Needs::default(), Needs::and) }
}

/// The variables on which some of these depend.
pub(super) fn joined(roots: &[Option<Root>]) -> Vec<Universal> {
    let mut found: Vec<Universal> = roots.iter().flatten().flat_map(|root| root.on.iter().cloned()).collect();
    found.sort_by_key(|(number, _)| *number);
    found.dedup_by_key(|(number, _)| *number);
    found
}

/// The kinds of each variable.
pub(super) fn kinds_of(on: &[Universal]) -> Vec<&KindSet> {
    on.iter().map(|(_, kinds)| kinds).collect()
}

/// The variables on which the truth of a part depends: those of the roots of its terms that are bound outside of it.
pub(super) fn depends(expr: &Expr, roots: &Roots) -> Vec<Universal> {
    let root = |term: &Term| match term.root() {
        TermNode::Subject => roots.subject.clone(),
        TermNode::Resource => roots.resource.clone(),
        TermNode::Variable(variable) => roots.variables.get(variable).cloned(),
        TermNode::Parameter(index) => roots.parameters.get(*index).cloned().flatten(),
        _ => None,
    };
    let terms = expr.atoms().flat_map(|atom| atom.kind.terms());
    joined(&terms.map(root).collect::<Vec<_>>())
}

/// An entity that a set needs, for each choice of what it depends on.
pub(super) fn needed(key: &str, on: &[Universal], kinds: KindSet) -> Needs {
    if kinds.is_empty() {
        return Needs::default();
    }
    if on.is_empty() {
        return Needs::constant(key.to_owned(), kinds);
    }
    let indices = |kinds: &KindSet| kinds.iter().map(Id::index).collect::<Vec<usize>>();
    let function = Function { key: key.to_owned(), from: on.iter().map(|(_, kinds)| indices(kinds)).collect(), to: indices(&kinds) };
    Needs { functions: [function].into(), ..Needs::default() }
}

pub(super) fn numbers(kinds: &KindSet) -> String {
    kinds.iter().map(|kind| kind.index().to_string()).collect::<Vec<_>>().join("|")
}
