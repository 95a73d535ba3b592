//! Conditions made ready for the walk: one variable at a time, each with the places from which its entities can be had.

use crate::policy::{AtomKind, Expr, KindSet, Op, Policy, RelationId, Term, TermNode, ToggleId, VarId, Variable};
use crate::text::Span;

/// A condition ready to be walked.
#[derive(Clone, Debug)]
pub enum Plan {
    /// Always the same.
    Constant(bool),
    /// Whether a toggle is on.
    Toggle(ToggleId),
    /// All of them.
    All(Vec<Plan>),
    /// One of them.
    Any(Vec<Plan>),
    /// Not it.
    Not(Box<Plan>),
    /// There is a living entity for the slot.
    Exists(Exists),
    /// A test of the world.
    Atom(Span, AtomKind),
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
pub struct Exists {
    /// The slot.
    pub variable: VarId,
    /// The kinds over which it ranges.
    pub kinds: KindSet,
    /// Places that name every entity for which the body may be other than false; the best of them is taken, else all of the kinds.
    pub access_paths: Vec<AccessPath>,
    /// What must hold of it.
    pub body: Box<Plan>,
}

/// A place from which entities for a slot can be had.
#[derive(Clone, Debug)]
pub enum AccessPath {
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
    Union(Vec<AccessPath>),
}

/// The implication ready to be asked.
#[derive(Clone, Debug)]
pub struct RulePlan {
    /// Conclusion terms that are bare slots: (asked index, slot, its kinds).
    pub binds: Vec<(usize, VarId, KindSet)>,
    /// What must hold then.
    pub plan: Plan,
}

/// Makes conditions ready, for one policy.
pub(crate) struct Compiler<'a> {
    pub(crate) policy: &'a Policy,
}

