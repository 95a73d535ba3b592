//! Checks of containment: each entity of a contained kind has a container, and no entity is within itself, at any depth.

use super::names;
use super::temporal_cycles;
use crate::diag::{Code, Diagnostic};
use crate::policy::Policy;
use crate::text::Span;
use crate::time::{Instant, Interval};
use crate::world::{EntityId, FactId, Statement, Value, World};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;

/// Reports entities of contained kinds that have no container. An entity that an event creates gets its container from the event.
pub(super) fn missing(policy: &Policy, world: &World, spoiled: &FxHashSet<EntityId>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
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
        let diagnostic = Diagnostic::new(Code::MissingContainer, headline, place, "lies nowhere");
        found.push(diagnostic.help(format!(
            "give its {}, such as `{} = \"{}:…\"`",
            names::any_of(names.iter().copied()),
            names[0],
            names[0]
        )));
    }
    found
}

/// A fact that one entity is within another, and its interval: an edge of the graph of containment.
#[derive(Clone, Copy)]
pub(in crate::world) struct ContainmentSpan {
    pub(in crate::world) inner: EntityId,
    pub(in crate::world) outer: EntityId,
    pub(in crate::world) during: Interval,
    /// Where that is stated; `None` in a packed world.
    pub(in crate::world) place: Option<Span>,
}

/// Whether some entity is within itself at some instant.
pub(in crate::world) fn is_circular(edges: Vec<ContainmentSpan>) -> bool {
    let edges = core(joined(edges));
    let mut found = false;
    temporal_cycles::find(
        &edges,
        |edge| (edge.inner, edge.outer, edge.during),
        |_, _| {
            found = true;
            false
        },
    );
    found
}

/// Reports cycles of entities that are within one another at some instant. An entity is reported in one cycle only.
pub(super) fn cycles(policy: &Policy, world: &World) -> Vec<Diagnostic> {
    cycles_of(policy, world, edges(policy, world, world.facts().map(|(id, _)| id)))
}

/// The same of cycles in which one of these entities is.
pub(super) fn cycles_from(policy: &Policy, world: &World, entities: &BTreeSet<EntityId>) -> Vec<Diagnostic> {
    let mut known = entities.clone();
    let mut waiting: Vec<EntityId> = entities.iter().copied().collect();
    let mut facts = Vec::new();
    while let Some(inner) = waiting.pop() {
        for id in policy.kinds[world.kind(inner)].within.iter().flat_map(|&attribute| world.values(inner, attribute)) {
            facts.push(id);
            if let Statement::Value { value: Value::Entity(outer), .. } = world.fact(id).statement
                && known.insert(outer)
            {
                waiting.push(outer);
            }
        }
    }
    cycles_of(policy, world, edges(policy, world, facts.into_iter()))
}

fn cycles_of(policy: &Policy, world: &World, edges: Vec<ContainmentSpan>) -> Vec<Diagnostic> {
    /// The most cycles that are reported.
    const MOST: usize = 100;
    let edges = core(edges);
    let mut of: FxHashMap<EntityId, (usize, usize)> = FxHashMap::default();
    for (index, edge) in edges.iter().enumerate() {
        of.entry(edge.inner).or_insert((index, index)).1 = index + 1;
    }
    let outward = |ent: EntityId, at: Instant| {
        let &(start, end) = of.get(&ent)?;
        let begun = edges[start..end].partition_point(|edge| edge.during.since <= at);
        edges[start..start + begun].last().filter(|edge| edge.during.contains(at))
    };

    let mut known: FxHashSet<EntityId> = FxHashSet::default();
    let mut found = Vec::new();
    temporal_cycles::find(
        &edges,
        |edge| (edge.inner, edge.outer, edge.during),
        |first, at| {
            if known.contains(&first.inner) {
                return true;
            }
            let mut cycle = vec![*first];
            // If an entity has two containers at once, which is reported elsewhere, the path may not come back to its start.
            while let Some(edge) =
                outward(cycle[cycle.len() - 1].outer, at).filter(|edge| edge.inner != first.inner && cycle.len() < edges.len())
            {
                cycle.push(*edge);
            }
            if cycle[cycle.len() - 1].outer != first.inner {
                return true;
            }
            // The smallest entity comes first, whichever edge closed the cycle.
            let smallest = (0..cycle.len()).min_by_key(|&index| cycle[index].inner).unwrap_or(0);
            cycle.rotate_left(smallest);
            known.extend(cycle.iter().map(|edge| edge.inner));
            found.push(cycle_diagnostic(policy, world, &cycle));
            found.len() < MOST
        },
    );
    found
}

