//! The grammar of conditions, and of facts, conclusions, effects and terms, which are parts of it.

use super::error::{Mistake, ParseFailure};
use super::lexer::{self, EntityToken, Figure, Parsed, keyword, sign};
use super::{Embedded, hints};
use crate::diag::phrases::{Limit, shorten};
use crate::diag::{Code, Diagnostic};
use crate::syntax::ast::expr::{Effect, Expr, ExprNode, FactPattern, Lasting, Op, Pattern, StatedFact, Term, TermNode};
use crate::syntax::print;
use crate::text::{Span, Spanned};
use crate::time::TimeUnit;
use nom::branch::alt;
use nom::combinator::{cut, eof, opt, value};
use nom::error::context;
use nom::multi::{many0, separated_list1};
use nom::sequence::{preceded, terminated};
use nom::{Finish, Parser};

/// The deepest nesting of parentheses and `not`, and the longest chain of attributes.
const DEPTH: usize = 64;

/// The longest expression, in bytes.
const LENGTH: usize = 64 * 1024;

/// Parses a condition: the `expr` of the language.
///
/// # Errors
///
/// If the text is not one, or is too long or too deep.
pub fn condition(source: &Embedded) -> Result<Expr, Diagnostic> {
    read(source, "condition", "`and`, `or` or the end", |reader, input| reader.disjunction(0, input))
}

/// Parses a fact: one atom. Whether a world can have such a fact is not checked.
///
/// # Errors
///
/// If the text is not one.
pub fn fact(source: &Embedded) -> Result<Expr, Diagnostic> {
    read(source, "fact", "the end", Reader::fact)
}

/// Parses what `[[fact]]` states: a fact, or `not` and a fact or an attribute.
///
/// # Errors
///
/// If the text is not one.
pub fn stated_fact(source: &Embedded) -> Result<StatedFact, Diagnostic> {
    read(source, "fact", "the end", Reader::stated_fact)
}

/// Parses a pattern of facts: `FACT [where EXPR]` or `TERM.ATTRIBUTE [where EXPR]`.
///
/// # Errors
///
/// If the text is not one.
pub fn pattern(source: &Embedded) -> Result<Pattern, Diagnostic> {
    read(source, "pattern", "`where` or the end", Reader::pattern)
}

/// Parses the conclusion of an implication: one atom.
///
/// # Errors
///
/// If the text is not one.
pub fn conclusion(source: &Embedded) -> Result<Expr, Diagnostic> {
    read(source, "conclusion", "the end", Reader::fact)
}

/// Parses an effect of an event: `FACT [for TERM days|hours] [where EXPR]`.
///
/// # Errors
///
/// If the text is not one.
pub fn effect(source: &Embedded) -> Result<Effect, Diagnostic> {
    read(source, "effect", "`for`, `where` or the end", Reader::effect)
}

/// Parses a term.
///
/// # Errors
///
/// If the text is not one.
pub fn term(source: &Embedded) -> Result<Term, Diagnostic> {
    read(source, "term", "the end", Reader::term)
}

/// Runs a parser over a whole text, and makes its failure a diagnostic.
pub(super) fn read<'a, T>(
    source: &'a Embedded<'a>,
    noun: &'static str,
    end: &'static str,
    parser: impl Fn(Reader<'a>, &'a str) -> Parsed<'a, T>,
) -> Result<T, Diagnostic> {
    if source.text.len() > LENGTH {
        let headline = format!("the {noun} is longer than {LENGTH} bytes");
        return Err(Diagnostic::new(Code::TooLong, headline, source.span, format!("{} bytes", source.text.len())));
    }
    let reader = Reader { source };
    let parsed = terminated(|input| parser(reader, input), nothing_more(end)).parse(source.text);
    parsed.finish().map(|(_, read)| read).map_err(|failure: ParseFailure| hints::diagnostic(failure, source, noun))
}

/// The parsers of one text; they copy it to make spans.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    source: &'a Embedded<'a>,
}

