//! How to turn an answer, in words.
//!
//! The types mirror those of [`query::how_to`](crate::query::how_to), with texts for ids; the renderers of `report` print them.

use super::explanation::{QuestionText, status_name};
use super::{Labels, Words};
use crate::counterfactual::Change;
use crate::diag::phrases::{all_of, counted};
use crate::eval::Decider;
use crate::explain::{IssuedNotice, NoticeId};
use crate::policy::{AttributeId, ClaimId, EventId, Metadata, Parameter};
use crate::query::Overlay;
use crate::query::diff::{AccessCount, SubjectCount};
use crate::query::how_to::{
    Act, BlockedEvent, ChangeAct, DatedAnswer, DatedElement, Element, EventAct, ForeignGroup, HowTo, IneffectiveChange, Instead, Keeper,
    Way, turning_day,
};
use crate::text::Place;
use crate::world::{Argument, EntityId, Statement, Value};

/// A [`HowTo`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HowToText {
    /// The question.
    pub question: QuestionText,
    /// `allow` or `revoke`.
    pub goal: &'static str,
    /// The answer is the wanted one already.
    pub already: bool,
    /// The ways, best first.
    pub ways: Vec<WayText>,
    /// How many more ways were found than are listed.
    pub more: usize,
    /// Dates on which the answer is another one.
    pub dates: Vec<DateText>,
    /// Obvious changes that would not turn the answer.
    pub ineffective: Vec<IneffectiveText>,
    /// Why no change turns the answer under the rules as they are; one sentence for each blocker.
    pub blockers: Vec<String>,
    /// Who may do it instead, or what the action requires.
    pub instead: Option<InsteadText>,
    /// What to find out first, sorted by the names of the data.
    pub missing: Vec<MissingText>,
    /// The search reached a limit.
    pub limited: bool,
}

/// A [`Way`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayText {
    /// `today`, `others-first`, `facts` or `rules`.
    pub class: &'static str,
    /// The acts, in order.
    pub acts: Vec<ActText>,
    /// What other access it gives and takes.
    pub also: AlsoText,
    /// The claims on which the new answer rests.
    pub claims: Vec<String>,
    /// The entities that others can replace.
    pub replaceable: Vec<String>,
    /// The number of other choices.
    pub others: usize,
    /// The other choices, if they are few.
    pub alternatives: Vec<String>,
}

/// An [`AccessCount`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlsoText {
    /// How many other requests it allows.
    pub gained: usize,
    /// How many other requests it no longer allows.
    pub lost: usize,
    /// There may be more than were counted.
    pub at_least: bool,
    /// For each subject, what it gains or loses, those with the most first: `ann loses 6 rights at 2 customers`.
    pub subjects: Vec<String>,
}

/// An [`Act`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActText {
    /// An event.
    Event(EventText),
    /// A change of facts or of a toggle.
    Change(ChangeText),
}

/// An [`EventAct`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventText {
    /// The event's name.
    pub event: String,
    /// Its title.
    pub title: Option<String>,
    /// Its arguments, by parameter, as machines read them.
    pub parameters: Vec<(String, ArgumentText)>,
    /// The same in words: `customer adatum, partner proseware`.
    pub arguments: String,
    /// The first of those who may do it now.
    pub by: Vec<String>,
    /// How many may.
    pub by_count: usize,
    /// The first of those who may do it once the acts before it are done.
    pub then: Vec<String>,
    /// There may be more who may.
    pub at_least: bool,
    /// Who may do it, now or after the acts before it, in words.
    pub who: String,
    /// The author's remark on the event.
    pub note: Option<String>,
    /// The claims that it cites.
    pub claims: Vec<String>,
}

/// An argument as machines read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArgumentText {
    /// A number.
    Number(i64),
    /// An entity, a text or a date.
    Text(String),
    /// Several of these.
    Many(Vec<ArgumentText>),
}

