//! Single decisions timed one by one, the engines taking turns.
//!
//! In each round every variant answers all requests twice, as they come, each pass from another one on: once with a clock around each
//! decision, for how such times spread; once with a clock around all, for how many there are in a second. The requests are drawn at random,
//! so that each asks about another part of the world than the one before. What the clock itself takes is measured by the same loop around
//! an empty decision, and taken off.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// A way to answer requests, by their numbers.
pub struct Variant<'a> {
    /// What it is called.
    pub name: &'static str,
    /// How many requests it answers.
    pub requests: usize,
    /// Whether the request is allowed.
    pub decide: Box<dyn FnMut(usize) -> bool + 'a>,
}

/// What came out for one variant.
#[derive(Debug)]
pub struct Measured {
    /// Nanoseconds by request, one after the other the rounds.
    times: Vec<Vec<u32>>,
    /// How long all requests took, by round.
    passes: Vec<Duration>,
}

/// Times in nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spread {
    /// Of all decisions in all rounds.
    pub median: f64,
    /// Of all decisions in all rounds, with whatever else the machine did.
    pub p99: f64,
    /// Each request by the median of its own rounds: what the request takes, without what befell it once.
    pub p99_of_requests: f64,
}

/// Nanoseconds that the clock takes.
#[derive(Clone, Copy, Debug)]
pub struct Clock(u32);

/// Measures the clock and the loop.
pub fn calibrate(requests: usize) -> Clock {
    let mut nothing = Variant { name: "nothing", requests, decide: Box::new(|request| request.is_multiple_of(2)) };
    let order = from_some(requests, 1);
    let mut times = vec![Vec::new(); requests];
    for _ in 0..5 {
        clocked(&mut nothing, &order, &mut times);
    }
    let mut all: Vec<u32> = times.concat();
    Clock(nth(&mut all, 0.5))
}

impl Clock {
    /// In nanoseconds.
    pub fn takes(self) -> u32 {
        self.0
    }
}

/// Lets the variants take turns.
pub fn measure(variants: &mut [Variant<'_>], rounds: u64) -> Vec<Measured> {
    let empty = |variant: &Variant<'_>| Measured { times: vec![Vec::new(); variant.requests], passes: Vec::new() };
    let mut measured: Vec<Measured> = variants.iter().map(empty).collect();
    for round in 0..rounds {
        for (variant, measured) in variants.iter_mut().zip(&mut measured) {
            let order = from_some(variant.requests, 2 * round + 2);
            clocked(variant, &order, &mut measured.times);
            let order = from_some(variant.requests, 2 * round + 3);
            let start = Instant::now();
            for &request in &order {
                black_box((variant.decide)(black_box(request)));
            }
            measured.passes.push(start.elapsed());
        }
    }
    measured
}

fn clocked(variant: &mut Variant<'_>, order: &[usize], times: &mut [Vec<u32>]) {
    // Noted one after the other: to note each with its request would touch memory all over between two decisions.
    let mut taken = Vec::with_capacity(order.len());
    for &request in order {
        let start = Instant::now();
        black_box((variant.decide)(black_box(request)));
        taken.push(start.elapsed());
    }
    for (&request, taken) in order.iter().zip(taken) {
        times[request].push(u32::try_from(taken.as_nanos()).unwrap_or(u32::MAX));
    }
}

/// The numbers up to this in their order, from one of chance on that is the same in every run.
fn from_some(count: usize, seed: u64) -> Vec<usize> {
    let mixed = (seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize;
    let first = mixed % count.max(1);
    (first..count).chain(0..first).collect()
}

impl Measured {
    /// How the times spread, of the requests chosen.
    pub fn spread(&self, clock: Clock, chosen: impl Fn(usize) -> bool) -> Spread {
        let times = || self.times.iter().enumerate().filter(|&(request, _)| chosen(request)).map(|(_, times)| times);
        let mut all: Vec<u32> = times().flatten().copied().collect();
        let mut own: Vec<u32> = times().map(|times| nth(&mut times.clone(), 0.5)).collect();
        if all.is_empty() {
            return Spread::default();
        }
        let net = |time: u32| f64::from(time.saturating_sub(clock.0).max(1));
        Spread { median: net(nth(&mut all, 0.5)), p99: net(nth(&mut all, 0.99)), p99_of_requests: net(nth(&mut own, 0.99)) }
    }

    /// Decisions in a second, by the median of the rounds.
    pub fn per_second(&self) -> f64 {
        let mut passes = self.passes.clone();
        passes.sort();
        self.times.len() as f64 / passes[passes.len() / 2].as_secs_f64()
    }
}

/// The value below which lies such a part of them.
fn nth(values: &mut [u32], part: f64) -> u32 {
    let place = ((values.len() - 1) as f64 * part).round() as usize;
    *values.select_nth_unstable(place).1
}
