//! Order, bounds and ends of the pipeline, with answers that need no policy.

use super::{Answers, BLOCKS_PER_THREAD, BatchError, BatchSummary, LineReader, Lines, Outlet, on_all_threads, on_one_thread};
use std::io::{self, ErrorKind, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const THREADS: usize = 3;

fn pool() -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(THREADS).build().unwrap()
}

/// Answers each line with itself; the answer to `fail` is an error.
fn echo(lines: &Lines, answers: &mut Answers) {
    for line in lines.iter() {
        answers.errors += u64::from(line == b"fail");
        answers.push(&String::from_utf8_lossy(line));
    }
}

/// An input of `left` reads of one line each, which counts them and may fail at its end.
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

/// An outlet whose progress nobody watches.
macro_rules! outlet {
    ($output:expr) => {
        Outlet::new($output, &mut |_| ())
    };
}

fn answers(count: usize) -> String {
    let lines: Vec<String> = (1..=count).map(|number| format!("line {number}\n")).collect();
    lines.concat()
}

#[test]
fn answers_come_in_order() {
    let (mut one, mut many) = (Vec::new(), Vec::new());
    assert_eq!(on_one_thread(LineReader::new(input(500)), echo, outlet!(&mut one)).unwrap(), BatchSummary { answers: 500, errors: 0 });
    let late = |lines: &Lines, answers: &mut Answers| {
        // Later blocks overtake this one.
        if lines.bytes.ends_with(b"7\n") {
            std::thread::sleep(Duration::from_millis(1));
        }
        echo(lines, answers);
    };
    assert_eq!(
        on_all_threads(&pool(), LineReader::new(input(500)), late, outlet!(&mut many)).unwrap(),
        BatchSummary { answers: 500, errors: 0 }
    );
    assert_eq!(String::from_utf8(one).unwrap(), answers(500));
    assert_eq!(String::from_utf8(many).unwrap(), answers(500));
}

#[test]
fn the_summary_counts_errors() {
    let lines = "a\nfail\nb\n".as_bytes();
    assert_eq!(on_one_thread(LineReader::new(lines), echo, outlet!(io::sink())).unwrap(), BatchSummary { answers: 3, errors: 1 });
    assert_eq!(on_all_threads(&pool(), LineReader::new(lines), echo, outlet!(io::sink())).unwrap(), BatchSummary { answers: 3, errors: 1 });
}

/// A slow output, which records how far the reading of blocks is ahead of their writing.
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
    on_all_threads(&pool(), LineReader::new(input), echo, outlet!(&mut slow)).unwrap();
    assert_eq!(slow.writes, 200);
    // Reading did run ahead, and no further than there are blocks.
    assert!((THREADS..=BLOCKS_PER_THREAD * THREADS).contains(&slow.furthest), "{} blocks on their way", slow.furthest);
}

/// An output that fails after this many writes.
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

/// An input of this many lines that never ends.
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
fn a_closed_output_ends_the_batch_though_the_input_stays_open() {
    let ended = |kind| on_all_threads(&pool(), LineReader::new(Silent(2)), echo, outlet!(Failing(kind, 1)));
    assert!(matches!(ended(ErrorKind::BrokenPipe), Err(BatchError::Write(_))));
    assert!(matches!(ended(ErrorKind::StorageFull), Err(BatchError::Write(_))));
}

#[test]
fn requests_before_a_read_error_are_answered() {
    for one in [true, false] {
        let mut out = Vec::new();
        let reader = LineReader::new(Input { fails: true, ..input(100) });
        let ended =
            if one { on_one_thread(reader, echo, outlet!(&mut out)) } else { on_all_threads(&pool(), reader, echo, outlet!(&mut out)) };
        assert!(matches!(ended, Err(BatchError::Read(_))));
        assert_eq!(String::from_utf8(out).unwrap(), answers(100));
    }
}

#[test]
fn a_panic_ends_the_batch() {
    let panics = |lines: &Lines, answers: &mut Answers| {
        assert!(lines.bytes != b"line 50\n", "a bug");
        echo(lines, answers);
    };
    let run = || on_all_threads(&pool(), LineReader::new(input(1000)), panics, outlet!(io::sink()));
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err());
}
