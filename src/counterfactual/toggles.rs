//! Toggles by which an answer would be another.

use crate::eval::trace::{Trace, TraceStep};
use crate::eval::truth::Truth;
use crate::eval::{Decider, QueryContext, Record};
use crate::policy::ToggleId;
use crate::world::ResolvedRequest;

/// A toggle on which an answer depends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecisiveToggle {
    /// The toggle.
    pub toggle: ToggleId,
    /// Whether the outcome would be another, or may be.
    pub turns_outcome: bool,
}

impl QueryContext<'_> {
    /// The toggles on which the answer depends: if one of them alone were turned, the outcome would be another, or a permit or deny of the
    /// action would have another truth, or another obligation or advice would go with the answer. In order.
    ///
    /// Each toggle on which an element of the action may rest is tried. All draw on one half of what is left of the question's budget; those that
    /// could not be tried within it are among the toggles, since the answer may depend on them.
    pub fn decisive_toggles(&self, request: &ResolvedRequest, record: &Record) -> Vec<DecisiveToggle> {
        let toggles = self.compiled.graph.toggles(&self.compiled.policy, request.action);
        let part = self.budget.half();
        let decisive = toggles.into_iter().filter_map(|toggle| {
            let turned = Decider::new(self.compiled, self.world, self.context.turned(toggle));
            let other = turned.within(&part).record(request);
            let turns_outcome = part.exhausted().is_some() || other.decision.outcome != record.decision.outcome;
            let differs = turns_outcome || !holding(&other.trace).eq(holding(&record.trace));
            differs.then_some(DecisiveToggle { toggle, turns_outcome })
        });
        let decisive = decisive.collect();
        self.budget.spend(part.spent());
        decisive
    }
}

/// The permits and denies that are not false, the obligations and the advice, with their truth.
fn holding(trace: &Trace) -> impl Iterator<Item = (TraceStep, Truth)> {
    trace.roots().map(|root| (root.step(), root.truth())).filter(|&(_, truth)| truth != Truth::False)
}
