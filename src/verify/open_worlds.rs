//! Worlds that leave something open, by `not-imported` or by patterns: what is proved of the others holds in them too, if it is about answers
//! that are certain.
//!
//! # The lemma
//!
//! Let a world leave something open, and let everything that lies within something be stated to. *Closing* it takes away its patterns: what was
//! open does not hold then. That adds knowledge and changes none:
//!
//! * An atom that was true or false stays so. One that was unknown because a fact was open may become false. A value that was unknown because
//!   an optional attribute was open becomes none; one that must be given stays unknown.
//! * The connectives, searches, implications and decisions keep this: what was true stays true and what was false stays false. An entity
//!   without a name, which closing takes away, makes a search unknown at most.
//!
//! So a condition that is true of a request stays true, and an outcome that is `allowed`, `barred` or `not-granted` stays what it is. A
//! counterexample that rests on nothing else (of `never` with `allow` or `deny`) stays one when it is closed, and is found among the worlds
//! that leave nothing open.
//!
//! A counterexample rests on the invariants and on what is `given` too: these are *not true* in it, and what was unknown may become true. That
//! cannot be if the condition is [positive](is_positive). The others are not taken for granted.

use super::claims::Other;
use super::questions::Questions;
use super::report::{Obstacle, PropertyReport, Verdict};
use super::run::{Verifier, gave_up};
use super::satisfy::by_kind;
use super::search::Answer;
use super::touched::implications_read;
use crate::policy::{AtomKind, Condition, Expr, Given, Policy, Property, PropertyClaim};
use crate::syntax::WithOutcome;

impl Verifier<'_> {
    /// The verdict on worlds that leave something open as well, where that on the others is known.
    pub(super) fn with_open_worlds(&self, report: PropertyReport) -> PropertyReport {
        let property = self.property;
        // A world that leaves nothing open is one of them.
        let is_shown = !report.counterexamples.is_empty() || report.verdict == Verdict::Broken;
        if is_shown || matches!(report.verdict, Verdict::GaveUp | Verdict::Assumed) {
            return PropertyReport { open_too: true, ..report };
        }
        let is_certain = matches!(property.claim, PropertyClaim::Never(_, WithOutcome::Allow | WithOutcome::Deny));
        if !is_certain || property.is_of_worlds() {
            let verdict = report.verdict;
            return gave_up(report, Obstacle::OpenClaim(verdict));
        }
        let unsure = unsure(self.policy, property);
        if unsure.is_empty() {
            return PropertyReport { open_too: true, ..report };
        }
        self.without_these(report, unsure)
    }

    /// The same where the conditions of these names are not taken for granted.
    fn without_these(&self, mut report: PropertyReport, unsure: Vec<String>) -> PropertyReport {
        let (policy, property) = without(self.policy, self.property);
        let questions = Questions {
            compiled: self.judges.compiled,
            policy: &policy,
            property: &property,
            other: Other::Toggles,
            resources: self.resources.clone(),
            subjects: self.subjects.clone(),
            most: self.options.most,
            certify: self.options.certificates,
        };
        let questions = match questions.all() {
            Ok(questions) => questions,
            Err(obstacle) => return gave_up(report, obstacle),
        };
        for question in &questions {
            // Roles that are alike may have stood for each other wrongly where a world is found, and only there.
            let mut answer = question.answer(false, false);
            if matches!(answer, Answer::Found(_)) {
                answer = question.answer(true, false);
            }
            match answer {
                Answer::Obstacle(obstacle) => return gave_up(report, obstacle),
                Answer::Found(_) => {
                    let verdict = report.verdict;
                    return gave_up(report, Obstacle::OpenGiven(verdict, unsure));
                }
                Answer::None { counts, unbounded, certificate, .. } => {
                    report.questions += 1;
                    report.proofs += 1;
                    report.certificates.extend(certificate);
                    for (kind, count) in by_kind(&policy, &counts) {
                        let most = report.bound.entry(kind).or_default();
                        *most = (*most).max(count);
                    }
                    if let Some(why) = unbounded {
                        report.unbounded.get_or_insert((why, self.options.most));
                        report.verdict = Verdict::Bounded;
                    }
                }
            }
        }
        PropertyReport { open_too: true, ..report }
    }
}

/// The names of invariants, and of what is given, that may become true when a world is closed.
fn unsure(policy: &Policy, property: &Property) -> Vec<String> {
    let invariants = policy.invariants.values().filter(|invariant| !invariant.warn && !is_positive(policy, &invariant.never));
    let given = property.given.iter().filter(|given| !is_kept(policy, **given)).map(|given| match given {
        Given::Invariant(id) => &policy.invariants[*id].meta.name,
        Given::Property(id) => &policy.properties[*id].meta.name,
    });
    let mut names: Vec<String> = invariants.map(|invariant| &invariant.meta.name).chain(given).cloned().collect();
    names.sort();
    names.dedup();
    names
}

fn is_kept(policy: &Policy, given: Given) -> bool {
    let condition = match given {
        Given::Invariant(id) => Some(&policy.invariants[id].never),
        Given::Property(id) => policy.properties[id].condition(),
    };
    condition.is_none_or(|condition| is_positive(policy, condition))
}

/// The policy and the property without what is unsure: an invariant that only warns is not taken for granted.
fn without(policy: &Policy, property: &Property) -> (Policy, Property) {
    let mut relaxed = policy.clone();
    for (id, invariant) in policy.invariants.iter() {
        relaxed.invariants[id].warn |= !is_positive(policy, &invariant.never);
    }
    let given = property.given.iter().copied().filter(|given| is_kept(policy, *given)).collect();
    (relaxed, Property { given, ..property.clone() })
}

/// Whether closing a world never makes the condition true that was not: nothing in it, nor in an implication on which it may rest, is negated
/// or asks what `was`.
fn is_positive(policy: &Policy, condition: &Condition) -> bool {
    let own = |condition: &Condition| {
        condition.expr.walk().all(|(part, _)| match part {
            Expr::Not(part) => matches!(**part, Expr::Toggle(..)),
            Expr::Atom(atom) => !matches!(atom.kind, AtomKind::Relation { was: true, .. } | AtomKind::Holds { was: true, .. }),
            _ => true,
        })
    };
    own(condition) && implications_read(policy, condition).iter().all(|id| own(&policy.implications[*id].condition))
}
