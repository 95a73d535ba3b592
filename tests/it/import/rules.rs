//! The rules of mappings about rows and values, each on a small one.

use super::lists::{A, B, C, G, MEMBERS, P, codes, members, row, rows};
use super::{Import, Outcome};
use delegraph::diag::Code;

const TESTS: &str = r#"
[source.s]
looks-like = ["/id", "/status"]
only = { "/status" = { is = ["active"], others = ["pending"] } }
  [[source.s.fact]]
  is = "user:{/id} in group:g"
  [[source.s.entity]]
  is = "user:{/id}"
"#;

#[test]
fn rows_count_by_known_values_alone() {
    let file = rows(&[
        "{\"id\":\"a\",\"status\":\"ACTIVE\"}",
        "{\"id\":\"b\",\"status\":\"pending\"}",
        "{\"id\":\"c\",\"status\":\"new\"}",
        "{\"id\":\"d\",\"status\":null}",
    ]);
    let outcome = Import::by(TESTS).file("s.json", &file).run();
    assert_eq!(outcome.says("fact"), ["user:a in group:g"]);
    assert_eq!(outcome.says("unknown"), ["user:c in group:g", "user:d in group:g"]);
    let said = outcome.shown();
    assert!(said.contains("`/status` is not one of the values that the mapping knows: `new`"), "{said}");
    assert!(said.contains("`/status` is empty"), "{said}");
    assert!(Import::by(TESTS).file("s.json", &file).strict().run().imported.is_refused);
}

const MARKS: &str = r#"
[source.s]
looks-like = ["/id"]
  [[source.s.fact]]
  is    = "user:{/id} in group:g"
  since = "{/a|instant}"
  [[source.s.fact]]
  is    = "user:{/id} in group:h"
  since = "{/b?|instant}"
  [[source.s.fact]]
  is    = "user:{/id} in group:i"
  since = "{/c??|instant}"
"#;

#[test]
fn marks_say_what_a_row_may_lack() {
    let of = |row: &str| {
        let outcome = Import::by(MARKS).file("s.json", rows(&[row])).run();
        (outcome.says("fact").join("; "), outcome.says("unknown").join("; "))
    };
    let day = "\"2026-01-01T01:00:00+01:00\"";
    let all = of(&format!("{{\"id\":\"x\",\"a\":{day},\"b\":{day},\"c\":{day}}}"));
    let since = "since 2026-01-01T00:00:00Z";
    assert_eq!(all.0, format!("user:x in group:g {since}; user:x in group:h {since}; user:x in group:i {since}"));
    assert_eq!(
        of("{\"id\":\"x\",\"a\":null,\"b\":null,\"c\":\"\"}"),
        ("user:x in group:h; user:x in group:i".into(), "user:x in group:g".into())
    );
    assert_eq!(of("{\"id\":\"x\"}"), ("user:x in group:i".into(), "user:x in group:g; user:x in group:h".into()));
}

const FORMS: &str = r#"
[source.s]
looks-like = ["/scope"]
  [[source.s.entity]]
  is       = "subscription:{/sub}"
  customer = "customer:c"
  [[source.s.fact]]
  match = { "/scope" = "/subscriptions/{s}" }
  is    = "user:u holds owner on subscription:{s}"
  [[source.s.fact]]
  match = { "/scope" = "/subscriptions/{s}/resourceGroups/{g}" }
  is    = "user:u holds reader on subscription:{s}"
  [[source.s.warn]]
  match = { "/scope" = "/subscriptions/{s}/resourcegroups/{g}/{below*}" }
  says  = "below {g}"
"#;

#[test]
fn forms_of_texts_bind_names_and_what_has_none_is_lost() {
    let of = |scope: &str| Import::by(FORMS).file("s.json", rows(&[&format!("{{\"scope\":\"{scope}\",\"sub\":\"x\"}}")])).run();
    assert_eq!(of("/SUBSCRIPTIONS/x").says("fact"), ["user:u holds owner on subscription:x"]);
    assert_eq!(of("/subscriptions/x/resourcegroups/r").says("fact"), ["user:u holds reader on subscription:x"]);
    let below = of("/subscriptions/x/resourcegroups/r/providers/p");
    assert_eq!(below.says("fact"), [""; 0]);
    assert!(below.said().contains("below r"), "{}", below.said());
    let none = of("/elsewhere");
    assert_eq!(none.says("fact"), [""; 0]);
    assert_eq!(none.says("unknown"), ["user:u holds owner on _", "user:u holds reader on _"]);
    assert!(none.said().contains("`/scope` has none of the forms"), "{}", none.said());
}

