//! How to turn an answer: sequences of acts that turn it from no to yes or from yes to no, and who may do each.
//!
//! The result, [`HowTo`], is data of ids (`answer`); the room `wording` makes its sentences. [`how_to`] (`search`) runs these stages:
//!
//! 1. **Candidates.** [`QueryContext::candidates`](crate::eval::QueryContext::candidates) reads the conditions backwards and proposes sets of changes,
//!    at most 64 at a time, of at most six changes each. Then it looks for sets that need an entity which an event would have to create, of which
//!    at most 12 are kept.
//! 2. **Verify** (`verify`). Each set is made in an [`Overlay`](super::Overlay) and the question is decided again. If a set does not turn
//!    the answer, the candidate search runs again in that overlay and extends the set, at most twice in a row and for at most 24 sets. If a
//!    set turns the answer, its parts are tried too, and the smallest that turn it are kept. At most 3,000 sets are evaluated. The
//!    candidate search and the evaluations may each take 5,000,000 units of work, where one look or evaluation counts
//!    [`QueryContext::cost_estimate`](crate::eval::QueryContext::cost_estimate) units.
//! 3. **Group** (`grouping`). Sets that differ only in entities which the question is not about form one group. The nearest of the first
//!    seven represents it.
//! 4. **Plan** (`planner`). For each set, acts are sought that bring it about: the events that make its changes (`actors`, `event_case`), what
//!    must be done before these (`enabling`), and changes of facts where there is no event, with who is responsible (`manual`, `ownership`). Each
//!    plan is done from its first act to its last, with all effects (`trial`), and the question is asked again. Of those who may do an act, one
//!    is found for the trial; all are found for the ways that are listed.
//! 5. **Rank** (`search`). What else each way gives and takes is counted over the whole world by the access diff. Ways are ordered by
//!    [`WayClass`], then by that count, then by how many acts they have, then by how near they are (`ranking`). Ways that differ only in roles that
//!    grant the same are one. A way through another firm is left out if one of its class that stays within the question's own comes after it. At
//!    most ten are listed.
//!
//! Of each way that takes access away, `undoing` finds out whether the subject could take it back alone.
//!
//! In addition, `dates` finds the nearest dates on which the answer is another one, among at most 10,000 instants before the question's date
//! and 10,000 after it; `ineffective` lists up to four obvious changes that do not turn the answer; `missing` lists the missing data that may turn the
//! answer (`completions`), with the answer for each thing that they may be; `blockers` lists why nothing turns the answer under the rules as they are, and who may do the action instead.
//!
//! [`HowTo::limited`] is set if a limit of the candidate search, of the number of sets that are evaluated or extended, of the events that
//! are tried, or of the acts of a plan and those that come before one is reached. The limits on extensions of one set and on subjects do not set
//! it.
//!
//! Invariant: for every way it was observed that it turns the answer and that no part of it does.

mod actors;
mod answer;
mod blockers;
mod completions;
mod dates;
mod enabling;
mod event_case;
mod grouping;
mod ineffective;
mod manual;
mod missing;
mod ownership;
mod planner;
mod ranking;
mod requirements;
mod search;
mod trial;
mod undoing;
mod verify;

pub use answer::{
    Act, BlockedEvent, Blocker, ChangeAct, DatedAnswer, DatedElement, Element, EventAct, Exemption, ForeignGroup, HowTo, IneffectiveChange,
    Instead, Keeper, MissingFact, PerhapsAble, PossibleAnswer, PossibleDatum, Replacement, Undoing, Way, WayClass,
};
pub use dates::turning_day;
pub use ownership::SubjectSummary;
pub use requirements::{ActionRequirement, Operand, Requirement};
pub use search::{how_to, with_new_entities};
