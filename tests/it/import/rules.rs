//! The rules of mappings, each on a small one.

use super::{Import, Outcome};
use delegraph::diag::Code;

const A: &str = "22220000-0000-4000-8000-00000000000a";
const B: &str = "22220000-0000-4000-8000-00000000000b";
const G: &str = "11110000-0000-4000-8000-000000000001";
const P: &str = "8777b240-c6f0-4469-9e98-a3205431b836";
const C: &str = "52eaad04-13a2-4a2f-9ce8-93a294fadf36";

/// Members of a group that is bound, and a channel for them.
const MEMBERS: &str = r#"
[channel.members]
per  = "group"
open = 'user in group:{id} where user.partner == partner:{partner}'
why  = "no export of its members"

[source.members]
looks-like = ["/id"]
needs      = ["group"]
may        = ["partner"]
path       = "{group}/members.json"
urls       = "groups/{group}/members"
tells      = { members = "{group}" }

  [[source.members.entity]]
  is      = "user:{/id|guid}"
  partner = "partner:{partner?}"
  upn     = "{/name??}"

  [[source.members.fact]]
  is    = "user:{/id|guid} in group:{group|guid}"
  since = "{/since??|instant}"
"#;

fn members() -> Import {
    Import::by(MEMBERS)
}

/// A list in JSON.
fn rows(rows: &[&str]) -> String {
    format!("{{\"value\":[{}]}}", rows.join(","))
}

fn row(id: &str) -> String {
    format!("{{\"id\":\"{id}\"}}")
}

