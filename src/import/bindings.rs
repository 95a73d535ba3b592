//! What is bound to names: by the command line, by a file of bindings, by paths and by addresses.

use super::gathered::{From, Gathered};
use super::guid::small_guids;
use super::mapping::{Channel, Mappings, NameId, Source};
use crate::diag::phrases::{agree, all_of_at_most, any_of_at_most, code};
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::syntax::bindings_document;
use crate::text::{FileId, Sources, Span};

/// The name by which a binding says of which source a file is.
const SOURCE: &str = "source";

/// The most names, sources or files that a message names.
const NAMED: usize = 3;

/// One binding.
#[derive(Clone, Debug)]
pub struct Binding {
    /// The file for which it is; `None` if it is for all.
    file: Option<String>,
    name: String,
    value: String,
    /// Where it is bound, as a world writes it: `--bind`, or `bindings.toml#/partner`.
    origin: String,
    /// Its place, and that of its file, in a file of bindings.
    spans: Option<(Span, Span)>,
    is_used: bool,
}

impl Binding {
    /// The binding `[FILE:]NAME=VALUE` of the command line. It splits at the first `=`, and its left side at the last `:`.
    ///
    /// # Errors
    ///
    /// If it has no `=`, or a part is empty.
    pub fn of_argument(text: &str) -> Result<Binding, String> {
        let (left, value) = text.split_once('=').ok_or_else(|| format!("`{text}` has no `=`: write `NAME=VALUE` or `FILE:NAME=VALUE`"))?;
        let (file, name) = left.rsplit_once(':').map_or((None, left), |(file, name)| (Some(file), name));
        if name.is_empty() || value.is_empty() || file.is_some_and(str::is_empty) {
            return Err(format!("a part of `{text}` is empty: write `NAME=VALUE` or `FILE:NAME=VALUE`"));
        }
        let value = small_guids(value).into_owned();
        Ok(Binding {
            file: file.map(str::to_owned),
            name: name.to_owned(),
            value,
            origin: "--bind".to_owned(),
            spans: None,
            is_used: false,
        })
    }

    /// The bindings of a file, a TOML of which `sources` has the text.
    pub fn of_file(sources: &Sources, file: FileId) -> (Vec<Binding>, Vec<Diagnostic>) {
        let (document, diagnostics) = bindings_document(sources, file);
        let name = sources.name(file).rsplit('/').next().unwrap_or_default().to_owned();
        let escaped = |text: &str| text.replace('~', "~0").replace('/', "~1");
        let binding = |decl: &crate::syntax::ast::mapping::BindingDecl| {
            let of = decl.file.as_ref().map_or_else(String::new, |of| format!("/{}", escaped(&of.value)));
            Binding {
                file: decl.file.as_ref().map(|of| of.value.clone()),
                name: decl.name.value.clone(),
                value: small_guids(&decl.value.value).into_owned(),
                origin: format!("{name}#{of}/{}", escaped(&decl.name.value)),
                spans: Some((decl.name.span, decl.file.as_ref().map_or(decl.name.span, |of| of.span))),
                is_used: false,
            }
        };
        (document.bindings.iter().map(binding).collect(), diagnostics)
    }

    /// Its value.
    pub(super) fn value(&self) -> &str {
        &self.value
    }

    /// How much it counts: for one file more than for all, of the command line more than of a file.
    fn weight(&self) -> (bool, bool) {
        (self.file.is_some(), self.spans.is_none())
    }
}

/// All bindings, and the files that they may name.
pub(super) struct Bindings<'a> {
    pub(super) all: Vec<Binding>,
    pub(super) files: &'a [String],
}