impl Compiler<'_> {
    /// A condition whose slots `bound` (bits) are given.
    pub(crate) fn condition(&self, expr: &Expr, variables: &[Variable], bound: u32) -> Plan {
        match expr {
            Expr::True => Plan::Constant(true),
            Expr::False => Plan::Constant(false),
            Expr::Toggle(toggle, _) => Plan::Toggle(*toggle),
            Expr::And(parts) => Plan::All(parts.iter().map(|part| self.condition(part, variables, bound)).collect()),
            Expr::Or(parts) => Plan::Any(parts.iter().map(|part| self.condition(part, variables, bound)).collect()),
            Expr::Not(part) => Plan::Not(Box::new(self.condition(part, variables, bound))),
            Expr::Atom(atom) => Plan::Atom(atom.span, atom.kind.clone()),
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
    pub(crate) fn search(&self, wanted: u32, parts: Vec<Plan>, variables: &[Variable], bound: u32) -> Plan {
        let (now, later): (Vec<Plan>, Vec<Plan>) = parts.into_iter().partition(|part| part.variables() & wanted == 0);
        let mut tests = now;
        if wanted != 0 {
            let best = VarId::of_bits(wanted)
                .map(|variable| (variable, self.access_paths(&later, variable, bound)))
                .min_by_key(|(variable, access_paths)| (access_paths.iter().map(AccessPath::rank).min().unwrap_or(u8::MAX), *variable));
            if let Some((variable, access_paths)) = best {
                let body = self.search(wanted & !variable.bit(), later, variables, bound | variable.bit());
                let kinds = variables[usize::from(variable.0)].kinds.clone();
                tests.push(Plan::Exists(Exists { variable, kinds, access_paths, body: Box::new(body) }));
            }
        } else {
            tests.extend(later);
        }
        if tests.len() == 1 { tests.remove(0) } else { Plan::All(tests) }
    }

    /// Places from which all entities can be had for which every one of `parts` may be other than false.
    fn access_paths(&self, parts: &[Plan], variable: VarId, bound: u32) -> Vec<AccessPath> {
        parts.iter().flat_map(|part| self.access_paths_of(part, variable, bound)).collect()
    }

    fn access_paths_of(&self, part: &Plan, variable: VarId, bound: u32) -> Vec<AccessPath> {
        match part {
            Plan::All(parts) => self.access_paths(parts, variable, bound),
            Plan::Any(branches) => {
                let firsts: Option<Vec<AccessPath>> = branches
                    .iter()
                    .map(|branch| self.access_paths_of(branch, variable, bound).into_iter().min_by_key(AccessPath::rank))
                    .collect();
                firsts.map(AccessPath::Union).into_iter().collect()
            }
            Plan::Atom(_, test) => self.access_paths_of_atom(test, variable, bound),
            Plan::Exists(search) => self.access_paths_of(&search.body, variable, bound),
            Plan::Asked { term, member: true, .. } if matches!(term.node, TermNode::Variable(own) if own == variable) => {
                vec![AccessPath::Asked]
            }
            Plan::Constant(_) | Plan::Toggle(_) | Plan::Not(_) | Plan::Asked { .. } => Vec::new(),
        }
    }

    fn access_paths_of_atom(&self, test: &AtomKind, variable: VarId, bound: u32) -> Vec<AccessPath> {
        let is_slot = |term: &Term| matches!(term.node, TermNode::Variable(own) if own == variable);
        let known = |term: &Term| term.variables() & !bound == 0;
        match test {
            AtomKind::Compare(left, Op::Eq, right) => {
                let sides = [(left, right), (right, left)].into_iter();
                sides.filter(|(own, other)| is_slot(own) && known(other)).map(|(_, other)| AccessPath::Equal(other.clone())).collect()
            }
            AtomKind::OneOf(term, values) if is_slot(term) => vec![AccessPath::OneOf(values.clone())],
            AtomKind::Relation { relation, was, terms } => {
                let declared = &self.policy.relations[*relation];
                if !declared.derived_by.is_empty() {
                    return Vec::new();
                }
                let last = terms.len() - 1;
                let ends = terms.iter().enumerate().filter(|(at, term)| is_slot(term) && !(declared.covers && *at == last));
                let others = |end| terms.iter().cloned().enumerate().filter(|(at, term)| *at != end && known(term)).collect::<Vec<_>>();
                let access_paths = ends.map(|(end, _)| (end, others(end))).filter(|(_, known)| !known.is_empty());
                access_paths.map(|(end, known)| AccessPath::Related { relation: *relation, was: *was, known, end }).collect()
            }
            AtomKind::Member(member, group) => {
                let mut access_paths = Vec::new();
                if is_slot(member) && known(group) {
                    access_paths.push(AccessPath::MembersOf(group.clone()));
                }
                if is_slot(group) && known(member) {
                    access_paths.push(AccessPath::GroupsOf(member.clone()));
                }
                access_paths
            }
            AtomKind::Among(term, set) if is_slot(term) && known(set) => vec![AccessPath::Among(set.clone())],
            AtomKind::Within(inner, outer) if is_slot(outer) && known(inner) => vec![AccessPath::Above(inner.clone())],
            AtomKind::Within(inner, outer) if is_slot(inner) && known(outer) => vec![AccessPath::Below(outer.clone())],
            _ => Vec::new(),
        }
    }
}

impl AccessPath {
    /// Fewer entities are to be expected the lower it is.
    fn rank(&self) -> u8 {
        match self {
            AccessPath::Equal(_) => 0,
            AccessPath::OneOf(_) => 1,
            AccessPath::Above(_) => 2,
            AccessPath::GroupsOf(_) | AccessPath::Asked => 3,
            AccessPath::Among(_) => 4,
            AccessPath::Related { .. } => 5,
            AccessPath::MembersOf(_) | AccessPath::Below(_) => 6,
            AccessPath::Union(access_paths) => access_paths.iter().map(AccessPath::rank).max().unwrap_or(0) + 1,
        }
    }
}

impl Plan {
    /// The slots that it reads, but for those that it searches itself.
    fn variables(&self) -> u32 {
        match self {
            Plan::Constant(_) | Plan::Toggle(_) => 0,
            Plan::All(parts) | Plan::Any(parts) => parts.iter().fold(0, |bits, part| bits | part.variables()),
            Plan::Not(part) => part.variables(),
            Plan::Exists(search) => search.body.variables() & !search.variable.bit(),
            Plan::Atom(_, test) => test.variables(),
            Plan::Asked { term, .. } => term.variables(),
        }
    }
}
