//! What a list may miss, for people.

use super::layout::{PageWriter, piece, prose, whole};
use super::palette::Paint;
use super::text::Style;
use crate::wording::MayMissText;

/// A sentence on what a list is not about, to follow it.
pub fn beside(title: &str, text: &str, style: &Style) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    page.paragraph(&[], "", &[piece(Paint::Title, title)]);
    page.paragraph(&[whole(Paint::Quiet, "· ")], "  ", &[prose(text)]);
    format!("\n{}", page.into_text())
}

/// What a list may miss, to follow it; empty if that is nothing.
pub fn render(text: &MayMissText, style: &Style) -> String {
    if *text == MayMissText::default() {
        return String::new();
    }
    let mut page = PageWriter::new(style.color, style.width);
    page.paragraph(&[], "", &[piece(Paint::Title, "what this list may miss")]);
    for line in text.unnamed.iter().chain(&text.absent) {
        page.paragraph(&[whole(Paint::Doubt, "? ")], "  ", &[prose(line)]);
    }
    format!("\n{}", page.into_text())
}
