//! One question about a property: a date, toggles, an action, and what subject and resource are.

use super::bound::{Bound, Unbounded, Walker};
use super::certificate::{certificate, variables};
use super::claims::{Asked, Settings};
use super::least::minimize;
use super::parts::{Parts, name_parts};
use super::report::{Certificate, Counterexample, Obstacle};
use super::role_classes::RoleClasses;
use super::sat::{Batsat, Cnf, Lit, Satisfiable};
use super::satisfy::{MOST_ENTITIES, satisfying};
use super::symbolic::{Class, Party, Universe, World};
use super::world_text::Model;
use crate::policy::{ActionId, Condition, Id, PropertyClaim, RoleId};
use crate::syntax::entity;

/// A question.
pub(super) struct Question<'p> {
    pub(super) asked: Asked<'p>,
    pub(super) settings: Settings,
    pub(super) request: (Party, Party),
    pub(super) same: bool,
    /// The number of entities of each kind that are looked at where there is no bound.
    pub(super) most: usize,
    /// Whether proofs are kept.
    pub(super) certify: bool,
}

/// The answer to a question.
pub(super) enum Answer {
    /// No world of that size or, where it is complete, of any size.
    None {
        /// By kind.
        counts: Vec<usize>,
        unbounded: Option<Unbounded>,
        /// Whether some world has a request that it is about; not looked for if nobody asks.
        happens: bool,
        /// The proof, if it is asked for; `None` if nothing was left for the solver.
        certificate: Option<Certificate>,
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

    /// The answer. With `all_roles` roles that are alike do not stand for each other; with `happens` it is looked whether anything happens
    /// that the property is about.
    pub(super) fn answer(&self, all_roles: bool, happens: bool) -> Answer {
        let Size { counts, roles, unbounded } = self.size(all_roles);
        // Most counterexamples are small.
        let small: Vec<usize> = counts.iter().map(|count| (*count).min(2)).collect();
        let mut happens_in_small = false;
        if small != counts {
            match self.look(&small, &roles, happens) {
                Err(obstacle) => return Answer::Obstacle(obstacle),
                Ok(Looked::Found(found)) => return Answer::Found(found),
                Ok(Looked::None { happens, .. }) => happens_in_small = happens,
            }
        }
        match self.look(&counts, &roles, happens && !happens_in_small) {
            Err(obstacle) => Answer::Obstacle(obstacle),
            Ok(Looked::Found(found)) => Answer::Found(found),
            Ok(Looked::None { happens, certificate }) => {
                Answer::None { counts, unbounded, happens: happens || happens_in_small, certificate }
            }
        }
    }

    /// The size of worlds that is looked at.
    fn size(&self, all_roles: bool) -> Size {
        let policy = self.asked.policy;
        let actions: Vec<ActionId> = [self.asked.action].into_iter().chain(self.asked.implied).collect();
        let (other, other_action) = self.asked.other();
        let policies =
            if std::ptr::eq(policy, other) { vec![(policy, actions)] } else { vec![(policy, actions), (other, vec![other_action])] };
        let apart = [&self.settings.asked, &self.settings.other].into_iter().filter_map(|setting| setting.role_without_mark(policy));
        let classes = RoleClasses::of(&policies, &self.conditions(), &apart.collect::<Vec<_>>());
        let goals = self.asked.goals(&self.settings);
        let role = policy.role_kind.index();
        let mut of_each = if all_roles { policy.roles.len() } else { 1 };
        loop {
            let roles = classes.kept(of_each);
            let walker = Walker::new(policy, &self.settings.asked, self.class(), Some(self.request), self.same, &roles);
            let (counts, unbounded) = match walker.bound(&goals) {
                Bound::Complete(counts) if counts[role] > of_each && of_each < policy.roles.len() => {
                    of_each = counts[role];
                    continue;
                }
                Bound::Complete(mut counts) => {
                    counts[role] = 0;
                    if counts.iter().sum::<usize>() <= MOST_ENTITIES {
                        (counts, None)
                    } else {
                        (self.up_to_most(), Some(Unbounded::TooGreat))
                    }
                }
                Bound::None(why) => (self.up_to_most(), Some(why)),
            };
            let roles = if unbounded.is_some() { classes.kept(of_each.max(self.most)) } else { roles };
            return Size { counts, roles, unbounded };
        }
    }

    /// The conditions beside those of the policy.
    fn conditions(&self) -> Vec<&Condition> {
        self.asked.property.condition().into_iter().chain(self.asked.given()).collect()
    }

    /// So many entities of each kind, and room for subject and resource.
    fn up_to_most(&self) -> Vec<usize> {
        let policy = self.asked.policy;
        let parties = [self.request.0, self.request.1];
        let room = |kind| parties.iter().filter(|party| matches!(party, Party::Any(own) if *own == kind)).count();
        policy.kinds.ids().map(|kind| if kind == policy.role_kind { 0 } else { self.most.max(room(kind)) }).collect()
    }

    /// Looks for a world of this size.
    fn look(&self, counts: &[usize], roles: &[RoleId], happens: bool) -> Result<Looked, Obstacle> {
        let policy = self.asked.policy;
        let request = Some(self.request);
        let universe = Universe { counts: counts.to_vec(), request, same: self.same, roles: roles.to_vec(), class: self.class() };
        let mut conditions = self.conditions();
        conditions.extend(self.asked.other().0.conditions());
        let mut world = World::new(policy, &universe, &conditions);
        let (refuted, about) = self.asked.refuted(&mut world, &self.settings).ok_or(Obstacle::Fuel)?;
        world.circuit.finish();
        let happens = |world: &World<'_>| {
            if !happens || about == Lit::FALSE {
                return Ok(false);
            }
            match satisfying(world, about).1 {
                Satisfiable::Yes => Ok(true),
                Satisfiable::No => Ok(false),
                Satisfiable::GaveUp => Err(Obstacle::Fuel),
            }
        };
        if refuted == Lit::FALSE {
            return Ok(Looked::None { happens: happens(&world)?, certificate: None });
        }
        let (mut cnf, found) = satisfying(&world, refuted);
        match found {
            Satisfiable::GaveUp => Err(Obstacle::Fuel),
            Satisfiable::No => {
                let variables = self.certify.then(|| variables(&world, &cnf));
                // The solver is gone when its proof is checked.
                let proof = cnf.into_proof();
                if !proof.is_right() {
                    return Err(Obstacle::Proof);
                }
                let certificate = variables.map(|variables| certificate(self.described(), &proof, variables));
                drop(proof);
                Ok(Looked::None { happens: happens(&world)?, certificate })
            }
            Satisfiable::Yes => {
                minimize(&mut cnf, &world, &[]);
                Ok(Looked::Found(Box::new(self.counterexample(&world, &cnf))))
            }
        }
    }

