//! How to turn an answer: the smallest sets of changes that turn it from no to yes or from yes to no, how each change is made, and by whom.
//!
//! The result, [`HowTo`], is data of ids (`answer`); the room `wording` makes its sentences. [`how_to`] (`search`) runs these stages:
//!
//! 1. **Candidates.** [`QueryContext::candidates`](crate::eval::QueryContext::candidates) reads the conditions backwards and proposes sets of changes,
//!    at most 64 at a time, of at most six changes each. `dates` finds the nearest other dates on which the answer is turned, among at most
//!    10,000 instants before the question's date and 10,000 after it at which something begins or ends.
//! 2. **Verify** (`verify`). Each set is made in an [`Overlay`](super::Overlay) and the question is decided again. If a set does not turn
//!    the answer, the candidate search runs again in that overlay and extends the set, at most twice in a row and for at most 24 sets. If a
//!    set turns the answer, its parts are tried too, and the smallest that turn it are kept. At most 3,000 sets are evaluated. The
//!    candidate search and the evaluations may each take 5,000,000 units of work, where one look or evaluation counts
//!    [`QueryContext::cost_estimate`](crate::eval::QueryContext::cost_estimate) units.
//! 3. **Group** (`grouping`). Sets that differ only in entities which the question is not about form one group. The nearest of the first
//!    seven represents it.
//! 4. **Actors** (`step`). For each change, `actors` finds the events that make it, each an `event_case`, and tries for up to 400 subjects
//!    whether they may do them, and whether the answer turns with all that the event does. If nobody may, `requirements` reads from the
//!    conditions what the event requires of its actor and which relations must hold first; events that establish those relations are
//!    searched in the same way, two levels deep. If no event makes the change, `manual` names who is responsible, with the homes and
//!    owners of `ownership`.
//! 5. **Rank** (`search`). Repairs are ordered by `rank`; at most ten are listed.
//!
//! In addition, `side_effects` lists what else each repair gives or takes among up to 100 peers of the subject, within 1,000,000 units of
//! work, and `ineffective` lists up to four obvious changes that do not turn the answer. `blockers` lists the missing data. If no change
//! turns the answer, it also lists why, and who may do the action instead.
//!
//! [`HowTo::limited`] is set if a limit of the candidate search, the number of evaluated or extended sets, the number of instants, or the work
//! for side effects is reached. The limits on extensions of one set, on subjects and on peers do not set it.
//!
//! Invariant: for every repair it was observed that it turns the answer and that no part of it does.

mod actors;
mod answer;
mod blockers;
mod dates;
mod event_case;
mod grouping;
mod ineffective;
mod manual;
mod ownership;
mod requirements;
mod search;
mod side_effects;
mod step;
mod verify;

pub use answer::{
    ActorRequirement, Blocker, ChangeStep, DatedElement, Element, EventOption, Exemption, ForeignGroup, HowTo, IneffectiveChange, Instead,
    Keeper, ManualChange, MissingFact, OtherEffect, PossibleEffect, Precondition, Repair, SideEffect,
};
pub use dates::turning_day;
pub use ownership::SubjectSummary;
pub use requirements::{ActionRequirement, EffectFact, Operand, Requirement};
pub use search::how_to;
