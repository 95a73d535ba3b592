//! What a condition may depend on at any time.

use super::{Ever, Instants, MANY, MAX_CONDITIONS, one};
use crate::policy::{Atom, AtomKind, Expr, Hop, ImplicationId, Op, RelationId, RoleId, RoleTerm, RuleId, Term, TermNode, VarId};
use crate::world::{EntityId, Statement, Topic};
use std::collections::BTreeSet;

impl Instants<'_, '_> {
    /// That an implication derives something of these ends, for this subject.
    pub(in crate::query::lists) fn implication(&mut self, implication: ImplicationId, known: [Ever; 3], subject: &Ever) {
        let key = (implication, known, subject.clone());
        if self.read.contains(&key) {
            return;
        }
        if self.read.len() == MAX_CONDITIONS {
            return self.everything();
        }
        let declared = &self.turning.decider.compiled.policy.implications[implication];
        let mut values =
            Values { variables: vec![None; declared.condition.variables.len()], subject: subject.clone(), resource: Some(BTreeSet::new()) };
        for (index, term) in declared.then.ends() {
            if let TermNode::Variable(variable) = term.node {
                values.variables[variable.index()].clone_from(&key.1[index]);
            }
        }
        self.read.push(key);
        let free = declared.condition.expr.free_variables().iter().collect();
        self.condition(&declared.condition.expr, &mut values, free);
        for (variable, ever) in declared.condition.variables.iter().zip(&values.variables) {
            self.lives(&variable.kinds, ever);
        }
        declared.then.ends().into_iter().for_each(|(_, term)| _ = self.term(term, &values));
    }

    /// That the rule is true for this subject and resource.
    pub(super) fn rule(&mut self, rule: RuleId, subject: &Ever, resource: &Ever) {
        let condition = &self.turning.decider.compiled.policy.rules[rule].condition;
        let variables = vec![None; condition.variables.len()];
        let mut values = Values { variables, subject: subject.clone(), resource: resource.clone() };
        self.condition(&condition.expr, &mut values, condition.expr.free_variables().iter().collect());
        for (variable, ever) in condition.variables.iter().zip(&values.variables) {
            self.lives(&variable.kinds, ever);
        }
    }

    /// That the condition is true. `own` are the variables that are bound at this level, whose values its atoms determine.
    fn condition(&mut self, expr: &Expr, values: &mut Values, mut own: Vec<VarId>) {
        let (mut atoms, mut others) = (Vec::new(), Vec::new());
        conjuncts(expr, &mut atoms, &mut own, &mut others);
        while let Some((variable, found)) = own.iter().find_map(|&variable| {
            let unknown = values.variables[variable.index()].is_none();
            let found = if unknown { atoms.iter().find_map(|atom| self.bound_by(atom, variable, values)) } else { None };
            found.map(|found| (variable, found))
        }) {
            values.variables[variable.index()] = Some(found);
        }
        for atom in atoms {
            self.atom(&atom.kind, values);
        }
        for other in others {
            self.condition(other, &mut values.clone(), Vec::new());
        }
    }

