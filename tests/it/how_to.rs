//! How to turn an answer, for the sentence of every claim that is about change, over the shipped worlds.
//!
//! Each snapshot shows its question above its answer, as the command line would print it at 80 columns.

use crate::support::how_to_text;
use delegraph::eval::{Budget, Decider};
use delegraph::explain::explain;
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::policy::Id;
use delegraph::query::Overlay;
use delegraph::report;
use delegraph::syntax::{self, Embedded, StringForm};
use delegraph::text::Span;
use delegraph::time::Instant;
use delegraph::wording::{ActText, HowToText, Words};
use delegraph::world::{Request, World, read_fact};
use delegraph::{files, open};
use std::fmt::Write as _;
use std::path::PathBuf;

struct Question {
    world: &'static str,
    at: &'static str,
    with: &'static [&'static str],
    allow: bool,
    ask: [&'static str; 3],
}

fn ask(question: &Question) -> HowToText {
    let compiled = open::pack(files::embedded_pack()).compiled.expect("the shipped pack is sound");
    let path = PathBuf::from(format!("fixtures/worlds/{}.toml", question.world));
    let world = open::world_at(&compiled, &[path]).expect("the world can be read").world.expect("the world is sound");
    let mut context = Context::at(&compiled.policy, Instant::parse(question.at).expect("a date"));
    for name in question.with {
        let toggle = compiled.policy.toggle_named(name).expect("a toggle");
        context.toggles[toggle.index()] = true;
    }
    how_to_text(&compiled, &world, context, question.ask, question.allow)
}

/// The fact or toggle of an act; the name of an event.
fn what(act: &ActText) -> &str {
    match act {
        ActText::Event(event) => &event.event,
        ActText::Change(change) => &change.what,
    }
}

fn check(name: &str, question: &Question) {
    let how = ask(question);
    let style = report::text::Style { color: false, width: 80, full: false };
    let goal = if question.allow { "allow" } else { "revoke" };
    let toggles: Vec<String> = question.with.iter().map(|toggle| format!(" --with {toggle}")).collect();
    let toggles = toggles.concat();
    let asked =
        format!("how-to {goal} {} --at {}{toggles} --world fixtures/worlds/{}.toml", question.ask.join(" "), question.at, question.world);
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "snapshots/how-to" }, {
        insta::assert_snapshot!(name, format!("$ {asked}\n\n{}", report::how_to::render(&how, &style, false)));
    });
}

macro_rules! questions {
    ($($name:ident: $goal:ident $subject:literal $action:literal $resource:literal in $world:literal at $at:literal $(with $($toggle:literal)+)?;)*) => {$(
        #[test]
        fn $name() {
            let allow = stringify!($goal) == "allow";
            let with: &[&str] = &[$($($toggle),+)?];
            check(stringify!($name), &Question { world: $world, at: $at, with, allow, ask: [$subject, $action, $resource] });
        }
    )*};
}

