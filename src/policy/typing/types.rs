//! The types of terms.

use crate::policy::kind_set::KindSet;
use crate::policy::value_type::ValueType;

/// The type of a term.
#[derive(Clone, Debug)]
pub(super) enum Type {
    /// A value of this type; a literal text is of the type `one-of` with that text alone.
    Of(ValueType),
    /// Values of several types, or a term with a mistake. It meets every type.
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

    /// The kinds of an entity; `None` for another value, and for `Any`.
    pub(super) fn kinds(&self) -> Option<&KindSet> {
        match self {
            Type::Of(value) => value.entity_kinds(),
            Type::Any => None,
        }
    }

    /// Whether its values satisfy `such`; true for `Any`.
    pub(super) fn may_be(&self, such: impl Fn(&ValueType) -> bool) -> bool {
        match self {
            Type::Of(value) => such(value),
            Type::Any => true,
        }
    }

    /// Its name for people, without the names of kinds.
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
