//! Cache lines: the unit in which the processor fetches memory.

use bytemuck::{Pod, Zeroable};

/// How many numbers a [`CacheLine`] has.
pub(crate) const CACHE_LINE: usize = 16;

/// 64 bytes that begin at a multiple of 64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C, align(64))]
pub(crate) struct CacheLine(pub(crate) [u32; CACHE_LINE]);
