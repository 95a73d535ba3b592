//! What answers say of their own limits: what counts as absent, and when the exports were captured.

use super::tenant::{CONTOSO, NOW, asked_of, user};
use super::{Import, tenant};

/// A user of a customer's own tenant: that tenant's directory roles are not exported.
const OWN: &str = "user:44440000-0000-4000-8000-000000000001";

/// The answer with each run of blanks as one.
fn words(world: &str, arguments: &[&str]) -> String {
    asked_of(world, arguments).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_no_names_what_counts_as_absent() {
    let world = tenant().run().text();
    let says = "o export of it was read, so it counts as absent: ";
    for arguments in [
        vec!["explain", OWN, "directory.manage", CONTOSO, "--at", NOW, "--how-to", "none"],
        vec!["decide", OWN, "directory.manage", CONTOSO, "--at", NOW],
        vec!["decide", OWN, "directory.manage", CONTOSO, "--at", NOW, "--explain"],
        vec!["who-can", "directory.manage", CONTOSO, "--known", "--at", NOW],
        vec!["roles", "--role", "global-administrator", "--known", "--at", NOW],
    ] {
        let text = words(&world, &arguments);
        assert!(text.contains(says) && text.contains("roles in the customer's own directory"), "{arguments:?}: {text}");
    }
    // What is granted does not rest on that.
    let granted = words(&world, &["decide", &user(2), "directory.read", CONTOSO, "--at", NOW]);
    assert!(granted.starts_with("allow") && !granted.contains("counts as absent"), "{granted}");
}

#[test]
fn what_no_mapping_reads_counts_as_absent_and_is_named() {
    let row =
        "Technician,Name,Group,Since,Until\n22220000-0000-4000-8000-000000000001,a,11110000-0000-4000-8000-000000000001,2026-02-01,\n";
    let world = Import::of(&["csv"]).file("l.csv", row).bind("partner=8777b240-c6f0-4469-9e98-a3205431b836").run().text();
    let text = words(&world, &["facts", "--unknown", "--at", NOW]);
    assert!(text.contains("what these mappings do not read: roles that are assigned, "), "{text}");
    assert!(text.contains("(accepted, active, approval-pending, approved and "), "{text}");
    // A mapping of memberships reads these.
    assert!(!text.contains("members of groups"), "{text}");
    // Relations that follow from others are not facts of a world.
    let all = Import::of(&["csv"]).file("l.csv", row).bind("partner=8777b240-c6f0-4469-9e98-a3205431b836").run();
    assert!(!all.text().contains("acts-for") && !all.text().contains("gdap-gives"), "{}", all.text());
    let nobody = words(&world, &["what-can", "user:22220000-0000-4000-8000-000000000001", "--at", NOW]);
    assert!(nobody.contains("what this list may miss") && nobody.contains("what these mappings do not read"), "{nobody}");
}

#[test]
fn an_answer_about_a_day_before_the_export_says_so() {
    let world = tenant().run().text();
    let before = "2026-01-15";
    let says = "the exports date from 2026-11-28, and what has no beginning in them is as of then";
    for arguments in [
        vec!["decide", "user:22220000-0000-4000-8000-000000000002", "directory.read", CONTOSO],
        vec!["explain", "user:22220000-0000-4000-8000-000000000002", "directory.read", CONTOSO, "--how-to", "none"],
        vec!["who-can", "directory.read", CONTOSO],
        vec!["what-can", "user:22220000-0000-4000-8000-000000000002"],
        vec!["roles", "--of", "user:22220000-0000-4000-8000-000000000002"],
        vec!["facts", "_ in _"],
    ] {
        let asked = |at: &str| words(&world, &[arguments.clone(), vec!["--at", at]].concat());
        assert!(asked(before).contains(says), "{arguments:?}: {}", asked(before));
        assert!(!asked(NOW).contains("the exports date from"), "{arguments:?}: {}", asked(NOW));
        assert!(asked("2031-01-01").contains("the exports date from 2026-11-28"), "{arguments:?}");
    }
    let window = words(&world, &["who-can", "directory.read", CONTOSO, "--between", "2026-01-15", "2026-11-29"]);
    assert!(window.contains(says), "{window}");
}

#[test]
fn a_role_that_grants_nothing_where_it_is_held_is_in_the_answer() {
    let world = tenant().run().text();
    let text = words(&world, &["what-can", "group:11110000-0000-4000-8000-000000000004", "--at", NOW]);
    assert!(text.contains("roles that grant none of these actions · "), "{text}");
    assert!(text.contains("holds contributor on resource-group:a925f2f7-5c63-4b7b-8799-25a5f97bc3b2/rg1"), "{text}");
}

#[test]
fn a_date_that_no_export_has_is_that_of_the_rule() {
    let world = tenant().run().text();
    let text = words(&world, &["roles", "--role", "global-administrator", "--at", "2026-11-28T09:00:00Z", "--expand"]);
    assert!(text.contains("from 2022-02-01 (the beginning of the rule)"), "{text}");
    assert!(text.contains("from 2026-11-28T08:00:00Z until 2026-11-28T12:00:00Z") && !text.contains("12:00:00Z (the"), "{text}");
}

#[test]
fn owners_of_groups_and_the_partners_own_roles_count_as_absent_by_name() {
    let text = words(&tenant().run().text(), &["facts", "--unknown", "--at", NOW]);
    assert!(text.contains("? owners of groups, who can make members of them"), "{text}");
    assert!(text.contains("? roles in the partner's own directory, which may manage its groups"), "{text}");
}
