//! Complete lists that disagree about a membership: what is doubtful is unknown, and a warning names both places.

use super::{Import, Outcome};

const MAPPING: &str = r#"
[channel.members]
per  = "group"
open = 'user in group:{id}'
why  = "no list"

[source.now]
looks-like = ["/id"]
needs      = ["group"]
tells      = { members = "{group}" }
  [[source.now.entity]]
  is = "group:{group}"
  [[source.now.fact]]
  is = "user:{/id} in group:{group}"
  when = { "/sort??" = [""] }
  [[source.now.fact]]
  is = "group:{/id} in group:{group}"
  when = { "/sort??" = ["group"] }

[source.dated]
looks-like = ["/who", "/from"]
needs      = ["group"]
tells      = { members = "{group}" }
  [[source.dated.fact]]
  is = "user:{/who} in group:{group}"
  when = { "/sort??" = [""] }
  since = "{/from?|date}"
  until = "{/to??|date}"
  [[source.dated.fact]]
  is = "group:{/who} in group:{group}"
  when = { "/sort??" = ["group"] }
  since = "{/from?|date}"
"#;

fn import(now: &str, dated: &str) -> Outcome {
    let dated = format!("who,from,to,sort\n{dated}");
    Import::by(MAPPING)
        .file("now.json", now)
        .file("dated.csv", dated)
        .bind("group=g")
        .bind("now.json:source=now")
        .captured("2026-11-28")
        .run()
}

fn places(outcome: &Outcome) -> String {
    outcome.world();
    outcome.shown()
}

#[test]
fn an_end_in_one_list_does_not_end_what_another_still_has() {
    let ended = import("[{\"id\":\"ann\"}]", "ann,2026-01-01,2026-06-01,\n");
    assert_eq!(ended.says("fact"), ["user:ann in group:g since 2026-01-01 until 2026-06-01"]);
    assert_eq!(ended.says("unknown"), ["user:ann in group:g since 2026-06-01"]);
    let said = places(&ended);
    assert!(said.contains("`now.json#/0` and `dated.csv#/0`; whether it holds at the time of the export is unknown"), "{said}");
    // An end that is still to come, or on that day, is no disagreement.
    for until in ["2026-11-29", "2027-01-01"] {
        let outcome = import("[{\"id\":\"ann\"}]", &format!("ann,2026-01-01,{until},\n"));
        assert_eq!(outcome.says("unknown"), [""; 0], "{until}");
        assert_eq!(outcome.says("fact"), [format!("user:ann in group:g since 2026-01-01 until {until}")]);
        assert!(!outcome.said().contains("conflicting-rows"), "{}", outcome.said());
    }
    let later = import("[{\"id\":\"ann\"}]", "ann,2026-12-24,,\n");
    assert_eq!(later.says("unknown"), ["user:ann in group:g until 2026-12-24"]);
}

#[test]
fn a_member_whom_one_complete_list_has_and_another_has_not_is_unknown() {
    for (now, dated, place) in [
        ("[{\"id\":\"ann\"},{\"id\":\"bob\"}]", "ann,2026-01-01,,\n", "`now.json#/1` has it, and `dated.csv`, which is complete, has not"),
        ("[{\"id\":\"ann\"}]", "ann,2026-01-01,,\nbob,2026-01-01,,\n", "`dated.csv#/1` has it, and `now.json`, which is complete, has not"),
    ] {
        let outcome = import(now, dated);
        assert_eq!(outcome.says("fact"), ["user:ann in group:g since 2026-01-01"]);
        assert!(outcome.says("unknown").iter().all(|line| line.starts_with("user:bob in group:g")), "{:?}", outcome.says("unknown"));
        assert!(!outcome.says("unknown").is_empty() && places(&outcome).contains(place), "{}", places(&outcome));
    }
}

#[test]
fn what_a_list_need_not_have_is_no_disagreement() {
    // A page is missing; a membership of a part of the day, or of another time; a group that the list has instead.
    for (now, dated) in [
        ("{\"value\":[{\"id\":\"ann\"}],\"@odata.nextLink\":\"https://x/y?$skiptoken=1\"}", "ann,2026-01-01,,\nbob,2026-01-01,,\n"),
        ("[{\"id\":\"ann\"}]", "ann,2026-01-01,,\nbob,2026-01-01,2026-11-28,\n"),
        ("[{\"id\":\"ann\"}]", "ann,2026-01-01,,\nbob,2026-11-29,,\n"),
        ("[{\"id\":\"ann\"},{\"id\":\"inner\",\"sort\":\"group\"}]", "ann,2026-01-01,,\nbob,2026-01-01,,\ninner,2026-01-01,,group\n"),
    ] {
        let outcome = import(now, dated);
        assert!(!outcome.said().contains("conflicting-rows"), "{}", outcome.said());
        assert!(outcome.says("fact").iter().any(|fact| fact.starts_with("user:bob in group:g")), "{:?}", outcome.says("fact"));
    }
}
