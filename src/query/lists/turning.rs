//! The instants at which a truth may change: those at which a fact begins or ends that it may depend on.
//!
//! Conditions are read without evaluating them. What a variable may be at any time is followed from what is known through the facts of all
//! times, as far as that is possible: then only facts about those entities count, and else all facts of the relation or attribute. There may
//! be too many instants, and never too few.

use crate::eval::Decider;
use crate::plan::forward::ends;
use crate::policy::{
    Atom, AtomKind, AttributeId, Expr, Hop, ImplicationId, KindId, KindSet, Op, RelationId, RoleId, RoleTerm, Term, TermNode, VarId,
};
use crate::time::{Instant, Interval};
use crate::world::{EntityId, FactId, Statement, Topic, World};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// The entities that something may be at any time; `None` if it may be any.
pub(super) type Ever = Option<BTreeSet<EntityId>>;

/// More entities than this are as good as any.
const MANY: usize = 256;

/// After this many conditions, all instants of the world count.
const MAX_CONDITIONS: usize = 400;

/// Finds the instants.
pub(super) struct Turning<'a> {
    decider: &'a Decider<'a>,
    /// What every truth may depend on: patterns, denials, and dates of the policy.
    common: BTreeSet<Instant>,
    /// The instants of all facts of a topic, once these were needed.
    of_topic: Option<FxHashMap<Topic, BTreeSet<Instant>>>,
    /// The lives of the entities of a kind, once these were needed.
    of_kind: FxHashMap<KindId, BTreeSet<Instant>>,
}

/// The instants of one truth.
pub(super) struct Instants<'t, 'a> {
    turning: &'t mut Turning<'a>,
    found: BTreeSet<Instant>,
    /// The implications that were read, each with what was known of its ends and of the subject.
    read: Vec<(ImplicationId, [Ever; 3], Ever)>,
}

impl<'a> Turning<'a> {
    pub(super) fn new(decider: &'a Decider<'a>, policy_stays: bool) -> Turning<'a> {
        let (policy, world) = (&decider.compiled.policy, decider.world);
        let patterns = world.openings().patterns().map(|(_, pattern)| pattern.during);
        let mut common: BTreeSet<Instant> = patterns.chain(world.all_denials()).flat_map(|during| [during.since, during.until]).collect();
        if !policy_stays {
            let roles = policy.roles.values().map(|role| &role.meta);
            let metas = roles.chain(policy.implications.values().map(|implication| &implication.meta));
            common.extend(metas.flat_map(|meta| meta.validity.dates()));
        }
        Turning { decider, common, of_topic: None, of_kind: FxHashMap::default() }
    }

    /// The instants of one truth, to be added to.
    pub(super) fn instants(&mut self) -> Instants<'_, 'a> {
        let found = self.common.clone();
        let mut instants = Instants { turning: self, found, read: Vec::new() };
        // The condition of a pattern may read any attribute.
        if instants.world().has_conditional_patterns() {
            instants.everything();
        }
        instants
    }

    fn topics(&mut self) -> &FxHashMap<Topic, BTreeSet<Instant>> {
        let world = self.decider.world;
        self.of_topic.get_or_insert_with(|| {
            let mut found: FxHashMap<Topic, BTreeSet<Instant>> = FxHashMap::default();
            for (_, fact) in world.facts() {
                found.entry(fact.statement.topic()).or_default().extend([fact.during.since, fact.during.until]);
            }
            found
        })
    }
}

pub(super) fn one(ent: EntityId) -> Ever {
    Some(BTreeSet::from([ent]))
}

