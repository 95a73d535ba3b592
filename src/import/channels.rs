//! What was looked at: each channel of each entity, and what is open where nobody looked.

use super::gathered::{From, Gathered, Line, Statement};
use super::list::List;
use super::mapping::{Channel, Form, Mappings, NameId, Part, Per, Template, TermForm};
use super::settle::Entities;
use super::terms::TermId;
use crate::policy::{KindId, Policy};
use crate::time::Interval;
use std::collections::{BTreeMap, BTreeSet};

/// A channel of one thing, as the table of channels shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelRow {
    /// The channel.
    pub channel: String,
    /// What it is, in words.
    pub title: Option<String>,
    /// Of what it is: an entity, or a value that is bound. `None` for a channel of which the mappings import nothing.
    pub of: Option<String>,
    /// Whether anybody looked.
    pub state: ChannelState,
    /// Whether what nobody looked at is unknown in the world; else it counts as absent.
    pub is_open: bool,
    /// The sources of the lists that are about it.
    pub by: Vec<String>,
    /// How many rows were read of it.
    pub rows: u64,
    /// How many of them do not count.
    pub passed_over: u64,
    /// The files in which they are.
    pub files: Vec<String>,
    /// Of each file its rows, and how many of them do not count.
    pub rows_of_files: Vec<(u64, u64)>,
    /// Of an incomplete one, the first thing that is lost.
    pub lost: Option<String>,
}

/// Whether anybody looked at a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChannelState {
    /// A complete list is about it.
    LookedAt,
    /// A list is about it, and is not complete.
    Incomplete,
    /// No list is about it.
    NotLookedAt,
    /// The mappings import nothing of it. What they would state counts as absent.
    NotImported,
}

/// What is looked at, and what is open. Entities that open patterns name are added.
pub(super) fn channels(
    policy: &Policy,
    mappings: &Mappings,
    lists: &[List],
    gathered: &mut Gathered,
    entities: &mut Entities,
) -> Vec<ChannelRow> {
    let mut tells: BTreeMap<(usize, &str), Vec<&List>> = BTreeMap::new();
    for list in lists {
        for (channel, of) in &list.tells {
            tells.entry((*channel, of)).or_default().push(list);
        }
    }
    for (name, value) in lists.iter().flat_map(|list| &list.bound) {
        gathered.bound_values.entry(*name).or_default().insert(value.clone());
    }
    let all_lists = lists;
    let about_any = lists_about_any(mappings, lists);
    let mut rows = Vec::new();
    for (number, channel) in mappings.channels.iter().enumerate() {
        let Some(per) = channel.per else {
            rows.push(row(mappings, channel, None, ChannelState::NotImported, &[]));
            continue;
        };
        let all = instances(mappings, (number, channel), per, lists, gathered, entities);
        if all.is_empty() {
            rows.push(row(mappings, channel, None, ChannelState::NotLookedAt, &[]));
        }
        for of in all {
            let mut lists = of.id.as_deref().and_then(|id| tells.get(&(number, id))).cloned().unwrap_or_default();
            // What nobody looked at is open as it is.
            if !lists.is_empty() {
                let others = about_any.get(&number).into_iter().flatten();
                let others: Vec<&List> = others.filter(|other| !lists.iter().any(|list| std::ptr::eq(*list, **other))).copied().collect();
                lists.extend(others);
            } else if of.is_aside {
                // What would count as absent is not, where a list may be about it.
                lists.extend(all_lists.iter().filter(|list| list.may_be_about(mappings, number)));
            }
            let state = match lists.as_slice() {
                [] => ChannelState::NotLookedAt,
                lists if lists.iter().all(|list| list.is_complete()) => ChannelState::LookedAt,
                _ => ChannelState::Incomplete,
            };
            let mut row = row(mappings, channel, Some(of.shown(policy, mappings)), state, &lists);
            let is_aside = of.is_aside && state == ChannelState::NotLookedAt;
            row.is_open = state != ChannelState::LookedAt && !channel.open.is_empty() && !is_aside;
            if row.is_open {
                let why = row.lost.as_ref().map_or_else(|| channel.why.clone(), |lost| format!("{}: {lost}", channel.why));
                open(policy, mappings, channel, &of, gathered.reason(&why), gathered, entities);
            }
            rows.push(row);
        }
    }
    rows
}

/// By channel, the incomplete lists of which each row says what it is about: what is lost of them may be about anything.
fn lists_about_any<'l>(mappings: &Mappings, lists: &'l [List]) -> BTreeMap<usize, Vec<&'l List>> {
    let mut found: BTreeMap<usize, Vec<&List>> = BTreeMap::new();
    for list in lists.iter().filter(|list| !list.is_complete()) {
        for tells in mappings.sources[list.source].tells.iter().filter(|tells| tells.is_of_row()) {
            let of_channel = found.entry(tells.channel).or_default();
            if !of_channel.iter().any(|known| std::ptr::eq(*known, list)) {
                of_channel.push(list);
            }
        }
    }
    found
}

