//! A policy as a graph: what grants and denies an action, which implications derive what, cycles, and diagrams.
//!
//! [`Graph`] has three graphs. `build` makes the whole one, of [`Node`]s and [`Edge`]s for all elements, which `lookup` and `diagram`
//! read. `role_hierarchy` is the graph of roles that include roles. `dependencies` is the graph of implications and what their conditions
//! use. `grants` answers which roles and rules permit an action, `toggles` which toggles affect it. `references` lists what a condition
//! uses, and `cycle` has the algorithms.
//!
//! Edges run the way access flows: from a relation to the implication that uses it, from there to the role that it derives, and on to the
//! action that the role grants. What precedes a node is what it comes from; what follows it is what it leads to.
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

pub use cycle::cycle_among;
pub use diagram::{Diagram, DiagramEdge, DiagramNode, NodeKind, Tone};
pub use grants::{Grant, GrantPath, GrantSource, Inclusion, Permit};
pub use nodes::{Edge, Node};

use std::sync::OnceLock;

use petgraph::graph::DiGraph;

use crate::diag::Diagnostic;
use crate::policy::{ActionId, AdviceId, Id, ImplicationId, ObligationId, Policy, RoleId, RuleId};

/// The greatest number of implications in a chain, each using what the next one derives.
pub const LONGEST_CHAIN: usize = 100;

/// A policy as a graph.
#[derive(Clone, Debug)]
pub struct Graph {
    /// All elements, and how each leads to others. Nodes are sorted, so the index of one is its position in that order.
    whole: DiGraph<Node, Edge>,
    hierarchy: role_hierarchy::RoleHierarchy,
    dependencies: dependencies::Dependencies,
    /// By action.
    actions: Vec<ActionIndex>,
    /// By role, computed at the first use: all at once could be quadratic in the number of roles.
    includers: Vec<OnceLock<Vec<RoleId>>>,
    /// By role, computed at the first use.
    deriving: Vec<OnceLock<Vec<ImplicationId>>>,
}

/// The elements that affect one action.
#[derive(Clone, Debug, Default)]
struct ActionIndex {
    grants: Vec<Grant>,
    allows: Vec<RuleId>,
    denies: Vec<RuleId>,
    obligations: Vec<ObligationId>,
    advice: Vec<AdviceId>,
    permits: OnceLock<Vec<Permit>>,
}

/// The circles of roles and of implications in a policy that has mistakes: those that are there whatever was meant.
pub fn certain_cycles(policy: &Policy) -> Vec<Diagnostic> {
    let policy = policy.with_certain_implications();
    let mut diagnostics = role_hierarchy::RoleHierarchy::of(&policy).cycles(&policy);
    diagnostics.extend(dependencies::Dependencies::of(&policy).cycles(&policy));
    diagnostics
}

impl Graph {
    /// The graph of a policy, and diagnostics of the cycles and overlong chains in it. All queries work on a graph with cycles too.
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

    /// The role and all that include it, directly or not, in order: who holds one of them holds the role.
    pub fn includers(&self, role: RoleId) -> &[RoleId] {
        self.includers[role.index()].get_or_init(|| self.hierarchy.includers([role]))
    }

    /// The implications whose conclusion is that this role is held, or one given by a variable, in order.
    pub fn rules_deriving(&self, role: RoleId) -> &[ImplicationId] {
        self.deriving[role.index()].get_or_init(|| self.dependencies.deriving(role))
    }
}
