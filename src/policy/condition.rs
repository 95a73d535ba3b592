//! Typed conditions: names resolved, variables in slots, each `there is one` at the smallest part that holds the variable.

use super::ids::{AttributeId, Id, KindId, LiteralId, RelationId, RoleId, TextId, ToggleId};
use super::kind_set::KindSet;
use crate::syntax::Op;
use crate::text::Span;
use crate::time::Instant;
use smallvec::SmallVec;

/// The number of variables that a condition may have.
pub const MAX_VARIABLES: usize = 16;

/// A condition with its variables.
#[derive(Clone, Debug, Default)]
pub struct Condition {
    /// What must hold. Slots that no `Exists` in it binds are given from outside (an implication's conclusion, an effect's fact).
    pub expr: Expr,
    /// Its variables, at most [`MAX_VARIABLES`]; `_` has one too.
    pub variables: Vec<Variable>,
}

/// A variable.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name; `_` for a wildcard.
    pub name: String,
    /// The kinds over whose living entities it ranges.
    pub kinds: KindSet,
    /// Where it stands first.
    pub span: Span,
}

/// The index of a [`Variable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VarId(pub u8);

/// A typed condition.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Expr {
    /// Always true.
    #[default]
    True,
    /// Never true.
    False,
    /// Whether a toggle is on.
    Toggle(ToggleId, Span),
    /// All of them.
    And(Vec<Expr>),
    /// One of them.
    Or(Vec<Expr>),
    /// Not it.
    Not(Box<Expr>),
    /// There are living entities for these slots.
    Exists(Vec<VarId>, Box<Expr>),
    /// A test of the world.
    Atom(Atom),
}

/// A test of the world.
#[derive(Clone, Debug, PartialEq)]
pub struct Atom {
    /// Where it stands.
    pub span: Span,
    /// What is tested.
    pub kind: AtomKind,
}

/// The forms of a test.
#[derive(Clone, Debug, PartialEq)]
pub enum AtomKind {
    /// The relation holds (or with `was`: held before, and does not now).
    Relation {
        /// The relation.
        relation: RelationId,
        /// Before, not now.
        was: bool,
        /// Its ends.
        terms: Vec<Term>,
    },
    /// The role is held.
    Holds {
        /// Who holds.
        holder: Term,
        /// What.
        role: RoleTerm,
        /// Over what.
        scope: Term,
    },
    /// The term is an entity of the kind.
    Is(Term, KindId),
    /// The first is, or lies within, the second.
    Within(Term, Term),
    /// The term is one of these constants.
    OneOf(Term, Vec<Term>),
    /// The first is among the values of the second: a many-valued attribute (as told) or parameter.
    Among(Term, Term),
    /// The first is a member of the group, at any depth.
    Member(Term, Term),
    /// A comparison. `!=` is here `Not` of `==`.
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
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub node: TermNode,
}

/// The forms of a term.
#[derive(Clone, Debug, PartialEq)]
pub enum TermNode {
    /// Who asks; in an implication, of whom the holding is asked; in an event, the doer.
    Subject,
    /// What is asked about.
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
    /// A step from an entity, by the entity's kind; none on kinds that are not listed.
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

/// Where a step leads from entities of each kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Path(Vec<Option<Hop>>);

/// One step from an entity of some kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hop {
    /// To the value of the attribute.
    Attribute(AttributeId),
    /// To the nearest entity of the kind at or above.
    Above(KindId),
}

impl Path {
    /// Where it leads from entities of this kind, if anywhere.
    #[inline]
    pub fn of(&self, kind: KindId) -> Option<Hop> {
        self.0.get(kind.index()).copied().flatten()
    }

    /// The kinds from which it leads somewhere, in order, and where.
    pub fn iter(&self) -> impl Iterator<Item = (KindId, Hop)> + '_ {
        self.0.iter().enumerate().filter_map(|(kind, step)| step.map(|step| (KindId::from_index(kind), step)))
    }
}

impl FromIterator<(KindId, Hop)> for Path {
    fn from_iter<T: IntoIterator<Item = (KindId, Hop)>>(steps: T) -> Path {
        let mut by_kind = Vec::new();
        for (kind, step) in steps {
            by_kind.resize(by_kind.len().max(kind.index() + 1), None);
            by_kind[kind.index()] = Some(step);
        }
        Path(by_kind)
    }
}

impl Term {
    /// What the term starts from: a variable, the subject, a constant.
    pub fn root(&self) -> &TermNode {
        let mut here = self;
        while let TermNode::Path(of, _) = &here.node {
            here = of;
        }
        &here.node
    }

    /// Whether both read the same data, wherever each is written.
    pub fn reads_same(&self, other: &Term) -> bool {
        match (&self.node, &other.node) {
            (TermNode::Path(of, path), TermNode::Path(other_of, other_path)) => path == other_path && of.reads_same(other_of),
            (node, other_node) => node == other_node,
        }
    }

    /// The slot that it reads, as bits.
    pub fn variables(&self) -> u32 {
        match self.root() {
            TermNode::Variable(variable) => variable.bit(),
            _ => 0,
        }
    }
}

impl VarId {
    /// The slot as a bit, for sets of slots.
    pub fn bit(self) -> u32 {
        1 << self.0
    }

    /// The slots of a set of bits, in order.
    pub fn of_bits(bits: u32) -> impl Iterator<Item = VarId> {
        (0..32).map(VarId).filter(move |variable| bits & variable.bit() != 0)
    }
}

impl RoleTerm {
    /// The term that stands for the role, if it is not named.
    pub fn term(&self) -> Option<&Term> {
        match self {
            RoleTerm::Named(_) => None,
            RoleTerm::Term(term) => Some(term),
        }
    }
}

impl AtomKind {
    /// The terms that are tested, in order; not the constants of a list.
    pub fn terms(&self) -> SmallVec<[&Term; 3]> {
        match self {
            AtomKind::Relation { terms, .. } => terms.iter().collect(),
            AtomKind::Holds { holder, role, scope } => [holder].into_iter().chain(role.term()).chain([scope]).collect(),
            AtomKind::Is(term, _) | AtomKind::OneOf(term, _) => [term].into_iter().collect(),
            AtomKind::Within(a, b) | AtomKind::Among(a, b) | AtomKind::Member(a, b) | AtomKind::Compare(a, _, b) => {
                [a, b].into_iter().collect()
            }
        }
    }

    /// The slots that it reads, as bits.
    pub fn variables(&self) -> u32 {
        self.terms().iter().fold(0, |variables, term| variables | term.variables())
    }
}

impl Expr {
    /// Whether some term in it, at any depth, is such.
    pub fn any_term(&self, such: &dyn Fn(&Term) -> bool) -> bool {
        match self {
            Expr::True | Expr::False | Expr::Toggle(..) => false,
            Expr::And(parts) | Expr::Or(parts) => parts.iter().any(|part| part.any_term(such)),
            Expr::Not(part) | Expr::Exists(_, part) => part.any_term(such),
            Expr::Atom(atom) => atom.kind.terms().into_iter().any(such),
        }
    }
}
