//! The answers of `how-to` over generated packs and worlds, always the same; `PROPTEST_CASES` asks for so many others. A failure prints the
//! pack and the world to which it shrank.

use crate::harness::{ask, compiled, context, law, world_after_events};
use delegraph::eval::{Budget, Decider};
use delegraph::policy::Id;
use delegraph::query::Overlay;
use delegraph::query::how_to::how_to;
use delegraph::syntax::{self, Embedded, StringForm};
use delegraph::text::Span;
use delegraph::wording::{self, ChangeText, Words};
use delegraph::world::{ResolvedRequest, read_fact};
use proptest::prelude::*;

/// Each way of `how-to` turns the answer when it is done as printed, and no part of it does.
///
/// Seen to fail when candidates were printed without being tried, and when their parts were not tried.
#[test]
fn what_how_to_tells_turns_the_answer() {
    law(96, 16, |mut case| {
        let compiled = compiled(&case.pack.files())?;
        let Some(world) = world_after_events(&compiled, &mut case)? else { return Ok(()) };
        for at in &case.contexts {
            let decider = Decider::new(&compiled, &world, context(&compiled, at));
            for asked in case.questions.iter().take(6).filter_map(|question| ask(&compiled, &world, &decider.context, question)) {
                let allow = !decider.decide(&asked).allowed();
                for repair in wording::how_to(
                    Words::of(&decider),
                    &decider.within(&Budget::default()),
                    &how_to(&decider.within(&Budget::default()), &asked, allow, None),
                )
                .repairs
                {
                    if repair.steps.iter().any(|step| step.change == "date") {
                        continue;
                    }
                    let count = repair.steps.len();
                    for part in 0..1u32 << count {
                        let steps = repair.steps.iter().enumerate().filter(|(at, _)| part & (1 << at) != 0).map(|(_, step)| step);
                        let turned = done(&decider, &asked, steps)? == allow;
                        prop_assert_eq!(turned, part + 1 == 1 << count, "{:?}, part {:b}", &repair.steps, part);
                    }
                }
            }
        }
        Ok(())
    });
}

/// Whether the question is allowed after the changes, read from the words in which they are printed.
fn done<'s>(decider: &Decider<'_>, asked: &ResolvedRequest, steps: impl Iterator<Item = &'s ChangeText>) -> Result<bool, TestCaseError> {
    let policy = &decider.compiled.policy;
    let mut overlay = Overlay { world: decider.world.clone(), context: decider.context.clone() };
    for step in steps {
        if let Some(on) = match step.change {
            "turn-on" => Some(true),
            "turn-off" => Some(false),
            _ => None,
        } {
            let toggle = policy.toggle_named(&step.what).expect("a toggle");
            overlay.context.toggles[toggle.index()] = on;
            continue;
        }
        let file = overlay.world.sources.add("step", step.what.clone());
        let span = Span::new(file, 0, step.what.len());
        let fact = syntax::fact(&Embedded { text: &step.what, span, writing: StringForm::Plain });
        let fact = fact.map_err(|diagnostics| TestCaseError::fail(format!("`{}`: {}", step.what, diagnostics.headline)))?;
        let body = read_fact(policy, &mut overlay.world, &fact);
        let body = body.map_err(|diagnostics| TestCaseError::fail(format!("`{}`: {}", step.what, diagnostics[0].headline)))?;
        overlay.assume(policy, body, step.change != "remove");
    }
    Ok(overlay.decider(decider.compiled).decide(asked).allowed())
}
