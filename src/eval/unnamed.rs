//! Entities that the world does not name, as values of variables.
//!
//! A pattern also stands for entities that the world does not name. For each kind there is one of which nothing is known. A variable of a
//! condition may be that entity only if an atom outside `not` *anchors* the variable: it is at a place of the atom, and the fact that
//! would make the atom true may hold by a pattern that is wild at that place. Otherwise a pattern about some entities would change answers
//! about all others, since nothing is known of the attributes of an entity without a name.
//!
//! [`Evaluator::anchored`] evaluates a plan once more, and returns which variables are anchored. It is only called in a world with patterns,
//! for variables that no entity with a name makes true.

use super::bindings::Bindings;
use super::evaluator::Evaluator;
use super::trace::{NoTrace, Recorder, TermValue};
use super::truth::Truth;
use crate::plan::access_path::{AccessPath, SearchVariable, Source};
use crate::plan::tree::{Exists, Plan};
use crate::policy::{AtomKind, ImplicationId, RelationId, RoleId, Term, TermNode, VarId, VarSet};
use crate::world::{EntityId, Statement, Value};
use smallvec::SmallVec;

/// The variables that a part of a plan anchors, and whether it anchors the holder in question. Empty if the part is false.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Anchors {
    pub(super) variables: VarSet,
    pub(super) holder: bool,
}

impl Anchors {
    fn and(self, other: Anchors) -> Anchors {
        Anchors { variables: self.variables | other.variables, holder: self.holder | other.holder }
    }

    fn without(self, variable: VarId) -> Anchors {
        Anchors { variables: self.variables - variable.into(), ..self }
    }
}

impl<R: Recorder> Evaluator<'_, R> {
    /// The entities without a name that a variable of a search may be: its own, or one that is searched for later and got its value first.
    pub(super) fn unnamed_candidates(&mut self, search: &Exists, variable: VarId, bindings: &Bindings<'_>) -> SmallVec<[EntityId; 2]> {
        let world = self.env.world;
        let mut found = SmallVec::new();
        if !self.may_anchor(&search.body, variable) {
            return found;
        }
        let own = search.group.of(variable);
        let mut evaluator = Evaluator::at(self.env, self.budget, NoTrace, self.at);
        // The holder in question is a candidate like those with a name.
        let holder = self.unnamed_holder(own, bindings);
        for unnamed in own.kinds.iter().filter_map(|kind| world.unnamed(kind)).filter(|&unnamed| Some(unnamed) != holder) {
            let mut inner = *bindings;
            inner.variables[variable.index()] = unnamed;
            let (truth, anchors) = if variable == search.variable {
                evaluator.anchored(&search.body, &inner)
            } else {
                evaluator.anchored_exists(search, &inner)
            };
            if truth != Truth::False && evaluator.is_anchored(own, unnamed, anchors) {
                found.push(unnamed);
            }
        }
        found
    }

    /// Whether an atom of the plan outside `not` may anchor the variable: it has the variable at a place, and what it asks of may be open.
    fn may_anchor(&self, plan: &Plan, variable: VarId) -> bool {
        let is_own = |term: &Term| matches!(term.node, TermNode::Variable(own) if own == variable);
        match plan {
            Plan::All(parts) | Plan::Any(parts) => parts.iter().any(|part| self.may_anchor(part, variable)),
            Plan::Exists(search) => self.may_anchor(&search.body, variable),
            Plan::Atom(_, atom, _) => match atom {
                AtomKind::Relation { relation, terms, .. } => {
                    let derived = !self.env.compiled.policy.relations[*relation].derived_by.is_empty();
                    terms.iter().any(is_own) && (derived || !self.env.world.relation_closed(*relation))
                }
                AtomKind::Holds { holder, scope, .. } => is_own(holder) || is_own(scope),
                AtomKind::Member(member, group) => is_own(member) || is_own(group),
                AtomKind::Among(term, _) => is_own(term),
                AtomKind::Is(..) | AtomKind::Within(..) | AtomKind::OneOf(..) | AtomKind::Compare(..) => false,
            },
            Plan::Asked { term, member, .. } => *member && is_own(term),
            Plan::Constant(_) | Plan::Toggle(_) | Plan::Not(_) | Plan::Changed { .. } => false,
        }
    }
}

