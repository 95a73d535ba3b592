//! Conditions and terms as texts that are equal where the meaning is, wherever they stand.

use crate::policy::condition::{Expr, Slot, SlotId, Step, Steps, Term, TermNode, Test};
use crate::policy::model::RoleTerm;
use std::fmt::Write;

/// Writes keys. Slots that an `Exists` of the key itself binds are told by their kinds and numbered anew, so that `_` in one place is `_`
/// in another.
#[derive(Default)]
struct Writer<'s> {
    text: String,
    bound: Vec<SlotId>,
    slots: &'s [Slot],
}

/// The key of a condition with these variables.
pub(super) fn of_expr(expr: &Expr, slots: &[Slot]) -> String {
    let mut writer = Writer { slots, ..Writer::default() };
    writer.expr(expr);
    writer.text
}

/// The key of a test.
pub(super) fn of_test(test: &Test) -> String {
    let mut writer = Writer::default();
    writer.test(test);
    writer.text
}

/// The key of a term.
pub(super) fn of_term(term: &Term) -> String {
    let mut writer = Writer::default();
    writer.term(term);
    writer.text
}

impl Writer<'_> {
    /// Conditions nest as deep as the parser lets them.
    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::True => self.text.push('1'),
            Expr::False => self.text.push('0'),
            Expr::Toggle(toggle, _) => self.write(format_args!("toggle{}", toggle.0)),
            Expr::And(parts) => self.list('&', parts.iter(), Self::expr),
            Expr::Or(parts) => self.list('|', parts.iter(), Self::expr),
            Expr::Not(part) => self.list('!', [&**part].into_iter(), Self::expr),
            Expr::Exists(slots, part) => {
                let outer = self.bound.len();
                self.bound.extend(slots);
                for slot in slots {
                    self.text.push('[');
                    for kind in self.slots[usize::from(slot.0)].kinds.iter() {
                        self.write(format_args!("{},", kind.0));
                    }
                }
                self.list('E', [&**part].into_iter(), Self::expr);
                self.bound.truncate(outer);
            }
            Expr::Atom(atom) => self.test(&atom.test),
        }
    }

    fn test(&mut self, test: &Test) {
        match test {
            Test::Relation { relation, was, terms } => {
                self.write(format_args!("{}r{}", if *was { "was " } else { "" }, relation.0));
                self.list('(', terms.iter(), Self::term);
            }
            Test::Holds { holder, role, scope } => {
                self.list('h', [holder, scope].into_iter(), Self::term);
                match role {
                    RoleTerm::Named(role) => self.write(format_args!("{}", role.0)),
                    RoleTerm::Term(role) => self.list('t', [role].into_iter(), Self::term),
                }
            }
            Test::Is(term, kind) => {
                self.list('i', [term].into_iter(), Self::term);
                self.write(format_args!("{}", kind.0));
            }
            Test::Within(term, scope) => self.list('w', [term, scope].into_iter(), Self::term),
            Test::OneOf(term, list) => self.list('o', [term].into_iter().chain(list), Self::term),
            Test::Among(term, set) => self.list('a', [term, set].into_iter(), Self::term),
            Test::Member(term, group) => self.list('m', [term, group].into_iter(), Self::term),
            Test::Compare(left, op, right) => {
                self.list('c', [left, right].into_iter(), Self::term);
                self.write(format_args!("{op:?}"));
            }
        }
    }

    fn term(&mut self, term: &Term) {
        // A chain of steps is as long as its author likes, so it is unrolled, not followed by recursion.
        let mut steps: Vec<&Steps> = Vec::new();
        let mut inner = term;
        while let TermNode::Step(of, step) = &inner.node {
            steps.push(step);
            inner = of;
        }
        match &inner.node {
            TermNode::Subject => self.text.push('S'),
            TermNode::Resource => self.text.push('R'),
            TermNode::Slot(slot) => match self.bound.iter().position(|bound| bound == slot) {
                Some(place) => self.write(format_args!("b{place}")),
                None => self.write(format_args!("v{}", slot.0)),
            },
            TermNode::Parameter(index) => self.write(format_args!("p{index}")),
            TermNode::Literal(literal) => self.write(format_args!("l{}", literal.0)),
            TermNode::Text(text) => self.write(format_args!("t{}", text.0)),
            TermNode::Number(number) => self.write(format_args!("n{number}")),
            TermNode::Date(date) => self.write(format_args!("d{date:?}")),
            TermNode::Step(..) => {}
        }
        for step in steps.into_iter().rev() {
            self.text.push('.');
            for (kind, step) in step.iter() {
                match step {
                    Step::Attribute(attribute) => self.write(format_args!("{}a{},", kind.0, attribute.0)),
                    Step::Above(above) => self.write(format_args!("{}k{},", kind.0, above.0)),
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
        self.text.write_fmt(text).expect("a text takes all");
    }
}
