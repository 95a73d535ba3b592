//! The two sides of a difference, and how the entities and actions of one are found on the other.

use crate::eval::Decider;
use crate::policy::{ActionId, KindId};
use crate::world::{EntityId, ResolvedRequest};
use std::cmp::Ordering;

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// What was.
    Old,
    /// What is instead.
    New,
}

impl Side {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Side {
        match self {
            Side::Old => Side::New,
            Side::New => Side::Old,
        }
    }
}

/// Both sides. Entities are the same if kind and id are, and actions if their names are.
#[derive(Clone, Copy, Debug)]
pub struct Sides<'a> {
    /// What was.
    pub old: &'a Decider<'a>,
    /// What is instead.
    pub new: &'a Decider<'a>,
    /// Whether an id means the same on both sides: of one pack, and of one world or an overlay of it.
    pub(super) share_ids: bool,
}

impl<'a> Sides<'a> {
    /// Two sides of one pack, whose worlds are the same, or of which the new one is a changed clone of the old one.
    pub fn of_one_world(old: &'a Decider<'a>, new: &'a Decider<'a>) -> Sides<'a> {
        Sides { old, new, share_ids: true }
    }

    /// Two sides of any packs and worlds.
    pub fn of_two_worlds(old: &'a Decider<'a>, new: &'a Decider<'a>) -> Sides<'a> {
        Sides { old, new, share_ids: false }
    }

    /// The decider of a side.
    pub fn decider(self, side: Side) -> &'a Decider<'a> {
        match side {
            Side::Old => self.old,
            Side::New => self.new,
        }
    }

    /// The kind of an entity whose id means the same on both sides.
    pub(super) fn kind(self, ent: EntityId) -> KindId {
        if self.new.world.has(ent) { self.new.world.kind(ent) } else { self.old.world.kind(ent) }
    }

    /// The same request on the other side; `None` if it cannot be asked there, since an entity does not live there or the action does not
    /// stand on the resource.
    pub fn across(self, from: Side, request: &ResolvedRequest) -> Option<ResolvedRequest> {
        let (here, there) = (self.decider(from), self.decider(from.other()));
        let entity = |ent: EntityId| if self.share_ids { Some(ent) } else { counterpart(here, there, ent) };
        let action = if self.share_ids {
            request.action
        } else {
            there.compiled.policy.action_named(&here.compiled.policy.actions[request.action].meta.name)?
        };
        let request = ResolvedRequest { subject: entity(request.subject)?, action, resource: entity(request.resource)? };
        can_be_asked(there, &request).then_some(request)
    }

    /// Compares the places of a request of the old side and one of the new side in a list.
    pub(super) fn compare(self, old: &ResolvedRequest, new: &ResolvedRequest) -> Ordering {
        let entities = |old: EntityId, new: EntityId| {
            if self.share_ids { self.new.world.compare_entities(old, new) } else { key(self.old, old).cmp(&key(self.new, new)) }
        };
        let name = |decider: &Decider<'a>, action: ActionId| -> &'a str { &decider.compiled.policy.actions[action].meta.name };
        entities(old.subject, new.subject)
            .then_with(|| name(self.old, old.action).cmp(name(self.new, new.action)))
            .then_with(|| entities(old.resource, new.resource))
    }
}

/// Whether subject and resource of a request live, and the action stands on the resource.
pub(super) fn can_be_asked(decider: &Decider<'_>, request: &ResolvedRequest) -> bool {
    let (world, policy, at) = (decider.world, &decider.compiled.policy, decider.context.at);
    world.has(request.subject)
        && world.has(request.resource)
        && world.lives(request.subject, at)
        && world.lives(request.resource, at)
        && policy.kinds[world.kind(request.subject)].subject
        && policy.actions[request.action].on.contains(world.kind(request.resource))
}

fn counterpart(here: &Decider<'_>, there: &Decider<'_>, ent: EntityId) -> Option<EntityId> {
    let entity = here.world.entity(ent);
    let kind = there.compiled.policy.kind_named(&here.compiled.policy.kinds[entity.kind].meta.name)?;
    there.world.find(kind, entity.id)
}

fn key<'a>(decider: &Decider<'a>, ent: EntityId) -> (&'a str, &'a str) {
    let entity = decider.world.entity(ent);
    (&decider.compiled.policy.kinds[entity.kind].meta.name, entity.id)
}
