//! The syntax tree of conditions, facts and effects of events: names as written, every node with its span.

use crate::text::{Span, Spanned};
use crate::time::{Instant, TimeUnit};
use smallvec::{SmallVec, smallvec};

/// A condition as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr {
    /// Its place.
    pub span: Span,
    /// Its form.
    pub node: ExprNode,
}

/// The forms of a condition. `Or` and `And` have two or more operands: those written side by side without parentheses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExprNode {
    /// `a or b or c`
    Or(Vec<Expr>),
    /// `a and b and c`
    And(Vec<Expr>),
    /// `not a`
    Not(Box<Expr>),
    /// `[was] relation(term, …)`
    Relation {
        /// Whether it is asked of the past (`was`).
        was: bool,
        /// The relation's name.
        name: Spanned<String>,
        /// Its ends.
        terms: Vec<Term>,
    },
    /// `[was] holder holds role on scope`
    Holds {
        /// Whether it is asked of the past (`was`).
        was: bool,
        /// The holder.
        holder: Term,
        /// A role's name, a variable of kind role, `role:ID` or `_`. Boxed, since conditions nest deep and their parser's stack is bounded.
        role: Box<Term>,
        /// The scope.
        scope: Term,
    },
    /// `term is kind`
    Is {
        /// The term.
        term: Term,
        /// The kind's name.
        kind: Spanned<String>,
    },
    /// `term within scope`
    Within {
        /// The inner entity.
        term: Term,
        /// The outer entity.
        scope: Term,
    },
    /// `term in term`
    In {
        /// The element.
        term: Term,
        /// A group, or a many-valued attribute or parameter.
        set: Term,
    },
    /// `term in [literal, …]`
    InList {
        /// The element.
        term: Term,
        /// Entities, texts, numbers or dates.
        list: Vec<Term>,
    },
    /// `left == right` and other comparisons
    Compare {
        /// The left term.
        left: Term,
        /// The comparison.
        op: Op,
        /// The right term.
        right: Term,
    },
    /// `toggle NAME`
    Toggle(Spanned<String>),
    /// `true` or `false`
    Bool(bool),
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

/// A term as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Its place.
    pub span: Span,
    /// Its form.
    pub node: TermNode,
}

/// The forms of a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TermNode {
    /// `subject`
    Subject,
    /// `resource`
    Resource,
    /// A variable or parameter.
    Name(String),
    /// `term.attribute`
    Attribute(Box<Term>, Spanned<String>),
    /// `kind:id`
    Entity {
        /// The kind's name, or an `aka` of it.
        kind: Spanned<String>,
        /// The id, unquoted.
        id: String,
    },
    /// `"text"`
    Text(String),
    /// `42`
    Number(i64),
    /// A date (midnight UTC) or a date-time
    Date(Instant),
    /// `_`
    Any,
}

/// An effect of an event: `FACT [for TERM days|hours] [where EXPR]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The place of the effect.
    pub span: Span,
    /// The fact, an atom of the condition grammar.
    pub fact: Expr,
    /// For how long it holds.
    pub lasts: Option<Lasting>,
    /// The condition on the variables of the fact.
    pub condition: Option<Expr>,
}

/// `for TERM days` or `for TERM hours`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lasting {
    /// How many of the unit.
    pub count: Term,
    /// Days or hours.
    pub unit: TimeUnit,
}

/// A pattern of facts: `FACT [where EXPR]`. A variable or `_` in it is any entity that the place allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The place of the pattern.
    pub span: Span,
    /// The fact.
    pub fact: FactPattern,
    /// The condition on the variables of the fact.
    pub condition: Option<Expr>,
}

/// The fact of a pattern, or a fact that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactPattern {
    /// A fact, an atom of the condition grammar.
    Fact(Expr),
    /// `term.attribute`: any value of the attribute.
    Attribute(Term),
}

impl FactPattern {
    /// Its place.
    pub fn span(&self) -> Span {
        match self {
            FactPattern::Fact(fact) => fact.span,
            FactPattern::Attribute(term) => term.span,
        }
    }
}

/// What `[[fact]]` states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatedFact {
    /// The fact holds.
    Holds(Expr),
    /// `not FACT`: it does not hold.
    HoldsNot(FactPattern),
}

