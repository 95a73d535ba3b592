//! What answers can depend on: what conditions read, and what that is derived from.

use super::condition::{AtomKind, Condition, Hop, RoleTerm, Term, TermNode};
use super::ids::{AttributeId, Id, ImplicationId, RelationId, RoleId};
use super::kind_set::KindSet;
use super::model::Policy;
use super::rules::Conclusion;

/// What some conditions read and some roles rest on, through implications too.
#[derive(Clone, Debug, Default)]
pub struct Reads {
    relations: Vec<bool>,
    roles: Vec<bool>,
    attributes: Vec<bool>,
    memberships: bool,
    past: bool,
    /// By implication: whether its condition is read.
    implications: Vec<bool>,
    kinds: KindSet,
}

impl Reads {
    /// What these conditions read and what it depends on who holds these roles. Values that say within what an entity lies are read without
    /// being named: they do not count.
    pub fn of<'p>(
        policy: &'p Policy,
        conditions: impl IntoIterator<Item = &'p Condition>,
        roles: impl IntoIterator<Item = RoleId>,
    ) -> Reads {
        let none = |count: usize| vec![false; count];
        let reads = Reads {
            relations: none(policy.relations.len()),
            roles: none(policy.roles.len()),
            attributes: none(policy.attributes.len()),
            memberships: false,
            past: false,
            implications: none(policy.implications.len()),
            kinds: KindSet::default(),
        };
        let mut search = ReadSearch { policy, reads, grown: true };
        roles.into_iter().for_each(|role| search.role(role));
        conditions.into_iter().for_each(|condition| search.condition(condition));
        while std::mem::take(&mut search.grown) {
            search.step();
        }
        search.reads
    }

    /// Whether facts of the relation are read.
    pub fn relation(&self, relation: RelationId) -> bool {
        self.relations[relation.index()]
    }

    /// Whether it is read who holds the role.
    pub fn role(&self, role: RoleId) -> bool {
        self.roles[role.index()]
    }

    /// Whether it is read who holds any role.
    pub fn some_role(&self) -> bool {
        self.roles.contains(&true)
    }

    /// Whether values of the attribute are read.
    pub fn attribute(&self, attribute: AttributeId) -> bool {
        self.attributes[attribute.index()]
    }

    /// Whether it is read who is a member of what.
    pub fn memberships(&self) -> bool {
        self.memberships
    }

    /// Whether it is read what held before.
    pub fn past(&self) -> bool {
        self.past
    }

    /// The implications on which what is read may rest.
    pub fn implications(&self) -> impl Iterator<Item = ImplicationId> + '_ {
        self.implications.iter().enumerate().filter(|(_, read)| **read).map(|(index, _)| ImplicationId::from_index(index))
    }

    /// The kinds over whose entities some variable ranges, and those of entities that some condition names.
    pub fn kinds(&self) -> &KindSet {
        &self.kinds
    }
}

/// Finds what is read, until there is no more.
struct ReadSearch<'p> {
    policy: &'p Policy,
    reads: Reads,
    grown: bool,
}

impl ReadSearch<'_> {
    /// Looks at the implications that derive what is read, and at the roles that include roles that are.
    fn step(&mut self) {
        let policy = self.policy;
        for (id, implication) in policy.implications.iter().filter(|(id, _)| !self.reads.implications[id.index()]).collect::<Vec<_>>() {
            let derives = match &implication.then {
                Conclusion::Relation { relation, .. } => self.reads.relation(*relation),
                Conclusion::Holds { role: RoleTerm::Named(role), .. } => self.reads.role(*role),
                Conclusion::Holds { .. } => self.reads.some_role(),
            };
            if derives {
                self.reads.implications[id.index()] = true;
                self.grown = true;
                self.condition(&implication.condition);
                implication.then.ends().into_iter().for_each(|(_, term)| self.term(term));
            }
        }
        for (id, role) in policy.roles.iter() {
            if role.includes.iter().any(|&(included, _)| self.reads.role(included)) {
                self.role(id);
            }
        }
    }

    fn role(&mut self, role: RoleId) {
        // Who is in a group holds its roles.
        self.reads.memberships = true;
        self.grown |= !std::mem::replace(&mut self.reads.roles[role.index()], true);
    }

    fn condition(&mut self, condition: &Condition) {
        for variable in &condition.variables {
            self.reads.kinds = self.reads.kinds.union(&variable.kinds);
        }
        for atom in condition.expr.atoms() {
            self.reads.past |= matches!(atom.kind, AtomKind::Relation { was: true, .. } | AtomKind::Holds { was: true, .. });
            match &atom.kind {
                AtomKind::Relation { relation, .. } => {
                    self.grown |= !std::mem::replace(&mut self.reads.relations[relation.index()], true);
                }
                AtomKind::Holds { role: RoleTerm::Named(role), .. } => self.role(*role),
                AtomKind::Holds { role: RoleTerm::Term(_), .. } => self.policy.roles.ids().for_each(|role| self.role(role)),
                AtomKind::Member(..) | AtomKind::Among(..) => self.reads.memberships = true,
                AtomKind::Is(..) | AtomKind::Within(..) | AtomKind::OneOf(..) | AtomKind::Compare(..) => {}
            }
            atom.kind.terms().into_iter().for_each(|term| self.term(term));
        }
    }

    fn term(&mut self, term: &Term) {
        if let TermNode::Literal(literal) = term.root() {
            self.reads.kinds.insert(self.policy.literals[*literal].kind);
        }
        for (_, path) in term.hops() {
            for (_, hop) in path.iter() {
                if let Hop::Attribute(attribute) = hop {
                    // Whether an entity has one of them says whether it may have another.
                    for own in self.policy.exclusive(&attribute) {
                        self.reads.attributes[own.index()] = true;
                    }
                }
            }
        }
    }
}
