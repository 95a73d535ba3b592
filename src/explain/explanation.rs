//! From a question to its explanation.

use super::event_diagnostics::first_lack;
use super::proof::ProofBuilder;
use super::{AskedQuestion, CitedClaim, CitedDocument, Explanation, IssuedNotice, Reason, ReasonKind, ToggleState, cited};
use crate::eval::{Decider, MissingDatum, Outcome, Record, TraceNode, TraceStep, Truth};
use crate::policy::{ClaimId, Expr, Metadata, Status, TermNode, ToggleId};
use crate::text::Place;
use crate::wording::{datum, verdict};
use crate::world::ResolvedRequest;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Explains the recorded answer to a question.
pub fn explain(decider: &Decider<'_>, asked: &ResolvedRequest, record: &Record) -> Explanation {
    let builder = ExplanationBuilder { decider, asked, record, reasons: ProofBuilder::of(decider) };
    builder.explanation()
}

struct ExplanationBuilder<'a> {
    decider: &'a Decider<'a>,
    asked: &'a ResolvedRequest,
    record: &'a Record,
    reasons: ProofBuilder<'a>,
}

impl ExplanationBuilder<'_> {
    fn explanation(&self) -> Explanation {
        let policy = &self.decider.compiled.policy;
        let outcome = self.record.decision.outcome;
        let reasons = self.ways(outcome);
        let denies: Vec<Reason> = self.record.trace.roots().filter_map(|root| self.reasons.bar(root)).collect();
        let unknown = self.unknown(outcome);
        let (obligations, advice) = self.tellings();
        let toggles = self.toggles();
        let deciding = cited(self.decider, self.asked, self.record);
        let beside =
            obligations.iter().chain(&advice).flat_map(|telling| &telling.claims).chain(toggles.iter().flat_map(|toggle| &toggle.claims));
        let beside: BTreeSet<ClaimId> =
            beside.filter_map(|name| policy.claim_named(name)).filter(|claim| !deciding.contains(claim)).collect();
        let claims = deciding.iter().map(|&claim| self.claim(claim, true)).chain(beside.iter().map(|&claim| self.claim(claim, false)));
        Explanation {
            question: self.question(),
            decision: self.record.decision.allowed(),
            outcome: outcome.name(),
            verdict: self.verdict(outcome, &reasons, &denies, &unknown),
            unlisted: self.unlisted(),
            claims: claims.collect(),
            reasons,
            denies,
            unknown,
            obligations,
            advice,
            toggles,
        }
    }

    fn question(&self) -> AskedQuestion {
        let (policy, context) = (&self.decider.compiled.policy, &self.decider.context);
        let action = &policy.actions[self.asked.action].meta;
        let on = policy.toggles.iter().filter(|(id, _)| context.is_on(*id));
        AskedQuestion {
            subject: self.decider.world.name(policy, self.asked.subject),
            action: action.name.clone(),
            title: action.title.clone(),
            resource: self.decider.world.name(policy, self.asked.resource),
            at: context.at.to_string(),
            policy_at: context.policy_at.to_string(),
            toggles: on.map(|(_, toggle)| toggle.meta.name.clone()).collect(),
            // The world has what is assumed as it has its facts; whoever put it there adds it here.
            assuming: Vec::new(),
        }
    }

    /// Allowed: the ways that are true. Else: how far each got.
    fn ways(&self, outcome: Outcome) -> Vec<Reason> {
        let recorded = || self.record.trace.roots().filter(|root| matches!(root.step(), TraceStep::Permit(_)));
        if outcome == Outcome::Allowed {
            return recorded().filter(|root| root.truth() == Truth::True).filter_map(|root| self.reasons.way(self.asked, root)).collect();
        }
        let near = self.decider.near_misses(self.asked);
        let mut ways: Vec<Reason> = near.roots().filter_map(|root| self.reasons.way(self.asked, root)).collect();
        ways.sort_by_cached_key(distance);
        ways
    }

    fn verdict(&self, outcome: Outcome, reasons: &[Reason], denies: &[Reason], unknown: &[String]) -> String {
        let bare = verdict(self.decider, self.asked, outcome);
        match outcome {
            Outcome::Allowed => match reasons {
                [] => bare,
                [only] => format!("{bare}, because {}", only.says),
                [first, rest @ ..] => {
                    let others = if rest.len() == 1 { "1 other way".to_owned() } else { format!("{} other ways", rest.len()) };
                    format!("{bare}, because {}; and by {others}", first.says)
                }
            },
            Outcome::Barred => {
                let bars: Vec<&str> = denies.iter().filter(|deny| deny.truth == "true").map(|deny| deny.says.as_str()).collect();
                format!("{bare}, because {}", bars.join(", and "))
            }
            Outcome::NotGranted if reasons.is_empty() => format!("{bare}, because nothing in the policy grants it"),
            Outcome::NotGranted => match reasons {
                [] => bare,
                [only] => format!("{bare}, because nothing grants it: {}", outermost(only)),
                several if several.iter().all(|way| way.sort == ReasonKind::Role) => {
                    let (world, policy) = (self.decider.world, &self.decider.compiled.policy);
                    let (who, whereon) = (world.name(policy, self.asked.subject), world.name(policy, self.asked.resource));
                    format!("{bare}, because {who} holds no role on {whereon} that grants it")
                }
                [nearest, ..] => format!("{bare}, because nothing grants it; what comes nearest: {}", outermost(nearest)),
            },
            Outcome::Unknown => match unknown {
                [] => bare,
                [only] => format!("{bare}: the world does not tell {only}"),
                [one, other] => format!("{bare}: the world tells neither {one} nor {other}"),
                [first, rest @ ..] => format!("{bare}: the world does not tell {first} and {} more", rest.len()),
            },
        }
    }

    fn unknown(&self, outcome: Outcome) -> Vec<String> {
        if outcome != Outcome::Unknown {
            return Vec::new();
        }
        let (policy, world) = (&self.decider.compiled.policy, self.decider.world);
        let mut names: Vec<String> = missing(self.record).into_iter().map(|missing| datum(policy, world, missing)).collect();
        names.sort();
        names.dedup();
        names
    }

    fn tellings(&self) -> (Vec<IssuedNotice>, Vec<IssuedNotice>) {
        let policy = &self.decider.compiled.policy;
        let (mut obligations, mut advice) = (Vec::new(), Vec::new());
        for root in self.record.trace.roots() {
            let (list, telling) = match root.step() {
                TraceStep::Obligation(id) => (&mut obligations, &policy.obligations[id]),
                TraceStep::Advice(id) => (&mut advice, &policy.advice[id]),
                _ => continue,
            };
            let meta = &telling.meta;
            list.push(IssuedNotice {
                name: meta.name.clone(),
                text: telling.text.clone(),
                claims: self.reasons.claims(&meta.source),
                note: meta.note.clone(),
                place: self.place(meta),
                general: telling.condition.expr != Expr::True
                    && !telling.condition.expr.any_term(&|term| !matches!(term.root(), TermNode::Subject)),
            });
        }
        (obligations, advice)
    }

    fn place(&self, meta: &Metadata) -> Place {
        self.decider.world.sources.place(meta.span)
    }

    /// What true ways, and true denies, use of implications that listings do not show.
    fn unlisted(&self) -> Vec<String> {
        let mut found = BTreeSet::new();
        for root in self.record.trace.roots().filter(|root| root.truth() == Truth::True) {
            self.hidden(root, None, &mut found);
        }
        found.into_iter().collect()
    }

    fn hidden(&self, visit: TraceNode<'_>, held: Option<String>, found: &mut BTreeSet<String>) {
        let policy = &self.decider.compiled.policy;
        let mut held = held;
        match visit.step() {
            TraceStep::Not => return,
            TraceStep::Held { holder, role, scope } => {
                let (world, role) = (self.decider.world, &policy.roles[role].meta.name);
                held = Some(format!("{role} on {} for {}", world.name(policy, scope), world.name(policy, holder)));
            }
            TraceStep::Implication(id) if !policy.implications[id].listed => {
                let meta = &policy.implications[id].meta;
                let what = held.clone().unwrap_or_else(|| "this".to_owned());
                let claims = self.reasons.claims(&meta.source);
                let by = if claims.is_empty() { String::new() } else { format!(" ({})", claims.join(", ")) };
                found.insert(format!("member listings do not show {what}: it is implied by {}{by}", meta.name));
            }
            _ => {}
        }
        for below in visit.below().filter(|below| below.truth() == Truth::True) {
            self.hidden(below, held.clone(), found);
        }
    }

    /// The toggles that gate a rule, role, table or implication that bears on the action, or that a condition of one asks for.
    fn toggles(&self) -> Vec<ToggleState> {
        let (policy, graph) = (&self.decider.compiled.policy, &self.decider.compiled.graph);
        let bearing: BTreeSet<ToggleId> = graph.toggles(policy, self.asked.action).into_iter().collect();
        let told = bearing.into_iter().map(|id| {
            let toggle = &policy.toggles[id];
            ToggleState {
                name: toggle.meta.name.clone(),
                title: toggle.meta.title.clone(),
                status: status(toggle.status),
                on: self.decider.context.is_on(id),
                claims: self.reasons.claims(&toggle.meta.source),
                note: toggle.meta.note.clone(),
            }
        });
        told.collect()
    }

    fn claim(&self, id: ClaimId, decides: bool) -> CitedClaim {
        let policy = &self.decider.compiled.policy;
        let claim = &policy.claims[id];
        let documents = claim.documents.iter().map(|&document| {
            let document = &policy.documents[document];
            CitedDocument {
                name: document.meta.name.clone(),
                title: document.meta.title.clone(),
                date: document.date.map(|date| date.to_string()),
                locale: document.locale.clone(),
            }
        });
        CitedClaim {
            id: claim.meta.name.clone(),
            text: claim.text.clone(),
            documents: documents.collect(),
            note: claim.meta.note.clone(),
            decides,
        }
    }
}

