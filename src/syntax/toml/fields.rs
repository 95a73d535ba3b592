//! The keys of one table, read one by one; mistakes in them are collected.

use super::shown;
use super::source::{Toml, cut_date};
use super::value::{Value, entries};
use crate::diag::phrases::with_article;
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::syntax::ast::expr::{Effect, Expr, Pattern, StatedFact, Term};
use crate::syntax::grammar::{self, Embedded};
use crate::syntax::shape::{Form, Grammar, Shape};
use crate::syntax::{GivenValue, Grid, Text};
use crate::text::{Span, Spanned};
use crate::time::Instant;
use toml::de::DeTable;

/// A table whose keys are being read. A key that is not read by the end is unknown.
pub(in crate::syntax) struct Fields<'t> {
    /// The file.
    pub(in crate::syntax) file: Toml<'t>,
    table: &'t DeTable<'t>,
    /// What the table is.
    shape: &'static Shape,
    /// The place of the table.
    pub(in crate::syntax) at: Span,
    /// The keys read so far.
    asked: Vec<&'static str>,
    needed: Vec<&'static str>,
    /// Whether all keys are known.
    takes_all: bool,
    /// Whether a value could not be read, so that the element would not mean what was intended.
    pub(in crate::syntax) spoiled: bool,
    /// The mistakes found.
    pub(in crate::syntax) diagnostics: Vec<Diagnostic>,
    /// Names of parts that were left out because of their mistakes.
    pub(in crate::syntax) lost: Vec<Text>,
}

