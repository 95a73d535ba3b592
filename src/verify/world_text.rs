//! A world of the solver as TOML, as a user would write it.

use super::symbolic::{EntityIndex, EntityName, Fact, Value, World};
use crate::policy::{AttributeId, Policy};
use crate::syntax::{entity, quoted};
use crate::time::{Instant, TimeUnit};
use crate::verify::sat::Lit;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// What is true in a world, with the names of its entities.
pub struct Model<'w, 'p> {
    /// The world.
    pub world: &'w World<'p>,
    /// By entity: whether it lives.
    pub alive: Vec<bool>,
    /// The facts that are stated, sorted.
    pub facts: Vec<Fact>,
    /// By entity: its id.
    pub ids: Vec<String>,
}

impl<'w, 'p> Model<'w, 'p> {
    /// What these literals make of a world. Entities are named by number.
    pub fn of(world: &'w World<'p>, value: impl Fn(Lit) -> bool) -> Model<'w, 'p> {
        let alive: Vec<bool> = world.alive.iter().map(|lit| value(*lit)).collect();
        let mut facts: Vec<Fact> = world.facts().iter().filter(|(_, lit)| value(*lit)).map(|(fact, _)| *fact).collect();
        facts.sort_unstable();
        let ids = world.entities.iter().map(|entity| id(world.policy, entity.name)).collect();
        Model { world, alive, facts, ids }
    }

    fn kind(&self, entity: EntityIndex) -> &'p str {
        &self.world.policy.kinds[self.world.kind(entity)].meta.name
    }

    /// The kind and the id of the entity.
    pub(super) fn kind_and_id(&self, index: EntityIndex) -> (String, String) {
        (self.kind(index).to_owned(), self.ids[index].clone())
    }

    /// The entity as a condition writes it.
    pub fn entity(&self, index: EntityIndex) -> String {
        entity(self.kind(index), &self.ids[index])
    }

    /// The world at this instant.
    pub fn text(&self, at: Instant) -> String {
        let mut text = String::new();
        for index in (0..self.alive.len()).filter(|&index| self.alive[index]) {
            if matches!(self.world.entities[index].name, EntityName::Role(_)) {
                continue;
            }
            let _ = writeln!(text, "[{}.{}]", self.kind(index), key(&self.ids[index]));
            for (attribute, values) in self.line(index) {
                let _ = writeln!(text, "{} = {}", self.world.policy.attributes[attribute].name, self.values(attribute, &values));
            }
            text.push('\n');
        }
        for fact in &self.facts {
            let Some(stated) = self.stated(*fact) else { continue };
            let _ = writeln!(text, "[[fact]]\nis = {}", string(&stated));
            if matches!(fact, Fact::PastRelation(..) | Fact::PastHolds(..)) {
                let back = |days: i64| at.plus(-days, TimeUnit::Days).unwrap_or(at.before());
                let _ = writeln!(text, "since = {}\nuntil = {}", back(2), back(1));
            }
            text.push('\n');
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
        text
    }

    /// What the line of the entity gives.
    fn line(&self, entity: EntityIndex) -> BTreeMap<AttributeId, BTreeSet<Value>> {
        let policy = self.world.policy;
        let mut line: BTreeMap<AttributeId, BTreeSet<Value>> = BTreeMap::new();
        for fact in &self.facts {
            match *fact {
                Fact::Given(of, attribute) if of == entity => _ = line.entry(attribute).or_default(),
                Fact::Value(of, attribute, value) if of == entity && self.is_on_line(of, attribute) => {
                    line.entry(attribute).or_default().insert(value);
                }
                Fact::Member(of, group) if of == entity => {
                    let kind = self.world.kind(group);
                    let mut attributes = policy.kinds[self.world.kind(of)].attributes.iter();
                    if let Some(&attribute) = attributes.find(|&&attribute| policy.attributes[attribute].is_membership_in(kind)) {
                        line.entry(attribute).or_default().insert(Value::Entity(group));
                    }
                }
                _ => {}
            }
        }
        line
    }

    /// Whether the line gives a value: that of a set that must be given is stated by itself if the set is not.
    fn is_on_line(&self, entity: EntityIndex, attribute: AttributeId) -> bool {
        let declared = &self.world.policy.attributes[attribute];
        !declared.many || declared.optional || self.facts.binary_search(&Fact::Given(entity, attribute)).is_ok()
    }

    fn values(&self, attribute: AttributeId, values: &BTreeSet<Value>) -> String {
        let each: Vec<String> = values.iter().map(|value| self.value(*value, true)).collect();
        if self.world.policy.attributes[attribute].many { format!("[{}]", each.join(", ")) } else { each.join("") }
    }

    pub(super) fn value(&self, value: Value, on_line: bool) -> String {
        match value {
            Value::Entity(index) if on_line => quoted(&format!("{}:{}", self.kind(index), self.ids[index])),
            Value::Entity(index) => self.entity(index),
            Value::Text(text) => quoted(&self.world.policy.texts[text]),
            Value::OtherText(number) => quoted(&format!("other-{number}")),
            Value::Number(number) => number.to_string(),
            Value::Date(date) => date.to_string(),
        }
    }

    /// The fact in the language, if no line gives it.
    pub fn stated(&self, fact: Fact) -> Option<String> {
        let policy = self.world.policy;
        let attribute = |of, attribute: AttributeId| format!("{}.{}", self.bearer(of), policy.attributes[attribute].name);
        let related = |relation: crate::policy::RelationId, ends: [EntityIndex; 3]| {
            let declared = &policy.relations[relation];
            let ends: Vec<String> = ends[..declared.ends.len()].iter().map(|end| self.entity(*end)).collect();
            format!("{}({})", declared.meta.name, ends.join(", "))
        };
        let held = |holder, role: crate::policy::RoleId, scope| {
            format!("{} holds {} on {}", self.entity(holder), policy.roles[role].meta.name, self.entity(scope))
        };
        match fact {
            Fact::Given(..) | Fact::Member(..) => None,
            Fact::Value(of, name, value) => {
                (!self.is_on_line(of, name)).then(|| format!("{} == {}", attribute(of, name), self.value(value, false)))
            }
            Fact::NotValue(of, name, value) => Some(format!("not {} == {}", attribute(of, name), self.value(value, false))),
            Fact::NoValue(of, name) => Some(format!("not {}", attribute(of, name))),
            Fact::Relation(relation, ends) | Fact::PastRelation(relation, ends) => Some(related(relation, ends)),
            Fact::Holds(holder, role, scope) | Fact::PastHolds(holder, role, scope) => Some(held(holder, role, scope)),
        }
    }

    /// The entity where an attribute follows: its id is in quotes.
    fn bearer(&self, index: EntityIndex) -> String {
        format!("{}:{}", self.kind(index), quoted(&self.ids[index]))
    }
}

fn id(policy: &Policy, name: EntityName) -> String {
    match name {
        EntityName::Any(number) => format!("any-{number}"),
        EntityName::Literal(literal) => policy.literals[literal].id.clone(),
        EntityName::Role(role) => policy.roles[role].meta.name.clone(),
    }
}

/// A key of TOML.
fn key(text: &str) -> String {
    let bare = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    if bare { text.to_owned() } else { quoted(text) }
}

/// A string of TOML: as it is where it can be.
fn string(text: &str) -> String {
    if text.contains('\'') || text.chars().any(char::is_control) { quoted(text) } else { format!("'{text}'") }
}
