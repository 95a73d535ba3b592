//! The trace of an evaluation, and the recorders that make one or none.

use super::truth::Truth;
use crate::policy::{AdviceId, AttributeId, ImplicationId, KindId, ObligationId, Op, RelationId, RoleId, RuleId, ToggleId, VarId};
use crate::text::Span;
use crate::world::{EntityId, FactId, Statement, Value};
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// The result of reading a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermValue {
    /// A value.
    Value(Value),
    /// The term is known to have no value.
    None,
    /// The data that would decide is missing.
    Unknown,
}

impl TermValue {
    /// The value, if there is one and it is known.
    pub(crate) fn value(self) -> Option<Value> {
        match self {
            TermValue::Value(value) => Some(value),
            TermValue::None | TermValue::Unknown => None,
        }
    }

    /// The entity that it is. The error is the truth value of an atom with this operand: unknown if the value is unknown or an unbound
    /// variable's, false if there is no value or it is not an entity.
    #[inline]
    pub(crate) fn entity(self) -> Result<EntityId, Truth> {
        match self {
            TermValue::Value(Value::Entity(ent)) if ent != EntityId::NONE => Ok(ent),
            TermValue::Value(Value::Entity(_)) | TermValue::Unknown => Err(Truth::Unknown),
            TermValue::Value(_) | TermValue::None => Err(Truth::False),
        }
    }
}

/// One step of an evaluation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TraceStep {
    /// A permit of the action, by its index among all permits of it.
    Permit(usize),
    /// A deny rule.
    Deny(RuleId),
    /// An obligation.
    Obligation(ObligationId),
    /// A piece of advice.
    Advice(AdviceId),
    /// The conjunction of the steps below.
    All,
    /// The disjunction of the steps below.
    Any,
    /// The negation of the step below.
    Not,
    /// A search for an entity: below are the bindings that are not false.
    Exists,
    /// The binding of a variable to an entity.
    Bind(VarId, EntityId),
    /// Whether a toggle is on.
    Toggle(ToggleId),
    /// A constant.
    Constant,
    /// A test of the world, with the values of its terms.
    Atom {
        /// Where it is in the policy.
        span: Span,
        /// What is tested.
        shape: AtomShape,
        /// The values of its terms, in order; [`TermValue::None`] beyond them.
        operands: [TermValue; 3],
    },
    /// The role is held, by the assignments and implications below.
    Held {
        /// The holder.
        holder: EntityId,
        /// The role.
        role: RoleId,
        /// What it is held over.
        scope: EntityId,
    },
    /// An implication is evaluated.
    Implication(ImplicationId),
    /// An implication is switched off: its `if` is true, as recorded below, and so is its `unless`. The step is false.
    SwitchedOff(ImplicationId),
    /// An implication is not in force, and would be true by the policy of the context in which it is, as recorded below. The step is false.
    NotInForce(ImplicationId),
    /// A fact that was used.
    Fact(FactId),
    /// A datum that is missing.
    Missing(MissingDatum),
    /// An attribute that is known to have no value.
    Absent(EntityId, AttributeId),
    /// A proof that is worked out once for a question and may occur in several places: that a derived relation holds, or a role. The steps
    /// below it are those of the proof. See [`TraceNode::proof`].
    Shared,
}

/// What an atom tests, without its terms.
///
/// The policy's [`AtomKind`](crate::policy::AtomKind) owns terms, which are trees; a step of a trace is `Copy` and has the values of the
/// terms beside it. [`AtomShape::Asked`] has no counterpart there: the compiler makes it from an implication's conclusion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtomShape {
    /// A relation; the operands are its ends.
    Relation {
        /// The relation.
        relation: RelationId,
        /// Whether it held before and does not now.
        was: bool,
    },
    /// A role held; operands: holder, role (as its entity), scope.
    Holds {
        /// Whether it was assigned before and is not now.
        was: bool,
    },
    /// A kind; operand: the entity.
    Is(KindId),
    /// Containment; operands: inner, outer.
    Within,
    /// One of constants; operand: the value.
    OneOf,
    /// One of the values of a set; operand: the value.
    Among,
    /// Membership; operands: member, group.
    Member,
    /// A comparison; operands: left, right.
    Compare(Op),
    /// A term of an implication's conclusion, matched with the end in question; operands: the end, the term's value.
    Asked,
}

/// A datum that the world does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MissingDatum {
    /// The attribute of the entity.
    Attribute(EntityId, AttributeId),
    /// Whether the fact holds.
    Fact(Statement),
    /// What the role is: the policy does not name it, or does not give it the system that is asked for.
    Role(EntityId),
}

