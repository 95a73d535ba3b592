//! Corners of the language that were once wrong, as a law found. Each case is as small as possible.

use crate::support::source;
use delegraph::eval::{Budget, Decider};
use delegraph::explain::{cited, explain};
use delegraph::open;
use delegraph::plan::Context;
use delegraph::time::Instant;
use delegraph::wording::Words;
use delegraph::world::Request;

/// The declarations that most of these packs need.
const SCHEMA: &str = r#"
[kind.org]
[kind.person]
subject = true
attributes.teams = { member-of = "team" }
[kind.team]
attributes.clubs = { member-of = "club" }
attributes.lead = "person"
[kind.club]
[kind.site]
within = "org"
[relation.banned]
ends = ["person"]
[action.enter]
on = ["org"]
"#;

const WORLD: &str = r#"
[org.o]
[person.p]
[team.t]
lead = "person:p"
"#;

/// Outcome, claims and missing data of `person:p enter org:o`, or the mistakes of the world.
fn check(pack: &str, world: &str) -> String {
    let opened = open::pack(vec![source("schema.toml", SCHEMA), source("pack.toml", pack)]);
    let compiled = opened.compiled.unwrap_or_else(|| panic!("{:?}", opened.diagnostics));
    let opened = open::world(&compiled, vec![source("schema.toml", WORLD), source("world.toml", world)]).expect("a TOML world");
    let Some(world) = opened.world else {
        let errors = opened.diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
        let lines = errors.map(|diagnostic| format!("{}; {}", diagnostic.headline, diagnostic.notes.join("; ")));
        return lines.collect::<Vec<_>>().join("\n");
    };
    let at = Instant::parse("2024-01-01").expect("a date");
    let decider = Decider::new(&compiled, &world, Context::at(&compiled.policy, at));
    let entity = |kind: &str, id: &str| (kind.to_owned(), id.to_owned());
    let request = Request { subject: entity("person", "p"), action: "enter".to_owned(), resource: entity("org", "o") };
    let asked = world.resolve(&compiled.policy, &request, at).expect("a question of this world");
    let record = decider.record(&asked);
    assert_eq!(decider.decide(&asked), record.decision);
    let explained = Words::of(&decider).explanation(&explain(&decider.within(&Budget::default()), &asked, &record));
    let claims = cited(&decider, &asked, &record).into_iter().map(|claim| compiled.policy.claims[claim].meta.name.clone());
    format!("{} [{}] {}", explained.outcome, claims.collect::<Vec<_>>().join(" "), explained.unknown.join(", ")).trim().to_owned()
}

#[test]
fn names_not_imported_are_unknown_for_entities_that_only_the_policy_names() {
    let pack = "[rule.a]\nallow = ['enter']\n[rule.d]\ndeny = ['enter']\nif = 'subject in team:barred'\n";
    assert_eq!(check(pack, ""), "allowed []");
    // Memberships were not imported, so the person may be in a team that the world does not have.
    assert_eq!(check(pack, "[world]\nnot-imported = ['person.teams']"), "unknown [] person:p in team:barred");
    let pack = "[rule.a]\nallow = ['enter']\n[rule.d]\ndeny = ['enter']\nif = 'banned(person:x)'\n";
    assert_eq!(check(pack, "[world]\nnot-imported = ['banned']"), "unknown [] banned(person:x)");
}

#[test]
fn names_not_imported_are_false_for_impossible_facts() {
    let world = "[world]\nnot-imported = ['banned', 'person.teams']";
    // `robot.lead` may be a person, but here it is a team, and a team cannot be banned.
    let pack = "[kind.robot]\nsubject = true\nattributes.lead = ['person', 'team']\n\
                [rule.a]\nallow = ['enter']\nif = 'robot.lead is team and not banned(robot.lead)'\n";
    assert_eq!(check(pack, &format!("[robot.r]\nlead = 'team:t'\n{world}")), "allowed []");
    // No team is in the club, but the person may be in one that the world does not name.
    let pack = "[rule.a]\nallow = ['enter']\nif = 'subject in club:c'\n";
    assert_eq!(check(pack, &format!("[club.c]\n{world}")), "unknown [] person:p in _");
    let open = "[[unknown]]\nis = 'person:p in team:t'\n";
    assert_eq!(check(pack, &format!("[club.c]\n{open}")), "not-granted []");
    assert_eq!(
        check(pack, &format!("[club.c]\n[team.u]\nclubs = ['club:c']\nlead = 'person:p'\n{world}")),
        "unknown [] person:p in team:u"
    );
    let open = "[club.c]\n[world]\nnot-imported = ['person.teams', 'team.clubs']";
    assert_eq!(check(pack, open), "unknown [] person:p in team:t");
}

