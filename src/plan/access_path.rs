//! Access paths: where an evaluator finds the candidates for a variable without trying every entity of its kinds.

use crate::policy::{AtomKind, Op, Policy, RelationId, Term, TermNode, VarId, VarSet};

/// A source of candidates for a variable. It yields every entity for which the condition may be other than false, and maybe more.
#[derive(Clone, Debug)]
pub(crate) enum AccessPath {
    /// The value of a term.
    Equal(Term),
    /// One of constants.
    OneOf(Vec<Term>),
    /// An end of a relation of which other ends are known.
    Related {
        /// The relation, not derived.
        relation: RelationId,
        /// Facts that held before count too.
        was: bool,
        /// The other ends that are known at that point, with their positions.
        known: Vec<(usize, Term)>,
        /// The position of the variable.
        end: usize,
    },
    /// The members of a group, direct or not.
    MembersOf(Term),
    /// The groups of a member, direct or not.
    GroupsOf(Term),
    /// The values of an attribute or parameter with many values.
    Among(Term),
    /// The term's entity and its containers.
    Above(Term),
    /// The term's entity and what it contains.
    Below(Term),
    /// The holder in question, and its groups.
    Asked,
    /// The candidates of several paths together.
    Union(Vec<AccessPath>),
}

impl AccessPath {
    /// The order of preference: the lower, the fewer candidates are to be expected.
    pub(super) fn rank(&self) -> u8 {
        match self {
            AccessPath::Equal(_) => 0,
            AccessPath::OneOf(_) => 1,
            AccessPath::Above(_) => 2,
            AccessPath::GroupsOf(_) | AccessPath::Asked => 3,
            AccessPath::Among(_) => 4,
            AccessPath::Related { .. } => 5,
            AccessPath::MembersOf(_) | AccessPath::Below(_) => 6,
            AccessPath::Union(paths) => paths.iter().map(AccessPath::rank).max().unwrap_or(0) + 1,
        }
    }

    /// The access paths for `variable` that an atom gives once the variables of `bound` have values.
    pub(super) fn of_atom(policy: &Policy, atom: &AtomKind, variable: VarId, bound: VarSet) -> Vec<AccessPath> {
        let known = |term: &Term| term.variables().is_subset(bound);
        match atom {
            AtomKind::Compare(left, Op::Eq, right) => {
                let sides = [(left, right), (right, left)].into_iter();
                let equal = sides.filter(|(own, other)| is_variable(own, variable) && known(other));
                equal.map(|(_, other)| AccessPath::Equal(other.clone())).collect()
            }
            AtomKind::OneOf(term, values) if is_variable(term, variable) => vec![AccessPath::OneOf(values.clone())],
            AtomKind::Relation { relation, was, terms } => {
                let declared = &policy.relations[*relation];
                if !declared.derived_by.is_empty() {
                    return Vec::new();
                }
                // The last end of a relation that covers may be anything within what the fact names.
                let last = terms.len() - 1;
                let ends = (0..terms.len()).filter(|&at| is_variable(&terms[at], variable) && !(declared.covers && at == last));
                let others = |end| terms.iter().cloned().enumerate().filter(|(at, term)| *at != end && known(term)).collect::<Vec<_>>();
                let paths = ends.map(|end| (end, others(end))).filter(|(_, known)| !known.is_empty());
                paths.map(|(end, known)| AccessPath::Related { relation: *relation, was: *was, known, end }).collect()
            }
            AtomKind::Member(member, group) => {
                let mut paths = Vec::new();
                if is_variable(member, variable) && known(group) {
                    paths.push(AccessPath::MembersOf(group.clone()));
                }
                if is_variable(group, variable) && known(member) {
                    paths.push(AccessPath::GroupsOf(member.clone()));
                }
                paths
            }
            AtomKind::Among(term, set) if is_variable(term, variable) && known(set) => vec![AccessPath::Among(set.clone())],
            AtomKind::Within(inner, outer) if is_variable(outer, variable) && known(inner) => vec![AccessPath::Above(inner.clone())],
            AtomKind::Within(inner, outer) if is_variable(inner, variable) && known(outer) => vec![AccessPath::Below(outer.clone())],
            _ => Vec::new(),
        }
    }
}

/// Whether the term is that variable, without any hop.
pub(super) fn is_variable(term: &Term, variable: VarId) -> bool {
    matches!(term.node, TermNode::Variable(own) if own == variable)
}
