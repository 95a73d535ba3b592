//! Reads terms and attributes.

use super::condition::{Binding, Env, Evaluator, Read, Set};
use super::world::{Entity, Fact, Value, constant, is_many_of};
use delegraph::syntax::ValueDecl;
use delegraph::syntax::ast::expr::{Term, TermNode};

impl Evaluator<'_> {
    /// The value of a term that has at most one.
    pub fn term(&self, term: &Term, env: &Env, binding: &Binding) -> Read {
        let given = |entity: &Option<Entity>| entity.clone().map_or(Read::Unknown, |entity| Read::One(Value::Entity(entity)));
        match &term.node {
            TermNode::Subject => given(&env.subject),
            TermNode::Resource => given(&env.resource),
            TermNode::Name(name) => match binding.get(name) {
                Some(entity) => Read::One(Value::Entity(entity.clone())),
                None => argument(name, env).first().map_or(Read::None, |value| Read::One(value.clone())),
            },
            TermNode::Attribute(of, name) => match self.term(of, env, binding) {
                Read::One(Value::Entity(entity)) => self.hop(&entity, &name.value),
                Read::One(_) | Read::None => Read::None,
                Read::Unknown => Read::Unknown,
            },
            _ => Read::One(constant(term)),
        }
    }

    /// All values of a term.
    pub fn set(&self, term: &Term, env: &Env, binding: &Binding) -> Set {
        match &term.node {
            TermNode::Name(name) => Set::Values { values: argument(name, env), open: None },
            TermNode::Attribute(of, name) => match self.term(of, env, binding) {
                Read::One(Value::Entity(entity)) => self.values(&entity, &name.value),
                Read::One(_) | Read::None => Set::None,
                Read::Unknown => Set::Unknown,
            },
            _ => Set::None,
        }
    }

    /// `entity.name`: if `name` is the kind of the entity or of a possible container, the nearest one of that kind; else the attribute.
    fn hop(&self, entity: &Entity, name: &str) -> Read {
        if self.pack.is_container_hop(&entity.kind, name) {
            let chain = self.world.itself_and_containers(self.pack, entity, self.context.at);
            let last = &chain[chain.len() - 1];
            // The containers of an entity that does not live, or is not declared, are unknown.
            let lost = !self.world.lives(last, self.context.at) && self.pack.may_lie_within(&last.kind, name);
            return match chain.iter().find(|above| above.kind == name) {
                // A container that has ended says no more where the entity is now.
                Some(above) if above != entity && self.world.has_ended(above, self.context.at) => Read::Unknown,
                Some(above) => Read::One(Value::Entity(above.clone())),
                None if lost || self.unknown_containers(last).contains(name) => Read::Unknown,
                None => Read::None,
            };
        }
        self.attribute(entity, name)
    }

    /// The value of an attribute that has at most one.
    pub fn attribute(&self, entity: &Entity, name: &str) -> Read {
        let at = self.context.at;
        if entity.kind == "role" && name == "system" {
            return self.pack.system(&entity.id).map_or(Read::Unknown, |system| Read::One(Value::Text(system)));
        }
        let Some(declared) = self.pack.attribute(&entity.kind, name) else { return Read::None };
        match self.world.recorded_value(entity, name, at) {
            Some(Value::Entity(value)) if self.world.has_ended(&value, at) => return Read::Unknown,
            Some(value) => return Read::One(value),
            None => {}
        }
        if !self.world.lives(entity, at) {
            return Read::Unknown;
        }
        // If another attribute of `exactly-one` has a value, this one is known to have none.
        let exactly_one = self.pack.kind(&entity.kind).map_or(&[][..], |kind| &kind.exactly_one);
        let is_one_of = exactly_one.iter().any(|one| one.value == name);
        if is_one_of && exactly_one.iter().any(|one| self.world.recorded_value(entity, &one.value, at).is_some()) {
            return Read::None;
        }
        if self.has_no_value(entity, name) {
            return Read::None;
        }
        if declared.optional && !self.may_have_value(entity, name) { Read::None } else { Read::Unknown }
    }

    pub fn values(&self, entity: &Entity, name: &str) -> Set {
        if !is_many_of(self.pack, &entity.kind, name) {
            return Set::None;
        }
        let open = !self.world.lives(entity, self.context.at) || self.is_set_missing(entity, name) || self.may_have_value(entity, name);
        Set::Values { values: self.recorded_values(entity, name), open: open.then(|| (entity.clone(), name.to_owned())) }
    }

    /// The recorded values of an attribute. For a membership, these are the groups of kinds that the attribute may name.
    fn recorded_values(&self, entity: &Entity, name: &str) -> Vec<Value> {
        let Some(ValueDecl::MemberOf(kinds)) = self.pack.attribute(&entity.kind, name).map(|attribute| &attribute.value) else {
            return self.world.recorded_values(entity, name, self.context.at);
        };
        let group = |fact: &Fact| match fact {
            Fact::Member(member, group) if member == entity && kinds.iter().any(|kind| kind.value == group.kind) => {
                Some(Value::Entity(group.clone()))
            }
            _ => None,
        };
        self.world.holding(self.context.at).into_iter().filter_map(group).collect()
    }
}

fn argument(name: &str, env: &Env) -> Vec<Value> {
    env.arguments.iter().find(|(known, _)| known == name).map(|(_, values)| values.clone()).unwrap_or_default()
}
