//! An event that happens in a world that is not known: whether it may, and what it changes.
//!
//! This says the same as `events` about one event alone in its instant. An effect of which the `where` is unknown leaves its fact open; here it
//! does not take place. So whatever is true after the event by its certain effects alone is all that may be true after it.

use super::changes::Changes;
use super::evaluator::{Bindings, Evaluator};
use super::fact::{EntityIndex, Fact, Value};
use super::kleene::Kleene;
use crate::policy::{ActionId, AttributeId, Creation, Effect, Event, TermNode, VarSet};
use crate::time::Instant;
use crate::verify::sat::Lit;
use std::collections::BTreeMap;

/// What happens if an event does.
pub struct Occurrence {
    /// Whether it may happen: its actor may do it, its condition is true, and its effects are facts of the schema that do not contradict each
    /// other.
    pub may_happen: Lit,
    /// Whether it is known of each effect whether it takes place.
    pub is_certain: Lit,
    /// What it changes.
    pub changes: Changes,
}

/// A value that is set: whose, of which attribute, the fact, and whether it is.
type SetValue = ((EntityIndex, AttributeId), Fact, Lit);

/// Puts the effects together.
struct Effects {
    happens: Occurrence,
    sets: Vec<SetValue>,
    at: Instant,
}

impl Evaluator<'_, '_> {
    /// What the event does with the arguments of this evaluator.
    pub fn occurrence(&mut self, event: &Event) -> Occurrence {
        let condition = self.condition(&event.condition, &Bindings::default()).is_true;
        let may_do = match event.does {
            Some((action, parameter)) => self.may_do(action, parameter),
            None => Lit::TRUE,
        };
        let may_happen = self.world.circuit.and(condition, may_do);
        let happens = Occurrence { may_happen, is_certain: Lit::TRUE, changes: Changes::default() };
        let mut effects = Effects { happens, sets: Vec::new(), at: self.setting.context.at };
        event.creates.iter().for_each(|creation| self.create(creation, &mut effects));
        event.adds.iter().for_each(|effect| self.state_facts(effect, false, &mut effects));
        event.sets.iter().for_each(|effect| self.state_facts(effect, true, &mut effects));
        event.removes.iter().for_each(|effect| self.remove_facts(effect, &mut effects));
        for &parameter in &event.ends {
            for (entity, lit) in self.entities_of_parameter(parameter) {
                effects.or(|changes| &mut changes.ended, entity, lit, self);
            }
        }
        self.no_contradiction(&mut effects);
        effects.happens
    }

    /// Whether the actor is allowed the action.
    fn may_do(&mut self, action: ActionId, parameter: usize) -> Lit {
        let actors: Vec<(Value, Lit)> = self.arguments.map(|arguments| arguments.actor.values.clone()).unwrap_or_default();
        let mut found = Lit::FALSE;
        for (resource, there) in self.entities_of_parameter(parameter) {
            if !self.policy.actions[action].on.contains(self.world.kind(resource)) {
                continue;
            }
            for &(actor, here) in &actors {
                let Value::Entity(actor) = actor else { continue };
                let access = self.access_of(actor, action, resource);
                let allowed = self.allowed(access);
                let both = self.world.circuit.all([here, there, allowed]);
                found = self.world.circuit.or(found, both);
            }
        }
        found
    }

    fn create(&mut self, creation: &Creation, effects: &mut Effects) {
        let none = Bindings::default();
        for (entity, guard) in self.entities_of_parameter(creation.parameter) {
            effects.or(|changes| &mut changes.created, entity, guard, self);
            for (attribute, term) in &creation.attributes {
                let declared = &self.policy.attributes[*attribute];
                let may_lack = declared.optional || declared.many && declared.member_of;
                let (values, none, unknown) = if declared.many { self.set_of(term, &none) } else { self.one_value(term, &none) };
                let lacks = if may_lack { Lit::FALSE } else { none };
                let mut wrong = self.world.circuit.or(unknown, lacks);
                for (value, lit) in values {
                    match self.fact_of(entity, *attribute, value) {
                        Some(fact) => {
                            let lit = self.world.circuit.and(guard, lit);
                            effects.or(|changes| &mut changes.adds, fact, lit, self);
                        }
                        None => wrong = self.world.circuit.or(wrong, lit),
                    }
                }
                if declared.many {
                    let given = self.world.circuit.and(guard, !none);
                    effects.or(|changes| &mut changes.adds, Fact::Given(entity, *attribute), given, self);
                }
                effects.fails(guard, wrong, self);
            }
        }
    }

    /// The facts that an effect adds; if it `replaces`, they take the place of the values that there are.
    fn state_facts(&mut self, effect: &Effect, replaces: bool, effects: &mut Effects) {
        for (bindings, lives) in self.bindings_of(effect) {
            let takes_place = self.takes_place(effect, &bindings, lives, Lit::TRUE, effects);
            if takes_place == Lit::FALSE {
                continue;
            }
            let named = self.named(&effect.fact, &bindings);
            let lasts = self.lasts(effect, &bindings, effects.at);
            let wrong = self.world.circuit.any([named.valueless, named.misfit, !lasts]);
            effects.fails(takes_place, wrong, self);
            for (fact, lit) in named.facts {
                let lit = self.world.circuit.and(takes_place, lit);
                effects.or(|changes| &mut changes.adds, fact, lit, self);
                for (entity, attribute) in if replaces { self.slots(fact) } else { Vec::new() } {
                    effects.sets.push(((entity, attribute), fact, lit));
                    self.replace((entity, attribute), fact, lit, effects);
                }
            }
        }
    }

