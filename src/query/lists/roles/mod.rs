//! Roles held: one row for each path from a holder to an assignment, or to what an implication gives.
//!
//! * `find` finds the paths, from the facts and implications that may give a role to the holders and scopes that are asked about.
//! * `idle` finds those that grant nothing where they are held.
//! * `path` says of one path whether it holds, at any date, and by what chain of groups.

mod find;
mod idle;
mod path;

pub use idle::idle_roles;
pub use path::{Origin, RolePath};

use super::open::{OpenCounts, OpenItem};
use super::timeline::Timeline;
use super::turning::Turning;
use crate::eval::{Decider, Exhausted, MissingDatum, ProofVisits, Trace, TraceNode, TraceStep, Truth};
use crate::policy::{KindId, RoleId};
use crate::time::{Instant, Interval};
use crate::world::{EntityId, World};
use rustc_hash::FxHashSet;
use std::cmp::Ordering;

/// Which roles are asked about. What is `None` may be anything.
#[derive(Clone, Debug, Default)]
pub struct RolesQuestion {
    /// The holders, each with whether it is one of those that were named or may be.
    pub of: Option<Vec<(EntityId, Truth)>>,
    /// The scopes, each with whether it counts or may count; see [`scopes`](super::scopes).
    pub on: Option<Vec<(EntityId, Truth)>>,
    /// The role, as an entity.
    pub role: Option<EntityId>,
    /// Roles of the policy that are not asked about over scopes of these kinds.
    pub except: FxHashSet<(RoleId, KindId)>,
    /// Roles that are included in one that is held are rows too.
    pub included: bool,
    /// Only what no member listing shows.
    pub unlisted: bool,
    /// Only what ends, and not after this date.
    pub ends_before: Option<Instant>,
    /// The date of the policy stays as it is, while that of the world changes.
    pub policy_stays: bool,
}

/// The paths that were found, and what their rows are made of.
pub struct Roles<'a> {
    decider: &'a Decider<'a>,
    timeline: Timeline<'a>,
    turning: Turning<'a>,
    /// The paths, in order.
    pub paths: Vec<RolePath>,
    /// How many others there are, which are listed or do not end in time.
    pub hidden: usize,
    /// The limit that was reached: there may be other paths, and intervals may be longer.
    pub exhausted: Option<Exhausted>,
}

/// What `roles` finds in the world and context of the decider.
pub fn roles<'a>(decider: &'a Decider<'a>, question: &RolesQuestion) -> Roles<'a> {
    let (paths, exhausted) = find::paths(decider, question);
    let (timeline, turning) = (Timeline::new(decider, question.policy_stays), Turning::new(decider, question.policy_stays));
    let found = paths.len();
    let mut roles = Roles { decider, timeline, turning, paths, hidden: 0, exhausted };
    if question.unlisted {
        roles.paths.retain(|path| !path.is_listed(decider));
    }
    if let Some(date) = question.ends_before {
        let paths = std::mem::take(&mut roles.paths);
        roles.paths = paths.into_iter().filter(|path| roles.during(path).until <= date).collect();
    }
    roles.hidden = found - roles.paths.len();
    roles.paths.sort_by(|a, b| order(decider, a, b));
    roles
}

/// Holder, role, scope, by, via.
fn order(decider: &Decider<'_>, a: &RolePath, b: &RolePath) -> Ordering {
    let (world, policy) = (decider.world, &decider.compiled.policy);
    let role = |path: &RolePath| world.entity(path.role).id.to_owned();
    let by = |path: &RolePath| match path.origin {
        Origin::Assigned { .. } => "assignment".to_owned(),
        Origin::Implied { implication, .. } => format!("implication:{}", policy.implications[implication].meta.name),
    };
    let via = |path: &RolePath| path.via.iter().map(|group| group.map(|group| world.name(policy, group))).collect::<Vec<_>>();
    let included_by = |path: &RolePath| path.included_by.map(|role| world.entity(role).id.to_owned());
    world
        .compare_entities(a.holder, b.holder)
        .then_with(|| role(a).cmp(&role(b)))
        .then_with(|| world.compare_entities(a.origin.scope(), b.origin.scope()))
        .then_with(|| by(a).cmp(&by(b)))
        .then_with(|| via(a).cmp(&via(b)))
        .then_with(|| included_by(a).cmp(&included_by(b)))
}

impl Roles<'_> {
    /// The longest interval around the date in which the path has the same truth.
    pub fn during(&mut self, path: &RolePath) -> Interval {
        let turning = path.turning(&mut self.turning);
        let exhausted = &mut self.exhausted;
        self.timeline.around(path.truth, &turning, |decider, memory| {
            let (truth, limit) = path.truth_at(decider, memory);
            *exhausted = exhausted.or(limit);
            truth
        })
    }

    /// What the rows that are unknown depend on, and all patterns over memberships: whoever is in a group holds its roles.
    pub fn open(&self, paths: &[RolePath]) -> OpenCounts {
        let mut counts = OpenCounts::default();
        counts.add_memberships(self.decider);
        for path in paths.iter().filter(|path| path.truth == Truth::Unknown) {
            let missing = path.missing(self.decider);
            counts.add_row(missing.into_iter().map(|datum| OpenItem::of(self.decider, datum)));
        }
        counts
    }
}

/// The data without which it is unknown whether something holds. What depends on an entity that the world does not name also depends on the
/// pattern that stands for it, and that is enough.
pub(super) fn missing_in(world: &World, trace: &Trace) -> Vec<MissingDatum> {
    let is_named = |datum: &MissingDatum| !matches!(datum, MissingDatum::Attribute(entity, _) if world.is_unnamed(*entity));
    let (mut found, mut visited) = (Vec::new(), ProofVisits::default());
    let mut waiting: Vec<TraceNode<'_>> = trace.roots().filter(|root| root.truth() == Truth::Unknown).collect();
    while let Some(node) = waiting.pop() {
        if let TraceStep::Missing(datum) = node.step() {
            found.extend(Some(datum).filter(is_named));
        }
        if visited.is_first(node) {
            waiting.extend(node.below().filter(|below| below.truth() == Truth::Unknown));
        }
    }
    found
}
