//! Reads single files.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use crate::diag::{Code, Diagnostic};
use crate::text::{FileId, Sources, Span};
use crate::world::Unreadable;

/// Why a file cannot be read or written. Mistakes in the text of a file are [`Diagnostic`]s.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The system reports an error.
    #[error("cannot read `{path}`: {reason}")]
    Unreadable {
        /// The path as it was given.
        path: String,
        /// Why, in the system's words.
        reason: String,
    },
    /// The file is too large: offsets in it would not fit into spans.
    #[error("cannot read `{path}`: the file is larger than 4 GiB")]
    TooLarge {
        /// The path as it was given.
        path: String,
    },
    /// A folder where a file is to be read.
    #[error("cannot read `{path}`: it is a folder")]
    Folder {
        /// The path as it was given.
        path: String,
    },
    /// Folders nest too deep.
    #[error("cannot read `{path}`: folders lie more than {limit} deep in one another")]
    TooDeep {
        /// The path of the deepest folder reached.
        path: String,
        /// The limit.
        limit: usize,
    },
    /// The system reports an error while writing.
    #[error("cannot write `{path}`: {reason}")]
    Unwritable {
        /// The path as it was given.
        path: String,
        /// Why, in the system's words.
        reason: String,
    },
    /// A packed world beside other files.
    #[error("`{path}` is a packed world, which stands alone: give no other `--world` beside it")]
    NotAlone {
        /// The path as it was given.
        path: String,
    },
    /// A suite of tests or a mapping of imports, where a pack or world is to be read.
    #[error("`{path}` is {what}, which belongs to no pack and no world")]
    NotData {
        /// The path as it was given.
        path: String,
        /// What its name says it is.
        what: &'static str,
    },
    /// Another file where a suite is to be read.
    #[error("`{path}` is not a suite of tests: its name must end in `.suite.toml`")]
    NoSuite {
        /// The path as it was given.
        path: String,
    },
    /// A file in another format where TOML is to be read.
    #[error("`{path}` is not TOML: its name must end in `.toml`")]
    NotToml {
        /// The path as it was given.
        path: String,
    },
    /// A world where a pack is to be read.
    #[error("`{path}` looks like a world, not like a pack: give it as `--world {path}`")]
    WorldForPack {
        /// The path as it was given.
        path: String,
    },
    /// A pack where a world is to be read.
    #[error("`{path}` looks like a pack, not like a world: give it as `--policies {path}`")]
    PackForWorld {
        /// The path as it was given.
        path: String,
    },
    /// A folder without files of a world.
    #[error("`{path}` is a folder without a world: it has no `.toml` or `.ndjson`")]
    NoWorld {
        /// The path as it was given.
        path: String,
    },
    /// The name of a world's file does not end in one of the formats.
    #[error("`{path}` is not a world: its name must end in `.toml` or `.ndjson`, or it must be one that `pack-world` wrote, whole")]
    WorldFormat {
        /// The path as given.
        path: String,
    },
    /// Two files of exports with one name.
    #[error("`{one}` and `{other}` are both called `{name}`: give the folder that both are in")]
    SameName {
        /// Their name.
        name: String,
        /// The path of one.
        one: String,
        /// The path of the other.
        other: String,
    },
    /// Neither a file nor a folder; reading it might never end.
    #[error("cannot read `{path}`: it is not a regular file")]
    Special {
        /// The path.
        path: String,
    },
}

impl ReadError {
    pub(super) fn unreadable(path: &Path, error: &io::Error) -> ReadError {
        ReadError::Unreadable { path: shown(path), reason: ReadError::reason(error) }
    }

    /// Why, in the system's words.
    pub(super) fn reason(error: &io::Error) -> String {
        let mut reason = error.to_string();
        // The standard library appends the number of the error.
        if let Some(end) = reason.find(" (os error") {
            reason.truncate(end);
        }
        reason
    }

    /// The error of a packed world that cannot be used.
    pub fn packed(path: &Path, why: Unreadable) -> ReadError {
        ReadError::Unreadable { path: shown(path), reason: why.to_string() }
    }
}

