//! Checks that clauses are unsatisfiable, by a list of clauses each of which follows by unit propagation (reverse unit propagation, DRUP
//! without deletions). It has no code in common with the solver that made the list.

use super::{ClauseLit, Clauses};

/// Whether the clauses are unsatisfiable: each step follows from what is before it by unit propagation, and so does the empty clause in the
/// end.
pub fn refutes(clauses: &Clauses, steps: &Clauses) -> bool {
    let most = clauses.iter().chain(steps.iter()).flatten().map(|lit| lit.unsigned_abs() as usize).max().unwrap_or_default();
    let mut checker = Checker { values: vec![0; most + 1], watches: vec![Vec::new(); 2 * most + 2], ..Checker::default() };
    if clauses.iter().any(|clause| !checker.add(clause)) {
        return true;
    }
    for step in steps.iter() {
        if !checker.follows(step) {
            return false;
        }
        if !checker.add(step) {
            return true;
        }
    }
    false
}

/// Clauses with two watched literals each, and the literals that follow from them.
#[derive(Default)]
struct Checker {
    clauses: Clauses,
    /// By literal: the clauses in which it is one of the first two.
    watches: Vec<Vec<u32>>,
    /// By variable: 1, -1, or 0 while it is open.
    values: Vec<i8>,
    trail: Vec<ClauseLit>,
    /// How much of the trail was propagated.
    done: usize,
}

fn slot(lit: ClauseLit) -> usize {
    2 * lit.unsigned_abs() as usize + usize::from(lit < 0)
}

impl Checker {
    fn value(&self, lit: ClauseLit) -> i8 {
        let value = self.values[lit.unsigned_abs() as usize];
        if lit < 0 { -value } else { value }
    }

    fn set(&mut self, lit: ClauseLit) {
        self.values[lit.unsigned_abs() as usize] = if lit < 0 { -1 } else { 1 };
        self.trail.push(lit);
    }

    /// Adds a clause and propagates; false on a contradiction.
    fn add(&mut self, clause: &[ClauseLit]) -> bool {
        let mut clause = clause.to_vec();
        clause.sort_unstable();
        clause.dedup();
        if clause.iter().any(|lit| clause.binary_search(&-lit).is_ok()) || clause.iter().any(|lit| self.value(*lit) == 1) {
            return true;
        }
        // Literals that are false for good are of no use.
        clause.retain(|lit| self.value(*lit) == 0);
        match *clause.as_slice() {
            [] => false,
            [lit] => {
                self.set(lit);
                self.propagate()
            }
            [first, second, ..] => {
                let index = u32::try_from(self.clauses.len()).expect("fuel ends long before");
                self.watches[slot(first)].push(index);
                self.watches[slot(second)].push(index);
                self.clauses.push(&clause);
                true
            }
        }
    }

    /// Whether assuming that all its literals are false leads to a contradiction by propagation alone.
    fn follows(&mut self, clause: &[ClauseLit]) -> bool {
        let before = self.trail.len();
        let mut contradiction = false;
        for &lit in clause {
            match self.value(lit) {
                1 => contradiction = true,
                0 => self.set(-lit),
                _ => {}
            }
        }
        contradiction = contradiction || !self.propagate();
        for lit in self.trail.drain(before..) {
            self.values[lit.unsigned_abs() as usize] = 0;
        }
        self.done = before;
        contradiction
    }

    /// Sets what follows; false if a clause has no literal left.
    fn propagate(&mut self) -> bool {
        while let Some(&lit) = self.trail.get(self.done) {
            self.done += 1;
            let falsified = slot(-lit);
            let watching = std::mem::take(&mut self.watches[falsified]);
            for (at, &index) in watching.iter().enumerate() {
                if !self.visit(index, -lit) {
                    self.watches[falsified].extend_from_slice(&watching[at + 1..]);
                    return false;
                }
            }
        }
        true
    }

    /// Finds another literal to watch in a clause of which this one became false; false if none is left.
    fn visit(&mut self, index: u32, falsified: ClauseLit) -> bool {
        let values = &self.values;
        let value = |lit: ClauseLit| {
            let value = values[lit.unsigned_abs() as usize];
            if lit < 0 { -value } else { value }
        };
        let clause = self.clauses.get_mut(index as usize);
        if clause[0] == falsified {
            clause.swap(0, 1);
        }
        let other = clause[0];
        let next = if value(other) == 1 { None } else { (2..clause.len()).find(|at| value(clause[*at]) != -1) };
        if let Some(next) = next {
            clause.swap(1, next);
        }
        self.watches[slot(clause[1])].push(index);
        match (next, self.value(other)) {
            (Some(_), _) | (None, 1) => true,
            (None, 0) => {
                self.set(other);
                true
            }
            (None, _) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Clauses, refutes};

    fn clauses(lists: &[&[i32]]) -> Clauses {
        lists.iter().collect()
    }

    #[test]
    fn a_proof_is_accepted_and_a_gap_is_not() {
        let all = clauses(&[&[1, 2], &[1, -2], &[-1, 2], &[-1, -2]]);
        assert!(refutes(&all, &clauses(&[&[1]])));
        // Nothing follows by propagation alone before the first step.
        assert!(!refutes(&all, &clauses(&[])));
        assert!(!refutes(&clauses(&[&[1, 2], &[1, -2], &[-1, 2]]), &clauses(&[&[1], &[]])));
    }

    #[test]
    fn a_step_that_does_not_follow_is_not_accepted() {
        assert!(!refutes(&clauses(&[&[1, 2, 3]]), &clauses(&[&[1], &[-1], &[]])));
    }
}
