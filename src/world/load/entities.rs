//! The entities that a world declares by header, by line or by the event that creates them, and the attributes that are given there.

use super::keys::{self, DeclaredKey};
use super::loader::Loader;
use super::names;
use super::position::ArgumentPosition;
use super::roles;
use super::unresolved::Unresolved;
use super::values::ValuePosition;
use crate::diag::{Code, Diagnostic};
use crate::policy::{KindId, Policy};
use crate::syntax::{EntityDecl, EventRecordDecl, GivenValue, WorldDocument};
use crate::text::{Sources, Span, Spanned};
use crate::time::{Instant, Interval};
use crate::world::Statement;
use crate::world::store::entities::EntityRecord;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// The entities that parts of a world declare, and the mistakes in the declarations.
#[derive(Default)]
pub(super) struct Declarations {
    pub(super) entities: Vec<EntityRecord>,
    /// The keys of entities.
    pub(super) keys: Vec<DeclaredKey>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) unresolved: Unresolved,
    /// Whether patterns leave something open.
    pub(super) leaves_open: bool,
    /// The roles that are named and that the policy does not have, in lower case.
    pub(super) roles: BTreeSet<String>,
}

/// For each kind, the entity without an id, which stands for those that the world does not name.
pub(super) fn unnamed(policy: &Policy) -> impl Iterator<Item = EntityRecord> + use<'_> {
    let never = Interval { since: Instant::MAX, until: Instant::MAX };
    let kinds = policy.kinds.ids().filter(|&kind| kind != policy.role_kind);
    kinds.map(move |kind| EntityRecord { kind, id: "".into(), life: never, declared: false, place: None })
}

/// The entities of a world, each once.
pub(super) struct Joined {
    /// Sorted by kind and id.
    pub(super) entities: Vec<EntityRecord>,
    /// Those that several headers or lines declare, which are one entity.
    pub(super) repeated: Vec<(KindId, Box<str>)>,
    /// Those that an event creates although they are declared, or another event creates them.
    pub(super) recreated: Vec<(KindId, Box<str>)>,
}

/// Joins the declarations of each entity, and reports those of which no entity can come. The first place of each is kept.
pub(super) fn each_once(policy: &Policy, mut entities: Vec<EntityRecord>, diagnostics: &mut Vec<Diagnostic>) -> Joined {
    let key = |entity: &EntityRecord| (entity.kind, entity.id.clone());
    entities.par_sort_unstable_by(|a, b| (a.kind, &a.id, a.life, a.place).cmp(&(b.kind, &b.id, b.life, b.place)));
    let (mut repeated, mut recreated) = (Vec::new(), Vec::new());
    entities.dedup_by(|later, first| {
        if (later.kind, &later.id) != (first.kind, &first.id) {
            return false;
        }
        if later.life == Interval::ALWAYS {
            repeated.push(key(first));
        } else if let (Some(earlier), Some(place)) = (first.place, later.place) {
            let name = format!("{}:{}", names::kind_name(policy, first.kind), first.id);
            let (headline, label) = if first.life == Interval::ALWAYS {
                (format!("`{name}` is there before the event that creates it"), "declared here")
            } else {
                (format!("`{name}` is created twice"), "created here too")
            };
            let double = Diagnostic::new(Code::DuplicateEntity, headline, place, "created here").and(earlier, label);
            diagnostics.push(double.help("give the new entity an id of its own, or remove one of the two"));
            recreated.push(key(first));
        }
        true
    });
    repeated.dedup();
    Joined { entities, repeated, recreated }
}

impl Declarations {
    /// The declarations of one part.
    pub(super) fn of(policy: &Policy, sources: &Sources, document: &WorldDocument) -> Declarations {
        let mut declared =
            Declarations { leaves_open: !document.unknown.is_empty() || !document.not_imported.is_empty(), ..Declarations::default() };
        document.entities.iter().for_each(|entity| declared.header(policy, sources, entity));
        document.events.iter().for_each(|event| declared.created(policy, event));
        declared.roles = roles::unknown_roles(policy, document);
        declared
    }

    /// The declarations of all parts.
    pub(super) fn joined(parts: Vec<Declarations>) -> Declarations {
        let mut all = Declarations::default();
        for part in parts {
            all.entities.extend(part.entities);
            all.keys.extend(part.keys);
            all.diagnostics.extend(part.diagnostics);
            all.unresolved.absorb(part.unresolved);
            all.leaves_open |= part.leaves_open;
            all.roles.extend(part.roles);
        }
        all
    }

