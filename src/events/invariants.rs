//! Invariants: statements that no world may make true at any instant.

use crate::eval::bindings::Bindings;
use crate::eval::decide::Decider;
use crate::eval::evaluator::Evaluator;
use crate::eval::trace::{NoTrace, Recorder as _, Trace, TraceNode, TraceStep};
use crate::eval::truth::Truth;
use crate::plan::compiled::CompiledPolicy;
use crate::plan::condition::{Exists, Plan};
use crate::plan::validity::Context;
use crate::policy::{AtomKind, Conclusion, Expr, Hop, InvariantId, Metadata, RoleTerm, Term, TermNode, VarId};
use crate::time::Instant;
use crate::world::{EntityId, FactId, Statement, World};
use std::collections::BTreeSet;

/// A broken invariant: when first, for whom, and by which facts.
#[derive(Clone, Debug)]
pub struct BrokenInvariant {
    /// Which.
    pub invariant: InvariantId,
    /// The first instant at which it is true; the beginning of time if it always was.
    pub at: Instant,
    /// The binding: each slot that was filled.
    pub binding: Vec<(VarId, EntityId)>,
    /// The facts that make it true.
    pub facts: Vec<FactId>,
    /// It needed more searches than there may be, so it could not be judged.
    pub exhausted: bool,
}

