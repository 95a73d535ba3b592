//! What lists tell and what is bound, each rule of mappings on a small one.

use super::{Import, Outcome};
use delegraph::diag::Code;

pub(super) const A: &str = "22220000-0000-4000-8000-00000000000a";
pub(super) const B: &str = "22220000-0000-4000-8000-00000000000b";
pub(super) const G: &str = "11110000-0000-4000-8000-000000000001";
pub(super) const P: &str = "8777b240-c6f0-4469-9e98-a3205431b836";
pub(super) const C: &str = "52eaad04-13a2-4a2f-9ce8-93a294fadf36";

/// Members of a group that is bound, and a channel for them.
pub(super) const MEMBERS: &str = r#"
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

pub(super) fn members() -> Import {
    Import::by(MEMBERS)
}

/// A list in JSON.
pub(super) fn rows(rows: &[&str]) -> String {
    format!("{{\"value\":[{}]}}", rows.join(","))
}

pub(super) fn row(id: &str) -> String {
    format!("{{\"id\":\"{id}\"}}")
}

pub(super) fn codes(outcome: &Outcome) -> Vec<Code> {
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
        ("m.json", "{\"value\":[", "the file ends too early"),
        ("m.json", "// a comment\n[]", "JSON has no comments"),
        ("m.json", "[1,]", "no comma before a closing bracket"),
        ("m.json", "5", "neither a list nor an object"),
        ("m.json", "", "not valid JSON"),
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