impl<'t> Fields<'t> {
    /// The keys of `table`, which has the keys of `shape` and is at `at`.
    pub(in crate::syntax) fn new(file: Toml<'t>, table: &'t DeTable<'t>, shape: &'static Shape, at: Span) -> Fields<'t> {
        let (asked, diagnostics, lost) = (Vec::new(), Vec::new(), Vec::new());
        Fields { file, table, shape, at, asked, needed: Vec::new(), takes_all: false, spoiled: false, diagnostics, lost }
    }

    /// What the table is called: `rule`.
    pub(in crate::syntax) fn noun(&self) -> &'static str {
        self.shape.noun
    }

    /// Asks for the keys that the table must have: without one of them the element is spoiled.
    pub(in crate::syntax) fn need(&mut self) {
        self.need_also(self.shape.needed());
    }

    /// Asks for keys that the table must have because of others that it has.
    pub(in crate::syntax) fn need_also(&mut self, keys: impl IntoIterator<Item = &'static str>) {
        self.needed.extend(keys);
        self.spoiled |= self.needed.iter().any(|key| !self.has(key));
    }

    /// Whether the table has the key.
    pub(in crate::syntax) fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// The value of a key.
    pub(in crate::syntax) fn take(&mut self, key: &'static str) -> Option<Value<'t>> {
        debug_assert!(self.shape.key(key).is_some(), "the table of {} has no key `{key}`", self.noun());
        self.asked.push(key);
        self.table.get(key).map(|toml| Value { file: self.file, toml })
    }

    /// The value of a key that has a form.
    fn take_as(&mut self, key: &'static str, is_form: impl Fn(&Form) -> bool) -> Option<Value<'t>> {
        let form = self.shape.key(key).map(|key| &key.form);
        debug_assert!(form.is_some_and(is_form), "`{key}` of {} is {form:?}", self.noun());
        self.take(key)
    }

    /// Adds a mistake that spoils the element.
    pub(in crate::syntax) fn spoil(&mut self, diagnostic: Diagnostic) {
        self.spoiled = true;
        self.diagnostics.push(diagnostic);
    }

    fn wrong_type(&mut self, value: Value<'t>, key: &str, wanted: &str) {
        if value.is_broken_date() {
            self.spoiled = true;
            return;
        }
        self.spoil(value.wrong_type(&format!("`{}`", shown(key)), wanted));
    }

    /// A text.
    pub(in crate::syntax) fn text(&mut self, key: &'static str) -> Option<Text> {
        let value = self.take_as(key, |form| matches!(form, Form::Text | Form::Word(_)))?;
        self.as_text(value, key)
    }

    fn as_text(&mut self, value: Value<'t>, key: &str) -> Option<Text> {
        let text = value.text();
        if text.is_none() {
            self.wrong_type(value, key, "a string");
        }
        text
    }

    /// A boolean; `default` if the table does not have the key.
    pub(in crate::syntax) fn flag(&mut self, key: &'static str, default: bool) -> bool {
        let Some(value) = self.take_as(key, |form| matches!(form, Form::Flag)) else { return default };
        let flag = value.boolean();
        if flag.is_none() {
            self.wrong_type(value, key, "a boolean");
        }
        flag.unwrap_or(default)
    }

    /// A date or time.
    pub(in crate::syntax) fn date(&mut self, key: &'static str) -> Option<Spanned<Instant>> {
        self.take_as(key, |form| matches!(form, Form::Date))?.date(&format!("`{key}`"), &mut self.diagnostics)
    }

    /// `since` and `until`.
    pub(in crate::syntax) fn interval(&mut self) -> (Option<Spanned<Instant>>, Option<Spanned<Instant>>) {
        let (since, until) = (self.date("since"), self.date("until"));
        self.diagnostics.extend(empty_interval(since.as_ref(), until.as_ref()));
        (since, until)
    }

    /// A list of texts, which may be empty.
    pub(in crate::syntax) fn texts(&mut self, key: &'static str) -> Vec<Text> {
        self.take_as(key, |form| matches!(form, Form::List(Form::Text))).and_then(|value| self.as_texts(value, key)).unwrap_or_default()
    }

    /// A list of at least one text.
    pub(in crate::syntax) fn some_texts(&mut self, key: &'static str) -> Option<Vec<Text>> {
        let value = self.take_as(key, |form| matches!(form, Form::Some(Form::Text)))?;
        self.as_some_texts(value, key)
    }

    /// A text, or a list of at least one text.
    pub(in crate::syntax) fn text_or_texts(&mut self, key: &'static str) -> Option<Vec<Text>> {
        let value = self.take_as(key, |form| matches!(form, Form::OneOrSome(Form::Text)))?;
        self.as_text_or_texts(value, key)
    }

    /// The value of `key` as a text, or a list of at least one text.
    pub(in crate::syntax) fn as_text_or_texts(&mut self, value: Value<'t>, key: &str) -> Option<Vec<Text>> {
        match value.text() {
            Some(text) => Some(vec![text]),
            None if value.items().is_some() => self.as_some_texts(value, key),
            None => {
                self.wrong_type(value, key, "a string or a list of strings");
                None
            }
        }
    }

    fn as_some_texts(&mut self, value: Value<'t>, key: &str) -> Option<Vec<Text>> {
        let before = self.diagnostics.len();
        let texts = self.as_texts(value, key)?;
        if texts.is_empty() && self.diagnostics.len() == before {
            let headline = format!("`{}` is an empty list", shown(key));
            self.spoil(Diagnostic::new(Code::WrongType, headline, value.span(), "expected one text or more"));
        }
        (!texts.is_empty()).then_some(texts)
    }

    /// The texts of a list; other items are reported and left out.
    fn as_texts(&mut self, value: Value<'t>, key: &str) -> Option<Vec<Text>> {
        let Some(items) = value.items() else {
            self.wrong_type(value, key, "a list of strings");
            return None;
        };
        let texts = items.filter_map(|item| {
            let text = item.text();
            if text.is_none() && item.is_broken_date() {
                self.spoiled = true;
            } else if text.is_none() {
                self.spoil(item.wrong_type(&format!("an item of `{}`", shown(key)), "a string"));
            }
            text
        });
        Some(texts.collect())
    }

    /// The entries of a table, in the order of the file.
    pub(in crate::syntax) fn entries(&mut self, key: &'static str) -> Vec<(Text, Value<'t>)> {
        let Some(value) = self.take_as(key, |form| matches!(form, Form::Named(..))) else { return Vec::new() };
        let Some(table) = value.table() else {
            self.wrong_type(value, key, "a table");
            return Vec::new();
        };
        entries(self.file, table)
    }

    /// A table of texts, in the order of the file.
    pub(in crate::syntax) fn pairs(&mut self, key: &'static str) -> Vec<(Text, Text)> {
        let entries = self.entries(key);
        let pair = |(name, value): (Text, Value<'t>)| {
            let text = self.as_text(value, &name.value)?;
            Some((name, text))
        };
        entries.into_iter().filter_map(pair).collect()
    }

    /// The values of all keys that were not read, as a world gives them.
    pub(in crate::syntax) fn given(&mut self) -> Vec<(Text, Spanned<GivenValue>)> {
        debug_assert!(self.shape.others.is_some(), "{} has no other keys", with_article(self.noun()));
        self.takes_all = true;
        let rest = entries(self.file, self.table).into_iter().filter(|(name, _)| !self.asked.contains(&name.value.as_str()));
        let diagnostics = &mut self.diagnostics;
        rest.filter_map(|(name, value)| Some((name, value.given(diagnostics)?))).collect()
    }

    /// A condition.
    pub(in crate::syntax) fn condition(&mut self, key: &'static str) -> Option<Expr> {
        self.embedded(key, Grammar::Condition, grammar::condition)
    }

    /// The conclusion of an implication.
    pub(in crate::syntax) fn conclusion(&mut self, key: &'static str) -> Option<Expr> {
        self.embedded(key, Grammar::Fact, grammar::conclusion)
    }

    /// What `[[fact]]` states.
    pub(in crate::syntax) fn stated_fact(&mut self, key: &'static str) -> Option<StatedFact> {
        self.embedded(key, Grammar::StatedFact, grammar::stated_fact)
    }

    /// A pattern of facts.
    pub(in crate::syntax) fn pattern(&mut self, key: &'static str) -> Option<Pattern> {
        self.embedded(key, Grammar::Pattern, grammar::pattern)
    }

    /// A list of effects, which may be empty.
    pub(in crate::syntax) fn effects(&mut self, key: &'static str) -> Vec<Effect> {
        self.each_embedded(key, Grammar::Effect, grammar::effect)
    }

    /// A list of texts that a grammar parses; it may be empty.
    pub(in crate::syntax) fn each_embedded<T>(
        &mut self,
        key: &'static str,
        grammar: Grammar,
        parse: fn(&Embedded<'_>) -> Result<T, Diagnostic>,
    ) -> Vec<T> {
        let Some(value) = self.take_as(key, |form| matches!(form, Form::List(Form::Expression(form)) if *form == grammar)) else {
            return Vec::new();
        };
        let Some(items) = value.items() else {
            self.wrong_type(value, key, "a list of strings");
            return Vec::new();
        };
        let what = format!("an item of `{key}`");
        items.filter_map(|item| self.as_embedded(item, &what, parse)).collect()
    }

    /// A markdown table.
    pub(in crate::syntax) fn grid(&mut self, key: &'static str) -> Option<Grid> {
        let value = self.take_as(key, |form| matches!(form, Form::Grid))?;
        let Some(embedded) = value.embedded() else {
            self.wrong_type(value, key, "a string");
            return None;
        };
        let (grid, diagnostics) = grammar::grid(&embedded);
        self.diagnostics.extend(diagnostics);
        Some(grid)
    }

    /// The value of `key` as a term.
    pub(in crate::syntax) fn as_term(&mut self, value: Value<'t>, key: &str) -> Option<Term> {
        self.as_embedded(value, &format!("`{}`", shown(key)), grammar::term)
    }

    /// A text that a grammar parses.
    pub(in crate::syntax) fn embedded<T>(
        &mut self,
        key: &'static str,
        grammar: Grammar,
        parse: fn(&Embedded<'_>) -> Result<T, Diagnostic>,
    ) -> Option<T> {
        let value = self.take_as(key, |form| matches!(form, Form::Expression(form) if *form == grammar))?;
        self.as_embedded(value, &format!("`{key}`"), parse)
    }

    fn as_embedded<T>(&mut self, value: Value<'t>, what: &str, parse: fn(&Embedded<'_>) -> Result<T, Diagnostic>) -> Option<T> {
        let parsed = match value.embedded() {
            Some(embedded) => {
                self.diagnostics.extend(grammar::cut_dates(&embedded).and_then(|(text, span)| cut_date(text, span)));
                parse(&embedded)
            }
            None if value.is_broken_date() => {
                self.spoiled = true;
                return None;
            }
            None => Err(value.wrong_type(what, "a string")),
        };
        parsed.map_err(|diagnostic| self.spoil(diagnostic)).ok()
    }

    /// Whether no mistake spoils the element. To be called when all keys are read.
    pub(in crate::syntax) fn are_sound(&self) -> bool {
        !self.spoiled && self.table.keys().all(|key| self.asked.contains(&&**key.get_ref()))
    }

    /// Whether some key is similar to one of these.
    pub(in crate::syntax) fn has_misspelt(&self, keys: &[&'static str]) -> bool {
        self.table.keys().any(|key| did_you_mean(key.get_ref(), keys.iter().copied()).is_some())
    }

    /// Reports unknown keys and missing ones, and returns all mistakes.
    pub(in crate::syntax) fn finish(mut self) -> Vec<Diagnostic> {
        debug_assert!(self.shape.keys().all(|key| self.asked.contains(&key.name)), "a key of {} is never read", self.noun());
        let mut meant = Vec::new();
        for (name, value) in entries(self.file, self.table) {
            if self.takes_all || self.asked.contains(&name.value.as_str()) {
                continue;
            }
            meant.extend(did_you_mean(&name.value, self.open_keys()));
            self.diagnostics.push(self.unknown_key(&name, value));
            if value.has_header() {
                meant.extend(&self.needed);
            }
        }
        // A misspelt key is not reported as missing too.
        let missing = self.needed.iter().filter(|&&key| !self.has(key) && !meant.contains(&key)).map(|key| {
            let headline = format!("{} must have `{key}`", with_article(self.noun()));
            let missing = Diagnostic::new(Code::MissingKey, headline, self.at, format!("`{key}` is missing here"));
            missing.help(format!("write `{}`", example(key)))
        });
        let missing: Vec<_> = missing.collect();
        self.diagnostics.extend(missing);
        self.diagnostics
    }

    fn unknown_key(&self, name: &Text, value: Value<'t>) -> Diagnostic {
        let headline = format!("{} has no key `{}`", with_article(self.noun()), shown(&name.value));
        let diagnostic = Diagnostic::new(Code::UnknownKey, headline, name.span, "unknown key");
        if value.has_header() {
            return diagnostic.help("a name with dots stands in quotes: `[action.\"desk.loans.issue\"]`");
        }
        if matches!(name.value.as_str(), "since" | "until" | "toggle") {
            return diagnostic.help("rules, roles, tables, implications, events, obligations and advice have it");
        }
        let keys: Vec<String> = self.asked.iter().map(|key| format!("`{key}`")).collect();
        let diagnostic = diagnostic.help(format!("{} may have {}", with_article(self.noun()), keys.join(", ")));
        diagnostic.nearest(&name.value, name.span, self.open_keys())
    }

    /// The known keys that the table does not have.
    fn open_keys(&self) -> impl Iterator<Item = &'static str> {
        self.asked.iter().copied().filter(|key| !self.has(key))
    }
}

/// A key that the table must have, with an example.
fn example(key: &str) -> String {
    let value = match key {
        "are" | "subjects" | "resources" => "[\"KIND:ID\"]",
        "at" => "2020-06-19",
        "by" => "\"user:alice@contoso\"",
        "do" => "\"EVENT\"",
        "ends" => "[\"KIND\", \"KIND\"]",
        "for" | "actions" => "[\"ACTION\"]",
        "grid" => "'''TABLE'''",
        "is" => "'relation(entity, …)'",
        "never" => "'CONDITION'",
        "on" => "[\"KIND\"]",
        "status" => "\"proposed\"",
        "system" => "\"NAME\"",
        "then" => "'relation(variable, …)'",
        _ => "\"…\"",
    };
    format!("{key} = {value}")
}

/// The mistake of an `until` that is not after `since`.
pub(in crate::syntax) fn empty_interval(since: Option<&Spanned<Instant>>, until: Option<&Spanned<Instant>>) -> Option<Diagnostic> {
    let (since, until) = (since?, until?);
    if since.value < until.value {
        return None;
    }
    let headline = format!("`until` ({}) is not after `since` ({})", until.value, since.value);
    Some(Diagnostic::new(Code::EmptyInterval, headline, until.span, "ends here").and(since.span, "begins here"))
}
