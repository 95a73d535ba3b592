//! What a world leaves open.
//!
//! At an instant a fact is one of three: it *holds* (a file or an event states it, and its entities live), it is *open* (it may hold), or it
//! does not hold. Relations, assignments and memberships are open only by patterns; attributes also because the world lacks them.
//!
//! * A fact is open by a pattern if the pattern is in force then, the fact fits it, the schema admits the fact, none of its entities is
//!   known not to live, and it is neither stated to hold nor stated not to.
//! * It fits if its entities are those that the pattern names, equal variables are the same entity, a variable with the name of a kind is of
//!   that kind, and `where` is not false. `where` is a condition at the same instant. It reads attributes, and these may be open too.
//! * A pattern `t.attribute` is fitted by every value. So the attribute may have any value, and none if it is `optional`. An attribute that
//!   is needed and not stated may have any value without a pattern; a set that is needed and not given may have any further members.
//! * `not FACT` closes that fact; `not t.attribute` closes every value.
//! * `r`, a role and `kind.attribute` in `not-imported` are the patterns `r(_, …)`, `_ holds R on _` and `kind.attribute`.
//! * An event whose `where` is unknown for a binding leaves its fact open: a pattern without variables.
//! * A set that an event sets has no other members than those that are stated, whatever the patterns, but for what later events may add.
//!
//! # Unnamed entities
//!
//! A variable or `_` of a pattern also stands for entities that the world does not name. For each kind there is one such entity. It is never
//! known not to live, no file states anything about it, and its attributes, memberships and containers are unknown. Two variables whose
//! values are unnamed may be two entities, so it is unknown whether they are equal.
//!
//! A variable of a condition, or `_`, may be the unnamed entity of a kind only if some atom outside `not` *anchors* it: the variable is at a
//! place of the atom, and the fact that would make the atom true is open by a pattern that has a variable or `_` at that place. Through
//! derived relations and roles an implication anchors an end if its condition anchors the variable at that end. Of an atom that only an
//! unnamed entity could make true it is unknown whether it is true. So a binding to an unnamed entity counts as unknown, whatever the rest.
//!
//! # Completions
//!
//! A completion states of each open fact whether it holds, and for each unknown attribute a value, or that it has none. An answer that is not
//! unknown must be the same in every completion; `tests/it/completions.rs` checks it. In a completion nothing is open and unnamed entities
//! have stated facts; they still need an anchor, which is a fact that was open by a pattern.

use super::condition::{Binding, Env, Evaluator, Read};
use super::kinds::Types;
use super::pack::{Kinds, Pack, names, targets};
use super::truth::Truth;
use super::world::{Denial, Entity, Fact, Opening, Time, Value, attribute_fact, constant, is_many_of};
use delegraph::syntax::ValueDecl;
use delegraph::syntax::ast::expr::{Expr, ExprNode, Term, TermNode};
use delegraph::time::Instant;
use std::collections::BTreeSet;

