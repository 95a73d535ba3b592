//! `through`: at these ends of a relation a group represents whoever is in it.

use crate::support::{Ask, mistakes, opened, outcome, pack_of, world_mistakes, world_of};

/// Users and teams, which nest; robots are in teams too. A door may be passed by whoever has a key, and by no one whom it is shut to.
const PACK: &str = r#"
[kind.user]
subject = true
attributes.teams = { member-of = "team" }
[kind.robot]
subject = true
attributes.teams = { member-of = "team" }
[kind.team]
attributes.teams = { member-of = "team" }
[kind.door]
actions = ["pass", "was", "names"]
[relation.key]
ends    = [["user", "team"], "door"]
through = [1]
[relation.shut]
ends    = ["door", ["user", "robot", "team"]]
through = [2]
[relation.named]
ends = [["user", "team"]]
[rule.keys]
allow = ["door.pass"]
if    = 'key(subject, resource)'
[rule.shut]
deny = ["door.pass"]
if   = 'shut(resource, subject)'
[rule.lost-keys]
allow = ["door.was"]
if    = 'was key(subject, resource)'
[rule.named-on-the-way]
allow = ["door.names"]
if    = 'key(who, resource) and named(who)'
[event.take]
with    = { door = "door" }
if      = 'true'
removes = ['key(_, door)']
[event.give]
with = { door = "door", who = { to = ["user", "team"] } }
if   = 'true'
adds = ['key(who, door)']
"#;

const WORLD: &str = r#"
[user.a]
teams = ["team:in"]
[user.b]
[robot.r]
teams = ["team:in"]
[team.in]
teams = ["team:mid"]
[team.mid]
teams = ["team:top"]
[team.top]
[door.d]
"#;

fn ask(facts: &str, question: &str) -> String {
    let facts: Vec<String> = facts.lines().map(|fact| format!("[[fact]]\nis = '{fact}'\n")).collect();
    outcome(PACK, &format!("{WORLD}{}", facts.concat()), question)
}

#[test]
fn at_these_ends_a_group_represents_whoever_is_in_it_at_any_depth() {
    for group in ["team:in", "team:mid", "team:top"] {
        assert_eq!(ask(&format!("key({group}, door:d)"), "user:a door.pass door:d"), "allowed");
        assert_eq!(ask(&format!("key({group}, door:d)"), "user:b door.pass door:d"), "not-granted");
        assert_eq!(ask(&format!("key(user:a, door:d)\nshut(door:d, {group})"), "user:a door.pass door:d"), "barred");
    }
    assert_eq!(ask("key(user:b, door:d)", "user:b door.pass door:d"), "allowed");
}

