//! The three truth values of Kleene logic.

/// A truth value; unknown if the data that would decide is missing. Ordered: `and` is the minimum, `or` the maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// False, whatever the missing data is.
    False,
    /// True or false, depending on data that is missing.
    Unknown,
    /// True, whatever the missing data is.
    True,
}

impl Truth {
    /// The conjunction.
    pub fn and(self, other: Truth) -> Truth {
        self.min(other)
    }

    /// The disjunction.
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
    fn from(value: bool) -> Truth {
        if value { Truth::True } else { Truth::False }
    }
}
