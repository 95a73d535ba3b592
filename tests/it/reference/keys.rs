//! Second names: keys of entities in a world's documents, and ids of roles there and in packs, are replaced, so that nothing else knows
//! them. A `_` after `holds` becomes a variable of its own.

use super::pack::Pack;
use delegraph::syntax::ast::expr::{Expr, ExprNode, FactPattern, Term, TermNode};
use delegraph::syntax::{GivenValue, RoleDecl, ValueDecl, WorldDocument};
use delegraph::text::Spanned;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap, HashSet};

/// What names stand for.
struct Keys<'p> {
    pack: &'p Pack,
    /// The ids of entities by kind and key. A name that is an id is not among them.
    ids: HashMap<(String, String), String>,
    /// How many places of `_` after `holds` were met.
    any_roles: Cell<usize>,
    /// The roles that were met and that the pack does not name.
    unknown_roles: RefCell<BTreeSet<String>>,
}

/// Replaces the ids of roles in the conditions of a pack.
pub fn role_names(pack: &Pack, conditions: Vec<&mut Expr>) {
    let keys = Keys::with(pack, HashMap::new());
    conditions.into_iter().for_each(|condition| keys.in_condition(condition));
}

/// Replaces each name that is a key of an entity, and no id, by the entity's id; and each id of a role by its name. Returns the roles that
/// the pack does not name.
pub fn by_ids(pack: &Pack, documents: &mut [WorldDocument]) -> BTreeSet<String> {
    let keys = Keys::of(pack, documents);
    for document in documents {
        for entity in &mut document.entities {
            for (name, given) in &mut entity.attributes {
                if is_reference(pack, &entity.kind.value, &name.value) {
                    keys.in_value(given);
                }
            }
        }
        document.facts.iter_mut().for_each(|fact| keys.in_condition(&mut fact.is));
        document.denials.iter_mut().for_each(|denial| keys.in_pattern(&mut denial.is));
        for unknown in &mut document.unknown {
            keys.in_pattern(&mut unknown.is.fact);
            unknown.is.condition.iter_mut().for_each(|condition| keys.in_condition(condition));
        }
        for event in &mut document.events {
            keys.in_text(&mut event.by.value);
            let declared = pack.all.events.iter().find(|declared| declared.meta.name.value == event.name.value);
            let parameters = declared.map(|declared| declared.parameters.as_slice()).unwrap_or_default();
            for (name, given) in &mut event.arguments {
                let parameter = parameters.iter().find(|parameter| parameter.name.value == name.value);
                if parameter.is_some_and(|parameter| matches!(parameter.value, ValueDecl::To(_))) {
                    keys.in_value(given);
                }
            }
        }
    }
    keys.unknown_roles.into_inner()
}

fn is_reference(pack: &Pack, kind: &str, attribute: &str) -> bool {
    let declared = pack.attribute(kind, attribute).map(|attribute| &attribute.value);
    pack.containers(kind).contains(attribute) || matches!(declared, Some(ValueDecl::To(_) | ValueDecl::MemberOf(_)))
}

