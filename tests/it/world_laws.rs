//! Laws of worlds: how a world is written down does not change what it is.
//!
//! Each law states the deliberate bugs for which it was seen to fail with the fixed cases.

use crate::generator::Question;
use crate::harness::{self, bare, compiled, explained, law, world, world_after_events};
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
