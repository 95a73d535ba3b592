//! Keys: names that facts, values and events may use, and mistakes in them.

use super::{event_lines, facts, open, policy, print};

/// A pack whose clerks have two keys.
const OFFICE: &str = r#"
[kind.office]
attributes.head = { to = "clerk", optional = true }

[kind.clerk]
subject = true
attributes.office = "office"
attributes.peers  = { to = "clerk", many = true, optional = true }
attributes.mail   = { type = "text", key = true, optional = true }
attributes.badge  = { type = "text", key = true, optional = true }

[rule.barred]
deny = ["*"]
if   = 'subject == clerk:eve@main'

[action.greet]
on = ["clerk"]

[rule.greets]
allow = ["greet"]

[relation.helps]
ends = ["clerk", "clerk"]

[event.leave]
with = { clerk = "clerk" }
if   = 'true'
ends = ["clerk"]
"#;

const CLERKS: &str = r#"
[office.main]
head = "clerk:b-17"
[clerk.c1]
office = "office:main"
mail   = "ann@main"
badge  = "b-17"
peers  = ["clerk:bo@main", "clerk:c1"]
[clerk.c2]
office = "office:main"
mail   = "bo@main"
"#;

fn reported(texts: &[&str]) -> String {
    let policy = policy(&[("office.toml", OFFICE)]);
    let (world, _, diagnostics) = open(&policy, texts);
    print(&world, &diagnostics)
}

#[test]
fn facts_values_and_events_name_entities_by_keys() {
    let policy = policy(&[("office.toml", OFFICE)]);
    let more = r#"{"fact":"helps(clerk:ann@main, clerk:c2)"}
{"fact":"clerk:\"bo@main\".peers == clerk:b-17","until":"2020-01-01"}
{"event":"leave","at":"2024-01-01","by":"clerk:ann@main","clerk":"clerk:bo@main"}"#;
    for texts in [[CLERKS, more], [more, CLERKS]] {
        let (world, events, diagnostics) = open(&policy, &texts);
        assert_eq!(print(&world, &diagnostics), "");
        assert_eq!(event_lines(&policy, &world, &events), "2024-01-01 clerk:c1 leave clerk:c2");
        let facts = facts(&policy, &world);
        for fact in [
            "helps(clerk:c1, clerk:c2)",
            "clerk:\"c2\".peers == clerk:c1 [always, 2020-01-01)",
            "office:\"main\".head == clerk:c1",
            "clerk:\"c1\".peers == clerk:c2",
            "clerk:\"c1\".mail == \"ann@main\"",
        ] {
            assert!(facts.contains(fact), "{fact} is not in\n{facts}");
        }
    }
}

/// An id wins over a key, and keys are compared as they are written.
#[test]
fn an_id_wins_over_a_key() {
    let policy = policy(&[("office.toml", OFFICE)]);
    let other = "[clerk.\"ann@main\"]\noffice = \"office:main\"\n[[fact]]\nis = 'helps(clerk:ann@main, clerk:bo@main)'\n";
    let (world, _, diagnostics) = open(&policy, &[CLERKS, other]);
    assert!(facts(&policy, &world).contains("helps(clerk:ann@main, clerk:c2)"));
    insta::assert_snapshot!(print(&world, &diagnostics));
    // What the pack names is an id, of nobody here.
    insta::assert_snapshot!(reported(&[CLERKS, "[clerk.c3]\noffice = \"office:main\"\nmail = \"eve@main\"\n"]));
    insta::assert_snapshot!(reported(&[CLERKS, "{\"fact\":\"helps(clerk:Ann@main, clerk:ann@mian)\"}"]));
}

#[test]
fn a_key_names_one_entity() {
    // Of whatever key attributes of the kind, in whatever files, whether it has ended or not.
    let again = "[clerk.c3]\noffice = \"office:main\"\nbadge = \"ann@main\"\n";
    insta::assert_snapshot!(reported(&[CLERKS, again]));
    assert_eq!(reported(&[CLERKS, again]).replace("c3", "c1"), reported(&[again, CLERKS]).replace("c3", "c1"));
    let ended = "[[event]]\nat = 2020-01-01\ndo = \"leave\"\nby = \"clerk:c2\"\nclerk = \"clerk:c1\"\n";
    assert!(reported(&[CLERKS, again, ended]).starts_with("duplicate-key"));
    // The same entity may give it twice.
    assert_eq!(reported(&[CLERKS, "[clerk.c1]\nmail = \"ann@main\"\nbadge = \"b-17\"\n"]), "");
    assert_eq!(reported(&[CLERKS, "[clerk.c3]\noffice = \"office:main\"\nbadge = \"x\"\nmail = \"x\"\n"]), "");
}

#[test]
fn keys_are_given_where_their_entity_is_declared() {
    insta::assert_snapshot!(reported(&[CLERKS, "{\"fact\":\"clerk:\\\"c2\\\".badge == \\\"b-18\\\"\"}"]));
    insta::assert_snapshot!(reported(&[CLERKS, "[clerk.c3]\noffice = \"office:main\"\nbadge = \"\"\n"]));
    insta::assert_snapshot!(reported(&[CLERKS, "[clerk.c3]\noffice = \"office:main\"\nbadge = 5\n"]));
    insta::assert_snapshot!(reported(&[CLERKS, "[clerk.c2]\nmail = \"bob@main\"\n"]));
}

/// A world in which nearly everything is wrong is reported in few lines.
#[test]
fn the_first_mistakes_of_a_sort_are_reported() {
    let line =
        |number: usize, badge: &str| format!("{{\"entity\":\"clerk:d{number}\",\"office\":\"office:main\",\"badge\":\"{badge}\"}}\n");
    let of = |badge: &dyn Fn(usize) -> String| reported(&[CLERKS, &(0..50).map(|number| line(number, &badge(number))).collect::<String>()]);
    let empty = of(&|_| String::new());
    assert_eq!((empty.matches("bad-entity").count(), empty.matches("note: 30 further keys are empty").count()), (20, 1));
    let one = of(&|_| "same".to_owned());
    assert_eq!((one.matches("duplicate-key").count(), one.matches("note: 29 further keys are given twice").count()), (20, 1));
    let ids = of(&|number| format!("d{}", (number + 1) % 50));
    assert_eq!((ids.matches("key-is-id").count(), ids.matches("note: 30 further keys are ids").count()), (20, 1));
}
