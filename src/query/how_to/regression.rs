//! What an event must be given so that it makes a change: its effects read backwards.

use super::static_eval;
use crate::eval::Decider;
use crate::events::unify_fact;
use crate::policy::{AtomKind, Effect, Event, Expr, MAX_VARIABLES, Term, TermNode};
use crate::world::{Argument, EntityId, ResolvedRequest, Statement, Value, World};

/// How many ways to fill in what a change leaves open are tried.
const FILLED: usize = 50;

/// What an event must be given so that it makes a change.
#[derive(Clone)]
pub(super) struct PartialEvent {
    pub(super) arguments: Vec<Argument>,
    pub(super) known: Vec<bool>,
    /// The doer must be this.
    pub(super) doer: Option<EntityId>,
    /// Terms of the doer, or of an argument, that must have these values.
    pub(super) reads: Vec<(Term, Value)>,
    /// Which effect makes the change: whether it adds, and its index. Nothing where any will do.
    pub(super) effect: Option<(bool, usize)>,
    /// What the slots of that effect's fact are.
    pub(super) variables: [EntityId; MAX_VARIABLES],
}

impl PartialEvent {
    /// What makes the fact so, or no longer so, by some effect of the event.
    pub(super) fn of(decider: &Decider<'_>, event: &Event, adds: bool, body: Statement) -> Option<PartialEvent> {
        PartialEvent::backwards(decider, event, adds, body).find(|given| static_eval::possible(decider, event, given))
    }

    /// Whether effects of the event speak of such a fact, and none can make this one, whoever does it.
    pub(super) fn never(decider: &Decider<'_>, event: &Event, adds: bool, body: Statement) -> bool {
        let mut givens = PartialEvent::backwards(decider, event, adds, body).peekable();
        givens.peek().is_some() && !givens.any(|given| static_eval::possible(decider, event, &given))
    }

