//! Groups repairs that differ only in free entities. An entity is free if the question is not about it, so that another one may do as well.

use super::answer::Replacement;
use crate::counterfactual::{Change, ChangeSet};
use crate::eval::QueryContext;
use crate::policy::{AttributeId, KindId, RelationId, RoleId, ToggleId};
use crate::world::{EntityId, Lookup, ResolvedRequest, Statement, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The most other sets of a group that are compared to find the nearest.
const MAX_COMPARED: usize = 6;

/// The most other sets that are listed one by one.
const MAX_LISTED: usize = 2;

/// A set of changes that represents its group, and the other sets of the group.
pub(super) struct RepairGroup {
    pub(super) set: ChangeSet,
    pub(super) others: Vec<Alternative>,
    /// The free entities of the set.
    free: BTreeSet<EntityId>,
    /// Whether something new is needed.
    creates: bool,
}

/// Another set of a group, and its free entities.
pub(super) struct Alternative {
    set: ChangeSet,
    free: BTreeSet<EntityId>,
}

impl RepairGroup {
    /// The entities that can be replaced by others; empty if the group has no other set.
    pub(super) fn replaceable(&self) -> Vec<EntityId> {
        if self.others.is_empty() { Vec::new() } else { self.free.iter().copied().collect() }
    }

    /// What each other set names instead; empty if the group has more than [`MAX_LISTED`] other sets.
    pub(super) fn alternatives(&self) -> Vec<Replacement> {
        if self.others.len() > MAX_LISTED {
            return Vec::new();
        }
        let replacements = self.others.iter().map(|other| Replacement::between(&self.free, &other.free));
        replacements.filter(|replacement| !replacement.by.is_empty()).collect()
    }

    /// Puts the sets in the order of what each costs; of those that cost the same, the one that came first.
    pub(super) fn order_by_cost<C: Ord>(&mut self, cost: impl Fn(&ChangeSet) -> C) {
        let own = Alternative { set: std::mem::take(&mut self.set), free: std::mem::take(&mut self.free) };
        let mut all: Vec<Alternative> = std::iter::once(own).chain(self.others.drain(..)).collect();
        all.sort_by_cached_key(|alternative| cost(&alternative.set));
        let mut all = all.into_iter();
        if let Some(Alternative { set, free }) = all.next() {
            (self.set, self.free) = (set, free);
        }
        self.others = all.collect();
    }

    /// Makes the nearest of the first few sets the representative, the first one if several are equally near. `measure` returns the distance
    /// of a set and any data about it; the data of the representative is returned.
    pub(super) fn represent_by_nearest<D: Ord, T>(&mut self, mut measure: impl FnMut(&ChangeSet) -> (D, T)) -> T {
        let (mut nearest, mut kept) = measure(&self.set);
        let mut chosen = None;
        for (index, other) in self.others.iter().enumerate().take(MAX_COMPARED) {
            let (distance, details) = measure(&other.set);
            if distance < nearest {
                (nearest, kept, chosen) = (distance, details, Some(index));
            }
        }
        if let Some(other) = chosen.and_then(|index| self.others.get_mut(index)) {
            std::mem::swap(&mut self.set, &mut other.set);
            std::mem::swap(&mut self.free, &mut other.free);
        }
        kept
    }
}

/// An entity of a change, as far as it matters for grouping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum ShapeEntity {
    /// An entity that the question is about, or that a removed fact names.
    This(EntityId),
    /// Any entity of the kind.
    AnyOf(KindId),
    /// An entity of the kind that an event creates.
    New(KindId),
    /// An end that the relation does not have.
    Absent,
}

/// A change without its free entities. The flag of the first four is whether the change adds the fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    Relation(bool, RelationId, [ShapeEntity; 3]),
    Holds(bool, RoleId, [ShapeEntity; 2]),
    Member(bool, [ShapeEntity; 2]),
    Value(bool, AttributeId, ShapeEntity, Value),
    Toggle(ToggleId, bool),
}

