//! A list for people: who has the same access by the same ways, together.

use super::grouping::Grouping;
use super::list::{AccessRow, Selection, access_list};
use super::ways::{Way, denies, ways};
use crate::eval::{Budget, Decider, Outcome, Truth};
use crate::explain;
use crate::policy::{ActionId, RuleId};
use crate::query::lists::{OpenCounts, OpenItem};
use crate::world::EntityId;
use rustc_hash::{FxHashMap, FxHashSet};

/// A list with its rows grouped.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// How many requests are allowed.
    pub allowed: usize,
    /// How many are unknown.
    pub unknown: usize,
    /// The subjects that may do something of what was asked, in order.
    pub subjects: Vec<EntityId>,
    /// On how many resources.
    pub resources: usize,
    /// The requests that are allowed.
    pub groups: Vec<AccessGroup>,
    /// The requests that are unknown, by what would permit them.
    pub unsure: Vec<AccessGroup>,
    /// The requests that something would permit and a rule denies.
    pub barred: Vec<BarredGroup>,
    /// What unknown requests depend on.
    pub open: OpenCounts,
    /// How many requests were given up.
    pub given_up: usize,
    /// How many requests are allowed on each outermost container and what lies within it.
    pub by_place: FxHashMap<EntityId, usize>,
    /// Whether ways were worked out. If not, requests that a rule denies are left out too.
    pub with_ways: bool,
}

/// Requests that are permitted by the same ways: each of the subjects may do each of the actions to each of the resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessGroup {
    /// Who, in order.
    pub subjects: Vec<EntityId>,
    /// What, in the order of names.
    pub actions: Vec<ActionId>,
    /// To what, in order.
    pub resources: Vec<EntityId>,
    /// How; each of these alone is enough.
    pub ways: Vec<Way>,
}

/// Requests that something would permit, and that these rules deny.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BarredGroup {
    /// The requests.
    pub requests: AccessGroup,
    /// The rules that deny them.
    pub rules: Vec<RuleId>,
}

impl AccessGroup {
    /// How many requests it has.
    pub fn len(&self) -> usize {
        self.subjects.len() * self.actions.len() * self.resources.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What rows have in common that form a group.
type Key = (Vec<RuleId>, Vec<Way>);

/// With more rows than these, by which ways they are permitted is not worked out.
pub const MANY_ROWS: usize = 20_000;

/// The list with its rows grouped, as far as `lists` takes them; it is told whether a row is unknown.
pub fn summary(decider: &Decider<'_>, selection: &Selection, lists: impl Fn(bool) -> bool) -> Summary {
    let mut summary = Summary::default();
    let (mut allowed, mut unsure, mut barred) = (Grouping::<Key>::default(), Grouping::<Key>::default(), Grouping::<Key>::default());
    let (mut subjects, mut resources) = (FxHashSet::default(), FxHashSet::default());
    summary.with_ways = access_list(decider, selection).take(MANY_ROWS + 1).count() <= MANY_ROWS;
    for row in access_list(decider, &Selection { with_barred: summary.with_ways, ..selection.clone() }) {
        let AccessRow { request, outcome, exhausted, .. } = row;
        if outcome != Outcome::Barred && !lists(outcome == Outcome::Unknown) {
            continue;
        }
        if exhausted.is_some() {
            summary.given_up += 1;
            summary.unknown += 1;
            continue;
        }
        if outcome == Outcome::Allowed {
            summary.allowed += 1;
            *summary.by_place.entry(outermost(decider, request.resource)).or_default() += 1;
            subjects.insert(request.subject);
            resources.insert(request.resource);
        } else if outcome == Outcome::Unknown {
            summary.unknown += 1;
        }
        if !summary.with_ways {
            let list = if outcome == Outcome::Allowed { &mut allowed } else { &mut unsure };
            list.add(row.request, Key::default());
            continue;
        }
        let budget = Budget::default();
        let record = decider.within(&budget).record(&request);
        let of = |truth| ways(decider, request.action, request.subject, &record, truth);
        match outcome {
            Outcome::Allowed => allowed.add(row.request, (Vec::new(), of(Truth::True))),
            Outcome::Unknown => {
                let items = explain::missing(decider.world, &record).into_iter().map(|datum| OpenItem::of(decider, datum));
                summary.open.add_row(items);
                let mut permitting = of(Truth::True);
                permitting.extend(of(Truth::Unknown));
                unsure.add(row.request, (Vec::new(), permitting));
            }
            Outcome::Barred | Outcome::NotGranted => {
                let permitting = of(Truth::True);
                if !permitting.is_empty() {
                    barred.add(row.request, (denies(&record), permitting));
                }
            }
        }
    }
    summary.resources = resources.len();
    summary.subjects = subjects.into_iter().collect();
    decider.world.sort_entities(&mut summary.subjects);
    summary.groups = groups(allowed, decider, selection).into_iter().map(|(_, group)| group).collect();
    summary.unsure = groups(unsure, decider, selection).into_iter().map(|(_, group)| group).collect();
    let barred = groups(barred, decider, selection).into_iter();
    summary.barred = barred.map(|(rules, requests)| BarredGroup { requests, rules }).collect();
    summary
}

/// The outermost entity within which a resource lies, or itself.
fn outermost(decider: &Decider<'_>, resource: EntityId) -> EntityId {
    decider.world.containers(resource, decider.context.at).last().unwrap_or(resource)
}

/// The groups: by their first resource, those with more requests first.
fn groups(grouping: Grouping<Key>, decider: &Decider<'_>, selection: &Selection) -> Vec<(Vec<RuleId>, AccessGroup)> {
    let world = decider.world;
    let groups = grouping.into_shared().into_iter().map(|(((rules, ways), actions, mut resources), subjects)| {
        world.sort_entities(&mut resources);
        (rules, AccessGroup { subjects, actions, resources, ways })
    });
    let mut groups: Vec<(Vec<RuleId>, AccessGroup)> = groups.collect();
    let place = |action: &ActionId| selection.actions.iter().position(|own| own == action);
    groups.sort_by(|(_, a), (_, b)| {
        let by_resource = world.compare_entities(a.resources[0], b.resources[0]);
        let by_action = || place(&a.actions[0]).cmp(&place(&b.actions[0]));
        let by_subject = || world.compare_entities(a.subjects[0], b.subjects[0]);
        by_resource.then_with(|| b.len().cmp(&a.len())).then_with(by_action).then_with(by_subject)
    });
    groups
}
