//! Rows that are lost, wholly or in part: what they would say is unknown, and a list that lacks one of them is not complete.

use super::{Import, Outcome};

/// A register of members, roles and rooms in one table.
const REGISTER: &str = r#"
[channel.members]
per  = "group"
open = '_ in group:{id}'
why  = "not in the register"

[source.register]
looks-like = ["/Sort", "/Who", "/Where"]
only       = { "/Sort" = { is = ["member", "delegated"], others = ["note"] } }
tells      = { members = "{/Where?}" }

  [[source.register.entity]]
  when = { "/Sort" = ["member"] }
  is   = ["user:{/Who}", "group:{/Where}"]

  [[source.register.fact]]
  when = { "/Sort" = ["member"] }
  is   = "user:{/Who} in group:{/Where}"

  [[source.register.fact]]
  when = { "/Sort" = ["delegated"] }
  is   = "dap(customer:{/Where}, partner:{/Who})"
"#;

fn register(rows: &str) -> Outcome {
    let outcome = Import::by(REGISTER).file("r.csv", format!("Sort,Who,Where\n{rows}")).run();
    outcome.world();
    outcome
}

#[test]
fn a_value_that_one_test_does_not_know_is_lost_to_all() {
    let outcome = register("member,a,g\nmembre,b,g\nnote,c,g\n");
    assert_eq!(outcome.says("fact"), ["user:a in group:g"]);
    assert_eq!(outcome.says("unknown"), ["dap(customer:g, partner:b)", "user:b in group:g"]);
    assert_eq!(outcome.said(), "bad-row: `r.csv#/1`: `/Sort` is not one of the values that the mapping knows: `membre`");
    // What the row is about cannot be named either, so that its list lacks it.
    let nameless = register("member,a,g\nmembre,b,\n");
    assert_eq!(nameless.channels(), "members group:g incomplete 2/0");
    assert_eq!(nameless.says("unknown"), ["_ in group:g", "dap(_, partner:b)"]);
}

#[test]
fn a_test_of_an_entry_that_does_not_know_a_value_makes_it_lost_to_the_other_entries() {
    let mapping = r#"
[source.s]
looks-like = ["/sort", "/who"]
  [[source.s.fact]]
  when = { "/sort" = { is = ["member"], others = ["owner"] } }
  is   = "user:{/who} in group:g"
  [[source.s.fact]]
  when = { "/sort" = ["owner"] }
  is   = "user:{/who} in group:owners"
"#;
    let of = |sort: &str| Import::by(mapping).file("s.csv", format!("sort,who\n{sort},a\n")).run();
    assert_eq!(of("owner").says("fact"), ["user:a in group:owners"]);
    assert_eq!(of("owner").says("unknown"), [""; 0]);
    assert_eq!(of("owners").says("unknown"), ["user:a in group:g", "user:a in group:owners"]);
}

#[test]
fn a_row_that_cannot_be_read_opens_all_that_it_may_say() {
    // The channel is open for each group, and what it does not have is opened apart.
    let outcome = register("member,a,g\ndelegated,p,c,x\n");
    assert_eq!(outcome.says("unknown"), ["_ in group:g", "dap(_, _)"]);
    assert_eq!(outcome.channels(), "members group:g incomplete 2/0");
    let mapping = "[source.s]\nlooks-like = [\"/id\"]\n[[source.s.fact]]\nis = \"user:{/id} in group:{/group}\"\n";
    let outcome = Import::by(mapping).file("s.csv", "id,group\na,g\nb,g,h\n").run();
    assert_eq!((outcome.says("fact").join("; "), outcome.says("unknown").join("; ")), ("user:a in group:g".into(), "_ in _".into()));
    outcome.world();
}

