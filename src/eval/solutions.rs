//! Finding all values of variables for which a plan is not false.

use super::bindings::Bindings;
use super::evaluator::Evaluator;
use super::trace::{NoTrace, Recorder, TermValue};
use super::truth::Truth;
use super::unnamed::excludes_unnamed;
use crate::plan::tree::Plan;
use crate::policy::{Term, VarId, VarSet};
use crate::world::{EntityId, Value};
use std::ops::ControlFlow;

/// What to do about a variable for which no access path can be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scan {
    /// Try all entities of its kinds.
    Allowed,
    /// Break off.
    Never,
    /// Break off, unless it is one of these variables for hops from an entity that has a value: then its hop is unknown, and such entities
    /// are looked for otherwise.
    Hops { from: VarId, named: VarSet },
}

impl<R: Recorder> Evaluator<'_, R> {
    /// Calls `found` for each binding for which the plan is not false, with its truth. The values of the outermost `searches` variables, one
    /// search nested in the other, are found one by one; a variable that has a value keeps it.
    ///
    /// Breaks where `found` does, and where a variable would have to be scanned for although `scan` forbids that.
    pub(crate) fn each_solution(
        &mut self,
        plan: &Plan,
        searches: usize,
        bindings: &Bindings<'_>,
        scan: Scan,
        found: &mut dyn FnMut(&mut Self, &Bindings<'_>, Truth) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        self.solutions(plan, searches, bindings, Truth::True, scan, found)
    }

    /// Descends through the searches. Each search is the last part of the conjunction around it, and `outer` is the truth of the parts that
    /// were passed.
    fn solutions(
        &mut self,
        plan: &Plan,
        searches: usize,
        bindings: &Bindings<'_>,
        outer: Truth,
        scan: Scan,
        found: &mut dyn FnMut(&mut Self, &Bindings<'_>, Truth) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        match plan {
            Plan::All(parts) if searches > 0 => {
                let Some((last, tests)) = parts.split_last() else { return ControlFlow::Continue(()) };
                let mut truth = outer;
                for test in tests {
                    truth = truth.and(self.plan(test, bindings));
                    if truth == Truth::False {
                        return ControlFlow::Continue(());
                    }
                }
                self.solutions(last, searches, bindings, truth, scan, found)
            }
            Plan::Exists(exists) if searches > 0 => {
                let variable = usize::from(exists.variable.0);
                if bindings.variables[variable] != EntityId::NONE {
                    return self.solutions(&exists.body, searches - 1, bindings, outer, scan, found);
                }
                if scan != Scan::Allowed && self.env.unnamed && !exists.own().access_paths.iter().all(excludes_unnamed) {
                    return ControlFlow::Break(());
                }
                let candidates = match scan {
                    Scan::Allowed => self.candidates(exists.own(), bindings),
                    Scan::Never | Scan::Hops { .. } => match (self.candidates_by_path(exists.own(), bindings), scan) {
                        (Some(candidates), _) => candidates,
                        (None, Scan::Hops { from, named }) if named.contains(exists.variable) && bindings.bind_all(from.into()) => {
                            return ControlFlow::Continue(());
                        }
                        (None, _) => return ControlFlow::Break(()),
                    },
                };
                let mut inner = *bindings;
                for candidate in candidates {
                    if !self.spend() {
                        break;
                    }
                    inner.variables[variable] = candidate;
                    self.solutions(&exists.body, searches - 1, &inner, outer, scan, found)?;
                }
                ControlFlow::Continue(())
            }
            plan => match outer.and(self.plan(plan, bindings)) {
                Truth::False => ControlFlow::Continue(()),
                truth => found(self, bindings, truth),
            },
        }
    }
}

impl Evaluator<'_, NoTrace> {
    /// Calls `found` as [`Evaluator::each_solution`] does, and for each binding in which entities without a name are values, of which all is
    /// unknown.
    pub(super) fn each_binding(
        &mut self,
        plan: &Plan,
        searches: usize,
        bindings: &Bindings<'_>,
        found: &mut dyn FnMut(&mut Self, &Bindings<'_>, Truth),
    ) {
        let _all: ControlFlow<()> = self.each_solution(plan, searches, bindings, Scan::Allowed, &mut |evaluator, bindings, truth| {
            found(evaluator, bindings, truth);
            ControlFlow::Continue(())
        });
        let mut unnamed = Vec::new();
        self.unnamed_solutions(plan, searches, bindings, &mut |bindings| unnamed.push(Bindings { arguments: &[], ..*bindings }));
        unnamed.iter().for_each(|bindings| found(self, bindings, Truth::Unknown));
    }

    /// The entity that a term of a conclusion names. An error if it is not known which one (unknown), or if the term has no value (false).
    pub(super) fn end_of(&mut self, term: &Term, bindings: &Bindings<'_>) -> Result<EntityId, Truth> {
        match self.term(term, bindings) {
            TermValue::Value(Value::Entity(ent)) if !self.env.world.is_unnamed(ent) => Ok(ent),
            TermValue::Value(Value::Entity(_)) | TermValue::Unknown => Err(Truth::Unknown),
            TermValue::Value(_) | TermValue::None => Err(Truth::False),
        }
    }
}
