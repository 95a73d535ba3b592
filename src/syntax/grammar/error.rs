//! The error of the grammars: the furthest place at which reading stopped, and what was expected there.

use super::lexer;
use super::{Embedded, hints};
use crate::diag::{Code, Diagnostic};
use nom::error::{ContextError, ErrorKind, ParseError};

/// Where reading stopped, and why.
#[derive(Debug)]
pub(super) struct ParseFailure<'a> {
    /// The text from there on.
    rest: &'a str,
    why: Why<'a>,
}

#[derive(Debug)]
enum Why<'a> {
    /// Something else should have stood there; nothing until a context says what.
    Expected(Option<&'static str>),
    /// A mistake with words of its own.
    Mistake(Box<Mistake<'a>>),
}

/// A mistake that is not just a token out of place.
#[derive(Debug)]
pub(super) struct Mistake<'a> {
    /// Its code.
    pub code: Code,
    /// What is wrong.
    pub headline: String,
    /// What is shown.
    pub at: &'a str,
    /// What is said there.
    pub label: &'static str,
    /// What to do.
    pub help: Option<String>,
}

impl<'a> Mistake<'a> {
    /// A mistake of syntax at `at`, a part of the text.
    pub fn new(headline: impl Into<String>, at: &'a str, label: &'static str) -> Mistake<'a> {
        Mistake { code: Code::ExpressionSyntax, headline: headline.into(), at, label, help: None }
    }

    /// The same under another code.
    pub fn code(self, code: Code) -> Mistake<'a> {
        Mistake { code, ..self }
    }

    /// The same with what to do.
    pub fn help(self, help: impl Into<String>) -> Mistake<'a> {
        Mistake { help: Some(help.into()), ..self }
    }

    /// As an error that no alternative overrules. `rest` is the text from the mistake on.
    pub fn stop(self, rest: &'a str) -> nom::Err<ParseFailure<'a>> {
        nom::Err::Failure(ParseFailure { rest, why: Why::Mistake(Box::new(self)) })
    }
}

impl<'a> ParseError<&'a str> for ParseFailure<'a> {
    fn from_error_kind(rest: &'a str, _: ErrorKind) -> ParseFailure<'a> {
        ParseFailure { rest: lexer::skip(rest), why: Why::Expected(None) }
    }

    fn append(_: &'a str, _: ErrorKind, other: ParseFailure<'a>) -> ParseFailure<'a> {
        other
    }

    /// The one that came further; of two at one place the one that says more, else the later.
    fn or(self, other: ParseFailure<'a>) -> ParseFailure<'a> {
        let says = |failure: &ParseFailure| match failure.why {
            Why::Expected(None) => 0,
            Why::Expected(Some(_)) => 1,
            Why::Mistake(_) => 2,
        };
        let key = |failure: &ParseFailure| (std::cmp::Reverse(failure.rest.len()), says(failure));
        if key(&self) > key(&other) { self } else { other }
    }
}

impl<'a> ContextError<&'a str> for ParseFailure<'a> {
    /// The innermost context speaks, and only of the place where it begins.
    fn add_context(start: &'a str, expected: &'static str, mut other: ParseFailure<'a>) -> ParseFailure<'a> {
        if matches!(other.why, Why::Expected(None)) && other.rest.len() == lexer::skip(start).len() {
            other.why = Why::Expected(Some(expected));
        }
        other
    }
}

impl ParseFailure<'_> {
    /// As a diagnostic. `noun` is what was being read: `condition`, `fact`.
    pub fn diagnostic(self, source: &Embedded, noun: &str) -> Diagnostic {
        let at = source.text.len() - self.rest.len();
        let expected = match self.why {
            Why::Mistake(told) => {
                let start = nom::Offset::offset(source.text, told.at);
                let diagnostic = Diagnostic::new(told.code, told.headline, source.part(start, start + told.at.len()), told.label);
                return Diagnostic { help: told.help, ..diagnostic };
            }
            Why::Expected(expected) => expected.unwrap_or("something else"),
        };
        let before = hints::before(source.text, at);
        let headline = match before {
            _ if source.text.trim().is_empty() => format!("the {noun} is empty"),
            Some(before) => format!("expected {expected} after `{}`", hints::short(before)),
            None => format!("expected {expected}"),
        };
        let diagnostic = if self.rest.is_empty() {
            // Shown just after the last word, not on the empty line below it.
            let end = source.text.trim_end().len();
            Diagnostic::new(Code::ExpressionSyntax, headline, source.part(end, end), format!("the {noun} ends here"))
        } else {
            let found = hints::found(self.rest);
            let label = format!("found `{}`", hints::short(found));
            Diagnostic::new(Code::ExpressionSyntax, headline, source.part(at, at + found.len()), label)
        };
        Diagnostic { help: hints::help(before.unwrap_or(""), &source.text[..at], self.rest, expected), ..diagnostic }
    }
}
