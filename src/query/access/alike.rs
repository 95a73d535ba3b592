//! Subjects or resources that are alike: everything that decisions about some actions read of one holds of the other too, so that both have
//! the same answers.
//!
//! Two entities are alike if they are of one kind, live at the same times, and the same facts are stated of both for the same times; if no
//! other entity names them; and if neither pack nor world names one of them in what is open or does not hold. Facts that no such decision
//! reads do not count, nor do roles that are not held at the date, unless it may matter that they were held before. To swap them leaves what is read as it is, and so every answer about others: two
//! subjects have the same answers about a resource that is neither, and two resources have the same answers for a subject that is neither.

use crate::eval::Decider;
use crate::graph::{Graph, Permit};
use crate::policy::{
    ActionId, AtomKind, AttributeId, Conclusion, Condition, Id, KindId, KindSet, Policy, Reads, RelationId, RoleId, RuleId,
};
use crate::time::Interval;
use crate::world::{EntityId, Statement};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

/// What is stated of an entity, with nothing in its own place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::query) struct Likeness {
    kind: u32,
    life: Interval,
    facts: Vec<(Statement, Interval)>,
    /// The attributes with sets that must be given and are not.
    lacking: Vec<AttributeId>,
}

/// Tells which entities are alike for decisions about some actions.
#[derive(Debug)]
pub(in crate::query) struct Alike {
    reads: Reads,
    /// The kinds of which it may be read what roles they held before.
    had_roles: KindSet,
    /// By kind: what may be stated of its entities.
    kinds: Vec<Stated>,
    /// The entities that pack or world single out.
    named: FxHashSet<EntityId>,
    askers: KindSet,
    /// The resources that were looked at.
    resources: RwLock<ResourceClasses>,
}

/// Numbers of what resources are like.
#[derive(Debug, Default)]
struct ResourceClasses {
    /// By entity, as far as they were looked at.
    classes: Vec<ResourceClass>,
    numbers: FxHashMap<Likeness, u32>,
}

/// What was found out about a resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum ResourceClass {
    #[default]
    NotLookedAt,
    /// It is like no other.
    Alone,
    /// The number that it shares with those that are alike.
    Shared(u32),
}

impl ResourceClass {
    fn number(self) -> Option<u32> {
        match self {
            ResourceClass::Shared(number) => Some(number),
            ResourceClass::Alone | ResourceClass::NotLookedAt => None,
        }
    }
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
    /// Whether roles that are read may be held over them.
    is_scope: bool,
}

impl Alike {
    pub(in crate::query) fn of(decider: &Decider<'_>, actions: &[ActionId]) -> Alike {
        let (policy, world) = (&decider.compiled.policy, decider.world);
        let (rules, roles) = rules_and_roles(&decider.compiled.graph, actions);
        let reads = Reads::of(policy, rules.iter().map(|&rule| &policy.rules[rule].condition), roles);
        // The condition of a pattern may read any attribute.
        let any_attribute = world.has_conditional_patterns();
        let scopes =
            policy.roles.iter().filter(|&(role, _)| reads.role(role)).fold(KindSet::default(), |all, (_, role)| all.union(&role.on));
        let stated = |kind: KindId| {
            let names = |kinds: &KindSet| kinds.contains(kind);
            // Within what an entity lies is read without being named.
            let is_read = |attribute: &AttributeId| any_attribute || policy.attributes[*attribute].container || reads.attribute(*attribute);
            let naming = policy.attributes.iter().filter(|(_, attribute)| attribute.value.entity_kinds().is_some_and(names));
            let naming = naming.filter(|(id, attribute)| !attribute.member_of && is_read(id));
            // That some role may be held is open for all roles at once.
            let relations = policy.relations.iter().filter(|&(id, _)| reads.relation(id) || id == policy.unknown_roles);
            let ends = relations.flat_map(|(id, relation)| relation.ends.iter().enumerate().map(move |end| (id, end)));
            Stated {
                read: policy.kinds[kind].attributes.iter().copied().filter(is_read).collect(),
                naming: naming.map(|(id, _)| id).collect(),
                relations: ends.filter(|(_, (_, kinds))| kinds.contains(kind)).map(|(id, (end, _))| (id, end)).collect(),
                is_scope: scopes.contains(kind),
            }
        };
        let kinds = policy.kinds.ids().map(stated).collect();
        let had_roles = had_roles(policy, &rules, &reads);
        Alike { kinds, reads, had_roles, named: world.singled_out(), askers: policy.subjects(), resources: RwLock::default() }
    }

