//! Circles among steps that stand for a time each, found without walking: a step that joins what is joined already closes one.
//!
//! Since nothing lies within two things at once, the steps of one instant form trees unless a circle is among them. Steps come and go, so
//! time is halved again and again: a step is joined for each of the few spans of time that it covers, and parted when that span is left.

use crate::time::Instant;
use crate::time::Interval;
use crate::world::EntityId;

/// Calls `closes` with a step and an instant wherever a step closes a circle, until it answers that it has heard enough.
pub(super) fn circles<S>(steps: &[S], part: impl Fn(&S) -> (EntityId, EntityId, Interval), mut closes: impl FnMut(&S, Instant) -> bool) {
    let mut ents: Vec<EntityId> = steps.iter().flat_map(|step| [part(step).0, part(step).1]).collect();
    ents.sort();
    ents.dedup();
    let mut instants: Vec<Instant> = steps.iter().flat_map(|step| [part(step).2.since, part(step).2.until]).collect();
    instants.sort();
    instants.dedup();

    let place = |ent: EntityId| ents.binary_search(&ent).unwrap_or_default();
    let moment = |at: Instant| instants.binary_search(&at).unwrap_or_default();
    let joined = steps.iter().enumerate().map(|(index, step)| {
        let (inner, outer, during) = part(step);
        Join { index, ends: [place(inner), place(outer)], since: moment(during.since), until: moment(during.until) }
    });
    let whole = TimedEdge { since: 0, until: instants.len().saturating_sub(1), joins: joined.collect() };
    let mut forest = Forest::of(ents.len());
    // Time is halved, so what is open is never more than its logarithm.
    let mut open = vec![Task::Enter(whole)];
    while let Some(task) = open.pop() {
        let spell = match task {
            Task::Leave(mark) => {
                forest.part(mark);
                continue;
            }
            Task::Enter(spell) => spell,
        };
        open.push(Task::Leave(forest.joins.len()));
        let (throughout, passing): (Vec<Join>, Vec<Join>) =
            spell.joins.into_iter().partition(|join| join.since <= spell.since && spell.until <= join.until);
        for join in throughout {
            if !forest.join(join.ends) && !closes(&steps[join.index], instants[spell.since]) {
                return;
            }
        }
        if passing.is_empty() {
            continue;
        }
        let middle = spell.since.midpoint(spell.until);
        let half = |since: usize, until: usize| {
            let joins = passing.iter().copied().filter(|join| join.since < until && since < join.until).collect();
            Task::Enter(TimedEdge { since, until, joins })
        };
        open.push(half(middle, spell.until));
        open.push(half(spell.since, middle));
    }
}

/// A step between numbered entities, and the numbers of the instants between which it stands.
#[derive(Clone, Copy)]
struct Join {
    index: usize,
    ends: [usize; 2],
    since: usize,
    until: usize,
}

/// A span of time between numbered instants, with the steps that stand in some of it.
struct TimedEdge {
    since: usize,
    until: usize,
    joins: Vec<Join>,
}

enum Task {
    Enter(TimedEdge),
    Leave(usize),
}

/// Trees of what is joined; the last join can be taken back.
struct Forest {
    parent: Vec<usize>,
    size: Vec<usize>,
    /// Roots that were hung below another, in order.
    joins: Vec<usize>,
}

impl Forest {
    fn of(count: usize) -> Forest {
        Forest { parent: (0..count).collect(), size: vec![1; count], joins: Vec::new() }
    }

    fn root(&self, mut at: usize) -> usize {
        while self.parent[at] != at {
            at = self.parent[at];
        }
        at
    }

    /// Joins two trees, the smaller below the larger so that no path grows long; false if they are one.
    fn join(&mut self, ends: [usize; 2]) -> bool {
        let [one, two] = ends.map(|end| self.root(end));
        if one == two {
            return false;
        }
        let (small, large) = if self.size[one] < self.size[two] { (one, two) } else { (two, one) };
        self.parent[small] = large;
        self.size[large] += self.size[small];
        self.joins.push(small);
        true
    }

    /// Takes back all joins but the first `mark`.
    fn part(&mut self, mark: usize) {
        for small in self.joins.drain(mark..).rev() {
            let large = self.parent[small];
            self.size[large] -= self.size[small];
            self.parent[small] = small;
        }
    }
}
