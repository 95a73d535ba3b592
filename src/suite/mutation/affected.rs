//! Which actions a change bears on.

use super::expressions::Owner;
use super::mutants::Target;
use crate::eval::{Budget, Decider};
use crate::plan::{CompiledPolicy, Context};
use crate::policy::{ActionId, ImplicationId, Policy, ToggleId};
use crate::suite::opened::Opened;
use crate::syntax::QuestionForm;
use crate::syntax::suite::{EntryDecl, EntryForm};
use crate::time::Instant;
use std::collections::{BTreeMap, BTreeSet};

/// The actions whose answers may rest on an implication or a toggle.
pub(super) struct Actions {
    by_implication: BTreeMap<ImplicationId, BTreeSet<ActionId>>,
    by_toggle: BTreeMap<ToggleId, BTreeSet<ActionId>>,
}

impl Actions {
    pub(super) fn of(compiled: &CompiledPolicy) -> Actions {
        let (mut by_implication, mut by_toggle) = (BTreeMap::new(), BTreeMap::new());
        for (action, _) in compiled.policy.actions.iter() {
            for toggle in compiled.graph.toggles(&compiled.policy, action) {
                by_toggle.entry(toggle).or_insert_with(BTreeSet::new).insert(action);
            }
            for implication in compiled.graph.implications(&compiled.policy, action) {
                by_implication.entry(implication).or_insert_with(BTreeSet::new).insert(action);
            }
        }
        Actions { by_implication, by_toggle }
    }

    /// The actions whose answers a change may turn.
    pub(super) fn affected(&self, policy: &Policy, target: Target) -> BTreeSet<ActionId> {
        match target {
            Target::Rule(rule, _) | Target::Number(Owner::Rule(rule), ..) => policy.rules[rule].actions.iter().copied().collect(),
            Target::Cell(table, row, ..) => BTreeSet::from([policy.tables[table].rows[row as usize].action]),
            Target::Implication(implication) | Target::Number(Owner::Implication(implication), ..) => {
                self.by_implication.get(&implication).cloned().unwrap_or_default()
            }
            Target::Toggle(toggle, _) => self.by_toggle.get(&toggle).cloned().unwrap_or_default(),
            Target::Grant(role, pattern) => {
                policy.roles[role].grants.iter().filter(|grant| grant.1 == pattern).map(|grant| grant.0).collect()
            }
            Target::Event(_) | Target::Number(Owner::Event(_) | Owner::Invariant(_), ..) | Target::Part(..) => BTreeSet::new(),
        }
    }
}

/// The actions that an entry asks about.
pub(super) fn of_entry(suite: &Opened<'_>, entry: &EntryDecl) -> BTreeSet<ActionId> {
    let policy = &suite.compiled.policy;
    let decider = Decider::new(&suite.compiled, &suite.world, Context::at(policy, Instant::MIN));
    let budget = Budget::default();
    let query = decider.within(&budget);
    let named = |name: &str| query.actions(name).unwrap_or_default();
    match &entry.form {
        EntryForm::Case { actions, .. } => actions.iter().flat_map(|name| named(&name.value)).collect(),
        EntryForm::Who { action, .. } => named(&action.value).into_iter().collect(),
        EntryForm::Ask { question, .. } => match &question.form {
            QuestionForm::Can { action, .. } => policy.action_called(&action.value).into_iter().collect(),
            _ => BTreeSet::new(),
        },
    }
}
