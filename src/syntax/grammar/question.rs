//! The grammar of questions: whether someone may do something, who may, what someone may, and who holds a role; with dates, toggles and
//! assumptions.

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
use nom::bytes::complete::tag_no_case;
use nom::character::complete::{multispace0, satisfy};
use nom::combinator::{cut, map_opt, opt, peek};
use nom::error::context;
use nom::sequence::{preceded, terminated};
use std::fmt;

/// A question as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedQuestion {
    /// What is asked.
    pub form: QuestionForm,
    /// Dates, toggles and assumptions.
    pub clauses: Clauses,
}

/// Entities as a question names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedEntities {
    /// One, by kind and id.
    One(String, String),
    /// All of a kind: `KIND:*`.
    All(String),
}

impl NamedEntities {
    /// Those that an argument names, whose id is not lexed: `*` stands for all, and cannot be an id.
    pub fn of_argument(kind: String, id: String) -> NamedEntities {
        if id == "*" { NamedEntities::All(kind) } else { NamedEntities::One(kind, id) }
    }
}

impl fmt::Display for NamedEntities {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NamedEntities::One(kind, id) if id == "*" => write!(to, "{kind}:\"*\""),
            NamedEntities::One(kind, id) => write!(to, "{kind}:{id}"),
            NamedEntities::All(kind) => write!(to, "{kind}:*"),
        }
    }
}

/// What a question asks. One entity is kind and id. Where a list is asked for, an action may end in `.*` or be `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuestionForm {
    /// Whether someone may do something.
    Can {
        /// Who.
        subject: Spanned<(String, String)>,
        /// What.
        action: Spanned<String>,
        /// To what.
        resource: Spanned<(String, String)>,
    },
    /// Who may do something.
    WhoCan {
        /// What.
        action: Spanned<String>,
        /// To what.
        resource: Spanned<NamedEntities>,
    },
    /// What someone may do.
    WhatCan {
        /// Who.
        subject: Spanned<NamedEntities>,
        /// To what; `None` for everything.
        resource: Option<Spanned<NamedEntities>>,
    },
    /// Who holds a role.
    WhoHolds {
        /// The role: its name, or an id.
        role: Spanned<String>,
        /// What it is held over.
        scope: Spanned<(String, String)>,
    },
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

/// Requests as one line names them: `SUBJECT ACTION RESOURCE`, each one or a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestPattern {
    /// Who.
    pub subject: NamedEntities,
    /// What.
    pub action: String,
    /// To what.
    pub resource: NamedEntities,
}

/// Parses a line of requests, such as `user:alice directory.* customer:fabrikam`.
///
/// # Errors
///
/// If the text is not such a line.
pub fn request_pattern(source: &Embedded) -> Result<RequestPattern, Diagnostic> {
    read(source, "line", "the end of the line", Reader::request_pattern)
}

/// The forms of questions, for who begins one with another word.
const FORMS: &str = "a question is `can SUBJECT ACTION RESOURCE`, `who can ACTION on RESOURCE`, `what can SUBJECT do`, `what can SUBJECT do on \
                     RESOURCE` or `who holds ROLE on SCOPE`";

const ACTIONS: &str = "an action, such as `directory.manage` or `directory.*`,";
const SUBJECT: &str = "a subject, such as `user:alice`,";
const RESOURCE: &str = "a resource, such as `customer:fabrikam`,";

