//! `was`: what held before and holds no more, by what the world states and leaves open.

use crate::support::{Ask, mistakes, outcome, pack_of, world_mistakes, world_of};
use delegraph::report::text;
use delegraph::wording::ExplanationText;

const PACK: &str = r#"
[kind.org]
attributes.size = { type = "number", optional = true }
[kind.site]
within = "org"
[kind.person]
subject = true
attributes.age = { type = "number", optional = true }
attributes.teams = { member-of = "team" }
[kind.team]
[relation.banned]
ends = ["person", "org"]
[relation.hires]
ends = ["org", "person"]
[role.keeper]
on = ["org", "site"]
[role.head]
on = "org"
includes = ["keeper"]
[action.enter]
on = ["org", "site"]
[implication.hired]
if = 'hires(org, person)'
then = 'person holds keeper on org'
[event.dismiss]
with = { who = "person" }
if = 'true'
removes = ['who holds keeper on _']
[event.remember]
with = { who = "person" }
if = 'was who holds keeper on _'
adds = ['banned(who, org) where org == org:o']
[event.leave]
with = { who = "person" }
if = 'true'
ends = ["who"]
[event.rehire]
if = 'true'
adds = ['hires(org, person) where was banned(person, org)']
"#;

const WORLD: &str = r#"
[org.o]
[org.n]
[site.s]
org = "org:o"
[person.p]
teams = ["team:t"]
[person.q]
[person.r]
age = 40
teams = ["team:t"]
[team.t]
"#;

fn pack(condition: &str) -> String {
    format!("{PACK}[rule.a]\nallow = ['enter']\nif = '{condition}'\n")
}

/// Outcome and missing data of `person:p enter RESOURCE` under a rule of this condition, with these lines in the world.
fn check(condition: &str, lines: &str, resource: &str) -> String {
    outcome(&pack(condition), &format!("{WORLD}{lines}"), &format!("person:p enter {resource}"))
}

fn fact(fact: &str, during: &str) -> String {
    format!("[[fact]]\nis = '{fact}'\n{during}\n")
}

fn unknown(pattern: &str, during: &str) -> String {
    format!("[[unknown]]\nis = '{pattern}'\n{during}\n")
}

fn event(name: &str, at: &str) -> String {
    format!("[[event]]\nat = {at}\ndo = '{name}'\nby = 'person:q'\nwho = 'person:p'\n")
}

const ENDED: &str = "since = 2020-01-01\nuntil = 2024-01-01";

#[test]
fn a_role_was_held_if_its_assignment_ended() {
    let own = "was subject holds keeper on resource";
    let keeper = "person:p holds keeper on org:o";
    for (lines, resource, expected) in [
        (fact(keeper, ENDED), "org:o", "allowed"),
        (fact(keeper, ""), "org:o", "not-granted"),
        (fact(keeper, "since = 2024-03-01"), "org:o", "not-granted"),
        (fact(keeper, ENDED) + &fact(keeper, "since = 2024-01-15"), "org:o", "not-granted"),
        (fact(keeper, ENDED) + &fact(keeper, "since = 2024-03-01"), "org:o", "allowed"),
        // Facts as they are written: no group, no scope above, no role that includes it, nothing derived.
        (fact("team:t holds keeper on org:o", ENDED), "org:o", "not-granted"),
        (fact(keeper, ENDED), "site:s", "not-granted"),
        (fact("person:p holds head on org:o", ENDED), "org:o", "not-granted"),
        (fact("hires(org:o, person:p)", ENDED), "org:o", "not-granted"),
        (fact("person:q holds keeper on org:o", ENDED), "org:o", "not-granted"),
        // So a role that is held now in another way does not matter.
        (fact(keeper, ENDED) + &fact("team:t holds keeper on org:o", ""), "org:o", "allowed"),
        (fact(keeper, ENDED) + &fact("person:p holds head on org:o", ""), "org:o", "allowed"),
        (fact(keeper, ENDED) + &fact("hires(org:o, person:p)", ""), "org:o", "allowed"),
        (fact("person:p holds keeper on site:s", ENDED) + &fact(keeper, ""), "site:s", "allowed"),
        (fact(keeper, "") + &event("dismiss", "2024-01-10"), "org:o", "allowed"),
    ] {
        assert_eq!(check(own, &lines, resource), expected, "{resource}: {lines}");
    }
}

