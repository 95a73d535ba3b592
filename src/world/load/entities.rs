//! Entities: what the world declares, by header, by line or by the event that creates it, and the attributes given there.

use super::loader::Loader;
use super::names;
use super::position::ArgumentPosition;
use super::unresolved::Unresolved;
use super::values::ValuePosition;
use crate::diag::{Code, Diagnostic};
use crate::policy::{KindId, Policy};
use crate::syntax::{EntityDecl, EventRecordDecl, GivenValue, WorldDocument};
use crate::text::{Sources, Span, Spanned};
use crate::time::Instant;
use crate::time::Interval;
use crate::world::store::entities::EntityRecord;
use crate::world::{Statement, Value};
use rayon::prelude::*;

/// All that the documents declare, by kind, id and place.
#[derive(Default)]
pub(super) struct Declarations {
    pub(super) entities: Vec<EntityRecord>,
    pub(super) told: Vec<Diagnostic>,
    pub(super) unknown: Unresolved,
}

/// What is declared twice, by kind and id.
type Doubled = Vec<(KindId, Box<str>)>;

/// Puts entities in order and tells those that are declared twice; the first of each stays.
pub(super) fn each_once(policy: &Policy, mut entities: Vec<EntityRecord>, told: &mut Vec<Diagnostic>) -> (Vec<EntityRecord>, Doubled) {
    entities.par_sort_unstable_by(|a, b| (a.kind, &a.id, a.place).cmp(&(b.kind, &b.id, b.place)));
    let mut doubled = Vec::new();
    entities.dedup_by(|later, first| {
        if (later.kind, &later.id) != (first.kind, &first.id) {
            return false;
        }
        if let (Some(earlier), Some(place)) = (first.place, later.place) {
            let name = format!("{}:{}", names::kind_name(policy, first.kind), first.id);
            let double = Diagnostic::new(Code::DuplicateEntity, format!("`{name}` is declared twice"), place, "declared here");
            told.push(double.and(earlier, "and here").help("keep one of the two"));
            doubled.push((first.kind, first.id.clone()));
        }
        true
    });
    (entities, doubled)
}

impl Declarations {
    /// What a part of a world declares.
    pub(super) fn of(policy: &Policy, sources: &Sources, document: &WorldDocument) -> Declarations {
        let mut declared = Declarations::default();
        document.entities.iter().for_each(|entity| declared.header(policy, sources, entity));
        document.events.iter().for_each(|occurrence| declared.created(policy, occurrence));
        declared
    }

    /// What all parts declare.
    pub(super) fn joined(parts: Vec<Declarations>) -> Declarations {
        let mut all = Declarations::default();
        for part in parts {
            all.entities.extend(part.entities);
            all.told.extend(part.told);
            all.unknown.absorb(part.unknown);
        }
        all
    }

    fn header(&mut self, policy: &Policy, sources: &Sources, entity: &EntityDecl) {
        let (kind, id) = (&entity.kind, &entity.id);
        let Some(known) = policy.kind_named(&kind.value).filter(|&kind| kind != policy.role_kind) else {
            let edit = (sources.slice(kind.span) == kind.value).then_some(kind.span);
            self.unknown.declaration(policy, &kind.value, &id.value, kind.span, edit);
            return;
        };
        if id.value.is_empty() {
            let told = Diagnostic::new(Code::BadEntity, format!("an entity of kind `{}` has no id", kind.value), id.span, "empty");
            self.told.push(told.help(format!("write `[{}.ID]`", kind.value)));
            return;
        }
        self.declare(known, &id.value, Interval::ALWAYS, id.span);
    }

    /// What an event creates lives from then on.
    fn created(&mut self, policy: &Policy, occurrence: &EventRecordDecl) {
        let Some(event) = policy.event_named(&occurrence.name.value) else {
            // Which event was meant is not known, so any argument may have been a new entity.
            self.excuse_arguments(policy, occurrence);
            return;
        };
        let event = &policy.events[event];
        for creation in &event.creates {
            let name = &event.parameters[creation.parameter].name;
            let given = occurrence.arguments.iter().find(|(argument, _)| argument.value == *name);
            let Some((_, Spanned { value, span })) = given else {
                self.excuse_arguments(policy, occurrence);
                continue;
            };
            match (split(policy, value), value) {
                (Some((kind, id)), _) if kind == creation.kind => {
                    self.declare(kind, id, Interval { since: occurrence.at.value, until: Instant::MAX }, *span);
                }
                // The mistake is told where the argument is read.
                (None, GivenValue::Text(id)) => self.unknown.excuse(creation.kind, id),
                _ => {}
            }
        }
    }

    fn excuse_arguments(&mut self, policy: &Policy, occurrence: &EventRecordDecl) {
        for (_, given) in &occurrence.arguments {
            if let Some((kind, id)) = split(policy, &given.value) {
                self.unknown.excuse(kind, id);
            }
        }
    }

    fn declare(&mut self, kind: KindId, id: &str, life: Interval, place: Span) {
        self.entities.push(EntityRecord { kind, id: id.into(), life, place: Some(place) });
    }
}

/// Kind and id of a reference, if its kind is known.
fn split<'g>(policy: &Policy, given: &'g GivenValue) -> Option<(KindId, &'g str)> {
    let GivenValue::Text(text) = given else { return None };
    let (kind, id) = text.split_once(':')?;
    (!id.is_empty()).then_some((policy.kind_named(kind)?, id))
}

impl Loader<'_> {
    /// Reads the attributes of a declared entity and gathers them as facts.
    pub(super) fn attributes(&mut self, decl: &EntityDecl) {
        let policy = self.policy;
        let Some(kind) = policy.kind_named(&decl.kind.value) else { return };
        let Some(ent) = self.world.find(kind, &decl.id.value) else { return };
        if kind == policy.role_kind {
            return;
        }
        for (name, given) in &decl.attributes {
            let Some(id) = self.attribute(kind, name, &decl.attributes) else {
                self.spoiled.insert(ent);
                continue;
            };
            let attribute = &policy.attributes[id];
            let slot = ValuePosition { position: ArgumentPosition::Attribute(id), value: &attribute.value, many: attribute.many };
            let mut values = Vec::new();
            if !self.values(slot, given, &mut values) {
                self.spoiled.insert(ent);
            }
            if attribute.many && !attribute.optional && !attribute.member_of {
                self.given.push((ent, id));
            }
            for Spanned { value, span } in values {
                let statement = match value {
                    Value::Entity(group) if attribute.member_of => Statement::Member { member: ent, group },
                    value => Statement::Value { entity: ent, attribute: id, value },
                };
                self.gather(statement, Interval::ALWAYS, span);
            }
        }
    }
}
