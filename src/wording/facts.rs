//! Entities, values, facts and missing data in words.

use super::Words;
use super::negation::negated;
use crate::eval::MissingDatum;
use crate::plan::OutOfForce;
use crate::policy::{Policy, RelationId};
use crate::syntax::placeholders;
use crate::time::{Instant, Interval};
use crate::world::{EntityId, Fact, FactId, Statement, Value};

impl Words<'_> {
    /// A value: an entity's name, a quoted text, a number or a date.
    pub fn value(self, value: Value) -> String {
        match value {
            Value::Entity(entity) => self.name(entity),
            Value::Text(symbol) => format!("\"{}\"", self.world.text(symbol)),
            Value::Number(number) => number.to_string(),
            Value::Date(date) => date.to_string(),
        }
    }

    /// A relation between entities; see [`Words::relation_of`].
    pub fn relation(self, relation: RelationId, ends: [EntityId; 3]) -> String {
        let count = self.policy.relations[relation].ends.len();
        let is_phrase = self.policy.relations[relation].says.is_some();
        let name = |&end: &EntityId| if is_phrase { self.end_of_phrase(end, "some") } else { self.name(end) };
        let names: Vec<String> = ends.iter().take(count).map(name).collect();
        self.relation_of(relation, &names)
    }

    /// An end in the sentence of a relation: an entity that the world does not name is `some partner`.
    fn end_of_phrase(self, end: EntityId, article: &str) -> String {
        let entity = self.world.entity(end);
        if entity.id.is_empty() { format!("{article} {}", self.policy.kinds[entity.kind].meta.name) } else { self.name(end) }
    }

    /// That a relation does not hold between entities.
    pub(super) fn no_relation(self, relation: RelationId, ends: [EntityId; 3]) -> String {
        let declared = &self.policy.relations[relation];
        let article = if declared.says.as_deref().and_then(negated).is_some() { "any" } else { "some" };
        let name = |&end: &EntityId| if declared.says.is_some() { self.end_of_phrase(end, article) } else { self.name(end) };
        let names: Vec<String> = ends.iter().take(declared.ends.len()).map(name).collect();
        relation_says_not(self.policy, relation, &names)
    }

    /// A relation with these names for its ends: its `says` with the names for `{1}` and so on, or if it has no `says`, in the form
    /// `relation(name, …)`.
    pub fn relation_of(self, relation: RelationId, names: &[String]) -> String {
        relation_says(self.policy, relation, names)
    }

    /// A statement, whether it holds or not.
    pub fn statement(self, statement: Statement) -> String {
        match statement {
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
        let says = self.statement(fact.statement);
        if self.world.is_assumed(id) {
            let ended = fact.during.until <= self.at;
            return format!("{says}{}: assumed", if ended { ", and no longer" } else { "" });
        }
        match self.dates_of(id) {
            None => says,
            Some(dates) if fact.during.until <= self.at => {
                let again = self.world.find_holding(fact.statement, self.at).is_some();
                format!("{says}, {dates}{}", if again { "" } else { ", and no longer" })
            }
            Some(dates) if fact.during.since > self.at => format!("{says}, {dates}, and not yet"),
            Some(dates) => format!("{says}, {dates}"),
        }
    }

    /// The dates of a fact. One without a beginning is known only as of when its export was captured, which is said of a day before that.
    /// What an entity is, such as within what it lies, has no dates.
    pub(super) fn dates_of(self, id: FactId) -> Option<String> {
        let Fact { statement, during } = self.world.fact(id);
        let is_undated = during.since == Instant::MIN && !matches!(statement, Statement::Value { .. });
        let as_of = is_undated.then(|| self.captured_later(id)).flatten().map(|captured| format!("as of {captured}"));
        match (dates(during), as_of) {
            (Some(dates), Some(as_of)) => Some(format!("{as_of}, {dates}")),
            (dates, as_of) => dates.or(as_of),
        }
    }

    /// When the export of a fact was captured, if that was after the time of the question.
    fn captured_later(self, id: FactId) -> Option<Instant> {
        let exports = self.world.exports();
        if exports.iter().all(|export| export.captured.is_none_or(|captured| captured <= self.at)) {
            return None;
        }
        let captured = |from: &str| {
            let file = from.split_once('#').map_or(from, |(file, _)| file);
            exports.iter().find(|export| export.file == file).and_then(|export| export.captured)
        };
        let places = self.world.places(id);
        let all: Option<Vec<Instant>> = places.iter().map(|place| captured(place.from.as_deref()?)).collect();
        all?.into_iter().min().filter(|&captured| captured > self.at)
    }

    /// An assignment that ended, or has not begun, with the date.
    pub(super) fn assignment_at(self, id: FactId) -> String {
        let fact = self.world.fact(id);
        let Statement::Holds { holder, role, scope } = fact.statement else { return self.fact(id) };
        if self.world.is_assumed(id) {
            return self.fact(id);
        }
        let what = format!("{} on {}", self.policy.roles[role].meta.name, self.name(scope));
        if fact.during.until <= self.at {
            let since = if fact.during.since == Instant::MIN { String::new() } else { format!(" from {}", fact.during.since) };
            return format!("{} was assigned {what}{since} until {}", self.name(holder), fact.during.until);
        }
        format!("{} is assigned {what}, but only from {}", self.name(holder), fact.during.since)
    }

    /// Why an element of the policy is not in force.
    pub(super) fn out_of_force(self, element: &str, out: OutOfForce) -> String {
        match out {
            OutOfForce::Ended(date) => format!("{element} ended on {date}"),
            OutOfForce::Begins(date) => format!("{element} begins on {date}"),
            OutOfForce::Off(toggle) => format!("{element} is not in force while toggle {} is off", self.policy.toggles[toggle].meta.name),
        }
    }

    /// When a fact ended or begins, as the end of a sentence about `said`: `(ended on 2020-02-01)`. If the fact does not state `said`
    /// itself, it is named.
    pub(super) fn other_time(self, id: FactId, said: Option<Statement>) -> String {
        let fact = self.world.fact(id);
        let named = if said == Some(fact.statement) { String::new() } else { format!("that {} ", self.statement(fact.statement)) };
        if fact.during.until > self.at {
            format!("({named}begins on {})", fact.during.since)
        } else if self.world.is_assumed(id) {
            let is = if named.is_empty() { "" } else { "is " };
            format!("({named}{is}assumed to have ended)")
        } else {
            format!("({named}ended on {})", fact.during.until)
        }
    }

    /// A missing datum: `device:d-mystery.added-by`, for people as it can be assumed (`device:"d-mystery".added-by`), or a fact as world files
    /// write it.
    pub fn datum(self, datum: MissingDatum) -> String {
        match datum {
            MissingDatum::Attribute(entity, attribute) => {
                if self.labels.is_some() {
                    let name = &self.policy.attributes[attribute].name;
                    let unnamed = self.world.is_unnamed(entity).then(|| format!("{name} of {}", self.name(entity)));
                    return unnamed.unwrap_or_else(|| self.world.attribute_text(self.policy, entity, attribute));
                }
                let (plain, lexed) = (self.world.name(self.policy, entity), self.world.lexed_name(self.policy, entity));
                if plain == lexed {
                    format!("{plain}.{}", self.policy.attributes[attribute].name)
                } else {
                    self.world.attribute_text(self.policy, entity, attribute)
                }
            }
            MissingDatum::Fact(statement) => self.world.statement_text(self.policy, &statement),
            MissingDatum::Role(role) => self.world.lexed_name(self.policy, role),
        }
    }
}

