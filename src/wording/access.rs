//! Access lists in words.

use super::lists::others_left_out;
use super::{OpenText, Words};
use crate::diag::phrases::{agree, all_of, counted, counted_or_no};
use crate::eval::{MissingDatum, Outcome, Truth};
use crate::policy::ActionId;
use crate::query::access::{AccessGroup, AccessRow, BarredGroup, Hidden, MANY_ROWS, Origin, Resources, Selection, Subjects, Summary, Way};
use crate::world::EntityId;

/// A list for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessListText {
    /// How much there is, in one sentence.
    pub total: String,
    /// The dates of the question.
    pub as_of: String,
    /// How much of it is where, the most first: `customer:adatum, 34 answers`. Empty if it is all in one place.
    pub places: Vec<String>,
    /// What was not worked out, since there is so much.
    pub without_ways: Option<String>,
    /// What is allowed.
    pub groups: Vec<AccessGroupText>,
    /// What something would permit and a rule denies, by the rules.
    pub barred: Vec<AccessGroupText>,
    /// What something may permit and a rule denies, by the rules.
    pub perhaps_barred: Vec<AccessGroupText>,
    /// What is unknown.
    pub unsure: Vec<AccessGroupText>,
    /// On what the unknown answers depend.
    pub open: Vec<OpenText>,
    /// How many requests took too long to decide.
    pub given_up: usize,
}

/// One answer of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRowText {
    /// Subject, action and resource.
    pub says: String,
    /// Whether it is unknown; else it is allowed.
    pub is_unknown: bool,
    /// What is missing, if it is unknown.
    pub why: Option<String>,
}

/// Requests with something in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessGroupText {
    /// Through which ways, each in words; or which rules deny them.
    pub ways: Vec<String>,
    /// Who, counted: `2 users`.
    pub who: String,
    /// Their names.
    pub subjects: Vec<String>,
    /// The actions, counted.
    pub what: String,
    /// Their names; `a.*` stands for all of them that begin so.
    pub actions: Vec<String>,
    /// The resources, counted.
    pub on: String,
    /// Their names.
    pub resources: Vec<String>,
}

