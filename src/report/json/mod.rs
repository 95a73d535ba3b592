//! Answers and diagnostics as JSON. Each file has views of one sort of data. The field names of a view are a contract: they do not depend on
//! the names in the code, and changing one changes the version.

pub mod access;
pub mod answer;
pub mod diagnostics;
pub mod diff;
pub mod elements;
mod explanation;
pub mod facts;
mod how_to;
pub mod import;
pub mod list;
pub mod properties;
pub mod replay;
mod request;
pub mod roles;
pub mod schema;
pub mod suites;
pub mod tables;
