//! Components and shortest cycles.

use std::collections::VecDeque;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;
use rustc_hash::FxHashMap;

/// The strongly connected components, each after those that it leads to. Petgraph's other algorithm, `tarjan_scc`, is recursive and would
/// exhaust the stack on a long chain.
pub(super) fn components<N, E>(graph: &DiGraph<N, E>) -> Vec<Vec<NodeIndex>> {
    kosaraju_scc(graph)
}

/// The edges of a shortest cycle through `start` whose nodes all satisfy `within`; `None` if there is no such cycle.
pub(super) fn shortest_cycle<N, E>(graph: &DiGraph<N, E>, start: NodeIndex, within: impl Fn(NodeIndex) -> bool) -> Option<Vec<EdgeIndex>> {
    let mut reached_by: FxHashMap<NodeIndex, EdgeIndex> = FxHashMap::default();
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for edge in in_order(graph, node) {
            let (_, target) = graph.edge_endpoints(edge)?;
            if !within(target) || reached_by.contains_key(&target) {
                continue;
            }
            reached_by.insert(target, edge);
            if target == start {
                return Some(path_back(graph, start, &reached_by));
            }
            queue.push_back(target);
        }
    }
    None
}

/// The places in `edges` of those of a shortest cycle through the first node that is on one; `None` if there is none. Nodes are numbers, and
/// an edge has the one where it begins and the one where it ends.
pub fn cycle_among(edges: &[(usize, usize)]) -> Option<Vec<usize>> {
    let mut graph: DiGraph<(), ()> = DiGraph::new();
    let nodes = edges.iter().map(|&(from, to)| from.max(to) + 1).max().unwrap_or_default();
    (0..nodes).for_each(|_| _ = graph.add_node(()));
    for &(from, to) in edges {
        graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), ());
    }
    let cycle = graph.node_indices().find_map(|start| shortest_cycle(&graph, start, |_| true))?;
    Some(cycle.into_iter().map(EdgeIndex::index).collect())
}

/// The outgoing edges of a node in the order of insertion.
fn in_order<N, E>(graph: &DiGraph<N, E>, node: NodeIndex) -> Vec<EdgeIndex> {
    let mut edges: Vec<EdgeIndex> = graph.edges(node).map(|edge| edge.id()).collect();
    edges.sort_unstable();
    edges
}

fn path_back<N, E>(graph: &DiGraph<N, E>, start: NodeIndex, reached_by: &FxHashMap<NodeIndex, EdgeIndex>) -> Vec<EdgeIndex> {
    let mut path = Vec::new();
    let mut node = start;
    while let Some(&edge) = reached_by.get(&node) {
        path.push(edge);
        let Some((source, _)) = graph.edge_endpoints(edge) else { break };
        node = source;
        if node == start {
            break;
        }
    }
    path.reverse();
    path
}

/// The names on a cycle, joined by arrows, with the first repeated at the end; of a long cycle only the beginning is written.
pub(super) fn arrows(names: &[&str]) -> String {
    const SHOWN: usize = 12;
    let mut shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    if names.len() > SHOWN {
        shown.push(format!("({} more)", names.len() - SHOWN));
    }
    shown.extend(names.first().map(|name| format!("`{name}`")));
    shown.join(" → ")
}
