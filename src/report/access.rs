//! Access lists for people.

use super::layout::{PageWriter, piece, prose, whole};
use super::palette::Paint;
use super::text::Style;
use crate::diag::phrases::{counted_or_no, most_of};
use crate::query::access::Hidden;
use crate::wording::{AccessGroupText, AccessListText, AccessRowText, hidden_answers};

/// The most names that are printed of one group.
pub(super) const FEW: usize = 6;

/// Which parts of a group the question leaves open, so that they are printed.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// Several subjects may be asked about.
    pub subjects: bool,
    /// Several actions.
    pub actions: bool,
    /// Several resources.
    pub resources: bool,
}

/// A list for people.
pub fn render(list: &AccessListText, shown: Shown, style: &Style) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    page.paragraph(&[], "", &[piece(Paint::Title, &list.total)]);
    page.paragraph(&[], "", &[piece(Paint::Quiet, &list.as_of)]);
    if !list.places.is_empty() {
        page.paragraph(&[whole(Paint::Quiet, "answers: ")], "         ", &[prose(&some(&list.places, FEW))]);
    }
    if let Some(why) = &list.without_ways {
        page.paragraph(&[whole(Paint::Doubt, "! ")], "  ", &[prose(why)]);
    }
    let section = |page: &mut PageWriter, title: Option<&str>, groups: &[AccessGroupText], paint: Paint| {
        if groups.is_empty() {
            return;
        }
        if let Some(title) = title {
            page.gap();
            page.paragraph(&[], "", &[piece(Paint::Title, title)]);
        }
        for group in groups {
            if title.is_none() {
                page.gap();
            }
            self::group(page, group, shown, paint);
        }
    };
    section(&mut page, None, &list.groups, Paint::Yes);
    section(&mut page, Some("Granted, but denied"), &list.barred, Paint::Stop);
    section(&mut page, Some("Granted only if what is left open holds, and denied all the same"), &list.perhaps_barred, Paint::Stop);
    section(&mut page, Some("Unknown: allowed only if what is left open holds"), &list.unsure, Paint::Doubt);
    super::list::open(&mut page, &list.open);
    if let Some(limit) = list.limit() {
        page.gap();
        page.paragraph(&[whole(Paint::Doubt, "! ")], "  ", &[prose(&limit)]);
    }
    page.into_text()
}

/// Answers one by one, for people. `left_out` counts those that `--limit` cut, and `hidden` those that were not asked for.
pub fn rows(as_of: &str, rows: &[AccessRowText], left_out: usize, hidden: Hidden, style: &Style) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    let total = format!("{}{}", counted_or_no(rows.len() + left_out, "answer"), hidden_answers(hidden));
    page.paragraph(&[], "", &[piece(Paint::Title, &total)]);
    page.paragraph(&[], "", &[piece(Paint::Quiet, as_of)]);
    if !rows.is_empty() {
        page.gap();
    }
    for row in rows {
        let mark = if row.is_unknown { whole(Paint::Doubt, "? ") } else { whole(Paint::Yes, "✓ ") };
        let why = row.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        page.paragraph(&[mark], "  ", &[piece(Paint::Plain, &row.says), prose(&why)]);
    }
    super::list::cut(&mut page, left_out);
    page.into_text()
}

fn group(page: &mut PageWriter, group: &AccessGroupText, shown: Shown, paint: Paint) {
    requests(page, group, shown, paint);
    for (index, way) in group.ways.iter().enumerate() {
        let or = if index > 0 { "also " } else { "" };
        page.paragraph(&[whole(Paint::Quiet, "    ")], "      ", &[piece(Paint::Quiet, &format!("{or}{way}"))]);
    }
}

/// Who may do what to what, without how.
pub(super) fn requests(page: &mut PageWriter, group: &AccessGroupText, shown: Shown, paint: Paint) {
    let labelled = |label: &str, list: &[String]| {
        if let [only] = list { only.clone() } else { format!("{label}: {}", some(list, FEW)) }
    };
    let mut lines: Vec<String> = Vec::new();
    if shown.subjects {
        lines.push(labelled(&group.who, &group.subjects));
    }
    if shown.actions {
        lines.push(labelled(&group.what, &group.actions));
    }
    if shown.resources {
        lines.push(format!("on {}", labelled(&group.on, &group.resources)));
    }
    for (index, line) in lines.iter().enumerate() {
        let glyph = match paint {
            Paint::Doubt => "? ",
            Paint::Stop => "✗ ",
            _ => "✓ ",
        };
        let mark = if index == 0 { whole(paint, glyph) } else { whole(Paint::Quiet, "  ") };
        page.paragraph(&[mark], "  ", &[prose(line)]);
    }
}

/// The first few names, and how many more there are.
pub(super) fn some(names: &[String], most: usize) -> String {
    let most = most_of(names.len(), most);
    let text = names.iter().take(most).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len() - most {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}
