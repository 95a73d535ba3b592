//! What the graph is made of: nodes for the elements of a policy, edges for how one bears on another.

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
    /// Whichever role a variable stands for, where it is given.
    RoleGiven,
    /// A role.
    Role(RoleId),
    /// Whichever role a variable stands for, where it is asked for.
    RoleAsked,
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
    /// The word for its sort, as it stands before the colon in a name such as `role:owner`.
    pub fn kind_name(self) -> &'static str {
        match self {
            Node::Relation(_) => "relation",
            Node::Toggle(_) => "toggle",
            Node::Event(_) => "event",
            Node::Implication(_) => "implication",
            Node::RoleGiven | Node::RoleAsked | Node::Role(_) => "role",
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

    /// Its own name; of a cell `row × column`.
    pub fn name(self, policy: &Policy) -> String {
        let meta = match self {
            Node::Relation(id) => &policy.relations[id].meta,
            Node::Toggle(id) => &policy.toggles[id].meta,
            Node::Event(id) => &policy.events[id].meta,
            Node::Implication(id) => &policy.implications[id].meta,
            Node::RoleGiven | Node::RoleAsked => return "any role".to_owned(),
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

    /// The name by which it is found among all sorts: `role:owner`; of a cell `cell:TABLE/ROW/COLUMN`, both counted from 1.
    pub fn full_name(self, policy: &Policy) -> String {
        match self {
            Node::RoleAsked => "role asked for by a variable".to_owned(),
            Node::RoleGiven => "role given by a variable".to_owned(),
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
        let mut nodes: Vec<Node> = each(&policy.relations, Node::Relation)
            .chain(each(&policy.toggles, Node::Toggle))
            .chain(each(&policy.events, Node::Event))
            .chain(each(&policy.implications, Node::Implication))
            .chain([Node::RoleGiven, Node::RoleAsked])
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

/// How one node bears on the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edge {
    /// A relation, role or toggle is asked for by a condition, at this place.
    Asks {
        /// The place of the question.
        at: Span,
        /// Inside `not` or `unless`.
        negated: bool,
    },
    /// An implication gives a relation or role.
    Gives,
    /// A role grants an action, by the pattern at this place.
    Grants(Span),
    /// Who holds the first role holds the second, by the name at this place.
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
    /// An obligation or advice is told of an action.
    Tells,
    /// A toggle switches an element.
    Gates,
    /// An action is what the doer of an event must be allowed.
    Does,
    /// An event adds facts of a relation or role.
    Adds,
    /// An event removes them.
    Removes,
    /// A role is one of any.
    OneOf,
    /// An element cites a claim, or a claim a document.
    Cites,
}

impl Edge {
    /// The words that stand on it, read from its first node to its second.
    pub fn words(self) -> &'static str {
        match self {
            Edge::Asks { negated: false, .. } => "asked by",
            Edge::Asks { negated: true, .. } => "asked, negated, by",
            Edge::Gives => "gives",
            Edge::Grants(_) => "grants",
            Edge::Includes(_) => "includes",
            Edge::Holds | Edge::Has => "has",
            Edge::Marks => "marks",
            Edge::Allows => "allows",
            Edge::Denies => "denies",
            Edge::Tells => "told of",
            Edge::Gates => "switches",
            Edge::Does => "needed for",
            Edge::Adds => "adds",
            Edge::Removes => "removes",
            Edge::OneOf => "is one of",
            Edge::Cites => "cites",
        }
    }

    /// Whether it takes away instead of giving.
    pub fn against(self) -> bool {
        matches!(self, Edge::Asks { negated: true, .. } | Edge::Denies | Edge::Removes)
    }
}
