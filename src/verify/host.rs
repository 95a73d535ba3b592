//! What verifying needs from outside.

use crate::plan::CompiledPolicy;
use crate::world::World;

/// Reads worlds.
pub trait Host: Sync {
    /// The world of a text in TOML.
    ///
    /// # Errors
    ///
    /// If the text is no world of the pack.
    fn load(&self, compiled: &CompiledPolicy, text: &str) -> Result<World, Refusal>;
}

/// Why a world was refused.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The mistakes, as they are printed.
    pub text: String,
    /// All of them are broken invariants.
    pub invariants_only: bool,
}
