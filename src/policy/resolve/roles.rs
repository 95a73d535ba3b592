//! Roles.

use super::Resolver;
use super::patterns::ActionNames;
use crate::policy::ids::KindId;
use crate::policy::ids::{ActionId, Arena, Id, RoleId};
use crate::policy::kinds::KindSet;
use crate::policy::model::{Action, Kind, Role};
use crate::syntax::RoleDecl;
use crate::text::Span;
use std::collections::BTreeMap;

/// `[role.NAME]`
pub(super) fn role(
    resolver: &mut Resolver<'_>,
    decl: &RoleDecl,
    names: &ActionNames<'_>,
    kinds: &Arena<KindId, Kind>,
    actions: &Arena<ActionId, Action>,
) -> Role {
    let on = resolver.kind_set(&decl.on);
    let mut reach: KindSet = on.clone();
    for kind in on.iter().filter(|kind| kind.index() < kinds.len()) {
        reach = reach.union(&kinds[kind].below);
    }
    let grants = names.expand(&decl.grants, &mut resolver.mistakes).actions;
    resolver.tell_out_of_reach(&decl.head.name.value, &reach, &decl.grants, names, actions);
    let mut includes: BTreeMap<RoleId, Span> = BTreeMap::new();
    for name in &decl.includes {
        if let Some(role) = resolver.roles.resolve(name, &mut resolver.mistakes) {
            includes.entry(role).or_insert(name.span);
        }
    }
    Role { head: resolver.head(&decl.head), on, grants, includes: includes.into_iter().collect() }
}
