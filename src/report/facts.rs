//! Facts of a list, for people: by what sort of fact they are.

use super::layout::{MAX_ITEMS, PageWriter, piece, whole};
use super::list::{self, LeftOut};
use super::palette::Paint;
use super::text::Style;
use crate::diag::phrases::{counted, most_of};
use crate::wording::{FactText, ListQuestionText};
use std::collections::BTreeMap;

/// The list. `style.full` prints each row, however many there are, with what it rests on.
///
/// `lacks` is what counts as absent though no export shows it.
pub fn render(question: &ListQuestionText, rows: &[FactText], lacks: &[String], left_out: LeftOut, style: &Style) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    page.max_items = if style.full { usize::MAX } else { MAX_ITEMS };
    let asked = format!(" ({})", question.asked());
    let unknown = rows.iter().filter(|row| !row.holds).count();
    let count = match (rows.len(), unknown) {
        (0, _) => left_out.no_row("no such fact"),
        (all, _) if left_out.cut > 0 => list::of_all(all, left_out.cut, "row"),
        (all, 0) => counted(all, "fact"),
        (all, unknown) => format!("{}, {unknown} unknown", counted(all - unknown, "fact")),
    };
    let says = if rows.is_empty() { count } else { format!("{count}{}", left_out.others()) };
    page.paragraph(&[], "", &[piece(Paint::Title, &says), piece(Paint::Plain, &asked)]);
    let mut sorts: BTreeMap<&str, Vec<&FactText>> = BTreeMap::new();
    rows.iter().for_each(|row| sorts.entry(&row.sort).or_default().push(row));
    for (sort, rows) in sorts {
        page.gap();
        page.paragraph(&[], "", &[piece(Paint::Title, sort), piece(Paint::Plain, &format!(": {}", rows.len()))]);
        let most = most_of(rows.len(), page.max_items);
        for row in rows.iter().take(most) {
            one(&mut page, row);
        }
        if rows.len() > most {
            let more = format!("and {} more, which --expand prints", rows.len() - most);
            page.paragraph(&[whole(Paint::Plain, "  ")], "  ", &[piece(Paint::Doubt, &more)]);
        }
    }
    list::cut(&mut page, left_out.cut);
    list::taken_as_absent(&mut page, lacks.iter().map(String::as_str));
    page.into_text()
}

fn one(page: &mut PageWriter, row: &FactText) {
    let mark = if row.holds { whole(Paint::Yes, "✓ ") } else { whole(Paint::Doubt, "? ") };
    let mut body = vec![piece(Paint::Plain, &row.fact)];
    for more in [row.why.as_ref().map(|why| format!(": {why}")), row.dates.as_ref().map(|dates| format!(", {dates}"))].into_iter().flatten()
    {
        body.push(piece(Paint::Plain, &more));
    }
    match (&row.implication, &row.place) {
        (Some(implication), _) => body.push(piece(Paint::Plain, &format!(", through implication {implication}"))),
        (None, Some(place)) => body.extend([piece(Paint::Plain, "  "), whole(Paint::Quiet, &format!("[{place}]"))]),
        (None, None) => {}
    }
    page.paragraph(&[whole(Paint::Plain, "  "), mark], "    ", &body);
    for fact in row.rests_on.iter().flatten() {
        page.paragraph(&[whole(Paint::Quiet, "      ")], "        ", &[piece(Paint::Plain, fact)]);
    }
}