/// The operator of an atom, between its two terms.
#[derive(Clone, Copy)]
enum Operator {
    Holds,
    Is,
    Within,
    In,
    Compare(Op),
}

impl<'a> Reader<'a> {
    /// A part of the text, with its span.
    pub(super) fn spanned(self, raw: &'a str) -> Spanned<String> {
        Spanned::new(raw.to_owned(), self.span(raw))
    }

    /// The span of a part of the text.
    pub(super) fn span(self, raw: &'a str) -> Span {
        let start = nom::Offset::offset(self.source.text, raw);
        self.source.part(start, start + raw.len())
    }

    fn disjunction(self, depth: usize, input: &'a str) -> Parsed<'a, Expr> {
        let operand = move |input| self.conjunction(depth, input);
        let (rest, (first, more)) = (operand, many0(preceded(keyword("or"), cut(operand)))).parse(input)?;
        Ok((rest, self.joined(input, rest, first, more, ExprNode::Or)))
    }

    fn conjunction(self, depth: usize, input: &'a str) -> Parsed<'a, Expr> {
        let operand = move |input| self.operand(depth, input);
        let (rest, (first, more)) = (operand, many0(preceded(keyword("and"), cut(operand)))).parse(input)?;
        Ok((rest, self.joined(input, rest, first, more, ExprNode::And)))
    }

    fn joined(self, input: &'a str, rest: &'a str, first: Expr, more: Vec<Expr>, join: fn(Vec<Expr>) -> ExprNode) -> Expr {
        if more.is_empty() {
            return first;
        }
        let operands = std::iter::once(first).chain(more).collect();
        Expr { span: self.span(read_between(input, rest)), node: join(operands) }
    }

    fn operand(self, depth: usize, input: &'a str) -> Parsed<'a, Expr> {
        let negation = move |input| self.negation(depth, input);
        let group = move |input| self.group(depth, input);
        context("a condition", alt((negation, group, move |input| self.atom(input)))).parse(input)
    }

    fn negation(self, depth: usize, input: &'a str) -> Parsed<'a, Expr> {
        let (inner, word) = keyword("not").parse(input)?;
        deep_enough(depth, word, input)?;
        let (rest, negated) = cut(|input| self.operand(depth + 1, input)).parse(inner)?;
        Ok((rest, Expr { span: self.span(read_between(input, rest)), node: ExprNode::Not(Box::new(negated)) }))
    }

    /// A condition in parentheses; its span includes them.
    fn group(self, depth: usize, input: &'a str) -> Parsed<'a, Expr> {
        let (inner, open) = sign("(").parse(input)?;
        deep_enough(depth, open, input)?;
        let close = context("`and`, `or` or `)`", sign(")"));
        let (rest, group) = cut(terminated(|input| self.disjunction(depth + 1, input), close)).parse(inner)?;
        Ok((rest, Expr { span: self.span(read_between(input, rest)), ..group }))
    }

    /// An atom of the language.
    pub(super) fn atom(self, input: &'a str) -> Parsed<'a, Expr> {
        let boolean = alt((value(ExprNode::Bool(true), keyword("true")), value(ExprNode::Bool(false), keyword("false"))));
        let toggle =
            preceded(keyword("toggle"), cut(context("a toggle's name", lexer::name))).map(|name| ExprNode::Toggle(self.spanned(name)));
        let relation = |input| self.relation(input);
        let past = preceded(keyword("was"), cut(context("a relation or a role held", |input| self.past(input))));
        let (rest, node) = alt((boolean, toggle, past, relation, |input| self.test(input))).parse(input)?;
        Ok((rest, Expr { span: self.span(read_between(input, rest)), node }))
    }

    /// An atom, in a place where no other condition is possible.
    pub(super) fn fact(self, input: &'a str) -> Parsed<'a, Expr> {
        context("a fact", |input| self.atom(input)).parse(input)
    }

    fn relation(self, input: &'a str) -> Parsed<'a, ExprNode> {
        let (rest, name) = terminated(lexer::free_name, context("`(`", sign("("))).parse(input)?;
        let ends = separated_list1(sign(","), cut(|input| self.term(input)));
        let (rest, terms) = cut(terminated(ends, context("`,` or `)`", sign(")")))).parse(rest)?;
        Ok((rest, ExprNode::Relation { was: false, name: self.spanned(name), terms }))
    }

    /// What stands after `was`.
    fn past(self, input: &'a str) -> Parsed<'a, ExprNode> {
        let held = |input| {
            let (rest, holder) = self.any_term(input)?;
            let expected = if matches!(holder.node, TermNode::Name(_)) { "`(` or `holds`" } else { "`holds`" };
            let (rest, _) = context(expected, keyword("holds")).parse(rest)?;
            self.held(holder, rest)
        };
        let (rest, mut node) = alt((|input| self.relation(input), held)).parse(input)?;
        if let ExprNode::Relation { was, .. } | ExprNode::Holds { was, .. } = &mut node {
            *was = true;
        }
        Ok((rest, node))
    }

    /// `holder holds role on scope`, of which the holder and `holds` were read.
    fn held(self, holder: Term, input: &'a str) -> Parsed<'a, ExprNode> {
        let role = context("a role's name, `role:ID` or `_`", |input| self.role(input));
        let on = context("`on`", keyword("on"));
        let (rest, (role, _, scope)) = cut((role, on, |input| self.term(input))).parse(input)?;
        Ok((rest, ExprNode::Holds { was: false, holder, role: Box::new(role), scope }))
    }

    /// An atom that begins with a term.
    fn test(self, input: &'a str) -> Parsed<'a, ExprNode> {
        let (rest, term) = self.any_term(input)?;
        let (rest, verb) = context("a comparison, `is`, `in`, `within` or `holds`", verb).parse(rest)?;
        let other = |input| cut(|input| self.term(input)).parse(input);
        let (rest, node) = match verb {
            Operator::Holds => self.held(term, rest)?,
            Operator::Is => {
                let (rest, kind) = cut(context("a kind's name", lexer::free_name)).parse(rest)?;
                (rest, ExprNode::Is { term, kind: self.spanned(kind) })
            }
            Operator::Within => other(rest).map(|(rest, scope)| (rest, ExprNode::Within { term, scope }))?,
            Operator::In => match opt(|input| self.list(input)).parse(rest)? {
                (rest, Some(list)) => (rest, ExprNode::InList { term, list }),
                (rest, None) => {
                    let (rest, set) = cut(context("a term or `[`", |input| self.term(input))).parse(rest)?;
                    (rest, ExprNode::In { term, set })
                }
            },
            Operator::Compare(op) => other(rest).map(|(rest, right)| (rest, ExprNode::Compare { left: term, op, right }))?,
        };
        refuse_chain(rest)?;
        Ok((rest, node))
    }

    /// What stands after `holds`: the name of a role or variable, `role:ID` or `_`.
    fn role(self, input: &'a str) -> Parsed<'a, Term> {
        let name = lexer::free_name.map(|name| TermNode::Name(name.to_owned()));
        let wildcard = lexer::wildcard.map(|_| TermNode::Any);
        let (rest, node) = alt((move |input| self.entity_term(input), name, wildcard)).parse(input)?;
        Ok((rest, Term { span: self.span(read_between(input, rest)), node }))
    }

    fn entity_term(self, input: &'a str) -> Parsed<'a, TermNode> {
        lexer::entity.map(|EntityToken { kind, id, .. }| TermNode::Entity { kind: self.spanned(kind), id }).parse(input)
    }

    fn list(self, input: &'a str) -> Parsed<'a, Vec<Term>> {
        let literal = context("an entity, string, number or date", |input| self.literal(input));
        let literals = separated_list1(sign(","), cut(literal));
        let close = context("`,` or `]`", sign("]"));
        preceded(sign("["), cut(terminated(literals, close))).parse(input)
    }

    /// A term with its attributes.
    pub(super) fn term(self, input: &'a str) -> Parsed<'a, Term> {
        context("a term", |input| self.any_term(input)).parse(input)
    }

    fn any_term(self, input: &'a str) -> Parsed<'a, Term> {
        let name = move |input| self.name_term(input);
        let literal = move |input| self.literal(input);
        let (mut rest, mut term) = alt((name, literal, move |input| self.wildcard(input))).parse(input)?;
        let mut steps = 0;
        while let Ok((after, dot)) = sign(".").parse(rest) {
            if steps == 0 {
                attributes_follow(&term, read_between(input, rest), dot).map_err(|mistake| mistake.stop(lexer::skip(rest)))?;
            }
            if steps == DEPTH {
                let mistake = Mistake::new(format!("more than {DEPTH} attributes follow one another"), dot, "").code(Code::ExpressionDepth);
                return Err(mistake.stop(lexer::skip(rest)));
            }
            let (end, attribute) = cut(context("an attribute's name", lexer::name)).parse(after)?;
            let node = TermNode::Attribute(Box::new(term), self.spanned(attribute));
            term = Term { span: self.span(read_between(input, end)), node };
            (rest, steps) = (end, steps + 1);
        }
        Ok((rest, term))
    }

    /// `subject`, `resource`, a variable or a parameter.
    fn name_term(self, input: &'a str) -> Parsed<'a, Term> {
        let (rest, name) = alt((keyword("subject"), keyword("resource"), lexer::free_name)).parse(input)?;
        let node = match name {
            "subject" => TermNode::Subject,
            "resource" => TermNode::Resource,
            _ => TermNode::Name(name.to_owned()),
        };
        Ok((rest, Term { span: self.span(name), node }))
    }

    /// An entity, text, number or date.
    fn literal(self, input: &'a str) -> Parsed<'a, Term> {
        let entity = move |input| self.entity_term(input);
        let figure = lexer::figure.map(|figure| match figure {
            Figure::Number(number) => TermNode::Number(number),
            Figure::Date(date) => TermNode::Date(date),
        });
        let (rest, node) = alt((entity, lexer::text.map(TermNode::Text), figure)).parse(input)?;
        Ok((rest, Term { span: self.span(read_between(input, rest)), node }))
    }

    fn wildcard(self, input: &'a str) -> Parsed<'a, Term> {
        let (rest, any) = lexer::wildcard(input)?;
        Ok((rest, Term { span: self.span(any), node: TermNode::Any }))
    }

    /// `FACT [for TERM days|hours] [where EXPR]`
    fn effect(self, input: &'a str) -> Parsed<'a, Effect> {
        let units = [TimeUnit::Days, TimeUnit::Hours].map(|unit| value(unit, keyword(unit.name())));
        let [days, hours] = units;
        let lasting = (move |input| self.term(input), context("`days` or `hours`", alt((days, hours))));
        let lasting = lasting.map(|(count, unit)| Lasting { count, unit });
        let lasting = opt(preceded(keyword("for"), cut(lasting)));
        let binding = move |input| self.binding(input);
        let (rest, (fact, lasts, condition)) = (move |input| self.fact(input), lasting, binding).parse(input)?;
        Ok((rest, Effect { span: self.span(read_between(input, rest)), fact, lasts, condition }))
    }

    /// `[where EXPR]`, which ends the text.
    fn binding(self, input: &'a str) -> Parsed<'a, Option<Expr>> {
        let condition = terminated(move |input| self.disjunction(0, input), nothing_more("`and`, `or` or the end"));
        opt(preceded(keyword("where"), cut(condition))).parse(input)
    }

    /// `FACT [where EXPR]` or `TERM.ATTRIBUTE [where EXPR]`
    fn pattern(self, input: &'a str) -> Parsed<'a, Pattern> {
        let (rest, (fact, condition)) = (move |input| self.fact_pattern(input), move |input| self.binding(input)).parse(input)?;
        Ok((rest, Pattern { span: self.span(read_between(input, rest)), fact, condition }))
    }

    /// `FACT` or `TERM.ATTRIBUTE`
    fn fact_pattern(self, input: &'a str) -> Parsed<'a, FactPattern> {
        let alone = |rest| lexer::skip(rest).is_empty() || keyword("where").parse(rest).is_ok();
        match self.any_term(input) {
            Ok((rest, term)) if matches!(term.node, TermNode::Attribute(..)) && alone(rest) => Ok((rest, FactPattern::Attribute(term))),
            _ => self.fact(input).map(|(rest, fact)| (rest, FactPattern::Fact(fact))),
        }
    }

    /// `FACT`, `not FACT` or `not TERM.ATTRIBUTE`
    fn stated_fact(self, input: &'a str) -> Parsed<'a, StatedFact> {
        match keyword("not").parse(input) {
            Ok((rest, _)) => cut(|input| self.fact_pattern(input)).map(StatedFact::HoldsNot).parse(rest),
            Err(_) => self.fact(input).map(|(rest, fact)| (rest, StatedFact::Holds(fact))),
        }
    }
}

fn nothing_more<'a>(expected: &'static str) -> impl Parser<&'a str, Output = &'a str, Error = ParseFailure<'a>> {
    context(expected, |input| eof(lexer::skip(input)))
}

/// The text from `start` up to `rest`, without white space at its start.
pub(super) fn read_between<'a>(start: &'a str, rest: &str) -> &'a str {
    let start = lexer::skip(start);
    &start[..start.len() - rest.len()]
}

fn verb(input: &str) -> Parsed<'_, Operator> {
    let order = alt((
        value(Operator::Compare(Op::Eq), sign("==")),
        value(Operator::Compare(Op::Ne), sign("!=")),
        value(Operator::Compare(Op::Le), sign("<=")),
        value(Operator::Compare(Op::Ge), sign(">=")),
        value(Operator::Compare(Op::Lt), sign("<")),
        value(Operator::Compare(Op::Gt), sign(">")),
    ));
    let words = alt((
        value(Operator::Holds, keyword("holds")),
        value(Operator::Is, keyword("is")),
        value(Operator::In, keyword("in")),
        value(Operator::Within, keyword("within")),
    ));
    alt((words, order)).parse(input)
}

fn refuse_chain(rest: &str) -> Result<(), nom::Err<ParseFailure<'_>>> {
    let Ok((after, _)) = verb(rest) else { return Ok(()) };
    let mistake = Mistake::new("comparisons do not chain", read_between(rest, after), "a second one");
    Err(mistake.help("join two with `and`: `a == b and b == c`").stop(lexer::skip(rest)))
}

fn deep_enough<'a>(depth: usize, at: &'a str, input: &'a str) -> Result<(), nom::Err<ParseFailure<'a>>> {
    if depth < DEPTH {
        return Ok(());
    }
    let mistake = Mistake::new(format!("the condition nests deeper than {DEPTH} levels"), at, "").code(Code::ExpressionDepth);
    Err(mistake.help("give a part of it a name: a relation that an implication derives").stop(lexer::skip(input)))
}

/// Whether attributes may follow the term: they follow names and quoted ids, but a dot belongs to a bare id.
fn attributes_follow<'a>(term: &Term, raw: &'a str, dot: &'a str) -> Result<(), Mistake<'a>> {
    let none = |what| Mistake::new(format!("{what} has no attributes"), dot, "");
    Err(match &term.node {
        TermNode::Entity { kind, id } if !raw.ends_with('"') => {
            let quoted = format!("quote the id: `{}:{}.…`", kind.value, print::quoted(&shorten(id, Limit::TOKEN)));
            Mistake::new("no attribute follows a bare id", dot, "").help(quoted)
        }
        TermNode::Text(_) => none("a string"),
        TermNode::Number(_) => none("a number"),
        TermNode::Date(_) => none("a date"),
        TermNode::Any => none("`_`").help("give it a name, which is a variable"),
        _ => return Ok(()),
    })
}
