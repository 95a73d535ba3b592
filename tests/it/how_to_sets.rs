//! How-to where events set values: an event is named if the answer turns with all that the event does.

use crate::support::{Ask, pack_of, world_of};
use delegraph::eval::{Budget, Decider};
use delegraph::query::how_to::{how_to, with_new_entities};
use delegraph::report;
use delegraph::report::text;
use delegraph::wording::{self, Words};
use delegraph::world::Request;

/// Doors that open and shut, and people in teams. `rule.run` lets everybody do every event.
const PACK: &str = r#"
[kind.org]
[kind.team]
[kind.person]
subject = true
exactly-one = ["employer", "agency"]
attributes.employer = "org"
attributes.agency = { one-of = ["temp", "staff"] }
attributes.teams = { member-of = "team" }
attributes.level = { type = "number" }
[kind.door]
actions = ["pass", "run"]
attributes.lock = { one-of = ["open", "shut"] }
attributes.tags = { one-of = ["fire", "glass"], many = true }
[rule.run]
allow = ["door.run"]
"#;

const WORLD: &str = r#"
[org.o]
[team.boss]
[team.guests]
[team.trained]
[person.p]
employer = "org:o"
teams = ["team:guests"]
level = 2
[person.q]
agency = "temp"
teams = ["team:guests", "team:trained"]
level = 2
[door.d]
lock = "shut"
tags = ["fire"]
"#;

/// An event that anybody may do to a door, and a rule about passing.
fn pack(event: &str, condition: &str) -> String {
    let given = "does = 'door.run'\non = 'door'\n";
    format!("{PACK}[event.e]\n{given}{event}\n[rule.pass]\nallow = ['door.pass']\n{condition}\n")
}

/// How to let the person pass `door:d`, or no longer, on 2 February 2024, as people read it.
fn told(pack: &str, world: &str, person: &str, allow: bool) -> String {
    let (compiled, world) = (pack_of(pack), world_of(&pack_of(pack), world));
    let ask = Ask::of("2024-02-02", person, "door.pass", "door:d");
    let world = with_new_entities(&compiled.policy, &world);
    let decider = Decider::new(&compiled, &world, ask.context(&compiled));
    let entity = |text: &str| text.split_once(':').map(|(kind, id)| (kind.to_owned(), id.to_owned())).expect("kind:id");
    let request = Request { subject: entity(ask.subject), action: ask.action.to_owned(), resource: entity(ask.resource) };
    let asked = world.resolve(&compiled.policy, &request, decider.context.at).expect("a question of this world");
    let budget = Budget::default();
    let query = decider.within(&budget);
    let text = wording::how_to(Words::of(&decider), &query, &how_to(&query, &asked, allow, None));
    report::how_to::render(&text, &text::Style { color: false, width: 400, full: false }, false)
}

/// The lines are in the text.
fn has(told: &str, lines: &[&str]) {
    for line in lines {
        assert!(told.lines().any(|own| own.trim() == *line), "`{line}` is missing in\n{told}");
    }
}

const OPEN: &str = "if = 'resource.lock == \"open\"'";

/// Not one that sets another value.
#[test]
fn the_event_that_sets_the_value_is_named() {
    let event = "with = { door = 'door' }\nsets = ['door.lock == \"open\"', 'door.tags == \"glass\"']\n\
                 [event.close]\ndoes = 'door.run'\non = 'door'\nwith = { door = 'door' }\nsets = ['door.lock == \"shut\"']";
    let whole = told(&pack(event, OPEN), WORLD, "person:p", true);
    has(&whole, &["1. e", "door: d", "person:p or person:q can do it"]);
    assert!(!whole.contains("close"), "{whole}");
}

/// `sets` takes the other memberships away, so that the answer does not turn.
#[test]
fn an_event_that_takes_what_the_way_needs_is_not_named() {
    let event = "with = { door = 'door', person = 'person', team = 'team' }\nsets = ['person.teams == team']";
    let both = pack(event, "if = 'subject in team:guests and subject in team:trained'");
    has(
        &told(&both, WORLD, "person:p", true),
        &[
            "1. add person:p in team:trained",
            "event e makes this change and others that keep the answer as it is. It is for whoever keeps team:trained",
        ],
    );
    let one = pack(event, "if = 'subject in team:trained'");
    has(&told(&one, WORLD, "person:p", true), &["1. e", "door: d, person: p, team: trained", "person:p or person:q can do it"]);
}

