//! From files to an engine and a world: the pipeline in one place, every mistake on the way collected.
//!
//! Invariant: this room parses, resolves and decides nothing itself; it only hands on.

use crate::diag::{self, Diagnostic};
use crate::events;
use crate::explain;
use crate::files::{self, ReadError, Source};
use crate::plan::CompiledPolicy;
use crate::policy;
use crate::syntax::{self, WorldPart};
use crate::text::Sources;
use crate::world::{self, LoadOutcome, World};
use std::path::{Path, PathBuf};

mod progress;

pub use progress::Progress;

/// A pack that was read: usable only if no diagnostic is an error.
#[derive(Debug)]
pub struct Pack {
    /// The policy made ready; nothing where there is an error.
    pub compiled: Option<CompiledPolicy>,
    /// The pack's files.
    pub sources: Sources,
    /// All mistakes and lints, sorted.
    pub diagnostics: Vec<Diagnostic>,
}

/// A world that was read: usable only if no diagnostic is an error.
#[derive(Debug)]
pub struct Opened {
    /// The world, events folded; nothing where there is an error.
    pub world: Option<World>,
    /// The pack's files and, where there is a mistake, the world's.
    pub sources: Sources,
    /// All mistakes, sorted.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads the pack at a path: a folder, or one file. Without a path: `policies` here, else the pack built into the program.
pub fn pack_at(path: Option<&Path>) -> Result<Pack, ReadError> {
    Ok(pack(files::find_pack(path)?))
}

/// Makes a pack of its files.
pub fn pack(files: Vec<Source>) -> Pack {
    let mut sources = Sources::default();
    let mut told = Vec::new();
    let mut documents = Vec::with_capacity(files.len());
    for file in files {
        let (id, unreadable) = file.add_to(&mut sources);
        if let Some(unreadable) = unreadable {
            told.push(unreadable);
            continue;
        }
        let (document, mistakes) = syntax::pack_document(&sources, id);
        told.extend(mistakes);
        documents.push(document);
    }
    // Where a file could not be read as a whole, whatever stands in it would seem to be missing.
    let unread = told.iter().any(|mistake| mistake.code.spoils_file());
    let (policy, mistakes) = policy::resolve(sources.clone(), documents);
    if !unread {
        told.extend(mistakes);
        told.extend(policy::lint(&policy));
    }
    let compiled = if told.iter().any(Diagnostic::is_error) {
        None
    } else {
        let (compiled, mistakes) = CompiledPolicy::new(policy);
        let usable = !mistakes.iter().any(Diagnostic::is_error);
        told.extend(mistakes);
        usable.then_some(compiled)
    };
    syntax::fit_patches(&sources, &mut told);
    diag::sort(&mut told);
    Pack { compiled, sources, diagnostics: told }
}

/// Reads a world from files, `.toml` or `.ndjson`, or opens one that was packed; without any it is empty.
pub fn world_at(compiled: &CompiledPolicy, paths: &[PathBuf]) -> Result<Opened, ReadError> {
    world_watched(compiled, paths, &Progress::default())
}

/// The same, counting how many bytes of the files are read.
pub fn world_watched(compiled: &CompiledPolicy, paths: &[PathBuf], progress: &Progress) -> Result<Opened, ReadError> {
    let mut sources = Vec::with_capacity(paths.len());
    for path in paths {
        let Some(packed) = files::map_packed(path)? else {
            sources.push(files::read_world(path)?);
            continue;
        };
        if paths.len() > 1 {
            return Err(ReadError::NotAlone { path: path.display().to_string() });
        }
        let world = World::unpack(&compiled.policy, packed).map_err(|why| ReadError::packed(path, why))?;
        return Ok(Opened { world: Some(world), sources: compiled.policy.sources.clone(), diagnostics: Vec::new() });
    }
    loaded(compiled, sources, progress)
}

/// Makes a world of its files: loads, folds events, checks invariants.
pub fn world(compiled: &CompiledPolicy, files: Vec<Source>) -> Result<Opened, ReadError> {
    loaded(compiled, files, &Progress::default())
}

fn loaded(compiled: &CompiledPolicy, files: Vec<Source>, progress: &Progress) -> Result<Opened, ReadError> {
    let mut sources = compiled.policy.sources.clone();
    let mut told = Vec::new();
    let mut parts = Vec::new();
    for file in files {
        let lines = match file.name.rsplit('.').next() {
            Some("toml") => false,
            Some("ndjson") => true,
            _ => return Err(ReadError::WorldFormat { path: file.name }),
        };
        let (id, unreadable) = file.add_to(&mut sources);
        if let Some(unreadable) = unreadable {
            told.push(unreadable);
            continue;
        }
        if lines {
            parts.extend(syntax::world_lines(&sources, id));
        } else {
            let (document, mistakes) = syntax::world_document(&sources, id);
            told.extend(mistakes);
            parts.push(WorldPart::Document(document));
        }
    }
    progress.expect(world::LOAD_PASSES * parts.iter().map(WorldPart::bytes).sum::<usize>());
    let LoadOutcome { mut world, occurrences, unread, told: mistakes } =
        world::load(&compiled.policy, &sources, &parts, &|bytes| progress.add(bytes));
    drop(parts);
    told.extend(unread);
    if !told.iter().any(|mistake| mistake.code.spoils_file()) {
        told.extend(mistakes);
    }
    let sound = |told: &[Diagnostic]| !told.iter().any(Diagnostic::is_error);
    if sound(&told) {
        let refusals = events::apply(compiled, &mut world, &occurrences);
        told.extend(refusals.iter().map(|refusal| explain::refused(compiled, &world, &occurrences, refusal)));
    }
    if sound(&told) && !occurrences.is_empty() {
        told.extend(world::inconsistencies(&compiled.policy, &world));
    }
    if sound(&told) {
        told.extend(events::invariants(compiled, &world).iter().map(|broken| explain::broken(compiled, &world, broken)));
    }
    syntax::fit_patches(&sources, &mut told);
    diag::sort(&mut told);
    if told.is_empty() {
        // Nothing is left to say of these texts, and a big world's are bigger than the world.
        sources.clone_from(&compiled.policy.sources);
        world.drop_sources(&sources);
    }
    let world = sound(&told).then_some(world);
    Ok(Opened { world, sources, diagnostics: told })
}