#[test]
fn of_two_forms_of_texts_the_one_that_does_not_fit_is_named() {
    let mapping = r#"
[source.s]
looks-like = ["/id"]
  [[source.s.fact]]
  match = { "/from" = "{d}.{m}.{y}", "/to" = "{td}.{tm}.{ty}" }
  is    = "user:{/id} in group:g"
  since = "{y}-{m}-{d}"
  until = "{ty}-{tm}-{td}"
"#;
    let outcome = Import::by(mapping).file("s.csv", "id,from,to\na,01.02.2026,31.12.2026\nb,01.02.2026,01/03/2027\n").run();
    assert_eq!(outcome.says("fact"), ["user:a in group:g since 2026-02-01 until 2026-12-31"]);
    assert_eq!(outcome.says("unknown"), ["user:b in group:g"]);
    assert_eq!(outcome.said(), "bad-row: `s.csv#/1`: `/to` has none of the forms that the mapping knows: `01/03/2027`");
}

#[test]
fn a_quote_that_is_not_closed_makes_its_list_incomplete() {
    let outcome = register("member,a,g\nmember,b,\"g\nmember,c,g\nmember,d,g\n");
    let said = "`r.csv#/1`: the row has a quote, opened in line 3, that is not closed: the rest of the file is in it";
    assert!(outcome.said().contains(said), "{}", outcome.said());
    assert_eq!(outcome.channels(), "members group:g incomplete 2/0");
    assert_eq!(outcome.says("unknown"), ["_ in group:g", "dap(_, _)"]);
    // The next quote closes it, in the middle of a cell of another row.
    let outcome = register("member,a,g\nmember,b,\"g\nmember,c,\"g\"\nmember,d,g\n");
    assert!(outcome.said().contains("the row has text after a closing quote in line 4"), "{}", outcome.said());
    assert_eq!(outcome.says("fact"), ["user:a in group:g", "user:d in group:g"]);
    assert!(outcome.channels().contains("incomplete"));
}

#[test]
fn a_row_that_is_too_short_says_so_once_and_lacks_its_cells() {
    let mapping = r#"
[source.s]
looks-like = ["/id", "/group", "/until"]
  [[source.s.fact]]
  is    = "user:{/id} in group:{/group}"
  until = "{/until??|date}"
"#;
    let outcome = Import::by(mapping).file("s.csv", "id,group,until\na,g,\nb,g\nc\n,,\n").run();
    assert_eq!(outcome.says("fact"), ["user:a in group:g"]);
    assert_eq!(outcome.says("unknown"), ["user:b in group:g", "user:c in _"]);
    let expected = "bad-row: `s.csv#/2`: the row has 1 cell, and the header 3\nbad-row: `s.csv#/1`: the row has 2 cells, and the header 3";
    assert_eq!(outcome.said(), expected);
}

#[test]
fn blanks_around_cells_and_texts_do_not_count() {
    let csv = register(" member , a\u{a0},g \n\"member\",=\"b\",\" g\"\n");
    assert_eq!(csv.says("fact"), ["user:a in group:g", "user:b in group:g"]);
    let mapping = "[names.n]\nvalues = { \" One \" = \"1\" }\n[source.s]\nlooks-like = [\"/id\"]\n[[source.s.fact]]\n\
        when = { \"/status\" = [\"active\"] }\nis = \"user:{/id|n} in group:g\"\n";
    let json = Import::by(mapping).file("s.json", "[{\"id\":\"one \",\"status\":\" Active\"}]").run();
    assert_eq!(json.says("fact"), ["user:1 in group:g"]);
}

/// Rooms and what is held there.
const ROOMS: &str = r#"
[source.rooms]
looks-like = ["/room", "/customer"]
needs      = ["partner"]
  [[source.rooms.entity]]
  is       = "room:{/room}"
  customer = "customer:{/customer}"
  [[source.rooms.fact]]
  is = ["rooms-delegated(partner:{partner}, room:{/room})", "user:{/who} holds primary-admin on room:{/room}"]
"#;