/// What counts as absent though no export tells it: the channels of which nothing is open, in words.
pub(super) fn taken_as_absent(rows: &[ChannelRow]) -> Vec<String> {
    let is_absent = |row: &&ChannelRow| !row.is_open && row.state != ChannelState::LookedAt;
    let mut found = Vec::new();
    for channel in rows.chunk_by(|a, b| a.channel == b.channel) {
        let absent = channel.iter().filter(is_absent).count();
        let title = channel[0].title.as_ref().unwrap_or(&channel[0].channel);
        match absent {
            0 => {}
            absent if absent == channel.len() => found.push(title.clone()),
            absent => found.push(format!("{title} ({absent} of {})", channel.len())),
        }
    }
    found.sort();
    found
}

fn row(mappings: &Mappings, channel: &Channel, of: Option<String>, state: ChannelState, lists: &[&List]) -> ChannelRow {
    let each = lists.iter().flat_map(|list| list.files.iter().zip(&list.rows_of_files));
    let of_files: BTreeMap<&String, &(u64, u64)> = each.collect();
    let by: BTreeSet<&String> = lists.iter().map(|list| &mappings.sources[list.source].name).collect();
    ChannelRow {
        channel: channel.name.clone(),
        title: channel.title.clone(),
        of,
        state,
        is_open: false,
        by: by.into_iter().cloned().collect(),
        rows: lists.iter().map(|list| list.rows).sum(),
        passed_over: lists.iter().map(|list| list.passed_over).sum(),
        files: of_files.keys().copied().cloned().collect(),
        rows_of_files: of_files.into_values().copied().collect(),
        lost: lists.iter().find_map(|list| list.why_incomplete()),
    }
}

/// What a channel is of.
struct Instance {
    per: Per,
    /// The entity, if it is one.
    entity: Option<TermId>,
    /// Its id, or the value that is bound; `None` if nothing is bound.
    id: Option<String>,
    /// Whether it counts as absent where no list is about it.
    is_aside: bool,
}

impl Instance {
    fn shown(&self, policy: &Policy, mappings: &Mappings) -> String {
        let id = self.id.as_deref().unwrap_or("_");
        match self.per {
            Per::Kind(kind) => format!("{}:{id}", policy.kinds[kind].meta.name),
            Per::Binding(name) => format!("{}:{id}", mappings.names[name.0]),
        }
    }
}

/// What a channel, of this number, is of.
fn instances(
    mappings: &Mappings,
    (number, channel): (usize, &Channel),
    per: Per,
    lists: &[List],
    gathered: &Gathered,
    entities: &Entities,
) -> Vec<Instance> {
    let bound_to = |name: NameId| gathered.bound_values.get(&name).cloned().unwrap_or_default();
    match per {
        Per::Kind(kind) => {
            let of_kind = entities.from.keys().filter(|&&entity| gathered.terms.kind(entity) == Some(kind));
            let mut found: BTreeMap<String, Option<TermId>> =
                of_kind.map(|&entity| (gathered.terms.text(entity).to_owned(), Some(entity))).collect();
            let asked = channel.absent_unless.map(bound_to);
            asked.iter().flatten().for_each(|id| _ = found.entry(id.clone()).or_insert(None));
            let is_aside = |id: &String| asked.as_ref().is_some_and(|asked| !asked.contains(id));
            found.into_iter().map(|(id, entity)| Instance { per, entity, is_aside: is_aside(&id), id: Some(id) }).collect()
        }
        Per::Binding(name) => {
            let bound = bound_to(name);
            let told = |list: &List| list.tells.iter().filter(|(of, _)| *of == number).map(|(_, id)| id.clone()).collect::<Vec<_>>();
            let is_asked = |list: &List| mappings.sources[list.source].bindable().any(|bindable| bindable == name) && told(list).is_empty();
            if bound.is_empty() && lists.iter().any(is_asked) {
                return vec![Instance { per, entity: None, id: None, is_aside: false }];
            }
            let values: BTreeSet<String> = bound.into_iter().chain(lists.iter().flat_map(told)).collect();
            values.into_iter().map(|id| Instance { per, entity: None, id: Some(id), is_aside: false }).collect()
        }
    }
}

