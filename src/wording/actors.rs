//! The events that make a change, and who may do them, in words.

use super::Words;
use crate::diag::phrases::counted;
use crate::policy::{ClaimId, EffectKind};
use crate::query::how_to::{ActorRequirement, EventOption, OtherEffect, PossibleEffect, Precondition, SubjectSummary};
use crate::world::EntityId;

/// An [`EventOption`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventText {
    /// The event's name.
    pub event: String,
    /// Its title.
    pub title: Option<String>,
    /// The action that the actor must be allowed.
    pub does: Option<String>,
    /// Who may do it now, or afterwards.
    pub who: String,
    /// How many may.
    pub count: usize,
    /// They may do it only after the steps of `first`, or after the other changes of the repair.
    pub afterwards: bool,
    /// What the event requires of the actor, if nobody may do it: a noun with clauses.
    pub takes: Option<String>,
    /// What must hold first.
    pub first: Vec<PreconditionText>,
    /// What the event does in addition to the change.
    pub effects: Vec<String>,
    /// The author's remark on the event.
    pub note: Option<String>,
    /// The claims that it cites.
    pub claims: Vec<String>,
    /// [`EventOption::distance`].
    pub distance: usize,
}

/// A [`Precondition`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreconditionText {
    /// A sentence.
    pub says: String,
    /// The fact, as a world file states it, if it is known.
    pub what: Option<String>,
    /// The events that make it hold.
    pub by: Vec<EventText>,
}

impl EventText {
    /// The nearest of several events that make the same change; the first one if several are equally near.
    pub fn nearest(by: &[EventText]) -> Option<&EventText> {
        by.iter().min_by_key(|event| event.distance)
    }
}

impl Words<'_> {
    /// Subjects, by name if they are few, else counted by kind and home.
    pub(super) fn subjects(self, subjects: &[EntityId]) -> String {
        let home_count = |(kind, home, count): (_, Option<EntityId>, usize)| {
            let subjects = counted(count, &self.policy.kinds[kind].meta.name);
            home.map_or_else(|| subjects.clone(), |home| format!("{subjects} of {}", self.name(home)))
        };
        match SubjectSummary::of(self.policy, self.world, self.at, subjects) {
            SubjectSummary::Each(subjects) if subjects.is_empty() => "nobody now".to_owned(),
            SubjectSummary::Each(subjects) => self.names(&subjects).join(", "),
            SubjectSummary::Counts { counts, more } => {
                let counts: Vec<String> = counts.into_iter().map(home_count).collect();
                format!("{}{}", counts.join(", "), if more { ", and others" } else { "" })
            }
        }
    }

    pub(super) fn names(self, entities: &[EntityId]) -> Vec<String> {
        entities.iter().map(|&entity| self.name(entity)).collect()
    }

    pub(super) fn claim_names(self, claims: &[ClaimId]) -> Vec<String> {
        claims.iter().map(|&claim| self.policy.claims[claim].meta.name.clone()).collect()
    }

    pub(super) fn events(self, by: &[EventOption]) -> Vec<EventText> {
        by.iter().map(|option| self.event(option)).collect()
    }

    fn event(self, option: &EventOption) -> EventText {
        let event = &self.policy.events[option.event];
        let condition = if option.conditional { ", if the event's condition is met" } else { "" };
        let some = if option.exhaustive { "" } else { " (not everybody was asked)" };
        EventText {
            event: event.meta.name.clone(),
            title: event.meta.title.clone(),
            does: event.does.map(|(action, _)| self.policy.actions[action].meta.name.clone()),
            who: format!("{}{condition}{some}", self.subjects(&option.who)),
            count: option.who.len(),
            afterwards: option.afterwards,
            takes: option.takes.as_ref().map(|required| self.actor_requirement(required)),
            first: option.first.iter().map(|precondition| self.precondition(precondition)).collect(),
            effects: option.effects.iter().map(|effect| self.other_effect(effect)).collect(),
            note: event.meta.note.clone(),
            claims: self.claim_names(&event.meta.source),
            distance: option.distance(),
        }
    }

    fn actor_requirement(self, required: &ActorRequirement) -> String {
        let actor = required.actor.map_or_else(|| self.somebody(), |actor| self.name(actor));
        format!("{actor} {}", self.requirements(&required.all))
    }

    fn precondition(self, precondition: &Precondition) -> PreconditionText {
        PreconditionText {
            says: self.relation_of(precondition.relation, &self.operands(&precondition.ends)),
            what: precondition.fact.map(|fact| self.world.statement_text(self.policy, &fact)),
            by: self.events(&precondition.by),
        }
    }

    fn other_effect(self, effect: &OtherEffect) -> String {
        match effect {
            OtherEffect::Creates(kind) => format!("creates {}", self.policy.kinds[*kind].meta.name),
            OtherEffect::Fact(kind, effect) => {
                let verb = match kind {
                    EffectKind::Adds => "adds",
                    EffectKind::Removes => "removes",
                    EffectKind::Sets => "sets",
                };
                format!("{verb} {}", self.possible_effect(effect))
            }
            OtherEffect::Ends(entity) => format!("ends {}", self.operand(entity)),
        }
    }

    fn possible_effect(self, effect: &PossibleEffect) -> String {
        let condition = effect.conditional.map(|span| format!(", if its condition is met: see {}", self.world.sources.place(span)));
        format!("`{}`{}", self.effect_fact(&effect.fact), condition.unwrap_or_default())
    }
}
