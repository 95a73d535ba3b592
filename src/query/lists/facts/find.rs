//! Finds the facts.

use super::select::Selection;
use super::{FactRow, FactsQuestion, From, Subject, stated};
use crate::eval::{Budget, Decider, Exhausted, NoTrace, TermValue, Truth};
use crate::policy::{AttributeId, ImplicationId, RelationId};
use crate::query::lists::search_units;
use crate::time::Interval;
use crate::world::{EntityId, FactId, FactSelector, Part, Shape, ShapePart, Statement, Topic, Value};
use rustc_hash::{FxHashMap, FxHashSet};

/// The ends of a derived relation; see [`Subject::Derived`].
type Ends = [Option<EntityId>; 3];

pub(super) struct Finder<'q> {
    decider: &'q Decider<'q>,
    selection: Selection<'q>,
    pub(super) rows: Vec<FactRow>,
    /// The limit that a search reached, so that there may be other facts.
    pub(super) exhausted: Option<Exhausted>,
    /// What is stated and also derived, or may be.
    stated: FxHashSet<Statement>,
}

impl<'q> Finder<'q> {
    pub(super) fn new(decider: &'q Decider<'q>, question: &FactsQuestion<'q>) -> Finder<'q> {
        Finder {
            decider,
            selection: Selection::new(decider, question.pattern),
            rows: Vec::new(),
            exhausted: None,
            stated: FxHashSet::default(),
        }
    }

    fn add(&mut self, subject: Subject, truth: Truth, from: From) {
        self.rows.push(FactRow { subject, truth, from, during: Interval::ALWAYS });
    }

    /// Facts that are stated to hold.
    pub(super) fn stated(&mut self) {
        let (decider, at) = (self.decider, self.decider.context.at);
        let candidates: Vec<FactId> =
            if self.selection.shapes.iter().any(|shape| named(shape).is_none()) || self.selection.shapes.is_empty() {
                decider.world.facts().map(|(id, _)| id).collect()
            } else {
                self.selection.shapes.iter().flat_map(|shape| about(decider, shape)).collect()
            };
        let mut found: FxHashMap<Statement, FactId> = FxHashMap::default();
        for id in candidates {
            let fact = decider.world.fact(id);
            if !fact.during.contains(at)
                || !self.selection.selects(decider, fact.statement)
                || stated(decider, fact.statement) != Truth::True
            {
                continue;
            }
            if let Statement::Value { value: Value::Entity(named), .. } = fact.statement
                && decider.world.has_ended(named, at)
            {
                // Nobody knows what it is since then.
                continue;
            }
            let place = |id: FactId| decider.world.places(id).into_iter().min();
            let first = found.entry(fact.statement).or_insert(id);
            if *first != id && place(id) < place(*first) {
                *first = id;
            }
        }
        for (statement, id) in found {
            self.stated.insert(statement);
            let subject = match statement {
                // It may go on where it is no longer stated.
                Statement::Relation(relation, ends) if !decider.compiled.policy.relations[relation].derived_by.is_empty() => {
                    Subject::Derived(relation, ends.map(Some))
                }
                statement => Subject::Fact(statement),
            };
            self.add(subject, Truth::True, From::Stated(id));
        }
    }

    /// Relations that implications derive.
    pub(super) fn derived(&mut self) {
        let decider = self.decider;
        for (relation, _) in decider.compiled.policy.relations.iter().filter(|(_, declared)| !declared.derived_by.is_empty()) {
            if !self.selection.has_topic(Topic::Relation(relation)) {
                continue;
            }
            let shapes = self.selection.shapes.iter().filter(|shape| shape.topic == Topic::Relation(relation));
            let mut known: Vec<[EntityId; 3]> = shapes.map(known_ends).collect();
            if known.is_empty() {
                known.push([EntityId::NONE; 3]);
            }
            let mut found: FxHashMap<Ends, (Truth, Vec<(Truth, ImplicationId)>)> = FxHashMap::default();
            for known in known {
                let derived = each_derived(decider, relation, known);
                self.exhausted = self.exhausted.or(derived.exhausted);
                for ((ends, implication), truth) in derived.found {
                    let known = found.entry(ends).or_insert((Truth::False, Vec::new()));
                    known.0 = known.0.or(truth);
                    known.1.push((truth, implication));
                }
            }
            for (ends, (truth, implications)) in found {
                let part = |end: Option<EntityId>| match end {
                    Some(EntityId::NONE) => Some(Part::None),
                    end => end.map(|end| Part::Value(Value::Entity(end))),
                };
                let is_stated = || {
                    ends.iter().all(Option::is_some)
                        && self.stated.contains(&Statement::Relation(relation, ends.map(|end| end.unwrap_or(EntityId::NONE))))
                };
                if is_stated() || !self.selection.selects_parts(decider, Topic::Relation(relation), ends.map(part)) {
                    continue;
                }
                let name = |implication: &ImplicationId| decider.compiled.policy.implications[*implication].meta.name.clone();
                let deriving = implications.into_iter().filter(|&(own, _)| own == truth).map(|(_, implication)| implication);
                if let Some(first) = deriving.min_by_key(name) {
                    self.add(Subject::Derived(relation, ends), truth, From::Implied(first));
                }
            }
        }
    }

    /// Patterns that are in force.
    pub(super) fn left_open(&mut self) {
        let (world, at) = (self.decider.world, self.decider.context.at);
        for (id, _) in world.openings().patterns().filter(|(_, pattern)| pattern.during.contains(at)) {
            let mut shapes = world.openings().shapes().filter(|shape| shape.pattern == id);
            let asks_nothing = self.selection.shapes.is_empty();
            if asks_nothing || shapes.any(|shape| self.selection.meets(self.decider, shape)) {
                self.add(Subject::Pattern(id), Truth::Unknown, From::Left);
            }
        }
    }

    /// Attributes that a pattern of the question names, and of which the world does not say what they are.
    pub(super) fn missing(&mut self) {
        let (decider, at) = (self.decider, self.decider.context.at);
        let mut found: FxHashSet<(EntityId, AttributeId)> = FxHashSet::default();
        for shape in &self.selection.shapes {
            let Topic::Value(attribute) = shape.topic else { continue };
            let bearers: Vec<EntityId> = match shape.parts[0] {
                ShapePart::Is(part) => part.entity().into_iter().collect(),
                ShapePart::Variable(_) | ShapePart::Any => {
                    decider.world.of_kind(decider.compiled.policy.attributes[attribute].kind).collect()
                }
            };
            for entity in bearers.into_iter().filter(|&entity| decider.world.lives(entity, at)) {
                let parts = [Some(Part::Value(Value::Entity(entity))), None, Some(Part::None)];
                if is_missing(decider, entity, attribute) == Truth::Unknown && self.selection.selects_parts(decider, shape.topic, parts) {
                    found.insert((entity, attribute));
                }
            }
        }
        for (entity, attribute) in found {
            self.add(Subject::Missing(entity, attribute), Truth::Unknown, From::Left);
        }
    }
}

/// Unknown if the world does not say what the attribute is, and no pattern leaves it open; else false.
pub(super) fn is_missing(decider: &Decider<'_>, entity: EntityId, attribute: AttributeId) -> Truth {
    let (policy, at) = (&decider.compiled.policy, decider.context.at);
    if !decider.world.lives(entity, at) || decider.value_open_by(entity, attribute, at).is_some() {
        return Truth::False;
    }
    let declared = &policy.attributes[attribute];
    let unknown = if declared.many {
        !declared.optional && decider.is_set_missing(entity, attribute, at)
    } else {
        let budget = Budget::default();
        decider.within(&budget).evaluator(NoTrace).attribute(entity, attribute) == TermValue::Unknown
    };
    if unknown { Truth::Unknown } else { Truth::False }
}

/// What implications derive of a relation.
#[derive(Default)]
pub(super) struct DerivedFacts {
    /// By the ends and the implication: whether it is true or unknown.
    pub(super) found: FxHashMap<(Ends, ImplicationId), Truth>,
    /// The limit that the search reached, so that there may be others.
    pub(super) exhausted: Option<Exhausted>,
}

/// What implications in force derive of a relation, with these ends where they are known.
pub(super) fn each_derived(decider: &Decider<'_>, relation: RelationId, known: [EntityId; 3]) -> DerivedFacts {
    let units = search_units(decider);
    let budget = Budget::of(units);
    let mut derived = DerivedFacts::default();
    for &implication in decider.compiled.policy.relations[relation].derived_by.iter().filter(|&&id| decider.active().implication(id)) {
        budget.renew(units);
        let mut evaluator = decider.within(&budget).evaluator(NoTrace);
        evaluator.each_derivation(implication, EntityId::NONE, known, &mut |ends, truth| {
            let lives =
                |&end: &Option<EntityId>| end.is_none_or(|end| end == EntityId::NONE || decider.world.lives(end, decider.context.at));
            if budget.lasts() && ends.iter().all(lives) {
                let known = derived.found.entry((ends, implication)).or_insert_with(|| {
                    budget.renew(units);
                    Truth::False
                });
                *known = known.or(truth);
            }
        });
        derived.exhausted = derived.exhausted.or(budget.exhausted());
    }
    derived
}

/// The ends that a shape of a relation names.
fn known_ends(shape: &Shape) -> [EntityId; 3] {
    shape.parts.map(|part| match part {
        ShapePart::Is(part) => part.entity().unwrap_or(EntityId::NONE),
        ShapePart::Variable(_) | ShapePart::Any => EntityId::NONE,
    })
}

/// The facts that are stated to hold and fit the pattern, sorted, each once.
pub(in crate::query) fn stated_facts(decider: &Decider<'_>, selector: &FactSelector) -> Vec<Statement> {
    let at = decider.context.at;
    let mut found = Vec::new();
    for shape in &selector.shapes {
        let candidates = if named(shape).is_some() { about(decider, shape) } else { decider.world.facts().map(|(id, _)| id).collect() };
        for fact in candidates.into_iter().map(|id| decider.world.fact(id)).filter(|fact| fact.during.contains(at)) {
            let parts = fact.statement.parts().map(Some);
            if shape.topic == fact.statement.topic() && decider.fits_pattern(&selector.pattern, shape, parts, at) {
                found.push(fact.statement);
            }
        }
    }
    found.sort_by(|a, b| decider.world.compare_statements(*a, *b));
    found.dedup();
    found
}

/// The first entity that a shape names, and its place.
fn named(shape: &Shape) -> Option<(usize, EntityId)> {
    let named = shape.parts.iter().enumerate().find_map(|(place, part)| match part {
        ShapePart::Is(part) => part.entity().map(|entity| (place, entity)),
        ShapePart::Variable(_) | ShapePart::Any => None,
    });
    named.filter(|&(place, _)| !(place == 1 && shape.topic == Topic::Holds))
}

/// The facts that name the entity that a shape names.
fn about(decider: &Decider<'_>, shape: &Shape) -> Vec<FactId> {
    let world = decider.world;
    let Some((place, entity)) = named(shape) else { return Vec::new() };
    match (shape.topic, place) {
        (Topic::Relation(relation), place) => world.related(relation, place, entity).collect(),
        (Topic::Holds, 0) => world.assignments_of(entity).collect(),
        (Topic::Holds, _) => world.assignments_over(entity).collect(),
        (Topic::Member, 0) => world.memberships(entity).collect(),
        (Topic::Member, _) => world.members(entity).collect(),
        (Topic::Value(attribute), 0) => world.values(entity, attribute).collect(),
        (Topic::Value(attribute), _) => world.entities_with_value(attribute, entity).collect(),
    }
}
