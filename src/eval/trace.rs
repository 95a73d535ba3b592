//! The trace of an evaluation, and the recorders that make one or none.

use super::truth::Truth;
use crate::policy::{AdviceId, AttributeId, ImplicationId, KindId, ObligationId, Op, RelationId, RoleId, RuleId, ToggleId, VarId};
use crate::text::Span;
use crate::world::{EntityId, FactId, Statement, Value};

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
    /// A fact that was used.
    Fact(FactId),
    /// A datum that is missing.
    Missing(MissingDatum),
    /// An attribute that is known to have no value.
    Absent(EntityId, AttributeId),
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
    Holds,
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
}

/// A recorded evaluation: its steps in the order in which they began, each with its truth value and the end of the range below it.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    nodes: Vec<StoredStep>,
    /// Indexes of the steps that have not ended, innermost last.
    open: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
struct StoredStep {
    step: TraceStep,
    truth: Truth,
    /// The index after the last step below this one.
    end: usize,
}

impl Recorder for Trace {
    const EXHAUSTIVE: bool = true;

    fn open(&mut self, step: TraceStep) {
        self.open.push(self.nodes.len());
        self.nodes.push(StoredStep { step, truth: Truth::False, end: 0 });
    }

    fn resolve_step(&mut self, step: TraceStep) {
        if let Some(&at) = self.open.last() {
            self.nodes[at].step = step;
        }
    }

    fn close(&mut self, truth: Truth) {
        if let Some(at) = self.open.pop() {
            let end = self.nodes.len();
            self.nodes[at].truth = truth;
            self.nodes[at].end = end;
        }
    }

    fn discard(&mut self) {
        if let Some(at) = self.open.pop() {
            self.nodes.truncate(at);
        }
    }
}

impl Trace {
    /// An empty trace with the capacity that a usual decision needs.
    pub(super) fn with_room() -> Trace {
        Trace { nodes: Vec::with_capacity(32), open: Vec::with_capacity(16) }
    }

    /// Appends the steps of another trace below the innermost open step.
    pub(crate) fn append(&mut self, other: Trace) {
        let offset = self.nodes.len();
        self.nodes.extend(other.nodes.into_iter().map(|node| StoredStep { end: node.end + offset, ..node }));
    }

    /// The index of the step that begins next, for [`append_below`](Trace::append_below).
    pub(crate) fn next_step(&self) -> usize {
        self.nodes.len()
    }

    /// Appends the steps of another trace below the step with this index, which must be the last that was closed.
    pub(crate) fn append_below(&mut self, step: usize, other: Trace) {
        self.append(other);
        self.nodes[step].end = self.nodes.len();
    }
}

/// A step of a trace, with its place in it.
#[derive(Clone, Copy, Debug)]
pub struct TraceNode<'t> {
    trace: &'t Trace,
    at: usize,
}

impl Trace {
    /// The outermost steps, in order.
    pub fn roots(&self) -> impl Iterator<Item = TraceNode<'_>> {
        siblings(self, 0, self.nodes.len())
    }
}

/// The outermost steps of a range.
fn siblings(trace: &Trace, start: usize, end: usize) -> impl Iterator<Item = TraceNode<'_>> {
    let mut at = start;
    std::iter::from_fn(move || {
        let node = trace.nodes[..end].get(at)?;
        let found = TraceNode { trace, at };
        at = node.end;
        Some(found)
    })
}

impl<'t> TraceNode<'t> {
    /// The step.
    pub fn step(self) -> TraceStep {
        self.trace.nodes[self.at].step
    }

    /// Its truth value.
    pub fn truth(self) -> Truth {
        self.trace.nodes[self.at].truth
    }

    /// The steps directly below it, in order.
    pub fn below(self) -> impl Iterator<Item = TraceNode<'t>> {
        siblings(self.trace, self.at + 1, self.trace.nodes[self.at].end)
    }
}
