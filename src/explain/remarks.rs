//! Advice that comes with every decision about an action, whoever asks, and whatever the outcome: such as that no page is that old.

use crate::eval::Decider;
use crate::policy::{ActionId, AdviceId, Expr};
use std::collections::BTreeSet;

/// Advice for all decisions about some actions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The advice.
    pub advice: AdviceId,
    /// Those of the actions for which it is, in order.
    pub actions: Vec<ActionId>,
}

/// The advice that comes with every decision about one of these actions.
pub fn remarks(decider: &Decider<'_>, actions: &BTreeSet<ActionId>) -> Vec<Remark> {
    let general = decider.compiled.policy.advice.iter().filter(|(_, notice)| {
        let always = notice.condition.expr == Expr::True && notice.with.is_none() && notice.names.is_empty();
        always && decider.context.has(&notice.meta.validity)
    });
    let remarks = general.map(|(advice, notice)| {
        let own = notice.actions.iter().copied().filter(|action| actions.contains(action));
        Remark { advice, actions: own.collect() }
    });
    remarks.filter(|remark| !remark.actions.is_empty()).collect()
}
