//! How other programs ask: single requests and batches of them, as JSON by the `AuthZEN` 1.0 information model.
//!
//! [`authzen`] reads a request and answers it; [`batch`] answers a stream of them, one a line, on several threads. The command line uses
//! both, and a server would.
//!
//! Invariant: this room knows neither arguments nor exit codes. Input is any `Read`, output any `Write`, and a mistake is an error type
//! of this room.

pub mod authzen;
pub mod batch;