questions! {
    sub_2_what_gives_access_to_an_existing_subscription:
        allow "user:alice@contoso" "subscription.manage" "subscription:nw-old" in "dap-removed" at "2021-06-01";
    sub_4_removing_dap_leaves_the_subscription:
        revoke "user:adele@proseware" "subscription.manage" "subscription:adatum-prod" in "breached-partner" at "2021-10-22";
    sub_5_removing_the_assignment_ends_it:
        revoke "user:alice@contoso" "subscription.manage" "subscription:nw-erp" in "dap-removed" at "2021-06-01";
    dap_5_removing_dap_ends_the_directory:
        revoke "user:tom@tailspin" "directory.manage" "customer:northwind" in "dap-removed" at "2021-06-01";
    dap_2_granting_dap_opens_the_directory:
        allow "user:alice@contoso" "directory.manage" "customer:northwind" in "dap-removed" at "2021-06-01";
    rel_10_dap_goes_and_the_relationship_stays:
        revoke "user:marco@proseware" "directory.manage" "customer:adatum" in "breached-partner" at "2021-10-22";
    ap_2_profiles_hang_on_the_relationship:
        revoke "user:alice@contoso" "autopilot.profile.update" "profile:office" in "dap-removed" at "2021-06-01";
    ap_5_profiles_need_dap:
        allow "user:alice@contoso" "autopilot.profile.update" "profile:office" in "dap-removed" at "2021-06-01"
        with "autopilot-profiles-need-dap";
    ap_6_removal_needs_dap:
        allow "user:alice@contoso" "autopilot.device.remove" "device:school-01" in "dap-removed" at "2021-06-01"
        with "autopilot-removal-needs-dap";
    ap_4_its_second_reading_turns_it:
        allow "user:tom@tailspin" "autopilot.device.manage" "device:phone-01" in "dap-removed" at "2021-06-01";
    ap_4_under_the_second_reading:
        allow "user:alice@contoso" "autopilot.device.remove" "device:phone-01" in "dap-removed" at "2021-06-01"
        with "autopilot-removal-needs-dap" "autopilot-dap-lifts-customer-bar";
    ap_3_nobody_knows_who_added_it:
        allow "user:tom@tailspin" "autopilot.device.manage" "device:attic-01" in "dap-removed" at "2021-06-01";
    trm_12_role_and_delegation_both:
        allow "user:cora@contoso" "teams-rooms.rooms.view" "room:thames" in "rooms-three-continents" at "2023-06-01";
    trm_13_the_delegation_is_what_lacks:
        allow "user:rita@contoso" "teams-rooms.rooms.view" "room:thames" in "rooms-three-continents" at "2023-06-01";
    trm_14_rooms_are_added_later:
        allow "user:toru@tailspin" "teams-rooms.rooms.modify" "room:arakawa" in "rooms-three-continents" at "2023-06-01";
    rel_2_a_relationship_is_asked_for_first:
        allow "user:adele@proseware" "partner-center.provision-service" "customer:woodgrove" in "breached-partner" at "2021-10-22";
    rel_5_the_relationship_is_over:
        allow "user:adele@proseware" "partner-center.provision-service" "customer:fourth-coffee" in "breached-partner" at "2021-10-22";
    rel_6_whom_it_takes_to_assign_a_role:
        allow "user:adele@proseware" "subscription.manage" "subscription:lucerne-press" in "breached-partner" at "2021-10-22";
    rel_11_only_the_customers_own:
        allow "user:adele@proseware" "partner-relationships.remove-dap" "customer:adatum" in "breached-partner" at "2021-10-22";
    dap_2_nobody_knows_whether_it_was_granted:
        allow "user:marco@proseware" "directory.manage" "customer:fourth-coffee" in "breached-partner-partial" at "2021-10-22";
    trm_8_an_invitation_comes_first:
        allow "user:tom@tailspin" "teams-rooms.rooms.view" "customer:northwind" in "dap-removed" at "2021-06-01";
    trm_15_no_event_gives_the_role:
        allow "user:rita@contoso" "teams-rooms.rooms.reset-key" "room:rainier" in "rooms-three-continents" at "2023-06-01";
    trm_19_another_customers_user:
        allow "user:vera@adatum" "teams-rooms.rooms.view" "room:thames" in "rooms-three-continents" at "2023-06-01";
    trm_15_what_ended_comes_first:
        allow "user:joao@woodgrove" "teams-rooms.rooms.view" "room:ipanema" in "rooms-three-continents" at "2023-12-01";
    sub_3_the_groups_role_ended:
        allow "user:adele@proseware" "subscription.manage" "subscription:margies-booking" in "breached-partner" at "2021-12-01";
    dap_2_the_nearest_partner_stands_for_both:
        allow "user:cleo@coho" "directory.manage" "customer:fabrikam" in "breached-partner" at "2021-10-22";
    dap_2_another_partners_group_comes_last:
        allow "user:marco@proseware" "directory.manage" "customer:woodgrove" in "breached-partner" at "2021-10-22";
    dap_5_an_earlier_date_takes_nothing_away:
        revoke "user:marco@proseware" "directory.manage" "customer:bellows" in "breached-partner" at "2021-10-22";
    rel_3_the_role_or_the_date:
        allow "user:hugo@contoso" "partner-center.provision-service" "customer:northwind" in "dap-removed" at "2021-06-01";
}

#[test]
fn what_is_told_turns_the_answer_and_no_part_of_it_does() {
    // Each way that is printed was tried; here it is tried again from its own words.
    let question = Question {
        world: "dap-removed",
        at: "2021-06-01",
        with: &["autopilot-profiles-need-dap"],
        allow: true,
        ask: ["user:hugo@contoso", "autopilot.profile.update", "profile:office"],
    };
    let how = ask(&question);
    assert!(!how.already && !how.ways.is_empty());
    assert!(how.ways.iter().any(|way| way.acts.len() == 2), "a membership and DAP are both needed");
    let changes: Vec<Vec<&str>> = how.ways.iter().map(|way| way.acts.iter().map(what).collect()).collect();
    for (at, way) in changes.iter().enumerate() {
        let superset = changes.iter().enumerate().any(|(other, part)| other != at && part.iter().all(|change| way.contains(change)));
        assert!(!superset, "{way:?} holds another way");
    }
}

