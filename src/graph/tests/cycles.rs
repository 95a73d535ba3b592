//! Cycles and overlong chains.

use super::sketch::policy;
use crate::graph::{Graph, cycle_among};

/// The diagnostics of a sketch, as `code line:word headline | label | …`.
fn check(sketch: &str) -> String {
    let policy = policy(sketch);
    let (_, diagnostics) = Graph::build(&policy);
    let rendered = diagnostics.iter().map(|diagnostic| {
        let headline = format!("{} {}", diagnostic.code.name(), diagnostic.headline);
        let labels = diagnostic
            .labels
            .iter()
            .map(|label| format!("{}:{} {}", policy.sources.place(label.span).line, policy.sources.slice(label.span), label.text));
        [headline].into_iter().chain(labels).chain(diagnostic.notes.iter().cloned()).collect::<Vec<_>>().join(" | ") + "\n"
    });
    rendered.collect()
}

#[test]
fn roles_that_include_one_another_are_reported() {
    assert_eq!(check("role owner includes reader\nrole reader"), "");
    assert_eq!(
        check("role owner includes contributor\nrole contributor includes reader\nrole reader includes owner"),
        "role-cycle roles include one another in a circle: `contributor` → `reader` → `owner` → `contributor` \
         | 2:reader `contributor` includes `reader` | 3:owner `reader` includes `owner` | 1:contributor `owner` includes `contributor`\n"
    );
    assert_eq!(
        check("role owner includes owner"),
        "role-cycle roles include one another in a circle: `owner` → `owner` | 1:owner `owner` includes `owner`\n"
    );
    assert_eq!(check("role a includes b\nrole b includes a\nrole c includes d\nrole d includes c").lines().count(), 2);
}

#[test]
fn implications_that_depend_on_one_another_are_reported() {
    assert_eq!(check("implication i asks dap gives agent\nimplication j asks agent gives acts"), "");
    assert_eq!(
        check("implication i asks agent gives acts\nimplication j asks acts gives agent"),
        "implication-cycle implications depend on one another in a circle: `i` → `j` → `i` \
         | 1:agent `i` needs this, and `j` derives `agent` | 2:acts `j` needs this, and `i` derives `acts`\n"
    );
    assert_eq!(
        check("implication i asks not acts gives acts"),
        "implication-cycle implications depend on one another in a circle: `i` → `i` \
         | 1:acts `i` needs this not to hold, and derives `acts` itself\n"
    );
}

#[test]
fn deriving_a_role_derives_the_roles_it_includes() {
    assert_eq!(
        check("role owner includes reader\nrole reader\nimplication i asks reader gives owner"),
        "implication-cycle implications depend on one another in a circle: `i` → `i` | 3:reader `i` needs this, and derives `owner` itself\n"
    );
    assert_eq!(check("role owner includes reader\nrole reader\nimplication i asks owner gives reader"), "");
}

#[test]
fn a_variable_of_kind_role_is_any_role() {
    assert_eq!(
        check("role owner\nimplication i asks any gives owner"),
        "implication-cycle implications depend on one another in a circle: `i` → `i` | 2:any `i` needs this, and derives `owner` itself\n"
    );
    assert_eq!(
        check("role owner\nimplication i asks owner gives any"),
        "implication-cycle implications depend on one another in a circle: `i` → `i` | 2:owner `i` needs this, and derives any role itself\n"
    );
    assert_eq!(check("implication i asks any gives dap\nrole owner\nimplication j asks dap gives acts"), "");
}

#[test]
fn a_cycle_is_reported_once_with_the_number_of_further_members() {
    assert_eq!(
        check("implication i asks b gives a\nimplication j asks a gives b\nimplication k asks a gives b"),
        "implication-cycle implications depend on one another in a circle: `i` → `j` → `i` \
         | 1:b `i` needs this, and `j` derives `b` | 2:a `j` needs this, and `i` derives `a` | 1 more depend on these, and these on them\n"
    );
}

#[test]
fn a_cycle_of_roles_is_not_a_cycle_of_implications() {
    let rendered = check("role a includes b\nrole b includes a\nimplication i asks dap gives a");
    assert!(rendered.starts_with("role-cycle") && rendered.lines().count() == 1, "{rendered}");
}

#[test]
fn chains_have_a_bounded_length() {
    let link = |at: usize| format!("implication i{at:03} asks r{at:03} gives r{:03}", at + 1);
    let chain = |links: usize| {
        (0..links).map(link).collect::<Vec<_>>().join(
            "
",
        )
    };
    assert_eq!(check(&chain(100)), "");
    assert_eq!(
        check(&chain(102)),
        "implication-depth implication `i100` rests on a chain of more than 100 implications \
         | 101:i100 101 in a row, counting this one | 1:i000 the chain ends here\n"
    );
}

#[test]
fn long_chains_and_cycles_do_not_exhaust_the_stack() {
    let links = 20_000;
    let role = |at: usize| format!("role r{at:06} includes r{:06}", (at + 1) % links);
    let roles = (0..links).map(role).collect::<Vec<_>>().join(
        "
",
    );
    assert!(check(&roles).contains("(19988 more) → `r000000`"));
}

#[test]
fn the_shortest_cycle_among_edges_is_found() {
    assert_eq!(cycle_among(&[]), None);
    assert_eq!(cycle_among(&[(0, 1), (1, 2), (0, 2)]), None);
    assert_eq!(cycle_among(&[(4, 4)]), Some(vec![0]));
    assert_eq!(cycle_among(&[(0, 1), (1, 2), (2, 3), (3, 1), (2, 1)]), Some(vec![1, 4]));
}
