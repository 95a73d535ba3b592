//! Lists of roles and of facts, on worlds that are made for one sentence each.

use crate::support::{pack_of, world_of};
use delegraph::eval::Decider;
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::query::lists::{self, EntityPattern, FactsQuestion, RolesQuestion};
use delegraph::report::list::LeftOut;
use delegraph::report::{self, json};
use delegraph::syntax::NamedEntities;
use delegraph::time::Instant;
use delegraph::wording::{OpenText, Words};
use delegraph::world::{self, RequestError, World};
use std::sync::LazyLock;

static PACK: LazyLock<CompiledPolicy> = LazyLock::new(|| {
    pack_of(
        r#"
[kind.firm]
attributes.admins = "team"
[kind.client]
[kind.site]
within = "client"
[kind.room]
within = ["client", "site"]
[kind.thing]
[kind.team]
attributes.teams = { member-of = "team" }
[kind.user]
subject = true
exactly-one = ["firm", "client"]
attributes.firm = "firm"
attributes.client = "client"
attributes.teams = { member-of = "team" }
attributes.mail = { type = "text", optional = true }
[kind.app]
subject = true
attributes.teams = { member-of = "team" }
[relation.dap]
ends = ["client", "firm"]
[relation.looks-after]
ends = ["firm", ["client", "site", "room"]]
covers = true
[relation.served]
ends = ["client", "user"]
[role.manager]
on = ["client", "site", "room"]
includes = ["reader"]
ids = ["0001"]
[role.reader]
on = ["client", "site", "room"]
[role.late]
on = ["client"]
since = 2030-01-01
[implication.dap-admins]
if = 'dap(client, firm)'
then = 'firm.admins holds manager on client'
listed = false
until = 2025-01-01
[implication.serves]
if = 'dap(client, firm) and user.firm == firm'
then = 'served(client, user)'
"#,
    )
});

const PEOPLE: &str = r#"
[firm.f]
admins = "team:admins"
[client.c]
[client.d]
[site.s]
client = "client:c"
[room.r]
site = "site:s"
[thing.t]
[team.admins]
[team.b]
teams = ["team:admins"]
[team.a]
teams = ["team:admins"]
[user.ann]
firm = "firm:f"
teams = ["team:admins"]
[user.bob]
firm = "firm:f"
teams = ["team:b", "team:a"]
[user.cleo]
client = "client:c"
[app.sync]
teams = ["team:admins"]
"#;

/// What is asked of roles.
#[derive(Default)]
struct Ask {
    of: Option<(&'static str, &'static str)>,
    on: Option<(&'static str, &'static str)>,
    within: bool,
    role: Option<&'static str>,
    included: bool,
    unlisted: bool,
    ends_before: Option<&'static str>,
    policy_at: Option<&'static str>,
}

fn world(facts: &str) -> World {
    world_of(&PACK, &format!("{PEOPLE}{facts}"))
}

fn context(at: &str, policy_at: Option<&str>) -> Context {
    let date = |text| Instant::parse(text).expect("a date");
    Context { policy_at: date(policy_at.unwrap_or(at)), ..Context::at(&PACK.policy, date(at)) }
}

fn decider<'a>(world: &'a World, at: &str, policy_at: Option<&str>) -> Decider<'a> {
    Decider::new(&PACK, world, context(at, policy_at))
}

fn pattern(world: &World, (kind, id): (&str, &str), at: Instant) -> Result<EntityPattern, RequestError> {
    EntityPattern::read(&PACK.policy, world, &NamedEntities::of_argument(kind.to_owned(), id.to_owned()), at)
}

/// The rows of `roles` on 2024-01-01.
fn roles(facts: &str, ask: &Ask) -> Vec<String> {
    let world = world(facts);
    let decider = decider(&world, "2024-01-01", ask.policy_at);
    let pattern = |name| pattern(&world, name, decider.context.at).expect("it is there");
    let question = RolesQuestion {
        of: ask.of.map(|of| lists::subjects(&decider, pattern(of)).expect("it stands for subjects")),
        on: ask.on.map(|on| lists::scopes(&decider, pattern(on), ask.within)),
        role: ask.role.map(|role| world.role_entity(PACK.policy.role_called(role).expect("a role"))),
        included: ask.included,
        unlisted: ask.unlisted,
        ends_before: ask.ends_before.map(|date| Instant::parse(date).expect("a date")),
        policy_stays: ask.policy_at.is_some(),
        ..RolesQuestion::default()
    };
    let mut roles = lists::roles(&decider, &question);
    let paths = std::mem::take(&mut roles.paths);
    let rows = paths.iter().map(|path| json::roles::row(Words::of(&decider).role_path(&decider, path, roles.during(path))));
    lines(rows)
}

