//! A request, as programs name it.

use crate::policy::Policy;
use crate::world::{EntityId, ResolvedRequest, World};
use serde::Serialize;

/// An entity, as requests name it.
#[derive(Serialize)]
pub(super) struct EntityJson<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    id: &'a str,
}

/// An action, as requests name it.
#[derive(Serialize)]
pub(super) struct ActionJson<'a> {
    name: &'a str,
}

/// The subject, the action and the resource of a request.
pub(super) fn request_parts<'a>(
    policy: &'a Policy,
    world: &'a World,
    request: ResolvedRequest,
) -> (EntityJson<'a>, ActionJson<'a>, EntityJson<'a>) {
    let entity = |ent: EntityId| {
        let entity = world.entity(ent);
        EntityJson { kind: &policy.kinds[entity.kind].meta.name, id: entity.id }
    };
    (entity(request.subject), ActionJson { name: &policy.actions[request.action].meta.name }, entity(request.resource))
}

/// A request by names.
#[derive(Serialize)]
pub(super) struct RequestJson<'a> {
    subject: EntityJson<'a>,
    action: ActionJson<'a>,
    resource: EntityJson<'a>,
}

impl<'a> RequestJson<'a> {
    /// The request of these names; those of entities are kind and id.
    pub(super) fn of(subject: &'a (String, String), action: &'a str, resource: &'a (String, String)) -> RequestJson<'a> {
        let entity = |(kind, id): &'a (String, String)| EntityJson { kind, id };
        RequestJson { subject: entity(subject), action: ActionJson { name: action }, resource: entity(resource) }
    }
}
