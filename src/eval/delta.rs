//! Which conclusions of a condition a change of what it reads may turn.

use super::bindings::Bindings;
use super::evaluator::{CandidateList, Evaluator};
use super::follow::NotFollowed;
use super::tables::MAX_KEPT;
use super::trace::{NoTrace, Recorder, TermValue};
use super::truth::Truth;
use crate::plan::access_path::ChangedReach;
use crate::plan::delta::DeltaPlan;
use crate::policy::{KindSet, Term};
use crate::world::{EntityId, Value};

impl Evaluator<'_, NoTrace> {
    /// Calls `found` with the ends of each conclusion for which the condition is not false in this world and the reading is about what
    /// changed; [`EntityId::NONE`] at an end that may be anything. The same ends may come several times. False if the search was cut, so that
    /// there may be more. Each call may take `units` of work; what one has worked out serves the next.
    pub(crate) fn each_affected(
        &mut self,
        delta: &DeltaPlan,
        changed: [EntityId; 3],
        units: u64,
        found: &mut dyn FnMut([EntityId; 3]),
    ) -> bool {
        self.budget.renew(units);
        if self.tables.as_ref().is_some_and(|tables| tables.len() > MAX_KEPT) {
            self.tables = None;
        }
        let bindings = Bindings { asked: changed, ..Bindings::new(EntityId::NONE, EntityId::NONE) };
        self.each_binding(&delta.plan, delta.searches, &bindings, &mut |evaluator, bindings, _| {
            let mut ends = [EntityId::NONE; 3];
            for (end, term) in ends.iter_mut().zip(&delta.ends) {
                let Some(term) = term else { continue };
                match evaluator.end_of(term, bindings) {
                    Ok(ent) => *end = ent,
                    Err(Truth::Unknown) => {}
                    Err(_) => return,
                }
            }
            found(ends);
        });
        self.budget.lasts()
    }
}

impl<R: Recorder> Evaluator<'_, R> {
    /// Whether the value of the term is what changed, or is affected with it. Nothing that changed affects everything.
    pub(super) fn changed(&mut self, term: &Term, index: usize, reach: ChangedReach, bindings: &Bindings<'_>) -> Truth {
        let changed = bindings.asked[index];
        if changed == EntityId::NONE {
            return Truth::True;
        }
        match self.silent_term(term, bindings) {
            TermValue::Value(Value::Entity(ent)) if ent == changed => Truth::True,
            TermValue::Value(Value::Entity(ent)) => match reach {
                ChangedReach::Same => Truth::False,
                ChangedReach::Members => self.member(ent, changed),
                ChangedReach::Contents => self.within([ent, changed, EntityId::NONE]),
            },
            TermValue::Value(_) | TermValue::None => Truth::False,
            TermValue::Unknown => Truth::Unknown,
        }
    }

    /// Adds what changed and what is affected with it; incomplete where that is everything.
    pub(super) fn changed_ends(
        &mut self,
        changed: EntityId,
        reach: ChangedReach,
        kinds: &KindSet,
        found: &mut CandidateList,
    ) -> Result<(), NotFollowed> {
        if changed == EntityId::NONE {
            return Err(NotFollowed::Incomplete);
        }
        match reach {
            ChangedReach::Same => found.push(changed),
            ChangedReach::Members => {
                found.push(changed);
                let members = self.closures.members_listed(self.env, changed);
                found.extend_from_slice(members.ok_or(NotFollowed::Incomplete)?);
            }
            ChangedReach::Contents if !self.env.world.containers_closed() => return Err(NotFollowed::Incomplete),
            ChangedReach::Contents => found.extend(self.all_within(changed, kinds)),
        }
        Ok(())
    }
}
