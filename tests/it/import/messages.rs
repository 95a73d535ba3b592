//! What messages about mappings and exports say, and what they let people do.

use super::lists::{A, G, MEMBERS, P, members, row, rows};
use super::{Import, tenant};
use delegraph::report;

/// The mistakes of a source with this fact.
fn mistakes(fact: &str) -> String {
    let mapping = format!("[source.s]\nlooks-like = [\"/id\"]\n[[source.s.fact]]\nis = '{fact}'\n");
    Import::by(&mapping).file("x.json", "[]").run().shown()
}

#[test]
fn placeholders_are_shown_as_they_are_written() {
    for fact in [
        "user:{/a} holds {/b} on subscription:{/c}",
        "user:{/a}.upn == {/b}",
        "{/anIdentifierThatIsLongerThanWhatAMessageShowsOfAWordAsItIsWrittenInAFile} in group:g",
        "user:{/a} in {/b}",
        "device:\"{/a}\".added-via == \"x-{/via}\"",
        "user|group:{/a} holds {/b}",
    ] {
        let said = mistakes(fact);
        assert!(said.contains("error"), "{fact}");
        assert!(said.chars().all(|c| c.is_ascii() || "…".contains(c)) && !said.contains("$$"), "{said}");
    }
    let said = mistakes("user:{/a} holds role:{/b} on user:{/c}");
    assert!(said.contains("what `role:{/b}` is held over"), "each by its own name: {said}");
    let said = mistakes("user:{/a} in {/b}");
    assert!(said.contains("found `{/b}`") && said.contains("write `KIND:{/b}`"), "{said}");
}

#[test]
fn a_name_that_nothing_fills_in_a_channel_is_a_mistake() {
    let of = |open: &str| {
        let mapping = MEMBERS.replace("'user in group:{id} where user.partner == partner:{partner}'", open);
        Import::by(&mapping).file("m.json", rows(&[&row(A)])).bind(&format!("group={G}")).run().shown()
    };
    let said = of("'_ in group:{group}'");
    assert!(said.contains("nothing fills `{group}` here") && said.contains("write `{id}`"), "{said}");
    assert!(!of("'_ in group:{id}'").contains("error"));
}

#[test]
fn a_role_that_a_table_of_names_does_not_spell_is_a_mistake_of_the_mapping() {
    let of = |role: &str| {
        let mapping = format!(
            "[names.roles]\nvalues = {{ Helpdesk = \"{role}\" }}\n[source.s]\nlooks-like = [\"/id\"]\n[[source.s.fact]]\nis = \"user:{{/id}} holds role:{{/role|roles}} on customer:c\"\n"
        );
        Import::by(&mapping).file("x.json", "[{\"id\":\"a\",\"role\":\"Admin\"}]").run()
    };
    let wrong = of("helpdesk-adminstrator");
    assert!(wrong.imported.world.is_none());
    assert!(wrong.shown().contains("did you mean `helpdesk-administrator`?"), "{}", wrong.shown());
    let right = of("helpdesk-administrator").shown();
    assert!(right.contains("add it to `[names.roles]`") && right.contains("missing = \"drop\""), "{right}");
    assert!(!of("0b5fe924-9a61-425c-96af-cfe6e287ca2d").shown().contains("error"), "an id may be of a role that the pack does not have");
}

#[test]
fn a_column_that_is_missing_names_the_nearest_one() {
    let mapping = "[source.s]\nlooks-like = [\"/id\"]\n[[source.s.entity]]\nis = \"user:{/id}\"\nupn = \"{/email}\"\n";
    let said = Import::by(mapping).file("x.csv", "id,e-mail\na,a@x\n").run().shown();
    assert!(said.contains("`x.csv#/0`: `/email` is missing") && said.contains("did you mean `/e-mail`?"), "{said}");
    assert!(!Import::by(mapping).file("x.csv", "id,phone\na,1\n").run().shown().contains("did you mean"));
}

#[test]
fn an_incomplete_list_names_what_is_lost_of_it() {
    let import = || members().bind(&format!("group={G}")).bind(&format!("partner={P}"));
    let of = |import: Import| {
        let outcome = import.run();
        (outcome.lines("unknown").join("\n"), report::import::table(&outcome.imported.channels))
    };
    let (unknown, table) = of(import().file("m.json", rows(&[&row(A), "{\"id\":\"no guid\"}"])));
    assert!(unknown.contains("no export of its members: m.json#/value/1 does not name one of its entities"), "{unknown}");
    assert!(table.contains("incomplete") && table.contains("m.json#/value/1"), "{table}");
    let (unknown, _) = of(import().file("m.json", format!("{{\"value\":[{}],\"@odata.nextLink\":\"x\"}}", row(A))));
    assert!(unknown.contains("no export of its members: a page of m.json is missing"), "{unknown}");
    let mut none = Import::by(&format!(
        "{MEMBERS}\n[source.groups]\nlooks-like = [\"/group\"]\n[[source.groups.entity]]\nis = \"group:{{/group}}\"\n"
    ));
    none = none.file("g.json", "[{\"group\":\"g\"}]");
    let (unknown, _) = of(none);
    assert!(unknown.contains("\"no export of its members\""), "nobody looked, and nothing is lost: {unknown}");
}

