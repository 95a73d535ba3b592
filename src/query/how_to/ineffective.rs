//! Obvious changes that would not turn the answer: relations between whoever stands behind the subject and what the resource lies in.

use super::IneffectiveChange;
use crate::counterfactual::Change;
use crate::eval::Decider;
use crate::explain;
use crate::policy::RelationId;
use crate::query::Overlay;
use crate::world::{EntityId, Lookup, ResolvedRequest, Statement, Value};
use std::collections::BTreeSet;

/// How many are told.
const TOLD: usize = 4;

/// Single facts that seem to bear on the answer, and leave it standing when added (or removed).
pub(super) fn standing(decider: &Decider<'_>, asked: &ResolvedRequest, allow: bool) -> Vec<IneffectiveChange> {
    let (world, at, policy) = (decider.world, decider.context.at, &decider.compiled.policy);
    let behind = behind(decider, asked.subject);
    let beyond: BTreeSet<EntityId> = std::iter::successors(Some(asked.resource), |&here| world.container(here, at)).collect();
    let before = explain::explain(decider, asked, &decider.record(asked));
    let mut told = Vec::new();
    for relation in policy.relations.ids() {
        if !policy.relations[relation].derived_by.is_empty() {
            continue;
        }
        for body in between(decider, relation, &behind, &beyond) {
            let holds = world.find_holding(body, at).is_some();
            if holds == allow || told.len() == TOLD {
                continue;
            }
            let change = if allow { Change::Add(body) } else { Change::Remove(body) };
            if super::turned(decider, decider.compiled, asked, &[change], allow) {
                continue;
            }
            let overlay = Overlay::of(decider, &[change]);
            let after = overlay.decider(decider.compiled);
            let explanation = explain::explain(&after, asked, &after.record(asked));
            let new = |text: &&String| !before.advice.iter().chain(&before.obligations).any(|telling| telling.text == **text);
            let telling = explanation.obligations.iter().chain(&explanation.advice);
            let with_claims = telling.filter(|telling| new(&&telling.text)).map(|telling| {
                if telling.claims.is_empty() { telling.text.clone() } else { format!("{} ({})", telling.text, telling.claims.join(", ")) }
            });
            let with_claims: Vec<String> = with_claims.collect();
            // Of all facts that might be added only those are obvious of which the policy has something to say.
            if allow && with_claims.is_empty() {
                continue;
            }
            told.push(IneffectiveChange {
                change: if allow { "add" } else { "remove" },
                what: world.statement_text(policy, &body),
                verdict: explanation.verdict,
                claims: explanation.claims.into_iter().filter(|claim| claim.decides).map(|claim| claim.id).collect(),
                told: with_claims,
            });
        }
    }
    told
}

/// The subject, and what its own attributes name.
fn behind(decider: &Decider<'_>, subject: EntityId) -> BTreeSet<EntityId> {
    let (world, policy) = (decider.world, &decider.compiled.policy);
    let mut found = BTreeSet::from([subject]);
    for &attribute in &policy.kinds[world.kind(subject)].attributes {
        let declared = &policy.attributes[attribute];
        if declared.many || !declared.value.is_entity() {
            continue;
        }
        if let Lookup::Known(Value::Entity(ent), _) = world.read(subject, attribute, decider.context.at) {
            found.insert(ent);
        }
    }
    found
}

/// The facts of a relation of two ends between the one and the other, whether they hold or not.
fn between(decider: &Decider<'_>, relation: RelationId, behind: &BTreeSet<EntityId>, beyond: &BTreeSet<EntityId>) -> Vec<Statement> {
    let world = decider.world;
    let ends = &decider.compiled.policy.relations[relation].ends;
    let [first, second] = ends.as_slice() else { return Vec::new() };
    let mut found = Vec::new();
    for (ones, others) in [(behind, beyond), (beyond, behind)] {
        for &one in ones.iter().filter(|&&ent| first.contains(world.kind(ent))) {
            for &other in others.iter().filter(|&&ent| second.contains(world.kind(ent)) && ent != one) {
                found.push(Statement::Relation(relation, [one, other, EntityId::NONE]));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}