#[test]
fn a_kind_that_may_be_in_such_a_group_and_is_not_named_there_may_not_stand_there() {
    // Robots are in teams, and no end of `key` names them.
    assert_eq!(ask("key(team:in, door:d)", "robot:r door.pass door:d"), "not-granted");
    let named = PACK.replace(r#"[["user", "team"], "door"]"#, r#"[["user", "robot", "team"], "door"]"#);
    assert_eq!(outcome(&named, &format!("{WORLD}[[fact]]\nis = 'key(team:in, door:d)'\n"), "robot:r door.pass door:d"), "allowed");
    let robots =
        PACK.replace("if    = 'key(subject, resource)'", "if = 'subject is robot and robot:r == subject and key(robot:r, resource)'");
    assert_eq!(mistakes(&robots), "wrong-kind: end 1 of `key` is `team` or `user`, never `robot`");
}

#[test]
fn a_user_and_each_group_on_the_way_may_be_bound_by_a_variable_there() {
    for who in ["team:in", "team:mid", "team:top", "user:a", "user:b"] {
        let expected = if who == "user:b" { "not-granted" } else { "allowed" };
        assert_eq!(ask(&format!("key(team:top, door:d)\nnamed({who})"), "user:b door.names door:d"), expected, "{who}");
    }
}

#[test]
fn an_end_whose_kinds_are_no_groups_of_one_another_is_an_error() {
    let pack = PACK
        .replace(r#"[["user", "team"], "door"]"#, r#"[["user", "robot"], "door"]"#)
        .replace("key(who, resource) and named(who)", "true");
    assert!(mistakes(&pack).starts_with("wrong-kind: end 1 of `key` names no group of another of its kinds"), "{}", mistakes(&pack));
    // A kind of groups that nest is enough.
    let pack = "[kind.team]\nattributes.teams = { member-of = 'team' }\n[relation.r]\nends = ['team']\nthrough = [1]\n";
    assert_eq!(mistakes(pack), "");
}

#[test]
fn through_holds_in_conditions_and_facts_are_about_the_entity_as_written() {
    let given = "[[event]]\nat = 2024-01-02\ndo = 'give'\nby = 'user:b'\ndoor = 'door:d'\nwho = 'team:top'\n";
    let with = |events: &str, question: &str| outcome(PACK, &format!("{WORLD}{events}"), question);
    assert_eq!(with(given, "user:a door.pass door:d"), "allowed");
    // `was` is about the team, which had the key, and not about its members.
    let taken = format!("{given}[[event]]\nat = 2024-01-03\ndo = 'take'\nby = 'user:b'\ndoor = 'door:d'\n");
    assert_eq!(with(&taken, "user:a door.pass door:d"), "not-granted");
    assert_eq!(with(&taken, "user:a door.was door:d"), "not-granted");
    let own = format!("{WORLD}[[fact]]\nis = 'key(user:a, door:d)'\nuntil = 2024-01-03\n[[fact]]\nis = 'key(team:top, door:d)'\n");
    assert_eq!(outcome(PACK, &own, "user:a door.was door:d"), "allowed");
    let compiled = pack_of(PACK);
    assert_eq!(
        world_mistakes(&compiled, &format!("{WORLD}[[fact]]\nis = 'key(robot:r, door:d)'\n")),
        "wrong-kind: end 1 of `key` is of kind `team` or `user`, and `robot:r` is not"
    );
}

#[test]
fn an_invariant_is_broken_when_a_member_joins_and_names_no_variable_that_nobody_wrote() {
    let pack = format!("{PACK}[invariant.no-key]\nnever = 'key(user, door) and named(user)'\n");
    let joins = "[[fact]]\nis = 'user:b in team:in'\nsince = 2024-01-05\n";
    let facts = "[[fact]]\nis = 'key(team:top, door:d)'\nsince = 2024-01-02\n[[fact]]\nis = 'named(user:b)'\n";
    let broken = opened(&pack_of(&pack), &format!("{WORLD}{facts}{joins}")).diagnostics;
    let lines: Vec<&str> = broken.iter().flat_map(|one| [&one.headline[..], &one.notes[0]]).collect();
    assert_eq!(lines, ["invariant `no-key` is broken on 2024-01-05", "user is user:b, door is door:d"]);
    assert_eq!(world_mistakes(&pack_of(&pack), &format!("{WORLD}{facts}")), "");
}

#[test]
fn missing_memberships_and_facts_leave_it_unknown() {
    let not_imported = |name: &str| format!("[world]\nnot-imported = ['{name}']\n");
    let key = "[[fact]]\nis = 'key(team:top, door:d)'\n";
    let ask = |open: &str, question: &str| outcome(PACK, &format!("{WORLD}{key}{}", not_imported(open)), question);
    assert_eq!(ask("user.teams", "user:a door.pass door:d"), "allowed");
    assert_eq!(ask("user.teams", "user:b door.pass door:d"), "unknown user:b in team:top");
    assert_eq!(ask("key", "user:b door.pass door:d"), "unknown key(user:b, door:d)");
    assert_eq!(ask("shut", "user:a door.pass door:d").split(' ').next(), Some("unknown"));
}

#[test]
fn several_ends_may_each_be_represented_by_a_group() {
    let pack = r#"
[kind.user]
subject = true
attributes.teams = { member-of = "team" }
[kind.team]
[kind.door]
actions = ["pass"]
[relation.introduces]
ends    = [["user", "team"], ["user", "team"], "door"]
through = [1, 2]
[rule.introduced]
allow = ["door.pass"]
if    = 'introduces(_, subject, resource) and introduces(subject, user:b, resource)'
"#;
    let world = "[user.a]\nteams = ['team:s']\n[user.b]\nteams = ['team:t']\n[user.c]\n[team.s]\n[team.t]\n[door.d]\n[[fact]]\nis = 'introduces(user:c, team:s, door:d)'\n";
    let with = |fact: &str| outcome(pack, &format!("{world}[[fact]]\nis = '{fact}'\n"), "user:a door.pass door:d");
    for fact in ["user:a, user:b", "team:s, user:b", "user:a, team:t", "team:s, team:t"] {
        assert_eq!(with(&format!("introduces({fact}, door:d)")), "allowed", "{fact}");
    }
    assert_eq!(with("introduces(team:t, team:s, door:d)"), "not-granted");
}

#[test]
fn what_lies_within_a_member_of_the_last_end_is_covered() {
    let pack = r#"
[kind.user]
subject = true
[kind.site]
attributes.zones = { member-of = "zone" }
[kind.zone]
[kind.room]
within  = "site"
actions = ["enter"]
[relation.open]
ends    = ["user", ["site", "zone"]]
covers  = true
through = [2]
[rule.open]
allow = ["room.enter"]
if    = 'open(subject, resource)'
"#;
    let world = "[user.a]\n[zone.z]\n[site.s]\nzones = ['zone:z']\n[site.t]\n[room.r]\nsite = 'site:s'\n[room.q]\nsite = 'site:t'\n";
    let with =
        |fact: &str, room: &str| outcome(pack, &format!("{world}[[fact]]\nis = '{fact}'\n"), &format!("user:a room.enter room:{room}"));
    assert_eq!(with("open(user:a, zone:z)", "r"), "allowed");
    assert_eq!(with("open(user:a, zone:z)", "q"), "not-granted");
    assert_eq!(with("open(user:a, site:t)", "q"), "allowed");
}

#[test]
fn explanations_show_the_membership() {
    let compiled = pack_of(PACK);
    let world = world_of(&compiled, &format!("{WORLD}[[fact]]\nis = 'key(team:mid, door:d)'\n"));
    let proof = |subject: &str| {
        let explained = Ask::of("2024-02-01", subject, "door.pass", "door:d").explained(&compiled, &world);
        explained.reasons[0].because.iter().map(|reason| reason.says.clone()).collect::<Vec<_>>()
    };
    assert_eq!(proof("user:a"), ["user:a is in team:in", "team:in is in team:mid", "key(team:mid, door:d)"]);
    assert_eq!(proof("user:b"), ["key(team:mid, door:d)", "user:b is not in team:mid"]);
}

/// A `_` stands for whoever is there, and a group there for its members: also a group without a name, if someone may be in it.
///
/// Seen to fail when only a pattern about the relation itself counted, so that a deny with `not` barred.
#[test]
fn a_wildcard_stands_for_the_members_of_a_group_without_a_name() {
    let pack = r#"
[kind.user]
subject = true
attributes.teams = { member-of = "team" }
[kind.team]
attributes.teams = { member-of = "team" }
attributes.door  = { to = "door" }
[kind.door]
actions = ["pass"]
[role.keeper]
on     = "door"
grants = []
[relation.knows]
ends    = ["team", "user"]
through = [1]
[implication.keepers-know]
if   = 'team holds keeper on team.door'
then = 'knows(team, user)'
[rule.all]
allow = ["*"]
[rule.unknown-to-all]
deny = ["door.pass"]
if   = 'CONDITION'
"#;
    let world = "[user.u]\nteams = []\n[door.d]\n[team.t]\nteams = []\ndoor = 'door:d'\n";
    let open = "[[unknown]]\nis = 'team:t in _'\n";
    let ask = |condition: &str, open: &str| {
        let asked = outcome(&pack.replace("CONDITION", condition), &format!("{world}{open}"), "user:u door.pass door:d");
        asked.split(' ').next().unwrap_or_default().to_owned()
    };
    // Nobody knows which door a team without a name has.
    for condition in ["not knows(_, subject)", "knows(_, subject)", "knows(team, subject)", "not knows(team:t, subject)"] {
        assert_eq!(ask(condition, open), "unknown", "{condition}");
    }
    assert_eq!(ask("not knows(_, subject)", ""), "barred");
    assert_eq!(ask("not knows(_, subject)", "[[unknown]]\nis = 'team:t in team:t'\n"), "barred");
}
