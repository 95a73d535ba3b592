//! Runs the stages in order, and ranks the ways.

use super::answer::{Act, Blocker, ChangeAct, EventAct, HowTo, Replacement, Way, WayClass};
use super::grouping::{RepairGroup, group};
use super::planner::{Planner, same_act, same_acts};
use super::ranking::{Changed, Nearness, Ranking, RolelessAct};
use super::trial::Plan;
use super::verify::Verifier;
use super::{blockers, dates, ineffective, missing};
use crate::counterfactual::{Change, FREE_TEXT};
use crate::eval::{Outcome, QueryContext};
use crate::explain;
use crate::policy::{ClaimId, EventId, Policy, RelationId};
use crate::query::Overlay;
use crate::query::diff::{AccessCount, AccessCounter};
use crate::world::{EntityId, ResolvedRequest, Statement, World};
use std::collections::{BTreeMap, BTreeSet};

/// The most ways that are listed.
const MAX_LISTED: usize = 10;

/// The most ways of which the other access is counted, so that they can be compared.
const MAX_COMPARED: usize = 16;

/// The same world with one more entity for each kind of which an event may create one. It lives at no time; ways name it, if they create it.
/// Without it no way creates anything. It also knows the text that stands for one that is free to choose.
pub fn with_new_entities(policy: &Policy, world: &World) -> World {
    let mut world = world.clone();
    world.intern(FREE_TEXT);
    for kind in policy.kinds.ids() {
        let mut events = policy.events.values();
        if let Some(event) = events.find(|event| event.creates.iter().any(|creation| creation.kind == kind)) {
            world.declare_new(kind, event.meta.span);
        }
    }
    world
}

/// Finds how to make the answer a yes (`allow`) or a no. At most `most` ways are listed, and never more than ten.
pub fn how_to(decider: &QueryContext<'_>, asked: &ResolvedRequest, allow: bool, most: Option<usize>) -> HowTo {
    let record = decider.record_decision(asked);
    let explanation = explain::explain(decider, asked, &record);
    let mut answer = HowTo {
        question: explanation.question.clone(),
        allow,
        already: record.decision.allowed() == allow,
        ways: Vec::new(),
        more: 0,
        dates: Vec::new(),
        ineffective: Vec::new(),
        blockers: Vec::new(),
        instead: None,
        missing: Vec::new(),
        limited: false,
        exhausted: None,
    };
    if answer.already {
        // What is unknown is no yes, and may turn out to be one.
        if record.decision.outcome == Outcome::Unknown {
            answer.missing = missing::missing_facts(decider, asked, &record);
        }
        return answer;
    }
    // What the search leaves is for the details of the ways that it finds.
    let part = decider.budget.half();
    let search = decider.drawing_on(&part);
    let verified = Verifier::new(&search, asked, allow).run();
    decider.budget.spend(part.spent());
    answer.exhausted = part.exhausted();
    let dates = dates::turns(decider, asked, allow);
    answer.dates = dates.dates;
    let planner = Planner::new(decider, asked, allow);
    let (mut ways, foreign) = ways(&planner, decider, asked, allow, group(decider, asked, verified.sets));
    answer.limited = verified.limited || answer.exhausted.is_some() || planner.is_limited();
    let listed = most.map_or(MAX_LISTED, |most| most.min(MAX_LISTED));
    answer.more = ways.len().saturating_sub(listed) + foreign;
    ways.truncate(listed);
    let details = |(way, plan): (Way, Plan)| Way {
        acts: planner.complete(&plan),
        claims: claims(decider, asked, &plan),
        undoing: planner.undoing(&plan),
        ..way
    };
    answer.ways = ways.into_iter().map(details).collect();
    answer.ineffective = ineffective::ineffective(decider, asked, allow);
    if record.decision.outcome == Outcome::Unknown {
        answer.missing = missing::missing_facts(decider, asked, &record);
    }
    // A search that was cut short did not find out that no change turns the answer.
    if answer.ways.iter().all(|way| way.class == WayClass::Rules) && !answer.limited {
        answer.blockers = blockers::blockers(decider, asked, &record, &explanation);
        answer.blockers.extend(planner.broken_invariants().into_iter().map(Blocker::Refused));
    }
    if allow {
        answer.instead = Some(blockers::instead(decider, asked, record.decision.outcome));
    }
    answer
}

