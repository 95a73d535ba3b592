//! The events that a world records, read by the types of their parameters and sorted by time.

use super::loader::Loader;
use super::position::ArgumentPosition;
use super::values::ValuePosition;
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::policy::{EventId, KindSet, Parameter, Policy};
use crate::syntax::{EventRecordDecl, GivenValue, Text};
use crate::text::{Span, Spanned};
use crate::world::{Argument, EntityId, EventRecord};

/// Keys and values as written.
pub(super) type GivenArguments = [(Text, Spanned<GivenValue>)];

impl<'a> Loader<'a> {
    /// Reads an event.
    pub(super) fn event(&mut self, decl: &EventRecordDecl) {
        let record = self.event_record(decl);
        self.part.events.extend(record);
    }

    /// The record of an event. Reports what is wrong with it, and returns `None` then.
    fn event_record(&mut self, decl: &EventRecordDecl) -> Option<EventRecord> {
        let by = self.doer(&decl.by);
        let given = self.event_arguments(decl.span, &decl.name, &decl.arguments);
        let (by, (event, arguments)) = (by?, given?);
        Some(EventRecord { event, at: decl.at.value, by, arguments, span: decl.span })
    }

    /// Who does an event.
    pub(super) fn doer(&mut self, by: &Text) -> Option<EntityId> {
        let subjects: KindSet = self.policy.kinds.iter().filter(|(_, kind)| kind.subject).map(|(id, _)| id).collect();
        self.reference(&by.value, by.span, &subjects, ArgumentPosition::Doer)
    }

    /// The event of this name, and the values of its parameters. `whole` is the place of the event.
    pub(super) fn event_arguments(&mut self, whole: Span, name: &Text, given: &GivenArguments) -> Option<(EventId, Vec<Argument>)> {
        let policy = self.policy;
        let Some(id) = policy.event_named(&name.value) else {
            let headline = format!("no event is named `{}`", name.value);
            let diagnostic = Diagnostic::new(Code::UnknownEvent, headline, name.span, "unknown event");
            let known = policy.events.values().map(|event| event.meta.name.as_str());
            self.report(match self.bare(name.span, &name.value) {
                Some(span) => diagnostic.nearest(&name.value, span, known),
                None => diagnostic,
            });
            return None;
        };
        let meant = self.unknown_keys(id, given);
        let mut arguments = Vec::new();
        for (index, parameter) in policy.events[id].parameters.iter().enumerate() {
            let given = given.iter().find(|(name, _)| name.value == parameter.name);
            arguments.push(match given {
                Some((_, given)) => self.argument(id, index, given),
                None if parameter.optional => Some(Argument::None),
                None if meant.contains(&Some(parameter.name.as_str())) => None,
                None => {
                    self.report(missing_argument(parameter, whole, &name.value));
                    None
                }
            });
        }
        let arguments: Option<Vec<Argument>> = arguments.into_iter().collect();
        let arguments = arguments?;
        meant.is_empty().then_some((id, arguments))
    }

    /// Reports keys that are not parameters. Returns for each of them the parameter that was probably meant; the caller does not report that
    /// one as missing.
    fn unknown_keys(&mut self, id: EventId, given: &GivenArguments) -> Vec<Option<&'a str>> {
        let policy: &'a Policy = self.policy;
        let event = &policy.events[id];
        let known = || event.parameters.iter().map(|parameter| parameter.name.as_str());
        let mut meant = Vec::new();
        for (name, _) in given {
            if known().any(|known| known == name.value) {
                continue;
            }
            let headline = format!("event `{}` has no parameter `{}`", event.meta.name, name.value);
            let diagnostic = Diagnostic::new(Code::UnknownKey, headline, name.span, "unknown parameter");
            let missing = || known().filter(|known| given.iter().all(|(given, _)| given.value != *known));
            let diagnostic = match self.bare(name.span, &name.value) {
                Some(span) => diagnostic.nearest(&name.value, span, missing()),
                None => diagnostic,
            };
            self.report(diagnostic.and(event.meta.span, "declared here"));
            meant.push(did_you_mean(&name.value, missing()));
        }
        meant
    }

    fn argument(&mut self, event: EventId, index: usize, given: &Spanned<GivenValue>) -> Option<Argument> {
        let parameter = &self.policy.events[event].parameters[index];
        let target = ValuePosition { position: ArgumentPosition::Parameter(event, index), value: &parameter.value, many: parameter.many };
        let mut values = Vec::new();
        if !self.values(target, given, &mut values) {
            return None;
        }
        let mut values = values.into_iter().map(|value| value.value);
        if parameter.many { Some(Argument::Many(values.collect())) } else { values.next_back().map(Argument::One) }
    }
}

fn missing_argument(parameter: &Parameter, event: Span, name: &str) -> Diagnostic {
    let headline = format!("event `{name}` lacks `{}`", parameter.name);
    let what = if parameter.created { "the new entity" } else { "a value" };
    Diagnostic::new(Code::MissingKey, headline, event, "this event")
        .and(parameter.span, "declared here")
        .help(format!("give {what} as `{}`", parameter.name))
}

/// Sorts events by time, and those of one instant by their content, so that the order of files does not matter.
pub(super) fn order(events: &mut [EventRecord]) {
    for argument in events.iter_mut().flat_map(|event| &mut event.arguments) {
        if let Argument::Many(values) = argument {
            values.sort();
            values.dedup();
        }
    }
    events.sort_by(|a, b| (a.at, a.event, a.by, &a.arguments, a.span).cmp(&(b.at, b.event, b.by, &b.arguments, b.span)));
}
