//! The roles that may be held over some kinds: the help for a role that is unknown.

use super::kind_set::KindSet;
use super::model::Policy;
use crate::diag::phrases::{any_of_at_most, code};
use crate::diag::{Diagnostic, did_you_mean};
use crate::text::Span;

/// The most roles that a help lists.
const LISTED: usize = 8;

/// For an unknown role `name` at `span`, held over an entity of these kinds: suggests the nearest role, or lists those over the kinds.
pub(crate) fn suggest_role(policy: &Policy, unknown: Diagnostic, name: &str, span: Span, kinds: &KindSet) -> Diagnostic {
    if did_you_mean(name, policy.role_names()).is_some() {
        return unknown.nearest(name, span, policy.role_names());
    }
    let over = policy.roles.values().filter(|role| role.on.meets(kinds)).map(|role| code(&role.meta.name));
    let roles: Vec<String> = over.collect();
    if roles.is_empty() {
        return unknown;
    }
    let kinds = any_of_at_most(kinds.iter().map(|kind| code(&policy.kinds[kind].meta.name)), 4);
    unknown.help(format!("a role over {kinds} is {}", any_of_at_most(roles, LISTED)))
}