/// A parameter has the values that its type lists, and no others.
#[test]
fn an_event_whose_parameter_cannot_have_the_value_is_not_named() {
    let named = |tags: &str| {
        let event = format!("with = {{ door = 'door', tag = {{ one-of = [{tags}] }} }}\nadds = ['door.tags == tag']");
        let whole = told(&pack(&event, "if = '\"glass\" in resource.tags'"), WORLD, "person:p", true);
        assert_ne!(whole.contains("1. e\n"), whole.contains("1. add door:\"d\".tags == \"glass\"\n"), "{whole}");
        whole.contains("1. e\n")
    };
    assert!(named("\"fire\", \"glass\""));
    assert!(!named("\"fire\""));
}

/// A value goes when another one is set in its place: a member of a set, too.
#[test]
fn an_event_that_sets_another_value_takes_one_away() {
    let event = "with = { door = 'door', person = 'person', team = 'team' }\nsets = ['person.teams == team']";
    let member = pack(event, "if = 'subject in team:trained'");
    has(&told(&member, WORLD, "person:q", false), &["1. e", "person:p or person:q can do it"]);
    let event = "with = { door = 'door' }\nsets = ['door.tags == \"glass\"']";
    let tag = pack(event, "unless = '\"fire\" in resource.tags'");
    let whole = told(&tag, WORLD, "person:p", true);
    has(&whole, &["1. e", "person:p or person:q can do it"]);
    // The event sets the very value that is to go.
    let event = "with = { door = 'door' }\nsets = ['door.tags == \"fire\"']";
    let tag = pack(event, "unless = '\"fire\" in resource.tags'");
    assert!(told(&tag, WORLD, "person:p", true).contains("no event of the policy makes this change"));
}

/// A comparison turns both ways: to revoke is to set another value, whose event is named.
#[test]
fn another_value_revokes() {
    let open = WORLD.replace("lock = \"shut\"", "lock = \"open\"");
    let event = "with = { door = 'door' }\nsets = ['door.lock == \"shut\"']";
    let whole = told(&pack(event, OPEN), &open, "person:p", false);
    has(&whole, &["1. e", "person:p or person:q can do it"]);
    let event = "with = { door = 'door', person = 'person' }\nsets = ['person.level == 9']";
    for (condition, allow, value) in [
        ("if = 'subject.level > 2'", true, 3),
        ("if = 'subject.level >= 3'", true, 3),
        ("unless = 'subject.level == 2'", true, 1),
        ("if = 'subject.level < 3'", false, 3),
        ("if = 'subject.level <= 2'", false, 3),
        ("if = 'subject.level in [1, 2]'", false, 3),
    ] {
        let whole = told(&pack(event, condition), WORLD, "person:p", allow);
        assert!(whole.contains(&format!(" add person:\"p\".level == {value}\n")), "{condition}: {whole}");
        // Also the value that an event sets, if it helps.
        assert!(whole.contains("1. e\n"), "{condition}: {whole}");
    }
}

/// Of the attributes of `exactly-one`, one gives way to another.
#[test]
fn an_attribute_of_exactly_one_is_set_in_place_of_another() {
    let event = "with = { door = 'door', person = 'person' }\nsets = ['person.agency == \"temp\"']";
    let temp = pack(event, "if = 'subject.agency == \"temp\"'");
    has(&told(&temp, WORLD, "person:p", true), &["1. e", "door: d, person: p", "person:p or person:q can do it"]);
    let whole = told(&temp, WORLD, "person:q", false);
    has(&whole, &["agency of person:q is \"staff\"", "employer of person:q is org:o"]);
    // Without an event that sets it, it is a home, which how-to leaves as it is.
    let fixed = pack("with = { door = 'door' }\nsets = ['door.lock == \"open\"']", "if = 'subject.agency == \"temp\"'");
    assert!(told(&fixed, WORLD, "person:p", true).starts_with("no way to allow"));
}

/// Such an event is refused whoever does it.
#[test]
fn an_event_that_can_never_happen_is_not_named() {
    for sets in ["'door.lock == \"open\" for 0 hours'", "'door.lock == \"open\"', 'door.lock == \"shut\"'"] {
        let event = format!("with = {{ door = 'door' }}\nsets = [{sets}]");
        let whole = told(&pack(&event, OPEN), WORLD, "person:p", true);
        assert!(whole.contains("nobody known can make this change with event e. It is for door:d"), "{whole}");
    }
}

/// After the term of a value it is unknown what holds; the answer says when the value ended, and where that is stated.
#[test]
fn a_value_that_ended_is_asked_for() {
    let event = "with = { door = 'door' }\nsets = ['door.lock == \"open\" for 1 hours']";
    let world = format!("{WORLD}[[event]]\nat = 2024-01-01\ndo = 'e'\nby = 'person:p'\ndoor = 'door:d'\n");
    let whole = told(&pack(event, OPEN), &world, "person:p", true);
    assert!(whole.contains("its last value ended on 2024-01-01T01:00:00Z"), "{whole}");
    assert!(whole.contains("state what it is from then on, as a `[[fact]]` with `since`"), "{whole}");
}
