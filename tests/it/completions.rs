//! An answer that is not unknown is the same in every completion of what the world leaves open.

use crate::harness::{self, law};
use crate::reference;
use proptest::prelude::*;
use std::cell::Cell;

/// The completions are those of the reference evaluator, which the program agrees with.
///
/// Seen to fail when
/// - a pattern that `where` makes unknown was not counted as fitting,
/// - a denied value counted as possible after all and a possible one as denied,
/// - memberships of an entity without a name were read as none,
/// - an entity without a name was no value of a variable.
#[test]
fn known_answers_hold_in_every_completion() {
    let (complete, sampled, firm) = (Cell::new(0), Cell::new(0), Cell::new(0));
    law(20, 10, |mut case| {
        case.world.events.clear();
        case.pack.elements.retain(|element| !element.contains("was "));
        let (few, seed) = (case.tape.chance(60), case.tape.below(1 << 16) as u64);
        if few {
            // So that there are few completions.
            case.world.unknown.retain(|unknown| unknown.is.contains(':'));
            case.world.unknown.truncate(3);
            case.world.not_imported.clear();
        }
        let files = case.pack.files();
        let pack = reference::pack(&files);
        let Some(world) = reference::world(&pack, &case.world.files(&case.pack.schema, &mut case.tape.clone())) else { return Ok(()) };
        for context in &case.contexts {
            let context = harness::reference_context(&pack, context);
            let entity = |(kind, id): &(String, String)| reference::Entity::new(kind, id);
            let questions = case.questions.iter().map(|question| reference::Question {
                subject: entity(&question.subject),
                action: question.action.clone(),
                resource: entity(&question.resource),
            });
            let questions: Vec<reference::Question> = questions.collect();
            let answers = reference::answers(&pack, &world, &context, &questions);
            let Some(completions) = reference::completions(&pack, &world, &context, seed) else { continue };
            let counter = if completions.are_all { &complete } else { &sampled };
            counter.set(counter.get() + usize::from(completions.choices > 0));
            for completion in &completions.worlds {
                for ((question, answer), completed) in
                    questions.iter().zip(&answers).zip(reference::answers(&pack, completion, &context, &questions))
                {
                    if answer.outcome == "unknown" || completed.outcome == "unknown" {
                        continue;
                    }
                    firm.set(firm.get() + 1);
                    let (known, then) = (answer.outcome == "allowed", completed.outcome == "allowed");
                    prop_assert!(known == then, "{:?}: {} becomes {}", question, answer.outcome, completed.outcome);
                }
            }
        }
        Ok(())
    });
    let counts = [complete.get(), sampled.get(), firm.get()];
    assert!(counts[0] > 5 && counts[1] > 5 && counts[2] > 1000, "too few cases, answers or combinations: {counts:?}");
}
