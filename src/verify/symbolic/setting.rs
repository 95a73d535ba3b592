//! Under what a question is asked: dates, toggles, and what is in force.

use crate::plan::Context;
use crate::policy::{ActionId, Policy, RoleId, RuleEffect, RuleId, TableCell, TableId, Validity};

/// What is taken as not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// A rule.
    Rule(RuleId),
    /// The mark of a table in this row and column.
    Mark(TableId, u32, u32),
}

/// Under what a question is asked.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Dates and toggles.
    pub context: Context,
    /// What is taken as not there.
    pub without: Option<Removed>,
}

impl Setting {
    /// Dates and toggles, and the whole policy.
    pub fn new(context: Context) -> Setting {
        Setting { context, without: None }
    }

    pub(in crate::verify) fn has(&self, validity: &Validity) -> bool {
        self.context.has(validity)
    }

    /// The role whose mark is taken away, which sets it apart from others.
    pub(in crate::verify) fn role_without_mark(&self, policy: &Policy) -> Option<RoleId> {
        match self.without? {
            Removed::Mark(table, _, column) => Some(policy.tables[table].columns[column as usize].role),
            Removed::Rule(_) => None,
        }
    }

    fn has_role(&self, policy: &Policy, role: RoleId) -> bool {
        self.has(&policy.roles[role].meta.validity)
    }

    /// The roles in force that include the role, itself among them. None if it is not in force.
    pub(in crate::verify) fn includers(&self, policy: &Policy, role: RoleId) -> Vec<RoleId> {
        let mut found: Vec<RoleId> = Vec::new();
        let mut next: Vec<RoleId> = [role].into_iter().filter(|role| self.has_role(policy, *role)).collect();
        while let Some(role) = next.pop() {
            if found.contains(&role) {
                continue;
            }
            found.push(role);
            let including = policy.roles.iter().filter(|(_, other)| other.includes.iter().any(|(included, _)| *included == role));
            next.extend(including.map(|(id, _)| id).filter(|id| self.has_role(policy, *id)));
        }
        found.sort_unstable();
        found
    }

    /// The roles in force that grant the action, by themselves or by a role that they include.
    pub(in crate::verify) fn granting(&self, policy: &Policy, action: ActionId) -> Vec<RoleId> {
        let mut found: Vec<RoleId> = Vec::new();
        for (id, role) in policy.roles.iter() {
            let by_pattern = role.grants.iter().any(|(granted, _)| *granted == action);
            let by_table = policy.tables.iter().any(|(table, declared)| {
                let grants = |cell: &TableCell| {
                    declared.rows[cell.row as usize].action == action && declared.columns[cell.column as usize].role == id
                };
                let is_there = |cell: &TableCell| self.without != Some(Removed::Mark(table, cell.row, cell.column));
                self.has(&declared.meta.validity) && declared.cells.iter().any(|cell| grants(cell) && is_there(cell))
            });
            if by_pattern || by_table {
                found.extend(self.includers(policy, id));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The rules of this effect about the action that are in force.
    pub(in crate::verify) fn rules<'p>(
        &self,
        policy: &'p Policy,
        effect: RuleEffect,
        action: ActionId,
    ) -> impl Iterator<Item = &'p crate::policy::Rule> {
        let rules = policy.rules.iter().filter(move |(_, rule)| rule.effect == effect && rule.actions.binary_search(&action).is_ok());
        rules.filter(|(id, rule)| self.has(&rule.meta.validity) && self.without != Some(Removed::Rule(*id))).map(|(_, rule)| rule)
    }
}
