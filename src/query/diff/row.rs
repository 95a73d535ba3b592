//! A request whose outcome differs.

use super::sides::{Side, Sides, can_be_asked};
use crate::eval::{Decider, Decision, Exhausted, MissingDatum, Outcome, TabledDecider};
use crate::explain;
use crate::query::access::AccessRow;
use crate::world::{EntityId, ResolvedRequest};

/// What one side says of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SideAnswer {
    /// The request; `None` if it cannot be asked on this side.
    pub request: Option<ResolvedRequest>,
    /// The outcome; `None` if it cannot be asked. Unknown if it was given up.
    pub outcome: Option<Outcome>,
    /// The limit that was reached, so that the request was given up.
    pub exhausted: Option<Exhausted>,
}

/// A request whose outcome differs, or of which a side gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiffRow {
    /// The request, and on which side it has these ids: the new one if it can be asked there.
    pub(super) request: (Side, ResolvedRequest),
    /// What was.
    pub old: SideAnswer,
    /// What is instead.
    pub new: SideAnswer,
}

/// What a change does to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// It is allowed now.
    Widened,
    /// It was allowed.
    Narrowed,
    /// Neither.
    Unsure,
}

impl SideAnswer {
    pub(super) const ABSENT: SideAnswer = SideAnswer { request: None, outcome: None, exhausted: None };

    /// What the decider says of a request, which it may be unable to answer.
    pub(super) fn asked(decider: &Decider<'_>, request: ResolvedRequest) -> SideAnswer {
        if can_be_asked(decider, &request) { SideAnswer::of(decider, request) } else { SideAnswer::ABSENT }
    }

    pub(super) fn of(decider: &Decider<'_>, request: ResolvedRequest) -> SideAnswer {
        SideAnswer::decided(request, decider.decide(&request))
    }

    fn decided(request: ResolvedRequest, decision: Decision) -> SideAnswer {
        SideAnswer { request: Some(request), outcome: Some(decision.listed_outcome()), exhausted: decision.exhausted }
    }

    pub(super) fn of_row(row: &AccessRow) -> SideAnswer {
        SideAnswer { request: Some(row.request), outcome: Some(row.outcome), exhausted: row.exhausted }
    }

    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        self.outcome.map_or("absent", Outcome::name)
    }

    /// The outcome as far as it counts: all by which the request is denied, or cannot be asked, are the same.
    pub(super) fn class(self) -> Option<Outcome> {
        self.outcome.filter(|outcome| matches!(outcome, Outcome::Allowed | Outcome::Unknown))
    }
}

impl DiffRow {
    /// What the change does.
    pub fn direction(&self) -> Direction {
        match (self.old.outcome, self.new.outcome) {
            (_, Some(Outcome::Allowed)) => Direction::Widened,
            (Some(Outcome::Allowed), _) => Direction::Narrowed,
            _ => Direction::Unsure,
        }
    }

    /// Whether a side does not know.
    pub fn is_unknown(&self) -> bool {
        [self.old, self.new].iter().any(|answer| answer.outcome == Some(Outcome::Unknown))
    }

    /// Whether a side gave up.
    pub fn is_given_up(&self) -> bool {
        self.old.exhausted.is_some() || self.new.exhausted.is_some()
    }

    /// The request, and on which side it has these ids: the new one if it can be asked there.
    pub fn request(&self) -> (Side, ResolvedRequest) {
        self.request
    }

    /// What the side says.
    pub fn side(&self, side: Side) -> SideAnswer {
        match side {
            Side::Old => self.old,
            Side::New => self.new,
        }
    }

    /// The data without which a side does not know; none of a side that knows, or gave up.
    pub fn missing(&self, sides: Sides<'_>, side: Side) -> Vec<MissingDatum> {
        let answer = self.side(side);
        match (answer.outcome, answer.request) {
            (Some(Outcome::Unknown), Some(request)) if answer.exhausted.is_none() => {
                let decider = sides.decider(side);
                explain::missing(decider.world, &decider.record_decision(&request))
            }
            _ => Vec::new(),
        }
    }

    /// The row of another subject with the same answers.
    pub(super) fn of_subject(self, subject: EntityId) -> DiffRow {
        self.of_request(ResolvedRequest { subject, ..self.request.1 })
    }

    /// The row of another request with the same answers, of sides that share ids.
    pub(super) fn of_request(self, request: ResolvedRequest) -> DiffRow {
        let answer = |answer: SideAnswer| SideAnswer { request: answer.request.map(|_| request), ..answer };
        DiffRow { request: (self.request.0, request), old: answer(self.old), new: answer(self.new) }
    }

    /// What both sides say of a request whose ids mean the same on both; `None` if the entities live on neither.
    pub(in crate::query) fn of_both(sides: Sides<'_>, request: ResolvedRequest) -> Option<DiffRow> {
        DiffRow::of_answers(request, SideAnswer::asked(sides.old, request), SideAnswer::asked(sides.new, request))
    }

    fn of_answers(request: ResolvedRequest, old: SideAnswer, new: SideAnswer) -> Option<DiffRow> {
        let side = match (new.request, old.request) {
            (Some(_), _) => Side::New,
            (None, Some(_)) => Side::Old,
            (None, None) => return None,
        };
        Some(DiffRow { request: (side, request), old, new })
    }

    pub(super) fn differs(&self, all_changes: bool) -> bool {
        self.is_given_up() || if all_changes { self.old.outcome != self.new.outcome } else { self.old.class() != self.new.class() }
    }
}

/// Answers requests whose ids mean the same on both sides, one after another that rest on much the same.
pub(super) struct BothSides<'a> {
    old: TabledDecider<'a>,
    new: TabledDecider<'a>,
}

impl<'a> BothSides<'a> {
    pub(super) fn of(sides: Sides<'a>) -> BothSides<'a> {
        BothSides { old: TabledDecider::new(sides.old), new: TabledDecider::new(sides.new) }
    }

    /// What [`DiffRow::of_both`] says of a request.
    pub(super) fn row(&mut self, request: ResolvedRequest) -> Option<DiffRow> {
        let answer = |tabled: &mut TabledDecider<'_>| {
            let is_asked = can_be_asked(tabled.decider(), &request);
            if is_asked { SideAnswer::decided(request, tabled.decide(&request)) } else { SideAnswer::ABSENT }
        };
        DiffRow::of_answers(request, answer(&mut self.old), answer(&mut self.new))
    }
}
