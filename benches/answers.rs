//! How long answers take: decisions, by number and by name; explanations; how-to; by family of actions, size of world and number of rules.
//!
//! `cargo bench --bench answers`; `cargo bench --bench answers -- decide` for some of it. Each sample asks one question after another of
//! a list drawn by chance, so that the machine's caches help as they would in use. Figures are worth something only beside others of the
//! same run.

mod worlds;

use delegraph::explain::explain;
use delegraph::query::how_to::how_to;
use delegraph::wording::Words;
use delegraph::world::ResolvedRequest;
use divan::{Bencher, black_box};
use std::cell::Cell;
use worlds::Ready;

fn main() {
    divan::main();
}

const SIZES: [u64; 3] = [10_000, 100_000, 1_000_000];

/// One question of a list after another, without end.
fn each<'l, T>(list: &'l [T]) -> impl Fn() -> &'l T {
    let at = Cell::new(0);
    move || {
        let now = at.get();
        at.set(if now + 1 == list.len() { 0 } else { now + 1 });
        &list[now]
    }
}

fn decide(bencher: Bencher, ready: &Ready, list: &[ResolvedRequest]) {
    let decider = ready.decider();
    list.iter().for_each(|asked| _ = decider.decide(asked));
    let next = each(list);
    bencher.bench_local(|| decider.decide(black_box(next())));
}

#[divan::bench(args = SIZES)]
fn decide_by_number(bencher: Bencher, facts: u64) {
    let ready = worlds::of(facts);
    decide(bencher, ready, &ready.those(|_, _| true));
}

#[divan::bench(args = SIZES)]
fn decide_allowed(bencher: Bencher, facts: u64) {
    let ready = worlds::of(facts);
    decide(bencher, ready, &ready.those(|_, allowed| allowed));
}

#[divan::bench(args = SIZES)]
fn decide_denied(bencher: Bencher, facts: u64) {
    let ready = worlds::of(facts);
    decide(bencher, ready, &ready.those(|_, allowed| !allowed));
}

#[divan::bench(args = SIZES)]
fn decide_by_name(bencher: Bencher, facts: u64) {
    let ready = worlds::of(facts);
    let (decider, date) = (ready.decider(), worlds::date());
    let next = each(&ready.requests);
    bencher.bench_local(|| {
        let asked = ready.world.resolve(&ready.compiled.policy, black_box(next()), date).expect("it can be asked");
        decider.decide(&asked)
    });
}

#[divan::bench(args = ["partner-center.", "partner-relationships.", "directory.", "office365.", "subscription.", "autopilot.", "teams-rooms."])]
fn decide_family(bencher: Bencher, family: &str) {
    let ready = worlds::of(100_000);
    decide(bencher, ready, &ready.those(|action, _| action.starts_with(family)));
}

#[divan::bench(args = SIZES)]
fn record(bencher: Bencher, facts: u64) {
    let ready = worlds::of(facts);
    let (decider, list) = (ready.decider(), ready.those(|_, _| true));
    let next = each(&list);
    bencher.bench_local(|| decider.record(black_box(next())));
}

#[divan::bench(args = [10_000, 100_000])]
fn explain_in_words(bencher: Bencher, facts: u64) {
    let ready = worlds::of(facts);
    let (decider, list) = (ready.decider(), ready.those(|_, _| true));
    let next = each(&list);
    bencher.bench_local(|| {
        let asked = black_box(next());
        Words::of(&decider).explanation(&explain(&decider.within(&delegraph::eval::Budget::default()), asked, &decider.record(asked)))
    });
}

#[divan::bench(args = [10_000, 100_000], sample_count = 200, sample_size = 1)]
fn how_to_allow(bencher: Bencher, facts: u64) {
    let ready = worlds::of(facts);
    let (decider, list) = (ready.decider(), ready.those(|_, allowed| !allowed));
    let next = each(&list);
    bencher.bench_local(|| how_to(&decider.within(&delegraph::eval::Budget::default()), black_box(next()), true, Some(3)));
}

/// So many rules on actions that nobody asks about.
#[divan::bench(args = [10, 100, 1_000, 10_000])]
fn decide_beside_rules(bencher: Bencher, rules: u32) {
    let further = (0..rules).map(|at| {
        format!(
            "[action.\"other.a{at}\"]\non = [\"customer\"]\n[rule.other-{at}]\nallow = [\"other.a{at}\"]\nif = 'reseller(subject.partner, resource)'\nsource = [\"REL-1\"]\n"
        )
    });
    let ready = worlds::ready(worlds::compiled(further.collect()), 10_000);
    decide(bencher, &ready, &ready.those(|_, _| true));
}

/// So many rules on the action that is asked about, none of which is true.
#[divan::bench(args = [10, 100, 1_000, 10_000])]
fn decide_among_rules(bencher: Bencher, rules: u32) {
    let further = (0..rules).map(|at| {
        format!("[rule.more-{at}]\nallow = [\"subscription.view\"]\nif = 'subject in group:nobody-{at}'\nsource = [\"SUB-1\"]\n")
    });
    let ready = worlds::ready(worlds::compiled(further.collect()), 10_000);
    decide(bencher, &ready, &ready.those(|action, _| action == "subscription.view"));
}
