//! Conditions, terms and effects as text. The text parses to the same tree, up to its spans.

use super::ast::expr::{Effect, Expr, ExprNode, FactPattern, Op, Pattern, StatedFact, Term, TermNode};
use super::grammar::is_bare_id;
use std::fmt::{self, Display, Formatter, Write};

/// An entity as written in a condition; its id is in quotes if it needs them.
pub fn entity(kind: &str, id: &str) -> String {
    if is_bare_id(id) { format!("{kind}:{id}") } else { format!("{kind}:{}", quoted(id)) }
}

/// A text in double quotes, as JSON writes it.
pub fn quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            c if c < ' ' => {
                // Writing to a string cannot fail.
                let _ = write!(json, "\\u{:04x}", u32::from(c));
            }
            c => json.push(c),
        }
    }
    json.push('"');
    json
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.node {
            ExprNode::Or(operands) => joined(f, self, operands, " or "),
            ExprNode::And(operands) => joined(f, self, operands, " and "),
            ExprNode::Not(negated) => {
                f.write_str("not ")?;
                grouped(f, self, negated)
            }
            ExprNode::Relation { was, name, terms } => {
                f.write_str(if *was { "was " } else { "" })?;
                write!(f, "{}(", name.value)?;
                list(f, terms)?;
                f.write_str(")")
            }
            ExprNode::Holds { was, holder, role, scope } => {
                f.write_str(if *was { "was " } else { "" })?;
                write!(f, "{holder} holds {role} on {scope}")
            }
            ExprNode::Is { term, kind } => write!(f, "{term} is {}", kind.value),
            ExprNode::Within { term, scope } => write!(f, "{term} within {scope}"),
            ExprNode::In { term, set } => write!(f, "{term} in {set}"),
            ExprNode::InList { term, list: literals } => {
                write!(f, "{term} in [")?;
                list(f, literals)?;
                f.write_str("]")
            }
            ExprNode::Compare { left, op, right } => write!(f, "{left} {op} {right}"),
            ExprNode::Toggle(name) => write!(f, "toggle {}", name.value),
            ExprNode::Bool(value) => write!(f, "{value}"),
        }
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.node {
            TermNode::Subject => f.write_str("subject"),
            TermNode::Resource => f.write_str("resource"),
            TermNode::Name(name) => f.write_str(name),
            TermNode::Attribute(term, attribute) => {
                match &term.node {
                    // A dot after a bare id would belong to the id.
                    TermNode::Entity { kind, id } => write!(f, "{}:{}", kind.value, quoted(id))?,
                    _ => write!(f, "{term}")?,
                }
                write!(f, ".{}", attribute.value)
            }
            TermNode::Entity { kind, id } => f.write_str(&entity(&kind.value, id)),
            TermNode::Text(value) => f.write_str(&quoted(value)),
            TermNode::Number(number) => write!(f, "{number}"),
            TermNode::Date(date) => write!(f, "{date}"),
            TermNode::Any => f.write_str("_"),
        }
    }
}

impl Display for Effect {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.fact)?;
        if let Some(lasts) = &self.lasts {
            write!(f, " for {} {}", lasts.count, lasts.unit.name())?;
        }
        if let Some(condition) = &self.condition {
            write!(f, " where {condition}")?;
        }
        Ok(())
    }
}

impl Display for Pattern {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.fact)?;
        match &self.condition {
            Some(condition) => write!(f, " where {condition}"),
            None => Ok(()),
        }
    }
}

impl Display for FactPattern {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            FactPattern::Fact(fact) => write!(f, "{fact}"),
            FactPattern::Attribute(term) => write!(f, "{term}"),
        }
    }
}

impl Display for StatedFact {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            StatedFact::Holds(fact) => write!(f, "{fact}"),
            StatedFact::HoldsNot(fact) => write!(f, "not {fact}"),
        }
    }
}

impl Display for Op {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Op::Eq => "==",
            Op::Ne => "!=",
            Op::Lt => "<",
            Op::Le => "<=",
            Op::Gt => ">",
            Op::Ge => ">=",
        })
    }
}

// How tightly the forms bind. An operand that does not bind tighter than its parent is in parentheses; only `not` in `not` is not.
const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;

fn joined(f: &mut Formatter<'_>, whole: &Expr, operands: &[Expr], by: &str) -> fmt::Result {
    for (index, operand) in operands.iter().enumerate() {
        if index > 0 {
            f.write_str(by)?;
        }
        grouped(f, whole, operand)?;
    }
    Ok(())
}

fn grouped(f: &mut Formatter<'_>, whole: &Expr, operand: &Expr) -> fmt::Result {
    if is_grouped(whole, operand) { write!(f, "({operand})") } else { write!(f, "{operand}") }
}

/// Whether an operand of a condition is written in parentheses.
pub(super) fn is_grouped(whole: &Expr, operand: &Expr) -> bool {
    let binds = |condition: &Expr| match condition.node {
        ExprNode::Or(_) => OR,
        ExprNode::And(_) => AND,
        ExprNode::Not(_) => NOT,
        _ => u8::MAX,
    };
    // `not not a` needs none.
    binds(operand) <= binds(whole).min(AND)
}

fn list(f: &mut Formatter<'_>, terms: &[Term]) -> fmt::Result {
    for (index, term) in terms.iter().enumerate() {
        write!(f, "{}{term}", if index > 0 { ", " } else { "" })?;
    }
    Ok(())
}
