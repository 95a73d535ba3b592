//! The names of a policy's kinds and attributes, in messages.

use crate::policy::{KindId, KindSet, Policy};

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
