//! Claims that nothing cites, toggles that gate nothing, roles without use.

use crate::diag::{Code, Diagnostic};
use crate::policy::ids::{Id, RoleId};
use crate::policy::model::Policy;
use std::collections::BTreeSet;

/// Reports unused elements; none if some element was left out for a mistake, since that may have used them.
pub(super) fn lint(policy: &Policy, diagnostics: &mut Vec<Diagnostic>) {
    if policy.usage.whole {
        claims(policy, diagnostics);
        toggles(policy, diagnostics);
        roles(policy, diagnostics);
    }
}

fn claims(policy: &Policy, diagnostics: &mut Vec<Diagnostic>) {
    for (_, claim) in policy.claims.iter().filter(|(id, _)| !policy.usage.claims.contains(id)) {
        let headline = format!("no element cites the claim `{}`", claim.meta.name);
        let uncited = Diagnostic::new(Code::UncitedClaim, headline, claim.meta.span, "cited nowhere");
        let help = format!("write `source = [\"{}\"]` in the element that states it, or that it limits; or remove it", claim.meta.name);
        diagnostics.push(uncited.help(help));
    }
}

fn toggles(policy: &Policy, diagnostics: &mut Vec<Diagnostic>) {
    for (_, toggle) in policy.toggles.iter().filter(|(id, _)| !policy.usage.toggles.contains(id)) {
        let headline = format!("the toggle `{}` gates nothing", toggle.meta.name);
        let idle = Diagnostic::new(Code::IdleToggle, headline, toggle.meta.span, "asked for nowhere");
        let help = format!("write `toggle = \"{}\"` in the elements that it gates, or remove it", toggle.meta.name);
        diagnostics.push(idle.help(help));
    }
}

fn roles(policy: &Policy, diagnostics: &mut Vec<Diagnostic>) {
    let useful = useful_roles(policy);
    for (_, role) in policy.roles.iter().filter(|(id, _)| !useful.contains(id)) {
        let headline = format!("the role `{}` grants nothing, and no condition asks for it", role.meta.name);
        let idle = Diagnostic::new(Code::IdleRole, headline, role.meta.span, "idle");
        diagnostics.push(idle.help("give it `grants`, `includes` or a column of a table; or remove it"));
    }
}

/// Roles that grant an action or that a condition uses, and those that include such a role.
fn useful_roles(policy: &Policy) -> BTreeSet<RoleId> {
    let granting = policy.roles.iter().filter(|(_, role)| !role.grants.is_empty()).map(|(id, _)| id);
    let in_tables = policy.tables.values().flat_map(|table| table.cells.iter().map(|cell| table.columns[cell.column as usize].role));
    let in_doubt = policy.usage.doubtful_tables.iter().flat_map(|&table| policy.tables[table].columns.iter().map(|column| column.role));
    let mut useful: BTreeSet<RoleId> = granting.chain(in_tables).chain(in_doubt).chain(policy.usage.roles.iter().copied()).collect();
    let mut included_by = vec![Vec::new(); policy.roles.len()];
    for (id, role) in policy.roles.iter() {
        role.includes.iter().for_each(|(included, _)| included_by[included.index()].push(id));
    }
    let mut open: Vec<RoleId> = useful.iter().copied().collect();
    while let Some(role) = open.pop() {
        open.extend(included_by[role.index()].iter().filter(|&&including| useful.insert(including)));
    }
    useful
}
