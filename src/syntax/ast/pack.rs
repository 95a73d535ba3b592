//! The syntax tree of a pack file: its elements as written, with no name looked up.

use super::Text;
use super::expr::{Effect, Expr, Term};
use crate::text::{Span, Spanned};
use crate::time::Instant;

/// All elements of one pack file, in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct PackDocument {
    /// `[kind.NAME]`
    pub kinds: Vec<KindDecl>,
    /// `[relation.NAME]`
    pub relations: Vec<RelationDecl>,
    /// `[role.NAME]`
    pub roles: Vec<RoleDecl>,
    /// `[table.NAME]`
    pub tables: Vec<TableDecl>,
    /// `[action."NAME"]`
    pub actions: Vec<ActionDecl>,
    /// `[rule.NAME]`
    pub rules: Vec<RuleDecl>,
    /// `[implication.NAME]`
    pub implications: Vec<ImplicationDecl>,
    /// `[toggle.NAME]`
    pub toggles: Vec<ToggleDecl>,
    /// `[document.NAME]`
    pub documents: Vec<DocumentDecl>,
    /// `[claim.ID]`
    pub claims: Vec<ClaimDecl>,
    /// `[obligation.NAME]`
    pub obligations: Vec<NoticeDecl>,
    /// `[advice.NAME]`
    pub advice: Vec<NoticeDecl>,
    /// `[invariant.NAME]`
    pub invariants: Vec<InvariantDecl>,
    /// `[property.NAME]`
    pub properties: Vec<PropertyDecl>,
    /// `[event.NAME]`
    pub events: Vec<EventDecl>,
    /// `[lints]`: the name of a lint, and its severity.
    pub lints: Vec<(Text, Text)>,
    /// Names of elements and attributes that were left out because of their mistakes. A use of such a name is not reported as unknown.
    pub lost: Vec<Text>,
}

/// The keys that every element may have.
#[derive(Clone, Debug)]
pub struct MetadataDecl {
    /// The name, at its place in the header.
    pub name: Text,
    /// A short human name.
    pub title: Option<Text>,
    /// A remark for the readers of answers.
    pub note: Option<Text>,
    /// A remark for authors; no answer shows it.
    pub comment: Option<Text>,
    /// Claim ids.
    pub source: Vec<Text>,
    /// The start of its validity.
    pub since: Option<Spanned<Instant>>,
    /// The end of its validity, exclusive.
    pub until: Option<Spanned<Instant>>,
    /// The toggle that must be on.
    pub toggle: Option<Text>,
}

/// `[kind.NAME]`
#[derive(Clone, Debug)]
pub struct KindDecl {
    /// The common keys.
    pub meta: MetadataDecl,
    /// Other names, which requests and facts may use.
    pub aka: Vec<Text>,
    /// Whether its entities may be subjects.
    pub subject: bool,
    /// Attributes of which an entity has exactly one.
    pub exactly_one: Vec<Text>,
    /// The kinds of its containers; each is an attribute too.
    pub within: Vec<Text>,
    /// `attributes.NAME = …`
    pub attributes: Vec<AttributeDecl>,
    /// The attribute by which answers for people call its entities.
    pub label: Option<Text>,
    /// `actions`: each declares the action `KIND.NAME` on the kind.
    pub actions: Vec<Text>,
}

/// `attributes.NAME = KIND | [KIND, …] | { … }`
#[derive(Clone, Debug)]
pub struct AttributeDecl {
    /// The name.
    pub name: Text,
    /// The type of its value.
    pub value: ValueDecl,
    /// Whether it may have several values.
    pub many: bool,
    /// Whether it may be absent.
    pub optional: bool,
    /// Whether its facts are history, which cannot be changed.
    pub history: bool,
    /// Whether it is a classification, which is not offered as a change.
    pub fixed: bool,
    /// Whether its value is a second name of the entity.
    pub key: bool,
}

impl AttributeDecl {
    /// An attribute or parameter without flags.
    pub fn new(name: Text, value: ValueDecl) -> AttributeDecl {
        AttributeDecl { name, value, many: false, optional: false, history: false, fixed: false, key: false }
    }
}

/// The type of an attribute or parameter, as written.
#[derive(Clone, Debug)]
pub enum ValueDecl {
    /// A reference to an entity of one of these kinds (`"KIND"`, `["KIND", …]` or `to`).
    To(Vec<Text>),
    /// Membership in groups of one of these kinds (`member-of`).
    MemberOf(Vec<Text>),
    /// One of these texts (`one-of`).
    OneOf(Vec<Text>),
    /// `type = "text"`
    Text,
    /// `type = "number"`
    Number,
    /// `type = "date"`
    Date,
}

