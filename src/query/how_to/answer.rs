//! The answer of how-to: plain data of ids. The room `wording` makes its sentences.

use super::requirements::{ActionRequirement, EffectFact, Operand, Requirement};
use crate::counterfactual::Change;
use crate::eval::{Exhausted, MissingDatum};
use crate::explain::{AskedQuestion, Explanation, IssuedNotice, Reason};
use crate::policy::{ActionId, AttributeId, ClaimId, EffectKind, EventId, ImplicationId, KindId, RelationId, RoleId, RuleId, TableId};
use crate::text::Span;
use crate::time::Instant;
use crate::world::{EntityId, FactId, Statement};

/// How to turn an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HowTo {
    /// The question.
    pub question: AskedQuestion,
    /// Whether the wanted answer is yes.
    pub allow: bool,
    /// The answer is the wanted one already; the fields below are then empty.
    pub already: bool,
    /// Sets of changes, the best first. Each turns the answer, and no part of it does.
    pub repairs: Vec<Repair>,
    /// How many more repairs were found than are listed.
    pub more: usize,
    /// Obvious changes that would not turn the answer.
    pub ineffective: Vec<IneffectiveChange>,
    /// Why no change turns the answer; empty if one does, or if the search reached a limit.
    pub blockers: Vec<Blocker>,
    /// Who may do it instead, if no change turns a no.
    pub instead: Option<Instead>,
    /// The data that the answer depends on and the world does not have.
    pub missing: Vec<MissingFact>,
    /// The search reached a limit: there may be other repairs.
    pub limited: bool,
    /// The limit of the question's budget that the search reached, if it did.
    pub exhausted: Option<Exhausted>,
}

/// A set of changes that turns the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// The changes.
    pub steps: Vec<ChangeStep>,
    /// What else the changes give or take.
    pub side_effects: Vec<SideEffect>,
    /// The claims on which the new answer rests, sorted.
    pub claims: Vec<ClaimId>,
    /// How many other repairs differ from this one only in entities that can be replaced.
    pub others: usize,
    /// The entities of this repair that the other repairs replace; empty if there is no other repair.
    pub replaceable: Vec<EntityId>,
    /// For each other repair, the entities that it names instead; empty if there are many other repairs.
    pub alternatives: Vec<Vec<EntityId>>,
}

/// One change of a repair, and how it comes about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeStep {
    /// The change.
    pub change: Change,
    /// The fact that is removed.
    pub removed: Option<FactId>,
    /// When the added fact ended for the last time, if it held before.
    pub ended: Option<Instant>,
    /// For an added membership: the owner of the group, if that is not the home of the member.
    pub foreign: Option<ForeignGroup>,
    /// The events that make the change.
    pub by: Vec<EventOption>,
    /// Who is responsible for a change of facts that no event makes.
    pub manual: Option<ManualChange>,
    /// For a change of date: the elements that begin or end on it, sorted.
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

/// An event that makes a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventOption {
    /// The event.
    pub event: EventId,
    /// The subjects that may do it, now or `afterwards`; at most a few hundred.
    pub who: Vec<EntityId>,
    /// `who` may do it only after the `first` steps, or after the other changes of the repair.
    pub afterwards: bool,
    /// `who` may do it if the condition of the event holds, which reads an argument that is still open.
    pub conditional: bool,
    /// Every subject that might do it was tried; else only some of them were.
    pub exhaustive: bool,
    /// What the event requires of the actor, if nobody may do it now or afterwards.
    pub takes: Option<ActorRequirement>,
    /// What must hold first, if nobody may do it now.
    pub first: Vec<Precondition>,
    /// What the event does besides the change.
    pub effects: Vec<OtherEffect>,
}

/// What an event requires of its actor; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActorRequirement {
    /// The only possible actor, if the change determines it.
    pub actor: Option<EntityId>,
    /// What must all hold for the actor.
    pub all: Vec<Requirement>,
}

/// A relation that must hold before an event may happen, and does not hold yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Precondition {
    /// The relation.
    pub relation: RelationId,
    /// Its ends, as far as they are known.
    pub ends: Vec<Operand>,
    /// The fact, if all ends are known.
    pub fact: Option<Statement>,
    /// The events that make it hold.
    pub by: Vec<EventOption>,
}

