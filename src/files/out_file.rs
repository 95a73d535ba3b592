//! Files that the program writes: whole or not at all.

use super::ReadError;
use super::read::{BYTE_ORDER_MARK, read_world, shown};
use std::fs::{File, FileType, Metadata};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The most links that are followed, as on Linux.
const MOST_LINKS: usize = 40;

/// How many names are tried for the temporary file.
const NAMES: usize = 100;

/// A file that may be written: a regular one, which is replaced, or one that is not there yet.
#[derive(Debug)]
pub struct OutFile {
    /// The path as it was given.
    given: PathBuf,
    /// The path after all links.
    target: PathBuf,
    /// Of the file that is replaced.
    replaced: Option<Metadata>,
}

/// Makes the folder, and those above it, if they are not there.
///
/// # Errors
///
/// If it cannot be made.
pub fn make_folder(folder: &Path) -> Result<(), ReadError> {
    let unwritable = |error: io::Error| ReadError::Unwritable { path: shown(folder), reason: ReadError::reason(&error) };
    std::fs::create_dir_all(folder).map_err(unwritable)
}

impl OutFile {
    /// The file at a path. A link stands for the file that it points to, which need not be there.
    ///
    /// # Errors
    ///
    /// If the path names a folder, a device, a pipe or a socket, or its links are a circle.
    pub fn at(path: &Path) -> Result<OutFile, ReadError> {
        let refused = |reason: String| ReadError::Unwritable { path: shown(path), reason };
        let failed = |error: io::Error| refused(ReadError::reason(&error));
        if path.file_name().is_none() || shown(path).ends_with('/') || path.is_dir() {
            return Err(refused("it is a folder; name a file in it".to_owned()));
        }
        let target = target(path).map_err(failed)?;
        let replaced = match std::fs::metadata(&target) {
            Ok(metadata) => Some(metadata),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        match replaced {
            Some(metadata) if !metadata.is_file() => {
                Err(refused(format!("it is {}; name a regular file, or one that is not there yet", what(metadata.file_type()))))
            }
            replaced => Ok(OutFile { given: path.to_owned(), target, replaced }),
        }
    }

    /// Writes the file under another name beside it, which is then renamed: whoever opens the file finds the old one or the new one, whole.
    /// A file that is replaced passes its permissions on.
    ///
    /// # Errors
    ///
    /// If it cannot be written or renamed. Then the old file is as it was.
    pub fn write(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), ReadError> {
        let unwritable = |error: io::Error| ReadError::Unwritable { path: shown(&self.given), reason: ReadError::reason(&error) };
        let (beside, file) = self.temporary().map_err(unwritable)?;
        let written = || {
            if let Some(replaced) = &self.replaced {
                file.set_permissions(replaced.permissions())?;
            }
            let mut out = BufWriter::with_capacity(1 << 20, file);
            write(&mut out)?;
            out.into_inner()?.sync_all()?;
            std::fs::rename(&beside, &self.target)
        };
        written().map_err(|error| {
            // An incomplete file is useless.
            let _ = std::fs::remove_file(&beside);
            unwritable(error)
        })
    }

    /// A new file beside the target. Nothing that is there, not even a link, is opened.
    fn temporary(&self) -> io::Result<(PathBuf, File)> {
        let mut last = None;
        for number in 0..NAMES {
            let mut name = self.target.file_name().unwrap_or_default().to_owned();
            name.push(format!(".{}-{number}.part", std::process::id()));
            let beside = self.target.with_file_name(name);
            match File::create_new(&beside) {
                Ok(file) => return Ok((beside, file)),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => last = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(last.unwrap_or_else(|| ErrorKind::AlreadyExists.into()))
    }
}

/// Replaces the text of a file by another, and keeps its byte order mark. `old` is the text that was read from it.
///
/// # Errors
///
/// If the file has another text by now, or cannot be read or written.
pub fn rewrite(path: &Path, old: &str, new: &str) -> Result<(), ReadError> {
    let now = read_world(path)?;
    if now.text != old || now.not_utf8.is_some() {
        return Err(ReadError::Unwritable { path: shown(path), reason: "it was changed while it was checked".to_owned() });
    }
    let mark = if now.marked { BYTE_ORDER_MARK } else { "" };
    OutFile::at(path)?.write(|out| {
        out.write_all(mark.as_bytes())?;
        out.write_all(new.as_bytes())
    })
}

/// The path after all links at its end.
fn target(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match std::fs::symlink_metadata(&path) {
            // A relative link begins in the folder of the link.
            Ok(metadata) if metadata.is_symlink() => {
                let next = std::fs::read_link(&path)?;
                path.pop();
                path.push(next);
            }
            Ok(_) => return Ok(path),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(path),
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("its links are a circle"))
}

#[cfg(unix)]
fn what(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else if kind.is_char_device() || kind.is_block_device() {
        "a device"
    } else if kind.is_dir() {
        "a folder"
    } else {
        "no regular file"
    }
}

#[cfg(not(unix))]
fn what(kind: FileType) -> &'static str {
    if kind.is_dir() { "a folder" } else { "no regular file" }
}

#[cfg(test)]
mod tests {
    use super::{OutFile, rewrite};
    use std::fs;
    use std::io;
    use std::path::Path;

    /// What is written, or why not.
    fn write(path: &Path, folder: &Path) -> String {
        let written = OutFile::at(path).and_then(|out| out.write(|out| out.write_all(b"new")));
        match written {
            Ok(()) => fs::read_to_string(path).unwrap(),
            Err(error) => error.to_string().replace(folder.to_str().unwrap(), "HERE"),
        }
    }

    /// Seen to fail when the mark was left out.
    #[test]
    fn rewriting_keeps_the_byte_order_mark_and_refuses_a_changed_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        fs::write(&path, "\u{feff}a = 1\r\nb = 2\r\n").unwrap();
        rewrite(&path, "a = 1\r\nb = 2\r\n", "a = 3\r\nb = 2\r\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "\u{feff}a = 3\r\nb = 2\r\n");
        let changed = rewrite(&path, "a = 1\r\nb = 2\r\n", "a = 4\r\n").unwrap_err().to_string();
        assert!(changed.ends_with("a.toml`: it was changed while it was checked"), "{changed}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "\u{feff}a = 3\r\nb = 2\r\n");
    }

    /// The names in a folder, sorted.
    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        assert_eq!(write(&path, folder.path()), "new");
        fs::write(&path, "old and longer").unwrap();
        assert_eq!(write(&path, folder.path()), "new");
        fs::write(&path, "old").unwrap();
        let failed = OutFile::at(&path).unwrap().write(|out| out.write_all(b"half").and_then(|()| Err(io::Error::other("no room"))));
        assert!(failed.unwrap_err().to_string().ends_with("no room"));
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), names(folder.path())), ("old", vec!["out".to_owned()]));
        assert_eq!(write(&folder.path().join("missing/out"), folder.path()), "cannot write `HERE/missing/out`: No such file or directory");
    }

    #[test]
    fn a_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |name: &str| format!("cannot write `HERE{name}`: it is a folder; name a file in it");
        for name in ["", "/", "/new/", "/.."] {
            let path = format!("{}{name}", folder.path().to_str().unwrap());
            assert_eq!(write(Path::new(&path), folder.path()), refused(name));
        }
        assert!(OutFile::at(Path::new("")).is_err());
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }

    #[cfg(unix)]
    mod unix {
        use super::{names, write};
        use std::fs;
        use std::os::unix::fs::{PermissionsExt, symlink};
        use std::os::unix::net::UnixListener;
        use std::path::Path;
        use std::process::Command;

        /// Seen to fail when the link itself was replaced.
        #[test]
        fn links_are_followed() {
            let folder = tempfile::tempdir().unwrap();
            let at = |name: &str| folder.path().join(name);
            fs::create_dir(at("data")).unwrap();
            fs::write(at("data/one"), "old").unwrap();
            symlink("data/one", at("link")).unwrap();
            symlink("link", at("further")).unwrap();
            symlink("data/two", at("dangling")).unwrap();
            assert_eq!(write(&at("further"), folder.path()), "new");
            assert_eq!(write(&at("dangling"), folder.path()), "new");
            for link in ["link", "further", "dangling"] {
                assert!(at(link).is_symlink(), "{link}");
            }
            assert_eq!(names(&at("data")), ["one", "two"]);
            symlink("data", at("folder")).unwrap();
            assert_eq!(write(&at("folder"), folder.path()), "cannot write `HERE/folder`: it is a folder; name a file in it");
            symlink("b", at("a")).unwrap();
            symlink("a", at("b")).unwrap();
            assert_eq!(write(&at("a"), folder.path()), "cannot write `HERE/a`: its links are a circle");
        }

        #[test]
        fn what_is_no_regular_file_is_refused() {
            let folder = tempfile::tempdir().unwrap();
            let (pipe, socket, link) = (folder.path().join("pipe"), folder.path().join("socket"), folder.path().join("link"));
            assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
            let _open = UnixListener::bind(&socket).unwrap();
            symlink("/dev/null", &link).unwrap();
            let rest = "name a regular file, or one that is not there yet";
            assert_eq!(write(&pipe, folder.path()), format!("cannot write `HERE/pipe`: it is a pipe; {rest}"));
            assert_eq!(write(&socket, folder.path()), format!("cannot write `HERE/socket`: it is a socket; {rest}"));
            assert_eq!(write(&link, folder.path()), format!("cannot write `HERE/link`: it is a device; {rest}"));
            assert_eq!(write(Path::new("/dev/null"), folder.path()), format!("cannot write `/dev/null`: it is a device; {rest}"));
        }

        /// Seen to fail when a world that only its owner could read was replaced by one that everybody can.
        #[test]
        fn permissions_are_kept() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("out");
            fs::write(&path, "old").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            assert_eq!(write(&path, folder.path()), "new");
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }

        /// Seen to fail when a temporary file of a foreseeable name was opened through a link that lay there.
        #[test]
        fn a_link_in_the_place_of_the_temporary_file_is_left_alone() {
            let folder = tempfile::tempdir().unwrap();
            let at = |name: &str| folder.path().join(name);
            fs::write(at("theirs"), "theirs").unwrap();
            symlink(at("theirs"), at(&format!("out.{}-0.part", std::process::id()))).unwrap();
            assert_eq!(write(&at("out"), folder.path()), "new");
            assert_eq!(fs::read_to_string(at("theirs")).unwrap(), "theirs");
            assert!(!at("out").is_symlink());
        }
    }
}
