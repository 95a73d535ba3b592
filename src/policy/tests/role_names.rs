//! Ids and systems of roles, and what stands after `holds`.

use super::check;

#[test]
fn an_id_names_one_role() {
    let reported = check(
        r#"[role.lead]
on = "customer"
grants = ["customer.view"]
ids = ["OWNER", "4F-1", "4f-1", "lead"]
[role.guest]
on = "customer"
grants = ["customer.view"]
ids = ["4F-1", ""]
"#,
    );
    let expected = r"
duplicate-element: two roles are called `OWNER` | 4:9..14 by this id, 1:22:7..12 its name | remove the id from one of them: ids are compared without case
duplicate-element: two roles are called `4F-1` | 4:18..22 by this id, 8:9..13 its id | remove the id from one of them: ids are compared without case
duplicate-element: two roles are called `4f-1` | 4:26..30 by this id, 8:9..13 its id | remove the id from one of them: ids are compared without case
bad-entity: an id of the role `guest` is empty | 8:17..17 empty | write the id, or remove it
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn a_role_is_called_by_its_ids_without_case() {
    let reported = check(
        r#"[role.lead]
on = "customer"
grants = ["customer.view"]
ids = ["4F-1", "Team Lead"]
[rule.by-id]
allow = ["customer.view"]
if = 'subject holds role:4f-1 on resource or subject holds role:LEAD on resource or subject holds role:"team lead" on resource'
[rule.any]
allow = ["customer.view"]
if = 'subject holds _ on resource and not subject holds _ on customer:c'
[rule.unknown]
allow = ["customer.view"]
if = 'subject holds role:leed on resource or subject holds user:a on resource'
[implication.any]
if = 'dap(customer, user)'
then = 'user holds _ on customer'
"#,
    );
    let expected = r"
unknown-role: no role is named `leed` | 13:21..30 not declared | did you mean `role:lead`?
unknown-role: `user:a` is not a role | 13:60..66 this is `user` | after `holds` stands a role's name, `role:ID`, `_`, or a variable of kind `role`
bad-conclusion: `then` names nobody in particular | 16:9..33 `_` cannot follow | bind a variable in `if`
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn a_role_has_its_own_system_or_that_of_its_tables() {
    let tables = r#"
[role.lead]
on = "customer"
[table.desk]
system = "desk"
on = "customer"
columns = { Lead = "lead" }
grid = '''
| Task | Lead |
| - | - |
| View | x |
'''
[rule.of-systems]
deny = ["customer.view"]
if = 'subject holds role on resource and role.system == "desk"'
"#;
    let without = check(tables);
    assert_eq!(
        without,
        "role-without-system: the role `owner` has no system | 1:22:7..12 without a system, 15:42..53 read here | give it a `system`, or a column in a table\n"
    );
}

#[test]
fn no_role_is_of_a_system_that_none_has() {
    let reported = check(
        r#"[role.lead]
system = "desk"
on = "customer"
grants = ["customer.view"]
[rule.lab]
deny = ["customer.view"]
if = 'subject holds role on resource and role.system == "lab"'
[rule.of-a-user]
deny = ["customer.view"]
if = 'subject.system == "desk"'
"#,
    );
    let expected = r#"
unknown-value: the attribute is never "lab" | 7:57..62 no such value
unknown-attribute: `user` has no attribute `system`, and lies within no kind of that name | 10:15..21 unknown
role-without-system: the role `owner` has no system | 1:22:7..12 without a system, 7:42..53 read here | give it a `system`, or a column in a table
"#;
    assert_eq!(reported, expected.trim_start());
}
