//! Laws of replays: they end in the folded world, their steps add up, and what an event gives is what `what-if` says of it.

use crate::generator::Case;
use crate::harness::{compiled, law, sources, world_after_events};
use crate::support::{self, SHIPPED};
use delegraph::eval::{Decider, Outcome};
use delegraph::files::Source;
use delegraph::open::{self, Progress};
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::policy::Id;
use delegraph::query::diff::{Because, ChangeError, Changes, DiffRow, Difference, ReadChange, Sides, WhatIf};
use delegraph::query::replay::{Replay, ReplaySettings};
use delegraph::report;
use delegraph::time::Instant;
use delegraph::world::{ResolvedRequest, World};
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The shipped worlds with events.
const SHIPPED_WORLDS: [&str; 7] =
    ["life-cycle", "two-partners-devices", "rooms-partner", "gdap-life-cycle", "gdap-activation", "gdap-transition", "breached-partner"];

/// By subject, action and resource: the outcome of every request that can be asked.
type Outcomes = BTreeMap<[String; 3], Outcome>;

fn outcomes(decider: &Decider<'_>) -> Outcomes {
    let (policy, world, at) = (&decider.compiled.policy, decider.world, decider.context.at);
    let mut found = Outcomes::new();
    for subject in world.living_of(&policy.subjects(), at) {
        for action in policy.actions.ids() {
            for resource in world.living_of(&policy.actions[action].on, at) {
                let request = ResolvedRequest { subject, action, resource };
                let name = [world.name(policy, subject), policy.actions[action].meta.name.clone(), world.name(policy, resource)];
                found.insert(name, decider.decide(&request).outcome);
            }
        }
    }
    found
}

fn replayed<'c>(compiled: &'c CompiledPolicy, case: &Case, keep_going: bool) -> Option<Replay<'c>> {
    let files = case.world.files(&case.pack.schema, &mut case.tape.clone());
    let recorded = open::recorded(compiled, sources(&files), &Progress::default()).expect("the names end well");
    let settings = ReplaySettings { keep_going, ..ReplaySettings::of(&compiled.policy) };
    Some(Replay::of(compiled, recorded.world?, recorded.events, settings))
}

fn shipped(name: &str) -> (World, Replay<'static>) {
    let path = format!("fixtures/worlds/{name}.toml");
    let recorded = open::recorded_at(&SHIPPED, &[PathBuf::from(&path)], &Progress::default()).expect("the world can be read");
    let world = recorded.world.expect("the world is sound");
    (support::world(&SHIPPED, &path), Replay::of(&SHIPPED, world, recorded.events, ReplaySettings::of(&SHIPPED.policy)))
}

/// What a world states, and when; and who lives when.
fn stated(compiled: &CompiledPolicy, world: &World) -> BTreeSet<String> {
    let policy = &compiled.policy;
    let facts = world.facts().filter(|(_, fact)| !fact.during.is_empty());
    let facts = facts.map(|(_, fact)| format!("{} {:?}", world.statement_text(policy, &fact.statement), fact.during));
    // A role that only a refused event names is an entity too.
    let lives = world.ents().filter(|&ent| world.entity(ent).declared && !world.life(ent).is_empty());
    facts.chain(lives.map(|ent| format!("{} {:?}", world.name(policy, ent), world.life(ent)))).collect()
}

/// That both worlds state the same, and answer the same at the last instant of the replay.
fn check_end(compiled: &CompiledPolicy, folded: &World, replay: &Replay<'_>) -> Result<(), TestCaseError> {
    prop_assert_eq!(stated(compiled, folded), stated(compiled, &replay.world));
    for at in replay.instants().into_iter().rev().take(2) {
        let [folded, replayed] = [folded, &replay.world].map(|world| Decider::new(compiled, world, Context::at(&compiled.policy, at)));
        prop_assert_eq!(outcomes(&folded), outcomes(&replayed), "at {}", at);
    }
    Ok(())
}

