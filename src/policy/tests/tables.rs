//! Tables: columns, labels, marks and notes.

use super::check;

#[test]
fn labels_become_actions() {
    let reported = check(
        r#"[table.duties]
system = "desk"
on = ["device"]
columns = { Owner = "owner" }
grid = '''
| Feature | Permission | Owner |
| - | - | - |
| **Rooms** | View | x |
| | Reset key | |
| Keys & locks | View | Yes |
'''

[rule.seen]
deny = ["desk.rooms.view", "desk.rooms.reset-key", "desk.keys-locks.view"]
"#,
    );
    assert_eq!(reported, "");
}

#[test]
fn labels_that_give_no_name_need_one_in_rows() {
    let reported = check(
        r#"[table.duties]
system = "desk"
on = ["device"]
columns = { Owner = "owner" }
rows = { "회의실" = "rooms.korean", "View" = "Look at", "Rom" = "rooms" }
grid = '''
| Feature | Permission | Owner |
| - | - | - |
| 회의실 | Edit | x |
| 2FA | Edit | |
| | Remove | |
| Rooms | View | |
'''

[rule.seen]
deny = ["desk.rooms.korean.edit", "desk.two-fa.edit", "desk.*"]
"#,
    );
    let expected = r#"
bad-name: `Look at` is not a part of an action's name | 5:44..51 not of this form | write segments joined by dots, each a letter of a-z, then letters, digits, `-` and `_`
unknown-row: the grid has no row label `Rom` | 5:55..58 no such label
bad-name: the label `2FA` gives no name | 10:3..6 no name in it | name it in `rows`: `rows = { "2FA" = "NAME" }`
"#;
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn columns_of_labels_precede_those_of_roles() {
    let reported = check(
        r#"[table.duties]
system = "desk"
on = ["device"]
columns = { Owner = "owner", Lead = "site-lead" }
grid = '''
| Feature | Owner | Note | Lead |
| - | - | - | - |
| View | x | what? | x |
'''
"#,
    );
    let expected = r"
unknown-role: no role is named `site-lead` | 4:38..47 not declared
table-syntax: the column `Note` stands after the roles, and `columns` does not name it | 6:21..25 neither a label nor a role | name its role in `columns`, or put it first if its cells are labels
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn a_column_with_a_typing_error_is_read_as_meant() {
    let reported = check(
        r#"[table.duties]
system = "desk"
on = ["device"]
columns = { Ownr = "owner" }
grid = '''
| Feature | Owner |
| - | - |
| View | maybe |
'''

[rule.seen]
deny = ["desk.view"]
"#,
    );
    let expected = r"
unknown-column: the grid has no column `Ownr` | 4:13..17 no such header | did you mean `Owner`?
table-mark: the cell holds `maybe`, which is not a mark | 8:10..15 neither yes nor no | for yes write `✔`, `✅`, `x` or `Yes`; for no leave it blank, or write `No`
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn columns_must_name_a_header() {
    let reported = check(
        r#"[table.duties]
system = "desk"
on = ["device"]
columns = { "Site administrator" = "owner", Owner = "owner" }
grid = '''
| Feature | Owner |
| - | - |
| View | x |
'''

[rule.seen]
deny = ["desk.view"]
"#,
    );
    let expected = r"
unknown-column: the grid has no column `Site administrator` | 4:14..32 no such header | the headers are `Feature`, `Owner`
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn a_table_without_a_column_of_a_role_is_reported() {
    let reported = check(
        r#"[table.duties]
system = "desk"
on = ["device"]

grid = '''
| Feature | Owner |
| - | - |
| View | x |
'''
"#,
    );
    let expected = r#"
table-syntax: no column of the table is a role's | 6:3..18 `columns` names none of these | name the columns that tell a role's permissions: `columns = { "HEADER" = "ROLE" }`
"#;
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn a_table_without_a_column_of_labels_is_reported() {
    let reported = check(
        r#"[table.duties]
system = "desk"
on = ["device"]
columns = { Owner = "owner" }
grid = '''
| Owner |
| - |
| x |
'''
"#,
    );
    let expected = r"
table-syntax: the table has no column of labels | 6:3..8 a role's column | put a column before it that says what each row permits
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn the_first_row_must_have_all_labels() {
    let reported = check(
        r#"[table.duties]
system = "desk"
on = ["device"]
columns = { Owner = "owner" }
grid = '''
| Feature | Permission | Owner |
| - | - | - |
| | View | x |
| | Edit | x |
| Rooms | View | x |
'''

[rule.seen]
deny = ["desk.rooms.view", "desk.view"]
"#,
    );
    let expected = r"
table-syntax: the first row of the table has a blank label | 8:3..4 blank | write the label; a blank one repeats the one above
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn two_rows_for_one_action_are_reported() {
    let reported = check(
        r#"[table.duties]
system = "desk"
on = ["device"]
columns = { Owner = "owner" }
rows = { "Look" = "view" }
grid = '''
| Permission | Owner |
| - | - |
| View | x |
| VIEW | |
| Look | ? |
'''
"#,
    );
    let expected = r"
table-row-twice: two rows of the table stand for `desk.view` | 10:1..11 the second, 9:1..13 the first | remove one of them, or distinguish them in `rows`
table-row-twice: two rows of the table stand for `desk.view` | 11:1..13 the second, 9:1..13 the first | remove one of them, or distinguish them in `rows`
table-mark: the cell holds `?`, which is not a mark | 11:10..11 neither yes nor no | for yes write `✔`, `✅`, `x` or `Yes`; for no leave it blank, or write `No`
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn notes_must_name_a_row() {
    let reported = check(
        r#"[table.duties]
system = "desk"
on = ["device"]
columns = { Owner = "owner" }
notes."Rooms / View" = "yes"
notes."Rooms / Veiw" = "no"
notes."View" = "no"
grid = '''
| Feature | Permission | Owner |
| - | - | - |
| Rooms | View | x |
'''
"#,
    );
    let expected = r"
unknown-row: the grid has no row `Rooms / Veiw` | 6:8..20 no such row | did you mean `Rooms / View`?
unknown-row: the grid has no row `View` | 7:8..12 no such row | write the row's labels, joined by ` / `, with those that stand blank in it
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn an_action_is_declared_once() {
    let reported = check(
        r#"[table.duties]
system = "desk"
on = ["device"]
columns = { Owner = "owner" }
grid = '''
| Permission | Owner |
| - | - |
| View | x |
'''

[action."desk.view"]
on = ["device"]
[table.more]
system = "desk"
on = ["site"]
columns = { Owner = "owner" }
grid = '''
| Permission | Owner |
| - | - |
| View | x |
| Edit | x |
'''
[table.most]
system = "desk"
on = ["device"]
columns = { Owner = "owner" }
grid = '''
| Permission | Owner |
| - | - |
| Edit | x |
'''
"#,
    );
    let expected = r"
duplicate-element: two actions are named `desk.view` | 11:10..19 declared here, 8:1..13 declared by the table | a table declares its actions: remove the other
wrong-kind: the tables `more` and `most` both declare `desk.edit`, but on different kinds | 21:1..13 here in the `on` of `more`, 30:1..13 here in the `on` of `most` | give both tables the same `on`, or another `system`
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn blank_tables_and_columns_are_reported() {
    let reported = check(
        r#"[table.duties]
system = "desk"
on = ["device"]
columns = { Owner = "owner", Lead = "owner" }
grid = '''
| Permission | Owner | Lead |
| - | - | - |
| View | x | |
'''

[table.more]
system = "desk"
on = ["site"]
columns = { Owner = "owner" }
grid = '''
| Permission | Owner |
| - | - |
| Edit | No |
'''
"#,
    );
    let expected = r"
blank-column: the column `Lead` of the table `duties` has no mark | 6:24..28 no mark | mark what `owner` may do, or leave the column out
blank-table: the table `more` has no mark at all | 11:8..12 grants nothing | copy the marks from the page as well: `✔`, `x`, `Yes`
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn nothing_follows_from_a_table_that_was_left_out() {
    let reported = check(
        r#"[table.duties]
system = "desk"
columns = { Owner = "owner" }
grid = '''
| Permission | Owner |
| - | - |
| View | x |
'''
[role.lead]
on = ["device"]
grants = ["desk.*", "desk.view"]
"#,
    );
    let expected = r#"
missing-key: a table must have `on` | 1:8..14 `on` is missing here | write `on = ["KIND"]`
"#;
    assert_eq!(reported, expected.trim_start());
}
