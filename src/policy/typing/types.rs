//! The types of terms.

use crate::policy::kind_set::KindSet;
use crate::policy::value_type::ValueType;

/// The type of a term.
#[derive(Clone, Debug)]
pub(super) enum Type {
    /// A value of this type; a literal text is `one-of` itself alone.
    Of(ValueType),
    /// Values of several types, or a term with a mistake: it fits everywhere.
    Any,
}

impl Type {
    /// An entity of one of these kinds.
    pub(super) fn entity(kinds: KindSet) -> Type {
        Type::Of(ValueType::Entity(kinds))
    }

    /// The type of a term that may be of either type.
    pub(super) fn union(self, other: Type) -> Type {
        match (self, other) {
            (Type::Of(one), Type::Of(other)) => one.union(other).map_or(Type::Any, Type::Of),
            _ => Type::Any,
        }
    }

    /// Whether some value is of both types.
    pub(super) fn meets(&self, other: &Type) -> bool {
        match (self, other) {
            (Type::Of(one), Type::Of(other)) => one.meets(other),
            _ => true,
        }
    }

    /// The kinds of an entity; `None` if it is another value, or any.
    pub(super) fn kinds(&self) -> Option<&KindSet> {
        match self {
            Type::Of(value) => value.entity_kinds(),
            Type::Any => None,
        }
    }

    /// Whether its values satisfy `such`; true if it is any.
    pub(super) fn may_be(&self, such: impl Fn(&ValueType) -> bool) -> bool {
        match self {
            Type::Of(value) => such(value),
            Type::Any => true,
        }
    }

    /// What it is called, for people, without the names of kinds.
    pub(super) fn noun(&self) -> &'static str {
        match self {
            Type::Of(value) => value.noun(),
            Type::Any => "something",
        }
    }
}

impl From<&ValueType> for Type {
    fn from(value: &ValueType) -> Type {
        Type::Of(value.clone())
    }
}