impl<'p> Keys<'p> {
    fn with(pack: &'p Pack, ids: HashMap<(String, String), String>) -> Keys<'p> {
        Keys { pack, ids, any_roles: Cell::new(0), unknown_roles: RefCell::default() }
    }

    fn of(pack: &'p Pack, documents: &[WorldDocument]) -> Keys<'p> {
        let mut ids = HashSet::new();
        let mut found = HashMap::new();
        for document in documents {
            for entity in &document.entities {
                let kind = &entity.kind.value;
                ids.insert((kind.clone(), entity.id.value.clone()));
                for (name, given) in &entity.attributes {
                    if let (Some(true), GivenValue::Text(key)) =
                        (pack.attribute(kind, &name.value).map(|declared| declared.key), &given.value)
                    {
                        found.insert((kind.clone(), key.clone()), entity.id.value.clone());
                    }
                }
            }
            // What events create has ids too.
            for event in &document.events {
                let declared = pack.all.events.iter().find(|declared| declared.meta.name.value == event.name.value);
                for create in declared.iter().flat_map(|declared| &declared.creates) {
                    ids.extend(event.arguments.iter().filter(|(name, _)| name.value == create.kind.value).filter_map(|(_, given)| {
                        let GivenValue::Text(text) = &given.value else { return None };
                        text.split_once(':').map(|(kind, id)| (kind.to_owned(), id.to_owned()))
                    }));
                }
            }
        }
        found.retain(|name, _| !ids.contains(name));
        Keys::with(pack, found)
    }

    /// The id for which a name stands, if it is another.
    fn id(&self, kind: &str, name: &str) -> Option<String> {
        if kind != "role" {
            return self.ids.get(&(kind.to_owned(), name.to_owned())).cloned();
        }
        let id = name.to_lowercase();
        let called = |role: &&RoleDecl| role.meta.name.value == id || role.ids.iter().any(|own| own.value.to_lowercase() == id);
        let named = self.pack.all.roles.iter().find(called).map(|role| role.meta.name.value.clone());
        Some(named.unwrap_or_else(|| {
            self.unknown_roles.borrow_mut().insert(id.clone());
            id
        }))
    }

    fn in_value(&self, given: &mut Spanned<GivenValue>) {
        match &mut given.value {
            GivenValue::Text(text) => self.in_text(text),
            GivenValue::List(items) => items.iter_mut().for_each(|item| self.in_value(item)),
            _ => {}
        }
    }

    fn in_text(&self, text: &mut String) {
        let Some((kind, name)) = text.split_once(':') else { return };
        if let Some(id) = self.id(kind, name) {
            *text = format!("{kind}:{id}");
        }
    }

    fn in_pattern(&self, fact: &mut FactPattern) {
        match fact {
            FactPattern::Fact(fact) => self.in_condition(fact),
            FactPattern::Attribute(term) => self.in_term(term),
        }
    }

    fn in_condition(&self, condition: &mut Expr) {
        match &mut condition.node {
            ExprNode::Or(parts) | ExprNode::And(parts) => parts.iter_mut().for_each(|part| self.in_condition(part)),
            ExprNode::Not(part) => self.in_condition(part),
            ExprNode::Is { term, .. } => self.in_term(term),
            ExprNode::InList { term, list } => [term].into_iter().chain(list).for_each(|term| self.in_term(term)),
            ExprNode::Relation { terms, .. } => terms.iter_mut().for_each(|term| self.in_term(term)),
            ExprNode::Holds { holder, role, scope, .. } => {
                [&mut *holder, role, scope].into_iter().for_each(|term| self.in_term(term));
                self.in_role(role);
            }
            ExprNode::In { term: one, set: other }
            | ExprNode::Within { term: one, scope: other }
            | ExprNode::Compare { left: one, right: other, .. } => [one, other].into_iter().for_each(|term| self.in_term(term)),
            ExprNode::Toggle(_) | ExprNode::Bool(_) => {}
        }
    }

    /// After `holds`: a role of the pack by its name, and a variable for `_`.
    fn in_role(&self, role: &mut Term) {
        match &role.node {
            TermNode::Any => {
                self.any_roles.set(self.any_roles.get() + 1);
                role.node = TermNode::Name(format!("_role{}", self.any_roles.get()));
            }
            TermNode::Entity { kind, id } if kind.value == "role" && self.pack.role(id).is_some() => role.node = TermNode::Name(id.clone()),
            _ => {}
        }
    }

    fn in_term(&self, term: &mut Term) {
        match &mut term.node {
            TermNode::Entity { kind, id } => {
                if let Some(found) = self.id(&kind.value, id) {
                    *id = found;
                }
            }
            TermNode::Attribute(of, _) => self.in_term(of),
            _ => {}
        }
    }
}
