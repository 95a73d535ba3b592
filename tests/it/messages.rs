//! Messages about what people write of habit, from other languages and other programs: each says what is meant here and what is written
//! instead.

use crate::support::{SHIPPED, outcome, source, world};
use delegraph::diag::Diagnostic;
use delegraph::files::{Source, embedded_pack};
use delegraph::open;
use delegraph::syntax::{looks_like_pack, looks_like_world};
use std::collections::BTreeSet;

const SCHEMA: &str = r#"
[kind.user]
subject = true
attributes.name = { type = "text", optional = true }
[kind.device]
attributes.name = { type = "text", optional = true }
attributes.bought = { type = "date", optional = true }
attributes.active = { one-of = ["yes", "no"], optional = true }
[relation.lent]
ends = ["device", "user"]
[relation.trained]
ends = ["user"]
[action."device.wipe"]
on = ["device"]
[role.owner]
on = ["device"]
grants = ["device.wipe"]
"#;

/// The errors of the schema with a rule of this condition.
fn rule(condition: &str) -> Vec<Diagnostic> {
    errors(&format!("{SCHEMA}[rule.r]\nallow = [\"device.wipe\"]\nif = '''{condition}'''\n"))
}

fn errors(text: &str) -> Vec<Diagnostic> {
    let pack = open::pack(vec![source("pack.toml", text)]);
    pack.diagnostics.into_iter().filter(Diagnostic::is_error).collect()
}

/// The errors of a world for the shipped pack.
fn in_world(text: &str) -> Vec<Diagnostic> {
    world_errors(Source::of_bytes("world.toml".to_owned(), text.as_bytes().to_vec()))
}

fn world_errors(file: Source) -> Vec<Diagnostic> {
    open::world(&SHIPPED, vec![file]).unwrap().diagnostics.into_iter().filter(Diagnostic::is_error).collect()
}

/// Whether there is one error, of this code, and its headline or help has the text.
fn says(found: &[Diagnostic], code: &str, text: &str) {
    let [one] = found else { panic!("one error: {found:#?}") };
    assert_eq!(one.code.name(), code, "{one:#?}");
    let help = one.help.as_deref().unwrap_or_default();
    assert!(one.headline.contains(text) || help.contains(text), "{text} is not in\n{}\n{help}", one.headline);
}

#[test]
fn what_conditions_do_not_have_is_named_with_what_is_written_instead() {
    says(&rule("resource.bought < now"), "unbound-variable", "`--at`");
    says(&rule("context.ip == \"1\""), "unbound-variable", "`assuming`");
    says(&rule("lent(resource, principal)"), "lone-variable", "`_`");
    says(&rule("principal.name == \"a\""), "unbound-variable", "who asks is `subject`");
    says(&rule("resource.name like \"a*\""), "expression-syntax", "does not look into texts");
    says(&rule("resource.name starts-with \"a\""), "expression-syntax", "does not look into texts");
    says(&rule("resource.active == true"), "expression-syntax", "`one-of = [\"yes\", \"no\"]`");
    says(&rule("resource.active in [true]"), "expression-syntax", "`one-of = [\"yes\", \"no\"]`");
    says(&rule("subject.name == n and resource.name == n"), "unbound-variable", "`a.name == b.name`");
    says(&rule("resource.name == null"), "unbound-variable", "no value is null");
    says(&rule("not (lent(resource, x) and trained(x))"), "negated-variable", "derive through an implication");
    says(&rule("resource.bought < 05/01/2024"), "bad-date", "`2024-01-05` or `2024-05-01`");
    says(&rule("subject hold owner on resource"), "expression-syntax", "write `holds`");
    says(&rule("subject hodls owner on resource"), "expression-syntax", "did you mean `holds`?");
    says(&rule("resource.name == “a”"), "expression-syntax", "typographic quote");
    says(&rule("subject holds superuser on resource"), "unknown-role", "a role over `device` is `owner`");
}

/// What the help of `null` promises.
#[test]
fn a_term_equals_itself_only_where_it_has_a_value() {
    let text = format!("{SCHEMA}[rule.r]\nallow = [\"device.wipe\"]\nif = 'not resource.name == resource.name'\n");
    let world = "[user.ann]\n[device.named]\nname = \"n\"\n[device.nameless]\n";
    let outcomes = ["device:named", "device:nameless"].map(|device| outcome(&text, world, &format!("user:ann device.wipe {device}")));
    assert_eq!(outcomes, ["not-granted", "allowed"]);
}

