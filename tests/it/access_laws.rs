//! Laws of access lists: a list has just those requests that the decider allows or does not know, whichever way it looks for them.

use crate::generator;
use crate::harness::{compiled, context, law, world_after_events};
use crate::support;
use delegraph::eval::{Budget, Decider, Outcome, Truth};
use delegraph::open;
use delegraph::plan::Context;
use delegraph::policy::KindSet;
use delegraph::query::access::{self, AccessRow, Resources, Selection, Subjects, Taken, access_list};
use delegraph::world::{EntityId, ResolvedRequest};
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::BTreeMap;

/// Every list equals asking about each request: of everyone about everything, of each subject, and of each resource.
///
/// Seen to fail when the members of a group that holds a role were left out, when an entity of which an attribute is unknown was no candidate, and
/// when what lies within a scope was.
#[test]
fn a_list_equals_asking_about_each_request() {
    let rows = Cell::new(0);
    let drawn = if std::env::var("PROPTEST_CASES").is_ok() { 1 } else { 4 };
    law(96, 1, |mut case| {
        let Ok(compiled) = compiled(&case.pack.files()) else { return Ok(()) };
        let Some(world) = world_after_events(&compiled, &mut case)? else { return Ok(()) };
        for &at in generator::DATES.iter().step_by(drawn) {
            let toggles = case.contexts[0].toggles.clone();
            let context = context(&compiled, &generator::Context { at, policy_at: at, toggles });
            let decider = Decider::new(&compiled, &world, context);
            let expected = each(&decider);
            rows.set(rows.get() + expected.len());
            for (name, found) in lists(&decider) {
                prop_assert_eq!(&found, &expected, "{}", name);
            }
            let [one, other] = summaries(&decider);
            prop_assert_eq!(one, other, "summaries by class");
        }
        Ok(())
    });
    println!("{} rows were compared", rows.get());
    assert!(rows.get() > 500, "too few rows: {}", rows.get());
}

#[test]
fn lists_of_the_shipped_worlds_equal_asking_about_each_request() {
    let compiled = support::compiled("policies");
    let mut worlds = 0;
    for name in std::fs::read_dir("fixtures/worlds").expect("a folder").map(|file| file.expect("a file").path()) {
        // One of them is there to be refused.
        let Some(world) = open::world_at(&compiled, std::slice::from_ref(&name)).expect("it can be read").world else { continue };
        worlds += 1;
        for at in ["2021-10-22", "2022-10-31", "2023-09-01", "2024-01-01"] {
            let at = delegraph::time::Instant::parse(at).expect("a date");
            let decider = Decider::new(&compiled, &world, Context::at(&compiled.policy, at));
            let expected = each(&decider);
            for (list, found) in lists(&decider) {
                assert_eq!(found, expected, "{list} of {}", name.display());
            }
            let [one, other] = summaries(&decider);
            assert_eq!(one, other, "summaries of {}", name.display());
        }
    }
    assert!(worlds >= 10, "only {worlds} worlds were read");
}

/// The summary of everything, by subject and by class of subjects.
fn summaries(decider: &Decider<'_>) -> [String; 2] {
    let actions: Vec<_> = decider.compiled.policy.actions.ids().collect();
    let budget = Budget::default();
    let query = decider.within(&budget);
    // Where subjects are resources nobody is alike.
    let resources = query.all_resources(&actions);
    let selection = Selection { subjects: query.all_subjects(), actions, resources, with_barred: false };
    let of_each = access::summary(decider, &selection, |_| Taken::Listed);
    let by_class = access::summary_by_class(decider, &selection, |_, _| Taken::Listed);
    [of_each, by_class].map(|mut summary| {
        let places: BTreeMap<EntityId, usize> = std::mem::take(&mut summary.by_place).into_iter().collect();
        format!("{summary:#?}{places:?}")
    })
}

/// What the decider says of every subject, action and resource, one by one.
pub fn each(decider: &Decider<'_>) -> Vec<(ResolvedRequest, Outcome)> {
    let (compiled, world) = (decider.compiled, decider.world);
    let at = decider.context.at;
    let mut found = Vec::new();
    for subject in world.living_of(&compiled.policy.subjects(), at) {
        for action in compiled.policy.actions.ids() {
            for resource in world.living_of(&compiled.policy.actions[action].on, at) {
                let request = ResolvedRequest { subject, action, resource };
                let outcome = decider.decide(&request).outcome;
                found.extend(matches!(outcome, Outcome::Allowed | Outcome::Unknown).then_some((request, outcome)));
            }
        }
    }
    found
}

/// The same by lists: one of everything, one for each subject, one for each resource and each kind of subject.
fn lists(decider: &Decider<'_>) -> [(&'static str, Vec<(ResolvedRequest, Outcome)>); 3] {
    let (policy, world, at) = (&decider.compiled.policy, decider.world, decider.context.at);
    let actions: Vec<_> = policy.actions.ids().collect();
    let resources = actions.iter().fold(KindSet::default(), |all, &action| all.union(&policy.actions[action].on));
    let list = |subjects: Subjects, resources: Resources| {
        let selection = Selection { subjects, actions: actions.clone(), resources, with_barred: false };
        access_list(decider, &selection).map(|AccessRow { request, outcome, .. }| (request, outcome)).collect::<Vec<_>>()
    };
    let everyone = || Subjects::Kinds(policy.subjects());
    let all = list(everyone(), Resources::Kinds(resources.clone()));
    let of_each = |subject: EntityId| list(Subjects::These(vec![(subject, Truth::True)]), Resources::Kinds(resources.clone()));
    let by_subject = world.living_of(&policy.subjects(), at).flat_map(of_each).collect();
    let over_each = |resource: EntityId| {
        let kinds = policy.subjects();
        let of_kind = kinds.iter().map(|kind| list(Subjects::Kinds(KindSet::one(kind)), Resources::These(vec![resource])));
        of_kind.flatten().collect::<Vec<_>>()
    };
    let mut by_resource: Vec<_> = world.living_of(&resources, at).flat_map(over_each).collect();
    by_resource.sort_by(|(a, _), (b, _)| {
        let by_subject = world.compare_entities(a.subject, b.subject).then(a.action.cmp(&b.action));
        by_subject.then_with(|| world.compare_entities(a.resource, b.resource))
    });
    [("the list of all", all), ("lists by subject", by_subject), ("lists by resource", by_resource)]
}
