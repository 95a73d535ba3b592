//! Invariants: conditions that must not be true in a world at any instant.

use crate::eval::bindings::Bindings;
use crate::eval::budget::{Budget, Exhausted};
use crate::eval::decide::Decider;
use crate::eval::evaluator::Evaluator;
use crate::eval::trace::{NoTrace, ProofVisits, Recorder as _, Trace, TraceNode, TraceStep};
use crate::eval::truth::Truth;
use crate::plan::compiled::CompiledPolicy;
use crate::plan::tree::{Exists, Plan};
use crate::plan::validity::Context;
use crate::policy::{
    AtomKind, AttributeId, Conclusion, Expr, Hop, ImplicationId, InvariantId, Metadata, RelationId, RoleTerm, Term, TermNode, VarId,
};
use crate::time::Instant;
use crate::world::{EntityId, FactId, Statement, World};
use std::collections::{BTreeMap, BTreeSet};

/// A broken invariant: when it is broken first, for which entities, and by which facts.
#[derive(Clone, Debug)]
pub struct BrokenInvariant {
    /// The invariant.
    pub invariant: InvariantId,
    /// The first instant at which its condition is true, [`Instant::MIN`] if it always was. If the condition is a disjunction, this is about
    /// the first part of it that is ever true. If `exhausted`, the instant that was tried.
    pub at: Instant,
    /// The first binding for which the condition is true: its variables and their entities.
    pub binding: Vec<(VarId, EntityId)>,
    /// The facts that make it true, sorted.
    pub facts: Vec<FactId>,
    /// The limit that was reached and the condition that reached it, if it could not be checked.
    pub exhausted: Option<Exhausted>,
}

/// The invariants that the world breaks, each once. A condition is evaluated only at instants at which something that it reads begins or
/// ends.
pub fn invariants(compiled: &CompiledPolicy, world: &World) -> Vec<BrokenInvariant> {
    let mut broken = Vec::new();
    let checker = InvariantChecker { compiled, world };
    for (id, invariant) in compiled.policy.invariants.iter() {
        let reads = Reads::of(compiled, &invariant.never.expr);
        for part in disjuncts(&compiled.invariants[id]) {
            let found = match per_entity(part, &reads) {
                Some(search) => checker.check_each_entity(id, search, &reads),
                None => checker.check(id, part, &reads),
            };
            if let Some(found) = found {
                broken.push(found);
                break;
            }
        }
    }
    broken
}

/// The parts of a disjunction, which are checked one by one.
fn disjuncts(plan: &Plan) -> Vec<&Plan> {
    match plan {
        Plan::Any(parts) => parts.iter().collect(),
        plan => vec![plan],
    }
}

/// The search of a plan that searches for one entity and reads only that entity's attributes: its truth value changes only when they do.
fn per_entity<'c>(plan: &'c Plan, reads: &Reads) -> Option<&'c Exists> {
    match plan {
        Plan::Exists(search) if reads.own_values_only && !has_search(&search.body) => Some(search),
        _ => None,
    }
}

fn has_search(plan: &Plan) -> bool {
    match plan {
        Plan::Exists(_) => true,
        Plan::All(parts) | Plan::Any(parts) => parts.iter().any(has_search),
        Plan::Not(part) => has_search(part),
        Plan::Constant(_) | Plan::Toggle(_) | Plan::Atom(..) | Plan::Asked { .. } => false,
    }
}

struct InvariantChecker<'a> {
    compiled: &'a CompiledPolicy,
    world: &'a World,
}

impl InvariantChecker<'_> {
    /// Checks each entity of the search when its life begins and whenever its own attributes change.
    fn check_each_entity(&self, id: InvariantId, search: &Exists, reads: &Reads) -> Option<BrokenInvariant> {
        // By instant: one decider serves all entities of an instant, and most entities have the same few instants.
        let mut by_instant: BTreeMap<Instant, Vec<EntityId>> = BTreeMap::new();
        for ent in search.own().kinds.iter().flat_map(|kind| self.world.of_kind(kind)) {
            let mut instants: BTreeSet<Instant> = BTreeSet::new();
            let life = self.world.life(ent);
            if life.is_empty() {
                // The policy alone names it, so it never lives.
                continue;
            }
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
            let budget = Budget::default();
            let mut evaluator = Evaluator::new(&decider, &budget, NoTrace);
            for ent in ents {
                let mut bindings = Bindings::new(EntityId::NONE, EntityId::NONE);
                bindings.variables[usize::from(search.variable.0)] = ent;
                if evaluator.plan(&search.body, &bindings) == Truth::True {
                    let mut evaluator = Evaluator::new(&decider, &budget, Trace::default());
                    evaluator.recorder.open(TraceStep::Bind(search.variable, ent));
                    let truth = evaluator.plan(&search.body, &bindings);
                    evaluator.recorder.close(truth);
                    return Some(broken_by(id, at, &evaluator.recorder));
                }
            }
        }
        None
    }

    /// Checks the whole plan at every instant at which something that it reads changes.
    fn check(&self, id: InvariantId, plan: &Plan, reads: &Reads) -> Option<BrokenInvariant> {
        for at in reads.instants(self.world) {
            let decider = Decider::new(self.compiled, self.world, Context::at(&self.compiled.policy, at));
            let budget = Budget::default();
            let mut evaluator = Evaluator::new(&decider, &budget, NoTrace);
            let bindings = Bindings::new(EntityId::NONE, EntityId::NONE);
            let truth = evaluator.plan(plan, &bindings);
            if let Some(exhausted) = budget.exhausted() {
                return Some(BrokenInvariant { invariant: id, at, binding: Vec::new(), facts: Vec::new(), exhausted: Some(exhausted) });
            }
            if truth == Truth::True {
                let mut evaluator = Evaluator::new(&decider, &budget, Trace::default());
                evaluator.plan(plan, &bindings);
                return Some(broken_by(id, at, &evaluator.recorder));
            }
        }
        None
    }
}

