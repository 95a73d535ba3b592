//! The schemas of two packs that are compared: what one lacks is declared in it, and what both declare, but not alike, is a
//! [`Conflict`].

use crate::policy::{AttributeId, KindId, KindSet, Policy, RelationId, RoleId, ValueType};
use crate::syntax::{AttributeDecl, PackDocument, Text, ValueDecl, quoted};
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// The kinds, relations and roles of a pack, each as TOML declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    elements: BTreeMap<String, String>,
}

impl Schema {
    /// That of a policy.
    pub fn of(policy: &Policy) -> Schema {
        let kinds = policy.kinds.ids().filter(|kind| *kind != policy.role_kind).map(|kind| self::kind(policy, kind));
        let relations = policy.relations.ids().filter(|relation| *relation != policy.unknown_roles).map(|id| relation(policy, id));
        let roles = policy.roles.ids().map(|id| role(policy, id));
        Schema { elements: kinds.chain(relations).chain(roles).collect() }
    }

    /// Declarations of what the other schema has and this one has not, as a file of a pack.
    pub fn lacks(&self, other: &Schema) -> String {
        let missing = other.elements.iter().filter(|(header, _)| !self.elements.contains_key(*header));
        missing.fold(String::new(), |text, (header, body)| text + header + "\n" + body + "\n")
    }
}

/// Something that two packs both declare, but not alike.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conflict {
    /// An attribute of a kind.
    Attribute(String, String),
    /// Within what a kind lies.
    Within(String),
    /// Whether a kind is one of subjects.
    Subject(String),
    /// A relation.
    Relation(String),
    /// A role.
    Role(String),
}

impl Conflict {
    /// All of them, sorted.
    pub fn between(one: &Policy, other: &Policy) -> Vec<Conflict> {
        let (own, others) = (Schema::of(one), Schema::of(other));
        let differs = |header: &str| own.elements.get(header).zip(others.elements.get(header)).is_some_and(|(own, other)| own != other);
        let mut found = BTreeSet::new();
        for kind in one.kinds.values().filter(|kind| differs(&format!("[kind.{}]", kind.meta.name))) {
            if let Some((id, other_id)) = one.kind_named(&kind.meta.name).zip(other.kind_named(&kind.meta.name)) {
                found.extend(between_kinds((one, id), (other, other_id)));
            }
        }
        let relations = one.relations.values().map(|relation| &relation.meta.name);
        found.extend(relations.filter(|name| differs(&format!("[relation.{name}]"))).cloned().map(Conflict::Relation));
        let roles = one.role_names().filter(|name| differs(&format!("[role.{name}]")));
        found.extend(roles.map(str::to_owned).map(Conflict::Role));
        found.into_iter().collect()
    }

    /// Its path in the pack.
    pub fn path(&self) -> String {
        match self {
            Conflict::Attribute(kind, attribute) => format!("kind.{kind}.attributes.{attribute}"),
            Conflict::Within(kind) => format!("kind.{kind}.within"),
            Conflict::Subject(kind) => format!("kind.{kind}.subject"),
            Conflict::Relation(relation) => format!("relation.{relation}"),
            Conflict::Role(role) => format!("role.{role}"),
        }
    }
}

fn between_kinds((one, id): (&Policy, KindId), (other, other_id): (&Policy, KindId)) -> Vec<Conflict> {
    let name = &one.kinds[id].meta.name;
    let (kind, other_kind) = (&one.kinds[id], &other.kinds[other_id]);
    let names = |policy: &Policy, ids: &[AttributeId]| -> BTreeSet<String> {
        ids.iter().map(|attribute| policy.attributes[*attribute].name.clone()).collect()
    };
    let mut found = Vec::new();
    if kind.subject != other_kind.subject {
        found.push(Conflict::Subject(name.clone()));
    }
    if names(one, &kind.within) != names(other, &other_kind.within) {
        found.push(Conflict::Within(name.clone()));
    }
    let exclusive = [names(one, &kind.exactly_one), names(other, &other_kind.exactly_one)];
    for attribute in names(one, &kind.attributes).union(&names(other, &other_kind.attributes)) {
        let declared = |policy: &Policy, id| policy.attribute_named(id, attribute).map(|attribute| self::attribute(policy, attribute));
        let unlike = declared(one, id).zip(declared(other, other_id)).is_some_and(|(own, other)| own != other);
        if unlike || exclusive[0] != exclusive[1] && exclusive.iter().any(|names| names.contains(attribute)) {
            found.push(Conflict::Attribute(name.clone(), attribute.clone()));
        }
    }
    found
}

