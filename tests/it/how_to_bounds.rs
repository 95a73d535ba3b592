//! How-to where its search is bounded, and where data are missing: what it claims, and what it does not.

use crate::support::{pack_of, world_of};
use delegraph::eval::{Budget, Decider, Outcome};
use delegraph::plan::Context;
use delegraph::query::how_to::{HowTo, MissingFact, PossibleDatum, WayClass, how_to, with_new_entities};
use delegraph::time::Instant;
use delegraph::world::Request;
use std::fmt::Write as _;

const WORLD: &str = "[person.p]\n[door.d]\n";

/// How `person:p` may pass `door:d`.
fn allow(pack: &str, world: &str) -> HowTo {
    let compiled = pack_of(pack);
    let world = with_new_entities(&compiled.policy, &world_of(&compiled, world));
    let context = Context::at(&compiled.policy, Instant::parse("2024-02-02").expect("a date"));
    let decider = Decider::new(&compiled, &world, context);
    let entity = |kind: &str, id: &str| (kind.to_owned(), id.to_owned());
    let request = Request { subject: entity("person", "p"), action: "door.pass".to_owned(), resource: entity("door", "d") };
    let asked = world.resolve(&compiled.policy, &request, decider.context.at).expect("a question of this world");
    let budget = Budget::default();
    how_to(&decider.within(&budget), &asked, true, None)
}

/// A staircase of so many events, each of which needs the one before; whoever did all of them passes.
fn staircase(steps: usize) -> String {
    let mut pack = "[kind.person]\nsubject = true\n[kind.door]\nactions = ['pass', 'run']\n[rule.run]\nallow = ['door.run']\n".to_owned();
    for step in 0..steps {
        let condition = if step == 0 { String::new() } else { format!("if = 'step{}(person, door)'\n", step - 1) };
        write!(
            pack,
            "[relation.step{step}]\nends = ['person', 'door']\n[event.climb{step}]\ndoes = 'door.run'\non = 'door'\n\
             with = {{ person = 'person', door = 'door' }}\n{condition}adds = ['step{step}(person, door)']\n"
        )
        .expect("a string");
    }
    let last = steps - 1;
    write!(pack, "[rule.pass]\nallow = ['door.pass']\nif = 'step{last}(subject, resource)'\n").expect("a string");
    pack
}

/// Acts before an act are sought two levels deep. Where more would be needed, the answer claims nothing.
///
/// Seen to fail when the bound on the depth did not count as a limit.
#[test]
fn a_search_that_was_cut_at_its_depth_says_so() {
    let within = allow(&staircase(3), WORLD);
    assert_eq!((within.ways[0].class, within.ways[0].acts.len(), within.limited), (WayClass::OthersFirst, 3, false), "{within:?}");
    let beyond = allow(&staircase(4), WORLD);
    assert!(beyond.limited && beyond.blockers.is_empty(), "{beyond:?}");
}

/// For each thing that a missing datum may be it is told what the answer is, as deciding in such a world tells it.
#[test]
fn an_unknown_answer_says_what_follows_of_each_value() {
    let kinds = "[kind.person]\nsubject = true\nattributes.badge = { one-of = ['red', 'blue', 'grey'] }\n[kind.door]\nactions = ['pass']\n";
    let open = "[person.p]\n[door.d]\n[[unknown]]\nis = 'cleared(person:p, door:d)'\n";
    let relation = format!(
        "{kinds}[relation.cleared]\nends = ['person', 'door']\n[rule.pass]\nallow = ['door.pass']\nif = 'cleared(subject, resource)'\n"
    );
    let of = |found: &HowTo| -> Vec<Vec<(PossibleDatum, Outcome)>> {
        let answers = |missing: &MissingFact| missing.answers.iter().map(|answer| (answer.datum, answer.outcome)).collect();
        found.missing.iter().map(answers).collect()
    };
    let fact = allow(&relation, &open.replace("[person.p]\n", "[person.p]\nbadge = \"red\"\n"));
    assert_eq!(of(&fact), [[(PossibleDatum::Holds(true), Outcome::Allowed), (PossibleDatum::Holds(false), Outcome::NotGranted)]]);
    let badge = format!("{kinds}[rule.pass]\nallow = ['door.pass']\nif = 'subject.badge == \"blue\"'\n");
    let value = allow(&badge, WORLD);
    let outcomes: Vec<Outcome> = of(&value).concat().into_iter().map(|(_, outcome)| outcome).collect();
    assert_eq!(outcomes.iter().filter(|&&outcome| outcome == Outcome::Allowed).count(), 1, "{value:?}");
    assert_eq!(outcomes.len(), 3, "{value:?}");
}
