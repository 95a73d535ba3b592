//! Names of a policy's kinds and attributes, as messages have them.

use crate::diag::phrases::{self, code};
use crate::policy::{KindId, KindSet, Policy};

pub(super) fn kind_name(policy: &Policy, kind: KindId) -> &str {
    &policy.kinds[kind].meta.name
}

/// The names of the kinds of which a world may declare entities: all but `role`.
pub(super) fn declarable(policy: &Policy) -> impl Iterator<Item = &str> {
    policy.kinds.iter().filter(|(id, _)| *id != policy.role_kind).map(|(_, kind)| kind.meta.name.as_str())
}

pub(super) fn attributes_of(policy: &Policy, kind: KindId) -> impl Iterator<Item = &str> {
    policy.kinds[kind].attributes.iter().map(|&id| policy.attributes[id].name.as_str())
}

/// The kinds as alternatives: `` `a`, `b` or `c` ``.
pub(super) fn any_kind(policy: &Policy, kinds: &KindSet) -> String {
    any_of(kinds.iter().map(|kind| kind_name(policy, kind)))
}

/// Names as alternatives: `` `a`, `b` or `c` ``.
pub(super) fn any_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    phrases::any_of(names.into_iter().map(code))
}
