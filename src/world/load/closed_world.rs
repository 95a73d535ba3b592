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
//! | what fits a pattern that the world leaves open   | unknown (decided in `eval`)                       |

use crate::policy::{AttributeId, Policy};
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
