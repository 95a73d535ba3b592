//! Lists for programs, as one document or a row a line. Rows are written one by one, so a long list takes no memory for its text.
//!
//! The keys are a contract. The row of a list is the view of its verb, which has a file of its own.

use crate::report::list::LeftOut;
use crate::report::sanitize::safe_json;
use crate::time::{Instant, Interval};
use crate::wording::{AskedTime, ListQuestionText, OpenText};
use serde::{Serialize, Serializer};
use std::io::{self, Write};

/// The version of [`document`]. Raise it when a field is removed, renamed or changes its meaning; not when one is added.
const VERSION: u32 = 1;

/// What a list is about: `given` has the arguments of the verb as they were given, under their names.
#[derive(Serialize)]
pub struct ListQuestion<'a, G> {
    verb: &'static str,
    #[serde(flatten)]
    given: G,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    between: Option<&'a [String; 2]>,
    #[serde(rename = "policy-at", skip_serializing_if = "Option::is_none")]
    policy_at: Option<&'a str>,
    toggles: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    assuming: &'a [String],
}

impl<'a, G> ListQuestion<'a, G> {
    /// The question of a verb.
    pub fn new(verb: &'static str, given: G, question: &'a ListQuestionText) -> ListQuestion<'a, G> {
        let ListQuestionText { at, policy_at, toggles, assuming, exports: _ } = question;
        let (at, between) = match at {
            AskedTime::Date(at) => (Some(at.as_str()), None),
            AskedTime::Window(window) => (None, Some(window)),
        };
        ListQuestion { verb, given, at, between, policy_at: policy_at.as_deref(), toggles, assuming }
    }
}

/// A pattern or an attribute that rows depend on.
#[derive(Serialize)]
struct OpenJson<'a> {
    fact: &'a str,
    why: Option<&'a str>,
    rows: usize,
}

/// Writes the list as one document: what was asked, whether it is complete, its rows, and what of the world is open. `left_out` counts the rows
/// that are not among `rows`.
///
/// # Errors
///
/// If writing fails.
pub fn document<G: Serialize, R: Serialize>(
    out: &mut impl Write,
    question: &ListQuestion<'_, G>,
    rows: impl Iterator<Item = R>,
    cut: impl Into<Cut>,
    open: impl FnOnce() -> Vec<OpenText>,
) -> io::Result<()> {
    counted_document(out, question, None::<()>, rows, cut, open)
}

/// What is missing of a list.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cut {
    /// How many rows were left out by `--limit`.
    pub left_out: usize,
    /// The search for rows reached a limit, so that there may be others.
    pub search: bool,
}

impl From<LeftOut> for Cut {
    fn from(left_out: LeftOut) -> Cut {
        Cut { left_out: left_out.cut, search: left_out.search_cut }
    }
}

impl From<usize> for Cut {
    fn from(left_out: usize) -> Cut {
        Cut { left_out, search: false }
    }
}

/// The same with counts of its rows, whose fields stand beside `complete`.
///
/// # Errors
///
/// If writing fails.
pub fn counted_document<G: Serialize, R: Serialize>(
    out: &mut impl Write,
    question: &ListQuestion<'_, G>,
    counts: Option<impl Serialize>,
    rows: impl Iterator<Item = R>,
    cut: impl Into<Cut>,
    open: impl FnOnce() -> Vec<OpenText>,
) -> io::Result<()> {
    begin(out, question, counts, cut.into())?;
    out.write_all(b",\"rows\":")?;
    array(out, rows)?;
    end(out, &open())
}

/// Writes what stands before the rows of a document.
pub(super) fn begin(out: &mut impl Write, question: &impl Serialize, counts: Option<impl Serialize>, cut: Cut) -> io::Result<()> {
    let Cut { left_out, search } = cut;
    write!(out, "{{\"version\":{VERSION},\"question\":{},\"complete\":{}", json(question)?, left_out == 0 && !search)?;
    if left_out > 0 {
        write!(out, ",\"left-out\":{left_out}")?;
    }
    if let Some(counts) = counts {
        let fields = json(&counts)?;
        write!(out, ",{}", fields.trim_start_matches('{').trim_end_matches('}'))?;
    }
    Ok(())
}

/// Writes what of the world is open, and ends the document.
pub(super) fn end(out: &mut impl Write, open: &[OpenText]) -> io::Result<()> {
    out.write_all(b",\"open\":")?;
    array(out, open.iter().map(|OpenText { fact, why, rows }| OpenJson { fact, why: why.as_deref(), rows: *rows }))?;
    out.write_all(b"}\n")
}

/// An array with an item a line.
pub(super) fn array<T: Serialize>(out: &mut impl Write, items: impl Iterator<Item = T>) -> io::Result<()> {
    let mut array = ArrayWriter::default();
    for item in items {
        array.item(out, &item)?;
    }
    array.end(out)
}

/// Writes an array with an item a line, item by item.
#[derive(Debug, Default)]
pub struct ArrayWriter {
    has_items: bool,
}

