//! Static evaluation of an event's condition: its truth as far as no change can alter it, decided from the known arguments and from data
//! that no change touches (homes, containers, history and classifications).

use super::regression::PartialEvent;
use crate::eval::QueryContext;
use crate::policy::{AtomKind, AttributeId, Event, Expr, Hop, MAX_VARIABLES, Op, Path, Policy, Term, TermNode};
use crate::world::{Argument, EntityId, Lookup, Symbol, Value};

/// The value of a term, as far as it is fixed.
#[derive(Clone, Copy, PartialEq)]
enum StaticValue {
    /// The value depends on an open choice, or on data that may change.
    Open,
    /// The term has no value, and cannot get one.
    None,
    /// The term has this value, and keeps it.
    Value(Value),
}

/// Evaluates conditions of a partial event.
struct StaticEvaluator<'a> {
    decider: &'a QueryContext<'a>,
    partial: &'a PartialEvent,
    /// Whether attributes that may change are read as they are now. If not, they are open.
    now: bool,
    variables: [EntityId; MAX_VARIABLES],
}

/// Whether the event may be able to make its change: false if it cannot, whoever does it and whatever is changed before.
pub(crate) fn possible(decider: &QueryContext<'_>, event: &Event, partial: &PartialEvent) -> bool {
    not_refuted(decider, event, partial, false)
}

/// Whether neither the event's condition, nor that of its effect, nor a required term is refuted.
fn not_refuted(decider: &QueryContext<'_>, event: &Event, partial: &PartialEvent, now: bool) -> bool {
    let of_event = StaticEvaluator { decider, partial, now, variables: [EntityId::NONE; MAX_VARIABLES] };
    let of_effect = StaticEvaluator { decider, partial, now, variables: partial.variables };
    let effect = partial.effect.and_then(|(kind, index)| event.effects_of(kind).get(index));
    let happens = of_event.truth(&event.condition.expr) != Some(false);
    let takes_effect = effect.is_none_or(|effect| of_effect.truth(&effect.condition.expr) != Some(false));
    let reads_as_required = partial.required.iter().all(|(term, value)| {
        let read = of_effect.term(term);
        read == StaticValue::Open || read == StaticValue::Value(*value)
    });
    happens && takes_effect && reads_as_required
}

