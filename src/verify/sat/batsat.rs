//! The solver batsat, with its learnt clauses recorded and its work limited.

use super::{ClauseLit, Clauses, Satisfiable, Solver};
use batsat::callbacks::Callbacks;
use batsat::clause::{Kind, Lit, Var, lbool};
use batsat::{SolverInterface, SolverOpts};

/// The solver with a number of conflicts that it may spend. They are counted, not timed, so that answers do not depend on the machine.
pub struct Batsat {
    solver: batsat::Solver<Recorder>,
    vars: ClauseLit,
    /// By variable: the last assignment that was found.
    model: Vec<bool>,
}

/// Records the clauses that the solver learns.
#[derive(Default)]
struct Recorder {
    learnt: Clauses,
    /// The last clause, while it is written down.
    last: Vec<ClauseLit>,
    fuel: usize,
}

impl Callbacks for Recorder {
    fn on_new_clause(&mut self, clause: &[Lit], kind: Kind) {
        if kind == Kind::Learnt {
            self.last.clear();
            self.last.extend(clause.iter().map(|lit| number(*lit)));
            self.learnt.push(&self.last);
        }
    }

    fn stop(&self) -> bool {
        self.learnt.len() >= self.fuel
    }
}

fn number(lit: Lit) -> ClauseLit {
    let var = ClauseLit::try_from(lit.var().idx()).expect("there are fewer variables") + 1;
    if lit.sign() { var } else { -var }
}

impl Batsat {
    /// A solver that gives up after so many conflicts, over all its questions.
    pub fn new(fuel: usize) -> Batsat {
        let recorder = Recorder { fuel, ..Recorder::default() };
        Batsat { solver: batsat::Solver::new(SolverOpts::default(), recorder), vars: 0, model: Vec::new() }
    }

    fn lit(lit: ClauseLit) -> Lit {
        Lit::new(Var::unsafe_from_idx(lit.unsigned_abs() - 1), lit > 0)
    }
}

impl Solver for Batsat {
    fn var(&mut self) -> ClauseLit {
        // Facts are tried as absent first, so that the worlds found are small.
        self.solver.new_var(lbool::FALSE, true);
        self.vars += 1;
        self.vars
    }

    fn clause(&mut self, clause: &[ClauseLit]) {
        let mut lits: Vec<Lit> = clause.iter().map(|lit| Batsat::lit(*lit)).collect();
        lits.sort_unstable();
        self.solver.add_clause_reuse(&mut lits);
    }

    fn solve(&mut self, assumptions: &[ClauseLit]) -> Satisfiable {
        let assumptions: Vec<Lit> = assumptions.iter().map(|lit| Batsat::lit(*lit)).collect();
        let found = self.solver.solve_limited(&assumptions);
        // `lbool` compares undefined values as equal to each other.
        if found == lbool::TRUE {
            self.model = (0..self.vars).map(|var| self.solver.value_var(Batsat::lit(var + 1).var()) == lbool::TRUE).collect();
            Satisfiable::Yes
        } else if found == lbool::FALSE {
            Satisfiable::No
        } else {
            Satisfiable::GaveUp
        }
    }

    fn value(&self, var: ClauseLit) -> bool {
        self.model.get(var.unsigned_abs() as usize - 1).copied().unwrap_or_default()
    }

    fn into_proof(mut self) -> Clauses {
        std::mem::take(&mut self.solver.cb_mut().learnt)
    }
}
