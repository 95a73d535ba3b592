//! The graph of small policies.

mod cycles;
mod drawing;
mod sketch;
mod ways;