/// A [`ChangeAct`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeText {
    /// `add`, `remove`, `turn-on` or `turn-off`.
    pub change: &'static str,
    /// The fact, as a world file states it; the toggle's name.
    pub what: String,
    /// The same in a sentence, or more about it; may be empty.
    pub says: String,
    /// Where a removed fact is stated.
    pub places: Vec<Place>,
    /// For a toggle: `proposed`, `current`, `retired` or `interpretation`.
    pub status: Option<&'static str>,
    /// For a toggle: the author's note on it.
    pub note: Option<String>,
    /// When an added fact ended, if it held before.
    pub ended: Option<String>,
    /// For a membership: the owner of the group, if that is not the home of the member.
    pub foreign: Option<String>,
    /// Who is responsible for the change.
    pub keeper: Option<KeeperText>,
    /// Events that make this change, and that nobody may do.
    pub blocked: Vec<BlockedText>,
    /// The names of events that make this change and more, by which the answer stays as it is.
    pub self_defeating: Vec<String>,
}

/// A [`BlockedEvent`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockedText {
    /// The event's name.
    pub event: String,
    /// What stands in the way, if that is known: `nobody can do event enter while ...`.
    pub says: Option<String>,
}

/// A [`Keeper`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeeperText {
    /// Who is responsible.
    pub who: String,
    /// The same without the owners of a group.
    pub brief: String,
    /// The claims of the role or relation.
    pub claims: Vec<String>,
}

/// A [`DatedAnswer`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateText {
    /// The date on which the answer is another one.
    pub at: String,
    /// The outcome on it.
    pub outcome: &'static str,
    /// The same in a sentence.
    pub says: String,
}

/// An [`Instead`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InsteadText {
    /// The first of the subjects who may do it now, as machines read them.
    pub subjects: Vec<String>,
    /// How many may.
    pub count: usize,
    /// There may be more who may.
    pub at_least: bool,
    /// The same in a sentence.
    pub says: String,
    /// Who could do it, if nobody can: a sentence.
    pub requires: Option<String>,
}

/// An [`IneffectiveChange`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IneffectiveText {
    /// `add` or `remove`.
    pub change: &'static str,
    /// The fact.
    pub what: String,
    /// The answer after the change.
    pub verdict: String,
    /// The claims on which it rests.
    pub claims: Vec<String>,
    /// Obligations and advice that only the answer after the change has.
    pub notices: Vec<String>,
    /// The authors' notes on these, each with its element.
    pub notes: Vec<(String, String)>,
}

/// A missing datum in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingText {
    /// Its name.
    pub datum: String,
    /// The values that it can have, or the fact that it is about.
    pub says: String,
    /// With whom it can be looked up.
    pub with: Vec<String>,
    /// Where the entity that it is about is declared, or where its last value is stated.
    pub place: Option<Place>,
    /// When its last value ended, if it had one.
    pub ended: Option<String>,
}

/// The most owners of a group, and the most holders of a role, that are named.
const MAX_NAMED: usize = 2;

/// The most of those who may do an act that programs read.
const MAX_ACTORS: usize = 20;

/// Puts the answer of how-to into words. `decider` must be the one that gave the answer and that `words` are of.
pub fn how_to(words: Words<'_>, decider: &Decider<'_>, how: &HowTo) -> HowToText {
    HowToText {
        question: words.question(&how.question),
        goal: if how.allow { "allow" } else { "revoke" },
        already: how.already,
        ways: how.ways.iter().map(|way| words.turning_way(way)).collect(),
        more: how.more,
        dates: how.dates.iter().map(|dated| words.dated(dated, how.allow)).collect(),
        ineffective: how.ineffective.iter().map(|change| ineffective(words, decider, change)).collect(),
        blockers: how.blockers.iter().map(|blocker| words.blocker(blocker)).collect(),
        instead: how.instead.as_ref().map(|instead| words.instead(instead)),
        missing: words.missing_facts(&how.missing),
        limited: how.limited,
    }
}

impl ChangeText {
    /// The change as a verb: `add`, `turn on`.
    pub fn verb(&self) -> &'static str {
        match self.change {
            "turn-on" => "turn on",
            "turn-off" => "turn off",
            verb => verb,
        }
    }
}

