//! What how-to answers: plain data of ids, from which `wording` makes sentences and JSON.

use super::requirements::{ActionRequirement, EffectFact, Operand, Requirement};
use crate::counterfactual::Change;
use crate::eval::MissingDatum;
use crate::explain::{AskedQuestion, Explanation, IssuedNotice, Reason};
use crate::policy::{ActionId, AttributeId, ClaimId, EventId, ImplicationId, KindId, RelationId, RoleId, RuleId, TableId};
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
    /// The answer is the wanted one already; all that follows is empty.
    pub already: bool,
    /// Sets of changes, each of which turns the answer while no part of it does; the best first.
    pub repairs: Vec<Repair>,
    /// How many more repairs were found than are listed.
    pub more: usize,
    /// Obvious changes that would not turn the answer.
    pub ineffective: Vec<IneffectiveChange>,
    /// Why no change turns the answer; empty where one does.
    pub blockers: Vec<Blocker>,
    /// Who may do it instead; only where nothing turns a no.
    pub instead: Option<Instead>,
    /// The data that the answer depends on and the world does not have.
    pub missing: Vec<MissingFact>,
    /// The search reached a limit: there may be other repairs.
    pub limited: bool,
}

/// A set of changes that turns the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// The changes.
    pub steps: Vec<ChangeStep>,
    /// What else they give or take.
    pub side_effects: Vec<SideEffect>,
    /// The claims on which the new answer rests, sorted.
    pub claims: Vec<ClaimId>,
    /// How many other repairs differ from it only in the entities that they name.
    pub others: usize,
    /// The entities that those name others for; empty without others.
    pub replaceable: Vec<EntityId>,
    /// The entities that each of the others names instead; empty if there are many others.
    pub alternatives: Vec<Vec<EntityId>>,
}

/// One change of a repair, and how it comes about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeStep {
    /// The change.
    pub change: Change,
    /// The fact that is removed.
    pub removed: Option<FactId>,
    /// When the added fact ended, if it held before; the last time.
    pub ended: Option<Instant>,
    /// Of an added membership: whose the group is, if it is not of the member's home.
    pub foreign: Option<ForeignGroup>,
    /// The events that make the change.
    pub by: Vec<EventOption>,
    /// Who makes a change of facts that no event makes.
    pub manual: Option<ManualChange>,
    /// Of a change of date: the elements that begin or end on it, sorted.
    pub turning: Vec<DatedElement>,
}

/// A member and the group that it is put into, whose owners are not the member's home.
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

/// An element that bears on the question's action, and begins or ends on a date. The order is that of the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DatedElement {
    /// Which.
    pub element: Element,
    /// Whether it ends that day; else it begins.
    pub ends: bool,
}

/// The elements that have dates and bear on an action.
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
    /// Who may do it: now, or with `afterwards` when what must come first is done. At most a few hundred.
    pub who: Vec<EntityId>,
    /// They may only when the `first` steps, or the other changes of the repair, are done.
    pub afterwards: bool,
    /// They may if the event's condition holds, which reads an argument that is still open.
    pub conditional: bool,
    /// Nobody was left out who might be able to; else only some of them were asked.
    pub exhaustive: bool,
    /// What the event requires of the actor, where nobody may do it now or afterwards.
    pub takes: Option<ActorRequirement>,
    /// What must hold first, where nobody may do it now.
    pub first: Vec<Precondition>,
    /// What the event does besides the change.
    pub effects: Vec<OtherEffect>,
}

/// What an event requires of whoever does it; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActorRequirement {
    /// The only one who can do it; `None` if the change does not determine that.
    pub actor: Option<EntityId>,
    /// What must all hold for the actor.
    pub all: Vec<Requirement>,
}

/// A relation that must hold before an event may happen, and does not.
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

/// What an event does besides the change for which it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OtherEffect {
    /// It creates an entity of the kind.
    Creates(KindId),
    /// It adds a fact.
    Adds(PossibleEffect),
    /// It removes a fact.
    Removes(PossibleEffect),
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

/// A change that no event makes: somebody makes it outside of the policy, and then adds it to the world's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManualChange {
    /// Who is responsible.
    pub keeper: Keeper,
    /// Events that make changes of this form but can never make this one, whoever does them.
    pub closed: Vec<EventId>,
}

