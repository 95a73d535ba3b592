//! The container: a header, sections of plain values, and a checksum for each block, which is checked when the block is first read.
//!
//! The header has words of 64 bits, little-endian:
//!
//! | byte        | word                                                          |
//! | ----------- | ------------------------------------------------------------- |
//! | 0           | [`MAGIC`], which takes two words                              |
//! | 16          | version                                                       |
//! | 24          | fingerprint of the pack                                       |
//! | 32          | length of the file                                            |
//! | 40          | start of the checksums of blocks, which go to the end         |
//! | 48          | checksum of these checksums                                   |
//! | 56          | count of sections                                             |
//! | 64 + 16 · n | start and end of section n, two words                         |
//! | 4088        | checksum of the header before this word                       |

use crate::world::store::line::CacheLine;
use memmap2::Mmap;
use std::fmt;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use xxhash_rust::xxh3::xxh3_64;

/// The first bytes of every packed world.
pub const MAGIC: &[u8; 16] = b"delegraph world\n";

/// The version of the file format. Raise it whenever a column is added, moved or changes its meaning: a file of another version is refused.
const VERSION: u32 = 9;

/// The length of a block in bytes; each has one checksum.
const BLOCK: usize = 1 << 16;

/// The length of the header in bytes; blocks are counted from its end.
const HEADER: usize = 1 << 12;

/// Sections begin at multiples of so many bytes: the size of a cache line.
const ALIGN: usize = 64;

/// The bytes of a packed world.
#[derive(Debug)]
pub enum SnapshotBytes {
    /// A file mapped into memory.
    Mapped(Mmap),
    /// Bytes held in memory.
    OwnedBytes(OwnedBytes),
}

/// Bytes that are aligned to a cache line, as those of a mapped file are.
#[derive(Debug)]
pub struct OwnedBytes {
    lines: Vec<CacheLine>,
    length: usize,
}

impl From<&[u8]> for SnapshotBytes {
    fn from(bytes: &[u8]) -> SnapshotBytes {
        let mut lines = vec![CacheLine::default(); bytes.len().div_ceil(size_of::<CacheLine>())];
        bytemuck::cast_slice_mut(&mut lines)[..bytes.len()].copy_from_slice(bytes);
        SnapshotBytes::OwnedBytes(OwnedBytes { lines, length: bytes.len() })
    }
}

impl SnapshotBytes {
    #[inline]
    fn get(&self) -> &[u8] {
        match self {
            SnapshotBytes::Mapped(map) => map,
            SnapshotBytes::OwnedBytes(OwnedBytes { lines, length }) => &bytemuck::cast_slice(lines)[..*length],
        }
    }
}

/// Why a packed world cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The bytes do not begin with [`MAGIC`].
    #[error("it is not a packed world")]
    Foreign,
    /// The version is another one.
    #[error("it was packed by another version of delegraph; pack the world again")]
    Version,
    /// The pack is another one.
    #[error("it was packed with another pack of policies; pack the world again with this one")]
    Pack,
    /// A checksum, a length or a number is wrong.
    #[error("it is damaged: some of it is not as `pack-world` writes it; pack the world again")]
    Damaged,
    /// Parts of it that repeat one another differ.
    #[error("its parts contradict one another; pack the world again")]
    Inconsistent,
}

/// A packed world whose blocks are checked as they are read.
#[derive(Debug)]
pub(crate) struct Archive {
    bytes: SnapshotBytes,
    sections: Vec<Range<usize>>,
    /// Where the checksums of the blocks are.
    sums: Range<usize>,
    /// By block: 1 if it was checked and is sound. Two threads may check a block at once, with the same result.
    checked: Vec<AtomicU8>,
    damaged: AtomicBool,
    /// Checks what blocks hold; `None` until the policy's part in it is known.
    content: Option<Box<dyn CheckContent>>,
}

