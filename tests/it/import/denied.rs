//! What a rule denies whatever else is unknown: the answer is no, and what is unknown is said beside it.

use super::tenant::{NOW, SUBSCRIPTION, asked_of, user};
use super::unread::without;

/// The tenant without its grants in Azure.
fn world() -> String {
    without(&["az-role-assignments.json"]).run().text()
}

#[test]
fn lists_say_which_grants_are_unknown_of_what_a_rule_denies() {
    let world = world();
    let alice = user(1);
    let title = "Granted only if what is left open holds, and denied all the same";
    let open = "? _ holds _ on subscription:a925f2f7-5c63-4b7b-8799-25a5f97bc3b2: no complete\n  export of its role assignments";
    let list = |more: &[&str]| {
        let arguments = [&["what-can", &alice, SUBSCRIPTION, "--at", NOW], more].concat();
        asked_of(&world, &arguments)
    };
    let plain = list(&[]);
    assert!(plain.starts_with("user:alice@proseware.com cannot do any of this on\n"), "{plain}");
    for part in [title, "as contributor, assigned directly, if at all", "denied by rule azure-needs-agent-and-entra-role", open] {
        assert!(plain.contains(part), "no {part} in\n{plain}");
    }
    assert!(!list(&["--known"]).contains(title));
    // They are no rows.
    assert_eq!(list(&["--format", "ndjson"]), "");
    let who = asked_of(&world, &["who-can", "subscription.manage", SUBSCRIPTION, "--at", NOW]);
    assert!(who.contains(title) && who.contains("user:alice@proseware.com"), "{who}");
}

#[test]
fn an_explanation_does_not_say_that_nothing_grants_what_may_be_granted() {
    let explained = asked_of(&world(), &["explain", &user(1), "subscription.manage", SUBSCRIPTION, "--at", NOW, "--how-to", "none"]);
    assert!(!explained.contains("Nothing grants it"), "{explained}");
    assert!(explained.contains("Without that, it would be unknown whether it is allowed."), "{explained}");
    assert!(explained.contains("Not known") && explained.contains("az role assignment list"), "{explained}");
    // With the grants at hand nothing grants it to carol.
    let explained = asked_of(
        &super::tenant().run().text(),
        &["explain", &user(3), "subscription.manage", SUBSCRIPTION, "--at", NOW, "--how-to", "none"],
    );
    assert!(explained.contains("Nothing grants it either."), "{explained}");
}
