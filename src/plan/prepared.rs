//! What of a policy depends on its date and toggles alone: prepared once, and used for any world and any instant.

use super::guards::Guards;
use super::validity::{ActiveSet, Context};
use crate::graph::{Graph, Node, Permit};
use crate::policy::{ActionId, Id, ImplicationId, Policy, RoleId, RuleId};
use crate::time::Instant;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The parts of a compiled policy from which it is prepared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts<'c> {
    pub(crate) policy: &'c Policy,
    pub(crate) graph: &'c Graph,
    pub(crate) guards: &'c Guards,
}

/// What of a policy is in force between two dates under some toggles, with the permits and denies of each action. Knows no world.
#[derive(Debug)]
pub struct PreparedPolicy {
    toggles: Vec<bool>,
    pub(crate) active: ActiveSet,
    /// By role: the roles that include it through roles in force. `None` if every role is in force: then the lists of the graph are used.
    includers: Option<Vec<OnceLock<Vec<RoleId>>>>,
    /// By action; prepared when the action is first asked about.
    actions: Vec<OnceLock<PreparedAction>>,
    /// All roles that an implication may derive; prepared when it is first asked for.
    derived: OnceLock<RolesByGuard>,
}

/// The permits and denies of an action that are in force.
#[derive(Debug)]
pub(crate) struct PreparedAction {
    /// Permits, each with its index among all permits of the action.
    pub(crate) permits: Vec<(usize, Permit)>,
    /// The roles among the permits.
    pub(crate) roles: RoleSet,
    pub(crate) denies: Vec<RuleId>,
}

/// A set of roles any of which suffices.
#[derive(Debug)]
pub(crate) struct RoleSet {
    pub(crate) all: Vec<RoleId>,
    /// One bit a role, by its id.
    bits: Vec<u64>,
    /// Those that an implication in force may derive.
    pub(crate) implied: Vec<RoleId>,
    /// The same, by guard.
    pub(crate) by_guard: RolesByGuard,
}

/// Roles that an implication in force may derive.
#[derive(Debug)]
pub(crate) struct RolesByGuard {
    /// Those that are looked at one by one.
    pub(crate) unguarded: Vec<RoleId>,
    /// The others.
    pub(crate) guarded: Vec<GuardedRoles>,
}

/// Roles that no implication in force derives but those with one guard; never empty.
#[derive(Debug)]
pub(crate) struct GuardedRoles {
    /// The first implication with the guard.
    pub(crate) guard: ImplicationId,
    pub(crate) roles: Vec<RoleId>,
}

/// Fewer roles than this are looked at one by one. In tests none are, so that drawn packs see guards.
const FEW_GUARDED: usize = if cfg!(debug_assertions) { 1 } else { 3 };

impl RoleSet {
    #[inline]
    pub(crate) fn contain(&self, role: RoleId) -> bool {
        self.bits[role.index() / 64] & (1 << (role.index() % 64)) != 0
    }
}

impl PreparedPolicy {
    fn new(policy: &Policy, context: &Context) -> PreparedPolicy {
        PreparedPolicy::of(policy, context, ActiveSet::of(policy, context))
    }

    /// What is in force in a context, except that these elements are as on another date of the policy.
    pub(super) fn mixed(policy: &Policy, context: &Context, other: Instant, elements: &[Node]) -> PreparedPolicy {
        let mut active = ActiveSet::of(policy, context);
        let other = Context { policy_at: other, ..context.clone() };
        for &node in elements {
            let meta = match node {
                Node::Rule(id) => &policy.rules[id].meta,
                Node::Role(id) => &policy.roles[id].meta,
                Node::Table(id) => &policy.tables[id].meta,
                Node::Implication(id) => &policy.implications[id].meta,
                _ => continue,
            };
            active.set(node, other.has(&meta.validity));
        }
        PreparedPolicy::of(policy, context, active)
    }

    fn of(policy: &Policy, context: &Context, active: ActiveSet) -> PreparedPolicy {
        let includers = (!active.all_roles()).then(|| vec![OnceLock::new(); policy.roles.len()]);
        let actions = std::iter::repeat_with(OnceLock::new).take(policy.actions.len()).collect();
        PreparedPolicy { toggles: context.toggles.clone(), active, includers, actions, derived: OnceLock::new() }
    }

    /// Whether it is right for the policy date and toggles of a context.
    fn suits(&self, context: &Context) -> bool {
        self.active.is_same_on(context.policy_at) && self.toggles == context.toggles
    }

    /// Whether a role, table, rule or implication is in force; other nodes always are.
    pub(crate) fn in_force(&self, node: Node) -> bool {
        match node {
            Node::Role(id) => self.active.role(id),
            Node::Table(id) => self.active.table(id),
            Node::Rule(id) => self.active.rule(id),
            Node::Implication(id) => self.active.implication(id),
            _ => true,
        }
    }

