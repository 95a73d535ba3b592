//! `sets` of events: an attribute gets another value.

use crate::support::{Ask, mistakes, outcome, pack_of, source, world_mistakes, world_of};
use delegraph::open;
use delegraph::report::text;

const PACK: &str = r#"
[kind.org]
[kind.person]
subject = true
exactly-one = ["org", "team"]
attributes.org  = "org"
attributes.team = "team"
attributes.age  = { type = "number" }
attributes.clubs = { member-of = "club" }
attributes.badge = { type = "text", key = true, optional = true }
[kind.team]
[kind.club]
[kind.door]
within = "org"
attributes.lock  = { one-of = ["open", "shut", "jammed"] }
attributes.alarm = { one-of = ["on", "off"], optional = true }
attributes.owners = { to = "person", many = true }
attributes.tags   = { one-of = ["a", "b", "c"], many = true, optional = true }
[relation.trusted]
ends = ["person"]
[action.pass]
on = ["door"]
[event.open]
with = { door = "door" }
if = 'true'
sets = ['door.lock == "open"']
[event.shut]
with = { door = "door" }
if = 'true'
sets = ['door.lock == "shut"']
[event.open-for]
with = { door = "door", days = { type = "number" } }
if = 'true'
sets = ['door.lock == "open" for days days', 'door.alarm == "off" for days days']
[event.open-if-old]
with = { door = "door" }
if = 'true'
sets = ['door.lock == "open" where subject.age > 60']
[event.open-all]
if = 'true'
sets = ['door.lock == "open" where door.alarm == "off"']
[event.own]
with = { door = "door", who = "person" }
if = 'true'
sets = ['door.owners == who']
[event.own-for]
with = { door = "door", who = "person" }
if = 'true'
sets = ['door.owners == who for 5 days']
[event.own-too]
with = { door = "door", who = "person" }
if = 'true'
adds = ['door.owners == who']
[event.disown]
with = { door = "door", who = "person" }
if = 'true'
removes = ['door.owners == who']
[event.tag]
with = { door = "door" }
if = 'true'
sets = ['door.tags == "a"']
[event.tag-too]
with = { door = "door" }
if = 'true'
adds = ['door.tags == "b"']
[event.join]
with = { who = "person", club = "club" }
if = 'true'
sets = ['who.clubs == club']
[event.move]
with = { who = "person" }
if = 'true'
sets = ['who.org == org:n']
[event.enlist]
with = { who = "person" }
if = 'true'
sets = ['who.team == team:t']
[event.unlock]
with = { door = "door" }
if = 'true'
removes = ['door.lock == "shut"']
"#;

const WORLD: &str = r#"
[org.o]
[org.n]
[team.t]
[club.c]
[club.k]
[person.p]
org = "org:o"
age = 70
clubs = ["club:c"]
[person.q]
org = "org:o"
[person.r]
age = 30
[door.d]
org = "org:o"
lock = "shut"
alarm = "on"
owners = ["person:q"]
tags = ["b"]
[door.e]
org = "org:o"
"#;

fn pack(condition: &str) -> String {
    format!("{PACK}[rule.a]\nallow = ['pass']\nif = '{condition}'\n")
}

/// Outcome and missing data of `person:p pass door:d` on a day of February 2024 under a rule of this condition.
fn check_on(day: u32, condition: &str, lines: &str) -> String {
    let compiled = pack_of(&pack(condition));
    let world = world_of(&compiled, &format!("{WORLD}{lines}"));
    let explained = Ask::of(&format!("2024-02-{day:02}"), "person:p", "pass", "door:d").explained(&compiled, &world);
    format!("{} {}", explained.outcome, explained.unknown.join(", ")).trim().to_owned()
}

fn check(condition: &str, lines: &str) -> String {
    outcome(&pack(condition), &format!("{WORLD}{lines}"), "person:p pass door:d")
}

fn event_on(day: u32, name: &str, arguments: &str) -> String {
    format!("[[event]]\nat = 2024-01-{day:02}\ndo = '{name}'\nby = 'person:p'\n{arguments}\n")
}

fn on_door(day: u32, name: &str) -> String {
    event_on(day, name, "door = 'door:d'")
}

