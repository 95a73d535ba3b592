//! Roles.

use super::Resolver;
use super::patterns::ActionNames;
use crate::diag::{Code, Diagnostic};
use crate::policy::ids::{ActionId, Arena, KindId, RoleId};
use crate::policy::kind_set::KindSet;
use crate::policy::roles::{Action, Role};
use crate::policy::schema::Kind;
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
    let mut reach = on.clone();
    for kind in on.iter() {
        reach = reach.union(&kinds[kind].below);
    }
    let grants = grants(resolver, decl, names);
    check_reach(resolver, decl, &reach, names, actions);
    let mut includes: BTreeMap<RoleId, Span> = BTreeMap::new();
    for name in &decl.includes {
        match resolver.roles.resolve(name, &mut resolver.problems) {
            Some(role) => {
                includes.entry(role).or_insert(name.span);
            }
            // What the role grants is not known, so it is not reported as idle.
            None => resolver.usage.roles.extend(resolver.roles.find(&decl.meta.name.value)),
        }
    }
    Role { meta: resolver.meta(&decl.meta), on, grants, includes: includes.into_iter().collect(), system: None }
}

/// The actions of `grants` without those of `except`.
fn grants(resolver: &mut Resolver<'_>, decl: &RoleDecl, names: &ActionNames<'_>) -> Vec<(ActionId, Span)> {
    let granted = names.expand(&decl.grants, &mut resolver.problems);
    let mut grants = granted.actions.clone();
    let mut is_whole = granted.whole;
    for text in &decl.except {
        let excepted = names.expand(std::slice::from_ref(text), &mut resolver.problems);
        let takes_out = |action: ActionId| excepted.actions.iter().any(|&(excepted, _)| excepted == action);
        grants.retain(|&(action, _)| !takes_out(action));
        is_whole &= excepted.whole;
        if is_whole && !granted.actions.iter().any(|&(action, _)| takes_out(action)) {
            let headline = format!("the role `{}` does not grant `{}` itself", decl.meta.name.value, text.value);
            let idle = Diagnostic::new(Code::IdleException, headline, text.span, "takes nothing out");
            resolver
                .problems
                .push(idle.help("`except` takes actions out of the role's own `grants` alone, not out of tables or of included roles"));
        }
    }
    if !is_whole {
        // Some action that it grants may not be known, so it is not reported as idle.
        resolver.usage.roles.extend(resolver.roles.find(&decl.meta.name.value));
    }
    grants
}

/// Reports actions that are granted by name and have no kind of resource in `reach`.
fn check_reach(resolver: &mut Resolver<'_>, decl: &RoleDecl, reach: &KindSet, names: &ActionNames<'_>, actions: &Arena<ActionId, Action>) {
    for grant in &decl.grants {
        let Some(action) = names.names.find(&grant.value) else { continue };
        let resources = &actions[action].on;
        if reach.is_empty() || resources.is_empty() || reach.meets(resources) {
            continue;
        }
        let headline = format!("the role `{}` grants `{}`, which stands on none of the role's kinds", decl.meta.name.value, grant.value);
        let granted = Diagnostic::new(Code::WrongKind, headline, grant.span, "out of the role's reach");
        let help = "a role's actions stand on the kinds of its `on`, or on what lies within them";
        resolver.problems.push(granted.and(actions[action].meta.span, "the action").help(help));
    }
}
