//! How near ways are to what there is, beside what else they change.

use super::answer::{Act, ChangeAct, Way};
use super::ownership;
use super::trial::Plan;
use crate::counterfactual::{Change, ChangeSet, Firms, entities};
use crate::eval::QueryContext;
use crate::graph::Permit;
use crate::policy::{ActionId, ClaimId, EventId, RelationId, RoleId};
use crate::world::{Argument, EntityId, ResolvedRequest, Statement, Value};
use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// What a plan changes, with all that its events do.
#[derive(PartialEq, Eq)]
pub(super) struct Changed {
    /// Sorted.
    statements: Vec<Statement>,
    toggles: Vec<bool>,
}

impl Changed {
    pub(super) fn by(decider: &QueryContext<'_>, plan: &Plan) -> Changed {
        Changed { statements: plan.overlay.changed_from(decider.world), toggles: plan.overlay.context.toggles.clone() }
    }

    /// Whether another plan changes all this and more.
    pub(super) fn is_within(&self, other: &Changed) -> bool {
        self.toggles == other.toggles
            && self.statements.len() < other.statements.len()
            && self.statements.iter().all(|statement| other.statements.binary_search(statement).is_ok())
    }
}

/// How near a way is, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Nearness {
    /// How many facts it adds that name another firm than those of the question, or a group of one.
    pub(super) foreign: usize,
    /// To revoke: how many facts it adds, where others remove some.
    added: usize,
    /// To revoke: how many of its acts do not name the subject.
    about_others: usize,
    /// How many actions the roles grant that it names.
    granted: usize,
    /// How many claims on which rules about the question rest are the sources of these roles.
    sourced: Reverse<usize>,
    /// How many changes it has that do not restore a fact.
    unrestored: usize,
    /// How many arguments its events have: one that does less needs fewer.
    arguments: usize,
}

/// An act without its roles, and the actions that each of them grants.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RolelessAct {
    what: RolelessKind,
    /// [`EntityId::NONE`] in place of a role.
    entities: Vec<EntityId>,
    granted: Vec<Vec<ActionId>>,
}

/// What an act is, without its entities.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum RolelessKind {
    /// An event, with its arguments that are no entities.
    Event(EventId, Vec<Value>),
    Assignment,
    Relation(RelationId),
    Other(Change),
}

/// Ranks the ways of one question.
pub(super) struct Ranking<'a> {
    decider: &'a QueryContext<'a>,
    asked: &'a ResolvedRequest,
    allow: bool,
    firms: Firms,
    /// The claims of the denies and rules of the action.
    claims: BTreeSet<ClaimId>,
    /// The actions that roles grant, as far as they were asked for.
    granted: RefCell<BTreeMap<RoleId, Vec<ActionId>>>,
}

