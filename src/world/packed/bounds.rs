//! What the numbers in a packed world must be within: the schema of the policy, and the sizes of the sections.

use super::container::Archive;
use super::section::Section;
use crate::policy::{AttributeId, Id, KindId, KindSet, Policy, TextId, ValueClass, ValueType};
use crate::world::ids::EntityId;
use crate::world::model::Statement;
use crate::world::store::column::partition;
use crate::world::store::list_key::KeyLayout;
use crate::world::value::Value;
use bytemuck::AnyBitPattern;
use std::ops::Range;

/// Reads values whether their blocks are sound or not: what is compared with a value may be in a block that is not checked yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raw<'a>(pub(super) &'a Archive);

impl Raw<'_> {
    /// How many values a section has.
    pub(super) fn count(self, section: Section) -> usize {
        self.0.section(section as usize).len() / section.size()
    }

    /// The value at a place; zeros beyond the end.
    pub(super) fn get<T: AnyBitPattern + Default>(self, section: Section, at: usize) -> T {
        debug_assert_eq!(size_of::<T>(), section.size(), "a value of {section:?}");
        let place = self.0.section(section as usize);
        let from = place.start + at * section.size();
        let bytes = if at < self.count(section) { self.0.unchecked(from..from + section.size()) } else { &[] };
        if bytes.len() == size_of::<T>() { bytemuck::pod_read_unaligned(bytes) } else { T::default() }
    }

    /// The bytes at these places of a section of bytes; `None` beyond its end.
    pub(super) fn bytes(&self, section: Section, places: Range<usize>) -> Option<&[u8]> {
        let place = self.0.section(section as usize);
        self.0.unchecked(place).get(places)
    }

    /// The number at a place in the rows, counted through all lines.
    pub(super) fn row(self, at: usize) -> u32 {
        let place = self.0.section(Section::Rows as usize);
        let from = place.start + at * size_of::<u32>();
        let bytes = if from + size_of::<u32>() <= place.end { self.0.unchecked(from..from + size_of::<u32>()) } else { &[] };
        bytes.try_into().map_or(0, u32::from_le_bytes)
    }

    /// How many numbers all rows have.
    pub(super) fn row_numbers(self) -> usize {
        self.0.section(Section::Rows as usize).len() / size_of::<u32>()
    }

    /// Whether a wide fact has an interval.
    pub(super) fn has_wide_interval(self, fact: usize) -> bool {
        let number = |at: usize| self.get::<[u32; 2]>(Section::WideIntervals, at)[0] as usize;
        let count = self.count(Section::WideIntervals);
        let at = partition(count, |at| number(at) < fact);
        at < count && number(at) == fact
    }
}

/// An attribute.
#[derive(Clone, Debug)]
struct AttributeBounds {
    kind: KindId,
    value: ValueType,
    member_of: bool,
}

/// The schema, and the entities of each kind.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    pub(super) layout: KeyLayout,
    pub(super) of_kind: Vec<Range<u32>>,
    /// Where the entities of each kind end; for a kind without entities, where they would be.
    ends: Vec<u32>,
    relations: Vec<Vec<KindSet>>,
    /// By role: the kinds over which it is held.
    scopes: Vec<KindSet>,
    holders: KindSet,
    attributes: Vec<AttributeBounds>,
    /// By kind: the kinds of groups in which its entities may be.
    groups: Vec<KindSet>,
    /// By kind: whether its entities may be within one another.
    nests: Vec<bool>,
    /// By kind: the attributes that name containers.
    containers: Vec<Vec<AttributeId>>,
    policy_texts: usize,
    texts: usize,
}

