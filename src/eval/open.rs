//! What a world leaves open: whether a fact that is not stated may hold.
//!
//! A fact may hold if it fits a pattern of the world that is in force, the schema admits it, none of its entities is known not to live, and
//! it is not stated not to hold. An attribute that must be given and is not may have any value without a pattern.
//!
//! Everything here is asked at an instant, since `was` asks of the past.

use super::bindings::Bindings;
use super::budget::Budget;
use super::env::Env;
use super::evaluator::Evaluator;
use super::trace::NoTrace;
use super::truth::Truth;
use crate::policy::{AtomKind, AttributeId, Expr, Hop, KindSet, Term, TermNode};
use crate::time::Instant;
use crate::world::{EntityId, OpenPattern, Part, PatternId, PatternText, Shape, ShapePart, Statement, Topic, Value};
use std::collections::BTreeSet;

impl Env<'_> {
    /// The pattern by which the fact may hold at `at`; `None` if it holds or does not hold.
    pub(crate) fn open_by(&self, statement: Statement, at: Instant) -> Option<PatternId> {
        let world = self.world;
        let mut fitting = world.openings().fitting(statement).peekable();
        fitting.peek()?;
        if world.find_holding(statement, at).is_some() || !self.is_possible(statement, at) {
            return None;
        }
        let set = world.set_by(&self.compiled.policy, statement, at);
        let reopens = |shape: &Shape| set.is_none_or(|set| self.is_uncertain_since(shape, set.during.since));
        let fits = |shape: &&Shape| reopens(shape) && self.fits(shape, statement.parts().map(Some), at);
        let found = fitting.find(fits)?.pattern;
        world.denial(&self.compiled.policy, statement, at).is_none().then_some(found)
    }

    /// Whether the shape is that of what an event may have done after this instant.
    fn is_uncertain_since(&self, shape: &Shape, set: Instant) -> bool {
        let pattern = self.world.pattern(shape.pattern);
        matches!(pattern.text, PatternText::Event(_)) && pattern.during.since > set
    }

    /// Whether the schema admits the fact, and none of the entities that it is about is known not to live.
    fn is_possible(&self, statement: Statement, at: Instant) -> bool {
        self.fits_schema(statement) && statement.about().all(|ent| !self.world.is_dead(ent, at))
    }

    /// Whether the schema admits the fact.
    pub(crate) fn fits_schema(&self, fact: Statement) -> bool {
        self.world.fits_schema(&self.compiled.policy, &self.compiled.holders, fact)
    }

    /// Whether the shape is in force at `at` and fits a fact with these parts. A part that is `None` may be anything that makes it fit.
    pub(crate) fn fits(&self, shape: &Shape, parts: [Option<Part>; 3], at: Instant) -> bool {
        self.fits_pattern(self.world.pattern(shape.pattern), shape, parts, at)
    }

    /// The same for a shape of a pattern that is not one of the world.
    pub(crate) fn fits_pattern(&self, pattern: &OpenPattern, shape: &Shape, parts: [Option<Part>; 3], at: Instant) -> bool {
        let world = self.world;
        if !pattern.during.contains(at) {
            return false;
        }
        let mut bindings = Bindings::new(EntityId::NONE, EntityId::NONE);
        for ((own, kinds), part) in shape.parts.iter().zip(&shape.kinds).zip(parts) {
            let Some(part) = part else { continue };
            let entity = match part {
                Part::Role(role) => Some(world.role_entity(role)),
                part => part.entity(),
            };
            if let (Some(kinds), Some(entity)) = (kinds, entity)
                && !kinds.contains(world.kind(entity))
            {
                return false;
            }
            match own {
                ShapePart::Any => {}
                ShapePart::Is(own) if *own == part => {}
                ShapePart::Is(_) => return false,
                ShapePart::Variable(variable) => {
                    let Some(entity) = entity.filter(|&ent| pattern.variables[variable.index()].contains(world.kind(ent))) else {
                        return false;
                    };
                    let bound = &mut bindings.variables[variable.index()];
                    if *bound != EntityId::NONE && *bound != entity {
                        return false;
                    }
                    *bound = entity;
                }
            }
        }
        let budget = Budget::default();
        pattern.condition == Expr::True || Evaluator::at(self, &budget, NoTrace, at).expr(&pattern.condition, &bindings) != Truth::False
    }

    /// The living entities of these kinds at `at`, and those that stand for entities that the world does not name.
    pub(crate) fn living_and_unnamed(&self, kinds: &KindSet, at: Instant) -> impl Iterator<Item = EntityId> {
        let all = kinds.iter().flat_map(|kind| self.world.of_kind(kind));
        all.filter(move |&ent| self.world.lives(ent, at) || self.world.is_unnamed(ent))
    }

    /// Whether a pattern leaves open some value of the attribute.
    pub(super) fn may_have_value(&self, entity: EntityId, attribute: AttributeId, at: Instant) -> bool {
        self.value_open_by(entity, attribute, at).is_some()
    }

    /// The pattern that leaves open some value of the attribute.
    pub(crate) fn value_open_by(&self, entity: EntityId, attribute: AttributeId, at: Instant) -> Option<PatternId> {
        let (world, declared) = (self.world, &self.compiled.policy.attributes[attribute]);
        if world.attribute_closed(attribute) || world.is_dead(entity, at) || world.has_no_value(entity, attribute, at) {
            return None;
        }
        let topic = Topic::of_attribute(&self.compiled.policy, attribute);
        let statement = |value| Statement::of_attribute(&self.compiled.policy, entity, attribute, value);
        let is_open = |value| self.open_by(statement(value), at).is_some();
        let own = Some(Part::Value(Value::Entity(entity)));
        let is_set = world.is_set(entity, attribute, at);
        let openings = world.openings();
        let mut shapes = openings.with(topic, 0, entity).chain(openings.wild(topic, 0));
        let found = shapes.find(|shape| {
            if !self.fits(shape, [own, None, None], at) {
                return false;
            }
            match shape.parts[1] {
                ShapePart::Is(Part::Value(value)) => {
                    let is_group = |ent: EntityId| declared.is_membership_in(world.kind(ent));
                    (!declared.member_of || value.entity().is_some_and(is_group)) && is_open(value)
                }
                ShapePart::Is(_) => false,
                // A set of memberships may be stated by several attributes, so its kinds are checked with the groups.
                // It leaves open whatever it is, unless an event set the set.
                ShapePart::Any if !declared.member_of => !is_set,
                ShapePart::Any | ShapePart::Variable(_) => {
                    let Some(kinds) = declared.value.entity_kinds() else { return false };
                    let unnamed = kinds.iter().filter_map(|kind| world.unnamed(kind));
                    unnamed.chain(self.living_and_unnamed(kinds, at)).any(|ent| is_open(Value::Entity(ent)))
                }
            }
        });
        found.map(|shape| shape.pattern)
    }

    /// Whether the attribute, which has one value and whose value is unknown, may have this one.
    pub(super) fn may_be(&self, entity: EntityId, attribute: AttributeId, value: Value, at: Instant) -> bool {
        let (world, policy) = (self.world, &self.compiled.policy);
        if world.attribute_closed(attribute) || !world.lives(entity, at) {
            return true;
        }
        if world.values(entity, attribute).any(|id| world.fact(id).during.contains(at)) {
            // It names an entity that has ended.
            return true;
        }
        let statement = Statement::of_attribute(policy, entity, attribute, value);
        if world.denial(policy, statement, at).is_some() {
            return false;
        }
        !policy.attributes[attribute].optional || self.open_by(statement, at).is_some()
    }

    /// Whether the set, of which the value is not a stated member, may have it as a member.
    pub(super) fn may_contain(&self, entity: EntityId, attribute: AttributeId, value: Value, at: Instant) -> bool {
        let (world, policy) = (self.world, &self.compiled.policy);
        if !world.lives(entity, at) {
            return true;
        }
        let statement = Statement::of_attribute(policy, entity, attribute, value);
        if world.denial(policy, statement, at).is_some() {
            return false;
        }
        let declared = &policy.attributes[attribute];
        let is_own = !declared.member_of || value.entity().is_some_and(|group| declared.is_membership_in(world.kind(group)));
        self.is_set_missing(entity, attribute, at) || !world.attribute_closed(attribute) && is_own && self.open_by(statement, at).is_some()
    }

    /// Whether the set must be given and is not.
    pub(crate) fn is_set_missing(&self, entity: EntityId, attribute: AttributeId, at: Instant) -> bool {
        !self.world.set_given(entity, attribute, at) && !self.world.has_no_value(entity, attribute, at)
    }

    /// Whether the fact holds at the instant of the context, or may hold: also a value of an attribute that the world lacks.
    pub(crate) fn holds_or_may(&self, statement: Statement) -> bool {
        let (world, at) = (self.world, self.context.at);
        if world.find_holding(statement, at).is_some() {
            return true;
        }
        let Statement::Value { entity, attribute, value } = statement else { return self.open_by(statement, at).is_some() };
        if !self.fits_schema(statement) || world.is_dead(entity, at) {
            return false;
        }
        if self.compiled.policy.attributes[attribute].many {
            return self.may_contain(entity, attribute, value, at);
        }
        let budget = Budget::default();
        let mut evaluator = Evaluator::new(self, &budget, NoTrace);
        evaluator.attribute(entity, attribute) == super::trace::TermValue::Unknown && self.may_be(entity, attribute, value, at)
    }

    /// The kinds that may contain the entity, which is the outermost known container of something, although it is not stated within what it
    /// lies. Empty if it lies within nothing.
    pub(crate) fn unknown_containers(&self, outermost: EntityId, at: Instant) -> KindSet {
        let (world, policy) = (self.world, &self.compiled.policy);
        if world.is_unnamed(outermost) {
            return policy.kinds[world.kind(outermost)].above.clone();
        }
        if world.containers_closed() || !world.lives(outermost, at) {
            return KindSet::default();
        }
        let within = policy.kinds[world.kind(outermost)].within.iter();
        let open = within.filter(|&&attribute| self.may_have_value(outermost, attribute, at));
        let direct = open.filter_map(|&attribute| policy.attributes[attribute].value.entity_kinds());
        let direct = direct.fold(KindSet::default(), |all, kinds| all.union(kinds));
        direct.iter().fold(direct.clone(), |all, kind| all.union(&policy.kinds[kind].above))
    }

    /// Whether the fact was open at some time before `at`.
    pub(super) fn was_open(&self, statement: Statement, at: Instant) -> bool {
        self.was_open_by(statement, at).is_some()
    }

    /// The pattern by which the fact was open at some time before `at`.
    pub(super) fn was_open_by(&self, statement: Statement, at: Instant) -> Option<PatternId> {
        let mut instants = BTreeSet::from([Instant::MIN]);
        let world = self.world;
        let mut fitting = world.openings().fitting(statement).peekable();
        fitting.peek()?;
        let facts = world.facts_stating(statement).map(|id| world.fact(id).during);
        let denials = world.denials(&self.compiled.policy, statement).map(|denial| denial.during);
        let lives = statement.about().map(|ent| world.life(ent));
        instants.extend(facts.chain(denials).chain(lives).flat_map(|during| [during.since, during.until]));
        for shape in fitting {
            self.add_instants(shape, statement, &mut instants);
        }
        instants.into_iter().take_while(|&then| then < at).find_map(|then| self.open_by(statement, then))
    }

    /// Adds the instants at which it may change whether the shape fits the statement.
    fn add_instants(&self, shape: &Shape, statement: Statement, instants: &mut BTreeSet<Instant>) {
        let pattern = self.world.pattern(shape.pattern);
        instants.extend([pattern.during.since, pattern.during.until]);
        if pattern.condition == Expr::True {
            return;
        }
        // What a condition reads may itself be denied or open for a time.
        let denials = self.world.all_denials();
        instants.extend(denials.flat_map(|denial| [denial.during.since, denial.during.until]));
        let value_of = |term: &Term| match term.root() {
            TermNode::Variable(variable) => {
                let place = shape.parts.iter().position(|part| *part == ShapePart::Variable(*variable));
                place.and_then(|place| statement.parts()[place].entity())
            }
            TermNode::Literal(literal) => Some(self.world.literal(*literal)),
            _ => None,
        };
        for atom in pattern.condition.atoms() {
            let contained = matches!(atom.kind, AtomKind::Within(..));
            for term in atom.kind.terms() {
                let mut hops: Vec<_> = term.hops().map(|(_, path)| path).collect();
                hops.reverse();
                let mut here: BTreeSet<EntityId> = value_of(term).into_iter().collect();
                for path in hops {
                    let hop = |ent: EntityId| path.of(self.world.kind(ent)).map(|hop| (ent, hop));
                    let steps: Vec<(EntityId, Hop)> = here.into_iter().filter_map(hop).collect();
                    here = BTreeSet::new();
                    for (ent, hop) in steps {
                        match hop {
                            Hop::Attribute(attribute) => here.extend(self.values_ever(ent, attribute, instants)),
                            Hop::Above(_) => here.extend(self.containers_ever(ent, instants)),
                            Hop::System => {}
                        }
                    }
                }
                if contained {
                    here.into_iter().for_each(|ent| _ = self.containers_ever(ent, instants));
                }
            }
        }
    }

    /// The entities that the attribute names at any time; adds the instants at which that changes.
    fn values_ever(&self, entity: EntityId, attribute: AttributeId, instants: &mut BTreeSet<Instant>) -> Vec<EntityId> {
        let (world, policy) = (self.world, &self.compiled.policy);
        let declared = &policy.attributes[attribute];
        let facts = if declared.member_of { world.memberships(entity) } else { world.values(entity, attribute) };
        let mut found = Vec::new();
        let life = world.life(entity);
        instants.extend([life.since, life.until]);
        // One of `exactly-one` is absent while another is given.
        let others = policy.kinds[declared.kind].exactly_one.iter().filter(|&&other| other != attribute);
        let others = others.flat_map(|&other| world.values(entity, other));
        for id in facts.chain(others) {
            let fact = world.fact(id);
            instants.extend([fact.during.since, fact.during.until]);
            match fact.statement {
                Statement::Value { value: Value::Entity(ent), .. } | Statement::Member { group: ent, .. } => {
                    let life = world.life(ent);
                    instants.extend([life.since, life.until]);
                    found.push(ent);
                }
                _ => {}
            }
        }
        let topic = Topic::of_attribute(&self.compiled.policy, attribute);
        let openings = world.openings();
        for shape in openings.with(topic, 0, entity).chain(openings.wild(topic, 0)) {
            let value = match shape.parts[1] {
                ShapePart::Is(Part::Value(value)) => value,
                _ => Value::Entity(EntityId::NONE),
            };
            self.add_instants(shape, Statement::Value { entity, attribute, value }, instants);
        }
        found
    }

    /// The entity and its containers at any time; adds the instants at which they change.
    fn containers_ever(&self, entity: EntityId, instants: &mut BTreeSet<Instant>) -> Vec<EntityId> {
        let mut found = vec![entity];
        let mut next = 0;
        while let Some(&here) = found.get(next) {
            next += 1;
            for &attribute in &self.compiled.policy.kinds[self.world.kind(here)].within {
                let more = self.values_ever(here, attribute, instants);
                found.extend(more.into_iter().filter(|ent| !found.contains(ent)).collect::<Vec<_>>());
            }
        }
        found
    }
}
