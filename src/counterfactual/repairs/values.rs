//! Repairs of comparisons: the values that an attribute would have to have.

use super::RepairSearch;
use crate::counterfactual::change::Change;
use crate::counterfactual::dnf::{Dnf, Goal};
use crate::eval::bindings::Bindings;
use crate::policy::{AttributeId, FactTerm, Op, Term, TermNode, ValueType};
use crate::time::TimeUnit;
use crate::world::{EntityId, Statement, Symbol, Value};

/// The most entities that are proposed as another value of one attribute.
const MAX_ENTITIES: usize = 8;

impl RepairSearch<'_> {
    /// Sets or removes the attribute that the left operand reads; if no change of it helps, that of the right one.
    pub(super) fn comparison(&mut self, (left, op, right): (&Term, Op, &Term), bindings: &Bindings<'_>, goal: Goal) -> Dnf {
        let value_of = |search: &Self, term: &Term| search.evaluator().term(term, bindings).value();
        let against = value_of(self, right);
        let sets = self.assign(left, against.as_slice(), bindings, goal, |value| against.is_some_and(|own| value.compare(op, own)));
        if !sets.is_never() {
            return sets;
        }
        let against = value_of(self, left);
        self.assign(right, against.as_slice(), bindings, goal, |value| against.is_some_and(|own| own.compare(op, value)))
    }

    /// Sets or removes the attribute that a term reads, so that it has, or has not, one of the values.
    pub(super) fn one_of(&mut self, read: &Term, listed: &[Term], bindings: &Bindings<'_>, goal: Goal) -> Dnf {
        let mut evaluator = self.evaluator();
        let known: Vec<Value> = listed.iter().filter_map(|term| evaluator.term(term, bindings).value()).collect();
        self.assign(read, &known, bindings, goal, |value| known.contains(&value))
    }

    /// Sets the attribute that a term reads to each value for which the comparison `holds` or not, as wanted, or removes its value. `near` are the
    /// values with which it is compared, as far as they are known.
    pub(super) fn assign(
        &mut self,
        read: &Term,
        near: &[Value],
        bindings: &Bindings<'_>,
        goal: Goal,
        holds: impl Fn(Value) -> bool,
    ) -> Dnf {
        let Some((entity, attribute)) = self.changeable(read, bindings) else { return Dnf::never() };
        let policy = &self.decider.compiled.policy;
        let declared = &policy.attributes[attribute];
        if declared.many {
            return Dnf::never();
        }
        let exclusive = policy.exclusive(&attribute);
        let mut changes = Vec::new();
        if goal == Goal::MakeFalse {
            let value = self.evaluator().term(read, bindings).value().filter(|_| declared.optional && exclusive.len() == 1);
            changes.extend(value.map(|value| Change::Remove(Statement::Value { entity, attribute, value })));
            // To remove a value is nearer than to choose another one.
            if !changes.is_empty() && !policy.is_set_by_event(attribute) {
                return Dnf::any_of(changes);
            }
        }
        if !near.is_empty() {
            let wanted = |&value: &Value| holds(value) == (goal == Goal::MakeTrue);
            let values: Vec<Value> = self.values_of(attribute, near, wanted);
            changes.extend(values.into_iter().map(|value| Change::Set(Statement::Value { entity, attribute, value })));
        }
        if goal == Goal::MakeFalse {
            for &other in exclusive.iter().filter(|&&other| other != attribute) {
                let values = self.values_of(other, &[], |_| true);
                changes.extend(values.into_iter().map(|value| Change::Set(Statement::Value { entity, attribute: other, value })));
            }
        }
        Dnf::any_of(changes)
    }

    /// The wanted values that an attribute can have: all of an enumeration, those that events set, those beside the `near` ones in an order,
    /// some entities. Notes that the search is limited if it finds none and there may be others.
    fn values_of(&mut self, attribute: AttributeId, near: &[Value], wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
        let world = self.decider.world;
        let ty = &self.decider.compiled.policy.attributes[attribute].value;
        let beside = |value: &Value| match *value {
            // No fact is written with a number below zero.
            Value::Number(number) => [number.checked_sub(1).filter(|number| *number >= 0), Some(number), number.checked_add(1)]
                .map(|number| number.map(Value::Number)),
            Value::Date(date) => {
                [date.plus(-1, TimeUnit::Days), Some(date), date.plus(1, TimeUnit::Days)].map(|date| date.map(Value::Date))
            }
            value => [Some(value), None, None],
        };
        let mut values: Vec<Value> = match ty {
            ValueType::OneOf(texts) => texts.iter().map(|&text| Value::Text(Symbol::of_policy(text))).collect(),
            _ => {
                near.iter().flat_map(beside).flatten().chain(self.set_by_events(attribute)).filter(|&value| world.fits(ty, value)).collect()
            }
        };
        values.retain(&wanted);
        values.sort();
        values.dedup();
        match ty {
            ValueType::Entity(kinds) if values.is_empty() => {
                let living = world.living_of(kinds, self.decider.context.at).map(Value::Entity).filter(wanted);
                values = living.take(MAX_ENTITIES + 1).collect();
                self.limited |= values.len() > MAX_ENTITIES;
                values.truncate(MAX_ENTITIES);
            }
            ValueType::Text | ValueType::Number | ValueType::Date if values.is_empty() => self.limited = true,
            _ => {}
        }
        values
    }

    /// The values that effects of events name for the attribute.
    fn set_by_events(&self, attribute: AttributeId) -> Vec<Value> {
        let effects = self.decider.compiled.policy.events.values().flat_map(|event| event.sets.iter().chain(&event.adds));
        let terms = effects.filter_map(|effect| match &effect.fact {
            FactTerm::Value(_, attributes, term) if attributes.iter().any(|(_, own)| *own == attribute) => Some(term),
            _ => None,
        });
        let is_constant =
            |term: &&Term| matches!(term.node, TermNode::Literal(_) | TermNode::Text(_) | TermNode::Number(_) | TermNode::Date(_));
        terms.filter(is_constant).filter_map(|term| self.decider.eval_term(EntityId::NONE, term, &[])).collect()
    }
}
