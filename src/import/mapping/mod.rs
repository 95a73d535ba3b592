//! Mappings, checked against the policy: what an export looks like, and what its rows say in the words of a pack.
//!
//! `collect` joins the files of mappings, and `build` turns the sources of one into [`Source`]s. `form` does so with a fact or pattern, `text`
//! with a text that has placeholders, `names` reads tables of names, `day_form` forms of
//! days, and `tested` joins what tests know. `ends` matches the ends of paths and addresses.
//!
//! Invariant: whatever a mapping says is typed before any data is read. A kind, relation, attribute, role or name in it that is wrong is an
//! error with its place.

mod bound_names;
mod build;
mod collect;
mod day_form;
mod ends;
mod form;
mod names;
mod narrow;
mod tested;
mod text;

pub use collect::{Asked, Extended, Mappings, collect};
pub(super) use day_form::DayForm;
pub(super) use ends::End;

use crate::policy::{AttributeId, KindId, RelationId};
use crate::syntax::Text;
use crate::syntax::ast::expr::Expr;
use crate::syntax::ast::mapping::Mark;
use crate::text::Span;

/// A name that bindings, `match` and the like give values: its index in [`Mappings::names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NameId(pub(super) usize);

/// A channel: what sources are complete about.
#[derive(Debug)]
pub(super) struct Channel {
    /// Its name.
    pub(super) name: String,
    /// What it is, in words.
    pub(super) title: Option<String>,
    /// Of what there is one. `None` if the mapping imports nothing of it.
    pub(super) per: Option<Per>,
    /// The name that must be bound to what it is of; else it counts as absent where no list is about it.
    pub(super) absent_unless: Option<NameId>,
    /// The patterns that are open where nobody looked. Without any, it counts as absent there.
    pub(super) open: Vec<Form>,
    /// Why.
    pub(super) why: String,
}

/// Of what there is a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Per {
    /// Each entity of the kind.
    Kind(KindId),
    /// Each value bound to the name.
    Binding(NameId),
}

/// An export.
#[derive(Debug)]
pub(super) struct Source {
    /// Its name.
    pub(super) name: String,
    /// What a row of it has: a pointer, and the values of which it has one.
    pub(super) looks_like: Vec<(Pointer, Vec<String>)>,
    /// Names that must be bound.
    pub(super) needs: Vec<NameId>,
    /// Names that may be bound.
    pub(super) may: Vec<NameId>,
    /// Ends of paths that bind names.
    pub(super) paths: Vec<End>,
    /// Ends of addresses that bind names.
    pub(super) urls: Vec<End>,
    /// The channels that a complete list closes, and for what.
    pub(super) tells: Vec<Tells>,
    /// Which rows count.
    pub(super) only: Vec<Test>,
    /// Forms of texts in rows that count.
    pub(super) forms: Vec<(Pointer, End)>,
    /// What binds `{kind}`.
    pub(super) kind: Option<KindTable>,
    /// What each row says.
    pub(super) entries: Vec<Entry>,
    /// The places at which its tests look, and all values that any of them names, in small letters.
    pub(super) tested: Vec<(String, Vec<String>)>,
}

impl Source {
    /// The names that a binding may give.
    pub(super) fn bindable(&self) -> impl Iterator<Item = NameId> + '_ {
        self.needs.iter().chain(&self.may).copied()
    }
}

/// What a complete list closes.
#[derive(Debug)]
pub(super) struct Tells {
    /// The channel: its index.
    pub(super) channel: usize,
    /// Of what.
    pub(super) of: Template,
    /// The rows that say so.
    pub(super) when: Vec<Test>,
    /// Forms of texts in these rows, which bind names.
    pub(super) forms: Vec<(Pointer, End)>,
}

/// A path in a row or an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pointer {
    /// Whether it begins at the item of `each`.
    pub(super) of_item: bool,
    /// Its steps.
    pub(super) steps: Vec<String>,
    /// What it may lack.
    pub(super) may: Mark,
    /// As written, without marks.
    pub(super) text: String,
}

/// A test of a row.
#[derive(Debug)]
pub(super) struct Test {
    /// What is looked at.
    pub(super) pointer: Pointer,
    /// The values with which it counts, in small letters.
    pub(super) is: Vec<String>,
    /// The values with which it does not, in small letters.
    pub(super) not: Vec<String>,
    /// The values that are known too; `None` if any value is.
    pub(super) others: Option<Vec<String>>,
    /// All values that each other test of the source knows that looks at the same place and says which values it knows.
    pub(super) known_beside: Vec<Vec<String>>,
    /// The place at which it looks: an index in [`Source::tested`].
    pub(super) place: usize,
}

/// Kinds by the texts that stand for them.
#[derive(Debug)]
pub(super) struct KindTable {
    /// What is looked at.
    pub(super) pointer: Pointer,
    /// The texts in small letters, and the index of the kind.
    pub(super) kinds: Vec<(String, KindId)>,
}

/// What a row says.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its index among the entries of its source.
    pub(super) number: usize,
    /// The place of its header.
    pub(super) span: Span,
    /// The list of whose items each says it.
    pub(super) each: Option<Pointer>,
    /// With which values.
    pub(super) when: Vec<Test>,
    /// With which forms of texts.
    pub(super) forms: Vec<(Pointer, End)>,
    /// What binds `{kind}`.
    pub(super) kind: Option<KindTable>,
    /// Whether it depends on bindings alone, so that a file says it once.
    pub(super) is_of_file: bool,
    /// What it says.
    pub(super) says: Says,
}

