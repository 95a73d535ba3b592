//! The steps of a replay, for people.

use super::access::{FEW, some};
use super::layout::{PageWriter, piece, prose, whole};
use super::palette::Paint;
use super::text::Style;
use crate::wording::{HappenedText, NoticeText, ReplayText, StepText};

/// What stands before the steps.
pub fn head(replay: &ReplayText, style: &Style) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    page.paragraph(&[], "", &[piece(Paint::Title, &replay.events)]);
    if let Some(settings) = &replay.settings {
        page.paragraph(&[], "", &[piece(Paint::Quiet, settings)]);
    }
    page.into_text()
}

/// A step, after an empty line. `style.full` prints every name.
pub fn step(step: &StepText, style: &Style) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    page.paragraph(&[], "", &[]);
    page.paragraph(&[], "", &[piece(Paint::Title, &step.at)]);
    for event in &step.happened {
        happened(&mut page, event);
    }
    for (event, why) in &step.refused {
        page.paragraph(&[whole(Paint::Stop, "✗ ")], "  ", &[prose(event)]);
        page.paragraph(&[whole(Paint::Stop, "  refused: ")], "    ", &[prose(why)]);
    }
    if step.happened.is_empty() && step.refused.is_empty() {
        page.paragraph(&[whole(Paint::Quiet, "· ")], "  ", &[piece(Paint::Quiet, "no event; only time passes")]);
    }
    let most = if style.full { usize::MAX } else { FEW };
    for (word, all) in [("begins ", &step.begins), ("ends   ", &step.ends), ("goes on ", &step.goes_on)] {
        let margin = || [whole(Paint::Quiet, &format!("  {word}"))];
        for text in all.iter().take(most) {
            page.paragraph(&margin(), "    ", &[prose(text)]);
        }
        if all.len() > most {
            page.paragraph(&margin(), "    ", &[prose(&format!("{} more", all.len() - most))]);
        }
    }
    page.paragraph(&[], "", &[piece(Paint::Title, &step.access.total)]);
    super::diff::body(&mut page, &step.access, style.full);
    page.into_text()
}

fn happened(page: &mut PageWriter, event: &HappenedText) {
    page.paragraph(&[whole(Paint::Yes, "✓ ")], "  ", &[prose(&event.title)]);
    page.paragraph(&[whole(Paint::Quiet, "  ")], "    ", &[prose(&event.event)]);
    let advice: Vec<NoticeText> = event.advice.iter().filter(|notice| !notice.general).cloned().collect();
    for (name, notices) in [("obligation", &event.obligations), ("advice", &advice)] {
        for notice in notices {
            let claims = if notice.claims.is_empty() { String::new() } else { format!(" ({})", some(&notice.claims, usize::MAX)) };
            let body = [piece(Paint::Quiet, &format!("{name}: ")), prose(&notice.text), piece(Paint::Claim, &claims)];
            page.paragraph(&[whole(Paint::Doubt, "  ! ")], "    ", &body);
        }
    }
}

/// What stands after the steps.
pub fn tail(total: &str, style: &Style) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    page.paragraph(&[], "", &[]);
    page.paragraph(&[], "", &[piece(Paint::Title, total)]);
    page.into_text()
}
