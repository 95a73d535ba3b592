//! Verifies properties one by one: answers the questions of each, and puts each counterexample to the ordinary evaluator.

use super::claims::Other;
use super::confirm::{Denied, Judges};
use super::host::Host;
use super::questions::Questions;
use super::report::{About, Granted, Obstacle, PropertyReport, Verdict};
use super::satisfy::by_kind;
use super::search::{Answer, Question};
use super::symbolic::Removed;
use crate::plan::CompiledPolicy;
use crate::policy::{Given, KindSet, Policy, Property, PropertyClaim, PropertyId};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// The number of entities of each kind that are looked at where there is no bound.
pub const UNBOUNDED: usize = 3;

/// The stack of a thread. Conditions and implications nest to a limit, and the deepest of them need this much.
const STACK: usize = 64 << 20;

/// How properties are verified.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The number of entities of each kind that are looked at where there is no bound.
    pub most: usize,
    /// Whether reports keep the proofs.
    pub certificates: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { most: UNBOUNDED, certificates: false }
    }
}

/// The encoder and the evaluator disagree: an error of this program.
#[derive(Clone, Debug)]
pub struct Disagreement {
    /// The property.
    pub property: String,
    /// What the loader or the evaluator says.
    pub says: String,
    /// The world of the counterexample that is none, in TOML.
    pub world: String,
}

/// Verifies these properties, in order.
///
/// # Errors
///
/// If a counterexample is none for the ordinary evaluator.
pub fn verify(
    compiled: &CompiledPolicy,
    properties: &[PropertyId],
    options: Options,
    host: &dyn Host,
) -> Result<Vec<PropertyReport>, Disagreement> {
    let policy = &compiled.policy;
    let report = |id: PropertyId| {
        let property = &policy.properties[id];
        let other = match property.claim {
            PropertyClaim::MustMatter(rule) => Other::Without(Removed::Rule(rule)),
            _ => Other::Toggles,
        };
        let judges = Judges { compiled, old: None, condition: Some(id), host };
        Verifier { judges, policy, property, about: None, other, resources: None, subjects: None, options }.report()
    };
    // They need nothing of each other. Which of several errors is returned does not depend on which comes first.
    let all = || -> Vec<Result<PropertyReport, Disagreement>> { properties.par_iter().map(|id| report(*id)).collect() };
    let answers = match rayon::ThreadPoolBuilder::new().stack_size(STACK).build() {
        Ok(threads) => threads.install(all),
        Err(_) => properties.iter().map(|id| report(*id)).collect(),
    };
    let mut reports: Vec<PropertyReport> = answers.into_iter().collect::<Result<_, _>>()?;
    let mut known: BTreeMap<PropertyId, Verdict> = properties.iter().copied().zip(reports.iter().map(|report| report.verdict)).collect();
    for (id, found) in properties.iter().zip(&mut reports) {
        for (given, granted) in policy.properties[*id].given.iter().zip(&mut found.given) {
            if let Given::Property(given) = given {
                let verdict = match known.get(given) {
                    Some(verdict) => *verdict,
                    None => report(*given)?.verdict,
                };
                known.insert(*given, verdict);
                granted.verdict = Some(verdict);
            }
        }
    }
    Ok(reports)
}

/// Verifies one property.
pub(super) struct Verifier<'a> {
    pub(super) judges: Judges<'a>,
    /// The policy of the worlds, as [`Questions`] has it.
    pub(super) policy: &'a Policy,
    pub(super) property: &'a Property,
    pub(super) about: Option<About>,
    pub(super) other: Other<'a>,
    pub(super) resources: Option<KindSet>,
    pub(super) subjects: Option<KindSet>,
    pub(super) options: Options,
}

