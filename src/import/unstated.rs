//! What no mapping of an import states or leaves open, so that a world of it has nothing of the sort.

use super::mapping::{Form, Mappings, Says, Shape};
use crate::diag::phrases::{all_of_at_most, counted};
use crate::policy::{Conclusion, Policy};
use rustc_hash::FxHashSet;

/// The most relations that are named.
const NAMED: usize = 4;

/// What the mappings do not read, in words: it counts as absent. Relations that the pack derives are left out, since what they follow from is
/// named itself. `None` if they read all.
pub(super) fn unstated(policy: &Policy, mappings: &Mappings) -> Option<String> {
    let stated: FxHashSet<Shape> = forms(mappings).map(|form| form.shape).collect();
    let derived = |conclusion: &Conclusion| if let Conclusion::Relation { relation, .. } = conclusion { Some(*relation) } else { None };
    let derived: FxHashSet<_> = policy.implications.values().filter_map(|implication| derived(&implication.then)).collect();
    let is_unread = |relation: &_| !stated.contains(&Shape::Relation(*relation)) && !derived.contains(relation);
    let mut relations: Vec<&str> = policy.relations.ids().filter(is_unread).map(|id| policy.relations[id].meta.name.as_str()).collect();
    relations.sort_unstable();
    let kinds = [(Shape::Holds, "roles that are assigned"), (Shape::Member, "members of groups")];
    let mut lacks: Vec<String> = kinds.into_iter().filter(|(shape, _)| !stated.contains(shape)).map(|(_, what)| what.to_owned()).collect();
    if !relations.is_empty() {
        lacks.push(format!("{} ({})", counted(relations.len(), "relation"), all_of_at_most(&relations, NAMED)));
    }
    (!lacks.is_empty()).then(|| format!("what these mappings do not read: {}", lacks.join(", ")))
}

/// All that rows may state and channels leave open.
fn forms(mappings: &Mappings) -> impl Iterator<Item = &Form> {
    let of_entries = mappings.sources.iter().flat_map(|source| &source.entries).flat_map(|entry| match &entry.says {
        Says::Facts { is, .. } | Says::Unknown { is, .. } => is.as_slice(),
        Says::Entity { .. } | Says::Warn(_) => &[],
    });
    of_entries.chain(mappings.channels.iter().flat_map(|channel| &channel.open))
}
