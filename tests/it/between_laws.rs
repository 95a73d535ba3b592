//! Laws of lists of a window of time and of what a group gives: each is what lists at single dates say.

use crate::access_laws::each;
use crate::generator::{self, DATES};
use crate::harness::{self, compiled, law, world_after_events};
use crate::support;
use delegraph::eval::{Decider, Outcome, Truth};
use delegraph::open;
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::policy::KindSet;
use delegraph::query::access::{self, AccessRow, Resources, Selection, Subjects, access_list};
use delegraph::query::between::{AccessInterval, Between};
use delegraph::query::diff::{ReadChange, WhatIf};
use delegraph::time::{Instant, Interval};
use delegraph::world::{EntityId, ResolvedRequest, World};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

fn date(text: &str) -> Instant {
    Instant::parse(text).expect("a date")
}

/// Everything that anybody may do to anything.
fn everything(compiled: &CompiledPolicy) -> Selection {
    let policy = &compiled.policy;
    let actions: Vec<_> = policy.actions.ids().collect();
    let on = actions.iter().fold(KindSet::default(), |all, &action| all.union(&policy.actions[action].on));
    Selection { subjects: Subjects::Kinds(policy.subjects()), actions, resources: Resources::Kinds(on), with_barred: false }
}

fn decider<'a>(between: &Decider<'a>, at: Instant, policy_stays: bool) -> Decider<'a> {
    let policy_at = if policy_stays { between.context.policy_at } else { at };
    Decider::new(between.compiled, between.world, Context { at, policy_at, ..between.context.clone() })
}

type Outcomes = BTreeSet<(ResolvedRequest, Outcome)>;

/// The rows are longest intervals, and at each of these dates just those of the list.
fn check(
    of: &Decider<'_>,
    window: Interval,
    stays: bool,
    rows: &[AccessInterval],
    among: impl Fn(&ResolvedRequest) -> bool,
) -> TestCaseResult {
    let mut dates: BTreeSet<Instant> = DATES.iter().map(|text| date(text)).collect();
    dates.extend(rows.iter().flat_map(|row| [row.during.since, row.during.until]));
    dates.extend([window.since, window.until]);
    dates.extend(dates.clone().into_iter().flat_map(|at| [at.before(), at.after()]));
    let mut known: BTreeMap<Instant, Outcomes> = BTreeMap::new();
    let mut listed = |at: Instant| -> Outcomes {
        let list = || each(&decider(of, at, stays)).into_iter().filter(|(request, _)| among(request)).collect();
        known.entry(at).or_insert_with(list).clone()
    };
    let name = |row: &AccessInterval| {
        let (world, policy, request) = (of.world, &of.compiled.policy, row.row.request);
        let action = &policy.actions[request.action].meta.name;
        format!(
            "{} {action} {} {:?} {:?}",
            world.name(policy, request.subject),
            world.name(policy, request.resource),
            row.row.outcome,
            row.during
        )
    };
    for at in dates.into_iter().filter(|&at| window.contains(at)) {
        let of_rows = rows.iter().filter(|row| row.during.contains(at)).map(|row| (row.row.request, row.row.outcome));
        let of_rows: Vec<_> = of_rows.collect();
        let set: Outcomes = of_rows.iter().copied().collect();
        prop_assert_eq!(of_rows.len(), set.len(), "a row overlaps another at {}", at);
        prop_assert_eq!(set, listed(at), "at {}", at);
    }
    for row in rows {
        let own = (row.row.request, row.row.outcome);
        let (since, until) = (row.during.since, row.during.until);
        prop_assert!(window.contains(row.first) && row.during.contains(row.first), "{}", name(row));
        if since > Instant::MIN {
            prop_assert!(window.contains(since) && !listed(since.before()).contains(&own), "{} is longer", name(row));
        } else {
            prop_assert!(listed(window.since.before()).contains(&own), "{} begins with the window", name(row));
        }
        if until < Instant::MAX {
            prop_assert!(until <= window.until && !listed(until).contains(&own), "{} is longer", name(row));
        } else {
            prop_assert!(listed(window.until).contains(&own), "{} ends with the window", name(row));
        }
    }
    Ok(())
}

