//! What there is to cover in a pack.

use crate::graph::Permit;
use crate::plan::CompiledPolicy;
use crate::policy::{
    AdviceId, ClaimId, EventId, Expr, ImplicationId, Metadata, Notice, ObligationId, Policy, RoleId, RuleId, TableId, ToggleId,
};
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
    /// Patterns in `grants` of roles that permitted a request.
    Grants,
    /// Marked cells that permitted a request.
    Cells,
    /// Implications that were true for a request.
    Implications,
    /// Toggles that were on, and off, in a request on which they bear.
    Toggles,
    /// Times between two dates at which the pack changes, of which a request asked.
    Editions,
    /// Claims on which an answer rested.
    Claims,
    /// Obligations and advice that came with an answer.
    Notices,
    /// Events that happened in a world.
    Events,
}

impl Measure {
    /// All of them.
    pub const ALL: [Measure; 10] = [
        Measure::Rules,
        Measure::Branches,
        Measure::Grants,
        Measure::Cells,
        Measure::Implications,
        Measure::Toggles,
        Measure::Editions,
        Measure::Claims,
        Measure::Notices,
        Measure::Events,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Measure::Rules => "rules",
            Measure::Branches => "branches",
            Measure::Grants => "grants",
            Measure::Cells => "cells",
            Measure::Implications => "implications",
            Measure::Toggles => "toggles",
            Measure::Editions => "editions",
            Measure::Claims => "claims",
            Measure::Notices => "notices",
            Measure::Events => "events",
        }
    }
}

/// In which way something is covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// A rule, implication or branch: it was true.
    True,
    /// A rule: it was false.
    False,
    /// A cell, or a pattern of a role: it permitted.
    Permitted,
    /// A toggle: it was on.
    On,
    /// A toggle: it was off.
    Off,
    /// An edition: it was asked of.
    Asked,
    /// A claim: an answer rested on it.
    Cited,
    /// An obligation or advice: it came with an answer.
    Issued,
    /// An event: it happened.
    Happened,
}

impl Way {
    /// What it is, of something that is covered.
    pub fn says(self) -> &'static str {
        match self {
            Way::True => "true",
            Way::False => "false",
            Way::Permitted => "permits",
            Way::On => "on",
            Way::Off => "off",
            Way::Asked => "asked of",
            Way::Cited => "cited",
            Way::Issued => "issued",
            Way::Happened => "happens",
        }
    }

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
            Way::Issued => "came with no answer",
            Way::Happened => "happened in no world",
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
    /// The pattern in `grants` of the role, by its place.
    Grant(RoleId, Span),
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
    /// The obligation.
    Obligation(ObligationId),
    /// The advice.
    Advice(AdviceId),
    /// The event.
    Event(EventId),
}

/// The element of which a condition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    /// A rule.
    Rule(RuleId),
    /// An implication.
    Implication(ImplicationId),
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
pub(super) fn conditions(policy: &Policy) -> impl Iterator<Item = (Owner, &Expr)> {
    let rules = policy.rules.iter().map(|(id, rule)| (Owner::Rule(id), &rule.condition.expr));
    rules.chain(policy.implications.iter().map(|(id, implication)| (Owner::Implication(id), &implication.condition.expr)))
}

/// The branches of each `or`, in the order of [`conditions`]: the element, and the branch.
fn branches(policy: &Policy) -> impl Iterator<Item = (Owner, &Expr)> {
    conditions(policy).flat_map(|(owner, condition)| {
        let ors = condition.walk().filter_map(|(expr, _)| match expr {
            Expr::Or(parts) => Some(Expr::branches(parts)).filter(|branches| branches.len() > 1),
            _ => None,
        });
        ors.flatten().filter_map(move |branch| Some((owner, branch.first()?)))
    })
}

/// The element in words.
fn name(policy: &Policy, owner: Owner) -> String {
    match owner {
        Owner::Rule(id) => format!("rule {}", policy.rules[id].meta.name),
        Owner::Implication(id) => format!("implication {}", policy.implications[id].meta.name),
    }
}

