//! Collects what a goal needs, by the signs of its parts.

use super::Sign;
use super::needs::Needs;
use super::roots::{Root, Roots, Universal, depends, needed, numbers, one_of, some_or_all};
use super::size::{Bound, Unbounded};
use crate::policy::{
    ActionId, Atom, AtomKind, Condition, Expr, Hop, Id, KindSet, LiteralId, Op, Policy, RoleId, RoleTerm, RuleEffect, Term, TermNode,
};
use crate::verify::symbolic::{Class, Party, Setting};
use std::collections::BTreeMap;

/// The number of parts that are looked at before it is given up.
const FUEL: usize = 200_000;

/// The depth of parts within parts, through implications, beyond which it is given up.
const DEEPEST: usize = 250;

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
    /// The same by another policy of the same schema, under its setting.
    Under(&'g Policy, &'g Setting, Box<Goal<'g>>),
}

/// Walks through the conditions of one goal.
pub struct Walker<'a> {
    pub(super) policy: &'a Policy,
    pub(super) setting: &'a Setting,
    pub(super) class: Class,
    /// The roles of which facts may speak, sorted.
    roles: &'a [RoleId],
    pub(super) roots: Roots,
    /// The number of variables so far.
    variables: usize,
    /// What relations with these ends need.
    pub(super) known: BTreeMap<String, Needs>,
    fuel: usize,
    depth: usize,
    /// What there is whatever is asked: the subject and the resource.
    pub(super) there: Needs,
    pub(super) unbounded: Option<Unbounded>,
}

impl<'a> Walker<'a> {
    /// For goals about this subject and resource, or about worlds alone. Facts may speak of these roles, which are sorted.
    pub fn new(
        policy: &'a Policy,
        setting: &'a Setting,
        class: Class,
        universe: Option<(Party, Party)>,
        same: bool,
        roles: &'a [RoleId],
    ) -> Walker<'a> {
        let mut walker = Walker {
            policy,
            setting,
            class,
            roles,
            roots: Roots::default(),
            variables: 0,
            known: BTreeMap::new(),
            fuel: FUEL,
            depth: 0,
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
        self.bound_of(&needs)
    }

    /// The size that is enough for these needs.
    pub(super) fn bound_of(self, needs: &Needs) -> Bound {
        match self.unbounded {
            Some(why) => Bound::None(why),
            None => needs.bound(self.policy, self.roles.len()),
        }
    }

    pub(super) fn goal(&mut self, goal: &Goal<'a>) -> Needs {
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
            Goal::Under(policy, setting, goal) => {
                let before = (std::mem::replace(&mut self.policy, policy), std::mem::replace(&mut self.setting, setting));
                // Other implications may be in force.
                let known = std::mem::take(&mut self.known);
                let needs = self.goal(goal);
                self.known = known;
                (self.policy, self.setting) = before;
                needs
            }
        }
    }

    fn permits(&mut self, action: ActionId, sign: Sign) -> Needs {
        let (Some(subject), Some(resource)) = (self.roots.subject.clone(), self.roots.resource.clone()) else { return Needs::default() };
        let granting = self.setting.granting(self.policy, action);
        let roles: Vec<RoleId> = granting.into_iter().filter(|role| self.roles.binary_search(role).is_ok()).collect();
        let by_roles = if roles.is_empty() && sign.is_some() { None } else { Some(self.held(&roles, &subject, &resource, sign)) };
        // Of a role that is held no more than that it grants the action may be known.
        let by_roles =
            by_roles.map(|needs| if sign.is_some() { needs.and(self.witness(KindSet::one(self.policy.role_kind), &[]).1) } else { needs });
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

    pub(super) fn expr(&mut self, expr: &'a Expr, condition: &'a Condition, sign: Sign, roots: &Roots) -> Needs {
        let Some(fuel) = self.fuel.checked_sub(1).filter(|_| self.depth < DEEPEST) else {
            self.unbounded.get_or_insert(Unbounded::TooLong);
            return Needs::default();
        };
        self.fuel = fuel;
        self.depth += 1;
        let needs = self.part(expr, condition, sign, roots);
        self.depth -= 1;
        needs
    }

    fn part(&mut self, expr: &'a Expr, condition: &'a Condition, sign: Sign, roots: &Roots) -> Needs {
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
    pub(super) fn quantified(&mut self, kinds: KindSet, sign: Sign, on: &[Universal]) -> (Root, Needs) {
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
    pub(super) fn values(&mut self, term: &Term, sign: Sign, roots: &Roots) -> (Option<Root>, Needs) {
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
                TermNode::Parameter(index) => roots.parameters.get(*index).cloned().flatten(),
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
                    RoleTerm::Term(_) => self.roles.to_vec(),
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
    pub(super) fn some_group(&mut self, member: Option<&Root>) -> Needs {
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
}

/// A kind that may be in groups of some kind, but not directly.
fn distant_groups(policy: &Policy) -> Option<Unbounded> {
    let direct = |kind, group| policy.kinds[kind].attributes.iter().any(|&attribute| policy.attributes[attribute].is_membership_in(group));
    let distant = policy.kinds.ids().find(|&kind| policy.groups_of(kind).iter().any(|group| !direct(kind, group)));
    distant.map(Unbounded::DistantGroups)
}
