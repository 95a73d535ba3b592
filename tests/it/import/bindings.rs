//! Bindings of files that are not there, and names that nothing binds.

use super::{Import, fixture, tenant};

#[test]
fn a_file_that_bindings_name_and_that_is_not_there_is_an_error() {
    let mut import = tenant();
    import.files.remove("members-hd.json").unwrap();
    let said = import.run().shown();
    assert!(said.contains("error[bad-binding]: a binding is for `members-hd.json`"), "{said}");
    // The other lists have bindings of their own, so none of them is meant.
    assert!(!said.contains("did you mean `members-"), "{said}");
    assert!(said.contains("export it, or take out what is bound for it: what it would say is unknown then"), "{said}");
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
fn a_binding_that_nothing_uses_names_the_sources_that_would() {
    let mut import = tenant();
    import.files.remove("delegatedAdminRelationships.json").unwrap();
    let said = import.run().shown();
    assert!(said.contains("error[bad-binding]: nothing uses the binding `admin-agents`"), "{said}");
    assert!(said.contains("an export of `relationships` would use it: add one, or take the binding out"), "{said}");
}

#[test]
fn lists_that_lack_a_binding_are_each_read_though_they_are_alike() {
    let list = fixture("tenant-export/members-t2.json");
    let outcome = Import::of(&["partners"]).file("a.json", &list).file("b.json", &list).run();
    assert!(!outcome.said().contains("is the same as"), "{}", outcome.said());
    assert_eq!(outcome.said().matches("does not say its `group`").count(), 2, "{}", outcome.said());
    let bound = Import::of(&["partners"]).file("a.json", &list).file("b.json", &list).bind("group=g").bind("partner=p").run();
    assert!(bound.said().contains("`b.json` is the same as `a.json`, so it is read once"), "{}", bound.said());
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
