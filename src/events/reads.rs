//! What an invariant reads, and for which values of its variables a change of that may make it true.

use super::places::{Place, Places, Reach, RolesRead, Stand};
use crate::graph::Graph;
use crate::plan::compiled::CompiledPolicy;
use crate::plan::tree::Plan;
use crate::policy::{
    AtomKind, AttributeId, Conclusion, Hop, ImplicationId, KindId, KindSet, Metadata, Policy, RelationId, RoleId, RoleTerm, Term, TermNode,
    VarId, VarSet,
};
use crate::time::Instant;
use crate::world::{Denied, EntityId, FactId, Statement, Topic, Value, World};
use smallvec::{SmallVec, smallvec};
use std::collections::{BTreeMap, BTreeSet};

/// The most members of a group that are looked at one by one.
const MAX_MEMBERS: usize = 10_000;

/// Values of some variables of an invariant.
pub(super) type PartialBinding = SmallVec<[(VarId, EntityId); 3]>;

/// What one part of an invariant's condition reads. Its truth value can change only when some of that changes, and only for values of its
/// variables that the change concerns.
#[derive(Debug)]
pub(super) struct Reads<'p> {
    policy: &'p Policy,
    graph: &'p Graph,
    relations: BTreeMap<RelationId, Places>,
    /// Values of attributes.
    attributes: BTreeMap<AttributeId, Places>,
    assignments: Places,
    /// The roles whose assignments it reads.
    roles: RolesRead,
    memberships: Places,
    /// Values of attributes that name a container.
    containers: Places,
    /// The dates on which roles and implications that it reads come into force or cease to be.
    dates: BTreeSet<Instant>,
    /// The variables for which it is searched first, outside `not` and `or`, each with its kinds.
    outermost: Vec<(VarId, KindSet)>,
    /// Those of them that range over what has ended too.
    past: VarSet,
    /// The kinds of its other variables and of the entities that it names.
    others: KindSet,
    /// The implications that it may use; each is visited once.
    implications: BTreeSet<ImplicationId>,
    /// The kinds of groups.
    groups: KindSet,
}

/// Something that changes at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// The policy.
    Policy,
    /// A fact begins or ends.
    Fact(FactId),
    /// Such a fact is no more left open, or it is stated from then on that it does not hold.
    Closed(Statement),
    /// The life of an entity begins or ends.
    Life(EntityId),
}