/// The invariants that the world breaks, each at the first instant at which it does.
pub fn invariants(compiled: &CompiledPolicy, world: &World) -> Vec<BrokenInvariant> {
    let mut broken = Vec::new();
    let judge = InvariantChecker { compiled, world };
    for (id, invariant) in compiled.policy.invariants.iter() {
        let reads = Reads::of(compiled, &invariant.never.expr);
        for part in parts(&compiled.invariants[id]) {
            let found = match lone(part, &reads) {
                Some(search) => judge.each(id, search, &reads),
                None => judge.all(id, part, &reads),
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
fn parts(plan: &Plan) -> Vec<&Plan> {
    match plan {
        Plan::Any(parts) => parts.iter().collect(),
        plan => vec![plan],
    }
}

/// A search for one entity of which only its own attributes are read: it changes only when they do.
fn lone<'c>(plan: &'c Plan, reads: &Reads) -> Option<&'c Exists> {
    match plan {
        Plan::Exists(search) if reads.own_values_only && !matches!(&*search.body, Plan::Exists(_)) => Some(search),
        _ => None,
    }
}

struct InvariantChecker<'a> {
    compiled: &'a CompiledPolicy,
    world: &'a World,
}

impl InvariantChecker<'_> {
    fn each(&self, id: InvariantId, search: &Exists, reads: &Reads) -> Option<BrokenInvariant> {
        // Most entities have the same few instants; those of one instant are judged together.
        let mut by_instant: std::collections::BTreeMap<Instant, Vec<EntityId>> = std::collections::BTreeMap::new();
        for ent in search.kinds.iter().flat_map(|kind| self.world.of_kind(kind)) {
            let mut instants: BTreeSet<Instant> = BTreeSet::new();
            let life = self.world.life(ent);
            instants.insert(life.since);
            for &attribute in &reads.attributes {
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
            let decider = Decider::new(self.compiled, self.world, Context::at(&self.compiled.policy, at));
            let mut evaluator = Evaluator::new(&decider, NoTrace);
            for ent in ents {
                let mut bindings = Bindings::new(EntityId::NONE, EntityId::NONE);
                bindings.variables[usize::from(search.variable.0)] = ent;
                if evaluator.plan(&search.body, &bindings) == Truth::True {
                    let mut evaluator = Evaluator::new(&decider, Trace::default());
                    evaluator.recorder.open(TraceStep::Bind(search.variable, ent));
                    let truth = evaluator.plan(&search.body, &bindings);
                    evaluator.recorder.close(truth);
                    return Some(broken_by(id, at, &evaluator.recorder));
                }
            }
        }
        None
    }

    fn all(&self, id: InvariantId, plan: &Plan, reads: &Reads) -> Option<BrokenInvariant> {
        for at in reads.instants(self.world) {
            let decider = Decider::new(self.compiled, self.world, Context::at(&self.compiled.policy, at));
            let mut evaluator = Evaluator::new(&decider, NoTrace);
            let bindings = Bindings::new(EntityId::NONE, EntityId::NONE);
            let truth = evaluator.plan(plan, &bindings);
            if evaluator.budget.exhausted() {
                return Some(BrokenInvariant { invariant: id, at, binding: Vec::new(), facts: Vec::new(), exhausted: true });
            }
            if truth == Truth::True {
                let mut evaluator = Evaluator::new(&decider, Trace::default());
                evaluator.plan(plan, &bindings);
                return Some(broken_by(id, at, &evaluator.recorder));
            }
        }
        None
    }
}

/// The first true binding of a recorded walk, and its facts.
fn broken_by(invariant: InvariantId, at: Instant, trace: &Trace) -> BrokenInvariant {
    let mut broken = BrokenInvariant { invariant, at, binding: Vec::new(), facts: Vec::new(), exhausted: false };
    trace.roots().filter(|visit| visit.truth() == Truth::True).for_each(|visit| gather(visit, true, &mut broken));
    broken.facts.sort();
    broken.facts.dedup();
    broken
}

/// `own`: the slots are the invariant's, not those of an implication that it asks for.
fn gather(visit: TraceNode<'_>, own: bool, broken: &mut BrokenInvariant) {
    match visit.step() {
        TraceStep::Bind(variable, ent) if own => broken.binding.push((variable, ent)),
        TraceStep::Fact(fact) => broken.facts.push(fact),
        _ => {}
    }
    let first_only = matches!(visit.step(), TraceStep::Some | TraceStep::Any);
    let holding = visit.below().filter(|below| below.truth() == Truth::True || !matches!(visit.step(), TraceStep::Some | TraceStep::Any));
    let own = own && !matches!(visit.step(), TraceStep::Implication(_));
    for below in holding.take(if first_only { 1 } else { usize::MAX }) {
        gather(below, own, broken);
    }
}

/// What a condition may read, so that it can change only when that does.
#[derive(Default)]
struct Reads {
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

impl Reads {
    fn of(compiled: &CompiledPolicy, expr: &Expr) -> Reads {
        let mut reads = Reads { own_values_only: true, ..Reads::default() };
        reads.expr(compiled, expr);
        reads
    }

    fn expr(&mut self, compiled: &CompiledPolicy, expr: &Expr) {
        expr.atoms().for_each(|atom| self.test(compiled, &atom.kind));
    }

    fn test(&mut self, compiled: &CompiledPolicy, test: &AtomKind) {
        match test {
            AtomKind::Relation { relation, terms, .. } => {
                self.own_values_only = false;
                self.containers |= compiled.policy.relations[*relation].covers;
                self.relations.insert(*relation);
                terms.iter().for_each(|term| self.term(compiled, term));
                for &implication in &compiled.policy.relations[*relation].derived_by {
                    self.implication(compiled, implication);
                }
            }
            AtomKind::Holds { holder, role, scope } => {
                (self.own_values_only, self.roles, self.groups, self.containers) = (false, true, true, true);
                [holder, scope].into_iter().for_each(|term| self.term(compiled, term));
                if let RoleTerm::Term(term) = role {
                    self.term(compiled, term);
                }
                compiled.policy.roles.values().for_each(|role| self.date(&role.meta));
                for id in compiled.policy.implications.ids() {
                    if matches!(compiled.policy.implications[id].then, Conclusion::Holds { .. }) {
                        self.implication(compiled, id);
                    }
                }
            }
            AtomKind::Within(a, b) => {
                (self.own_values_only, self.containers) = (false, true);
                [a, b].into_iter().for_each(|term| self.term(compiled, term));
            }
            AtomKind::Member(a, b) | AtomKind::Among(a, b) => {
                (self.own_values_only, self.groups) = (false, true);
                [a, b].into_iter().for_each(|term| self.term(compiled, term));
            }
            AtomKind::Is(a, _) | AtomKind::OneOf(a, _) => self.term(compiled, a),
            AtomKind::Compare(a, _, b) => [a, b].into_iter().for_each(|term| self.term(compiled, term)),
        }
    }

    fn implication(&mut self, compiled: &CompiledPolicy, id: crate::policy::ImplicationId) {
        if !self.seen.insert(id) {
            return;
        }
        let implication = &compiled.policy.implications[id];
        self.date(&implication.meta);
        self.expr(compiled, &implication.condition.expr);
        match &implication.then {
            Conclusion::Relation { terms, .. } => terms.iter().for_each(|term| self.term(compiled, term)),
            Conclusion::Holds { holder, scope, .. } => [holder, scope].into_iter().for_each(|term| self.term(compiled, term)),
        }
    }

    fn date(&mut self, meta: &Metadata) {
        self.dates.extend(meta.validity.since.into_iter().chain(meta.validity.until));
    }

    fn term(&mut self, compiled: &CompiledPolicy, term: &Term) {
        if let TermNode::Path(of, steps) = &term.node {
            // Reading of one that is not the searched entity itself: another's values count too.
            self.own_values_only &= matches!(of.node, TermNode::Variable(_));
            self.term(compiled, of);
            for (_, step) in steps.iter() {
                match step {
                    Hop::Attribute(attribute) => {
                        self.attributes.insert(attribute);
                        // Where another of `exactly-one` is given this one is none.
                        let policy = &compiled.policy;
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
            let reads = match fact.statement {
                Statement::Relation(relation, _) => self.relations.contains(&relation),
                Statement::Holds { .. } => self.roles,
                Statement::Member { .. } => self.groups,
                Statement::Value { attribute, .. } => self.attributes.contains(&attribute) || self.containers,
            };
            if reads {
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
