//! One question about a property of worlds: whether an event keeps it, on a date and under toggles.

use super::bound::{Bound, Goal, Sign, Unbounded, Walker};
use super::certificate::{certificate, variables};
use super::least::minimize;
use super::parts::{Parts, name_parts};
use super::report::{BreakingEvent, Certificate, EventObstacle, Obstacle};
use super::role_classes::RoleClasses;
use super::sat::{Batsat, Cnf, Lit, Satisfiable};
use super::satisfy::{MOST_ENTITIES, NODES, satisfying};
use super::symbolic::{Arguments, Bindings, Class, Evaluator, Setting, Universe, Value, World};
use super::touched::relaxed;
use super::world_text::Model;
use crate::policy::{Conclusion, Condition, Event, FactTerm, Given, Id, Policy, Property, RoleId, RoleTerm, TermNode};

/// The question.
pub(super) struct Step<'p> {
    pub(super) policy: &'p Policy,
    pub(super) property: &'p Property,
    pub(super) event: &'p Event,
    /// With the toggles of the property.
    pub(super) asked: Setting,
    /// The default toggles, under which events happen and invariants hold.
    pub(super) defaults: Setting,
    /// The number of entities of each kind that are looked at where there is no bound.
    pub(super) most: usize,
    /// Whether proofs are kept.
    pub(super) certify: bool,
}

/// The answer.
pub(super) enum StepAnswer {
    /// The event keeps the property in worlds of that size or, where it is complete, of any size.
    Kept {
        /// By kind.
        counts: Vec<usize>,
        unbounded: Option<Unbounded>,
        /// The number of proofs.
        proofs: usize,
        certificates: Vec<Certificate>,
    },
    /// It breaks it.
    Broken(Box<BreakingEvent>),
    /// Not answered.
    Obstacle(Obstacle),
}

/// What an event is to do to a property.
struct Encoded<'p> {
    /// The world before the event.
    world: World<'p>,
    arguments: Arguments,
    /// The event breaks the property, and what it does is certain.
    broken: Lit,
    /// The event may break the property, and it is not certain what it does.
    perhaps: Lit,
}

impl<'p> Step<'p> {
    /// The answer. With `all_roles` roles that are alike do not stand for each other.
    ///
    /// Mostly it does not matter who does the event: it is asked first whether a world is enough in which anybody may, for which less is needed.
    pub(super) fn answer(&self, all_roles: bool) -> StepAnswer {
        if let Some(never) = self.property.condition() {
            let event = relaxed(self.policy, self.event, never);
            let (policy, property) = (self.policy, self.property);
            let (asked, defaults) = (self.asked.clone(), self.defaults.clone());
            let step = Step { policy, property, event: &event, asked, defaults, most: self.most, certify: self.certify };
            let (counts, roles, unbounded) = step.size(all_roles);
            let small: Vec<usize> = counts.iter().map(|count| (*count).min(2)).collect();
            let keeps = |counts: &[usize]| step.look(counts, &roles, true).ok().filter(|answer| matches!(answer, StepAnswer::Kept { .. }));
            if unbounded.is_none()
                && keeps(&small).is_some()
                && let Some(kept) = keeps(&counts)
            {
                return kept;
            }
        }
        self.whole_answer(all_roles)
    }

    fn whole_answer(&self, all_roles: bool) -> StepAnswer {
        let (counts, roles, unbounded) = self.size(all_roles);
        // Most events that break something do so in small worlds.
        let small: Vec<usize> = counts.iter().map(|count| (*count).min(2)).collect();
        if small != counts {
            match self.look(&small, &roles, false) {
                Ok(StepAnswer::Kept { .. }) => {}
                Ok(answer) => return answer,
                Err(obstacle) => return StepAnswer::Obstacle(obstacle),
            }
        }
        match self.look(&counts, &roles, false) {
            Ok(StepAnswer::Kept { counts, proofs, certificates, .. }) => StepAnswer::Kept { counts, unbounded, proofs, certificates },
            Ok(answer) => answer,
            Err(obstacle) => StepAnswer::Obstacle(obstacle),
        }
    }

    fn class(&self) -> Class {
        Class { told: self.property.told }
    }