#[test]
fn a_pattern_makes_the_past_of_a_role_unknown() {
    let own = "was subject holds keeper on resource";
    let keeper = "person:p holds keeper on org:o";
    let open = format!("unknown {keeper}");
    let not = fact(&format!("not {keeper}"), "");
    for (lines, expected) in [
        (unknown(keeper, ENDED), open.as_str()),
        (unknown("_ holds role on org:o", ""), &open),
        (unknown(keeper, "since = 2024-01-15"), &open),
        (unknown(keeper, "since = 2024-03-01"), "not-granted"),
        (fact(keeper, ENDED) + &unknown(keeper, "since = 2024-01-15"), &open),
        (fact(keeper, ENDED) + &unknown(keeper, "") + &fact(&format!("not {keeper}"), "since = 2024-01-01"), "allowed"),
        (unknown(keeper, "") + &not, "not-granted"),
        (unknown(keeper, "") + &fact(keeper, "since = 2024-01-15"), "not-granted"),
        (unknown("person:q holds keeper on org:o", ""), "not-granted"),
        (unknown("team:t holds keeper on org:o", ""), "not-granted"),
        (unknown("person:p holds head on org:o", ""), "not-granted"),
    ] {
        assert_eq!(check(own, &lines, "org:o"), expected, "{lines}");
    }
    // Also for whoever the world does not name.
    let some = "was _ holds keeper on resource";
    let all = "unknown person:p holds keeper on org:o, person:q holds keeper on org:o, person:r holds keeper on org:o, \
               team:t holds keeper on org:o";
    assert_eq!(check(some, &unknown("_ holds keeper on org:o", ENDED), "org:o"), all);
    let named: String = ["p", "q", "r"].map(|who| fact(&format!("not person:{who} holds keeper on org:o"), "")).concat();
    let lines = unknown("person holds keeper on org:o", ENDED) + &named;
    assert_eq!(check(some, &lines, "org:o"), "unknown _ holds keeper on org:o");
}

#[test]
fn variables_in_the_past_of_a_role_are_found() {
    let keeper = fact("person:p holds keeper on org:o", ENDED);
    for (condition, expected) in [
        ("was _ holds keeper on resource", "allowed"),
        ("was _ holds head on resource", "not-granted"),
        ("was subject holds keeper on _", "allowed"),
        ("was subject holds role on resource", "allowed"),
        ("was subject holds role on resource and role in [role:head]", "not-granted"),
        ("was person holds keeper on resource and person != subject", "not-granted"),
        ("was person holds keeper on org and org == resource and person in team", "allowed"),
        ("not was subject holds keeper on resource", "not-granted"),
        ("not was subject holds head on _", "allowed"),
    ] {
        assert_eq!(check(condition, &keeper, "org:o"), expected, "{condition}");
    }
    // Of a role that the pack does not name only `_` asks, and nobody knows what it is.
    let other = fact("person:p holds role:other on org:o", ENDED);
    assert_eq!(check("was subject holds _ on resource", &other, "org:o"), "unknown person:p holds role:other on org:o");
    assert_eq!(check("was subject holds keeper on resource", &other, "org:o"), "not-granted");
    let many: String = (0..40).map(|n| format!("[person.x{n}]\n") + &fact(&format!("person:x{n} holds head on org:o"), ENDED)).collect();
    assert_eq!(check("was person holds keeper on resource and person in team", &(keeper + &many), "org:o"), "allowed");
}

/// An event may ask of the past too, though facts that ended are out of its way.
#[test]
fn an_event_asks_of_the_past_of_a_role() {
    let keeper = fact("person:p holds keeper on org:n", "since = 2019-01-01") + &fact("person:p holds keeper on org:o", "");
    let banned = "banned(subject, resource)";
    let remember = event("remember", "2024-01-20");
    assert_eq!(check(banned, &(keeper.clone() + &event("dismiss", "2024-01-10") + &remember), "org:o"), "allowed");
    let compiled = pack_of(&pack(banned));
    let refused = world_mistakes(&compiled, &format!("{WORLD}{keeper}{remember}"));
    assert_eq!(refused, "event-refused: event `remember` cannot happen on 2024-01-20: its condition is not true");
}

#[test]
fn wrong_forms_of_the_past_are_mistakes() {
    let rule = |condition: &str| mistakes(&format!("{PACK}[rule.a]\nallow = ['enter']\nif = '{condition}'\n"));
    assert_eq!(
        rule("was subject holds nothing on resource"),
        "unknown-role: no role is named `nothing`; a role over `org` or `site` is `head` or `keeper`"
    );
    // A role over an organisation has no fact about a site.
    assert_eq!(rule("was subject holds head on site:s"), "wrong-kind: what `head` is held over is `org`, never `site`");
    // It derives nothing, so this is no circle.
    let again = "[implication.again]\nif = 'was person holds keeper on org'\nthen = 'person holds keeper on org'\n";
    assert_eq!(mistakes(&format!("{PACK}{again}[rule.a]\nallow = ['enter']\nif = 'subject holds keeper on resource'\n")), "");
    let then = "[implication.again]\nif = 'hires(org, person)'\nthen = 'was person holds keeper on org'\n";
    assert!(mistakes(&format!("{PACK}{then}")).contains("bad-conclusion: "));
    let adds = "[event.e]\nif = 'true'\nadds = ['was subject holds keeper on org:o']\n";
    assert!(mistakes(&format!("{PACK}{adds}")).contains("this is not a fact"));
    let compiled = pack_of(&pack("true"));
    let told = world_mistakes(&compiled, &format!("{WORLD}{}", fact("was person:p holds keeper on org:o", "")));
    assert_eq!(told, "bad-fact: this tells no fact; to say that it held before, leave out `was` and give `until`");
}