/// An event that nobody may do now comes after the one that makes it possible; the JSON has the same.
#[test]
fn what_nobody_may_do_now_comes_after_what_makes_it_possible() {
    let question = Question {
        world: "breached-partner",
        at: "2021-10-22",
        with: &[],
        allow: true,
        ask: ["user:adele@proseware", "partner-center.provision-service", "customer:fourth-coffee"],
    };
    let json: serde_json::Value = serde_json::from_str(&report::json::answer::how_to(&ask(&question))).expect("an object");
    let way = &json["ways"][0];
    assert_eq!((&json["version"], &way["class"]), (&serde_json::json!(2), &serde_json::json!("others-first")));
    let partners = ["user:adele@proseware", "user:marco@proseware", "user:priya@proseware"];
    let request = serde_json::json!({ "customer": "customer:fourth-coffee" });
    assert_eq!((&way["acts"][0]["event"], &way["acts"][0]["parameters"]), (&serde_json::json!("request-relationship"), &request));
    assert_eq!((&way["acts"][0]["by"], &way["acts"][0]["by-count"]), (&serde_json::json!(partners), &serde_json::json!(3)));
    let accept = serde_json::json!({ "customer": "customer:fourth-coffee", "partner": "partner:proseware" });
    assert_eq!((&way["acts"][1]["event"], &way["acts"][1]["parameters"]), (&serde_json::json!("accept-relationship"), &accept));
    assert_eq!((&way["acts"][1]["by"], &way["acts"][1]["by-count"]), (&serde_json::json!([]), &serde_json::json!(0)));
    assert_eq!(way["also"], serde_json::json!({ "gained": 29, "lost": 0, "at-least": false }));
}

/// A member that left a group, by way of another one: the proof names the group's role and when the member left, and going back is a way.
#[test]
fn a_role_of_a_group_that_was_left_is_a_near_miss() {
    const WORLD: &str = r#"
[customer.northwind]
[partner.contoso]
admin-agents    = "group:contoso/admin-agents"
helpdesk-agents = "group:contoso/helpdesk-agents"
sales-agents    = "group:contoso/sales-agents"
[group."contoso/admin-agents"]
[group."contoso/helpdesk-agents"]
[group."contoso/sales-agents"]
[group."contoso/tier-2"]
groups = ["group:contoso/admin-agents"]
[user."lena@contoso"]
partner = "partner:contoso"
[subscription.nw]
customer = "customer:northwind"
[[fact]]
is    = 'user:lena@contoso in group:contoso/tier-2'
since = 2019-01-01
until = 2021-05-01
[[fact]]
is = 'group:contoso/admin-agents holds owner on subscription:nw'
"#;
    let compiled = open::pack(files::embedded_pack()).compiled.expect("the shipped pack is sound");
    let source = files::Source::of_bytes("world.toml".to_owned(), WORLD.as_bytes().to_vec());
    let world = open::world(&compiled, vec![source]).expect("a name that worlds have").world.expect("a sound world");
    let at = Instant::parse("2021-06-01").expect("a date");
    let decider = Decider::new(&compiled, &world, Context::at(&compiled.policy, at));
    let entity = |kind: &str, id: &str| (kind.to_owned(), id.to_owned());
    let action = "subscription.manage".to_owned();
    let request = Request { subject: entity("user", "lena@contoso"), action, resource: entity("subscription", "nw") };
    let asked = world.resolve(&compiled.policy, &request, at).expect("a question of this world");
    let explanation = Words::of(&decider).explanation(&explain(&decider.within(&Budget::default()), &asked, &decider.record(&asked)));
    let nearest: Vec<(&str, bool)> = explanation.reasons[0].because.iter().map(|reason| (reason.says.as_str(), reason.blocking)).collect();
    assert_eq!(
        nearest[..2],
        [
            ("group:contoso/admin-agents is assigned owner on subscription:nw", false),
            (
                "user:lena@contoso is not in group:contoso/admin-agents (that user:lena@contoso is in group:contoso/tier-2 \
                 ended on 2021-05-01)",
                true
            ),
        ]
    );
    let ask = ["user:lena@contoso", "subscription.manage", "subscription:nw"];
    let how = how_to_text(&compiled, &world, decider.context.clone(), ask, true);
    let changes = how.ways.iter().filter_map(|way| match way.acts.as_slice() {
        [ActText::Change(change)] => Some((change.what.as_str(), change.ended.as_deref())),
        _ => None,
    });
    let changes: Vec<_> = changes.collect();
    assert!(changes.contains(&("user:lena@contoso in group:contoso/tier-2", Some("2021-05-01"))), "{changes:?}");
}

