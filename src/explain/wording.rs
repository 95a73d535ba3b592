//! Sentences: facts, tests, verdicts, in plain English.

use crate::eval::{AtomShape, Decider, MissingDatum, Outcome, TermValue, TraceNode, TraceStep, Truth};
use crate::policy::{Op, Policy, RelationId, RoleId, ValueType};
use crate::text::Span;
use crate::time::Instant;
use crate::time::Interval;
use crate::world::{EntityId, Fact, FactId, ResolvedRequest, Statement, Value, World};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// How many memberships that ended are looked at.
const LEFT: usize = 8;

/// Words about one policy and one world.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub(super) policy: &'a Policy,
    pub(super) world: &'a World,
    pub(super) at: Instant,
}

impl<'a> Words<'a> {
    pub(super) fn of(decider: &Decider<'a>) -> Words<'a> {
        Words { policy: &decider.compiled.policy, world: decider.world, at: decider.context.at }
    }

    pub(super) fn name(self, ent: EntityId) -> String {
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
    pub(super) fn relation(self, relation: RelationId, ends: [EntityId; 3]) -> String {
        let count = self.policy.relations[relation].ends.len();
        let names: Vec<String> = ends.iter().take(count).map(|&end| self.name(end)).collect();
        relation_words(self.policy, relation, &names)
    }

    /// What a fact says, as if it held.
    pub(super) fn body(self, body: Statement) -> String {
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
    pub(super) fn fact(self, id: FactId) -> String {
        let fact = self.world.fact(id);
        let body = self.body(fact.body);
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
    pub(super) fn assignment_at(self, id: FactId) -> String {
        let fact = self.world.fact(id);
        let Statement::Holds { holder, role, scope } = fact.body else { return self.fact(id) };
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

    /// A fact that would make this so at another time: the one that ended last, else the one that begins first.
    pub(super) fn other_time(self, body: Statement) -> Option<FactId> {
        let bodies = self.giving(body);
        let facts: BTreeSet<FactId> = bodies.iter().flat_map(|&body| self.world.facts_stating(body)).collect();
        let (ended, begins): (Vec<FactId>, Vec<FactId>) = facts.into_iter().partition(|&id| self.world.fact(id).during.until <= self.at);
        let last = ended.into_iter().max_by_key(|&id| self.world.fact(id).during.until);
        last.or_else(|| begins.into_iter().min_by_key(|&id| self.world.fact(id).during.since))
    }

    /// What a fact must say to make this so: this itself; of a role or a relation that covers, also the same over what contains the scope;
    /// of a role, also by a group that the holder is in.
    fn giving(self, body: Statement) -> Vec<Statement> {
        let above = |ent| std::iter::successors(Some(ent), |&here| self.world.container(here, self.at));
        match body {
            Statement::Relation(relation, ends) if self.policy.relations[relation].covers => {
                let last = self.policy.relations[relation].ends.len() - 1;
                let at = |scope| {
                    let mut ends = ends;
                    ends[last] = scope;
                    Statement::Relation(relation, ends)
                };
                above(ends[last]).map(at).collect()
            }
            Statement::Holds { holder, role, scope } => {
                let holders = self.itself_and_groups(holder);
                above(scope).flat_map(|scope| holders.iter().map(move |&holder| Statement::Holds { holder, role, scope })).collect()
            }
            body => vec![body],
        }
    }

    fn itself_and_groups(self, member: EntityId) -> Vec<EntityId> {
        let mut found = vec![member];
        let mut known = BTreeSet::from([member]);
        let mut next = 0;
        while let Some(&here) = found.get(next) {
            for id in self.world.memberships(here) {
                match self.world.fact(id) {
                    Fact { body: Statement::Member { group, .. }, during, .. } if during.contains(self.at) && known.insert(group) => {
                        found.push(group);
                    }
                    _ => {}
                }
            }
            next += 1;
        }
        found
    }

    /// The assignment of a role over the scope, in force, to a group that the member left; the group; and the membership that ended, the
    /// latest first. Of a member that left many groups only the last few are looked at.
    pub(super) fn held_by_left_group(self, member: EntityId, role: RoleId, scope: EntityId) -> Option<(FactId, EntityId, FactId)> {
        let world = self.world;
        let ended = |&id: &FactId| world.fact(id).during.until <= self.at && !world.is_assumed(id);
        let mut left: Vec<FactId> = world.memberships(member).filter(ended).collect();
        left.sort_by_key(|&id| (Reverse(world.fact(id).during.until), id));
        let scopes: Vec<EntityId> = std::iter::successors(Some(scope), |&here| world.container(here, self.at)).collect();
        left.into_iter().take(LEFT).find_map(|left| {
            let Statement::Member { group, .. } = world.fact(left).body else { return None };
            let groups: BTreeSet<EntityId> = self.itself_and_groups(group).into_iter().collect();
            let assignments =
                scopes.iter().flat_map(|&scope| world.assignments_over(scope)).filter(|&id| world.fact(id).during.contains(self.at));
            let mut holders = assignments.filter_map(|id| match world.fact(id).body {
                Statement::Holds { holder, role: held, .. } if held == role && groups.contains(&holder) => Some((id, holder)),
                _ => None,
            });
            holders.next().map(|(assignment, holder)| (assignment, holder, left))
        })
    }

    /// When a fact holds that does not hold now, beside a sentence that says what it would make so.
    pub(super) fn when(self, id: FactId, body: Statement) -> String {
        let fact = self.world.fact(id);
        let that = if fact.body == body { "it".to_owned() } else { format!("that {}", self.body(fact.body)) };
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
    pub(super) fn source(self, span: Span) -> String {
        self.world.sources.slice(span).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What a test came to.
    pub(super) fn test(self, span: Span, form: AtomShape, operands: &[TermValue; 3], truth: Truth) -> String {
        let ent = |index: usize| match operands[index] {
            TermValue::Value(Value::Entity(ent)) if ent != EntityId::NONE => Some(ent),
            _ => None,
        };
        let either = |yes: &str, no: &str| if truth == Truth::False { no.to_owned() } else { yes.to_owned() };
        let sentence = match form {
            AtomShape::Relation { relation, was } => {
                let count = self.policy.relations[relation].ends.len();
                let mut ends = [EntityId::NONE; 3];
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
            AtomShape::Holds => match (ent(0), ent(1), ent(2)) {
                (Some(holder), Some(role), Some(scope)) => {
                    let role = &self.world.entity(role).id;
                    format!("{} {} {role} on {}", self.name(holder), either("holds", "does not hold"), self.name(scope))
                }
                _ => return self.by_source(span, truth),
            },
            AtomShape::Member => match (ent(0), ent(1)) {
                (Some(member), Some(group)) => format!("{} {} in {}", self.name(member), either("is", "is not"), self.name(group)),
                _ => return self.by_source(span, truth),
            },
            AtomShape::Within => match (ent(0), ent(1)) {
                (Some(inner), Some(outer)) => {
                    format!("{} {} within {}", self.name(inner), either("lies", "does not lie"), self.name(outer))
                }
                _ => return self.by_source(span, truth),
            },
            AtomShape::Asked => match (ent(0), ent(1)) {
                (Some(asked), Some(named)) if self.world.kind(asked) != self.world.kind(named) => {
                    format!("{} {} in {}", self.name(asked), either("is", "is not"), self.name(named))
                }
                (Some(asked), Some(named)) => format!("{} {} {}", self.name(asked), either("is", "is not"), self.name(named)),
                _ => return self.by_source(span, truth),
            },
            AtomShape::Compare(op) => match (operands[0], operands[1]) {
                (TermValue::Value(left), TermValue::Value(right)) => return self.comparison(span, op, left, right, truth),
                _ => return self.by_source(span, truth),
            },
            AtomShape::Is(kind) => match ent(0) {
                Some(found) => format!("{} {} of kind {}", self.name(found), either("is", "is not"), self.policy.kinds[kind].meta.name),
                None => return self.by_source(span, truth),
            },
            AtomShape::OneOf | AtomShape::Among => match operands[0] {
                TermValue::Value(value) => return format!("{}: it is {}", self.by_source(span, truth), self.value(value)),
                _ => return self.by_source(span, truth),
            },
        };
        if truth == Truth::Unknown { format!("it is unknown whether {sentence}") } else { sentence }
    }

    /// What a test of a single attribute came to, with the fact that tells the attribute.
    pub(super) fn of_value(
        self,
        visit: TraceNode<'_>,
        span: Span,
        form: AtomShape,
        operands: &[TermValue; 3],
        truth: Truth,
        fact: String,
    ) -> String {
        let read = visit.below().find_map(|below| match below.step() {
            TraceStep::Fact(fact) => Some(self.world.fact(fact).body),
            _ => None,
        });
        let Some(Statement::Value { attribute, value, .. }) = read else {
            return format!("{fact}: {}", self.test(span, form, operands, truth));
        };
        match (form, operands[0], operands[1]) {
            (AtomShape::Compare(Op::Eq), ..) if truth == Truth::True => fact,
            (AtomShape::Compare(Op::Eq), TermValue::Value(left), TermValue::Value(right)) => {
                format!("{fact}, not {}", self.value(if value == left { right } else { left }))
            }
            (AtomShape::Is(kind), ..) => {
                let is = if truth == Truth::True { "is" } else { "is not" };
                match &self.policy.attributes[attribute].value {
                    // It can be nothing else.
                    ValueType::Entity(kinds) if kinds.len() == 1 => fact,
                    _ => format!("{fact}, which {is} of kind {}", self.policy.kinds[kind].meta.name),
                }
            }
            (AtomShape::OneOf | AtomShape::Among | AtomShape::Compare(_), ..) => format!("{fact}: {}", self.by_source(span, truth)),
            _ => format!("{fact}: {}", self.test(span, form, operands, truth)),
        }
    }

    /// A comparison of two values: as written, and how they stand to each other.
    fn comparison(self, span: Span, op: Op, left: Value, right: Value, truth: Truth) -> String {
        let (one, other) = (self.value(left), self.value(right));
        let stand = match (left, right) {
            _ if left == right => format!("both are {one}"),
            (Value::Number(left), Value::Number(right)) if left < right => format!("{one} is less than {other}"),
            (Value::Number(_), Value::Number(_)) => format!("{one} is more than {other}"),
            (Value::Date(left), Value::Date(right)) if left < right => format!("{one} is before {other}"),
            (Value::Date(_), Value::Date(_)) => format!("{one} is after {other}"),
            _ => format!("{one} is not {other}"),
        };
        match op {
            // That two differ says all.
            Op::Eq | Op::Ne if left != right => stand,
            // `!=` is walked as the contrary of `==`; what is said is said of what is written.
            _ if unequal(&self.source(span)) => format!("{}: {stand}", self.by_source(span, !truth)),
            _ => format!("{}: {stand}", self.by_source(span, truth)),
        }
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

/// Whether a comparison is written `!=`.
fn unequal(source: &str) -> bool {
    // Outside of quotes, and a quote may be escaped.
    let (mut quoted, mut escaped, mut last) = (false, false, ' ');
    for character in source.chars() {
        match (quoted, character) {
            _ if escaped => escaped = false,
            (true, '\\') => escaped = true,
            (_, '"') => quoted = !quoted,
            (false, '=') if matches!(last, '=' | '!') => return last == '!',
            _ => {}
        }
        last = character;
    }
    false
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
    Words::of(decider).body(body)
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
        MissingDatum::Fact(body) => world.body_text(policy, &body),
    }
}

/// The verdict, without its reason: `alice@contoso may manage subscription fab-prod`.
pub fn verdict(decider: &Decider<'_>, asked: &ResolvedRequest, outcome: Outcome) -> String {
    let words = Words::of(decider);
    let (policy, world) = (words.policy, words.world);
    let subject = &world.entity(asked.subject).id;
    let resource = world.entity(asked.resource);
    let kind = &policy.kinds[resource.kind].meta.name;
    let action = &policy.actions[asked.action].meta;
    // A table's action has its row for a title, which is no phrase.
    let tabled = policy.tables.values().any(|table| table.rows.iter().any(|row| row.action == asked.action));
    let whom = match &action.title {
        Some(title) if !tabled && !names(&action.name, kind) => format!("{subject} may {} ({kind} {})", uncapitalised(title), resource.id),
        _ => format!("{subject} may {} {kind} {}", doing(&action.name, kind), resource.id),
    };
    match outcome {
        Outcome::Allowed => whom,
        Outcome::Barred | Outcome::NotGranted => whom.replacen(" may ", " may not ", 1),
        Outcome::Unknown => format!("it is unknown whether {whom}"),
    }
}

/// Whether an action's name says to what it is done, and does so by one word: `autopilot.device.remove` is done to a device.
fn names(action: &str, kind: &str) -> bool {
    let Some((before, verb)) = action.rsplit_once('.') else { return false };
    !verb.contains('-') && before.split('.').any(|part| part == kind || part.strip_suffix('s') == Some(kind))
}

/// A title in the middle of a sentence. What begins with two capitals is an abbreviation, and stays.
fn uncapitalised(title: &str) -> String {
    let mut characters = title.chars();
    match (characters.next(), characters.next()) {
        (Some(first), second) if second.is_none_or(|second| !second.is_uppercase()) => {
            first.to_lowercase().chain(title.chars().skip(1)).collect()
        }
        _ => title.to_owned(),
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
