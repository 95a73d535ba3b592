//! The roles that a world names and the policy does not.

use crate::policy::{Policy, ValueType};
use crate::syntax::ast::expr::{Expr, FactPattern, Term, TermNode};
use crate::syntax::{GivenValue, WorldDocument};
use crate::time::Interval;
use crate::world::store::entities::EntityRecord;
use std::collections::BTreeSet;

/// The entities of roles that the policy does not name.
pub(super) fn records(policy: &Policy, roles: BTreeSet<String>) -> impl Iterator<Item = EntityRecord> {
    let kind = policy.role_kind;
    roles.into_iter().map(move |id| EntityRecord { kind, id: id.into(), life: Interval::ALWAYS, declared: false, place: None })
}

/// The roles that a document names and the policy does not, in lower case.
pub(super) fn unknown_roles(policy: &Policy, document: &WorldDocument) -> BTreeSet<String> {
    let mut found = RoleNames { policy, found: BTreeSet::new() };
    for entity in &document.entities {
        for (name, given) in &entity.attributes {
            let attribute = || {
                let kind = policy.kind_called(&entity.kind.value)?;
                policy.attribute_named(kind, &name.value).map(|attribute| &policy.attributes[attribute].value)
            };
            found.value(&given.value, attribute);
        }
    }
    document.facts.iter().for_each(|fact| found.expr(&fact.is));
    document.denials.iter().for_each(|denial| found.pattern(&denial.is));
    for unknown in &document.unknown {
        found.pattern(&unknown.is.fact);
        unknown.is.condition.iter().for_each(|condition| found.expr(condition));
    }
    for event in &document.events {
        for (name, given) in &event.arguments {
            let parameters = || policy.event_named(&event.name.value).map(|event| &policy.events[event].parameters);
            let parameter = || parameters()?.iter().find(|parameter| parameter.name == name.value).map(|parameter| &parameter.value);
            found.value(&given.value, parameter);
        }
    }
    found.found
}

/// The roles that a fact names and the policy does not, in lower case.
pub(super) fn in_fact(policy: &Policy, fact: &Expr) -> BTreeSet<String> {
    let mut found = RoleNames { policy, found: BTreeSet::new() };
    found.expr(fact);
    found.found
}

/// The roles that a value of this type names and the policy does not, in lower case.
pub(super) fn in_value(policy: &Policy, given: &GivenValue, ty: &ValueType) -> BTreeSet<String> {
    let mut found = RoleNames { policy, found: BTreeSet::new() };
    found.value(given, || Some(ty));
    found.found
}

struct RoleNames<'p> {
    policy: &'p Policy,
    found: BTreeSet<String>,
}

impl RoleNames<'_> {
    /// Whether it is the kind of roles, which has no other name.
    fn is_role_kind(&self, kind: &str) -> bool {
        self.policy.kinds[self.policy.role_kind].meta.name == kind
    }

    fn role(&mut self, kind: &str, id: &str) {
        if !id.is_empty() && self.is_role_kind(kind) && self.policy.role_called(id).is_none() {
            self.found.insert(id.to_lowercase());
        }
    }

    /// Reads a value, which is a reference if it is of such a type.
    fn value<'t>(&mut self, given: &GivenValue, ty: impl Fn() -> Option<&'t ValueType> + Copy) {
        match given {
            GivenValue::Text(text) => {
                // Few values are roles, and the type is looked up for those alone.
                if let Some((kind, id)) = text.split_once(':').filter(|(kind, _)| self.is_role_kind(kind))
                    && ty().and_then(ValueType::entity_kinds).is_some_and(|kinds| kinds.contains(self.policy.role_kind))
                {
                    self.role(kind, id);
                }
            }
            GivenValue::List(items) => items.iter().for_each(|item| self.value(&item.value, ty)),
            GivenValue::Number(_) | GivenValue::Date(_) | GivenValue::Other(_) => {}
        }
    }

    fn pattern(&mut self, fact: &FactPattern) {
        match fact {
            FactPattern::Fact(fact) => self.expr(fact),
            FactPattern::Attribute(term) => self.term(term),
        }
    }

    fn expr(&mut self, expr: &Expr) {
        expr.atoms().into_iter().flat_map(Expr::terms).for_each(|term| self.term(term));
    }

    fn term(&mut self, term: &Term) {
        if let TermNode::Entity { kind, id } = &term.root().node {
            self.role(&kind.value, id);
        }
    }
}
