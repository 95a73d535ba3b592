//! Kinds, attributes, relations, and the names in metadata.

use super::check;

#[test]
fn unknown_names_come_with_the_nearest() {
    let reported = check(
        r#"[kind.room]
within = "sit"
attributes.owner = "usr"
attributes.rest = { to = ["device", "zebra"] }
[relation.key]
ends = ["user", ["room", "dvice"]]
[role.lead]
on = ["sight"]
includes = ["ownr"]
grants = ["device.view"]
"#,
    );
    let expected = r"
unknown-kind: no kind is named `sit` | 2:11..14 not declared | did you mean `site`?
unknown-kind: no kind is named `usr` | 3:21..24 not declared | did you mean `user`?
unknown-kind: no kind is named `zebra` | 4:38..43 not declared
unknown-kind: no kind is named `dvice` | 6:27..32 not declared | did you mean `device`?
unknown-kind: no kind is named `sight` | 8:8..13 not declared
unknown-role: no role is named `ownr` | 9:14..18 not declared | did you mean `owner`?
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn nothing_follows_from_an_unknown_kind() {
    let reported = check(
        r#"[kind.room]
within = "sit"
attributes.owner = "usr"
[action."room.enter"]
on = ["rooom"]
[rule.enter]
allow = ["room.enter"]
if = 'resource.owner == subject and resource.sit == subject.customer'
"#,
    );
    let expected = r"
unknown-kind: no kind is named `sit` | 2:11..14 not declared | did you mean `site`?
unknown-kind: no kind is named `usr` | 3:21..24 not declared | did you mean `user`?
unknown-kind: no kind is named `rooom` | 5:8..13 not declared | did you mean `room`?
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn an_attribute_is_declared_once() {
    let reported = check(
        r#"[kind.room]
within = ["customer", "customer"]
attributes.customer = "customer"
attributes.site = { type = "number" }
"#,
    );
    let expected = r"
duplicate-attribute: `within` names `customer` twice | 2:24..32 the second, 2:12..20 the first | remove one of them
duplicate-attribute: the kind has two attributes named `customer` | 3:12..20 declared here, 2:12..20 `within` gives it | remove the attribute, or rename it
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn a_kind_has_one_membership_for_each_kind_of_group() {
    let reported = check(
        r#"[kind.robot]
attributes.crews = { member-of = "group" }
attributes.teams = { member-of = ["site", "group"] }
"#,
    );
    let expected = r"
ambiguous-membership: the kind `robot` has two `member-of` attributes for one kind of group | 3:12..17 the second, 2:12..17 the first | keep one of them: membership must be stated in a single attribute
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn exactly_one_names_known_attributes() {
    let reported = check(
        r#"[kind.robot]
exactly-one = ["customer", "sit"]
attributes.customer = "customer"
attributes.site = "site"
[kind.drone]
exactly-one = ["customer"]
attributes.customer = "customer"
[kind.crane]
exactly-one = ["customer", "site"]
within = "custmer"
attributes.site = { typ = "text" }
"#,
    );
    let expected = r"
unknown-attribute: the kind `robot` has no attribute `sit` | 2:29..32 not declared | did you mean `site`?
wrong-type: `exactly-one` names one attribute alone | 6:17..25 one alone | name two attributes or more, or leave `exactly-one` out
unknown-kind: no kind is named `custmer` | 10:11..18 not declared | did you mean `customer`?
unknown-key: an attribute has no key `typ` | 11:21..24 unknown key | did you mean `type`?
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn a_relation_has_one_to_three_ends() {
    let reported = check(
        r#"[relation.none]
ends = []
[relation.four]
ends = ["user", "user", "user", "user"]
[rule.four]
deny = ["customer.view"]
if = 'four(subject, subject, subject, subject)'
"#,
    );
    let expected = r"
wrong-ends: a relation has one to three ends, and this has no end | 2:8..10 no end
wrong-ends: a relation has one to three ends, and this has 4 ends | 4:8..40 4 ends
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn claims_and_toggles_of_metadata_must_exist() {
    let reported = check(
        r#"[claim.C-1]
text = "one"
documents = ["page-2020"]
[document.page-2021]
title = "A page"
[toggle.later]
status = "propsed"
[rule.barred]
deny = ["device.*"]
toggle = "latr"
source = ["C-1", "C-1", "C-2"]
"#,
    );
    let expected = r"
unknown-document: no document is named `page-2020` | 3:15..24 not declared | did you mean `page-2021`?
unknown-status: no status is named `propsed` | 7:11..18 unknown status | did you mean `proposed`?
unknown-toggle: no toggle is named `latr` | 10:11..15 not declared | did you mean `later`?
unknown-claim: no claim is named `C-2` | 11:26..29 not declared | did you mean `C-1`?
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn a_label_is_an_attribute_of_one_text() {
    let reported = check(
        r#"[kind.room]
label = "nmae"
attributes.name = { type = "text", optional = true }
[kind.hall]
label = "seats"
attributes.seats = { type = "number" }
[kind.wing]
label = "names"
attributes.names = { type = "text", many = true }
[kind.floor]
within = "site"
label = "site"
[kind.desk]
label = "number"
attributes.number = { type = "text", key = true }
"#,
    );
    let expected = r#"
unknown-attribute: the kind `room` has no attribute `nmae` | 2:10..14 not declared | did you mean `name`?
wrong-type: `seats` cannot be the label of `hall`: it is not one text | 5:10..15 a label is one text, 6:12..17 declared here | name an attribute with `type = "text"`
wrong-type: `names` cannot be the label of `wing`: it is not one text | 8:10..15 a label is one text, 9:12..17 declared here | name an attribute with `type = "text"`
wrong-type: `site` cannot be the label of `floor`: it is not one text | 12:10..14 a label is one text, 11:11..15 declared here | name an attribute with `type = "text"`
"#;
    assert_eq!(reported, expected.trim_start());
}
