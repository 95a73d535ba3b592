//! How to turn an answer, for people.

use super::layout::{PageWriter, Piece, piece, prose, whole};
use super::notes::Notes;
use super::palette::Paint;
use super::text::Style;
use crate::wording::{ChangeText, EventText, HowToText, IneffectiveText, ManualText, MissingText, PreconditionText, RepairText};
use std::collections::BTreeSet;

/// Texts that were printed already, so that they are not printed again.
#[derive(Default)]
struct Printed<'a> {
    /// The notes of events, toggles and notices.
    notes: Notes,
    /// Events, each with who may do it or what it requires.
    events: BTreeSet<(&'a str, &'a str)>,
    /// What must hold first.
    first: BTreeSet<&'a str>,
}

/// The whole answer, for people.
pub fn render(how: &HowToText, style: &Style) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    headline(&mut page, how);
    sections(&mut page, how, Notes::default());
    page.into_text()
}

/// Everything except the headline. Notes that are known are not printed again.
fn sections(page: &mut PageWriter, how: &HowToText, notes: Notes) {
    missing(page, &how.missing);
    let mut printed = Printed { notes, ..Printed::default() };
    for (index, repair) in how.repairs.iter().enumerate() {
        page.gap();
        self::repair(page, index + 1, repair, &mut printed);
    }
    if how.more > 0 {
        page.gap();
        page.paragraph(&[], "", &[prose(&format!("and {} more", how.more))]);
    }
    if !how.blockers.is_empty() {
        page.gap();
        for why in &how.blockers {
            page.paragraph(&[whole(Paint::Stop, "- ")], "  ", &[prose(why)]);
        }
    }
    if let Some(instead) = &how.instead {
        page.paragraph(&[whole(Paint::Quiet, "- ")], "  ", &[prose(instead)]);
    }
    if !how.ineffective.is_empty() {
        page.gap();
        page.paragraph(&[], "", &[piece(Paint::Title, "would not do it")]);
        for change in &how.ineffective {
            ineffective(page, change);
            change.notes.iter().for_each(|(element, note)| printed.notes.keep(element, Some(note)));
        }
    }
    if how.limited {
        page.gap();
        let others = if how.repairs.is_empty() { "ways" } else { "other ways" };
        page.paragraph(&[whole(Paint::Doubt, "! ")], "  ", &[prose(&format!("the search was cut short: there may be {others}"))]);
    }
    printed.notes.print(page);
}

/// The end of an explanation: the nearest ways to turn its answer. The notes that are on its page are not printed again.
pub fn ending(how: &HowToText, style: &Style, notes: Notes) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    let title = if how.goal == "allow" { "how to allow it" } else { "how to revoke it" };
    let remark = match (how.repairs.len(), how.more) {
        (0, _) if how.limited => ": not found within the limit of the search",
        (0, _) if !how.missing.is_empty() => ": first find out what is missing",
        (0, _) => ": no change within reach does",
        (_, 0) => "",
        _ => ": the nearest ways",
    };
    page.paragraph(&[], "", &[piece(Paint::Title, title), piece(Paint::Plain, remark)]);
    sections(&mut page, how, notes);
    format!("\n{}", page.into_text())
}

fn headline(page: &mut PageWriter, how: &HowToText) {
    let question = &how.question;
    let whom = format!("{} on {} for {} (asked of {})", question.action, question.resource, question.subject, question.at);
    let allow = how.goal == "allow";
    let (paint, word) = match (how.already, how.repairs.len() + how.more, allow) {
        (true, _, true) => (Paint::Yes, "already allowed:".to_owned()),
        (true, _, false) => (Paint::Yes, "already not allowed:".to_owned()),
        (false, 0, _) if how.limited => (Paint::Doubt, format!("not found within the limit of the search: a way to {}", how.goal)),
        (false, 0, true) => (Paint::Stop, "no way to allow".to_owned()),
        (false, 0, false) => (Paint::Stop, "no way to revoke".to_owned()),
        (false, 1, _) => (Paint::Yes, format!("1 way to {}", how.goal)),
        (false, many, _) => (Paint::Yes, format!("{many} ways to {}", how.goal)),
    };
    page.paragraph(&[], "", &[piece(paint, &word), piece(Paint::Plain, &format!(" {whom}"))]);
}

fn repair<'a>(page: &mut PageWriter, number: usize, repair: &'a RepairText, printed: &mut Printed<'a>) {
    for (index, step) in repair.steps.iter().enumerate() {
        let lead = if index == 0 { format!("{number}. ") } else { "   ".to_owned() };
        let joined = if index == 0 { "" } else { "and " };
        self::step(page, &lead, joined, step, printed);
    }
    if repair.others > 0 {
        let others = match (repair.alternatives.as_slice(), repair.others) {
            ([], 1) => "1 other".to_owned(),
            ([], many) => format!("{many} others"),
            (few, _) => few.join(" or "),
        };
        let free = format!("{} will do in place of {}", others, repair.replaceable.join(", "));
        page.paragraph(&[whole(Paint::Plain, "     ")], "     ", &[prose(&free)]);
    }
    for also in &repair.side_effects {
        page.paragraph(&[whole(Paint::Plain, "     "), whole(Paint::Doubt, "also ")], "          ", &[prose(also)]);
    }
    if !repair.claims.is_empty() {
        page.paragraph(
            &[whole(Paint::Plain, "     ")],
            "     ",
            &[piece(Paint::Quiet, "rests on "), piece(Paint::Claim, &repair.claims.join(" "))],
        );
    }
}

