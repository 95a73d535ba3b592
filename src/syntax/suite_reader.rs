//! From a file `NAME.suite.toml` to a suite of policy tests.
//!
//! Invariant: a name is not looked up here. An entry with a mistake is left out, and the mistake is an error, so that no suite passes by what
//! is left.

use super::Text;
use super::ast::suite::{EntryDecl, EntryForm, ExpectedAnswer, SettingDecl, SuiteDocument};
use super::grammar::{self, Embedded, NamedEntities, QuestionForm, RequestPattern};
use super::shape::{ASK, CASE, Grammar, SUITE, Shape, WHO};
use super::toml::{Fields, Toml, Value, dismantle, entries, parse, shown};
use crate::diag::{self, Code, Diagnostic};
use crate::text::{FileId, Sources, Spanned};
use std::collections::HashMap;

/// The forms of entries.
const FORMS: [&Shape; 3] = [&CASE, &WHO, &ASK];

/// Parses a suite. Its `[world]` is not read.
pub fn suite_document(sources: &Sources, file: FileId) -> (SuiteDocument, Vec<Diagnostic>) {
    let toml = Toml::new(sources, file);
    let mut document = SuiteDocument::default();
    let (table, mut diagnostics) = parse(toml, Code::DuplicateElement);
    let Some(table) = table else { return (document, diagnostics) };
    for (name, value) in entries(toml, &table) {
        match FORMS.into_iter().find(|form| form.noun == name.value) {
            Some(form) => each(value, form, &mut diagnostics, &mut document.entries),
            None if name.value == "world" => {
                document.world = Some(name.span);
                diagnostics.extend(value.table().is_none().then(|| value.wrong_type("`world`", "a table")));
            }
            None if SUITE.key(&name.value).is_some() => {}
            None => diagnostics.push(unknown_element(&name)),
        }
    }
    let mut fields = Fields::new(toml, &table, &SUITE, toml.start());
    fields.text("comment");
    document.policies = fields.text("policies");
    document.worlds = fields.texts("worlds");
    document.setting = setting(&mut fields);
    diagnostics.append(&mut fields.diagnostics);
    let has_worlds = fields.has("worlds") || document.world.is_some();
    dismantle(table);
    if document.entries.is_empty() && diagnostics.is_empty() {
        let headline = "the suite has no entry, so it tests nothing";
        let empty = Diagnostic::new(Code::EmptySuite, headline, toml.start(), "no entry in this file");
        diagnostics.push(empty.help("write `[[case]]`, `[[who]]` or `[[ask]]`"));
    }
    if let (Some(first), true) = (document.entries.first(), !has_worlds) {
        let missing = Diagnostic::new(Code::MissingKey, "a suite must have a world", toml.start(), "this suite has none");
        let help = "write `worlds = [\"world.toml\"]`, or a world below `[world]`";
        diagnostics.push(missing.and(first.span, "without a world").help(help));
    }
    document.entries.sort_by_key(|entry| entry.span.start);
    diagnostics.extend(ambiguous_snapshots(&document.entries));
    diag::sort(&mut diagnostics);
    (document, diagnostics)
}

fn unknown_element(name: &Text) -> Diagnostic {
    let headline = format!("a suite has no key `{}`", shown(&name.value));
    let unknown = Diagnostic::new(Code::UnknownKey, headline, name.span, "unknown key");
    let keys: Vec<String> = SUITE.keys().map(|key| format!("`{}`", key.name)).collect();
    let help = format!("a suite may have {}; what its own world has is below `world`, as in `[[world.fact]]`", keys.join(", "));
    unknown.help(help).nearest(&name.value, name.span, SUITE.keys().map(|key| key.name))
}

/// Reads each table of `[[case]]`, `[[who]]` or `[[ask]]`.
fn each(value: Value<'_>, shape: &'static Shape, diagnostics: &mut Vec<Diagnostic>, found: &mut Vec<EntryDecl>) {
    let form = shape.noun;
    let help = || format!("write `[[{form}]]`");
    let Some(items) = value.items() else {
        diagnostics.push(value.wrong_type(&format!("`{form}`"), "a list of tables").help(help()));
        return;
    };
    for (index, item) in items.enumerate() {
        let Some(table) = item.table() else {
            diagnostics.push(item.wrong_type(&format!("an item of `{form}`"), "a table").help(help()));
            continue;
        };
        let mut fields = Fields::new(item.file(), table, shape, item.span());
        fields.text("comment");
        let (span, number) = (item.span(), index + 1);
        let (name, setting) = (fields.text("name"), setting(&mut fields));
        let form = match form {
            "case" => case(&mut fields),
            "who" => who(&mut fields),
            _ => ask(&mut fields),
        };
        let sound = fields.are_sound();
        diagnostics.extend(fields.finish());
        found.extend(form.filter(|_| sound).map(|form| EntryDecl { span, number, name, setting, form }));
    }
}

fn setting(fields: &mut Fields<'_>) -> SettingDecl {
    let (at, policy_at) = (fields.date("at"), fields.date("policy-at"));
    let mut toggles = |key| {
        let (is_given, toggles) = (fields.has(key), fields.texts(key));
        is_given.then_some(toggles)
    };
    SettingDecl { at, policy_at, with: toggles("with"), without: toggles("without") }
}

fn case(fields: &mut Fields<'_>) -> Option<EntryForm> {
    fields.need();
    let subjects = some_entities(fields, "subjects");
    let actions = fields.some_texts("actions");
    let resources = some_entities(fields, "resources");
    let (allowed, unknown) =
        (fields.each_embedded("allowed", Grammar::Request, line), fields.each_embedded("unknown", Grammar::Request, line));
    Some(EntryForm::Case { subjects: subjects?, actions: actions?, resources: resources?, allowed, unknown })
}