/// Groups sets of the same shape. The first set represents its group, and groups are in the order of their first sets, those that need
/// something new at the end.
pub(super) fn group(decider: &QueryContext<'_>, asked: &ResolvedRequest, sets: Vec<ChangeSet>) -> Vec<RepairGroup> {
    let about = entities_in_question(decider, asked);
    let mut groups: Vec<RepairGroup> = Vec::new();
    let mut known: BTreeMap<Vec<Shape>, usize> = BTreeMap::new();
    for set in sets {
        let mut free = BTreeSet::new();
        let mut shapes: Vec<Shape> = set.iter().map(|&change| shape(decider, &about, change, &mut free)).collect();
        shapes.sort();
        if let Some(&index) = known.get(&shapes) {
            groups[index].others.push(Alternative { set, free });
        } else {
            known.insert(shapes, groups.len());
            let creates = set.iter().any(|change| change.names(|entity| decider.world.is_unborn(entity)));
            groups.push(RepairGroup { set, others: Vec::new(), free, creates });
        }
    }
    // These are tried last, since they take the most events.
    groups.sort_by_key(|group| group.creates);
    groups
}

/// The entities that the question is about: subject and resource with their containers; the entities that these name by single-valued
/// attributes, and those that the named entities name in turn; and the groups that the subject is or was in directly.
fn entities_in_question(decider: &QueryContext<'_>, asked: &ResolvedRequest) -> BTreeSet<EntityId> {
    let (world, at) = (decider.world, decider.context.at);
    let itself_and_containers: BTreeSet<EntityId> =
        [asked.subject, asked.resource].into_iter().flat_map(|entity| world.containers(entity, at)).collect();
    let mut about = itself_and_containers.clone();
    for &entity in &itself_and_containers {
        for named in entities_named_by(decider, entity) {
            about.insert(named);
            // The groups that a home names are not free.
            about.extend(entities_named_by(decider, named));
        }
    }
    about.extend(world.memberships(asked.subject).filter_map(|id| match world.fact(id).statement {
        Statement::Member { group, .. } => Some(group),
        _ => None,
    }));
    about
}

/// The entities that single-valued attributes of the entity name now.
fn entities_named_by(decider: &QueryContext<'_>, entity: EntityId) -> Vec<EntityId> {
    let (world, policy) = (decider.world, &decider.compiled.policy);
    let attributes = policy.kinds[world.kind(entity)].attributes.iter().filter(|&&attribute| !policy.attributes[attribute].many);
    let named = attributes.filter_map(|&attribute| match world.read(entity, attribute, decider.context.at) {
        Lookup::Known(Value::Entity(named), _) => Some(named),
        _ => None,
    });
    named.collect()
}

/// The shape of a change. Its free entities are added to `free`.
fn shape(decider: &QueryContext<'_>, about: &BTreeSet<EntityId>, change: Change, free: &mut BTreeSet<EntityId>) -> Shape {
    let (adds, fact) = match change {
        Change::Add(fact) | Change::Set(fact) => (true, fact),
        // A removed fact already names its entities, so none of them is free.
        Change::Remove(fact) => (false, fact),
        Change::Toggle(toggle, on) => return Shape::Toggle(toggle, on),
    };
    let mut generalized = |entity: EntityId| {
        if entity == EntityId::NONE {
            ShapeEntity::Absent
        } else if !adds || about.contains(&entity) {
            ShapeEntity::This(entity)
        } else if decider.world.is_unborn(entity) {
            ShapeEntity::New(decider.world.kind(entity))
        } else {
            free.insert(entity);
            ShapeEntity::AnyOf(decider.world.kind(entity))
        }
    };
    match fact {
        Statement::Relation(relation, ends) => Shape::Relation(adds, relation, ends.map(&mut generalized)),
        Statement::Holds { holder, role, scope } => Shape::Holds(adds, role, [holder, scope].map(&mut generalized)),
        Statement::Member { member, group } => Shape::Member(adds, [member, group].map(&mut generalized)),
        Statement::Value { entity, attribute, value } => Shape::Value(adds, attribute, generalized(entity), value),
    }
}
