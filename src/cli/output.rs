//! The streams: answers to standard output, talk about the run to standard error.

use crate::report;
use crate::world::{Unreadable, World};
use anstream::AutoStream;
use clap::ColorChoice;
use std::io::{self, BufWriter, IsTerminal, Write};

/// So much is told of what a user gave, who may have given anything.
const LONGEST: usize = 1000;

/// Standard output and error, and how they may be written to.
pub(super) struct Streams {
    out: BufWriter<Guarded>,
    color_out: bool,
    color_err: bool,
}

impl Streams {
    pub(super) fn new(color: ColorChoice) -> Streams {
        let choice = |stream: anstream::ColorChoice| match color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => stream != anstream::ColorChoice::Never,
        };
        Streams {
            out: BufWriter::with_capacity(1 << 16, Guarded { to: io::stdout(), world: None }),
            color_out: choice(AutoStream::choice(&io::stdout())),
            color_err: choice(AutoStream::choice(&io::stderr())),
        }
    }

    /// Lets no answer out once the world turns out to be damaged.
    pub(super) fn watch(&mut self, world: &World) {
        self.out.get_mut().world = Some(world.clone());
    }

    /// Whether the world turned out to be damaged.
    pub(super) fn is_spoiled(&self) -> bool {
        self.out.get_ref().is_spoiled()
    }

    /// Where answers go.
    pub(super) fn out(&mut self) -> &mut (impl Write + Send + use<>) {
        &mut self.out
    }

    /// Whether answers may have colour.
    pub(super) fn color(&self) -> bool {
        self.color_out
    }

    /// The width for answers: the terminal's within reason, else 80.
    pub(super) fn width() -> usize {
        let terminal = io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
        terminal.map_or(80, |(width, _)| usize::from(width.0).clamp(40, 120))
    }

    /// Writes out what waits.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Whether somebody sees how far the run has come.
    pub(super) fn seen() -> bool {
        io::stderr().is_terminal()
    }

    /// Whether somebody sees how far the run has come, and sees it apart from the answers.
    pub(super) fn watched() -> bool {
        Streams::seen() && !io::stdout().is_terminal()
    }

    /// Tells how far the run has come: a text that moves the cursor as it needs.
    pub(super) fn progress(text: &str) {
        talk(text);
    }

    /// Tells what stops the run, and what to do.
    pub(super) fn error(message: &str, help: Option<&str>) {
        let mut text = format!("error: {}\n", report::brief(message, LONGEST));
        if let Some(help) = help {
            text = format!("{text}help: {}\n", report::brief(help, LONGEST));
        }
        talk(&text);
    }

    /// Tells the mistakes that stop the run.
    pub(super) fn diagnostics(&self, sources: &crate::text::Sources, diagnostics: &[crate::diag::Diagnostic]) {
        talk(&report::diagnostics::render(sources, diagnostics, self.color_err, 100));
    }
}

/// Standard output, closed to answers from a damaged world.
struct Guarded {
    to: io::Stdout,
    world: Option<World>,
}

impl Guarded {
    fn is_spoiled(&self) -> bool {
        self.world.as_ref().is_some_and(World::is_damaged)
    }
}

impl Write for Guarded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_spoiled() {
            return Err(io::Error::other(Unreadable::Damaged));
        }
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// There is nobody to tell if standard error is gone too.
fn talk(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
