//! The graph of small policies.

mod cycles;
mod drawing;
mod grants;
mod sketch;