/// The forms of what a row says.
#[derive(Debug)]
pub(super) enum Says {
    /// An entity.
    Entity {
        /// Its kind or kinds, and its id.
        is: (Kinds, Template),
        /// Its attributes.
        attributes: Vec<Given>,
    },
    /// Facts.
    Facts {
        /// The facts.
        is: Vec<Form>,
        /// The latest is when they begin.
        since: Vec<Template>,
        /// The earliest is when they end.
        until: Vec<Template>,
    },
    /// What is unknown.
    Unknown {
        /// The patterns.
        is: Vec<Form>,
        /// The latest is when they begin.
        since: Vec<Template>,
        /// The earliest is when they end.
        until: Vec<Template>,
        /// The reason.
        why: Option<Template>,
        /// Whether it makes unknown what other rows say.
        doubts: bool,
    },
    /// A warning.
    Warn(Template),
}

/// An attribute of an entity, and its values. Each kind that the entity may have has an attribute of the name.
#[derive(Debug)]
pub(super) struct Given {
    /// For each kind, the attribute.
    pub(super) attributes: Vec<(KindId, AttributeId)>,
    /// Its values: one, or several if it is `many`.
    pub(super) values: Vec<GivenForm>,
}

/// A value of an attribute.
#[derive(Debug)]
pub(super) enum GivenForm {
    /// An entity.
    Entity(Kinds, Template),
    /// A text, number or date, by the type of the attribute.
    Plain(Template),
}

/// The kinds of which an entity may be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kinds {
    /// This one.
    One(KindId),
    /// The one in which a row declares the id.
    Declared(Vec<KindId>),
    /// The one that `kind` binds; these are all that it may bind.
    Bound(Vec<KindId>),
}

/// A text with placeholders.
#[derive(Clone, Debug, Default)]
pub(super) struct Template {
    /// Its parts.
    pub(super) parts: Vec<Part>,
}

/// A part of a text.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// As written.
    Text(String),
    /// A placeholder.
    Hole(Hole),
}

/// A placeholder.
#[derive(Clone, Debug)]
pub(super) struct Hole {
    /// What it stands for.
    pub(super) of: HoleOf,
    /// What its value passes through.
    pub(super) filters: Vec<Filter>,
    /// What it may lack.
    pub(super) may: Mark,
}

/// What a placeholder stands for.
#[derive(Clone, Debug)]
pub(super) enum HoleOf {
    /// A value of the row.
    Pointer(Pointer),
    /// What is bound to the name.
    Name(NameId),
    /// When the export was captured.
    Captured,
}

/// What a value passes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    /// A whole GUID.
    Guid,
    /// Two GUIDs joined by `-`.
    GuidGuid,
    /// In small letters.
    Lower,
    /// The last part of a path.
    Last,
    /// Whole days of a duration.
    Days,
    /// A time with a zone.
    Instant,
    /// A day.
    Date,
    /// A day of another form, by its index: [`Mappings::day_forms`].
    Day(usize),
    /// The day after a day.
    NextDay,
    /// A time that is not after the capture.
    NotAfterCapture,
    /// A time that is before the capture; what needs another one is left out.
    BeforeCapture,
    /// A role by its id.
    Role,
    /// A table of names, by its index.
    Names(usize),
}

/// The filters that are built in.
pub(super) const FILTERS: [(&str, Filter); 11] = [
    ("guid", Filter::Guid),
    ("guid-guid", Filter::GuidGuid),
    ("lower", Filter::Lower),
    ("last", Filter::Last),
    ("days", Filter::Days),
    ("instant", Filter::Instant),
    ("date", Filter::Date),
    ("next-day", Filter::NextDay),
    ("not-after-capture", Filter::NotAfterCapture),
    ("before-capture", Filter::BeforeCapture),
    ("role", Filter::Role),
];

/// A table of names.
#[derive(Debug)]
pub(super) struct Names {
    /// Its name.
    pub(super) name: String,
    /// What each text stands for, by the text in small letters without blanks around it, sorted.
    pub(super) values: Vec<(String, String)>,
    /// The values as they are written, each with its place; those of a file with the place that names it.
    pub(super) written: Vec<Text>,
    /// What a text means that it does not have.
    pub(super) missing: Missing,
    /// The header of the names in a file that is a table.
    pub(super) header: Option<String>,
}

/// What a text means that a table of names does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// What it stands for is unknown.
    Unknown,
    /// What it would say is left out.
    Drop,
    /// The mapping is wrong.
    Error,
}

/// A fact or pattern with placeholders.
#[derive(Clone, Debug)]
pub(super) struct Form {
    /// What it states.
    pub(super) shape: Shape,
    /// Its terms, in order.
    pub(super) terms: Vec<TermForm>,
    /// Its `where`.
    pub(super) condition: Option<WhereForm>,
}

/// What a fact states of its terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Shape {
    /// A relation of its ends.
    Relation(RelationId),
    /// A holder, a role, a scope.
    Holds,
    /// A member, a group.
    Member,
    /// An entity and the value of its attribute of that name: an index in [`Mappings::attribute_names`].
    Value(usize),
    /// The same with any value.
    Attribute(usize),
}

/// A term of a fact.
#[derive(Clone, Debug)]
pub(super) enum TermForm {
    /// An entity.
    Entity(Kinds, Template),
    /// A role of the pack.
    Role(String),
    /// A text.
    Text(Template),
    /// A number or a date, as conditions write it.
    Constant(String),
    /// `_`
    Any,
    /// A variable.
    Variable(String),
}

/// A `where` with fillers in place of its placeholders.
#[derive(Clone, Debug)]
pub(super) struct WhereForm {
    /// The condition.
    pub(super) tree: Expr,
    /// The texts that have placeholders: each with the text with fillers that stands for it.
    pub(super) filled: Vec<(String, Template)>,
}
