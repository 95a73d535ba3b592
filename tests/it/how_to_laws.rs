//! The answers of `how-to` over generated packs and worlds, always the same; `PROPTEST_CASES` asks for so many others. A failure prints the
//! pack and the world to which it shrank.

use crate::generator::DATES;
use crate::harness::{ask, compiled, context, law, world_after_events};
use crate::support::SHIPPED;
use delegraph::eval::{Budget, Decider};
use delegraph::open;
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::policy::ActionId;
use delegraph::query::Overlay;
use delegraph::query::diff::{ReadChange, WhatIf};
use delegraph::query::how_to::{how_to, turning_day, with_new_entities};
use delegraph::time::Instant;
use delegraph::wording::{self, ActText, ArgumentText, EventText, WayText, Words};
use delegraph::world::{EntityId, Request, ResolvedRequest};
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::BTreeSet;

/// Each way of `how-to` turns the answer when it is done as printed, and no part of it does. Whoever is named may do it now. What else it gives
/// and takes is counted right, and no way of the same class changes less than the first one. Those who are named for each act fit together.
///
/// Seen to fail when candidates were printed without being tried, when their parts were not tried, when acts were not checked in the world
/// that the acts before left, and when what else a way changes was counted for the asker alone.
#[test]
fn what_how_to_tells_turns_the_answer() {
    let seen = Seen::default();
    law(48, 8, |mut case| {
        let compiled = compiled(&case.pack.files())?;
        let Some(world) = world_after_events(&compiled, &mut case)? else { return Ok(()) };
        for at in &case.contexts {
            let decider = Decider::new(&compiled, &world, context(&compiled, at));
            for asked in case.questions.iter().take(6).filter_map(|question| ask(&compiled, &world, &decider.context, question)) {
                check(&decider, &asked, &seen)?;
            }
        }
        Ok(())
    });
    assert!(seen.events.get() > 10 && seen.counted.get() > 100, "{seen:?}");
}

/// The same, of questions about the shipped worlds whose ways are sequences of events.
#[test]
fn sequences_of_events_turn_the_answer() {
    let seen = Seen::default();
    for (world, at, ask) in [
        ("breached-partner", "2021-10-22", ["user:adele@proseware", "partner-center.provision-service", "customer:fourth-coffee"]),
        ("rooms-three-continents", "2022-10-31", ["user:toru@tailspin", "teams-rooms.rooms.view", "room:sumida"]),
        ("rooms-three-continents", "2023-06-01", ["user:pia@tailspin", "teams-rooms.rooms.view", "room:thames"]),
        ("life-cycle", "2022-10-31", ["user:rita@tailspin", "teams-rooms.rooms.modify", "room:thames"]),
        ("breached-partner", "2023-06-01", ["user:marco@proseware", "directory.manage", "customer:adatum"]),
    ] {
        let path = format!("fixtures/worlds/{world}.toml");
        let world = open::world_at(&SHIPPED, &[path.into()]).expect("a file").world.expect("a sound world");
        let context = Context::at(&SHIPPED.policy, Instant::parse(at).expect("a date"));
        let entity = |text: &str| text.split_once(':').map(|(kind, id)| (kind.to_owned(), id.to_owned())).expect("kind:id");
        let request = Request { subject: entity(ask[0]), action: ask[1].to_owned(), resource: entity(ask[2]) };
        let asked = world.resolve(&SHIPPED.policy, &request, context.at).expect("a question of this world");
        check(&Decider::new(&SHIPPED, &world, context), &asked, &seen).unwrap_or_else(|why| panic!("{ask:?}: {why}"));
    }
    assert!(seen.sequences.get() >= 3, "{seen:?}");
}

/// What a law has looked at.
#[derive(Debug, Default)]
struct Seen {
    events: Cell<usize>,
    /// Ways of several events.
    sequences: Cell<usize>,
    /// Ways of which the other access was counted whole.
    counted: Cell<usize>,
}

/// What holds of the ways to turn an answer.
fn check(decider: &Decider<'_>, asked: &ResolvedRequest, seen: &Seen) -> Result<(), TestCaseError> {
    let add = |count: &Cell<usize>, more: usize| count.set(count.get() + more);
    let compiled = decider.compiled;
    let with_new = with_new_entities(&compiled.policy, decider.world);
    let prepared = Decider::new(compiled, &with_new, decider.context.clone());
    let allow = !decider.decide(asked).allowed();
    let found = how_to(&prepared.within(&Budget::default()), asked, allow, None);
    let how = wording::how_to(Words::of(&prepared), &prepared, &found);
    let before = allowed(decider, asked);
    for way in &how.ways {
        let count = way.acts.len();
        for part in 1..1u32 << count {
            let acts = way.acts.iter().enumerate().filter(|(at, _)| part & (1 << at) != 0).map(|(_, act)| act);
            let turned = done(decider, acts).is_some_and(|after| is_turned(compiled, &after, asked, allow));
            prop_assert_eq!(turned, part + 1 == 1 << count, "{:?}, part {:b}", &way.acts, part);
        }
        let after = done(decider, way.acts.iter()).expect("it was done just now");
        if !way.also.at_least {
            let after = allowed(&after.decider(compiled), asked);
            let changed = (after.difference(&before).count(), before.difference(&after).count());
            prop_assert_eq!((way.also.gained, way.also.lost), changed, "{:?}", &way.acts);
            add(&seen.counted, 1);
        }
        let events: Vec<&EventText> = way.acts.iter().filter_map(event).collect();
        for event in &events {
            for by in &event.by {
                prop_assert!(make(decider, &fresh(decider), &doing(event, by)).is_some(), "{} by {}", event.event, by);
            }
        }
        // Whoever of those who are named does one act, all others can go on.
        for (act, event) in way.acts.iter().enumerate().filter_map(|(at, act)| Some((at, event(act)?))) {
            for doer in 1..event.then.len() {
                let after = done_by(decider, way.acts.iter(), |at| if at == act { doer } else { 0 });
                let turned = after.is_some_and(|after| is_turned(compiled, &after, asked, allow));
                prop_assert!(turned, "{:?}, act {} by {}", &way.acts, act, event.then[doer]);
            }
        }
        add(&seen.events, events.len());
        add(&seen.sequences, usize::from(count > 1 && events.len() == count));
    }
    for ways in how.ways.chunk_by(|one, other| one.class == other.class) {
        let total = |way: &WayText| way.also.gained + way.also.lost;
        let least = ways.iter().filter(|way| !way.also.at_least).map(total).min();
        prop_assert!(ways[0].also.at_least || Some(total(&ways[0])) == least, "{:?}", ways);
    }
    Ok(())
}

