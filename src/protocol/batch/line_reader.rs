//! Reads input and cuts it into blocks at the ends of lines.

use super::block::Block;
use memchr::{memchr, memrchr};
use std::io::{self, ErrorKind, Read};

/// The most bytes of a line; a longer one is cut there.
pub(super) const LONGEST: usize = 1 << 20;

/// How many bytes are read at a time: enough that handing a block on costs little beside answering it, and few enough for a core's
/// cache.
const SIZE: usize = 1 << 16;

/// An input, of which lines are still to be read.
#[derive(Debug)]
pub(super) struct LineReader<R> {
    input: R,
    /// What was read after the last line that was handed on.
    rest: Vec<u8>,
    /// Whether the line being read is too long; its beginning was handed on, and the rest is skipped.
    skipping: bool,
    ended: bool,
    /// The number of blocks filled.
    blocks: u64,
}

impl<R: Read> LineReader<R> {
    pub(super) fn new(input: R) -> LineReader<R> {
        LineReader { input, rest: Vec::new(), skipping: false, ended: false, blocks: 0 }
    }

    /// Fills the block with the next lines; returns false at the end of the input. It never waits for more than one line, so that a
    /// program may write a line and wait for its answer.
    pub(super) fn fill(&mut self, block: &mut Block) -> io::Result<bool> {
        block.clear();
        block.number = self.blocks;
        let bytes = &mut block.lines.bytes;
        if self.skipping {
            self.skip_line(bytes)?;
        }
        bytes.append(&mut self.rest);
        let mut searched = 0;
        loop {
            if let Some(end) = memrchr(b'\n', &bytes[searched..]) {
                let end = searched + end + 1;
                self.rest.extend_from_slice(&bytes[end..]);
                bytes.truncate(end);
                break;
            }
            if bytes.len() >= LONGEST {
                bytes.truncate(LONGEST);
                bytes.push(b'\n');
                self.skipping = true;
                break;
            }
            searched = bytes.len();
            if self.read(bytes)? == 0 {
                if bytes.is_empty() {
                    return Ok(false);
                }
                bytes.push(b'\n');
            }
        }
        self.blocks += 1;
        Ok(true)
    }

    /// Skips to the end of the line; what was read after it stays in `bytes`.
    fn skip_line(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        while self.read(bytes)? > 0 {
            if let Some(end) = memchr(b'\n', bytes) {
                bytes.drain(..=end);
                break;
            }
            bytes.clear();
        }
        self.skipping = false;
        Ok(())
    }

    /// Waits for input and adds it to `bytes`; returns the number of bytes, 0 at the end.
    fn read(&mut self, bytes: &mut Vec<u8>) -> io::Result<usize> {
        if self.ended {
            return Ok(0);
        }
        let start = bytes.len();
        bytes.resize(start + SIZE, 0);
        let read = loop {
            match self.input.read(&mut bytes[start..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        bytes.truncate(start + read.as_ref().map_or(0, |&length| length));
        self.ended = matches!(read, Ok(0));
        read
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, LONGEST, LineReader, SIZE};
    use std::io::Read;

    /// An input that returns these pieces, one a read.
    struct ChunkedInput<'a>(Vec<&'a [u8]>);

    impl Read for ChunkedInput<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.0.is_empty() {
                return Ok(0);
            }
            let piece = self.0.remove(0);
            let length = piece.len().min(buffer.len());
            buffer[..length].copy_from_slice(&piece[..length]);
            if length < piece.len() {
                self.0.insert(0, &piece[length..]);
            }
            Ok(length)
        }
    }

    /// The blocks of that input as lines joined by `|`; a long line is shown as its length.
    fn check(pieces: &[&str]) -> Vec<String> {
        let mut reader = LineReader::new(ChunkedInput(pieces.iter().map(|piece| piece.as_bytes()).collect()));
        let (mut block, mut blocks) = (Block::default(), Vec::new());
        while reader.fill(&mut block).unwrap() {
            assert_eq!(block.number, blocks.len() as u64);
            let lines: Vec<String> = block.lines.iter().map(shown).collect();
            blocks.push(lines.join("|"));
        }
        assert!(!reader.fill(&mut block).unwrap(), "the end stays the end");
        blocks
    }

    fn shown(line: &[u8]) -> String {
        if line.len() < 80 { String::from_utf8_lossy(line).into_owned() } else { format!("<{}>", line.len()) }
    }

    #[test]
    fn blocks_are_whole_lines() {
        assert_eq!(check(&[]), [""; 0]);
        assert_eq!(check(&["a\nb\n"]), ["a|b"]);
        assert_eq!(check(&["a\nb"]), ["a", "b"]);
        assert_eq!(check(&["a\n\nb\nc", "d\ne", "f", "\n\n"]), ["a||b", "cd", "ef|"]);
    }

    #[test]
    fn a_block_waits_for_one_read_only() {
        assert_eq!(check(&["a\n", "b\n"]), ["a", "b"]);
        let line = format!("{}\n", "x".repeat(SIZE - 1));
        assert_eq!(check(&[&line, &line]), [format!("<{}>", SIZE - 1), format!("<{}>", SIZE - 1)]);
    }

    #[test]
    fn a_line_that_is_too_long_is_cut_and_counted() {
        let longest = "x".repeat(LONGEST - 1);
        assert_eq!(check(&[&longest, "\na\n"]), ["<1048575>|a"]);
        let cut = "x".repeat(LONGEST);
        for more in ["", "y", &"y".repeat(3 * LONGEST)] {
            let long = format!("{cut}{more}");
            assert_eq!(check(&["a\n", &long, "z\nb\n\nc", "\n"]), ["a", "<1048576>", "b|", "c"]);
            assert_eq!(check(&[&long]), ["<1048576>"]);
        }
    }
}
