//! Advice of the shipped pack where a bare answer would mislead: what a denial does not say, and for whom a piece of advice is.

use crate::support::{Ask, SHIPPED, opened, world, world_of};
use delegraph::world::World;

/// A question, and whether its answer has this piece of advice. `SUBJECT ACTION RESOURCE at DATE [policy-at DATE] [with TOGGLE]`.
fn advises(world: &World, question: &str, piece: &str) -> bool {
    let words: Vec<&str> = question.split(' ').collect();
    let after = |clause| words.windows(2).find(|pair| pair[0] == clause).map(|pair| pair[1]);
    let with: Vec<&str> = after("with").into_iter().collect();
    let at = after("at").expect("a date");
    let ask = Ask { at, policy_at: after("policy-at"), with: &with, subject: words[0], action: words[1], resource: words[2] };
    ask.explained(&SHIPPED, world).advice.iter().any(|advice| advice.text.contains(piece))
}

/// A partner and a customer that has granted it DAP and a GDAP relationship, of which Exchange Administrator is approved.
const FABRIKAM: &str = r#"
[partner.con]
admin-agents    = "group:admins"
helpdesk-agents = "group:helpdesk"
sales-agents    = "group:sales"
[group.admins]
[group.engineers]
groups = ["group:admins"]
[group.helpdesk]
[group.sales]
[group.exchange]
[group.azure]
[user.alice]
partner = "partner:con"
groups  = ["group:admins"]
[user.eve]
partner = "partner:con"
groups  = ["group:exchange"]
[user.ned]
partner = "partner:con"
[user.gina]
customer = "customer:fab"
[customer.fab]
[customer.adatum]
[subscription.old]
customer = "customer:fab"
[gdap.g]
customer      = "customer:fab"
partner       = "partner:con"
duration-days = 365
[[fact]]
is = 'user:gina holds global-administrator on customer:fab'
[[fact]]
is = 'reseller(partner:con, customer:fab)'
[[fact]]
is = 'active(gdap:g)'
[[fact]]
is = 'approves(gdap:g, role:exchange-administrator)'
[[fact]]
is = 'assigns(gdap:g, group:exchange, role:exchange-administrator)'
"#;

fn fabrikam(facts: &[&str]) -> World {
    let facts: Vec<String> = facts.iter().map(|fact| format!("[[fact]]\nis = '{fact}'\n")).collect();
    world_of(&SHIPPED, &format!("{FABRIKAM}{}", facts.concat()))
}

/// Removing and adding are not alike for a customer's Global Administrator, in the event as in the decision.
#[test]
fn a_global_administrator_adds_no_assignment_and_is_told_so() {
    let world = fabrikam(&["user:alice holds owner on subscription:old"]);
    let (owner, add) = ("to add one takes the role Owner", "subscription.add-assignment subscription:old at 2022-06-01");
    assert!(advises(&world, &format!("user:gina {add}"), owner));
    assert!(!advises(&world, &format!("user:ned {add}"), owner));
    assert!(!advises(&world, "user:gina subscription.manage subscription:old at 2022-06-01", owner));
    let added = |by: &str| {
        let event = format!(
            "[[event]]\nat = 2022-06-01\ndo = \"add-role-assignment\"\nby = \"user:{by}\"\nsubscription = \"subscription:old\"\n\
             holder = \"user:ned\"\nrole = \"role:reader\"\n"
        );
        let owner = "[[fact]]\nis = 'user:alice holds owner on subscription:old'\n";
        opened(&SHIPPED, &format!("{FABRIKAM}{owner}{event}")).world.is_some()
    };
    assert_eq!(["alice", "gina", "ned"].map(added), [true, false, false]);
}

/// A denial to one who holds an Entra role is no word of the documents: they do not list what the role permits.
#[test]
fn a_denial_says_that_the_role_may_permit_more() {
    let world = fabrikam(&[]);
    let exchange = "role:exchange-administrator, which user:eve holds here, may permit more";
    for action in ["directory.manage", "office365.administer", "office365.sign-in", "teams-admin-center.sign-in"] {
        assert!(advises(&world, &format!("user:eve {action} customer:fab at 2022-06-01"), exchange), "{action}");
    }
    assert!(!advises(&world, "user:eve directory.read customer:fab at 2022-06-01", "may permit more"), "she may");
    assert!(!advises(&world, "user:ned directory.manage customer:fab at 2022-06-01", "may permit more"), "he holds none");
    assert!(!advises(&world, "user:eve directory.manage customer:adatum at 2022-06-01", "may permit more"), "she holds none there");
}

