//! The policy as a graph: what leads to what, the ways to an action, cycles and the unreachable.
//!
//! Edges run the way access flows: from a relation to the implication that asks for it, on to the role that it gives, on to the action
//! that the role grants. So what lies before a node is what it comes from, and what lies after it is what it opens.
//!
//! Invariant: this room alone names petgraph, in no public signature, and knows no requests.

mod asks;
mod build;
mod cycle;
mod find;
mod gates;
mod inclusion;
mod node;
mod reliance;
mod view;
mod ways;

#[cfg(test)]
mod tests;

pub use node::{Edge, Node};
pub use view::{Sort, View, ViewEdge, ViewNode};
pub use ways::{By, Grant, Inclusion, Through, Way};

use std::sync::OnceLock;

use petgraph::graph::DiGraph;

use crate::diag::Diagnostic;
use crate::policy::{ActionId, AdviceId, Id, ImplicationId, ObligationId, Policy, RoleId, RuleId};

/// The longest chain of implications, each resting on the next.
pub const LONGEST_CHAIN: usize = 100;

/// The policy as a graph.
#[derive(Clone, Debug)]
pub struct Graph {
    /// Every element and how it leads to others. Nodes stand in their own order, so that an index is a place in that order.
    whole: DiGraph<Node, Edge>,
    inclusion: inclusion::Inclusions,
    reliance: reliance::Reliance,
    /// By action.
    leading: Vec<Leading>,
    /// By role, found when first asked for: all of them at once could be quadratic in the number of roles.
    includers: Vec<OnceLock<Vec<RoleId>>>,
    /// By role, found when first asked for.
    givers: Vec<OnceLock<Vec<ImplicationId>>>,
}

/// What bears on one action.
#[derive(Clone, Debug, Default)]
struct Leading {
    grants: Vec<Grant>,
    allows: Vec<RuleId>,
    bars: Vec<RuleId>,
    obligations: Vec<ObligationId>,
    advice: Vec<AdviceId>,
    ways: OnceLock<Vec<Way>>,
}

impl Graph {
    /// The graph of a policy, and the cycles and overlong chains in it. A graph with cycles can be asked everything that another can.
    pub fn build(policy: &Policy) -> (Graph, Vec<Diagnostic>) {
        let inclusion = inclusion::Inclusions::of(policy);
        let reliance = reliance::Reliance::of(policy);
        let mut diagnostics = inclusion.cycles(policy);
        diagnostics.extend(reliance.cycles(policy));
        diagnostics.extend(reliance.overlong_chains(policy));
        let graph = Graph {
            whole: build::whole(policy),
            inclusion,
            reliance,
            leading: ways::leading(policy),
            includers: vec![OnceLock::new(); policy.roles.len()],
            givers: vec![OnceLock::new(); policy.roles.len()],
        };
        (graph, diagnostics)
    }

    /// The deny rules for an action, in order.
    pub fn bars(&self, action: ActionId) -> &[RuleId] {
        &self.leading[action.index()].bars
    }

    /// The obligations that may come with a decision about an action, in order.
    pub fn obligations(&self, action: ActionId) -> &[ObligationId] {
        &self.leading[action.index()].obligations
    }

    /// The advice that may come with a decision about an action, in order.
    pub fn advice(&self, action: ActionId) -> &[AdviceId] {
        &self.leading[action.index()].advice
    }

    /// All roles that include a role, at any distance, in order, itself among them: who holds one of them holds it.
    pub fn includers(&self, role: RoleId) -> &[RoleId] {
        self.includers[role.index()].get_or_init(|| self.inclusion.includers([role]))
    }

    /// The implications that conclude that this very role is held, or any role, in order.
    pub fn givers_of_role(&self, role: RoleId) -> &[ImplicationId] {
        self.givers[role.index()].get_or_init(|| self.reliance.givers(role))
    }
}
