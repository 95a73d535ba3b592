//! The keys of declared entities. They are read before anything that may name an entity by its key.

use super::names::kind_name;
use crate::diag::{Code, Diagnostic};
use crate::policy::{KindId, Policy};
use crate::syntax::{EntityDecl, GivenValue};
use crate::text::Span;
use crate::world::World;
use crate::world::store::key_table::{KeyRecord, KeyTable};

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
    keys.sort_unstable();
    for same in keys.chunk_by(|a, b| (a.kind, &a.text) == (b.kind, &b.text)) {
        let (kind, first) = (kind_name(policy, same[0].kind), &same[0]);
        let text = &first.text;
        if text.is_empty() {
            diagnostics.extend(same.iter().map(|key| empty(kind, key)));
            continue;
        }
        let mut others: Vec<&DeclaredKey> = same.iter().filter(|key| key.owner != first.owner).collect();
        others.sort_by(|a, b| (&a.owner, a.place).cmp(&(&b.owner, b.place)));
        others.dedup_by(|later, first| later.owner == first.owner);
        for other in others {
            let headline = format!("two entities have the key `{text}`: `{kind}:{}` and `{kind}:{}`", first.owner, other.owner);
            let twice = Diagnostic::new(Code::DuplicateKey, headline, other.place, format!("of `{}`", other.owner));
            let twice = twice.and(first.place, format!("of `{}`", first.owner));
            diagnostics.push(twice.help("a key names one entity of its kind; if both are one thing, give them one id"));
        }
        let other = world.find(first.kind, text).filter(|&ent| world.is_known(policy, ent) && world.entity(ent).id != &*first.owner);
        if let Some(other) = other {
            let headline = format!("the key `{text}` of `{kind}:{}` is the id of another {kind}", first.owner);
            let mut warning = Diagnostic::new(Code::KeyIsId, headline, first.place, "a key");
            if let Some(place) = world.declared_at(other) {
                warning = warning.and(place, "the id");
            }
            diagnostics.push(warning.help(format!("`{kind}:{text}` is read as the id; name the other one `{kind}:{}`", first.owner)));
        }
    }
    let record = |key: DeclaredKey| {
        let owner = world.find(key.kind, &key.owner)?;
        Some(KeyRecord { kind: key.kind, text: key.text, owner })
    };
    let records = keys.into_iter().filter(|key| !key.text.is_empty()).filter_map(record).collect();
    world.keys = KeyTable::of(records).into();
}

fn empty(kind: &str, key: &DeclaredKey) -> Diagnostic {
    let headline = format!("a key of `{kind}:{}` is empty", key.owner);
    Diagnostic::new(Code::BadEntity, headline, key.place, "empty").help("leave it out, or give the name by which the entity is known")
}
