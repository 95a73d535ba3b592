//! Actions that nothing grants, and kinds and relations that nothing asks for.

use crate::diag::{Code, Diagnostic};
use crate::policy::condition::{AtomKind, Expr};
use crate::policy::events::{Event, FactTerm};
use crate::policy::ids::{ActionId, KindId, RelationId};
use crate::policy::model::Policy;
use crate::policy::rules::RuleEffect;
use std::collections::BTreeSet;

/// Reports idle elements of a policy without mistakes: what is mistaken might use them.
pub(super) fn lint(policy: &Policy, diagnostics: &mut Vec<Diagnostic>) {
    actions(policy, diagnostics);
    kinds(policy, diagnostics);
    relations(policy, diagnostics);
}

fn actions(policy: &Policy, diagnostics: &mut Vec<Diagnostic>) {
    let rules = policy.rules.values().filter(|rule| rule.effect == RuleEffect::Allow);
    let by_rules = rules.flat_map(|rule| rule.actions.iter().copied());
    let by_roles = policy.roles.values().flat_map(|role| role.grants.iter().map(|&(action, _)| action));
    let in_tables = policy.tables.values().flat_map(|table| table.rows.iter().map(|row| row.action));
    let granted: BTreeSet<ActionId> = by_rules.chain(by_roles).chain(in_tables).collect();
    for (_, action) in policy.actions.iter().filter(|(id, _)| !granted.contains(id)) {
        let headline = format!("nothing grants the action `{}`, so that it is denied to all", action.meta.name);
        let idle = Diagnostic::new(Code::IdleAction, headline, action.meta.span, "granted by no rule, role or table");
        diagnostics.push(idle.help("name it in `allow` of a rule or in `grants` of a role; or remove it"));
    }
}

fn kinds(policy: &Policy, diagnostics: &mut Vec<Diagnostic>) {
    let used = used_kinds(policy);
    let declared = policy.kinds.iter().filter(|&(id, _)| id != policy.role_kind);
    for (_, kind) in declared.filter(|(id, kind)| !kind.subject && kind.below.is_empty() && !used.contains(id)) {
        let headline = format!("nothing in the pack uses the kind `{}`", kind.meta.name);
        let idle = Diagnostic::new(Code::IdleKind, headline, kind.meta.span, "used nowhere");
        diagnostics.push(idle.help("name it in `on` of an action, in `ends` of a relation or in an attribute; or remove it"));
    }
}

/// The kinds that an action, role, relation, attribute, event or condition names.
fn used_kinds(policy: &Policy) -> BTreeSet<KindId> {
    let mut used = BTreeSet::new();
    policy.actions.values().for_each(|action| used.extend(action.on.iter()));
    policy.roles.values().for_each(|role| used.extend(role.on.iter()));
    let relations = policy.declared_relations().flat_map(|(_, relation)| relation.ends.iter().chain(&relation.through));
    relations.for_each(|kinds| used.extend(kinds.iter()));
    let attributes = policy.attributes.values().filter_map(|attribute| Some((attribute.kind, attribute.value.entity_kinds()?)));
    attributes.for_each(|(of, kinds)| used.extend(kinds.iter().filter(|&kind| kind != of)));
    for event in policy.events.values() {
        event.parameters.iter().filter_map(|parameter| parameter.value.entity_kinds()).for_each(|kinds| used.extend(kinds.iter()));
        used.extend(event.creates.iter().map(|creation| creation.kind));
    }
    used.extend(policy.literals.values().map(|literal| literal.kind));
    for condition in policy.conditions() {
        // A variable that may be of any kind uses none in particular.
        let narrow = condition.variables.iter().filter(|variable| variable.kinds.iter().count() == 1);
        narrow.for_each(|variable| used.extend(variable.kinds.iter()));
        used.extend(condition.expr.walk().filter_map(|(part, _)| match part {
            Expr::Atom(atom) => match atom.kind {
                AtomKind::Is(_, kind) => Some(kind),
                _ => None,
            },
            _ => None,
        }));
    }
    used
}

fn relations(policy: &Policy, diagnostics: &mut Vec<Diagnostic>) {
    let asked = asked_relations(policy);
    for (_, relation) in policy.declared_relations().filter(|(id, _)| !asked.contains(id)) {
        let headline = format!("no condition asks for the relation `{}`, and no event changes it", relation.meta.name);
        let idle = Diagnostic::new(Code::IdleRelation, headline, relation.meta.span, "asked for nowhere");
        diagnostics.push(idle.help("ask for it in `if` or `unless`, or remove it"));
    }
}

/// The relations that a condition asks for or an event adds or removes.
fn asked_relations(policy: &Policy) -> BTreeSet<RelationId> {
    let asked = policy.conditions().flat_map(|condition| condition.expr.walk()).filter_map(|(part, _)| match part {
        Expr::Atom(atom) => match atom.kind {
            AtomKind::Relation { relation, .. } => Some(relation),
            _ => None,
        },
        _ => None,
    });
    let effects = policy.events.values().flat_map(Event::effects).filter_map(|(_, effect)| match effect.fact {
        FactTerm::Relation(relation, _) => Some(relation),
        _ => None,
    });
    asked.chain(effects).collect()
}
