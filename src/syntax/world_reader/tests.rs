use super::world_document;
use crate::syntax::toml::tests::rendered;
use crate::syntax::{GivenValue, Text, WorldDocument};
use crate::text::{FileId, Sources, Spanned};
use crate::time::Instant;
use std::fmt::Write;

type Read = fn(&Sources, FileId) -> (WorldDocument, Vec<crate::diag::Diagnostic>);

fn given(given: &GivenValue) -> String {
    match given {
        GivenValue::Text(text) => format!("{text:?}"),
        GivenValue::Number(number) => number.to_string(),
        GivenValue::Date(date) => format!("date {date}"),
        GivenValue::List(items) => format!("[{}]", items.iter().map(|item| self::given(&item.value)).collect::<Vec<_>>().join(", ")),
        GivenValue::Other(what) => format!("a {what}"),
    }
}

/// The contents of a world file, one a line, then the diagnostics. The text at a span is shown if it differs from the value.
fn read(text: &str, read: Read) -> String {
    let mut sources = Sources::default();
    let file = sources.add("world", text.to_owned());
    let (world, diagnostics) = read(&sources, file);
    let arguments = |arguments: &[(Text, Spanned<GivenValue>)]| {
        let arguments: Vec<_> = arguments.iter().map(|(name, value)| format!(" {}={}", name.value, given(&value.value))).collect();
        arguments.concat()
    };
    let pointed = |text: &Text| match sources.slice(text.span) {
        slice if slice == text.value => text.value.clone(),
        slice => format!("{}@{slice}", text.value),
    };
    let date =
        |label: &str, date: &Option<Spanned<Instant>>| date.as_ref().map_or(String::new(), |date| format!(" {label} {}", date.value));
    let from = |from: &Option<Text>| from.as_ref().map_or(String::new(), |from| format!(" from {}", pointed(from)));
    let mut out = String::new();
    for entity in &world.entities {
        let (attributes, from) = (arguments(&entity.attributes), from(&entity.from));
        writeln!(out, "entity {}:{}{attributes}{from}", pointed(&entity.kind), pointed(&entity.id)).expect("is a string");
    }
    for fact in &world.facts {
        let (since, until) = (date("since", &fact.since), date("until", &fact.until));
        writeln!(out, "fact {}{since}{until}{}", sources.slice(fact.is.span), from(&fact.from)).expect("is a string");
    }
    for event in &world.events {
        let (name, by, arguments) = (pointed(&event.name), pointed(&event.by), arguments(&event.arguments));
        writeln!(out, "event {name} at {} by {by}{arguments}{}", event.at.value, from(&event.from)).expect("is a string");
    }
    for name in &world.not_imported {
        writeln!(out, "not-imported {}", pointed(name)).expect("is a string");
    }
    for source in &world.sources {
        let sha256 = source.sha256.as_ref().map_or(String::new(), |sha256| format!(" sha256 {}", pointed(sha256)));
        writeln!(out, "source {}{sha256}{}", pointed(&source.file), date("captured", &source.captured)).expect("is a string");
    }
    out + &rendered(&sources, &diagnostics)
}

fn toml(text: &str) -> String {
    read(text, world_document)
}

fn lines(text: &str) -> String {
    read(text, |sources, file| {
        let (document, mistakes) = super::lines::lines(sources, file, 0..sources.text(file).len());
        (document, super::line_mistakes(&[mistakes]))
    })
}

