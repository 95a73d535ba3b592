//! How to turn an answer, for people.

use super::layout::{PageWriter, Piece, piece, prose, whole};
use super::notes::Notes;
use super::palette::Paint;
use super::text::Style;
use crate::diag::phrases::{agree, all_of, any_of};
use crate::wording::{ActText, ChangeText, EventText, HowToText, IneffectiveText, MissingText, WayText, blockers_heading, way_heading};

/// The margin of what belongs to a way.
const MARGIN: &str = "     ";

/// The most subjects whose gains and losses are told one by one, unless everything is asked for.
const MAX_SUBJECTS: usize = 3;

/// The whole answer, for people. With `expand`, the gains and losses of each subject are told.
pub fn render(how: &HowToText, style: &Style, expand: bool) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    headline(&mut page, how);
    sections(&mut page, how, Notes::default(), expand);
    page.into_text()
}

/// Everything except the headline. Notes that are known are not printed again.
fn sections(page: &mut PageWriter, how: &HowToText, mut notes: Notes, expand: bool) {
    missing(page, &how.missing);
    let mut class = "";
    for (index, way) in how.ways.iter().enumerate() {
        page.gap();
        if way.class != class {
            class = way.class;
            page.paragraph(&[], "", &[piece(Paint::Title, &way_heading(how, class))]);
        }
        self::way(page, index + 1, way, &mut notes, expand);
    }
    if how.more > 0 {
        page.gap();
        page.paragraph(&[], "", &[prose(&format!("and {} more", how.more))]);
    }
    if !how.blockers.is_empty() {
        page.gap();
        page.paragraph(&[], "", &[piece(Paint::Title, blockers_heading(how))]);
        for why in &how.blockers {
            page.paragraph(&[whole(Paint::Stop, "- ")], "  ", &[prose(why)]);
        }
    }
    if !how.dates.is_empty() || how.instead.is_some() {
        page.gap();
        let instead = how.instead.iter().flat_map(|instead| std::iter::once(&instead.says).chain(&instead.requires));
        let says = how.dates.iter().map(|date| &date.says).chain(instead);
        says.for_each(|says| page.paragraph(&[whole(Paint::Quiet, "- ")], "  ", &[prose(says)]));
    }
    if !how.ineffective.is_empty() {
        page.gap();
        page.paragraph(&[], "", &[piece(Paint::Title, "would not do it")]);
        for change in &how.ineffective {
            ineffective(page, change);
            change.notes.iter().for_each(|(element, note)| notes.keep(element, Some(note)));
        }
    }
    if how.limited {
        page.gap();
        let others = if how.ways.is_empty() { "ways" } else { "other ways" };
        page.paragraph(&[whole(Paint::Doubt, "! ")], "  ", &[prose(&format!("the search was cut short: there may be {others}"))]);
    }
    notes.print(page);
}

/// The end of an explanation: the nearest ways to turn its answer. The notes that are on its page are not printed again.
pub fn ending(how: &HowToText, style: &Style, notes: Notes) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    let title = if how.goal == "allow" { "how to allow it" } else { "how to revoke it" };
    let remark = match (how.ways.len(), how.more) {
        (0, _) if how.limited => ": not found within the limit of the search",
        (0, _) if !how.missing.is_empty() => ": first find out what is missing",
        (0, _) => ": no change within reach does",
        (_, 0) => "",
        _ => ": the nearest ways",
    };
    page.paragraph(&[], "", &[piece(Paint::Title, title), piece(Paint::Plain, remark)]);
    sections(&mut page, how, notes, false);
    format!("\n{}", page.into_text())
}

fn headline(page: &mut PageWriter, how: &HowToText) {
    let question = &how.question;
    let whom = format!("{} on {} for {} (as of {})", question.action, question.resource, question.subject, question.at);
    let allow = how.goal == "allow";
    let (paint, word) = match (how.already, how.ways.len() + how.more, allow) {
        (true, _, true) => (Paint::Yes, "already allowed:".to_owned()),
        (true, _, false) if !how.missing.is_empty() => (Paint::Doubt, "not known to be allowed, nor to be denied:".to_owned()),
        (true, _, false) => (Paint::Yes, "already not allowed:".to_owned()),
        (false, 0, _) if how.limited => (Paint::Doubt, format!("not found within the limit of the search: a way to {}", how.goal)),
        (false, 0, true) if !how.missing.is_empty() => (Paint::Doubt, "no way is known to allow".to_owned()),
        (false, 0, true) => (Paint::Stop, "no way to allow".to_owned()),
        (false, 0, false) if !how.missing.is_empty() => (Paint::Doubt, "no way is known to revoke".to_owned()),
        (false, 0, false) => (Paint::Stop, "no way to revoke".to_owned()),
        (false, 1, _) => (Paint::Yes, format!("1 way to {}", how.goal)),
        (false, many, _) => (Paint::Yes, format!("{many} ways to {}", how.goal)),
    };
    page.paragraph(&[], "", &[piece(paint, &word), piece(Paint::Plain, &format!(" {whom}"))]);
}

fn way(page: &mut PageWriter, number: usize, way: &WayText, notes: &mut Notes, expand: bool) {
    for (index, act) in way.acts.iter().enumerate() {
        let lead = if index == 0 { format!("{number}. ") } else { "   then ".to_owned() };
        match act {
            ActText::Event(event) => self::event(page, &lead, event, notes),
            ActText::Change(change) => self::change(page, &lead, change, notes),
        }
    }
    for says in way.instead.iter().chain(&way.would_do) {
        page.paragraph(&[whole(Paint::Plain, MARGIN)], MARGIN, &[prose(says)]);
    }
    also(page, way, expand);
    if let Some(undoing) = &way.undoing {
        page.paragraph(&[whole(Paint::Plain, MARGIN)], MARGIN, &[piece(Paint::Doubt, &undoing.says)]);
    }
    if !way.claims.is_empty() {
        let claims = [piece(Paint::Quiet, "the new answer rests on "), piece(Paint::Claim, &way.claims.join(" "))];
        page.paragraph(&[whole(Paint::Plain, MARGIN)], MARGIN, &claims);
    }
}

