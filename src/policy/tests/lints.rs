//! Lints.

use super::check;

#[test]
fn unused_claims_toggles_and_roles_are_reported() {
    let reported = check(
        r#"[claim.C-1]
text = "one"
[claim.C-2]
text = "two"
[toggle.on]
status = "current"
source = ["C-2"]
[toggle.asked]
status = "current"
[role.idle]
on = ["customer"]
[role.by-inclusion]
on = ["customer"]
includes = ["owner", "idle"]
[role.including-idle]
on = ["customer"]
includes = ["idle"]
[role.asked]
on = ["customer"]
[role.including-asked]
on = ["customer"]
includes = ["asked"]
[rule.asks]
deny = ["customer.view"]
if = 'toggle asked and subject holds asked on resource'
"#,
    );
    let expected = r#"
uncited-claim: no element cites the claim `C-1` | 1:8..11 cited nowhere | write `source = ["C-1"]` in the element that states it, or that it limits; or remove it
idle-toggle: the toggle `on` gates nothing | 5:9..11 asked for nowhere | write `toggle = "on"` in the elements that it gates, or remove it
idle-role: the role `idle` grants nothing, and no condition asks for it | 10:7..11 idle | give it `grants`, `includes` or a column of a table; or remove it
idle-role: the role `including-idle` grants nothing, and no condition asks for it | 15:7..21 idle | give it `grants`, `includes` or a column of a table; or remove it
"#;
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn a_role_listed_for_a_variable_is_used() {
    let reported = check(
        r#"[role.listed]
on = ["customer"]
[role.unlisted]
on = ["customer"]
[rule.asks]
deny = ["customer.view"]
if = 'subject holds role on resource and role in [role:listed]'
"#,
    );
    let expected = r"
idle-role: the role `unlisted` grants nothing, and no condition asks for it | 3:7..15 idle | give it `grants`, `includes` or a column of a table; or remove it
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn an_unlisted_variable_uses_every_role() {
    let reported = check(
        r#"[role.listed]
on = ["customer"]
[rule.asks]
deny = ["customer.view"]
if = 'subject holds role on resource'
"#,
    );
    assert_eq!(reported, "");
}

#[test]
fn names_in_conditions_with_mistakes_are_used() {
    let reported = check(
        r#"[toggle.asked]
status = "current"
[claim.C-1]
text = "one"
[rule.asks]
deny = ["customer.view"]
if = 'toggle asked and zebra(subject) and false'
source = ["C-1"]
[rule.both]
allow = ["customer.view"]
deny = ["customer.view"]
if = 'toggle asked'
"#,
    );
    let expected = r"
unknown-relation: no relation is named `zebra` | 7:24..29 not declared | declare it: `[relation.zebra]`, with `ends`
rule-effect: the rule `both` has both `allow` and `deny` | 9:7..11 allow or deny? | make two rules of it
";
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn the_element_nearest_to_a_misspelt_name_is_used() {
    let reported = check(
        r#"[toggle.later]
status = "proposed"
[claim.C-1]
text = "one"
[role.lead]
on = ["customer"]
[role.chief]
on = ["customer"]
includes = ["leed"]
[rule.barred]
deny = ["device.*"]
toggle = "latr"
source = ["C-2"]
if = 'subject holds leed on resource.customer'
[role.tester]
on = ["customer"]
grants = ["devise.*"]
"#,
    );
    let expected = r"
unknown-role: no role is named `leed` | 9:14..18 not declared | did you mean `lead`?
unknown-toggle: no toggle is named `latr` | 12:11..15 not declared | did you mean `later`?
unknown-claim: no claim is named `C-2` | 13:12..15 not declared | did you mean `C-1`?
unknown-role: no role is named `leed` | 14:21..25 not declared | did you mean `lead`?
empty-pattern: no action matches `devise.*` | 17:12..20 matches nothing | did you mean `device.*`?
";
    assert_eq!(reported, expected.trim_start());
}

/// The verdict on the condition of a rule about devices: `never`, `always`, or `open` if neither is reported.
fn judge(condition: &str) -> String {
    judge_in("", condition)
}

fn judge_in(more: &str, condition: &str) -> String {
    let rule = format!(
        "[toggle.a]\nstatus = \"current\"\n[toggle.b]\nstatus = \"current\"\n[rule.r]\ndeny = [\"device.*\"]\n{more}\n{condition}\n"
    );
    let reported = check(&rule);
    // Other diagnostics of such conditions are not about whether they can be true.
    let beside = |line: &&str| ["idle-toggle", "loose-variable"].iter().any(|code| line.starts_with(code));
    let reported: Vec<&str> = reported.lines().filter(|line| !beside(line)).collect();
    match reported.as_slice() {
        [] => "open".to_owned(),
        [one] if one.starts_with("never-true: the condition of the rule `r` can never be true") => "never".to_owned(),
        [one] if one.starts_with("always-true: the condition of the rule `r` is always true") => "always".to_owned(),
        more => more.join("\n"),
    }
}

#[track_caller]
fn all(verdict: &str, conditions: &[&str]) {
    for condition in conditions {
        assert_eq!(judge(&format!("if = '{condition}'")), verdict, "{condition}");
    }
}

#[test]
fn constants_and_toggles_are_judged() {
    all("never", &["false", "toggle a and not toggle a", "not (toggle a or not toggle a)", "toggle a and false"]);
    all("never", &["toggle a and (toggle b and not toggle a or not toggle b and not toggle a)"]);
    all(
        "always",
        &["true", "toggle a or not toggle a", "not false", "not (toggle a and not toggle a)", "true or resource.via == \"shop\""],
    );
    all("open", &["toggle a", "toggle a or toggle b", "toggle a and not toggle b", "not toggle a"]);
}

#[test]
fn an_atom_and_its_negation_are_never_true_together() {
    let dap = "dap(resource.customer, subject)";
    all("never", &[&format!("{dap} and not {dap}"), &format!("was {dap} and {dap}"), "dap(customer, _) and not dap(customer, _)"]);
    all("never", &["dap(_, subject) and not dap(_, subject)", "subject in group and not subject in group"]);
    // Unknown or not unknown is unknown.
    all("open", &[&format!("{dap} or not {dap}"), "dap(_, subject) and not dap(resource.customer, subject)"]);
    all("never", &["dap(customer, subject) and not dap(_, subject)"]);
}

#[test]
fn comparisons_of_one_term_are_judged_together() {
    let shop = r#"resource.via == "shop""#;
    all(
        "never",
        &[
            &format!(r#"{shop} and resource.via == "portal""#),
            &format!("{shop} and not {shop}"),
            &format!(r#"{shop} and resource.via != "shop""#),
        ],
    );
    all(
        "never",
        &[r#"resource.via in ["shop"] and resource.via in ["portal"]"#, r#""shop" == resource.via and resource.via in ["portal"]"#],
    );
    all(
        "never",
        &[
            "resource.days < 1 and resource.days > 30",
            "resource.days > 1 and 2 > resource.days",
            "resource.days >= 3 and resource.days < 3",
        ],
    );
    all("never", &["resource.days == 3 and not (resource.days > 2)", "resource.days > 5 and resource.days in [1, 2]"]);
    all("never", &["resource.days >= 1 and resource.days <= 1 and resource.days != 1", "resource.days < resource.days"]);
    all("never", &[&format!(r#"{shop} and (resource.via == "portal" or resource.via != "shop")"#)]);
    all(
        "open",
        &[
            &format!(r#"{shop} or resource.via == "portal""#),
            "resource.days < 1 or resource.days > 30",
            "resource.days > 1 and resource.days < 3",
        ],
    );
    // Both are false if the term has no value.
    all("open", &["not (resource.days < 3) and not (resource.days >= 3)", "resource.days != resource.days", "not (resource.days > 2)"]);
}

#[test]
fn a_variable_tied_to_neither_subject_nor_resource_is_reported() {
    let reported = |condition: &str| check(&format!("[rule.r]\ndeny = [\"device.*\"]\nif = '{condition}'\n"));
    let loose = "loose-variable: `customer` of rule `r` can be anything";
    assert!(reported("dap(customer, _)").starts_with(loose));
    assert!(reported("dap(resource.customer, subject) or dap(customer, _)").starts_with(loose));
    assert!(reported("dap(resource.customer, user)").starts_with("loose-variable: rule `r` mentions some `user`, but never `subject`"));
    assert!(
        reported("dap(via, subject) and via != resource.customer")
            .starts_with("loose-variable: `via` is a variable here, though an attribute has that name")
    );
    for tied in ["dap(customer, subject)", "dap(_, subject)", "dap(_, user:ann)", "dap(customer, _) and resource.customer == customer"] {
        assert_eq!(reported(tied), "", "{tied}");
    }
}

#[test]
fn tests_of_entities_and_kinds_are_judged() {
    all("never", &["subject == user:ann and subject == user:bob", "subject == user:ann and subject != user:ann"]);
    all("never", &["subject == resource.customer.lead and not subject == resource.customer.lead"][1..]);
    all("always", &["resource is device", "subject is user"]);
    all("open", &["subject == user:ann", "resource.customer is customer", "dap(customer, user) and customer is customer"]);
}

#[test]
fn conditions_that_a_world_may_satisfy_pass() {
    let many = |part: &str, between: &str| vec![part; 300].join(between);
    all("open", &[&many(r#"resource.via == "shop""#, " or "), &many("resource.days > 3", " and ")]);
    let deep = format!("{}toggle a{}", "(toggle b or ".repeat(50), ")".repeat(50));
    all("open", &[&deep]);
}

#[test]
fn the_toggle_of_an_element_is_assumed_on() {
    assert_eq!(judge_in("toggle = \"a\"", "if = 'not toggle a'"), "never");
    assert_eq!(judge_in("toggle = \"a\"", "if = 'toggle b'"), "open");
    assert_eq!(judge_in("", "unless = 'true'"), "never");
    assert_eq!(judge_in("", "unless = 'false'"), "always");
    assert_eq!(judge_in("", ""), "open");
}

#[test]
fn two_attributes_of_exactly_one_never_both_have_values() {
    let kind = "[kind.person]\nsubject = true\nexactly-one = [\"works-at\", \"lives-at\"]\nattributes.works-at = \"site\"\nattributes.lives-at = \"customer\"\n[role.r]\non = [\"customer\"]\n";
    let reported = |condition: &str| {
        let reported = check(&format!("{kind}[event.e]\nwith = {{ person = \"person\", site = \"site\" }}\nif = '{condition}'\n"));
        reported.lines().filter(|line| !line.starts_with("idle-role")).collect::<Vec<_>>().join("\n")
    };
    assert!(
        reported("person.works-at == site and person.lives-at == site.customer").starts_with("never-true: the condition of the event `e`")
    );
    assert_eq!(reported("person.works-at == site or person.lives-at == site.customer"), "");
    assert_eq!(reported("person.works-at == site and not (person.lives-at == site.customer)"), "");
    assert_eq!(reported("true"), "");
}

#[test]
fn conditions_of_every_kind_of_element_are_judged() {
    let reported = check(
        "[obligation.o]\nfor = [\"device.*\"]\nif = 'false'\ntext = \"t\"\n[advice.a]\nfor = [\"device.*\"]\nif = 'true'\ntext = \"t\"\n[implication.i]\nif = 'dap(customer, user) and false'\nthen = 'user holds owner on customer'\n[invariant.v]\nnever = 'dap(customer, user) and not dap(customer, user)'\n[event.e]\nif = 'false'\n",
    );
    let codes: Vec<&str> = reported.lines().map(|line| line.split('|').next().unwrap_or(line).trim()).collect();
    assert_eq!(
        codes,
        [
            "never-true: the condition of the obligation `o` can never be true",
            "always-true: the condition of the advice `a` is always true",
            "never-true: the condition of the implication `i` can never be true",
            "never-true: the condition of the invariant `v` can never be true",
            "never-true: the condition of the event `e` can never be true",
        ]
    );
}

#[test]
fn a_comparison_that_an_absent_value_switches_off_is_reported() {
    let reported = |effect: &str, condition: &str| {
        let schema = "[kind.vault]\nattributes.needs = { type = 'number' }\nattributes.limit = { type = 'number', optional = true }\n\
                      [action.'vault.open']\non = ['vault']\n";
        let all = check(&format!("{schema}[rule.r]\n{effect} = ['vault.open']\n{condition}"));
        all.lines().filter(|line| line.starts_with("absent-operand")).map(str::to_owned).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(
        reported("deny", "if = 'resource.needs > resource.limit'"),
        "absent-operand: rule `r` does not deny where `resource.limit` has no value | 8:7..38 false where a value is absent | \
         to deny there too, write `unless = 'resource.needs <= resource.limit'` instead"
    );
    assert!(reported("deny", "if = 'resource.limit < 3 and subject is user'").ends_with("write `not (resource.limit >= 3)` instead"));
    assert!(reported("allow", "unless = 'resource.limit >= 3'").contains("rule `r` also allows where `resource.limit` has no value"));
    for closed in ["unless = 'resource.needs <= resource.limit'", "if = 'resource.limit != 3'", "if = 'resource.needs > 3'"] {
        assert_eq!(reported("deny", closed), "", "{closed}");
    }
    assert_eq!(reported("allow", "if = 'resource.limit >= 3'"), "");
}

#[test]
fn a_place_under_not_of_a_deny_that_a_kind_cannot_be_at_is_reported() {
    let reported = |effect: &str, condition: &str| {
        let schema = "[kind.org]\n[kind.box]\nwithin = 'org'\n[relation.given]\nends = ['user', ['org', 'box']]\n\
                      [relation.audited]\nends = ['org']\n[relation.sealed]\nends = ['org']\ncovers = true\n";
        let all = check(&format!("{schema}[rule.r]\n{effect} = ['customer.view']\nif = '{condition}'"));
        all.lines().filter(|line| line.starts_with("misplaced-kind")).map(str::to_owned).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(
        reported("deny", "given(subject, place) and not audited(place)"),
        "misplaced-kind: `place` can be a box, for which `audited(place)` is always false | 13:37..51 false for that kind | \
         rule `r` denies in that case; if it should not, narrow `place` with `is`, or with a place outside `not`"
    );
    // What lies within an org is sealed with it; and an allow that is too narrow opens nothing.
    assert_eq!(reported("deny", "given(subject, place) and not sealed(place)"), "");
    assert_eq!(reported("deny", "given(subject, place) and audited(place)"), "");
    assert_eq!(reported("allow", "given(subject, place) and not audited(place)"), "");
}
