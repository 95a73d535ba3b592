//! When an invariant is broken first: by whatever it reads, and for whichever values of its variables.

use crate::support;
use delegraph::plan::Context;
use delegraph::query::diff::{ChangeError, ReadChange, WhatIf};
use delegraph::time::Instant;

const SCHEMA: &str = r#"
[kind.user]
subject = true
attributes.groups = { member-of = "group" }
attributes.level  = { type = "number", optional = true }
[kind.group]
attributes.groups = { member-of = "group" }
[kind.site]
[kind.house]
within = "site"
attributes.owner = { to = "user", optional = true }
[kind.door]
within = "house"
attributes.by-firm   = { type = "text" }
attributes.by-person = { to = "user" }
exactly-one = ["by-firm", "by-person"]
[relation.key]
ends = ["user", "door"]
[relation.closed]
ends   = ["user", ["site", "house", "door"]]
covers = true
[relation.trusted]
ends = ["user"]
[role.keeper]
on = ["house"]
grants = ["enter"]
[role.head]
on = ["house"]
includes = ["keeper"]
[action.enter]
on = ["door"]
[implication.trusted]
if   = 'user in group:"elders"'
then = 'trusted(user)'
[implication.owners]
if   = 'house.owner == user'
then = 'user holds head on house'
[event.build]
if      = 'true'
with    = { house = "house", owner = "user" }
creates.door = { house = 'house', by-person = 'owner' }
[event.come]
if      = 'true'
with    = { }
creates.user = { level = '7' }
"#;

const WORLD: &str = r#"
[user.ann]
groups = []
level  = 1
[user.bob]
groups = ["group:staff"]
[group.staff]
groups = []
[group.elders]
groups = []
[site.s]
[site.far]
[house.h]
site = "site:s"
[house.g]
site = "site:far"
[door.d]
house = "house:h"
"#;

/// What is said of a world with these facts and events beside its own, under a pack with this invariant: when it is broken, and its
/// variables.
fn check(never: &str, further: &str) -> String {
    let pack = format!("{SCHEMA}\n[invariant.i]\nnever = '''{never}'''\n");
    let opened = support::opened(&support::pack_of(&pack), &format!("{WORLD}\n{further}"));
    let said = opened.diagnostics.iter().map(|diagnostic| format!("{}; {}", diagnostic.headline, diagnostic.notes.join("; ")));
    let said = said.collect::<Vec<_>>().join("\n");
    said.replace("invariant `i` is broken on 2024-01-", "")
}

/// Facts, each from a day of January 2024 on, or, with `..`, until that day.
fn facts(facts: &[(&str, &str)]) -> String {
    let fact = |(day, is): &(&str, &str)| match day.strip_prefix("..") {
        Some(day) => format!("[[fact]]\nis = '{is}'\nuntil = 2024-01-{day}\n"),
        None => format!("[[fact]]\nis = '{is}'\nsince = 2024-01-{day}\n"),
    };
    facts.iter().map(fact).collect()
}