enum Clause<'a> {
    At(&'a str, Instant),
    PolicyAt(&'a str, Instant),
    With(&'a str),
    Without(&'a str),
    Assuming(bool, Box<Expr>),
}

impl<'a> Reader<'a> {
    fn question(self, input: &'a str) -> Parsed<'a, ParsedQuestion> {
        let (rest, form) = match first_word(input) {
            "can" | "Can" => self.can(input),
            "who" | "Who" => self.who(input),
            "what" | "What" => self.what(input),
            "" => Err(context("`can`", keyword("can")).parse(input).err().unwrap_or(nom::Err::Incomplete(nom::Needed::Unknown))),
            word => {
                let mistake = Mistake::new(format!("no question begins with `{word}`"), word, "the first word").help(FORMS);
                return Err(mistake.stop(input));
            }
        }?;
        let (rest, clauses) = self.clauses(rest)?;
        Ok((rest, ParsedQuestion { form, clauses }))
    }

    fn can(self, input: &'a str) -> Parsed<'a, QuestionForm> {
        let subject = context(SUBJECT, move |input| self.entity(input));
        let action = context("an action, such as `directory.manage`,", lexer::action_name);
        let (rest, (subject, action, resource)) = preceded(begins("can"), cut((subject, action, self.resource()))).parse(input)?;
        Ok((rest, QuestionForm::Can { subject, action: self.spanned(action), resource }))
    }

    fn who(self, input: &'a str) -> Parsed<'a, QuestionForm> {
        let (rest, _) = begins("who").parse(input)?;
        if first_word(rest) != "can" {
            return self.holds(rest);
        }
        let action = context(ACTIONS, lexer::action_pattern);
        let words = (keyword("can"), action, context("`on`", keyword("on")), move |input| self.entities(RESOURCE, input));
        let (rest, (_, action, _, resource)) = cut(words).parse(rest)?;
        Ok((rest, QuestionForm::WhoCan { action: self.spanned(action), resource }))
    }

    fn holds(self, input: &'a str) -> Parsed<'a, QuestionForm> {
        let role = context("a role, such as `owner`,", move |input: &'a str| {
            let by_id = map_opt(lexer::entity, |EntityToken { kind, id }| (kind == "role").then_some(id));
            let (rest, role) = alt((by_id, lexer::name.map(str::to_owned))).parse(input)?;
            Ok((rest, Spanned::new(role, self.span(read_between(input, rest)))))
        });
        let scope = context("a scope, such as `customer:fabrikam`,", move |input| self.entity(input));
        let words = (context("`can ACTION` or `holds ROLE`", keyword("holds")), role, context("`on`", keyword("on")), scope);
        let (rest, (_, role, _, scope)) = cut(words).parse(input)?;
        Ok((rest, QuestionForm::WhoHolds { role, scope }))
    }

    fn what(self, input: &'a str) -> Parsed<'a, QuestionForm> {
        let subject = move |input| self.entities(SUBJECT, input);
        let words = (context("`can`", keyword("can")), subject, context("`do`", keyword("do")));
        let (rest, (_, subject, _)) = preceded(begins("what"), cut(words)).parse(input)?;
        let (rest, resource) = opt(preceded(keyword("on"), cut(move |input| self.entities(RESOURCE, input)))).parse(rest)?;
        Ok((rest, QuestionForm::WhatCan { subject, resource }))
    }

    fn request_pattern(self, input: &'a str) -> Parsed<'a, RequestPattern> {
        let action = context(ACTIONS, lexer::action_pattern);
        let words = (move |input| self.entities(SUBJECT, input), action, move |input| self.entities(RESOURCE, input));
        let (rest, (subject, action, resource)) = cut(words).parse(input)?;
        Ok((rest, RequestPattern { subject: subject.value, action: action.to_owned(), resource: resource.value }))
    }

    fn resource(self) -> impl Parser<&'a str, Output = Spanned<(String, String)>, Error = ParseFailure<'a>> {
        context(RESOURCE, move |input| self.entity(input))
    }

    /// An entity, or `KIND:*`. A `*` in quotes is an id.
    fn entities(self, what: &'static str, input: &'a str) -> Parsed<'a, Spanned<NamedEntities>> {
        if let Ok((rest, kind)) = lexer::all_of_kind(input) {
            return Ok((rest, Spanned::new(NamedEntities::All(kind.to_owned()), self.span(read_between(input, rest)))));
        }
        let (rest, Spanned { value: (kind, id), span }) = context(what, move |input| self.entity(input)).parse(input)?;
        Ok((rest, Spanned::new(NamedEntities::One(kind, id), span)))
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

/// The first word of a text.
fn first_word(input: &str) -> &str {
    let input = lexer::skip(input);
    &input[..input.find(|c: char| !c.is_alphanumeric()).unwrap_or(input.len())]
}

/// The first word of a question, which may begin with a capital.
fn begins<'a>(word: &'static str) -> impl Parser<&'a str, Output = &'a str, Error = ParseFailure<'a>> {
    let capital = terminated(tag_no_case(word), peek(satisfy(char::is_whitespace)));
    alt((keyword(word), preceded(multispace0, capital)))
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
    Err(Mistake::new(format!("`{clause}` occurs twice"), raw, "the second date").help("a question has one date").stop(rest))
}