impl Bindings<'_> {
    /// Whether what is called so is the file: its path, or its last part where one input alone has it.
    fn means(&self, called: &str, file: &str) -> bool {
        let last = |file: &str| file.rsplit('/').next().unwrap_or_default() == called;
        called == file || (last(file) && self.files.iter().filter(|file| last(file)).count() == 1)
    }

    /// What is bound for a file. All that is bound to the name for it counts as used.
    fn get(&mut self, file: &str, name: &str) -> Option<Binding> {
        let fitting: Vec<usize> = (0..self.all.len())
            .filter(|&at| self.all[at].name == name && self.all[at].file.as_ref().is_none_or(|called| self.means(called, file)))
            .collect();
        for &at in &fitting {
            self.all[at].is_used = true;
        }
        // Of two that count as much, the later one of the command line is meant.
        fitting.into_iter().max_by_key(|&at| self.all[at].weight()).map(|at| self.all[at].clone())
    }

    /// What is bound for all files to the names of which there are channels: they are about these values, whether or not a file is.
    pub(super) fn of_channels(&mut self, mappings: &Mappings) -> Vec<(NameId, String)> {
        let mut found = Vec::new();
        for name in mappings.channels.iter().flat_map(Channel::bound_names) {
            let text = &mappings.names[name.0];
            let for_all: Vec<usize> = (0..self.all.len()).filter(|&at| self.all[at].file.is_none() && self.all[at].name == *text).collect();
            for_all.iter().for_each(|&at| self.all[at].is_used = true);
            let counts = for_all.into_iter().max_by_key(|&at| self.all[at].weight());
            found.extend(counts.map(|at| (name, self.all[at].value.clone())));
        }
        found
    }

    /// The source that is bound for a file.
    pub(super) fn source(&mut self, file: &str) -> Option<Binding> {
        self.get(file, SOURCE)
    }

    /// What is bound to each name of a source, for a file with these addresses.
    pub(super) fn bound(
        &mut self,
        mappings: &Mappings,
        source: &Source,
        file: &str,
        addresses: &[String],
        gathered: &mut Gathered,
        errors: &mut Vec<Diagnostic>,
    ) -> super::evaluate::Bound {
        let mut bound = vec![None; mappings.names.len()];
        let by_path = source.paths.iter().find_map(|end| end.of_path(file)).unwrap_or_default();
        for (name, value) in by_path {
            let number = gathered.bindings.number(file);
            bound[name.0] = Some((small_guids(value).into_owned(), From::Binding(number)));
        }
        let mut by_hand = vec![false; mappings.names.len()];
        for name in source.bindable().chain(source.paths.iter().chain(&source.urls).flat_map(super::mapping::End::names)) {
            if let Some(binding) = self.get(file, &mappings.names[name.0]) {
                let number = gathered.bindings.number(&binding.origin);
                bound[name.0] = Some((binding.value, From::Binding(number)));
                by_hand[name.0] = true;
            }
        }
        for address in addresses {
            let path = address.split('?').next().unwrap_or_default();
            for (name, value) in source.urls.iter().filter_map(|end| end.of_path(path)).flatten() {
                let value = small_guids(&decoded(value)).into_owned();
                let name_text = &mappings.names[name.0];
                match &bound[name.0] {
                    Some((other, _)) if *other != value && by_hand[name.0] => {
                        let headline = format!("{} is bound to {}, and the export says {}", code(name_text), code(other), code(&value));
                        errors.push(Diagnostic::nowhere(Code::BadBinding, headline).note(format!("in {}", code(file))));
                    }
                    _ => {
                        let number = gathered.bindings.number(file);
                        bound[name.0] = Some((value, From::Binding(number)));
                        by_hand[name.0] = true;
                    }
                }
            }
        }
        bound
    }

    /// The bindings and files that nothing uses. What a file of `unread` may have needed is no mistake.
    pub(super) fn unused(&self, mappings: &Mappings, unread: &[String]) -> Vec<Diagnostic> {
        let known_names: Vec<&str> = mappings.names.iter().map(String::as_str).chain([SOURCE]).collect();
        let (mut found, mut excused) = (Vec::new(), Vec::new());
        for binding in self.all.iter().filter(|binding| !binding.is_used) {
            if self.may_need(binding, &known_names, unread) {
                excused.push(binding);
                continue;
            }
            let at = binding.spans;
            let file = binding.file.as_deref().filter(|called| !self.files.iter().any(|file| self.means(called, file)));
            let (headline, span, meant) = if let Some(called) = file {
                let several = self.files.iter().filter(|file| file.rsplit('/').next() == Some(called)).count() > 1;
                let why = if several { "more than one input has that name" } else { "no input has that name" };
                let meant = did_you_mean(called, self.files.iter().map(String::as_str).filter(|file| !self.is_bound(file)));
                (format!("a binding is for {}: {why}", code(called)), at.map(|(_, file)| file), meant)
            } else {
                let of = binding.file.as_ref().map_or_else(String::new, |file| format!(" of {}", code(file)));
                let meant = did_you_mean(&binding.name, known_names.iter().copied()).filter(|near| *near != binding.name);
                (format!("nothing{of} uses the binding {}", code(&binding.name)), at.map(|(name, _)| name), meant)
            };
            let mut diagnostic = match span {
                Some(span) => Diagnostic::new(Code::BadBinding, headline, span, "not used"),
                None => Diagnostic::nowhere(Code::BadBinding, headline),
            };
            if let Some(meant) = meant {
                diagnostic = diagnostic.help(format!("did you mean {}?", code(meant)));
                if let Some(span) = span {
                    diagnostic = diagnostic.patch(span, meant);
                }
            } else if file.is_some() {
                diagnostic = diagnostic.help("export it, or take out what is bound for it: what it would say is unknown then");
            } else if let Some(users) = users(mappings, &binding.name) {
                diagnostic = diagnostic.help(format!("an export of {users} would use it: add one, or take the binding out"));
            }
            found.push(diagnostic);
        }
        found.dedup();
        found.extend(excused_warning(&excused, unread));
        found
    }

    /// Whether a file that was not read may have needed a binding. One whose name is nearly another is a mistake in any case.
    fn may_need(&self, binding: &Binding, known_names: &[&str], unread: &[String]) -> bool {
        if let Some(called) = &binding.file {
            return unread.iter().any(|file| self.means(called, file));
        }
        let is_known = known_names.contains(&binding.name.as_str());
        !unread.is_empty() && (is_known || did_you_mean(&binding.name, known_names.iter().copied()).is_none())
    }

    /// Whether something is bound for this file alone.
    fn is_bound(&self, file: &str) -> bool {
        self.all.iter().any(|binding| binding.file.as_ref().is_some_and(|called| self.means(called, file)))
    }
}

