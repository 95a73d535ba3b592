//! A page of coloured text: paragraphs after a margin, wrapped at a width, with words that are never broken.

use super::palette::Paint;
use super::sanitize::brief;
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr as _;

/// The least width of text after a margin. If a margin is so wide that less is left, lines are longer than the page.
const MIN_ROOM: usize = 24;
/// The most items that are shown of a list, unless the page has another limit; the others are counted.
pub(super) const MAX_ITEMS: usize = 20;
/// The most characters that are shown of one text.
const MAX_TEXT: usize = 2000;

/// Text in one paint. Pieces without a space between them are one word.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    text: String,
    paint: Paint,
    whole: bool,
}

/// A text, made safe to print.
pub(super) fn piece(paint: Paint, text: &str) -> Piece {
    Piece { text: brief(text, MAX_TEXT), paint, whole: false }
}

/// A text that is one word, whatever spaces are in it.
pub(super) fn whole(paint: Paint, text: &str) -> Piece {
    Piece { whole: true, ..piece(paint, text) }
}

/// A text by an author. Its line breaks become spaces.
pub(super) fn prose(text: &str) -> Piece {
    piece(Paint::Plain, &text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The width of pieces on one line, in columns.
pub(super) fn columns(pieces: &[Piece]) -> usize {
    pieces.iter().map(|piece| piece.text.width()).sum()
}

/// Collects a page line by line.
#[derive(Debug)]
pub(super) struct PageWriter {
    text: String,
    color: bool,
    width: usize,
    /// The most items that are shown of a list.
    pub(super) max_items: usize,
}

impl PageWriter {
    pub(super) fn new(color: bool, width: usize) -> PageWriter {
        PageWriter { text: String::new(), color, width, max_items: MAX_ITEMS }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// The width after a margin, at least [`MIN_ROOM`] columns.
    pub(super) fn room(&self, margin: usize) -> usize {
        self.width.saturating_sub(margin).max(MIN_ROOM)
    }

    /// Adds an empty line, unless the page is empty.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// Adds how many items of a list are not shown, if some are not.
    pub(super) fn more(&mut self, count: usize) {
        if count > self.max_items {
            let text = format!("and {} more", count - self.max_items);
            self.paragraph(&[whole(Paint::Plain, "    ")], "    ", &[piece(Paint::Quiet, &text)]);
        }
    }

    /// Adds a paragraph, with `first` before its first line and `rest` before all others.
    pub(super) fn paragraph(&mut self, first: &[Piece], rest: &str, body: &[Piece]) {
        let rooms = (self.room(columns(first)), self.room(rest.width()));
        for (index, line) in lines(body, rooms).iter().enumerate() {
            if index == 0 {
                for piece in first {
                    self.put(piece.paint, &piece.text);
                }
            } else {
                self.put(Paint::Quiet, rest);
            }
            for (paint, text) in line {
                self.put(*paint, text);
            }
            self.text.truncate(self.text.trim_end_matches(' ').len());
            self.text.push('\n');
        }
    }

    /// The width of the last line of a paragraph, without its margin.
    pub(super) fn last_line(&self, first: &[Piece], rest: &str, body: &[Piece]) -> usize {
        let lines = lines(body, (self.room(columns(first)), self.room(rest.width())));
        lines.last().map_or(0, |line| line.iter().map(|(_, run)| run.width()).sum())
    }

    fn put(&mut self, paint: Paint, text: &str) {
        let style = paint.style();
        let bare = text.trim_end_matches(' ');
        if !self.color || style.is_plain() || bare.is_empty() {
            self.text.push_str(text);
            return;
        }
        _ = write!(self.text, "{style}{bare}{style:#}{}", &text[bare.len()..]);
    }
}

/// A word: its runs, each in one paint.
type PageWord<'a> = Vec<(Paint, &'a str)>;

/// The lines of a paragraph, as runs; at least one. `first` and `rest` are the widths of the first line and of the others.
fn lines(body: &[Piece], (first, rest): (usize, usize)) -> Vec<Vec<(Paint, String)>> {
    let mut lines = vec![Vec::new()];
    let (mut used, mut room) = (0, first);
    for word in words(body) {
        let width: usize = word.iter().map(|(_, run)| run.width()).sum();
        if used > 0 && used + 1 + width > room {
            lines.push(Vec::new());
            (used, room) = (0, rest);
        }
        let Some(line) = lines.last_mut() else { continue };
        if used > 0 {
            append(line, word.first().map_or(Paint::Plain, |&(paint, _)| paint), " ");
            used += 1;
        }
        for &(paint, run) in &word {
            append(line, paint, run);
        }
        used += width;
    }
    lines
}

fn append(line: &mut Vec<(Paint, String)>, paint: Paint, text: &str) {
    match line.last_mut() {
        Some((last, run)) if *last == paint => run.push_str(text),
        _ => line.push((paint, text.to_owned())),
    }
}

fn words(body: &[Piece]) -> Vec<PageWord<'_>> {
    let mut words: Vec<PageWord<'_>> = Vec::new();
    let mut open = false;
    for piece in body {
        if piece.whole {
            glue(&mut words, open, (piece.paint, &piece.text));
            open = true;
            continue;
        }
        for (index, run) in piece.text.split(' ').enumerate() {
            open &= index == 0;
            if !run.is_empty() {
                glue(&mut words, open, (piece.paint, run));
                open = true;
            }
        }
    }
    words
}

fn glue<'a>(words: &mut Vec<PageWord<'a>>, open: bool, run: (Paint, &'a str)) {
    match words.last_mut().filter(|_| open) {
        Some(word) => word.push(run),
        None => words.push(vec![run]),
    }
}

#[cfg(test)]
mod tests {
    use super::{PageWriter, Paint, piece, prose, whole};

    fn check(width: usize, body: &[super::Piece]) -> String {
        let mut page = PageWriter::new(false, width);
        page.paragraph(&[whole(Paint::Quiet, "├─ ")], "│  ", body);
        page.into_text()
    }

    #[test]
    fn words_are_wrapped_after_the_margin_and_never_broken() {
        assert_eq!(check(30, &[prose("the quick brown fox\n jumps over")]), "├─ the quick brown fox jumps\n│  over\n");
        let path = "worlds/a/very/long/folder/of/worlds/fabrikam.toml:4";
        assert_eq!(check(30, &[prose(&format!("see {path} there"))]), format!("├─ see\n│  {path}\n│  there\n"));
        assert_eq!(check(30, &[prose("")]), "├─\n");
    }

    #[test]
    fn pieces_without_a_space_between_are_one_word() {
        let body = [
            piece(Paint::Yes, "allowed"),
            piece(Paint::Plain, ": "),
            whole(Paint::Claim, "· DAP-1"),
            piece(Paint::Plain, " and more words"),
        ];
        assert_eq!(check(32, &body), "├─ allowed: · DAP-1 and more\n│  words\n");
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(check(27, &[prose("会議室会議室 会議室会議室")]), "├─ 会議室会議室\n│  会議室会議室\n");
        assert_eq!(check(28, &[prose("éééééé éééééé éééééé")]), "├─ éééééé éééééé éééééé\n");
    }
}
