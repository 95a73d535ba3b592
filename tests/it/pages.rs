//! Answers beside the pages: what each finding of a second reading of them says must come out, and what the answer must say.

use crate::support::{Ask, SHIPPED, deciding, world, world_mistakes, world_of};
use delegraph::wording::ExplanationText;
use delegraph::world::World;
use std::fmt::Write as _;

/// A question, its outcome, and pieces of text of which each must be in an obligation or advice of the answer, or be a claim on which
/// it rests. A piece that begins with `!` must be in none.
type Row<'a> = (&'a str, &'a str, &'a [&'a str]);

/// The question `SUBJECT ACTION RESOURCE at DATE [with TOGGLE]…`, asked of the shipped pack.
fn asked(world: &World, question: &str) -> ExplanationText {
    let words: Vec<&str> = question.split(' ').collect();
    let [subject, action, resource, "at", at, rest @ ..] = &words[..] else { panic!("not a question: {question}") };
    let with: Vec<&str> = rest.chunks(2).map(|pair| pair[1]).collect();
    Ask { with: &with, ..Ask::of(at, subject, action, resource) }.explained(&SHIPPED, world)
}

/// Whether the answer says this: in a notice, or as a claim that decides.
fn says(answer: &ExplanationText, piece: &str) -> bool {
    let mut notices = answer.obligations.iter().chain(&answer.advice);
    notices.any(|notice| notice.text.contains(piece)) || deciding(answer).contains(&piece)
}

fn check(world: &World, rows: &[Row]) {
    let mut wrong = String::new();
    for (question, outcome, pieces) in rows {
        let answer = asked(world, question);
        if answer.outcome != *outcome {
            writeln!(wrong, "{question}: {}, not {outcome}", answer.outcome).unwrap();
        }
        for piece in *pieces {
            let (piece, expected) = piece.strip_prefix('!').map_or((*piece, true), |piece| (piece, false));
            if says(&answer, piece) != expected {
                let said: Vec<&str> = answer.obligations.iter().chain(&answer.advice).map(|notice| notice.text.as_str()).collect();
                let is = if expected { "not " } else { "" };
                writeln!(wrong, "{question}: {piece:?} is {is}said: {said:#?} {:?}", deciding(&answer)).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

fn northwind() -> World {
    world(&SHIPPED, "fixtures/worlds/dap-removed.toml")
}

/// The bars speak of partners: a customer's own users are not granted, and are told that the page is not about them.
#[test]
fn the_autopilot_bars_are_for_users_of_partners() {
    let silent = "says nothing of the customer's own users";
    check(
        &northwind(),
        &[
            ("user:greta@northwind autopilot.device.manage device:phone-01 at 2021-06-01", "not-granted", &[silent, "!AP-4"]),
            ("user:greta@northwind autopilot.device.remove device:phone-01 at 2021-06-01", "not-granted", &[silent, "!AP-4"]),
            ("user:greta@northwind autopilot.profile.apply device:phone-01 at 2021-06-01", "not-granted", &[silent, "!AP-4"]),
            (
                "user:greta@northwind autopilot.profile.update profile:office at 2021-06-01 with autopilot-profiles-need-dap",
                "not-granted",
                &[silent, "!AP-5"],
            ),
            (
                "user:greta@northwind autopilot.device.remove device:desk-01 at 2021-06-01 with autopilot-removal-needs-dap",
                "not-granted",
                &[silent, "!AP-6"],
            ),
            ("user:tom@tailspin autopilot.device.manage device:phone-01 at 2021-06-01", "barred", &["AP-4", "!own users"]),
            ("user:lou@litware autopilot.device.manage device:phone-01 at 2021-06-01", "barred", &["AP-4"]),
            ("user:hugo@contoso autopilot.device.remove device:shop-01 at 2021-06-01", "barred", &["AP-4"]),
        ],
    );
}

/// A bar from Partner Center is no bar elsewhere, and a partner with delegated admin privileges is elsewhere too.
#[test]
fn a_barred_global_administrator_is_told_of_the_rest() {
    let elsewhere = "user:tom@tailspin is still Global Administrator of customer:northwind";
    check(
        &northwind(),
        &[
            ("user:tom@tailspin autopilot.device.manage device:phone-01 at 2021-06-01", "barred", &[elsewhere]),
            ("user:tom@tailspin autopilot.profile.apply device:phone-01 at 2021-06-01", "barred", &[elsewhere]),
            ("user:alice@contoso autopilot.device.manage device:phone-01 at 2021-06-01", "barred", &["!still Global"]),
            ("user:alice@contoso autopilot.device.manage device:phone-01 at 2021-01-31", "barred", &["alice@contoso is still Global"]),
            ("user:tom@tailspin directory.manage customer:northwind at 2021-06-01", "allowed", &[]),
        ],
    );
}

/// The second readings of AP-4, AP-5 and AP-6, each with and without delegated admin privileges.
#[test]
fn each_second_reading_opens_what_it_speaks_of() {
    let mut wrong = String::new();
    let (profiles, removal) = ("autopilot-profiles-need-dap", "autopilot-removal-needs-dap");
    let (of_4, of_5, of_6) = ("autopilot-bar-only-without-dap", "autopilot-dap-lifts-profile-bar", "autopilot-dap-lifts-customer-bar");
    let world = northwind();
    let actions = ["device.manage", "profile.apply", "profile.unapply", "device.remove"];
    // What tom, who has delegated admin privileges, may do on a phone that the customer added.
    for (toggles, allowed) in [
        (&[][..], &[][..]),
        (&[profiles, removal], &[]),
        (&[of_5, of_6], &[]),
        (&[profiles, of_6], &[]),
        (&[profiles, of_5], &["profile.apply", "profile.unapply"]),
        (&[removal, of_6], &["device.remove"]),
        (&[profiles, of_5, removal, of_6], &["profile.apply", "profile.unapply", "device.remove"]),
        (&[of_4], &actions),
        (&[of_4, profiles, removal], &actions),
    ] {
        let with = toggles.iter().map(|toggle| format!(" with {toggle}")).collect::<Vec<_>>().concat();
        for action in actions {
            for device in ["shop-01", "school-02", "phone-01"] {
                let question = |who: &str| format!("{who} autopilot.{action} device:{device} at 2021-06-01{with}");
                let expected = if allowed.contains(&action) { "allowed" } else { "barred" };
                for (who, expected) in
                    [("user:tom@tailspin", expected), ("user:alice@contoso", "barred"), ("user:greta@northwind", "not-granted")]
                {
                    let answer = asked(&world, &question(who)).outcome;
                    if answer != expected {
                        writeln!(wrong, "{}: {answer}, not {expected}", question(who)).unwrap();
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Fabrikam and Contoso; gina is Fabrikam's Global Administrator.
const FABRIKAM: &str = r#"
[customer.fab]
[partner.con]
admin-agents    = "group:con/admins"
helpdesk-agents = "group:con/helpdesk"
sales-agents    = "group:con/sales"
[group."con/admins"]
[group."con/helpdesk"]
[group."con/sales"]
[group."con/azure"]
[user.alice]
partner = "partner:con"
groups  = ["group:con/admins"]
[user.hugo]
partner = "partner:con"
groups  = ["group:con/helpdesk"]
[user.azra]
partner = "partner:con"
groups  = ["group:con/azure"]
[user.gina]
customer = "customer:fab"
[user.bob]
customer = "customer:fab"
[subscription.old]
customer = "customer:fab"
[[fact]]
is = 'user:gina holds global-administrator on customer:fab'
"#;

const RELATED: &str = "[[fact]]\nis = 'reseller(partner:con, customer:fab)'\nsince = 2020-01-10\n";

/// Fabrikam with these facts, each with the keys that follow it.
fn fabrikam(facts: &[(&str, &str)]) -> World {
    let facts = facts.iter().map(|(fact, keys)| format!("[[fact]]\nis = '{fact}'\n{keys}\n")).collect::<Vec<_>>().concat();
    world_of(&SHIPPED, &format!("{FABRIKAM}{RELATED}{facts}"))
}

/// Fabrikam with these events.
fn after(events: &str) -> String {
    format!("{FABRIKAM}{RELATED}{events}")
}

/// The page can be read so that approval brings the permissions. The pack reads it so under a toggle, and otherwise says that it does not.
#[test]
fn approval_brings_permissions_in_one_reading_only() {
    let with = "with approval-grants-dap";
    let by_itself = "gives no administrator permissions by itself";
    check(
        &fabrikam(&[]),
        &[
            ("user:alice office365.administer customer:fab at 2020-07-01", "not-granted", &[by_itself, "approval-grants-dap"]),
            (&format!("user:alice office365.administer customer:fab at 2020-07-01 {with}"), "allowed", &["REL-5"]),
            (&format!("user:hugo directory.reset-password customer:fab at 2020-07-01 {with}"), "allowed", &["REL-5"]),
            (&format!("user:hugo directory.manage customer:fab at 2020-07-01 {with}"), "not-granted", &[]),
            (&format!("user:alice office365.administer customer:fab at 2020-01-09 {with}"), "not-granted", &[]),
            (&format!("user:alice subscription.manage subscription:old at 2020-07-01 {with}"), "not-granted", &[]),
            (
                "user:alice subscription.manage subscription:old at 2020-07-01",
                "not-granted",
                &["gives no access to a subscription by itself"],
            ),
            ("user:alice teams-admin-center.sign-in customer:fab at 2020-07-01", "not-granted", &[by_itself]),
        ],
    );
    // Privileges that were removed do not come back by the reading.
    check(
        &fabrikam(&[("dap(customer:fab, partner:con)", "since = 2020-01-10\nuntil = 2020-06-01")]),
        &[
            (&format!("user:alice directory.manage customer:fab at 2020-05-01 {with}"), "allowed", &["DAP-2"]),
            (&format!("user:alice directory.manage customer:fab at 2020-07-01 {with}"), "not-granted", &[]),
        ],
    );
}

/// The duty and the service request follow any removal, whatever the role was on, for the partner and for the customer.
#[test]
fn any_removal_leaves_the_duty() {
    let duty = "partner:con stays responsible for customer support and bound by the Cloud Reseller Agreement";
    let ask = "ask partner:con: it contacts Microsoft support";
    let request = "contact Microsoft support to open a service request on the customer's behalf";
    let ended = "since = 2020-02-01\nuntil = 2020-06-01";
    for removed in [
        "dap(customer:fab, partner:con)",
        "group:con/admins holds owner on subscription:old",
        "group:con/azure holds contributor on subscription:old",
        "user:hugo holds reader on subscription:old",
        "user:alice holds global-administrator on customer:fab",
        "group:con/helpdesk holds helpdesk-administrator on customer:fab",
    ] {
        let before = ["!stays responsible", "!Microsoft support"];
        check(
            &fabrikam(&[(removed, ended)]),
            &[
                ("user:alice subscription.manage subscription:old at 2020-07-01", "not-granted", &[duty, request]),
                ("user:bob subscription.view subscription:old at 2020-07-01", "not-granted", &[duty, ask]),
                ("user:gina partner-relationships.view customer:fab at 2020-07-01", "allowed", &[duty, ask]),
                ("user:alice partner-center.view-customer customer:fab at 2020-07-01", "allowed", &[duty, "!Microsoft support"]),
                ("user:alice support.open-request customer:fab at 2020-07-01", "allowed", &[duty, "REL-8"]),
                ("user:alice directory.sign-in customer:fab at 2020-01-20", "not-granted", &before),
                ("user:bob subscription.view subscription:old at 2020-05-01", "not-granted", &before),
            ],
        );
        let over = ("renegotiated(partner:con, customer:fab)", "since = 2020-08-01");
        check(
            &fabrikam(&[(removed, ended), over]),
            &[
                ("user:alice subscription.manage subscription:old at 2020-07-31", "not-granted", &[duty]),
                ("user:alice subscription.manage subscription:old at 2020-08-01", "not-granted", &before),
                ("user:bob subscription.view subscription:old at 2020-08-01", "not-granted", &before),
            ],
        );
    }
    // What the customer's own people lost is no removal of a partner's permissions, nor is a role in meeting rooms.
    for other in ["user:bob holds owner on subscription:old", "user:alice holds primary-admin on customer:fab"] {
        check(
            &fabrikam(&[(other, ended)]),
            &[("user:alice subscription.manage subscription:old at 2020-07-01", "not-granted", &["!stays responsible"])],
        );
    }
}

/// The duty hangs on the agreement: it outlasts the relationship, and so does the service request.
#[test]
fn the_duty_outlasts_the_relationship() {
    let facts = "[[fact]]\nis = 'reseller(partner:con, customer:fab)'\nsince = 2020-01-10\nuntil = 2020-08-01\n\
        [[fact]]\nis = 'dap(customer:fab, partner:con)'\nsince = 2020-01-10\nuntil = 2020-06-01\n";
    let renegotiated = "[[fact]]\nis = 'renegotiated(partner:con, customer:fab)'\nsince = 2020-10-01\n";
    let never = "[[fact]]\nis = 'dap(customer:fab, partner:con)'\nsince = 2020-01-10\nuntil = 2020-06-01\n";
    let duty = "stays responsible";
    check(
        &world_of(&SHIPPED, &format!("{FABRIKAM}{facts}{renegotiated}")),
        &[
            ("user:alice support.open-request customer:fab at 2020-09-01", "allowed", &[duty, "REL-7", "REL-8"]),
            ("user:hugo support.open-request customer:fab at 2020-09-01", "not-granted", &[duty]),
            ("user:alice partner-center.view-customer customer:fab at 2020-09-01", "not-granted", &[duty]),
            ("user:alice support.open-request customer:fab at 2020-10-01", "not-granted", &["!stays responsible"]),
        ],
    );
    check(
        &world_of(&SHIPPED, &format!("{FABRIKAM}{never}")),
        &[("user:alice support.open-request customer:fab at 2020-09-01", "not-granted", &["!stays responsible"])],
    );
}

/// Who removes privileges is told beforehand what stays, by name.
#[test]
fn a_removal_says_what_it_leaves() {
    let world = world(&SHIPPED, "fixtures/worlds/breached-partner.toml");
    let relationship = "partner:proseware keeps the reseller relationship";
    check(
        &world,
        &[
            (
                "user:cleo@coho partner-relationships.remove-dap customer:coho at 2021-10-22",
                "allowed",
                &[
                    "group:proseware/admin-agents keeps role:owner on subscription:coho-shop",
                    relationship,
                    "partner:proseware goes on managing Autopilot profiles",
                    "partner:proseware stays responsible",
                    "there is nothing to remove",
                ],
            ),
            (
                "user:amir@adatum partner-relationships.remove-dap customer:adatum at 2021-10-22",
                "allowed",
                &[
                    "group:proseware/admin-agents keeps role:owner on subscription:adatum-prod",
                    relationship,
                    "partner:proseware stays responsible for customer support after the removal",
                    "!nothing to remove",
                    "!administrator on subscription",
                    "!tier-2",
                    "!marco",
                ],
            ),
            (
                "user:felix@fourth-coffee partner-relationships.remove-dap customer:fourth-coffee at 2021-10-22",
                "allowed",
                &["!keeps the reseller relationship", "!goes on managing", "!nothing to remove"],
            ),
            ("user:marco@proseware partner-relationships.remove-dap customer:adatum at 2021-10-22", "not-granted", &["!keeps"]),
        ],
    );
    // Other groups and single users are told too, each once.
    check(
        &fabrikam(&[
            ("dap(customer:fab, partner:con)", ""),
            ("group:con/azure holds contributor on subscription:old", ""),
            ("user:hugo holds reader on subscription:old", ""),
            ("user:bob holds owner on subscription:old", ""),
        ]),
        &[
            (
                "user:gina partner-relationships.remove-dap customer:fab at 2020-07-01",
                "allowed",
                &[
                    "group:con/azure keeps role:contributor on subscription:old",
                    "user:hugo keeps role:reader on subscription:old",
                    "!azra",
                    "!alice",
                    "!user:bob keeps",
                ],
            ),
            // From that day on, later documents say otherwise.
            (
                "user:gina partner-relationships.remove-dap customer:fab at 2023-08-10",
                "allowed",
                &[
                    "!keeps role",
                    "group:con/azure stays assigned role:contributor on subscription:old",
                    "user:hugo stays assigned role:reader",
                ],
            ),
        ],
    );
}

/// What readers ask beside the page's own words, each with an answer.
#[test]
fn questions_that_readers_bring_are_heard() {
    check(
        &fabrikam(&[
            ("dap(customer:fab, partner:con)", "since = 2020-03-01"),
            ("group:con/admins holds owner on subscription:old", "since = 2020-03-01"),
            ("user:azra holds contributor on subscription:old", ""),
            ("rooms-delegated(partner:con, customer:fab)", ""),
        ]),
        &[
            ("user:alice partner-center.renew-subscription customer:fab at 2020-07-01", "allowed", &["REL-10"]),
            ("user:hugo partner-center.renew-subscription customer:fab at 2020-07-01", "not-granted", &["REL-3"]),
            ("user:hugo partner-center.renew-subscription customer:fab at 2020-06-18", "allowed", &[]),
            ("user:gina partner-center.renew-subscription customer:fab at 2020-07-01", "not-granted", &[]),
            (
                "user:alice partner-center.manage-account customer:fab at 2020-02-01",
                "allowed",
                &["REL-12", "administrator permissions for the service"],
            ),
            ("user:alice partner-center.manage-account customer:fab at 2020-01-09", "not-granted", &["no reseller relationship"]),
            ("user:alice support.open-request customer:fab at 2020-02-01", "allowed", &["REL-8"]),
            ("user:alice support.open-request customer:fab at 2020-01-09", "not-granted", &[]),
            ("user:alice directory.assign-role customer:fab at 2020-07-01", "allowed", &["DAP-2"]),
            ("user:alice directory.assign-role customer:fab at 2020-02-01", "not-granted", &[]),
            ("user:hugo directory.assign-role customer:fab at 2020-07-01", "not-granted", &[]),
            ("user:hugo directory.read customer:fab at 2020-07-01", "allowed", &["DAP-3"]),
            ("user:gina directory.assign-role customer:fab at 2020-02-01", "allowed", &[]),
            ("user:alice subscription.add-assignment subscription:old at 2020-07-01", "allowed", &["SUB-1"]),
            ("user:alice subscription.add-assignment subscription:old at 2020-02-01", "not-granted", &[]),
            ("user:azra subscription.add-assignment subscription:old at 2020-07-01", "not-granted", &[]),
            ("user:gina subscription.add-assignment subscription:old at 2020-07-01", "not-granted", &[]),
            ("user:gina subscription.remove-assignment subscription:old at 2020-07-01", "allowed", &["SUB-5"]),
            ("user:alice teams-admin-center.sign-in customer:fab at 2020-07-01", "allowed", &[]),
            ("user:alice teams.call-quality.view customer:fab at 2020-07-01", "allowed", &[]),
            ("user:hugo teams.call-quality.view customer:fab at 2020-07-01", "not-granted", &["outside the Teams Rooms portal"]),
            ("user:azra teams-admin-center.sign-in customer:fab at 2020-07-01", "not-granted", &["outside the Teams Rooms portal"]),
        ],
    );
}

/// Roles are reassigned, in the directory and on a subscription, and an Owner adds an assignment.
#[test]
fn permissions_are_reassigned_by_events() {
    let events = r#"
[[event]]
at = 2020-02-01
do = "provision-subscription"
by = "user:alice"
customer = "customer:fab"
subscription = "subscription:new"
[[event]]
at = 2020-03-01
do = "add-role-assignment"
by = "user:alice"
subscription = "subscription:new"
holder = "user:azra"
role = "role:contributor"
[[event]]
at = 2020-04-01
do = "reassign-role-assignment"
by = "user:gina"
subscription = "subscription:new"
holder = "group:con/admins"
successor = "user:bob"
role = "role:owner"
[[event]]
at = 2020-04-01
do = "assign-directory-role"
by = "user:gina"
customer = "customer:fab"
holder = "user:hugo"
role = "role:helpdesk-administrator"
[[event]]
at = 2020-05-01
do = "reassign-directory-role"
by = "user:gina"
customer = "customer:fab"
holder = "user:hugo"
successor = "user:bob"
role = "role:helpdesk-administrator"
[[event]]
at = 2020-08-01
do = "renegotiate-agreement"
by = "user:alice"
customer = "customer:fab"
partner = "partner:con"
"#;
    let duty = "partner:con stays responsible";
    check(
        &world_of(&SHIPPED, &after(events)),
        &[
            ("user:alice subscription.manage subscription:new at 2020-03-31", "allowed", &["!stays responsible"]),
            ("user:alice subscription.manage subscription:new at 2020-04-01", "not-granted", &[duty]),
            ("user:bob subscription.add-assignment subscription:new at 2020-04-01", "allowed", &[duty]),
            ("user:azra subscription.manage subscription:new at 2020-04-01", "allowed", &[duty]),
            ("user:hugo directory.reset-password customer:fab at 2020-04-15", "allowed", &[]),
            ("user:hugo directory.reset-password customer:fab at 2020-05-01", "not-granted", &[duty]),
            ("user:bob directory.reset-password customer:fab at 2020-05-01", "allowed", &[duty]),
            ("user:bob directory.reset-password customer:fab at 2020-08-01", "allowed", &["!stays responsible"]),
        ],
    );
    let refused = |event: &str| world_mistakes(&SHIPPED, &after(event));
    // A contributor assigns nothing, and a role of Azure is no role of the directory.
    let added = events.replace("by = \"user:alice\"\nsubscription", "by = \"user:azra\"\nsubscription");
    assert!(refused(&added).contains("add-role-assignment"), "{}", refused(&added));
    let mixed = events
        .replace("role = \"role:helpdesk-administrator\"\n[[event]]\nat = 2020-05-01", "role = \"role:owner\"\n[[event]]\nat = 2020-05-01");
    assert!(refused(&mixed).contains("assign-directory-role"), "{}", refused(&mixed));
}

/// The end of a relationship is the pack's own event, and cites no page.
#[test]
fn the_end_of_a_relationship_is_cited_to_no_page() {
    let event = SHIPPED.policy.events.values().find(|event| event.meta.name == "end-relationship").expect("an event");
    assert!(event.meta.source.is_empty());
    assert!(event.meta.note.as_deref().is_some_and(|note| note.contains("the pack's own")));
}
