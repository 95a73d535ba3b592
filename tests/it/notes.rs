//! The note of an author on an element is told wherever the element is, and once in an answer.

use crate::support::{self, pack_of, world_of};
use delegraph::eval::{Budget, Decider};
use delegraph::explain::explain;
use delegraph::plan::Context;
use delegraph::query::how_to::how_to;
use delegraph::report;
use delegraph::report::text::{self, Style};
use delegraph::time::Instant;
use delegraph::wording::{self, Words};
use delegraph::world::Request;

const PACK: &str = r#"
[kind.user]
subject = true
[kind.door]
actions = ["open"]
[relation.key]
ends = ["user", "door"]
[relation.warden]
ends = ["user", "door"]
[relation.chief]
ends = ["user"]
[toggle.wardens-open]
status  = "interpretation"
default = false
note    = "The note on the toggle."
[rule.keys-open]
allow = ["door.open"]
if    = 'key(subject, resource)'
note  = "The note on the rule."
[rule.wardens-open]
allow = ["door.open"]
if    = 'warden(subject, resource) and toggle wardens-open'
[event.give-key]
with = { user = "user", door = "door" }
if   = 'warden(subject, door)'
adds = ['key(user, door)']
note = "The note on the event that somebody may do."
[event.appoint]
with = { user = "user", door = "door" }
if   = 'chief(subject)'
adds = ['warden(user, door)']
note = "The note on the event that must come first."
[obligation.sign]
for  = ["door.open"]
text = "sign the book"
note = "The note on the obligation."
[advice.knock]
for  = ["door.open"]
text = "knock first"
note = "The note on the advice."
[role.porter]
on     = ["door"]
grants = ["door.open"]
note   = "The note on the role."
[advice.no-key]
for  = ["door.open"]
if   = 'not key(subject, resource)'
text = "have the porters open"
note = "The note on other advice."
"#;

/// The texts of `explain` with its ways, and of `how-to`, for a user who wants to open the door, or to keep from it.
fn texts(facts: &[&str], allow: bool) -> [String; 2] {
    let compiled = pack_of(PACK);
    let world = world_of(&compiled, &format!("[user.u]\n[user.c]\n[door.d]\n{}", support::facts(facts)));
    let decider = Decider::new(&compiled, &world, Context::at(&compiled.policy, Instant::parse("2024-02-01").expect("a date")));
    let entity = |kind: &str, id: &str| (kind.to_owned(), id.to_owned());
    let request = Request { subject: entity("user", "u"), action: "door.open".to_owned(), resource: entity("door", "d") };
    let asked = world.resolve(&compiled.policy, &request, decider.context.at).expect("a question of this world");
    let budget = Budget::default();
    let query = decider.within(&budget);
    let explanation = Words::of(&decider).explanation(&explain(&query, &asked, &query.record(&asked)));
    let how = wording::how_to(Words::of(&decider), &decider, &how_to(&query, &asked, allow, None));
    let style = Style { color: false, width: 200, full: false };
    let (page, notes) = text::page(&explanation, &style);
    [page + &report::how_to::ending(&how, &style, notes), report::how_to::render(&how, &style, false)]
}

fn check(text: &str, notes: &[&str], others: &[&str]) {
    for note in notes {
        assert_eq!(text.matches(note).count(), 1, "{note}\n{text}");
    }
    for other in others {
        assert_eq!(text.matches(other).count(), 0, "{other}\n{text}");
    }
}

#[test]
fn each_note_is_printed_once() {
    let [explained, how] = texts(&["chief(user:c)"], true);
    let events = [
        "  - event give-key: The note on the event that somebody may do.",
        "  - event appoint: The note on the event that must come first.",
        "  - toggle wardens-open: The note on the toggle.",
    ];
    let elements = [
        "  - rule keys-open: The note on the rule.",
        "  - obligation sign: The note on the obligation.",
        "  - advice knock: The note on the advice.",
    ];
    check(&explained, &[&events[..], &elements].concat(), &[]);
    check(&how, &events, &elements);
}

/// Also where somebody may do the event at once, so that nothing comes before it.
#[test]
fn the_note_on_an_event_that_can_be_done_now_is_printed() {
    let [explained, how] = texts(&["warden(user:c, door:d)"], true);
    for text in [explained, how] {
        check(&text, &["  - event give-key: The note on the event that somebody may do."], &["note: "]);
    }
}

/// What a change that would not do it brings with it is told, and so is the note on it.
#[test]
fn the_note_on_advice_after_another_change_is_printed() {
    let [explained, how] = texts(&["key(user:u, door:d)", "user:u holds porter on door:d"], false);
    assert!(how.contains("that answer says: have the porters open"), "{how}");
    let other = "  - advice no-key: The note on other advice.";
    let own = [
        "  - role porter: The note on the role.",
        "  - advice knock: The note on the advice.",
        "  - rule keys-open: The note on the rule.",
    ];
    check(&explained, &[&own[..], &[other]].concat(), &[]);
    check(&how, &[other], &own);
}