/// Receives each step of an evaluation. Steps nest: the steps recorded between `open` and `close` of a step are below it.
pub trait Recorder {
    /// Whether the evaluator must take every branch: all permits, all branches of a disjunction, all bindings. If not, it may stop as soon
    /// as the truth value is certain.
    const EXHAUSTIVE: bool;
    /// Begins a step.
    fn open(&mut self, step: TraceStep);
    /// Replaces the innermost open step. An atom is opened before its operands are read, so its step is not known when it is opened.
    fn resolve_step(&mut self, step: TraceStep);
    /// Ends the innermost open step.
    fn close(&mut self, truth: Truth);
    /// Ends the innermost open step and drops it with all below it.
    fn discard(&mut self);
    /// Ends the innermost open step, and drops it if it is false and no implication below it is switched off.
    fn close_unless_idle(&mut self, truth: Truth) {
        self.close_unless_false(truth);
    }
    /// Begins a proof that may recur: the steps until [`end_proof`](Recorder::end_proof) belong to it.
    fn begin_proof(&mut self);
    /// Ends the proof that began last, records it below the innermost open step, and returns it.
    fn end_proof(&mut self, truth: Truth) -> Proof;
    /// Records a proof again below the innermost open step.
    fn refer(&mut self, proof: &Proof, truth: Truth);
    /// How many steps are recorded.
    fn step_count(&self) -> usize;
    /// Records a step with no steps below it.
    fn leaf(&mut self, step: TraceStep, truth: Truth) {
        self.open(step);
        self.close(truth);
    }
    /// Ends the innermost open step, and drops it if it is false.
    #[inline]
    fn close_unless_false(&mut self, truth: Truth) {
        if truth == Truth::False { self.discard() } else { self.close(truth) }
    }
}

/// Records nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTrace;

impl Recorder for NoTrace {
    const EXHAUSTIVE: bool = false;
    fn open(&mut self, _: TraceStep) {}
    fn resolve_step(&mut self, _: TraceStep) {}
    fn close(&mut self, _: Truth) {}
    fn discard(&mut self) {}
    fn begin_proof(&mut self) {}
    fn end_proof(&mut self, _: Truth) -> Proof {
        Proof(None)
    }
    fn refer(&mut self, _: &Proof, _: Truth) {}
    fn step_count(&self) -> usize {
        0
    }
}

/// The steps of a proof that may recur; none if nothing was recorded. A clone is the same proof.
#[derive(Clone, Debug, Default)]
pub struct Proof(Option<Arc<[StoredStep]>>);

/// A proof of at most this many steps is recorded anew where it recurs.
const MAX_REPEATED: usize = 2;

/// A recorded evaluation: its steps in the order in which they began, each with its truth value and the end of the range below it.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    nodes: Vec<StoredStep>,
    /// Indexes of the steps that have not ended, innermost last.
    open: Vec<usize>,
    /// The steps around each proof that has not ended, the outermost first.
    around: Vec<(Vec<StoredStep>, Vec<usize>)>,
    /// How many steps are in the proofs that ended, and around those that have not.
    apart: usize,
}

#[derive(Clone, Debug)]
struct StoredStep {
    step: TraceStep,
    truth: Truth,
    /// The index after the last step below this one.
    end: usize,
    /// Of [`TraceStep::Shared`]: the steps below it.
    proof: Proof,
    /// Whether it records that an implication is switched off or not in force, or a step below it does.
    idle: bool,
}

impl Recorder for Trace {
    const EXHAUSTIVE: bool = true;

    fn open(&mut self, step: TraceStep) {
        self.open.push(self.nodes.len());
        self.nodes.push(StoredStep { step, truth: Truth::False, end: 0, proof: Proof::default(), idle: false });
    }

    fn resolve_step(&mut self, step: TraceStep) {
        if let Some(&at) = self.open.last() {
            self.nodes[at].step = step;
        }
    }

    fn close(&mut self, truth: Truth) {
        if let Some(at) = self.open.pop() {
            let end = self.nodes.len();
            let is_idle = matches!(self.nodes[at].step, TraceStep::SwitchedOff(_) | TraceStep::NotInForce(_));
            let idle = is_idle || siblings(&self.nodes, at + 1, end).any(TraceNode::has_idle);
            let node = &mut self.nodes[at];
            (node.truth, node.end, node.idle) = (truth, end, idle);
        }
    }

    fn discard(&mut self) {
        if let Some(at) = self.open.pop() {
            self.nodes.truncate(at);
        }
    }

    fn close_unless_idle(&mut self, truth: Truth) {
        let at = self.open.last().copied();
        self.close(truth);
        if let Some(at) = at
            && truth == Truth::False
            && !self.nodes[at].idle
        {
            self.nodes.truncate(at);
        }
    }

    fn begin_proof(&mut self) {
        self.apart += self.nodes.len();
        self.around.push((std::mem::take(&mut self.nodes), std::mem::take(&mut self.open)));
    }

    fn end_proof(&mut self, truth: Truth) -> Proof {
        let Some((nodes, open)) = self.around.pop() else { return Proof::default() };
        self.apart -= nodes.len();
        let steps = std::mem::replace(&mut self.nodes, nodes);
        self.open = open;
        if steps.is_empty() {
            return Proof::default();
        }
        if steps.len() > MAX_REPEATED {
            self.apart += steps.len();
        }
        let proof = Proof(Some(steps.into()));
        self.refer(&proof, truth);
        proof
    }

