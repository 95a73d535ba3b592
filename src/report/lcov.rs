//! What tests of a policy cover, as a tracefile of `lcov`.

use crate::suite::{Coverage, CoveredPoint, Measure, Way};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A record for each file of each pack. Rules and implications are functions; what a rule is besides, a branch, a pattern of a role, a cell
/// and each state of a toggle are branches; and each line that has one of these, a claim, an obligation, an advice or an event is a line. Editions have no place and are left out.
pub fn tracefile(coverage: &[Coverage]) -> String {
    let mut text = String::new();
    for pack in coverage {
        let mut files: BTreeMap<&str, Vec<(u32, &CoveredPoint)>> = BTreeMap::new();
        for point in &pack.points {
            if let Some(place) = &point.place {
                files.entry(&place.file).or_default().push((place.line, point));
            }
        }
        for (file, points) in files {
            record(&mut text, file, &points);
        }
    }
    text
}

fn record(text: &mut String, file: &str, points: &[(u32, &CoveredPoint)]) {
    _ = writeln!(text, "TN:\nSF:{}", one_line(file));
    let is_function = |point: &CoveredPoint| matches!(point.measure, Measure::Rules | Measure::Implications) && point.way == Way::True;
    let functions: Vec<_> = points.iter().filter(|(_, point)| is_function(point)).collect();
    for (line, point) in &functions {
        _ = writeln!(text, "FN:{line},{}", one_line(&point.name));
    }
    for (_, point) in &functions {
        _ = writeln!(text, "FNDA:{},{}", point.count, one_line(&point.name));
    }
    let hit = functions.iter().filter(|(_, point)| point.count > 0).count();
    _ = writeln!(text, "FNF:{}\nFNH:{hit}", functions.len());
    let is_branch =
        |point: &CoveredPoint| !matches!(point.measure, Measure::Implications | Measure::Claims | Measure::Notices | Measure::Events);
    let mut numbers: BTreeMap<u32, usize> = BTreeMap::new();
    let branches: Vec<_> = points.iter().filter(|(_, point)| is_branch(point)).collect();
    for (line, point) in &branches {
        let number = numbers.entry(*line).or_default();
        _ = writeln!(text, "BRDA:{line},0,{number},{}", point.count);
        *number += 1;
    }
    let taken = branches.iter().filter(|(_, point)| point.count > 0).count();
    _ = writeln!(text, "BRF:{}\nBRH:{taken}", branches.len());
    let mut lines: BTreeMap<u32, u64> = BTreeMap::new();
    for (line, point) in points {
        // A line is covered if anything on it is: that a rule failed to fire is a branch of its line.
        let count = lines.entry(*line).or_default();
        *count = (*count).max(if point.way == Way::False { 0 } else { point.count });
    }
    for (line, count) in &lines {
        _ = writeln!(text, "DA:{line},{count}");
    }
    let hit = lines.values().filter(|&&count| count > 0).count();
    _ = writeln!(text, "LF:{}\nLH:{hit}\nend_of_record", lines.len());
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}
