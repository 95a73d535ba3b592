//! Keys of the data that the index keeps for an entity: lists of the facts about it, and inline cells with the values that are read most.
//!
//! The keys of a policy are numbered from 0; `r` is the count of relations and `a` that of attributes:
//!
//! | key                     | keeps                                                            |
//! | ----------------------- | ---------------------------------------------------------------- |
//! | `3·relation + end`      | list: facts of the relation with the entity at that end          |
//! | `3·r`                   | list: assignments over the entity                                |
//! | `3·r + 1 + attribute`   | list: values of the attribute that are the entity                |
//! | `3·r + a + 1`           | list: memberships of the entity                                  |
//! | `3·r + a + 2`           | list: memberships in the entity                                  |
//! | `3·r + a + 3`           | list: assignments of the entity                                  |
//! | `3·r + a + 4`           | list: values of the entity's attributes                          |
//! | `3·r + a + 5`           | cell: the one group of the entity                                |
//! | `3·r + a + 6`           | cell: the container, in kinds with several container attributes; list, of added facts only: containers |
//! | `3·r + a + 7 + attribute` | cell: the one value of the attribute                           |
//! | `3·r + 2·a + 7 + attribute` | list, of added facts only: values of the attribute of the entity |
//!
//! A list of facts in which the entity comes first is a run of fact numbers, since facts are sorted by that entity. All other lists are
//! posting lists.

use crate::policy::{Attribute, AttributeId, KindId, Policy, RelationId};
use crate::world::ids::EntityId;
use crate::world::model::Statement;
use crate::world::value::{CellType, Value};
use smallvec::SmallVec;

/// Names one list or one inline cell of each entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ListKey(pub(crate) u32);

/// The keys of a policy.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeyLayout {
    relations: u32,
    attributes: u32,
    /// By attribute: whether it names the container of its entities.
    container: Vec<bool>,
    /// By attribute: whether its kind has several container attributes, of which this is one.
    alternative_container: Vec<bool>,
    /// By attribute: its kind, and the type of its inline cell if it has one.
    cells: Vec<(KindId, Option<CellType>)>,
}

/// What the index keeps under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// A list of the facts in which the entity comes first.
    Run {
        /// The variant of [`Statement`] that the facts are, in its order.
        form: u8,
        /// Their relation, if they are relations; else the first one.
        relation: RelationId,
    },
    /// A list of the facts in which the entity comes later.
    Postings,
    /// A cell: the one group.
    GroupCell,
    /// A cell: the one container, in kinds with several container attributes.
    ContainerCell,
    /// A cell: the one value of the attribute.
    ValueCell(AttributeId),
}

impl Kept {
    /// Whether it is a list, and not a cell.
    pub(crate) fn is_list(self) -> bool {
        matches!(self, Kept::Run { .. } | Kept::Postings)
    }
}

impl KeyLayout {
    pub(crate) fn of_policy(policy: &Policy) -> KeyLayout {
        let count = |of: usize| u32::try_from(of).expect("fewer than four billion");
        let cells = policy.attributes.values().map(|attribute| {
            let single = !attribute.many && !attribute.member_of;
            (attribute.kind, CellType::of(&attribute.value).filter(|_| single))
        });
        let alternative = |attribute: &Attribute| attribute.container && policy.kinds[attribute.kind].within.len() > 1;
        KeyLayout {
            container: policy.attributes.values().map(|attribute| attribute.container).collect(),
            alternative_container: policy.attributes.values().map(alternative).collect(),
            relations: count(policy.relations.len()),
            attributes: count(policy.attributes.len()),
            cells: cells.collect(),
        }
    }

    /// How many keys there are, without those of added facts only.
    pub(crate) fn count(&self) -> usize {
        (3 * self.relations + 2 * self.attributes + 7) as usize
    }

    /// Facts of a relation, by an end (from 0).
    #[inline]
    pub(crate) fn end(relation: u32, end: u32) -> ListKey {
        ListKey(3 * relation + end)
    }

    /// Assignments, by the scope.
    #[inline]
    pub(crate) fn assignments_over(&self) -> ListKey {
        ListKey(3 * self.relations)
    }

    /// Whether a list keeps the facts themselves beside their numbers: lists by a later end of a relation, and assignments by scope.
    pub(crate) fn has_inline_tuples(&self, key: ListKey) -> bool {
        key <= self.assignments_over()
    }

    /// Values of an attribute that are entities, by the value.
    #[inline]
    pub(crate) fn entities_with_value(&self, attribute: AttributeId) -> ListKey {
        ListKey(3 * self.relations + 1 + attribute.0)
    }

    /// Memberships, by the member.
    #[inline]
    pub(crate) fn memberships(&self) -> ListKey {
        self.after_values(1)
    }

    /// Memberships, by the group.
    #[inline]
    pub(crate) fn members(&self) -> ListKey {
        self.after_values(2)
    }

    /// Assignments, by the holder.
    #[inline]
    pub(crate) fn assignments_of(&self) -> ListKey {
        self.after_values(3)
    }

    /// Values of all attributes, by their entity.
    #[inline]
    pub(crate) fn values(&self) -> ListKey {
        self.after_values(4)
    }

    /// Cell: the one group in which an entity is.
    #[inline]
    pub(crate) fn group_cell(&self) -> ListKey {
        self.after_values(5)
    }

