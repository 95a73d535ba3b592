//! The paths by which people reach what a list has, for drawings.

use super::summary::{AccessGroup, Summary};
use super::ways::{Way, denies, supporting, ways};
use crate::eval::{Budget, Decider, Outcome, Record, Truth};
use crate::policy::{ActionId, RuleId};
use crate::query::lists;
use crate::world::{EntityId, ResolvedRequest, Statement};
use std::collections::BTreeMap;

/// Subjects who may do the same, or may not, along one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessPath {
    /// Who, in order.
    pub subjects: Vec<EntityId>,
    /// The groups from the subjects to the one that has the role, that one last.
    pub groups: Vec<EntityId>,
    /// By what; `None` if nothing grants it, or that was not worked out.
    pub way: Option<Way>,
    /// The facts on which the way rests; known of a single request only.
    pub facts: Vec<Statement>,
    /// What comes of it.
    pub outcome: Outcome,
    /// The rules that deny it nevertheless.
    pub denied_by: Vec<RuleId>,
    /// What is done, in the order of names.
    pub actions: Vec<ActionId>,
    /// To what, in order.
    pub resources: Vec<EntityId>,
}

impl Summary {
    /// The paths of its groups, in their order. Subjects with different chains of groups are on different paths.
    pub fn paths(&self, decider: &Decider<'_>) -> Vec<AccessPath> {
        let mut paths = Vec::new();
        for group in &self.groups {
            add(decider, group, Outcome::Allowed, &[], &mut paths);
        }
        for barred in &self.barred {
            add(decider, &barred.requests, Outcome::Barred, &barred.rules, &mut paths);
        }
        for group in &self.unsure {
            add(decider, group, Outcome::Unknown, &[], &mut paths);
        }
        paths
    }
}

/// The paths of one request, whatever its outcome: those by which it is granted or may be, with the rules that deny it.
pub fn request_paths(decider: &Decider<'_>, request: &ResolvedRequest, record: &Record) -> Vec<AccessPath> {
    let &ResolvedRequest { subject, action, resource } = request;
    let outcome = record.decision.outcome;
    let mut found = ways(decider, action, subject, record, Truth::True);
    if outcome == Outcome::Unknown {
        found.extend(ways(decider, action, subject, record, Truth::Unknown));
    }
    let group = AccessGroup { subjects: vec![subject], actions: vec![action], resources: vec![resource], ways: found };
    let mut paths = Vec::new();
    add(decider, &group, outcome, &denies(record), &mut paths);
    paths
}

fn add(decider: &Decider<'_>, group: &AccessGroup, outcome: Outcome, rules: &[RuleId], paths: &mut Vec<AccessPath>) {
    let budget = Budget::of(u64::MAX);
    let query = decider.within(&budget);
    let truth = if outcome == Outcome::Unknown { Truth::Unknown } else { Truth::True };
    let path = |subjects: Vec<EntityId>, groups: Vec<EntityId>, way: Option<Way>| AccessPath {
        facts: match (way, subjects.as_slice(), group.actions.as_slice(), group.resources.as_slice()) {
            (Some(way), &[subject], &[action], &[resource]) => supporting(decider, &ResolvedRequest { subject, action, resource }, way),
            _ => Vec::new(),
        },
        subjects,
        groups,
        way,
        outcome,
        denied_by: rules.to_vec(),
        actions: group.actions.clone(),
        resources: group.resources.clone(),
    };
    if group.ways.is_empty() {
        paths.push(path(group.subjects.clone(), Vec::new(), None));
    }
    for &way in &group.ways {
        let Way::Role { group: Some(of), .. } = way else {
            paths.push(path(group.subjects.clone(), Vec::new(), Some(way)));
            continue;
        };
        let mut by_chain: BTreeMap<Vec<EntityId>, Vec<EntityId>> = BTreeMap::new();
        for &subject in &group.subjects {
            let mut chain = lists::chain(&query, subject, of, Truth::True).groups;
            if chain.is_empty() && truth == Truth::Unknown {
                chain = lists::chain(&query, subject, of, Truth::Unknown).groups;
            }
            if chain.is_empty() {
                chain.push(of);
            }
            by_chain.entry(chain).or_default().push(subject);
        }
        paths.extend(by_chain.into_iter().map(|(groups, subjects)| path(subjects, groups, Some(way))));
    }
}
