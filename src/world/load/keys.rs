//! The keys of declared entities. They are read before anything that may name an entity by its key.

use super::first_few::FirstFew;
use super::names::kind_name;
use crate::diag::phrases::agree;
use crate::diag::{Code, Diagnostic};
use crate::policy::{KindId, Policy};
use crate::syntax::{EntityDecl, GivenValue};
use crate::text::Span;
use crate::world::store::key_table::{KeyRecord, KeyTable};
use crate::world::{EntityId, World};
use rayon::prelude::*;

/// A key that the declaration of an entity gives.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct DeclaredKey {
    kind: KindId,
    text: Box<str>,
    place: Span,
    /// The id of the entity.
    owner: Box<str>,
}

/// The keys that a declaration of an entity of this kind gives. A value that is not a text is reported where attributes are read.
pub(super) fn declared(policy: &Policy, kind: KindId, decl: &EntityDecl) -> impl Iterator<Item = DeclaredKey> {
    let is_key = move |name: &str| policy.attribute_named(kind, name).is_some_and(|attribute| policy.attributes[attribute].key);
    decl.attributes.iter().filter_map(move |(name, given)| match &given.value {
        GivenValue::Text(text) if is_key(&name.value) => {
            Some(DeclaredKey { kind, text: text.as_str().into(), place: given.span, owner: decl.id.value.as_str().into() })
        }
        _ => None,
    })
}

/// Gives the keys to the entities of the world. Reports empty ones and those that two entities have, and warns of those that are ids of other
/// entities.
pub(super) fn assign(policy: &Policy, world: &mut World, mut keys: Vec<DeclaredKey>, diagnostics: &mut Vec<Diagnostic>) {
    keys.par_sort_unstable();
    let (mut empty_ones, mut taken, mut ids) = (FirstFew::default(), FirstFew::default(), FirstFew::default());
    for same in keys.chunk_by(|a, b| (a.kind, &a.text) == (b.kind, &b.text)) {
        let first = &same[0];
        if first.text.is_empty() {
            same.iter().for_each(|key| empty_ones.add(|| Some(empty(policy, key))));
            continue;
        }
        let mut owners: Vec<&DeclaredKey> = same.iter().collect();
        owners.sort_by(|a, b| (&a.owner, a.place).cmp(&(&b.owner, b.place)));
        owners.dedup_by(|later, first| later.owner == first.owner);
        owners.iter().filter(|key| key.owner != first.owner).for_each(|other| taken.add(|| Some(duplicate(policy, first, other))));
        let is_other = |ent: &EntityId| owners.iter().all(|key| world.entity(*ent).id != &*key.owner);
        if let Some(other) = world.find(first.kind, &first.text).filter(is_other) {
            ids.add(|| Some(is_id(policy, world, first, other)));
        }
    }
    let sorts = [
        (empty_ones, "further key is empty", "further keys are empty"),
        (taken, "further key is given twice", "further keys are given twice"),
        (ids, "further key is an id", "further keys are ids"),
    ];
    for (found, one, many) in sorts {
        diagnostics.extend(found.reported(|further| format!("{further} {}", agree(further, one, many))));
    }
    let record = |key: DeclaredKey| {
        let owner = world.find(key.kind, &key.owner)?;
        Some(KeyRecord { kind: key.kind, text: key.text, owner })
    };
    let records = keys.into_iter().filter(|key| !key.text.is_empty()).filter_map(record).collect();
    world.keys = KeyTable::of(records).into();
}

fn empty(policy: &Policy, key: &DeclaredKey) -> Diagnostic {
    let headline = format!("a key of `{}:{}` is empty", kind_name(policy, key.kind), key.owner);
    Diagnostic::new(Code::BadEntity, headline, key.place, "empty").help("leave it out, or give the name by which the entity is known")
}

fn duplicate(policy: &Policy, first: &DeclaredKey, other: &DeclaredKey) -> Diagnostic {
    let kind = kind_name(policy, first.kind);
    let headline = format!("two entities have the key `{}`: `{kind}:{}` and `{kind}:{}`", first.text, first.owner, other.owner);
    let diagnostic = Diagnostic::new(Code::DuplicateKey, headline, other.place, format!("of `{}`", other.owner));
    let diagnostic = diagnostic.and(first.place, format!("of `{}`", first.owner));
    diagnostic.help("a key names one entity of its kind; if both are one thing, give them one id")
}

/// The warning of a key that is the id of another entity.
fn is_id(policy: &Policy, world: &World, key: &DeclaredKey, other: EntityId) -> Diagnostic {
    let kind = kind_name(policy, key.kind);
    if !world.is_known(policy, other) {
        let headline = format!("the key `{}` of `{kind}:{}` is an id that the pack names", key.text, key.owner);
        let warning = Diagnostic::new(Code::KeyIsId, headline, key.place, "a key");
        let warning = warning.note(format!("what a pack names is an id, so its `{kind}:{}` is not `{kind}:{}`", key.text, key.owner));
        return warning.help(format!("write `{kind}:{}` in the pack, or declare `{kind}:{}` too", key.owner, key.text));
    }
    let headline = format!("the key `{}` of `{kind}:{}` is the id of another {kind}", key.text, key.owner);
    let mut warning = Diagnostic::new(Code::KeyIsId, headline, key.place, "a key");
    if let Some(place) = world.declared_at(other) {
        warning = warning.and(place, "the id");
    }
    warning.help(format!("`{kind}:{}` is read as the id; name the other one `{kind}:{}`", key.text, key.owner))
}
