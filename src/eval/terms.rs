//! Reading terms.

use super::bindings::Bindings;
use super::evaluator::Evaluator;
use super::trace::{MissingDatum, Recorder, TermValue, TraceStep as Told};
use super::truth::Truth;
use crate::policy::{AttributeId, Hop, KindId, KindSet, Path, Term, TermNode};
use crate::world::{Argument, EntityId, FactId, Lookup, Statement, Symbol, Value};

/// A term that names no entity.
pub(crate) struct NotAnEntity<'t> {
    pub(crate) term: &'t Term,
    /// Its value is unknown; else it has none, or one that is no entity.
    pub(crate) unknown: bool,
}

/// The values of a many-valued term, and whether there may be more that the world does not tell.
pub(crate) struct Many {
    pub(crate) values: Vec<(Value, Option<FactId>)>,
    pub(crate) open: Option<MissingDatum>,
}

impl<R: Recorder> Evaluator<'_, R> {
    /// The value of a term.
    #[inline]
    pub(crate) fn term(&mut self, term: &Term, bindings: &Bindings<'_>) -> TermValue {
        match &term.node {
            TermNode::Subject => TermValue::Value(Value::Entity(bindings.subject)),
            TermNode::Resource => TermValue::Value(Value::Entity(bindings.resource)),
            TermNode::Variable(variable) => TermValue::Value(Value::Entity(bindings.variables[usize::from(variable.0)])),
            TermNode::Path(of, steps) => match of.node {
                // What starts with one of these is most of what there is to read.
                TermNode::Subject => self.step_from(bindings.subject, steps),
                TermNode::Resource => self.step_from(bindings.resource, steps),
                TermNode::Variable(variable) => self.step_from(bindings.variables[usize::from(variable.0)], steps),
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
            // The policy's texts come first among the world's, under the same numbers.
            TermNode::Text(text) => TermValue::Value(Value::Text(Symbol::of_policy(*text))),
            TermNode::Number(number) => TermValue::Value(Value::Number(*number)),
            TermNode::Date(date) => TermValue::Value(Value::Date(*date)),
            TermNode::Path(of, steps) => {
                let of = self.term(of, bindings);
                self.step(of, steps)
            }
        }
    }

    fn step(&mut self, of: TermValue, steps: &Path) -> TermValue {
        match of {
            TermValue::Value(Value::Entity(ent)) => self.step_from(ent, steps),
            TermValue::Unknown => TermValue::Unknown,
            TermValue::Value(_) | TermValue::None => TermValue::None,
        }
    }

    fn step_from(&mut self, ent: EntityId, steps: &Path) -> TermValue {
        if ent == EntityId::NONE {
            return TermValue::Unknown;
        }
        let kind = self.env.world.kind(ent);
        match steps.of(kind) {
            None => TermValue::None,
            Some(Hop::Above(target)) if target == kind => TermValue::Value(Value::Entity(ent)),
            Some(Hop::Above(target)) => self.above(ent, target),
            Some(Hop::Attribute(attribute)) => self.attribute(ent, attribute),
        }
    }

    #[inline]
    fn attribute(&mut self, ent: EntityId, attribute: AttributeId) -> TermValue {
        let (world, at) = (self.env.world, self.env.context.at);
        if !R::EXHAUSTIVE {
            return match world.value(ent, attribute, at) {
                Lookup::Known(value, ()) => TermValue::Value(value),
                Lookup::None => TermValue::None,
                Lookup::Unknown => TermValue::Unknown,
            };
        }
        match world.read(ent, attribute, at) {
            Lookup::Known(value, fact) => {
                self.recorder.leaf(Told::Fact(fact), Truth::True);
                TermValue::Value(value)
            }
            Lookup::None => {
                self.recorder.leaf(Told::Absent(ent, attribute), Truth::True);
                TermValue::None
            }
            Lookup::Unknown => {
                self.recorder.leaf(Told::Missing(MissingDatum::Attribute(ent, attribute)), Truth::Unknown);
                TermValue::Unknown
            }
        }
    }

    /// The nearest entity of the kind at or above; none if there is none.
    #[inline(never)]
    fn above(&mut self, ent: EntityId, target: KindId) -> TermValue {
        let (world, at) = (self.env.world, self.env.context.at);
        let mut here = ent;
        // A chain is no longer than there are entities; the loader refuses circles.
        loop {
            if world.kind(here) == target {
                return TermValue::Value(Value::Entity(here));
            }
            match self.container(here) {
                Some((above, fact)) => {
                    fact.iter().for_each(|&fact| self.recorder.leaf(Told::Fact(fact), Truth::True));
                    here = above;
                }
                // One that does not live lies within nothing that is known.
                None if !world.lives(here, at) => {
                    let policy = &self.env.compiled.policy;
                    let mut within = policy.kinds[world.kind(here)].within.iter().copied();
                    let leads = |attribute: AttributeId| {
                        let mut kinds = policy.attributes[attribute].value.entity_kinds().into_iter().flat_map(KindSet::iter);
                        kinds.any(|kind| kind == target || policy.kinds[kind].above.contains(target))
                    };
                    let Some(attribute) = within.find(|&attribute| leads(attribute)) else { return TermValue::None };
                    self.recorder.leaf(Told::Missing(MissingDatum::Attribute(here, attribute)), Truth::Unknown);
                    return TermValue::Unknown;
                }
                None => return TermValue::None,
            }
        }
    }

    /// Reads terms, at most three, that must name entities: those entities in order, then [`EntityId::NONE`]. Fails at the first term that
    /// names none.
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

    /// The entity, and what lies within it and is of one of these kinds, or may contain such; what else lies within it is left out.
    pub(crate) fn contents(&self, ent: EntityId, kinds: &KindSet) -> Vec<EntityId> {
        let (world, at, policy) = (self.env.world, self.env.context.at, &self.env.compiled.policy);
        let leading = kinds.iter().fold(kinds.clone(), |all, kind| all.union(&policy.kinds[kind].above));
        let containers: Vec<(AttributeId, &KindSet)> = policy
            .attributes
            .iter()
            .filter(|(_, attribute)| attribute.container && leading.contains(attribute.kind))
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

    /// The values of a many-valued attribute or parameter, as told; what the entity is if it is none or unknown.
    pub(crate) fn many(&mut self, term: &Term, bindings: &Bindings<'_>) -> Result<Many, TermValue> {
        match &term.node {
            TermNode::Parameter(index) => match bindings.arguments.get(*index) {
                Some(Argument::Many(values)) => Ok(Many { values: values.iter().map(|&value| (value, None)).collect(), open: None }),
                // An event may create an entity with a set of one.
                Some(Argument::One(value)) => Ok(Many { values: vec![(*value, None)], open: None }),
                _ => Err(TermValue::None),
            },
            TermNode::Path(of, steps) => {
                let of = self.term(of, bindings);
                let ent = match of {
                    TermValue::Value(Value::Entity(ent)) if ent != EntityId::NONE => ent,
                    TermValue::Value(_) | TermValue::Unknown => return Err(TermValue::Unknown),
                    TermValue::None => return Err(TermValue::None),
                };
                let kind = self.env.world.kind(ent);
                match steps.of(kind) {
                    Some(Hop::Attribute(attribute)) => Ok(self.values(ent, attribute)),
                    _ => Err(TermValue::None),
                }
            }
            _ => Err(TermValue::None),
        }
    }

    fn values(&self, ent: EntityId, attribute: AttributeId) -> Many {
        let (world, at) = (self.env.world, self.env.context.at);
        let declared = &self.env.compiled.policy.attributes[attribute];
        let facts = if declared.member_of { world.memberships(ent) } else { world.values(ent, attribute) };
        let holding = facts.filter(|&id| world.fact(id).during.contains(at));
        let values = holding.filter_map(|id| match world.fact(id).statement {
            Statement::Value { value, .. } => Some((value, Some(id))),
            Statement::Member { group, .. } if declared.value.accepts_kind(world.kind(group)) => Some((Value::Entity(group), Some(id))),
            _ => None,
        });
        let values = values.collect();
        let closed = world.set_closed(ent, attribute) && world.lives(ent, at);
        Many { values, open: (!closed).then_some(MissingDatum::Attribute(ent, attribute)) }
    }

    /// The told values of a many-valued term, if there can be no others.
    pub(crate) fn told_values(&mut self, term: &Term, bindings: &Bindings<'_>) -> Option<Vec<EntityId>> {
        let entity = |(value, _): &(Value, Option<FactId>)| match value {
            Value::Entity(ent) => Some(*ent),
            _ => None,
        };
        let quiet = Evaluator::new(self.env, super::trace::NoTrace).many(term, bindings);
        match quiet {
            Ok(many) if many.open.is_none() => Some(many.values.iter().filter_map(entity).collect()),
            Ok(_) | Err(TermValue::Unknown) => None,
            Err(_) => Some(Vec::new()),
        }
    }
}
