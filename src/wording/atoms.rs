//! Atoms of conditions in words.

use super::Words;
use crate::eval::Truth;
use crate::explain::{Absence, AtomReason, AtomText, Basis};
use crate::policy::Op;
use crate::text::Span;
use crate::world::{FactId, Statement, Value};

impl Words<'_> {
    /// An atom, with the basis of its truth value.
    pub(super) fn atom(self, atom: AtomReason, basis: Basis, truth: Truth) -> String {
        match basis {
            Basis::Below => self.bare_atom(atom, truth),
            Basis::Fact(fact) => self.atom_of_fact(atom, fact, truth),
            Basis::Absent(absence) => format!("{}: {}", self.absence(absence), self.bare_atom(atom, truth)),
            Basis::NoValue(absence) => format!("{}, so {}", self.absence(absence), self.bare_atom(atom, truth)),
            Basis::OtherTime(fact) => {
                let when = self.other_time(fact, atom.statement(self.policy, self.world));
                format!("{} {when}", self.bare_atom(atom, truth))
            }
            Basis::RoleOutOfForce(out) => format!("{}: {}", self.bare_atom(atom, truth), self.out_of_force("the role", out)),
            Basis::Restated(fact) => self.fact(fact),
        }
    }

    /// An atom by itself.
    fn bare_atom(self, atom: AtomReason, truth: Truth) -> String {
        let either = |yes: &'static str, no: &'static str| if truth == Truth::False { no } else { yes };
        let sentence = match atom {
            AtomReason::Relation { relation, ends, was } => match (truth, was) {
                (_, true) => past(&self.relation(relation, ends), truth),
                (Truth::False, false) => self.no_relation(relation, ends),
                (_, false) => self.relation(relation, ends),
            },
            AtomReason::Holds { was: true, holder, role, scope } => {
                let role = &self.world.entity(role).id;
                past(&format!("{} is assigned {role} on {}", self.name(holder), self.name(scope)), truth)
            }
            AtomReason::Holds { was: false, holder, role, scope } => {
                let role = &self.world.entity(role).id;
                format!("{} {} {role} on {}", self.name(holder), either("holds", "does not hold"), self.name(scope))
            }
            AtomReason::Member { member, group } => format!("{} {} in {}", self.name(member), either("is", "is not"), self.name(group)),
            AtomReason::Within { inner, outer } => {
                format!("{} {} within {}", self.name(inner), either("lies", "does not lie"), self.name(outer))
            }
            AtomReason::Same(one, other) => format!("{} {} {}", self.name(one), either("is", "is not"), self.name(other)),
            AtomReason::Kind(entity, kind) => {
                format!("{} {} of kind {}", self.name(entity), either("is", "is not"), self.policy.kinds[kind].meta.name)
            }
            AtomReason::Compare { left, right, text, .. } => return self.comparison((left, right), text, truth),
            AtomReason::OneOf { value, text } => return format!("{}: it is {}", self.by_text(text, truth), self.value(value)),
            AtomReason::Written(text) => return self.by_text(text, truth),
        };
        if truth == Truth::Unknown { format!("it is unknown whether {sentence}") } else { sentence }
    }

    /// An atom of one value, with the fact that gives the value.
    fn atom_of_fact(self, atom: AtomReason, fact: FactId, truth: Truth) -> String {
        let says = self.fact(fact);
        let Statement::Value { attribute, .. } = self.world.fact(fact).statement else {
            return format!("{says}: {}", self.bare_atom(atom, truth));
        };
        match atom {
            AtomReason::Compare { op: Op::Eq, .. } if truth == Truth::True => says,
            AtomReason::Compare { op: Op::Eq, right, .. } => format!("{says}, not {}", self.value(right)),
            AtomReason::Kind(_, kind) => match self.policy.attributes[attribute].value.entity_kinds() {
                // The attribute allows no other kind.
                Some(kinds) if kinds.len() == 1 => says,
                _ => {
                    let is = if truth == Truth::True { "is" } else { "is not" };
                    format!("{says}, which {is} of kind {}", self.policy.kinds[kind].meta.name)
                }
            },
            AtomReason::OneOf { text, .. } | AtomReason::Compare { text: Some(text), .. } => {
                format!("{says}: {}", self.by_text(text, truth))
            }
            _ => format!("{says}: {}", self.bare_atom(atom, truth)),
        }
    }

    /// An attribute that has no value, with the one that has a value instead.
    pub(super) fn absence(self, Absence { entity, attribute, instead }: Absence) -> String {
        let says = format!("{} has no {}", self.name(entity), self.policy.attributes[attribute].name);
        match instead.map(|fact| self.world.fact(fact).statement) {
            Some(Statement::Value { attribute, value, .. }) => {
                format!("{says} (its {} is {})", self.policy.attributes[attribute].name, self.value(value))
            }
            _ => says,
        }
    }

    /// A comparison: its text, if it has one, and how the two values compare.
    fn comparison(self, (left, right): (Value, Value), text: Option<AtomText>, truth: Truth) -> String {
        let (one, other) = (self.value(left), self.value(right));
        let compared = match (left, right) {
            _ if left == right => format!("both are {one}"),
            (Value::Number(left), Value::Number(right)) if left < right => format!("{one} is less than {other}"),
            (Value::Number(_), Value::Number(_)) => format!("{one} is more than {other}"),
            (Value::Date(left), Value::Date(right)) if left < right => format!("{one} is before {other}"),
            (Value::Date(_), Value::Date(_)) => format!("{one} is after {other}"),
            _ => format!("{one} is not {other}"),
        };
        match text {
            None => compared,
            Some(text) => format!("{}: {compared}", self.by_text(text, truth)),
        }
    }

    /// An atom by its text.
    fn by_text(self, AtomText(span): AtomText, truth: Truth) -> String {
        let source = self.source(span);
        // `!=` is evaluated as the negation of `==`, but the sentence is about the text as written.
        let truth = if is_inequality(&source) { !truth } else { truth };
        let source = without_brackets(&source);
        match truth {
            Truth::True => format!("`{source}` holds"),
            Truth::False => format!("`{source}` does not hold"),
            Truth::Unknown => format!("`{source}` is unknown"),
        }
    }

    /// A part of the policy as written, on one line.
    pub fn source(self, span: Span) -> String {
        self.world.sources.slice(span).split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// That something was so before and no longer is, by the sentence that says that it is so.
fn past(says: &str, truth: Truth) -> String {
    match truth {
        Truth::False => format!("it is not true that this held before and ended: {says}"),
        _ => format!("this held before and ended: {says}"),
    }
}

/// An atom without brackets around it.
fn without_brackets(source: &str) -> &str {
    source.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).map_or(source, str::trim)
}

/// Whether a comparison is written with `!=`.
fn is_inequality(source: &str) -> bool {
    // Operators inside quotes do not count; a quote may be escaped.
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

#[cfg(test)]
mod tests {
    use super::is_inequality;

    #[test]
    fn operators_in_quotes_do_not_count() {
        assert!(is_inequality(r#"a.b != "x""#));
        assert!(!is_inequality(r#"a.b == "!=""#));
        assert!(!is_inequality(r#""\" != " == a.b"#));
        assert!(!is_inequality("a <= b"));
    }
}
