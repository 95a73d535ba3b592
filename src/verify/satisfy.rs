//! Questions about a world put to the solver, within limits that are counted.

use super::sat::{Batsat, Cnf, Lit, Satisfiable};
use super::symbolic::World;
use crate::policy::{Id, Policy};

/// The fuel of one circuit, in nodes.
pub(super) const NODES: usize = 3_000_000;

/// The conflicts that the solver may meet in one question.
const CONFLICTS: usize = 200_000;

/// The number of entities of all kinds beyond which a bound is of no use.
pub(super) const MOST_ENTITIES: usize = 150;

/// Whether some world satisfies the literal.
pub(super) fn satisfying(world: &World<'_>, lit: Lit) -> (Cnf<Batsat>, Satisfiable) {
    let mut cnf = Cnf::new(Batsat::new(CONFLICTS));
    world.axioms.iter().for_each(|axiom| cnf.assert(&world.circuit, *axiom));
    cnf.assert(&world.circuit, lit);
    let found = cnf.solve(&[]);
    (cnf, found)
}

/// The index of each kind with its count.
pub(super) fn by_kind(policy: &Policy, counts: &[usize]) -> Vec<(String, usize)> {
    let named = policy.kinds.iter().map(|(id, kind)| (kind.meta.name.clone(), counts[id.index()]));
    named.filter(|(_, count)| *count > 0).collect()
}
