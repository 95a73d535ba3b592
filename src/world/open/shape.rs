//! Patterns as data.

use crate::policy::{AttributeId, EventId, Expr, KindSet, Policy, RelationId, RoleId, VarId};
use crate::text::Place;
use crate::time::Interval;
use crate::world::ids::EntityId;
use crate::world::model::Statement;
use crate::world::value::Value;

/// The index of a pattern of a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PatternId(pub(super) u32);

/// A pattern: facts that fit it may hold, unless they are stated to hold or not to.
#[derive(Clone, Debug)]
pub struct OpenPattern {
    /// How it is written.
    pub text: PatternText,
    /// What must not be false of its variables.
    pub(crate) condition: Expr,
    /// By variable: its kinds.
    pub(crate) variables: Vec<KindSet>,
    /// When it is in force.
    pub during: Interval,
    /// The reason, as the world gives it.
    pub why: Option<Box<str>>,
    /// Where the world states it; `None` if it is assumed.
    pub place: Option<Place>,
}

/// How a pattern is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatternText {
    /// As a pattern in a file.
    Written(Box<str>),
    /// It is one fact alone, because of an event.
    Event(UncertainEffect),
}

/// What an event does to a fact, or not: whether the `where` of its effect is true is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UncertainEffect {
    /// The event.
    pub event: EventId,
    /// What the event may have done.
    pub change: UncertainChange,
    /// The fact.
    pub statement: Statement,
}

/// What an event may have done to a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum UncertainChange {
    /// It may have added the fact.
    Added,
    /// It may have removed the fact.
    Removed,
    /// It may have set the attribute to this value.
    Set,
    /// It may have set the attribute, or another one of `exactly-one`, to another value.
    Replaced,
}

/// What a statement is about, without its entities and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Topic {
    Relation(RelationId),
    Holds,
    Member,
    Value(AttributeId),
}

impl Topic {
    /// That of the values of an attribute.
    pub(crate) fn of_attribute(policy: &Policy, attribute: AttributeId) -> Topic {
        if policy.attributes[attribute].member_of { Topic::Member } else { Topic::Value(attribute) }
    }
}

/// A part of a statement: an entity, a role or a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// The statement has no such part.
    None,
    Value(Value),
    Role(RoleId),
}

/// Fits the statements of one topic, together with the condition of its pattern.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) pattern: PatternId,
    pub(crate) topic: Topic,
    pub(crate) parts: [ShapePart; 3],
    /// The kinds that an entity may have as this part; `None` if the schema and the variables say enough.
    pub(crate) kinds: [Option<KindSet>; 3],
}

/// A pattern that selects facts and leaves none open.
#[derive(Clone, Debug)]
pub struct FactSelector {
    pub(crate) pattern: OpenPattern,
    pub(crate) shapes: Vec<Shape>,
}

impl FactSelector {
    /// The entities that the fact of the pattern names.
    pub fn named(&self) -> impl Iterator<Item = EntityId> {
        let parts = self.shapes.iter().flat_map(|shape| &shape.parts);
        parts.filter_map(|part| match part {
            ShapePart::Is(part) => part.entity(),
            ShapePart::Variable(_) | ShapePart::Any => None,
        })
    }
}

/// A part of a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShapePart {
    /// Exactly this.
    Is(Part),
    /// The value of a variable.
    Variable(VarId),
    /// Anything.
    Any,
}

impl Statement {
    pub(crate) fn topic(self) -> Topic {
        match self {
            Statement::Relation(relation, _) => Topic::Relation(relation),
            Statement::Holds { .. } => Topic::Holds,
            Statement::Member { .. } => Topic::Member,
            Statement::Value { attribute, .. } => Topic::Value(attribute),
        }
    }

    /// Its parts: the ends of a relation; holder, role and scope; member and group; entity and value.
    pub(crate) fn parts(self) -> [Part; 3] {
        let entity = |ent| if ent == EntityId::NONE { Part::None } else { Part::Value(Value::Entity(ent)) };
        match self {
            Statement::Relation(_, ends) => ends.map(entity),
            Statement::Holds { holder, role, scope } => [entity(holder), Part::Role(role), entity(scope)],
            Statement::Member { member, group } => [entity(member), entity(group), Part::None],
            Statement::Value { entity: ent, value, .. } => [entity(ent), Part::Value(value), Part::None],
        }
    }
}

impl Part {
    /// The entity, if it is one.
    pub(crate) fn entity(self) -> Option<EntityId> {
        match self {
            Part::Value(value) => value.entity(),
            Part::None | Part::Role(_) => None,
        }
    }
}

impl Shape {
    /// The shape of one statement.
    pub(crate) fn of_statement(pattern: PatternId, statement: Statement) -> Shape {
        Shape { pattern, topic: statement.topic(), parts: statement.parts().map(ShapePart::Is), kinds: [None, None, None] }
    }

    /// The only statement that it fits; `None` if it may fit several.
    pub(crate) fn statement(&self) -> Option<Statement> {
        let part = |place: usize| match self.parts[place] {
            ShapePart::Is(part) => Some(part),
            ShapePart::Variable(_) | ShapePart::Any => None,
        };
        let entity = |place: usize| part(place).map(|part| part.entity().unwrap_or(EntityId::NONE));
        match (self.topic, part(1)?) {
            (Topic::Relation(relation), _) => Some(Statement::Relation(relation, [entity(0)?, entity(1)?, entity(2)?])),
            (Topic::Holds, Part::Role(role)) => Some(Statement::Holds { holder: entity(0)?, role, scope: entity(2)? }),
            (Topic::Member, _) => Some(Statement::Member { member: entity(0)?, group: entity(1)? }),
            (Topic::Value(attribute), Part::Value(value)) => Some(Statement::Value { entity: entity(0)?, attribute, value }),
            _ => None,
        }
    }

    /// Whether it fits statements with different entities or values as this part.
    pub(crate) fn is_wild(&self, part: usize) -> bool {
        !matches!(self.parts[part], ShapePart::Is(_))
    }
}
