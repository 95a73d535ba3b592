//! What a run of suites needs from outside.

use crate::diag::Diagnostic;
use crate::plan::CompiledPolicy;
use crate::policy::EventId;
use crate::query::assume::PreparedQuestion;
use crate::text::{FileId, Sources};
use crate::world::World;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A file of a suite.
#[derive(Clone, Debug)]
pub struct SuiteFile {
    /// Its text.
    pub sources: Sources,
    /// The file among these.
    pub file: FileId,
    /// Why it cannot be read.
    pub unreadable: Option<Broken>,
    /// The text of the snapshots that are kept beside it.
    pub kept: Option<String>,
}

impl SuiteFile {
    /// Its name: the path as it was given.
    pub fn name(&self) -> &str {
        self.sources.name(self.file)
    }

    /// The text of the suite.
    pub fn text(&self) -> &str {
        self.sources.text(self.file)
    }
}

/// Why a suite cannot be run.
#[derive(Clone, Debug)]
pub enum Broken {
    /// A message and its help.
    Message(String, Option<String>),
    /// Mistakes in the suite, its pack or its world, with the texts in which they are.
    Mistakes(Sources, Vec<Diagnostic>),
}

/// The world of a suite.
#[derive(Clone, Debug)]
pub struct SuiteWorld {
    /// The world, with its events applied.
    pub world: World,
    /// The events that happen in it. If there are some, it would be another one under another policy.
    pub events: BTreeSet<EventId>,
}

/// Reads packs and worlds, and writes explanations.
pub trait Host: Sync {
    /// The pack of a suite. `path` is as its `policies` is written, relative to the suite.
    ///
    /// # Errors
    ///
    /// If it cannot be read or has errors.
    fn policy(&self, suite: &SuiteFile, path: Option<&str>) -> Result<Arc<CompiledPolicy>, Broken>;

    /// The world of a suite. `paths` are as its `worlds` are written, relative to the suite; `inline` says whether it has a world of its own.
    ///
    /// # Errors
    ///
    /// If it cannot be read or has errors.
    fn world(&self, suite: &SuiteFile, compiled: &Arc<CompiledPolicy>, paths: &[String], inline: bool) -> Result<SuiteWorld, Broken>;

    /// The explanation of an answer as text, without colour: the short one, or with `full` all of it. `None` if it was given up.
    fn explanation(&self, compiled: &CompiledPolicy, question: &PreparedQuestion, full: bool, width: usize) -> Option<String>;
}
