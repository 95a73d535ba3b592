//! Events compiled: their condition, and each effect as a search for the bindings of its fact.

use super::condition::Compiler;
use super::tree::Plan;
use crate::policy::{Effect, EffectKind, Event, Expr, Term, VarId, VarSet};

/// A compiled event; effects in the order of the event's.
#[derive(Clone, Debug)]
pub(crate) struct EventPlan {
    pub(crate) condition: Plan,
    pub(crate) adds: Vec<EffectPlan>,
    pub(crate) removes: Vec<EffectPlan>,
    pub(crate) sets: Vec<EffectPlan>,
}

/// A compiled effect, whose bindings are found one by one.
#[derive(Clone, Debug)]
pub(crate) struct EffectPlan {
    /// Nested searches for the variables, whose innermost body is the rest of the condition.
    pub(crate) plan: Plan,
    /// The variables of the fact and of how long it lasts, in order.
    pub(crate) variables: Vec<VarId>,
    /// The same with the other variables among the nested searches too, so that any of them may be searched first.
    pub(crate) joined: Plan,
    /// How many searches are nested in `joined`.
    pub(crate) joined_searches: usize,
}

impl EventPlan {
    /// Compiles an event.
    pub(super) fn of(compiler: &Compiler<'_>, event: &Event) -> EventPlan {
        let effects = |effects: &[Effect]| effects.iter().map(|effect| EffectPlan::of(compiler, effect)).collect();
        EventPlan {
            condition: compiler.condition(&event.condition.expr, &event.condition.variables, VarSet::EMPTY),
            adds: effects(&event.adds),
            removes: effects(&event.removes),
            sets: effects(&event.sets),
        }
    }

    /// The effects of a kind.
    pub(crate) fn effects_of(&self, kind: EffectKind) -> &[EffectPlan] {
        match kind {
            EffectKind::Adds => &self.adds,
            EffectKind::Removes => &self.removes,
            EffectKind::Sets => &self.sets,
        }
    }
}

impl EffectPlan {
    fn of(compiler: &Compiler<'_>, effect: &Effect) -> EffectPlan {
        let wanted: VarSet =
            effect.fact.terms().into_iter().chain(effect.lasts.iter().map(|lasts| &lasts.count)).map(Term::variables).collect();
        let condition = &effect.condition;
        let search = |wanted: VarSet, parts: &[&Expr]| {
            let parts = parts.iter().map(|part| compiler.condition(part, &condition.variables, wanted)).collect();
            compiler.search(wanted, parts, &condition.variables, VarSet::EMPTY)
        };
        let parts: Vec<&Expr> = condition.expr.conjuncts().iter().collect();
        let mut joined = wanted;
        let mut joined_parts = Vec::new();
        for &part in &parts {
            match part {
                Expr::Exists(others, body) => {
                    joined |= others.iter().copied().collect();
                    joined_parts.extend(body.conjuncts());
                }
                part => joined_parts.push(part),
            }
        }
        EffectPlan {
            plan: search(wanted, &parts),
            variables: wanted.iter().collect(),
            joined: search(joined, &joined_parts),
            joined_searches: joined.iter().count(),
        }
    }
}
