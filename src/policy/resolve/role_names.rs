//! The ids and systems of roles.

use super::Resolver;
use super::tables::TableDraft;
use crate::diag::{Code, Diagnostic};
use crate::policy::Policy;
use crate::policy::ids::{Arena, RoleId, TextId};
use crate::policy::roles::Role;
use crate::syntax::{RoleDecl, Text};
use crate::text::Span;
use std::collections::BTreeMap;

/// Roles by their names and `ids`, in lower case.
pub(super) type RoleNames = BTreeMap<String, RoleId>;

/// The names and `ids` of roles. Reports ids that are empty, or that another role has as its name or id.
pub(super) fn role_names(resolver: &mut Resolver<'_>, decls: &[RoleDecl]) -> RoleNames {
    let mut taken = BTreeMap::new();
    for decl in decls {
        let name = &decl.meta.name;
        taken.extend(resolver.roles.find(&name.value).map(|role| (name.value.clone(), (role, name.span, "its name"))));
    }
    for decl in decls {
        let Some(role) = resolver.roles.find(&decl.meta.name.value) else { continue };
        for id in &decl.ids {
            let Text { value, span } = id;
            if value.is_empty() {
                let headline = format!("an id of the role `{}` is empty", decl.meta.name.value);
                resolver.problems.push(Diagnostic::new(Code::BadEntity, headline, *span, "empty").help("write the id, or remove it"));
                continue;
            }
            let (owner, first, whose) = *taken.entry(value.to_lowercase()).or_insert((role, *span, "its id"));
            if owner != role {
                let headline = format!("two roles are called `{value}`");
                let twice = Diagnostic::new(Code::DuplicateElement, headline, *span, "by this id").and(first, whose);
                resolver.problems.push(twice.help("remove the id from one of them: ids are compared without case"));
            }
        }
    }
    taken.into_iter().map(|(name, (role, ..))| (name, role)).collect()
}

/// Sets the system of each role: its own `system`, else that of the tables in whose columns it stands. Reports a role whose tables have two.
/// Returns all systems, in the order of their names.
pub(super) fn set_systems(
    resolver: &mut Resolver<'_>,
    roles: &mut Arena<RoleId, Role>,
    decls: &[RoleDecl],
    tables: &[TableDraft<'_>],
) -> Vec<TextId> {
    let mut systems = BTreeMap::new();
    let declared = decls.iter().filter_map(|decl| decl.system.as_ref()).chain(tables.iter().map(|table| &table.decl.system));
    for system in declared {
        systems.entry(system.value.clone()).or_insert_with(|| resolver.text(&system.value));
    }
    for decl in decls {
        let Some(role) = resolver.roles.find(&decl.meta.name.value) else { continue };
        let own = decl.system.as_ref().or_else(|| system_of_tables(resolver, decl, role, tables));
        roles[role].system = own.map(|own| systems[&own.value]);
    }
    systems.into_values().collect()
}

/// The system of the tables in whose columns the role stands; the first, where they have two, which is reported.
fn system_of_tables<'t>(resolver: &mut Resolver<'_>, decl: &RoleDecl, role: RoleId, tables: &'t [TableDraft<'_>]) -> Option<&'t Text> {
    let names_role = |table: &&TableDraft<'_>| table.grid.columns.iter().flat_map(|(_, column)| column).any(|column| column.role == role);
    let mut systems = tables.iter().filter(names_role).map(|table| &table.decl.system);
    let first = systems.next()?;
    if let Some(other) = systems.find(|other| other.value != first.value) {
        let headline = format!("the role `{}` is in tables of two systems", decl.meta.name.value);
        let two = Diagnostic::new(Code::AmbiguousSystem, headline, decl.meta.name.span, "which system?");
        let two = two.and(first.span, format!("`{}`", first.value)).and(other.span, format!("`{}`", other.value));
        resolver.problems.push(two.help("give the role a `system` of its own"));
    }
    Some(first)
}

/// Reports the roles without a system, if a condition reads the system of roles: `read` is its first place.
pub(super) fn check_systems(resolver: &mut Resolver<'_>, policy: &Policy, read: Option<Span>) {
    let Some(read) = read else { return };
    for role in policy.roles.values().filter(|role| role.system.is_none()) {
        let name = &role.meta.name;
        let without =
            Diagnostic::new(Code::RoleWithoutSystem, format!("the role `{name}` has no system"), role.meta.span, "without a system");
        resolver.problems.push(without.and(read, "read here").help("give it a `system`, or a column in a table"));
    }
}