/// So is one to a Helpdesk agent, by the page of DAP: also before GDAP, and once.
#[test]
fn a_denial_to_a_helpdesk_agent_says_that_the_role_may_permit_more() {
    let breached = world(&SHIPPED, "fixtures/worlds/breached-partner.toml");
    for at in ["2021-10-22", "2022-06-01"] {
        let may = "user:omar@proseware is Helpdesk Administrator here";
        assert!(advises(&breached, &format!("user:omar@proseware office365.administer customer:bellows at {at}"), may), "{at}");
        assert!(
            !advises(&breached, &format!("user:omar@proseware office365.administer customer:bellows at {at}"), "which user:omar"),
            "{at}"
        );
        assert!(!advises(&breached, &format!("user:omar@proseware office365.administer customer:coho at {at}"), "Helpdesk Administrator"));
        assert!(!advises(
            &breached,
            &format!("user:priya@proseware office365.administer customer:bellows at {at}"),
            "Helpdesk Administrator"
        ));
    }
}

/// Eligible for Admin Agents, or for a group in them, is not a member of them (GDAP-17): for DAP as for Azure.
#[test]
fn who_is_eligible_for_agents_is_told_so() {
    let dap = "dap(customer:fab, partner:con)";
    let (directory, azure) =
        ("user:ned directory.manage customer:fab at 2023-09-01", "user:ned subscription.manage subscription:old at 2023-09-01");
    let owner = "group:admins holds owner on subscription:old";
    for group in ["admins", "engineers"] {
        let says = format!("user:ned is eligible for group:{group} and not an active member");
        let eligible = format!("eligible(user:ned, group:{group})");
        let world = fabrikam(&[dap, owner, &eligible]);
        assert!(advises(&world, directory, &says) && advises(&world, azure, &says), "{group}");
        assert!(!advises(&fabrikam(&[owner, &eligible]), directory, &says), "without DAP the group would give nothing");
        let active = fabrikam(&[dap, owner, &eligible, &format!("user:ned in group:{group}")]);
        assert!(!advises(&active, "user:ned teams-rooms.rooms.view customer:fab at 2023-09-01", "eligible"));
        assert!(!advises(&active, directory, "eligible") && !advises(&active, azure, "eligible"), "he is a member");
    }
    let other = fabrikam(&[dap, "group:azure holds contributor on subscription:old", "eligible(user:ned, group:azure)"]);
    let says = "user:ned is eligible for group:azure";
    assert!(advises(&other, azure, says));
    assert!(!advises(&other, directory, says), "that group gives nothing in the directory");
}

/// GDAP-8: an assignment of a role that was not approved gives nothing, and the answer names it.
#[test]
fn what_was_not_approved_is_named() {
    let world = fabrikam(&[
        "user:ned in group:azure",
        "assigns(gdap:g, group:azure, role:global-reader)",
        "user:ned holds contributor on subscription:old",
        "user:ned in group:admins",
    ]);
    let says = "gdap:g assigns role:global-reader to group:azure, in which user:ned is, but the role is not approved in it";
    for question in ["directory.read customer:fab", "office365.sign-in customer:fab", "subscription.manage subscription:old"] {
        assert!(advises(&world, &format!("user:ned {question} at 2023-09-01"), says), "{question}");
        assert!(!advises(&world, &format!("user:eve {question} at 2023-09-01"), "is not approved"), "{question}: hers was");
    }
}

/// One piece of advice says what the page lists and what role listings do.
#[test]
fn one_piece_of_advice_says_where_privileges_appear() {
    let world = fabrikam(&[]);
    let view = |at: &str| {
        let answer = Ask::of(at, "user:gina", "partner-relationships.view", "customer:fab").explained(&SHIPPED, &world);
        answer.advice.iter().map(|advice| advice.text.clone()).collect::<Vec<_>>()
    };
    assert!(matches!(&view("2022-01-31")[..], [one] if one.starts_with("look here and not in Azure AD")), "{:?}", view("2022-01-31"));
    let [one] = &view("2022-02-01")[..] else { panic!("{:?}", view("2022-02-01")) };
    assert!(one.contains("no listing of role assignments returns them") && one.contains("GDAP does appear there"), "{one}");
}

