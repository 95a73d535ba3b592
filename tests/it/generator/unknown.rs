//! Patterns of facts that a generated world leaves open, and facts that it states not to hold.

use super::schema::{Attribute, DATES, KindIndex, ROLE, Schema, Sort, TEXTS};
use super::tape::Tape;
use super::toml;
use super::world::{GivenValue, World, all_of, named};
use delegraph::syntax::quoted;
use serde_json::json;

/// A pattern, or a fact that does not hold, with its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timed {
    pub is: String,
    pub since: Option<&'static str>,
    pub until: Option<&'static str>,
}

/// The place of a term in a pattern: the text so far, and the variables with the kinds that they may have.
#[derive(Default)]
struct Draft {
    /// Each variable with its kinds, and how often it occurs.
    variables: Vec<(String, Vec<KindIndex>, usize)>,
    /// Whether `where` may ask of attributes: not if the pattern opens those.
    may_ask: bool,
}

type Name = (KindIndex, String);

impl World {
    /// Chooses the names that were not imported.
    pub(super) fn choose_not_imported(&mut self, schema: &Schema, tape: &mut Tape) {
        let mut known: Vec<String> = schema.relations.iter().map(|relation| relation.name.clone()).collect();
        known.extend(schema.roles.iter().map(|role| role.name.clone()));
        self.not_imported = tape.some(&known, 7);
        let attributes = schema.kinds.iter().flat_map(|kind| kind.attributes.iter().map(move |attribute| (kind, attribute)));
        let attributes: Vec<String> = attributes.map(|(kind, attribute)| format!("{}.{}", kind.name, attribute.name)).collect();
        self.not_imported.extend(tape.some(&attributes, 4));
    }

    /// Adds patterns; `percent` is how often.
    pub fn add_unknown(&mut self, schema: &Schema, tape: &mut Tape, names: &[Name], percent: usize) {
        for relation in &schema.relations {
            let mut tape = tape.part(40);
            if tape.chance(percent) {
                let mut draft = Draft { may_ask: true, ..Draft::default() };
                let terms: Vec<String> = relation.ends.iter().map(|end| draft.term(schema, &mut tape, names, end)).collect();
                self.push_unknown(schema, &mut tape, names, format!("{}({})", relation.name, terms.join(", ")), &draft);
            }
        }
        for role in &schema.roles {
            let mut tape = tape.part(40);
            if tape.chance(percent) {
                let mut draft = Draft { may_ask: true, ..Draft::default() };
                let holder = draft.term(schema, &mut tape, names, &schema.holders());
                let any = tape.chance(25);
                let on: Vec<KindIndex> = if any { schema.roles.iter().flat_map(|role| role.on.clone()).collect() } else { role.on.clone() };
                let scope = draft.term(schema, &mut tape, names, &on);
                let role = if any { "role" } else { &role.name };
                self.push_unknown(schema, &mut tape, names, format!("{holder} holds {role} on {scope}"), &draft);
            }
        }
        for kind in 0..schema.kinds.len() {
            for attribute in &schema.kinds[kind].attributes {
                let mut tape = tape.part(32);
                if tape.chance(percent) {
                    self.unknown_attribute(schema, &mut tape, names, kind, attribute);
                }
            }
            for &container in &schema.kinds[kind].within {
                let mut tape = tape.part(16);
                if tape.chance(percent / 3) {
                    let container = schema.kinds[container].name.clone();
                    let of = one_of(schema, &mut tape, names, kind);
                    self.push_unknown(schema, &mut tape, names, format!("{of}.{container}"), &Draft::default());
                }
            }
        }
    }

    fn unknown_attribute(&mut self, schema: &Schema, tape: &mut Tape, names: &[Name], kind: KindIndex, attribute: &Attribute) {
        // What `where` asks of is opened only by patterns without `where`, so that none rests on itself.
        let mut draft = Draft { may_ask: !["rank", "grade"].contains(&attribute.name.as_str()), ..Draft::default() };
        if let (Sort::MemberOf(groups), true) = (&attribute.sort, tape.chance(70)) {
            let member = draft.term(schema, tape, names, &[kind]);
            let group = draft.term(schema, tape, names, groups);
            self.push_unknown(schema, tape, names, format!("{member} in {group}"), &draft);
            return;
        }
        let of = if tape.below(3) == 0 {
            one_of(schema, tape, names, kind)
        } else {
            let name = schema.kinds[kind].name.clone();
            draft.variables.push((name.clone(), vec![kind], 2));
            name
        };
        let mut is = format!("{of}.{}", attribute.name);
        if tape.chance(40) {
            let value = match &attribute.sort {
                Sort::To(kinds) | Sort::MemberOf(kinds) if kinds.len() == 1 && kinds[0] != kind && kinds[0] != ROLE && tape.chance(50) => {
                    let name = schema.kinds[kinds[0]].name.clone();
                    draft.variables.push((name.clone(), kinds.clone(), 2));
                    Some(name)
                }
                Sort::To(kinds) | Sort::MemberOf(kinds) => {
                    let all = all_of(schema, names, kinds);
                    (!all.is_empty()).then(|| tape.pick(&all).clone())
                }
                Sort::OneOf(texts) => Some(quoted(tape.pick::<&str>(texts))),
                Sort::Text => Some(quoted(tape.pick::<&str>(&[TEXTS[0], "no other place"]))),
                Sort::Number => Some(tape.below(4).to_string()),
                Sort::Date => Some((*tape.pick(&DATES)).to_owned()),
            };
            is += &value.map(|value| format!(" == {value}")).unwrap_or_default();
        }
        self.push_unknown(schema, tape, names, is, &draft);
    }