impl Evaluator<'_> {
    /// Whether nothing is known about the entity, because the world does not name it.
    pub fn is_blank(&self, entity: &Entity) -> bool {
        entity.is_unnamed() && !self.world.is_complete
    }

    /// Whether some pattern, of whatever time, has a variable or `_`, or leaves all values of an attribute open.
    fn opens_unnamed(&self) -> bool {
        self.world.open.iter().any(|(opening, _)| match opening {
            Opening::Fact(_) => false,
            Opening::Pattern { fact, .. } => {
                let role = match &fact.node {
                    ExprNode::Holds { role, .. } => self.pack.named_role(role).is_none(),
                    _ => false,
                };
                role || super::kinds::terms(fact).into_iter().any(|term| matches!(bearer(term).node, TermNode::Any | TermNode::Name(_)))
            }
        })
    }

    /// The unnamed entities of these kinds.
    pub fn unnamed(&self, kinds: &Kinds) -> Vec<Entity> {
        let may_be = |entity: &Entity| {
            if self.world.is_complete { self.world.hidden.contains(entity) } else { self.opens_unnamed() && entity.kind != "role" }
        };
        kinds.iter().map(|kind| Entity::unnamed(kind)).filter(may_be).collect()
    }

    /// The living and the unnamed entities of these kinds.
    pub fn living_and_unnamed(&self, kinds: &Kinds) -> Vec<Entity> {
        let living = self.world.living(self.pack, kinds, self.context.at);
        living.into_iter().chain(self.unnamed(kinds)).collect()
    }

    /// Whether the fact is open by a pattern.
    pub fn may_hold(&self, fact: &Fact) -> bool {
        let open = self.world.open.iter().filter(|(_, during)| during.contains(self.context.at));
        let fits = |(opening, during): &(Opening, Time)| !self.is_closed(fact, opening, during.since) && self.fits(opening, fact);
        open.into_iter().any(fits) && self.is_possible(fact) && !self.world.holds(fact, self.context.at) && !self.is_denied(fact)
    }

    /// Whether the fact would be a member of a set that an event set, which has no others but for what later events may have added.
    fn is_closed(&self, fact: &Fact, opening: &Opening, since: Instant) -> bool {
        let denies = |(entity, name): &(Entity, String)| Denial::Attribute(entity.clone(), name.clone()).denies(self.pack, fact);
        let sets = self.world.whole.iter().filter(|(set, during)| during.contains(self.context.at) && denies(set));
        let mut sets = sets.map(|(_, during)| during.since);
        sets.any(|set| !matches!(opening, Opening::Fact(_)) || since <= set)
    }

    /// Whether an event has set the set.
    fn is_set(&self, entity: &Entity, name: &str) -> bool {
        self.world.whole.iter().any(|((of, own), during)| of == entity && own == name && during.contains(self.context.at))
    }

    /// Whether some pattern is about memberships, or about roles held.
    fn opens(&self, is_about: fn(&ExprNode) -> bool) -> bool {
        self.openings().any(|opening| match opening {
            Opening::Fact(_) => true,
            // A comparison may state a membership.
            Opening::Pattern { fact, .. } => is_about(&fact.node),
        })
    }

    pub fn opens_memberships(&self) -> bool {
        self.opens(|node| matches!(node, ExprNode::In { .. } | ExprNode::Compare { .. }))
    }

    pub fn opens_roles(&self) -> bool {
        self.opens(|node| matches!(node, ExprNode::Holds { .. }))
    }

    /// Whether the fact holds or is open and may so be what binds an unnamed entity in it.
    pub fn is_anchor(&self, fact: &Fact) -> bool {
        if self.world.is_complete {
            self.world.anchors.contains(fact) && self.world.holds(fact, self.context.at)
        } else {
            self.may_hold(fact)
        }
    }

    /// Whether the fact was open by a pattern at some time before.
    pub fn may_have_held(&self, fact: &Fact) -> bool {
        let before = self.world.instants().into_iter().filter(|&then| then < self.context.at);
        before.into_iter().any(|then| {
            let mut context = self.context.clone();
            context.at = then;
            Evaluator::of_same(self.pack, self.world, &context).may_hold(fact)
        })
    }

    fn openings(&self) -> impl Iterator<Item = &Opening> {
        self.world.open.iter().filter(|(_, during)| during.contains(self.context.at)).map(|(opening, _)| opening)
    }

    pub fn is_denied(&self, fact: &Fact) -> bool {
        let denies = |denial: &Denial| denial.denies(self.pack, fact);
        self.world.denials.iter().any(|(denial, during)| during.contains(self.context.at) && denies(denial))
    }

    /// Whether every value of the attribute is denied.
    pub fn has_no_value(&self, entity: &Entity, name: &str) -> bool {
        let denial = Denial::Attribute(entity.clone(), name.to_owned());
        self.world.denials.iter().any(|(known, during)| during.contains(self.context.at) && *known == denial)
    }

    /// Whether the schema admits the fact, and no entity that it is about is known not to live.
    fn is_possible(&self, fact: &Fact) -> bool {
        let gone = super::world::entities_of(fact).into_iter().any(|entity| self.world.is_gone(entity, self.context.at));
        !gone && super::events::fits_schema(self.pack, fact)
    }

    fn fits(&self, opening: &Opening, fact: &Fact) -> bool {
        let (pattern, condition) = match opening {
            Opening::Fact(own) => return own == fact,
            Opening::Pattern { fact, condition } => (fact, condition),
        };
        let mut binding = Binding::new();
        self.unify(pattern, fact, &mut binding) && self.may_be_true(pattern, condition.as_ref(), &binding)
    }

    /// Whether `where` is not false.
    fn may_be_true(&self, pattern: &Expr, condition: Option<&Expr>, binding: &Binding) -> bool {
        let Some(condition) = condition else { return true };
        let types = Types::default().find(self.pack, condition, Some(pattern), &[]);
        let env = Env { types, subject: None, resource: None, arguments: Vec::new(), negated: false };
        self.judge(condition, &env, binding).truth != Truth::False
    }

    /// Whether the fact of a pattern may be this one; binds the variables of the pattern.
    fn unify(&self, pattern: &Expr, fact: &Fact, binding: &mut Binding) -> bool {
        match (&pattern.node, fact) {
            (ExprNode::Relation { name, terms, .. }, Fact::Relation(relation, ends)) => {
                name.value == *relation && terms.iter().zip(ends).all(|(term, end)| self.unify_term(term, end, binding))
            }
            (ExprNode::Holds { holder, role, scope, .. }, Fact::Holds(who, what, over)) => {
                let same_role = match (self.pack.named_role(role), role.name()) {
                    (Some(role), _) => role.meta.name.value == *what,
                    (None, Some(name)) => self.unify_name(name, &Entity::new("role", what), binding),
                    (None, None) => false,
                };
                same_role && self.unify_term(holder, who, binding) && self.unify_term(scope, over, binding)
            }
            (ExprNode::In { term, set }, Fact::Member(member, group)) => {
                self.unify_term(term, member, binding) && self.unify_term(set, group, binding)
            }
            (ExprNode::Compare { left, right, .. }, Fact::Value(entity, name, value)) => {
                self.unify_bearer(left, entity, name, binding) && self.unify_value(right, value, binding)
            }
            (ExprNode::Compare { left, right, .. }, Fact::Member(member, group)) => {
                let attributes = self.pack.kind(&member.kind).map_or(&[][..], |kind| &kind.attributes);
                let states = |value: &ValueDecl| matches!(value, ValueDecl::MemberOf(kinds) if names(kinds).contains(&group.kind));
                let stating = attributes.iter().filter(|attribute| states(&attribute.value));
                let mut named = stating.map(|attribute| &attribute.name.value);
                named.any(|name| self.unify_bearer(left, member, name, &mut binding.clone()))
                    && self.unify_term(bearer(left), member, binding)
                    && self.unify_value(right, &Value::Entity(group.clone()), binding)
            }
            _ => false,
        }
    }

    /// Whether the left side of a pattern is that attribute of the entity.
    fn unify_bearer(&self, left: &Term, entity: &Entity, name: &str, binding: &mut Binding) -> bool {
        matches!(&left.node, TermNode::Attribute(_, own) if own.value == name) && self.unify_term(bearer(left), entity, binding)
    }

    fn unify_value(&self, term: &Term, value: &Value, binding: &mut Binding) -> bool {
        match (&term.node, value) {
            (TermNode::Any, _) => true,
            (TermNode::Name(_) | TermNode::Entity { .. }, Value::Entity(entity)) => self.unify_term(term, entity, binding),
            (TermNode::Name(_) | TermNode::Entity { .. }, _) => false,
            _ => constant(term) == *value,
        }
    }

    fn unify_term(&self, term: &Term, entity: &Entity, binding: &mut Binding) -> bool {
        match &term.node {
            TermNode::Any => true,
            TermNode::Name(name) => self.unify_name(name, entity, binding),
            _ => constant(term) == Value::Entity(entity.clone()),
        }
    }

    fn unify_name(&self, name: &str, entity: &Entity, binding: &mut Binding) -> bool {
        let of_kind = !self.pack.every_kind().contains(name) || entity.kind == name;
        of_kind && *binding.entry(name.to_owned()).or_insert_with(|| entity.clone()) == *entity
    }

    /// Whether a pattern leaves open some value of the attribute.
    pub fn may_have_value(&self, entity: &Entity, name: &str) -> bool {
        if self.openings().next().is_none() || self.has_no_value(entity, name) {
            return false;
        }
        let fact = |value| attribute_fact(self.pack, entity, name, value);
        let kinds = match self.pack.attribute(&entity.kind, name) {
            Some(attribute) => targets(&attribute.value),
            None => Kinds::from([name.to_owned()]),
        };
        let entities = self.living_and_unnamed(&kinds).into_iter().map(|entity| fact(Value::Entity(entity)));
        let mut facts: Vec<Fact> = entities.collect();
        for opening in self.openings() {
            match opening {
                Opening::Fact(own) => facts.push(own.clone()),
                Opening::Pattern { fact: pattern, condition } => match &pattern.node {
                    ExprNode::Compare { left, right, .. } if matches!(right.node, TermNode::Any) => {
                        // Any value, whether some entity can be it or not.
                        let mut binding = Binding::new();
                        let is_set = self
                            .pack
                            .attribute(&entity.kind, name)
                            .is_some_and(|attribute| matches!(attribute.value, ValueDecl::MemberOf(_)));
                        let is_own = !is_set && !self.is_set(entity, name) && self.unify_bearer(left, entity, name, &mut binding);
                        if is_own && !self.world.is_gone(entity, self.context.at) && self.may_be_true(pattern, condition.as_ref(), &binding)
                        {
                            return true;
                        }
                    }
                    ExprNode::Compare { right, .. } if !matches!(right.node, TermNode::Name(_)) => facts.push(fact(constant(right))),
                    ExprNode::In { set, .. } if matches!(set.node, TermNode::Entity { .. }) => facts.push(fact(constant(set))),
                    _ => {}
                },
            }
        }
        let is_own = |fact: &Fact| match fact {
            Fact::Value(of, attribute, _) => of == entity && attribute == name,
            Fact::Member(member, group) => member == entity && kinds.contains(&group.kind),
            _ => false,
        };
        facts.iter().any(|fact| is_own(fact) && self.may_hold(fact))
    }

    /// Whether the attribute, which has one value and whose value is unknown, may have this one.
    pub fn may_be(&self, entity: &Entity, name: &str, value: &Value) -> bool {
        let at = self.context.at;
        let Some(declared) = self.pack.attribute(&entity.kind, name) else { return true };
        if self.is_blank(entity) || !self.world.lives(entity, at) || self.world.recorded_value(entity, name, at).is_some() {
            return true;
        }
        let fact = attribute_fact(self.pack, entity, name, value.clone());
        !self.is_denied(&fact) && (!declared.optional || self.may_hold(&fact))
    }

    /// Whether the set, of which the value is not a stated member, may have it as a member.
    pub fn may_contain(&self, entity: &Entity, name: &str, value: &Value) -> bool {
        if self.is_blank(entity) || !self.world.lives(entity, self.context.at) {
            return true;
        }
        let fact = attribute_fact(self.pack, entity, name, value.clone());
        if self.is_denied(&fact) {
            return false;
        }
        self.is_set_missing(entity, name) || is_many_of(self.pack, &entity.kind, name) && self.is_own(&fact, name) && self.may_hold(&fact)
    }

    /// Whether the fact states the attribute of that name; a membership may be stated by several.
    fn is_own(&self, fact: &Fact, name: &str) -> bool {
        match fact {
            Fact::Member(member, group) => {
                self.pack.attribute(&member.kind, name).is_some_and(|attribute| targets(&attribute.value).contains(&group.kind))
            }
            _ => true,
        }
    }

    /// Whether the set must be given and is not. Facts and events name single members and do not give the set.
    pub fn is_set_missing(&self, entity: &Entity, name: &str) -> bool {
        let must_be_given = self
            .pack
            .attribute(&entity.kind, name)
            .is_some_and(|attribute| !attribute.optional && !matches!(attribute.value, ValueDecl::MemberOf(_)));
        let set = (entity.clone(), name.to_owned());
        // From the first event on that sets it, it is given while what is set holds.
        let is_set = self.world.whole.iter().any(|(known, during)| *known == set && during.since <= self.context.at);
        let is_given = if is_set { self.is_set(entity, name) } else { self.world.given.contains(&set) };
        must_be_given && !is_given && !self.has_no_value(entity, name)
    }

    /// Whether the fact holds or may hold: also a value of an attribute that the world lacks.
    pub fn holds_or_may(&self, fact: &Fact) -> bool {
        if self.world.holds(fact, self.context.at) {
            return true;
        }
        match fact {
            Fact::Value(entity, name, value) => {
                let fits = super::events::fits_schema(self.pack, fact) && !self.world.is_gone(entity, self.context.at);
                let unknown = if is_many_of(self.pack, &entity.kind, name) {
                    self.may_contain(entity, name, value)
                } else {
                    self.attribute(entity, name) == Read::Unknown && self.may_be(entity, name, value)
                };
                fits && unknown
            }
            _ => self.may_hold(fact),
        }
    }

    /// The entities that may directly or indirectly contain the outermost known container of this entity: those of the kinds that an unknown
    /// container may have. Empty if the container is known, or known not to exist.
    pub fn unknown_containers(&self, last: &Entity) -> Kinds {
        let open = |name: &String| self.is_blank(last) || self.may_have_value(last, name);
        let known = self.world.container(self.pack, last, self.context.at).is_some();
        if known || (!self.is_blank(last) && !self.world.lives(last, self.context.at)) {
            return Kinds::new();
        }
        let direct: Kinds = self.pack.containers(&last.kind).into_iter().filter(open).collect();
        let above = |kind: &String| direct.contains(kind) || direct.iter().any(|inner| self.pack.may_lie_within(inner, kind));
        self.pack.every_kind().into_iter().filter(above).collect()
    }
}

impl Denial {
    /// Whether the fact cannot hold at the same time.
    pub fn denies(&self, pack: &Pack, fact: &Fact) -> bool {
        match (self, fact) {
            (Denial::Fact(own), fact) => own == fact,
            (Denial::Attribute(entity, name), Fact::Value(of, attribute, _)) => entity == of && name == attribute,
            (Denial::Attribute(entity, name), Fact::Member(member, group)) => {
                entity == member
                    && pack.attribute(&entity.kind, name).is_some_and(|attribute| {
                        matches!(attribute.value, ValueDecl::MemberOf(_)) && targets(&attribute.value).contains(&group.kind)
                    })
            }
            _ => false,
        }
    }
}

/// The entity of a term `entity.attribute`.
fn bearer(term: &Term) -> &Term {
    match &term.node {
        TermNode::Attribute(of, _) => of,
        _ => term,
    }
}

/// The names of the given ends among `#0`, `#1` and `#2` that are unnamed.
pub fn unnamed_ends<'e>(ends: impl IntoIterator<Item = (usize, &'e Entity)>) -> BTreeSet<String> {
    ends.into_iter().filter(|(_, end)| end.is_unnamed()).map(|(index, _)| format!("#{index}")).collect()
}
