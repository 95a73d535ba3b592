//! Expressions: as the printer of the language writes them, on one line or on several.

use super::WIDTH;
use super::template::Template;
use crate::diag::Diagnostic;
use crate::syntax::ast::expr::{Effect, Expr, ExprNode, Pattern, StatedFact, Term};
use crate::syntax::grammar::{self, Embedded, StringForm};
use crate::syntax::print::is_grouped;
use crate::syntax::shape::Grammar;
use crate::text::{FileId, Span};
use unicode_width::UnicodeWidthStr as _;

/// By how many columns the operands of a part are indented.
const INDENT: usize = 4;

/// An expression that was read.
pub(super) struct Expression<'t> {
    tree: Tree,
    template: Template<'t>,
}

/// A tree. Its spans are offsets in the text that was read.
enum Tree {
    Condition(Expr),
    Effect(Effect),
    Pattern(Pattern),
    Fact(StatedFact),
    Term(Term),
}

impl<'t> Expression<'t> {
    /// Reads an expression; `None` if it is one that is never written anew. The error says nothing: a reader says it better.
    pub(super) fn parse(text: &'t str, grammar: Grammar, has_placeholders: bool) -> Option<Result<Expression<'t>, ()>> {
        if matches!(grammar, Grammar::Question | Grammar::Request) || grammar::cut_dates(&embedded(text)).is_some() {
            return None;
        }
        let template = if has_placeholders { Template::of(text)? } else { Template::plain(text) };
        let Ok(tree) = tree(template.text(), grammar) else { return Some(Err(())) };
        let expression = Expression { tree, template };
        // Printed, it might be longer than what can be read.
        let flat = expression.tree.flat();
        let again = self::tree(&flat, grammar).is_ok_and(|tree| tree.flat() == flat);
        again.then_some(Ok(expression))
    }

    /// On one line.
    pub(super) fn flat(&self) -> String {
        self.template.restored(&self.tree.flat())
    }

    /// On several lines: broken before `and`, `or` and `where`, where it was and where a line is too long. The first one begins at a column,
    /// the others at `indent`.
    pub(super) fn broken(&self, begins: usize, indent: usize) -> String {
        let mut lines = Lines { template: &self.template, indent, column: begins, out: String::new() };
        match &self.tree {
            Tree::Condition(condition) => lines.condition(condition, 0, 0),
            Tree::Effect(Effect { condition: Some(condition), .. }) | Tree::Pattern(Pattern { condition: Some(condition), .. }) => {
                let head = self.flat();
                let head = head.strip_suffix(&self.template.restored(&condition.to_string())).unwrap_or(&head);
                let head = head.strip_suffix(" where ").unwrap_or(head);
                lines.push(head);
                let is_broken = lines.is_broken(self.head_end(), condition);
                lines.separate(is_broken || lines.overflows("where ".width() + lines.first_width(condition)), 0);
                lines.push("where ");
                lines.condition(condition, 0, 0);
            }
            Tree::Effect(_) | Tree::Pattern(_) | Tree::Fact(_) | Tree::Term(_) => lines.push(&self.flat()),
        }
        lines.out
    }

    /// Where the fact of an effect or pattern ends in the text.
    fn head_end(&self) -> u32 {
        match &self.tree {
            Tree::Effect(effect) => effect.lasts.as_ref().map_or(effect.fact.span.end, |lasts| lasts.count.span.end),
            Tree::Pattern(pattern) => pattern.fact.span().end,
            _ => 0,
        }
    }
}

impl Tree {
    fn flat(&self) -> String {
        match self {
            Tree::Condition(condition) => condition.to_string(),
            Tree::Effect(effect) => effect.to_string(),
            Tree::Pattern(pattern) => pattern.to_string(),
            Tree::Fact(fact) => fact.to_string(),
            Tree::Term(term) => term.to_string(),
        }
    }
}

fn embedded(text: &str) -> Embedded<'_> {
    Embedded { text, span: Span::new(FileId(0), 0, text.len()), writing: StringForm::Plain }
}

