//! Cycles in a graph whose edges exist for an interval each: offline dynamic connectivity, by a segment tree over time and a union-find
//! with rollback.
//!
//! Since an entity has one container at a time, the edges of an instant form a forest unless some of them form a cycle. So an edge closes
//! a cycle exactly if it joins two entities that are connected already. Edges come and go, so time is halved recursively. An edge is joined
//! in each of the O(log n) spans that its interval covers as a whole, and its join is undone when that span is left. For n edges this takes
//! O(n log² n) steps; a walk from every entity at every instant would take O(n²).

use crate::time::{Instant, Interval};
use crate::world::EntityId;

/// Calls `closes` with each edge that closes a cycle, and with an instant at which it does, until `closes` returns false. `ends` returns the
/// two entities of an edge, and its interval.
pub(super) fn find<E>(edges: &[E], ends: impl Fn(&E) -> (EntityId, EntityId, Interval), mut closes: impl FnMut(&E, Instant) -> bool) {
    let mut ents: Vec<EntityId> = edges.iter().flat_map(|edge| [ends(edge).0, ends(edge).1]).collect();
    ents.sort();
    ents.dedup();
    let mut instants: Vec<Instant> = edges.iter().flat_map(|edge| [ends(edge).2.since, ends(edge).2.until]).collect();
    instants.sort();
    instants.dedup();

    let place = |ent: EntityId| ents.binary_search(&ent).unwrap_or_default();
    let moment = |at: Instant| instants.binary_search(&at).unwrap_or_default();
    let numbered = edges.iter().enumerate().map(|(index, edge)| {
        let (inner, outer, during) = ends(edge);
        TimedEdge { index, ends: [place(inner), place(outer)], since: moment(during.since), until: moment(during.until) }
    });
    let whole = TimeSpan { since: 0, until: instants.len().saturating_sub(1), edges: numbered.collect() };
    let mut forest = Forest::of(ents.len());
    // A span is left before the next one is entered, so the stack is as deep as the tree: the logarithm of the count of instants.
    let mut tasks = vec![Task::Enter(whole)];
    while let Some(task) = tasks.pop() {
        let span = match task {
            Task::Leave(mark) => {
                forest.undo_to(mark);
                continue;
            }
            Task::Enter(span) => span,
        };
        tasks.push(Task::Leave(forest.joins.len()));
        let (throughout, partly): (Vec<TimedEdge>, Vec<TimedEdge>) =
            span.edges.into_iter().partition(|edge| edge.since <= span.since && span.until <= edge.until);
        for edge in throughout {
            if !forest.join(edge.ends) && !closes(&edges[edge.index], instants[span.since]) {
                return;
            }
        }
        if partly.is_empty() {
            continue;
        }
        let middle = span.since.midpoint(span.until);
        let half = |since: usize, until: usize| {
            let edges = partly.iter().copied().filter(|edge| edge.since < until && since < edge.until).collect();
            Task::Enter(TimeSpan { since, until, edges })
        };
        tasks.push(half(middle, span.until));
        tasks.push(half(span.since, middle));
    }
}

/// An edge: entities and instants by their number.
#[derive(Clone, Copy)]
struct TimedEdge {
    index: usize,
    ends: [usize; 2],
    since: usize,
    until: usize,
}

/// A node of the segment tree: a span between two instants, and the edges that exist in a part of it and were not joined in a parent.
struct TimeSpan {
    since: usize,
    until: usize,
    edges: Vec<TimedEdge>,
}

enum Task {
    Enter(TimeSpan),
    /// Undo all joins after the first ones, which are this many.
    Leave(usize),
}

/// A union-find without path compression, so that joins can be undone.
struct Forest {
    parent: Vec<usize>,
    size: Vec<usize>,
    /// The roots that were put below another root, in the order of the joins.
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

    /// Joins two trees, the smaller below the larger so that paths are of logarithmic length; false if they are one tree.
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

    /// Undoes all joins after the first `mark`.
    fn undo_to(&mut self, mark: usize) {
        for small in self.joins.drain(mark..).rev() {
            let large = self.parent[small];
            self.size[large] -= self.size[small];
            self.parent[small] = small;
        }
    }
}
