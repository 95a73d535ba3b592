//! Order, bounds and ends of the pipeline, with answers that need no policy.

use super::{AHEAD, Answers, Decided, LineReader, Lines, Outlet, alone, together};
use crate::cli::{Exit, Failure};
use std::io::{self, ErrorKind, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const THREADS: usize = 3;

fn pool() -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(THREADS).build().unwrap()
}

/// Answers each line by itself; `fail` cannot be answered.
fn echo(lines: &Lines, answers: &mut Answers) {
    for line in lines.iter() {
        answers.failed |= line == b"fail";
        answers.push(&String::from_utf8_lossy(line));
    }
}

/// An input of so many reads, each of one line, that counts them; at its end it fails or not.
struct Input {
    left: usize,
    reads: Arc<AtomicUsize>,
    fails: bool,
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return if self.fails { Err(ErrorKind::PermissionDenied.into()) } else { Ok(0) };
        }
        self.left -= 1;
        let line = format!("line {}\n", self.reads.fetch_add(1, Ordering::SeqCst) + 1);
        buffer[..line.len()].copy_from_slice(line.as_bytes());
        Ok(line.len())
    }
}

fn input(left: usize) -> Input {
    Input { left, reads: Arc::default(), fails: false }
}

fn outlet<W: Write>(out: W) -> Outlet<W> {
    Outlet::new(out, Decided::new(false))
}

fn answers(count: usize) -> String {
    let lines: Vec<String> = (1..=count).map(|number| format!("line {number}\n")).collect();
    lines.concat()
}

#[test]
fn answers_come_in_order() {
    let (mut one, mut many) = (Vec::new(), Vec::new());
    assert_eq!(alone(LineReader::new(input(500)), echo, outlet(&mut one)).unwrap(), Exit::Yes);
    let late = |lines: &Lines, answers: &mut Answers| {
        // Later blocks overtake this one.
        if lines.bytes.ends_with(b"7\n") {
            std::thread::sleep(Duration::from_millis(1));
        }
        echo(lines, answers);
    };
    assert_eq!(together(&pool(), LineReader::new(input(500)), late, outlet(&mut many)).unwrap(), Exit::Yes);
    assert_eq!(String::from_utf8(one).unwrap(), answers(500));
    assert_eq!(String::from_utf8(many).unwrap(), answers(500));
}

#[test]
fn one_failed_line_makes_the_exit_code() {
    let lines = "a\nfail\nb\n".as_bytes();
    assert_eq!(alone(LineReader::new(lines), echo, outlet(io::sink())).unwrap(), Exit::NoAnswer);
    assert_eq!(together(&pool(), LineReader::new(lines), echo, outlet(io::sink())).unwrap(), Exit::NoAnswer);
}

/// An output that takes its time, and looks how far the reading of blocks is ahead of their writing.
struct Slow {
    reads: Arc<AtomicUsize>,
    writes: usize,
    furthest: usize,
}

impl Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        std::thread::sleep(Duration::from_millis(2));
        self.furthest = self.furthest.max(self.reads.load(Ordering::SeqCst) - self.writes);
        self.writes += 1;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_slow_output_holds_back_the_input() {
    let input = input(200);
    let mut slow = Slow { reads: Arc::clone(&input.reads), writes: 0, furthest: 0 };
    together(&pool(), LineReader::new(input), echo, outlet(&mut slow)).unwrap();
    assert_eq!(slow.writes, 200);
    // So many blocks there are, and no more; and reading did run ahead.
    assert!((THREADS..=AHEAD * THREADS).contains(&slow.furthest), "{} blocks on their way", slow.furthest);
}

/// An output that takes one write and then fails.
struct Failing(ErrorKind, usize);

impl Write for Failing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.1 == 0 {
            return Err(self.0.into());
        }
        self.1 -= 1;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An input that gives two lines and then nothing, ever.
struct Silent(usize);

impl Read for Silent {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(left) = self.0.checked_sub(1) else {
            loop {
                std::thread::park();
            }
        };
        self.0 = left;
        buffer[..2].copy_from_slice(b"a\n");
        Ok(2)
    }
}

#[test]
fn an_output_that_is_gone_ends_it_though_the_input_stays_open() {
    let ended = |kind| together(&pool(), LineReader::new(Silent(2)), echo, outlet(Failing(kind, 1)));
    assert!(matches!(ended(ErrorKind::BrokenPipe), Err(Failure::Gone)));
    assert!(matches!(ended(ErrorKind::StorageFull), Err(Failure::Write(_))));
}

#[test]
fn an_input_that_fails_is_answered_up_to_there() {
    for one in [true, false] {
        let mut out = Vec::new();
        let intake = LineReader::new(Input { fails: true, ..input(100) });
        let ended = if one { alone(intake, echo, outlet(&mut out)) } else { together(&pool(), intake, echo, outlet(&mut out)) };
        assert!(matches!(ended, Err(Failure::Say(message, None)) if message.starts_with("cannot read the requests: ")));
        assert_eq!(String::from_utf8(out).unwrap(), answers(100));
    }
}

#[test]
fn a_panic_does_not_hang() {
    let panics = |lines: &Lines, answers: &mut Answers| {
        assert!(lines.bytes != b"line 50\n", "a bug");
        echo(lines, answers);
    };
    let run = || together(&pool(), LineReader::new(input(1000)), panics, outlet(io::sink()));
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err());
}
