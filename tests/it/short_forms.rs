//! The keys by which authors write less mean the same as their long form.

use crate::harness::{answer, compiled, context, explained, law, world_after_events};
use delegraph::eval::Decider;
use proptest::prelude::*;
use std::cell::Cell;

/// A pack that uses `actions` and `except` gives the answers of its long form.
///
/// Seen to fail when
/// - `except` was ignored,
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
