//! Who would have to be what: reads the condition of a rule as requirements of its subject, with known values put in for its terms.

use crate::eval::QueryContext;
use crate::graph::Permit;
use crate::policy::{ActionId, AtomKind, Expr, Hop, KindId, Op, Path, RelationId, RoleId, RoleTerm, RuleId, Term, TermNode, Variable};
use crate::text::Span;
use crate::world::{EntityId, Value};

/// What is required of an actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// One of these.
    Any(Vec<Requirement>),
    /// All of these.
    All(Vec<Requirement>),
    /// The relation holds.
    Relation {
        /// The relation.
        relation: RelationId,
        /// Its ends; one of them is the actor, or a path that starts at the actor.
        ends: Vec<Operand>,
    },
    /// The actor holds the role over the scope.
    Holds {
        /// The role.
        role: Operand,
        /// Over what.
        scope: Operand,
    },
    /// The actor is in the group.
    Member(Operand),
    /// The actor is this.
    Is(Operand),
    /// A hop from the actor leads to this.
    Hop(Option<Hop>, Operand),
    /// The text of the condition, for parts that none of the other forms expresses.
    Text {
        /// The text; `None` if the condition is a constant.
        span: Option<Span>,
        /// Whether the text is negated.
        negated: bool,
    },
}

/// What an action requires of its subject: one of the roles, or what one of the rules requires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionRequirement {
    /// The roles that grant the action.
    pub roles: Vec<RoleId>,
    /// The scope over which the roles must be held.
    pub on: Operand,
    /// What each rule requires of the subject.
    pub rules: Vec<Vec<Requirement>>,
    /// The denies that must not apply.
    pub denies: Vec<RuleId>,
}

/// A term, with the values of its known parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A known value.
    Value(Value),
    /// A role that the condition names.
    Role(RoleId),
    /// The actor.
    Actor,
    /// Some entity; with its kind, if only one is possible.
    Some(Option<KindId>),
    /// The target of a hop from another operand. The hop is that of the first kind that has one.
    Path(Box<Operand>, Option<Hop>),
    /// The term's text.
    Text(Span),
}

/// Reads the condition of a rule, with the values that are known. The `subject` of the condition is the actor.
struct ConditionReader<'a> {
    decider: &'a QueryContext<'a>,
    variables: &'a [Variable],
    /// [`EntityId::NONE`] if it is open.
    resource: EntityId,
}

