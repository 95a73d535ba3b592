//! Small packs on which answers fell short, each of one kind of fault: what must be said of them.

use crate::support::{Ask, compiled, world};
use delegraph::eval::Decider;
use delegraph::report;
use delegraph::wording::{ExplanationText, ReasonText, Words};
use std::process::Command;

/// The explanation of a question at that date, by `FOLDER/policy{of}.toml` and `FOLDER/world{of}.toml`.
fn explained(folder: &str, of: &str, at: &str, action: &str) -> ExplanationText {
    let compiled = compiled(&format!("fixtures/field/{folder}/policy{of}.toml"));
    let world = world(&compiled, &format!("fixtures/field/{folder}/world{of}.toml"));
    ask(folder, at, action).explained(&compiled, &world)
}

/// The short answer to it.
fn page(folder: &str, of: &str, at: &str, action: &str) -> String {
    let compiled = compiled(&format!("fixtures/field/{folder}/policy{of}.toml"));
    let world = world(&compiled, &format!("fixtures/field/{folder}/world{of}.toml"));
    ask(folder, at, action).page(&compiled, &world, 0)
}

fn ask<'a>(folder: &str, at: &'a str, action: &'a str) -> Ask<'a> {
    match folder {
        "unequal" => Ask::of(at, "user:u", action, "doc:d"),
        "role-out-of-force" => Ask::of(at, "user:a", action, "doc:d"),
        _ => Ask::of(at, "user:u", action, "door:d"),
    }
}

/// All sentences of a proof.
fn sentences(reasons: &[ReasonText]) -> Vec<String> {
    reasons.iter().flat_map(|reason| [vec![reason.says.clone()], sentences(&reason.because)].concat()).collect()
}

const AT: &str = "2024-01-01";

#[test]
fn an_inequality_that_holds_is_said_to_hold() {
    let of = |action: &str| {
        let answer = explained("unequal", "", AT, action);
        (answer.decision, [sentences(&answer.reasons), sentences(&answer.denies)].concat().join("\n"))
    };
    let (allowed, proof) = of("doc.a");
    assert!(allowed && proof.contains("user:u has no desk, so `subject.desk != resource.desk` holds"), "{proof}");
    let (allowed, proof) = of("doc.b");
    assert!(allowed && proof.contains("user:u has no desk, so `subject.desk == resource.desk` does not hold"), "{proof}");
    let (allowed, proof) = of("doc.c");
    assert!(!allowed && proof.contains("doc:d has no owner, so `resource.owner != subject` holds"), "{proof}");
    let (allowed, proof) = of("doc.d");
    assert!(allowed && proof.contains("doc:d has no desk, so `resource.desk != \"x\"` holds"), "{proof}");
}

#[test]
fn ways_that_hold_with_different_bindings_are_alternatives() {
    for action in ["door.pass", "door.open"] {
        let answer = explained("two-bindings", "", AT, action);
        let mut found = &answer.reasons[0];
        while found.says != "any one of these is enough" {
            found = found.because.first().unwrap_or_else(|| panic!("{action}: no alternatives in {:?}", sentences(&answer.reasons)));
        }
        let each: Vec<Vec<String>> = found.because.iter().map(|way| sentences(&way.because)).collect();
        let of = |key: &str| vec![format!("has(user:u, key:{key})"), format!("fits(key:{key}, door:d)")];
        assert_eq!(each, [of("k1"), of("k2")], "{action}");
        assert_eq!(found.because[0].says, "with key:k1");
        let page = page("two-bindings", "", AT, action);
        assert!(page.contains("✓ has(u, k1)") && page.contains("✓ or: has(u, k2) and fits(k2, d)"), "{page}");
        let json = report::json::answer::document(&answer, None);
        assert!(json.contains("any one of these is enough"), "{json}");
    }
}

#[test]
fn a_rule_that_begins_later_is_named_with_what_it_lacks() {
    let early = page("date", "", "2025-03-01", "door.pass");
    assert!(early.contains("✗ rule pass begins on 2025-04-01"), "{early}");
    assert!(early.contains("✗ it is not true that key(u, d) (begins on 2025-05-01)"), "{early}");
    assert!(early.contains("Nothing that is in force grants this action."), "{early}");
    assert!(explained("date", "", "2025-03-01", "door.pass").verdict.ends_with("because nothing that is in force grants it"));
    let between = page("date", "", "2025-04-10", "door.pass");
    assert!(between.contains("(begins on 2025-05-01)") && !between.contains("rule pass begins"), "{between}");
    assert!(explained("date", "", "2025-05-01", "door.pass").decision);
    let program = Command::new(env!("CARGO_BIN_EXE_delegraph"))
        .args(["explain", "user:u", "door.pass", "door:d", "--at", "2025-03-01"])
        .args(["--policies", "fixtures/field/date/policy.toml", "--world", "fixtures/field/date/world.toml"])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&program.stdout).contains("From 2025-05-01, it is allowed"));
}

#[test]
fn what_must_not_hold_is_one_thing_in_the_way_whatever_it_rests_on() {
    let answer = explained("nearest", "-derived", AT, "door.pass");
    assert_eq!(answer.reasons[0].name.as_deref(), Some("near"));
    let page = page("nearest", "-derived", AT, "door.pass");
    assert!(page.contains("✗ u is blocked, since u is in g and g is on the list"), "{page}");
    assert!(page.contains("✓ u is staff"), "{page}");
}

