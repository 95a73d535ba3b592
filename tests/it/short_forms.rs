//! The keys by which authors write less mean the same as their long form.

use crate::generator::{DeclaredBy, Question, aka};
use crate::harness::{answer, bare, compiled, context, explained, law, world, world_after_events};
use delegraph::eval::Decider;
use proptest::prelude::*;
use std::cell::Cell;

/// A pack that uses `actions`, `except` and `through` gives the answers of its long form.
///
/// Seen to fail when
/// - `except` was ignored,
/// - `through` was ignored,
/// - an action of a kind was declared on every kind.
#[test]
fn a_pack_equals_its_long_form() {
    let shortened = Cell::new(0);
    law(64, 40, |mut case| {
        let long = case.pack.long_form();
        shortened.set(shortened.get() + usize::from(long.elements != case.pack.elements));
        let (short, long) = (compiled(&case.pack.files())?, compiled(&long.files())?);
        let Some(ours) = world_after_events(&short, &mut case)? else { return Ok(()) };
        let Some(theirs) = world_after_events(&long, &mut case)? else {
            return Err(TestCaseError::fail("the long form refuses the world"));
        };
        for asked in &case.contexts {
            let ours = Decider::new(&short, &ours, context(&short, asked));
            let theirs = Decider::new(&long, &theirs, context(&long, asked));
            for question in &case.questions {
                let [ours, theirs] = [&ours, &theirs].map(|decider| explained(decider, question).map(|explained| answer(&explained)));
                prop_assert_eq!(ours, theirs, "short, then long: {:?} {:?}", question, asked);
            }
        }
        Ok(())
    });
    assert!(shortened.get() > 40, "too few packs use a short form: {}", shortened.get());
}

/// A world and questions that call kinds and actions by an `aka` give the explanations of those that call them by name.
///
/// Seen to fail when the `aka` of actions were left out of the names that requests may use.
#[test]
fn an_aka_means_the_name_and_is_never_printed() {
    law(48, 24, |mut case| {
        let compiled = compiled(&case.pack.files())?;
        let Some(ours) = world_after_events(&compiled, &mut case)? else { return Ok(()) };
        let kinds: Vec<&str> = case.pack.schema.kinds.iter().map(|kind| kind.name.as_str()).filter(|name| *name != "role").collect();
        let mut files = case.world.files(&case.pack.schema, &mut case.tape.clone());
        files.iter_mut().for_each(|(_, text)| *text = with_aka(text, &kinds));
        let Some(theirs) = world(&compiled, &files)? else { return Err(TestCaseError::fail("refused where kinds have other names")) };
        for asked in &case.contexts {
            let [ours, theirs] = [&ours, &theirs].map(|world| Decider::new(&compiled, world, context(&compiled, asked)));
            for question in &case.questions {
                let of_element =
                    case.pack.schema.actions.iter().any(|action| action.name == question.action && action.by == DeclaredBy::Element);
                let entity = |(kind, id): &(String, String)| (aka(kind), id.clone());
                let other = Question {
                    subject: entity(&question.subject),
                    action: if of_element { aka(&question.action) } else { question.action.clone() },
                    resource: entity(&question.resource),
                };
                prop_assert_eq!(explained(&ours, question).map(bare), explained(&theirs, &other).map(bare));
            }
        }
        Ok(())
    });
}

/// The text of a world with the `aka` of kinds where it has their names before `:` or at the start of a header.
fn with_aka(text: &str, kinds: &[&str]) -> String {
    let mut found = String::new();
    for line in text.split_inclusive('\n') {
        let mut line = line.to_owned();
        for kind in kinds {
            if let Some(rest) = line.strip_prefix(&format!("[{kind}.")) {
                line = format!("[{}.{rest}", aka(kind));
            }
            // A name is whole if no character of a name is before it.
            let pattern = format!("{kind}:");
            let mut from = 0;
            while let Some(at) = line[from..].find(&pattern).map(|at| from + at) {
                let is_whole = !line[..at].ends_with(|c: char| c.is_alphanumeric() || "-_./:".contains(c));
                if is_whole {
                    line.replace_range(at..at + kind.len(), &aka(kind));
                }
                from = at + pattern.len();
            }
        }
        found += &line;
    }
    found
}
