//! What turned an outcome: the smallest set of changes that alone turns the old outcome into the new one.

use super::changes::{Boundary, Change, Changed, Changes, FactState};
use super::row::DiffRow;
use super::sides::{Side, Sides, can_be_asked};
use crate::eval::{Decider, MissingDatum, Outcome, ProofVisits, TraceNode, TraceStep, Truth};
use crate::graph::{Node, Permit};
use crate::plan::{Context, PreparedPolicy};
use crate::policy::Id;
use crate::time::{Instant, Interval};
use crate::world::{EntityId, Fact, FactId, ResolvedRequest, Statement, World};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What turned an outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    /// The names of changes, in their order.
    pub names: Vec<String>,
    /// Whether they are all changes on which the proof of a side rests, since a smallest set was not found.
    pub at_least: bool,
}

/// So many sets of changes are tried for one row.
const MAX_TRIALS: usize = 2000;
/// So many changes are looked at for one row, before those on which no proof rests are left out.
const FEW: usize = 8;
/// So many sets are kept with their worlds.
const MAX_KEPT: usize = 512;

/// Finds what turned outcomes.
#[derive(Debug)]
pub struct Because<'a> {
    sides: Sides<'a>,
    changes: &'a Changes,
    hybrids: RefCell<FxHashMap<Vec<usize>, Arc<Hybrid>>>,
}

/// The old side with some of the changes.
#[derive(Debug)]
struct Hybrid {
    world: World,
    context: Context,
    prepared: Option<Arc<PreparedPolicy>>,
}

