//! What the page on Teams Rooms says of roles that groups hold, of invitations, links, approvals and acceptance, and what answers say of it.

use crate::support::{Ask, SHIPPED, opened, world_mistakes, world_of};
use delegraph::wording::ExplanationText;
use delegraph::world::World;

/// A customer with rooms in two countries, a partner, and their people.
const FABRIKAM: &str = r#"
[customer.fab]
[partner.ts]
[partner.other]
[group."ts/rooms"]
[group."ts/night"]
groups = ["group:ts/rooms"]
[group."ts/former"]
[group."fab/av"]
[user."tom@ts"]
partner = "partner:ts"
[user."rita@ts"]
partner = "partner:ts"
[user."sam@ts"]
partner = "partner:ts"
groups  = ["group:fab/av"]
[user."nora@other"]
partner = "partner:other"
[user."mona@fab"]
customer = "customer:fab"
[user."joe@fab"]
customer = "customer:fab"
groups   = ["group:fab/av"]
[user."nick@ts"]
partner = "partner:ts"
[[fact]]
is    = 'user:nick@ts in group:ts/night'
until = 2022-12-01
[site.us]
customer = "customer:fab"
[site.uk]
customer = "customer:fab"
[room.rainier]
site = "site:us"
[room.thames]
site = "site:uk"
[[fact]]
is = 'user:mona@fab holds managed-service-administrator on customer:fab'
"#;

const DELEGATED: &str = "
[[fact]]
is = 'rooms-delegated(partner:ts, site:us)'
[[fact]]
is = 'group:ts/rooms holds primary-admin on site:us'
";

/// An event with arguments.
fn event(at: &str, name: &str, by: &str, arguments: &str) -> String {
    format!("[[event]]\nat = {at}\ndo = \"{name}\"\nby = \"{by}\"\n{arguments}\n")
}

/// An event that the customer's administrator makes about the partner.
fn by_mona(at: &str, name: &str, arguments: &str) -> String {
    event(at, name, "user:mona@fab", &format!("customer = \"customer:fab\"\npartner = \"partner:ts\"\n{arguments}"))
}

fn invite(at: &str, arguments: &str) -> String {
    by_mona(at, "invite-rooms-partner", &format!("days = 30\ninvitation = \"invitation:i\"\n{arguments}"))
}

fn assign(at: &str, rooms: &str) -> String {
    by_mona(at, "assign-rooms", &format!("rooms = [{rooms}]"))
}

fn accept(at: &str) -> String {
    event(at, "accept-rooms-invitation", "user:tom@ts", "invitation = \"invitation:i\"\nadmins = [\"user:rita@ts\"]")
}

fn fact(fact: &str) -> String {
    format!("[[fact]]\nis = '{fact}'\n")
}

fn world(more: &[String]) -> World {
    world_of(&SHIPPED, &format!("{FABRIKAM}{}", more.concat()))
}

fn explained(world: &World, at: &str, with: &[&str], question: &str) -> ExplanationText {
    let parts: Vec<&str> = question.split(' ').collect();
    let ask = Ask { at, policy_at: None, with, subject: parts[0], action: parts[1], resource: parts[2] };
    ask.explained(&SHIPPED, world)
}

fn outcome(world: &World, at: &str, question: &str) -> String {
    explained(world, at, &[], question).outcome.to_owned()
}

fn views(world: &World, at: &str, user: &str, room: &str) -> String {
    outcome(world, at, &format!("user:{user} teams-rooms.rooms.view room:{room}"))
}

/// The texts of the advice of an answer.
fn advice(world: &World, at: &str, question: &str) -> Vec<String> {
    explained(world, at, &[], question).advice.iter().map(|notice| notice.text.clone()).collect()
}

/// Whether some advice of an answer contains this text.
fn advises(world: &World, at: &str, question: &str, text: &str) -> bool {
    advice(world, at, question).iter().any(|advice| advice.contains(text))
}

/// Whether an answer under manual approval has the obligation to wait for the customer.
fn waits(world: &World, user: &str, action: &str) -> bool {
    let question = format!("user:{user} teams-rooms.{action} room:rainier");
    let answer = explained(world, "2022-09-01", &["teams-rooms-manual-approval"], &question);
    assert_eq!(answer.outcome, "allowed", "{question}");
    answer.obligations.iter().any(|notice| notice.text == "a request is made; nothing takes effect until the customer approves")
}