/// The text of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name: the path as given, with `/` between its parts.
    pub name: String,
    /// Its text, without a byte order mark. Bytes that are not UTF-8 are replaced.
    pub text: String,
    /// Where `text` has its first replacement, if it has any.
    pub not_utf8: Option<usize>,
    /// Whether a byte order mark was before the text.
    pub marked: bool,
}

impl Source {
    /// The text in `bytes`.
    pub fn of_bytes(name: String, bytes: Vec<u8>) -> Source {
        let (mut text, mut not_utf8) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                (String::from_utf8_lossy(error.as_bytes()).into_owned(), Some(valid))
            }
        };
        let marked = text.starts_with(BYTE_ORDER_MARK);
        if marked {
            text.drain(..BYTE_ORDER_MARK.len());
            not_utf8 = not_utf8.map(|at| at - BYTE_ORDER_MARK.len());
        }
        Source { name, text, not_utf8, marked }
    }

    /// Whether the bytes were UTF-16: one of the first two after the byte order mark, which is not UTF-8, is zero, as in every such file that
    /// begins with a character of ASCII.
    fn is_utf16(&self) -> bool {
        let marked = self.text.strip_prefix("\u{fffd}\u{fffd}").filter(|_| self.not_utf8 == Some(0));
        let mut first = marked.unwrap_or(&self.text).chars().take(2);
        matches!((first.next(), first.next()), (Some('\0'), Some(other)) | (Some(other), Some('\0')) if other != '\0')
    }

    /// Adds the file to the sources. The diagnostic reports bytes that are not UTF-8.
    pub fn add_to(self, sources: &mut Sources) -> (FileId, Option<Diagnostic>) {
        let is_utf16 = self.is_utf16();
        let first = self.text.chars().next().map_or(0, char::len_utf8);
        let file = sources.add(self.name.as_str(), self.text);
        if is_utf16 {
            let headline = format!("`{}` is UTF-16, not UTF-8", self.name);
            let diagnostic = Diagnostic::new(Code::NotUtf8, headline, Span::new(file, 0, first), "two bytes for each character");
            return (file, Some(diagnostic.help("save the file as UTF-8; Windows PowerShell does so with `-Encoding utf8`")));
        }
        let diagnostic = self.not_utf8.map(|at| {
            let span = Span::new(file, at, at + char::REPLACEMENT_CHARACTER.len_utf8());
            let headline = format!("`{}` is not UTF-8", self.name);
            Diagnostic::new(Code::NotUtf8, headline, span, "the first such bytes").help("save the file as UTF-8")
        });
        (file, diagnostic)
    }
}

/// Reads one file, such as one of a world.
///
/// # Errors
///
/// If it is a folder, is too large or cannot be read.
pub fn read_world(path: &Path) -> Result<Source, ReadError> {
    let file = open(path)?;
    let too_large = || ReadError::TooLarge { path: shown(path) };
    if file.metadata().is_ok_and(|metadata| metadata.len() > LARGEST) {
        return Err(too_large());
    }
    // A pipe has no length, and a file may grow while it is read.
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| ReadError::unreadable(path, &error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(too_large());
    }
    Ok(Source::of_bytes(shown(path), bytes))
}

/// Opens a file of requests, one a line; `-` is the standard input.
///
/// # Errors
///
/// If it is a folder or cannot be opened.
pub fn open_requests(path: &str) -> Result<Box<dyn BufRead + Send>, ReadError> {
    if path == "-" {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    Ok(Box::new(BufReader::new(open(Path::new(path))?)))
}

/// A path as messages show it: with `/` between its parts.
pub(super) fn shown(path: &Path) -> String {
    let shown = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { shown.into_owned() } else { shown.replace(std::path::MAIN_SEPARATOR, "/") }
}

/// What some editors write before a text in UTF-8.
pub(super) const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The size of the largest file, in bytes: spans cannot count further.
const LARGEST: u64 = u32::MAX as u64 - 1;

/// Opens a file that is not a folder: some systems open folders too, and fail only when they are read.
pub(super) fn open(path: &Path) -> Result<File, ReadError> {
    let unreadable = |error: io::Error| ReadError::unreadable(path, &error);
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(ReadError::Folder { path: shown(path) });
    }
    Ok(file)
}
