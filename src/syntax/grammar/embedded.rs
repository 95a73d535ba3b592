//! A text inside a file of another format, and the places of its bytes in that file.

use crate::text::Span;

/// A text of one of the grammars inside a file of another format.
#[derive(Clone, Debug)]
pub struct Embedded<'a> {
    /// The text, its escapes resolved.
    pub text: &'a str,
    /// Its place in the file, without quotes; with them if `writing` is unknown.
    pub span: Span,
    /// How it is written there.
    pub writing: StringForm,
}

/// How a text is written in its file.
#[derive(Clone, Debug)]
pub enum StringForm {
    /// Byte for byte.
    Plain,
    /// With escapes.
    Escaped(Escapes),
    /// Unknown: every mistake is reported at the whole text.
    Unknown,
}

/// The escapes of a text, and the carriage returns that its format drops.
#[derive(Clone, Debug)]
pub struct Escapes {
    /// For each escape: the offset of its end in the text, and how many more bytes the file has up to there.
    shifts: Vec<(usize, usize)>,
}

impl Embedded<'_> {
    /// The span of the bytes `start..end` of the text.
    pub fn part(&self, start: usize, end: usize) -> Span {
        let shift = |at: usize| match &self.writing {
            StringForm::Plain => Some(0),
            StringForm::Escaped(escapes) => Some(escapes.shift(at)),
            StringForm::Unknown => None,
        };
        let (Some(before_start), Some(before_end)) = (shift(start), shift(end)) else { return self.span };
        let base = self.span.start as usize;
        let [start, end] = [(start, before_start), (end, before_end)].map(|(at, shift)| base.saturating_add(at).saturating_add(shift));
        Span::new(self.span.file, start, end)
    }
}

impl Escapes {
    /// The escapes of `text`, which is written as `raw` between double quotes of TOML or JSON; `None` if `raw` means another text.
    pub(in crate::syntax) fn of(raw: &str, text: &str) -> Option<Escapes> {
        let mut shifts = Vec::new();
        let (mut rest, mut at) = (raw, 0);
        while let Some(escape) = rest.find(['\\', '\r']) {
            let plain = &rest[..escape];
            at = text[at..].starts_with(plain).then_some(at + plain.len())?;
            rest = &rest[escape..];
            let (length, means) = if rest.starts_with('\r') { carriage_return(&text[at..]) } else { meaning(rest)? };
            if let Some(means) = means {
                at = text[at..].starts_with(means).then_some(at + means.len_utf8())?;
            }
            rest = &rest[length..];
            shifts.push((at, raw.len() - rest.len() - at));
        }
        (text[at..] == *rest).then_some(Escapes { shifts })
    }

    fn shift(&self, at: usize) -> usize {
        let behind = self.shifts.partition_point(|&(place, _)| place <= at);
        behind.checked_sub(1).map_or(0, |last| self.shifts[last].1)
    }
}

/// A carriage return is kept, or dropped before a line feed.
fn carriage_return(text: &str) -> (usize, Option<char>) {
    (1, text.starts_with('\r').then_some('\r'))
}

/// The length of the escape at the start of `raw`, and its character; `None` if it folds a line.
fn meaning(raw: &str) -> Option<(usize, Option<char>)> {
    let hex = |from: usize, digits: usize| u32::from_str_radix(raw.get(from..from + digits)?, 16).ok();
    let means = match raw[1..].chars().next()? {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'e' => '\u{1b}',
        'x' => return Some((4, Some(char::from_u32(hex(2, 2)?)?))),
        'U' => return Some((10, Some(char::from_u32(hex(2, 8)?)?))),
        'u' => {
            let unit = hex(2, 4)?;
            // JSON writes what does not fit into four digits by two escapes, `\ud83d\ude00`.
            if !(0xd800..0xdc00).contains(&unit) {
                return Some((6, Some(char::from_u32(unit)?)));
            }
            let low = hex(8, 4)?.checked_sub(0xdc00)?;
            return Some((12, Some(char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + low)?)));
        }
        space if space.is_ascii_whitespace() => return Some((raw.len() - raw[1..].trim_ascii_start().len(), None)),
        itself => itself,
    };
    Some((1 + raw[1..].chars().next()?.len_utf8(), Some(means)))
}

#[cfg(test)]
mod tests {
    use super::{Embedded, Escapes, StringForm};
    use crate::text::{FileId, Span};

    /// The part of `raw` that is written for `part` of `text`.
    fn check<'r>(raw: &'r str, text: &str, part: &str) -> &'r str {
        let Some(escapes) = Escapes::of(raw, text) else { return "unknown" };
        let embedded = Embedded { text, span: Span::new(FileId(0), 0, raw.len()), writing: StringForm::Escaped(escapes) };
        let start = text.find(part).unwrap();
        let span = embedded.part(start, start + part.len());
        &raw[span.start as usize..span.end as usize]
    }

    #[test]
    fn parts_have_the_spans_at_which_they_are_written() {
        assert_eq!(check(r#"a == \"b\" or c"#, r#"a == "b" or c"#, r#""b""#), r#"\"b\""#);
        assert_eq!(check(r#"a == \"b\" or c"#, r#"a == "b" or c"#, "or"), "or");
        assert_eq!(check(r"\u00e9 x", "é x", "é"), r"\u00e9");
        assert_eq!(check(r"\ud83d\ude00 x", "😀 x", "x"), "x");
        assert_eq!(check(r"\U0001F600\x41b", "😀Ab", "A"), r"\x41");
        assert_eq!(check("a \\\n   b", "a b", "b"), "b");
        assert_eq!(check("a\r\nb c", "a\nb c", "c"), "c");
    }

    #[test]
    fn other_texts_are_unknown() {
        assert_eq!(check(r"a\n", "ab", "a"), "unknown");
        assert_eq!(check("ab", "abc", "a"), "unknown");
        assert_eq!(check(r"a\", "a", "a"), "unknown");
        assert_eq!(check(r"\u1", "é", "é"), "unknown");
    }
}
