//! Tables and columns without a mark.

use crate::diag::{Code, Diagnostic};
use crate::policy::model::Policy;
use crate::policy::roles::Table;
use std::collections::BTreeSet;

/// Reports tables and columns without a mark, except in tables that miss a row or a mark because of a mistake.
pub(super) fn lint(policy: &Policy, diagnostics: &mut Vec<Diagnostic>) {
    let sound = policy.tables.iter().filter(|(id, _)| !policy.usage.doubtful_tables.contains(id));
    sound.for_each(|(_, table)| blank(policy, table, diagnostics));
}

fn blank(policy: &Policy, table: &Table, diagnostics: &mut Vec<Diagnostic>) {
    if table.rows.is_empty() {
        return;
    }
    if table.cells.is_empty() {
        let headline = format!("the table `{}` has no mark at all", table.meta.name);
        let blank = Diagnostic::new(Code::BlankTable, headline, table.meta.span, "grants nothing");
        diagnostics.push(blank.help("copy the marks from the page as well: `✔`, `x`, `Yes`"));
        return;
    }
    let marked: BTreeSet<u32> = table.cells.iter().map(|cell| cell.column).collect();
    let columns = (0_u32..).zip(&table.columns).filter(|(index, _)| !marked.contains(index));
    for (_, column) in columns {
        let headline = format!("the column `{}` of the table `{}` has no mark", column.label.value, table.meta.name);
        let role = &policy.roles[column.role].meta.name;
        let blank = Diagnostic::new(Code::BlankColumn, headline, column.label.span, "no mark");
        diagnostics.push(blank.help(format!("mark what `{role}` may do, or leave the column out")));
    }
}
