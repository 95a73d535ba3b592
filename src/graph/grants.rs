//! The ways to an action: the roles that grant it, the rules that allow it, and what could give those.

use rustc_hash::FxHashSet;

use super::{ActionIndex, Graph, Node};
use crate::policy::{ActionId, Id, ImplicationId, Policy, RoleId, RuleEffect, RuleId, TableId};
use crate::text::Span;

/// A way to an allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permit {
    /// Who holds this role is granted the action, by the role itself or by one that it includes: see [`Graph::grant_path`].
    Role(RoleId),
    /// This allow rule.
    Rule(RuleId),
}

/// A role that grants an action itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// The role.
    pub role: RoleId,
    /// By what.
    pub by: GrantSource,
}

/// By what a role grants an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GrantSource {
    /// The pattern at this place of its `grants`.
    Pattern(Span),
    /// A marked cell.
    Cell {
        /// The table.
        table: TableId,
        /// Index of the row.
        row: u32,
        /// Index of the column.
        column: u32,
        /// The mark.
        mark: Span,
    },
}

/// A role that includes another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Inclusion {
    /// The role.
    pub role: RoleId,
    /// What it includes.
    pub includes: RoleId,
    /// The place of the name in its `includes`.
    pub at: Span,
}

/// How a held role comes to grant an action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrantPath {
    /// The roles that grant it themselves, sorted.
    pub grants: Vec<Grant>,
    /// The inclusions on the paths from the held role to those, sorted.
    pub inclusions: Vec<Inclusion>,
}

impl Graph {
    /// The ways to an action, in order: first the roles that, held, grant it, by themselves or by inclusion, then the allow rules.
    pub fn permits(&self, action: ActionId) -> &[Permit] {
        let actions = &self.actions[action.index()];
        actions.permits.get_or_init(|| {
            let roles = self.hierarchy.includers(actions.grants.iter().map(|grant| grant.role));
            roles.into_iter().map(Permit::Role).chain(actions.allows.iter().copied().map(Permit::Rule)).collect()
        })
    }

    /// How a held role comes to grant an action; empty where it does not.
    pub fn grant_path(&self, held: RoleId, action: ActionId) -> GrantPath {
        self.active_grant_path(held, action, &|_| true)
    }

    /// The same by roles and tables in force alone: what is not in force grants nothing and includes nothing.
    pub fn active_grant_path(&self, held: RoleId, action: ActionId, in_force: &dyn Fn(Node) -> bool) -> GrantPath {
        let permits = self.permits(action);
        let leads = |role: RoleId| permits.binary_search(&Permit::Role(role)).is_ok() && in_force(Node::Role(role));
        let inclusions = self.hierarchy.from(held, leads);
        let mut reached: FxHashSet<RoleId> = inclusions.iter().map(|hierarchy| hierarchy.includes).collect();
        if leads(held) {
            reached.insert(held);
        }
        let stands = |grant: &Grant| match grant.by {
            GrantSource::Pattern(_) => true,
            GrantSource::Cell { table, .. } => in_force(Node::Table(table)),
        };
        let grants: Vec<Grant> =
            self.actions[action.index()].grants.iter().copied().filter(|grant| reached.contains(&grant.role) && stands(grant)).collect();
        let inclusions = leading_to(&grants, inclusions);
        GrantPath { grants, inclusions }
    }

    /// The implications that could give a way, in order: those that give its role, or what its rule asks for outside `not` and `unless`,
    /// and in turn those that could give these.
    pub fn may_derive(&self, way: Permit) -> Vec<ImplicationId> {
        self.may_derive_active(way, &|_| true)
    }

    /// The same among the implications and roles in force: what is not in force gives nothing, and what it rests on does not count.
    pub fn may_derive_active(&self, way: Permit, in_force: &dyn Fn(Node) -> bool) -> Vec<ImplicationId> {
        match way {
            Permit::Role(role) => self.dependencies.could_give_role(role, in_force),
            Permit::Rule(rule) => self.dependencies.could_give_rule(rule, in_force),
        }
    }

    /// The actions to which there is no way at all, in order.
    pub fn actions_without_permits(&self) -> Vec<ActionId> {
        let without = |actions: &ActionIndex| actions.grants.is_empty() && actions.allows.is_empty();
        self.actions.iter().enumerate().filter(|(_, actions)| without(actions)).map(|(index, _)| ActionId::from_index(index)).collect()
    }
}

/// Those inclusions from which one comes to a role that grants.
fn leading_to(grants: &[Grant], inclusions: Vec<Inclusion>) -> Vec<Inclusion> {
    let mut backwards: Vec<(RoleId, RoleId)> = inclusions.iter().map(|hierarchy| (hierarchy.includes, hierarchy.role)).collect();
    backwards.sort_unstable();
    let mut leads: FxHashSet<RoleId> = FxHashSet::default();
    let mut rest: Vec<RoleId> = grants.iter().map(|grant| grant.role).filter(|&role| leads.insert(role)).collect();
    while let Some(role) = rest.pop() {
        let first = backwards.partition_point(|&(included, _)| included < role);
        let includers = backwards[first..].iter().take_while(|&&(included, _)| included == role);
        rest.extend(includers.map(|&(_, includer)| includer).filter(|&includer| leads.insert(includer)));
    }
    inclusions.into_iter().filter(|hierarchy| leads.contains(&hierarchy.includes)).collect()
}

/// What bears on each action, by action.
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
