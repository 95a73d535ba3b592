//! The syntax tree of a mapping of imports (`*.map.toml`) and of bindings: as written, with no name looked up.

use super::Text;
use super::expr::{FactPattern, Pattern};
use crate::text::Span;

/// One file of a mapping.
#[derive(Clone, Debug, Default)]
pub struct MappingDocument {
    /// Other mappings whose sources, channels and names this one has too.
    pub extends: Vec<Text>,
    /// What its sources are complete about.
    pub channels: Vec<ChannelDecl>,
    /// Tables of names.
    pub names: Vec<NamesDecl>,
    /// The exports that it reads.
    pub sources: Vec<ExportDecl>,
}

/// `[channel.NAME]`
#[derive(Clone, Debug)]
pub struct ChannelDecl {
    /// Its name.
    pub name: Text,
    /// What it is, in words.
    pub title: Option<Text>,
    /// A kind, or `binding:NAME`.
    pub per: Option<Text>,
    /// The name that must be bound to what it is of for it to be open where nobody looked.
    pub absent_unless: Option<Text>,
    /// What is unknown where nobody looked.
    pub open: Vec<Templated<Pattern>>,
    /// Why it is.
    pub why: Option<Text>,
}

/// `[names.NAME]`
#[derive(Clone, Debug)]
pub struct NamesDecl {
    /// Its name, which is that of a filter.
    pub name: Text,
    /// What each text stands for.
    pub values: Vec<(Text, Text)>,
    /// A file of such values.
    pub file: Option<Text>,
    /// What a text means that the table does not have: `unknown`, `drop` or `error`.
    pub missing: Option<Text>,
}

/// `[source.NAME]`
#[derive(Clone, Debug)]
pub struct ExportDecl {
    /// Its name.
    pub name: Text,
    /// What it is, in words.
    pub title: Option<Text>,
    /// Whether it says what a file of it looks like, or where it is.
    pub is_recognizable: bool,
    /// What its rows have.
    pub looks_like: Vec<LookDecl>,
    /// Names that must be bound.
    pub needs: Vec<Text>,
    /// Names that may be bound.
    pub may: Vec<Text>,
    /// Ends of paths that bind names.
    pub paths: Vec<Text>,
    /// Ends of addresses that bind names.
    pub urls: Vec<Text>,
    /// The channels that a complete list closes, and for what.
    pub tells: Vec<TellsDecl>,
    /// Which rows count.
    pub only: Vec<TestDecl>,
    /// Forms of texts that bind names.
    pub forms: Vec<FormDecl>,
    /// What binds `{kind}`.
    pub kind: Option<KindTableDecl>,
    /// What each row says.
    pub entries: Vec<EntryDecl>,
}

/// What a complete list closes: `members = "{group}"`.
#[derive(Clone, Debug)]
pub struct TellsDecl {
    /// The channel.
    pub channel: Text,
    /// Of what.
    pub of: TextTemplate,
    /// The rows that say so; all if there is no test.
    pub when: Vec<TestDecl>,
    /// Forms of texts in these rows, which bind names.
    pub forms: Vec<FormDecl>,
}

/// An item of `looks-like`.
#[derive(Clone, Debug)]
pub struct LookDecl {
    /// What a row has.
    pub pointer: Text,
    /// The values of which it has one; any if there are none.
    pub values: Vec<Text>,
}

/// An item of `only` or `when`.
#[derive(Clone, Debug)]
pub struct TestDecl {
    /// What is looked at.
    pub pointer: PointerDecl,
    /// The values with which the row counts; all others than `not` if it is empty.
    pub is: Vec<Text>,
    /// The values with which it does not count.
    pub not: Vec<Text>,
    /// The values that are known too; `None` if any value is.
    pub others: Option<Vec<Text>>,
}

/// An item of `match`.
#[derive(Clone, Debug)]
pub struct FormDecl {
    /// What is looked at.
    pub pointer: PointerDecl,
    /// The form of its text, with names in braces.
    pub form: Text,
}

/// `kind = { "/pointer" = { User = "user" } }`
#[derive(Clone, Debug)]
pub struct KindTableDecl {
    /// What is looked at.
    pub pointer: PointerDecl,
    /// The kind for each text.
    pub kinds: Vec<(Text, Text)>,
}

/// A path in a row (`/a/b`) or in an item (`./a/b`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointerDecl {
    /// Its place.
    pub span: Span,
    /// Whether it begins at the item of `each`.
    pub of_item: bool,
    /// Its steps.
    pub steps: Vec<String>,
    /// What it may lack.
    pub may: Mark,
}