impl AlsoText {
    /// What else changes, in a few words, with so many subjects at most: `ann loses 6 rights at 2 customers, bob 3, and 4 others 9`.
    pub fn says(&self, most: usize) -> String {
        let total = self.gained + self.lost;
        let least = if self.at_least { "at least " } else { "" };
        if total == 0 {
            return if self.at_least { "what else it changes was not counted".to_owned() } else { "nothing else changes".to_owned() };
        }
        if self.subjects.len() <= most && !self.at_least {
            return all_of(self.subjects.iter().map(String::as_str));
        }
        let rights = |count: usize| format!("{least}{}", counted(count, "right"));
        let whom = counted(self.subjects.len(), "subject");
        match (self.gained, self.lost, self.at_least) {
            (gained, 0, true) => format!("gives {}", rights(gained)),
            (0, lost, true) => format!("takes {}", rights(lost)),
            (gained, lost, true) => format!("gives {} and takes {}", rights(gained), rights(lost)),
            (gained, 0, false) => format!("gives {} to {whom}", rights(gained)),
            (0, lost, false) => format!("takes {} from {whom}", rights(lost)),
            (gained, lost, false) => format!("gives {} and takes {lost}, of {whom}", rights(gained)),
        }
    }
}

impl<'a> Words<'a> {
    fn turning_way(self, way: &Way) -> WayText {
        WayText {
            class: way.class.name(),
            acts: way.acts.iter().map(|act| self.act(act)).collect(),
            also: self.also(&way.also),
            claims: self.claim_names(&way.claims),
            replaceable: self.names(&way.replaceable),
            others: way.others,
            alternatives: way.alternatives.iter().map(|entities| self.names(entities).join(" and ")).collect(),
        }
    }

    fn act(self, act: &Act) -> ActText {
        match act {
            Act::Event(event) => ActText::Event(self.event(event)),
            Act::Change(change) => ActText::Change(self.change(change)),
        }
    }

    fn event(self, act: &EventAct) -> EventText {
        let event = &self.policy.events[act.event];
        let given = || event.parameters.iter().zip(&act.arguments).filter(|(_, argument)| **argument != Argument::None);
        let whole = if act.exhaustive { "" } else { ", and perhaps others" };
        let first = |doers: &[EntityId]| doers.iter().take(MAX_ACTORS).map(|&doer| self.machine_name(doer)).collect();
        let then = if act.now.is_empty() { ", once that is done" } else { "" };
        EventText {
            event: event.meta.name.clone(),
            title: event.meta.title.clone(),
            parameters: given().map(|(parameter, argument)| (parameter.name.clone(), self.argument(argument))).collect(),
            arguments: given().map(|(parameter, argument)| self.given(parameter, argument)).collect::<Vec<String>>().join(", "),
            by: first(&act.now),
            by_count: act.now.len(),
            then: first(&act.then),
            at_least: !act.exhaustive,
            who: format!("{}{whole} can do it{then}", self.subjects(act.who())),
            note: event.meta.note.clone(),
            claims: self.claim_names(&event.meta.source),
        }
    }

    /// An entity as requests and events name it.
    fn machine_name(self, entity: EntityId) -> String {
        format!("{}:{}", self.policy.kinds[self.world.kind(entity)].meta.name, self.world.entity(entity).id)
    }

    fn argument(self, argument: &Argument) -> ArgumentText {
        let value = |value: &Value| match *value {
            Value::Number(number) => ArgumentText::Number(number),
            Value::Entity(entity) => ArgumentText::Text(self.machine_name(entity)),
            Value::Text(text) => ArgumentText::Text(self.world.text(text).to_owned()),
            Value::Date(date) => ArgumentText::Text(date.to_string()),
        };
        match argument {
            Argument::None => ArgumentText::Many(Vec::new()),
            Argument::One(one) => value(one),
            Argument::Many(values) => ArgumentText::Many(values.iter().map(value).collect()),
        }
    }