/// A toggle's status as answers name it.
pub fn status(status: Status) -> &'static str {
    match status {
        Status::Proposed => "proposed",
        Status::Current => "current",
        Status::Retired => "retired",
        Status::Interpretation => "interpretation",
    }
}

/// What a way lacks, told as broadly as may be: the role, or what its rule asks for.
fn outermost(way: &Reason) -> &str {
    let within = way.because.iter().find(|reason| first_lack(reason).is_some()).filter(|_| way.sort == ReasonKind::Rule);
    within.map_or(&way.says, |reason| &reason.says)
}

/// How far a way is from being true: what it is, how much stops it, and how much of it is so.
fn distance(way: &Reason) -> (u8, usize, Reverse<usize>) {
    let rank = match way.truth {
        "true" => 0,
        "unknown" => 1,
        _ => 2,
    };
    let (mut stops, mut facts) = (0, 0);
    let mut waiting = vec![way];
    while let Some(reason) = waiting.pop() {
        stops += usize::from(reason.lacking);
        facts += usize::from(reason.sort == ReasonKind::Fact);
        waiting.extend(&reason.because);
    }
    (rank, stops, Reverse(facts))
}

/// The missing data that leaves ways and denies unknown; what the answer hangs on where its outcome is unknown.
pub fn missing(record: &Record) -> BTreeSet<MissingDatum> {
    let mut found = BTreeSet::new();
    let bears = |step| matches!(step, TraceStep::Permit(_) | TraceStep::Deny(_));
    for root in record.trace.roots().filter(|root| bears(root.step()) && root.truth() != Truth::False) {
        gather(root, &mut found);
    }
    found
}

/// The missing data that leaves a step unknown.
fn gather(visit: TraceNode<'_>, missing: &mut BTreeSet<MissingDatum>) {
    if visit.truth() == Truth::False && !matches!(visit.step(), TraceStep::Permit(_) | TraceStep::Deny(_)) {
        return;
    }
    if let TraceStep::Missing(datum) = visit.step() {
        missing.insert(datum);
    }
    for below in visit.below().filter(|below| below.truth() == Truth::Unknown) {
        gather(below, missing);
    }
}
