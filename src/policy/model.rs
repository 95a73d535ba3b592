//! A resolved and typed policy: every name an id, every element in the order of its name.

use super::condition::{Condition, Term};
use super::ids::{
    ActionId, AdviceId, Arena, AttributeId, ClaimId, DocumentId, EventId, ImplicationId, InvariantId, KindId, LiteralId, ObligationId,
    RelationId, RoleId, RuleId, TableId, TextId, ToggleId,
};
use super::kind_set::KindSet;
use super::lookup::NameTable;
use super::usage::Usage;
use crate::syntax::With;
use crate::text::{Sources, Span, Spanned};
use crate::time::Instant;

/// A whole pack. Ids follow the order of names, so that going by ids is going by names, whatever file an element stood in.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The pack's files.
    pub sources: Sources,
    /// Kinds; one is named `role`.
    pub kinds: Arena<KindId, Kind>,
    /// Attributes of all kinds, by kind, then name.
    pub attributes: Arena<AttributeId, Attribute>,
    /// Relations.
    pub relations: Arena<RelationId, Relation>,
    /// Roles.
    pub roles: Arena<RoleId, Role>,
    /// Tables.
    pub tables: Arena<TableId, Table>,
    /// Actions, declared or of tables.
    pub actions: Arena<ActionId, Action>,
    /// Kinds and actions by their names.
    pub by_name: NameTable,
    /// Rules.
    pub rules: Arena<RuleId, Rule>,
    /// Implications.
    pub implications: Arena<ImplicationId, Implication>,
    /// Toggles.
    pub toggles: Arena<ToggleId, Toggle>,
    /// Documents.
    pub documents: Arena<DocumentId, Document>,
    /// Claims.
    pub claims: Arena<ClaimId, Claim>,
    /// Obligations.
    pub obligations: Arena<ObligationId, Notice>,
    /// Advice.
    pub advice: Arena<AdviceId, Notice>,
    /// Invariants.
    pub invariants: Arena<InvariantId, Invariant>,
    /// Events.
    pub events: Arena<EventId, Event>,
    /// Texts that the policy names, in the order in which elements sorted by name come to them.
    pub texts: Arena<TextId, String>,
    /// Entities that conditions name, in the same order.
    pub literals: Arena<LiteralId, Literal>,
    /// The kind named `role`.
    pub role_kind: KindId,
    /// What is cited and asked for, and where conditions are written: for lints.
    pub usage: Usage,
}

/// What every element may have.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// Its name.
    pub name: String,
    /// The name in its header.
    pub span: Span,
    /// A short human name.
    pub title: Option<String>,
    /// A remark, shown in explanations.
    pub note: Option<String>,
    /// The claims that it states, sorted.
    pub source: Vec<ClaimId>,
    /// When and under which toggle it is in force.
    pub validity: Validity,
}

/// When an element is in force: from `since`, before `until`, where the toggle is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Validity {
    /// From when.
    pub since: Option<Instant>,
    /// Until when, exclusive.
    pub until: Option<Instant>,
    /// Under which toggle.
    pub toggle: Option<ToggleId>,
}

/// A kind of entity.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Name and the like. The kind `role` has no place in a file: its span is empty.
    pub meta: Metadata,
    /// Its entities may ask.
    pub subject: bool,
    /// Its attributes, in order of names, those of `within` among them.
    pub attributes: Vec<AttributeId>,
    /// Those of which exactly one is given; empty or at least two.
    pub exactly_one: Vec<AttributeId>,
    /// The attributes that name what it lies within; exactly one of them is given.
    pub within: Vec<AttributeId>,
    /// The kinds in which it may lie, at any distance, itself left out unless it may nest.
    pub above: KindSet,
    /// The kinds that may lie in it, at any distance, itself left out unless it may nest.
    pub below: KindSet,
}

