//! Which actions rest on what two packs declare differently: these cannot be compared.

use super::schema::Conflict;
use crate::policy::{ActionId, AtomKind, Condition, Hop, KindSet, Policy, Reads, RoleId, ValueType};
use std::collections::BTreeSet;

/// An action that both packs have.
#[derive(Clone, Copy)]
pub(super) struct InBoth<'a> {
    /// Each pack, with its number for the action.
    pub(super) packs: [(&'a Policy, ActionId); 2],
    /// What they declare differently.
    pub(super) conflicts: &'a [Conflict],
}

/// The kinds of resources on which the action can be compared, and those on which it cannot, with what is in the way.
#[derive(Default)]
pub(super) struct Split {
    pub(super) comparable: KindSet,
    pub(super) incomparable: KindSet,
    pub(super) elements: Vec<String>,
}

impl InBoth<'_> {
    /// Kinds that are subjects in both.
    pub(super) fn subjects(&self) -> KindSet {
        let [(one, _), (other, _)] = self.packs;
        one.subjects().intersection(&other.subjects())
    }

    /// What can be compared on resources of these kinds.
    pub(super) fn split(&self, resources: &KindSet) -> Split {
        let mut split = Split::default();
        let mut elements = BTreeSet::new();
        for kind in resources.iter() {
            let in_the_way = self.in_the_way(&KindSet::one(kind));
            let kinds = if in_the_way.is_empty() { &mut split.comparable } else { &mut split.incomparable };
            kinds.insert(kind);
            elements.extend(in_the_way);
        }
        split.elements = elements.into_iter().map(Conflict::path).collect();
        split
    }

    /// What the packs declare differently and a decision on such a resource may rest on, in either.
    fn in_the_way(&self, resources: &KindSet) -> BTreeSet<&Conflict> {
        let mut kinds = resources.union(&self.subjects());
        let slices = self.packs.map(|(policy, action)| Slice::of(policy, action));
        slices.iter().for_each(|slice| kinds = kinds.union(&slice.kinds));
        // Both packs have the same kinds under the same numbers.
        let above = |kinds: &KindSet, policy: &Policy| kinds.iter().fold(kinds.clone(), |all, kind| all.union(&policy.kinds[kind].above));
        kinds = self.packs.iter().fold(kinds, |kinds, (policy, _)| above(&kinds, policy));
        self.conflicts.iter().filter(|conflict| slices.iter().any(|slice| slice.rests_on(conflict, &kinds))).collect()
    }
}

/// What a decision about an action may read in a pack.
struct Slice<'a> {
    policy: &'a Policy,
    reads: Reads,
    /// The kinds of entities of which it may read something, beside the request and what lies around them.
    kinds: KindSet,
}

impl<'a> Slice<'a> {
    fn of(policy: &'a Policy, action: ActionId) -> Slice<'a> {
        let rules = policy.rules.values().filter(|rule| rule.actions.contains(&action)).map(|rule| &rule.condition);
        let invariants = policy.invariants.values().filter(|invariant| !invariant.warn).map(|invariant| &invariant.never);
        let marked = policy.tables.values().flat_map(|table| {
            let own = table.cells.iter().filter(move |cell| table.rows[cell.row as usize].action == action);
            own.map(|cell| table.columns[cell.column as usize].role)
        });
        let granting = policy.roles.iter().filter(|(_, role)| role.grants.iter().any(|(granted, _)| *granted == action));
        let roles: BTreeSet<RoleId> = marked.chain(granting.map(|(id, _)| id)).collect();
        let reads = Reads::of(policy, rules.chain(invariants), roles);
        let mut kinds = reads.kinds().clone();
        let relations = policy.relations.iter().filter(|(id, _)| reads.relation(*id)).flat_map(|(_, relation)| &relation.ends);
        let scopes = policy.roles.iter().filter(|(id, _)| reads.role(*id)).map(|(_, role)| &role.on);
        let values = policy.attributes.iter().filter(|(id, _)| reads.attribute(*id)).filter_map(|(_, attribute)| match &attribute.value {
            ValueType::Entity(of) => Some(of),
            _ => None,
        });
        relations.chain(scopes).chain(values).for_each(|more| kinds = kinds.union(more));
        if reads.memberships() {
            kinds = kinds.union(&policy.groups());
        }
        Slice { policy, reads, kinds }
    }

    /// Whether it may rest on this, where entities of these kinds play a part.
    fn rests_on(&self, conflict: &Conflict, kinds: &KindSet) -> bool {
        let policy = self.policy;
        let plays = |kind: &str| policy.kind_named(kind).is_some_and(|kind| kinds.contains(kind));
        match conflict {
            Conflict::Attribute(kind, name) => {
                let id = policy.kind_named(kind).and_then(|kind| policy.attribute_named(kind, name));
                let is_read = id.is_some_and(|id| {
                    let attribute = &policy.attributes[id];
                    self.reads.attribute(id) || attribute.container || attribute.member_of && self.reads.memberships()
                });
                is_read && plays(kind)
            }
            Conflict::Within(kind) | Conflict::Subject(kind) => plays(kind),
            Conflict::Relation(name) => policy.relation_named(name).is_some_and(|id| self.reads.relation(id)),
            Conflict::Role(name) => policy.role_named(name).is_some_and(|id| self.reads.role(id)) || policy.conditions().any(reads_system),
        }
    }
}

/// Whether the condition reads the system of some role.
fn reads_system(condition: &Condition) -> bool {
    let has_hop = |atom: &AtomKind| {
        let terms = atom.terms();
        terms.into_iter().any(|term| term.hops().any(|(_, path)| path.iter().any(|(_, hop)| matches!(hop, Hop::System))))
    };
    condition.expr.atoms().any(|atom| has_hop(&atom.kind))
}
