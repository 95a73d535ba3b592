//! The elements of a policy by their names.
//!
//! Each arena is sorted by name, so a name is found by binary search. The names of kinds and actions that a request may use are hashed.

use super::ids::{
    ActionId, Arena, AttributeId, ClaimId, EventId, Id, ImplicationId, InvariantId, KindId, PropertyId, RelationId, RoleId, RuleId,
    TableId, ToggleId,
};
use super::metadata::Metadata;
use super::model::Policy;
use super::schema::Relation;
use crate::syntax::ast::expr::{Term, TermNode};

impl Policy {
    /// The kind of that name.
    pub fn kind_named(&self, name: &str) -> Option<KindId> {
        find(&self.kinds, name, |kind| &kind.meta)
    }

    /// The kind of that name or `aka`, as requests and worlds may call it.
    #[inline]
    pub fn kind_called(&self, name: &str) -> Option<KindId> {
        self.by_name.kind(name)
    }

    /// The attribute of that name among those of the kind.
    pub fn attribute_named(&self, kind: KindId, name: &str) -> Option<AttributeId> {
        self.kinds[kind].attributes.iter().copied().find(|&id| self.attributes[id].name == name)
    }

    /// The relation of that name.
    pub fn relation_named(&self, name: &str) -> Option<RelationId> {
        find(&self.relations, name, |relation| &relation.meta).filter(|&relation| relation != self.unknown_roles)
    }

    /// The relations that the pack declares: all but the built-in one.
    pub fn declared_relations(&self) -> impl Iterator<Item = (RelationId, &Relation)> {
        self.relations.iter().filter(|&(relation, _)| relation != self.unknown_roles)
    }

    /// The names of the relations that the pack declares.
    pub fn relation_names(&self) -> impl Iterator<Item = &str> {
        self.declared_relations().map(|(_, relation)| relation.meta.name.as_str())
    }

    /// The names of all roles.
    pub fn role_names(&self) -> impl Iterator<Item = &str> {
        self.roles.values().map(|role| role.meta.name.as_str())
    }

    /// The role of that name.
    pub fn role_named(&self, name: &str) -> Option<RoleId> {
        find(&self.roles, name, |role| &role.meta)
    }

    /// The role of that name or id, as requests, worlds and conditions may call it in `role:ID`, in capitals or not.
    pub fn role_called(&self, id: &str) -> Option<RoleId> {
        self.role_named(id).or_else(|| self.by_name.role(&id.to_lowercase()))
    }

    /// The role that stands after `holds`: by its name, or as `role:ID`. `None` for a variable, `_` and an unknown role.
    pub(crate) fn written_role(&self, role: &Term) -> Option<RoleId> {
        match &role.node {
            TermNode::Name(name) => self.role_named(name),
            TermNode::Entity { kind, id } if self.kind_called(&kind.value) == Some(self.role_kind) => self.role_called(id),
            _ => None,
        }
    }

    /// The table of that name.
    pub fn table_named(&self, name: &str) -> Option<TableId> {
        find(&self.tables, name, |table| &table.meta)
    }

    /// The action of that name or `aka`, as requests may call it.
    #[inline]
    pub fn action_called(&self, name: &str) -> Option<ActionId> {
        self.by_name.action(name)
    }

    /// The action of that name.
    pub fn action_named(&self, name: &str) -> Option<ActionId> {
        find(&self.actions, name, |action| &action.meta)
    }

    /// The rule of that name.
    pub fn rule_named(&self, name: &str) -> Option<RuleId> {
        find(&self.rules, name, |rule| &rule.meta)
    }

    /// The implication of that name.
    pub fn implication_named(&self, name: &str) -> Option<ImplicationId> {
        find(&self.implications, name, |implication| &implication.meta)
    }

    /// The toggle of that name.
    pub fn toggle_named(&self, name: &str) -> Option<ToggleId> {
        find(&self.toggles, name, |toggle| &toggle.meta)
    }

    /// The claim of that name.
    pub fn claim_named(&self, name: &str) -> Option<ClaimId> {
        find(&self.claims, name, |claim| &claim.meta)
    }

    /// The invariant of that name.
    pub fn invariant_named(&self, name: &str) -> Option<InvariantId> {
        find(&self.invariants, name, |invariant| &invariant.meta)
    }

    /// The property of that name.
    pub fn property_named(&self, name: &str) -> Option<PropertyId> {
        find(&self.properties, name, |property| &property.meta)
    }

    /// The event of that name.
    pub fn event_named(&self, name: &str) -> Option<EventId> {
        find(&self.events, name, |event| &event.meta)
    }
}

/// The element of that name in an arena sorted by name.
fn find<I: Id, T>(arena: &Arena<I, T>, name: &str, meta: fn(&T) -> &Metadata) -> Option<I> {
    let found = arena.values().as_slice().binary_search_by(|element| meta(element).name.as_str().cmp(name));
    found.ok().map(I::from_index)
}
