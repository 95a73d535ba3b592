//! The syntax tree of a pack file: every element with its fields as written, nothing resolved.

use super::Text;
use super::expr::{Effect, Expr, Term};
use crate::text::{Span, Spanned};
use crate::time::Instant;

/// All elements of one pack file, in the order in which they stand.
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
    /// `[event.NAME]`
    pub events: Vec<EventDecl>,
    /// Names of elements and attributes that stand in the file but are left out here, since their mistakes are told already: what names
    /// them is not unknown.
    pub lost: Vec<Text>,
}

/// What every element may have.
#[derive(Clone, Debug)]
pub struct MetadataDecl {
    /// The name, at its place in the header.
    pub name: Text,
    /// A short human name.
    pub title: Option<Text>,
    /// A remark, shown in explanations.
    pub note: Option<Text>,
    /// Claim ids.
    pub source: Vec<Text>,
    /// In force from.
    pub since: Option<Spanned<Instant>>,
    /// In force until, exclusive.
    pub until: Option<Spanned<Instant>>,
    /// In force where this toggle is on.
    pub toggle: Option<Text>,
}

/// `[kind.NAME]`
#[derive(Clone, Debug)]
pub struct KindDecl {
    /// Name and the like.
    pub meta: MetadataDecl,
    /// Its entities may ask.
    pub subject: bool,
    /// Names of the attributes of which exactly one is given.
    pub exactly_one: Vec<Text>,
    /// Names of the kinds that contain it, each an attribute too.
    pub within: Vec<Text>,
    /// `attributes.NAME = …`
    pub attributes: Vec<AttributeDecl>,
}

/// `attributes.NAME = KIND | [KIND, …] | { … }`
#[derive(Clone, Debug)]
pub struct AttributeDecl {
    /// The name.
    pub name: Text,
    /// What it holds.
    pub value: ValueDecl,
    /// Holds any number of values.
    pub many: bool,
    /// May be known to be absent.
    pub optional: bool,
    /// Never offered as a change.
    pub history: bool,
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
    /// Name and the like.
    pub meta: MetadataDecl,
    /// One to three ends, each of one of the kinds; an empty list of kinds never stands here.
    pub ends: Vec<Vec<Text>>,
    /// The `ends` value.
    pub ends_span: Span,
    /// True of the last end and of all that lies within it.
    pub covers: bool,
    /// A sentence with `{1}`, `{2}`, `{3}`.
    pub says: Option<Text>,
}

/// `[role.NAME]`
#[derive(Clone, Debug)]
pub struct RoleDecl {
    /// Name and the like.
    pub meta: MetadataDecl,
    /// Kinds over which it is held.
    pub on: Vec<Text>,
    /// Action names and patterns.
    pub grants: Vec<Text>,
    /// Roles that its holder holds too.
    pub includes: Vec<Text>,
}

/// `[table.NAME]`
#[derive(Clone, Debug)]
pub struct TableDecl {
    /// Name and the like.
    pub meta: MetadataDecl,
    /// The first part of its actions' names.
    pub system: Text,
    /// Kinds on which its actions stand.
    pub on: Vec<Text>,
    /// Row label to a part of the action's name.
    pub rows: Vec<(Text, Text)>,
    /// Column header to a role's name.
    pub columns: Vec<(Text, Text)>,
    /// `Row / Permission` to a note.
    pub notes: Vec<(Text, Text)>,
    /// The parsed grid.
    pub grid: Grid,
}

/// A markdown table as it stands: which columns hold labels is known only with the table's `columns`, so a blank label is not yet the
/// one above, and no mark is read. Without headers there was no table, which has been told.
#[derive(Clone, Debug)]
pub struct Grid {
    /// The whole grid text.
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
    /// The cells as plain text: trimmed, without emphasis, tags and footnotes. Spans point at what stands between the bars, trimmed, or
    /// at the bar if that is nothing.
    pub cells: Vec<Text>,
}

/// `[action."NAME"]`
#[derive(Clone, Debug)]
pub struct ActionDecl {
    /// Name and the like.
    pub meta: MetadataDecl,
    /// Kinds on which it stands.
    pub on: Vec<Text>,
}

