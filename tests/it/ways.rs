//! What answers about the shipped worlds say of ways: which they propose and in which order, and what is missing for one.

use crate::support::{Ask, SHIPPED, how_to_text, world};
use delegraph::query::assume::{QuestionError, prepare};
use delegraph::wording::{ActText, ArgumentText, HowToText};
use delegraph::world::World;

fn shipped(name: &str) -> World {
    world(&SHIPPED, &format!("fixtures/worlds/{name}.toml"))
}

fn how_to(name: &str, at: &str, ask: [&str; 3], allow: bool) -> HowToText {
    let context = Ask::of(at, ask[0], ask[1], ask[2]).context(&SHIPPED);
    how_to_text(&SHIPPED, &shipped(name), context, ask, allow)
}

/// A short answer with so many ways, on one line.
fn page(name: &str, at: &str, [subject, action, resource]: [&str; 3], most: usize) -> String {
    let page = Ask::of(at, subject, action, resource).page(&SHIPPED, &shipped(name), most);
    page.split_whitespace().collect::<Vec<&str>>().join(" ")
}

/// The acts of each way: events by their names, changes as they are written.
fn acts(how: &HowToText) -> Vec<Vec<&str>> {
    fn act(act: &ActText) -> &str {
        match act {
            ActText::Event(event) => &event.event,
            ActText::Change(change) => &change.what,
        }
    }
    how.ways.iter().map(|way| way.acts.iter().map(act).collect()).collect()
}

/// The arguments of an event, as machines read them.
fn argument<'a>(act: &'a ActText, name: &str) -> &'a ArgumentText {
    let ActText::Event(event) = act else { panic!("{act:?}") };
    &event.parameters.iter().find(|(parameter, _)| parameter == name).expect("that parameter").1
}

/// The ordinary way to access by GDAP: it is asked for, approved and assigned.
#[test]
fn a_new_gdap_relationship_is_proposed() {
    for (world, at, ask) in [
        ("gdap-life-cycle", "2022-09-01", ["user:hugo@contoso", "directory.manage", "customer:alpine"]),
        ("gdap-transition", "2023-09-01", ["user:ned@contoso", "directory.manage", "customer:fjord"]),
    ] {
        let how = how_to(world, at, ask, true);
        let acts = acts(&how);
        let index = acts.iter().position(|acts| *acts == ["request-gdap", "approve-gdap", "assign-gdap"]);
        let way = &how.ways[index.unwrap_or_else(|| panic!("{acts:?}"))];
        let roles = ArgumentText::Many(vec![ArgumentText::Text("role:global-administrator".to_owned())]);
        assert_eq!((argument(&way.acts[0], "roles"), argument(&way.acts[2], "roles")), (&roles, &roles), "{ask:?}");
    }
}

/// What an event takes is taken from somebody: a holder by a group has no assignment to give away.
#[test]
fn an_assignment_is_taken_from_its_holder() {
    let ask = ["user:greta@northwind", "subscription.add-assignment", "subscription:nw-erp"];
    let how = how_to("dap-removed", "2024-01-01", ask, true);
    let reassigned: Vec<&ActText> =
        how.ways.iter().flat_map(|way| &way.acts).filter(|act| is_event(act, "reassign-role-assignment")).collect();
    assert!(!reassigned.is_empty(), "{:?}", acts(&how));
    for act in reassigned {
        assert_eq!(argument(act, "holder"), &ArgumentText::Text("group:contoso/admin-agents".to_owned()));
    }
}

fn is_event(act: &ActText, name: &str) -> bool {
    matches!(act, ActText::Event(event) if event.event == name)
}

/// Ways that differ only in a role are one, by the role that grants the least; of such roles, one that the rules in question cite.
#[test]
fn the_least_role_stands_for_the_others() {
    let ask = ["user:svc-backup@proseware", "subscription.manage", "subscription:litware-archive"];
    let how = how_to("breached-partner", "2024-01-01", ask, true);
    let first = &how.ways[0];
    assert!(acts(&how)[0].contains(&"user:svc-backup@proseware holds directory-readers on customer:litware"), "{:?}", acts(&how));
    assert!(first.others > 10 && first.replaceable == ["role:directory-readers"], "{first:?}");
    let readers = how.ways.iter().filter(|way| way.also.gained == first.also.gained).count();
    assert_eq!(readers, 1, "{:?}", acts(&how));
}

/// What undoes the access comes before what adds something else, and what is about the asker before what is about others.
#[test]
fn to_leave_the_group_is_the_first_way_out() {
    let ask = ["user:dan@contoso", "directory.reset-password", "customer:alpine"];
    let how = how_to("gdap-activation", "2023-05-02T12:00:00Z", ask, false);
    assert_eq!(acts(&how)[0], ["user:dan@contoso in group:contoso/privileged"]);
    assert_eq!(acts(&how).last().expect("several ways"), &["guest-of(user:dan@contoso, customer:alpine)"]);
}

