//! How to turn an answer, for people.

use super::layout::{PageWriter, Piece, piece, prose, whole};
use super::palette::Paint;
use super::text::Style;
use crate::query::how_to::{ChangeStep, EventOption, HowTo, IneffectiveChange, ManualChange, MissingFact, Precondition, Repair};
use std::collections::BTreeSet;

/// What was told already, so that it is not told again.
#[derive(Default)]
struct Printed<'a> {
    /// Notes of events.
    notes: BTreeSet<&'a str>,
    /// Events, each with who may do it or whom it takes.
    events: BTreeSet<(&'a str, &'a str)>,
    /// What must be so first.
    first: BTreeSet<&'a str>,
}

/// The whole answer, for people.
pub fn render(how: &HowTo, style: &Style) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    headline(&mut page, how);
    section(&mut page, how);
    page.into_text()
}

/// The ways, and what would be none.
fn section(page: &mut PageWriter, how: &HowTo) {
    find_out(page, &how.find_out);
    let mut told = Printed::default();
    for (index, way) in how.ways.iter().enumerate() {
        page.gap();
        self::way(page, index + 1, way, &mut told);
    }
    if how.more > 0 {
        page.gap();
        page.paragraph(&[], "", &[prose(&format!("and {} more", how.more))]);
    }
    if !how.why_not.is_empty() {
        page.gap();
        for why in &how.why_not {
            page.paragraph(&[whole(Paint::Stop, "- ")], "  ", &[prose(why)]);
        }
    }
    if let Some(instead) = &how.instead {
        page.paragraph(&[whole(Paint::Quiet, "- ")], "  ", &[prose(instead)]);
    }
    if !how.standing.is_empty() {
        page.gap();
        page.paragraph(&[], "", &[piece(Paint::Title, "would not do it")]);
        for standing in &how.standing {
            self::standing(page, standing);
        }
    }
    if how.limited {
        page.gap();
        let cut = "the search was cut short: there may be other ways";
        page.paragraph(&[whole(Paint::Doubt, "! ")], "  ", &[prose(cut)]);
    }
}

/// The end of an explanation: the nearest ways to turn its answer.
pub fn ending(how: &HowTo, style: &Style) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    let title = if how.goal == "allow" { "how to allow it" } else { "how to revoke it" };
    let remark = match (how.ways.len(), how.more) {
        (0, _) if !how.find_out.is_empty() => ": not before what is missing is told",
        (0, _) => ": nothing within reach does",
        (_, 0) => "",
        _ => ": the nearest ways",
    };
    page.paragraph(&[], "", &[piece(Paint::Title, title), piece(Paint::Plain, remark)]);
    section(&mut page, how);
    format!("\n{}", page.into_text())
}

fn headline(page: &mut PageWriter, how: &HowTo) {
    let question = &how.question;
    let whom = format!("{} on {} for {} (asked of {})", question.action, question.resource, question.subject, question.at);
    let allow = how.goal == "allow";
    let (paint, word) = match (how.already, how.ways.len() + how.more, allow) {
        (true, _, true) => (Paint::Yes, "already allowed:".to_owned()),
        (true, _, false) => (Paint::Yes, "already not allowed:".to_owned()),
        (false, 0, true) => (Paint::Stop, "no way to allow".to_owned()),
        (false, 0, false) => (Paint::Stop, "no way to revoke".to_owned()),
        (false, 1, _) => (Paint::Yes, format!("1 way to {}", how.goal)),
        (false, many, _) => (Paint::Yes, format!("{many} ways to {}", how.goal)),
    };
    page.paragraph(&[], "", &[piece(paint, &word), piece(Paint::Plain, &format!(" {whom}"))]);
}

fn way<'a>(page: &mut PageWriter, number: usize, way: &'a Repair, told: &mut Printed<'a>) {
    for (index, step) in way.changes.iter().enumerate() {
        let lead = if index == 0 { format!("{number}. ") } else { "   ".to_owned() };
        let joined = if index == 0 { "" } else { "and " };
        self::step(page, &lead, joined, step, told);
    }
    if way.others > 0 {
        let others = match (way.instead.as_slice(), way.others) {
            ([], 1) => "1 other".to_owned(),
            ([], many) => format!("{many} others"),
            (few, _) => few.join(" or "),
        };
        let free = format!("{} will do in place of {}", others, way.in_place_of.join(", "));
        page.paragraph(&[whole(Paint::Plain, "     ")], "     ", &[prose(&free)]);
    }
    for also in &way.also {
        page.paragraph(&[whole(Paint::Plain, "     "), whole(Paint::Doubt, "also ")], "          ", &[prose(also)]);
    }
    if !way.claims.is_empty() {
        page.paragraph(
            &[whole(Paint::Plain, "     ")],
            "     ",
            &[piece(Paint::Quiet, "rests on "), piece(Paint::Claim, &way.claims.join(" "))],
        );
    }
}