const PRINCIPALS: &str = r#"
[source.s]
looks-like = ["/who"]
  [[source.s.entity]]
  when = { "/declares??" = ["user"] }
  is   = "user:{/who}"
  [[source.s.entity]]
  when = { "/declares??" = ["app"] }
  is   = "app:{/who}"
  [[source.s.fact]]
  when = { "/holds??" = ["yes"] }
  is   = "group|user|app:{/who} holds owner on subscription:x"
  [[source.s.fact]]
  when = { "/type??" = { not = [""] } }
  kind = { "/type??" = { User = "user", Application = "app" } }
  is   = "{kind}:{/who} holds reader on subscription:x"
  [[source.s.entity]]
  is       = "subscription:x"
  customer = "customer:c"
"#;

#[test]
fn a_principal_is_of_the_kind_in_which_a_row_declares_it() {
    let of = |all: &[&str]| {
        let outcome = Import::by(PRINCIPALS).file("s.json", rows(all)).run();
        outcome.world();
        (outcome.says("fact").join("; "), outcome.says("unknown").join("; "), outcome.said())
    };
    let holds = "{\"who\":\"p\",\"holds\":\"yes\"}";
    let (facts, unknown, said) = of(&[holds]);
    assert_eq!((facts.as_str(), unknown.as_str()), ("group:p holds owner on subscription:x", ""));
    assert!(said.contains("unsure-principal"), "{said}");
    let (facts, _, said) = of(&[holds, "{\"who\":\"p\",\"declares\":\"app\"}"]);
    assert_eq!((facts.as_str(), said.as_str()), ("app:p holds owner on subscription:x", ""));
    let (facts, unknown, said) = of(&[holds, "{\"who\":\"p\",\"declares\":\"app\"}", "{\"who\":\"p\",\"declares\":\"user\"}"]);
    assert_eq!((facts.as_str(), unknown.as_str()), ("", "app:p holds owner on subscription:x; user:p holds owner on subscription:x"));
    assert!(said.contains("unsure-principal"), "{said}");
    // A kind that the table does not have is unknown over those that declare it, else over all that may be there.
    let (facts, unknown, _) = of(&["{\"who\":\"p\",\"type\":\"Unknown\"}"]);
    let each = ["app", "group", "user"].map(|kind| format!("{kind}:p holds reader on subscription:x"));
    assert_eq!((facts.as_str(), unknown), ("", each.join("; ")));
    let (_, unknown, _) = of(&["{\"who\":\"p\",\"type\":\"Unknown\"}", "{\"who\":\"p\",\"declares\":\"user\"}"]);
    assert_eq!(unknown, "user:p holds reader on subscription:x");
    let (facts, ..) = of(&["{\"who\":\"p\",\"type\":\"APPLICATION\"}"]);
    assert_eq!(facts, "app:p holds reader on subscription:x");
}

const VALUES: &str = r#"
[source.s]
looks-like = ["/id"]
  [[source.s.entity]]
  is       = "user:{/id}"
  upn      = "{/upn??}"
  partner  = "partner:{/partner??}"
  customer = "customer:{/customer??}"
  [[source.s.entity]]
  when = { "/group??" = { not = [""] } }
  is   = "group:{/group??}"
  partner = "partner:{/home??}"
  name = "{/name??}"
"#;

