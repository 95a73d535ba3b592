//! Events that a world says happened: typed, in the order of time.

use super::names;
use super::reader::Reader;
use super::seat::Seat;
use super::values::Slot;
use crate::diag::{Code, Diagnostic};
use crate::policy::{EventId, KindSet, Parameter};
use crate::syntax::{Given, OccurrenceDecl};
use crate::text::Spanned;
use crate::world::{Argument, Occurrence, Sym, Value};

impl Reader<'_> {
    /// Reads an event that happened, if all of it is right.
    pub(super) fn occurrence(&mut self, decl: &OccurrenceDecl) -> Option<Occurrence> {
        let policy = self.policy;
        let subjects: KindSet = policy.kinds.iter().filter(|(_, kind)| kind.subject).map(|(id, _)| id).collect();
        let by = self.reference(&decl.by.value, decl.by.span, &subjects, Seat::Doer);
        let Some(id) = names::event(policy, &decl.name.value) else {
            let headline = format!("no event is called `{}`", decl.name.value);
            let told = Diagnostic::new(Code::UnknownEvent, headline, decl.name.span, "unknown event");
            let known = policy.events.values().map(|event| event.head.name.as_str());
            let told = match self.bare(decl.name.span, &decl.name.value) {
                Some(span) => told.nearest(&decl.name.value, span, known),
                None => told,
            };
            self.tell(told);
            return None;
        };
        let known = self.unknown_keys(id, decl);
        let parameters = &policy.events[id].parameters;
        let arguments: Vec<Option<Argument>> = parameters
            .iter()
            .enumerate()
            .map(|(index, parameter)| {
                let given = decl.arguments.iter().find(|(name, _)| name.value == parameter.name);
                self.argument(id, index, parameter, given.map(|(_, given)| given), decl)
            })
            .collect();
        let arguments: Option<Vec<Argument>> = arguments.into_iter().collect();
        let (by, arguments) = (by?, arguments?);
        known.then_some(Occurrence { event: id, at: decl.at.value, by, arguments, span: decl.span })
    }

    /// Tells keys that are no parameters; says whether there is none.
    fn unknown_keys(&mut self, id: EventId, decl: &OccurrenceDecl) -> bool {
        let event = &self.policy.events[id];
        let mut right = true;
        for (name, _) in &decl.arguments {
            let known = || event.parameters.iter().map(|parameter| parameter.name.as_str());
            if known().any(|known| known == name.value) {
                continue;
            }
            right = false;
            let headline = format!("event `{}` has no parameter `{}`", event.head.name, name.value);
            let told = Diagnostic::new(Code::UnknownKey, headline, name.span, "unknown parameter");
            let missing = known().filter(|known| decl.arguments.iter().all(|(given, _)| given.value != *known));
            let told = match self.bare(name.span, &name.value) {
                Some(span) => told.nearest(&name.value, span, missing),
                None => told,
            };
            self.tell(told.and(event.head.span, "declared here"));
        }
        right
    }

    fn argument(
        &mut self,
        event: EventId,
        index: usize,
        parameter: &Parameter,
        given: Option<&Spanned<Given>>,
        decl: &OccurrenceDecl,
    ) -> Option<Argument> {
        let Some(given) = given else {
            if parameter.optional {
                return Some(Argument::None);
            }
            let headline = format!("event `{}` lacks `{}`", decl.name.value, parameter.name);
            let told = Diagnostic::new(Code::MissingKey, headline, decl.span, "this event");
            let what = if parameter.created { "the new entity" } else { "a value" };
            self.tell(told.and(parameter.span, "declared here").help(format!("give {what} as `{}`", parameter.name)));
            return None;
        };
        let slot = Slot { seat: Seat::Parameter(event, index), value: &parameter.value, many: parameter.many };
        let mut values = Vec::new();
        if !self.values(slot, given, &mut values) {
            return None;
        }
        let mut values = values.into_iter().map(|value| value.value);
        if parameter.many { Some(Argument::Many(values.collect())) } else { values.next_back().map(Argument::One) }
    }
}

/// Puts events into the order of time, and of all else where several are of one instant; texts are given their new numbers.
pub(super) fn order(occurrences: &mut [Occurrence], renumbered: &[Sym]) {
    let renumber = |value: &mut Value| {
        if let Value::Text(sym) = value {
            *sym = renumbered[sym.0 as usize];
        }
    };
    for occurrence in occurrences.iter_mut() {
        for argument in &mut occurrence.arguments {
            match argument {
                Argument::None => {}
                Argument::One(value) => renumber(value),
                Argument::Many(values) => {
                    values.iter_mut().for_each(renumber);
                    values.sort();
                    values.dedup();
                }
            }
        }
    }
    occurrences.sort_by(|a, b| (a.at, a.event, a.by, &a.arguments, a.span).cmp(&(b.at, b.event, b.by, &b.arguments, b.span)));
}
