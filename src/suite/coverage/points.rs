//! What there is to cover in a pack.

use crate::plan::CompiledPolicy;
use crate::policy::{ClaimId, Expr, ImplicationId, Metadata, Policy, RuleId, TableId, ToggleId};
use crate::text::Span;
use crate::time::Instant;
use std::collections::BTreeSet;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Rules that were true of a request, and rules that were not.
    Rules,
    /// Branches of an `or` in the condition of a rule or implication that were true.
    Branches,
    /// Marked cells that permitted a request.
    Cells,
    /// Implications that were true in a proof.
    Implications,
    /// Toggles that were on, and off, in a request on which they bear.
    Toggles,
    /// Times between two dates at which the pack changes, of which a request asked.
    Editions,
    /// Claims on which an answer rested.
    Claims,
}

impl Measure {
    /// All of them.
    pub const ALL: [Measure; 7] =
        [Measure::Rules, Measure::Branches, Measure::Cells, Measure::Implications, Measure::Toggles, Measure::Editions, Measure::Claims];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Measure::Rules => "rules",
            Measure::Branches => "branches",
            Measure::Cells => "cells",
            Measure::Implications => "implications",
            Measure::Toggles => "toggles",
            Measure::Editions => "editions",
            Measure::Claims => "claims",
        }
    }
}

/// In which way something is covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A rule, implication or branch: it was true.
    True,
    /// A rule: it was false.
    False,
    /// A cell: it permitted.
    Permitted,
    /// A toggle: it was on.
    On,
    /// A toggle: it was off.
    Off,
    /// An edition: it was asked of.
    Asked,
    /// A claim: an answer rested on it.
    Cited,
}

impl Way {
    /// What never was, of something that is not covered.
    pub fn says_missing(self) -> &'static str {
        match self {
            Way::True => "was never true",
            Way::False => "was never false",
            Way::Permitted => "never permitted anything",
            Way::On => "was never on",
            Way::Off => "was never off",
            Way::Asked => "was never asked of",
            Way::Cited => "was in no answer",
        }
    }
}

/// Something to be covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::suite) enum Point {
    /// The rule is true, or is not.
    Rule(RuleId, bool),
    /// The branch of an `or`, by its number among all branches.
    Branch(usize),
    /// The cell, by row and column.
    Cell(TableId, u32, u32),
    /// The implication is true.
    Implication(ImplicationId),
    /// The toggle is on, or off.
    Toggle(ToggleId, bool),
    /// The edition, by how many dates precede it.
    Edition(usize),
    /// The claim.
    Claim(ClaimId),
}

/// A point with what people need to know of it.
pub(super) struct PointInfo {
    pub(super) point: Point,
    pub(super) measure: Measure,
    pub(super) span: Option<Span>,
    pub(super) name: String,
    pub(super) way: Way,
}

/// The dates at which the pack changes, each once.
pub(super) fn dates(policy: &Policy) -> Vec<Instant> {
    policy.dates().collect::<BTreeSet<Instant>>().into_iter().collect()
}

/// The conditions whose branches count, with the element that each is of: those of rules, then those of implications.
pub(super) fn conditions(policy: &Policy) -> impl Iterator<Item = (String, &Expr)> {
    let rules = policy.rules.values().map(|rule| (format!("rule {}", rule.meta.name), &rule.condition.expr));
    let implications = policy.implications.values();
    rules.chain(implications.map(|implication| (format!("implication {}", implication.meta.name), &implication.condition.expr)))
}

/// The branches of each `or`, in the order of [`conditions`]: the element, and the branch.
pub(super) fn branches(policy: &Policy) -> impl Iterator<Item = (String, &Expr)> {
    conditions(policy).flat_map(|(name, condition)| {
        let ors = condition.walk().filter_map(|(expr, _)| match expr {
            Expr::Or(parts) => Some(parts),
            _ => None,
        });
        ors.flatten().map(move |branch| (name.clone(), branch))
    })
}

/// Everything that there is to cover.
pub(super) fn points(compiled: &CompiledPolicy) -> Vec<PointInfo> {
    let policy = &compiled.policy;
    let mut found = Vec::new();
    let mut add = |point, measure, span, name, way| found.push(PointInfo { point, measure, span, name, way });
    for (id, rule) in policy.rules.iter() {
        for (truth, way) in [(true, Way::True), (false, Way::False)] {
            // A rule without a condition cannot fail.
            if truth || rule.condition.expr != Expr::True {
                add(Point::Rule(id, truth), Measure::Rules, Some(rule.meta.span), format!("rule {}", rule.meta.name), way);
            }
        }
    }
    for (number, (name, branch)) in branches(policy).enumerate() {
        let text = branch.span().map(|span| policy.sources.slice(span).split_whitespace().collect::<Vec<_>>().join(" "));
        let name = format!("{name}, branch `{}`", text.unwrap_or_default());
        add(Point::Branch(number), Measure::Branches, branch.span(), name, Way::True);
    }
    for (id, table) in policy.tables.iter() {
        for cell in &table.cells {
            let (row, column) = (&table.rows[cell.row as usize], &table.columns[cell.column as usize]);
            let name = format!("table {}, {}, {}", table.meta.name, row.label, column.label.value);
            add(Point::Cell(id, cell.row, cell.column), Measure::Cells, Some(cell.span), name, Way::Permitted);
        }
    }
    for (id, implication) in policy.implications.iter() {
        let name = format!("implication {}", implication.meta.name);
        add(Point::Implication(id), Measure::Implications, Some(implication.meta.span), name, Way::True);
    }
    for (id, toggle) in policy.toggles.iter() {
        for (on, way) in [(true, Way::On), (false, Way::Off)] {
            add(Point::Toggle(id, on), Measure::Toggles, Some(toggle.meta.span), format!("toggle {}", toggle.meta.name), way);
        }
    }
    let dates = dates(policy);
    for number in 0..=dates.len() {
        let name = match (number.checked_sub(1).map(|before| dates[before]), dates.get(number)) {
            (None, None) => "the one edition".to_owned(),
            (None, Some(until)) => format!("edition before {until}"),
            (Some(since), None) => format!("edition from {since}"),
            (Some(since), Some(until)) => format!("edition from {since} to {until}"),
        };
        add(Point::Edition(number), Measure::Editions, None, name, Way::Asked);
    }
    for claim in citable(policy) {
        let meta = &policy.claims[claim].meta;
        add(Point::Claim(claim), Measure::Claims, Some(meta.span), format!("claim {}", meta.name), Way::Cited);
    }
    found
}

/// The claims that answers can rest on: those that rules, roles, tables and implications cite.
fn citable(policy: &Policy) -> BTreeSet<ClaimId> {
    let rules = policy.rules.values().map(|rule| &rule.meta);
    let roles = policy.roles.values().map(|role| &role.meta);
    let tables = policy.tables.values().map(|table| &table.meta);
    let implications = policy.implications.values().map(|implication| &implication.meta);
    rules.chain(roles).chain(tables).chain(implications).flat_map(|meta: &Metadata| meta.source.iter().copied()).collect()
}
