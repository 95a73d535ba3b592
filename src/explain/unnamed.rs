//! Entities that the world does not name, in traces.

use crate::eval::{TraceNode, TraceStep, Truth};
use crate::world::World;

/// The nodes below a node of a trace. Where a search found an entity with a name, those without one add nothing.
pub(super) fn below_named<'t>(world: &World, node: TraceNode<'t>) -> impl Iterator<Item = TraceNode<'t>> {
    let is_unnamed = |below: TraceNode<'t>| matches!(below.step(), TraceStep::Bind(_, ent) if world.is_unnamed(ent));
    let is_named = |below: TraceNode<'t>| below.truth() != Truth::False && !is_unnamed(below);
    let skip = world.has_unnamed() && matches!(node.step(), TraceStep::Exists) && node.below().any(is_named);
    node.below().filter(move |&below| !(skip && is_unnamed(below)))
}