/// Subjects in a great many groups that all hold a role on the resource: the search looks at some of what there is, and says so.
#[test]
fn a_search_that_is_cut_short_says_so() {
    const GROUPS: usize = 20_000;
    const PACK: &str = r#"
[kind.user]
subject = true
attributes.groups = { member-of = "group" }
[kind.group]
[kind.document]
[action."document.read"]
on = ["document"]
[role.reader]
on = ["document"]
grants = ["document.read"]
"#;
    let mut lines = String::from("{\"entity\":\"document:d\"}\n");
    let groups: Vec<String> = (0..GROUPS).map(|number| format!("\"group:g{number}\"")).collect();
    for group in &groups {
        writeln!(lines, "{{\"entity\":{group}}}\n{{\"fact\":\"{} holds reader on document:d\"}}", group.trim_matches('"')).unwrap();
    }
    writeln!(lines, "{{\"entity\":\"user:a\",\"groups\":[{}]}}", groups.join(",")).unwrap();
    let compiled =
        open::pack(vec![files::Source::of_bytes("pack.toml".to_owned(), PACK.as_bytes().to_vec())]).compiled.expect("a sound pack");
    let source = files::Source::of_bytes("world.ndjson".to_owned(), lines.into_bytes());
    let world = open::world(&compiled, vec![source]).expect("a name that worlds have").world.expect("a sound world");
    // The groups are gone through once for each of a bounded number of trials, and not once for each of their assignments.
    let how = revoke(&compiled, &world, "2024-01-01", ["user:a", "document.read", "document:d"]);
    assert!(how.limited && how.ways.is_empty());
    let text = report::how_to::render(&how, &report::text::Style { color: false, width: 80, full: false }, false);
    let says = "not found within the limit of the search: a way to revoke document.read on\ndocument:d for user:a (as of 2024-01-01)\n\n\
                ! the search was cut short: there may be ways\n";
    assert_eq!(text, says, "nothing is claimed that was not found out");
}

/// How to revoke an answer.
fn revoke(compiled: &CompiledPolicy, world: &World, at: &str, ask: [&str; 3]) -> HowToText {
    how_to_text(compiled, world, Context::at(&compiled.policy, Instant::parse(at).expect("a date")), ask, false)
}

/// A user at the end of a long chain of groups, the last of which is owner. Seen to fail when paths that were not followed to their end
/// counted as none, so that nothing seemed to be needed to leave the group.
#[test]
fn the_assignment_is_found_however_long_the_chain_of_groups() {
    let compiled = open::pack(files::embedded_pack()).compiled.expect("the shipped pack is sound");
    for length in [3, 63, 64, 65, 300] {
        let mut text = "[partner.p]\nadmin-agents = \"group:top\"\nhelpdesk-agents = \"group:h\"\nsales-agents = \"group:s\"\n\
                        [group.h]\n[group.s]\n[group.top]\n[customer.c]\n[subscription.x]\ncustomer = \"customer:c\"\n\
                        [user.a]\npartner = \"partner:p\"\ngroups = [\"group:g0\"]\n\
                        [[fact]]\nis = 'group:top holds owner on subscription:x'\n"
            .to_owned();
        for group in 0..length {
            let next = if group + 1 == length { "top".to_owned() } else { format!("g{}", group + 1) };
            writeln!(text, "[group.g{group}]\ngroups = [\"group:{next}\"]").expect("a string");
        }
        let file = files::Source::of_bytes("world.toml".to_owned(), text.into_bytes());
        let world = open::world(&compiled, vec![file]).expect("a name that worlds have").world.expect("a sound world");
        let how = revoke(&compiled, &world, "2021-01-01", ["user:a", "subscription.manage", "subscription:x"]);
        let [ActText::Event(first)] = &how.ways[0].acts[..] else { panic!("{length}: {:?}", how.ways[0]) };
        assert_eq!(first.event, "remove-role-assignment", "{length}");
        assert_eq!(first.arguments, "holder: group:top, role: owner, subscription: x", "{length}");
        assert_eq!(how.limited, length >= 63, "{length}: as many memberships and one more, and the assignment");
    }
}

