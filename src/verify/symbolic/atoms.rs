//! Atoms: tests of the world.

use super::evaluator::{Bindings, Evaluator};
use super::fact::{EntityIndex, Value};
use super::kleene::Kleene;
use super::term_value::TermValue;
use crate::policy::{AllowedKinds, Atom, AtomKind, Hop, RoleTerm, Term, TermNode};
use crate::verify::sat::Lit;

impl Evaluator<'_, '_> {
    /// The truth value of an atom.
    pub(super) fn atom(&mut self, atom: &Atom, bindings: &Bindings) -> Kleene {
        let allowed = atom.allowed.as_slice();
        match &atom.kind {
            AtomKind::Relation { relation, was, terms } => {
                let operands = self.operands(terms, allowed, bindings);
                self.with_entities(&operands, &mut |evaluator, ends| {
                    if *was { evaluator.was_related(*relation, ends) } else { evaluator.related(*relation, ends) }
                })
            }
            AtomKind::Holds { was, holder, role, scope } => {
                let role = match role {
                    RoleTerm::Named(role) => {
                        TermValue { values: vec![(Value::Entity(self.world.role(*role)), Lit::TRUE)], ..TermValue::default() }
                    }
                    RoleTerm::Term(term) => self.term(term, bindings),
                };
                let operands = [self.term(holder, bindings), role, self.term(scope, bindings)];
                let operands: Vec<TermValue> =
                    operands.into_iter().enumerate().map(|(at, operand)| self.placed(operand, at, allowed)).collect();
                self.with_entities(&operands, &mut |evaluator, [holder, role, scope]| {
                    let Some(role) = evaluator.world.role_of(role) else { return Kleene::FALSE };
                    if *was { evaluator.was_assigned(holder, role, scope) } else { evaluator.holds(holder, role, scope) }
                })
            }
            AtomKind::Is(term, kind) => {
                let operands = self.operands([term], allowed, bindings);
                self.with_entities(&operands, &mut |evaluator, [entity, ..]| Kleene::known(Lit::of(evaluator.world.kind(entity) == *kind)))
            }
            AtomKind::Within(inner, outer) => {
                let operands = self.operands([inner, outer], allowed, bindings);
                self.with_entities(&operands, &mut |evaluator, [inner, outer, _]| {
                    Kleene::known(if inner == outer { Lit::TRUE } else { evaluator.world.is_inside(inner, outer) })
                })
            }
            AtomKind::Member(member, group) => {
                let operands = self.operands([member, group], allowed, bindings);
                self.member(&operands[0], &operands[1])
            }
            AtomKind::OneOf(term, constants) => {
                let operand = self.term(term, bindings);
                let operand = self.placed(operand, 0, allowed);
                self.one_of(&operand, constants, bindings)
            }
            AtomKind::Among(term, set) => {
                let operand = self.term(term, bindings);
                let operand = self.placed(operand, 0, allowed);
                self.among(&operand, set, bindings)
            }
            AtomKind::Compare(left, op, right) => {
                let operands = self.operands([left, right], allowed, bindings);
                self.compare(&operands[0], *op, &operands[1])
            }
        }
    }