impl Words<'_> {
    /// A list for people. `open` has what its unknown rows depend on.
    pub fn access_list(self, selection: &Selection, summary: &Summary, as_of: String) -> AccessListText {
        let group = |group: &AccessGroup| {
            self.access_group(&group.subjects, &group.actions, &group.resources, group.ways.iter().map(|way| self.way(*way)).collect())
        };
        let barred = |barred: &BarredGroup| {
            let rules = barred.rules.iter().map(|&rule| format!("rule {}", self.policy.rules[rule].meta.name));
            let AccessGroup { subjects, actions, resources, .. } = &barred.requests;
            self.access_group(subjects, actions, resources, vec![format!("denied by {}", all_of(rules))])
        };
        let perhaps_barred = |group: &BarredGroup| {
            let mut text = barred(group);
            text.ways.splice(0..0, group.requests.ways.iter().map(|way| format!("{}, if at all", self.way(*way))));
            text
        };
        let mut open = summary.open.clone();
        summary.perhaps_open.iter().for_each(|&item| open.add(item));
        AccessListText {
            total: self.total(selection, summary),
            as_of,
            places: self.counts_by_place(summary),
            without_ways: (!summary.with_ways).then(|| {
                format!(
                    "which ways allow this, and what rules deny, is not printed for more than {MANY_ROWS} answers: ask about fewer of them"
                )
            }),
            groups: summary.groups.iter().map(group).collect(),
            barred: summary.barred.iter().map(barred).collect(),
            perhaps_barred: summary.perhaps_barred.iter().map(perhaps_barred).collect(),
            unsure: summary.unsure.iter().map(group).collect(),
            open: self.open(&open),
            given_up: summary.given_up,
        }
    }

    /// One answer of a list, and on what it depends if it is unknown.
    pub fn access_row(self, row: &AccessRow, missing: &[MissingDatum]) -> AccessRowText {
        let request = row.request;
        let action = &self.policy.actions[request.action].meta.name;
        let perhaps = if row.member == Truth::Unknown { " (perhaps a member)" } else { "" };
        let is_unknown = row.outcome == Outcome::Unknown;
        let why = match row.exhausted {
            Some(_) => Some("it took too long to decide".to_owned()),
            None => is_unknown.then(|| all_of(missing.iter().map(|&datum| self.open_datum(datum)))),
        };
        let says = format!("{}{perhaps} {action} {}", self.name(request.subject), self.name(request.resource));
        AccessRowText { says, is_unknown, why }
    }

    /// How much there is. Where what is allowed was left out, nothing is said about who can: only what is unknown was asked for.
    fn total(self, selection: &Selection, summary: &Summary) -> String {
        let left_out = hidden_answers(summary.hidden);
        if summary.hidden.allowed > 0 {
            return format!("{}{left_out}", counted_or_no(summary.unknown, "unknown answer"));
        }
        let one_subject = match &selection.subjects {
            Subjects::These(these) if these.len() == 1 => Some(self.name(these[0].0)),
            Subjects::Kinds(_) | Subjects::These(_) => None,
        };
        let nothing = summary.allowed == 0;
        let subject = match &one_subject {
            Some(name) => name.clone(),
            None if nothing => "nobody".to_owned(),
            None if summary.subjects.len() == 1 => self.name(summary.subjects[0]),
            None => counted_entities(self, &summary.subjects),
        };
        let action = match selection.actions.as_slice() {
            [only] => self.policy.actions[*only].meta.name.clone(),
            _ if nothing => "any of this".to_owned(),
            _ => match distinct(summary.groups.iter().flat_map(|group| &group.actions)) {
                1 => "1 action".to_owned(),
                many => format!("{many} different actions"),
            },
        };
        let resource = match &selection.resources {
            Resources::These(these) if these.len() == 1 => format!(" on {}", self.name(these[0])),
            _ if nothing => String::new(),
            _ => format!(" on {}", counted(summary.resources, "resource")),
        };
        let can = if nothing && one_subject.is_some() { "cannot" } else { "can" };
        let sure = if nothing && summary.unknown + summary.hidden.unknown > 0 { " for certain" } else { "" };
        let single = one_subject.is_some() && summary.allowed == 1 || summary.allowed == summary.subjects.len();
        let all = if single { String::new() } else { format!("; {} in all", counted(summary.allowed, "allowed request")) };
        format!("{subject} {can} do {action}{resource}{sure}{}{left_out}", if nothing { "" } else { &all })
    }

    fn counts_by_place(self, summary: &Summary) -> Vec<String> {
        if summary.by_place.len() < 2 {
            return Vec::new();
        }
        let mut places: Vec<(EntityId, usize)> = summary.by_place.iter().map(|(&place, &count)| (place, count)).collect();
        places.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| self.world.compare_entities(a.0, b.0)));
        places.into_iter().map(|(place, count)| format!("{} {count}", self.name(place))).collect()
    }

    /// Each of the subjects with each of the actions on each of the resources.
    pub(super) fn access_group(
        self,
        subjects: &[EntityId],
        actions: &[ActionId],
        resources: &[EntityId],
        ways: Vec<String>,
    ) -> AccessGroupText {
        AccessGroupText {
            ways,
            who: counted_entities(self, subjects),
            subjects: subjects.iter().map(|&ent| self.name(ent)).collect(),
            what: counted(actions.len(), "action"),
            actions: self.actions(actions, resources),
            on: counted_entities(self, resources),
            resources: resources.iter().map(|&ent| self.name(ent)).collect(),
        }
    }

    /// The names of actions. Where all that begin with a word are among them, as far as they stand on these resources, the word is enough.
    pub(super) fn actions(self, actions: &[ActionId], resources: &[EntityId]) -> Vec<String> {
        let stands = |action: ActionId| resources.iter().any(|&ent| self.policy.actions[action].on.contains(self.world.kind(ent)));
        let word = |action: ActionId| self.policy.actions[action].meta.name.split('.').next().unwrap_or_default();
        let mut found: Vec<String> = Vec::new();
        for &action in actions {
            let alike = |other: &ActionId| word(*other) == word(action) && stands(*other);
            let all = self.policy.actions.ids().filter(alike);
            let (mut count, mut complete) = (0, true);
            all.for_each(|other| {
                count += 1;
                complete &= actions.contains(&other);
            });
            let name = if complete && count > 1 { format!("{}.*", word(action)) } else { self.policy.actions[action].meta.name.clone() };
            if found.last() != Some(&name) {
                found.push(name);
            }
        }
        found
    }

    /// A way in words: `as owner, in group:contoso/admin-agents, through dap-admin-agents`.
    fn way(self, way: Way) -> String {
        match way {
            Way::Rule(rule) => format!("under rule {}", self.policy.rules[rule].meta.name),
            Way::Role { role, origin, group } => {
                let role = format!("as {}", self.policy.roles[role].meta.name);
                let group = group.map(|group| format!("in {}", self.name(group)));
                let origin = match origin {
                    Origin::Implication(id) => Some(format!("through {}", self.policy.implications[id].meta.name)),
                    Origin::Assignment if group.is_none() => Some("assigned directly".to_owned()),
                    Origin::Assignment => None,
                };
                [Some(role), group, origin].into_iter().flatten().collect::<Vec<_>>().join(", ")
            }
        }
    }
}

/// How many answers a list does not have, since only others were asked for: `; 3 unknown answers are left out`. Empty if it has all.
pub fn hidden_answers(hidden: Hidden) -> String {
    let Hidden { allowed, unknown } = hidden;
    format!("{}{}", others_left_out(allowed, "allowed answer"), others_left_out(unknown, "unknown answer"))
}

/// `2 users`, `1 user and 3 apps`.
pub(super) fn counted_entities(words: Words<'_>, entities: &[EntityId]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for &ent in entities {
        let kind = words.policy.kinds[words.world.kind(ent)].meta.name.as_str();
        match counts.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => counts.push((kind, 1)),
        }
    }
    all_of(counts.into_iter().map(|(kind, count)| counted(count, kind)))
}

fn distinct<'a>(actions: impl Iterator<Item = &'a ActionId>) -> usize {
    actions.collect::<std::collections::BTreeSet<_>>().len()
}

impl AccessListText {
    /// How many requests were given up, in a sentence; `None` if none was.
    pub fn limit(&self) -> Option<String> {
        given_up(self.given_up)
    }
}

/// How many answers there are.
pub fn answers(count: usize) -> String {
    counted_or_no(count, "answer")
}

/// How many answers were given up, in a sentence; `None` if none was.
pub(super) fn given_up(count: usize) -> Option<String> {
    (count > 0).then(|| format!("{} took too long to decide, and {} unknown", counted(count, "answer"), agree(count, "is", "are")))
}
