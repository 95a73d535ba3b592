//! What the walk tells of itself: nothing, or everything.

use super::truth::Truth;
use crate::policy::{AdviceId, AttributeId, ImplicationId, KindId, ObligationId, Op, RelationId, RoleId, RuleId, ToggleId, VarId};
use crate::text::Span;
use crate::world::{EntityId, FactId, Statement, Value};

/// What reading a term gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermValue {
    /// A value.
    Value(Value),
    /// It is known that there is none.
    None,
    /// The world does not say.
    Unknown,
}

impl TermValue {
    /// The entity that it is. Else the truth value of an atom with this operand: unknown if the value is unknown (or the term unbound),
    /// false if there is none or it is no entity.
    #[inline]
    pub(crate) fn entity(self) -> Result<EntityId, Truth> {
        match self {
            TermValue::Value(Value::Entity(ent)) if ent != EntityId::NONE => Ok(ent),
            TermValue::Value(Value::Entity(_)) | TermValue::Unknown => Err(Truth::Unknown),
            TermValue::Value(_) | TermValue::None => Err(Truth::False),
        }
    }
}

/// One step of the walk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TraceStep {
    /// A way to the action, by its index among the action's ways.
    Permit(usize),
    /// A deny rule.
    Deny(RuleId),
    /// An obligation.
    Obligation(ObligationId),
    /// An advice.
    Advice(AdviceId),
    /// All of the parts below.
    All,
    /// One of the parts below.
    Any,
    /// Not the part below.
    Not,
    /// Some entity: each binding that is not false stands below.
    Some,
    /// A slot is filled.
    Bind(VarId, EntityId),
    /// Whether a toggle is on.
    Toggle(ToggleId),
    /// A constant.
    Constant,
    /// A test, with what its terms came to.
    Atom {
        /// Where it stands in the policy.
        span: Span,
        /// What was tested.
        form: AtomShape,
        /// Its operands, as many as the form has.
        operands: [TermValue; 3],
    },
    /// The role is held, by an assignment or an implication below.
    Held {
        /// Who.
        holder: EntityId,
        /// What.
        role: RoleId,
        /// Over what.
        scope: EntityId,
    },
    /// An implication is asked.
    Implication(ImplicationId),
    /// A fact that was used.
    Fact(FactId),
    /// A datum that is missing.
    Missing(MissingDatum),
    /// An attribute that is known to be none.
    Absent(EntityId, AttributeId),
}

/// What was tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtomShape {
    /// A relation.
    Relation {
        /// Which.
        relation: RelationId,
        /// Before, not now.
        was: bool,
    },
    /// holder, role (as its entity), scope
    Holds,
    /// A kind.
    Is(KindId),
    /// inner, outer
    Within,
    /// One of constants.
    OneOf,
    /// One of many values.
    Among,
    /// member, group
    Member,
    /// A comparison.
    Compare(Op),
    /// The term of a conclusion, and what was asked.
    Asked,
}

/// A datum that the world does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MissingDatum {
    /// The attribute of the entity.
    Attribute(EntityId, AttributeId),
    /// Whether this holds.
    Fact(Statement),
}

/// Is told each step of a walk.
pub trait Recorder {
    /// Whether every branch is to be walked: all ways, all branches of an `or`, all bindings.
    const EXHAUSTIVE: bool;
    /// A step begins; steps told before its end lie below it.
    fn open(&mut self, step: TraceStep);
    /// The step that began last, and has not ended, is this one: its operands are known only after what is read for them.
    fn name(&mut self, step: TraceStep);
    /// The step that began last, and has not ended, ends.
    fn close(&mut self, truth: Truth);
    /// The same, but nothing of it need be kept.
    fn discard(&mut self, truth: Truth);
    /// A step with nothing below it.
    fn leaf(&mut self, step: TraceStep, truth: Truth) {
        self.open(step);
        self.close(truth);
    }
}

/// Records nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTrace;

impl Recorder for NoTrace {
    const EXHAUSTIVE: bool = false;
    fn open(&mut self, _: TraceStep) {}
    fn name(&mut self, _: TraceStep) {}
    fn close(&mut self, _: Truth) {}
    fn discard(&mut self, _: Truth) {}
}

/// A recorded walk: its steps in the order in which they began, each with what it came to and where its part of the list ends.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    nodes: Vec<StoredStep>,
    open: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
struct StoredStep {
    step: TraceStep,
    truth: Truth,
    end: usize,
}

impl Recorder for Trace {
    const EXHAUSTIVE: bool = true;

    fn open(&mut self, step: TraceStep) {
        self.open.push(self.nodes.len());
        self.nodes.push(StoredStep { step, truth: Truth::False, end: 0 });
    }

    fn name(&mut self, step: TraceStep) {
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

    fn discard(&mut self, _: Truth) {
        if let Some(at) = self.open.pop() {
            self.nodes.truncate(at);
        }
    }
}

impl Trace {
    /// An empty one with room for most walks.
    pub(crate) fn roomy() -> Trace {
        Trace { nodes: Vec::with_capacity(32), open: Vec::with_capacity(16) }
    }

    /// Tells the steps of another walk here, as if they had been told now.
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

/// A step of a recorded walk.
#[derive(Clone, Copy, Debug)]
pub struct TraceNode<'t> {
    trace: &'t Trace,
    at: usize,
}

impl Trace {
    /// The steps that lie below none.
    pub fn roots(&self) -> impl Iterator<Item = TraceNode<'_>> {
        siblings(self, 0, self.nodes.len())
    }
}

fn siblings(trace: &Trace, start: usize, end: usize) -> impl Iterator<Item = TraceNode<'_>> {
    let mut at = start;
    std::iter::from_fn(move || {
        let node = trace.nodes[..end].get(at)?;
        let visit = TraceNode { trace, at };
        at = node.end;
        Some(visit)
    })
}

impl<'t> TraceNode<'t> {
    /// The step.
    pub fn step(self) -> TraceStep {
        self.trace.nodes[self.at].step
    }

    /// What it came to.
    pub fn truth(self) -> Truth {
        self.trace.nodes[self.at].truth
    }

    /// The steps directly below.
    pub fn below(self) -> impl Iterator<Item = TraceNode<'t>> {
        siblings(self.trace, self.at + 1, self.trace.nodes[self.at].end)
    }
}
