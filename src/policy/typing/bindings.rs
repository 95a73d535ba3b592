//! How the parts of a condition bind its variables, and which kinds they leave to each.

use crate::policy::kind_set::KindSet;
use crate::text::Span;
use std::collections::BTreeMap;

/// How a part of a condition binds a variable.
#[derive(Clone, Default)]
pub(super) struct Binding {
    /// The kinds that every binding place allows, and one of these places; `None` if no place binds it.
    pub(super) bound: Option<Result<(KindSet, Span), KindConflict>>,
    /// Whether it is bound wherever the part is true.
    pub(super) always: bool,
    /// A place in the part at which it is not bound, unless another part binds it.
    pub(super) loose: Option<Span>,
}

/// How a part of a condition binds each of its variables.
pub(super) type BindingMap = BTreeMap<String, Binding>;

/// Two places of a variable that have no kind in common.
#[derive(Clone)]
pub(super) struct KindConflict {
    pub(super) before: KindSet,
    pub(super) first: Span,
    pub(super) here: KindSet,
    pub(super) place: Span,
}

/// The kinds that both places allow.
pub(super) fn both(
    one: Result<(KindSet, Span), KindConflict>,
    other: Result<(KindSet, Span), KindConflict>,
) -> Result<(KindSet, Span), KindConflict> {
    let ((before, first), (here, place)) = (one?, other?);
    let common = before.intersection(&here);
    if common.is_empty() { Err(KindConflict { before, first, here, place }) } else { Ok((common, first)) }
}

/// The kinds that either place allows.
pub(super) fn either(
    one: Result<(KindSet, Span), KindConflict>,
    other: Result<(KindSet, Span), KindConflict>,
) -> Result<(KindSet, Span), KindConflict> {
    let ((before, first), (here, _)) = (one?, other?);
    Ok((before.union(&here), first))
}

impl Binding {
    /// The binding by the parts of an `and`: a variable that one part always binds is bound in the other parts too.
    pub(super) fn of_all(parts: Vec<Binding>) -> Binding {
        let always = parts.iter().any(|part| part.always);
        let loose = if always { None } else { parts.iter().filter_map(|part| part.loose).min() };
        let (bind, others): (Vec<Binding>, Vec<Binding>) = parts.into_iter().partition(|part| part.always);
        let bound = bind.into_iter().filter_map(|part| part.bound).reduce(both);
        Binding { bound: if always { bound } else { others.into_iter().filter_map(|part| part.bound).reduce(either) }, always, loose }
    }

    /// The binding by the branches of an `or` with `count` branches. `parts` are those in which the variable occurs, and each must bind it.
    pub(super) fn of_branches(parts: Vec<Binding>, count: usize) -> Binding {
        Binding {
            always: parts.len() == count && parts.iter().all(|part| part.always),
            loose: parts.iter().filter_map(|part| part.loose).min(),
            bound: parts.into_iter().filter_map(|part| part.bound).reduce(either),
        }
    }
}

/// Joins the bindings of several parts, name by name.
pub(super) fn gathered(all: impl Iterator<Item = BindingMap>, join: impl Fn(Vec<Binding>) -> Binding) -> BindingMap {
    let mut parts: BTreeMap<String, Vec<Binding>> = BTreeMap::new();
    for (name, binding) in all.flatten() {
        parts.entry(name).or_default().push(binding);
    }
    parts.into_iter().map(|(name, parts)| (name, join(parts))).collect()
}
