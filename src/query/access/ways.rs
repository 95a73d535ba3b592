//! By which ways a request is allowed: the roles and rules that permit it, and the groups through which a role is held.

use crate::eval::{AtomShape, Decider, ProofVisits, Record, TermValue, TraceNode, TraceStep, Truth};
use crate::graph::Permit;
use crate::policy::{ActionId, ImplicationId, RoleId, RuleId};
use crate::world::{EntityId, ResolvedRequest, Statement, Value};
use std::collections::BTreeSet;

/// A way to be allowed something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// By a role that grants it.
    Role {
        /// The role.
        role: RoleId,
        /// Where it comes from.
        origin: Origin,
        /// The group to which it is given; `None` if the subject has it itself.
        group: Option<EntityId>,
    },
    /// By a rule.
    Rule(RuleId),
}

/// Where a role that is held comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// It is assigned.
    Assignment,
    /// An implication derives it.
    Implication(ImplicationId),
}

/// The ways by which a request is permitted, as its record has them: those of this truth, sorted, each once.
pub(super) fn ways(decider: &Decider<'_>, action: ActionId, subject: EntityId, record: &Record, truth: Truth) -> Vec<Way> {
    let permits = decider.compiled.graph.permits(action);
    let mut found = BTreeSet::new();
    for root in record.trace.roots().filter(|root| root.truth() == truth) {
        let TraceStep::Permit(index) = root.step() else { continue };
        match permits[index] {
            Permit::Rule(rule) => _ = found.insert(Way::Rule(rule)),
            Permit::Role(role) => {
                for origin in root.below().flat_map(TraceNode::below).filter(|origin| origin.truth() == truth) {
                    found.extend(role_way(decider, role, subject, origin));
                }
            }
        }
    }
    found.into_iter().collect()
}

/// The relations that are stated and on which a way rests to be allowed this, sorted, each once.
pub(super) fn supporting(decider: &Decider<'_>, request: &ResolvedRequest, way: Way) -> Vec<Statement> {
    let record = decider.record_decision(request);
    let permits = decider.compiled.graph.permits(request.action);
    let is_way = |root: &TraceNode<'_>| match (root.step(), way) {
        (TraceStep::Permit(index), Way::Rule(rule)) => permits[index] == Permit::Rule(rule),
        (TraceStep::Permit(index), Way::Role { role, .. }) => permits[index] == Permit::Role(role),
        _ => false,
    };
    let is_origin = |node: &TraceNode<'_>| match way {
        Way::Role { origin: Origin::Implication(implication), .. } => node.step() == TraceStep::Implication(implication),
        Way::Role { origin: Origin::Assignment, .. } => false,
        Way::Rule(_) => true,
    };
    let roots = record.trace.roots().filter(is_way);
    let mut waiting: Vec<TraceNode<'_>> = match way {
        Way::Rule(_) => roots.collect(),
        Way::Role { .. } => roots.flat_map(TraceNode::below).flat_map(TraceNode::below).filter(is_origin).collect(),
    };
    let (mut visits, mut found) = (ProofVisits::default(), BTreeSet::new());
    while let Some(node) = waiting.pop() {
        if node.truth() == Truth::False || !visits.is_first(node) {
            continue;
        }
        if let TraceStep::Fact(id) = node.step()
            && let statement @ Statement::Relation(..) = decider.world.fact(id).statement
        {
            found.insert(statement);
        }
        waiting.extend(node.below());
    }
    found.into_iter().collect()
}

/// The deny rules that are true.
pub(super) fn denies(record: &Record) -> Vec<RuleId> {
    let roots = record.trace.roots().filter(|root| root.truth() == Truth::True);
    let mut found: Vec<RuleId> = roots
        .filter_map(|root| match root.step() {
            TraceStep::Deny(rule) => Some(rule),
            _ => None,
        })
        .collect();
    found.sort_unstable();
    found
}

/// The way of a step below that of a role held: an assignment, or an implication.
fn role_way(decider: &Decider<'_>, role: RoleId, subject: EntityId, step: TraceNode<'_>) -> Option<Way> {
    let of = |origin, holder: Option<EntityId>| Way::Role { role, origin, group: holder.filter(|&holder| holder != subject) };
    match step.step() {
        TraceStep::Implication(implication) => Some(of(Origin::Implication(implication), holder_in(subject, step))),
        TraceStep::All => step.below().find_map(|part| match part.step() {
            TraceStep::Fact(id) => match decider.world.fact(id).statement {
                Statement::Holds { holder, .. } => Some(of(Origin::Assignment, Some(holder))),
                _ => None,
            },
            _ => None,
        }),
        _ => Some(of(Origin::Assignment, None)),
    }
}

/// The holder to which an implication gives its role, in which the subject is.
fn holder_in(subject: EntityId, step: TraceNode<'_>) -> Option<EntityId> {
    let mut rest: Vec<TraceNode<'_>> = step.below().collect();
    while let Some(node) = rest.pop() {
        match node.step() {
            TraceStep::Atom { shape: AtomShape::Asked, operands: [TermValue::Value(Value::Entity(asked)), value, _], .. }
                if asked == subject =>
            {
                if let Ok(holder) = value.entity() {
                    return Some(holder);
                }
            }
            TraceStep::Implication(_) | TraceStep::Shared => {}
            _ => rest.extend(node.below()),
        }
    }
    None
}
