//! What the answer is for everything that missing data may be together, and so which of them may turn it.

use super::answer::PossibleDatum;
use super::ownership::home;
use crate::counterfactual::Change;
use crate::eval::{MissingDatum, Outcome, QueryContext};
use crate::explain;
use crate::policy::{AttributeId, ValueType};
use crate::query::Overlay;
use crate::world::{EntityId, ResolvedRequest, Statement, Symbol, Value};

/// The most values of one attribute of which it is told what the answer is.
const MAX_VALUES: usize = 40;

/// The most completions of which the answer is found out. If there are more, or if a datum can be something that is not found out, all missing
/// data are taken to matter.
const MAX_COMPLETIONS: usize = 1_000;

/// How often data are added that are missing once others are known.
const MAX_ROUNDS: usize = 3;

/// What a datum may be.
pub(super) struct Possible {
    /// Each thing that it may be, with the change that makes it so.
    pub(super) each: Vec<(PossibleDatum, Change)>,
    /// Whether these are all that it may be among what the world names.
    pub(super) whole: bool,
}

impl Possible {
    pub(super) fn of(decider: &QueryContext<'_>, asked: &ResolvedRequest, datum: MissingDatum) -> Possible {
        match datum {
            MissingDatum::Fact(fact) if fact.named().all(|entity| !decider.world.is_unnamed(entity)) => {
                let either = [(true, Change::Add(fact)), (false, Change::Remove(fact))];
                Possible { each: either.map(|(holds, change)| (PossibleDatum::Holds(holds), change)).to_vec(), whole: true }
            }
            MissingDatum::Attribute(entity, attribute) if !decider.world.is_unnamed(entity) => {
                let (values, whole) = values(decider, asked, attribute);
                let set = |value| {
                    (PossibleDatum::Value(value), Change::Set(Statement::of_attribute(&decider.compiled.policy, entity, attribute, value)))
                };
                Possible { each: values.into_iter().map(set).collect(), whole }
            }
            _ => Possible { each: Vec::new(), whole: false },
        }
    }
}

/// The values that an attribute can have, those near the question first, and whether they are all: those that the policy lists, or the
/// entities of the world.
fn values(decider: &QueryContext<'_>, asked: &ResolvedRequest, attribute: AttributeId) -> (Vec<Value>, bool) {
    let (world, at) = (decider.world, decider.context.at);
    match &decider.compiled.policy.attributes[attribute].value {
        ValueType::OneOf(texts) => {
            let values = texts.iter().take(MAX_VALUES).map(|&text| Value::Text(Symbol::of_policy(text)));
            (values.collect(), texts.len() <= MAX_VALUES)
        }
        ValueType::Entity(kinds) => {
            let sides = [asked.subject, asked.resource].into_iter();
            let near = sides.flat_map(|side| world.containers(side, at).chain(home(decider, side)));
            let mut near: Vec<EntityId> = near.filter(|&entity| kinds.contains(world.kind(entity)) && world.lives(entity, at)).collect();
            let mut all: Vec<EntityId> = world.living_of(kinds, at).take(MAX_VALUES + 1).collect();
            let whole = all.len() <= MAX_VALUES;
            all.truncate(MAX_VALUES);
            for entities in [&mut near, &mut all] {
                world.sort_entities(entities);
                entities.dedup();
            }
            all.retain(|entity| !near.contains(entity));
            (near.into_iter().chain(all).map(Value::Entity).collect(), whole)
        }
        _ => (Vec::new(), false),
    }
}

/// Data that are decided together: one datum, or the attributes of one entity of which exactly one has a value.
struct Slot {
    data: Vec<MissingDatum>,
    each: Vec<Change>,
    /// Whether these are all that it may be.
    whole: bool,
}

/// The answers for everything that the missing data may be together.
pub(super) struct Completions<'a> {
    decider: &'a QueryContext<'a>,
    asked: &'a ResolvedRequest,
    slots: Vec<Slot>,
    /// Whether the answer is a yes, if it is known, in the order of the completions, of which the last slot changes fastest; `None` if there
    /// are too many.
    answers: Option<Vec<Option<bool>>>,
}