impl Pattern {
    /// Replaces the kind of each entity in it, where `rename` has another name.
    pub fn rename_kinds(&mut self, rename: &impl Fn(&str) -> Option<String>) {
        match &mut self.fact {
            FactPattern::Fact(fact) => fact.rename_kinds(rename),
            FactPattern::Attribute(term) => term.visit_root(&mut |term| term.rename_kind(rename)),
        }
        self.condition.iter_mut().for_each(|condition| condition.rename_kinds(rename));
    }
}

impl Expr {
    /// Its parts without `and`, `or` and `not`, from left to right: atoms, toggles and constants.
    pub fn atoms(&self) -> SmallVec<[&Expr; 4]> {
        let (mut found, mut rest): (SmallVec<_>, SmallVec<[&Expr; 4]>) = (SmallVec::new(), smallvec![self]);
        while let Some(part) = rest.pop() {
            match &part.node {
                ExprNode::Or(parts) | ExprNode::And(parts) => rest.extend(parts.iter().rev()),
                ExprNode::Not(part) => rest.push(part),
                _ => found.push(part),
            }
        }
        found
    }

    /// The terms of an atom, in order; none if it is no atom.
    pub fn terms(&self) -> SmallVec<[&Term; 3]> {
        match &self.node {
            ExprNode::Relation { terms, .. } => terms.iter().collect(),
            ExprNode::Holds { holder, role, scope, .. } => smallvec![holder, role.as_ref(), scope],
            ExprNode::Is { term, .. } => smallvec![term],
            ExprNode::InList { term, list } => [term].into_iter().chain(list).collect(),
            ExprNode::Within { term: one, scope: other }
            | ExprNode::In { term: one, set: other }
            | ExprNode::Compare { left: one, right: other, .. } => smallvec![one, other],
            ExprNode::Or(_) | ExprNode::And(_) | ExprNode::Not(_) | ExprNode::Toggle(_) | ExprNode::Bool(_) => SmallVec::new(),
        }
    }

    fn rename_kinds(&mut self, rename: &impl Fn(&str) -> Option<String>) {
        self.visit_roots(&mut |term| term.rename_kind(rename));
    }

    /// Calls `visit` with each term in it, without its attributes.
    pub fn visit_roots(&mut self, visit: &mut impl FnMut(&mut Term)) {
        let terms: Vec<&mut Term> = match &mut self.node {
            ExprNode::Or(parts) | ExprNode::And(parts) => return parts.iter_mut().for_each(|part| part.visit_roots(visit)),
            ExprNode::Not(part) => return part.visit_roots(visit),
            ExprNode::Relation { terms, .. } => terms.iter_mut().collect(),
            ExprNode::Is { term, .. } => vec![term],
            ExprNode::InList { term, list } => [term].into_iter().chain(list).collect(),
            ExprNode::Holds { holder, role, scope, .. } => vec![holder, role, scope],
            ExprNode::Within { term: one, scope: other }
            | ExprNode::In { term: one, set: other }
            | ExprNode::Compare { left: one, right: other, .. } => vec![one, other],
            ExprNode::Toggle(_) | ExprNode::Bool(_) => return,
        };
        terms.into_iter().for_each(|term| term.visit_root(visit));
    }
}

impl Term {
    /// The name that it is: of a variable or parameter; after `holds`, also of a role.
    pub fn name(&self) -> Option<&str> {
        match &self.node {
            TermNode::Name(name) => Some(name),
            _ => None,
        }
    }

    /// The term with which it starts: itself without its attributes.
    pub fn root(&self) -> &Term {
        let mut root = self;
        while let TermNode::Attribute(of, _) = &root.node {
            root = of;
        }
        root
    }

    /// Replaces its kind, if it is an entity and `rename` has another name.
    fn rename_kind(&mut self, rename: &impl Fn(&str) -> Option<String>) {
        if let TermNode::Entity { kind, .. } = &mut self.node {
            kind.value = rename(&kind.value).unwrap_or_else(|| std::mem::take(&mut kind.value));
        }
    }

    fn visit_root(&mut self, visit: &mut impl FnMut(&mut Term)) {
        match &mut self.node {
            TermNode::Attribute(of, _) => of.visit_root(visit),
            _ => visit(self),
        }
    }
}