/// That the rows of all steps lead from the first instant to the last. Returns how many rows there are.
fn check_sum(replay: &Replay<'_>) -> Result<usize, TestCaseError> {
    let instants = replay.instants();
    let Some(first) = instants.first() else { return Ok(0) };
    let mut state = replay.compare(*first, |sides, _| outcomes(sides.old));
    let mut count = 0;
    for &at in &instants {
        replay.compare(at, |sides, changes| {
            for row in Difference::new(sides, changes, true).rows() {
                let (side, request) = row.request();
                let decider = sides.decider(side);
                let (policy, world) = (&decider.compiled.policy, decider.world);
                let action = policy.actions[request.action].meta.name.clone();
                let name = [world.name(policy, request.subject), action, world.name(policy, request.resource)];
                prop_assert_eq!(state.get(&name).copied(), row.old.outcome, "{:?} just before {}", name, at);
                if let Some(request) = row.new.request {
                    prop_assert_eq!(Some(sides.new.decide(&request).outcome), row.new.outcome);
                }
                match row.new.outcome {
                    Some(outcome) => state.insert(name, outcome),
                    None => state.remove(&name),
                };
                count += 1;
            }
            Ok(())
        })?;
    }
    let end = replay.compare(*instants.last().expect("there is a first"), |sides, _| outcomes(sides.new));
    prop_assert_eq!(state, end);
    Ok(count)
}

#[test]
fn shipped_worlds_are_replayed_to_their_end() {
    let mut rows = 0;
    for name in SHIPPED_WORLDS {
        let (folded, replay) = shipped(name);
        assert!(replay.refused.is_empty(), "{name}");
        check_end(&SHIPPED, &folded, &replay).unwrap_or_else(|why| panic!("{name}: {why}"));
        rows += check_sum(&replay).unwrap_or_else(|why| panic!("{name}: {why}"));
    }
    assert!(rows > 400, "too few rows: {rows}");
}

#[test]
fn the_end_of_a_replay_is_the_folded_world() {
    let events = Cell::new(0);
    law(32, 1, |mut case| {
        let Ok(compiled) = compiled(&case.pack.files()) else { return Ok(()) };
        let Some(folded) = world_after_events(&compiled, &mut case)? else { return Ok(()) };
        let replay = replayed(&compiled, &case, false).expect("the world is sound");
        prop_assert!(replay.refused.is_empty());
        events.set(events.get() + replay.events.len());
        check_end(&compiled, &folded, &replay)
    });
    assert!(events.get() > 20, "too few events: {}", events.get());
}

#[test]
fn the_steps_of_a_replay_add_up() {
    let rows = Cell::new(0);
    law(24, 1, |case| {
        let Ok(compiled) = compiled(&case.pack.files()) else { return Ok(()) };
        let Some(replay) = replayed(&compiled, &case, true) else { return Ok(()) };
        rows.set(rows.get() + check_sum(&replay)?);
        Ok(())
    });
    assert!(rows.get() > 500, "too few rows: {}", rows.get());
}

#[test]
fn refused_events_leave_no_trace() {
    let refused = Cell::new(0);
    law(48, 1, |mut case| {
        let Ok(compiled) = compiled(&case.pack.files()) else { return Ok(()) };
        let Some(replay) = replayed(&compiled, &case, true) else { return Ok(()) };
        if replay.refused.is_empty() {
            return Ok(());
        }
        let stopped = replayed(&compiled, &case, false).expect("it is the same world");
        prop_assert_eq!(stopped.stopped, Some(replay.refused[0].at));
        prop_assert!(stopped.happened.keys().all(|at| Some(*at) < stopped.stopped));
        // The events are in the order of their records, and each is found by what it says.
        let out: BTreeSet<usize> = replay.refused.iter().flat_map(|refused| refused.events.iter().copied()).collect();
        let mut texts: Vec<String> = out.iter().map(|&index| text(&compiled, &replay, index)).collect();
        let mut kept = Vec::new();
        for event in std::mem::take(&mut case.world.events) {
            case.world.events = vec![event];
            let Some(alone) = replayed(&compiled, &case, true) else { return Ok(()) };
            let own = text(&compiled, &alone, 0);
            match texts.iter().position(|text| *text == own) {
                Some(place) => _ = texts.remove(place),
                None => kept.append(&mut case.world.events),
            }
        }
        prop_assert!(texts.is_empty(), "{:?}", texts);
        case.world.events = kept;
        let files = case.world.files(&case.pack.schema, &mut case.tape.clone());
        let opened = open::world(&compiled, sources(&files)).expect("the names end well");
        let errors = opened.diagnostics.iter().filter(|mistake| mistake.is_error()).map(|mistake| mistake.code.name());
        prop_assert!(errors.clone().all(|code| code != "event-refused" && code != "event-clash"), "{:?}", errors.collect::<Vec<_>>());
        if let Some(folded) = opened.world {
            refused.set(refused.get() + out.len());
            prop_assert_eq!(stated(&compiled, &folded), stated(&compiled, &replay.world));
        }
        Ok(())
    });
    assert!(refused.get() > 10, "too few events: {}", refused.get());
}

