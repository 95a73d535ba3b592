//! How long how-to takes, against its bars: what would allow requests that are denied, in a world of 100,000 facts and in a packed one of a
//! million.
//!
//! ```text
//! cargo bench --bench how_to
//! cargo bench --bench how_to -- 100
//! ```
//!
//! It asks about some requests that are denied, or about as many as it is given, spread over all that the generator makes, and prints each bar:
//! the median and the 99th percentile of the time that an answer took by the clock, and how much the median grows with the world. Beside them
//! it prints of how many ways the other access was counted whole, how many searches reached a limit, and how many answers have no way.

mod worlds;

use delegraph::eval::Budget;
use delegraph::query::how_to::{how_to, with_new_entities};
use delegraph::world::ResolvedRequest;
use std::hint::black_box;
use std::time::{Duration, Instant};
use worlds::Ready;

const FACTS: u64 = 100_000;
const MANY_FACTS: u64 = 1_000_000;

/// How many requests are asked about if it is not said.
const REQUESTS: usize = 400;

/// What the answers about one world took, sorted, and what they were.
struct Measured {
    took: Vec<Duration>,
    ways: usize,
    counted: usize,
    limited: usize,
    no_way: usize,
}

fn main() {
    let given = std::env::args().skip(1).find(|argument| argument != "--bench");
    let requests = given.map_or(REQUESTS, |given| given.parse().expect("a number of requests"));
    println!("{:<58} {:>15} {:>11}", "", "measured", "bar");
    let some = measured(worlds::of(FACTS), requests);
    let median = some.percentile(50);
    line(&format!("median, {FACTS} facts"), median, Some(5.0));
    line(&format!("99th percentile, {FACTS} facts"), some.percentile(99), Some(100.0));
    some.summary();
    let many = measured(&worlds::packed(MANY_FACTS), requests);
    line(&format!("median, {MANY_FACTS} facts, packed"), many.percentile(50), Some(2.0 * median));
    line(&format!("99th percentile, {MANY_FACTS} facts, packed"), many.percentile(99), None);
    many.summary();
}

/// One line of the table, in milliseconds.
fn line(what: &str, milliseconds: f64, bar: Option<f64>) {
    let verdict = bar.map_or(String::new(), |bar| format!("{bar:>8.1} ms  {}", if milliseconds <= bar { "met" } else { "MISSED" }));
    println!("{what:<58} {milliseconds:>12.3} ms {verdict}");
}

impl Measured {
    fn percentile(&self, of_a_hundred: usize) -> f64 {
        self.took[(self.took.len() - 1) * of_a_hundred / 100].as_secs_f64() * 1000.0
    }

    fn summary(&self) {
        let Measured { took, ways, counted, limited, no_way } = self;
        println!(
            "  {} answers, {no_way} without a way, {limited} that reached a limit; {counted} of {ways} ways counted whole",
            took.len()
        );
    }
}

/// Asks what would allow some requests that are denied.
#[expect(clippy::disallowed_methods, reason = "it measures time")]
fn measured(ready: &Ready, requests: usize) -> Measured {
    let world = with_new_entities(&ready.compiled.policy, &ready.world);
    let decider = delegraph::eval::Decider::new(&ready.compiled, &world, ready.decider().context.clone());
    let denied = ready.those(|_, allowed| !allowed);
    let asked: Vec<ResolvedRequest> = denied.iter().copied().step_by((denied.len() / requests).max(1)).take(requests).collect();
    let mut measured = Measured { took: Vec::new(), ways: 0, counted: 0, limited: 0, no_way: 0 };
    // The first answer also pays for what is made ready once.
    asked.first().into_iter().chain(&asked).enumerate().for_each(|(index, request)| {
        let begun = Instant::now();
        let answer = black_box(how_to(&decider.within(&Budget::default()), request, true, None));
        if index > 0 {
            measured.took.push(begun.elapsed());
            measured.ways += answer.ways.len();
            measured.counted += answer.ways.iter().filter(|way| !way.also.at_least).count();
            measured.limited += usize::from(answer.limited);
            measured.no_way += usize::from(answer.ways.is_empty());
        }
    });
    measured.took.sort_unstable();
    measured
}
