//! The grammar of an event that is to happen: `NAME by=ENTITY key=VALUE key=VALUE,VALUE`.

use super::Embedded;
use super::condition::{Reader, read, read_between};
use super::error::Mistake;
use super::lexer::{self, EntityToken, Figure, Parsed, sign};
use crate::diag::Diagnostic;
use crate::syntax::ast::{EventRequestDecl, GivenValue};
use crate::text::{Span, Spanned};
use nom::Parser;
use nom::branch::alt;
use nom::combinator::{cut, opt};
use nom::error::context;
use nom::multi::separated_list1;
use nom::sequence::preceded;

/// Parses an event: its name, who does it, and its parameters, in any order.
///
/// # Errors
///
/// If the text is not one.
pub fn event_request(source: &Embedded) -> Result<EventRequestDecl, Diagnostic> {
    read(source, "event", "a parameter such as `customer=customer:fabrikam`, or the end", Reader::event_request)
}

impl<'a> Reader<'a> {
    fn event_request(self, input: &'a str) -> Parsed<'a, EventRequestDecl> {
        let (mut rest, name) = context("the name of an event, such as `remove-dap`,", lexer::name).parse(input)?;
        let mut event = EventRequestDecl { span: self.span(input.trim()), name: self.spanned(name), by: None, arguments: Vec::new() };
        while let (after, Some(key)) = opt(lexer::name).parse(rest)? {
            let is_given = if key == "by" { event.by.is_some() } else { event.arguments.iter().any(|(known, _)| known.value == key) };
            if is_given {
                return Err(Mistake::new(format!("`{key}` is given twice"), key, "given again").stop(rest));
            }
            if key == "at" {
                let help = "it happens at the date of the question, which `--at` gives";
                return Err(Mistake::new("an event has no date of its own here", key, "").help(help).stop(rest));
            }
            let value = preceded(context("`=`", sign("=")), move |input| self.given(input));
            let (after, given) = cut(value).parse(after)?;
            match (key, given.value) {
                ("by", GivenValue::Text(by)) => event.by = Some(Spanned::new(by, given.span)),
                ("by", _) => return Err(Mistake::new("one entity does an event", key, "").help("write `by=ENTITY`").stop(rest)),
                (_, value) => event.arguments.push((self.spanned(key), Spanned::new(value, given.span))),
            }
            rest = after;
        }
        Ok((rest, event))
    }

    /// A value, or several with commas between; `[]` for none.
    fn given(self, input: &'a str) -> Parsed<'a, Spanned<GivenValue>> {
        let none = (sign("["), cut(context("`]`", sign("]"))));
        if let (rest, Some(_)) = opt(none).parse(input)? {
            return Ok((rest, Spanned::new(GivenValue::List(Vec::new()), self.between(input, rest))));
        }
        let (rest, mut values) = separated_list1(sign(","), move |input| self.given_value(input)).parse(input)?;
        if values.len() > 1 {
            return Ok((rest, Spanned::new(GivenValue::List(values), self.between(input, rest))));
        }
        Ok((rest, values.remove(0)))
    }

    fn given_value(self, input: &'a str) -> Parsed<'a, Spanned<GivenValue>> {
        let entity = lexer::entity.map(|EntityToken { kind, id }| GivenValue::Text(format!("{kind}:{id}")));
        let figure = lexer::figure.map(|figure| match figure {
            Figure::Number(number) => GivenValue::Number(number),
            Figure::Date(date) => GivenValue::Date(date),
        });
        let text = lexer::text.map(GivenValue::Text);
        let word = lexer::name.map(|word| GivenValue::Text(word.to_owned()));
        let (rest, value) = context("a value, such as `customer:fabrikam`,", alt((entity, text, figure, word))).parse(input)?;
        Ok((rest, Spanned::new(value, self.between(input, rest))))
    }

    fn between(self, input: &'a str, rest: &'a str) -> Span {
        self.span(read_between(input, rest))
    }
}
