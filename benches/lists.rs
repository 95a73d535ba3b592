//! How long access lists take, against their bars: who can, what can, everything that a partner's people can, what changes if a customer removes
//! a partner's privileges, and what changes if a toggle is turned.
//!
//! ```text
//! cargo bench --bench lists
//! cargo bench --bench lists -- toggle
//! cargo bench --bench lists -- --growth 100000 1000000 10000000
//! ```
//!
//! The first prints each bar: what was asked, how many answers there are, how long it took by the clock (the median of several runs, after
//! loading), and the bar; the second those alone whose names have the word. The third asks who can and what if in worlds of several sizes, packed and read from the disk, and prints what each
//! row costs: it is to grow with the rows, not with the world.

mod worlds;

use delegraph::eval::{Budget, Decider, Truth};
use delegraph::plan::Context;
use delegraph::query::access::{Resources, Selection, Subjects, Taken, access_list};
use delegraph::query::blast_radius;
use delegraph::query::diff::{Because, Changes, Difference, ReadChange, Sides, WhatIf, diff_summary};
use delegraph::query::lists::EntityPattern;
use delegraph::world::{EntityId, ResolvedRequest, Statement};
use std::hint::black_box;
use std::time::{Duration, Instant};
use worlds::Ready;

/// The size of the world to which the bars apply.
const FACTS: u64 = 840_000;

/// A partner with 1,543 customers in that world.
const PARTNER: &str = "p1";

/// A toggle on which it hangs whether partners may remove devices.
const TOGGLE: &str = "autopilot-removal-needs-dap";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.split_first() {
        Some((first, sizes)) if first == "--growth" => {
            sizes.iter().for_each(|size| growth(size.parse().expect("a number of facts")));
        }
        word => bars(word.map_or("", |(first, _)| first)),
    }
}

/// One line of the table. A bar is in milliseconds.
fn line(what: &str, rows: usize, took: Duration, bar: Option<u64>) {
    let milliseconds = took.as_secs_f64() * 1000.0;
    let verdict = bar.map_or(String::new(), |bar| {
        format!("{bar:>8} ms  {}", if milliseconds < f64::from(u32::try_from(bar).expect("small")) { "met" } else { "MISSED" })
    });
    println!("{what:<58} {rows:>12} {milliseconds:>12.3} ms {verdict}");
}

/// The median of so many runs by the clock, and how many rows the last one had.
#[expect(clippy::disallowed_methods, reason = "it measures time")]
fn timed(runs: usize, mut run: impl FnMut() -> usize) -> (usize, Duration) {
    let mut rows = 0;
    let mut took: Vec<Duration> = (0..runs)
        .map(|_| {
            let begun = Instant::now();
            rows = black_box(run());
            begun.elapsed()
        })
        .collect();
    took.sort_unstable();
    (rows, took[took.len() / 2])
}

/// Measures in a world, and prints lines.
type Bar = fn(&Ready);

/// Prints each bar whose name has the word.
fn bars(word: &str) {
    let bars: [(&str, Bar); 5] = [
        ("who can", who_can_bar),
        ("what can", what_can_bar),
        ("blast radius", blast_radius_bar),
        ("what if", what_if_bar),
        ("toggle", toggle_bar),
    ];
    let ready = worlds::of(FACTS);
    println!("{:<58} {:>12} {:>15} {:>11}", format!("{FACTS} facts"), "answers", "median", "bar");
    bars.into_iter().filter(|(name, _)| name.contains(word)).for_each(|(_, bar)| bar(ready));
}

fn who_can_bar(ready: &Ready) {
    let decider = ready.decider();
    let widest = widest(ready, &decider);
    let (rows, took) = timed(9, || access_list(&decider, &widest).count());
    line("who can do the widest action", rows, took, Some(200));
}

fn what_can_bar(ready: &Ready) {
    let decider = ready.decider();
    let mut each: Vec<(usize, Duration)> = some_users(ready)
        .into_iter()
        .map(|user| {
            let selection = what_can(&decider, user);
            timed(5, || access_list(&decider, &selection).count())
        })
        .collect();
    each.sort_by_key(|own| own.1);
    let (rows, took) = each[each.len() / 2];
    line("what can a user (the median one)", rows, took, Some(20));
    let (rows, took) = each[each.len() * 9 / 10];
    line("what can a user (slower than nine of ten)", rows, took, Some(20));
    let (rows, took) = each[each.len() - 1];
    line("what can a user (the slowest of those)", rows, took, Some(20));
}

fn blast_radius_bar(ready: &Ready) {
    let decider = ready.decider();
    let selection = partner(ready, &decider, PARTNER);
    let places = customers(ready);
    let (rows, took) = timed(3, || blast_radius(&decider, &selection, |_, _| Taken::Listed).allowed);
    line(&format!("everything that the people of a partner of {places} customers can"), rows, took, Some(1000));
}

fn what_if_bar(ready: &Ready) {
    let mut each: Vec<(usize, Duration)> = some_privileges(ready).iter().map(|dap| timed(5, || without(ready, dap))).collect();
    each.sort_by_key(|own| own.1);
    let (rows, took) = each[each.len() / 2];
    line("what changes without a DAP (the median one)", rows, took, Some(50));
    let (rows, took) = each[each.len() - 1];
    line("what changes without a DAP (the slowest of those)", rows, took, Some(50));
}

fn toggle_bar(ready: &Ready) {
    let devices = devices(ready);
    let (rows, took) = timed(1, || with_toggle(ready));
    line(&format!("what changes by a toggle over {devices} devices, grouped"), rows, took, Some(5000));
}

