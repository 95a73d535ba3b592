//! Collects what a goal needs, by the signs of its parts.

use super::Sign;
use super::needs::{Function, Needs};
use super::size::{Bound, Unbounded};
use crate::policy::{
    ActionId, Atom, AtomKind, Conclusion, Condition, Expr, Hop, Id, Implication, KindSet, LiteralId, Op, Policy, RelationId, RoleId,
    RoleTerm, RuleEffect, Term, TermNode, VarId,
};
use crate::verify::symbolic::{Class, Party, Setting, conclusion};
use std::collections::BTreeMap;

/// The number of parts that are looked at before it is given up.
const FUEL: usize = 200_000;

/// A part of a goal.
#[derive(Clone, Debug)]
pub enum Goal<'g> {
    /// A condition of the subject and the resource has the sign.
    Condition(&'g Condition, Sign),
    /// Some permit of the action is so.
    Permits(ActionId, Sign),
    /// Some deny of the action is so.
    Denies(ActionId, Sign),
    /// All of these.
    All(Vec<Goal<'g>>),
    /// One of these.
    Any(Vec<Goal<'g>>),
    /// The same under another setting.
    Under(&'g Setting, Box<Goal<'g>>),
}

/// A variable for all values of which something holds, by its number.
type Universal = (usize, KindSet);

/// Where a term starts: what it is, what kinds it may have, and the "for all" variables on which it depends, sorted.
#[derive(Clone, Debug)]
struct Root {
    key: String,
    kinds: KindSet,
    on: Vec<Universal>,
}

/// The roots of the terms of a condition.
#[derive(Clone, Debug, Default)]
struct Roots {
    subject: Option<Root>,
    resource: Option<Root>,
    variables: BTreeMap<VarId, Root>,
}

/// Walks through the conditions of one goal.
pub struct Walker<'a> {
    policy: &'a Policy,
    setting: &'a Setting,
    class: Class,
    roots: Roots,
    /// The number of variables so far.
    variables: usize,
    /// What relations with these ends need.
    known: BTreeMap<String, Needs>,
    fuel: usize,
    /// What there is whatever is asked: the subject and the resource.
    there: Needs,
    unbounded: Option<Unbounded>,
}

impl<'a> Walker<'a> {
    /// For goals about this subject and resource, or about worlds alone.
    pub fn new(policy: &'a Policy, setting: &'a Setting, class: Class, universe: Option<(Party, Party)>, same: bool) -> Walker<'a> {
        let mut walker = Walker {
            policy,
            setting,
            class,
            roots: Roots::default(),
            variables: 0,
            known: BTreeMap::new(),
            fuel: FUEL,
            there: Needs::default(),
            unbounded: distant_groups(policy),
        };
        if let Some((subject, resource)) = universe {
            let subject = walker.party("subject", subject);
            walker.roots.resource = Some(if same { subject.clone() } else { walker.party("resource", resource) });
            walker.roots.subject = Some(subject);
        }
        walker
    }

    fn party(&mut self, key: &str, party: Party) -> Root {
        match party {
            Party::Any(kind) => {
                let kinds = KindSet::one(kind);
                self.there = std::mem::take(&mut self.there).and(Needs::constant(key.to_owned(), kinds.clone()));
                Root { key: key.to_owned(), kinds, on: Vec::new() }
            }
            Party::Literal(literal) => self.literal(literal),
        }
    }

    fn literal(&self, literal: LiteralId) -> Root {
        let kinds = KindSet::one(self.policy.literals[literal].kind);
        Root { key: format!("literal {}", literal.index()), kinds, on: Vec::new() }
    }

    /// The size of worlds in which all these goals are satisfied together, if they are anywhere.
    pub fn bound(mut self, goals: &[Goal<'a>]) -> Bound {
        let needs = goals.iter().fold(self.there.clone(), |all, goal| {
            let needs = self.goal(goal);
            all.and(needs)
        });
        match self.unbounded {
            Some(why) => Bound::None(why),
            None => needs.bound(self.policy),
        }
    }

    fn goal(&mut self, goal: &Goal<'a>) -> Needs {
        match goal {
            Goal::Condition(condition, sign) => self.expr(&condition.expr, condition, *sign, &self.roots.clone()),
            Goal::Permits(action, sign) => self.permits(*action, *sign),
            Goal::Denies(action, sign) => self.rules(RuleEffect::Deny, *action, *sign),
            Goal::All(goals) => goals.iter().fold(Needs::default(), |all, goal| {
                let needs = self.goal(goal);
                all.and(needs)
            }),
            Goal::Any(goals) => {
                let branches = goals.iter().map(|goal| self.goal(goal)).collect();
                Needs::one_of(branches)
            }
            Goal::Under(setting, goal) => {
                let before = std::mem::replace(&mut self.setting, setting);
                let needs = self.goal(goal);
                self.setting = before;
                needs
            }
        }
    }

    fn permits(&mut self, action: ActionId, sign: Sign) -> Needs {
        let (Some(subject), Some(resource)) = (self.roots.subject.clone(), self.roots.resource.clone()) else { return Needs::default() };
        let roles = self.setting.granting(self.policy, action);
        let by_roles = if roles.is_empty() && sign.is_some() { None } else { Some(self.held(&roles, &subject, &resource, sign)) };
        let by_rules = self.rules(RuleEffect::Allow, action, sign);
        match by_roles {
            Some(by_roles) => some_or_all(vec![by_roles, by_rules], sign, &[]),
            None => by_rules,
        }
    }

    fn rules(&mut self, effect: RuleEffect, action: ActionId, sign: Sign) -> Needs {
        let policy = self.policy;
        let rules: Vec<&Condition> = self.setting.rules(policy, effect, action).map(|rule| &rule.condition).collect();
        let roots = self.roots.clone();
        let branches = rules.into_iter().map(|condition| self.expr(&condition.expr, condition, sign, &roots)).collect();
        some_or_all(branches, sign, &[])
    }

    fn expr(&mut self, expr: &'a Expr, condition: &'a Condition, sign: Sign, roots: &Roots) -> Needs {
        match self.fuel.checked_sub(1) {
            Some(fuel) => self.fuel = fuel,
            None => {
                self.unbounded.get_or_insert(Unbounded::TooLong);
                return Needs::default();
            }
        }
        match expr {
            Expr::True | Expr::False | Expr::Toggle(..) => Needs::default(),
            Expr::Not(part) => self.expr(part, condition, sign.negated(), roots),
            Expr::And(parts) | Expr::Or(parts) => {
                let branches: Vec<Needs> = parts.iter().map(|part| self.expr(part, condition, sign, roots)).collect();
                if matches!(expr, Expr::Or(_)) == sign.is_some() {
                    one_of(branches, &depends(expr, roots))
                } else {
                    branches.into_iter().fold(Needs::default(), Needs::and)
                }
            }
            Expr::Exists(bound, body) => {
                let on = depends(expr, roots);
                let mut inner = roots.clone();
                let mut needs = Needs::default();
                for &variable in bound {
                    let (root, own) = self.quantified(condition.variable(variable).kinds.clone(), sign, &on);
                    needs = needs.and(own);
                    inner.variables.insert(variable, root);
                }
                let body = self.expr(body, condition, sign, &inner);
                needs.and(body)
            }
            Expr::Atom(atom) => self.atom(atom, sign, roots),
        }
    }

    /// A variable of these kinds: a witness, which depends on these variables, or any entity.
    fn quantified(&mut self, kinds: KindSet, sign: Sign, on: &[Universal]) -> (Root, Needs) {
        if sign.is_some() {
            return self.witness(kinds, on);
        }
        self.variables += 1;
        // All variables of the same kinds range over the same entities.
        let key = format!("each {}", numbers(&kinds));
        (Root { key, on: vec![(self.variables, kinds.clone())], kinds }, Needs::default())
    }

    /// An entity that there must be, of one of these kinds, for each choice of these variables.
    fn witness(&mut self, kinds: KindSet, on: &[Universal]) -> (Root, Needs) {
        self.variables += 1;
        let root = Root { key: format!("witness {}", self.variables), kinds, on: on.to_vec() };
        let needs = needed(&root.key, &root.on, root.kinds.clone());
        (root, needs)
    }

    /// The values of a term and of the steps to it. What is false needs also what says that an attribute has no value.
    fn values(&mut self, term: &Term, sign: Sign, roots: &Roots) -> (Option<Root>, Needs) {
        let (root, steps, value) = self.read(term, sign, roots);
        (root, steps.and(value))
    }

    /// The value of a term: where it starts, what the steps to it need, and what the value itself needs.
    fn read(&mut self, term: &Term, sign: Sign, roots: &Roots) -> (Option<Root>, Needs, Needs) {
        let TermNode::Path(of, path) = &term.node else {
            let root = match &term.node {
                TermNode::Subject => roots.subject.clone(),
                TermNode::Resource => roots.resource.clone(),
                TermNode::Variable(variable) => roots.variables.get(variable).cloned(),
                TermNode::Literal(literal) => Some(self.literal(*literal)),
                _ => None,
            };
            return (root, Needs::default(), Needs::default());
        };
        let (of, steps) = self.values(of, sign, roots);
        let Some(of) = of else { return (None, steps, Needs::default()) };
        let mut needs = Needs::default();
        let mut kinds = KindSet::default();
        let mut name = String::new();
        for kind in of.kinds.iter() {
            match path.of(kind) {
                Some(Hop::Attribute(attribute)) => {
                    name.clone_from(&self.policy.attributes[attribute].name);
                    kinds = kinds.union(self.policy.attributes[attribute].value.entity_kinds().unwrap_or(&KindSet::default()));
                    // What is given of an `exactly-one` says that the others are not.
                    let others = self.policy.exclusive(&attribute).iter().filter(|other| **other == attribute || sign == Sign::False);
                    for &other in others {
                        let others = self.policy.attributes[other].value.entity_kinds().cloned().unwrap_or_default();
                        let key = format!("{}.{}", of.key, self.policy.attributes[other].name);
                        needs = needs.and(needed(&key, &of.on, others));
                    }
                }
                // Nearest containers are there.
                Some(Hop::Above(target)) => {
                    name.clone_from(&self.policy.kinds[target].meta.name);
                    kinds.insert(target);
                }
                Some(Hop::System) | None => {}
            }
        }
        (Some(Root { key: format!("{}.{name}", of.key), kinds, on: of.on }), steps, needs)
    }

    fn atom(&mut self, atom: &'a Atom, sign: Sign, roots: &Roots) -> Needs {
        let mut needs = Needs::default();
        let mut values: Vec<Needs> = Vec::new();
        let mut ends: Vec<Option<Root>> = Vec::new();
        let set = if let AtomKind::Among(_, set) = &atom.kind { Some(set) } else { None };
        for term in atom.kind.terms() {
            // Of a set it is the bearer that is read.
            let of_set = set
                .filter(|set| std::ptr::eq(*set, term))
                .and_then(|set| if let TermNode::Path(of, _) = &set.node { Some(&**of) } else { None });
            let (root, steps, value) = self.read(of_set.unwrap_or(term), sign, roots);
            ends.push(root);
            if sign != Sign::NotTrue {
                needs = needs.and(steps);
                values.push(value);
            }
        }
        if let (AtomKind::Compare(left, Op::Eq, right), Sign::True) = (&atom.kind, sign) {
            // Both have the same value: it is enough that one of them is there.
            let given = if left.takes_hop() && right.takes_hop() { 1 } else { values.len() };
            values.drain(..given.min(values.len()));
        }
        needs = values.into_iter().fold(needs, Needs::and);
        let own = match &atom.kind {
            AtomKind::Relation { relation, was: false, .. } => self.related(*relation, &ends, sign),
            AtomKind::Relation { relation, was: true, .. } => self.was_related(*relation, &ends, sign),
            AtomKind::Holds { was: false, role, .. } => {
                let roles = match role {
                    RoleTerm::Named(role) => self.setting.includers(self.policy, *role),
                    RoleTerm::Term(_) => self.policy.roles.ids().collect(),
                };
                match (ends.first().cloned().flatten(), ends.last().cloned().flatten()) {
                    (Some(holder), Some(scope)) => self.held(&roles, &holder, &scope, sign),
                    _ => Needs::default(),
                }
            }
            AtomKind::Member(..) if sign == Sign::NotFalse => self.some_group(ends[0].as_ref()),
            AtomKind::Among(_, set) => self.among(set, ends[1].as_ref(), sign),
            _ => Needs::default(),
        };
        needs.and(own)
    }

    /// A group of an entity, so that it stays in some.
    fn some_group(&mut self, member: Option<&Root>) -> Needs {
        let kinds = member
            .into_iter()
            .flat_map(|member| member.kinds.iter())
            .fold(KindSet::default(), |all, kind| all.union(&self.policy.groups_of(kind)));
        let on = member.map(|member| member.on.clone()).unwrap_or_default();
        if kinds.is_empty() { Needs::default() } else { self.witness(kinds, &on).1 }
    }

    fn among(&mut self, set: &Term, bearer: Option<&Root>, sign: Sign) -> Needs {
        let TermNode::Path(_, path) = &set.node else { return Needs::default() };
        let mut kinds = KindSet::default();
        for kind in bearer.into_iter().flat_map(|bearer| bearer.kinds.iter()) {
            if let Some(Hop::Attribute(attribute)) = path.of(kind) {
                let declared = &self.policy.attributes[attribute];
                if declared.member_of {
                    self.unbounded.get_or_insert(Unbounded::DirectMembership);
                }
                kinds = kinds.union(declared.value.entity_kinds().unwrap_or(&KindSet::default()));
            }
        }
        let on = bearer.map(|bearer| bearer.on.clone()).unwrap_or_default();
        if sign == Sign::NotFalse && !kinds.is_empty() { self.witness(kinds, &on).1 } else { Needs::default() }
    }

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

    fn related(&mut self, relation: RelationId, ends: &[Option<Root>], sign: Sign) -> Needs {
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
                if self.setting.has_implication(id, &implication.meta.validity) {
                    let implied = self.implied(implication, &ends, sign);
                    branches.push(needs.clone().and(implied));
                }
            }
        }
        let found = some_or_all(branches, sign, &on);
        self.known.insert(key, found.clone());
        found
    }

    fn was_related(&mut self, relation: RelationId, ends: &[Option<Root>], sign: Sign) -> Needs {
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
    fn held(&mut self, roles: &[RoleId], holder: &Root, scope: &Root, sign: Sign) -> Needs {
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
            for (id, implication) in derived {
                if self.setting.has_implication(id, &implication.meta.validity) {
                    let role = Root { key: "role".to_owned(), kinds: KindSet::one(policy.role_kind), on: Vec::new() };
                    let implied = self.implied(implication, &[Some(holder.clone()), Some(role), Some(here.clone())], sign);
                    branches.push(needs.clone().and(implied));
                }
            }
        }
        some_or_all(branches, sign, &free)
    }

    fn implied(&mut self, implication: &'a Implication, ends: &[Option<Root>], sign: Sign) -> Needs {
        let on = joined(ends);
        let condition = &implication.condition;
        let (terms, holds) = conclusion(&implication.then);
        let mut roots = Roots { subject: ends.first().cloned().flatten(), ..Roots::default() };
        let mut needs = Needs::default();
        let mut asked: Vec<(usize, &Term)> = Vec::new();
        for &(index, term) in &terms {
            match term.node {
                TermNode::Variable(variable) if !(holds && index == 0) && !roots.variables.contains_key(&variable) => {
                    if let Some(end) = ends.get(index).cloned().flatten() {
                        roots
                            .variables
                            .insert(variable, Root { kinds: end.kinds.intersection(&condition.variable(variable).kinds), ..end });
                    }
                }
                _ => asked.push((index, term)),
            }
        }
        for (_, term) in &terms {
            for variable in term.variables().iter() {
                if !roots.variables.contains_key(&variable) {
                    let (root, own) = self.quantified(condition.variable(variable).kinds.clone(), sign, &on);
                    needs = needs.and(own);
                    roots.variables.insert(variable, root);
                }
            }
        }
        for (index, term) in asked {
            if sign != Sign::NotTrue {
                let values = self.values(term, sign, &roots).1;
                needs = needs.and(values);
            }
            if sign == Sign::NotFalse && holds && index == 0 {
                let group = self.some_group(ends[0].as_ref());
                needs = needs.and(group);
            }
        }
        let body = self.expr(&condition.expr, condition, sign, &roots);
        needs.and(body)
    }
}

