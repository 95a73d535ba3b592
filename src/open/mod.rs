//! The stages in order: from files to a compiled policy and to a world, with the diagnostics of all stages.
//!
//! `progress` counts the bytes that loading has read.
//!
//! Invariant: this room only calls other rooms; it parses, resolves and decides nothing itself.

use crate::diag::{self, Diagnostic};
use crate::eval::Decider;
use crate::events;
use crate::explain;
use crate::files::{self, FoundPack, ReadError, Source};
use crate::graph;
use crate::plan::{CompiledPolicy, Context};
use crate::policy::{self, EventId, Policy};
use crate::syntax::{self, PackDocument, WorldDocument, WorldPart};
use crate::text::Sources;
use crate::time::Instant;
use crate::wording;
use crate::world::{self, EventRecord, LoadOutcome, Unreadable, World};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

mod progress;

pub use progress::Progress;

/// A pack and its diagnostics.
#[derive(Debug)]
pub struct Pack {
    /// The compiled policy; `None` if a diagnostic is an error.
    pub compiled: Option<CompiledPolicy>,
    /// The pack's files.
    pub sources: Sources,
    /// All mistakes and lints, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// Where it was found; `None` if its path was given.
    pub found: Option<FoundPack>,
}

/// A world and its diagnostics.
#[derive(Debug)]
pub struct Opened {
    /// The world after its events; `None` if a diagnostic is an error.
    pub world: Option<World>,
    /// The pack's files and, if there are diagnostics, the world's.
    pub sources: Sources,
    /// All mistakes, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// The events that its files record, which were applied under the policy. A packed world records none.
    pub events: BTreeSet<EventId>,
}

/// A world before its events.
#[derive(Debug)]
pub struct Recorded {
    /// The world, to which no event is applied; `None` if a diagnostic is an error.
    pub world: Option<World>,
    /// The events that it records, sorted by time.
    pub events: Vec<EventRecord>,
    /// The pack's files and the world's.
    pub sources: Sources,
    /// All mistakes.
    pub diagnostics: Vec<Diagnostic>,
}

impl Opened {
    fn packed(compiled: &CompiledPolicy, world: World) -> Opened {
        Opened { world: Some(world), sources: compiled.policy.sources.clone(), diagnostics: Vec::new(), events: BTreeSet::new() }
    }
}

/// Reads the pack at a path: a folder, or one file. Without a path, it is `policies` here if that declares a kind, else the pack built into
/// the program.
///
/// # Errors
///
/// If a file cannot be read, or all files look like worlds. Mistakes in its text are diagnostics of the [`Pack`].
pub fn pack_at(path: Option<&Path>) -> Result<Pack, ReadError> {
    let Some(path) = path else {
        let (files, found) = files::find_pack()?;
        return Ok(Pack { found: Some(found), ..pack(files) });
    };
    let files = files::read_pack(path)?;
    if !files.is_empty() && files.iter().all(|file| ending(&file.name) == "ndjson" || syntax::looks_like_world(&file.text)) {
        return Err(ReadError::WorldForPack { path: path.display().to_string() });
    }
    Ok(pack(files))
}

/// Makes a pack from its files.
pub fn pack(files: Vec<Source>) -> Pack {
    pack_completed(files, |_| {})
}

