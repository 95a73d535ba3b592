//! Who would have to be what: reads the condition of an event as requirements of its actor and of the world, with known values put in for
//! its terms.

use crate::eval::{QueryContext, Truth};
use crate::graph::Permit;
use crate::policy::{
    ActionId, AtomKind, AttributeId, Condition, Event, EventId, Expr, FactTerm, Hop, KindId, Op, Path, RelationId, RoleId, RoleTerm,
    RuleId, Term, TermNode, Variable,
};
use crate::text::Span;
use crate::world::{Argument, EntityId, Statement, Value};

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
    /// The actor is allowed an action.
    Allowed(ActionRequirement),
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
    /// A parameter of the event whose argument is open.
    Parameter {
        /// The event.
        event: EventId,
        /// The index of the parameter.
        index: usize,
    },
    /// Some entity; with its kind, if only one is possible.
    Some(Option<KindId>),
    /// The target of a hop from another operand. The hop is that of the first kind that has one.
    Path(Box<Operand>, Option<Hop>),
    /// The term's text.
    Text(Span),
}

/// The fact of an event's effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EffectFact {
    /// A relation and its ends.
    Relation(RelationId, Vec<Operand>),
    /// An assignment.
    Holds {
        /// Who holds.
        holder: Operand,
        /// What.
        role: Operand,
        /// Over what.
        scope: Operand,
    },
    /// A membership: member and group.
    Member(Operand, Operand),
    /// The attribute of this has this value.
    Value(Operand, AttributeId, Operand),
}

/// A relation that a condition requires and that does not hold.
pub(super) struct UnmetRelation {
    pub(super) relation: RelationId,
    pub(super) ends: Vec<Operand>,
    /// The fact, if all ends are known.
    pub(super) fact: Option<Statement>,
}

/// Reads a condition of an event or a rule, with the values that are known. The `subject` of the condition is the actor.
pub(super) struct ConditionReader<'a> {
    decider: &'a QueryContext<'a>,
    variables: &'a [Variable],
    /// The event; `None` if the condition is that of a rule.
    event: Option<EventId>,
    arguments: &'a [Argument],
    /// Which arguments are known.
    known: &'a [bool],
    /// Terms that must have these values.
    required: &'a [(Term, Value)],
    /// The resource of a rule; [`EntityId::NONE`] if it is open.
    resource: EntityId,
}

