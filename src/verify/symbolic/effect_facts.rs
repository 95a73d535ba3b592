//! The facts that the effects of an event name in a world that is not known.

use super::arguments::{Argument, Arguments};
use super::evaluator::{Bindings, Evaluator};
use super::fact::{EntityIndex, Fact, Value};
use super::term_value::TermValue;
use crate::policy::{AttributeId, Effect, FactTerm, Hop, RoleTerm, Term, TermNode, ValueType, VarId, VarSet};
use crate::time::{Instant, TimeUnit};
use crate::verify::sat::Lit;
use std::collections::BTreeMap;

/// The facts that an effect may name, each with whether it does.
pub(super) struct Named {
    pub(super) facts: Vec<(Fact, Lit)>,
    /// A term has no value of its type.
    pub(super) valueless: Lit,
    /// The schema does not admit the fact.
    pub(super) misfit: Lit,
}

/// What values make of the fact of an effect.
enum Case {
    Fact(Fact),
    /// The schema does not admit the fact.
    Misfit,
    /// A value is of another type than any that the fact has there.
    Valueless,
}

impl Evaluator<'_, '_> {
    /// The values of a term that has one at most: each with whether it is that, whether there is none, and whether it is unknown.
    pub(super) fn one_value(&mut self, term: &Term, bindings: &Bindings) -> (Vec<(Value, Lit)>, Lit, Lit) {
        let value = self.term(term, bindings);
        let unknown = self.is_unknown(&value);
        let none = value.none();
        (value.values, none, unknown)
    }

    /// The same for a set, of which more than one value may be there; it is unknown where it may have more.
    pub(super) fn set_of(&mut self, term: &Term, bindings: &Bindings) -> (Vec<(Value, Lit)>, Lit, Lit) {
        if let TermNode::Parameter(index) = term.node {
            return match self.argument(index).cloned() {
                Some(Argument::One(one)) => (one.values.clone(), one.none(), Lit::FALSE),
                Some(Argument::Many(all)) => (all, Lit::FALSE, Lit::FALSE),
                None => (Vec::new(), Lit::FALSE, Lit::TRUE),
            };
        }
        let TermNode::Path(of, path) = &term.node else { return (Vec::new(), Lit::TRUE, Lit::FALSE) };
        let of = self.term(of, bindings);
        let mut unknown = self.is_unknown(&of);
        let mut none = of.none();
        let mut found: Vec<(Value, Lit)> = Vec::new();
        for &(bearer, guard) in &of.values {
            let hop = if let Value::Entity(bearer) = bearer { path.of(self.world.kind(bearer)).map(|hop| (bearer, hop)) } else { None };
            let Some((bearer, Hop::Attribute(attribute))) = hop else {
                none = self.world.circuit.or(none, guard);
                continue;
            };
            let open = self.world.is_open(bearer, attribute);
            let open = self.world.circuit.and(guard, open);
            unknown = self.world.circuit.or(unknown, open);
            for (value, lit) in self.world.members_of_set(bearer, attribute) {
                let lit = self.world.circuit.and(guard, lit);
                found.push((value, lit));
            }
        }
        (found, none, unknown)
    }

    /// The fact that the attribute has the value; `None` if the schema does not admit it.
    pub(super) fn fact_of(&self, entity: EntityIndex, attribute: AttributeId, value: Value) -> Option<Fact> {
        let declared = &self.policy.attributes[attribute];
        let fits = match value {
            Value::Entity(named) => declared.value.accepts_kind(self.world.kind(named)),
            Value::Text(text) => declared.value.is_text() && !matches!(&declared.value, ValueType::OneOf(texts) if !texts.contains(&text)),
            Value::OtherText(_) => declared.value == ValueType::Text,
            Value::Number(_) => declared.value == ValueType::Number,
            Value::Date(_) => declared.value == ValueType::Date,
        };
        match value {
            _ if !fits => None,
            Value::Entity(group) if declared.member_of => Some(Fact::Member(entity, group)),
            value => Some(Fact::Value(entity, attribute, value)),
        }
    }

