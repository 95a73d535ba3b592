//! How far a long run has come, told on a terminal.

use super::output::Streams;
use crate::open::Progress;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Nothing is told of what is done sooner.
const LONG: Duration = Duration::from_millis(500);

/// It is told so often at most.
const OFTEN: Duration = Duration::from_millis(250);

/// Does what takes long, and tells how far it has come by what it counts.
pub(super) fn watching<T>(run: impl FnOnce(&Progress) -> T) -> T {
    let progress = Progress::default();
    // No answer is written before it is done, so that it may stand where answers will.
    if !Streams::seen() {
        return run(&progress);
    }
    let (done, is_done) = channel::<()>();
    let percent = || progress.percent();
    std::thread::scope(|scope| {
        // Where there is no thread for it, nothing is told.
        let watcher = std::thread::Builder::new().spawn_scoped(scope, move || {
            let mut line = StatusLine::default();
            let mut wait = LONG;
            while is_done.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                line.show(&read(percent()));
                wait = OFTEN;
            }
        });
        let result = run(&progress);
        drop(done);
        if let Ok(watcher) = watcher {
            // It wipes out its line as it goes.
            _ = watcher.join();
        }
        result
    })
}

fn read(percent: u64) -> String {
    if percent < 100 { format!("reading the world: {percent} %") } else { "putting the world in order".to_owned() }
}

/// A line that is written over and over, and wiped out at the end.
#[derive(Default)]
struct StatusLine {
    /// The length of what stands there.
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

/// How many requests of a batch were decided.
pub(super) struct Decided {
    /// When it began; nothing if nobody watches.
    begun: Option<Instant>,
    pace: Pace,
    line: StatusLine,
}

impl Decided {
    /// Begins to count, if it is watched.
    #[expect(clippy::disallowed_methods, reason = "no answer depends on it: it tells people how long they wait")]
    pub(super) fn new(watched: bool) -> Decided {
        Decided { begun: watched.then(Instant::now), pace: Pace { decided: 0, next: LONG }, line: StatusLine::default() }
    }

    /// So many more were decided.
    pub(super) fn more(&mut self, count: u64) {
        let Some(begun) = self.begun else { return };
        if let Some(line) = self.pace.decided(count, begun.elapsed()) {
            self.line.show(&line);
        }
    }
}

struct Pace {
    decided: u64,
    /// Before then nothing is told.
    next: Duration,
}

impl Pace {
    /// What there is to tell after so much time.
    fn decided(&mut self, more: u64, elapsed: Duration) -> Option<String> {
        self.decided += more;
        if elapsed < self.next {
            return None;
        }
        self.next = elapsed + OFTEN;
        let a_second = u128::from(self.decided) * 1000 / elapsed.as_millis().max(1);
        // Of a rate three digits say enough.
        let step = 10_u128.pow(a_second.checked_ilog10().unwrap_or(0).saturating_sub(2));
        Some(format!("decided {} requests, {} a second", grouped(self.decided.into()), grouped(a_second / step * step)))
    }
}

/// `1 200 000`
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
    fn what_takes_long_is_told_four_times_a_second() {
        let mut pace = Pace { decided: 0, next: super::LONG };
        let mut tell = |more, millis| pace.decided(more, Duration::from_millis(millis));
        assert_eq!(tell(1000, 0), None);
        assert_eq!(tell(299_000, 499), None);
        assert_eq!(tell(20_000, 500).unwrap(), "decided 320 000 requests, 640 000 a second");
        assert_eq!(tell(1000, 749), None);
        assert_eq!(tell(891_345, 1900).unwrap(), "decided 1 212 345 requests, 638 000 a second");
        assert_eq!(tell(0, 2149), None);
        assert_eq!(tell(0, 1 << 40).unwrap(), "decided 1 212 345 requests, 0 a second");
    }

    #[test]
    fn reading_is_told_in_percent() {
        let progress = super::Progress::default();
        assert_eq!(super::read(progress.percent()), "reading the world: 0 %");
        progress.expect(400);
        progress.add(399);
        assert_eq!(super::read(progress.percent()), "reading the world: 99 %");
        progress.add(1);
        assert_eq!(super::read(progress.percent()), "putting the world in order");
    }

    #[test]
    fn digits_stand_in_threes() {
        assert_eq!([0, 7, 999, 1000, 12_345, 1_000_000].map(grouped), ["0", "7", "999", "1 000", "12 345", "1 000 000"]);
    }
}
