//! What access a group gives: the list of a world in which its members left it.

use super::list::AccessRow;
use super::selection::Subjects;
use crate::diag::phrases::with_article;
use crate::eval::{Budget, Decider, NoTrace, Outcome, Truth};
use crate::query::Overlay;
use crate::world::{EntityId, RequestError, Statement};
use rustc_hash::FxHashSet;

/// The world and context without the memberships by which these subjects are, or may be, in the group: those of the group itself, whether of
/// the subject or of a group in which it is.
///
/// # Errors
///
/// If nothing can be a member of such an entity.
pub fn without_members(decider: &Decider<'_>, group: EntityId, subjects: &Subjects) -> Result<Overlay, RequestError> {
    let (world, policy, at) = (decider.world, &decider.compiled.policy, decider.context.at);
    if !policy.groups().contains(world.kind(group)) {
        let name = with_article(&policy.kinds[world.kind(group)].meta.name);
        let help = "`--through` takes a group, which the subjects leave".to_owned();
        return Err(RequestError::of_policy(format!("nobody can be a member of {name}"), Some(help)));
    }
    let budget = Budget::of(u64::MAX);
    let query = decider.within(&budget);
    let mut evaluator = query.evaluator(NoTrace);
    let leaving: Option<FxHashSet<EntityId>> = match subjects {
        Subjects::Kinds(kinds) if *kinds == policy.subjects() => None,
        Subjects::Kinds(kinds) => Some(world.living_of(kinds, at).collect()),
        Subjects::These(these) => Some(these.iter().map(|&(subject, _)| subject).collect()),
    };
    // Itself, or somebody in it.
    let mut leaves = |member: EntityId| match &leaving {
        None => true,
        Some(all) => all.contains(&member) || all.iter().any(|&subject| evaluator.member(subject, member) != Truth::False),
    };
    let mut members: Vec<EntityId> = if world.memberships_closed() {
        let direct = world.members(group).filter_map(|id| match world.fact(id).statement {
            Statement::Member { member, .. } => Some(member),
            _ => None,
        });
        direct.collect()
    } else {
        let is_member = |&member: &EntityId| query.holds_or_may(Statement::Member { member, group });
        world.living_of(&policy.members(), at).filter(is_member).collect()
    };
    members.sort_unstable();
    members.dedup();
    members.retain(|&member| leaves(member));
    let mut overlay = Overlay { world: world.clone(), context: decider.context.clone() };
    for member in members {
        overlay.assume(policy, Statement::Member { member, group }, false);
    }
    Ok(overlay)
}

/// What would be left of a row in the world of another decider: `None` if nothing of it would end, else unknown or false.
pub fn left_of(without: &Decider<'_>, row: &AccessRow) -> Option<Truth> {
    let decision = without.decide(&row.request);
    match (row.outcome, decision.outcome) {
        _ if decision.exhausted.is_some() => Some(Truth::Unknown),
        (_, Outcome::Barred | Outcome::NotGranted) => Some(Truth::False),
        (Outcome::Allowed, Outcome::Unknown) => Some(Truth::Unknown),
        _ => None,
    }
}