fn codes(outcome: &Outcome) -> Vec<Code> {
    outcome.diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn what_a_complete_list_tells_is_closed_and_what_none_tells_is_open() {
    let closed = members().file("m.json", rows(&[&row(A)])).bind(&format!("group={G}")).bind(&format!("partner={P}")).run();
    assert_eq!(closed.channels(), format!("members group:{G} looked at 1/0"));
    assert_eq!(closed.says("unknown"), [""; 0]);
    // A row whose entity cannot be named makes its list incomplete; what it says of others stands.
    let broken =
        members().file("m.json", rows(&[&row(A), "{\"id\":\"x\"}"])).bind(&format!("group={G}")).bind(&format!("partner={P}")).run();
    assert_eq!(broken.channels(), format!("members group:{G} incomplete 2/0"));
    assert_eq!(broken.says("unknown"), [format!("user in group:{G} where user.partner == partner:{P}")]);
    assert_eq!(broken.says("fact"), [format!("user:{A} in group:{G}")]);
    broken.world();
}

#[test]
fn a_list_is_complete_if_each_next_page_is_there() {
    let page = |id: &str, next: bool| {
        let next = if next { ",\"@odata.nextLink\":\"https://x/y?$skiptoken=1\"" } else { "" };
        format!("{{\"value\":[{}]{next}}}", row(id))
    };
    let list = |pages: &[(&str, bool)]| {
        let mut import = members().bind(&format!("group={G}"));
        for (number, (id, next)) in pages.iter().enumerate() {
            import = import.file(&format!("p{number}.json"), page(id, *next));
        }
        import.run().channels()
    };
    assert!(list(&[(A, true), (B, false)]).contains("looked at 2/0"));
    assert!(list(&[(A, true)]).contains("incomplete 1/0"));
    assert!(list(&[(A, true), (B, true)]).contains("incomplete 2/0"));
    for count in ["\"totalCount\":2", "\"@odata.count\":2", "\"links\":{\"next\":{\"uri\":\"/x\"}}", "\"nextLink\":\"x\""] {
        let import = members().bind(&format!("group={G}")).file("m.json", format!("{{\"items\":[{}],{count}}}", row(A)));
        let outcome = import.run();
        assert!(outcome.channels().contains("incomplete"), "{count}");
        assert!(codes(&outcome).contains(&Code::CutExport), "{count}");
    }
    let complete =
        members().bind(&format!("group={G}")).file("m.json", format!("{{\"items\":[{}],\"totalCount\":1,\"nextLink\":null}}", row(A)));
    assert!(complete.run().channels().contains("looked at"));
}

#[test]
fn rows_are_found_in_every_form_of_json_and_csv() {
    let forms = [
        ("m.json", format!("[{}]", row(A)), "m.json#/0"),
        ("m.json", format!("{{\"value\":[{}]}}", row(A)), "m.json#/value/0"),
        ("m.json", format!("{{\"items\":[{}]}}", row(A)), "m.json#/items/0"),
        ("m.json", format!("{{\"data\":[{}]}}", row(A)), "m.json#/data/0"),
        ("m.json", row(A), "m.json#"),
        ("m.json", format!("{}\n{{\"id\":\"{B}\"}}\n", row(A)), "m.json#/0"),
        ("m.ndjson", format!("{}\n", row(A)), "m.ndjson#/0"),
        ("m.jsonl", format!("\n{}\n", row(A)), "m.jsonl#/0"),
        ("m.csv", format!("id,name\n{A},x\n"), "m.csv#/0"),
        ("m.csv", format!("\u{feff}#TYPE X\r\n\"Id\";\"Name\"\r\n\"{A}\";\"x\"\r\n"), "m.csv#/0"),
        ("m.tsv", format!("id\tname\n{A}\tx\n"), "m.tsv#/0"),
    ];
    for (name, text, from) in forms {
        let outcome = members().file(name, &text).bind(&format!("group={G}")).run();
        let facts = outcome.lines("fact");
        assert_eq!(facts[0], format!("{{\"fact\":\"user:{A} in group:{G}\",\"from\":\"{from}\"}}"), "{text}");
    }
}

#[test]
fn files_that_cannot_be_read_say_why() {
    for (name, text, why) in [
        ("m.json", "{\"value\":[", "it is cut off"),
        ("m.json", "// a comment\n[]", "JSON has no comments"),
        ("m.json", "[1,]", "no comma before a closing bracket"),
        ("m.json", "5", "neither a list nor an object"),
        ("m.json", "", "not JSON"),
        ("m.csv", "", "is empty"),
        ("m.xml", "<a/>", "neither JSON nor CSV"),
    ] {
        let outcome = members().file("ok.json", rows(&[&row(A)])).file(name, text).bind(&format!("group={G}")).run();
        assert!(outcome.shown().contains(why), "{text}: {}", outcome.shown());
        assert!(codes(&outcome).contains(&Code::UnreadableExport));
    }
    let bytes = members().file("m.json", b"[\"\xff\xfe\xfd\"]").bind(&format!("group={G}")).run();
    assert!(bytes.shown().contains("is not UTF-8 or UTF-16"), "{}", bytes.shown());
}

#[test]
fn a_missing_binding_leaves_its_place_open_and_says_what_to_bind() {
    let since = "{\"id\":\"22220000-0000-4000-8000-00000000000a\",\"since\":\"2026-01-01T00:00:00Z\"}";
    let outcome = members().file("m.json", rows(&[since])).run();
    assert_eq!(outcome.says("fact"), [""; 0]);
    assert_eq!(outcome.says("unknown"), [format!("user:{A} in _ since 2026-01-01T00:00:00Z")]);
    assert!(outcome.shown().contains("--bind m.json:group=…"), "{}", outcome.shown());
    outcome.world();
}

#[test]
fn bindings_come_from_paths_addresses_files_and_the_command_line() {
    let group = |import: &Import| import.run().says("fact")[0].rsplit("group:").next().unwrap().to_owned();
    let other = |digit: u8| format!("11110000-0000-4000-8000-00000000000{digit}");
    let by_path = members().file(&format!("x/{G}/members.json"), rows(&[&row(A)]));
    assert_eq!(group(&by_path), G);
    assert_eq!(group(&by_path.clone().bind(&format!("group={}", other(2)))), other(2), "a binding wins over the path");
    let both = by_path.clone().bindings(&format!("group = \"{}\"", other(3)));
    assert_eq!(group(&both.clone().bind(&format!("group={}", other(2)))), other(2), "the command line wins over the file");
    let of_file = format!("group = \"{}\"\n[\"members.json\"]\ngroup = \"{}\"", other(3), other(4));
    assert_eq!(group(&by_path.bindings(&of_file)), other(4), "what is bound for one file wins over what is bound for all");
    let link = format!("{{\"@odata.context\":\"https://graph/v1.0/groups/{}/members?x\",\"value\":[{}]}}", G.to_uppercase(), row(A));
    let by_url = members().file("m.json", &link);
    assert_eq!(group(&by_url), G);
    let disagrees = by_url.bind(&format!("group={}", other(2))).run();
    assert!(codes(&disagrees).contains(&Code::BadBinding), "{}", disagrees.said());
    assert!(disagrees.imported.world.is_none());
}

/// What Graph writes beside the rows of a list.
#[test]
fn the_context_of_a_list_says_of_what_it_is() {
    let id = "5d027261-d21f-4aa9-b7db-7fa1f56fb163-8777b240-c6f0-4469-9e98-a3205431b836";
    let context =
        format!("https://graph.microsoft.com/v1.0/$metadata#tenantRelationships/delegatedAdminRelationships('{id}')/accessAssignments");
    let row = format!(
        "{{\"id\":\"x\",\"status\":\"active\",\"createdDateTime\":\"2026-01-01T00:00:00Z\",\"lastModifiedDateTime\":\"2026-01-01T00:00:00Z\",\
         \"accessContainer\":{{\"accessContainerId\":\"{G}\",\"accessContainerType\":\"securityGroup\"}},\
         \"accessDetails\":{{\"unifiedRoles\":[{{\"roleDefinitionId\":\"62e90394-69f5-4237-9190-012177145e10\"}}]}}}}"
    );
    let file = format!("{{\"@odata.context\":\"{context}\",\"value\":[{row}]}}");
    let outcome = Import::of(&["partners"]).file("a.json", file).run();
    // The relationship lies within a customer that no file names.
    assert!(outcome.said().contains("1 gdap is left out"), "{}", outcome.said());
    assert!(!outcome.said().contains("missing-binding"), "{}", outcome.said());
}

#[test]
fn a_row_may_declare_several_entities_at_once() {
    let mapping = "[source.s]\nlooks-like = [\"/a\"]\n[[source.s.entity]]\nis = [\"user:{/a}\", \"user:{/b}\"]\npartner = \"partner:p\"\n";
    let outcome = Import::by(mapping).file("s.json", rows(&["{\"a\":\"x\",\"b\":\"y\"}"])).run();
    let users: Vec<String> = outcome.lines("entity").into_iter().filter(|line| line.contains("\"user:")).collect();
    let line = |id: &str| format!("{{\"entity\":\"user:{id}\",\"partner\":\"partner:p\",\"from\":\"s.json#/value/0\"}}");
    assert_eq!(users, [line("x"), line("y")]);
}

#[test]
fn a_binding_that_nothing_uses_is_an_error_with_what_was_meant() {
    let outcome = members().file("m.json", rows(&[&row(A)])).bind(&format!("gruop={G}")).run();
    assert!(outcome.shown().contains("did you mean `group`?"), "{}", outcome.shown());
    let outcome = members().file("m.json", rows(&[&row(A)])).bindings(&format!("group = \"{G}\"\n[\"n.json\"]\ngroup = \"{G}\"")).run();
    assert!(outcome.shown().contains("did you mean `m.json`?"), "{}", outcome.shown());
    assert!(outcome.imported.world.is_none());
}

#[test]
fn an_empty_list_is_what_a_binding_or_its_path_says() {
    let empty = members().file("m.json", "{\"value\":[]}").file("n.json", rows(&[&row(A)])).bind(&format!("n.json:group={G}"));
    assert!(codes(&empty.run()).contains(&Code::UnfitExport));
    let other = "11110000-0000-4000-8000-000000000002";
    let bound = empty.bind("m.json:source=members").bind(&format!("m.json:group={other}")).run();
    assert!(!bound.channels().contains("not looked at"), "{}", bound.channels());
    let by_path = members().file(&format!("{G}/members.json"), "[]").run();
    assert!(by_path.imported.has_source, "{}", by_path.said());
}

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
    assert!(said.contains("`/status` is of none of the values that the mapping knows: `new`"), "{said}");
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
    // A kind that the table does not have is unknown over those that declare it, else over all.
    let (facts, unknown, _) = of(&["{\"who\":\"p\",\"type\":\"Unknown\"}"]);
    assert_eq!((facts.as_str(), unknown.as_str()), ("", "app:p holds reader on subscription:x; user:p holds reader on subscription:x"));
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
