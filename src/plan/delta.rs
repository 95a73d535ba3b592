//! What follows of a change: conditions as searches for the conclusions that one reading of them can turn.
//!
//! A condition *reads* facts, roles, memberships, containment, attributes, lives and toggles, each at a place of its own. If the truth of a
//! condition differs between two worlds for some values of its variables, then in one of them it is not false, and one of its readings
//! differs. So all conclusions that a change can turn are found by a [`DeltaPlan`] for each reading of what changed, evaluated in both worlds:
//! the reading is about what changed, and whatever else must be true for the condition not to be false is kept. This is the delta rule of
//! incremental evaluation, for conditions with `not`.
//!
//! Inside a `not` the other parts may be true in the other world alone. There only the reading is kept, with toggles: where one of these was
//! turned, it is a reading of its own.

use super::access_path::ChangedReach;
use super::condition::Compiler;
use super::free::{add_variable, replace, resource_kinds};
use super::tree::Plan;
use crate::policy::{
    Atom, AtomKind, AttributeId, Conclusion, Condition, Expr, Hop, Implication, ImplicationId, KindId, KindSet, Op, Policy, RelationId,
    RoleId, RoleTerm, RuleId, Term, TermNode, ToggleId, VarId, VarSet, Variable,
};
use std::cell::RefCell;

/// What a condition reads, and what of it changed: which entities is said by [`Bindings::asked`](crate::eval::bindings::Bindings).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Reading {
    /// The relation between the entities, now or before; its last end is whatever lies within the last entity, if it covers.
    Relation(RelationId),
    /// The role, which is the second entity, held by the first or a member of it over the third or what lies within it.
    Role(RoleId),
    /// The role, which is the second entity, assigned before to the first over the third.
    Assigned(RoleId),
    /// In which groups the first entity or a member of it is.
    Membership,
    /// Within what the first entity or what lies within it lies.
    Containment,
    /// The attribute of the first entity.
    Attribute(AttributeId),
    /// Whether the first entity, which is of this kind, lives.
    Life(KindId),
    /// Whether the toggle is on.
    Toggle(ToggleId),
}

/// Of what a condition decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Concludes {
    /// Of a rule.
    Rule(RuleId),
    /// Of an implication.
    Implication(ImplicationId),
}

/// A search for the conclusions of a condition that one reading of it can turn.
#[derive(Clone, Debug)]
pub(crate) struct DeltaPlan {
    pub(crate) concludes: Concludes,
    pub(crate) plan: Plan,
    /// How many variables the plan searches for, one nested in the other.
    pub(crate) searches: usize,
    /// The ends of the conclusion: subject and resource; the ends of a relation; or holder, role and scope. `None` for an end that may be
    /// anything, as far as the reading says, and for a role that is named.
    pub(crate) ends: [Option<Term>; 3],
}

/// The conditions of a policy, ready to be compiled for one reading after the other.
pub(crate) struct DeltaPlans<'a> {
    compiler: Compiler<'a>,
    conditions: Vec<Opened<'a>>,
}

/// A condition whose subject and resource are variables.
struct Opened<'a> {
    concludes: Concludes,
    /// `None` if the condition has too many variables for two more.
    condition: Option<Condition>,
    then: [Option<Term>; 3],
    policy: &'a Policy,
}

/// The places of a condition that a reading is about: the part of the condition, and what is read there.
type Place<'e> = (&'e Expr, Vec<Plan>);

