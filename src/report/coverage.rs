//! What tests of a policy cover, for people.

use super::palette::Paint;
use super::sanitize::visible;
use crate::suite::Coverage;
use crate::wording;
use std::fmt::Write as _;

/// The most lines that list what is not covered.
const MOST_MISSED: usize = 40;

/// A table of measures for each pack, and what is not covered, by place. With `all` everything of that.
pub fn table(coverage: &[Coverage], all: bool, color: bool) -> String {
    let mut text = String::new();
    for pack in coverage {
        text.push('\n');
        title(&mut text, &wording::coverage_of(&pack.pack), color);
        for (measure, covered) in &pack.measures {
            let (percent, count, total) = (covered.percent(), covered.covered, covered.total);
            _ = writeln!(text, "  {:<14}{percent:>4} %  {count} of {total}", measure.name());
        }
        let missed: Vec<_> = pack.points.iter().filter(|point| point.count == 0).collect();
        let most = if all { usize::MAX } else { MOST_MISSED };
        if !missed.is_empty() {
            text.push('\n');
            title(&mut text, "Not covered", color);
        }
        for point in missed.iter().take(most) {
            let place = point.place.as_ref().map(|place| format!("{place}  ")).unwrap_or_default();
            _ = writeln!(text, "  {place}{}", visible(&wording::not_covered(&point.name, point.way.says_missing())));
        }
        if missed.len() > most {
            _ = writeln!(text, "  {} (`-v` lists all)", wording::more_failures(missed.len() - most));
        }
    }
    text
}

/// The measures that are below a percentage, each in one sentence.
pub fn below(coverage: &[Coverage], percent: u8) -> Vec<String> {
    let measures = coverage.iter().flat_map(|pack| pack.measures.iter().map(move |measure| (pack, measure)));
    let low = measures.filter(|(_, (_, covered))| !covered.is_at_least(percent));
    low.map(|(pack, (measure, covered))| wording::coverage_below(&pack.pack, measure.name(), covered.percent(), percent)).collect()
}

fn title(text: &mut String, title: &str, color: bool) {
    let style = if color { Paint::Title.style() } else { anstyle::Style::new() };
    _ = writeln!(text, "{style}{}{style:#}", visible(title));
}
