//! What would turn an answer: candidate sets of changes, read off the conditions backwards. Each is only a candidate until it was tried.

use super::near_miss::{left, nearby};
use crate::eval::decide::Decider;
use crate::eval::evaluator::{Bindings, Evaluator};
use crate::eval::trace::{NoTrace, TermValue};
use crate::eval::truth::Truth;
use crate::graph::Permit;
use crate::plan::condition::{Exists, Plan};
use crate::policy::{
    AtomKind, AttributeId, Conclusion, Hop, ImplicationId, Op, RelationId, RoleId, RoleTerm, RuleId, Term, TermNode, ToggleId, Validity,
    ValueType,
};
use crate::time::Instant;
use crate::world::{EntityId, ResolvedRequest, Statement, Symbol, Value};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

/// The most changes that a set has, the most sets that are followed at a time, and the most parts of conditions that are looked at.
const LARGEST: usize = 6;
const BREADTH: usize = 64;
const LOOKS: u32 = 20_000;

/// How much work the lifting of one deny may be: each look takes the question's [`cost_estimate`](Decider::cost_estimate).
const LIFTING: u64 = 2_000_000;

/// One change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// A fact is added.
    Add(Statement),
    /// A fact is removed.
    Remove(Statement),
    /// An attribute gets another value; the fact says which.
    Set(Statement),
    /// A toggle is turned on or off.
    Toggle(ToggleId, bool),
    /// The question is asked of another date.
    Date {
        /// Of the world.
        at: Instant,
        /// Of the policy.
        policy_at: Instant,
    },
}

/// A set of changes, sorted.
pub type ChangeSet = Vec<Change>;

/// What a search for changes gives.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// Candidate sets, fewest changes first, none a superset of another.
    pub sets: Vec<ChangeSet>,
    /// Dates at which something that bears on the answer begins or ends.
    pub dates: BTreeSet<Instant>,
    /// The search was cut short, so that there may be others.
    pub limited: bool,
    /// How many parts of conditions were looked at.
    pub looks: u32,
}

impl Decider<'_> {
    /// Candidate changes after which the question would be answered yes (`allow`), or no. `looks`: the most parts of conditions that are
    /// looked at; there is a limit besides.
    pub fn candidates(&self, asked: &ResolvedRequest, allow: bool, looks: u32) -> Candidates {
        let looks = looks.min(LOOKS);
        let mut search = RepairSearch { decider: self, looks, steps: LOOKS, candidates: Candidates::default() };
        let bindings = Bindings::new(asked.subject, asked.resource);
        let graph = &self.compiled.graph;
        let mut permits: Vec<Vec<ChangeSet>> = Vec::new();
        for &way in graph.permits(asked.action) {
            permits.push(search.way(way, asked, &bindings, allow));
        }
        let denies: Vec<Vec<ChangeSet>> = graph.denies(asked.action).iter().map(|&rule| search.bar(rule, &bindings, !allow)).collect();
        let sets = if allow {
            let open = permits.into_iter().fold(Vec::new(), |all, sets| search.either(all, sets));
            denies.into_iter().fold(open, |all, sets| search.both(&all, &sets))
        } else {
            let shut = permits.into_iter().fold(vec![Vec::new()], |all, sets| search.both(&all, &sets));
            denies.into_iter().fold(shut, |all, sets| search.either(all, sets))
        };
        search.candidates.sets = sets;
        search.candidates.looks = looks - search.looks;
        search.candidates
    }

    /// What one look at a question takes, roughly: the groups that the subject is in, and the roles assigned on the resource and above it.
    pub fn cost_estimate(&self, asked: &ResolvedRequest) -> u64 {
        let mut evaluator = Evaluator::new(self, NoTrace);
        let assigned: usize = evaluator.chain(asked.resource).into_iter().map(|scope| self.world.assignments_over(scope).len()).sum();
        let groups = evaluator.group_closure(asked.subject).found.len();
        (assigned + groups) as u64
    }

    /// Candidate changes after which a deny would not bar.
    pub fn repairs_of_deny(&self, rule: RuleId, asked: &ResolvedRequest) -> Vec<ChangeSet> {
        let looks = u32::try_from(LIFTING / self.cost_estimate(asked).max(1)).unwrap_or(u32::MAX).min(LOOKS);
        let mut search = RepairSearch { decider: self, looks, steps: LOOKS, candidates: Candidates::default() };
        search.bar(rule, &Bindings::new(asked.subject, asked.resource), false)
    }
}

