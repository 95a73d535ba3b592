//! Actions, declared by themselves, by kinds or by the rows of tables.

use super::Resolver;
use super::names::NameResolver;
use super::patterns::ActionNames;
use super::table_grid::GridLine;
use super::tables::TableDraft;
use crate::diag::{Code, Diagnostic};
use crate::policy::ids::{ActionId, Arena, ClaimId};
use crate::policy::kind_set::KindSet;
use crate::policy::metadata::{Metadata, Validity};
use crate::policy::roles::Action;
use crate::syntax::{ActionDecl, KindDecl, Text};
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet};

/// An action that a kind declares by `actions`.
pub(super) struct ActionOfKind<'d> {
    /// Its name: `KIND.NAME`.
    name: String,
    kind: &'d Text,
    /// The name after that of the kind.
    written: &'d Text,
}

/// Where an action is declared.
#[derive(Default)]
struct DeclaredAction<'d> {
    decl: Option<&'d ActionDecl>,
    of_kind: Option<&'d ActionOfKind<'d>>,
    /// The rows that declare it, each with the index of its table, in the order of the tables' names.
    rows: Vec<(usize, &'d GridLine)>,
}

impl DeclaredAction<'_> {
    /// Its place.
    fn span(&self) -> Span {
        let of_element = self.decl.map(|decl| decl.meta.name.span);
        let of_kind = self.of_kind.map(|action| action.written.span);
        of_element.or(of_kind).unwrap_or_else(|| self.rows[0].1.span)
    }
}

/// The actions that kinds declare.
pub(super) fn of_kinds(kinds: &[KindDecl]) -> Vec<ActionOfKind<'_>> {
    let written = kinds.iter().flat_map(|decl| decl.actions.iter().map(move |written| (&decl.meta.name, written)));
    written.map(|(kind, written)| ActionOfKind { name: format!("{}.{}", kind.value, written.value), kind, written }).collect()
}

/// All actions of a pack.
pub(super) fn actions<'d>(
    resolver: &mut Resolver<'_>,
    decls: &'d [ActionDecl],
    of_kinds: &'d [ActionOfKind<'d>],
    tables: &'d [TableDraft<'d>],
) -> (ActionNames<'d>, Arena<ActionId, Action>) {
    let mut declared: BTreeMap<&str, DeclaredAction<'_>> = BTreeMap::new();
    for decl in decls {
        declared.entry(&decl.meta.name.value).or_default().decl = Some(decl);
    }
    for action in of_kinds {
        let declared = declared.entry(&action.name).or_default();
        if declared.decl.is_some() || declared.of_kind.is_some() {
            report_second(resolver, action, declared.span());
        } else {
            declared.of_kind = Some(action);
        }
    }
    for (index, table) in tables.iter().enumerate() {
        for line in &table.grid.rows {
            declared.entry(&line.action).or_default().rows.push((index, line));
        }
    }
    let incomplete = tables.iter().filter(|table| table.grid.incomplete);
    let incomplete: BTreeSet<String> = incomplete.map(|table| format!("{}.", table.decl.system.value)).collect();
    let mut names = NameResolver::new("action", Code::UnknownAction, declared.keys().copied());
    let aka = decls.iter().flat_map(|decl| decl.aka.iter().map(|aka| (decl.meta.name.value.as_str(), aka)));
    names.add_aka(declared.iter().map(|(name, declared)| (*name, declared.span())), aka, &mut resolver.problems);
    let doubled =
        of_kinds.iter().filter(|action| action.written.value.strip_prefix(&action.kind.value).is_some_and(|rest| rest.starts_with('.')));
    let doubled = doubled.map(|action| (action.written.value.as_str(), action.written.span)).collect();
    let names = ActionNames { names, incomplete, doubled };
    let mut disagreeing = BTreeSet::new();
    let actions = declared.iter().map(|(name, declared)| match (declared.decl, declared.of_kind) {
        (Some(decl), _) => {
            report_declared_twice(resolver, decl.meta.name.span, &declared.rows);
            let aka = decl.aka.iter().map(|name| name.value.clone()).collect();
            Action { meta: resolver.meta(&decl.meta), aka, on: resolver.kind_set(&decl.on) }
        }
        (None, Some(of_kind)) => {
            report_declared_twice(resolver, of_kind.written.span, &declared.rows);
            let on = resolver.kind_set(std::slice::from_ref(of_kind.kind));
            Action { meta: Metadata::new(of_kind.name.clone(), of_kind.written.span), aka: Vec::new(), on }
        }
        (None, None) => action_of_tables(resolver, name, tables, &declared.rows, &mut disagreeing),
    });
    (names, actions.collect())
}

/// Reports an action of a kind that is declared before.
fn report_second(resolver: &mut Resolver<'_>, action: &ActionOfKind<'_>, first: Span) {
    let headline = format!("two actions are named `{}`", action.name);
    let twice = Diagnostic::new(Code::DuplicateElement, headline, action.written.span, "declared here").and(first, "and here");
    resolver.problems.push(twice.help(format!("`actions` of a kind declares `{}.NAME`: remove one of them", action.kind.value)));
}

/// Reports an action that is declared at `at` and by rows of tables.
fn report_declared_twice(resolver: &mut Resolver<'_>, at: Span, rows: &[(usize, &GridLine)]) {
    let Some((_, line)) = rows.first() else { return };
    let headline = format!("two actions are named `{}`", line.action);
    let twice = Diagnostic::new(Code::DuplicateElement, headline, at, "declared here").and(line.span, "declared by the table");
    resolver.problems.push(twice.help("a table declares its actions: remove the other"));
}

/// The action of one row or more, each of another table.
fn action_of_tables(
    resolver: &mut Resolver<'_>,
    name: &str,
    tables: &[TableDraft<'_>],
    rows: &[(usize, &GridLine)],
    disagreeing: &mut BTreeSet<(usize, usize)>,
) -> Action {
    let (first, line) = rows[0];
    let table = &tables[first];
    let mut source: BTreeSet<ClaimId> = BTreeSet::new();
    let mut validity = table.meta.validity;
    let mut on = KindSet::default();
    for &(other, other_line) in rows {
        source.extend(&tables[other].meta.source);
        on = on.union(&tables[other].on);
        if tables[other].meta.validity != table.meta.validity {
            // Tables that are in force at different times declare it at any time, and under any toggle.
            validity = Validity::default();
        }
        let disagrees = tables[other].on != table.on && tables[other].on != resolver.every_kind && table.on != resolver.every_kind;
        if disagrees && disagreeing.insert((first, other)) {
            let (ours, theirs) = (&table.meta.name, &tables[other].meta.name);
            let headline = format!("the tables `{ours}` and `{theirs}` both declare `{name}`, but on different kinds");
            let unlike = Diagnostic::new(Code::WrongKind, headline, line.span, format!("here in the `on` of `{ours}`"));
            let unlike = unlike.and(other_line.span, format!("here in the `on` of `{theirs}`"));
            resolver.problems.push(unlike.help("give both tables the same `on`, or another `system`"));
        }
    }
    let meta = Metadata {
        name: name.to_owned(),
        span: line.span,
        title: Some(line.label.clone()),
        note: None,
        equivalent: None,
        source: source.into_iter().collect(),
        validity,
    };
    Action { meta, aka: Vec::new(), on }
}