#[test]
fn any_change_of_what_it_reads_counts() {
    // The condition, the facts with their days, and when it is broken for whom.
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);
    let cases: [Case<'_>; 20] = [
        // Facts of two relations.
        (
            "key(user, door) and trusted(user)",
            &[("02", "key(user:ann, door:d)"), ("05", "trusted(user:ann)")],
            "05; user is user:ann, door is door:d",
        ),
        (
            "key(user, door) and not trusted(user)",
            &[("02", "key(user:ann, door:d)"), ("..05", "trusted(user:ann)")],
            "05; user is user:ann, door is door:d",
        ),
        (
            "key(user, door) and was closed(user, door)",
            &[("05", "key(user:ann, door:d)"), ("..02", "closed(user:ann, door:d)")],
            "05; user is user:ann, door is door:d",
        ),
        // Values: of the variable, of a value of it, of an alternative.
        (
            "key(user, door) and user.level > 3",
            &[("02", "key(user:bob, door:d)"), ("05", "user:\"bob\".level == 4")],
            "05; user is user:bob, door is door:d",
        ),
        ("door.house.owner.level > 3", &[("02", "house:\"h\".owner == user:bob"), ("05", "user:\"bob\".level == 4")], "05; door is door:d"),
        (
            "user.level == 1 and door is door and not door.by-person == user",
            &[("05", "door:\"d\".by-firm == \"smith\"")],
            "05; user is user:ann, door is door:d",
        ),
        // Roles: by another role, by a group, by an implication.
        (
            "key(user, door) and user holds keeper on door.house",
            &[("02", "key(user:ann, door:d)"), ("05", "user:ann holds keeper on house:h")],
            "05; user is user:ann, door is door:d",
        ),
        ("user holds keeper on house", &[("05", "user:ann holds head on house:h")], "05; user is user:ann, house is house:h"),
        (
            "user.level == 9 and user holds keeper on house",
            &[("02", "user:\"bob\".level == 9"), ("05", "group:staff holds keeper on house:h")],
            "05; user is user:bob, house is house:h",
        ),
        (
            "key(user, door) and user holds keeper on door.house",
            &[("02", "key(user:bob, door:d)"), ("05", "house:\"h\".owner == user:bob")],
            "05; user is user:bob, door is door:d",
        ),
        // Memberships: of the variable, of its group, of a group that the pack names.
        (
            "user holds keeper on house and user.level == 1",
            &[("02", "group:staff holds keeper on house:h"), ("05", "user:ann in group:staff")],
            "05; user is user:ann, house is house:h",
        ),
        (
            "user holds keeper on house and user.level == 1",
            &[("02", "group:elders holds keeper on house:h"), ("03", "user:ann in group:staff"), ("05", "group:staff in group:elders")],
            "05; user is user:ann, house is house:h",
        ),
        ("user in group:\"elders\"", &[("05", "group:staff in group:elders")], "05; user is user:bob"),
        (
            "key(user, door) and trusted(user)",
            &[("02", "key(user:bob, door:d)"), ("05", "group:staff in group:elders")],
            "05; user is user:bob, door is door:d",
        ),
        // Containers.
        (
            "key(user, door) and closed(user, door)",
            &[("02", "key(user:bob, door:d)"), ("05", "closed(user:bob, site:s)")],
            "05; user is user:bob, door is door:d",
        ),
        // Others than the variables searched for first.
        (
            "user.level == 1 and closed(_, site)",
            &[("05", "closed(user:bob, site:far)")],
            "05; user is user:ann, site is site:far, _ is user:bob",
        ),
        (
            "site is site and not closed(_, site)",
            &[("..05", "closed(user:bob, site:far)"), ("01", "closed(user:bob, site:s)"), ("..01", "closed(user:ann, site:s)")],
            "05; site is site:far",
        ),
        ("user in group:\"elders\" or user.level == 4", &[("05", "user:\"bob\".level == 4")], "05; user is user:bob"),
        // The facts are about different users.
        ("key(user, door) and user.level > 3", &[("02", "key(user:ann, door:d)"), ("05", "user:\"bob\".level == 4")], ""),
        (
            "key(user, door) and not closed(user, door)",
            &[("02", "key(user:ann, door:d)"), ("..05", "closed(user:bob, door:d)"), ("01", "closed(user:ann, house:h)")],
            "",
        ),
    ];
    for (never, stated, expected) in cases {
        assert_eq!(check(never, &facts(stated)), expected, "{never} {stated:?}");
    }
}

#[test]
fn the_life_of_an_entity_counts() {
    let event = |event: &str| format!("[[event]]\nat = 2024-01-05\nby = 'user:ann'\n{event}\n");
    let built = event("do = 'build'\nhouse = 'house:h'\nowner = 'user:bob'\ndoor = 'door:new'");
    assert_eq!(check("door.by-person == user and user in group:\"staff\"", &built), "05; door is door:new, user is user:bob");
    assert_eq!(check("door.by-person == user and door within site", &built), "05; door is door:new, user is user:bob, site is site:s");
    let came = event("do = 'come'\nuser = 'user:new'");
    assert_eq!(check("site is site and user.level == 7", &came), "05; site is site:far, user is user:new");
}

/// An event may break an invariant by more than the facts that it states: what was open no longer is, and what it creates has no fact.
///
/// Seen to fail when only the facts that an event adds or ends were looked at.
#[test]
fn an_event_that_ends_doubt_or_creates_may_break_an_invariant() {
    let compiled = support::pack_of(
        r#"
[kind.user]
subject = true
[kind.box]
attributes.of = "user"
actions = ["open"]
[relation.kept]
ends = ["box"]
[event.make]
with = { user = "user" }
if = 'subject == user'
creates.box = { of = 'user' }
[event.drop]
with = { box = "box" }
if = 'subject is user'
removes = ['kept(box)']
[rule.open]
allow = ["box.open"]
if = 'kept(resource) and resource.of == subject'
[invariant.kept]
never = 'box is box and not kept(box)'
"#,
    );
    let world = support::world_of(&compiled, "[user.u]\n[box.a]\nof = \"user:u\"\n[[unknown]]\nis = 'kept(box:a)'\nwhy = \"not read\"\n");
    let context = Context::at(&compiled.policy, Instant::parse("2024-01-01").expect("a date"));
    for event in ["drop by=user:u box=box:a", "make by=user:u user=user:u box=box:n"] {
        let done = WhatIf::new(&world, &context).make(&compiled, ReadChange::Do(event));
        let Err(ChangeError::Refused(refused)) = done else { panic!("{event}: {done:?}") };
        let broken: Vec<&str> =
            refused.broken.iter().map(|broken| compiled.policy.invariants[broken.invariant].meta.name.as_str()).collect();
        assert_eq!(broken, ["kept"], "{event}");
    }
}
