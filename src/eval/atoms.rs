//! Tests of the world.

use super::bindings::Bindings;
use super::evaluator::Evaluator;
use super::trace::{AtomShape, MissingDatum, Recorder, TermValue, TraceStep};
use super::truth::Truth;
use crate::policy::{AtomKind, RelationId, RoleTerm, Term};
use crate::text::Span;
use crate::time::Interval;
use crate::world::{EntityId, FactId, Statement, Value};
use smallvec::SmallVec;

const NO: TermValue = TermValue::None;

impl<R: Recorder> Evaluator<'_, R> {
    pub(crate) fn test(&mut self, span: Span, test: &AtomKind, bindings: &Bindings<'_>) -> Truth {
        // The step stands before what is read for it; its operands are known only after.
        self.recorder.open(TraceStep::Constant);
        let (form, operands, truth) = match test {
            AtomKind::Relation { relation, was, terms } => {
                let mut ends = [NO; 3];
                for (end, term) in ends.iter_mut().zip(terms) {
                    *end = self.term(term, bindings);
                }
                let truth = self.with_entities(ends, terms.len(), |evaluator, ends| {
                    if *was { evaluator.was(*relation, ends) } else { evaluator.relation(*relation, ends) }
                });
                (AtomShape::Relation { relation: *relation, was: *was }, ends, truth)
            }
            AtomKind::Holds { holder, role, scope } => {
                let role = match role {
                    RoleTerm::Named(role) => {
                        let kind = self.env.compiled.policy.role_kind;
                        TermValue::Value(Value::Entity(self.env.world.role_entity(*role, kind)))
                    }
                    RoleTerm::Term(term) => self.term(term, bindings),
                };
                let operands = [self.term(holder, bindings), role, self.term(scope, bindings)];
                let truth = self.with_entities(operands, 3, |evaluator, [holder, role, scope]| {
                    let role = evaluator.env.world.role_of(role, evaluator.env.compiled.policy.role_kind);
                    role.map_or(Truth::False, |role| evaluator.holds(holder, role, scope))
                });
                (AtomShape::Holds, operands, truth)
            }
            AtomKind::Is(term, kind) => {
                let got = self.term(term, bindings);
                let truth =
                    self.with_entities([got, NO, NO], 1, |evaluator, [ent, ..]| Truth::from(evaluator.env.world.kind(ent) == *kind));
                (AtomShape::Is(*kind), [got, NO, NO], truth)
            }
            AtomKind::Within(inner, outer) => {
                let operands = [self.term(inner, bindings), self.term(outer, bindings), NO];
                let truth = self.with_entities(operands, 2, Self::within);
                (AtomShape::Within, operands, truth)
            }
            AtomKind::Member(member, group) => {
                let operands = [self.term(member, bindings), self.term(group, bindings), NO];
                let truth = match operands {
                    // One who is in no group is not in an unknown group either.
                    [TermValue::Value(Value::Entity(member)), TermValue::Unknown, _] if self.in_no_group(member) => Truth::False,
                    _ => self.with_entities(operands, 2, |evaluator, [member, group, _]| evaluator.member(member, group)),
                };
                (AtomShape::Member, operands, truth)
            }
            AtomKind::OneOf(term, values) => {
                let got = self.term(term, bindings);
                let truth = match got {
                    TermValue::None => Truth::False,
                    TermValue::Unknown => Truth::Unknown,
                    TermValue::Value(_) => Truth::from(values.iter().any(|value| self.term(value, bindings) == got)),
                };
                (AtomShape::OneOf, [got, NO, NO], truth)
            }
            AtomKind::Among(term, set) => {
                let got = self.term(term, bindings);
                (AtomShape::Among, [got, NO, NO], self.among(got, set, bindings))
            }
            AtomKind::Compare(left, op, right) => {
                let operands = [self.term(left, bindings), self.term(right, bindings), NO];
                let truth = match operands {
                    [TermValue::None, ..] | [_, TermValue::None, _] => Truth::False,
                    [TermValue::Value(left), TermValue::Value(right), _] => Truth::from(left.compare(*op, right)),
                    _ => Truth::Unknown,
                };
                (AtomShape::Compare(*op), operands, truth)
            }
        };
        self.recorder.name(TraceStep::Atom { span, form, operands });
        self.recorder.close(truth);
        truth
    }

    /// False with a none operand, else unknown with an unknown one, else what the test says of the entities.
    #[inline]
    fn with_entities(&mut self, operands: [TermValue; 3], count: usize, test: impl FnOnce(&mut Self, [EntityId; 3]) -> Truth) -> Truth {
        let mut ents = [EntityId::NONE; 3];
        let mut unknown = false;
        for (ent, operand) in ents.iter_mut().zip(operands).take(count) {
            match operand.entity() {
                Ok(value) => *ent = value,
                Err(Truth::Unknown) => unknown = true,
                Err(truth) => return truth,
            }
        }
        if unknown { Truth::Unknown } else { test(self, ents) }
    }

    /// Whether the relation holds: told, of what contains its last end if it covers, or derived.
    pub(crate) fn relation(&mut self, relation: RelationId, ends: [EntityId; 3]) -> Truth {
        let (world, at) = (self.env.world, self.env.context.at);
        let declared = &self.env.compiled.policy.relations[relation];
        let last = declared.ends.len() - 1;
        let mut here = ends;
        let mut truth = Truth::False;
        let mut steps: SmallVec<[FactId; 4]> = SmallVec::new();
        loop {
            if let Some(fact) = world.find_holding(Statement::Relation(relation, here), at) {
                steps.drain(..).for_each(|step| self.recorder.leaf(TraceStep::Fact(step), Truth::True));
                self.recorder.leaf(TraceStep::Fact(fact), Truth::True);
                truth = Truth::True;
            }
            if truth == Truth::True && !R::EXHAUSTIVE {
                return truth;
            }
            if !R::EXHAUSTIVE && declared.derived_by.is_empty() && !declared.covers {
                break;
            }
            // An implication gives only what could be told: its terms may be of other kinds too.
            if declared.ends.iter().zip(here).all(|(kinds, end)| kinds.contains(world.kind(end))) {
                for &implication in &declared.derived_by {
                    if self.env.active.implication(implication) {
                        truth = truth.or(self.implication(implication, here));
                        if truth == Truth::True && !R::EXHAUSTIVE {
                            return truth;
                        }
                    }
                }
            }
            match self.container(here[last]) {
                Some((above, fact)) if declared.covers => {
                    if R::EXHAUSTIVE {
                        steps.extend(fact);
                    }
                    here[last] = above;
                }
                _ => break,
            }
        }
        if truth == Truth::False && self.may_hold(relation, ends) {
            self.recorder.leaf(TraceStep::Missing(MissingDatum::Fact(Statement::Relation(relation, ends))), Truth::Unknown);
            truth = Truth::Unknown;
        }
        truth
    }

    /// Whether the relation may hold, or have held, though nobody tells it: it was not imported, and these can be its ends.
    fn may_hold(&self, relation: RelationId, ends: [EntityId; 3]) -> bool {
        let (world, at) = (self.env.world, self.env.context.at);
        if world.relation_closed(relation) {
            return false;
        }
        let declared = &self.env.compiled.policy.relations[relation];
        let last = declared.ends.len() - 1;
        let fits = |end: usize, ent: EntityId| declared.ends[end].contains(world.kind(ent)) && !world.is_dead(ent, at);
        let reach = if declared.covers { usize::MAX } else { 1 };
        (0..last).all(|end| fits(end, ends[end])) && world.containers(ends[last], at).take(reach).any(|ent| fits(last, ent))
    }

    /// Whether the relation was told of some time before, and does not hold now.
    fn was(&mut self, relation: RelationId, ends: [EntityId; 3]) -> Truth {
        let (world, at) = (self.env.world, self.env.context.at);
        let declared = &self.env.compiled.policy.relations[relation];
        let last = declared.ends.len() - 1;
        let mut here = ends;
        let mut before = Truth::False;
        loop {
            let body = Statement::Relation(relation, here);
            let ended = |during: Interval| during.until <= at && !during.is_empty();
            let past = world.facts_stating(body).filter(|&id| ended(world.fact(id).during));
            if let Some(fact) = past.max_by_key(|&id| world.fact(id).during.until) {
                self.recorder.leaf(TraceStep::Fact(fact), Truth::True);
                before = Truth::True;
            }
            match world.container(here[last], at) {
                Some(above) if declared.covers && before == Truth::False => here[last] = above,
                _ => break,
            }
        }
        if before == Truth::False && self.may_hold(relation, ends) {
            before = Truth::Unknown;
        }
        if before == Truth::False {
            return Truth::False;
        }
        let mut quiet = Evaluator::new(self.env, super::trace::NoTrace);
        let now = quiet.relation(relation, ends);
        let truth = before.and(!now);
        if truth == Truth::Unknown {
            self.recorder.leaf(TraceStep::Missing(MissingDatum::Fact(Statement::Relation(relation, ends))), Truth::Unknown);
        }
        truth
    }

    /// Whether the first is, or lies within, the second.
    fn within(&mut self, [inner, outer, _]: [EntityId; 3]) -> Truth {
        let mut here = inner;
        let mut facts: SmallVec<[FactId; 4]> = SmallVec::new();
        while here != outer {
            match self.container(here) {
                Some((above, fact)) => {
                    facts.extend(fact);
                    here = above;
                }
                None => return Truth::False,
            }
        }
        facts.into_iter().for_each(|fact| self.recorder.leaf(TraceStep::Fact(fact), Truth::True));
        Truth::True
    }

    fn among(&mut self, got: TermValue, set: &Term, bindings: &Bindings<'_>) -> Truth {
        let many = match (got, self.many(set, bindings)) {
            (TermValue::None, _) | (_, Err(TermValue::None | TermValue::Value(_))) => return Truth::False,
            (TermValue::Unknown, Ok(many)) if many.values.is_empty() && many.open.is_none() => return Truth::False,
            (TermValue::Unknown, _) | (_, Err(TermValue::Unknown)) => return Truth::Unknown,
            (TermValue::Value(_), Ok(many)) => many,
        };
        if let Some((_, fact)) = many.values.iter().find(|(value, _)| TermValue::Value(*value) == got) {
            fact.iter().for_each(|&fact| self.recorder.leaf(TraceStep::Fact(fact), Truth::True));
            return Truth::True;
        }
        match many.open {
            Some(datum) => {
                self.recorder.leaf(TraceStep::Missing(datum), Truth::Unknown);
                Truth::Unknown
            }
            None => Truth::False,
        }
    }

    /// A conclusion's term against what was asked.
    pub(crate) fn asked(&mut self, term: &Term, index: usize, member: bool, bindings: &Bindings<'_>) -> Truth {
        self.recorder.open(TraceStep::Constant);
        let got = self.term(term, bindings);
        let asked = bindings.asked[index];
        let truth = match got {
            TermValue::Value(Value::Entity(ent)) if ent == asked => Truth::True,
            TermValue::Value(Value::Entity(ent)) if member && ent != EntityId::NONE => self.member(asked, ent),
            TermValue::Value(_) | TermValue::None => Truth::False,
            TermValue::Unknown if member && !self.may_stand(term, asked) && self.in_no_group(asked) => Truth::False,
            TermValue::Unknown if !member && !self.may_stand(term, asked) => Truth::False,
            TermValue::Unknown => Truth::Unknown,
        };
        self.recorder.name(TraceStep::Atom {
            span: term.span,
            form: AtomShape::Asked,
            operands: [TermValue::Value(Value::Entity(asked)), got, NO],
        });
        self.recorder.close(truth);
        truth
    }

    /// Whether an unknown value of the term could be this entity, by its kind.
    fn may_stand(&self, term: &Term, ent: EntityId) -> bool {
        let policy = &self.env.compiled.policy;
        let kind = self.env.world.kind(ent);
        match &term.node {
            crate::policy::TermNode::Path(_, steps) => steps.iter().any(|(_, step)| match step {
                crate::policy::Hop::Above(target) => target == kind,
                crate::policy::Hop::Attribute(attribute) => policy.attributes[attribute].value.accepts_kind(kind),
            }),
            _ => true,
        }
    }
}