impl Bounds {
    /// The bounds of a packed world; `None` if its entities are not in the order of kinds, or are not as many as there are.
    pub(super) fn of(policy: &Policy, raw: Raw<'_>) -> Option<Bounds> {
        if raw.count(Section::OfKind) != policy.kinds.len() {
            return None;
        }
        let mut of_kind = Vec::with_capacity(policy.kinds.len());
        let mut ends = Vec::with_capacity(policy.kinds.len());
        let mut end = 0;
        for kind in 0..policy.kinds.len() {
            let [first, after] = raw.get(Section::OfKind, kind);
            if [first, after] != [0, 0] {
                if first != end || after <= first {
                    return None;
                }
                end = after;
            }
            of_kind.push(first..after);
            ends.push(end);
        }
        if end as usize != raw.count(Section::Declared) || of_kind[policy.role_kind.index()].len() < policy.roles.len() {
            return None;
        }
        let groups = |kind: KindId| {
            let attributes = policy.kinds[kind].attributes.iter().map(|&attribute| &policy.attributes[attribute]);
            let groups = attributes.filter(|attribute| attribute.member_of).filter_map(|attribute| attribute.value.entity_kinds());
            groups.fold(KindSet::default(), |all, kinds| all.union(kinds))
        };
        let attributes = policy.attributes.values().map(|attribute| AttributeBounds {
            kind: attribute.kind,
            value: attribute.value.clone(),
            member_of: attribute.member_of,
        });
        Some(Bounds {
            layout: KeyLayout::of_policy(policy),
            of_kind,
            ends,
            relations: policy.relations.values().map(|relation| relation.ends.clone()).collect(),
            scopes: policy.roles.values().map(|role| role.on.clone()).collect(),
            holders: policy.holders(),
            attributes: attributes.collect(),
            groups: policy.kinds.iter().map(|(kind, _)| groups(kind)).collect(),
            nests: policy.kinds.iter().map(|(kind, declared)| declared.above.contains(kind)).collect(),
            containers: policy.kinds.values().map(|kind| kind.within.clone()).collect(),
            policy_texts: policy.texts.len(),
            texts: policy.texts.len() + raw.count(Section::TextEnds).saturating_sub(1),
        })
    }

    /// How many entities there are.
    pub(super) fn entities(&self) -> u32 {
        self.ends.last().copied().unwrap_or_default()
    }

    /// The kind of an entity; `None` if there is no such entity.
    pub(super) fn kind(&self, ent: EntityId) -> Option<KindId> {
        (ent.0 < self.entities()).then(|| KindId::from_index(self.ends.partition_point(|&end| end <= ent.0)))
    }

    /// Whether entities of the kind of this one may be within one another.
    pub(super) fn nests(&self, ent: EntityId) -> bool {
        self.kind(ent).is_some_and(|kind| self.nests[kind.index()])
    }

    /// The kinds whose entities may be within one another.
    pub(super) fn nesting(&self) -> impl Iterator<Item = KindId> + '_ {
        (0..self.nests.len()).filter(|&kind| self.nests[kind]).map(KindId::from_index)
    }

    /// The attributes that name the container of an entity.
    pub(super) fn containers(&self, ent: EntityId) -> &[AttributeId] {
        self.kind(ent).map_or(&[], |kind| self.containers[kind.index()].as_slice())
    }

    /// Whether the policy has this relation.
    pub(super) fn has_relation(&self, relation: u32) -> bool {
        (relation as usize) < self.relations.len()
    }

    /// Whether the policy has this role.
    pub(super) fn has_role(&self, role: u32) -> bool {
        (role as usize) < self.scopes.len()
    }

    /// Whether the entity has the attribute.
    pub(super) fn has_attribute(&self, ent: EntityId, attribute: AttributeId) -> bool {
        self.attributes.get(attribute.index()).is_some_and(|declared| self.kind(ent) == Some(declared.kind))
    }

    /// Whether all ids in a statement exist, and it is one that the schema admits.
    pub(super) fn admits(&self, statement: Statement) -> bool {
        let is_in = |ent: EntityId, kinds: &KindSet| self.kind(ent).is_some_and(|kind| kinds.contains(kind));
        match statement {
            Statement::Relation(relation, ends) => self.relations.get(relation.index()).is_some_and(|kinds| {
                ends[kinds.len()..].iter().all(|&end| end == EntityId::NONE) && kinds.iter().zip(ends).all(|(kinds, end)| is_in(end, kinds))
            }),
            Statement::Holds { holder, role, scope } => {
                self.scopes.get(role.index()).is_some_and(|kinds| is_in(scope, kinds)) && is_in(holder, &self.holders)
            }
            Statement::Member { member, group } => {
                self.kind(member).is_some_and(|kind| self.groups.get(kind.index()).is_some_and(|kinds| is_in(group, kinds)))
            }
            Statement::Value { entity, attribute, value } => self.attributes.get(attribute.index()).is_some_and(|declared| {
                !declared.member_of && self.has_attribute(entity, attribute) && self.accepts(&declared.value, value)
            }),
        }
    }

    fn accepts(&self, declared: &ValueType, value: Value) -> bool {
        let class = match value {
            Value::Entity(ent) => match self.kind(ent) {
                Some(kind) => ValueClass::Entity(kind),
                None => return false,
            },
            Value::Text(symbol) if symbol.0 as usize >= self.texts => return false,
            Value::Text(symbol) => {
                ValueClass::Text(Some(symbol.0 as usize).filter(|&text| text < self.policy_texts).map(TextId::from_index))
            }
            Value::Number(_) => ValueClass::Number,
            Value::Date(_) => ValueClass::Date,
        };
        declared.accepts(class)
    }
}
