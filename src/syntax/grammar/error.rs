//! The error type of the parsers: the furthest place at which reading stopped, and what was expected there.

use crate::diag::Code;
use nom::error::{ContextError, ErrorKind, ParseError};

/// Where reading stopped, and why. `hints` makes it a diagnostic.
#[derive(Debug)]
pub(super) struct ParseFailure<'a> {
    /// The text from there on.
    pub(super) rest: &'a str,
    /// The mistake there.
    pub(super) why: Why<'a>,
}

/// Why a parser stopped.
#[derive(Debug)]
pub(super) enum Why<'a> {
    /// Something else was expected; `None` until a context says what.
    Expected(Option<&'static str>),
    /// A mistake with a headline of its own.
    Mistake(Box<Mistake<'a>>),
}

/// A mistake that is not just a token out of place.
#[derive(Debug)]
pub(super) struct Mistake<'a> {
    /// The diagnostic's code.
    pub code: Code,
    /// What is wrong.
    pub headline: String,
    /// The part of the text that is marked.
    pub at: &'a str,
    /// The label of that part.
    pub label: &'static str,
    /// What to do.
    pub help: Option<String>,
}

impl<'a> Mistake<'a> {
    /// A mistake of syntax at `at`, a part of the text.
    pub(super) fn new(headline: impl Into<String>, at: &'a str, label: &'static str) -> Mistake<'a> {
        Mistake { code: Code::ExpressionSyntax, headline: headline.into(), at, label, help: None }
    }

    /// The same under another code.
    pub(super) fn code(self, code: Code) -> Mistake<'a> {
        Mistake { code, ..self }
    }

    /// The same with what to do.
    pub(super) fn help(self, help: impl Into<String>) -> Mistake<'a> {
        Mistake { help: Some(help.into()), ..self }
    }

    /// The mistake as an error that ends all alternatives. `rest` is the text from the mistake on.
    pub(super) fn stop(self, rest: &'a str) -> nom::Err<ParseFailure<'a>> {
        nom::Err::Failure(ParseFailure { rest, why: Why::Mistake(Box::new(self)) })
    }
}

impl<'a> ParseError<&'a str> for ParseFailure<'a> {
    fn from_error_kind(rest: &'a str, _: ErrorKind) -> ParseFailure<'a> {
        ParseFailure { rest: rest.trim_start(), why: Why::Expected(None) }
    }

    fn append(_: &'a str, _: ErrorKind, other: ParseFailure<'a>) -> ParseFailure<'a> {
        other
    }

    /// The failure that is further on; of two at one place the one that says more, else the later.
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
    /// Only the innermost context is kept, and only for a failure at the place where it begins.
    fn add_context(start: &'a str, expected: &'static str, mut other: ParseFailure<'a>) -> ParseFailure<'a> {
        if matches!(other.why, Why::Expected(None)) && other.rest.len() == start.trim_start().len() {
            other.why = Why::Expected(Some(expected));
        }
        other
    }
}
