//! Whether some event may change what a condition reads.

use crate::policy::{Condition, Effect, Event, EventId, FactTerm, ImplicationId, KindSet, Policy, Reads, RoleTerm, Term, TermNode};
use std::collections::BTreeSet;

/// The implications on which the condition may rest, at any depth.
pub(super) fn implications_read(policy: &Policy, condition: &Condition) -> BTreeSet<ImplicationId> {
    Reads::of(policy, [condition], []).implications().collect()
}

/// The events of the policy that may change the truth value of the condition, as far as can be seen without looking at worlds.
pub(super) fn touching(policy: &Policy, condition: &Condition) -> Vec<EventId> {
    let reads = Reads::of(policy, [condition], []);
    policy.events.iter().filter(|(_, event)| meets(&reads, policy, event)).map(|(id, _)| id).collect()
}

fn meets(reads: &Reads, policy: &Policy, event: &Event) -> bool {
    let created = event.creates.iter().flat_map(|creation| &creation.attributes);
    let mut created = created.map(|(attribute, _)| attribute);
    // A new entity counts wherever a variable ranges over its kind, whatever is stated of it.
    !event.ends.is_empty()
        || event.creates.iter().any(|creation| reads.kinds().contains(creation.kind))
        || created.any(|attribute| reads.attribute(*attribute))
        || event.effects().any(|(_, effect)| effect_meets(reads, policy, event, effect))
}

fn effect_meets(reads: &Reads, policy: &Policy, event: &Event, effect: &Effect) -> bool {
    match &effect.fact {
        FactTerm::Relation(relation, _) => reads.relation(*relation),
        FactTerm::Holds(_, RoleTerm::Named(role), _) => reads.role(*role),
        FactTerm::Holds(_, RoleTerm::Term(_), scope) => {
            let kinds = kinds(policy, event, &effect.condition, scope);
            let may_be = |on: &KindSet| kinds.as_ref().is_none_or(|kinds| on.meets(kinds));
            policy.roles.iter().any(|(id, role)| reads.role(id) && may_be(&role.on))
        }
        FactTerm::Member(..) => reads.memberships(),
        FactTerm::Value(_, attributes, _) => attributes.iter().any(|(_, attribute)| {
            let whole = policy.exclusive(attribute).iter().any(|own| reads.attribute(*own));
            whole || policy.attributes[*attribute].member_of && reads.memberships()
        }),
    }
}

/// The event as anybody might do it, with those of its effects alone that may change what the condition reads. Whatever the event may make of
/// the condition, this one may too.
pub(super) fn relaxed(policy: &Policy, event: &Event, condition: &Condition) -> Event {
    let reads = Reads::of(policy, [condition], []);
    let kept = |effects: &[Effect]| effects.iter().filter(|effect| effect_meets(&reads, policy, event, effect)).cloned().collect();
    Event { does: None, adds: kept(&event.adds), removes: kept(&event.removes), sets: kept(&event.sets), ..event.clone() }
}

/// The kinds that a term of an effect may have; `None` if it may be any.
fn kinds(policy: &Policy, event: &Event, condition: &Condition, term: &Term) -> Option<KindSet> {
    match &term.node {
        TermNode::Parameter(index) => event.parameters[*index].value.entity_kinds().cloned(),
        TermNode::Variable(variable) => Some(condition.variable(*variable).kinds.clone()),
        TermNode::Literal(literal) => Some(KindSet::one(policy.literals[*literal].kind)),
        _ => None,
    }
}
