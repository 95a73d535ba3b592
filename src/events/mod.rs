//! Applies events to a world, and checks the invariants that no world may break.
//!
//! [`apply()`] takes the events of a world in the order of their times, one instant after another. At each instant:
//!
//! 1. Every event is checked in the world before the instant: it is in force, what it names lives, its doer is allowed its action, its
//!    condition is true. Unknown is not enough. What events of the instant create does not live yet.
//! 2. Its effects are computed in that same world (`effects`): which facts it adds and removes, which entities it creates and ends. An
//!    effect has variables of its own; the compiler put a search for each of them around its condition.
//! 3. Two events must not add and remove the same fact, nor set one attribute to two values.
//! 4. All effects are enacted. If there are several events, each is checked a second time with the effects of the others but not its own
//!    (`concurrent`): its own are reverted for that check, except those that another event has too.
//!
//! Where the `where` of an effect is unknown, the effect is uncertain: instead of being added or removed, its fact is left open from then on.
//!
//! An event that sets a value removes whatever other value holds and adds the one that is set. A set of values is *whole* from then on: it
//! has no other members than those that are stated.
//!
//! So an event is checked in the same way wherever it is in the list of its instant. Enacting never deletes: it shortens the intervals of
//! facts and lives and adds facts. To undo it is to restore the intervals.
//!
//! [`invariants()`] finds, for each invariant, the first instant at which its condition is true. After the first instant it evaluates the
//! condition only where something that it reads changes, and only for the values of its variables that the change concerns.
//!
//! Files: `errors` (why an event cannot happen), `form` (what facts are about), `current` (the facts that matter from an instant on),
//! `effects` (the facts of one effect), `openings` (the facts that patterns leave open for a removal), `removal` (those that it removes),
//! `slots` (what has one value at a time), `concurrent` (the effects of one instant), `sets` (what a value that is set replaces), `apply` (the
//! steps above), `stepwise` (the same instant by instant), `trial` (one event by itself), `places` (where a condition reads facts), `reads` (what an invariant
//! reads), `invariants`. Each file imports only files that are earlier in this list.
//!
//! Invariant: this room knows no terminals. Errors and broken invariants are data with ids; `explain` makes diagnostics of them.

mod apply;
mod concurrent;
mod current;
mod effects;
mod errors;
mod form;
mod invariants;
mod openings;
mod places;
mod reads;
mod removal;
mod sets;
mod slots;
mod stepwise;
mod trial;

pub use apply::apply;
pub(crate) use effects::has_solution;
pub use effects::unify_fact;
pub use errors::EventError;
pub(crate) use invariants::refusing_invariants;
pub use invariants::{BrokenInvariant, invariants};
pub use stepwise::{EventStepper, RefusedInstant};
pub(crate) use trial::with_same_effects;
