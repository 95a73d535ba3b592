//! Variables of a rule that nothing ties to who asks or to what is asked about.

use super::super::condition::{Condition, Expr, Slot, SlotId, Term, TermNode, Test};
use super::super::model::RoleTerm;

/// The first such variable of a condition: "there is one", whoever asks of whatever.
pub(super) fn loose(condition: &Condition) -> Option<&Slot> {
    let mut rest = vec![&condition.expr];
    while let Some(expr) = rest.pop() {
        match expr {
            Expr::And(parts) | Expr::Or(parts) => rest.extend(parts.iter().rev()),
            Expr::Not(part) => rest.push(part),
            Expr::Exists(slots, body) => {
                let named = slots.iter().map(|&SlotId(at)| &condition.slots[usize::from(at)]).find(|slot| slot.name != "_");
                if let (Some(slot), false) = (named, tied(body)) {
                    return Some(slot);
                }
            }
            Expr::True | Expr::False | Expr::Toggle(..) | Expr::Atom(_) => {}
        }
    }
    None
}

/// Whether a part speaks of `subject` or `resource`.
fn tied(expr: &Expr) -> bool {
    match expr {
        Expr::True | Expr::False | Expr::Toggle(..) => false,
        Expr::And(parts) | Expr::Or(parts) => parts.iter().any(tied),
        Expr::Not(part) | Expr::Exists(_, part) => tied(part),
        Expr::Atom(atom) => match &atom.test {
            Test::Relation { terms, .. } => terms.iter().any(asked),
            Test::Holds { holder, role, scope } => asked(holder) || asked(scope) || matches!(role, RoleTerm::Term(role) if asked(role)),
            Test::Is(a, _) | Test::OneOf(a, _) => asked(a),
            Test::Within(a, b) | Test::Among(a, b) | Test::Member(a, b) | Test::Compare(a, _, b) => asked(a) || asked(b),
        },
    }
}

fn asked(term: &Term) -> bool {
    match &term.node {
        TermNode::Subject | TermNode::Resource => true,
        TermNode::Step(of, _) => asked(of),
        _ => false,
    }
}
