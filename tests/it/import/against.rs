//! An import compared with an earlier world.

use super::{Import, fixture, tenant};
use delegraph::import::{Change, Changed};

const MEMBERS: &str = "members-hd.json";
const GROUP: &str = "group:11110000-0000-4000-8000-000000000001";

fn changes(import: &Import) -> Vec<Change> {
    import.run().imported.changes.expect("there is an earlier world")
}

/// The members of the group, with the rows that `keep` lets through.
fn members(keep: impl Fn(usize) -> bool, next: bool) -> String {
    let mut page: serde_json::Value = serde_json::from_slice(&fixture(&format!("tenant-export/{MEMBERS}"))).unwrap();
    let rows = page["value"].as_array().unwrap();
    page["value"] = rows.iter().enumerate().filter(|(number, _)| keep(*number)).map(|(_, row)| row.clone()).collect();
    if next {
        let address = "https://graph.microsoft.com/v1.0/groups/11110000-0000-4000-8000-000000000001/members?$skiptoken=x";
        page["@odata.nextLink"] = address.into();
    }
    page.to_string()
}

#[test]
fn the_same_export_reports_nothing() {
    let old = tenant().run().text();
    assert_eq!(changes(&tenant().against(&old)), []);
    assert_eq!(tenant().against(&old).run().text(), old);
    // Another date of capture, and another form of the same files, are no change.
    let later = tenant().captured("2026-12-05").against(&old);
    assert_eq!(changes(&later), []);
    let without_sources = |text: &str| text.lines().filter(|line| !line.starts_with("{\"source\"")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(without_sources(&later.run().text()), without_sources(&old));
    // Nor is another name of a file: lists are matched by source and bindings.
    let mut renamed = later;
    let bytes = renamed.files.remove(MEMBERS).unwrap();
    let text = renamed.bindings.take().unwrap().replace(MEMBERS, "helpdesk.json");
    assert_eq!(changes(&renamed.file("helpdesk.json", bytes).bindings(&text)), []);
}

#[test]
fn what_a_complete_list_has_no_longer_went() {
    let old = tenant().run().text();
    let import = tenant().file(MEMBERS, members(|row| row == 0, false)).captured("2026-12-05").against(&old);
    let tier_two = format!("group:11110000-0000-4000-8000-000000000004 in {GROUP}");
    assert_eq!(changes(&import), [Change { what: Changed::Went, of: tier_two.clone(), was: None }]);
    let outcome = import.run();
    assert!(outcome.says("fact").contains(&format!("{tier_two} until 2026-11-28")));
    assert!(outcome.says("unknown").contains(&format!("{tier_two} since 2026-11-28 until 2026-12-05")));
    outcome.world();
    // What has ended is kept by the next import, and reported no more.
    let next = tenant().file(MEMBERS, members(|row| row == 0, false)).captured("2026-12-12").against(&outcome.text());
    assert_eq!(changes(&next), []);
    assert!(next.run().says("fact").contains(&format!("{tier_two} until 2026-11-28")));
}

#[test]
fn with_half_a_page_gone_the_missing_members_are_unknown() {
    let old = tenant().run().text();
    let import = tenant().file(MEMBERS, members(|row| row == 0, true)).captured("2026-12-05").against(&old);
    let tier_two = format!("group:11110000-0000-4000-8000-000000000004 in {GROUP}");
    assert_eq!(changes(&import), [Change { what: Changed::Unknown, of: tier_two.clone(), was: None }]);
    let outcome = import.run();
    assert!(outcome.says("unknown").contains(&format!("{tier_two} since 2026-11-28")));
    assert!(outcome.said().contains("cut-export"), "{}", outcome.said());
    outcome.world();
}

#[test]
fn what_was_not_exported_again_is_unknown() {
    let old = tenant().run().text();
    let mut import = tenant().captured("2026-12-05").against(&old);
    import.files.remove("customers.json");
    let found = changes(&import);
    let reseller = "reseller(partner:8777b240-c6f0-4469-9e98-a3205431b836, customer:52eaad04-13a2-4a2f-9ce8-93a294fadf36)";
    assert_eq!(found, [Change { what: Changed::Unknown, of: reseller.to_owned(), was: None }]);
    let outcome = import.run();
    // Entities stay.
    assert_eq!(outcome.lines("entity").len(), tenant().run().lines("entity").len());
    outcome.world();
}

#[test]
fn what_comes_is_unknown_between_both_exports() {
    let rows = |more: &str| {
        format!("Technician,Name,Group,Since,Until\n22220000-0000-4000-8000-000000000001,a,11110000-0000-4000-8000-000000000001,,\n{more}")
    };
    let import = |text: &str, captured: &str| {
        Import::of(&["csv"]).file("team.csv", text).bind("partner=8777b240-c6f0-4469-9e98-a3205431b836").captured(captured)
    };
    let old = import(&rows(""), "2026-11-28").run().text();
    let undated = "22220000-0000-4000-8000-000000000002,b,11110000-0000-4000-8000-000000000001,,\n";
    let dated = "22220000-0000-4000-8000-000000000003,c,11110000-0000-4000-8000-000000000001,2026-01-01,\n";
    let now = import(&rows(&format!("{undated}{dated}")), "2026-12-05").against(&old);
    let came = |user: u8| format!("user:22220000-0000-4000-8000-00000000000{user} in {GROUP}");
    let of_facts: Vec<Change> = changes(&now).into_iter().filter(|change| change.of.contains(" in ")).collect();
    assert_eq!(of_facts, [2, 3].map(|user| Change { what: Changed::Came, of: came(user), was: None }));
    let outcome = now.run();
    assert!(outcome.says("fact").contains(&format!("{} since 2026-12-05", came(2))));
    assert!(outcome.says("unknown").contains(&format!("{} since 2026-11-28 until 2026-12-05", came(2))));
    assert!(outcome.says("fact").contains(&format!("{} since 2026-01-01", came(3))));
    assert_eq!(changes(&import(&rows(&format!("{undated}{dated}")), "2026-12-12").against(&outcome.text())), []);
}

#[test]
fn other_dates_and_names_are_changes() {
    let old = tenant().run().text();
    let text = String::from_utf8(fixture("tenant-export/delegatedAdminRelationships.json")).unwrap();
    let text = text.replace("2026-12-20T08:00:00Z", "2027-06-20T08:00:00Z").replace("\"Contoso helpdesk\"", "\"Contoso support\"");
    let found = changes(&tenant().file("delegatedAdminRelationships.json", text).captured("2026-12-05").against(&old));
    let gdap = |letter: &str, group: &str| {
        format!("gdap:{}-1111-4111-8111-{}-8777b240-c6f0-4469-9e98-a3205431b836", letter.repeat(8), letter.repeat(group.len()))
    };
    let was = |was: &str, now: &str| Some((was.to_owned(), now.to_owned()));
    let expected = [
        Change {
            what: Changed::Differs,
            of: format!("active({})", gdap("c", "cccccccccccc")),
            was: was("from 2026-01-10T08:00:00Z until 2026-12-20T08:00:00Z", "from 2026-01-10T08:00:00Z until 2027-06-20T08:00:00Z"),
        },
        Change {
            what: Changed::Differs,
            of: format!("{} name", gdap("a", "aaaaaaaaaaaa")),
            was: was("Contoso helpdesk", "Contoso support"),
        },
    ];
    assert_eq!(found, expected);
}
