//! Keys of generated entities, and worlds that name entities by them.

use super::schema::{KindIndex, Schema};
use super::tape::Tape;
use super::world::{Entity, GivenValue, World, named};
use delegraph::syntax::quoted;

/// Keys that entities may have. Some of them are ids of entities that a world may declare.
const KEYS: [&str; 7] = ["a", "K 2", "mail@x.y", "bo", "s:2", "a key that is longer than those that are kept inline", "Köln"];

impl World {
    /// Gives keys to entities: no two of a kind have the same.
    pub(super) fn give_keys(&mut self, schema: &Schema, tape: &mut Tape) {
        for kind in 0..schema.kinds.len() {
            let mut free = KEYS.to_vec();
            let keys: Vec<&str> = schema.kinds[kind].attributes.iter().filter(|attribute| attribute.key).map(|key| &*key.name).collect();
            for entity in self.entities.iter_mut().filter(|entity| entity.kind == kind) {
                for key in &keys {
                    if tape.chance(70) && !free.is_empty() {
                        let text = free.remove(tape.below(free.len()));
                        entity.attributes.push(((*key).to_owned(), GivenValue::Text(text.to_owned())));
                    }
                }
            }
        }
    }

    /// A key by which requests and worlds may name the entity: one that is no id.
    pub fn key_of(&self, schema: &Schema, kind: KindIndex, id: &str) -> Option<&str> {
        let entity = self.entities.iter().find(|entity| entity.kind == kind && entity.id == id)?;
        let is_id = |text: &str| self.entities.iter().any(|other| other.kind == kind && other.id == text);
        entity.keys(schema).find(|key| !is_id(key))
    }

    /// The same world, in which facts, values and events name some entities by their keys, and perhaps patterns do, which answers quote.
    pub fn by_keys(&self, schema: &Schema, tape: &mut Tape, patterns: bool) -> World {
        let mut other = self.clone();
        self.name_by_keys(schema, tape, &mut other, patterns);
        other
    }

    /// Names some entities by their keys in a part of this world.
    pub(super) fn name_by_keys(&self, schema: &Schema, tape: &mut Tape, other: &mut World, patterns: bool) {
        let given = other.entities.iter_mut().flat_map(|entity| &mut entity.attributes);
        let given = given.chain(other.events.iter_mut().flat_map(|event| &mut event.arguments));
        given.for_each(|(_, value)| self.name_by_key(schema, tape, value));
        for entity in &self.entities {
            let Some(key) = self.key_of(schema, entity.kind, &entity.id) else { continue };
            let kind = &schema.kinds[entity.kind].name;
            let (old, new) = (named(schema, entity.kind, &entity.id), named(schema, entity.kind, key));
            let (bearer, new_bearer) = (format!("{kind}:{}.", quoted(&entity.id)), format!("{kind}:{}.", quoted(key)));
            let patterns = other.unknown.iter_mut().filter(|_| patterns).chain(&mut other.denials).map(|timed| &mut timed.is);
            for is in other.facts.iter_mut().map(|fact| &mut fact.is).chain(patterns) {
                if tape.chance(60) {
                    *is = renamed(is, &old, &new);
                }
                if tape.chance(60) {
                    *is = renamed(is, &bearer, &new_bearer);
                }
            }
            for event in &mut other.events {
                if event.by == format!("{kind}:{}", entity.id) && tape.chance(60) {
                    event.by = format!("{kind}:{key}");
                }
            }
        }
    }

    fn name_by_key(&self, schema: &Schema, tape: &mut Tape, value: &mut GivenValue) {
        match value {
            GivenValue::Entity(kind, id) => {
                if let (Some(key), true) = (self.key_of(schema, *kind, id), tape.chance(60)) {
                    *id = key.to_owned();
                }
            }
            GivenValue::List(items) => items.iter_mut().for_each(|item| self.name_by_key(schema, tape, item)),
            _ => {}
        }
    }
}

impl Entity {
    fn keys(&self, schema: &Schema) -> impl Iterator<Item = &str> + use<'_> {
        let keys: Vec<String> =
            schema.kinds[self.kind].attributes.iter().filter(|attribute| attribute.key).map(|attribute| attribute.name.clone()).collect();
        let is_key = move |name: &String| keys.contains(name);
        self.attributes.iter().filter_map(move |(name, given)| match given {
            GivenValue::Text(text) if is_key(name) => Some(text.as_str()),
            _ => None,
        })
    }
}

/// The fact with one name in place of another.
fn renamed(is: &str, old: &str, new: &str) -> String {
    let mut text = String::new();
    let mut rest = is;
    while let Some(at) = rest.find(old) {
        let (before, after) = (&rest[..at], &rest[at + old.len()..]);
        let begins = before.is_empty() && text.is_empty() || before.ends_with([' ', '(', '[']);
        let ends = old.ends_with('.') || after.is_empty() || after.starts_with([',', ')', ' ', ']']);
        text.push_str(before);
        text.push_str(if begins && ends { new } else { old });
        rest = after;
    }
    text + rest
}
