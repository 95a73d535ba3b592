//! Writes a new pack: from a template, or a copy of the pack that is built in.

use super::folder::{FileRole, files_below};
use super::out_file::{OutFile, make_folder};
use super::pack::embedded_pack;
use super::read::{ReadError, shown};
use std::path::{Path, PathBuf};

/// The files of the template, by name.
const TEMPLATE: [(&str, &str); 2] = [
    ("desk.toml", include_str!("../../examples/first-pack/desk.toml")),
    ("access.suite.toml", include_str!("../../examples/first-pack/access.suite.toml")),
];

/// A pack that is still to be written.
#[derive(Clone, Debug)]
pub struct NewPack {
    folder: PathBuf,
    /// Name and text of each file.
    files: Vec<(String, String)>,
}

impl NewPack {
    /// The template: a small pack with a suite of tests that it passes.
    pub fn of_template(folder: &Path) -> NewPack {
        let files = TEMPLATE.iter().map(|(name, text)| ((*name).to_owned(), without_schema(text).to_owned()));
        NewPack { folder: folder.to_owned(), files: files.collect() }
    }

    /// The files of the pack that is built into the program.
    pub fn of_builtin(folder: &Path) -> NewPack {
        let name = |name: &str| name.split_once('/').map_or(name, |(_, name)| name).to_owned();
        NewPack {
            folder: folder.to_owned(),
            files: embedded_pack().into_iter().map(|file| (name(&file.name), without_schema(&file.text).to_owned())).collect(),
        }
    }

    /// The files of packs that are in the folder already, at any depth, and the files that would be replaced; by path, each once.
    ///
    /// # Errors
    ///
    /// If the folder cannot be read, or its path is that of a file.
    pub fn in_the_way(&self) -> Result<Vec<PathBuf>, ReadError> {
        if std::fs::symlink_metadata(&self.folder).is_err() {
            return Ok(Vec::new());
        }
        if !self.folder.is_dir() {
            return Err(ReadError::Unwritable { path: shown(&self.folder), reason: "it is no folder".to_owned() });
        }
        let mut found = files_below(&self.folder, &[FileRole::Toml])?;
        found.extend(self.paths().filter(|path| std::fs::symlink_metadata(path).is_ok()));
        found.sort();
        found.dedup();
        Ok(found)
    }

    /// The paths of its files.
    pub fn paths(&self) -> impl Iterator<Item = PathBuf> {
        self.files.iter().map(|(name, _)| self.folder.join(name))
    }

    /// Writes its files, and makes the folder if it is not there. Files with their names are replaced.
    ///
    /// # Errors
    ///
    /// If the folder cannot be made or a file cannot be written.
    pub fn write(&self) -> Result<(), ReadError> {
        make_folder(&self.folder)?;
        for (path, (_, text)) in self.paths().zip(&self.files) {
            OutFile::at(&path)?.write(|out| out.write_all(text.as_bytes()))?;
        }
        Ok(())
    }
}

/// The text without the first line that names a schema: its path leads to nothing elsewhere.
pub fn without_schema(text: &str) -> &str {
    let rest = text.split_once('\n').filter(|(first, _)| first.starts_with("#:schema "));
    rest.map_or(text, |(_, rest)| rest)
}
