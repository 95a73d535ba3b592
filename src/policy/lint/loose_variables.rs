//! Variables of a rule that nothing ties to who asks or to what is asked about.

use crate::policy::condition::{Condition, Expr, Term, TermNode};
use crate::policy::kind_set::KindSet;
use crate::policy::variable::Variable;

/// The first such variable of a condition: "there is one", whoever asks of whatever.
pub(super) fn loose(condition: &Condition) -> Option<&Variable> {
    condition.expr.walk().find_map(|(expr, _)| {
        let Expr::Exists(variables, body) = expr else { return None };
        let named = variables.iter().map(|&variable| condition.variable(variable)).find(|variable| variable.name != "_");
        named.filter(|_| !tied(body))
    })
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
