//! The two streams: answers go to standard output, messages about the run to standard error.

use crate::files::FoundPack;
use crate::report;
use crate::world::{Unreadable, World};
use anstream::AutoStream;
use clap::ColorChoice;
use std::cell::Cell;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

/// A longer message is cut to this many characters: it may quote anything that a user gave.
const LONGEST: usize = 1000;

/// Standard output and error, and whether they take colour.
pub(super) struct Streams {
    out: BufWriter<Guarded>,
    color_out: bool,
    color_err: bool,
    found: Option<FoundPack>,
    /// Whether another pack may be meant than the one that was found.
    doubts_pack: Cell<bool>,
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
            found: None,
            doubts_pack: Cell::new(false),
        }
    }

    /// Blocks all output once the world turns out to be damaged.
    pub(super) fn guard(&mut self, world: &World) {
        self.out.get_mut().world = Some(world.clone());
    }

    /// Whether the world turned out to be damaged.
    pub(super) fn is_damaged(&self) -> bool {
        self.out.get_ref().is_damaged()
    }

    /// The stream for answers.
    pub(super) fn out(&mut self) -> &mut (impl Write + Send + use<>) {
        &mut self.out
    }

    /// Whether answers have colour.
    pub(super) fn color(&self) -> bool {
        self.color_out
    }

    /// The width of answers in columns: that of the terminal, from 40 to 120, else 80.
    pub(super) fn width() -> usize {
        let terminal = io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
        terminal.map_or(80, |(width, _)| usize::from(width.0).clamp(40, 120))
    }

    /// Writes out what is buffered.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Whether standard error is a terminal, so that progress can be shown.
    pub(super) fn shows_progress() -> bool {
        io::stderr().is_terminal()
    }

    /// Whether progress can be shown apart from answers, which go elsewhere.
    pub(super) fn shows_progress_alone() -> bool {
        Streams::shows_progress() && !io::stdout().is_terminal()
    }

    /// Shows progress. The text moves the cursor itself.
    pub(super) fn progress(text: &str) {
        print_error(text);
    }

    /// Prints the error that ends the run, and its help.
    pub(super) fn error(message: &str, help: Option<&str>) {
        let mut text = format!("error: {}\n", report::brief(message, LONGEST));
        if let Some(help) = help {
            text = format!("{text}help: {}\n", report::brief(help, LONGEST));
        }
        print_error(&text);
    }

    /// Prints help for a mistake that was printed.
    pub(super) fn help(help: &str) {
        print_error(&format!("\nhelp: {}\n", report::brief(help, LONGEST)));
    }

    /// Prints a remark on the run.
    pub(super) fn note(message: &str) {
        print_error(&format!("note: {message}\n"));
    }

    /// Keeps which pack was taken; `None` if its path was given. A folder that was passed over is reported at once.
    pub(super) fn found(&mut self, found: Option<FoundPack>) {
        self.found = self.found.or(found);
        if found == Some(FoundPack::NotHere) {
            let passed_over = "the folder `policies` here is not a pack, since no `.toml` in it declares a kind; the built-in pack is used";
            Streams::note(passed_over);
        }
    }

    /// The pack in words: `pack DIR`, or the one that was found.
    pub(super) fn pack_name(&self, path: Option<&Path>) -> String {
        match (path, self.found) {
            (Some(path), _) => format!("pack {}", path.display()),
            (None, Some(FoundPack::Here)) => "pack policies".to_owned(),
            (None, _) => "the built-in pack".to_owned(),
        }
    }

    /// Records that another pack may be meant than the one that was found.
    pub(super) fn doubt_pack(&self) {
        self.doubts_pack.set(true);
    }

    /// Prints which pack was found if another one may be meant.
    pub(super) fn note_doubt(&self) {
        if self.doubts_pack.get() {
            self.note_pack();
        }
    }

    /// Prints which pack was found, unless its path was given or that is printed already.
    pub(super) fn note_pack(&self) {
        match self.found {
            Some(FoundPack::Here) => Streams::note("the pack is the folder `policies` here; use `--policies` to name another"),
            Some(FoundPack::BuiltIn) => Streams::note("the pack is the one built into the program; use `--policies` to name another"),
            Some(FoundPack::NotHere) | None => {}
        }
    }

    /// Prints lines that are safe to print.
    pub(super) fn usage(lines: &str) {
        print_error(&format!("{lines}\n"));
    }

    /// Prints the diagnostics that end the run.
    pub(super) fn diagnostics(&self, sources: &crate::text::Sources, diagnostics: &[crate::diag::Diagnostic]) {
        if diagnostics.iter().any(|diagnostic| diagnostic.is_error() && diagnostic.code.is_about_pack()) {
            self.doubt_pack();
        }
        print_error(&report::diagnostics::render(sources, diagnostics, self.color_err, 100));
    }

    /// Prints the warnings of a world that is read all the same.
    pub(super) fn warnings(&self, sources: &crate::text::Sources, warnings: &[crate::diag::Diagnostic]) {
        if !warnings.is_empty() {
            self.diagnostics(sources, warnings);
        }
    }
}

/// Standard output, closed once the world is damaged.
struct Guarded {
    to: io::Stdout,
    world: Option<World>,
}

impl Guarded {
    fn is_damaged(&self) -> bool {
        self.world.as_ref().is_some_and(World::is_damaged)
    }
}

impl Write for Guarded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_damaged() {
            return Err(io::Error::other(Unreadable::Damaged));
        }
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Writes to standard error. If that fails too, nobody can be informed.
fn print_error(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
