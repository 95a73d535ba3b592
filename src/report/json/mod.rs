//! Answers and diagnostics as JSON: a versioned document, whose field names are the contract.

pub mod answer;
pub mod diagnostics;
mod how_to;
