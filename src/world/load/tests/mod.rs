//! Worlds as a user could have written them, and what is told of them.

mod cycles;
mod facts;
mod inline_cells;
mod mistakes;
mod scale;
mod shipped;

use super::load;
use crate::diag::Diagnostic;
use crate::policy::{Policy, resolve};
use crate::syntax::{WorldPart, pack_document, world_document, world_lines};
use crate::text::Sources;
use crate::time::Interval;
use crate::world::{Argument, EventRecord, Value, World};

/// A harbour, and a world in which all is well.
const HARBOUR: &str = include_str!("harbour.toml");

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
        let (document, told) = pack_document(&sources, file);
        assert_eq!(told, [], "{name}");
        documents.push(document);
    }
    let (policy, told) = resolve(sources, documents);
    let errors: Vec<&Diagnostic> = told.iter().filter(|one| one.is_error()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    policy
}

/// Loads files of a world; those that begin with `{` are lines of JSON.
fn open(policy: &Policy, texts: &[&str]) -> (World, Vec<EventRecord>, Vec<Diagnostic>) {
    let mut sources = policy.sources.clone();
    let mut parts = Vec::new();
    let mut told = Vec::new();
    for text in texts {
        let file = sources.add("world", (*text).to_owned());
        if text.starts_with('{') {
            parts.extend(world_lines(&sources, file));
        } else {
            let (document, mistakes) = world_document(&sources, file);
            parts.push(WorldPart::Document(document));
            told.extend(mistakes);
        }
    }
    let loaded = load(policy, &sources, &parts, &|_| ());
    told.extend(loaded.unread);
    told.extend(loaded.diagnostics);
    (loaded.world, loaded.events, told)
}

/// What is told of a world, one line each: `code line "text there" headline | label | help | patch`.
fn check(text: &str) -> String {
    let policy = policy(&[("harbour.toml", HARBOUR)]);
    let texts = if text.starts_with('{') { vec![WELL, text] } else { vec![text] };
    let (world, _, told) = open(&policy, &texts);
    print(&world, &told)
}

/// The same for what stands beside the world in which all is well.
fn beside(text: &str) -> String {
    check(&format!("{WELL}{text}"))
}

fn print(world: &World, told: &[Diagnostic]) -> String {
    let lines = told.iter().map(|one| {
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

/// The facts of a world, in their order, with their times.
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

fn occurrences(policy: &Policy, world: &World, occurrences: &[EventRecord]) -> String {
    let value = |value: &Value| world.value_text(policy, *value);
    let lines = occurrences.iter().map(|one| {
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
