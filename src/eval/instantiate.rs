//! Instantiating an implication: from the ends of the fact in question to the bindings of its variables.

use super::bindings::Bindings;
use super::env::Env;
use crate::policy::{ImplicationId, KindSet, VarId};
use crate::world::EntityId;

/// The bindings under which the implication's plan derives a fact with these ends; see [`Bindings::asked`]. `None` if the implication
/// cannot apply: an end is of a kind that its place in the conclusion cannot have, does not live, or is [`EntityId::NONE`] where a variable
/// needs it.
///
/// The caller checks whether the implication is in force.
#[inline]
pub(crate) fn instantiate(env: &Env<'_>, implication: ImplicationId, ends: [EntityId; 3]) -> Option<Bindings<'static>> {
    let plan = &env.compiled.implications[implication];
    if plan.scope_kinds.as_ref().is_some_and(|kinds| !kinds.contains(env.world.kind(ends[2]))) {
        return None;
    }
    bind_ends(env, &plan.binds, ends)
}

/// The bindings in which variables have the values of these ends: for each the position of its end, the variable, its kinds. `None` if an
/// end is of another kind, does not live, or is [`EntityId::NONE`].
#[allow(clippy::inline_always, reason = "a call copies all bindings")]
#[inline(always)]
pub(super) fn bind_ends(env: &Env<'_>, binds: &[(usize, VarId, KindSet)], ends: [EntityId; 3]) -> Option<Bindings<'static>> {
    let (world, at) = (env.world, env.context.at);
    // `subject` in an implication is the holder whose role is in question.
    let mut bindings = Bindings { asked: ends, ..Bindings::new(ends[0], EntityId::NONE) };
    for (index, variable, kinds) in binds {
        let end = ends[*index];
        if end == EntityId::NONE || !kinds.contains(world.kind(end)) || !(world.lives(end, at) || world.is_unnamed(end)) {
            return None;
        }
        bindings.variables[usize::from(variable.0)] = end;
    }
    Some(bindings)
}