    fn push_unknown(&mut self, schema: &Schema, tape: &mut Tape, names: &[Name], mut is: String, draft: &Draft) {
        let mut wheres: Vec<String> = Vec::new();
        for (name, kinds, places) in &draft.variables {
            let of_kind = schema.kind_named(name).is_some();
            if (*places < 2 && !of_kind) || (draft.may_ask && tape.chance(50)) {
                wheres.push(condition(schema, tape, names, name, kinds, draft.may_ask));
            }
        }
        if !wheres.is_empty() {
            let word = if wheres.len() > 1 && tape.chance(30) { " or " } else { " and " };
            is += &format!(" where {}", wheres.join(word));
        }
        let (since, until) = time(tape);
        let unknown = Timed { is, since, until };
        self.unknown.push(unknown);
    }

    /// The patterns, and the facts that do not hold, in TOML.
    pub(super) fn unknown_toml(&self) -> String {
        let mut text = String::new();
        for (table, all) in [("fact", &self.denials), ("unknown", &self.unknown)] {
            for one in all {
                text += &format!("[[{table}]]\nis = {}\n", toml::text(&one.is));
                for (name, date) in [("since", one.since), ("until", one.until)] {
                    text += &date.map(|date| format!("{name} = {date}\n")).unwrap_or_default();
                }
            }
        }
        text
    }

    /// The same as lines of JSON.
    pub(super) fn unknown_lines(&self) -> Vec<serde_json::Value> {
        let all = self.denials.iter().map(|one| ("fact", one)).chain(self.unknown.iter().map(|one| ("unknown", one)));
        let line = |(key, one): (&str, &Timed)| {
            let mut line = serde_json::Map::from_iter([(key.to_owned(), json!(one.is))]);
            line.extend(one.since.map(|date| ("since".to_owned(), json!(date))));
            line.extend(one.until.map(|date| ("until".to_owned(), json!(date))));
            serde_json::Value::Object(line)
        };
        all.map(line).collect()
    }

    /// Adds facts that do not hold, none of which the world states to hold.
    pub fn add_denials(&mut self, schema: &Schema, tape: &mut Tape, names: &[Name], percent: usize) {
        let mut found: Vec<(String, String)> = Vec::new();
        for relation in &schema.relations {
            let tape = &mut tape.part(16);
            let ends: Vec<Vec<String>> = relation.ends.iter().map(|end| all_of(schema, names, end)).collect();
            if tape.chance(percent * 2) && ends.iter().all(|end| !end.is_empty()) {
                let terms: Vec<String> = ends.iter().map(|end| tape.pick(end).clone()).collect();
                let is = format!("{}({})", relation.name, terms.join(", "));
                found.push((is.clone(), is));
            }
        }
        for role in &schema.roles {
            let tape = &mut tape.part(16);
            let (holders, scopes) = (all_of(schema, names, &schema.holders()), all_of(schema, names, &role.on));
            if tape.chance(percent) && !holders.is_empty() && !scopes.is_empty() {
                let is = format!("{} holds {} on {}", tape.pick(&holders), role.name, tape.pick(&scopes));
                found.push((is.clone(), is));
            }
        }
        for entity in &self.entities {
            let bearer = named(schema, entity.kind, &entity.id);
            for attribute in &schema.kinds[entity.kind].attributes {
                let tape = &mut tape.part(8);
                let given = entity.attributes.iter().find(|(name, _)| *name == attribute.name).map(|(_, given)| given);
                let quoted = format!("{}:{}.{}", schema.kinds[entity.kind].name, quoted(&entity.id), attribute.name);
                let is_stated = self.facts.iter().any(|fact| fact.is.starts_with(&format!("{quoted} ==")))
                    || matches!(&attribute.sort, Sort::MemberOf(_))
                        && self.facts.iter().any(|fact| fact.is.starts_with(&format!("{bearer} in ")));
                if !tape.chance(percent) {
                    continue;
                }
                let is_empty =
                    matches!(given, None | Some(GivenValue::List(_))) && !matches!(given, Some(GivenValue::List(all)) if !all.is_empty());
                if is_empty && !is_stated && tape.chance(50) {
                    found.push((quoted.clone(), quoted));
                    continue;
                }
                let values: Vec<GivenValue> = match &attribute.sort {
                    Sort::To(kinds) | Sort::MemberOf(kinds) => names
                        .iter()
                        .filter(|(kind, _)| kinds.contains(kind))
                        .map(|(kind, id)| GivenValue::Entity(*kind, id.clone()))
                        .collect(),
                    Sort::OneOf(texts) => texts.iter().map(|text| GivenValue::Text((*text).to_owned())).collect(),
                    Sort::Number => (0..3).map(GivenValue::Number).collect(),
                    _ => Vec::new(),
                };
                let is_given = |value: &GivenValue| match given {
                    Some(GivenValue::List(all)) => all.contains(value),
                    Some(one) => one == value,
                    None => false,
                };
                let values: Vec<GivenValue> = values.into_iter().filter(|value| !is_given(value)).collect();
                if !values.is_empty() {
                    let value = tape.pick(&values).in_condition(schema);
                    let by_group = matches!(&attribute.sort, Sort::MemberOf(_));
                    let stated = if by_group { format!("{bearer} in {value}") } else { format!("{quoted} == {value}") };
                    found.push((stated, format!("{quoted} == {value}")));
                }
            }
        }
        for (stated, is) in found {
            let is_stated = self.facts.iter().any(|fact| fact.is == stated);
            if !is_stated {
                let (since, until) = time(&mut tape.part(4));
                self.denials.push(Timed { is: format!("not {is}"), since, until });
            }
        }
    }
}