fn explained(condition: &str, lines: &str) -> ExplanationText {
    let compiled = pack_of(&pack(condition));
    let world = world_of(&compiled, &format!("{WORLD}{lines}"));
    Ask::of("2024-02-01", "person:p", "enter", "org:o").explained(&compiled, &world)
}

#[test]
fn the_sentences_about_the_past_of_a_role_are_true() {
    let own = "was subject holds keeper on resource";
    let keeper = "person:p holds keeper on org:o";
    let says = |lines: &str, sentence: &str| {
        let whole = text::render(&explained(own, lines), &text::Style { color: false, width: 400, full: false });
        assert!(whole.contains(sentence), "{whole}");
    };
    says(&fact(keeper, ENDED), "person:p is assigned keeper on org:o, from 2020-01-01 until 2024-01-01, and no longer");
    says("", "it is not true that this held before and ended: person:p is assigned keeper on org:o");
    says(&fact(keeper, ""), "it is not true that this held before and ended: person:p is assigned keeper on org:o");
    says(&unknown(keeper, ""), "it is unknown whether this held before and ended: person:p is assigned keeper on org:o");
}

/// `person:r` leaves on that day, by an event.
fn leaves(at: &str) -> String {
    event("leave", at).replace("who = 'person:p'", "who = 'person:r'")
}

/// A variable in `was`, and `_`, may be something that has ended since.
#[test]
fn what_has_ended_counts_in_the_past() {
    let gone = fact("person:r holds keeper on org:o", "") + &fact("banned(person:r, org:o)", "") + &leaves("2024-01-10");
    for (condition, expected) in [
        ("was _ holds keeper on resource", "allowed"),
        ("was _ holds head on resource", "not-granted"),
        ("was person holds keeper on resource and person != subject", "allowed"),
        ("was someone holds keeper on org and org == resource and someone != subject", "allowed"),
        ("was banned(_, resource)", "allowed"),
        ("was banned(person, resource) and was person holds keeper on resource", "allowed"),
        ("not was banned(_, resource)", "not-granted"),
        ("subject in team and not (was banned(_, resource))", "not-granted"),
        ("was banned(_, resource) or person in team and banned(person, resource)", "allowed"),
        // What has ended has no facts now, and its attributes are unknown.
        ("person holds keeper on resource", "not-granted"),
        ("banned(_, resource)", "not-granted"),
        ("was banned(person, resource) and person in team", "not-granted"),
        ("was banned(person, resource) and person.age > 30", "unknown person:r.age"),
        // A variable that `was` does not bind lives.
        ("person.age > 30 and not was banned(person, resource)", "not-granted"),
        ("person in team and not was banned(person, resource)", "allowed"),
        // Nothing is derived or stated of what has ended.
        ("hires(resource, _)", "not-granted"),
    ] {
        assert_eq!(check(condition, &gone, "org:o"), expected, "{condition}");
        let again = format!("{gone}[[event]]\nat = 2024-01-15\ndo = 'rehire'\nby = 'person:q'\n");
        assert_eq!(check(condition, &again, "org:o"), expected, "{condition} after an event");
    }
    let derived = "[implication.again]\nif = 'was banned(person, org)'\nthen = 'hires(org, person)'\n";
    let asked = |condition| outcome(&(pack(condition) + derived), &format!("{WORLD}{gone}"), "person:p enter org:o");
    assert_eq!(asked("hires(resource, _)"), "not-granted");
    assert_eq!(asked("was person holds keeper on resource and hires(resource, person)"), "not-granted");
    // Before it ended it is a value like any other, and what never was is none.
    let ended = fact("person:r holds keeper on org:o", ENDED);
    assert_eq!(check("was _ holds keeper on resource", &(ended.clone() + &leaves("2024-03-01")), "org:o"), "allowed");
    let never = fact("person:r holds keeper on org:o", "since = 2024-01-10") + &leaves("2024-01-10");
    assert_eq!(check("was _ holds keeper on resource", &never, "org:o"), "not-granted");
    // A pattern may have left it open while it lived.
    let open = unknown("banned(person:r, org:o)", "until = 2024-01-05") + &leaves("2024-01-10");
    assert_eq!(check("was banned(_, resource)", &open, "org:o"), "unknown banned(person:r, org:o)");
    assert_eq!(check("was banned(_, resource)", &(open + &fact("not banned(person:r, org:o)", "")), "org:o"), "not-granted");
}

/// An invariant is checked when what it names ends.
#[test]
fn an_invariant_asks_of_what_has_ended() {
    let never = "[invariant.i]\nnever = 'was person holds keeper on org and org.size == 3'\n";
    let compiled = pack_of(&(pack("true") + never));
    let world = WORLD.replace("[org.o]\n", "[org.o]\nsize = 3\n") + &fact("person:r holds keeper on org:o", "");
    assert_eq!(world_mistakes(&compiled, &world), "");
    let broken = world_mistakes(&compiled, &(world + &leaves("2024-01-10")));
    assert!(broken.starts_with("invariant-broken: "), "{broken}");
}
