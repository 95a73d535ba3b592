//! Whether an implication derives a fact; and, for a trace, whether only its `unless` keeps it from it.

use super::evaluator::Evaluator;
use super::instantiate::instantiate;
use super::trace::{Recorder, TraceStep};
use super::truth::Truth;
use crate::policy::ImplicationId;
use crate::world::EntityId;

impl<R: Recorder> Evaluator<'_, R> {
    /// Whether the implication derives the fact with these ends; see [`Bindings::asked`](super::bindings::Bindings::asked). Leaves no step
    /// in the trace if it does not, unless it is switched off or rests on one that is.
    pub(crate) fn implication(&mut self, implication: ImplicationId, ends: [EntityId; 3]) -> Truth {
        let rule_plan = &self.env.compiled.implications[implication];
        let Some(bindings) = instantiate(self.env, implication, ends) else { return Truth::False };
        if !self.spend() {
            return Truth::Unknown;
        }
        self.recorder.open(TraceStep::Implication(implication));
        for (index, variable, _) in &rule_plan.binds {
            self.recorder.open(TraceStep::Bind(*variable, ends[*index]));
        }
        let truth = self.plan(&rule_plan.plan, &bindings);
        for _ in &rule_plan.binds {
            self.recorder.close(truth);
        }
        self.recorder.close_unless_idle(truth);
        if R::EXHAUSTIVE && truth == Truth::False {
            self.switched_off(implication, ends);
        }
        truth
    }

    /// Records that the implication, which is false for these ends, is switched off by its `unless`; nothing if it is not. Returns whether it
    /// is.
    pub(crate) fn switched_off(&mut self, implication: ImplicationId, ends: [EntityId; 3]) -> bool {
        let Some(plan) = &self.env.compiled.implications[implication].switched_off else { return false };
        let Some(bindings) = instantiate(self.env, implication, ends) else { return false };
        self.recorder.open(TraceStep::SwitchedOff(implication));
        if self.plan(plan, &bindings) != Truth::True {
            self.recorder.discard();
            return false;
        }
        self.recorder.close(Truth::False);
        true
    }
}
