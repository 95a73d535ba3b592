//! The options that all lists share: how much of a list is printed, which rows of it, and in which form.

use super::Exit;
use super::options::{Options, date};
use super::output::Streams;
use crate::eval::{Decider, Exhausted};
use crate::explain;
use crate::policy::ActionId;
use crate::report;
use crate::syntax::NamedEntities;
use crate::time::Instant;
use crate::wording::Words;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;

/// What of a list is printed, and how.
#[derive(Debug, clap::Args)]
pub(super) struct ListOptions {
    /// Print at most this many rows, and say how many were left out
    #[arg(long, value_name = "COUNT", value_parser = limit)]
    limit: Option<NonZeroUsize>,
    /// Print only rows that are unknown
    #[arg(long, conflicts_with = "known")]
    unknown: bool,
    /// Leave out rows that are unknown
    #[arg(long)]
    known: bool,
}

/// The form in which a list is printed.
#[derive(Debug, clap::Args)]
pub(super) struct FormatOption {
    /// The form of the list
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Common options")]
    pub(super) format: ListFormat,
}

/// What `roles` and `facts` take beside what they ask about.
#[derive(Debug, clap::Args)]
pub(super) struct HeldOptions {
    /// Only what ends on or before this date
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) ends_before: Option<Instant>,
    #[command(flatten)]
    pub(super) list: ListOptions,
    #[command(flatten)]
    pub(super) form: FormatOption,
    #[command(flatten)]
    pub(super) options: Options,
}

/// The formats of lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ListFormat {
    /// For people
    Human,
    /// For programs, in one document
    Json,
    /// For programs, one row per line
    Ndjson,
}

fn limit(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "write a number of at least 1".to_owned())
}

/// How a list ends of which the search may have reached a limit; that is said.
pub(super) fn complete(words: Words<'_>, exhausted: Option<Exhausted>) -> Exit {
    let Some(exhausted) = exhausted else { return Exit::Yes };
    let text = words.cut_search(exhausted);
    Streams::note(&report::visible(&text.message));
    Streams::note(&report::visible(&text.help));
    Exit::NoAnswer
}

/// Says that nobody belongs to what a list asks about.
pub(super) fn note_nobody(named: &NamedEntities, at: Instant) {
    Streams::note(&format!("nobody is in `{}` on {at}", report::visible(&named.to_string())));
}

/// The advice that comes with all answers about these actions, fit to be printed.
pub(super) fn remarks(decider: &Decider<'_>, actions: &BTreeSet<ActionId>) -> Vec<String> {
    let words = Words::of(decider);
    explain::remarks(decider, actions).iter().map(|remark| report::visible(&words.remark(remark)).into_owned()).collect()
}

/// Prints the advice that comes with all answers about these actions.
pub(super) fn note_remarks(decider: &Decider<'_>, actions: &BTreeSet<ActionId>) {
    remarks(decider, actions).iter().for_each(|remark| Streams::note(remark));
}

impl ListOptions {
    /// Whether a row is listed that is unknown, or known.
    pub(super) fn lists(&self, is_unknown: bool) -> bool {
        if is_unknown { !self.known } else { !self.unknown }
    }

    /// Leaves out the rows that are not asked for. Returns how many these are.
    pub(super) fn filter<T>(&self, rows: &mut Vec<T>, is_unknown: impl Fn(&T) -> bool) -> usize {
        let found = rows.len();
        rows.retain(|row| self.lists(is_unknown(row)));
        found - rows.len()
    }

    /// How many rows are printed at most.
    pub(super) fn most(&self) -> Option<usize> {
        self.limit.map(NonZeroUsize::get)
    }

    /// Cuts the rows to the limit. Returns how many were left out.
    pub(super) fn cut<T>(&self, rows: &mut Vec<T>) -> usize {
        let kept = self.limit.map_or(rows.len(), |limit| limit.get().min(rows.len()));
        let left_out = rows.len() - kept;
        rows.truncate(kept);
        left_out
    }
}
