//! Goal regression: the arguments and the doer with which an event makes a wanted change by one of its effects.
//!
//! An effect's fact is unified with the wanted fact. That gives parameters, variables and the doer their values. A path
//! (`subject.partner`) does not determine where it starts, so it is kept as a requirement, with the value that it must have.

use crate::eval::bindings::Bindings;
use crate::eval::{NoTrace, QueryContext};
use crate::events::{has_solution, unify_fact};
use crate::policy::{
    AtomKind, AttributeId, Effect, EffectKind, Event, EventId, Expr, FactTerm, MAX_VARIABLES, Parameter, Term, TermNode, ValueType, VarId,
};
use crate::world::{Argument, EntityId, Statement, Symbol, Value, attributes_of};

/// The most combinations of values for the parameters that a change leaves open.
const MAX_CHOICES: usize = 50;

/// What a parameter takes that is a number: as many days as most things last.
pub(crate) const USUAL_NUMBER: i64 = 30;

/// What a parameter takes that is a text of any content: whoever does the event chooses it.
pub(crate) const FREE_TEXT: &str = "new";

/// An event of which some arguments, and perhaps the doer, are known.
#[derive(Clone)]
pub(crate) struct PartialEvent {
    /// One for each parameter; [`Argument::None`] where it is not known.
    pub(crate) arguments: Vec<Argument>,
    /// Which arguments are known.
    pub(crate) known: Vec<bool>,
    /// Who must do it; `None` if the change does not determine that.
    pub(crate) doer: Option<EntityId>,
    /// Paths that start at the doer or at a parameter, each with the value that it must have.
    pub(crate) required: Vec<(Term, Value)>,
    /// The effect that makes the change: its kind, and its index among the event's effects of that kind. `None` if any will do.
    pub(crate) effect: Option<(EffectKind, usize)>,
    /// The variables of that effect's fact; [`EntityId::NONE`] where unbound.
    pub(crate) variables: [EntityId; MAX_VARIABLES],
}

impl PartialEvent {
    /// The event with nothing known.
    pub(crate) fn open(event: &Event) -> PartialEvent {
        let count = event.parameters.len();
        PartialEvent {
            arguments: vec![Argument::None; count],
            known: vec![false; count],
            doer: None,
            required: Vec::new(),
            effect: None,
            variables: [EntityId::NONE; MAX_VARIABLES],
        }
    }