    /// What the variable may be at any time for the atom to be true; `None` if the atom does not say.
    fn bound_by(&mut self, atom: &Atom, variable: VarId, values: &Values) -> Option<BTreeSet<EntityId>> {
        let (world, policy) = (self.world(), &self.turning.decider.compiled.policy);
        let is_own = |term: &Term| matches!(term.node, TermNode::Variable(own) if own == variable);
        let mut found = BTreeSet::new();
        match &atom.kind {
            AtomKind::Relation { relation, terms, .. } => {
                let declared = &policy.relations[*relation];
                let last = terms.len() - 1;
                let own = terms.iter().position(is_own)?;
                if !declared.derived_by.is_empty() || !world.relation_closed(*relation) || declared.through_ends().next().is_some() {
                    return None;
                }
                let is_plain = |end: usize| !(declared.covers && end == last);
                let (end, from) = terms.iter().enumerate().find_map(|(end, term)| {
                    let ever = if is_plain(end) && is_plain(own) && !term.takes_hop() { self.term(term, values) } else { None };
                    ever.map(|ever| (end, ever))
                })?;
                for id in from.into_iter().flat_map(|from| world.related(*relation, end, from)) {
                    if let Statement::Relation(_, ends) = world.fact(id).statement {
                        found.insert(ends[own]);
                    }
                }
            }
            AtomKind::Holds { was: true, holder, scope, .. } if is_own(holder) != is_own(scope) => {
                // What was held is what was assigned.
                if self.turning.decider.open_roles || !world.relation_closed(policy.unknown_roles) {
                    return None;
                }
                let known = self.term(if is_own(holder) { scope } else { holder }, values)?;
                let own = if is_own(holder) { 0 } else { 2 };
                for known in known {
                    let stated = if own == 0 { world.assignments_over(known) } else { world.assignments_of(known) };
                    // Also those of roles that the policy does not name.
                    for id in stated.chain(world.related(policy.unknown_roles, 2 - own, known)) {
                        match world.fact(id).statement {
                            Statement::Holds { holder, scope, .. } => _ = found.insert([holder, EntityId::NONE, scope][own]),
                            Statement::Relation(_, ends) => _ = found.insert(ends[own]),
                            _ => {}
                        }
                    }
                }
            }
            AtomKind::Within(inner, outer) if is_own(inner) && world.containers_closed() => {
                let outer = self.term(outer, values)?;
                found = self.contents_ever(&outer);
            }
            AtomKind::Member(member, group) if is_own(group) && world.memberships_closed() => {
                let members = self.term(member, values)?;
                found = self.groups_ever(&members);
            }
            AtomKind::Compare(one, Op::Eq, other) if is_own(one) || is_own(other) => {
                found = self.term(if is_own(one) { other } else { one }, values)?;
            }
            AtomKind::Among(one, set) if is_own(one) => found = self.term(set, values)?,
            AtomKind::Compare(one, Op::Eq, other) => {
                // `variable.attribute == known`
                let (path, known) = if one.variables().contains(variable) { (one, other) } else { (other, one) };
                let TermNode::Path(of, path) = &path.node else { return None };
                if !is_own(of) || known.variables().contains(variable) {
                    return None;
                }
                let known = self.term(known, values)?;
                for (_, hop) in path.iter() {
                    let Hop::Attribute(attribute) = hop else { return None };
                    if !world.attribute_closed(attribute) || policy.attributes[attribute].many {
                        return None;
                    }
                    for id in known.iter().flat_map(|&known| world.entities_with_value(attribute, known)) {
                        if let Statement::Value { entity, .. } = world.fact(id).statement {
                            found.insert(entity);
                        }
                    }
                }
            }
            _ => return None,
        }
        (found.len() <= MANY).then_some(found)
    }

    fn atom(&mut self, atom: &AtomKind, values: &Values) {
        match atom {
            AtomKind::Relation { relation, was, terms } => {
                let known: Vec<Ever> = terms.iter().map(|term| self.term(term, values)).collect();
                self.relation(*relation, known, *was);
            }
            AtomKind::Holds { was, holder, role, scope } => {
                let (holder, scope) = (self.term(holder, values), self.term(scope, values));
                let role = match role {
                    RoleTerm::Named(role) => Some(*role),
                    RoleTerm::Term(term) => {
                        self.term(term, values);
                        None
                    }
                };
                if *was {
                    self.assigned(&holder, &scope);
                } else {
                    self.holds(&holder, role, &scope);
                }
            }
            AtomKind::Member(member, group) => {
                let (member, group) = (self.term(member, values), self.term(group, values));
                self.membership(&member, &group);
            }
            AtomKind::Within(inner, outer) => {
                self.term(outer, values);
                match self.term(inner, values) {
                    Some(inner) => _ = self.containers_ever(&inner),
                    None => self.containment(),
                }
            }
            AtomKind::Is(..) | AtomKind::OneOf(..) | AtomKind::Among(..) | AtomKind::Compare(..) => {
                atom.terms().into_iter().for_each(|term| _ = self.term(term, values));
            }
        }
    }

    /// That the relation holds, or `was`: that it is stated.
    fn relation(&mut self, relation: RelationId, mut known: Vec<Ever>, was: bool) {
        let (world, declared) = (self.world(), &self.turning.decider.compiled.policy.relations[relation]);
        for (end, _) in declared.through_ends() {
            match &known[end] {
                Some(ever) => known[end] = Some(self.groups_ever(ever)),
                None => self.topic(Topic::Member),
            }
        }
        if let (true, Some(last)) = (declared.covers, known.last_mut()) {
            match last {
                Some(ever) => *last = Some(self.containers_ever(ever)),
                None => self.containment(),
            }
        }
        let fewest = known.iter().enumerate().filter_map(|(end, ever)| Some((end, ever.as_ref()?))).min_by_key(|(_, ever)| ever.len());
        match fewest {
            None => self.topic(Topic::Relation(relation)),
            Some((end, ever)) => {
                for id in ever.iter().flat_map(|&ent| world.related(relation, end, ent)) {
                    let Statement::Relation(_, ends) = world.fact(id).statement else { continue };
                    if known.iter().zip(ends).all(|(ever, end)| ever.as_ref().is_none_or(|ever| ever.contains(&end))) {
                        self.fact(id);
                    }
                }
            }
        }
        let mut ends: [Ever; 3] = [None, None, None];
        ends.iter_mut().zip(known).for_each(|(end, known)| *end = known);
        for &implication in declared.derived_by.iter().filter(|_| !was) {
            self.implication(implication, ends.clone(), &None);
        }
    }

