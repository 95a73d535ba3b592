//! How long access lists take: who can, what can, everything that a partner's people can, what changes if a customer removes a partner's
//! privileges, and what changes if a toggle is turned; by size of world.
//!
//! `cargo bench --bench lists`. Before the figures it prints how many answers each list has, since that is what a list costs.

mod worlds;

use delegraph::eval::{Budget, Decider};
use delegraph::plan::Context;
use delegraph::query::access::{Selection, Subjects, Taken, access_list};
use delegraph::query::blast_radius;
use delegraph::query::diff::{Changes, Difference, ReadChange, Sides, WhatIf};
use delegraph::query::lists::EntityPattern;
use delegraph::world::{EntityId, ResolvedRequest, Statement};
use divan::{Bencher, black_box};
use worlds::Ready;

fn main() {
    for facts in SIZES {
        let ready = worlds::of(facts);
        let decider = ready.decider();
        let count = |selection: &Selection| access_list(&decider, selection).count();
        let users: Vec<usize> = some_users(ready).into_iter().map(|user| count(&what_can(&decider, user))).collect();
        let without: Vec<usize> = some_privileges(ready).iter().map(|dap| changed_without(ready, dap)).collect();
        println!(
            "{facts} facts: who can the widest action {}, what can {} to {}, without a DAP {} to {} answers",
            count(&widest(ready, &decider)),
            users.iter().min().expect("some"),
            users.iter().max().expect("some"),
            without.iter().min().expect("some"),
            without.iter().max().expect("some"),
        );
    }
    for (facts, name) in PARTNERS {
        let ready = worlds::of(facts);
        let decider = ready.decider();
        let radius = blast_radius(&decider, &partner(ready, &decider, name), |_, _| Taken::Listed);
        let customers = ready.compiled.policy.kind_called("customer").expect("a kind");
        println!(
            "{facts} facts: partner {name} {} answers, by {} people at {} customers",
            radius.allowed + radius.unknown,
            radius.subjects.len(),
            radius.by_place.keys().filter(|&&place| ready.world.kind(place) == customers).count(),
        );
    }
    println!("{SMALL} facts: of a toggle {}", changed_with(worlds::of(SMALL), TOGGLE));
    divan::main();
}

/// The world in which all of a toggle is counted: in larger ones these are tens of millions of rows.
const SMALL: u64 = 100_000;

/// Partners with hundreds of customers, and the size of their world.
const PARTNERS: [(u64, &str); 2] = [(SMALL, "p0"), (840_000, "p2")];

const SIZES: [u64; 3] = [SMALL, 840_000, 2_000_000];

/// Users who are asked about, with and without answers.
fn some_users(ready: &Ready) -> Vec<EntityId> {
    let mut users: Vec<EntityId> = ready.asked.iter().map(|(asked, _)| asked.subject).collect();
    users.sort_unstable();
    users.dedup();
    let step = (users.len() / 32).max(1);
    users.into_iter().step_by(step).collect()
}

fn what_can(decider: &Decider<'_>, user: EntityId) -> Selection {
    let actions: Vec<_> = decider.compiled.policy.actions.ids().collect();
    let budget = Budget::default();
    let resources = decider.within(&budget).all_resources(&actions);
    Selection { subjects: Subjects::These(vec![(user, delegraph::eval::Truth::True)]), actions, resources, with_barred: false }
}

/// Who can do the action of the request to its resource.
fn who_can(decider: &Decider<'_>, asked: ResolvedRequest) -> Selection {
    let budget = Budget::default();
    Selection {
        subjects: decider.within(&budget).all_subjects(),
        actions: vec![asked.action],
        resources: delegraph::query::access::Resources::These(vec![asked.resource]),
        with_barred: false,
    }
}

/// Who can do what most can, of what is asked about.
fn widest(ready: &Ready, decider: &Decider<'_>) -> Selection {
    let some = ready.asked.iter().step_by(97).map(|(asked, _)| who_can(decider, *asked));
    some.max_by_key(|selection| access_list(decider, selection).count()).expect("some are asked about")
}