fn refusal(more: &[String]) -> String {
    let opened = opened(&SHIPPED, &format!("{FABRIKAM}{}", more.concat()));
    assert!(opened.world.is_none(), "the world is refused");
    opened.diagnostics.iter().map(|diagnostic| diagnostic.headline.clone()).collect::<Vec<_>>().join("\n")
}

/// Seen to fail when `assign-rooms` gave each member of the group a role of their own.
#[test]
fn more_rooms_widen_the_role_of_the_group_and_not_of_its_members() {
    let world = world(&[DELEGATED.to_owned(), assign("2022-11-01", "\"site:uk\"")]);
    let over = |room| ["2022-10-31", "2022-11-15", "2022-12-15"].map(|at| views(&world, at, "nick@ts", room));
    assert_eq!(over("rainier"), ["allowed", "allowed", "not-granted"]);
    assert_eq!(over("thames"), ["barred", "allowed", "not-granted"]);
}

#[test]
fn more_rooms_widen_the_role_of_a_user() {
    let rita = fact("user:rita@ts holds primary-admin on site:us");
    let world = world(&[DELEGATED.to_owned(), rita, assign("2022-11-01", "\"site:uk\"")]);
    assert_eq!(views(&world, "2022-10-31", "rita@ts", "thames"), "barred");
    assert_eq!(views(&world, "2022-11-01", "rita@ts", "thames"), "allowed");
    assert_eq!(views(&world, "2022-11-01", "tom@ts", "thames"), "not-granted", "another user of the partner has no role");
}

/// Seen to fail when removal left the roles of groups and the customer's own roles.
#[test]
fn removal_ends_every_role_of_the_partner() {
    let roles = [
        fact("user:sam@ts holds site-lead on site:us"),
        fact("user:tom@ts holds managed-service-administrator on room:rainier"),
        fact("group:ts/former holds primary-admin on site:us"),
        fact("group:fab/av holds site-tech on site:us"),
        "[[fact]]\nis = 'user:tom@ts in group:ts/former'\nsince = 2022-07-10\n".to_owned(),
    ]
    .concat();
    let remove = by_mona("2022-03-01", "remove-rooms-partner", "");
    let again = [invite("2022-07-01", "rooms = [\"site:us\"]"), accept("2022-07-05")].concat();
    let world = world(&[DELEGATED.to_owned(), roles, remove, again]);
    for user in ["nick@ts", "sam@ts", "tom@ts"] {
        assert_eq!(views(&world, "2022-02-01", user, "rainier"), "allowed", "{user}");
        assert_eq!(views(&world, "2022-04-01", user, "rainier"), "barred", "{user}");
    }
    let lead = |at| outcome(&world, at, "user:sam@ts teams-rooms.rooms.create room:rainier");
    assert_eq!((lead("2022-02-01").as_str(), lead("2022-08-01").as_str()), ("allowed", "not-granted"));
    assert_eq!(views(&world, "2022-08-01", "nick@ts", "rainier"), "not-granted");
    assert_eq!(views(&world, "2022-08-01", "tom@ts", "rainier"), "not-granted");
    assert_eq!(views(&world, "2022-08-01", "rita@ts", "rainier"), "allowed", "she alone is named again");
    // The group in which a user of the customer is too keeps its role.
    assert_eq!(views(&world, "2022-04-01", "joe@fab", "rainier"), "allowed");
    assert!(advises(&world, "2022-02-01", "user:mona@fab teams-rooms.remove-partner customer:fab", "the link between the tenants ends"));
}

/// Seen to fail when only a delegation could grow.
#[test]
fn rooms_are_added_to_an_invitation_that_was_only_sent() {
    let sent = [invite("2022-07-01", "rooms = [\"site:us\"]"), assign("2022-07-03", "\"site:uk\"")].concat();
    let world = world(&[sent.clone(), accept("2022-07-05")]);
    for room in ["rainier", "thames"] {
        assert_eq!(views(&world, "2022-07-04", "rita@ts", room), "barred");
        assert_eq!(views(&world, "2022-07-05", "rita@ts", room), "allowed");
    }
    assert!(refusal(&[assign("2022-07-03", "\"site:uk\"")]).contains("`assign-rooms` cannot happen on 2022-07-03"), "nobody was invited");
    let expired = [invite("2022-07-01", "rooms = []"), assign("2022-08-01", "\"site:uk\"")].concat();
    assert!(refusal(&[expired]).contains("`assign-rooms` cannot happen on 2022-08-01"));
}

