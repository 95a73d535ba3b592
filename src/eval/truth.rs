//! The three truth values.

/// A truth value of Kleene's: unknown where the data that would decide is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// It is not so.
    False,
    /// The world does not tell.
    Unknown,
    /// It is so.
    True,
}

impl Truth {
    /// Whether both are so.
    pub fn and(self, other: Truth) -> Truth {
        self.min(other)
    }

    /// Whether one is so.
    pub fn or(self, other: Truth) -> Truth {
        self.max(other)
    }
}

impl std::ops::Not for Truth {
    type Output = Truth;
    fn not(self) -> Truth {
        match self {
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
            Truth::True => Truth::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(so: bool) -> Truth {
        if so { Truth::True } else { Truth::False }
    }
}