/// A relation with these names for its ends; see [`Words::relation_of`].
pub(super) fn relation_says(policy: &Policy, relation: RelationId, names: &[String]) -> String {
    let declared = &policy.relations[relation];
    match &declared.says {
        Some(template) => filled(template, |end| name_of(names, end)),
        None => format!("{}({})", declared.meta.name, names.join(", ")),
    }
}

/// That a relation does not hold between what has these names.
pub(super) fn relation_says_not(policy: &Policy, relation: RelationId, names: &[String]) -> String {
    match policy.relations[relation].says.as_deref().and_then(negated) {
        Some(template) => filled(&template, |end| name_of(names, end)),
        None => format!("it is not true that {}", relation_says(policy, relation, names)),
    }
}

/// The name for `{1}` and so on.
fn name_of(names: &[String], end: &str) -> Option<String> {
    names.get(end.parse::<usize>().ok()?.checked_sub(1)?).cloned()
}

/// The dates of an interval that is not all time: `from 2019-01-10 until 2020-09-01`.
pub(super) fn dates(interval: Interval) -> Option<String> {
    match (interval.since == Instant::MIN, interval.until == Instant::MAX) {
        (true, true) => None,
        (false, true) => Some(format!("from {}", interval.since)),
        (true, false) => Some(format!("until {}", interval.until)),
        (false, false) => Some(format!("from {} until {}", interval.since, interval.until)),
    }
}

/// A text in which each name in braces has its value. Where there is no value, the braces stay.
pub(super) fn filled(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut found = String::with_capacity(text.len() + 64);
    let mut end = 0;
    for placeholder in placeholders(text) {
        found.push_str(&text[end..placeholder.at]);
        match placeholder.name().and_then(&value) {
            Some(value) => found.push_str(&value),
            None => found.push_str(placeholder.text),
        }
        end = placeholder.at + placeholder.text.len();
    }
    found.push_str(&text[end..]);
    found
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn only_names_with_a_value_are_replaced() {
        let value = |name: &str| match name {
            "1" => Some("{2}".to_owned()),
            "2" => Some("b".to_owned()),
            _ => None,
        };
        assert_eq!(filled("{2} of {1}, {3} {x} {", value), "b of {2}, {3} {x} {");
    }
}
