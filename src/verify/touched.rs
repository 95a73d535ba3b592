//! Whether some event may change what a condition reads.

use crate::policy::{
    AtomKind, AttributeId, Conclusion, Condition, Event, FactTerm, Hop, ImplicationId, KindSet, Policy, RelationId, RoleId, RoleTerm, Term,
    TermNode,
};
use std::collections::BTreeSet;

/// What a condition reads, through implications too.
#[derive(Default)]
struct Reads {
    relations: BTreeSet<RelationId>,
    roles: BTreeSet<RoleId>,
    attributes: BTreeSet<AttributeId>,
    memberships: bool,
    implications: BTreeSet<ImplicationId>,
}

/// The implications on which the condition may rest, at any depth.
pub(super) fn implications_read(policy: &Policy, condition: &Condition) -> BTreeSet<ImplicationId> {
    Reads::of(policy, condition).implications
}

/// Whether an event of the policy may change the truth value of the condition, as far as can be seen without looking at worlds.
pub(super) fn is_touched(policy: &Policy, condition: &Condition) -> bool {
    let reads = Reads::of(policy, condition);
    policy.events.values().any(|event| reads.meets(policy, event))
}

impl Reads {
    fn of(policy: &Policy, condition: &Condition) -> Reads {
        let mut reads = Reads::default();
        reads.condition(policy, condition);
        loop {
            let before = (reads.relations.len(), reads.roles.len(), reads.attributes.len(), reads.memberships);
            for (id, implication) in policy.implications.iter() {
                let derives = match &implication.then {
                    Conclusion::Relation { relation, .. } => reads.relations.contains(relation),
                    Conclusion::Holds { role: RoleTerm::Named(role), .. } => reads.roles.contains(role),
                    Conclusion::Holds { .. } => !reads.roles.is_empty(),
                };
                if derives {
                    reads.implications.insert(id);
                    reads.condition(policy, &implication.condition);
                    implication.then.ends().into_iter().for_each(|(_, term)| reads.term(policy, term));
                }
            }
            let including =
                policy.roles.iter().filter(|(_, role)| role.includes.iter().any(|(included, _)| reads.roles.contains(included)));
            let including: Vec<RoleId> = including.map(|(id, _)| id).collect();
            reads.roles.extend(including);
            if before == (reads.relations.len(), reads.roles.len(), reads.attributes.len(), reads.memberships) {
                return reads;
            }
        }
    }

    fn condition(&mut self, policy: &Policy, condition: &Condition) {
        for atom in condition.expr.atoms() {
            match &atom.kind {
                AtomKind::Relation { relation, .. } => _ = self.relations.insert(*relation),
                AtomKind::Holds { role, .. } => {
                    // Who is in a group holds its roles.
                    self.memberships = true;
                    match role {
                        RoleTerm::Named(role) => _ = self.roles.insert(*role),
                        RoleTerm::Term(_) => self.roles.extend(policy.roles.ids()),
                    }
                }
                AtomKind::Member(..) | AtomKind::Among(..) => self.memberships = true,
                AtomKind::Is(..) | AtomKind::Within(..) | AtomKind::OneOf(..) | AtomKind::Compare(..) => {}
            }
            atom.kind.terms().into_iter().for_each(|term| self.term(policy, term));
        }
    }

    fn term(&mut self, policy: &Policy, term: &Term) {
        for (_, path) in term.hops() {
            for (_, hop) in path.iter() {
                if let Hop::Attribute(attribute) = hop {
                    self.attributes.extend(policy.exclusive(&attribute));
                }
            }
        }
    }

    fn meets(&self, policy: &Policy, event: &Event) -> bool {
        let created = event.creates.iter().flat_map(|creation| &creation.attributes);
        let mut created = created.map(|(attribute, _)| attribute);
        let ended = !event.ends.is_empty();
        ended
            || created.any(|attribute| self.attributes.contains(attribute))
            || event.effects().any(|(_, effect)| match &effect.fact {
                FactTerm::Relation(relation, _) => self.relations.contains(relation),
                FactTerm::Holds(_, RoleTerm::Named(role), _) => self.roles.contains(role),
                FactTerm::Holds(_, RoleTerm::Term(_), scope) => {
                    let kinds = kinds(policy, event, &effect.condition, scope);
                    self.roles.iter().any(|role| kinds.as_ref().is_none_or(|kinds| policy.roles[*role].on.meets(kinds)))
                }
                FactTerm::Member(..) => self.memberships,
                FactTerm::Value(_, attributes, _) => attributes.iter().any(|(_, attribute)| {
                    self.attributes.contains(attribute) || policy.attributes[*attribute].member_of && self.memberships
                }),
            })
    }
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
