//! What the evaluation of a file works on.

use crate::diag::Diagnostic;
use crate::import::gathered::{From, Gathered};
use crate::import::idle::EntryUse;
use crate::import::list::List;
use crate::import::mapping::{Kinds, Mappings, NameId, Source};
use crate::import::problems::Problems;
use crate::import::reader::Json;
use crate::policy::Policy;
use crate::time::{Instant, Interval, TimeUnit};
use rustc_hash::FxHashSet;

/// When an export was captured.
#[derive(Clone, Debug)]
pub(in crate::import) struct Captured {
    /// The instant.
    pub(in crate::import) at: Instant,
    /// As it is written.
    pub(in crate::import) text: String,
}

impl Captured {
    /// When all was exported: at the instant, or at some time of the day.
    pub(in crate::import) fn during(&self) -> Interval {
        let day = (self.text.len() == 10).then(|| self.at.plus(1, TimeUnit::Days)).flatten();
        Interval { since: self.at, until: day.unwrap_or(self.at.after()) }
    }
}

/// What is bound to names: the value, and where it is bound.
pub(in crate::import) type Bound = Vec<Option<(String, From)>>;

/// Reads the rows of one file.
pub(in crate::import) struct Evaluator<'a> {
    pub(in crate::import) policy: &'a Policy,
    pub(in crate::import) mappings: &'a Mappings,
    pub(in crate::import) source: &'a Source,
    pub(in crate::import) gathered: &'a mut Gathered,
    pub(in crate::import) problems: &'a mut Problems,
    pub(in crate::import) list: &'a mut List,
    pub(in crate::import) list_number: u32,
    pub(in crate::import) entries: &'a mut EntryUse,
    pub(in crate::import) captured: Option<&'a Captured>,
    pub(in crate::import) file: u32,
    pub(in crate::import) file_name: &'a str,
    pub(in crate::import) bound: Bound,
    /// Whether the row has no end, so that it may be cut in its last cell.
    pub(in crate::import) is_unended: bool,
    /// The last row that lacks something, and what.
    pub(in crate::import) lost: Option<(u32, String)>,
    /// Mistakes that end the import.
    pub(in crate::import) errors: &'a mut Vec<Diagnostic>,
}

/// What a text with placeholders comes to.
pub(super) enum Text {
    Is(String),
    /// It lacks what it may lack.
    Left,
    /// It lacks what it must not lack; the problem is reported.
    Lost,
    /// Nothing is bound to a name.
    Unbound(NameId),
    /// A table of names leaves it out.
    Dropped,
}

/// Whether a row fits a test.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fits {
    Yes,
    No,
    Lost,
}

/// Where in a file the evaluator is.
#[derive(Clone, Copy)]
pub(super) struct Place<'r, 't> {
    pub(super) row: &'r Json<'t>,
    pub(super) number: u32,
    /// The item of `each`; `None` where the list of it is lost.
    pub(super) item: Option<&'r Json<'t>>,
    pub(super) list: u16,
    pub(super) item_number: u32,
    /// Whether the row cannot be read, so that it may have any value.
    pub(super) is_unread: bool,
    /// Whether problems are not to be reported.
    pub(super) quiet: bool,
}

/// What holds for all that an entry says of a row.
#[derive(Clone, Default)]
pub(super) struct Said {
    /// The kinds that `{kind}` is, if it is bound.
    pub(super) kinds: Option<Kinds>,
    /// Whether it is not sure that the row says it.
    pub(super) unsure: bool,
    /// The items, by list and number, whose entity cannot be named.
    pub(super) nameless: FxHashSet<(u16, u32)>,
}
