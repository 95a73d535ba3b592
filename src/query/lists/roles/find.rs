//! Finds the paths: forwards from assignments, stated or open, and from what implications give.

use super::RolesQuestion;
use super::path::{Origin, RolePath, assigned, member, truth};
use crate::eval::{Budget, Decider, Exhausted, Memory, NoTrace, QueryContext, Truth};
use crate::policy::{Conclusion, ImplicationId, RoleId, RoleTerm};
use crate::query::lists::chain::{Chain, chain};
use crate::query::lists::search_units;
use crate::query::lists::subjects::each_member;
use crate::world::{EntityId, Part, ShapePart, Statement, Topic};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

/// The paths of a question, in no order; and the limit that the search reached, if there may be others.
pub(super) fn paths(decider: &Decider<'_>, question: &RolesQuestion) -> (Vec<RolePath>, Option<Exhausted>) {
    // What implications give is limited one by one. All else takes as long as the world is large.
    let budget = Budget::unlimited();
    let query = decider.within(&budget);
    let mut finder = Finder::new(&query, question);
    finder.stated();
    finder.open();
    finder.implied();
    let found = std::mem::take(&mut finder.found);
    let mut paths = Vec::new();
    for ((holder, origin), truth) in found {
        finder.rows(holder, origin, truth, &mut paths);
    }
    (paths, finder.exhausted)
}

/// With so few scopes, what implications give is found from each of them.
const FEW: usize = 64;

/// What an implication gives: to whom, the role, and the scope.
type Given = (Option<EntityId>, EntityId, EntityId);

struct Finder<'q> {
    query: &'q QueryContext<'q>,
    question: &'q RolesQuestion,
    of: Option<FxHashMap<EntityId, Truth>>,
    on: Option<FxHashMap<EntityId, Truth>>,
    /// The holders that come into question, in order.
    holders: Vec<EntityId>,
    members: FxHashMap<EntityId, Rc<[(EntityId, Truth)]>>,
    chains: FxHashMap<(EntityId, EntityId), Rc<Chain>>,
    memory: Memory,
    found: FxHashMap<(EntityId, Origin), Truth>,
    /// The limit that was reached in the search for what an implication gives.
    exhausted: Option<Exhausted>,
}

