//! Batches: requests in, answers out, one a line, in order, on all cores.
//!
//! [`LineReader`] cuts the input into [blocks](block::Block) of whole lines, the [`pipeline`] hands each block to a thread and writes the
//! answers in the order of the requests, and [`answer_lines`] answers the lines of one block.
//!
//! Invariant: the output is the same for any number of threads, and memory does not grow with the input.

mod block;
mod line_reader;
mod outlet;
mod pipeline;

pub use outlet::BatchSummary;
pub use pipeline::BatchError;

use super::authzen;
use crate::eval::Decider;
use crate::report;
use block::{Answers, Lines};
use line_reader::{LONGEST, LineReader};
use outlet::Outlet;
use std::io::{Read, Write};

/// A longer error message is cut to this many characters.
const LONGEST_MESSAGE: usize = 600;

/// What a file may begin with.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The stack of a thread. Conditions and implications nest to a limit, and the deepest of them need this much.
const STACK: usize = 64 << 20;

/// How a batch is answered.
#[derive(Clone, Copy, Debug, Default)]
pub struct BatchOptions {
    /// Whether each answer has its reasons.
    pub explained: bool,
    /// The number of threads; `None` is one for each core.
    pub threads: Option<usize>,
}

/// Answers the requests of `input`, one JSON object a line, as lines of `output`.
///
/// Blank lines are skipped. A line that cannot be answered gets an answer with an error, and the next one is read. `progress` is called
/// with the number of answers after each write.
///
/// # Errors
///
/// If a thread cannot be started, `input` cannot be read or `output` cannot be written. All lines read before are answered.
pub fn run(
    decider: &Decider<'_>,
    input: impl Read + Send + 'static,
    options: BatchOptions,
    output: impl Write + Send,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<BatchSummary, BatchError> {
    let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK).num_threads(options.threads.unwrap_or(0)).build();
    let pool = pool.map_err(|error| BatchError::Threads(error.into()))?;
    let answer = |lines: &Lines, answers: &mut Answers| answer_lines(decider, lines, options.explained, answers);
    let outlet = Outlet::new(output, progress);
    let reader = LineReader::new(input);
    if pool.current_num_threads() == 1 {
        return pool.install(|| pipeline::on_one_thread(reader, answer, outlet));
    }
    pipeline::on_all_threads(&pool, reader, answer, outlet)
}

fn answer_lines(decider: &Decider<'_>, lines: &Lines, explained: bool, answers: &mut Answers) {
    for line in lines.iter() {
        if line.len() >= LONGEST {
            push_error(&format!("the request is longer than {LONGEST} bytes"), answers);
            continue;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
        match authzen::answer(decider, line.trim_ascii(), explained) {
            Ok(answer) => answers.push(&answer),
            // The message has no line number, so that a request gets the same answer wherever it stands.
            Err(error) => push_error(&error.to_string(), answers),
        }
    }
}

fn push_error(message: &str, answers: &mut Answers) {
    answers.errors += 1;
    answers.push(&report::json::answer::error(&report::brief(message, LONGEST_MESSAGE)));
}