/// `[relation.NAME]`
#[derive(Clone, Debug)]
pub struct RelationDecl {
    /// The common keys.
    pub meta: MetadataDecl,
    /// The kinds of each of its one to three ends; no list is empty.
    pub ends: Vec<Vec<Text>>,
    /// The `ends` value.
    pub ends_span: Span,
    /// Whether it holds for the last end and for all that lies within it.
    pub covers: bool,
    /// The ends, from 1, at which a group represents whoever is in it; each once, and each less than or equal to their number.
    pub through: Vec<Spanned<usize>>,
    /// A sentence for people, with `{1}`, `{2}` and `{3}` for the ends.
    pub says: Option<Text>,
}

/// `[role.NAME]`
#[derive(Clone, Debug)]
pub struct RoleDecl {
    /// The common keys.
    pub meta: MetadataDecl,
    /// The kinds on which it is held.
    pub on: Vec<Text>,
    /// Action names and patterns.
    pub grants: Vec<Text>,
    /// Action names and patterns that are taken out of `grants`.
    pub except: Vec<Text>,
    /// Roles that its holders hold too.
    pub includes: Vec<Text>,
    /// Other names by which facts, requests and questions may call it.
    pub ids: Vec<Text>,
    /// The system of which it is a role.
    pub system: Option<Text>,
}

/// `[table.NAME]`
#[derive(Clone, Debug)]
pub struct TableDecl {
    /// The common keys.
    pub meta: MetadataDecl,
    /// The first part of the names of its actions.
    pub system: Text,
    /// The kinds of resources of its actions.
    pub on: Vec<Text>,
    /// From a row's label to a part of the action's name.
    pub rows: Vec<(Text, Text)>,
    /// From a column's header to the name of a role.
    pub columns: Vec<(Text, Text)>,
    /// From `Row / Permission` to a note.
    pub notes: Vec<(Text, Text)>,
    /// The parsed grid.
    pub grid: Grid,
}

/// A markdown table as written. Which columns have labels follows from the `columns` of its [`TableDecl`], so blank labels are not filled
/// in and marks are not read. A grid without headers is a text without a table, which is reported.
#[derive(Clone, Debug)]
pub struct Grid {
    /// The whole text.
    pub span: Span,
    /// The headers, without emphasis marks, trimmed.
    pub headers: Vec<Text>,
    /// The body rows.
    pub rows: Vec<GridRow>,
}

/// A body row of a [`Grid`], as long as its headers.
#[derive(Clone, Debug)]
pub struct GridRow {
    /// The row's line.
    pub span: Span,
    /// The cells as plain text: trimmed, without emphasis, tags and footnotes. Spans are those of the trimmed text between the bars, or of
    /// the bar if that is empty.
    pub cells: Vec<Text>,
}

/// `[action."NAME"]`
#[derive(Clone, Debug)]
pub struct ActionDecl {
    /// The common keys.
    pub meta: MetadataDecl,
    /// Other names, which requests may use.
    pub aka: Vec<Text>,
    /// The kinds of its resources.
    pub on: Vec<Text>,
}

/// `[rule.NAME]`
#[derive(Clone, Debug)]
pub struct RuleDecl {
    /// The common keys.
    pub meta: MetadataDecl,
    /// Action names and patterns that it allows.
    pub allow: Option<Vec<Text>>,
    /// Action names and patterns that it denies.
    pub deny: Option<Vec<Text>>,
    /// The condition under which it applies.
    pub condition: Option<Expr>,
    /// The condition under which it does not apply.
    pub unless: Option<Expr>,
}

/// `[implication.NAME]`
#[derive(Clone, Debug)]
pub struct ImplicationDecl {
    /// The common keys.
    pub meta: MetadataDecl,
    /// The condition under which it applies.
    pub condition: Option<Expr>,
    /// The condition under which it does not apply.
    pub unless: Option<Expr>,
    /// What follows: a fact of a role or of a relation.
    pub then: Expr,
    /// Whether lists of members show it; `true` by default.
    pub listed: bool,
}

/// `[toggle.NAME]`
#[derive(Clone, Debug)]
pub struct ToggleDecl {
    /// The common keys.
    pub meta: MetadataDecl,
    /// `proposed`, `current`, `retired` or `interpretation`.
    pub status: Text,
    /// Whether it is on by default.
    pub default: bool,
}

