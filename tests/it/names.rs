//! What answers call entities: people read labels, machines read ids.

use crate::harness::{self, compiled, law, world, world_after_events};
use delegraph::eval::{Budget, Decider};
use delegraph::explain::explain;
use delegraph::plan::Context;
use delegraph::time::Instant;
use delegraph::wording::{ExplanationText, Labels, Words};
use delegraph::world::{NewEntity, Request, Value};
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::BTreeSet;

const PACK: &str = r#"
[kind.person]
subject = true
label   = "mail"
attributes.mail = { type = "text", key = true, optional = true }
attributes.team = { member-of = "team" }

[kind.team]
label = "name"
attributes.name = { type = "text", optional = true }

[kind.door]
label   = "name"
actions = ["open", "close"]
attributes.name = { type = "text", optional = true }

[relation.opens]
ends = ["team", "door"]

[rule.open]
allow = ["door.open"]
if    = 'subject in team and opens(team, resource)'
"#;

const WORLD: &str = r#"
[team.t1]
name = "Keys"
[team.t2]
name = "Keys"
[team.t3]
name = "t1"
[team.Night]
[person.p1]
mail = "ann@x.example"
team = ["team:t1", "team:t3"]
[person.p2]
mail = "who may not matter"
[person.p3]
team = ["team:Night"]
[door.d1]
name = "Front Door"
[door.d2]
[[fact]]
is = 'door:"d2".name == "Front Door"'
since = 2025-01-01
[[fact]]
is = 'opens(team:t1, door:d1)'
[[fact]]
is = 'opens(team:t3, door:d1)'
"#;

fn ask(subject: &str, action: &str, resource: &str, at: &str) -> [ExplanationText; 2] {
    let compiled = compiled(&[("pack.toml".to_owned(), PACK.to_owned())]).expect("a sound pack");
    let world = world(&compiled, &[("world.toml".to_owned(), WORLD.to_owned())]).expect("no mistake").expect("not refused");
    let decider = Decider::new(&compiled, &world, Context::at(&compiled.policy, Instant::parse(at).expect("a date")));
    let pair = |kind: &str, id: &str| (kind.to_owned(), id.to_owned());
    let request = Request { subject: pair("person", subject), action: action.to_owned(), resource: pair("door", resource) };
    let asked = world.resolve(&compiled.policy, &request, decider.context.at).expect("both are there");
    let explanation = explain(&decider.within(&Budget::default()), &asked, &decider.record(&asked));
    let labels = Labels::default();
    [Words::for_people(&decider, &labels), Words::of(&decider)].map(|words| words.explanation(&explanation))
}

/// Seen to fail when ids of other entities did not count as alike.
#[test]
fn people_read_labels_and_machines_read_ids() {
    let [people, machines] = ask("ann@x.example", "door.open", "d1", "2024-01-01");
    assert_eq!((machines.question.subject.as_str(), machines.question.resource.as_str()), ("person:p1", "door:d1"));
    assert_eq!((people.question.subject.as_str(), people.question.resource.as_str()), ("person:ann@x.example", "door:\"Front Door\""));
    assert!(machines.verdict.starts_with("p1 can open door d1, because"), "{}", machines.verdict);
    assert!(people.verdict.starts_with("ann@x.example can open door \"Front Door\", because"), "{}", people.verdict);
    let says = |answer: &ExplanationText| {
        let mut all: Vec<String> = Vec::new();
        let mut waiting: Vec<_> = answer.reasons.iter().collect();
        while let Some(reason) = waiting.pop() {
            all.push(reason.says.clone());
            waiting.extend(&reason.because);
        }
        all.join("\n")
    };
    let (people, machines) = (says(&people), says(&machines));
    // Two teams have the one label, and the other label is the id of a team.
    for team in ["team:Keys (t1)", "team:t1 (t3)"] {
        assert!(people.contains(&format!("person:ann@x.example is in {team}")), "{people}");
        assert!(people.contains(&format!("opens({team}, door:\"Front Door\")")), "{people}");
    }
    assert!(machines.contains("person:p1 is in team:t3") && machines.contains("opens(team:t1, door:d1)"), "{machines}");
    assert!(!machines.contains("Keys") && !machines.contains("ann@"), "{machines}");
}

