//! Truth values as two literals.

use crate::verify::sat::{Circuit, Lit};
use std::ops::Not;

/// A truth value of three: what is true is not false.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kleene {
    /// Whether it is true.
    pub is_true: Lit,
    /// Whether it is true or unknown.
    pub may_be: Lit,
}

impl Kleene {
    /// Always false.
    pub const FALSE: Kleene = Kleene::known(Lit::FALSE);
    /// Always true.
    pub const TRUE: Kleene = Kleene::known(Lit::TRUE);

    /// A truth value that is never unknown.
    pub const fn known(lit: Lit) -> Kleene {
        Kleene { is_true: lit, may_be: lit }
    }

    /// Unknown if the literal is true, else false.
    pub const fn unknown_if(lit: Lit) -> Kleene {
        Kleene { is_true: Lit::FALSE, may_be: lit }
    }

    /// Whether it is false.
    pub fn is_false(self) -> Lit {
        !self.may_be
    }

    /// The least of both.
    pub fn and(self, other: Kleene, circuit: &mut Circuit) -> Kleene {
        Kleene { is_true: circuit.and(self.is_true, other.is_true), may_be: circuit.and(self.may_be, other.may_be) }
    }

    /// The greatest of both.
    pub fn or(self, other: Kleene, circuit: &mut Circuit) -> Kleene {
        Kleene { is_true: circuit.or(self.is_true, other.is_true), may_be: circuit.or(self.may_be, other.may_be) }
    }

    /// Itself where the literal is true, else false.
    pub fn where_true(self, guard: Lit, circuit: &mut Circuit) -> Kleene {
        self.and(Kleene::known(guard), circuit)
    }
}

impl Not for Kleene {
    type Output = Kleene;
    fn not(self) -> Kleene {
        Kleene { is_true: !self.may_be, may_be: !self.is_true }
    }
}
