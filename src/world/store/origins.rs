//! Origins: where a line of a world's files says that it comes from, such as `members.json#/value/3`.

use super::column::{Column, partition};
use super::text_column::TextColumn;
use rustc_hash::FxHashMap;

/// What a declaration says of its origin.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LineOrigin {
    /// A line of the declaration, counted through all files.
    pub(crate) line: u32,
    /// Where it comes from; `None` if it does not say.
    pub(crate) from: Option<Box<str>>,
}

/// The origins of lines.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins {
    /// The lines that have an origin, counted through all files, in order.
    pub(crate) lines: Column<u32>,
    /// The number of the origin of each.
    pub(crate) numbers: Column<u32>,
    /// The origins, in the order of their first lines.
    pub(crate) texts: TextColumn,
}

impl Origins {
    /// The origins of lines. A line on which two declarations say different things has none.
    pub(crate) fn of(mut given: Vec<LineOrigin>) -> Origins {
        given.sort_unstable();
        let (mut lines, mut numbers, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        let mut known: FxHashMap<&str, u32> = FxHashMap::default();
        for on_line in given.chunk_by(|a, b| a.line == b.line) {
            let Some(from) = on_line[0].from.as_deref() else { continue };
            if on_line.iter().any(|other| other.from.as_deref() != Some(from)) {
                continue;
            }
            let number = *known.entry(from).or_insert_with(|| {
                texts.push(from);
                u32::try_from(texts.len() - 1).expect("fewer than four billion origins")
            });
            lines.push(on_line[0].line);
            numbers.push(number);
        }
        Origins { lines: lines.into(), numbers: numbers.into(), texts: TextColumn::of(texts) }
    }

    /// The origin of a line.
    pub(crate) fn get(&self, line: u32) -> Option<&str> {
        let count = self.lines.len();
        let at = partition(count, |at| self.lines.get(at) < line);
        let has = at < count && self.lines.get(at) == line;
        has.then(|| self.texts.get(self.numbers.get(at) as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::{LineOrigin, Origins};

    #[test]
    fn a_line_has_the_origin_on_which_its_declarations_agree() {
        let given = [
            (7, Some("b#1")),
            (3, Some("a#1")),
            (3, Some("a#1")),
            (5, None),
            (9, Some("b#2")),
            (9, Some("b#3")),
            (8, Some("a#1")),
            (6, None),
        ];
        let given = given.map(|(line, from)| LineOrigin { line, from: from.map(Into::into) });
        let origins = Origins::of(given.into_iter().chain([LineOrigin { line: 6, from: Some("c".into()) }]).collect());
        let found: Vec<Option<&str>> = (2..11).map(|line| origins.get(line)).collect();
        assert_eq!(found, [None, Some("a#1"), None, None, None, Some("b#1"), Some("a#1"), None, None]);
        assert_eq!(origins.texts.iter().collect::<Vec<_>>(), ["a#1", "b#1"]);
        assert_eq!(Origins::default().get(1), None);
    }
}