/// Makes a pack from its files, to whose elements `complete` adds before any name is looked up.
pub fn pack_completed(files: Vec<Source>, complete: impl FnOnce(&mut [PackDocument])) -> Pack {
    let mut sources = Sources::default();
    let mut diagnostics = Vec::new();
    let mut documents = Vec::with_capacity(files.len());
    for file in files {
        let (id, unreadable) = file.add_to(&mut sources);
        if let Some(unreadable) = unreadable {
            diagnostics.push(unreadable);
            continue;
        }
        let (document, mistakes) = syntax::pack_document(&sources, id);
        diagnostics.extend(mistakes);
        documents.push(document);
    }
    complete(&mut documents);
    // If a file could not be read, every element in it would seem to be missing.
    let unread = diagnostics.iter().any(|mistake| mistake.code.spoils_file());
    let (policy, mistakes) = policy::resolve(sources.clone(), documents);
    if !unread {
        diagnostics.extend(mistakes);
        diagnostics.extend(policy::lint(&policy));
        if diagnostics.iter().any(Diagnostic::is_error) {
            diagnostics.extend(graph::certain_cycles(&policy));
        }
    }
    let lint_levels = policy.lint_levels.clone();
    lint_levels.apply(&mut diagnostics);
    let compiled = if diagnostics.iter().any(Diagnostic::is_error) {
        None
    } else {
        let (compiled, mistakes) = CompiledPolicy::new(policy);
        let usable = !mistakes.iter().any(Diagnostic::is_error);
        diagnostics.extend(mistakes);
        usable.then_some(compiled)
    };
    syntax::fit_patches(&sources, &mut diagnostics);
    diag::sort(&mut diagnostics);
    Pack { compiled, sources, diagnostics, found: None }
}

/// Reads a world from files, `.toml` or `.ndjson`, and from folders of such files, or opens a packed one; without paths it is empty.
///
/// # Errors
///
/// If a file or folder cannot be read, a file is of another format or looks like a pack, or is a packed world beside other files or of another pack. Mistakes in a text are
/// diagnostics of the [`Opened`] world.
pub fn world_at(compiled: &CompiledPolicy, paths: &[PathBuf]) -> Result<Opened, ReadError> {
    world_watched(compiled, paths, &Progress::default())
}

/// [`world_at`], with the bytes read counted in `progress`.
///
/// # Errors
///
/// As [`world_at`].
pub fn world_watched(compiled: &CompiledPolicy, paths: &[PathBuf], progress: &Progress) -> Result<Opened, ReadError> {
    match sources_at(compiled, paths)? {
        WorldSources::Packed(world) => Ok(Opened::packed(compiled, *world)),
        WorldSources::Files(files) => loaded(compiled, files, progress),
    }
}

/// Reads the world of a suite: files and folders as [`world_at`] does, and a suite whose table `[world]` is a part of it. `shown` is what a
/// file is called in answers.
///
/// # Errors
///
/// As [`world_at`], and if there is a suite beside a packed world.
pub fn world_of_suite(
    compiled: &CompiledPolicy,
    paths: &[PathBuf],
    inline: Option<Source>,
    shown: &dyn Fn(String) -> String,
) -> Result<Opened, ReadError> {
    let mut files = match sources_at(compiled, paths)? {
        WorldSources::Packed(world) => {
            if inline.is_some() {
                return Err(ReadError::NotAlone { path: paths.first().map(|path| path.display().to_string()).unwrap_or_default() });
            }
            return Ok(Opened::packed(compiled, *world));
        }
        WorldSources::Files(files) => files,
    };
    files.iter_mut().for_each(|file| file.name = shown(std::mem::take(&mut file.name)));
    files.extend(inline);
    loaded(compiled, files, &Progress::default())
}

/// What is at the paths of a world.
enum WorldSources {
    /// A packed world.
    Packed(Box<World>),
    /// Files to be read.
    Files(Vec<Source>),
}

/// The ending of a file's name, in small letters.
fn ending(name: &str) -> String {
    name.rsplit('.').next().unwrap_or_default().to_lowercase()
}

fn sources_at(compiled: &CompiledPolicy, paths: &[PathBuf]) -> Result<WorldSources, ReadError> {
    let paths = files::world_files(paths)?;
    let mut sources = Vec::with_capacity(paths.len());
    for path in &paths {
        let Some(packed) = files::map_packed(path)? else {
            let source = files::read_world(path)?;
            let is_toml = ending(&source.name) == "toml";
            if is_toml && syntax::looks_like_pack(&source.text) && !has_kinds_like_elements(&compiled.policy) {
                return Err(ReadError::PackForWorld { path: source.name });
            }
            sources.push(source);
            continue;
        };
        if paths.len() > 1 {
            return Err(ReadError::NotAlone { path: path.display().to_string() });
        }
        let world = World::unpack(&compiled.policy, packed).map_err(|why| ReadError::packed(path, why))?;
        return Ok(WorldSources::Packed(Box::new(world)));
    }
    Ok(WorldSources::Files(sources))
}

