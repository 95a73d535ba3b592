//! Obvious changes that would not turn the answer: facts of relations between the subject's side and the resource's side.

use super::answer::IneffectiveChange;
use super::verify::turns_answer;
use crate::counterfactual::Change;
use crate::eval::QueryContext;
use crate::explain::{self, IssuedNotice};
use crate::policy::RelationId;
use crate::query::Overlay;
use crate::world::{EntityId, Lookup, ResolvedRequest, Statement, Value};
use std::collections::BTreeSet;

/// The most changes that are listed.
const MAX_LISTED: usize = 4;

/// Single facts that seem relevant to the answer, and do not turn it when they are added (to get a yes) or removed (to get a no).
pub(super) fn ineffective(decider: &QueryContext<'_>, asked: &ResolvedRequest, allow: bool) -> Vec<IneffectiveChange> {
    let (world, at, policy) = (decider.world, decider.context.at, &decider.compiled.policy);
    let near_subject = subject_side(decider, asked.subject);
    let near_resource: BTreeSet<EntityId> = world.containers(asked.resource, at).collect();
    let before = explain::explain(decider, asked, &decider.record(asked));
    let same = |a: &IssuedNotice, b: &IssuedNotice| a.declared(policy).text == b.declared(policy).text && a.values == b.values;
    let is_new = |notice: &IssuedNotice| !before.advice.iter().chain(&before.obligations).any(|known| same(known, notice));
    let mut listed = Vec::new();
    for relation in policy.relations.ids().filter(|&relation| policy.relations[relation].derived_by.is_empty()) {
        for fact in facts_between(decider, relation, &near_subject, &near_resource) {
            let holds = world.find_holding(fact, at).is_some();
            if holds == allow || listed.len() == MAX_LISTED {
                continue;
            }
            let change = if allow { Change::Add(fact) } else { Change::Remove(fact) };
            if turns_answer(decider, asked, &[change], allow) {
                continue;
            }
            let overlay = Overlay::of(decider, &[change]);
            let after = overlay.decider(decider.compiled);
            let after = decider.about(&after);
            let explanation = explain::explain(&after, asked, &after.record(asked));
            let notices = explanation.obligations.iter().chain(&explanation.advice).filter(|notice| is_new(notice));
            let notices: Vec<IssuedNotice> = notices.cloned().collect();
            // Very many facts could be added. Only those are listed that cause an obligation or advice.
            if allow && notices.is_empty() {
                continue;
            }
            listed.push(IneffectiveChange { fact, adds: allow, explanation, notices });
        }
    }
    listed
}

/// The subject, and the entities that its single-valued attributes name.
fn subject_side(decider: &QueryContext<'_>, subject: EntityId) -> BTreeSet<EntityId> {
    let (world, policy) = (decider.world, &decider.compiled.policy);
    let mut found = BTreeSet::from([subject]);
    for &attribute in &policy.kinds[world.kind(subject)].attributes {
        let declared = &policy.attributes[attribute];
        if declared.many || !declared.value.is_entity() {
            continue;
        }
        if let Lookup::Known(Value::Entity(entity), _) = world.read(subject, attribute, decider.context.at) {
            found.insert(entity);
        }
    }
    found
}

/// The facts of a relation with two ends, one from each set, whether they hold or not; sorted.
fn facts_between(
    decider: &QueryContext<'_>,
    relation: RelationId,
    near_subject: &BTreeSet<EntityId>,
    near_resource: &BTreeSet<EntityId>,
) -> Vec<Statement> {
    let world = decider.world;
    let [first, second] = decider.compiled.policy.relations[relation].ends.as_slice() else { return Vec::new() };
    let mut facts = BTreeSet::new();
    for (ones, others) in [(near_subject, near_resource), (near_resource, near_subject)] {
        for &one in ones.iter().filter(|&&entity| first.contains(world.kind(entity))) {
            for &other in others.iter().filter(|&&entity| second.contains(world.kind(entity)) && entity != one) {
                facts.insert(Statement::Relation(relation, [one, other, EntityId::NONE]));
            }
        }
    }
    facts.into_iter().collect()
}
