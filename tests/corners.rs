//! Corners of the language that a law once found to be read wrongly: each as small as it can be.

use delegraph::eval::{Decider, Scene};
use delegraph::explain::{cited, explain};
use delegraph::files::Source;
use delegraph::open;
use delegraph::syntax::Instant;
use delegraph::world::Request;

/// Kinds, and what most of these packs need beside.
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

fn source(name: &str, text: &str) -> Source {
    Source::of_bytes(name.to_owned(), text.as_bytes().to_vec())
}

/// Outcome, claims and missing data of `person:p enter org:o`; or the mistakes of the world.
fn check(pack: &str, world: &str) -> String {
    let opened = open::pack(vec![source("schema.toml", SCHEMA), source("pack.toml", pack)]);
    let engine = opened.engine.unwrap_or_else(|| panic!("{:?}", opened.diagnostics));
    let opened = open::world(&engine, vec![source("schema.toml", WORLD), source("world.toml", world)]).expect("a TOML world");
    let Some(world) = opened.world else {
        let told = opened.diagnostics.iter().map(|told| format!("{}; {}", told.headline, told.notes.join("; ")));
        return told.collect::<Vec<_>>().join("\n");
    };
    let at = Instant::parse("2024-01-01").expect("a date");
    let decider = Decider::new(&engine, &world, Scene::at(&engine.policy, at));
    let entity = |kind: &str, id: &str| (kind.to_owned(), id.to_owned());
    let request = Request { subject: entity("person", "p"), action: "enter".to_owned(), resource: entity("org", "o") };
    let asked = world.resolve(&engine.policy, &request, at).expect("a question of this world");
    let record = decider.record(&asked);
    assert_eq!(decider.decide(&asked), record.decision);
    let explained = explain(&decider, &asked, &record);
    let claims = cited(&decider, &asked, &record).into_iter().map(|claim| engine.policy.claims[claim].head.name.clone());
    format!("{} [{}] {}", explained.outcome, claims.collect::<Vec<_>>().join(" "), explained.unknown.join(", ")).trim().to_owned()
}

#[test]
fn what_was_not_imported_is_unknown_of_entities_that_the_policy_alone_names() {
    let pack = "[rule.a]\nallow = ['enter']\n[rule.d]\ndeny = ['enter']\nif = 'subject in team:barred'\n";
    assert_eq!(check(pack, ""), "allowed []");
    // Nobody looked, so nobody can say that the team does not exist.
    assert_eq!(check(pack, "[world]\nnot-imported = ['person.teams']"), "unknown [] person:p in team:barred");
    let pack = "[rule.a]\nallow = ['enter']\n[rule.d]\ndeny = ['enter']\nif = 'banned(person:x)'\n";
    assert_eq!(check(pack, "[world]\nnot-imported = ['banned']"), "unknown [] banned(person:x)");
}

#[test]
fn what_was_not_imported_is_false_where_it_could_not_be() {
    let world = "[world]\nnot-imported = ['banned', 'person.teams']";
    // `team.lead` may be a person; but who stands there is none, for a team.
    let pack = "[kind.robot]\nsubject = true\nattributes.lead = ['person', 'team']\n\
                [rule.a]\nallow = ['enter']\nif = 'robot.lead is team and not banned(robot.lead)'\n";
    assert_eq!(check(pack, &format!("[robot.r]\nlead = 'team:t'\n{world}")), "allowed []");
    // No team is in the club, so nobody can be by a team.
    let pack = "[rule.a]\nallow = ['enter']\nif = 'subject in club:c'\n";
    assert_eq!(check(pack, &format!("[club.c]\n{world}")), "not-granted []");
    assert_eq!(
        check(pack, &format!("[club.c]\n[team.u]\nclubs = ['club:c']\nlead = 'person:p'\n{world}")),
        "unknown [] person:p in club:c"
    );
    let open = "[club.c]\n[world]\nnot-imported = ['person.teams', 'team.clubs']";
    assert_eq!(check(pack, open), "unknown [] person:p in club:c");
}

#[test]
fn what_an_unknown_entity_lies_within_is_told_as_missing() {
    let pack = "[rule.a]\nallow = ['enter']\nif = 'site:\"nowhere\".org == resource'\n";
    assert_eq!(check(pack, ""), "unknown [] site:nowhere.org");
}

#[test]
fn what_gives_a_role_out_of_force_could_give_nothing() {
    let pack = "[claim.C]\ntext = 'c'\n[toggle.t]\nstatus = 'proposed'\ndefault = false\n\
                [role.r]\non = ['org']\ntoggle = 't'\n[role.s]\non = ['org']\nincludes = ['r']\n\
                [implication.i]\nif = 'banned(person)'\nthen = 'person holds r on org'\nsource = ['C']\n\
                [rule.a]\nallow = ['enter']\nif = 'subject holds r on resource'\n";
    assert_eq!(check(pack, ""), "not-granted []");
    assert_eq!(check(&pack.replace("default = false", "default = true"), ""), "not-granted [C]");
}

#[test]
fn what_stands_in_two_nots_stands_inside_not() {
    let pack = "[claim.C]\ntext = 'c'\n[relation.known]\nends = ['person']\n\
                [implication.i]\nif = 'person == person'\nthen = 'known(person)'\nsource = ['C']\n\
                [rule.a]\nallow = ['enter']\nunless = 'not known(subject)'\n";
    assert_eq!(check(pack, ""), "allowed []");
}

#[test]
fn an_invariant_is_broken_for_those_whom_it_names_itself() {
    let pack = "[relation.known]\nends = ['person']\n\
                [implication.i]\nif = 'team.lead == person and banned(person)'\nthen = 'known(person)'\n\
                [invariant.never]\nnever = 'known(x)'\n[rule.a]\nallow = ['enter']\n";
    assert_eq!(check(pack, "[[fact]]\nis = 'banned(person:p)'"), "invariant `never` is broken; x is person:p");
}