/// The needs of a disjunction with this sign, which depends on these variables.
fn some_or_all(branches: Vec<Needs>, sign: Sign, on: &[Universal]) -> Needs {
    if sign.is_some() { one_of(branches, on) } else { branches.into_iter().fold(Needs::default(), Needs::and) }
}

/// The needs of a choice: those of all branches, if it may be another one for other values of these variables.
fn one_of(branches: Vec<Needs>, on: &[Universal]) -> Needs {
    if on.is_empty() { Needs::one_of(branches) } else { branches.into_iter().fold(Needs::default(), Needs::and) }
}

/// The variables on which some of these depend.
fn joined(roots: &[Option<Root>]) -> Vec<Universal> {
    let mut found: Vec<Universal> = roots.iter().flatten().flat_map(|root| root.on.iter().cloned()).collect();
    found.sort_by_key(|(number, _)| *number);
    found.dedup_by_key(|(number, _)| *number);
    found
}

/// The kinds of each variable.
fn kinds_of(on: &[Universal]) -> Vec<&KindSet> {
    on.iter().map(|(_, kinds)| kinds).collect()
}

/// The variables on which the truth of a part depends: those of the roots of its terms that are bound outside of it.
fn depends(expr: &Expr, roots: &Roots) -> Vec<Universal> {
    let root = |term: &Term| match term.root() {
        TermNode::Subject => roots.subject.clone(),
        TermNode::Resource => roots.resource.clone(),
        TermNode::Variable(variable) => roots.variables.get(variable).cloned(),
        _ => None,
    };
    let terms = expr.atoms().flat_map(|atom| atom.kind.terms());
    joined(&terms.map(root).collect::<Vec<_>>())
}

/// An entity that a set needs, for each choice of what it depends on.
fn needed(key: &str, on: &[Universal], kinds: KindSet) -> Needs {
    if kinds.is_empty() {
        return Needs::default();
    }
    if on.is_empty() {
        return Needs::constant(key.to_owned(), kinds);
    }
    let indices = |kinds: &KindSet| kinds.iter().map(Id::index).collect::<Vec<usize>>();
    let function = Function { key: key.to_owned(), from: on.iter().map(|(_, kinds)| indices(kinds)).collect(), to: indices(&kinds) };
    Needs { functions: [function].into(), ..Needs::default() }
}

fn numbers(kinds: &KindSet) -> String {
    kinds.iter().map(|kind| kind.index().to_string()).collect::<Vec<_>>().join("|")
}

/// A kind that may be in groups of some kind, but not directly.
fn distant_groups(policy: &Policy) -> Option<Unbounded> {
    let direct = |kind, group| policy.kinds[kind].attributes.iter().any(|&attribute| policy.attributes[attribute].is_membership_in(group));
    let distant = policy.kinds.ids().find(|&kind| policy.groups_of(kind).iter().any(|group| !direct(kind, group)));
    distant.map(Unbounded::DistantGroups)
}
