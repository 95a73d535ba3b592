//! Laws of differences: what-if and diff equal two full enumerations compared, and every cause alone turns the outcome.

use crate::generator;
use crate::harness::{compiled, context, law, world_after_events};
use delegraph::eval::{Decider, Outcome};
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::policy::Id;
use delegraph::query::diff::{Because, ChangeError, Changes, DiffRow, Difference, ReadChange, Sides, WhatIf};
use delegraph::world::{ResolvedRequest, World};
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::BTreeMap;

/// Of a request: the outcomes of both sides, `None` where it cannot be asked.
type Found = Vec<(ResolvedRequest, Option<Outcome>, Option<Outcome>)>;

#[test]
fn diff_of_dates_and_toggles_equals_two_enumerations_compared() {
    let rows = Cell::new(0);
    law(24, 1, |mut case| {
        let Ok(compiled) = compiled(&case.pack.files()) else { return Ok(()) };
        let Some(world) = world_after_events(&compiled, &mut case)? else { return Ok(()) };
        let new = Decider::new(&compiled, &world, context(&compiled, &case.contexts[0]));
        for other in other_contexts(&compiled, &case, &new.context) {
            let old = Decider::new(&compiled, &world, other);
            rows.set(rows.get() + check(Sides::of_one_world(&old, &new))?);
        }
        Ok(())
    });
    println!("{} rows were compared", rows.get());
    assert!(rows.get() > 100, "too few rows: {}", rows.get());
}

#[test]
fn what_if_of_one_fact_equals_two_enumerations_compared() {
    let rows = Cell::new(0);
    law(24, 1, |mut case| {
        let Ok(compiled) = compiled(&case.pack.files()) else { return Ok(()) };
        let Some(world) = world_after_events(&compiled, &mut case)? else { return Ok(()) };
        let at = context(&compiled, &case.contexts[0]);
        for text in told(&compiled, &world, &at) {
            let mut what_if = WhatIf::new(&world, &at);
            if what_if.make(&compiled, ReadChange::Remove(&text)).is_err() {
                continue;
            }
            let (old, new) = (what_if.old.decider(&compiled), what_if.new.decider(&compiled));
            rows.set(rows.get() + check(Sides::of_one_world(&old, &new))?);
            // What was removed can be added again.
            let mut back = WhatIf::new(&what_if.new.world, &at);
            match back.make(&compiled, ReadChange::Add(&text)) {
                Ok(_) => {}
                // The values of keys are given on the lines of their entities alone.
                Err(ChangeError::Text { .. }) if text.contains(" == ") => continue,
                Err(error) => return Err(TestCaseError::fail(format!("{text}: {error:?}"))),
            }
            let (old, new) = (back.old.decider(&compiled), back.new.decider(&compiled));
            rows.set(rows.get() + check(Sides::of_one_world(&old, &new))?);
        }
        Ok(())
    });
    println!("{} rows were compared", rows.get());
    assert!(rows.get() > 100, "too few rows: {}", rows.get());
}

/// The texts of some facts that hold.
fn told(compiled: &CompiledPolicy, world: &World, at: &Context) -> Vec<String> {
    let holding = world.facts().filter(|(_, fact)| fact.during.contains(at.at)).map(|(_, fact)| fact.statement);
    let mut texts: Vec<String> = holding.map(|statement| world.statement_text(&compiled.policy, &statement)).collect();
    texts.sort();
    texts.dedup();
    let step = texts.len() / 3 + 1;
    texts.into_iter().step_by(step).collect()
}

/// Another date, another date of the policy alone, and each toggle turned.
fn other_contexts(compiled: &CompiledPolicy, case: &generator::Case, new: &Context) -> Vec<Context> {
    let mut found: Vec<Context> = Vec::new();
    for at in generator::DATES.iter().step_by(5) {
        let at = delegraph::time::Instant::parse(at).expect("a date");
        found.push(Context { at, policy_at: at, ..new.clone() });
        found.push(Context { policy_at: at, ..new.clone() });
    }
    for toggle in compiled.policy.toggles.ids().take(2) {
        let mut turned = new.clone();
        turned.toggles[toggle.index()] = !turned.toggles[toggle.index()];
        found.push(turned);
    }
    found.extend(case.contexts.iter().skip(1).map(|other| context(compiled, other)));
    found
}

/// Compares the difference with two enumerations, and tries the causes. Returns how many rows there are.
fn check(sides: Sides<'_>) -> Result<usize, TestCaseError> {
    let changes = Changes::between(sides);
    let mut count = 0;
    let outcomes = enumerated(sides);
    for all_changes in [false, true] {
        let difference = Difference::new(sides, &changes, all_changes);
        let rows: Vec<DiffRow> = difference.rows().collect();
        let found: Found = rows.iter().map(|row| (row.request().1, row.old.outcome, row.new.outcome)).collect();
        let expected = compared(sides, &outcomes, all_changes);
        prop_assert_eq!(&found, &expected, "all changes: {}", all_changes);
        count += rows.len();
        if !all_changes {
            let because = Because::new(sides, &changes);
            for row in rows.iter().step_by(rows.len() / 4 + 1) {
                let cause = because.of(row);
                prop_assert!(!cause.names.is_empty() || cause.at_least, "{:?} has no cause", row);
            }
        }
    }
    Ok(count)
}

/// By request: the outcomes of both sides.
type Outcomes = BTreeMap<ResolvedRequest, [Option<Outcome>; 2]>;

/// Every request of both sides.
fn enumerated(sides: Sides<'_>) -> Outcomes {
    let mut outcomes = Outcomes::new();
    for (side, decider) in [sides.old, sides.new].into_iter().enumerate() {
        let (policy, world, at) = (&decider.compiled.policy, decider.world, decider.context.at);
        for subject in world.living_of(&policy.subjects(), at) {
            for action in policy.actions.ids() {
                for resource in world.living_of(&policy.actions[action].on, at) {
                    let request = ResolvedRequest { subject, action, resource };
                    outcomes.entry(request).or_default()[side] = Some(decider.decide(&request).outcome);
                }
            }
        }
    }
    outcomes
}

/// Every request that differs, in order.
fn compared(sides: Sides<'_>, outcomes: &Outcomes, all_changes: bool) -> Found {
    let class = |outcome: Option<Outcome>| outcome.filter(|outcome| matches!(outcome, Outcome::Allowed | Outcome::Unknown));
    let differs = |[old, new]: [Option<Outcome>; 2]| if all_changes { old != new } else { class(old) != class(new) };
    let mut found: Found = outcomes.iter().filter(|(_, both)| differs(**both)).map(|(&request, &[old, new])| (request, old, new)).collect();
    let world = sides.new.world;
    found.sort_by(|(a, ..), (b, ..)| {
        let by_subject = world.compare_entities(a.subject, b.subject).then(a.action.cmp(&b.action));
        by_subject.then_with(|| world.compare_entities(a.resource, b.resource))
    });
    found
}
