//! Which branch of an `or` was true in a record.

use super::points::{branches, conditions};
use crate::eval::{TraceNode, TraceStep, Truth};
use crate::policy::{Expr, Policy};
use crate::text::Span;
use rustc_hash::FxHashMap;

/// The `or`s of a policy, found by the places of atoms in them.
#[derive(Debug)]
pub(in crate::suite) struct Branches {
    /// By the place of an atom: the `or`s around it, the innermost first, each with its place and the number of its first branch.
    around: FxHashMap<Span, Vec<(Span, usize)>>,
}

impl Branches {
    pub(in crate::suite) fn of(policy: &Policy) -> Branches {
        let mut around: FxHashMap<Span, Vec<(Span, usize)>> = FxHashMap::default();
        let mut number = 0;
        for (_, condition) in conditions(policy) {
            for (expr, _) in condition.walk() {
                let Expr::Or(parts) = expr else { continue };
                if let Some(span) = expr.span() {
                    // Outer ones are visited before those in them.
                    expr.atoms().for_each(|atom| around.entry(atom.span).or_default().insert(0, (span, number)));
                }
                number += parts.len();
            }
        }
        debug_assert_eq!(number, branches(policy).count());
        Branches { around }
    }

    /// The branches that are true below a step, which is an `or` of a condition: those of this `or` alone.
    pub(super) fn taken(&self, node: TraceNode<'_>) -> Vec<usize> {
        let Some(places) = places(node) else { return Vec::new() };
        let around = self.around.get(&places.first).map(Vec::as_slice).unwrap_or_default();
        let holds = |or: Span| or.file == places.first.file && or.start <= places.start && places.end <= or.end;
        let Some(&(_, first)) = around.iter().find(|(or, _)| holds(*or)) else { return Vec::new() };
        let parts = node.below().enumerate().filter(|(_, part)| part.truth() == Truth::True);
        parts.map(|(index, _)| first + index).collect()
    }
}

/// The places of the atoms of a condition below a step.
struct Places {
    first: Span,
    start: u32,
    end: u32,
}

/// Where the atoms below a step are. Below an atom are those of other conditions.
fn places(node: TraceNode<'_>) -> Option<Places> {
    let mut found: Option<Places> = None;
    let mut waiting = vec![node];
    while let Some(node) = waiting.pop() {
        match node.step() {
            TraceStep::Atom { span, .. } => {
                let places = found.get_or_insert(Places { first: span, start: span.start, end: span.end });
                if places.first.file == span.file {
                    (places.start, places.end) = (places.start.min(span.start), places.end.max(span.end));
                }
            }
            TraceStep::All | TraceStep::Any | TraceStep::Not | TraceStep::Exists | TraceStep::Bind(..) => waiting.extend(node.below()),
            _ => {}
        }
    }
    found
}