/// Seen to fail when an invitation without rooms left no link.
#[test]
fn an_invitation_without_rooms_links_the_tenants() {
    let link = [invite("2022-07-01", "rooms = []"), accept("2022-07-05"), assign("2022-08-01", "\"site:uk\"")].concat();
    let world = world(&[link]);
    assert_eq!(views(&world, "2022-07-31", "rita@ts", "thames"), "barred");
    assert_eq!(views(&world, "2022-08-01", "rita@ts", "thames"), "allowed");
    assert_eq!(views(&world, "2022-08-01", "rita@ts", "rainier"), "barred");
    assert_eq!(views(&world, "2022-08-01", "tom@ts", "thames"), "not-granted", "he accepted, and is not named");
}

#[test]
fn approval_is_manual_for_the_kinds_that_the_invitation_names() {
    let changes = ["rooms.modify", "update-rings.modify", "reports.create-customer-incident", "tickets.update", "roles.modify"];
    let with = |manual: &str| world(&[invite("2022-07-01", &format!("rooms = [\"site:us\"]\n{manual}")), accept("2022-07-05")]);
    let waiting = |world: &World| changes.into_iter().filter(|change| waits(world, "rita@ts", change)).collect::<Vec<_>>();
    assert_eq!(waiting(&with("")), changes, "it set none: all are manual");
    let some = with("manual = [\"tickets.update\", \"roles.modify\"]");
    assert_eq!(waiting(&some), ["tickets.update", "roles.modify"]);
    assert!(!waits(&some, "mona@fab", "tickets.update"), "it is about a partner's changes");
    assert!(explained(&some, "2022-09-01", &[], "user:rita@ts teams-rooms.tickets.update room:rainier").obligations.is_empty());
}

#[test]
fn a_change_is_requested_and_approved() {
    let sent = invite("2022-07-01", "rooms = [\"site:us\"]\nmanual = [\"tickets.update\"]");
    let request = |change: &str| {
        let arguments =
            format!("customer = \"customer:fab\"\nscope = \"room:rainier\"\nchange = \"{change}\"\nchange-request = \"change-request:c\"");
        event("2022-08-01", "request-room-change", "user:rita@ts", &arguments)
    };
    let approve =
        event("2022-08-10", "approve-room-change", "user:mona@fab", "customer = \"customer:fab\"\nchange-request = \"change-request:c\"");
    let linked = [sent, accept("2022-07-05")].concat();
    let world = world(&[linked.clone(), request("tickets.update"), approve]);
    let question = "user:mona@fab teams-rooms.approve-change customer:fab";
    let text = "change-request:c, requested by user:rita@ts, awaits approval";
    assert!(advises(&world, "2022-08-05", question, text));
    assert!(!advises(&world, "2022-08-10", question, text));
    assert!(refusal(&[linked, request("rooms.modify")]).contains("`request-room-change` cannot happen"), "approval is automatic for it");
    for user in ["joe@fab", "nora@other", "rita@ts"] {
        let expected = if user == "joe@fab" { "not-granted" } else { "barred" };
        assert_eq!(outcome(&world, "2022-08-05", &format!("user:{user} teams-rooms.approve-change customer:fab")), expected);
    }
}

#[test]
fn the_invited_partner_accepts_while_the_invitation_is_open() {
    const ADMINISTRATORS: &[&str] = &["teams-rooms-tenant-administrators-accept"];
    let rita = fact("tenant-administrator(user:rita@ts, partner:ts)");
    let world = world(&[rita, invite("2022-07-01", "rooms = [\"site:us\"]"), accept("2022-07-05")]);
    let ask = |user: &str, at: &str, with: &[&str]| {
        explained(&world, at, with, &format!("user:{user} teams-rooms.accept-invitation invitation:i"))
    };
    for user in ["tom@ts", "rita@ts"] {
        let answer = ask(user, "2022-07-03", &[]);
        assert_eq!(answer.outcome, "allowed");
        assert_eq!(answer.obligations[0].text, "the partner must meet the prerequisites of multi-tenant management");
    }
    for user in ["nora@other", "joe@fab", "mona@fab"] {
        assert_eq!(ask(user, "2022-07-03", &[]).outcome, "not-granted", "{user}: nothing bars it");
    }
    assert_eq!(ask("tom@ts", "2022-07-03", ADMINISTRATORS).outcome, "not-granted");
    assert_eq!(ask("rita@ts", "2022-07-03", ADMINISTRATORS).outcome, "allowed");
    let late = ask("rita@ts", "2022-07-05", &[]);
    assert_eq!(late.outcome, "not-granted");
    assert!(late.advice.iter().any(|advice| advice.text.contains("it takes a new one")));
}