/// An attribute of a kind.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The kind that has it.
    pub kind: KindId,
    /// Its name.
    pub name: String,
    /// Where it is declared.
    pub span: Span,
    /// What it holds.
    pub value: ValueType,
    /// Holds any number of values (`many`, `member-of`).
    pub many: bool,
    /// Membership in groups (`member-of`).
    pub member_of: bool,
    /// May be known to be absent.
    pub optional: bool,
    /// Never offered as a change.
    pub history: bool,
    /// Names what the entity lies within.
    pub container: bool,
}

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// An entity of one of these kinds.
    Entity(KindSet),
    /// One of these texts, in the order of the declaration.
    OneOf(Vec<TextId>),
    /// Any text.
    Text,
    /// A whole number.
    Number,
    /// A date or time.
    Date,
}

/// A relation.
#[derive(Clone, Debug)]
pub struct Relation {
    /// Name and the like.
    pub meta: Metadata,
    /// One to three ends.
    pub ends: Vec<KindSet>,
    /// True of its last end and of all that lies within it.
    pub covers: bool,
    /// A sentence with `{1}`, `{2}`, `{3}`.
    pub says: Option<String>,
    /// The implications that derive it, in order.
    pub derived_by: Vec<ImplicationId>,
}

/// A role.
#[derive(Clone, Debug)]
pub struct Role {
    /// Name and the like.
    pub meta: Metadata,
    /// The kinds over which it is held.
    pub on: KindSet,
    /// The actions that `grants` names, patterns expanded, sorted, each with the place of its pattern.
    pub grants: Vec<(ActionId, Span)>,
    /// Roles that its holder holds too, as declared, sorted.
    pub includes: Vec<(RoleId, Span)>,
}

/// A table of roles and actions.
#[derive(Clone, Debug)]
pub struct Table {
    /// Name and the like.
    pub meta: Metadata,
    /// The first part of its actions' names.
    pub system: String,
    /// Its columns that are roles, in the order of the grid.
    pub columns: Vec<TableColumn>,
    /// Its rows, in the order of the grid.
    pub rows: Vec<TableRow>,
    /// The marked cells, by row, then column.
    pub cells: Vec<TableCell>,
}

/// A column of a table.
#[derive(Clone, Debug)]
pub struct TableColumn {
    /// Its header.
    pub label: Spanned<String>,
    /// Whose permissions it tells.
    pub role: RoleId,
}

/// A row of a table.
#[derive(Clone, Debug)]
pub struct TableRow {
    /// Its labels, joined: `Rooms / Reset key`.
    pub label: String,
    /// Its line.
    pub span: Span,
    /// Its action.
    pub action: ActionId,
    /// A remark on it.
    pub note: Option<String>,
}

/// A marked cell.
#[derive(Clone, Copy, Debug)]
pub struct TableCell {
    /// Index of the row.
    pub row: u32,
    /// Index of the column.
    pub column: u32,
    /// The mark.
    pub span: Span,
}

/// An action.
#[derive(Clone, Debug)]
pub struct Action {
    /// Name and the like; of a table's action: the row's place, and the table's source.
    pub meta: Metadata,
    /// The kinds on which it stands.
    pub on: KindSet,
}

/// Whether a rule opens or bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleEffect {
    /// A way to an allow.
    Allow,
    /// A bar.
    Deny,
}

/// A rule. Its condition is `if and not unless`.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Name and the like.
    pub meta: Metadata,
    /// Opens or bars.
    pub effect: RuleEffect,
    /// Its actions, patterns expanded, sorted.
    pub actions: Vec<ActionId>,
    /// Where it applies.
    pub condition: Condition,
}

/// An implication. Its condition is `if and not unless`.
#[derive(Clone, Debug)]
pub struct Implication {
    /// Name and the like.
    pub meta: Metadata,
    /// Member listings show what it gives.
    pub listed: bool,
    /// The condition; its slots are those of `then` too.
    pub condition: Condition,
    /// What it gives.
    pub then: Conclusion,
}

/// What an implication gives.
#[derive(Clone, Debug)]
pub enum Conclusion {
    /// `holder holds role on scope`
    Holds {
        /// Who holds.
        holder: Term,
        /// What.
        role: RoleTerm,
        /// Over what.
        scope: Term,
    },
    /// `relation(term, …)`
    Relation {
        /// The relation.
        relation: RelationId,
        /// Its ends.
        terms: Vec<Term>,
    },
}

