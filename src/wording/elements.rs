//! The elements of a pack in words: what each says, and a short form for lists.

use super::conditions::{ConditionWords, some_of};
use super::element_parts::{actions, condition, event, names, notice, property};
use super::facts::relation_says;
use crate::diag::phrases::{Limit, agree, all_of, any_of, counted, counted_or_no, shorten, with_article};
use crate::graph::Edge;
use crate::plan::CompiledPolicy;
use crate::policy::{
    ActionId, Attribute, ClaimId, Conclusion, Id, Implication, Kind, KindSet, Metadata, Policy, Relation, Role, RuleEffect, Status, Table,
    ValueType,
};
use crate::query::elements::{self, Element, ElementSort};
use crate::syntax::quoted;
use crate::text::Place;

/// What an element says: sentences, each by itself true of the pack.
pub fn says(policy: &Policy, element: Element) -> Vec<String> {
    let at = element.index;
    let mut says = match element.sort {
        ElementSort::Kind => kind(policy, &policy.kinds[Id::from_index(at)]),
        ElementSort::Relation => relation(policy, &policy.relations[Id::from_index(at)], at),
        ElementSort::Action => vec![format!("it is done to {}", one_of(policy, &policy.actions[Id::from_index(at)].on))],
        ElementSort::Role => role(policy, &policy.roles[Id::from_index(at)]),
        ElementSort::Table => table(policy, &policy.tables[Id::from_index(at)]),
        ElementSort::Rule => {
            let rule = &policy.rules[Id::from_index(at)];
            let verb = if rule.effect == RuleEffect::Allow { "allows" } else { "denies" };
            vec![format!("it {verb} {}{}", actions(policy, &rule.actions), condition(policy, &rule.condition, "if"))]
        }
        ElementSort::Implication => implication(policy, &policy.implications[Id::from_index(at)]),
        ElementSort::Toggle => {
            let toggle = &policy.toggles[Id::from_index(at)];
            vec![format!("it is {}, and {} unless a question says otherwise", status(toggle.status), on_or_off(toggle.default))]
        }
        ElementSort::Obligation => notice(policy, &policy.obligations[Id::from_index(at)]),
        ElementSort::Advice => notice(policy, &policy.advice[Id::from_index(at)]),
        ElementSort::Event => event(policy, &policy.events[Id::from_index(at)]),
        ElementSort::Invariant => {
            let invariant = &policy.invariants[Id::from_index(at)];
            let else_what =
                if invariant.warn { "a world in which it is so is taken with a warning" } else { "a world in which it is so is refused" };
            let never = ConditionWords::new(policy, &invariant.never, &[]).whole().unwrap_or_else(|| "anything is so".to_owned());
            vec![format!("it is never so that {never}"), else_what.to_owned()]
        }
        ElementSort::Property => property(policy, &policy.properties[Id::from_index(at)]),
        ElementSort::Claim => {
            let claim = &policy.claims[Id::from_index(at)];
            let documents = claim.documents.iter().map(|&document| policy.documents[document].meta.name.as_str());
            let documents: Vec<&str> = documents.collect();
            let made = (!documents.is_empty())
                .then(|| format!("it is in {} {}", agree(documents.len(), "document", "documents"), all_of(documents)));
            std::iter::once(claim.text.clone()).chain(made).collect()
        }
        ElementSort::Document => {
            let document = &policy.documents[Id::from_index(at)];
            let date = document.date.map(|date| format!("it is of {date}"));
            let locale = document.locale.as_ref().map(|locale| format!("its locale is {locale}"));
            let url = document.url.as_ref().map(|url| format!("it is at {url}"));
            date.into_iter().chain(locale).chain(url).collect()
        }
    };
    says.extend(in_force(policy, element.meta(policy)));
    says
}

