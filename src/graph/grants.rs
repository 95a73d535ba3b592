//! What permits an action: the roles that grant it, the rules that allow it, and the implications that may derive those.

use rustc_hash::FxHashSet;

use super::{ActionIndex, Graph, Node};
use crate::policy::{ActionId, Id, ImplicationId, Policy, RoleId, RuleEffect, RuleId, TableId};
use crate::text::Span;

/// A role or rule that permits an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permit {
    /// A role that grants it, itself or by a role that it includes: see [`Graph::grant_path`].
    Role(RoleId),
    /// A rule that allows it.
    Rule(RuleId),
}

/// A role that grants an action itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// The role.
    pub role: RoleId,
    /// The source of the grant.
    pub by: GrantSource,
}

/// The part of a role or table that grants an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GrantSource {
    /// The pattern at this span in the role's `grants`.
    Pattern(Span),
    /// A marked cell.
    Cell {
        /// The table.
        table: TableId,
        /// Index of the row.
        row: u32,
        /// Index of the column.
        column: u32,
        /// The span of the mark.
        mark: Span,
    },
}

/// A role that includes another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Inclusion {
    /// The role.
    pub role: RoleId,
    /// The role that it includes.
    pub includes: RoleId,
    /// The span of the name in its `includes`.
    pub at: Span,
}

/// How a held role grants an action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrantPath {
    /// The grants of the role and of those that it includes, sorted.
    pub grants: Vec<Grant>,
    /// The inclusions on paths from the held role to the roles of these grants, sorted.
    pub inclusions: Vec<Inclusion>,
}

impl Graph {
    /// What permits an action, in order: first the roles that grant it, themselves or by inclusion, then the rules.
    pub fn permits(&self, action: ActionId) -> &[Permit] {
        let actions = &self.actions[action.index()];
        actions.permits.get_or_init(|| {
            let roles = self.hierarchy.includers(actions.grants.iter().map(|grant| grant.role));
            roles.into_iter().map(Permit::Role).chain(actions.allows.iter().copied().map(Permit::Rule)).collect()
        })
    }

    /// How a held role grants an action; empty if it does not.
    pub fn grant_path(&self, held: RoleId, action: ActionId) -> GrantPath {
        self.active_grant_path(held, action, &|_| true)
    }

    /// The same among the roles and tables that satisfy `is_active`: others grant and include nothing.
    pub fn active_grant_path(&self, held: RoleId, action: ActionId, is_active: &dyn Fn(Node) -> bool) -> GrantPath {
        let permits = self.permits(action);
        let leads = |role: RoleId| permits.binary_search(&Permit::Role(role)).is_ok() && is_active(Node::Role(role));
        let inclusions = self.hierarchy.from(held, leads);
        let mut reached: FxHashSet<RoleId> = inclusions.iter().map(|inclusion| inclusion.includes).collect();
        if leads(held) {
            reached.insert(held);
        }
        let grants_it = |grant: &Grant| match grant.by {
            GrantSource::Pattern(_) => true,
            GrantSource::Cell { table, .. } => is_active(Node::Table(table)),
        };
        let grants: Vec<Grant> =
            self.actions[action.index()].grants.iter().copied().filter(|grant| reached.contains(&grant.role) && grants_it(grant)).collect();
        let inclusions = leading_to(&grants, inclusions);
        GrantPath { grants, inclusions }
    }

    /// The implications on which a permit may depend, in order: those that derive its role, or what its rule uses outside `not` and
    /// `unless`, and in turn those that derive what their conditions use.
    pub fn may_derive(&self, permit: Permit) -> Vec<ImplicationId> {
        self.may_derive_active(permit, &|_| true)
    }

    /// The same among the implications and roles that satisfy `is_active`: others derive nothing, and what they depend on is left out.
    pub fn may_derive_active(&self, permit: Permit, is_active: &dyn Fn(Node) -> bool) -> Vec<ImplicationId> {
        match permit {
            Permit::Role(role) => self.dependencies.may_derive_role(role, is_active),
            Permit::Rule(rule) => self.dependencies.may_derive_for_rule(rule, is_active),
        }
    }
}

/// The inclusions on paths to a role with a grant.
fn leading_to(grants: &[Grant], inclusions: Vec<Inclusion>) -> Vec<Inclusion> {
    let mut backwards: Vec<(RoleId, RoleId)> = inclusions.iter().map(|inclusion| (inclusion.includes, inclusion.role)).collect();
    backwards.sort_unstable();
    let mut leads: FxHashSet<RoleId> = FxHashSet::default();
    let mut rest: Vec<RoleId> = grants.iter().map(|grant| grant.role).filter(|&role| leads.insert(role)).collect();
    while let Some(role) = rest.pop() {
        let first = backwards.partition_point(|&(included, _)| included < role);
        let includers = backwards[first..].iter().take_while(|&&(included, _)| included == role);
        rest.extend(includers.map(|&(_, includer)| includer).filter(|&includer| leads.insert(includer)));
    }
    inclusions.into_iter().filter(|inclusion| leads.contains(&inclusion.includes)).collect()
}

/// The elements that affect each action, by action.
pub(super) fn actions(policy: &Policy) -> Vec<ActionIndex> {
    let mut actions = vec![ActionIndex::default(); policy.actions.len()];
    for (role, declared) in policy.roles.iter() {
        for &(action, span) in &declared.grants {
            actions[action.index()].grants.push(Grant { role, by: GrantSource::Pattern(span) });
        }
    }
    for (table, declared) in policy.tables.iter() {
        for cell in &declared.cells {
            let action = declared.rows[cell.row as usize].action;
            let role = declared.columns[cell.column as usize].role;
            let by = GrantSource::Cell { table, row: cell.row, column: cell.column, mark: cell.span };
            actions[action.index()].grants.push(Grant { role, by });
        }
    }
    for (rule, declared) in policy.rules.iter() {
        for &action in &declared.actions {
            let actions = &mut actions[action.index()];
            match declared.effect {
                RuleEffect::Allow => actions.allows.push(rule),
                RuleEffect::Deny => actions.denies.push(rule),
            }
        }
    }
    for (obligation, declared) in policy.obligations.iter() {
        declared.actions.iter().for_each(|action| actions[action.index()].obligations.push(obligation));
    }
    for (advice, declared) in policy.advice.iter() {
        declared.actions.iter().for_each(|action| actions[action.index()].advice.push(advice));
    }
    for action in &mut actions {
        action.grants.sort_unstable();
        action.allows.dedup();
        action.denies.dedup();
        action.obligations.dedup();
        action.advice.dedup();
    }
    actions
}
