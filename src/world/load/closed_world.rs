//! Closed-world defaults: how a fact that is not stated is read.
//!
//! | not given                                        | read as                                           |
//! | ------------------------------------------------ | ------------------------------------------------- |
//! | `optional` attribute                             | none                                              |
//! | `exactly-one` or `within`, another of it is given | none                                              |
//! | other single attribute                           | unknown                                           |
//! | value of a `many` attribute that is `optional`, or whose set is given | not among its values          |
//! | `many` attribute whose set is not given          | unknown                                           |
//! | relation, role, membership                       | false                                             |
//! | anything in `not-imported`                       | unknown; facts that are stated nevertheless hold  |

use super::loader::{Loader, Open};
use super::names;
use crate::diag::{Code, Diagnostic};
use crate::policy::{Attribute, AttributeId, Id, Policy};
use crate::syntax::Text;
use crate::world::model::ClosedWorld;
use crate::world::{Lookup, World};

/// Sets the defaults of a policy.
pub(in crate::world) fn set_defaults(policy: &Policy, world: &mut World) {
    let defaults = policy.attributes.iter().map(|(id, attribute)| {
        let kind = &policy.kinds[attribute.kind];
        let groups = [&kind.exactly_one, &kind.within].into_iter().filter(|group| group.contains(&id));
        let alternatives: Vec<AttributeId> = groups.flatten().copied().filter(|&other| other != id).collect();
        let not_given = if attribute.optional || attribute.many { Lookup::None } else { Lookup::Unknown };
        ClosedWorld { not_given, alternatives }
    });
    world.absent_values = defaults.collect();
}

/// Records that the facts of a name were not imported.
pub(super) fn open(policy: &Policy, world: &mut World, open: Open) {
    match open {
        Open::Relation(relation) => world.closed_relations[relation.index()] = false,
        Open::Role(role) => world.closed_roles[role.index()] = false,
        Open::Attribute(id) if policy.attributes[id].many => world.closed_attributes[id.index()] = false,
        Open::Attribute(id) => world.absent_values[id.index()].not_given = Lookup::Unknown,
    }
}

impl Loader<'_> {
    /// Reads a name in `not-imported`: a relation, a role, or `kind.attribute`.
    pub(super) fn not_imported(&mut self, name: &Text) {
        let policy = self.policy;
        let relation = policy.relation_named(&name.value);
        let role = policy.role_named(&name.value);
        let attribute = name.value.split_once('.').and_then(|(kind, attribute)| {
            let kind = policy.kind_called(kind)?;
            policy.attribute_named(kind, attribute)
        });
        self.part.open.extend(relation.map(Open::Relation));
        self.part.open.extend(role.map(Open::Role));
        self.part.open.extend(attribute.map(Open::Attribute));
        if relation.is_none() && role.is_none() && attribute.is_none() {
            self.unknown_import(name);
        }
    }

    fn unknown_import(&mut self, name: &Text) {
        let policy = self.policy;
        let headline = format!("`{}` is no relation, role or attribute of the pack", name.value);
        let diagnostic = Diagnostic::new(Code::UnknownImport, headline, name.span, "unknown");
        let full_name = |attribute: &Attribute| format!("{}.{}", names::kind_name(policy, attribute.kind), attribute.name);
        // An attribute without its kind is not near to its full name in spelling.
        let bearers: Vec<String> = policy.attributes.values().filter(|attribute| attribute.name == name.value).map(full_name).collect();
        let edit = self.bare(name.span, &name.value);
        self.report(match (bearers.as_slice(), edit) {
            ([one], Some(edit)) => diagnostic.help(format!("did you mean `{one}`?")).patch(edit, one.as_str()),
            ([], Some(edit)) => {
                let relations = policy.relations.values().map(|relation| relation.meta.name.clone());
                let roles = policy.roles.values().map(|role| role.meta.name.clone());
                let known: Vec<String> = relations.chain(roles).chain(policy.attributes.values().map(full_name)).collect();
                diagnostic.nearest(&name.value, edit, known.iter().map(String::as_str))
            }
            ([], None) => diagnostic,
            (several, _) => diagnostic.help(format!("write {}", names::any_of(several.iter().map(String::as_str)))),
        });
    }
}
