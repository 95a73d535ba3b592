//! The colours of answers for people. Colour only repeats what a word or glyph says.

use anstyle::{AnsiColor, Style};

/// What a piece of text is, which decides how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    /// Running text.
    Plain,
    /// A section's title, or the name of what follows.
    Title,
    /// It is so.
    Yes,
    /// It is not so, and nothing hangs on it.
    No,
    /// It is not known.
    Doubt,
    /// It is this that is in the way.
    Stop,
    /// Bars of a tree, places, names of documents.
    Quiet,
    /// A claim's id.
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
