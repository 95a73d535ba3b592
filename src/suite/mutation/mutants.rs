//! The changes of a pack that are tried.

use crate::policy::{Arena, Condition, Expr, Id, ImplicationId, Metadata, Policy, RuleId, TableCell, TableId, ToggleId};
use crate::text::Span;

/// A change of one element.
pub(super) struct Mutant {
    pub(super) target: Target,
    /// Where the element is declared.
    pub(super) span: Span,
    pub(super) name: String,
    /// Why nobody can notice it, if its author says so.
    pub(super) equivalent: Option<String>,
}

/// What is changed, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The rule is true of nothing, or of everything.
    Rule(RuleId, bool),
    /// The implication derives nothing.
    Implication(ImplicationId),
    /// The cell of a row and column is blank where it is marked, and marked where it is blank.
    Cell(TableId, u32, u32, bool),
    /// The toggle is on by default where it is off, and off where it is on.
    Toggle(ToggleId, bool),
}

/// How something is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Its condition is never true.
    Never,
    /// Its condition is always true.
    Always,
    /// A marked cell is blank.
    Blank,
    /// A blank cell is marked.
    Mark,
    /// It is on by default.
    On,
    /// It is off by default.
    Off,
}

impl Target {
    /// How it is changed.
    pub(super) fn change(self) -> Change {
        match self {
            Target::Rule(_, true) => Change::Always,
            Target::Rule(_, false) | Target::Implication(_) => Change::Never,
            Target::Cell(_, _, _, true) => Change::Mark,
            Target::Cell(_, _, _, false) => Change::Blank,
            Target::Toggle(_, true) => Change::On,
            Target::Toggle(_, false) => Change::Off,
        }
    }

    /// Makes the change. Ids stay as they are.
    pub(super) fn make(self, policy: &mut Policy) {
        let constant = |truth: bool| Condition { expr: if truth { Expr::True } else { Expr::False }, variables: Vec::new() };
        match self {
            Target::Rule(id, truth) => replace(&mut policy.rules, id, |rule| rule.condition = constant(truth)),
            Target::Implication(id) => replace(&mut policy.implications, id, |implication| {
                implication.condition.expr = Expr::False;
                implication.switched_off = None;
            }),
            Target::Cell(table, row, column, marked) => replace(&mut policy.tables, table, |table| {
                let at = table.cells.partition_point(|cell| (cell.row, cell.column) < (row, column));
                if marked {
                    let span = table.rows[row as usize].span;
                    table.cells.insert(at, TableCell { row, column, span });
                } else {
                    table.cells.remove(at);
                }
            }),
            Target::Toggle(id, on) => replace(&mut policy.toggles, id, |toggle| toggle.default = on),
        }
    }
}

fn replace<I: Id, T>(arena: &mut Arena<I, T>, id: I, change: impl FnOnce(&mut T)) {
    change(&mut arena[id]);
}

/// All changes, by element.
pub(super) fn mutants(policy: &Policy) -> Vec<Mutant> {
    let mut found = Vec::new();
    let mut add = |target, span, name, meta: &Metadata| found.push(Mutant { target, span, name, equivalent: meta.equivalent.clone() });
    for (id, rule) in policy.rules.iter() {
        let name = || format!("rule {}", rule.meta.name);
        add(Target::Rule(id, false), rule.meta.span, name(), &rule.meta);
        if rule.condition.expr != Expr::True {
            add(Target::Rule(id, true), rule.meta.span, name(), &rule.meta);
        }
    }
    for (id, implication) in policy.implications.iter() {
        let name = format!("implication {}", implication.meta.name);
        add(Target::Implication(id), implication.meta.span, name, &implication.meta);
    }
    for (id, table) in policy.tables.iter() {
        for (row, line) in (0u32..).zip(&table.rows) {
            for (column, head) in (0u32..).zip(&table.columns) {
                let cell = table.cells.iter().find(|cell| (cell.row, cell.column) == (row, column));
                let name = format!("table {}, {}, {}", table.meta.name, line.label, head.label.value);
                add(Target::Cell(id, row, column, cell.is_none()), cell.map_or(line.span, |cell| cell.span), name, &table.meta);
            }
        }
    }
    for (id, toggle) in policy.toggles.iter() {
        let name = format!("toggle {}", toggle.meta.name);
        add(Target::Toggle(id, !toggle.default), toggle.meta.span, name, &toggle.meta);
    }
    found
}
