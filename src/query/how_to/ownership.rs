//! To whom entities belong: the home of a subject, the owners of a group, the outermost container.

use super::answer::ForeignGroup;
use crate::eval::QueryContext;
use crate::policy::{AttributeId, KindId, KindSet, Policy};
use crate::time::Instant;
use crate::world::{EntityId, Lookup, Statement, Value, World};
use std::collections::BTreeMap;

/// The most entities that are listed as owners of a group.
const MAX_OWNERS: usize = 8;

/// The most subjects that a summary lists one by one.
const MAX_LISTED: usize = 3;

/// The most counts that a summary of more subjects lists.
const MAX_COUNTS: usize = 4;

/// Subjects as answers list them. Two summaries are equal exactly when they read the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SubjectSummary {
    /// Few subjects, each by itself.
    Each(Vec<EntityId>),
    /// Many subjects, counted by kind and home.
    Counts {
        /// Kind, home, and the number of subjects of that kind with that home; sorted.
        counts: Vec<(KindId, Option<EntityId>, usize)>,
        /// There are more kinds and homes than are listed.
        more: bool,
    },
}

impl SubjectSummary {
    /// Sums up subjects by their homes at that time.
    pub fn of(policy: &Policy, world: &World, at: Instant, subjects: &[EntityId]) -> SubjectSummary {
        if subjects.len() <= MAX_LISTED {
            return SubjectSummary::Each(subjects.to_vec());
        }
        let mut counts: BTreeMap<(KindId, Option<EntityId>), usize> = BTreeMap::new();
        for &subject in subjects {
            let home = world.home(policy, subject, at).map(|(_, home)| home);
            *counts.entry((world.kind(subject), home)).or_default() += 1;
        }
        let more = counts.len() > MAX_COUNTS;
        let listed = counts.into_iter().take(MAX_COUNTS).map(|((kind, home), count)| (kind, home, count));
        SubjectSummary::Counts { counts: listed.collect(), more }
    }
}

/// The entities that own a group: those with an attribute, other than a membership, that names the group now. Each is listed with that
/// attribute; at most [`MAX_OWNERS`] are.
pub(super) fn owners(decider: &QueryContext<'_>, group: EntityId) -> Vec<(AttributeId, EntityId)> {
    let (policy, world, at) = (&decider.compiled.policy, decider.world, decider.context.at);
    let mut owners = Vec::new();
    for (attribute, _) in policy.attributes.iter().filter(|(_, declared)| !declared.member_of) {
        let facts = world.entities_with_value(attribute, group).map(|id| world.fact(id)).filter(|fact| fact.during.contains(at));
        owners.extend(facts.take(MAX_OWNERS).filter_map(|fact| match fact.statement {
            Statement::Value { entity, .. } => Some((attribute, entity)),
            _ => None,
        }));
    }
    owners.truncate(MAX_OWNERS);
    owners
}

/// The home of a subject now.
pub(super) fn home(decider: &QueryContext<'_>, subject: EntityId) -> Option<EntityId> {
    decider.world.home(&decider.compiled.policy, subject, decider.context.at).map(|(_, home)| home)
}

/// The outermost container of an entity now; `None` if it has no container.
pub(super) fn outermost_container(decider: &QueryContext<'_>, entity: EntityId) -> Option<EntityId> {
    decider.world.containers(entity, decider.context.at).skip(1).last()
}

/// Whose the entities are: those that are homes of subjects, and for each other the homes that its single-valued attributes name now, with its
/// outermost container. No roles.
pub(super) fn parties(decider: &QueryContext<'_>, entities: &[EntityId]) -> Vec<EntityId> {
    let (policy, world, at) = (&decider.compiled.policy, decider.world, decider.context.at);
    let subjects = policy.subjects();
    let homes = subjects.iter().flat_map(|kind| &policy.kinds[kind].exactly_one);
    let homes: Vec<&KindSet> = homes.filter_map(|&home| policy.attributes[home].value.entity_kinds()).collect();
    let is_home = |entity: EntityId| homes.iter().any(|kinds| kinds.contains(world.kind(entity)));
    let mut parties = Vec::new();
    for &entity in entities.iter().filter(|&&entity| world.role_of(entity).is_none()) {
        if is_home(entity) {
            parties.push(entity);
            continue;
        }
        let attributes = policy.kinds[world.kind(entity)].attributes.iter().filter(|&&attribute| !policy.attributes[attribute].many);
        parties.extend(attributes.filter_map(|&attribute| match world.read(entity, attribute, at) {
            Lookup::Known(Value::Entity(named), _) => Some(named).filter(|&named| is_home(named)),
            _ => None,
        }));
        parties.extend(outermost_container(decider, entity));
    }
    world.sort_entities(&mut parties);
    parties.dedup();
    parties
}

/// For a membership in a group that has owners, none of which is the home of the member: that home, and the first owner. Otherwise `None`.
pub(super) fn foreign_group(decider: &QueryContext<'_>, fact: Statement) -> Option<ForeignGroup> {
    let Statement::Member { member, group } = fact else { return None };
    let home = home(decider, member)?;
    let owners = owners(decider, group);
    let &(_, owner) = owners.first()?;
    (!owners.iter().any(|&(_, owner)| owner == home)).then_some(ForeignGroup { member, home, group, owner })
}
