//! Conditions made ready for the walk: one variable at a time, each with the places from which its entities can be had.

use crate::policy::{AtomKind, Expr, KindSet, Op, Policy, RelationId, Term, TermNode, ToggleId, VarId, Variable};
use crate::text::Span;

/// A condition ready to be walked.
#[derive(Clone, Debug)]
pub enum Code {
    /// Always the same.
    Constant(bool),
    /// Whether a toggle is on.
    Toggle(ToggleId),
    /// All of them.
    All(Vec<Code>),
    /// One of them.
    Any(Vec<Code>),
    /// Not it.
    Not(Box<Code>),
    /// There is a living entity for the slot.
    Some(Search),
    /// A test of the world.
    AtomKind(Span, AtomKind),
    /// A term of an implication's conclusion against what was asked (by index); of a holder: the asked one, or a group it is in.
    Asked {
        /// The conclusion's term.
        term: Term,
        /// Which of the asked.
        index: usize,
        /// Whether being a member of it will do.
        member: bool,
    },
}

/// The search for an entity for a slot.
#[derive(Clone, Debug)]
pub struct Search {
    /// The slot.
    pub variable: VarId,
    /// The kinds over which it ranges.
    pub kinds: KindSet,
    /// Places that name every entity for which the body may be other than false; the best of them is taken, else all of the kinds.
    pub hints: Vec<Hint>,
    /// What must hold of it.
    pub body: Box<Code>,
}

/// A place from which entities for a slot can be had.
#[derive(Clone, Debug)]
pub enum Hint {
    /// The value of a term.
    Equal(Term),
    /// One of constants.
    OneOf(Vec<Term>),
    /// The end of a relation whose other ends are known.
    Related {
        /// The relation, not derived.
        relation: RelationId,
        /// What held before counts too.
        was: bool,
        /// The other ends that are known by then, by their positions.
        known: Vec<(usize, Term)>,
        /// The end that is the slot.
        end: usize,
    },
    /// Members of a group, at any depth.
    MembersOf(Term),
    /// Groups of a member, at any depth.
    GroupsOf(Term),
    /// The values of a many-valued attribute.
    Among(Term),
    /// What the term lies within.
    Above(Term),
    /// What lies within the term.
    Below(Term),
    /// The asked holder, and the groups that it is in.
    Asked,
    /// From each of several.
    Union(Vec<Hint>),
}

/// The implication ready to be asked.
#[derive(Clone, Debug)]
pub struct Derivation {
    /// Conclusion terms that are bare slots: (asked index, slot, its kinds).
    pub binds: Vec<(usize, VarId, KindSet)>,
    /// What must hold then.
    pub code: Code,
}

/// Makes conditions ready, for one policy.
pub(super) struct Compiler<'a> {
    pub(super) policy: &'a Policy,
}

