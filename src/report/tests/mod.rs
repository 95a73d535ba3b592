//! What people see.

mod diagnostics;
mod human;
