//! Entities and statements as a world writes them.

use super::gathered::{Gathered, Statement};
use super::mapping::{Kinds, Shape};
use super::terms::{Sort, TermId};
use crate::policy::{KindId, Policy};
use crate::syntax::{entity as lexed, quoted};

/// `kind:id`, where all after the first `:` is the id.
pub(super) fn named(policy: &Policy, kind: KindId, id: &str) -> String {
    format!("{}:{id}", policy.kinds[kind].meta.name)
}

/// A statement as a world writes it.
pub(super) fn statement(policy: &Policy, gathered: &Gathered, statement: &Statement) -> String {
    let Statement { shape, terms: [one, two, three], condition } = *statement;
    let term = |term| self::term(policy, gathered, term);
    let attribute = |number: usize| format!("{}.{}", bearer(policy, gathered, one), gathered.attribute_names[number]);
    let mut text = match shape {
        Shape::Relation(relation) => {
            let ends: Vec<String> = [one, two, three].into_iter().take_while(|&end| end != TermId::NONE).map(term).collect();
            format!("{}({})", policy.relations[relation].meta.name, ends.join(", "))
        }
        Shape::Holds => format!("{} holds {} on {}", term(one), role(policy, gathered, two), term(three)),
        Shape::Member => format!("{} in {}", term(one), term(two)),
        Shape::Value(number) => format!("{} == {}", attribute(number), term(two)),
        Shape::Attribute(number) => attribute(number),
    };
    if condition != TermId::NONE {
        text.push_str(gathered.terms.text(condition));
    }
    text
}

fn term(policy: &Policy, gathered: &Gathered, term: TermId) -> String {
    let text = gathered.terms.text(term);
    match gathered.terms.sort(term) {
        Sort::Entity(Kinds::One(kind)) => lexed(&policy.kinds[*kind].meta.name, text),
        Sort::Text => quoted(text),
        Sort::Written | Sort::Entity(_) => text.to_owned(),
    }
}

/// A role by its name, as it stands after `holds`.
fn role(policy: &Policy, gathered: &Gathered, role: TermId) -> String {
    let text = gathered.terms.text(role);
    if policy.role_named(text).is_some() { text.to_owned() } else { term(policy, gathered, role) }
}

/// An entity before a dot.
fn bearer(policy: &Policy, gathered: &Gathered, entity: TermId) -> String {
    match gathered.entity(entity) {
        Some((kind, id)) => format!("{}:{}", policy.kinds[kind].meta.name, quoted(id)),
        None => gathered.terms.text(entity).to_owned(),
    }
}