    /// Cell: the container of an entity whose kind has several container attributes. List, of added facts only: the containers of an entity.
    #[inline]
    pub(crate) fn container_cell(&self) -> ListKey {
        self.after_values(6)
    }

    /// Cell: the one value of an attribute.
    #[inline]
    pub(crate) fn value_cell(&self, attribute: AttributeId) -> ListKey {
        self.after_values(7 + attribute.0)
    }

    /// Values of one attribute, by their entity: only of added facts, which are not sorted.
    #[inline]
    pub(crate) fn values_of(&self, attribute: AttributeId) -> ListKey {
        self.after_values(7 + self.attributes + attribute.0)
    }

    #[inline]
    fn after_values(&self, number: u32) -> ListKey {
        ListKey(3 * self.relations + self.attributes + number)
    }

    /// Whether the attribute is one of several container attributes of its kind.
    pub(crate) fn is_alternative_container(&self, attribute: AttributeId) -> bool {
        self.alternative_container.get(attribute.0 as usize).copied().unwrap_or(false)
    }

    /// Whether decisions read the key often. The keys that only searches, events and how-to read have separate rows, so that the hot rows
    /// are short.
    pub(crate) fn is_hot(&self, key: ListKey) -> bool {
        let is_by_value = key > self.assignments_over() && key < self.memberships();
        !is_by_value && key != self.members() && key != self.assignments_of()
    }

    /// What the index keeps under a key, which is not one of added facts only.
    pub(crate) fn kept(&self, key: ListKey) -> Kept {
        let run = |form| Kept::Run { form, relation: RelationId(0) };
        match key {
            _ if key < self.assignments_over() && key.0.is_multiple_of(3) => Kept::Run { form: 0, relation: RelationId(key.0 / 3) },
            _ if key == self.assignments_of() => run(1),
            _ if key == self.memberships() => run(2),
            _ if key == self.values() => run(3),
            _ if key == self.group_cell() => Kept::GroupCell,
            _ if key == self.container_cell() => Kept::ContainerCell,
            _ if key > self.container_cell() => Kept::ValueCell(AttributeId(key.0 - self.value_cell(AttributeId(0)).0)),
            _ => Kept::Postings,
        }
    }

    /// The container attributes of a kind that has several.
    pub(crate) fn alternative_containers(&self, kind: KindId) -> impl Iterator<Item = AttributeId> + '_ {
        let attributes = (0..self.attributes).map(AttributeId);
        attributes.filter(move |&attribute| self.kind(attribute) == kind && self.is_alternative_container(attribute))
    }

    /// The kind of the attribute.
    #[inline]
    pub(crate) fn kind(&self, attribute: AttributeId) -> KindId {
        self.cells[attribute.0 as usize].0
    }

    /// The number that the value has in an inline cell of the attribute; `None` if the attribute has no cell.
    pub(crate) fn cell_number(&self, attribute: AttributeId, value: Value) -> Option<u32> {
        self.cells.get(attribute.0 as usize)?.1?.number(value)
    }

    /// The value that has this number in an inline cell of the attribute.
    #[inline]
    pub(crate) fn cell_value(&self, attribute: AttributeId, number: u32) -> Value {
        self.cells[attribute.0 as usize].1.unwrap_or(CellType::Entity).value(number)
    }

    /// The list of the entity that comes first in a statement.
    #[inline]
    pub(crate) fn first(&self, statement: Statement) -> (ListKey, EntityId) {
        match statement {
            Statement::Relation(relation, ends) => (KeyLayout::end(relation.0, 0), ends[0]),
            Statement::Holds { holder, .. } => (self.assignments_of(), holder),
            Statement::Member { member, .. } => (self.memberships(), member),
            Statement::Value { entity, .. } => (self.values(), entity),
        }
    }

    /// All lists of added facts in which a fact is. They have the values of each attribute by itself, since added facts are not sorted.
    pub(crate) fn of_added(&self, statement: Statement) -> SmallVec<[(ListKey, EntityId); 3]> {
        let mut found = self.of(statement);
        if let Statement::Value { entity, attribute, .. } = statement {
            found[0].0 = self.values_of(attribute);
            if self.container.get(attribute.0 as usize).copied().unwrap_or(false) {
                found.push((self.container_cell(), entity));
            }
        }
        found
    }

    /// All lists in which a fact is. The first is that of the entity that comes first in it.
    pub(crate) fn of(&self, statement: Statement) -> SmallVec<[(ListKey, EntityId); 3]> {
        let mut found = SmallVec::new();
        match statement {
            Statement::Relation(relation, ends) => {
                let given = ends.iter().take_while(|&&end| end != EntityId::NONE);
                found.extend(given.zip(0..).map(|(&end, at)| (KeyLayout::end(relation.0, at), end)));
            }
            Statement::Holds { holder, scope, .. } => found.extend([(self.assignments_of(), holder), (self.assignments_over(), scope)]),
            Statement::Member { member, group } => found.extend([(self.memberships(), member), (self.members(), group)]),
            Statement::Value { entity, attribute, value } => {
                found.push((self.values(), entity));
                found.extend(value.entity().map(|target| (self.entities_with_value(attribute), target)));
            }
        }
        found
    }
}