    fn header(&mut self, policy: &Policy, sources: &Sources, entity: &EntityDecl) {
        let (kind, id) = (&entity.kind, &entity.id);
        let Some(known) = policy.kind_called(&kind.value).filter(|&kind| kind != policy.role_kind) else {
            let edit = (sources.slice(kind.span) == kind.value).then_some(kind.span);
            self.unresolved.declaration(policy, &kind.value, &id.value, kind.span, edit);
            return;
        };
        if id.value.is_empty() {
            let diagnostic = Diagnostic::new(Code::BadEntity, format!("an entity of kind `{}` has no id", kind.value), id.span, "empty");
            self.diagnostics.push(diagnostic.help(format!("write `[{}.ID]`", kind.value)));
            return;
        }
        self.declare(known, &id.value, Interval::ALWAYS, id.span);
        self.keys.extend(keys::declared(policy, known, entity));
    }

    /// Declares the entities that an event creates. They live from the event on.
    fn created(&mut self, policy: &Policy, record: &EventRecordDecl) {
        let Some(event) = policy.event_named(&record.name.value) else {
            // Any argument of an unknown event may be a new entity.
            self.excuse_arguments(policy, record);
            return;
        };
        let event = &policy.events[event];
        for creation in &event.creates {
            let name = &event.parameters[creation.parameter].name;
            let given = record.arguments.iter().find(|(argument, _)| argument.value == *name);
            let Some((_, Spanned { value, span })) = given else {
                self.excuse_arguments(policy, record);
                continue;
            };
            match (split(policy, value), value) {
                (Some((kind, id)), _) if kind == creation.kind => {
                    self.declare(kind, id, Interval { since: record.at.value, until: Instant::MAX }, *span);
                }
                // The mistake is reported where the argument is read.
                (None, GivenValue::Text(id)) => self.unresolved.excuse(creation.kind, id),
                _ => {}
            }
        }
    }

    /// Excuses all entities that the arguments name, since the event may have been meant to create them.
    fn excuse_arguments(&mut self, policy: &Policy, record: &EventRecordDecl) {
        for (_, given) in &record.arguments {
            if let Some((kind, id)) = split(policy, &given.value) {
                self.unresolved.excuse(kind, id);
            }
        }
    }

    fn declare(&mut self, kind: KindId, id: &str, life: Interval, place: Span) {
        self.entities.push(EntityRecord { kind, id: id.into(), life, declared: true, place: Some(place) });
    }
}

/// Kind and id of a reference, if its kind is known.
fn split<'g>(policy: &Policy, given: &'g GivenValue) -> Option<(KindId, &'g str)> {
    let GivenValue::Text(text) = given else { return None };
    let (kind, id) = text.split_once(':')?;
    (!id.is_empty()).then_some((policy.kind_called(kind)?, id))
}

impl Loader<'_> {
    /// Reads the attributes of a declared entity as facts.
    pub(super) fn attributes(&mut self, decl: &EntityDecl) {
        let policy = self.policy;
        let Some(kind) = policy.kind_called(&decl.kind.value) else { return };
        let Some(ent) = self.world.find(kind, &decl.id.value) else { return };
        if kind == policy.role_kind {
            return;
        }
        let is_repeated = self.repeated.contains(&ent);
        for (name, given) in &decl.attributes {
            let Some(id) = self.attribute(kind, name, &decl.attributes) else {
                self.part.spoiled.insert(ent);
                continue;
            };
            let attribute = &policy.attributes[id];
            let target = ValuePosition { position: ArgumentPosition::Attribute(id), value: &attribute.value, many: attribute.many };
            let mut values = Vec::new();
            if !self.values(target, given, &mut values) {
                self.part.spoiled.insert(ent);
            }
            if attribute.member_of {
                self.part.members.insert(kind);
            }
            if attribute.many && !attribute.optional && !attribute.member_of {
                self.part.given.push((ent, id));
            }
            for Spanned { value, span } in values {
                if is_repeated && !attribute.many {
                    self.part.repeated.insert(span);
                }
                let statement = Statement::of_attribute(policy, ent, id, value);
                self.gather(statement, Interval::ALWAYS, span);
            }
        }
    }
}