fn tree(text: &str, grammar: Grammar) -> Result<Tree, Diagnostic> {
    let embedded = embedded(text);
    match grammar {
        Grammar::Condition => grammar::condition(&embedded).map(Tree::Condition),
        Grammar::Fact => grammar::conclusion(&embedded).map(Tree::Condition),
        Grammar::StatedFact | Grammar::FactTemplate => grammar::stated_fact(&embedded).map(Tree::Fact),
        Grammar::Pattern | Grammar::PatternTemplate => grammar::pattern(&embedded).map(Tree::Pattern),
        Grammar::Effect => grammar::effect(&embedded).map(Tree::Effect),
        Grammar::Term | Grammar::Question | Grammar::Request => grammar::term(&embedded).map(Tree::Term),
    }
}

/// The lines of an expression, as far as they are printed.
struct Lines<'e> {
    template: &'e Template<'e>,
    indent: usize,
    column: usize,
    out: String,
}

impl Lines<'_> {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.width();
    }

    /// Begins a line, for the operands of a part at this depth; or adds a blank.
    fn separate(&mut self, begins_line: bool, depth: usize) {
        if !begins_line {
            return self.push(" ");
        }
        self.column = self.indent + INDENT * depth;
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', self.column));
    }

    /// Whether a blank and this many columns are too many for the line.
    fn overflows(&self, width: usize) -> bool {
        self.column + 1 + width > WIDTH
    }

    /// Whether the text has a line break between a byte and an operand.
    fn is_broken(&self, end: u32, operand: &Expr) -> bool {
        self.template.text()[end as usize..operand.span.start as usize].contains('\n')
    }

    /// A condition at this depth of `and` and `or`. So many columns must be left behind it.
    fn condition(&mut self, condition: &Expr, depth: usize, behind: usize) {
        match &condition.node {
            ExprNode::Or(operands) => self.operands(condition, operands, "or ", depth, behind),
            ExprNode::And(operands) => self.operands(condition, operands, "and ", depth, behind),
            ExprNode::Not(negated) => {
                self.push("not ");
                self.operand(condition, negated, depth, behind);
            }
            _ => self.push(&self.template.restored(&condition.to_string())),
        }
    }

    fn operands(&mut self, whole: &Expr, operands: &[Expr], word: &str, depth: usize, behind: usize) {
        for (at, operand) in operands.iter().enumerate() {
            let behind = if at + 1 == operands.len() { behind } else { 0 };
            if at > 0 {
                let is_broken = self.is_broken(operands[at - 1].span.end, operand);
                let brackets = usize::from(is_grouped(whole, operand));
                let rest = if self.is_one_line(operand) { brackets + behind } else { 0 };
                let width = word.width() + brackets + self.first_width(operand) + rest;
                self.separate(is_broken || self.overflows(width), depth);
                self.push(word);
            }
            self.operand(whole, operand, depth + 1, behind);
        }
    }

    fn operand(&mut self, whole: &Expr, operand: &Expr, depth: usize, behind: usize) {
        let is_grouped = is_grouped(whole, operand);
        self.push(if is_grouped { "(" } else { "" });
        self.condition(operand, depth, behind + usize::from(is_grouped));
        self.push(if is_grouped { ")" } else { "" });
    }

    /// Whether a condition has no line break before an operand.
    fn is_one_line(&self, condition: &Expr) -> bool {
        match &condition.node {
            ExprNode::Or(operands) | ExprNode::And(operands) => {
                operands.windows(2).all(|pair| !self.is_broken(pair[0].span.end, &pair[1]))
                    && operands.iter().all(|one| self.is_one_line(one))
            }
            ExprNode::Not(negated) => self.is_one_line(negated),
            _ => true,
        }
    }

    /// The width of a condition up to its first line break.
    fn first_width(&self, condition: &Expr) -> usize {
        let whole = condition;
        match &condition.node {
            ExprNode::Or(operands) | ExprNode::And(operands) => {
                let word = if matches!(condition.node, ExprNode::Or(_)) { " or " } else { " and " };
                let mut width = 0;
                for (at, operand) in operands.iter().enumerate() {
                    if at > 0 && self.is_broken(operands[at - 1].span.end, operand) {
                        break;
                    }
                    let brackets = usize::from(is_grouped(whole, operand));
                    width += if at > 0 { word.width() } else { 0 } + brackets + self.first_width(operand);
                    if !self.is_one_line(operand) {
                        break;
                    }
                    width += brackets;
                }
                width
            }
            ExprNode::Not(negated) => "not ".width() + usize::from(is_grouped(whole, negated)) + self.first_width(negated),
            _ => self.template.restored(&condition.to_string()).width(),
        }
    }
}
