//! What follows from the schema: contained kinds, kinds of groups, kinds of subjects and holders; the kinds that a term may have; and the
//! attributes of which an entity has only one.

use super::condition::{Hop, Term, TermNode};
use super::events::FactTerm;
use super::ids::{AttributeId, KindId};
use super::kind_set::KindSet;
use super::model::Policy;
use super::variable::Variable;

impl Policy {
    /// The kinds, and the kinds of entities that they may contain, directly or not.
    pub fn with_below(&self, kinds: &KindSet) -> KindSet {
        kinds.iter().fold(kinds.clone(), |all, kind| all.union(&self.kinds[kind].below))
    }

    /// The kinds of groups that entities of this kind may be members of, directly or through other groups.
    pub fn groups_of(&self, kind: KindId) -> KindSet {
        let mut groups = KindSet::default();
        let mut next = vec![kind];
        while let Some(kind) = next.pop() {
            for &attribute in &self.kinds[kind].attributes {
                let attribute = &self.attributes[attribute];
                if let (true, Some(to)) = (attribute.member_of, attribute.value.entity_kinds()) {
                    for group in to.iter().filter(|&group| !groups.contains(group)).collect::<Vec<_>>() {
                        groups.insert(group);
                        next.push(group);
                    }
                }
            }
        }
        groups
    }

    /// All kinds of groups.
    pub fn groups(&self) -> KindSet {
        self.kinds.ids().fold(KindSet::default(), |all, kind| all.union(&self.groups_of(kind)))
    }

    /// The kinds whose entities may be subjects of requests.
    pub fn subjects(&self) -> KindSet {
        self.kinds.iter().filter(|(_, kind)| kind.subject).map(|(id, _)| id).collect()
    }

    /// The kinds of entity that a term of an implication may have, by the kinds of its variables; empty if it is no entity. `subject` is
    /// whoever may hold a role.
    pub(crate) fn kinds_in_implication(&self, term: &Term, variables: &[Variable]) -> KindSet {
        match &term.node {
            TermNode::Subject => self.holders(),
            TermNode::Variable(variable) => variables[variable.index()].kinds.clone(),
            TermNode::Literal(literal) => KindSet::one(self.literals[*literal].kind),
            TermNode::Path(of, path) => {
                let kinds = self.kinds_in_implication(of, variables);
                let hops = kinds.iter().filter_map(|kind| path.of(kind));
                hops.fold(KindSet::default(), |all, hop| match hop {
                    Hop::Above(kind) => all.union(&KindSet::one(kind)),
                    Hop::System => all,
                    Hop::Attribute(attribute) => {
                        self.attributes[attribute].value.entity_kinds().map_or(all.clone(), |kinds| all.union(kinds))
                    }
                })
            }
            TermNode::Resource | TermNode::Parameter(_) | TermNode::Text(_) | TermNode::Number(_) | TermNode::Date(_) => KindSet::default(),
        }
    }

    /// The kinds and all that may contain them, directly or not.
    pub(crate) fn with_above(&self, kinds: &KindSet) -> KindSet {
        kinds.iter().fold(kinds.clone(), |all, kind| all.union(&self.kinds[kind].above))
    }

    /// The kinds whose entities may be in groups.
    pub fn members(&self) -> KindSet {
        self.kinds.ids().filter(|&kind| !self.groups_of(kind).is_empty()).collect()
    }

    /// The kinds over whose entities some role may be held.
    pub fn scopes(&self) -> KindSet {
        self.roles.values().fold(KindSet::default(), |all, role| all.union(&role.on))
    }

    /// The attributes of which an entity has only one: the attribute by itself, or those of its `exactly-one`.
    pub fn exclusive<'p>(&'p self, attribute: &'p AttributeId) -> &'p [AttributeId] {
        let exactly_one = self.kinds[self.attributes[*attribute].kind].exactly_one.as_slice();
        if exactly_one.contains(attribute) { exactly_one } else { std::slice::from_ref(attribute) }
    }

    /// Whether an event sets the attribute, or another one of its `exactly-one`.
    pub(crate) fn is_set_by_event(&self, attribute: AttributeId) -> bool {
        let exclusive = self.exclusive(&attribute);
        self.events.values().flat_map(|event| &event.sets).any(|effect| match &effect.fact {
            FactTerm::Value(_, attributes, _) => attributes.iter().any(|(_, set)| exclusive.contains(set)),
            _ => false,
        })
    }

    /// The kinds that can hold a role: those of subjects, and of the groups that they may be members of.
    pub fn holders(&self) -> KindSet {
        let subjects = self.subjects();
        subjects.iter().fold(subjects.clone(), |all, kind| all.union(&self.groups_of(kind)))
    }
}