/// The first true binding of a trace, and its facts.
fn broken_by(invariant: InvariantId, at: Instant, trace: &Trace) -> BrokenInvariant {
    let mut broken = BrokenInvariant { invariant, at, binding: Vec::new(), facts: Vec::new(), exhausted: None };
    let mut visited = ProofVisits::default();
    trace.roots().filter(|root| root.truth() == Truth::True).for_each(|root| gather(root, true, &mut broken, &mut visited));
    broken.facts.sort();
    broken.facts.dedup();
    broken
}

/// Collects the bindings and facts below a step; below a search or disjunction, only those of its first true part. `own` is whether the
/// variables are the invariant's, not those of an implication.
fn gather(node: TraceNode<'_>, own: bool, broken: &mut BrokenInvariant, visited: &mut ProofVisits) {
    if !visited.is_first(node) {
        return;
    }
    match node.step() {
        TraceStep::Bind(variable, ent) if own => broken.binding.push((variable, ent)),
        TraceStep::Fact(fact) => broken.facts.push(fact),
        _ => {}
    }
    let first_only = matches!(node.step(), TraceStep::Exists | TraceStep::Any);
    let relevant = node.below().filter(|below| below.truth() == Truth::True || !first_only);
    let own = own && !matches!(node.step(), TraceStep::Implication(_));
    for below in relevant.take(if first_only { 1 } else { usize::MAX }) {
        gather(below, own, broken, visited);
    }
}

/// What a condition may read. Its truth value can change only when some of that changes.
#[derive(Default)]
struct Reads {
    relations: BTreeSet<RelationId>,
    attributes: BTreeSet<AttributeId>,
    /// Assignments of roles.
    roles: bool,
    /// Memberships.
    groups: bool,
    /// Containment, by any attribute.
    containers: bool,
    /// Whether it reads nothing but attributes of the entities that it searches for.
    own_values_only: bool,
    /// The dates on which the roles and implications that it reads come into force or cease to be.
    dates: BTreeSet<Instant>,
    /// The implications that it may use; each is visited once.
    implications: BTreeSet<ImplicationId>,
}

impl Reads {
    fn of(compiled: &CompiledPolicy, expr: &Expr) -> Reads {
        let mut reads = Reads { own_values_only: true, ..Reads::default() };
        reads.expr(compiled, expr);
        reads
    }

    fn expr(&mut self, compiled: &CompiledPolicy, expr: &Expr) {
        expr.atoms().for_each(|atom| self.atom(compiled, &atom.kind));
    }

    fn atom(&mut self, compiled: &CompiledPolicy, atom: &AtomKind) {
        match atom {
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
            AtomKind::Within(inner, outer) => {
                (self.own_values_only, self.containers) = (false, true);
                [inner, outer].into_iter().for_each(|term| self.term(compiled, term));
            }
            AtomKind::Member(a, b) | AtomKind::Among(a, b) => {
                (self.own_values_only, self.groups) = (false, true);
                [a, b].into_iter().for_each(|term| self.term(compiled, term));
            }
            AtomKind::Is(a, _) | AtomKind::OneOf(a, _) => self.term(compiled, a),
            AtomKind::Compare(a, _, b) => [a, b].into_iter().for_each(|term| self.term(compiled, term)),
        }
    }

    fn implication(&mut self, compiled: &CompiledPolicy, id: ImplicationId) {
        if !self.implications.insert(id) {
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
        self.dates.extend(meta.validity.dates());
    }

    fn term(&mut self, compiled: &CompiledPolicy, term: &Term) {
        if let TermNode::Path(of, path) = &term.node {
            // A longer path reads attributes of another entity than the variable's.
            self.own_values_only &= matches!(of.node, TermNode::Variable(_));
            self.term(compiled, of);
            for (_, hop) in path.iter() {
                match hop {
                    Hop::Attribute(attribute) => {
                        self.attributes.insert(attribute);
                        // An attribute of `exactly-one` has no value where another of them is given.
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

    /// All instants at which something that it reads or the life of an entity begins or ends, and [`Instant::MIN`].
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
