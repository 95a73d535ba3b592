//! A list for people: who has the same access by the same ways, together.

use super::grouping::Grouping;
use super::list::{AccessRow, Block, access_list, blocks, blocks_of_each};
use super::selection::Selection;
use super::ways::{Way, denies, ways};
use crate::eval::{Decider, Outcome, Truth};
use crate::explain;
use crate::policy::{ActionId, RuleId};
use crate::query::lists::{OpenCounts, OpenItem};
use crate::world::{EntityId, ResolvedRequest};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;

/// A list with its rows grouped.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// How many requests are allowed.
    pub allowed: usize,
    /// How many are unknown.
    pub unknown: usize,
    /// What the filter left out.
    pub hidden: Hidden,
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
    /// The requests that something may permit, and that a rule denies.
    pub perhaps_barred: Vec<BarredGroup>,
    /// What would have to be known to tell whether anything permits these.
    pub perhaps_open: BTreeSet<OpenItem>,
    /// What unknown requests depend on.
    pub open: OpenCounts,
    /// How many requests were given up.
    pub given_up: usize,
    /// How many requests are allowed on each outermost container and what lies within it.
    pub by_place: FxHashMap<EntityId, usize>,
    /// Whether ways were worked out. If not, requests that a rule denies are left out too.
    pub with_ways: bool,
}

/// Requests that are left out of a list, since only others were asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    /// How many of them are allowed.
    pub allowed: usize,
    /// How many are unknown.
    pub unknown: usize,
}

impl Hidden {
    /// Counts so many requests.
    pub fn add(&mut self, is_unknown: bool, times: usize) {
        let count = if is_unknown { &mut self.unknown } else { &mut self.allowed };
        *count += times;
    }
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

/// Requests that something would permit or may permit, and that these rules deny.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BarredGroup {
    /// The requests.
    pub requests: AccessGroup,
    /// The rules that deny them.
    pub rules: Vec<RuleId>,
}

impl Summary {
    /// Leaves out what rules deny.
    pub fn without_barred(&mut self) {
        self.barred.clear();
        self.without_perhaps_barred();
    }

    /// Leaves out what rules deny and perhaps nothing permits.
    pub fn without_perhaps_barred(&mut self) {
        self.perhaps_barred.clear();
        self.perhaps_open.clear();
    }
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

/// Whether a list has a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It has.
    Listed,
    /// It is left out, since only known or only unknown rows are asked for.
    Hidden,
    /// It is not what is asked about.
    Outside,
}

/// What rows have in common that form a group.
type Key = (Vec<RuleId>, Vec<Way>);

/// With more rows than these, by which ways they are permitted is not worked out.
pub const MANY_ROWS: usize = 20_000;

/// The list with its rows grouped, as far as `takes` says so of those that are allowed or unknown. Each request is decided once.
pub fn summary(decider: &Decider<'_>, selection: &Selection, takes: impl Fn(&AccessRow) -> Taken) -> Summary {
    let with_barred = Selection { with_barred: true, ..selection.clone() };
    let blocks = blocks_of_each(access_list(decider, &with_barred));
    summarised(decider, selection, blocks, |row, _| takes(row), true).expect("however few rows there are")
}

/// The same, where of subjects that are alike all rows are taken or none: `takes` is asked about one of them, and told how many they are. What
/// they have in common is decided and put together once.
pub fn summary_by_class(decider: &Decider<'_>, selection: &Selection, takes: impl Fn(&AccessRow, usize) -> Taken) -> Summary {
    let with_barred = Selection { with_barred: true, ..selection.clone() };
    summarised(decider, selection, blocks(decider, &with_barred), takes, true).expect("however few rows there are")
}

/// The rows of these blocks grouped, without their ways; `None` if they are so few that their ways are to be worked out.
pub(in crate::query) fn summary_without_ways(
    decider: &Decider<'_>,
    selection: &Selection,
    blocks: impl Iterator<Item = Block>,
    takes: impl Fn(&AccessRow, usize) -> Taken,
) -> Option<Summary> {
    summarised(decider, selection, blocks, takes, false)
}