impl Draft {
    /// A term of these kinds: an entity, `_` or a variable.
    fn term(&mut self, schema: &Schema, tape: &mut Tape, names: &[Name], kinds: &[KindIndex]) -> String {
        let all = all_of(schema, names, kinds);
        match tape.weighted(&[35, 35, 30]) {
            0 if !all.is_empty() => tape.pick(&all).clone(),
            2 => {
                // A variable with the name of a kind, one that occurred already, or a new one.
                let again = self.variables.iter_mut().find(|(_, known, _)| known.iter().any(|kind| kinds.contains(kind)));
                if let (Some((name, known, places)), true) = (again, tape.chance(30)) {
                    known.retain(|kind| kinds.contains(kind));
                    *places += 1;
                    return name.clone();
                }
                let named: Vec<&KindIndex> = kinds.iter().filter(|&&kind| kind != ROLE).collect();
                let name = if tape.chance(50) && !named.is_empty() {
                    schema.kinds[**tape.pick(&named)].name.clone()
                } else {
                    format!("any-{}", self.variables.len())
                };
                if self.variables.iter().any(|(known, ..)| *known == name) {
                    return "_".to_owned();
                }
                let own = schema.kind_named(&name).map_or_else(|| kinds.to_vec(), |kind| vec![kind]);
                self.variables.push((name.clone(), own, 1));
                name
            }
            _ => "_".to_owned(),
        }
    }
}

/// A part of `where` about the variable.
fn condition(schema: &Schema, tape: &mut Tape, names: &[Name], name: &str, kinds: &[KindIndex], may_ask: bool) -> String {
    let attributes = kinds.iter().flat_map(|&kind| &schema.kinds[kind].attributes);
    let asked: Vec<&Attribute> = attributes.filter(|attribute| ["rank", "grade"].contains(&attribute.name.as_str())).collect();
    let not = if tape.chance(20) { "not " } else { "" };
    match tape.weighted(&[55, 15, 15, 15]) {
        0 if may_ask && !asked.is_empty() => {
            let attribute = tape.pick(&asked);
            let test = if attribute.name == "rank" { "< 2".to_owned() } else { format!("== {}", quoted(TEXTS[0])) };
            format!("{not}{name}.{} {test}", attribute.name)
        }
        1 if kinds.iter().any(|&kind| !schema.kinds[kind].within.is_empty()) => {
            let orgs = all_of(schema, names, &[super::schema::ORG]);
            format!("{not}{name} within {}", tape.pick(&orgs))
        }
        2 if kinds.len() > 1 => format!("{not}{name} is {}", schema.kinds[*tape.pick(kinds)].name),
        _ => {
            let all = all_of(schema, names, kinds);
            let listed: Vec<String> = if all.is_empty() {
                vec![named(schema, kinds[0], "nobody")]
            } else {
                vec![tape.pick(&all).clone(), tape.pick(&all).clone()]
            };
            if all.is_empty() { format!("{name} == {name}") } else { format!("{not}{name} in [{}]", listed.join(", ")) }
        }
    }
}

fn one_of(schema: &Schema, tape: &mut Tape, names: &[Name], kind: KindIndex) -> String {
    let all: Vec<&Name> = names.iter().filter(|(known, _)| *known == kind).collect();
    if all.is_empty() {
        return schema.kinds[kind].name.clone();
    }
    format!("{}:{}", schema.kinds[kind].name, quoted(&tape.pick(&all).1))
}

/// When a fact, a pattern or a denial holds.
pub(super) fn time(tape: &mut Tape) -> (Option<&'static str>, Option<&'static str>) {
    match tape.weighted(&[65, 12, 13, 10]) {
        0 => (None, None),
        1 => (Some(*tape.pick(&DATES[..3])), None),
        2 => (None, Some(*tape.pick(&DATES[1..]))),
        _ => {
            let since = tape.below(4);
            (Some(DATES[since]), Some(DATES[since + 1 + tape.below(4 - since)]))
        }
    }
}
