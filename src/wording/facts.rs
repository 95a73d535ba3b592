//! Facts, values and missing data in words.

use super::Words;
use crate::eval::{Decider, MissingDatum};
use crate::policy::{Policy, RelationId};
use crate::text::Span;
use crate::time::{Instant, Interval};
use crate::world::{EntityId, FactId, Statement, Value, World};

impl Words<'_> {
    /// An entity as answers name it: `user:ann`, quoted where the grammar needs it.
    pub fn name(self, ent: EntityId) -> String {
        self.world.name(self.policy, ent)
    }

    /// A value: an entity's name, a quoted text, a number or a date.
    pub fn value(self, value: Value) -> String {
        match value {
            Value::Entity(ent) => self.name(ent),
            Value::Text(sym) => format!("\"{}\"", self.world.text(sym)),
            Value::Number(number) => number.to_string(),
            Value::Date(date) => date.to_string(),
        }
    }

    /// A relation's sentence: its `says`, or the relation as written.
    pub fn relation(self, relation: RelationId, ends: [EntityId; 3]) -> String {
        let count = self.policy.relations[relation].ends.len();
        let names: Vec<String> = ends.iter().take(count).map(|&end| self.name(end)).collect();
        relation_words(self.policy, relation, &names)
    }

    /// What a fact says, as if it held.
    pub fn statement(self, body: Statement) -> String {
        match body {
            Statement::Relation(relation, ends) => self.relation(relation, ends),
            Statement::Holds { holder, role, scope } => {
                format!("{} is assigned {} on {}", self.name(holder), self.policy.roles[role].meta.name, self.name(scope))
            }
            Statement::Member { member, group } => format!("{} is in {}", self.name(member), self.name(group)),
            Statement::Value { entity, attribute, value } => {
                let declared = &self.policy.attributes[attribute];
                if declared.container {
                    return format!("{} lies within {}", self.name(entity), self.value(value));
                }
                format!("{} of {} is {}", declared.name, self.name(entity), self.value(value))
            }
        }
    }

    /// A fact with its dates.
    pub fn fact(self, id: FactId) -> String {
        let fact = self.world.fact(id);
        let body = self.statement(fact.statement);
        // What is told nowhere is assumed.
        if self.world.is_assumed(id) {
            let ended = fact.during.until <= self.at;
            return format!("{body}{}: assumed", if ended { ", and no more" } else { "" });
        }
        match during(fact.during) {
            None => body,
            Some(dates) if fact.during.until <= self.at => format!("{body}, {dates}, and no more"),
            Some(dates) if fact.during.since > self.at => format!("{body}, {dates}, and not yet"),
            Some(dates) => format!("{body}, {dates}"),
        }
    }

    /// An assignment that does not hold now, with when it did or will.
    pub fn assignment_at(self, id: FactId) -> String {
        let fact = self.world.fact(id);
        let Statement::Holds { holder, role, scope } = fact.statement else { return self.fact(id) };
        if self.world.is_assumed(id) {
            return self.fact(id);
        }
        let what = format!("{} on {}", self.policy.roles[role].meta.name, self.name(scope));
        if fact.during.until <= self.at {
            let since = if fact.during.since == Instant::MIN { String::new() } else { format!(" from {}", fact.during.since) };
            return format!("{} was assigned {what}{since}; it ended on {}", self.name(holder), fact.during.until);
        }
        format!("{} is to be assigned {what}; it begins on {}", self.name(holder), fact.during.since)
    }
    /// When a fact holds that does not hold now, beside a sentence that says what it would make so.
    pub fn when(self, id: FactId, body: Statement) -> String {
        let fact = self.world.fact(id);
        let that = if fact.statement == body { "it".to_owned() } else { format!("that {}", self.statement(fact.statement)) };
        if fact.during.until <= self.at {
            if self.world.is_assumed(id) {
                return format!("{that} is assumed to be so no more");
            }
            format!("{that} ended on {}", fact.during.until)
        } else {
            format!("{that} begins on {}", fact.during.since)
        }
    }

    /// The part of the policy at a span, on one line.
    pub fn source(self, span: Span) -> String {
        self.world.sources.slice(span).split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// When something holds, if not always: `from 2019-01-10 until 2020-09-01`.
fn during(interval: Interval) -> Option<String> {
    match (interval.since == Instant::MIN, interval.until == Instant::MAX) {
        (true, true) => None,
        (false, true) => Some(format!("from {}", interval.since)),
        (true, false) => Some(format!("until {}", interval.until)),
        (false, false) => Some(format!("from {} until {}", interval.since, interval.until)),
    }
}

/// A relation's sentence with names for its ends: its `says`, or the relation as written.
pub fn relation_words(policy: &Policy, relation: RelationId, names: &[String]) -> String {
    let declared = &policy.relations[relation];
    let Some(says) = &declared.says else { return format!("{}({})", declared.meta.name, names.join(", ")) };
    let mut text = String::with_capacity(says.len() + 64);
    let mut rest = says.as_str();
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        let number = rest[at + 1..].bytes().next().filter(u8::is_ascii_digit).map(|digit| usize::from(digit - b'0'));
        match number.and_then(|number| names.get(number.wrapping_sub(1))) {
            Some(name) if rest[at + 2..].starts_with('}') => {
                text.push_str(name);
                rest = &rest[at + 3..];
            }
            _ => {
                text.push('{');
                rest = &rest[at + 1..];
            }
        }
    }
    text.push_str(rest);
    text
}

/// What a fact says, in a sentence, whether it holds or not.
pub fn fact_words(decider: &Decider<'_>, body: Statement) -> String {
    Words::of(decider).statement(body)
}

/// A missing datum as answers name it: `device:d-mystery.added-by`, or a fact.
pub fn datum(policy: &Policy, world: &World, datum: MissingDatum) -> String {
    match datum {
        MissingDatum::Attribute(ent, attribute) => {
            let (plain, lexed) = (world.name(policy, ent), world.lexed_name(policy, ent));
            if plain == lexed {
                format!("{plain}.{}", policy.attributes[attribute].name)
            } else {
                world.attribute_text(policy, ent, attribute)
            }
        }
        MissingDatum::Fact(body) => world.statement_text(policy, &body),
    }
}
