//! Worlds made by events: what may happen, what is refused and why, and what is so before and after.

use crate::support::{Ask, SHIPPED, compiled, opened, world, world_of};
use delegraph::plan::CompiledPolicy;
use delegraph::world::World;

/// A partner, a customer, their people, and what was so before the first event.
const FABRIKAM: &str = r#"
[customer.fabrikam]
[customer.adatum]
[partner.contoso]
admin-agents    = "group:contoso/admin-agents"
helpdesk-agents = "group:contoso/helpdesk-agents"
sales-agents    = "group:contoso/sales-agents"
[group."contoso/admin-agents"]
[group."contoso/helpdesk-agents"]
[group."contoso/sales-agents"]
[user."alice@contoso"]
partner = "partner:contoso"
groups  = ["group:contoso/admin-agents"]
[user."rita@contoso"]
partner = "partner:contoso"
[user."pete@contoso"]
partner = "partner:contoso"
[user."gina@fabrikam"]
customer = "customer:fabrikam"
[user."mona@fabrikam"]
customer = "customer:fabrikam"
[user."ivan@fabrikam"]
customer = "customer:fabrikam"
[site.us]
customer = "customer:fabrikam"
[room.rainier]
site = "site:us"
[[fact]]
is = 'user:gina@fabrikam holds global-administrator on customer:fabrikam'
[[fact]]
is = 'user:mona@fabrikam holds managed-service-administrator on customer:fabrikam'
[[fact]]
is = 'reseller(partner:contoso, customer:fabrikam)'
"#;

/// A world of [`FABRIKAM`] and more: why it is refused, as `code: headline | note | note`, one mistake a line; or `sound`.
fn check(more: &str) -> String {
    let opened = opened(&SHIPPED, &format!("{FABRIKAM}{more}"));
    let shown = opened.diagnostics.iter().map(|diagnostic| {
        let notes = diagnostic.notes.iter().map(|note| format!(" | {note}"));
        format!("{}: {}{}", diagnostic.code.name(), diagnostic.headline, notes.collect::<String>())
    });
    if opened.world.is_some() { "sound".to_owned() } else { shown.collect::<Vec<_>>().join("\n") }
}

/// An event at a date by somebody, with arguments.
fn event(at: &str, name: &str, by: &str, arguments: &str) -> String {
    format!("[[event]]\nat = {at}\ndo = \"{name}\"\nby = \"{by}\"\n{arguments}\n")
}

fn grant_dap(at: &str) -> String {
    event(at, "grant-dap", "user:gina@fabrikam", "customer = \"customer:fabrikam\"\npartner = \"partner:contoso\"")
}

fn remove_dap(at: &str, by: &str) -> String {
    event(at, "remove-dap", by, "customer = \"customer:fabrikam\"\npartner = \"partner:contoso\"")
}

fn provision(at: &str, by: &str, id: &str) -> String {
    event(at, "provision-subscription", by, &format!("customer = \"customer:fabrikam\"\nsubscription = \"subscription:{id}\""))
}

fn invite(at: &str, days: i32) -> String {
    let arguments = format!(
        "customer = \"customer:fabrikam\"\npartner = \"partner:contoso\"\ndays = {days}\nrooms = [\"site:us\"]\ninvitation = \"invitation:i\""
    );
    event(at, "invite-rooms-partner", "user:mona@fabrikam", &arguments)
}

fn accept(at: &str) -> String {
    let arguments = "invitation = \"invitation:i\"\nadmins = [\"user:rita@contoso\"]";
    event(at, "accept-rooms-invitation", "user:alice@contoso", arguments)
}

fn remove_admin(at: &str, admin: &str) -> String {
    let arguments = format!("scope = \"site:us\"\nadmin = \"{admin}\"");
    event(at, "remove-primary-admin", "user:mona@fabrikam", &arguments)
}

/// Outcomes of one question on several dates.
fn over_time(compiled: &CompiledPolicy, world: &World, dates: &[&str], who: &str, action: &str, resource: &str) -> Vec<String> {
    let outcome = |at: &&str| Ask::of(at, who, action, resource).answer(compiled, world).map_or_else(|why| why, |a| a.outcome.to_owned());
    dates.iter().map(outcome).collect()
}

