//! What people see.

mod diagnostics;
mod text;
