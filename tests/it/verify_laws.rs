//! Laws of the symbolic evaluator of `verify`: on worlds that the solver draws it says what `eval` says.

use crate::generator::Case;
use crate::harness::{self, compiled, law};
use delegraph::eval::Decider;
use delegraph::plan::Context;
use delegraph::policy::{ActionId, KindSet};
use delegraph::verify::Model;
use delegraph::verify::sat::{Batsat, Circuit, Cnf, Lit, Satisfiable};
use delegraph::verify::symbolic::{Access, Class, Entity, EntityIndex, EntityName, Evaluator, Setting, Universe, World};
use delegraph::world::Request;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Nodes of a circuit beyond which a case is left out.
const FUEL: usize = 3_000_000;

/// A request that was encoded.
struct Encoded {
    subject: EntityIndex,
    action: ActionId,
    resource: EntityIndex,
    access: Access,
}

/// The symbolic evaluator and the ordinary one give the same outcome to every request, in worlds that the solver draws.
///
/// Seen to fail when each of these was changed in the encoder: `is_true` and `may_be` of a `not` were not swapped; a role was not looked for
/// in containers; a group of a group did not count; the other attribute of `exactly-one` was left unknown; a value that is denied could be
/// the unknown one; a set that is given was open; the nearest container was any container; the variables of a conclusion were not checked
/// for their kinds; `was` did not ask whether it holds now; who is in no group could be in an unknown one.
#[test]
fn symbolic_outcomes_agree_with_decisions() {
    let seen: RefCell<BTreeMap<&str, usize>> = RefCell::default();
    law(16, 1, |case| outcomes_agree(case, &seen));
    let seen = seen.into_inner();
    println!("{seen:?}");
    for outcome in ["allowed", "barred", "not-granted", "unknown"] {
        assert!(seen.get(outcome).is_some_and(|count| *count > 100), "too few {outcome}: {seen:?}");
    }
}

fn outcomes_agree(mut case: Case, seen: &RefCell<BTreeMap<&'static str, usize>>) -> TestCaseResult {
    let Ok(compiled) = compiled(&case.pack.files()) else { return Ok(()) };
    let policy = &compiled.policy;
    let context = crate::generator::Context { policy_at: case.contexts[0].at, ..case.contexts[0].clone() };
    let context = harness::context(&compiled, &context);
    let tape = &mut case.tape;
    let random = &mut Random(tape.below(1 << 16) as u64 * 2 + 1);
    let most = if tape.chance(30) { 3 } else { 2 };
    let universe = Universe { counts: vec![most; policy.kinds.len()], request: None, same: false, class: Class { told: tape.chance(50) } };
    let mut symbolic = World::new(policy, &universe, &[]);
    for at in policy.dates().chain([context.at]) {
        let setting = Setting::new(Context::at(policy, at));
        Evaluator::new(&mut symbolic, &setting, FUEL).keep_invariants();
    }
    let setting = Setting::new(context.clone());
    let mut evaluator = Evaluator::new(&mut symbolic, &setting, FUEL);
    let asked = encoded(&mut evaluator);
    if evaluator.is_exhausted() {
        *seen.borrow_mut().entry("left out").or_default() += 1;
        return Ok(());
    }
    for _ in 0..2 {
        let Some(values) = drawn(&symbolic, random) else { continue };
        let model = Model::of(&symbolic, |lit| Circuit::read(&values, lit));
        let text = model.text(context.at);
        let files = [("world.toml".to_owned(), text.clone())];
        let world = match harness::world(&compiled, &files) {
            Ok(Some(world)) => world,
            Ok(None) => {
                // What was so before must have been a world too, which the drawing does not see to.
                prop_assert!(text.contains("until"), "refused:\n{}", text);
                *seen.borrow_mut().entry("refused").or_default() += 1;
                continue;
            }
            Err(mistake) => return Err(TestCaseError::fail(format!("{mistake}\n{text}"))),
        };
        let decider = Decider::new(&compiled, &world, context.clone());
        for encoded in asked.iter().filter(|encoded| model.alive[encoded.subject] && model.alive[encoded.resource]) {
            let name = |entity: EntityIndex| (policy.kinds[model.world.kind(entity)].meta.name.clone(), model.ids[entity].clone());
            let request = Request {
                subject: name(encoded.subject),
                action: policy.actions[encoded.action].meta.name.clone(),
                resource: name(encoded.resource),
            };
            let resolved = world.resolve(policy, &request, context.at).map_err(|error| TestCaseError::fail(error.message))?;
            let decided = decider.decide(&resolved).outcome.name();
            let found = outcome(encoded.access, &values);
            prop_assert_eq!(found, decided, "symbolic, then decided: {:?} {:?}\n{}", request, context, text);
            *seen.borrow_mut().entry(decided).or_default() += 1;
        }
    }
    Ok(())
}