/// `[document.NAME]`
#[derive(Clone, Debug)]
pub struct DocumentDecl {
    /// The common keys; the title is that of the document.
    pub meta: MetadataDecl,
    /// Its date.
    pub date: Option<Spanned<Instant>>,
    /// Its locale, such as `ko-KR`.
    pub locale: Option<Text>,
    /// Its address on the web.
    pub url: Option<Text>,
}

/// `[claim.ID]`
#[derive(Clone, Debug)]
pub struct ClaimDecl {
    /// The common keys.
    pub meta: MetadataDecl,
    /// Its statement in plain English.
    pub text: Text,
    /// Names of the documents that make it.
    pub documents: Vec<Text>,
}

/// `[obligation.NAME]` or `[advice.NAME]`
#[derive(Clone, Debug)]
pub struct NoticeDecl {
    /// The common keys.
    pub meta: MetadataDecl,
    /// Action names and patterns (`for`).
    pub actions: Vec<Text>,
    /// The condition under which it applies.
    pub condition: Option<Expr>,
    /// The condition under which it does not apply.
    pub unless: Option<Expr>,
    /// Its text.
    pub text: Text,
    /// The decision that it goes with; `None` for both.
    pub with: Option<Spanned<With>>,
}

/// The decision that an obligation or advice goes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum With {
    /// Allow.
    Allow,
    /// Deny.
    Deny,
}

/// `[invariant.NAME]`
#[derive(Clone, Debug)]
pub struct InvariantDecl {
    /// The common keys.
    pub meta: MetadataDecl,
    /// The condition that is never true, for any binding at any instant.
    pub never: Expr,
    /// Whether a world in which it is true is accepted, with a warning.
    pub warn: bool,
}

/// `[property.NAME]`
#[derive(Clone, Debug)]
pub struct PropertyDecl {
    /// The common keys.
    pub meta: MetadataDecl,
    /// The actions of the requests that it is about.
    pub actions: Option<Vec<Text>>,
    /// What is true of no request with the decision, or of no world.
    pub never: Option<Expr>,
    /// Where this is true, the request is allowed.
    pub always: Option<Expr>,
    /// Actions that are allowed where those of `for` are.
    pub implies: Option<Vec<Text>>,
    /// How access may change by the toggles.
    pub change: Option<Spanned<ChangeAllowed>>,
    /// A rule that decides in some world.
    pub must_matter: Option<Text>,
    /// Where another change is allowed.
    pub unless: Option<Expr>,
    /// Properties and invariants that are taken for granted.
    pub given: Vec<Text>,
    /// Toggles that are on.
    pub turn_on: Vec<Text>,
    /// Toggles that are off.
    pub turn_off: Vec<Text>,
    /// The decision that `never` is about.
    pub with: Option<Spanned<WithOutcome>>,
    /// Whether the toggles that are not named may be either way.
    pub any_toggles: bool,
    /// Whether everything was imported.
    pub imported: bool,
    /// Whether facts may state what is derived.
    pub told: bool,
}

/// How access may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeAllowed {
    /// Not at all.
    None,
    /// Nobody may more than before.
    OnlyNarrows,
    /// Nobody may less than before.
    OnlyWidens,
}

/// The decision that a property is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithOutcome {
    /// Allowed.
    Allow,
    /// Barred or not granted.
    Deny,
    /// Unknown.
    Unknown,
}

/// `[event.NAME]`
#[derive(Clone, Debug)]
pub struct EventDecl {
    /// The common keys.
    pub meta: MetadataDecl,
    /// The action that its actor must be allowed to do.
    pub does: Option<Text>,
    /// The parameter that is the resource of that action.
    pub on: Option<Text>,
    /// Who does it, if nobody of the world does.
    pub done_by: Option<Text>,
    /// `with = { NAME = TYPE }`
    pub parameters: Vec<AttributeDecl>,
    /// `creates.KIND = { ATTRIBUTE = 'TERM' }`
    pub creates: Vec<CreateDecl>,
    /// The condition of the event; `subject` is the actor.
    pub condition: Option<Expr>,
    /// Facts that it adds.
    pub adds: Vec<Effect>,
    /// Facts that it removes.
    pub removes: Vec<Effect>,
    /// Attributes that get another value.
    pub sets: Vec<Effect>,
    /// Parameters whose entities cease to exist.
    pub ends: Vec<Text>,
}

/// `creates.KIND = { ATTRIBUTE = 'TERM' }`
#[derive(Clone, Debug)]
pub struct CreateDecl {
    /// The kind, which is the name of the parameter too.
    pub kind: Text,
    /// The new entity's attributes.
    pub attributes: Vec<(Text, Term)>,
}