#[test]
fn the_container_of_an_undeclared_entity_is_missing() {
    let pack = "[rule.a]\nallow = ['enter']\nif = 'site:\"nowhere\".org == resource'\n";
    assert_eq!(check(pack, ""), "unknown [] site:nowhere.org");
}

#[test]
fn an_implication_of_a_role_that_is_not_in_force_is_not_cited() {
    let pack = "[claim.C]\ntext = 'c'\n[toggle.t]\nstatus = 'proposed'\ndefault = false\n\
                [role.r]\non = ['org']\ntoggle = 't'\n[role.s]\non = ['org']\nincludes = ['r']\n\
                [implication.i]\nif = 'banned(person)'\nthen = 'person holds r on org'\nsource = ['C']\n\
                [rule.a]\nallow = ['enter']\nif = 'subject holds r on resource'\n";
    assert_eq!(check(pack, ""), "not-granted []");
    assert_eq!(check(&pack.replace("default = false", "default = true"), ""), "not-granted [C]");
}

#[test]
fn a_double_not_still_counts_as_inside_not() {
    let pack = "[claim.C]\ntext = 'c'\n[relation.known]\nends = ['person']\n\
                [implication.i]\nif = 'person == person'\nthen = 'known(person)'\nsource = ['C']\n\
                [rule.a]\nallow = ['enter']\nunless = 'not known(subject)'\n";
    assert_eq!(check(pack, ""), "allowed []");
}

#[test]
fn a_broken_invariant_reports_only_its_own_variables() {
    let pack = "[relation.known]\nends = ['person']\n\
                [implication.i]\nif = 'team.lead == person and banned(person)'\nthen = 'known(person)'\n\
                [invariant.never]\nnever = 'known(x) and x == x'\n[rule.a]\nallow = ['enter']\n";
    assert_eq!(check(pack, "[[fact]]\nis = 'banned(person:p)'"), "invariant `never` is broken; x is person:p");
}

#[test]
fn an_invariant_about_two_entities_is_checked_when_either_changes() {
    let pack = "[kind.desk]\nattributes.owned = { one-of = ['yes', 'no'] }\nattributes.seat = { type = 'text' }\n\
                [kind.shop]\nattributes.seat = { type = 'text' }\n\
                [event.open]\nif = 'true'\ncreates.shop = { seat = '\"s\"' }\n\
                [invariant.never]\nnever = 'desk.owned == \"yes\" and desk.seat == shop.seat'\n[rule.a]\nallow = ['enter']\n";
    let world = "[desk.d]\nowned = 'yes'\nseat = 's'\n[[event]]\nat = 2023-01-01\ndo = 'open'\nby = 'person:p'\nshop = 'shop:x'";
    assert_eq!(check(pack, world), "invariant `never` is broken on 2023-01-01; desk is desk:d, shop is shop:x");
}

#[test]
fn attributes_of_one_name_may_have_different_kinds() {
    // Only a team can be in both crews. The place in `unless` does not restrict the kinds of `x`, so a person counts too.
    let pack = "[kind.desk]\nattributes.crew = { to = ['person', 'team'], many = true }\n\
                [kind.shop]\nattributes.crew = { to = 'team', many = true }\n\
                [rule.a]\nallow = ['enter']\n[rule.d]\ndeny = ['enter']\nif = 'x in desk.crew'\nunless = 'x in shop:\"s\".crew'\n";
    assert_eq!(check(pack, "[shop.s]\ncrew = []\n[desk.d]\ncrew = ['person:p']"), "barred []");
    assert_eq!(check(pack, "[shop.s]\ncrew = []\n[desk.d]\ncrew = ['team:t']"), "barred []");
}

#[test]
fn a_variable_left_of_in_has_the_kinds_of_possible_members() {
    // Team `u` is in a club, but a team cannot be in a team, even if the crew is unknown.
    let world = "[desk.d]\n[club.c]\n[team.u]\nclubs = ['club:c']\nlead = 'person:p'";
    for member in ["x == x and x", "_"] {
        let pack = format!(
            "[kind.desk]\nattributes.crew = 'team'\n\
             [rule.a]\nallow = ['enter']\n[rule.d]\ndeny = ['enter']\nif = '{member} in desk.crew'\n"
        );
        assert_eq!(check(&pack, world), "allowed []");
    }
}

