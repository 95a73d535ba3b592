//! Worlds in NDJSON: one entity, fact or event a line.

use super::json::{Json, JsonLine, JsonObject};
use crate::diag::phrases::agree;
use crate::diag::{Code, Diagnostic};
use crate::syntax::ast::expr::StatedFact;
use crate::syntax::toml::{bad_date, cut_date, empty_interval, shown};
use crate::syntax::{
    DenialDecl, Embedded, EntityDecl, EventRecordDecl, FactDecl, GivenValue, SourceDecl, Text, UnknownDecl, WorldDocument, grammar,
};
use crate::text::{FileId, Sources, Span, Spanned};
use crate::time::Instant;
use std::borrow::Cow;
use std::ops::Range;

/// The most lines of a file whose mistakes are reported one by one.
const MOST_REPORTED: usize = 50;

/// The mistakes of some lines of a file.
#[derive(Debug)]
pub struct LineMistakes {
    file: FileId,
    /// Those of the first lines that have any, by line.
    reported: Vec<Vec<Diagnostic>>,
    /// The number of lines that have any.
    broken: usize,
    /// The first date that is cut; its line is read all the same.
    cut_date: Option<Diagnostic>,
}

/// The mistakes of whole files; the parts of each file are given in order.
pub fn line_mistakes(parts: &[LineMistakes]) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for of_file in parts.chunk_by(|a, b| a.file == b.file) {
        let broken: usize = of_file.iter().map(|part| part.broken).sum();
        let lines = of_file.iter().flat_map(|part| &part.reported).take(MOST_REPORTED);
        let mut diagnostics: Vec<Diagnostic> = lines.flatten().cloned().collect();
        if broken > MOST_REPORTED {
            let more = broken - MOST_REPORTED;
            let lines = agree(more, "line has", "lines have");
            if let Some(last) = diagnostics.last_mut() {
                last.notes.push(format!("and {more} more {lines} mistakes"));
            }
        }
        all.append(&mut diagnostics);
        all.extend(of_file.iter().find_map(|part| part.cut_date.clone()));
    }
    all
}

/// Parses some whole lines of an NDJSON world. Lines with mistakes are left out, blank ones skipped.
pub(super) fn lines(sources: &Sources, file: FileId, bytes: Range<usize>) -> (WorldDocument, LineMistakes) {
    let mut document = WorldDocument::default();
    let mut mistakes = LineMistakes { file, reported: Vec::new(), broken: 0, cut_date: None };
    let mut start = bytes.start;
    for raw in sources.text(file)[bytes].split_inclusive('\n') {
        let text = raw.trim_end_matches(['\n', '\r']);
        let mut reading = WorldLineReader { line: JsonLine { file, start, text }, diagnostics: Vec::new(), cut_date: None };
        start += raw.len();
        if text.trim().is_empty() {
            continue;
        }
        reading.read(&mut document);
        mistakes.cut_date = mistakes.cut_date.or(reading.cut_date);
        if !reading.diagnostics.is_empty() {
            mistakes.broken += 1;
            if mistakes.broken <= MOST_REPORTED {
                mistakes.reported.push(reading.diagnostics);
            }
        }
    }
    (document, mistakes)
}

/// The reader of one line.
struct WorldLineReader<'t> {
    line: JsonLine<'t>,
    diagnostics: Vec<Diagnostic>,
    /// The first date that is cut.
    cut_date: Option<Diagnostic>,
}

/// A fact or pattern, with its `since` and `until`.
type Timed<T> = (T, Option<Spanned<Instant>>, Option<Spanned<Instant>>);

