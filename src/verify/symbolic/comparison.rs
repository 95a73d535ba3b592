//! Comparisons, and membership in lists and sets of values.

use super::arguments::Argument;
use super::evaluator::{Bindings, Evaluator};
use super::fact::Value;
use super::kleene::Kleene;
use super::term_value::TermValue;
use crate::policy::{Hop, Op, Term, TermNode};
use crate::verify::sat::Lit;

/// Whether the values compare so.
fn compares(left: Value, op: Op, right: Value) -> bool {
    let ordered = matches!((left, right), (Value::Number(_), Value::Number(_)) | (Value::Date(_), Value::Date(_)));
    match op {
        Op::Eq => left == right,
        Op::Ne => left != right,
        Op::Lt => ordered && left < right,
        Op::Le => ordered && left <= right,
        Op::Gt => ordered && left > right,
        Op::Ge => ordered && left >= right,
    }
}

impl Evaluator<'_, '_> {
    pub(super) fn compare(&mut self, left: &TermValue, op: Op, right: &TermValue) -> Kleene {
        let mut is_true = Lit::FALSE;
        for &(one, here) in &left.values {
            for &(other, there) in &right.values {
                if compares(one, op, other) {
                    let both = self.world.circuit.and(here, there);
                    is_true = self.world.circuit.or(is_true, both);
                }
            }
        }
        let mut unknown = Lit::FALSE;
        for (missing, known) in [(left, right), (right, left)] {
            for &(reason, here) in &missing.unknown {
                for &(value, there) in &known.values {
                    let possible = if op == Op::Eq { self.may_have(reason, value) } else { Lit::TRUE };
                    let case = self.world.circuit.all([here, there, possible]);
                    unknown = self.world.circuit.or(unknown, case);
                }
            }
        }
        let (one, other) = (self.is_unknown(left), self.is_unknown(right));
        let both = self.world.circuit.and(one, other);
        unknown = self.world.circuit.or(unknown, both);
        Kleene { is_true, may_be: self.world.circuit.or(is_true, unknown) }
    }

    pub(super) fn one_of(&mut self, operand: &TermValue, constants: &[Term], bindings: &Bindings) -> Kleene {
        let constants: Vec<Value> =
            constants.iter().flat_map(|constant| self.term(constant, bindings).values).map(|(value, _)| value).collect();
        let among: Vec<Lit> = operand.values.iter().filter(|(value, _)| constants.contains(value)).map(|(_, lit)| *lit).collect();
        let is_true = self.world.circuit.any(among);
        let mut may_be = is_true;
        for &(reason, lit) in &operand.unknown {
            for &constant in &constants {
                let possible = self.may_have(reason, constant);
                let here = self.world.circuit.and(lit, possible);
                may_be = self.world.circuit.or(may_be, here);
            }
        }
        Kleene { is_true, may_be }
    }

    /// Whether the operand is one of the values of a parameter, each of which is there or not.
    fn among_these(&mut self, operand: &TermValue, values: &[(Value, Lit)]) -> Kleene {
        let mut is_true = Lit::FALSE;
        for &(value, here) in &operand.values {
            for &(_, there) in values.iter().filter(|(own, _)| *own == value) {
                let both = self.world.circuit.and(here, there);
                is_true = self.world.circuit.or(is_true, both);
            }
        }
        let some = self.world.circuit.any(values.iter().map(|(_, lit)| *lit));
        let unknown = self.is_unknown(operand);
        let unknown = self.world.circuit.and(unknown, some);
        Kleene { is_true, may_be: self.world.circuit.or(is_true, unknown) }
    }

    /// Whether the operand is among the values of a set. Nothing is in an empty set that is complete.
    pub(super) fn among(&mut self, operand: &TermValue, set: &Term, bindings: &Bindings) -> Kleene {
        if let (TermNode::Parameter(index), Some(arguments)) = (&set.node, self.arguments) {
            return match &arguments.parameters[*index] {
                Argument::One(one) => self.among_these(operand, &one.values),
                Argument::Many(all) => self.among_these(operand, all),
            };
        }
        let TermNode::Path(of, path) = &set.node else { return Kleene::FALSE };
        let of = self.term(of, bindings);
        let unknown_operand = self.is_unknown(operand);
        let no_bearer = self.is_unknown(&of);
        let known = self.world.circuit.and(no_bearer, !operand.none());
        let mut found = Kleene::unknown_if(known);
        for &(bearer, guard) in &of.values {
            let Value::Entity(bearer) = bearer else { continue };
            let Some(Hop::Attribute(attribute)) = path.of(self.world.kind(bearer)) else { continue };
            let members = self.world.members_of_set(bearer, attribute);
            let open = self.world.is_open(bearer, attribute);
            let some = self.world.circuit.any(members.iter().map(|(_, lit)| *lit));
            let possible = self.world.circuit.or(some, open);
            let unknown = self.world.circuit.all([guard, unknown_operand, possible]);
            found = found.or(Kleene::unknown_if(unknown), &mut self.world.circuit);
            for &(value, lit) in &operand.values {
                let stated = members.iter().find(|(member, _)| *member == value).map_or(Lit::FALSE, |(_, stated)| *stated);
                let more = self.world.may_contain(bearer, attribute, value);
                let more = self.world.circuit.and(open, more);
                let here = Kleene { is_true: stated, may_be: self.world.circuit.or(stated, more) };
                let case = self.world.circuit.and(guard, lit);
                let here = here.where_true(case, &mut self.world.circuit);
                found = found.or(here, &mut self.world.circuit);
            }
        }
        found
    }
}
