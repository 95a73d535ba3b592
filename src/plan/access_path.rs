//! Access paths: where an evaluator finds the candidates for a variable without trying every entity of its kinds.

use crate::policy::{AtomKind, Hop, KindSet, Op, Path, Policy, RelationId, RoleId, RoleTerm, Term, TermNode, VarId, VarSet};

/// A variable for which a search finds values.
#[derive(Clone, Debug)]
pub(crate) struct SearchVariable {
    /// The variable.
    pub variable: VarId,
    /// No author writes it: see [`Variable::unwritten`](crate::policy::Variable::unwritten).
    pub unwritten: bool,
    /// It is a `_` at an end of `through`. There a group stands for its members, which are not searched for.
    pub for_members: bool,
    /// The kinds over which it ranges.
    pub kinds: KindSet,
    /// It ranges over those of them that have ended too; else over living ones alone.
    pub past: bool,
    /// Access paths, the cheapest first. Each yields a superset of the entities for which the condition is not false; the evaluator takes
    /// the smallest, or scans all kinds if there is none.
    pub access_paths: Vec<AccessPath>,
}

/// A source of candidates for a variable. It yields every entity for which the condition may be other than false, and maybe more.
#[derive(Clone, Debug)]
pub(crate) struct AccessPath {
    /// The variables that must have values before it can be followed.
    pub(crate) requires: VarSet,
    /// The order of preference: the lower, the fewer candidates are to be expected, and the cheaper they are to find.
    pub(crate) rank: u8,
    pub(crate) source: Source,
}

/// Where candidates come from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// The value of a term.
    Equal(Term),
    /// One of constants.
    OneOf(Vec<Term>),
    /// An end of a relation of which other ends are known.
    Related {
        /// The relation, not derived.
        relation: RelationId,
        /// Facts that held before count too.
        was: bool,
        /// The other ends, with their positions. At least one must be known.
        known: Vec<KnownEnd>,
        /// The position of the variable.
        end: usize,
    },
    /// An end of a derived relation of which other ends are known: by its facts, and by its implications evaluated in reverse.
    Derived {
        /// The relation.
        relation: RelationId,
        /// The other ends, with their positions. At least one must be known.
        known: Vec<KnownEnd>,
        /// The position of the variable.
        end: usize,
    },
    /// Holder (position 0), role (1) or scope (2) of what is or was assigned to a known holder or over a known scope.
    Assigned {
        /// Holder and scope, as far as they are not the variable, with their positions. At least one must be known.
        known: Vec<KnownEnd>,
        /// The position of the variable.
        end: usize,
    },
    /// The holders of a role, or of one that includes it, over the term's entity.
    Holders(RoleId, Term),
    /// The entities over which the term's entity holds a role, or one that includes it.
    HeldOver(Term, RoleId),
    /// The roles that someone may hold over the scope.
    RolesOver {
        /// Whose value must not be unknown.
        holder: Term,
        scope: Term,
    },
    /// The members of a group, direct or not.
    MembersOf(Term),
    /// The groups of a member, direct or not.
    GroupsOf(Term),
    /// The values of an attribute or parameter with many values.
    Among(Term),
    /// The term's entity and its containers.
    Above(Term),
    /// The term's entity and what it contains.
    Below(Term),
    /// The holder in question, and its groups.
    Asked,
    /// The end in question at this position.
    AskedEnd(usize),
    /// What changed at this position, and what else that affects.
    Changed(usize, ChangedReach),
    /// The candidates of several branches together; for each the first of its paths that can be followed.
    Union(Vec<Vec<AccessPath>>),
    /// Against a hop: the entities from which the hop leads to a candidate of the path, or to an unknown value.
    Back {
        hop: Path,
        /// The kinds of what it leads to.
        kinds: KindSet,
        /// To what the hop leads to.
        path: Box<AccessPath>,
    },
    /// For each candidate of another variable, which is searched for inside the condition: the candidates of a path that reads it.
    Through(Box<SearchVariable>, Box<AccessPath>),
}

/// What a change of an entity affects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangedReach {
    /// The entity.
    Same,
    /// The entity and its members, at any depth.
    Members,
    /// The entity and what lies within it.
    Contents,
}

