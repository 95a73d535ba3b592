//! How to turn an answer: the smallest sets of changes after which it would be another, how each change comes about, and by whom.
//!
//! The result, [`HowTo`], is data of ids (`answer`); the room `wording` makes its sentences. [`how_to`] (`search`) runs these stages:
//!
//! 1. **Candidates.** [`Decider::candidates`](crate::eval::Decider::candidates) reads the conditions backwards and proposes sets of changes,
//!    at most 64 at a time, of at most six changes each. `dates` proposes to ask as of another day: at most 24 days before the question's
//!    date and 24 after it.
//! 2. **Verify** (`verify`). Each set is made in an [`Overlay`](super::Overlay) and the question is decided again. A set that does not turn
//!    the answer is extended by what would turn it then, at most twice, and at most 24 sets are. Of a set that does, every part is tried
//!    too, and the smallest that turn the answer are kept. At most 3,000 sets are evaluated. Besides, the candidate search and the
//!    evaluations may each take 5,000,000 units of work, where one look or evaluation counts
//!    [`Decider::cost_estimate`](crate::eval::Decider::cost_estimate) units.
//! 3. **Group** (`grouping`). Sets that differ only in entities which the question is not about form one group. The nearest of the first
//!    seven represents it.
//! 4. **Actors** (`step`). For each change, `actors` finds the events that make it and asks up to 400 subjects whether they may do them.
//!    Where nobody may, `requirements` reads from the conditions what the event requires of its actor and which relations must hold first;
//!    for those relations events are searched again, two levels deep. Where no event makes the change, `manual` names who is responsible,
//!    with the homes and owners of `ownership`.
//! 5. **Rank** (`search`). By fewest changes, then by how near somebody is to making them; at most ten repairs are listed.
//!
//! Around the repairs, `side_effects` lists what else each gives or takes among up to 100 peers of the subject, within 1,000,000 units of
//! work; `ineffective` lists up to four obvious changes that do not turn the answer. `blockers` lists which data are missing, and, where
//! nothing turns the answer, why that is so and who may do the action instead.
//!
//! Wherever a limit of the candidates, the verification or the side effects is reached, [`HowTo::limited`] is set.
//!
//! Invariant: every repair was seen to turn the answer, and no part of it does.

mod actors;
mod answer;
mod blockers;
mod dates;
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
