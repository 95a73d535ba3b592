//! `delegraph who-can` and `delegraph what-can`: everyone who may do something, and everything that someone may.

use super::access_args::{AccessFormat, Asked, WhatArgs, WhoArgs, retain_standing, shown};
use super::between;
use super::list_options;
use super::options::entities;
use super::output::Streams;
use super::progress::with_count;
use super::{Exit, Failure};
use crate::eval::{Budget, Decider, Outcome};
use crate::open::Progress;
use crate::plan::CompiledPolicy;
use crate::query::access::{self, AccessRow, Hidden, Selection, Subjects, Summary, Taken};
use crate::query::assume;
use crate::query::lists::{self, EntityPattern, OpenCounts, OpenItem, RolesQuestion};
use crate::query::{Overlay, blast_radius};
use crate::report;
use crate::report::json::list::ListQuestion;
use crate::syntax::{NamedEntities, QuestionForm};
use crate::wording::{self, Labels, Words};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::io::Write;

pub(super) fn who_can(args: &WhoArgs, streams: &mut Streams) -> Result<Exit, Failure> {
    let compiled = args.common.options.compiled(streams)?;
    let context = args.common.context(&compiled.policy)?;
    if let Some(resource) = args.common.resource(args.resource.as_ref())
        && args.action.contains(':')
        && !resource.contains(':')
    {
        let help = format!("write `who-can {resource} {}`", args.action);
        return Err(Failure::Say("the action comes first, then the resource".to_owned(), Some(help)));
    }
    let world = args.common.options.world(&compiled, streams)?;
    let mut asked = Asked {
        verb: "who-can",
        subject: args.of.as_deref().map(entities).transpose()?,
        action: Some(args.action.clone()),
        resource: args.common.resource(args.resource.as_ref()).map(|named| entities(named)).transpose()?,
        overlay: Overlay { world, context },
        assuming: Vec::new(),
        common: &args.common,
        policy_stays: args.common.options.policy_at.is_some(),
    };
    if is_question(&args.action, args.common.resource(args.resource.as_ref())) {
        match asked.in_words(&compiled, &args.action, streams)? {
            QuestionForm::WhoCan { action, resource } => {
                (asked.action, asked.resource) = (Some(action.value), Some(resource.value));
            }
            form => return Err(Failure::Say(assume::asked_elsewhere(&form), None)),
        }
    }
    if asked.resource.is_none() {
        let help = "name it, such as `customer:fabrikam`, or all of a kind: `customer:*`";
        return Err(Failure::Say("a resource is needed".to_owned(), Some(help.to_owned())));
    }
    run(&compiled, &asked, streams)
}

pub(super) fn what_can(args: &WhatArgs, streams: &mut Streams) -> Result<Exit, Failure> {
    let compiled = args.common.options.compiled(streams)?;
    let context = args.common.context(&compiled.policy)?;
    let world = args.common.options.world(&compiled, streams)?;
    let mut asked = Asked {
        verb: "what-can",
        subject: None,
        action: args.action.clone(),
        resource: args.common.resource(args.resource.as_ref()).map(|named| entities(named)).transpose()?,
        overlay: Overlay { world, context },
        assuming: Vec::new(),
        common: &args.common,
        policy_stays: args.common.options.policy_at.is_some(),
    };
    if is_question(&args.subject, args.common.resource(args.resource.as_ref())) {
        match asked.in_words(&compiled, &args.subject, streams)? {
            QuestionForm::WhatCan { subject, resource } => {
                (asked.subject, asked.resource) = (Some(subject.value), resource.map(|resource| resource.value));
            }
            form => return Err(Failure::Say(assume::asked_elsewhere(&form), None)),
        }
    } else {
        asked.subject = Some(entities(&args.subject)?);
    }
    run(&compiled, &asked, streams)
}

/// Whether the first argument is a question in words: alone, and more than one word before any `:`.
fn is_question(first: &str, second: Option<&String>) -> bool {
    second.is_none() && first.split(':').next().is_some_and(|words| words.trim().contains(char::is_whitespace))
}

