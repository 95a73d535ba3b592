//! A resolved and typed policy: names are ids, and elements are in the order of their names.

use super::condition::{Condition, Literal};
use super::events::Event;
use super::ids::{
    ActionId, AdviceId, Arena, AttributeId, ClaimId, DocumentId, EventId, ImplicationId, InvariantId, KindId, LiteralId, ObligationId,
    PropertyId, RelationId, RoleId, RuleId, TableId, TextId, ToggleId,
};
use super::name_table::NameTable;
use super::property::Property;
use super::roles::{Action, Role, Table};
use super::rules::{Claim, Document, Implication, Invariant, Notice, Rule, Toggle};
use super::schema::{Attribute, Kind, Relation};
use super::usage::Usage;
use crate::diag::LintLevels;
use crate::text::Sources;
use crate::time::Instant;

/// A whole pack. Ids follow the order of names, so elements are iterated in the order of their names, whatever files declare them.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The pack's files.
    pub sources: Sources,
    /// Kinds; one is named `role`.
    pub kinds: Arena<KindId, Kind>,
    /// Attributes of all kinds, by kind, then name.
    pub attributes: Arena<AttributeId, Attribute>,
    /// Relations.
    pub relations: Arena<RelationId, Relation>,
    /// Roles.
    pub roles: Arena<RoleId, Role>,
    /// Tables.
    pub tables: Arena<TableId, Table>,
    /// Actions, both declared ones and those of tables.
    pub actions: Arena<ActionId, Action>,
    /// Kinds and actions by the names that requests may use: for [`Policy::kind_called`] and [`Policy::action_called`].
    pub(crate) by_name: NameTable,
    /// Rules.
    pub rules: Arena<RuleId, Rule>,
    /// Implications.
    pub implications: Arena<ImplicationId, Implication>,
    /// Toggles.
    pub toggles: Arena<ToggleId, Toggle>,
    /// Documents.
    pub documents: Arena<DocumentId, Document>,
    /// Claims.
    pub claims: Arena<ClaimId, Claim>,
    /// Obligations.
    pub obligations: Arena<ObligationId, Notice>,
    /// Advice.
    pub advice: Arena<AdviceId, Notice>,
    /// Invariants.
    pub invariants: Arena<InvariantId, Invariant>,
    /// Properties. No condition of theirs is among [`Policy::conditions`].
    pub properties: Arena<PropertyId, Property>,
    /// Events.
    pub events: Arena<EventId, Event>,
    /// Texts that the policy names, in the order in which elements, sorted by name, first name them.
    pub texts: Arena<TextId, String>,
    /// Entities that conditions name, in the same order.
    pub literals: Arena<LiteralId, Literal>,
    /// The kind named `role`.
    pub role_kind: KindId,
    /// The relation of assignments of roles that the policy does not name: who holds it, the role, over what. It is named `holds`, which
    /// no file can write, and is not among those that [`relation_named`](Policy::relation_named) finds.
    pub unknown_roles: RelationId,
    /// The systems of roles and tables, in the order of their names.
    pub systems: Vec<TextId>,
    /// The severities of lints.
    pub lint_levels: LintLevels,
    /// Which elements the pack uses, and the spans of its conditions, for lints.
    pub(crate) usage: Usage,
}

impl Policy {
    /// The dates at which rules, roles, tables and implications begin and end to be in force.
    pub fn dates(&self) -> impl Iterator<Item = Instant> {
        let rules = self.rules.values().map(|rule| &rule.meta);
        let roles = self.roles.values().map(|role| &role.meta);
        let tables = self.tables.values().map(|table| &table.meta);
        let implications = self.implications.values().map(|implication| &implication.meta);
        rules.chain(roles).chain(tables).chain(implications).flat_map(|meta| meta.validity.dates())
    }

    /// Every condition: of rules, implications, obligations, advice, invariants, events and effects.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let rules = self.rules.values().map(|rule| &rule.condition);
        let implications = self.implications.values().map(|implication| &implication.condition);
        let notices = self.obligations.values().chain(self.advice.values()).map(|notice| &notice.condition);
        let invariants = self.invariants.values().map(|invariant| &invariant.never);
        let events = self.events.values().flat_map(|event| {
            let effects = event.effects().map(|(_, effect)| &effect.condition);
            std::iter::once(&event.condition).chain(effects)
        });
        rules.chain(implications).chain(notices).chain(invariants).chain(events)
    }
}