    /// The roles that include this one through roles in force, itself among them, sorted.
    pub(crate) fn includers<'p>(&'p self, policy: &Policy, graph: &'p Graph, role: RoleId) -> &'p [RoleId] {
        let Some(cached) = &self.includers else { return graph.includers(role) };
        cached[role.index()].get_or_init(|| {
            let all = graph.includers(role);
            let mut found = vec![role];
            let mut next = 0;
            while let Some(&here) = found.get(next) {
                let more = all.iter().copied().filter(|&id| policy.roles[id].includes.iter().any(|(included, _)| *included == here));
                let more: Vec<RoleId> = more.filter(|&id| self.active.role(id) && !found.contains(&id)).collect();
                found.extend(more);
                next += 1;
            }
            found.retain(|&id| self.active.role(id));
            found.sort();
            found
        })
    }

    /// The permits and denies of an action.
    #[inline]
    pub(crate) fn action(&self, parts: Parts<'_>, action: ActionId) -> &PreparedAction {
        self.actions[action.index()].get_or_init(|| self.prepare_action(parts, action))
    }

    fn prepare_action(&self, parts: Parts<'_>, action: ActionId) -> PreparedAction {
        let (policy, graph) = (parts.policy, parts.graph);
        let in_force = |permit: Permit| match permit {
            Permit::Rule(rule) => self.active.rule(rule),
            Permit::Role(role) => !graph.active_grant_path(role, action, &|node| self.in_force(node)).grants.is_empty(),
        };
        let permits: Vec<(usize, Permit)> =
            graph.permits(action).iter().copied().enumerate().filter(|&(_, permit)| in_force(permit)).collect();
        let all: Vec<RoleId> = permits
            .iter()
            .filter_map(|&(_, permit)| match permit {
                Permit::Role(role) => Some(role),
                Permit::Rule(_) => None,
            })
            .collect();
        let mut bits = vec![0; policy.roles.len().div_ceil(64)];
        all.iter().for_each(|role| bits[role.index() / 64] |= 1 << (role.index() % 64));
        let is_active = |&id: &ImplicationId| self.active.implication(id);
        let implied: Vec<RoleId> = all.iter().copied().filter(|&role| graph.rules_deriving(role).iter().any(is_active)).collect();
        let by_guard = self.by_guard(parts, &implied);
        let denies = graph.denies(action).iter().copied().filter(|&rule| self.active.rule(rule)).collect();
        PreparedAction { permits, roles: RoleSet { all, bits, implied, by_guard }, denies }
    }
}

impl PreparedPolicy {
    /// All roles that an implication in force may derive.
    pub(crate) fn derived(&self, parts: Parts<'_>) -> &RolesByGuard {
        self.derived.get_or_init(|| {
            let is_active = |&id: &ImplicationId| self.active.implication(id);
            let derived = parts.policy.roles.ids().filter(|&role| parts.graph.rules_deriving(role).iter().any(is_active));
            self.by_guard(parts, &derived.collect::<Vec<RoleId>>())
        })
    }

    fn by_guard(&self, parts: Parts<'_>, roles: &[RoleId]) -> RolesByGuard {
        let mut all = RolesByGuard { unguarded: Vec::new(), guarded: Vec::new() };
        for &role in roles {
            let Some(guard) = self.guard_of(parts, role) else {
                all.unguarded.push(role);
                continue;
            };
            match all.guarded.iter_mut().find(|known| known.guard == guard) {
                Some(known) => known.roles.push(role),
                None => all.guarded.push(GuardedRoles { guard, roles: vec![role] }),
            }
        }
        let few = all.guarded.extract_if(.., |known| known.roles.len() < FEW_GUARDED);
        all.unguarded.extend(few.flat_map(|known| known.roles));
        all
    }

    /// The first implication with the guard that all implications in force have that derive the role; `None` if they have no guard or several.
    fn guard_of(&self, parts: Parts<'_>, role: RoleId) -> Option<ImplicationId> {
        let in_force = parts.graph.rules_deriving(role).iter().copied().filter(|&id| self.active.implication(id));
        let mut guards = in_force.map(|id| parts.guards.first_with_guard_of(id));
        let first = guards.next()??;
        guards.all(|other| other == Some(first)).then_some(first)
    }
}

/// The prepared policies of a compiled one, those used last first.
#[derive(Debug, Default)]
pub(super) struct PreparedCache(Mutex<Vec<Arc<PreparedPolicy>>>);

/// The most prepared policies that are kept: those of a few editions, each under a few toggles.
const MAX_KEPT: usize = 16;

/// A clone of a compiled policy prepares anew.
impl Clone for PreparedCache {
    fn clone(&self) -> PreparedCache {
        PreparedCache::default()
    }
}

impl PreparedCache {
    /// What is in force in a context: kept, or prepared now.
    pub(super) fn get(&self, policy: &Policy, context: &Context) -> Arc<PreparedPolicy> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|prepared| prepared.suits(context));
        let found = at.map_or_else(|| Arc::new(PreparedPolicy::new(policy, context)), |at| kept.remove(at));
        kept.insert(0, Arc::clone(&found));
        kept.truncate(MAX_KEPT);
        found
    }
}
