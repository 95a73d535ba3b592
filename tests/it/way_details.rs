//! What is said beside the acts of a way: who does them, what undoes them, what could be named instead, and what else changes.

use crate::support::{Ask, SHIPPED, how_to_text, pack_of, world, world_of};
use delegraph::wording::{ActText, ChangeText, EventText, HowToText, WayText};

fn how_to(name: &str, at: &str, ask: [&str; 3], allow: bool) -> HowToText {
    let context = Ask::of(at, ask[0], ask[1], ask[2]).context(&SHIPPED);
    how_to_text(&SHIPPED, &world(&SHIPPED, &format!("fixtures/worlds/{name}.toml")), context, ask, allow)
}

/// A short answer with so many ways, on one line.
fn page(name: &str, at: &str, [subject, action, resource]: [&str; 3], most: usize) -> String {
    let world = world(&SHIPPED, &format!("fixtures/worlds/{name}.toml"));
    let page = Ask::of(at, subject, action, resource).page(&SHIPPED, &world, most);
    page.split_whitespace().collect::<Vec<&str>>().join(" ")
}

fn events(how: &HowToText) -> Vec<&EventText> {
    let acts = how.ways.iter().flat_map(|way| &way.acts);
    acts.filter_map(|act| if let ActText::Event(event) = act { Some(event) } else { None }).collect()
}

fn changes(way: &WayText) -> Vec<&ChangeText> {
    way.acts.iter().filter_map(|act| if let ActText::Change(change) = act { Some(change) } else { None }).collect()
}

/// The way whose first act is to change this.
fn changing<'h>(how: &'h HowToText, what: &str) -> &'h WayText {
    let found = how.ways.iter().find(|way| changes(way).first().is_some_and(|change| change.what == what));
    found.unwrap_or_else(|| panic!("{what}: {:#?}", how.ways))
}

/// Who is taken out of a group and may come back by itself can undo it, and what would prevent that is said.
#[test]
fn who_is_eligible_can_come_back() {
    let reset = |user| [user, "directory.reset-password", "customer:alpine"];
    for (user, at, eligible) in [
        ("user:carol@contoso", "2023-05-02T10:00:00Z", "eligible(user:carol@contoso, group:contoso/privileged)"),
        ("user:dan@contoso", "2023-05-02T12:00:00Z", "eligible(group:contoso/seniors, group:contoso/privileged)"),
    ] {
        let how = how_to("gdap-activation", at, reset(user), false);
        let way = changing(&how, &format!("{user} in group:contoso/privileged"));
        let undoing = way.undoing.as_ref().expect("an event");
        assert_eq!((undoing.event.event.as_str(), undoing.event.by_count), ("activate-membership", 0));
        let says = format!(
            "{user} can undo it alone with activate-membership (group: contoso/privileged, hours: such as 30) unless {eligible} is removed too"
        );
        assert_eq!(undoing.says, says);
        let ends_all = how.ways.iter().find(|way| changes(way).first().is_some_and(|change| change.what.starts_with("active(")));
        assert!(ends_all.is_some_and(|way| way.undoing.is_none()), "{how:?}");
        assert!(page("gdap-activation", at, reset(user), 1).contains("can undo it alone with activate-membership"));
    }
}

const PACK: &str = r#"
[kind.person]
subject = true
attributes.team = { member-of = "team" }
[kind.team]
[kind.door]
actions = ["pass"]
attributes.level = { type = "number" }
[rule.pass]
allow = ["door.pass"]
if = 'subject in team and team is team and resource.level == 3'
[event.join]
with = { team = "team" }
adds = ['subject in team']
[event.leave]
with = { person = "person", team = "team" }
removes = ['person in team']
[event.set-level]
with = { door = "door", level = { type = "number" }, days = { type = "number" } }
if = 'days >= 1'
sets = ['door.level == level']
"#;

/// Where nothing prevents it, that is said. A number that a way needs is none of its examples.
#[test]
fn what_anybody_may_do_cannot_be_prevented() {
    let compiled = pack_of(PACK);
    let text = "[team.t]\n[door.d]\nlevel = 3\n[person.p]\nteam = [\"team:t\"]\n";
    let ask = ["person:p", "door.pass", "door:d"];
    let of = |text: &str, allow| {
        how_to_text(&compiled, &world_of(&compiled, text), Ask::of("2024-02-01", ask[0], ask[1], ask[2]).context(&compiled), ask, allow)
    };
    let how = of(text, false);
    let leave = how.ways.iter().find(|way| matches!(&way.acts[..], [ActText::Event(event)] if event.event == "leave"));
    let undoing = leave.and_then(|way| way.undoing.as_ref()).expect("an event");
    assert_eq!(undoing.says, "person:p can undo it alone with join (team: t), and no change within reach prevents that");
    let how = of(&text.replace("level = 3", "level = 30"), true);
    let sets: Vec<&EventText> = events(&how).into_iter().filter(|event| event.event == "set-level").collect();
    assert!(!sets.is_empty(), "{how:?}");
    for event in sets {
        assert_eq!((event.arguments.as_str(), &event.examples[..]), ("days: such as 30, door: d, level: 3", &["days".to_owned()][..]));
    }
}

