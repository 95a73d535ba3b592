//! Invariants: conditions that must not be true in a world at any instant.

use super::reads::Reads;
use crate::eval::bindings::Bindings;
use crate::eval::budget::{Budget, Exhausted};
use crate::eval::decide::Decider;
use crate::eval::evaluator::Evaluator;
use crate::eval::trace::{NoTrace, ProofVisits, Recorder as _, Trace, TraceNode, TraceStep};
use crate::eval::truth::Truth;
use crate::plan::compiled::CompiledPolicy;
use crate::plan::tree::Plan;
use crate::plan::validity::Context;
use crate::policy::{InvariantId, VarId};
use crate::time::Instant;
use crate::world::{EntityId, FactId, Statement, World};

/// A broken invariant: when it is broken first, for which entities, and by which facts.
#[derive(Clone, Debug)]
pub struct BrokenInvariant {
    /// The invariant.
    pub invariant: InvariantId,
    /// The first instant at which its condition is true, [`Instant::MIN`] if it always was. If the condition is a disjunction, this is about
    /// the first part of it that is ever true. If `exhausted`, the instant that was tried.
    pub at: Instant,
    /// A binding for which the condition is true: its variables, in order, and their entities.
    pub binding: Vec<(VarId, EntityId)>,
    /// The facts that make it true, sorted.
    pub facts: Vec<FactId>,
    /// The limit that was reached and the condition that reached it, if it could not be checked.
    pub exhausted: Option<Exhausted>,
}

/// The invariants that the world breaks, each once. A condition is evaluated as a whole at the first instant; later only for the values of
/// its variables that a change concerns, at the instants at which something that it reads begins or ends.
pub fn invariants(compiled: &CompiledPolicy, world: &World) -> Vec<BrokenInvariant> {
    let parts = |id| disjuncts(&compiled.invariants[id]).iter();
    compiled.policy.invariants.ids().filter_map(|id| parts(id).find_map(|part| broken(compiled, world, id, part))).collect()
}

/// The invariants that the world breaks and that refuse a world, each once: if statements and entities are given, only those that read one of
/// the statements or may depend on the life of one of the entities.
pub(crate) fn refusing_invariants(
    compiled: &CompiledPolicy,
    world: &World,
    changed: Option<(&[Statement], &[EntityId])>,
) -> Vec<BrokenInvariant> {
    let refusing = compiled.policy.invariants.iter().filter(|(_, invariant)| !invariant.warn).map(|(id, _)| id);
    let is_read = |part: &&Plan| {
        changed.is_none_or(|(statements, entities)| {
            let reads = Reads::of(compiled, part);
            statements.iter().any(|&statement| reads.may_read(statement)) || entities.iter().any(|&ent| reads.may_read_life(world, ent))
        })
    };
    let first_broken = |id| disjuncts(&compiled.invariants[id]).iter().filter(is_read).find_map(|part| broken(compiled, world, id, part));
    refusing.filter_map(first_broken).collect()
}

/// The parts of a disjunction, which are checked one by one.
fn disjuncts(plan: &Plan) -> &[Plan] {
    match plan {
        Plan::Any(parts) => parts,
        plan => std::slice::from_ref(plan),
    }
}

/// The first instant at which a part of an invariant's condition is true.
fn broken(compiled: &CompiledPolicy, world: &World, id: InvariantId, part: &Plan) -> Option<BrokenInvariant> {
    let reads = Reads::of(compiled, part);
    let changes = reads.changes(world);
    changes.chunk_by(|(one, _), (other, _)| one == other).find_map(|changes| {
        let at = changes[0].0;
        let partial = reads.concerned(world, changes.iter().map(|&(_, change)| change));
        let mut partial = partial.into_iter().filter(|partial| reads.ranges_over(world, partial, at)).peekable();
        partial.peek()?;
        let decider = Decider::new(compiled, world, Context::at(&compiled.policy, at));
        partial.find_map(|partial| {
            let budget = Budget::default();
            let mut bindings = Bindings::new(EntityId::NONE, EntityId::NONE);
            partial.iter().for_each(|(variable, ent)| bindings.variables[variable.index()] = *ent);
            let truth = Evaluator::new(&decider, &budget, NoTrace).plan(part, &bindings);
            if let Some(exhausted) = budget.exhausted() {
                return Some(BrokenInvariant { invariant: id, at, binding: Vec::new(), facts: Vec::new(), exhausted: Some(exhausted) });
            }
            (truth == Truth::True).then(|| {
                let budget = Budget::default();
                let mut evaluator = Evaluator::new(&decider, &budget, Trace::default());
                partial.iter().for_each(|&(variable, ent)| evaluator.recorder.open(TraceStep::Bind(variable, ent)));
                let truth = evaluator.plan(part, &bindings);
                partial.iter().for_each(|_| evaluator.recorder.close(truth));
                broken_by(id, at, &evaluator.recorder)
            })
        })
    })
}

/// The first true binding of a trace, and its facts.
fn broken_by(invariant: InvariantId, at: Instant, trace: &Trace) -> BrokenInvariant {
    let mut broken = BrokenInvariant { invariant, at, binding: Vec::new(), facts: Vec::new(), exhausted: None };
    let mut visited = ProofVisits::default();
    trace.roots().filter(|root| root.truth() == Truth::True).for_each(|root| gather(root, true, &mut broken, &mut visited));
    broken.binding.sort();
    broken.facts.sort();
    broken.facts.dedup();
    broken
}

/// Collects the bindings and facts below a step; below a search or disjunction, only those of its first true part. `own` is whether the
/// variables are the invariant's, not those of an implication.
fn gather(node: TraceNode<'_>, own: bool, broken: &mut BrokenInvariant, visited: &mut ProofVisits) {
    if !visited.is_first(node) {
        return;
    }
    match node.step() {
        TraceStep::Bind(variable, ent) if own => broken.binding.push((variable, ent)),
        TraceStep::Fact(fact) => broken.facts.push(fact),
        _ => {}
    }
    let first_only = matches!(node.step(), TraceStep::Exists | TraceStep::Any);
    let relevant = node.below().filter(|below| below.truth() == Truth::True || !first_only);
    let own = own && !matches!(node.step(), TraceStep::Implication(_));
    for below in relevant.take(if first_only { 1 } else { usize::MAX }) {
        gather(below, own, broken, visited);
    }
}
