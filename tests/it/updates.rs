//! What is added to a loaded world and taken from it, one fact at a time, comes to what a world loaded afresh comes to.

use crate::generator::World;
use crate::harness::{answer, compiled, explained, law, world};
use crate::{generator, harness};
use delegraph::eval::Decider;
use delegraph::query::Overlay;
use delegraph::syntax::{self, Embedded, StringForm};
use delegraph::text::Span;
use delegraph::time::Instant;
use delegraph::world::{Statement, World as Loaded, read_fact};
use proptest::prelude::*;

/// Decisions and explanations after facts were added and removed one by one are those of a world loaded afresh with the same facts.
///
/// Seen to fail when added facts were not listed under their later entities, and when a changed fact's end was not looked at.
#[test]
fn an_updated_world_is_one_loaded_afresh() {
    law(96, 40, |mut case| {
        case.world.events.clear();
        let schema = &case.pack.schema;
        let compiled = compiled(&case.pack.files())?;
        let more = World::generate(schema, &mut case.tape.part(1280)).facts;
        let known = |name: &str| case.world.entities.iter().any(|entity| generator::named(schema, entity.kind, &entity.id) == name);
        let stated = |fact: &generator::Fact| case.world.facts.iter().any(|other| other.is == fact.is);
        let context = &case.contexts[0];
        let now = Instant::parse(context.at).expect("a date");
        // Of single values another one would end the first; values of attributes have a law of their own.
        let mut added: Vec<generator::Fact> = more.into_iter().filter(|fact| !fact.about.contains('.') && !stated(fact)).collect();
        added.retain(|fact| fact.names.iter().all(|name| name.starts_with("role:") || known(name)));
        added.dedup_by(|a, b| a.is == b.is);
        for fact in &mut added {
            (fact.since, fact.until) = (Some(context.at), None);
        }
        let mut removed = case.world.facts.clone();
        removed.retain(|fact| !fact.about.contains('.'));
        removed.truncate(4);

        let mut afresh = case.world.clone();
        for fact in &mut afresh.facts {
            let ends = removed.iter().any(|gone| gone.is == fact.is);
            let holds = fact.since.is_none_or(|since| Instant::parse(since).expect("a date") <= now)
                && fact.until.is_none_or(|until| Instant::parse(until).expect("a date") > now);
            if ends && holds {
                fact.until = Some(context.at);
            }
        }
        afresh.facts.retain(|fact| fact.since.is_none() || fact.since != fact.until);
        afresh.facts.extend(added.clone());
        let load = |facts: &World| world(&compiled, &facts.files(schema, &mut case.tape.clone()));
        let (Some(before), Some(afresh)) = (load(&case.world)?, load(&afresh)?) else { return Ok(()) };

        let mut overlay = Overlay { world: before, context: harness::context(&compiled, context) };
        for fact in &removed {
            let body = read(&compiled.policy, &mut overlay.world, &fact.is);
            overlay.assume(&compiled.policy, body, false);
        }
        for fact in &added {
            let body = read(&compiled.policy, &mut overlay.world, &fact.is);
            overlay.assume(&compiled.policy, body, true);
        }
        let updated = overlay.decider(&compiled);
        let afresh = Decider::new(&compiled, &afresh, harness::context(&compiled, context));
        for question in &case.questions {
            let of = |decider| explained(decider, question).map(|explanation| (answer(&explanation), explanation.unknown));
            prop_assert_eq!(of(&updated), of(&afresh), "updated, then afresh: {:?} {:?}", question, context);
        }
        Ok(())
    });
}

fn read(policy: &delegraph::policy::Policy, world: &mut Loaded, is: &str) -> Statement {
    let file = world.sources.add("added", is.to_owned());
    let fact = syntax::fact(&Embedded { text: is, span: Span::new(file, 0, is.len()), writing: StringForm::Plain }).expect("a fact");
    read_fact(policy, world, &fact).expect("a right one")
}