/// What a vendor does is offered as done by it, after what somebody of the world may do.
#[test]
fn what_the_vendor_does_is_not_offered_to_users() {
    let ask = ["user:marco@proseware", "directory.manage", "customer:adatum"];
    let how = how_to("breached-partner", "2023-06-01", ask, false);
    let transition = events(&how).into_iter().find(|event| event.event == "transition-to-gdap").expect("the transition");
    assert_eq!((transition.by_count, transition.who.as_str()), (0, "done by Microsoft"));
    let way =
        how.ways.iter().find(|way| way.acts.iter().any(|act| matches!(act, ActText::Event(event) if event.event == "transition-to-gdap")));
    assert_eq!(way.expect("the transition").class, "others-first");
    assert_eq!((how.ways[0].class, events(&how)[0].event.as_str()), ("today", "remove-dap"));
}

/// For a fact that no event changes those are named whom it concerns.
#[test]
fn a_change_is_for_those_whom_it_concerns() {
    let how =
        how_to("gdap-activation", "2023-05-02T10:00:00Z", ["user:carol@contoso", "directory.reset-password", "customer:alpine"], false);
    for what in ["active(gdap:alpine-2)", "guest-of(user:carol@contoso, customer:alpine)"] {
        let keeper = changes(changing(&how, what))[0].keeper.as_ref().expect("a change of facts");
        assert_eq!(keeper.who, "customer:alpine or partner:contoso");
    }
    let keeper = changes(changing(&how, "user:carol@contoso in group:contoso/privileged"))[0].keeper.as_ref().expect("a change of facts");
    assert_eq!(keeper.who, "whoever keeps group:contoso/privileged (of partner:contoso)");
}

/// Where the events that take something away take more, to take that alone is a way too.
#[test]
fn what_no_event_takes_alone_is_a_change_of_facts() {
    let ask = ["user:nick@contoso", "teams-rooms.tickets.update", "room:baker"];
    let how = how_to("rooms-three-continents", "2023-06-01", ask, false);
    let way = changing(&how, "group:contoso/rooms holds primary-admin on site:us");
    assert_eq!((way.class, &changes(way)[0].broader[..]), ("facts", &["remove-rooms-partner".to_owned()][..]));
    // An event that takes nothing else leaves nothing to be done by hand.
    let how = how_to("breached-partner", "2021-10-22", ["user:marco@proseware", "directory.manage", "customer:adatum"], false);
    assert!(how.ways.iter().flat_map(changes).all(|change| change.what != "dap(customer:adatum, partner:proseware)"), "{how:?}");
}

/// Choices of several kinds are counted as such, and ways that differ in what they name are one, with what else would do.
#[test]
fn ways_that_differ_in_names_alone_are_one() {
    let how = how_to("breached-partner", "2023-06-01", ["user:marco@proseware", "directory.manage", "customer:adatum"], false);
    let assign = how.ways.iter().find(|way| way.acts.len() == 3).expect("a relationship is asked for");
    assert_eq!(assign.instead.as_deref(), Some("3 other choices of group and role would do as well"));
    let how = how_to("breached-partner", "2021-10-22", ["user:hana@proseware", "subscription.manage", "subscription:coho-shop"], true);
    assert_eq!(how.ways[0].would_do.as_deref(), Some("role:owner would do too, for as much or more"));
    let how =
        how_to("gdap-activation", "2023-05-03T10:00:00Z", ["user:carol@contoso", "directory.reset-password", "customer:alpine"], true);
    let relation = |what: &str| what.split('(').next().unwrap_or_default().to_owned();
    let shape = |way: &WayText| -> Vec<String> {
        let act = |act: &ActText| match act {
            ActText::Event(event) => event.event.clone(),
            ActText::Change(change) if change.what.contains(" holds ") => "holds".to_owned(),
            ActText::Change(change) if change.what.contains(" in ") => "in".to_owned(),
            ActText::Change(change) => relation(&change.what),
        };
        way.acts.iter().map(act).collect()
    };
    let mut shapes: Vec<Vec<String>> = how.ways.iter().map(shape).collect();
    let count = shapes.len();
    shapes.sort();
    shapes.dedup();
    assert_eq!(shapes.len(), count, "{:#?}", how.ways);
    assert!(how.ways.iter().any(|way| way.would_do.as_ref().is_some_and(|says| says.contains("group:contoso/"))), "{:#?}", how.ways);
}

/// A way that gives more than is asked says so in the short answer too, and claims stand below a full line.
#[test]
fn what_is_beyond_the_question_is_flagged() {
    let page = page("breached-partner", "2021-10-22", ["user:hana@proseware", "subscription.manage", "subscription:coho-shop"], 3);
    assert!(page.contains("extra: hana@proseware gains 1 right at coho"), "{page}");
    assert!(page.contains("bound by the Cloud Reseller Agreement REL-7"), "{page}");
}
