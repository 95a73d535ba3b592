//! Big worlds: loading takes linear time, except for sorts.

use super::{HARBOUR, open, policy, print};
use std::fmt::Write;

#[test]
fn a_long_chain_has_no_cycle_and_a_long_cycle_is_reported_once() {
    let policy = policy(&[("harbour.toml", HARBOUR)]);
    let mut lines = "{\"entity\":\"port:p\"}\n{\"entity\":\"quay:q0\",\"port\":\"port:p\"}\n".to_owned();
    for index in 1..20_000 {
        let _ = writeln!(lines, "{{\"entity\":\"quay:q{index}\",\"quay\":\"quay:q{}\"}}", index - 1);
    }
    assert_eq!(open(&policy, &[&lines]).2, []);
    let cycle = lines.replace("\"port\":\"port:p\"", "\"quay\":\"quay:q19999\"");
    let (world, _, diagnostics) = open(&policy, &[&cycle]);
    assert_eq!(print(&world, &diagnostics).lines().count(), 1);
    assert!(diagnostics[0].headline.contains("→ … → `") || diagnostics[0].headline.contains("→ … →"), "{}", diagnostics[0].headline);
}

#[test]
fn a_relation_of_many_with_many_joins_facts_stated_twice() {
    let policy = policy(&[("harbour.toml", HARBOUR)]);
    let mut lines = "{\"entity\":\"port:p\"}\n".to_owned();
    for index in 0..200 {
        let _ = writeln!(lines, "{{\"entity\":\"ship:s{index}\"}}\n{{\"entity\":\"quay:q{index}\",\"port\":\"port:p\"}}");
    }
    for (ship, quay) in (0..200).flat_map(|ship| (0..200).map(move |quay| (ship, quay))) {
        let _ = writeln!(lines, "{{\"fact\":\"berthed(ship:s{ship}, quay:q{quay})\"}}");
    }
    let (world, _, diagnostics) =
        open(&policy, &[&lines, &lines.lines().filter(|line| line.contains("fact")).collect::<Vec<_>>().join("\n")]);
    assert_eq!(diagnostics, []);
    assert_eq!(world.facts().filter(|&(id, _)| world.spans(id).count() == 2).count(), 40_000);
    let (id, fact) = world.facts().nth(12_345).expect("there are more");
    assert_eq!(world.find_holding(fact.statement, crate::time::Instant::MIN), Some(id));
}