impl<'p> Reads<'p> {
    /// What a plan reads that is evaluated without any variable bound.
    pub(super) fn of(compiled: &'p CompiledPolicy, plan: &Plan) -> Reads<'p> {
        let policy = &compiled.policy;
        let mut reads = Reads {
            policy,
            graph: &compiled.graph,
            relations: BTreeMap::new(),
            attributes: BTreeMap::new(),
            assignments: Places::default(),
            roles: RolesRead::Only(BTreeSet::new()),
            memberships: Places::default(),
            containers: Places::default(),
            dates: BTreeSet::new(),
            outermost: Vec::new(),
            past: VarSet::EMPTY,
            others: KindSet::default(),
            implications: BTreeSet::new(),
            groups: policy.groups(),
        };
        reads.plan(plan, true);
        reads
    }

    /// Whether the condition may depend on whether this is so.
    pub(super) fn may_read(&self, statement: Statement) -> bool {
        match statement {
            Statement::Relation(relation, _) => self.relations.contains_key(&relation),
            Statement::Holds { role, .. } => !self.assignments.0.is_empty() && self.roles.has(role),
            Statement::Member { .. } => !self.memberships.0.is_empty(),
            Statement::Value { attribute, .. } => {
                let is_container = self.policy.attributes[attribute].container;
                self.attributes.contains_key(&attribute) || is_container && !self.containers.0.is_empty()
            }
        }
    }

    /// Whether the condition may depend on when the entity lives.
    pub(super) fn may_read_life(&self, world: &World, ent: EntityId) -> bool {
        let kind = world.has(ent).then(|| world.kind(ent));
        kind.is_some_and(|kind| {
            let is_sought = self.others.contains(kind) || self.outermost.iter().any(|(_, kinds)| kinds.contains(kind));
            is_sought || !self.facts_about(world, kind, ent).is_empty()
        })
    }

    fn plan(&mut self, plan: &Plan, outside: bool) {
        match plan {
            Plan::Constant(_) | Plan::Toggle(_) | Plan::Asked { .. } | Plan::Changed { .. } => {}
            Plan::All(parts) => parts.iter().for_each(|part| self.plan(part, outside)),
            Plan::Any(parts) => parts.iter().for_each(|part| self.plan(part, false)),
            Plan::Not(part) => self.plan(part, false),
            Plan::Exists(search) => {
                let kinds = &search.own().kinds;
                if outside {
                    self.past |= if search.own().past { search.variable.into() } else { VarSet::EMPTY };
                    self.outermost.push((search.variable, kinds.clone()));
                } else {
                    self.others = self.others.union(kinds);
                }
                self.plan(&search.body, outside);
            }
            Plan::Atom(_, atom, _) => self.atom(atom, true),
        }
    }

    /// An atom of the condition itself (`own`) or of an implication, whose variables are others.
    fn atom(&mut self, atom: &AtomKind, own: bool) {
        let policy = self.policy;
        atom.terms().into_iter().for_each(|term| self.term(term, own));
        match atom {
            AtomKind::Relation { relation, terms, .. } => {
                let last = terms.len() - 1;
                let covers = policy.relations[*relation].covers;
                let reach = |end| if covers && end == last { Reach::Contents } else { Reach::Itself };
                let place = terms.iter().enumerate().filter_map(|(end, term)| self.stand(term, end, reach(end), own)).collect();
                self.relations.entry(*relation).or_default().add(place);
                if covers {
                    self.containers.add(self.stand(&terms[last], 0, Reach::Contents, own).into_iter().collect());
                }
                policy.relations[*relation].derived_by.iter().for_each(|&id| self.implication(id));
            }
            AtomKind::Holds { holder, role, scope, .. } => {
                let of_holder = self.stand(holder, 0, Reach::Members, own);
                let over_scope = self.stand(scope, 1, Reach::Contents, own);
                self.assignments.add(of_holder.into_iter().chain(over_scope).collect());
                if matches!(role, RoleTerm::Term(_)) {
                    let over_scope = over_scope.map(|stand| Stand { position: 2, ..stand });
                    self.relations.entry(policy.unknown_roles).or_default().add(of_holder.into_iter().chain(over_scope).collect());
                }
                self.memberships.add(of_holder.into_iter().collect());
                self.containers.add(over_scope.map(|stand| Stand { position: 0, ..stand }).into_iter().collect());
                let read = match role {
                    RoleTerm::Named(role) => RolesRead::Only(self.graph.includers(*role).iter().copied().collect()),
                    RoleTerm::Term(_) => RolesRead::All,
                };
                for (role, declared) in policy.roles.iter().filter(|(role, _)| read.has(*role)) {
                    self.date(&declared.meta);
                    self.graph.rules_deriving(role).iter().for_each(|&id| self.implication(id));
                }
                self.roles.add(read);
            }
            AtomKind::Within(inner, _) => self.containers.add(self.stand(inner, 0, Reach::Contents, own).into_iter().collect()),
            AtomKind::Member(member, _) | AtomKind::Among(member, _) => {
                self.memberships.add(self.stand(member, 0, Reach::Members, own).into_iter().collect());
            }
            AtomKind::Is(..) | AtomKind::OneOf(..) | AtomKind::Compare(..) => {}
        }
    }

    fn implication(&mut self, id: ImplicationId) {
        if !self.implications.insert(id) {
            return;
        }
        let implication = &self.policy.implications[id];
        self.date(&implication.meta);
        self.others = implication.condition.variables.iter().fold(std::mem::take(&mut self.others), |all, own| all.union(&own.kinds));
        implication.condition.expr.atoms().for_each(|atom| self.atom(&atom.kind, false));
        let terms: Vec<&Term> = match &implication.then {
            Conclusion::Relation { terms, .. } => terms.iter().collect(),
            Conclusion::Holds { holder, scope, .. } => vec![holder, scope],
        };
        terms.into_iter().for_each(|term| self.term(term, false));
        // A conclusion about a group, or about a container, counts for others.
        self.memberships.add(Place::new());
        self.containers.add(Place::new());
    }

    fn date(&mut self, meta: &Metadata) {
        self.dates.extend(meta.validity.dates());
    }

    fn term(&mut self, term: &Term, own: bool) {
        match &term.node {
            TermNode::Literal(literal) => self.others.insert(self.policy.literals[*literal].kind),
            TermNode::Path(of, path) => {
                self.term(of, own);
                for (_, hop) in path.iter() {
                    match hop {
                        Hop::Attribute(attribute) => self.attribute(attribute, of, own),
                        Hop::Above(_) => self.containers.add(self.stand(of, 0, Reach::Contents, own).into_iter().collect()),
                        Hop::System => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn attribute(&mut self, attribute: AttributeId, of: &Term, own: bool) {
        let policy = self.policy;
        let place: Place = self.stand(of, 0, Reach::Itself, own).into_iter().collect();
        if policy.attributes[attribute].member_of {
            self.memberships.add(self.stand(of, 0, Reach::Members, own).into_iter().collect());
        }
        // An attribute of `exactly-one` has no value where another of them is given.
        let exactly_one = &policy.kinds[policy.attributes[attribute].kind].exactly_one;
        let alternatives = if exactly_one.contains(&attribute) { exactly_one.as_slice() } else { &[] };
        for &read in alternatives.iter().chain([&attribute]) {
            self.attributes.entry(read).or_default().add(place.clone());
        }
        if policy.attributes[attribute].container {
            self.containers.add(place);
        }
    }

    /// The variable that the term is, if it is one of the outermost.
    fn stand(&self, term: &Term, position: usize, reach: Reach, own: bool) -> Option<Stand> {
        match term.node {
            TermNode::Variable(variable) if own && self.outermost.iter().any(|(outer, _)| *outer == variable) => {
                Some(Stand { position, variable, reach })
            }
            _ => None,
        }
    }

    /// All changes of what it reads, in order of time. The first is at [`Instant::MIN`].
    pub(super) fn changes(&self, world: &World) -> Vec<(Instant, Change)> {
        let mut changes: Vec<(Instant, Change)> = self.dates.iter().map(|&date| (date, Change::Policy)).collect();
        changes.push((Instant::MIN, Change::Policy));
        // Whether a fact fits a pattern may change with any attribute.
        let conditional = world.has_conditional_patterns();
        for (id, fact) in world.facts().filter(|(_, fact)| !fact.during.is_empty()) {
            let may_fit = conditional && matches!(fact.statement, Statement::Value { .. } | Statement::Member { .. });
            if self.reads_statement(fact.statement) || may_fit {
                let change = if may_fit { Change::Policy } else { Change::Fact(id) };
                changes.extend([fact.during.since, fact.during.until].map(|at| (at, change)));
            }
        }
        changes.extend(self.closings(world));
        for ent in world.ents() {
            let life = world.life(ent);
            if !life.is_empty() {
                changes.extend([life.since, life.until].map(|at| (at, Change::Life(ent))));
            }
        }
        // At the first instant, everything is looked at.
        changes.retain(|&(at, change)| at != Instant::MAX && (at != Instant::MIN || change == Change::Policy));
        changes.sort_unstable();
        changes.dedup();
        changes
    }

    /// Whether it reads facts of this topic.
    fn reads(&self, topic: Topic) -> bool {
        match topic {
            Topic::Relation(relation) => self.relations.contains_key(&relation),
            Topic::Holds => !self.assignments.0.is_empty(),
            Topic::Member => !self.memberships.0.is_empty(),
            Topic::Value(attribute) => self.attributes.contains_key(&attribute) || !self.containers.0.is_empty(),
        }
    }

    /// Whether it reads such a fact.
    fn reads_statement(&self, statement: Statement) -> bool {
        let of_role = |role: RoleId| self.roles.has(role);
        self.reads(statement.topic()) && !matches!(statement, Statement::Holds { role, .. } if !of_role(role))
    }

    /// The changes of what patterns leave open: where one ends, or a fact is closed. Where one begins, nothing becomes true.
    fn closings(&self, world: &World) -> Vec<(Instant, Change)> {
        let mut changes = Vec::new();
        for shape in world.openings().shapes().filter(|shape| self.reads(shape.topic)) {
            let change = shape.statement().map_or(Change::Policy, Change::Closed);
            changes.push((world.pattern(shape.pattern).during.until, change));
        }
        for (denied, since) in world.denied_since() {
            let statement = match denied {
                Denied::Fact(statement) => statement,
                Denied::Attribute(entity, attribute) | Denied::Others(entity, attribute) => {
                    Statement::Value { entity, attribute, value: Value::Entity(EntityId::NONE) }
                }
            };
            if self.reads(statement.topic()) {
                changes.push((since, Change::Closed(statement)));
            }
            // The attribute may be `member-of`.
            if let (Denied::Attribute(member, _) | Denied::Others(member, _), true) = (denied, self.reads(Topic::Member)) {
                changes.push((since, Change::Closed(Statement::Member { member, group: EntityId::NONE })));
            }
        }
        changes
    }

    /// The values of its variables for which the changes of one instant may have made it true, each list for itself. An empty list is
    /// about all values.
    pub(super) fn concerned(&self, world: &World, changes: impl Iterator<Item = Change>) -> BTreeSet<PartialBinding> {
        let mut only = BTreeSet::new();
        for change in changes {
            let narrow = match change {
                Change::Policy => false,
                Change::Closed(statement) => self.fact(world, statement, &mut only),
                Change::Fact(id) => self.fact(world, world.fact(id).statement, &mut only),
                Change::Life(ent) => self.life(world, ent, &mut only),
            };
            if !narrow {
                return BTreeSet::from([PartialBinding::new()]);
            }
        }
        only
    }

    /// Adds the values that a fact concerns; false if it may concern any.
    fn fact(&self, world: &World, statement: Statement, only: &mut BTreeSet<PartialBinding>) -> bool {
        let none = Places::default();
        let (places, ends) = match statement {
            Statement::Holds { role, .. } if !self.roles.has(role) => return true,
            Statement::Relation(relation, ends) => (self.relations.get(&relation).unwrap_or(&none), ends),
            Statement::Holds { holder, scope, .. } => (&self.assignments, [holder, scope, EntityId::NONE]),
            Statement::Member { member, .. } => (&self.memberships, [member, EntityId::NONE, EntityId::NONE]),
            Statement::Value { entity, attribute, .. } => {
                let ends = [entity, EntityId::NONE, EntityId::NONE];
                let container = self.policy.attributes[attribute].container;
                if container && !self.places(world, &self.containers, ends, only) {
                    return false;
                }
                (self.attributes.get(&attribute).unwrap_or(&none), ends)
            }
        };
        self.places(world, places, ends, only)
    }

    fn places(&self, world: &World, places: &Places, ends: [EntityId; 3], only: &mut BTreeSet<PartialBinding>) -> bool {
        places.0.iter().all(|place| {
            let counts_alone = |stand: &&Stand| {
                let kind = world.kind(ends[stand.position]);
                match stand.reach {
                    Reach::Itself => true,
                    Reach::Members => !self.groups.contains(kind),
                    Reach::Contents => self.policy.kinds[kind].below.is_empty(),
                }
            };
            let binding: PartialBinding = place.iter().filter(counts_alone).map(|stand| (stand.variable, ends[stand.position])).collect();
            if !binding.is_empty() {
                self.bind(world, binding, only);
                return true;
            }
            // What holds of a group counts for whoever is ever in it.
            let of_group = place.iter().find(|stand| stand.reach == Reach::Members);
            let Some(stand) = of_group else { return false };
            let members: Vec<EntityId> = world.ever_members(ends[stand.position]).take(MAX_MEMBERS + 1).collect();
            let few = members.len() <= MAX_MEMBERS;
            members.into_iter().filter(|_| few).for_each(|ent| self.bind(world, smallvec![(stand.variable, ent)], only));
            few
        })
    }

    /// Whether the variables range over these values at `at`.
    pub(super) fn ranges_over(&self, world: &World, partial: &PartialBinding, at: Instant) -> bool {
        partial.iter().all(|&(variable, ent)| world.lives(ent, at) || self.past.contains(variable) && world.has_ended(ent, at))
    }

    /// Adds values for variables that they can have.
    fn bind(&self, world: &World, binding: PartialBinding, only: &mut BTreeSet<PartialBinding>) {
        let kinds = |variable: VarId| self.outermost.iter().find(|(own, _)| *own == variable).map(|(_, kinds)| kinds);
        let fits = binding.iter().all(|&(variable, ent)| kinds(variable).is_some_and(|kinds| kinds.contains(world.kind(ent))));
        if fits {
            only.insert(binding);
        }
    }

    /// Adds the values that the life of an entity concerns; false if it may concern any.
    fn life(&self, world: &World, ent: EntityId, only: &mut BTreeSet<PartialBinding>) -> bool {
        let kind = world.kind(ent);
        if self.others.contains(kind) {
            return false;
        }
        for (variable, _) in self.outermost.iter().filter(|(_, kinds)| kinds.contains(kind)) {
            only.insert(smallvec![(*variable, ent)]);
        }
        self.facts_about(world, kind, ent).into_iter().all(|id| self.fact(world, world.fact(id).statement, only))
    }

    /// The facts about the entity that it may read.
    fn facts_about(&self, world: &World, kind: KindId, ent: EntityId) -> Vec<FactId> {
        let policy = self.policy;
        let mut found = Vec::new();
        for &relation in self.relations.keys() {
            (0..policy.relations[relation].ends.len()).for_each(|end| found.extend(world.related(relation, end, ent)));
        }
        if !self.assignments.0.is_empty() {
            found.extend(world.assignments_of(ent).chain(world.assignments_over(ent)));
        }
        if !self.memberships.0.is_empty() {
            found.extend(world.memberships(ent).chain(world.members(ent)));
        }
        let containers = policy.attributes.iter().filter(|(_, attribute)| attribute.container && !self.containers.0.is_empty());
        let read = self.attributes.keys().copied().chain(containers.map(|(id, _)| id));
        for attribute in read {
            let declared = &policy.attributes[attribute];
            if declared.kind == kind {
                found.extend(world.values(ent, attribute));
            }
            if declared.value.accepts_kind(kind) {
                found.extend(world.entities_with_value(attribute, ent));
            }
        }
        found
    }
}
