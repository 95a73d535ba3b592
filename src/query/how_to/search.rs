//! Runs the stages in order, and ranks the repairs.

use super::answer::{ChangeStep, HowTo, Repair};
use super::grouping::{RepairGroup, group};
use super::ownership::SubjectSummary;
use super::verify::Verifier;
use super::{blockers, ineffective, side_effects, step};
use crate::counterfactual::Change;
use crate::eval::{Outcome, QueryContext};
use crate::explain;
use crate::world::ResolvedRequest;
use std::collections::BTreeSet;

/// The most repairs that are listed.
const MAX_LISTED: usize = 10;

/// Finds how to make the answer a yes (`allow`) or a no. At most `most` repairs are listed, and never more than ten.
pub fn how_to(decider: &QueryContext<'_>, asked: &ResolvedRequest, allow: bool, most: Option<usize>) -> HowTo {
    let record = decider.record(asked);
    let explanation = explain::explain(decider, asked, &record);
    let mut answer = HowTo {
        question: explanation.question.clone(),
        allow,
        already: record.decision.allowed() == allow,
        repairs: Vec::new(),
        more: 0,
        ineffective: Vec::new(),
        blockers: Vec::new(),
        instead: None,
        missing: Vec::new(),
        limited: false,
        exhausted: None,
    };
    if answer.already {
        return answer;
    }
    // What the search leaves is for the details of the ways that it finds.
    let part = decider.budget.half();
    let search = decider.drawing_on(&part);
    let verified = Verifier::new(&search, asked, allow).run();
    decider.budget.spend(part.spent());
    answer.exhausted = part.exhausted();
    answer.limited = verified.limited || answer.exhausted.is_some();
    let verifier = Verifier::new(decider, asked, allow);
    let ranked = ranked(decider, asked, allow, group(decider, asked, verified.sets));
    let listed = most.map_or(MAX_LISTED, |most| most.min(MAX_LISTED));
    answer.more = ranked.len().saturating_sub(listed);
    for (group, steps) in ranked.into_iter().take(listed) {
        let (side_effects, whole) = side_effects::side_effects(decider, asked, &group.set, verifier.max_peers());
        answer.limited |= !whole;
        answer.repairs.push(Repair {
            steps,
            side_effects,
            claims: verifier.claims(&group.set),
            others: group.others.len(),
            replaceable: group.replaceable(),
            alternatives: group.alternatives(),
        });
    }
    answer.ineffective = ineffective::ineffective(decider, asked, allow);
    if record.decision.outcome == Outcome::Unknown {
        answer.missing = blockers::missing_facts(decider, &record);
    }
    if answer.repairs.is_empty() {
        // A search that was cut short did not find out that no change turns the answer.
        if !answer.limited {
            answer.blockers = blockers::blockers(decider, asked, &record, &explanation);
        }
        answer.instead = if allow { blockers::instead(decider, asked, record.decision.outcome) } else { None };
    }
    answer
}

/// The groups with the steps of their representatives, best first.
fn ranked(
    decider: &QueryContext<'_>,
    asked: &ResolvedRequest,
    allow: bool,
    groups: Vec<RepairGroup>,
) -> Vec<(RepairGroup, Vec<ChangeStep>)> {
    let with_steps = |mut group: RepairGroup| {
        let steps = group.represent_by_nearest(|set| {
            let steps: Vec<ChangeStep> = set.iter().map(|&change| step::step(decider, asked, allow, set, change)).collect();
            (steps.iter().map(ChangeStep::distance).sum(), steps)
        });
        (group, steps)
    };
    let mut ranked: Vec<(RepairGroup, Vec<ChangeStep>)> = groups.into_iter().map(with_steps).collect();
    ranked.sort_by_cached_key(|(group, steps)| rank(decider, group, steps));
    ranked
}

/// The rank of a repair, compared from the first element on; lower is better.
fn rank(decider: &QueryContext<'_>, group: &RepairGroup, steps: &[ChangeStep]) -> [usize; 9] {
    let count = |is: fn(&ChangeStep) -> bool| steps.iter().filter(|step| is(step)).count();
    [
        // Memberships in a group of another home.
        count(|step| step.foreign.is_some()),
        group.set.len(),
        count(|step| matches!(step.change, Change::Date { .. })),
        // Changes that neither restore a fact that ended nor can be made by anybody.
        count(|step| !step.is_near()),
        // Changes that no event can ever make.
        count(|step| step.manual.as_ref().is_some_and(|manual| !manual.closed.is_empty())),
        // Changes that do not restore a fact.
        count(|step| step.ended.is_none()),
        // Changes that no event makes.
        count(|step| step.by.is_empty()),
        group.free_count(),
        distinct_actors(decider, steps),
    ]
}

/// The number of distinct answers to "who may do it", as they are printed, for the first event of each step.
fn distinct_actors(decider: &QueryContext<'_>, steps: &[ChangeStep]) -> usize {
    let first = steps.iter().filter_map(|step| step.by.first());
    let actors = first.map(|option| {
        let summary = SubjectSummary::of(&decider.compiled.policy, decider.world, decider.context.at, &option.who);
        (summary, option.conditional, option.exhaustive)
    });
    actors.collect::<BTreeSet<_>>().len()
}