fn text(compiled: &CompiledPolicy, replay: &Replay<'_>, index: usize) -> String {
    let event = &replay.events[index];
    format!("{} {}", event.at, replay.world.event_text(&compiled.policy, event))
}

#[test]
fn an_event_that_may_happen_changes_what_it_changes_in_the_world() {
    let (events, turned) = (Cell::new(0), Cell::new(0));
    law(64, 1, |mut case| {
        let Ok(compiled) = compiled(&case.pack.files()) else { return Ok(()) };
        let Some(after) = world_after_events(&compiled, &mut case)? else { return Ok(()) };
        let replay = replayed(&compiled, &case, false).expect("the world is sound");
        let Some(last) = replay.events.last() else { return Ok(()) };
        let (at, event) = (last.at, replay.world.event_text(&compiled.policy, last));
        if replay.events.iter().filter(|event| event.at == at).count() > 1 {
            return Ok(());
        }
        case.world.events.retain(|event| Instant::parse(&event.at) != Ok(at));
        let Some(before) = replayed(&compiled, &case, false) else { return Ok(()) };
        let mut what_if = WhatIf::new(&before.world, &Context::at(&compiled.policy, at));
        match what_if.make(&compiled, ReadChange::Do(&event)) {
            Ok(_) => {}
            Err(ChangeError::Text { sources, diagnostics }) => return Err(TestCaseError::fail(support::shown(&sources, &diagnostics))),
            Err(error) => return Err(TestCaseError::fail(format!("{event}: {error:?}"))),
        }
        let folded = Decider::new(&compiled, &after, Context::at(&compiled.policy, at));
        let (old, new) = (what_if.old.decider(&compiled), what_if.new.decider(&compiled));
        prop_assert_eq!(outcomes(&new), outcomes(&folded), "after {}", event);
        let without = Decider::new(&compiled, &before.world, Context::at(&compiled.policy, at));
        prop_assert_eq!(outcomes(&old), outcomes(&without), "without {}", event);
        events.set(events.get() + 1);
        turned.set(turned.get() + usize::from(outcomes(&old) != outcomes(&new)));
        Ok(())
    });
    println!("{} events, of which {} changed access", events.get(), turned.get());
    assert!(events.get() > 10 && turned.get() > 2, "too few: {} {}", events.get(), turned.get());
}

/// The tables of a file of the world, each with what is written below its header.
fn tables(name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(format!("fixtures/worlds/{name}.toml")).expect("the world can be read");
    let mut tables = vec![String::new()];
    for line in text.lines() {
        if line.starts_with('[') {
            tables.push(String::new());
        }
        let table = tables.last_mut().expect("there is one");
        table.push_str(line);
        table.push('\n');
    }
    tables
}

