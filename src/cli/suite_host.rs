//! Packs, worlds and explanations for suites of tests, from files.

use super::explain::{self, Form};
use crate::diag::{Diagnostic, nearest};
use crate::files::{self, ReadError, Source};
use crate::open;
use crate::plan::CompiledPolicy;
use crate::query::assume::PreparedQuestion;
use crate::suite::{Broken, Host, SuiteFile, SuiteWorld};
use crate::text::Sources;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Reads files beside suites. A pack is read once; a world is kept until another one is needed.
pub(super) struct FileHost {
    /// The pack of suites that name none.
    policies: Option<PathBuf>,
    packs: Mutex<BTreeMap<Option<PathBuf>, Arc<CompiledPolicy>>>,
    last: Mutex<Option<LoadedWorld>>,
    /// What was read.
    used: Mutex<Vec<PathBuf>>,
}

/// A world, and of what it was made.
struct LoadedWorld {
    compiled: Arc<CompiledPolicy>,
    folder: PathBuf,
    paths: Vec<String>,
    world: SuiteWorld,
}

impl From<ReadError> for Broken {
    fn from(error: ReadError) -> Broken {
        Broken::Message(error.to_string(), None)
    }
}

impl FileHost {
    pub(super) fn new(policies: Option<PathBuf>) -> FileHost {
        FileHost { policies, packs: Mutex::default(), last: Mutex::default(), used: Mutex::default() }
    }

    /// The files and folders that were read.
    pub(super) fn used(self) -> Vec<PathBuf> {
        self.used.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn uses(&self, paths: impl IntoIterator<Item = PathBuf>) {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).extend(paths);
    }
}

/// A suite as it is on the disk.
pub(super) fn suite_file(path: &Path) -> SuiteFile {
    let mut sources = Sources::default();
    match files::read_suite(path) {
        Ok((source, kept)) => {
            let (file, mistake) = source.add_to(&mut sources);
            let unreadable = mistake.map(|mistake| Broken::Mistakes(sources.clone(), vec![mistake]));
            SuiteFile { sources, file, unreadable, kept }
        }
        Err(error) => {
            let file = sources.add(path.to_string_lossy().into_owned(), String::new());
            SuiteFile { sources, file, unreadable: Some(error.into()), kept: None }
        }
    }
}

/// Why a file or folder cannot be read; if it is missing, with those beside it that have a near name.
fn near_file(path: Option<&Path>, error: &ReadError) -> Broken {
    let near = path.filter(|path| !path.exists()).and_then(|path| {
        let known = files::beside(path);
        let name = path.file_name()?.to_str()?;
        nearest(name, known.iter().map(String::as_str)).map(|near| near.help())
    });
    Broken::Message(error.to_string(), near)
}

fn folder(suite: &SuiteFile) -> &Path {
    Path::new(suite.name()).parent().unwrap_or(Path::new(""))
}

impl Host for FileHost {
    fn policy(&self, suite: &SuiteFile, path: Option<&str>) -> Result<Arc<CompiledPolicy>, Broken> {
        let path = path.map(|path| folder(suite).join(path)).or_else(|| self.policies.clone());
        let mut packs = self.packs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(compiled) = packs.get(&path) {
            return Ok(Arc::clone(compiled));
        }
        self.uses([path.clone().unwrap_or_else(|| PathBuf::from("policies"))]);
        let pack = open::pack_at(path.as_deref()).map_err(|error| near_file(path.as_deref(), &error))?;
        let Some(compiled) = pack.compiled else {
            let errors = pack.diagnostics.into_iter().filter(Diagnostic::is_error).collect();
            return Err(Broken::Mistakes(pack.sources, errors));
        };
        Ok(Arc::clone(packs.entry(path).or_insert(Arc::new(compiled))))
    }

    fn world(&self, suite: &SuiteFile, compiled: &Arc<CompiledPolicy>, paths: &[String], inline: bool) -> Result<SuiteWorld, Broken> {
        let folder = folder(suite);
        let last = || self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = last().as_ref().filter(|_| !inline)
            && Arc::ptr_eq(&loaded.compiled, compiled)
            && loaded.folder == folder
            && loaded.paths == paths
        {
            return Ok(loaded.world.clone());
        }
        let files: Vec<PathBuf> = paths.iter().map(|path| folder.join(path)).collect();
        self.uses(files.iter().cloned());
        // In answers a file is called as the suite calls it, so that they are the same wherever the suite is run from.
        let prefix = if folder.as_os_str().is_empty() { String::new() } else { format!("{}/", folder.display()) };
        let relative = |name: String| name.strip_prefix(&prefix).map(str::to_owned).unwrap_or(name);
        let own =
            |name: &str| inline.then(|| Source { name: name.to_owned(), text: suite.text().to_owned(), not_utf8: None, marked: false });
        let file = suite.name().rsplit('/').next().unwrap_or_default();
        let missing = files.iter().find(|path| !path.exists());
        let opened = open::world_of_suite(compiled, &files, own(file), &relative)
            .map_err(|error| near_file(missing.map(PathBuf::as_path), &error))?;
        let Some(world) = opened.world else {
            let opened = open::world_of_suite(compiled, &files, own(suite.name()), &|name| name)?;
            return Err(Broken::Mistakes(opened.sources, opened.diagnostics));
        };
        let world = SuiteWorld { world, events: opened.events };
        if !inline {
            let (folder, paths) = (folder.to_owned(), paths.to_vec());
            *last() = Some(LoadedWorld { compiled: Arc::clone(compiled), folder, paths, world: world.clone() });
        }
        Ok(world)
    }

    fn explanation(&self, compiled: &CompiledPolicy, question: &PreparedQuestion, full: bool, width: usize) -> Option<String> {
        explain::answer(Form::plain(full, width), compiled, question).ok().map(|(text, _)| text)
    }
}