/// Opens the patterns of a channel, for the reason of this number.
fn open(
    policy: &Policy,
    mappings: &Mappings,
    channel: &Channel,
    of: &Instance,
    why: u32,
    gathered: &mut Gathered,
    entities: &mut Entities,
) {
    let filler = Filler { policy, mappings, of };
    let mut by_head: BTreeMap<Statement, Vec<(Statement, bool)>> = BTreeMap::new();
    for form in &channel.open {
        let (head, filled) = filler.statements(form, gathered, entities);
        by_head.entry(head).or_default().extend(filled);
    }
    for (head, filled) in by_head {
        // What the entity itself says comes before what is bound, and without either the pattern is not narrowed.
        let own = filled.iter().any(|(_, own)| *own);
        let mut statements: Vec<Statement> =
            filled.into_iter().filter(|(_, of_entity)| *of_entity == own).map(|(statement, _)| statement).collect();
        if statements.is_empty() {
            statements.push(head);
        }
        for statement in statements {
            let named: Vec<TermId> = gathered.named_by_condition.get(&statement.condition).into_iter().flatten().copied().collect();
            let of_terms =
                statement.terms.into_iter().filter(|&term| gathered.terms.kind(term).is_some_and(|kind| kind != policy.role_kind));
            for entity in of_terms.chain(named).collect::<Vec<_>>() {
                entities.add(entity);
            }
            gathered.unknown.push(Line { statement, during: Interval::ALWAYS, days: [false; 2], from: From::Nothing, why });
        }
    }
}

/// Fills the names in an open pattern.
struct Filler<'a> {
    policy: &'a Policy,
    mappings: &'a Mappings,
    of: &'a Instance,
}

impl Filler<'_> {
    /// The pattern without its `where`, and with it for each way to fill it; with each, whether the entity's own attributes fill it.
    fn statements(&self, form: &Form, gathered: &mut Gathered, entities: &Entities) -> (Statement, Vec<(Statement, bool)>) {
        let mut terms = [TermId::NONE; 3];
        for (index, term) in form.terms.iter().enumerate() {
            terms[index] = match term {
                TermForm::Entity(kinds, template) => match self.one(template) {
                    Some(text) => gathered.terms.add(&super::terms::Sort::Entity(kinds.clone()), &text),
                    None => TermId::ANY,
                },
                TermForm::Role(name) => gathered.terms.entity(self.policy.role_kind, name),
                TermForm::Constant(text) | TermForm::Variable(text) => gathered.terms.add(&super::terms::Sort::Written, text),
                TermForm::Any | TermForm::Text(_) => TermId::ANY,
            };
        }
        let head = Statement { shape: form.shape, terms, condition: TermId::NONE };
        let Some(condition) = &form.condition else { return (head, vec![(head, false)]) };
        let names: BTreeSet<NameId> = condition.filled.iter().flat_map(|(_, template)| template.names()).collect();
        let mut ways: Vec<(BTreeMap<NameId, String>, bool)> = vec![(BTreeMap::new(), !names.is_empty())];
        for name in names {
            let (values, own) = self.values(name, gathered, entities);
            ways = ways
                .into_iter()
                .flat_map(|(way, all_own)| {
                    values.iter().map(move |value| {
                        let mut way = way.clone();
                        way.insert(name, value.clone());
                        (way, all_own && own)
                    })
                })
                .collect();
        }
        let mut filled = Vec::new();
        for (way, own) in ways {
            let texts: Vec<(String, String)> =
                condition.filled.iter().map(|(filler, template)| (filler.clone(), template.with(&way))).collect();
            filled.push((Statement { condition: gathered.condition(self.policy, condition, &texts), ..head }, own));
        }
        (head, filled)
    }

    /// A text whose only name is the instance itself.
    fn one(&self, template: &Template) -> Option<String> {
        let mut way = BTreeMap::new();
        for name in template.names() {
            way.insert(name, self.itself(name)?);
        }
        Some(template.with(&way))
    }

    /// The id of the instance, where the name stands for it.
    fn itself(&self, name: NameId) -> Option<String> {
        let is_itself = self.mappings.names[name.0] == "id" || self.of.per == Per::Binding(name);
        self.of.id.clone().filter(|_| is_itself)
    }

    /// The values of a name, and whether they are the entity's own.
    fn values(&self, name: NameId, gathered: &Gathered, entities: &Entities) -> (Vec<String>, bool) {
        if let Some(id) = self.itself(name) {
            return (vec![id], true);
        }
        let attribute = |(entity, kind): (TermId, KindId)| {
            let attribute = self.policy.attribute_named(kind, &self.mappings.names[name.0])?;
            entities.value(entity, attribute)
        };
        let own = self.of.entity.and_then(|entity| Some((entity, gathered.terms.kind(entity)?))).and_then(attribute);
        match own {
            Some(value) => (vec![gathered.terms.text(value).to_owned()], true),
            None => (gathered.bound_values.get(&name).into_iter().flatten().cloned().collect(), false),
        }
    }
}

impl Template {
    /// The text with these values of its names; it has no other placeholders.
    fn with(&self, values: &BTreeMap<NameId, String>) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Hole(super::mapping::Hole { of: super::mapping::HoleOf::Name(name), .. }) => {
                values.get(name).cloned().unwrap_or_default()
            }
            Part::Hole(_) => String::new(),
        };
        self.parts.iter().map(part).collect()
    }
}
