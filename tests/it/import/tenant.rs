//! A whole tenant, dirty on purpose: what must come out of it, asked of the program.

use super::{Import, tenant};
use delegraph::import::ChannelState;
use std::fs;
use std::process::Command;

pub(super) const CONTOSO: &str = "customer:52eaad04-13a2-4a2f-9ce8-93a294fadf36";
const SUBSIDIARY: &str = "customer:4b827261-d21f-4aa9-b7db-7fa1f56fb163";
const ABC: &str = "customer:eebd1b55-5360-4438-a11d-5c06918c3014";
pub(super) const SUBSCRIPTION: &str = "subscription:a925f2f7-5c63-4b7b-8799-25a5f97bc3b2";
pub(super) const RESOURCE_GROUP: &str = "resource-group:a925f2f7-5c63-4b7b-8799-25a5f97bc3b2/rg1";

/// A user by the last digit of the id.
pub(super) fn user(digit: u8) -> String {
    format!("user:22220000-0000-4000-8000-00000000000{digit}")
}

/// What the program prints of the imported world.
fn asked(arguments: &[&str]) -> String {
    asked_of(&tenant().run().text(), arguments)
}

/// What the program prints of a world.
pub(super) fn asked_of(world: &str, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.ndjson");
    fs::write(&path, world).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_delegraph"));
    let output = program.args(arguments).arg("--world").arg(&path).output().unwrap();
    assert_ne!(output.status.code(), Some(2), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Who holds a role on a scope, `held` or `unknown`: `holder role outcome`, sorted. Roles above the scope are left out.
fn roles(scope: &str, at: &str) -> Vec<String> {
    let rows = asked(&["roles", "--on", scope, "--at", at, "--format", "ndjson"]);
    let row = |line: &str| {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        (text("scope") == scope).then(|| format!("{} {} {}", text("holder"), text("role"), text("outcome")))
    };
    let mut rows: Vec<String> = rows.lines().filter_map(row).collect();
    rows.sort();
    rows
}

pub(super) const NOW: &str = "2026-11-28T13:00:00Z";

/// DAP was not looked at: whoever is in the agents' groups may be a Global Administrator of any customer.
fn may_have_dap() -> [String; 2] {
    let holder = |holder: &str| format!("{holder} global-administrator unknown");
    [holder("app:33330000-0000-4000-8000-000000000001"), holder(&user(4))]
}

#[test]
fn at_contoso_members_hold_what_is_assigned_by_nesting_too() {
    let [app, dave] = may_have_dap();
    let (alice, bob) = (user(1), user(2));
    let held = |holder: &str, role: &str| format!("{holder} {role} held");
    let expected = vec![
        app,
        held(&alice, "directory-readers"),
        held(&alice, "helpdesk-administrator"),
        held(&bob, "directory-readers"),
        held(&bob, "exchange-administrator"),
        held(&bob, "helpdesk-administrator"),
        dave,
    ];
    assert_eq!(roles(CONTOSO, NOW), expected);
}

#[test]
fn at_the_subsidiary_an_activation_lasts_its_hours() {
    let [app, dave] = may_have_dap();
    let after = vec![app, format!("{} helpdesk-administrator held", user(1)), format!("{} helpdesk-administrator held", user(2)), dave];
    assert_eq!(roles(SUBSIDIARY, NOW), after);
    let carol = format!("{} global-administrator held", user(3));
    for (at, holds) in [("07:59:59", false), ("08:00:00", true), ("11:59:59", true), ("12:00:00", false)] {
        let held = roles(SUBSIDIARY, &format!("2026-11-28T{at}Z"));
        assert_eq!(held.contains(&carol), holds, "{at}: {held:#?}");
    }
    let how = asked(&["how-to", "allow", &user(3), "directory.manage", SUBSIDIARY, "--at", NOW, "--policy-at", NOW]);
    assert!(how.contains("activate-membership"), "{how}");
}

#[test]
fn at_abc_nobody_holds_anything() {
    assert_eq!(roles(ABC, NOW), may_have_dap());
}

#[test]
fn on_the_subscription_a_condition_is_unknown_and_not_absent() {
    let (alice, bob, dave) = (user(1), user(2), user(4));
    let expected = [
        "app:33330000-0000-4000-8000-000000000001 owner held".to_owned(),
        "app:44440000-0000-4000-8000-000000000002 contributor held".to_owned(),
        format!("{alice} contributor unknown"),
        format!("{alice} owner unknown"),
        format!("{bob} contributor unknown"),
        format!("{bob} owner unknown"),
        format!("{dave} owner held"),
        "user:44440000-0000-4000-8000-000000000001 reader held".to_owned(),
    ];
    assert_eq!(roles(SUBSCRIPTION, NOW), expected);
    assert_eq!(roles(RESOURCE_GROUP, NOW), [format!("{bob} contributor held")]);
}

#[test]
fn a_relationship_that_extends_itself_is_unknown_after_its_end() {
    let of_bob: Vec<String> = roles(CONTOSO, "2031-01-01").into_iter().filter(|row| row.starts_with(&user(2))).collect();
    assert_eq!(of_bob, [format!("{} exchange-administrator unknown", user(2))]);
}

#[test]
fn relationships_that_end_soon_are_listed() {
    let ends = asked(&["facts", "active(_)", "--ends-before", "2026-12-28", "--at", NOW, "--format", "ndjson"]);
    let ends: Vec<(String, String)> = ends
        .lines()
        .map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            (row["fact"].as_str().unwrap()[12..16].to_owned(), row["until"].as_str().unwrap()[..10].to_owned())
        })
        .collect();
    assert_eq!(ends, [("aaaa".to_owned(), "2026-12-01".to_owned()), ("cccc".to_owned(), "2026-12-20".to_owned())]);
}