    /// The conditions beside those of rules, implications and invariants.
    fn conditions(&self) -> Vec<&'p Condition> {
        never_before(self.policy, self.property).into_iter().chain(conditions_of(self.event)).collect()
    }

    /// What is to be so: the property before the event and not after it, and what worlds and `given` say.
    fn goals(&self) -> Vec<Goal<'_>> {
        let before = never_before(self.policy, self.property).into_iter().map(|never| Goal::Condition(never, Sign::NotTrue));
        let after = self.property.condition().into_iter().map(|never| Goal::Condition(never, Sign::True));
        let kept = invariants(self.policy).map(|never| Goal::Condition(never, Sign::NotTrue));
        let kept = kept.map(|goal| Goal::Under(self.policy, &self.defaults, Box::new(goal)));
        before.chain(after).chain(kept).collect()
    }

    /// The size of worlds that is looked at, by kind, the roles of which facts may speak, and why that is not known to be enough.
    fn size(&self, all_roles: bool) -> (Vec<usize>, Vec<RoleId>, Option<Unbounded>) {
        let policy = self.policy;
        let actions = self.event.does.map(|(action, _)| action).into_iter().collect();
        let classes = RoleClasses::of(&[(policy, actions)], &self.conditions(), &named_roles(policy, self.event));
        let goals = self.goals();
        let role = policy.role_kind.index();
        let mut of_each = if all_roles { policy.roles.len() } else { 1 };
        let up_to_most = || policy.kinds.ids().map(|kind| if kind == policy.role_kind { 0 } else { self.most }).collect();
        loop {
            let roles = classes.kept(of_each);
            // What an event states of a derived relation is stated beside what derives it.
            let class = Class { told: self.property.told || states_derived(policy, self.event) };
            let walker = Walker::new(policy, &self.asked, class, None, false, &roles);
            let (counts, unbounded) = match walker.bound_of_event(self.event, &self.defaults, &goals) {
                Bound::Complete(counts) if counts[role] > of_each && of_each < policy.roles.len() => {
                    of_each = counts[role];
                    continue;
                }
                Bound::Complete(mut counts) => {
                    counts[role] = 0;
                    if counts.iter().sum::<usize>() <= MOST_ENTITIES { (counts, None) } else { (up_to_most(), Some(Unbounded::TooGreat)) }
                }
                Bound::None(why) => (up_to_most(), Some(why)),
            };
            let roles = if unbounded.is_some() { classes.kept(of_each.max(self.most)) } else { roles };
            return (counts, roles, unbounded);
        }
    }

    /// The world before, the event, and the world after it; `None` if the circuit grew too great.
    fn encoded(&self, counts: &[usize], roles: &[RoleId], relaxed: bool) -> Option<Encoded<'p>> {
        let (policy, event) = (self.policy, self.event);
        let universe = Universe { counts: counts.to_vec(), request: None, same: false, roles: roles.to_vec(), class: self.class() };
        let mut world = World::with_event(policy, &universe, &self.conditions(), event);
        let arguments = world.arguments(event);
        let mut evaluator = Evaluator::new(&mut world, &self.defaults, NODES).with(&arguments);
        let happens = evaluator.occurrence(event);
        let mut exhausted = evaluator.is_exhausted();
        let mut evaluator = Evaluator::new(&mut world, &self.defaults, NODES);
        evaluator.keep_invariants();
        exhausted |= evaluator.is_exhausted();
        let mut evaluator = Evaluator::new(&mut world, &self.asked, NODES);
        for never in never_before(policy, self.property) {
            let broken = evaluator.condition(never, &Bindings::default());
            evaluator.world.axioms.push(!broken.is_true);
        }
        exhausted |= evaluator.is_exhausted();
        let (may_happen, is_certain) = (happens.may_happen, happens.is_certain);
        let mut after = World::after(world, happens.changes);
        let mut evaluator = Evaluator::new(&mut after, &self.defaults, NODES);
        let mut is_world = Lit::TRUE;
        for never in invariants(policy).filter(|_| !relaxed) {
            let broken = evaluator.condition(never, &Bindings::default());
            is_world = evaluator.world.circuit.and(is_world, !broken.is_true);
        }
        exhausted |= evaluator.is_exhausted();
        let mut evaluator = Evaluator::new(&mut after, &self.asked, NODES);
        let never = self.property.condition()?;
        let broken = evaluator.condition(never, &Bindings::default()).is_true;
        exhausted |= evaluator.is_exhausted();
        let broken = after.circuit.and(broken, may_happen);
        let is_certain = if relaxed { Lit::TRUE } else { is_certain };
        let perhaps = after.circuit.and(broken, !is_certain);
        let broken = after.circuit.all([broken, is_certain, is_world]);
        let mut world = after.before()?;
        world.circuit.finish();
        (!exhausted).then_some(Encoded { world, arguments, broken, perhaps })
    }

    /// Looks for worlds of this size. If `relaxed`, also for those of which it is not certain what the event does, or which the invariants
    /// refuse after it.
    fn look(&self, counts: &[usize], roles: &[RoleId], relaxed: bool) -> Result<StepAnswer, Obstacle> {
        let Encoded { world, arguments, broken, perhaps } = self.encoded(counts, roles, relaxed).ok_or(Obstacle::Fuel)?;
        let (mut proofs, mut certificates) = (0, Vec::new());
        for (lit, is_certain) in [(broken, true), (perhaps, false)] {
            proofs += usize::from(is_certain);
            if lit == Lit::FALSE {
                continue;
            }
            let (mut cnf, found) = satisfying(&world, lit);
            match found {
                Satisfiable::GaveUp => return Err(Obstacle::Fuel),
                Satisfiable::No => {
                    let variables = self.certify.then(|| variables(&world, &cnf));
                    let proof = cnf.into_proof();
                    if !proof.is_right() {
                        return Err(Obstacle::Proof);
                    }
                    certificates.extend(variables.map(|variables| certificate(self.described(), &proof, variables)));
                }
                Satisfiable::Yes if relaxed => return Err(Obstacle::Fuel),
                Satisfiable::Yes if is_certain => {
                    minimize(&mut cnf, &world, &arguments.optional());
                    return Ok(StepAnswer::Broken(Box::new(self.found(&world, &arguments, &cnf))));
                }
                Satisfiable::Yes => {
                    let event = self.event.meta.name.clone();
                    return Err(Obstacle::Event { event, why: EventObstacle::Uncertain });
                }
            }
        }
        Ok(StepAnswer::Kept { counts: counts.to_vec(), unbounded: None, proofs, certificates })
    }

    fn found(&self, world: &World<'_>, arguments: &Arguments, cnf: &Cnf<Batsat>) -> BreakingEvent {
        let mut model = Model::of(world, |lit| cnf.value(lit));
        let actor = arguments.actor(|lit| cnf.value(lit));
        let values: Vec<Vec<Value>> =
            (0..self.event.parameters.len()).map(|index| arguments.parameter(index).values(|lit| cnf.value(lit))).collect();
        let resource = self.event.does.and_then(|(_, parameter)| values[parameter].first()).and_then(|value| value.entity());
        let named = self.event.parameters.iter().zip(&values);
        let others = named.flat_map(|(parameter, values)| {
            let name = if parameter.created { format!("new-{}", parameter.name) } else { parameter.name.clone() };
            values.iter().filter_map(|value| value.entity()).map(move |entity| (entity, name.clone()))
        });
        name_parts(&mut model, &Parts { subject: actor, resource, others: others.collect() });
        let parameters = self.event.parameters.iter().zip(&values).filter(|(parameter, values)| parameter.many || !values.is_empty());
        let parameters = parameters.map(|(parameter, values)| {
            let each: Vec<String> = values.iter().map(|value| model.value(*value, true)).collect();
            (parameter.name.clone(), if parameter.many { format!("[{}]", each.join(", ")) } else { each.concat() })
        });
        let context = &self.asked.context;
        let turned = |on: bool| {
            let toggles = self.policy.toggles.iter().filter(|(id, toggle)| toggle.default != on && context.is_on(*id) == on);
            toggles.map(|(_, toggle)| toggle.meta.name.clone()).collect()
        };
        BreakingEvent {
            event: self.event.meta.name.clone(),
            by: actor.map(|actor| model.kind_and_id(actor)).unwrap_or_default(),
            parameters: parameters.collect(),
            at: context.at,
            with: turned(true),
            without: turned(false),
            world: model.text(context.at),
        }
    }

    fn described(&self) -> String {
        format!("{}: {} on {}", self.property.meta.name, self.event.meta.name, self.asked.context.at)
    }
}