fn fact(fact: &str, during: &str) -> String {
    format!("[[fact]]\nis = '{fact}'\n{during}\n")
}

/// The mistakes of a world with these events.
fn refused(lines: &str) -> String {
    world_mistakes(&pack_of(&pack("true")), &format!("{WORLD}{lines}"))
}

const OPEN: &str = r#"resource.lock == "open""#;
const SHUT: &str = r#"resource.lock == "shut""#;

#[test]
fn what_is_set_replaces_what_held() {
    // Also what the line of the entity gives.
    assert_eq!(check(OPEN, ""), "not-granted");
    assert_eq!(check(OPEN, &on_door(10, "open")), "allowed");
    assert_eq!(check(SHUT, &on_door(10, "open")), "not-granted");
    assert_eq!(check(OPEN, &on_door(10, "open").replace("door:d", "door:e")), "not-granted");
    // It holds until it is set again, in whatever order the world says so.
    assert_eq!(check(OPEN, &(on_door(12, "shut") + &on_door(10, "open"))), "not-granted");
    assert_eq!(check(SHUT, &(on_door(12, "shut") + &on_door(10, "open"))), "allowed");
    assert_eq!(check(OPEN, &(on_door(12, "open") + &on_door(10, "open"))), "allowed");
    // Not before it is set, and only for what is named.
    let late = on_door(10, "open").replace("2024-01", "2024-02");
    assert_eq!(check_on(9, OPEN, &late), "not-granted");
    assert_eq!(check_on(9, SHUT, &late), "allowed");
    assert_eq!(check_on(10, OPEN, &late), "allowed");
    let door_e = r#"door.lock == "open" and door != resource"#;
    assert_eq!(check(door_e, &on_door(10, "open").replace("door:d", "door:e")), "allowed");
    // Each binding of `where` is one.
    let all = event_on(10, "open-all", "");
    assert_eq!(check(OPEN, &all), "not-granted");
    assert_eq!(check(door_e, &(all + &fact("door:\"e\".alarm == \"off\"", ""))), "allowed");
}

#[test]
fn a_value_for_later_ends_what_is_set() {
    let world = WORLD.replace("lock = \"shut\"\n", "");
    let compiled = pack_of(&pack(OPEN));
    let later = fact("door:\"d\".lock == \"shut\"", "since = 2024-02-10") + &on_door(10, "open");
    let on = |day: u32| {
        let world = world_of(&compiled, &format!("{world}{later}"));
        Ask::of(&format!("2024-02-{day:02}"), "person:p", "pass", "door:d").explained(&compiled, &world).outcome
    };
    assert_eq!([on(1), on(9), on(10), on(11)], ["allowed", "allowed", "not-granted", "not-granted"]);
}

#[test]
fn after_its_term_nothing_is_stated() {
    let open = event_on(30, "open-for", "door = 'door:d'\ndays = 10");
    assert_eq!(check_on(8, OPEN, &open), "allowed");
    // It must be given, so it is unknown.
    assert_eq!(check_on(9, OPEN, &open), "unknown door:d.lock");
    assert_eq!(check_on(9, SHUT, &open), "unknown door:d.lock");
    // It need not.
    assert_eq!(check_on(8, "resource.alarm == \"off\"", &open), "allowed");
    assert_eq!(check_on(9, "resource.alarm == \"off\"", &open), "not-granted");
    assert_eq!(check_on(9, "resource.alarm == \"on\"", &open), "not-granted");
    // A value that holds already holds for the term alone.
    let both = on_door(10, "open") + &open;
    assert_eq!(check_on(8, OPEN, &both), "allowed");
    assert_eq!(check_on(9, OPEN, &both), "unknown door:d.lock");
    let again = open + &on_door(31, "open");
    assert_eq!(check_on(20, OPEN, &again), "allowed");
    assert!(refused(&event_on(10, "open-for", "door = 'door:d'\ndays = 0")).starts_with("event-term: "));
}

