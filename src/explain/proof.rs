//! Builds the reasons of one decision from its trace.

use super::elsewhere::Elsewhere;
use super::other_times::OtherTimes;
use super::references::Proofs;
use super::unnamed::below_named;
use super::{Absence, Finding, MissingCause, Reason, ReasonKind};
use crate::eval::{AtomShape, Decider, MissingDatum, Trace, TraceNode, TraceStep, Truth};
use crate::graph::{GrantSource, Permit};
use crate::plan::OutOfForce;
use crate::policy::{ActionId, AttributeId, Condition, Expr, ImplicationId, Policy, RoleId, RuleId};
use crate::text::Span;
use crate::world::{EntityId, Fact, ResolvedRequest, Statement, Value, World};
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::cell::RefCell;
use std::hash::BuildHasher as _;

/// Makes the reasons of one decision. It reads the trace, the policy and the facts of the world, and evaluates no condition.
pub(super) struct ProofBuilder<'a> {
    pub(super) decider: &'a Decider<'a>,
    pub(super) policy: &'a Policy,
    pub(super) world: &'a World,
    pub(super) other_times: OtherTimes<'a>,
    pub(super) elsewhere: Elsewhere<'a>,
    /// The first atom with each text, by the text with its white space normalized.
    pub(super) texts: RefCell<FxHashMap<String, Span>>,
    /// The proofs that were met.
    pub(super) proofs: RefCell<Proofs>,
}

