//! What an event needs, and the size of worlds that shows whether it keeps a property.
//!
//! # The lemma for events
//!
//! Let an event happen in a world, with a condition true after it, and let S be a set of entities of that world which is closed under what
//! follows. In the restriction of the world to S the event may happen too, and the restriction after it is the restriction of the world after it: so
//! the condition is true there.
//!
//! * S has the actor, the entities that the parameters name, and what the condition of the event, and an access that it asks for, need.
//! * For each binding of the variables of an effect's fact, S has what the condition of the effect needs with *every* sign, and the values of
//!   the terms of the fact. So the effect takes place in the restriction for the same bindings as in the world, as far as they are in S, and
//!   states the same.
//! * S has what the property needs to be true after the event. What an event names or creates is there.
//!
//! What is spliced must stay so. An event that takes memberships away, or ends a group, may leave a member in a group to which it came through groups
//! outside of S: there is no bound then, if the property reads memberships.

use super::Sign;
use super::needs::Needs;
use super::roots::{Root, needed};
use super::size::{Bound, Unbounded};
use super::walk::{Goal, Walker};
use crate::policy::{Condition, EffectKind, Event, FactTerm, KindSet, Policy, Reads, Term, VarSet};
use crate::verify::symbolic::Setting;

/// All signs.
const SIGNS: [Sign; 4] = [Sign::True, Sign::NotTrue, Sign::NotFalse, Sign::False];

impl<'a> Walker<'a> {
    /// The size of worlds in which the event may happen under `defaults` so that all these goals are satisfied, each before or after it.
    pub fn bound_of_event(mut self, event: &'a Event, defaults: &'a Setting, goals: &[Goal<'a>]) -> Bound {
        let policy = self.policy;
        self.parameters(event);
        let before = std::mem::replace(&mut self.setting, defaults);
        let mut needs = self.event(event);
        self.setting = before;
        self.known.clear();
        self.roots.subject = None;
        self.roots.resource = None;
        needs = goals.iter().fold(needs, |all, goal| {
            let needs = self.goal(goal);
            all.and(needs)
        });
        let conditions = goals.iter().flat_map(Goal::conditions);
        if takes_memberships(policy, event) && Reads::of(policy, conditions, []).memberships() {
            self.unbounded.get_or_insert(Unbounded::LostMemberships);
        }
        self.bound_of(&needs)
    }

    /// The actor and the parameters are there.
    fn parameters(&mut self, event: &Event) {
        let root = |walker: &mut Walker<'a>, key: String, kinds: KindSet| {
            walker.there = std::mem::take(&mut walker.there).and(needed(&key, &[], kinds.clone()));
            Root { key, kinds, on: Vec::new() }
        };
        self.roots.subject = Some(root(self, "actor".to_owned(), self.policy.subjects()));
        for (index, parameter) in event.parameters.iter().enumerate() {
            let kinds = parameter.value.entity_kinds().cloned();
            let created = parameter.created || parameter.many;
            let parameter = match kinds {
                Some(kinds) if created => Some(Root { key: format!("parameter {index}"), kinds, on: Vec::new() }),
                Some(kinds) => Some(root(self, format!("parameter {index}"), kinds)),
                None => None,
            };
            self.roots.parameters.push(parameter);
        }
    }

    fn event(&mut self, event: &'a Event) -> Needs {
        let mut needs = self.there.clone();
        if let Some((action, parameter)) = event.does {
            self.roots.resource = self.roots.parameters.get(parameter).cloned().flatten();
            needs = needs.and(self.goal(&Goal::Permits(action, Sign::True)));
            needs = needs.and(self.goal(&Goal::Denies(action, Sign::False)));
            self.roots.resource = None;
        }
        needs = needs.and(self.goal(&Goal::Condition(&event.condition, Sign::True)));
        for (_, term) in event.creates.iter().flat_map(|creation| &creation.attributes) {
            needs = needs.and(self.values(term, Sign::False, &self.roots.clone()).1);
        }
        for (_, effect) in event.effects() {
            let terms: Vec<&Term> = effect.fact.terms().into_iter().chain(effect.lasts.iter().map(|lasting| &lasting.count)).collect();
            let variables: VarSet = terms.iter().map(|term| term.variables()).collect();
            let mut roots = self.roots.clone();
            for variable in variables.iter() {
                let (root, own) = self.quantified(effect.condition.variable(variable).kinds.clone(), Sign::NotTrue, &[]);
                needs = needs.and(own);
                roots.variables.insert(variable, root);
            }
            for sign in SIGNS {
                needs = needs.and(self.expr(&effect.condition.expr, &effect.condition, sign, &roots));
            }
            for term in terms {
                needs = needs.and(self.values(term, Sign::False, &roots).1);
            }
        }
        needs
    }
}

impl<'g> Goal<'g> {
    /// The conditions that it is about.
    fn conditions(&self) -> Vec<&'g Condition> {
        match self {
            Goal::Condition(condition, _) => vec![condition],
            Goal::Permits(..) | Goal::Denies(..) => Vec::new(),
            Goal::All(goals) | Goal::Any(goals) => goals.iter().flat_map(Goal::conditions).collect(),
            Goal::Under(.., goal) => goal.conditions(),
        }
    }
}

/// Whether the event may take somebody out of a group.
fn takes_memberships(policy: &Policy, event: &Event) -> bool {
    let is_membership = |fact: &FactTerm| match fact {
        FactTerm::Member(..) => true,
        FactTerm::Value(_, attributes, _) => attributes.iter().any(|(_, attribute)| policy.attributes[*attribute].member_of),
        FactTerm::Relation(..) | FactTerm::Holds(..) => false,
    };
    let groups = policy.groups();
    let ends_group = |&parameter: &usize| event.parameters[parameter].value.entity_kinds().is_some_and(|kinds| kinds.meets(&groups));
    event.effects().any(|(kind, effect)| kind != EffectKind::Adds && is_membership(&effect.fact)) || event.ends.iter().any(ends_group)
}