/// Checks what the sections hold, when a block of them is first read.
pub(crate) trait CheckContent: fmt::Debug + Send + Sync {
    /// Whether the values that have bytes at this place, which is within a section, are sound. They may begin before it or end after it.
    fn is_sound(&self, archive: &Archive, section: usize, place: Range<usize>) -> bool;
}

impl Archive {
    /// Opens a packed world made with the pack of this fingerprint. Checks the header and the list of checksums, but no block.
    pub(crate) fn open(bytes: SnapshotBytes, fingerprint: u64) -> Result<Archive, Unreadable> {
        let all = bytes.get();
        if !all.starts_with(MAGIC) {
            return Err(Unreadable::Foreign);
        }
        let header = all.get(..HEADER).ok_or(Unreadable::Damaged)?;
        let word = |at: usize| u64::from_le_bytes(header[at..at + 8].try_into().expect("eight bytes"));
        if word(16) != u64::from(VERSION) {
            return Err(Unreadable::Version);
        }
        if word(HEADER - 8) != xxh3_64(&header[..HEADER - 8]) {
            return Err(Unreadable::Damaged);
        }
        if word(24) != fingerprint {
            return Err(Unreadable::Pack);
        }
        let place = |at: usize| usize::try_from(word(at)).map_err(|_| Unreadable::Damaged);
        let (length, sums, count) = (place(32)?, place(40)?, place(56)?);
        if length != all.len() || sums > length || sums < HEADER || count > (HEADER - 80) / 16 {
            return Err(Unreadable::Damaged);
        }
        if word(48) != xxh3_64(&all[sums..]) {
            return Err(Unreadable::Damaged);
        }
        let mut sections = Vec::with_capacity(count);
        let mut next = HEADER;
        for at in (0..count).map(|number| 64 + 16 * number) {
            let (start, end) = (place(at)?, place(at + 8)?);
            if start != next || end < start || end > sums {
                return Err(Unreadable::Damaged);
            }
            next = end.next_multiple_of(ALIGN);
            sections.push(start..end);
        }
        if next != sums {
            return Err(Unreadable::Damaged);
        }
        let blocks = (sums - HEADER).div_ceil(BLOCK);
        if length - sums != 8 * blocks {
            return Err(Unreadable::Damaged);
        }
        let checked = std::iter::repeat_with(|| AtomicU8::new(0)).take(blocks).collect();
        Ok(Archive { sections, sums: sums..length, checked, damaged: AtomicBool::new(false), content: None, bytes })
    }

    /// Checks the content of blocks from now on, also of those that were read already.
    pub(crate) fn check_content(&mut self, content: Box<dyn CheckContent>) {
        self.content = Some(content);
        self.checked.iter_mut().for_each(|checked| *checked.get_mut() = 0);
    }

    /// The bytes at a place, whether their blocks are sound or not; none beyond the sections.
    pub(crate) fn unchecked(&self, place: Range<usize>) -> &[u8] {
        if place.start < HEADER || place.end > self.sums.start { &[] } else { self.bytes.get().get(place).unwrap_or_default() }
    }

    /// How many sections there are.
    pub(crate) fn section_count(&self) -> usize {
        self.sections.len()
    }

    /// All bytes.
    pub(crate) fn all(&self) -> &[u8] {
        self.bytes.get()
    }

    /// The place of a section in the bytes; an empty one if there is no such section.
    pub(crate) fn section(&self, number: usize) -> Range<usize> {
        self.sections.get(number).cloned().unwrap_or(HEADER..HEADER)
    }

