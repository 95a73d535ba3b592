//! Candidates for the open end of a request: what one subject may reach, and who may reach one resource.

use crate::eval::{Holdings, Memory, NoTrace, QueryContext};
use crate::graph::Permit;
use crate::plan::free::Free;
use crate::policy::{ActionId, RuleId};
use crate::world::EntityId;
use rustc_hash::FxHashMap;

/// What one subject may reach, worked out as it is asked for.
pub(in crate::query) struct SubjectReach<'a> {
    query: QueryContext<'a>,
    subject: EntityId,
    held: Option<Holdings>,
    rules: FxHashMap<RuleId, Option<Vec<EntityId>>>,
    memory: Memory,
}

impl<'a> SubjectReach<'a> {
    pub(in crate::query) fn of(query: QueryContext<'a>, subject: EntityId) -> SubjectReach<'a> {
        SubjectReach::remembering(query, subject, Memory::default())
    }

    /// The same, with what was worked out for other subjects.
    pub(in crate::query) fn remembering(query: QueryContext<'a>, subject: EntityId, memory: Memory) -> SubjectReach<'a> {
        SubjectReach { query, subject, held: None, rules: FxHashMap::default(), memory }
    }

    /// What was worked out, for other subjects of the same decider.
    pub(in crate::query) fn into_memory(self) -> Memory {
        self.memory
    }

    /// The resources for which the action may be permitted; `None` if these may be any.
    pub(in crate::query) fn resources(&mut self, action: ActionId) -> Option<Vec<EntityId>> {
        let (query, subject) = (self.query, self.subject);
        let policy = &query.compiled.policy;
        let on = &policy.actions[action].on;
        let mut found: Vec<EntityId> = Vec::new();
        let mut scopes: Vec<EntityId> = Vec::new();
        for &(_, permit) in query.permits(action) {
            match permit {
                Permit::Role(role) => {
                    let held = self.held.get_or_insert_with(|| query.evaluator(NoTrace).scopes_of(subject));
                    scopes.extend(held.of(role)?.iter().filter(|&&scope| policy.roles[role].on.contains(query.world.kind(scope))));
                }
                Permit::Rule(rule) => {
                    let memory = &mut self.memory;
                    let ends = self.rules.entry(rule).or_insert_with(|| {
                        let mut evaluator = memory.evaluator(&query.env, query.budget);
                        let ends = evaluator.rule_ends(rule, Free::Resource, subject);
                        memory.keep(evaluator);
                        ends
                    });
                    found.extend(ends.as_ref()?);
                }
            }
        }
        scopes.sort_unstable();
        scopes.dedup();
        let evaluator = query.evaluator(NoTrace);
        found.extend(scopes.into_iter().flat_map(|scope| evaluator.all_within(scope, on)));
        found.retain(|&resource| query.world.lives(resource, query.context.at));
        Some(found)
    }
}

/// Who may reach one resource, worked out as it is asked for.
pub(in crate::query) struct ResourceReach<'a> {
    query: QueryContext<'a>,
    resource: EntityId,
    held: Option<Holdings>,
    rules: FxHashMap<RuleId, Option<Vec<EntityId>>>,
}

impl<'a> ResourceReach<'a> {
    pub(in crate::query) fn of(query: QueryContext<'a>, resource: EntityId) -> ResourceReach<'a> {
        ResourceReach { query, resource, held: None, rules: FxHashMap::default() }
    }

    /// Those to whom the action may be permitted, subjects and others; `None` if these may be any.
    pub(in crate::query) fn subjects(&mut self, action: ActionId) -> Option<Vec<EntityId>> {
        let (query, resource) = (self.query, self.resource);
        let mut found: Vec<EntityId> = Vec::new();
        for &(_, permit) in query.permits(action) {
            match permit {
                Permit::Role(role) => {
                    let held = self.held.get_or_insert_with(|| query.evaluator(NoTrace).holders_over(resource));
                    found.extend(held.of(role)?);
                }
                Permit::Rule(rule) => {
                    let ends = self.rules.entry(rule).or_insert_with(|| query.evaluator(NoTrace).rule_ends(rule, Free::Subject, resource));
                    found.extend(ends.as_ref()?);
                }
            }
        }
        Some(found)
    }
}
