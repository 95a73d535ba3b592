//! Collects the elements on which an answer rests, and their claims.

use crate::eval::{Decider, Outcome, ProofVisits, Record, TraceNode, TraceStep, Truth};
use crate::graph::{GrantSource, Node, Permit};
use crate::policy::{ActionId, ClaimId, Policy, RoleId};
use crate::world::ResolvedRequest;
use std::collections::BTreeSet;

/// The claims that an answer cites: the `source` of the elements on which it [rests](rests_on).
pub fn cited(decider: &Decider<'_>, asked: &ResolvedRequest, record: &Record) -> BTreeSet<ClaimId> {
    let policy = &decider.compiled.policy;
    rests_on(decider, asked, record).into_iter().flat_map(|node| sources(policy, node)).copied().collect()
}

/// The claims that a rule, role, table or implication cites.
fn sources(policy: &Policy, node: Node) -> &[ClaimId] {
    match node {
        Node::Rule(id) => &policy.rules[id].meta.source,
        Node::Role(id) => &policy.roles[id].meta.source,
        Node::Table(id) => &policy.tables[id].meta.source,
        Node::Implication(id) => &policy.implications[id].meta.source,
        _ => &[],
    }
}

/// The rules, roles, tables and implications on which an answer rests, depending on the outcome.
///
/// - Allowed: every true permit, and the implications that made it true.
/// - Barred: every true deny, and the implications that made it true.
/// - Unknown: every permit and deny that is not false, and the implications in them that are not false.
/// - Not granted: every permit in force, and the implications that could derive it.
pub fn rests_on(decider: &Decider<'_>, asked: &ResolvedRequest, record: &Record) -> BTreeSet<Node> {
    let graph = &decider.compiled.graph;
    let outcome = record.decision.outcome;
    let (mut found, mut visited) = (BTreeSet::new(), ProofVisits::default());
    let counts: fn(Truth) -> bool = match outcome {
        Outcome::NotGranted => {
            for &(_, permit) in decider.permits(asked.action) {
                add_permit(decider, asked.action, permit, &mut found);
                for implication in graph.may_derive_active(permit, &|node| decider.in_force(node)) {
                    found.insert(Node::Implication(implication));
                }
            }
            return found;
        }
        Outcome::Allowed | Outcome::Barred => |truth| truth == Truth::True,
        Outcome::Unknown => |truth| truth != Truth::False,
    };
    for root in record.trace.roots().filter(|root| counts(root.truth())) {
        match (root.step(), outcome) {
            (TraceStep::Permit(index), Outcome::Allowed | Outcome::Unknown) => {
                add_permit(decider, asked.action, graph.permits(asked.action)[index], &mut found);
            }
            (TraceStep::Deny(rule), Outcome::Barred | Outcome::Unknown) => _ = found.insert(Node::Rule(rule)),
            _ => continue,
        }
        root.below().for_each(|below| add_implications(below, counts, &mut found, &mut visited));
    }
    found
}

/// Adds a permit itself: its rule; or its role, the included roles through which it grants the action, and the tables that do.
fn add_permit(decider: &Decider<'_>, action: ActionId, permit: Permit, found: &mut BTreeSet<Node>) {
    match permit {
        Permit::Rule(rule) => _ = found.insert(Node::Rule(rule)),
        Permit::Role(held) => {
            let path = decider.compiled.graph.active_grant_path(held, action, &|node| decider.in_force(node));
            let included = path.inclusions.iter().flat_map(|inclusion| [inclusion.role, inclusion.includes]);
            let granting = path.grants.iter().map(|grant| grant.role);
            let roles: BTreeSet<RoleId> = included.chain(granting).chain([held]).collect();
            found.extend(roles.into_iter().map(Node::Role));
            for grant in &path.grants {
                if let GrantSource::Cell { table, .. } = grant.by {
                    found.insert(Node::Table(table));
                }
            }
        }
    }
}

/// Adds the implications at and below a node. An implication counts if the truth values of its node and of all nodes above it count, and
/// if it is not below a `not`.
fn add_implications(node: TraceNode<'_>, counts: fn(Truth) -> bool, found: &mut BTreeSet<Node>, visited: &mut ProofVisits) {
    if !counts(node.truth()) || !visited.is_first(node) {
        return;
    }
    match node.step() {
        TraceStep::Not => return,
        TraceStep::Implication(implication) => _ = found.insert(Node::Implication(implication)),
        _ => {}
    }
    node.below().for_each(|below| add_implications(below, counts, found, visited));
}