/// Declares in the kinds of these files the attributes and containers that the other pack declares in its own of the same name.
pub fn complete_kinds(documents: &mut [PackDocument], other: &Policy) {
    for decl in documents.iter_mut().flat_map(|document| &mut document.kinds) {
        let Some(kind) = other.kind_named(&decl.meta.name.value) else { continue };
        let span = decl.meta.name.span;
        for &id in &other.kinds[kind].attributes {
            let attribute = &other.attributes[id];
            let declared = decl.attributes.iter().map(|own| &own.name).chain(&decl.within).any(|own| own.value == attribute.name);
            let name = Text { value: attribute.name.clone(), span };
            if declared {
                continue;
            }
            if attribute.container {
                decl.within.push(name);
            } else {
                decl.attributes.push(AttributeDecl {
                    many: attribute.many && !attribute.member_of,
                    optional: attribute.optional,
                    key: attribute.key,
                    ..AttributeDecl::new(name, value(other, id, span))
                });
            }
        }
    }
}

fn value(policy: &Policy, id: AttributeId, span: Span) -> ValueDecl {
    let text = |value: &str| Text { value: value.to_owned(), span };
    let names = |kinds: &KindSet| kinds.iter().map(|kind| text(&policy.kinds[kind].meta.name)).collect();
    let attribute = &policy.attributes[id];
    match &attribute.value {
        ValueType::Entity(of) if attribute.member_of => ValueDecl::MemberOf(names(of)),
        ValueType::Entity(of) => ValueDecl::To(names(of)),
        ValueType::OneOf(texts) => ValueDecl::OneOf(texts.iter().map(|value| text(&policy.texts[*value])).collect()),
        ValueType::Text => ValueDecl::Text,
        ValueType::Number => ValueDecl::Number,
        ValueType::Date => ValueDecl::Date,
    }
}

fn kinds(policy: &Policy, kinds: &KindSet) -> String {
    let names: Vec<String> = kinds.iter().map(|kind| quoted(&policy.kinds[kind].meta.name)).collect();
    format!("[{}]", names.join(", "))
}

fn kind(policy: &Policy, id: KindId) -> (String, String) {
    let kind = &policy.kinds[id];
    let mut body = String::new();
    let names = |attributes: &[AttributeId]| {
        let names: Vec<String> = attributes.iter().map(|attribute| quoted(&policy.attributes[*attribute].name)).collect();
        names.join(", ")
    };
    if kind.subject {
        body.push_str("subject = true\n");
    }
    if !kind.exactly_one.is_empty() {
        let _ = writeln!(body, "exactly-one = [{}]", names(&kind.exactly_one));
    }
    if !kind.within.is_empty() {
        let _ = writeln!(body, "within = [{}]", names(&kind.within));
    }
    for &attribute in kind.attributes.iter().filter(|attribute| !policy.attributes[**attribute].container) {
        let _ = writeln!(body, "attributes.{} = {}", policy.attributes[attribute].name, self::attribute(policy, attribute));
    }
    (format!("[kind.{}]", kind.meta.name), body)
}

fn attribute(policy: &Policy, id: AttributeId) -> String {
    let attribute = &policy.attributes[id];
    let mut keys = vec![match &attribute.value {
        ValueType::Entity(of) if attribute.member_of => format!("member-of = {}", kinds(policy, of)),
        ValueType::Entity(of) => format!("to = {}", kinds(policy, of)),
        ValueType::OneOf(texts) => {
            let texts: Vec<String> = texts.iter().map(|text| quoted(&policy.texts[*text])).collect();
            format!("one-of = [{}]", texts.join(", "))
        }
        ValueType::Text => "type = \"text\"".to_owned(),
        ValueType::Number => "type = \"number\"".to_owned(),
        ValueType::Date => "type = \"date\"".to_owned(),
    }];
    let flags = [("many", attribute.many && !attribute.member_of), ("optional", attribute.optional), ("key", attribute.key)];
    keys.extend(flags.iter().filter(|(_, is)| *is).map(|(flag, _)| format!("{flag} = true")));
    format!("{{ {} }}", keys.join(", "))
}

fn relation(policy: &Policy, id: RelationId) -> (String, String) {
    let relation = &policy.relations[id];
    let ends: Vec<String> = relation.ends.iter().map(|end| kinds(policy, end)).collect();
    let covers = if relation.covers { "covers = true\n" } else { "" };
    (format!("[relation.{}]", relation.meta.name), format!("ends = [{}]\n{covers}", ends.join(", ")))
}

fn role(policy: &Policy, id: RoleId) -> (String, String) {
    let role = &policy.roles[id];
    let system = role.system.map_or_else(String::new, |system| format!("system = {}\n", quoted(&policy.texts[system])));
    (format!("[role.{}]", role.meta.name), format!("on = {}\n{system}", kinds(policy, &role.on)))
}
