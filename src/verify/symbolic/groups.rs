//! Membership in groups, at any depth.

use super::fact::{EntityIndex, Fact};
use super::world::World;
use crate::verify::sat::Lit;
use std::collections::BTreeMap;

impl World<'_> {
    /// Whether it is stated that the first is in the second.
    pub(super) fn directly_in(&mut self, member: EntityIndex, group: EntityIndex) -> Lit {
        let policy = self.policy;
        let target = self.kind(group);
        let attributes = &policy.kinds[self.kind(member)].attributes;
        if attributes.iter().any(|&attribute| policy.attributes[attribute].is_membership_in(target)) {
            self.fact(Fact::Member(member, group))
        } else {
            Lit::FALSE
        }
    }

    /// Whether the first is in the second at any depth. Nothing is in itself.
    pub(super) fn is_member(&mut self, member: EntityIndex, group: EntityIndex) -> Lit {
        if member == group || !self.policy.groups_of(self.kind(member)).contains(self.kind(group)) {
            return Lit::FALSE;
        }
        if self.members.is_none() {
            self.members = Some(self.closure());
        }
        let known = self.members.as_ref().and_then(|members| members.get(&(member, group)).copied());
        known.unwrap_or_else(|| {
            // Of what is no group itself, by its first step.
            let mut found = self.directly_in(member, group);
            let groups = self.groups.clone();
            for first in self.of_kinds(&groups) {
                if first != member && first != group {
                    let (step, rest) = (self.directly_in(member, first), self.between_groups(first, group));
                    let through = self.circuit.and(step, rest);
                    found = self.circuit.or(found, through);
                }
            }
            self.members.get_or_insert_default().insert((member, group), found);
            found
        })
    }

    fn between_groups(&self, inner: EntityIndex, outer: EntityIndex) -> Lit {
        self.members.as_ref().and_then(|members| members.get(&(inner, outer)).copied()).unwrap_or(Lit::FALSE)
    }

    /// Membership of groups in each other: of one step, of two, of four, and so on.
    fn closure(&mut self) -> BTreeMap<(EntityIndex, EntityIndex), Lit> {
        let groups = self.of_kinds(&self.groups.clone());
        let mut reach: BTreeMap<(EntityIndex, EntityIndex), Lit> = BTreeMap::new();
        for &inner in &groups {
            for &outer in groups.iter().filter(|&&outer| outer != inner) {
                let step = self.directly_in(inner, outer);
                reach.insert((inner, outer), step);
            }
        }
        let mut steps = 1;
        while steps + 1 < groups.len() {
            steps *= 2;
            let before = reach.clone();
            for (&(inner, outer), found) in &mut reach {
                for &middle in groups.iter().filter(|&&middle| middle != inner && middle != outer) {
                    let through = self.circuit.and(before[&(inner, middle)], before[&(middle, outer)]);
                    *found = self.circuit.or(*found, through);
                }
            }
        }
        reach
    }

    /// Whether the entity is in no group. Membership of a group in itself does not count.
    pub(super) fn in_no_group(&mut self, entity: EntityIndex) -> Lit {
        let groups = self.groups.clone();
        let mut none = Lit::TRUE;
        for group in self.of_kinds(&groups) {
            if group != entity {
                let member = self.directly_in(entity, group);
                none = self.circuit.and(none, !member);
            }
        }
        none
    }
}
