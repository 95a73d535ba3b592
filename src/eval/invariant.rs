//! Invariants: statements that no world may make true at any instant.

use super::code::{Code, Search};
use super::decide::Decider;
use super::engine::Engine;
use super::force::Scene;
use super::record::{Recorder as _, Silent, Step, Trace, Visit};
use super::truth::Truth;
use super::walk::{Frame, Walk};
use crate::policy::{AtomKind, Conclusion, Expr, Hop, InvariantId, Metadata, RoleTerm, Term, TermNode, VarId};
use crate::time::Instant;
use crate::world::{Body, Ent, FactId, World};
use std::collections::BTreeSet;

/// A broken invariant: when first, for whom, and by which facts.
#[derive(Clone, Debug)]
pub struct Broken {
    /// Which.
    pub invariant: InvariantId,
    /// The first instant at which it is true; the beginning of time if it always was.
    pub at: Instant,
    /// The binding: each slot that was filled.
    pub binding: Vec<(VarId, Ent)>,
    /// The facts that make it true.
    pub facts: Vec<FactId>,
    /// It needed more searches than there may be, so it could not be judged.
    pub gave_up: bool,
}

/// The invariants that the world breaks, each at the first instant at which it does.
pub fn invariants(engine: &Engine, world: &World) -> Vec<Broken> {
    let mut broken = Vec::new();
    let judge = Judge { engine, world };
    for (id, invariant) in engine.policy.invariants.iter() {
        let touched = Touched::of(engine, &invariant.never.expr);
        for part in parts(&engine.invariants[id]) {
            let found = match lone(part, &touched) {
                Some(search) => judge.each(id, search, &touched),
                None => judge.all(id, part, &touched),
            };
            if let Some(found) = found {
                broken.push(found);
                break;
            }
        }
    }
    broken
}

/// An `or` is broken where one of its parts is: each is judged by itself.
fn parts(code: &Code) -> Vec<&Code> {
    match code {
        Code::Any(parts) => parts.iter().collect(),
        code => vec![code],
    }
}

/// A search for one entity of which only its own attributes are read: it changes only when they do.
fn lone<'c>(code: &'c Code, touched: &Touched) -> Option<&'c Search> {
    match code {
        Code::Some(search) if touched.own_values_only && !matches!(&*search.body, Code::Some(_)) => Some(search),
        _ => None,
    }
}

struct Judge<'a> {
    engine: &'a Engine,
    world: &'a World,
}

impl Judge<'_> {
    fn each(&self, id: InvariantId, search: &Search, touched: &Touched) -> Option<Broken> {
        // Most entities have the same few instants; those of one instant are judged together.
        let mut by_instant: std::collections::BTreeMap<Instant, Vec<Ent>> = std::collections::BTreeMap::new();
        for ent in search.kinds.iter().flat_map(|kind| self.world.of_kind(kind)) {
            let mut instants: BTreeSet<Instant> = BTreeSet::new();
            let life = self.world.life(ent);
            instants.insert(life.since);
            for &attribute in &touched.attributes {
                for fact in self.world.values(ent, attribute) {
                    let during = self.world.fact(fact).during;
                    instants.extend([during.since, during.until].into_iter().filter(|&at| life.contains(at)));
                }
            }
            for at in instants {
                by_instant.entry(at).or_default().push(ent);
            }
        }
        for (at, ents) in by_instant {
            let decider = Decider::new(self.engine, self.world, Scene::at(&self.engine.policy, at));
            let mut walk = Walk::new(&decider, Silent);
            for ent in ents {
                let mut frame = Frame::new(Ent::NOBODY, Ent::NOBODY);
                frame.variables[usize::from(search.variable.0)] = ent;
                if walk.code(&search.body, &frame) == Truth::True {
                    let mut walk = Walk::new(&decider, Trace::default());
                    walk.recorder.open(Step::Bind(search.variable, ent));
                    let truth = walk.code(&search.body, &frame);
                    walk.recorder.close(truth);
                    return Some(told(id, at, &walk.recorder));
                }
            }
        }
        None
    }

    fn all(&self, id: InvariantId, code: &Code, touched: &Touched) -> Option<Broken> {
        for at in touched.instants(self.world) {
            let decider = Decider::new(self.engine, self.world, Scene::at(&self.engine.policy, at));
            let mut walk = Walk::new(&decider, Silent);
            let frame = Frame::new(Ent::NOBODY, Ent::NOBODY);
            let truth = walk.code(code, &frame);
            if walk.gave_up() {
                return Some(Broken { invariant: id, at, binding: Vec::new(), facts: Vec::new(), gave_up: true });
            }
            if truth == Truth::True {
                let mut walk = Walk::new(&decider, Trace::default());
                walk.code(code, &frame);
                return Some(told(id, at, &walk.recorder));
            }
        }
        None
    }
}

/// The first true binding of a recorded walk, and its facts.
fn told(invariant: InvariantId, at: Instant, trace: &Trace) -> Broken {
    let mut broken = Broken { invariant, at, binding: Vec::new(), facts: Vec::new(), gave_up: false };
    trace.roots().filter(|visit| visit.truth() == Truth::True).for_each(|visit| gather(visit, true, &mut broken));
    broken.facts.sort();
    broken.facts.dedup();
    broken
}

