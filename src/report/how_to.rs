//! How to turn an answer, for people.

use super::human::Style;
use super::page::{Page, Piece, piece, prose, whole};
use super::palette::Paint;
use crate::query::how_to::{Doing, HowTo, Standing, Step, Way};

/// The whole answer, for people.
pub fn render(how: &HowTo, style: &Style) -> String {
    let mut page = Page::new(style.color, style.width);
    headline(&mut page, how);
    section(&mut page, how);
    page.into_text()
}

/// The ways, and what would be none.
fn section(page: &mut Page, how: &HowTo) {
    for (index, way) in how.ways.iter().enumerate() {
        page.gap();
        self::way(page, index + 1, way);
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
    if !how.standing.is_empty() {
        page.gap();
        page.paragraph(&[], "", &[piece(Paint::Title, "would not do it")]);
        for standing in &how.standing {
            self::standing(page, standing);
        }
    }
    if how.limited {
        page.gap();
        let cut = "the search reached its limit: there may be other ways";
        page.paragraph(&[whole(Paint::Doubt, "! ")], "  ", &[prose(cut)]);
    }
}

/// The end of an explanation: the nearest ways to turn its answer.
pub fn ending(how: &HowTo, style: &Style) -> String {
    let mut page = Page::new(style.color, style.width);
    let title = if how.goal == "allow" { "how to allow it" } else { "how to revoke it" };
    let remark = match (how.ways.len(), how.more) {
        (0, _) => ": nothing within reach does",
        (_, 0) => "",
        _ => ": the nearest ways",
    };
    page.paragraph(&[], "", &[piece(Paint::Title, title), piece(Paint::Plain, remark)]);
    section(&mut page, how);
    format!("\n{}", page.into_text())
}

fn headline(page: &mut Page, how: &HowTo) {
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

fn way(page: &mut Page, number: usize, way: &Way) {
    for (index, step) in way.changes.iter().enumerate() {
        let lead = if index == 0 { format!("{number}. ") } else { "   ".to_owned() };
        let joined = if index == 0 { "" } else { "and " };
        self::step(page, &lead, joined, step);
    }
    if way.others > 0 {
        let others = if way.others == 1 { "1 other".to_owned() } else { format!("{} others", way.others) };
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

fn step(page: &mut Page, lead: &str, joined: &str, step: &Step) {
    let verb = match step.change {
        "turn-on" => "turn on",
        "turn-off" => "turn off",
        "date" => "ask",
        verb => verb,
    };
    let mut body = vec![piece(Paint::Plain, joined), piece(Paint::Title, verb), piece(Paint::Plain, " "), piece(Paint::Plain, &step.what)];
    if matches!(step.change, "turn-on" | "turn-off") && !step.says.is_empty() {
        body.push(piece(Paint::Quiet, &format!(": {}", step.says)));
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
    for doing in &step.by {
        page.paragraph(&[whole(Paint::Plain, margin)], margin, &by(doing));
    }
    if step.by.is_empty() && matches!(step.change, "add" | "remove" | "set") {
        page.paragraph(&[whole(Paint::Plain, margin)], margin, &[piece(Paint::Quiet, "no event of the policy makes this change")]);
    }
}

fn by(doing: &Doing) -> Vec<Piece> {
    let mut body = vec![piece(Paint::Quiet, "by event "), piece(Paint::Plain, &doing.event)];
    if let Some(does) = &doing.does {
        body.push(piece(Paint::Quiet, &format!(" ({does})")));
    }
    body.push(piece(Paint::Quiet, "; who may: "));
    body.push(piece(if doing.count == 0 { Paint::Stop } else { Paint::Yes }, &doing.who));
    if !doing.claims.is_empty() {
        body.push(piece(Paint::Plain, " · "));
        body.push(piece(Paint::Claim, &doing.claims.join(" ")));
    }
    body
}

fn standing(page: &mut Page, standing: &Standing) {
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
