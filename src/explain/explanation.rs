//! An answer with everything on which it rests, and how it is built from a recorded decision.

use super::firms::is_foreign;
use super::proof::ProofBuilder;
use super::unnamed::below_named;
use super::{Finding, Reason, cited, references, switched_off};
use crate::counterfactual::{DecisiveToggle, Firms};
use crate::eval::{
    Decider, Decision, MissingDatum, Outcome, ProofKey, ProofVisits, QueryContext, Record, Trace, TraceNode, TraceStep, Truth,
};
use crate::graph::Permit;
use crate::plan::tree::Plan;
use crate::plan::{CompiledPolicy, OutOfForce};
use crate::policy::{AdviceId, ClaimId, Expr, ImplicationId, Notice, ObligationId, Policy, RoleId, TermNode, ToggleId};
use crate::time::Instant;
use crate::world::{EntityId, ResolvedRequest, Statement, World};
use rustc_hash::FxHashSet;
use std::cmp::{Ordering, Reverse};
use std::collections::BTreeSet;

/// An answer with everything on which it rests, as data of one policy and one world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The question.
    pub question: AskedQuestion,
    /// The answer.
    pub outcome: Outcome,
    /// If allowed: every permit that is true. Else: how far each permit in force got, the nearest first.
    pub reasons: Vec<Reason>,
    /// Every deny in force: why it applies, or why not.
    pub denies: Vec<Reason>,
    /// The missing data on which the answer depends, sorted; not empty exactly if the outcome is unknown.
    pub unknown: Vec<MissingDatum>,
    /// Obligations of the decision.
    pub obligations: Vec<IssuedNotice>,
    /// Advice with the decision.
    pub advice: Vec<IssuedNotice>,
    /// Derived roles and the like that the answer uses and member listings do not show, sorted.
    pub unlisted: Vec<Unlisted>,
    /// What else would favour the subject and is not so, because an implication is switched off by its `unless`: permits, and parts of rules
    /// and implications, that neither [`reasons`](Explanation::reasons) nor [`denies`](Explanation::denies) has. If nothing grants the action,
    /// also the rules that begin later or ended.
    pub switched_off: Vec<Reason>,
    /// If it is not allowed: assignments, to the subject or a group of it and over the resource or a container of it, of roles that the
    /// policy does not name. Nobody knows what they grant.
    pub unknown_roles: Vec<Reason>,
    /// The claims on which the answer rests, by id; then those that only obligations, advice and toggles cite.
    pub claims: Vec<CitedClaim>,
    /// The toggles on which the answer depends, and those that its reasons name: see [`QueryContext::decisive_toggles`].
    pub toggles: Vec<ToggleState>,
}

/// The question that was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedQuestion {
    /// Subject, action and resource.
    pub request: ResolvedRequest,
    /// The date of the world's facts.
    pub at: Instant,
    /// The date of the policy.
    pub policy_at: Instant,
    /// The toggles that are on.
    pub toggles: Vec<ToggleId>,
}

/// An obligation or advice that comes with a decision, once for each binding of the names in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedNotice {
    /// The element.
    pub notice: NoticeId,
    /// Whether its condition is about the subject alone, so that it applies to any question of this subject.
    pub general: bool,
    /// The values of [`Notice::names`], in their order.
    pub values: Vec<EntityId>,
}

/// An obligation or an advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeId {
    /// An obligation.
    Obligation(ObligationId),
    /// An advice.
    Advice(AdviceId),
}

/// A role, its holder and its scope.
pub type HeldRole = (RoleId, EntityId, EntityId);

/// Something that an implication derives and member listings do not show, as the implication declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unlisted {
    /// The implication.
    pub implication: ImplicationId,
    /// The role that it derives, with holder and scope; `None` if it derives something else.
    pub held: Option<HeldRole>,
}

/// A claim that an explanation cites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CitedClaim {
    /// The claim.
    pub claim: ClaimId,
    /// Whether the answer rests on it. Otherwise only a notice or a toggle cites it.
    pub decides: bool,
}

/// A toggle that matters to the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToggleState {
    /// The toggle.
    pub toggle: ToggleId,
    /// Whether it is on.
    pub on: bool,
    /// Whether the outcome would be another one if it were turned, or a reason names it; else only a reason beside others would.
    pub matters: bool,
}

impl Explanation {
    /// Whether the answer is yes.
    pub fn allowed(&self) -> bool {
        self.outcome == Outcome::Allowed
    }
}

impl IssuedNotice {
    /// The declaration of the obligation or advice.
    pub fn declared<'p>(&self, policy: &'p Policy) -> &'p Notice {
        match self.notice {
            NoticeId::Obligation(id) => &policy.obligations[id],
            NoticeId::Advice(id) => &policy.advice[id],
        }
    }
}