impl StaticEvaluator<'_> {
    /// The truth of a condition; `None` if it is open.
    fn truth(&self, expr: &Expr) -> Option<bool> {
        match expr {
            Expr::True => Some(true),
            Expr::False => Some(false),
            Expr::And(parts) => self.parts(parts, false),
            Expr::Or(parts) => self.parts(parts, true),
            Expr::Not(part) => self.truth(part).map(|truth| !truth),
            // There may be no entity of which the body is true.
            Expr::Exists(_, part) => self.truth(part).filter(|truth| !truth),
            Expr::Atom(atom) => self.atom(&atom.kind),
            Expr::Toggle(..) => None,
        }
    }

    /// The truth of a conjunction or disjunction. A part whose truth is `decisive` decides it: false in a conjunction, true in a disjunction.
    fn parts(&self, parts: &[Expr], decisive: bool) -> Option<bool> {
        let mut whole = Some(!decisive);
        for part in parts {
            match self.truth(part) {
                Some(truth) if truth == decisive => return Some(decisive),
                Some(_) => {}
                None => whole = None,
            }
        }
        whole
    }

    fn atom(&self, atom: &AtomKind) -> Option<bool> {
        let absent = |term: &Term| self.term(term) == StaticValue::None;
        match atom {
            AtomKind::Compare(left, op, right) => match (op, self.term(left), self.term(right)) {
                (Op::Eq, StaticValue::Value(left), StaticValue::Value(right)) => Some(left == right),
                (Op::Ne, StaticValue::Value(left), StaticValue::Value(right)) => Some(left != right),
                (Op::Ne, ..) => None,
                (_, left, right) => (left == StaticValue::None || right == StaticValue::None).then_some(false),
            },
            // An atom with an absent operand is false.
            AtomKind::Relation { terms, .. } => terms.iter().any(absent).then_some(false),
            AtomKind::Holds { holder, scope, .. } => (absent(holder) || absent(scope)).then_some(false),
            AtomKind::Within(left, right) | AtomKind::Member(left, right) => (absent(left) || absent(right)).then_some(false),
            AtomKind::Is(term, kind) => match self.term(term) {
                StaticValue::Value(Value::Entity(entity)) => Some(self.decider.world.kind(entity) == *kind),
                StaticValue::None => Some(false),
                _ => None,
            },
            AtomKind::OneOf(term, _) | AtomKind::Among(term, _) => absent(term).then_some(false),
        }
    }

    fn term(&self, term: &Term) -> StaticValue {
        let bound = |entity: EntityId| {
            if entity == EntityId::NONE { StaticValue::Open } else { StaticValue::Value(Value::Entity(entity)) }
        };
        match &term.node {
            TermNode::Subject => self.partial.doer.map_or(StaticValue::Open, bound),
            TermNode::Variable(variable) => bound(self.variables[usize::from(variable.0)]),
            TermNode::Parameter(index) => match &self.partial.arguments[*index] {
                Argument::One(value) if self.partial.known[*index] => StaticValue::Value(*value),
                _ => StaticValue::Open,
            },
            TermNode::Literal(literal) => bound(self.decider.world.literal(*literal)),
            TermNode::Path(of, path) => match (self.term(of), self.required(term)) {
                (StaticValue::Open, Some(value)) => StaticValue::Value(value),
                (StaticValue::Value(Value::Entity(entity)), _) => self.hop(entity, path),
                (of, _) => of,
            },
            TermNode::Text(_) | TermNode::Number(_) | TermNode::Date(_) => {
                self.decider.eval_term(EntityId::NONE, term, &[]).map_or(StaticValue::Open, StaticValue::Value)
            }
            TermNode::Resource => StaticValue::Open,
        }
    }

    /// The value that the term must have for the effect to make the change.
    fn required(&self, term: &Term) -> Option<Value> {
        self.partial.required.iter().find(|(own, _)| own.reads_same(term)).map(|&(_, value)| value)
    }

    fn hop(&self, entity: EntityId, path: &Path) -> StaticValue {
        let (world, at) = (self.decider.world, self.decider.context.at);
        if world.is_unborn(entity) {
            return StaticValue::Open;
        }
        match path.of(world.kind(entity)) {
            None => StaticValue::None,
            Some(Hop::Above(target)) => {
                let mut containers = world.containers(entity, at);
                containers
                    .find(|&here| world.kind(here) == target)
                    .map_or(StaticValue::Open, |above| StaticValue::Value(Value::Entity(above)))
            }
            Some(Hop::System) => {
                let policy = &self.decider.compiled.policy;
                let system = world.role_of(entity).and_then(|role| policy.roles[role].system);
                system.map_or(StaticValue::Open, |system| StaticValue::Value(Value::Text(Symbol::of_policy(system))))
            }
            Some(Hop::Attribute(attribute)) if self.now || is_fixed(&self.decider.compiled.policy, attribute) => {
                match world.read(entity, attribute, at) {
                    Lookup::Known(value, _) => StaticValue::Value(value),
                    Lookup::None => StaticValue::None,
                    Lookup::Unknown | Lookup::Open => StaticValue::Open,
                }
            }
            Some(_) => StaticValue::Open,
        }
    }
}

/// Whether no repair changes the attribute, because it is a container, history, a classification, or a home that no event sets.
pub(crate) fn is_fixed(policy: &Policy, attribute: AttributeId) -> bool {
    let declared = &policy.attributes[attribute];
    let is_home = policy.kinds[declared.kind].exactly_one.contains(&attribute);
    declared.history || declared.fixed || declared.container || is_home && !policy.is_set_by_event(attribute)
}
