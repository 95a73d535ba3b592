//! Rows of access lists.

use crate::eval::{Outcome, Truth};
use crate::policy::Policy;
use crate::query::access::AccessRow;
use crate::world::{EntityId, ResolvedRequest, World};
use serde::Serialize;

/// A request and its outcome.
#[derive(Serialize)]
pub struct AccessRowJson<'a> {
    subject: EntityJson<'a>,
    action: ActionJson<'a>,
    resource: EntityJson<'a>,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    why: Vec<String>,
}

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

/// The row as programs read it. `why` has what is missing where it is unknown.
pub fn row<'a>(policy: &'a Policy, world: &'a World, row: AccessRow, why: Vec<String>) -> AccessRowJson<'a> {
    let (subject, action, resource) = request_parts(policy, world, row.request);
    AccessRowJson {
        subject,
        action,
        resource,
        outcome: row.outcome.name(),
        member: (row.member == Truth::Unknown).then_some("unknown"),
        why: if row.exhausted.is_some() {
            vec!["limit".to_owned()]
        } else if row.outcome == Outcome::Unknown {
            why
        } else {
            Vec::new()
        },
    }
}
