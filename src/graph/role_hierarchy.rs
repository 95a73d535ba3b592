//! The role hierarchy: which roles include which.

use petgraph::Direction::{Incoming, Outgoing};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use rustc_hash::FxHashSet;

use super::cycle::{arrows, components, shortest_cycle};
use super::grants::Inclusion;
use crate::diag::{Code, Diagnostic};
use crate::policy::{Id, Policy, RoleId};
use crate::text::Span;

/// Edges run from each role to those that it includes; the index of a node is that of its role.
#[derive(Clone, Debug)]
pub(super) struct RoleHierarchy {
    graph: DiGraph<RoleId, Span>,
}

impl RoleHierarchy {
    pub(super) fn of(policy: &Policy) -> RoleHierarchy {
        let mut graph = DiGraph::new();
        for role in policy.roles.ids() {
            graph.add_node(role);
        }
        for (role, declared) in policy.roles.iter() {
            for &(included, span) in &declared.includes {
                graph.add_edge(node(role), node(included), span);
            }
        }
        RoleHierarchy { graph }
    }

    /// These roles and all that include one of them, directly or not, in order.
    pub(super) fn includers(&self, roles: impl IntoIterator<Item = RoleId>) -> Vec<RoleId> {
        let mut found: FxHashSet<RoleId> = FxHashSet::default();
        let mut rest: Vec<RoleId> = roles.into_iter().filter(|&role| found.insert(role)).collect();
        while let Some(role) = rest.pop() {
            rest.extend(self.graph.neighbors_directed(node(role), Incoming).map(role_at).filter(|&role| found.insert(role)));
        }
        let mut found: Vec<RoleId> = found.into_iter().collect();
        found.sort_unstable();
        found
    }

    /// The inclusions on paths from `held` whose roles all satisfy `within`, sorted.
    pub(super) fn from(&self, held: RoleId, within: impl Fn(RoleId) -> bool) -> Vec<Inclusion> {
        let mut found = Vec::new();
        if !within(held) {
            return found;
        }
        let mut seen = FxHashSet::from_iter([held]);
        let mut rest = vec![held];
        while let Some(role) = rest.pop() {
            for edge in self.graph.edges_directed(node(role), Outgoing) {
                let included = role_at(edge.target());
                if !within(included) {
                    continue;
                }
                found.push(Inclusion { role, includes: included, at: *edge.weight() });
                if seen.insert(included) {
                    rest.push(included);
                }
            }
        }
        found.sort_unstable();
        found
    }

    /// A diagnostic for each set of roles that include one another.
    pub(super) fn cycles(&self, policy: &Policy) -> Vec<Diagnostic> {
        let mut cycles: Vec<(RoleId, Diagnostic)> =
            components(&self.graph).into_iter().filter_map(|component| self.cycle(policy, &component)).collect();
        cycles.sort_by_key(|&(first, _)| first);
        cycles.into_iter().map(|(_, diagnostic)| diagnostic).collect()
    }

    fn cycle(&self, policy: &Policy, component: &[NodeIndex]) -> Option<(RoleId, Diagnostic)> {
        let start = component.iter().copied().min()?;
        let members: FxHashSet<NodeIndex> = component.iter().copied().collect();
        let edges = shortest_cycle(&self.graph, start, |node| members.contains(&node))?;
        let name = |role: RoleId| policy.roles[role].meta.name.as_str();
        let steps: Vec<(RoleId, RoleId, Span)> = edges
            .iter()
            .filter_map(|&edge| {
                let (from, to) = self.graph.edge_endpoints(edge)?;
                Some((role_at(from), role_at(to), self.graph[edge]))
            })
            .collect();
        let names: Vec<&str> = steps.iter().map(|step| name(step.0)).collect();
        let (&(from, to, span), rest) = steps.split_first()?;
        let label = |from, to| format!("`{}` includes `{}`", name(from), name(to));
        let mut diagnostic =
            Diagnostic::new(Code::RoleCycle, format!("roles include one another in a circle: {}", arrows(&names)), span, label(from, to));
        for &(from, to, span) in rest {
            diagnostic = diagnostic.and(span, label(from, to));
        }
        Some((role_at(start), diagnostic.help("remove one of these inclusions")))
    }
}

fn node(role: RoleId) -> NodeIndex {
    NodeIndex::new(role.index())
}

fn role_at(node: NodeIndex) -> RoleId {
    RoleId::from_index(node.index())
}