#[test]
fn a_created_entity_does_not_exist_yet_for_events_of_the_same_instant() {
    let pack = "[kind.desk]\nattributes.at = { to = 'site', optional = true }\n[rule.a]\nallow = ['enter']\n\
                [event.open]\ncreates.desk = {}\n[event.use]\nwith.it = 'desk'\n[event.look]\nif = 'desk == desk'\n\
                [event.shy]\ncreates.desk = {}\nif = 'not desk.at == site:s'\n";
    let event = |name: &str, with: &str| format!("[[event]]\nat = 2020-01-01\ndo = '{name}'\nby = 'person:p'\n{with}\n");
    let open = event("open", "desk = 'desk:d'");
    assert_eq!(check(pack, &open), "allowed []");
    assert!(check(pack, &(open.clone() + &event("use", "it = 'desk:d'"))).starts_with("`desk:d` does not exist yet on 2020-01-01"));
    assert_eq!(
        check(pack, &(open + &event("look", ""))).split(';').next(),
        Some("event `look` cannot happen on 2020-01-01: its condition is not true")
    );
    let shy = check(pack, &event("shy", "desk = 'desk:d'"));
    assert_eq!(shy.split(';').next(), Some("event `shy` cannot happen on 2020-01-01: its condition is unknown"));
}

#[test]
fn an_attribute_that_names_an_entity_that_ended_is_unknown() {
    let pack = "[kind.desk]\nattributes.crew = 'team'\n[event.close]\nwith.team = 'team'\nends = ['team']\n\
                [rule.a]\nallow = ['enter']\n[rule.d]\ndeny = ['enter']\nif = 'desk.crew in club:c'\n";
    let world = "[desk.d]\ncrew = 'team:t'\n[club.c]\n[world]\nnot-imported = ['team.clubs']\n";
    assert_eq!(check(pack, world), "unknown [] team:t in club:c");
    let closed = format!("{world}[[event]]\nat = 2020-01-01\ndo = 'close'\nby = 'person:p'\nteam = 'team:t'\n");
    // Nobody knows which team it names since then.
    assert_eq!(check(pack, &closed), "unknown [] desk:d.crew");
}

#[test]
fn an_entity_that_cannot_hold_a_role_holds_none_through_a_group() {
    let pack = "[kind.robot]\nattributes.teams = { member-of = 'team' }\n[kind.desk]\nattributes.by = ['person', 'robot']\n\
                [role.r]\non = ['org']\n[rule.a]\nallow = ['enter']\n[rule.d]\ndeny = ['enter']\nif = 'desk.by holds r on resource'\n";
    let world = "[robot.x]\nteams = ['team:t']\n[desk.d]\nby = 'robot:x'\n[[fact]]\nis = 'team:t holds r on org:o'\n";
    assert_eq!(check(pack, world), "allowed []");
    let world = world.replace("robot:x", "person:p") + "[[fact]]\nis = 'person:p in team:t'\n";
    assert_eq!(check(pack, &world), "barred []");
}

#[test]
fn a_branch_of_an_or_needs_no_value_for_a_variable_of_another_branch() {
    // There is no site, so only the first branch can be true. The wildcard must be bound in the second branch, although `x` is bound
    // around the whole condition.
    let pack = "[relation.near]\nends = ['person', 'site']\n\
                [rule.a]\nallow = ['enter']\nif = 'x in team:\"t\" or near(x, _)'\nunless = 'banned(x)'\n";
    assert_eq!(check(pack, "[[fact]]\nis = 'person:p in team:t'"), "allowed []");
}

#[test]
fn an_event_must_also_be_possible_after_the_others_of_its_instant() {
    let pack = "[rule.a]\nallow = ['enter']\n[event.a-needs]\nif = 'banned(subject)'\nremoves = ['banned(subject)']\n\
                [event.b-clears]\nremoves = ['banned(subject)']\n";
    let event = |name: &str| format!("[[event]]\nat = 2020-01-01\ndo = '{name}'\nby = 'person:p'\n");
    let world = "[[fact]]\nis = 'banned(person:p)'\n".to_owned();
    assert_eq!(check(pack, &(world.clone() + &event("a-needs"))), "allowed []");
    let both = check(pack, &(world + &event("a-needs") + &event("b-clears")));
    assert_eq!(both.split(';').next(), Some("event `a-needs` cannot happen on 2020-01-01: its condition is not true"));
}

