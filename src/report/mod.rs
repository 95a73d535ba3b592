//! Output formats: how answers, diagnostics and drawings are laid out for people and programs, one file a format.
//!
//! - For people: `summary` renders an explanation on one screen, `text` all of it, with `tree` for its proof, and `how_to` how to turn an
//!   answer. All write a page of `layout` in the colours of `palette`. `diagnostics` renders mistakes with an `excerpt` of the source, and `catalogue` the page of all
//!   diagnostics.
//!   `replay` renders events with the access that they give and take. `access`, `between`, `diff`, `roles` and `facts` are lists, and `list`
//!   has what all lists for people share, `may_miss` what some may miss. `import` is the table of channels, `elements` lists and explains what a pack has, `table_diff` how a
//!   published table differs. `suites` lists what tests found, with `line_diff` for explanations that changed (and `unified_diff` for files), `coverage` what they cover, and
//!   `mutation` which changes they do not notice.
//! - For authors: `pack_table` writes a published table as a pack's.
//! - For programs: `json`; of diagnostics also `concise`, `sarif` and `github`, of tests `junit` and `github`, of their coverage `lcov`.
//! - Drawings: `dot` and `mermaid`, which share `drawing`.
//!
//! Every format uses `sanitize`, which makes texts safe for a terminal.
//!
//! Invariant: this room makes no decisions and no sentences of answers; it renders the texts of [`wording`](crate::wording).

pub mod access;
pub mod between;
pub mod catalogue;
pub mod changes;
pub mod concise;
pub mod coverage;
pub mod decision;
pub mod diagnostics;
pub mod diff;
pub mod dot;
mod drawing;
pub mod elements;
mod excerpt;
pub mod facts;
pub mod github;
pub mod how_to;
pub mod import;
pub mod json;
pub mod junit;
mod layout;
pub mod lcov;
mod line_diff;
pub mod list;
pub mod may_miss;
pub mod mermaid;
pub mod mutation;
mod notes;
pub mod pack_table;
mod palette;
pub mod properties;
pub mod replay;
pub mod roles;
mod sanitize;
pub mod sarif;
pub mod suites;
pub mod summary;
pub mod table_diff;
pub mod text;
mod tree;
pub mod unified_diff;

#[cfg(test)]
mod tests;

pub use sanitize::{brief, visible};