/// The conditions that are taken as never true before the event, the property's own among them.
pub(super) fn never_before<'p>(policy: &'p Policy, property: &'p Property) -> Vec<&'p Condition> {
    let given = property.given.iter().filter_map(|given| match given {
        Given::Invariant(invariant) => Some(&policy.invariants[*invariant].never),
        Given::Property(property) => policy.properties[*property].condition(),
    });
    property.condition().into_iter().chain(given).collect()
}

/// The conditions of an event and of its effects.
pub(super) fn conditions_of(event: &Event) -> impl Iterator<Item = &Condition> {
    [&event.condition].into_iter().chain(event.effects().map(|(_, effect)| &effect.condition))
}

/// The invariants that no world may break.
pub(super) fn invariants(policy: &Policy) -> impl Iterator<Item = &Condition> {
    policy.invariants.values().filter(|invariant| !invariant.warn).map(|invariant| &invariant.never)
}

/// The roles that effects of the event name.
fn named_roles(policy: &Policy, event: &Event) -> Vec<RoleId> {
    let created = event.creates.iter().flat_map(|creation| creation.attributes.iter().map(|(_, term)| term));
    let terms = event.effects().flat_map(|(_, effect)| effect.fact.terms()).chain(created);
    let by_literal = terms.filter_map(|term| match term.root() {
        TermNode::Literal(literal) if policy.literals[*literal].kind == policy.role_kind => {
            policy.role_called(&policy.literals[*literal].id)
        }
        _ => None,
    });
    let by_name = event.effects().filter_map(|(_, effect)| match &effect.fact {
        FactTerm::Holds(_, RoleTerm::Named(role), _) => Some(*role),
        _ => None,
    });
    by_literal.chain(by_name).collect()
}

/// Whether the event states a relation that implications derive.
fn states_derived(policy: &Policy, event: &Event) -> bool {
    let derives = |conclusion: &Conclusion, fact: &FactTerm| matches!((conclusion, fact), (Conclusion::Relation { relation, .. }, FactTerm::Relation(own, _)) if relation == own);
    event.effects().any(|(_, effect)| policy.implications.values().any(|implication| derives(&implication.then, &effect.fact)))
}