impl<'a> Instants<'_, 'a> {
    pub(super) fn into_found(self) -> BTreeSet<Instant> {
        self.found
    }

    pub(super) fn decider(&self) -> &'a Decider<'a> {
        self.turning.decider
    }

    fn world(&self) -> &'a World {
        self.turning.decider.world
    }

    pub(super) fn during(&mut self, during: Interval) {
        self.found.extend([during.since, during.until]);
    }

    fn fact(&mut self, id: FactId) {
        self.during(self.world().fact(id).during);
    }

    /// All instants of the world.
    pub(super) fn everything(&mut self) {
        let topics: Vec<Topic> = self.turning.topics().keys().copied().collect();
        topics.into_iter().for_each(|topic| self.topic(topic));
        for ent in self.world().ents() {
            self.during(self.world().life(ent));
        }
    }

    fn topic(&mut self, topic: Topic) {
        let found = self.turning.topics().get(&topic).cloned();
        self.found.extend(found.into_iter().flatten());
    }

    /// That the statement is stated, with the lives of its entities.
    pub(super) fn statement(&mut self, statement: Statement) {
        self.world().facts_stating(statement).for_each(|id| self.fact(id));
        statement.about().for_each(|ent| self.during(self.world().life(ent)));
    }

    /// That an entity is in a group.
    pub(super) fn membership(&mut self, members: &Ever, groups: &Ever) {
        let open = !self.world().memberships_closed();
        match (members, groups) {
            (None, None) => self.topic(Topic::Member),
            (Some(members), None) => _ = self.groups_ever(members),
            (None, Some(groups)) => self.members_ever(groups),
            (Some(members), Some(groups)) => {
                self.groups_ever(members);
                if open {
                    self.members_ever(groups);
                }
            }
        }
    }

    /// The entities, and the groups in which they are at any time.
    fn groups_ever(&mut self, members: &BTreeSet<EntityId>) -> BTreeSet<EntityId> {
        let mut found = members.clone();
        let mut waiting: Vec<EntityId> = members.iter().copied().collect();
        while let Some(here) = waiting.pop() {
            self.during(self.world().life(here));
            for id in self.world().memberships(here) {
                self.fact(id);
                if let Statement::Member { group, .. } = self.world().fact(id).statement
                    && found.insert(group)
                {
                    waiting.push(group);
                }
            }
        }
        found
    }

    fn members_ever(&mut self, groups: &BTreeSet<EntityId>) {
        for &group in groups {
            for here in self.world().ever_members(group) {
                self.world().members(here).for_each(|id| self.fact(id));
            }
        }
    }

    /// The entities, and what contains them at any time.
    fn containers_ever(&mut self, entities: &BTreeSet<EntityId>) -> BTreeSet<EntityId> {
        let policy = &self.turning.decider.compiled.policy;
        let mut found = entities.clone();
        let mut waiting: Vec<EntityId> = entities.iter().copied().collect();
        while let Some(here) = waiting.pop() {
            self.during(self.world().life(here));
            for &attribute in &policy.kinds[self.world().kind(here)].within {
                for above in self.values_ever(here, attribute) {
                    if found.insert(above) {
                        waiting.push(above);
                    }
                }
            }
        }
        found
    }

    /// That the attribute of the entity has some value.
    pub(super) fn value(&mut self, ent: EntityId, attribute: AttributeId) {
        self.values_ever(ent, attribute);
    }

    /// The entities that the attribute names at any time.
    fn values_ever(&mut self, ent: EntityId, attribute: AttributeId) -> Vec<EntityId> {
        let (world, policy) = (self.world(), &self.turning.decider.compiled.policy);
        let mut found = Vec::new();
        // One of `exactly-one` is absent while another is given.
        for &read in policy.exclusive(&attribute).iter().chain([&attribute]) {
            for id in world.facts_giving(policy, ent, read) {
                self.fact(id);
                let value = match world.fact(id).statement {
                    Statement::Value { value, .. } => value.entity(),
                    Statement::Member { group, .. } => Some(group),
                    _ => None,
                };
                if let Some(value) = value {
                    self.during(world.life(value));
                    found.extend((read == attribute).then_some(value));
                }
            }
        }
        self.during(world.life(ent));
        found
    }

    /// That an implication derives something of these ends, for this subject.
    pub(super) fn implication(&mut self, implication: ImplicationId, known: [Ever; 3], subject: &Ever) {
        let key = (implication, known, subject.clone());
        if self.read.contains(&key) {
            return;
        }
        if self.read.len() == MAX_CONDITIONS {
            return self.everything();
        }
        let declared = &self.turning.decider.compiled.policy.implications[implication];
        let mut values = Values { variables: vec![None; declared.condition.variables.len()], subject: subject.clone() };
        for (index, term) in ends(&declared.then) {
            if let TermNode::Variable(variable) = term.node {
                values.variables[variable.index()].clone_from(&key.1[index]);
            }
        }
        self.read.push(key);
        let free = declared.condition.expr.free_variables().iter().collect();
        self.condition(&declared.condition.expr, &mut values, free);
        for (variable, ever) in declared.condition.variables.iter().zip(&values.variables) {
            self.lives(&variable.kinds, ever);
        }
        ends(&declared.then).into_iter().for_each(|(_, term)| _ = self.term(term, &values));
    }

    fn lives(&mut self, kinds: &KindSet, ever: &Ever) {
        match ever {
            Some(ever) => ever.iter().for_each(|&ent| self.during(self.world().life(ent))),
            None => kinds.iter().for_each(|kind| self.kind(kind)),
        }
    }

    /// That any entity of the kind lives.
    fn kind(&mut self, kind: KindId) {
        let world = self.world();
        let lives = self.turning.of_kind.entry(kind).or_insert_with(|| {
            let lives = world.of_kind(kind).map(|ent| world.life(ent));
            lives.flat_map(|life| [life.since, life.until]).collect()
        });
        self.found.extend(lives.iter().copied());
    }

    /// That the condition is true. `own` are the variables that are bound at this level, whose values its atoms determine.
    fn condition(&mut self, expr: &Expr, values: &mut Values, mut own: Vec<VarId>) {
        let (mut atoms, mut others) = (Vec::new(), Vec::new());
        conjuncts(expr, &mut atoms, &mut own, &mut others);
        while let Some((variable, found)) = own.iter().find_map(|&variable| {
            let unknown = values.variables[variable.index()].is_none();
            let found = if unknown { atoms.iter().find_map(|atom| self.bound_by(atom, variable, values)) } else { None };
            found.map(|found| (variable, found))
        }) {
            values.variables[variable.index()] = Some(found);
        }
        for atom in atoms {
            self.atom(&atom.kind, values);
        }
        for other in others {
            self.condition(other, &mut values.clone(), Vec::new());
        }
    }

    /// What the variable may be at any time for the atom to be true; `None` if the atom does not say.
    fn bound_by(&mut self, atom: &Atom, variable: VarId, values: &Values) -> Option<BTreeSet<EntityId>> {
        let (world, policy) = (self.world(), &self.turning.decider.compiled.policy);
        let is_own = |term: &Term| matches!(term.node, TermNode::Variable(own) if own == variable);
        let mut found = BTreeSet::new();
        match &atom.kind {
            AtomKind::Relation { relation, terms, .. } => {
                let declared = &policy.relations[*relation];
                let last = terms.len() - 1;
                let own = terms.iter().position(is_own)?;
                if !declared.derived_by.is_empty() || !world.relation_closed(*relation) || declared.through_ends().next().is_some() {
                    return None;
                }
                let is_plain = |end: usize| !(declared.covers && end == last);
                let (end, from) = terms.iter().enumerate().find_map(|(end, term)| {
                    let ever = if is_plain(end) && is_plain(own) && !term.takes_hop() { self.term(term, values) } else { None };
                    ever.map(|ever| (end, ever))
                })?;
                for id in from.into_iter().flat_map(|from| world.related(*relation, end, from)) {
                    if let Statement::Relation(_, ends) = world.fact(id).statement {
                        found.insert(ends[own]);
                    }
                }
            }
            AtomKind::Member(member, group) if is_own(group) && world.memberships_closed() => {
                let members = self.term(member, values)?;
                found = self.groups_ever(&members);
            }
            AtomKind::Compare(one, Op::Eq, other) if is_own(one) || is_own(other) => {
                found = self.term(if is_own(one) { other } else { one }, values)?;
            }
            AtomKind::Among(one, set) if is_own(one) => found = self.term(set, values)?,
            AtomKind::Compare(one, Op::Eq, other) => {
                // `variable.attribute == known`
                let (path, known) = if one.variables().contains(variable) { (one, other) } else { (other, one) };
                let TermNode::Path(of, path) = &path.node else { return None };
                if !is_own(of) || known.variables().contains(variable) {
                    return None;
                }
                let known = self.term(known, values)?;
                for (_, hop) in path.iter() {
                    let Hop::Attribute(attribute) = hop else { return None };
                    if !world.attribute_closed(attribute) || policy.attributes[attribute].many {
                        return None;
                    }
                    for id in known.iter().flat_map(|&known| world.entities_with_value(attribute, known)) {
                        if let Statement::Value { entity, .. } = world.fact(id).statement {
                            found.insert(entity);
                        }
                    }
                }
            }
            _ => return None,
        }
        (found.len() <= MANY).then_some(found)
    }

    fn atom(&mut self, atom: &AtomKind, values: &Values) {
        match atom {
            AtomKind::Relation { relation, terms, .. } => {
                let known: Vec<Ever> = terms.iter().map(|term| self.term(term, values)).collect();
                self.relation(*relation, known);
            }
            AtomKind::Holds { holder, role, scope, .. } => {
                let (holder, scope) = (self.term(holder, values), self.term(scope, values));
                let role = match role {
                    RoleTerm::Named(role) => Some(*role),
                    RoleTerm::Term(term) => {
                        self.term(term, values);
                        None
                    }
                };
                self.holds(&holder, role, &scope);
            }
            AtomKind::Member(member, group) => {
                let (member, group) = (self.term(member, values), self.term(group, values));
                self.membership(&member, &group);
            }
            AtomKind::Within(inner, outer) => {
                self.term(outer, values);
                match self.term(inner, values) {
                    Some(inner) => _ = self.containers_ever(&inner),
                    None => self.containment(),
                }
            }
            AtomKind::Is(..) | AtomKind::OneOf(..) | AtomKind::Among(..) | AtomKind::Compare(..) => {
                atom.terms().into_iter().for_each(|term| _ = self.term(term, values));
            }
        }
    }

    /// That any entity lies within another.
    fn containment(&mut self) {
        let policy = &self.turning.decider.compiled.policy;
        let containers = policy.attributes.iter().filter(|(_, attribute)| attribute.container);
        containers.for_each(|(attribute, _)| self.topic(Topic::Value(attribute)));
    }

    fn relation(&mut self, relation: RelationId, mut known: Vec<Ever>) {
        let (world, declared) = (self.world(), &self.turning.decider.compiled.policy.relations[relation]);
        for (end, _) in declared.through_ends() {
            match &known[end] {
                Some(ever) => known[end] = Some(self.groups_ever(ever)),
                None => self.topic(Topic::Member),
            }
        }
        if let (true, Some(last)) = (declared.covers, known.last_mut()) {
            match last {
                Some(ever) => *last = Some(self.containers_ever(ever)),
                None => self.containment(),
            }
        }
        let fewest = known.iter().enumerate().filter_map(|(end, ever)| Some((end, ever.as_ref()?))).min_by_key(|(_, ever)| ever.len());
        match fewest {
            None => self.topic(Topic::Relation(relation)),
            Some((end, ever)) => {
                for id in ever.iter().flat_map(|&ent| world.related(relation, end, ent)) {
                    let Statement::Relation(_, ends) = world.fact(id).statement else { continue };
                    if known.iter().zip(ends).all(|(ever, end)| ever.as_ref().is_none_or(|ever| ever.contains(&end))) {
                        self.fact(id);
                    }
                }
            }
        }
        let mut ends: [Ever; 3] = [None, None, None];
        ends.iter_mut().zip(known).for_each(|(end, known)| *end = known);
        for &implication in &declared.derived_by {
            self.implication(implication, ends.clone(), &None);
        }
    }

    /// That the role, or any, is held.
    fn holds(&mut self, holder: &Ever, role: Option<RoleId>, scope: &Ever) {
        let (world, compiled) = (self.world(), self.turning.decider.compiled);
        let policy = &compiled.policy;
        let holders = match holder {
            Some(holder) => Some(self.groups_ever(holder)),
            None => {
                self.topic(Topic::Member);
                None
            }
        };
        if !world.memberships_closed() {
            self.topic(Topic::Member);
        }
        let scopes = match scope {
            Some(scope) => Some(self.containers_ever(scope)),
            None => {
                self.containment();
                None
            }
        };
        match (&scopes, &holders) {
            (Some(scopes), _) => scopes.iter().flat_map(|&scope| world.assignments_over(scope)).for_each(|id| self.fact(id)),
            (None, Some(holders)) => holders.iter().flat_map(|&holder| world.assignments_of(holder)).for_each(|id| self.fact(id)),
            (None, None) => self.topic(Topic::Holds),
        }
        self.topic(Topic::Relation(policy.unknown_roles));
        let roles: Vec<RoleId> = match role {
            Some(role) => compiled.graph.includers(role).to_vec(),
            None => policy.roles.ids().collect(),
        };
        for role in roles {
            for &implication in compiled.graph.rules_deriving(role) {
                self.implication(implication, [None, one(world.role_entity(role)), scopes.clone()], holder);
            }
        }
    }

    /// What the term may be at any time.
    fn term(&mut self, term: &Term, values: &Values) -> Ever {
        let world = self.world();
        match &term.node {
            TermNode::Subject => values.subject.clone(),
            TermNode::Variable(variable) => values.variables[variable.index()].clone(),
            TermNode::Literal(literal) => one(world.literal(*literal)),
            TermNode::Path(of, path) => {
                let Some(of) = self.term(of, values) else {
                    for (_, hop) in path.iter() {
                        match hop {
                            Hop::Attribute(attribute) => self.attribute(attribute),
                            Hop::Above(_) => self.containment(),
                            Hop::System => {}
                        }
                    }
                    return None;
                };
                let (mut found, mut open) = (BTreeSet::new(), false);
                for ent in of {
                    match path.of(world.kind(ent)) {
                        Some(Hop::Attribute(attribute)) => {
                            open |= !world.attribute_closed(attribute);
                            found.extend(self.values_ever(ent, attribute));
                        }
                        Some(Hop::Above(kind)) => {
                            open |= !world.containers_closed();
                            found.extend(self.containers_ever(&BTreeSet::from([ent])).into_iter().filter(|&ent| world.kind(ent) == kind));
                        }
                        Some(Hop::System) | None => {}
                    }
                }
                (!open && found.len() <= MANY).then_some(found)
            }
            _ => Some(BTreeSet::new()),
        }
    }

    /// That the attribute of any entity has some value.
    fn attribute(&mut self, attribute: AttributeId) {
        let policy = &self.turning.decider.compiled.policy;
        for &read in policy.exclusive(&attribute).iter().chain([&attribute]) {
            self.topic(Topic::of_attribute(policy, read));
        }
    }
}

/// What the variables and the subject of a condition may be at any time.
#[derive(Clone)]
struct Values {
    variables: Vec<Ever>,
    subject: Ever,
}

/// The atoms that must be true for the condition to be, the variables that are bound around them, and the other parts.
fn conjuncts<'e>(expr: &'e Expr, atoms: &mut Vec<&'e Atom>, bound: &mut Vec<VarId>, others: &mut Vec<&'e Expr>) {
    match expr {
        Expr::And(parts) => parts.iter().for_each(|part| conjuncts(part, atoms, bound, others)),
        Expr::Exists(variables, body) => {
            bound.extend(variables);
            conjuncts(body, atoms, bound, others);
        }
        Expr::Atom(atom) => atoms.push(atom),
        Expr::Or(parts) => others.extend(parts),
        Expr::Not(part) => others.push(part),
        Expr::True | Expr::False | Expr::Toggle(..) => {}
    }
}