    /// That a role is assigned to exactly one of these holders, over exactly one of these scopes.
    fn assigned(&mut self, holders: &Ever, scopes: &Ever) {
        let (world, policy) = (self.world(), &self.turning.decider.compiled.policy);
        // Also those of roles that the policy does not name.
        let over = |&scope: &EntityId| world.assignments_over(scope).chain(world.related(policy.unknown_roles, 2, scope));
        let of = |&holder: &EntityId| world.assignments_of(holder).chain(world.related(policy.unknown_roles, 0, holder));
        match (scopes, holders) {
            (Some(scopes), _) => scopes.iter().flat_map(over).for_each(|id| self.fact(id)),
            (None, Some(holders)) => holders.iter().flat_map(of).for_each(|id| self.fact(id)),
            (None, None) => {
                self.topic(Topic::Holds);
                self.topic(Topic::Relation(policy.unknown_roles));
            }
        }
    }

    /// That the role, or any, is held.
    fn holds(&mut self, holder: &Ever, role: Option<RoleId>, scope: &Ever) {
        let compiled = self.turning.decider.compiled;
        let roles: Vec<RoleId> = match role {
            Some(role) => compiled.graph.includers(role).to_vec(),
            None => compiled.policy.roles.ids().collect(),
        };
        self.any_held(holder, &roles, scope);
    }

    /// That any of these roles is held.
    pub(super) fn any_held(&mut self, holder: &Ever, roles: &[RoleId], scope: &Ever) {
        let (world, compiled) = (self.world(), self.turning.decider.compiled);
        if holder.is_none() || !world.memberships_closed() {
            self.topic(Topic::Member);
        }
        if scope.is_none() {
            self.containment();
        }
        let holders = holder.as_ref().map(|holder| self.groups_ever(holder));
        let scopes = scope.as_ref().map(|scope| self.containers_ever(scope));
        self.assigned(&holders, &scopes);
        for &role in roles {
            for &implication in compiled.graph.rules_deriving(role) {
                self.implication(implication, [None, one(world.role_entity(role)), scopes.clone()], holder);
            }
        }
    }

    /// What the term may be at any time.
    fn term(&mut self, term: &Term, values: &Values) -> Ever {
        let world = self.world();
        match &term.node {
            TermNode::Subject => values.subject.clone(),
            TermNode::Resource => values.resource.clone(),
            TermNode::Variable(variable) => values.variables[variable.index()].clone(),
            TermNode::Literal(literal) => one(world.literal(*literal)),
            TermNode::Path(of, path) => {
                let Some(of) = self.term(of, values) else {
                    for (_, hop) in path.iter() {
                        match hop {
                            Hop::Attribute(attribute) => self.attribute(attribute),
                            Hop::Above(_) => self.containment(),
                            Hop::System => {}
                        }
                    }
                    return None;
                };
                let (mut found, mut open) = (BTreeSet::new(), false);
                for ent in of {
                    match path.of(world.kind(ent)) {
                        Some(Hop::Attribute(attribute)) => {
                            open |= !world.attribute_closed(attribute);
                            found.extend(self.values_ever(ent, attribute));
                        }
                        Some(Hop::Above(kind)) => {
                            open |= !world.containers_closed();
                            found.extend(self.containers_ever(&BTreeSet::from([ent])).into_iter().filter(|&ent| world.kind(ent) == kind));
                        }
                        Some(Hop::System) | None => {}
                    }
                }
                (!open && found.len() <= MANY).then_some(found)
            }
            _ => Some(BTreeSet::new()),
        }
    }
}

/// What the variables and the subject of a condition may be at any time.
#[derive(Clone)]
struct Values {
    variables: Vec<Ever>,
    subject: Ever,
    resource: Ever,
}

/// The atoms that must be true for the condition to be, the variables that are bound around them, and the other parts.
fn conjuncts<'e>(expr: &'e Expr, atoms: &mut Vec<&'e Atom>, bound: &mut Vec<VarId>, others: &mut Vec<&'e Expr>) {
    match expr {
        Expr::And(parts) => parts.iter().for_each(|part| conjuncts(part, atoms, bound, others)),
        Expr::Exists(variables, body) => {
            bound.extend(variables);
            conjuncts(body, atoms, bound, others);
        }
        Expr::Atom(atom) => atoms.push(atom),
        Expr::Or(parts) => others.extend(parts),
        Expr::Not(part) => others.push(part),
        Expr::True | Expr::False | Expr::Toggle(..) => {}
    }
}
