//! Variables of a rule that nothing ties to who asks or to what is asked about.

use super::super::condition::{Condition, Expr, Slot, SlotId, Term, TermNode, Test};
use super::super::kinds::KindSet;
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

/// A variable that stands for somebody who may ask, in a condition that never speaks of who does.
pub(super) fn stand_in<'c>(condition: &'c Condition, subjects: &KindSet) -> Option<&'c Slot> {
    let asks = |term: &Term| speaks(term, &|node| matches!(node, TermNode::Subject));
    let somebody = |slot: &&Slot| slot.name != "_" && slot.kinds.is_subset(subjects);
    condition.slots.iter().find(somebody).filter(|_| !any_term(&condition.expr, &asks))
}

/// Whether a part speaks of `subject` or `resource`.
fn tied(expr: &Expr) -> bool {
    any_term(expr, &|term| speaks(term, &|node| matches!(node, TermNode::Subject | TermNode::Resource)))
}

fn any_term(expr: &Expr, asked: &dyn Fn(&Term) -> bool) -> bool {
    match expr {
        Expr::True | Expr::False | Expr::Toggle(..) => false,
        Expr::And(parts) | Expr::Or(parts) => parts.iter().any(|part| any_term(part, asked)),
        Expr::Not(part) | Expr::Exists(_, part) => any_term(part, asked),
        Expr::Atom(atom) => match &atom.test {
            Test::Relation { terms, .. } => terms.iter().any(asked),
            Test::Holds { holder, role, scope } => asked(holder) || asked(scope) || matches!(role, RoleTerm::Term(role) if asked(role)),
            Test::Is(a, _) | Test::OneOf(a, _) => asked(a),
            Test::Within(a, b) | Test::Among(a, b) | Test::Member(a, b) | Test::Compare(a, _, b) => asked(a) || asked(b),
        },
    }
}

fn speaks(term: &Term, of: &dyn Fn(&TermNode) -> bool) -> bool {
    match &term.node {
        TermNode::Step(inner, _) => speaks(inner, of),
        node => of(node),
    }
}
