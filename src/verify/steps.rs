//! Properties of worlds: whether every event keeps them.

use super::claims::Other;
use super::confirm::Denied;
use super::questions::Questions;
use super::report::{EventObstacle, Obstacle, PropertyReport, Verdict};
use super::run::{Disagreement, Verifier, gave_up};
use super::satisfy::by_kind;
use super::step::{Step, StepAnswer, conditions_of, invariants, never_before};
use super::symbolic::Setting;
use super::touched::touching;
use crate::plan::Context;
use crate::policy::{Condition, EventId, Expr, KindSet, Policy, Property, Reads, ToggleId, Validity};
use std::collections::BTreeSet;

impl<'a> Verifier<'a> {
    /// The report on a property of worlds: assumed if no event may change what it reads, else whether every event keeps it.
    pub(super) fn report_of_worlds(&self, mut report: PropertyReport) -> Result<PropertyReport, Disagreement> {
        let Some(never) = self.property.condition() else { return Ok(report) };
        let events = touching(self.policy, never);
        report.verdict = if events.is_empty() { Verdict::Assumed } else { Verdict::Kept };
        let mut obstacle = None;
        for id in events {
            match self.steps(id) {
                Err(why) => _ = obstacle.get_or_insert(why),
                Ok(steps) => {
                    for step in &steps {
                        report.questions += 1;
                        match self.step(step)? {
                            StepAnswer::Broken(found) => {
                                report.broken_by.push(*found);
                                break;
                            }
                            StepAnswer::Obstacle(why) => {
                                obstacle.get_or_insert(why);
                                break;
                            }
                            StepAnswer::Kept { counts, unbounded, proofs, certificates } => {
                                report.proofs += proofs;
                                report.certificates.extend(certificates);
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
                }
            }
        }
        if !report.broken_by.is_empty() {
            report.verdict = Verdict::Broken;
        } else if let Some(obstacle) = obstacle {
            return Ok(gave_up(report, obstacle));
        } else if report.unbounded.is_some() {
            report.verdict = Verdict::Bounded;
        }
        Ok(report)
    }

    /// The answer to a question; an event that was found to break the property is confirmed.
    fn step(&self, step: &Step<'_>) -> Result<StepAnswer, Disagreement> {
        for all_roles in [false, true] {
            let found = match step.answer(all_roles) {
                StepAnswer::Broken(found) => found,
                other => return Ok(other),
            };
            match step.confirm(&self.judges, &found) {
                Ok(()) => return Ok(StepAnswer::Broken(found)),
                Err(_) if !all_roles => {}
                Err(Denied::Refused { why, dates: true }) => return Ok(StepAnswer::Obstacle(Obstacle::OtherDates(why))),
                Err(Denied::Refused { why: says, .. } | Denied::Disagrees(says)) => {
                    let property = self.property.meta.name.clone();
                    return Err(Disagreement { property, says, world: found.with_event() });
                }
            }
        }
        Ok(step.answer(true))
    }

    /// The questions about one event: for each date and setting of toggles under which other elements are in force than before.
    fn steps(&self, id: EventId) -> Result<Vec<Step<'a>>, Obstacle> {
        let (policy, property) = (self.policy, self.property);
        let event = &policy.events[id];
        if let Some(why) = hindrance(policy, property, id) {
            return Err(Obstacle::Event { event: event.meta.name.clone(), why });
        }
        let questions = Questions {
            compiled: self.judges.compiled,
            policy,
            property,
            other: Other::Toggles,
            resources: None,
            subjects: None,
            most: self.options.most,
            certify: self.options.certificates,
        };
        let settings = questions.toggles(None)?;
        let relevant = Relevant::of(self, id);
        let mut seen: BTreeSet<Vec<bool>> = BTreeSet::new();
        let mut steps = Vec::new();
        for at in questions.dates() {
            let defaults = Context::at(policy, at);
            if !defaults.has(&event.meta.validity) {
                continue;
            }
            for toggles in &settings {
                let asked = Context { toggles: toggles.clone(), ..defaults.clone() };
                if seen.insert(relevant.in_force([&asked, &defaults])) {
                    let (asked, defaults) = (Setting::new(asked), Setting::new(defaults.clone()));
                    let (most, certify) = (self.options.most, self.options.certificates);
                    steps.push(Step { policy, property, event, asked, defaults, most, certify });
                }
            }
        }
        Ok(steps)
    }
}

/// Why the event cannot be encoded for this property.
fn hindrance(policy: &Policy, property: &Property, id: EventId) -> Option<EventObstacle> {
    let event = &policy.events[id];
    if event.ends.is_empty() {
        return None;
    }
    let read = Reads::of(policy, never_before(policy, property).into_iter().chain(invariants(policy)), []);
    let ended = event.ends.iter().filter_map(|&parameter| event.parameters[parameter].value.entity_kinds());
    let ended: Vec<_> = ended.flat_map(KindSet::iter).collect();
    let contains = |kind: &_| policy.kinds.values().any(|inner| inner.above.contains(*kind));
    let is_in_set = |kind: &_| {
        let sets = policy.attributes.iter().filter(|(_, attribute)| attribute.many && !attribute.member_of);
        sets.filter(|(id, _)| read.attribute(*id)).any(|(_, attribute)| attribute.value.accepts_kind(*kind))
    };
    if ended.iter().any(contains) {
        Some(EventObstacle::EndsContainer)
    } else if read.past() {
        Some(EventObstacle::EndsBeforePast)
    } else {
        ended.iter().any(is_in_set).then_some(EventObstacle::EndsMember)
    }
}

/// The elements on which the answer to a question about an event may rest.
struct Relevant<'p> {
    validities: Vec<&'p Validity>,
    toggles: Vec<ToggleId>,
}

impl<'p> Relevant<'p> {
    fn of(verifier: &Verifier<'p>, id: EventId) -> Relevant<'p> {
        let (policy, property) = (verifier.policy, verifier.property);
        let event = &policy.events[id];
        let action = event.does.map(|(action, _)| action);
        let rules: Vec<_> = policy.rules.values().filter(|rule| action.is_some_and(|action| rule.actions.contains(&action))).collect();
        let mut conditions: Vec<&Condition> = never_before(policy, property);
        conditions.extend(conditions_of(event).chain(invariants(policy)));
        conditions.extend(rules.iter().map(|rule| &rule.condition));
        // Whoever may do an action may do so by any role that grants it.
        let roles = action.map(|_| policy.roles.ids().collect::<Vec<_>>()).unwrap_or_default();
        let implications: Vec<_> = Reads::of(policy, conditions.iter().copied(), roles).implications().collect();
        conditions.extend(implications.iter().map(|id| &policy.implications[*id].condition));
        let asked = conditions.iter().flat_map(|condition| condition.expr.walk()).filter_map(|(part, _)| match part {
            Expr::Toggle(toggle, _) => Some(*toggle),
            _ => None,
        });
        let toggles = asked.collect::<BTreeSet<_>>().into_iter().collect();
        let metas = rules.iter().map(|rule| &rule.meta).chain(policy.roles.values().map(|role| &role.meta));
        let metas = metas.chain(policy.tables.values().map(|table| &table.meta));
        let metas = metas.chain(implications.iter().map(|id| &policy.implications[*id].meta));
        Relevant { validities: metas.map(|meta| &meta.validity).collect(), toggles }
    }

    fn in_force(&self, contexts: [&Context; 2]) -> Vec<bool> {
        let of = |context: &Context| {
            let validities = self.validities.iter().map(|validity| context.has(validity));
            validities.chain(self.toggles.iter().map(|toggle| context.is_on(*toggle))).collect::<Vec<bool>>()
        };
        contexts.into_iter().flat_map(of).collect()
    }
}
