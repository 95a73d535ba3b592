//! GDAP beside DAP: the decisions that the documents publish, life cycles, and what each answer says.

use crate::support::{Ask, SHIPPED, opened, world, world_of};
use delegraph::report::text::{self, Style};
use delegraph::world::World;
use std::fmt::Write;

/// A question to the shipped pack: `SUBJECT ACTION RESOURCE at DATE [policy-at DATE] [with TOGGLE]…`.
pub fn ask<'a>(question: &'a str, with: &'a mut Vec<&'a str>) -> Ask<'a> {
    let words: Vec<&str> = question.split(' ').collect();
    assert_eq!(words[3], "at", "{question}");
    let after = |clause| words.windows(2).filter(move |pair| pair[0] == clause).map(|pair| pair[1]);
    with.extend(after("with"));
    Ask { at: words[4], policy_at: after("policy-at").next(), with, subject: words[0], action: words[1], resource: words[2] }
}

fn outcome(world: &World, question: &str) -> &'static str {
    ask(question, &mut Vec::new()).explained(&SHIPPED, world).outcome
}

/// The whole answer, on one line for each paragraph, so that no text is broken.
fn page(world: &World, question: &str) -> String {
    let answer = ask(question, &mut Vec::new()).explained(&SHIPPED, world);
    text::render(&answer, &Style { color: false, width: 1_000, full: true })
}

