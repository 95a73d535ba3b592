//! When exports were captured, and what disagrees with that.

use super::{Import, tenant};

#[test]
fn what_is_active_and_has_ended_before_the_capture_is_a_warning() {
    let said = |date: &str| tenant().captured(date).run().shown();
    let warns = "before `--captured`: is that date right?";
    assert!(!said("2026-11-28").contains(warns), "{}", said("2026-11-28"));
    let late = said("2026-12-24");
    for row in ["delegatedAdminRelationships.json#/value/0", "delegatedAdminRelationships.json#/value/2", "pim-active.json#/value/0"] {
        assert!(late.contains(&format!("`{row}`: it is active, and its end, ")), "{row}: {late}");
    }
    // One that extends itself goes on.
    assert!(!said("2027-07-01").contains("delegatedAdminRelationships.json#/value/1`: it is active"), "{late}");
    assert!(tenant().captured("2026-12-24").strict().run().imported.world.is_some(), "it is no bad row");
}

#[test]
fn what_begins_after_the_capture_is_a_warning() {
    let said = tenant().captured("2026-11-20").run().shown();
    assert!(said.contains("1 fact begins after `--captured`, 2026-11-20: `user:22220000-0000-4000-8000-000000000003 in"), "{said}");
    assert!(said.contains("pim-active.json#/value/0"), "{said}");
    assert!(!tenant().run().shown().contains("after `--captured`"));
}

#[test]
fn without_a_capture_what_needs_one_is_a_warning() {
    let mut import = tenant();
    import.captured = None;
    let said = import.run().shown();
    assert!(said.contains("whether it holds is unknown, since when it was exported is not known: say `--captured DATE`"), "{said}");
    assert!(said.contains("`delegatedAdminRelationships.json#/value/3`"), "{said}");
    let needs_none = Import::of(&["csv"]).file("l.csv", "Technician,Name,Group,Since,Until\n").run();
    assert!(!needs_none.said().contains("--captured"));
}
