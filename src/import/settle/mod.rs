//! What all rows say together: which kind each principal is, what each entity is, and what holds.
//!
//! In this order: `kinds` finds the kinds of principals; `entities` joins the declarations of each entity, and `left_out` finds what lies
//! within nothing; `facts` takes each fact once, and turns doubted ones into unknown, also those of which `disagreements` finds that exports disagree; `twins` warns of ids that look alike.
//!
//! Invariant: what comes out loads. Of values that disagree none is kept, and no fact names what is left out.

mod disagreements;
mod entities;
mod facts;
mod kinds;
mod left_out;
mod twins;

pub(super) use entities::Entities;
pub(super) use facts::once;

use super::gathered::{From, Gathered};
use super::list::List;
use super::mapping::Mappings;
use super::shown::named;
use super::terms::TermId;
use crate::diag::phrases::{agree, code};
use crate::diag::{Code, Diagnostic};
use crate::policy::{Attribute, AttributeId, Policy};
use crate::time::Interval;

/// Settles all that rows say. Lists whose entities are left out are incomplete then. `captured` is when all was exported.
pub(super) fn settle(
    policy: &Policy,
    mappings: &Mappings,
    gathered: &mut Gathered,
    lists: &mut [List],
    captured: Option<Interval>,
) -> (Entities, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    kinds::resolve(policy, gathered, &mut diagnostics);
    let mut entities = Entities::of(policy, gathered, lists, &mut diagnostics);
    gathered.declared = Vec::new();
    facts::settle(policy, mappings, (lists, captured), gathered, &mut entities, &mut diagnostics);
    diagnostics.extend(twins::twins(policy, gathered, &entities));
    (entities, diagnostics)
}

/// An attribute of an entity to which two rows give different values: where both are.
type Disagreement = (TermId, AttributeId, (From, From));

/// The most places that a warning names.
const NAMED_PLACES: usize = 20;

/// The warnings of values that disagree.
fn disagreements(policy: &Policy, gathered: &Gathered, found: &[Disagreement], diagnostics: &mut Vec<Diagnostic>) {
    for &(entity, attribute, (one, other)) in found.iter().take(NAMED_PLACES) {
        let Some((kind, id)) = gathered.entity(entity) else { continue };
        let Attribute { key, ref name, kind: of, .. } = policy.attributes[attribute];
        let headline = format!("{} has two values of {}", code(named(policy, kind, id)), code(name));
        let is_name = key || policy.kinds[of].label == Some(attribute);
        let note = if is_name { "the first is used" } else { "neither is used, so the value is unknown" };
        diagnostics.push(Diagnostic::nowhere(Code::ConflictingRows, headline).note(format!("{}; {note}", both(gathered, one, other))));
    }
    if found.len() > NAMED_PLACES {
        let more = found.len() - NAMED_PLACES;
        let what = agree(more, "more attribute of an entity has two values", "more attributes of entities have two values");
        diagnostics.push(Diagnostic::nowhere(Code::ConflictingRows, format!("{more} {what}")));
    }
}

/// A warning of some things, of which the first are named.
fn warning(problem: Code, one: &str, many: &str, names: &[String], count: usize) -> Diagnostic {
    let more = if count > names.len() && names.len() <= NAMED { ", …" } else { "" };
    Diagnostic::nowhere(problem, format!("{count} {}: {}{more}", agree(count, one, many), first_of(names)))
}

/// How many things a warning names.
const NAMED: usize = 3;

/// The first of some names.
fn first_of(names: &[String]) -> String {
    let first: Vec<String> = names.iter().take(NAMED).map(code).collect();
    let more = if names.len() > NAMED { ", …" } else { "" };
    format!("{}{more}", first.join(", "))
}

/// Both places, as a note has them.
fn both(gathered: &Gathered, one: From, other: From) -> String {
    let place = |from| gathered.origin(from).unwrap_or_else(|| "a channel".to_owned());
    format!("{} and {}", code(place(one)), code(place(other)))
}