impl<'a> ConditionReader<'a> {
    /// Reads conditions of an event with these arguments.
    pub(super) fn of_event(
        decider: &'a QueryContext<'a>,
        event: EventId,
        required: &'a [(Term, Value)],
        arguments: &'a [Argument],
        known: &'a [bool],
    ) -> ConditionReader<'a> {
        let variables = &decider.compiled.policy.events[event].condition.variables;
        ConditionReader { decider, variables, event: Some(event), arguments, known, required, resource: EntityId::NONE }
    }

    /// Reads the condition of a rule on this resource.
    fn of_rule(decider: &'a QueryContext<'a>, rule: RuleId, resource: EntityId) -> ConditionReader<'a> {
        let variables = &decider.compiled.policy.rules[rule].condition.variables;
        ConditionReader { decider, variables, event: None, arguments: &[], known: &[], required: &[], resource }
    }

    /// The same reader for the condition of an effect of the event.
    pub(super) fn of_effect(self, condition: &'a Condition) -> ConditionReader<'a> {
        ConditionReader { variables: &condition.variables, ..self }
    }

    /// An argument of the event, or its parameter if the argument is open.
    pub(super) fn argument(&self, event: EventId, index: usize) -> Operand {
        match &self.arguments[index] {
            Argument::One(value) if self.known[index] => Operand::Value(*value),
            _ => Operand::Parameter { event, index },
        }
    }

    /// The fact of an effect. Terms without a known value stay as they are written.
    pub(super) fn effect_fact(&self, fact: &FactTerm) -> EffectFact {
        let operand = |term: &Term| self.value(term).map_or(Operand::Text(term.span), Operand::Value);
        match fact {
            FactTerm::Relation(relation, terms) => EffectFact::Relation(*relation, terms.iter().map(operand).collect()),
            FactTerm::Holds(holder, role, scope) => {
                let role = match role {
                    RoleTerm::Named(role) => Operand::Role(*role),
                    RoleTerm::Term(role) => operand(role),
                };
                EffectFact::Holds { holder: operand(holder), role, scope: operand(scope) }
            }
            FactTerm::Member(member, group) => EffectFact::Member(operand(member), operand(group)),
            // An attribute of the same name on each kind.
            FactTerm::Value(of, attributes, value) => EffectFact::Value(operand(of), attributes[0].1, operand(value)),
        }
    }

    /// What the condition requires of the actor.
    pub(super) fn of_actor(&self, expr: &Expr) -> Vec<Requirement> {
        conjuncts(expr).into_iter().filter(|part| reads_actor(part)).map(|part| self.requirement(part)).collect()
    }

    /// What is required of the actor in addition to the condition, so that an effect makes the wanted change.
    pub(super) fn required_of_actor(&self) -> Vec<Requirement> {
        let hop_of_actor = |(term, value): &(Term, Value)| match &term.node {
            TermNode::Path(of, path) if matches!(of.node, TermNode::Subject) => {
                Some(Requirement::Hop(first_hop(path), Operand::Value(*value)))
            }
            _ => None,
        };
        self.required.iter().filter_map(hop_of_actor).collect()
    }

    /// The relations that the condition requires of every actor alike, and that do not hold.
    pub(super) fn unmet_relations(&self, expr: &Expr) -> Vec<UnmetRelation> {
        conjuncts(expr).into_iter().filter(|part| !reads_actor(part)).filter_map(|part| self.unmet_relation(part)).collect()
    }

    fn unmet_relation(&self, part: &Expr) -> Option<UnmetRelation> {
        let Expr::Atom(atom) = part else { return None };
        let AtomKind::Relation { relation, was: false, terms } = &atom.kind else { return None };
        let known: Vec<Option<EntityId>> = terms.iter().map(|term| self.entity(term)).collect();
        let all: Option<Vec<EntityId>> = known.iter().copied().collect();
        let fact = all.map(|entities| {
            let mut ends = [EntityId::NONE; 3];
            ends.iter_mut().zip(entities).for_each(|(end, entity)| *end = entity);
            Statement::Relation(*relation, ends)
        });
        let holds = match fact {
            Some(fact) => self.decider.evaluate_fact(fact) == Truth::True,
            None => self.some_fact_holds(*relation, &known),
        };
        let unmet = || UnmetRelation { relation: *relation, ends: terms.iter().map(|term| self.operand(term)).collect(), fact };
        (!holds).then(unmet)
    }

    /// Whether some fact of the relation has the ends that are known; false if none is known.
    fn some_fact_holds(&self, relation: RelationId, known: &[Option<EntityId>]) -> bool {
        let (world, at) = (self.decider.world, self.decider.context.at);
        let first_known = known.iter().enumerate().find_map(|(index, entity)| entity.map(|entity| (index, entity)));
        let Some((end, entity)) = first_known else { return false };
        world.related(relation, end, entity).map(|id| world.fact(id)).any(|fact| match fact.statement {
            Statement::Relation(_, ends) => {
                fact.during.contains(at) && known.iter().zip(ends).all(|(known, end)| known.is_none_or(|entity| entity == end))
            }
            _ => false,
        })
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
        match (&term.node, self.event) {
            (TermNode::Subject, _) => Operand::Actor,
            (TermNode::Parameter(index), Some(event)) => Operand::Parameter { event, index: *index },
            (TermNode::Variable(variable), _) => {
                let kinds = self.variables.get(usize::from(variable.0)).map(|variable| &variable.kinds);
                Operand::Some(kinds.filter(|kinds| kinds.len() == 1).and_then(|kinds| kinds.iter().next()))
            }
            (TermNode::Path(of, path), _) => Operand::Path(Box::new(self.operand(of)), first_hop(path)),
            _ => Operand::Text(term.span),
        }
    }

    fn entity(&self, term: &Term) -> Option<EntityId> {
        match self.value(term)? {
            Value::Entity(entity) if entity != EntityId::NONE => Some(entity),
            _ => None,
        }
    }

    /// The value of a term; `None` if it depends on the actor or on an open argument, or if the term has no value.
    fn value(&self, term: &Term) -> Option<Value> {
        if let Some(&(_, value)) = self.required.iter().find(|(required, _)| required.reads_same(term)) {
            return Some(value);
        }
        match term.root() {
            TermNode::Parameter(index) if self.known[*index] => self.decider.eval_term(EntityId::NONE, term, self.arguments),
            TermNode::Resource if self.resource != EntityId::NONE => self.decider.eval_term_for(term, EntityId::NONE, self.resource),
            TermNode::Subject | TermNode::Variable(_) | TermNode::Parameter(_) | TermNode::Resource => None,
            _ => self.decider.eval_term(EntityId::NONE, term, self.arguments),
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

/// Whether the condition of an event can be evaluated, that is, whether it reads no open argument.
pub(super) fn can_evaluate(event: &Event, known: &[bool]) -> bool {
    !event.condition.expr.any_term(&|term| matches!(term.root(), TermNode::Parameter(index) if !known[*index]))
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
