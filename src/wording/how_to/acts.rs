//! The acts of a way in words: events with their arguments and who may do them, changes with who is responsible.

use super::{MAX_ACTORS, UndoingText};
use crate::counterfactual::{Change, FREE_TEXT};
use crate::diag::phrases::{all_of, all_of_at_most, any_of};
use crate::eval::MissingDatum;
use crate::policy::{AttributeId, ClaimId, EventId, Parameter, ValueType};
use crate::query::how_to::{Act, BlockedEvent, ChangeAct, EventAct, ForeignGroup, Keeper, PerhapsAble, Undoing};
use crate::text::Place;
use crate::wording::Words;
use crate::wording::explanation::status_name;
use crate::world::{Argument, EntityId, PatternId, Statement, Value};

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
    /// The same in words: `customer: adatum, holder: group:proseware/admin-agents`.
    pub arguments: String,
    /// The parameters whose numbers are examples: others would do.
    pub examples: Vec<String>,
    /// The first of those who may do it now.
    pub by: Vec<String>,
    /// How many may.
    pub by_count: usize,
    /// The first of those who may do it once the acts before it are done.
    pub then: Vec<String>,
    /// There may be more who may.
    pub at_least: bool,
    /// Who does it, if nobody of the world does.
    pub done_by: Option<String>,
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
    /// The names of events that make this change and others.
    pub broader: Vec<String>,
}

/// A [`BlockedEvent`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockedText {
    /// The event's name.
    pub event: String,
    /// What prevents it, if that is known: `nobody can make this change with event enter while ...`.
    pub says: Option<String>,
    /// If it is unknown whether somebody can do it, that alone.
    pub perhaps: Option<String>,
}

/// A [`Keeper`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeeperText {
    /// Who is responsible.
    pub who: String,
    /// The same without the owners of a group.
    pub brief: String,
    /// Those whom it concerns are named, and not who of them makes the change.
    pub is_open: bool,
    /// The claims of the role or relation.
    pub claims: Vec<String>,
}

/// The most owners of a group, and the most holders of a role, that are named.
const MAX_NAMED: usize = 2;

