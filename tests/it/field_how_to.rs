//! Small packs on which how-to fell short, each of one kind of fault: what it must say of them.

use crate::support::{compiled, how_to_text, world};
use delegraph::plan::Context;
use delegraph::time::Instant;
use delegraph::wording::{ActText, HowToText};

/// How to turn an answer on 1 January 2024, by `FOLDER/POLICY.toml` and `FOLDER/WORLD.toml`.
fn how_to([folder, policy, of]: [&str; 3], ask: [&str; 3], allow: bool) -> HowToText {
    let compiled = compiled(&format!("fixtures/field/{folder}/{policy}.toml"));
    let world = world(&compiled, &format!("fixtures/field/{folder}/{of}.toml"));
    let at = Instant::parse("2024-01-01").expect("a date");
    how_to_text(&compiled, &world, Context::at(&compiled.policy, at), ask, allow)
}

/// The acts of each way: events by their names, changes as they are written.
fn acts(how: &HowToText) -> Vec<Vec<String>> {
    let act = |act: &ActText| match act {
        ActText::Event(event) => event.event.clone(),
        ActText::Change(change) => format!("{} {}", change.change, change.what),
    };
    how.ways.iter().map(|way| way.acts.iter().map(act).collect()).collect()
}

/// An attribute's value set to another one turns comparisons to true and to false.
#[test]
fn a_value_is_changed_in_both_directions() {
    let of =
        |subject: &str, action: &str, allow: bool| acts(&how_to(["told-value", "policy", "world"], [subject, action, "door:d"], allow));
    assert_eq!(of("user:u", "door.pass", true), [["unlock"]]);
    assert_eq!(of("user:u", "door.keep", true), [["add door:\"d\".keeper == user:u"]]);
    assert_eq!(of("user:u", "door.climb", true), [["add door:\"d\".level == 2"], ["add door:\"d\".level == 3"]]);
    assert_eq!(of("user:k", "door.keep", false), [["add door:\"d\".keeper == user:u"]]);
}

/// What is in the way of an event is named, and not what holds already; where an event takes it away, that comes first.
#[test]
fn what_an_event_takes_is_what_is_in_its_way() {
    let ask = ["user:a", "door.pass", "door:d"];
    for [policy, world] in [["policy", "world"], ["policy2", "world2"]] {
        let how = how_to(["takes", policy, world], ask, true);
        let [ActText::Change(change)] = how.ways[0].acts.as_slice() else { panic!("{:?}", how.ways) };
        let says = change.blocked[0].says.as_deref();
        assert_eq!(
            says,
            Some("nobody can make this change with event enter while `sealed(door:d)` holds; after that, user:a could"),
            "{policy}"
        );
    }
    assert_eq!(acts(&how_to(["takes", "policy3", "world2"], ask, true)), [["unseal", "enter"]]);
}

/// The side effects of a way are whole.
#[test]
fn what_else_a_way_changes_is_counted_for_everybody() {
    let how = how_to(["also", "policy", "world"], ["user:x", "tenant.manage", "tenant:t"], false);
    let lost: Vec<usize> = how.ways.iter().map(|way| way.also.lost).collect();
    assert_eq!(lost, [0, 0, 2], "leaving the group takes nothing from others: {:?}", acts(&how));
    assert_eq!(acts(&how)[2], ["remove group:ga holds global-administrator on tenant:t"]);
    let how = how_to(["also-allow", "policy", "world"], ["user:a", "door.pass", "door:d"], true);
    assert_eq!((how.ways[0].also.gained, how.ways[0].also.lost), (3, 0), "it lets b, c and nobody in: {:?}", how.ways[0].also);
}

/// No way makes a world that the pack refuses, and the answer says why there is none.
#[test]
fn no_way_makes_a_world_that_is_refused() {
    let how = how_to(["invariant", "policy", "world"], ["user:u", "door.pass", "door:d"], true);
    assert!(how.ways.is_empty() && !how.limited, "{:?}", acts(&how));
    assert!(how.blockers.iter().any(|why| why.contains("invariant")), "{:?}", how.blockers);
}

/// What a way needs is created first: the event that does it is sought backwards from what the new entity must be, and a text of its own is free
/// to choose.
#[test]
fn what_a_way_needs_is_created() {
    let how = how_to(["creates", "policy", "world"], ["user:ann", "tenant.manage", "tenant:t"], true);
    let acts = acts(&how);
    assert!(acts.contains(&["ask", "agree", "give"].map(str::to_owned).to_vec()), "{acts:?}");
    let way = how.ways.iter().find(|way| way.acts.len() == 3).expect("that way");
    let ActText::Event(ask) = &way.acts[0] else { panic!("{way:?}") };
    assert_eq!((ask.by.as_slice(), way.class), (&["user:ann".to_owned()][..], "others-first"));
    assert!(ask.arguments.contains("contract: (new)") && ask.arguments.contains("name: of your choice"), "{}", ask.arguments);
}
