//! The loader: from parsed documents and a policy to a checked world and the events that it records.
//!
//! A world comes in parts: TOML documents and runs of NDJSON lines. Each is read twice, all parts in parallel:
//!
//! 1. `entities` collects what the parts declare, and joins the declarations of one entity; with the names of the policy this makes the
//!    [`World`] without facts. `keys` collects the second names of entities.
//! 2. A [`Loader`] for each part reads attributes (`entities`), facts (`facts`), events (`events`) and what does not hold (`unknown`)
//!    against those entities. Roles that the policy does not name are entities too (`roles`). `values` reads a value by its declared type, for an argument `position`. Unknown names are collected in
//!    `unresolved`.
//!
//! `origins` has where declarations say that they come from. Then the parts are joined: texts are numbered in alphabetical order, facts are
//! sorted and indexed, events are sorted by time. `event_request` reads an
//! event that is to happen in a world that is loaded.
//! `containment`, with `temporal_cycles`, and `consistency` check the whole; `twins` warns of ids that look alike, and
//! `memberships` of kinds without any. `first_few` bounds
//! how many mistakes of one sort are reported.
//!
//! Invariant: the outcome depends on the content of the parts, not on their order. A mistake in a file is a diagnostic. An entity with wrong
//! data is *spoiled*: mistakes that may follow from that are not reported.

mod closed_world;
mod consistency;
mod containment;
mod entities;
mod event_request;
mod events;
mod facts;
mod first_few;
mod keys;
mod loader;
mod memberships;
mod names;
mod origins;
mod position;
mod roles;
mod temporal_cycles;
#[cfg(test)]
mod tests;
mod twins;

pub use twins::{plain_form, twin_words};
mod unknown;
mod unresolved;
mod values;

pub(super) use closed_world::set_defaults;
pub use consistency::{inconsistencies, inconsistencies_of};
pub(super) use containment::{ContainmentSpan, is_circular};
pub use event_request::read_event;
pub use unknown::read_pattern;
pub(super) use unknown::reopen;

use super::open::Denied;
use super::{Argument, EntityId, EventRecord, Statement, Symbol, Value, World};
use crate::diag::phrases::{Limit, shorten};
use crate::diag::{self, Diagnostic};
use crate::policy::{KindId, KindSet, Policy};
use crate::syntax::ast::expr::Expr;
use crate::syntax::{WorldPart, line_mistakes};
use crate::text::Sources;
use crate::world::store::origins::Origins;
use entities::{Declarations, Joined};
use loader::{LoadedPart, Loader};
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use std::borrow::Cow;
use std::sync::Arc;

/// The result of loading a world.
#[derive(Debug)]
pub struct LoadOutcome {
    /// The world. It must not be used if a diagnostic is an error.
    pub world: World,
    /// The events that it records, sorted by time; none is applied yet.
    pub events: Vec<EventRecord>,
    /// Lines of its files that cannot be read, and warnings of lines.
    pub unread: Vec<Diagnostic>,
    /// Mistakes in the lines that were read.
    pub diagnostics: Vec<Diagnostic>,
}

/// How many times [`load`] reads each part.
pub const LOAD_PASSES: usize = 2;

/// The stack of a thread, in bytes. The depth of parentheses in a fact is bounded, but the default stack may be too small for it.
const STACK: usize = 16 << 20;

/// Loads a world from its parts, on all cores, and reports all mistakes in them. `sources` has the policy's files, then the world's.
/// `progress` is called with the size in bytes of each part that is read, [`LOAD_PASSES`] times for each.
pub fn load(policy: &Policy, sources: &Sources, parts: &[WorldPart], progress: &(dyn Fn(usize) + Sync)) -> LoadOutcome {
    match rayon::ThreadPoolBuilder::new().stack_size(STACK).build() {
        Ok(threads) if parts.len() > 1 => threads.install(|| load_parts(policy, sources, parts, progress)),
        _ => load_parts(policy, sources, parts, progress),
    }
}

