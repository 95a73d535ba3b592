//! Terms: what they may have as their value, and when.

use super::arguments::Argument;
use super::attributes::Single;
use super::evaluator::{Bindings, Evaluator};
use super::fact::{EntityIndex, Value};
use super::term_value::{Missing, TermValue};
use crate::policy::{Hop, Path, Term, TermNode};
use crate::verify::sat::Lit;

impl Evaluator<'_, '_> {
    /// Whether the value of the term is unknown.
    pub(super) fn is_unknown(&mut self, value: &TermValue) -> Lit {
        self.world.circuit.any(value.unknown.iter().map(|(_, lit)| *lit))
    }

    /// What a term may have as its value.
    pub(super) fn term(&mut self, term: &Term, bindings: &Bindings) -> TermValue {
        let entity = |entity: Option<EntityIndex>| match entity {
            Some(entity) => TermValue::known(Value::Entity(entity)),
            None => TermValue { unknown: vec![(None, Lit::TRUE)], ..TermValue::default() },
        };
        match &term.node {
            TermNode::Subject => match (bindings.subject, self.arguments) {
                (None, Some(arguments)) => arguments.actor.clone(),
                (subject, _) => entity(subject),
            },
            TermNode::Resource => entity(bindings.resource),
            TermNode::Variable(variable) => entity(bindings.variables[variable.index()]),
            TermNode::Literal(literal) => entity(self.world.literal(*literal)),
            TermNode::Text(text) => TermValue::known(Value::Text(*text)),
            TermNode::Number(number) => TermValue::known(Value::Number(*number)),
            TermNode::Date(date) => TermValue::known(Value::Date(*date)),
            TermNode::Parameter(index) => match self.arguments.map(|arguments| &arguments.parameters[*index]) {
                Some(Argument::One(value)) => value.clone(),
                Some(Argument::Many(_)) => TermValue { none: Some(Lit::TRUE), ..TermValue::default() },
                None => entity(None),
            },
            TermNode::Path(of, path) => {
                let of = self.term(of, bindings);
                self.follow(&of, path)
            }
        }
    }

    fn follow(&mut self, of: &TermValue, path: &Path) -> TermValue {
        let mut found = TermValue::default();
        let mut none = of.none();
        found.unknown.extend(of.unknown.iter().map(|(_, lit)| (None, *lit)));
        for &(value, guard) in &of.values {
            let Value::Entity(entity) = value else {
                none = self.world.circuit.or(none, guard);
                continue;
            };
            let (read, missing) = self.hop(entity, path);
            for (value, lit) in read.values {
                let here = self.world.circuit.and(guard, lit);
                self.add(&mut found.values, value, here);
            }
            let without = self.world.circuit.and(guard, read.none);
            none = self.world.circuit.or(none, without);
            let unknown = self.world.circuit.and(guard, read.unknown);
            self.add(&mut found.unknown, missing, unknown);
        }
        found.none = Some(none);
        found
    }

    /// Adds a case to cases of which each is there once.
    fn add<T: PartialEq>(&mut self, cases: &mut Vec<(T, Lit)>, case: T, lit: Lit) {
        if lit == Lit::FALSE {
            return;
        }
        match cases.iter_mut().find(|(known, _)| *known == case) {
            Some((_, known)) => *known = self.world.circuit.or(*known, lit),
            None => cases.push((case, lit)),
        }
    }

    fn hop(&mut self, entity: EntityIndex, path: &Path) -> (Single, Missing) {
        let kind = self.world.kind(entity);
        let only = |value| Single { values: vec![(value, Lit::TRUE)], none: Lit::FALSE, unknown: Lit::FALSE };
        let nothing = |unknown: bool| Single { values: Vec::new(), none: Lit::of(!unknown), unknown: Lit::of(unknown) };
        match path.of(kind) {
            Some(Hop::Attribute(attribute)) => (self.world.single(entity, attribute), Some((entity, attribute))),
            Some(Hop::Above(target)) if target == kind => (only(Value::Entity(entity)), None),
            Some(Hop::Above(target)) => (self.world.above(entity, target), None),
            Some(Hop::System) => {
                let system = self.world.role_of(entity).and_then(|role| self.policy.roles[role].system);
                (system.map_or_else(|| nothing(true), |system| only(Value::Text(system))), None)
            }
            None => (nothing(false), None),
        }
    }

    /// Whether a value that is unknown for this reason may be this one.
    pub(super) fn may_have(&mut self, missing: Missing, value: Value) -> Lit {
        match missing {
            Some((entity, attribute)) => self.world.may_be(entity, attribute, value),
            None => Lit::TRUE,
        }
    }
}
