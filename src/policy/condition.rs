//! The typed syntax tree of conditions, in which each operator and term is a variant: names are resolved, variables are numbered, and each
//! `Exists` is around the smallest part that has its variables.
//!
//! [`Expr::walk`] visits every part of a condition. Code that searches a condition uses it; only code that computes a value from the values
//! of the parts matches on [`Expr`] itself.

use super::ids::{AttributeId, Id, KindId, LiteralId, RelationId, RoleId, TextId, ToggleId};
use super::kind_set::KindSet;
use super::variable::{VarId, VarSet, Variable};
use crate::syntax::Op;
use crate::text::Span;
use crate::time::Instant;
use smallvec::SmallVec;

/// A condition with its variables.
#[derive(Clone, Debug, Default)]
pub struct Condition {
    /// What must be true. Variables that no `Exists` in it binds are given from outside: by the conclusion of an implication, by the fact of
    /// an effect, or by the names in the text of an obligation or advice.
    pub expr: Expr,
    /// Its variables, at most [`MAX_VARIABLES`](super::variable::MAX_VARIABLES); each `_` is one too.
    pub variables: Vec<Variable>,
}

/// A typed condition without the declarations of its variables.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Expr {
    /// Always true.
    #[default]
    True,
    /// Never true.
    False,
    /// True if the toggle is on.
    Toggle(ToggleId, Span),
    /// True if all parts are.
    And(Vec<Expr>),
    /// True if some part is.
    Or(Vec<Expr>),
    /// True if the part is false.
    Not(Box<Expr>),
    /// True if the part is true for some choice of living entities as the values of these variables.
    Exists(Vec<VarId>, Box<Expr>),
    /// A test of the world.
    Atom(Atom),
}

/// A test of the world.
#[derive(Clone, Debug, PartialEq)]
pub struct Atom {
    /// Its span.
    pub span: Span,
    /// The test.
    pub kind: AtomKind,
    /// The places that do not allow every kind that their term may have.
    pub allowed: Vec<AllowedKinds>,
}

/// The kinds that a place of an atom allows. The atom is false if the entity at the place is of another kind.
#[derive(Clone, Debug, PartialEq)]
pub struct AllowedKinds {
    /// The index of the term in the atom: an end of a relation; 0 to 2 for holder, role and scope; 0 and 1 for member and group.
    pub term: usize,
    /// The kinds.
    pub kinds: KindSet,
}

/// The kinds of tests.
#[derive(Clone, Debug, PartialEq)]
pub enum AtomKind {
    /// The relation holds, or with `was`: it held before and does not hold now.
    Relation {
        /// The relation.
        relation: RelationId,
        /// It held before and does not hold now.
        was: bool,
        /// Its ends.
        terms: Vec<Term>,
    },
    /// The role is held, or with `was`: it was assigned before to this very holder, over this very scope, and is not now.
    Holds {
        /// It was assigned before and is not now.
        was: bool,
        /// Who holds it.
        holder: Term,
        /// The role.
        role: RoleTerm,
        /// What it is held over.
        scope: Term,
    },
    /// The term is an entity of the kind.
    Is(Term, KindId),
    /// The first is the second, or the second contains it.
    Within(Term, Term),
    /// The term is one of these constants.
    OneOf(Term, Vec<Term>),
    /// The first is among the values of the second, which is an attribute or a parameter with many values. Of an attribute `member-of`
    /// only the recorded groups count, not the groups of these groups.
    Among(Term, Term),
    /// The first is a member of the group, directly or through other groups.
    Member(Term, Term),
    /// A comparison. `!=` is `Not` of `==`.
    Compare(Term, Op, Term),
}

/// A role in a condition: by name, or by a variable of kind role.
#[derive(Clone, Debug, PartialEq)]
pub enum RoleTerm {
    /// This role.
    Named(RoleId),
    /// The role that is the value of the term.
    Term(Term),
}

/// A typed term.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Its span.
    pub span: Span,
    /// The term.
    pub node: TermNode,
}

/// The forms of a term.
#[derive(Clone, Debug, PartialEq)]
pub enum TermNode {
    /// The subject of the request; in an implication, the entity whose role is in question; in an event, its actor.
    Subject,
    /// The resource of the request.
    Resource,
    /// A variable.
    Variable(VarId),
    /// A parameter of the event, by its index.
    Parameter(usize),
    /// An entity that the policy names.
    Literal(LiteralId),
    /// A text.
    Text(TextId),
    /// A number.
    Number(i64),
    /// A date.
    Date(Instant),
    /// One hop from an entity, by the entity's kind; no value for kinds that the path does not list.
    Path(Box<Term>, Path),
}