    /// An argument for people: an entity by its name, which has its kind, and anything else after the parameter.
    fn given(self, parameter: &Parameter, argument: &Argument) -> String {
        let value = |value: &Value| match *value {
            Value::Entity(entity) if self.is_new(entity) => format!("a new {}", self.policy.kinds[self.world.kind(entity)].meta.name),
            Value::Entity(entity) => self.name(entity),
            value => self.world.value_text(self.policy, value),
        };
        let values: Vec<String> = match argument {
            Argument::None => Vec::new(),
            Argument::One(one) => vec![value(one)],
            Argument::Many(values) => values.iter().map(value).collect(),
        };
        format!("{} {}", parameter.name, values.join(" and "))
    }

    /// Whether an entity is one that some event would create.
    fn is_new(self, entity: EntityId) -> bool {
        self.world.entity(entity).life.is_empty()
    }

    fn change(self, act: &ChangeAct) -> ChangeText {
        let bare = ChangeText {
            change: verb(act.change),
            what: String::new(),
            says: String::new(),
            places: act.removed.map(|fact| self.world.places(fact)).unwrap_or_default(),
            status: None,
            note: None,
            ended: act.ended.map(|ended| ended.to_string()),
            foreign: act.foreign.map(|foreign| self.foreign_group(foreign)),
            keeper: act.keeper.as_ref().map(|keeper| self.keeper_text(keeper)),
            blocked: act.blocked.iter().map(|blocked| self.blocked(blocked)).collect(),
            self_defeating: self.event_names(&act.self_defeating),
        };
        match act.change {
            Change::Add(fact) | Change::Remove(fact) | Change::Set(fact) => {
                // An assignment or a membership is readable as it is written.
                let reads_well = matches!(fact, Statement::Holds { .. } | Statement::Member { .. });
                ChangeText {
                    what: self.world.statement_text(self.policy, &fact),
                    says: if reads_well { String::new() } else { self.statement(fact) },
                    ..bare
                }
            }
            Change::Toggle(toggle, _) => {
                let toggle = &self.policy.toggles[toggle];
                ChangeText {
                    what: toggle.meta.name.clone(),
                    says: toggle.meta.title.clone().unwrap_or_default(),
                    status: Some(status_name(toggle.status)),
                    note: toggle.meta.note.clone(),
                    ..bare
                }
            }
        }
    }

    fn blocked(self, blocked: &BlockedEvent) -> BlockedText {
        let need = |change: &Change| match *change {
            Change::Add(fact) | Change::Set(fact) => format!("`{}` does not hold", self.world.statement_text(self.policy, &fact)),
            Change::Remove(fact) => format!("`{}` holds", self.world.statement_text(self.policy, &fact)),
            Change::Toggle(..) => String::new(),
        };
        let needs: Vec<String> = blocked.needs.iter().map(need).collect();
        let event = self.policy.events[blocked.event].meta.name.clone();
        let says =
            blocked.then.map(|then| format!("nobody can do event {event} while {}; after that, {} could", all_of(needs), self.name(then)));
        BlockedText { event, says }
    }

    fn event_names(self, events: &[EventId]) -> Vec<String> {
        events.iter().map(|&event| self.policy.events[event].meta.name.clone()).collect()
    }

    fn also(self, also: &AccessCount) -> AlsoText {
        let mut subjects: Vec<&SubjectCount> = also.subjects.iter().collect();
        subjects.sort_by_key(|own| std::cmp::Reverse(own.gained + own.lost));
        AlsoText {
            gained: also.gained,
            lost: also.lost,
            at_least: also.at_least,
            subjects: subjects.into_iter().map(|own| self.subject_count(own)).collect(),
        }
    }

    fn subject_count(self, own: &SubjectCount) -> String {
        let count = |count: usize, verb: &str| (count > 0).then(|| format!("{verb} {}", counted(count, "right")));
        let both: Vec<String> = [count(own.gained, "gains"), count(own.lost, "loses")].into_iter().flatten().collect();
        let place = match own.place {
            Some(place) => format!(" at {}", self.name(place)),
            None => format!(" in {} places", own.places),
        };
        format!("{} {}{place}", self.name(own.subject), both.join(" and "))
    }

