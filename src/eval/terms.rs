//! The value of a term (`subject.partner`, `resource`, a constant) while a condition is evaluated: steps from entity to entity, reads of
//! attributes, and whether a value is known, none or unknown.

use super::bindings::Bindings;
use super::env::Env;
use super::evaluator::Evaluator;
use super::trace::{MissingDatum, NoTrace, Recorder, TermValue, TraceStep};
use super::truth::Truth;
use crate::policy::{AttributeId, Hop, KindId, KindSet, Path, Term, TermNode};
use crate::world::{Argument, EntityId, FactId, Lookup, Statement, Symbol, Value};

/// A term whose value is not an entity.
pub(crate) struct NotAnEntity<'t> {
    pub(crate) term: &'t Term,
    /// Whether its value is unknown. If not, it is absent or of another type.
    pub(crate) unknown: bool,
}

/// The values of a many-valued attribute or parameter, each with the fact that states it.
pub(crate) struct ValueSet {
    pub(crate) values: Vec<(Value, Option<FactId>)>,
    /// Set if there may be more values: the entity and its attribute.
    pub(crate) open: Option<(EntityId, AttributeId)>,
}

impl<R: Recorder> Evaluator<'_, R> {
    /// The value of a term. Inlined for the terms that conditions read most: an entity, and one step from it.
    #[inline]
    pub(crate) fn term(&mut self, term: &Term, bindings: &Bindings<'_>) -> TermValue {
        match &term.node {
            TermNode::Subject => TermValue::Value(Value::Entity(bindings.subject)),
            TermNode::Resource => TermValue::Value(Value::Entity(bindings.resource)),
            TermNode::Variable(variable) => TermValue::Value(Value::Entity(bindings.variables[usize::from(variable.0)])),
            TermNode::Path(of, path) => match of.node {
                TermNode::Subject => self.hop(bindings.subject, path),
                TermNode::Resource => self.hop(bindings.resource, path),
                TermNode::Variable(variable) => self.hop(bindings.variables[usize::from(variable.0)], path),
                _ => self.other_term(term, bindings),
            },
            _ => self.other_term(term, bindings),
        }
    }

    #[inline(never)]
    fn other_term(&mut self, term: &Term, bindings: &Bindings<'_>) -> TermValue {
        match &term.node {
            TermNode::Subject | TermNode::Resource | TermNode::Variable(_) => self.term(term, bindings),
            TermNode::Parameter(index) => match bindings.arguments.get(*index) {
                Some(Argument::One(value)) => TermValue::Value(*value),
                Some(Argument::None | Argument::Many(_)) | None => TermValue::None,
            },
            TermNode::Literal(literal) => TermValue::Value(Value::Entity(self.env.world.literal(*literal))),
            TermNode::Text(text) => TermValue::Value(Value::Text(Symbol::of_policy(*text))),
            TermNode::Number(number) => TermValue::Value(Value::Number(*number)),
            TermNode::Date(date) => TermValue::Value(Value::Date(*date)),
            TermNode::Path(of, path) => {
                let of = self.term(of, bindings);
                self.follow_path(of, path)
            }
        }
    }

    fn follow_path(&mut self, of: TermValue, path: &Path) -> TermValue {
        match of {
            TermValue::Value(Value::Entity(ent)) => self.hop(ent, path),
            TermValue::Unknown => TermValue::Unknown,
            TermValue::Value(_) | TermValue::None => TermValue::None,
        }
    }

    fn hop(&mut self, ent: EntityId, path: &Path) -> TermValue {
        if ent == EntityId::NONE {
            return TermValue::Unknown;
        }
        let kind = self.env.world.kind(ent);
        match path.of(kind) {
            Some(Hop::Attribute(attribute)) => self.attribute(ent, attribute),
            Some(Hop::Above(target)) if target == kind => TermValue::Value(Value::Entity(ent)),
            Some(Hop::Above(target)) => self.above(ent, target),
            seldom => self.seldom_hop(ent, seldom),
        }
    }

    /// The value where there is no hop, and the system of a role, which is unknown if the policy has no such role or gives it none. Apart from
    /// the other hops, since a choice of four costs each of them.
    #[cold]
    #[inline(never)]
    fn seldom_hop(&mut self, role: EntityId, hop: Option<Hop>) -> TermValue {
        if hop.is_none() {
            return TermValue::None;
        }
        let policy = &self.env.compiled.policy;
        let system = self.env.world.role_of(role).and_then(|role| policy.roles[role].system);
        if let Some(system) = system {
            return TermValue::Value(Value::Text(Symbol::of_policy(system)));
        }
        self.recorder.leaf(TraceStep::Missing(MissingDatum::Role(role)), Truth::Unknown);
        TermValue::Unknown
    }

    /// The value of an attribute that has at most one.
    #[inline]
    pub(crate) fn attribute(&mut self, ent: EntityId, attribute: AttributeId) -> TermValue {
        let (world, at) = (self.env.world, self.at);
        if !R::EXHAUSTIVE {
            return match world.value(ent, attribute, at) {
                Lookup::Known(Value::Entity(named), ()) if world.has_ended(named, at) => TermValue::Unknown,
                Lookup::Known(value, ()) => TermValue::Value(value),
                Lookup::None => TermValue::None,
                Lookup::Unknown => TermValue::Unknown,
                Lookup::Open => self.not_stated(ent, attribute),
            };
        }
        let value = match world.read(ent, attribute, at) {
            // Nobody knows what it names since then.
            Lookup::Known(Value::Entity(named), _) if world.has_ended(named, at) => TermValue::Unknown,
            Lookup::Known(value, fact) => {
                self.recorder.leaf(TraceStep::Fact(fact), Truth::True);
                return TermValue::Value(value);
            }
            Lookup::None => TermValue::None,
            Lookup::Unknown => TermValue::Unknown,
            Lookup::Open => self.not_stated(ent, attribute),
        };
        if value == TermValue::None {
            self.recorder.leaf(TraceStep::Absent(ent, attribute), Truth::True);
        } else {
            self.recorder.leaf(TraceStep::Missing(MissingDatum::Attribute(ent, attribute)), Truth::Unknown);
        }
        value
    }

    /// The value of an attribute that is not stated, and that patterns or denials may be about.
    #[inline(never)]
    fn not_stated(&self, ent: EntityId, attribute: AttributeId) -> TermValue {
        if self.env.world.has_no_value(ent, attribute, self.at) {
            return TermValue::None;
        }
        let optional = self.env.compiled.policy.attributes[attribute].optional;
        if optional && !self.env.may_have_value(ent, attribute, self.at) { TermValue::None } else { TermValue::Unknown }
    }

    /// Whether a term whose value is unknown may have this value.
    pub(super) fn may_have(&mut self, term: &Term, value: Value, bindings: &Bindings<'_>) -> bool {
        let TermNode::Path(of, path) = &term.node else { return true };
        let of = Evaluator::at(self.env, self.budget, NoTrace, self.at).term(of, bindings);
        let TermValue::Value(Value::Entity(ent)) = of else { return true };
        if ent == EntityId::NONE {
            return true;
        }
        match path.of(self.env.world.kind(ent)) {
            Some(Hop::Attribute(attribute)) => self.env.may_be(ent, attribute, value, self.at),
            _ => true,
        }
    }

    /// The nearest entity of the kind: the entity itself or one that contains it.
    #[inline(never)]
    fn above(&mut self, ent: EntityId, target: KindId) -> TermValue {
        let (world, at) = (self.env.world, self.at);
        let mut here = ent;
        // This ends, because the loader rejects cycles of containment.
        loop {
            if world.kind(here) == target {
                return TermValue::Value(Value::Entity(here));
            }
            match self.container(here) {
                Some((above, _)) if world.has_ended(above, at) && world.kind(above) == target => {
                    // Nobody knows within what the entity lies since then.
                    let within = container_attribute(self.env, here, target);
                    if let Some(attribute) = within {
                        self.recorder.leaf(TraceStep::Missing(MissingDatum::Attribute(here, attribute)), Truth::Unknown);
                    }
                    return TermValue::Unknown;
                }
                Some((above, fact)) => {
                    fact.iter().for_each(|&fact| self.recorder.leaf(TraceStep::Fact(fact), Truth::True));
                    here = above;
                }
                // The container of an entity that does not live is unknown.
                None if !world.lives(here, at) || self.env.open_containers && self.env.unknown_containers(here, at).contains(target) => {
                    let Some(attribute) = container_attribute(self.env, here, target) else { return TermValue::None };
                    self.recorder.leaf(TraceStep::Missing(MissingDatum::Attribute(here, attribute)), Truth::Unknown);
                    return TermValue::Unknown;
                }
                None => return TermValue::None,
            }
        }
    }

    /// Reads up to three terms as entities: their values in order, then [`EntityId::NONE`]. Fails at the first term whose value is not an
    /// entity.
    pub(crate) fn entity_operands<'t>(
        &mut self,
        terms: impl IntoIterator<Item = &'t Term>,
        bindings: &Bindings<'_>,
    ) -> Result<[EntityId; 3], NotAnEntity<'t>> {
        let mut operands = [EntityId::NONE; 3];
        for (operand, term) in operands.iter_mut().zip(terms) {
            let value = self.term(term, bindings).entity();
            *operand = value.map_err(|truth| NotAnEntity { term, unknown: truth == Truth::Unknown })?;
        }
        Ok(operands)
    }

    /// The entity and the entities within it. Leaves out those that neither are of these kinds nor can contain entities of them.
    pub(crate) fn all_within(&self, ent: EntityId, kinds: &KindSet) -> Vec<EntityId> {
        let (world, at, policy) = (self.env.world, self.at, &self.env.compiled.policy);
        if !kinds.iter().any(|kind| policy.kinds[kind].above.contains(world.kind(ent))) {
            return vec![ent];
        }
        let leads = |own: KindId| kinds.contains(own) || kinds.iter().any(|kind| policy.kinds[kind].above.contains(own));
        let containers: Vec<(AttributeId, &KindSet)> = policy
            .attributes
            .iter()
            .filter(|(_, attribute)| attribute.container && leads(attribute.kind))
            .filter_map(|(id, attribute)| Some((id, attribute.value.entity_kinds()?)))
            .collect();
        let mut found = vec![ent];
        let mut next = 0;
        while let Some(&here) = found.get(next) {
            next += 1;
            let kind = world.kind(here);
            let inner = containers
                .iter()
                .filter(|(_, to)| to.contains(kind))
                .flat_map(|&(attribute, _)| world.entities_with_value(attribute, here));
            for id in inner {
                let fact = world.fact(id);
                if let (Statement::Value { entity, .. }, true) = (fact.statement, fact.during.contains(at)) {
                    found.push(entity);
                }
            }
        }
        found
    }

    /// The values of a many-valued attribute or parameter. Fails with [`TermValue::None`] if there is no such set, and with
    /// [`TermValue::Unknown`] if its entity is unknown.
    pub(crate) fn value_set(&mut self, term: &Term, bindings: &Bindings<'_>) -> Result<ValueSet, TermValue> {
        match &term.node {
            TermNode::Parameter(index) => match bindings.arguments.get(*index) {
                Some(Argument::Many(values)) => Ok(ValueSet { values: values.iter().map(|&value| (value, None)).collect(), open: None }),
                // An event may give a many-valued attribute of a new entity the value of a single-valued parameter.
                Some(Argument::One(value)) => Ok(ValueSet { values: vec![(*value, None)], open: None }),
                _ => Err(TermValue::None),
            },
            TermNode::Path(of, path) => {
                let of = self.term(of, bindings);
                let ent = match of {
                    TermValue::Value(Value::Entity(ent)) if ent != EntityId::NONE => ent,
                    TermValue::Value(_) | TermValue::Unknown => return Err(TermValue::Unknown),
                    TermValue::None => return Err(TermValue::None),
                };
                let kind = self.env.world.kind(ent);
                match path.of(kind) {
                    Some(Hop::Attribute(attribute)) => Ok(self.attribute_values(ent, attribute)),
                    _ => Err(TermValue::None),
                }
            }
            _ => Err(TermValue::None),
        }
    }

    fn attribute_values(&self, ent: EntityId, attribute: AttributeId) -> ValueSet {
        let (world, at) = (self.env.world, self.at);
        let declared = &self.env.compiled.policy.attributes[attribute];
        let facts = if declared.member_of { world.memberships(ent) } else { world.values(ent, attribute) };
        let holding = facts.filter(|&id| world.fact(id).during.contains(at));
        let values = holding.filter_map(|id| match world.fact(id).statement {
            Statement::Value { value, .. } => Some((value, Some(id))),
            Statement::Member { group, .. } if declared.value.accepts_kind(world.kind(group)) => Some((Value::Entity(group), Some(id))),
            _ => None,
        });
        let values = values.collect();
        let open = !world.lives(ent, at)
            || self.env.is_set_missing(ent, attribute, at)
            || !world.attribute_closed(attribute) && self.env.may_have_value(ent, attribute, at);
        ValueSet { values, open: open.then_some((ent, attribute)) }
    }

    /// The entities in a set; `None` if there may be others.
    pub(super) fn complete_values(&mut self, term: &Term, bindings: &Bindings<'_>) -> Option<Vec<EntityId>> {
        let entity = |(value, _): &(Value, Option<FactId>)| match value {
            Value::Entity(ent) => Some(*ent),
            _ => None,
        };
        match Evaluator::at(self.env, self.budget, NoTrace, self.at).value_set(term, bindings) {
            Ok(set) if set.open.is_none() => Some(set.values.iter().filter_map(entity).collect()),
            Ok(_) | Err(TermValue::Unknown) => None,
            Err(_) => Some(Vec::new()),
        }
    }
}

/// The attribute by which an entity lies within one of this kind, directly or not.
pub(super) fn container_attribute(env: &Env<'_>, ent: EntityId, target: KindId) -> Option<AttributeId> {
    let policy = &env.compiled.policy;
    let leads = |attribute: AttributeId| {
        let mut kinds = policy.attributes[attribute].value.entity_kinds().into_iter().flat_map(KindSet::iter);
        kinds.any(|kind| kind == target || policy.kinds[kind].above.contains(target))
    };
    policy.kinds[env.world.kind(ent)].within.iter().copied().find(|&attribute| leads(attribute))
}
