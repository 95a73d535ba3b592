//! How long it takes to load a world, to open a packed one, and to change one fact of a loaded one.
//!
//! `cargo bench --bench loading`. The worlds are in memory; reading a disk is not measured.

mod worlds;

use delegraph::query::Overlay;
use delegraph::world::{EntityId, SnapshotBytes, Statement, World};
use divan::{Bencher, black_box, counter::BytesCount, counter::ItemsCount};

fn main() {
    divan::main();
}

const SIZES: [u64; 3] = [10_000, 100_000, 1_000_000];

#[divan::bench(args = SIZES, sample_count = 10, sample_size = 1)]
fn load(bencher: Bencher, facts: u64) {
    let (compiled, text) = (worlds::compiled(String::new()), worlds::text(facts, 0));
    bencher.counter(BytesCount::new(text.len())).with_inputs(|| text.clone()).bench_local_values(|text| worlds::load(&compiled, text));
}

/// Loads a small world with so many events, which are applied one after the other.
#[divan::bench(args = [10_000, 50_000, 100_000], sample_count = 5, sample_size = 1)]
fn load_events(bencher: Bencher, events: u32) {
    let (compiled, text) = (worlds::compiled(String::new()), worlds::text(10_000, events));
    let lines = text.split(|&byte| byte == b'\n').filter(|line| line.starts_with(b"{\"event\"")).count();
    assert_eq!(lines, events as usize);
    bencher.counter(ItemsCount::new(lines)).with_inputs(|| text.clone()).bench_local_values(|text| worlds::load(&compiled, text));
}

#[divan::bench(args = SIZES, sample_count = 10, sample_size = 1)]
fn pack(bencher: Bencher, facts: u64) {
    let ready = worlds::of(facts);
    bencher.bench_local(|| packed(&ready.world, &ready.compiled));
}

/// Opens a packed world and asks one question: what a program that answers once does.
#[divan::bench(args = SIZES, sample_count = 20, sample_size = 1)]
fn open_packed(bencher: Bencher, facts: u64) {
    let ready = worlds::of(facts);
    let bytes = packed(&ready.world, &ready.compiled);
    bencher.with_inputs(|| SnapshotBytes::from(bytes.as_slice())).bench_local_values(|bytes| {
        let world = World::unpack(&ready.compiled.policy, bytes).expect("it is whole");
        let asked = world.resolve(&ready.compiled.policy, &ready.requests[0], worlds::date()).expect("it can be asked");
        let context = delegraph::plan::Context::at(&ready.compiled.policy, worlds::date());
        delegraph::eval::Decider::new(&ready.compiled, &world, context).decide(&asked)
    });
}

fn packed(world: &World, compiled: &delegraph::plan::CompiledPolicy) -> Vec<u8> {
    let mut bytes = Vec::new();
    world.pack(&compiled.policy, &mut bytes).expect("memory takes it");
    bytes
}

/// Adds a fact that is not there, and takes it away again.
#[divan::bench(args = SIZES)]
fn add_and_remove_a_fact(bencher: Bencher, facts: u64) {
    let ready = worlds::of(facts);
    let decider = ready.decider();
    let policy = &ready.compiled.policy;
    let group = policy.kind_named("group").expect("the pack has it");
    let groups: Vec<EntityId> = ready.world.of_kind(group).collect();
    let users: Vec<EntityId> = ready.world.of_kind(policy.kind_named("user").expect("the pack has it")).collect();
    let mut overlay = Overlay::of(&decider, &[]);
    let mut at = 0;
    bencher.bench_local(|| {
        at += 7919;
        let body = Statement::Member { member: users[at % users.len()], group: groups[at % groups.len()] };
        overlay.assume(policy, black_box(body), true);
        overlay.assume(policy, black_box(body), false);
    });
}

/// An overlay of a world, with one fact more: what how-to makes for everything that it tries.
#[divan::bench(args = SIZES)]
fn overlay_with_a_fact(bencher: Bencher, facts: u64) {
    let ready = worlds::of(facts);
    let decider = ready.decider();
    let policy = &ready.compiled.policy;
    let kind = |name| policy.kind_named(name).expect("the pack has it");
    let (group, user) = (ready.world.of_kind(kind("group")).next(), ready.world.of_kind(kind("user")).next());
    let body = Statement::Member { member: user.expect("there are some"), group: group.expect("there are some") };
    bencher.bench_local(|| Overlay::of(&decider, &[delegraph::counterfactual::Change::Add(black_box(body))]));
}
