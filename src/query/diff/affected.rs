//! Which requests a change can affect: what follows of it forwards, from the facts that changed over implications and rules to requests.

use super::changes::{Change, Changed, Changes};
use super::sides::{Side, Sides};
use crate::eval::evaluator::Evaluator;
use crate::eval::{BUDGET, Budget, NoTrace};
use crate::graph::{GrantSource, Graph, Node, Permit};
use crate::plan::delta::{Concludes, DeltaPlan, DeltaPlans, Reading};
use crate::policy::{ActionId, Conclusion, Metadata, Policy, Reads, RoleId, RoleTerm, RuleEffect, ToggleId};
use crate::world::{EntityId, Statement};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Requests that may be answered otherwise on the other side.
#[derive(Debug, Default)]
pub(super) struct Affected {
    /// Actions of which any request may be.
    pub(super) actions: BTreeSet<ActionId>,
    /// Requests of others.
    pub(super) requests: Vec<Rectangle>,
}

/// Each of the subjects with each of the actions on each of the resources.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Rectangle {
    pub(super) subjects: Extent,
    pub(super) actions: Arc<[ActionId]>,
    pub(super) resources: Extent,
}

/// Some entities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Extent {
    /// All of them.
    Any,
    /// This one.
    One(EntityId),
    /// This one, and its members at any depth.
    Members(EntityId),
    /// This one, and what lies within it.
    Contents(EntityId),
}

impl Extent {
    fn of(ent: EntityId, extent: fn(EntityId) -> Extent) -> Extent {
        if ent == EntityId::NONE { Extent::Any } else { extent(ent) }
    }
}

/// So many facts of one relation or role are followed; if there are more, all of them count as changed.
const MAX_FACTS: usize = 100_000;

/// More was to be followed than was asked for.
#[derive(Debug)]
pub(super) struct TooMuch;

/// The requests that the changes can affect; `None` if they can affect any.
pub(super) fn affected(sides: Sides<'_>, changes: &Changes) -> Option<Affected> {
    let mut unlimited = u64::MAX;
    affected_within(sides, changes, &mut unlimited).ok().flatten()
}

/// The same, if it takes no more than `work` units of work, which are taken from them.
pub(super) fn affected_within(sides: Sides<'_>, changes: &Changes, work: &mut u64) -> Result<Option<Affected>, TooMuch> {
    // The condition of a pattern may read any attribute, which group somebody is in, and who lives.
    let is_read_by_patterns = |change: &Change| {
        matches!(
            change.what,
            Changed::Entity(_)
                | Changed::Fact(Statement::Member { .. } | Statement::Value { .. })
                | Changed::NotFact(Statement::Member { .. } | Statement::Value { .. })
        )
    };
    let patterns = sides.old.world.has_conditional_patterns() || sides.new.world.has_conditional_patterns();
    if changes.may_be_more || patterns && changes.all.iter().any(is_read_by_patterns) {
        return Ok(None);
    }
    let budgets = [Budget::of(0), Budget::of(0)];
    let mut propagation = Propagation::of(sides, &budgets, BUDGET.min(*work));
    changes.all.iter().for_each(|change| propagation.change(change.what));
    while let Some((reading, ends)) = propagation.open.pop() {
        propagation.follow(reading, ends);
        if spent(&budgets) >= *work {
            *work = 0;
            return Err(TooMuch);
        }
    }
    *work -= spent(&budgets);
    let mut affected = propagation.affected;
    let known = &affected.actions;
    affected.requests.retain_mut(|rectangle| {
        if rectangle.actions.iter().any(|action| known.contains(action)) {
            rectangle.actions = rectangle.actions.iter().copied().filter(|action| !known.contains(action)).collect();
        }
        !rectangle.actions.is_empty()
    });
    Ok(Some(affected))
}

/// How much was taken of both budgets.
fn spent(budgets: &[Budget; 2]) -> u64 {
    budgets.iter().map(Budget::spent).sum()
}

/// What changed of a reading: the entities at its ends, or anything.
type Ends = Option<[EntityId; 3]>;

