//! The claims on which an answer rests.

use crate::eval::{Decider, Outcome, Record, TraceNode, TraceStep, Truth};
use crate::graph::{GrantSource, Permit};
use crate::policy::{ActionId, ClaimId, RoleId};
use crate::world::ResolvedRequest;
use std::collections::BTreeSet;

/// The claims that an answer cites: the `source` of rules, roles, tables and implications alone.
///
/// Allowed: of every true way, with the implications that it used. Barred: of every true deny, likewise. Unknown: of every deny and every
/// way that is not false. Not granted: of every way in force, with the implications that could give it.
pub fn cited(decider: &Decider<'_>, asked: &ResolvedRequest, record: &Record) -> BTreeSet<ClaimId> {
    let policy = &decider.compiled.policy;
    let mut claims = BTreeSet::new();
    let counts: fn(Truth) -> bool = match record.decision.outcome {
        Outcome::NotGranted => {
            for &(_, way) in decider.permits(asked.action) {
                of_way(decider, asked.action, way, &mut claims);
                for implication in decider.compiled.graph.may_derive_active(way, &|node| decider.in_force(node)) {
                    claims.extend(&policy.implications[implication].meta.source);
                }
            }
            return claims;
        }
        Outcome::Allowed | Outcome::Barred => |truth| truth == Truth::True,
        Outcome::Unknown => |truth| truth != Truth::False,
    };
    for root in record.trace.roots().filter(|root| counts(root.truth())) {
        match (root.step(), record.decision.outcome) {
            (TraceStep::Permit(index), Outcome::Allowed | Outcome::Unknown) => {
                of_way(decider, asked.action, decider.compiled.graph.permits(asked.action)[index], &mut claims);
            }
            (TraceStep::Deny(rule), Outcome::Barred | Outcome::Unknown) => claims.extend(&policy.rules[rule].meta.source),
            _ => continue,
        }
        root.below().for_each(|below| used(decider, below, counts, &mut claims));
    }
    claims
}

/// The claims of a way itself: its rule's; or those of the role that is held, of what it includes, of what grants, and of its tables.
fn of_way(decider: &Decider<'_>, action: ActionId, way: Permit, claims: &mut BTreeSet<ClaimId>) {
    let policy = &decider.compiled.policy;
    match way {
        Permit::Rule(rule) => claims.extend(&policy.rules[rule].meta.source),
        Permit::Role(held) => {
            let through = decider.compiled.graph.active_grant_path(held, action, &|node| decider.in_force(node));
            let included = through.inclusions.iter().flat_map(|inclusion| [inclusion.role, inclusion.includes]);
            let granting = through.grants.iter().map(|grant| grant.role);
            let roles: BTreeSet<RoleId> = included.chain(granting).chain([held]).collect();
            roles.into_iter().for_each(|role| claims.extend(&policy.roles[role].meta.source));
            for grant in &through.grants {
                if let GrantSource::Cell { table, .. } = grant.by {
                    claims.extend(&policy.tables[table].meta.source);
                }
            }
        }
    }
}

/// The claims of implications that a part used: those that count, in any binding and branch that counts, outside `not`.
fn used(decider: &Decider<'_>, visit: TraceNode<'_>, counts: fn(Truth) -> bool, claims: &mut BTreeSet<ClaimId>) {
    if !counts(visit.truth()) {
        return;
    }
    match visit.step() {
        TraceStep::Not => return,
        TraceStep::Implication(implication) => claims.extend(&decider.compiled.policy.implications[implication].meta.source),
        _ => {}
    }
    visit.below().for_each(|below| used(decider, below, counts, claims));
}
