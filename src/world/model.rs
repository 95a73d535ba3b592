//! The data of a world: entities, facts, events, and what a read returns.

use super::ids::{EntityId, FactId, Symbol};
use super::value::Value;
use crate::policy::{AttributeId, EventId, KindId, Policy, RelationId, RoleId};
use crate::text::Span;
use crate::time::{Instant, Interval};

/// What a fact states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Statement {
    /// `relation(e, …)`. A relation has one to three ends; the others are [`EntityId::NONE`].
    Relation(RelationId, [EntityId; 3]),
    /// `holder holds role on scope`
    Holds {
        /// A subject or a group.
        holder: EntityId,
        /// The role that is held.
        role: RoleId,
        /// The entity over which it is held.
        scope: EntityId,
    },
    /// `member in group`, stated so or as a value of a `member-of` attribute.
    Member {
        /// The member: a subject or a group.
        member: EntityId,
        /// The group.
        group: EntityId,
    },
    /// `entity.attribute == value`, of an attribute that is not `member-of`.
    Value {
        /// The entity whose attribute it is.
        entity: EntityId,
        /// The attribute.
        attribute: AttributeId,
        /// Its value, or one of its values if it is `many`.
        value: Value,
    },
}

impl Statement {
    /// The statement that an attribute has a value: a membership if the attribute is `member-of`.
    pub fn of_attribute(policy: &Policy, entity: EntityId, attribute: AttributeId, value: Value) -> Statement {
        match value {
            Value::Entity(group) if policy.attributes[attribute].member_of => Statement::Member { member: entity, group },
            value => Statement::Value { entity, attribute, value },
        }
    }

    /// Replaces the ids of entities and the symbol of a text, after both were renumbered.
    pub(super) fn renumber(&mut self, entity: &impl Fn(EntityId) -> EntityId, symbol: &impl Fn(Symbol) -> Symbol) {
        let replace = |ent: &mut EntityId| *ent = entity(*ent);
        match self {
            Statement::Relation(_, ends) => ends.iter_mut().for_each(replace),
            Statement::Holds { holder, scope, .. } => [holder, scope].into_iter().for_each(replace),
            Statement::Member { member, group } => [member, group].into_iter().for_each(replace),
            Statement::Value { entity: ent, value, .. } => {
                replace(ent);
                match value {
                    Value::Entity(ent) => replace(ent),
                    other => other.renumber(symbol),
                }
            }
        }
    }

    /// The entities that it is about: the ends of a relation, holder and scope, member and group; of a value, the entity that has it.
    pub(crate) fn about(self) -> impl Iterator<Item = EntityId> {
        let entities = match self {
            Statement::Relation(_, ends) => ends,
            Statement::Holds { holder, scope, .. } => [holder, scope, EntityId::NONE],
            Statement::Member { member, group } => [member, group, EntityId::NONE],
            Statement::Value { entity, .. } => [entity, EntityId::NONE, EntityId::NONE],
        };
        entities.into_iter().filter(|&entity| entity != EntityId::NONE)
    }

    /// The entities that it names, the value of an attribute among them.
    pub(crate) fn named(self) -> impl Iterator<Item = EntityId> {
        let value = match self {
            Statement::Value { value: Value::Entity(value), .. } => Some(value),
            _ => None,
        };
        self.about().chain(value)
    }
}

/// A statement and the interval in which it holds. [`World::places`](super::World::places) has where it is stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it states.
    pub statement: Statement,
    /// When it holds.
    pub during: Interval,
}

/// The result of reading a single-valued attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup<F = FactId> {
    /// A value, and the fact that states it.
    Known(Value, F),
    /// The attribute is known to have no value.
    None,
    /// The world does not say whether the attribute has a value.
    Unknown,
    /// No value is stated, and patterns or denials may be about the attribute. Whether it is absent or unknown depends on their conditions.
    Open,
}

/// The content of an inline cell, which keeps what the facts of an entity state if that is at most one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inline<T> {
    /// One fact, which holds always.
    Always(T),
    /// No fact, at any time.
    NoFact,
    /// The facts must be read: there are several, or one that does not hold always.
    ReadFacts,
}

/// An event that happened.
#[derive(Clone, Debug)]
pub struct EventRecord {
    /// The event of the policy.
    pub event: EventId,
    /// When it happened.
    pub at: Instant,
    /// Who did it.
    pub by: EntityId,
    /// A value for each parameter of the event, in order.
    pub arguments: Vec<Argument>,
    /// Where it is recorded.
    pub span: Span,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Argument {
    /// The parameter is optional and was left out.
    None,
    /// One value.
    One(Value),
    /// The values of a `many` parameter, sorted, each once.
    Many(Vec<Value>),
}

/// A file of an export from which a world was made, as the world says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExportFile {
    /// Its name.
    pub file: String,
    /// Its SHA-256, as the world writes it.
    pub sha256: Option<String>,
    /// When it was captured.
    pub captured: Option<Instant>,
    /// What the exports of the world do not show, in words: it counts as absent.
    pub lacks: Vec<String>,
}

/// How an attribute is read if no value of it is given.
#[derive(Clone, Debug)]
pub(super) struct ClosedWorld {
    /// [`Lookup::None`] or [`Lookup::Unknown`].
    pub(super) not_given: Lookup,
    /// The other attributes of its `exactly-one` or `within`: if one of them is given, this one has no value.
    pub(super) alternatives: Vec<AttributeId>,
}

/// An entity itself, without the facts about it.
#[derive(Clone, Copy, Debug)]
pub struct Entity<'w> {
    /// Its kind.
    pub kind: KindId,
    /// Its id, without the kind.
    pub id: &'w str,
    /// When it lives; empty if only the policy names it.
    pub life: Interval,
    /// Whether a file of the world declares it; false if it is a role or if only the policy names it.
    pub declared: bool,
}