fn event(act: &ActText) -> Option<&EventText> {
    match act {
        ActText::Event(event) => Some(event),
        ActText::Change(_) => None,
    }
}

/// An act as the command line takes it: an option and its text.
type Done = (&'static str, String);

/// An event as `--do` takes it.
fn doing(event: &EventText, by: &str) -> Done {
    let value = |argument: &ArgumentText| -> String {
        let one = |argument: &ArgumentText| match argument {
            ArgumentText::Number(number) => number.to_string(),
            ArgumentText::Text(text) => format!("{text:?}"),
            ArgumentText::Many(_) => String::new(),
        };
        match argument {
            ArgumentText::Many(many) => many.iter().map(one).collect::<Vec<String>>().join(","),
            argument => one(argument),
        }
    };
    let given = event.parameters.iter().map(|(name, argument)| format!(" {name}={}", value(argument)));
    ("do", format!("{} by={by:?}{}", event.event, given.collect::<String>()))
}

/// The world as it is.
fn fresh(decider: &Decider<'_>) -> WhatIf {
    WhatIf::new(decider.world, &decider.context)
}

/// The world after one more act; `None` if it is refused.
fn make(decider: &Decider<'_>, before: &WhatIf, (option, text): &Done) -> Option<WhatIf> {
    let mut after = before.clone();
    let change = match *option {
        "add" => ReadChange::Add(text),
        "remove" => ReadChange::Remove(text),
        "turn-on" => ReadChange::Turn(text, true),
        "turn-off" => ReadChange::Turn(text, false),
        _ => ReadChange::Do(text),
    };
    after.make(decider.compiled, change).ok().map(|_| after)
}

/// The world after the acts, in order, each read from the words in which it is printed; `None` if one is refused. An event is done by the one
/// of those who may do it then that `doer` says for the index of the act.
fn done_by<'s>(decider: &Decider<'_>, acts: impl Iterator<Item = &'s ActText>, doer: impl Fn(usize) -> usize) -> Option<Overlay> {
    let mut what_if = fresh(decider);
    for (at, act) in acts.enumerate() {
        what_if = match act {
            ActText::Change(change) => make(decider, &what_if, &(change.change, change.what.clone()))?,
            ActText::Event(event) => make(decider, &what_if, &doing(event, &event.then[doer(at)]))?,
        };
    }
    Some(what_if.new)
}

/// The same, each event done by the first who may do it.
fn done<'s>(decider: &Decider<'_>, acts: impl Iterator<Item = &'s ActText>) -> Option<Overlay> {
    done_by(decider, acts, |_| 0)
}

fn is_turned(compiled: &CompiledPolicy, after: &Overlay, asked: &ResolvedRequest, allow: bool) -> bool {
    let lives = |entity| after.world.lives(entity, after.context.at);
    lives(asked.subject) && lives(asked.resource) && after.decider(compiled).decide(asked).allowed() == allow
}

/// All requests that are allowed, beside one.
fn allowed(decider: &Decider<'_>, asked: &ResolvedRequest) -> BTreeSet<(EntityId, ActionId, EntityId)> {
    let policy = &decider.compiled.policy;
    let mut all = BTreeSet::new();
    for subject in decider.world.living_of(&policy.subjects(), decider.context.at) {
        for (action, declared) in policy.actions.iter() {
            for resource in decider.world.living_of(&declared.on, decider.context.at) {
                let request = ResolvedRequest { subject, action, resource };
                if request != *asked && decider.decide(&request).allowed() {
                    all.insert((subject, action, resource));
                }
            }
        }
    }
    all
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
                let found: Vec<Instant> = how.dates.iter().map(|date| date.at).collect();
                let of_side = |before: bool| found.iter().copied().filter(|&at| (at < now) == before).collect::<Vec<_>>();
                for before in [true, false] {
                    let side = dates.iter().copied().filter(|&date| (date < now) == before && date != now);
                    match of_side(before)[..] {
                        [] if how.limited => {}
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