impl<'a> ConditionReader<'a> {
    /// Reads the condition of a rule on this resource.
    fn of_rule(decider: &'a QueryContext<'a>, rule: RuleId, resource: EntityId) -> ConditionReader<'a> {
        let variables = &decider.compiled.policy.rules[rule].condition.variables;
        ConditionReader { decider, variables, resource }
    }

    /// What the condition requires of the actor.
    fn of_actor(&self, expr: &Expr) -> Vec<Requirement> {
        conjuncts(expr).into_iter().filter(|part| reads_actor(part)).map(|part| self.requirement(part)).collect()
    }

    fn requirement(&self, expr: &Expr) -> Requirement {
        match expr {
            Expr::Or(parts) => Requirement::Any(parts.iter().map(|part| self.requirement(part)).collect()),
            Expr::And(parts) => Requirement::All(parts.iter().map(|part| self.requirement(part)).collect()),
            Expr::Exists(_, part) => self.requirement(part),
            Expr::Atom(atom) => self.atom(&atom.kind).unwrap_or(Requirement::Text { span: Some(atom.span), negated: false }),
            expr => Requirement::Text { span: expr.span(), negated: matches!(expr, Expr::Not(_)) },
        }
    }

    /// An atom as a requirement; `None` for forms that read best as they are written.
    fn atom(&self, atom: &AtomKind) -> Option<Requirement> {
        let is_actor = |term: &Term| matches!(term.node, TermNode::Subject);
        match atom {
            AtomKind::Relation { relation, was: false, terms } => {
                Some(Requirement::Relation { relation: *relation, ends: terms.iter().map(|term| self.operand(term)).collect() })
            }
            AtomKind::Holds { was: false, holder, role, scope } if is_actor(holder) => {
                let role = match role {
                    RoleTerm::Named(role) => Operand::Role(*role),
                    RoleTerm::Term(term) => self.operand(term),
                };
                Some(Requirement::Holds { role, scope: self.operand(scope) })
            }
            AtomKind::Member(member, group) if is_actor(member) => Some(Requirement::Member(self.operand(group))),
            AtomKind::Compare(left, Op::Eq, right) => self.equality(left, right).or_else(|| self.equality(right, left)),
            _ => None,
        }
    }

    /// The requirement that the actor, or the target of one hop from it, equals the other term.
    fn equality(&self, of_actor: &Term, other: &Term) -> Option<Requirement> {
        match &of_actor.node {
            TermNode::Subject => Some(Requirement::Is(self.operand(other))),
            TermNode::Path(of, path) if matches!(of.node, TermNode::Subject) => {
                Some(Requirement::Hop(first_hop(path), self.operand(other)))
            }
            _ => None,
        }
    }

    fn operand(&self, term: &Term) -> Operand {
        if let Some(value) = self.value(term) {
            return Operand::Value(value);
        }
        match &term.node {
            TermNode::Subject => Operand::Actor,
            TermNode::Variable(variable) => {
                let kinds = self.variables.get(usize::from(variable.0)).map(|variable| &variable.kinds);
                Operand::Some(kinds.filter(|kinds| kinds.len() == 1).and_then(|kinds| kinds.iter().next()))
            }
            TermNode::Path(of, path) => Operand::Path(Box::new(self.operand(of)), first_hop(path)),
            _ => Operand::Text(term.span),
        }
    }

    /// The value of a term; `None` if it depends on the actor, or if the term has no value.
    fn value(&self, term: &Term) -> Option<Value> {
        match term.root() {
            TermNode::Resource if self.resource != EntityId::NONE => self.decider.eval_term_for(term, EntityId::NONE, self.resource),
            TermNode::Subject | TermNode::Variable(_) | TermNode::Parameter(_) | TermNode::Resource => None,
            _ => self.decider.eval_term(EntityId::NONE, term, &[]),
        }
    }
}

/// What an action requires of its subject. `resource` is [`EntityId::NONE`] if it is open, and `on` is the resource as an operand. `None` if
/// no permit has a requirement that can be expressed.
pub(super) fn of_action(decider: &QueryContext<'_>, action: ActionId, resource: EntityId, on: Operand) -> Option<ActionRequirement> {
    let (mut roles, mut rules) = (Vec::new(), Vec::new());
    for &(_, permit) in decider.permits(action) {
        match permit {
            Permit::Role(role) => roles.push(role),
            Permit::Rule(rule) => {
                let condition = &decider.compiled.policy.rules[rule].condition;
                let required = ConditionReader::of_rule(decider, rule, resource).of_actor(&condition.expr);
                if !required.is_empty() {
                    rules.push(required);
                }
            }
        }
    }
    let denies = decider.denies(action).to_vec();
    (!roles.is_empty() || !rules.is_empty()).then_some(ActionRequirement { roles, on, rules, denies })
}

/// What a part of the condition of a rule requires of the subject; empty if the part is not about the subject alone.
pub(super) fn of_rule_part(decider: &QueryContext<'_>, rule: RuleId, part: &Expr, resource: EntityId) -> Vec<Requirement> {
    if !conjuncts(part).into_iter().all(reads_actor) {
        return Vec::new();
    }
    ConditionReader::of_rule(decider, rule, resource).of_actor(part)
}

/// The parts that must all hold, including those inside an `Exists`.
fn conjuncts(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::And(parts) => parts.iter().flat_map(conjuncts).collect(),
        Expr::Exists(_, part) => conjuncts(part),
        expr => vec![expr],
    }
}

fn reads_actor(expr: &Expr) -> bool {
    expr.any_term(&|term| matches!(term.root(), TermNode::Subject))
}

fn first_hop(path: &Path) -> Option<Hop> {
    path.iter().next().map(|(_, hop)| hop)
}
