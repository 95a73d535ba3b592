//! Questions that no property asks: what a toggle changes, what two packs decide differently, and which elements never decide.

use super::alike::{Decides, says_the_same};
use super::claims::Other;
use super::confirm::Judges;
use super::host::Host;
use super::report::{About, PropertyReport};
use super::run::{Disagreement, Options, Verifier};
use super::symbolic::Removed;
use crate::plan::CompiledPolicy;
use crate::policy::{ActionId, KindSet, Metadata, Policy, Property, PropertyClaim, RuleEffect, RuleId, TableId, ToggleId};
use crate::syntax::{ChangeAllowed, WithOutcome};

/// A property that nobody wrote, about one action or some.
fn property(meta: Metadata, claim: PropertyClaim, actions: Vec<ActionId>) -> Property {
    Property {
        meta,
        claim,
        actions: Some(actions),
        given: Vec::new(),
        turn_on: Vec::new(),
        turn_off: Vec::new(),
        any_toggles: false,
        imported: true,
        told: false,
    }
}

/// That access may change in one way only: if `new`, the change that refutes it is access that is new.
fn change(new: bool) -> (&'static str, PropertyClaim) {
    if new {
        ("only-narrows", PropertyClaim::Change(ChangeAllowed::OnlyNarrows, None))
    } else {
        ("only-widens", PropertyClaim::Change(ChangeAllowed::OnlyWidens, None))
    }
}

/// A name for what is asked, in force on all dates.
fn named(meta: &Metadata, name: &str) -> Metadata {
    Metadata { name: name.to_owned(), title: None, validity: crate::policy::Validity::default(), ..meta.clone() }
}

/// What turning the toggle changes against its default: two reports for each action that it may bear on, of access that is new and of
/// access that is lost. A report that is refuted has a world.
///
/// # Errors
///
/// If a counterexample is none for the ordinary evaluator.
pub fn toggle(compiled: &CompiledPolicy, toggle: ToggleId, options: Options, host: &dyn Host) -> Result<Vec<PropertyReport>, Disagreement> {
    let policy = &compiled.policy;
    let mut reports = Vec::new();
    for action in policy.actions.ids().filter(|action| compiled.graph.toggles(policy, *action).contains(&toggle)) {
        for new in [true, false] {
            let (name, claim) = change(new);
            let mut asked = property(named(&policy.toggles[toggle].meta, name), claim, vec![action]);
            let turned = if policy.toggles[toggle].default { &mut asked.turn_off } else { &mut asked.turn_on };
            turned.push(toggle);
            let about = About::Change { action: policy.actions[action].meta.name.clone(), new };
            reports.push(one(compiled, &asked, about, Other::Toggles, options, host)?);
        }
    }
    Ok(reports)
}

/// Whether each rule, and each mark of a table, ever decides, whatever the toggles: a report for each. A report that is refuted has a world
/// in which it decides; one that is proved is of an element that never does.
///
/// # Errors
///
/// If a counterexample is none for the ordinary evaluator.
pub fn dead(compiled: &CompiledPolicy, options: Options, host: &dyn Host) -> Result<Vec<PropertyReport>, Disagreement> {
    let policy = &compiled.policy;
    let mut reports = Vec::new();
    for id in policy.rules.ids() {
        reports.push(never_decides(compiled, id, options, host)?);
    }
    for (table, declared) in policy.tables.iter() {
        for cell in &declared.cells {
            let (row, column) = (cell.row, cell.column);
            reports.push(mark_never_matters(compiled, table, (row, column), options, host)?);
        }
    }
    Ok(reports)
}

fn never_decides(compiled: &CompiledPolicy, id: RuleId, options: Options, host: &dyn Host) -> Result<PropertyReport, Disagreement> {
    let rule = &compiled.policy.rules[id];
    let (_, claim) = change(rule.effect == RuleEffect::Allow);
    let meta = Metadata { name: "idle".to_owned(), title: None, ..rule.meta.clone() };
    let mut asked = property(meta, claim, rule.actions.clone());
    asked.any_toggles = true;
    asked.turn_on.extend(rule.meta.validity.toggle);
    let about = About::Element(format!("rule {}", rule.meta.name));
    one(compiled, &asked, about, Other::Without(Removed::Rule(id)), options, host)
}

