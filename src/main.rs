//! The `delegraph` program.

fn main() {}