/// An entity that a condition names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Literal {
    /// Its kind.
    pub kind: KindId,
    /// Its id.
    pub id: String,
    /// The span of its first mention.
    pub span: Span,
}

/// The hop from entities of each kind, by the index of the kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Path(Vec<Option<Hop>>);

/// One hop from an entity of some kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hop {
    /// To the value of the attribute.
    Attribute(AttributeId),
    /// To the nearest entity of the kind among the entity itself and its containers.
    Above(KindId),
    /// From a role to its system.
    System,
}

impl Path {
    /// The hop from entities of this kind; `None` if the kind is not listed.
    #[inline]
    pub fn of(&self, kind: KindId) -> Option<Hop> {
        self.0.get(kind.index()).copied().flatten()
    }

    /// The listed kinds, in order, with their hops.
    pub fn iter(&self) -> impl Iterator<Item = (KindId, Hop)> + '_ {
        self.0.iter().enumerate().filter_map(|(kind, hop)| hop.map(|hop| (KindId::from_index(kind), hop)))
    }
}

impl FromIterator<(KindId, Hop)> for Path {
    fn from_iter<T: IntoIterator<Item = (KindId, Hop)>>(hops: T) -> Path {
        let mut by_kind = Vec::new();
        for (kind, hop) in hops {
            by_kind.resize(by_kind.len().max(kind.index() + 1), None);
            by_kind[kind.index()] = Some(hop);
        }
        Path(by_kind)
    }
}

impl Condition {
    /// The declaration of one of its variables.
    pub fn variable(&self, variable: VarId) -> &Variable {
        &self.variables[variable.index()]
    }
}

impl Expr {
    /// Every part at any depth in pre-order, itself first, each with whether it is inside a `not`.
    pub fn walk(&self) -> impl Iterator<Item = (&Expr, bool)> {
        let mut rest = vec![(self, false)];
        std::iter::from_fn(move || {
            let (expr, negated) = rest.pop()?;
            let below = negated || matches!(expr, Expr::Not(_));
            rest.extend(expr.parts().iter().rev().map(|part| (part, below)));
            Some((expr, negated))
        })
    }

    /// The direct parts.
    pub fn parts(&self) -> &[Expr] {
        match self {
            Expr::And(parts) | Expr::Or(parts) => parts,
            Expr::Not(part) | Expr::Exists(_, part) => std::slice::from_ref(part),
            Expr::True | Expr::False | Expr::Toggle(..) | Expr::Atom(_) => &[],
        }
    }

    /// The parts of an `or` by the branches that are written: an atom with ends of `through` is one branch, though it is typed as several parts.
    pub fn branches(parts: &[Expr]) -> Vec<&[Expr]> {
        parts.chunk_by(|one, other| one.span().is_some() && one.span() == other.span()).collect()
    }

    /// The parts of which all must be true: those of an `and`, else itself.
    pub fn conjuncts(&self) -> &[Expr] {
        match self {
            Expr::And(parts) => parts,
            expr => std::slice::from_ref(expr),
        }
    }

    /// Its atoms, from left to right.
    pub fn atoms(&self) -> impl Iterator<Item = &Atom> {
        self.walk().filter_map(|(expr, _)| match expr {
            Expr::Atom(atom) => Some(atom),
            _ => None,
        })
    }

    /// The span from its first atom or toggle to its last; `None` if it has neither.
    pub fn span(&self) -> Option<Span> {
        let spans = self.walk().filter_map(|(expr, _)| match expr {
            Expr::Atom(atom) => Some(atom.span),
            Expr::Toggle(_, span) => Some(*span),
            _ => None,
        });
        spans.reduce(Span::to)
    }

    /// Whether some term of its atoms satisfies `such`.
    pub fn any_term(&self, such: &dyn Fn(&Term) -> bool) -> bool {
        self.atoms().any(|atom| atom.kind.terms().into_iter().any(such))
    }

