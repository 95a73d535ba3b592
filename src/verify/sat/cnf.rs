//! Clauses of a circuit (Tseitin), made for the nodes that are asked for and those below them.

use super::circuit::{Circuit, Lit, Node};
use super::{ClauseLit, Clauses, Satisfiable, Solver};

/// The clauses of the asked part of a circuit, in a solver.
pub struct Cnf<S> {
    solver: S,
    /// By node: its variable, 0 if it has none yet.
    vars: Vec<ClauseLit>,
    clauses: Clauses,
    /// It was asserted that false is true.
    contradicted: bool,
}

impl<S: Solver> Cnf<S> {
    /// No clauses yet.
    pub fn new(solver: S) -> Cnf<S> {
        Cnf { solver, vars: Vec::new(), clauses: Clauses::default(), contradicted: false }
    }

    fn clause(&mut self, clause: &[ClauseLit]) {
        self.solver.clause(clause);
        self.clauses.push(clause);
    }

    /// A variable that is no node's.
    pub fn fresh(&mut self) -> ClauseLit {
        self.solver.var()
    }

    /// Adds a clause of variables.
    pub fn add(&mut self, clause: &[ClauseLit]) {
        self.clause(clause);
    }

    /// The variable of a literal, with the clauses that define it.
    pub fn lit(&mut self, circuit: &Circuit, lit: Lit) -> ClauseLit {
        self.vars.resize(self.vars.len().max(circuit.len()), 0);
        let mut rest = vec![lit.node()];
        while let Some(&node) = rest.last() {
            if self.vars[node] != 0 {
                rest.pop();
                continue;
            }
            match circuit.node(node) {
                Node::False => {
                    let var = self.solver.var();
                    self.vars[node] = var;
                    self.clause(&[-var]);
                }
                Node::Input => self.vars[node] = self.solver.var(),
                Node::And(a, b) => {
                    let missing: Vec<usize> = [a, b].map(Lit::node).into_iter().filter(|below| self.vars[*below] == 0).collect();
                    if !missing.is_empty() {
                        rest.extend(missing);
                        continue;
                    }
                    let (a, b) = (self.known(a), self.known(b));
                    let var = self.solver.var();
                    self.vars[node] = var;
                    self.clause(&[-var, a]);
                    self.clause(&[-var, b]);
                    self.clause(&[var, -a, -b]);
                }
            }
            rest.pop();
        }
        self.known(lit)
    }

    fn known(&self, lit: Lit) -> ClauseLit {
        let var = self.vars[lit.node()];
        if lit.is_negated() { -var } else { var }
    }

    /// Makes a literal true. Conjunctions are taken apart.
    pub fn assert(&mut self, circuit: &Circuit, lit: Lit) {
        let mut rest = vec![lit];
        while let Some(lit) = rest.pop() {
            match circuit.node(lit.node()) {
                Node::And(a, b) if !lit.is_negated() => rest.extend([a, b]),
                Node::And(a, b) => {
                    let clause = [self.lit(circuit, !a), self.lit(circuit, !b)];
                    self.clause(&clause);
                }
                Node::False => self.contradicted |= !lit.is_negated(),
                Node::Input => {
                    let unit = [self.lit(circuit, lit)];
                    self.clause(&unit);
                }
            }
        }
    }

    /// Whether what was asserted is satisfiable together with these literals.
    pub fn solve(&mut self, assumptions: &[ClauseLit]) -> Satisfiable {
        if self.contradicted { Satisfiable::No } else { self.solver.solve(assumptions) }
    }

    /// The value of a literal in the last assignment: false for an input that no clause is about.
    pub fn value(&self, lit: Lit) -> bool {
        let var = self.vars.get(lit.node()).copied().unwrap_or_default();
        (var != 0 && self.solver.value(var)) != lit.is_negated()
    }

    /// The variable of a literal that is an input, if some clause is about it.
    pub fn variable(&self, lit: Lit) -> Option<ClauseLit> {
        self.has(lit).then(|| self.known(lit))
    }

    /// The proof that nothing satisfies the clauses, without the solver that found it. Only after [`Satisfiable::No`] without assumptions.
    pub fn into_proof(mut self) -> Proof {
        if self.contradicted {
            self.clauses.push(&[]);
        }
        Proof { clauses: self.clauses, steps: self.solver.into_proof() }
    }

    /// Whether the node of the literal has a variable.
    pub fn has(&self, lit: Lit) -> bool {
        self.vars.get(lit.node()).is_some_and(|var| *var != 0)
    }
}

/// A proof that clauses are unsatisfiable.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The clauses.
    pub clauses: Clauses,
    /// Clauses that follow one after the other, up to the empty one.
    pub steps: Clauses,
}

impl Proof {
    /// Whether it is one, as the checker sees it.
    pub fn is_right(&self) -> bool {
        super::refutes(&self.clauses, &self.steps)
    }
}