    /// For each effect of these kinds that has this fact for some arguments: the event with the arguments that the fact determines. Conditions
    /// are not evaluated.
    pub(crate) fn regress<'a>(
        decider: &'a QueryContext<'a>,
        event: &'a Event,
        kinds: &'static [EffectKind],
        fact: Statement,
    ) -> impl Iterator<Item = PartialEvent> + 'a {
        let effects =
            kinds.iter().flat_map(|&kind| event.effects_of(kind).iter().enumerate().map(move |(index, effect)| ((kind, index), effect)));
        effects.filter_map(move |(own, effect)| {
            let mut partial = PartialEvent { effect: Some(own), ..PartialEvent::open(event) };
            for (term, value) in unify_fact(&decider.compiled.policy, decider.world, &effect.fact, fact)? {
                partial.unify(decider, event, effect, term, value)?;
            }
            Some(partial)
        })
    }

    /// For each effect that sets the attribute of which the fact states a value: the event with the arguments that set it for the same entity.
    /// Effects that set the value of the fact itself, whatever the arguments are, are left out.
    pub(crate) fn replacing<'a>(
        decider: &'a QueryContext<'a>,
        event: &'a Event,
        fact: Statement,
    ) -> impl Iterator<Item = PartialEvent> + 'a {
        let (policy, world) = (&decider.compiled.policy, decider.world);
        let stated = attributes_of(policy, world, fact);
        event.sets.iter().enumerate().filter_map(move |(index, effect)| {
            let FactTerm::Value(of, attributes, value) = &effect.fact else { return None };
            let replaced = |&&(entity, attribute): &&(EntityId, AttributeId)| {
                let exclusive = policy.exclusive(&attribute);
                attributes.iter().any(|(kind, own)| *kind == world.kind(entity) && exclusive.contains(own))
            };
            let &(entity, _) = stated.iter().find(replaced)?;
            let is_same = |(term, value): (&Term, Value)| decider.eval_term(EntityId::NONE, term, &[]) == Some(value);
            let same = unify_fact(policy, world, &effect.fact, fact);
            if same.is_some_and(|pairs| pairs.into_iter().filter(|(term, _)| std::ptr::eq(*term, value)).all(is_same)) {
                return None;
            }
            let mut partial = PartialEvent { effect: Some((EffectKind::Sets, index)), ..PartialEvent::open(event) };
            partial.unify(decider, event, effect, of, Value::Entity(entity))?;
            Some(partial)
        })
    }

    /// Gives the term this value; `None` if the term cannot have it.
    fn unify(&mut self, decider: &QueryContext<'_>, event: &Event, effect: &Effect, term: &Term, value: Value) -> Option<()> {
        match (&term.node, value) {
            (TermNode::Parameter(index), value) => {
                let parameter = &event.parameters[*index];
                // A created entity is new, while the wanted fact may name an entity that lives.
                let is_new = || matches!(value, Value::Entity(entity) if decider.world.is_unborn(entity));
                if parameter.created && !is_new() || parameter.many {
                    return None;
                }
                if !decider.world.fits(&parameter.value, value) {
                    return None;
                }
                if self.known[*index] && self.arguments[*index] != Argument::One(value) {
                    return None;
                }
                self.known[*index] = true;
                self.arguments[*index] = Argument::One(value);
                Some(())
            }
            (TermNode::Subject, Value::Entity(entity)) => {
                if self.doer.is_some_and(|doer| doer != entity) {
                    return None;
                }
                self.doer = Some(entity);
                Some(())
            }
            (TermNode::Variable(variable), Value::Entity(entity)) => {
                if !effect.condition.variables[usize::from(variable.0)].kinds.contains(decider.world.kind(entity)) {
                    return None;
                }
                let bound = &mut self.variables[usize::from(variable.0)];
                if *bound != EntityId::NONE && *bound != entity {
                    return None;
                }
                *bound = entity;
                if let Some(index) = many_valued_parameter(&effect.condition.expr, *variable) {
                    self.known[index] = true;
                    self.arguments[index] = Argument::Many(vec![value]);
                }
                Some(())
            }
            (TermNode::Literal(literal), Value::Entity(entity)) => (decider.world.literal(*literal) == entity).then_some(()),
            (TermNode::Text(_) | TermNode::Number(_) | TermNode::Date(_), value) => {
                (decider.eval_term(EntityId::NONE, term, &[]) == Some(value)).then_some(())
            }
            (TermNode::Path(..), value) => {
                if matches!(term.root(), TermNode::Subject | TermNode::Parameter(_)) {
                    self.required.push((term.clone(), value));
                }
                Some(())
            }
            _ => Some(()),
        }
    }

    /// Whether the change determines an argument.
    pub(crate) fn determines(&self, index: usize) -> bool {
        self.known[index]
    }

    /// The ways to fill in the open arguments, so that the event can happen as far as these go, and whether they are all that are sought.
    ///
    /// A parameter of entities takes each entity of its kinds that is a known argument, one of `near`, or the home or a container of one of
    /// these; if there is none, or `widely`, each living entity of its kinds. What an event could
    /// create is taken too. A number takes those with which the event's condition compares it, and 30. A text that is not listed takes
    /// [`FREE_TEXT`], if the world knows it, and those with which the condition compares it. A `many` parameter takes one value. Optional arguments are left out.
    pub(crate) fn filled(&self, decider: &QueryContext<'_>, event: &Event, near: &[EntityId], widely: bool) -> Filled {
        let related = self.related(decider, near);
        let mut filled = Filled { choices: vec![self.arguments.clone()], complete: true };
        for (index, parameter) in event.parameters.iter().enumerate() {
            if self.known[index] || parameter.optional {
                continue;
            }
            let fitting = if parameter.created {
                let kinds = parameter.value.entity_kinds();
                kinds.iter().flat_map(|kinds| decider.world.unborn(kinds)).map(Value::Entity).collect()
            } else {
                filled.fitting(decider, event, (index, parameter), &related, widely)
            };
            let argument = |&value: &Value| if parameter.many { Argument::Many(vec![value]) } else { Argument::One(value) };
            let with = |choice: &Vec<Argument>, value: &Value| {
                let mut choice = choice.clone();
                choice[index] = argument(value);
                choice
            };
            filled.choices = filled.choices.iter().flat_map(|choice| fitting.iter().map(move |value| with(choice, value))).collect();
            filled.complete &= filled.choices.len() <= MAX_CHOICES;
            filled.choices.truncate(MAX_CHOICES);
        }
        let is_unborn = |&entity: &EntityId| decider.world.life(entity).is_empty();
        let meets_requirements = |arguments: &Vec<Argument>| {
            self.required.iter().all(|(term, value)| match term.root() {
                // What an event is to create has no attributes yet.
                TermNode::Parameter(index) if entities(&arguments[*index]).iter().any(is_unborn) => true,
                TermNode::Parameter(_) => decider.eval_term(EntityId::NONE, term, arguments) == Some(*value),
                _ => true,
            })
        };
        filled.choices.retain(meets_requirements);
        filled
    }

    /// The entities that an open argument may well be.
    fn related(&self, decider: &QueryContext<'_>, near: &[EntityId]) -> Vec<EntityId> {
        let (world, at) = (decider.world, decider.context.at);
        let mut related: Vec<EntityId> = self.arguments.iter().flat_map(entities).chain(near.iter().copied()).collect();
        for entity in related.clone() {
            related.extend(world.home(&decider.compiled.policy, entity, at).map(|(_, home)| home));
            related.extend(world.containers(entity, at).skip(1));
        }
        related.retain(|&entity| world.lives(entity, at) || world.role_of(entity).is_some());
        related
    }
}