impl ArrayWriter {
    /// Writes an item.
    ///
    /// # Errors
    ///
    /// If writing fails.
    pub fn item(&mut self, out: &mut impl Write, item: &impl Serialize) -> io::Result<()> {
        let before = if std::mem::replace(&mut self.has_items, true) { ",\n" } else { "[\n" };
        write!(out, "{before}{}", json(item)?)
    }

    /// Ends the array.
    ///
    /// # Errors
    ///
    /// If writing fails.
    pub fn end(self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(if self.has_items { b"\n]" } else { b"[]" })
    }
}

/// Writes a row a line. `left_out` counts the rows that are not among `rows`; the last row says so.
///
/// # Errors
///
/// If writing fails.
pub fn lines<R: Serialize>(out: &mut impl Write, rows: impl Iterator<Item = R>, left_out: usize) -> io::Result<()> {
    let mut rows = rows.peekable();
    while let Some(row) = rows.next() {
        let is_last = rows.peek().is_none();
        line(out, row, if is_last { left_out } else { 0 })?;
    }
    Ok(())
}

/// Writes a row. `left_out` counts the rows that are left out after it.
///
/// # Errors
///
/// If writing fails.
pub fn line<R: Serialize>(out: &mut impl Write, row: R, left_out: usize) -> io::Result<()> {
    let cut = (left_out > 0).then_some(left_out);
    writeln!(out, "{}", json(&Line { row, cut })?)
}

#[derive(Serialize)]
struct Line<R> {
    #[serde(flatten)]
    row: R,
    #[serde(rename = "left-out", skip_serializing_if = "Option::is_none")]
    cut: Option<usize>,
}

fn json(value: &impl Serialize) -> io::Result<String> {
    Ok(safe_json(serde_json::to_string(value)?))
}

/// The start of an interval, or the beginning of what has no other: a date where it is midnight, else a date and time; null if it is open.
pub(super) fn since<S: Serializer>(during: &Interval, to: S) -> Result<S::Ok, S::Error> {
    instant((during.since > Instant::MIN).then_some(during.since), to)
}

/// The end of an interval, as [`since`].
pub(super) fn until<S: Serializer>(during: &Interval, to: S) -> Result<S::Ok, S::Error> {
    instant((during.until < Instant::MAX).then_some(during.until), to)
}

fn instant<S: Serializer>(instant: Option<Instant>, to: S) -> Result<S::Ok, S::Error> {
    match instant {
        Some(instant) => to.collect_str(&instant),
        None => to.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::{ListQuestion, document, lines};
    use crate::wording::{AskedTime, ListQuestionText, OpenText};
    use serde::Serialize;

    #[derive(Serialize)]
    struct Given {
        of: &'static str,
    }

    #[derive(Serialize)]
    struct Row {
        holder: &'static str,
    }

    fn rows(names: &[&'static str]) -> impl Iterator<Item = Row> {
        names.iter().map(|&holder| Row { holder })
    }

    fn check(names: &[&'static str], left_out: usize, open: Vec<OpenText>) -> (String, String) {
        let question = ListQuestionText {
            at: AskedTime::Date("2021-06-01".into()),
            policy_at: Some("2021-06-02".into()),
            toggles: vec!["late".into()],
            assuming: Vec::new(),
            exports: None,
        };
        let (mut whole, mut by_line) = (Vec::new(), Vec::new());
        document(&mut whole, &ListQuestion::new("roles", Given { of: "user:a" }, &question), rows(names), left_out, || open).unwrap();
        lines(&mut by_line, rows(names), left_out).unwrap();
        (String::from_utf8(whole).unwrap(), String::from_utf8(by_line).unwrap())
    }

    #[test]
    fn a_list_is_one_document_or_a_row_a_line() {
        let open = vec![OpenText { fact: "dap(_, _)".into(), why: None, rows: 2 }];
        let (whole, by_line) = check(&["user:a", "user:\u{202e}b"], 0, open);
        let question = r#""question":{"verb":"roles","of":"user:a","at":"2021-06-01","policy-at":"2021-06-02","toggles":["late"]}"#;
        let rows = "[\n{\"holder\":\"user:a\"},\n{\"holder\":\"user:\\u202eb\"}\n]";
        let open = "[\n{\"fact\":\"dap(_, _)\",\"why\":null,\"rows\":2}\n]";
        assert_eq!(whole, format!("{{\"version\":1,{question},\"complete\":true,\"rows\":{rows},\"open\":{open}}}\n"));
        assert_eq!(by_line, "{\"holder\":\"user:a\"}\n{\"holder\":\"user:\\u202eb\"}\n");
    }

    #[test]
    fn a_cut_list_says_so() {
        let (whole, by_line) = check(&["user:a", "user:b"], 3, Vec::new());
        assert!(whole.contains(r#""complete":false,"left-out":3,"rows":["#), "{whole}");
        assert_eq!(by_line, "{\"holder\":\"user:a\"}\n{\"holder\":\"user:b\",\"left-out\":3}\n");
    }

    #[test]
    fn an_empty_list_is_complete() {
        let (whole, by_line) = check(&[], 0, Vec::new());
        assert!(whole.ends_with("\"complete\":true,\"rows\":[],\"open\":[]}\n"), "{whole}");
        assert_eq!(by_line, "");
    }
}
