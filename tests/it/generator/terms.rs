//! Terms with their types: subject, resource, parameters, variables and entities, and the attributes that can be read from them.

use super::condition::{Conditions, MAX_VARIABLES};
use super::schema::{KindIndex, ROLE, Sort};
use super::tape::Tape;
use delegraph::syntax::quoted;

/// The type of a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Entity(Vec<KindIndex>),
    Many(Vec<KindIndex>),
    Texts,
    ManyTexts,
    Text,
    Number,
    Date,
    System,
}

/// A term: its text, its type, and where it starts.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) text: String,
    pub(super) ty: Type,
    pub(super) root: Root,
    /// The number of its hops.
    pub(super) hops: usize,
}

impl Term {
    pub(super) fn base(text: &str, ty: Type, root: Root) -> Term {
        Term { text: text.to_owned(), ty, root, hops: 0 }
    }
}

/// Where a term starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Root {
    /// `subject`, `resource` or a parameter.
    Given,
    /// A variable, by its index.
    Variable(usize),
    /// A new variable with the name of its kind.
    New(KindIndex),
    /// A named entity.
    Literal,
}

impl Conditions<'_> {
    /// Terms of at most two hops from all bases, and sometimes from a named entity or a new variable.
    pub(super) fn terms(&mut self, tape: &mut Tape, negated: bool, fits: impl Fn(&Type) -> bool) -> Vec<Term> {
        let mut bases = self.bases();
        // Sometimes a named entity, or a new variable with the name of its kind.
        if tape.chance(15) || bases.is_empty() {
            let kind = tape.below(7);
            let text = format!("{}:{}", self.schema.kinds[kind].name, quoted(tape.pick::<&str>(&self.schema.kinds[kind].ids)));
            bases.push(Term::base(&text, Type::Entity(vec![kind]), Root::Literal));
        }
        if !negated && self.variables.len() + self.wildcards < MAX_VARIABLES && tape.chance(15) {
            let kind = tape.below(7);
            let name = &self.schema.kinds[kind].name;
            if self.is_free(name) {
                bases.push(Term::base(name, Type::Entity(vec![kind]), Root::New(kind)));
            }
        }
        let mut found = self.terms_from(&bases);
        found.retain(|term| fits(&term.ty));
        // A constant alone is not compared.
        found.retain(|term| term.hops > 0 || term.root != Root::Literal);
        found
    }

    /// `subject`, `resource`, the parameters, and the variables that are bound.
    pub(super) fn bases(&self) -> Vec<Term> {
        let mut bases: Vec<Term> = Vec::new();
        for (word, kinds) in [("subject", &self.subject), ("resource", &self.resource)] {
            bases.extend(kinds.iter().map(|kinds| Term::base(word, Type::Entity(kinds.clone()), Root::Given)));
        }
        for (name, kinds, many) in &self.parameters {
            bases.push(Term::base(name, if *many { Type::Many(kinds.clone()) } else { Type::Entity(kinds.clone()) }, Root::Given));
        }
        for (at, variable) in self.variables.iter().enumerate().filter(|(_, variable)| variable.bound) {
            bases.push(Term::base(&variable.name, Type::Entity(variable.kinds().to_vec()), Root::Variable(at)));
        }
        bases
    }

    pub(super) fn terms_from(&self, bases: &[Term]) -> Vec<Term> {
        let mut found = Vec::new();
        for base in bases {
            let first = self.hops(base);
            let second: Vec<Term> = first.iter().flat_map(|term| self.hops(term)).collect();
            found.extend([base.clone()].into_iter().chain(first).chain(second));
        }
        found
    }

    pub(super) fn hops(&self, of: &Term) -> Vec<Term> {
        let Type::Entity(kinds) = &of.ty else { return Vec::new() };
        let schema = self.schema;
        let mut names: Vec<&str> = schema.kinds.iter().map(|kind| kind.name.as_str()).filter(|name| *name != "role").collect();
        names.extend(kinds.iter().flat_map(|&kind| schema.kinds[kind].attributes.iter().map(|attribute| attribute.name.as_str())));
        names.extend(kinds.contains(&ROLE).then_some("system"));
        names.sort_unstable();
        names.dedup();
        let hop = |name: &str| {
            let ty = self.hop_type(kinds, name)?;
            Some(Term { text: format!("{}.{name}", of.text), ty, root: of.root, hops: of.hops + 1 })
        };
        names.into_iter().filter_map(hop).collect()
    }

    fn hop_type(&self, kinds: &[KindIndex], name: &str) -> Option<Type> {
        let schema = self.schema;
        let target = schema.kind_named(name);
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
                (None, None) if kind == ROLE && name == "system" && !schema.systems.is_empty() => Type::System,
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

fn joined(a: Vec<KindIndex>, b: Vec<KindIndex>) -> Vec<KindIndex> {
    let mut all: Vec<KindIndex> = a.into_iter().chain(b).collect();
    all.sort_unstable();
    all.dedup();
    all
}
