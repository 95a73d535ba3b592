//! What is alike has one answer, and what is not has its own: cases in which two entities differ in one thing.

use crate::access_laws::each;
use crate::support::{pack_of, world_of};
use delegraph::eval::{Budget, Decider, Outcome};
use delegraph::plan::Context;
use delegraph::query::access::{Selection, access_list};
use delegraph::query::diff::{Changes, Difference, ReadChange, Sides, WhatIf};
use delegraph::time::Instant;
use delegraph::world::ResolvedRequest;

const PACK: &str = r#"
[kind.tag]
[kind.shelf]
[kind.user]
subject = true
attributes.tags = { to = "tag", many = true }
attributes.badge = { type = "text", optional = true }
[kind.book]
actions = ["burn", "copy", "lend", "read"]
attributes.shelf = { to = "shelf", optional = true }
attributes.marks = { to = "tag", many = true }
attributes.title = { type = "text", optional = true }
[relation.lent]
ends = ["book"]
[relation.grade]
ends = ["tag"]
[toggle.strict]
status = "proposed"
[rule.readers]
allow = ["book.*"]
if = 'tag in subject.tags and grade(tag)'
[rule.lent]
deny = ["book.*"]
if = 'lent(resource)'
[rule.strict]
toggle = "strict"
deny = ["book.*"]
if = 'tag in resource.marks and grade(tag) or resource == book:singled'
"#;

const WORLD: &str = r#"
[tag.a]
[shelf.s]
[user.ann]
tags = ["tag:a"]
badge = "1"
[user.ben]
tags = ["tag:a"]
badge = "2"
[user.cat]
tags = []
[user.dan]
[book.one]
marks = []
title = "One"
[book.two]
marks = []
title = "Two"
[book.lent]
marks = []
[book.marked]
marks = ["tag:a"]
[book.silent]
[book.singled]
marks = []
[[fact]]
is = 'grade(tag:a)'
[[fact]]
is = 'lent(book:lent)'
"#;

fn at() -> Instant {
    Instant::parse("2024-02-01").expect("a date")
}

/// The list of everything.
fn listed(decider: &Decider<'_>) -> Vec<(ResolvedRequest, Outcome)> {
    let budget = Budget::default();
    let query = decider.within(&budget);
    let actions = query.actions("*").expect("all actions");
    let resources = query.all_resources(&actions);
    let selection = Selection { subjects: query.all_subjects(), actions, resources, with_barred: false };
    access_list(decider, &selection).map(|row| (row.request, row.outcome)).collect()
}

/// Seen to fail where a set that is empty and one that was not given were the same.
#[test]
fn a_list_tells_apart_what_differs_in_one_thing() {
    let pack = pack_of(PACK);
    let world = world_of(&pack, WORLD);
    for strict in [false, true] {
        let mut context = Context::at(&pack.policy, at());
        context.toggles[0] = strict;
        let decider = Decider::new(&pack, &world, context);
        let found = listed(&decider);
        assert_eq!(found, each(&decider));
        let unknown = found.iter().filter(|(_, outcome)| *outcome == Outcome::Unknown).count();
        // Of whom nobody knows the tags; and if it matters, of which nobody knows the marks.
        assert_eq!((found.len(), unknown), if strict { (36, 20) } else { (60, 20) });
    }
}

#[test]
fn a_difference_tells_apart_what_differs_in_one_thing() {
    let pack = pack_of(PACK);
    let world = world_of(&pack, WORLD);
    let mut what_if = WhatIf::new(&world, &Context::at(&pack.policy, at()));
    what_if.make(&pack, ReadChange::Turn("strict", true)).expect("it is off");
    let (old, new) = (what_if.old.decider(&pack), what_if.new.decider(&pack));
    let sides = Sides::of_one_world(&old, &new);
    let rows: Vec<ResolvedRequest> = Difference::new(sides, &Changes::between(sides), false).rows().map(|row| row.request().1).collect();
    let [before, after] = [each(&old), each(&new)];
    let mut expected: Vec<ResolvedRequest> = before.iter().filter(|row| !after.contains(row)).map(|(request, _)| *request).collect();
    expected.extend(after.iter().filter(|(request, _)| before.iter().all(|(other, _)| other != request)).map(|(request, _)| *request));
    expected.sort_by(|a, b| {
        let by_subject = world.compare_entities(a.subject, b.subject).then(a.action.cmp(&b.action));
        by_subject.then_with(|| world.compare_entities(a.resource, b.resource))
    });
    assert_eq!(rows, expected);
    assert_eq!(rows.len(), 32);
}

const ROOMS: &str = r#"
[kind.user]
subject = true
[kind.room]
actions = ["enter"]
[role.helper]
on = ["room"]
[role.veteran]
on = ["room"]
[relation.helped]
ends = ["user", "room"]
[relation.deserted]
ends = ["room"]
"#;

const HELPERS: &str = r"
[user.ann]
[user.ben]
[user.cat]
[user.dan]
[room.a]
[room.b]
[room.c]
[room.d]
[room.e]
[[fact]]
is = 'user:ann holds helper on room:a'
until = 2020-01-01
[[fact]]
is = 'user:ben holds helper on room:b'
until = 2021-01-01
[[fact]]
is = 'user:cat holds helper on room:b'
";

/// Seen to fail where roles that were held before never counted: everybody had what the first of them had.
#[test]
fn a_list_tells_apart_who_held_a_role_before() {
    let implied = |rule: &str, implication: &str| {
        format!(
            "[rule.enter]\nallow = [\"room.enter\"]\nif = '{rule}'\n[implication.i]\nif = 'was user holds helper on room'\nthen = '{implication}'\n"
        )
    };
    let asked = |rule: &str| format!("[rule.enter]\nallow = [\"room.enter\"]\nif = '{rule}'\n");
    let rules = [
        (asked("was subject holds helper on resource"), 2),
        (asked("was user holds helper on resource and user != subject"), 6),
        (implied("helped(subject, resource)", "helped(user, room)"), 2),
        (implied("subject holds veteran on resource", "user holds veteran on room"), 2),
        (implied("deserted(resource)", "deserted(room)"), 8),
    ];
    for (rule, count) in rules {
        let pack = pack_of(&format!("{ROOMS}{rule}"));
        let world = world_of(&pack, HELPERS);
        let decider = Decider::new(&pack, &world, Context::at(&pack.policy, at()));
        let found = listed(&decider);
        assert_eq!(found, each(&decider), "{rule}");
        assert_eq!(found.len(), count, "{rule}");
    }
}
