//! Conditions of a pack in words, as they are written: of a subject, a resource and variables, in no world.

use super::facts::{relation_says, relation_says_not};
use crate::diag::phrases::any_of;
use crate::policy::{
    Atom, AtomKind, Condition, Effect, Expr, FactTerm, Hop, KindSet, Op, Parameter, Policy, RelationId, RoleTerm, Term, TermNode,
    ValueType, VarId, VarSet,
};
use crate::syntax::{entity, quoted};
use std::cell::Cell;

/// Puts one condition into words, from left to right: the first mention of a variable is `some user`, a later one `that user`.
pub(super) struct ConditionWords<'p> {
    policy: &'p Policy,
    condition: &'p Condition,
    /// Of the event, if it is a condition of one.
    parameters: &'p [Parameter],
    mentioned: Cell<VarSet>,
}

impl<'p> ConditionWords<'p> {
    pub(super) fn new(policy: &'p Policy, condition: &'p Condition, parameters: &'p [Parameter]) -> ConditionWords<'p> {
        ConditionWords { policy, condition, parameters, mentioned: Cell::new(VarSet::EMPTY) }
    }

    /// The whole condition; `None` if it is always true.
    pub(super) fn whole(&self) -> Option<String> {
        (self.condition.expr != Expr::True).then(|| self.expr(&self.condition.expr))
    }

    fn expr(&self, expr: &Expr) -> String {
        match expr {
            Expr::True => "anything is so".to_owned(),
            Expr::False => "nothing is so".to_owned(),
            Expr::Toggle(toggle, _) => format!("toggle {} is on", self.policy.toggles[*toggle].meta.name),
            Expr::And(parts) => self.joined(parts, " and "),
            Expr::Or(parts) => Expr::branches(parts).into_iter().map(|branch| self.branch(branch)).collect::<Vec<_>>().join(" or "),
            Expr::Exists(_, body) => self.expr(body),
            Expr::Atom(atom) => self.atom(atom, true),
            Expr::Not(part) => match &**part {
                Expr::Atom(atom) => self.atom(atom, false),
                Expr::Toggle(toggle, _) => format!("toggle {} is off", self.policy.toggles[*toggle].meta.name),
                part => format!("it is not true that {}", self.grouped(part)),
            },
        }
    }

    /// A branch of an `or`. Of an atom that is true through groups too, the sentence about the entities themselves says enough.
    fn branch(&self, parts: &[Expr]) -> String {
        match parts {
            [one] => self.grouped(one),
            [itself, ..] => format!("{}, itself or through a group", self.expr(itself)),
            [] => String::new(),
        }
    }

    fn joined(&self, parts: &[Expr], by: &str) -> String {
        parts.iter().map(|part| self.grouped(part)).collect::<Vec<_>>().join(by)
    }

    /// A part of an `and`, `or` or `not`, in parentheses if it has parts of its own.
    fn grouped(&self, part: &Expr) -> String {
        let mut inner = part;
        while let Expr::Exists(_, body) = inner {
            inner = body;
        }
        if matches!(inner, Expr::And(_) | Expr::Or(_)) { format!("({})", self.expr(part)) } else { self.expr(part) }
    }

    fn atom(&self, atom: &Atom, yes: bool) -> String {
        let either = |one: &'static str, other: &'static str| if yes { one } else { other };
        match &atom.kind {
            AtomKind::Relation { relation, was: false, terms } => self.relation(*relation, terms, yes),
            AtomKind::Relation { relation, was: true, terms } => self.before(&self.relation(*relation, terms, true), yes),
            AtomKind::Holds { was, holder, role, scope } => {
                let (holder, role, scope) = (self.term(holder), self.role(role), self.term(scope));
                if *was {
                    return self.before(&format!("{holder} is assigned {role} on {scope}"), yes);
                }
                format!("{holder} {} {role} on {scope}", either("holds", "does not hold"))
            }
            AtomKind::Is(term, kind) => {
                let kind = crate::diag::phrases::with_article(&self.policy.kinds[*kind].meta.name);
                format!("{} {} {kind}", self.term(term), either("is", "is not"))
            }
            AtomKind::Within(inner, outer) => {
                format!("{} {} within {}", self.term(inner), either("lies", "does not lie"), self.term(outer))
            }
            AtomKind::OneOf(term, constants) => {
                let (term, constants) = (self.term(term), any_of(constants.iter().map(|constant| self.term(constant))));
                format!("{term} {} {constants}", either("is", "is not"))
            }
            AtomKind::Among(one, many) => format!("{} {} among {}", self.term(one), either("is", "is not"), self.term(many)),
            AtomKind::Member(member, group) => format!("{} {} in {}", self.term(member), either("is", "is not"), self.term(group)),
            AtomKind::Compare(left, op, right) => {
                let than = match op {
                    Op::Eq => "",
                    Op::Ne => " other than",
                    Op::Lt => " less than",
                    Op::Le => " at most",
                    Op::Gt => " more than",
                    Op::Ge => " at least",
                };
                format!("{} {}{than} {}", self.term(left), either("is", "is not"), self.term(right))
            }
        }
    }

    #[allow(clippy::unused_self, reason = "it reads as its siblings do")]
    fn before(&self, says: &str, yes: bool) -> String {
        format!("{}before and no longer, {says}", if yes { "" } else { "it is not true that, " })
    }

    fn relation(&self, relation: RelationId, terms: &[Term], yes: bool) -> String {
        let names: Vec<String> = terms.iter().map(|term| self.term(term)).collect();
        if yes { relation_says(self.policy, relation, &names) } else { relation_says_not(self.policy, relation, &names) }
    }

    /// What an implication concludes, or an event adds or removes.
    pub(super) fn holds(&self, holder: &Term, role: &RoleTerm, scope: &Term) -> String {
        format!("{} holds {} on {}", self.term(holder), self.role(role), self.term(scope))
    }

    /// That a relation holds between terms.
    pub(super) fn related(&self, relation: RelationId, terms: &[Term]) -> String {
        self.relation(relation, terms, true)
    }

    /// The fact of an effect of an event, for how long it holds, and for which bindings.
    pub(super) fn effect(&self, effect: &Effect) -> String {
        let fact = match &effect.fact {
            FactTerm::Relation(relation, terms) => self.related(*relation, terms),
            FactTerm::Holds(holder, role, scope) => self.holds(holder, role, scope),
            FactTerm::Member(member, group) => format!("{} is in {}", self.term(member), self.term(group)),
            FactTerm::Value(entity, attributes, value) => {
                let name = attributes.first().map_or("value", |&(_, attribute)| self.policy.attributes[attribute].name.as_str());
                format!("the {name} of {} is {}", self.term(entity), self.term(value))
            }
        };
        let lasts = effect.lasts.as_ref().map(|lasts| format!(" for {} {}", self.term(&lasts.count), lasts.unit.name()));
        let condition = self.whole().map(|condition| format!(", where {condition}"));
        format!("{fact}{}{}", lasts.unwrap_or_default(), condition.unwrap_or_default())
    }

    fn role(&self, role: &RoleTerm) -> String {
        match role {
            RoleTerm::Named(role) => self.policy.roles[*role].meta.name.clone(),
            RoleTerm::Term(term) => self.term(term),
        }
    }

    pub(super) fn term(&self, term: &Term) -> String {
        match &term.node {
            TermNode::Subject => "the subject".to_owned(),
            TermNode::Resource => "the resource".to_owned(),
            TermNode::Variable(variable) => self.variable(*variable),
            TermNode::Parameter(index) => self.parameters.get(*index).map_or("it".to_owned(), |one| match one.value {
                ValueType::Entity(_) => format!("the {} that is named", one.name),
                _ => format!("`{}`", one.name),
            }),
            TermNode::Literal(literal) => {
                let literal = &self.policy.literals[*literal];
                entity(&self.policy.kinds[literal.kind].meta.name, &literal.id)
            }
            TermNode::Text(text) => quoted(&self.policy.texts[*text]),
            TermNode::Number(number) => number.to_string(),
            TermNode::Date(date) => date.to_string(),
            TermNode::Path(of, path) => {
                let name = match path.iter().next() {
                    Some((_, Hop::Attribute(attribute))) => self.policy.attributes[attribute].name.as_str(),
                    Some((_, Hop::Above(kind))) => self.policy.kinds[kind].meta.name.as_str(),
                    Some((_, Hop::System)) => "system",
                    None => "value",
                };
                format!("the {name} of {}", self.term(of))
            }
        }
    }

    fn variable(&self, id: VarId) -> String {
        let variable = self.condition.variable(id);
        let first = !self.mentioned.get().contains(id);
        self.mentioned.set([id].into_iter().collect::<VarSet>() | self.mentioned.get());
        let kinds = some_of(self.policy, &variable.kinds);
        if variable.is_wildcard() || variable.unwritten {
            return format!("some {kinds}");
        }
        match (first, kinds == variable.name) {
            (true, true) => format!("some {kinds}"),
            (false, true) => format!("that {kinds}"),
            (true, false) => format!("some {kinds} ({})", variable.name),
            (false, false) => variable.name.clone(),
        }
    }
}

/// The kinds of a set, as what one of them is: `customer or site`; `entity` if they are many.
pub(super) fn some_of(policy: &Policy, kinds: &KindSet) -> String {
    const MOST: usize = 4;
    if kinds.len() > MOST {
        return "entity".to_owned();
    }
    any_of(kinds.iter().map(|kind| policy.kinds[kind].meta.name.as_str()))
}
