//! The policy as a graph: what leads to what, the ways to an action, cycles and the unreachable.
//!
//! Edges run the way access flows: from a relation to the implication that asks for it, on to the role that it gives, on to the action
//! that the role grants. So what lies before a node is what it comes from, and what lies after it is what it opens.
//!
//! Invariant: this room alone names petgraph, in no public signature, and knows no requests.

mod build;
mod cycle;
mod dependencies;
mod diagram;
mod grants;
mod lookup;
mod nodes;
mod references;
mod role_hierarchy;
mod toggles;

#[cfg(test)]
mod tests;

pub use diagram::{Diagram, DiagramEdge, DiagramNode, NodeKind};
pub use grants::{Grant, GrantPath, GrantSource, Inclusion, Permit};
pub use nodes::{Edge, Node};

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
    hierarchy: role_hierarchy::RoleHierarchy,
    dependencies: dependencies::Dependencies,
    /// By action.
    actions: Vec<ActionIndex>,
    /// By role, found when first asked for: all of them at once could be quadratic in the number of roles.
    includers: Vec<OnceLock<Vec<RoleId>>>,
    /// By role, found when first asked for.
    deriving: Vec<OnceLock<Vec<ImplicationId>>>,
}

/// What bears on one action.
#[derive(Clone, Debug, Default)]
struct ActionIndex {
    grants: Vec<Grant>,
    allows: Vec<RuleId>,
    denies: Vec<RuleId>,
    obligations: Vec<ObligationId>,
    advice: Vec<AdviceId>,
    permits: OnceLock<Vec<Permit>>,
}

impl Graph {
    /// The graph of a policy, and the cycles and overlong chains in it. A graph with cycles can be asked everything that another can.
    pub fn build(policy: &Policy) -> (Graph, Vec<Diagnostic>) {
        let hierarchy = role_hierarchy::RoleHierarchy::of(policy);
        let dependencies = dependencies::Dependencies::of(policy);
        let mut diagnostics = hierarchy.cycles(policy);
        diagnostics.extend(dependencies.cycles(policy));
        diagnostics.extend(dependencies.overlong_chains(policy));
        let graph = Graph {
            whole: build::whole(policy),
            hierarchy,
            dependencies,
            actions: grants::actions(policy),
            includers: vec![OnceLock::new(); policy.roles.len()],
            deriving: vec![OnceLock::new(); policy.roles.len()],
        };
        (graph, diagnostics)
    }

    /// The deny rules for an action, in order.
    pub fn denies(&self, action: ActionId) -> &[RuleId] {
        &self.actions[action.index()].denies
    }

    /// The obligations that may come with a decision about an action, in order.
    pub fn obligations(&self, action: ActionId) -> &[ObligationId] {
        &self.actions[action.index()].obligations
    }

    /// The advice that may come with a decision about an action, in order.
    pub fn advice(&self, action: ActionId) -> &[AdviceId] {
        &self.actions[action.index()].advice
    }

    /// All roles that include a role, at any distance, in order, itself among them: who holds one of them holds it.
    pub fn includers(&self, role: RoleId) -> &[RoleId] {
        self.includers[role.index()].get_or_init(|| self.hierarchy.includers([role]))
    }

    /// The implications that conclude that this very role is held, or any role, in order.
    pub fn rules_deriving(&self, role: RoleId) -> &[ImplicationId] {
        self.deriving[role.index()].get_or_init(|| self.dependencies.deriving(role))
    }
}