/// What is printed of a date on which the answer is another one.
fn date_way(world: &World, at: &str, ask: [&str; 3], side: &str) -> Option<String> {
    let how = revoke(&crate::support::SHIPPED, world, at, ask);
    how.dates.into_iter().map(|date| date.says).find(|says| says.contains(side))
}

const SKY: &str = r#"
[partner.sky]
admin-agents    = "group:aa"
helpdesk-agents = "group:ha"
sales-agents    = "group:sa"
[group.aa]
[group.ha]
[group.sa]
[user.lea]
partner = "partner:sky"
groups = ["group:sa"]
[user.ada]
partner = "partner:sky"
groups = ["group:aa"]
[customer.gco]
[subscription.prod]
customer = "customer:gco"
"#;

fn sky(facts: &str) -> World {
    crate::support::world_of(&crate::support::SHIPPED, &format!("{SKY}{facts}"))
}

/// The date of an access is the one on which it began, however it is given. Seen to fail when the dates of a fact that holds were not tried.
#[test]
fn the_date_of_an_access_is_the_one_on_which_it_began() {
    let began = |day: &str| Some(format!("it was not allowed just before {day}, when this access began"));
    let assigned = sky("[[fact]]\nis = 'reseller(partner:sky, customer:gco)'\nsince = 2020-03-01\n\
                        [[fact]]\nis = 'user:lea holds global-administrator on customer:gco'\nsince = 2023-01-01\n");
    for at in ["2023-01-01", "2023-06-01", "2024-06-01"] {
        assert_eq!(date_way(&assigned, at, ["user:lea", "directory.manage", "customer:gco"], "just before"), began("2023-01-01"), "{at}");
    }
    let by_group = sky("[[fact]]\nis = 'dap(customer:gco, partner:sky)'\nsince = 2019-01-01\n\
                        [[fact]]\nis = 'group:aa holds owner on subscription:prod'\nsince = 2020-02-01\n");
    let ask = ["user:ada", "subscription.manage", "subscription:prod"];
    assert_eq!(date_way(&by_group, "2024-06-01", ask, "just before"), began("2020-02-01"));
    // What begins on that day and is in no proof of the answer is not named.
    let same_day = sky("[[fact]]\nis = 'user:lea holds global-administrator on customer:gco'\nsince = 2022-02-01\n");
    assert_eq!(date_way(&same_day, "2024-06-01", ["user:lea", "directory.manage", "customer:gco"], "just before"), began("2022-02-01"));
}

/// What begins and bears on the answer is named, also on a later date.
#[test]
fn the_element_that_turns_the_answer_on_a_date_is_named() {
    let owner = sky("[[fact]]\nis = 'user:lea holds owner on subscription:prod'\nsince = 2020-02-01\n");
    let ask = ["user:lea", "subscription.manage", "subscription:prod"];
    let says = "from 2023-08-10, it is not allowed; rule azure-needs-agent-and-entra-role (GDAP-15, GDAP-16) begins that day";
    assert_eq!(date_way(&owner, "2022-06-01", ask, "from").as_deref(), Some(says));
}

/// An assumption counts from the question's date on: that it is not made before is no change of date.
#[test]
fn an_assumption_has_no_earlier_date() {
    let mut overlay =
        Overlay { world: sky(""), context: Context::at(&crate::support::SHIPPED.policy, Instant::parse("2024-06-01").unwrap()) };
    let file = overlay.world.sources.add("assuming", "user:lea holds global-administrator on customer:gco".to_owned());
    let text = "user:lea holds global-administrator on customer:gco";
    let fact = syntax::fact(&Embedded { text, span: Span::new(file, 0, text.len()), writing: StringForm::Plain }).expect("a fact");
    let fact = read_fact(&crate::support::SHIPPED.policy, &mut overlay.world, &fact).expect("a fact of this world");
    overlay.assume(&crate::support::SHIPPED.policy, fact, true);
    assert_eq!(date_way(&overlay.world, "2024-06-01", ["user:lea", "directory.manage", "customer:gco"], "just before"), None);
}
