//! What lists may miss: entities that only an export names that was not read.

use super::tenant;
use super::tenant::{CONTOSO, NOW, SUBSCRIPTION, asked_of, user};
use super::unread::without;

const TITLE: &str = "what this list may miss";

fn asked(world: &str, arguments: &[&str]) -> String {
    asked_of(world, &[arguments, &["--at", NOW]].concat())
}

/// What follows the title, with each blank as one.
fn missed(page: &str) -> String {
    let (_, missed) = page.split_once(TITLE).unwrap_or_else(|| panic!("nothing is missed in\n{page}"));
    missed.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn lists_say_which_entities_only_an_export_names_that_was_not_read() {
    let world = without(&["az-role-assignments.json"]).run().text();
    let grants = "no complete export of its role assignments";
    let who = missed(&asked(&world, &["who-can", "subscription.manage", SUBSCRIPTION]));
    assert!(who.contains("a user or an app that the world does not name, left open by `_ holds _ on subscription:"), "{who}");
    assert!(who.contains(grants), "{who}");
    let roles = missed(&asked(&world, &["roles", "--of", &user(1)]));
    assert!(roles.contains("a resource-group that the world does not name") && roles.contains(grants), "{roles}");
    let below = missed(&asked(&world, &["roles", "--on", CONTOSO, "--within"]));
    assert!(below.contains("a resource-group") && below.contains("an app"), "{below}");
    // Alice and the subscription are named, and nothing else is asked about.
    let what = missed(&asked(&world, &["what-can", &user(1), SUBSCRIPTION]));
    assert!(!what.contains("does not name") && what.contains("no export of it was read, so it counts as absent"), "{what}");
    // What counts as absent bears on what is known too.
    let known = missed(&asked(&world, &["roles", "--known", "--of", &user(1)]));
    assert!(!known.contains("does not name") && known.contains("counts as absent"), "{known}");
    // With the grants at hand no such entity is missing.
    let all = tenant().run().text();
    let roles = missed(&asked(&all, &["roles", "--of", &user(1), "--on", SUBSCRIPTION]));
    assert!(!roles.contains("does not name"), "{roles}");
    let customers = missed(&asked(&all, &["roles", "--role", "global-administrator"]));
    assert!(customers.contains("a customer that the world does not name, left open by `dap(_, "), "{customers}");
}

#[test]
fn members_of_a_list_that_was_not_read_may_be_missed() {
    let world = without(&["members-hd.json"]).run().text();
    let subsidiary = "customer:4b827261-d21f-4aa9-b7db-7fa1f56fb163";
    let who = asked(&world, &["who-can", "directory.reset-password", subsidiary]);
    assert!(missed(&who).contains("that the world does not name, left open by `app in group:"), "{who}");
    // The pattern is in the document too, whether or not a row rests on it.
    let json = asked(&world, &["who-can", "directory.reset-password", "customer:eebd1b55-5360-4438-a11d-5c06918c3014", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let open: Vec<&str> = json["open"].as_array().unwrap().iter().map(|open| open["fact"].as_str().unwrap()).collect();
    assert!(open.iter().any(|fact| fact.starts_with("user in group:11110000-0000-4000-8000-000000000001")), "{open:?}");
}

#[test]
fn what_no_export_names_is_not_found_and_the_error_says_why() {
    let world = without(&["az-role-assignments.json", "az-account-list.json"]).run().text();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.ndjson");
    std::fs::write(&path, world).unwrap();
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_delegraph"));
    let output = program.args(["who-can", "subscription.manage", SUBSCRIPTION, "--at", NOW, "--world"]).arg(&path).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("it has no subscription at all; no export that was read names it"), "{said}");
}
