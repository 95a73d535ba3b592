//! Sentences: facts, tests, verdicts, in plain English.

use crate::eval::{Datum, Decider, Form, Got, Outcome, Step, Truth, Visit};
use crate::policy::{Op, Policy, RelationId};
use crate::syntax::Instant;
use crate::text::Span;
use crate::world::{Asked, Body, Ent, FactId, Interval, Value, World};

/// Words about one policy and one world.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub(super) policy: &'a Policy,
    pub(super) world: &'a World,
    pub(super) at: Instant,
}

impl<'a> Words<'a> {
    pub(super) fn of(decider: &Decider<'a>) -> Words<'a> {
        Words { policy: &decider.engine.policy, world: decider.world, at: decider.scene.at }
    }

    pub(super) fn name(self, ent: Ent) -> String {
        self.world.name(self.policy, ent)
    }

    pub(super) fn value(self, value: Value) -> String {
        match value {
            Value::Entity(ent) => self.name(ent),
            Value::Text(sym) => format!("\"{}\"", self.world.text(sym)),
            Value::Number(number) => number.to_string(),
            Value::Date(date) => date.to_string(),
        }
    }

    /// A relation's sentence: its `says`, or the relation as written.
    pub(super) fn relation(self, relation: RelationId, ends: [Ent; 3]) -> String {
        let declared = &self.policy.relations[relation];
        let names: Vec<String> = ends.iter().take(declared.ends.len()).map(|&end| self.name(end)).collect();
        match &declared.says {
            None => format!("{}({})", declared.head.name, names.join(", ")),
            Some(says) => {
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
        }
    }

    /// What a fact says, as if it held.
    pub(super) fn body(self, body: Body) -> String {
        match body {
            Body::Relation(relation, ends) => self.relation(relation, ends),
            Body::Holds { holder, role, scope } => {
                format!("{} is assigned {} on {}", self.name(holder), self.policy.roles[role].head.name, self.name(scope))
            }
            Body::Member { member, group } => format!("{} is in {}", self.name(member), self.name(group)),
            Body::Value { entity, attribute, value } => {
                let declared = &self.policy.attributes[attribute];
                if declared.container {
                    return format!("{} lies within {}", self.name(entity), self.value(value));
                }
                format!("{} of {} is {}", declared.name, self.name(entity), self.value(value))
            }
        }
    }

    /// A fact with its dates.
    pub(super) fn fact(self, id: FactId) -> String {
        let fact = self.world.fact(id);
        let ended = fact.during.until <= self.at;
        let body = self.body(fact.body);
        match (ended, during(fact.during)) {
            (_, None) => body,
            (false, Some(dates)) => format!("{body}, {dates}"),
            (true, Some(dates)) => format!("{body}, {dates}, and no more"),
        }
    }

    /// When else what a fact says was so, if that helps one whom it fails now.
    pub(super) fn other_times(self, body: Body) -> Option<(String, FactId)> {
        let facts = self.world.about(body);
        let same = facts.into_iter().filter(|&id| self.world.fact(id).body == body);
        let (ended, begins): (Vec<FactId>, Vec<FactId>) = same.partition(|&id| self.world.fact(id).during.until <= self.at);
        let last = ended.into_iter().max_by_key(|&id| self.world.fact(id).during.until);
        if let Some(id) = last {
            return Some((format!("it ended on {}", self.world.fact(id).during.until), id));
        }
        let first = begins.into_iter().min_by_key(|&id| self.world.fact(id).during.since)?;
        Some((format!("it begins on {}", self.world.fact(first).during.since), first))
    }

    /// The part of the policy at a span, on one line.
    pub(super) fn source(self, span: Span) -> String {
        self.world.sources.slice(span).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What a test came to.
    pub(super) fn test(self, span: Span, form: Form, operands: &[Got; 3], truth: Truth) -> String {
        let ent = |index: usize| match operands[index] {
            Got::Value(Value::Entity(ent)) if ent != Ent::NOBODY => Some(ent),
            _ => None,
        };
        let either = |yes: &str, no: &str| if truth == Truth::False { no.to_owned() } else { yes.to_owned() };
        let sentence = match form {
            Form::Relation { relation, was } => {
                let count = self.policy.relations[relation].ends.len();
                let mut ends = [Ent::NOBODY; 3];
                for (index, end) in ends.iter_mut().enumerate().take(count) {
                    match ent(index) {
                        Some(found) => *end = found,
                        None => return self.by_source(span, truth),
                    }
                }
                let says = self.relation(relation, ends);
                match (truth, was) {
                    (Truth::False, false) => format!("it is not so that {says}"),
                    (Truth::False, true) => format!("it is not so that, before, {says}"),
                    (_, true) => format!("{says}: before, and no more"),
                    (_, false) => says,
                }
            }
            Form::Holds => match (ent(0), ent(1), ent(2)) {
                (Some(holder), Some(role), Some(scope)) => {
                    let role = &self.world.entity(role).id;
                    format!("{} {} {role} on {}", self.name(holder), either("holds", "does not hold"), self.name(scope))
                }
                _ => return self.by_source(span, truth),
            },
            Form::Member => match (ent(0), ent(1)) {
                (Some(member), Some(group)) => format!("{} {} in {}", self.name(member), either("is", "is not"), self.name(group)),
                _ => return self.by_source(span, truth),
            },
            Form::Within => match (ent(0), ent(1)) {
                (Some(inner), Some(outer)) => {
                    format!("{} {} within {}", self.name(inner), either("lies", "does not lie"), self.name(outer))
                }
                _ => return self.by_source(span, truth),
            },
            Form::Asked => match (ent(0), ent(1)) {
                (Some(asked), Some(named)) if self.world.kind(asked) != self.world.kind(named) => {
                    format!("{} {} in {}", self.name(asked), either("is", "is not"), self.name(named))
                }
                (Some(asked), Some(named)) => format!("{} {} {}", self.name(asked), either("is", "is not"), self.name(named)),
                _ => return self.by_source(span, truth),
            },
            Form::Compare(Op::Eq) => match (operands[0], operands[1]) {
                (Got::Value(left), Got::Value(right)) if truth == Truth::False => {
                    format!("{} is not {}", self.value(left), self.value(right))
                }
                (Got::None, _) | (_, Got::None) => return self.by_source_and_none(span, operands),
                _ => return self.by_source(span, truth),
            },
            Form::Is(_) | Form::OneOf | Form::Among | Form::Compare(_) => return self.by_source(span, truth),
        };
        if truth == Truth::Unknown { format!("it is unknown whether {sentence}") } else { sentence }
    }

    /// Where a fact is compared and is not equal: the value to which it is not.
    pub(super) fn other_side(self, visit: Visit<'_>, form: Form, operands: &[Got; 3], truth: Truth) -> Option<String> {
        let (Form::Compare(Op::Eq), Truth::False) = (form, truth) else { return None };
        let (Got::Value(left), Got::Value(right)) = (operands[0], operands[1]) else { return None };
        let read = visit.below().find_map(|below| match below.step() {
            Step::Fact(fact) => Some(self.world.fact(fact).body),
            _ => None,
        });
        match read? {
            Body::Value { value, .. } if value == left => Some(self.value(right)),
            Body::Value { value, .. } if value == right => Some(self.value(left)),
            _ => None,
        }
    }

    /// A comparison with what is known to be absent.
    fn by_source_and_none(self, span: Span, operands: &[Got; 3]) -> String {
        let bare = self.by_source(span, Truth::False);
        let source = self.source(span);
        let mut sides = source.split("==").map(str::trim);
        let (Some(left), Some(right), None) = (sides.next(), sides.next(), sides.next()) else { return bare };
        let absent = if operands[0] == Got::None { left } else { right };
        format!("{bare}: `{absent}` is none")
    }

    fn by_source(self, span: Span, truth: Truth) -> String {
        let source = self.source(span);
        match truth {
            Truth::True => format!("`{source}` holds"),
            Truth::False => format!("`{source}` does not hold"),
            Truth::Unknown => format!("`{source}` is unknown"),
        }
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

/// What a fact says, in a sentence, whether it holds or not.
pub fn fact_words(decider: &Decider<'_>, body: Body) -> String {
    Words::of(decider).body(body)
}

/// A missing datum as answers name it: `device:d-mystery.added-by`, or a fact.
pub fn datum(policy: &Policy, world: &World, datum: Datum) -> String {
    match datum {
        Datum::Attribute(ent, attribute) => {
            let (plain, lexed) = (world.name(policy, ent), world.lexed_name(policy, ent));
            if plain == lexed {
                format!("{plain}.{}", policy.attributes[attribute].name)
            } else {
                world.attribute_text(policy, ent, attribute)
            }
        }
        Datum::Fact(body) => world.body_text(policy, &body),
    }
}

/// The verdict, without its reason: `alice@contoso may manage subscription fab-prod`.
pub fn verdict(decider: &Decider<'_>, asked: &Asked, outcome: Outcome) -> String {
    let words = Words::of(decider);
    let (policy, world) = (words.policy, words.world);
    let subject = &world.entity(asked.subject).id;
    let resource = world.entity(asked.resource);
    let kind = &policy.kinds[resource.kind].head.name;
    let doing = doing(&policy.actions[asked.action].head.name, kind);
    let whom = format!("{subject} may {doing} {kind} {}", resource.id);
    match outcome {
        Outcome::Allowed => whom,
        Outcome::Barred | Outcome::NotGranted => whom.replacen(" may ", " may not ", 1),
        Outcome::Unknown => format!("it is unknown whether {whom}"),
    }
}

/// What is done, from an action's name: its last part is the verb; what stands between system and verb is done to, unless that is the
/// resource itself: `autopilot.profile.apply` on a device is `apply profile for`. `partner-center.view-customer` on a customer is `view`.
fn doing(action: &str, kind: &str) -> String {
    let parts: Vec<&str> = action.split('.').collect();
    let verb = parts.last().copied().unwrap_or(action).replace('-', " ");
    let middle = if parts.len() > 2 { parts[1..parts.len() - 1].join(" ").replace('-', " ") } else { String::new() };
    let plural = |noun: &str| format!("{noun}s");
    if let Some(verb) = verb.strip_suffix(kind).and_then(|verb| verb.strip_suffix(' ')).filter(|_| middle.is_empty()) {
        return verb.to_owned();
    }
    if middle.is_empty() || middle == kind || middle == plural(kind) {
        return if verb.contains(' ') { format!("{verb} for") } else { verb };
    }
    format!("{verb} {middle} for")
}

#[cfg(test)]
mod tests {
    use super::doing;

    #[test]
    fn actions_are_told_as_what_is_done_to_the_resource() {
        let told = |action, kind| format!("may {} {kind} x", doing(action, kind));
        assert_eq!(told("subscription.manage", "subscription"), "may manage subscription x");
        assert_eq!(told("autopilot.profile.apply", "device"), "may apply profile for device x");
        assert_eq!(told("autopilot.profile.update", "profile"), "may update profile x");
        assert_eq!(told("teams-rooms.rooms.reset-key", "room"), "may reset key for room x");
        assert_eq!(told("partner-center.view-customer", "customer"), "may view customer x");
        assert_eq!(told("read", "book"), "may read book x");
    }
}
