//! From what a goal needs to a number of entities of each kind.

use super::needs::Needs;
use crate::policy::{Id, KindId, KindSet, Policy};

/// The number of entities of each kind of which a goal is satisfiable, if it is satisfiable at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    /// By kind: this many, literals not counted; of roles, so many beside those that formulas name.
    Complete(Vec<usize>),
    /// There is none.
    None(Unbounded),
}

/// Why there is no bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unbounded {
    /// Entities of these kinds need others of these kinds, and so on.
    Circle(Vec<KindId>),
    /// A condition asks of what groups an entity is a direct member.
    DirectMembership,
    /// Entities of the kind may be in groups of a kind only through others.
    DistantGroups(KindId),
    /// The event takes memberships away, and the property reads them at any depth.
    LostMemberships,
    /// The conditions are too long to be looked through.
    TooLong,
    /// There is one, but worlds of that size are too great to be looked at.
    TooGreat,
}

/// The greatest number that is counted to.
const MANY: usize = 1 << 20;

/// Adds up what is needed of each kind.
struct Sizes<'a> {
    policy: &'a Policy,
    needs: &'a Needs,
    /// The number of roles of which facts may speak.
    roles: usize,
    /// By kind: the number without containers, once it is known.
    base: Vec<Option<usize>>,
    /// The kinds that are being added up.
    open: Vec<usize>,
}

impl Needs {
    /// The number of entities of each kind that closes a set under all that is needed.
    pub(super) fn bound(&self, policy: &Policy, roles: usize) -> Bound {
        let mut sizes = Sizes { policy, needs: self, roles, base: vec![None; policy.kinds.len()], open: Vec::new() };
        if let Some(circle) = circle_of_containers(policy) {
            return Bound::None(Unbounded::Circle(circle));
        }
        let counts = policy.kinds.ids().map(|kind| sizes.generic(kind));
        match counts.collect() {
            Ok(counts) => Bound::Complete(counts),
            Err(circle) => Bound::None(Unbounded::Circle(circle)),
        }
    }
}

/// Kinds each of which may lie within the other.
fn circle_of_containers(policy: &Policy) -> Option<Vec<KindId>> {
    let around = |kind: KindId| {
        policy
            .kinds
            .ids()
            .find(|&other| other != kind && policy.kinds[kind].above.contains(other) && policy.kinds[other].above.contains(kind))
    };
    policy.kinds.ids().find_map(|kind| around(kind).map(|other| vec![kind, other]))
}

impl Sizes<'_> {
    fn literals(&self, kind: KindId) -> usize {
        self.policy.literals.values().filter(|literal| literal.kind == kind).count()
    }

    /// The number of entities of the kind that no condition names.
    fn generic(&mut self, kind: KindId) -> Result<usize, Vec<KindId>> {
        let mut count = self.base(kind)?;
        for inner in self.policy.kinds.ids().filter(|&inner| inner != kind && inner != self.policy.role_kind) {
            if self.policy.kinds[inner].above.contains(kind) {
                self.open.push(kind.index());
                let within = self.base(inner);
                self.open.pop();
                count = count.saturating_add(within?).saturating_add(self.literals(inner));
            }
        }
        Ok(count.min(MANY))
    }

    /// The number of all entities of the kind.
    fn total(&mut self, kind: KindId) -> Result<usize, Vec<KindId>> {
        if kind == self.policy.role_kind {
            return Ok(self.roles);
        }
        Ok(self.generic(kind)?.saturating_add(self.literals(kind)))
    }

    /// The number without those that are there as containers of others.
    fn base(&mut self, kind: KindId) -> Result<usize, Vec<KindId>> {
        if let Some(known) = self.base[kind.index()] {
            return Ok(known);
        }
        if let Some(start) = self.open.iter().position(|open| *open == kind.index()) {
            let mut circle: Vec<KindId> = self.open[start..].iter().map(|&kind| KindId::from_index(kind)).collect();
            circle.sort_unstable();
            circle.dedup();
            return Err(circle);
        }
        self.open.push(kind.index());
        let count = self.added_up(kind);
        self.open.pop();
        let count = count?;
        self.base[kind.index()] = Some(count);
        Ok(count)
    }

    fn added_up(&mut self, kind: KindId) -> Result<usize, Vec<KindId>> {
        let has = |kinds: &KindSet| usize::from(kinds.contains(kind));
        let mut count: usize = self.needs.constants.values().map(has).sum();
        count += self.needs.rest.get(kind.index()).copied().unwrap_or_default();
        for function in self.needs.functions.iter().filter(|function| function.to.contains(&kind.index())) {
            let mut product = 1_usize;
            for argument in &function.from {
                let mut choices = 0_usize;
                for &from in argument {
                    choices = choices.saturating_add(self.total(KindId::from_index(from))?);
                }
                product = product.saturating_mul(choices);
            }
            count = count.saturating_add(product);
        }
        Ok(count.min(MANY))
    }
}