#[test]
fn a_fact_that_ends_when_it_begins_never_held() {
    let pack = "[rule.a]\nallow = ['enter']\nif = 'was banned(subject)'\n[event.lift]\nremoves = ['banned(subject)']\n[event.look]\nif = 'not was banned(subject)'\n";
    let event = |at: &str, name: &str| format!("[[event]]\nat = {at}\ndo = '{name}'\nby = 'person:p'\n");
    let world = "[[fact]]\nis = 'banned(person:p)'\nsince = 2020-01-01\n".to_owned() + &event("2020-01-01", "lift");
    assert_eq!(check(pack, &(world + &event("2021-01-01", "look"))), "not-granted []");
}

/// A variable after or before `holds` is looked for by assignments only if nothing else can give the role.
#[test]
fn whoever_may_hold_a_role_is_found() {
    let roles = "[role.keeper]\non = ['org', 'site']\ngrants = []\n[role.head]\non = ['org']\nincludes = ['keeper']\n";
    let derived = "[implication.i]\nif = 'banned(person)'\nthen = 'person holds head on org'\n";
    let holder = "[rule.a]\nallow = ['enter']\nif = 'person holds keeper on resource'\n";
    let scope = "[rule.a]\nallow = ['enter']\nif = 'subject holds keeper on site'\n";
    let fact = |is: &str| format!("[[fact]]\nis = '{is}'\n");
    let member = fact("person:q in team:t") + &fact("person:p in team:t");
    let more = "[person.q]\nteams = []\n[site.s]\norg = 'org:o'\n";
    for (rule, world, expected) in [
        (holder, fact("person:q holds keeper on org:o"), "allowed"),
        (holder, fact("person:q holds head on org:o"), "allowed"),
        (holder, member.clone() + &fact("team:t holds keeper on org:o"), "allowed"),
        (holder, fact("banned(person:q)"), "allowed"),
        (holder, fact("team:t holds keeper on org:o"), "not-granted"),
        (holder, "[world]\nnot-imported = ['keeper']\n".to_owned(), "unknown"),
        (holder, "[world]\nnot-imported = ['person.teams']\n".to_owned() + &fact("team:t holds keeper on org:o"), "unknown"),
        (scope, fact("person:p holds keeper on org:o"), "allowed"),
        (scope, fact("person:p holds head on org:o"), "allowed"),
        (scope, member + &fact("team:t holds keeper on site:s"), "allowed"),
        (scope, fact("banned(person:p)"), "allowed"),
        (scope, fact("person:q holds keeper on site:s"), "not-granted"),
        (scope, "[world]\nnot-imported = ['head']\n".to_owned(), "unknown"),
    ] {
        let implication = if world.contains("banned") { derived } else { "" };
        let answer = check(&format!("{roles}{implication}{rule}"), &format!("{world}{more}"));
        assert_eq!(answer.split(' ').next(), Some(expected), "{rule}{world}");
    }
}

/// After some assignments over a scope, those of the asker and of the asker's groups are looked up instead of reading on.
#[test]
fn a_role_is_found_among_many_assignments() {
    let role = "[role.keeper]\non = ['org']\ngrants = ['enter']\n[role.other]\non = ['org']\ngrants = []\n";
    let rule = "[role.keeper]\non = ['org']\ngrants = []\n[role.other]\non = ['org']\ngrants = []\n\
                [rule.a]\nallow = ['enter']\nif = 'subject holds keeper on resource'\n";
    let fact = |is: &str| format!("[[fact]]\nis = '{is}'\n");
    let others = (0..200).map(|n| format!("[person.a{n:03}]\nteams = []\n") + &fact(&format!("person:a{n:03} holds keeper on org:o")));
    let others: String = others.collect();
    let team = "[team.zz]\nlead = 'person:p'\n";
    for pack in [role, rule] {
        for (further, expected) in [
            (String::new(), "not-granted"),
            (fact("person:p holds keeper on org:o"), "allowed"),
            (fact("person:p holds other on org:o"), "not-granted"),
            (team.to_owned() + &fact("team:zz holds keeper on org:o") + &fact("person:p in team:zz"), "allowed"),
            (team.to_owned() + &fact("team:zz holds other on org:o") + &fact("person:p in team:zz"), "not-granted"),
            (team.to_owned() + &fact("team:zz holds keeper on org:o") + "[world]\nnot-imported = ['person.teams']\n", "unknown"),
        ] {
            let answer = check(pack, &format!("{others}{further}"));
            assert_eq!(answer.split(' ').next(), Some(expected), "{further}");
        }
    }
}
