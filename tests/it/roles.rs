//! Roles by their ids, their systems, and roles that the pack does not name.

use crate::support::{Ask, deciding, outcome, pack_of, world_mistakes, world_of};
use delegraph::eval::Decider;
use delegraph::plan::Context;
use delegraph::query::lists::{self, RolePath, RolesQuestion};
use delegraph::time::Instant;
use std::collections::BTreeSet;

const PACK: &str = r#"
[kind.user]
subject = true
attributes.groups = { member-of = "group" }

[kind.group]

[kind.customer]
actions = ["view", "edit", "close", "audit", "approve"]

[kind.site]
within  = "customer"
actions = ["enter"]

[relation.approves]
ends = ["customer", "role"]

[role.owner]
on     = ["customer", "site"]
grants = ["customer.view"]
system = "azure"
ids    = ["8E3A-0", "Service Owner"]

[role.admin]
on     = "customer"
grants = ["customer.edit"]

[table.duties]
system  = "entra"
on      = "customer"
columns = { Admin = "admin" }
grid    = '''
| Duty | Admin |
| - | - |
| Rest | x |
'''

[rule.any-role]
allow = ["customer.close", "site.enter"]
if    = 'subject holds _ on resource'

[rule.entra]
allow = ["customer.audit"]
if    = 'subject holds role on resource and role.system == "entra"'

[rule.approved]
allow = ["customer.approve"]
if    = 'subject holds role:"SERVICE owner" on resource and approves(resource, role:8e3a-0)'
"#;

const WORLD: &str = r#"
[user.ann]
groups = ["group:g"]
[user.bob]
[user.cy]
[user.dan]
[group.g]
[customer.c]
[site.s]
customer = "customer:c"
[[fact]]
is = 'group:g holds role:4F-XX on customer:c'
[[fact]]
is = 'user:bob holds role:8e3a-0 on customer:c'
[[fact]]
is = 'user:cy holds role:"service owner" on site:s'
[[fact]]
is = 'user:dan holds admin on customer:c'
[[fact]]
is = 'approves(customer:c, role:OWNER)'
[[fact]]
is = 'approves(customer:c, role:zz9)'
"#;

/// The outcomes of questions, each a subject, an action and a resource.
fn outcomes(questions: &[&str]) -> Vec<String> {
    questions.iter().map(|question| outcome(PACK, WORLD, question)).collect()
}

#[test]
fn a_role_is_called_by_its_name_and_its_ids_in_facts_and_conditions() {
    let questions = ["user:bob customer.view customer:c", "user:bob customer.approve customer:c", "user:cy site.enter site:s"];
    assert_eq!(outcomes(&questions), ["allowed"; 3]);
    assert_eq!(outcome(PACK, WORLD, "user:cy customer.view customer:c"), "not-granted");
}

#[test]
fn an_unknown_role_is_unknown_to_those_who_ask_for_any_role_and_refuses_nothing() {
    let open = ["user:ann customer.close customer:c", "user:ann site.enter site:s", "user:ann customer.audit customer:c"];
    assert_eq!(outcomes(&open), ["unknown role:4f-xx"; 3]);
    assert_eq!(outcomes(&["user:ann customer.view customer:c", "user:ann customer.edit customer:c"]), ["not-granted"; 2]);
    assert_eq!(outcomes(&["user:dan customer.edit customer:c", "user:dan customer.close customer:c"]), ["allowed"; 2]);
}

#[test]
fn a_role_has_its_system_or_that_of_its_table() {
    assert_eq!(outcomes(&["user:dan customer.audit customer:c", "user:bob customer.audit customer:c"]), ["allowed", "not-granted"]);
}

#[test]
fn answers_say_which_unknown_role_is_held() {
    let compiled = pack_of(PACK);
    let world = world_of(&compiled, WORLD);
    let ask = |action| Ask::of("2024-01-01", "user:ann", action, "customer:c").explained(&compiled, &world);
    let denied = ask("customer.view");
    let held: Vec<String> = denied.unknown_roles.iter().map(|held| format!("{}  {}", held.says, held.places[0])).collect();
    assert_eq!(held, ["group:g is assigned role:4f-xx on customer:c  world.toml:12"]);
    let unknown = ask("customer.close");
    assert_eq!(unknown.unknown, ["role:4f-xx"]);
    assert!(unknown.verdict.ends_with(": nobody knows what role:4f-xx is"), "{}", unknown.verdict);
    assert_eq!(deciding(&unknown), [""; 0]);
    assert_eq!(Ask::of("2024-01-01", "user:bob", "customer.edit", "customer:c").explained(&compiled, &world).unknown_roles, []);
}

