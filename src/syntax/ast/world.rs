//! The syntax tree of a world file: entities, facts and events as written, nothing resolved.

use super::Text;
use super::expr::Expr;
use crate::text::{Span, Spanned};
use crate::time::Instant;

/// One world file, TOML or NDJSON.
#[derive(Clone, Debug, Default)]
pub struct WorldDocument {
    /// Declared entities.
    pub entities: Vec<EntityDecl>,
    /// Facts.
    pub facts: Vec<FactDecl>,
    /// Events.
    pub events: Vec<EventRecordDecl>,
    /// Names whose facts were not imported.
    pub not_imported: Vec<Text>,
}

/// `[KIND.ID]` or `{"entity":"KIND:ID", …}`
#[derive(Clone, Debug)]
pub struct EntityDecl {
    /// The kind.
    pub kind: Text,
    /// The id.
    pub id: Text,
    /// Its attributes.
    pub attributes: Vec<(Text, Spanned<GivenValue>)>,
}

/// A value as a world gives it. References are texts `kind:id`, told apart by the attribute's type.
#[derive(Clone, Debug, PartialEq)]
pub enum GivenValue {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// A date.
    Date(Instant),
    /// A list of such.
    List(Vec<Spanned<GivenValue>>),
    /// Something else, by what it is called in its format (`boolean`, `float`, `table`): never right.
    Other(&'static str),
}

/// `[[fact]]` or `{"fact":"…"}`
#[derive(Clone, Debug)]
pub struct FactDecl {
    /// The fact, an atom of the condition grammar.
    pub is: Expr,
    /// From when.
    pub since: Option<Spanned<Instant>>,
    /// Until when, exclusive.
    pub until: Option<Spanned<Instant>>,
}

/// `[[event]]` or `{"event":"…"}`: an event that happened.
#[derive(Clone, Debug)]
pub struct EventRecordDecl {
    /// The whole (its first line).
    pub span: Span,
    /// The event's name (`do`).
    pub name: Text,
    /// When (`at`).
    pub at: Spanned<Instant>,
    /// The doer, `kind:id` (`by`).
    pub by: Text,
    /// The parameters.
    pub arguments: Vec<(Text, Spanned<GivenValue>)>,
}
