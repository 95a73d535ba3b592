//! An event that is to happen in a world, as a question gives it.

use super::events::{GivenArguments, order};
use super::loader::{LoadedPart, Loader};
use super::{presentable, roles};
use crate::diag::{Code, Diagnostic};
use crate::policy::{Event, Parameter, Policy};
use crate::syntax::{EventRequestDecl, GivenValue};
use crate::text::{Span, Spanned};
use crate::time::Instant;
use crate::world::{EventRecord, World};
use rustc_hash::FxHashSet;

/// Reads an event that is to happen at an instant. What it creates is declared from now on, and lives at no time; all else that it names must
/// live then. One value is enough where a list is wanted. Its texts become texts of the world.
///
/// # Errors
///
/// If it names what is not known or does not live, its values do not fit its parameters, or it creates what exists.
pub fn read_event(policy: &Policy, world: &mut World, given: &EventRequestDecl, at: Instant) -> Result<EventRecord, Vec<Diagnostic>> {
    let declared = policy.event_named(&given.name.value).map(|id| &policy.events[id]);
    let mut arguments = given.arguments.clone();
    let mut mistakes = Vec::new();
    for (name, value) in &mut arguments {
        let Some(parameter) = parameter(declared, &name.value) else { continue };
        if parameter.many && !matches!(value.value, GivenValue::List(_)) {
            value.value = GivenValue::List(vec![value.clone()]);
        }
        if parameter.created {
            mistakes.extend(declare(policy, world, parameter, value, &given.name.value));
        }
        for id in roles::in_value(policy, &value.value, &parameter.value) {
            world.role(policy, &id);
        }
    }
    let repeated = FxHashSet::default();
    let mut loader = Loader::new(policy, world, &repeated);
    let by = given.by.as_ref().and_then(|by| loader.doer(by));
    if given.by.is_none() {
        let headline = format!("event `{}` has no `by`", given.name.value);
        loader.report(Diagnostic::new(Code::MissingKey, headline, given.span, "this event").help("say who does it: `by=ENTITY`"));
    }
    let read = loader.event_arguments(given.span, &given.name, &arguments);
    let LoadedPart { texts, mut diagnostics, unresolved, .. } = loader.part;
    unresolved.report(policy, world, &mut diagnostics);
    diagnostics.extend(mistakes);
    diagnostics.extend(dead(policy, world, &named(given, declared, &arguments), at));
    world.texts = texts;
    match (by, read) {
        (Some(by), Some((event, arguments))) if !diagnostics.iter().any(Diagnostic::is_error) => {
            let mut record = EventRecord { event, at, by, arguments, span: given.span };
            order(std::slice::from_mut(&mut record));
            Ok(record)
        }
        _ => Err(presentable(diagnostics)),
    }
}

fn parameter<'p>(declared: Option<&'p Event>, name: &str) -> Option<&'p Parameter> {
    declared?.parameters.iter().find(|parameter| parameter.name == name)
}

/// Declares the entity that a parameter names, and that the event is to create. The mistake, if there is such an entity.
fn declare(policy: &Policy, world: &mut World, parameter: &Parameter, given: &Spanned<GivenValue>, event: &str) -> Option<Diagnostic> {
    let GivenValue::Text(text) = &given.value else { return None };
    let (kind, id) = text.split_once(':').filter(|(_, id)| !id.is_empty())?;
    let kind = policy.kind_called(kind).filter(|&kind| parameter.value.entity_kinds().is_some_and(|kinds| kinds.contains(kind)))?;
    if world.declare_unborn(kind, id, given.span) {
        return None;
    }
    let headline = format!("`{text}` exists already, so `{event}` cannot create it");
    let double = Diagnostic::new(Code::DuplicateEntity, headline, given.span, "not new");
    Some(double.help("give the new entity an id of its own"))
}

/// The names of entities that the event does not create, each with its place.
fn named<'g>(given: &'g EventRequestDecl, declared: Option<&Event>, arguments: &'g GivenArguments) -> Vec<(&'g str, Span)> {
    let mut found: Vec<(&str, Span)> = given.by.iter().map(|by| (by.value.as_str(), by.span)).collect();
    for (name, value) in arguments {
        if !parameter(declared, &name.value).is_some_and(|parameter| !parameter.created && parameter.value.entity_kinds().is_some()) {
            continue;
        }
        let items = match &value.value {
            GivenValue::List(items) => items.as_slice(),
            _ => std::slice::from_ref(value),
        };
        found.extend(items.iter().filter_map(|item| match &item.value {
            GivenValue::Text(text) => Some((text.as_str(), item.span)),
            _ => None,
        }));
    }
    found
}

/// Reports those of the entities that are known and do not live at the instant.
fn dead(policy: &Policy, world: &World, named: &[(&str, Span)], at: Instant) -> Vec<Diagnostic> {
    let one = |&(text, span): &(&str, Span)| {
        let (kind, id) = text.split_once(':')?;
        let kind = policy.kind_called(kind).filter(|&kind| kind != policy.role_kind)?;
        let ent = world.find_named(policy, kind, id).filter(|&ent| world.is_declared(ent))?;
        let error = world.living(policy, &policy.kinds[kind].meta.name, world.entity(ent).id, at).err()?;
        let diagnostic = Diagnostic::new(Code::NotAlive, error.message, span, "does not exist then");
        Some(diagnostic.help("name what exists then, or ask about another date"))
    };
    named.iter().filter_map(one).collect()
}
