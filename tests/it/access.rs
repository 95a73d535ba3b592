//! Access lists, on worlds that are made for one sentence each.

use crate::support::{pack_of, world_of};
use delegraph::eval::{Budget, Decider, Truth};
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::protocol::authzen;
use delegraph::query::access::{self, Selection};
use delegraph::query::lists::EntityPattern;
use delegraph::report::json;
use delegraph::syntax::NamedEntities;
use delegraph::time::Instant;
use delegraph::world::World;
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
within = "site"
[kind.team]
attributes.teams = { member-of = "team" }
[kind.user]
subject = true
exactly-one = ["firm", "client"]
attributes.firm = "firm"
attributes.client = "client"
attributes.teams = { member-of = "team" }
attributes.mail = { type = "text", key = true, optional = true }
[kind.app]
subject = true
attributes.teams = { member-of = "team" }
[relation.dap]
ends = ["client", "firm"]
[action."client.view"]
on = "client"
[action."client.close"]
on = "client"
[action."room.open"]
on = ["site", "room"]
[action."room.clean"]
on = "room"
[role.manager]
on = ["client", "site", "room"]
grants = ["client.*", "room.open"]
[role.cleaner]
on = ["site", "room"]
grants = ["room.clean"]
[implication.dap-admins]
if = 'dap(client, firm)'
then = 'firm.admins holds manager on client'
[rule.own]
allow = ["client.view"]
if = 'subject.client == resource'
[rule.not-at-home]
deny = ["room.open"]
if = 'subject.client == resource.client'
"#,
    )
});

const PEOPLE: &str = r#"
[firm.f]
admins = "team:admins"
[firm.empty]
admins = "team:none"
[client.c]
[client.d]
[site.s]
client = "client:c"
[room.r]
site = "site:s"
[team.admins]
[team.none]
[team.inner]
teams = ["team:admins"]
[user.ann]
firm = "firm:f"
mail = "ann@f"
teams = ["team:inner"]
[user.bob]
firm = "firm:f"
[user.cleo]
client = "client:c"
[app.bot]
teams = ["team:admins"]
[[fact]]
is = 'dap(client:c, firm:f)'
until = 2024-06-01
"#;

/// The rows of `SUBJECT ACTION RESOURCE`, each a pattern, `-` for all subjects or resources, on 2024-02-01. `within` takes what lies within too.
fn rows(world: &str, question: &str, within: bool) -> Vec<String> {
    let world = world_of(&PACK, &format!("{PEOPLE}{world}"));
    list(&world, question, within).unwrap_or_else(|why| panic!("{why}"))
}

fn list(world: &World, question: &str, within: bool) -> Result<Vec<String>, String> {
    let parts: Vec<&str> = question.split(' ').collect();
    let context = Context::at(&PACK.policy, Instant::parse("2024-02-01").expect("a date"));
    let decider = Decider::new(&PACK, world, context);
    let budget = Budget::default();
    let query = decider.within(&budget);
    let pattern = |text: &str| {
        let (kind, id) = text.split_once(':').expect("kind:id");
        let named = match id {
            r#""*""# => NamedEntities::One(kind.to_owned(), "*".to_owned()),
            id => NamedEntities::of_argument(kind.to_owned(), id.to_owned()),
        };
        EntityPattern::read(&PACK.policy, world, &named, decider.context.at).map_err(|error| error.to_string())
    };
    let subjects = match parts[0] {
        "-" => query.all_subjects(),
        text => query.subjects(pattern(text)?).map_err(|error| error.to_string())?,
    };
    let actions = query.actions(parts[1]).map_err(|error| error.to_string())?;
    let resources = match parts[2] {
        "-" => query.all_resources(&actions),
        text => query.resources(pattern(text)?, &actions, within).map_err(|error| error.help.unwrap_or(error.message))?,
    };
    let selection = Selection { subjects, actions, resources, with_barred: false };
    let name = |ent| world.name(&PACK.policy, ent);
    let row = |row: access::AccessRow| {
        let request = row.request;
        let member = if row.member == Truth::Unknown { " (perhaps)" } else { "" };
        let action = &PACK.policy.actions[request.action].meta.name;
        format!("{}{member} {action} {} {}", name(request.subject), name(request.resource), row.outcome.name())
    };
    Ok(access::access_list(&decider, &selection).map(row).collect())
}

#[test]
fn who_can_lists_everyone_by_whatever_way() {
    let expected =
        ["app:bot client.view client:c allowed", "user:ann client.view client:c allowed", "user:cleo client.view client:c allowed"];
    assert_eq!(rows("", "- client.view client:c", false), expected);
}

