//! delegraph answers one question about delegated administration, and says why: may this person do this, to that, on behalf of this
//! customer?

pub mod cli;
pub mod diag;
pub mod eval;
pub mod explain;
pub mod files;
pub mod graph;
pub mod open;
pub mod policy;
pub mod query;
pub mod report;
pub mod syntax;
pub mod text;
pub mod world;
