//! Where the answers of a batch are written.

use super::block::Answers;
use std::io::{self, Write};

/// How a batch ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchSummary {
    /// The number of answers written.
    pub answers: u64,
    /// How many of them are errors: requests that could not be read or decided.
    pub errors: u64,
}

/// The output, with a count of what was written to it.
pub(super) struct Outlet<'p, W> {
    output: W,
    progress: &'p mut (dyn FnMut(u64) + Send),
    summary: BatchSummary,
}

impl<'p, W: Write> Outlet<'p, W> {
    /// Writes to `output`, and calls `progress` with the number of answers of each write.
    pub(super) fn new(output: W, progress: &'p mut (dyn FnMut(u64) + Send)) -> Outlet<'p, W> {
        Outlet { output, progress, summary: BatchSummary::default() }
    }

    /// Writes the answers and flushes, so that a program that waits for them has them.
    pub(super) fn write(&mut self, answers: &Answers) -> io::Result<()> {
        self.output.write_all(&answers.bytes)?;
        self.output.flush()?;
        self.summary.answers += answers.count;
        self.summary.errors += answers.errors;
        (self.progress)(answers.count);
        Ok(())
    }
}

impl<W> Outlet<'_, W> {
    /// What was written.
    pub(super) fn summary(&self) -> BatchSummary {
        self.summary
    }
}
