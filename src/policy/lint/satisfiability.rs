//! Whether a condition can be true at all, and whether it always is, in any world: judged by its form and the pack's kinds.
//!
//! Both judgements are sound, not complete: some conditions that are never or always true are not recognized.

use super::value_domain::{self, Bound, Constant};
use crate::policy::canonical;
use crate::policy::condition::{AtomKind, Expr, Term, TermNode};
use crate::policy::ids::{AttributeId, KindId, ToggleId};
use crate::policy::kind_set::KindSet;
use crate::policy::metadata::Validity;
use crate::policy::model::Policy;
use crate::policy::variable::{VarId, Variable};
use crate::syntax::Op;
use std::collections::HashMap;

/// Judges the conditions of one element.
pub(super) struct Satisfiability<'p> {
    policy: &'p Policy,
    subject: &'p KindSet,
    resource: Option<&'p KindSet>,
    variables: &'p [Variable],
    /// The toggle that must be on for the element to be in force.
    toggle: Option<ToggleId>,
}

impl<'p> Satisfiability<'p> {
    /// For a condition with these variables, of an element of this validity; `subject` and `resource` are the kinds that they may be.
    pub(super) fn new(
        policy: &'p Policy,
        subject: &'p KindSet,
        resource: Option<&'p KindSet>,
        variables: &'p [Variable],
        validity: Validity,
    ) -> Satisfiability<'p> {
        Satisfiability { policy, subject, resource, variables, toggle: validity.toggle }
    }

    /// Whether it is false or unknown in every world.
    pub(super) fn never_true(&self, expr: &Expr) -> bool {
        let mut assumptions = Assumptions::new(self.policy, self.variables);
        if let Some(toggle) = self.toggle {
            assumptions.assume(toggle_key(toggle), true);
        }
        assumptions.refuted(&[(expr, true)])
    }

    /// Whether it is true in every world. A condition that may be unknown is not always true, not even `x or not x`.
    pub(super) fn always_true(&self, expr: &Expr) -> bool {
        match expr {
            Expr::True => true,
            Expr::False | Expr::Toggle(..) => false,
            Expr::Exists(variables, body) => match (variables.as_slice(), &**body) {
                ([variable], Expr::Atom(atom)) => self.always_within(*variable, &atom.kind),
                _ => false,
            },
            Expr::And(parts) => parts.iter().all(|part| self.always_true(part)),
            Expr::Or(parts) => parts.iter().any(|part| self.always_true(part)) || self.crisp_parts_refuted(parts, false),
            Expr::Not(part) => self.always_false(part),
            Expr::Atom(atom) => match &atom.kind {
                AtomKind::Is(term, kind) => self.is_always(term, *kind),
                // A step may lead to nothing, or to what is unknown.
                AtomKind::Within(one, other) => !one.takes_hop() && one.reads_same(other),
                AtomKind::Compare(one, op, other) => matches!(op, Op::Eq | Op::Le | Op::Ge) && !one.takes_hop() && one.reads_same(other),
                _ => false,
            },
        }
    }

    /// Whether the subject or resource always lies within some value of a variable: within any port, wherever everything lies in a port.
    fn always_within(&self, variable: VarId, atom: &AtomKind) -> bool {
        let AtomKind::Within(inner, Term { node: TermNode::Variable(outer), .. }) = atom else { return false };
        let inner = match &inner.node {
            TermNode::Subject => Some(self.subject),
            TermNode::Resource => self.resource,
            _ => None,
        };
        let outer_kinds = &self.variables[outer.index()].kinds;
        *outer == variable && inner.is_some_and(|kinds| !kinds.is_empty() && kinds.is_subset(&self.lying_within(outer_kinds)))
    }

    /// The kinds of which each entity is of one of these kinds, or lies within such a one: a world says in what everything lies.
    fn lying_within(&self, outer: &KindSet) -> KindSet {
        let mut found = outer.clone();
        loop {
            let before = found.len();
            for (kind, declared) in self.policy.kinds.iter().filter(|(_, declared)| !declared.within.is_empty()) {
                let leads = |attribute: &AttributeId| {
                    let kinds = self.policy.attributes[*attribute].value.entity_kinds();
                    kinds.is_some_and(|kinds| kinds.is_subset(&found))
                };
                if declared.within.iter().all(leads) {
                    found.insert(kind);
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }

    fn always_false(&self, expr: &Expr) -> bool {
        match expr {
            Expr::False => true,
            Expr::True | Expr::Toggle(..) | Expr::Atom(_) => false,
            Expr::And(parts) => parts.iter().any(|part| self.always_false(part)) || self.crisp_parts_refuted(parts, true),
            Expr::Or(parts) => parts.iter().all(|part| self.always_false(part)),
            Expr::Not(part) => self.always_true(part),
            Expr::Exists(_, part) => self.always_false(part),
        }
    }

    /// Whether the parts that are never unknown cannot all be true (`holds`), or cannot all be false.
    fn crisp_parts_refuted(&self, parts: &[Expr], holds: bool) -> bool {
        let crisp: Vec<(&Expr, bool)> = parts.iter().filter(|part| is_crisp(part)).map(|part| (part, holds)).collect();
        !crisp.is_empty() && Assumptions::new(self.policy, self.variables).refuted(&crisp)
    }

    /// Whether a term that is always known is of this kind alone.
    fn is_always(&self, term: &Term, kind: KindId) -> bool {
        let kinds = match &term.node {
            TermNode::Subject => self.subject,
            TermNode::Resource => match self.resource {
                Some(resource) => resource,
                None => return false,
            },
            TermNode::Variable(variable) => &self.variables[variable.index()].kinds,
            _ => return false,
        };
        !kinds.is_empty() && kinds.is_subset(&KindSet::one(kind))
    }
}

/// Whether it has only toggles and constants in it, and so is never unknown.
fn is_crisp(expr: &Expr) -> bool {
    match expr {
        Expr::True | Expr::False | Expr::Toggle(..) => true,
        Expr::And(parts) | Expr::Or(parts) => parts.iter().all(is_crisp),
        Expr::Not(part) => is_crisp(part),
        Expr::Exists(..) | Expr::Atom(_) => false,
    }
}

fn toggle_key(toggle: ToggleId) -> String {
    format!("toggle{}", toggle.0)
}

/// What is assumed to be true and false together, by canonical keys. Assumptions are undone in the reverse order.
struct Assumptions<'e> {
    policy: &'e Policy,
    variables: &'e [Variable],
    signs: HashMap<String, bool>,
    bounds: HashMap<String, Vec<(Bound<'e>, bool)>>,
    trail: Vec<TrailEntry>,
    /// The assumptions contradict one another.
    refuted: bool,
}

enum TrailEntry {
    Sign(String),
    Bound(String),
}

impl<'e> Assumptions<'e> {
    fn new(policy: &'e Policy, variables: &'e [Variable]) -> Assumptions<'e> {
        Assumptions { policy, variables, signs: HashMap::new(), bounds: HashMap::new(), trail: Vec::new(), refuted: false }
    }

    /// Whether these parts cannot have these truth values together, beside what is assumed already. Each `or` is tried by itself, not in
    /// combination with the others, so the work grows with the length of the condition, not with the number of combinations.
    fn refuted(&mut self, parts: &[(&'e Expr, bool)]) -> bool {
        let start = self.trail.len();
        let mut choices: Vec<(&'e [Expr], bool)> = Vec::new();
        let mut open: Vec<(&'e Expr, bool)> = parts.to_vec();
        while let Some((expr, holds)) = open.pop() {
            match expr {
                Expr::True | Expr::False => self.refuted |= holds == matches!(expr, Expr::False),
                Expr::Toggle(toggle, _) => self.assume(toggle_key(*toggle), holds),
                Expr::Not(part) => open.push((part, !holds)),
                Expr::And(parts) if holds => open.extend(parts.iter().map(|part| (part, true))),
                Expr::Or(parts) if !holds => open.extend(parts.iter().map(|part| (part, false))),
                Expr::And(parts) | Expr::Or(parts) => choices.push((parts, holds)),
                Expr::Exists(_, part) => {
                    self.assume(canonical::of_expr(expr, self.variables), holds);
                    // From a false `Exists` nothing follows about a single value.
                    if holds {
                        open.push((part, true));
                    }
                }
                Expr::Atom(atom) => self.atom(&atom.kind, holds),
            }
        }
        self.check(start);
        let refuted = self.refuted || choices.into_iter().any(|(parts, holds)| parts.iter().all(|part| self.refuted(&[(part, holds)])));
        self.undo(start);
        refuted
    }

    fn atom(&mut self, atom: &'e AtomKind, holds: bool) {
        if holds {
            self.assume_values(atom);
        }
        match atom {
            AtomKind::Compare(left, op, right) => self.compare(left, *op, right, holds),
            AtomKind::OneOf(term, list) => {
                let constants: Option<Vec<Constant>> = list.iter().map(constant).collect();
                match constants {
                    Some(constants) => self.bound(canonical::of_term(term), Bound::OneOf(constants), holds),
                    None => self.assume(canonical::of_atom(atom), holds),
                }
            }
            AtomKind::Is(term, kind) => self.bound(canonical::of_term(term), Bound::Is(*kind), holds),
            AtomKind::Member(member, group) if holds && canonical::of_term(member) == canonical::of_term(group) => self.refuted = true,
            AtomKind::Relation { relation, was: true, terms } => {
                if holds {
                    // `was` implies that it does not hold now.
                    let now = AtomKind::Relation { relation: *relation, was: false, terms: terms.clone() };
                    self.assume(canonical::of_atom(&now), false);
                }
                self.assume(canonical::of_atom(atom), holds);
            }
            _ => self.assume(canonical::of_atom(atom), holds),
        }
    }

    fn compare(&mut self, left: &'e Term, op: Op, right: &'e Term, holds: bool) {
        match (constant(left), constant(right)) {
            (None, Some(right)) => self.bound(canonical::of_term(left), Bound::Compare(op, right), holds),
            (Some(left), None) => self.bound(canonical::of_term(right), Bound::Compare(value_domain::flip(op), left), holds),
            _ => {
                let (left, right) = (canonical::of_term(left), canonical::of_term(right));
                let (key, op) =
                    if left <= right { (format!("{left}~{right}"), op) } else { (format!("{right}~{left}"), value_domain::flip(op)) };
                // Equal to itself, if it has a value.
                if holds && left == right {
                    self.bound(key.clone(), Bound::Order(value_domain::EQUAL), true);
                }
                self.bound(key, Bound::Order(value_domain::orders(op)), holds);
            }
        }
    }

    /// Assumes what a true atom implies: every hop in its terms has a value. Not so with `was`, whose terms are read at another time.
    fn assume_values(&mut self, atom: &'e AtomKind) {
        if matches!(atom, AtomKind::Relation { was: true, .. } | AtomKind::Holds { was: true, .. }) {
            return;
        }
        for (of, path) in atom.terms().into_iter().flat_map(Term::hops) {
            self.bound(canonical::of_term(of), Bound::HasValue(path), true);
        }
    }

    fn assume(&mut self, key: String, holds: bool) {
        if let Some(&before) = self.signs.get(&key) {
            self.refuted |= before != holds;
            return;
        }
        self.signs.insert(key.clone(), holds);
        self.trail.push(TrailEntry::Sign(key));
    }

    fn bound(&mut self, key: String, bound: Bound<'e>, holds: bool) {
        self.bounds.entry(key.clone()).or_default().push((bound, holds));
        self.trail.push(TrailEntry::Bound(key));
    }

    /// Checks the terms about which something was assumed since `start`.
    fn check(&mut self, start: usize) {
        let mut touched: Vec<&str> = self.trail[start..]
            .iter()
            .filter_map(|entry| match entry {
                TrailEntry::Bound(key) => Some(key.as_str()),
                TrailEntry::Sign(_) => None,
            })
            .collect();
        touched.sort_unstable();
        touched.dedup();
        let bounds = touched.into_iter().filter_map(|key| self.bounds.get(key));
        self.refuted |= bounds.into_iter().any(|bounds| value_domain::impossible(self.policy, bounds));
    }

    fn undo(&mut self, start: usize) {
        self.refuted = false;
        for entry in self.trail.drain(start..).rev() {
            match entry {
                TrailEntry::Sign(key) => {
                    self.signs.remove(&key);
                }
                TrailEntry::Bound(key) => {
                    self.bounds.get_mut(&key).map(Vec::pop);
                }
            }
        }
    }
}

fn constant(term: &Term) -> Option<Constant> {
    Some(match term.node {
        TermNode::Text(text) => Constant::Text(text),
        TermNode::Number(number) => Constant::Number(number),
        TermNode::Date(date) => Constant::Date(date),
        TermNode::Literal(literal) => Constant::Literal(literal),
        _ => return None,
    })
}
