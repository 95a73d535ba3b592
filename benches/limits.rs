//! Questions that are hard: exhausted ones, derived relations over deep nesting, and a new instant for each decision.
//!
//! `cargo bench --bench limits`. The peak memory of an exhausted question is that of the command line: see docs/measuring.md.

#[path = "worlds/hard.rs"]
mod hard;
mod worlds;

use delegraph::eval::{Budget, Decider};
use delegraph::explain::explain;
use delegraph::files::Source;
use delegraph::open;
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::query::how_to::how_to;
use delegraph::time::Instant;
use delegraph::world::{Request, ResolvedRequest, World};
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

fn made(pack: &str, world: String) -> (CompiledPolicy, World) {
    let compiled =
        open::pack(vec![Source::of_bytes("pack.toml".to_owned(), pack.as_bytes().to_vec())]).compiled.expect("the pack is sound");
    let world = open::world(&compiled, vec![Source::of_bytes("world.toml".to_owned(), world.into_bytes())]).expect("a world by its name");
    (compiled, world.world.expect("the world is sound"))
}

fn asked(compiled: &CompiledPolicy, world: &World, (user, action): (&str, &str), resource: (&str, &str)) -> ResolvedRequest {
    let pair = |kind: &str, id: &str| (kind.to_owned(), id.to_owned());
    let request = Request { subject: pair("user", user), action: action.to_owned(), resource: pair(resource.0, resource.1) };
    world.resolve(&compiled.policy, &request, worlds::date()).expect("it can be asked")
}

#[divan::bench(args = ["decide", "explain", "how-to"], sample_count = 3, sample_size = 1)]
fn exhausted(bencher: Bencher, verb: &str) {
    let (compiled, world) = made(hard::CLIQUE, hard::layered(80));
    let asked = asked(&compiled, &world, ("u", "node.read"), ("node", "n0"));
    let decider = Decider::new(&compiled, &world, Context::at(&compiled.policy, worlds::date()));
    bencher.bench_local(|| {
        let budget = Budget::default();
        let query = decider.within(&budget);
        match verb {
            "decide" => _ = black_box(query.decide(&asked)),
            "explain" => _ = black_box(explain(&query, &asked, &query.record(&asked))),
            _ => _ = black_box(how_to(&query, &asked, true, None)),
        }
        assert!(budget.exhausted().is_some());
    });
}

#[divan::bench(args = [1_000, 10_000, 100_000], sample_count = 5, sample_size = 1)]
fn derived_nesting(bencher: Bencher, depth: usize) {
    let (compiled, world) = made(hard::NESTING, hard::nested(depth));
    let asked = asked(&compiled, &world, ("in", "team.x"), ("team", &(depth - 1).to_string()));
    let decider = Decider::new(&compiled, &world, Context::at(&compiled.policy, worlds::date()));
    bencher.bench_local(|| {
        let decision = decider.decide(black_box(&asked));
        assert!(decision.allowed());
    });
}

/// A server whose date is now asks each question at another instant.
#[divan::bench(args = [false, true])]
fn decide_at_a_new_instant(bencher: Bencher, new: bool) {
    let ready = worlds::of(100_000);
    let context = Context::at(&ready.compiled.policy, worlds::date());
    let same = ready.decider();
    let instants: Vec<Instant> = std::iter::successors(Some(worlds::date()), |at| Some(at.after())).take(1000).collect();
    let mut next = ready.asked.iter().map(|(asked, _)| asked).cycle().zip(instants.iter().cycle());
    bencher.bench_local(|| {
        let (asked, &at) = next.next().expect("without end");
        if !new {
            return same.decide(black_box(asked));
        }
        Decider::new(&ready.compiled, &ready.world, Context { at, policy_at: at, ..context.clone() }).decide(black_box(asked))
    });
}