#[test]
fn of_values_that_disagree_none_is_written() {
    let of = |all: &[&str]| {
        let outcome = Import::by(VALUES).file("s.json", rows(all)).run();
        outcome.world();
        outcome
    };
    let lines = |outcome: &Outcome, start: &str| {
        outcome
            .lines("entity")
            .into_iter()
            .filter(|line| line.contains(start))
            .map(|line| line.split(",\"from\"").next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let homes = of(&["{\"id\":\"a\",\"partner\":\"p\"}", "{\"id\":\"a\",\"partner\":\"q\"}"]);
    assert_eq!(lines(&homes, "user:"), ["{\"entity\":\"user:a\""]);
    assert!(homes.said().contains("`user:a` has two values of `partner`"), "{}", homes.said());
    let two = of(&["{\"id\":\"a\",\"partner\":\"p\"}", "{\"id\":\"a\",\"customer\":\"c\"}"]);
    assert_eq!(lines(&two, "user:"), ["{\"entity\":\"user:a\""]);
    // An attribute that may be absent is unknown then, and not absent.
    let optional = of(&["{\"id\":\"a\",\"group\":\"g\",\"home\":\"p\"}", "{\"id\":\"a\",\"group\":\"g\",\"home\":\"q\"}"]);
    assert_eq!(optional.says("unknown"), ["group:\"g\".partner"]);
    // Of labels and keys the first is taken, and a key is of one entity.
    let names = of(&["{\"id\":\"a\",\"group\":\"g\",\"name\":\"one\"}", "{\"id\":\"a\",\"group\":\"g\",\"name\":\"two\"}"]);
    assert_eq!(lines(&names, "group:"), ["{\"entity\":\"group:g\",\"name\":\"one\""]);
    let keys = of(&["{\"id\":\"b\",\"upn\":\"x\"}", "{\"id\":\"a\",\"upn\":\"x\"}", "{\"id\":\"c\",\"upn\":\"a\"}"]);
    assert_eq!(lines(&keys, "user:"), ["{\"entity\":\"user:a\"", "{\"entity\":\"user:b\",\"upn\":\"x\"", "{\"entity\":\"user:c\""]);
    assert!(keys.said().contains("2 second names"), "{}", keys.said());
}

const PLACES: &str = r#"
[channel.rooms]
per  = "customer"
open = 'rooms-delegated(_, customer:{id})'
why  = "no export"

[source.s]
looks-like = ["/id"]
tells = { rooms = "c" }
  [[source.s.entity]]
  is = "customer:c"
  [[source.s.entity]]
  is       = "site:{/id}"
  site     = "site:{/in??}"
  customer = "customer:{/customer??}"
  [[source.s.fact]]
  is = "rooms-delegated(partner:p, site:{/id})"
"#;

#[test]
fn what_lies_within_nothing_is_left_out_with_its_facts() {
    let of = |all: &[&str]| {
        let outcome = Import::by(PLACES).file("s.json", rows(all)).run();
        outcome.world();
        (
            outcome.says("fact").join("; "),
            outcome.channels().contains("looked at") && !outcome.channels().contains("incomplete"),
            outcome.said(),
        )
    };
    let (facts, closed, _) = of(&["{\"id\":\"a\",\"customer\":\"c\"}", "{\"id\":\"b\",\"in\":\"a\"}"]);
    assert_eq!(facts, "rooms-delegated(partner:p, site:a); rooms-delegated(partner:p, site:b)");
    assert!(closed);
    for lost in [
        &["{\"id\":\"a\"}", "{\"id\":\"b\",\"in\":\"a\"}"][..],
        &["{\"id\":\"a\",\"in\":\"b\"}", "{\"id\":\"b\",\"in\":\"a\"}"],
        &["{\"id\":\"a\",\"in\":\"a\"}"],
        &["{\"id\":\"b\",\"in\":\"a\"}"],
        &["{\"id\":\"a\",\"customer\":\"c\"}", "{\"id\":\"a\",\"customer\":\"d\"}"],
        &["{\"id\":\"a\",\"customer\":\"c\",\"in\":\"b\"}", "{\"id\":\"b\",\"customer\":\"c\"}"],
    ] {
        let (facts, closed, said) = of(lost);
        assert!(!facts.contains("site:a"), "{lost:?}: {facts}");
        assert!(!closed && said.contains("left-out"), "{lost:?}: {said}");
    }
}

const TIMES: &str = r#"
[source.s]
looks-like = ["/id"]
  [[source.s.fact]]
  is    = "user:{/id} in group:g"
  since = "{/since??|instant}"
  until = "{/until??|instant}"
  [[source.s.fact]]
  when  = { "/ended??" = { not = [""] } }
  is    = "active(gdap:{/id})"
  since = "{/ended|instant}"
  until = ["{/end|instant}", "{/changed|instant}", "{captured}"]
  [[source.s.unknown]]
  when  = { "/ended??" = { not = [""] } }
  is    = "active(gdap:{/id})"
  since = ["{/ended|instant}", "{/changed|instant}"]
  until = ["{/end|instant}", "{captured}"]
  why   = "it ended"
  [[source.s.entity]]
  is       = "gdap:{/id}"
  customer = "customer:c"
"#;

#[test]
fn of_several_dates_the_nearest_counts() {
    let of = |captured: Option<&str>, end: &str, changed: &str| {
        let row =
            format!("{{\"id\":\"x\",\"ended\":\"2026-01-01T00:00:00Z\",\"end\":\"{end}T00:00:00Z\",\"changed\":\"{changed}T00:00:00Z\"}}");
        let mut import = Import::by(TIMES).file("s.json", rows(&[&row]));
        if let Some(captured) = captured {
            import = import.captured(captured);
        }
        let outcome = import.run();
        let active = |says: Vec<String>| says.into_iter().filter(|fact| fact.starts_with("active")).collect::<Vec<_>>().join("; ");
        (active(outcome.says("fact")), active(outcome.says("unknown")))
    };
    let told = |dates: &str| format!("active(gdap:x) {dates}");
    let midnight = |day: &str| format!("{day}T00:00:00Z");
    let (january, march, june) = (midnight("2026-01-01"), midnight("2026-03-01"), midnight("2026-06-01"));
    let early = of(Some("2026-11-28"), "2026-06-01", "2026-03-01");
    assert_eq!(early, (told(&format!("since {january} until {march}")), told(&format!("since {march} until {june}"))));
    let in_time = of(Some("2026-11-28"), "2026-06-01", "2026-06-02");
    assert_eq!(in_time, (told(&format!("since {january} until {june}")), String::new()));
    let captured = of(Some("2026-04-01"), "2026-06-01", "2026-03-01");
    assert_eq!(captured, (told(&format!("since {january} until {march}")), told(&format!("since {march} until 2026-04-01"))));
    assert_eq!(of(None, "2026-06-01", "2026-03-01"), (String::new(), "active(gdap:x)".to_owned()));
}

#[test]
fn where_a_membership_is_dated_and_not_the_dates_are_taken() {
    let dated = "{\"id\":\"x\",\"since\":\"2026-01-01T00:00:00Z\"}";
    let outcome = Import::by(TIMES).file("s.json", rows(&["{\"id\":\"x\"}", dated, "{\"id\":\"y\"}"])).run();
    assert_eq!(outcome.says("fact"), ["user:x in group:g since 2026-01-01T00:00:00Z", "user:y in group:g"]);
    assert!(codes(&outcome).contains(&Code::UndatedRow), "{}", outcome.said());
    // An interval of nothing is no fact, and no gap.
    let empty = "{\"id\":\"x\",\"since\":\"2026-01-02T00:00:00Z\",\"until\":\"2026-01-01T00:00:00Z\"}";
    let outcome = Import::by(TIMES).file("s.json", rows(&[empty])).run();
    assert_eq!((outcome.says("fact").len(), outcome.says("unknown").join("; ")), (0, "user:x in group:g".to_owned()));
}

const DOUBTS: &str = r#"
[source.grants]
looks-like = ["/who", "/sub"]
  [[source.grants.entity]]
  is       = "subscription:{/sub}"
  customer = "customer:c"
  [[source.grants.fact]]
  is = "user:{/who} holds owner on subscription:{/sub}"
[source.denies]
looks-like = ["/denied"]
  [[source.denies.unknown]]
  doubts = '_ holds _ on subscription:{/denied}'
  why    = "denied there"
"#;

#[test]
fn what_another_row_doubts_is_unknown() {
    let outcome = Import::by(DOUBTS)
        .file("a.json", rows(&["{\"who\":\"a\",\"sub\":\"x\"}", "{\"who\":\"a\",\"sub\":\"y\"}"]))
        .file("b.json", rows(&["{\"denied\":\"x\"}"]))
        .run();
    assert_eq!(outcome.says("fact"), ["user:a holds owner on subscription:y"]);
    let expected = "{\"unknown\":\"user:a holds owner on subscription:x\",\"why\":\"denied there\",\"from\":\"a.json#/value/0\"}";
    assert_eq!(outcome.lines("unknown"), [expected]);
}

const NAMES: &str = r#"
[names.unknown-roles]
values  = { "Helpdesk" = "helpdesk-administrator" }
missing = "unknown"
[names.some]
values  = { "Helpdesk" = "helpdesk-administrator" }
missing = "drop"
[names.all]
values  = { "Helpdesk" = "helpdesk-administrator" }
missing = "error"
[source.s]
looks-like = ["/role"]
  [[source.s.fact]]
  when = { "/use" = ["unknown"] }
  is   = "user:u holds role:{/role|unknown-roles} on customer:c"
  [[source.s.fact]]
  when = { "/use" = ["drop"] }
  is   = "user:u holds role:{/role|some} on customer:c"
  [[source.s.fact]]
  when = { "/use" = ["error"] }
  is   = "user:u holds role:{/role|all} on customer:c"
"#;

#[test]
fn tables_of_names_say_what_is_missing() {
    let of =
        |role: &str, usage: &str| Import::by(NAMES).file("s.json", rows(&[&format!("{{\"role\":\"{role}\",\"use\":\"{usage}\"}}")])).run();
    for usage in ["unknown", "drop", "error"] {
        assert_eq!(of("HELPDESK", usage).says("fact"), ["user:u holds helpdesk-administrator on customer:c"]);
    }
    assert_eq!(of("Other", "unknown").says("unknown"), ["user:u holds _ on customer:c"]);
    let dropped = of("Other", "drop");
    assert_eq!((dropped.says("fact").len(), dropped.says("unknown").len()), (0, 0));
    let error = of("Other", "error");
    assert!(error.imported.world.is_none() && error.said().contains("does not have `Other`"), "{}", error.said());
}

#[test]
fn whatever_a_value_holds_it_is_no_syntax() {
    let odd = "x) or true \\\"y\\\", group:z";
    let outcome = Import::by(TESTS).file("s.json", rows(&[&format!("{{\"id\":\"{odd}\",\"status\":\"active\"}}")])).run();
    assert_eq!(outcome.says("fact"), ["user:\"x) or true \\\"y\\\", group:z\" in group:g"]);
    outcome.world();
    let bound = Import::by(&MEMBERS.replace("|guid", "")).file("m.json", rows(&[&row("a b")])).bind("group=g:h").run();
    assert_eq!(bound.says("fact"), ["user:\"a b\" in group:g:h"]);
    bound.world();
}

const HOSTILE: [&str; 6] = [
    "[[[[[[[[[[",
    "{\"value\":{\"value\":[]}}",
    "[null,5,\"x\",[],{}]",
    "{\"value\":[{\"id\":\"\\ud800\"}]}",
    "{\"id\":\"a\",\"id\":\"b\"}",
    "id,id\na,b,c\n\"x",
];

#[test]
fn nothing_that_a_user_feeds_in_panics() {
    let deep = "[".repeat(100_000);
    let nested = format!("[{{\"id\":{}1{}}}]", "[".repeat(500), "]".repeat(500));
    for text in HOSTILE.into_iter().chain([deep.as_str(), nested.as_str()]) {
        for name in ["m.json", "m.ndjson", "m.csv"] {
            let outcome = members().file(name, text).file("ok.json", rows(&[&row(A)])).bind(&format!("ok.json:group={G}")).run();
            outcome.world();
        }
    }
}

/// Two tenants: what is open of one changes nothing of the other.
#[test]
fn an_open_pattern_is_about_the_home_of_its_entity() {
    let other = "11110000-0000-4000-8000-000000000002";
    let cut = format!("{{\"nextLink\":\"x\",\"value\":[{}]}}", row(A));
    let mapping = MEMBERS.replace(
        "  [[source.members.fact]]",
        "  [[source.members.entity]]\n  is = \"group:{group}\"\n  partner = \"partner:{partner?}\"\n\n  [[source.members.fact]]",
    );
    let import = Import::by(&mapping)
        .file("a.json", &cut)
        .file("b.json", cut.replace(A, B))
        .bind(&format!("a.json:group={G}"))
        .bind(&format!("b.json:group={other}"))
        .bind(&format!("a.json:partner={P}"))
        .bind(&format!("b.json:partner={C}"));
    let expected = [
        format!("user in group:{G} where user.partner == partner:{P}"),
        format!("user in group:{other} where user.partner == partner:{C}"),
    ];
    assert_eq!(import.run().says("unknown"), expected);
}