#[test]
fn the_rows_of_a_file_are_counted_once() {
    let mapping =
        MEMBERS.replace("tells      = { members = \"{group}\" }", "tells      = { members = \"{/of}\" }").replace("{group|guid}", "{/of}");
    let both = rows(&[&format!("{{\"id\":\"{A}\",\"of\":\"g\"}}"), &format!("{{\"id\":\"{A}\",\"of\":\"h\"}}")]);
    let outcome = Import::by(&mapping).file("m.json", both).bind(&format!("group={G}")).run();
    let table = report::import::table(&outcome.imported.channels);
    assert!(table.contains("2 of them") && table.contains("2 rows in m.json"), "{table}");
    assert_eq!(table.matches("rows in m.json").count(), 1, "{table}");
}

#[test]
fn who_may_become_owner_of_a_group_is_named_and_may_make_members() {
    let outcome = tenant().run();
    let (who, group) = ("22220000-0000-4000-8000-000000000001", "11110000-0000-4000-8000-000000000003");
    assert!(outcome.said().contains(&format!("{who} is eligible to own the group {group}")), "{}", outcome.said());
    let eligible = format!("eligible(user:{who}, group:{group}) since 2026-02-01T00:00:00Z");
    assert!(outcome.says("unknown").contains(&eligible), "{:?}", outcome.says("unknown"));
}

#[test]
fn what_is_left_out_names_the_binding_that_it_lacks() {
    let subscription = "{\"scope\":\"/subscriptions/a925f2f7-5c63-4b7b-8799-25a5f97bc3b2\",\"principalId\":\"22220000-0000-4000-8000-000000000001\",\"principalType\":\"User\",\"roleDefinitionId\":\"x/8e3af657-a8ff-443c-a75c-2fe8c4bcb635\",\"condition\":null,\"createdOn\":\"2025-03-01T10:00:00Z\"}";
    let outcome = Import::of(&["azure"]).file("az.json", format!("[{subscription}]")).run();
    assert!(outcome.shown().contains("export the customer too, or bind it: `--bind az.json:tenant=…`"), "{}", outcome.shown());
    assert!(!outcome.text().contains("subscription:a925"), "nothing is said of it: {}", outcome.text());
}

#[test]
fn ids_that_look_alike_are_a_warning() {
    let mapping = "[source.s]\nlooks-like = [\"/id\"]\n[[source.s.fact]]\nis = \"user:{/id} in group:{/group}\"\n";
    let said = |rows: &str| Import::by(mapping).file("s.csv", format!("id,group\n{rows}")).run().shown();
    let twins = said("a,Sales\na,SALES\nb,other\n");
    assert!(twins.contains("warning[twin-ids]: `group:Sales` and `group:SALES` differ only in capitals"), "{twins}");
    assert!(twins.contains("`s.csv#/1` and `s.csv#/0`"), "{twins}");
    assert_eq!(twins.matches("twin-ids").count(), 1, "{twins}");
    assert!(said("a,sales\na,Sales\n").contains("`group:sales` and `group:Sales`"), "{}", said("a,sales\na,Sales\n"));
    assert_eq!(said("a,Sales\na,Sale\n"), "");
}

#[test]
fn a_fact_with_two_ends_is_unknown_between_them() {
    let mapping = "[source.s]\nlooks-like = [\"/id\"]\n[[source.s.fact]]\nis = \"user:{/id} in group:g\"\nsince = \"{/from|date}\"\nuntil = \"{/to?|date}\"\n";
    let of = |rows: &str| Import::by(mapping).file("s.csv", format!("id,from,to\n{rows}")).run();
    let outcome = of("a,2026-01-01,\na,2026-01-01,2026-03-01\nb,2026-01-01,2026-02-01\nb,2026-02-01,\n");
    let a = "user:a in group:g since 2026-01-01 until 2026-03-01";
    assert_eq!(outcome.says("fact"), [a, "user:b in group:g since 2026-01-01 until 2026-02-01", "user:b in group:g since 2026-02-01"]);
    assert_eq!(outcome.says("unknown"), ["user:a in group:g since 2026-03-01"]);
    assert_eq!(outcome.said(), "conflicting-rows: 1 fact has two ends for one beginning: `user:a in group:g`");
    let places = "`s.csv#/1` and `s.csv#/0`; between both ends it is unknown whether it holds";
    assert!(outcome.shown().contains(places), "{}", outcome.shown());
    outcome.world();
}

#[test]
fn why_a_file_is_not_read_comes_before_what_is_not_bound_for_it() {
    let outcome = members().file("m.csv", "id\n").bind(&format!("group={G}")).run();
    let said = outcome.said();
    assert!(said.starts_with("unfit-export") && said.contains("\nimport-note: nothing uses `group`"), "{said}");
    assert!(outcome.shown().contains("its header has what rows of `members` have"), "{}", outcome.shown());
    assert!(outcome.shown().contains("--bind m.csv:source=members"), "{}", outcome.shown());
}

#[test]
fn a_day_of_another_form_is_told_how_to_read_it_and_a_date_by_its_column() {
    let of = |since: &str| {
        let mapping =
            format!("[source.s]\nlooks-like = [\"/id\"]\n[[source.s.fact]]\nis = \"user:{{/id}} in group:g\"\nsince = \"{since}\"\n");
        Import::by(&mapping).file("s.csv", "id,from\na,01.02.2026\n").run().shown()
    };
    let day = of("{/from|date}");
    assert!(day.contains("`/from` is not a day: `01.02.2026`") && day.contains("`day:DD.MM.YYYY`"), "{day}");
    assert!(of("{/from}").contains("`/from` is not a date in the form of RFC 3339, such as 2026-01-31: `01.02.2026`"), "{}", of("{/from}"));
    assert!(of("{/since|date}").contains("the row has `id`, `from`"), "{}", of("{/since|date}"));
}
