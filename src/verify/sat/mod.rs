//! Satisfiability of circuits.
//!
//! [`Circuit`] is an and-inverter graph of [`Lit`]s, with equal nodes shared. [`Cnf`] turns the part of it that a question needs into clauses
//! for a [`Solver`], and keeps them. [`Batsat`] is the one solver there is, behind the trait. It records what it learns as a proof, and
//! [`refutes`] checks such a proof with code of its own: it shares nothing with the solver but the clauses.
//!
//! Invariant: this folder knows nothing of policies, and it alone names batsat.

mod batsat;
mod circuit;
mod clauses;
mod cnf;
mod drup;

pub use batsat::Batsat;
pub use circuit::{Circuit, Lit};
pub use clauses::Clauses;
pub use cnf::{Cnf, Proof};
pub use drup::refutes;

/// A literal of a clause as DIMACS writes it: the number of a variable, from 1 on, negative if it is negated.
pub type ClauseLit = i32;

/// The answer of a solver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Satisfiable {
    /// There is an assignment, which [`Solver::value`] reads.
    Yes,
    /// There is none.
    No,
    /// The solver gave up: the fuel was used up.
    GaveUp,
}

/// A solver to which clauses are added and that is asked again and again.
pub trait Solver {
    /// A new variable: its number.
    fn var(&mut self) -> ClauseLit;
    /// Adds a clause.
    fn clause(&mut self, clause: &[ClauseLit]);
    /// Whether the clauses are satisfiable together with these literals.
    fn solve(&mut self, assumptions: &[ClauseLit]) -> Satisfiable;
    /// The value of a variable in the last assignment that was found.
    fn value(&self, var: ClauseLit) -> bool;
    /// The clauses that were learnt, in order. Each follows by unit propagation from those before it and the clauses that were added.
    fn into_proof(self) -> Clauses;
}
