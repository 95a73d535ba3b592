//! Facts packed into four words of 32 bits.
//!
//! Word 0 is the head:
//!
//! | bits  | holds                                                                           |
//! | ----- | ------------------------------------------------------------------------------- |
//! | 31–30 | tag: 0 relation, 1 assignment (`holds`), 2 membership (`in`), 3 value            |
//! | 29    | timed: the fact does not hold always                                            |
//! | 28–27 | tag of the value ([`Value::pack`](crate::world::Value)); 0 for other facts      |
//! | 26    | wide: word 3 is part of the statement                                           |
//! | 25–0  | name: id of the relation, role or attribute; 0 for a membership                 |
//!
//! Words 1 to 3 by tag:
//!
//! | tag        | word 1 | word 2                           | word 3                                         |
//! | ---------- | ------ | -------------------------------- | ---------------------------------------------- |
//! | relation   | end 0  | end 1, `NONE` if it has one end  | end 2 (wide), else free                        |
//! | assignment | holder | scope                            | free                                           |
//! | membership | member | group                            | free                                           |
//! | value      | entity | entity, text, or lower half      | upper half of a number or date (wide), else free |
//!
//! If a fact is timed and its word 3 is free, that word is the index of its interval. A fact that is timed and wide has its interval in a
//! separate list, `wide_intervals`, by the number of the fact.
//!
//! Facts are sorted as [`Statement`]s. Facts with the same tag and word 1, other than values, are also sorted by their packed form: see
//! [`PackedFact::key_after_first`].

use crate::policy::{AttributeId, RelationId, RoleId};
use crate::world::ids::EntityId;
use crate::world::model::Statement;
use crate::world::value::Value;
use bytemuck::{Pod, Zeroable};

const TAG: u32 = 0b11 << 30;
const RELATION: u32 = 0 << 30;
const HOLDS: u32 = 1 << 30;
const MEMBER: u32 = 2 << 30;
const VALUE: u32 = 3 << 30;
const TIMED: u32 = 1 << 29;
const VALUE_TAG_SHIFT: u32 = 27;
const VALUE_TAG: u32 = 0b11;
const WIDE: u32 = 1 << 26;
const NAME: u32 = (1 << 26) - 1;

/// Word 0 of a packed fact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(transparent)]
pub(crate) struct Head(u32);

/// A fact in four words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct PackedFact {
    pub(crate) head: Head,
    /// The entity that comes first in the statement.
    pub(crate) first: u32,
    pub(crate) second: u32,
    pub(crate) third: u32,
}

impl Head {
    /// Whether the fact has an interval other than always.
    #[inline]
    pub(crate) fn is_timed(self) -> bool {
        self.0 & TIMED != 0
    }

    /// Whether word 3 is part of the statement, so that it has no room for the interval.
    #[inline]
    pub(crate) fn is_wide(self) -> bool {
        self.0 & WIDE != 0
    }

    /// The id of the relation, role or attribute.
    #[inline]
    pub(crate) fn name(self) -> u32 {
        self.0 & NAME
    }
}

impl PackedFact {
    /// Packs a fact; `interval` is the index of its interval if it is timed.
    pub(crate) fn pack(statement: Statement, interval: Option<u32>) -> PackedFact {
        let timed = if interval.is_some() { TIMED } else { 0 };
        let packed = |head: u32, [first, second]: [u32; 2], third: Option<u32>| {
            let wide = if third.is_some() { WIDE } else { 0 };
            let third = third.or(interval).unwrap_or_default();
            PackedFact { head: Head(head | timed | wide), first, second, third }
        };
        match statement {
            Statement::Relation(relation, [a, b, EntityId::NONE]) => packed(RELATION | relation.0, [a.0, b.0], None),
            Statement::Relation(relation, [a, b, c]) => packed(RELATION | relation.0, [a.0, b.0], Some(c.0)),
            Statement::Holds { holder, role, scope } => packed(HOLDS | role.0, [holder.0, scope.0], None),
            Statement::Member { member, group } => packed(MEMBER, [member.0, group.0], None),
            Statement::Value { entity, attribute, value } => {
                let value = value.pack();
                packed(VALUE | value.tag << VALUE_TAG_SHIFT | attribute.0, [entity.0, value.low], value.high)
            }
        }
    }

    #[inline]
    pub(crate) fn unpack(self) -> Statement {
        let PackedFact { head, first, second, third } = self;
        match head.0 & TAG {
            RELATION => {
                let third = if head.is_wide() { EntityId(third) } else { EntityId::NONE };
                Statement::Relation(RelationId(head.name()), [EntityId(first), EntityId(second), third])
            }
            HOLDS => Statement::Holds { holder: EntityId(first), role: RoleId(head.name()), scope: EntityId(second) },
            MEMBER => Statement::Member { member: EntityId(first), group: EntityId(second) },
            _ => {
                let value = Value::unpack(head.0 >> VALUE_TAG_SHIFT & VALUE_TAG, second, third);
                Statement::Value { entity: EntityId(first), attribute: AttributeId(head.name()), value }
            }
        }
    }

    /// Whether both state the same, timed or not.
    #[inline]
    pub(crate) fn states_same(self, other: PackedFact) -> bool {
        (self.head.0 | TIMED) == (other.head.0 | TIMED)
            && self.first == other.first
            && self.second == other.second
            && (!self.head.is_wide() || self.third == other.third)
    }

    /// The sort key of facts among those of the same tag and first entity. Not for values.
    #[inline]
    pub(crate) fn key_after_first(self) -> (u32, u32, u32) {
        (self.head.name(), self.second, if self.head.is_wide() { self.third } else { 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::{AttributeId, EntityId, PackedFact, RelationId, RoleId, Statement, Value};
    use crate::time::Instant;

    #[test]
    fn a_packed_fact_is_unpacked_as_it_was() {
        let ents = [1, 2, 3].map(EntityId);
        let [a, b, _] = ents;
        let values = [Value::Entity(b), Value::Number(-5), Value::Date(Instant::MAX)];
        let values = values.map(|value| Statement::Value { entity: a, attribute: AttributeId((1 << 26) - 1), value });
        let others = [
            Statement::Relation(RelationId(4), [a, EntityId::NONE, EntityId::NONE]),
            Statement::Relation(RelationId(4), [a, b, EntityId::NONE]),
            Statement::Relation(RelationId(4), ents),
            Statement::Holds { holder: a, role: RoleId(9), scope: b },
            Statement::Member { member: a, group: b },
        ];
        for statement in values.into_iter().chain(others) {
            let (always, timed) = (PackedFact::pack(statement, None), PackedFact::pack(statement, Some(7)));
            assert_eq!((always.unpack(), timed.unpack()), (statement, statement));
            assert!(always.states_same(timed) && timed.head.is_timed() && !always.head.is_timed());
            assert!(timed.head.is_wide() || timed.third == 7);
        }
    }
}