/// The sources whose files may use a name, in words; `None` if there is none.
fn users(mappings: &Mappings, name: &str) -> Option<String> {
    let uses = |source: &&Source| source.bindable().any(|bindable| mappings.names[bindable.0] == name);
    let users: Vec<String> = mappings.sources.iter().filter(uses).map(|source| code(&source.name)).collect();
    (!users.is_empty()).then(|| any_of_at_most(users, NAMED))
}

/// The warning of bindings that may be needed by files that were not read.
fn excused_warning(excused: &[&Binding], unread: &[String]) -> Option<Diagnostic> {
    let mut names: Vec<String> = excused
        .iter()
        .map(|binding| code(binding.file.as_ref().map_or(binding.name.clone(), |file| format!("{file}:{}", binding.name))))
        .collect();
    names.dedup();
    let warning = || {
        let headline = format!("nothing uses {}", all_of_at_most(names.iter(), NAMED));
        let note = format!(
            "{}, which {} not read, may need it",
            all_of_at_most(unread.iter().map(code), NAMED),
            agree(unread.len(), "was", "were")
        );
        Diagnostic::nowhere(Code::ImportNote, headline).note(note)
    };
    (!excused.is_empty()).then(warning)
}

/// The option that binds a name for a file, in quotes where a shell would take it apart.
pub(super) fn bind_option(file: &str, name: &str, value: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || "_-./".contains(character);
    let bound = format!("{file}:{name}={value}");
    if file.chars().all(is_plain) { format!("--bind {bound}") } else { format!("--bind '{}'", bound.replace('\'', r"'\''")) }
}

/// A part of an address with its percent signs read.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let (b'%', Some(byte)) = (first, hex) {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