/// The list of all, of each subject and of each resource.
fn check_each(of: &Decider<'_>, window: Interval, policy_stays: bool) -> Result<usize, TestCaseError> {
    let between = Between::new(of, window, policy_stays);
    let all = everything(of.compiled);
    let rows = between.rows(&all, |_| true);
    check(of, window, policy_stays, &rows, |_| true)?;
    let lives = |ent: &EntityId| !of.world.life(*ent).intersection(window).is_empty();
    let some = |kinds: &KindSet| kinds.iter().flat_map(|kind| of.world.of_kind(kind)).filter(lives).take(1).collect::<Vec<_>>();
    let parts = |subject: Option<EntityId>, resource: Option<EntityId>| {
        let selection = Selection {
            subjects: subject.map_or(all.subjects.clone(), |subject| Subjects::These(vec![(subject, Truth::True)])),
            resources: resource.map_or(all.resources.clone(), |resource| Resources::These(vec![resource])),
            ..all.clone()
        };
        let expected = rows.iter().filter(|row| {
            let request = row.row.request;
            subject.is_none_or(|subject| request.subject == subject) && resource.is_none_or(|resource| request.resource == resource)
        });
        let expected: Vec<_> = expected.copied().collect();
        prop_assert_eq!(between.rows(&selection, |_| true), expected);
        Ok(())
    };
    let (Subjects::Kinds(subjects), Resources::Kinds(resources)) = (&all.subjects, &all.resources) else { unreachable!() };
    for subject in some(subjects) {
        parts(Some(subject), None)?;
    }
    for resource in some(resources) {
        parts(None, Some(resource))?;
        for subject in some(subjects).into_iter().take(1) {
            parts(Some(subject), Some(resource))?;
        }
    }
    Ok(rows.len())
}

/// Rows of a window say what the decider says at every date, in generated worlds.
///
/// Seen to fail, on shipped worlds, when the instants of roles held and of rules were left out.
#[test]
fn rows_of_a_window_equal_the_lists_of_its_dates() {
    let rows = Cell::new(0);
    let turning = Cell::new(0);
    law(5, 1, |mut case| {
        let Ok(compiled) = compiled(&case.pack.files()) else { return Ok(()) };
        let Some(world) = world_after_events(&compiled, &mut case)? else { return Ok(()) };
        let given = &case.contexts[0];
        for (since, until, policy_stays) in [(1, 4, false), (2, 3, false), (0, 3, true)] {
            let window = Interval { since: date(DATES[since]), until: date(DATES[until]) };
            let policy_at = if policy_stays { given.policy_at } else { DATES[since] };
            let context = harness::context(&compiled, &generator::Context { at: DATES[since], policy_at, toggles: given.toggles.clone() });
            let decider = Decider::new(&compiled, &world, context);
            rows.set(rows.get() + check_each(&decider, window, policy_stays)?);
            let between = Between::new(&decider, window, policy_stays);
            let all = between.rows(&everything(&compiled), |_| true);
            for (row, causes) in all.iter().zip(between.causes(&all)) {
                let (begins, ends) = (row.during.since > Instant::MIN, row.during.until < Instant::MAX);
                turning.set(turning.get() + usize::from(begins) + usize::from(ends));
                prop_assert!(begins || causes.began.names.is_empty(), "{:?}", row);
                prop_assert!(ends || causes.ended.names.is_empty(), "{:?}", row);
                prop_assert!(!begins || causes.began.at_least || !causes.began.names.is_empty(), "{:?}", row);
                prop_assert!(!ends || causes.ended.at_least || !causes.ended.names.is_empty(), "{:?}", row);
            }
        }
        Ok(())
    });
    println!("{} rows, {} ends", rows.get(), turning.get());
    assert!(rows.get() > 100 && turning.get() > 20, "too few: {} rows, {} ends", rows.get(), turning.get());
}