#[test]
fn a_set_becomes_what_is_set() {
    let owned = |who: &str| format!("{who} in resource.owners");
    let own = |day: u32, name: &str, who: &str| event_on(day, name, &format!("door = 'door:d'\nwho = 'person:{who}'"));
    let by_p = own(10, "own", "p");
    for (who, lines, expected) in [
        ("subject", "", "not-granted"),
        ("subject", &by_p, "allowed"),
        ("person:q", &by_p, "not-granted"),
        ("person:r", &by_p, "not-granted"),
        // What is added to it later joins it, and what is removed leaves it.
        ("subject", &(by_p.clone() + &own(12, "own-too", "r")), "allowed"),
        ("person:r", &(by_p.clone() + &own(12, "own-too", "r")), "allowed"),
        ("person:q", &(by_p.clone() + &own(12, "own-too", "r")), "not-granted"),
        ("subject", &(by_p.clone() + &own(12, "disown", "p")), "not-granted"),
        ("subject", &(by_p.clone() + &own(12, "own", "r")), "not-granted"),
        // A member that is stated for later joins it too.
        ("person:r", &(by_p.clone() + &fact("door:\"d\".owners == person:r", "since = 2024-01-20")), "allowed"),
        ("subject", &(by_p.clone() + &fact("door:\"d\".owners == person:r", "since = 2024-01-20")), "allowed"),
        ("person:r", &(by_p.clone() + &fact("door:\"d\".owners == person:r", "since = 2024-01-05")), "not-granted"),
    ] {
        assert_eq!(check(&owned(who), lines), expected, "{who}: {lines}");
    }
    // For a term, and then the set is not given.
    let term = event_on(30, "own-for", "door = 'door:d'\nwho = 'person:p'");
    assert_eq!(check_on(3, &owned("subject"), &term), "allowed");
    assert_eq!(check_on(3, &owned("person:q"), &term), "not-granted");
    assert_eq!(check_on(4, &owned("subject"), &term), "unknown door:d.owners");
    assert_eq!(check_on(4, &owned("person:q"), &term), "unknown door:d.owners");
    // A set that is not given is given from then on, and not before.
    let world = WORLD.replace("owners = [\"person:q\"]\n", "");
    let compiled = pack_of(&pack(&owned("person:q")));
    let ask = |at: &str, lines: &str| {
        let world = world_of(&compiled, &format!("{world}{lines}"));
        Ask::of(at, "person:p", "pass", "door:d").explained(&compiled, &world).outcome
    };
    assert_eq!(ask("2024-01-09", &by_p), "unknown");
    assert_eq!(ask("2024-01-10", &by_p), "not-granted");
    assert_eq!(ask("2024-01-12", &own(10, "own-too", "p")), "unknown");
    // Texts, and groups of a member.
    let tag = |tag: &str| format!("\"{tag}\" in resource.tags");
    assert_eq!(check(&tag("a"), &on_door(10, "tag")), "allowed");
    assert_eq!(check(&tag("b"), &on_door(10, "tag")), "not-granted");
    assert_eq!(check(&tag("b"), &(on_door(10, "tag") + &on_door(11, "tag-too"))), "allowed");
    let join = event_on(10, "join", "who = 'person:p'\nclub = 'club:k'");
    assert_eq!(check("subject in club:c", &join), "not-granted");
    assert_eq!(check("subject in club:k", &join), "allowed");
}

/// From the instant on at which a set is set, no pattern leaves its members open, but for what a later event may add.
#[test]
fn a_set_that_is_set_is_whole() {
    let own = event_on(10, "own", "door = 'door:d'\nwho = 'person:p'");
    let is_q = "person:r in resource.owners";
    for pattern in ["door.owners", "door:\"d\".owners == _", "door:\"d\".owners == person:r"] {
        let open = format!("[[unknown]]\nis = '{pattern}'\n");
        assert_eq!(check(is_q, &open).split(' ').next(), Some("unknown"), "{pattern}");
        assert_eq!(check(is_q, &(open + &own)), "not-granted", "{pattern}");
    }
    let open = "[[unknown]]\nis = 'person in club:k'\n";
    let join = event_on(10, "join", "who = 'person:p'\nclub = 'club:c'");
    assert_eq!(check("subject in club:k", open), "unknown person:p in club:k");
    assert_eq!(check("subject in club:k", &format!("{open}{join}")), "not-granted");
    assert_eq!(check("person:q in club:k", &format!("{open}{join}")), "unknown person:q in club:k");
}