/// Everything that the people of a partner can do.
fn partner(ready: &Ready, decider: &Decider<'_>, name: &str) -> Selection {
    let policy = &ready.compiled.policy;
    let entity = ready.world.named(policy, "partner", name).expect("the generator makes it");
    let budget = Budget::default();
    let query = decider.within(&budget);
    let subjects = query.subjects(EntityPattern::One(entity)).expect("users have a partner as home");
    let actions: Vec<_> = policy.actions.ids().collect();
    let resources = query.all_resources(&actions);
    Selection { subjects, actions, resources, with_barred: false }
}

/// Delegated admin privileges that hold, as texts.
fn some_privileges(ready: &Ready) -> Vec<String> {
    let (world, policy, at) = (&ready.world, &ready.compiled.policy, worlds::date());
    let dap = policy.relation_named("dap").expect("a relation");
    let holding = world.facts().filter(|(_, fact)| fact.during.contains(at)).map(|(_, fact)| fact.statement);
    let holding: Vec<_> = holding.filter(|statement| matches!(statement, Statement::Relation(relation, _) if *relation == dap)).collect();
    let step = (holding.len() / 16).max(1);
    holding.iter().step_by(step).map(|statement| world.statement_text(policy, statement)).collect()
}

/// How many answers change if it is removed.
fn changed_without(ready: &Ready, privilege: &str) -> usize {
    let mut what_if = WhatIf::new(&ready.world, &Context::at(&ready.compiled.policy, worlds::date()));
    what_if.make(&ready.compiled, ReadChange::Remove(privilege)).expect("it holds");
    let (old, new) = (what_if.old.decider(&ready.compiled), what_if.new.decider(&ready.compiled));
    let sides = Sides::of_one_world(&old, &new);
    Difference::new(sides, &Changes::between(sides), false).rows().count()
}

/// A toggle on which it hangs whether partners may remove devices.
const TOGGLE: &str = "autopilot-removal-needs-dap";

/// How many answers change if the toggle is turned on.
fn changed_with(ready: &Ready, toggle: &str) -> usize {
    let mut what_if = WhatIf::new(&ready.world, &Context::at(&ready.compiled.policy, worlds::date()));
    what_if.make(&ready.compiled, ReadChange::Turn(toggle, true)).expect("it is off");
    let (old, new) = (what_if.old.decider(&ready.compiled), what_if.new.decider(&ready.compiled));
    let sides = Sides::of_one_world(&old, &new);
    Difference::new(sides, &Changes::between(sides), false).rows().count()
}

#[divan::bench(args = [SMALL], sample_count = 3)]
fn what_if_a_toggle_is_turned(bencher: Bencher, facts: u64) {
    let ready = worlds::of(facts);
    bencher.bench_local(|| changed_with(ready, black_box(TOGGLE)));
}

#[divan::bench(args = SIZES)]
fn what_if_without_a_dap(bencher: Bencher, facts: u64) {
    let ready = worlds::of(facts);
    let privileges = some_privileges(ready);
    let at = std::cell::Cell::new(0);
    bencher.bench_local(|| {
        at.set((at.get() + 1) % privileges.len());
        changed_without(ready, black_box(&privileges[at.get()]))
    });
}

#[divan::bench(args = SIZES)]
fn who_can_widest(bencher: Bencher, facts: u64) {
    let ready = worlds::of(facts);
    let decider = ready.decider();
    let selection = widest(ready, &decider);
    bencher.bench_local(|| access_list(&decider, black_box(&selection)).count());
}

#[divan::bench(args = SIZES)]
fn what_can_of_users(bencher: Bencher, facts: u64) {
    let ready = worlds::of(facts);
    let decider = ready.decider();
    let selections: Vec<Selection> = some_users(ready).into_iter().map(|user| what_can(&decider, user)).collect();
    let at = std::cell::Cell::new(0);
    bencher.bench_local(|| {
        at.set((at.get() + 1) % selections.len());
        access_list(&decider, black_box(&selections[at.get()])).count()
    });
}

#[divan::bench(args = PARTNERS.map(|(facts, _)| facts), sample_count = 3)]
fn blast_radius_of_a_partner(bencher: Bencher, facts: u64) {
    let ready = worlds::of(facts);
    let decider = ready.decider();
    let name = PARTNERS.iter().find(|(size, _)| *size == facts).expect("it is one of them").1;
    let selection = partner(ready, &decider, name);
    bencher.bench_local(|| blast_radius(&decider, black_box(&selection), |_, _| Taken::Listed).allowed);
}