/// What else a way changes.
fn also(page: &mut PageWriter, way: &WayText, expand: bool) {
    let says = way.also.says(MAX_SUBJECTS);
    page.paragraph(&[whole(Paint::Plain, MARGIN), whole(Paint::Doubt, &format!("{}: ", way.also.label))], MARGIN, &[prose(&says)]);
    if expand {
        for subject in &way.also.subjects {
            page.paragraph(&[whole(Paint::Plain, MARGIN), whole(Paint::Quiet, "- ")], MARGIN, &[prose(subject)]);
        }
    }
}

fn event(page: &mut PageWriter, lead: &str, event: &EventText, notes: &mut Notes) {
    let mut body = vec![piece(Paint::Title, &event.event)];
    if let Some(title) = &event.title {
        body.push(piece(Paint::Quiet, &format!(": {title}")));
    }
    page.paragraph(&[whole(Paint::Title, lead)], MARGIN, &body);
    page.paragraph(&[whole(Paint::Plain, MARGIN)], MARGIN, &[piece(Paint::Plain, &event.arguments)]);
    let paint = if event.by_count > 0 { Paint::Yes } else { Paint::Doubt };
    let mut who = vec![piece(paint, &event.who)];
    cite(&mut who, &event.claims);
    page.paragraph(&[whole(Paint::Plain, MARGIN)], MARGIN, &who);
    notes.keep(&format!("event {}", event.event), event.note.as_ref());
}

fn change(page: &mut PageWriter, lead: &str, change: &ChangeText, notes: &mut Notes) {
    let mut body = vec![piece(Paint::Title, &format!("{} {}", change.verb(), change.what))];
    if let Some(status) = change.status {
        let option = if change.change == "turn-on" { "--with" } else { "--without" };
        let what = match status {
            "proposed" => "a proposal",
            "current" => "a current rule",
            "retired" => "a retired rule",
            _ => "one reading of the sources",
        };
        body.push(piece(Paint::Quiet, &format!(" (`{option} {}`), {what}", change.what)));
        if !change.says.is_empty() {
            body.push(piece(Paint::Quiet, &format!(": {}", change.says)));
        }
        notes.keep(&format!("toggle {}", change.what), change.note.as_ref());
    }
    if let Some(ended) = &change.ended {
        body.push(piece(Paint::Quiet, &format!(", which held until {ended}")));
    }
    page.paragraph(&[whole(Paint::Title, lead)], MARGIN, &body);
    if change.status.is_none() {
        let places: Vec<String> = change.places.iter().map(ToString::to_string).collect();
        let details: Vec<String> = std::iter::once(change.says.clone()).chain(places).filter(|detail| !detail.is_empty()).collect();
        if !details.is_empty() {
            page.paragraph(&[whole(Paint::Plain, MARGIN)], MARGIN, &[piece(Paint::Quiet, &details.join(" · "))]);
        }
    }
    if let Some(foreign) = &change.foreign {
        page.paragraph(&[whole(Paint::Plain, MARGIN)], MARGIN, &[piece(Paint::Doubt, foreign)]);
    }
    keeper(page, change);
}

/// Who makes a change of facts.
fn keeper(page: &mut PageWriter, change: &ChangeText) {
    let Some(keeper) = &change.keeper else { return };
    let mut why = Vec::new();
    let unable: Vec<&str> = change.blocked.iter().filter(|blocked| blocked.says.is_none()).map(|blocked| blocked.event.as_str()).collect();
    if !unable.is_empty() {
        why.push(format!("nobody known can make this change with event {}", any_of(unable)));
    }
    why.extend(change.blocked.iter().filter_map(|blocked| blocked.says.clone()));
    if !change.self_defeating.is_empty() {
        let makes = agree(change.self_defeating.len(), "makes", "make");
        why.push(format!("event {} {makes} this change and others that keep the answer as it is", all_of(&change.self_defeating)));
    }
    if !change.broader.is_empty() {
        let makes = agree(change.broader.len(), "makes", "make");
        why.push(format!("event {} {makes} this change and others; none makes it alone", all_of(&change.broader)));
    }
    if why.is_empty() {
        why.push("no event of the policy makes this change".to_owned());
    }
    let mut body = vec![piece(Paint::Quiet, &format!("{}. It is for ", why.join("; "))), piece(Paint::Plain, &keeper.who)];
    if keeper.is_open && change.blocked.is_empty() {
        body.push(piece(Paint::Quiet, "; the policy does not say who there"));
    }
    cite(&mut body, &keeper.claims);
    page.paragraph(&[whole(Paint::Plain, MARGIN)], MARGIN, &body);
}

fn cite(body: &mut Vec<Piece>, claims: &[String]) {
    if !claims.is_empty() {
        body.push(piece(Paint::Plain, " · "));
        body.push(piece(Paint::Claim, &claims.join(" ")));
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
        let with = (!datum.with.is_empty()).then(|| format!("{} can look it up", any_of(&datum.with)));
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
        if let Some(answers) = &datum.answers {
            page.paragraph(&[whole(Paint::Plain, "  ")], "  ", &[piece(Paint::Quiet, answers)]);
        }
    }
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