    /// For each effect that could be the change: what it is given then.
    fn backwards<'a>(decider: &'a Decider<'a>, event: &'a Event, adds: bool, body: Statement) -> impl Iterator<Item = PartialEvent> + 'a {
        let changes = if adds { &event.adds } else { &event.removes };
        changes.iter().enumerate().filter_map(move |(index, change)| PartialEvent::by(decider, event, (adds, index), change, body))
    }

    /// Nothing is given.
    pub(super) fn nothing(event: &Event) -> PartialEvent {
        let count = event.parameters.len();
        PartialEvent {
            arguments: vec![Argument::None; count],
            known: vec![false; count],
            doer: None,
            reads: Vec::new(),
            effect: None,
            variables: [EntityId::NONE; MAX_VARIABLES],
        }
    }

    fn by(decider: &Decider<'_>, event: &Event, effect: (bool, usize), change: &Effect, body: Statement) -> Option<PartialEvent> {
        let (world, policy) = (decider.world, &decider.compiled.policy);
        let mut given = PartialEvent { effect: Some(effect), ..PartialEvent::nothing(event) };
        let unify_fact = unify_fact(policy, world, &change.fact, body)?;
        for (term, value) in unify_fact {
            given.unify(decider, event, change, term, value)?;
        }
        Some(given)
    }

    /// The arguments with each entity that the change leaves open filled in: what the question is about or lies within, else each that
    /// there is, if they are few. None at all where nothing that there is will do. Also which arguments are known then.
    pub(super) fn filled(&self, decider: &Decider<'_>, event: &Event, asked: &ResolvedRequest) -> (Vec<Vec<Argument>>, Vec<bool>) {
        let (world, at) = (decider.world, decider.context.at);
        let mut about: Vec<EntityId> = self.arguments.iter().flat_map(entities).collect();
        about.push(asked.resource);
        for ent in about.clone() {
            about.extend(above(world, ent, at));
        }
        let mut choices = vec![self.arguments.clone()];
        let mut known = self.known.clone();
        for (index, parameter) in event.parameters.iter().enumerate() {
            let crate::policy::ValueType::Entity(kinds) = &parameter.value else { continue };
            if known[index] || parameter.created || parameter.many || parameter.optional {
                continue;
            }
            let mut fitting: Vec<EntityId> = about.iter().copied().filter(|&ent| kinds.contains(world.kind(ent))).collect();
            if fitting.is_empty() {
                let living = kinds.iter().flat_map(|kind| world.of_kind(kind)).filter(|&ent| world.lives(ent, at));
                fitting = living.take(FILLED + 1).collect();
            }
            fitting.sort();
            fitting.dedup();
            if fitting.len() * choices.len() > FILLED {
                continue;
            }
            known[index] = true;
            choices = choices
                .iter()
                .flat_map(|choice| {
                    fitting.iter().map(|&ent| {
                        let mut choice = choice.clone();
                        choice[index] = Argument::One(Value::Entity(ent));
                        choice
                    })
                })
                .collect();
        }
        // A choice of which a term comes to something else does not make the change.
        let fits = |arguments: &Vec<Argument>| {
            self.reads.iter().all(|(term, value)| match term.root() {
                TermNode::Parameter(index) if known[*index] => decider.reads(EntityId::NONE, term, arguments) == Some(*value),
                _ => true,
            })
        };
        choices.retain(fits);
        (choices, known)
    }

    /// The term must come to the value; nothing where it cannot.
    fn unify(&mut self, decider: &Decider<'_>, event: &Event, change: &Effect, term: &Term, value: Value) -> Option<()> {
        match (&term.node, value) {
            (TermNode::Parameter(index), value) => {
                let parameter = &event.parameters[*index];
                // What is created is new; the fact is about what is there.
                if parameter.created || parameter.many {
                    return None;
                }
                if let Value::Entity(ent) = value
                    && !matches!(&parameter.value, crate::policy::ValueType::Entity(kinds) if kinds.contains(decider.world.kind(ent)))
                {
                    return None;
                }
                if self.known[*index] && self.arguments[*index] != Argument::One(value) {
                    return None;
                }
                self.known[*index] = true;
                self.arguments[*index] = Argument::One(value);
                Some(())
            }
            (TermNode::Subject, Value::Entity(ent)) => {
                if self.doer.is_some_and(|doer| doer != ent) {
                    return None;
                }
                self.doer = Some(ent);
                Some(())
            }
            (TermNode::Variable(variable), Value::Entity(ent)) => {
                if !change.condition.variables[usize::from(variable.0)].kinds.contains(decider.world.kind(ent)) {
                    return None;
                }
                let own = &mut self.variables[usize::from(variable.0)];
                if *own != EntityId::NONE && *own != ent {
                    return None;
                }
                *own = ent;
                // A variable that is one of a parameter's many values.
                if let Some(index) = among(&change.condition.expr, *variable) {
                    self.known[index] = true;
                    self.arguments[index] = Argument::Many(vec![value]);
                }
                Some(())
            }
            (TermNode::Literal(literal), Value::Entity(ent)) => (decider.world.literal(*literal) == ent).then_some(()),
            (TermNode::Path(..), value) => {
                if matches!(term.root(), TermNode::Subject | TermNode::Parameter(_)) {
                    self.reads.push((term.clone(), value));
                }
                Some(())
            }
            _ => Some(()),
        }
    }
}

/// The many-valued parameter among whose values the slot is.
fn among(expr: &Expr, variable: crate::policy::VarId) -> Option<usize> {
    match expr {
        Expr::And(parts) => parts.iter().find_map(|part| among(part, variable)),
        Expr::Atom(atom) => match &atom.kind {
            AtomKind::Among(term, set) => match (&term.node, &set.node) {
                (TermNode::Variable(own), TermNode::Parameter(index)) if *own == variable => Some(*index),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// The entities that an argument names.
pub(super) fn entities(argument: &Argument) -> Vec<EntityId> {
    let entity = |value: &Value| match value {
        Value::Entity(ent) => Some(*ent),
        _ => None,
    };
    match argument {
        Argument::None => Vec::new(),
        Argument::One(value) => entity(value).into_iter().collect(),
        Argument::Many(values) => values.iter().filter_map(entity).collect(),
    }
}

/// What the entity lies within.
pub(super) fn above(world: &World, ent: EntityId, at: crate::time::Instant) -> Vec<EntityId> {
    std::iter::successors(world.container(ent, at), |&here| world.container(here, at)).collect()
}
