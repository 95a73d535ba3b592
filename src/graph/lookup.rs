//! Nodes by the names that users write, and the nodes beside one.

use super::{Edge, Graph, Node};
use crate::diag::did_you_mean;
use crate::policy::Policy;
use petgraph::Direction::{self, Incoming, Outgoing};
use petgraph::graph::EdgeReference;
use petgraph::visit::EdgeRef as _;

impl Graph {
    /// The node of a full name such as `role:owner`, or of a bare name that only one element has.
    ///
    /// # Errors
    ///
    /// If there is no such node, or several. The error has the full names that may be meant: all with that bare name, or the nearest, or none.
    pub fn find(&self, policy: &Policy, name: &str) -> Result<Node, Vec<String>> {
        let mut bare = Vec::new();
        for &node in self.whole.node_weights().filter(|node| is_named(**node)) {
            if name.strip_prefix(node.kind_name()).and_then(|rest| rest.strip_prefix(':')).is_some_and(|rest| rest == node.name(policy)) {
                return Ok(node);
            }
            if node.name(policy) == name {
                bare.push(node);
            }
        }
        match bare.as_slice() {
            [node] => Ok(*node),
            [] => Err(self.near(policy, name)),
            several => Err(several.iter().map(|node| node.full_name(policy)).collect()),
        }
    }

    /// The nodes from which edges lead to this one, each with the edge.
    pub fn preceding(&self, node: Node) -> Vec<(Edge, Node)> {
        self.beside(node, Incoming)
    }

    /// The nodes to which edges lead from this one, each with the edge.
    pub fn following(&self, node: Node) -> Vec<(Edge, Node)> {
        self.beside(node, Outgoing)
    }

    fn beside(&self, node: Node, direction: Direction) -> Vec<(Edge, Node)> {
        let Some(at) = self.whole.node_indices().find(|&index| self.whole[index] == node) else { return Vec::new() };
        let edges = self.whole.edges_directed(at, direction);
        let other = |edge: EdgeReference<'_, Edge>| if direction == Outgoing { edge.target() } else { edge.source() };
        edges.map(|edge| (*edge.weight(), self.whole[other(edge)])).collect()
    }

    /// The full names of the nodes with the nearest name.
    fn near(&self, policy: &Policy, name: &str) -> Vec<String> {
        let nodes = || self.whole.node_weights().copied().filter(|&node| is_named(node));
        let known: Vec<(String, String)> = nodes().map(|node| (node.name(policy), node.full_name(policy))).collect();
        // The word before the colon may be right and the name wrong, or the other way round.
        let bare = name.split_once(':').map_or(name, |(_, bare)| bare);
        if let Some(near) = did_you_mean(bare, known.iter().map(|(bare, _)| bare.as_str())) {
            return known.iter().filter(|(bare, _)| bare == near).map(|(_, full)| full.clone()).collect();
        }
        let near = did_you_mean(name, known.iter().map(|(_, full)| full.as_str()));
        near.map(str::to_owned).into_iter().collect()
    }
}

/// Whether users may name the node: cells and the nodes for variables are only shown.
fn is_named(node: Node) -> bool {
    !matches!(node, Node::Cell { .. } | Node::AnyRoleDerived | Node::AnyRoleUsed)
}