fn mark_never_matters(
    compiled: &CompiledPolicy,
    table: TableId,
    (row, column): (u32, u32),
    options: Options,
    host: &dyn Host,
) -> Result<PropertyReport, Disagreement> {
    let declared = &compiled.policy.tables[table];
    let (line, header) = (&declared.rows[row as usize], &declared.columns[column as usize].label.value);
    let (_, claim) = change(true);
    let meta = Metadata { name: "idle".to_owned(), title: None, ..declared.meta.clone() };
    let mut asked = property(meta, claim, vec![line.action]);
    asked.any_toggles = true;
    let about = About::Element(format!("table {}, row {:?}, column {header:?}", declared.meta.name, line.label));
    one(compiled, &asked, about, Other::Without(Removed::Mark(table, row, column)), options, host)
}

fn one(
    compiled: &CompiledPolicy,
    property: &Property,
    about: About,
    other: Other<'_>,
    options: Options,
    host: &dyn Host,
) -> Result<PropertyReport, Disagreement> {
    let judges = Judges { compiled, old: None, condition: None, host };
    Verifier { judges, policy: &compiled.policy, property, about: Some(about), other, resources: None, options }.report()
}

/// What two packs decide differently: two reports for each action of either, of access that is new and of access that is lost. A report that
/// is refuted has a world. Both packs must have the same kinds, relations and roles; see [`Schema`](super::Schema).
///
/// # Errors
///
/// If a counterexample is none for the ordinary evaluator.
pub fn against(
    compiled: &CompiledPolicy,
    old: &CompiledPolicy,
    options: Options,
    host: &dyn Host,
) -> Result<Vec<PropertyReport>, Disagreement> {
    let (new_policy, old_policy) = compiled.policy.numbered_alike(&old.policy);
    let mut reports = Vec::new();
    for (action, declared) in new_policy.actions.iter() {
        let name = &declared.meta.name;
        let before = old_policy.action_named(name);
        let both = before.map(|before| declared.on.intersection(&old_policy.actions[before].on)).unwrap_or_default();
        for new in [true, false] {
            let (claim_name, claim) = change(new);
            let asked = property(named(&declared.meta, claim_name), claim, vec![action]);
            let about = About::Change { action: name.clone(), new };
            if let Some(before) = before.filter(|_| !both.is_empty()) {
                let own = Decides { policy: &new_policy, graph: &compiled.graph, action };
                let same = says_the_same(own, Decides { policy: &old_policy, graph: &old.graph, action: before });
                let judges = Judges { compiled, old: Some(old), condition: None, host };
                let other = Other::Pack(&old_policy, before);
                let verifier = Verifier {
                    judges,
                    policy: &new_policy,
                    property: &asked,
                    about: Some(about),
                    other,
                    resources: Some(both.clone()),
                    options,
                };
                reports.push(if same { verifier.blank() } else { verifier.report()? });
            }
        }
        let alone = without(&declared.on, &both);
        reports.extend(alone_in(compiled, action, alone, true, options, host)?);
    }
    for (action, declared) in old.policy.actions.iter() {
        let both = new_policy.action_named(&declared.meta.name).map(|action| new_policy.actions[action].on.clone()).unwrap_or_default();
        reports.extend(alone_in(old, action, without(&declared.on, &both), false, options, host)?);
    }
    Ok(reports)
}

fn without(kinds: &KindSet, others: &KindSet) -> KindSet {
    kinds.iter().filter(|kind| !others.contains(*kind)).fold(KindSet::default(), |all, kind| all.union(&KindSet::one(kind)))
}

/// Whether the action is ever allowed on resources of these kinds, on which only this pack has it.
fn alone_in(
    compiled: &CompiledPolicy,
    action: ActionId,
    resources: KindSet,
    new: bool,
    options: Options,
    host: &dyn Host,
) -> Result<Option<PropertyReport>, Disagreement> {
    if resources.is_empty() {
        return Ok(None);
    }
    let policy: &Policy = &compiled.policy;
    let meta = &policy.actions[action].meta;
    let always = crate::policy::Condition { expr: crate::policy::Expr::True, variables: Vec::new() };
    let asked = property(named(meta, change(new).0), PropertyClaim::Never(always, WithOutcome::Allow), vec![action]);
    let about = Some(About::Change { action: meta.name.clone(), new });
    let judges = Judges { compiled, old: None, condition: None, host };
    let verifier = Verifier { judges, policy, property: &asked, about, other: Other::Toggles, resources: Some(resources), options };
    verifier.report().map(Some)
}
