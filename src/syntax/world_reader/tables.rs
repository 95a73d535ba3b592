//! Worlds in TOML.

use crate::diag::{self, Code, Diagnostic, did_you_mean};
use crate::syntax::ast::expr::StatedFact;
use crate::syntax::shape::{ENTITY_OF_WORLD, EVENT_RECORD, FACT, INLINE_WORLD, ORIGIN, Shape, UNKNOWN, WORLD, WORLD_FILE};
use crate::syntax::toml::{Fields, Toml, Value, dismantle, entries, parse, shown};
use crate::syntax::{DenialDecl, EntityDecl, EventRecordDecl, FactDecl, SourceDecl, Text, UnknownDecl, WorldDocument};
use crate::text::{FileId, Sources};

/// Parses a world file in TOML. What cannot be read is left out.
pub fn world_document(sources: &Sources, file: FileId) -> (WorldDocument, Vec<Diagnostic>) {
    let toml = Toml::new(sources, file);
    let mut document = WorldDocument::default();
    let (table, mut diagnostics) = parse(toml, Code::DuplicateEntity);
    let Some(table) = table else { return (document, diagnostics) };
    for (name, value) in entries(toml, &table) {
        diagnostics.extend(match name.value.as_str() {
            "world" => world(&name, value, &mut document),
            _ => element("", &name, value, &mut document),
        });
    }
    dismantle(table);
    diag::sort(&mut diagnostics);
    (document, diagnostics)
}

/// Parses the table `[world]` of another file, which has the keys of a world file, and those of its `[world]` directly in it. Mistakes of
/// the file's syntax are not among the diagnostics.
pub fn inline_world(sources: &Sources, file: FileId) -> (WorldDocument, Vec<Diagnostic>) {
    let toml = Toml::new(sources, file);
    let (mut document, mut diagnostics) = (WorldDocument::default(), Vec::new());
    let Some(table) = parse(toml, Code::DuplicateEntity).0 else { return (document, diagnostics) };
    for (name, value) in entries(toml, &table).into_iter().filter(|(name, _)| name.value == "world") {
        let Some(inner) = value.table() else {
            diagnostics.push(value.wrong_type("`world`", "a table"));
            continue;
        };
        let mut fields = Fields::new(toml, inner, &INLINE_WORLD, name.span);
        of_world(&mut fields, &mut document);
        diagnostics.append(&mut fields.diagnostics);
        for (name, value) in entries(toml, inner).iter().filter(|(name, _)| WORLD.key(&name.value).is_none()) {
            diagnostics.extend(element("world.", name, *value, &mut document));
        }
    }
    dismantle(table);
    diag::sort(&mut diagnostics);
    (document, diagnostics)
}

/// Reads one element of a world. `path` is what precedes its name in headers: nothing, or `world.`.
fn element(path: &'static str, name: &Text, value: Value<'_>, document: &mut WorldDocument) -> Vec<Diagnostic> {
    match name.value.as_str() {
        "fact" => each(path, value, &FACT, |fields| fact(fields, document)),
        "unknown" => each(path, value, &UNKNOWN, |fields| document.unknown.extend(unknown(fields))),
        "event" => each(path, value, &EVENT_RECORD, |fields| document.events.extend(event(fields))),
        _ => entities(path, name, value, &mut document.entities),
    }
}

