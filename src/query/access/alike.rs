//! Subjects or resources that are alike: everything that a decision reads of one holds of the other too, so that both have the same answers.
//!
//! Two entities are alike if they are of one kind, live at the same times, and the same facts are stated of both for the same times, except
//! values that no condition reads and roles that are not held at the date; if no other entity names them; and if neither pack nor world names one of them in what is open or does not
//! hold. To swap them leaves the world as it is, and so every answer about others: two subjects have the same answers about a resource that is
//! neither, and two resources have the same answers for a subject that is neither.

use crate::eval::Decider;
use crate::policy::{AttributeId, Conclusion, Hop, Id, KindId, KindSet, Path, Policy, RelationId, Term};
use crate::time::Interval;
use crate::world::{EntityId, Statement};
use rustc_hash::FxHashSet;

/// What is stated of an entity, with nothing in its own place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::query) struct Likeness {
    kind: u32,
    life: Interval,
    facts: Vec<(Statement, Interval)>,
    /// The attributes with sets that must be given and are not.
    lacking: Vec<AttributeId>,
}

/// Tells which entities are alike.
#[derive(Debug)]
pub(in crate::query) struct Alike {
    /// By kind: what may be stated of its entities.
    kinds: Vec<Stated>,
    /// The entities that pack or world single out.
    named: FxHashSet<EntityId>,
    askers: KindSet,
}

/// What may be stated of the entities of a kind.
#[derive(Debug)]
struct Stated {
    /// The attributes of it that some condition reads.
    read: Vec<AttributeId>,
    /// The attributes whose values they may be.
    naming: Vec<AttributeId>,
    /// The relations at whose ends they may be, with the ends.
    relations: Vec<(RelationId, usize)>,
    /// Whether roles may be held over them.
    is_scope: bool,
}

impl Alike {
    pub(in crate::query) fn of(decider: &Decider<'_>) -> Alike {
        let (policy, world) = (&decider.compiled.policy, decider.world);
        // The condition of a pattern may read any attribute.
        let read = if world.has_conditional_patterns() { vec![true; policy.attributes.len()] } else { attributes_read(policy) };
        let scopes = policy.scopes();
        let stated = |kind: KindId| {
            let names = |kinds: &KindSet| kinds.contains(kind);
            let naming = policy.attributes.iter().filter(|(_, attribute)| attribute.value.entity_kinds().is_some_and(names));
            let ends = policy.relations.iter().flat_map(|(id, relation)| relation.ends.iter().enumerate().map(move |end| (id, end)));
            Stated {
                read: policy.kinds[kind].attributes.iter().copied().filter(|attribute| read[attribute.index()]).collect(),
                naming: naming.filter(|(_, attribute)| !attribute.member_of).map(|(id, _)| id).collect(),
                relations: ends.filter(|(_, (_, kinds))| kinds.contains(kind)).map(|(id, (end, _))| (id, end)).collect(),
                is_scope: scopes.contains(kind),
            }
        };
        Alike { kinds: policy.kinds.ids().map(stated).collect(), named: world.singled_out(), askers: policy.subjects() }
    }

    /// What a resource is like; `None` if it is like no other, or may itself be the subject.
    pub(in crate::query) fn resource(&self, decider: &Decider<'_>, resource: EntityId) -> Option<Likeness> {
        if self.askers.contains(decider.world.kind(resource)) { None } else { self.likeness(decider, resource) }
    }

    /// What the entity is like; `None` if it is like no other.
    pub(in crate::query) fn likeness(&self, decider: &Decider<'_>, ent: EntityId) -> Option<Likeness> {
        let world = decider.world;
        let entity = world.entity(ent);
        let stated = &self.kinds[entity.kind.index()];
        let is_related = |&(relation, end): &(RelationId, usize)| world.related(relation, end, ent).next().is_some();
        let is_value = |&attribute: &AttributeId| world.entities_with_value(attribute, ent).next().is_some();
        if self.named.contains(&ent)
            || stated.naming.iter().any(is_value)
            || stated.relations.iter().any(is_related)
            || stated.is_scope && world.assignments_over(ent).next().is_some()
            || world.members(ent).next().is_some()
        {
            return None;
        }
        let values = stated.read.iter().flat_map(|&attribute| world.values(ent, attribute));
        let facts = values.chain(world.memberships(ent)).chain(world.assignments_of(ent)).map(|id| {
            let fact = world.fact(id);
            let statement = match fact.statement {
                Statement::Value { attribute, value, .. } => Statement::Value { entity: EntityId::NONE, attribute, value },
                Statement::Member { group, .. } => Statement::Member { member: EntityId::NONE, group },
                Statement::Holds { role, scope, .. } => Statement::Holds { holder: EntityId::NONE, role, scope },
                relation @ Statement::Relation(..) => relation,
            };
            (statement, fact.during)
        });
        let at = decider.context.at;
        // Roles that ended or are yet to begin are never asked for: only relations have a past.
        let counts = |&(statement, during): &(Statement, Interval)| !matches!(statement, Statement::Holds { .. }) || during.contains(at);
        let mut facts: Vec<(Statement, Interval)> = facts.filter(counts).collect();
        facts.sort_unstable();
        let lacking = stated.read.iter().copied().filter(|&attribute| !world.set_given(ent, attribute, at)).collect();
        Some(Likeness { kind: entity.kind.0, life: entity.life, facts, lacking })
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