#[test]
fn a_customers_role_of_a_partners_user_is_advised_of() {
    let tom = fact("user:tom@ts holds managed-service-administrator on site:us");
    let world = world(&[DELEGATED.to_owned(), tom]);
    let text = "the only built-in role of a partner is Primary admin";
    for action in ["settings.modify", "rooms.reset-key"] {
        assert!(advises(&world, "2022-08-01", &format!("user:tom@ts teams-rooms.{action} room:rainier"), text), "{action}");
        assert_eq!(outcome(&world, "2022-08-01", &format!("user:tom@ts teams-rooms.{action} room:rainier")), "allowed");
        assert!(!advises(&world, "2022-08-01", &format!("user:mona@fab teams-rooms.{action} room:rainier"), text), "{action}");
    }
    assert!(!advises(&world, "2022-08-01", "user:nick@ts teams-rooms.rooms.view room:rainier", text));
}

/// The world is warned of it too, from the day on which the role is held, also by a group.
#[test]
fn a_customers_role_of_a_partners_user_is_warned_of() {
    let warned = |facts: &str| {
        let mistakes = world_mistakes(&SHIPPED, &format!("{FABRIKAM}{facts}"));
        mistakes.lines().filter(|line| line.contains("customer-role-of-partner-user")).map(str::to_owned).collect::<Vec<_>>()
    };
    let held = |fact: &str| format!("\n[[fact]]\nis = '{fact}'\nsince = 2022-09-01\n");
    assert_eq!(warned(&held("user:joe@fab holds site-lead on site:us")), [""; 0]);
    assert_eq!(warned(&held("user:tom@ts holds primary-admin on site:us")), [""; 0]);
    let of = "invariant-warning: invariant `customer-role-of-partner-user` is broken on 2022-09-01";
    assert_eq!(warned(&held("user:tom@ts holds site-tech on room:rainier")), [of]);
    // Sam of the partner is in a group of the customer's.
    assert_eq!(warned(&held("group:fab/av holds managed-service-administrator on customer:fab")), [of]);
}

#[test]
fn advice_says_what_the_page_says() {
    let world = world(&[DELEGATED.to_owned()]);
    let at = "2022-08-01";
    // TRM-22 is about whatever is done in the portal, and about nothing that is only viewed.
    let logs = "audit logs do not capture what is done in the portal";
    for user in ["mona@fab", "nick@ts"] {
        assert!(advises(&world, at, &format!("user:{user} teams-rooms.rooms.modify room:rainier"), logs));
        assert!(!advises(&world, at, &format!("user:{user} teams-rooms.rooms.view room:rainier"), logs));
    }
    let sign_in = "currently does not apply to them";
    assert!(advises(&world, at, "user:nick@ts teams-rooms.rooms.view room:rainier", sign_in));
    for action in ["invite-partner", "assign-rooms"] {
        let question = format!("user:mona@fab teams-rooms.{action} customer:fab");
        for text in [sign_in, "assigning a site also assigns every room in it, including rooms added later"] {
            assert!(advises(&world, at, &question, text), "{question}: {text}");
        }
    }
    let invite = "user:mona@fab teams-rooms.invite-partner customer:fab";
    for text in ["by its domain name", "whoever invites must accept the terms", "prerequisites of multi-tenant management"] {
        assert!(advises(&world, at, invite, text), "{text}");
    }
    let reports = "user:nick@ts teams-rooms.reports.view customer:fab";
    assert_eq!(outcome(&world, at, reports), "barred");
    assert!(advises(&world, at, reports, "ask about one that is"));
    for question in ["user:nick@ts directory.sign-in customer:fab", "user:nick@ts office365.sign-in customer:fab"] {
        assert!(advises(&world, at, question, "give no permission outside the Teams Rooms portal"), "{question}");
    }
}
