//! The table of channels of an import, as JSON.

use crate::import::{Change, Changed, ChannelRow, ChannelState};
use crate::report::sanitize::safe_json;
use serde::Serialize;

/// The version of the document. Raise it when a field is removed, renamed or changes its meaning; not when one is added.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct ImportJson<'a> {
    version: u32,
    channels: Vec<ChannelJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<ChangeJson<'a>>>,
}

#[derive(Serialize)]
struct ChangeJson<'a> {
    change: &'static str,
    of: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<&'a str>,
}

#[derive(Serialize)]
struct ChannelJson<'a> {
    channel: &'a str,
    title: Option<&'a str>,
    of: Option<&'a str>,
    state: &'static str,
    rows: u64,
    #[serde(rename = "not-counting")]
    passed_over: u64,
    files: &'a [String],
    /// The sources of these files.
    by: &'a [String],
    /// Whether what was not looked at is unknown in the world; else it counts as absent.
    open: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    lost: Option<&'a str>,
}

/// What was looked at, and what changed since an earlier world if there is one.
pub fn document(rows: &[ChannelRow], changes: Option<&[Change]>) -> String {
    let channels = rows.iter().map(view).collect();
    let changes = changes.map(|changes| changes.iter().map(change).collect());
    safe_json(serde_json::to_string(&ImportJson { version: VERSION, channels, changes }).unwrap_or_default())
}

fn view(row: &ChannelRow) -> ChannelJson<'_> {
    let state = match row.state {
        ChannelState::LookedAt => "looked at",
        ChannelState::Incomplete => "incomplete",
        ChannelState::NotLookedAt => "not looked at",
        ChannelState::NotImported => "not imported",
    };
    let ChannelRow { channel, title, of, rows, passed_over, files, by, is_open, lost, .. } = row;
    ChannelJson {
        channel,
        title: title.as_deref(),
        of: of.as_deref(),
        state,
        rows: *rows,
        passed_over: *passed_over,
        files,
        by,
        open: *is_open,
        lost: lost.as_deref(),
    }
}

fn change(change: &Change) -> ChangeJson<'_> {
    let what = match change.what {
        Changed::Came => "came",
        Changed::Went => "went",
        Changed::Differs => "changed",
        Changed::Unknown => "unknown",
    };
    let (was, now) = change.was.as_ref().map_or((None, None), |(was, now)| (Some(was.as_str()), Some(now.as_str())));
    ChangeJson { change: what, of: &change.of, was, now }
}