#[test]
fn of_exactly_one_the_other_ends_too() {
    let enlist = event_on(10, "enlist", "who = 'person:p'");
    assert_eq!(check("subject.org == org:o", ""), "allowed");
    assert_eq!(check("subject.org == org:o", &enlist), "not-granted");
    assert_eq!(check("subject.org is org", &enlist), "not-granted");
    assert_eq!(check("subject.team == team:t", &enlist), "allowed");
    let back = enlist.clone() + &event_on(12, "move", "who = 'person:p'");
    assert_eq!(check("subject.org == org:n", &back), "allowed");
    assert_eq!(check("subject.team is team", &back), "not-granted");
    // A value of the other one for later ends it.
    let world = WORLD.replace("org = \"org:o\"\nage = 70", "age = 70") + &enlist;
    let later = fact("person:\"p\".org == org:n", "since = 2024-02-10");
    for (at, condition, expected) in [
        ("2024-02-09", "subject.team == team:t", "allowed"),
        ("2024-02-10", "subject.team == team:t", "not-granted"),
        ("2024-02-10", "subject.org == org:n", "allowed"),
    ] {
        let compiled = pack_of(&pack(condition));
        let world = world_of(&compiled, &format!("{world}{later}"));
        assert_eq!(Ask::of(at, "person:p", "pass", "door:d").explained(&compiled, &world).outcome, expected, "{at} {condition}");
    }
}

/// The doer's age decides whether the door is opened, and nobody knows that of `person:q`.
#[test]
fn an_unknown_where_leaves_both_values_open() {
    let by_q = |day: u32, name: &str| on_door(day, name).replace("by = 'person:p'", "by = 'person:q'");
    let event = by_q(10, "open-if-old");
    assert_eq!(check(OPEN, &on_door(10, "open-if-old")), "allowed");
    assert_eq!(check(OPEN, &event), "unknown door:d.lock");
    assert_eq!(check(SHUT, &event), "unknown door:d.lock");
    assert_eq!(check_on(1, SHUT, &event.replace("2024-01", "2024-02")), "allowed");
    assert_eq!(check(SHUT, &(event.clone() + &on_door(11, "shut"))), "allowed");
    // What is set already stays so.
    assert_eq!(check(OPEN, &(on_door(9, "open") + &event)), "allowed");
    // What is certain counts.
    assert_eq!(check(SHUT, &(on_door(10, "shut") + &event)), "allowed");
    let compiled = pack_of(&pack(OPEN));
    let world = world_of(&compiled, &format!("{WORLD}{event}"));
    let answer = Ask::of("2024-02-01", "person:p", "pass", "door:d").explained(&compiled, &world);
    let whole = text::render(&answer, &text::Style { color: false, width: 400, full: false });
    assert!(whole.contains("nobody knows whether the event `open-if-old` set"), "{whole}");
}

#[test]
fn two_values_at_one_instant_are_an_error() {
    let two = "event-clash: two values are given at one instant, 2024-01-10, and one is set";
    let starts = |lines: String| refused(&lines).split(';').next().map(str::to_owned);
    assert_eq!(starts(on_door(10, "open") + &on_door(10, "shut")).as_deref(), Some(two));
    assert_eq!(refused(&(on_door(10, "open") + &on_door(10, "shut").replace("door:d", "door:e"))), "");
    assert_eq!(refused(&(on_door(10, "open") + &on_door(10, "open").replace("person:p", "person:r"))), "");
    let own = |name: &str, who: &str| event_on(10, name, &format!("door = 'door:d'\nwho = 'person:{who}'"));
    assert_eq!(starts(own("own", "p") + &own("own-too", "r")).as_deref(), Some(two));
    assert_eq!(refused(&(own("own", "p") + &own("own-too", "p"))), "");
    let (enlist, moved) = (event_on(10, "enlist", "who = 'person:p'"), event_on(10, "move", "who = 'person:p'"));
    assert_eq!(starts(enlist + &moved).as_deref(), Some(two));
    // Set and removed in one instant is an error too; what it replaces may be removed as well.
    let removed = "event-clash: `door:\"d\".lock == \"shut\"` is both added and removed on 2024-01-10";
    assert_eq!(starts(on_door(10, "shut") + &on_door(10, "unlock")).as_deref(), Some(removed));
    assert_eq!(refused(&(on_door(10, "open") + &on_door(10, "unlock"))), "");
    assert_eq!(check(OPEN, &(on_door(10, "open") + &on_door(10, "unlock"))), "allowed");
}

