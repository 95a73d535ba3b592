//! Events that break a property, put to the ordinary loader and evaluator: the world before, and the same with the event.

use super::confirm::{Denied, Judges};
use super::report::BreakingEvent;
use super::step::Step;
use crate::eval::bindings::Bindings;
use crate::eval::evaluator::Evaluator;
use crate::eval::trace::NoTrace;
use crate::eval::truth::Truth;
use crate::eval::{Budget, Decider};
use crate::world::EntityId;

impl Step<'_> {
    /// Whether the condition of the property is not true before the event and true after it for the ordinary evaluator too.
    pub(super) fn confirm(&self, judges: &Judges<'_>, found: &BreakingEvent) -> Result<(), Denied> {
        let (before, after) = (self.truth(judges, &found.world)?, self.truth(judges, &found.with_event())?);
        match (before, after) {
            (Truth::True, _) => Err(Denied::Disagrees("the condition is true before the event".to_owned())),
            (_, Truth::True) => Ok(()),
            _ => Err(Denied::Disagrees("the condition is not true after the event".to_owned())),
        }
    }

    fn truth(&self, judges: &Judges<'_>, text: &str) -> Result<Truth, Denied> {
        let compiled = judges.compiled;
        let Some(id) = judges.condition else { return Ok(Truth::Unknown) };
        let world = judges.load(compiled, text)?;
        let decider = Decider::new(compiled, &world, self.asked.context.clone());
        let budget = Budget::default();
        let bindings = Bindings::new(EntityId::NONE, EntityId::NONE);
        let truth = Evaluator::new(&decider, &budget, NoTrace).plan(&compiled.properties[id], &bindings);
        match budget.exhausted() {
            None => Ok(truth),
            Some(_) => Err(Denied::Disagrees("the evaluator gives up".to_owned())),
        }
    }
}