struct RepairSearch<'a> {
    decider: &'a Decider<'a>,
    looks: u32,
    /// How many memberships on the ways from a member to a group may still be followed.
    steps: u32,
    candidates: Candidates,
}

/// Nothing need be changed.
fn done() -> Vec<ChangeSet> {
    vec![Vec::new()]
}

/// Nothing that can be changed would do it.
fn never() -> Vec<ChangeSet> {
    Vec::new()
}

fn one(change: Change) -> Vec<ChangeSet> {
    vec![vec![change]]
}

impl RepairSearch<'_> {
    fn way(&mut self, way: Permit, asked: &ResolvedRequest, bindings: &Bindings<'_>, want: bool) -> Vec<ChangeSet> {
        let policy = &self.decider.compiled.policy;
        match way {
            Permit::Rule(rule) => {
                let active = policy.rules[rule].meta.validity;
                let plan = &self.decider.compiled.rules[rule];
                self.gated(&active, want, |turn| turn.plan(plan, bindings, want))
            }
            Permit::Role(role) => {
                let in_force = self.decider.permits(asked.action).iter().any(|&(_, own)| own == way);
                let active = policy.roles[role].meta.validity;
                if !in_force && active == Validity::default() {
                    // What it includes, or its table, is not in force: their dates and toggles are told by the explanation.
                    return if want { never() } else { done() };
                }
                self.gated(&active, want, |turn| turn.holds(asked.subject, role, asked.resource, want, false))
            }
        }
    }

    fn bar(&mut self, rule: RuleId, bindings: &Bindings<'_>, want: bool) -> Vec<ChangeSet> {
        let active = self.decider.compiled.policy.rules[rule].meta.validity;
        let plan = &self.decider.compiled.rules[rule];
        self.gated(&active, want, |turn| turn.plan(plan, bindings, want))
    }

    /// An element with dates and a toggle: it counts only in force.
    fn gated(&mut self, active: &Validity, want: bool, inner: impl FnOnce(&mut Self) -> Vec<ChangeSet>) -> Vec<ChangeSet> {
        let context = &self.decider.context;
        let since = active.since.is_none_or(|since| since <= context.policy_at);
        let until = active.until.is_none_or(|until| context.policy_at < until);
        self.candidates.dates.extend(active.since.into_iter().chain(active.until));
        if !since || !until {
            return if want { never() } else { done() };
        }
        let Some(toggle) = active.toggle else { return inner(self) };
        match (context.is_on(toggle), want) {
            (true, true) => inner(self),
            (false, false) => done(),
            (false, true) => {
                let sets = inner(self);
                self.both(&sets, &one(Change::Toggle(toggle, true)))
            }
            (true, false) => {
                let sets = inner(self);
                self.either(sets, one(Change::Toggle(toggle, false)))
            }
        }
    }

    fn plan(&mut self, plan: &Plan, bindings: &Bindings<'_>, want: bool) -> Vec<ChangeSet> {
        let now = Evaluator::new(self.decider, NoTrace).plan(plan, bindings);
        if now == Truth::from(want) {
            self.note_dates(plan, bindings);
            return done();
        }
        if self.looks == 0 {
            self.candidates.limited = true;
            return never();
        }
        self.looks -= 1;
        match plan {
            Plan::Constant(_) => never(),
            Plan::Toggle(toggle) => one(Change::Toggle(*toggle, want)),
            Plan::Not(part) => self.plan(part, bindings, !want),
            Plan::All(parts) | Plan::Any(parts) => {
                let all = matches!(plan, Plan::All(_)) == want;
                let mut sets = if all { done() } else { never() };
                for part in parts {
                    let more = self.plan(part, bindings, want);
                    sets = if all { self.both(&sets, &more) } else { self.either(sets, more) };
                    if all && sets.is_empty() {
                        break;
                    }
                }
                sets
            }
            Plan::Exists(search) => self.some(search, bindings, want),
            Plan::Atom(_, test) => self.test(test, bindings, want),
            Plan::Asked { term, index, member } => {
                let mut evaluator = Evaluator::new(self.decider, NoTrace);
                let TermValue::Value(Value::Entity(named)) = evaluator.term(term, bindings) else { return never() };
                if *member { self.member(bindings.asked[*index], named, want) } else { never() }
            }
        }
    }

    fn some(&mut self, search: &Exists, bindings: &Bindings<'_>, want: bool) -> Vec<ChangeSet> {
        let mut sets = if want { never() } else { done() };
        let candidates = if want {
            let (nearby, whole) = nearby(self.decider, search, bindings);
            self.candidates.limited |= !whole;
            nearby
        } else {
            Evaluator::new(self.decider, NoTrace).candidates(search, bindings).into_vec()
        };
        let mut inner = *bindings;
        for candidate in candidates {
            inner.variables[usize::from(search.variable.0)] = candidate;
            let more = self.plan(&search.body, &inner, want);
            sets = if want { self.either(sets, more) } else { self.both(&sets, &more) };
            if (!want && sets.is_empty()) || self.looks == 0 {
                break;
            }
        }
        sets
    }

    fn test(&mut self, test: &AtomKind, bindings: &Bindings<'_>, want: bool) -> Vec<ChangeSet> {
        let mut evaluator = Evaluator::new(self.decider, NoTrace);
        let mut entity = |term: &Term| match evaluator.term(term, bindings) {
            TermValue::Value(Value::Entity(ent)) if ent != EntityId::NONE => Some(ent),
            _ => None,
        };
        match test {
            AtomKind::Relation { was: true, .. } | AtomKind::Within(..) | AtomKind::Is(..) => never(),
            AtomKind::Relation { relation, terms, .. } => {
                let mut ends = [EntityId::NONE; 3];
                for (end, term) in ends.iter_mut().zip(terms) {
                    let Some(ent) = entity(term) else { return never() };
                    *end = ent;
                }
                self.relation(*relation, ends, want)
            }
            AtomKind::Holds { holder, role, scope } => {
                let (Some(holder), Some(scope)) = (entity(holder), entity(scope)) else { return never() };
                let role = match role {
                    RoleTerm::Named(role) => Some(*role),
                    RoleTerm::Term(term) => {
                        entity(term).and_then(|ent| self.decider.world.role_of(ent, self.decider.compiled.policy.role_kind))
                    }
                };
                role.map_or_else(never, |role| self.holds(holder, role, scope, want, true))
            }
            AtomKind::Member(member, group) => match (entity(member), entity(group)) {
                (Some(member), Some(group)) => self.member(member, group, want),
                _ => never(),
            },
            AtomKind::Compare(left, Op::Eq, right) => {
                let sets = self.assign(left, &[right], bindings, want);
                if sets.is_empty() { self.assign(right, &[left], bindings, want) } else { sets }
            }
            AtomKind::Compare(..) => never(),
            AtomKind::OneOf(term, values) => self.assign(term, &values.iter().collect::<Vec<_>>(), bindings, want),
            AtomKind::Among(term, set) => self.among(term, set, bindings, want),
        }
    }

    /// An attribute set to one of the values; only one that is no history, no home and no container.
    fn assign(&mut self, read: &Term, values: &[&Term], bindings: &Bindings<'_>, want: bool) -> Vec<ChangeSet> {
        let Some((entity, attribute)) = self.changeable(read, bindings) else { return never() };
        let declared = &self.decider.compiled.policy.attributes[attribute];
        if declared.many {
            return never();
        }
        let mut evaluator = Evaluator::new(self.decider, NoTrace);
        if !want {
            return match evaluator.term(read, bindings) {
                TermValue::Value(value) if declared.optional => one(Change::Remove(Statement::Value { entity, attribute, value })),
                _ => never(),
            };
        }
        let given = values.iter().filter_map(|value| match evaluator.term(value, bindings) {
            TermValue::Value(value) if self.fits(&declared.value, value) => {
                Some(vec![Change::Set(Statement::Value { entity, attribute, value })])
            }
            _ => None,
        });
        let sets: Vec<ChangeSet> = given.collect();
        sets
    }

    fn fits(&self, ty: &ValueType, value: Value) -> bool {
        match (ty, value) {
            (ValueType::Entity(kinds), Value::Entity(ent)) => ent != EntityId::NONE && kinds.contains(self.decider.world.kind(ent)),
            (ValueType::OneOf(texts), Value::Text(symbol)) => texts.iter().any(|&known| Symbol::of_policy(known) == symbol),
            (ValueType::Text, Value::Text(_)) | (ValueType::Number, Value::Number(_)) | (ValueType::Date, Value::Date(_)) => true,
            _ => false,
        }
    }

    fn among(&mut self, term: &Term, set: &Term, bindings: &Bindings<'_>, want: bool) -> Vec<ChangeSet> {
        let Some((entity, attribute)) = self.changeable(set, bindings) else { return never() };
        let TermValue::Value(value) = Evaluator::new(self.decider, NoTrace).term(term, bindings) else { return never() };
        let declared = &self.decider.compiled.policy.attributes[attribute];
        if !self.fits(&declared.value, value) {
            return never();
        }
        let body = match (declared.member_of, value) {
            (true, Value::Entity(group)) => Statement::Member { member: entity, group },
            _ => Statement::Value { entity, attribute, value },
        };
        one(if want { Change::Add(body) } else { Change::Remove(body) })
    }

    /// The attribute that a term reads last, if it may be changed, and whose it is.
    fn changeable(&self, term: &Term, bindings: &Bindings<'_>) -> Option<(EntityId, AttributeId)> {
        let TermNode::Path(of, steps) = &term.node else { return None };
        let TermValue::Value(Value::Entity(ent)) = Evaluator::new(self.decider, NoTrace).term(of, bindings) else { return None };
        if ent == EntityId::NONE {
            return None;
        }
        let policy = &self.decider.compiled.policy;
        let kind = self.decider.world.kind(ent);
        let step = steps.of(kind)?;
        let Hop::Attribute(attribute) = step else { return None };
        let declared = &policy.attributes[attribute];
        let home = policy.kinds[kind].exactly_one.contains(&attribute);
        (!declared.history && !declared.container && !home).then_some((ent, attribute))
    }

    fn relation(&mut self, relation: RelationId, ends: [EntityId; 3], want: bool) -> Vec<ChangeSet> {
        let (world, at) = (self.decider.world, self.decider.context.at);
        let declared = &self.decider.compiled.policy.relations[relation];
        let last = declared.ends.len() - 1;
        let scopes = if declared.covers { Evaluator::new(self.decider, NoTrace).chain(ends[last]) } else { vec![ends[last]] };
        let fitting: Vec<EntityId> = scopes.into_iter().filter(|&scope| declared.ends[last].contains(world.kind(scope))).collect();
        let mut sets = if want { never() } else { done() };
        for &scope in &fitting {
            let mut here = ends;
            here[last] = scope;
            let body = Statement::Relation(relation, here);
            self.note_times(body);
            if !want && world.find_holding(body, at).is_some() {
                sets = self.both(&sets, &one(Change::Remove(body)));
            }
            for &implication in &declared.derived_by {
                let more = self.implication(implication, here, want);
                sets = if want { self.either(sets, more) } else { self.both(&sets, &more) };
            }
        }
        // A term can be of kinds that the end is not.
        let fits = ends.iter().zip(&declared.ends).take(last).all(|(&end, kinds)| kinds.contains(world.kind(end)));
        if want
            && fits
            && declared.derived_by.is_empty()
            && let Some(&scope) = fitting.first()
        {
            let mut here = ends;
            here[last] = scope;
            sets = self.either(sets, one(Change::Add(Statement::Relation(relation, here))));
        }
        if !want && !world.relation_closed(relation) {
            return never();
        }
        sets
    }

    /// `included`: a role that includes it will do too; else only the role itself.
    fn holds(&mut self, holder: EntityId, role: RoleId, scope: EntityId, want: bool, included: bool) -> Vec<ChangeSet> {
        let (world, at, policy) = (self.decider.world, self.decider.context.at, &self.decider.compiled.policy);
        // One walk finds the holder's groups once, however many assignments there are.
        let mut evaluator = Evaluator::new(self.decider, NoTrace);
        let chain = evaluator.chain(scope);
        let groups: Option<FxHashSet<EntityId>> = evaluator.groups(holder).map(|groups| groups.into_iter().collect());
        let roles: Vec<RoleId> = if included { self.decider.includers(role).to_vec() } else { vec![role] };
        let mut sets = if want { never() } else { done() };
        for held in roles {
            let over: Vec<EntityId> = chain.iter().copied().filter(|&here| policy.roles[held].on.contains(world.kind(here))).collect();
            for &here in &over {
                for id in world.assignments_over(here) {
                    let fact = world.fact(id);
                    let Statement::Holds { holder: assignee, role: assigned, .. } = fact.statement else { continue };
                    if assigned != held {
                        continue;
                    }
                    let within = |groups: &FxHashSet<EntityId>| groups.contains(&assignee);
                    let member =
                        assignee == holder || groups.as_ref().map_or_else(|| evaluator.member(holder, assignee) == Truth::True, within);
                    if !fact.during.contains(at) {
                        if member {
                            self.candidates.dates.extend([fact.during.since, fact.during.until]);
                        }
                        // What ended can be given again, to the group or over the wider scope as it was.
                        if member && want && fact.during.until <= at {
                            sets = self.either(sets, one(Change::Add(fact.statement)));
                        }
                        continue;
                    }
                    if want && !member {
                        let more = self.member(holder, assignee, true);
                        sets = self.either(sets, more);
                    } else if !want && member {
                        let apart = if assignee == holder { never() } else { self.member(holder, assignee, false) };
                        let permits = self.either(one(Change::Remove(fact.statement)), apart);
                        sets = self.both(&sets, &permits);
                        if sets.is_empty() {
                            return never();
                        }
                    }
                }
                for &implication in self.decider.compiled.graph.rules_deriving(held) {
                    let asked = [holder, world.role_entity(held, policy.role_kind), here];
                    let more = self.implication(implication, asked, want);
                    sets = if want { self.either(sets, more) } else { self.both(&sets, &more) };
                }
            }
            if want
                && held == role
                && policy.holders().contains(world.kind(holder))
                && let Some(&here) = over.first()
            {
                let body = Statement::Holds { holder, role, scope: here };
                self.note_times(body);
                sets = self.either(sets, one(Change::Add(body)));
            }
            if !want && !world.role_closed(held) {
                return never();
            }
        }
        sets
    }

    fn implication(&mut self, implication: ImplicationId, asked: [EntityId; 3], want: bool) -> Vec<ChangeSet> {
        let (world, at) = (self.decider.world, self.decider.context.at);
        let declared = &self.decider.compiled.policy.implications[implication];
        let rule_plan = &self.decider.compiled.implications[implication];
        let mut bindings = Bindings { asked, ..Bindings::new(asked[0], EntityId::NONE) };
        for (index, variable, kinds) in &rule_plan.binds {
            let ent = asked[*index];
            if !kinds.contains(world.kind(ent)) || !world.lives(ent, at) {
                return if want { never() } else { done() };
            }
            bindings.variables[usize::from(variable.0)] = ent;
        }
        let role_fits = match &declared.then {
            Conclusion::Holds { role: RoleTerm::Named(role), .. } => {
                world.role_of(asked[1], self.decider.compiled.policy.role_kind) == Some(*role)
            }
            _ => true,
        };
        if !role_fits {
            return if want { never() } else { done() };
        }
        self.gated(&declared.meta.validity, want, |turn| turn.plan(&rule_plan.plan, &bindings, want))
    }

    fn member(&mut self, member: EntityId, group: EntityId, want: bool) -> Vec<ChangeSet> {
        let (world, policy) = (self.decider.world, &self.decider.compiled.policy);
        if member == group {
            return never();
        }
        if want {
            let direct = policy.kinds[world.kind(member)].attributes.iter().any(|&attribute| {
                let attribute = &policy.attributes[attribute];
                attribute.member_of && matches!(&attribute.value, ValueType::Entity(kinds) if kinds.contains(world.kind(group)))
            });
            let body = Statement::Member { member, group };
            self.note_times(body);
            let back = left(self.decider, member, group).into_iter().map(|body| vec![Change::Add(body)]).collect();
            return if direct { self.either(one(Change::Add(body)), back) } else { back };
        }
        // Every path must be cut.
        let mut paths = Vec::new();
        self.paths(member, group, &mut vec![member], &mut paths);
        paths.iter().fold(done(), |sets, path: &Vec<Statement>| {
            let cuts = path.iter().map(|&body| vec![Change::Remove(body)]).collect::<Vec<_>>();
            self.both(&sets, &cuts)
        })
    }

    /// The ways from a member to a group that pass no group twice, a few dozen at most.
    fn paths(&mut self, from: EntityId, to: EntityId, passed: &mut Vec<EntityId>, found: &mut Vec<Vec<Statement>>) {
        let (world, at) = (self.decider.world, self.decider.context.at);
        for id in world.memberships(from) {
            if found.len() >= BREADTH || passed.len() > BREADTH || self.steps == 0 {
                self.candidates.limited = true;
                return;
            }
            self.steps -= 1;
            let fact = world.fact(id);
            let Statement::Member { group, .. } = fact.statement else { continue };
            if !fact.during.contains(at) || passed.contains(&group) {
                continue;
            }
            if group == to {
                passed.push(group);
                found.push(passed.windows(2).map(|pair| Statement::Member { member: pair[0], group: pair[1] }).collect());
                passed.pop();
                continue;
            }
            passed.push(group);
            self.paths(group, to, passed, found);
            passed.pop();
        }
    }

    /// When else what a fact says was or will be so.
    fn note_times(&mut self, body: Statement) {
        let world = self.decider.world;
        for id in world.facts_stating(body) {
            let during = world.fact(id).during;
            self.candidates.dates.extend([during.since, during.until]);
        }
    }

    /// A part that is as wanted may be so for a time only: its facts' ends are dates worth a try.
    fn note_dates(&mut self, plan: &Plan, bindings: &Bindings<'_>) {
        let mut evaluator = Evaluator::new(self.decider, crate::eval::trace::Trace::default());
        evaluator.plan(plan, bindings);
        let mut rest: Vec<crate::eval::trace::TraceNode<'_>> = evaluator.recorder.roots().collect();
        while let Some(visit) = rest.pop() {
            if let crate::eval::trace::TraceStep::Fact(fact) = visit.step() {
                let during = self.decider.world.fact(fact).during;
                self.candidates.dates.extend([during.since, during.until]);
            }
            rest.extend(visit.below());
        }
    }

    fn either(&mut self, mut a: Vec<ChangeSet>, b: Vec<ChangeSet>) -> Vec<ChangeSet> {
        a.extend(b);
        self.least(a)
    }

    fn both(&mut self, a: &[ChangeSet], b: &[ChangeSet]) -> Vec<ChangeSet> {
        let mut sets = Vec::with_capacity(a.len() * b.len());
        for one in a {
            for other in b {
                let mut set: ChangeSet = one.iter().chain(other).copied().collect();
                set.sort();
                set.dedup();
                if set.len() > LARGEST {
                    self.candidates.limited = true;
                } else if !at_odds(&set) {
                    sets.push(set);
                }
            }
        }
        self.least(sets)
    }

    /// Drops supersets, and all but the smallest.
    fn least(&mut self, mut sets: Vec<ChangeSet>) -> Vec<ChangeSet> {
        sets.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
        sets.dedup();
        let mut kept: Vec<ChangeSet> = Vec::new();
        for set in sets {
            if kept.len() == BREADTH {
                self.candidates.limited = true;
                break;
            }
            if !kept.iter().any(|smaller| smaller.iter().all(|change| set.binary_search(change).is_ok())) {
                kept.push(set);
            }
        }
        kept
    }
}

/// Whether a set undoes itself.
fn at_odds(set: &[Change]) -> bool {
    let opposite = |change: &Change| match *change {
        Change::Add(body) => Some(Change::Remove(body)),
        Change::Toggle(toggle, true) => Some(Change::Toggle(toggle, false)),
        _ => None,
    };
    let undone = set.iter().filter_map(opposite).any(|change| set.binary_search(&change).is_ok());
    let mut targets: Vec<(EntityId, AttributeId)> = Vec::new();
    let twice = set.iter().any(|change| match change {
        Change::Set(Statement::Value { entity, attribute, .. }) => {
            let again = targets.contains(&(*entity, *attribute));
            targets.push((*entity, *attribute));
            again
        }
        _ => false,
    });
    undone || twice
}
