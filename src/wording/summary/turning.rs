//! How to turn an answer, in one or two lines a way.

use super::{Mark, SummaryLine, more, upper_first};
use crate::diag::phrases::{counted, most_of};
use crate::wording::{ChangeText, EventText, HowToText, MissingText, RepairText};

/// How to turn an answer, in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryTurn {
    /// `To allow it` or `To take it away`.
    pub title: &'static str,
    /// The ways, best first.
    pub ways: Vec<Vec<TurningLine>>,
    /// What else there is to say: more ways, dates, what would not do it, why there is no way, who can do it instead.
    pub remarks: Vec<SummaryLine>,
    /// What to find out first.
    pub find_out: Vec<SummaryLine>,
}

/// A change of a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurningLine {
    /// The change: `remove dap(customer:c, partner:p)`.
    pub change: String,
    /// Who makes it, and what else it does.
    pub details: Vec<String>,
}

/// The most sentences on one subject.
const MAX_SENTENCES: usize = 2;
/// The most ways that are left out here and certain to be in a full answer, which lists ten.
const FULL_WAYS: usize = 5;

impl SummaryTurn {
    pub(super) fn of(how: &HowToText, most: Option<usize>) -> SummaryTurn {
        let (dates, ways): (Vec<&RepairText>, Vec<&RepairText>) = how.repairs.iter().partition(|repair| repair.is_date());
        let shown = most.map_or(ways.len(), |most| ways.len().min(most));
        let mut remarks = Vec::new();
        let mut add = |mark: Mark, says: String| remarks.push(SummaryLine::new(mark, says));
        let left = how.more + ways.len() - shown;
        if left > FULL_WAYS {
            add(Mark::Notice, format!("and {left} more ways, the best of them in --full"));
        } else if let Some(more) = more(left, " way", " ways") {
            add(Mark::Notice, more);
        }
        if ways.is_empty() && how.limited {
            add(Mark::Unknown, "no way was found within the limit of the search".to_owned());
        } else if how.limited {
            add(Mark::Unknown, "the search was cut short: there may be other ways".to_owned());
        }
        // While data are missing, what is to be done is to find them out.
        let blockers = if how.missing.is_empty() { &how.blockers[..] } else { &[] };
        for why in blockers.iter().take(MAX_SENTENCES) {
            add(Mark::Unmet, why.clone());
        }
        if let Some(more) = more(blockers.len().saturating_sub(MAX_SENTENCES), " reason", " reasons") {
            add(Mark::Notice, more);
        }
        for change in how.ineffective.iter().take(MAX_SENTENCES) {
            let verb = if change.change == "add" { "adding" } else { "removing" };
            add(Mark::Unmet, format!("{verb} {} would not do it", change.what));
        }
        for date in dates {
            add(Mark::Notice, date.steps.iter().map(|step| upper_first(&step.sentence)).collect::<Vec<_>>().join("; "));
        }
        if let Some(instead) = &how.instead {
            add(Mark::Notice, instead.clone());
        }
        SummaryTurn {
            title: if how.goal == "allow" { "To allow it" } else { "To take it away" },
            ways: ways[..shown].iter().map(|repair| way(repair)).collect(),
            remarks,
            find_out: find_out(&how.missing),
        }
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.ways.is_empty() && self.remarks.is_empty()
    }
}

fn way(repair: &RepairText) -> Vec<TurningLine> {
    let mut lines: Vec<TurningLine> = repair.steps.iter().map(step).collect();
    if let (Some(last), false) = (lines.last_mut(), repair.side_effects.is_empty()) {
        // The effects that are known are those on peers of the subject.
        last.details.push(format!("at least {}", counted(repair.side_effects.len(), "side effect")));
    }
    if let (Some(last), true) = (lines.last_mut(), repair.others > 0) {
        let others = if repair.others == 1 { "1 other does" } else { &format!("{} others do", repair.others) };
        last.details.push(format!("{others} in place of {}", repair.replaceable.join(", ")));
    }
    lines
}

fn step(step: &ChangeText) -> TurningLine {
    let mut details = Vec::new();
    if let Some(status) = step.status {
        let what = match status {
            "proposed" => "a proposal",
            "current" => "in force today",
            "retired" => "no longer in force",
            _ => "one reading of the sources",
        };
        details.push(what.to_owned());
    }
    if let Some(ended) = &step.ended {
        details.push(format!("it held until {ended}"));
    }
    match EventText::nearest(&step.by) {
        Some(event) => details.push(format!("by {}", acts(event))),
        None => details.extend(step.manual.as_ref().map(|manual| format!("for {}", manual.brief))),
    }
    TurningLine { change: format!("{} {}", step.verb(), step.what), details }
}

/// The events in their order, with who can do each: `request (ann), then accept (nobody now)`.
fn acts(event: &EventText) -> String {
    let mut chain = Vec::new();
    collect(event, &mut chain);
    let acts: Vec<String> = chain.iter().map(|event| format!("{} ({})", event.event, who(event))).collect();
    acts.join(", then ")
}

fn collect<'a>(event: &'a EventText, chain: &mut Vec<&'a EventText>) {
    for first in event.first.iter().filter_map(|first| EventText::nearest(&first.by)) {
        collect(first, chain);
    }
    if chain.iter().all(|other| other.event != event.event) {
        chain.push(event);
    }
}

fn who(event: &EventText) -> String {
    match event.count {
        0 => "nobody can now".to_owned(),
        _ => event.who.clone(),
    }
}

fn find_out(missing: &[MissingText]) -> Vec<SummaryLine> {
    let shown = most_of(missing.len(), MAX_SENTENCES);
    let line = |datum: &MissingText| {
        let with = if datum.with.is_empty() { String::new() } else { format!("; {} can look it up", datum.with.join(" or ")) };
        SummaryLine {
            places: datum.place.iter().cloned().collect(),
            ..SummaryLine::new(Mark::Unknown, format!("{}: {}{with}", datum.datum, datum.says))
        }
    };
    let mut lines: Vec<SummaryLine> = missing[..shown].iter().map(line).collect();
    if let Some(says) = more(missing.len() - shown, "", "") {
        lines.push(SummaryLine::new(Mark::Notice, says));
    }
    lines
}
