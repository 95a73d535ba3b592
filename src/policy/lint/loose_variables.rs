//! Variables of a rule that nothing ties to who asks or to what is asked about.

use crate::policy::condition::{Condition, Expr, Term, TermNode, VarId, Variable};
use crate::policy::kind_set::KindSet;

/// The first such variable of a condition: "there is one", whoever asks of whatever.
pub(super) fn loose(condition: &Condition) -> Option<&Variable> {
    let mut rest = vec![&condition.expr];
    while let Some(expr) = rest.pop() {
        match expr {
            Expr::And(parts) | Expr::Or(parts) => rest.extend(parts.iter().rev()),
            Expr::Not(part) => rest.push(part),
            Expr::Exists(variables, body) => {
                let named = variables.iter().map(|&VarId(at)| &condition.variables[usize::from(at)]).find(|variable| variable.name != "_");
                if let (Some(variable), false) = (named, tied(body)) {
                    return Some(variable);
                }
            }
            Expr::True | Expr::False | Expr::Toggle(..) | Expr::Atom(_) => {}
        }
    }
    None
}

/// A variable that stands for somebody who may ask, in a condition that never speaks of who does.
pub(super) fn stand_in<'c>(condition: &'c Condition, subjects: &KindSet) -> Option<&'c Variable> {
    let asks = |term: &Term| matches!(term.root(), TermNode::Subject);
    let somebody = |variable: &&Variable| variable.name != "_" && variable.kinds.is_subset(subjects);
    condition.variables.iter().find(somebody).filter(|_| !condition.expr.any_term(&asks))
}

/// Whether a part speaks of `subject` or `resource`.
fn tied(expr: &Expr) -> bool {
    expr.any_term(&|term| matches!(term.root(), TermNode::Subject | TermNode::Resource))
}