fn step<'a>(page: &mut PageWriter, lead: &str, joined: &str, step: &'a ChangeText, printed: &mut Printed<'a>) {
    let verb = step.verb();
    let mut body = vec![piece(Paint::Plain, joined), piece(Paint::Title, verb), piece(Paint::Plain, " "), piece(Paint::Plain, &step.what)];
    if let Some(status) = step.status {
        let option = if step.change == "turn-on" { "--with" } else { "--without" };
        let what = match status {
            "proposed" => "a proposal",
            "current" => "in force",
            "retired" => "no longer in force",
            _ => "one reading of the sources",
        };
        body.push(piece(Paint::Quiet, &format!(" (`{option} {}`), {what}", step.what)));
    }
    printed.notes.keep(&format!("toggle {}", step.what), step.note.as_ref());
    if matches!(step.change, "turn-on" | "turn-off") && !step.says.is_empty() {
        body.push(piece(Paint::Quiet, &format!(": {}", step.says)));
    }
    if let Some(ended) = &step.ended {
        body.push(piece(Paint::Quiet, &format!(" (again: it ended on {ended})")));
    }
    page.paragraph(&[whole(Paint::Title, lead)], "     ", &body);
    let margin = "     ";
    if !matches!(step.change, "turn-on" | "turn-off") {
        let places: Vec<String> = step.places.iter().map(ToString::to_string).collect();
        let details: Vec<String> = std::iter::once(step.says.clone()).chain(places).filter(|detail| !detail.is_empty()).collect();
        if !details.is_empty() {
            page.paragraph(&[whole(Paint::Plain, margin)], margin, &[piece(Paint::Quiet, &details.join(" · "))]);
        }
    }
    if let Some(foreign) = &step.foreign {
        page.paragraph(&[whole(Paint::Plain, margin)], margin, &[piece(Paint::Doubt, foreign)]);
    }
    events(page, margin, step, printed);
    if let Some(manual) = &step.manual {
        self::manual(page, margin, manual);
    }
}

/// The missing data, to be found out before anything is changed.
fn missing(page: &mut PageWriter, missing: &[MissingText]) {
    if missing.is_empty() {
        return;
    }
    page.gap();
    let whose = "first find out, and record in the world's file";
    page.paragraph(&[], "", &[piece(Paint::Title, whose)]);
    for datum in missing {
        let body = [piece(Paint::Title, &datum.datum), piece(Paint::Plain, &format!(": {}", datum.says))];
        page.paragraph(&[whole(Paint::Doubt, "? ")], "  ", &body);
        let with = (!datum.with.is_empty()).then(|| format!("{} can look it up", datum.with.join(" or ")));
        let place = datum.place.as_ref().map(|place| match &datum.ended {
            Some(ended) => {
                format!("its last value ended on {ended} ({place}): state what it is from then on, as a `[[fact]]` with `since`")
            }
            None => format!("state it at {place}"),
        });
        let where_to: Vec<String> = with.into_iter().chain(place).collect();
        if !where_to.is_empty() {
            page.paragraph(&[whole(Paint::Plain, "  ")], "  ", &[piece(Paint::Quiet, &where_to.join("; "))]);
        }
    }
}

/// The events that make the change: all events that somebody may do now; or else the nearest one, with what must hold first.
fn events<'a>(page: &mut PageWriter, margin: &str, step: &'a ChangeText, printed: &mut Printed<'a>) {
    let Some(nearest) = EventText::nearest(&step.by) else { return };
    let is_shown = |event: &&EventText| if nearest.distance == 0 { event.distance == 0 } else { std::ptr::eq(*event, nearest) };
    for (index, event) in step.by.iter().filter(is_shown).enumerate() {
        self::event(page, margin, if index == 0 { "" } else { "or " }, event, printed);
    }
    let others: Vec<&str> = step.by.iter().filter(|event| !is_shown(event)).map(|event| event.event.as_str()).collect();
    if !others.is_empty() {
        let also = format!("or by event {}, which {} more", others.join(", "), if others.len() == 1 { "requires" } else { "require" });
        page.paragraph(&[whole(Paint::Plain, margin)], margin, &[piece(Paint::Quiet, &also)]);
    }
}