impl<'a> DeltaPlans<'a> {
    /// Of this policy.
    pub(crate) fn of(policy: &'a Policy) -> DeltaPlans<'a> {
        let rules = policy.rules.iter().map(|(id, rule)| {
            let end = |node| Some(Term { span: rule.meta.span, node });
            let ends = [end(TermNode::Subject), end(TermNode::Resource), None];
            Opened::of(policy, Concludes::Rule(id), &rule.condition, ends, [policy.subjects(), resource_kinds(policy, rule)])
        });
        let askers = policy.subjects().union(&policy.holders());
        let implications = policy.implications.iter().map(|(id, implication)| {
            let mut ends: [Option<Term>; 3] = [None, None, None];
            for (index, term) in implication.then.ends() {
                ends[index] = Some(term.clone());
            }
            let mut condition = implication.condition.clone();
            if let (Conclusion::Holds { holder, .. }, true) = (&implication.then, asks_subject(implication)) {
                // Whoever asks for the role is in the holder, or is the holder.
                condition.expr = Expr::And(condition.expr.conjuncts().iter().cloned().chain([is_in(holder)]).collect());
            }
            Opened::of(policy, Concludes::Implication(id), &condition, ends, [askers.clone(), KindSet::default()])
        });
        DeltaPlans { compiler: Compiler { policy, reverse: RefCell::default() }, conditions: rules.chain(implications).collect() }
    }

    /// A plan for each place at which a condition has the reading. `Err` for a condition that cannot be searched.
    pub(crate) fn reading(&self, reading: Reading) -> Vec<Result<DeltaPlan, Concludes>> {
        let mut found = Vec::new();
        for opened in &self.conditions {
            let Some(condition) = &opened.condition else {
                found.push(Err(opened.concludes));
                continue;
            };
            for (place, parts) in opened.places(condition, reading) {
                found.push(Ok(self.plan(opened, condition, place, parts)));
            }
        }
        found
    }

    /// The whole condition.
    pub(crate) fn whole(&self, concludes: Concludes) -> Result<DeltaPlan, Concludes> {
        let opened = self.conditions.iter().find(|opened| opened.concludes == concludes);
        let found = opened.and_then(|opened| Some((opened, opened.condition.as_ref()?)));
        let Some((opened, condition)) = found else { return Err(concludes) };
        Ok(self.plan(opened, condition, &condition.expr, Vec::new()))
    }

    fn plan(&self, opened: &Opened<'_>, condition: &Condition, place: &Expr, parts: Vec<Plan>) -> DeltaPlan {
        // One entity is tried for a variable that is what changed, so it is searched for first, also where it is not in the conclusion.
        let free = parts.iter().filter_map(changed_variable).fold(opened.outer(condition), |free, variable| free | variable.into());
        let mut parts = parts;
        let inner = self.narrowed(&condition.expr, place, &mut parts, &condition.variables, (free, true));
        let parts = inner.unwrap_or(parts);
        let read: VarSet = parts.iter().map(Plan::variables).collect();
        let wanted = read & free;
        let ends = opened.then.each_ref().map(|end| end.clone().filter(|end| end.variables().is_subset(wanted)));
        let plan = self.compiler.search(wanted, parts, &condition.variables, VarSet::EMPTY);
        DeltaPlan { concludes: opened.concludes, plan, searches: wanted.iter().count(), ends }
    }

    /// The parts that must be true or unknown where `place` is read otherwise and the condition is not false. `None` if the place is not in
    /// the condition.
    fn narrowed(
        &self,
        expr: &Expr,
        place: &Expr,
        reading: &mut Vec<Plan>,
        variables: &[Variable],
        (bound, positive): (VarSet, bool),
    ) -> Option<Vec<Plan>> {
        if std::ptr::eq(expr, place) {
            let mut parts = std::mem::take(reading);
            if positive {
                parts.extend(self.compiler.each(expr.conjuncts(), variables, bound));
            }
            return Some(parts);
        }
        match expr {
            Expr::And(all) => {
                let at = all.iter().position(|part| contains(part, place))?;
                let mut parts = self.narrowed(&all[at], place, reading, variables, (bound, positive))?;
                let others = all.iter().enumerate().filter(|&(index, _)| index != at).map(|(_, part)| part);
                let others = others.filter(|part| positive || is_toggle(part) && !is_toggle(place));
                parts.extend(others.map(|part| self.compiler.condition(part, variables, bound)));
                Some(parts)
            }
            Expr::Or(all) => {
                let branch = all.iter().find(|part| contains(part, place))?;
                self.narrowed(branch, place, reading, variables, (bound, positive))
            }
            Expr::Not(part) => self.narrowed(part, place, reading, variables, (bound, false)),
            Expr::Exists(own, body) => {
                let own: VarSet = own.iter().copied().collect();
                let parts = self.narrowed(body, place, reading, variables, (bound | own, positive))?;
                let read: VarSet = parts.iter().map(Plan::variables).collect();
                let wanted = (read & own) - bound;
                if wanted.is_empty() {
                    return Some(parts);
                }
                Some(vec![self.compiler.search(wanted, parts, variables, bound)])
            }
            Expr::True | Expr::False | Expr::Toggle(..) | Expr::Atom(_) => None,
        }
    }
}

/// The variable that has to be the very entity that changed.
fn changed_variable(part: &Plan) -> Option<VarId> {
    match part {
        Plan::Changed { term: Term { node: TermNode::Variable(variable), .. }, reach: ChangedReach::Same, .. } => Some(*variable),
        _ => None,
    }
}

/// Whether a role in a condition may be this one.
fn may_be(role: &RoleTerm, own: RoleId) -> bool {
    matches!(role, RoleTerm::Term(_)) || *role == RoleTerm::Named(own)
}

/// Whether the part reads nothing but toggles.
fn is_toggle(part: &Expr) -> bool {
    match part {
        Expr::Toggle(..) => true,
        Expr::Not(_) | Expr::And(_) | Expr::Or(_) => part.parts().iter().all(is_toggle),
        Expr::True | Expr::False | Expr::Exists(..) | Expr::Atom(_) => false,
    }
}

/// Whether an implication depends on who asks for the role.
fn asks_subject(implication: &Implication) -> bool {
    let is_subject = |term: &Term| *term.root() == TermNode::Subject;
    implication.condition.expr.any_term(&is_subject) || implication.then.ends().into_iter().any(|(_, term)| is_subject(term))
}

/// That the subject is the holder or a member of it.
fn is_in(holder: &Term) -> Expr {
    let subject = Term { span: holder.span, node: TermNode::Subject };
    let atom = |kind| Expr::Atom(Atom { span: holder.span, kind, allowed: Vec::new() });
    let same = atom(AtomKind::Compare(subject.clone(), Op::Eq, holder.clone()));
    Expr::Or(vec![same, atom(AtomKind::Member(subject, holder.clone()))])
}

fn contains(expr: &Expr, place: &Expr) -> bool {
    std::ptr::eq(expr, place) || expr.parts().iter().any(|part| contains(part, place))
}

impl<'a> Opened<'a> {
    /// Puts variables of these kinds in the place of subject and resource.
    fn of(
        policy: &'a Policy,
        concludes: Concludes,
        condition: &Condition,
        ends: [Option<Term>; 3],
        [subjects, resources]: [KindSet; 2],
    ) -> Opened<'a> {
        let (mut condition, mut then) = (condition.clone(), ends);
        let span = then.iter().flatten().next().map(|term| term.span).or_else(|| condition.expr.span());
        let mut has_room = true;
        for (node, kinds) in [(TermNode::Subject, subjects), (TermNode::Resource, resources)] {
            let variable = span.and_then(|span| add_variable(&mut condition, kinds, span));
            has_room &= variable.is_some();
            if let Some(variable) = variable {
                condition.expr.each_term(&mut |term| replace(term, &node, variable));
                then.iter_mut().flatten().for_each(|term| replace(term, &node, variable));
            }
        }
        Opened { concludes, condition: has_room.then_some(condition), then, policy }
    }

