//! `delegraph who-can --between` and `what-can --between`: who can do what in a window of time.

use super::access_args::{AccessFormat, Asked, retain_standing, shown};
use super::output::Streams;
use super::progress::with_count;
use super::{Exit, Failure};
use crate::eval::{Budget, Decider};
use crate::query::access::{Hidden, Selection, Subjects};
use crate::query::between::{AccessInterval, Between};
use crate::query::lists::{EntityPattern, OpenCounts};
use crate::report;
use crate::report::json::list::ListQuestion;
use crate::syntax::NamedEntities;
use crate::time::Interval;
use crate::wording::{Labels, ListQuestionText, Words};
use std::cell::RefCell;
use std::io::Write;

/// A list, and what its printing needs.
struct Listed<'l> {
    asked: &'l Asked<'l>,
    between: Between<'l>,
    selection: Selection,
    question: ListQuestionText,
    window: Interval,
}

pub(super) fn run(decider: &Decider<'_>, window: Interval, asked: &Asked<'_>, streams: &mut Streams) -> Result<Exit, Failure> {
    if matches!(asked.common.format, AccessFormat::Dot | AccessFormat::Mermaid) {
        let help = "ask about one date with `--at`".to_owned();
        return Err(Failure::Say("a window of time is not drawn".to_owned(), Some(help)));
    }
    let between = Between::new(decider, window, asked.policy_stays);
    let selection = selection(decider, &between, window, asked)?;
    let question = Words::of(decider).window_question(&decider.context, window, asked.policy_stays, asked.assuming.clone());
    let listed = Listed { asked, between, selection, question, window };
    let list = &asked.common.list;
    let rows = with_count("answers", Streams::shows_progress(), |count| {
        listed.between.rows(&listed.selection, |is_unknown| {
            count.add(1);
            list.lists(is_unknown)
        })
    });
    let given_up = rows.iter().any(|row| row.row.exhausted.is_some());
    match asked.common.format {
        AccessFormat::Human => for_people(&listed, decider, rows, streams)?,
        _ => for_programs(&listed, decider, rows, streams)?,
    }
    Ok(if given_up { Exit::NoAnswer } else { Exit::Yes })
}

fn selection(decider: &Decider<'_>, between: &Between<'_>, window: Interval, asked: &Asked<'_>) -> Result<Selection, Failure> {
    let budget = Budget::default();
    let query = decider.within(&budget);
    let pattern = |named: &NamedEntities| EntityPattern::read_within(&decider.compiled.policy, decider.world, named, window);
    let subject = asked.subject.as_ref().map(pattern).transpose()?;
    let resource = asked.resource.as_ref().map(pattern).transpose()?;
    let subjects = subject.map_or_else(|| Ok(query.all_subjects()), |subject| between.subjects(subject))?;
    let mut actions = query.actions(asked.action.as_deref().unwrap_or("*"))?;
    let resources = match resource {
        Some(resource) => between.resources(resource, &actions, asked.common.within)?,
        None => query.all_resources(&actions),
    };
    retain_standing(decider, &mut actions, &resources);
    if let (Subjects::These(these), Some(name)) = (&subjects, &asked.subject)
        && these.is_empty()
    {
        Streams::note(&format!("nobody is in {} at any time of it", report::visible(&name.to_string())));
    }
    Ok(Selection { subjects, actions, resources, with_barred: false })
}

fn for_people(listed: &Listed<'_>, decider: &Decider<'_>, mut rows: Vec<AccessInterval>, streams: &mut Streams) -> Result<(), Failure> {
    let Listed { asked, between, selection, question, window } = listed;
    let labels = Labels::default();
    let words = Words::for_people(decider, &labels);
    let style = report::text::Style { color: streams.color(), width: Streams::width(), full: asked.common.expand };
    if asked.common.expand || asked.common.list.most().is_some() {
        let left_out = asked.common.list.cut(&mut rows);
        let causes = between.causes(&rows);
        let each = rows.iter().zip(&causes);
        let texts: Vec<_> = each.map(|(row, causes)| words.interval_row(row, causes, &between.missing(row), *window)).collect();
        streams.out().write_all(report::access::rows(&question.asked(), &texts, left_out, Hidden::default(), &style).as_bytes())?;
        return Ok(());
    }
    let text = words.between_list(&between.summary(&rows), *window, question.asked());
    streams.out().write_all(report::between::render(&text, shown(selection), &style).as_bytes())?;
    Ok(())
}

fn for_programs(listed: &Listed<'_>, decider: &Decider<'_>, mut rows: Vec<AccessInterval>, streams: &mut Streams) -> Result<(), Failure> {
    let Listed { asked, between, question, .. } = listed;
    let left_out = asked.common.list.cut(&mut rows);
    let causes = between.causes(&rows);
    let words = Words::of(decider);
    let open = RefCell::new(OpenCounts::default());
    let printed = rows.iter().zip(causes).map(|(row, causes)| {
        open.borrow_mut().add_row(between.open_items(row));
        let why = between.missing(row).into_iter().map(|datum| words.datum(datum)).collect();
        report::json::access::interval(&decider.compiled.policy, decider.world, row, causes, why)
    });
    if asked.common.format == AccessFormat::Ndjson {
        report::json::list::lines(streams.out(), printed, left_out)?;
    } else {
        let question = ListQuestion::new(asked.verb, asked.given(), question);
        report::json::list::document(streams.out(), &question, printed, left_out, || words.open(&open.borrow()))?;
    }
    Ok(())
}