/// Of two events of one instant that give the same value, the longer one counts, in whatever order they are named.
#[test]
fn the_longest_of_equal_values_counts() {
    for first in ["a", "z"] {
        let more = format!("[event.{first}]\nwith = {{ door = 'door' }}\nif = 'true'\nadds = ['door.lock == \"open\"']\n");
        let compiled = pack_of(&(pack(OPEN) + &more));
        let lines = on_door(9, "open") + &event_on(10, "open-for", "door = 'door:d'\ndays = 1") + &on_door(10, first);
        let world = world_of(&compiled, &format!("{WORLD}{lines}"));
        let answer = Ask::of("2024-02-01", "person:p", "pass", "door:d").explained(&compiled, &world);
        assert_eq!(answer.outcome, "allowed", "{first}");
    }
}

/// One constant, or the subject, is no set: the event would never happen, or would leave the attribute out.
#[test]
fn a_new_entity_gets_sets_from_parameters_and_attributes() {
    let event = |given: &str| {
        mistakes(&format!(
            "{PACK}[event.e]\nwith = {{ org = 'org', who = 'person', of = 'door' }}\nif = 'true'\ncreates.door = {{ org = 'org', {given} }}\n[rule.a]\nallow = ['pass']\n"
        ))
    };
    for (attribute, term) in [("tags", "\"a\""), ("owners", "person:p"), ("owners", "subject")] {
        let expected = format!(
            "misplaced-term: `{attribute}` holds any number of values; \
             name a parameter or an attribute; to add one value write `adds = ['door.{attribute} == {term}']`"
        );
        assert_eq!(event(&format!("{attribute} = '{term}'")), expected, "{attribute} = {term}");
        // What is said instead is right.
        assert_eq!(event(&format!("lock = '\"open\"' }}\nadds = ['door.{attribute} == {term}']\n#")), "", "{attribute} == {term}");
    }
    for given in ["owners = 'who'", "owners = 'of.owners', tags = 'of.tags'"] {
        assert_eq!(event(given), "", "{given}");
    }
}

#[test]
fn wrong_forms_are_mistakes() {
    let event = |sets: &str| {
        mistakes(&format!(
            "{PACK}[event.e]\nwith = {{ door = 'door', who = 'person', n = {{ type = 'number' }} }}\nif = 'true'\nsets = ['{sets}']\n[rule.a]\nallow = ['pass']\n"
        ))
    };
    let no_value = "bad-conclusion: `sets` gives an attribute its value; \
                    write `term.attribute == value`; what else is to hold or not, `adds` and `removes` name";
    for sets in ["trusted(who)", "who in club:c", "door.lock != \"open\"", "was trusted(who)", "door within org:o", "n > 3"] {
        assert_eq!(event(sets), no_value, "{sets}");
    }
    assert_eq!(
        event("door.org == org:o"),
        "bad-conclusion: `org` is what a thing lies within, which no event changes; \
         a world says where a thing lies, and since when; an event may `creates` a new one"
    );
    assert_eq!(
        event("who.badge == \"x\""),
        "bad-conclusion: `badge` is a key, which no event changes; a world gives a key where it declares the entity"
    );
    assert!(event("door == org:o").starts_with("never-true-comparison: ") || event("door == org:o").starts_with("bad-conclusion: "));
    assert!(event("door.lock == \"ajar\"").starts_with("unknown-value: "));
    assert!(event("door.lock == n").starts_with("wrong-kind: "));
    assert!(event("door.owners == _").starts_with("misplaced-term: "));
    assert!(event("door.lock == \"open\" for who days").starts_with("misplaced-term: "));
    assert!(event("door.colour == \"red\"").starts_with("unknown-attribute: "));
    assert!(event("x.lock == \"open\"").contains("`x`"));
    let text = format!("{PACK}[event.e]\nif = 'true'\nsets = 'door.lock'\n");
    let opened = open::pack(vec![source("pack.toml", &text)]);
    assert!(opened.compiled.is_none());
}
