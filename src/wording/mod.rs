//! The sentences of answers: data of [`explain`](crate::explain) and [`query`](crate::query) put into plain English.
//!
//! `facts` words facts, values and missing data; `atoms` the outcome of a condition's test; `verdict` the answer itself. How to turn an
//! answer is worded by `changes` as a whole, with `actors` for events and who may do them, `requirements` for what conditions ask, and
//! `blockers` for why nothing turns it.
//!
//! Invariant: this is the only room that makes sentences of answers, and it decides nothing: equal data gives equal words.

mod actors;
mod atoms;
mod blockers;
mod changes;
mod facts;
mod requirements;
mod verdict;

pub use actors::{EventText, PreconditionText};
pub use changes::{ChangeText, HowToText, IneffectiveText, ManualText, MissingText, RepairText, how_to};
pub use facts::{datum, fact_words, relation_words};
pub use verdict::verdict;

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
