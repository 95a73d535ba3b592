//! Which worlds count.

/// Which worlds count, beyond what every world is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Class {
    /// Facts may state a relation that implications derive.
    pub told: bool,
}
