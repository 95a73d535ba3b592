//! Answers of how-to over the shipped worlds that are known by name: what they must say, whatever their layout is.

use crate::support::{SHIPPED, how_to_text};
use delegraph::eval::Decider;
use delegraph::open;
use delegraph::plan::Context;
use delegraph::query::diff::{ReadChange, WhatIf};
use delegraph::report;
use delegraph::time::Instant;
use delegraph::wording::{ActText, HowToText, WayText};
use delegraph::world::{ResolvedRequest, World};

fn world(path: &str) -> World {
    open::world_at(&SHIPPED, &[path.into()]).expect("a file").world.expect("a sound world")
}

fn at(date: &str) -> Context {
    Context::at(&SHIPPED.policy, Instant::parse(date).expect("a date"))
}

fn ask(path: &str, date: &str, ask: [&str; 3], allow: bool) -> HowToText {
    how_to_text(&SHIPPED, &world(path), at(date), ask, allow)
}

/// The name of an event, or the changed fact or toggle.
fn what(act: &ActText) -> &str {
    match act {
        ActText::Event(event) => &event.event,
        ActText::Change(change) => &change.what,
    }
}

/// What each act of a way is.
fn acts(way: &WayText) -> Vec<&str> {
    way.acts.iter().map(what).collect()
}

/// Who may do the first act now.
fn by(way: &WayText) -> &[String] {
    match &way.acts[0] {
        ActText::Event(event) => &event.by,
        ActText::Change(_) => &[],
    }
}

#[test]
fn to_leave_a_group_costs_all_that_it_gave() {
    const MEMBERSHIP: &str = "user:marco@proseware in group:proseware/tier-2";
    let path = "fixtures/worlds/breached-partner.toml";
    let asked = ["user:marco@proseware", "directory.manage", "customer:adatum"];
    let found = ask(path, "2021-10-22", asked, false);
    let way = found.ways.iter().find(|way| acts(way) == [MEMBERSHIP]).expect("he may leave the group");
    let (before, context) = (world(path), at("2021-10-22"));
    let mut without = WhatIf::new(&before, &context);
    without.make(&SHIPPED, ReadChange::Remove(MEMBERSHIP)).expect("a fact of the world");
    // Everything that he can do before and cannot do after, asked one by one.
    let (old, new) = (Decider::new(&SHIPPED, &before, context.clone()), without.new.decider(&SHIPPED));
    let subject = before.named(&SHIPPED.policy, "user", "marco@proseware").expect("he is there");
    let mut lost = 0;
    for (action, declared) in SHIPPED.policy.actions.iter() {
        for resource in before.living_of(&declared.on, context.at) {
            let request = ResolvedRequest { subject, action, resource };
            lost += usize::from(old.decide(&request).allowed() && !new.decide(&request).allowed());
        }
    }
    // The request that is asked about does not count.
    assert!(lost > 100 && (way.also.lost, way.also.gained, way.also.at_least) == (lost - 1, 0, false), "{lost}: {:?}", way.also);
}

#[test]
fn rooms_are_assigned_and_not_accepted_by_an_invitation_that_ended() {
    let asked = ["user:rita@tailspin", "teams-rooms.rooms.modify", "room:thames"];
    let found = ask("fixtures/worlds/life-cycle.toml", "2022-10-31", asked, true);
    assert_eq!((acts(&found.ways[0]), by(&found.ways[0])), (vec!["assign-rooms"], ["user:mona@fabrikam".to_owned()].as_slice()));
    assert!(found.ways.iter().all(|way| !acts(way).contains(&"accept-rooms-invitation")), "{:?}", found.ways);
}

#[test]
fn a_missing_invitation_is_named() {
    let asked = ["user:toru@tailspin", "teams-rooms.rooms.view", "room:sumida"];
    let found = ask("fixtures/worlds/rooms-three-continents.toml", "2022-10-31", asked, true);
    assert_eq!(acts(&found.ways[0]), ["invite-rooms-partner", "accept-rooms-invitation"]);
    assert_eq!(found.ways[0].class, "others-first");
}

#[test]
fn to_take_one_role_away_comes_before_all_rooms() {
    let asked = ["user:pia@tailspin", "teams-rooms.rooms.view", "room:fleet"];
    let found = ask("fixtures/worlds/rooms-three-continents.toml", "2023-06-01", asked, false);
    let place = |such: &dyn Fn(&str) -> bool| found.ways.iter().position(|way| acts(way).into_iter().any(such));
    let role = place(&|act| act == "remove-primary-admin").expect("her role can be removed");
    let rooms = place(&|act| act == "remove-rooms-partner" || act.starts_with("rooms-delegated("));
    assert!(rooms.is_none_or(|rooms| role < rooms), "{:?}", found.ways);
}

#[test]
fn a_device_that_the_customer_added_stays_under_the_rules_as_they_are() {
    let asked = ["user:alice@contoso", "autopilot.device.remove", "device:d-intune"];
    let found = ask("fixtures/cases/fabrikam.toml", "2020-07-01", asked, true);
    assert!(!found.ways.is_empty() && found.ways.iter().all(|way| way.class == "rules"), "{:?}", found.ways);
    let second_reading: Vec<&WayText> = found.ways.iter().filter(|way| acts(way).contains(&"autopilot-dap-lifts-customer-bar")).collect();
    assert_eq!(second_reading.len(), 1, "the second reading of AP-6 turns it");
    let page = report::how_to::render(&found, &report::text::Style { color: false, width: 80, full: false }, false);
    let why = page.split("why not under the rules as they are").nth(1).expect("it says why nothing else does");
    assert!(why.contains("customer-devices-stay (AP-4) denies it"), "{page}");
}
