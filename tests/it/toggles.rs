//! An answer tells of a toggle where the toggle bears on it, and nowhere else.

use crate::gdap::{ask, three};
use crate::support::{self, Ask, SHIPPED, pack_of, world_of};
use delegraph::wording::ExplanationText;

/// The toggles of an answer, those that are on with a `+`.
fn toggles(answer: &ExplanationText) -> Vec<String> {
    answer.toggles.iter().map(|toggle| format!("{}{}", if toggle.on { "+" } else { "" }, toggle.name)).collect()
}

const PACK: &str = r#"
[kind.user]
subject = true
[kind.door]
actions = ["open"]
[relation.key]
ends = ["user", "door"]
[relation.badge]
ends = ["user", "door"]
[relation.curfew]
ends = ["user"]
[relation.passes]
ends = ["user", "door"]
[relation.trusted]
ends = ["user"]
[toggle.badges-open]
status  = "interpretation"
default = false
[toggle.curfews-bar]
status  = "proposed"
default = false
[toggle.badges-log]
status  = "proposed"
default = false
[toggle.no-trust]
status  = "interpretation"
default = false
[rule.keys-open]
allow = ["door.open"]
if    = 'key(subject, resource)'
[rule.who-passes-opens]
allow = ["door.open"]
if    = 'passes(subject, resource)'
[implication.badges-pass]
toggle = "badges-open"
if     = 'badge(user, door)'
then   = 'passes(user, door)'
[rule.curfew]
toggle = "curfews-bar"
deny   = ["door.open"]
if     = 'curfew(subject)'
unless = 'trusted(subject)'
[implication.key-holders-are-trusted]
if     = 'key(user, _)'
unless = 'toggle no-trust'
then   = 'trusted(user)'
[obligation.log]
toggle = "badges-log"
for    = ["door.open"]
if     = 'badge(subject, resource)'
text   = "write it into the log"
"#;

fn answer(facts: &[&str], with: &[&str]) -> ExplanationText {
    let compiled = pack_of(PACK);
    let world = world_of(&compiled, &format!("[user.u]\n[user.v]\n[door.d]\n{}", support::facts(facts)));
    Ask { with, ..Ask::of("2024-02-01", "user:u", "door.open", "door:d") }.explained(&compiled, &world)
}

#[test]
fn a_toggle_is_told_where_it_bears_on_the_answer() {
    let (key, badge, curfew) = ("key(user:u, door:d)", "badge(user:u, door:d)", "curfew(user:u)");
    let cases: &[(&[&str], &[&str], &[&str])] = &[
        // Nothing that a toggle guards would be true with it on.
        (&[], &[], &[]),
        (&[key], &[], &[]),
        (&["badge(user:v, door:d)", "curfew(user:v)"], &[], &[]),
        // Another outcome; another way beside one that holds; another obligation.
        (&[badge], &[], &["badges-log", "badges-open"]),
        (&[key, badge], &[], &["badges-log", "badges-open"]),
        (&[badge], &["badges-open"], &["badges-log", "+badges-open"]),
        // A deny, also where nothing would allow it anyway.
        (&[curfew], &[], &["curfews-bar"]),
        // Off it bars nothing, and it would not if it were on either; that another toggle turns that matters once it is on.
        (&[key, curfew], &[], &[]),
        (&[key, curfew], &["curfews-bar"], &["no-trust"]),
        (&[key, curfew], &["curfews-bar", "no-trust"], &["+curfews-bar", "+no-trust"]),
    ];
    for (facts, with, expected) in cases {
        assert_eq!(toggles(&answer(facts, with)), *expected, "{facts:?} with {with:?}");
    }
}

/// The two readings of the shipped pack that the directory rests on: each is told where it makes a difference.
#[test]
fn readings_are_told_where_they_differ() {
    let world = three("[[fact]]\nis = 'reseller(partner:p, customer:c3)'\n");
    for (question, expected) in [
        ("user:u1 directory.manage customer:c1 at 2023-06-01", &[][..]),
        ("user:u2 directory.manage customer:c2 at 2023-06-01", &["dap-overrides-gdap"]),
        ("user:u2 directory.read customer:c2 at 2023-06-01", &["dap-overrides-gdap"]),
        ("user:u1 directory.manage customer:c3 at 2023-06-01", &["approval-grants-dap"]),
        ("user:u3 directory.manage customer:c2 at 2023-06-01", &[]),
    ] {
        assert_eq!(toggles(&ask(question, &mut Vec::new()).explained(&SHIPPED, &world)), expected, "{question}");
    }
}