    pub(super) fn is_of(&self, fact: Fact, attribute: AttributeId) -> bool {
        match fact {
            Fact::Value(_, own, _) => own == attribute,
            Fact::Member(_, group) => self.policy.attributes[attribute].is_membership_in(self.world.kind(group)),
            _ => false,
        }
    }

    /// Whether a fact that fits the schema is stated. What is derived is not.
    pub(super) fn is_stated(&mut self, fact: Fact) -> Lit {
        if let Fact::Member(member, group) = fact { self.world.directly_in(member, group) } else { self.world.held(fact) }
    }

    /// Whether a value that is not stated may be so all the same.
    pub(super) fn may_be_stated(&mut self, fact: Fact) -> Lit {
        let Fact::Value(entity, attribute, value) = fact else { return Lit::FALSE };
        let many = self.policy.attributes[attribute].many;
        let unknown = if many { self.world.is_open(entity, attribute) } else { self.world.single(entity, attribute).unknown };
        let possible = self.world.may_be(entity, attribute, value);
        self.world.circuit.all([unknown, possible, self.world.alive[entity]])
    }

    /// The values of the variables of an effect's fact, each with whether all of them live.
    pub(super) fn bindings_of(&mut self, effect: &Effect) -> Vec<(Bindings, Lit)> {
        let terms = effect.fact.terms().into_iter().chain(effect.lasts.iter().map(|lasting| &lasting.count));
        let variables: VarSet = terms.map(Term::variables).collect();
        let mut all = vec![(Bindings::default(), Lit::TRUE)];
        for variable in variables.iter().collect::<Vec<VarId>>() {
            let mut next = Vec::new();
            for entity in self.world.of_kinds(&effect.condition.variable(variable).kinds) {
                for (bindings, lives) in &all {
                    let mut bindings = *bindings;
                    bindings.variables[variable.index()] = Some(entity);
                    let lives = self.world.circuit.and(*lives, self.world.alive[entity]);
                    if lives != Lit::FALSE && self.spend() {
                        next.push((bindings, lives));
                    }
                }
            }
            all = next;
        }
        all
    }

    /// Whether the fact of the effect has an end that is later than its beginning, or none.
    pub(super) fn lasts(&mut self, effect: &Effect, bindings: &Bindings, at: Instant) -> Lit {
        let Some(lasting) = &effect.lasts else { return Lit::TRUE };
        let unit: TimeUnit = lasting.unit;
        let (values, ..) = self.one_value(&lasting.count, bindings);
        let is_later = |value: &Value| matches!(value, Value::Number(number) if at.plus(*number, unit).is_some_and(|until| until > at));
        let lits: Vec<Lit> = values.iter().filter(|(value, _)| is_later(value)).map(|(_, lit)| *lit).collect();
        self.world.circuit.any(lits)
    }

    /// The facts that the terms name.
    pub(super) fn named(&mut self, fact: &FactTerm, bindings: &Bindings) -> Named {
        let mut terms: Vec<TermValue> = Vec::new();
        match fact {
            FactTerm::Holds(holder, role, scope) => {
                terms.push(self.term(holder, bindings));
                terms.push(match role {
                    RoleTerm::Named(role) => {
                        TermValue { values: vec![(Value::Entity(self.world.role(*role)), Lit::TRUE)], ..TermValue::default() }
                    }
                    RoleTerm::Term(term) => self.term(term, bindings),
                });
                terms.push(self.term(scope, bindings));
            }
            fact => terms.extend(fact.terms().into_iter().map(|term| self.term(term, bindings))),
        }
        let mut cases: Vec<(Vec<Value>, Lit)> = vec![(Vec::new(), Lit::TRUE)];
        for term in &terms {
            let mut next = Vec::new();
            for (values, guard) in &cases {
                for &(value, lit) in &term.values {
                    let lit = self.world.circuit.and(*guard, lit);
                    if lit != Lit::FALSE {
                        next.push((values.iter().copied().chain([value]).collect(), lit));
                    }
                }
            }
            cases = next;
        }
        let mut facts: BTreeMap<Fact, Lit> = BTreeMap::new();
        let (mut some, mut misfit) = (Lit::FALSE, Lit::FALSE);
        for (values, lit) in cases {
            let known = match self.fact_with(fact, &values) {
                Case::Fact(fact) => facts.entry(fact).or_insert(Lit::FALSE),
                Case::Misfit => &mut misfit,
                Case::Valueless => continue,
            };
            *known = self.world.circuit.or(*known, lit);
            some = self.world.circuit.or(some, lit);
        }
        Named { facts: facts.into_iter().collect(), valueless: !some, misfit }
    }

