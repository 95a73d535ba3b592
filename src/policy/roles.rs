//! Roles, actions, and the tables by which roles grant actions.

use super::ids::{ActionId, RoleId, TextId};
use super::kind_set::KindSet;
use super::metadata::Metadata;
use crate::text::{Span, Spanned};

/// A role.
#[derive(Clone, Debug)]
pub struct Role {
    /// Name and the like.
    pub meta: Metadata,
    /// The kinds of entities over which it may be held.
    pub on: KindSet,
    /// The actions of `grants` without those of `except`, patterns expanded, sorted; each with the span of its pattern in `grants`.
    pub grants: Vec<(ActionId, Span)>,
    /// The roles of `includes`, sorted, each with the span of its name. Whoever holds the role holds these too.
    pub includes: Vec<(RoleId, Span)>,
    /// The system of which it is a role: its own `system`, else that of the tables in whose columns it stands.
    pub system: Option<TextId>,
}

/// An action.
#[derive(Clone, Debug)]
pub struct Action {
    /// Name and the like. The action of a table has the span of its row and the claims of the table.
    pub meta: Metadata,
    /// Other names, which requests may use. No answer shows them.
    pub aka: Vec<String>,
    /// The kinds of its resources.
    pub on: KindSet,
}

/// A table of roles and actions.
#[derive(Clone, Debug)]
pub struct Table {
    /// Name and the like.
    pub meta: Metadata,
    /// The first part of its actions' names.
    pub system: String,
    /// The columns of roles, in the order of the grid.
    pub columns: Vec<TableColumn>,
    /// Its rows, in the order of the grid.
    pub rows: Vec<TableRow>,
    /// The marked cells, by row, then column.
    pub cells: Vec<TableCell>,
}

/// A column of a table.
#[derive(Clone, Debug)]
pub struct TableColumn {
    /// Its header.
    pub label: Spanned<String>,
    /// The role to which its cells grant actions.
    pub role: RoleId,
}

/// A row of a table.
#[derive(Clone, Debug)]
pub struct TableRow {
    /// Its labels, joined: `Rooms / Reset key`.
    pub label: String,
    /// The span of its line.
    pub span: Span,
    /// The action that its cells grant.
    pub action: ActionId,
    /// A remark on it.
    pub note: Option<String>,
}

/// A marked cell: the role of its column has the action of its row.
#[derive(Clone, Copy, Debug)]
pub struct TableCell {
    /// Index of the row.
    pub row: u32,
    /// Index of the column.
    pub column: u32,
    /// The span of the mark.
    pub span: Span,
}