#[test]
fn what_rows_say_of_a_room_without_one_place_is_unknown_of_rooms() {
    let of = |rows: &str| Import::by(ROOMS).file("r.csv", format!("room,customer,who\n{rows}")).bind("partner=p");
    let sound = "x,c,a\n";
    assert!(of(sound).strict().run().imported.world.is_some());
    for (lost, unknown) in [
        ("y,c,b\ny,d,b\n", ["rooms-delegated(partner:p, room)", "user:b holds primary-admin on room"]),
        ("y,,b\n", ["rooms-delegated(partner:p, room)", "user:b holds primary-admin on room"]),
    ] {
        let outcome = of(&format!("{sound}{lost}")).run();
        outcome.world();
        assert_eq!(outcome.says("fact"), ["rooms-delegated(partner:p, room:x)", "user:a holds primary-admin on room:x"]);
        assert_eq!(outcome.says("unknown"), unknown, "{lost}");
        assert!(outcome.lines("unknown")[0].contains("`room:y` is left out"), "{}", outcome.text());
        assert!(of(&format!("{sound}{lost}")).strict().run().imported.is_refused, "{lost}");
    }
}

#[test]
fn strict_allows_nothing_left_out_and_no_rows_that_disagree_but_missing_bindings() {
    let unplaced = ROOMS.replace("customer = \"customer:{/customer}\"", "");
    let outcome = Import::by(&unplaced).file("r.csv", "room,customer,who\nx,c,a\n").bind("partner=p").strict().run();
    assert!(outcome.imported.is_refused && outcome.said().contains("left-out"), "{}", outcome.said());
    let bound = ROOMS.replace("{/customer}", "{customer}").replace("[\"partner\"]", "[\"partner\", \"customer\"]");
    let outcome = Import::by(&bound).file("r.csv", "room,customer,who\nx,c,a\n").bind("partner=p").strict().run();
    assert!(!outcome.imported.is_refused && outcome.said().contains("left-out"), "{}", outcome.said());
    assert_eq!(outcome.says("unknown"), [""; 0]);
    let homes = "[source.s]\nlooks-like = [\"/id\"]\n[[source.s.fact]]\nis = 'user:\"{/id}\".partner == partner:{/partner}'\n";
    let outcome = Import::by(homes).file("s.csv", "id,partner\na,p\na,q\n").strict().run();
    assert!(outcome.imported.is_refused, "{}", outcome.said());
    assert!(outcome.said().contains("conflicting-rows: `user:a` has two values of `partner`"), "{}", outcome.said());
}

#[test]
fn a_row_that_is_lost_may_be_about_what_another_list_has() {
    let mapping = REGISTER.replace("tells      =", "may        = [\"part\"]\ntells      =");
    let of = |second: &str| {
        let import =
            Import::by(&mapping).file("r1.csv", "Sort,Who,Where\nmember,a,g\n").file("r2.csv", format!("Sort,Who,Where\n{second}"));
        import.bind("r1.csv:part=1").bind("r2.csv:part=2").run()
    };
    assert_eq!(of("member,b,h\n").channels(), "members group:g looked at 1/0\nmembers group:h looked at 1/0");
    let lost = of("member,b,h\nmember,c,g,x\n");
    assert_eq!(lost.channels(), "members group:g incomplete 3/0\nmembers group:h incomplete 2/0");
    assert_eq!(lost.says("unknown"), ["_ in group:g", "_ in group:h", "dap(_, _)"]);
}

#[test]
fn a_row_of_blanks_says_nothing_not_even_of_which_source_it_is() {
    let other = "[source.other]\nlooks-like = [\"/a\", \"/b\", \"/c\", \"/d\"]\n[[source.other.fact]]\nis = \"user:{/a} in group:{/b}\"\n";
    let blank = "Sort,Who,Where\n,,\nmember,a,g\n, ,\ndelegated,p,c\n";
    let outcome = Import::by(&format!("{REGISTER}{other}")).file("r.csv", blank).run();
    assert_eq!(outcome.shown(), "");
    assert_eq!(outcome.says("fact"), ["dap(customer:c, partner:p)", "user:a in group:g"]);
    assert_eq!(outcome.channels(), "members group:g looked at 4/2");
}
