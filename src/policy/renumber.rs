//! Two policies with the same schema, made to number texts and literals alike.

use super::condition::{AtomKind, Condition, Expr, RoleTerm, Term, TermNode};
use super::ids::{Arena, LiteralId, TextId};
use super::model::Policy;
use super::rules::Conclusion;
use super::value_type::ValueType;

/// The new numbers of texts and literals, by their old ones.
struct Numbers {
    texts: Vec<TextId>,
    literals: Vec<LiteralId>,
}

impl Policy {
    /// This policy with the texts and literals of another one beside its own, and the other one with the same numbers for them. Rules, implications,
    /// roles, attributes and notices are renumbered; events and properties of the other one are taken out.
    ///
    /// Both must have the same kinds.
    pub fn numbered_alike(&self, other: &Policy) -> (Policy, Policy) {
        let (mut own, mut other) = (self.clone(), other.clone());
        let texts = other.texts.values().map(|text| {
            let known = own.texts.iter().find(|(_, known)| *known == text).map(|(id, _)| id);
            known.unwrap_or_else(|| own.texts.push(text.clone()))
        });
        let texts: Vec<TextId> = texts.collect();
        let literals = other.literals.values().map(|literal| {
            let same = |known: &super::condition::Literal| known.kind == literal.kind && known.id == literal.id;
            let known = own.literals.iter().find(|(_, known)| same(known)).map(|(id, _)| id);
            known.unwrap_or_else(|| own.literals.push(literal.clone()))
        });
        let numbers = Numbers { literals: literals.collect(), texts };
        other.events = Arena::default();
        other.properties = Arena::default();
        numbers.policy(&mut other);
        other.texts.clone_from(&own.texts);
        other.literals.clone_from(&own.literals);
        (own, other)
    }
}

impl Numbers {
    fn policy(&self, policy: &mut Policy) {
        policy.systems.iter_mut().for_each(|system| self.text(system));
        policy.roles.values_mut().filter_map(|role| role.system.as_mut()).for_each(|system| self.text(system));
        for attribute in policy.attributes.values_mut() {
            if let ValueType::OneOf(texts) = &mut attribute.value {
                texts.iter_mut().for_each(|text| self.text(text));
            }
        }
        policy.rules.values_mut().for_each(|rule| self.condition(&mut rule.condition));
        policy.invariants.values_mut().for_each(|invariant| self.condition(&mut invariant.never));
        policy.obligations.values_mut().chain(policy.advice.values_mut()).for_each(|notice| self.condition(&mut notice.condition));
        for implication in policy.implications.values_mut() {
            self.condition(&mut implication.condition);
            match &mut implication.then {
                Conclusion::Holds { holder, role, scope } => {
                    [holder, scope].into_iter().for_each(|term| self.term(term));
                    if let RoleTerm::Term(term) = role {
                        self.term(term);
                    }
                }
                Conclusion::Relation { terms, .. } => terms.iter_mut().for_each(|term| self.term(term)),
            }
        }
    }

    fn text(&self, text: &mut TextId) {
        *text = self.texts[super::ids::Id::index(*text)];
    }

    fn condition(&self, condition: &mut Condition) {
        self.expr(&mut condition.expr);
    }

    /// The parser bounds how deep conditions nest.
    fn expr(&self, expr: &mut Expr) {
        match expr {
            Expr::True | Expr::False | Expr::Toggle(..) => {}
            Expr::And(parts) | Expr::Or(parts) => parts.iter_mut().for_each(|part| self.expr(part)),
            Expr::Not(part) | Expr::Exists(_, part) => self.expr(part),
            Expr::Atom(atom) => self.atom(&mut atom.kind),
        }
    }

    fn atom(&self, atom: &mut AtomKind) {
        match atom {
            AtomKind::Relation { terms, .. } => terms.iter_mut().for_each(|term| self.term(term)),
            AtomKind::Holds { holder, role, scope, .. } => {
                [holder, scope].into_iter().for_each(|term| self.term(term));
                if let RoleTerm::Term(term) = role {
                    self.term(term);
                }
            }
            AtomKind::Is(term, _) => self.term(term),
            AtomKind::OneOf(term, list) => [term].into_iter().chain(list).for_each(|term| self.term(term)),
            AtomKind::Within(one, other)
            | AtomKind::Among(one, other)
            | AtomKind::Member(one, other)
            | AtomKind::Compare(one, _, other) => {
                [one, other].into_iter().for_each(|term| self.term(term));
            }
        }
    }

    fn term(&self, term: &mut Term) {
        let mut node = &mut term.node;
        while let TermNode::Path(of, _) = node {
            node = &mut of.node;
        }
        match node {
            TermNode::Text(text) => self.text(text),
            TermNode::Literal(literal) => *literal = self.literals[super::ids::Id::index(*literal)],
            _ => {}
        }
    }
}
