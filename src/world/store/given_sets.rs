//! Given sets: a bit for each entity and each `many` attribute of its kind that must be given.

use super::column::Column;
use crate::policy::{Attribute, AttributeId, Id, Policy};
use crate::world::ids::EntityId;
use std::ops::Range;

/// The sets that are given: by the declaration of their entity, or by the event that creates it. A fact states one member, and does not make
/// the set given.
#[derive(Clone, Debug, Default)]
pub(crate) struct GivenSets {
    /// By attribute: the entities of its kind and the number of the first one's bit; `None` if the set need not be given.
    ranges: Vec<Option<(Range<u32>, usize)>>,
    pub(crate) bits: Column<u64>,
}

impl GivenSets {
    /// The sets of a policy; none is given yet.
    pub(crate) fn of_policy(policy: &Policy, of_kind: &[Range<u32>]) -> GivenSets {
        let needed = |attribute: &Attribute| attribute.many && !attribute.optional && !attribute.member_of;
        let ranges = policy.attributes.values().map(|attribute| needed(attribute).then_some((0..0, 0))).collect();
        let sets = GivenSets { ranges, bits: Column::default() };
        sets.emptied(|attribute| of_kind.get(policy.attributes[attribute].kind.index()).cloned().unwrap_or_default())
    }

    /// No given sets, of the same attributes, of worlds with other entities: `of_kind` returns those of the attribute's kind.
    pub(crate) fn emptied(&self, of_kind: impl Fn(AttributeId) -> Range<u32>) -> GivenSets {
        let mut end = 0;
        let ranges = self.ranges.iter().enumerate().map(|(attribute, range)| {
            range.as_ref()?;
            let all = of_kind(AttributeId::from_index(attribute));
            let bit = end;
            end += all.len();
            Some((all, bit))
        });
        let ranges = ranges.collect();
        GivenSets { ranges, bits: vec![0; end.div_ceil(64)].into() }
    }

    /// Whether the set is given, or need not be.
    #[inline]
    pub(crate) fn is_given(&self, ent: EntityId, attribute: AttributeId) -> bool {
        let Some(Some((entities, bit))) = self.ranges.get(attribute.index()) else { return true };
        if !entities.contains(&ent.0) {
            return false;
        }
        let bit = bit + (ent.0 - entities.start) as usize;
        self.bits.get(bit / 64) & (1 << (bit % 64)) != 0
    }

    /// Whether sets of the attribute need not be given.
    pub(crate) fn is_free(&self, attribute: AttributeId) -> bool {
        !matches!(self.ranges.get(attribute.index()), Some(Some(_)))
    }

    /// Records that a set is given.
    pub(crate) fn give(&mut self, ent: EntityId, attribute: AttributeId) {
        if let Some(Some((entities, bit))) = self.ranges.get(attribute.index())
            && entities.contains(&ent.0)
        {
            let bit = bit + (ent.0 - entities.start) as usize;
            if let Some(word) = self.bits.make_mut().get_mut(bit / 64) {
                *word |= 1 << (bit % 64);
            }
        }
    }

    /// The sets that are given, of those that must be.
    pub(crate) fn given(&self) -> impl Iterator<Item = (EntityId, AttributeId)> + '_ {
        let sets = (0..self.ranges.len()).map(AttributeId::from_index).zip(&self.ranges);
        let sets = sets.filter_map(|(attribute, range)| range.as_ref().map(|(entities, _)| (attribute, entities.clone())));
        let all = sets.flat_map(|(attribute, entities)| entities.map(move |ent| (EntityId(ent), attribute)));
        all.filter(|&(ent, attribute)| self.is_given(ent, attribute))
    }
}
