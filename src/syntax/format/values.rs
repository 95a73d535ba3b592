//! Values, and the text that is printed so far.

use super::expression::Expression;
use super::{WIDTH, quotes};
use crate::syntax::grammar;
use crate::syntax::shape::{Form, Grammar};
use crate::syntax::toml::{GroupNode, KeyPart, Node, Part, TextNode, dotted};
use std::ops::Range;
use unicode_width::UnicodeWidthStr as _;

/// The first column in which a comment behind a line may begin.
const COMMENT: usize = 43;

/// How many blanks are before a comment behind a line that reaches that column.
const BEFORE_COMMENT: usize = 5;

/// The widest line beside which the comments of others are put.
const WIDEST: usize = 60;

/// By how many columns what is in a list, or in a string of several lines, is indented.
const INDENT: usize = 4;

/// Prints a file.
pub(super) struct Printer {
    out: String,
    /// The column after `out`, from 0.
    column: usize,
    /// The comments behind the lines of this block: where each belongs in `out`, and the width of its line.
    comments: Vec<(usize, usize, String)>,
    /// Whether expressions may have placeholders.
    is_mapping: bool,
    /// The places of strings that should be expressions and are none.
    unread: Vec<Range<usize>>,
}

/// A line of a list or inline table that has several lines.
#[derive(Default)]
struct Row<'g, 't> {
    items: Vec<(&'g [KeyPart<'t>], &'g Node<'t>)>,
    comment: Option<&'t str>,
}

impl Printer {
    pub(super) fn new(is_mapping: bool) -> Printer {
        Printer { out: String::new(), column: 0, comments: Vec::new(), is_mapping, unread: Vec::new() }
    }

    pub(super) fn push(&mut self, text: &str) {
        self.out.push_str(text);
        self.column = match text.rsplit_once('\n') {
            Some((_, last)) => last.width(),
            None => self.column + text.width(),
        };
    }

    pub(super) fn indent(&mut self, columns: usize) {
        self.out.extend(std::iter::repeat_n(' ', columns));
        self.column += columns;
    }

    pub(super) fn end_line(&mut self) {
        self.push("\n");
    }

    /// Blank lines before the next line, unless it is the first one.
    pub(super) fn blank_lines(&mut self, count: usize) {
        let count = if self.out.is_empty() { 0 } else { count };
        self.out.extend(std::iter::repeat_n('\n', count));
    }

    /// Where the text that is printed next begins.
    pub(super) fn here(&self) -> usize {
        self.out.len()
    }

    /// Whether a line was ended since then.
    pub(super) fn broke_since(&self, here: usize) -> bool {
        self.out[here..].contains('\n')
    }

    /// A comment behind a line.
    pub(super) fn comment(&mut self, comment: Option<&str>) {
        self.comments.extend(comment.map(|comment| (self.out.len(), self.column, comment.to_owned())));
    }

    /// Ends a block of lines, whose comments begin in one column. A comment behind a very wide line follows it.
    pub(super) fn end_block(&mut self) {
        let reached = |width: usize| if width + 1 < COMMENT { COMMENT } else { width + BEFORE_COMMENT };
        let widths = self.comments.iter().map(|(_, width, _)| *width).filter(|width| *width <= WIDEST);
        let column = widths.map(reached).max().unwrap_or(COMMENT);
        let Some(first) = self.comments.first().map(|(at, ..)| *at) else { return };
        let block = self.out.split_off(first);
        let mut from = 0;
        for (at, width, comment) in self.comments.drain(..) {
            let begins = if width <= WIDEST { column } else { width + BEFORE_COMMENT };
            self.out.push_str(&block[from..at - first]);
            self.out.extend(std::iter::repeat_n(' ', begins - width));
            self.out.push_str(&comment);
            from = at - first;
        }
        self.out.push_str(&block[from..]);
    }

    /// What was printed, and the places of the expressions that cannot be read.
    pub(super) fn finish(mut self) -> (String, Vec<Range<usize>>) {
        self.end_block();
        (self.out.replace("\r\n", "\n"), self.unread)
    }

    /// A value, in a line that is indented by `indent`.
    pub(super) fn value(&mut self, value: &Node<'_>, form: Option<Form>, indent: usize) {
        match value {
            Node::Plain(plain) => self.push(plain),
            Node::Text(text) => {
                let printed = match form.as_ref().map(Form::alone) {
                    Some(Form::Expression(grammar)) => self.expression(text, *grammar, indent),
                    Some(Form::Grid) => grid(&text.text),
                    _ => None,
                };
                self.push(printed.as_deref().unwrap_or(text.written));
            }
            Node::Group(group) => self.group(group, form, indent),
        }
    }

    /// A list or inline table. One whose author broke its lines keeps them, but for a table that fits into one: TOML 1.0 knows no other.
    fn group(&mut self, group: &GroupNode<'_>, form: Option<Form>, indent: usize) {
        let is_broken = group.parts.iter().any(|part| !matches!(part, Part::Item { .. }));
        let has_comment = group.parts.iter().any(|part| matches!(part, Part::Comment(_)));
        if is_broken && (group.is_list || has_comment) {
            return self.rows(group, form, indent);
        }
        let (start, column, unread, comments) = (self.out.len(), self.column, self.unread.len(), self.comments.len());
        self.in_line(group, form, indent);
        let printed = &self.out[start..];
        // An expression that is broken in a list gets a line of its own, in which it may fit.
        let is_long = is_broken && self.column > WIDTH || printed.contains('\n') && (is_broken || has_expressions(group, form));
        if is_long {
            self.out.truncate(start);
            self.unread.truncate(unread);
            self.comments.truncate(comments);
            self.column = column;
            self.rows(group, form, indent);
        }
    }

