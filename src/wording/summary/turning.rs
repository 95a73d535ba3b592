//! How to turn an answer, in one or two lines a way.

use super::{Mark, SummaryLine, more, upper_first};
use crate::diag::phrases::{any_of, most_of};
use crate::wording::how_to::way_heading;
use crate::wording::{ActText, ChangeText, HowToText, MissingText, UndoingText, WayText};

/// How to turn an answer, in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryTurn {
    /// `To allow it` or `To take it away`, and how many of the ways are shown if these are not all.
    pub title: String,
    /// The ways, best first.
    pub ways: Vec<TurningWay>,
    /// What else there is to say: more ways, dates, what would not do it, why there is no way, who can do it instead.
    pub remarks: Vec<SummaryLine>,
    /// What to find out first.
    pub find_out: Vec<SummaryLine>,
}

/// A way in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurningWay {
    /// What is above it, if it is the first that needs other rules.
    pub heading: Option<String>,
    /// Its acts, in order.
    pub lines: Vec<TurningLine>,
}

/// An act of a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurningLine {
    /// The act: `remove dap(customer:c, partner:p)`.
    pub change: String,
    /// Who does it, and, after the last act, what else the way changes.
    pub details: Vec<String>,
    /// Who is responsible for a change of facts, or which event nobody can do, if there is room on the line of the details.
    pub keeper: Option<String>,
}

/// The most sentences on one subject.
const MAX_SENTENCES: usize = 2;
/// The most subjects of whom it is said what they gain or lose.
const MAX_SUBJECTS: usize = 1;

impl SummaryTurn {
    pub(super) fn of(how: &HowToText, most: Option<usize>) -> SummaryTurn {
        let shown = most.map_or(how.ways.len(), |most| how.ways.len().min(most));
        let mut remarks = Vec::new();
        let mut add = |mark: Mark, says: String| remarks.push(SummaryLine::new(mark, says));
        if how.ways.is_empty() && how.limited {
            add(Mark::Unknown, "no way was found within the limit of the search".to_owned());
        } else if how.limited {
            add(Mark::Unknown, "the search was cut short: there may be other ways".to_owned());
        }
        // While data are missing, what is to be done is to find them out. Why today's rules do not allow it is above.
        let blockers = if how.missing.is_empty() && how.ways.is_empty() { &how.blockers[..] } else { &[] };
        for why in blockers.iter().take(MAX_SENTENCES) {
            add(Mark::Unmet, why.clone());
        }
        if let Some(more) = more(blockers.len().saturating_sub(MAX_SENTENCES), " reason", " reasons") {
            add(Mark::Notice, more);
        }
        if let Some(change) = how.ineffective.first() {
            let verb = if change.change == "add" { "adding" } else { "removing" };
            add(Mark::Unmet, format!("{verb} {} would not do it", change.what));
        }
        let dates = how.dates.iter().map(|date| &date.says).chain(how.instead.as_ref().map(|instead| &instead.says));
        let dates: Vec<String> = dates.map(|says| format!("{}.", upper_first(says))).collect();
        if !dates.is_empty() {
            add(Mark::Notice, dates.join(" "));
        }
        let first_of_rules = how.ways.iter().position(|way| way.class == "rules");
        let ways = how.ways[..shown].iter().enumerate().map(|(index, way)| TurningWay {
            heading: (first_of_rules == Some(index)).then(|| way_heading(how, way.class)),
            lines: lines(way, index == 0),
        });
        SummaryTurn { title: title(how, shown), ways: ways.collect(), remarks, find_out: find_out(&how.missing) }
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.ways.is_empty() && self.remarks.is_empty()
    }
}

fn title(how: &HowToText, shown: usize) -> String {
    let title = if how.goal == "allow" { "To allow it" } else { "To take it away" };
    let found = how.ways.len() + how.more;
    match how.limited {
        _ if shown == found => title.to_owned(),
        true => format!("{title}: {shown} of the {found} ways found, the best first"),
        false => format!("{title}: {shown} of {found} ways, the best first"),
    }
}

/// The acts of a way, and what else it does. What would do too is for the best way alone, and that it can be undone for
/// others only where that can be prevented.
fn lines(way: &WayText, is_best: bool) -> Vec<TurningLine> {
    let mut lines: Vec<TurningLine> = way.acts.iter().map(line).collect();
    if let Some(last) = lines.last_mut() {
        let also = way.also.says(MAX_SUBJECTS);
        last.details.push(if way.also.changes() { format!("{}: {also}", way.also.label) } else { also });
        let is_told = |undoing: &&UndoingText| is_best || undoing.unless.as_ref().is_some_and(|acts| !acts.is_empty());
        last.details.extend(way.undoing.iter().filter(is_told).map(|undoing| undoing.brief.clone()));
        last.details.extend(way.instead_in_brief.iter().chain(way.would_do.iter().filter(|_| is_best)).take(1).cloned());
    }
    lines
}

fn line(act: &ActText) -> TurningLine {
    match act {
        ActText::Event(event) => TurningLine { change: event.with_arguments(), details: vec![event.who.clone()], keeper: None },
        ActText::Change(change) => self::change(change),
    }
}

fn change(change: &ChangeText) -> TurningLine {
    let mut details = Vec::new();
    if let Some(status) = change.status {
        let what = match status {
            "proposed" => "a proposal",
            "current" => "a current rule",
            "retired" => "a retired rule",
            _ => "one reading of the sources",
        };
        details.push(what.to_owned());
    }
    if let Some(ended) = &change.ended {
        details.push(format!("it held until {ended}"));
    }
    let perhaps = change.blocked.iter().find_map(|blocked| blocked.perhaps.clone());
    let is_perhaps = perhaps.is_some();
    details.extend(perhaps);
    let keeper = match change.blocked.first() {
        Some(_) if is_perhaps => None,
        Some(blocked) => {
            let keeper = change.keeper.as_ref().map(|keeper| format!(": for {}", keeper.brief)).unwrap_or_default();
            Some(format!("nobody known can make this change with {}{keeper}", blocked.event))
        }
        None => change.keeper.as_ref().map(|keeper| format!("for {}", keeper.brief)),
    };
    TurningLine { change: format!("{} {}", change.verb(), change.what), details, keeper }
}

fn find_out(missing: &[MissingText]) -> Vec<SummaryLine> {
    let shown = most_of(missing.len(), MAX_SENTENCES);
    let line = |datum: &MissingText| {
        let with = if datum.with.is_empty() { String::new() } else { format!("; {} can look it up", any_of(&datum.with)) };
        let answers = datum.answers.as_ref().map(|answers| format!("; {answers}")).unwrap_or_default();
        SummaryLine {
            places: datum.place.iter().cloned().collect(),
            ..SummaryLine::new(Mark::Unknown, format!("{}: {}{with}{answers}", datum.datum, datum.says))
        }
    };
    let mut lines: Vec<SummaryLine> = missing[..shown].iter().map(line).collect();
    if let Some(says) = more(missing.len() - shown, "", "") {
        lines.push(SummaryLine::new(Mark::Notice, says));
    }
    lines
}