/// Whether a kind has the name of an element of the language: then a world may look like a pack.
fn has_kinds_like_elements(policy: &Policy) -> bool {
    policy.kinds.values().any(|kind| {
        let names = kind.aka.iter().chain([&kind.meta.name]);
        names.filter(|name| *name != "role").any(|name| syntax::is_of_pack(name))
    })
}

/// Checks all of a packed world: what is not looked at when it is opened, and whether it is one that loading would have refused. A world from
/// files has no mistake that was not reported when it was opened.
///
/// # Errors
///
/// If the world is damaged, or is not as `pack-world` writes it.
pub fn check_packed(compiled: &CompiledPolicy, world: &World) -> Result<Vec<Diagnostic>, Unreadable> {
    if !world.is_packed() {
        return Ok(Vec::new());
    }
    if let Some(defect) = world.defect(&compiled.policy) {
        return Err(defect);
    }
    let mut diagnostics = world::inconsistencies(&compiled.policy, world);
    diagnostics.extend(events::invariants(compiled, world).iter().map(|broken| wording::broken(compiled, world, broken)));
    compiled.policy.lint_levels.apply(&mut diagnostics);
    diag::sort(&mut diagnostics);
    Ok(diagnostics)
}

/// The warnings of a pack and a world without mistakes that are checked together: elements without use, and a world that is perhaps not
/// read from the right files; sorted.
pub fn lint_world(compiled: &CompiledPolicy, world: &World) -> Vec<Diagnostic> {
    let mut diagnostics = policy::lint_use(&compiled.policy);
    diagnostics.extend(world::lint(&compiled.policy, world));
    compiled.policy.lint_levels.apply(&mut diagnostics);
    diag::sort(&mut diagnostics);
    diagnostics
}

/// Makes a world from its files: loads it, applies its events and checks invariants.
///
/// # Errors
///
/// If the name of a file does not end in `.toml` or `.ndjson`.
pub fn world(compiled: &CompiledPolicy, files: Vec<Source>) -> Result<Opened, ReadError> {
    loaded(compiled, files, &Progress::default())
}

/// The text of a world in NDJSON, parsed and not loaded. Its file is added to `sources`.
///
/// # Errors
///
/// If the file cannot be read. Mistakes in its text are diagnostics.
pub fn world_text(path: &Path, sources: &mut Sources) -> Result<(WorldDocument, Vec<Diagnostic>), ReadError> {
    let (file, unreadable) = files::read_world(path)?.add_to(sources);
    let mut document = WorldDocument::default();
    let mut mistakes = Vec::new();
    for part in syntax::world_lines(sources, file) {
        let (lines, of_lines) = part.read(sources);
        document.append(lines.into_owned());
        mistakes.extend(of_lines);
    }
    Ok((document, unreadable.into_iter().chain(syntax::line_mistakes(&mistakes)).collect()))
}

fn loaded(compiled: &CompiledPolicy, files: Vec<Source>, progress: &Progress) -> Result<Opened, ReadError> {
    let Recorded { world, events: occurrences, mut sources, mut diagnostics } = read(compiled, files, progress)?;
    let events: BTreeSet<EventId> = occurrences.iter().map(|occurrence| occurrence.event).collect();
    let Some(mut world) = world else {
        syntax::fit_patches(&sources, &mut diagnostics);
        diag::sort(&mut diagnostics);
        return Ok(Opened { world: None, sources, diagnostics, events });
    };
    let refusals = events::apply(compiled, &mut world, &occurrences);
    for error in &refusals {
        let at = error.occurrences().first().map_or(Instant::MIN, |&index| occurrences[index].at);
        let decider = Decider::new(compiled, &world, Context::at(&compiled.policy, at));
        let refusal = explain::refusal(&decider, &occurrences, error);
        diagnostics.push(wording::refused(compiled, &world, &occurrences, error, &refusal));
    }
    if refusals.is_empty() {
        diagnostics.extend(inconsistent(compiled, &world, !occurrences.is_empty(), Instant::MAX));
    }
    syntax::fit_patches(&sources, &mut diagnostics);
    diag::sort(&mut diagnostics);
    let sound = is_sound(&diagnostics);
    if sound {
        // The texts of a big world are bigger than the world. Warnings need them until they are printed.
        world.drop_sources(&compiled.policy.sources);
    }
    if diagnostics.is_empty() {
        sources.clone_from(&compiled.policy.sources);
    }
    Ok(Opened { world: sound.then_some(world), sources, diagnostics, events })
}