/// The rows of these blocks grouped. If these are few, their ways are worked out, or, without `may_have_ways`, there is `None`.
fn summarised(
    decider: &Decider<'_>,
    selection: &Selection,
    blocks: impl Iterator<Item = Block>,
    takes: impl Fn(&AccessRow, usize) -> Taken,
    may_have_ways: bool,
) -> Option<Summary> {
    let mut summary = Summary::default();
    let mut blocks = blocks.map(|block| {
        let times = block.subjects.len();
        let is_listed = |row: &AccessRow| {
            let taken = if row.outcome == Outcome::Barred { Taken::Listed } else { takes(row, times) };
            summary.given_up += if taken != Taken::Outside && row.exhausted.is_some() { times } else { 0 };
            if taken == Taken::Hidden {
                summary.hidden.add(row.outcome == Outcome::Unknown, times);
            }
            taken == Taken::Listed
        };
        let listed: Vec<bool> = block.rows.iter().map(is_listed).collect();
        if listed.iter().all(|&listed| listed) {
            return block;
        }
        let rows = block.rows.iter().zip(listed).filter_map(|(row, listed)| listed.then_some(*row));
        Block { rows: rows.collect(), ..block }
    });
    // Whether ways are worked out depends on how many rows there are.
    let (mut first, mut count) = (Vec::new(), 0);
    while let Some(block) = blocks.by_ref().next() {
        count += block.subjects.len() * block.rows.iter().filter(|row| row.outcome != Outcome::Barred).count();
        first.push(block);
        if count > MANY_ROWS {
            break;
        }
    }
    let with_ways = count <= MANY_ROWS;
    if with_ways && !may_have_ways {
        return None;
    }
    let mut gathered = Gathered::default();
    for block in first.into_iter().chain(blocks) {
        gathered.add(decider, &block, with_ways);
    }
    summary.with_ways = with_ways;
    gathered.put_into(&mut summary, decider, selection);
    Some(summary)
}

/// The rows of a list as they are gathered.
#[derive(Default)]
struct Gathered {
    allowed: Grouping<Key>,
    unsure: Grouping<Key>,
    barred: Grouping<Key>,
    perhaps_barred: Grouping<Key>,
    perhaps_open: BTreeSet<OpenItem>,
    allowed_count: usize,
    unknown_count: usize,
    open: OpenCounts,
    /// The same as `allowed` and `unsure`, of rows whose ways are not worked out.
    allowed_without_ways: Grouping<()>,
    unsure_without_ways: Grouping<()>,
    subjects: FxHashSet<EntityId>,
}

impl Gathered {
    fn add(&mut self, decider: &Decider<'_>, block: &Block, with_ways: bool) {
        let times = block.subjects.len();
        for row in block.rows.iter() {
            let AccessRow { request, outcome, exhausted, .. } = *row;
            match outcome {
                Outcome::Allowed => self.allowed_count += times,
                Outcome::Unknown => self.unknown_count += times,
                Outcome::Barred | Outcome::NotGranted => {}
            }
            match (outcome, with_ways) {
                _ if exhausted.is_some() => {}
                (_, true) => self.add_with_ways(decider, row, &block.subjects),
                (Outcome::Allowed, false) => self.allowed_without_ways.add(request, ()),
                (Outcome::Unknown, false) => self.unsure_without_ways.add(request, ()),
                (Outcome::Barred | Outcome::NotGranted, false) => {}
            }
        }
        if block.rows.iter().any(|row| row.outcome == Outcome::Allowed) {
            self.subjects.extend(&block.subjects);
        }
        for grouping in [&mut self.allowed, &mut self.unsure, &mut self.barred, &mut self.perhaps_barred] {
            grouping.same_of(&block.subjects);
        }
        for grouping in [&mut self.allowed_without_ways, &mut self.unsure_without_ways] {
            grouping.same_of(&block.subjects);
        }
    }

