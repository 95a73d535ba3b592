//! Access in a window of time, for people.

use super::access::{Shown, requests};
use super::layout::{PageWriter, piece, prose, whole};
use super::palette::Paint;
use super::text::Style;
use crate::wording::BetweenText;

/// A list for people.
pub fn render(list: &BetweenText, shown: Shown, style: &Style) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    page.paragraph(&[], "", &[piece(Paint::Title, &list.total)]);
    page.paragraph(&[], "", &[piece(Paint::Quiet, &list.as_of)]);
    if let Some(why) = &list.without_causes {
        page.paragraph(&[whole(Paint::Doubt, "! ")], "  ", &[prose(why)]);
    }
    for group in &list.groups {
        page.gap();
        requests(&mut page, &group.requests, shown, if group.is_unknown { Paint::Doubt } else { Paint::Yes });
        for end in &group.requests.ways {
            page.paragraph(&[whole(Paint::Quiet, "    ")], "      ", &[piece(Paint::Quiet, end)]);
        }
    }
    super::list::open(&mut page, &list.open);
    if let Some(limit) = &list.limit {
        page.gap();
        page.paragraph(&[whole(Paint::Doubt, "! ")], "  ", &[prose(limit)]);
    }
    page.into_text()
}
