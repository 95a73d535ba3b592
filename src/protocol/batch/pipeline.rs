//! The path of blocks: read one after the other, answered by all threads at once, written in the order in which they were read.

use super::block::{Answers, Block, Lines};
use super::line_reader::LineReader;
use super::outlet::{BatchSummary, Outlet};
use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, Read, Write};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, MutexGuard};

/// The number of blocks for each thread. While a thread answers one, others wait for a thread or for their turn to be written. No more
/// are made, however slowly the answers are read, so memory is bounded.
const BLOCKS_PER_THREAD: usize = 4;

/// Why a lock is never poisoned.
const UNPOISONED: &str = "no code that holds the lock can panic";

/// Why a batch ended early.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// A thread could not be started.
    #[error("cannot start threads: {0}")]
    Threads(Box<dyn Error + Send + Sync>),
    /// The requests could not be read to their end.
    #[error("cannot read the requests: {0}")]
    Read(io::Error),
    /// The answers could not be written.
    #[error("cannot write: {0}")]
    Write(io::Error),
}

/// Reads, answers and writes on this thread.
pub(super) fn on_one_thread<R: Read, W: Write>(
    mut reader: LineReader<R>,
    answer: impl Fn(&Lines, &mut Answers),
    mut outlet: Outlet<'_, W>,
) -> Result<BatchSummary, BatchError> {
    let mut block = Block::default();
    while reader.fill(&mut block).map_err(BatchError::Read)? {
        answer(&block.lines, &mut block.answers);
        outlet.write(&block.answers).map_err(BatchError::Write)?;
    }
    Ok(outlet.summary())
}

/// Answers and writes on all threads of the pool, while one more thread reads.
pub(super) fn on_all_threads<R: Read + Send + 'static, W: Write + Send>(
    pool: &rayon::ThreadPool,
    reader: LineReader<R>,
    answer: impl Fn(&Lines, &mut Answers) + Sync,
    outlet: Outlet<'_, W>,
) -> Result<BatchSummary, BatchError> {
    let (free, freed) = channel();
    let (fill, filled) = channel();
    for _ in 0..BLOCKS_PER_THREAD * pool.current_num_threads() {
        _ = free.send(Block::default());
    }
    // The reading thread is never joined: when the output is closed, it may still wait for input that never comes.
    let reading = {
        let fill = fill.clone();
        std::thread::Builder::new().spawn(move || read(reader, &freed, &fill))
    };
    reading.map_err(|error| BatchError::Threads(error.into()))?;
    let pipeline = Pipeline { fill, filled: Mutex::new(filled), free, order: Mutex::new(WriteOrder::new(outlet)) };
    pool.broadcast(|_| pipeline.work(&answer));
    pipeline.order.into_inner().expect(UNPOISONED).finish()
}

/// What the answering threads receive.
enum Filled {
    /// Lines to be answered.
    Block(Block),
    /// After the last block, to one thread: why no more can be read.
    Unreadable(io::Error),
    /// Nothing follows.
    End,
}

/// Fills blocks as they come free, until the input ends or no thread receives them.
fn read<R: Read>(mut reader: LineReader<R>, freed: &Receiver<Block>, fill: &Sender<Filled>) {
    while let Ok(mut block) = freed.recv() {
        let (next, more) = match reader.fill(&mut block) {
            Ok(true) => (Filled::Block(block), true),
            Ok(false) => (Filled::End, false),
            Err(error) => (Filled::Unreadable(error), false),
        };
        if fill.send(next).is_err() || !more {
            return;
        }
    }
}

/// What the answering threads share.
struct Pipeline<'p, W> {
    fill: Sender<Filled>,
    filled: Mutex<Receiver<Filled>>,
    free: Sender<Block>,
    order: Mutex<WriteOrder<'p, W>>,
}

/// Answered blocks, and which of them is written next.
struct WriteOrder<'p, W> {
    /// The number of the block to be written next.
    next: u64,
    /// Blocks that were answered before their turn.
    early: BTreeMap<u64, Block>,
    /// `None` while a thread writes, and after an output error.
    outlet: Option<Outlet<'p, W>>,
    read_error: Option<io::Error>,
    write_error: Option<io::Error>,
}

/// Makes the other threads leave when one does, even if it panics.
struct EndOnDrop<'a>(&'a Sender<Filled>);

impl Drop for EndOnDrop<'_> {
    fn drop(&mut self) {
        _ = self.0.send(Filled::End);
    }
}

impl<'p, W: Write> Pipeline<'p, W> {
    fn work(&self, answer: impl Fn(&Lines, &mut Answers)) {
        let _end = EndOnDrop(&self.fill);
        loop {
            let next = self.filled.lock().expect(UNPOISONED).recv();
            match next {
                Ok(Filled::Block(mut block)) => {
                    answer(&block.lines, &mut block.answers);
                    if !self.write(block) {
                        return;
                    }
                }
                Ok(Filled::Unreadable(error)) => {
                    self.order().read_error = Some(error);
                    return;
                }
                Ok(Filled::End) | Err(_) => return,
            }
        }
    }

    /// Takes an answered block, and writes all blocks whose turn has come; if another thread is writing, it writes them. Returns whether
    /// the output still accepts answers.
    fn write(&self, block: Block) -> bool {
        let mut order = self.order();
        order.early.insert(block.number, block);
        let Some(mut outlet) = order.outlet.take() else { return order.write_error.is_none() };
        while let Some(block) = order.take_next() {
            drop(order);
            let written = outlet.write(&block.answers);
            // Sending fails once the reading thread has ended.
            _ = self.free.send(block);
            order = self.order();
            if let Err(error) = written {
                order.write_error = Some(error);
                return false;
            }
        }
        order.outlet = Some(outlet);
        true
    }

    fn order(&self) -> MutexGuard<'_, WriteOrder<'p, W>> {
        self.order.lock().expect(UNPOISONED)
    }
}

impl<'p, W> WriteOrder<'p, W> {
    fn new(outlet: Outlet<'p, W>) -> WriteOrder<'p, W> {
        WriteOrder { next: 0, early: BTreeMap::new(), outlet: Some(outlet), read_error: None, write_error: None }
    }

    /// The block whose turn it is, if it is answered.
    fn take_next(&mut self) -> Option<Block> {
        let block = self.early.remove(&self.next)?;
        self.next += 1;
        Some(block)
    }

    fn finish(self) -> Result<BatchSummary, BatchError> {
        match (self.write_error, self.read_error) {
            (Some(error), _) => Err(BatchError::Write(error)),
            (None, Some(error)) => Err(BatchError::Read(error)),
            (None, None) => Ok(self.outlet.expect("the writing thread returns it, or an error").summary()),
        }
    }
}

#[cfg(test)]
mod tests;