fn cycle_diagnostic(policy: &Policy, world: &World, cycle: &[ContainmentSpan]) -> Diagnostic {
    /// The most entities of a cycle that are named.
    const NAMED: usize = 12;
    let name = |ent: EntityId| format!("`{}`", world.name(policy, ent));
    let mut names: Vec<String> = cycle.iter().take(NAMED).map(|edge| name(edge.inner)).collect();
    if cycle.len() > NAMED {
        names.push("…".to_owned());
    }
    names.push(name(cycle[0].inner));
    let headline = format!("entities lie within one another in a circle: {}", names.join(" → "));
    let label = |edge: &ContainmentSpan| format!("{} lies within {}", name(edge.inner), name(edge.outer));
    let mut diagnostic = Diagnostic::nowhere(Code::ContainmentCycle, headline);
    for edge in cycle.iter().take(NAMED) {
        if let Some(place) = edge.place {
            diagnostic = diagnostic.and(place, label(edge));
        }
    }
    diagnostic.help("let one of them lie in something outside the circle")
}

/// The edges among entities of kinds that can be within their own kind that some of these facts are, by entity and time.
fn edges(policy: &Policy, world: &World, facts: impl Iterator<Item = FactId>) -> Vec<ContainmentSpan> {
    let nests = |ent: EntityId| policy.kinds[world.kind(ent)].above.contains(world.kind(ent));
    let mut edges: Vec<ContainmentSpan> = Vec::new();
    for (id, fact) in facts.map(|id| (id, world.fact(id))) {
        if let Statement::Value { entity, attribute, value: Value::Entity(outer) } = fact.statement
            && policy.attributes[attribute].container
            && !fact.during.is_empty()
            && nests(entity)
            && nests(outer)
        {
            edges.push(ContainmentSpan { inner: entity, outer, during: fact.during, place: world.spans(id).next() });
        }
    }
    joined(edges)
}

/// The edges by entity and time. Overlapping intervals of one edge are joined.
fn joined(mut edges: Vec<ContainmentSpan>) -> Vec<ContainmentSpan> {
    edges.sort_by_key(|edge| (edge.inner, edge.during.since, edge.outer, edge.during.until, edge.place));
    edges.dedup_by(|later, first| {
        let joined = later.inner == first.inner && later.outer == first.outer && later.during.since <= first.during.until;
        if joined {
            first.during.until = first.during.until.max(later.during.until);
        }
        joined
    });
    edges
}

/// The edges that may be in a cycle, usually none. Edges into an entity without a container are removed, whatever their intervals, until there
/// are no more of them; cycles and the paths between cycles remain.
fn core(mut edges: Vec<ContainmentSpan>) -> Vec<ContainmentSpan> {
    let mut out: FxHashMap<EntityId, usize> = FxHashMap::default();
    let mut into: FxHashMap<EntityId, Vec<usize>> = FxHashMap::default();
    for (index, edge) in edges.iter().enumerate() {
        *out.entry(edge.inner).or_default() += 1;
        out.entry(edge.outer).or_default();
        into.entry(edge.outer).or_default().push(index);
    }
    let mut outermost: Vec<EntityId> = out.iter().filter(|&(_, &count)| count == 0).map(|(&ent, _)| ent).collect();
    let mut removed = vec![false; edges.len()];
    while let Some(outer) = outermost.pop() {
        for &index in into.get(&outer).map_or(&[][..], |list| list) {
            removed[index] = true;
            let inner = edges[index].inner;
            if let Some(left) = out.get_mut(&inner) {
                *left -= 1;
                if *left == 0 {
                    outermost.push(inner);
                }
            }
        }
    }
    let mut index = 0;
    edges.retain(|_| {
        index += 1;
        !removed[index - 1]
    });
    edges
}