impl Compiler<'_> {
    /// A condition whose slots `bound` (bits) are given.
    pub(super) fn condition(&self, expr: &Expr, variables: &[Variable], bound: u32) -> Code {
        match expr {
            Expr::True => Code::Constant(true),
            Expr::False => Code::Constant(false),
            Expr::Toggle(toggle, _) => Code::Toggle(*toggle),
            Expr::And(parts) => Code::All(parts.iter().map(|part| self.condition(part, variables, bound)).collect()),
            Expr::Or(parts) => Code::Any(parts.iter().map(|part| self.condition(part, variables, bound)).collect()),
            Expr::Not(part) => Code::Not(Box::new(self.condition(part, variables, bound))),
            Expr::Atom(atom) => Code::AtomKind(atom.span, atom.kind.clone()),
            Expr::Exists(search, body) => {
                let wanted = search.iter().fold(0, |bits, &variable| bits | variable.bit());
                let parts = match &**body {
                    Expr::And(parts) => parts.iter().map(|part| self.condition(part, variables, bound | wanted)).collect(),
                    body => vec![self.condition(body, variables, bound | wanted)],
                };
                self.search(wanted, parts, variables, bound)
            }
        }
    }

    /// Searches for `wanted` slots (bits), the one first that the fewest entities can fill; parts are tested as soon as they can be.
    pub(super) fn search(&self, wanted: u32, parts: Vec<Code>, variables: &[Variable], bound: u32) -> Code {
        let (now, later): (Vec<Code>, Vec<Code>) = parts.into_iter().partition(|part| part.variables() & wanted == 0);
        let mut tests = now;
        if wanted != 0 {
            let best = VarId::of_bits(wanted)
                .map(|variable| (variable, self.hints(&later, variable, bound)))
                .min_by_key(|(variable, hints)| (hints.iter().map(Hint::rank).min().unwrap_or(u8::MAX), *variable));
            if let Some((variable, hints)) = best {
                let body = self.search(wanted & !variable.bit(), later, variables, bound | variable.bit());
                let kinds = variables[usize::from(variable.0)].kinds.clone();
                tests.push(Code::Some(Search { variable, kinds, hints, body: Box::new(body) }));
            }
        } else {
            tests.extend(later);
        }
        if tests.len() == 1 { tests.remove(0) } else { Code::All(tests) }
    }

    /// Places from which all entities can be had for which every one of `parts` may be other than false.
    fn hints(&self, parts: &[Code], variable: VarId, bound: u32) -> Vec<Hint> {
        parts.iter().flat_map(|part| self.hints_of(part, variable, bound)).collect()
    }

    fn hints_of(&self, part: &Code, variable: VarId, bound: u32) -> Vec<Hint> {
        match part {
            Code::All(parts) => self.hints(parts, variable, bound),
            Code::Any(branches) => {
                let firsts: Option<Vec<Hint>> =
                    branches.iter().map(|branch| self.hints_of(branch, variable, bound).into_iter().min_by_key(Hint::rank)).collect();
                firsts.map(Hint::Union).into_iter().collect()
            }
            Code::AtomKind(_, test) => self.hints_of_test(test, variable, bound),
            Code::Some(search) => self.hints_of(&search.body, variable, bound),
            Code::Asked { term, member: true, .. } if matches!(term.node, TermNode::Variable(own) if own == variable) => vec![Hint::Asked],
            Code::Constant(_) | Code::Toggle(_) | Code::Not(_) | Code::Asked { .. } => Vec::new(),
        }
    }

    fn hints_of_test(&self, test: &AtomKind, variable: VarId, bound: u32) -> Vec<Hint> {
        let is_slot = |term: &Term| matches!(term.node, TermNode::Variable(own) if own == variable);
        let known = |term: &Term| term.variables() & !bound == 0;
        match test {
            AtomKind::Compare(left, Op::Eq, right) => {
                let sides = [(left, right), (right, left)].into_iter();
                sides.filter(|(own, other)| is_slot(own) && known(other)).map(|(_, other)| Hint::Equal(other.clone())).collect()
            }
            AtomKind::OneOf(term, values) if is_slot(term) => vec![Hint::OneOf(values.clone())],
            AtomKind::Relation { relation, was, terms } => {
                let declared = &self.policy.relations[*relation];
                if !declared.derived_by.is_empty() {
                    return Vec::new();
                }
                let last = terms.len() - 1;
                let ends = terms.iter().enumerate().filter(|(at, term)| is_slot(term) && !(declared.covers && *at == last));
                let others = |end| terms.iter().cloned().enumerate().filter(|(at, term)| *at != end && known(term)).collect::<Vec<_>>();
                let hints = ends.map(|(end, _)| (end, others(end))).filter(|(_, known)| !known.is_empty());
                hints.map(|(end, known)| Hint::Related { relation: *relation, was: *was, known, end }).collect()
            }
            AtomKind::Member(member, group) => {
                let mut hints = Vec::new();
                if is_slot(member) && known(group) {
                    hints.push(Hint::MembersOf(group.clone()));
                }
                if is_slot(group) && known(member) {
                    hints.push(Hint::GroupsOf(member.clone()));
                }
                hints
            }
            AtomKind::Among(term, set) if is_slot(term) && known(set) => vec![Hint::Among(set.clone())],
            AtomKind::Within(inner, outer) if is_slot(outer) && known(inner) => vec![Hint::Above(inner.clone())],
            AtomKind::Within(inner, outer) if is_slot(inner) && known(outer) => vec![Hint::Below(outer.clone())],
            _ => Vec::new(),
        }
    }
}

impl Hint {
    /// Fewer entities are to be expected the lower it is.
    fn rank(&self) -> u8 {
        match self {
            Hint::Equal(_) => 0,
            Hint::OneOf(_) => 1,
            Hint::Above(_) => 2,
            Hint::GroupsOf(_) | Hint::Asked => 3,
            Hint::Among(_) => 4,
            Hint::Related { .. } => 5,
            Hint::MembersOf(_) | Hint::Below(_) => 6,
            Hint::Union(hints) => hints.iter().map(Hint::rank).max().unwrap_or(0) + 1,
        }
    }
}

impl Code {
    /// The slots that it reads, but for those that it searches itself.
    fn variables(&self) -> u32 {
        match self {
            Code::Constant(_) | Code::Toggle(_) => 0,
            Code::All(parts) | Code::Any(parts) => parts.iter().fold(0, |bits, part| bits | part.variables()),
            Code::Not(part) => part.variables(),
            Code::Some(search) => search.body.variables() & !search.variable.bit(),
            Code::AtomKind(_, test) => test.variables(),
            Code::Asked { term, .. } => term.variables(),
        }
    }
}
