//! The schema of worlds: kinds of entities, their attributes, relations between them.

use super::ids::{AttributeId, ImplicationId, KindId};
use super::kind_set::KindSet;
use super::metadata::Metadata;
use super::value_type::ValueType;
use crate::text::Span;

/// A kind of entity.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Name and the like. No file declares the kind `role`: its span is empty.
    pub meta: Metadata,
    /// Other names, which requests and facts may use. No answer shows them.
    pub aka: Vec<String>,
    /// Its entities may be subjects of requests.
    pub subject: bool,
    /// Its attributes in the order of their names, including those of `within`.
    pub attributes: Vec<AttributeId>,
    /// The attribute by which answers for people call its entities, where it is given: one text.
    pub label: Option<AttributeId>,
    /// Attributes exactly one of which has a value; the list is empty or has at least two.
    pub exactly_one: Vec<AttributeId>,
    /// The attributes that name an entity's container; an entity has exactly one of them.
    pub within: Vec<AttributeId>,
    /// The kinds of its containers, direct or not; contains the kind itself only if it may nest.
    pub above: KindSet,
    /// The kinds that it may contain, directly or not; contains the kind itself only if it may nest.
    pub below: KindSet,
}

/// An attribute of a kind.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The kind that has it.
    pub kind: KindId,
    /// Its name.
    pub name: String,
    /// The span of its declaration.
    pub span: Span,
    /// The type of its values.
    pub value: ValueType,
    /// It has any number of values (`many`, `member-of`).
    pub many: bool,
    /// It is membership in groups (`member-of`).
    pub member_of: bool,
    /// An entity may have no value of it.
    pub optional: bool,
    /// It records the past: how-to never proposes to change it.
    pub history: bool,
    /// It is a classification or a key: how-to never proposes to change it.
    pub fixed: bool,
    /// Its value is a second name of the entity, by which requests and worlds may name it. It is one text.
    pub key: bool,
    /// It names the entity's container.
    pub container: bool,
}

impl Attribute {
    /// Whether its value is one text, which the pack does not restrict.
    pub fn is_one_text(&self) -> bool {
        self.value == ValueType::Text && !self.many
    }

    /// Whether it is membership in groups of this kind.
    pub fn is_membership_in(&self, group: KindId) -> bool {
        self.member_of && self.value.accepts_kind(group)
    }
}

/// A relation between one to three entities.
#[derive(Clone, Debug)]
pub struct Relation {
    /// Name and the like.
    pub meta: Metadata,
    /// The kinds of each end, one to three.
    pub ends: Vec<KindSet>,
    /// A fact about its last end also holds for every entity within that end.
    pub covers: bool,
    /// By end: the kinds of groups that represent whoever is in them, at any depth, in conditions. No group does where there is none.
    pub through: [KindSet; 3],
    /// A sentence with `{1}`, `{2}`, `{3}` for its ends.
    pub says: Option<String>,
    /// The implications that derive it, in order.
    pub derived_by: Vec<ImplicationId>,
}

impl Relation {
    /// The ends at which groups represent whoever is in them, each with the kinds of these groups.
    pub fn through_ends(&self) -> impl Iterator<Item = (usize, &KindSet)> {
        self.through.iter().enumerate().filter(|(_, groups)| !groups.is_empty())
    }
}