impl<'a> Verifier<'a> {
    /// A report without questions, which is proved.
    pub(super) fn blank(&self) -> PropertyReport {
        let (policy, property) = (self.policy, self.property);
        let given = property.given.iter().map(|given| match given {
            Given::Property(id) => &policy.properties[*id].meta.name,
            Given::Invariant(id) => &policy.invariants[*id].meta.name,
        });
        let given = given.map(|name| Granted { name: name.clone(), verdict: None });
        PropertyReport {
            property: property.meta.name.clone(),
            title: property.meta.title.clone(),
            about: self.about.clone(),
            verdict: Verdict::Proved,
            obstacle: None,
            bound: BTreeMap::new(),
            unbounded: None,
            given: given.collect(),
            counterexamples: Vec::new(),
            broken_by: Vec::new(),
            proofs: 0,
            certificates: Vec::new(),
            questions: 0,
            open_too: false,
        }
    }

    pub(super) fn report(&self) -> Result<PropertyReport, Disagreement> {
        let report = self.closed()?;
        Ok(if self.property.imported { report } else { self.with_open_worlds(report) })
    }

    /// The report on worlds that leave nothing open.
    fn closed(&self) -> Result<PropertyReport, Disagreement> {
        let (policy, property) = (self.policy, self.property);
        let report = self.blank();
        if property.is_of_worlds() {
            return self.report_of_worlds(report);
        }
        let questions = Questions {
            compiled: self.judges.compiled,
            policy,
            property,
            other: self.other,
            resources: self.resources.clone(),
            subjects: self.subjects.clone(),
            most: self.options.most,
            certify: self.options.certificates,
        };
        match questions.all() {
            Ok(questions) => self.answers(report, &questions),
            Err(obstacle) => Ok(gave_up(report, obstacle)),
        }
    }

    fn answers(&self, mut report: PropertyReport, questions: &[Question<'a>]) -> Result<PropertyReport, Disagreement> {
        report.questions = questions.len();
        let mut happens = false;
        for question in questions {
            match self.answer(question, !happens)? {
                Answer::Obstacle(obstacle) => return Ok(gave_up(report, obstacle)),
                Answer::Found(found) => {
                    report.counterexamples.push(*found);
                    report.verdict = if question.wants_world() { Verdict::Proved } else { Verdict::Refuted };
                    return Ok(report);
                }
                Answer::None { counts, unbounded, happens: here, certificate } => {
                    happens |= here;
                    report.proofs += 1;
                    report.certificates.extend(certificate);
                    for (kind, count) in by_kind(self.policy, &counts) {
                        let most = report.bound.entry(kind).or_default();
                        *most = (*most).max(count);
                    }
                    if let Some(why) = unbounded {
                        report.unbounded.get_or_insert((why, self.options.most));
                    }
                }
            }
        }
        report.verdict = match (&report.unbounded, &self.property.claim) {
            (Some(_), _) => Verdict::Bounded,
            (None, PropertyClaim::MustMatter(_)) => Verdict::Refuted,
            (None, _) if !happens => Verdict::Vacuous,
            (None, _) => Verdict::Proved,
        };
        Ok(report)
    }

    /// The answer to a question; a world that was found is confirmed. With `happens` it is also looked whether anything happens that the
    /// property is about.
    fn answer(&self, question: &Question<'_>, happens: bool) -> Result<Answer, Disagreement> {
        for all_roles in [false, true] {
            let mut found = match question.answer(all_roles, happens) {
                Answer::Found(found) => found,
                other => return Ok(other),
            };
            match question.confirm(&self.judges, &mut found) {
                Ok(()) => return Ok(Answer::Found(found)),
                Err(_) if !all_roles => {}
                Err(Denied::Refused { why, dates: true }) => return Ok(Answer::Obstacle(Obstacle::OtherDates(why))),
                Err(Denied::Refused { why: says, .. } | Denied::Disagrees(says)) => {
                    return Err(Disagreement { property: self.property.meta.name.clone(), says, world: found.world.clone() });
                }
            }
        }
        Ok(question.answer(true, happens))
    }
}

pub(super) fn gave_up(report: PropertyReport, obstacle: Obstacle) -> PropertyReport {
    PropertyReport { verdict: Verdict::GaveUp, obstacle: Some(obstacle), ..report }
}
