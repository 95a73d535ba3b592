//! Which facts a pattern selects.

use crate::eval::Decider;
use crate::world::{FactSelector, OpenPattern, Part, Shape, ShapePart, Statement, Topic, Value};

/// The pattern of a question. A last end of a covering relation that is named also selects facts on what it lies within.
pub(super) struct Selection<'q> {
    pattern: Option<&'q OpenPattern>,
    /// Without a pattern, none.
    pub(super) shapes: Vec<Shape>,
}

impl<'q> Selection<'q> {
    pub(super) fn new(decider: &Decider<'_>, selector: Option<&'q FactSelector>) -> Selection<'q> {
        let Some(selector) = selector else { return Selection { pattern: None, shapes: Vec::new() } };
        let mut shapes = Vec::new();
        for shape in &selector.shapes {
            shapes.push(shape.clone());
            let Topic::Relation(relation) = shape.topic else { continue };
            let declared = &decider.compiled.policy.relations[relation];
            let last = declared.ends.len().saturating_sub(1);
            if let (true, ShapePart::Is(part)) = (declared.covers, shape.parts[last])
                && let Some(inner) = part.entity()
            {
                for outer in decider.world.containers(inner, decider.context.at).skip(1) {
                    let mut wider = shape.clone();
                    wider.parts[last] = ShapePart::Is(Part::Value(Value::Entity(outer)));
                    shapes.push(wider);
                }
            }
        }
        Selection { pattern: Some(&selector.pattern), shapes }
    }

    /// The topics of its facts; all but values of attributes without a pattern.
    pub(super) fn has_topic(&self, topic: Topic) -> bool {
        match self.pattern {
            None => !matches!(topic, Topic::Value(_)),
            Some(_) => self.shapes.iter().any(|shape| shape.topic == topic),
        }
    }

    /// Whether it selects the fact.
    pub(super) fn selects(&self, decider: &Decider<'_>, statement: Statement) -> bool {
        self.selects_parts(decider, statement.topic(), statement.parts().map(Some))
    }

    /// Whether it may select a fact with these parts, of which some are not known.
    pub(super) fn selects_parts(&self, decider: &Decider<'_>, topic: Topic, parts: [Option<Part>; 3]) -> bool {
        let Some(pattern) = self.pattern else { return self.has_topic(topic) };
        let fits = |shape: &Shape| shape.topic == topic && decider.fits_pattern(pattern, shape, parts, decider.context.at);
        self.shapes.iter().any(fits)
    }

    /// Whether some fact may fit both it and a shape of the world.
    pub(super) fn meets(&self, decider: &Decider<'_>, other: &Shape) -> bool {
        let Some(pattern) = self.pattern else { return self.has_topic(other.topic) };
        let at = decider.context.at;
        self.shapes.iter().filter(|own| own.topic == other.topic).any(|own| {
            if let Some(statement) = own.statement() {
                return decider.open_by(statement, at) == Some(other.pattern);
            }
            decider.fits(other, known(own), at)
                && decider.fits_pattern(pattern, own, known(other), at)
                && (0..3).all(|part| kinds_meet(decider, (pattern, own), other, part))
        })
    }
}

/// The parts of a shape that are known.
fn known(shape: &Shape) -> [Option<Part>; 3] {
    shape.parts.map(|part| match part {
        ShapePart::Is(part) => Some(part),
        ShapePart::Variable(_) | ShapePart::Any => None,
    })
}

/// Whether the kinds of both at this part have one in common, where both are variables.
fn kinds_meet(decider: &Decider<'_>, (own_pattern, own): (&OpenPattern, &Shape), other: &Shape, part: usize) -> bool {
    let world = decider.world;
    let kinds = |pattern: &OpenPattern, shape: &Shape| match (shape.parts[part], &shape.kinds[part]) {
        (ShapePart::Variable(variable), _) => Some(pattern.variables[variable.index()].clone()),
        (_, kinds) => kinds.clone(),
    };
    match (kinds(own_pattern, own), kinds(world.pattern(other.pattern), other)) {
        (Some(own), Some(other)) => own.iter().any(|kind| other.contains(kind)),
        _ => true,
    }
}
