//! Properties: what is to be true of the policy in every world. No decision reads them.

use super::condition::Condition;
use super::ids::{ActionId, InvariantId, PropertyId, RuleId, ToggleId};
use super::metadata::Metadata;
use crate::syntax::{ChangeAllowed, WithOutcome};

/// A property. Its validity says for which dates of the policy it is asked.
#[derive(Clone, Debug)]
pub struct Property {
    /// Name and the like.
    pub meta: Metadata,
    /// What it says.
    pub claim: PropertyClaim,
    /// The actions that it is about, sorted; `None` if it is about worlds alone.
    pub actions: Option<Vec<ActionId>>,
    /// What is taken for granted.
    pub given: Vec<Given>,
    /// Toggles that are on.
    pub turn_on: Vec<ToggleId>,
    /// Toggles that are off.
    pub turn_off: Vec<ToggleId>,
    /// Whether the other toggles may be either way; if not, each is as by default.
    pub any_toggles: bool,
    /// Whether everything was imported, so that nothing is left open.
    pub imported: bool,
    /// Whether facts may state a relation that is derived.
    pub told: bool,
}

/// What a property says.
#[derive(Clone, Debug)]
pub enum PropertyClaim {
    /// The condition is true of no request with the decision; without actions, of no world.
    Never(Condition, WithOutcome),
    /// Where the condition is true, the request is allowed.
    Always(Condition),
    /// Whoever may do the actions may do these, on the same resource.
    Implies(Vec<ActionId>),
    /// With its toggles, access changes no other way against the same pack without them, except where the condition is true.
    Change(ChangeAllowed, Option<Condition>),
    /// In some world the rule decides.
    MustMatter(RuleId),
}

/// What a property takes for granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// A property about worlds.
    Property(PropertyId),
    /// An invariant, which may be one that only warns.
    Invariant(InvariantId),
}

impl Property {
    /// Its condition, if it has one: what is never or always, or where another change is allowed.
    pub fn condition(&self) -> Option<&Condition> {
        match &self.claim {
            PropertyClaim::Never(condition, _) | PropertyClaim::Always(condition) => Some(condition),
            PropertyClaim::Change(_, unless) => unless.as_ref(),
            PropertyClaim::Implies(_) | PropertyClaim::MustMatter(_) => None,
        }
    }

    /// Whether it is about worlds alone.
    pub fn is_of_worlds(&self) -> bool {
        self.actions.is_none() && matches!(self.claim, PropertyClaim::Never(..))
    }
}