/// The ways of all groups, the best first. None contains another. Also how many are left out, since they go through another firm, and one of the
/// same class that comes after them does not. Their claims, and all who may do each act, are left to be found.
fn ways(
    planner: &Planner<'_>,
    decider: &QueryContext<'_>,
    asked: &ResolvedRequest,
    allow: bool,
    groups: Vec<RepairGroup>,
) -> (Vec<(Way, Plan)>, usize) {
    let ranking = Ranking::of(decider, asked, allow);
    let mut found: Vec<(Way, Plan)> = Vec::new();
    for mut group in groups {
        group.order_by_cost(|set| ranking.granted_by(set));
        let plans = group.represent_by_nearest(|set| {
            let plans = planner.plans(set);
            let distance = plans.iter().map(|plan| (class(&plan.acts), plan.acts.len())).min();
            (distance.map_or((WayClass::Rules, usize::MAX), |distance| distance), plans)
        });
        for plan in plans {
            // A part of the set may do, which does not name all that can be replaced.
            let named: BTreeSet<EntityId> = plan.acts.iter().flat_map(|act| ranking.entities(act)).collect();
            let mut replaceable = group.replaceable();
            replaceable.retain(|entity| named.contains(entity));
            let is_replaceable = !replaceable.is_empty();
            let way = Way {
                class: class(&plan.acts),
                acts: plan.acts.clone(),
                also: AccessCount::default(),
                claims: Vec::new(),
                undoing: None,
                others: if is_replaceable { group.others.len() } else { 0 },
                replaceable,
                alternatives: if is_replaceable { group.alternatives() } else { Vec::new() },
                broader: Vec::new(),
            };
            found.push((way, plan));
        }
    }
    let changed: Vec<Changed> = found.iter().map(|(_, plan)| Changed::by(decider, plan)).collect();
    let is_new = |index: usize| {
        let (own, _) = &found[index];
        let is_part = |(at, (other, _)): (usize, &(Way, Plan))| {
            let same = same_acts(&own.acts, &other.acts) || changed[at] == changed[index];
            let is_better = (other.class, other.acts.len(), at) < (own.class, own.acts.len(), index);
            contains(own, other) || at != index && other.class <= own.class && (changed[at].is_within(&changed[index]) || same && is_better)
        };
        !found.iter().enumerate().any(is_part)
    };
    let kept: Vec<bool> = (0..found.len()).map(is_new).collect();
    let found = found.into_iter().zip(changed).zip(kept).filter(|(_, is_kept)| *is_kept);
    let mut found: Vec<(Way, Plan, Nearness)> = found
        .map(|(((way, plan), changed), _)| {
            let nearness = ranking.nearness(&way, &plan, &changed);
            (way, plan, nearness)
        })
        .collect();
    // Those that are compared by what else they change are the nearest.
    found.sort_by(|(one, _, a), (other, _, b)| (one.class, one.acts.len(), a).cmp(&(other.class, other.acts.len(), b)));
    merge_roles(decider, &ranking, &mut found);
    let nearest: Vec<&Overlay> = found.iter().take(MAX_COMPARED).map(|(_, plan, _)| &plan.overlay).collect();
    let mut counts = AccessCounter::new(decider, asked).count_each(&nearest).into_iter();
    for (way, ..) in &mut found {
        way.also = counts.next().unwrap_or_else(AccessCount::unknown);
    }
    let cost = |way: &Way| (way.class, way.also.at_least, way.also.total(), way.acts.len());
    found.sort_by(|(one, _, a), (other, _, b)| (cost(one), a).cmp(&(cost(other), b)));
    let found = merge_shapes(decider, &ranking, found);
    let all = found.len();
    let last_own: BTreeMap<WayClass, usize> =
        found.iter().enumerate().filter(|(_, (.., nearness))| nearness.foreign == 0).map(|(at, (way, ..))| (way.class, at)).collect();
    let is_outranking = |at: usize, way: &Way| last_own.get(&way.class).is_some_and(|&own| at < own);
    let ways = found.into_iter().enumerate().filter(|(at, (way, _, nearness))| nearness.foreign == 0 || !is_outranking(*at, way));
    let ways: Vec<(Way, Plan)> = ways.map(|(_, (way, plan, _))| (way, plan)).collect();
    let foreign = all - ways.len();
    (ways, foreign)
}