/// An end of a relation or of an assignment that a path may read.
#[derive(Clone, Debug)]
pub(crate) struct KnownEnd {
    /// Its position.
    pub(crate) end: usize,
    pub(crate) term: Term,
    /// The variables of the term.
    pub(crate) variables: VarSet,
}

impl KnownEnd {
    /// The terms other than the variable, with their positions, which are the places of an atom. `None` if one of them takes a hop from the
    /// variable: its value may be unknown, and the atom with it, for an entity of which nothing is stated.
    fn of_atom<'t>(places: impl IntoIterator<Item = (usize, &'t Term)>, variable: VarId) -> Option<Vec<KnownEnd>> {
        let others = places.into_iter().filter(|(_, term)| !is_variable(term, variable));
        let known = others.map(|(end, term)| {
            let variables = term.variables();
            (!variables.contains(variable)).then(|| KnownEnd { end, term: term.clone(), variables })
        });
        known.collect::<Option<Vec<KnownEnd>>>().filter(|known| !known.is_empty())
    }

    /// The variables that must have values before a path can read some of these ends: those of one end, and those of each end that takes a
    /// hop. The value of such an end may be unknown, and the atom with it, whatever is stated of the other ends.
    fn required(known: &[KnownEnd]) -> VarSet {
        let least = known.iter().map(|end| end.variables).reduce(|all, own| all & own).unwrap_or(VarSet::EMPTY);
        known.iter().filter(|end| end.term.takes_hop()).fold(least, |all, end| all | end.variables)
    }
}

/// The rank from which on a path is followed only if no other yields few candidates.
pub(crate) const COSTLY: u8 = 6;

impl AccessPath {
    fn new(source: Source) -> AccessPath {
        let (requires, rank) = match &source {
            Source::Equal(term) => (term.variables(), 0),
            Source::OneOf(terms) => (terms.iter().map(Term::variables).collect(), 1),
            Source::Above(term) => (term.variables(), 2),
            Source::GroupsOf(term) => (term.variables(), 3),
            Source::Asked => (VarSet::EMPTY, 3),
            Source::AskedEnd(_) | Source::Changed(_, ChangedReach::Same) => (VarSet::EMPTY, 0),
            Source::Changed(..) => (VarSet::EMPTY, COSTLY),
            Source::Among(term) => (term.variables(), 4),
            Source::RolesOver { holder, scope } if holder.takes_hop() => (holder.variables() | scope.variables(), 5),
            Source::RolesOver { scope, .. } => (scope.variables(), 5),
            Source::Related { known, .. } | Source::Assigned { known, .. } => (KnownEnd::required(known), 5),
            Source::MembersOf(term) | Source::Below(term) => (term.variables(), COSTLY),
            Source::Holders(_, term) | Source::HeldOver(term, _) => (term.variables(), 7),
            Source::Derived { known, .. } => (KnownEnd::required(known), 9),
            Source::Union(branches) => {
                let requires = |branch: &Vec<AccessPath>| branch.iter().map(|path| path.requires).reduce(|all, own| all & own);
                let rank = branches.iter().filter_map(|branch| branch.iter().map(|path| path.rank).min()).max();
                (branches.iter().filter_map(requires).collect(), rank.unwrap_or(0).saturating_add(1))
            }
            Source::Back { path, .. } => (path.requires, path.rank.max(COSTLY)),
            Source::Through(inner, then) => {
                let own = inner.access_paths.iter().map(|path| path.rank).min().unwrap_or(u8::MAX);
                (then.requires - inner.variable.into(), own.max(then.rank).saturating_add(10))
            }
        };
        AccessPath { requires, rank, source }
    }

    /// The paths of a disjunction, from those of its branches; `None` if a branch has none.
    pub(super) fn union(branches: Vec<Vec<AccessPath>>) -> Option<AccessPath> {
        let complete = branches.iter().all(|branch| !branch.is_empty());
        complete.then(|| AccessPath::new(Source::Union(branches.into_iter().map(by_rank).collect())))
    }

