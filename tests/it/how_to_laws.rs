//! The answers of `how-to` over generated packs and worlds, always the same; `PROPTEST_CASES` asks for so many others. A failure prints the
//! pack and the world to which it shrank.

use crate::generator::DATES;
use crate::harness::{ask, compiled, context, law, world_after_events};
use delegraph::counterfactual::Change;
use delegraph::eval::{Budget, Decider};
use delegraph::policy::Id;
use delegraph::query::Overlay;
use delegraph::query::how_to::{how_to, turning_day};
use delegraph::syntax::{self, Embedded, StringForm};
use delegraph::text::Span;
use delegraph::time::Instant;
use delegraph::wording::{self, ChangeText, Words};
use delegraph::world::{ResolvedRequest, read_fact};
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::BTreeSet;

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

/// A date that `how-to` prints is the one at which the answer turned for the last time, or turns next: just before it and on it the answers
/// differ, and from there to the date of the question the answer stays. If no date is printed on one side, the answer never differs there.
///
/// Seen to fail when the dates tried were those of facts which a change could make or unmake, so that turns between them were missed.
#[test]
fn dates_of_how_to_are_the_nearest_turns() {
    let (earlier, later) = (Cell::new(0), Cell::new(0));
    law(48, 8, |mut case| {
        let compiled = compiled(&case.pack.files())?;
        let Some(world) = world_after_events(&compiled, &mut case)? else { return Ok(()) };
        let fixed = DATES.iter().chain(&["0001-01-01", "9999-12-31"]).map(|text| Instant::parse(text).expect("a date"));
        let of_facts = world.facts().flat_map(|(_, fact)| [fact.during.since, fact.during.until]);
        let dates = fixed.chain(of_facts).chain(case.world.events.iter().map(|event| Instant::parse(&event.at).expect("a date")));
        // Just before each date, on it, and just after it. No question is asked of the ends of time.
        let dates = dates.filter(|date| ![Instant::MIN, Instant::MAX].contains(date));
        let dates: BTreeSet<Instant> = dates.flat_map(|date| [date.before(), date, date.after()]).collect();
        for at in &case.contexts {
            let decider = Decider::new(&compiled, &world, context(&compiled, at));
            let now = decider.context.at;
            for asked in case.questions.iter().take(4).filter_map(|question| ask(&compiled, &world, &decider.context, question)) {
                let allow = !decider.decide(&asked).allowed();
                let turned = |at| answer_at(&decider, &asked, at).is_some_and(|allowed| allowed == allow);
                let how = how_to(&decider.within(&Budget::default()), &asked, allow, None);
                let steps = how.repairs.iter().flat_map(|repair| &repair.steps);
                let found: Vec<Instant> =
                    steps.filter_map(|step| if let Change::Date { at, .. } = step.change { Some(at) } else { None }).collect();
                let of_side = |before: bool| found.iter().copied().filter(|&at| (at < now) == before).collect::<Vec<_>>();
                for before in [true, false] {
                    let side = dates.iter().copied().filter(|&date| (date < now) == before && date != now);
                    match of_side(before)[..] {
                        [] if how.more > 0 || how.limited => {}
                        [] => prop_assert_eq!(side.filter(|&date| turned(date)).collect::<Vec<_>>(), [], "{:?} {:?}", at, asked),
                        [date] => {
                            let counted = if before { &earlier } else { &later };
                            counted.set(counted.get() + 1);
                            let day = turning_day(date, now);
                            prop_assert!(turned(date), "{date} is no turn: {at:?} {asked:?}");
                            prop_assert_ne!(
                                answer_at(&decider, &asked, day.before()),
                                answer_at(&decider, &asked, day),
                                "{} {:?} {:?}",
                                day,
                                at,
                                asked
                            );
                            let between = side.filter(|&other| if before { other > date } else { other < date });
                            prop_assert_eq!(between.filter(|&other| turned(other)).collect::<Vec<_>>(), [], "{:?} {:?}", at, asked);
                        }
                        _ => prop_assert!(false, "{found:?}: {at:?} {asked:?}"),
                    }
                }
            }
        }
        Ok(())
    });
    assert!(earlier.get() > 5 && later.get() > 5, "too few dates: {} earlier, {} later", earlier.get(), later.get());
}

/// Whether the question is allowed on another date, also of the policy if the question has one date for both. `None` if subject or resource
/// do not live then.
fn answer_at(decider: &Decider<'_>, asked: &ResolvedRequest, at: Instant) -> Option<bool> {
    let mut context = decider.context.clone();
    if context.policy_at == context.at {
        context.policy_at = at;
    }
    context.at = at;
    let live = [asked.subject, asked.resource].into_iter().all(|entity| decider.world.lives(entity, at));
    live.then(|| Decider::new(decider.compiled, decider.world, context).decide(asked).allowed())
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