/// What an event does in addition to the change for which it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OtherEffect {
    /// It creates an entity of the kind.
    Creates(KindId),
    /// It adds, removes or sets a fact.
    Fact(EffectKind, PossibleEffect),
    /// It ends the life of an entity.
    Ends(Operand),
}

/// An effect of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PossibleEffect {
    /// The fact.
    pub fact: EffectFact,
    /// Where the effect is defined, if it has a condition of its own.
    pub conditional: Option<Span>,
}

/// A change that no event makes: somebody makes it outside of the policy, and then records it in the files of the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManualChange {
    /// Who is responsible.
    pub keeper: Keeper,
    /// Events that make changes of this form, but can never make this one.
    pub closed: Vec<EventId>,
    /// Events that make this change and more, by which the answer stays as it is.
    pub self_defeating: Vec<EventId>,
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
    },
    /// For an attribute: whoever keeps the record of the entity.
    Record {
        /// The entity.
        entity: EntityId,
        /// Its outermost container, if it has one.
        owner: Option<EntityId>,
    },
}

/// What a repair changes in addition to the answer, for the subject or for subjects that share a group or a home with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SideEffect {
    /// A role over an entity.
    Role {
        /// The role.
        role: RoleId,
        /// The scope of the role.
        scope: EntityId,
        /// Whether the role is gained; else it is lost.
        gives: bool,
        /// Who gains or loses it.
        who: Vec<EntityId>,
    },
    /// The action of the question on its resource.
    Action {
        /// The action.
        action: ActionId,
        /// Whether the permission is gained; else it is lost.
        gives: bool,
        /// Who gains or loses it.
        who: Vec<EntityId>,
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
pub enum Instead {
    /// These subjects may do it now.
    Subjects(Vec<EntityId>),
    /// Nobody may do it now; this is what the action requires.
    Requirement(ActionRequirement),
}

/// A datum that the answer depends on and the world does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingFact {
    /// The datum.
    pub datum: MissingDatum,
    /// With whom it can be looked up: the outermost containers of the entities that it is about.
    pub with: Vec<EntityId>,
}

impl ChangeStep {
    /// The change alone, with all other fields empty.
    pub(super) fn bare(change: Change) -> ChangeStep {
        ChangeStep { change, removed: None, ended: None, foreign: None, by: Vec::new(), manual: None, turning: Vec::new() }
    }

    /// How far off the change is, for comparison; see [`EventOption::distance`]. Of two changes with equal events, a fact that held before
    /// is nearer.
    pub(super) fn distance(&self) -> usize {
        2 * EventOption::nearest(&self.by).map_or(NO_EVENT, EventOption::distance) + usize::from(self.ended.is_none())
    }

    /// Whether it restores a fact that ended, or somebody may make it now or after the other changes.
    pub(super) fn is_near(&self) -> bool {
        self.ended.is_some() || self.by.iter().any(|option| !option.who.is_empty())
    }
}

impl IneffectiveChange {
    /// The change. The ids of facts in the explanation are those of an [`Overlay`](crate::query::Overlay) with this change alone.
    pub fn change(&self) -> Change {
        if self.adds { Change::Add(self.fact) } else { Change::Remove(self.fact) }
    }
}

impl EventOption {
    /// How far off the event is, for comparison: 0 if somebody may do it now, 1 if somebody may do it afterwards; else at least 2, plus the
    /// distances of the preconditions.
    pub fn distance(&self) -> usize {
        match (self.who.is_empty(), self.afterwards) {
            (true, _) => 2 + self.first.iter().map(Precondition::distance).sum::<usize>(),
            (false, afterwards) => usize::from(afterwards),
        }
    }

    /// The nearest of several events that make the same change; the first one if several are equally near.
    fn nearest(by: &[EventOption]) -> Option<&EventOption> {
        by.iter().min_by_key(|option| option.distance())
    }
}

impl Precondition {
    /// How far off the precondition is: one step more than its nearest event.
    fn distance(&self) -> usize {
        EventOption::nearest(&self.by).map_or(NO_EVENT, |option| 1 + option.distance())
    }
}

/// The distance of a change that no event makes. It is meant to be larger than the distance of any event.
const NO_EVENT: usize = 1_000;
