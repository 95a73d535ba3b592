//! The answer of how-to: plain data of ids. The room `wording` makes its sentences.

use super::requirements::{ActionRequirement, Requirement};
use crate::counterfactual::{Change, ChangeSet};
use crate::eval::{Exhausted, MissingDatum, Outcome};
use crate::explain::{AskedQuestion, Explanation, IssuedNotice, Reason};
use crate::policy::{ActionId, AttributeId, ClaimId, EventId, ImplicationId, InvariantId, RelationId, RoleId, RuleId, TableId};
use crate::query::diff::AccessCount;
use crate::text::Span;
use crate::time::Instant;
use crate::world::{Argument, EntityId, FactId, PatternId, Statement, Value};
use std::collections::BTreeSet;

/// How to turn an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HowTo {
    /// The question.
    pub question: AskedQuestion,
    /// Whether the wanted answer is yes.
    pub allow: bool,
    /// The answer is the wanted one already; the fields below are then empty.
    pub already: bool,
    /// The ways, the best first. Each turns the answer, and no part of it does.
    pub ways: Vec<Way>,
    /// How many more ways were found than are listed.
    pub more: usize,
    /// The nearest dates on which the answer is the wanted one: at most one before the question's date and one after it.
    pub dates: Vec<DatedAnswer>,
    /// Obvious changes that would not turn the answer.
    pub ineffective: Vec<IneffectiveChange>,
    /// Why no change turns the answer under the rules as they are; empty if one does, or if the search reached a limit.
    pub blockers: Vec<Blocker>,
    /// Who may do it instead of the subject, if the wanted answer is a yes.
    pub instead: Option<Instead>,
    /// The data that the answer depends on and the world does not have.
    pub missing: Vec<MissingFact>,
    /// The search reached a limit: there may be other ways.
    pub limited: bool,
    /// The limit of the question's budget that the search reached, if it did.
    pub exhausted: Option<Exhausted>,
}

/// What a way needs, the nearest first. Answers list ways in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WayClass {
    /// Events that somebody may do now.
    Today,
    /// Events of which one can be done only after others, or is done by nobody of the world.
    OthersFirst,
    /// A change of facts for which the policy has no event that anybody may do.
    Facts,
    /// Another toggle: the rules would have to be others.
    Rules,
}

impl WayClass {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            WayClass::Today => "today",
            WayClass::OthersFirst => "others-first",
            WayClass::Facts => "facts",
            WayClass::Rules => "rules",
        }
    }
}

/// A sequence of acts that turns the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// What it needs.
    pub class: WayClass,
    /// The acts, in order.
    pub acts: Vec<Act>,
    /// The other requests whose outcome it turns to or from `allowed`.
    pub also: AccessCount,
    /// The claims on which the new answer rests, sorted.
    pub claims: Vec<ClaimId>,
    /// How the subject could get access back alone that the way takes away.
    pub undoing: Option<Undoing>,
    /// How many other ways differ from this one only in entities that can be replaced.
    pub others: usize,
    /// The entities of this way that the other ways replace; empty if there is no other way.
    pub replaceable: Vec<EntityId>,
    /// What each other way names instead; empty if there are many other ways.
    pub alternatives: Vec<Replacement>,
    /// What ways of the same class name instead that differ in nothing else, and that change as much or more.
    pub broader: Vec<Replacement>,
}

/// What a way that is like another one names instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The entities of the other way that it does not name.
    pub of: Vec<EntityId>,
    /// What it names instead.
    pub by: Vec<EntityId>,
}

impl Replacement {
    /// What differs between the entities of a way and those of another one.
    pub(super) fn between(way: &BTreeSet<EntityId>, other: &BTreeSet<EntityId>) -> Replacement {
        let only = |ones: &BTreeSet<EntityId>, others: &BTreeSet<EntityId>| ones.difference(others).copied().collect();
        Replacement { of: only(way, other), by: only(other, way) }
    }
}

/// How the subject of a question could undo a way alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undoing {
    /// The event that the subject may do after the way, and by which the answer is the old one again.
    pub event: EventAct,
    /// Acts that would prevent this if they were done too; empty if none are found, and `None` if only other ways or
    /// new facts would.
    pub unless: Option<Vec<Act>>,
}

