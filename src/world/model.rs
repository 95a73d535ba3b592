//! What a world is made of.

use super::ids::{EntityId, FactId};
use super::value::Value;
use crate::policy::{AttributeId, EventId, KindId, RelationId, RoleId};
use crate::text::Span;
use crate::time::{Instant, Interval};

/// What a fact says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Statement {
    /// `relation(e, …)`; ends beyond those that the relation has are [`EntityId::NONE`].
    Relation(RelationId, [EntityId; 3]),
    /// `holder holds role on scope`
    Holds {
        /// Who.
        holder: EntityId,
        /// What.
        role: RoleId,
        /// Over what.
        scope: EntityId,
    },
    /// `member in group`, whether told so or by the member's attribute.
    Member {
        /// Who.
        member: EntityId,
        /// In what.
        group: EntityId,
    },
    /// `entity.attribute == value`; of attributes that are not `member-of`.
    Value {
        /// Of what.
        entity: EntityId,
        /// Which.
        attribute: AttributeId,
        /// What.
        value: Value,
    },
}

/// A fact: what, and when. Where it is told the world knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it says.
    pub statement: Statement,
    /// When it holds.
    pub during: Interval,
}

/// What reading a single-valued attribute gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup<F = FactId> {
    /// A value, and the fact that tells it.
    Known(Value, F),
    /// It is known that there is none.
    None,
    /// The world does not tell.
    Unknown,
}

/// What is seen at once of an entity, without asking its facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inline<T> {
    /// This is told, of all times, and nothing else.
    Always(T),
    /// Nothing is told of any time.
    Nothing,
    /// The facts must be asked: it depends on the time, or several are told.
    Look,
}

/// An event that the world says happened.
#[derive(Clone, Debug)]
pub struct EventRecord {
    /// Which.
    pub event: EventId,
    /// When.
    pub at: Instant,
    /// Who did it.
    pub by: EntityId,
    /// The parameters, in the order of the event's.
    pub arguments: Vec<Argument>,
    /// Where it is told.
    pub span: Span,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Argument {
    /// Left out; only of optional ones.
    None,
    /// One value.
    One(Value),
    /// Any number of values, sorted, each once; of parameters that are `many`.
    Many(Vec<Value>),
}

/// How an attribute behaves where the world tells nothing of it.
#[derive(Clone, Debug)]
pub(crate) struct ClosedWorld {
    /// What silence means.
    pub(crate) read: Lookup,
    /// Others of its `exactly-one`: where one of them is given, this one is none.
    pub(crate) others: Vec<AttributeId>,
}

/// Kind, life and declaration of an entity.
#[derive(Clone, Copy, Debug)]
pub struct Entity<'w> {
    /// Its kind.
    pub kind: KindId,
    /// Its id, without the kind.
    pub id: &'w str,
    /// When it lives; empty for one that only the policy names.
    pub life: Interval,
    /// Whether a file of the world declares it; not so for roles and for what only the policy names.
    pub declared: bool,
}
