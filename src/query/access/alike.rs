//! Subjects that are alike: everything that a decision reads of one holds of the other too, so that both have the same answers.
//!
//! Two subjects are alike if they are of one kind, live at the same times, and the same facts are stated of both for the same times, except
//! values that no condition reads; and if neither pack nor world names one of them in what is open or does not hold. To swap them leaves the
//! world as it is, and so every answer about a resource that is neither.

use crate::eval::Decider;
use crate::policy::{AttributeId, Conclusion, Hop, KindSet, Path, Policy, Term};
use crate::time::Interval;
use crate::world::{EntityId, Statement};
use rustc_hash::FxHashSet;

/// What is stated of a subject, with nothing in its own place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::query) struct Likeness {
    kind: u32,
    life: Interval,
    facts: Vec<(Statement, Interval)>,
}

/// Tells which subjects are alike.
#[derive(Debug)]
pub(in crate::query) struct Alike {
    /// By attribute: whether a condition reads it.
    read: Vec<bool>,
    /// The attributes whose values may be subjects.
    naming: Vec<AttributeId>,
    /// The entities that pack or world single out.
    named: FxHashSet<EntityId>,
}

impl Alike {
    pub(in crate::query) fn of(decider: &Decider<'_>) -> Alike {
        let (policy, world) = (&decider.compiled.policy, decider.world);
        let subjects = policy.subjects();
        let names_subject = |kinds: &KindSet| kinds.iter().any(|kind| subjects.contains(kind));
        let naming = policy.attributes.iter().filter(|(_, attribute)| attribute.value.entity_kinds().is_some_and(names_subject));
        // The condition of a pattern may read any attribute.
        let read = if world.has_conditional_patterns() { vec![true; policy.attributes.len()] } else { attributes_read(policy) };
        Alike { read, naming: naming.map(|(id, _)| id).collect(), named: world.singled_out() }
    }

    /// What the subject is like; `None` if it is like no other.
    pub(in crate::query) fn likeness(&self, decider: &Decider<'_>, subject: EntityId) -> Option<Likeness> {
        let world = decider.world;
        let is_value = |&attribute: &AttributeId| world.entities_with_value(attribute, subject).next().is_some();
        if self.named.contains(&subject) || self.naming.iter().any(is_value) {
            return None;
        }
        let entity = world.entity(subject);
        let mut facts = Vec::new();
        for id in world.facts_about(subject) {
            let fact = world.fact(id);
            let statement = match fact.statement {
                Statement::Value { attribute, .. } if !self.read[attribute.0 as usize] => continue,
                Statement::Value { attribute, value, .. } => Statement::Value { entity: EntityId::NONE, attribute, value },
                Statement::Member { member, group } if member == subject => Statement::Member { member: EntityId::NONE, group },
                Statement::Holds { holder, role, scope } if holder == subject => Statement::Holds { holder: EntityId::NONE, role, scope },
                // Of a relation, or of the subject as a group or a scope.
                _ => return None,
            };
            facts.push((statement, fact.during));
        }
        facts.sort_unstable();
        Some(Likeness { kind: entity.kind.0, life: entity.life, facts })
    }
}

/// By attribute: whether the condition of a rule or an implication reads it, or it may say within what an entity lies.
fn attributes_read(policy: &Policy) -> Vec<bool> {
    let mut read: Vec<bool> = policy.attributes.values().map(|attribute| attribute.container).collect();
    let mut note = |term: &Term| {
        for (_, hop) in term.hops().flat_map(|(_, path): (&Term, &Path)| path.iter()) {
            if let Hop::Attribute(attribute) = hop {
                read[attribute.0 as usize] = true;
            }
        }
    };
    let conditions = policy.rules.values().map(|rule| &rule.condition);
    let conditions = conditions.chain(policy.implications.values().map(|implication| &implication.condition));
    conditions.flat_map(|condition| condition.expr.atoms()).for_each(|atom| atom.kind.terms().into_iter().for_each(&mut note));
    for implication in policy.implications.values() {
        match &implication.then {
            Conclusion::Holds { holder, role, scope } => [holder, scope].into_iter().chain(role.term()).for_each(&mut note),
            Conclusion::Relation { terms, .. } => terms.iter().for_each(&mut note),
        }
    }
    read
}