/// One act of a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// An event.
    Event(EventAct),
    /// A change of facts or of a toggle.
    Change(ChangeAct),
}

/// An event that somebody may do, now or after the acts before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventAct {
    /// The event.
    pub event: EventId,
    /// A value for each of its parameters. Among them are entities that do not live yet, if the event creates them or an earlier one does.
    pub arguments: Vec<Argument>,
    /// Who may do it now, sorted; empty if nobody may before the earlier acts are done, or if it is done by nobody of the world.
    pub now: Vec<EntityId>,
    /// Who may do it, or be named for it, once the acts before it are done, sorted; never empty.
    pub then: Vec<EntityId>,
    /// Every subject that might do it was tried; else only some of them were.
    pub exhaustive: bool,
    /// The indexes of the parameters whose numbers are examples: others would do.
    pub examples: Vec<usize>,
}

impl EventAct {
    /// Who may do it: now, or else once the acts before it are done.
    pub fn who(&self) -> &[EntityId] {
        if self.now.is_empty() { &self.then } else { &self.now }
    }
}

/// A change that no event makes, or none that anybody may do: somebody makes it outside of the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeAct {
    /// The change.
    pub change: Change,
    /// The fact that is removed.
    pub removed: Option<FactId>,
    /// When the added fact ended for the last time, if it held before.
    pub ended: Option<Instant>,
    /// For an added membership: the owner of the group, if that is not the home of the member.
    pub foreign: Option<ForeignGroup>,
    /// Who is responsible; `None` for a toggle.
    pub keeper: Option<Keeper>,
    /// Events that make this change, and that nobody may do.
    pub blocked: Vec<BlockedEvent>,
    /// Events that somebody may do and that make this change, but by which the answer stays as it is.
    pub self_defeating: Vec<EventId>,
    /// Events that somebody may do and that make this change and others.
    pub broader: Vec<EventId>,
}

/// An event that makes a change, and that nobody may do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BlockedEvent {
    /// The event.
    pub event: EventId,
    /// The fewest changes of facts, none of them about who would do it, after which somebody may. Empty if there are none.
    pub needs: ChangeSet,
    /// Who may do it then.
    pub then: Option<EntityId>,
    /// A subject of whom it is unknown whether it may do it now.
    pub perhaps: Option<PerhapsAble>,
}

/// A subject that may be able to do an event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PerhapsAble {
    /// The subject.
    pub subject: EntityId,
    /// What must be known to tell, each with the pattern that leaves it open.
    pub missing: Vec<(MissingDatum, Option<PatternId>)>,
}

/// A date on which the answer is another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatedAnswer {
    /// The date, on which the answer is the wanted one.
    pub at: Instant,
    /// The outcome on it.
    pub outcome: Outcome,
    /// The elements that begin or end then, so that the answer turns; sorted.
    pub turning: Vec<DatedElement>,
}

/// A member and a group to which it is added, where the home of the member is not an owner of the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForeignGroup {
    /// The member.
    pub member: EntityId,
    /// The member's home.
    pub home: EntityId,
    /// The group.
    pub group: EntityId,
    /// An entity one of whose attributes names the group.
    pub owner: EntityId,
}

/// An element on which the answer rests while it is in force, and that begins or ends on a date. Answers list them in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DatedElement {
    /// The element.
    pub element: Element,
    /// Whether it ends that day; else it begins.
    pub ends: bool,
}

/// The elements that have dates and matter to an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Element {
    /// An implication.
    Implication(ImplicationId),
    /// A role.
    Role(RoleId),
    /// A rule.
    Rule(RuleId),
    /// A table.
    Table(TableId),
}