    fn operands<'t>(&mut self, terms: impl IntoIterator<Item = &'t Term>, allowed: &[AllowedKinds], bindings: &Bindings) -> Vec<TermValue> {
        let terms = terms.into_iter().enumerate();
        terms
            .map(|(at, term)| {
                let operand = self.term(term, bindings);
                self.placed(operand, at, allowed)
            })
            .collect()
    }

    /// An operand at its place. An entity of a kind that the place does not allow makes the atom false, as no value does.
    fn placed(&mut self, mut operand: TermValue, place: usize, allowed: &[AllowedKinds]) -> TermValue {
        for allowed in allowed.iter().filter(|allowed| allowed.term == place) {
            let is_out = |value: &Value| matches!(value, Value::Entity(entity) if !allowed.kinds.contains(self.world.kind(*entity)));
            let (out, within): (Vec<_>, Vec<_>) = operand.values.into_iter().partition(|(value, _)| is_out(value));
            operand.values = within;
            let none = out.into_iter().fold(operand.none(), |none, (_, lit)| self.world.circuit.or(none, lit));
            operand.none = Some(none);
        }
        operand
    }

    /// A test of entities: false if some operand has no value, else unknown if one is unknown.
    fn with_entities(&mut self, operands: &[TermValue], test: &mut dyn FnMut(&mut Self, [EntityIndex; 3]) -> Kleene) -> Kleene {
        let mut cases: Vec<([EntityIndex; 3], Lit)> = vec![([0; 3], Lit::TRUE)];
        let (mut unknown, mut none) = (Lit::FALSE, Lit::FALSE);
        for (at, operand) in operands.iter().enumerate() {
            let mut next = Vec::new();
            none = self.world.circuit.or(none, operand.none());
            let missing = self.is_unknown(operand);
            unknown = self.world.circuit.or(unknown, missing);
            for &(value, lit) in &operand.values {
                let Value::Entity(entity) = value else {
                    none = self.world.circuit.or(none, lit);
                    continue;
                };
                for &(mut ends, guard) in &cases {
                    ends[at] = entity;
                    let guard = self.world.circuit.and(guard, lit);
                    if guard != Lit::FALSE {
                        next.push((ends, guard));
                    }
                }
            }
            cases = next;
        }
        let left = self.world.circuit.and(unknown, !none);
        let mut found = Kleene::unknown_if(left);
        for (ends, guard) in cases {
            let here = test(self, ends);
            let here = here.where_true(guard, &mut self.world.circuit);
            found = found.or(here, &mut self.world.circuit);
        }
        found
    }

    /// Whether one is in a group. Who is in no group is in no unknown group either.
    fn member(&mut self, member: &TermValue, group: &TermValue) -> Kleene {
        let known = TermValue { unknown: Vec::new(), ..group.clone() };
        let mut found = self.with_entities(&[member.clone(), known], &mut |evaluator, [member, group, _]| {
            Kleene::known(evaluator.world.is_member(member, group))
        });
        // The case that both are unknown, or the member is and the group is not, is covered above but for a group that is unknown.
        let unknown = self.is_unknown(group);
        for &(value, guard) in &member.values {
            let Value::Entity(entity) = value else { continue };
            let alone = self.world.in_no_group(entity);
            let here = self.world.circuit.all([guard, unknown, !alone]);
            found = found.or(Kleene::unknown_if(here), &mut self.world.circuit);
        }
        found
    }

    /// Whether the term of a conclusion is the end in question; with `member`, which only a holder has, it may also be a group of that end.
    pub(super) fn is_asked(&mut self, term: &Term, asked: EntityIndex, member: bool, bindings: &Bindings) -> Kleene {
        let operand = self.term(term, bindings);
        let mut found = Kleene::FALSE;
        for &(value, guard) in &operand.values {
            let Value::Entity(entity) = value else { continue };
            let here = match entity == asked {
                true => Lit::TRUE,
                false if member => self.world.is_member(asked, entity),
                false => Lit::FALSE,
            };
            let here = self.world.circuit.and(guard, here);
            found = found.or(Kleene::known(here), &mut self.world.circuit);
        }
        let unknown = self.is_unknown(&operand);
        let possible = match (self.may_be(term, asked), member) {
            (true, _) => Lit::TRUE,
            (false, true) => !self.world.in_no_group(asked),
            (false, false) => Lit::FALSE,
        };
        let unknown = self.world.circuit.and(unknown, possible);
        found.or(Kleene::unknown_if(unknown), &mut self.world.circuit)
    }

    /// Whether an unknown value of the term could be this entity, by its kind.
    fn may_be(&self, term: &Term, entity: EntityIndex) -> bool {
        let kind = self.world.kind(entity);
        match &term.node {
            TermNode::Path(_, path) => path.iter().any(|(_, hop)| match hop {
                Hop::Above(target) => target == kind,
                Hop::Attribute(attribute) => self.policy.attributes[attribute].value.accepts_kind(kind),
                Hop::System => false,
            }),
            _ => true,
        }
    }
}
