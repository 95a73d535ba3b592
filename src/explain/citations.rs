//! Collects the claims on which an answer rests.

use crate::eval::{Decider, Outcome, ProofVisits, Record, TraceNode, TraceStep, Truth};
use crate::graph::{GrantSource, Permit};
use crate::policy::{ActionId, ClaimId, Policy, RoleId};
use crate::world::ResolvedRequest;
use std::collections::BTreeSet;

/// The claims that an answer cites: the `source` of rules, roles, tables and implications, depending on the outcome.
///
/// - Allowed: of every true permit, and of the implications that made it true.
/// - Barred: of every true deny, and of the implications that made it true.
/// - Unknown: of every permit and deny that is not false, and of the implications in them that are not false.
/// - Not granted: of every permit in force, and of the implications that could derive it.
pub fn cited(decider: &Decider<'_>, asked: &ResolvedRequest, record: &Record) -> BTreeSet<ClaimId> {
    let (policy, graph) = (&decider.compiled.policy, &decider.compiled.graph);
    let outcome = record.decision.outcome;
    let (mut claims, mut visited) = (BTreeSet::new(), ProofVisits::default());
    let counts: fn(Truth) -> bool = match outcome {
        Outcome::NotGranted => {
            for &(_, permit) in decider.permits(asked.action) {
                cite_permit(decider, asked.action, permit, &mut claims);
                for implication in graph.may_derive_active(permit, &|node| decider.in_force(node)) {
                    claims.extend(&policy.implications[implication].meta.source);
                }
            }
            return claims;
        }
        Outcome::Allowed | Outcome::Barred => |truth| truth == Truth::True,
        Outcome::Unknown => |truth| truth != Truth::False,
    };
    for root in record.trace.roots().filter(|root| counts(root.truth())) {
        match (root.step(), outcome) {
            (TraceStep::Permit(index), Outcome::Allowed | Outcome::Unknown) => {
                cite_permit(decider, asked.action, graph.permits(asked.action)[index], &mut claims);
            }
            (TraceStep::Deny(rule), Outcome::Barred | Outcome::Unknown) => claims.extend(&policy.rules[rule].meta.source),
            _ => continue,
        }
        root.below().for_each(|below| cite_implications(policy, below, counts, &mut claims, &mut visited));
    }
    claims
}

/// The claims of a permit itself: those of its rule; or those of its role, of the included roles through which it grants the action, and of
/// the tables that do.
fn cite_permit(decider: &Decider<'_>, action: ActionId, permit: Permit, claims: &mut BTreeSet<ClaimId>) {
    let policy = &decider.compiled.policy;
    match permit {
        Permit::Rule(rule) => claims.extend(&policy.rules[rule].meta.source),
        Permit::Role(held) => {
            let path = decider.compiled.graph.active_grant_path(held, action, &|node| decider.in_force(node));
            let included = path.inclusions.iter().flat_map(|inclusion| [inclusion.role, inclusion.includes]);
            let granting = path.grants.iter().map(|grant| grant.role);
            let roles: BTreeSet<RoleId> = included.chain(granting).chain([held]).collect();
            roles.into_iter().for_each(|role| claims.extend(&policy.roles[role].meta.source));
            for grant in &path.grants {
                if let GrantSource::Cell { table, .. } = grant.by {
                    claims.extend(&policy.tables[table].meta.source);
                }
            }
        }
    }
}

/// The claims of implications at and below a node. An implication counts if the truth values of its node and of all nodes above it count, and
/// if it is not below a `not`.
fn cite_implications(
    policy: &Policy,
    node: TraceNode<'_>,
    counts: fn(Truth) -> bool,
    claims: &mut BTreeSet<ClaimId>,
    visited: &mut ProofVisits,
) {
    if !counts(node.truth()) || !visited.is_first(node) {
        return;
    }
    match node.step() {
        TraceStep::Not => return,
        TraceStep::Implication(implication) => claims.extend(&policy.implications[implication].meta.source),
        _ => {}
    }
    node.below().for_each(|below| cite_implications(policy, below, counts, claims, visited));
}