/// Reads each table of `[[fact]]`, `[[event]]` or `[[unknown]]`.
fn each(path: &str, value: Value<'_>, shape: &'static Shape, mut read: impl FnMut(&mut Fields<'_>)) -> Vec<Diagnostic> {
    let noun = shape.noun;
    let Some(items) = value.items() else {
        let headline = format!("`{noun}` is {}, not a list of tables", value.type_name());
        let diagnostic = Diagnostic::new(Code::WrongType, headline, value.span(), "").help(format!("write `[[{path}{noun}]]`"));
        return vec![diagnostic];
    };
    let mut diagnostics = Vec::new();
    for item in items {
        match item.table() {
            Some(table) => {
                let mut fields = Fields::new(item.file(), table, shape, item.span());
                read(&mut fields);
                diagnostics.extend(fields.finish());
            }
            None => diagnostics.push(item.wrong_type(&format!("an item of `{noun}`"), "a table")),
        }
    }
    diagnostics
}

fn fact(fields: &mut Fields<'_>, document: &mut WorldDocument) {
    fields.need();
    let is = fields.stated_fact("is");
    let (since, until) = fields.interval();
    let from = fields.text("from");
    match is.filter(|_| is_timed(fields, since.is_some(), until.is_some())) {
        Some(StatedFact::Holds(is)) => document.facts.push(FactDecl { is, since, until, from }),
        Some(StatedFact::HoldsNot(is)) => document.denials.push(DenialDecl { is, since, until, from }),
        None => {}
    }
}

fn unknown(fields: &mut Fields<'_>) -> Option<UnknownDecl> {
    fields.need();
    let is = fields.pattern("is");
    let (since, until) = fields.interval();
    let (why, from) = (fields.text("why"), fields.text("from"));
    is.filter(|_| is_timed(fields, since.is_some(), until.is_some())).map(|is| UnknownDecl { is, since, until, why, from })
}

/// Whether the interval was read without a mistake: at another time than was meant, a fact might contradict others.
fn is_timed(fields: &Fields<'_>, since: bool, until: bool) -> bool {
    let is_right = !fields.diagnostics.iter().any(Diagnostic::is_error);
    since == fields.has("since") && until == fields.has("until") && is_right && fields.are_sound()
}

fn event(fields: &mut Fields<'_>) -> Option<EventRecordDecl> {
    fields.need();
    let at = fields.date("at");
    let name = fields.text("do");
    let by = fields.text("by");
    let from = fields.text("from");
    let arguments = fields.given();
    Some(EventRecordDecl { span: fields.at, name: name?, at: at?, by: by?, arguments, from })
}

fn world(name: &Text, value: Value<'_>, document: &mut WorldDocument) -> Vec<Diagnostic> {
    let Some(table) = value.table() else { return vec![value.wrong_type("`world`", "a table")] };
    let mut fields = Fields::new(value.file(), table, &WORLD, name.span);
    of_world(&mut fields, document);
    fields.finish()
}

fn of_world(fields: &mut Fields<'_>, document: &mut WorldDocument) {
    document.not_imported = fields.texts("not-imported");
    document.sources = sources(fields);
}

/// Reads `sources`, a list of tables.
fn sources(fields: &mut Fields<'_>) -> Vec<SourceDecl> {
    let Some(value) = fields.take("sources") else { return Vec::new() };
    let Some(items) = value.items() else {
        fields.diagnostics.push(value.wrong_type("`sources`", "a list of tables"));
        return Vec::new();
    };
    let mut found = Vec::new();
    for item in items {
        let Some(table) = item.table() else {
            fields.diagnostics.push(item.wrong_type("an item of `sources`", "a table"));
            continue;
        };
        let mut inner = Fields::new(item.file(), table, &ORIGIN, item.span());
        inner.need();
        let (file, sha256, captured) = (inner.text("file"), inner.text("sha256"), inner.date("captured"));
        let lacks = inner.texts("lacks");
        found.extend(file.map(|file| SourceDecl { file, sha256, captured, lacks }));
        fields.diagnostics.extend(inner.finish());
    }
    found
}

/// Reads the entities of one kind: the tables `[KIND.ID]`.
fn entities(path: &str, kind: &Text, value: Value<'_>, entities: &mut Vec<EntityDecl>) -> Vec<Diagnostic> {
    let Some(table) = value.table() else {
        let headline = format!("`{}` is {}, not a table of entities", shown(&kind.value), value.type_name());
        let lists = WORLD_FILE.keys().filter(|key| key.form.item().is_some()).map(|key| key.name);
        let help = match did_you_mean(&kind.value, lists).filter(|_| value.items().is_some()) {
            Some(list) => format!("did you mean `[[{path}{list}]]`?"),
            None => format!("write `[{path}{}.ID]`, or remove it", shown(&kind.value)),
        };
        return vec![Diagnostic::new(Code::WrongType, headline, kind.span, "").help(help)];
    };
    let found = entries(value.file(), table);
    let mut diagnostics = Vec::new();
    if found.is_empty() || found.iter().any(|(_, value)| value.table().is_none()) {
        let headline = format!("an entity of `{}` has no id", shown(&kind.value));
        let help = format!("write `[{path}{}.ID]`", shown(&kind.value));
        diagnostics.push(Diagnostic::new(Code::BadEntity, headline, kind.span, "").help(help));
        return diagnostics;
    }
    for (id, value) in found {
        entities.extend(entity(path, kind, id, value, &mut diagnostics));
    }
    diagnostics
}

fn entity(path: &str, kind: &Text, id: Text, value: Value<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<EntityDecl> {
    let header = value.span();
    if id.value.is_empty() {
        let headline = format!("an entity of `{}` has an empty id", shown(&kind.value));
        diagnostics.push(Diagnostic::new(Code::BadEntity, headline, header, "").help("give it an id"));
        return None;
    }
    let (mut attributes, mut from) = (Vec::new(), None);
    let mut split = false;
    for (name, value) in entries(value.file(), value.table()?) {
        if ENTITY_OF_WORLD.key(&name.value).is_some() && !value.has_header() {
            from = value.text();
            if from.is_none() {
                diagnostics.push(value.wrong_type("`from`", "a string"));
            }
        } else if value.has_header() {
            split = true;
            diagnostics.push(split_id(path, kind, &id, &name, value));
        } else if let Some(given) = value.given(diagnostics) {
            attributes.push((name, given));
        }
    }
    // `[user.alice.contoso]` does not declare an `alice`.
    if split && attributes.is_empty() && !value.has_header() {
        return None;
    }
    let kind_span = value.file().in_header(header, &kind.value, kind.span);
    Some(EntityDecl { kind: Text::new(kind.value.clone(), kind_span), id, attributes, from })
}

/// The mistake of a header such as `[user.alice.contoso]`.
fn split_id(path: &str, kind: &Text, id: &Text, rest: &Text, value: Value<'_>) -> Diagnostic {
    let whole = format!("{}.{}", id.value, rest.value);
    let header = format!("[{path}{}.\"{}\"]", shown(&kind.value), shown(&whole));
    let headline = format!("the id `{}` has a dot and no quotes", shown(&whole));
    Diagnostic::new(Code::BadEntity, headline, value.span(), "").help(format!("write `{header}`"))
}
