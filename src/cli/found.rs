//! What `check` finds.

use crate::diag::Diagnostic;
use crate::files::FoundPack;
use crate::report::json::diagnostics::Counts;
use crate::text::Sources;

/// What was found in a pack and its worlds, or in a suite.
pub(super) struct Found {
    /// Which pack was taken; `None` if its path was given.
    pub(super) pack: Option<FoundPack>,
    /// The number of the pack's files, which are the first of the sources.
    pub(super) pack_files: usize,
    /// Whether the pack can be used.
    pub(super) is_usable: bool,
    pub(super) sources: Sources,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) of_pack: Option<Counts<'static>>,
    pub(super) of_world: Option<Vec<(String, usize)>>,
}