fn run(compiled: &CompiledPolicy, asked: &Asked<'_>, streams: &mut Streams) -> Result<Exit, Failure> {
    let decider = asked.overlay.decider(compiled);
    if let Some(window) = asked.common.window()? {
        return between::run(&decider, window, asked, streams);
    }
    let budget = Budget::default();
    let query = decider.within(&budget);
    let pattern = |named: &NamedEntities| EntityPattern::read(&compiled.policy, decider.world, named, decider.context.at);
    let subject = asked.subject.as_ref().map(pattern).transpose()?;
    let resource = asked.resource.as_ref().map(pattern).transpose()?;
    let subjects = subject.map_or_else(|| Ok(query.all_subjects()), |subject| query.subjects(subject))?;
    let mut actions = query.actions(asked.action.as_deref().unwrap_or("*"))?;
    let resources = match resource {
        Some(resource) => query.resources(resource, &actions, asked.common.within)?,
        None => query.all_resources(&actions),
    };
    retain_standing(&decider, &mut actions, &resources);
    if let (Subjects::These(these), Some(name)) = (&subjects, &asked.subject)
        && these.is_empty()
    {
        list_options::note_nobody(name, decider.context.at);
    }
    list_options::note_remarks(&decider, &actions.iter().copied().collect());
    let idle = if asked.verb == "what-can" && asked.action.is_none() { idle_roles(&decider, asked, &subjects)? } else { None };
    let selection = Selection { subjects, actions, resources, with_barred: false };
    let overlay = asked.without(&decider, &selection.subjects)?;
    let without = overlay.as_ref().map(|overlay| overlay.decider(compiled));
    let listed = Listed { asked, decider: &decider, selection: &selection, without: without.as_ref() };
    let style = report::text::Style { color: streams.color(), width: Streams::width(), full: asked.common.expand };
    let (text, exit) = match asked.common.format {
        AccessFormat::Human => {
            let (page, exit) = with_count("answers", Streams::shows_progress(), |count| for_people(listed, &style, count));
            let idle = idle.map(|idle| report::may_miss::beside("roles that grant none of these actions", &idle, &style));
            (page + &idle.unwrap_or_default() + &listed.may_miss(&style), exit)
        }
        AccessFormat::Dot | AccessFormat::Mermaid => with_count("answers", Streams::shows_progress(), |count| drawn(listed, count)),
        // Rows are written as they are found.
        AccessFormat::Json | AccessFormat::Ndjson => {
            idle.iter().for_each(|idle| Streams::note(&report::visible(idle)));
            return with_count("answers", Streams::shows_progress_alone(), |count| for_programs(listed, count, streams));
        }
    };
    streams.out().write_all(text.as_bytes())?;
    Ok(exit)
}

/// Which roles the subjects hold that grant nothing where they are held, and where these are listed; `None` if there are none.
fn idle_roles(decider: &Decider<'_>, asked: &Asked<'_>, subjects: &Subjects) -> Result<Option<String>, Failure> {
    let of = match subjects {
        Subjects::These(these) => Some(these.clone()),
        Subjects::Kinds(_) => None,
    };
    let pattern = |named: &NamedEntities| EntityPattern::read(&decider.compiled.policy, decider.world, named, decider.context.at);
    let on = asked.resource.as_ref().map(pattern).transpose()?.map(|on| lists::scopes(decider, on, asked.common.within));
    let paths = lists::idle_roles(decider, RolesQuestion { of, on, policy_stays: asked.policy_stays, ..RolesQuestion::default() });
    let of = asked.subject.as_ref().map(|subject| format!(" --of {subject}")).unwrap_or_default();
    Ok(Words::of(decider).idle_roles(&paths).map(|says| format!("{says}; `delegraph roles{of}` lists all roles")))
}

/// What is listed.
#[derive(Clone, Copy)]
struct Listed<'l> {
    asked: &'l Asked<'l>,
    decider: &'l Decider<'l>,
    selection: &'l Selection,
    /// Of a list of what would end: the world in which it has ended.
    without: Option<&'l Decider<'l>>,
}

impl Listed<'_> {
    /// Whether the row is listed. It is counted, for so many subjects.
    fn takes(self, row: &AccessRow, times: usize, count: &Progress) -> Taken {
        count.add(times);
        if self.without.is_some_and(|without| access::left_of(without, row).is_none()) {
            Taken::Outside
        } else if self.asked.common.list.lists(row.outcome == Outcome::Unknown) {
            Taken::Listed
        } else {
            Taken::Hidden
        }
    }

    /// What the list may miss, to follow it.
    fn may_miss(self, style: &report::text::Style) -> String {
        // What ends is about those who are in the group.
        if self.without.is_some() {
            return String::new();
        }
        let is_of_unknown = self.asked.common.list.lists(true);
        let unnamed = if is_of_unknown { access::unnamed_access(self.decider, self.selection) } else { BTreeSet::new() };
        report::may_miss::render(&Words::of(self.decider).may_miss(&unnamed), style)
    }

    fn as_of(self, words: Words<'_>) -> String {
        let as_of = words.list_question(&self.decider.context, self.asked.assuming.clone()).asked();
        match self.asked.through() {
            Some(group) => format!("{as_of}: what would end, or might, if they left {group}"),
            None => as_of,
        }
    }

    /// The rows grouped. What would end is asked of each subject: those that are alike may not be, once they left the group.
    fn summary(self, count: &Progress) -> Summary {
        if self.without.is_none() {
            return blast_radius(self.decider, self.selection, |row, times| self.takes(row, times, count));
        }
        self.summary_of_each(|row| self.takes(row, 1, count))
    }

    fn summary_of_each(self, takes: impl Fn(&AccessRow) -> Taken) -> Summary {
        let mut summary = access::summary(self.decider, self.selection, takes);
        if self.without.is_some() {
            // What is denied cannot end.
            summary.without_barred();
        }
        summary
    }
}