/// No way goes through another firm where one of its class stays within the asker's own.
#[test]
fn the_own_firm_does() {
    let ask = ["user:priya@proseware", "directory.manage", "customer:adatum"];
    let how = how_to("breached-partner", "2021-10-22", ask, true);
    let facts: Vec<Vec<&str>> = how.ways.iter().zip(acts(&how)).filter(|(way, _)| way.class == "facts").map(|(_, acts)| acts).collect();
    assert_eq!(facts, [["user:priya@proseware in group:proseware/admin-agents"]]);
    assert_eq!(how.more, 1, "the other one is counted");
}

/// All that is missing for the nearest way is listed, and the nearest way is one of the asker's own firm.
#[test]
fn all_that_is_missing_is_listed() {
    let at_litware = ["user:priya@proseware", "directory.manage", "customer:litware"];
    let page_of = page("breached-partner", "2021-10-22", at_litware, 0);
    assert!(page_of.contains("✗ priya@proseware is not in proseware/admin-agents"), "{page_of}");
    assert!(page_of.contains("✗ litware does not grant proseware delegated admin privileges"), "{page_of}");
    let page_of = page("gdap-life-cycle", "2021-12-01", ["user:hugo@contoso", "directory.manage", "customer:alpine"], 0);
    assert!(page_of.contains("✗ alpine does not grant contoso delegated admin privileges"), "{page_of}");
}

/// What no change takes away does not come first.
#[test]
fn what_can_be_cured_is_missing_first() {
    let ask = ["user:azra@contoso", "subscription.remove-assignment", "subscription:nw-lab"];
    let page = page("dap-removed", "2021-06-01", ask, 0);
    assert!(page.contains("Missing ✗ azra@contoso does not hold owner on nw-lab"), "{page}");
    assert!(page.contains("Not through customer-removes-assignments either: azra@contoso has no customer"), "{page}");
}

/// The role that lacks least is the one that is named.
#[test]
fn the_nearest_role_is_the_one_that_lacks_least() {
    let reset = |user| [user, "directory.reset-password", "customer:alpine"];
    for (at, user) in [("2023-05-02T07:00:00Z", "user:carol@contoso"), ("2024-02-01", "user:dan@contoso")] {
        let page = page("gdap-activation", at, reset(user), 0);
        assert!(page.contains("Missing, for role user-administrator"), "{page}");
    }
}

/// Why a rule denies it is said in full: each of the exceptions that are not met.
#[test]
fn a_deny_says_which_exception_is_not_met() {
    let page = page("dap-removed", "2024-01-01", ["user:azra@contoso", "subscription.manage", "subscription:nw-lab"], 0);
    assert!(page.contains("✓ azra@contoso is not in contoso/admin-agents"), "{page}");
}

/// Assumptions that contradict each other are an error, in whatever order.
#[test]
fn contradictory_assumptions_are_refused() {
    let (world, dap) = (shipped("breached-partner"), "dap(customer:coho, partner:proseware)");
    let context = Ask::of("2021-10-22", "", "", "").context(&SHIPPED);
    for [one, other] in [[dap.to_owned(), format!("not {dap}")], [format!("not {dap}"), dap.to_owned()]] {
        let text = format!("can user:marco@proseware directory.manage customer:coho assuming {one} assuming {other}");
        let Err(QuestionError::Request(error)) = prepare(&SHIPPED, &world, &context, &text, "question") else { panic!("{text}") };
        assert_eq!(error.message, format!("the assumptions `{one}` and `{other}` contradict each other"));
    }
}

/// What the world does not name is said in words, and what can be assumed is printed so that it can.
#[test]
fn what_is_not_known_can_be_told() {
    let unnamed = page("breached-partner-partial", "2021-10-22", ["user:priya@proseware", "directory.manage", "customer:fourth-coffee"], 0);
    assert!(unnamed.contains("admin-agents of some partner that this world does not name"), "{unnamed}");
    let ask = ["user:alice@contoso", "autopilot.device.manage", "device:attic-01"];
    let page = page("dap-removed", "2021-06-01", ask, 3);
    assert!(page.contains("device:\"attic-01\".added-by: a customer or a partner"), "{page}");
    assert!(!page.contains("_ can look it up"), "{page}");
}

/// Rights that become unknown are counted beside those that are gained.
#[test]
fn rights_that_become_unknown_are_counted() {
    let how = how_to("dap-removed", "2021-06-01", ["user:lou@litware", "autopilot.profile.update", "profile:office"], true);
    let also = &how.ways[0].also;
    assert_eq!((also.gained, also.unsure), (36, 8));
    assert!(also.says(1).ends_with("gains 36 rights at customer:northwind; 8 more become unknown"), "{}", also.says(1));
}
