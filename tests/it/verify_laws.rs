//! Laws of the symbolic evaluator of `verify`: on worlds that the solver draws it says what `eval` says.

use crate::generator::Case;
use crate::harness::{self, compiled, law};
use delegraph::eval::Decider;
use delegraph::plan::Context;
use delegraph::policy::{ActionId, KindSet};
use delegraph::verify::Model;
use delegraph::verify::bound::{Bound, Goal, Sign, Walker};
use delegraph::verify::sat::{Batsat, Circuit, Cnf, Lit, Satisfiable};
use delegraph::verify::symbolic::{Access, Class, Entity, EntityIndex, EntityName, Evaluator, Party, Setting, Universe, World};
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
    let universe = Universe {
        counts: vec![most; policy.kinds.len()],
        request: None,
        same: false,
        roles: policy.roles.ids().collect(),
        class: Class { told: tape.chance(50) },
    };
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

/// What is looked for in a world: the signs of permits and denies of one or two actions.
#[derive(Clone, Copy, Debug)]
enum Wanted {
    Allowed,
    DeniedForCertain,
    Unknown,
    AllowedBeside(ActionId),
}

/// If there is a world at all in which a request has an outcome, there is one of the size of its bound: no greater one, and none with up to three
/// entities of each kind, has the outcome where that one has not.
#[test]
fn no_larger_world_satisfies_what_none_of_the_bound_does() {
    let seen: RefCell<BTreeMap<&str, usize>> = RefCell::default();
    law(40, 1, |case| bounds_are_enough(case, &seen));
    let seen = seen.into_inner();
    println!("{seen:?}");
    assert!(seen.get("none at the bound").is_some_and(|count| *count > 10), "too few: {seen:?}");
}

fn bounds_are_enough(mut case: Case, seen: &RefCell<BTreeMap<&'static str, usize>>) -> TestCaseResult {
    let Ok(compiled) = compiled(&case.pack.files()) else { return Ok(()) };
    let policy = &compiled.policy;
    let context = harness::context(&compiled, &crate::generator::Context { policy_at: case.contexts[0].at, ..case.contexts[0].clone() });
    let (setting, defaults) = (Setting::new(context.clone()), Setting::new(Context::at(policy, context.at)));
    let random = &mut Random(case.tape.below(1 << 16) as u64 * 2 + 1);
    let actions: Vec<ActionId> = policy.actions.ids().collect();
    let subjects: Vec<_> = policy.subjects().iter().collect();
    for _ in 0..6 {
        let action = actions[random.below(actions.len())];
        let other = actions[random.below(actions.len())];
        let on: Vec<_> = policy.actions[action].on.iter().collect();
        let request = (Party::Any(subjects[random.below(subjects.len())]), Party::Any(on[random.below(on.len())]));
        let wanted = [Wanted::Allowed, Wanted::DeniedForCertain, Wanted::Unknown, Wanted::AllowedBeside(other)][random.below(4)];
        let mut goals = goals(action, wanted);
        let invariants = policy.invariants.values().filter(|invariant| !invariant.warn);
        goals
            .extend(invariants.map(|invariant| Goal::Under(policy, &defaults, Box::new(Goal::Condition(&invariant.never, Sign::NotTrue)))));
        let roles: Vec<_> = policy.roles.ids().collect();
        let walker = Walker::new(policy, &setting, Class::default(), Some(request), false, &roles);
        let Bound::Complete(counts) = walker.bound(&goals) else {
            *seen.borrow_mut().entry("without a bound").or_default() += 1;
            continue;
        };
        if counts.iter().sum::<usize>() > 24 {
            *seen.borrow_mut().entry("too great").or_default() += 1;
            continue;
        }
        let found = |counts: &[usize]| satisfiable(&compiled, (&setting, &defaults), request, action, wanted, counts);
        match found(&counts) {
            Some(true) => *seen.borrow_mut().entry("found at the bound").or_default() += 1,
            None => *seen.borrow_mut().entry("left out").or_default() += 1,
            Some(false) => {
                *seen.borrow_mut().entry("none at the bound").or_default() += 1;
                let mut larger: Vec<Vec<usize>> = (1..=3).map(|most| vec![most; counts.len()]).collect();
                larger.push(counts.iter().map(|count| count + 1).collect());
                for larger in larger {
                    prop_assert_ne!(found(&larger), Some(true), "{:?} of {:?} at {:?}, not at {:?}", wanted, action, larger, counts);
                }
            }
        }
    }
    Ok(())
}

fn not_allowed<'g>(action: ActionId) -> Goal<'g> {
    Goal::Any(vec![Goal::Permits(action, Sign::NotTrue), Goal::Denies(action, Sign::NotFalse)])
}

fn goals<'g>(action: ActionId, wanted: Wanted) -> Vec<Goal<'g>> {
    let allowed = [Goal::Permits(action, Sign::True), Goal::Denies(action, Sign::False)];
    match wanted {
        Wanted::Allowed => allowed.into(),
        Wanted::DeniedForCertain => vec![Goal::Any(vec![Goal::Denies(action, Sign::True), Goal::Permits(action, Sign::False)])],
        Wanted::Unknown => vec![Goal::Denies(action, Sign::NotTrue), Goal::Permits(action, Sign::NotFalse), not_allowed(action)],
        Wanted::AllowedBeside(other) => allowed.into_iter().chain([not_allowed(other)]).collect(),
    }
}

/// Whether some world of this size has the outcome; `None` if it takes too long.
fn satisfiable(
    compiled: &delegraph::plan::CompiledPolicy,
    (setting, defaults): (&Setting, &Setting),
    request: (Party, Party),
    action: ActionId,
    wanted: Wanted,
    counts: &[usize],
) -> Option<bool> {
    let universe = Universe {
        counts: counts.to_vec(),
        request: Some(request),
        same: false,
        roles: compiled.policy.roles.ids().collect(),
        class: Class::default(),
    };
    let mut world = World::new(&compiled.policy, &universe, &[]);
    let mut invariants = Evaluator::new(&mut world, defaults, FUEL);
    invariants.keep_invariants();
    let mut evaluator = Evaluator::new(&mut world, setting, FUEL);
    let access = evaluator.access(action);
    let (allowed, denied) = (evaluator.allowed(access), evaluator.denied(access));
    let lit = match wanted {
        Wanted::Allowed => allowed,
        Wanted::DeniedForCertain => denied,
        Wanted::Unknown => evaluator.world.circuit.and(!allowed, !denied),
        Wanted::AllowedBeside(other) => {
            let other = evaluator.access(other);
            let other = evaluator.allowed(other);
            evaluator.world.circuit.and(allowed, !other)
        }
    };
    if evaluator.is_exhausted() {
        return None;
    }
    let mut cnf = Cnf::new(Batsat::new(100_000));
    world.axioms.iter().for_each(|axiom| cnf.assert(&world.circuit, *axiom));
    cnf.assert(&world.circuit, lit);
    match cnf.solve(&[]) {
        Satisfiable::Yes => Some(true),
        Satisfiable::No => {
            assert!(cnf.into_proof().is_right(), "the checker accepts every proof");
            Some(false)
        }
        Satisfiable::GaveUp => None,
    }
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
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, end: usize) -> usize {
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
