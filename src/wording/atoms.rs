//! Atoms of conditions in words: what a test found.

use super::Words;
use crate::eval::{AtomShape, TermValue, TraceNode, TraceStep, Truth};
use crate::policy::Op;
use crate::text::Span;
use crate::world::{EntityId, Statement, Value};

impl Words<'_> {
    /// What a test came to.
    pub fn test(self, span: Span, form: AtomShape, operands: &[TermValue; 3], truth: Truth) -> String {
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
    pub fn of_value(
        self,
        visit: TraceNode<'_>,
        span: Span,
        form: AtomShape,
        operands: &[TermValue; 3],
        truth: Truth,
        fact: String,
    ) -> String {
        let read = visit.below().find_map(|below| match below.step() {
            TraceStep::Fact(fact) => Some(self.world.fact(fact).statement),
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
                match self.policy.attributes[attribute].value.entity_kinds() {
                    // It can be nothing else.
                    Some(kinds) if kinds.len() == 1 => fact,
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
