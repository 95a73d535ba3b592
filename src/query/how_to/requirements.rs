//! Conditions as they ask: whom they want for a doer, and what they want of the world, in words.

use crate::eval::{Decider, Truth};
use crate::explain;
use crate::policy::{
    ActionId, AtomKind, Event, Expr, FactTerm, Hop, KindSet, Op, Parameter, Path, RelationId, RoleTerm, RuleId, Term, TermNode, Variable,
};
use crate::world::{Argument, EntityId, Statement, Value};

/// A condition with what is given: an event's arguments, or a rule's resource. Its `subject` is the doer.
pub(super) struct ConditionReader<'a> {
    pub(super) decider: &'a Decider<'a>,
    pub(super) variables: &'a [Variable],
    pub(super) parameters: &'a [Parameter],
    pub(super) arguments: &'a [Argument],
    pub(super) known: &'a [bool],
    /// Terms of the doer that must have these values.
    pub(super) reads: &'a [(Term, Value)],
    pub(super) resource: EntityId,
}

/// Something that a condition wants of the world, and that is not so.
pub(super) struct UnmetFact {
    pub(super) says: String,
    pub(super) relation: RelationId,
    /// The fact, where all that it names is known.
    pub(super) body: Option<Statement>,
}

impl<'a> ConditionReader<'a> {
    /// The condition of an event.
    pub(super) fn of_event(
        decider: &'a Decider<'a>,
        event: &'a Event,
        reads: &'a [(Term, Value)],
        arguments: &'a [Argument],
        known: &'a [bool],
    ) -> ConditionReader<'a> {
        let variables = &event.condition.variables;
        ConditionReader { decider, variables, parameters: &event.parameters, arguments, known, reads, resource: EntityId::NONE }
    }

    /// An argument by its value, or as what it is called.
    pub(super) fn argument(&self, index: usize) -> String {
        match &self.arguments[index] {
            Argument::One(value) if self.known[index] => self.value(*value),
            _ => article(&self.parameters[index].name),
        }
    }

    /// A fact with terms, as it would be written.
    pub(super) fn fact(&self, fact: &FactTerm) -> String {
        let term = |term: &Term| self.known(term).map_or_else(|| self.as_written(term), |value| self.value(value));
        match fact {
            FactTerm::Relation(relation, terms) => {
                let name = &self.decider.compiled.policy.relations[*relation].meta.name;
                format!("{name}({})", terms.iter().map(term).collect::<Vec<_>>().join(", "))
            }
            FactTerm::Holds(holder, role, scope) => {
                let role = match role {
                    RoleTerm::Named(role) => self.decider.compiled.policy.roles[*role].meta.name.clone(),
                    RoleTerm::Term(role) => term(role),
                };
                format!("{} holds {role} on {}", term(holder), term(scope))
            }
            FactTerm::Member(member, group) => format!("{} in {}", term(member), term(group)),
            FactTerm::Value(of, _, _) => format!("an attribute of {}", term(of)),
        }
    }

    fn as_written(&self, term: &Term) -> String {
        self.decider.world.sources.slice(term.span).to_owned()
    }

    /// What is wanted of the doer: `whose partner is partner:contoso`, `who holds owner on subscription:s`.
    pub(super) fn of_doer(&self, expr: &Expr) -> Vec<String> {
        let mut clauses: Vec<String> = leaves(expr).into_iter().filter(|leaf| doer(leaf)).map(|leaf| self.clause(leaf)).collect();
        clauses.dedup();
        clauses
    }

    /// What is wanted of the doer beside the condition: terms of the doer that an effect reads.
    pub(super) fn read_of_doer(&self) -> Vec<String> {
        let read = self.reads.iter().filter_map(|(term, value)| match &term.node {
            TermNode::Path(of, steps) if matches!(of.node, TermNode::Subject) => {
                Some(format!("whose {} is {}", self.step(steps), self.value(*value)))
            }
            _ => None,
        });
        read.collect()
    }

    /// The relations that are wanted of the world, whoever the doer is, and do not hold.
    pub(super) fn lacks(&self, expr: &Expr) -> Vec<UnmetFact> {
        leaves(expr).into_iter().filter(|leaf| !doer(leaf)).filter_map(|leaf| self.lack(leaf)).collect()
    }

    fn lack(&self, leaf: &Expr) -> Option<UnmetFact> {
        let Expr::Atom(atom) = leaf else { return None };
        let AtomKind::Relation { relation, was: false, terms } = &atom.kind else { return None };
        let known: Vec<Option<EntityId>> = terms.iter().map(|term| self.entity(term)).collect();
        let whole: Option<Vec<EntityId>> = known.iter().copied().collect();
        let body = whole.map(|ends| {
            let mut all = [EntityId::NONE; 3];
            all.iter_mut().zip(ends).for_each(|(end, ent)| *end = ent);
            Statement::Relation(*relation, all)
        });
        let holds = match body {
            Some(body) => self.decider.evaluate_fact(body) == Truth::True,
            None => self.some_hold(*relation, &known),
        };
        let names: Vec<String> = terms.iter().map(|term| self.term(term)).collect();
        (!holds).then(|| UnmetFact {
            says: explain::relation_words(&self.decider.compiled.policy, *relation, &names),
            relation: *relation,
            body,
        })
    }

    /// Whether some fact of the relation names what is known of its ends.
    fn some_hold(&self, relation: RelationId, known: &[Option<EntityId>]) -> bool {
        let (world, at) = (self.decider.world, self.decider.context.at);
        let Some((end, ent)) = known.iter().enumerate().find_map(|(index, ent)| ent.map(|ent| (index, ent))) else { return false };
        world.related(relation, end, ent).map(|id| world.fact(id)).any(|fact| match fact.statement {
            Statement::Relation(_, ends) => {
                fact.during.contains(at) && known.iter().zip(ends).all(|(known, end)| known.is_none_or(|ent| ent == end))
            }
            _ => false,
        })
    }

    /// What of the doer is said by a part of a condition.
    fn clause(&self, expr: &Expr) -> String {
        match expr {
            Expr::Or(parts) => parts.iter().map(|part| self.clause(part)).collect::<Vec<_>>().join(" or "),
            Expr::And(parts) => parts.iter().map(|part| self.clause(part)).collect::<Vec<_>>().join(" and "),
            Expr::Exists(_, part) => self.clause(part),
            Expr::Atom(atom) => self.test(&atom.kind).unwrap_or_else(|| self.source(expr)),
            _ => self.source(expr),
        }
    }

    fn test(&self, test: &AtomKind) -> Option<String> {
        let subject = |term: &Term| matches!(term.node, TermNode::Subject);
        match test {
            AtomKind::Relation { relation, was: false, terms } => {
                let declared = &self.decider.compiled.policy.relations[*relation];
                let leads = terms.first().is_some_and(subject);
                let rest = declared.says.as_deref().and_then(|says| says.strip_prefix("{1} "));
                let names: Vec<String> = terms.iter().map(|term| self.term(term)).collect();
                let says = explain::relation_words(&self.decider.compiled.policy, *relation, &names);
                Some(match rest {
                    Some(_) if leads => format!("who {}", says.strip_prefix("they ").unwrap_or(&says)),
                    _ => format!("for whom it is so that {says}"),
                })
            }
            AtomKind::Holds { holder, role, scope } if subject(holder) => {
                let role = match role {
                    RoleTerm::Named(role) => self.decider.compiled.policy.roles[*role].meta.name.clone(),
                    RoleTerm::Term(term) => self.term(term),
                };
                Some(format!("who holds {role} on {}", self.term(scope)))
            }
            AtomKind::Member(member, group) if subject(member) => Some(format!("who is in {}", self.term(group))),
            AtomKind::Compare(one, Op::Eq, other) => self.equal(one, other).or_else(|| self.equal(other, one)),
            _ => None,
        }
    }

    fn equal(&self, own: &Term, other: &Term) -> Option<String> {
        match &own.node {
            TermNode::Subject => Some(format!("who is {}", self.term(other))),
            TermNode::Path(of, steps) if matches!(of.node, TermNode::Subject) => {
                Some(format!("whose {} is {}", self.step(steps), self.term(other)))
            }
            _ => None,
        }
    }

    /// The part of the policy itself, where words of ours would not be plainer.
    fn source(&self, expr: &Expr) -> String {
        match (written(self.decider, expr), expr) {
            (Some(text), Expr::Not(_)) => format!("for whom not `{text}`"),
            (Some(text), _) => format!("for whom `{text}`"),
            (None, _) => "who meets its condition".to_owned(),
        }
    }

    fn entity(&self, term: &Term) -> Option<EntityId> {
        match self.known(term)? {
            Value::Entity(ent) if ent != EntityId::NONE => Some(ent),
            _ => None,
        }
    }

    /// What a term comes to, if that does not hang on the doer or on an argument nobody has chosen.
    fn known(&self, term: &Term) -> Option<Value> {
        if let Some(&(_, value)) = self.reads.iter().find(|(read, _)| read.reads_same(term)) {
            return Some(value);
        }
        match term.root() {
            TermNode::Parameter(index) if self.known[*index] => self.decider.eval_term(EntityId::NONE, term, self.arguments),
            TermNode::Resource if self.resource != EntityId::NONE => self.decider.eval_term_for(term, EntityId::NONE, self.resource),
            TermNode::Subject | TermNode::Variable(_) | TermNode::Parameter(_) | TermNode::Resource => None,
            _ => self.decider.eval_term(EntityId::NONE, term, self.arguments),
        }
    }

    pub(super) fn term(&self, term: &Term) -> String {
        if let Some(value) = self.known(term) {
            return self.value(value);
        }
        match &term.node {
            TermNode::Subject => "they".to_owned(),
            TermNode::Parameter(index) => article(&self.parameters[*index].name),
            TermNode::Variable(variable) => {
                self.variables.get(usize::from(variable.0)).map_or_else(|| "something".to_owned(), |variable| self.some(&variable.kinds))
            }
            TermNode::Path(of, steps) if matches!(of.node, TermNode::Subject) => format!("their {}", self.step(steps)),
            TermNode::Path(of, steps) => format!("the {} of {}", self.step(steps), self.term(of)),
            _ => self.as_written(term),
        }
    }

    /// Something of the kinds.
    fn some(&self, kinds: &KindSet) -> String {
        let mut kinds = kinds.iter();
        match (kinds.next(), kinds.next()) {
            (Some(only), None) => article(&self.decider.compiled.policy.kinds[only].meta.name),
            _ => "something".to_owned(),
        }
    }

    fn value(&self, value: Value) -> String {
        match value {
            Value::Entity(ent) => self.decider.world.name(&self.decider.compiled.policy, ent),
            value => self.decider.world.value_text(&self.decider.compiled.policy, value),
        }
    }

    fn step(&self, steps: &Path) -> String {
        let policy = &self.decider.compiled.policy;
        match steps.iter().next() {
            Some((_, Hop::Attribute(attribute))) => policy.attributes[attribute].name.clone(),
            Some((_, Hop::Above(kind))) => policy.kinds[kind].meta.name.clone(),
            None => "value".to_owned(),
        }
    }
}