#[test]
fn a_relationship_from_its_first_letter_to_its_last() {
    let life = world(&SHIPPED, "fixtures/worlds/life-cycle.toml");
    let ask = |dates: &[&str], who: &str, action: &str, resource: &str| over_time(&SHIPPED, &life, dates, who, action, resource);
    // The relationship begins as it is accepted and ends as the customer ends it.
    assert_eq!(
        ask(
            &["2019-01-09", "2019-01-10", "2023-06-29", "2023-06-30"],
            "user:alice@contoso",
            "partner-center.view-customer",
            "customer:fabrikam"
        ),
        ["not-granted", "allowed", "allowed", "allowed"]
    );
    assert_eq!(
        ask(
            &["2020-07-05", "2020-07-06", "2023-06-29", "2023-06-30"],
            "user:tom@tailspin",
            "partner-center.view-customer",
            "customer:fabrikam"
        ),
        ["not-granted", "allowed", "allowed", "not-granted"]
    );
    // Delegated admin privileges stand from grant to removal.
    assert_eq!(
        ask(
            &["2019-01-10", "2019-01-10T09:00:00Z", "2020-08-31T23:59:59Z", "2020-09-01"],
            "user:alice@contoso",
            "directory.manage",
            "customer:fabrikam"
        ),
        ["not-granted", "allowed", "allowed", "not-granted"]
    );
    // SUB-3: Owner comes with the subscription; SUB-4: it outlives the privileges; SUB-5: it goes with its own removal.
    assert_eq!(
        ask(
            &["2019-02-28", "2019-03-01", "2020-08-31", "2020-09-01", "2021-02-28", "2021-03-01"],
            "user:alice@contoso",
            "subscription.manage",
            "subscription:fab-prod"
        ),
        [
            "`subscription:fab-prod` does not exist yet on 2019-02-28: it is created on 2019-03-01",
            "allowed",
            "allowed",
            "allowed",
            "allowed",
            "not-granted"
        ]
    );
    // The rooms come by acceptance, grow with the assignment, and pass to the successor.
    assert_eq!(
        ask(&["2022-07-13", "2022-07-14", "2023-02-01", "2023-02-02"], "user:rita@tailspin", "teams-rooms.rooms.view", "room:rainier"),
        ["barred", "allowed", "allowed", "not-granted"]
    );
    assert_eq!(
        ask(&["2022-10-31", "2022-11-01", "2023-02-02"], "user:rita@tailspin", "teams-rooms.rooms.view", "room:thames"),
        ["barred", "allowed", "allowed"]
    );
    assert_eq!(
        ask(&["2023-01-31", "2023-02-01", "2023-06-30"], "user:pete@tailspin", "teams-rooms.roles.modify", "site:seattle"),
        ["not-granted", "allowed", "allowed"]
    );
}

#[test]
fn the_library_lives_through_its_spring() {
    let library = compiled("fixtures/packs/library");
    let spring = world(&library, "fixtures/packs/library-world.toml");
    let ask = |dates: &[&str], who: &str, action: &str, resource: &str| over_time(&library, &spring, dates, who, action, resource);
    // A card in force from the day of registration.
    assert_eq!(ask(&["2024-03-03", "2024-03-04"], "person:arne", "volume.view", "volume:emil"), ["not-granted", "allowed"]);
    // Reserved for Arne, then lent to him: Berit waits for one, and may borrow while nothing else is in the way.
    assert_eq!(
        ask(&["2024-03-05", "2024-03-06", "2024-03-09T10:30:00Z"], "person:berit", "volume.borrow", "volume:moby-dick"),
        ["allowed", "barred", "allowed"]
    );
    // A deputy acts from 1 to 14 April, unless the head is in the house, as on the 10th; from May she is a head herself.
    assert_eq!(
        ask(
            &["2024-03-31", "2024-04-01", "2024-04-09", "2024-04-10", "2024-04-11", "2024-04-15", "2024-05-02"],
            "person:dina",
            "desk.cards.suspend",
            "branch:Old Mill"
        ),
        ["not-granted", "allowed", "allowed", "not-granted", "allowed", "not-granted", "allowed"]
    );
    // What is acquired exists from then on, and what is withdrawn no more.
    assert_eq!(
        ask(&["2024-03-21", "2024-03-22"], "person:berit", "volume.view", "volume:atlas-2024"),
        ["`volume:atlas-2024` does not exist yet on 2024-03-21: it is created on 2024-03-22", "allowed"]
    );
    assert_eq!(
        ask(&["2024-03-22", "2024-03-23"], "person:berit", "volume.view", "volume:brockhaus"),
        ["allowed", "`volume:brockhaus` no longer exists on 2024-03-23: it ended on 2024-03-23"]
    );
}

