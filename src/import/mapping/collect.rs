//! The files of mappings, joined.

use super::build::Builder;
use super::{Channel, DayForm, Entry, Names, Says, Source, names};
use crate::diag::{Code, Diagnostic};
use crate::policy::Policy;
use crate::syntax::ast::mapping::MappingDocument;
use crate::syntax::{Text, mapping_document};
use crate::text::{FileId, Sources};
use std::collections::HashMap;

/// The deepest that mappings extend one another.
const DEEPEST: usize = 16;

/// All mappings of an import.
#[derive(Debug)]
pub struct Mappings {
    pub(in crate::import) channels: Vec<Channel>,
    pub(in crate::import) sources: Vec<Source>,
    pub(in crate::import) tables: Vec<Names>,
    /// The forms of days that filters read.
    pub(in crate::import) day_forms: Vec<DayForm>,
    /// All names, by their id.
    pub(in crate::import) names: Vec<String>,
    /// The names of attributes of which facts speak.
    pub(in crate::import) attribute_names: Vec<String>,
}

impl Mappings {
    /// How many sources and channels there are.
    pub fn counts(&self) -> [(&'static str, usize); 2] {
        [("source", self.sources.len()), ("channel", self.channels.len())]
    }

    /// What may be meant otherwise, though it is no mistake: facts without a channel, or with one that leaves less open than they
    /// state, so that what no row says counts as absent.
    pub fn lints(&self) -> Vec<Diagnostic> {
        let states = |entry: &&Entry| matches!(entry.says, Says::Facts { .. });
        let first = self.sources.iter().flat_map(|source| &source.entries).find(states).filter(|_| self.channels.is_empty());
        let lint = |entry: &Entry| {
            let headline = "the mapping has no `[channel]`: what no row says counts as absent, and never as unknown";
            let diagnostic = Diagnostic::new(Code::NoChannel, headline, entry.span, "facts are stated here");
            let help = "write what its lists are complete about, such as `[channel.members]`, and which source `tells` it";
            diagnostic.help(format!("{help}; `delegraph import --show-map csv` shows one"))
        };
        first.map(lint).into_iter().chain(self.sources.iter().flat_map(|source| self.narrow_channels(source))).collect()
    }
}

/// A mapping that another one extends, or a file beside a mapping: its name and its text.
pub type Extended = (String, String);

/// What a mapping asks for.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'a> {
    /// Another mapping, by its name or path.
    Mapping(&'a str),
    /// A file beside it.
    File(&'a str),
}

/// Joins the mappings that are named, each a name and a text, and checks them. `load` reads what a mapping extends, and files beside it: it is
/// given the name of the mapping that asks, and what it asks for. `sources` has the policy's files; those of mappings are added.
pub fn collect(
    policy: &Policy,
    sources: &mut Sources,
    named: Vec<Extended>,
    load: &mut dyn FnMut(&str, Asked<'_>) -> Result<Extended, String>,
) -> (Option<Mappings>, Vec<Diagnostic>) {
    let mut read = Read::default();
    for (name, text) in named {
        read.file(sources, &name, text, load, 0);
    }
    let Read { documents, mut diagnostics } = read;
    let mut builder = Builder::new(policy, sources);
    // Of tables of one name, that of the mapping that extends the other is taken.
    for (file, document) in documents.iter().rev() {
        for decl in &document.names {
            let mut beside = |asked: &str| load(sources.name(*file), Asked::File(asked)).map(|(_, text)| text);
            let (table, mistakes) = names::table(decl, &mut beside);
            mistakes.into_iter().for_each(|mistake| builder.report(mistake));
            if builder.tables.iter().all(|known| known.name != table.name) {
                builder.tables.push(table);
            }
        }
    }
    let mut channels: Vec<Channel> = Vec::new();
    for decl in documents.iter().flat_map(|(_, document)| &document.channels) {
        let channel = builder.channel(decl);
        match channels.iter_mut().find(|known| known.name == channel.name) {
            None => channels.push(channel),
            Some(known) if known.per == channel.per => {
                known.absent_unless = known.absent_unless.and(channel.absent_unless);
                known.open.extend(channel.open);
                if known.why.is_empty() {
                    known.why = channel.why;
                }
            }
            Some(_) => {
                let headline = format!("the channel `{}` is of two things", decl.name.value);
                let diagnostic = Diagnostic::new(Code::BadMapping, headline, decl.name.span, "declared otherwise elsewhere");
                builder.report(diagnostic.help("channels of one name have one `per`"));
            }
        }
    }
    let mut found: Vec<Source> = Vec::new();
    for decl in documents.iter().flat_map(|(_, document)| &document.sources) {
        let source = builder.source(decl, &channels);
        found.push(source);
    }
    for &table in &builder.role_tables {
        diagnostics.extend(builder.tables[table].role_mistakes(policy));
    }
    diagnostics.extend(builder.diagnostics());
    let Builder { names, attribute_names, tables, day_forms, .. } = builder;
    crate::syntax::fit_patches(sources, &mut diagnostics);
    crate::diag::sort(&mut diagnostics);
    let sound = !diagnostics.iter().any(Diagnostic::is_error);
    (sound.then_some(Mappings { channels, sources: found, tables, day_forms, names, attribute_names }), diagnostics)
}

/// The files read so far.
#[derive(Default)]
struct Read {
    /// Each file with what of it counts.
    documents: Vec<(FileId, MappingDocument)>,
    diagnostics: Vec<Diagnostic>,
}

impl Read {
    /// Reads a file, and before it what it extends. Its sources take the place of those that it extends.
    fn file(
        &mut self,
        sources: &mut Sources,
        name: &str,
        text: String,
        load: &mut dyn FnMut(&str, Asked<'_>) -> Result<Extended, String>,
        depth: usize,
    ) {
        let is_read = |(file, _): &(FileId, MappingDocument)| &**sources.name(*file) == name;
        if self.documents.iter().any(is_read) {
            return;
        }
        let file = sources.add(name, text);
        let (document, mistakes) = mapping_document(sources, file);
        self.diagnostics.extend(mistakes);
        let before = self.documents.len();
        for extended in &document.extends {
            let mistake = |why: String| Diagnostic::new(Code::BadMapping, why, extended.span, "extended here");
            if depth == DEEPEST {
                self.diagnostics.push(mistake("mappings extend one another too deep".to_owned()));
                continue;
            }
            match load(name, Asked::Mapping(&extended.value)) {
                Ok((of, text)) => self.file(sources, &of, text, load, depth + 1),
                Err(why) => self.diagnostics.push(mistake(why)),
            }
        }
        for (_, extended) in &mut self.documents[before..] {
            extended.sources.retain(|source| document.sources.iter().all(|own| own.name.value != source.name.value));
        }
        self.documents.push((file, document));
        self.check_names(sources);
    }

    /// Reports two sources with one name.
    fn check_names(&mut self, sources: &Sources) {
        let mut seen: HashMap<&str, &Text> = HashMap::new();
        let mut twice = None;
        for source in self.documents.iter().flat_map(|(_, document)| &document.sources) {
            if let Some(first) = seen.insert(&source.name.value, &source.name) {
                twice = Some((first.clone(), source.name.clone()));
            }
        }
        let Some((first, again)) = twice else { return };
        let (one, other) = (sources.name(first.span.file), sources.name(again.span.file));
        let headline = format!("`{one}` and `{other}` both have a source `{}`", again.value);
        let diagnostic =
            Diagnostic::new(Code::DuplicateElement, headline, again.span, "declared again").and(first.span, "first declared here");
        let help = diagnostic.help("rename one, or let the one mapping extend the other: then its source takes the other's place");
        if !self.diagnostics.contains(&help) {
            self.diagnostics.push(help);
        }
    }
}
