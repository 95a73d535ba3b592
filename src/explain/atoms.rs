//! Why one atom of a condition (a relation, `holds`, `in`, a comparison) is true, false or unknown: from its trace to a [`Reason`]. A new
//! operator gets its reason here.

use super::proof::ProofBuilder;
use super::{AtomReason, AtomText, Basis, Finding, Reason, ReasonKind};
use crate::eval::{AtomShape, TermValue, TraceNode, TraceStep, Truth};
use crate::plan::OutOfForce;
use crate::policy::Op;
use crate::text::Span;
use crate::world::{EntityId, FactId, Statement, Value};

/// An atom in a trace: its span, its shape and its operands.
type TracedAtom<'t> = (Span, AtomShape, &'t [TermValue; 3]);

impl ProofBuilder<'_> {
    /// The reasons for the truth value of an atom; empty if it needs none. For `wanted` see [`ProofBuilder::below`].
    pub(super) fn atom(&self, node: TraceNode<'_>, traced: TracedAtom<'_>, blocking: bool, wanted: bool) -> Vec<Reason> {
        let (_, shape, operands) = traced;
        let truth = node.truth();
        let mut below = self.below(node, wanted);
        let facts = !below.is_empty() && below.iter().all(|reason| reason.kind() == ReasonKind::Fact);
        // The sentences of the facts below are the same, so the atom is omitted unless it blocks.
        if truth == Truth::True && facts && !blocking && is_said_by_facts(shape) {
            return below;
        }
        if truth == Truth::True && shape == AtomShape::Asked && below.is_empty() {
            return Vec::new();
        }
        let absent = node.below().find_map(|below| match below.step() {
            TraceStep::Absent(entity, attribute) => Some(self.absence(entity, attribute)),
            _ => None,
        });
        if let (Truth::False, Some(absence)) = (truth, absent) {
            // If one side has no value, the other facts that were read do not matter.
            let basis = Basis::NoValue(absence);
            return vec![Reason::leaf(Finding::Atom(self.evaluated(traced, basis), basis), truth, blocking)];
        }
        if shape == (AtomShape::Holds { was: false }) {
            // The atom blocks, because the role is not held. An implication below it is only one of several ways to hold the role.
            below.iter_mut().for_each(Reason::unblock);
        }
        let mut basis = match below.as_slice() {
            [only] if is_of_values(shape, operands) => match only.finding {
                Finding::Fact(fact) => Basis::Fact(fact),
                Finding::Absent(absence) => Basis::Absent(absence),
                _ => Basis::Below,
            },
            _ => Basis::Below,
        };
        if basis != Basis::Below {
            below.clear();
        }
        let atom = self.evaluated(traced, basis);
        if let Some(out) = self.role_out_of_force(atom) {
            basis = Basis::RoleOutOfForce(out);
        } else if truth == Truth::False
            && let Some(statement) = atom.statement(self.policy, self.world)
            && let Some(fact) = self.other_times.nearest(statement)
        {
            basis = Basis::OtherTime(fact);
        }
        if let (true, Truth::False, AtomReason::Holds { was: false, holder, role, scope }) = (wanted, truth, atom)
            && let Some(role) = self.world.role_of(role)
        {
            below.extend(self.elsewhere.of(holder, role, scope));
        }
        if truth == Truth::True
            && let Some((at, fact)) = below.iter().enumerate().find_map(|(at, reason)| Some((at, self.restated(atom, reason)?)))
        {
            below.remove(at);
            basis = Basis::Restated(fact);
        }
        vec![Reason { because: below, ..Reason::leaf(Finding::Atom(atom, basis), truth, blocking) }]
    }

    /// Why the role that the atom asks for is not in force; `None` if it is, or the atom asks for none. Nobody holds such a role.
    fn role_out_of_force(&self, atom: AtomReason) -> Option<OutOfForce> {
        let AtomReason::Holds { role, was: false, .. } = atom else { return None };
        let role = self.world.role_of(role)?;
        self.decider.context.out_of_force(&self.policy.roles[role].meta.validity)
    }

    /// The atom with its values, as far as its sentence needs them.
    fn evaluated(&self, (span, shape, operands): TracedAtom<'_>, basis: Basis) -> AtomReason {
        let entity = |index: usize| match operands[index] {
            TermValue::Value(Value::Entity(entity)) if entity != EntityId::NONE => Some(entity),
            _ => None,
        };
        let atom = match shape {
            AtomShape::Relation { relation, was } => {
                let mut ends = [EntityId::NONE; 3];
                let count = self.policy.relations[relation].ends.len();
                let known = ends.iter_mut().enumerate().take(count).all(|(index, end)| entity(index).map(|found| *end = found).is_some());
                known.then_some(AtomReason::Relation { relation, ends, was })
            }
            AtomShape::Holds { was } => match (entity(0), entity(1), entity(2)) {
                (Some(holder), Some(role), Some(scope)) => Some(AtomReason::Holds { was, holder, role, scope }),
                _ => None,
            },
            AtomShape::Member => entity(0).zip(entity(1)).map(|(member, group)| AtomReason::Member { member, group }),
            AtomShape::Within => entity(0).zip(entity(1)).map(|(inner, outer)| AtomReason::Within { inner, outer }),
            AtomShape::Asked => entity(0).zip(entity(1)).map(|(asked, named)| {
                let same_kind = self.world.kind(asked) == self.world.kind(named);
                if same_kind { AtomReason::Same(asked, named) } else { AtomReason::Member { member: asked, group: named } }
            }),
            AtomShape::Is(kind) => entity(0).map(|found| AtomReason::Kind(found, kind)),
            AtomShape::Compare(op) => match (operands[0], operands[1]) {
                (TermValue::Value(left), TermValue::Value(right)) => Some(self.comparison(span, op, (left, right), basis)),
                _ => None,
            },
            AtomShape::OneOf | AtomShape::Among => match operands[0] {
                TermValue::Value(value) if !self.begins_with_constant(span) => Some(AtomReason::OneOf { value, text: self.text(span) }),
                _ => None,
            },
        };
        atom.unwrap_or_else(|| AtomReason::Written(self.text(span)))
    }

    /// Whether `x in …` is written with a constant as `x`, whose value needs no telling.
    fn begins_with_constant(&self, span: Span) -> bool {
        let written = self.world.sources.slice(span);
        written.split(" in ").next().is_some_and(|left| left.contains(['"', ':']))
    }

    fn comparison(&self, span: Span, op: Op, (left, right): (Value, Value), basis: Basis) -> AtomReason {
        let read = match basis {
            Basis::Fact(fact) => match self.world.fact(fact).statement {
                Statement::Value { value, .. } => Some(value),
                _ => None,
            },
            _ => None,
        };
        match (read, op) {
            // The sentence is that of the fact, followed by the other value if the two differ.
            (Some(value), Op::Eq) => AtomReason::Compare { op, left: value, right: if value == left { right } else { left }, text: None },
            // If two values differ, the values alone make the sentence.
            (None, Op::Eq | Op::Ne) if left != right => AtomReason::Compare { op, left, right, text: None },
            _ => AtomReason::Compare { op, left, right, text: Some(self.text(span)) },
        }
    }

    /// The text of an atom, as the span of the first atom with that text.
    fn text(&self, span: Span) -> AtomText {
        let text: String = self.world.sources.slice(span).split_whitespace().collect::<Vec<_>>().join(" ");
        AtomText(*self.texts.borrow_mut().entry(text).or_insert(span))
    }

    /// The fact of a reason, if its sentence differs from that of the true atom only by dates.
    fn restated(&self, atom: AtomReason, reason: &Reason) -> Option<FactId> {
        let Finding::Fact(id) = reason.finding else { return None };
        let fact = self.world.fact(id);
        let same = match (atom, fact.statement) {
            (AtomReason::Relation { relation, ends, was: false }, Statement::Relation(other, others)) => {
                (relation, ends) == (other, others)
            }
            (AtomReason::Member { member, group }, Statement::Member { member: other, group: others }) => {
                (member, group) == (other, others)
            }
            (AtomReason::Within { inner, outer }, Statement::Value { entity, attribute, value }) => {
                inner == entity && value == Value::Entity(outer) && self.policy.attributes[attribute].container
            }
            _ => false,
        };
        // The sentence of an assumed fact ends in "assumed", so it is not the same.
        let assumed = self.world.is_assumed(id) && fact.during.until > self.decider.context.at;
        (same && !assumed).then_some(id)
    }
}

/// Whether the sentence of a true atom of this shape is the same as those of the facts on which it rests.
fn is_said_by_facts(shape: AtomShape) -> bool {
    matches!(
        shape,
        AtomShape::Relation { .. }
            | AtomShape::Member
            | AtomShape::Holds { .. }
            | AtomShape::Within
            | AtomShape::Asked
            | AtomShape::Compare(Op::Eq)
    )
}

/// Whether an atom tests values, all of which are known, as opposed to facts between entities.
fn is_of_values(shape: AtomShape, operands: &[TermValue; 3]) -> bool {
    let known = |index: usize| matches!(operands[index], TermValue::Value(_));
    match shape {
        AtomShape::Is(_) | AtomShape::OneOf | AtomShape::Among => known(0),
        AtomShape::Compare(_) => known(0) && known(1),
        _ => false,
    }
}
