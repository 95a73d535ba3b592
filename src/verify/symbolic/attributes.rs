//! Attributes: which value is stated, and what follows where none is.

use super::fact::{EntityIndex, Fact, Value};
use super::world::World;
use crate::policy::AttributeId;
use crate::verify::sat::Lit;

/// What an attribute with one value has: one of these values, none, or it is unknown. Exactly one of the literals is true.
pub(super) struct Single {
    pub(super) values: Vec<(Value, Lit)>,
    pub(super) none: Lit,
    pub(super) unknown: Lit,
}

impl World<'_> {
    /// The values that may be stated of an attribute with one value, each with whether it is. Of those that exclude each other only one is.
    pub(super) fn stated(&mut self, entity: EntityIndex, attribute: AttributeId) -> Vec<(Value, Lit)> {
        if let Some(known) = self.attributes.get(&(entity, attribute)) {
            return known.clone();
        }
        let policy = self.policy;
        let together = policy.exclusive(&attribute);
        let mut all = Vec::new();
        for &one in together {
            let mut values = Vec::new();
            for value in self.candidates(one) {
                let stated = self.fact(Fact::Value(entity, one, value));
                values.push((value, stated));
                all.push(stated);
            }
            self.attributes.insert((entity, one), values);
        }
        self.at_most_one(&all);
        for &one in together {
            self.keep_unique(entity, one);
        }
        self.attributes[&(entity, attribute)].clone()
    }

    /// Of two entities of a kind, no two keys are the same text.
    fn keep_unique(&mut self, entity: EntityIndex, attribute: AttributeId) {
        let policy = self.policy;
        if !policy.attributes[attribute].key {
            return;
        }
        let own = self.attributes[&(entity, attribute)].clone();
        let others = self.attributes.iter().filter(|((other, key), _)| {
            *other != entity && policy.attributes[*key].key && policy.attributes[*key].kind == policy.attributes[attribute].kind
        });
        let mut pairs: Vec<(Lit, Lit)> = Vec::new();
        for (_, values) in others {
            for &(value, stated) in values {
                pairs.extend(own.iter().filter(|(known, _)| *known == value).map(|(_, known)| (*known, stated)));
            }
        }
        pairs.sort_unstable();
        for (one, other) in pairs {
            self.at_most_one(&[one, other]);
        }
    }

    /// The value of an attribute with one value.
    pub(super) fn single(&mut self, entity: EntityIndex, attribute: AttributeId) -> Single {
        let policy = self.policy;
        let values = self.stated(entity, attribute);
        let stated = self.circuit.any(values.iter().map(|(_, lit)| *lit));
        // One of `exactly-one` is stated: the others have no value.
        let mut without = Lit::of(policy.attributes[attribute].optional);
        for other in policy.exclusive(&attribute).to_vec() {
            if other != attribute {
                let values = self.stated(entity, other);
                without = values.iter().fold(without, |any, (_, lit)| self.circuit.or(any, *lit));
            }
        }
        if without != Lit::TRUE {
            let closed = self.no_value(entity, attribute, stated);
            without = self.circuit.or(without, closed);
        }
        let missing = self.circuit.and(!stated, self.alive[entity]);
        let none = self.circuit.and(missing, without);
        let unknown = self.circuit.and(!stated, !none);
        if self.step.is_some() { self.without_ended(values, none, unknown) } else { Single { values, none, unknown } }
    }

    /// Whether the attribute, which has one value, names something that has ended.
    fn names_ended(&mut self, entity: EntityIndex, attribute: AttributeId) -> Lit {
        if self.step.is_none() || self.policy.attributes[attribute].many {
            return Lit::FALSE;
        }
        let mut found = Lit::FALSE;
        for (value, stated) in self.stated(entity, attribute) {
            if let Value::Entity(named) = value {
                let ended = self.has_ended(named);
                let here = self.circuit.and(stated, ended);
                found = self.circuit.or(found, here);
            }
        }
        found
    }

    /// The value where what is named may have ended: nobody knows what it is then.
    fn without_ended(&mut self, mut values: Vec<(Value, Lit)>, none: Lit, mut unknown: Lit) -> Single {
        for (value, stated) in &mut values {
            let Value::Entity(named) = *value else { continue };
            let ended = self.has_ended(named);
            let gone = self.circuit.and(*stated, ended);
            unknown = self.circuit.or(unknown, gone);
            *stated = self.circuit.and(*stated, !ended);
        }
        Single { values, none, unknown }
    }

    /// Whether it is stated that the attribute has no value.
    pub(super) fn no_value(&mut self, entity: EntityIndex, attribute: AttributeId, stated: Lit) -> Lit {
        // A key is given on the line of its entity, or not at all.
        if self.policy.attributes[attribute].key {
            return Lit::FALSE;
        }
        let closed = self.fact(Fact::NoValue(entity, attribute));
        self.implies(closed, !stated);
        closed
    }

    /// Whether an attribute of which the value is unknown may have this one.
    pub(super) fn may_be(&mut self, entity: EntityIndex, attribute: AttributeId, value: Value) -> Lit {
        let denied = self.denied(entity, attribute, value);
        let possible = self.circuit.or(!denied, !self.alive[entity]);
        // What names something that has ended may name anything by now.
        let ended = self.names_ended(entity, attribute);
        self.circuit.or(possible, ended)
    }

    /// Whether it is stated that the attribute does not have this value.
    pub(super) fn denied(&mut self, entity: EntityIndex, attribute: AttributeId, value: Value) -> Lit {
        let declared = &self.policy.attributes[attribute];
        if declared.container || declared.key || has_no_text(value) || !self.candidates(attribute).contains(&value) {
            return Lit::FALSE;
        }
        let denied = self.fact(Fact::NotValue(entity, attribute, value));
        let stated = self.fact(Fact::Value(entity, attribute, value));
        self.implies(denied, !stated);
        denied
    }

    /// The values that a set may have, each with whether it is stated.
    pub(super) fn members_of_set(&mut self, entity: EntityIndex, attribute: AttributeId) -> Vec<(Value, Lit)> {
        let member_of = self.policy.attributes[attribute].member_of;
        let mut found = Vec::new();
        for value in self.candidates(attribute) {
            let stated = match value {
                Value::Entity(group) if member_of => self.directly_in(entity, group),
                value => self.fact(Fact::Value(entity, attribute, value)),
            };
            if self.step.is_none() && has_no_text(value) && !self.policy.attributes[attribute].optional {
                // No fact can name it, but the line of the entity can.
                let given = self.fact(Fact::Given(entity, attribute));
                self.implies(stated, given);
            }
            found.push((value, stated));
        }
        found
    }

    /// Whether a set may have members that are not stated.
    pub(super) fn is_open(&mut self, entity: EntityIndex, attribute: AttributeId) -> Lit {
        let declared = &self.policy.attributes[attribute];
        let dead = !self.alive[entity];
        if declared.optional || declared.member_of {
            return dead;
        }
        let given = self.fact(Fact::Given(entity, attribute));
        self.circuit.or(dead, !given)
    }

    /// Whether an open set may have this member.
    pub(super) fn may_contain(&mut self, entity: EntityIndex, attribute: AttributeId, value: Value) -> Lit {
        if self.policy.attributes[attribute].member_of {
            return Lit::TRUE;
        }
        self.may_be(entity, attribute, value)
    }
}

/// Whether the language cannot write the value: it has no minus.
fn has_no_text(value: Value) -> bool {
    matches!(value, Value::Number(..0))
}
