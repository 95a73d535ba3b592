//! The syntax tree of a world file: entities, facts and events as written, with no name looked up.

use super::Text;
use super::expr::{Expr, FactPattern, Pattern};
use crate::text::{Span, Spanned};
use crate::time::Instant;

/// One world file, TOML or NDJSON.
#[derive(Clone, Debug, Default)]
pub struct WorldDocument {
    /// Declared entities.
    pub entities: Vec<EntityDecl>,
    /// Facts that hold.
    pub facts: Vec<FactDecl>,
    /// Facts that do not hold.
    pub denials: Vec<DenialDecl>,
    /// Patterns whose facts are unknown.
    pub unknown: Vec<UnknownDecl>,
    /// Events.
    pub events: Vec<EventRecordDecl>,
    /// Names of relations, roles and attributes whose facts were not imported.
    pub not_imported: Vec<Text>,
    /// Files of exports from which the world was made.
    pub sources: Vec<SourceDecl>,
}

impl WorldDocument {
    /// Adds what another document says.
    pub fn append(&mut self, other: WorldDocument) {
        self.entities.extend(other.entities);
        self.facts.extend(other.facts);
        self.denials.extend(other.denials);
        self.unknown.extend(other.unknown);
        self.events.extend(other.events);
        self.not_imported.extend(other.not_imported);
        self.sources.extend(other.sources);
    }
}

/// `[world] sources = [{ file = "…" }]` or `{"source":"…"}`: a file of an export from which the world was made.
#[derive(Clone, Debug)]
pub struct SourceDecl {
    /// Its name.
    pub file: Text,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: Option<Text>,
    /// When it was captured.
    pub captured: Option<Spanned<Instant>>,
    /// What the exports of the world do not show and the world has no fact of, in words: it counts as absent.
    pub lacks: Vec<Text>,
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
    /// Where it comes from.
    pub from: Option<Text>,
}

/// A value in a world. A reference is a text `kind:id`; the type of the attribute distinguishes it from others.
#[derive(Clone, Debug, PartialEq)]
pub enum GivenValue {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// A date.
    Date(Instant),
    /// A list of values.
    List(Vec<Spanned<GivenValue>>),
    /// Any other value, by the name of its type (`boolean`, `float`, `table`). It is always a mistake.
    Other(&'static str),
}

/// `[[fact]]` or `{"fact":"…"}`
#[derive(Clone, Debug)]
pub struct FactDecl {
    /// The fact, an atom of the condition grammar.
    pub is: Expr,
    /// When it begins to hold.
    pub since: Option<Spanned<Instant>>,
    /// When it ceases to hold, exclusive.
    pub until: Option<Spanned<Instant>>,
    /// Where it comes from.
    pub from: Option<Text>,
}

/// `[[fact]]` or `{"fact":"not …"}`: a fact that does not hold.
#[derive(Clone, Debug)]
pub struct DenialDecl {
    /// The fact; an attribute alone has no value.
    pub is: FactPattern,
    /// When it begins not to hold.
    pub since: Option<Spanned<Instant>>,
    /// When that ends, exclusive.
    pub until: Option<Spanned<Instant>>,
    /// Where it comes from.
    pub from: Option<Text>,
}

/// `[[unknown]]` or `{"unknown":"…"}`: a pattern of which nobody knows which facts hold.
#[derive(Clone, Debug)]
pub struct UnknownDecl {
    /// The pattern.
    pub is: Pattern,
    /// When it begins.
    pub since: Option<Spanned<Instant>>,
    /// When it ends, exclusive.
    pub until: Option<Spanned<Instant>>,
    /// The reason, which answers print.
    pub why: Option<Text>,
    /// Where it comes from.
    pub from: Option<Text>,
}

/// `[[event]]` or `{"event":"…"}`: an event that happened.
#[derive(Clone, Debug)]
pub struct EventRecordDecl {
    /// The place of the event (its first line).
    pub span: Span,
    /// The event's name (`do`).
    pub name: Text,
    /// When (`at`).
    pub at: Spanned<Instant>,
    /// The actor, `kind:id` (`by`).
    pub by: Text,
    /// The parameters.
    pub arguments: Vec<(Text, Spanned<GivenValue>)>,
    /// Where it comes from.
    pub from: Option<Text>,
}

/// An event that is to happen: `NAME by=ENTITY key=VALUE`.
#[derive(Clone, Debug)]
pub struct EventRequestDecl {
    /// The place of the whole.
    pub span: Span,
    /// The event's name.
    pub name: Text,
    /// The actor, `kind:id`, if one is given.
    pub by: Option<Text>,
    /// The parameters.
    pub arguments: Vec<(Text, Spanned<GivenValue>)>,
}
