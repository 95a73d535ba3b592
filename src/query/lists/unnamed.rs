//! Which entities a list may miss: the world does not name them, and a pattern leaves open what they hold.

use crate::eval::Decider;
use crate::policy::{Atom, AtomKind, KindId, KindSet, Policy, RelationId};
use crate::world::{EntityId, Part, PatternId, Shape, ShapePart, Topic, Value};
use std::collections::BTreeSet;

/// An entity of this kind, which the world does not name, may be in the list by this pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unnamed {
    /// Its kind.
    pub kind: KindId,
    /// The pattern.
    pub pattern: PatternId,
}

/// What one side of a list ranges over.
#[derive(Clone, Debug)]
pub enum Range<'a> {
    /// All entities of these kinds.
    Kinds(KindSet),
    /// These alone.
    These(&'a [EntityId]),
}

impl Range<'_> {
    fn kinds(&self) -> KindSet {
        match self {
            Range::Kinds(kinds) => kinds.clone(),
            Range::These(_) => KindSet::default(),
        }
    }
}

/// The holders and scopes of roles that a list over these may miss. Holders that a membership would bring are left out: the patterns over
/// memberships are in each list of roles. Worlds that no import made name all there is.
pub fn unnamed_holdings(decider: &Decider<'_>, holders: &Range<'_>, scopes: &Range<'_>) -> BTreeSet<Unnamed> {
    let (world, policy, at) = (decider.world, &decider.compiled.policy, decider.context.at);
    let mut found = BTreeSet::new();
    if world.exports().is_empty() {
        return found;
    }
    for shape in world.openings().shapes().filter(|shape| world.pattern(shape.pattern).during.contains(at)) {
        let mut add = |range: &Range<'_>, open: KindSet| {
            let kinds = range.kinds().intersection(&open);
            found.extend(kinds.iter().map(|kind| Unnamed { kind, pattern: shape.pattern }));
        };
        match shape.topic {
            Topic::Holds => {
                if fits_one(decider, shape, 2, scopes) {
                    add(holders, open_kinds(decider, shape, 0));
                }
                if fits_one(decider, shape, 0, holders) {
                    add(scopes, open_kinds(decider, shape, 2));
                }
            }
            Topic::Relation(relation) if gives_roles(policy, relation) => {
                let ends = (0..3).fold(KindSet::default(), |all, end| all.union(&open_kinds(decider, shape, end)));
                add(scopes, with_above(policy, &ends));
            }
            Topic::Relation(_) | Topic::Member | Topic::Value(_) => {}
        }
    }
    found
}

/// Whether the pattern stands for an entity of this kind that the world does not name, or for one within such an entity.
pub(in crate::query) fn stands_for(decider: &Decider<'_>, pattern: PatternId, kind: KindId) -> bool {
    let policy = &decider.compiled.policy;
    let is_open = |shape: &Shape| (0..3).any(|place| with_above(policy, &open_kinds(decider, shape, place)).contains(kind));
    decider.world.openings().shapes().filter(|shape| shape.pattern == pattern).any(is_open)
}

/// The kinds of entities that a pattern leaves open at a place.
fn open_kinds(decider: &Decider<'_>, shape: &Shape, place: usize) -> KindSet {
    let policy = &decider.compiled.policy;
    let by_schema = match (shape.topic, place) {
        (Topic::Holds, 0) => decider.compiled.holders.clone(),
        (Topic::Holds, 2) => policy.scopes(),
        (Topic::Member, 0) => policy.members(),
        (Topic::Member, 1) => policy.groups(),
        (Topic::Relation(relation), _) => policy.relations[relation].ends.get(place).cloned().unwrap_or_default(),
        _ => KindSet::default(),
    };
    let kinds = match shape.parts[place] {
        ShapePart::Is(_) => return KindSet::default(),
        ShapePart::Any => by_schema,
        ShapePart::Variable(variable) => decider.world.pattern(shape.pattern).variables[variable.index()].intersection(&by_schema),
    };
    shape.kinds[place].as_ref().map_or(kinds.clone(), |own| kinds.intersection(own))
}

/// The kinds, and those within which entities of these lie.
fn with_above(policy: &Policy, kinds: &KindSet) -> KindSet {
    kinds.iter().fold(kinds.clone(), |all, kind| all.union(&policy.kinds[kind].above))
}

/// Whether the shape fits one of these entities at a place, or what contains it, or a group in which it may be.
fn fits_one(decider: &Decider<'_>, shape: &Shape, place: usize, range: &Range<'_>) -> bool {
    let (world, policy, at) = (decider.world, &decider.compiled.policy, decider.context.at);
    let named = match shape.parts[place] {
        ShapePart::Is(part) => part.entity().map(|ent| world.kind(ent)),
        ShapePart::Variable(_) | ShapePart::Any => None,
    };
    // Of a group it is not looked who is in it: that takes longer than it is worth.
    if named.is_some_and(|kind| policy.groups().contains(kind)) {
        return true;
    }
    match range {
        Range::Kinds(kinds) => match named {
            Some(kind) => kinds.contains(kind) || policy.with_below(&KindSet::one(kind)).meets(kinds),
            None => open_kinds(decider, shape, place).meets(kinds),
        },
        Range::These(these) => these.iter().flat_map(|&ent| world.containers(ent, at)).any(|ent| {
            let mut parts = [None; 3];
            parts[place] = Some(Part::Value(Value::Entity(ent)));
            decider.fits(shape, parts, at)
        }),
    }
}

/// Whether a condition of an implication asks for the relation.
fn gives_roles(policy: &Policy, relation: RelationId) -> bool {
    let asks = |atom: &Atom| matches!(&atom.kind, AtomKind::Relation { relation: asked, .. } if *asked == relation);
    policy.implications.values().any(|implication| implication.condition.expr.atoms().any(asks))
}
