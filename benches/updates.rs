//! What changes cost, and what decisions cost after them, against the world as it was and against the same world compacted.
//!
//! `cargo bench --bench updates`. The worlds that are compared are asked in turn, a few hundred requests at a time, so that what else the
//! machine does disturbs all of them alike. Printed are medians of one run, their ratios, and what the ratios are held to.

mod worlds;

use delegraph::eval::Decider;
use delegraph::plan::Context;
use delegraph::policy::Policy;
use delegraph::time::Interval;
use delegraph::world::{EntityId, Fact, NewEntity, ResolvedRequest, Statement, Value, World};
use std::hint::black_box;
use std::time::{Duration, Instant};
use worlds::Ready;

/// How many entities are added.
const ENTITIES: usize = 10_000;

/// How many requests are asked of one world before the next is asked.
const TURN: usize = 400;

#[expect(clippy::disallowed_methods, reason = "it measures time")]
fn now() -> Instant {
    Instant::now()
}

fn main() {
    for facts in [100_000, 1_000_000] {
        let ready = worlds::of(facts);
        println!("{facts} facts");
        after_one_fact(ready);
        after_entities(ready);
    }
}

/// Decisions before and after a fact is added that no request is about.
fn after_one_fact(ready: &Ready) {
    let policy = &ready.compiled.policy;
    let mut world = ready.world.clone();
    let [customer, partner] = ["customer", "partner"].map(|kind| {
        let kind = policy.kind_named(kind).expect("the pack has it");
        let new = NewEntity { kind, id: "unrelated", life: Interval::ALWAYS, attributes: &[], place: None };
        world.add_entity(policy, &new).expect("it is new")
    });
    world.compact();
    let before = world.clone();
    let relation = policy.relation_named("dap").expect("the pack has it");
    let [customer, partner] = [("customer", customer), ("partner", partner)]
        .map(|(kind, _)| world.find(policy.kind_named(kind).expect("the pack has it"), "unrelated").expect("it was added"));
    let statement = Statement::Relation(relation, [customer, partner, EntityId::NONE]);
    world.add_fact(policy, Fact { statement, during: Interval::ALWAYS }, None).expect("it fits");
    let [one, other] = medians(ready, [(&before, &asked(ready, &before)), (&world, &asked(ready, &world))]);
    report("decide, after one unrelated fact", other, one, Some(1.1));
}

/// Decisions after [`ENTITIES`] users are added, each the twin of one who asks: about the others, and about the twins.
fn after_entities(ready: &Ready) {
    let policy = &ready.compiled.policy;
    let mut world = ready.world.clone();
    let start = now();
    let mut facts = 0;
    let mut twins = Vec::new();
    for request in ready.requests.iter().take(ENTITIES) {
        let subject = world.find(policy.kind_named(&request.subject.0).expect("a kind"), &request.subject.1).expect("it is known");
        let id = format!("{}-{}", request.subject.1, twins.len());
        facts += add_twin(policy, &mut world, subject, &id);
        let mut request = request.clone();
        request.subject.1 = id;
        twins.push(request);
    }
    let adding = start.elapsed();
    let start = now();
    let mut compacted = world.clone();
    compacted.compact();
    let compacting = start.elapsed();
    println!("  {ENTITIES} entities and {facts} facts are added in {adding:.0?}, and compacted in {compacting:.0?}");

    let [one, other] = medians(ready, [(&ready.world, &asked(ready, &ready.world)), (&world, &asked(ready, &world))]);
    report("decide, after these, about others", other, one, None);
    let twins_in = |world: &World| -> Vec<ResolvedRequest> {
        twins.iter().map(|request| world.resolve(policy, request, worlds::date()).expect("it can be asked")).collect()
    };
    let [one, other] = medians(ready, [(&compacted, &twins_in(&compacted)), (&world, &twins_in(&world))]);
    report("decide, about the added entities", other, one, None);
}

/// Adds an entity with the attributes, memberships and assignments of another. Returns how many facts it has.
fn add_twin(policy: &Policy, world: &mut World, of: EntityId, id: &str) -> usize {
    let kind = world.kind(of);
    let ids = world.facts_about(of);
    let facts: Vec<Fact> = ids.into_iter().map(|id| world.fact(id)).collect();
    let values = facts.iter().filter_map(|fact| match fact.statement {
        Statement::Value { attribute, value, .. } if fact.during == Interval::ALWAYS => Some((attribute, vec![value])),
        _ => None,
    });
    let single = values.filter(|&(attribute, _)| !policy.attributes[attribute].many);
    let attributes: Vec<(_, Vec<Value>)> = single.collect();
    let new = NewEntity { kind, id, life: Interval::ALWAYS, attributes: &attributes, place: None };
    let ent = world.add_entity(policy, &new).expect("it is new");
    let mut count = attributes.len();
    for fact in facts {
        let statement = match fact.statement {
            Statement::Member { member, group } if member == of => Statement::Member { member: ent, group },
            Statement::Holds { holder, role, scope } if holder == of => Statement::Holds { holder: ent, role, scope },
            _ => continue,
        };
        world.add_fact(policy, Fact { statement, ..fact }, None).expect("it fits");
        count += 1;
    }
    count
}

/// The requests by the ids of a world.
fn asked(ready: &Ready, world: &World) -> Vec<ResolvedRequest> {
    let policy = &ready.compiled.policy;
    ready.requests.iter().map(|request| world.resolve(policy, request, worlds::date()).expect("it can be asked")).collect()
}

/// The median time of a decision in each of two worlds.
fn medians(ready: &Ready, asked: [(&World, &Vec<ResolvedRequest>); 2]) -> [Duration; 2] {
    const ROUNDS: usize = 600;
    let context = || Context::at(&ready.compiled.policy, worlds::date());
    let deciders = asked.map(|(world, _)| Decider::new(&ready.compiled, world, context()));
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..ROUNDS {
        // Each world comes first in every other round.
        for which in [round % 2, 1 - round % 2] {
            let (list, decider) = (asked[which].1, &deciders[which]);
            let from = round / 2 * TURN % (list.len() - TURN);
            let start = now();
            for request in &list[from..from + TURN] {
                black_box(decider.decide(black_box(request)));
            }
            times[which].push(start.elapsed() / u32::try_from(TURN).expect("a few"));
        }
    }
    times.map(|mut times| {
        times.sort();
        times[times.len() / 2]
    })
}

fn report(what: &str, now: Duration, before: Duration, most: Option<f64>) {
    let ratio = now.as_secs_f64() / before.as_secs_f64();
    let bar = most.map_or(String::new(), |most| format!(", at most {most}: {}", if ratio <= most { "met" } else { "not met" }));
    println!("  {what}: {now:.0?}, {before:.0?} without the delta, ratio {ratio:.2}{bar}");
}