    /// The path that leads through a variable which is searched for inside the condition, if `then` needs its value.
    pub(super) fn through(inner: &SearchVariable, then: AccessPath) -> Option<AccessPath> {
        if !then.requires.contains(inner.variable) {
            return Some(then);
        }
        (!inner.access_paths.is_empty()).then(|| AccessPath::new(Source::Through(Box::new(inner.clone()), Box::new(then))))
    }

    /// Whether it follows a hop backwards somewhere, so that it finds living entities alone.
    pub(super) fn goes_back(&self) -> bool {
        match &self.source {
            Source::Back { .. } => true,
            Source::Union(branches) => branches.iter().flatten().any(AccessPath::goes_back),
            Source::Through(inner, then) => then.goes_back() || inner.access_paths.iter().any(AccessPath::goes_back),
            _ => false,
        }
    }

    /// The access paths for `variable` that a term of a conclusion gives, which is the end in question at a position. If `member`, it is the
    /// holder: that in question or a group of it.
    pub(super) fn of_conclusion(policy: &Policy, term: &Term, index: usize, member: bool, variable: VarId) -> Option<AccessPath> {
        AccessPath::of_term(policy, term, if member { Source::Asked } else { Source::AskedEnd(index) }, variable)
    }

    /// The access path for `variable` that a term gives whose value is among what changed at a position.
    pub(super) fn of_changed(policy: &Policy, term: &Term, index: usize, reach: ChangedReach, variable: VarId) -> Option<AccessPath> {
        AccessPath::of_term(policy, term, Source::Changed(index, reach), variable)
    }

    /// The access path for `variable` that a term gives which is the variable or takes one hop from it, and whose values come from `source`.
    fn of_term(policy: &Policy, term: &Term, source: Source, variable: VarId) -> Option<AccessPath> {
        let path = AccessPath::new(source);
        match &term.node {
            TermNode::Path(of, hop) if is_variable(of, variable) => {
                let kinds = reached_kinds(policy, hop)?;
                Some(AccessPath::new(Source::Back { hop: hop.clone(), kinds, path: Box::new(path) }))
            }
            _ => is_variable(term, variable).then_some(path),
        }
    }

    /// The access paths for `variable` that an atom gives, at the places that the variable itself takes and at those to which hops lead from
    /// it. `reversible` is whether the implications of a derived relation can be evaluated
    /// in reverse, for this end.
    pub(super) fn of_atom(
        policy: &Policy,
        atom: &AtomKind,
        variable: VarId,
        reversible: &mut dyn FnMut(RelationId, usize) -> bool,
    ) -> Vec<AccessPath> {
        let mut paths = AccessPath::of_places(policy, atom, variable, reversible);
        for (term, hop) in single_hops(atom, variable) {
            let Some(kinds) = reached_kinds(policy, hop) else { continue };
            let mut reached = atom.clone();
            reached.terms_mut().into_iter().filter(|own| own.reads_same(term)).for_each(|own| own.node = TermNode::Variable(REACHED));
            let found = AccessPath::of_places(policy, &reached, REACHED, reversible).into_iter();
            paths.extend(found.map(|path| AccessPath::new(Source::Back { hop: hop.clone(), kinds: kinds.clone(), path: Box::new(path) })));
        }
        paths
    }

