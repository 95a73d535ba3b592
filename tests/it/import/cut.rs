//! Files that are cut: what the rest would say is unknown, and their bindings are no mistake.

use super::unread::{PARTNER, state};
use super::{Import, Outcome, fixture, tenant};
use delegraph::import::ChannelState;

const GROUP: &str = "11110000-0000-4000-8000-000000000001";

/// A list as the mapping `csv` reads it.
fn list(text: &str) -> Outcome {
    Import::of(&["csv"]).file("list.csv", text).bind("partner=8777b240-c6f0-4469-9e98-a3205431b836").run()
}

fn row(digit: u8) -> String {
    format!("22220000-0000-4000-8000-00000000000{digit},user{digit}@example.com,{GROUP},2026-02-01,\n")
}

fn members(outcome: &Outcome) -> (ChannelState, bool) {
    state(outcome, "members", &format!("group:{GROUP}"))
}

#[test]
fn a_table_that_is_cut_within_a_row_is_incomplete() {
    let text = format!("Technician,Name,Group,Since,Until\n{}{}{}", row(1), row(2), row(3));
    let whole = list(&text);
    assert_eq!(members(&whole), (ChannelState::LookedAt, false));
    let (all, start) = (whole.says("fact"), text.len() - row(3).len());
    // The last row is cut at each place but those at which it is whole, or not there.
    for end in start + 1..text.len() - 2 {
        let outcome = list(&text[..end]);
        assert_eq!(members(&outcome), (ChannelState::Incomplete, true), "{}\n{}", &text[..end], outcome.said());
        assert!(outcome.says("fact").iter().all(|fact| all.contains(fact)), "{}", &text[..end]);
        let entities = outcome.lines("entity").join("\n");
        assert!(!entities.contains("user3@ex") || entities.contains("user3@example.com"), "{entities}");
    }
}

#[test]
fn a_row_that_is_too_short_makes_its_list_incomplete() {
    let outcome = list(&format!("Technician,Name,Group,Since,Until\n{}{}", row(1).replace("2026-02-01,", "2026-02-01"), row(2)));
    assert_eq!(members(&outcome), (ChannelState::Incomplete, true));
    let shown = outcome.shown();
    assert!(shown.contains("`list.csv#/0`: the row has 4 cells, and the header 5"), "{shown}");
    assert!(shown.contains("cells or rows may be lost, as in a file that is cut: export it again"), "{shown}");
    assert!(
        outcome.lines("unknown")[0].contains("no complete list of its members: list.csv#/0: the row has 4 cells"),
        "{}",
        outcome.text()
    );
}

#[test]
fn a_last_row_without_an_end_is_no_mistake_if_it_is_whole() {
    let text = format!("Technician,Name,Group,Since,Until\n{}{}", row(1), row(2));
    assert_eq!(members(&list(text.trim_end())), (ChannelState::LookedAt, false));
}

/// The tenant with a file cut in half.
fn halved(file: &str) -> Outcome {
    let whole = fixture(&format!("tenant-export/{file}"));
    tenant().file(file, &whole[..whole.len() / 2]).run()
}

#[test]
fn the_bindings_of_a_file_that_is_cut_are_no_mistake() {
    let outcome = halved("delegatedAdminRelationships.json");
    assert!(outcome.diagnostics.iter().all(|diagnostic| !diagnostic.is_error()), "{}", outcome.shown());
    let said = outcome.shown();
    assert!(said.contains("nothing uses `admin-agents` and `helpdesk-agents`"), "{said}");
    assert!(said.contains("`delegatedAdminRelationships.json`, which was not read, may need it"), "{said}");
    assert_eq!(state(&outcome, "relationships", PARTNER), (ChannelState::NotLookedAt, true));
    outcome.world();
    let outcome = halved("members-aa.json");
    assert!(outcome.diagnostics.iter().all(|diagnostic| !diagnostic.is_error()), "{}", outcome.shown());
    assert_eq!(state(&outcome, "members", "group:11110000-0000-4000-8000-0000000000aa"), (ChannelState::NotLookedAt, true));
    outcome.world();
}

#[test]
fn neither_are_those_of_files_of_a_mapping_that_is_left_out() {
    let bindings = String::from_utf8(fixture("tenant-export/bindings.toml")).unwrap();
    let outcome = Import::of(&["partners"]).folder("fixtures/imports/tenant-export").bindings(&bindings).captured("2026-11-28").run();
    assert!(outcome.diagnostics.iter().all(|diagnostic| !diagnostic.is_error()), "{}", outcome.shown());
    assert!(outcome.shown().contains("nothing uses `az-role-assignments.json:tenant`"), "{}", outcome.shown());
    // A name that is nearly another stays a mistake.
    let misspelt = bindings.replace("helpdesk-agents", "helpdesk-agent");
    let outcome = Import::of(&["partners"]).folder("fixtures/imports/tenant-export").bindings(&misspelt).run();
    assert!(outcome.shown().contains("error[bad-binding]: nothing uses the binding `helpdesk-agent`"), "{}", outcome.shown());
}
