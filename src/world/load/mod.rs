//! The loader: from parsed documents and a policy to a checked world and the events that it says happened.

mod closed_world;
mod consistency;
mod containment;
mod entities;
mod events;
mod facts;
mod loader;
mod names;
mod position;
mod temporal_cycles;
#[cfg(test)]
mod tests;
mod unresolved;
mod values;

pub(super) use closed_world::set as set_silence;
pub use consistency::inconsistencies;

use super::{Argument, EventRecord, Statement, Symbol, Value, World};
use crate::diag::{self, Diagnostic};
use crate::policy::Policy;
use crate::syntax::ast::expr::Expr;
use crate::syntax::{WorldPart, line_mistakes};
use crate::text::Sources;
use entities::Declarations;
use loader::Loader;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

/// What came of loading a world.
#[derive(Debug)]
pub struct LoadOutcome {
    /// The world; to be used only if nothing is wrong.
    pub world: World,
    /// The events that it says happened, in order; they are not yet folded.
    pub occurrences: Vec<EventRecord>,
    /// What is wrong with lines of its files.
    pub unread: Vec<Diagnostic>,
    /// What is wrong with what they say.
    pub told: Vec<Diagnostic>,
}

/// How many times [`load`] reads each part.
pub const LOAD_PASSES: usize = 2;

/// The depth of a fact's parentheses is bounded; a thread's own stack may be too small for it.
const STACK: usize = 16 << 20;

/// Makes a world of its parts, on all cores, and tells all that is wrong with them. `sources` hold the policy's files, then the world's.
/// `progress` is called with the size in bytes of each part that is read, [`LOAD_PASSES`] times for each.
pub fn load(policy: &Policy, sources: &Sources, parts: &[WorldPart], progress: &(dyn Fn(usize) + Sync)) -> LoadOutcome {
    match rayon::ThreadPoolBuilder::new().stack_size(STACK).build() {
        Ok(threads) if parts.len() > 1 => threads.install(|| load_here(policy, sources, parts, progress)),
        _ => load_here(policy, sources, parts, progress),
    }
}

fn load_here(policy: &Policy, sources: &Sources, parts: &[WorldPart], progress: &(dyn Fn(usize) + Sync)) -> LoadOutcome {
    // A part is read twice, first for what it declares: all that is read of a big world is bigger than the world.
    let declare = |part: &WorldPart| {
        let (document, mistakes) = part.read(sources);
        progress(part.bytes());
        (Declarations::of(policy, sources, &document), mistakes)
    };
    let (declared, unread): (Vec<Declarations>, Vec<_>) = parts.par_iter().map(declare).unzip();
    let unread = line_mistakes(&unread.into_iter().flatten().collect::<Vec<_>>());
    let Declarations { entities, mut told, mut unknown } = Declarations::joined(declared);
    let (entities, doubled) = entities::each_once(policy, entities, &mut told);
    let mut world = World::new(policy, sources.clone(), entities);
    closed_world::set(policy, &mut world);
    let mut spoiled: FxHashSet<_> = doubled.iter().filter_map(|(kind, id)| world.find(*kind, id)).collect();

    let read = |part: &WorldPart| {
        let mut loader = Loader::new(policy, &world);
        let document = part.read(sources).0;
        document.entities.iter().for_each(|entity| loader.attributes(entity));
        document.facts.iter().for_each(|fact| loader.fact(fact));
        let occurrences: Vec<EventRecord> = document.events.iter().filter_map(|event| loader.occurrence(event)).collect();
        document.not_imported.iter().for_each(|name| loader.not_imported(name));
        progress(part.bytes());
        (loader.done(), occurrences)
    };
    let mut parts: Vec<_> = parts.par_iter().map(read).collect();

    let renumbered: Vec<Vec<Symbol>> = parts.iter().map(|(done, _)| world.texts.absorb(&done.texts)).collect();
    let settled = world.texts.compact();
    parts.par_iter_mut().zip(&renumbered).for_each(|((done, occurrences), renumbered)| {
        let renumber = |value: &mut Value| {
            value.renumber(|symbol| settled[renumbered[symbol.0 as usize].0 as usize]);
        };
        for one in &mut done.gathered {
            if let Statement::Value { value, .. } = &mut one.fact.statement {
                renumber(value);
            }
        }
        for argument in occurrences.iter_mut().flat_map(|occurrence| &mut occurrence.arguments) {
            match argument {
                Argument::None => {}
                Argument::One(value) => renumber(value),
                Argument::Many(values) => values.iter_mut().for_each(renumber),
            }
        }
    });

    let mut gathered = Vec::with_capacity(parts.iter().map(|(done, _)| done.gathered.len()).sum());
    let mut occurrences = Vec::new();
    for (done, happened) in parts {
        gathered.extend(done.gathered);
        occurrences.extend(happened);
        told.extend(done.told);
        spoiled.extend(done.spoiled);
        unknown.absorb(done.unknown);
        done.given.into_iter().for_each(|(ent, attribute)| world.give_set(ent, attribute));
        done.open.into_iter().for_each(|open| closed_world::open(policy, &mut world, open));
    }
    world.replace_facts(gathered);
    events::order(&mut occurrences);
    unknown.tell(policy, &world, &mut told);
    told.extend(containment::missing(policy, &world, &spoiled));
    told.extend(consistency::contradictions(policy, &world, &spoiled));
    LoadOutcome { world, occurrences, unread, told: presentable(told) }
}

/// What a fact says that is not a loaded world's own: one assumed, added or removed for a question. Its texts become the world's.
pub fn read_fact(policy: &Policy, world: &mut World, is: &Expr) -> Result<Statement, Vec<Diagnostic>> {
    let mut loader = Loader::new(policy, world);
    let statement = loader.statement(is);
    let done = loader.done();
    let mut told = done.told;
    done.unknown.tell(policy, world, &mut told);
    world.texts = done.texts;
    match statement {
        Some(statement) if told.is_empty() => Ok(statement),
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
