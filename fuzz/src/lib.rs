//! The kinds of input that are fuzzed. They are those of the short run in the tests of the crate, with the modules that they use there.
#![allow(dead_code, unused_imports, clippy::disallowed_methods, reason = "the tests of these modules are not compiled here")]

#[path = "../../tests/it/agreement.rs"]
mod agreement;
#[path = "../../tests/it/crafted.rs"]
mod crafted;
#[path = "../../tests/it/generator/mod.rs"]
mod generator;
#[path = "../../tests/it/harness/mod.rs"]
mod harness;
#[path = "../../tests/it/reference/mod.rs"]
mod reference;
#[path = "../../tests/it/support/mod.rs"]
mod support;
#[path = "../../tests/it/fuzz/targets.rs"]
pub mod targets;
