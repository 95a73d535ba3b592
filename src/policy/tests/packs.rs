//! Whole packs: the shipped one and one of another domain, as they are and with a line left out.

use super::{read, shown};
use crate::policy::Policy;
use include_dir::{Dir, include_dir};

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/policies");
static LIBRARY: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/packs/library");

fn texts<'d>(pack: &'d Dir<'_>) -> Vec<&'d str> {
    pack.files().filter(|file| file.path().extension().is_some_and(|end| end == "toml")).filter_map(|file| file.contents_utf8()).collect()
}

fn names(policy: &Policy) -> Vec<String> {
    let heads = [
        policy.kinds.values().map(|kind| &kind.meta).collect::<Vec<_>>(),
        policy.relations.values().map(|relation| &relation.meta).collect(),
        policy.roles.values().map(|role| &role.meta).collect(),
        policy.actions.values().map(|action| &action.meta).collect(),
        policy.rules.values().map(|rule| &rule.meta).collect(),
        policy.events.values().map(|event| &event.meta).collect(),
        policy.claims.values().map(|claim| &claim.meta).collect(),
    ];
    let texts = policy.texts.values().cloned().chain(policy.literals.values().map(|literal| literal.id.clone()));
    heads.iter().flatten().map(|meta| meta.name.clone()).chain(texts).collect()
}

#[test]
fn whole_packs_resolve_without_diagnostics() {
    for pack in [&SHIPPED, &LIBRARY] {
        let (_, sources, reported) = read(&texts(pack));
        let reported: String = reported.iter().map(|diagnostic| shown(&sources, diagnostic)).collect();
        assert_eq!(reported, "");
    }
}

#[test]
fn ids_do_not_depend_on_the_order_of_files() {
    for pack in [&SHIPPED, &LIBRARY] {
        let mut files = texts(pack);
        let (policy, ..) = read(&files);
        files.reverse();
        assert_eq!(names(&read(&files).0), names(&policy));
        files.swap(0, 2);
        assert_eq!(names(&read(&files).0), names(&policy));
    }
}

#[test]
fn ids_follow_the_order_of_names() {
    let (policy, ..) = read(&texts(&SHIPPED));
    assert!(policy.kinds.values().is_sorted_by_key(|kind| &kind.meta.name));
    assert!(policy.actions.values().is_sorted_by_key(|action| &action.meta.name));
    assert!(policy.attributes.values().is_sorted_by_key(|attribute| (attribute.kind, &attribute.name)));
    assert_eq!(policy.kinds[policy.role_kind].meta.name, "role");
}

/// Resolving does not panic on a pack with any one line left out, or cut off there.
#[test]
fn packs_with_a_line_left_out_do_not_panic() {
    let whole = texts(&LIBRARY).join("\n");
    let lines: Vec<&str> = whole.lines().collect();
    for at in (0..lines.len()).step_by(17) {
        let without = [&lines[..at], &lines[at + 1..]].concat().join("\n");
        read(&[&without]);
        read(&[&lines[..at].join("\n")]);
    }
}