#[test]
fn an_assignment_to_a_group_that_the_asker_is_not_in_is_shown() {
    let answer = explained("nearest", "", AT, "door.pass");
    let proof = sentences(&answer.reasons).join("\n");
    assert!(proof.contains("group:keepers is assigned keeper on door:d, but user:u is not in group:keepers"), "{proof}");
    let page = page("nearest", "", AT, "door.pass");
    assert!(page.contains("keepers is assigned keeper on d, but u is not in keepers"), "{page}");
}

/// A role held over one of two doors of a hall.
const DOORS: (&str, &str) = (
    r#"
[kind.user]
subject = true
attributes.groups = { member-of = "group" }
[kind.group]
[kind.hall]
[kind.door]
within = "hall"
[action."door.pass"]
on = ["door"]
[role.keeper]
on = ["hall", "door"]
grants = ["door.pass"]
"#,
    r#"
[user.u]
[hall.h]
[hall.i]
[door.a]
hall = "hall:h"
[door.b]
hall = "hall:h"
[door.c]
hall = "hall:i"
[[fact]]
is = 'user:u holds keeper on door:c'
[[fact]]
is = 'user:u holds keeper on door:b'
"#,
);

#[test]
fn a_role_on_a_neighbouring_scope_is_shown() {
    let compiled = crate::support::pack_of(DOORS.0);
    let world = crate::support::world_of(&compiled, DOORS.1);
    let of = |resource: &str| sentences(&Ask::of(AT, "user:u", "door.pass", resource).explained(&compiled, &world).reasons).join("\n");
    let proof = of("door:a");
    assert!(proof.contains("user:u holds keeper on door:b and 1 other scope, but not on door:a"), "{proof}");
    assert!(!of("door:b").contains("but not on"), "it is held there");
}

#[test]
fn a_role_that_ended_is_said_to_have_ended() {
    let page = page("role-out-of-force", "", "2020-01-05", "read");
    assert!(page.contains("a does not hold reader on d: the role ended on 2020-01-03"), "{page}");
}

/// What the program prints of a question about the invariant.
fn assumed(verb: &str, fact: &str) -> String {
    let question = format!("can user:u door.pass door:d assuming {fact}");
    let program = Command::new(env!("CARGO_BIN_EXE_delegraph"))
        .args([verb, &question, "--at", AT])
        .args(["--policies", "fixtures/field/invariant/policy.toml", "--world", "fixtures/field/invariant/world.toml"])
        .output()
        .unwrap();
    String::from_utf8_lossy(&program.stdout).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn assuming_what_an_invariant_refuses_says_so() {
    let refused = "invariant no-key-for-the-banned of the pack refuses a world in which that is true";
    for verb in ["explain", "decide"] {
        let said = assumed(verb, "key(user:u, door:d)");
        assert!(said.contains(refused), "{said}");
        assert!(!assumed(verb, "key(user:u, door:d) assuming not ban(user:u, door:d)").contains("refuses"));
    }
}

/// A partner's user asks, and another partner has a hand in it: the way of the own firm comes first, though more of the other one is there.
const FIRMS: (&str, &str) = (
    r#"
[kind.partner]
[kind.customer]
[kind.user]
subject = true
exactly-one = ["partner", "customer"]
attributes.partner = "partner"
attributes.customer = "customer"
[kind.safe]
within = "customer"
[relation.serves]
ends = ["partner", "customer"]
[relation.trusts]
ends = ["customer", "partner"]
[relation.lends]
ends = ["partner", "user"]
[action."safe.open"]
on = ["safe"]
[rule.by-another]
allow = ["safe.open"]
if = 'serves(partner, resource.customer) and lends(partner, subject)'
[rule.by-own]
allow = ["safe.open"]
if = 'trusts(resource.customer, subject.partner)'
"#,
    r#"
[partner.own]
[partner.other]
[customer.c]
[user.u]
partner = "partner:own"
[safe.s]
customer = "customer:c"
[[fact]]
is = 'serves(partner:other, customer:c)'
"#,
);

#[test]
fn ways_within_the_own_firm_come_first() {
    let compiled = crate::support::pack_of(FIRMS.0);
    let world = crate::support::world_of(&compiled, FIRMS.1);
    let answer = Ask::of(AT, "user:u", "safe.open", "safe:s").explained(&compiled, &world);
    let names: Vec<_> = answer.reasons.iter().map(|way| way.name.clone().unwrap()).collect();
    assert_eq!(names, ["by-own", "by-another"]);
}

#[test]
fn an_answer_after_the_exports_says_of_which_day_they_are() {
    let compiled = compiled("fixtures/field/date/policy.toml");
    let text = "[world]\nsources = [{ file = \"a.json\", sha256 = \"0\", captured = 2025-06-01 }]\n[user.u]\n[door.d]\n";
    let world = crate::support::world_of(&compiled, text);
    let page = |at| Ask::of(at, "user:u", "door.pass", "door:d").page(&compiled, &world, 0);
    assert!(page("2025-07-01").contains("the exports date from 2025-06-01"), "{}", page("2025-07-01"));
    assert!(!page("2025-06-01").contains("the exports date from"));
    assert!(!page("2025-06-01T12:00:00Z").contains("the exports date from"), "the day of the export is no later day");
    let decider = Decider::new(&compiled, &world, Ask::of("2025-07-01", "", "", "").context(&compiled));
    let asked = Words::of(&decider).list_question(&decider.context, Vec::new()).asked();
    assert_eq!(asked, "as of 2025-07-01; the exports date from 2025-06-01");
}