impl<'q> Finder<'q> {
    fn new(query: &'q QueryContext<'q>, question: &'q RolesQuestion) -> Finder<'q> {
        let (policy, at) = (&query.compiled.policy, query.context.at);
        let holders = match &question.of {
            Some(of) => of.iter().map(|&(holder, _)| holder).collect(),
            None => query.world.living_of(&policy.subjects(), at).collect(),
        };
        let of = question.of.as_ref().map(|of| of.iter().copied().collect());
        let on = question.on.as_ref().map(|on| on.iter().copied().collect());
        Finder {
            query,
            question,
            of,
            on,
            holders,
            members: FxHashMap::default(),
            chains: FxHashMap::default(),
            memory: Memory::default(),
            found: FxHashMap::default(),
            exhausted: None,
        }
    }

    /// Whether rows of a path of this role and scope may be asked for.
    fn is_wanted(&self, role: EntityId, scope: EntityId) -> bool {
        let (world, policy) = (self.query.world, &self.query.compiled.policy);
        let role_id = world.role_of(role);
        let in_force = role_id.is_none_or(|role| self.query.active().role(role));
        let wanted = |asked: EntityId| match (world.role_of(asked), role_id) {
            (Some(asked), Some(role)) if self.question.included => self.query.includers(asked).contains(&role),
            _ => asked == role,
        };
        let kind = world.kind(scope);
        let stands = role_id.is_none_or(|role| policy.roles[role].on.contains(kind) && !self.question.except.contains(&(role, kind)));
        let on = self.on.as_ref().is_none_or(|on| on.contains_key(&scope));
        in_force && stands && on && world.lives(scope, self.query.context.at) && self.question.role.is_none_or(wanted)
    }

    fn add(&mut self, holder: EntityId, origin: Origin, truth: Truth) {
        if truth != Truth::False {
            let known = self.found.entry((holder, origin)).or_insert(Truth::False);
            *known = known.or(truth);
        }
    }

    /// The holders that are the entity or in it, or may be.
    fn members(&mut self, receiver: EntityId) -> Rc<[(EntityId, Truth)]> {
        if let Some(known) = self.members.get(&receiver) {
            return Rc::clone(known);
        }
        let (world, policy, at) = (self.query.world, &self.query.compiled.policy, self.query.context.at);
        let kind = world.kind(receiver);
        let mut found: Vec<(EntityId, Truth)> = Vec::new();
        if let Some(of) = &self.of {
            let mut evaluator = self.memory.evaluator(self.query, self.query.budget);
            found.extend(of.keys().map(|&holder| (holder, member(&mut evaluator, holder, receiver))));
            self.memory.keep(evaluator);
        } else {
            if policy.kinds[kind].subject && world.lives(receiver, at) {
                found.push((receiver, Truth::True));
            }
            let kinds = policy.subjects().iter().filter(|&subject| policy.groups_of(subject).contains(kind)).collect();
            each_member(self.query, receiver, &kinds, &mut |holder, truth| found.push((holder, truth)));
        }
        found.retain(|&(_, truth)| truth != Truth::False);
        let found: Rc<[(EntityId, Truth)]> = found.into();
        self.members.insert(receiver, Rc::clone(&found));
        found
    }

    fn add_for_members(&mut self, receiver: EntityId, origin: Origin, given: Truth) {
        for &(holder, truth) in self.members(receiver).iter() {
            self.add(holder, origin, given.and(truth));
        }
    }

    fn assignment(&mut self, assignee: EntityId, role: EntityId, scope: EntityId) {
        if self.is_wanted(role, scope) {
            let origin = Origin::Assigned { assignee, role, scope };
            let given = assigned(self.query, assignee, role, scope);
            if given != Truth::False {
                self.add_for_members(assignee, origin, given);
            }
        }
    }

    /// Assignments that are stated.
    fn stated(&mut self) {
        let (world, at, unknown) = (self.query.world, self.query.context.at, self.query.compiled.policy.unknown_roles);
        let facts: Vec<_> = match (&self.on, self.groups_of_holders()) {
            (Some(on), _) => on.keys().flat_map(|&scope| world.assignments_over(scope).chain(world.related(unknown, 2, scope))).collect(),
            (None, Some(groups)) => {
                groups.into_iter().flat_map(|group| world.assignments_of(group).chain(world.related(unknown, 0, group))).collect()
            }
            (None, None) => world.facts().map(|(id, _)| id).collect(),
        };
        let mut stated: FxHashSet<[EntityId; 3]> = FxHashSet::default();
        for fact in facts.into_iter().map(|id| world.fact(id)).filter(|fact| fact.during.contains(at)) {
            match fact.statement {
                Statement::Holds { holder, role, scope } => _ = stated.insert([holder, world.role_entity(role), scope]),
                Statement::Relation(relation, ends) if relation == unknown => _ = stated.insert(ends),
                _ => {}
            }
        }
        stated.into_iter().for_each(|[assignee, role, scope]| self.assignment(assignee, role, scope));
    }

    /// The holders that are asked about and all their groups; `None` if any holder is, or there may be other groups.
    fn groups_of_holders(&self) -> Option<FxHashSet<EntityId>> {
        let mut evaluator = self.query.evaluator(NoTrace);
        let mut found = FxHashSet::default();
        for &holder in self.of.as_ref()?.keys() {
            found.insert(holder);
            found.extend(evaluator.groups(holder)?);
        }
        Some(found)
    }

    /// Assignments that a pattern leaves open.
    fn open(&mut self) {
        let (query, world) = (self.query, self.query.world);
        let (policy, at) = (&query.compiled.policy, query.context.at);
        let mut open: FxHashSet<[EntityId; 3]> = FxHashSet::default();
        let all_roles: Vec<EntityId> = policy.roles.ids().map(|role| world.role_entity(role)).collect();
        for shape in world.openings().shapes() {
            if !world.pattern(shape.pattern).during.contains(at) {
                continue;
            }
            let is_holding = shape.topic == Topic::Holds || shape.topic == Topic::Relation(policy.unknown_roles);
            if !is_holding {
                continue;
            }
            let roles = match shape.parts[1] {
                ShapePart::Is(Part::Role(role)) => vec![world.role_entity(role)],
                ShapePart::Is(part) => part.entity().into_iter().collect(),
                ShapePart::Variable(_) | ShapePart::Any if shape.topic == Topic::Holds => all_roles.clone(),
                ShapePart::Variable(_) | ShapePart::Any => {
                    world.of_kind(policy.role_kind).filter(|&ent| world.role_of(ent).is_none()).collect()
                }
            };
            let assignees: Vec<EntityId> = match shape.parts[0] {
                ShapePart::Is(part) => part.entity().into_iter().collect(),
                ShapePart::Variable(_) | ShapePart::Any => query.living_and_unnamed(&query.compiled.holders, at).collect(),
            };
            for role in roles {
                for scope in self.scopes_of(shape.parts[2], world.role_of(role)) {
                    if self.is_wanted(role, scope) {
                        open.extend(assignees.iter().map(|&assignee| [assignee, role, scope]));
                    }
                }
            }
        }
        open.into_iter().for_each(|[assignee, role, scope]| self.assignment(assignee, role, scope));
    }

    /// The scopes that a part of a pattern may be, for this role.
    fn scopes_of(&self, part: ShapePart, role: Option<RoleId>) -> Vec<EntityId> {
        match part {
            ShapePart::Is(part) => part.entity().into_iter().collect(),
            ShapePart::Variable(_) | ShapePart::Any => self.all_scopes(role),
        }
    }

    /// The scopes that are asked about, on which the role stands.
    fn all_scopes(&self, role: Option<RoleId>) -> Vec<EntityId> {
        let (world, policy, at) = (self.query.world, &self.query.compiled.policy, self.query.context.at);
        let kinds = role.map_or_else(|| policy.scopes(), |role| policy.roles[role].on.clone());
        match &self.on {
            Some(on) => on.keys().copied().filter(|&scope| kinds.contains(world.kind(scope))).collect(),
            None => world.living_of(&kinds, at).collect(),
        }
    }

    /// What implications in force give.
    fn implied(&mut self) {
        let policy = &self.query.compiled.policy;
        for (implication, declared) in policy.implications.iter() {
            if let (Conclusion::Holds { role, .. }, true) = (&declared.then, self.query.active().implication(implication))
                && self.may_be_wanted(role)
            {
                self.implication(implication, role);
            }
        }
    }

    /// Whether the role may be asked about over some scope.
    fn may_be_wanted(&self, role: &RoleTerm) -> bool {
        let on = |role: RoleId| self.query.compiled.policy.roles[role].on.iter();
        match role {
            RoleTerm::Named(role) => on(*role).any(|kind| !self.question.except.contains(&(*role, kind))),
            RoleTerm::Term(_) => true,
        }
    }

    fn implication(&mut self, implication: ImplicationId, role: &RoleTerm) {
        let world = self.query.world;
        let named = match role {
            RoleTerm::Named(role) => world.role_entity(*role),
            RoleTerm::Term(_) => EntityId::NONE,
        };
        let scopes: Vec<EntityId> = match &self.on {
            Some(on) if on.len() <= FEW => on.keys().copied().collect(),
            _ => vec![EntityId::NONE],
        };
        let units = search_units(self.query);
        let subjects = if self.query.compiled.forward[implication].of_subject { self.holders.clone() } else { vec![EntityId::NONE] };
        for subject in subjects {
            let mut given: FxHashMap<Given, Truth> = FxHashMap::default();
            let mut unknown: FxHashSet<(Option<EntityId>, Option<EntityId>)> = FxHashSet::default();
            let budget = Budget::of(units);
            let mut evaluator = self.memory.evaluator(self.query, &budget);
            for &scope in &scopes {
                budget.renew(units);
                evaluator.each_derivation(
                    implication,
                    subject,
                    [EntityId::NONE, named, scope],
                    &mut |[entity, role, scope], truth| match (entity, role, scope) {
                        _ if !budget.lasts() => {}
                        (Some(_), Some(role), Some(scope)) => {
                            let known = given.entry((entity, role, scope)).or_insert_with(|| {
                                budget.renew(units);
                                Truth::False
                            });
                            *known = known.or(truth);
                        }
                        _ => _ = unknown.insert((role, scope)),
                    },
                );
                self.exhausted = self.exhausted.or(budget.exhausted());
            }
            budget.renew(units);
            for ((entity, role, scope), truth) in given {
                // No implication gives a role that the policy does not name.
                let is_wanted = world.role_of(role).is_some() && self.is_wanted(role, scope);
                let (Some(receiver), true) = (entity, is_wanted) else { continue };
                let origin = Origin::Implied { implication, entity, role, scope };
                if subject == EntityId::NONE {
                    self.add_for_members(receiver, origin, truth);
                } else {
                    self.add(subject, origin, truth.and(member(&mut evaluator, subject, receiver)));
                }
            }
            self.memory.keep(evaluator);
            self.given_to_unknown(implication, subject, unknown);
        }
    }

    /// What an implication may give although it is not known to whom, or which role, or over what scope: asked of everyone.
    fn given_to_unknown(
        &mut self,
        implication: ImplicationId,
        subject: EntityId,
        unknown: FxHashSet<(Option<EntityId>, Option<EntityId>)>,
    ) {
        let (world, policy) = (self.query.world, &self.query.compiled.policy);
        let mut asked: FxHashSet<(EntityId, EntityId)> = FxHashSet::default();
        for (role, scope) in unknown {
            let roles: Vec<EntityId> =
                role.map_or_else(|| policy.roles.ids().map(|role| world.role_entity(role)).collect(), |role| vec![role]);
            for role in roles {
                let scopes = scope.map_or_else(|| self.all_scopes(world.role_of(role)), |scope| vec![scope]);
                asked.extend(scopes.into_iter().map(|scope| (role, scope)));
            }
        }
        asked.retain(|&(role, scope)| self.is_wanted(role, scope));
        if asked.is_empty() {
            return;
        }
        let known: FxHashSet<(EntityId, EntityId, EntityId)> = self
            .found
            .keys()
            .filter(|(_, origin)| matches!(origin, Origin::Implied { implication: own, .. } if *own == implication))
            .map(|(holder, origin)| (*holder, origin.role(), origin.scope()))
            .collect();
        let holders = if subject == EntityId::NONE { self.holders.clone() } else { vec![subject] };
        for (role, scope) in asked {
            let origin = Origin::Implied { implication, entity: None, role, scope };
            for &holder in &holders {
                if !known.contains(&(holder, role, scope)) {
                    let (truth, exhausted) = truth(self.query, &mut self.memory, holder, origin);
                    self.exhausted = self.exhausted.or(exhausted);
                    self.add(holder, origin, truth);
                }
            }
        }
    }

    /// The chain of groups from a holder to the receiver of a role.
    fn chain(&mut self, holder: EntityId, receiver: EntityId) -> Rc<Chain> {
        if let Some(known) = self.chains.get(&(holder, receiver)) {
            return Rc::clone(known);
        }
        let mut evaluator = self.memory.evaluator(self.query, self.query.budget);
        let truth = member(&mut evaluator, holder, receiver);
        self.memory.keep(evaluator);
        let found = Rc::new(chain(self.query, holder, receiver, truth));
        self.chains.insert((holder, receiver), Rc::clone(&found));
        found
    }

    /// Adds the rows of a path: its own, and those of the roles that its role includes.
    fn rows(&mut self, holder: EntityId, origin: Origin, truth: Truth, paths: &mut Vec<RolePath>) {
        let (world, policy) = (self.query.world, &self.query.compiled.policy);
        let on = self.on.as_ref().and_then(|on| on.get(&origin.scope()).copied()).unwrap_or(Truth::True);
        let found = origin.receiver().map(|receiver| self.chain(holder, receiver));
        let unnamed = |group: EntityId| (!world.is_unnamed(group)).then_some(group);
        let via = match &found {
            Some(chain) => chain.groups.iter().map(|&group| unnamed(group)).collect(),
            None => vec![None],
        };
        let path = RolePath {
            holder,
            role: origin.role(),
            origin,
            included_by: None,
            truth,
            counts: on,
            via,
            alone: found.is_none_or(|chain| !chain.others),
            member: self.of.as_ref().and_then(|of| of.get(&holder).copied()).unwrap_or(Truth::True),
        };
        let is_asked = |role: EntityId| self.question.role.is_none_or(|asked| asked == role);
        if let (true, Some(own)) = (self.question.included, world.role_of(path.role)) {
            let is_included = |&role: &RoleId| role != own && self.query.active().role(role) && self.query.includers(role).contains(&own);
            let included = policy.roles.ids().filter(is_included);
            let included = included.map(|role| world.role_entity(role)).filter(|&role| is_asked(role));
            paths.extend(included.map(|role| RolePath { role, included_by: Some(path.role), ..path.clone() }));
        }
        if is_asked(path.role) {
            paths.push(path);
        }
    }
}
