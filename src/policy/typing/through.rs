//! Relations with ends at which a group represents whoever is in it. In a condition such a relation is true of an entity if it is stated of
//! the entity itself or of a group that it is in, so its atom becomes a disjunction: `r(x, y)` is `r(x, y) or (x in g and r(g, y))`.

use super::TypeChecker;
use super::variables::Variables;
use crate::policy::condition::{AllowedKinds, Atom, AtomKind, Expr, Term, TermNode};
use crate::policy::ids::RelationId;
use crate::policy::variable::VarId;
use crate::text::Span;

/// The slot of the variable for a container between an end and its group; the slots before it are those of the ends.
const CONTAINER: usize = 3;

impl TypeChecker<'_> {
    /// The atom; if it is a relation with ends of `through`, the disjunction over the entities themselves and their groups. `was` asks
    /// of facts as they are written.
    pub(super) fn with_members(&mut self, variables: &mut Variables, atom: Atom) -> Expr {
        let AtomKind::Relation { relation, was: false, terms } = &atom.kind else { return Expr::Atom(atom) };
        let declared = &self.policy.relations[*relation];
        // For someone or something, it is enough to look at those of whom it is stated.
        let is_named = |end: usize| match terms[end].node {
            TermNode::Variable(variable) => !variables.is_wildcard(variable),
            _ => true,
        };
        let ends: Vec<usize> = declared.through_ends().map(|(end, _)| end).filter(|&end| is_named(end)).collect();
        let mut branches = Vec::new();
        for chosen in 1..1_usize << ends.len() {
            let chosen = ends.iter().enumerate().filter(|(bit, _)| chosen >> bit & 1 == 1).map(|(_, &end)| end);
            let Some(branch) = self.by_groups(variables, *relation, &atom, terms, &chosen.collect::<Vec<_>>()) else {
                return Expr::False;
            };
            branches.push(branch);
        }
        if branches.is_empty() {
            return Expr::Atom(atom);
        }
        branches.insert(0, Expr::Atom(atom));
        Expr::Or(branches)
    }

    /// The condition that the relation is stated of groups at these ends and of the entities themselves at the others; `None` if the
    /// condition has too many variables.
    fn by_groups(&mut self, variables: &mut Variables, relation: RelationId, atom: &Atom, terms: &[Term], ends: &[usize]) -> Option<Expr> {
        let declared = &self.policy.relations[relation];
        let (span, all_groups) = (atom.span, self.policy.groups());
        let mut bound = Vec::new();
        let mut parts = Vec::new();
        let mut terms = terms.to_vec();
        let mut allowed = atom.allowed.clone();
        for &end in ends {
            let group = variables.unwritten(self, end, all_groups.clone(), span)?;
            bound.push(group);
            let group = variable(group, span);
            let own = std::mem::replace(&mut terms[end], group.clone());
            let restricted: Vec<AllowedKinds> = allowed.extract_if(.., |place| place.term == end).collect();
            let covered = declared.covers && end + 1 == declared.ends.len();
            let reach = if covered { self.policy.with_below(&declared.ends[end]) } else { declared.ends[end].clone() };
            if reach == declared.ends[end] {
                let allowed = restricted.into_iter().map(|place| AllowedKinds { term: 0, ..place }).collect();
                parts.push(Expr::Atom(Atom { span, kind: AtomKind::Member(own, group), allowed }));
            } else {
                // What lies within a member counts too.
                let member = variables.unwritten(self, CONTAINER, self.all_kinds.clone(), span)?;
                bound.push(member);
                let member = variable(member, span);
                let allowed = vec![AllowedKinds { term: 0, kinds: declared.ends[end].clone() }];
                parts.push(Expr::Atom(Atom { span, kind: AtomKind::Within(own, member.clone()), allowed: Vec::new() }));
                parts.push(Expr::Atom(Atom { span, kind: AtomKind::Member(member, group), allowed }));
            }
            let groups = &declared.through[end];
            if !all_groups.is_subset(groups) {
                allowed.push(AllowedKinds { term: end, kinds: groups.clone() });
            }
        }
        allowed.sort_by_key(|place| place.term);
        parts.push(Expr::Atom(Atom { span, kind: AtomKind::Relation { relation, was: false, terms }, allowed }));
        bound.sort_unstable();
        Some(Expr::Exists(bound, Box::new(Expr::And(parts))))
    }
}

fn variable(variable: VarId, span: Span) -> Term {
    Term { span, node: TermNode::Variable(variable) }
}