/// The events of shipped worlds are in the order of time, so each can be left out with all that come later.
#[test]
fn each_event_of_a_shipped_world_changes_what_what_if_says() {
    let (mut events, mut turned) = (0, 0);
    for name in ["life-cycle", "two-partners-devices", "rooms-partner", "gdap-life-cycle"] {
        let tables = tables(name);
        let places: Vec<usize> = (0..tables.len()).filter(|&place| tables[place].starts_with("[[event]]")).collect();
        for (index, &place) in places.iter().enumerate() {
            let world_with = |count: usize| {
                let kept = (0..tables.len()).filter(|&at| at < count || !places.contains(&at));
                kept.map(|at| tables[at].as_str()).collect::<String>()
            };
            let (before, after) = (support::world_of(&SHIPPED, &world_with(place)), support::world_of(&SHIPPED, &world_with(place + 1)));
            let (_, replay) = shipped(name);
            let record = &replay.events[index];
            let event = replay.world.event_text(&SHIPPED.policy, record);
            let context = Context::at(&SHIPPED.policy, record.at);
            let mut what_if = WhatIf::new(&before, &context);
            what_if.make(&SHIPPED, ReadChange::Do(&event)).unwrap_or_else(|error| panic!("{event}: {error:?}"));
            let (old, new) = (what_if.old.decider(&SHIPPED), what_if.new.decider(&SHIPPED));
            assert_eq!(outcomes(&new), outcomes(&Decider::new(&SHIPPED, &after, context)), "after {event}");
            events += 1;
            turned += usize::from(outcomes(&old) != outcomes(&new));
        }
    }
    assert!(events > 30 && turned > 25, "too few: {events} {turned}");
}

/// The rows of a difference, with what turned each.
fn rows(sides: Sides<'_>, changes: &Changes) -> Vec<String> {
    let because = Because::new(sides, changes);
    let row = |row: DiffRow| {
        let (side, request) = row.request();
        let cause = because.of(&row);
        let view = report::json::diff::row(sides, &row, cause, Vec::new());
        format!("{side:?} {} {}", request.action.index(), serde_json::to_string(&view).expect("a row is text"))
    };
    Difference::new(sides, changes, false).rows().map(row).collect()
}

/// What `replay`, `diff` and `what-if` say of a world in these files.
fn said(files: Vec<Source>, event: &str, at: &str) -> Vec<String> {
    let recorded = open::recorded(&SHIPPED, files.clone(), &Progress::default()).expect("the names end well");
    let replay = Replay::of(&SHIPPED, recorded.world.expect("the world is sound"), recorded.events, ReplaySettings::of(&SHIPPED.policy));
    let mut said = Vec::new();
    for at in replay.instants() {
        said.push(format!("{at} {}", replay.names_at(at).join(" ")));
        replay.compare(at, |sides, changes| said.extend(rows(sides, changes)));
    }
    let world = open::world(&SHIPPED, files).expect("the names end well").world.expect("the world is sound");
    let context = Context::at(&SHIPPED.policy, Instant::parse(at).expect("a date"));
    let earlier = Context::at(&SHIPPED.policy, Instant::parse("2019-06-01").expect("a date"));
    let (old, new) = (Decider::new(&SHIPPED, &world, earlier), Decider::new(&SHIPPED, &world, context.clone()));
    let sides = Sides::of_one_world(&old, &new);
    said.extend(rows(sides, &Changes::between(sides)));
    let mut what_if = WhatIf::new(&world, &context);
    what_if.make(&SHIPPED, ReadChange::Do(event)).unwrap_or_else(|error| panic!("{event}: {error:?}"));
    let (old, new) = (what_if.old.decider(&SHIPPED), what_if.new.decider(&SHIPPED));
    let sides = Sides::of_one_world(&old, &new);
    said.extend(rows(sides, &Changes::between(sides)));
    said
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_a_world_changes_no_row(count in 1usize..4, seed in any::<u64>()) {
        let event = "remove-dap by=user:gina@fabrikam customer=customer:fabrikam partner=partner:contoso";
        let tables = tables("life-cycle");
        let written = said(vec![support::source("life-cycle.toml", &tables.concat())], event, "2020-08-20");
        let mut order: Vec<usize> = (0..tables.len()).collect();
        order.sort_by_key(|&table| (table as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
        let mut texts = vec![String::new(); count];
        for (at, &table) in order.iter().enumerate() {
            texts[(table * 5 + at) % count].push_str(&tables[table]);
        }
        let files = texts.iter().enumerate().map(|(at, text)| support::source(&format!("z{}.toml", count - at), text)).collect();
        let shuffled = said(files, event, "2020-08-20");
        prop_assert!(written.len() > 300, "{}", written.len());
        prop_assert_eq!(shuffled, written);
    }
}