impl<'a> ProofBuilder<'a> {
    pub(super) fn of(decider: &'a Decider<'a>) -> ProofBuilder<'a> {
        let (policy, world) = (&decider.compiled.policy, decider.world);
        let other_times = OtherTimes { policy, world, at: decider.context.at };
        let elsewhere = Elsewhere { decider, policy, world, at: decider.context.at };
        ProofBuilder { decider, policy, world, other_times, elsewhere, texts: RefCell::default(), proofs: RefCell::default() }
    }

    /// A permit: the role, held or not, with how it grants the action; or the allow rule. `None` if the node is not a permit.
    pub(super) fn permit(&self, asked: &ResolvedRequest, node: TraceNode<'_>) -> Option<Reason> {
        let TraceStep::Permit(index) = node.step() else { return None };
        match self.decider.compiled.graph.permits(asked.action)[index] {
            Permit::Role(role) => Some(self.role(asked, role, node)),
            Permit::Rule(rule) => Some(self.allow(rule, node)),
        }
    }

    /// A deny. `None` if the node is not a deny.
    pub(super) fn deny(&self, node: TraceNode<'_>) -> Option<Reason> {
        let TraceStep::Deny(rule) = node.step() else { return None };
        let mut reason = self.rule(rule, node);
        // A deny that is not false blocks the answer itself. If it is false, the nodes below it that keep it from applying block it.
        if node.truth() == Truth::False {
            reason.keep_innermost_blockers();
            reason.blocking = false;
        } else {
            reason.unblock();
            reason.blocking = true;
        }
        Some(reason)
    }

    /// What keeps a condition from being true, by the trace of its evaluation.
    pub(super) fn unmet(&self, trace: &Trace) -> Vec<Reason> {
        let mut reasons: Vec<Reason> = trace.roots().flat_map(|root| self.below(root, true)).collect();
        for reason in &mut reasons {
            reason.keep_innermost_blockers();
        }
        reasons.iter().flat_map(Reason::blockers).cloned().collect()
    }

    /// A permit that is not in force, with what it would rest on, by the trace of the attempt that came closest.
    pub(super) fn out_of_force(&self, permit: Permit, out: OutOfForce, node: TraceNode<'_>) -> Reason {
        let because = self.below(node, true);
        let mut reason = Reason { because, ..Reason::leaf(Finding::PermitNotInForce(permit, out), Truth::False, false) };
        reason.unblock();
        reason
    }

    fn allow(&self, rule: RuleId, node: TraceNode<'_>) -> Reason {
        let mut reason = self.rule(rule, node);
        block_innermost(&mut reason);
        reason
    }

    fn rule(&self, rule: RuleId, node: TraceNode<'_>) -> Reason {
        let mut because = self.below(node, true);
        because.extend(ProofBuilder::nothing_found(node, &self.policy.rules[rule].condition, &because));
        Reason { because, ..Reason::leaf(Finding::Rule(rule), node.truth(), false) }
    }

    fn role(&self, asked: &ResolvedRequest, role: RoleId, node: TraceNode<'_>) -> Reason {
        let mut because = self.below(node, true);
        if node.truth() == Truth::False {
            because.extend(self.assigned_at_other_times(asked, role));
            because.extend(self.of_left_groups(asked, role));
            because.extend(self.elsewhere.of(asked.subject, role, asked.resource));
        }
        because.extend(self.grants(asked.action, role));
        let finding = Finding::Role { holder: asked.subject, role, scope: asked.resource };
        let mut reason = Reason { because, ..Reason::leaf(finding, node.truth(), false) };
        block_innermost(&mut reason);
        reason
    }

    /// An assignment that would give the role if it had not ended, or had begun already.
    fn assigned_at_other_times(&self, asked: &ResolvedRequest, role: RoleId) -> Option<Reason> {
        let assignment = Statement::Holds { holder: asked.subject, role, scope: asked.resource };
        let fact = self.other_times.nearest(assignment)?;
        Some(Reason::leaf(Finding::AssignmentAt(fact), Truth::False, true))
    }

    /// An assignment to a group that would give the role if the subject had not left the group, and the membership that ended.
    fn of_left_groups(&self, asked: &ResolvedRequest, role: RoleId) -> Vec<Reason> {
        let Some(left) = self.other_times.held_by_left_group(asked.subject, role, asked.resource) else { return Vec::new() };
        let finding = Finding::LeftGroup { member: asked.subject, group: left.group, membership: left.membership };
        vec![Reason::leaf(Finding::Fact(left.assignment), Truth::True, false), Reason::leaf(finding, Truth::False, true)]
    }

    /// How the role grants the action.
    fn grants(&self, action: ActionId, held: RoleId) -> Vec<Reason> {
        let path = self.decider.compiled.graph.active_grant_path(held, action, &|node| self.decider.in_force(node));
        let inclusions = path.inclusions.iter().map(|inclusion| Finding::Inclusion {
            role: inclusion.role,
            includes: inclusion.includes,
            place: inclusion.at,
        });
        let grants = path.grants.iter().map(|grant| match grant.by {
            GrantSource::Pattern(pattern) => Finding::Grant { role: grant.role, pattern },
            GrantSource::Cell { table, row, column, mark } => Finding::Cell { table, row, column, mark },
        });
        inclusions.chain(grants).map(|finding| Reason::leaf(finding, Truth::True, false)).collect()
    }

    /// The reasons below a node, each once. `wanted` is the truth value that does not block: true, or false inside an odd number of `not`.
    /// Reasons with another value block.
    pub(super) fn below(&self, node: TraceNode<'_>, wanted: bool) -> Vec<Reason> {
        let mut reasons: Vec<Reason> = Vec::new();
        // Indices by hash, since there may be very many reasons: a subject may be in ten thousand groups.
        let mut seen: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
        // The branches of a true `or` that are not true do not matter.
        let decided = matches!(node.step(), TraceStep::Any | TraceStep::Exists) && node.truth() == Truth::True;
        let matters = |below: &TraceNode<'_>| if decided { below.truth() == Truth::True } else { !self.is_half(node, *below) };
        for below in below_named(self.world, node).filter(matters) {
            for reason in self.node(below, wanted) {
                // A proof that is stated among these need not be referred to.
                if reason.repeated && reasons.iter().any(|other| other.proof == reason.proof) {
                    continue;
                }
                let same_hash = seen.entry(FxBuildHasher.hash_one(&reason)).or_default();
                if same_hash.iter().all(|&other| reasons[other] != reason) {
                    same_hash.push(reasons.len());
                    reasons.push(reason);
                }
            }
        }
        reasons
    }

    /// Whether the node states that a relation is not stated of an entity itself, though it may hold by a group that represents the entity.
    fn is_half(&self, whole: TraceNode<'_>, node: TraceNode<'_>) -> bool {
        let TraceStep::Atom { shape: AtomShape::Relation { relation, was: false }, .. } = node.step() else { return false };
        let is_part = whole.step() == TraceStep::Any && whole.truth() == Truth::Unknown && node.truth() == Truth::False;
        is_part && self.policy.relations[relation].through_ends().next().is_some()
    }

    /// The reasons of a node; for `wanted` see [`ProofBuilder::below`].
    pub(super) fn node(&self, node: TraceNode<'_>, wanted: bool) -> Vec<Reason> {
        let truth = node.truth();
        let blocking = (truth == Truth::True) != wanted || truth == Truth::Unknown;
        let mut reasons = match node.step() {
            TraceStep::Any if wanted && truth != Truth::True => return self.alternatives(node),
            TraceStep::Exists if wanted && truth == Truth::True => return self.bindings(node),
            TraceStep::All
            | TraceStep::Any
            | TraceStep::Exists
            | TraceStep::Bind(..)
            | TraceStep::Permit(_)
            | TraceStep::Deny(_)
            | TraceStep::Obligation(_)
            | TraceStep::Advice(_)
            | TraceStep::Held { .. } => return self.below(node, wanted),
            TraceStep::Shared => return self.shared(node, wanted),
            TraceStep::Not => return self.below(node, !wanted),
            TraceStep::Constant => vec![Reason::leaf(Finding::Constant, truth, blocking)],
            TraceStep::Toggle(toggle) => vec![Reason::leaf(Finding::Toggle(toggle), truth, blocking)],
            TraceStep::Implication(implication) => vec![self.implication(implication, node, wanted)],
            TraceStep::SwitchedOff(implication) => vec![self.idle(Finding::SwitchedOff(implication), node, blocking)],
            TraceStep::NotInForce(implication) => {
                let validity = &self.policy.implications[implication].meta.validity;
                let out = self.decider.context.out_of_force(validity);
                out.map(|out| self.idle(Finding::NotInForce(implication, out), node, blocking)).into_iter().collect()
            }
            TraceStep::Fact(fact) => vec![Reason::leaf(Finding::Fact(fact), Truth::True, false)],
            TraceStep::Absent(entity, attribute) => {
                vec![Reason::leaf(Finding::Absent(self.absence(entity, attribute)), Truth::True, false)]
            }
            TraceStep::Missing(datum) => vec![Reason::leaf(Finding::Missing(datum, self.cause(datum)), truth, false)],
            TraceStep::Atom { span, shape, operands } => self.atom(node, (span, shape, &operands), blocking, wanted),
        };
        for reason in reasons.iter_mut().filter(|reason| !matches!(reason.kind(), ReasonKind::Fact | ReasonKind::Missing)) {
            reason.negated = !wanted;
        }
        reasons
    }

    /// The reasons of a proof that may recur: references to them if the proof was met before.
    fn shared(&self, node: TraceNode<'_>, wanted: bool) -> Vec<Reason> {
        let Some(key) = node.proof() else { return Vec::new() };
        if let Some(met) = self.proofs.borrow().met(key, wanted) {
            return met;
        }
        let reasons = self.below(node, wanted);
        self.proofs.borrow_mut().keep(key, wanted, reasons)
    }

    /// Why a datum is missing.
    fn cause(&self, datum: MissingDatum) -> MissingCause {
        let (world, at) = (self.world, self.decider.context.at);
        let ended = match datum {
            MissingDatum::Attribute(entity, attribute) => world.values(entity, attribute).find_map(|id| match world.fact(id) {
                Fact { statement: Statement::Value { value: Value::Entity(named), .. }, during }
                    if during.contains(at) && world.has_ended(named, at) =>
                {
                    Some(named)
                }
                _ => None,
            }),
            MissingDatum::Fact(_) | MissingDatum::Role(_) => None,
        };
        match (ended, self.decider.opening(datum)) {
            (Some(named), _) => MissingCause::Ended(named),
            (None, Some(pattern)) => MissingCause::Open(pattern),
            (None, None) => MissingCause::NotStated,
        }
    }

    /// The branches of an `or` that is not true, below one node that states that none of them is.
    fn alternatives(&self, node: TraceNode<'_>) -> Vec<Reason> {
        let branches = self.below(node, true);
        if branches.len() < 2 || node.below().count() < 2 {
            return branches;
        }
        vec![Reason { because: branches, ..Reason::leaf(Finding::Alternatives, node.truth(), true) }]
    }

    /// The bindings of a search that is true: what all of them rest on, then, if several are true, an alternative for each.
    fn bindings(&self, node: TraceNode<'_>) -> Vec<Reason> {
        let mut ways: Vec<(Option<EntityId>, Vec<Reason>)> = Vec::new();
        for below in below_named(self.world, node).filter(|below| below.truth() == Truth::True) {
            let reasons = self.node(below, true);
            if ways.iter().all(|(_, known)| *known != reasons) {
                let entity = if let TraceStep::Bind(_, entity) = below.step() { Some(entity) } else { None };
                ways.push((entity, reasons));
            }
        }
        let Some(((_, first), others)) = ways.split_first() else { return Vec::new() };
        let mut of_all: Vec<Reason> = first.iter().filter(|reason| others.iter().all(|(_, way)| way.contains(reason))).cloned().collect();
        for (_, way) in &mut ways {
            way.retain(|reason| !of_all.contains(reason));
        }
        // What rests on nothing more is enough without the others.
        if ways.len() > 1 && ways.iter().all(|(_, way)| !way.is_empty()) {
            let alternatives = ways.into_iter().map(|(entity, mut way)| match (entity, way.len()) {
                (None, _) | (_, 1) => way.remove(0),
                (Some(entity), _) => Reason { because: way, ..Reason::leaf(Finding::With(entity), Truth::True, false) },
            });
            let because = alternatives.collect();
            of_all.push(Reason { because, ..Reason::leaf(Finding::Alternatives, Truth::True, false) });
        }
        of_all
    }

    fn implication(&self, implication: ImplicationId, node: TraceNode<'_>, wanted: bool) -> Reason {
        let mut because = self.below(node, wanted);
        if wanted {
            because.extend(ProofBuilder::nothing_found(node, &self.policy.implications[implication].condition, &because));
        }
        Reason { because, ..Reason::leaf(Finding::Implication(implication), node.truth(), false) }
    }

    /// An implication that is switched off or not in force, with what would make it true, and what switches it off.
    fn idle(&self, finding: Finding, node: TraceNode<'_>, blocking: bool) -> Reason {
        let mut because = self.below(node, true);
        because.iter_mut().for_each(Reason::unblock);
        Reason { because, ..Reason::leaf(finding, Truth::False, blocking) }
    }

    /// The reason for a condition that is false although no node below it blocks: no entity was found for its variables.
    fn nothing_found(node: TraceNode<'_>, condition: &Condition, below: &[Reason]) -> Option<Reason> {
        if node.truth() != Truth::False || below.iter().any(Reason::is_blocked) {
            return None;
        }
        let condition = span_of_atoms(&condition.expr)?;
        Some(Reason::leaf(Finding::NothingFound { condition }, Truth::False, true))
    }

    /// An attribute that has no value, with the fact that explains this: if the attribute belongs to a group exactly one of which has a
    /// value, the value of another one.
    pub(super) fn absence(&self, entity: EntityId, attribute: AttributeId) -> Absence {
        let kind = &self.policy.kinds[self.policy.attributes[attribute].kind];
        let group = [&kind.exactly_one, &kind.within].into_iter().find(|group| group.contains(&attribute));
        let others = group.into_iter().flatten().filter(|&&other| other != attribute);
        let at = self.decider.context.at;
        let fact = others.flat_map(|&other| self.world.values(entity, other)).find(|&id| self.world.fact(id).during.contains(at));
        let instead = fact.filter(|&id| matches!(self.world.fact(id).statement, Statement::Value { .. }));
        Absence { entity, attribute, instead }
    }
}

/// Keeps only the innermost blockers of a permit. A permit that is not true and has no blocker below it becomes one itself. Nothing blocks one
/// that is true, though an implication may be switched off by which it would be true as well.
fn block_innermost(permit: &mut Reason) {
    if permit.truth == Truth::True {
        return permit.unblock();
    }
    permit.keep_innermost_blockers();
    if !permit.because.iter().any(Reason::is_blocked) {
        permit.blocking = true;
    }
}

/// The span from the first to the last atom of an expression, not counting atoms inside a `not`.
fn span_of_atoms(expr: &Expr) -> Option<Span> {
    match expr {
        Expr::Atom(atom) => Some(atom.span),
        Expr::Exists(_, inner) => span_of_atoms(inner),
        Expr::And(parts) | Expr::Or(parts) => {
            let spans = parts.iter().filter_map(span_of_atoms);
            spans.reduce(|one, other| Span { start: one.start.min(other.start), ..one.to(other) })
        }
        Expr::True | Expr::False | Expr::Toggle(..) | Expr::Not(_) => None,
    }
}
