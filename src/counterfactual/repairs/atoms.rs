//! Repairs of atoms: relations to add or remove, and members of sets.

use super::RepairSearch;
use crate::counterfactual::change::Change;
use crate::counterfactual::dnf::{Dnf, Goal};
use crate::counterfactual::static_eval::is_fixed;
use crate::eval::bindings::Bindings;
use crate::eval::trace::TermValue;
use crate::policy::{AtomKind, AttributeId, Hop, RelationId, RoleTerm, Term, TermNode};
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

    /// The attribute that the last hop of a term reads, and its entity; `None` if no change may touch it.
    pub(super) fn changeable(&self, term: &Term, bindings: &Bindings<'_>) -> Option<(EntityId, AttributeId)> {
        let TermNode::Path(of, path) = &term.node else { return None };
        let entity = self.evaluator().term(of, bindings).entity().ok()?;
        let Hop::Attribute(attribute) = path.of(self.decider.world.kind(entity))? else { return None };
        (!is_fixed(&self.decider.compiled.policy, attribute)).then_some((entity, attribute))
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
