//! Conditions compiled: variables are searched for one at a time, each with the access paths that give its candidates.

use super::access_path::{AccessPath, SearchVariable, by_rank, is_variable};
use super::tree::{Exists, Plan, ReversePlans, SearchGroup};
use crate::policy::{AtomKind, Condition, Expr, Policy, VarId, VarSet, Variable};
use crate::text::Span;
use std::cell::RefCell;
use std::sync::Arc;

/// Compiles the conditions of one policy.
pub(super) struct Compiler<'a> {
    pub(super) policy: &'a Policy,
    /// What is known of the evaluation of implications in reverse.
    pub(super) reverse: RefCell<ReversePlans>,
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

    /// A condition whose variables that are given from outside are searched for, outside all other variables.
    pub(super) fn with_free(&self, condition: &Condition) -> Plan {
        let (expr, variables) = (&condition.expr, &condition.variables);
        let free = expr.free_variables();
        if free.is_empty() {
            return self.condition(expr, variables, VarSet::EMPTY);
        }
        self.search(free, self.each(expr.conjuncts(), variables, free), variables, VarSet::EMPTY)
    }

    /// Each of several conditions.
    pub(super) fn each(&self, parts: &[Expr], variables: &[Variable], bound: VarSet) -> Vec<Plan> {
        parts.iter().map(|part| self.condition(part, variables, bound)).collect()
    }

    /// A search for values of the `wanted` variables for which all `parts` are true. The variable with the best access path comes first,
    /// and a part is tested as soon as its variables have values.
    pub(super) fn search(&self, wanted: VarSet, parts: Vec<Plan>, variables: &[Variable], bound: VarSet) -> Plan {
        let described = wanted.iter().map(|variable| SearchVariable {
            variable,
            unwritten: variables[variable.index()].unwritten,
            for_members: variables[variable.index()].is_wildcard() && parts.iter().any(|part| self.is_through(part, variable)),
            kinds: variables[variable.index()].kinds.clone(),
            past: variables[variable.index()].past,
            access_paths: by_rank(self.paths_of(&parts, variable, variables[variable.index()].past)),
        });
        let group = SearchGroup { span: parts.iter().filter_map(Plan::span).reduce(Span::to), variables: described.collect() };
        Compiler::nest(&Arc::new(group), wanted, parts, bound)
    }

    /// Whether the variable is at an end of `through`.
    fn is_through(&self, part: &Plan, variable: VarId) -> bool {
        match part {
            Plan::All(parts) | Plan::Any(parts) => parts.iter().any(|part| self.is_through(part, variable)),
            Plan::Exists(search) => self.is_through(&search.body, variable),
            Plan::Atom(_, AtomKind::Relation { relation, was: false, terms }, _) => {
                self.policy.relations[*relation].through_ends().any(|(end, _)| is_variable(&terms[end], variable))
            }
            _ => false,
        }
    }

    fn nest(group: &Arc<SearchGroup>, wanted: VarSet, parts: Vec<Plan>, bound: VarSet) -> Plan {
        let (mut tests, later): (Vec<Plan>, Vec<Plan>) = parts.into_iter().partition(|part| !part.variables().meets(wanted));
        let rank = |variable: VarId| {
            let usable = group.of(variable).access_paths.iter().filter(|path| path.requires.is_subset(bound));
            (usable.map(|path| path.rank).min().unwrap_or(u8::MAX), variable)
        };
        if let Some(variable) = wanted.iter().min_by_key(|&variable| rank(variable)) {
            let own = VarSet::from(variable);
            let body = Box::new(Compiler::nest(group, wanted - own, later, bound | own));
            tests.push(Plan::Exists(Exists { variable, group: Arc::clone(group), later: wanted - own, body }));
        }
        if tests.len() == 1 { tests.remove(0) } else { Plan::All(tests) }
    }

    /// The access paths for a variable, which ranges over ended entities too if `past`.
    fn paths_of(&self, parts: &[Plan], variable: VarId, past: bool) -> Vec<AccessPath> {
        let mut paths = self.access_paths(parts, variable);
        paths.retain(|path| !past || !path.goes_back());
        paths
    }

    /// The access paths for a variable that any one of `parts` gives.
    fn access_paths(&self, parts: &[Plan], variable: VarId) -> Vec<AccessPath> {
        parts.iter().flat_map(|part| self.access_paths_of(part, variable)).collect()
    }

    fn access_paths_of(&self, part: &Plan, variable: VarId) -> Vec<AccessPath> {
        match part {
            Plan::All(parts) => self.access_paths(parts, variable),
            Plan::Any(branches) => {
                // A branch without a path may be true of any entity.
                let branches = branches.iter().map(|branch| self.access_paths_of(branch, variable)).collect();
                AccessPath::union(branches).into_iter().collect()
            }
            Plan::Atom(_, atom, _) => {
                AccessPath::of_atom(self.policy, atom, variable, &mut |relation, end| self.is_reversible(relation, end))
            }
            Plan::Exists(search) => {
                let inner = self.access_paths_of(&search.body, variable).into_iter();
                inner.filter_map(|path| AccessPath::through(search.own(), path)).collect()
            }
            Plan::Asked { term, index, member } => {
                AccessPath::of_conclusion(self.policy, term, *index, *member, variable).into_iter().collect()
            }
            Plan::Changed { term, index, reach } => {
                AccessPath::of_changed(self.policy, term, *index, *reach, variable).into_iter().collect()
            }
            Plan::Constant(_) | Plan::Toggle(_) | Plan::Not(_) => Vec::new(),
        }
    }
}
