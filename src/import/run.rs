//! An import, file by file.

use super::against::{self, Change, Old};
use super::bindings::{Binding, Bindings, bind_option};
use super::channels::{self, ChannelRow};
use super::evaluate::{Captured, Evaluator};
use super::gathered::Gathered;
use super::idle::{self, EntryUse};
use super::lines::{self, ExportLine};
use super::list::List;
use super::mapping::{Mappings, NameId};
use super::problems::Problems;
use super::reader::{Export, decode};
use super::select;
use super::settle::{self, Entities};
use super::unbound::Unbound;
use super::unstated::unstated;
use crate::diag::phrases::{all_of, code};
use crate::diag::{Code, Diagnostic};
use crate::policy::Policy;
use crate::time::Instant;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io;

/// What an import is to do beside reading.
#[derive(Debug, Default)]
pub struct Options {
    /// When the exports were captured, as it is written.
    pub captured: Option<(Instant, String)>,
    /// An earlier world of the same exports.
    pub against: Option<Old>,
    /// Whether a bad row, an unreadable file, a cut page or a file that fits no source ends it.
    pub strict: bool,
}

/// What an import comes to.
#[derive(Default)]
pub struct Imported<'p> {
    /// The world; `None` if it is not to be written.
    pub world: Option<ImportedWorld<'p>>,
    /// What was looked at.
    pub channels: Vec<ChannelRow>,
    /// What changed since the earlier world, if there is one.
    pub changes: Option<Vec<Change>>,
    /// All warnings and errors.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether a file fits a source.
    pub has_source: bool,
    /// Whether `strict` ended it.
    pub is_refused: bool,
}

/// A world in NDJSON that is not written yet: its lines may be bigger than all else.
pub struct ImportedWorld<'p> {
    policy: &'p Policy,
    exports: Vec<ExportLine>,
    captured: Option<String>,
    /// What counts as absent though no export tells it.
    lacks: Vec<String>,
    gathered: Gathered,
    entities: Entities,
}

impl ImportedWorld<'_> {
    /// Calls `each` with each line, without its end, in order. The lines of one sort are made at a time.
    ///
    /// # Errors
    ///
    /// If `each` fails.
    pub fn write(&self, each: &mut dyn FnMut(&str) -> io::Result<()>) -> io::Result<()> {
        let mut all = |lines: Vec<String>| lines.iter().try_for_each(|line| each(line));
        all(lines::exports(&self.exports, self.captured.as_deref(), &self.lacks))?;
        all(lines::entities(self.policy, &self.gathered, &self.entities))?;
        all(lines::facts(self.policy, &self.gathered))?;
        all(lines::unknown(self.policy, &self.gathered))
    }
}

/// Reads exports into a world. `files` are their names, sorted, and `load` the bytes of each; `progress` is called with the bytes of them
/// that are read.
pub fn import<'p>(
    policy: &'p Policy,
    mappings: &Mappings,
    bindings: Vec<Binding>,
    files: &[String],
    load: &mut dyn FnMut(usize) -> Result<Vec<u8>, String>,
    progress: &mut dyn FnMut(usize),
    options: &Options,
) -> Imported<'p> {
    let captured = options.captured.as_ref().map(|(at, text)| Captured { at: *at, text: text.clone() });
    let mut run = Run {
        policy,
        mappings,
        bindings: Bindings { all: bindings, files },
        captured,
        gathered: Gathered::new(mappings.attribute_names.clone()),
        lists: Vec::new(),
        problems: Problems::default(),
        unbound: Unbound::default(),
        entries: mappings.sources.iter().map(|_| EntryUse::default()).collect(),
        exports: Vec::new(),
        unread: Vec::new(),
        warnings: Vec::new(),
        errors: Vec::new(),
        is_bad: false,
        progress,
    };
    for (number, file) in files.iter().enumerate() {
        match load(number) {
            Ok(bytes) => run.file(file, bytes),
            Err(why) => run.unreadable(file, &why),
        }
    }
    run.finish(options)
}

/// After how many rows progress is reported.
const PROGRESS: usize = 4096;

struct Run<'a, 'p> {
    policy: &'p Policy,
    mappings: &'a Mappings,
    bindings: Bindings<'a>,
    captured: Option<Captured>,
    gathered: Gathered,
    lists: Vec<List>,
    problems: Problems,
    unbound: Unbound,
    /// What rows showed of the entries of each source.
    entries: Vec<EntryUse>,
    exports: Vec<ExportLine>,
    /// The files that were not read.
    unread: Vec<String>,
    warnings: Vec<Diagnostic>,
    errors: Vec<Diagnostic>,
    /// Whether something happened that `strict` does not allow.
    is_bad: bool,
    progress: &'a mut dyn FnMut(usize),
}