/// A label counts from when it is given, and so does that two read alike.
#[test]
fn a_label_is_the_one_of_that_time() {
    let resource = |door, at| ask("p3", "door.open", door, at)[0].question.resource.clone();
    assert_eq!((resource("d1", "2024-12-31"), resource("d2", "2024-12-31")), ("door:\"Front Door\"".to_owned(), "door:d2".to_owned()));
    let both = ("door:\"Front Door\" (d1)".to_owned(), "door:\"Front Door\" (d2)".to_owned());
    assert_eq!((resource("d1", "2025-01-01"), resource("d2", "2025-01-01")), both);
}

/// Seen to fail when ` may ` was replaced in the sentence, so that the word after it in a label was.
#[test]
fn a_label_does_not_turn_the_sentence() {
    let [people, _] = ask("p2", "door.close", "d2", "2024-01-01");
    assert!(people.verdict.starts_with("\"who may not matter\" cannot close door d2"), "{}", people.verdict);
}

/// Of entities that were added to a loaded world, and of those that were there.
#[test]
fn added_entities_have_labels() {
    let compiled = compiled(&[("pack.toml".to_owned(), PACK.to_owned())]).expect("a sound pack");
    let policy = &compiled.policy;
    let mut world = world(&compiled, &[("world.toml".to_owned(), WORLD.to_owned())]).expect("no mistake").expect("not refused");
    let door = policy.kind_named("door").expect("a kind");
    let name = policy.attribute_named(door, "name").expect("an attribute");
    let attributes = [(name, vec![Value::Text(world.intern("Front Door"))])];
    let new = NewEntity { kind: door, id: "d3", life: delegraph::time::Interval::ALWAYS, attributes: &attributes, place: None };
    let added = world.add_entity(policy, &new).expect("a new entity");
    let first = world.find(door, "d1").expect("it is there");
    let decider = Decider::new(&compiled, &world, Context::at(policy, Instant::parse("2024-01-01").expect("a date")));
    let labels = Labels::default();
    let words = Words::for_people(&decider, &labels);
    assert_eq!([first, added].map(|ent| words.name(ent)), ["door:\"Front Door\" (d1)", "door:\"Front Door\" (d3)"]);
}

/// No two entities of a world are called the same, whether by labels or by ids.
///
/// Seen to fail when a label had no id beside it that is the id of another entity, or of one that only the policy names.
#[test]
fn no_two_entities_read_alike() {
    let called = Cell::new(0);
    law(96, 1, |mut case| {
        let compiled = compiled(&case.pack.files())?;
        let Some(world) = world_after_events(&compiled, &mut case)? else { return Ok(()) };
        for context in &case.contexts {
            let decider = Decider::new(&compiled, &world, harness::context(&compiled, context));
            let labels = Labels::default();
            let (people, machines) = (Words::for_people(&decider, &labels), Words::of(&decider));
            // Those that the world does not name are all called `_`.
            let named = || world.ents().filter(|&ent| !world.entity(ent).id.is_empty());
            let names: BTreeSet<String> = named().map(|ent| people.name(ent)).collect();
            prop_assert_eq!(names.len(), named().count(), "{:?}", names);
            called.set(called.get() + named().filter(|&ent| people.name(ent) != machines.name(ent)).count());
        }
        Ok(())
    });
    assert!(called.get() > 100, "too few are called by labels: {}", called.get());
}

#[test]
fn who_asks_by_a_label_is_told_the_id() {
    let text = "[group.\"8f2c\"]\nname = \"Tier-2\"\n[group.\"9a\"]\nname = \"tier-2\"\n[group.b]\n";
    let world = crate::support::world_of(&crate::support::SHIPPED, text);
    let of = |id: &str| world.named(&crate::support::SHIPPED.policy, "group", id).map_err(|error| error.help);
    assert_eq!(of("tier-2").unwrap_err().unwrap(), "did you mean `group:8f2c` (Tier-2) or `group:9a` (tier-2)?");
    assert_eq!(of("tier-3").unwrap_err(), None, "a label is no name that is nearly another one");
    assert!(of("8f2c").is_ok());
}