fn is_sound(diagnostics: &[Diagnostic]) -> bool {
    !diagnostics.iter().any(Diagnostic::is_error)
}

/// What contradicts each other in a world after its events, and the invariants that it breaks before an instant. If it has no events, loading
/// has reported the contradictions.
pub fn inconsistent(compiled: &CompiledPolicy, world: &World, has_events: bool, before: Instant) -> Vec<Diagnostic> {
    let mut diagnostics = if has_events { world::inconsistencies(&compiled.policy, world) } else { Vec::new() };
    if is_sound(&diagnostics) {
        let broken = events::invariants(compiled, world).into_iter().filter(|broken| broken.at < before);
        diagnostics.extend(broken.map(|broken| wording::broken(compiled, world, &broken)));
        compiled.policy.lint_levels.apply(&mut diagnostics);
    }
    diagnostics
}

/// Reads a world as [`world_at`] does, without applying its events. A packed world records none, since they are applied already.
///
/// # Errors
///
/// As [`world_at`].
pub fn recorded_at(compiled: &CompiledPolicy, paths: &[PathBuf], progress: &Progress) -> Result<Recorded, ReadError> {
    match sources_at(compiled, paths)? {
        WorldSources::Packed(world) => {
            let sources = compiled.policy.sources.clone();
            Ok(Recorded { world: Some(*world), events: Vec::new(), sources, diagnostics: Vec::new() })
        }
        WorldSources::Files(files) => recorded(compiled, files, progress),
    }
}

/// Makes a world from its files, without applying its events.
///
/// # Errors
///
/// If the name of a file does not end in `.toml` or `.ndjson`.
pub fn recorded(compiled: &CompiledPolicy, files: Vec<Source>, progress: &Progress) -> Result<Recorded, ReadError> {
    let mut recorded = read(compiled, files, progress)?;
    syntax::fit_patches(&recorded.sources, &mut recorded.diagnostics);
    diag::sort(&mut recorded.diagnostics);
    Ok(recorded)
}

fn read(compiled: &CompiledPolicy, mut files: Vec<Source>, progress: &Progress) -> Result<Recorded, ReadError> {
    // Places are shown in the order of files, which must not be that of the command line.
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let mut sources = compiled.policy.sources.clone();
    let mut diagnostics = Vec::new();
    let mut parts = Vec::new();
    for file in files {
        let inline = file.name.ends_with(".suite.toml");
        let lines = match ending(&file.name).as_str() {
            "toml" => false,
            "ndjson" => true,
            _ => return Err(ReadError::WorldFormat { path: file.name }),
        };
        let (id, unreadable) = file.add_to(&mut sources);
        if let Some(unreadable) = unreadable {
            diagnostics.push(unreadable);
            continue;
        }
        if lines {
            parts.extend(syntax::world_lines(&sources, id));
        } else {
            let read = if inline { syntax::inline_world } else { syntax::world_document };
            let (document, mistakes) = read(&sources, id);
            diagnostics.extend(mistakes);
            parts.push(WorldPart::Document(document));
        }
    }
    progress.expect(world::LOAD_PASSES * parts.iter().map(WorldPart::bytes).sum::<usize>());
    let LoadOutcome { world, events, unread, diagnostics: mistakes } =
        world::load(&compiled.policy, &sources, &parts, &|bytes| progress.add(bytes));
    drop(parts);
    diagnostics.extend(unread);
    if !diagnostics.iter().any(|mistake| mistake.code.spoils_file()) {
        diagnostics.extend(mistakes);
    }
    compiled.policy.lint_levels.apply(&mut diagnostics);
    Ok(Recorded { world: is_sound(&diagnostics).then_some(world), events, sources, diagnostics })
}
