//! The read-only data of an evaluation: policy, world, context, and what is computed from them.

use crate::graph::Node;
use crate::plan::compiled::CompiledPolicy;
use crate::plan::validity::{ActiveSet, Context};
use crate::policy::{Id, RoleId};
use crate::world::World;
use std::sync::OnceLock;

/// The data that an evaluation reads and never changes. [`Decider`](super::Decider) owns one, and every
/// [`Evaluator`](super::evaluator::Evaluator) borrows it.
#[derive(Debug)]
pub(crate) struct Env<'a> {
    pub(crate) compiled: &'a CompiledPolicy,
    pub(crate) world: &'a World,
    pub(crate) context: Context,
    /// The elements of the policy that are in force in the context.
    pub(crate) active: ActiveSet,
    /// Whether some `member-of` attribute was not imported, so that an entity may be in groups that the world does not name.
    pub(crate) open_groups: bool,
    /// By role: the cached result of [`Env::includers`]. `None` if every role is in force: then the lists of the graph are used.
    includers: Option<Vec<OnceLock<Vec<RoleId>>>>,
}

impl<'a> Env<'a> {
    pub(crate) fn new(compiled: &'a CompiledPolicy, world: &'a World, context: Context) -> Env<'a> {
        let active = ActiveSet::of(&compiled.policy, &context);
        let all_active = active.all_roles();
        let includers = (!all_active).then(|| vec![OnceLock::new(); compiled.policy.roles.len()]);
        let open_groups = compiled.policy.attributes.iter().any(|(id, attribute)| attribute.member_of && !world.attribute_closed(id));
        Env { compiled, world, context, active, open_groups, includers }
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
    pub(crate) fn includers(&self, role: RoleId) -> &[RoleId] {
        let Some(cached) = &self.includers else { return self.compiled.graph.includers(role) };
        cached[role.index()].get_or_init(|| {
            let policy = &self.compiled.policy;
            let all = self.compiled.graph.includers(role);
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
}

impl<'a> AsRef<Env<'a>> for Env<'a> {
    fn as_ref(&self) -> &Env<'a> {
        self
    }
}