#[test]
fn habits_in_worlds_are_named_for_what_they_are() {
    says(&in_world("[[facts]]\nis = 'a in group:b'"), "wrong-type", "did you mean `[[fact]]`?");
    says(&in_world("[partner.b]\n[customer.a]\n[[fact]]\nis = ‘dap(customer:a, partner:b)’"), "toml-syntax", "typographic quote");
    says(
        &in_world("[partner.b]\n[customer.a]\n[[fact]]\nis = 'dap(customer:a, partner:b)'\nsince = 05/01/2024"),
        "bad-date",
        "`2024-05-01`",
    );
    says(
        &in_world("[partner.b]\n[customer.a]\n[[fact]]\nis = 'dap(customer:a, partner:b)'\nsince = 31.1.2024"),
        "bad-date",
        "`2024-01-31`",
    );
    says(
        &in_world("[partner.b]\n[customer.a]\n[[fact]]\nis = 'dap(customer:big corp, partner:b)'"),
        "expression-syntax",
        "`customer:\"big corp\"`",
    );
    says(&in_world("[customer.a]\n[[fact]]\nis = 'user:“x y” holds owner on customer:a'"), "expression-syntax", "typographic quote");
    says(&in_world("[rule.a]\nallow = 'x'"), "unknown-element", "an element of a pack");
    let utf16 = "[customer.a]\r\n".encode_utf16();
    let little: Vec<u8> = [0xff, 0xfe].into_iter().chain(utf16.clone().flat_map(u16::to_le_bytes)).collect();
    let big: Vec<u8> = [0xfe, 0xff].into_iter().chain(utf16.clone().flat_map(u16::to_be_bytes)).collect();
    let unmarked: Vec<u8> = utf16.flat_map(u16::to_le_bytes).collect();
    for bytes in [little, big, unmarked] {
        says(&world_errors(Source::of_bytes("world.toml".to_owned(), bytes)), "not-utf8", "is UTF-16");
    }
    let latin = world_errors(Source::of_bytes("world.toml".to_owned(), b"# caf\xe9".to_vec()));
    says(&latin, "not-utf8", "`world.toml` is not UTF-8");
}

#[test]
fn an_id_without_its_domain_suggests_those_that_begin_so() {
    let users = "[partner.p]\n[user.\"bob@a\"]\npartner = \"partner:p\"\n[user.\"bob@b\"]\npartner = \"partner:p\"\n[group.g]\n";
    says(
        &in_world(&format!("{users}[[fact]]\nis = 'user:bob in group:g'")),
        "unknown-entity",
        "did you mean `user:bob@a` or `user:bob@b`?",
    );
}

#[test]
fn names_cycles_and_lints_are_reported_in_one_run() {
    let pack = r#"
[role.a]
on = ["device"]
includes = ["b"]
[role.b]
on = ["device"]
includes = ["a"]
[relation.one]
ends = ["user"]
[relation.two]
ends = ["user"]
[implication.first]
if = 'two(user)'
then = 'one(user)'
[implication.second]
if = 'one(user)'
then = 'two(user)'
[toggle.idle]
[rule.misspelt]
allow = ["device.whipe"]
[rule.impossible]
allow = ["device.wipe"]
if = 'resource.active == "yes" and resource.active == "no"'
"#;
    let reported = open::pack(vec![source("pack.toml", &format!("{SCHEMA}{pack}"))]).diagnostics;
    let codes: BTreeSet<&str> = reported.iter().map(|diagnostic| diagnostic.code.name()).collect();
    for code in ["unknown-action", "role-cycle", "implication-cycle", "never-true"] {
        assert!(codes.contains(code), "{code} is not among {codes:?}");
    }
}

/// A mistake may have made what looks like a circle: one that is not there without it is not reported.
#[test]
fn no_circle_follows_from_a_mistake() {
    let pack = r#"
[kind.site]
[role.lead]
on = ["device"]
[role.guest]
on = ["sight"]
[implication.guests]
if = 'user holds lead on device and lent(device, user)'
then = 'user holds guest on device'
[implication.leads]
if = 'user holds guest on site and lent(device, user)'
then = 'user holds lead on device'
[implication.broken]
if = 'broken(user)'
then = 'trained(user)'
"#;
    let found = errors(&format!("{SCHEMA}{pack}"));
    let codes: BTreeSet<&str> = found.iter().map(|diagnostic| diagnostic.code.name()).collect();
    assert!(codes.contains("unknown-kind") && !codes.contains("implication-cycle"), "{codes:?}");
}

#[test]
fn the_shipped_pack_and_worlds_are_warned_of_for_nothing_else() {
    let pack = open::pack(embedded_pack());
    assert_eq!(pack.diagnostics, [], "the pack");
    for name in ["breached-partner", "life-cycle", "two-partners-devices", "gdap-life-cycle", "dap-removed"] {
        let linted = open::lint_world(&SHIPPED, &world(&SHIPPED, &format!("fixtures/worlds/{name}.toml")));
        assert_eq!(linted, [], "{name}");
    }
    // Here one user was left without a home on purpose.
    let linted = open::lint_world(&SHIPPED, &world(&SHIPPED, "fixtures/worlds/rooms-three-continents.toml"));
    assert_eq!(linted.iter().map(|warning| warning.headline.as_str()).collect::<Vec<_>>(), ["the home of `user:jordan` is not stated"]);
}

#[test]
fn odd_texts_are_reported_and_do_not_panic() {
    let odd = [
        "",
        "=",
        "a = é/1/2024",
        "a = 1/é/2024",
        "[é",
        "[[",
        "[\u{feff}]",
        "a = “",
        "“ = “”",
        "\0",
        "\u{fffd}\u{fffd}\0",
        "é=’1/1/2024",
        "[a]\r\nb = 1/1/1111 “",
    ];
    for text in odd {
        for other in odd {
            let both = format!("{text}\n{other}");
            _ = (looks_like_pack(&both), looks_like_world(&both));
            _ = errors(&both);
            _ = rule(text);
            _ = rule(&format!("user:a {text} holds {other}"));
        }
        _ = in_world(text);
        _ = delegraph::time::Instant::parse(text);
    }
}
