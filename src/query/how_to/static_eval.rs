//! What a condition comes to whatever anybody does: by what is given, and by a home, a container or history, which last.

use super::regression::PartialEvent;
use super::requirements::same;
use crate::eval::Decider;
use crate::policy::{AtomKind, AttributeId, Event, Expr, Hop, MAX_VARIABLES, Op, Path, Term, TermNode};
use crate::world::{Argument, EntityId, Lookup, Value};

/// What a term comes to.
#[derive(Clone, Copy, PartialEq)]
enum StaticValue {
    /// It hangs on somebody's choice, or on what may change.
    Open,
    /// Nothing, for good.
    None,
    /// This, for good.
    Value(Value),
}

/// Reads conditions with what is given to an event.
struct StaticEvaluator<'a> {
    decider: &'a Decider<'a>,
    given: &'a PartialEvent,
    /// All attributes are as they are, and not only those that last.
    now: bool,
    variables: [EntityId; MAX_VARIABLES],
}

/// Whether an event can make the change with what is given, whoever does it and whatever else is changed first.
pub(super) fn possible(decider: &Decider<'_>, event: &Event, given: &PartialEvent) -> bool {
    comes_about(decider, event, given, false)
}

/// Whether an event can make the change with what is given, as attributes are now.
pub(super) fn possible_now(decider: &Decider<'_>, event: &Event, given: &PartialEvent) -> bool {
    comes_about(decider, event, given, true)
}

fn comes_about(decider: &Decider<'_>, event: &Event, given: &PartialEvent, now: bool) -> bool {
    let of_event = StaticEvaluator { decider, given, now, variables: [EntityId::NONE; MAX_VARIABLES] };
    let of_effect = StaticEvaluator { decider, given, now, variables: given.variables };
    let effect = given.effect.and_then(|(adds, index)| if adds { event.adds.get(index) } else { event.removes.get(index) });
    let condition = of_event.static_truth(&event.condition.expr) != Some(false);
    let comes_about = effect.is_none_or(|change| of_effect.static_truth(&change.condition.expr) != Some(false));
    let reads = given.reads.iter().all(|(term, value)| {
        let fixed = of_effect.term(term);
        fixed == StaticValue::Open || fixed == StaticValue::Value(*value)
    });
    condition && comes_about && reads
}

impl StaticEvaluator<'_> {
    /// What the condition comes to for good; nothing where that is open.
    fn static_truth(&self, expr: &Expr) -> Option<bool> {
        match expr {
            Expr::True => Some(true),
            Expr::False => Some(false),
            Expr::And(parts) => self.parts(parts, false),
            Expr::Or(parts) => self.parts(parts, true),
            Expr::Not(part) => self.static_truth(part).map(|static_truth| !static_truth),
            // That it could be so of something does not say that it is.
            Expr::Exists(_, part) => self.static_truth(part).filter(|static_truth| !static_truth),
            Expr::Atom(atom) => self.test(&atom.kind),
            Expr::Toggle(..) => None,
        }
    }

    /// Parts of which one that comes to `decisive` decides.
    fn parts(&self, parts: &[Expr], decisive: bool) -> Option<bool> {
        let mut whole = Some(!decisive);
        for part in parts {
            match self.static_truth(part) {
                Some(static_truth) if static_truth == decisive => return Some(decisive),
                Some(_) => {}
                None => whole = None,
            }
        }
        whole
    }

    fn test(&self, test: &AtomKind) -> Option<bool> {
        let absent = |term: &Term| self.term(term) == StaticValue::None;
        match test {
            AtomKind::Compare(one, op, other) => match (op, self.term(one), self.term(other)) {
                (Op::Eq, StaticValue::Value(one), StaticValue::Value(other)) => Some(one == other),
                (Op::Ne, StaticValue::Value(one), StaticValue::Value(other)) => Some(one != other),
                (Op::Ne, ..) => None,
                (_, one, other) => (one == StaticValue::None || other == StaticValue::None).then_some(false),
            },
            // What is of nothing is not so.
            AtomKind::Relation { terms, .. } => terms.iter().any(absent).then_some(false),
            AtomKind::Holds { holder, scope, .. } => (absent(holder) || absent(scope)).then_some(false),
            AtomKind::Within(one, other) | AtomKind::Member(one, other) => (absent(one) || absent(other)).then_some(false),
            AtomKind::Is(term, kind) => match self.term(term) {
                StaticValue::Value(Value::Entity(ent)) => Some(self.decider.world.kind(ent) == *kind),
                StaticValue::None => Some(false),
                _ => None,
            },
            AtomKind::OneOf(term, _) | AtomKind::Among(term, _) => absent(term).then_some(false),
        }
    }

    fn term(&self, term: &Term) -> StaticValue {
        let entity = |ent: EntityId| if ent == EntityId::NONE { StaticValue::Open } else { StaticValue::Value(Value::Entity(ent)) };
        match &term.node {
            TermNode::Subject => self.given.doer.map_or(StaticValue::Open, entity),
            TermNode::Variable(variable) => entity(self.variables[usize::from(variable.0)]),
            TermNode::Parameter(index) => match &self.given.arguments[*index] {
                Argument::One(value) if self.given.known[*index] => StaticValue::Value(*value),
                _ => StaticValue::Open,
            },
            TermNode::Literal(literal) => entity(self.decider.world.literal(*literal)),
            TermNode::Path(of, steps) => match (self.term(of), self.wanted(term)) {
                (StaticValue::Open, Some(value)) => StaticValue::Value(value),
                (StaticValue::Value(Value::Entity(ent)), _) => self.step(ent, steps),
                (of, _) => of,
            },
            TermNode::Text(_) | TermNode::Number(_) | TermNode::Date(_) | TermNode::Resource => StaticValue::Open,
        }
    }

    /// What a term of the doer must be, for the effect to be the change.
    fn wanted(&self, term: &Term) -> Option<Value> {
        self.given.reads.iter().find(|(read, _)| same(read, term)).map(|&(_, value)| value)
    }

    fn step(&self, ent: EntityId, steps: &Path) -> StaticValue {
        let (world, at) = (self.decider.world, self.decider.context.at);
        match steps.of(world.kind(ent)) {
            None => StaticValue::None,
            Some(Hop::Above(target)) => {
                let mut chain = std::iter::successors(Some(ent), |&here| world.container(here, at));
                chain.find(|&here| world.kind(here) == target).map_or(StaticValue::Open, |above| StaticValue::Value(Value::Entity(above)))
            }
            Some(Hop::Attribute(attribute)) if self.now || self.lasting(attribute) => match world.read(ent, attribute, at) {
                Lookup::Known(value, _) => StaticValue::Value(value),
                Lookup::None => StaticValue::None,
                Lookup::Unknown => StaticValue::Open,
            },
            Some(_) => StaticValue::Open,
        }
    }

    /// A home, a container and history are never offered as changes.
    fn lasting(&self, attribute: AttributeId) -> bool {
        let policy = &self.decider.compiled.policy;
        let declared = &policy.attributes[attribute];
        declared.history || declared.container || policy.kinds[declared.kind].exactly_one.contains(&attribute)
    }
}
