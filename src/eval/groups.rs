//! Membership in groups, at any depth.

use super::evaluator::Evaluator;
use super::trace::{MissingDatum, Recorder, TraceStep};
use super::truth::Truth;
use crate::policy::{AttributeId, KindSet, ValueType};
use crate::world::{EntityId, FactId, Inline, Statement};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;

/// An entity, and the membership by which it was found: the fact, and the index of whose it is.
type Found = (EntityId, Option<(FactId, usize)>);

/// The groups of one entity: each with the fact that leads to it and whose that is; and the attributes that may hold more.
#[derive(Clone, Debug)]
pub(crate) struct Closure {
    pub(crate) of: EntityId,
    /// The entity itself first, then groups in the order in which they were found; each with the membership by which it was found.
    pub(crate) found: SmallVec<[Found; 8]>,
    /// Attributes that are not imported, each with whose it is.
    pub(crate) open: SmallVec<[(EntityId, AttributeId); 2]>,
}

impl<R: Recorder> Evaluator<'_, R> {
    /// Finds the groups of an entity, and keeps them until another is asked about.
    pub(crate) fn close(&mut self, of: EntityId) {
        if self.closure.as_ref().is_some_and(|closure| closure.of == of) {
            return;
        }
        let (world, at, policy) = (self.env.world, self.env.context.at, &self.env.compiled.policy);
        let mut closure = Closure { of, found: SmallVec::new(), open: SmallVec::new() };
        closure.found.push((of, None));
        let mut many = FxHashSet::default();
        let mut next = 0;
        while let Some(&(here, _)) = closure.found.get(next) {
            let _all: Option<()> = world.find_group(here, at, |id, group| {
                // A list is looked through while it is short, a set when it is long.
                let known = if closure.found.len() <= 16 {
                    closure.found.iter().any(|(found, _)| *found == group)
                } else {
                    if many.is_empty() {
                        many.extend(closure.found.iter().map(|(found, _)| *found));
                    }
                    many.contains(&group)
                };
                if !known {
                    closure.found.push((group, Some((id, next))));
                    if !many.is_empty() {
                        many.insert(group);
                    }
                }
                None
            });
            let attributes = if self.env.open_groups { policy.kinds[world.kind(here)].attributes.as_slice() } else { &[] };
            for &attribute in attributes {
                // Who does not exist then is in no group, whatever was not imported.
                if policy.attributes[attribute].member_of && !world.attribute_closed(attribute) && !world.is_dead(here, at) {
                    closure.open.push((here, attribute));
                }
            }
            next += 1;
        }
        self.closure = Some(closure);
    }

    /// Whether `member` is in `group`, at any depth; tells the memberships that lead there.
    #[inline]
    pub(crate) fn member(&mut self, member: EntityId, group: EntityId) -> Truth {
        if !R::EXHAUSTIVE
            && member != group
            && let Some(found) = self.member_by_sight(member, group)
        {
            return Truth::from(found);
        }
        self.member_of_all(member, group)
    }

    /// The same, looked for among all groups of the member.
    #[inline(never)]
    fn member_of_all(&mut self, member: EntityId, group: EntityId) -> Truth {
        self.close(member);
        let Some(closure) = &self.closure else { return Truth::False };
        // The member stands first, and is not in itself, whatever leads back to it.
        let place = closure.found.iter().skip(1).position(|(found, _)| *found == group).map(|at| at + 1);
        if let Some(place) = place {
            if R::EXHAUSTIVE {
                let mut path: SmallVec<[FactId; 4]> = SmallVec::new();
                let mut here = Some(place);
                while let Some((_, Some((fact, from)))) = here.map(|at| closure.found[at]) {
                    path.push(fact);
                    here = Some(from);
                }
                for fact in path.into_iter().rev() {
                    self.recorder.leaf(TraceStep::Fact(fact), Truth::True);
                }
            }
            return Truth::True;
        }
        if member != group && self.may_be_member(group) {
            self.recorder.leaf(TraceStep::Missing(MissingDatum::Fact(Statement::Member { member, group })), Truth::Unknown);
            return Truth::Unknown;
        }
        Truth::False
    }

    /// Whether `member` is in `group`, where that is seen sooner than all groups are found: most are in one group or none, which is in one
    /// or none, and so on up.
    fn member_by_sight(&self, member: EntityId, group: EntityId) -> Option<bool> {
        const STEPS: usize = 8;
        let world = self.env.world;
        let mut here = member;
        for _ in 0..STEPS {
            match world.single_group(here) {
                Inline::Always(above) if above == group => return Some(true),
                Inline::Always(above) => here = above,
                Inline::Nothing => return (!self.env.open_groups).then_some(false),
                Inline::Look => return self.member_by_forks(here, group),
            }
        }
        None
    }

    /// The same from one that is in several groups, or in some for a time: seen if it is in the group directly, or its groups are in none.
    fn member_by_forks(&self, member: EntityId, group: EntityId) -> Option<bool> {
        let (world, at) = (self.env.world, self.env.context.at);
        let mut ends = !self.env.open_groups;
        let found = world.find_group(member, at, |_, above| {
            ends &= world.single_group(above) == Inline::Nothing;
            (above == group).then_some(true)
        });
        found.or(ends.then_some(false))
    }

    /// Whether an attribute that is not imported may lead from the closed entity to the group.
    fn may_be_member(&self, group: EntityId) -> bool {
        let (world, at, policy) = (self.env.world, self.env.context.at, &self.env.compiled.policy);
        let Some(closure) = &self.closure else { return false };
        let kind = world.kind(group);
        let open = || closure.open.iter().map(|&(_, attribute)| attribute);
        if world.is_dead(group, at) || !open().any(|attribute| self.leads_to(attribute, kind)) {
            return false;
        }
        let targets = |attribute: AttributeId| match &policy.attributes[attribute].value {
            ValueType::Entity(to) => to.clone(),
            _ => KindSet::default(),
        };
        let next = open().fold(KindSet::default(), |all, attribute| all.union(&targets(attribute)));
        // Into the group itself; or into some other, if one of those is in the group, or may be.
        next.contains(kind) || next.meets(&self.kinds_leading_to(group))
    }

    /// The kinds of those that are in the group, at any depth, or may be by what is not imported.
    fn kinds_leading_to(&self, group: EntityId) -> KindSet {
        let (world, at, policy) = (self.env.world, self.env.context.at, &self.env.compiled.policy);
        let mut kinds = KindSet::default();
        let mut whole = KindSet::default();
        let mut seen = FxHashSet::default();
        let mut next = vec![group];
        while let Some(here) = next.pop() {
            let told = world.members(here).map(|id| world.fact(id)).filter(|fact| fact.during.contains(at));
            let mut members: Vec<EntityId> = told
                .filter_map(|fact| match fact.body {
                    Statement::Member { member, .. } => Some(member),
                    _ => None,
                })
                .collect();
            for (_, attribute) in policy.attributes.iter().filter(|(id, attribute)| attribute.member_of && !world.attribute_closed(*id)) {
                let direct = matches!(&attribute.value, ValueType::Entity(to) if to.contains(world.kind(here)));
                if direct && !whole.contains(attribute.kind) {
                    whole.insert(attribute.kind);
                    members.extend(world.of_kind(attribute.kind).filter(|&ent| world.lives(ent, at)));
                }
            }
            for member in members {
                kinds.insert(world.kind(member));
                if seen.insert(member) {
                    next.push(member);
                }
            }
        }
        kinds
    }

    /// Whether the entity is known to be in no group at all.
    pub(crate) fn in_no_group(&mut self, member: EntityId) -> bool {
        self.close(member);
        self.closure.as_ref().is_some_and(|closure| closure.found.len() == 1 && closure.open.is_empty())
    }

    /// All groups of a member, if there can be no others.
    pub(crate) fn groups(&mut self, member: EntityId) -> Option<Vec<EntityId>> {
        self.close(member);
        let closure = self.closure.as_ref()?;
        closure.open.is_empty().then(|| closure.found.iter().skip(1).map(|(group, _)| *group).collect())
    }

    /// All members of a group, if there can be no others.
    pub(crate) fn members(&mut self, group: EntityId) -> Option<Vec<EntityId>> {
        let (world, at, policy) = (self.env.world, self.env.context.at, &self.env.compiled.policy);
        if policy.attributes.iter().any(|(id, attribute)| attribute.member_of && !world.attribute_closed(id)) {
            return None;
        }
        let mut seen = FxHashSet::default();
        let mut found = Vec::new();
        let mut next = vec![group];
        while let Some(here) = next.pop() {
            for id in world.members(here) {
                let fact = world.fact(id);
                if let (Statement::Member { member, .. }, true) = (fact.body, fact.during.contains(at))
                    && seen.insert(member)
                {
                    found.push(member);
                    next.push(member);
                }
            }
        }
        Some(found)
    }
}