#[test]
fn a_toml_world_has_entities_facts_and_events() {
    assert_eq!(
        toml(
            "[room.lobby]
            [user.\"alice@contoso\"]
            partner = 'partner:contoso'
            groups = ['group:contoso/admin-agents', \"group:b\"]
            age = 42
            hex = 0x10
            born = 1990-01-01
            [partner.contoso]
            [[fact]]
            is = 'dap(customer:a, partner:b)'
            since = 2019-01-10
            until = '2020-02-01'
            [[fact]]
            is = \"dap(customer:c, partner:d)\"
            [[event]]
            at = 2019-03-01
            do = 'remove-dap'
            by = 'user:gina@fabrikam'
            customer = 'customer:fabrikam'
            days = 3
            [world]
            not-imported = ['rooms-delegated', 'device.added-by']"
        ),
        "entity room:lobby
entity user:alice@contoso partner=\"partner:contoso\" groups=[\"group:contoso/admin-agents\", \"group:b\"] age=42 hex=16 born=date 1990-01-01
entity partner:contoso
fact dap(customer:a, partner:b) since 2019-01-10 until 2020-02-01
fact dap(customer:c, partner:d)
event remove-dap at 2019-03-01 by user:gina@fabrikam customer=\"customer:fabrikam\" days=3
not-imported rooms-delegated
not-imported device.added-by
"
    );
}

#[test]
fn the_kind_has_its_span_in_the_header() {
    let mut sources = Sources::default();
    let file = sources.add("world.toml", "[room.a]\n[ \"room\" . b]\n[room]\nc = {}\nd.x = 'y'\n".to_owned());
    let (world, diagnostics) = world_document(&sources, file);
    assert_eq!(rendered(&sources, &diagnostics), "");
    let kinds: Vec<_> = world.entities.iter().map(|entity| (entity.kind.span.start, sources.slice(entity.kind.span))).collect();
    assert_eq!(kinds, [(1, "room"), (12, "room"), (24, "room"), (24, "room")]);
}

#[test]
fn other_values_are_named_by_their_type() {
    assert_eq!(
        toml(
            "[user.a]\nx = true\ny = 1.5\nz = { a = 1 }\nv = ['a', ['b'], {}]\nw = 99999999999999999999\nu = 12:00:00\nt = 2020-01-01T12:00:00"
        ),
        "entity user:a x=a boolean y=a float z=a table v=[\"a\", a list, a table]
number-size 6:5..25 the number `99999999999999999999` is too large | at most 9223372036854775807 | 
bad-date 7:5..13 `12:00:00` is not a date of RFC 3339 |  | write `2020-06-19` or `2020-06-19T12:00:00Z`
bad-date 8:5..24 `2020-01-01T12:00:00` has no offset |  | write `2020-01-01T12:00:00Z` for UTC
"
    );
}

#[test]
fn mistakes_in_toml_worlds_are_reported() {
    assert_eq!(toml("[user.\"\"]"), "bad-entity 1:1..10 an entity of `user` has an empty id |  | give it an id\n");
    assert_eq!(toml("[user]\npartner = 'x'"), "bad-entity 1:2..6 an entity of `user` has no id |  | write `[user.ID]`\n");
    assert_eq!(toml("[user]"), "bad-entity 1:2..6 an entity of `user` has no id |  | write `[user.ID]`\n");
    assert_eq!(toml("user = 5"), "wrong-type 1:1..5 `user` is a number, not a table of entities |  | write `[user.ID]`, or remove it\n");
    assert_eq!(
        toml("[user.alice.contoso]\nx = 1"),
        "bad-entity 1:1..21 the id `alice.contoso` has a dot and no quotes |  | write `[user.\"alice.contoso\"]`\n"
    );
    assert_eq!(
        toml("[user.a]\n[user.a]"),
        "entity user:a\nduplicate-entity 2:7..8 `[user.a]` stands twice | given again | a TOML file has each header once: put all that the entity has under one\n  and 1:1..9 first given here\n"
    );
    assert_eq!(toml("[fact]\nis = 'x'"), "wrong-type 1:1..7 `fact` is a table, not a list of tables |  | write `[[fact]]`\n");
    assert_eq!(toml("fact = ['x']"), "wrong-type 1:9..12 an item of `fact` is a string, not a table | expected a table | \n");
    assert_eq!(
        toml("[[fact]]\nsince = 2020-01-01"),
        "missing-key 1:1..9 a fact must have `is` | `is` is missing here | write `is = 'relation(entity, …)'`\n"
    );
    assert_eq!(
        toml("[[fact]]\nis = 'a(b:c)'\nsinc = 2020-01-01"),
        "unknown-key 3:1..5 a fact has no key `sinc` | unknown key | did you mean `since`?\n  patch sinc -> since\n"
    );
    assert_eq!(
        toml("[[fact]]\nis = 'a(b:c)'\nsince = 2020-01-01\nuntil = 2020-01-01"),
        "empty-interval 4:9..19 `until` (2020-01-01) is not after `since` (2020-01-01) | ends here | \n  and 3:9..19 begins here\n"
    );
    assert_eq!(
        toml("[[event]]\nby = 5"),
        "missing-key 1:1..10 an event must have `at` | `at` is missing here | write `at = 2020-06-19`\n\
         missing-key 1:1..10 an event must have `do` | `do` is missing here | write `do = \"EVENT\"`\n\
         wrong-type 2:6..7 `by` is a number, not a string | expected a string | put it in quotes\n  patch 5 -> \"5\"\n"
    );
    assert_eq!(
        toml("[world]\nnot-importd = ['x']"),
        "unknown-key 2:1..12 a world has no key `not-importd` | unknown key | did you mean `not-imported`?\n  patch not-importd -> not-imported\n"
    );
    assert_eq!(toml("world = 1"), "wrong-type 1:9..10 `world` is a number, not a table | expected a table | \n");
}

#[test]
fn an_ndjson_world_has_entities_facts_and_events() {
    assert_eq!(
        lines(
            r#"{"entity":"device:d7","customer":"customer:fabrikam","age":42,"in":["a","b"]}

{"entity":"site:a:b c","x":true,"y":1.5,"z":null,"v":{"a":[{}]},"w":[1,[2],{}]}
{"fact":"dap(customer:a, partner:b)","since":"2019-01-10","until":"2020-01-01T12:00:00Z"}
   {"until":"2020-01-01","fact":"dap(customer:c, partner:d)"}
{"event":"remove-dap","at":"2020-02-01","by":"user:gina@fabrikam","customer":"customer:a","days":3}
{"not-imported":["rooms-delegated","device.added-by"]}
"#
        ),
        "entity device:d7 customer=\"customer:fabrikam\" age=42 in=[\"a\", \"b\"]
entity site:a:b c x=a boolean y=a float z=a null v=a object w=[1, a list, a object]
fact dap(customer:a, partner:b) since 2019-01-10 until 2020-01-01T12:00:00Z
fact dap(customer:c, partner:d) until 2020-01-01
event remove-dap at 2020-02-01 by user:gina@fabrikam customer=\"customer:a\" days=3
not-imported rooms-delegated
not-imported device.added-by
"
    );
}

#[test]
fn entities_facts_and_events_say_where_they_come_from() {
    let read = "entity room:lobby floor=2 from rooms.json#/value/3
fact open(room:lobby) from rooms.json#/value/4
event close at 2019-03-01 by user:gina room=\"room:lobby\" from log.csv#7
source rooms.json sha256 ab12 captured 2026-11-28
source log.csv
";
    assert_eq!(
        toml(
            "[room.lobby]
            from = 'rooms.json#/value/3'
            floor = 2
            [[fact]]
            is = 'open(room:lobby)'
            from = 'rooms.json#/value/4'
            [[event]]
            at = 2019-03-01
            do = 'close'
            by = 'user:gina'
            room = 'room:lobby'
            from = 'log.csv#7'
            [world]
            sources = [{ file = 'rooms.json', sha256 = 'ab12', captured = 2026-11-28 }, { file = 'log.csv' }]"
        ),
        read
    );
    assert_eq!(
        lines(
            r#"{"entity":"room:lobby","floor":2,"from":"rooms.json#/value/3"}
{"fact":"open(room:lobby)","from":"rooms.json#/value/4"}
{"event":"close","at":"2019-03-01","by":"user:gina","room":"room:lobby","from":"log.csv#7"}
{"source":"rooms.json","sha256":"ab12","captured":"2026-11-28"}
{"source":"log.csv"}
"#
        ),
        read
    );
    assert_eq!(
        toml("[room.a]\nfrom = 3"),
        "entity room:a\nwrong-type 2:8..9 `from` is a number, not a string | expected a string | put it in quotes\n  patch 3 -> \"3\"\n"
    );
    assert_eq!(
        toml("[world]\nsources = [{ fil = 'a' }, 'b']"),
        "unknown-key 2:14..17 a source has no key `fil` | unknown key | did you mean `file`?\n  patch fil -> file\n\
         wrong-type 2:27..30 an item of `sources` is a string, not a table | expected a table | \n"
    );
    assert!(lines(r#"{"entity":"room:a","from":3}"#).contains("wrong-type 1:1..29 `from` is a number, not a string"));
    assert!(
        lines(r#"{"source":"a","sha265":"b"}"#).contains("a line of `source` has no key `sha265` | unknown key | did you mean `sha256`?")
    );
}

#[test]
fn lines_may_end_in_either_line_break() {
    assert_eq!(lines(""), "");
    assert_eq!(lines("\r\n \r\n{\"entity\":\"a:b\"}\r\n{\"entity\":\"a:c\"}"), "entity a:b\nentity a:c\n");
}

#[test]
fn texts_with_escapes_have_their_spans() {
    assert_eq!(lines(r#"{"entity":"room:\u0041"}"#), "entity room:A@\\u0041\n");
    assert_eq!(lines(r#"{"fact":"closed(room:\"Map Room\")"}"#), "fact closed(room:\\\"Map Room\\\")\n");
}

#[test]
fn an_attribute_may_be_called_event_and_a_parameter_entity() {
    assert_eq!(lines(r#"{"event":"x","entity":"a:b","fact":1}"#), "entity a:b event=\"x\" fact=1\n");
    assert_eq!(
        lines(r#"{"entity":"a:b","event":"x","at":"2020-01-01","by":"user:u"}"#),
        "event x at 2020-01-01 by user:u entity=\"a:b\"\n"
    );
}

#[test]
fn lines_with_mistakes_are_reported_and_the_rest_is_read() {
    assert_eq!(
        lines("{\"entity\":\"a:b\"}\n{\"entity\":\"a:c\"\n{\"entity\":\"a:d\",}\n[1]\n{\"entity\":\"a:e\"} x\nÄ\n{\"entity\":\"a:f\"}"),
        "entity a:b
entity a:f
json-line 2:16..16 the line is not a JSON object: the line ends while parsing an object |  | each line is one whole object, such as `{\"entity\":\"user:alice@contoso\"}`
json-line 3:17..18 the line is not a JSON object: trailing comma |  | each line is one whole object, such as `{\"entity\":\"user:alice@contoso\"}`
json-line 4:1..2 the line is not a JSON object: it is a list |  | each line is one whole object, such as `{\"entity\":\"user:alice@contoso\"}`
json-line 5:18..19 the line is not a JSON object: trailing characters |  | each line is one whole object, such as `{\"entity\":\"user:alice@contoso\"}`
json-line 6:1..2 the line is not a JSON object: expected value |  | each line is one whole object, such as `{\"entity\":\"user:alice@contoso\"}`
"
    );
    assert_eq!(
        lines(r#"{"entity":"a:b","x":1,"x":2}"#),
        "json-line 1:25..26 the line is not a JSON object: `x` is given twice |  | each line is one whole object, such as `{\"entity\":\"user:alice@contoso\"}`\n"
    );
    assert_eq!(
        lines(r#"{"entity":"a:b","x":9223372036854775808}"#),
        "number-size 1:39..40 the number `9223372036854775808` is larger than 9223372036854775807 |  | write a smaller one\n"
    );
    assert_eq!(
        lines("{\"entiti\":\"a:b\"}\n{}\n"),
        "json-line 1:3..9 the line says neither `entity`, `fact`, `event`, `unknown`, `source` nor `not-imported` |  | did you mean `entity`?\n  patch entiti -> entity\n\
         json-line 2:1..3 the line says neither `entity`, `fact`, `event`, `unknown`, `source` nor `not-imported` |  | write one of them\n"
    );
    assert_eq!(
        lines("{\"entity\":\"ab\"}\n{\"entity\":\":b\"}\n{\"entity\":\"a:\"}\n{\"entity\":5}\n"),
        "bad-entity 1:12..14 `ab` is not an entity |  | write `kind:id`, such as `user:alice@contoso`: all after the first `:` is the id
bad-entity 2:12..14 `:b` is not an entity |  | write `kind:id`, such as `user:alice@contoso`: all after the first `:` is the id
bad-entity 3:12..14 `a:` is not an entity |  | write `kind:id`, such as `user:alice@contoso`: all after the first `:` is the id
wrong-type 4:1..13 `entity` is a number, not a string | expected a string | 
"
    );
    assert_eq!(
        lines(
            "{\"fact\":\"a(b:c)\",\"sinc\":\"2020-01-01\"}\n{\"fact\":\"a(b:c)\",\"since\":\"2021-02-30\"}\n{\"fact\":true}\n{\"fact\":\"a(b:c)\",\"since\":\"2021-01-01\",\"until\":\"2020-01-01\"}\n"
        ),
        "unknown-key 1:19..23 a line of `fact` has no key `sinc` | unknown key | did you mean `since`?
  patch sinc -> since
bad-date 2:27..37 the date `2021-02-30` does not exist |  | the calendar has no such day: check month and day
wrong-type 3:1..14 `fact` is a boolean, not a string | expected a string | 
empty-interval 4:48..58 `until` (2020-01-01) is not after `since` (2021-01-01) | ends here | \n  and 4:27..37 begins here
"
    );
    assert_eq!(
        lines("{\"event\":\"x\",\"at\":5}\n{\"not-imported\":\"x\"}\n{\"not-imported\":[1]}\n"),
        "wrong-type 1:1..21 `at` is a number, not a date | expected a date | 
missing-key 1:1..21 an event must have `by` | `by` is missing here | name the one who did it: `\"by\":\"user:alice@contoso\"`
wrong-type 2:1..21 `not-imported` is a string, not a list of strings | expected a list of strings | 
wrong-type 3:1..21 `not-imported` is a number, not a string | expected a string | 
"
    );
}

#[test]
fn a_broken_fact_is_marked_at_its_place() {
    assert!(lines("\n{\"fact\":\"dap(customer:a, \"}").contains("expression-syntax 2:"));
    assert!(toml("[[fact]]\nis = 'dap(customer:a, '").contains("expression-syntax 2:"));
}

#[test]
fn at_most_fifty_broken_lines_are_reported() {
    let rendered = lines(&"{\n".repeat(70));
    assert_eq!(rendered.matches("json-line").count(), 50);
    assert!(rendered.ends_with("  note and 20 more lines have mistakes\n"), "{rendered}");
    assert!(lines(&"{\n".repeat(51)).ends_with("  note and 1 more line has mistakes\n"));
}

#[test]
fn deep_and_large_lines_do_not_overflow() {
    assert!(lines(&format!("{{\"entity\":\"a:b\",\"x\":{}", "[".repeat(100_000))).contains("recursion limit exceeded"));
    assert!(lines(&format!("{{\"entity\":\"a:b\",\"x\":{}", "{\"a\":".repeat(100_000))).contains("the line ends while parsing"));
    assert!(lines(&format!("{{\"entity\":\"a:{}\"}}", "b".repeat(5_000_000))).starts_with("entity a:bbb"));
    let mut keys = "{\"entity\":\"a:b\"".to_owned();
    for number in 0..50_000 {
        write!(keys, ",\"x{number}\":{number}").expect("is a string");
    }
    assert!(lines(&(keys + "}")).ends_with("x49999=49999\n"));
}
