//! Everything that an implication derives.

use super::bindings::Bindings;
use super::evaluator::Evaluator;
use super::trace::NoTrace;
use super::truth::Truth;
use crate::policy::{Conclusion, ImplicationId, RoleTerm, TermNode};
use crate::world::EntityId;

/// The ends of what an implication derives: of a relation; or holder, role and scope. `None` for an end of which it is not known which entity
/// it is. A relation has [`EntityId::NONE`] at ends that it does not have.
pub(crate) type DerivedEnds = [Option<EntityId>; 3];

impl Evaluator<'_, NoTrace> {
    /// Calls `found` with the ends and the truth of each choice of values for the variables of the conclusion for which the condition is not
    /// false; it is unknown where an end is. The same ends may come several times. The ends that are `known` (not [`EntityId::NONE`]) have these values, unless they are
    /// unknown.
    ///
    /// An implication that depends on the subject derives it for this one. The caller checks whether the implication is in force.
    pub(crate) fn each_derivation(
        &mut self,
        implication: ImplicationId,
        subject: EntityId,
        known: [EntityId; 3],
        found: &mut dyn FnMut(DerivedEnds, Truth),
    ) {
        let env = self.env;
        let forward = &env.compiled.forward[implication];
        let Some(bindings) = self.bind_known(implication, subject, known) else { return };
        let mut take = |evaluator: &mut Self, bindings: &Bindings<'_>, truth: Truth| {
            if let Some(ends) = evaluator.ends_derived(implication, bindings) {
                let fits = ends.iter().zip(known).all(|(&end, known)| known == EntityId::NONE || end.is_none_or(|end| end == known));
                let whole = if ends.iter().all(Option::is_some) { Truth::True } else { Truth::Unknown };
                if fits {
                    found(ends, truth.and(whole));
                }
            }
        };
        self.each_binding(&forward.plan, forward.searches, &bindings, &mut take);
    }

    /// The bindings in which the variables at known ends have these values; `None` if one of them cannot have it.
    fn bind_known(&self, implication: ImplicationId, subject: EntityId, known: [EntityId; 3]) -> Option<Bindings<'static>> {
        let (world, at) = (self.env.world, self.at);
        let declared = &self.env.compiled.policy.implications[implication];
        let mut bindings = Bindings::new(subject, EntityId::NONE);
        for (index, term) in declared.then.ends().into_iter().filter(|&(index, _)| known[index] != EntityId::NONE) {
            let (TermNode::Variable(variable), value) = (&term.node, known[index]) else { continue };
            let bound = &mut bindings.variables[variable.index()];
            let fits = declared.condition.variable(*variable).kinds.contains(world.kind(value)) && world.lives(value, at);
            if !fits || *bound != EntityId::NONE && *bound != value {
                return None;
            }
            *bound = value;
        }
        Some(bindings)
    }

    /// The ends of the conclusion; `None` if one of them has no value.
    fn ends_derived(&mut self, implication: ImplicationId, bindings: &Bindings<'_>) -> Option<DerivedEnds> {
        let env = self.env;
        let then = &env.compiled.policy.implications[implication].then;
        let mut derived = [Some(EntityId::NONE); 3];
        if let Conclusion::Holds { role: RoleTerm::Named(role), .. } = then {
            derived[1] = Some(env.world.role_entity(*role));
        }
        for (index, term) in then.ends() {
            derived[index] = match self.end_of(term, bindings) {
                Ok(ent) => Some(ent),
                Err(Truth::Unknown) => None,
                Err(_) => return None,
            };
        }
        Some(derived)
    }
}