impl<'a> Because<'a> {
    /// For rows of the difference between these sides.
    pub fn new(sides: Sides<'a>, changes: &'a Changes) -> Because<'a> {
        Because { sides, changes, hybrids: RefCell::default() }
    }

    /// The date between those of the sides at which a change begins or ends, if it is that of an element.
    pub fn boundary(&self, name: &str) -> Option<Boundary> {
        self.changes.boundary(self.sides, name)
    }

    /// What turned the outcome of a row.
    pub fn of(&self, row: &DiffRow) -> Cause {
        if let [only] = self.changes.all.as_slice()
            && !self.changes.may_be_more
        {
            return Cause { names: vec![only.name.clone()], at_least: false };
        }
        let found = if self.sides.share_ids && !row.is_given_up() { self.smallest(row) } else { None };
        match found {
            Some(set) => self.cause(&set, false),
            None => self.of_proofs(row),
        }
    }

    fn cause(&self, set: &[usize], at_least: bool) -> Cause {
        Cause { names: set.iter().map(|&index| self.changes.all[index].name.clone()).collect(), at_least }
    }

    /// The first smallest set that turns the old outcome into the new one.
    fn smallest(&self, row: &DiffRow) -> Option<Vec<usize>> {
        let (_, request) = row.request();
        let candidates = self.candidates(row, &request)?;
        let mut trials = 0;
        for size in 1..=candidates.len() {
            let mut chosen: Vec<usize> = (0..size).collect();
            loop {
                trials += 1;
                if trials > MAX_TRIALS {
                    return None;
                }
                let set: Vec<usize> = chosen.iter().map(|&place| candidates[place]).collect();
                if self.turns(&set, row, &request) {
                    return Some(set);
                }
                if !next_choice(&mut chosen, candidates.len()) {
                    break;
                }
            }
        }
        None
    }

    /// Changes that together turn the outcome, and among which are all that may: all if there are few, else those on which the proofs rest.
    /// `None` if no such set is found.
    fn candidates(&self, row: &DiffRow, request: &ResolvedRequest) -> Option<Vec<usize>> {
        let all: Vec<usize> = (0..self.changes.all.len()).collect();
        if all.len() <= FEW {
            return self.turns(&all, row, request).then_some(all);
        }
        let mut found: BTreeSet<usize> = BTreeSet::new();
        for side in [Side::Old, Side::New] {
            if let Some(request) = row.side(side).request {
                found.extend(self.rests_on(self.sides.decider(side), &request));
            }
            found.extend(self.lives(request));
        }
        loop {
            let set: Vec<usize> = found.iter().copied().collect();
            if self.turns(&set, row, request) {
                return Some(set);
            }
            let hybrid = self.hybrid(&set);
            let decider = hybrid.decider(self.sides);
            if !can_be_asked(&decider, request) {
                return None;
            }
            let before = found.len();
            found.extend(self.rests_on(&decider, request));
            if found.len() == before {
                return None;
            }
        }
    }

    /// Whether the old side with these changes has the outcome of the new one.
    fn turns(&self, set: &[usize], row: &DiffRow, request: &ResolvedRequest) -> bool {
        let hybrid = self.hybrid(set);
        let decider = hybrid.decider(self.sides);
        if !can_be_asked(&decider, request) {
            return row.new.class().is_none();
        }
        let decision = decider.decide(request);
        let class = Some(decision.outcome).filter(|outcome| matches!(outcome, Outcome::Allowed | Outcome::Unknown));
        let turned = if row.old.class() == row.new.class() { Some(decision.outcome) == row.new.outcome } else { class == row.new.class() };
        decision.exhausted.is_none() && turned
    }

    fn hybrid(&self, set: &[usize]) -> Arc<Hybrid> {
        if let Some(kept) = self.hybrids.borrow().get(set) {
            return Arc::clone(kept);
        }
        let hybrid = Arc::new(Hybrid::of(self.sides, set.iter().map(|&index| &self.changes.all[index])));
        let mut hybrids = self.hybrids.borrow_mut();
        if hybrids.len() >= MAX_KEPT {
            hybrids.clear();
        }
        hybrids.insert(set.to_vec(), Arc::clone(&hybrid));
        hybrid
    }

    /// The changes of entities that the request names.
    fn lives(&self, request: &ResolvedRequest) -> Vec<usize> {
        let named = |change: &Change| matches!(change.what, Changed::Entity(ent) if ent == request.subject || ent == request.resource);
        (0..self.changes.all.len()).filter(|&index| named(&self.changes.all[index])).collect()
    }

    /// The changes on which a decision rests.
    fn rests_on(&self, decider: &Decider<'_>, request: &ResolvedRequest) -> Vec<usize> {
        let found = mentioned(decider, request);
        let is_among = |change: &Change| match change.what {
            Changed::Fact(statement) | Changed::NotFact(statement) => {
                found.facts.contains(&statement) || matches!(statement, Statement::Value { entity, .. } if found.entities.contains(&entity))
            }
            // What an element that is not in force would have done is not recorded.
            Changed::Toggle(_) | Changed::Element(_) => true,
            Changed::Entity(ent) => found.entities.contains(&ent),
        };
        (0..self.changes.all.len()).filter(|&index| is_among(&self.changes.all[index])).collect()
    }

    /// The changes on which the proofs of both sides rest; if these are of two worlds, the facts of one proof that do not hold on the other
    /// side, and the elements that are not in force there.
    fn of_proofs(&self, row: &DiffRow) -> Cause {
        if self.sides.share_ids {
            let mut found: BTreeSet<usize> = BTreeSet::new();
            for side in [Side::Old, Side::New] {
                if let Some(request) = row.side(side).request {
                    found.extend(self.rests_on(self.sides.decider(side), &request));
                }
            }
            return self.cause(&found.into_iter().collect::<Vec<_>>(), true);
        }
        let mut names = BTreeSet::new();
        for side in [Side::Old, Side::New] {
            let Some(request) = row.side(side).request else { continue };
            let decider = self.sides.decider(side);
            let found = mentioned(decider, &request);
            names.extend(self.absent_across(side, &request, &found));
        }
        names.extend(self.changes.all.iter().map(|change| (rank(&change.name), change.name.clone())));
        Cause { names: names.into_iter().map(|(_, name)| name).collect(), at_least: true }
    }

    /// The names of what a proof of one side uses that the other side does not have.
    fn absent_across(&self, side: Side, request: &ResolvedRequest, found: &Mentioned) -> Vec<(u8, String)> {
        let (here, there) = (self.sides.decider(side), self.sides.decider(side.other()));
        let (policy, other) = (&here.compiled.policy, &there.compiled.policy);
        let mut names: Vec<String> = Vec::new();
        for &node in &found.elements {
            let name = node.name(policy);
            let across = match node {
                Node::Rule(_) => other.rule_named(&name).map(Node::Rule),
                Node::Role(_) => other.role_named(&name).map(Node::Role),
                Node::Implication(_) => other.implication_named(&name).map(Node::Implication),
                _ => continue,
            };
            if here.in_force(node) && !across.is_some_and(|across| there.in_force(across)) {
                names.push(node.full_name(policy));
            }
        }
        let action = &policy.actions[request.action].meta.name;
        if other.action_named(action).is_none() {
            names.push(format!("action:{action}"));
        }
        for ent in [request.subject, request.resource] {
            let entity = here.world.entity(ent);
            let kind = &policy.kinds[entity.kind].meta.name;
            match other.kind_named(kind) {
                None => names.push(format!("kind:{kind}")),
                Some(kind) => {
                    let lives = there.world.find(kind, entity.id).is_some_and(|across| there.world.lives(across, there.context.at));
                    names.extend((!lives).then(|| format!("entity:{}", here.world.name(policy, ent))));
                }
            }
        }
        let holding = found.facts.iter().filter(|&&statement| here.world.find_holding(statement, here.context.at).is_some());
        let texts = holding.map(|statement| here.world.statement_text(policy, statement)).filter(|text| !holds_across(there, text));
        names.extend(texts.map(|text| if side == Side::New { text } else { format!("not {text}") }));
        names.into_iter().map(|name| (rank(&name), name)).collect()
    }
}

