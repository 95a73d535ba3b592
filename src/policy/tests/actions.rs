//! Names and patterns of actions, and the elements that list them.

use super::{check, read};

#[test]
fn a_pattern_that_matches_nothing_is_reported() {
    let reported = check(
        r#"[rule.a]
allow = ["devise.*", "device", "device.view.*", "device.*.view", "*.view", "device*", "custmer.view"]
[rule.b]
deny = ["*"]
"#,
    );
    let expected = r"
empty-pattern: no action matches `devise.*` | 2:11..19 matches nothing | did you mean `device.*`?
unknown-action: no action is named `device` | 2:23..29 not declared | for every action that begins so write `device.*`
empty-pattern: no action matches `device.view.*` | 2:33..46 matches nothing | `device.view` is an action itself: write it without `.*`
unknown-action: no action is named `device.*.view` | 2:50..63 not declared | did you mean `device.view`?
unknown-action: no action is named `*.view` | 2:67..73 not declared | a pattern is a name with `.*` at its end, or `*` alone
unknown-action: no action is named `device*` | 2:77..84 not declared | a pattern is a name with `.*` at its end, or `*` alone
unknown-action: no action is named `custmer.view` | 2:88..100 not declared | did you mean `customer.view`?
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn a_rule_either_allows_or_denies() {
    let reported = check(
        r#"[rule.both]
allow = ["device.view"]
deny = ["device.remove"]
[rule.neither]
if = 'nobody(subject)'
"#,
    );
    let expected = r#"
rule-effect: the rule `both` has both `allow` and `deny` | 1:7..11 allow or deny? | make two rules of it
rule-effect: the rule `neither` has neither `allow` nor `deny` | 4:7..14 allow or deny? | write `allow = ["ACTION"]` or `deny = ["ACTION"]`
unknown-relation: no relation is named `nobody` | 5:7..13 not declared | declare it: `[relation.nobody]`, with `ends`
"#;
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn a_role_may_grant_actions_on_what_its_kinds_contain() {
    let reported = check(
        r#"[role.customer-lead]
on = ["customer"]
grants = ["device.view", "customer.view"]
[role.site-lead]
on = ["site"]
grants = ["customer.*", "device.view", "zebra.*"]
"#,
    );
    let expected = r"
wrong-kind: the role `site-lead` grants `device.view`, which stands on none of the role's kinds | 6:26..37 out of the role's reach, 1:16:10..21 the action | a role's actions stand on the kinds of its `on`, or on what lies within them
empty-pattern: no action matches `zebra.*` | 6:41..48 matches nothing
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn obligations_and_advice_name_known_actions() {
    let reported = check(
        r#"[obligation.wear-gloves]
for = ["device.vew"]
text = "gloves"
[advice.gloves]
for = ["device.*"]
if = 'resource.vai == "shop"'
text = "gloves"
"#,
    );
    let expected = r"
unknown-action: no action is named `device.vew` | 2:9..19 not declared | did you mean `device.view`?
unknown-attribute: `device` has no attribute `vai`, and lies within no kind of that name | 6:16..19 unknown | did you mean `via`?
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn cycles_of_roles_resolve() {
    let reported = check(
        r#"[role.a]
on = ["customer"]
includes = ["b"]
[role.b]
on = ["customer"]
includes = ["a", "b"]
"#,
    );
    let expected = r"
idle-role: the role `a` grants nothing, and no condition asks for it | 1:7..8 idle | give it `grants`, `includes` or a column of a table; or remove it
idle-role: the role `b` grants nothing, and no condition asks for it | 4:7..8 idle | give it `grants`, `includes` or a column of a table; or remove it
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn a_kind_declares_actions_on_itself() {
    let (policy, _, reported) =
        read(&["[kind.repo]\nactions = ['read', 'pulls.Merge_all']\n[kind.user]\nsubject = true\n[rule.a]\nallow = ['repo.*']"]);
    assert_eq!(reported, []);
    let declared = policy.actions.values().map(|action| {
        let on: Vec<&str> = action.on.iter().map(|kind| policy.kinds[kind].meta.name.as_str()).collect();
        format!("{} on {}", action.meta.name, on.join(" "))
    });
    assert_eq!(declared.collect::<Vec<_>>(), ["repo.pulls.Merge_all on repo", "repo.read on repo"]);
}

#[test]
fn an_action_is_declared_once() {
    let reported = check(
        r#"[kind.repo]
actions = ["read", "read", "write", "admin.close"]
[action."repo.write"]
on = ["repo"]
[table.admins]
system = "repo.admin"
on = ["repo"]
columns = { Owner = "owner" }
grid = '''
| Task | Owner |
| :- | :- |
| Close | x |
'''
"#,
    );
    let expected = r"
duplicate-element: two actions are named `repo.read` | 2:21..25 declared here, 2:13..17 and here | `actions` of a kind declares `repo.NAME`: remove one of them
duplicate-element: two actions are named `repo.write` | 2:29..34 declared here, 3:10..20 and here | `actions` of a kind declares `repo.NAME`: remove one of them
duplicate-element: two actions are named `repo.admin.close` | 2:38..49 declared here, 12:1..14 declared by the table | a table declares its actions: remove the other
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn except_takes_actions_out_of_grants_alone_not_out_of_table_cells_and_one_that_takes_nothing_out_is_an_error() {
    let pack = r#"[kind.repo]
actions = ["read", "write", "admin"]
[kind.user]
subject = true
[role.writer]
on = "repo"
grants = ["repo.*"]
except = ["repo.admin", "repo.read"]
includes = ["reader"]
[role.reader]
on = "repo"
grants = ["repo.read", "repo.admin"]
[table.t]
system = "desk"
on = "repo"
columns = { Writer = "writer" }
grid = '''
| Task | Writer |
| :- | :- |
| Open | x |
'''
"#;
    let (policy, _, reported) = read(&[pack]);
    assert_eq!(reported, []);
    let grants = |role: &str| -> Vec<String> {
        let role = &policy.roles[policy.role_named(role).expect("a role")];
        role.grants.iter().map(|&(action, _)| policy.actions[action].meta.name.clone()).collect()
    };
    assert_eq!(grants("writer"), ["repo.write"]);
    assert_eq!(grants("reader"), ["repo.admin", "repo.read"]);
    assert_eq!(policy.tables.values().map(|table| table.cells.len()).sum::<usize>(), 1);

    let reported = check(
        r#"[role.a]
on = ["customer"]
grants = ["device.*"]
except = ["customer.view", "customer.*", "device.vew", "x.*", "device.view", "device.*"]
[role.b]
on = ["customer"]
grants = ["x.*"]
except = ["device.view"]
"#,
    );
    let expected = r"
idle-exception: the role `a` does not grant `customer.view` itself | 4:12..25 takes nothing out | `except` takes actions out of the role's own `grants` alone, not out of tables or of included roles
idle-exception: the role `a` does not grant `customer.*` itself | 4:29..39 takes nothing out | `except` takes actions out of the role's own `grants` alone, not out of tables or of included roles
unknown-action: no action is named `device.vew` | 4:43..53 not declared | did you mean `device.view`?
empty-pattern: no action matches `x.*` | 4:57..60 matches nothing
empty-pattern: no action matches `x.*` | 7:12..15 matches nothing
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn an_aka_may_be_no_other_name_of_its_element() {
    let reported = check(
        r#"[kind.asset-category]
aka = ["device", "asset_category", "user_group", "asset-category"]
[kind.user-group]
aka = ["user_group"]
[action."asset.read"]
aka = ["device.view", "asset.GET", "desk.open"]
on = "asset-category"
[action."asset.write"]
aka = ["asset.GET"]
on = "asset-category"
[table.desk]
system = "desk"
on = "device"
columns = { Owner = "owner" }
grid = '''
| Task | Owner |
| :- | :- |
| Open | x |
'''
"#,
    );
    let expected = r"
duplicate-element: two kinds are named `device` | 2:9..15 by this `aka`, 1:10:7..13 by this | remove one of them
duplicate-element: two kinds are named `asset-category` | 2:51..65 by this `aka`, 1:7..21 by this | remove one of them
duplicate-element: two kinds are named `user_group` | 4:9..19 by this `aka`, 2:37..47 by this | remove one of them
duplicate-element: two actions are named `device.view` | 6:9..20 by this `aka`, 1:16:10..21 by this | remove one of them
duplicate-element: two actions are named `desk.open` | 6:37..46 by this `aka`, 18:1..13 by this | remove one of them
duplicate-element: two actions are named `asset.GET` | 9:9..18 by this `aka`, 6:24..33 by this | remove one of them
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn an_aka_is_matched_by_no_action_pattern_and_packs_do_not_use_it() {
    let reported = check(
        r#"[kind.asset]
aka = ["Asset"]
[kind.part]
aka = ["Part"]
[kind.screw]
within = "Part"
[action."asset.read"]
aka = ["legacy.read", "asset.GET"]
on = "asset"
[rule.a]
allow = ["legacy.*", "asset.GET"]
if = 'resource == Asset:x'
[rule.b]
allow = ["asset.*"]
"#,
    );
    let expected = r"
unknown-kind: no kind is named `Part` | 6:11..15 not declared | an `aka` is for requests and facts; here write `part`
empty-pattern: no action matches `legacy.*` | 11:11..19 matches nothing
unknown-action: no action is named `asset.GET` | 11:23..32 not declared | an `aka` is for requests and facts; here write `asset.read`
unknown-kind: no kind is named `Asset` | 12:19..24 not declared | an `aka` is for requests and facts; here write `asset`
";
    assert_eq!(reported, expected.trim_start());
}
