//! Bindings of files that are not there, and names that nothing binds.

use super::{fixture, tenant};

#[test]
fn a_file_that_bindings_name_and_that_is_not_there_is_an_error() {
    let mut import = tenant();
    import.files.remove("members-hd.json").unwrap();
    let said = import.run().shown();
    assert!(said.contains("error[bad-binding]: a binding is for `members-hd.json`"), "{said}");
}

#[test]
fn a_name_that_is_nearly_that_of_an_input_without_bindings_is_a_mistake() {
    let text = String::from_utf8(fixture("tenant-export/bindings.toml")).unwrap();
    let outcome = tenant().bindings(&text.replace("members-hd.json", "membres-hd.json")).run();
    assert!(outcome.shown().contains("error[bad-binding]: a binding is for `membres-hd.json`"), "{}", outcome.shown());
    assert!(outcome.shown().contains("did you mean `members-hd.json`?"), "{}", outcome.shown());
    // So is a file of the command line.
    let outcome = tenant().bind("far.json:group=x").run();
    assert!(outcome.said().contains("bad-binding: a binding is for `far.json`"), "{}", outcome.said());
}

#[test]
fn a_group_of_agents_that_is_not_bound_is_a_warning() {
    let said = tenant().run().shown();
    assert!(said.contains("warning[missing-binding]: `sales-agents` is not bound"), "{said}");
    assert!(said.contains("`partner.sales-agents` is unknown, and what depends on it: implication `agents-act`"), "{said}");
    assert!(said.contains("bind it: --bind sales-agents=…") && !said.contains("`admin-agents` is not bound"), "{said}");
    let text = String::from_utf8(fixture("tenant-export/bindings.toml")).unwrap();
    let without = text.lines().filter(|line| !line.contains("-agents")).collect::<Vec<_>>().join("\n");
    let said = tenant().bindings(&without).run().shown();
    for name in ["admin-agents", "helpdesk-agents", "sales-agents"] {
        assert_eq!(said.matches(&format!("`{name}` is not bound")).count(), 1, "{said}");
    }
    // Whatever is bound, nothing is said of a home that another name gives.
    assert!(!said.contains("`customer` is not bound"), "{said}");
}
