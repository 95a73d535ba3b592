//! The names of entities in a counterexample, by the parts that they have in it.

use super::symbolic::{EntityIndex, EntityName, Fact, Value};
use super::world_text::Model;
use std::collections::BTreeSet;

/// The entities that have a part.
pub(super) struct Parts {
    pub(super) subject: Option<EntityIndex>,
    pub(super) resource: Option<EntityIndex>,
    /// Others, each with its name.
    pub(super) others: Vec<(EntityIndex, String)>,
}

/// Names each entity by its part: the subject is `someone`, the resource `it`, what contains it `its-KIND`, what the subject belongs to
/// `their-KIND`, all others `other`.
pub(super) fn name_parts(model: &mut Model<'_, '_>, parts: &Parts) {
    let mut taken: BTreeSet<(usize, String)> = BTreeSet::new();
    for index in 0..model.ids.len() {
        if !matches!(model.world.entities[index].name, EntityName::Any(_)) {
            taken.insert((kind(model, index), model.ids[index].clone()));
        }
    }
    let &Parts { subject, resource, .. } = parts;
    let mut named = vec![false; model.ids.len()];
    let mut name = |model: &mut Model<'_, '_>, index: EntityIndex, wanted: &str| {
        if named[index] || !matches!(model.world.entities[index].name, EntityName::Any(_)) {
            return;
        }
        named[index] = true;
        let free = (1..).map(|number| if number == 1 { wanted.to_owned() } else { format!("{wanted}-{number}") });
        let kind = kind(model, index);
        let id = free.into_iter().find(|id| !taken.contains(&(kind, id.clone()))).unwrap_or_default();
        taken.insert((kind, id.clone()));
        model.ids[index] = id;
    };
    if let Some(subject) = subject {
        name(model, subject, "someone");
    }
    if let Some(resource) = resource {
        name(model, resource, "it");
    }
    parts.others.iter().for_each(|(entity, wanted)| name(model, *entity, wanted));
    if let Some(resource) = resource {
        let mut here = Some(resource);
        while let Some(container) = here.and_then(|here| container(model, here)) {
            let wanted = format!("its-{}", kind_name(model, container));
            name(model, container, &wanted);
            here = Some(container);
        }
    }
    for fact in subject.map(|subject| belongings(model, subject)).unwrap_or_default() {
        let wanted = format!("their-{}", kind_name(model, fact));
        name(model, fact, &wanted);
    }
    for index in 0..model.ids.len() {
        if model.alive[index] {
            name(model, index, "other");
        }
    }
}

fn kind(model: &Model<'_, '_>, index: EntityIndex) -> usize {
    crate::policy::Id::index(model.world.kind(index))
}

fn kind_name(model: &Model<'_, '_>, index: EntityIndex) -> String {
    model.world.policy.kinds[model.world.kind(index)].meta.name.clone()
}

fn container(model: &Model<'_, '_>, inner: EntityIndex) -> Option<EntityIndex> {
    model.facts.iter().find_map(|fact| match *fact {
        Fact::Value(of, attribute, Value::Entity(container)) if of == inner && model.world.policy.attributes[attribute].container => {
            Some(container)
        }
        _ => None,
    })
}

/// What the attributes of an entity name, and the groups that it is in.
fn belongings(model: &Model<'_, '_>, of: EntityIndex) -> Vec<EntityIndex> {
    let named = model.facts.iter().filter_map(|fact| match *fact {
        Fact::Value(entity, _, Value::Entity(named)) | Fact::Member(entity, named) if entity == of => Some(named),
        _ => None,
    });
    named.collect()
}