    /// The number that each of these resources shares with those that are alike; `None` if it is like no other, may itself be the subject, or is
    /// not in the world.
    pub(in crate::query) fn resource_classes(&self, decider: &Decider<'_>, resources: &[EntityId]) -> Vec<Option<u32>> {
        let mut found: Vec<ResourceClass> = {
            let known = self.resources.read().unwrap_or_else(PoisonError::into_inner);
            resources.iter().map(|resource| known.classes.get(resource.index()).copied().unwrap_or_default()).collect()
        };
        if found.contains(&ResourceClass::NotLookedAt) {
            let mut known = self.resources.write().unwrap_or_else(PoisonError::into_inner);
            let looked_at = found.iter_mut().zip(resources).filter(|(class, _)| **class == ResourceClass::NotLookedAt);
            looked_at.for_each(|(class, &resource)| *class = known.look_at(self, decider, resource));
        }
        found.into_iter().map(ResourceClass::number).collect()
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
            || stated.is_scope && world.assignments_over(ent).any(|id| self.reads_role(world.fact(id).statement))
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
        let had_roles = self.had_roles.contains(entity.kind);
        let counts = |&(statement, during): &(Statement, Interval)| {
            let is_held = || during.contains(at) && self.reads_role(statement) || during.until <= at && had_roles;
            !matches!(statement, Statement::Holds { .. }) || is_held()
        };
        let mut facts: Vec<(Statement, Interval)> = facts.filter(counts).collect();
        facts.sort_unstable();
        let lacking = stated.read.iter().copied().filter(|&attribute| !world.set_given(ent, attribute, at)).collect();
        Some(Likeness { kind: entity.kind.0, life: entity.life, facts, lacking })
    }

    /// Whether the statement is that a role is held on which decisions rest.
    fn reads_role(&self, statement: Statement) -> bool {
        matches!(statement, Statement::Holds { role, .. } if self.reads.role(role))
    }
}

impl ResourceClasses {
    fn look_at(&mut self, alike: &Alike, decider: &Decider<'_>, resource: EntityId) -> ResourceClass {
        if !decider.world.has(resource) {
            return ResourceClass::Alone;
        }
        if self.classes.len() <= resource.index() {
            self.classes.resize(resource.index() + 1, ResourceClass::NotLookedAt);
        }
        if self.classes[resource.index()] == ResourceClass::NotLookedAt {
            let may_ask = alike.askers.contains(decider.world.kind(resource));
            let likeness = if may_ask { None } else { alike.likeness(decider, resource) };
            let next = u32::try_from(self.numbers.len()).expect("no more than entities");
            let class = likeness.map(|likeness| *self.numbers.entry(likeness).or_insert(next));
            self.classes[resource.index()] = class.map_or(ResourceClass::Alone, ResourceClass::Shared);
        }
        self.classes[resource.index()]
    }
}

/// The rules on which decisions about these actions rest, and the roles that grant the actions.
fn rules_and_roles(graph: &Graph, actions: &[ActionId]) -> (BTreeSet<RuleId>, BTreeSet<RoleId>) {
    let (mut rules, mut roles) = (BTreeSet::new(), BTreeSet::new());
    for &action in actions {
        rules.extend(graph.denies(action));
        for &permit in graph.permits(action) {
            match permit {
                Permit::Rule(rule) => _ = rules.insert(rule),
                Permit::Role(role) => _ = roles.insert(role),
            }
        }
    }
    (rules, roles)
}

/// The kinds whose entities may differ by what roles they held before: all, if a rule asks for such roles or an implication of a role does. One
/// that derives a relation asks for those of somebody: that says something about its ends, and of others no more than that there is somebody.
fn had_roles(policy: &Policy, rules: &BTreeSet<RuleId>, reads: &Reads) -> KindSet {
    let asks = |condition: &Condition| condition.expr.atoms().any(|atom| matches!(atom.kind, AtomKind::Holds { was: true, .. }));
    let all = || policy.kinds.ids().fold(KindSet::default(), |all, kind| all.union(&KindSet::one(kind)));
    if rules.iter().any(|&rule| asks(&policy.rules[rule].condition)) {
        return all();
    }
    let asking = reads.implications().map(|id| &policy.implications[id]).filter(|implication| asks(&implication.condition));
    asking.fold(KindSet::default(), |kinds, implication| match &implication.then {
        Conclusion::Relation { relation, .. } => policy.relations[*relation].ends.iter().fold(kinds, |kinds, ends| kinds.union(ends)),
        Conclusion::Holds { .. } => all(),
    })
}
