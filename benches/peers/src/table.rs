//! What was measured, as a table to be read or pasted.

use crate::variants::{BY_NUMBER, Report};
use crate::weighing::ENGINES;

/// Prints it.
pub fn print(report: &Report) {
    let Report { facts, requests, allowed, .. } = report;
    println!(
        "{facts} facts, {requests} requests of which {allowed} allowed; every variant on this world gives the same answers to all of them."
    );
    println!("Times of single decisions, {} ns taken off for the clock; the last column is the ratio of medians.\n", report.clock.takes());
    println!("| variant | decisions a second | median | p99 | p99 of requests | times slower than delegraph by number |");
    println!("| :- | -: | -: | -: | -: | -: |");
    let ours = report.rows[BY_NUMBER].spread.median;
    for row in &report.rows {
        let spread = row.spread;
        let [median, p99, own] = [spread.median, spread.p99, spread.p99_of_requests].map(time);
        println!("| {} | {} | {median} | {p99} | {own} | {:.1} |", row.name, grouped(row.per_second), spread.median / ours);
    }
    println!("\nBy number, allowed: median {}; denied: median {}.\n", time(report.allow.median), time(report.deny.median));
    println!("| engine | loading | to delegraph | bytes a fact | to delegraph |");
    println!("| :- | -: | -: | -: | -: |");
    for (place, engine) in ENGINES.into_iter().enumerate() {
        let load = report.loads[place].as_secs_f64();
        let weight = report.weights[place] as f64;
        let (loads, weights) = (load / report.loads[0].as_secs_f64(), weight / report.weights[0] as f64);
        println!("| {engine} | {:.3} s | {loads:.2} | {:.0} | {weights:.2} |", load, weight / *facts as f64);
    }
    println!();
}

/// A time in nanoseconds, to be read.
pub fn time(nanoseconds: f64) -> String {
    if nanoseconds < 10_000.0 { format!("{nanoseconds:.0} ns") } else { format!("{:.1} µs", nanoseconds / 1000.0) }
}

fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
