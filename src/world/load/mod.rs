//! The loader: from parsed documents and a policy to a checked world and the events that it says happened.

mod consistency;
mod containment;
mod entities;
mod facts;
mod forest;
mod names;
mod occurrences;
mod reader;
mod seat;
mod silence;
#[cfg(test)]
mod tests;
mod unknown;
mod values;

pub use consistency::inconsistencies;

use super::{Body, Occurrence, Value, World};
use crate::diag::{self, Diagnostic};
use crate::policy::Policy;
use crate::syntax::WorldDocument;
use crate::syntax::expr::Expr;
use crate::text::Sources;
use entities::Declarations;
use reader::Reader;
use unknown::Unknown;

/// Makes a world of its documents, and tells all that is wrong with them. `sources` hold the policy's files, then the world's. Events
/// are typed and put in order; they are not yet folded.
pub fn load(policy: &Policy, sources: Sources, documents: Vec<WorldDocument>) -> (World, Vec<Occurrence>, Vec<Diagnostic>) {
    let declared = Declarations::collect(policy, &sources, &documents);
    let mut told = declared.told;
    let mut world = World::new(policy, sources, declared.entities);
    silence::set(policy, &mut world);

    let mut reader = Reader::new(policy, &mut world, declared.unknown);
    for (kind, id) in &declared.doubled {
        reader.spoiled.extend(reader.world.find(*kind, id));
    }
    let mut occurrences = Vec::new();
    // Each document is dropped as soon as it is read: a big world's parsed form is bigger than the world.
    for document in documents {
        document.entities.iter().for_each(|entity| reader.attributes(entity));
        document.facts.iter().for_each(|fact| reader.fact(fact));
        occurrences.extend(document.events.iter().filter_map(|event| reader.occurrence(event)));
        document.not_imported.iter().for_each(|name| reader.not_imported(name));
    }
    let Reader { told: more, unknown, spoiled, mut gathered, .. } = reader;
    told.extend(more);

    let renumbered = world.texts.settle();
    for one in &mut gathered {
        if let Body::Value { value: Value::Text(sym), .. } = &mut one.fact.body {
            *sym = renumbered[sym.0 as usize];
        }
    }
    world.settle_on(gathered);
    occurrences::order(&mut occurrences, &renumbered);
    unknown.tell(policy, &world, &mut told);
    told.extend(containment::missing(policy, &world, &spoiled));
    told.extend(consistency::contradictions(policy, &world, &spoiled));
    (world, occurrences, presentable(told))
}

/// What a fact says that is not a loaded world's own: one assumed, added or removed for a question. Its texts become the world's.
pub fn read_fact(policy: &Policy, world: &mut World, is: &Expr) -> Result<Body, Vec<Diagnostic>> {
    let mut reader = Reader::new(policy, world, Unknown::default());
    let body = reader.body(is);
    let Reader { mut told, unknown, .. } = reader;
    unknown.tell(policy, world, &mut told);
    match body {
        Some(body) if told.is_empty() => Ok(body),
        _ => Err(presentable(told)),
    }
}

/// In the order of places, each text in one line and of bounded length, whatever the ids that a world gives.
fn presentable(mut told: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diag::sort(&mut told);
    for diagnostic in &mut told {
        one_line(&mut diagnostic.headline);
        diagnostic.labels.iter_mut().for_each(|label| one_line(&mut label.text));
        diagnostic.notes.iter_mut().for_each(one_line);
        diagnostic.help.iter_mut().for_each(one_line);
    }
    told
}

fn one_line(text: &mut String) {
    const LONGEST: usize = 400;
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    if text.contains(char::is_control) {
        *text = text.replace(char::is_control, " ");
    }
}
