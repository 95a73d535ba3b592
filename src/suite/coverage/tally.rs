//! What an evaluation meets, also in parts of it that come to nothing and leave no trace.

use super::branches::{Branches, Leaf};
use super::points::{Owner, Point};
use crate::eval::{NoTrace, Proof, Recorder, TraceStep, Truth};
use crate::graph::Permit;
use std::collections::BTreeSet;

/// Counts the implications, branches, obligations and advice that are true anywhere in an evaluation.
pub(super) struct Tally<'t> {
    branches: &'t Branches,
    /// The permits of the action that is asked about.
    permits: &'t [Permit],
    /// The steps that have not ended, innermost last.
    open: Vec<OpenStep>,
    found: BTreeSet<Point>,
}

/// A step that has not ended.
struct OpenStep {
    step: TraceStep,
    /// Of whose condition it is.
    owner: Option<Owner>,
    /// The atoms and toggles of that condition that were met in it.
    leaves: BTreeSet<Leaf>,
    /// The truth of the steps directly below it.
    parts: Vec<Truth>,
}

impl<'t> Tally<'t> {
    pub(super) fn new(branches: &'t Branches, permits: &'t [Permit]) -> Tally<'t> {
        Tally { branches, permits, open: Vec::new(), found: BTreeSet::new() }
    }

    /// What was true.
    pub(super) fn found(self) -> BTreeSet<Point> {
        self.found
    }

    /// Of whose condition what is below a step is.
    fn owner(&self, step: TraceStep) -> Option<Owner> {
        match step {
            TraceStep::Deny(rule) => Some(Owner::Rule(rule)),
            TraceStep::Permit(index) => match self.permits[index] {
                Permit::Rule(rule) => Some(Owner::Rule(rule)),
                Permit::Role(_) => None,
            },
            TraceStep::Implication(id) | TraceStep::SwitchedOff(id) => Some(Owner::Implication(id)),
            // Its conditions do not count, and it is not in force.
            TraceStep::Obligation(_) | TraceStep::Advice(_) | TraceStep::NotInForce(_) => None,
            _ => self.open.last().and_then(|around| around.owner),
        }
    }

    /// Ends the innermost open step. Its leaves are those of the step around it, if both are of one condition.
    fn end(&mut self, truth: Truth) {
        let Some(ended) = self.open.pop() else { return };
        if truth == Truth::True {
            self.count(&ended);
        }
        let Some(around) = self.open.last_mut() else { return };
        around.parts.push(truth);
        match ended.step {
            TraceStep::Atom { span, .. } => _ = around.leaves.insert(Leaf::Atom(span)),
            TraceStep::Toggle(toggle) => _ = around.leaves.insert(Leaf::Toggle(toggle)),
            TraceStep::All | TraceStep::Any | TraceStep::Not | TraceStep::Exists | TraceStep::Bind(..) => {
                around.leaves.extend(ended.leaves);
            }
            _ => {}
        }
    }

    fn count(&mut self, ended: &OpenStep) {
        match (ended.step, ended.owner) {
            (TraceStep::Implication(id), _) => _ = self.found.insert(Point::Implication(id)),
            (TraceStep::Obligation(id), _) => _ = self.found.insert(Point::Obligation(id)),
            (TraceStep::Advice(id), _) => _ = self.found.insert(Point::Advice(id)),
            (TraceStep::Any, Some(owner)) => {
                let Some(numbers) = self.branches.numbers(owner, &ended.leaves) else { return };
                let taken = ended.parts.iter().enumerate().filter(|(_, part)| **part == Truth::True);
                self.found.extend(taken.filter_map(|(index, _)| numbers.get(index)).map(|&number| Point::Branch(number)));
            }
            _ => {}
        }
    }
}

impl Recorder for Tally<'_> {
    const EXHAUSTIVE: bool = true;

    fn open(&mut self, step: TraceStep) {
        let owner = self.owner(step);
        self.open.push(OpenStep { step, owner, leaves: BTreeSet::new(), parts: Vec::new() });
    }

    fn resolve_step(&mut self, step: TraceStep) {
        if let Some(open) = self.open.last_mut() {
            open.step = step;
        }
    }

    fn close(&mut self, truth: Truth) {
        self.end(truth);
    }

    fn discard(&mut self) {
        self.end(Truth::False);
    }

    fn begin_proof(&mut self) {}

    fn end_proof(&mut self, truth: Truth) -> Proof {
        NoTrace.end_proof(truth)
    }

    fn refer(&mut self, _: &Proof, _: Truth) {}

    fn step_count(&self) -> usize {
        self.open.len()
    }
}
