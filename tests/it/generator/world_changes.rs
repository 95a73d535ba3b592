//! A generated world split in two: what is loaded, and the changes that make the whole of it.

use super::schema::{KindIndex, Schema, Sort};
use super::tape::Tape;
use super::world::{Entity, Fact, GivenValue, World, named};
use delegraph::syntax::quoted;

/// A world in two parts.
#[derive(Clone, Debug)]
pub struct Split {
    /// The part that is loaded.
    pub base: World,
    /// The changes, in an order in which each of them is possible.
    pub changes: Vec<WorldChange>,
}

#[derive(Clone, Debug)]
pub enum WorldChange {
    /// An entity with some of its attributes, which name only entities that are there.
    Entity(Entity),
    /// A fact.
    Fact(Fact),
    /// The end of a fact that was loaded or added without one.
    End(Fact),
    /// The base takes all changes before this one.
    Compact,
}

impl Split {
    /// Splits a world without events.
    pub fn generate(world: &World, schema: &Schema, tape: &mut Tape) -> Split {
        let mut base = World { not_imported: world.not_imported.clone(), unknown: world.unknown.clone(), ..World::default() };
        let mut changes = Vec::new();
        let mut later: Vec<Entity> = Vec::new();
        for entity in &world.entities {
            let in_later = |(_, given): &(String, GivenValue)| later.iter().any(|entity| given.names(entity));
            let contained = schema.kinds[entity.kind]
                .within
                .iter()
                .any(|&kind| entity.attributes.iter().any(|given| given.0 == schema.kinds[kind].name && in_later(given)));
            // What lies within an entity that comes later comes later.
            if contained || tape.chance(35) {
                later.push(entity.clone());
            } else {
                base.entities.push(entity.clone());
            }
        }
        let mut facts = Vec::new();
        let is_later = |given: &GivenValue, later: &[Entity]| later.iter().any(|entity| given.names(entity));
        for entity in &mut base.entities {
            facts.extend(entity.postpone(schema, |given| is_later(given, &later)));
            let some = tape.chance(20);
            if some {
                facts.extend(entity.postpone(schema, |_| true));
            }
        }
        let on_lines: Vec<Fact> = world.entities.iter().flat_map(|entity| entity.clone().postpone(schema, |_| true)).collect();
        for fact in &world.facts {
            let names_later = later
                .iter()
                .any(|entity| fact.is.contains(&quoted(&entity.id)) || fact.is.contains(&named(schema, entity.kind, &entity.id)));
            let alone = world.facts.iter().chain(&on_lines).filter(|other| other.is == fact.is).count() == 1;
            let ended = alone && fact.until.is_some() && tape.chance(60);
            let begun = Fact { until: if ended { None } else { fact.until }, ..fact.clone() };
            if names_later || tape.chance(40) {
                facts.push(begun);
            } else {
                base.facts.push(begun);
            }
            if ended {
                changes.push(WorldChange::End(fact.clone()));
            }
        }
        let ends = std::mem::replace(&mut changes, Split::entities(schema, later, tape, &mut facts));
        changes.extend(tape.shuffled(facts).into_iter().map(WorldChange::Fact));
        changes.extend(tape.shuffled(ends));
        if tape.chance(50) {
            let at = tape.below(changes.len() + 1);
            changes.insert(at, WorldChange::Compact);
        }
        Split { base, changes }
    }

    /// The changes that add entities, each after its container. Attributes that name entities that are not there yet become facts.
    fn entities(schema: &Schema, later: Vec<Entity>, tape: &mut Tape, facts: &mut Vec<Fact>) -> Vec<WorldChange> {
        let mut missing = tape.shuffled(later);
        let mut found = Vec::new();
        while !missing.is_empty() {
            let container = |entity: &Entity| {
                let named = schema.kinds[entity.kind].within.iter().map(|&kind| &schema.kinds[kind].name);
                named
                    .flat_map(|name| entity.attributes.iter().filter(move |(given, _)| given == name))
                    .map(|(_, given)| given.clone())
                    .next()
            };
            let is_possible = |entity: &Entity| container(entity).is_none_or(|given| !missing.iter().any(|other| given.names(other)));
            let at = missing.iter().position(is_possible).expect("containers form no circle");
            let mut entity = missing.remove(at);
            let itself = entity.clone();
            facts.extend(entity.postpone(schema, |given| given.names(&itself) || missing.iter().any(|other| given.names(other))));
            found.push(WorldChange::Entity(entity));
        }
        found
    }
}

impl Entity {
    /// Removes these values of attributes, except the container, and returns them as facts.
    fn postpone(&mut self, schema: &Schema, which: impl Fn(&GivenValue) -> bool) -> Vec<Fact> {
        let kind = &schema.kinds[self.kind];
        let name = named(schema, self.kind, &self.id);
        let mut facts = Vec::new();
        self.attributes.retain_mut(|(attribute, given)| {
            let declared = kind.attributes.iter().find(|declared| declared.name == *attribute);
            let Some(declared) = declared.filter(|declared| !declared.key) else { return true };
            let mut fact = |value: &GivenValue| {
                let is = match &declared.sort {
                    Sort::MemberOf(_) => format!("{name} in {}", value.in_condition(schema)),
                    _ => format!("{}:{}.{attribute} == {}", kind.name, quoted(&self.id), value.in_condition(schema)),
                };
                facts.push(Fact { is, about: format!("{}.{attribute}", kind.name), names: Vec::new(), since: None, until: None });
            };
            match given {
                // That the set is given stays with the entity.
                GivenValue::List(items) => {
                    items.iter().filter(|item| which(item)).for_each(&mut fact);
                    items.retain(|item| !which(item));
                    true
                }
                value if which(value) => {
                    fact(value);
                    false
                }
                _ => true,
            }
        });
        facts
    }
}

impl GivenValue {
    /// Whether it is this entity, or a list with it.
    fn names(&self, entity: &Entity) -> bool {
        let is = |kind: KindIndex, id: &str| kind == entity.kind && id == entity.id;
        match self {
            GivenValue::Entity(kind, id) => is(*kind, id),
            GivenValue::List(items) => items.iter().any(|item| item.names(entity)),
            _ => false,
        }
    }
}