    /// Removes the values that the entity has of the attribute, and of those that exclude it, but for the one that is set.
    fn replace(&mut self, (entity, slot): (EntityIndex, AttributeId), set: Fact, lit: Lit, effects: &mut Effects) {
        let policy = self.policy;
        for &attribute in policy.exclusive(&slot) {
            if policy.attributes[attribute].many && self.slots(set).iter().any(|_| self.is_of(set, attribute)) {
                effects.or(|changes| &mut changes.adds, Fact::Given(entity, attribute), lit, self);
            }
            for value in self.world.candidates(attribute) {
                let Some(fact) = self.fact_of(entity, attribute, value).filter(|fact| *fact != set) else { continue };
                let held = self.is_stated(fact);
                let removed = self.world.circuit.and(lit, held);
                effects.or(|changes| &mut changes.removes, fact, removed, self);
            }
        }
    }

    fn remove_facts(&mut self, effect: &Effect, effects: &mut Effects) {
        let terms = effect.fact.terms();
        let variables: VarSet = terms.iter().map(|term| term.variables()).collect();
        if !variables.is_empty() {
            for term in terms.iter().filter(|term| term.variables().is_empty()) {
                let (_, none, unknown) = self.one_value(term, &Bindings::default());
                let wrong = self.world.circuit.or(none, unknown);
                effects.fails(Lit::TRUE, wrong, self);
            }
            let direct: VarSet =
                terms.iter().filter_map(|term| if let TermNode::Variable(variable) = term.node { Some(variable) } else { None }).collect();
            if !variables.is_subset(direct) {
                return;
            }
        }
        for (bindings, lives) in self.bindings_of(effect) {
            let named = self.named(&effect.fact, &bindings);
            let mut held = Vec::new();
            for &(fact, lit) in &named.facts {
                let stated = self.is_stated(fact);
                held.push(self.world.circuit.and(lit, stated));
            }
            let matters = self.world.circuit.any(held.iter().copied());
            let takes_place = self.takes_place(effect, &bindings, lives, matters, effects);
            if takes_place == Lit::FALSE {
                continue;
            }
            if variables.is_empty() {
                effects.fails(takes_place, named.valueless, self);
            }
            for ((fact, lit), held) in named.facts.into_iter().zip(held) {
                let open = self.may_be_stated(fact);
                let open = self.world.circuit.and(lit, open);
                let held_or_open = self.world.circuit.or(held, open);
                let closed = self.world.circuit.and(takes_place, held_or_open);
                if let Fact::Value(entity, attribute, value) = fact {
                    effects.or(|changes| &mut changes.adds, Fact::NotValue(entity, attribute, value), closed, self);
                }
                let removed = if variables.is_empty() { self.world.circuit.and(takes_place, lit) } else { closed };
                effects.or(|changes| &mut changes.removes, fact, removed, self);
            }
        }
    }

    /// Whether the effect takes place for these values. It is uncertain where its condition is unknown, if it `matters`.
    fn takes_place(&mut self, effect: &Effect, bindings: &Bindings, lives: Lit, matters: Lit, effects: &mut Effects) -> Lit {
        let Kleene { is_true, may_be } = self.condition(&effect.condition, bindings);
        let uncertain = self.world.circuit.all([lives, matters, may_be, !is_true]);
        effects.happens.is_certain = self.world.circuit.and(effects.happens.is_certain, !uncertain);
        self.world.circuit.and(lives, is_true)
    }

    /// Nothing is added and removed at once, and nothing that is set is given another value.
    fn no_contradiction(&mut self, effects: &mut Effects) {
        let adds: Vec<(Fact, Lit)> = effects.happens.changes.adds.iter().map(|(fact, lit)| (*fact, *lit)).collect();
        for (fact, added) in adds {
            let removed = effects.happens.changes.removes.get(&fact).copied().unwrap_or(Lit::FALSE);
            effects.fails(added, removed, self);
            let slots = self.slots(fact);
            let others: Vec<Lit> =
                effects.sets.iter().filter(|(slot, set, _)| *set != fact && slots.contains(slot)).map(|(.., lit)| *lit).collect();
            others.into_iter().for_each(|set| effects.fails(added, set, self));
        }
    }
}

impl Effects {
    /// Adds to what is changed.
    fn or<K: Ord>(&mut self, of: impl Fn(&mut Changes) -> &mut BTreeMap<K, Lit>, key: K, lit: Lit, evaluator: &mut Evaluator<'_, '_>) {
        if lit != Lit::FALSE {
            let known = of(&mut self.happens.changes).entry(key).or_insert(Lit::FALSE);
            *known = evaluator.world.circuit.or(*known, lit);
        }
    }

    /// The event may not happen where both are so.
    fn fails(&mut self, guard: Lit, wrong: Lit, evaluator: &mut Evaluator<'_, '_>) {
        let fails = evaluator.world.circuit.and(guard, wrong);
        self.happens.may_happen = evaluator.world.circuit.and(self.happens.may_happen, !fails);
    }
}
