//! Kinds whose memberships the world does not have at all: perhaps their export was forgotten, and then whoever holds a role through a group
//! does not hold it here.

use super::names;
use crate::diag::{Code, Diagnostic};
use crate::policy::{Event, FactTerm, KindId, KindSet, Policy};
use crate::world::{EventRecord, ShapePart, Topic, World};
use rustc_hash::FxHashSet;

/// A warning for each kind that may be in groups, of which the world declares an entity, and of which neither a line nor a fact states a
/// membership (`stated` are the kinds of which one does), no event may add one, and no pattern leaves one open. Kinds of groups are
/// passed over, since few groups are in groups.
pub(super) fn not_stated(policy: &Policy, world: &World, stated: &KindSet, events: &[EventRecord]) -> Vec<Diagnostic> {
    let recorded: FxHashSet<_> = events.iter().map(|record| record.event).collect();
    if recorded.into_iter().any(|event| may_add_memberships(policy, &policy.events[event])) {
        return Vec::new();
    }
    let groups = policy.groups();
    let missing = policy.kinds.ids().filter(|&kind| {
        (policy.kinds[kind].subject || !groups.contains(kind))
            && !policy.groups_of(kind).is_empty()
            && !stated.contains(kind)
            && world.of_kind(kind).any(|ent| world.is_declared(ent))
            && !may_be_open(world, kind)
    });
    missing.map(|kind| warning(policy, kind)).collect()
}

fn may_add_memberships(policy: &Policy, event: &Event) -> bool {
    let mut stating = event.effects().filter(|(kind, _)| kind.states()).map(|(_, effect)| effect);
    let states = stating.any(|effect| match &effect.fact {
        FactTerm::Member(..) => true,
        FactTerm::Value(_, attributes, _) => attributes.iter().any(|&(_, attribute)| policy.attributes[attribute].member_of),
        FactTerm::Relation(..) | FactTerm::Holds(..) => false,
    });
    states || event.creates.iter().flat_map(|creation| &creation.attributes).any(|(attribute, _)| policy.attributes[*attribute].member_of)
}

/// Whether a pattern leaves memberships of entities of the kind open.
fn may_be_open(world: &World, kind: KindId) -> bool {
    let mut shapes = world.openings().of_topic(Topic::Member);
    shapes.any(|shape| match shape.parts[0] {
        ShapePart::Is(part) => part.entity().is_none_or(|ent| world.kind(ent) == kind),
        ShapePart::Variable(variable) => world.pattern(shape.pattern).variables[variable.index()].contains(kind),
        ShapePart::Any => shape.kinds[0].as_ref().is_none_or(|kinds| kinds.contains(kind)),
    })
}

fn warning(policy: &Policy, kind: KindId) -> Diagnostic {
    let name = names::kind_name(policy, kind);
    let consequence = if policy.kinds[kind].subject { "none holds a role through a group" } else { "none is in a group" };
    let headline = format!("the world states no membership of any `{name}`, so that {consequence}");
    let help = format!("state the memberships; or leave them open with a pattern: `{name} in _`");
    Diagnostic::nowhere(Code::NoMemberships, headline).help(help)
}
