//! Given sets: a bit for each entity and each `many` attribute of its kind that must be given.

use super::column::Column;
use crate::policy::{AttributeId, Id, Policy};
use crate::world::ids::EntityId;
use std::ops::Range;

/// The sets that are given: by the declaration of their entity, or by the event that creates it. A fact states one member, and does not make
/// the set given.
#[derive(Clone, Debug, Default)]
pub(crate) struct GivenSets {
    /// By attribute: the first entity of its kind and the number of that entity's bit; `None` if the set need not be given.
    firsts: Vec<Option<(u32, usize)>>,
    pub(crate) bits: Column<u64>,
}

impl GivenSets {
    /// The sets of a policy; none is given yet.
    pub(crate) fn of_policy(policy: &Policy, of_kind: &[Range<u32>]) -> GivenSets {
        let mut end = 0;
        let firsts = policy.attributes.values().map(|attribute| {
            let must_be_given = attribute.many && !attribute.optional && !attribute.member_of;
            let all = of_kind.get(attribute.kind.index()).filter(|_| must_be_given)?;
            let bit = end;
            end += all.len();
            Some((all.start, bit))
        });
        let firsts = firsts.collect();
        GivenSets { firsts, bits: vec![0; end.div_ceil(64)].into() }
    }

    /// The bit of an entity's attribute; `None` if the set need not be given.
    #[inline]
    fn bit(&self, ent: EntityId, attribute: AttributeId) -> Option<usize> {
        let (first, bit) = self.firsts.get(attribute.index()).copied().flatten()?;
        Some(bit + ent.0.wrapping_sub(first) as usize)
    }

    /// Whether the set is given, or need not be.
    #[inline]
    pub(crate) fn is_given(&self, ent: EntityId, attribute: AttributeId) -> bool {
        self.bit(ent, attribute).is_none_or(|bit| self.bits.get(bit / 64) & (1 << (bit % 64)) != 0)
    }

    /// Records that a set is given.
    pub(crate) fn give(&mut self, ent: EntityId, attribute: AttributeId) {
        if let Some(bit) = self.bit(ent, attribute)
            && let Some(word) = self.bits.make_mut().get_mut(bit / 64)
        {
            *word |= 1 << (bit % 64);
        }
    }
}