struct Propagation<'a> {
    sides: Sides<'a>,
    /// Of each side.
    evaluators: [Evaluator<'a, NoTrace>; 2],
    policy: &'a Policy,
    graph: &'a Graph,
    deltas: DeltaPlans<'a>,
    /// The relations of which some outcome can depend.
    reads: Reads,
    readings: FxHashMap<Reading, Arc<[Result<DeltaPlan, Concludes>]>>,
    /// What was followed or is to be followed.
    known: FxHashSet<(Reading, Ends)>,
    counts: FxHashMap<Reading, usize>,
    open: Vec<(Reading, Ends)>,
    /// Roles that are held or not, as far as they were noted.
    held: FxHashSet<(RoleId, Ends)>,
    by_role: FxHashMap<RoleId, Arc<[ActionId]>>,
    affected: Affected,
    /// How much work one evaluation may take.
    units: u64,
}

impl<'a> Propagation<'a> {
    fn of(sides: Sides<'a>, budgets: &'a [Budget; 2], units: u64) -> Propagation<'a> {
        let compiled = sides.new.compiled;
        Propagation {
            sides,
            evaluators: [sides.old.within(&budgets[0]).evaluator(NoTrace), sides.new.within(&budgets[1]).evaluator(NoTrace)],
            policy: &compiled.policy,
            graph: &compiled.graph,
            deltas: DeltaPlans::of(&compiled.policy),
            reads: reads_of_decisions(&compiled.policy),
            readings: FxHashMap::default(),
            known: FxHashSet::default(),
            counts: FxHashMap::default(),
            open: Vec::new(),
            held: FxHashSet::default(),
            by_role: FxHashMap::default(),
            affected: Affected::default(),
            units,
        }
    }

    /// Begins with a change.
    fn change(&mut self, changed: Changed) {
        match changed {
            Changed::Element(node) => self.element(node),
            Changed::Toggle(toggle) => {
                self.switched_by(toggle).into_iter().for_each(|node| self.element(node));
                self.follow(Reading::Toggle(toggle), Some([EntityId::NONE; 3]));
            }
            Changed::Entity(ent) => self.entity(ent),
            Changed::Fact(statement) | Changed::NotFact(statement) => self.statement(statement),
        }
    }

    /// The elements that are in force only while the toggle is on.
    fn switched_by(&self, toggle: ToggleId) -> Vec<Node> {
        let by = |meta: &Metadata| meta.validity.toggle == Some(toggle);
        let policy = self.policy;
        let rules = policy.rules.iter().filter(|(_, rule)| by(&rule.meta)).map(|(id, _)| Node::Rule(id));
        let roles = policy.roles.iter().filter(|(_, role)| by(&role.meta)).map(|(id, _)| Node::Role(id));
        let tables = policy.tables.iter().filter(|(_, table)| by(&table.meta)).map(|(id, _)| Node::Table(id));
        let implications = policy.implications.iter().filter(|(_, own)| by(&own.meta)).map(|(id, _)| Node::Implication(id));
        rules.chain(roles).chain(tables).chain(implications).collect()
    }

    fn element(&mut self, node: Node) {
        match node {
            Node::Rule(rule) => self.whole(Concludes::Rule(rule)),
            Node::Implication(implication) => self.whole(Concludes::Implication(implication)),
            Node::Role(changed) => {
                self.actions_where(|by_role| by_role == Node::Role(changed));
                for role in self.policy.roles.ids().filter(|&role| self.graph.includers(role).contains(&changed)).collect::<Vec<_>>() {
                    self.add(Reading::Role(role), None);
                }
            }
            changed => self.actions_where(|by_role| by_role == changed),
        }
    }

    /// Any request of the actions that a role permits by such a role or table.
    fn actions_where(&mut self, such: impl Fn(Node) -> bool) {
        let rests_on = |permit: &Permit, action: ActionId| match *permit {
            Permit::Rule(_) => false,
            Permit::Role(role) => {
                let path = self.graph.grant_path(role, action);
                let grants = path.grants.iter().any(|grant| {
                    such(Node::Role(grant.role)) || matches!(grant.by, GrantSource::Cell { table, .. } if such(Node::Table(table)))
                });
                let held = self.graph.includers(role).iter().any(|&includer| such(Node::Role(includer)));
                grants || held || path.inclusions.iter().any(|inclusion| such(Node::Role(inclusion.includes)))
            }
        };
        let actions = self.policy.actions.ids();
        let found: Vec<ActionId> =
            actions.filter(|&action| self.graph.permits(action).iter().any(|permit| rests_on(permit, action))).collect();
        self.affected.actions.extend(found);
    }

    /// Everything that a rule or an implication concludes. A rule that denies may be true of very much; what it can turn is found among what
    /// is permitted.
    fn whole(&mut self, concludes: Concludes) {
        if matches!(concludes, Concludes::Rule(rule) if self.policy.rules[rule].effect == RuleEffect::Deny) {
            return self.conclude(concludes, None);
        }
        match self.deltas.whole(concludes) {
            Ok(delta) => self.evaluate(&delta, [EntityId::NONE; 3]),
            Err(concludes) => self.conclude(concludes, None),
        }
    }

    fn entity(&mut self, ent: EntityId) {
        let all: Arc<[ActionId]> = self.policy.actions.ids().collect();
        self.rectangle(Extent::One(ent), Arc::clone(&all), Extent::Any);
        self.rectangle(Extent::Any, all, Extent::One(ent));
        self.add(Reading::Life(self.sides.kind(ent)), Some([ent, EntityId::NONE, EntityId::NONE]));
        self.membership(ent);
        self.containment(ent);
        for side in [Side::Old, Side::New] {
            let world = self.sides.decider(side).world;
            if world.has(ent) {
                world.facts_about(ent).into_iter().for_each(|id| self.statement(world.fact(id).statement));
            }
        }
    }

    fn statement(&mut self, statement: Statement) {
        match statement {
            Statement::Relation(relation, _) if relation == self.policy.unknown_roles => {
                self.affected.actions.extend(self.policy.actions.ids());
            }
            Statement::Relation(relation, ends) => self.add(Reading::Relation(relation), Some(ends)),
            Statement::Holds { holder, role, scope } => {
                let ends = Some([holder, EntityId::NONE, scope]);
                self.role(role, ends);
                self.add(Reading::Assigned(role), ends);
            }
            Statement::Member { member, .. } => self.membership(member),
            Statement::Value { entity, attribute, .. } => {
                for &attribute in self.policy.exclusive(&attribute).iter().chain([&attribute]) {
                    self.add(Reading::Attribute(attribute), Some([entity, EntityId::NONE, EntityId::NONE]));
                    if self.policy.attributes[attribute].container {
                        self.containment(entity);
                    }
                }
            }
        }
    }

    fn membership(&mut self, member: EntityId) {
        self.add(Reading::Membership, Some([member, EntityId::NONE, EntityId::NONE]));
        let by_role = self.actions_by_some_role();
        self.rectangle(Extent::Members(member), by_role, Extent::Any);
    }

    fn containment(&mut self, inner: EntityId) {
        self.add(Reading::Containment, Some([inner, EntityId::NONE, EntityId::NONE]));
        let by_role = self.actions_by_some_role();
        self.rectangle(Extent::Any, by_role, Extent::Contents(inner));
    }

    /// The actions that some role permits.
    fn actions_by_some_role(&self) -> Arc<[ActionId]> {
        let by_role = |action: &ActionId| self.graph.permits(*action).iter().any(|permit| matches!(permit, Permit::Role(_)));
        self.policy.actions.ids().filter(by_role).collect()
    }

    /// A role that is held or not: by the first end and its members, over the third and what lies within it.
    fn role(&mut self, role: RoleId, ends: Ends) {
        let (policy, graph) = (self.policy, self.graph);
        if !self.held.insert((role, ends)) {
            return;
        }
        let actions = Arc::clone(self.by_role.entry(role).or_insert_with(|| {
            let permits = |permit: &Permit| matches!(*permit, Permit::Role(own) if graph.includers(own).contains(&role));
            policy.actions.ids().filter(|&action| graph.permits(action).iter().any(permits)).collect()
        }));
        match ends {
            None => self.affected.actions.extend(actions.iter().copied()),
            Some([holder, _, scope]) => self.rectangle(Extent::of(holder, Extent::Members), actions, Extent::of(scope, Extent::Contents)),
        }
        for included in policy.roles.ids().filter(|&own| graph.includers(own).contains(&role)) {
            self.add(Reading::Role(included), ends);
        }
    }

    fn rectangle(&mut self, subjects: Extent, actions: Arc<[ActionId]>, resources: Extent) {
        if actions.is_empty() {
            return;
        }
        if subjects == Extent::Any && resources == Extent::Any {
            self.affected.actions.extend(actions.iter().copied());
        } else {
            self.affected.requests.push(Rectangle { subjects, actions, resources });
        }
    }

    /// Notes what is to be followed, once.
    fn add(&mut self, reading: Reading, ends: Ends) {
        if self.known.contains(&(reading, None)) {
            return;
        }
        let count = self.counts.entry(reading).or_default();
        *count += 1;
        let is_about = |ends: &[EntityId; 3]| ends.iter().any(|&end| end != EntityId::NONE);
        let ends = ends.filter(|ends| *count <= MAX_FACTS && is_about(ends));
        if self.known.insert((reading, ends)) {
            self.open.push((reading, ends));
        }
    }

    /// Finds what conditions with this reading conclude of it.
    fn follow(&mut self, reading: Reading, ends: Ends) {
        if ends.is_some() && self.known.contains(&(reading, None)) {
            return;
        }
        let ends = ends.map(|[first, second, third]| match reading {
            Reading::Role(role) | Reading::Assigned(role) => [first, self.sides.new.world.role_entity(role), third],
            _ => [first, second, third],
        });
        let deltas = &self.deltas;
        let plans = Arc::clone(self.readings.entry(reading).or_insert_with(|| deltas.reading(reading).into()));
        for plan in plans.iter() {
            let (Ok(DeltaPlan { concludes, .. }) | Err(concludes)) = plan;
            if !self.is_active(*concludes, Side::Old) && !self.is_active(*concludes, Side::New) {
                continue;
            }
            match (plan, ends) {
                (Ok(delta), Some(ends)) => self.evaluate(delta, ends),
                _ => self.conclude(*concludes, None),
            }
        }
    }

    /// Whether the rule or implication is in force on a side.
    fn is_active(&self, concludes: Concludes, side: Side) -> bool {
        self.sides.decider(side).in_force(match concludes {
            Concludes::Rule(rule) => Node::Rule(rule),
            Concludes::Implication(implication) => Node::Implication(implication),
        })
    }

    /// Whether any request that this may conclude is among those of which any may be affected.
    fn is_known(&self, concludes: Concludes) -> bool {
        matches!(concludes, Concludes::Rule(rule) if self.policy.rules[rule].actions.iter().all(|action| self.affected.actions.contains(action)))
    }

    /// Finds what a condition concludes of what changed, on either side.
    fn evaluate(&mut self, delta: &DeltaPlan, changed: [EntityId; 3]) {
        if self.is_known(delta.concludes) {
            return;
        }
        let mut found: FxHashSet<[EntityId; 3]> = FxHashSet::default();
        let mut complete = true;
        for (index, side) in [Side::Old, Side::New].into_iter().enumerate() {
            let world = self.sides.decider(side).world;
            if !self.is_active(delta.concludes, side) || !changed.iter().all(|&ent| ent == EntityId::NONE || world.has(ent)) {
                continue;
            }
            complete &= self.evaluators[index].each_affected(delta, changed, self.units, &mut |ends| _ = found.insert(ends));
        }
        if !complete {
            return self.conclude(delta.concludes, None);
        }
        found.into_iter().for_each(|ends| self.conclude(delta.concludes, Some(ends)));
    }

    /// That a conclusion may be another one, or any of a rule or an implication.
    fn conclude(&mut self, concludes: Concludes, ends: Ends) {
        let policy = self.policy;
        match concludes {
            Concludes::Rule(rule) => {
                let actions: Arc<[ActionId]> = policy.rules[rule].actions.iter().copied().collect();
                let [subject, resource, _] = ends.unwrap_or([EntityId::NONE; 3]);
                self.rectangle(Extent::of(subject, Extent::One), actions, Extent::of(resource, Extent::One));
            }
            Concludes::Implication(id) => match &policy.implications[id].then {
                Conclusion::Relation { relation, .. } if !self.reads.relation(*relation) => {}
                Conclusion::Relation { relation, .. } => self.add(Reading::Relation(*relation), ends),
                Conclusion::Holds { role: RoleTerm::Named(role), .. } => self.role(*role, ends),
                Conclusion::Holds { role: RoleTerm::Term(_), .. } => {
                    let named = ends.and_then(|ends| self.sides.new.world.role_of(ends[1]));
                    let derivable = policy.roles.ids().filter(|&role| self.graph.rules_deriving(role).contains(&id));
                    let roles: Vec<RoleId> = named.map_or_else(|| derivable.collect(), |role| vec![role]);
                    roles.into_iter().for_each(|role| self.role(role, ends));
                }
            },
        }
    }
}

/// What rules read, and what it depends on who holds a role: not what obligations and advice alone read.
fn reads_of_decisions(policy: &Policy) -> Reads {
    Reads::of(policy, policy.rules.values().map(|rule| &rule.condition), policy.roles.ids())
}
