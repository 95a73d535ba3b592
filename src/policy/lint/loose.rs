//! Variables of a rule that nothing ties to who asks or to what is asked about.

use crate::policy::condition::{Condition, Expr, Slot, SlotId, Term, TermNode};
use crate::policy::kinds::KindSet;

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
    let asks = |term: &Term| matches!(term.root(), TermNode::Subject);
    let somebody = |slot: &&Slot| slot.name != "_" && slot.kinds.is_subset(subjects);
    condition.slots.iter().find(somebody).filter(|_| !condition.expr.any_term(&asks))
}

/// Whether a part speaks of `subject` or `resource`.
fn tied(expr: &Expr) -> bool {
    expr.any_term(&|term| matches!(term.root(), TermNode::Subject | TermNode::Resource))
}
