//! Events compiled: their condition, and each effect as a search for the bindings of its fact.

use super::condition::Compiler;
use super::tree::Plan;
use crate::policy::{Effect, Event, Term, VarId, VarSet};

/// A compiled event; effects in the order of the event's.
#[derive(Clone, Debug)]
pub(crate) struct EventPlan {
    pub(crate) condition: Plan,
    pub(crate) adds: Vec<EffectPlan>,
    pub(crate) removes: Vec<EffectPlan>,
}

/// A compiled effect, whose bindings are found one by one.
#[derive(Clone, Debug)]
pub(crate) struct EffectPlan {
    /// Nested searches for the variables, whose innermost body is the rest of the condition.
    pub(crate) plan: Plan,
    /// The variables of the fact and of its days, in order.
    pub(crate) variables: Vec<VarId>,
}

impl EventPlan {
    /// Compiles an event.
    pub(super) fn of(compiler: &Compiler<'_>, event: &Event) -> EventPlan {
        let effects = |effects: &[Effect]| effects.iter().map(|effect| EffectPlan::of(compiler, effect)).collect();
        EventPlan {
            condition: compiler.condition(&event.condition.expr, &event.condition.variables, VarSet::EMPTY),
            adds: effects(&event.adds),
            removes: effects(&event.removes),
        }
    }
}

impl EffectPlan {
    fn of(compiler: &Compiler<'_>, effect: &Effect) -> EffectPlan {
        let wanted: VarSet = effect.fact.terms().into_iter().chain(&effect.days).map(Term::variables).collect();
        let condition = &effect.condition;
        let parts = compiler.each(condition.expr.conjuncts(), &condition.variables, wanted);
        let plan = compiler.search(wanted, parts, &condition.variables, VarSet::EMPTY);
        EffectPlan { plan, variables: wanted.iter().collect() }
    }
}
