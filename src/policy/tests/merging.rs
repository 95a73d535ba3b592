//! Merging of files.

use super::{BASE, check_files, read};

#[test]
fn an_empty_pack_is_reported() {
    let reported = |what: &str| {
        format!("empty-pack: {what} | | a pack is a folder of `.toml` files, or one of them, with elements such as `[kind.user]`\n")
    };
    assert_eq!(check_files(&[]), reported("the pack has no file"));
    assert_eq!(check_files(&["# nothing\n", ""]), reported("the pack has no element"));
}

#[test]
fn an_element_is_declared_once_in_all_files() {
    let twice = "[role.owner]\non = [\"customer\"]\ngrants = [\"device.*\"]\n[rule.owner]\nallow = [\"device.view\"]\n";
    assert_eq!(
        check_files(&[twice, BASE, twice]),
        "duplicate-element: two roles are named `owner` | 1:22:7..12 the second, 1:7..12 the first | rename one of them\n\
         duplicate-element: two roles are named `owner` | 2:1:7..12 the second, 1:7..12 the first | rename one of them\n\
         duplicate-element: two rules are named `owner` | 2:4:7..12 the second, 4:7..12 the first | rename one of them\n"
    );
}

#[test]
fn some_kind_must_be_a_subject() {
    let pack = "[kind.device]\n[action.view]\non = [\"device\"]\n[rule.seen]\nallow = [\"view\"]\nif = 'subject == resource'\n";
    assert_eq!(
        check_files(&[pack]),
        "no-subject-kind: the pack has actions, but no kind with `subject = true` | | write `subject = true` in the kind that makes requests\n"
    );
    assert_eq!(check_files(&["[kind.device]\n"]), "");
}

#[test]
fn kinds_above_and_below_are_transitive() {
    let (policy, ..) = read(&[BASE]);
    let named = |name: &str| policy.kinds.iter().find(|(_, kind)| kind.meta.name == name).expect("in the base");
    let names =
        |kinds: &crate::policy::KindSet| kinds.iter().map(|kind| policy.kinds[kind].meta.name.as_str()).collect::<Vec<_>>().join(" ");
    assert_eq!(names(&named("site").1.above), "customer site");
    assert_eq!(names(&named("device").1.above), "customer");
    assert_eq!(names(&named("customer").1.below), "device site");
    assert_eq!(names(&named("role").1.below), "");
}
