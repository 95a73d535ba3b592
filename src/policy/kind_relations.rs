//! Sets of kinds that follow from the schema: contained kinds, kinds of groups, kinds of subjects and holders.

use super::ids::KindId;
use super::kind_set::KindSet;
use super::model::Policy;

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

    /// The kinds that can hold a role: those of subjects, and of the groups that they may be members of.
    pub fn holders(&self) -> KindSet {
        let subjects = self.subjects();
        subjects.iter().fold(subjects.clone(), |all, kind| all.union(&self.groups_of(kind)))
    }
}