    /// Calls `change` with each term, the constants of lists among them.
    pub(crate) fn each_term(&mut self, change: &mut dyn FnMut(&mut Term)) {
        match self {
            Expr::And(parts) | Expr::Or(parts) => parts.iter_mut().for_each(|part| part.each_term(change)),
            Expr::Not(part) | Expr::Exists(_, part) => part.each_term(change),
            Expr::Atom(atom) => atom.kind.terms_mut().into_iter().for_each(change),
            Expr::True | Expr::False | Expr::Toggle(..) => {}
        }
    }

    /// Replaces each text.
    pub(crate) fn map_texts(&mut self, map: &impl Fn(TextId) -> TextId) {
        self.each_term(&mut |term| term.map_texts(map));
    }

    /// The variables in it that no `Exists` in it binds.
    pub fn free_variables(&self) -> VarSet {
        match self {
            Expr::Exists(bound, body) => body.free_variables() - bound.iter().copied().collect(),
            Expr::Atom(atom) => atom.kind.variables(),
            expr => expr.parts().iter().map(Expr::free_variables).collect(),
        }
    }
}

impl AtomKind {
    /// The tested terms, in order, without the constants of a list.
    pub fn terms(&self) -> SmallVec<[&Term; 3]> {
        match self {
            AtomKind::Relation { terms, .. } => terms.iter().collect(),
            AtomKind::Holds { holder, role, scope, .. } => [holder].into_iter().chain(role.term()).chain([scope]).collect(),
            AtomKind::Is(term, _) | AtomKind::OneOf(term, _) => [term].into_iter().collect(),
            AtomKind::Within(a, b) | AtomKind::Among(a, b) | AtomKind::Member(a, b) | AtomKind::Compare(a, _, b) => {
                [a, b].into_iter().collect()
            }
        }
    }

    /// All its terms, with the constants of a list.
    pub(crate) fn terms_mut(&mut self) -> Vec<&mut Term> {
        match self {
            AtomKind::Relation { terms, .. } => terms.iter_mut().collect(),
            AtomKind::Holds { holder, role, scope, .. } => match role {
                RoleTerm::Named(_) => vec![holder, scope],
                RoleTerm::Term(role) => vec![holder, role, scope],
            },
            AtomKind::Is(term, _) => vec![term],
            AtomKind::OneOf(term, constants) => [term].into_iter().chain(constants).collect(),
            AtomKind::Within(a, b) | AtomKind::Among(a, b) | AtomKind::Member(a, b) | AtomKind::Compare(a, _, b) => vec![a, b],
        }
    }

    /// The variables of its terms.
    pub fn variables(&self) -> VarSet {
        self.terms().into_iter().map(Term::variables).collect()
    }
}

impl RoleTerm {
    /// The term, if the role is not named.
    pub fn term(&self) -> Option<&Term> {
        match self {
            RoleTerm::Named(_) => None,
            RoleTerm::Term(term) => Some(term),
        }
    }
}

impl Term {
    /// The term from which its hops start: a variable, the subject, a constant.
    pub fn root(&self) -> &TermNode {
        &self.hops().last().map_or(self, |(of, _)| of).node
    }

    /// Whether it takes a hop, so that its value may be unknown.
    pub fn takes_hop(&self) -> bool {
        matches!(self.node, TermNode::Path(..))
    }

    /// Its hops, the last one first, each with the term that it starts from. A term may have any number of them.
    pub fn hops(&self) -> impl Iterator<Item = (&Term, &Path)> {
        let mut here = self;
        std::iter::from_fn(move || match &here.node {
            TermNode::Path(of, path) => {
                here = of;
                Some((here, path))
            }
            _ => None,
        })
    }

    fn map_texts(&mut self, map: &impl Fn(TextId) -> TextId) {
        match &mut self.node {
            TermNode::Text(text) => *text = map(*text),
            TermNode::Path(of, _) => of.map_texts(map),
            _ => {}
        }
    }

    /// Whether both read the same data. Their spans may differ.
    pub fn reads_same(&self, other: &Term) -> bool {
        match (&self.node, &other.node) {
            (TermNode::Path(of, path), TermNode::Path(other_of, other_path)) => path == other_path && of.reads_same(other_of),
            (node, other_node) => node == other_node,
        }
    }

    /// The variable from which it starts, as a set; empty if it starts from something else.
    pub fn variables(&self) -> VarSet {
        match self.root() {
            TermNode::Variable(variable) => (*variable).into(),
            _ => VarSet::EMPTY,
        }
    }
}
