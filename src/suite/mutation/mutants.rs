//! The changes of a pack that are tried.

use super::expressions::{self, Number, Owner};
use crate::policy::{
    Arena, Condition, Event, EventId, Expr, Id, ImplicationId, InvariantId, Metadata, Policy, RoleId, RuleId, TableCell, TableId, ToggleId,
};
use crate::suite::coverage::grant_name;
use crate::text::Span;
use std::collections::BTreeSet;

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
    /// The pattern in `grants` of the role grants nothing.
    Grant(RoleId, Span),
    /// The cell of a row and column is blank where it is marked, and marked where it is blank.
    Cell(TableId, u32, u32, bool),
    /// The toggle is on by default where it is off, and off where it is on.
    Toggle(ToggleId, bool),
    /// The event creates what it creates, and has no other effect.
    Event(EventId),
    /// The number that a comparison names is one more, or one less.
    Number(Owner, Number, bool),
    /// The invariant does not ask for a part of its condition, which is by its number one of [`expressions::parts`].
    Part(InvariantId, usize),
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
    /// A pattern of a role grants nothing, or an event has no effect.
    Nothing,
    /// A number is one more.
    More,
    /// A number is one less.
    Less,
    /// A part of a condition is not asked for.
    Without,
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
            Target::Grant(..) | Target::Event(_) => Change::Nothing,
            Target::Number(_, _, true) => Change::More,
            Target::Number(_, _, false) => Change::Less,
            Target::Part(..) => Change::Without,
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
            Target::Grant(id, pattern) => replace(&mut policy.roles, id, |role| role.grants.retain(|grant| grant.1 != pattern)),
            Target::Event(id) => replace(&mut policy.events, id, |event| {
                (event.adds, event.removes, event.sets, event.ends) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            }),
            Target::Number(owner, number, more) => number.shift(owner.condition(policy), more),
            Target::Part(id, number) => {
                replace(&mut policy.invariants, id, |invariant| expressions::drop_part(&mut invariant.never.expr, number));
            }
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
    for (id, role) in policy.roles.iter() {
        for pattern in role.grants.iter().map(|grant| grant.1).collect::<BTreeSet<Span>>() {
            add(Target::Grant(id, pattern), pattern, grant_name(policy, id, pattern), &role.meta);
        }
    }
    let has_effect = |event: &Event| event.effects().next().is_some() || !event.ends.is_empty();
    for (id, event) in policy.events.iter().filter(|(_, event)| has_effect(event)) {
        let name = format!("event {}", event.meta.name);
        found.push(Mutant { target: Target::Event(id), span: event.meta.span, name, equivalent: event.meta.equivalent.clone() });
    }
    found.extend(of_numbers(policy));
    found.extend(of_invariants(policy));
    found
}

/// The numbers of comparisons, each once more and once less where a suite may notice it.
fn of_numbers(policy: &Policy) -> Vec<Mutant> {
    let mut found = Vec::new();
    for (owner, meta, condition) in Owner::all(policy) {
        for (number, noticeable) in expressions::numbers(&condition.expr, owner) {
            let name = format!("{} {}, `{}`", owner.word(), meta.name, written(policy, number.comparison));
            for more in noticeable {
                let (target, span) = (Target::Number(owner, number, more), number.comparison);
                found.push(Mutant { target, span, name: name.clone(), equivalent: meta.equivalent.clone() });
            }
        }
    }
    found
}

fn of_invariants(policy: &Policy) -> Vec<Mutant> {
    let mut found = Vec::new();
    for (id, invariant) in policy.invariants.iter() {
        for (number, part) in expressions::parts(&invariant.never.expr).into_iter().enumerate() {
            let span = part.span().unwrap_or(invariant.meta.span);
            let name = format!("invariant {}, `{}`", invariant.meta.name, written(policy, span));
            found.push(Mutant { target: Target::Part(id, number), span, name, equivalent: invariant.meta.equivalent.clone() });
        }
    }
    found
}

/// What is written there, on one line.
fn written(policy: &Policy, span: Span) -> String {
    policy.sources.slice(span).split_whitespace().collect::<Vec<&str>>().join(" ")
}