#[test]
fn rows_of_shipped_worlds_equal_the_lists_of_their_dates() {
    let compiled = support::compiled("policies");
    let mut rows = 0;
    for name in ["breached-partner", "breached-partner-partial", "life-cycle", "breached-partner-unread"] {
        let path = std::path::PathBuf::from(format!("fixtures/worlds/{name}.toml"));
        let world = open::world_at(&compiled, std::slice::from_ref(&path)).expect("it can be read").world.expect("a world");
        let window = Interval { since: date("2021-06-01"), until: date("2022-11-15") };
        let decider = Decider::new(&compiled, &world, Context::at(&compiled.policy, window.since));
        rows += check_each(&decider, window, false).unwrap_or_else(|failure| panic!("{name}: {failure}"));
    }
    assert!(rows > 300, "only {rows}");
}

/// What would end if everybody left a group is what the list loses when its memberships are removed.
fn check_through(compiled: &CompiledPolicy, world: &World, context: &Context) -> Result<usize, TestCaseError> {
    let decider = Decider::new(compiled, world, context.clone());
    let (policy, selection) = (&compiled.policy, everything(compiled));
    let of = |decider: &Decider<'_>| -> BTreeMap<ResolvedRequest, Outcome> {
        access_list(decider, &selection).map(|AccessRow { request, outcome, .. }| (request, outcome)).collect()
    };
    let mut found = 0;
    for group in world.living_of(&policy.groups(), context.at) {
        let mut change = WhatIf::new(world, context);
        if change.make(compiled, ReadChange::Remove(&format!("_ in {}", world.name(policy, group)))).is_err() {
            continue;
        }
        let (with, without) = (of(&decider), of(&change.new.decider(compiled)));
        let ended = with.iter().filter(|(request, outcome)| match (outcome, without.get(request)) {
            (_, None) => true,
            (Outcome::Allowed, Some(left)) => *left == Outcome::Unknown,
            _ => false,
        });
        let expected: BTreeSet<ResolvedRequest> = ended.map(|(request, _)| *request).collect();
        let overlay = access::without_members(&decider, group, &selection.subjects).expect("a group");
        let without = overlay.decider(compiled);
        let kept = access_list(&decider, &selection).filter(|row| access::left_of(&without, row).is_some());
        let kept: BTreeSet<ResolvedRequest> = kept.map(|row| row.request).collect();
        prop_assert_eq!(&kept, &expected, "through {}", world.name(policy, group));
        found += kept.len();
    }
    Ok(found)
}

/// Seen to fail when memberships of groups in the group were kept.
#[test]
fn what_a_group_gives_is_the_difference_of_two_lists() {
    let rows = Cell::new(0);
    law(16, 1, |mut case| {
        let Ok(compiled) = compiled(&case.pack.files()) else { return Ok(()) };
        let Some(world) = world_after_events(&compiled, &mut case)? else { return Ok(()) };
        for context in case.contexts.iter().take(2) {
            rows.set(rows.get() + check_through(&compiled, &world, &harness::context(&compiled, context))?);
        }
        Ok(())
    });
    println!("{} rows", rows.get());
    assert!(rows.get() > 20, "too few: {}", rows.get());
    let compiled = support::compiled("policies");
    for name in ["breached-partner", "breached-partner-partial", "life-cycle"] {
        let path = std::path::PathBuf::from(format!("fixtures/worlds/{name}.toml"));
        let world = open::world_at(&compiled, std::slice::from_ref(&path)).expect("it can be read").world.expect("a world");
        let context = Context::at(&compiled.policy, date("2021-10-22"));
        let found = check_through(&compiled, &world, &context).unwrap_or_else(|failure| panic!("{name}: {failure}"));
        assert!(name == "life-cycle" || found > 50, "{name}: {found}");
    }
}
