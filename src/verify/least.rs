//! A least world: first no entity and no fact that can go, then the least weight of all.

use super::sat::{ClauseLit, Cnf, Lit, Satisfiable, Solver};
use super::symbolic::{EntityName, Fact, World};

/// What something in a world weighs for its reader.
fn weight(fact: Fact) -> usize {
    match fact {
        Fact::PastRelation(..) | Fact::PastHolds(..) | Fact::NotValue(..) | Fact::NoValue(..) => 2,
        _ => 1,
    }
}

/// What an entity weighs.
const ENTITY: usize = 3;

/// The greatest product of things and weight for which the least weight is looked for.
const MOST: usize = 60_000;

/// Makes the last assignment of the solver one of a least world, with as few of the `further` literals as can be. What is asserted stays true.
pub(super) fn minimize<S: Solver>(cnf: &mut Cnf<S>, world: &World<'_>, further: &[Lit]) {
    let entities = world.entities.iter().zip(&world.alive).filter(|(entity, _)| !matches!(entity.name, EntityName::Role(_)));
    let alive = entities.map(|(_, lit)| (*lit, ENTITY));
    let facts = world.facts().iter().map(|(fact, lit)| (*lit, weight(*fact)));
    let further = further.iter().map(|lit| (*lit, 1));
    let all: Vec<(Lit, usize)> = alive.chain(facts).chain(further).filter(|(lit, _)| cnf.has(*lit)).collect();
    let all: Vec<(Lit, ClauseLit, usize)> = all.into_iter().map(|(lit, weight)| (lit, cnf.lit(&world.circuit, lit), weight)).collect();
    // What is absent stays so; what is there goes, if it can.
    let mut absent: Vec<ClauseLit> = all.iter().filter(|(lit, ..)| !cnf.value(*lit)).map(|(_, var, _)| -var).collect();
    for &(lit, var, _) in &all {
        if absent.contains(&-var) || !cnf.value(lit) {
            continue;
        }
        absent.push(-var);
        if cnf.solve(&absent) == Satisfiable::Yes {
            let gone = all.iter().filter(|(lit, ..)| !cnf.value(*lit)).map(|(_, var, _)| -var);
            absent = gone.collect();
        } else {
            absent.pop();
        }
    }
    if cnf.solve(&absent) != Satisfiable::Yes {
        return;
    }
    let mut least: usize = all.iter().filter(|(lit, ..)| cnf.value(*lit)).map(|(.., weight)| weight).sum();
    if all.len() * least > MOST {
        return;
    }
    let weighed: Vec<(ClauseLit, usize)> = all.iter().map(|&(_, var, weight)| (var, weight)).collect();
    let sums = sums(cnf, &weighed, least);
    let mut best = absent;
    while least > 0 && cnf.solve(&[-sums[least - 1]]) == Satisfiable::Yes {
        let values: Vec<ClauseLit> = all.iter().map(|&(lit, var, _)| if cnf.value(lit) { var } else { -var }).collect();
        least = all.iter().filter(|(lit, ..)| cnf.value(*lit)).map(|(.., weight)| weight).sum();
        best = values;
    }
    cnf.solve(&best);
}

/// Variables of which the one at `n` is true wherever more than `n` weight is there: a sequential counter.
fn sums<S: Solver>(cnf: &mut Cnf<S>, weighed: &[(ClauseLit, usize)], most: usize) -> Vec<ClauseLit> {
    let mut before: Vec<ClauseLit> = Vec::new();
    for &(var, weight) in weighed {
        let now: Vec<ClauseLit> = (0..most).map(|_| cnf.fresh()).collect();
        for (at, &sum) in now.iter().enumerate() {
            if let Some(&known) = before.get(at) {
                cnf.add(&[-known, sum]);
            }
            if at < weight {
                cnf.add(&[-var, sum]);
            } else if let Some(&known) = before.get(at - weight) {
                cnf.add(&[-var, -known, sum]);
            }
        }
        before = now;
    }
    before
}
