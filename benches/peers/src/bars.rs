//! What delegraph is held to, each beside what was measured.

use crate::table::time;
use crate::variants::{BY_NAME, BY_NUMBER, CEDAR, FEW_RULES, MANY_RULES, PEERS, RECORDED, Report, SMALL};

/// Prints them, one a line.
pub fn print(report: &Report) {
    let median = |row: usize| report.rows[row].spread.median;
    let [by_name, by_number] = [BY_NAME, BY_NUMBER].map(median);
    let best = PEERS.map(median).fold(f64::INFINITY, f64::min);
    let p99 = report.rows[BY_NUMBER].spread.p99;
    let load = report.loads[0].as_secs_f64() / report.loads[1].as_secs_f64();
    println!("| bar | at | measured | |");
    println!("| :- | :- | -: | :- |");
    let at_least = |name: &str, bar: f64, measured: f64| line(name, &format!("at least {bar}"), measured, measured >= bar);
    let at_most = |name: &str, bar: f64, measured: f64| line(name, &format!("at most {bar}"), measured, measured <= bar);
    at_least("by number: times faster than cedar-policy with all policies", 40.0, median(CEDAR) / by_number);
    at_least("by number: times faster than the best variant of either peer", 20.0, best / by_number);
    at_least("by name: times faster than the best variant of either peer", 10.0, best / by_name);
    at_most(&format!("by number: p99 ({}) to the median ({})", time(p99), time(by_number)), 5.0, p99 / by_number);
    at_most("by number: deny to allow", 2.0, report.deny.median / report.allow.median);
    let flat = format!("by number: the median at {} facts to that at {}", report.facts, report.small_facts);
    at_most(&flat, 6.0, by_number / median(SMALL));
    at_most("by number: with 10,000 rules on other actions to with 10", 1.2, median(MANY_RULES) / median(FEW_RULES));
    at_most("recorded to decided", 5.0, median(RECORDED) / by_number);
    at_most("loading, parsing included, to cedar-policy's building of entities", 0.25, load);
    at_most("bytes a fact, with all names", 120.0, report.weights[0] as f64 / report.facts as f64);
}

fn line(name: &str, bar: &str, measured: f64, met: bool) {
    let met = if met { "met" } else { "not met" };
    println!("| {name} | {bar} | {measured:.2} | {met} |");
}