    /// A list or inline table in one line.
    fn in_line(&mut self, group: &GroupNode<'_>, form: Option<Form>, indent: usize) {
        let (open, close) = match (group.is_list, group.parts.is_empty()) {
            (true, _) => ("[", "]"),
            (false, true) => ("{", "}"),
            (false, false) => ("{ ", " }"),
        };
        self.push(open);
        for (at, part) in group.parts.iter().enumerate() {
            if let Part::Item { path, value } = part {
                self.push(if at > 0 { ", " } else { "" });
                self.item((path, 0), value, form, indent);
            }
        }
        self.push(close);
    }

    /// An item, and before it its key, which fills this width.
    fn item(&mut self, (path, width): (&[KeyPart<'_>], usize), value: &Node<'_>, form: Option<Form>, indent: usize) {
        if path.is_empty() {
            return self.value(value, form.and_then(|form| form.item().copied()), indent);
        }
        let key = dotted(path);
        self.push(&key);
        self.push(&" ".repeat(width.saturating_sub(key.width())));
        self.push(" = ");
        let form = form.and_then(|form| path.iter().try_fold(form, |form, part| form.step(&part.name).copied()));
        self.value(value, form, indent);
    }

    /// A list or inline table in several lines: those that its author made, or one for each item.
    fn rows(&mut self, group: &GroupNode<'_>, form: Option<Form>, indent: usize) {
        let (open, close) = if group.is_list { ("[", "]") } else { ("{", "}") };
        self.push(open);
        let (opening, rows) = rows(group);
        if opening.is_none() && rows.is_empty() {
            return self.push(close);
        }
        let lone = rows.iter().filter_map(|row| if let [(path, _)] = row.items.as_slice() { Some(dotted(path).width()) } else { None });
        let widest = lone.max().unwrap_or_default();
        self.comment(opening);
        self.end_line();
        let last = rows.iter().rposition(|row| !row.items.is_empty());
        for (at, row) in rows.iter().enumerate() {
            self.indent(if row.items.is_empty() && row.comment.is_none() { 0 } else { indent + INDENT });
            for (index, (path, value)) in row.items.iter().enumerate() {
                self.push(if index > 0 { ", " } else { "" });
                self.item((path, if row.items.len() == 1 { widest } else { 0 }), value, form, indent + INDENT);
            }
            if !row.items.is_empty() && (group.is_list || group.has_last_comma || last != Some(at)) {
                self.push(",");
            }
            match row.comment {
                Some(comment) if row.items.is_empty() => self.push(comment),
                comment => self.comment(comment),
            }
            self.end_line();
        }
        self.indent(indent);
        self.push(close);
    }

    /// An expression with its quotes; `None` if it stays as it is written.
    fn expression(&mut self, node: &TextNode<'_>, grammar: Grammar, indent: usize) -> Option<String> {
        let parsed = Expression::parse(&node.text, grammar, self.is_mapping)?;
        let Ok(expression) = parsed else {
            self.unread.push(node.range.clone());
            return None;
        };
        let flat = expression.flat();
        let fits = self.column + flat.width() + "''".len() <= WIDTH;
        let is_item = self.out.ends_with(['[', ' ']) && !self.out.ends_with("= ");
        let begins = if is_item { self.column + "'''".len() } else { indent + INDENT };
        let lines = (!fits).then(|| expression.broken(begins, if is_item { indent + INDENT } else { begins }));
        let Some(lines) = lines.filter(|lines| lines.contains('\n') && quotes::is_literal(lines)) else {
            let prefers_double = self.is_mapping && node.written.starts_with('"');
            return Some(quotes::quoted(&flat, prefers_double));
        };
        let start = if is_item { String::new() } else { format!("\n{}", " ".repeat(begins)) };
        Some(format!("'''{start}{lines}'''"))
    }
}

/// The comment behind the opening bracket of a list or inline table, and its lines. Blank ones are only between others, and one at a time.
fn rows<'g, 't>(group: &'g GroupNode<'t>) -> (Option<&'t str>, Vec<Row<'g, 't>>) {
    let mut rows = vec![Row::default()];
    let is_broken = group.parts.iter().any(|part| matches!(part, Part::Break));
    for part in &group.parts {
        if !is_broken && matches!(part, Part::Item { .. }) {
            rows.push(Row::default());
        }
        let last = rows.len() - 1;
        match part {
            Part::Item { path, value } => rows[last].items.push((path, value)),
            Part::Comment(comment) => rows[last].comment = Some(comment),
            Part::Break => rows.push(Row::default()),
        }
    }
    let is_blank = |row: &Row<'_, '_>| row.items.is_empty() && row.comment.is_none();
    let opening = if rows[0].items.is_empty() { rows[0].comment.take() } else { None };
    // The line of the opening bracket, and that of the closing one.
    rows.dedup_by(|next, before| is_blank(next) && is_blank(before));
    rows.pop_if(|row| is_blank(row));
    if rows.first().is_some_and(is_blank) {
        rows.remove(0);
    }
    (opening, rows)
}

/// Whether a list has an expression in it.
fn has_expressions(group: &GroupNode<'_>, form: Option<Form>) -> bool {
    let item = form.and_then(|form| form.item().copied());
    group.is_list && matches!(item.as_ref().map(Form::alone), Some(Form::Expression(_)))
}

/// A markdown table whose columns are aligned, with its quotes; `None` if it stays as it is written.
fn grid(text: &str) -> Option<String> {
    let aligned = grammar::aligned(text).filter(|aligned| quotes::is_literal(aligned))?;
    Some(format!("'''\n{aligned}'''"))
}