impl<'p> Run<'_, 'p> {
    fn unreadable(&mut self, file: &str, why: &str) {
        self.is_bad = true;
        self.unread.push(file.to_owned());
        self.warnings.push(Diagnostic::nowhere(Code::UnreadableExport, format!("{} {why}", code(file))).note("it was not read"));
    }

    fn file(&mut self, file: &str, bytes: Vec<u8>) {
        let (digest, size) = (Sha256::digest(&bytes), bytes.len());
        let text = match decode(bytes) {
            Ok(text) => text,
            Err(why) => return self.unreadable(file, &why),
        };
        let export = match Export::of(file, &text) {
            Ok(export) => export,
            Err(why) => return self.unreadable(file, &why),
        };
        let source = match select::source(self.mappings, &mut self.bindings, file, &export) {
            Ok(source) => source,
            Err(diagnostic) if diagnostic.is_error() => return self.errors.push(diagnostic),
            Err(diagnostic) => {
                self.is_bad = true;
                self.unread.push(file.to_owned());
                return self.warnings.push(diagnostic);
            }
        };
        let sha256 = digest.iter().fold(String::with_capacity(64), |mut text, byte| {
            _ = write!(text, "{byte:02x}");
            text
        });
        self.exports.push(ExportLine { file: file.to_owned(), sha256: sha256.clone() });
        self.rows(file, source, &export, (size, sha256));
    }

    fn rows(&mut self, file: &str, source: usize, export: &Export<'_>, (size, sha256): (usize, String)) {
        let mappings = self.mappings;
        let of = &mappings.sources[source];
        let bound = self.bindings.bound(mappings, of, file, &export.addresses, &mut self.gathered, &mut self.errors);
        let missing: Vec<&str> =
            of.needs.iter().filter(|name| bound[name.0].is_none()).map(|name| mappings.names[name.0].as_str()).collect();
        // A file has one warning that says what to bind.
        if missing.is_empty() {
            self.unbound.file(self.policy, of, &bound, file, !export.is_empty());
        } else {
            self.warnings.push(unbound(file, &missing, export.is_empty()));
        }
        let key: Vec<(NameId, String)> =
            bound.iter().enumerate().filter_map(|(name, bound)| Some((NameId(name), bound.as_ref()?.0.clone()))).collect();
        let known = self.lists.iter().position(|list| list.source == source && list.bound == key);
        let number = known.unwrap_or_else(|| {
            self.lists.push(List::new(source, key));
            self.lists.len() - 1
        });
        // Lists that lack a binding may be about two things.
        let same = self.lists[number].contents.iter().find(|(_, content)| missing.is_empty() && *content == sha256);
        if let Some((same, _)) = same {
            let headline = format!("{} is the same as {}, so it is read once", code(file), code(same));
            self.warnings.push(Diagnostic::nowhere(Code::ImportNote, headline));
            return (self.progress)(size);
        }
        self.lists[number].contents.push((file.to_owned(), sha256));
        let file_number = u32::try_from(self.gathered.files.len()).unwrap_or(u32::MAX);
        self.gathered.files.push((file.to_owned(), export.list, export.is_alone));
        let list = &mut self.lists[number];
        list.files.push(file.to_owned());
        list.with_next += usize::from(export.has_next);
        list.total = list.total.max(export.total);
        if !missing.is_empty() {
            list.breaks(|| format!("{file} does not say its {}", all_of(missing.iter().map(code))));
            list.lacks.extend(missing.iter().map(|name| bind_option(file, name, "…")));
        }
        let columns = export.columns();
        self.entries[source].file(of, file, columns.as_deref().unwrap_or_default());
        self.warnings.extend(columns.into_iter().flat_map(|columns| idle::misspelt_columns(of, file, &columns)));
        let mut evaluator = Evaluator {
            policy: self.policy,
            mappings,
            source: of,
            gathered: &mut self.gathered,
            problems: &mut self.problems,
            list,
            list_number: u32::try_from(number).unwrap_or(u32::MAX),
            entries: &mut self.entries[source],
            captured: self.captured.as_ref(),
            file: file_number,
            file_name: file,
            bound,
            is_unended: false,
            lost: None,
            errors: &mut self.errors,
        };
        let (rows_before, passed_before) = (evaluator.list.rows, evaluator.list.passed_over);
        evaluator.file();
        let (rows, mut reported) = (export.count().max(1), 0);
        let mut all = export.rows().enumerate().peekable();
        while let Some((number, row)) = all.next() {
            evaluator.is_unended = export.is_unended() && all.peek().is_none();
            if number % PROGRESS == PROGRESS - 1 {
                let share = (size * (number + 1) / rows).min(size);
                (self.progress)(share - reported);
                reported = share;
            }
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            match row {
                Ok(row) => evaluator.row(number, &row),
                Err(why) => evaluator.unreadable(number, &why),
            }
        }
        (self.progress)(size - reported);
        let (rows, passed_over) = (evaluator.list.rows - rows_before, evaluator.list.passed_over - passed_before);
        evaluator.list.rows_of_files.push((rows, passed_over));
        if rows > 0 && rows == passed_over {
            let what = format!("no row of {} counts, according to {}", code(file), code(&of.name));
            self.warnings.push(Diagnostic::nowhere(Code::ImportNote, what).note("the mapping takes rows with other values alone"));
        }
    }

    fn finish(mut self, options: &Options) -> Imported<'p> {
        for (name, value) in self.bindings.of_channels(self.mappings) {
            self.gathered.bound_values.entry(name).or_default().insert(value);
        }
        let unused = self.bindings.unused(self.mappings, &self.unread);
        let has_source = !self.exports.is_empty();
        for list in self.lists.iter().filter(|list| list.is_cut()) {
            self.is_bad = true;
            self.warnings.push(cut(self.mappings, list));
        }
        self.is_bad |= self.problems.any_bad_row;
        let problems = std::mem::take(&mut self.problems).diagnostics();
        for (of, source) in self.entries.iter().zip(&self.mappings.sources) {
            if self.lists.iter().any(|list| list.rows > list.passed_over && self.mappings.sources[list.source].name == source.name) {
                of.report(source, &self.gathered, &mut self.warnings);
            }
        }
        let (mut entities, settled) =
            settle::settle(self.policy, self.mappings, &mut self.gathered, &mut self.lists, self.captured.as_ref().map(Captured::during));
        self.is_bad |= entities.has_bad_rows;
        let channels = channels::channels(self.policy, self.mappings, &self.lists, &mut self.gathered, &mut entities);
        let captured = self.captured.as_ref().map(|captured| (captured.at, captured.text.len() == 10));
        let changes = options.against.as_ref().zip(captured).map(|(old, captured)| {
            against::compare(self.policy, self.mappings, &self.lists, old, captured, &mut self.gathered, &mut entities)
        });
        let roles = self.unnamed_roles();
        self.warnings.extend(self.unbound.diagnostics(self.policy, self.mappings));
        let mut diagnostics = self.errors;
        diagnostics.append(&mut self.warnings);
        diagnostics.extend(problems.into_iter().chain(settled).chain(roles));
        // A file that is not read uses no binding, so that why it is not comes first.
        diagnostics.extend(unused);
        let is_refused = options.strict && self.is_bad;
        let is_wrong = diagnostics.iter().any(Diagnostic::is_error);
        let captured = self.captured.map(|captured| captured.text);
        let mut lacks = channels::taken_as_absent(&channels);
        lacks.extend(unstated(self.policy, self.mappings));
        let world = ImportedWorld { policy: self.policy, exports: self.exports, captured, lacks, gathered: self.gathered, entities };
        let world = (has_source && !is_refused && !is_wrong).then_some(world);
        Imported { world, channels, changes, diagnostics, has_source, is_refused }
    }

    /// The warnings of roles that the pack does not name.
    fn unnamed_roles(&self) -> Option<Diagnostic> {
        let terms = &self.gathered.terms;
        let is_role = |&term: &super::terms::TermId| terms.kind(term) == Some(self.policy.role_kind);
        let mut names: Vec<&str> = terms.all().filter(is_role).map(|term| terms.text(term)).collect();
        names.retain(|name| self.policy.role_named(name).is_none());
        names.sort_unstable();
        if names.is_empty() {
            return None;
        }
        let first: Vec<String> = names.iter().take(5).map(code).collect();
        let more = if names.len() > first.len() { ", …" } else { "" };
        let headline =
            format!("the pack does not name {}: {}{more}", if names.len() == 1 { "a role" } else { "some roles" }, first.join(", "));
        Some(Diagnostic::nowhere(Code::UnnamedRole, headline).note("they are written as they are; what they grant is unknown"))
    }
}

/// The warning of names that are not bound.
fn unbound(file: &str, missing: &[&str], is_empty: bool) -> Diagnostic {
    let headline = format!("{} does not say its {}", code(file), all_of(missing.iter().map(code)));
    let bindings: Vec<String> = missing.iter().map(|name| bind_option(file, name, "…")).collect();
    let diagnostic = Diagnostic::nowhere(Code::MissingBinding, headline).help(format!("bind it: {}", bindings.join(" ")));
    if is_empty { diagnostic } else { diagnostic.note("what it would say is unknown or left out") }
}

/// The warning of a list of which a page is missing.
fn cut(mappings: &Mappings, list: &List) -> Diagnostic {
    let source = &mappings.sources[list.source].name;
    let files = all_of(list.files.iter().take(3).map(code));
    let headline = match list.total {
        Some(total) if total > list.rows => {
            format!("{} of {total} rows of {} are in {files}", list.rows, code(source))
        }
        _ => format!("a page of {} is missing: {files} says that another one follows", code(source)),
    };
    Diagnostic::nowhere(Code::CutExport, headline).note("what the rest would say is unknown").help("export all pages")
}
