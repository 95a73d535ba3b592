//! The inside of a table's cell: markdown and HTML, read as the text that people see on the page.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_until, take_while, take_while_m_n, take_while1};
use nom::character::complete::{alpha1, anychar, char, satisfy};
use nom::combinator::{iterator, map_opt, opt, peek, recognize};
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

/// The text of a cell: links as what they show, without emphasis, tags and footnote marks, and with white space as single blanks. A cell
/// that has only an image or a footnote is the name or text of that, so that it is not taken for an empty cell.
pub fn plain(cell: &str) -> String {
    let raw = without_footnotes(cell.trim());
    let mut page = Markup::default();
    let (last_paren, last_angle) = (after_last(raw, ')'), after_last(raw, '>'));
    let mut pieces = iterator(raw, |input| piece(input, last_paren, last_angle));
    for piece in pieces.by_ref() {
        page.take(piece);
    }
    let (text, aside) = page.texts();
    let inner = without_footnotes(without_emphasis(&text));
    // Emphasis on a part of the text; an odd `**` is not emphasis.
    let bare = if inner.matches("**").count().is_multiple_of(2) { inner.replace("**", "") } else { inner.to_owned() };
    [bare, text, aside].into_iter().find(|text| !text.is_empty()).unwrap_or_default()
}

/// Whether a cell has a footnote mark at its end, which [`plain`] leaves out.
pub fn has_footnote(cell: &str) -> bool {
    let raw = cell.trim();
    without_footnotes(raw) != raw || raw.ends_with("</sup>")
}

/// A piece of a cell.
#[derive(Clone, Copy)]
enum MarkupPiece<'a> {
    Char(char),
    Run(&'a str),
    /// `br`, `sup`, `/a`.
    Tag(&'a str),
    /// `[`, or with `true` `![`.
    Open(bool),
    /// `](url)`.
    Close(&'a str),
    /// `]` alone.
    End,
}

type CellResult<'a, T> = IResult<&'a str, T, ()>;

/// The number of bytes after the last `mark`. When no more remain, the search for one can be skipped; it is slow on hostile cells.
fn after_last(text: &str, mark: char) -> usize {
    text.rfind(mark).map_or(text.len(), |at| text.len() - at - 1)
}

fn piece(input: &str, last_paren: usize, last_angle: usize) -> CellResult<'_, MarkupPiece<'_>> {
    let run = take_while1(|c: char| !"\\&<![]".contains(c)).map(MarkupPiece::Run);
    let escaped = preceded(char('\\'), satisfy(|c| c.is_ascii_punctuation())).map(MarkupPiece::Char);
    let open = alt((tag("![").map(|_| MarkupPiece::Open(true)), char('[').map(|_| MarkupPiece::Open(false))));
    let close = |input| if_more(input, last_paren, delimited(tag("]("), take_until(")"), char(')')).map(MarkupPiece::Close));
    let tag = |input| if_more(input, last_angle, markup.map(MarkupPiece::Tag));
    let end = char(']').map(|_| MarkupPiece::End);
    alt((run, escaped, entity.map(MarkupPiece::Char), tag, open, close, end, anychar.map(MarkupPiece::Char))).parse(input)
}

fn if_more<'a, T>(input: &'a str, tail: usize, mut parser: impl Parser<&'a str, Output = T, Error = ()>) -> CellResult<'a, T> {
    if input.len() > tail { parser.parse(input) } else { Err(nom::Err::Error(())) }
}

/// A tag or comment; the result is its name.
fn markup(input: &str) -> CellResult<'_, &str> {
    let name = terminated(recognize((opt(char('/')), alpha1, take_while(char::is_alphanumeric))), peek(satisfy(|c| " \t/>".contains(c))));
    delimited(char('<'), alt((name, tag("!"))), (take_until(">"), char('>'))).parse(input)
}

/// A character reference such as `&#10004;` or `&nbsp;`.
fn entity(input: &str) -> CellResult<'_, char> {
    let digits = |radix| move |digits: &str| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).filter(|c| !c.is_control());
    let decimal = map_opt(preceded(tag("#"), take_while_m_n(1, 7, |c: char| c.is_ascii_digit())), digits(10));
    let hexadecimal = map_opt(preceded(alt((tag("#x"), tag("#X"))), take_while_m_n(1, 6, |c: char| c.is_ascii_hexdigit())), digits(16));
    let named = map_opt(take_while_m_n(2, 10, |c: char| c.is_ascii_alphanumeric()), |name| {
        Some(match name {
            "nbsp" | "emsp" | "ensp" | "thinsp" => ' ',
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "ndash" => '–',
            "mdash" => '—',
            "check" | "checkmark" => '✓',
            "cross" => '✗',
            "vert" | "verbar" => '|',
            _ => return None,
        })
    });
    delimited(char('&'), alt((hexadecimal, decimal, named)), char(';')).parse(input)
}

