//! Lints: what is no mistake, but probably not meant.

mod canonical;
mod loose_variables;
mod satisfiability;
mod value_domain;

use super::condition::Condition;
use super::ids::{ActionId, Arena, Id, RoleId, RuleId};
use super::kind_set::KindSet;
use super::metadata::{Metadata, Validity};
use super::model::Policy;
use super::roles::Table;
use crate::diag::{self, Code, Diagnostic};
use crate::text::Span;
use satisfiability::Satisfiability;
use std::collections::BTreeSet;

/// All that is probably not meant in a pack. Where elements have mistakes, only what does not follow from those is told.
pub fn lint(policy: &Policy) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    if policy.usage.whole {
        uncited(policy, &mut diagnostics);
        idle_toggles(policy, &mut diagnostics);
        idle_roles(policy, &mut diagnostics);
    }
    let sure = policy.tables.iter().filter(|(id, _)| !policy.usage.doubtful_tables.contains(id));
    sure.for_each(|(_, table)| blank(policy, table, &mut diagnostics));
    conditions(policy, &mut diagnostics);
    loose_variables(policy, &mut diagnostics);
    diag::sort(&mut diagnostics);
    diagnostics
}

fn loose_variables(policy: &Policy, diagnostics: &mut Vec<Diagnostic>) {
    let sound = |id: RuleId| !policy.usage.rules.get(id.index()).is_some_and(|spans| spans.iter().any(|&span| policy.usage.mistaken(span)));
    let subjects = policy.subjects();
    let meant = "who asks is `subject`, what it is asked of is `resource`; if \"there is one\" is meant, give it a name by an implication";
    for (_, rule) in policy.rules.iter().filter(|&(id, _)| sound(id)) {
        let name = &rule.meta.name;
        if let Some(variable) = loose_variables::loose(&rule.condition) {
            let headline = format!("`{}` of rule `{name}` is anybody's: nothing ties it to who asks, or of what", variable.name);
            diagnostics.push(Diagnostic::new(Code::LooseVariable, headline, variable.span, "whoever asks, of whatever").help(meant));
        } else if let Some(variable) = loose_variables::stand_in(&rule.condition, &subjects) {
            let headline = format!("rule `{name}` never speaks of `subject`, but of some `{}`", variable.name);
            diagnostics.push(Diagnostic::new(Code::LooseVariable, headline, variable.span, "whoever asks").help(meant));
        }
        let attribute = |variable: &&super::variable::Variable| {
            let is_kind = policy.kinds.values().any(|kind| kind.meta.name == variable.name);
            !is_kind && policy.attributes.values().any(|attribute| attribute.name == variable.name)
        };
        for variable in rule.condition.variables.iter().filter(attribute) {
            let headline = format!("`{}` is a variable here, though an attribute has that name", variable.name);
            let told = Diagnostic::new(Code::LooseVariable, headline, variable.span, "whichever there is");
            diagnostics.push(
                told.help(format!(
                    "if the attribute is meant, write `x.{}` of some `x`; else give the variable another name",
                    variable.name
                )),
            );
        }
    }
}

fn uncited(policy: &Policy, diagnostics: &mut Vec<Diagnostic>) {
    for (_, claim) in policy.claims.iter().filter(|(id, _)| !policy.usage.claims.contains(id)) {
        let headline = format!("no element cites the claim `{}`", claim.meta.name);
        let uncited = Diagnostic::new(Code::UncitedClaim, headline, claim.meta.span, "cited nowhere");
        let help = format!("write `source = [\"{}\"]` in the element that states it, or that it limits; or remove it", claim.meta.name);
        diagnostics.push(uncited.help(help));
    }
}

fn idle_toggles(policy: &Policy, diagnostics: &mut Vec<Diagnostic>) {
    for (_, toggle) in policy.toggles.iter().filter(|(id, _)| !policy.usage.toggles.contains(id)) {
        let headline = format!("the toggle `{}` gates nothing", toggle.meta.name);
        let idle = Diagnostic::new(Code::IdleToggle, headline, toggle.meta.span, "asked for nowhere");
        let help = format!("write `toggle = \"{}\"` in the elements that it gates, or remove it", toggle.meta.name);
        diagnostics.push(idle.help(help));
    }
}

