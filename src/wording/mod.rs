//! The sentences of answers: data of [`explain`](crate::explain) and [`query`](crate::query) in plain English.
//!
//! [`Words`] has the names of one policy and one world, and a method for each sort of data. `facts` words entities, values and facts;
//! `atoms` the atoms of conditions; `reasons` the nodes of a proof; `verdict` the answer in one sentence; `explanation` all of an
//! explanation, as the struct that reports render. How to turn an answer is worded by `changes` as a whole, with `actors` for events and
//! who may do them, `requirements` for what conditions require, and `blockers` for why nothing turns it. `event_diagnostics` makes
//! diagnostics of refused events and broken invariants.
//!
//! Invariant: no other room makes sentences of answers, and this one decides nothing: what is said depends on the data alone.

mod actors;
mod atoms;
mod blockers;
mod changes;
mod event_diagnostics;
mod explanation;
mod facts;
mod reasons;
mod requirements;
mod verdict;

pub use actors::{EventText, PreconditionText};
pub use changes::{ChangeText, HowToText, IneffectiveText, ManualText, MissingText, RepairText, how_to};
pub use event_diagnostics::{broken, refused};
pub use explanation::{ClaimText, DocumentText, ExplanationText, NoticeText, QuestionText, ToggleText};
pub use reasons::ReasonText;

use crate::eval::Decider;
use crate::policy::Policy;
use crate::time::Instant;
use crate::world::World;

/// Puts data of one policy and one world into words, as of one time.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// Names of elements.
    pub policy: &'a Policy,
    /// Names of entities, and facts.
    pub world: &'a World,
    /// The time of the question: facts that ended before it, or begin after it, are worded as such.
    pub at: Instant,
}

impl<'a> Words<'a> {
    /// Words for the decider's policy and world, as of its context's time.
    pub fn of(decider: &Decider<'a>) -> Words<'a> {
        Words { policy: &decider.compiled.policy, world: decider.world, at: decider.context.at }
    }
}