impl EventText {
    /// The event with its arguments: `activate-membership (group: contoso/privileged, hours: 30)`.
    pub fn with_arguments(&self) -> String {
        if self.arguments.is_empty() { self.event.clone() } else { format!("{} ({})", self.event, self.arguments) }
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

impl<'a> Words<'a> {
    pub(super) fn act(self, act: &Act) -> ActText {
        match act {
            Act::Event(event) => ActText::Event(self.event(event)),
            Act::Change(change) => ActText::Change(self.change(change)),
        }
    }

    /// That the subject could undo a way alone, and what prevents it.
    pub(super) fn undoing(self, undoing: &Undoing) -> UndoingText {
        let event = self.event(&undoing.event);
        let unless = undoing.unless.as_ref().map(|acts| acts.iter().map(|act| self.act(act)).collect::<Vec<ActText>>());
        let prevented = |act: &ActText| match act {
            ActText::Event(event) => format!("{} is done too", event.with_arguments()),
            ActText::Change(change) if change.change == "add" => format!("{} is added too", change.what),
            ActText::Change(change) => format!("{} is removed too", change.what),
        };
        let prevented = match unless.as_deref() {
            None => String::new(),
            Some([]) => ", and no change within reach prevents that".to_owned(),
            Some(unless) => format!(" unless {}", all_of(unless.iter().map(prevented))),
        };
        let who = all_of(self.names(&undoing.event.then));
        let says = |event: &str| format!("{who} can undo it alone with {event}{prevented}");
        UndoingText { says: says(&event.with_arguments()), brief: says(&event.event), event, unless }
    }

    fn event(self, act: &EventAct) -> EventText {
        let event = &self.policy.events[act.event];
        let given = || event.parameters.iter().zip(&act.arguments).filter(|(_, argument)| **argument != Argument::None);
        let first = |doers: &[EntityId]| doers.iter().take(MAX_ACTORS).map(|&doer| self.machine_name(doer)).collect();
        let then = if act.now.is_empty() { ", once that is done" } else { "" };
        EventText {
            event: event.meta.name.clone(),
            title: event.meta.title.clone(),
            parameters: given().map(|(parameter, argument)| (parameter.name.clone(), self.argument(argument))).collect(),
            arguments: self.given_all(act),
            examples: act.examples.iter().map(|&index| event.parameters[index].name.clone()).collect(),
            by: first(&act.now),
            by_count: act.now.len(),
            then: first(&act.then),
            at_least: !act.exhaustive,
            done_by: event.done_by.clone(),
            who: match &event.done_by {
                Some(who) => format!("done by {who}"),
                None => format!("{} can do it{then}", self.subjects(act.who(), act.exhaustive)),
            },
            note: event.meta.note.clone(),
            claims: self.claim_names(&event.meta.source),
        }
    }

    /// All arguments for people. A number that is an example reads so: `hours: such as 30`.
    fn given_all(self, act: &EventAct) -> String {
        let parameters = self.policy.events[act.event].parameters.iter().zip(&act.arguments).enumerate();
        let given = parameters.filter(|(_, (_, argument))| **argument != Argument::None).map(|(index, (parameter, argument))| {
            let such = if act.examples.contains(&index) { "such as " } else { "" };
            format!("{}: {such}{}", parameter.name, self.given(parameter, argument))
        });
        given.collect::<Vec<String>>().join(", ")
    }

    /// An entity as requests and events name it.
    pub(super) fn machine_name(self, entity: EntityId) -> String {
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

    /// An argument for people. An entity has its kind, unless the parameter is called as its kind.
    fn given(self, parameter: &Parameter, argument: &Argument) -> String {
        let is_kind = |entity: EntityId| self.policy.kinds[self.world.kind(entity)].meta.name == parameter.name;
        let value = |value: &Value| match *value {
            Value::Entity(entity) if self.is_new(entity) && is_kind(entity) => "(new)".to_owned(),
            Value::Entity(entity) if self.is_new(entity) => format!("(a new {})", self.policy.kinds[self.world.kind(entity)].meta.name),
            Value::Entity(entity) if is_kind(entity) => self.bare_name(entity),
            Value::Entity(entity) => self.name(entity),
            Value::Text(text) if matches!(parameter.value, ValueType::Text) && self.world.text(text) == FREE_TEXT => {
                "of your choice".to_owned()
            }
            value => self.world.value_text(self.policy, value),
        };
        let values: Vec<String> = match argument {
            Argument::None => Vec::new(),
            Argument::One(one) => vec![value(one)],
            Argument::Many(values) => values.iter().map(value).collect(),
        };
        values.join(" and ")
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
            broader: self.event_names(&act.broader),
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
        let perhaps = blocked.perhaps.as_ref().map(|perhaps| self.perhaps(&event, perhaps));
        let brief = blocked.perhaps.as_ref();
        let brief = brief.map(|perhaps| format!("whether {} can do it by {event} is unknown", self.name(perhaps.subject)));
        let says = perhaps.or_else(|| {
            let then = blocked.then?;
            Some(format!("nobody can make this change with event {event} while {}; after that, {} could", all_of(needs), self.name(then)))
        });
        BlockedText { event, says, perhaps: brief }
    }

    /// That it is unknown whether somebody can do an event, and on what that depends.
    fn perhaps(self, event: &str, perhaps: &PerhapsAble) -> String {
        let datum = |&(datum, pattern): &(MissingDatum, Option<PatternId>)| {
            let why = pattern.and_then(|pattern| self.why_open(pattern)).map(|why| format!(" ({why})")).unwrap_or_default();
            format!("`{}`{why}", self.datum(datum))
        };
        let data = all_of_at_most(perhaps.missing.iter().map(datum), MAX_NAMED);
        let is = if perhaps.missing.len() == 1 { "is" } else { "are" };
        let who = self.name(perhaps.subject);
        format!("it is unknown whether {who} can make this change with event {event}, since {data} {is} unknown")
    }

    fn event_names(self, events: &[EventId]) -> Vec<String> {
        events.iter().map(|&event| self.policy.events[event].meta.name.clone()).collect()
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
        let is_open = matches!(keeper, Keeper::Parties { .. } | Keeper::Record { .. });
        KeeperText { who, brief, is_open, claims: self.claim_names(claims) }
    }

    /// Who is responsible for a change, and the claims of its role or relation.
    fn keeper(self, keeper: &Keeper) -> (String, &'a [ClaimId]) {
        match keeper {
            Keeper::Group { group, owners, parties } => {
                let by_attribute = |&(attribute, owner): &(AttributeId, EntityId)| {
                    format!("{} of {}", self.policy.attributes[attribute].name, self.name(owner))
                };
                let owners: Vec<String> = owners.iter().take(MAX_NAMED).map(by_attribute).collect();
                let parties = || if parties.is_empty() { String::new() } else { format!(" (of {})", all_of(self.names(parties))) };
                let owners = if owners.is_empty() { parties() } else { format!(" ({})", owners.join(", ")) };
                (format!("whoever keeps {}{owners}", self.name(*group)), &[])
            }
            Keeper::Assigner { role, scope, owner, holders } => {
                let meta = &self.policy.roles[*role].meta;
                let whose = self.holders(*owner, holders).unwrap_or_else(|| self.of_owner(*owner));
                (format!("whoever assigns {} on {}{whose}", meta.name, self.name(*scope)), &meta.source)
            }
            Keeper::Parties { relation, ends, parties } => {
                (self.parties(if parties.is_empty() { ends } else { parties }), &self.policy.relations[*relation].meta.source)
            }
            Keeper::Record { entity, parties } if parties.is_empty() => (self.parties(&[*entity]), &[]),
            Keeper::Record { parties, .. } => (self.parties(parties), &[]),
        }
    }

    /// Those whom a change concerns: the policy does not say who of them makes it.
    fn parties(self, parties: &[EntityId]) -> String {
        any_of(self.names(parties))
    }

    fn of_owner(self, owner: Option<EntityId>) -> String {
        owner.map(|owner| format!(" (of {})", self.name(owner))).unwrap_or_default()
    }

    /// Who holds the role there already: ` (of customer:coho; user:cleo@coho holds it there)`. `None` if nobody does.
    fn holders(self, owner: Option<EntityId>, holders: &[EntityId]) -> Option<String> {
        let names = self.names(&holders[..holders.len().min(MAX_NAMED)]);
        let who = match (names.as_slice(), holders.len() > MAX_NAMED) {
            ([], _) => return None,
            (names, false) => names.join(" and "),
            (names, true) => format!("{} and others", names.join(", ")),
        };
        let hold = if holders.len() == 1 { "holds" } else { "hold" };
        Some(match owner {
            Some(owner) => format!(" (of {}; {who} {hold} it there)", self.name(owner)),
            None => format!(" (held by {who})"),
        })
    }
}

/// The name of a change in answers.
pub(super) fn verb(change: Change) -> &'static str {
    match change {
        Change::Add(_) | Change::Set(_) => "add",
        Change::Remove(_) => "remove",
        Change::Toggle(_, true) => "turn-on",
        Change::Toggle(_, false) => "turn-off",
    }
}