#[test]
fn an_unknown_role_is_one_in_capitals_or_not_and_is_warned_of_once() {
    let world = WORLD.to_owned() + "[[fact]]\nis = 'user:bob holds role:4f-xx on site:s'\n";
    let compiled = pack_of(PACK);
    let warning = |id| {
        format!(
            "unnamed-role: the pack has no role `{id}`, so nobody knows what it grants; if it is a role of the pack, add this to its `ids`"
        )
    };
    assert_eq!(world_mistakes(&compiled, &world), [warning("4f-xx"), warning("zz9")].join("\n"));
    let world = WORLD.to_owned() + "[[fact]]\nis = 'user:bob holds ownr on site:s'\n";
    assert!(world_mistakes(&compiled, &world).contains("unknown-role: no role is named `ownr`"), "a bare name is one of the pack");
}

#[test]
fn a_pattern_may_be_about_an_unknown_role() {
    let world = WORLD.to_owned() + "[[unknown]]\nis = 'user:cy holds role:zz9 on customer:c'\n";
    assert_eq!(outcome(PACK, &world, "user:cy customer.close customer:c"), "unknown user:cy holds role:zz9 on customer:c");
    assert_eq!(outcome(PACK, &world, "user:cy customer.view customer:c"), "not-granted");
    let denied = world + "[[fact]]\nis = 'not user:cy holds role:ZZ9 on customer:c'\n";
    assert_eq!(outcome(PACK, &denied, "user:cy customer.close customer:c"), "not-granted");
}

const IDLE: &str = r#"
[kind.user]
subject = true
attributes.groups = { member-of = "group" }
[kind.group]
[kind.customer]
actions = ["view"]
[kind.site]
within  = "customer"
actions = ["enter"]
[relation.partner-of]
ends = ["user", "customer"]
[role.viewer]
on     = ["customer", "site"]
grants = ["customer.view"]
[role.porter]
on     = ["customer", "site"]
grants = ["site.enter"]
[role.head]
on       = ["customer", "site"]
includes = ["viewer"]
[role.archivist]
on = ["customer"]
[role.reader]
on = ["customer"]
[implication.partners-read]
if   = 'partner-of(user, customer)'
then = 'user holds reader on customer'
"#;

/// A role is idle where neither it nor one that it includes grants an action there or below; so is one that the pack does not name.
#[test]
fn idle_roles_are_those_that_grant_nothing_there() {
    let pack = pack_of(IDLE);
    let held = |who: &str, role: &str, on: &str| format!("[[fact]]\nis = '{who} holds {role} on {on}'\n");
    let mut text = "[user.a]\ngroups = [\"group:g\"]\n[group.g]\n[customer.c]\n[site.s]\ncustomer = \"customer:c\"\n".to_owned();
    for role in ["viewer", "porter", "head", "archivist", "role:\"62e9\""] {
        text += &held("group:g", role, "customer:c");
        if role != "archivist" {
            text += &held("user:a", role, "site:s");
        }
    }
    text += "[[fact]]\nis = 'partner-of(user:a, customer:c)'\n";
    let world = world_of(&pack, &text);
    let decider = Decider::new(&pack, &world, Context::at(&pack.policy, Instant::parse("2024-01-01").expect("a date")));
    let paths = lists::idle_roles(&decider, RolesQuestion::default());
    let shown = |path: &RolePath| format!("{} on {}", world.entity(path.role).id, world.name(&pack.policy, path.origin.scope()));
    let shown: BTreeSet<String> = paths.iter().map(shown).collect();
    let expected =
        ["62e9 on customer:c", "62e9 on site:s", "archivist on customer:c", "head on site:s", "reader on customer:c", "viewer on site:s"];
    assert_eq!(shown, expected.map(str::to_owned).into());
}