/// An element in a few words, for a list.
pub fn in_brief(policy: &Policy, element: Element) -> String {
    let at = element.index;
    let titled = |meta: &Metadata, says: String| match &meta.title {
        Some(title) => format!("{title} ({says})"),
        None => says,
    };
    let text = match element.sort {
        ElementSort::Kind => {
            let kind = &policy.kinds[Id::from_index(at)];
            let within = kind.within.iter().map(|&attribute| policy.attributes[attribute].name.as_str()).collect::<Vec<_>>();
            let within = (!within.is_empty()).then(|| format!("within {}", any_of(within)));
            let parts: Vec<String> = kind.subject.then(|| "asks".to_owned()).into_iter().chain(within).collect();
            let says = if parts.is_empty() { counted(kind.attributes.len(), "attribute") } else { parts.join(", ") };
            titled(&kind.meta, says)
        }
        ElementSort::Relation => {
            let relation = &policy.relations[Id::from_index(at)];
            let ends: Vec<String> = relation.ends.iter().map(|kinds| some_of(policy, kinds)).collect();
            format!("({})", ends.join(", "))
        }
        ElementSort::Action => titled(element.meta(policy), format!("on {}", some_of(policy, &policy.actions[Id::from_index(at)].on))),
        ElementSort::Role => {
            let role = &policy.roles[Id::from_index(at)];
            titled(&role.meta, format!("on {}, {}", some_of(policy, &role.on), counted_or_no(role.grants.len(), "grant")))
        }
        ElementSort::Table => {
            let table = &policy.tables[Id::from_index(at)];
            titled(&table.meta, format!("{}, {}", counted(table.rows.len(), "row"), counted(table.columns.len(), "column")))
        }
        ElementSort::Rule => {
            let rule = &policy.rules[Id::from_index(at)];
            let verb = if rule.effect == RuleEffect::Allow { "allows" } else { "denies" };
            titled(&rule.meta, format!("{verb} {}", few_actions(policy, &rule.actions)))
        }
        ElementSort::Toggle => {
            let toggle = &policy.toggles[Id::from_index(at)];
            titled(&toggle.meta, format!("{}, {} by default", status(toggle.status), on_or_off(toggle.default)))
        }
        ElementSort::Obligation => policy.obligations[Id::from_index(at)].text.clone(),
        ElementSort::Advice => policy.advice[Id::from_index(at)].text.clone(),
        ElementSort::Document => {
            let document = &policy.documents[Id::from_index(at)];
            titled(&document.meta, document.date.map_or_else(|| "without a date".to_owned(), |date| date.to_string()))
        }
        ElementSort::Implication | ElementSort::Event | ElementSort::Invariant | ElementSort::Property | ElementSort::Claim => {
            match &element.meta(policy).title {
                Some(title) => title.clone(),
                None => says(policy, element).into_iter().next().unwrap_or_default(),
            }
        }
    };
    let short = shorten(&text, Limit::NAME);
    match short.strip_suffix('…').filter(|_| !text.ends_with('…')).and_then(|kept| kept.rsplit_once(' ')) {
        // A word is not cut in two.
        Some((words, _)) => format!("{words} …"),
        None => short.into_owned(),
    }
}

/// How an element affects the elements that follow, before their names: `asked by`, `grants`.
pub fn affects(edge: Edge) -> &'static str {
    match edge {
        Edge::Holds => "has a column in",
        Edge::Accompanies => "comes with",
        edge => edge.words(),
    }
}

/// How the elements that follow affect one, before their names: `asks for`, `granted by`.
pub fn affected(edge: Edge) -> &'static str {
    match edge {
        Edge::Uses { negated: false, .. } => "asks for",
        Edge::Uses { negated: true, .. } => "asks, negated, for",
        Edge::Derives => "given by",
        Edge::Grants(_) => "granted by",
        Edge::Includes(_) => "included by",
        Edge::Holds | Edge::Has => "in",
        Edge::Marks => "marked in",
        Edge::Allows => "allowed by",
        Edge::Denies => "denied by",
        Edge::Accompanies => "goes with",
        Edge::Gates => "switched by",
        Edge::Does => "needs",
        Edge::Adds => "added by",
        Edge::Removes => "removed by",
        Edge::OneOf => "may be",
        Edge::Cites => "cited by",
    }
}

