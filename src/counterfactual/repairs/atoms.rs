//! Repairs of atoms: relations to add or remove, and members of sets.

use super::RepairSearch;
use crate::counterfactual::change::Change;
use crate::counterfactual::dnf::{Dnf, Goal};
use crate::counterfactual::static_eval::is_fixed;
use crate::eval::bindings::Bindings;
use crate::eval::trace::TermValue;
use crate::policy::{AtomKind, AttributeId, Hop, KindId, Policy, RelationId, RoleTerm, Term, TermNode};
use crate::world::{EntityId, Statement};

impl RepairSearch<'_> {
    pub(super) fn atom(&mut self, atom: &AtomKind, bindings: &Bindings<'_>, goal: Goal) -> Dnf {
        match atom {
            AtomKind::Relation { was: true, .. } | AtomKind::Holds { was: true, .. } | AtomKind::Within(..) | AtomKind::Is(..) => {
                Dnf::never()
            }
            AtomKind::Relation { relation, terms, .. } => match self.evaluator().entity_operands(terms, bindings) {
                Ok(ends) => self.relation(*relation, ends, goal),
                Err(_) => Dnf::never(),
            },
            AtomKind::Holds { holder, role: RoleTerm::Named(role), scope, .. } => {
                match self.evaluator().entity_operands([holder, scope], bindings) {
                    Ok([holder, scope, _]) => self.holds(holder, *role, scope, goal, true),
                    Err(_) => Dnf::never(),
                }
            }
            AtomKind::Holds { holder, role: RoleTerm::Term(role), scope, .. } => {
                let operands = self.evaluator().entity_operands([holder, scope, role], bindings);
                let Ok([holder, scope, role]) = operands else { return Dnf::never() };
                let role = self.decider.world.role_of(role);
                role.map_or_else(Dnf::never, |role| self.holds(holder, role, scope, goal, true))
            }
            AtomKind::Member(member, group) => match self.evaluator().entity_operands([member, group], bindings) {
                Ok([member, group, _]) => self.member(member, group, goal),
                Err(_) => Dnf::never(),
            },
            AtomKind::Compare(left, op, right) => self.comparison((left, *op, right), bindings, goal),
            AtomKind::OneOf(term, values) => self.one_of(term, values, bindings, goal),
            AtomKind::Among(term, set) => self.among(term, set, bindings, goal),
        }
    }

    /// Adds the value to a many-valued attribute, or removes it.
    fn among(&mut self, term: &Term, set: &Term, bindings: &Bindings<'_>, goal: Goal) -> Dnf {
        let Some((entity, attribute)) = self.changeable(set, bindings) else { return Dnf::never() };
        let TermValue::Value(value) = self.evaluator().term(term, bindings) else { return Dnf::never() };
        let declared = &self.decider.compiled.policy.attributes[attribute];
        if !self.decider.world.fits(&declared.value, value) {
            return Dnf::never();
        }
        let statement = Statement::of_attribute(&self.decider.compiled.policy, entity, attribute, value);
        Dnf::one(match goal {
            Goal::MakeTrue => Change::Add(statement),
            Goal::MakeFalse => Change::Remove(statement),
        })
    }

    /// The attribute that the last hop of a term reads, and its entity; `None` if no change may touch it. Of what an event is to create, all
    /// attributes are open.
    pub(super) fn changeable(&self, term: &Term, bindings: &Bindings<'_>) -> Option<(EntityId, AttributeId)> {
        let TermNode::Path(of, path) = &term.node else { return None };
        let entity = self.evaluator().term(of, bindings).entity().ok()?;
        let (world, policy) = (self.decider.world, &self.decider.compiled.policy);
        let is_unborn = world.is_unborn(entity);
        let attribute = match path.of(world.kind(entity))? {
            Hop::Attribute(attribute) => attribute,
            Hop::Above(kind) if is_unborn => container_attribute(policy, world.kind(entity), kind)?,
            Hop::Above(_) | Hop::System => return None,
        };
        (is_unborn || !is_fixed(policy, attribute)).then_some((entity, attribute))
    }

    /// A relation holds by a fact or by an implication; one that covers, also over any container of its last end.
    fn relation(&mut self, relation: RelationId, ends: [EntityId; 3], goal: Goal) -> Dnf {
        let (world, at) = (self.decider.world, self.decider.context.at);
        let declared = &self.decider.compiled.policy.relations[relation];
        let last = declared.ends.len() - 1;
        let outermost = if declared.covers { usize::MAX } else { 1 };
        let scopes = world.containers(ends[last], at).take(outermost);
        let scopes: Vec<EntityId> = scopes.filter(|&scope| declared.ends[last].contains(world.kind(scope))).collect();
        let connective = goal.connective_of_any();
        let mut sets = connective.unit();
        for &scope in &scopes {
            let mut over_scope = ends;
            over_scope[last] = scope;
            let statement = Statement::Relation(relation, over_scope);
            if goal == Goal::MakeFalse && world.find_holding(statement, at).is_some() {
                sets = sets.and(Dnf::one(Change::Remove(statement)));
            }
            for &implication in &declared.derived_by {
                sets = connective.add(sets, self.implication(implication, over_scope, goal));
            }
        }
        // A term may be of kinds that the end does not admit.
        let fits = ends.iter().zip(&declared.ends).take(last).all(|(&end, kinds)| kinds.contains(world.kind(end)));
        if goal == Goal::MakeTrue
            && fits
            && declared.derived_by.is_empty()
            && let Some(&scope) = scopes.first()
        {
            let mut over_scope = ends;
            over_scope[last] = scope;
            sets = sets.or(Dnf::one(Change::Add(Statement::Relation(relation, over_scope))));
        }
        let is_open = |&scope: &EntityId| {
            let mut over_scope = ends;
            over_scope[last] = scope;
            self.decider.env.open_by(Statement::Relation(relation, over_scope), at).is_some()
        };
        if goal == Goal::MakeFalse && !world.relation_closed(relation) && scopes.iter().any(is_open) {
            // Nobody knows whether there is a fact to remove.
            return sets.and(Dnf::never());
        }
        sets
    }
}

/// The attribute by which an entity of this kind names a container of that kind.
fn container_attribute(policy: &Policy, kind: KindId, container: KindId) -> Option<AttributeId> {
    let mut within = policy.kinds[kind].within.iter().copied();
    within.find(|&attribute| policy.attributes[attribute].value.entity_kinds().is_some_and(|kinds| kinds.contains(container)))
}