fn line(source: &Embedded<'_>) -> Result<Spanned<RequestPattern>, Diagnostic> {
    Ok(Spanned::new(grammar::request_pattern(source)?, source.span))
}

fn who(fields: &mut Fields<'_>) -> Option<EntryForm> {
    fields.need();
    let action = fields.text("action");
    let resource = fields.text("resource").and_then(|text| entity(fields, &text));
    let (are, unknown) = (entities(fields, "are"), entities(fields, "unknown"));
    Some(EntryForm::Who { action: action?, resource: resource?, are, unknown })
}

fn ask(fields: &mut Fields<'_>) -> Option<EntryForm> {
    fields.need();
    let text = fields.take("question").and_then(Value::text);
    let question = fields.embedded("question", Grammar::Question, grammar::question);
    if let (Some(question), Some(text)) = (&question, &text)
        && !matches!(question.form, QuestionForm::Can { .. })
    {
        let diagnostic = Diagnostic::new(Code::ExpressionSyntax, "an `[[ask]]` is about one decision", text.span, "a list");
        fields.spoil(diagnostic.help("ask `can SUBJECT ACTION RESOURCE`; `[[who]]` tests who may, and `[[case]]` many at once"));
    }
    let (is, by, snapshot) = (answer(fields), fields.texts("by"), fields.flag("snapshot", false));
    if snapshot && !fields.has("name") {
        let headline = "an `[[ask]]` with a snapshot must have `name`";
        let missing = Diagnostic::new(Code::MissingKey, headline, fields.at, "`name` is missing here");
        fields.spoil(missing.help("write `name = \"…\"`: the explanation is kept under it"));
    }
    if !fields.has("is") && by.is_empty() && !snapshot && fields.has("question") {
        let missing = Diagnostic::new(Code::MissingKey, "an `[[ask]]` must say what its answer is", fields.at, "this ask expects nothing");
        fields.spoil(missing.help("write `is = \"allowed\"`, `by = [\"CLAIM\"]` or `snapshot = true`"));
    }
    Some(EntryForm::Ask { text: text?, question: Box::new(question?), is, by, snapshot })
}

fn answer(fields: &mut Fields<'_>) -> Option<ExpectedAnswer> {
    let is = fields.text("is")?;
    let found = ExpectedAnswer::ALL.iter().find(|(name, _)| *name == is.value);
    if found.is_none() {
        let headline = format!("`is` is `{}`", shown(&is.value));
        let unknown = Diagnostic::new(Code::UnknownValue, headline, is.span, "not one of its values");
        let help = unknown.help("write `allowed`, `denied`, `barred`, `not-granted` or `unknown`");
        fields.spoil(help.nearest(&is.value, is.span, ExpectedAnswer::ALL.map(|(name, _)| name)));
    }
    found.map(|&(_, answer)| answer)
}

/// A list of at least one entity or pattern.
fn some_entities(fields: &mut Fields<'_>, key: &'static str) -> Option<Vec<Spanned<NamedEntities>>> {
    let texts = fields.some_texts(key)?;
    Some(texts.iter().filter_map(|text| entity(fields, text)).collect())
}

/// A list of entities and patterns, which may be empty.
fn entities(fields: &mut Fields<'_>, key: &'static str) -> Vec<Spanned<NamedEntities>> {
    let texts = fields.texts(key);
    texts.iter().filter_map(|text| entity(fields, text)).collect()
}

/// An entity, or all of a kind: it is not lexed, and all after the first `:` is the id.
fn entity(fields: &mut Fields<'_>, text: &Text) -> Option<Spanned<NamedEntities>> {
    match text.value.split_once(':') {
        Some((kind, id)) if !kind.is_empty() && !id.is_empty() => {
            Some(Spanned::new(NamedEntities::of_argument(kind.to_owned(), id.to_owned()), text.span))
        }
        _ => {
            let headline = format!("`{}` is not of the form `kind:id`", shown(&text.value));
            let bad = Diagnostic::new(Code::BadEntity, headline, text.span, "");
            fields.spoil(bad.help("write the kind, a colon and the id, such as `user:alice@contoso`; or `user:*` for all of a kind"));
            None
        }
    }
}

/// The mistake of each snapshot whose name another entry has too.
fn ambiguous_snapshots(entries: &[EntryDecl]) -> Vec<Diagnostic> {
    let mut named: HashMap<&str, Vec<&EntryDecl>> = HashMap::new();
    for entry in entries {
        if let Some(name) = &entry.name {
            named.entry(&name.value).or_default().push(entry);
        }
    }
    let kept = |entry: &&&EntryDecl| matches!(entry.form, EntryForm::Ask { snapshot: true, .. });
    let mut found = Vec::new();
    for entry in entries.iter().filter(|entry| kept(&entry)) {
        let Some(name) = &entry.name else { continue };
        let others = &named[name.value.as_str()];
        // Of two snapshots with one name, the second is reported.
        let Some(other) = others.iter().find(|other| other.span != entry.span) else { continue };
        let first = others.iter().find(kept).is_some_and(|first| first.span == entry.span);
        if first && others.iter().filter(kept).count() > 1 {
            continue;
        }
        let headline = format!("two entries are called `{}`, and a snapshot is kept under this name", shown(&name.value));
        let diagnostic = Diagnostic::new(Code::DuplicateSnapshot, headline, name.span, "the name of a snapshot is used once in a suite");
        let place = other.name.as_ref().map_or(other.span, |name| name.span);
        found.push(diagnostic.and(place, "used here too").help("give one of them another name"));
    }
    found
}