/// A role in a condition: by name, or by a variable of kind role.
#[derive(Clone, Debug, PartialEq)]
pub enum RoleTerm {
    /// This role.
    Named(RoleId),
    /// The role that the term stands for.
    Term(Term),
}

/// A toggle.
#[derive(Clone, Debug)]
pub struct Toggle {
    /// Name and the like.
    pub meta: Metadata,
    /// Where it stands.
    pub status: Status,
    /// On unless told otherwise.
    pub default: bool,
}

/// The standing of what a toggle gates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Announced, not in force.
    Proposed,
    /// In force.
    Current,
    /// In force no more.
    Retired,
    /// One reading of an unclear source.
    Interpretation,
}

/// A document that claims cite.
#[derive(Clone, Debug)]
pub struct Document {
    /// Name and the like; its title is the document's.
    pub meta: Metadata,
    /// Its date.
    pub date: Option<Instant>,
    /// Its locale.
    pub locale: Option<String>,
}

/// A statement of the vendor.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Name (its id) and the like.
    pub meta: Metadata,
    /// What it says.
    pub text: String,
    /// The documents that say it, sorted.
    pub documents: Vec<DocumentId>,
}

/// An obligation or an advice.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Name and the like.
    pub meta: Metadata,
    /// Its actions, patterns expanded, sorted.
    pub actions: Vec<ActionId>,
    /// Where it is told.
    pub condition: Condition,
    /// What is told.
    pub text: String,
    /// Only with `allow`, or only with `deny`.
    pub with: Option<With>,
}

/// What no world may make true.
#[derive(Clone, Debug)]
pub struct Invariant {
    /// Name and the like.
    pub meta: Metadata,
    /// The statement.
    pub never: Condition,
}

/// A named change.
#[derive(Clone, Debug)]
pub struct Event {
    /// Name and the like.
    pub meta: Metadata,
    /// The action that its doer must be allowed, and the index of the parameter that is its resource.
    pub does: Option<(ActionId, usize)>,
    /// Its parameters in the order of names; what it creates is among them.
    pub parameters: Vec<Parameter>,
    /// What it creates.
    pub creates: Vec<Creation>,
    /// Who may do it when; true where left out.
    pub condition: Condition,
    /// What it adds.
    pub adds: Vec<Effect>,
    /// What it removes.
    pub removes: Vec<Effect>,
    /// Indexes of the parameters whose entities end.
    pub ends: Vec<usize>,
}

/// A parameter of an event.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Where it is declared.
    pub span: Span,
    /// What it holds.
    pub value: ValueType,
    /// Any number of values.
    pub many: bool,
    /// May be left out; it is then none.
    pub optional: bool,
    /// It names a new entity.
    pub created: bool,
}

/// A new entity of an event.
#[derive(Clone, Debug)]
pub struct Creation {
    /// Its kind.
    pub kind: KindId,
    /// The index of the parameter that names it.
    pub parameter: usize,
    /// Its attributes.
    pub attributes: Vec<(AttributeId, Term)>,
}

/// A fact added or removed, once for each binding of its variables.
#[derive(Clone, Debug)]
pub struct Effect {
    /// The whole.
    pub span: Span,
    /// The fact.
    pub fact: FactTerm,
    /// For how many days.
    pub days: Option<Term>,
    /// For which bindings; its slots are those of `fact` too. In `removes` the slots of the fact range over what holds.
    pub condition: Condition,
}

/// A fact with terms.
#[derive(Clone, Debug)]
pub enum FactTerm {
    /// `relation(term, …)`
    Relation(RelationId, Vec<Term>),
    /// `holder holds role on scope`
    Holds(Term, RoleTerm, Term),
    /// `member in group`
    Member(Term, Term),
    /// `entity.attribute == value`
    Value(Term, Vec<(KindId, AttributeId)>, Term),
}

/// An entity that a condition names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Literal {
    /// Its kind.
    pub kind: KindId,
    /// Its id.
    pub id: String,
    /// Where it is named first.
    pub span: Span,
}
