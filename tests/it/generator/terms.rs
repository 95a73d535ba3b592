//! Terms: whoever stands around, and what can be read from them, with types.

use super::condition::{Conditions, MOST};
use super::schema::{KindAt, Sort};
use super::tape::Tape;
use delegraph::syntax::quoted;

/// The type of a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Entity(Vec<KindAt>),
    Many(Vec<KindAt>),
    Texts,
    ManyTexts,
    Text,
    Number,
    Date,
}

/// A term: its text, its type, and what it begins with.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) text: String,
    pub(super) ty: Type,
    pub(super) from: From,
    /// How many steps it takes.
    pub(super) steps: usize,
}

impl Term {
    pub(super) fn base(text: &str, ty: Type, from: From) -> Term {
        Term { text: text.to_owned(), ty, from, steps: 0 }
    }
}

/// What a term begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    /// Somebody who stands around.
    GivenValue,
    /// A variable, by its place.
    Variable(usize),
    /// A variable that is not there yet and bears the name of its kind.
    New(KindAt),
    /// An entity by name.
    Literal,
}

impl Conditions<'_> {
    /// Terms of up to two steps from whoever stands around, and from an entity by name.
    pub(super) fn terms(&mut self, tape: &mut Tape, negated: bool, fits: impl Fn(&Type) -> bool) -> Vec<Term> {
        let mut bases = self.bases();
        // An entity that is named by itself, or by the name of its kind, now and then.
        if tape.chance(15) || bases.is_empty() {
            let kind = tape.below(7);
            let text = format!("{}:{}", self.schema.kinds[kind].name, quoted(tape.pick::<&str>(&self.schema.kinds[kind].ids)));
            bases.push(Term::base(&text, Type::Entity(vec![kind]), From::Literal));
        }
        if !negated && self.variables.len() + self.wildcards < MOST && tape.chance(15) {
            let kind = tape.below(7);
            let name = &self.schema.kinds[kind].name;
            if self.is_free(name) {
                bases.push(Term::base(name, Type::Entity(vec![kind]), From::New(kind)));
            }
        }
        let mut found = self.terms_from(&bases);
        found.retain(|term| fits(&term.ty));
        // A constant alone is no term to compare with.
        found.retain(|term| term.steps > 0 || term.from != From::Literal);
        found
    }

    /// Those who stand around, and the variables that are bound.
    pub(super) fn bases(&self) -> Vec<Term> {
        let mut bases: Vec<Term> = Vec::new();
        for (word, kinds) in [("subject", &self.subject), ("resource", &self.resource)] {
            bases.extend(kinds.iter().map(|kinds| Term::base(word, Type::Entity(kinds.clone()), From::GivenValue)));
        }
        for (name, kinds, many) in &self.parameters {
            bases.push(Term::base(name, if *many { Type::Many(kinds.clone()) } else { Type::Entity(kinds.clone()) }, From::GivenValue));
        }
        for (at, variable) in self.variables.iter().enumerate().filter(|(_, variable)| variable.bound) {
            bases.push(Term::base(&variable.name, Type::Entity(variable.kinds().to_vec()), From::Variable(at)));
        }
        bases
    }

    pub(super) fn terms_from(&self, bases: &[Term]) -> Vec<Term> {
        let mut found = Vec::new();
        for base in bases {
            let first = self.steps(base);
            let second: Vec<Term> = first.iter().flat_map(|term| self.steps(term)).collect();
            found.extend([base.clone()].into_iter().chain(first).chain(second));
        }
        found
    }

    pub(super) fn steps(&self, of: &Term) -> Vec<Term> {
        let Type::Entity(kinds) = &of.ty else { return Vec::new() };
        let schema = self.schema;
        let mut names: Vec<&str> = schema.kinds.iter().map(|kind| kind.name.as_str()).filter(|name| *name != "role").collect();
        names.extend(kinds.iter().flat_map(|&kind| schema.kinds[kind].attributes.iter().map(|attribute| attribute.name.as_str())));
        names.sort_unstable();
        names.dedup();
        let step = |name: &str| {
            let ty = self.step(kinds, name)?;
            Some(Term { text: format!("{}.{name}", of.text), ty, from: of.from, steps: of.steps + 1 })
        };
        names.into_iter().filter_map(step).collect()
    }

    fn step(&self, kinds: &[KindAt], name: &str) -> Option<Type> {
        let schema = self.schema;
        let target = schema.kind_at(name);
        let mut found: Option<Type> = None;
        for &kind in kinds {
            let above = target.filter(|&target| target == kind || schema.may_lie_within(kind, target));
            let own = schema.kinds[kind].attributes.iter().find(|attribute| attribute.name == name);
            let ty = match (above, own) {
                (Some(above), _) => Type::Entity(vec![above]),
                (None, Some(attribute)) => match &attribute.sort {
                    Sort::To(kinds) if attribute.many => Type::Many(kinds.clone()),
                    Sort::MemberOf(kinds) => Type::Many(kinds.clone()),
                    Sort::To(kinds) => Type::Entity(kinds.clone()),
                    Sort::OneOf(_) if attribute.many => Type::ManyTexts,
                    Sort::OneOf(_) => Type::Texts,
                    Sort::Text => Type::Text,
                    Sort::Number => Type::Number,
                    Sort::Date => Type::Date,
                },
                (None, None) => continue,
            };
            found = Some(match (found, ty) {
                (Some(Type::Entity(a)), Type::Entity(b)) => Type::Entity(joined(a, b)),
                (Some(Type::Many(a)), Type::Many(b)) => Type::Many(joined(a, b)),
                (None, ty) => ty,
                (Some(before), ty) if before == ty => ty,
                _ => return None,
            });
        }
        found
    }
}

fn joined(a: Vec<KindAt>, b: Vec<KindAt>) -> Vec<KindAt> {
    let mut all: Vec<KindAt> = a.into_iter().chain(b).collect();
    all.sort_unstable();
    all.dedup();
    all
}
