//! From exports to a world.
//!
//! [`collect`] reads and checks mappings (`mapping`). [`import`] then reads the files one by one:
//!
//! 1. `reader` makes rows of a file, `select` finds the source that it is of, and `bindings` what its names stand for.
//! 2. `evaluate` says what each row says, with `filters` for its values. `gathered` collects it: statements of small numbers
//!    (`terms`), so that the file can be dropped. What rows lack is in `problems`, which entries no row fits in `idle`, which attributes no binding gives in `unbound`, and what the lists of a source are complete about in
//!    `list`.
//! 3. `settle` joins what all rows say, `channels` opens what nobody looked at (`patterns` finds which patterns fit a fact), `against` compares with an earlier world, and `lines` writes the
//!    new one; `shown` has the text of statements.
//!
//! Invariant: what was not looked at, or is lost, is unknown in the world, never absent; no row gives a fact that it does not state. The same
//! input gives the same bytes, and they load with the pack. This room takes texts and bytes, and touches no disk.

mod against;
mod bindings;
mod channels;
mod evaluate;
mod filters;
mod gathered;
mod guid;
mod idle;
mod lines;
mod list;
mod mapping;
mod patterns;
mod problems;
mod reader;
mod run;
mod select;
mod settle;
mod shown;
mod terms;
mod unbound;
mod unstated;

pub use against::{Change, Changed, Old};
pub use bindings::Binding;
pub use channels::{ChannelRow, ChannelState};
pub use mapping::{Asked, Extended, Mappings, collect};
pub use run::{Imported, ImportedWorld, Options, import};