/// Who makes a change of facts, as far as the world's own data say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// Of a membership: whoever keeps the group.
    Group {
        /// The group.
        group: EntityId,
        /// The entities that name the group, each with the attribute that does.
        owners: Vec<(AttributeId, EntityId)>,
    },
    /// Of an assignment: whoever assigns the role.
    Assigner {
        /// The role.
        role: RoleId,
        /// Over what.
        scope: EntityId,
        /// The outermost container of the scope, if it lies within one.
        owner: Option<EntityId>,
        /// The subjects of that owner (or of the scope itself) who hold the role there already, sorted.
        holders: Vec<EntityId>,
    },
    /// Of a relation: whoever keeps it between these ends.
    Parties {
        /// The relation.
        relation: RelationId,
        /// Its ends.
        ends: Vec<EntityId>,
    },
    /// Of an attribute: whoever keeps the entity's record.
    Record {
        /// The entity.
        entity: EntityId,
        /// Its outermost container, if it lies within one.
        owner: Option<EntityId>,
    },
}

/// What a repair changes beside the answer, for the subject or for others who share a group or a home with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SideEffect {
    /// A role over an entity.
    Role {
        /// The role.
        role: RoleId,
        /// Over what.
        scope: EntityId,
        /// Whether it is given; else it is taken.
        gives: bool,
        /// To or from whom.
        who: Vec<EntityId>,
    },
    /// The action of the question on its resource.
    Action {
        /// The action.
        action: ActionId,
        /// Whether it is given; else it is taken.
        gives: bool,
        /// To or from whom.
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
    /// Of a yes: no change takes away all that it rests on.
    Permits,
    /// It is unknown whether a deny applies.
    UnknownDeny(RuleId),
    /// A deny applies because of facts of history attributes, which never change.
    History {
        /// The deny.
        rule: RuleId,
        /// The facts, sorted; some of them if there are many.
        facts: Vec<Statement>,
    },
    /// A deny applies, and no change lifts it.
    Deny {
        /// The deny.
        rule: RuleId,
        /// What makes it apply; some of it if there is much.
        because: Vec<Reason>,
        /// What would exempt a request from it.
        exemption: Option<Exemption>,
    },
    /// Nothing in the policy grants the action.
    NotGrantable(ActionId),
    /// A permit that does not apply, and no change makes it.
    Unmet(Reason),
}

/// The exception (`unless`) of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exemption {
    /// Its text.
    pub span: Span,
    /// What it requires of the subject; empty if it is about something else too.
    pub all: Vec<Requirement>,
}

/// Who may do it instead of the subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instead {
    /// These may now.
    Subjects(Vec<EntityId>),
    /// Nobody may now; this is what it takes.
    Requirement(ActionRequirement),
}

/// A datum that the answer depends on and the world does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingFact {
    /// The datum.
    pub datum: MissingDatum,
    /// With whom it can be looked up: the outermost containers of the parties.
    pub with: Vec<EntityId>,
}

impl ChangeStep {
    /// A change about which no more is known.
    pub(super) fn bare(change: Change) -> ChangeStep {
        ChangeStep { change, removed: None, ended: None, foreign: None, by: Vec::new(), manual: None, turning: Vec::new() }
    }

    /// How far off the change is, for comparison; see [`EventOption::distance`]. Of equals, what held before is nearer.
    pub(super) fn distance(&self) -> usize {
        2 * EventOption::nearest(&self.by).map_or(NO_EVENT, EventOption::distance) + usize::from(self.ended.is_none())
    }

    /// Whether it restores what ended, or somebody may make it now or when the rest is done.
    pub(super) fn is_near(&self) -> bool {
        self.ended.is_some() || self.by.iter().any(|option| !option.who.is_empty())
    }
}

impl IneffectiveChange {
    /// The change. An [`Overlay`](crate::query::Overlay) of it alone has the facts of the explanation.
    pub fn change(&self) -> Change {
        if self.adds { Change::Add(self.fact) } else { Change::Remove(self.fact) }
    }
}

impl EventOption {
    /// How far off the event is, for comparison: 0 if somebody may do it now, 1 if somebody may afterwards; else 2 and more, by what must
    /// come first.
    pub fn distance(&self) -> usize {
        match (self.who.is_empty(), self.afterwards) {
            (true, _) => 2 + self.first.iter().map(Precondition::distance).sum::<usize>(),
            (false, afterwards) => usize::from(afterwards),
        }
    }

    /// Of events that make the same change, the nearest; the first of equals.
    fn nearest(by: &[EventOption]) -> Option<&EventOption> {
        by.iter().min_by_key(|option| option.distance())
    }
}

impl Precondition {
    fn distance(&self) -> usize {
        EventOption::nearest(&self.by).map_or(NO_EVENT, |option| 1 + option.distance())
    }
}

/// The distance of what no event makes: farther than what any event does.
const NO_EVENT: usize = 1_000;