/// The text so far, and the parts of it that are not shown.
#[derive(Default)]
struct Markup {
    text: String,
    hidden: Vec<(usize, usize)>,
    opened: Vec<(usize, bool)>,
    raised: Option<usize>,
    /// Images and footnotes: parts of the text, or names of files.
    asides: Vec<Aside>,
}

enum Aside {
    Part(usize, usize),
    Name(String),
}

impl Markup {
    fn take(&mut self, piece: MarkupPiece) {
        let at = self.text.len();
        match piece {
            MarkupPiece::Char(c) => self.text.push(c),
            MarkupPiece::Run(run) => self.text.push_str(run),
            MarkupPiece::Tag("br") => self.text.push(' '),
            MarkupPiece::Tag("sup") => self.raised = Some(at),
            MarkupPiece::Tag("/sup") => {
                if let Some(start) = self.raised.take() {
                    self.hidden.push((start, at));
                    self.asides.push(Aside::Part(start, at));
                }
            }
            MarkupPiece::Tag("img") => self.asides.push(Aside::Name("image".into())),
            MarkupPiece::Tag(_) => {}
            MarkupPiece::Open(image) => {
                self.opened.push((at, image));
                self.text.push_str(if image { "![" } else { "[" });
            }
            MarkupPiece::End => {
                self.opened.pop();
                self.text.push(']');
            }
            MarkupPiece::Close(url) => match self.opened.pop() {
                Some((start, false)) => self.hidden.push((start, start + 1)),
                Some((start, true)) => {
                    let file = url.rsplit('/').next().unwrap_or(url);
                    self.hidden.push((start, at));
                    self.asides.push(if at > start + 2 { Aside::Part(start + 2, at) } else { Aside::Name(format!("image {file}")) });
                }
                None => self.text.extend(["](", url, ")"]),
            },
        }
    }

    /// The shown text, and the first aside.
    fn texts(mut self) -> (String, String) {
        self.hidden.sort_unstable();
        let (mut shown, mut from) = (String::new(), 0);
        for (start, end) in self.hidden {
            shown.push_str(self.text.get(from..start).unwrap_or(""));
            from = from.max(end);
        }
        shown.push_str(&self.text[from..]);
        let part = |aside: &Aside| match aside {
            Aside::Part(start, end) => self.text[*start..*end].to_owned(),
            Aside::Name(name) => name.clone(),
        };
        let aside = self.asides.first().map(part).unwrap_or_default();
        (blanks(&shown), blanks(&aside))
    }
}

/// The text with white space as single blanks, and without characters of no width.
fn blanks(text: &str) -> String {
    text.replace(['\u{200b}', '\u{feff}'], "").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text without emphasis around the whole.
fn without_emphasis(mut text: &str) -> &str {
    loop {
        let inner = ["**", "__", "*", "_", "`"].iter().find_map(|mark| text.strip_prefix(mark)?.strip_suffix(mark));
        match inner.map(str::trim) {
            Some(inner) if !inner.is_empty() => text = inner,
            _ => return text,
        }
    }
}

/// The text without footnote marks at its end; a mark alone is kept.
fn without_footnotes(text: &str) -> &str {
    let mut rest = text;
    loop {
        let shorter = rest.strip_suffix("\\*").or_else(|| rest.strip_suffix(['¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹', '⁰', '†', '‡']));
        // A star may be emphasis, or a wildcard: `users/*`.
        let starred = || rest.strip_suffix('*').filter(|_| !rest.starts_with('*')).filter(|before| before.ends_with(closes));
        match shorter.or_else(starred).map(str::trim_end) {
            Some("") => return text,
            Some(shorter) => rest = shorter,
            None => return rest,
        }
    }
}

fn closes(c: char) -> bool {
    c.is_alphanumeric() || c == ')' || c == ':' || !c.is_ascii()
}
