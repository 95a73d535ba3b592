//! What relations and roles need, stated or derived.

use super::Sign;
use super::needs::Needs;
use super::roots::{Root, Roots, Universal, joined, kinds_of, some_or_all};
use super::walk::Walker;
use crate::policy::{Conclusion, Id, Implication, KindSet, RelationId, RoleId, RoleTerm, Term, TermNode};
use std::collections::btree_map::Entry;

impl<'a> Walker<'a> {
    /// Where something may be stated that holds of `scope`: the scope itself, its nearest container of each of these kinds, and where a kind
    /// nests any other one of it.
    fn places(&mut self, kinds: &KindSet, scope: &Root, sign: Sign, on: &[Universal]) -> Vec<(Root, Needs)> {
        let policy = self.policy;
        let mut found = Vec::new();
        let own = scope.kinds.intersection(kinds);
        if !own.is_empty() {
            found.push((Root { kinds: own, ..scope.clone() }, Needs::default()));
        }
        for kind in kinds.iter().filter(|&kind| scope.kinds.iter().any(|inner| policy.kinds[inner].above.contains(kind))) {
            if policy.kinds[kind].above.contains(kind) {
                let (root, needs) = self.quantified(KindSet::one(kind), sign, on);
                found.push((root, needs));
            } else {
                let key = format!("{}.{}", scope.key, policy.kinds[kind].meta.name);
                found.push((Root { key, kinds: KindSet::one(kind), on: scope.on.clone() }, Needs::default()));
            }
        }
        found
    }

    pub(super) fn related(&mut self, relation: RelationId, ends: &[Option<Root>], sign: Sign) -> Needs {
        let on = joined(ends);
        let place = |(number, _): &Universal| on.iter().position(|(known, _)| known == number);
        let described = ends.iter().flatten().map(|end| (&end.key, &end.kinds, end.on.iter().map(place).collect::<Vec<_>>()));
        let key = format!("{} {sign:?} {on_kinds:?} {:?}", relation.index(), described.collect::<Vec<_>>(), on_kinds = kinds_of(&on));
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let declared = &self.policy.relations[relation];
        let last = ends.last().cloned().flatten();
        let places = match (declared.covers, declared.ends.last(), &last) {
            (true, Some(kinds), Some(last)) => {
                self.places(kinds, last, sign, &on).into_iter().map(|(root, needs)| (Some(root), needs)).collect()
            }
            _ => vec![(last, Needs::default())],
        };
        let mut branches = Vec::new();
        for (place, needs) in places {
            if declared.derived_by.is_empty() || self.class.told {
                branches.push(needs.clone());
            }
            let mut ends = ends.to_vec();
            if let Some(last) = ends.last_mut() {
                *last = place;
            }
            for &id in &declared.derived_by {
                let implication = &self.policy.implications[id];
                if self.setting.has(&implication.meta.validity) {
                    branches.extend(self.implied(implication, &ends, sign).map(|implied| needs.clone().and(implied)));
                }
            }
        }
        let found = some_or_all(branches, sign, &on);
        self.known.insert(key, found.clone());
        found
    }

    pub(super) fn was_related(&mut self, relation: RelationId, ends: &[Option<Root>], sign: Sign) -> Needs {
        // It held before, and does not now.
        let now = match sign {
            Sign::True => Sign::False,
            Sign::NotFalse => Sign::NotTrue,
            Sign::NotTrue => Sign::NotFalse,
            Sign::False => Sign::True,
        };
        let mut needs = self.related(relation, ends, now);
        let declared = &self.policy.relations[relation];
        if let (true, true, Some(kinds), Some(Some(last))) = (declared.covers, sign.is_some(), declared.ends.last(), ends.last()) {
            for (_, before) in self.places(kinds, last, sign, &joined(ends)) {
                needs = needs.and(before);
            }
        }
        needs
    }

    /// That one of these roles is held.
    pub(super) fn held(&mut self, roles: &[RoleId], holder: &Root, scope: &Root, sign: Sign) -> Needs {
        let policy = self.policy;
        let free = joined(&[Some(holder.clone()), Some(scope.clone())]);
        let on = roles.iter().fold(KindSet::default(), |all, role| all.union(&policy.roles[*role].on));
        let mut branches = Vec::new();
        for (here, needs) in self.places(&on, scope, sign, &free) {
            if sign.is_some() {
                let group = self.some_group(Some(holder));
                branches.push(needs.clone().and(group));
            }
            let derived = policy.implications.iter().filter(|(_, implication)| match &implication.then {
                Conclusion::Holds { role: RoleTerm::Named(role), .. } => roles.contains(role),
                Conclusion::Holds { .. } => true,
                Conclusion::Relation { .. } => false,
            });
            for (_, implication) in derived {
                if self.setting.has(&implication.meta.validity) {
                    let role = Root { key: "role".to_owned(), kinds: KindSet::one(policy.role_kind), on: Vec::new() };
                    let ends = [Some(holder.clone()), Some(role), Some(here.clone())];
                    branches.extend(self.implied(implication, &ends, sign).map(|implied| needs.clone().and(implied)));
                }
            }
        }
        some_or_all(branches, sign, &free)
    }

    /// That an implication derives a fact with these ends; `None` if by their kinds it never does.
    fn implied(&mut self, implication: &'a Implication, ends: &[Option<Root>], sign: Sign) -> Option<Needs> {
        let on = joined(ends);
        let condition = &implication.condition;
        let (terms, holds) = (implication.then.ends(), matches!(implication.then, Conclusion::Holds { .. }));
        let mut roots = Roots { subject: ends.first().cloned().flatten(), ..Roots::default() };
        let mut needs = Needs::default();
        let mut asked: Vec<(usize, &Term)> = Vec::new();
        for &(index, term) in &terms {
            match term.node {
                TermNode::Variable(variable) if !(roots.variables.contains_key(&variable) || holds && index == 0) => {
                    if let Some(end) = ends.get(index).cloned().flatten() {
                        let kinds = end.kinds.intersection(&condition.variable(variable).kinds);
                        if kinds.is_empty() {
                            return None;
                        }
                        roots.variables.insert(variable, Root { kinds, ..end });
                    }
                }
                _ => asked.push((index, term)),
            }
        }
        for (_, term) in &terms {
            for variable in term.variables().iter() {
                if let Entry::Vacant(free) = roots.variables.entry(variable) {
                    let (root, own) = self.quantified(condition.variable(variable).kinds.clone(), sign, &on);
                    needs = needs.and(own);
                    free.insert(root);
                }
            }
        }
        for (index, term) in asked {
            let (root, values) = self.values(term, sign, &roots);
            if let (Some(root), Some(Some(end))) = (root, ends.get(index))
                && !(holds && index == 0)
                && !root.kinds.meets(&end.kinds)
            {
                return None;
            }
            if sign != Sign::NotTrue {
                needs = needs.and(values);
            }
            if sign == Sign::NotFalse && holds && index == 0 {
                let group = self.some_group(ends[0].as_ref());
                needs = needs.and(group);
            }
        }
        let body = self.expr(&condition.expr, condition, sign, &roots);
        Some(needs.and(body))
    }
}
