//! How much memory an engine keeps for a world: bytes allocated and not freed, counted by the allocator, in a process of its own.

use crate::{cedar, facts, ours, rego};
use std::alloc::{GlobalAlloc, Layout, System};
use std::env;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicIsize, Ordering::Relaxed};

/// The system's allocator, which counts when it is asked to. Otherwise it checks one flag more than the system's does.
pub struct Counting;

static COUNTS: AtomicBool = AtomicBool::new(false);
static LIVE: AtomicIsize = AtomicIsize::new(0);

fn count(bytes: isize) {
    if COUNTS.load(Relaxed) {
        LIVE.fetch_add(bytes, Relaxed);
    }
}

// SAFETY: every call is handed to the system's allocator as it comes; counting touches nothing but two atomics.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size.cast_signed() - layout.size().cast_signed());
        unsafe { System.realloc(memory, layout, size) }
    }
}

/// The engines that are weighed.
pub const ENGINES: [&str; 3] = ["delegraph", "cedar", "regorus"];

/// What an engine keeps, in bytes, found by a process of its own.
pub fn weigh(engine: &str, world: &Path) -> io::Result<u64> {
    let output = Command::new(env::current_exe()?).args(["--weigh", engine, "--world"]).arg(world).output()?;
    let printed = String::from_utf8_lossy(&output.stdout);
    printed.trim().parse().map_err(|_| io::Error::other(format!("weighing {engine}: {}", String::from_utf8_lossy(&output.stderr))))
}

/// In that process: builds the engine's world, and says what it keeps.
pub fn weighed(engine: &str, world: &Path, at: &str) -> io::Result<isize> {
    COUNTS.store(true, Relaxed);
    if engine == "delegraph" {
        let pack = ours::pack();
        return Ok(kept(|| ours::world(&pack, world)));
    }
    let things = facts::read(BufReader::new(File::open(world)?), at)?;
    Ok(if engine == "cedar" { kept(|| cedar::entities(&things)) } else { kept(|| rego::data(&things)) })
}

fn kept<T>(build: impl FnOnce() -> T) -> isize {
    let before = LIVE.load(Relaxed);
    let built = build();
    let kept = LIVE.load(Relaxed) - before;
    drop(built);
    kept
}