impl<'t> WorldLineReader<'t> {
    fn read(&mut self, document: &mut WorldDocument) {
        let JsonObject(mut object) = match serde_json::from_str(self.line.text) {
            Ok(object) => object,
            Err(error) => return self.not_an_object(&error),
        };
        let has = |key: &str| object.iter().any(|(name, _)| name == key);
        // An entity may have an attribute `event`, and an event a parameter `entity`, but no parameter is called `at` or `by`.
        let key = match () {
            () if has("event") && (!has("entity") || has("at") && has("by")) => "event",
            () if has("entity") => "entity",
            () if has("fact") => "fact",
            () if has("unknown") => "unknown",
            () if has("source") => "source",
            () if has("not-imported") => "not-imported",
            () => return self.no_known_key(&object),
        };
        let mut take = |key: &str| object.iter().position(|(name, _)| name == key).map(|at| object.remove(at).1);
        let Some(value) = take(key) else { return };
        match key {
            "entity" => {
                let from = self.from(take("from"));
                document.entities.extend(self.entity(&value, from, &object));
            }
            "event" => {
                let (at, by) = (take("at"), take("by"));
                let from = self.from(take("from"));
                document.events.extend(self.event(&value, (at.as_ref(), by.as_ref()), from, &object));
            }
            "fact" => {
                let (since, until) = (take("since"), take("until"));
                let from = self.from(take("from"));
                self.only(key, &object, &["since", "until", "from"]);
                match self.fact(key, &value, (since.as_ref(), until.as_ref()), grammar::stated_fact) {
                    Some((StatedFact::Holds(is), since, until)) => document.facts.push(FactDecl { is, since, until, from }),
                    Some((StatedFact::HoldsNot(is), since, until)) => document.denials.push(DenialDecl { is, since, until, from }),
                    None => {}
                }
            }
            "unknown" => {
                let (since, until) = (take("since"), take("until"));
                let (why, from) = (take("why"), self.from(take("from")));
                self.only(key, &object, &["since", "until", "why", "from"]);
                let why = why.and_then(|why| self.text("why", &why));
                let read = self.fact(key, &value, (since.as_ref(), until.as_ref()), grammar::pattern);
                document.unknown.extend(read.map(|(is, since, until)| UnknownDecl { is, since, until, why, from }));
            }
            "source" => {
                let (sha256, captured, lacks) = (take("sha256"), take("captured"), take("lacks"));
                self.only(key, &object, &["sha256", "captured", "lacks"]);
                let file = self.text(key, &value);
                let sha256 = sha256.and_then(|sha256| self.text("sha256", &sha256));
                let captured = captured.and_then(|captured| self.date("captured", &captured));
                let lacks = lacks.map(|lacks| self.texts("lacks", &lacks)).unwrap_or_default();
                document.sources.extend(file.map(|file| SourceDecl { file, sha256, captured, lacks }));
            }
            _ => {
                self.only(key, &object, &[]);
                document.not_imported.extend(self.texts(key, &value));
            }
        }
    }

    /// Where the line comes from.
    fn from(&mut self, value: Option<Json<'t>>) -> Option<Text> {
        value.and_then(|value| self.text("from", &value))
    }

    fn entity(&mut self, value: &Json<'t>, from: Option<Text>, rest: &[(Cow<'t, str>, Json<'t>)]) -> Option<EntityDecl> {
        let Json::Text(text) = value else { return self.wrong_type("entity", value, "a string") };
        let place = self.line.embedded(text);
        match text.split_once(':') {
            Some((kind, id)) if !kind.is_empty() && !id.is_empty() => {
                let kind_at = place.part(0, kind.len());
                let id_at = place.part(kind.len() + 1, text.len());
                let (kind, id) = (Text::new(kind.to_owned(), kind_at), Text::new(id.to_owned(), id_at));
                Some(EntityDecl { kind, id, attributes: self.given(rest), from })
            }
            _ => {
                let headline = format!("`{}` is not an entity", shown(text));
                let diagnostic = Diagnostic::new(Code::BadEntity, headline, place.span, "");
                self.refuse(diagnostic.help("write `kind:id`, such as `user:alice@contoso`: all after the first `:` is the id"))
            }
        }
    }