/// A pattern in `grants` of a role in words.
pub(in crate::suite) fn grant_name(policy: &Policy, role: RoleId, pattern: Span) -> String {
    let text = policy.sources.slice(pattern).trim_matches(['"', '\'']);
    format!("role {}, `{text}`", policy.roles[role].meta.name)
}

/// Everything that there is to cover: implications and toggles on which no answer rests, since only events ask for them, are left out.
pub(super) fn points(compiled: &CompiledPolicy) -> Vec<PointInfo> {
    let policy = &compiled.policy;
    let (mut implications, mut toggles) = (BTreeSet::new(), BTreeSet::new());
    for (action, _) in policy.actions.iter() {
        implications.extend(compiled.graph.implications(policy, action));
        toggles.extend(compiled.graph.toggles(policy, action));
    }
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
    for (number, (owner, branch)) in branches(policy).enumerate() {
        if matches!(owner, Owner::Implication(id) if !implications.contains(&id)) {
            continue;
        }
        let text = branch.span().map(|span| policy.sources.slice(span).split_whitespace().collect::<Vec<_>>().join(" "));
        let name = format!("{}, branch `{}`", name(policy, owner), text.unwrap_or_default());
        add(Point::Branch(number), Measure::Branches, branch.span(), name, Way::True);
    }
    for (id, role) in policy.roles.iter() {
        for pattern in role.grants.iter().map(|(_, pattern)| *pattern).collect::<BTreeSet<Span>>() {
            let name = grant_name(policy, id, pattern);
            add(Point::Grant(id, pattern), Measure::Grants, Some(pattern), name, Way::Permitted);
        }
    }
    for (id, table) in policy.tables.iter() {
        for cell in &table.cells {
            let (row, column) = (&table.rows[cell.row as usize], &table.columns[cell.column as usize]);
            let name = format!("table {}, {}, {}", table.meta.name, row.label, column.label.value);
            add(Point::Cell(id, cell.row, cell.column), Measure::Cells, Some(cell.span), name, Way::Permitted);
        }
    }
    for id in implications {
        let name = name(policy, Owner::Implication(id));
        add(Point::Implication(id), Measure::Implications, Some(policy.implications[id].meta.span), name, Way::True);
    }
    for (id, toggle) in policy.toggles.iter().filter(|(id, _)| toggles.contains(id)) {
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
    for claim in citable(compiled) {
        let meta = &policy.claims[claim].meta;
        add(Point::Claim(claim), Measure::Claims, Some(meta.span), format!("claim {}", meta.name), Way::Cited);
    }
    for (id, Notice { meta, .. }) in policy.obligations.iter() {
        add(Point::Obligation(id), Measure::Notices, Some(meta.span), format!("obligation {}", meta.name), Way::Issued);
    }
    for (id, Notice { meta, .. }) in policy.advice.iter() {
        add(Point::Advice(id), Measure::Notices, Some(meta.span), format!("advice {}", meta.name), Way::Issued);
    }
    for (id, event) in policy.events.iter() {
        add(Point::Event(id), Measure::Events, Some(event.meta.span), format!("event {}", event.meta.name), Way::Happened);
    }
    found
}

/// The claims that answers can rest on: those that rules, roles, tables and the implications that may derive what they need cite. What is
/// asked inside `not` and `unless` alone is cited by no answer.
fn citable(compiled: &CompiledPolicy) -> BTreeSet<ClaimId> {
    let policy = &compiled.policy;
    let permits = policy.rules.iter().map(|(id, _)| Permit::Rule(id)).chain(policy.roles.iter().map(|(id, _)| Permit::Role(id)));
    let derived: BTreeSet<ImplicationId> = permits.flat_map(|permit| compiled.graph.may_derive(permit)).collect();
    let rules = policy.rules.values().map(|rule| &rule.meta);
    let roles = policy.roles.values().map(|role| &role.meta);
    let tables = policy.tables.values().map(|table| &table.meta);
    let implications = derived.into_iter().map(|id| &policy.implications[id].meta);
    rules.chain(roles).chain(tables).chain(implications).flat_map(|meta: &Metadata| meta.source.iter().copied()).collect()
}
