//! The colours of answers for people. Colour adds no information: each meaning also has a word or a glyph.

use anstyle::{AnsiColor, Style};

/// What a piece of text means, which determines its look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    /// Running text.
    Plain,
    /// A section's title, or the name of what follows.
    Title,
    /// True.
    Yes,
    /// False, and not blocking.
    No,
    /// Unknown.
    Doubt,
    /// Blocking.
    Stop,
    /// Lines of a tree, places, names of documents.
    Quiet,
    /// A claim's name.
    Claim,
}

impl Paint {
    /// Its look on a terminal.
    pub(super) fn style(self) -> Style {
        match self {
            Paint::Plain => Style::new(),
            Paint::Title => Style::new().bold(),
            Paint::Yes => AnsiColor::Green.on_default(),
            Paint::Doubt => AnsiColor::Yellow.on_default().bold(),
            Paint::Stop => AnsiColor::Red.on_default().bold(),
            Paint::No | Paint::Quiet => Style::new().dimmed(),
            Paint::Claim => AnsiColor::Cyan.on_default(),
        }
    }
}