/// Who is responsible for a change of facts, by the data of the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// For a membership: whoever keeps the group.
    Group {
        /// The group.
        group: EntityId,
        /// The entities that name the group, each with the attribute by which it does.
        owners: Vec<(AttributeId, EntityId)>,
        /// Whose the group is by its own attributes.
        parties: Vec<EntityId>,
    },
    /// For an assignment: whoever assigns the role.
    Assigner {
        /// The role.
        role: RoleId,
        /// The scope of the role.
        scope: EntityId,
        /// The outermost container of the scope, if it has one.
        owner: Option<EntityId>,
        /// The subjects that are assigned the role there already and have the owner (or, without one, the scope) as their home; sorted.
        holders: Vec<EntityId>,
    },
    /// For a relation: whoever keeps it between these ends.
    Parties {
        /// The relation.
        relation: RelationId,
        /// Its ends.
        ends: Vec<EntityId>,
        /// Whose these are.
        parties: Vec<EntityId>,
    },
    /// For an attribute: whoever keeps the record of the entity.
    Record {
        /// The entity.
        entity: EntityId,
        /// Whose it is.
        parties: Vec<EntityId>,
    },
}

/// An obvious change that would not turn the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IneffectiveChange {
    /// The fact of a relation.
    pub fact: Statement,
    /// Whether it is added; else it is removed.
    pub adds: bool,
    /// The answer after the change. Its facts are those of the world with the change; see [`IneffectiveChange::change`].
    pub explanation: Explanation,
    /// The obligations and advice that only the answer after the change has.
    pub notices: Vec<IssuedNotice>,
}

/// Why no change turns the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blocker {
    /// The answer is a yes, and no change removes everything on which it rests.
    Permits,
    /// It is unknown whether a deny applies.
    UnknownDeny(RuleId),
    /// A deny applies because of values of attributes that how-to never changes: history and classifications.
    Unchanging {
        /// The deny.
        rule: RuleId,
        /// The facts, sorted; only some of them if there are many.
        facts: Vec<Statement>,
        /// Whether all of them are history.
        history: bool,
    },
    /// A deny applies, and no change lifts it.
    Deny {
        /// The deny.
        rule: RuleId,
        /// Why it applies; only some of the reasons if there are many.
        because: Vec<Reason>,
        /// What would exempt a request from the deny.
        exemption: Option<Exemption>,
    },
    /// No element of the policy grants the action.
    NotGrantable(ActionId),
    /// A permit does not apply, and no change makes it apply.
    Unmet(Reason),
    /// Changes that were found make a world that breaks an invariant.
    Refused(InvariantId),
}

/// The exception (`unless`) of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exemption {
    /// Its text.
    pub span: Span,
    /// What it requires of the subject; empty if it is not about the subject alone.
    pub all: Vec<Requirement>,
}

/// Who may do it instead of the subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instead {
    /// The subjects who may do it now, sorted.
    pub subjects: Vec<EntityId>,
    /// Whether these are all.
    pub exhaustive: bool,
    /// Whether it is unknown of anybody else if they may.
    pub unknown: bool,
    /// What the action requires, if nobody may do it now.
    pub requirement: Option<ActionRequirement>,
}

/// A datum that the answer depends on and the world does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingFact {
    /// The datum.
    pub datum: MissingDatum,
    /// With whom it can be looked up: the outermost containers of the entities that it is about.
    pub with: Vec<EntityId>,
    /// What the answer is if the datum is one of these, while nothing else is found out; empty if they are not known one by one.
    pub answers: Vec<PossibleAnswer>,
    /// Whether these are all that it may be, among what the world names.
    pub whole: bool,
}

/// What the answer is if a missing datum is found to be this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PossibleAnswer {
    /// What it is found to be.
    pub datum: PossibleDatum,
    /// The outcome then.
    pub outcome: Outcome,
    /// What is missing then, if the outcome is unknown.
    pub open: Vec<MissingDatum>,
}

/// What a missing datum may be found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PossibleDatum {
    /// Whether the fact holds.
    Holds(bool),
    /// The attribute has this value.
    Value(Value),
}

impl IneffectiveChange {
    /// The change. The ids of facts in the explanation are those of an [`Overlay`](crate::query::Overlay) with this change alone.
    pub fn change(&self) -> Change {
        if self.adds { Change::Add(self.fact) } else { Change::Remove(self.fact) }
    }
}
