//! Small worlds, such as a user could write, and their diagnostics.

mod cycles;
mod facts;
mod inline_cells;
mod keys;
mod mistakes;
mod scale;
mod shipped;
mod twins;

use super::load;
use crate::diag::Diagnostic;
use crate::policy::{Policy, resolve};
use crate::syntax::{WorldPart, pack_document, world_document, world_lines};
use crate::text::Sources;
use crate::time::Interval;
use crate::world::{Argument, EventRecord, Value, World};

/// A pack of a harbour.
const HARBOUR: &str = include_str!("harbour.toml");

/// A world of it without mistakes.
const WELL: &str = r#"
[firm.maersk]
[firm.cosco]
[port.aarhus]
[quay.east]
port = "port:aarhus"
[crew.tugs]
[person.ida]
firm  = "firm:maersk"
crews = ["crew:tugs"]
[person.per]
port = "port:aarhus"
[ship.emma]
owner = "firm:maersk"
"#;

fn policy(packs: &[(&str, &str)]) -> Policy {
    let mut sources = Sources::default();
    let mut documents = Vec::new();
    for &(name, text) in packs {
        let file = sources.add(name, text.to_owned());
        let (document, diagnostics) = pack_document(&sources, file);
        assert_eq!(diagnostics, [], "{name}");
        documents.push(document);
    }
    let (policy, diagnostics) = resolve(sources, documents);
    let errors: Vec<&Diagnostic> = diagnostics.iter().filter(|one| one.is_error()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    policy
}

/// Loads a world from files; those that begin with `{` are lines of JSON.
fn open(policy: &Policy, texts: &[&str]) -> (World, Vec<EventRecord>, Vec<Diagnostic>) {
    let mut sources = policy.sources.clone();
    let mut parts = Vec::new();
    let mut diagnostics = Vec::new();
    for text in texts {
        let file = sources.add("world", (*text).to_owned());
        if text.starts_with('{') {
            parts.extend(world_lines(&sources, file));
        } else {
            let (document, mistakes) = world_document(&sources, file);
            parts.push(WorldPart::Document(document));
            diagnostics.extend(mistakes);
        }
    }
    let loaded = load(policy, &sources, &parts, &|_| ());
    diagnostics.extend(loaded.unread);
    diagnostics.extend(loaded.diagnostics);
    (loaded.world, loaded.events, diagnostics)
}

/// The diagnostics of a world, a line each: `code: headline | <text there> label | note | help | => patched line`.
fn check(text: &str) -> String {
    let policy = policy(&[("harbour.toml", HARBOUR)]);
    let texts = if text.starts_with('{') { vec![WELL, text] } else { vec![text] };
    let (world, _, diagnostics) = open(&policy, &texts);
    print(&world, &diagnostics)
}

/// The diagnostics of a text that is added to the world without mistakes.
fn added(text: &str) -> String {
    check(&format!("{WELL}{text}"))
}

fn print(world: &World, diagnostics: &[Diagnostic]) -> String {
    let lines = diagnostics.iter().map(|one| {
        let labels = one.labels.iter().map(|label| {
            let slice = world.sources.slice(label.span).lines().next().unwrap_or_default();
            format!("<{slice}> {}", label.text)
        });
        let patch = one.patch.as_ref().map(|patch| {
            let all = world.sources.text(patch.span.file);
            let (before, after) = (&all[..patch.span.start as usize], &all[patch.span.end as usize..]);
            let line = |text: &str| text.lines().next().unwrap_or_default().to_owned();
            let first = before.rsplit('\n').next().unwrap_or_default();
            format!("=> {first}{}{}", patch.replacement, line(after))
        });
        let code = format!("{}: {}", one.code.name(), one.headline);
        let mut parts = vec![code];
        parts.extend(labels);
        parts.extend(one.notes.iter().map(|note| format!("note: {note}")));
        parts.extend(one.help.clone());
        parts.extend(patch);
        parts.join(" | ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The facts of a world in order, with their intervals.
fn facts(policy: &Policy, world: &World) -> String {
    let lines = world.facts().map(|(id, fact)| {
        let text = world.statement_text(policy, &fact.statement);
        let places = world.spans(id).count();
        let places = if places > 1 { format!(" ({places} places)") } else { String::new() };
        match fact.during {
            Interval::ALWAYS => format!("{text}{places}"),
            Interval { since, until } => format!("{text} [{since}, {until}){places}"),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn event_lines(policy: &Policy, world: &World, events: &[EventRecord]) -> String {
    let value = |value: &Value| world.value_text(policy, *value);
    let lines = events.iter().map(|one| {
        let arguments = one.arguments.iter().map(|argument| match argument {
            Argument::None => "-".to_owned(),
            Argument::One(one) => value(one),
            Argument::Many(values) => format!("[{}]", values.iter().map(value).collect::<Vec<_>>().join(", ")),
        });
        let arguments = arguments.collect::<Vec<_>>().join(" ");
        format!("{} {} {} {arguments}", one.at, world.name(policy, one.by), policy.events[one.event].meta.name)
    });
    lines.collect::<Vec<_>>().join("\n")
}