fn load_parts(policy: &Policy, sources: &Sources, parts: &[WorldPart], progress: &(dyn Fn(usize) + Sync)) -> LoadOutcome {
    // A part is parsed in each pass, and not kept in between: the syntax trees of a big world are bigger than the world.
    let declare = |part: &WorldPart| {
        let (document, mistakes) = part.read(sources);
        progress(part.bytes());
        (Declarations::of(policy, sources, &document), mistakes)
    };
    let (declared, unread): (Vec<Declarations>, Vec<_>) = parts.par_iter().map(declare).unzip();
    let unread = line_mistakes(&unread.into_iter().flatten().collect::<Vec<_>>());
    let Declarations { entities, keys, mut diagnostics, mut unresolved, leaves_open, roles } = Declarations::joined(declared);
    let Joined { mut entities, repeated, recreated } = entities::each_once(policy, entities, &mut diagnostics);
    if leaves_open {
        entities.extend(entities::unnamed(policy));
    }
    entities.extend(roles::records(policy, roles));
    let mut world = World::new(policy, sources.clone(), entities);
    closed_world::set_defaults(policy, &mut world);
    keys::assign(policy, &mut world, keys, &mut diagnostics);
    let found = |names: &[(KindId, Box<str>)]| names.iter().filter_map(|(kind, id)| world.find(*kind, id)).collect();
    let lines_before = sources.lines_before();
    let (repeated, mut spoiled): (FxHashSet<EntityId>, FxHashSet<EntityId>) = (found(&repeated), found(&recreated));

    let read = |part: &WorldPart| {
        let mut loader = Loader::new(policy, &world, &repeated);
        let document = part.read(sources).0;
        loader.part.origins = origins::of_part(sources, &lines_before, part, &document);
        loader.part.exports.clone_from(&document.sources);
        document.entities.iter().for_each(|entity| loader.attributes(entity));
        document.facts.iter().for_each(|fact| loader.fact(fact));
        document.denials.iter().for_each(|denial| loader.denial(denial));
        document.events.iter().for_each(|event| loader.event(event));
        document.not_imported.iter().for_each(|name| loader.not_imported(name));
        loader.part.unknown.extend(document.unknown.iter().cloned());
        progress(part.bytes());
        loader.part
    };
    let mut parts: Vec<LoadedPart> = parts.par_iter().map(read).collect();
    number_texts(&mut world, &mut parts);

    let mut facts = Vec::with_capacity(parts.iter().map(|part| part.facts.len()).sum());
    let (mut events, mut unknown, mut denials) = (Vec::new(), Vec::new(), Vec::new());
    let (mut line_origins, mut exports) = (Vec::new(), Vec::new());
    let (mut repeated, mut members) = (FxHashSet::default(), KindSet::default());
    for part in parts {
        facts.extend(part.facts);
        events.extend(part.events);
        line_origins.extend(part.origins);
        exports.extend(part.exports);
        diagnostics.extend(part.diagnostics);
        spoiled.extend(part.spoiled);
        members = members.union(&part.members);
        repeated.extend(part.repeated);
        unresolved.absorb(part.unresolved);
        part.given.into_iter().for_each(|(ent, attribute)| Arc::make_mut(&mut world.sets).give(ent, attribute));
        unknown.extend(part.unknown);
        denials.extend(part.denials);
    }
    world.set_facts(facts, None);
    world.origins = Origins::of(line_origins).into();
    world.lines_before = lines_before.into();
    world.exports = origins::exports(exports).into();
    denials.into_iter().for_each(|(denied, during, span)| world.deny(denied, during, Some(span)));
    unknown::open(policy, &mut world, unknown, &mut unresolved, &mut diagnostics);
    events::order(&mut events);
    unresolved.report(policy, &world, &mut diagnostics);
    diagnostics.extend(twins::twins(policy, &world));
    diagnostics.extend(containment::missing(policy, &world, &spoiled));
    diagnostics.extend(consistency::contradictions(policy, &world, &spoiled, &repeated));
    // A line with a mistake may have been meant to state a membership.
    if unread.iter().chain(&diagnostics).all(|mistake| !mistake.is_error()) {
        diagnostics.extend(memberships::not_stated(policy, &world, &members, &events));
    }
    LoadOutcome { world, events, unread, diagnostics: presentable(diagnostics) }
}

/// Numbers the texts of all parts in alphabetical order, so that the order of parts does not matter, and replaces the symbols in their facts
/// and events.
fn number_texts(world: &mut World, parts: &mut [LoadedPart]) {
    let joined: Vec<Vec<Symbol>> = parts.iter().map(|part| world.texts.absorb(&part.texts)).collect();
    let sorted = world.texts.compact();
    parts.par_iter_mut().zip(&joined).for_each(|(part, joined)| {
        let renumber = |value: &mut Value| value.renumber(|symbol| sorted[joined[symbol.0 as usize].0 as usize]);
        for gathered in &mut part.facts {
            if let Statement::Value { value, .. } = &mut gathered.fact.statement {
                renumber(value);
            }
        }
        for (denied, ..) in &mut part.denials {
            if let Denied::Fact(Statement::Value { value, .. }) = denied {
                renumber(value);
            }
        }
        for argument in part.events.iter_mut().flat_map(|event| &mut event.arguments) {
            match argument {
                Argument::None => {}
                Argument::One(value) => renumber(value),
                Argument::Many(values) => values.iter_mut().for_each(renumber),
            }
        }
    });
}

/// Reads a fact that is not in a file of the world, such as one that a question assumes. Its texts become texts of the world.
///
/// # Errors
///
/// If the fact is wrong, or names what the world does not declare.
pub fn read_fact(policy: &Policy, world: &mut World, fact: &Expr) -> Result<Statement, Vec<Diagnostic>> {
    for id in roles::in_fact(policy, fact) {
        world.role(policy, &id);
    }
    let repeated = FxHashSet::default();
    let mut loader = Loader::new(policy, world, &repeated);
    let statement = loader.statement(fact);
    let LoadedPart { texts, mut diagnostics, unresolved, .. } = loader.part;
    unresolved.report(policy, world, &mut diagnostics);
    world.texts = texts;
    match statement {
        Some(statement) if !diagnostics.iter().any(Diagnostic::is_error) => Ok(statement),
        _ => Err(presentable(diagnostics)),
    }
}

/// Sorts diagnostics by place, and shortens each of their texts to one line of bounded length, since ids in a world can be of any length.
fn presentable(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diag::sort(&mut diagnostics);
    for diagnostic in &mut diagnostics {
        one_line(&mut diagnostic.headline);
        diagnostic.labels.iter_mut().for_each(|label| one_line(&mut label.text));
        diagnostic.notes.iter_mut().for_each(one_line);
        diagnostic.help.iter_mut().for_each(one_line);
    }
    diagnostics
}

fn one_line(text: &mut String) {
    if let Cow::Owned(shortened) = shorten(text, Limit::MESSAGE) {
        *text = shortened;
    }
}
