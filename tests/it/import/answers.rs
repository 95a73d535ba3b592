//! What lists say of roles that an import brings and over which the pack has no action.

use super::tenant;
use super::tenant::{NOW, RESOURCE_GROUP, SUBSCRIPTION, user};
use std::fs;
use std::process::Command;

/// What the program says, with each run of blanks as one.
fn noted(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.ndjson");
    fs::write(&path, tenant().run().text()).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_delegraph"));
    let output = program.args(arguments).args(["--at", NOW, "--world"]).arg(&path).output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_can_names_roles_that_grant_nothing_where_they_are_held() {
    let bob = user(2);
    let says = noted(&["what-can", &bob]);
    let role = format!("· {bob} holds contributor on {RESOURCE_GROUP} too, which grants no action of the pack there");
    assert!(says.contains(&role) && says.contains(&format!("`delegraph roles --of {bob}`")), "{says}");
    // Alice holds none, and the subscription is not the resource group.
    assert!(!noted(&["what-can", &user(1)]).contains("too, which"));
    assert!(!noted(&["what-can", &bob, "--on", SUBSCRIPTION]).contains("too, which"));
    // On the resource group no action stands at all.
    let says = noted(&["what-can", &bob, RESOURCE_GROUP]);
    assert!(says.contains("`delegraph roles --on resource-group:ID` lists the roles held there"), "{says}");
}

#[test]
fn a_word_with_which_no_action_begins_gets_those_with_which_they_do() {
    let says = noted(&["who-can", "azure.*", SUBSCRIPTION]);
    assert!(says.contains("the actions of the pack begin with") && says.contains("`subscription`"), "{says}");
    assert!(noted(&["who-can", "subscriptoin.*", SUBSCRIPTION]).contains("did you mean `subscription.*`?"));
}
