//! What would be decided if facts were otherwise.
//!
//! * `near_miss`: how close an answer was to being yes. For each permit that is not true, the attempt at it that came closest (`attempt`).
//! * `repairs`: candidate sets of changes that may reverse an answer, found by walking conditions backwards from the wanted answer
//!   ([`QueryContext::candidates`](crate::eval::QueryContext::candidates), abduction). A [`ChangeSet`] is only a candidate until the caller has tried
//!   it. `dnf` combines the sets: alternatives by `or`, parts that are all needed by `and`.
//! * `nearby` and `ended_memberships`: the entities that both of these try for a variable, and the groups that a member may return to.
//! * `firms`: whose an entity is, so that what is within the question's own firms counts as nearer.
//! * `regression`: goal regression, from a change to the event that makes it. The event is partial: the change determines some of its
//!   arguments, and leaves others open.
//! * `static_eval`: whether the condition of such an event can still become true, decided from what is known of it and from data that no
//!   change touches.
//! * `toggles`: by which toggles an answer would be another.
//!
//! All searches are bounded, because the number of sets grows with the product of the parts. A near miss makes a limited number of
//! attempts and then keeps its best. A search for repairs looks at a limited number of parts, keeps a limited number of small sets, and
//! reports whether it left something out ([`Candidates::limited`]). A variable is tried with a limited number of entities.
//!
//! Invariant: this room changes no world. It evaluates conditions in the world as it is, under other dates and toggles too, and returns
//! changes as data.

mod attempt;
mod change;
mod dnf;
mod ended_memberships;
mod firms;
mod near_miss;
mod nearby;
mod regression;
mod repairs;
pub(crate) mod static_eval;
mod toggles;

pub(crate) use change::has_opposites;
pub use change::{Change, ChangeSet};
pub(crate) use ended_memberships::{MAX_ENDED_MEMBERSHIPS, ended_memberships};
pub(crate) use firms::Firms;

pub(crate) use regression::{FREE_TEXT, Filled, PartialEvent, USUAL_NUMBER, entities};
pub use repairs::Candidates;
pub(crate) use static_eval::is_fixed;
pub use toggles::DecisiveToggle;
