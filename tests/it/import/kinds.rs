//! Rows whose word for a kind the mapping does not know.

use super::lists::rows;
use super::{Import, Outcome};
use crate::support::{Ask, SHIPPED};

/// A team is a group, and the table of kinds does not say so.
const TEAMS: &str = r#"
[source.groups]
looks-like = ["/groupName"]
  [[source.groups.entity]]
  is = "group:{/id}"

[source.people]
looks-like = ["/upn"]
  [[source.people.entity]]
  is       = "user:{/id}"
  customer = "customer:c"
  [[source.people.fact]]
  is = "user:{/id} in group:{/team}"

[source.grants]
looks-like = ["/type", "/who"]
kind       = { "/type" = { User = "user", Application = "app" } }
  [[source.grants.entity]]
  is       = "subscription:{/subscription}"
  customer = "customer:c"
  [[source.grants.entity]]
  is = "{kind}:{/who}"
  [[source.grants.fact]]
  is = "{kind}:{/who} holds owner on subscription:{/subscription}"

[source.members]
looks-like = ["/kind", "/member"]
  [[source.members.fact]]
  kind = { "/kind" = { user = "user" } }
  is   = "{kind}:{/member} in group:{/group}"
"#;

fn import(grant: &str, groups: &[&str]) -> Outcome {
    let grants = format!("{{\"type\":\"{grant}\",\"who\":\"t\",\"subscription\":\"s\"}}");
    let people = "{\"upn\":\"a@x\",\"id\":\"a\",\"team\":\"t\"}";
    let import = Import::by(TEAMS).file("grants.json", rows(&[&grants])).file("people.json", rows(&[people]));
    if groups.is_empty() { import.run() } else { import.file("groups.json", rows(groups)).run() }
}

/// Whether the one in the team may manage the subscription.
fn managed(outcome: &Outcome) -> String {
    let ask = Ask::of("2022-06-01", "user:a", "subscription.manage", "subscription:s");
    ask.explained(&SHIPPED, &outcome.world()).outcome.to_owned()
}

const TEAM: &str = "{\"groupName\":\"T\",\"id\":\"t\"}";

#[test]
fn a_word_that_the_table_lacks_leaves_the_grant_open_for_the_kind_that_declares_the_id() {
    let outcome = import("team", &[TEAM]);
    assert_eq!(outcome.says("fact"), ["user:a in group:t"]);
    assert_eq!(outcome.says("unknown"), ["group:t holds owner on subscription:s"]);
    assert_eq!(managed(&outcome), "unknown");
    let why = &outcome.lines("unknown")[0];
    assert!(why.contains("does not say what the principal is, or not in a word that the mapping knows"), "{why}");
    assert!(!outcome.text().contains("user:t"), "nobody is invented: {}", outcome.text());
    // The vendor's word for one that is gone, and a word that is known.
    assert_eq!(managed(&import("Unknown", &[TEAM])), "unknown");
    assert_eq!(managed(&import("User", &[TEAM])), "not-granted");
}

#[test]
fn a_word_that_the_table_lacks_leaves_the_grant_open_for_all_kinds_that_may_hold_it() {
    let outcome = import("team", &[]);
    assert_eq!(outcome.says("unknown"), ["app", "group", "user"].map(|kind| format!("{kind}:t holds owner on subscription:s")));
    assert_eq!(managed(&outcome), "unknown");
}

#[test]
fn a_lost_kind_is_of_those_that_may_be_at_its_place() {
    let row = "{\"kind\":\"bot\",\"member\":\"m\",\"group\":\"g\"}";
    let outcome = Import::by(TEAMS).file("members.json", rows(&[row])).run();
    assert_eq!(outcome.says("unknown"), ["app:m in group:g", "group:m in group:g", "user:m in group:g"]);
    outcome.world();
}

#[test]
fn an_id_that_a_row_declares_in_no_kind_is_not_guessed() {
    let mapping =
        format!("{TEAMS}\n[source.holds]\nlooks-like = [\"/holder\"]\n[[source.holds.fact]]\nis = \"user|group:{{/holder}} in group:h\"\n");
    let grant = "{\"type\":\"team\",\"who\":\"t\",\"subscription\":\"s\"}";
    let holder = "{\"holder\":\"t\"}";
    let of = |files: &[(&str, &str)]| {
        let import = files.iter().fold(Import::by(&mapping), |import, (name, row)| import.file(name, rows(&[row])));
        import.run().says("fact")
    };
    assert_eq!(of(&[("holds.json", holder)]), ["user:t in group:h"], "it is taken for the first, with a warning");
    assert_eq!(of(&[("holds.json", holder), ("grants.json", grant)]), [""; 0]);
}