fn lines(rows: impl Iterator<Item = impl serde::Serialize>) -> Vec<String> {
    let mut written = Vec::new();
    json::list::lines(&mut written, rows, 0).expect("memory takes it");
    String::from_utf8(written).expect("it is text").lines().map(str::to_owned).collect()
}

/// The rows of `facts` on a date.
fn facts_at(at: &str, facts: &str, pattern: Option<&str>, expanded: bool) -> Vec<String> {
    let mut world = world(facts);
    let selector = pattern.map(|text| world::read_pattern(&PACK.policy, &mut world, text, "the pattern").expect("a pattern"));
    let decider = decider(&world, at, None);
    let question = FactsQuestion { pattern: selector.as_ref(), ..FactsQuestion::default() };
    let rows = lists::facts(&decider, &question).rows;
    lines(rows.iter().map(|row| json::facts::row(Words::of(&decider).listed_fact(&decider, row, expanded))))
}

fn facts(given: &str, pattern: &str) -> Vec<String> {
    facts_at("2024-01-01", given, Some(pattern), false)
}

fn fact(is: &str) -> String {
    format!("[[fact]]\nis = '{is}'\n")
}

#[test]
fn each_origin_has_a_row_for_each_holder() {
    let given = fact("user:ann holds reader on client:c") + &fact("team:admins holds reader on client:c") + &fact("dap(client:c, firm:f)");
    assert_eq!(
        roles(&given, &Ask { of: Some(("user", "ann")), ..Ask::default() }),
        [
            r#"{"holder":"user:ann","role":"manager","scope":"client:c","outcome":"held","via":["team:admins"],"by":"implication:dap-admins","listed":false,"since":null,"until":"2025-01-01"}"#,
            r#"{"holder":"user:ann","role":"reader","scope":"client:c","outcome":"held","via":[],"by":"assignment","listed":true,"since":null,"until":null}"#,
            r#"{"holder":"user:ann","role":"reader","scope":"client:c","outcome":"held","via":["team:admins"],"by":"assignment","listed":true,"since":null,"until":null}"#,
        ]
    );
}