fn step<'a>(page: &mut PageWriter, lead: &str, joined: &str, step: &'a ChangeStep, told: &mut Printed<'a>) {
    let verb = match step.change {
        "turn-on" => "turn on",
        "turn-off" => "turn off",
        "date" => "ask",
        verb => verb,
    };
    let mut body = vec![piece(Paint::Plain, joined), piece(Paint::Title, verb), piece(Paint::Plain, " "), piece(Paint::Plain, &step.what)];
    if let Some(status) = step.status {
        let option = if step.change == "turn-on" { "--with" } else { "--without" };
        let what = match status {
            "proposed" => "a proposal",
            "current" => "in force",
            "retired" => "no more in force",
            _ => "one reading of the sources",
        };
        body.push(piece(Paint::Quiet, &format!(" (`{option} {}`), {what}", step.what)));
    }
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
        let told: Vec<String> = std::iter::once(step.says.clone()).chain(places).filter(|told| !told.is_empty()).collect();
        if !told.is_empty() {
            page.paragraph(&[whole(Paint::Plain, margin)], margin, &[piece(Paint::Quiet, &told.join(" · "))]);
        }
    }
    if let Some(foreign) = &step.foreign {
        page.paragraph(&[whole(Paint::Plain, margin)], margin, &[piece(Paint::Doubt, foreign)]);
    }
    by(page, margin, step, told);
    if let Some(outside) = &step.outside {
        self::outside(page, margin, outside);
    }
}

/// What the world does not tell: it is to be found out before anything is changed.
fn find_out(page: &mut PageWriter, missing: &[MissingFact]) {
    if missing.is_empty() {
        return;
    }
    page.gap();
    let whose = "first find out, and tell the world (for whoever keeps its files)";
    page.paragraph(&[], "", &[piece(Paint::Title, whose)]);
    for datum in missing {
        let body = [piece(Paint::Title, &datum.datum), piece(Paint::Plain, &format!(": {}", datum.says))];
        page.paragraph(&[whole(Paint::Doubt, "? ")], "  ", &body);
        let with = (!datum.with.is_empty()).then(|| format!("look it up with {}", datum.with.join(" or ")));
        let place = datum.place.as_ref().map(|place| format!("tell it at {place}"));
        let where_to: Vec<String> = with.into_iter().chain(place).collect();
        if !where_to.is_empty() {
            page.paragraph(&[whole(Paint::Plain, "  ")], "  ", &[piece(Paint::Quiet, &where_to.join("; "))]);
        }
    }
}

/// The events that make the change: all that somebody may do now; else the nearest, with what comes first.
fn by<'a>(page: &mut PageWriter, margin: &str, step: &'a ChangeStep, told: &mut Printed<'a>) {
    let Some(nearest) = EventOption::nearest(&step.by) else { return };
    let told_now = |doing: &&EventOption| if nearest.distance() == 0 { doing.distance() == 0 } else { std::ptr::eq(*doing, nearest) };
    for (index, doing) in step.by.iter().filter(told_now).enumerate() {
        self::doing(page, margin, if index == 0 { "" } else { "or " }, doing, told);
    }
    let others: Vec<&str> = step.by.iter().filter(|doing| !told_now(doing)).map(|doing| doing.event.as_str()).collect();
    if !others.is_empty() {
        let also = format!("or by event {}, which {} more", others.join(", "), if others.len() == 1 { "takes" } else { "take" });
        page.paragraph(&[whole(Paint::Plain, margin)], margin, &[piece(Paint::Quiet, &also)]);
    }
}