/// GDAP-1: a relationship that is accepted on 9 October 2023 or later gets no DAP; an older one may.
#[test]
fn a_new_relationship_gets_no_dap() {
    let life = |accepted: &str, more: &str| {
        let event = |at: &str, what: &str, by: &str, arguments: &str| {
            format!("[[event]]\nat = {at}\ndo = \"{what}\"\nby = \"user:{by}\"\ncustomer = \"customer:new\"\n{arguments}\n")
        };
        let partner = "partner = \"partner:con\"";
        let people = "[customer.new]\n[user.nell]\ncustomer = \"customer:new\"\n[[fact]]\nis = 'user:nell holds global-administrator on customer:new'\n";
        let events = [
            event("2023-10-01", "request-relationship", "alice", ""),
            event(accepted, "accept-relationship", "nell", partner),
            if more == "again" {
                event("2023-11-01", "end-relationship", "nell", partner)
                    + &event("2023-11-02", "request-relationship", "alice", "")
                    + &event("2023-11-03", "accept-relationship", "nell", partner)
            } else {
                String::new()
            },
            if more == "related" { String::new() } else { event("2024-01-01", "grant-dap", "nell", partner) },
        ];
        opened(&SHIPPED, &format!("{FABRIKAM}{people}{}", events.concat()))
    };
    assert!(life("2023-10-08", "").world.is_some());
    assert!(life("2023-10-08", "again").world.is_none(), "a relationship that begins again is new");
    let refused = life("2023-10-09", "");
    assert!(refused.world.is_none());
    assert!(refused.diagnostics[0].notes.iter().any(|note| note.starts_with("GDAP-1: ")), "{:?}", refused.diagnostics);
    // Nor does the reading by which approval grants DAP bring it to a new customer.
    for (accepted, outcome) in [("2023-10-08", "allowed"), ("2023-10-09", "not-granted")] {
        let world = life(accepted, "related").world.expect("a sound world");
        let with = ["approval-grants-dap"];
        let ask = Ask { with: &with, ..Ask::of("2024-02-01", "user:alice", "directory.manage", "customer:new") };
        assert_eq!(ask.explained(&SHIPPED, &world).outcome, outcome, "{accepted}");
    }
}

/// What is asked of a day before the first page is answered by a later one, and says so.
#[test]
fn an_answer_from_before_its_page_says_so() {
    let breached = world(&SHIPPED, "fixtures/worlds/breached-partner.toml");
    let (first, rooms) = ("the earliest page that this pack has on this dates from 18 December 2018", "Teams Rooms dates from 9 June 2022");
    for (question, piece, day, before) in [
        ("user:marco@proseware directory.manage customer:adatum at 2021-10-22", first, "2018-12-18", "2018-12-17"),
        ("user:amir@adatum partner-relationships.view customer:adatum at 2021-10-22", first, "2018-12-18", "2015-01-01"),
        ("user:priya@proseware subscription.manage subscription:coho-shop at 2021-10-22", first, "2018-12-18", "2018-12-17"),
        ("user:hana@proseware teams-rooms.rooms.view room:woodgrove-board at 2021-10-22", rooms, "2022-06-09", "2018-12-18"),
    ] {
        assert!(advises(&breached, &format!("{question} policy-at {before}"), piece), "{question}");
        assert!(!advises(&breached, &format!("{question} policy-at {day}"), piece), "{question}");
    }
}

/// AP-1: told where neither the relationship nor the user's role explains the no, and where no proposal does.
#[test]
fn the_type_of_partner_is_told_where_it_may_be_suspected() {
    let northwind = world(&SHIPPED, "fixtures/worlds/dap-removed.toml");
    let parity = "the partner's type is not the reason";
    for (question, told) in [
        ("user:alice@contoso autopilot.device.manage device:phone-01 at 2021-06-01", true),
        ("user:hugo@contoso autopilot.device.manage device:phone-01 at 2021-06-01", false),
        ("user:alice@contoso autopilot.device.manage device:attic-01 at 2021-06-01", false),
        ("user:lou@litware autopilot.profile.update profile:office at 2021-06-01", false),
        ("user:greta@northwind autopilot.profile.update profile:office at 2021-06-01", false),
        ("user:alice@contoso autopilot.profile.update profile:office at 2021-06-01 with autopilot-profiles-need-dap", false),
        ("user:alice@contoso autopilot.device.remove device:school-01 at 2021-06-01 with autopilot-removal-needs-dap", false),
    ] {
        assert_eq!(advises(&northwind, question, parity), told, "{question}");
    }
}