/// Explains the recorded answer to a request. Looks for near misses if the answer is no.
pub fn explain(decider: &QueryContext<'_>, asked: &ResolvedRequest, record: &Record) -> Explanation {
    let allowed = record.decision.outcome == Outcome::Allowed;
    let near_misses = if allowed { Trace::default() } else { decider.near_misses(asked) };
    // These come last: the answer itself has the first claim on the budget.
    let decisive = decider.decisive_toggles(asked, record);
    let explanation = from_traces(decider, asked, record, (&near_misses, &decisive));
    if allowed {
        return explanation;
    }
    let unknown_roles = decider.unknown_roles(asked.subject, asked.resource).into_iter();
    let unknown_roles = unknown_roles.map(|id| Reason::leaf(Finding::Fact(id), Truth::True, false)).collect();
    let not_in_force = if record.decision.outcome == Outcome::NotGranted { not_in_force(decider, asked) } else { Vec::new() };
    let switched_off = [explanation.switched_off, not_in_force].concat();
    Explanation { switched_off, unknown_roles, ..explanation }
}

/// The obligations of a decision that was not recorded. They are part of it, so each answer tells them.
pub fn obligations(decider: &QueryContext<'_>, asked: &ResolvedRequest, decision: Decision) -> Vec<IssuedNotice> {
    decider.record_obligations(asked, decision).map_or_else(Vec::new, |trace| notices(decider, asked, &trace).0)
}

/// The obligations and the advice that come with an answer.
pub fn issued_notices(decider: &QueryContext<'_>, asked: &ResolvedRequest) -> (Vec<IssuedNotice>, Vec<IssuedNotice>) {
    notices(decider, asked, &decider.record(asked).trace)
}

/// The allow rules that are not in force on the date of the policy, each with the attempt at it that came closest.
fn not_in_force(decider: &QueryContext<'_>, asked: &ResolvedRequest) -> Vec<Reason> {
    let all = decider.compiled.graph.permits(asked.action);
    let out = |&permit: &Permit| match permit {
        Permit::Rule(rule) => decider.context.out_of_force(&decider.compiled.policy.rules[rule].meta.validity),
        Permit::Role(_) => None,
    };
    let is_dated = |out: &OutOfForce| !matches!(out, OutOfForce::Off(_));
    let found: Vec<(usize, OutOfForce)> =
        all.iter().enumerate().filter_map(|(index, permit)| Some((index, out(permit).filter(is_dated)?))).collect();
    let permits: Vec<(usize, Permit)> = found.iter().map(|&(index, _)| (index, all[index])).collect();
    let trace = decider.near_misses_of(asked, &permits);
    let proof = ProofBuilder::of(decider);
    trace.roots().zip(&found).map(|(root, &(index, out))| proof.out_of_force(all[index], out, root)).collect()
}

/// The explanation of a recorded answer, from its near misses and decisive toggles. `near_misses` has a root for each permit in force; it is
/// not read if the answer is yes.
fn from_traces(
    decider: &QueryContext<'_>,
    asked: &ResolvedRequest,
    record: &Record,
    (near_misses, decisive): (&Trace, &[DecisiveToggle]),
) -> Explanation {
    let policy = &decider.compiled.policy;
    let proof = ProofBuilder::of(decider);
    let outcome = record.decision.outcome;
    let (obligations, advice) = notices(decider, asked, &record.trace);
    let mut reasons = permits(&proof, asked, record, near_misses);
    let mut denies: Vec<Reason> = record.trace.roots().filter_map(|root| proof.deny(root)).collect();
    let mut switched_off = switched_off::elsewhere(&proof, asked, &record.trace, reasons.iter().chain(&denies));
    let mut toggles: BTreeSet<ToggleId> = decisive.iter().filter(|one| one.turns_outcome).map(|one| one.toggle).collect();
    reasons.iter().chain(&denies).chain(&switched_off).for_each(|reason| name_toggles(reason, &mut toggles));
    let all: BTreeSet<ToggleId> = toggles.iter().copied().chain(decisive.iter().map(|one| one.toggle)).collect();
    let state = |toggle| ToggleState { toggle, on: decider.context.is_on(toggle), matters: toggles.contains(&toggle) };
    let toggles: Vec<ToggleState> = all.into_iter().map(state).collect();
    references::number(reasons.iter_mut().chain(&mut denies).chain(&mut switched_off), &proof.proofs.borrow());
    Explanation {
        question: question(decider, asked),
        outcome,
        reasons,
        denies,
        unknown: if outcome == Outcome::Unknown { missing(decider.world, record) } else { Vec::new() },
        unlisted: unlisted(decider, &record.trace),
        switched_off,
        unknown_roles: Vec::new(),
        claims: claims(policy, &cited(decider, asked, record), obligations.iter().chain(&advice), &toggles),
        obligations,
        advice,
        toggles,
    }
}

