//! Who does an event and with what: not known either, but one of the entities and values that there are.

use super::fact::{EntityIndex, Value};
use super::term_value::TermValue;
use super::world::{EntityName, World};
use crate::policy::{Event, Id, LiteralId, Parameter, ValueType};
use crate::verify::sat::Lit;

/// The value of a parameter.
#[derive(Clone, Debug)]
pub enum Argument {
    /// One value, or none where it may be left out.
    One(TermValue),
    /// Each value with whether it is one of them.
    Many(Vec<(Value, Lit)>),
}

/// Who does an event, and the values of its parameters in their order.
#[derive(Clone, Debug)]
pub struct Arguments {
    /// Who does it.
    pub(super) actor: TermValue,
    /// The values.
    pub(super) parameters: Vec<Argument>,
}

impl Argument {
    /// The values that these literals make of it, sorted.
    pub fn values(&self, value: impl Fn(Lit) -> bool) -> Vec<Value> {
        let all = match self {
            Argument::One(one) => &one.values,
            Argument::Many(all) => all,
        };
        let mut found: Vec<Value> = all.iter().filter(|(_, lit)| value(*lit)).map(|(value, _)| *value).collect();
        found.sort_unstable();
        found
    }
}

impl Arguments {
    /// The values of a parameter.
    pub fn parameter(&self, index: usize) -> &Argument {
        &self.parameters[index]
    }

    /// The entity that the literals make of the actor.
    pub fn actor(&self, value: impl Fn(Lit) -> bool) -> Option<EntityIndex> {
        self.actor.values.iter().find_map(|(actor, lit)| match actor {
            Value::Entity(index) if value(*lit) => Some(*index),
            _ => None,
        })
    }

    /// The literals that a least event has as few of as it can: those of values among others, and of values that may be left out.
    pub fn optional(&self) -> Vec<Lit> {
        let of = |argument: &Argument| match argument {
            Argument::One(one) if one.none.is_some() => one.values.iter().map(|(_, lit)| *lit).collect(),
            Argument::One(_) => Vec::new(),
            Argument::Many(all) => all.iter().map(|(_, lit)| *lit).collect::<Vec<_>>(),
        };
        self.parameters.iter().flat_map(of).collect()
    }
}

impl World<'_> {
    /// Any actor and any values for the event with which the world was made.
    pub fn arguments(&mut self, event: &Event) -> Arguments {
        let policy = self.policy;
        let actors = self.of_kinds(&policy.subjects()).into_iter().map(Value::Entity).collect();
        let actor = self.one_of_these(actors, false);
        let mut parameters: Vec<Argument> = Vec::new();
        let mut named: Vec<(LiteralId, Lit)> = Vec::new();
        for (index, parameter) in event.parameters.iter().enumerate() {
            let argument = if let Some(number) = event.creates.iter().position(|creation| creation.parameter == index) {
                Argument::One(self.created(event, number, &mut named))
            } else {
                self.argument(parameter)
            };
            parameters.push(argument);
        }
        Arguments { actor, parameters }
    }

    fn argument(&mut self, parameter: &Parameter) -> Argument {
        let values = match &parameter.value {
            ValueType::Entity(kinds) => self.of_kinds(kinds).into_iter().map(Value::Entity).collect(),
            value => self.all_values(value),
        };
        if !parameter.many {
            return Argument::One(self.one_of_these(values, parameter.optional));
        }
        let each = values.into_iter().map(|value| {
            let lit = self.circuit.input();
            self.lives_if(value, lit);
            (value, lit)
        });
        Argument::Many(each.collect())
    }

    /// The entity that an event creates: one that no condition names, or one that does and does not live yet.
    fn created(&mut self, event: &Event, number: usize, named: &mut Vec<(LiteralId, Lit)>) -> TermValue {
        let kind = event.creates[number].kind;
        let mut values = vec![(Value::Entity(self.created[number]), self.circuit.input())];
        for index in self.by_kind[kind.index()].clone() {
            if let EntityName::Literal(literal) = self.entities[index].name {
                let lit = self.circuit.input();
                let lives = self.alive[index];
                self.implies(lit, !lives);
                named
                    .iter()
                    .filter(|(other, _)| *other == literal)
                    .map(|(_, other)| *other)
                    .collect::<Vec<_>>()
                    .into_iter()
                    .for_each(|other| self.at_most_one(&[lit, other]));
                named.push((literal, lit));
                values.push((Value::Entity(index), lit));
            }
        }
        self.exactly_one(values, false)
    }

    fn one_of_these(&mut self, values: Vec<Value>, optional: bool) -> TermValue {
        let mut each = Vec::new();
        for value in values {
            let lit = self.circuit.input();
            self.lives_if(value, lit);
            each.push((value, lit));
        }
        self.exactly_one(each, optional)
    }

    fn lives_if(&mut self, value: Value, lit: Lit) {
        if let Value::Entity(index) = value {
            self.implies(lit, self.alive[index]);
        }
    }

    fn exactly_one(&mut self, values: Vec<(Value, Lit)>, optional: bool) -> TermValue {
        let lits: Vec<Lit> = values.iter().map(|(_, lit)| *lit).collect();
        self.at_most_one(&lits);
        let some = self.circuit.any(lits);
        if !optional {
            self.axioms.push(some);
        }
        TermValue { values, none: optional.then_some(!some), unknown: Vec::new() }
    }
}