fn outcome(access: Access, values: &[bool]) -> &'static str {
    let [permits, denies] = [access.permits, access.denies].map(|side| {
        let (is_true, may_be) = (Circuit::read(values, side.is_true), Circuit::read(values, side.may_be));
        assert!(may_be || !is_true, "what is true is not false");
        (is_true, may_be)
    });
    match (permits, denies) {
        (_, (true, _)) => "barred",
        ((_, false), _) => "not-granted",
        ((true, _), (_, false)) => "allowed",
        _ => "unknown",
    }
}

/// Every request that may be asked of some world of this size.
fn encoded(evaluator: &mut Evaluator<'_, '_>) -> Vec<Encoded> {
    let policy = evaluator.world.policy;
    let subjects = of_kinds(evaluator.world, &policy.subjects());
    let mut found = Vec::new();
    for (action, declared) in policy.actions.iter() {
        for resource in of_kinds(evaluator.world, &declared.on) {
            for &subject in &subjects {
                let access = evaluator.access_of(subject, action, resource);
                found.push(Encoded { subject, action, resource, access });
            }
        }
    }
    found
}

fn of_kinds(world: &World<'_>, kinds: &KindSet) -> Vec<EntityIndex> {
    let fits = |entity: &Entity| kinds.contains(entity.kind) && !matches!(entity.name, EntityName::Role(_));
    (0..world.entities.len()).filter(|index| fits(&world.entities[*index])).collect()
}

/// A short generator of numbers, since a tape has not enough of them for all facts of a world.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).expect("it is less than `end`")
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// The values of all nodes in some world: as many facts as a density says are drawn as stated, in a drawn order.
fn drawn(world: &World<'_>, random: &mut Random) -> Option<Vec<bool>> {
    let mut cnf = Cnf::new(Batsat::new(100_000));
    for &axiom in &world.axioms {
        cnf.assert(&world.circuit, axiom);
    }
    let density = [15, 30, 50][random.below(3)];
    let mut wanted: Vec<(Lit, bool)> = world.alive.iter().map(|lit| (*lit, random.chance(85))).collect();
    let mut facts: Vec<(Lit, bool)> = world.facts().iter().map(|(_, lit)| (*lit, random.chance(density))).collect();
    for at in (1..facts.len()).rev() {
        facts.swap(at, random.below(at + 1));
    }
    wanted.extend(facts);
    let wanted: Vec<_> = wanted.into_iter().map(|(lit, stated)| (lit, cnf.lit(&world.circuit, lit), stated)).collect();
    let mut assumed = Vec::new();
    if cnf.solve(&[]) != Satisfiable::Yes {
        return None;
    }
    let wishes: Vec<i32> = wanted.into_iter().map(|(_, var, stated)| if stated { var } else { -var }).collect();
    wishes.chunks(64).for_each(|chunk| assume(&mut cnf, &mut assumed, chunk));
    (cnf.solve(&assumed) == Satisfiable::Yes).then(|| world.circuit.simulate(|input| cnf.value(input)))
}

/// Assumes all of these that can be: all at once, or one half after the other.
fn assume(cnf: &mut Cnf<Batsat>, assumed: &mut Vec<i32>, wishes: &[i32]) {
    let before = assumed.len();
    assumed.extend(wishes);
    if cnf.solve(assumed) != Satisfiable::Yes {
        assumed.truncate(before);
        if wishes.len() > 1 {
            let (first, second) = wishes.split_at(wishes.len() / 2);
            assume(cnf, assumed, first);
            assume(cnf, assumed, second);
        }
    }
}