/// Collects the toggles that a reason, or one below it, names: that are tested, or keep an implication from being in force.
fn name_toggles(reason: &Reason, found: &mut BTreeSet<ToggleId>) {
    if let Finding::Toggle(toggle) | Finding::NotInForce(_, OutOfForce::Off(toggle)) = reason.finding {
        found.insert(toggle);
    }
    reason.because.iter().for_each(|below| name_toggles(below, found));
}

fn question(decider: &Decider<'_>, asked: &ResolvedRequest) -> AskedQuestion {
    let (policy, context) = (&decider.compiled.policy, &decider.context);
    let toggles = policy.toggles.ids().filter(|&id| context.is_on(id)).collect();
    AskedQuestion { request: *asked, at: context.at, policy_at: context.policy_at, toggles }
}

/// If allowed, the permits that are true; else all permits in force with their near misses, the nearest first.
fn permits(proof: &ProofBuilder<'_>, asked: &ResolvedRequest, record: &Record, near_misses: &Trace) -> Vec<Reason> {
    if record.decision.outcome == Outcome::Allowed {
        let permits = record.trace.roots().filter(|root| matches!(root.step(), TraceStep::Permit(_)) && root.truth() == Truth::True);
        return permits.filter_map(|root| proof.permit(asked, root)).collect();
    }
    let mut permits: Vec<Reason> = near_misses.roots().filter_map(|root| proof.permit(asked, root)).collect();
    let firms = Firms::of(proof.decider, asked);
    permits.sort_by_cached_key(|permit| distance(permit, proof.policy, |finding| is_foreign(&firms, proof.decider, finding)));
    permits
}

/// How far a permit is from being true: its truth value, then whether it goes through another firm than the subject's, then whether
/// something stands in the way that no change takes away, then whether nothing is lacking and an implication is only switched off or not in force, then the number of different blockers, then the number of facts that support it.
fn distance(permit: &Reason, policy: &Policy, is_foreign: impl Fn(&Finding) -> bool) -> (u8, bool, bool, bool, usize, Reverse<usize>) {
    let rank = match permit.truth {
        Truth::True => 0,
        Truth::Unknown => 1,
        Truth::False => 2,
    };
    let (mut lacks, mut blockers, mut facts, mut goes_abroad, mut is_lasting) = (true, FxHashSet::default(), 0, false, false);
    let mut waiting = vec![permit];
    while let Some(reason) = waiting.pop() {
        lacks &= !matches!(reason.finding, Finding::SwitchedOff(_) | Finding::NotInForce(..));
        blockers.extend(reason.blocking.then_some(reason.finding));
        is_lasting |= reason.blocking && reason.finding.is_lasting(policy);
        facts += usize::from(matches!(reason.finding, Finding::Fact(_) | Finding::Absent(_) | Finding::AssignmentAt(_)));
        goes_abroad |= is_foreign(&reason.finding);
        waiting.extend(&reason.because);
    }
    (rank, goes_abroad, is_lasting, lacks, blockers.len(), Reverse(facts))
}

/// The obligations and the advice that come with a decision.
fn notices(decider: &QueryContext<'_>, asked: &ResolvedRequest, trace: &Trace) -> (Vec<IssuedNotice>, Vec<IssuedNotice>) {
    let CompiledPolicy { policy, obligations: of_obligations, advice: of_advice, .. } = decider.compiled;
    let issue = |notice: NoticeId, declared: &Notice, plan: &Plan, issued: &mut Vec<IssuedNotice>| {
        let condition = &declared.condition.expr;
        let general = *condition != Expr::True && !condition.any_term(&|term| !matches!(term.root(), TermNode::Subject));
        let values = if declared.names.is_empty() { vec![Vec::new()] } else { decider.text_values(declared, plan, asked) };
        issued.extend(values.into_iter().map(|values| IssuedNotice { notice, general, values }));
    };
    let (mut obligations, mut advice) = (Vec::new(), Vec::new());
    for root in trace.roots() {
        match root.step() {
            TraceStep::Obligation(id) => {
                issue(NoticeId::Obligation(id), &policy.obligations[id], &of_obligations[id], &mut obligations);
            }
            TraceStep::Advice(id) => issue(NoticeId::Advice(id), &policy.advice[id], &of_advice[id], &mut advice),
            _ => {}
        }
    }
    (obligations, advice)
}

