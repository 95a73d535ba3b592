//! The names of a policy, looked up: its elements stand in the order of their names.

use crate::policy::{Arena, AttributeId, EventId, Id, KindId, KindSet, Policy, RelationId, RoleId};

fn find<I: Id, T>(arena: &Arena<I, T>, name: &str, name_of: impl Fn(&T) -> &str) -> Option<I> {
    let found = arena.values().as_slice().binary_search_by(|item| name_of(item).cmp(name));
    found.ok().map(I::from_index)
}

pub(super) fn kind(policy: &Policy, name: &str) -> Option<KindId> {
    find(&policy.kinds, name, |kind| &kind.meta.name)
}

pub(super) fn relation(policy: &Policy, name: &str) -> Option<RelationId> {
    find(&policy.relations, name, |relation| &relation.meta.name)
}

pub(super) fn role(policy: &Policy, name: &str) -> Option<RoleId> {
    find(&policy.roles, name, |role| &role.meta.name)
}

pub(super) fn event(policy: &Policy, name: &str) -> Option<EventId> {
    find(&policy.events, name, |event| &event.meta.name)
}

pub(super) fn attribute(policy: &Policy, kind: KindId, name: &str) -> Option<AttributeId> {
    policy.kinds[kind].attributes.iter().copied().find(|&id| policy.attributes[id].name == name)
}

pub(super) fn kind_name(policy: &Policy, kind: KindId) -> &str {
    &policy.kinds[kind].meta.name
}

/// The kinds of which a world may declare entities, by name.
pub(super) fn declarable(policy: &Policy) -> impl Iterator<Item = &str> {
    policy.kinds.iter().filter(|(id, _)| *id != policy.role_kind).map(|(_, kind)| kind.meta.name.as_str())
}

pub(super) fn attributes_of(policy: &Policy, kind: KindId) -> impl Iterator<Item = &str> {
    policy.kinds[kind].attributes.iter().map(|&id| policy.attributes[id].name.as_str())
}

/// `` `a`, `b` or `c` ``
pub(super) fn choice(policy: &Policy, kinds: &KindSet) -> String {
    any_of(kinds.iter().map(|kind| kind_name(policy, kind)))
}

/// `` `a`, `b` or `c` ``
pub(super) fn any_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}