fn for_people(listed: Listed<'_>, style: &report::text::Style, count: &Progress) -> (String, Exit) {
    let Listed { asked, decider, selection, .. } = listed;
    let list = &asked.common.list;
    let labels = Labels::default();
    let words = Words::for_people(decider, &labels);
    let as_of = listed.as_of(words);
    if asked.common.expand || list.most().is_some() {
        let (mut given_up, mut hidden) = (false, Hidden::default());
        let mut rows = access::access_list(decider, selection).filter(|row| {
            let taken = listed.takes(row, 1, count);
            given_up |= taken != Taken::Outside && row.exhausted.is_some();
            if taken == Taken::Hidden {
                hidden.add(row.outcome == Outcome::Unknown, 1);
            }
            taken == Taken::Listed
        });
        let first = rows.by_ref().take(list.most().unwrap_or(usize::MAX));
        let first: Vec<_> = first.map(|row| words.access_row(&row, &access::missing(decider, &row))).collect();
        let left_out = rows.count();
        let page = report::access::rows(&as_of, &first, left_out, hidden, style);
        return (page, if given_up { Exit::NoAnswer } else { Exit::Yes });
    }
    let mut summary = listed.summary(count);
    if !list.lists(true) {
        summary.without_perhaps_barred();
    }
    let mut text = words.access_list(selection, &summary, as_of);
    if listed.without.is_some() {
        text.total = format!("{}{}", wording::answers(summary.allowed + summary.unknown), wording::hidden_answers(summary.hidden));
    }
    (report::access::render(&text, shown(selection), style), if summary.given_up > 0 { Exit::NoAnswer } else { Exit::Yes })
}

fn for_programs(listed: Listed<'_>, count: &Progress, streams: &mut Streams) -> Result<Exit, Failure> {
    let Listed { asked, decider, selection, without } = listed;
    let list = &asked.common.list;
    let words = Words::of(decider);
    let (open, given_up) = (RefCell::new(OpenCounts::default()), Cell::new(false));
    let view = |row: AccessRow| {
        let missing = access::missing(decider, &row);
        open.borrow_mut().add_row(missing.iter().map(|&datum| OpenItem::of(decider, datum)));
        let why = missing.into_iter().map(|datum| words.datum(datum)).collect();
        let left = without.and_then(|without| access::left_of(without, &row));
        report::json::access::row(&decider.compiled.policy, decider.world, row, why).leaving(left)
    };
    // Without a limit rows are printed as they are found, since there may be very many.
    let mut rows = access::access_list(decider, selection).filter(|row| {
        let taken = listed.takes(row, 1, count);
        given_up.set(given_up.get() || taken != Taken::Outside && row.exhausted.is_some());
        taken == Taken::Listed
    });
    let (first, left_out) = match list.most() {
        Some(most) => (rows.by_ref().take(most).collect(), rows.by_ref().count()),
        None => (Vec::new(), 0),
    };
    let printed = first.into_iter().chain(rows).map(view);
    if asked.common.format == AccessFormat::Ndjson {
        report::json::list::lines(streams.out(), printed, left_out)?;
    } else {
        let question = words.list_question(&decider.context, asked.assuming.clone());
        let question = ListQuestion::new(asked.verb, asked.given(), &question);
        let all_open = || {
            open.borrow_mut().add_memberships(decider);
            words.open(&open.borrow())
        };
        report::json::list::document(streams.out(), &question, printed, left_out, all_open)?;
    }
    Ok(if given_up.get() { Exit::NoAnswer } else { Exit::Yes })
}

fn drawn(listed: Listed<'_>, count: &Progress) -> (String, Exit) {
    let Listed { asked, decider, .. } = listed;
    let labels = Labels::default();
    let words = Words::for_people(decider, &labels);
    let (kept, left_out) = (Cell::new(0), Cell::new(0));
    let mut summary = listed.summary_of_each(|row| {
        let taken = listed.takes(row, 1, count);
        if taken != Taken::Listed {
            return taken;
        }
        let cut = asked.common.list.most().is_some_and(|most| kept.get() >= most);
        left_out.set(left_out.get() + usize::from(cut));
        kept.set(kept.get() + usize::from(!cut));
        if cut { Taken::Outside } else { Taken::Listed }
    });
    if left_out.get() > 0 {
        summary.without_barred();
    }
    let mut remarks = vec![listed.as_of(words)];
    let text = words.access_list(listed.selection, &summary, String::new());
    remarks.extend(text.without_ways.iter().cloned().chain(text.limit()));
    remarks.extend(wording::open_remark(text.open.iter().map(|open| open.fact.clone()).collect()));
    let diagram = words.access_diagram(&summary.paths(decider), left_out.get(), remarks);
    let text = if asked.common.format == AccessFormat::Dot { report::dot::render(&diagram) } else { report::mermaid::render(&diagram) };
    (text, if summary.given_up > 0 { Exit::NoAnswer } else { Exit::Yes })
}
