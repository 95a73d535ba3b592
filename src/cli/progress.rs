//! The status line of a long run on a terminal.

use super::output::Streams;
use crate::open::Progress;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// The status line appears after this time.
const DELAY: Duration = Duration::from_millis(500);

/// The shortest time between two updates.
const INTERVAL: Duration = Duration::from_millis(250);

/// Reads a world, with a status line that shows how much of it is read.
pub(super) fn with_progress<T>(run: impl FnOnce(&Progress) -> T) -> T {
    with_status(loading_status, run)
}

/// The same with another text for the percentage.
pub(super) fn with_status<T>(status: fn(u64) -> String, run: impl FnOnce(&Progress) -> T) -> T {
    // No answer is written before `run` ends, so the status line may share the terminal with answers.
    watched(Streams::shows_progress(), |progress| status(progress.percent()), run)
}

/// Makes a list, with a status line that shows how many of these were found. Answers that are written meanwhile must go elsewhere.
pub(super) fn with_count<T>(noun: &str, shown: bool, run: impl FnOnce(&Progress) -> T) -> T {
    watched(shown, |progress| format!("{} {noun} so far", grouped(progress.done().into())), run)
}

/// Runs what may take long, with a status line if it is to be shown.
fn watched<T>(shown: bool, status: impl Fn(&Progress) -> String + Sync, run: impl FnOnce(&Progress) -> T) -> T {
    let progress = Progress::default();
    if !shown {
        return run(&progress);
    }
    let (done, is_done) = channel::<()>();
    let (status, watched) = (&status, &progress);
    std::thread::scope(|scope| {
        // Without a thread for it there is no status line.
        let watcher = std::thread::Builder::new().spawn_scoped(scope, move || {
            let mut line = StatusLine::default();
            let mut wait = DELAY;
            while is_done.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                line.show(&status(watched));
                wait = INTERVAL;
            }
        });
        let result = run(&progress);
        drop(done);
        if let Ok(watcher) = watcher {
            // The watcher erases its line when it ends.
            _ = watcher.join();
        }
        result
    })
}

fn loading_status(percent: u64) -> String {
    if percent < 100 { format!("reading the world: {percent} %") } else { "putting the world in order".to_owned() }
}

/// A line that is rewritten in place, and erased when dropped.
#[derive(Default)]
struct StatusLine {
    /// The length of the text that is shown.
    shown: usize,
}

impl StatusLine {
    fn show(&mut self, line: &str) {
        Streams::progress(&format!("\r{line:<width$}", width = self.shown));
        self.shown = line.len();
    }
}

impl Drop for StatusLine {
    fn drop(&mut self) {
        if self.shown > 0 {
            Streams::progress(&format!("\r{:width$}\r", "", width = self.shown));
        }
    }
}

/// The status line of a batch: how many requests are decided.
pub(super) struct BatchStatus {
    /// When the batch began; `None` if there is no status line.
    begun: Option<Instant>,
    pace: Pace,
    line: StatusLine,
}

impl BatchStatus {
    /// Starts the clock, if the line is to be shown.
    #[expect(clippy::disallowed_methods, reason = "no answer depends on it: it shows people how long they wait")]
    pub(super) fn new(shown: bool) -> BatchStatus {
        BatchStatus { begun: shown.then(Instant::now), pace: Pace { decided: 0, next: DELAY }, line: StatusLine::default() }
    }

    /// Adds to the number of decided requests.
    pub(super) fn add(&mut self, count: u64) {
        let Some(begun) = self.begun else { return };
        if let Some(line) = self.pace.add(count, begun.elapsed()) {
            self.line.show(&line);
        }
    }
}

/// When to update the status line, and with what.
struct Pace {
    decided: u64,
    /// The next update, from the start of the batch.
    next: Duration,
}

impl Pace {
    /// The new status after `elapsed` time, if it is time for an update.
    fn add(&mut self, more: u64, elapsed: Duration) -> Option<String> {
        self.decided += more;
        if elapsed < self.next {
            return None;
        }
        self.next = elapsed + INTERVAL;
        let a_second = u128::from(self.decided) * 1000 / elapsed.as_millis().max(1);
        // Three digits of the rate are enough.
        let step = 10_u128.pow(a_second.checked_ilog10().unwrap_or(0).saturating_sub(2));
        Some(format!("decided {} requests, {} a second", grouped(self.decided.into()), grouped(a_second / step * step)))
    }
}

/// A number in groups of three digits: `1 200 000`.
fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Pace, grouped};
    use std::time::Duration;

    #[test]
    fn the_status_changes_at_most_four_times_a_second() {
        let mut pace = Pace { decided: 0, next: super::DELAY };
        let mut status = |more, millis| pace.add(more, Duration::from_millis(millis));
        assert_eq!(status(1000, 0), None);
        assert_eq!(status(299_000, 499), None);
        assert_eq!(status(20_000, 500).unwrap(), "decided 320 000 requests, 640 000 a second");
        assert_eq!(status(1000, 749), None);
        assert_eq!(status(891_345, 1900).unwrap(), "decided 1 212 345 requests, 638 000 a second");
        assert_eq!(status(0, 2149), None);
        assert_eq!(status(0, 1 << 40).unwrap(), "decided 1 212 345 requests, 0 a second");
    }

    #[test]
    fn loading_is_shown_in_percent() {
        let progress = super::Progress::default();
        assert_eq!(super::loading_status(progress.percent()), "reading the world: 0 %");
        progress.expect(400);
        progress.add(399);
        assert_eq!(super::loading_status(progress.percent()), "reading the world: 99 %");
        progress.add(1);
        assert_eq!(super::loading_status(progress.percent()), "putting the world in order");
    }

    #[test]
    fn digits_are_grouped_in_threes() {
        assert_eq!([0, 7, 999, 1000, 12_345, 1_000_000].map(grouped), ["0", "7", "999", "1 000", "12 345", "1 000 000"]);
    }
}
