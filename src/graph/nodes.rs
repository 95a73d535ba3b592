//! The nodes of the graph, for the elements of a policy, and its edges, for how one affects another.

use crate::policy::{
    ActionId, AdviceId, ClaimId, DocumentId, EventId, Id, ImplicationId, InvariantId, ObligationId, Policy, RelationId, RoleId, RuleId,
    TableId, ToggleId,
};
use crate::text::Span;

/// An element of a policy, or a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// A relation.
    Relation(RelationId),
    /// A toggle.
    Toggle(ToggleId),
    /// An event.
    Event(EventId),
    /// An implication.
    Implication(ImplicationId),
    /// Any role, derived or added by way of a variable.
    AnyRoleDerived,
    /// A role.
    Role(RoleId),
    /// Any role, used by a condition by way of a variable.
    AnyRoleUsed,
    /// A table.
    Table(TableId),
    /// A marked cell of a table.
    Cell {
        /// The table.
        table: TableId,
        /// Index of the row.
        row: u32,
        /// Index of the column.
        column: u32,
    },
    /// A rule.
    Rule(RuleId),
    /// An action.
    Action(ActionId),
    /// An obligation.
    Obligation(ObligationId),
    /// An advice.
    Advice(AdviceId),
    /// An invariant.
    Invariant(InvariantId),
    /// A claim.
    Claim(ClaimId),
    /// A document.
    Document(DocumentId),
}

impl Node {
    /// The word for its kind, as in a full name such as `role:owner`.
    pub fn kind_name(self) -> &'static str {
        match self {
            Node::Relation(_) => "relation",
            Node::Toggle(_) => "toggle",
            Node::Event(_) => "event",
            Node::Implication(_) => "implication",
            Node::AnyRoleDerived | Node::AnyRoleUsed | Node::Role(_) => "role",
            Node::Table(_) => "table",
            Node::Cell { .. } => "cell",
            Node::Rule(_) => "rule",
            Node::Action(_) => "action",
            Node::Obligation(_) => "obligation",
            Node::Advice(_) => "advice",
            Node::Invariant(_) => "invariant",
            Node::Claim(_) => "claim",
            Node::Document(_) => "document",
        }
    }

    /// Its own name; of a cell, `row × column`.
    pub fn name(self, policy: &Policy) -> String {
        let meta = match self {
            Node::Relation(id) => &policy.relations[id].meta,
            Node::Toggle(id) => &policy.toggles[id].meta,
            Node::Event(id) => &policy.events[id].meta,
            Node::Implication(id) => &policy.implications[id].meta,
            Node::AnyRoleDerived | Node::AnyRoleUsed => return "any role".to_owned(),
            Node::Role(id) => &policy.roles[id].meta,
            Node::Table(id) => &policy.tables[id].meta,
            Node::Cell { table, row, column } => {
                let table = &policy.tables[table];
                return format!("{} × {}", table.rows[row as usize].label, table.columns[column as usize].label.value);
            }
            Node::Rule(id) => &policy.rules[id].meta,
            Node::Action(id) => &policy.actions[id].meta,
            Node::Obligation(id) => &policy.obligations[id].meta,
            Node::Advice(id) => &policy.advice[id].meta,
            Node::Invariant(id) => &policy.invariants[id].meta,
            Node::Claim(id) => &policy.claims[id].meta,
            Node::Document(id) => &policy.documents[id].meta,
        };
        meta.name.clone()
    }

    /// Its name with the word for its kind: `role:owner`; of a cell, `cell:TABLE/ROW/COLUMN`, both counted from 1.
    pub fn full_name(self, policy: &Policy) -> String {
        match self {
            Node::AnyRoleUsed => "role asked for by a variable".to_owned(),
            Node::AnyRoleDerived => "role given by a variable".to_owned(),
            Node::Cell { table, row, column } => format!("cell:{}/{}/{}", policy.tables[table].meta.name, row + 1, column + 1),
            _ => format!("{}:{}", self.kind_name(), self.name(policy)),
        }
    }

    /// All nodes of a policy, in order.
    pub(super) fn all(policy: &Policy) -> Vec<Node> {
        fn each<I: Id, T>(arena: &crate::policy::Arena<I, T>, node: fn(I) -> Node) -> impl Iterator<Item = Node> {
            arena.ids().map(node)
        }
        let cells = policy
            .tables
            .iter()
            .flat_map(|(table, declared)| declared.cells.iter().map(move |cell| Node::Cell { table, row: cell.row, column: cell.column }));
        let relations = policy.declared_relations().map(|(relation, _)| Node::Relation(relation));
        let mut nodes: Vec<Node> = relations
            .chain(each(&policy.toggles, Node::Toggle))
            .chain(each(&policy.events, Node::Event))
            .chain(each(&policy.implications, Node::Implication))
            .chain([Node::AnyRoleDerived, Node::AnyRoleUsed])
            .chain(each(&policy.roles, Node::Role))
            .chain(each(&policy.tables, Node::Table))
            .chain(cells)
            .chain(each(&policy.rules, Node::Rule))
            .chain(each(&policy.actions, Node::Action))
            .chain(each(&policy.obligations, Node::Obligation))
            .chain(each(&policy.advice, Node::Advice))
            .chain(each(&policy.invariants, Node::Invariant))
            .chain(each(&policy.claims, Node::Claim))
            .chain(each(&policy.documents, Node::Document))
            .collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }
}

/// How one node affects the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edge {
    /// The condition of an element uses a relation, role or toggle.
    Uses {
        /// The span of the use.
        at: Span,
        /// Inside `not` or `unless`.
        negated: bool,
    },
    /// An implication derives a relation or role.
    Derives,
    /// A role grants an action, by the pattern at this span.
    Grants(Span),
    /// A role includes another, by the name at this span.
    Includes(Span),
    /// A role has a cell of a table.
    Holds,
    /// A table has a cell.
    Has,
    /// A cell marks an action.
    Marks,
    /// A rule allows an action.
    Allows,
    /// A rule denies an action.
    Denies,
    /// An obligation or advice goes with decisions about an action.
    Accompanies,
    /// A toggle switches an element.
    Gates,
    /// The doer of an event must be allowed an action.
    Does,
    /// An event adds facts of a relation or role.
    Adds,
    /// An event removes them.
    Removes,
    /// A role is one of those that a variable may be.
    OneOf,
    /// An element cites a claim, or a claim a document.
    Cites,
}

impl Edge {
    /// Its label, read from its first node to its second.
    pub fn words(self) -> &'static str {
        match self {
            Edge::Uses { negated: false, .. } => "asked by",
            Edge::Uses { negated: true, .. } => "asked, negated, by",
            Edge::Derives => "gives",
            Edge::Grants(_) => "grants",
            Edge::Includes(_) => "includes",
            Edge::Holds | Edge::Has => "has",
            Edge::Marks => "marks",
            Edge::Allows => "allows",
            Edge::Denies => "denies",
            Edge::Accompanies => "told of",
            Edge::Gates => "switches",
            Edge::Does => "needed for",
            Edge::Adds => "adds",
            Edge::Removes => "removes",
            Edge::OneOf => "is one of",
            Edge::Cites => "cites",
        }
    }

    /// Whether it takes access away instead of giving it.
    pub fn against(self) -> bool {
        matches!(self, Edge::Uses { negated: true, .. } | Edge::Denies | Edge::Removes)
    }
}
