//! The way of blocks: read one after the other, answered by all threads at once, written in the order in which they were read.

use super::block::{Answers, Block, Lines};
use super::line_reader::LineReader;
use crate::cli::progress::Decided;
use crate::cli::{Exit, Failure};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, MutexGuard};

/// How many blocks are on their way at most, for each thread: while a thread answers one, more wait for it, and others for their turn to be
/// written. There are never more, however slowly the answers are read, so that memory stays as it is.
pub(super) const AHEAD: usize = 4;

/// Why a lock is never found broken.
const UNBROKEN: &str = "nothing that is done under a lock can panic";

/// Where answers are written, and what became of them.
pub(super) struct Outlet<W> {
    out: W,
    progress: Decided,
    exit: Exit,
}

impl<W: Write> Outlet<W> {
    pub(super) fn new(out: W, progress: Decided) -> Outlet<W> {
        Outlet { out, progress, exit: Exit::Yes }
    }

    /// Writes so that whoever waits for the answers has them.
    fn write(&mut self, answers: &Answers) -> io::Result<()> {
        if answers.failed {
            self.exit = Exit::NoAnswer;
        }
        self.out.write_all(&answers.bytes)?;
        self.out.flush()?;
        self.progress.more(answers.count);
        Ok(())
    }
}

/// All on this thread: no block waits for another.
pub(super) fn alone<R: Read, W: Write>(
    mut intake: LineReader<R>,
    answer: impl Fn(&Lines, &mut Answers),
    mut outlet: Outlet<W>,
) -> Result<Exit, Failure> {
    let mut block = Block::default();
    while intake.fill(&mut block).map_err(unreadable)? {
        answer(&block.lines, &mut block.answers);
        outlet.write(&block.answers)?;
    }
    Ok(outlet.exit)
}

/// On all threads of the pool, while one thread more reads.
pub(super) fn together<R: Read + Send + 'static, W: Write + Send>(
    pool: &rayon::ThreadPool,
    intake: LineReader<R>,
    answer: impl Fn(&Lines, &mut Answers) + Sync,
    outlet: Outlet<W>,
) -> Result<Exit, Failure> {
    let (free, freed) = channel();
    let (fill, filled) = channel();
    for _ in 0..AHEAD * pool.current_num_threads() {
        _ = free.send(Block::default());
    }
    // Nobody waits for this thread to end: it may be waiting for input that never comes when there is nobody left to write to.
    let reader = {
        let fill = fill.clone();
        std::thread::Builder::new().spawn(move || read(intake, &freed, &fill))
    };
    reader.map_err(|error| Failure::Say(format!("cannot start threads: {error}"), None))?;
    let way = Pipeline { fill, filled: Mutex::new(filled), free, turn: Mutex::new(WriteOrder::new(outlet)) };
    pool.broadcast(|_| way.work(&answer));
    way.turn.into_inner().expect(UNBROKEN).ended()
}

/// What comes to the threads that answer.
enum Filled {
    /// Lines to be answered.
    Block(Block),
    /// After all blocks, to one thread: why no more can be read.
    Unreadable(io::Error),
    /// Nothing more comes.
    End,
}

/// Fills blocks as they come free, up to the end of the input or until nobody wants them.
fn read<R: Read>(mut intake: LineReader<R>, freed: &Receiver<Block>, fill: &Sender<Filled>) {
    while let Ok(mut block) = freed.recv() {
        let (next, more) = match intake.fill(&mut block) {
            Ok(true) => (Filled::Block(block), true),
            Ok(false) => (Filled::End, false),
            Err(error) => (Filled::Unreadable(error), false),
        };
        if fill.send(next).is_err() || !more {
            return;
        }
    }
}

/// What the threads that answer share.
struct Pipeline<W> {
    fill: Sender<Filled>,
    filled: Mutex<Receiver<Filled>>,
    free: Sender<Block>,
    turn: Mutex<WriteOrder<W>>,
}

/// Whose turn it is to be written.
struct WriteOrder<W> {
    /// The block that comes next.
    next: u64,
    /// Blocks that were answered before their turn came.
    early: BTreeMap<u64, Block>,
    /// With whichever thread writes.
    outlet: Option<Outlet<W>>,
    unreadable: Option<io::Error>,
    unwritten: Option<io::Error>,
}

/// Whichever way a thread leaves, by a panic too, the others leave after it.
struct Leaving<'a>(&'a Sender<Filled>);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        _ = self.0.send(Filled::End);
    }
}

impl<W: Write> Pipeline<W> {
    fn work(&self, answer: impl Fn(&Lines, &mut Answers)) {
        let _leaving = Leaving(&self.fill);
        loop {
            let next = self.filled.lock().expect(UNBROKEN).recv();
            match next {
                Ok(Filled::Block(mut block)) => {
                    answer(&block.lines, &mut block.answers);
                    if !self.put(block) {
                        return;
                    }
                }
                Ok(Filled::Unreadable(error)) => {
                    self.turn().unreadable = Some(error);
                    return;
                }
                Ok(Filled::End) | Err(_) => return,
            }
        }
    }

    /// Takes an answered block, and writes all whose turn has come; if another thread is writing, that one does. False if nothing can
    /// be written any more.
    fn put(&self, block: Block) -> bool {
        let mut turn = self.turn();
        turn.early.insert(block.number, block);
        let Some(mut outlet) = turn.outlet.take() else { return turn.unwritten.is_none() };
        while let Some(block) = turn.take() {
            drop(turn);
            let written = outlet.write(&block.answers);
            // The reader may have come to the end.
            _ = self.free.send(block);
            turn = self.turn();
            if let Err(error) = written {
                turn.unwritten = Some(error);
                return false;
            }
        }
        turn.outlet = Some(outlet);
        true
    }

    fn turn(&self) -> MutexGuard<'_, WriteOrder<W>> {
        self.turn.lock().expect(UNBROKEN)
    }
}

impl<W> WriteOrder<W> {
    fn new(outlet: Outlet<W>) -> WriteOrder<W> {
        WriteOrder { next: 0, early: BTreeMap::new(), outlet: Some(outlet), unreadable: None, unwritten: None }
    }

    /// The block whose turn it is, if it was answered.
    fn take(&mut self) -> Option<Block> {
        let block = self.early.remove(&self.next)?;
        self.next += 1;
        Some(block)
    }

    fn ended(self) -> Result<Exit, Failure> {
        match (self.unwritten, self.unreadable) {
            (Some(error), _) => Err(error.into()),
            (None, Some(error)) => Err(unreadable(error)),
            (None, None) => Ok(self.outlet.map_or(Exit::NoAnswer, |outlet| outlet.exit)),
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "errors are mapped by it")]
fn unreadable(error: io::Error) -> Failure {
    Failure::Say(format!("cannot read the requests: {error}"), None)
}

#[cfg(test)]
mod tests;
