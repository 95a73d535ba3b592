//! What lies within what.

use super::attributes::Single;
use super::fact::{EntityIndex, Value};
use super::world::World;
use crate::policy::KindId;
use crate::verify::sat::Lit;

impl World<'_> {
    /// Every entity that lives and may lie within others lies within exactly one, and none within itself at any depth.
    pub(super) fn contain(&mut self) {
        let policy = self.policy;
        for entity in 0..self.entities.len() {
            if policy.kinds[self.kind(entity)].within.is_empty() {
                continue;
            }
            let containers: Vec<Lit> = self.containers(entity).into_iter().map(|(_, lit)| lit).collect();
            self.at_most_one(&containers);
            let contained = self.circuit.any(containers);
            self.implies(self.alive[entity], contained);
            if self.may_nest(self.kind(entity)) {
                let itself = self.is_inside(entity, entity);
                self.axioms.push(!itself);
            }
        }
    }

    /// Whether entities of the kind may lie within each other.
    fn may_nest(&self, kind: KindId) -> bool {
        self.policy.kinds[kind].above.contains(kind)
    }

    /// What may contain the entity directly.
    fn containers(&mut self, entity: EntityIndex) -> Vec<(EntityIndex, Lit)> {
        let policy = self.policy;
        let mut found = Vec::new();
        for &attribute in &policy.kinds[self.kind(entity)].within {
            for (value, stated) in self.stated(entity, attribute) {
                if let Value::Entity(container) = value {
                    found.push((container, stated));
                }
            }
        }
        found
    }

    /// Whether the first lies within the second, at any depth.
    ///
    /// Where kinds nest this is a variable, equal to what it says of the direct container. Since nothing lies within itself, only one choice
    /// of all these variables is so.
    pub(super) fn is_inside(&mut self, inner: EntityIndex, outer: EntityIndex) -> Lit {
        let (kind, target) = (self.kind(inner), self.kind(outer));
        if !self.policy.kinds[kind].above.contains(target) {
            return Lit::FALSE;
        }
        if let Some(&known) = self.inside.get(&(inner, outer)) {
            return known;
        }
        let variable = self.may_nest(kind).then(|| self.circuit.input());
        if let Some(variable) = variable {
            self.inside.insert((inner, outer), variable);
        }
        let mut found = Lit::FALSE;
        for (container, stated) in self.containers(inner) {
            let beyond = if container == outer { Lit::TRUE } else { self.is_inside(container, outer) };
            let here = self.circuit.and(stated, beyond);
            found = self.circuit.or(found, here);
        }
        self.defined(variable, found, |world, lit| world.inside.insert((inner, outer), lit))
    }

    /// The value of a definition: the variable, if there is one, which is the same.
    fn defined(&mut self, variable: Option<Lit>, found: Lit, keep: impl FnOnce(&mut Self, Lit) -> Option<Lit>) -> Lit {
        if let Some(variable) = variable {
            let same = self.circuit.same(variable, found);
            self.axioms.push(same);
            return variable;
        }
        keep(self, found);
        found
    }

    /// The nearest entity of a kind above an entity of another kind.
    pub(super) fn above(&mut self, entity: EntityIndex, target: KindId) -> Single {
        let mut values = Vec::new();
        for outer in self.by_kind[crate::policy::Id::index(target)].clone() {
            let lit = self.is_nearest(entity, outer);
            values.push((Value::Entity(outer), lit));
        }
        let found = self.circuit.any(values.iter().map(|(_, lit)| *lit));
        let none = self.circuit.and(!found, self.alive[entity]);
        Single { values, none, unknown: self.circuit.and(!found, !none) }
    }

    /// Whether the second is the nearest entity of its kind above the first.
    fn is_nearest(&mut self, inner: EntityIndex, outer: EntityIndex) -> Lit {
        let (kind, target) = (self.kind(inner), self.kind(outer));
        if !self.policy.kinds[kind].above.contains(target) {
            return Lit::FALSE;
        }
        if let Some(&known) = self.nearest.get(&(inner, outer)) {
            return known;
        }
        let variable = self.may_nest(kind).then(|| self.circuit.input());
        if let Some(variable) = variable {
            self.nearest.insert((inner, outer), variable);
        }
        let mut found = Lit::FALSE;
        for (container, stated) in self.containers(inner) {
            let beyond = if self.kind(container) == target { Lit::of(container == outer) } else { self.is_nearest(container, outer) };
            let here = self.circuit.and(stated, beyond);
            found = self.circuit.or(found, here);
        }
        self.defined(variable, found, |world, lit| world.nearest.insert((inner, outer), lit))
    }

    /// The entity itself and what may contain it, each with whether it does.
    pub(super) fn with_containers(&mut self, entity: EntityIndex) -> Vec<(EntityIndex, Lit)> {
        let policy = self.policy;
        let mut found = vec![(entity, Lit::TRUE)];
        for outer in self.of_kinds(&policy.kinds[self.kind(entity)].above) {
            let inside = self.is_inside(entity, outer);
            if inside != Lit::FALSE {
                found.push((outer, inside));
            }
        }
        found
    }
}
