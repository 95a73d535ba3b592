//! Sets that differ only in whom somebody is free to choose are told once.

use crate::counterfactual::{Change, ChangeSet};
use crate::eval::Decider;
use crate::policy::{AttributeId, KindId, RelationId, RoleId, ToggleId};
use crate::time::Instant;
use crate::world::{EntityId, Lookup, ResolvedRequest, Statement, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A set, and the others that differ from it only in whom they name.
pub(super) struct RepairGroup {
    pub(super) set: ChangeSet,
    pub(super) others: Vec<Alternative>,
    free: BTreeSet<EntityId>,
}

/// A set like another one, and whom it names in place of others.
pub(super) struct Alternative {
    set: ChangeSet,
    free: BTreeSet<EntityId>,
}

/// How many sets of a group are looked at for the nearest.
const LOOKED_AT: usize = 6;

/// The most others that are named.
const NAMED: usize = 2;

impl RepairGroup {
    /// How many entities it names that the question is not about.
    pub(super) fn strangers(&self) -> usize {
        self.free.len()
    }

    /// The entities in whose place others could stand.
    pub(super) fn in_place_of(&self, decider: &Decider<'_>) -> Vec<String> {
        if self.others.is_empty() {
            return Vec::new();
        }
        self.free.iter().map(|&ent| decider.world.name(&decider.compiled.policy, ent)).collect()
    }

    /// Whom the others name, if they are few.
    pub(super) fn instead(&self, decider: &Decider<'_>) -> Vec<String> {
        if self.others.len() > NAMED {
            return Vec::new();
        }
        let names = |other: &Alternative| {
            let own = other.free.difference(&self.free).map(|&ent| decider.world.name(&decider.compiled.policy, ent));
            own.collect::<Vec<_>>().join(" and ")
        };
        self.others.iter().map(names).filter(|names| !names.is_empty()).collect()
    }

    /// The nearest of the first few stands for all; the first of equals. `distance`: how far off a set is, with what is told of it.
    pub(super) fn nearest<T>(&mut self, mut distance: impl FnMut(&ChangeSet) -> (usize, T)) -> T {
        let mut best = distance(&self.set);
        let mut at = None;
        for (index, other) in self.others.iter().enumerate().take(LOOKED_AT) {
            let here = distance(&other.set);
            if here.0 < best.0 {
                (best, at) = (here, Some(index));
            }
        }
        if let Some(other) = at.and_then(|at| self.others.get_mut(at)) {
            std::mem::swap(&mut self.set, &mut other.set);
            std::mem::swap(&mut self.free, &mut other.free);
        }
        best.1
    }
}

/// An entity that the question is about, or any of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum ShapeEntity {
    This(EntityId),
    Some(KindId),
    Nobody,
}

/// A change but for whom it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    Relation(bool, RelationId, [ShapeEntity; 3]),
    Holds(bool, RoleId, [ShapeEntity; 2]),
    Member(bool, [ShapeEntity; 2]),
    Value(bool, AttributeId, ShapeEntity, Value),
    Toggle(ToggleId, bool),
    Date(Instant),
}

/// Groups the sets; the first of each group stands for it, and the groups keep their order.
pub(super) fn group(decider: &Decider<'_>, asked: &ResolvedRequest, sets: Vec<ChangeSet>) -> Vec<RepairGroup> {
    let about = about(decider, asked);
    let mut groups: Vec<RepairGroup> = Vec::new();
    let mut known: BTreeMap<Vec<Shape>, usize> = BTreeMap::new();
    for set in sets {
        let mut free = BTreeSet::new();
        let mut shape: Vec<Shape> = set.iter().map(|&change| shape(decider, &about, change, &mut free)).collect();
        shape.sort();
        if let Some(&at) = known.get(&shape) {
            groups[at].others.push(Alternative { set, free });
        } else {
            known.insert(shape, groups.len());
            groups.push(RepairGroup { set, others: Vec::new(), free });
        }
    }
    groups
}

/// What the question is about: subject and resource, what they lie within, and what the subject's own data name.
fn about(decider: &Decider<'_>, asked: &ResolvedRequest) -> BTreeSet<EntityId> {
    let (world, at, policy) = (decider.world, decider.context.at, &decider.compiled.policy);
    let mut about = BTreeSet::new();
    for ent in [asked.subject, asked.resource] {
        about.extend(std::iter::successors(Some(ent), |&here| world.container(here, at)));
    }
    for ent in about.clone() {
        for &attribute in &policy.kinds[world.kind(ent)].attributes {
            if let (false, Lookup::Known(Value::Entity(named), _)) = (policy.attributes[attribute].many, world.read(ent, attribute, at)) {
                about.insert(named);
                // One step further: a home's own groups are no free choice.
                for &further in &policy.kinds[world.kind(named)].attributes {
                    if let (false, Lookup::Known(Value::Entity(group), _)) =
                        (policy.attributes[further].many, world.read(named, further, at))
                    {
                        about.insert(group);
                    }
                }
            }
        }
    }
    let groups = world.memberships(asked.subject).filter_map(|id| match world.fact(id).statement {
        Statement::Member { group, .. } => Some(group),
        _ => None,
    });
    about.extend(groups.collect::<Vec<_>>());
    about
}

fn shape(decider: &Decider<'_>, about: &BTreeSet<EntityId>, change: Change, free: &mut BTreeSet<EntityId>) -> Shape {
    let (adds, body) = match change {
        Change::Add(body) | Change::Set(body) => (true, body),
        // What is removed is there: nobody is free to choose.
        Change::Remove(body) => (false, body),
        Change::Toggle(toggle, on) => return Shape::Toggle(toggle, on),
        Change::Date { at, .. } => return Shape::Date(at),
    };
    let mut who = |ent: EntityId| {
        if ent == EntityId::NONE {
            ShapeEntity::Nobody
        } else if !adds || about.contains(&ent) {
            ShapeEntity::This(ent)
        } else {
            free.insert(ent);
            ShapeEntity::Some(decider.world.kind(ent))
        }
    };
    match body {
        Statement::Relation(relation, ends) => Shape::Relation(adds, relation, ends.map(&mut who)),
        Statement::Holds { holder, role, scope } => Shape::Holds(adds, role, [holder, scope].map(&mut who)),
        Statement::Member { member, group } => Shape::Member(adds, [member, group].map(&mut who)),
        Statement::Value { entity, attribute, value } => Shape::Value(adds, attribute, who(entity), value),
    }
}