#[test]
fn an_invitation_is_not_accepted_after_its_days() {
    assert_eq!(check(&format!("{}{}", invite("2022-07-01", 7), accept("2022-07-07T23:59:59Z"))), "sound");
    let late = check(&format!("{}{}", invite("2022-07-01", 7), accept("2022-07-08")));
    insta::assert_snapshot!(late, @r"event-refused: event `accept-rooms-invitation` cannot happen on 2022-07-08: its condition is not true | it is not true that invitation:i is open: neither accepted nor expired (ended on 2022-07-08) | TRM-1: A customer can delegate access and responsibility to one or more partner organisations, and a partner can manage only the rooms assigned to it. | TRM-8: The invitation goes to the tenant administrators of the partner for review; the first partner user to accept establishes the link between the two tenants and assigns the Primary admins. Nothing ties the link to that user, who may be reassigned. | TRM-9: The Primary admin role always has at least one user. | Any user of the invited partner may accept while the invitation is open; whoever accepts must name at least one Primary admin of that partner.");
}

#[test]
fn the_last_primary_admin_is_not_taken_away() {
    let rooms =
        "[[fact]]\nis = 'rooms-delegated(partner:contoso, site:us)'\n[[fact]]\nis = 'user:rita@contoso holds primary-admin on site:us'\n";
    let last = check(&format!("{rooms}{}", remove_admin("2022-09-01", "user:rita@contoso")));
    insta::assert_snapshot!(last, @r"event-refused: event `remove-primary-admin` cannot happen on 2022-09-01: its condition is not true | `user != admin` does not hold: both are user:rita@contoso | TRM-9: The Primary admin role always has at least one user. | Another user of the same partner must stay Primary admin there.");
    let another = "[[fact]]\nis = 'user:pete@contoso holds primary-admin on site:us'\n";
    assert_eq!(check(&format!("{rooms}{another}{}", remove_admin("2022-09-01", "user:rita@contoso"))), "sound");
}

