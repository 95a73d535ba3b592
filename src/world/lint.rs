//! Warnings of a world that was read without a mistake, but perhaps not from the right files.

use super::ids::EntityId;
use super::{Lookup, World};
use crate::diag::phrases::{any_of, code};
use crate::diag::{self, Code, Diagnostic};
use crate::policy::{KindId, LiteralId, Policy};
use crate::syntax::entity as lexed;

/// The most users without a home that are reported.
const REPORTED: usize = 5;

impl World {
    /// How many entities of each kind it has, those that events create counted, without kinds of which it has none; sorted by kind.
    pub fn entity_counts(&self, policy: &Policy) -> Vec<(KindId, usize)> {
        let kinds = policy.kinds.ids().filter(|&kind| kind != policy.role_kind);
        let counts = kinds.map(|kind| (kind, self.of_kind(kind).filter(|&entity| self.exists(entity)).count()));
        counts.filter(|&(_, count)| count > 0).collect()
    }

    /// Whether a file declares the entity or an event creates it; other entities are only named by the pack or by patterns.
    fn exists(&self, entity: EntityId) -> bool {
        self.entity(entity).declared
    }
}

/// The warnings of a world after its events, sorted: it is empty, a subject has no home, or an entity that conditions of the pack name is not in it.
pub fn lint(policy: &Policy, world: &World) -> Vec<Diagnostic> {
    if world.entity_counts(policy).is_empty() {
        let empty = Diagnostic::nowhere(Code::EmptyWorld, "the world has no entity");
        return vec![empty.help("check the path; a world declares its entities, with `[KIND.ID]` or `{\"entity\":\"KIND:ID\"}`")];
    }
    let mut diagnostics = missing_literals(policy, world);
    diagnostics.extend(homeless(policy, world));
    diag::sort(&mut diagnostics);
    diagnostics
}

/// The entities that conditions name and the world does not have.
fn missing_literals(policy: &Policy, world: &World) -> Vec<Diagnostic> {
    let literals = policy.literals.iter().filter(|(_, literal)| literal.kind != policy.role_kind);
    let missing = literals.filter(|&(id, _): &(LiteralId, _)| !world.exists(world.literal(id)));
    let warning = missing.map(|(_, literal)| {
        let kind = &policy.kinds[literal.kind].meta.name;
        let name = lexed(kind, &literal.id);
        let absent = Diagnostic::new(
            Code::AbsentLiteral,
            format!("the world has no `{name}`, which the pack names"),
            literal.span,
            "not in this world",
        );
        absent.help("correct its name here, or declare it in the world")
    });
    warning.collect()
}

/// The subjects for which no fact of any time gives a home and no pattern leaves it open, though their kind must have one. Few of many are
/// reported.
fn homeless(policy: &Policy, world: &World) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (kind, declared) in policy.kinds.iter().filter(|(_, kind)| kind.subject) {
        let attributes = declared.exactly_one.iter().map(|&attribute| &policy.attributes[attribute]);
        let homes: Vec<&str> =
            attributes.filter(|attribute| attribute.value.is_entity()).map(|attribute| attribute.name.as_str()).collect();
        if homes.is_empty() {
            continue;
        }
        let without: Vec<EntityId> =
            world.of_kind(kind).filter(|&entity| world.exists(entity) && has_no_home(policy, world, entity)).collect();
        let help = format!("its home is unknown, and so is what depends on it: give it {}", any_of(homes.iter().map(code)));
        found.extend(without.iter().take(REPORTED).map(|&entity| warning(policy, world, entity).help(&help)));
        if let (Some(last), Some(further)) = (found.last_mut(), without.len().checked_sub(REPORTED).filter(|&further| further > 0)) {
            last.notes.push(format!("nor is that of {further} more"));
        }
    }
    found
}

fn has_no_home(policy: &Policy, world: &World, entity: EntityId) -> bool {
    let life = world.life(entity);
    policy.kinds[world.kind(entity)].exactly_one.iter().all(|&attribute| {
        let is_open = [life.since, life.until.before()].into_iter().any(|at| world.read(entity, attribute, at) == Lookup::Open);
        !is_open && world.facts_giving(policy, entity, attribute).is_empty()
    })
}

fn warning(policy: &Policy, world: &World, entity: EntityId) -> Diagnostic {
    let name = lexed(&policy.kinds[world.kind(entity)].meta.name, world.entity(entity).id);
    let headline = format!("the home of `{name}` is not stated");
    match (world.declared_at(entity), world.declared_in(entity)) {
        (Some(span), _) => Diagnostic::new(Code::NoHome, headline, span, "declared here"),
        // The texts of a world without a mistake are dropped once it is loaded.
        (None, Some(place)) => Diagnostic::nowhere(Code::NoHome, headline).note(format!("it is declared in {place}")),
        (None, None) => Diagnostic::nowhere(Code::NoHome, headline),
    }
}
