//! One question about a property: a date, toggles, an action, and what subject and resource are.

use super::bound::{Bound, Unbounded, Walker};
use super::claims::{Asked, Settings};
use super::least::minimize;
use super::parts::name_parts;
use super::report::{Counterexample, Obstacle};
use super::sat::{Batsat, Cnf, Lit, Satisfiable};
use super::symbolic::{Class, Party, Universe, World};
use super::world_text::Model;
use crate::policy::{Id, PropertyClaim};

/// The conflicts that the solver may meet in one question.
const CONFLICTS: usize = 200_000;

/// The number of entities of all kinds beyond which a bound is of no use.
const MOST_ENTITIES: usize = 150;

/// A question.
pub(super) struct Question<'p> {
    pub(super) asked: Asked<'p>,
    pub(super) settings: Settings,
    pub(super) request: (Party, Party),
    pub(super) same: bool,
    /// The number of entities of each kind that are looked at where there is no bound.
    pub(super) most: usize,
}

/// The answer to a question.
pub(super) enum Answer {
    /// No world of that size or, where it is complete, of any size.
    None {
        /// By kind.
        counts: Vec<usize>,
        unbounded: Option<Unbounded>,
        /// Whether some world has a request that it is about.
        happens: bool,
    },
    /// A world.
    Found(Box<Counterexample>),
    /// Not answered.
    Obstacle(Obstacle),
}

impl Question<'_> {
    fn class(&self) -> Class {
        Class { told: self.asked.property.told }
    }

    pub(super) fn answer(&self) -> Answer {
        let goals = self.asked.goals(&self.settings);
        let walker = Walker::new(self.asked.policy, &self.settings.asked, self.class(), Some(self.request), self.same);
        let (counts, unbounded) = match walker.bound(&goals) {
            Bound::Complete(counts) if counts.iter().sum::<usize>() <= MOST_ENTITIES => (counts, None),
            Bound::Complete(_) => (self.up_to_most(), Some(Unbounded::TooGreat)),
            Bound::None(why) => (self.up_to_most(), Some(why)),
        };
        // Most counterexamples are small.
        let small: Vec<usize> = counts.iter().map(|count| (*count).min(2)).collect();
        if small != counts {
            match self.look(&small) {
                Err(obstacle) => return Answer::Obstacle(obstacle),
                Ok(Looked::Found(found)) => return Answer::Found(found),
                Ok(Looked::None { .. }) => {}
            }
        }
        match self.look(&counts) {
            Err(obstacle) => Answer::Obstacle(obstacle),
            Ok(Looked::Found(found)) => Answer::Found(found),
            Ok(Looked::None { happens }) => Answer::None { counts, unbounded, happens },
        }
    }

    /// So many entities of each kind, and room for subject and resource.
    fn up_to_most(&self) -> Vec<usize> {
        let policy = self.asked.policy;
        let parties = [self.request.0, self.request.1];
        let room = |kind| parties.iter().filter(|party| matches!(party, Party::Any(own) if *own == kind)).count();
        policy.kinds.ids().map(|kind| if kind == policy.role_kind { 0 } else { self.most.max(room(kind)) }).collect()
    }

    /// Looks for a world of this size.
    fn look(&self, counts: &[usize]) -> Result<Looked, Obstacle> {
        let policy = self.asked.policy;
        let universe = Universe { counts: counts.to_vec(), request: Some(self.request), same: self.same, class: self.class() };
        let conditions: Vec<_> = self.asked.property.condition().into_iter().chain(self.asked.given()).collect();
        let mut world = World::new(policy, &universe, &conditions);
        let (refuted, about) = self.asked.refuted(&mut world, &self.settings).ok_or(Obstacle::Fuel)?;
        let happens = |world: &World<'_>| match satisfying(world, about).1 {
            Satisfiable::Yes => Ok(true),
            Satisfiable::No => Ok(false),
            Satisfiable::GaveUp => Err(Obstacle::Fuel),
        };
        if refuted == Lit::FALSE {
            return Ok(Looked::None { happens: happens(&world)? });
        }
        let (mut cnf, found) = satisfying(&world, refuted);
        match found {
            Satisfiable::GaveUp => Err(Obstacle::Fuel),
            Satisfiable::No if !cnf.is_refuted() => Err(Obstacle::Proof),
            Satisfiable::No => Ok(Looked::None { happens: happens(&world)? }),
            Satisfiable::Yes => {
                minimize(&mut cnf, &world);
                Ok(Looked::Found(Box::new(self.counterexample(&world, &cnf))))
            }
        }
    }

    fn counterexample(&self, world: &World<'_>, cnf: &Cnf<Batsat>) -> Counterexample {
        let policy = self.asked.policy;
        let mut model = Model::of(world, |lit| cnf.value(lit));
        name_parts(&mut model);
        let (subject, resource) = world.request.unwrap_or_default();
        let name = |index| (policy.kinds[world.kind(index)].meta.name.clone(), model.ids[index].clone());
        let context = &self.settings.asked.context;
        let turned = |on: bool| {
            let toggles = policy.toggles.iter().filter(|(id, toggle)| toggle.default != on && context.is_on(*id) == on);
            toggles.map(|(_, toggle)| toggle.meta.name.clone()).collect()
        };
        let action = |action| policy.actions[action].meta.name.clone();
        Counterexample {
            subject: name(subject),
            action: action(self.asked.action),
            implied: self.asked.implied.map(action),
            resource: name(resource),
            at: context.at,
            with: turned(true),
            without: turned(false),
            world: model.text(context.at),
            outcome: "",
            other: None,
        }
    }

    /// Whether a world that is found speaks for the property.
    pub(super) fn wants_world(&self) -> bool {
        matches!(self.asked.property.claim, PropertyClaim::MustMatter(_))
    }
}

/// What was found among worlds of one size.
enum Looked {
    Found(Box<Counterexample>),
    None { happens: bool },
}

/// Whether some world satisfies the literal.
fn satisfying(world: &World<'_>, lit: Lit) -> (Cnf<Batsat>, Satisfiable) {
    let mut cnf = Cnf::new(Batsat::new(CONFLICTS));
    world.axioms.iter().for_each(|axiom| cnf.assert(&world.circuit, *axiom));
    cnf.assert(&world.circuit, lit);
    let found = cnf.solve(&[]);
    (cnf, found)
}

/// The index of each kind with its count.
pub(super) fn by_kind(policy: &crate::policy::Policy, counts: &[usize]) -> Vec<(String, usize)> {
    let named = policy.kinds.iter().map(|(id, kind)| (kind.meta.name.clone(), counts[id.index()]));
    named.filter(|(_, count)| *count > 0).collect()
}
