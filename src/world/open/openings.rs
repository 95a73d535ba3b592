//! The patterns of a world, indexed.

use super::shape::{OpenPattern, Part, PatternId, PatternText, Shape, ShapePart, Topic};
use crate::policy::TextId;
use crate::world::ids::{EntityId, Symbol};
use crate::world::model::Statement;
use crate::world::store::column::id_of;
use crate::world::value::Value;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

type ShapeList = SmallVec<[u32; 2]>;

/// The patterns of a world.
#[derive(Clone, Debug, Default)]
pub(crate) struct Openings {
    patterns: Vec<OpenPattern>,
    /// By pattern: the text of its condition.
    conditions: Vec<Box<str>>,
    shapes: Vec<Shape>,
    /// By topic: which parts of its shapes are wild, as sets of bits, each once.
    wild_sets: FxHashMap<Topic, SmallVec<[u8; 4]>>,
    /// The shapes with exactly these parts; a wild part is [`Part::None`].
    by_parts: FxHashMap<(Topic, [Part; 3]), ShapeList>,
    /// The shapes that have this at this place.
    by_part: FxHashMap<(Topic, u8, Part), ShapeList>,
    /// The shapes that are wild at this place.
    wild: FxHashMap<(Topic, u8), ShapeList>,
    /// The same, but of shapes that differ only in the parts that are not wild there is one.
    classes: FxHashMap<(Topic, u8), ShapeList>,
    /// The keys of these classes.
    class_keys: FxHashSet<(Topic, u8, String)>,
    /// The groups that some shape names as the group of a membership, and those in which these are, directly or not, at any time.
    groups: FxHashSet<EntityId>,
    /// Whether some shape is wild at the place of an entity, so that it also stands for entities that the world does not name.
    pub(crate) names_all: bool,
}

impl Openings {
    pub(crate) fn pattern(&self, id: PatternId) -> &OpenPattern {
        &self.patterns[id.0 as usize]
    }

    /// All patterns with their ids, in order.
    pub(crate) fn patterns(&self) -> impl Iterator<Item = (PatternId, &OpenPattern)> {
        (0..).map(PatternId).zip(&self.patterns)
    }

    /// All shapes, in the order of their patterns.
    pub(crate) fn shapes(&self) -> impl Iterator<Item = &Shape> {
        self.shapes.iter()
    }

    /// All shapes of a topic.
    pub(crate) fn of_topic(&self, topic: Topic) -> impl Iterator<Item = &Shape> {
        self.shapes.iter().filter(move |shape| shape.topic == topic)
    }

    /// The id of the pattern that is added next.
    pub(crate) fn next(&self) -> PatternId {
        PatternId(id_of(self.patterns.len()))
    }

    /// Adds a pattern with its shapes, which have the id [`Openings::next`]. `condition` is the text of its condition: patterns with the
    /// same differ only in what they name.
    pub(crate) fn add(&mut self, pattern: OpenPattern, condition: &str, shapes: Vec<Shape>) {
        let class = format!("{condition} {:?} {:?}", pattern.during, pattern.variables);
        self.patterns.push(pattern);
        self.conditions.push(condition.into());
        for shape in shapes {
            let number = id_of(self.shapes.len());
            let wild: u8 = (0..3).filter(|&part| shape.is_wild(part)).map(|part| 1 << part).sum();
            let sets = self.wild_sets.entry(shape.topic).or_default();
            if !sets.contains(&wild) {
                sets.push(wild);
            }
            let parts = shape.parts.map(|part| match part {
                ShapePart::Is(part) => part,
                ShapePart::Variable(_) | ShapePart::Any => Part::None,
            });
            self.by_parts.entry((shape.topic, parts)).or_default().push(number);
            for (place, part) in (0..).zip(shape.parts) {
                match part {
                    ShapePart::Is(part) => self.by_part.entry((shape.topic, place, part)).or_default().push(number),
                    ShapePart::Variable(_) | ShapePart::Any => {
                        let class = format!("{wild} {:?} {:?} {class}", shape.kinds, shape.parts.map(variable_of));
                        if self.class_keys.insert((shape.topic, place, class)) {
                            self.classes.entry((shape.topic, place)).or_default().push(number);
                        }
                        self.wild.entry((shape.topic, place)).or_default().push(number);
                        self.names_all = true;
                    }
                }
            }
            if let (Topic::Member, ShapePart::Is(group)) = (shape.topic, shape.parts[1]) {
                self.groups.extend(group.entity());
            }
            self.shapes.push(shape);
        }
    }