/// Who can and what if in a world of this size, packed.
fn growth(facts: u64) {
    let ready = &worlds::packed(facts);
    let decider = ready.decider();
    println!("{facts} facts, packed");
    for (what, some) in [("who can, few", 3), ("who can, more", 7)] {
        let asked = ready.asked[ready.asked.len() * some / 10].0;
        let selection = who_can(&decider, asked);
        let (rows, took) = timed(9, || access_list(&decider, &selection).count());
        per_row(what, rows, took);
    }
    let widest = widest(ready, &decider);
    let (rows, took) = timed(5, || access_list(&decider, &widest).count());
    per_row("who can do the widest action", rows, took);
    for dap in some_privileges(ready).iter().step_by(4) {
        let (rows, took) = timed(5, || without(ready, dap));
        per_row("what changes without a DAP", rows, took);
    }
}

fn per_row(what: &str, rows: usize, took: Duration) {
    let each = took.as_secs_f64() * 1e6 / f64::from(u32::try_from(rows.max(1)).expect("not so many"));
    println!("  {what:<32} {rows:>9} rows {:>10.3} ms {each:>9.2} us a row", took.as_secs_f64() * 1000.0);
}

/// Users who are asked about, with and without answers.
fn some_users(ready: &Ready) -> Vec<EntityId> {
    let mut users: Vec<EntityId> = ready.asked.iter().map(|(asked, _)| asked.subject).collect();
    users.sort_unstable();
    users.dedup();
    let step = (users.len() / 32).max(1);
    users.into_iter().step_by(step).collect()
}

fn what_can(decider: &Decider<'_>, user: EntityId) -> Selection {
    let actions: Vec<_> = decider.compiled.policy.actions.ids().collect();
    let budget = Budget::default();
    let resources = decider.within(&budget).all_resources(&actions);
    Selection { subjects: Subjects::These(vec![(user, Truth::True)]), actions, resources, with_barred: false }
}

/// Who can do the action of the request to its resource.
fn who_can(decider: &Decider<'_>, asked: ResolvedRequest) -> Selection {
    let budget = Budget::default();
    let subjects = decider.within(&budget).all_subjects();
    Selection { subjects, actions: vec![asked.action], resources: Resources::These(vec![asked.resource]), with_barred: false }
}

/// Who can do what most can, of what is asked about.
fn widest(ready: &Ready, decider: &Decider<'_>) -> Selection {
    let some = ready.asked.iter().step_by(97).map(|(asked, _)| who_can(decider, *asked));
    some.max_by_key(|selection| access_list(decider, selection).count()).expect("some are asked about")
}

/// Everything that the people of a partner can do.
fn partner(ready: &Ready, decider: &Decider<'_>, name: &str) -> Selection {
    let policy = &ready.compiled.policy;
    let entity = ready.world.named(policy, "partner", name).expect("the generator makes it");
    let budget = Budget::default();
    let query = decider.within(&budget);
    let subjects = query.subjects(EntityPattern::One(entity)).expect("users have a partner as home");
    let actions: Vec<_> = policy.actions.ids().collect();
    let resources = query.all_resources(&actions);
    Selection { subjects, actions, resources, with_barred: false }
}

/// How many customers the partner has.
fn customers(ready: &Ready) -> usize {
    let policy = &ready.compiled.policy;
    let partner = ready.world.named(policy, "partner", PARTNER).expect("the generator makes it");
    let reseller = policy.relation_named("reseller").expect("a relation");
    let related = ready.world.related(reseller, 0, partner).map(|id| ready.world.fact(id));
    related.filter(|fact| fact.during.contains(worlds::date())).count()
}

fn devices(ready: &Ready) -> usize {
    let devices = ready.compiled.policy.kind_called("device").expect("a kind");
    ready.world.living_of(&std::iter::once(devices).collect(), worlds::date()).count()
}

/// Delegated admin privileges that hold, as texts.
fn some_privileges(ready: &Ready) -> Vec<String> {
    let (world, policy, at) = (&ready.world, &ready.compiled.policy, worlds::date());
    let dap = policy.relation_named("dap").expect("a relation");
    let holding = world.facts().filter(|(_, fact)| fact.during.contains(at)).map(|(_, fact)| fact.statement);
    let holding: Vec<_> = holding.filter(|statement| matches!(statement, Statement::Relation(relation, _) if *relation == dap)).collect();
    let step = (holding.len() / 16).max(1);
    holding.iter().step_by(step).map(|statement| world.statement_text(policy, statement)).collect()
}

/// How many answers change if it is removed.
fn without(ready: &Ready, privilege: &str) -> usize {
    let mut what_if = WhatIf::new(&ready.world, &Context::at(&ready.compiled.policy, worlds::date()));
    what_if.make(&ready.compiled, ReadChange::Remove(privilege)).expect("it holds");
    let (old, new) = (what_if.old.decider(&ready.compiled), what_if.new.decider(&ready.compiled));
    let sides = Sides::of_one_world(&old, &new);
    Difference::new(sides, &Changes::between(sides), false).rows().count()
}

/// How many answers change if the toggle is turned, all of them grouped, with what those who lose something may still do.
fn with_toggle(ready: &Ready) -> usize {
    let mut what_if = WhatIf::new(&ready.world, &Context::at(&ready.compiled.policy, worlds::date()));
    what_if.make(&ready.compiled, ReadChange::Turn(TOGGLE, true)).expect("it is off");
    let (old, new) = (what_if.old.decider(&ready.compiled), what_if.new.decider(&ready.compiled));
    let sides = Sides::of_one_world(&old, &new);
    let changes = Changes::between(sides);
    let difference = Difference::new(sides, &changes, false);
    let summary = diff_summary(sides, &difference, &Because::new(sides, &changes), |_| true, None);
    summary.widened + summary.narrowed + summary.unsure
}
