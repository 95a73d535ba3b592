//! Atoms: tests of the world, in three truth values.

use super::bindings::Bindings;
use super::evaluator::Evaluator;
use super::tables::Goal;
use super::terms::container_attribute;
use super::trace::{AtomShape, MissingDatum, NoTrace, Recorder, TermValue, TraceStep};
use super::truth::Truth;
use crate::policy::{AllowedKinds, AtomKind, Hop, KindId, KindSet, Op, RelationId, RoleTerm, Term, TermNode};
use crate::text::Span;
use crate::world::{EntityId, FactId, Statement, Value};
use smallvec::SmallVec;

/// Fills the places beyond an atom's operands.
const UNUSED: TermValue = TermValue::None;

impl<R: Recorder> Evaluator<'_, R> {
    /// The truth value of an atom. In the trace, the steps of reading its terms are below the step of the atom.
    #[expect(clippy::inline_always, reason = "measured: nearly every decision passes here")]
    #[inline(always)]
    pub(super) fn test_atom(&mut self, span: Span, atom: &AtomKind, allowed: &[AllowedKinds], bindings: &Bindings<'_>) -> Truth {
        self.recorder.open(TraceStep::Constant);
        let (shape, operands, truth) = match atom {
            AtomKind::Relation { relation, was, terms } => {
                let mut ends = [UNUSED; 3];
                for (end, term) in ends.iter_mut().zip(terms) {
                    *end = self.term(term, bindings);
                }
                let truth = self.with_entities(ends, terms.len(), |evaluator, ends| {
                    match (was, evaluator.env.compiled.policy.relations[*relation].derived_by.is_empty()) {
                        (true, _) => evaluator.was_related(*relation, ends),
                        (false, true) => evaluator.relation(*relation, ends),
                        (false, false) => {
                            evaluator.tabled(Goal::Relation(*relation, ends), |evaluator| evaluator.relation(*relation, ends))
                        }
                    }
                });
                (AtomShape::Relation { relation: *relation, was: *was }, ends, truth)
            }
            AtomKind::Holds { was, holder, role, scope } => {
                let (named, role) = match role {
                    RoleTerm::Named(role) => (Some(*role), TermValue::Value(Value::Entity(self.env.world.role_entity(*role)))),
                    RoleTerm::Term(term) => (None, self.term(term, bindings)),
                };
                let operands = [self.term(holder, bindings), role, self.term(scope, bindings)];
                let truth = self.with_entities(operands, 3, |evaluator, [holder, role, scope]| {
                    if *was {
                        return evaluator.was_assigned(holder, role, scope);
                    }
                    match named.or_else(|| evaluator.env.world.role_of(role)) {
                        Some(role) => evaluator.tabled(Goal::Holds(holder, role, scope), |evaluator| evaluator.holds(holder, role, scope)),
                        None => evaluator.holds_unknown(holder, role, scope),
                    }
                });
                (AtomShape::Holds { was: *was }, operands, truth)
            }
            AtomKind::Is(term, kind) => {
                let operands = [self.term(term, bindings), UNUSED, UNUSED];
                let truth = self.with_entities(operands, 1, |evaluator, [ent, ..]| Truth::from(evaluator.env.world.kind(ent) == *kind));
                (AtomShape::Is(*kind), operands, truth)
            }
            AtomKind::Within(inner, outer) => {
                let operands = [self.term(inner, bindings), self.term(outer, bindings), UNUSED];
                let truth = self.with_entities(operands, 2, Self::within);
                (AtomShape::Within, operands, truth)
            }
            AtomKind::Member(member, group) => {
                let operands = [self.term(member, bindings), self.term(group, bindings), UNUSED];
                let truth = match operands {
                    // A member of no group is not a member of an unknown group either.
                    [TermValue::Value(Value::Entity(member)), TermValue::Unknown, _] if self.in_no_group(member) => Truth::False,
                    _ => self.with_entities(operands, 2, |evaluator, [member, group, _]| evaluator.member(member, group)),
                };
                (AtomShape::Member, operands, truth)
            }
            AtomKind::OneOf(term, values) => {
                let value = self.term(term, bindings);
                let truth = match value {
                    TermValue::None => Truth::False,
                    TermValue::Unknown => self.unknown_one_of(term, values, bindings),
                    TermValue::Value(_) => Truth::from(values.iter().any(|constant| self.term(constant, bindings) == value)),
                };
                (AtomShape::OneOf, [value, UNUSED, UNUSED], truth)
            }
            AtomKind::Among(term, set) => {
                let value = self.term(term, bindings);
                (AtomShape::Among, [value, UNUSED, UNUSED], self.among(value, set, bindings))
            }
            AtomKind::Compare(left, op, right) => {
                let operands = [self.term(left, bindings), self.term(right, bindings), UNUSED];
                let truth = match operands {
                    [TermValue::None, ..] | [_, TermValue::None, _] => Truth::False,
                    [TermValue::Value(left), TermValue::Value(right), _] if !self.env.unnamed => Truth::from(left.compare(*op, right)),
                    [left_value, right_value, _] => self.open_comparison((left, left_value), *op, (right, right_value), bindings),
                };
                (AtomShape::Compare(*op), operands, truth)
            }
        };
        let truth = if self.are_allowed(operands, allowed) { truth } else { Truth::False };
        self.recorder.resolve_step(TraceStep::Atom { span, shape, operands });
        self.recorder.close(truth);
        truth
    }

    /// Whether a term whose value is unknown is one of these constants.
    #[cold]
    #[inline(never)]
    fn unknown_one_of(&mut self, term: &Term, constants: &[Term], bindings: &Bindings<'_>) -> Truth {
        let mut silent = Evaluator::at(self.env, self.budget, NoTrace, self.at);
        let mut may_be = |constant| match silent.term(constant, bindings) {
            TermValue::Value(value) => silent.may_have(term, value, bindings),
            TermValue::None | TermValue::Unknown => true,
        };
        if constants.iter().any(&mut may_be) { Truth::Unknown } else { Truth::False }
    }

    /// A comparison in which no operand is absent, but one is unknown or may be an entity that the world does not name.
    #[cold]
    #[inline(never)]
    fn open_comparison(&self, left: (&Term, TermValue), op: Op, right: (&Term, TermValue), bindings: &Bindings<'_>) -> Truth {
        let may_be = |term, value| op != Op::Eq || Evaluator::at(self.env, self.budget, NoTrace, self.at).may_have(term, value, bindings);
        match (left, right) {
            // Entities that the world does not name, of the same kind: they may be the same or not.
            ((_, TermValue::Value(left)), (_, TermValue::Value(right))) if left == right && self.is_unnamed(left) => Truth::Unknown,
            ((_, TermValue::Value(left)), (_, TermValue::Value(right))) => Truth::from(left.compare(op, right)),
            ((term, TermValue::Unknown), (_, TermValue::Value(value))) if !may_be(term, value) => Truth::False,
            ((_, TermValue::Value(value)), (term, TermValue::Unknown)) if !may_be(term, value) => Truth::False,
            _ => Truth::Unknown,
        }
    }

    fn is_unnamed(&self, value: Value) -> bool {
        value.entity().is_some_and(|ent| self.env.world.is_unnamed(ent))
    }

    /// Whether each entity among the operands is of a kind that its place allows. If one is not, the atom is false, whatever the others are.
    #[inline]
    fn are_allowed(&self, operands: [TermValue; 3], allowed: &[AllowedKinds]) -> bool {
        allowed.iter().all(|place| match operands.get(place.term) {
            Some(TermValue::Value(Value::Entity(ent))) if *ent != EntityId::NONE => place.kinds.contains(self.env.world.kind(*ent)),
            _ => true,
        })
    }

    /// Whether an entity is at a place of the atom that does not allow its kind.
    pub(crate) fn is_misplaced(&mut self, atom: &AtomKind, allowed: &[AllowedKinds], bindings: &Bindings<'_>) -> bool {
        if allowed.is_empty() {
            return false;
        }
        let mut operands = [TermValue::None; 3];
        match atom {
            AtomKind::Holds { holder, role, scope, .. } => {
                let role = role.term().map_or(TermValue::None, |role| self.term(role, bindings));
                operands = [self.term(holder, bindings), role, self.term(scope, bindings)];
            }
            // The set at the right of `in` allows every kind.
            AtomKind::Among(term, _) => operands[0] = self.term(term, bindings),
            atom => operands.iter_mut().zip(atom.terms()).for_each(|(operand, term)| *operand = self.term(term, bindings)),
        }
        !self.are_allowed(operands, allowed)
    }

    /// Tests the first `count` operands as entities. False if one is absent or not an entity; otherwise unknown if one is unknown.
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

    /// Whether the relation holds between these ends, stated or derived. If it covers, it also holds where it holds for a container of the
    /// last end.
    pub(crate) fn relation(&mut self, relation: RelationId, ends: [EntityId; 3]) -> Truth {
        let (world, at) = (self.env.world, self.at);
        let declared = &self.env.compiled.policy.relations[relation];
        let last = declared.ends.len() - 1;
        let mut here = ends;
        let mut truth = Truth::False;
        // The facts that put the last end into the container that is looked at, as far as they are not recorded yet.
        let mut within: SmallVec<[FactId; 4]> = SmallVec::new();
        loop {
            if let Some(fact) = world.find_holding(Statement::Relation(relation, here), at) {
                within.drain(..).for_each(|fact| self.recorder.leaf(TraceStep::Fact(fact), Truth::True));
                self.recorder.leaf(TraceStep::Fact(fact), Truth::True);
                truth = Truth::True;
            }
            if truth == Truth::True && !R::EXHAUSTIVE {
                return truth;
            }
            if !R::EXHAUSTIVE && declared.derived_by.is_empty() && !declared.covers {
                break;
            }
            // An implication derives only facts that the schema admits, though its terms may be of more kinds.
            if declared.ends.iter().zip(here).all(|(kinds, end)| kinds.contains(world.kind(end))) {
                for &implication in &declared.derived_by {
                    if self.env.active().implication(implication) {
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
                        within.extend(fact);
                    }
                    here[last] = above;
                }
                _ => break,
            }
        }
        if self.env.leaves_open && truth != Truth::True { self.open_relation(relation, ends, truth) } else { truth }
    }

    /// The truth value of a relation between these ends that is `stated` by what the world states, if what the world leaves open counts too.
    #[cold]
    #[inline(never)]
    fn open_relation(&mut self, relation: RelationId, ends: [EntityId; 3], stated: Truth) -> Truth {
        let world = self.env.world;
        if !world.relation_closed(relation)
            && let Some(open) = self.open_fact(relation, ends)
        {
            self.recorder.leaf(TraceStep::Missing(MissingDatum::Fact(open)), Truth::Unknown);
            return Truth::Unknown;
        }
        let declared = &self.env.compiled.policy.relations[relation];
        if !declared.covers || stated != Truth::False {
            return stated;
        }
        let last = declared.ends.len() - 1;
        let outermost = world.containers(ends[last], self.at).last().unwrap_or(ends[last]);
        let mut here = ends;
        self.in_unknown_container(outermost, &declared.ends[last], |evaluator, container| {
            here[last] = container;
            evaluator.relation_at(relation, here)
        })
    }

    /// The first fact that may hold by a pattern and by which the relation would hold between these ends.
    fn open_fact(&self, relation: RelationId, ends: [EntityId; 3]) -> Option<Statement> {
        let (world, declared) = (self.env.world, &self.env.compiled.policy.relations[relation]);
        let last = declared.ends.len() - 1;
        let reach = if declared.covers { usize::MAX } else { 1 };
        let mut facts = world.containers(ends[last], self.at).take(reach).map(|here| {
            let mut covered = ends;
            covered[last] = here;
            Statement::Relation(relation, covered)
        });
        facts.find(|&fact| self.env.open_by(fact, self.at).is_some())
    }

    /// Whether the relation may hold between exactly these ends, stated, open or derived; not through a container. Records nothing.
    pub(super) fn relation_at(&mut self, relation: RelationId, ends: [EntityId; 3]) -> Truth {
        let (world, declared) = (self.env.world, &self.env.compiled.policy.relations[relation]);
        let statement = Statement::Relation(relation, ends);
        if world.find_holding(statement, self.at).is_some() {
            return Truth::True;
        }
        let mut truth = Truth::False;
        if !world.relation_closed(relation) && self.env.open_by(statement, self.at).is_some() {
            truth = Truth::Unknown;
        }
        if declared.ends.iter().zip(ends).all(|(kinds, end)| kinds.contains(world.kind(end))) {
            for &implication in declared.derived_by.iter().filter(|&&id| self.env.active().implication(id)) {
                truth = truth.or(self.implication(implication, ends));
            }
        }
        truth
    }

    /// Whether something may be true of an entity that contains this one, of which it is not stated within what it lies: unknown if `test` is
    /// not false for some entity of these kinds that may contain it. Records that the container is missing.
    #[cold]
    #[inline(never)]
    pub(super) fn in_unknown_container(
        &mut self,
        outermost: EntityId,
        kinds: &KindSet,
        mut test: impl FnMut(&mut Evaluator<'_, NoTrace>, EntityId) -> Truth,
    ) -> Truth {
        if !self.env.open_containers {
            return Truth::False;
        }
        let containers = self.env.unknown_containers(outermost, self.at).intersection(kinds);
        let mut evaluator = Evaluator::at(self.env, self.budget, NoTrace, self.at);
        let budget = self.budget;
        let mut candidates = self.env.living_and_unnamed(&containers, self.at);
        let found = candidates.any(|container| budget.spend(1) && test(&mut evaluator, container) != Truth::False);
        if !found {
            return Truth::False;
        }
        let target = containers.iter().next();
        if let Some(attribute) = target.and_then(|target| container_attribute(self.env, outermost, target)) {
            self.recorder.leaf(TraceStep::Missing(MissingDatum::Attribute(outermost, attribute)), Truth::Unknown);
        }
        Truth::Unknown
    }

    /// Whether `inner` is `outer` or is within it.
    pub(super) fn within(&mut self, [inner, outer, _]: [EntityId; 3]) -> Truth {
        let mut here = inner;
        let mut facts: SmallVec<[FactId; 4]> = SmallVec::new();
        if inner == outer && self.env.unnamed && self.env.world.is_unnamed(inner) {
            return Truth::Unknown;
        }
        while here != outer {
            let Some((above, fact)) = self.container(here) else {
                let never = !self.env.open_containers || self.env.world.is_dead(outer, self.at);
                return if never { Truth::False } else { self.may_lie_within(here, self.env.world.kind(outer)) };
            };
            facts.extend(fact);
            here = above;
        }
        facts.into_iter().for_each(|fact| self.recorder.leaf(TraceStep::Fact(fact), Truth::True));
        Truth::True
    }

    /// Whether an entity of this kind may contain this one, of which it is not stated within what it lies.
    fn may_lie_within(&mut self, outermost: EntityId, target: KindId) -> Truth {
        if !self.env.unknown_containers(outermost, self.at).contains(target) {
            return Truth::False;
        }
        if let Some(attribute) = container_attribute(self.env, outermost, target) {
            self.recorder.leaf(TraceStep::Missing(MissingDatum::Attribute(outermost, attribute)), Truth::Unknown);
        }
        Truth::Unknown
    }

    /// Whether the value is in a set. If the set is empty and complete, this is false even for an unknown value.
    fn among(&mut self, value: TermValue, set: &Term, bindings: &Bindings<'_>) -> Truth {
        let set = match (value, self.value_set(set, bindings)) {
            (TermValue::None, _) | (_, Err(TermValue::None | TermValue::Value(_))) => return Truth::False,
            (TermValue::Unknown, Ok(set)) if set.values.is_empty() && set.open.is_none() => return Truth::False,
            (TermValue::Unknown, _) | (_, Err(TermValue::Unknown)) => return Truth::Unknown,
            (TermValue::Value(_), Ok(set)) => set,
        };
        if let Some((_, fact)) = set.values.iter().find(|(found, _)| TermValue::Value(*found) == value) {
            fact.iter().for_each(|&fact| self.recorder.leaf(TraceStep::Fact(fact), Truth::True));
            return Truth::True;
        }
        match (set.open, value) {
            (Some((ent, attribute)), TermValue::Value(value)) if self.env.may_contain(ent, attribute, value, self.at) => {
                self.recorder.leaf(TraceStep::Missing(MissingDatum::Attribute(ent, attribute)), Truth::Unknown);
                Truth::Unknown
            }
            _ => Truth::False,
        }
    }

    /// Whether the value of a conclusion's term is the end in question. With `member`, which only a holder has, it may also be a group of
    /// that end.
    pub(super) fn asked(&mut self, term: &Term, index: usize, member: bool, bindings: &Bindings<'_>) -> Truth {
        self.recorder.open(TraceStep::Constant);
        let value = self.term(term, bindings);
        let asked = bindings.asked[index];
        let is_own = || member && matches!(term.node, TermNode::Variable(_));
        let truth = match value {
            // Two entities that the world does not name may be the same or not; the holder's variable stands for this one.
            TermValue::Value(Value::Entity(ent)) if self.env.unnamed && ent == asked && !is_own() && self.env.world.is_unnamed(ent) => {
                Truth::Unknown
            }
            TermValue::Value(Value::Entity(ent)) if ent == asked => Truth::True,
            TermValue::Value(Value::Entity(ent)) if member && ent != EntityId::NONE => self.member(asked, ent),
            TermValue::Value(_) | TermValue::None => Truth::False,
            TermValue::Unknown if member && !self.may_be(term, asked) && self.in_no_group(asked) => Truth::False,
            TermValue::Unknown if !member && !self.may_be(term, asked) => Truth::False,
            TermValue::Unknown => Truth::Unknown,
        };
        self.recorder.resolve_step(TraceStep::Atom {
            span: term.span,
            shape: AtomShape::Asked,
            operands: [TermValue::Value(Value::Entity(asked)), value, UNUSED],
        });
        self.recorder.close(truth);
        truth
    }

    /// Whether an unknown value of the term could be this entity, by its kind.
    fn may_be(&self, term: &Term, ent: EntityId) -> bool {
        let policy = &self.env.compiled.policy;
        let kind = self.env.world.kind(ent);
        match &term.node {
            TermNode::Path(_, path) => path.iter().any(|(_, hop)| match hop {
                Hop::Above(target) => target == kind,
                Hop::Attribute(attribute) => policy.attributes[attribute].value.accepts_kind(kind),
                Hop::System => false,
            }),
            _ => true,
        }
    }
}
