//! The schemas of two packs that are compared: what one lacks is declared in it, what both declare must be the same.

use crate::policy::{AttributeId, KindId, KindSet, Policy, RelationId, RoleId, ValueType};
use crate::syntax::quoted;
use std::collections::BTreeMap;
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

    /// The header of an element that both declare, but not alike.
    pub fn difference(&self, other: &Schema) -> Option<&str> {
        let differs = |(header, body): &(&String, &String)| other.elements.get(*header).is_some_and(|other| other != *body);
        self.elements.iter().find(differs).map(|(header, _)| header.as_str())
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