/// An element and all that is said of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ElementText {
    /// What it is and its name: `rule owners-wipe`.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// The remark for readers of answers.
    pub note: Option<String>,
    /// Where it is declared.
    pub place: Option<Place>,
    /// What it says.
    pub says: Vec<String>,
    /// The elements beside it: how they affect it or it affects them, and their names.
    pub beside: Vec<(&'static str, Vec<String>)>,
    /// The claims that it cites, with their texts.
    pub claims: Vec<(String, String)>,
    /// What tests it.
    pub tested_by: TestedBy,
}

/// What tests an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestedBy {
    /// The entries that cover it.
    Covering(Vec<String>),
    /// Of an element that coverage does not count: the suites that name it, or an action that it is about.
    Naming(Vec<String>),
}

impl Default for TestedBy {
    fn default() -> TestedBy {
        TestedBy::Naming(Vec::new())
    }
}

/// An element with what it says, the elements beside it, and what tests it.
pub fn element_text(compiled: &CompiledPolicy, element: Element, tested_by: TestedBy) -> ElementText {
    let policy = &compiled.policy;
    let meta = element.meta(policy);
    let claims = elements::claims(policy, element).into_iter();
    let claim = |claim: Element| (claim.meta(policy).name.clone(), policy.claims[ClaimId::from_index(claim.index)].text.clone());
    ElementText {
        name: full_name(policy, element),
        title: meta.title.clone(),
        note: meta.note.clone(),
        place: Some(policy.sources.place(meta.span)),
        says: says(policy, element),
        beside: beside(compiled, element),
        claims: claims.map(claim).collect(),
        tested_by,
    }
}

/// What an element is, and its name.
pub fn full_name(policy: &Policy, element: Element) -> String {
    format!("{} {}", element.sort.name(), element.meta(policy).name)
}

fn beside(compiled: &CompiledPolicy, element: Element) -> Vec<(&'static str, Vec<String>)> {
    let policy = &compiled.policy;
    let (before, after) = (elements::preceding(compiled, element), elements::following(compiled, element));
    let after = after.into_iter().filter(|(edge, _)| *edge != Edge::Cites || element.sort == ElementSort::Claim);
    let named = after.map(|(edge, other)| (affects(edge), other));
    let mut found: Vec<(&'static str, Vec<String>)> = Vec::new();
    for (how, other) in named.chain(before.into_iter().map(|(edge, other)| (affected(edge), other))) {
        match found.iter_mut().find(|(known, _)| *known == how) {
            Some((_, names)) => names.push(full_name(policy, other)),
            None => found.push((how, vec![full_name(policy, other)])),
        }
    }
    let declared: Vec<String> = match element.sort {
        ElementSort::Kind => elements::declared_with(policy, element).into_iter().map(|other| full_name(policy, other)).collect(),
        _ => Vec::new(),
    };
    if !declared.is_empty() {
        found.push(("named by", declared));
    }
    found
}

fn in_force(policy: &Policy, meta: &Metadata) -> Vec<String> {
    let validity = &meta.validity;
    let dates = match (validity.since, validity.until) {
        (None, None) => None,
        (Some(since), None) => Some(format!("it is in force from {since}")),
        (None, Some(until)) => Some(format!("it is in force until {until}")),
        (Some(since), Some(until)) => Some(format!("it is in force from {since} until {until}")),
    };
    let toggle = validity.toggle.map(|toggle| format!("it is in force only while toggle {} is on", policy.toggles[toggle].meta.name));
    dates.into_iter().chain(toggle).collect()
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Proposed => "proposed",
        Status::Current => "current",
        Status::Retired => "retired",
        Status::Interpretation => "an interpretation",
    }
}

fn on_or_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// One of these kinds, with its article: `a customer, site or room`.
fn one_of(policy: &Policy, kinds: &KindSet) -> String {
    with_article(&some_of(policy, kinds))
}

fn few_actions(policy: &Policy, ids: &[ActionId]) -> String {
    match ids {
        [one] => policy.actions[*one].meta.name.clone(),
        _ => counted(ids.len(), "action"),
    }
}