    /// The fact with these values.
    fn fact_with(&self, fact: &FactTerm, values: &[Value]) -> Case {
        let entity = |at: usize| if let Value::Entity(entity) = values[at] { Some(entity) } else { None };
        let fits = |fits: bool, fact: Fact| if fits { Case::Fact(fact) } else { Case::Misfit };
        match fact {
            FactTerm::Relation(relation, terms) => {
                let ends: Option<Vec<EntityIndex>> = (0..terms.len()).map(entity).collect();
                let Some(ends) = ends else { return Case::Valueless };
                let mut filled = [0; 3];
                filled.iter_mut().zip(ends).for_each(|(end, entity)| *end = entity);
                fits(self.fits(*relation, filled), Fact::Relation(*relation, filled))
            }
            FactTerm::Holds(..) => {
                let role = entity(1).and_then(|role| self.world.role_of(role));
                let (Some(holder), Some(role), Some(scope)) = (entity(0), role, entity(2)) else { return Case::Valueless };
                fits(self.may_be_assigned(holder, role, scope), Fact::Holds(holder, role, scope))
            }
            FactTerm::Member(..) => {
                let (Some(member), Some(group)) = (entity(0), entity(1)) else { return Case::Valueless };
                let kind = self.world.kind(group);
                let mut attributes = self.policy.kinds[self.world.kind(member)].attributes.iter();
                let may_be = attributes.any(|&attribute| self.policy.attributes[attribute].is_membership_in(kind));
                fits(may_be, Fact::Member(member, group))
            }
            FactTerm::Value(_, attributes, _) => {
                let own = entity(0).and_then(|entity| {
                    let attribute = attributes.iter().find(|(kind, _)| *kind == self.world.kind(entity));
                    attribute.map(|(_, attribute)| (entity, *attribute))
                });
                let Some((entity, attribute)) = own else { return Case::Valueless };
                self.fact_of(entity, attribute, values[1]).map_or(Case::Misfit, Case::Fact)
            }
        }
    }

    /// What has one value, or one set of values, of which the fact gives one.
    pub(super) fn slots(&self, fact: Fact) -> Vec<(EntityIndex, AttributeId)> {
        let policy = self.policy;
        match fact {
            Fact::Value(entity, attribute, _) => vec![(entity, policy.exclusive(&attribute)[0])],
            Fact::Member(member, group) => {
                let kind = self.world.kind(group);
                let attributes = policy.kinds[self.world.kind(member)].attributes.iter();
                let own = attributes.filter(|&&attribute| policy.attributes[attribute].is_membership_in(kind));
                own.map(|attribute| (member, policy.exclusive(attribute)[0])).collect()
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn argument(&self, index: usize) -> Option<&Argument> {
        self.arguments.map(|arguments: &Arguments| arguments.parameter(index))
    }

    pub(super) fn entities_of_parameter(&self, index: usize) -> Vec<(EntityIndex, Lit)> {
        let values = match self.argument(index) {
            Some(Argument::One(one)) => one.values.as_slice(),
            Some(Argument::Many(all)) => all.as_slice(),
            None => &[],
        };
        values.iter().filter_map(|&(value, lit)| if let Value::Entity(entity) = value { Some((entity, lit)) } else { None }).collect()
    }
}