fn idle_roles(policy: &Policy, diagnostics: &mut Vec<Diagnostic>) {
    let useful = useful_roles(policy);
    for (_, role) in policy.roles.iter().filter(|(id, _)| !useful.contains(id)) {
        let headline = format!("the role `{}` grants nothing, and no condition asks for it", role.meta.name);
        let idle = Diagnostic::new(Code::IdleRole, headline, role.meta.span, "idle");
        diagnostics.push(idle.help("give it `grants`, `includes` or a column of a table; or remove it"));
    }
}

/// Roles that grant something or are asked for, and those that include such.
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

/// Never and always true.
fn conditions(policy: &Policy, diagnostics: &mut Vec<Diagnostic>) {
    let usage = &policy.usage;
    let subject = policy.subjects();
    let mut judged = ConditionLints { policy, subject: &subject, diagnostics };
    for (rule, written) in policy.rules.values().zip(&usage.rules) {
        let resource = judged.resources(&rule.actions);
        judged.condition("rule", &rule.meta, &rule.condition, written, Some(&resource));
    }
    for (sort, tellings, written) in
        [("obligation", items(&policy.obligations), &usage.obligations), ("advice", items(&policy.advice), &usage.advice)]
    {
        for (telling, written) in tellings.into_iter().zip(written) {
            let resource = judged.resources(&telling.actions);
            judged.condition(sort, &telling.meta, &telling.condition, written, Some(&resource));
        }
    }
    for (implication, written) in policy.implications.values().zip(&usage.implications) {
        judged.condition("implication", &implication.meta, &implication.condition, written, None);
    }
    for (invariant, written) in policy.invariants.values().zip(&usage.invariants) {
        judged.never("invariant", &invariant.meta, &invariant.never, written, None);
    }
    for (event, written) in policy.events.values().zip(&usage.events) {
        // `if = 'true'` is how an event says that anyone may.
        judged.never("event", &event.meta, &event.condition, written, None);
        for change in event.adds.iter().chain(&event.removes) {
            judged.never("effect of event", &event.meta, &change.condition, &[change.span], None);
        }
    }
}

fn items<I: Id, T>(arena: &Arena<I, T>) -> Vec<&T> {
    arena.values().collect()
}

struct ConditionLints<'p, 'd> {
    policy: &'p Policy,
    subject: &'p KindSet,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl ConditionLints<'_, '_> {
    fn resources(&self, actions: &[ActionId]) -> KindSet {
        actions.iter().flat_map(|&action| self.policy.actions[action].on.iter()).collect()
    }

    /// Tells a condition that is never or always true.
    fn condition(&mut self, sort: &str, meta: &Metadata, condition: &Condition, written: &[Span], resource: Option<&KindSet>) {
        let Some(&at) = self.sound(written) else { return };
        if self.never(sort, meta, condition, written, resource) {
            return;
        }
        if self.judge(condition, resource, Validity::default()).always_true(&condition.expr) {
            let headline = format!("the condition of the {sort} `{}` is always true", meta.name);
            let always = Diagnostic::new(Code::AlwaysTrue, headline, at, "always true");
            self.diagnostics.push(always.help("leave it out"));
        }
    }

    /// Tells a condition that is never true.
    fn never(&mut self, sort: &str, meta: &Metadata, condition: &Condition, written: &[Span], resource: Option<&KindSet>) -> bool {
        let Some(&at) = self.sound(written) else { return false };
        if !self.judge(condition, resource, meta.validity).never_true(&condition.expr) {
            return false;
        }
        let headline = format!("the condition of the {sort} `{}` can never be true", meta.name);
        let never = Diagnostic::new(Code::NeverTrue, headline, at, "never true");
        self.diagnostics.push(never.help(format!("correct the condition, or remove the {sort}")));
        true
    }

    /// The first place of a condition that has no mistake of its own.
    fn sound<'w>(&self, written: &'w [Span]) -> Option<&'w Span> {
        if written.iter().any(|&span| self.policy.usage.mistaken(span)) {
            return None;
        }
        written.first()
    }

    fn judge<'j>(&'j self, condition: &'j Condition, resource: Option<&'j KindSet>, validity: Validity) -> Satisfiability<'j> {
        Satisfiability::new(self.policy, self.subject, resource, &condition.variables, validity)
    }
}