    /// A fact or pattern with its interval; `None` if the line has a mistake.
    fn fact<T>(
        &mut self,
        key: &str,
        value: &Json<'t>,
        (since, until): (Option<&Json<'t>>, Option<&Json<'t>>),
        parse: fn(&Embedded<'_>) -> Result<T, Diagnostic>,
    ) -> Option<Timed<T>> {
        let is = match value {
            Json::Text(text) => {
                let fact = self.line.embedded(text);
                self.cut_date(|| grammar::cut_dates(&fact));
                parse(&fact).map_err(|diagnostic| self.diagnostics.push(diagnostic)).ok()
            }
            _ => self.wrong_type(key, value, "a string"),
        };
        let since = since.and_then(|value| self.date("since", value));
        let until = until.and_then(|value| self.date("until", value));
        self.diagnostics.extend(empty_interval(since.as_ref(), until.as_ref()));
        if !self.diagnostics.is_empty() {
            return None;
        }
        Some((is?, since, until))
    }

    fn event(
        &mut self,
        value: &Json<'t>,
        (at, by): (Option<&Json<'t>>, Option<&Json<'t>>),
        from: Option<Text>,
        rest: &[(Cow<'t, str>, Json<'t>)],
    ) -> Option<EventRecordDecl> {
        let name = self.text("event", value);
        let at = self.needed("at", at).and_then(|at| self.date("at", at));
        let by = self.needed("by", by).and_then(|by| self.text("by", by));
        Some(EventRecordDecl { span: self.line.span(), name: name?, at: at?, by: by?, arguments: self.given(rest), from })
    }

    fn given(&self, rest: &[(Cow<'t, str>, Json<'t>)]) -> Vec<(Text, Spanned<GivenValue>)> {
        rest.iter().map(|(name, value)| (self.line.spanned(name), self.line.given(value))).collect()
    }

    fn text(&mut self, key: &str, value: &Json<'t>) -> Option<Text> {
        match value {
            Json::Text(text) => Some(self.line.spanned(text)),
            _ => self.wrong_type(key, value, "a string"),
        }
    }

    fn texts(&mut self, key: &str, value: &Json<'t>) -> Vec<Text> {
        match value {
            Json::List(items) => items.iter().filter_map(|item| self.text(key, item)).collect(),
            _ => self.wrong_type(key, value, "a list of strings").unwrap_or_default(),
        }
    }

    fn date(&mut self, key: &str, value: &Json<'t>) -> Option<Spanned<Instant>> {
        let text = match value {
            Json::Text(text) => self.line.spanned(text),
            _ => return self.wrong_type(key, value, "a date"),
        };
        match Instant::parse(&text.value) {
            Ok(instant) => {
                self.cut_date(|| Some((&text.value, text.span)));
                Some(Spanned::new(instant, text.span))
            }
            Err(why) => self.refuse(bad_date(&why, text.span)),
        }
    }

    /// Notes a date that may be cut, if none was before.
    fn cut_date<'a>(&mut self, date: impl FnOnce() -> Option<(&'a str, Span)>) {
        if self.cut_date.is_none() {
            self.cut_date = date().and_then(|(text, span)| cut_date(text, span));
        }
    }

    fn refuse<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.diagnostics.push(diagnostic);
        None
    }

    fn wrong_type<T>(&mut self, key: &str, value: &Json<'t>, wanted: &str) -> Option<T> {
        let headline = format!("`{key}` is {}, not {wanted}", value.type_name());
        self.refuse(Diagnostic::new(Code::WrongType, headline, self.line.span(), format!("expected {wanted}")))
    }

    fn needed<'a>(&mut self, key: &str, value: Option<&'a Json<'t>>) -> Option<&'a Json<'t>> {
        value.or_else(|| {
            let headline = format!("an event must have `{key}`");
            let help = match key {
                "at" => "say when it happened: `\"at\":\"2020-06-19\"`",
                _ => "name the one who did it: `\"by\":\"user:alice@contoso\"`",
            };
            self.refuse(Diagnostic::new(Code::MissingKey, headline, self.line.span(), format!("`{key}` is missing here")).help(help))
        })
    }

    fn only(&mut self, key: &str, rest: &[(Cow<'t, str>, Json<'t>)], known: &[&str]) {
        for (name, _) in rest {
            let name = self.line.spanned(name);
            let headline = format!("a line of `{key}` has no key `{}`", shown(&name.value));
            let diagnostic = Diagnostic::new(Code::UnknownKey, headline, name.span, "unknown key");
            self.diagnostics.push(diagnostic.nearest(&name.value, name.span, known.iter().copied()));
        }
    }

    fn no_known_key(&mut self, object: &[(Cow<'t, str>, Json<'t>)]) {
        const KEYS: [&str; 6] = ["entity", "fact", "event", "unknown", "source", "not-imported"];
        let headline = "the line says neither `entity`, `fact`, `event`, `unknown`, `source` nor `not-imported`";
        let misspelt = object.iter().map(|(name, _)| self.line.spanned(name));
        let misspelt = misspelt.into_iter().find(|name| crate::diag::did_you_mean(&name.value, KEYS).is_some());
        let diagnostic = match misspelt {
            Some(name) => Diagnostic::new(Code::JsonLine, headline, name.span, "").nearest(&name.value, name.span, KEYS),
            None => Diagnostic::new(Code::JsonLine, headline, self.line.span(), "").help("write one of them"),
        };
        self.diagnostics.push(diagnostic);
    }

    fn not_an_object(&mut self, error: &serde_json::Error) {
        let full = error.to_string();
        let why = full.split(" at line ").next().unwrap_or(&full);
        let why = why.strip_prefix("EOF while").map_or_else(|| why.to_owned(), |rest| format!("the line ends while{rest}"));
        let code = if why.starts_with("the number") { Code::NumberSize } else { Code::JsonLine };
        let why = not_object(&why).map_or(why, |found| format!("it is {found}"));
        let headline = if code == Code::JsonLine { format!("the line is not a JSON object: {why}") } else { why };
        let at = if error.is_eof() { self.line.end() } else { self.line.column(error.column()) };
        let help = if code == Code::JsonLine {
            "each line is one whole object, such as `{\"entity\":\"user:alice@contoso\"}`"
        } else {
            "write a smaller one"
        };
        self.diagnostics.push(Diagnostic::new(code, headline, at, "").help(help));
    }
}

/// The type of the line, if it is JSON but not an object.
fn not_object(why: &str) -> Option<&'static str> {
    let found = why.strip_prefix("invalid type: ")?;
    let types = [("sequence", "a list"), ("string", "a string"), ("boolean", "a boolean"), ("null", "null")];
    let known = types.into_iter().find(|(begin, _)| found.starts_with(begin));
    Some(known.map_or("a number", |(_, name)| name))
}
