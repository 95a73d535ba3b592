//! Roles held, in words.

use super::Words;
use crate::diag::phrases::{agree, all_of, counted};
use crate::eval::{Decider, Truth};
use crate::query::lists::{Origin, RolePath};
use crate::time::Interval;
use crate::world::EntityId;
use std::collections::BTreeSet;

/// A row of `roles`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleText {
    /// The subject that holds the role.
    pub holder: String,
    /// The role's name.
    pub role: String,
    /// Where it is assigned or implied.
    pub scope: String,
    /// Whether it is held; else that is unknown.
    pub held: bool,
    /// The chain of groups from the holder to whom the role is given, outermost last.
    pub via: Vec<String>,
    /// The implication that gives it; `None` for an assignment.
    pub implication: Option<String>,
    /// Whether listings of members show it.
    pub listed: bool,
    /// No other chain leads there.
    pub alone: bool,
    /// The role that includes this one, and is the one that is given.
    pub included_by: Option<String>,
    /// Whether the holder is one of those that were asked about; else that is unknown.
    pub member: bool,
    /// When it is so.
    pub during: Interval,
    /// The same in words; `None` if always.
    pub dates: Option<String>,
}

impl Words<'_> {
    /// A path, with the interval in which it has the same truth.
    pub fn role_path(self, decider: &Decider<'_>, path: &RolePath, during: Interval) -> RoleText {
        let role = |role| self.world.entity(role).id.to_owned();
        let implication = match path.origin {
            Origin::Assigned { .. } => None,
            Origin::Implied { implication, .. } => Some(self.policy.implications[implication].meta.name.clone()),
        };
        RoleText {
            holder: self.name(path.holder),
            role: role(path.role),
            scope: self.name(path.origin.scope()),
            held: path.outcome() == Truth::True,
            via: path.via.iter().map(|group| group.map_or_else(|| "_".to_owned(), |group| self.name(group))).collect(),
            implication,
            listed: path.is_listed(decider),
            alone: path.alone,
            included_by: path.included_by.map(role),
            member: path.member == Truth::True,
            during,
            dates: super::facts::dates(during).map(|dates| format!("{dates}{}", self.of_rule(path, during))),
        }
    }
}

impl Words<'_> {
    /// That a path begins with the implication that gives it, and not with a fact.
    fn of_rule(self, path: &RolePath, during: Interval) -> &'static str {
        let Origin::Implied { implication, .. } = path.origin else { return "" };
        let begins = self.policy.implications[implication].meta.validity.since;
        if begins == Some(during.since) { " (the beginning of the rule)" } else { "" }
    }
}

/// The most roles that are named of those that grant nothing.
const MOST_IDLE: usize = 3;

impl Words<'_> {
    /// What a list of access leaves out: roles that grant no action where they are held. `None` if there are none.
    pub fn idle_roles(self, paths: &[RolePath]) -> Option<String> {
        let held: BTreeSet<(EntityId, EntityId)> = of_truth(paths, true).collect();
        let perhaps: BTreeSet<(EntityId, EntityId)> = of_truth(paths, false).filter(|at| !held.contains(at)).collect();
        let count = held.len() + perhaps.len();
        if count == 0 {
            return None;
        }
        let all = held.into_iter().map(|at| (at, "")).chain(perhaps.into_iter().map(|at| (at, "perhaps ")));
        let named =
            all.take(MOST_IDLE).map(|((role, scope), perhaps)| format!("{perhaps}{} on {}", self.world.entity(role).id, self.name(scope)));
        let mut named: Vec<String> = named.collect();
        if count > named.len() {
            named.push(format!("{} more", count - named.len()));
        }
        let holders: BTreeSet<EntityId> = paths.iter().map(|path| path.holder).collect();
        let who = match holders.iter().collect::<Vec<_>>().as_slice() {
            [one] => format!("{} holds", self.name(**one)),
            all => format!("{} hold", counted(all.len(), "subject")),
        };
        let grants =
            agree(count, "which grants no action of the pack there, and so is", "which grant no action of the pack there, and so are");
        Some(format!("{who} {} too, {grants} not in this list", all_of(named)))
    }
}

/// The role and scope of each path that is held, or of each that may be.
fn of_truth(paths: &[RolePath], held: bool) -> impl Iterator<Item = (EntityId, EntityId)> {
    paths.iter().filter(move |path| (path.outcome() == Truth::True) == held).map(|path| (path.role, path.origin.scope()))
}

impl RoleText {
    /// Where the role comes from: `by assignment`, `through implication NAME (not shown in any member listing)`.
    pub fn origin(&self) -> String {
        let by = match &self.implication {
            None => "by assignment".to_owned(),
            Some(implication) => format!("through implication {implication}"),
        };
        let included = self.included_by.as_ref().map(|role| format!(", included in {role}")).unwrap_or_default();
        let listed = if self.listed { "" } else { " (not shown in any member listing)" };
        format!("{by}{included}{listed}")
    }

    /// The chain of groups: `directly`, `through group:a, then group:b`.
    pub fn through(&self) -> String {
        if self.via.is_empty() {
            return "directly".to_owned();
        }
        let more = if self.alone { "" } else { " (and another way)" };
        format!("through {}{more}", self.via.join(", then "))
    }
}
