//! Of single requests, whether a list is about them.

use super::selection::{Resources, Selection, Subjects};
use crate::policy::ActionId;
use crate::world::{EntityId, World};
use rustc_hash::FxHashSet;

/// Tells of single requests whether a list is about them.
pub(in crate::query) struct SelectionFilter<'a> {
    world: &'a World,
    selection: &'a Selection,
    /// The subjects, if they are some of their kinds.
    subjects: Option<FxHashSet<EntityId>>,
    /// The resources, if they are some of their kinds.
    resources: Option<FxHashSet<EntityId>>,
}

impl Selection {
    /// Tells of single requests whether the list is about them.
    pub(in crate::query) fn filter<'a>(&'a self, world: &'a World) -> SelectionFilter<'a> {
        let subjects = match &self.subjects {
            Subjects::Kinds(_) => None,
            Subjects::These(these) => Some(these.iter().map(|&(subject, _)| subject).collect()),
        };
        let resources = match &self.resources {
            Resources::Kinds(_) => None,
            Resources::These(these) => Some(these.iter().copied().collect()),
        };
        SelectionFilter { world, selection: self, subjects, resources }
    }
}

impl SelectionFilter<'_> {
    pub(in crate::query) fn subject(&self, subject: EntityId) -> bool {
        match (&self.selection.subjects, &self.subjects) {
            (Subjects::Kinds(kinds), _) => kinds.contains(self.world.kind(subject)),
            (_, subjects) => subjects.as_ref().is_some_and(|subjects| subjects.contains(&subject)),
        }
    }

    pub(in crate::query) fn action(&self, action: ActionId) -> bool {
        self.selection.actions.contains(&action)
    }

    pub(in crate::query) fn resource(&self, resource: EntityId) -> bool {
        match (&self.selection.resources, &self.resources) {
            (Resources::Kinds(kinds), _) => kinds.contains(self.world.kind(resource)),
            (_, resources) => resources.as_ref().is_some_and(|resources| resources.contains(&resource)),
        }
    }
}
