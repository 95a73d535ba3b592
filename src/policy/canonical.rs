//! Canonical keys: texts of conditions and terms that are equal if what they say is, wherever they are written.

use super::condition::{AtomKind, Condition, Expr, Hop, Path, RoleTerm, Term, TermNode};
use super::ids::{LiteralId, RoleId};
use super::rules::{Conclusion, Implication};
use super::variable::{VarId, Variable};

use std::fmt::Write;

/// Writes keys. Variables that an `Exists` in the key binds are written by their kinds and numbered in order, so that `_` in one place
/// equals `_` in another.
#[derive(Default)]
struct CanonicalWriter<'s> {
    text: String,
    bound: Vec<VarId>,
    variables: &'s [Variable],
    /// The role that is written as if it had no name, and the literals that name it.
    own: Option<(RoleId, &'s [LiteralId])>,
}

/// The key of a condition with these variables.
pub(crate) fn of_expr(expr: &Expr, variables: &[Variable]) -> String {
    let mut writer = CanonicalWriter { variables, ..CanonicalWriter::default() };
    writer.expr(expr);
    writer.text
}

/// The key of an atom.
pub(crate) fn of_atom(atom: &AtomKind) -> String {
    let mut writer = CanonicalWriter::default();
    writer.atom(atom);
    writer.text
}

/// The key of a term.
pub(crate) fn of_term(term: &Term) -> String {
    let mut writer = CanonicalWriter::default();
    writer.term(term);
    writer.text
}

/// The key of a condition with its variables.
pub(crate) fn of_condition(condition: &Condition) -> String {
    let mut writer = CanonicalWriter { variables: &condition.variables, ..CanonicalWriter::default() };
    writer.condition(condition);
    writer.text
}

/// The key of an implication. The role that is given, and these literals that name it, are written as if the role had no name.
pub(crate) fn of_implication(implication: &Implication, own: Option<(RoleId, &[LiteralId])>) -> String {
    let mut writer = CanonicalWriter { variables: &implication.condition.variables, own, ..CanonicalWriter::default() };
    writer.condition(&implication.condition);
    match &implication.then {
        Conclusion::Holds { holder, role, scope } => {
            writer.list('h', [holder, scope].into_iter(), CanonicalWriter::term);
            writer.role(role);
        }
        Conclusion::Relation { relation, terms } => {
            writer.write(format_args!("r{}", relation.0));
            writer.list('(', terms.iter(), CanonicalWriter::term);
        }
    }
    writer.text
}

impl CanonicalWriter<'_> {
    fn condition(&mut self, condition: &Condition) {
        for variable in &condition.variables {
            self.kinds(variable);
        }
        self.expr(&condition.expr);
    }

    /// The parser bounds how deep conditions nest.
    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::True => self.text.push('1'),
            Expr::False => self.text.push('0'),
            Expr::Toggle(toggle, _) => self.write(format_args!("toggle{}", toggle.0)),
            Expr::And(parts) => self.list('&', parts.iter(), Self::expr),
            Expr::Or(parts) => self.list('|', parts.iter(), Self::expr),
            Expr::Not(part) => self.list('!', [&**part].into_iter(), Self::expr),
            Expr::Exists(variables, part) => {
                let outer = self.bound.len();
                self.bound.extend(variables);
                for variable in variables {
                    self.kinds(&self.variables[variable.index()]);
                }
                self.list('E', [&**part].into_iter(), Self::expr);
                self.bound.truncate(outer);
            }
            Expr::Atom(atom) => self.atom(&atom.kind),
        }
    }

    fn kinds(&mut self, variable: &Variable) {
        self.text.push('[');
        for kind in variable.kinds.iter() {
            self.write(format_args!("{},", kind.0));
        }
    }

    fn role(&mut self, role: &RoleTerm) {
        match role {
            RoleTerm::Named(role) if self.own.is_some_and(|(own, _)| own == *role) => self.text.push('O'),
            RoleTerm::Named(role) => self.write(format_args!("{}", role.0)),
            RoleTerm::Term(role) => self.list('t', [role].into_iter(), Self::term),
        }
    }

    fn atom(&mut self, atom: &AtomKind) {
        match atom {
            AtomKind::Relation { relation, was, terms } => {
                self.write(format_args!("{}r{}", if *was { "was " } else { "" }, relation.0));
                self.list('(', terms.iter(), Self::term);
            }
            AtomKind::Holds { was, holder, role, scope } => {
                self.text.push_str(if *was { "was " } else { "" });
                self.list('h', [holder, scope].into_iter(), Self::term);
                self.role(role);
            }
            AtomKind::Is(term, kind) => {
                self.list('i', [term].into_iter(), Self::term);
                self.write(format_args!("{}", kind.0));
            }
            AtomKind::Within(term, scope) => self.list('w', [term, scope].into_iter(), Self::term),
            AtomKind::OneOf(term, list) => self.list('o', [term].into_iter().chain(list), Self::term),
            AtomKind::Among(term, set) => self.list('a', [term, set].into_iter(), Self::term),
            AtomKind::Member(term, group) => self.list('m', [term, group].into_iter(), Self::term),
            AtomKind::Compare(left, op, right) => {
                self.list('c', [left, right].into_iter(), Self::term);
                self.write(format_args!("{op:?}"));
            }
        }
    }

    fn term(&mut self, term: &Term) {
        // A term may have any number of hops, so this is a loop instead of a recursion.
        let paths: Vec<&Path> = term.hops().map(|(_, path)| path).collect();
        match term.root() {
            TermNode::Subject => self.text.push('S'),
            TermNode::Resource => self.text.push('R'),
            TermNode::Variable(variable) => match self.bound.iter().position(|bound| bound == variable) {
                Some(index) => self.write(format_args!("b{index}")),
                None => self.write(format_args!("v{}", variable.0)),
            },
            TermNode::Parameter(index) => self.write(format_args!("p{index}")),
            TermNode::Literal(literal) if self.own.is_some_and(|(_, own)| own.contains(literal)) => self.text.push('O'),
            TermNode::Literal(literal) => self.write(format_args!("l{}", literal.0)),
            TermNode::Text(text) => self.write(format_args!("t{}", text.0)),
            TermNode::Number(number) => self.write(format_args!("n{number}")),
            TermNode::Date(date) => self.write(format_args!("d{date:?}")),
            TermNode::Path(..) => {}
        }
        for path in paths.into_iter().rev() {
            self.text.push('.');
            for (kind, hop) in path.iter() {
                match hop {
                    Hop::Attribute(attribute) => self.write(format_args!("{}a{},", kind.0, attribute.0)),
                    Hop::Above(above) => self.write(format_args!("{}k{},", kind.0, above.0)),
                    Hop::System => self.write(format_args!("{}s,", kind.0)),
                }
            }
        }
    }

    fn list<'e, T: 'e>(&mut self, mark: char, items: impl Iterator<Item = &'e T>, one: fn(&mut Self, &'e T)) {
        self.text.push(mark);
        self.text.push('(');
        for item in items {
            one(self, item);
            self.text.push(';');
        }
        self.text.push(')');
    }

    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        self.text.write_fmt(text).expect("writing to a `String` does not fail");
    }
}