/// Questions and their outcomes, all at once.
fn check(world: &World, expected: &[(&str, &str)]) {
    let wrong = expected.iter().filter(|(question, outcome)| self::outcome(world, question) != *outcome);
    let wrong: Vec<String> = wrong.map(|(question, outcome)| format!("not {outcome}: {question}")).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn snapshot(name: &str, world: &World, question: &str) {
    let answer = ask(question, &mut Vec::new()).explained(&SHIPPED, world);
    insta::assert_snapshot!(name, format!("{question}\n\n{}", text::render(&answer, &Style { color: false, width: 80, full: false })));
}

/// What is asked of each user at each customer, of the directory.
pub const THREE_DECISIONS: [&str; 3] = ["manage", "read", "sign-in"];

/// A partner, its groups, three users, and three customers: one has granted DAP, one both, one GDAP with Global Reader.
const THREE: &str = r#"
[partner.p]
admin-agents    = "group:aa"
helpdesk-agents = "group:hd"
sales-agents    = "group:sa"
[group.aa]
[group.hd]
[group.sa]
[group.readers]
[user.u1]
partner = "partner:p"
groups  = ["group:aa"]
[user.u2]
partner = "partner:p"
groups  = ["group:aa", "group:readers"]
[user.u3]
partner = "partner:p"
groups  = ["group:readers"]
[customer.c1]
[customer.c2]
[customer.c3]
[gdap.g2]
customer      = "customer:c2"
partner       = "partner:p"
duration-days = 365
[gdap.g3]
customer      = "customer:c3"
partner       = "partner:p"
duration-days = 365
[[fact]]
is = 'dap(customer:c1, partner:p)'
[[fact]]
is = 'dap(customer:c2, partner:p)'
[[fact]]
is = 'active(gdap:g2)'
[[fact]]
is = 'approves(gdap:g2, role:global-reader)'
[[fact]]
is = 'active(gdap:g3)'
[[fact]]
is = 'approves(gdap:g3, role:global-reader)'
[[fact]]
is = 'assigns(gdap:g3, group:readers, role:global-reader)'
"#;

/// [`THREE`] with the assignment of the second customer, and more.
pub fn three(more: &str) -> World {
    world_of(&SHIPPED, &format!("{THREE}\n[[fact]]\nis = 'assigns(gdap:g2, group:readers, role:global-reader)'\n{more}"))
}

#[test]
fn nine_decisions_where_dap_and_gdap_meet() {
    let world = three("");
    // As published: Global Administrator manages, Global Reader reads, and without access there is no sign-in.
    let (global_administrator, global_reader, nothing) =
        (["allowed", "allowed", "allowed"], ["not-granted", "allowed", "allowed"], ["not-granted", "not-granted", "not-granted"]);
    let table = [
        ("u1", [global_administrator, global_administrator, nothing]),
        ("u2", [global_administrator, global_reader, global_reader]),
        ("u3", [nothing, global_reader, global_reader]),
    ];
    for (user, row) in table {
        for (customer, expected) in ["c1", "c2", "c3"].into_iter().zip(row) {
            let got =
                THREE_DECISIONS.map(|action| outcome(&world, &format!("user:{user} directory.{action} customer:{customer} at 2023-06-01")));
            assert_eq!(got, expected, "{user} at {customer}");
        }
    }
    snapshot("gdap-switches-dap-off", &world, "user:u2 directory.manage customer:c2 at 2023-06-01");
    snapshot("gdap-global-reader", &world, "user:u2 directory.read customer:c2 at 2023-06-01");
    snapshot("dap-beside-gdap", &world, "user:u1 directory.manage customer:c2 at 2023-06-01");
}

#[test]
fn gdap_begins_in_february_2022() {
    let world = three("");
    check(
        &world,
        &[
            ("user:u2 directory.manage customer:c2 at 2022-01-31", "allowed"),
            ("user:u2 directory.manage customer:c2 at 2022-02-01", "not-granted"),
            ("user:u3 directory.read customer:c3 at 2022-01-31", "not-granted"),
            ("user:u3 directory.read customer:c3 at 2022-02-01", "allowed"),
            ("user:u3 directory.read customer:c3 at 2023-06-01 policy-at 2022-01-31", "not-granted"),
        ],
    );
}

/// GDAP-13 has two readings.
#[test]
fn dap_overrides_gdap_by_the_other_reading() {
    let world = three("");
    check(
        &world,
        &[
            ("user:u2 directory.manage customer:c2 at 2023-06-01 with dap-overrides-gdap", "allowed"),
            ("user:u3 directory.manage customer:c2 at 2023-06-01 with dap-overrides-gdap", "not-granted"),
        ],
    );
}

/// What must all be there gives nothing, and switches nothing off, where one part is missing (GDAP-7, GDAP-8, GDAP-14, GDAP-17).
#[test]
fn a_part_of_gdap_gives_nothing_and_switches_nothing_off() {
    let fact = |fact: &str| format!("[[fact]]\nis = '{fact}'\n");
    let assigned = fact("assigns(gdap:g2, group:readers, role:global-reader)");
    let cases = [
        ("nothing is assigned", THREE.to_owned()),
        ("another role is assigned", THREE.to_owned() + &fact("assigns(gdap:g2, group:readers, role:exchange-administrator)")),
        (
            "the relationship is not active",
            THREE.replace("is = 'active(gdap:g2)'", "is = 'approves(gdap:g2, role:intune-administrator)'") + &assigned,
        ),
        (
            "nothing is approved",
            THREE.replace("is = 'approves(gdap:g2, role:global-reader)'", "is = 'active(gdap:g2)'\nsince = 2020-01-01") + &assigned,
        ),
        (
            "what is approved is no role of Entra's, and what is assigned is not approved",
            THREE.replace("(gdap:g2, role:global-reader)", "(gdap:g2, role:owner)") + &assigned,
        ),
        ("a guest", THREE.to_owned() + &assigned + &fact("guest-of(user:u2, customer:c2)") + &fact("guest-of(user:u3, customer:c2)")),
        (
            "eligible, and not a member",
            THREE.replace(r#"["group:aa", "group:readers"]"#, r#"["group:aa"]"#).replace(r#"["group:readers"]"#, "[]")
                + &assigned
                + &fact("eligible(user:u2, group:readers)")
                + &fact("eligible(user:u3, group:readers)"),
        ),
    ];
    for (why, text) in cases {
        let opened = opened(&SHIPPED, &text);
        let world = opened.world.unwrap_or_else(|| panic!("{why}: {:?}", opened.diagnostics));
        let got =
            ["u2 directory.manage", "u3 directory.sign-in"].map(|who| outcome(&world, &format!("user:{who} customer:c2 at 2023-06-01")));
        assert_eq!(got, ["allowed", "not-granted"], "{why}");
    }
}

#[test]
fn answers_say_what_a_guest_and_an_eligible_user_lack() {
    let world = three(
        "[user.guest]\npartner = \"partner:p\"\ngroups = [\"group:readers\"]\n[user.pim]\npartner = \"partner:p\"\ngroups = []\n\
         [[fact]]\nis = 'guest-of(user:guest, customer:c3)'\n[[fact]]\nis = 'eligible(user:pim, group:readers)'\n",
    );
    let guest = page(&world, "user:guest directory.read customer:c3 at 2023-06-01");
    assert!(guest.contains("GDAP does not work for guests"), "{guest}");
    let eligible = page(&world, "user:pim directory.read customer:c3 at 2023-06-01");
    assert!(eligible.contains("user:pim is eligible for group:readers and not an active member"), "{eligible}");
    let allowed = page(&world, "user:u3 directory.read customer:c3 at 2023-06-01");
    assert!(allowed.contains("30, 7 and 1 days before"), "{allowed}");
}

/// A role that the pack does not name is approved and assigned: GDAP wins, and what the role gives nobody knows.
#[test]
fn an_unnamed_role_switches_dap_off() {
    let text = THREE.replace("(gdap:g2, role:global-reader)", "(gdap:g2, role:dd4db9a0-cc4a-4213-9f9f-70242232d97e)");
    let unnamed = "[[fact]]\nis = 'assigns(gdap:g2, group:readers, role:dd4db9a0-cc4a-4213-9f9f-70242232d97e)'\n\
                   [subscription.s]\ncustomer = \"customer:c2\"\n[[fact]]\nis = 'group:aa holds owner on subscription:s'\n";
    let opened = opened(&SHIPPED, &(text + unnamed));
    let world = opened.world.expect("a warning alone");
    check(
        &world,
        &[
            ("user:u2 directory.manage customer:c2 at 2023-06-01", "not-granted"),
            ("user:u1 directory.manage customer:c2 at 2023-06-01", "allowed"),
            ("user:u2 subscription.manage subscription:s at 2023-09-01", "unknown"),
            ("user:u1 subscription.manage subscription:s at 2023-09-01", "allowed"),
        ],
    );
}

/// The group must be the partner's (GDAP-7): one of somebody else's is given nothing. One of which nothing is stated is the partner's.
#[test]
fn a_group_of_another_is_given_nothing() {
    let whose = |line: &str| {
        let text = THREE.replace("[group.readers]\n", &format!("[group.readers]\n{line}\n"));
        world_of(
            &SHIPPED,
            &format!("{text}\n[partner.q]\nadmin-agents = \"group:aa\"\nhelpdesk-agents = \"group:hd\"\nsales-agents = \"group:sa\"\n"),
        )
    };
    let ask = "user:u3 directory.read customer:c3 at 2023-06-01";
    for (line, outcome) in [
        ("", "allowed"),
        ("partner = \"partner:p\"", "allowed"),
        ("partner = \"partner:q\"", "not-granted"),
        ("customer = \"customer:c1\"", "not-granted"),
    ] {
        assert_eq!(self::outcome(&whose(line), ask), outcome, "{line}");
    }
}

/// A world of one user, with or without DAP, an active relationship, membership of Admin Agents, and Directory Readers assigned
/// by the relationship. Whoever she is, she holds Contributor on the subscription herself, so only GDAP-15 can be in the way.
pub fn azure(dap: bool, gdap: bool, member: &str, reader: bool) -> World {
    let groups = match member {
        "direct" => r#""group:aa", "#,
        "nested" => r#""group:inner", "#,
        _ => "",
    };
    let mut text = format!(
        "[partner.p]\nadmin-agents = \"group:aa\"\nhelpdesk-agents = \"group:hd\"\nsales-agents = \"group:sa\"\n[group.aa]\n[group.hd]\n\
         [group.sa]\n[group.inner]\ngroups = [\"group:aa\"]\n[group.readers]\n[user.u]\npartner = \"partner:p\"\n\
         groups = [{groups}\"group:readers\"]\n[customer.c]\n[user.own]\ncustomer = \"customer:c\"\n[customer.d]\n[user.stranger]\n\
         customer = \"customer:d\"\n[user.nobody]\n[subscription.s]\ncustomer = \"customer:c\"\n[gdap.g]\ncustomer = \"customer:c\"\n\
         partner = \"partner:p\"\nduration-days = 365\n[[fact]]\nis = 'approves(gdap:g, role:directory-readers)'\n"
    );
    for (given, fact) in [
        (true, "group:aa holds owner on subscription:s"),
        (true, "user:u holds contributor on subscription:s"),
        (true, "user:own holds contributor on subscription:s"),
        (true, "user:stranger holds contributor on subscription:s"),
        (true, "user:nobody holds contributor on subscription:s"),
        (dap, "dap(customer:c, partner:p)"),
        (gdap, "active(gdap:g)"),
        (reader, "assigns(gdap:g, group:readers, role:directory-readers)"),
    ] {
        if given {
            writeln!(text, "[[fact]]\nis = '{fact}'").expect("a string takes all");
        }
    }
    world_of(&SHIPPED, &text)
}

/// GDAP-15: membership, and any Entra role: by DAP, which Admin Agents have, or by GDAP, where Directory Readers is assigned. An
/// assignment of a relationship that is not active gives none.
#[test]
fn azure_needs_membership_and_an_entra_role() {
    let mut asked = 0;
    for dap in [false, true] {
        for gdap in [false, true] {
            for member in ["direct", "nested", "none"] {
                for reader in [false, true] {
                    let world = azure(dap, gdap, member, reader);
                    let expected = if member != "none" && (dap || gdap && reader) { "allowed" } else { "barred" };
                    let case = format!("dap {dap}, gdap {gdap}, {member}, reader {reader}");
                    for action in ["view", "manage"] {
                        let question = format!("user:u subscription.{action} subscription:s at 2023-09-01");
                        assert_eq!(outcome(&world, &question), expected, "{case}, {action}");
                        // The older edition's answer: a role on the subscription is enough (SUB-4).
                        let before = format!("{question} policy-at 2023-08-09");
                        assert_eq!(outcome(&world, &before), "allowed", "{case}, {action}, before");
                    }
                    asked += 1;
                }
            }
        }
    }
    assert_eq!(asked, 24);
    snapshot("azure-without-entra-role", &azure(false, false, "direct", true), "user:u subscription.manage subscription:s at 2023-09-01");
    snapshot("azure-by-gdap", &azure(true, true, "nested", true), "user:u subscription.manage subscription:s at 2023-09-01");
    snapshot(
        "azure-by-the-older-edition",
        &azure(false, false, "none", false),
        "user:u subscription.manage subscription:s at 2023-09-01 policy-at 2023-08-09",
    );
}

#[test]
fn azure_bars_by_home() {
    check(
        &azure(true, true, "direct", true),
        &[
            ("user:own subscription.manage subscription:s at 2023-09-01", "allowed"),
            ("user:stranger subscription.manage subscription:s at 2023-09-01", "barred"),
            ("user:stranger subscription.manage subscription:s at 2023-08-09", "allowed"),
            ("user:nobody subscription.manage subscription:s at 2023-09-01", "unknown"),
        ],
    );
}

/// Advice that rests on SUB-2 and SUB-4 ends on the day of the newer edition.
#[test]
fn advice_on_azure_changes_with_the_edition() {
    let world = azure(true, false, "direct", false);
    let (old, new) =
        ["2023-08-09", "2023-08-10"].map(|at| page(&world, &format!("user:u subscription.manage subscription:s at {at}"))).into();
    let before = "this access does not depend on delegated admin privileges";
    let after = "this access rests on a role on the subscription, on membership of Admin Agents and on an Entra role at the customer";
    assert!(old.contains(before) && !old.contains(after), "{old}");
    assert!(new.contains(after) && !new.contains(before), "{new}");
    let barred = page(&azure(false, false, "none", false), "user:u subscription.manage subscription:s at 2023-09-01");
    assert!(barred.contains("the least is Directory Readers"), "{barred}");
}

#[test]
fn apps_are_as_users_for_azure() {
    let app = |groups: &str| {
        let text = "[partner.p]\nadmin-agents = \"group:aa\"\nhelpdesk-agents = \"group:hd\"\nsales-agents = \"group:sa\"\n[group.aa]\n\
                    [group.hd]\n[group.sa]\n[customer.c]\n[app.a]\npartner = \"partner:p\"\n[subscription.s]\ncustomer = \"customer:c\"\n\
                    [resource-group.rg]\nsubscription = \"subscription:s\"\n\
                    [[fact]]\nis = 'app:a holds contributor on subscription:s'\n[[fact]]\nis = 'dap(customer:c, partner:p)'\n\
                    [[fact]]\nis = 'group:hd holds reader on resource-group:rg'\n";
        world_of(&SHIPPED, &text.replace("[app.a]\n", &format!("[app.a]\ngroups = [{groups}]\n")))
    };
    check(
        &app("\"group:aa\""),
        &[
            ("app:a subscription.manage subscription:s at 2023-09-01", "allowed"),
            ("app:a directory.manage customer:c at 2023-09-01", "allowed"),
        ],
    );
    check(
        &app(""),
        &[
            ("app:a subscription.manage subscription:s at 2023-09-01", "barred"),
            ("app:a subscription.manage subscription:s at 2023-08-09", "allowed"),
        ],
    );
}

#[test]
fn a_relationship_from_request_to_termination() {
    let life = world(&SHIPPED, "fixtures/worlds/gdap-life-cycle.toml");
    let reset = |who: &str, at: &str| outcome(&life, &format!("user:{who}@contoso directory.reset-password customer:alpine at {at}"));
    let hugo = |at| reset("hugo", at);
    // Asked for, approved, assigned: only the last gives access, at any depth of groups, and to nobody else.
    assert_eq!(["2022-03-05", "2022-03-12", "2022-03-15", "2022-05-01"].map(hugo), ["not-granted", "not-granted", "allowed", "allowed"]);
    assert_eq!(reset("nora", "2022-03-15"), "allowed");
    assert_eq!(reset("alice", "2022-03-15"), "not-granted");
    // Global Administrator goes, the rest stays; what was not approved was never given.
    check(
        &life,
        &[
            ("user:hugo@contoso directory.manage customer:alpine at 2022-05-31", "allowed"),
            ("user:hugo@contoso directory.manage customer:alpine at 2022-06-01", "not-granted"),
            ("user:hugo@contoso directory.reset-password customer:alpine at 2022-06-01", "allowed"),
            ("user:hugo@contoso office365.sign-in customer:alpine at 2022-06-01", "allowed"),
            ("user:hugo@contoso office365.administer customer:alpine at 2022-06-01", "not-granted"),
            ("user:gina@alpine directory.manage customer:alpine at 2023-03-15", "allowed"),
        ],
    );
    // It would have ended on 6 September 2022, extends itself, and is terminated on 1 February 2023.
    assert_eq!(["2022-09-05", "2022-09-06", "2023-01-31", "2023-02-01"].map(hugo), ["allowed", "allowed", "allowed", "not-granted"]);
    snapshot("gdap-in-force", &life, "user:nora@contoso directory.reset-password customer:alpine at 2022-05-01");
    snapshot("gdap-role-taken-out", &life, "user:hugo@contoso directory.manage customer:alpine at 2022-06-01");
    snapshot("gdap-terminated", &life, "user:hugo@contoso directory.reset-password customer:alpine at 2023-02-01");
}

#[test]
fn a_membership_is_activated_for_four_hours() {
    let world = world(&SHIPPED, "fixtures/worlds/gdap-activation.toml");
    let reset =
        |who: &str, at: &str| outcome(&world, &format!("user:{who}@contoso directory.reset-password customer:alpine at 2023-05-02T{at}Z"));
    assert_eq!(
        ["07:59:59", "08:00:00", "11:59:59", "12:00:00"].map(|at| reset("carol", at)),
        ["not-granted", "allowed", "allowed", "not-granted"]
    );
    assert_eq!(
        ["10:29:59", "10:30:00", "14:29:59", "14:30:00"].map(|at| reset("dan", at)),
        ["not-granted", "allowed", "allowed", "not-granted"]
    );
    assert_eq!(reset("erin", "11:00:00"), "not-granted");
    snapshot("gdap-activated", &world, "user:carol@contoso directory.reset-password customer:alpine at 2023-05-02T10:00:00Z");
    snapshot("gdap-eligible", &world, "user:dan@contoso directory.reset-password customer:alpine at 2023-05-02T10:00:00Z");
}

#[test]
fn microsoft_moves_a_customer_from_dap_to_gdap() {
    let world = world(&SHIPPED, "fixtures/worlds/gdap-transition.toml");
    check(
        &world,
        &[
            ("user:alice@contoso directory.manage customer:fjord at 2023-07-19", "allowed"),
            ("user:alice@contoso directory.manage customer:fjord at 2023-07-20", "not-granted"),
            ("user:alice@contoso directory.manage customer:fjord at 2023-07-20 with dap-overrides-gdap", "allowed"),
            ("user:alice@contoso directory.manage customer:fjord at 2023-08-19 with dap-overrides-gdap", "not-granted"),
            ("user:ned@contoso directory.reset-password customer:fjord at 2023-07-20", "allowed"),
            ("user:hugo@contoso directory.reset-password customer:fjord at 2023-08-19", "allowed"),
            ("user:hugo@contoso office365.sign-in customer:fjord at 2023-08-19", "allowed"),
            ("user:ned@contoso subscription.manage subscription:fjord-yard at 2023-08-19", "allowed"),
            ("user:hugo@contoso subscription.view subscription:fjord-yard at 2023-08-19", "barred"),
            ("user:alice@contoso directory.sign-in customer:fjord at 2024-07-18", "allowed"),
            ("user:alice@contoso directory.sign-in customer:fjord at 2024-07-19", "not-granted"),
            ("user:ned@contoso subscription.manage subscription:fjord-yard at 2024-07-18", "allowed"),
            ("user:ned@contoso subscription.manage subscription:fjord-yard at 2024-07-19", "barred"),
            ("user:ned@contoso subscription.manage subscription:fjord-yard at 2024-07-19 policy-at 2023-08-09", "allowed"),
            ("user:gina@fjord directory.manage customer:fjord at 2024-07-19", "allowed"),
        ],
    );
    snapshot("gdap-transition", &world, "user:alice@contoso directory.manage customer:fjord at 2023-07-20");
    snapshot("gdap-ended-azure", &world, "user:ned@contoso subscription.manage subscription:fjord-yard at 2024-07-19");
}

/// The worlds of older stories, asked after GDAP began, and after the edition of August 2023: beside the rows of `questions.tsv`.
#[test]
fn older_stories_asked_later() {
    let (breached, removed) =
        (world(&SHIPPED, "fixtures/worlds/breached-partner.toml"), world(&SHIPPED, "fixtures/worlds/dap-removed.toml"));
    check(
        &breached,
        &[
            ("user:willa@woodgrove directory.sign-in customer:woodgrove at 2024-01-01", "not-granted"),
            ("user:marco@proseware subscription.manage subscription:tailspin-lab at 2023-06-01", "allowed"),
            ("user:hana@proseware subscription.view subscription:lucerne-press at 2023-06-01", "allowed"),
            ("user:marco@proseware subscription.manage subscription:coho-shop at 2024-01-01 policy-at 2023-06-01", "allowed"),
            ("user:marco@proseware subscription.manage subscription:tailspin-lab at 2024-01-01", "barred"),
            ("user:amir@adatum subscription.remove-assignment subscription:adatum-prod at 2024-01-01", "allowed"),
            ("user:cleo@coho subscription.view subscription:coho-shop at 2024-01-01", "not-granted"),
        ],
    );
    check(
        &removed,
        &[
            ("user:alice@contoso subscription.manage subscription:nw-erp at 2023-06-01", "allowed"),
            ("user:alice@contoso subscription.manage subscription:nw-erp at 2024-01-01", "barred"),
            ("user:tom@tailspin directory.manage customer:northwind at 2024-01-01", "allowed"),
        ],
    );
}

/// People, a provider and its reseller, and a relationship that has been asked for.
const ASKED: &str = r#"
[customer.c]
[partner.p]
admin-agents    = "group:aa"
helpdesk-agents = "group:hd"
sales-agents    = "group:sa"
[partner.reseller]
admin-agents    = "group:raa"
helpdesk-agents = "group:hd"
sales-agents    = "group:sa"
[group.aa]
[group.raa]
[group.hd]
[group.sa]
[user.agent]
partner = "partner:p"
groups  = ["group:aa"]
[user.seller]
partner = "partner:p"
groups  = ["group:sa"]
[user.reseller]
partner = "partner:reseller"
groups  = ["group:raa"]
[user.admin]
customer = "customer:c"
[user.manager]
customer = "customer:c"
[[fact]]
is = 'user:admin holds global-administrator on customer:c'
[[fact]]
is = 'user:manager holds customer-delegated-admin-relationship-administrator on customer:c'
[[fact]]
is = 'dap(customer:c, partner:p)'
[[fact]]
is = 'indirect-provider-of(partner:p, partner:reseller)'
"#;

/// What becomes of [`ASKED`] with events, `DATE EVENT BY [ARGUMENT = VALUE; …]` a line: `sound`, or the first refusal.
fn happens(events: &str) -> String {
    let mut text = ASKED.to_owned();
    for line in events.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut words = line.splitn(4, ' ');
        let mut word = || words.next().unwrap_or_default();
        let (at, name, by, arguments) = (word(), word(), word(), word().replace("; ", "\n"));
        writeln!(text, "[[event]]\nat = {at}\ndo = \"{name}\"\nby = \"user:{by}\"\n{arguments}").expect("a string takes all");
    }
    let opened = opened(&SHIPPED, &text);
    if opened.world.is_some() {
        return "sound".to_owned();
    }
    let first = &opened.diagnostics[0];
    assert_eq!(first.code.name(), "event-refused", "{events}: {}", first.headline);
    first.headline.split('`').nth(1).expect("the event").to_owned()
}

const REQUEST: &str = "request-gdap agent customer = \"customer:c\"; gdap = \"gdap:g\"; days = 365; roles = [\"role:global-reader\"]";
const APPROVE: &str = "approve-gdap admin gdap = \"gdap:g\"";

#[test]
fn events_of_gdap_are_refused_to_others() {
    let cases = [
        // GDAP-2: an Admin agent, of the partner itself.
        (format!("2022-03-01 {REQUEST}\n2022-03-02 {APPROVE}"), "sound"),
        (format!("2022-03-01 {}", REQUEST.replace("agent", "seller")), "request-gdap"),
        (format!("2022-03-01 {}", REQUEST.replace("agent", "admin")), "request-gdap"),
        // GDAP-4: 1 to 730 days.
        (format!("2022-03-01 {}", REQUEST.replace("365", "730")), "sound"),
        (format!("2022-03-01 {}", REQUEST.replace("365", "731")), "request-gdap"),
        (format!("2022-03-01 {}", REQUEST.replace("365", "0")), "request-gdap"),
        // GDAP-3: 90 days to answer.
        (format!("2022-03-01 {REQUEST}\n2022-05-29 {APPROVE}"), "sound"),
        (format!("2022-03-01 {REQUEST}\n2022-05-30 {APPROVE}"), "approve-gdap"),
        // GDAP-6: by the customer, not by a partner that is Global Administrator by DAP; and by the other role since April 2026.
        (format!("2022-03-01 {REQUEST}\n2022-03-02 {}", APPROVE.replace("admin", "agent")), "approve-gdap"),
        (format!("2022-03-01 {REQUEST}\n2022-03-02 {}", APPROVE.replace("admin", "manager")), "approve-gdap"),
        (format!("2026-03-01 {REQUEST}\n2026-04-01 {}", APPROVE.replace("admin", "manager")), "sound"),
        // Before GDAP was available.
        (format!("2022-01-31 {REQUEST}"), "request-gdap"),
        // GDAP-11: either side, and nobody else.
        (format!("2022-03-01 {REQUEST}\n2022-03-02 {APPROVE}\n2022-03-03 terminate-gdap agent gdap = \"gdap:g\""), "sound"),
        (format!("2022-03-01 {REQUEST}\n2022-03-02 {APPROVE}\n2022-03-03 terminate-gdap admin gdap = \"gdap:g\""), "sound"),
        (format!("2022-03-01 {REQUEST}\n2022-03-02 {APPROVE}\n2022-03-03 terminate-gdap seller gdap = \"gdap:g\""), "terminate-gdap"),
        (format!("2022-03-01 {REQUEST}\n2022-03-02 {APPROVE}\n2022-03-03 terminate-gdap reseller gdap = \"gdap:g\""), "terminate-gdap"),
    ];
    for (events, expected) in cases {
        assert_eq!(happens(&events), expected, "{events}");
    }
}

/// GDAP-10: 180 days at a time, unless it contains Global Administrator; not before the end, nor once that is turned off or ended.
#[test]
fn a_relationship_extends_itself_where_it_may() {
    let begun = format!("2022-03-01 {REQUEST}\n2022-03-01T10:00:00Z {APPROVE}\n");
    let with_admin = begun.replace("role:global-reader", "role:global-administrator");
    let set = "2022-04-01 set-gdap-extension agent gdap = \"gdap:g\"\n";
    let extend = |at| format!("{at} extend-gdap agent gdap = \"gdap:g\"\n");
    let (end, next) = ("2023-03-01T10:00:00Z", "2023-08-28T10:00:00Z");
    let off = "2023-01-01 turn-off-gdap-extension agent gdap = \"gdap:g\"\n";
    let over = "2023-01-01 terminate-gdap admin gdap = \"gdap:g\"\n";
    let taken = "2022-03-02 take-out-global-administrator admin gdap = \"gdap:g\"\n";
    let cases = [
        (format!("{begun}{set}{}{}", extend(end), extend(next)), "sound"),
        (format!("{begun}{set}{}", extend("2023-02-28")), "extend-gdap"),
        (format!("{begun}{}", extend(end)), "extend-gdap"),
        (format!("{begun}{set}{off}{}", extend(end)), "extend-gdap"),
        (format!("{begun}{set}{over}{}", extend(end)), "extend-gdap"),
        (format!("{with_admin}{set}"), "set-gdap-extension"),
        (format!("{with_admin}{taken}{set}{}", extend(end)), "sound"),
    ];
    for (events, expected) in cases {
        assert_eq!(happens(&events), expected, "{events}");
    }
}

/// GDAP-19: the provider asks, its reseller agrees, and then the customer approves.
#[test]
fn three_parties_agree() {
    let ask = format!("2022-03-01 {}; reseller = \"partner:reseller\"\n", REQUEST.replace("request-gdap", "request-gdap-for-reseller"));
    let (consent, reject) =
        ("2022-03-02 consent-to-gdap reseller gdap = \"gdap:g\"\n", "2022-03-02 reject-gdap reseller gdap = \"gdap:g\"\n");
    let approve = format!("2022-03-03 {APPROVE}\n");
    let assign = "2022-03-04 assign-gdap reseller gdap = \"gdap:g\"; group = \"group:raa\"; roles = [\"role:global-reader\"]\n";
    let cases = [
        (format!("{ask}{consent}{approve}{assign}"), "sound"),
        (format!("{ask}{approve}"), "approve-gdap"),
        (format!("{ask}{reject}{approve}"), "approve-gdap"),
        (format!("{ask}{}", consent.replace("gdap reseller", "gdap agent")), "consent-to-gdap"),
        (format!("{ask}{consent}{approve}{}", assign.replace("gdap reseller", "gdap agent")), "assign-gdap"),
        (ask.replace("reseller agent", "reseller reseller").replace("partner:reseller", "partner:p"), "request-gdap-for-reseller"),
    ];
    for (events, expected) in cases {
        assert_eq!(happens(&events), expected, "{events}");
    }
}

#[test]
fn dap_stays_for_thirty_days_of_a_transition() {
    let move_on = "2023-07-20 transition-to-gdap agent customer = \"customer:c\"; partner = \"partner:p\"; gdap = \"gdap:g\"; name = \"MLT_p_c\"; \
                   roles = [\"role:global-reader\"]\n";
    for (at, expected) in [("2023-08-18", "end-dap-after-transition"), ("2023-08-19", "sound")] {
        assert_eq!(happens(&format!("{move_on}{at} end-dap-after-transition agent gdap = \"gdap:g\"\n")), expected, "{at}");
    }
}

/// GDAP-4, GDAP-5: what no relationship can be is a warning, since exports have it.
#[test]
fn worlds_with_impossible_relationships_are_warned_of() {
    let warned = |more: &str| {
        let opened = opened(&SHIPPED, &format!("{THREE}{more}"));
        assert!(opened.world.is_some());
        opened.diagnostics.iter().map(|diagnostic| diagnostic.headline.clone()).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(warned(""), "");
    let long = warned("[gdap.long]\ncustomer = \"customer:c1\"\npartner = \"partner:p\"\nduration-days = 731\n");
    assert!(long.contains("gdap-days"), "{long}");
    let owner = warned("[[fact]]\nis = 'approves(gdap:g2, role:owner)'\n");
    assert!(owner.contains("gdap-names-entra-roles"), "{owner}");
    let named = |id: &str| {
        format!(
            "[gdap.{id}]\ncustomer = \"customer:c1\"\npartner = \"partner:p\"\nduration-days = 1\nname = \"same\"\n[[fact]]\nis = 'active(gdap:{id})'\n"
        )
    };
    let twice = warned(&(named("one") + &named("two")));
    assert!(twice.contains("gdap-name-is-unique"), "{twice}");
}

/// Every Entra role gives sign-in and reading; six reset passwords, and no other; the rest gives nothing more.
#[test]
fn entra_roles_give_no_more_than_is_claimed() {
    let policy = &SHIPPED.policy;
    let mut resets = Vec::new();
    let mut entra = 0;
    for role in policy.roles.values().filter(|role| role.system.is_some_and(|system| policy.texts[system] == "entra")) {
        let name: &str = &role.meta.name;
        entra += 1;
        let text = format!("[customer.c]\n[user.u]\ncustomer = \"customer:c\"\n[[fact]]\nis = 'user:u holds {name} on customer:c'\n");
        let world = world_of(&SHIPPED, &text);
        let may = |action: &str| outcome(&world, &format!("user:u {action} customer:c at 2026-05-01")) == "allowed";
        assert!(may("directory.sign-in") && may("directory.read"), "{name}");
        if may("directory.reset-password") {
            resets.push(name.to_owned());
        }
        assert_eq!(may("directory.manage"), name == "global-administrator", "{name}");
        assert_eq!(may("office365.administer"), name == "global-administrator", "{name}");
    }
    resets.sort();
    assert_eq!(
        resets,
        [
            "authentication-administrator",
            "global-administrator",
            "helpdesk-administrator",
            "password-administrator",
            "privileged-authentication-administrator",
            "user-administrator"
        ]
    );
    assert_eq!(entra, 74);
}