/// `own`: the slots are the invariant's, not those of an implication that it asks for.
fn gather(visit: Visit<'_>, own: bool, broken: &mut Broken) {
    match visit.step() {
        Step::Bind(variable, ent) if own => broken.binding.push((variable, ent)),
        Step::Fact(fact) => broken.facts.push(fact),
        _ => {}
    }
    let first_only = matches!(visit.step(), Step::Some | Step::Any);
    let holding = visit.below().filter(|below| below.truth() == Truth::True || !matches!(visit.step(), Step::Some | Step::Any));
    let own = own && !matches!(visit.step(), Step::Implication(_));
    for below in holding.take(if first_only { 1 } else { usize::MAX }) {
        gather(below, own, broken);
    }
}

/// What a condition may read, so that it can change only when that does.
#[derive(Default)]
struct Touched {
    relations: BTreeSet<crate::policy::RelationId>,
    attributes: BTreeSet<crate::policy::AttributeId>,
    roles: bool,
    groups: bool,
    containers: bool,
    own_values_only: bool,
    /// Elements through which it reads have dates of their own.
    dates: BTreeSet<Instant>,
    seen: BTreeSet<crate::policy::ImplicationId>,
}

impl Touched {
    fn of(engine: &Engine, expr: &Expr) -> Touched {
        let mut touched = Touched { own_values_only: true, ..Touched::default() };
        touched.expr(engine, expr);
        touched
    }

    fn expr(&mut self, engine: &Engine, expr: &Expr) {
        match expr {
            Expr::True | Expr::False | Expr::Toggle(..) => {}
            Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| self.expr(engine, part)),
            Expr::Not(part) | Expr::Exists(_, part) => self.expr(engine, part),
            Expr::Atom(atom) => self.test(engine, &atom.kind),
        }
    }

    fn test(&mut self, engine: &Engine, test: &AtomKind) {
        match test {
            AtomKind::Relation { relation, terms, .. } => {
                self.own_values_only = false;
                self.containers |= engine.policy.relations[*relation].covers;
                self.relations.insert(*relation);
                terms.iter().for_each(|term| self.term(engine, term));
                for &implication in &engine.policy.relations[*relation].derived_by {
                    self.implication(engine, implication);
                }
            }
            AtomKind::Holds { holder, role, scope } => {
                (self.own_values_only, self.roles, self.groups, self.containers) = (false, true, true, true);
                [holder, scope].into_iter().for_each(|term| self.term(engine, term));
                if let RoleTerm::Term(term) = role {
                    self.term(engine, term);
                }
                engine.policy.roles.values().for_each(|role| self.date(&role.meta));
                for id in engine.policy.implications.ids() {
                    if matches!(engine.policy.implications[id].then, Conclusion::Holds { .. }) {
                        self.implication(engine, id);
                    }
                }
            }
            AtomKind::Within(a, b) => {
                (self.own_values_only, self.containers) = (false, true);
                [a, b].into_iter().for_each(|term| self.term(engine, term));
            }
            AtomKind::Member(a, b) | AtomKind::Among(a, b) => {
                (self.own_values_only, self.groups) = (false, true);
                [a, b].into_iter().for_each(|term| self.term(engine, term));
            }
            AtomKind::Is(a, _) | AtomKind::OneOf(a, _) => self.term(engine, a),
            AtomKind::Compare(a, _, b) => [a, b].into_iter().for_each(|term| self.term(engine, term)),
        }
    }

    fn implication(&mut self, engine: &Engine, id: crate::policy::ImplicationId) {
        if !self.seen.insert(id) {
            return;
        }
        let implication = &engine.policy.implications[id];
        self.date(&implication.meta);
        self.expr(engine, &implication.condition.expr);
        match &implication.then {
            Conclusion::Relation { terms, .. } => terms.iter().for_each(|term| self.term(engine, term)),
            Conclusion::Holds { holder, scope, .. } => [holder, scope].into_iter().for_each(|term| self.term(engine, term)),
        }
    }

    fn date(&mut self, meta: &Metadata) {
        self.dates.extend(meta.validity.since.into_iter().chain(meta.validity.until));
    }

    fn term(&mut self, engine: &Engine, term: &Term) {
        if let TermNode::Path(of, steps) = &term.node {
            // Reading of one that is not the searched entity itself: another's values count too.
            self.own_values_only &= matches!(of.node, TermNode::Variable(_));
            self.term(engine, of);
            for (_, step) in steps.iter() {
                match step {
                    Hop::Attribute(attribute) => {
                        self.attributes.insert(attribute);
                        // Where another of `exactly-one` is given this one is none.
                        let policy = &engine.policy;
                        let exactly_one = &policy.kinds[policy.attributes[attribute].kind].exactly_one;
                        if exactly_one.contains(&attribute) {
                            self.attributes.extend(exactly_one);
                        }
                    }
                    Hop::Above(_) => (self.containers, self.own_values_only) = (true, false),
                }
            }
        }
    }

    /// All instants at which something that it reads begins or ends; the beginning of time among them.
    fn instants(&self, world: &World) -> BTreeSet<Instant> {
        let mut instants = self.dates.clone();
        instants.insert(Instant::MIN);
        for (_, fact) in world.facts() {
            let touched = match fact.body {
                Body::Relation(relation, _) => self.relations.contains(&relation),
                Body::Holds { .. } => self.roles,
                Body::Member { .. } => self.groups,
                Body::Value { attribute, .. } => self.attributes.contains(&attribute) || self.containers,
            };
            if touched {
                instants.extend([fact.during.since, fact.during.until]);
            }
        }
        for ent in world.ents() {
            let life = world.life(ent);
            if life.since < life.until {
                instants.extend([life.since, life.until]);
            }
        }
        instants.remove(&Instant::MAX);
        instants
    }
}