impl<'a> Completions<'a> {
    pub(super) fn of(decider: &'a QueryContext<'a>, asked: &'a ResolvedRequest, missing: &[MissingDatum]) -> Completions<'a> {
        let mut completions = Completions { decider, asked, slots: Vec::new(), answers: None };
        let mut new: Vec<MissingDatum> = missing.to_vec();
        for _ in 0..MAX_ROUNDS {
            completions.add(&new);
            let (answers, open) = completions.decided().unzip();
            completions.answers = answers;
            new = open.unwrap_or_default();
            if new.is_empty() {
                break;
            }
        }
        // What is missing once the others are known may hide that these matter.
        if !new.is_empty() {
            completions.answers = None;
        }
        completions
    }

    /// The answer after changes, and what is missing for it then; `None` if a limit was reached.
    pub(super) fn answer(decider: &QueryContext<'_>, asked: &ResolvedRequest, changes: &[Change]) -> Option<(Outcome, Vec<MissingDatum>)> {
        let overlay = Overlay::of(decider, changes);
        let after = overlay.decider(decider.compiled);
        let after = decider.about(&after);
        let decision = after.decide(asked);
        if decision.exhausted.is_some() {
            return None;
        }
        let is_open = decision.outcome == Outcome::Unknown;
        let open = if is_open { explain::missing(&overlay.world, &after.record_decision(asked)).into_iter().collect() } else { Vec::new() };
        Some((decision.outcome, open))
    }

    /// Those of the data that may turn the answer, and what may turn it once others are known. All, if that cannot be told.
    pub(super) fn deciding(&self, missing: &[MissingDatum]) -> Vec<MissingDatum> {
        let Some(answers) = &self.answers else { return missing.to_vec() };
        let mut deciding = Vec::new();
        for (index, slot) in self.slots.iter().enumerate() {
            let below: usize = self.slots[index + 1..].iter().map(|slot| slot.each.len()).product();
            let same = |at: usize| answers[at] == answers[at - (at / below % slot.each.len()) * below];
            if !(0..answers.len()).all(same) {
                deciding.extend(&slot.data);
            }
        }
        if deciding.is_empty() { missing.to_vec() } else { deciding }
    }

    /// Adds data that are missing.
    fn add(&mut self, missing: &[MissingDatum]) {
        for &datum in missing {
            if self.slots.iter().any(|slot| slot.data.contains(&datum)) {
                continue;
            }
            let Possible { each, whole } = Possible::of(self.decider, self.asked, datum);
            let each: Vec<Change> = each.into_iter().map(|(_, change)| change).collect();
            let is_beside = |&other: &MissingDatum| match (other, datum) {
                (MissingDatum::Attribute(entity, own), MissingDatum::Attribute(same, attribute)) => {
                    entity == same && self.decider.compiled.policy.exclusive(&attribute).contains(&own)
                }
                _ => false,
            };
            match self.slots.iter_mut().find(|slot| slot.data.iter().any(is_beside)) {
                Some(slot) => {
                    slot.data.push(datum);
                    slot.each.extend(each);
                    slot.whole &= whole;
                }
                None => self.slots.push(Slot { data: vec![datum], each, whole }),
            }
        }
    }

    /// The answer for each completion, and what is missing for some that the slots do not have; `None` if there are too many.
    fn decided(&self) -> Option<(Vec<Option<bool>>, Vec<MissingDatum>)> {
        if !self.slots.iter().all(|slot| slot.whole) {
            return None;
        }
        let count = self.slots.iter().try_fold(1usize, |count, slot| count.checked_mul(slot.each.len()))?;
        if count == 0 || count > MAX_COMPLETIONS {
            return None;
        }
        let (mut answers, mut open) = (Vec::with_capacity(count), Vec::new());
        for at in 0..count {
            let mut rest = at;
            let changes: Vec<Change> = self
                .slots
                .iter()
                .rev()
                .map(|slot| {
                    let change = slot.each[rest % slot.each.len()];
                    rest /= slot.each.len();
                    change
                })
                .collect();
            let (outcome, missing) = Completions::answer(self.decider, self.asked, &changes)?;
            answers.push((outcome != Outcome::Unknown).then_some(outcome == Outcome::Allowed));
            open.extend(missing.into_iter().filter(|datum| !self.slots.iter().any(|slot| slot.data.contains(datum))));
        }
        open.sort();
        open.dedup();
        Some((answers, open))
    }
}