/// Whether a fact of this text holds on the other side.
fn holds_across(there: &Decider<'_>, text: &str) -> bool {
    let mut world = there.world.clone();
    let read = super::what_if::read_one(&there.compiled.policy, &mut world, text);
    read.is_ok_and(|statement| world.find_holding(statement, there.context.at).is_some())
}

/// The place of a name in the order in which changes are named.
fn rank(name: &str) -> u8 {
    let kinds = ["rule:", "role:", "table:", "implication:", "action:", "kind:", "toggle:", "event:", "entity:"];
    let place = kinds.iter().position(|kind| name.starts_with(kind));
    let place = place.unwrap_or(if name.starts_with("not ") { kinds.len() + 1 } else { kinds.len() });
    u8::try_from(place).unwrap_or(u8::MAX)
}

/// The next choice of as many places out of `count`, in lexicographic order. False after the last one.
fn next_choice(chosen: &mut [usize], count: usize) -> bool {
    let size = chosen.len();
    let Some(at) = (0..size).rev().find(|&at| chosen[at] < count - size + at) else { return false };
    chosen[at] += 1;
    for next in at + 1..size {
        chosen[next] = chosen[next - 1] + 1;
    }
    true
}

/// What the trace of a decision names.
#[derive(Default)]
struct Mentioned {
    facts: BTreeSet<Statement>,
    entities: BTreeSet<EntityId>,
    elements: BTreeSet<Node>,
}

fn mentioned(decider: &Decider<'_>, request: &ResolvedRequest) -> Mentioned {
    let record = decider.record_decision(request);
    let permits = decider.compiled.graph.permits(request.action);
    let mut found = Mentioned::default();
    let mut visits = ProofVisits::default();
    let mut waiting: Vec<TraceNode<'_>> = record.trace.roots().collect();
    while let Some(node) = waiting.pop() {
        match node.step() {
            TraceStep::Fact(id) => _ = found.facts.insert(decider.world.fact(id).statement),
            TraceStep::Missing(MissingDatum::Fact(statement)) => _ = found.facts.insert(statement),
            TraceStep::Missing(MissingDatum::Attribute(ent, _)) | TraceStep::Absent(ent, _) | TraceStep::Bind(_, ent) => {
                found.entities.insert(ent);
            }
            TraceStep::Permit(index) => {
                found.elements.insert(match permits[index] {
                    Permit::Role(role) => Node::Role(role),
                    Permit::Rule(rule) => Node::Rule(rule),
                });
            }
            TraceStep::Deny(rule) => _ = found.elements.insert(Node::Rule(rule)),
            TraceStep::Implication(implication) => _ = found.elements.insert(Node::Implication(implication)),
            TraceStep::Toggle(toggle) => _ = found.elements.insert(Node::Toggle(toggle)),
            TraceStep::Held { role, .. } => _ = found.elements.insert(Node::Role(role)),
            _ => {}
        }
        if visits.is_first(node) {
            waiting.extend(node.below());
        }
    }
    found.entities.extend(found.facts.iter().flat_map(|statement| statement.about()));
    found
}

