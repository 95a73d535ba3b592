//! Answers and diagnostics as JSON: a versioned document, whose field names are the contract.

pub mod answer;
pub mod diagnostics;
mod explanation;
mod how_to;