    /// The variables that no part of the condition searches for.
    fn outer(&self, condition: &Condition) -> VarSet {
        let then: VarSet = self.then.iter().flatten().map(Term::variables).collect();
        condition.expr.free_variables() | then
    }

    /// The places of the condition that have the reading.
    fn places<'e>(&self, condition: &'e Condition, reading: Reading) -> Vec<Place<'e>> {
        let mut found: Vec<Place<'e>> = Vec::new();
        for (expr, _) in condition.expr.walk() {
            match (expr, reading) {
                (Expr::Toggle(toggle, _), Reading::Toggle(changed)) if *toggle == changed => found.push((expr, Vec::new())),
                (Expr::Atom(atom), _) => found.extend(self.read_by(condition, atom, reading).into_iter().map(|parts| (expr, parts))),
                _ => {}
            }
        }
        // The terms of the conclusion are read where all of the condition is not false.
        for term in self.then.iter().flatten() {
            found.extend(self.read_by_term(condition, term, reading).into_iter().map(|part| (&condition.expr, vec![part])));
        }
        found
    }

    /// The ways in which an atom has the reading.
    fn read_by(&self, condition: &Condition, atom: &Atom, reading: Reading) -> Vec<Vec<Plan>> {
        let changed = |term: &Term, index, reach| Plan::Changed { term: term.clone(), index, reach };
        let mut found = Vec::new();
        match (&atom.kind, reading) {
            (AtomKind::Relation { relation, terms, .. }, Reading::Relation(own)) if *relation == own => {
                let covers = self.policy.relations[own].covers;
                let reach = |index| if covers && index + 1 == terms.len() { ChangedReach::Contents } else { ChangedReach::Same };
                found.push(terms.iter().enumerate().map(|(index, term)| changed(term, index, reach(index))).collect());
            }
            (AtomKind::Relation { relation, terms, .. }, Reading::Containment) if self.policy.relations[*relation].covers => {
                found.extend(terms.last().map(|last| vec![changed(last, 0, ChangedReach::Contents)]));
            }
            (AtomKind::Holds { was: false, holder, role, scope }, Reading::Role(own)) if may_be(role, own) => {
                let mut parts = vec![changed(holder, 0, ChangedReach::Members), changed(scope, 2, ChangedReach::Contents)];
                parts.extend(role.term().map(|role| changed(role, 1, ChangedReach::Same)));
                found.push(parts);
            }
            (AtomKind::Holds { was: true, holder, role, scope }, Reading::Assigned(own)) if may_be(role, own) => {
                let mut parts = vec![changed(holder, 0, ChangedReach::Same), changed(scope, 2, ChangedReach::Same)];
                parts.extend(role.term().map(|role| changed(role, 1, ChangedReach::Same)));
                found.push(parts);
            }
            (AtomKind::Holds { holder, .. }, Reading::Membership) => found.push(vec![changed(holder, 0, ChangedReach::Members)]),
            (AtomKind::Holds { scope, .. }, Reading::Containment) => found.push(vec![changed(scope, 0, ChangedReach::Contents)]),
            (AtomKind::Member(member, _), Reading::Membership) => found.push(vec![changed(member, 0, ChangedReach::Members)]),
            (AtomKind::Within(inner, _), Reading::Containment) => found.push(vec![changed(inner, 0, ChangedReach::Contents)]),
            _ => {}
        }
        let mut atom = atom.clone();
        for term in atom.kind.terms_mut() {
            found.extend(self.read_by_term(condition, term, reading).into_iter().map(|part| vec![part]));
        }
        found
    }

    /// The ways in which a term has the reading: at each of its hops, and of what it leads to.
    fn read_by_term(&self, condition: &Condition, term: &Term, reading: Reading) -> Vec<Plan> {
        let changed = |term: &Term, reach| Plan::Changed { term: term.clone(), index: 0, reach };
        let mut found = Vec::new();
        for (of, path) in term.hops() {
            let mut hops = path.iter().map(|(_, hop)| hop);
            match reading {
                Reading::Attribute(own) if hops.any(|hop| hop == Hop::Attribute(own)) => found.push(changed(of, ChangedReach::Same)),
                Reading::Membership => {
                    let reads = |hop| matches!(hop, Hop::Attribute(attribute) if self.policy.attributes[attribute].member_of);
                    found.extend(hops.any(reads).then(|| changed(of, ChangedReach::Same)));
                }
                Reading::Containment if hops.any(|hop| matches!(hop, Hop::Above(_))) => found.push(changed(of, ChangedReach::Contents)),
                _ => {}
            }
        }
        if let Reading::Life(kind) = reading {
            let terms = std::iter::once(term).chain(term.hops().map(|(of, _)| of));
            found.extend(terms.filter(|term| self.kinds_of(condition, term).contains(kind)).map(|term| changed(term, ChangedReach::Same)));
        }
        found
    }

    /// The kinds of what a term may be.
    fn kinds_of(&self, condition: &Condition, term: &Term) -> KindSet {
        match &term.node {
            TermNode::Variable(variable) => condition.variable(*variable).kinds.clone(),
            TermNode::Literal(literal) => KindSet::one(self.policy.literals[*literal].kind),
            TermNode::Path(_, path) => path.iter().fold(KindSet::default(), |mut all, (_, hop)| match hop {
                Hop::Attribute(attribute) => match self.policy.attributes[attribute].value.entity_kinds() {
                    Some(kinds) => all.union(kinds),
                    None => all,
                },
                Hop::Above(kind) => {
                    all.insert(kind);
                    all
                }
                Hop::System => all,
            }),
            _ => KindSet::default(),
        }
    }
}