    fn refer(&mut self, proof: &Proof, truth: Truth) {
        match &proof.0 {
            None => {}
            Some(steps) if steps.len() <= MAX_REPEATED => self.extend(steps.iter().cloned()),
            Some(steps) => {
                let end = self.nodes.len() + 1;
                let idle = siblings(steps, 0, steps.len()).any(TraceNode::has_idle);
                self.nodes.push(StoredStep { step: TraceStep::Shared, truth, end, proof: proof.clone(), idle });
            }
        }
    }

    fn step_count(&self) -> usize {
        self.nodes.len() + self.apart
    }
}

impl Trace {
    /// An empty trace with the capacity that a usual decision needs.
    pub(super) fn with_room() -> Trace {
        Trace { nodes: Vec::with_capacity(32), open: Vec::with_capacity(16), ..Trace::default() }
    }

    /// Appends steps whose ends count from the first of them.
    fn extend(&mut self, steps: impl Iterator<Item = StoredStep>) {
        let offset = self.nodes.len();
        self.nodes.extend(steps.map(|step| StoredStep { end: step.end + offset, ..step }));
    }

    /// Appends the steps of another trace below the innermost open step.
    pub(crate) fn append(&mut self, other: Trace) {
        self.apart += other.apart;
        self.extend(other.nodes.into_iter());
    }

    /// The index of the step that begins next, for [`append_below`](Trace::append_below).
    pub(crate) fn next_step(&self) -> usize {
        self.nodes.len()
    }

    /// The implications that are recorded directly below the step with this index, or below that in a proof or a role.
    pub(crate) fn implications_below(&self, step: usize) -> Vec<ImplicationId> {
        let mut found = Vec::new();
        let mut waiting: Vec<TraceNode<'_>> = siblings(&self.nodes, step + 1, self.nodes[step].end).collect();
        while let Some(node) = waiting.pop() {
            match node.step() {
                TraceStep::Implication(id) | TraceStep::SwitchedOff(id) | TraceStep::NotInForce(id) => found.push(id),
                TraceStep::Shared | TraceStep::Held { .. } => waiting.extend(node.below()),
                _ => {}
            }
        }
        found
    }

    /// Appends the steps of another trace below the step with this index, which must be the last that was closed.
    pub(crate) fn append_below(&mut self, step: usize, other: Trace) {
        let from = self.nodes.len();
        self.append(other);
        let end = self.nodes.len();
        self.nodes[step].end = end;
        let idle = siblings(&self.nodes, from, end).any(TraceNode::has_idle);
        self.nodes[step].idle |= idle;
    }
}

/// A step of a trace, with its place in it.
#[derive(Clone, Copy, Debug)]
pub struct TraceNode<'t> {
    /// The trace, or the proof that the step belongs to.
    steps: &'t [StoredStep],
    at: usize,
}

/// Names a proof of a trace. Two nodes with the same key have the same steps below them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProofKey(*const StoredStep);

/// The proofs that a walk through a trace has visited. A proof may occur very often, and needs to be visited once.
#[derive(Debug, Default)]
pub struct ProofVisits(FxHashSet<ProofKey>);

impl ProofVisits {
    /// Whether the step is no proof that may recur, or one that was not visited yet. It is visited then.
    pub fn is_first(&mut self, node: TraceNode<'_>) -> bool {
        node.proof().is_none_or(|proof| self.0.insert(proof))
    }
}

impl Trace {
    /// The outermost steps, in order.
    pub fn roots(&self) -> impl Iterator<Item = TraceNode<'_>> {
        siblings(&self.nodes, 0, self.nodes.len())
    }
}

/// The outermost steps of a range.
fn siblings(steps: &[StoredStep], start: usize, end: usize) -> impl Iterator<Item = TraceNode<'_>> {
    let mut at = start;
    std::iter::from_fn(move || {
        let node = steps[..end].get(at)?;
        let found = TraceNode { steps, at };
        at = node.end;
        Some(found)
    })
}

impl<'t> TraceNode<'t> {
    /// The step.
    pub fn step(self) -> TraceStep {
        self.steps[self.at].step
    }

    /// Its truth value.
    pub fn truth(self) -> Truth {
        self.steps[self.at].truth
    }

    /// Whether it records that an implication is switched off or not in force, or a step below it does.
    pub fn has_idle(self) -> bool {
        self.steps[self.at].idle
    }

    /// Of [`TraceStep::Shared`]: the proof, which may occur elsewhere in the trace too. Who visits all nodes visits each proof once.
    pub fn proof(self) -> Option<ProofKey> {
        self.steps[self.at].proof.0.as_ref().map(|steps| ProofKey(steps.as_ptr()))
    }

    /// The steps directly below it, in order.
    pub fn below(self) -> impl Iterator<Item = TraceNode<'t>> {
        let own = &self.steps[self.at];
        match &own.proof.0 {
            Some(steps) => siblings(steps, 0, steps.len()),
            None => siblings(self.steps, self.at + 1, own.end),
        }
    }
}