    /// Whether some block that was read is damaged.
    pub(crate) fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::Relaxed)
    }

    /// Checks all blocks; false if one is damaged.
    pub(crate) fn is_whole(&self) -> bool {
        (0..self.checked.len()).all(|block| self.check(block))
    }

    /// The bytes at a place within a section; none if a block there is damaged.
    #[inline]
    pub(crate) fn read(&self, place: Range<usize>) -> &[u8] {
        if place.is_empty() || place.start < HEADER || place.end > self.sums.start {
            return &[];
        }
        let blocks = (place.start - HEADER) / BLOCK..=(place.end - 1 - HEADER) / BLOCK;
        for block in blocks {
            if self.checked[block].load(Ordering::Relaxed) == 0 && !self.check(block) {
                return &[];
            }
        }
        &self.bytes.get()[place]
    }

    #[cold]
    fn check(&self, block: usize) -> bool {
        let all = self.bytes.get();
        let start = HEADER + block * BLOCK;
        let whole = &all[start..self.sums.start.min(start + BLOCK)];
        let sum = self.sums.start + 8 * block;
        let sound = all[sum..sum + 8] == xxh3_64(whole).to_le_bytes() && self.is_content_sound(start..start + whole.len());
        if sound {
            self.checked[block].store(1, Ordering::Relaxed);
        } else {
            self.damaged.store(true, Ordering::Relaxed);
        }
        sound
    }

    fn is_content_sound(&self, block: Range<usize>) -> bool {
        let Some(content) = &self.content else { return true };
        self.sections.iter().enumerate().all(|(number, section)| {
            let place = section.start.max(block.start)..section.end.min(block.end);
            place.is_empty() || content.is_sound(self, number, place)
        })
    }
}

/// Writes sections as a packed world made with the pack of this fingerprint. Fails if `out` does.
pub(crate) fn write(sections: &[&[u8]], fingerprint: u64, out: &mut dyn Write) -> io::Result<()> {
    let mut places = Vec::with_capacity(sections.len());
    let mut end = HEADER;
    for section in sections {
        places.push(end..end + section.len());
        end = (end + section.len()).next_multiple_of(ALIGN);
    }
    let mut sums = Sums::default();
    each_run(sections, &mut |run| {
        sums.take(run);
        Ok(())
    })?;
    let sums = sums.done();

    let mut header = vec![0; HEADER];
    header[..16].copy_from_slice(MAGIC);
    let mut put = |at: usize, word: u64| header[at..at + 8].copy_from_slice(&word.to_le_bytes());
    put(16, u64::from(VERSION));
    put(24, fingerprint);
    put(32, (end + sums.len()) as u64);
    put(40, end as u64);
    put(48, xxh3_64(&sums));
    put(56, sections.len() as u64);
    for (place, at) in places.iter().zip((64..).step_by(16)) {
        put(at, place.start as u64);
        put(at + 8, place.end as u64);
    }
    let own = xxh3_64(&header[..HEADER - 8]);
    header[HEADER - 8..].copy_from_slice(&own.to_le_bytes());
    out.write_all(&header)?;
    each_run(sections, &mut |run| out.write_all(run))?;
    out.write_all(&sums)
}

/// Calls `take` with the bytes of all sections in order, and with the zeros between them.
fn each_run(sections: &[&[u8]], take: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    for section in sections {
        take(section)?;
        take(&[0; ALIGN][..section.len().next_multiple_of(ALIGN) - section.len()])?;
    }
    Ok(())
}

/// Computes the checksums of blocks from bytes that come in runs.
#[derive(Default)]
struct Sums {
    block: Vec<u8>,
    sums: Vec<u8>,
}

impl Sums {
    fn take(&mut self, mut run: &[u8]) {
        while !run.is_empty() {
            let (now, later) = run.split_at(run.len().min(BLOCK - self.block.len()));
            self.block.extend_from_slice(now);
            if self.block.len() == BLOCK {
                self.close();
            }
            run = later;
        }
    }

    fn close(&mut self) {
        self.sums.extend_from_slice(&xxh3_64(&self.block).to_le_bytes());
        self.block.clear();
    }

    fn done(mut self) -> Vec<u8> {
        if !self.block.is_empty() {
            self.close();
        }
        self.sums
    }
}