fn event<'a>(page: &mut PageWriter, margin: &str, joined: &str, event: &'a EventText, printed: &mut Printed<'a>) {
    let again = !printed.events.insert((&event.event, event.takes.as_ref().unwrap_or(&event.who)));
    if again && !event.first.is_empty() && event.first.iter().all(|first| printed.first.contains(first.says.as_str())) {
        let above =
            [piece(Paint::Quiet, &format!("{joined}by event ")), piece(Paint::Plain, &event.event), piece(Paint::Quiet, ", as above")];
        page.paragraph(&[whole(Paint::Plain, margin)], margin, &above);
        return;
    }
    for first in &event.first {
        precondition(page, margin, first, printed);
    }
    let lead = if event.afterwards || !event.first.is_empty() { "then by event " } else { "by event " };
    page.paragraph(&[whole(Paint::Plain, margin)], margin, &event_line(&format!("{joined}{lead}"), event));
    let under = format!("{margin}  ");
    for effect in event.effects.iter().filter(|_| !again) {
        page.paragraph(&[whole(Paint::Plain, &under), whole(Paint::Doubt, "this event also ")], &under, &[prose(effect)]);
    }
    printed.notes.keep(&format!("event {}", event.event), event.note.as_ref());
}

/// What must hold first, and who makes it hold. Its own preconditions are printed above it.
fn precondition<'a>(page: &mut PageWriter, margin: &str, first: &'a PreconditionText, printed: &mut Printed<'a>) {
    if !printed.first.insert(&first.says) {
        let above = prose(&format!("{}, as above", first.says));
        page.paragraph(&[whole(Paint::Plain, margin), whole(Paint::Doubt, "first: ")], margin, &[above]);
        return;
    }
    let nearest = EventText::nearest(&first.by);
    let earlier = nearest.map_or(&[][..], |event| event.first.as_slice());
    for earlier in earlier {
        precondition(page, margin, earlier, printed);
    }
    let order = if earlier.is_empty() { "first: " } else { "then: " };
    page.paragraph(&[whole(Paint::Plain, margin), whole(Paint::Doubt, order)], margin, &[prose(&first.says)]);
    let under = format!("{margin}  ");
    match nearest {
        Some(event) => {
            page.paragraph(&[whole(Paint::Plain, &under)], &under, &event_line("by event ", event));
            printed.notes.keep(&format!("event {}", event.event), event.note.as_ref());
        }
        None => page.paragraph(&[whole(Paint::Plain, &under)], &under, &[piece(Paint::Quiet, "no event of the policy makes it so")]),
    }
}

/// An event and who may do it.
fn event_line(lead: &str, event: &EventText) -> Vec<Piece> {
    let mut body = vec![piece(Paint::Quiet, lead), piece(Paint::Plain, &event.event)];
    if let Some(title) = &event.title {
        body.push(piece(Paint::Quiet, &format!(" ({title})")));
    }
    let (may, paint, who) = match (event.count, &event.takes) {
        (0, Some(takes)) => ("; who can do it: nobody now; it requires ", Paint::Stop, takes),
        (0, None) => ("; who can do it: ", Paint::Stop, &event.who),
        _ => ("; who can do it: ", Paint::Yes, &event.who),
    };
    body.extend([piece(Paint::Quiet, may), piece(paint, who)]);
    if !event.claims.is_empty() {
        body.push(piece(Paint::Plain, " · "));
        body.push(piece(Paint::Claim, &event.claims.join(" ")));
    }
    body
}

fn manual(page: &mut PageWriter, margin: &str, manual: &ManualText) {
    let others = match manual.self_defeating.as_slice() {
        [] => String::new(),
        [event] => format!("event {event} will not do, since it does more and the answer stays as it is; "),
        events => format!("events {} will not do, since they do more and the answer stays as it is; ", events.join(" and ")),
    };
    let none = match (manual.closed.as_slice(), others.is_empty()) {
        ([], true) => "no event of the policy makes this change: it is for ".to_owned(),
        ([], false) => format!("{others}so the change is for "),
        (closed, true) => {
            format!("no event of the policy can make this change, whoever does it (not {}): it is for ", closed.join(", nor "))
        }
        (closed, false) => format!("{others}event {} cannot make the change, whoever does it; so it is for ", closed.join(" or ")),
    };
    let mut body = vec![
        piece(Paint::Quiet, &none),
        piece(Paint::Plain, &manual.who),
        piece(Paint::Quiet, "; record it in the world's file once it is done"),
    ];
    if !manual.claims.is_empty() {
        body.push(piece(Paint::Plain, " · "));
        body.push(piece(Paint::Claim, &manual.claims.join(" ")));
    }
    page.paragraph(&[whole(Paint::Plain, margin)], margin, &body);
}

fn ineffective(page: &mut PageWriter, change: &IneffectiveText) {
    let verb = if change.change == "add" { "adding" } else { "removing" };
    let mut body = vec![piece(Paint::Plain, &format!("{verb} {}: ", change.what)), prose(&change.verdict)];
    if !change.claims.is_empty() {
        body.push(piece(Paint::Plain, " · "));
        body.push(piece(Paint::Claim, &change.claims.join(" ")));
    }
    page.paragraph(&[whole(Paint::Quiet, "- ")], "  ", &body);
    for notice in &change.notices {
        page.paragraph(&[whole(Paint::Plain, "  ")], "  ", &[piece(Paint::Quiet, "that answer says: "), piece(Paint::Quiet, notice)]);
    }
}
