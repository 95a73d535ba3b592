//! A reference evaluator, written for clarity: it loops over the parsed documents and looks up names in lists.
//!
//! It follows the description of the language (`docs/language.md`) and shares only the parser with the program. So an error that both have
//! in common is probably an error of the description. It is naive on purpose: it tries every entity for every variable. What it found it
//! keeps, for when the same is asked again.

mod completion;
mod condition;
mod decision;
mod events;
mod held;
mod judgement;
mod keys;
mod kinds;
mod open;
mod pack;
mod sets;
mod term;
mod truth;
mod world;

pub use completion::completions;
pub use decision::{Answer, Question};
pub use pack::{Context, Pack};
pub use world::{Entity, World};

use condition::{Binding, Env, Evaluator};
use delegraph::syntax::{WorldDocument, pack_document, world_document, world_lines};
use delegraph::text::Sources;
use events::{Refused, apply_events};
use kinds::Types;
use truth::Truth;

/// A file: its name and its text.
pub type File = (String, String);

/// Reads a pack, which is known to be right.
pub fn pack(files: &[File]) -> Pack {
    let mut sources = Sources::default();
    let documents = files.iter().map(|(name, text)| {
        let id = sources.add(name.as_str(), text.clone());
        pack_document(&sources, id).0
    });
    Pack::of(documents.collect())
}

/// Reads a world, which is known to be well formed; `None` if an event cannot happen or an invariant is broken.
pub fn world(pack: &Pack, files: &[File]) -> Option<World> {
    let mut sources = Sources::default();
    // The spans of the world must differ from those of the pack.
    (0..32).for_each(|_| _ = sources.add("", String::new()));
    let mut documents: Vec<WorldDocument> = Vec::new();
    for (name, text) in files {
        let id = sources.add(name.as_str(), text.clone());
        if name.rsplit('.').next() == Some("toml") {
            documents.push(world_document(&sources, id).0);
        } else {
            documents.extend(world_lines(&sources, id).iter().map(|part| part.read(&sources).0.into_owned()));
        }
    }
    let unknown_roles = keys::by_ids(pack, &mut documents);
    let world = World { unknown_roles, ..World::of(pack, &documents) };
    let world = apply_events(pack, world, &documents).ok()?;
    keeps_invariants(pack, &world).ok()?;
    Some(world)
}

/// Answers many questions. The results of implications are shared between them.
pub fn answers(pack: &Pack, world: &World, context: &Context, questions: &[Question]) -> Vec<Answer> {
    let evaluator = Evaluator::new(pack, world, context);
    questions.iter().map(|question| evaluator.answer(question)).collect()
}

/// The outcomes of many questions.
pub fn outcomes(pack: &Pack, world: &World, context: &Context, questions: &[Question]) -> Vec<&'static str> {
    let evaluator = Evaluator::new(pack, world, context);
    questions.iter().map(|question| evaluator.outcome(question)).collect()
}

/// Checks that no invariant is true at any instant. The value of a condition changes only when a fact, a life or an element begins or ends.
fn keeps_invariants(pack: &Pack, world: &World) -> Result<(), Refused> {
    let mut instants = world.instants();
    let elements = pack.all.implications.iter().map(|implication| &implication.meta).chain(pack.all.roles.iter().map(|role| &role.meta));
    instants.extend(elements.flat_map(|meta| meta.since.iter().chain(&meta.until)).map(|date| date.value));
    for at in instants {
        let context = pack.context(at);
        let evaluator = Evaluator::new(pack, world, &context);
        for invariant in pack.all.invariants.iter().filter(|invariant| !invariant.warn) {
            let types = Types::default().find(pack, &invariant.never, None, &[]);
            let env = Env { types, subject: None, resource: None, arguments: Vec::new(), negated: false };
            if evaluator.judge(&invariant.never, &env, &Binding::new()).truth == Truth::True {
                return Err(Refused);
            }
        }
    }
    Ok(())
}
