//! `delegraph decide --batch`: requests in, answers out, one a line, in order, on all cores.

mod block;
mod line_reader;
mod pipeline;

use super::output::Streams;
use super::progress::Decided;
use super::{Exit, Failure, authzen};
use crate::eval::Decider;
use crate::explain;
use crate::report;
use block::{Answers, Lines};
use line_reader::{LONGEST, LineReader};
use pipeline::Outlet;
use std::io::Read;

/// Of a longer message only the beginning is told.
const LONGEST_TOLD: usize = 600;

/// With which a file may begin.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Conditions nest, and implications rest on one another, within limits; this is room for the deepest of them.
const STACK: usize = 64 << 20;

/// How a batch is answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct BatchOptions {
    /// Each answer with its reasons.
    pub(super) explained: bool,
    /// On how many threads; on all cores if nothing is said.
    pub(super) threads: Option<usize>,
}

pub(super) fn run(
    decider: &Decider<'_>,
    requests: impl Read + Send + 'static,
    manner: BatchOptions,
    streams: &mut Streams,
) -> Result<Exit, Failure> {
    let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK).num_threads(manner.threads.unwrap_or(0)).build();
    let pool = pool.map_err(|error| Failure::Say(format!("cannot start threads: {error}"), None))?;
    let answer = |lines: &Lines, answers: &mut Answers| answer_all(decider, lines, manner.explained, answers);
    let outlet = Outlet::new(streams.out(), Decided::new(Streams::watched()));
    let intake = LineReader::new(requests);
    if pool.current_num_threads() == 1 {
        return pool.install(|| pipeline::alone(intake, answer, outlet));
    }
    pipeline::together(&pool, intake, answer, outlet)
}

fn answer_all(decider: &Decider<'_>, lines: &Lines, explained: bool, answers: &mut Answers) {
    for line in lines.iter() {
        if let Err(message) = answer(decider, line, explained, answers) {
            answers.failed = true;
            // The same as if it were asked alone: a line's number would tell them apart.
            answers.push(&report::json::answer::error(&report::brief(&message, LONGEST_TOLD)));
        }
    }
}

/// Adds the answer to a line; a blank one gets none. The error says why there is no answer.
fn answer(decider: &Decider<'_>, line: &[u8], explained: bool, answers: &mut Answers) -> Result<(), String> {
    if line.len() >= LONGEST {
        return Err(format!("the request is longer than {LONGEST} bytes"));
    }
    if line.trim_ascii().is_empty() {
        return Ok(());
    }
    let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
    let request = authzen::request(line.trim_ascii())?;
    let asked = decider.world.resolve_ref(&decider.compiled.policy, request.names(), decider.context.at);
    let asked = asked.map_err(|unasked| match unasked.help {
        Some(help) => format!("{}; {help}", unasked.message),
        None => unasked.message,
    })?;
    if !explained {
        let decision = decider.decide(&asked);
        if decision.exhausted {
            return Err(super::explain::EXHAUSTED.to_owned());
        }
        answers.push(report::json::answer::line(decision.allowed()));
        return Ok(());
    }
    let record = decider.record(&asked);
    if record.decision.exhausted {
        return Err(super::explain::EXHAUSTED.to_owned());
    }
    answers.push(&report::json::answer::explained(&explain::explain(decider, &asked, &record)));
    Ok(())
}
