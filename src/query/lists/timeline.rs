//! The longest interval around the date of a list in which something has the same truth.

use crate::eval::{Decider, Memory, Truth};
use crate::plan::{CompiledPolicy, Context};
use crate::time::{Instant, Interval};
use crate::world::World;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Asks the same at other dates.
pub(in crate::query) struct Timeline<'a> {
    compiled: &'a CompiledPolicy,
    world: &'a World,
    context: Context,
    /// Whether the date of the policy stays as it is, while that of the world changes.
    policy_stays: bool,
    deciders: RefCell<BTreeMap<Instant, Rc<Decider<'a>>>>,
    /// What was worked out at each date.
    memories: BTreeMap<Instant, Memory>,
}

impl<'a> Timeline<'a> {
    pub(in crate::query) fn new(decider: &Decider<'a>, policy_stays: bool) -> Timeline<'a> {
        let context = decider.context.clone();
        Timeline {
            compiled: decider.compiled,
            world: decider.world,
            context,
            policy_stays,
            deciders: RefCell::default(),
            memories: BTreeMap::new(),
        }
    }

    /// The decider of another date.
    pub(in crate::query) fn decider(&self, at: Instant) -> Rc<Decider<'a>> {
        let made = || {
            let policy_at = if self.policy_stays { self.context.policy_at } else { at };
            Rc::new(Decider::new(self.compiled, self.world, Context { at, policy_at, ..self.context.clone() }))
        };
        Rc::clone(self.deciders.borrow_mut().entry(at).or_insert_with(made))
    }

    /// The longest interval around the date in which `truth_at` returns the same truth as at the date. It may change only at `turning`.
    /// What is worked out at a date is remembered for the next question.
    pub(super) fn around(
        &mut self,
        truth: Truth,
        turning: &BTreeSet<Instant>,
        mut truth_at: impl FnMut(&Decider<'a>, &mut Memory) -> Truth,
    ) -> Interval {
        let at = self.context.at;
        let mut changes = |instant: Instant| {
            let decider = self.decider(instant);
            truth_at(&decider, self.memories.entry(instant).or_default()) != truth
        };
        // A fact that holds always begins at `Instant::MIN`, before every date.
        let since = turning.range(Instant::MIN.after()..=at).rev().copied().find(|&instant| changes(instant.before()));
        let until = turning.range(at.after()..Instant::MAX).copied().find(|&instant| changes(instant));
        Interval { since: since.unwrap_or(Instant::MIN), until: until.unwrap_or(Instant::MAX) }
    }
}