/// What a pointer may lack: its `?`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Nothing.
    Needed,
    /// `?`: it may be null or empty.
    Empty,
    /// `??`: it may be absent too.
    Absent,
}

/// What a row says.
#[derive(Clone, Debug)]
pub struct EntryDecl {
    /// The place of its header.
    pub span: Span,
    /// The list in the row, of which each item says it.
    pub each: Option<PointerDecl>,
    /// With which values.
    pub when: Vec<TestDecl>,
    /// With which forms of texts.
    pub forms: Vec<FormDecl>,
    /// What binds `{kind}`.
    pub kind: Option<KindTableDecl>,
    /// What it says.
    pub says: EntryNode,
}

/// The forms of what a row says.
#[derive(Clone, Debug)]
pub enum EntryNode {
    /// `[[source.X.entity]]`: an entity with its attributes.
    Entity {
        /// The entity, `kind:id`.
        is: TextTemplate,
        /// Its attributes.
        attributes: Vec<(Text, Vec<AttributeTemplate>)>,
    },
    /// `[[source.X.fact]]`
    Fact {
        /// The facts.
        is: Vec<Templated<FactPattern>>,
        /// The latest of these is when they begin.
        since: Vec<TextTemplate>,
        /// The earliest of these is when they end.
        until: Vec<TextTemplate>,
    },
    /// `[[source.X.unknown]]`
    Unknown {
        /// The patterns.
        is: Vec<Templated<Pattern>>,
        /// The latest of these is when they begin.
        since: Vec<TextTemplate>,
        /// The earliest of these is when they end.
        until: Vec<TextTemplate>,
        /// The reason.
        why: Option<TextTemplate>,
        /// Whether it makes unknown what other rows say where it fits (`doubts`), and says nothing itself.
        doubts: bool,
    },
    /// `[[source.X.warn]]`
    Warn {
        /// The warning.
        says: TextTemplate,
    },
}

/// A value of an attribute.
#[derive(Clone, Debug)]
pub enum AttributeTemplate {
    /// A text, with placeholders.
    Text(TextTemplate),
    /// A number.
    Number(i64, Span),
}

/// A text with placeholders.
#[derive(Clone, Debug)]
pub struct TextTemplate {
    /// Its place.
    pub span: Span,
    /// Its parts, in order.
    pub pieces: Vec<Piece>,
}

/// A part of a text.
#[derive(Clone, Debug)]
pub enum Piece {
    /// As written.
    Text(String),
    /// `{…}`
    Hole(Hole),
}

/// `{/pointer|filter}` or `{name|filter}`.
#[derive(Clone, Debug)]
pub struct Hole {
    /// Its place, with its braces.
    pub span: Span,
    /// As written, with its braces.
    pub written: String,
    /// What it stands for.
    pub of: HoleSource,
    /// What its value passes through, in order.
    pub filters: Vec<Text>,
}

/// What a placeholder stands for.
#[derive(Clone, Debug)]
pub enum HoleSource {
    /// A value of the row or item.
    Pointer(PointerDecl),
    /// A binding, or what `match` or `kind` bound.
    Name(Text, Mark),
}

/// A fact or pattern whose ids, texts and kinds have placeholders. In `tree`, each is a filler of the same length.
#[derive(Clone, Debug)]
pub struct Templated<T> {
    /// The tree, with fillers.
    pub tree: T,
    /// The text as written.
    pub written: Text,
    /// The placeholders, in order.
    pub holes: Vec<Hole>,
    /// The kinds that are several or bound: the name that stands for them in the tree, and what they are.
    pub kinds: Vec<(String, KindsDecl)>,
}

/// Kinds of which an entity has one.
#[derive(Clone, Debug)]
pub enum KindsDecl {
    /// `user|group`
    OneOf(Vec<Text>),
    /// `{kind}`
    Bound(Text),
}

/// A file of bindings.
#[derive(Clone, Debug, Default)]
pub struct BindingsDocument {
    /// Each binding: for one file or for all, the name, the value.
    pub bindings: Vec<BindingDecl>,
}

/// One binding.
#[derive(Clone, Debug)]
pub struct BindingDecl {
    /// The file for which it is; `None` if it is for all.
    pub file: Option<Text>,
    /// Its name.
    pub name: Text,
    /// Its value.
    pub value: Text,
}