    fn counterexample(&self, world: &World<'_>, cnf: &Cnf<Batsat>) -> Counterexample {
        let policy = self.asked.policy;
        let mut model = Model::of(world, |lit| cnf.value(lit));
        let (subject, resource) = world.request.unwrap_or_default();
        name_parts(&mut model, &Parts { subject: Some(subject), resource: Some(resource), others: Vec::new() });
        let context = &self.settings.asked.context;
        let turned = |on: bool| {
            let toggles = policy.toggles.iter().filter(|(id, toggle)| toggle.default != on && context.is_on(*id) == on);
            toggles.map(|(_, toggle)| toggle.meta.name.clone()).collect()
        };
        let action = |action| policy.actions[action].meta.name.clone();
        Counterexample {
            subject: model.kind_and_id(subject),
            action: action(self.asked.action),
            implied: self.asked.implied.map(action),
            resource: model.kind_and_id(resource),
            at: context.at,
            with: turned(true),
            without: turned(false),
            world: model.text(context.at),
            outcome: "",
            other: None,
        }
    }

    /// What is asked, in one line.
    pub(super) fn described(&self) -> String {
        let policy = self.asked.policy;
        let party = |party: Party| match party {
            Party::Any(kind) => policy.kinds[kind].meta.name.clone(),
            Party::Literal(literal) => entity(&policy.kinds[policy.literals[literal].kind].meta.name, &policy.literals[literal].id),
        };
        let resource = if self.same { "itself".to_owned() } else { party(self.request.1) };
        let action = &policy.actions[self.asked.action].meta.name;
        format!("{}: {} {action} {resource} on {}", self.asked.property.meta.name, party(self.request.0), self.settings.asked.context.at)
    }

    /// Whether a world that is found speaks for the property.
    pub(super) fn wants_world(&self) -> bool {
        matches!(self.asked.property.claim, PropertyClaim::MustMatter(_))
    }
}

/// A size of worlds.
struct Size {
    /// By kind.
    counts: Vec<usize>,
    /// The roles of which facts may speak.
    roles: Vec<RoleId>,
    /// Why it is not known to be enough.
    unbounded: Option<Unbounded>,
}

/// What was found among worlds of one size.
enum Looked {
    Found(Box<Counterexample>),
    None { happens: bool, certificate: Option<Certificate> },
}
