//! Containment: every contained entity lies within something, and none, however deep, within itself.

use super::temporal_cycles;
use crate::diag::{Code, Diagnostic};
use crate::policy::Policy;
use crate::text::Span;
use crate::time::Instant;
use crate::time::Interval;
use crate::world::{EntityId, Statement, Value, World};
use rustc_hash::{FxHashMap, FxHashSet};

/// Contained entities that name no container. What an event creates has one by the event.
pub(super) fn missing(policy: &Policy, world: &World, spoiled: &FxHashSet<EntityId>) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for ent in world.ents() {
        let entity = world.entity(ent);
        let within = &policy.kinds[entity.kind].within;
        let (Some(place), false) = (world.declared_at(ent), within.is_empty()) else { continue };
        let given = within.iter().any(|&attribute| !world.values(ent, attribute).is_empty());
        if given || entity.life.since != Instant::MIN || spoiled.contains(&ent) {
            continue;
        }
        let names: Vec<&str> = within.iter().map(|&attribute| policy.attributes[attribute].name.as_str()).collect();
        let headline = format!("`{}` does not say what it lies within", world.name(policy, ent));
        let told_here = Diagnostic::new(Code::MissingContainer, headline, place, "lies nowhere");
        told.push(told_here.help(format!(
            "give its {}, such as `{} = \"{}:…\"`",
            super::names::any_of(names.iter().copied()),
            names[0],
            names[0]
        )));
    }
    told
}

/// A fact that one entity lies within another, for a time.
#[derive(Clone, Copy)]
struct ContainmentSpan {
    inner: EntityId,
    outer: EntityId,
    during: Interval,
    place: Span,
}

/// Circles of entities that lie within one another at some instant. An entity is told as part of one circle only.
pub(super) fn cycles(policy: &Policy, world: &World) -> Vec<Diagnostic> {
    /// After so many, the rest can wait until these are mended.
    const CIRCLES: usize = 100;
    let steps = core(steps(policy, world));
    let mut of: FxHashMap<EntityId, (usize, usize)> = FxHashMap::default();
    for (index, step) in steps.iter().enumerate() {
        of.entry(step.inner).or_insert((index, index)).1 = index + 1;
    }
    let outward = |ent: EntityId, at: Instant| {
        let &(start, end) = of.get(&ent)?;
        let begun = steps[start..end].partition_point(|step| step.during.since <= at);
        steps[start..start + begun].last().filter(|step| step.during.contains(at))
    };

    let mut known: FxHashSet<EntityId> = FxHashSet::default();
    let mut told = Vec::new();
    temporal_cycles::circles(
        &steps,
        |step| (step.inner, step.outer, step.during),
        |first, at| {
            if known.contains(&first.inner) {
                return true;
            }
            let mut circle = vec![*first];
            // Where something lies within two things at once, which is told elsewhere, a way may lead past its start.
            while let Some(step) =
                outward(circle[circle.len() - 1].outer, at).filter(|step| step.inner != first.inner && circle.len() < steps.len())
            {
                circle.push(*step);
            }
            if circle[circle.len() - 1].outer != first.inner {
                return true;
            }
            // The smallest entity comes first, wherever the circle was closed.
            let smallest = (0..circle.len()).min_by_key(|&index| circle[index].inner).unwrap_or(0);
            circle.rotate_left(smallest);
            known.extend(circle.iter().map(|step| step.inner));
            told.push(tell(policy, world, &circle));
            told.len() < CIRCLES
        },
    );
    told
}

fn tell(policy: &Policy, world: &World, circle: &[ContainmentSpan]) -> Diagnostic {
    /// A longer circle is told by its beginning and end.
    const TOLD: usize = 12;
    let name = |ent: EntityId| format!("`{}`", world.name(policy, ent));
    let mut names: Vec<String> = circle.iter().take(TOLD).map(|step| name(step.inner)).collect();
    if circle.len() > TOLD {
        names.push("…".to_owned());
    }
    names.push(name(circle[0].inner));
    let headline = format!("entities lie within one another in a circle: {}", names.join(" → "));
    let label = |step: &ContainmentSpan| format!("{} lies within {}", name(step.inner), name(step.outer));
    let mut told = Diagnostic::new(Code::ContainmentCycle, headline, circle[0].place, label(&circle[0]));
    for step in circle.iter().skip(1).take(TOLD - 1) {
        told = told.and(step.place, label(step));
    }
    told.help("let one of them lie in something outside the circle")
}

/// All containment among kinds that can nest in themselves, by entity and time; what is told twice of overlapping times is joined.
fn steps(policy: &Policy, world: &World) -> Vec<ContainmentSpan> {
    let nests = |ent: EntityId| policy.kinds[world.kind(ent)].above.contains(world.kind(ent));
    let mut steps: Vec<ContainmentSpan> = Vec::new();
    for (id, fact) in world.facts() {
        if let Statement::Value { entity, attribute, value: Value::Entity(outer) } = fact.statement
            && policy.attributes[attribute].container
            && !fact.during.is_empty()
            && nests(entity)
            && nests(outer)
            && let Some(place) = world.spans(id).next()
        {
            steps.push(ContainmentSpan { inner: entity, outer, during: fact.during, place });
        }
    }
    steps.sort_by_key(|step| (step.inner, step.during.since, step.outer, step.during.until, step.place));
    steps.dedup_by(|later, first| {
        let joined = later.inner == first.inner && later.outer == first.outer && later.during.since <= first.during.until;
        if joined {
            first.during.until = first.during.until.max(later.during.until);
        }
        joined
    });
    steps
}

/// What is left when steps that lead nowhere are taken away again and again: circles, and what lies between them. Mostly nothing.
fn core(mut steps: Vec<ContainmentSpan>) -> Vec<ContainmentSpan> {
    let mut out: FxHashMap<EntityId, usize> = FxHashMap::default();
    let mut into: FxHashMap<EntityId, Vec<usize>> = FxHashMap::default();
    for (index, step) in steps.iter().enumerate() {
        *out.entry(step.inner).or_default() += 1;
        out.entry(step.outer).or_default();
        into.entry(step.outer).or_default().push(index);
    }
    let mut ends: Vec<EntityId> = out.iter().filter(|&(_, &count)| count == 0).map(|(&ent, _)| ent).collect();
    let mut gone = vec![false; steps.len()];
    while let Some(end) = ends.pop() {
        for &index in into.get(&end).map_or(&[][..], |list| list) {
            gone[index] = true;
            let inner = steps[index].inner;
            if let Some(left) = out.get_mut(&inner) {
                *left -= 1;
                if *left == 0 {
                    ends.push(inner);
                }
            }
        }
    }
    let mut index = 0;
    steps.retain(|_| {
        index += 1;
        !gone[index - 1]
    });
    steps
}