#[test]
fn rows_print_ids_whatever_name_the_question_used() {
    assert_eq!(rows("", "user:ann@f client.* client:c", false), rows("", "user:ann client.* client:c", false));
    assert_eq!(rows("", "user:ann@f client.close -", false), ["user:ann client.close client:c allowed"]);
}

#[test]
fn a_star_in_quotes_is_an_id() {
    let star = "[client.\"*\"]\n[user.star]\nclient = \"client:*\"\n";
    assert_eq!(rows(star, r#"- client.view client:"*""#, false), ["user:star client.view client:* allowed"]);
    assert_eq!(list(&world_of(&PACK, PEOPLE), r#"- client.view client:"*""#, false), Err("the world has no `client:*`".to_owned()));
    assert!(rows(star, "- client.view client:*", false).len() > 1);
}

#[test]
fn a_group_stands_for_the_subjects_in_it_at_any_depth() {
    let expected = ["app:bot client.close client:c allowed", "user:ann client.close client:c allowed"];
    assert_eq!(rows("", "team:admins client.close -", false), expected);
    assert_eq!(rows("", "team:inner client.close -", false), expected[1..]);
    assert!(rows("", "team:none * -", false).is_empty());
}

#[test]
fn a_home_stands_for_those_who_name_it() {
    assert_eq!(rows("", "firm:f client.close -", false), ["user:ann client.close client:c allowed"]);
    assert_eq!(rows("", "client:c * -", false), ["user:cleo client.view client:c allowed"]);
}

#[test]
fn what_stands_for_no_subject_is_an_error() {
    let world = world_of(&PACK, PEOPLE);
    for subject in ["site:s", "room:*", "role:manager"] {
        let why = list(&world, &format!("{subject} * -"), false).expect_err("it stands for nobody");
        assert!(why.contains("stands for no subject"), "{why}");
    }
}

#[test]
fn who_may_be_a_member_is_asked_about_too() {
    let open = "[[unknown]]\nis = 'user:bob in team:admins'\nwhy = 'not exported'\n";
    let found = rows(open, "team:admins client.close -", false);
    let expected = [
        "app:bot client.close client:c allowed",
        "user:ann client.close client:c allowed",
        "user:bob (perhaps) client.close client:c unknown",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_pattern_of_actions_stands_for_those_on_the_kind() {
    let found = rows("[[fact]]\nis = 'user:bob holds cleaner on site:s'\n", "user:bob * room:r", false);
    assert_eq!(found, ["user:bob room.clean room:r allowed"]);
    let found = rows("[[fact]]\nis = 'user:bob holds cleaner on site:s'\n", "user:bob room.* room:*", false);
    assert_eq!(found, ["user:bob room.clean room:r allowed"]);
}

#[test]
fn where_no_action_stands_the_error_names_the_kinds_and_within() {
    let world = world_of(&PACK, PEOPLE);
    let why = list(&world, "- room.* client:c", false).expect_err("it stands on sites and rooms");
    assert!(why.contains("a room or a site") && why.contains("--within"), "{why}");
    let why = list(&world, "- client.* room:r", false).expect_err("it stands on clients");
    assert!(why.contains("client") && !why.contains("--within"), "{why}");
}

#[test]
fn within_takes_all_that_lies_within_at_any_depth() {
    let found = rows("", "user:ann room.open client:c", true);
    assert_eq!(found, ["user:ann room.open room:r allowed", "user:ann room.open site:s allowed"]);
}

#[test]
fn what_is_barred_is_no_row_but_is_told_in_the_summary() {
    let holds = "[[fact]]\nis = 'user:cleo holds manager on client:c'\n";
    assert!(rows(holds, "user:cleo room.open -", false).is_empty());
    let world = world_of(&PACK, &format!("{PEOPLE}{holds}"));
    let decider = Decider::new(&PACK, &world, Context::at(&PACK.policy, Instant::parse("2024-02-01").expect("a date")));
    let budget = Budget::default();
    let query = decider.within(&budget);
    let actions = query.actions("room.open").expect("an action");
    let resources = query.all_resources(&actions);
    let selection = Selection { subjects: query.all_subjects(), actions, resources, with_barred: false };
    let summary = access::summary(&decider, &selection, |_| access::Taken::Listed);
    let barred = &summary.barred[0];
    assert_eq!(barred.requests.subjects, [world.find(PACK.policy.kind_called("user").expect("a kind"), "cleo").expect("a user")]);
    assert_eq!(PACK.policy.rules[barred.rules[0]].meta.name, "not-at-home");
    // Two ways or one, and two people by the same: what is allowed is counted whole.
    assert_eq!((summary.allowed, summary.groups.iter().map(access::AccessGroup::len).sum::<usize>()), (4, 4));
}

#[test]
fn whoever_lacks_a_home_is_a_candidate() {
    let unknown = "[user.dan]\n";
    assert_eq!(
        rows(unknown, "user:dan client.view -", false),
        ["user:dan client.view client:c unknown", "user:dan client.view client:d unknown"]
    );
    assert!(rows(unknown, "- client.view client:d", false).contains(&"user:dan client.view client:d unknown".to_owned()));
    // Perhaps `dan` is one of the firm's.
    assert_eq!(rows(unknown, "firm:f client.view client:d", false), ["user:dan (perhaps) client.view client:d unknown"]);
}

#[test]
fn subjects_that_are_alike_in_all_but_one_thing_are_asked_about_by_themselves() {
    let twins = r#"
[user.tim]
firm = "firm:f"
mail = "tim@f"
teams = ["team:inner"]
[user.tom]
firm = "firm:f"
mail = "tom@f"
teams = ["team:inner"]
[user.ton]
firm = "firm:f"
[user.una]
client = "client:c"
teams = ["team:inner"]
[[fact]]
is = 'user:ton in team:inner'
since = 2024-02-01
until = 2024-02-02
[[fact]]
is = 'user:tom holds cleaner on room:r'
"#;
    // The apps are no users.
    let all = rows(twins, "user:* * -", false);
    let one_by_one: Vec<String> = ["ann", "bob", "cleo", "tim", "tom", "ton", "una"]
        .iter()
        .flat_map(|name| rows(twins, &format!("user:{name} * -"), false))
        .collect();
    assert_eq!(all, one_by_one);
    let of = |name: &str| all.iter().filter(|row| row.starts_with(&format!("user:{name} "))).count();
    // In the firm: to view and close the client, and to open site and room; `tom` cleans too, and `una` may not open what is at home.
    assert_eq!(["ann", "tim", "tom", "ton", "una"].map(of), [4, 4, 5, 4, 2]);
}

#[test]
fn each_line_is_a_request_that_is_decided_the_same() {
    let world = world_of(&PACK, PEOPLE);
    let decider = Decider::new(&PACK, &world, Context::at(&PACK.policy, Instant::parse("2024-02-01").expect("a date")));
    let budget = Budget::default();
    let query = decider.within(&budget);
    let actions = query.actions("*").expect("actions");
    let resources = query.all_resources(&actions);
    let selection = Selection { subjects: query.all_subjects(), actions, resources, with_barred: false };
    let mut lines = 0;
    for row in access::access_list(&decider, &selection) {
        let line = serde_json::to_string(&json::access::row(&PACK.policy, &world, row, Vec::new())).expect("it is JSON");
        let answer = authzen::answer(&decider, line.as_bytes(), false).expect("it is a request");
        assert_eq!(answer, r#"{"decision":true}"#, "{line}");
        lines += 1;
    }
    assert_eq!(lines, 9);
}

/// A list that is cut says how much is left out, in each format.
#[test]
fn a_cut_list_says_so_in_every_format() {
    let world = "--world=fixtures/worlds/breached-partner.toml";
    let of = |more: &[&str]| {
        let arguments = [&["what-can", "user:marco@proseware", "customer:*", world][..], more].concat();
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_delegraph")).args(arguments).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    for when in [&["--at", "2021-10-22"][..], &["--between", "2021-10-22", "2021-11-22"]] {
        let whole = of(&[when, &["--format", "ndjson"]].concat()).lines().count();
        let left = whole - 3;
        for (format, said) in [
            ("human", format!("and {left} more")),
            ("json", format!("\"complete\":false,\"left-out\":{left}")),
            ("ndjson", format!("\"left-out\":{left}}}")),
            ("dot", format!("label=\"and {left} more answers, left out by --limit\"")),
            ("mermaid", format!("\"and {left} more answers, left out by --limit\"")),
        ] {
            if when.len() == 3 && matches!(format, "dot" | "mermaid") {
                continue;
            }
            let cut = of(&[when, &["--format", format, "--limit", "3"]].concat());
            assert!(cut.contains(&said), "{format} does not say {said}:\n{cut}");
            let all = of(&[when, &["--format", format, "--limit", &whole.to_string()]].concat());
            let says = ["left-out", "left out", "\"complete\":false", "more answers"].iter().any(|word| all.contains(word));
            assert!(!says, "{format} says that it is cut:\n{all}");
        }
    }
}