/// Of two Primary admins each may be taken away, but not both at once: each is checked again with the other gone.
#[test]
fn two_events_of_one_instant_do_not_do_together_what_neither_may_do() {
    let rooms = "[[fact]]\nis = 'rooms-delegated(partner:contoso, site:us)'\n[[fact]]\nis = 'user:rita@contoso holds primary-admin on site:us'\n\
        [[fact]]\nis = 'user:pete@contoso holds primary-admin on site:us'\n";
    let both = format!("{rooms}{}{}", remove_admin("2022-09-01", "user:rita@contoso"), remove_admin("2022-09-01", "user:pete@contoso"));
    insta::assert_snapshot!(check(&both), @r"
event-refused: event `remove-primary-admin` cannot happen on 2022-09-01: its condition is not true | by itself it could happen; another event of the same instant forbids it | TRM-9: The Primary admin role always has at least one user. | Another user of the same partner must stay Primary admin there.
event-refused: event `remove-primary-admin` cannot happen on 2022-09-01: its condition is not true | by itself it could happen; another event of the same instant forbids it | TRM-9: The Primary admin role always has at least one user. | Another user of the same partner must stay Primary admin there.
");
}

#[test]
fn events_of_one_instant_see_the_world_before_it() {
    // An invitation sent in this instant is not there to be accepted in it, however the two stand in the file.
    let together = |first: String, second: String| check(&format!("{first}{second}"));
    let sent_first = together(invite("2022-07-01", 7), accept("2022-07-01"));
    assert_eq!(sent_first, together(accept("2022-07-01"), invite("2022-07-01", 7)));
    insta::assert_snapshot!(sent_first, @r"event-refused: event `accept-rooms-invitation` cannot happen on 2022-07-01: its condition is not true | it is not true that invitation:i is open: neither accepted nor expired | TRM-1: A customer can delegate access and responsibility to one or more partner organisations, and a partner can manage only the rooms assigned to it. | TRM-8: The invitation goes to the tenant administrators of the partner for review; the first partner user to accept establishes the link between the two tenants and assigns the Primary admins. Nothing ties the link to that user, who may be reassigned. | TRM-9: The Primary admin role always has at least one user. | Any user of the invited partner may accept while the invitation is open; whoever accepts must name at least one Primary admin of that partner.");
}

#[test]
fn what_one_event_adds_none_removes_in_the_same_instant() {
    let clash = format!("{}{}{}", grant_dap("2019-01-10"), grant_dap("2020-01-10"), remove_dap("2020-01-10", "user:gina@fabrikam"));
    insta::assert_snapshot!(check(&clash), @r"event-clash: `dap(customer:fabrikam, partner:contoso)` is both added and removed on 2020-01-10");
}

#[test]
fn an_event_by_one_who_may_not_is_refused_with_the_reason() {
    // Ivan is of the customer, and no Global Administrator; Alice is one by the privileges alone.
    insta::assert_snapshot!(check(&format!("{}{}", grant_dap("2019-01-10"), remove_dap("2020-01-10", "user:ivan@fabrikam"))), @r"event-refused: event `remove-dap` cannot happen on 2020-01-10: `user:ivan@fabrikam` is not allowed to do `partner-relationships.remove-dap` | ivan@fabrikam cannot remove a partner's delegated admin privileges at customer fabrikam, because nothing grants it: user:ivan@fabrikam does not hold global-administrator on customer:fabrikam | rule customer-removes-dap does not allow it: user:ivan@fabrikam does not hold global-administrator on customer:fabrikam");
    insta::assert_snapshot!(check(&format!("{}{}", grant_dap("2019-01-10"), remove_dap("2020-01-10", "user:alice@contoso"))), @r"event-refused: event `remove-dap` cannot happen on 2020-01-10: `user:alice@contoso` is not allowed to do `partner-relationships.remove-dap` | alice@contoso cannot remove a partner's delegated admin privileges at customer fabrikam, because nothing grants it: user:alice@contoso has no customer (its partner is partner:contoso), so `subject.customer == resource.customer` does not hold | rule customer-removes-dap does not allow it: user:alice@contoso has no customer (its partner is partner:contoso), so `subject.customer == resource.customer` does not hold");
    // Rita is of the partner, and no agent of it: from 2020-06-19 on that matters (REL-3).
    assert_eq!(check(&provision("2020-06-18", "user:rita@contoso", "fab-prod")), "sound");
    insta::assert_snapshot!(check(&provision("2020-06-19", "user:rita@contoso", "fab-prod")), @r"event-refused: event `provision-subscription` cannot happen on 2020-06-19: `user:rita@contoso` is not allowed to do `partner-center.provision-subscription` | rita@contoso cannot provision an Azure subscription for customer fabrikam, because nothing grants it: user:rita@contoso does not act for partner:contoso in Partner Center | rule partner-serves-customer does not allow it: user:rita@contoso does not act for partner:contoso in Partner Center");
    // Nobody of another customer invites.
    let arguments = "customer = \"customer:adatum\"\npartner = \"partner:contoso\"\ndays = 7\nrooms = []\ninvitation = \"invitation:i\"";
    insta::assert_snapshot!(check(&event("2022-07-01", "invite-rooms-partner", "user:mona@fabrikam", arguments)), @r"event-refused: event `invite-rooms-partner` cannot happen on 2022-07-01: `user:mona@fabrikam` is not allowed to do `teams-rooms.invite-partner` | mona@fabrikam cannot invite a partner to manage rooms of customer adatum, because rule rooms-not-delegated denies it | rule administrator-invites-partner does not allow it: customer of user:mona@fabrikam is customer:fabrikam, not customer:adatum");
}

/// TRM-4 is an invariant of worlds, so the event alone does not check it; but no fact is added for zero days. Each refusal cites it.
#[test]
fn an_invitation_lasts_from_one_to_thirty_days() {
    assert_eq!(check(&invite("2022-07-01", 1)), "sound");
    assert_eq!(check(&invite("2022-07-01", 30)), "sound");
    insta::assert_snapshot!(check(&invite("2022-07-01", 31)), @r"invariant-broken: invariant `invitation-days` is broken on 2022-07-01 | invitation is invitation:i | TRM-4: The invitation expires after a whole number of days from 1 to 30.");
    for days in [0, -1] {
        let refused = check(&invite("2022-07-01", days));
        let why = "event-term: an effect of event `invite-rooms-partner` names something that is absent or out of range on 2022-07-01 | ";
        assert!(refused.starts_with(why), "{days}: {refused}");
        assert!(refused.contains(" | TRM-4: The invitation expires after a whole number of days from 1 to 30. | "), "{days}: {refused}");
    }
}

#[test]
fn only_what_lives_is_asked_about() {
    let device = |at: &str, name: &str, arguments: &str| event(at, name, "user:alice@contoso", arguments);
    let added = device("2019-06-03", "add-device", "customer = \"customer:fabrikam\"\ndevice = \"device:laptop\"");
    let removed = device("2020-10-05", "remove-device", "device = \"device:laptop\"");
    let world = world_of(&SHIPPED, &format!("{FABRIKAM}{added}{removed}"));
    let ask = |at| over_time(&SHIPPED, &world, &[at], "user:alice@contoso", "autopilot.device.manage", "device:laptop").remove(0);
    assert_eq!(ask("2019-06-02"), "`device:laptop` does not exist yet on 2019-06-02: it is created on 2019-06-03");
    assert_eq!(ask("2019-06-03"), "allowed");
    assert_eq!(ask("2020-10-04T23:59:59.999999Z"), "allowed");
    assert_eq!(ask("2020-10-05"), "`device:laptop` no longer exists on 2020-10-05: it ended on 2020-10-05");
    // Nor does anything happen to it before or after.
    let early = device("2019-06-02", "remove-device", "device = \"device:laptop\"");
    insta::assert_snapshot!(check(&format!("{added}{early}")), @r"not-alive: `device:laptop` does not exist yet on 2019-06-02: it is created on 2019-06-03");
    let again = device("2020-10-06", "remove-device", "device = \"device:laptop\"");
    insta::assert_snapshot!(check(&format!("{added}{removed}{again}")), @r"not-alive: `device:laptop` no longer exists on 2020-10-06: it ended on 2020-10-05");
}

/// A book in quarantine is withdrawn: it rests no more.
#[test]
fn facts_of_what_has_ended_hold_no_more() {
    let library = compiled("fixtures/packs/library");
    let spring = crate::support::opened(
        &library,
        r#"
[library.litware]
[branch.central]
library = "library:litware"
[shelf.novels]
branch = "branch:central"
mark   = "NOVEL"
[volume.emil]
shelf     = "shelf:novels"
medium    = "print"
grade     = 8
languages = ["de"]
acquired  = 2001-10-01
[person.henrike]
works-at = "branch:central"
[[fact]]
is = 'person:henrike holds head-librarian on library:litware'
[[fact]]
is = 'resting(volume:emil)'
[[event]]
at     = 2024-03-23
do     = "withdraw"
by     = "person:henrike"
branch = "branch:central"
volume = "volume:emil"
"#,
    );
    assert!(spring.world.is_some(), "{}", crate::support::shown(&spring.sources, &spring.diagnostics));
    let spring = spring.world.unwrap();
    let policy = &library.policy;
    let emil = spring.named(policy, "volume", "emil").expect("declared");
    let at = |date| delegraph::time::Instant::parse(date).expect("a date");
    let holding = |date| spring.facts_about(emil).into_iter().filter(|&fact| spring.fact(fact).during.contains(at(date))).count();
    assert!(holding("2024-03-22") > 0);
    assert_eq!(holding("2024-03-23"), 0);
}

#[test]
fn what_an_event_creates_has_an_id_of_its_own() {
    let declared = "[subscription.fab-prod]\ncustomer = \"customer:fabrikam\"\n";
    insta::assert_snapshot!(check(&format!("{declared}{}", provision("2019-03-01", "user:alice@contoso", "fab-prod"))), @r"duplicate-entity: `subscription:fab-prod` is there before the event that creates it");
    let twice = format!(
        "{}{}",
        provision("2019-03-01", "user:alice@contoso", "fab-prod"),
        provision("2019-04-01", "user:alice@contoso", "fab-prod")
    );
    insta::assert_snapshot!(check(&twice), @r"duplicate-entity: `subscription:fab-prod` is created twice");
}

/// Removing what does not hold does nothing, and adding what holds is no clash.
#[test]
fn what_is_so_already_may_be_said_again() {
    assert_eq!(check(&remove_dap("2020-01-10", "user:gina@fabrikam")), "sound");
    assert_eq!(check(&format!("{}{}", grant_dap("2019-01-10"), grant_dap("2019-06-10"))), "sound");
}

/// The shipped worlds that are refused say why in a way that a reader of the vendor's page knows again.
#[test]
fn refusals_of_the_shipped_worlds_cite_the_page() {
    for (file, claim, word) in [
        ("fixtures/worlds/life-cycle-late.toml", "TRM-8", "while the invitation is open"),
        ("fixtures/worlds/life-cycle-last-primary-admin.toml", "TRM-9", "The Primary admin role always has at least one user"),
    ] {
        let opened = delegraph::open::world_at(&SHIPPED, &[file.into()]).expect("the world can be read");
        assert!(opened.world.is_none(), "{file} is refused");
        let shown = crate::support::shown(&opened.sources, &opened.diagnostics);
        assert!(shown.contains("event-refused") && shown.contains(claim) && shown.contains(word), "{shown}");
    }
}
