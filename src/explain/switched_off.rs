//! Implications that are switched off by their `unless` and that no permit or deny of an explanation shows.
//!
//! A proof shows what decides. What would decide as well, were it not switched off, is below branches that do not matter: a permit that is
//! false beside one that is true, or a false part of a true `or`. The trace of the decision has it.

use super::proof::ProofBuilder;
use super::{Finding, Reason};
use crate::eval::{AtomShape, ProofKey, Trace, TraceNode, TraceStep, Truth};
use crate::policy::ImplicationId;
use crate::world::ResolvedRequest;
use rustc_hash::FxHashSet;

/// For each permit or atom that is false, would favour the subject, and could be true by an implication that is switched off: its reason,
/// with that implication below it. Those that `shown` has are left out.
pub(super) fn elsewhere<'r>(
    proof: &ProofBuilder<'_>,
    asked: &ResolvedRequest,
    trace: &Trace,
    shown: impl Iterator<Item = &'r Reason>,
) -> Vec<Reason> {
    let mut search = Search { found: Vec::new(), visited: FxHashSet::default() };
    for root in trace.roots() {
        match root.step() {
            TraceStep::Permit(_) => search.visit(root, None, true),
            TraceStep::Deny(_) => search.visit(root, None, false),
            _ => {}
        }
    }
    let mut known = FxHashSet::default();
    shown.for_each(|reason| _ = below(reason, &mut known));
    let mut reasons = Vec::new();
    for mut reason in
        search.found.into_iter().flat_map(|node| proof.permit(asked, node).map_or_else(|| proof.node(node, true), |one| vec![one]))
    {
        let mut own = FxHashSet::default();
        let switched_off = below(&reason, &mut own);
        let is_new = switched_off.into_iter().fold(false, |new, implication| known.insert((reason.finding, implication)) | new);
        if is_new {
            reason.unblock();
            reasons.push(reason);
        }
    }
    reasons
}

/// Permits and atoms of a trace that are false and have an implication below them that is switched off.
struct Search<'t> {
    found: Vec<TraceNode<'t>>,
    visited: FxHashSet<(ProofKey, bool)>,
}

impl<'t> Search<'t> {
    /// Visits a node and all below it. `around` is the outermost permit or atom around it that is false; `favours` says whether it favours the
    /// subject that the node be true.
    fn visit(&mut self, node: TraceNode<'t>, around: Option<TraceNode<'t>>, favours: bool) {
        if !node.has_idle() || node.proof().is_some_and(|proof| around.is_none() && !self.visited.insert((proof, favours))) {
            return;
        }
        let step = node.step();
        if let (TraceStep::SwitchedOff(_), Some(around)) = (step, around) {
            if favours {
                self.found.push(around);
            }
            return;
        }
        let may_hold = match step {
            TraceStep::Permit(_) => true,
            TraceStep::Atom { shape, .. } => matches!(shape, AtomShape::Relation { was: false, .. } | AtomShape::Holds { was: false }),
            _ => false,
        };
        let around = around.or((favours && may_hold && node.truth() == Truth::False).then_some(node));
        let favours = favours != (step == TraceStep::Not);
        node.below().for_each(|below| self.visit(below, around, favours));
    }
}

/// The implications below a reason that are switched off. Adds each to `found` with every finding above it.
fn below(reason: &Reason, found: &mut FxHashSet<(Finding, ImplicationId)>) -> Vec<ImplicationId> {
    let mut implications: Vec<ImplicationId> = match reason.finding {
        Finding::SwitchedOff(implication) => vec![implication],
        _ => Vec::new(),
    };
    for inner in &reason.because {
        implications.extend(below(inner, found));
    }
    found.extend(implications.iter().map(|&implication| (reason.finding, implication)));
    implications
}
