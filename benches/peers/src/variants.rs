//! The variants that are measured, and the proof that they all give the same answers.

use crate::cedar::{self, Cedar};
use crate::landscape::ASKED_AT;
use crate::load::{Field, Loaded};
use crate::ours::{self, Ours};
use crate::rego::{self, Rego};
use crate::timing::{self, Clock, Spread, Variant};
use delegraph::plan::CompiledPolicy;
use std::time::Duration;

/// What is measured on what.
pub struct Setting<'a> {
    /// The world.
    pub field: &'a Field,
    /// The world of ten thousand facts.
    pub small: &'a Field,
    /// The world as each engine has it.
    pub loaded: Loaded,
    /// What each engine keeps for it, in bytes.
    pub weights: Vec<u64>,
    /// The pack with ten further rules.
    pub few_rules: &'a CompiledPolicy,
    /// The pack with ten thousand.
    pub many_rules: &'a CompiledPolicy,
    /// How often each variant answers all requests.
    pub rounds: u64,
}

/// What came out.
pub struct Report {
    /// How many facts the world has.
    pub facts: u64,
    /// How many facts the small world has.
    pub small_facts: u64,
    /// How many requests were asked.
    pub requests: usize,
    /// How many of them are allowed.
    pub allowed: usize,
    /// What the clock takes, in nanoseconds.
    pub clock: Clock,
    /// One row for each variant, in the order of [`NAMES`].
    pub rows: Vec<Row>,
    /// delegraph by number, the requests that are allowed.
    pub allow: Spread,
    /// And those that are denied.
    pub deny: Spread,
    /// Of delegraph, cedar-policy and regorus.
    pub loads: [Duration; 3],
    /// Of the same.
    pub weights: Vec<u64>,
}

/// What came out for a variant.
pub struct Row {
    /// What it is called.
    pub name: &'static str,
    /// Decisions in a second.
    pub per_second: f64,
    /// Times of single decisions.
    pub spread: Spread,
}

pub const BY_NAME: usize = 0;
pub const BY_NUMBER: usize = 1;
pub const RECORDED: usize = 2;
pub const CEDAR: usize = 3;
/// The variants of the peers.
pub const PEERS: std::ops::Range<usize> = 3..7;
pub const SMALL: usize = 7;
pub const FEW_RULES: usize = 8;
pub const MANY_RULES: usize = 9;

const NAMES: [&str; 10] = [
    "delegraph, by name",
    "delegraph, by number",
    "delegraph, recorded",
    "cedar-policy, all policies",
    "cedar-policy, the action's policies",
    "regorus, one entry point",
    "regorus, an entry point per action",
    "delegraph, by number, 10 k facts",
    "delegraph, by number, 10 more rules",
    "delegraph, by number, 10,000 more rules",
];

/// Measures all; nothing where the engines disagree.
pub fn measure(setting: Setting<'_>) -> Option<Report> {
    let Setting { field, small, loaded, .. } = setting;
    let requests = &field.requests;
    let own = Ours::new(&loaded.pack, &loaded.world, ASKED_AT, requests);
    let small_world = ours::world(&loaded.pack, &small.world);
    let few_world = ours::world(setting.few_rules, &field.world);
    let many_world = ours::world(setting.many_rules, &field.world);
    let on_small = Ours::new(&loaded.pack, &small_world, ASKED_AT, &small.requests);
    let with_few = Ours::new(setting.few_rules, &few_world, ASKED_AT, requests);
    let with_many = Ours::new(setting.many_rules, &many_world, ASKED_AT, requests);
    let cedar = Cedar::new(loaded.entities);
    let types = cedar::Types::default();
    let of_cedar: Vec<cedar::Asked> = requests.iter().map(|request| cedar.ask(&types, request)).collect();
    let mut one = Rego::with_one_entry(loaded.data.clone());
    let mut per_action = Rego::with_an_entry_per_action(loaded.data);
    let of_rego: Vec<rego::Asked> = requests.iter().map(rego::ask).collect();

    let decide: [Box<dyn FnMut(usize) -> bool>; 10] = [
        Box::new(|request| own.decide_by_name(request)),
        Box::new(|request| own.decide(request)),
        Box::new(|request| own.record(request)),
        Box::new(|request| cedar.decide(&of_cedar[request])),
        Box::new(|request| cedar.decide_by_action(&of_cedar[request])),
        Box::new(|request| one.decide(&of_rego[request])),
        Box::new(|request| per_action.decide(&of_rego[request])),
        Box::new(|request| on_small.decide(request)),
        Box::new(|request| with_few.decide(request)),
        Box::new(|request| with_many.decide(request)),
    ];
    let mut variants: Vec<Variant<'_>> =
        NAMES.into_iter().zip(decide).map(|(name, decide)| Variant { name, requests: requests.len(), decide }).collect();

    let answers: Vec<bool> = (0..requests.len()).map(|request| own.decide(request)).collect();
    let mut agreed = true;
    for (place, variant) in variants.iter_mut().enumerate() {
        if place == SMALL {
            continue;
        }
        let differing: Vec<usize> = (0..requests.len()).filter(|&request| (variant.decide)(request) != answers[request]).collect();
        agreed &= differing.is_empty();
        for &request in differing.iter().take(5) {
            eprintln!("{} answers {}, and not {}: {:?}", variant.name, !answers[request], answers[request], requests[request]);
        }
        if !differing.is_empty() {
            eprintln!("{} differs in {} of {}", variant.name, differing.len(), requests.len());
        }
    }
    if !agreed {
        return None;
    }

    let clock = timing::calibrate(requests.len());
    let measured = timing::measure(&mut variants, setting.rounds);
    let row = |(name, measured): (&'static str, &timing::Measured)| Row {
        name,
        per_second: measured.per_second(),
        spread: measured.spread(clock, |_| true),
    };
    Some(Report {
        facts: field.facts,
        small_facts: small.facts,
        requests: requests.len(),
        allowed: answers.iter().filter(|allowed| **allowed).count(),
        clock,
        rows: NAMES.into_iter().zip(&measured).map(row).collect(),
        allow: measured[BY_NUMBER].spread(clock, |request| answers[request]),
        deny: measured[BY_NUMBER].spread(clock, |request| !answers[request]),
        loads: loaded.times,
        weights: setting.weights,
    })
}