impl Hybrid {
    fn of<'c>(sides: Sides<'_>, changes: impl Iterator<Item = &'c Change>) -> Hybrid {
        let mut hybrid = Hybrid { world: sides.old.world.clone(), context: sides.old.context.clone(), prepared: None };
        let (mut elements, mut facts) = (Vec::new(), Vec::new());
        for change in changes {
            match change.what {
                Changed::Element(node) => elements.push(node),
                Changed::Toggle(toggle) => hybrid.context.toggles[toggle.index()] = sides.new.context.is_on(toggle),
                Changed::Entity(ent) => hybrid.live(sides, ent),
                Changed::Fact(statement) | Changed::NotFact(statement) => facts.push((FactState::of(sides.new, statement), statement)),
            }
        }
        // What ends makes room for what begins: an attribute has one value.
        facts.sort_by_key(|(state, _)| state.truth == Truth::True);
        facts.into_iter().for_each(|(state, statement)| hybrid.impose(sides, state, statement));
        if !elements.is_empty() {
            let prepared = sides.old.compiled.prepared_mixed(&hybrid.context, sides.new.context.policy_at, &elements);
            hybrid.prepared = Some(prepared);
        }
        hybrid
    }

    fn decider<'h>(&'h self, sides: Sides<'h>) -> Decider<'h> {
        let compiled = sides.old.compiled;
        match &self.prepared {
            Some(prepared) => Decider::with_prepared(compiled, &self.world, self.context.clone(), Arc::clone(prepared)),
            None => Decider::new(compiled, &self.world, self.context.clone()),
        }
    }

    /// Lets an entity live as on the new side.
    fn live(&mut self, sides: Sides<'_>, ent: EntityId) {
        let lives = sides.new.world.lives(ent, sides.new.context.at);
        let life = if lives {
            Interval { since: self.context.at, until: Instant::MAX }
        } else {
            Interval { since: self.world.life(ent).since, until: self.context.at }
        };
        self.world.set_life(ent, life);
    }

    /// Makes a fact as it is on the new side.
    fn impose(&mut self, sides: Sides<'_>, state: FactState, statement: Statement) {
        let (at, policy) = (self.context.at, &sides.old.compiled.policy);
        if !statement.about().all(|ent| self.world.has(ent)) {
            return;
        }
        let stating: Vec<FactId> = self.world.facts_stating(statement).collect();
        for id in &stating {
            let during = self.world.fact(*id).during;
            if during.contains(at) && state.truth != Truth::True {
                self.world.assume_end(*id, at);
            }
            if during.until <= at && !state.ended && state.truth != Truth::True {
                self.world.set_during(*id, Interval { since: during.since, until: during.since });
            }
        }
        match state.truth {
            Truth::True => {
                if let Statement::Value { entity, attribute, .. } = statement
                    && !policy.attributes[attribute].many
                {
                    let others: Vec<FactId> =
                        policy.exclusive(&attribute).iter().flat_map(|&other| self.world.values(entity, other)).collect();
                    for id in others {
                        if self.world.fact(id).during.contains(at) && self.world.fact(id).statement != statement {
                            self.world.assume_end(id, at);
                        }
                    }
                }
                self.world.end_denials(policy, statement, at);
                if self.world.find_holding(statement, at).is_none() {
                    self.world.add(Fact { statement, during: Interval { since: at, until: Instant::MAX } }, None);
                }
            }
            Truth::Unknown => self.world.end_denials(policy, statement, at).clear(),
            Truth::False => _ = self.world.close_fact(policy, statement, at, None),
        }
        let ended = self.world.facts_stating(statement).any(|id| self.world.fact(id).during.has_ended(at));
        if state.ended && !ended {
            self.world.add(Fact { statement, during: Interval { since: at.before(), until: at } }, None);
        }
    }
}
