//! Questions that are hard: exhausted ones, derived relations over deep nesting, and a new instant for each decision.
//!
//! `cargo bench --bench limits`. The peak memory of an exhausted question is that of the command line: see docs/measuring.md.

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
use std::fmt::Write as _;

fn main() {
    divan::main();
}

/// Six mutual neighbours are looked for in a graph that has none.
const CLIQUE: &str = r#"
[kind.user]
subject = true
[kind.node]
actions = ["read"]
[relation.edge]
ends = ["node", "node"]
[relation.friend]
ends = ["user"]
[rule.friends]
allow = ["node.read"]
if = 'friend(subject)'
[rule.clique]
deny = ["node.read"]
if = 'edge(a, b) and edge(a, c) and edge(b, c) and edge(a, d) and edge(b, d) and edge(c, d) and edge(a, e) and edge(b, e) and edge(c, e) and edge(d, e) and edge(a, f) and edge(b, f) and edge(c, f) and edge(d, f) and edge(e, f) and not edge(resource, f)'
"#;

/// Nested groups and teams, each group in the team of its number.
const NESTING: &str = r#"
[kind.user]
subject = true
[kind.group]
attributes.nested = { member-of = "group" }
[kind.team]
attributes.nested = { member-of = "team" }
actions = ["x"]
[relation.group-base]
ends = ["user", "group"]
[relation.group-member]
ends = ["user", "group"]
[implication.group-member]
if = 'group-base(s, o) or (group-base(s, a) and a in o)'
then = 'group-member(s, o)'
[relation.team-of-group]
ends = ["group", "team"]
[relation.team-base]
ends = ["user", "team"]
[implication.team-base]
if = 'team-of-group(v, o) and group-member(s, v)'
then = 'team-base(s, o)'
[relation.team-member]
ends = ["user", "team"]
[implication.team-member]
if = 'team-base(s, o) or (team-base(s, a) and a in o)'
then = 'team-member(s, o)'
[rule.t]
allow = ["team.x"]
if = 'team-member(subject, resource)'
"#;

fn made(pack: &str, world: String) -> (CompiledPolicy, World) {
    let compiled =
        open::pack(vec![Source::of_bytes("pack.toml".to_owned(), pack.as_bytes().to_vec())]).compiled.expect("the pack is sound");
    let world = open::world(&compiled, vec![Source::of_bytes("world.toml".to_owned(), world.into_bytes())]).expect("a world by its name");
    (compiled, world.world.expect("the world is sound"))
}

/// Five layers of sixteen nodes, with edges both ways between all nodes of different layers.
fn layered() -> (CompiledPolicy, World) {
    let mut text = "[user.u]\n[[fact]]\nis = 'friend(user:u)'\n".to_owned();
    for node in 0..80 {
        writeln!(text, "[node.n{node}]").expect("a string");
        for to in (0..80).filter(|to| to % 5 != node % 5) {
            writeln!(text, "[[fact]]\nis = 'edge(node:n{node}, node:n{to})'").expect("a string");
        }
    }
    made(CLIQUE, text)
}

fn asked(compiled: &CompiledPolicy, world: &World, action: &str, resource: (&str, &str)) -> ResolvedRequest {
    let pair = |kind: &str, id: &str| (kind.to_owned(), id.to_owned());
    let request = Request { subject: pair("user", "u"), action: action.to_owned(), resource: pair(resource.0, resource.1) };
    world.resolve(&compiled.policy, &request, worlds::date()).expect("it can be asked")
}

#[divan::bench(args = ["decide", "explain", "how-to"], sample_count = 3, sample_size = 1)]
fn exhausted(bencher: Bencher, verb: &str) {
    let (compiled, world) = layered();
    let asked = asked(&compiled, &world, "node.read", ("node", "n0"));
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
    let mut text = "[user.u]\n[[fact]]\nis = 'group-base(user:u, group:0)'\n".to_owned();
    for here in 0..depth {
        for kind in ["group", "team"] {
            let nested = if here + 1 < depth { format!("nested = [\"{kind}:{}\"]\n", here + 1) } else { String::new() };
            writeln!(text, "[{kind}.{here}]\n{nested}").expect("a string");
        }
        writeln!(text, "[[fact]]\nis = 'team-of-group(group:{here}, team:{here})'").expect("a string");
    }
    let (compiled, world) = made(NESTING, text);
    let asked = asked(&compiled, &world, "team.x", ("team", &(depth - 1).to_string()));
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
    let mut second = 0;
    let mut next = ready.asked.iter().map(|(asked, _)| asked).cycle();
    bencher.bench_local(|| {
        let asked = next.next().expect("without end");
        if !new {
            return same.decide(black_box(asked));
        }
        second += 1;
        let at = later(worlds::date(), second);
        Decider::new(&ready.compiled, &ready.world, Context { at, policy_at: at, ..context.clone() }).decide(black_box(asked))
    });
}

fn later(at: Instant, seconds: u32) -> Instant {
    (0..seconds % 1000).fold(at, |at, _| at.after())
}
