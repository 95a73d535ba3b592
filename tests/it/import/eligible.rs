//! How-to where it is unknown who is eligible for a group.

use super::tenant;
use super::tenant::{NOW, asked_of, user};
use super::unread::without;

const SUBSIDIARY: &str = "customer:4b827261-d21f-4aa9-b7db-7fa1f56fb163";

fn asked(world: &str, verb: &[&str]) -> String {
    let carol = user(3);
    let page = asked_of(world, &[verb, &[&carol, "directory.manage", SUBSIDIARY, "--at", NOW]].concat());
    page.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn how_to_says_that_it_is_unknown_who_is_eligible() {
    let world = without(&["pim-eligible.json"]).run().text();
    let how = asked(&world, &["how-to", "allow"]);
    let (carol, group) = (user(3), "group:11110000-0000-4000-8000-000000000003");
    let unknown =
        format!("it is unknown whether {carol} can make this change with event activate-membership, since `eligible({carol}, {group})`");
    assert!(how.contains(&unknown) && how.contains("(no complete export of who is eligible for it (PIM)) is unknown"), "{how}");
    assert!(how.contains("ways with a change that no event known to be available makes"), "{how}");
    assert!(!how.contains("nobody known can make this change with event activate-membership. It is for whoever keeps group:11110000-0000-4000-8000-000000000003 also"), "{how}");
    let explained = asked(&world, &["explain"]);
    assert!(explained.contains(&format!("whether {carol} can do it by activate-membership is unknown")), "{explained}");
    // Who is eligible is exported: she is, and can do it.
    let how = asked(&tenant().run().text(), &["how-to", "allow"]);
    assert!(how.contains("1. activate-membership") && how.contains("what somebody can do on that date"), "{how}");
}
