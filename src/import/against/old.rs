//! The earlier world.

use crate::import::gathered::{From, Gathered, Line, Statement, Value};
use crate::import::mapping::Shape;
use crate::import::terms::{Sort, TermId};
use crate::policy::{Policy, ValueType};
use crate::syntax::ast::expr::{Expr, ExprNode, FactPattern, Op, Term, TermNode};
use crate::syntax::{GivenValue, Text, WorldDocument};
use crate::text::Spanned;
use crate::time::{Instant, Interval};

/// A world that an earlier import wrote.
#[derive(Debug)]
pub struct Old {
    document: WorldDocument,
    captured: Instant,
}

/// What an earlier world says, in the terms of this import.
pub(super) struct Earlier {
    pub(super) facts: Vec<Line>,
    pub(super) unknown: Vec<Line>,
    pub(super) entities: Vec<(TermId, From)>,
    pub(super) values: Vec<Value>,
}

impl Old {
    /// The world of a document; `None` if it does not say when it was captured.
    pub fn of(document: WorldDocument) -> Option<Old> {
        let captured = document.sources.iter().filter_map(|source| source.captured.as_ref()).map(|captured| captured.value).max()?;
        Some(Old { document, captured })
    }

    /// When it was captured.
    pub fn captured_at(&self) -> Instant {
        self.captured
    }

    /// When it was captured, and whether that is a day.
    pub(super) fn captured(&self) -> (Instant, bool) {
        (self.captured, self.captured.with_time() != self.captured.to_string())
    }

    /// What it says. What the policy does not know is left out.
    pub(super) fn read(&self, policy: &Policy, gathered: &mut Gathered) -> Earlier {
        let mut reader = Reader { policy, gathered };
        let mut earlier = Earlier { facts: Vec::new(), unknown: Vec::new(), entities: Vec::new(), values: Vec::new() };
        for fact in &self.document.facts {
            let statement = reader.statement(&fact.is);
            let time = (fact.since.as_ref(), fact.until.as_ref());
            earlier.facts.extend(statement.map(|statement| reader.line(statement, time, fact.from.as_ref(), None)));
        }
        for unknown in &self.document.unknown {
            let mut statement = match &unknown.is.fact {
                FactPattern::Fact(fact) => reader.statement(fact),
                FactPattern::Attribute(term) => reader.attribute(term, None),
            };
            if let (Some(statement), Some(condition)) = (&mut statement, &unknown.is.condition) {
                statement.condition = reader.condition(condition);
            }
            let time = (unknown.since.as_ref(), unknown.until.as_ref());
            earlier.unknown.extend(statement.map(|statement| reader.line(statement, time, unknown.from.as_ref(), unknown.why.as_ref())));
        }
        for entity in &self.document.entities {
            let Some(kind) = policy.kind_called(&entity.kind.value) else { continue };
            let term = reader.gathered.terms.entity(kind, &entity.id.value);
            let from = reader.from(entity.from.as_ref());
            earlier.entities.push((term, from));
            for (name, given) in &entity.attributes {
                let Some(attribute) = policy.attribute_named(kind, &name.value) else { continue };
                for value in reader.values(&policy.attributes[attribute].value, &given.value) {
                    earlier.values.push(Value { entity: term, attribute, of: value, from });
                }
            }
        }
        earlier
    }
}

struct Reader<'a> {
    policy: &'a Policy,
    gathered: &'a mut Gathered,
}

