//! Generates packs without mistakes that use all elements of the language, worlds for them, and questions.
//!
//! They are small and dense: there are so few entities and so many facts that each outcome is frequent.

#![allow(clippy::format_push_string, reason = "the texts are short, and `format!` shows them as they will be read")]

mod conclusions;
mod condition;
mod events;
mod keys;
mod kinds;
mod lone_variables;
mod long_form;
mod notices;
mod pack;
mod roles;
mod schema;
mod split;
mod tape;
mod terms;
mod toml;
mod unknown;
mod variables;
mod world;
mod world_changes;

pub use pack::Pack;
pub use schema::{DATES, DeclaredBy, Schema, aka};
pub use tape::{Tape, tape};
pub use unknown::Timed;
pub use world::World;
pub use world::{Entity, Fact, GivenValue, named};
pub use world_changes::{Split, WorldChange};

use proptest::prelude::*;

/// A pack, a world, and questions about it in some contexts.
#[derive(Clone, Debug)]
pub struct Case {
    pub pack: Pack,
    pub world: World,
    pub contexts: Vec<Context>,
    pub questions: Vec<Question>,
    /// The choices that are left for a law.
    pub tape: Tape,
}

/// Dates and toggles, as the command line takes them.
#[derive(Clone, Debug)]
pub struct Context {
    pub at: &'static str,
    pub policy_at: &'static str,
    /// The toggles that differ from their default or repeat it: name, and whether it is on.
    pub toggles: Vec<(String, bool)>,
}

/// Subject, action and resource. Entities are kind and id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub subject: (String, String),
    pub action: String,
    pub resource: (String, String),
}

impl Case {
    /// The question with keys in place of ids, where there are some.
    pub fn by_keys(&self, question: &Question) -> Question {
        let schema = &self.pack.schema;
        let key = |name: &(String, String)| {
            let key = schema.kind_named(&name.0).and_then(|kind| self.world.key_of(schema, kind, &name.1));
            key.map_or_else(|| name.clone(), |key| (name.0.clone(), key.to_owned()))
        };
        Question { subject: key(&question.subject), action: question.action.clone(), resource: key(&question.resource) }
    }
}

/// Cases, each with at most this number of questions.
pub fn cases(questions: usize) -> impl Strategy<Value = Case> {
    tape(11200).prop_map(move |tape| case(tape, questions))
}

/// The case of a tape.
pub fn case(mut tape: Tape, questions: usize) -> Case {
    let pack = Pack::generate(&mut tape.part(4608));
    let world = World::generate(&pack.schema, &mut tape.part(4416));
    let contexts = (0..2).map(|_| context(&pack, &mut tape.part(16))).collect();
    let questions = ask(&pack, &world, &mut tape.part(512), questions);
    Case { pack, world, contexts, questions, tape }
}

fn context(pack: &Pack, tape: &mut Tape) -> Context {
    let at = *tape.pick(&["2021-06-01", "2020-06-19", "2020-06-18T23:59:59.999999Z", "2022-01-01", "2023-03-25T23:00:00Z"]);
    let policy_at = if tape.chance(25) { *tape.pick(&DATES) } else { at };
    let toggles = pack.schema.toggles.iter().filter(|_| tape.chance(30)).cloned().collect::<Vec<_>>();
    Context { at, policy_at, toggles: toggles.into_iter().map(|name| (name, tape.chance(70))).collect() }
}

fn ask(pack: &Pack, world: &World, tape: &mut Tape, count: usize) -> Vec<Question> {
    let schema = &pack.schema;
    let of = |kinds: &[usize]| -> Vec<(String, String)> {
        let found = world.entities.iter().filter(|entity| kinds.contains(&entity.kind));
        found.map(|entity| (schema.kinds[entity.kind].name.clone(), entity.id.clone())).collect()
    };
    let subjects = of(&schema.subjects());
    let mut questions = Vec::new();
    for _ in 0..count {
        let action = tape.pick(&schema.actions);
        let resources = of(&action.on);
        if resources.is_empty() {
            continue;
        }
        let (subject, resource) = (tape.pick(&subjects).clone(), tape.pick(&resources).clone());
        let question = Question { subject, action: action.name.clone(), resource };
        if !questions.contains(&question) {
            questions.push(question);
        }
    }
    questions
}