/// Makes one way of those that differ only in roles, and in roles that grant the same.
fn merge_roles(decider: &QueryContext<'_>, ranking: &Ranking<'_>, found: &mut Vec<(Way, Plan, Nearness)>) {
    let mut kept: Vec<(Way, Plan, Nearness)> = Vec::new();
    let mut known: BTreeMap<Vec<RolelessAct>, usize> = BTreeMap::new();
    for (way, plan, nearness) in found.drain(..) {
        let acts: Vec<RolelessAct> = way.acts.iter().map(|act| ranking.without_roles(act)).collect();
        let roles: BTreeSet<EntityId> = way.acts.iter().flat_map(|act| ranking.roles(act)).collect();
        if let Some(&index) = known.get(&acts).filter(|_| !roles.is_empty()) {
            let whole = &mut kept[index].0;
            whole.others += 1 + way.others;
            let own: BTreeSet<EntityId> = whole.acts.iter().flat_map(|act| ranking.roles(act)).collect();
            whole.replaceable.extend(own.difference(&roles));
            decider.world.sort_entities(&mut whole.replaceable);
            whole.replaceable.dedup();
            whole.alternatives.clear();
        } else {
            known.insert(acts, kept.len());
            kept.push((way, plan, nearness));
        }
    }
    *found = kept;
}

/// Makes one way of those that do the same with other entities: the first one, which changes least. What those of its class name instead is
/// kept.
fn merge_shapes(decider: &QueryContext<'_>, ranking: &Ranking<'_>, found: Vec<(Way, Plan, Nearness)>) -> Vec<(Way, Plan, Nearness)> {
    let mut kept: Vec<(Way, Plan, Nearness)> = Vec::new();
    let mut known: BTreeMap<(Vec<Shape>, bool), usize> = BTreeMap::new();
    let named = |way: &Way| -> BTreeSet<EntityId> { way.acts.iter().flat_map(|act| ranking.entities(act)).collect() };
    for (way, plan, nearness) in found {
        let shape = (way.acts.iter().map(shape).collect(), nearness.foreign > 0);
        let Some(&index) = known.get(&shape) else {
            known.insert(shape, kept.len());
            kept.push((way, plan, nearness));
            continue;
        };
        let first = &mut kept[index].0;
        let mut replacement = Replacement::between(&named(first), &named(&way));
        [&mut replacement.of, &mut replacement.by].into_iter().for_each(|entities| decider.world.sort_entities(entities));
        if first.class == way.class && !replacement.by.is_empty() && !first.broader.contains(&replacement) {
            first.broader.push(replacement);
        }
    }
    kept
}

/// Whether a way has all acts of another one, and more.
fn contains(whole: &Way, part: &Way) -> bool {
    part.acts.len() < whole.acts.len() && part.acts.iter().all(|act| whole.acts.iter().any(|own| same_act(own, act)))
}

/// An act without the arguments of an event, and without the entities of a fact that is added.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    Event(EventId),
    Relation(RelationId),
    Assignment,
    Member,
    Change(Change),
}

fn shape(act: &Act) -> Shape {
    match act {
        Act::Event(act) => Shape::Event(act.event),
        Act::Change(act) => match act.change {
            Change::Add(Statement::Relation(relation, _)) => Shape::Relation(relation),
            Change::Add(Statement::Holds { .. }) => Shape::Assignment,
            Change::Add(Statement::Member { .. }) => Shape::Member,
            change => Shape::Change(change),
        },
    }
}

/// What a sequence of acts needs.
fn class(acts: &[Act]) -> WayClass {
    let of = |act: &Act| match act {
        Act::Event(EventAct { now, .. }) if now.is_empty() => WayClass::OthersFirst,
        Act::Event(_) => WayClass::Today,
        Act::Change(ChangeAct { change: Change::Toggle(..), .. }) => WayClass::Rules,
        Act::Change(_) => WayClass::Facts,
    };
    acts.iter().map(of).max().unwrap_or(WayClass::Today)
}

/// The claims on which the answer rests after a plan, sorted.
fn claims(decider: &QueryContext<'_>, asked: &ResolvedRequest, plan: &Plan) -> Vec<ClaimId> {
    let after = plan.overlay.decider(decider.compiled);
    let after = decider.about(&after);
    explain::cited(&after, asked, &after.record_decision(asked)).into_iter().collect()
}