    /// The answer on another date, in a sentence.
    fn dated(self, dated: &DatedAnswer, allow: bool) -> DateText {
        let day = turning_day(dated.at, self.at);
        let says = match (dated.at < self.at, allow) {
            (true, true) => format!("just before {day}, it was allowed"),
            (true, false) => format!("just before {day}, it was not allowed: this access began then"),
            (false, true) => format!("from {day}, it is allowed"),
            (false, false) => format!("from {day}, it is not allowed"),
        };
        let turning = dated.turning.iter().map(|&element| self.dated_element(element));
        let says: Vec<String> = std::iter::once(says).chain(turning).collect();
        DateText { at: dated.at.to_string(), outcome: dated.outcome.name(), says: says.join("; ") }
    }

    pub(super) fn instead(self, instead: &Instead) -> InsteadText {
        let (count, at_least) = (instead.subjects.len(), !instead.exhaustive);
        let says = match (at_least, count) {
            (_, 1..) => {
                format!(
                    "today, {}{} can do it instead",
                    self.subjects(&instead.subjects),
                    if at_least { " and perhaps others" } else { "" }
                )
            }
            (true, 0) => "nobody who can do it instead was found, but not everybody was asked".to_owned(),
            (false, 0) => "today, nobody can do it instead".to_owned(),
        };
        let first = instead.subjects.iter().take(MAX_ACTORS);
        let requires = instead.requirement.as_ref();
        let requires = requires.map(|action| format!("{} {} could", self.somebody(), self.action_requirement(action)));
        InsteadText { requires, subjects: first.map(|&subject| self.machine_name(subject)).collect(), count, at_least, says }
    }

    fn dated_element(self, dated: DatedElement) -> String {
        let (kind, meta): (&str, &Metadata) = match dated.element {
            Element::Implication(id) => ("implication", &self.policy.implications[id].meta),
            Element::Role(id) => ("role", &self.policy.roles[id].meta),
            Element::Rule(id) => ("rule", &self.policy.rules[id].meta),
            Element::Table(id) => ("table", &self.policy.tables[id].meta),
        };
        format!("{kind} {} {} that day", self.with_claims(meta), if dated.ends { "ends" } else { "begins" })
    }

    /// An element's name with the claims that it cites: `agents-act-alone (AP-4, AP-5)`.
    pub(super) fn with_claims(self, meta: &Metadata) -> String {
        if meta.source.is_empty() {
            return meta.name.clone();
        }
        format!("{} ({})", meta.name, self.claim_names(&meta.source).join(", "))
    }

    /// `of another partner: group:b/admins is partner:b's, and user:ann is partner:a's`.
    fn foreign_group(self, foreign: ForeignGroup) -> String {
        let ForeignGroup { member, home, group, owner } = foreign;
        let kind = &self.policy.kinds[self.world.kind(owner)].meta.name;
        let another = if self.world.kind(owner) == self.world.kind(home) { "another" } else { "a" };
        let [member, home, group, owner] = [member, home, group, owner].map(|entity| self.name(entity));
        format!("of {another} {kind}: {group} is {owner}'s, and {member} is {home}'s")
    }

    fn keeper_text(self, keeper: &Keeper) -> KeeperText {
        let (who, claims) = self.keeper(keeper);
        let brief = match keeper {
            Keeper::Group { group, .. } => format!("whoever keeps {}", self.name(*group)),
            _ => who.clone(),
        };
        KeeperText { who, brief, claims: self.claim_names(claims) }
    }