/// What an action asks of its doer: a role that grants it, or a rule that allows it. The resource is named by `on` where it is not known.
pub(super) fn of_action(decider: &Decider<'_>, action: ActionId, resource: EntityId, on: &str) -> Option<String> {
    let policy = &decider.compiled.policy;
    let (mut roles, mut ways) = (Vec::new(), Vec::new());
    for &(_, way) in decider.permits(action) {
        match way {
            crate::graph::Permit::Role(role) => roles.push(policy.roles[role].meta.name.as_str()),
            crate::graph::Permit::Rule(rule) => {
                let rule = &policy.rules[rule];
                let requirements = ConditionReader {
                    decider,
                    variables: &rule.condition.variables,
                    parameters: &[],
                    arguments: &[],
                    known: &[],
                    reads: &[],
                    resource,
                };
                let clauses = requirements.of_doer(&rule.condition.expr);
                if !clauses.is_empty() {
                    ways.push(all_of(&clauses));
                }
            }
        }
    }
    if !roles.is_empty() {
        ways.insert(0, format!("who holds {} on {on}", roles.join(" or ")));
    }
    let bars: Vec<&str> = decider.denies(action).iter().map(|&bar| policy.rules[bar].meta.name.as_str()).collect();
    let unbarred = if bars.is_empty() { String::new() } else { format!(", not barred by {}", bars.join(" or ")) };
    (!ways.is_empty()).then(|| format!("{}{unbarred}", ways.join("; or ")))
}

