//! The grammar of questions: `can SUBJECT ACTION RESOURCE` and `who holds ROLE on SCOPE`, with dates, toggles and assumptions.

use super::Embedded;
use super::condition::{Reader, read, read_between};
use super::error::{Mistake, ParseFailure};
use super::lexer::{self, EntityToken, Figure, Parsed, keyword};
use crate::diag::Diagnostic;
use crate::syntax::ast::expr::Expr;
use crate::text::Spanned;
use crate::time::Instant;
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::character::complete::{multispace0, satisfy};
use nom::combinator::{cut, map_opt, opt, peek};
use nom::error::context;
use nom::sequence::{preceded, terminated};

/// A question as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedQuestion {
    /// The subject: kind and id.
    pub subject: Spanned<(String, String)>,
    /// The action.
    pub action: Spanned<String>,
    /// The resource: kind and id.
    pub resource: Spanned<(String, String)>,
    /// Dates, toggles and assumptions.
    pub clauses: Clauses,
}

/// The question who holds a role, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldersQuestion {
    /// The role: its name, or an id.
    pub role: Spanned<String>,
    /// What it is held over: kind and id.
    pub scope: Spanned<(String, String)>,
    /// Dates, toggles and assumptions.
    pub clauses: Clauses,
}

/// What a question is asked under.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clauses {
    /// The date of the world, and of the policy unless `policy_at` is given.
    pub at: Option<Spanned<Instant>>,
    /// The date of the policy.
    pub policy_at: Option<Spanned<Instant>>,
    /// Toggles that are on.
    pub with: Vec<Spanned<String>>,
    /// Toggles that are off.
    pub without: Vec<Spanned<String>>,
    /// Facts that are assumed to hold (`true`) or, with `not`, not to hold (`false`).
    pub assuming: Vec<(bool, Expr)>,
}

/// Parses a question. It may begin with a capital and end in a question mark.
///
/// # Errors
///
/// If the text is not a question.
pub fn question(source: &Embedded) -> Result<ParsedQuestion, Diagnostic> {
    let text = source.text.trim_end();
    let source = Embedded { text: text.strip_suffix('?').unwrap_or(text), ..source.clone() };
    read(&source, "question", "`at`, `policy-at`, `with`, `without`, `assuming` or the end", Reader::question)
}

/// Parses the question who holds a role. It may begin with a capital and end in a question mark.
///
/// # Errors
///
/// If the text is not such a question.
pub fn holders_question(source: &Embedded) -> Result<HoldersQuestion, Diagnostic> {
    let text = source.text.trim_end();
    let source = Embedded { text: text.strip_suffix('?').unwrap_or(text), ..source.clone() };
    read(&source, "question", "`at`, `policy-at`, `with`, `without`, `assuming` or the end", Reader::holders_question)
}

enum Clause<'a> {
    At(&'a str, Instant),
    PolicyAt(&'a str, Instant),
    With(&'a str),
    Without(&'a str),
    Assuming(bool, Box<Expr>),
}

impl<'a> Reader<'a> {
    fn question(self, input: &'a str) -> Parsed<'a, ParsedQuestion> {
        let capital = terminated(tag("Can"), peek(satisfy(char::is_whitespace)));
        let can = context("`can`", alt((keyword("can"), preceded(multispace0, capital))));
        let subject = context("a subject, such as `user:alice`,", move |input| self.entity(input));
        let action = context("an action, such as `directory.manage`,", lexer::action_name);
        let resource = context("a resource, such as `customer:fabrikam`,", move |input| self.entity(input));
        let (rest, (subject, action, resource)) = preceded(can, cut((subject, action, resource))).parse(input)?;
        let action = self.spanned(action);
        let (rest, clauses) = self.clauses(rest)?;
        Ok((rest, ParsedQuestion { subject, action, resource, clauses }))
    }

    fn holders_question(self, input: &'a str) -> Parsed<'a, HoldersQuestion> {
        let capital = terminated(tag("Who"), peek(satisfy(char::is_whitespace)));
        let who = context("`who`", alt((keyword("who"), preceded(multispace0, capital))));
        let role = context("a role, such as `owner`,", move |input: &'a str| {
            let by_id = map_opt(lexer::entity, |EntityToken { kind, id }| (kind == "role").then_some(id));
            let (rest, role) = alt((by_id, lexer::name.map(str::to_owned))).parse(input)?;
            Ok((rest, Spanned::new(role, self.span(read_between(input, rest)))))
        });
        let scope = context("a scope, such as `customer:fabrikam`,", move |input| self.entity(input));
        let words = (context("`holds ROLE`", keyword("holds")), role, context("`on`", keyword("on")), scope);
        let (rest, (_, role, _, scope)) = preceded(who, cut(words)).parse(input)?;
        let (rest, clauses) = self.clauses(rest)?;
        Ok((rest, HoldersQuestion { role, scope, clauses }))
    }

    fn clauses(self, input: &'a str) -> Parsed<'a, Clauses> {
        let (mut rest, mut clauses) = (input, Clauses::default());
        while let (after, Some(clause)) = opt(|input| self.clause(input)).parse(rest)? {
            match clause {
                Clause::At(raw, date) => once(&mut clauses.at, Spanned::new(date, self.span(raw)), "at", raw, rest)?,
                Clause::PolicyAt(raw, date) => once(&mut clauses.policy_at, Spanned::new(date, self.span(raw)), "policy-at", raw, rest)?,
                Clause::With(toggle) => clauses.with.push(self.spanned(toggle)),
                Clause::Without(toggle) => clauses.without.push(self.spanned(toggle)),
                Clause::Assuming(holds, fact) => clauses.assuming.push((holds, *fact)),
            }
            rest = after;
        }
        Ok((rest, clauses))
    }

    fn entity(self, input: &'a str) -> Parsed<'a, Spanned<(String, String)>> {
        let (rest, EntityToken { kind, id }) = lexer::entity(input)?;
        Ok((rest, Spanned::new((kind.to_owned(), id), self.span(read_between(input, rest)))))
    }

    fn clause(self, input: &'a str) -> Parsed<'a, Clause<'a>> {
        let toggle = || cut(context("a toggle's name", lexer::name));
        let assumed = (opt(keyword("not")), move |input| self.fact(input));
        alt((
            preceded(keyword("at"), cut(date)).map(|(raw, date)| Clause::At(raw, date)),
            preceded(keyword("policy-at"), cut(date)).map(|(raw, date)| Clause::PolicyAt(raw, date)),
            preceded(keyword("with"), toggle()).map(Clause::With),
            preceded(keyword("without"), toggle()).map(Clause::Without),
            preceded(keyword("assuming"), cut(assumed)).map(|(not, fact)| Clause::Assuming(not.is_none(), Box::new(fact))),
        ))
        .parse(input)
    }
}

fn date(input: &str) -> Parsed<'_, (&str, Instant)> {
    let date = map_opt(lexer::figure, |figure| match figure {
        Figure::Date(date) => Some(date),
        Figure::Number(_) => None,
    });
    let (rest, date) = context("a date, such as `2020-06-19`,", date).parse(input)?;
    Ok((rest, (read_between(input, rest), date)))
}

fn once<'a, T>(place: &mut Option<T>, value: T, clause: &str, raw: &'a str, rest: &'a str) -> Result<(), nom::Err<ParseFailure<'a>>> {
    if place.replace(value).is_none() {
        return Ok(());
    }
    Err(Mistake::new(format!("`{clause}` stands twice"), raw, "the second date").help("a question is asked of one date").stop(rest))
}
