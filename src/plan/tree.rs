//! Compiled conditions as data.

use super::access_path::{ChangedReach, SearchVariable};
use crate::policy::{AllowedKinds, AtomKind, ImplicationId, KindSet, RelationId, Term, ToggleId, VarId, VarSet};
use crate::text::Span;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A compiled condition.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    /// Always the same.
    Constant(bool),
    /// True if the toggle is on.
    Toggle(ToggleId),
    /// True if all parts are.
    All(Vec<Plan>),
    /// True if some part is.
    Any(Vec<Plan>),
    /// True if the part is false.
    Not(Box<Plan>),
    /// True if the body is true for some living entity.
    Exists(Exists),
    /// A test of the world, with the places in it that do not allow every kind that a term may be.
    Atom(Span, AtomKind, Vec<AllowedKinds>),
    /// Matches a term of an implication's conclusion with what is in question: an end of the relation; or holder, role or scope.
    Asked {
        /// The conclusion's term.
        term: Term,
        /// The index of the end; 0, 1 and 2 of holder, role and scope.
        index: usize,
        /// Of a holder: it also matches if the entity in question is a member of the term's group.
        member: bool,
    },
    /// Matches a term with what changed: see [`DeltaPlan`](super::delta::DeltaPlan). Anything matches where nothing is in question.
    Changed {
        /// The term that reads it.
        term: Term,
        /// The position of what changed among [`Bindings::asked`](crate::eval::bindings::Bindings).
        index: usize,
        /// What is affected besides the entity itself.
        reach: ChangedReach,
    },
}

/// The search for a value of a variable. Searches of one group are nested, in the order that the access paths suggest; an evaluator may
/// find values of a later variable first, where its access paths yield fewer candidates in the world at hand.
#[derive(Clone, Debug)]
pub(crate) struct Exists {
    /// The variable.
    pub variable: VarId,
    /// The searches that belong together.
    pub group: Arc<SearchGroup>,
    /// The variables of the group that are searched for inside the body.
    pub later: VarSet,
    /// What must be true of the value.
    pub body: Box<Plan>,
}

/// Variables of which values are searched for together.
#[derive(Clone, Debug)]
pub(crate) struct SearchGroup {
    /// From the first to the last atom of their condition.
    pub span: Option<Span>,
    /// The variables, in order.
    pub variables: Vec<SearchVariable>,
}

impl Exists {
    /// Its variable, with the access paths.
    #[inline]
    pub(crate) fn own(&self) -> &SearchVariable {
        self.group.of(self.variable)
    }
}

impl SearchGroup {
    /// The variable with its access paths.
    #[inline]
    pub(crate) fn of(&self, variable: VarId) -> &SearchVariable {
        match self.variables.as_slice() {
            [only] => only,
            all => all.iter().find(|own| own.variable == variable).unwrap_or(&all[0]),
        }
    }
}

/// An implication that is evaluated in reverse: it yields the values of one end for which it may derive the relation.
#[derive(Clone, Debug)]
pub(crate) struct ReversePlan {
    /// The implication.
    pub(crate) implication: ImplicationId,
    /// Variables that take their values from the known ends: the position of the end, the variable, its kinds.
    pub(crate) binds: Vec<(usize, VarId, KindSet)>,
    /// Searches for the other variables of the conclusion, one nested in the other, each with an access path.
    pub(crate) plan: Plan,
    /// How many variables it searches for.
    pub(crate) searches: usize,
    /// The conclusion's term for the end that is wanted.
    pub(crate) target: Term,
}

/// Which end of which relation is wanted, and which ends are known, as bits by position.
pub(super) type ReverseKey = (RelationId, usize, u8);

/// The plans of the derived relations' implications in reverse; `None` where an implication has a variable without an access path.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReversePlans(pub(super) FxHashMap<ReverseKey, Option<Arc<[ReversePlan]>>>);

impl ReversePlans {
    /// The plans by which all values of the end are found.
    pub(crate) fn get(&self, relation: RelationId, end: usize, known: u8) -> Option<&Arc<[ReversePlan]>> {
        self.0.get(&(relation, end, known))?.as_ref()
    }
}

impl Plan {
    /// The variables that it reads and does not search for itself.
    pub(super) fn variables(&self) -> VarSet {
        match self {
            Plan::Constant(_) | Plan::Toggle(_) => VarSet::EMPTY,
            Plan::All(parts) | Plan::Any(parts) => parts.iter().map(Plan::variables).collect(),
            Plan::Not(part) => part.variables(),
            Plan::Exists(search) => search.body.variables() - search.variable.into(),
            Plan::Atom(_, atom, _) => atom.variables(),
            Plan::Asked { term, .. } | Plan::Changed { term, .. } => term.variables(),
        }
    }

    /// From its first to its last atom.
    pub(super) fn span(&self) -> Option<Span> {
        match self {
            Plan::Constant(_) | Plan::Toggle(_) | Plan::Asked { .. } | Plan::Changed { .. } => None,
            Plan::All(parts) | Plan::Any(parts) => parts.iter().filter_map(Plan::span).reduce(Span::to),
            Plan::Not(part) => part.span(),
            Plan::Exists(search) => search.group.span,
            Plan::Atom(span, ..) => Some(*span),
        }
    }
}
