//! Roles that no formula of a question tells apart.
//!
//! Two roles are alike if exchanging them changes no formula: they may be held over the same kinds, are of the same system, in force at the
//! same time, grant the same of the actions that are asked about, and are in no hierarchy; rules, invariants and the property name neither;
//! and what implications say of one, they say of the other. If a world satisfies a goal, so does the world in which the names of two such
//! roles are exchanged. The restriction of a world (see [`bound`](super::bound)) keeps of the roles, as of other entities, those that the goal needs:
//! so many that no formula names. Exchanging names makes them the first ones of their class. So it is enough to look at so many of each
//! class. The others are roles of which no fact speaks. If a condition can see those, a world that was found may be none; then all
//! roles are looked at.

use crate::policy::{
    ActionId, AtomKind, Conclusion, Condition, Implication, LiteralId, Policy, RoleId, RoleTerm, Term, TermNode, canonical,
};
use std::collections::{BTreeMap, BTreeSet};

/// The classes of roles that are alike.
pub(super) struct RoleClasses {
    classes: Vec<Vec<RoleId>>,
}

impl RoleClasses {
    /// Those of a question about these actions of each policy, with these conditions beside those of the policies that decide, and of which something else names these. Roles have the same ids in
    /// all the policies.
    pub(super) fn of(policies: &[(&Policy, Vec<ActionId>)], conditions: &[&Condition], named: &[RoleId]) -> RoleClasses {
        let Some((first, _)) = policies.first() else { return RoleClasses { classes: Vec::new() } };
        let described: Vec<Described<'_>> =
            policies.iter().map(|(policy, actions)| Described::of(policy, actions, conditions, named)).collect();
        let mut classes: BTreeMap<String, Vec<RoleId>> = BTreeMap::new();
        for role in first.roles.ids() {
            let keys: Option<Vec<String>> = described.iter().map(|described| described.key(role)).collect();
            let key = keys.map_or_else(|| format!("{role:?}"), |keys| keys.join(" "));
            classes.entry(key).or_default().push(role);
        }
        RoleClasses { classes: classes.into_values().collect() }
    }

    /// So many roles of each class, sorted.
    pub(super) fn kept(&self, count: usize) -> Vec<RoleId> {
        let mut kept: Vec<RoleId> = self.classes.iter().flat_map(|class| class.iter().take(count.max(1)).copied()).collect();
        kept.sort_unstable();
        kept
    }
}

/// What a policy says of its roles.
struct Described<'p> {
    policy: &'p Policy,
    actions: &'p [ActionId],
    /// The roles of which some formula speaks by name, beyond the implications that derive them.
    named: BTreeSet<RoleId>,
    literals: BTreeMap<RoleId, Vec<LiteralId>>,
    /// By role: the implications that derive it and name no other.
    derived_by: BTreeMap<RoleId, Vec<&'p Implication>>,
}

impl<'p> Described<'p> {
    fn of(policy: &'p Policy, actions: &'p [ActionId], conditions: &[&Condition], named: &[RoleId]) -> Described<'p> {
        let named = named.iter().copied().collect();
        let mut described = Described { policy, actions, named, literals: BTreeMap::new(), derived_by: BTreeMap::new() };
        for (id, literal) in policy.literals.iter().filter(|(_, literal)| literal.kind == policy.role_kind) {
            if let Some(role) = policy.role_called(&literal.id) {
                described.literals.entry(role).or_default().push(id);
            }
        }
        let rules = policy.rules.values().map(|rule| &rule.condition);
        let invariants = policy.invariants.values().map(|invariant| &invariant.never);
        for condition in rules.chain(invariants).chain(conditions.iter().copied()) {
            let named = described.in_condition(condition);
            described.named.extend(named);
        }
        for (id, role) in policy.roles.iter().filter(|(_, role)| !role.includes.is_empty()) {
            described.named.extend(role.includes.iter().map(|(included, _)| *included).chain([id]));
        }
        for implication in policy.implications.values() {
            let mut named = described.in_condition(&implication.condition);
            match &implication.then {
                Conclusion::Holds { holder, role, scope } => {
                    named.extend(described.in_terms([holder, scope]));
                    match role {
                        RoleTerm::Named(role) if named.iter().all(|other| other == role) => {
                            described.derived_by.entry(*role).or_default().push(implication);
                            continue;
                        }
                        RoleTerm::Named(role) => _ = named.insert(*role),
                        RoleTerm::Term(term) => named.extend(described.in_terms([term])),
                    }
                }
                Conclusion::Relation { terms, .. } => named.extend(described.in_terms(terms)),
            }
            described.named.extend(named);
        }
        described
    }

    fn in_terms<'t>(&self, terms: impl IntoIterator<Item = &'t Term>) -> Vec<RoleId> {
        let literals = terms.into_iter().filter_map(|term| match term.root() {
            TermNode::Literal(literal) => Some(*literal),
            _ => None,
        });
        let role = |literal: LiteralId| {
            let known = self.literals.iter().find(|(_, literals)| literals.contains(&literal));
            known.map(|(role, _)| *role)
        };
        literals.filter_map(role).collect()
    }

    fn in_condition(&self, condition: &Condition) -> BTreeSet<RoleId> {
        let mut found = BTreeSet::new();
        for atom in condition.expr.atoms() {
            let listed = if let AtomKind::OneOf(_, list) = &atom.kind { list.as_slice() } else { &[] };
            found.extend(self.in_terms(atom.kind.terms().into_iter().chain(listed)));
            if let AtomKind::Holds { role: RoleTerm::Named(role), .. } = &atom.kind {
                found.insert(*role);
            }
        }
        found
    }

    /// What the policy says of the role, without its name; `None` if some formula speaks of it by name.
    fn key(&self, id: RoleId) -> Option<String> {
        if self.named.contains(&id) {
            return None;
        }
        let role = &self.policy.roles[id];
        let validity = &role.meta.validity;
        let granted: Vec<bool> = self.actions.iter().map(|action| role.grants.iter().any(|(granted, _)| granted == action)).collect();
        let cell = |table: &crate::policy::Table, cell: &crate::policy::TableCell| {
            table.columns[cell.column as usize].role == id && self.actions.contains(&table.rows[cell.row as usize].action)
        };
        let in_tables: Vec<(usize, u32)> = self
            .policy
            .tables
            .values()
            .enumerate()
            .flat_map(|(index, table)| table.cells.iter().filter(move |own| cell(table, own)).map(move |own| (index, own.row)))
            .collect();
        let literals = self.literals.get(&id).map(Vec::as_slice).unwrap_or_default();
        let implications = self.derived_by.get(&id).into_iter().flatten();
        let mut derived: Vec<String> = implications
            .map(|implication| {
                let validity = &implication.meta.validity;
                let key = canonical::of_implication(implication, Some((id, literals)));
                format!("{:?} {:?} {:?} {key}", validity.since, validity.until, validity.toggle)
            })
            .collect();
        derived.sort_unstable();
        let in_force = (validity.since, validity.until, validity.toggle);
        Some(format!("{:?} {:?} {in_force:?} {granted:?} {in_tables:?} {derived:?}", role.on, role.system))
    }
}