impl<'a> Ranking<'a> {
    pub(super) fn of(decider: &'a QueryContext<'a>, asked: &'a ResolvedRequest, allow: bool) -> Ranking<'a> {
        let policy = &decider.compiled.policy;
        let permits = decider.permits(asked.action).iter().filter_map(|&(_, permit)| match permit {
            Permit::Rule(rule) => Some(rule),
            Permit::Role(_) => None,
        });
        let rules = permits.chain(decider.denies(asked.action).iter().copied());
        let claims = rules.flat_map(|rule| &policy.rules[rule].meta.source).copied().collect();
        Ranking { decider, asked, allow, firms: Firms::of(decider, asked), claims, granted: RefCell::default() }
    }

    /// How near a way is, by what its plan changes.
    pub(super) fn nearness(&self, way: &Way, plan: &Plan, changed: &Changed) -> Nearness {
        let (world, at) = (&plan.overlay.world, plan.overlay.context.at);
        let added: Vec<Statement> =
            changed.statements.iter().copied().filter(|&statement| world.find_holding(statement, at).is_some()).collect();
        // To have another home is no way through another firm.
        let is_value = |statement: &Statement| matches!(statement, Statement::Value { .. });
        let is_foreign = |statement: &&Statement| !is_value(statement) && statement.named().any(|entity| self.is_foreign(entity));
        let of_revoking = |count: usize| if self.allow { 0 } else { count };
        let roles: BTreeSet<RoleId> =
            way.acts.iter().flat_map(|act| self.roles(act)).filter_map(|role| self.decider.world.role_of(role)).collect();
        let sources = roles.iter().flat_map(|&role| &self.decider.compiled.policy.roles[role].meta.source);
        Nearness {
            foreign: added.iter().filter(is_foreign).count(),
            added: of_revoking(added.len()),
            about_others: of_revoking(way.acts.iter().filter(|act| !names(act, self.asked.subject)).count()),
            granted: roles.iter().map(|&role| self.granted(role).len()).sum(),
            sourced: Reverse(sources.filter(|claim| self.claims.contains(claim)).count()),
            unrestored: unrestored(way),
            arguments: argument_count(way),
        }
    }

    /// How many actions the roles grant that the changes of a set give.
    pub(super) fn granted_by(&self, set: &ChangeSet) -> usize {
        let world = self.decider.world;
        let given = |change: &Change| match *change {
            Change::Add(fact) | Change::Set(fact) => fact.named().filter_map(|entity| world.role_of(entity)).collect(),
            Change::Remove(_) | Change::Toggle(..) => Vec::new(),
        };
        set.iter().flat_map(given).map(|role| self.granted(role).len()).sum()
    }

    /// Whether an entity is another firm than those of the question, or a group that only such a firm names.
    fn is_foreign(&self, entity: EntityId) -> bool {
        let is_other = |entity: EntityId| self.firms.is_other(self.decider, entity);
        let owners = ownership::owners(self.decider, entity);
        is_other(entity) || !owners.is_empty() && owners.iter().all(|&(_, owner)| is_other(owner))
    }

    /// The roles that an act names.
    pub(super) fn roles(&self, act: &Act) -> Vec<EntityId> {
        self.entities(act).into_iter().filter(|&entity| self.decider.world.role_of(entity).is_some()).collect()
    }

    /// The entities that an act names, an assigned role among them.
    pub(super) fn entities(&self, act: &Act) -> Vec<EntityId> {
        let world = self.decider.world;
        match act {
            Act::Event(act) => act.arguments.iter().flat_map(entities).collect(),
            Act::Change(ChangeAct { change: Change::Add(fact) | Change::Set(fact) | Change::Remove(fact), .. }) => match *fact {
                Statement::Holds { holder, role, scope } => vec![holder, world.role_entity(role), scope],
                fact => fact.named().collect(),
            },
            Act::Change(_) => Vec::new(),
        }
    }

    /// The act with each role replaced by what it grants. A removal keeps its role, since it is about a fact that there is.
    pub(super) fn without_roles(&self, act: &Act) -> RolelessAct {
        let world = self.decider.world;
        let blank = |entity: EntityId| if world.role_of(entity).is_some() { EntityId::NONE } else { entity };
        let (what, entities) = match act {
            Act::Event(event) => (
                RolelessKind::Event(event.event, literals(&event.arguments)),
                event.arguments.iter().flat_map(entities).map(blank).collect(),
            ),
            Act::Change(ChangeAct { change: Change::Add(Statement::Holds { holder, scope, .. }), .. }) => {
                (RolelessKind::Assignment, vec![*holder, *scope])
            }
            Act::Change(ChangeAct { change: Change::Add(Statement::Relation(relation, ends)), .. }) => {
                (RolelessKind::Relation(*relation), ends.iter().copied().map(blank).collect())
            }
            Act::Change(act) => return RolelessAct { what: RolelessKind::Other(act.change), entities: Vec::new(), granted: Vec::new() },
        };
        let roles = self.roles(act).into_iter().filter_map(|role| world.role_of(role));
        RolelessAct { what, entities, granted: roles.map(|role| self.granted(role)).collect() }
    }

    /// The actions that a role grants, itself or by inclusion.
    fn granted(&self, role: RoleId) -> Vec<ActionId> {
        let (policy, graph) = (&self.decider.compiled.policy, &self.decider.compiled.graph);
        let find = || policy.actions.ids().filter(|&action| graph.permits(action).contains(&Permit::Role(role))).collect();
        self.granted.borrow_mut().entry(role).or_insert_with(find).clone()
    }
}

/// The arguments that are no entities.
fn literals(arguments: &[Argument]) -> Vec<Value> {
    let one = arguments.iter().filter_map(|argument| match argument {
        Argument::One(value) => Some(*value),
        _ => None,
    });
    one.filter(|value| !matches!(value, Value::Entity(_))).collect()
}

/// Whether an act names an entity.
fn names(act: &Act, entity: EntityId) -> bool {
    match act {
        Act::Event(act) => act.arguments.iter().flat_map(entities).any(|named| named == entity),
        Act::Change(act) => act.change.names(|named| named == entity),
    }
}

/// How many changes it has that do not restore a fact.
fn unrestored(way: &Way) -> usize {
    way.acts.iter().filter(|act| matches!(act, Act::Change(ChangeAct { ended: None, .. }))).count()
}

/// How many arguments its events have: one that does less needs fewer.
fn argument_count(way: &Way) -> usize {
    let arguments = way.acts.iter().map(|act| match act {
        Act::Event(act) => act.arguments.len(),
        Act::Change(_) => 0,
    });
    arguments.sum()
}