    /// Who is responsible for a change, and the claims of its role or relation.
    fn keeper(self, keeper: &Keeper) -> (String, &'a [ClaimId]) {
        match keeper {
            Keeper::Group { group, owners } => {
                let by_attribute = |&(attribute, owner): &(AttributeId, EntityId)| {
                    format!("{} of {}", self.policy.attributes[attribute].name, self.name(owner))
                };
                let owners: Vec<String> = owners.iter().take(MAX_NAMED).map(by_attribute).collect();
                let owners = if owners.is_empty() { String::new() } else { format!(" ({})", owners.join(", ")) };
                (format!("whoever keeps {}{owners}", self.name(*group)), &[])
            }
            Keeper::Assigner { role, scope, owner, holders } => {
                let meta = &self.policy.roles[*role].meta;
                let whose = self.holders(*owner, holders).unwrap_or_else(|| self.of_owner(*owner));
                (format!("whoever assigns {} on {}{whose}", meta.name, self.name(*scope)), &meta.source)
            }
            Keeper::Parties { relation, ends } => {
                let between = self.names(ends).join(" and ");
                (format!("whoever keeps the record of this for {between}"), &self.policy.relations[*relation].meta.source)
            }
            Keeper::Record { entity, owner } => {
                (format!("whoever keeps the record of {}{}", self.name(*entity), self.of_owner(*owner)), &[])
            }
        }
    }

    fn of_owner(self, owner: Option<EntityId>) -> String {
        owner.map(|owner| format!(" (of {})", self.name(owner))).unwrap_or_default()
    }

    /// Who holds the role there already: ` (of customer:coho, whose user:cleo@coho holds it there)`. `None` if nobody does.
    fn holders(self, owner: Option<EntityId>, holders: &[EntityId]) -> Option<String> {
        let names = self.names(&holders[..holders.len().min(MAX_NAMED)]);
        let who = match (names.as_slice(), holders.len() > MAX_NAMED) {
            ([], _) => return None,
            (names, false) => names.join(" and "),
            (names, true) => format!("{} and others", names.join(", ")),
        };
        let hold = if holders.len() == 1 { "holds" } else { "hold" };
        Some(match owner {
            Some(owner) => format!(" (of {}, whose {who} {hold} it there)", self.name(owner)),
            None => format!(" (whose {who} {hold} it)"),
        })
    }

    fn ineffective(self, change: &IneffectiveChange) -> IneffectiveText {
        let notice = |notice: &IssuedNotice| {
            let declared = notice.declared(self.policy);
            match self.claim_names(&declared.meta.source).as_slice() {
                [] => self.notice_text(notice),
                claims => format!("{} ({})", self.notice_text(notice), claims.join(", ")),
            }
        };
        let note = |notice: &IssuedNotice| {
            let kind = match notice.notice {
                NoticeId::Obligation(_) => "obligation",
                NoticeId::Advice(_) => "advice",
            };
            let meta = &notice.declared(self.policy).meta;
            Some((format!("{kind} {}", meta.name), meta.note.clone()?))
        };
        let deciding = change.explanation.claims.iter().filter(|cited| cited.decides).map(|cited| cited.claim);
        IneffectiveText {
            change: verb(change.change()),
            what: self.world.statement_text(self.policy, &change.fact),
            verdict: self.verdict_because(&change.explanation),
            claims: self.claim_names(&deciding.collect::<Vec<ClaimId>>()),
            notices: change.notices.iter().map(notice).collect(),
            notes: change.notices.iter().filter_map(note).collect(),
        }
    }
}

/// An ineffective change in words. The answer after it rests on facts of the changed world, so that world is made again.
fn ineffective(words: Words<'_>, decider: &Decider<'_>, change: &IneffectiveChange) -> IneffectiveText {
    let overlay = Overlay::of(decider, &[change.change()]);
    let labels = words.labels.map_or_else(Labels::default, Labels::same_form);
    let decider = overlay.decider(decider.compiled);
    Words { labels: words.labels.map(|_| &labels), ..Words::of(&decider) }.ineffective(change)
}

/// The name of a change in answers.
fn verb(change: Change) -> &'static str {
    match change {
        Change::Add(_) | Change::Set(_) => "add",
        Change::Remove(_) => "remove",
        Change::Toggle(_, true) => "turn-on",
        Change::Toggle(_, false) => "turn-off",
    }
}
