//! Which entities without a name an atom anchors: those at a place of a fact that a pattern leaves open.

use super::bindings::Bindings;
use super::evaluator::Evaluator;
use super::trace::{NoTrace, TermValue};
use super::unnamed::Anchors;
use crate::policy::{AtomKind, Hop, KindSet, RelationId, RoleTerm, Term, TermNode};
use crate::world::{EntityId, Statement, Value};
use smallvec::SmallVec;

/// The places of an atom at which entities without a name may be.
#[derive(Clone, Copy)]
enum Places {
    /// The ends of a relation, now or in the past.
    Relation { relation: RelationId, was: bool },
    /// The holder of the role and the scope.
    Holds { role: EntityId, was: bool },
    /// The member and the group.
    Member,
}

impl Evaluator<'_, NoTrace> {
    /// The variables that an atom anchors, which is not false.
    pub(super) fn anchored_by_atom(&mut self, atom: &AtomKind, bindings: &Bindings<'_>) -> Anchors {
        let world = self.env.world;
        // The terms that are variables whose values have no name, or the subject if it has none.
        let is_unnamed = |term: &Term| match term.node {
            TermNode::Variable(variable) => world.is_unnamed(bindings.variables[variable.index()]),
            TermNode::Subject => world.is_unnamed(bindings.subject),
            _ => false,
        };
        if !atom.terms().iter().any(|term| is_unnamed(term)) {
            return Anchors::default();
        }
        let mut entity = |term: &Term| match self.term(term, bindings) {
            TermValue::Value(Value::Entity(ent)) => ent,
            _ => EntityId::NONE,
        };
        let (places, terms): (Places, SmallVec<[&Term; 3]>) = match atom {
            AtomKind::Relation { relation, was, terms } => (Places::Relation { relation: *relation, was: *was }, terms.iter().collect()),
            AtomKind::Holds { was, holder, role, scope } => {
                let role = match role {
                    RoleTerm::Named(role) => world.role_entity(*role),
                    RoleTerm::Term(term) => entity(term),
                };
                (Places::Holds { role, was: *was }, [holder, scope].into_iter().collect())
            }
            AtomKind::Member(member, group) => (Places::Member, [member, group].into_iter().collect()),
            AtomKind::Among(term, set) => return self.anchored_among(term, set, bindings),
            AtomKind::Is(..) | AtomKind::Within(..) | AtomKind::OneOf(..) | AtomKind::Compare(..) => return Anchors::default(),
        };
        let mut ends = [EntityId::NONE; 3];
        let mut unknown = [false; 3];
        for (place, term) in terms.iter().enumerate() {
            match self.term(term, bindings) {
                TermValue::Value(Value::Entity(ent)) => ends[place] = ent,
                TermValue::Unknown => unknown[place] = true,
                TermValue::Value(_) | TermValue::None => return Anchors::default(),
            }
        }
        let anchored = self.anchored_places(places, ends, unknown);
        let mut found = Anchors::default();
        for (term, _) in terms.into_iter().zip(anchored).filter(|(term, anchored)| *anchored && is_unnamed(term)) {
            match term.node {
                TermNode::Variable(variable) => found.variables |= variable.into(),
                _ => found.holder = true,
            }
        }
        found
    }

    /// Whether a pattern leaves it open that the set has the entity.
    fn anchored_among(&mut self, term: &Term, set: &Term, bindings: &Bindings<'_>) -> Anchors {
        let mut entity = |term: &Term| match self.term(term, bindings) {
            TermValue::Value(Value::Entity(ent)) => ent,
            _ => EntityId::NONE,
        };
        let member = entity(term);
        let TermNode::Path(of, path) = &set.node else { return Anchors::default() };
        let bearer = entity(of);
        if bearer == EntityId::NONE {
            return Anchors::default();
        }
        let Some(Hop::Attribute(attribute)) = path.of(self.env.world.kind(bearer)) else { return Anchors::default() };
        let statement = Statement::of_attribute(&self.env.compiled.policy, bearer, attribute, Value::Entity(member));
        let open = self.env.open_by(statement, self.at).is_some();
        match term.node {
            TermNode::Variable(variable) if open && self.env.world.is_unnamed(member) => {
                Anchors { variables: variable.into(), ..Anchors::default() }
            }
            TermNode::Subject if open && self.env.world.is_unnamed(member) => Anchors { holder: true, ..Anchors::default() },
            _ => Anchors::default(),
        }
    }

    /// At which of the places the atom anchors an entity. A place whose value is unknown may have any entity: an entity at another place is
    /// anchored if it is with one of these.
    fn anchored_places(&mut self, places: Places, ends: [EntityId; 3], mut unknown: [bool; 3]) -> [bool; 3] {
        let Some(place) = unknown.iter().position(|&unknown| unknown) else { return self.anchored_known(places, ends) };
        unknown[place] = false;
        let candidates: Vec<EntityId> = self.env.living_and_unnamed(&self.kinds_at(places, place), self.at).collect();
        let mut found = [false; 3];
        for candidate in candidates {
            if !self.spend() {
                break;
            }
            let mut filled = ends;
            filled[place] = candidate;
            let anchored = self.anchored_places(places, filled, unknown);
            (0..3).filter(|&other| other != place).for_each(|other| found[other] |= anchored[other]);
            if (0..3).all(|other| found[other] || ends[other] == EntityId::NONE) {
                break;
            }
        }
        found
    }

    /// The kinds of entity that the schema admits at a place.
    fn kinds_at(&self, places: Places, place: usize) -> KindSet {
        let policy = &self.env.compiled.policy;
        match (places, place) {
            (Places::Relation { relation, .. }, place) => {
                let declared = &policy.relations[relation];
                let kinds = &declared.ends[place];
                if declared.covers && place + 1 == declared.ends.len() { policy.with_below(kinds) } else { kinds.clone() }
            }
            (Places::Holds { .. }, 0) => policy.holders(),
            (Places::Holds { .. }, _) => policy.with_below(&policy.scopes()),
            (Places::Member, 0) => policy.members(),
            (Places::Member, _) => policy.groups(),
        }
    }

    fn anchored_known(&mut self, places: Places, ends: [EntityId; 3]) -> [bool; 3] {
        let (world, at) = (self.env.world, self.at);
        match places {
            Places::Relation { relation, was: true } => self.anchored_past(relation, ends),
            Places::Relation { relation, was: false } => self.anchored_relation(relation, ends),
            Places::Holds { role, was: true } => {
                let assignment = world.assignment(&self.env.compiled.policy, ends[0], role, ends[1]);
                let open = self.env.was_open(assignment, at);
                [open, open, false]
            }
            Places::Holds { role, was: false } => {
                let [of_holder, of_scope] = self.anchored_holding(ends[0], role, ends[1]);
                [of_holder, of_scope, false]
            }
            Places::Member => {
                let [of_member, of_group] = self.anchored_members(ends[0], ends[1]);
                [of_member, of_group, false]
            }
        }
    }
}