fn doing<'a>(page: &mut PageWriter, margin: &str, joined: &str, doing: &'a EventOption, told: &mut Printed<'a>) {
    let again = !told.events.insert((&doing.event, doing.takes.as_ref().unwrap_or(&doing.who)));
    if again && !doing.first.is_empty() && doing.first.iter().all(|before| told.first.contains(before.says.as_str())) {
        let above =
            [piece(Paint::Quiet, &format!("{joined}by event ")), piece(Paint::Plain, &doing.event), piece(Paint::Quiet, ", as above")];
        page.paragraph(&[whole(Paint::Plain, margin)], margin, &above);
        return;
    }
    for before in &doing.first {
        first(page, margin, before, told);
    }
    let lead = if doing.afterwards || !doing.first.is_empty() { "then by event " } else { "by event " };
    page.paragraph(&[whole(Paint::Plain, margin)], margin, &event(&format!("{joined}{lead}"), doing));
    let under = format!("{margin}  ");
    for effect in doing.effects.iter().filter(|_| !again) {
        page.paragraph(&[whole(Paint::Plain, &under), whole(Paint::Doubt, "this event also ")], &under, &[prose(effect)]);
    }
    if let Some(note) = doing.note.as_deref().filter(|note| doing.takes.is_some() && told.notes.insert(note)) {
        page.paragraph(&[whole(Paint::Plain, &under)], &under, &[piece(Paint::Quiet, "note: "), prose(note)]);
    }
}

/// What must be so first, and who makes it so: the first step of all stands first.
fn first<'a>(page: &mut PageWriter, margin: &str, before: &'a Precondition, told: &mut Printed<'a>) {
    if !told.first.insert(&before.says) {
        let above = prose(&format!("{}, as above", before.says));
        page.paragraph(&[whole(Paint::Plain, margin), whole(Paint::Doubt, "first: ")], margin, &[above]);
        return;
    }
    let nearest = EventOption::nearest(&before.by);
    let further = nearest.map_or(&[][..], |doing| doing.first.as_slice());
    for further in further {
        first(page, margin, further, told);
    }
    let order = if further.is_empty() { "first: " } else { "then: " };
    page.paragraph(&[whole(Paint::Plain, margin), whole(Paint::Doubt, order)], margin, &[prose(&before.says)]);
    let under = format!("{margin}  ");
    match nearest {
        Some(doing) => page.paragraph(&[whole(Paint::Plain, &under)], &under, &event("by event ", doing)),
        None => page.paragraph(&[whole(Paint::Plain, &under)], &under, &[piece(Paint::Quiet, "no event of the policy makes it so")]),
    }
}

fn event(lead: &str, doing: &EventOption) -> Vec<Piece> {
    let mut body = vec![piece(Paint::Quiet, lead), piece(Paint::Plain, &doing.event)];
    if let Some(title) = &doing.title {
        body.push(piece(Paint::Quiet, &format!(" ({title})")));
    }
    let (may, paint, who) = match (doing.count, &doing.takes) {
        (0, Some(takes)) => ("; who may: nobody now; it takes ", Paint::Stop, takes),
        (0, None) => ("; who may: ", Paint::Stop, &doing.who),
        _ => ("; who may: ", Paint::Yes, &doing.who),
    };
    body.extend([piece(Paint::Quiet, may), piece(paint, who)]);
    if !doing.claims.is_empty() {
        body.push(piece(Paint::Plain, " · "));
        body.push(piece(Paint::Claim, &doing.claims.join(" ")));
    }
    body
}

fn outside(page: &mut PageWriter, margin: &str, outside: &ManualChange) {
    let none = match outside.closed.as_slice() {
        [] => "no event of the policy makes this change: it is for ".to_owned(),
        closed => format!("no event of the policy can make this change, whoever does it (not {}): it is for ", closed.join(", nor ")),
    };
    let mut body =
        vec![piece(Paint::Quiet, &none), piece(Paint::Plain, &outside.who), piece(Paint::Quiet, "; tell the world once it is done")];
    if !outside.claims.is_empty() {
        body.push(piece(Paint::Plain, " · "));
        body.push(piece(Paint::Claim, &outside.claims.join(" ")));
    }
    page.paragraph(&[whole(Paint::Plain, margin)], margin, &body);
}

fn standing(page: &mut PageWriter, standing: &IneffectiveChange) {
    let verb = if standing.change == "add" { "adding" } else { "removing" };
    let mut body = vec![piece(Paint::Plain, &format!("{verb} {}: ", standing.what)), prose(&standing.verdict)];
    if !standing.claims.is_empty() {
        body.push(piece(Paint::Plain, " · "));
        body.push(piece(Paint::Claim, &standing.claims.join(" ")));
    }
    page.paragraph(&[whole(Paint::Quiet, "- ")], "  ", &body);
    for told in &standing.told {
        page.paragraph(&[whole(Paint::Plain, "  ")], "  ", &[piece(Paint::Quiet, "then told: "), piece(Paint::Quiet, told)]);
    }
}
