//! What silence means: of each attribute, and of the names that a world says were not imported.

use super::loader::Loader;
use super::names;
use crate::diag::{Code, Diagnostic};
use crate::policy::{AttributeId, Id, Policy, RelationId, RoleId};
use crate::syntax::Text;
use crate::world::model::ClosedWorld;
use crate::world::{Lookup, World};

/// Sets what it means that an attribute is not told, as the policy says.
pub(in crate::world) fn set(policy: &Policy, world: &mut World) {
    let silences = policy.attributes.iter().map(|(id, attribute)| {
        let kind = &policy.kinds[attribute.kind];
        let alternatives = [&kind.exactly_one, &kind.within].into_iter().filter(|group| group.contains(&id));
        let others: Vec<AttributeId> = alternatives.flatten().copied().filter(|&other| other != id).collect();
        let read = if attribute.optional || attribute.many { Lookup::None } else { Lookup::Unknown };
        ClosedWorld { read, others }
    });
    world.silence = silences.collect();
}

/// What was not imported.
#[derive(Clone, Copy, Debug)]
pub(super) enum Open {
    Relation(RelationId),
    Role(RoleId),
    Attribute(AttributeId),
}

/// Notes that something was not imported.
pub(super) fn open(policy: &Policy, world: &mut World, open: Open) {
    match open {
        Open::Relation(relation) => world.closed_relations[relation.index()] = false,
        Open::Role(role) => world.closed_roles[role.index()] = false,
        Open::Attribute(id) if policy.attributes[id].many => world.closed_attributes[id.index()] = false,
        Open::Attribute(id) => world.silence[id.index()].read = Lookup::Unknown,
    }
}

impl Loader<'_> {
    /// A name whose facts were not imported: those told stand, all others are unknown.
    pub(super) fn not_imported(&mut self, name: &Text) {
        let policy = self.policy;
        let relation = policy.relation_named(&name.value);
        let role = policy.role_named(&name.value);
        let attribute = name.value.split_once('.').and_then(|(kind, attribute)| {
            let kind = policy.kind_named(kind)?;
            policy.attribute_named(kind, attribute)
        });
        self.open.extend(relation.map(Open::Relation));
        self.open.extend(role.map(Open::Role));
        self.open.extend(attribute.map(Open::Attribute));
        if relation.is_none() && role.is_none() && attribute.is_none() {
            self.unknown_import(name);
        }
    }

    fn unknown_import(&mut self, name: &Text) {
        let policy = self.policy;
        let headline = format!("`{}` is no relation, role or attribute of the pack", name.value);
        let told = Diagnostic::new(Code::UnknownImport, headline, name.span, "unknown");
        // An attribute named without its kind is a near miss that no spelling shows.
        let bearers: Vec<String> = policy
            .attributes
            .values()
            .filter(|attribute| attribute.name == name.value)
            .map(|attribute| format!("{}.{}", names::kind_name(policy, attribute.kind), attribute.name))
            .collect();
        let edit = self.bare(name.span, &name.value);
        let told = match (bearers.as_slice(), edit) {
            ([one], Some(edit)) => told.help(format!("did you mean `{one}`?")).patch(edit, one.as_str()),
            ([], Some(edit)) => {
                let relations = policy.relations.values().map(|relation| relation.meta.name.clone());
                let roles = policy.roles.values().map(|role| role.meta.name.clone());
                let attributes = policy.attributes.values();
                let attributes = attributes.map(|one| format!("{}.{}", names::kind_name(policy, one.kind), one.name));
                let known: Vec<String> = relations.chain(roles).chain(attributes).collect();
                told.nearest(&name.value, edit, known.iter().map(String::as_str))
            }
            ([], None) => told,
            (several, _) => told.help(format!("write {}", names::any_of(several.iter().map(String::as_str)))),
        };
        self.tell(told);
    }
}
