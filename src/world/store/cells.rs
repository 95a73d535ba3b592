//! Where inline cells are: looked up in the index once for each base, so that reads need no look-up.

use super::column::id_of;
use super::facts::FactStore;
use super::list_key::{KeyLayout, ListKey};
use super::row_index::{Cell, Location};
use crate::policy::{AttributeId, Id, KindId};

/// The cells, by what they keep. If the rows of a kind have no such cell, the entry is [`Cell::default`], which covers no entity, so that the
/// facts are read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cells {
    /// By attribute: its one value.
    pub(crate) values: Vec<Cell>,
    /// By kind: the one group of an entity.
    pub(crate) groups: Vec<Cell>,
    /// By kind: the container of an entity; `None` for kinds without container attributes.
    pub(crate) containers: Vec<Option<Cell>>,
    /// By kind: any cell in the hot rows, to prefetch.
    pub(crate) rows: Vec<Cell>,
}

impl Cells {
    /// The cells of a base. `containers` has the container attributes of each kind.
    pub(crate) fn of(store: &FactStore, layout: &KeyLayout, containers: &[Vec<AttributeId>], attributes: usize) -> Cells {
        let cell = |key: ListKey, kind: KindId| match store.location(key, kind, containers.len()) {
            Location::InRows(cell) => cell,
            Location::Sparse { .. } => Cell::default(),
        };
        let kinds = || (0..containers.len()).map(KindId::from_index);
        let value = |attribute| cell(layout.value_cell(attribute), layout.kind(attribute));
        let container = |kind: KindId| match containers[kind.index()].as_slice() {
            [] => None,
            &[attribute] => Some(cell(layout.value_cell(attribute), kind)),
            _ => Some(cell(layout.container_cell(), kind)),
        };
        let hot = || (0..layout.count()).map(id_of).map(ListKey).filter(|&key| layout.is_hot(key));
        let row = |kind| hot().map(|key| cell(key, kind)).find(|cell| cell.width > 0).unwrap_or_default();
        Cells {
            values: (0..attributes).map(AttributeId::from_index).map(value).collect(),
            groups: kinds().map(|kind| cell(layout.group_cell(), kind)).collect(),
            containers: kinds().map(container).collect(),
            rows: kinds().map(row).collect(),
        }
    }
}
