//! Laws of worlds: how a world is written down does not change what it is.
//!
//! Each law states the deliberate bugs for which it was seen to fail with the fixed cases.

use crate::generator::Question;
use crate::harness::{self, bare, compiled, explained, law, repacked, world, world_after_events};
use delegraph::eval::Decider;
use delegraph::plan::CompiledPolicy;
use delegraph::world::World;
use proptest::prelude::*;
use std::cell::Cell;

/// The facts of a world, a line each, with their times; not where they are stated.
fn facts(compiled: &CompiledPolicy, world: &World) -> Vec<String> {
    let line = |(_, fact): (_, delegraph::world::Fact)| {
        format!("{} [{}, {})", world.statement_text(&compiled.policy, &fact.statement), fact.during.since, fact.during.until)
    };
    world.facts().map(line).collect()
}

/// A world that is split over files in any way, with entities repeated, is the same world.
///
/// Seen to fail when only the first declaration of an entity was read, and when `[]` did not give a set that another declaration leaves
/// out.
#[test]
fn a_world_split_over_files_is_the_same_world() {
    let repeated = Cell::new(0);
    law(96, 24, |mut case| {
        let compiled = compiled(&case.pack.files())?;
        let Some(whole) = world_after_events(&compiled, &mut case)? else { return Ok(()) };
        let files = case.world.split(&case.pack.schema, &mut case.tape.part(2048));
        let Some(split) = world(&compiled, &files)? else { return Err(TestCaseError::fail("refused once it is split")) };
        prop_assert_eq!(facts(&compiled, &whole), facts(&compiled, &split));
        let lines = |text: &str| text.lines().filter(|line| line.starts_with("{\"entity\"") || line.starts_with('[')).count();
        let declared: usize = files.iter().map(|(_, text)| lines(text)).sum();
        repeated.set(repeated.get() + usize::from(declared > 2 * case.world.entities.len()));
        for context in &case.contexts {
            let first = Decider::new(&compiled, &whole, harness::context(&compiled, context));
            let second = Decider::new(&compiled, &split, harness::context(&compiled, context));
            let ask = |decider, question: &Question| explained(decider, question).map(bare);
            for question in &case.questions {
                prop_assert_eq!(ask(&second, question), ask(&first, question), "split, then whole: {:?} {:?}", question, context);
            }
        }
        Ok(())
    });
    assert!(repeated.get() > 20, "too few entities are repeated: {}", repeated.get());
}

/// A world that names entities by their keys is the one that names them by their ids, and a request by keys is the one by ids: of a loaded
/// world and of a packed one. A name that is an id is never read as a key.
///
/// Seen to fail when a key came before an id, and when a packed world had no keys.
#[test]
fn an_entity_by_its_key_is_the_one_by_its_id() {
    let (by_key, both) = (Cell::new(0), Cell::new(0));
    law(96, 24, |mut case| {
        let compiled = compiled(&case.pack.files())?;
        let Some(whole) = world_after_events(&compiled, &mut case)? else { return Ok(()) };
        let schema = &case.pack.schema;
        let keyed = case.world.by_keys(schema, &mut case.tape.part(512));
        let Some(keyed) = world(&compiled, &keyed.files(schema, &mut case.tape.part(8)))? else {
            return Err(TestCaseError::fail("refused once entities are named by keys"));
        };
        prop_assert_eq!(facts(&compiled, &whole), facts(&compiled, &keyed));
        let packed = repacked(&compiled, &keyed);
        for context in &case.contexts {
            let deciders = [&whole, &keyed, &packed].map(|world| Decider::new(&compiled, world, harness::context(&compiled, context)));
            for question in &case.questions {
                let renamed = case.by_keys(question);
                let (subject, resource) = (renamed.subject != question.subject, renamed.resource != question.resource);
                by_key.set(by_key.get() + usize::from(subject));
                both.set(both.get() + usize::from(subject && resource));
                let expected = explained(&deciders[0], question).map(bare);
                for decider in &deciders {
                    prop_assert_eq!(explained(decider, question).map(bare), expected.clone(), "{:?} {:?}", question, context);
                    prop_assert_eq!(explained(decider, &renamed).map(bare), expected.clone(), "{:?} {:?}", renamed, context);
                }
            }
        }
        Ok(())
    });
    assert!(by_key.get() > 400 && both.get() > 20, "too few are asked by key: {} {}", by_key.get(), both.get());
}