    /// Adds a row of the first of these subjects, who are alike.
    fn add_with_ways(&mut self, decider: &Decider<'_>, row: &AccessRow, subjects: &[EntityId]) {
        let request = row.request;
        let recorded = decider.record_decision(&request);
        let of = |truth| ways(decider, request.action, request.subject, &recorded, truth);
        match row.outcome {
            Outcome::Allowed => self.allowed.add(request, (Vec::new(), of(Truth::True))),
            Outcome::Unknown => {
                // What is open may be about the subject.
                for (index, &subject) in subjects.iter().enumerate() {
                    let own = if index == 0 { None } else { Some(decider.record_decision(&ResolvedRequest { subject, ..request })) };
                    let missing = explain::missing(decider.world, own.as_ref().unwrap_or(&recorded));
                    self.open.add_row(missing.into_iter().map(|datum| OpenItem::of(decider, datum)));
                }
                let mut permitting = of(Truth::True);
                permitting.extend(of(Truth::Unknown));
                self.unsure.add(request, (Vec::new(), permitting));
            }
            Outcome::Barred | Outcome::NotGranted => {
                let (permitting, perhaps) = (of(Truth::True), of(Truth::Unknown));
                if !permitting.is_empty() {
                    self.barred.add(request, (denies(&recorded), permitting));
                } else if !perhaps.is_empty() {
                    self.perhaps_barred.add(request, (denies(&recorded), perhaps));
                    let missing = explain::missing_of_permits(decider.world, &recorded);
                    self.perhaps_open.extend(missing.into_iter().map(|datum| OpenItem::of(decider, datum)));
                }
            }
        }
    }

    fn put_into(self, summary: &mut Summary, decider: &Decider<'_>, selection: &Selection) {
        (summary.allowed, summary.unknown) = (self.allowed_count, self.unknown_count);
        summary.open = self.open;
        summary.subjects = self.subjects.into_iter().collect();
        decider.world.sort_entities(&mut summary.subjects);
        let grouped = |grouping| groups(grouping, decider, selection).into_iter();
        let without_ways = |grouping: Grouping<()>| grouping.with_key(|()| Key::default());
        summary.groups = grouped(self.allowed.joined(without_ways(self.allowed_without_ways))).map(|(_, group)| group).collect();
        summary.unsure = grouped(self.unsure.joined(without_ways(self.unsure_without_ways))).map(|(_, group)| group).collect();
        let mut by_resource: FxHashMap<EntityId, usize> = FxHashMap::default();
        for group in &summary.groups {
            let each = group.subjects.len() * group.actions.len();
            group.resources.iter().for_each(|&resource| *by_resource.entry(resource).or_default() += each);
        }
        summary.resources = by_resource.len();
        for (resource, rows) in by_resource {
            *summary.by_place.entry(outermost(decider, resource)).or_default() += rows;
        }
        let barred = |grouping| grouped(grouping).map(|(rules, requests)| BarredGroup { requests, rules }).collect();
        (summary.barred, summary.perhaps_barred) = (barred(self.barred), barred(self.perhaps_barred));
        summary.perhaps_open = self.perhaps_open;
    }
}

/// The outermost entity within which a resource lies, or itself.
pub(in crate::query) fn outermost(decider: &Decider<'_>, resource: EntityId) -> EntityId {
    decider.world.containers(resource, decider.context.at).last().unwrap_or(resource)
}

/// The groups: by their first resource, those with more requests first.
fn groups(grouping: Grouping<Key>, decider: &Decider<'_>, selection: &Selection) -> Vec<(Vec<RuleId>, AccessGroup)> {
    let world = decider.world;
    let groups = grouping.into_shared().into_iter().map(|(((rules, ways), actions, mut resources), mut subjects)| {
        world.sort_entities(&mut resources);
        world.sort_entities(&mut subjects);
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
