//! `delegraph decide --batch`: requests in, answers out, one a line, in order, on all cores.

use super::streams::Streams;
use super::{Exit, Stop, authzen};
use crate::eval::Decider;
use crate::explain;
use crate::report;
use rayon::prelude::*;
use std::io::{BufRead, Read as _, Write};

/// How many requests are decided at a time: enough for all cores, little enough to answer while more come.
const CHUNK: usize = 4096;

/// No request is longer; a longer line is answered with an error and passed over.
const LONGEST: u64 = 1 << 20;

/// Of a longer message only the beginning is told.
const LONGEST_TOLD: usize = 600;

/// With which a file may begin.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A line of the batch, or why it cannot be read.
type Given = Result<Vec<u8>, String>;

pub(super) fn run(
    decider: &Decider<'_>,
    mut requests: Box<dyn BufRead + Send>,
    explained: bool,
    streams: &mut Streams,
) -> Result<Exit, Stop> {
    let threads = rayon::ThreadPoolBuilder::new().stack_size(64 << 20).build();
    let threads = threads.map_err(|error| Stop::Say(format!("cannot start threads: {error}"), None))?;
    let mut exit = Exit::Yes;
    loop {
        let lines = chunk(&mut *requests)?;
        if lines.is_empty() {
            return Ok(exit);
        }
        let answers: Vec<Result<String, String>> =
            threads.install(|| lines.par_iter().map(|line| answer(decider, line, explained)).collect());
        for answer in answers {
            match answer {
                Ok(line) => writeln!(streams.out(), "{line}")?,
                Err(message) => {
                    exit = Exit::NoAnswer;
                    writeln!(streams.out(), "{}", report::answer::error(&report::brief(&message, LONGEST_TOLD)))?;
                }
            }
        }
        streams.flush()?;
    }
}

/// The next lines, blank ones left out, at most [`CHUNK`].
fn chunk(requests: &mut dyn BufRead) -> Result<Vec<Given>, Stop> {
    let mut lines = Vec::new();
    while lines.len() < CHUNK {
        let mut line = Vec::new();
        let unreadable = |error: std::io::Error| Stop::Say(format!("cannot read the requests: {error}"), None);
        let length = requests.take(LONGEST).read_until(b'\n', &mut line).map_err(unreadable)?;
        if length == 0 {
            break;
        }
        if length as u64 == LONGEST && line.last() != Some(&b'\n') {
            requests.skip_until(b'\n').map_err(unreadable)?;
            lines.push(Err(format!("the request is longer than {LONGEST} bytes")));
            continue;
        }
        if !line.trim_ascii().is_empty() {
            lines.push(Ok(line));
        }
    }
    Ok(lines)
}

fn answer(decider: &Decider<'_>, line: &Given, explained: bool) -> Result<String, String> {
    let line = line.as_ref().map_err(Clone::clone)?;
    let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
    let request = authzen::request(line.trim_ascii())?;
    let asked = decider.world.resolve(&decider.engine.policy, &request, decider.scene.at).map_err(|unasked| match unasked.help {
        Some(help) => format!("{}; {help}", unasked.message),
        None => unasked.message,
    })?;
    if !explained {
        let decision = decider.decide(&asked);
        return if decision.gave_up { Err(super::explain::GAVE_UP.to_owned()) } else { Ok(report::answer::line(decision.allowed())) };
    }
    let record = decider.record(&asked);
    if record.decision.gave_up {
        return Err(super::explain::GAVE_UP.to_owned());
    }
    Ok(report::answer::explained(&explain::explain(decider, &asked, &record)))
}
