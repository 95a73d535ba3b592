//! Lists: rows of data, each of which the evaluator says of itself, in an order that depends on names alone.
//!
//! * `roles` finds roles held, and `facts` finds facts.
//! * `subjects` has what a named entity stands for, and `chain` how a holder comes to a group.
//! * `timeline` finds the interval in which something has one truth, which may change only at the instants that `turning` finds.
//! * `unnamed` finds which entities a list may miss, since the world does not name them.
//! * `open` counts the rows that depend on what the world leaves open.

mod chain;
mod facts;
mod open;
mod roles;
mod subjects;
mod timeline;
mod turning;
mod unnamed;

use crate::eval::{BUDGET, Decider};

pub(in crate::query) use chain::chain;
pub(in crate::query) use facts::stated_facts;
pub use facts::{FactRow, Facts, FactsQuestion, From, Subject, facts, open_facts};
pub use open::{OpenCounts, OpenItem};
pub use roles::{Origin, RolePath, Roles, RolesQuestion, idle_roles, roles};
pub use subjects::{EntityPattern, scopes, subjects};
pub(in crate::query) use timeline::Timeline;
pub(in crate::query) use turning::{Ever, Turning};
pub(in crate::query) use unnamed::stands_for;
pub use unnamed::{Range, Unnamed, unnamed_holdings};

/// How much work the search for the rows of a list may take from one row to the next: enough to read all facts of the world.
fn search_units(decider: &Decider<'_>) -> u64 {
    BUDGET.max(decider.world.facts().len() as u64)
}
