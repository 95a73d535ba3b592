//! Questions that no property asks: what a toggle changes, what two packs decide differently, and which elements never decide.

use super::alike::{Decides, says_the_same};
use super::claims::Other;
use super::confirm::Judges;
use super::host::Host;
use super::incomparable::InBoth;
use super::report::{About, Obstacle, PropertyReport};
use super::run::{Disagreement, Options, Verifier, gave_up};
use super::schema::Conflict;
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
            let about = About::Change { action: policy.actions[action].meta.name.clone(), new, alone: false };
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
    Verifier { judges, policy: &compiled.policy, property, about: Some(about), other, resources: None, subjects: None, options }.report()
}

/// Two packs that are compared.
#[derive(Clone, Copy)]
pub struct Packs<'a> {
    /// The one whose access is new or lost.
    pub new: &'a CompiledPolicy,
    /// The one that it is compared with.
    pub old: &'a CompiledPolicy,
    /// What both declare, but not alike.
    pub conflicts: &'a [Conflict],
}

/// What two packs decide differently: two reports for each action that both have, of access that is new and of access that is lost, and
/// reports of actions, kinds of resources and kinds of subjects that only one has. A report that is refuted has a world. Where decisions rest
/// on what the packs declare differently, two reports that give up say so.
///
/// Both packs must have kinds, attributes, relations and roles of the same names; see [`Schema`](super::Schema) and
/// [`complete_kinds`](super::complete_kinds).
///
/// # Errors
///
/// If a counterexample is none for the ordinary evaluator.
pub fn against(packs: Packs<'_>, options: Options, host: &dyn Host) -> Result<Vec<PropertyReport>, Disagreement> {
    let Packs { new, old, .. } = packs;
    let (new_policy, old_policy) = new.policy.numbered_alike(&old.policy);
    let mut reports = Vec::new();
    for (action, declared) in new_policy.actions.iter() {
        let Some(before) = old_policy.action_named(&declared.meta.name) else {
            let alone = Alone { compiled: new, action, resources: declared.on.clone(), subjects: None, new: true, nowhere_else: true };
            reports.extend(alone.report(options, host)?);
            continue;
        };
        let both = declared.on.intersection(&old_policy.actions[before].on);
        let compared = Compared { packs, policies: [&new_policy, &old_policy], actions: [action, before], both: &both };
        reports.extend(compared.reports(options, host)?);
        let asked = |kinds: &KindSet| [without(kinds, &both), both.clone()];
        let subjects = |one: &Policy, other: &Policy| [None, Some(without(&one.subjects(), &other.subjects()))];
        for (resources, subjects) in asked(&declared.on).into_iter().zip(subjects(&new_policy, &old_policy)) {
            let alone = Alone { compiled: new, action, resources, subjects, new: true, nowhere_else: false };
            reports.extend(alone.report(options, host)?);
        }
        for (resources, subjects) in asked(&old_policy.actions[before].on).into_iter().zip(subjects(&old_policy, &new_policy)) {
            let alone = Alone { compiled: old, action: before, resources, subjects, new: false, nowhere_else: false };
            reports.extend(alone.report(options, host)?);
        }
    }
    for (action, declared) in old.policy.actions.iter().filter(|(_, declared)| new_policy.action_named(&declared.meta.name).is_none()) {
        let alone = Alone { compiled: old, action, resources: declared.on.clone(), subjects: None, new: false, nowhere_else: true };
        reports.extend(alone.report(options, host)?);
    }
    Ok(reports)
}

/// An action that two packs have, on kinds of resources on which both have it.
struct Compared<'a> {
    packs: Packs<'a>,
    /// Both policies, with the same numbers for texts and literals.
    policies: [&'a Policy; 2],
    actions: [ActionId; 2],
    both: &'a KindSet,
}

impl Compared<'_> {
    fn reports(&self, options: Options, host: &dyn Host) -> Result<Vec<PropertyReport>, Disagreement> {
        let Packs { new: compiled, old, conflicts } = self.packs;
        let [policy, old_policy] = self.policies;
        let [action, before] = self.actions;
        let meta = &policy.actions[action].meta;
        let in_both = InBoth { packs: [(policy, action), (old_policy, before)], conflicts };
        let split = in_both.split(self.both);
        let own = Decides { policy, graph: &compiled.graph, action };
        let same = says_the_same(own, Decides { policy: old_policy, graph: &old.graph, action: before });
        let mut reports = Vec::new();
        for new in [true, false] {
            let (claim_name, claim) = change(new);
            let asked = property(named(meta, claim_name), claim, vec![action]);
            let verifier = Verifier {
                judges: Judges { compiled, old: Some(old), condition: None, host },
                policy,
                property: &asked,
                about: Some(About::Change { action: meta.name.clone(), new, alone: false }),
                other: Other::Pack(old_policy, before),
                resources: Some(split.comparable.clone()),
                subjects: Some(in_both.subjects()),
                options,
            };
            if !split.comparable.is_empty() {
                reports.push(if same { verifier.blank() } else { verifier.report()? });
            }
            if !split.incomparable.is_empty() {
                let named = split.incomparable.iter().map(|kind| policy.kinds[kind].meta.name.clone());
                let on = if split.comparable.is_empty() { Vec::new() } else { named.collect() };
                reports.push(gave_up(verifier.blank(), Obstacle::DeclaredDifferently { elements: split.elements.clone(), on }));
            }
        }
        Ok(reports)
    }
}

fn without(kinds: &KindSet, others: &KindSet) -> KindSet {
    kinds.iter().filter(|kind| !others.contains(*kind)).fold(KindSet::default(), |all, kind| all.union(&KindSet::one(kind)))
}

/// An action, or kinds of resources or subjects of it, that only this pack has.
struct Alone<'a> {
    compiled: &'a CompiledPolicy,
    action: ActionId,
    resources: KindSet,
    /// `None` for all.
    subjects: Option<KindSet>,
    /// Whether this pack is the one whose access is new.
    new: bool,
    /// Whether the other pack has no action of this name.
    nowhere_else: bool,
}

impl Alone<'_> {
    /// Whether the action is ever allowed there.
    fn report(self, options: Options, host: &dyn Host) -> Result<Option<PropertyReport>, Disagreement> {
        if self.resources.is_empty() || self.subjects.as_ref().is_some_and(KindSet::is_empty) {
            return Ok(None);
        }
        let Alone { compiled, action, new, .. } = self;
        let policy: &Policy = &compiled.policy;
        let meta = &policy.actions[action].meta;
        let always = crate::policy::Condition { expr: crate::policy::Expr::True, variables: Vec::new() };
        let asked = property(named(meta, change(new).0), PropertyClaim::Never(always, WithOutcome::Allow), vec![action]);
        let verifier = Verifier {
            judges: Judges { compiled, old: None, condition: None, host },
            policy,
            property: &asked,
            about: Some(About::Change { action: meta.name.clone(), new, alone: self.nowhere_else }),
            other: Other::Toggles,
            resources: Some(self.resources),
            subjects: self.subjects,
            options,
        };
        verifier.report().map(Some)
    }
}
