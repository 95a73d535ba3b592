//! Conditions compiled: variables are searched for one at a time, each with the access paths that give its candidates.

use super::access_path::{AccessPath, is_variable};
use crate::policy::{AllowedKinds, AtomKind, Expr, KindSet, Policy, Term, ToggleId, VarId, VarSet, Variable};
use crate::text::Span;

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
}

/// The search for a value of a variable.
#[derive(Clone, Debug)]
pub(crate) struct Exists {
    /// The variable.
    pub variable: VarId,
    /// The kinds over which it ranges.
    pub kinds: KindSet,
    /// Access paths. Each yields a superset of the entities for which `body` is not false; the evaluator takes the smallest, or scans all
    /// kinds if there is none.
    pub access_paths: Vec<AccessPath>,
    /// What must be true of the value.
    pub body: Box<Plan>,
}

/// Compiles the conditions of one policy.
pub(super) struct Compiler<'a> {
    pub(super) policy: &'a Policy,
}

impl Compiler<'_> {
    /// A condition, evaluated once the variables of `bound` have values.
    pub(super) fn condition(&self, expr: &Expr, variables: &[Variable], bound: VarSet) -> Plan {
        match expr {
            Expr::True => Plan::Constant(true),
            Expr::False => Plan::Constant(false),
            Expr::Toggle(toggle, _) => Plan::Toggle(*toggle),
            Expr::And(parts) => Plan::All(self.each(parts, variables, bound)),
            Expr::Or(parts) => Plan::Any(self.each(parts, variables, bound)),
            Expr::Not(part) => Plan::Not(Box::new(self.condition(part, variables, bound))),
            Expr::Atom(atom) => Plan::Atom(atom.span, atom.kind.clone(), atom.allowed.clone()),
            Expr::Exists(wanted, body) => {
                let wanted = wanted.iter().copied().collect();
                let parts = self.each(body.conjuncts(), variables, bound | wanted);
                self.search(wanted, parts, variables, bound)
            }
        }
    }

    /// Each of several conditions.
    pub(super) fn each(&self, parts: &[Expr], variables: &[Variable], bound: VarSet) -> Vec<Plan> {
        parts.iter().map(|part| self.condition(part, variables, bound)).collect()
    }

    /// A search for values of the `wanted` variables for which all `parts` are true. The variable with the best access path comes first,
    /// and a part is tested as soon as its variables have values.
    pub(super) fn search(&self, wanted: VarSet, parts: Vec<Plan>, variables: &[Variable], bound: VarSet) -> Plan {
        let (mut tests, later): (Vec<Plan>, Vec<Plan>) = parts.into_iter().partition(|part| !part.variables().meets(wanted));
        let best = wanted
            .iter()
            .map(|variable| (variable, self.access_paths(&later, variable, bound)))
            .min_by_key(|(variable, paths)| (paths.iter().map(AccessPath::rank).min().unwrap_or(u8::MAX), *variable));
        if let Some((variable, access_paths)) = best {
            let own = VarSet::from(variable);
            let body = Box::new(self.search(wanted - own, later, variables, bound | own));
            let kinds = variables[variable.index()].kinds.clone();
            tests.push(Plan::Exists(Exists { variable, kinds, access_paths, body }));
        }
        if tests.len() == 1 { tests.remove(0) } else { Plan::All(tests) }
    }

    /// The access paths for a variable that any one of `parts` gives.
    fn access_paths(&self, parts: &[Plan], variable: VarId, bound: VarSet) -> Vec<AccessPath> {
        parts.iter().flat_map(|part| self.access_paths_of(part, variable, bound)).collect()
    }

    fn access_paths_of(&self, part: &Plan, variable: VarId, bound: VarSet) -> Vec<AccessPath> {
        match part {
            Plan::All(parts) => self.access_paths(parts, variable, bound),
            Plan::Any(branches) => {
                // The best path of each branch; a branch without one may be true of any entity.
                let best_of = |branch| self.access_paths_of(branch, variable, bound).into_iter().min_by_key(AccessPath::rank);
                let paths: Option<Vec<AccessPath>> = branches.iter().map(best_of).collect();
                paths.map(AccessPath::Union).into_iter().collect()
            }
            Plan::Atom(_, atom, _) => AccessPath::of_atom(self.policy, atom, variable, bound),
            Plan::Exists(search) => self.access_paths_of(&search.body, variable, bound),
            Plan::Asked { term, member: true, .. } if is_variable(term, variable) => vec![AccessPath::Asked],
            Plan::Constant(_) | Plan::Toggle(_) | Plan::Not(_) | Plan::Asked { .. } => Vec::new(),
        }
    }
}

impl Plan {
    /// The variables that it reads and does not search for itself.
    fn variables(&self) -> VarSet {
        match self {
            Plan::Constant(_) | Plan::Toggle(_) => VarSet::EMPTY,
            Plan::All(parts) | Plan::Any(parts) => parts.iter().map(Plan::variables).collect(),
            Plan::Not(part) => part.variables(),
            Plan::Exists(search) => search.body.variables() - search.variable.into(),
            Plan::Atom(_, atom, _) => atom.variables(),
            Plan::Asked { term, .. } => term.variables(),
        }
    }
}