    /// The access paths for `variable` that an atom gives at the places that it takes itself.
    fn of_places(
        policy: &Policy,
        atom: &AtomKind,
        variable: VarId,
        reversible: &mut dyn FnMut(RelationId, usize) -> bool,
    ) -> Vec<AccessPath> {
        let other = |term: &Term| !term.variables().contains(variable);
        let sources = match atom {
            AtomKind::Compare(left, Op::Eq, right) => {
                let sides = [(left, right), (right, left)].into_iter();
                let equal = sides.filter(|(own, against)| is_variable(own, variable) && other(against));
                equal.map(|(_, against)| Source::Equal(against.clone())).collect()
            }
            AtomKind::OneOf(term, values) if is_variable(term, variable) => vec![Source::OneOf(values.clone())],
            AtomKind::Relation { relation, was, terms } => {
                let declared = &policy.relations[*relation];
                let derived = !declared.derived_by.is_empty() && !was;
                // The last end of a relation that covers may be anything within what the fact names.
                let last = terms.len() - 1;
                let ends = (0..terms.len()).filter(|&at| is_variable(&terms[at], variable) && !(declared.covers && at == last));
                let Some(known) = KnownEnd::of_atom(terms.iter().enumerate(), variable) else { return Vec::new() };
                let (relation, was) = (*relation, *was);
                ends.filter(|&end| !derived || reversible(relation, end))
                    .map(|end| {
                        let known = known.clone();
                        if derived { Source::Derived { relation, known, end } } else { Source::Related { relation, was, known, end } }
                    })
                    .collect()
            }
            AtomKind::Holds { was: true, holder, role, scope } => {
                let Some(known) = KnownEnd::of_atom([(0, holder), (2, scope)], variable) else { return Vec::new() };
                let places = [(0, Some(holder)), (1, role.term()), (2, Some(scope))];
                let own = places.into_iter().filter(|(_, term)| term.is_some_and(|term| is_variable(term, variable)));
                own.map(|(end, _)| Source::Assigned { known: known.clone(), end }).collect()
            }
            AtomKind::Holds { was: false, holder, role: RoleTerm::Named(role), scope } => {
                let mut sources = Vec::new();
                if is_variable(holder, variable) && other(scope) {
                    sources.push(Source::Holders(*role, scope.clone()));
                }
                if is_variable(scope, variable) && other(holder) {
                    sources.push(Source::HeldOver(holder.clone(), *role));
                }
                sources
            }
            AtomKind::Holds { role: RoleTerm::Term(role), holder, scope, .. } if is_variable(role, variable) => {
                vec![Source::RolesOver { holder: holder.clone(), scope: scope.clone() }]
            }
            AtomKind::Member(member, group) => {
                let mut sources = Vec::new();
                if is_variable(member, variable) && other(group) {
                    sources.push(Source::MembersOf(group.clone()));
                }
                if is_variable(group, variable) && other(member) {
                    sources.push(Source::GroupsOf(member.clone()));
                }
                sources
            }
            AtomKind::Among(term, set) if is_variable(term, variable) && other(set) => vec![Source::Among(set.clone())],
            AtomKind::Within(inner, outer) if is_variable(outer, variable) && other(inner) => vec![Source::Above(inner.clone())],
            AtomKind::Within(inner, outer) if is_variable(inner, variable) && other(outer) => vec![Source::Below(outer.clone())],
            _ => Vec::new(),
        };
        sources.into_iter().map(AccessPath::new).collect()
    }
}

/// Stands for what hops lead to, where a path to that is made. No condition has a variable of this number.
const REACHED: VarId = VarId(31);

/// The terms of an atom that take one hop from the variable, each once, with that hop.
fn single_hops(atom: &AtomKind, variable: VarId) -> Vec<(&Term, &Path)> {
    let mut found: Vec<(&Term, &Path)> = Vec::new();
    for term in atom.terms() {
        if let TermNode::Path(of, hop) = &term.node
            && is_variable(of, variable)
            && !found.iter().any(|(known, _)| known.reads_same(term))
        {
            found.push((term, hop));
        }
    }
    found
}

/// The kinds of what a hop leads to; `None` if it leads to something other than one entity.
pub(super) fn reached_kinds(policy: &Policy, hop: &Path) -> Option<KindSet> {
    let mut reached = KindSet::default();
    for (_, hop) in hop.iter() {
        match hop {
            Hop::Attribute(attribute) if !policy.attributes[attribute].many => {
                policy.attributes[attribute].value.entity_kinds()?.iter().for_each(|kind| reached.insert(kind));
            }
            Hop::Above(kind) => reached.insert(kind),
            Hop::Attribute(_) | Hop::System => return None,
        }
    }
    Some(reached)
}

/// The paths, the cheapest first.
pub(super) fn by_rank(mut paths: Vec<AccessPath>) -> Vec<AccessPath> {
    paths.sort_by_key(|path| path.rank);
    paths
}

/// Whether the term is that variable, without any hop.
pub(super) fn is_variable(term: &Term, variable: VarId) -> bool {
    matches!(term.node, TermNode::Variable(own) if own == variable)
}
