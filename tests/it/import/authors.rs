//! What authors of mappings are told: dates in another form, columns that are not there, roles that no channel opens.

use super::{Import, tenant};

/// A list of who helps which customer, with days of this form.
fn list(form: &str, open: &str) -> String {
    format!(
        r#"
[names.level]
values = {{ "First" = "helpdesk-administrator", "Second" = "intune-administrator" }}
[channel.care]
per  = "customer"
open = '{open}'
why  = "no complete list"
[source.care]
looks-like = ["/who", "/customer", "/level"]
tells      = {{ care = "{{/customer}}" }}
  [[source.care.fact]]
  is    = "user:{{/who}} holds role:{{/level|level}} on customer:{{/customer}}"
  since = "{{/from|day:{form}}}"
  until = "{{/to??|day:{form}|next-day}}"
"#
    )
}

const OPEN: &str = "user holds _ on customer:{id}";

fn care(form: &str, rows: &str) -> String {
    Import::by(&list(form, OPEN)).file("c.csv", format!("who,customer,level,from,to\n{rows}")).run().shown()
}

#[test]
fn a_day_in_another_form_names_the_form() {
    let said = care("DD.MM.YYYY", "a,c,First,1.3.2026,\n");
    assert!(said.contains("`/from` is not a day of the form DD.MM.YYYY: `1.3.2026`"), "{said}");
    assert!(said.contains("did you mean `day:D.M.YYYY`?"), "{said}");
    let said = care("MM.DD.YYYY", "a,c,First,01.02.2026,31.12.2026\n");
    assert!(said.contains("`/to` is a day that does not exist, read as MM.DD.YYYY: `31.12.2026`"), "{said}");
    assert!(said.contains("did you mean `day:DD.MM.YYYY`?"), "{said}");
    let said = care("D.M.YYYY", "a,c,First,31.02.2026,\n");
    assert!(said.contains("is a day that does not exist, read as D.M.YYYY: `31.02.2026`") && !said.contains("did you mean"), "{said}");
    let said = care("DD.MM.YYYY", "a,c,First,01.03.2026,01.02.2026\n");
    assert!(said.contains("its end is not after its beginning"), "{said}");
}

#[test]
fn a_column_that_may_lack_says_what_is_lost_with_it() {
    let mapping = list("DD.MM.YYYY", OPEN).replace("/to??", "/til??");
    let said = Import::by(&mapping).file("c.csv", "who,customer,level,from,till\na,c,First,01.03.2026,01.04.2026\n").run().shown();
    assert!(said.contains("`c.csv` has no column `til`, which `care` would read"), "{said}");
    assert!(said.contains("what it would say is left out, such as when something ends"), "{said}");
    assert!(said.contains("did you mean `till`?"), "{said}");
}

#[test]
fn roles_that_no_channel_leaves_open_are_a_warning() {
    let checked = |open: &str| Import::by(&list("DD.MM.YYYY", open)).check().shown();
    assert_eq!(checked(OPEN), "");
    let narrow = checked("user holds role:helpdesk-administrator on customer:{id}");
    assert!(
        narrow.contains("warning[no-channel]: the channels of `care` do not leave `intune-administrator` open, which it states too"),
        "{narrow}"
    );
    let without_table =
        list("DD.MM.YYYY", "user holds role:helpdesk-administrator on customer:{id}").replace("{/level|level}", "{/level|role}");
    assert!(Import::by(&without_table).check().shown().contains("do not leave other roles open"));
}

#[test]
fn a_role_that_is_cut_short_in_a_table_is_named() {
    let mapping = list("DD.MM.YYYY", OPEN).replace("\"intune-administrator\"", "\"intune-admin\"");
    let said = Import::by(&mapping).check().shown();
    assert!(said.contains("no role is named `intune-admin`") && said.contains("did you mean `intune-administrator`?"), "{said}");
}

#[test]
fn a_relation_between_two_entities_says_how_relations_are_written() {
    let mapping = list("DD.MM.YYYY", OPEN).replace("holds role:{/level|level} on", "looks-after");
    let said = Import::by(&mapping).check().shown();
    assert!(said.contains("a relation is written `looks-after(…, …)`"), "{said}");
}

#[test]
fn a_source_that_does_not_exist_lists_those_that_do() {
    let said = tenant().bind("acc-a.json:source=nonesuch").run().shown();
    assert!(said.contains("no source is named `nonesuch`") && said.contains("the sources are `"), "{said}");
    for source in ["`assignments`", "`pim-active`", "`role-assignments`"] {
        assert!(said.contains(source), "{source}: {said}");
    }
}

#[test]
fn nothing_is_said_of_no_line_that_is_left_out() {
    let mapping =
        "[source.s]\nlooks-like = [\"/device\"]\n[[source.s.entity]]\nis = \"device:{/device}\"\ncustomer = \"customer:{/customer?}\"\n";
    let said = Import::by(mapping).file("s.csv", "device,customer\nd,c\nd,e\n").run().shown();
    assert!(said.contains("1 device is left out") && said.contains("rows lack its customer, or disagree about it"), "{said}");
    assert!(!said.contains("0 line") && !said.contains("0 fact"), "{said}");
}