/// An event's arguments, as far as they can be found.
#[derive(Clone)]
pub(crate) struct Filled {
    /// Each has a value for every parameter that the event must have. Empty if some parameter has none.
    pub(crate) choices: Vec<Vec<Argument>>,
    /// Whether nothing was left out.
    pub(crate) complete: bool,
}

impl Filled {
    /// No arguments at all.
    pub(crate) fn of_none(&self) -> Filled {
        Filled { choices: Vec::new(), complete: self.complete }
    }

    /// The values that fit an open parameter, the likely ones first.
    fn fitting(
        &mut self,
        decider: &QueryContext<'_>,
        event: &Event,
        (index, parameter): (usize, &Parameter),
        related: &[EntityId],
        widely: bool,
    ) -> Vec<Value> {
        let (world, at) = (decider.world, decider.context.at);
        match &parameter.value {
            ValueType::OneOf(texts) => texts.iter().map(|&text| Value::Text(Symbol::of_policy(text))).collect(),
            ValueType::Entity(kinds) => {
                let mut fitting: Vec<EntityId> = related.iter().copied().filter(|&entity| kinds.contains(world.kind(entity))).collect();
                if fitting.is_empty() || widely {
                    fitting = world.living_of(kinds, at).take(MAX_CHOICES + 1).collect();
                    self.complete &= fitting.len() <= MAX_CHOICES;
                    fitting.truncate(MAX_CHOICES);
                }
                world.sort_entities(&mut fitting);
                fitting.dedup();
                fitting.extend(world.unborn(kinds));
                fitting.into_iter().map(Value::Entity).collect()
            }
            ValueType::Number => {
                let mut numbers = vec![USUAL_NUMBER];
                numbers.extend(compared(&event.condition.expr, index, |term| match term {
                    TermNode::Number(number) => Some(*number),
                    _ => None,
                }));
                numbers.dedup();
                numbers.into_iter().map(Value::Number).collect()
            }
            ValueType::Date => vec![Value::Date(at)],
            ValueType::Text => {
                let mut texts: Vec<Symbol> = world.find_text(FREE_TEXT).into_iter().collect();
                texts.extend(compared(&event.condition.expr, index, |term| match term {
                    TermNode::Text(text) => Some(Symbol::of_policy(*text)),
                    _ => None,
                }));
                texts.into_iter().map(Value::Text).collect()
            }
        }
    }
}

/// The constants with which a condition compares a parameter.
fn compared<T>(expr: &Expr, index: usize, constant: impl Fn(&TermNode) -> Option<T>) -> Vec<T> {
    let beside = |one: &Term, other: &Term| match one.node {
        TermNode::Parameter(own) if own == index => constant(&other.node),
        _ => None,
    };
    let compared = expr.atoms().filter_map(|atom| match &atom.kind {
        AtomKind::Compare(left, _, right) => beside(left, right).or_else(|| beside(right, left)),
        _ => None,
    });
    compared.collect()
}

impl QueryContext<'_> {
    /// Whether an effect of an event takes place for this doer, these arguments and these variables of the effect's fact. The effect is
    /// given as in [`PartialEvent::effect`].
    pub(crate) fn produces(
        &self,
        event: EventId,
        (kind, index): (EffectKind, usize),
        doer: EntityId,
        arguments: &[Argument],
        variables: [EntityId; MAX_VARIABLES],
    ) -> bool {
        let plans = &self.compiled.events[event];
        let Some(effect) = plans.effects_of(kind).get(index) else { return false };
        let bindings = Bindings { variables, arguments, ..Bindings::new(doer, EntityId::NONE) };
        has_solution(&mut self.evaluator(NoTrace), effect, &bindings)
    }
}

/// The many-valued parameter over whose values the variable ranges.
fn many_valued_parameter(expr: &Expr, variable: VarId) -> Option<usize> {
    match expr {
        Expr::And(parts) => parts.iter().find_map(|part| many_valued_parameter(part, variable)),
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
pub(crate) fn entities(argument: &Argument) -> Vec<EntityId> {
    let entity = |value: &Value| match value {
        Value::Entity(entity) => Some(*entity),
        _ => None,
    };
    match argument {
        Argument::None => Vec::new(),
        Argument::One(value) => entity(value).into_iter().collect(),
        Argument::Many(values) => values.iter().filter_map(entity).collect(),
    }
}
