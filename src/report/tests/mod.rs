//! What people see.

mod diagnostics;