/// A partner with both DAP and GDAP, as customers have in a transition: what the removal of DAP leaves of GDAP is told, role by role.
#[test]
fn removing_dap_says_which_gdap_stays() {
    let dap = "dap(customer:fab, partner:con)";
    let keeps = "partner:con keeps GDAP: role:exchange-administrator to group:exchange (by gdap:g)";
    let remove = "user:gina partner-relationships.remove-dap customer:fab at";
    let world = fabrikam(&[dap]);
    assert!(advises(&world, &format!("{remove} 2023-06-01"), keeps));
    assert!(!advises(&world, &format!("{remove} 2022-01-31"), "keeps GDAP"), "there is no GDAP yet");
    assert!(!advises(&world, "user:gina partner-relationships.view customer:fab at 2023-06-01", "keeps GDAP"));
    // An assignment of a role that was not approved gives nothing, so nothing of it stays.
    let not_approved = fabrikam(&[dap, "assigns(gdap:g, group:azure, role:global-reader)"]);
    assert!(!advises(&not_approved, &format!("{remove} 2023-06-01"), "to group:azure"));
    let two = fabrikam(&[dap, "assigns(gdap:g, group:azure, role:exchange-administrator)"]);
    assert!(advises(&two, &format!("{remove} 2023-06-01"), keeps));
    assert!(advises(&two, &format!("{remove} 2023-06-01"), "role:exchange-administrator to group:azure (by gdap:g)"));
}

/// A role on a subscription that stays assigned gives access where the partner has GDAP, and the advice does not deny it.
#[test]
fn removing_dap_says_what_azure_roles_are_still_good_for() {
    let (dap, owner) = ("dap(customer:fab, partner:con)", "group:admins holds owner on subscription:old");
    let remove = "user:gina partner-relationships.remove-dap customer:fab at 2023-09-01";
    let (stays, with, without) = (
        "group:admins stays assigned role:owner on subscription:old, until that is removed there",
        "partner:con has GDAP here: its users who are in Admin Agents and hold an Entra role through GDAP still reach",
        "partner:con has no GDAP here: without delegated admin privileges its users reach no subscription",
    );
    // Alice is in both groups: she still manages the subscription when DAP is gone.
    let both = "user:alice in group:exchange";
    let world = fabrikam(&[dap, owner, both]);
    assert!(advises(&world, remove, stays) && advises(&world, remove, with));
    assert!(!advises(&world, remove, "no access") && !advises(&world, remove, without));
    let decided = |world: &World| Ask::of("2023-09-01", "user:alice", "subscription.manage", "subscription:old").explained(&SHIPPED, world);
    assert_eq!(decided(&fabrikam(&[owner, both])).outcome, "allowed", "as the advice says");
    // Without GDAP the role is good for nothing.
    let bare = |facts: &[&str]| {
        world_of(
            &SHIPPED,
            &(FABRIKAM.replace("is = 'active(gdap:g)'", "is = 'active(gdap:g)'\nuntil = 2023-01-01") + &crate::support::facts(facts)),
        )
    };
    let world = bare(&[dap, owner, both]);
    assert!(advises(&world, remove, stays) && advises(&world, remove, without) && !advises(&world, remove, with));
    assert_eq!(decided(&bare(&[owner, both])).outcome, "barred", "as the advice says");
    // A user's own assignment is told of alike.
    let own = fabrikam(&[dap, "user:alice holds owner on subscription:old"]);
    assert!(advises(&own, remove, "user:alice stays assigned role:owner on subscription:old, until that is removed there"));
    assert!(!advises(&own, remove, "no access"));
}

/// An access that rests on an assigned role is not said to end with a GDAP relationship that the user has beside it.
#[test]
fn only_what_gdap_gives_is_said_to_end_with_it() {
    let world = fabrikam(&["user:eve holds global-administrator on customer:fab"]);
    let manage = "user:eve directory.manage customer:fab at 2023-06-01";
    assert!(!advises(&world, manage, "access by GDAP is never permanent"));
    let says = "what GDAP gives user:eve here is never permanent: it ends with the relationship";
    assert!(advises(&world, manage, says));
    assert!(advises(&fabrikam(&[]), "user:eve directory.read customer:fab at 2023-06-01", says));
    assert!(!advises(&world, "user:gina directory.manage customer:fab at 2023-06-01", "never permanent"));
}