fn kind(policy: &Policy, kind: &Kind) -> Vec<String> {
    let asks = kind.subject.then(|| "its entities ask: they are subjects".to_owned());
    let home = (!kind.exactly_one.is_empty()).then(|| {
        format!("each has exactly one of {}", any_of(kind.exactly_one.iter().map(|&attribute| policy.attributes[attribute].name.as_str())))
    });
    let attributes = kind.attributes.iter().map(|&attribute| self::attribute(policy, &policy.attributes[attribute]));
    asks.into_iter().chain(home).chain(attributes).collect()
}

fn attribute(policy: &Policy, attribute: &Attribute) -> String {
    let value = match &attribute.value {
        ValueType::Entity(kinds) => one_of(policy, kinds),
        ValueType::OneOf(texts) => any_of(texts.iter().map(|&text| quoted(&policy.texts[text]))),
        ValueType::Text => "a text".to_owned(),
        ValueType::Number => "a number".to_owned(),
        ValueType::Date => "a date".to_owned(),
    };
    let flags = [
        (attribute.container, "it lies within it"),
        (attribute.member_of, "it is a member of it"),
        (attribute.many, "any number of values"),
        (attribute.optional, "may be absent"),
        (attribute.key, "a second name"),
        (attribute.history, "of the past"),
        (attribute.fixed, "a classification"),
    ];
    let flags: Vec<&str> = flags.into_iter().filter_map(|(is, says)| is.then_some(says)).collect();
    let flags = if flags.is_empty() { String::new() } else { format!(" ({})", flags.join(", ")) };
    format!("its attribute {} is {value}{flags}", attribute.name)
}

fn relation(policy: &Policy, relation: &Relation, at: usize) -> Vec<String> {
    let ends: Vec<String> = relation.ends.iter().map(|kinds| one_of(policy, kinds)).collect();
    let covers = relation.covers.then(|| "it is true of all that lies within its last end too".to_owned());
    let through = relation.through_ends().map(|(end, _)| format!("at its end {} a group stands for whoever is in it", end + 1));
    let derived = (!relation.derived_by.is_empty()).then(|| {
        let by = names(relation.derived_by.iter().map(|&implication| policy.implications[implication].meta.name.as_str()));
        format!("it follows by {by}")
    });
    std::iter::once(relation_says(policy, Id::from_index(at), &ends)).chain(covers).chain(through).chain(derived).collect()
}

fn role(policy: &Policy, role: &Role) -> Vec<String> {
    let held = format!("it is held on {}", one_of(policy, &role.on));
    let system = role.system.map(|system| format!("its system is {}", policy.texts[system]));
    let grants: Vec<ActionId> = role.grants.iter().map(|&(action, _)| action).collect();
    let grants =
        if grants.is_empty() { "it grants nothing by itself".to_owned() } else { format!("it grants {}", actions(policy, &grants)) };
    let includes = (!role.includes.is_empty()).then(|| {
        let included = names(role.includes.iter().map(|&(role, _)| policy.roles[role].meta.name.as_str()));
        format!("who holds it holds {included} too")
    });
    [held, grants].into_iter().chain(includes).chain(system).collect()
}

fn table(policy: &Policy, table: &Table) -> Vec<String> {
    let mut says = Vec::new();
    for (index, column) in table.columns.iter().enumerate() {
        let marked = table.cells.iter().filter(|cell| cell.column as usize == index);
        let rows: Vec<ActionId> = marked.map(|cell| table.rows[cell.row as usize].action).collect();
        says.push(format!("{} grants {}", policy.roles[column.role].meta.name, actions(policy, &rows)));
    }
    says
}

fn implication(policy: &Policy, implication: &Implication) -> Vec<String> {
    let words = ConditionWords::new(policy, &implication.condition, &[]);
    let condition = words.whole();
    let then = match &implication.then {
        Conclusion::Holds { holder, role, scope } => words.holds(holder, role, scope),
        Conclusion::Relation { relation, terms } => words.related(*relation, terms),
    };
    let says = condition.map_or_else(|| format!("always {then}"), |condition| format!("if {condition}, then {then}"));
    let listed = (!implication.listed).then(|| "no list of members shows it".to_owned());
    std::iter::once(says).chain(listed).collect()
}