/// `[rule.NAME]`
#[derive(Clone, Debug)]
pub struct RuleDecl {
    /// Name and the like.
    pub meta: MetadataDecl,
    /// Action names and patterns that it allows.
    pub allow: Option<Vec<Text>>,
    /// Action names and patterns that it denies.
    pub deny: Option<Vec<Text>>,
    /// Where this holds.
    pub condition: Option<Expr>,
    /// But not where this holds.
    pub unless: Option<Expr>,
}

/// `[implication.NAME]`
#[derive(Clone, Debug)]
pub struct ImplicationDecl {
    /// Name and the like.
    pub meta: MetadataDecl,
    /// Where this holds.
    pub condition: Option<Expr>,
    /// But not where this holds.
    pub unless: Option<Expr>,
    /// A role held, or a relation.
    pub then: Expr,
    /// Whether member listings show it; true unless told.
    pub listed: bool,
}

/// `[toggle.NAME]`
#[derive(Clone, Debug)]
pub struct ToggleDecl {
    /// Name and the like.
    pub meta: MetadataDecl,
    /// `proposed`, `current`, `retired` or `interpretation`.
    pub status: Text,
    /// On unless told otherwise.
    pub default: bool,
}

/// `[document.NAME]`
#[derive(Clone, Debug)]
pub struct DocumentDecl {
    /// Name and the like; the title is the document's.
    pub meta: MetadataDecl,
    /// Its date.
    pub date: Option<Spanned<Instant>>,
    /// Its locale, such as `ko-KR`.
    pub locale: Option<Text>,
}

/// `[claim.ID]`
#[derive(Clone, Debug)]
pub struct ClaimDecl {
    /// Name and the like.
    pub meta: MetadataDecl,
    /// What it says, in plain English.
    pub text: Text,
    /// Names of the documents that say it.
    pub documents: Vec<Text>,
}

/// `[obligation.NAME]` or `[advice.NAME]`
#[derive(Clone, Debug)]
pub struct NoticeDecl {
    /// Name and the like.
    pub meta: MetadataDecl,
    /// Action names and patterns (`for`).
    pub actions: Vec<Text>,
    /// Where this holds.
    pub condition: Option<Expr>,
    /// But not where this holds.
    pub unless: Option<Expr>,
    /// What is told.
    pub text: Text,
    /// Only with `allow`, or only with `deny`.
    pub with: Option<Spanned<With>>,
}

/// With which decisions an obligation or advice is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum With {
    /// Only where the answer is yes.
    Allow,
    /// Only where the answer is no.
    Deny,
}

/// `[invariant.NAME]`
#[derive(Clone, Debug)]
pub struct InvariantDecl {
    /// Name and the like.
    pub meta: MetadataDecl,
    /// What no binding may make true at any instant.
    pub never: Expr,
}

/// `[event.NAME]`
#[derive(Clone, Debug)]
pub struct EventDecl {
    /// Name and the like.
    pub meta: MetadataDecl,
    /// The action that the doer must be allowed.
    pub does: Option<Text>,
    /// The parameter that is its resource.
    pub on: Option<Text>,
    /// `with = { NAME = TYPE }`
    pub parameters: Vec<AttributeDecl>,
    /// `creates.KIND = { ATTRIBUTE = 'TERM' }`
    pub creates: Vec<CreateDecl>,
    /// Where this holds; `subject` is the doer.
    pub condition: Option<Expr>,
    /// Facts that it adds.
    pub adds: Vec<Effect>,
    /// Facts that it removes.
    pub removes: Vec<Effect>,
    /// Parameters whose entities end.
    pub ends: Vec<Text>,
}

/// `creates.KIND = { ATTRIBUTE = 'TERM' }`
#[derive(Clone, Debug)]
pub struct CreateDecl {
    /// The kind, which is the parameter's name too.
    pub kind: Text,
    /// The new entity's attributes.
    pub attributes: Vec<(Text, Term)>,
}
