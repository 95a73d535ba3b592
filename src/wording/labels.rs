//! What answers call entities: machines read ids, people read labels.

use super::Words;
use crate::policy::{AttributeId, KindId};
use crate::syntax::entity as lexed;
use crate::world::{EntityId, Lookup, Symbol, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::rc::Rc;

/// The labels that several entities of a kind have at one time: found when the kind is named first, and kept, since that reads all its
/// entities.
#[derive(Debug, Default)]
pub struct Labels {
    shared: RefCell<FxHashMap<KindId, Rc<FxHashSet<Symbol>>>>,
    /// Whether an entity without a label is called by its id alone, if nothing else in the world has that id.
    without_kinds: bool,
}

impl Labels {
    /// For short answers: an entity without a label is called by its id alone, if nothing else in the world has that id.
    pub fn without_kinds() -> Labels {
        Labels { without_kinds: true, ..Labels::default() }
    }

    /// New labels for another world, of the same form.
    pub(super) fn same_form(&self) -> Labels {
        Labels { without_kinds: self.without_kinds, ..Labels::default() }
    }
}

impl<'a> Words<'a> {
    /// An entity as answers call it: `kind:id`, or for people its kind and label, quoted where a condition would quote it. The id is beside a
    /// label that another entity of the kind has as its label or id: `customer:Fabrikam (c-29)`.
    pub fn name(self, entity: EntityId) -> String {
        match self.label(entity) {
            _ if self.labels.is_some() && self.world.is_unnamed(entity) => {
                format!("some {} that this world does not name", self.policy.kinds[self.world.kind(entity)].meta.name)
            }
            None if self.reads_alone(entity) => self.world.entity(entity).id.to_owned(),
            None => self.world.name(self.policy, entity),
            Some((text, symbol)) => {
                let kind = &self.policy.kinds[self.world.kind(entity)].meta.name;
                self.distinct(entity, symbol, lexed(kind, text))
            }
        }
    }

    /// [`Words::name`] without the kind.
    pub(super) fn bare_name(self, entity: EntityId) -> String {
        match self.label(entity) {
            None => self.world.entity(entity).id.to_owned(),
            Some((text, symbol)) => self.distinct(entity, symbol, lexed("", text).split_off(1)),
        }
    }

    /// Whether an entity is known by its id alone: the id begins with a letter, and no entity of another kind has it.
    fn reads_alone(self, entity: EntityId) -> bool {
        let id = self.world.entity(entity).id;
        self.labels.is_some_and(|labels| labels.without_kinds)
            && id.starts_with(char::is_alphabetic)
            && self.policy.kinds.ids().all(|kind| {
                let named = [self.world.find(kind, id), self.world.find_named(self.policy, kind, id)];
                named.into_iter().flatten().all(|other| other == entity)
            })
    }

    /// The label of an entity at this time, if it has one and the answer is for people.
    fn label(self, entity: EntityId) -> Option<(&'a str, Symbol)> {
        self.labels?;
        let attribute = self.policy.kinds[self.world.kind(entity)].label?;
        let symbol = self.labelled(entity, attribute)?;
        Some((self.world.text(symbol), symbol)).filter(|(text, _)| !text.is_empty())
    }

    fn labelled(self, entity: EntityId, attribute: AttributeId) -> Option<Symbol> {
        match self.world.read(entity, attribute, self.at) {
            Lookup::Known(Value::Text(symbol), _) => Some(symbol),
            _ => None,
        }
    }

    /// The name with the id beside it, if another entity of the kind reads alike.
    fn distinct(self, entity: EntityId, label: Symbol, name: String) -> String {
        let kind = self.world.kind(entity);
        let text = self.world.text(label);
        // An entity that only the policy names is called by its id.
        let named = [self.world.find(kind, text), self.world.find_named(self.policy, kind, text)];
        let is_name = named.into_iter().flatten().any(|other| other != entity);
        if is_name || self.shared(kind).contains(&label) { format!("{name} ({})", self.world.entity(entity).id) } else { name }
    }

    /// The labels that several entities of the kind have.
    fn shared(self, kind: KindId) -> Rc<FxHashSet<Symbol>> {
        let (Some(labels), Some(attribute)) = (self.labels, self.policy.kinds[kind].label) else { return Rc::default() };
        // No two entities have one key.
        if self.policy.attributes[attribute].key {
            return Rc::default();
        }
        if let Some(known) = labels.shared.borrow().get(&kind) {
            return Rc::clone(known);
        }
        let mut seen = FxHashSet::default();
        let all = self.world.of_kind(kind).filter_map(|entity| self.labelled(entity, attribute));
        let shared: Rc<FxHashSet<Symbol>> = Rc::new(all.filter(|&label| !seen.insert(label)).collect());
        labels.shared.borrow_mut().insert(kind, Rc::clone(&shared));
        shared
    }
}
