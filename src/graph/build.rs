//! Builds the whole graph from a policy.

use petgraph::graph::{DiGraph, NodeIndex};

use super::references::{Referent, references};
use super::{Edge, Node};
use crate::policy::{ClaimId, Condition, FactTerm, Metadata, Notice, Policy, RoleId, RuleEffect, TableId};

/// The graph of all elements of the policy.
pub(super) fn whole(policy: &Policy) -> DiGraph<Node, Edge> {
    let mut builder = GraphBuilder { nodes: Node::all(policy), edges: Vec::new() };
    builder.relations(policy);
    builder.implications(policy);
    builder.roles(policy);
    builder.tables(policy);
    builder.rules(policy);
    builder.notices(policy);
    builder.events(policy);
    builder.citations(policy);
    builder.variables(policy);
    builder.finish()
}

struct GraphBuilder {
    nodes: Vec<Node>,
    edges: Vec<(Node, Node, Edge)>,
}

impl GraphBuilder {
    fn add(&mut self, from: Node, edge: Edge, to: Node) {
        self.edges.push((from, to, edge));
    }

    fn meta(&mut self, node: Node, meta: &Metadata) {
        if let Some(toggle) = meta.validity.toggle {
            self.add(Node::Toggle(toggle), Edge::Gates, node);
        }
        self.cites(node, &meta.source);
    }

    fn cites(&mut self, node: Node, claims: &[ClaimId]) {
        for &claim in claims {
            self.add(node, Edge::Cites, Node::Claim(claim));
        }
    }

    fn references(&mut self, node: Node, condition: &Condition) {
        for reference in references(condition) {
            let from = match reference.what {
                Referent::Relation(relation) => Node::Relation(relation),
                Referent::Role(role) => Node::Role(role),
                Referent::AnyRole => Node::AnyRoleUsed,
                Referent::Toggle(toggle) => Node::Toggle(toggle),
            };
            self.add(from, Edge::Uses { at: reference.at, negated: reference.negated }, node);
        }
    }

    fn relations(&mut self, policy: &Policy) {
        for (id, relation) in policy.declared_relations() {
            self.meta(Node::Relation(id), &relation.meta);
        }
        for (id, toggle) in policy.toggles.iter() {
            self.meta(Node::Toggle(id), &toggle.meta);
        }
    }

    fn implications(&mut self, policy: &Policy) {
        for (id, implication) in policy.implications.iter() {
            let node = Node::Implication(id);
            self.meta(node, &implication.meta);
            self.references(node, &implication.condition);
            self.add(node, Edge::Derives, derived((&implication.then).into()));
        }
    }

    fn roles(&mut self, policy: &Policy) {
        for (id, role) in policy.roles.iter() {
            let node = Node::Role(id);
            self.meta(node, &role.meta);
            for &(included, span) in &role.includes {
                self.add(node, Edge::Includes(span), Node::Role(included));
            }
            for &(action, span) in &role.grants {
                self.add(node, Edge::Grants(span), Node::Action(action));
            }
        }
    }

    fn tables(&mut self, policy: &Policy) {
        for (id, table) in policy.tables.iter() {
            self.meta(Node::Table(id), &table.meta);
            for cell in &table.cells {
                let node = Node::Cell { table: id, row: cell.row, column: cell.column };
                self.add(Node::Role(role_of(policy, id, cell.column)), Edge::Holds, node);
                self.add(Node::Table(id), Edge::Has, node);
                self.add(node, Edge::Marks, Node::Action(table.rows[cell.row as usize].action));
            }
        }
        for (id, action) in policy.actions.iter() {
            self.meta(Node::Action(id), &action.meta);
        }
    }

    fn rules(&mut self, policy: &Policy) {
        for (id, rule) in policy.rules.iter() {
            let node = Node::Rule(id);
            self.meta(node, &rule.meta);
            self.references(node, &rule.condition);
            let edge = match rule.effect {
                RuleEffect::Allow => Edge::Allows,
                RuleEffect::Deny => Edge::Denies,
            };
            rule.actions.iter().for_each(|&action| self.add(node, edge, Node::Action(action)));
        }
    }

    fn notices(&mut self, policy: &Policy) {
        for (id, obligation) in policy.obligations.iter() {
            self.notice(Node::Obligation(id), obligation);
        }
        for (id, advice) in policy.advice.iter() {
            self.notice(Node::Advice(id), advice);
        }
        for (id, invariant) in policy.invariants.iter() {
            self.meta(Node::Invariant(id), &invariant.meta);
            self.references(Node::Invariant(id), &invariant.never);
        }
    }

    fn notice(&mut self, node: Node, notice: &Notice) {
        self.meta(node, &notice.meta);
        self.references(node, &notice.condition);
        notice.actions.iter().for_each(|&action| self.add(node, Edge::Accompanies, Node::Action(action)));
    }

    fn events(&mut self, policy: &Policy) {
        for (id, event) in policy.events.iter() {
            let node = Node::Event(id);
            self.meta(node, &event.meta);
            self.references(node, &event.condition);
            if let Some((action, _)) = event.does {
                self.add(Node::Action(action), Edge::Does, node);
            }
            for (kind, effect) in event.effects() {
                let edge = if kind.states() { Edge::Adds } else { Edge::Removes };
                match &effect.fact {
                    FactTerm::Relation(relation, _) => self.add(node, edge, Node::Relation(*relation)),
                    FactTerm::Holds(_, role, _) => self.add(node, edge, derived(role.into())),
                    FactTerm::Member(..) | FactTerm::Value(..) => {}
                }
                self.references(node, &effect.condition);
            }
        }
    }

    fn citations(&mut self, policy: &Policy) {
        for (id, claim) in policy.claims.iter() {
            self.cites(Node::Claim(id), &claim.meta.source);
            claim.documents.iter().for_each(|&document| self.add(Node::Claim(id), Edge::Cites, Node::Document(document)));
        }
        for (id, document) in policy.documents.iter() {
            self.cites(Node::Document(id), &document.meta.source);
        }
    }

    /// Joins the nodes for any role with every role; not if no variable of kind role is used that way.
    fn variables(&mut self, policy: &Policy) {
        let derived = self.edges.iter().any(|&(_, to, _)| to == Node::AnyRoleDerived);
        let used = self.edges.iter().any(|&(from, ..)| from == Node::AnyRoleUsed);
        for role in policy.roles.ids().map(Node::Role) {
            if derived {
                self.add(Node::AnyRoleDerived, Edge::OneOf, role);
            }
            if used {
                self.add(role, Edge::OneOf, Node::AnyRoleUsed);
            }
        }
    }

    fn finish(mut self) -> DiGraph<Node, Edge> {
        self.edges.sort_unstable();
        self.edges.dedup();
        let mut graph = DiGraph::with_capacity(self.nodes.len(), self.edges.len());
        for &node in &self.nodes {
            graph.add_node(node);
        }
        for (from, to, edge) in self.edges {
            if let (Ok(from), Ok(to)) = (self.nodes.binary_search(&from), self.nodes.binary_search(&to)) {
                graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), edge);
            }
        }
        graph
    }
}

/// The node of what a conclusion or an effect states.
fn derived(stated: Referent) -> Node {
    match stated {
        Referent::Relation(relation) => Node::Relation(relation),
        Referent::Role(role) => Node::Role(role),
        Referent::AnyRole => Node::AnyRoleDerived,
        Referent::Toggle(toggle) => Node::Toggle(toggle),
    }
}

fn role_of(policy: &Policy, table: TableId, column: u32) -> RoleId {
    policy.tables[table].columns[column as usize].role
}
