//! Cycles of containment over time, compared with a plain search.

use super::{HARBOUR, open, policy};
use crate::diag::Code;
use proptest::prelude::*;
use std::fmt::Write;

const DAYS: usize = 8;

/// For each quay, the quay in which it is on each day.
fn histories() -> impl Strategy<Value = Vec<Vec<Option<usize>>>> {
    let quays = 2..6_usize;
    quays.prop_flat_map(|count| {
        let outer = prop_oneof![2 => Just(None), 3 => (0..count).prop_map(Some)];
        prop::collection::vec(prop::collection::vec(outer, DAYS), count)
    })
}

fn has_cycle(histories: &[Vec<Option<usize>>], day: usize) -> bool {
    (0..histories.len()).any(|start| {
        let mut here = start;
        for _ in histories {
            match histories[here][day] {
                Some(outer) => here = outer,
                None => return false,
            }
        }
        true
    })
}

fn world(histories: &[Vec<Option<usize>>]) -> String {
    let mut text = String::new();
    for (quay, history) in histories.iter().enumerate() {
        let _ = writeln!(text, "{{\"entity\":\"quay:q{quay}\"}}");
        let mut day = 0;
        while day < DAYS {
            let until = (day..DAYS).find(|&later| history[later] != history[day]).unwrap_or(DAYS);
            if let Some(outer) = history[day] {
                let during = format!("\"since\":\"2020-01-0{}\",\"until\":\"2020-01-0{}\"", day + 1, until + 1);
                let _ = writeln!(text, "{{\"fact\":\"quay:\\\"q{quay}\\\".quay == quay:q{outer}\",{during}}}");
            }
            day = until;
        }
    }
    text
}

#[test]
fn cycles_are_found_exactly_where_a_plain_search_finds_them() {
    let policy = policy(&[("harbour.toml", HARBOUR)]);
    proptest!(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) }, |(histories in histories())| {
        let diagnostics = open(&policy, &[&world(&histories)]).2;
        let found = diagnostics.iter().any(|one| one.code == Code::ContainmentCycle);
        prop_assert_eq!(found, (0..DAYS).any(|day| has_cycle(&histories, day)), "{}", world(&histories));
        prop_assert!(diagnostics.iter().all(|one| matches!(one.code, Code::ContainmentCycle | Code::MissingContainer)));
    });
}
