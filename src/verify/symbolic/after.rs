//! The world after an event: what it states follows from what the world before states and from what the event changes.

use super::changes::Changes;
use super::fact::{EntityIndex, Fact};
use super::world::{Step, World};
use crate::verify::sat::Lit;

impl<'p> World<'p> {
    /// The world after an event. What it is asked is of the same circuit; [`World::before`] gives back the world before.
    pub fn after(mut before: World<'p>, changes: Changes) -> World<'p> {
        let mut world = before.same_entities();
        world.circuit = std::mem::take(&mut before.circuit);
        for (&index, &lit) in &changes.ended {
            world.alive[index] = world.circuit.and(world.alive[index], !lit);
        }
        for (&index, &lit) in &changes.created {
            world.alive[index] = world.circuit.or(world.alive[index], lit);
        }
        world.step = Some(Box::new(Step { world: before, changes }));
        world.contain();
        world
    }

    /// The world before the event, with what must be so after it among its axioms.
    pub fn before(mut self) -> Option<World<'p>> {
        let mut before = self.step.take()?.world;
        before.circuit = self.circuit;
        before.axioms.append(&mut self.axioms);
        Some(before)
    }

    /// Whether the event with which this world begins adds the fact.
    pub(super) fn is_added(&self, fact: Fact) -> Lit {
        self.step.as_ref().map_or(Lit::FALSE, |step| step.changes.added(fact))
    }

    /// Whether the entity lived before the event and does not after it.
    pub(super) fn has_ended(&self, entity: EntityIndex) -> Lit {
        self.step.as_ref().and_then(|step| step.changes.ended.get(&entity).copied()).unwrap_or(Lit::FALSE)
    }

    /// Whether the fact is stated after the event.
    pub(super) fn changed(&mut self, fact: Fact) -> Lit {
        let Some(mut step) = self.step.take() else { return Lit::FALSE };
        std::mem::swap(&mut self.circuit, &mut step.world.circuit);
        let held = step.world.held(fact);
        let before = step.world.held_before(fact);
        std::mem::swap(&mut self.circuit, &mut step.world.circuit);
        let added = step.changes.added(fact);
        let circuit = &mut self.circuit;
        let mut found = match fact {
            Fact::Value(..) | Fact::Member(..) | Fact::Relation(..) | Fact::Holds(..) => {
                let removed = step.changes.removes.get(&fact).copied().unwrap_or(Lit::FALSE);
                let stays = circuit.and(held, !removed);
                circuit.or(stays, added)
            }
            Fact::NotValue(entity, attribute, value) => {
                let stays = circuit.and(held, !step.changes.added(Fact::Value(entity, attribute, value)));
                circuit.or(stays, added)
            }
            Fact::NoValue(entity, attribute) => {
                let given = step.changes.values(attribute).into_iter().map(|value| Fact::Value(entity, attribute, value));
                let given: Vec<Lit> = given.map(|fact| step.changes.added(fact)).collect();
                let given = circuit.any(given);
                circuit.and(held, !given)
            }
            Fact::Given(..) => circuit.or(held, added),
            Fact::PastRelation(..) | Fact::PastHolds(..) => circuit.or(held, before),
        };
        // What has ended is named by values still, but states nothing itself.
        let about = match fact {
            Fact::Value(entity, ..) | Fact::NotValue(entity, ..) => vec![entity],
            fact => self.entities_of(fact),
        };
        for entity in about {
            let ended = step.changes.ended.get(&entity).copied().unwrap_or(Lit::FALSE);
            found = self.circuit.and(found, !ended);
        }
        self.step = Some(step);
        found
    }

    /// Whether the fact is stated, with all that every world satisfies of facts of its sort.
    pub(super) fn held(&mut self, fact: Fact) -> Lit {
        match fact {
            Fact::Value(entity, attribute, value) => {
                let many = self.policy.attributes[attribute].many;
                let stated = if many { self.members_of_set(entity, attribute) } else { self.stated(entity, attribute) };
                stated.into_iter().find(|(own, _)| *own == value).map_or(Lit::FALSE, |(_, lit)| lit)
            }
            Fact::NotValue(entity, attribute, value) => self.denied(entity, attribute, value),
            Fact::NoValue(entity, attribute) => {
                let stated: Vec<Lit> = self.stated(entity, attribute).into_iter().map(|(_, lit)| lit).collect();
                let stated = self.circuit.any(stated);
                self.no_value(entity, attribute, stated)
            }
            Fact::Relation(relation, _) | Fact::PastRelation(relation, _) if self.is_only_derived(relation) => Lit::FALSE,
            fact => self.fact(fact),
        }
    }

    /// Whether what the fact says held before the event, if it is about what was.
    fn held_before(&mut self, fact: Fact) -> Lit {
        match fact {
            Fact::PastRelation(relation, ends) => self.held(Fact::Relation(relation, ends)),
            Fact::PastHolds(holder, role, scope) => self.fact(Fact::Holds(holder, role, scope)),
            _ => Lit::FALSE,
        }
    }
}