#[test]
fn what_nobody_looked_at_is_in_the_table_of_channels() {
    insta::assert_snapshot!(tenant().run().channels());
}

#[test]
fn warnings_name_what_is_not_as_it_seems() {
    insta::assert_snapshot!(tenant().run().shown());
}

#[test]
fn the_world_is_the_same_whatever_the_order_of_files_and_bindings() {
    let outcome = tenant().run();
    let text = outcome.text();
    assert_eq!(text, tenant().run().text());
    insta::assert_snapshot!(text);
    let world = outcome.world();
    assert!(world.count() > 50, "{}", world.count());
}

#[test]
fn without_bindings_it_imports_too_and_says_what_to_bind() {
    let outcome = Import::of(&["partners", "azure"]).folder("fixtures/imports/tenant-export").captured("2026-11-28").run();
    let said = outcome.said();
    let asks = |file: &str, name: &str| {
        let asks = said.lines().filter(|line| line.starts_with("missing-binding") && line.contains(&format!("`{file}`"))).count();
        assert_eq!(asks, 1, "{file}: {said}");
        assert!(outcome.shown().contains(&format!("--bind {file}:{name}=…")), "{file}");
    };
    for file in ["acc-a.json", "acc-b.json", "acc-c.json"] {
        asks(file, "relationship");
    }
    for file in ["members-aa.json", "members-ex.json", "members-hd.json", "members-t2.json"] {
        asks(file, "group");
    }
    asks("az-role-assignments.json", "tenant");
    asks("customers.json", "partner");
    assert!(outcome.shown().contains("--bind members-bb.json:source=NAME"), "an empty list looks like nothing");
    // What a fact lacks is open, and what it has stays.
    let unknown = outcome.says("unknown");
    let expected = "assigns(_, group:11110000-0000-4000-8000-000000000001, role:helpdesk-administrator) since 2025-12-02T10:00:00.555044Z";
    assert!(unknown.iter().any(|line| line == expected), "{unknown:#?}");
    assert!(unknown.iter().any(|line| line == "dap(_, _)"), "{unknown:#?}");
    assert!(unknown.iter().any(|line| line == "user:22220000-0000-4000-8000-000000000001 in _"), "{unknown:#?}");
    assert!(outcome.says("fact").iter().all(|fact| !fact.starts_with("assigns(") && !fact.starts_with("reseller(")));
    let is_closed = outcome.imported.channels.iter().any(|row| row.channel == "assignments" && row.state == ChannelState::LookedAt);
    assert!(!is_closed, "{}", outcome.channels());
    outcome.world();
}

#[test]
fn strict_writes_nothing_when_a_file_fits_no_source() {
    assert!(tenant().strict().run().imported.world.is_some(), "{}", tenant().run().shown());
    let outcome = tenant().file("other.json", "[{\"a\":1}]").strict().run();
    assert!(outcome.imported.is_refused && outcome.imported.world.is_none());
}

/// The foreign provider, and what it could not see, changes no answer about others.
#[test]
fn a_foreign_provider_makes_nothing_unknown_elsewhere() {
    let unknown = tenant().run().says("unknown");
    let of_members: Vec<&String> = unknown.iter().filter(|line| line.contains(" in ")).collect();
    assert!(of_members.is_empty(), "{of_members:#?}");
    let open: Vec<&String> = unknown.iter().filter(|line| line.contains('_')).collect();
    let expected = |line: &&&String| line.starts_with("assigns(gdap:") || **line == "dap(_, partner:8777b240-c6f0-4469-9e98-a3205431b836)";
    assert!(open.iter().all(|line| expected(&line)), "{open:#?}");
}