impl Evaluator<'_, NoTrace> {
    /// Calls `found` for each binding of the outermost `searches` variables of a plan, one search nested in the other, in which some of them
    /// are entities that the world does not name, each anchored, and for which the plan is not false. For all of these it is unknown.
    pub(crate) fn unnamed_solutions(
        &mut self,
        plan: &Plan,
        searches: usize,
        bindings: &Bindings<'_>,
        found: &mut dyn FnMut(&Bindings<'_>),
    ) {
        if self.env.unnamed {
            self.unnamed_within(plan, searches, bindings, (VarSet::EMPTY, VarSet::EMPTY), found);
        }
    }

    /// Descends through the searches. `unnamed` are the variables whose values have no name, and `anchored` those that the parts passed
    /// so far anchor.
    fn unnamed_within(
        &mut self,
        plan: &Plan,
        searches: usize,
        bindings: &Bindings<'_>,
        (unnamed, anchored): (VarSet, VarSet),
        found: &mut dyn FnMut(&Bindings<'_>),
    ) {
        match plan {
            Plan::All(parts) if searches > 0 => {
                let Some((last, tests)) = parts.split_last() else { return };
                let mut anchored = anchored;
                for test in tests {
                    let (truth, anchors) = self.anchored(test, bindings);
                    if truth == Truth::False {
                        return;
                    }
                    anchored |= anchors.variables;
                }
                self.unnamed_within(last, searches, bindings, (unnamed, anchored), found);
            }
            Plan::Exists(search) if searches > 0 => {
                if bindings.variables[search.variable.index()] != EntityId::NONE {
                    return self.unnamed_within(&search.body, searches - 1, bindings, (unnamed, anchored), found);
                }
                let own = search.own();
                let without_name: Vec<EntityId> = own.kinds.iter().filter_map(|kind| self.env.world.unnamed(kind)).collect();
                let named = self.candidates(own, bindings).into_iter().map(|candidate| (candidate, VarSet::EMPTY));
                let without_name = without_name.into_iter().map(|candidate| (candidate, search.variable.into()));
                let mut inner = *bindings;
                for (candidate, as_unnamed) in named.chain(without_name) {
                    if !self.spend() {
                        return;
                    }
                    inner.variables[search.variable.index()] = candidate;
                    self.unnamed_within(&search.body, searches - 1, &inner, (unnamed | as_unnamed, anchored), found);
                }
            }
            plan if !unnamed.is_empty() => {
                let (truth, anchors) = self.anchored(plan, bindings);
                if truth != Truth::False && unnamed.is_subset(anchored | anchors.variables) {
                    found(bindings);
                }
            }
            _ => {}
        }
    }

    /// The truth value of a plan, and the variables that it anchors.
    fn anchored(&mut self, plan: &Plan, bindings: &Bindings<'_>) -> (Truth, Anchors) {
        match plan {
            Plan::All(parts) => {
                let (mut truth, mut anchors) = (Truth::True, Anchors::default());
                for part in parts {
                    let (own, anchored) = self.anchored(part, bindings);
                    truth = truth.and(own);
                    if truth == Truth::False {
                        return (truth, Anchors::default());
                    }
                    anchors = anchors.and(anchored);
                }
                (truth, anchors)
            }
            Plan::Any(parts) => {
                let (mut truth, mut anchors) = (Truth::False, Anchors::default());
                for part in parts {
                    let (own, anchored) = self.anchored(part, bindings);
                    truth = truth.or(own);
                    anchors = anchors.and(anchored);
                }
                (truth, anchors)
            }
            Plan::Exists(search) => self.anchored_exists(search, bindings),
            Plan::Atom(_, atom, _) => {
                let truth = self.plan(plan, bindings);
                let anchors = if truth == Truth::False { Anchors::default() } else { self.anchored_by_atom(atom, bindings) };
                (truth, anchors)
            }
            Plan::Asked { term, member, .. } => {
                let truth = self.plan(plan, bindings);
                let mut anchors = Anchors::default();
                if truth != Truth::False
                    && *member
                    && let TermValue::Value(Value::Entity(group)) = self.term(term, bindings)
                    && group != EntityId::NONE
                    && group != bindings.asked[0]
                {
                    let [holder, inside] = self.anchored_members(bindings.asked[0], group);
                    anchors.holder = holder;
                    if let (true, TermNode::Variable(variable)) = (inside, &term.node) {
                        anchors.variables = (*variable).into();
                    }
                }
                (truth, anchors)
            }
            plan => (self.plan(plan, bindings), Anchors::default()),
        }
    }

    fn anchored_exists(&mut self, search: &Exists, bindings: &Bindings<'_>) -> (Truth, Anchors) {
        let (mut truth, mut all) = (Truth::False, Anchors::default());
        let mut inner = *bindings;
        if bindings.variables[search.variable.index()] != EntityId::NONE {
            return self.anchored(&search.body, bindings);
        }
        let own = search.own();
        let holder = self.unnamed_holder(own, bindings);
        for candidate in self.candidates(own, bindings) {
            if !self.spend() {
                return (Truth::Unknown, all);
            }
            inner.variables[search.variable.index()] = candidate;
            let (own, mut anchors) = self.anchored(&search.body, &inner);
            if holder == Some(candidate) && anchors.variables.contains(search.variable) {
                anchors.holder = true;
            }
            truth = truth.or(own);
            all = all.and(anchors.without(search.variable));
        }
        let unnamed: Vec<EntityId> = own.kinds.iter().filter_map(|kind| self.env.world.unnamed(kind)).collect();
        for unnamed in unnamed.into_iter().filter(|&unnamed| holder != Some(unnamed)) {
            inner.variables[search.variable.index()] = unnamed;
            let (truth_of_one, anchors) = self.anchored(&search.body, &inner);
            if truth_of_one != Truth::False && self.is_anchored(own, unnamed, anchors) {
                truth = truth.or(Truth::Unknown);
                all = all.and(anchors.without(search.variable));
            }
        }
        (truth, all)
    }

    /// Whether the variable may be the entity without a name: an atom anchors it, or it is a `_` that stands for the members of a group, and
    /// a pattern leaves it open whether someone is in that group.
    fn is_anchored(&mut self, variable: &SearchVariable, unnamed: EntityId, anchors: Anchors) -> bool {
        let by_atom = anchors.variables.contains(variable.variable);
        if by_atom || !variable.for_members {
            return by_atom;
        }
        let members: Vec<EntityId> = self.env.living_and_unnamed(&variable.kinds, self.at).collect();
        members.into_iter().take_while(|_| self.budget.spend(1)).any(|member| {
            let [of_member, of_group] = self.anchored_members(member, unnamed);
            of_group && (of_member || !self.env.world.is_unnamed(member))
        })
    }

    /// Which ends of the relation a pattern anchors, by itself or through an implication.
    pub(super) fn anchored_relation(&mut self, relation: RelationId, ends: [EntityId; 3]) -> [bool; 3] {
        let (world, at) = (self.env.world, self.at);
        let declared = &self.env.compiled.policy.relations[relation];
        let last = declared.ends.len() - 1;
        let mut found = [false; 3];
        for here in self.covered_ends(relation, ends[last]) {
            let mut covered = ends;
            covered[last] = here;
            let statement = Statement::Relation(relation, covered);
            let mut anchored = [self.env.open_by(statement, at).is_some(); 3];
            if declared.ends.iter().zip(covered).all(|(kinds, end)| kinds.contains(world.kind(end))) {
                for &implication in declared.derived_by.iter().filter(|&&id| self.env.active().implication(id)) {
                    let derived = self.anchored_implication(implication, covered);
                    anchored = std::array::from_fn(|end| anchored[end] | derived[end]);
                }
            }
            for end in 0..3 {
                found[end] |= anchored[end] && covered[end] == ends[end];
            }
        }
        found
    }

    /// The last end of a relation and, if the relation covers, all that contains it or may contain it.
    pub(super) fn covered_ends(&self, relation: RelationId, last: EntityId) -> Vec<EntityId> {
        if !self.env.compiled.policy.relations[relation].covers {
            return vec![last];
        }
        self.containers_and_unknown(last)
    }

    pub(super) fn containers_and_unknown(&self, ent: EntityId) -> Vec<EntityId> {
        let mut found: Vec<EntityId> = self.env.world.containers(ent, self.at).collect();
        let unknown = self.env.unknown_containers(found[found.len() - 1], self.at);
        found.extend(self.env.living_and_unnamed(&unknown, self.at));
        found
    }

    /// Whether a pattern anchors the holder, and the scope, of a role.
    pub(super) fn anchored_held(&mut self, holder: EntityId, role: RoleId, scope: EntityId) -> [bool; 2] {
        let (world, at, policy) = (self.env.world, self.at, &self.env.compiled.policy);
        let mut found = [false; 2];
        if !self.env.compiled.holders.contains(world.kind(holder)) {
            return found;
        }
        for here in self.containers_and_unknown(scope).into_iter().filter(|&here| policy.roles[role].on.contains(world.kind(here))) {
            let groups = policy.groups();
            let holders: Vec<EntityId> =
                [holder].into_iter().chain(self.env.living_and_unnamed(&groups, at).filter(|&group| group != holder)).collect();
            for who in holders {
                let statement = Statement::Holds { holder: who, role, scope: here };
                let open = self.env.open_by(statement, at).is_some();
                let assigned = open || world.find_holding(statement, at).is_some();
                if !assigned || (who != holder && self.member(holder, who) == Truth::False) {
                    continue;
                }
                let inside = self.anchored_members(holder, who)[0];
                found[0] |= open && who == holder || inside;
                found[1] |= open && here == scope;
            }
            for &implication in self.env.compiled.graph.rules_deriving(role) {
                if self.env.active().implication(implication) {
                    let ends = [holder, world.role_entity(role), here];
                    let derived = self.anchored_implication(implication, ends);
                    found[0] |= derived[0];
                    found[1] |= derived[2] && here == scope;
                }
            }
        }
        found
    }

    /// Which of these ends an implication anchors.
    fn anchored_implication(&mut self, implication: ImplicationId, ends: [EntityId; 3]) -> [bool; 3] {
        let rule_plan = &self.env.compiled.implications[implication];
        let Some(bindings) = super::instantiate::instantiate(self.env, implication, ends) else { return [false; 3] };
        if !self.spend() {
            return [false; 3];
        }
        let (truth, anchors) = self.anchored(&rule_plan.plan, &bindings);
        let mut found = [anchors.holder, false, false];
        for (index, variable, _) in &rule_plan.binds {
            found[*index] |= anchors.variables.contains(*variable);
        }
        if truth == Truth::False { [false; 3] } else { found }
    }

    /// Whether a pattern anchors the member, and the group, of a membership at any depth.
    pub(super) fn anchored_members(&mut self, member: EntityId, group: EntityId) -> [bool; 2] {
        let (world, at, policy) = (self.env.world, self.at, &self.env.compiled.policy);
        let is_open = |member: EntityId, group: EntityId| self.env.open_by(Statement::Member { member, group }, at).is_some();
        if member == group {
            let both = world.is_unnamed(member) && is_open(member, group);
            return [both, both];
        }
        let groups: Vec<EntityId> = self.env.living_and_unnamed(&policy.groups(), at).collect();
        let (mut first, mut last) = (Vec::new(), Vec::new());
        if world.is_unnamed(member) {
            first = groups.iter().copied().chain([group]).filter(|&first| is_open(member, first)).collect();
        }
        if world.is_unnamed(group) {
            last = groups.iter().copied().chain([member]).filter(|&last| is_open(last, group)).collect();
        }
        let mut is_in = |one: EntityId, other: EntityId| one == other || self.member(one, other) != Truth::False;
        [first.into_iter().any(|first| is_in(first, group)), last.into_iter().any(|last| is_in(member, last))]
    }
}

/// Whether the atom of the path is false for entities that the world does not name, if the path is complete for the others. If it is not,
/// such an entity may lead from one variable to another.
pub(super) fn excludes_unnamed(path: &AccessPath) -> bool {
    match &path.source {
        Source::Below(_)
        | Source::MembersOf(_)
        | Source::Holders(..)
        | Source::HeldOver(..)
        | Source::Derived { .. }
        | Source::Changed(..)
        | Source::Back { .. } => false,
        Source::Union(branches) => branches.iter().flatten().all(excludes_unnamed),
        Source::Through(_, then) => excludes_unnamed(then),
        Source::Equal(_)
        | Source::OneOf(_)
        | Source::Related { .. }
        | Source::Assigned { .. }
        | Source::GroupsOf(_)
        | Source::Among(_)
        | Source::Above(_)
        | Source::RolesOver { .. }
        | Source::Asked
        | Source::AskedEnd(_) => true,
    }
}
