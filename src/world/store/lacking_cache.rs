//! Entities of a base that may lack an attribute, found when the attribute is first asked about.

use crate::policy::{AttributeId, Id};
use crate::world::ids::EntityId;
use std::sync::OnceLock;

/// By attribute: the entities of a base that may lack it at some time.
#[derive(Debug, Default)]
pub(crate) struct LackingCache(Vec<OnceLock<Box<[EntityId]>>>);

impl LackingCache {
    pub(crate) fn of(attributes: usize) -> LackingCache {
        LackingCache(std::iter::repeat_with(OnceLock::new).take(attributes).collect())
    }

    pub(crate) fn of_attribute(&self, attribute: AttributeId) -> Option<&OnceLock<Box<[EntityId]>>> {
        self.0.get(attribute.index())
    }
}
