//! Access lists for people.

use super::layout::{PageWriter, piece, prose, whole};
use super::palette::Paint;
use super::text::Style;
use crate::wording::{AccessGroupText, AccessListText};

/// The most names that are printed of one group, unless all are asked for.
const FEW: usize = 6;

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

/// A list for people. `style.full` prints every name.
pub fn render(list: &AccessListText, shown: Shown, style: &Style) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    page.paragraph(&[], "", &[piece(Paint::Title, &list.total)]);
    page.paragraph(&[], "", &[piece(Paint::Quiet, &list.as_of)]);
    if !list.places.is_empty() {
        let most = if style.full { usize::MAX } else { FEW };
        page.paragraph(&[whole(Paint::Quiet, "answers: ")], "         ", &[prose(&some(&list.places, most))]);
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
            self::group(page, group, shown, style.full, paint);
        }
    };
    section(&mut page, None, &list.groups, Paint::Yes);
    section(&mut page, Some("Granted, but denied"), &list.barred, Paint::Stop);
    section(&mut page, Some("Unknown, if these hold"), &list.unsure, Paint::Doubt);
    super::list::open(&mut page, &list.open);
    if let Some(limit) = list.limit() {
        page.gap();
        page.paragraph(&[whole(Paint::Doubt, "! ")], "  ", &[prose(&limit)]);
    }
    page.into_text()
}

fn group(page: &mut PageWriter, group: &AccessGroupText, shown: Shown, full: bool, paint: Paint) {
    let most = if full { usize::MAX } else { FEW };
    let labelled = |label: &str, list: &[String]| {
        if let [only] = list { only.clone() } else { format!("{label}: {}", some(list, most)) }
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
        let mark = if index == 0 { whole(paint, "- ") } else { whole(Paint::Quiet, "  ") };
        page.paragraph(&[mark], "  ", &[prose(line)]);
    }
    for (index, way) in group.ways.iter().enumerate() {
        let or = if index > 0 { "also " } else { "" };
        page.paragraph(&[whole(Paint::Quiet, "    ")], "      ", &[piece(Paint::Quiet, &format!("{or}{way}"))]);
    }
}

/// At most so many names, and how many more there are.
fn some(names: &[String], most: usize) -> String {
    let text = names.iter().take(most).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().checked_sub(most).filter(|&more| more > 0) {
        Some(more) => format!("{text} and {more} more"),
        None => text,
    }
}