    /// The shapes that fit the statement in all parts that they name. Kinds, equal variables, conditions and times are not checked.
    #[inline]
    pub(crate) fn fitting(&self, statement: Statement) -> impl Iterator<Item = &Shape> {
        let (topic, parts) = (statement.topic(), statement.parts());
        let sets = self.wild_sets.get(&topic).map_or(&[][..], |sets| sets);
        sets.iter().flat_map(move |wild| {
            let mut key = parts;
            for (place, part) in key.iter_mut().enumerate() {
                if wild & (1 << place) != 0 {
                    *part = Part::None;
                }
            }
            self.by_parts.get(&(topic, key)).into_iter().flatten().map(|&number| &self.shapes[number as usize])
        })
    }

    /// The shapes that have this entity at this place.
    pub(crate) fn with(&self, topic: Topic, place: usize, entity: EntityId) -> impl Iterator<Item = &Shape> {
        let part = Part::Value(Value::Entity(entity));
        let found = u8::try_from(place).ok().and_then(|place| self.by_part.get(&(topic, place, part)));
        found.into_iter().flatten().map(|&number| &self.shapes[number as usize])
    }

    /// The shapes that are wild at this place.
    pub(crate) fn wild(&self, topic: Topic, place: usize) -> impl Iterator<Item = &Shape> {
        let found = u8::try_from(place).ok().and_then(|place| self.wild.get(&(topic, place)));
        found.into_iter().flatten().map(|&number| &self.shapes[number as usize])
    }

    /// The shapes that are wild at this place. Of those that differ only in what they name elsewhere there is one.
    pub(crate) fn wild_classes(&self, topic: Topic, place: usize) -> impl Iterator<Item = &Shape> {
        let found = u8::try_from(place).ok().and_then(|place| self.classes.get(&(topic, place)));
        found.into_iter().flatten().map(|&number| &self.shapes[number as usize])
    }

    /// The same with other ids of entities and symbols of texts.
    pub(crate) fn renumbered(&self, entity: &impl Fn(EntityId) -> EntityId, symbol: &impl Fn(Symbol) -> Symbol) -> Openings {
        let mut made = Openings { groups: self.groups.iter().map(|&group| entity(group)).collect(), ..Openings::default() };
        let mut shapes = self.shapes.iter().peekable();
        for ((id, pattern), condition) in self.patterns().zip(&self.conditions) {
            let mut pattern = pattern.clone();
            pattern.condition.map_texts(&|text| TextId(symbol(Symbol::of_policy(text)).0));
            if let PatternText::Event(effect) = &mut pattern.text {
                effect.statement.renumber(entity, symbol);
            }
            let mut own = Vec::new();
            while let Some(shape) = shapes.next_if(|shape| shape.pattern == id) {
                let mut shape = shape.clone();
                for part in &mut shape.parts {
                    match part {
                        ShapePart::Is(Part::Value(Value::Entity(ent))) => *ent = entity(*ent),
                        ShapePart::Is(Part::Value(value)) => value.renumber(symbol),
                        _ => {}
                    }
                }
                own.push(shape);
            }
            made.add(pattern, condition, own);
        }
        made
    }

    /// Whether a membership in the group may be open by a shape that names the group, or one in it.
    pub(crate) fn touches_group(&self, group: EntityId) -> bool {
        self.groups.contains(&group)
    }

    /// The groups of [`Openings::touches_group`].
    pub(crate) fn groups_mut(&mut self) -> &mut FxHashSet<EntityId> {
        &mut self.groups
    }
}

/// The variable of a part, for the key of a class.
fn variable_of(part: ShapePart) -> Option<ShapePart> {
    (!matches!(part, ShapePart::Is(_))).then_some(part)
}
