//! The variables of a condition, and terms for the places in its atoms.

use super::condition::{Conditions, MAX_VARIABLES};
use super::schema::KindIndex;
use super::tape::Tape;
use super::terms::{Root, Term, Type};

#[derive(Clone, Debug)]
pub struct Variable {
    pub name: String,
    /// The kinds that all places which bind it allow.
    pub(super) kinds: Vec<KindIndex>,
    /// Its kinds must not change, since it occurs where other kinds would be an error.
    pub(super) fixed: bool,
    /// Some place outside `not` binds it, other than in only some branches of an `or`.
    pub bound: bool,
    /// It occurs in a conclusion, which binds no variable.
    pub(super) concluded: bool,
    /// It must not occur here, since the place that binds it is in another branch.
    pub(super) hidden: bool,
}

impl Variable {
    pub(super) fn kinds(&self) -> &[KindIndex] {
        &self.kinds
    }
}

/// The kinds of a place in an atom.
pub(super) struct Place {
    /// The kinds that the schema declares for it.
    pub(super) declared: Vec<KindIndex>,
    /// The kinds that it allows: these, and maybe those of entities within them.
    pub(super) allowed: Vec<KindIndex>,
}

impl Place {
    pub(super) fn exactly(kinds: &[KindIndex]) -> Place {
        Place { declared: kinds.to_vec(), allowed: kinds.to_vec() }
    }
}

pub(super) fn union(variables: &[&Variable]) -> Vec<KindIndex> {
    let mut all: Vec<KindIndex> = variables.iter().flat_map(|variable| variable.kinds.iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

pub(super) fn meet(a: &[KindIndex], b: &[KindIndex]) -> Vec<KindIndex> {
    a.iter().copied().filter(|kind| b.contains(kind)).collect()
}

impl Conditions<'_> {
    /// A term for a place, which is or may be of one of its kinds.
    pub(super) fn place(&mut self, tape: &mut Tape, place: &Place, negated: bool, wildcard: bool) -> Option<String> {
        // Prefers the variables of the conclusion, so that the condition is about them.
        if !negated
            && self.variables.iter().any(|variable| !variable.bound)
            && tape.chance(50)
            && let Some(name) = self.old_variable(tape, place, negated)
        {
            return Some(name);
        }
        let full = self.variables.len() + self.wildcards >= MAX_VARIABLES;
        match tape.weighted(&[34, 20, 14, if wildcard { 14 } else { 0 }, 8, 10]) {
            1 if !full && !negated => self.new_variable(tape, place),
            2 => self.old_variable(tape, place, negated).or_else(|| self.term_at(tape, place, negated)),
            3 if !full => {
                self.wildcards += 1;
                Some("_".to_owned())
            }
            4 => Some(self.literal(tape, &place.declared)),
            _ => self
                .term_at(tape, place, negated)
                .or_else(|| self.old_variable(tape, place, negated))
                .or_else(|| if full || negated { Some(self.literal(tape, &place.declared)) } else { self.new_variable(tape, place) }),
        }
    }

    pub(super) fn term_at(&mut self, tape: &mut Tape, place: &Place, negated: bool) -> Option<String> {
        let fits = |ty: &Type| matches!(ty, Type::Entity(kinds) if !meet(kinds, &place.allowed).is_empty());
        let mut terms = self.terms(tape, negated, fits);
        // This place does not fix the kinds of a variable by itself.
        terms.retain(|term| term.hops > 0 || term.root == Root::Given);
        self.use_one(tape, &terms).map(|term| term.text)
    }

    pub(super) fn old_variable(&mut self, tape: &mut Tape, place: &Place, negated: bool) -> Option<String> {
        let fits = |variable: &Variable| {
            let own = variable.kinds();
            if negated {
                // Such a place does not restrict kinds: the atom is false for an entity that it does not allow.
                !meet(own, &place.allowed).is_empty()
            } else if variable.fixed || self.schema.kind_named(&variable.name).is_some() {
                own.iter().all(|kind| place.allowed.contains(kind))
            } else {
                !meet(own, &place.allowed).is_empty()
            }
        };
        let usable = |variable: &Variable| (!negated || variable.bound) && !variable.hidden && fits(variable);
        let known: Vec<usize> = (0..self.variables.len()).filter(|&at| usable(&self.variables[at])).collect();
        if known.is_empty() {
            return None;
        }
        let at = *tape.pick(&known);
        let variable = &mut self.variables[at];
        if !negated {
            variable.kinds = meet(&variable.kinds, &place.allowed);
            variable.bound = true;
        }
        Some(variable.name.clone())
    }

    pub(super) fn new_variable(&mut self, tape: &mut Tape, place: &Place) -> Option<String> {
        let of_kind = tape.chance(45);
        let name = if of_kind {
            let below = tape.chance(20);
            let kind = *tape.pick(if below { &place.allowed } else { &place.declared });
            self.schema.kinds[kind].name.clone()
        } else {
            (*tape.pick(&["x", "y", "z2", "some-one", "days-off", "for-x"])).to_owned()
        };
        self.declare(&name, place, true)
    }

    pub(super) fn declare(&mut self, name: &str, place: &Place, bound: bool) -> Option<String> {
        if !self.is_free(name) {
            return None;
        }
        let kinds = match self.schema.kind_named(name) {
            Some(kind) if place.allowed.contains(&kind) => vec![kind],
            Some(_) => return None,
            None => place.allowed.clone(),
        };
        self.variables.push(Variable { name: name.to_owned(), kinds, fixed: false, bound, concluded: !bound, hidden: false });
        Some(name.to_owned())
    }

    pub(super) fn is_free(&self, name: &str) -> bool {
        self.variables.iter().all(|variable| variable.name != name)
            && self.parameters.iter().all(|(parameter, ..)| parameter != name)
            && !self.reserved.iter().any(|reserved| reserved == name)
            && self.schema.roles.iter().all(|role| role.name != name)
    }

    pub(super) fn some_term(&mut self, tape: &mut Tape, negated: bool, fits: impl Fn(&Type) -> bool) -> Option<Term> {
        let terms = self.terms(tape, negated, fits);
        self.use_one(tape, &terms)
    }

    /// One of the terms. The kinds of its variable are fixed from then on.
    pub(super) fn use_one(&mut self, tape: &mut Tape, terms: &[Term]) -> Option<Term> {
        if terms.is_empty() {
            return None;
        }
        let term = tape.pick(terms).clone();
        match term.root {
            Root::Variable(at) => self.variables[at].fixed = true,
            Root::New(kind) => {
                let name = self.schema.kinds[kind].name.clone();
                self.variables.push(Variable { name, kinds: vec![kind], fixed: true, bound: true, concluded: false, hidden: false });
            }
            Root::Given | Root::Literal => {}
        }
        Some(term)
    }
}