impl Reader<'_> {
    fn line(
        &mut self,
        statement: Statement,
        (since, until): (Option<&Spanned<Instant>>, Option<&Spanned<Instant>>),
        from: Option<&Text>,
        why: Option<&Text>,
    ) -> Line {
        let end = |at: Option<&Spanned<Instant>>, none| at.map_or((none, false), |at| (at.value, is_day(at)));
        let ((since, from_day), (until, to_day)) = (end(since, Instant::MIN), end(until, Instant::MAX));
        let why = self.gathered.reason(why.map_or("", |why| &why.value));
        Line { statement, during: Interval { since, until }, days: [from_day, to_day], from: self.from(from), why }
    }

    fn from(&mut self, from: Option<&Text>) -> From {
        from.map_or(From::Nothing, |from| From::Binding(self.gathered.bindings.number(&from.value)))
    }

    fn statement(&mut self, fact: &Expr) -> Option<Statement> {
        let mut terms = [TermId::NONE; 3];
        let shape = match &fact.node {
            ExprNode::Relation { name, terms: ends, .. } => {
                for (index, end) in ends.iter().take(3).enumerate() {
                    terms[index] = self.term(end)?;
                }
                Shape::Relation(self.policy.relation_named(&name.value)?)
            }
            ExprNode::Holds { holder, role, scope, .. } => {
                let role = match self.policy.written_role(role) {
                    Some(id) => self.gathered.terms.entity(self.policy.role_kind, &self.policy.roles[id].meta.name),
                    None => self.term(role)?,
                };
                terms = [self.term(holder)?, role, self.term(scope)?];
                Shape::Holds
            }
            ExprNode::In { term, set } => {
                terms = [self.term(term)?, self.term(set)?, TermId::NONE];
                Shape::Member
            }
            ExprNode::Compare { left, op: Op::Eq, right } => return self.attribute(left, Some(right)),
            _ => return None,
        };
        Some(Statement { shape, terms, condition: TermId::NONE })
    }

    fn attribute(&mut self, term: &Term, value: Option<&Term>) -> Option<Statement> {
        let TermNode::Attribute(of, name) = &term.node else { return None };
        let number = self.gathered.attribute(&name.value);
        let entity = self.term(of)?;
        let (shape, value) = match value {
            Some(value) => (Shape::Value(number), self.term(value)?),
            None => (Shape::Attribute(number), TermId::NONE),
        };
        Some(Statement { shape, terms: [entity, value, TermId::NONE], condition: TermId::NONE })
    }

    fn term(&mut self, term: &Term) -> Option<TermId> {
        Some(match &term.node {
            TermNode::Any => TermId::ANY,
            TermNode::Entity { kind, id } => {
                let kind = self.policy.kind_called(&kind.value)?;
                let role = (kind == self.policy.role_kind).then(|| self.policy.role_called(id)).flatten();
                let id = role.map_or(id.as_str(), |role| &self.policy.roles[role].meta.name);
                self.gathered.terms.entity(kind, id)
            }
            TermNode::Text(text) => self.gathered.terms.add(&Sort::Text, text),
            TermNode::Name(_) | TermNode::Number(_) | TermNode::Date(_) => self.gathered.terms.add(&Sort::Written, &term.to_string()),
            TermNode::Subject | TermNode::Resource | TermNode::Attribute(..) => return None,
        })
    }

    fn condition(&mut self, condition: &Expr) -> TermId {
        let term = self.gathered.terms.add(&Sort::Written, &format!(" where {condition}"));
        let mut named = Vec::new();
        for term in condition.atoms().into_iter().flat_map(Expr::terms).map(Term::root) {
            if let TermNode::Entity { kind, .. } = &term.node
                && self.policy.kind_called(&kind.value).is_some_and(|kind| kind != self.policy.role_kind)
            {
                named.extend(self.term(term));
            }
        }
        self.gathered.named_by_condition.insert(term, named);
        term
    }

    fn values(&mut self, wanted: &ValueType, given: &GivenValue) -> Vec<TermId> {
        match (wanted, given) {
            (_, GivenValue::List(items)) => items.iter().flat_map(|item| self.values(wanted, &item.value)).collect(),
            (ValueType::Entity(_), GivenValue::Text(text)) => {
                let entity = text.split_once(':').and_then(|(kind, id)| Some((self.policy.kind_called(kind)?, id)));
                entity.map(|(kind, id)| self.gathered.terms.entity(kind, id)).into_iter().collect()
            }
            (_, GivenValue::Text(text)) => vec![self.gathered.terms.add(&Sort::Text, text)],
            (_, GivenValue::Number(number)) => vec![self.gathered.terms.add(&Sort::Written, &number.to_string())],
            (_, GivenValue::Date(date)) => vec![self.gathered.terms.add(&Sort::Text, &date.to_string())],
            (_, GivenValue::Other(_)) => Vec::new(),
        }
    }
}

/// Whether a date is written without a time, by the length of its text.
fn is_day(date: &Spanned<Instant>) -> bool {
    date.span.end - date.span.start <= 12
}