/// The implications that true permits and true denies use, and that member listings do not show.
fn unlisted(decider: &Decider<'_>, trace: &Trace) -> Vec<Unlisted> {
    let (mut found, mut visited) = (BTreeSet::new(), FxHashSet::default());
    for root in trace.roots().filter(|root| root.truth() == Truth::True) {
        collect_unlisted(&decider.compiled.policy, root, None, &mut found, &mut visited);
    }
    let mut found: Vec<Unlisted> = found.into_iter().collect();
    let holding = |unlisted: &Unlisted| unlisted.held.map(|(role, holder, scope)| Statement::Holds { holder, role, scope });
    found.sort_by(|a, b| {
        let by_role = a.held.map(|held| held.0).cmp(&b.held.map(|held| held.0));
        a.implication.cmp(&b.implication).then(by_role).then_with(|| match (holding(a), holding(b)) {
            (Some(a), Some(b)) => decider.world.compare_statements(a, b),
            _ => Ordering::Equal,
        })
    });
    found
}

/// Collects at and below a true node. `held` is the role of the nearest node above it that is about one.
fn collect_unlisted(
    policy: &Policy,
    node: TraceNode<'_>,
    held: Option<HeldRole>,
    found: &mut BTreeSet<Unlisted>,
    visited: &mut FxHashSet<(ProofKey, Option<HeldRole>)>,
) {
    if node.proof().is_some_and(|proof| !visited.insert((proof, held))) {
        return;
    }
    let mut held = held;
    match node.step() {
        TraceStep::Not => return,
        TraceStep::Held { holder, role, scope } => held = Some((role, holder, scope)),
        TraceStep::Implication(implication) if !policy.implications[implication].listed => {
            found.insert(Unlisted { implication, held });
        }
        _ => {}
    }
    for below in node.below().filter(|below| below.truth() == Truth::True) {
        collect_unlisted(policy, below, held, found, visited);
    }
}

/// The claims that decide, then those that only notices and toggles cite.
fn claims<'a>(
    policy: &Policy,
    deciding: &BTreeSet<ClaimId>,
    notices: impl Iterator<Item = &'a IssuedNotice>,
    toggles: &[ToggleState],
) -> Vec<CitedClaim> {
    let of_notices = notices.flat_map(|notice| &notice.declared(policy).meta.source);
    let of_toggles = toggles.iter().flat_map(|state| &policy.toggles[state.toggle].meta.source);
    let others: BTreeSet<ClaimId> = of_notices.chain(of_toggles).copied().filter(|claim| !deciding.contains(claim)).collect();
    let cited = |decides| move |&claim: &ClaimId| CitedClaim { claim, decides };
    deciding.iter().map(cited(true)).chain(others.iter().map(cited(false))).collect()
}

/// The missing data that leaves permits and denies unknown, and with them the answer, if its outcome is unknown. Sorted by names.
pub fn missing(world: &World, record: &Record) -> Vec<MissingDatum> {
    in_order(world, missing_below(world, record.trace.roots().filter(|root| decides(root.step()) && root.truth() != Truth::False)))
}

/// The data without which it is unknown whether what was recorded holds, sorted.
pub fn missing_in(world: &World, trace: &Trace) -> Vec<MissingDatum> {
    in_order(world, missing_below(world, trace.roots().filter(|root| root.truth() == Truth::Unknown)))
}

/// The data that the world lacks to tell whether anything permits the request, sorted.
pub fn missing_of_permits(world: &World, record: &Record) -> Vec<MissingDatum> {
    let is_open = |root: &TraceNode<'_>| matches!(root.step(), TraceStep::Permit(_)) && root.truth() == Truth::Unknown;
    in_order(world, missing_below(world, record.trace.roots().filter(is_open)))
}

fn in_order(world: &World, data: BTreeSet<MissingDatum>) -> Vec<MissingDatum> {
    let mut data: Vec<MissingDatum> = data.into_iter().collect();
    data.sort_by(|a, b| match (a, b) {
        (MissingDatum::Attribute(a, one), MissingDatum::Attribute(b, other)) => world.compare_entities(*a, *b).then(one.cmp(other)),
        (MissingDatum::Role(a), MissingDatum::Role(b)) => world.compare_entities(*a, *b),
        (MissingDatum::Fact(a), MissingDatum::Fact(b)) => world.compare_statements(*a, *b),
        _ => a.cmp(b),
    });
    data
}

/// The missing data at these nodes, and below them at nodes that are unknown.
fn missing_below<'t>(world: &World, roots: impl Iterator<Item = TraceNode<'t>>) -> BTreeSet<MissingDatum> {
    let (mut found, mut visited) = (BTreeSet::new(), ProofVisits::default());
    let mut waiting: Vec<TraceNode<'_>> = roots.collect();
    while let Some(node) = waiting.pop() {
        if let TraceStep::Missing(datum) = node.step() {
            found.insert(datum);
        }
        if visited.is_first(node) {
            waiting.extend(below_named(world, node).filter(|below| below.truth() == Truth::Unknown));
        }
    }
    found
}

fn decides(step: TraceStep) -> bool {
    matches!(step, TraceStep::Permit(_) | TraceStep::Deny(_))
}
