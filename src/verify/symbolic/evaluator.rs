//! The connectives of conditions, and searches.

use super::arguments::Arguments;
use super::fact::EntityIndex;
use super::kleene::Kleene;
use super::setting::Setting;
use super::world::World;
use crate::policy::{Condition, Expr, ImplicationId, MAX_VARIABLES, Policy, RelationId, RoleId, VarId, VarSet, Variable};
use crate::verify::sat::Lit;
use rustc_hash::FxHashMap;

/// The depth of parts within parts, through implications, beyond which it is given up.
const DEEPEST: usize = 400;

/// The values of the terms of a condition.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bindings {
    /// The subject of the request; in an implication, the entity whose role is in question.
    pub subject: Option<EntityIndex>,
    /// The resource of the request.
    pub resource: Option<EntityIndex>,
    pub(super) variables: [Option<EntityIndex>; MAX_VARIABLES],
}

impl Bindings {
    /// Those of a request.
    pub fn of(subject: Option<EntityIndex>, resource: Option<EntityIndex>) -> Bindings {
        Bindings { subject, resource, ..Bindings::default() }
    }
}

/// Computes truth values under one setting. Several settings may share a world: what is equal in them is the same literal.
pub struct Evaluator<'w, 'p> {
    /// The world.
    pub world: &'w mut World<'p>,
    /// The policy that decides: that of the world, or one with the same schema and the same numbers for texts and literals.
    pub(super) policy: &'p Policy,
    pub(super) setting: &'w Setting,
    /// Those of the event whose conditions are evaluated.
    pub(super) arguments: Option<&'w Arguments>,
    pub(super) relations: FxHashMap<(RelationId, [EntityIndex; 3]), Kleene>,
    pub(super) implied: FxHashMap<(ImplicationId, [EntityIndex; 3]), Kleene>,
    pub(super) held: FxHashMap<(EntityIndex, RoleId, EntityIndex), Kleene>,
    /// The number of nodes that the circuit may have.
    fuel: usize,
    /// How deep the part is that is evaluated, through implications.
    depth: usize,
    /// The number was reached: what was computed since means nothing.
    exhausted: bool,
}

impl<'w, 'p> Evaluator<'w, 'p> {
    /// An evaluator under which the circuit may have so many nodes.
    pub fn new(world: &'w mut World<'p>, setting: &'w Setting, fuel: usize) -> Evaluator<'w, 'p> {
        let policy = world.policy;
        Evaluator::of(world, policy, setting, fuel)
    }

    /// An evaluator of another policy, which has the schema of the world's and numbers texts and literals as that one does.
    pub fn of(world: &'w mut World<'p>, policy: &'p Policy, setting: &'w Setting, fuel: usize) -> Evaluator<'w, 'p> {
        Evaluator {
            world,
            policy,
            setting,
            arguments: None,
            relations: FxHashMap::default(),
            implied: FxHashMap::default(),
            held: FxHashMap::default(),
            fuel,
            depth: 0,
            exhausted: false,
        }
    }

    /// The same for conditions of an event that happens with these arguments.
    #[must_use]
    pub fn with(self, arguments: &'w Arguments) -> Self {
        Evaluator { arguments: Some(arguments), ..self }
    }

    /// Whether the circuit grew too great, so that no truth value of this evaluator means anything.
    pub fn is_exhausted(&self) -> bool {
        self.exhausted
    }

    pub(super) fn spend(&mut self) -> bool {
        self.exhausted |= self.world.circuit.len() > self.fuel || self.depth > DEEPEST;
        !self.exhausted
    }

    /// The truth value of a condition.
    pub fn condition(&mut self, condition: &Condition, bindings: &Bindings) -> Kleene {
        self.expr(&condition.expr, &condition.variables, bindings)
    }

    pub(super) fn expr(&mut self, expr: &Expr, variables: &[Variable], bindings: &Bindings) -> Kleene {
        if !self.spend() {
            return Kleene::FALSE;
        }
        self.depth += 1;
        let truth = self.part(expr, variables, bindings);
        self.depth -= 1;
        truth
    }

    fn part(&mut self, expr: &Expr, variables: &[Variable], bindings: &Bindings) -> Kleene {
        match expr {
            Expr::True => Kleene::TRUE,
            Expr::False => Kleene::FALSE,
            Expr::Toggle(toggle, _) => Kleene::known(Lit::of(self.setting.context.is_on(*toggle))),
            Expr::And(parts) => self.all(parts.iter(), variables, bindings),
            Expr::Or(parts) => {
                let mut found = Kleene::FALSE;
                for part in parts {
                    let part = self.expr(part, variables, bindings);
                    found = found.or(part, &mut self.world.circuit);
                }
                found
            }
            Expr::Not(part) => !self.expr(part, variables, bindings),
            Expr::Exists(bound, body) => {
                let parts: Vec<&Expr> = body.conjuncts().iter().collect();
                self.exists(bound, &parts, variables, bindings)
            }
            Expr::Atom(atom) => self.atom(atom, bindings),
        }
    }

    fn all<'e>(&mut self, parts: impl Iterator<Item = &'e Expr>, variables: &[Variable], bindings: &Bindings) -> Kleene {
        let mut found = Kleene::TRUE;
        for part in parts {
            if found == Kleene::FALSE {
                break;
            }
            let part = self.expr(part, variables, bindings);
            found = found.and(part, &mut self.world.circuit);
        }
        found
    }

    /// The disjunction over all living entities for these variables. A part is evaluated as soon as its variables have values, so that
    /// entities of which it is false for certain are not gone on with.
    pub(super) fn exists(&mut self, bound: &[VarId], parts: &[&Expr], variables: &[Variable], bindings: &Bindings) -> Kleene {
        let open: VarSet = bound.iter().copied().collect();
        let (now, later): (Vec<&Expr>, Vec<&Expr>) = parts.iter().copied().partition(|part| !part.free_variables().meets(open));
        let here = self.all(now.into_iter(), variables, bindings);
        let Some((&variable, rest)) = bound.split_first() else { return here };
        let mut found = Kleene::FALSE;
        if here == Kleene::FALSE || !self.spend() {
            return found;
        }
        for entity in self.world.of_kinds(&variables[variable.index()].kinds) {
            let mut inner = *bindings;
            inner.variables[variable.index()] = Some(entity);
            let lives = self.world.alive[entity];
            let body = self.exists(rest, &later, variables, &inner);
            let body = body.where_true(lives, &mut self.world.circuit);
            found = found.or(body, &mut self.world.circuit);
        }
        here.and(found, &mut self.world.circuit)
    }
}
