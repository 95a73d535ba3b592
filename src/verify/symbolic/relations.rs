//! Relations, stated or derived, and what held before.

use super::evaluator::{Bindings, Evaluator};
use super::fact::{EntityIndex, Fact};
use super::kleene::Kleene;
use crate::policy::{Conclusion, ImplicationId, RelationId, RoleId, Term, TermNode, VarId, VarSet};
use crate::verify::sat::Lit;

impl Evaluator<'_, '_> {
    /// Whether the relation holds between these ends. If it covers, it also holds where it holds for a container of the last end.
    pub(super) fn related(&mut self, relation: RelationId, ends: [EntityIndex; 3]) -> Kleene {
        if let Some(&known) = self.relations.get(&(relation, ends)) {
            return known;
        }
        let mut found = Kleene::FALSE;
        for (here, guard) in self.covered(relation, ends) {
            let stated = self.stated_relation(relation, here, Fact::Relation(relation, here));
            let mut any = Kleene::known(stated);
            if self.fits(relation, here) {
                for &implication in &self.policy.relations[relation].derived_by {
                    let implied = self.implied(implication, here);
                    any = any.or(implied, &mut self.world.circuit);
                }
            }
            let any = any.where_true(guard, &mut self.world.circuit);
            found = found.or(any, &mut self.world.circuit);
        }
        self.relations.insert((relation, ends), found);
        found
    }

    /// Whether the relation held before and does not hold now. What is derived does not count as before.
    pub(super) fn was_related(&mut self, relation: RelationId, ends: [EntityIndex; 3]) -> Kleene {
        let mut before = Lit::FALSE;
        for (here, guard) in self.covered(relation, ends) {
            let stated = self.stated_relation(relation, here, Fact::PastRelation(relation, here));
            let here = self.world.circuit.and(stated, guard);
            before = self.world.circuit.or(before, here);
        }
        let now = self.related(relation, ends);
        (!now).where_true(before, &mut self.world.circuit)
    }

    /// Whether the holder had the role over this very scope before, and does not have it so now.
    pub(super) fn was_assigned(&mut self, holder: EntityIndex, role: RoleId, scope: EntityIndex) -> Kleene {
        if !self.may_be_assigned(holder, role, scope) {
            return Kleene::FALSE;
        }
        let before = self.world.fact(Fact::PastHolds(holder, role, scope));
        let now = self.world.fact(Fact::Holds(holder, role, scope));
        Kleene::known(self.world.circuit.and(before, !now))
    }

    /// The ends, and if the relation covers, those with a container of the last one in its place, each with whether it is.
    fn covered(&mut self, relation: RelationId, ends: [EntityIndex; 3]) -> Vec<([EntityIndex; 3], Lit)> {
        let declared = &self.policy.relations[relation];
        let last = declared.ends.len() - 1;
        if !declared.covers {
            return vec![(ends, Lit::TRUE)];
        }
        let with = |container| {
            let mut here = ends;
            here[last] = container;
            here
        };
        self.world.with_containers(ends[last]).into_iter().map(|(container, lit)| (with(container), lit)).collect()
    }

    /// Whether the ends are of the kinds that the relation declares.
    pub(super) fn fits(&self, relation: RelationId, ends: [EntityIndex; 3]) -> bool {
        self.policy.relations[relation].ends.iter().zip(ends).all(|(kinds, end)| kinds.contains(self.world.kind(end)))
    }

    fn stated_relation(&mut self, relation: RelationId, ends: [EntityIndex; 3], fact: Fact) -> Lit {
        if !self.fits(relation, ends) || relation == self.policy.unknown_roles {
            return Lit::FALSE;
        }
        let derived = !self.policy.relations[relation].derived_by.is_empty() && !self.world.class.told;
        if derived { self.world.is_added(fact) } else { self.world.fact(fact) }
    }

    /// Whether an implication in force derives a fact with these ends: those of a relation, or holder, role and scope.
    pub(super) fn implied(&mut self, implication: ImplicationId, ends: [EntityIndex; 3]) -> Kleene {
        if let Some(&known) = self.implied.get(&(implication, ends)) {
            return known;
        }
        let declared = &self.policy.implications[implication];
        let found = if self.setting.has(&declared.meta.validity) { self.instance(implication, ends) } else { Kleene::FALSE };
        self.implied.insert((implication, ends), found);
        found
    }

    fn instance(&mut self, implication: ImplicationId, ends: [EntityIndex; 3]) -> Kleene {
        let policy = self.policy;
        let declared = &policy.implications[implication];
        let variables = &declared.condition.variables;
        // `subject` in an implication is the holder whose role is in question.
        let mut bindings = Bindings { subject: Some(ends[0]), ..Bindings::default() };
        let holder = matches!(declared.then, Conclusion::Holds { .. });
        let mut asked: Vec<(usize, &Term)> = Vec::new();
        let (mut bound, mut wanted) = (VarSet::EMPTY, VarSet::EMPTY);
        let mut guard = Lit::TRUE;
        for (index, term) in declared.then.ends() {
            wanted |= term.variables();
            match term.node {
                TermNode::Variable(variable) if !(bound.contains(variable) || holder && index == 0) => {
                    let end = ends[index];
                    if !variables[variable.index()].kinds.contains(self.world.kind(end)) {
                        return Kleene::FALSE;
                    }
                    guard = self.world.circuit.and(guard, self.world.alive[end]);
                    bindings.variables[variable.index()] = Some(end);
                    bound.insert(variable);
                }
                _ => asked.push((index, term)),
            }
        }
        let searched: Vec<VarId> = (wanted - bound).iter().collect();
        let found = self.search_conclusion(&searched, &asked, holder, implication, ends, &bindings);
        found.where_true(guard, &mut self.world.circuit)
    }

    /// The disjunction over the variables of a conclusion that no end gives.
    fn search_conclusion(
        &mut self,
        searched: &[VarId],
        asked: &[(usize, &Term)],
        holder: bool,
        implication: ImplicationId,
        ends: [EntityIndex; 3],
        bindings: &Bindings,
    ) -> Kleene {
        let condition = &self.policy.implications[implication].condition;
        let Some((&variable, rest)) = searched.split_first() else {
            let mut fits = Kleene::TRUE;
            for &(index, term) in asked {
                let fit = self.is_asked(term, ends[index], holder && index == 0, bindings);
                fits = fits.and(fit, &mut self.world.circuit);
                if fits == Kleene::FALSE {
                    return fits;
                }
            }
            let body = self.condition(condition, bindings);
            return fits.and(body, &mut self.world.circuit);
        };
        let mut found = Kleene::FALSE;
        for entity in self.world.of_kinds(&condition.variable(variable).kinds) {
            let mut inner = *bindings;
            inner.variables[variable.index()] = Some(entity);
            let lives = self.world.alive[entity];
            let here = self.search_conclusion(rest, asked, holder, implication, ends, &inner);
            let here = here.where_true(lives, &mut self.world.circuit);
            found = found.or(here, &mut self.world.circuit);
        }
        found
    }
}