/// Whom a part of a rule's condition is about, in words; nothing where it is not about the one who asks, or words would be the code again.
pub(super) fn of_rule(decider: &Decider<'_>, rule: RuleId, part: &Expr, resource: EntityId) -> Option<String> {
    let variables = &decider.compiled.policy.rules[rule].condition.variables;
    let requirements = ConditionReader { decider, variables, parameters: &[], arguments: &[], known: &[], reads: &[], resource };
    let clauses = requirements.of_doer(part);
    let plain = !clauses.is_empty() && leaves(part).into_iter().all(doer) && !clauses.iter().any(|clause| clause.contains('`'));
    plain.then(|| all_of(&clauses))
}

/// One who does something, by the kinds of subjects: `a user`, or `somebody` where there are several.
pub(super) fn somebody(decider: &Decider<'_>) -> String {
    let policy = &decider.compiled.policy;
    let subjects = policy.subjects();
    match subjects.len() {
        1 => subjects.iter().next().map_or_else(|| "somebody".to_owned(), |kind| article(&policy.kinds[kind].meta.name)),
        _ => "somebody".to_owned(),
    }
}

/// Clauses of which each is wanted.
pub(super) fn all_of(clauses: &[String]) -> String {
    let joined = if clauses.iter().any(|clause| clause.contains(" or ")) { ", and " } else { " and " };
    clauses.join(joined)
}

/// A noun with its article.
pub(super) fn article(noun: &str) -> String {
    let vowel = noun.starts_with(['a', 'e', 'i', 'o']);
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

/// A part of the policy as it stands there, on one line.
pub(super) fn written(decider: &Decider<'_>, expr: &Expr) -> Option<String> {
    expr.span().map(|span| decider.world.sources.slice(span).split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The parts that must all be so.
fn leaves(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::And(parts) => parts.iter().flat_map(leaves).collect(),
        Expr::Exists(_, part) => leaves(part),
        expr => vec![expr],
    }
}

fn doer(expr: &Expr) -> bool {
    expr.any_term(&|term| matches!(term.root(), TermNode::Subject))
}