#[test]
fn rows_are_ordered_by_holder_role_scope() {
    let given = fact("team:admins holds reader on client:d")
        + &fact("team:admins holds reader on client:c")
        + &fact("user:cleo holds manager on site:s");
    let holders: Vec<String> =
        roles(&given, &Ask::default()).iter().map(|row| row.split(r#","outcome""#).next().expect("a part").to_owned()).collect();
    assert_eq!(
        holders,
        [
            r#"{"holder":"app:sync","role":"reader","scope":"client:c""#,
            r#"{"holder":"app:sync","role":"reader","scope":"client:d""#,
            r#"{"holder":"user:ann","role":"reader","scope":"client:c""#,
            r#"{"holder":"user:ann","role":"reader","scope":"client:d""#,
            r#"{"holder":"user:bob","role":"reader","scope":"client:c""#,
            r#"{"holder":"user:bob","role":"reader","scope":"client:d""#,
            r#"{"holder":"user:cleo","role":"manager","scope":"site:s""#,
        ]
    );
}

#[test]
fn via_is_the_shortest_chain_and_the_first_of_those() {
    let given = fact("team:admins holds reader on client:c");
    assert_eq!(
        roles(&given, &Ask { of: Some(("user", "bob")), ..Ask::default() }),
        [
            r#"{"holder":"user:bob","role":"reader","scope":"client:c","outcome":"held","via":["team:a","team:admins"],"alone":false,"by":"assignment","listed":true,"since":null,"until":null}"#
        ]
    );
    // A longer chain is another one too; one that does not lead there is none.
    let more = given + &fact("user:ann in team:a");
    let rows = roles(&more, &Ask { of: Some(("user", "ann")), ..Ask::default() });
    assert!(rows[0].contains(r#""via":["team:admins"],"alone":false"#), "{rows:?}");
    let elsewhere = fact("team:admins holds reader on client:c") + "[team.x]\n[[fact]]\nis = 'user:ann in team:x'\n";
    let rows = roles(&elsewhere, &Ask { of: Some(("user", "ann")), ..Ask::default() });
    assert!(rows[0].contains(r#""via":["team:admins"],"by""#), "{rows:?}");
}

#[test]
fn a_role_may_be_held_by_one_path_and_unknown_by_another() {
    let given = fact("user:ann holds reader on client:c")
        + "[[unknown]]\nis = 'dap(client:c, _)'\nwhy = \"not asked\"\n[[unknown]]\nis = 'team:admins holds reader on client:c'\n";
    assert_eq!(
        roles(&given, &Ask { of: Some(("user", "ann")), role: Some("reader"), ..Ask::default() }),
        [
            r#"{"holder":"user:ann","role":"reader","scope":"client:c","outcome":"held","via":[],"by":"assignment","listed":true,"since":null,"until":null}"#,
            r#"{"holder":"user:ann","role":"reader","scope":"client:c","outcome":"unknown","via":["team:admins"],"by":"assignment","listed":true,"since":null,"until":null}"#,
        ]
    );
    let rows = roles(&given, &Ask { of: Some(("user", "ann")), role: Some("manager"), on: Some(("client", "c")), ..Ask::default() });
    assert_eq!(
        rows,
        [
            r#"{"holder":"user:ann","role":"manager","scope":"client:c","outcome":"unknown","via":["team:admins"],"by":"implication:dap-admins","listed":false,"since":null,"until":"2025-01-01"}"#
        ]
    );
}

#[test]
fn scopes_above_count_and_within_those_below() {
    let given =
        fact("user:ann holds reader on client:c") + &fact("user:ann holds reader on room:r") + &fact("user:ann holds reader on client:d");
    let scopes = |on, within| -> Vec<String> {
        let rows = roles(&given, &Ask { on: Some(on), within, ..Ask::default() });
        rows.iter().map(|row| row.split('"').nth(11).expect("the scope").to_owned()).collect()
    };
    assert_eq!(scopes(("site", "s"), false), ["client:c"]);
    assert_eq!(scopes(("site", "s"), true), ["client:c", "room:r"]);
    assert_eq!(scopes(("room", "r"), false), ["client:c", "room:r"]);
    assert_eq!(scopes(("client", "*"), false), ["client:c", "client:d"]);
}

#[test]
fn intervals_that_touch_are_one_and_whatever_ends_a_path_ends_its_row() {
    let of = Some(("user", "ann"));
    let part = |since: &str, until: &str| format!("[[fact]]\nis = 'user:ann holds reader on client:c'\nsince = {since}\nuntil = {until}\n");
    let dates = |given: &str, ask: &Ask| -> Vec<String> {
        roles(given, ask).iter().map(|row| row[row.find(r#""since""#).expect("a date")..].to_owned()).collect()
    };
    let two = part("2023-01-01", "2024-06-01") + &part("2024-06-01", "2026-01-01");
    assert_eq!(dates(&two, &Ask { of, ..Ask::default() }), [r#""since":"2023-01-01","until":"2026-01-01"}"#]);
    let apart = part("2023-01-01", "2024-06-01") + &part("2024-06-02", "2026-01-01");
    assert_eq!(dates(&apart, &Ask { of, ..Ask::default() }), [r#""since":"2023-01-01","until":"2024-06-01"}"#]);
    // The membership begins and ends, and so does the edition of the policy.
    let member = "[team.x]\n[[fact]]\nis = 'team:x holds reader on client:c'\n[[fact]]\nis = 'user:ann in team:x'\nsince = 2023-05-01T12:00:00Z\nuntil = 2024-02-01\n";
    assert_eq!(dates(member, &Ask { of, ..Ask::default() }), [r#""since":"2023-05-01T12:00:00Z","until":"2024-02-01"}"#]);
    let dap = "[[fact]]\nis = 'dap(client:c, firm:f)'\nsince = 2020-01-01\n";
    assert_eq!(dates(dap, &Ask { of, ..Ask::default() }), [r#""since":"2020-01-01","until":"2025-01-01"}"#]);
    assert_eq!(dates(dap, &Ask { of, policy_at: Some("2024-01-01"), ..Ask::default() }), [r#""since":"2020-01-01","until":null}"#]);
}

#[test]
fn an_included_role_has_the_path_of_the_role_that_includes_it() {
    let given = fact("user:ann holds manager on client:c");
    let rows = roles(&given, &Ask { included: true, ..Ask::default() });
    assert_eq!(
        rows,
        [
            r#"{"holder":"user:ann","role":"manager","scope":"client:c","outcome":"held","via":[],"by":"assignment","listed":true,"since":null,"until":null}"#,
            r#"{"holder":"user:ann","role":"reader","included-by":"manager","scope":"client:c","outcome":"held","via":[],"by":"assignment","listed":true,"since":null,"until":null}"#,
        ]
    );
    assert_eq!(roles(&given, &Ask { included: true, role: Some("reader"), ..Ask::default() }), rows[1..]);
    assert_eq!(roles(&given, &Ask { role: Some("0001"), ..Ask::default() }), rows[..1]);
}

#[test]
fn assignments_of_roles_that_are_not_in_force_are_facts_and_no_roles() {
    let given = fact("user:ann holds late on client:c");
    assert_eq!(roles(&given, &Ask::default()), <[&str; 0]>::default());
    assert_eq!(
        facts(&given, "_ holds _ on _"),
        [r#"{"fact":"user:ann holds late on client:c","truth":"true","since":null,"until":null,"from":"world.toml:27"}"#]
    );
}

#[test]
fn a_role_that_no_pack_names_is_unknown() {
    let rows = roles(&fact("user:ann holds role:custom on client:c"), &Ask::default());
    assert_eq!(
        rows,
        [
            r#"{"holder":"user:ann","role":"custom","scope":"client:c","outcome":"unknown","via":[],"by":"assignment","listed":true,"since":null,"until":null}"#
        ]
    );
}

#[test]
fn only_what_no_listing_shows_and_only_what_ends() {
    let given = fact("team:admins holds reader on client:c")
        + &fact("dap(client:c, firm:f)")
        + "[[fact]]\nis = 'user:ann holds reader on client:d'\nuntil = 2024-02-01\n";
    let by = |ask: &Ask| -> Vec<String> {
        roles(&given, &Ask { of: Some(("user", "ann")), ..Ask { unlisted: ask.unlisted, ends_before: ask.ends_before, ..Ask::default() } })
            .iter()
            .map(|row| {
                row.split('"').nth(11).expect("the scope").to_owned()
                    + " "
                    + row.split(r#""by":""#).nth(1).expect("by").split('"').next().expect("by")
            })
            .collect()
    };
    assert_eq!(by(&Ask { unlisted: true, ..Ask::default() }), ["client:c implication:dap-admins"]);
    assert_eq!(by(&Ask { ends_before: Some("2024-02-01"), ..Ask::default() }), ["client:d assignment"]);
    assert_eq!(by(&Ask { ends_before: Some("2024-01-31"), ..Ask::default() }), <[&str; 0]>::default());
    assert_eq!(by(&Ask { ends_before: Some("2025-01-01"), ..Ask::default() }), ["client:c implication:dap-admins", "client:d assignment"]);
}

#[test]
fn an_entity_stands_for_its_members_and_for_those_whose_home_it_is() {
    let subjects = |facts: &str, kind: &str, id: &str| -> String {
        let world = world(facts);
        let decider = decider(&world, "2024-01-01", None);
        let pattern = pattern(&world, (kind, id), decider.context.at).expect("it is there");
        match lists::subjects(&decider, pattern) {
            Ok(found) => {
                found.into_iter().map(|(ent, truth)| format!("{} {truth:?}", world.name(&PACK.policy, ent))).collect::<Vec<_>>().join(", ")
            }
            Err(error) => error.message,
        }
    };
    assert_eq!(subjects("", "user", "ann"), "user:ann True");
    assert_eq!(subjects("", "team", "admins"), "app:sync True, user:ann True, user:bob True");
    assert_eq!(subjects("", "firm", "f"), "user:ann True, user:bob True");
    assert_eq!(subjects("[user.dan]\n", "firm", "f"), "user:ann True, user:bob True, user:dan Unknown");
    assert_eq!(subjects("[[unknown]]\nis = 'user in team:b'\n", "team", "b"), "user:ann Unknown, user:bob True, user:cleo Unknown");
    assert_eq!(subjects("", "user", "*"), "user:ann True, user:bob True, user:cleo True");
    assert_eq!(subjects("", "team", "*"), "app:sync True, user:ann True, user:bob True");
    assert_eq!(subjects("", "thing", "t"), "a thing stands for no subject: none can be in it or name it as its home");
    let world = world("");
    let not_there = pattern(&world, ("user", "nobody"), context("2024-01-01", None).at);
    assert_eq!(not_there.expect_err("nobody has that name").message, "the world has no `user:nobody`");
}

#[test]
fn rows_of_those_who_may_be_members_say_so() {
    let given = fact("user:dan holds reader on client:c") + "[user.dan]\n";
    let rows = roles(&given, &Ask { of: Some(("firm", "f")), ..Ask::default() });
    assert_eq!(
        rows,
        [
            r#"{"holder":"user:dan","member":"unknown","role":"reader","scope":"client:c","outcome":"held","via":[],"by":"assignment","listed":true,"since":null,"until":null}"#
        ]
    );
}

#[test]
fn facts_without_a_pattern_are_all_but_attributes() {
    let given = fact("dap(client:c, firm:f)") + &fact("user:ann holds reader on client:c");
    let names: Vec<String> = facts_at("2024-01-01", &given, None, false)
        .iter()
        .map(|row| serde_json::from_str::<serde_json::Value>(row).expect("JSON")["fact"].as_str().expect("a text").to_owned())
        .collect();
    assert_eq!(
        names,
        [
            "app:sync in team:admins",
            "dap(client:c, firm:f)",
            "served(client:c, user:ann)",
            "served(client:c, user:bob)",
            "team:a in team:admins",
            "team:b in team:admins",
            "user:ann holds reader on client:c",
            "user:ann in team:admins",
            "user:bob in team:a",
            "user:bob in team:b",
        ]
    );
}

#[test]
fn attributes_are_listed_where_a_pattern_names_one() {
    assert_eq!(
        facts("[user.dan]\n", "user.firm"),
        [
            r#"{"fact":"user:\"ann\".firm == firm:f","truth":"true","since":null,"until":null,"from":"world.toml:17"}"#,
            r#"{"fact":"user:\"bob\".firm == firm:f","truth":"true","since":null,"until":null,"from":"world.toml:20"}"#,
            r#"{"fact":"user:\"dan\".firm","truth":"unknown","since":null,"until":null,"from":null}"#,
        ]
    );
    assert_eq!(facts("", "user:\"ann\".firm").len(), 1);
    assert_eq!(facts("", "user:\"ann\".mail"), <[&str; 0]>::default());
}

#[test]
fn a_named_end_of_a_covering_relation_matches_what_it_lies_within() {
    let given = fact("looks-after(firm:f, client:c)") + &fact("looks-after(firm:f, client:d)") + &fact("looks-after(firm:f, room:r)");
    let names = |pattern: &str| -> Vec<String> {
        facts(&given, pattern).iter().map(|row| row.split('"').nth(3).expect("the fact").to_owned()).collect()
    };
    assert_eq!(names("looks-after(_, site:s)"), ["looks-after(firm:f, client:c)"]);
    assert_eq!(names("looks-after(_, room:r)"), ["looks-after(firm:f, client:c)", "looks-after(firm:f, room:r)"]);
    assert_eq!(names("looks-after(_, room)"), ["looks-after(firm:f, room:r)"]);
    assert_eq!(names("looks-after(_, client) where client == client:d"), ["looks-after(firm:f, client:d)"]);
}

#[test]
fn where_narrows_a_pattern() {
    let rows = facts("", "user in team where user.client is client");
    assert_eq!(rows, <[&str; 0]>::default());
    let rows = facts("", "user in team where user.firm == firm:f");
    assert_eq!(rows.len(), 3, "{rows:?}");
}

#[test]
fn derived_facts_name_their_implication_and_what_they_rest_on() {
    let given = "[[fact]]\nis = 'dap(client:c, firm:f)'\nsince = 2020-01-01\nuntil = 2024-05-01\n";
    assert_eq!(
        facts_at("2024-01-01", given, Some("served(_, user:ann)"), true),
        [
            r#"{"fact":"served(client:c, user:ann)","truth":"true","since":"2020-01-01","until":"2024-05-01","from":"implication:serves","rests-on":["dap(client:c, firm:f)","user:\"ann\".firm == firm:f"]}"#
        ]
    );
}

#[test]
fn what_is_left_open_is_a_row_for_each_pattern() {
    let given = "[[unknown]]\nis = 'dap(_, firm:f)'\nwhy = \"not asked\"\nsince = 2023-01-01\nfrom = \"dap.json\"\n[world]\nnot-imported = [\"looks-after\"]\n[[fact]]\nis = 'not dap(client:d, firm:f)'\n";
    assert_eq!(
        facts(given, "dap(_, _)"),
        [r#"{"fact":"dap(_, firm:f)","truth":"unknown","why":"not asked","since":"2023-01-01","until":null,"from":"dap.json"}"#]
    );
    assert_eq!(facts(given, "dap(client:d, firm:f)"), <[&str; 0]>::default());
    assert_eq!(facts(given, "dap(client:c, firm:f)").len(), 1);
    assert_eq!(facts(given, "looks-after(firm:f, _)").len(), 1);
    // What rests on it is unknown, with the pattern as the reason.
    assert_eq!(
        facts(given, "served(client:c, user:ann)"),
        [
            r#"{"fact":"served(client:c, user:ann)","truth":"unknown","why":"dap(_, firm:f)","since":"2023-01-01","until":null,"from":"implication:serves"}"#
        ]
    );
}

#[test]
fn facts_that_touch_are_one() {
    let part = |since: &str, until: &str| format!("[[fact]]\nis = 'dap(client:c, firm:f)'\nsince = {since}\nuntil = {until}\n");
    let given = part("2020-01-01", "2023-01-01")
        + &part("2022-01-01", "2024-02-01")
        + &part("2024-02-01", "2025-01-01")
        + &part("2026-01-01", "2027-01-01");
    let rows = facts(&given, "dap(_, _)");
    assert_eq!(rows.len(), 1);
    assert!(rows[0].contains(r#""since":"2020-01-01","until":"2025-01-01""#), "{rows:?}");
}

#[test]
fn open_counts_the_rows_that_depend_on_a_pattern() {
    let given = "[[unknown]]\nis = 'dap(_, _)'\nwhy = \"not asked\"\n[[unknown]]\nis = 'user in team:b'\n";
    let world = world(given);
    let decider = decider(&world, "2024-01-01", None);
    let roles = lists::roles(&decider, &RolesQuestion::default());
    let open = Words::of(&decider).open(&roles.open(&roles.paths));
    let rows = |name: &str| roles.paths.iter().filter(|path| world.name(&PACK.policy, path.holder) == name).count();
    let dap = OpenText { fact: "dap(_, _)".into(), why: Some("not asked".into()), rows: roles.paths.len() };
    // That ann and bob are in the team of admins is stated; that cleo is in a team of it is open.
    let member = OpenText { fact: "user in team:b".into(), why: None, rows: rows("user:cleo") };
    assert_eq!(open, [dap, member]);
    assert!(rows("user:cleo") > 0);
}

#[test]
fn names_that_act_on_a_terminal_are_made_visible() {
    let world = world("[user.\"e\\u001b[31mvil\"]\nfirm = \"firm:f\"\nteams = [\"team:admins\"]\n[[fact]]\nis = 'dap(client:c, firm:f)'\n");
    let decider = decider(&world, "2024-01-01", None);
    let words = Words::of(&decider);
    let style = |full| report::text::Style { color: false, width: 80, full };
    let question = words.list_question(&decider.context, Vec::new());
    let mut roles = lists::roles(&decider, &RolesQuestion::default());
    let paths = std::mem::take(&mut roles.paths);
    let rows: Vec<_> = paths.iter().map(|path| words.role_path(&decider, path, roles.during(path))).collect();
    let facts = lists::facts(&decider, &FactsQuestion::default()).rows;
    let facts: Vec<_> = facts.iter().map(|row| words.listed_fact(&decider, row, true)).collect();
    for full in [false, true] {
        for page in [
            report::roles::render(&question, &rows, LeftOut { cut: 3, ..LeftOut::default() }, &[], &style(full)),
            report::facts::render(&question, &facts, &[], LeftOut { cut: 3, ..LeftOut::default() }, &style(full)),
        ] {
            // A fact is printed as conditions write it, where such an id is quoted.
            assert!(page.contains("e␛[31mvil") || page.contains(r"e\u001b[31mvil"), "{page}");
            assert!(!page.contains('\u{1b}'), "{page}");
            assert!(page.ends_with("and 3 more, left out by --limit\n"), "{page}");
            let widest = page.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(80), "{page}");
        }
    }
}
