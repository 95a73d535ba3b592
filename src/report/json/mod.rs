//! Answers and diagnostics as JSON. Each file has views of one sort of data, whose field names are a contract: they are independent of the
//! names in the code, and a change of one changes the version.

pub mod answer;
pub mod diagnostics;
mod explanation;
mod how_to;
