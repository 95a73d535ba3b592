//! Checks of facts, their intervals and the copies of them in posting lists.

use super::bounds::{Bounds, Raw};
use super::section::Section;
use crate::policy::{AttributeId, RelationId};
use crate::world::ids::EntityId;
use crate::world::model::Statement;
use crate::world::store::encoding::PackedFact;
use crate::world::store::facts::InlineTuple;

/// What facts are sorted by first: the form of the statement, its relation and its first entity. The facts of a run have the same.
pub(super) type RunKey = (u8, RelationId, EntityId);

pub(super) fn run_key(statement: Statement) -> RunKey {
    const NO_RELATION: RelationId = RelationId(0);
    match statement {
        Statement::Relation(relation, [first, ..]) => (0, relation, first),
        Statement::Holds { holder, .. } => (1, NO_RELATION, holder),
        Statement::Member { member, .. } => (2, NO_RELATION, member),
        Statement::Value { entity, .. } => (3, NO_RELATION, entity),
    }
}

/// The statement of a fact.
pub(super) fn stated(raw: Raw<'_>, fact: usize) -> Statement {
    raw.get::<PackedFact>(Section::Statements, fact).unpack()
}

/// The attribute of a fact, which is the value of one.
pub(super) fn attribute(raw: Raw<'_>, fact: usize) -> AttributeId {
    AttributeId(raw.get::<PackedFact>(Section::Statements, fact).head.name())
}

/// Whether a fact is packed as it should be, has ids that exist, has an interval if it is timed, and is not before the fact before it.
pub(super) fn is_fact_sound(bounds: &Bounds, raw: Raw<'_>, fact: usize) -> bool {
    let packed: PackedFact = raw.get(Section::Statements, fact);
    let (statement, head) = (packed.unpack(), packed.head);
    let interval = head.is_timed().then_some(if head.is_wide() { 0 } else { packed.third });
    let has_interval = match interval {
        None => true,
        Some(_) if head.is_wide() => raw.has_wide_interval(fact),
        Some(interval) => (interval as usize) < raw.count(Section::Intervals),
    };
    has_interval
        && PackedFact::pack(statement, interval) == packed
        && bounds.admits(statement)
        && (fact == 0 || stated(raw, fact - 1) <= statement)
}

/// Whether the interval of a wide fact is one, and they are in the order of facts.
pub(super) fn is_wide_interval_sound(raw: Raw<'_>, at: usize) -> bool {
    let [fact, interval] = raw.get(Section::WideIntervals, at);
    let before = at.checked_sub(1).map(|before| raw.get::<[u32; 2]>(Section::WideIntervals, before)[0]);
    (fact as usize) < raw.count(Section::Statements)
        && (interval as usize) < raw.count(Section::Intervals)
        && before.is_none_or(|before| before < fact)
}

/// Whether an interval is not empty, and they are in order.
pub(super) fn is_interval_sound(raw: Raw<'_>, at: usize) -> bool {
    let [since, until]: [i64; 2] = raw.get(Section::Intervals, at);
    since < until && (at == 0 || raw.get::<[i64; 2]>(Section::Intervals, at - 1) < [since, until])
}

/// Whether the copy of a fact in a posting list has ids that exist. Which fact it is a copy of is not looked at, since the facts of a list
/// may be anywhere.
pub(super) fn is_tuple_sound(bounds: &Bounds, raw: Raw<'_>, at: usize) -> bool {
    let tuple: InlineTuple = raw.get(Section::InlineTuples, at);
    let PackedFact { head, first, third, .. } = tuple.packed();
    let has_name = match tuple.packed().unpack() {
        Statement::Relation(relation, _) => bounds.has_relation(relation.0),
        Statement::Holds { role, .. } => bounds.has_role(role.0),
        Statement::Member { .. } | Statement::Value { .. } => false,
    };
    let has_interval = !head.is_timed() || head.is_wide() || (third as usize) < raw.count(Section::Intervals);
    has_name && has_interval && first < bounds.entities()
}
