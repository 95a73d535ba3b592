//! Worlds for a generated pack, as lists of items that can be written in any order and in either format.

use super::schema::{DATES, KindIndex, ROLE, Schema, Sort, TEXTS, UNKNOWN_ROLES};
use super::tape::Tape;
use super::toml;
use super::unknown::Timed;
use delegraph::syntax::{entity, quoted};
use serde_json::json;

/// The contents of a world.
#[derive(Clone, Debug, Default)]
pub struct World {
    pub entities: Vec<Entity>,
    pub facts: Vec<Fact>,
    pub events: Vec<Event>,
    pub not_imported: Vec<String>,
    pub unknown: Vec<Timed>,
    /// Facts that do not hold: `not …`.
    pub denials: Vec<Timed>,
}

#[derive(Clone, Debug)]
pub struct Entity {
    pub kind: KindIndex,
    pub id: String,
    pub attributes: Vec<(String, GivenValue)>,
}

/// A value of an attribute or argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GivenValue {
    Entity(KindIndex, String),
    Text(String),
    Number(i64),
    Date(&'static str),
    List(Vec<GivenValue>),
}

/// A fact and its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub is: String,
    /// What it is about: a relation, a role, a kind and attribute, or `in`.
    pub about: String,
    /// The entities that it names; empty for an attribute.
    pub names: Vec<String>,
    pub since: Option<&'static str>,
    pub until: Option<&'static str>,
}

#[derive(Clone, Debug)]
pub struct Event {
    pub name: String,
    pub at: String,
    pub by: String,
    pub arguments: Vec<(String, GivenValue)>,
}

/// An entity's kind and id.
type Name = (KindIndex, String);

impl World {
    pub fn generate(schema: &Schema, tape: &mut Tape) -> World {
        let mut world = World::default();
        let names = names(schema, &mut tape.part(32));
        for (at, (kind, id)) in names.iter().enumerate() {
            let attributes = attributes(schema, &mut tape.part(24), &names[..at], &names, *kind);
            let Some(attributes) = attributes else { continue };
            world.entities.push(Entity { kind: *kind, id: id.clone(), attributes });
        }
        // An entity that could not be declared, because it has no container, must not be named.
        let names: Vec<Name> = world.entities.iter().map(|entity| (entity.kind, entity.id.clone())).collect();
        for entity in &mut world.entities {
            entity.attributes.retain_mut(|(_, given)| given.keep(&names));
        }
        world.give_keys(schema, &mut tape.part(24));
        world.relations(schema, &mut tape.part(384), &names);
        world.assignments(schema, &mut tape.part(64), &names);
        world.attribute_facts(schema, &mut tape.part(64), &names);
        world.choose_not_imported(schema, &mut tape.part(64));
        world.add_unknown(schema, &mut tape.part(1600), &names, 6);
        world.add_denials(schema, &mut tape.part(1400), &names, 6);
        world.add_events(schema, &mut tape.part(160), &names);
        world.repeat_facts(&mut tape.part(64), 15);
        world
    }

    fn relations(&mut self, schema: &Schema, tape: &mut Tape, names: &[Name]) {
        for relation in &schema.relations {
            let mut tuples: Vec<Vec<String>> = vec![Vec::new()];
            for end in &relation.ends {
                let here = all_of(schema, names, end);
                tuples =
                    tuples.iter().flat_map(|tuple| here.iter().map(|last| [&tuple[..], std::slice::from_ref(last)].concat())).collect();
            }
            // Derived relations rarely have facts. If there are many tuples, fewer of them are facts.
            let share = if relation.derived.is_some() {
                6
            } else if tuples.len() > 24 {
                12
            } else if tuples.len() > 8 {
                25
            } else {
                45
            };
            for tuple in tuples.into_iter().take(60) {
                if tape.chance(share) {
                    self.add_fact(tape, format!("{}({})", relation.name, tuple.join(", ")), &relation.name, tuple);
                }
            }
        }
    }

    fn add_fact(&mut self, tape: &mut Tape, is: String, about: &str, names: Vec<String>) {
        let (since, until) = super::unknown::time(tape);
        self.facts.push(Fact { is, about: about.to_owned(), names, since, until });
    }

    /// Adds some facts again, maybe with another time.
    fn repeat_facts(&mut self, tape: &mut Tape, percent: usize) {
        for fact in self.facts.clone() {
            // An attribute would have two values at one time.
            if !fact.about.contains('.') && tape.chance(percent) {
                self.add_fact(tape, fact.is, &fact.about, fact.names);
            }
        }
    }

    fn assignments(&mut self, schema: &Schema, tape: &mut Tape, names: &[Name]) {
        let holders = all_of(schema, names, &schema.holders());
        for role in &schema.roles {
            let scopes = all_of(schema, names, &role.on);
            for _ in 0..3 {
                if tape.chance(55) && !holders.is_empty() && !scopes.is_empty() {
                    let (holder, scope) = (tape.pick(&holders).clone(), tape.pick(&scopes).clone());
                    let word = Schema::role_word(tape, role);
                    self.add_fact(tape, format!("{holder} holds {word} on {scope}"), &role.name, vec![holder, scope]);
                }
            }
        }
        // Roles that the pack does not name.
        let scopes = all_of(schema, names, &schema.scopes());
        for word in UNKNOWN_ROLES {
            if tape.chance(25) && !holders.is_empty() && !scopes.is_empty() {
                let (holder, scope) = (tape.pick(&holders).clone(), tape.pick(&scopes).clone());
                self.add_fact(tape, format!("{holder} holds {} on {scope}", entity("role", word)), "holds", vec![holder, scope]);
            }
        }
    }

    /// Adds attributes as facts with a time of their own, and memberships.
    fn attribute_facts(&mut self, schema: &Schema, tape: &mut Tape, names: &[Name]) {
        for at in 0..self.entities.len() {
            let entity = self.entities[at].clone();
            for attribute in schema.kinds[entity.kind].attributes.iter().filter(|attribute| !attribute.key) {
                let name = named(schema, entity.kind, &entity.id);
                if let Sort::MemberOf(groups) = &attribute.sort {
                    self.membership(tape, 12, name, &all_of(schema, names, groups));
                    continue;
                }
                let lone = !schema.kinds[entity.kind].exactly_one.contains(&attribute.name);
                // A many-valued attribute may have single values as facts, whether its set is given or not.
                let may_have_fact = attribute.many || entity.attributes.iter().all(|(given, _)| *given != attribute.name);
                if lone
                    && may_have_fact
                    && tape.chance(25)
                    && let Some(value) = value(schema, tape, names, &attribute.sort)
                {
                    let kind = &schema.kinds[entity.kind].name;
                    let is = format!("{kind}:{}.{} == {}", quoted(&entity.id), attribute.name, value.in_condition(schema));
                    self.add_fact(tape, is, &format!("{kind}.{}", attribute.name), Vec::new());
                }
            }
        }
    }

    /// Puts the member into one of the groups, sometimes.
    fn membership(&mut self, tape: &mut Tape, percent: usize, member: String, groups: &[String]) {
        if tape.chance(percent) && !groups.is_empty() {
            let group = tape.pick(groups).clone();
            self.add_fact(tape, format!("{member} in {group}"), "in", vec![member, group]);
        }
    }

    /// New relations, assignments and memberships of the same entities.
    pub fn more_facts(&self, schema: &Schema, tape: &mut Tape) -> Vec<Fact> {
        let names: Vec<Name> = self.entities.iter().map(|entity| (entity.kind, entity.id.clone())).collect();
        let mut more = World { facts: self.facts.clone(), ..World::default() };
        more.repeat_facts(&mut tape.part(96), 25);
        more.memberships(schema, &mut tape.part(96), &names);
        for _ in 0..2 {
            more.assignments(schema, &mut tape.part(64), &names);
        }
        more.relations(schema, &mut tape.part(384), &names);
        more.facts.retain(|fact| !self.facts.contains(fact));
        more.facts
    }

    fn memberships(&mut self, schema: &Schema, tape: &mut Tape, names: &[Name]) {
        for (kind, id) in names {
            for attribute in &schema.kinds[*kind].attributes {
                if let Sort::MemberOf(groups) = &attribute.sort {
                    self.membership(tape, 45, named(schema, *kind, id), &all_of(schema, names, groups));
                }
            }
        }
    }

    /// Adds events, which may happen or be refused.
    fn add_events(&mut self, schema: &Schema, tape: &mut Tape, names: &[Name]) {
        let subjects = plain_names(schema, names, &schema.subjects());
        for (at, event) in schema.events.iter().enumerate() {
            for time in 0..4 {
                if !tape.chance(50) {
                    continue;
                }
                let mut arguments = Vec::new();
                for parameter in &event.parameters {
                    if parameter.optional && tape.chance(40) {
                        continue;
                    }
                    let given = if parameter.created {
                        Some(GivenValue::Entity(super::schema::THING, format!("new-{at}-{time}")))
                    } else if parameter.many {
                        let items = (0..=tape.below(2)).filter_map(|_| value(schema, tape, names, &parameter.sort));
                        Some(GivenValue::List(items.collect()))
                    } else if parameter.sort == Sort::Number {
                        Some(GivenValue::Number(*tape.pick(&[30, 400, 3])))
                    } else {
                        value(schema, tape, names, &parameter.sort)
                    };
                    arguments.extend(given.map(|given| (parameter.name.clone(), given)));
                }
                if arguments.len() + event.parameters.iter().filter(|parameter| parameter.optional).count() < event.parameters.len() {
                    continue;
                }
                let dates = ["2020-06-19", "2020-06-19", "2020-03-01", "2021-02-28T12:30:00Z", "2021-05-05", "2021-10-22"];
                let (by, at) = (tape.pick(&subjects).clone(), (*tape.pick(&dates)).to_owned());
                self.events.push(Event { name: event.name.clone(), at, by, arguments });
            }
        }
    }

    /// The world as two files, one in each format.
    pub fn files(&self, schema: &Schema, tape: &mut Tape) -> Vec<(String, String)> {
        let mut files = Vec::new();
        let first = tape.chance(50);
        for (at, lines) in [(0, first), (1, !first)] {
            let here = |index: usize| index % 2 == at;
            let half = World {
                entities: self.entities.iter().enumerate().filter(|(index, _)| here(*index)).map(|(_, entity)| entity.clone()).collect(),
                facts: self.facts.iter().enumerate().filter(|(index, _)| here(*index)).map(|(_, fact)| fact.clone()).collect(),
                events: self.events.iter().enumerate().filter(|(index, _)| here(*index)).map(|(_, event)| event.clone()).collect(),
                unknown: self.unknown.iter().enumerate().filter(|(index, _)| here(*index)).map(|(_, unknown)| unknown.clone()).collect(),
                denials: self.denials.iter().enumerate().filter(|(index, _)| here(*index)).map(|(_, denial)| denial.clone()).collect(),
                not_imported: if at == 0 { self.not_imported.clone() } else { Vec::new() },
            };
            let name = format!("w{at}.{}", if lines { "ndjson" } else { "toml" });
            let text = half.text(schema, &name);
            files.push((name, text));
        }
        files
    }

    /// The whole world in the format of a file of this name.
    pub fn text(&self, schema: &Schema, name: &str) -> String {
        if name.ends_with("ndjson") { self.ndjson(schema) } else { self.toml(schema) }
    }

    fn toml(&self, schema: &Schema) -> String {
        let mut text = String::new();
        for entity in &self.entities {
            text += &format!("[{}.{}]\n", schema.kinds[entity.kind].name, toml::key(&entity.id));
            for (name, given) in &entity.attributes {
                text += &format!("{name} = {}\n", given.toml(schema));
            }
        }
        for fact in &self.facts {
            text += &format!("[[fact]]\nis = {}\n", toml::text(&fact.is));
            for (name, date) in [("since", fact.since), ("until", fact.until)] {
                text += &date.map(|date| format!("{name} = {date}\n")).unwrap_or_default();
            }
        }
        text += &self.unknown_toml();
        for event in &self.events {
            text += &format!("[[event]]\nat = {}\ndo = {}\nby = {}\n", event.at, toml::text(&event.name), toml::text(&event.by));
            for (name, given) in &event.arguments {
                text += &format!("{name} = {}\n", given.toml(schema));
            }
        }
        if !self.not_imported.is_empty() {
            text += &format!("[world]\nnot-imported = {}\n", toml::list(&self.not_imported));
        }
        text
    }

    fn ndjson(&self, schema: &Schema) -> String {
        let mut lines = Vec::new();
        for entity in &self.entities {
            let mut line = serde_json::Map::new();
            line.insert("entity".to_owned(), json!(format!("{}:{}", schema.kinds[entity.kind].name, entity.id)));
            line.extend(entity.attributes.iter().map(|(name, given)| (name.clone(), given.json(schema))));
            lines.push(serde_json::Value::Object(line));
        }
        for fact in &self.facts {
            let mut line = serde_json::Map::from_iter([("fact".to_owned(), json!(fact.is))]);
            line.extend(fact.since.map(|date| ("since".to_owned(), json!(date))));
            line.extend(fact.until.map(|date| ("until".to_owned(), json!(date))));
            lines.push(serde_json::Value::Object(line));
        }
        lines.extend(self.unknown_lines());
        for event in &self.events {
            let known = [("event", &event.name), ("at", &event.at), ("by", &event.by)];
            let mut line = serde_json::Map::from_iter(known.map(|(key, value)| (key.to_owned(), json!(value))));
            line.extend(event.arguments.iter().map(|(name, given)| (name.clone(), given.json(schema))));
            lines.push(serde_json::Value::Object(line));
        }
        if !self.not_imported.is_empty() {
            lines.push(json!({"not-imported": self.not_imported}));
        }
        lines.iter().map(serde_json::Value::to_string).map(|line| line + "\n").collect()
    }
}

/// The names of all entities. The first entity of each kind is always among them.
fn names(schema: &Schema, tape: &mut Tape) -> Vec<Name> {
    let mut names = Vec::new();
    for (kind, declared) in schema.kinds.iter().enumerate() {
        for (at, id) in declared.ids.iter().enumerate() {
            if at == 0 || !tape.chance(if at == 1 { 15 } else { 45 }) {
                names.push((kind, (*id).to_owned()));
            }
        }
    }
    names
}

/// The attributes of an entity; `None` if no container for it comes before it.
fn attributes(schema: &Schema, tape: &mut Tape, before: &[Name], names: &[Name], kind: KindIndex) -> Option<Vec<(String, GivenValue)>> {
    let declared = &schema.kinds[kind];
    let mut found = Vec::new();
    if !declared.within.is_empty() {
        let containers: Vec<&Name> = before.iter().filter(|(container, _)| declared.within.contains(container)).collect();
        if containers.is_empty() {
            return None;
        }
        // Prefers late containers, so that entities are nested deeply.
        let at = containers.len() - 1 - tape.below(containers.len());
        let (container, id) = containers[at];
        found.push((schema.kinds[*container].name.clone(), GivenValue::Entity(*container, id.clone())));
    }
    let homes: Vec<_> = declared.attributes.iter().filter(|attribute| declared.exactly_one.contains(&attribute.name)).collect();
    let home = if homes.is_empty() { None } else { Some(tape.pick(&homes).name.clone()) };
    let home = home.filter(|_| !tape.chance(8));
    for attribute in declared.attributes.iter().filter(|attribute| !attribute.key) {
        let is_home = declared.exactly_one.contains(&attribute.name);
        if (is_home && home.as_ref() != Some(&attribute.name)) || (!is_home && tape.chance(if attribute.optional { 45 } else { 12 })) {
            continue;
        }
        if attribute.many || matches!(attribute.sort, Sort::MemberOf(_)) {
            let count = tape.weighted(&[20, 40, 30, 10]);
            let mut values: Vec<GivenValue> = (0..count).filter_map(|_| value(schema, tape, names, &attribute.sort)).collect();
            values.dedup();
            found.push((attribute.name.clone(), GivenValue::List(values)));
        } else if let Some(value) = value(schema, tape, names, &attribute.sort) {
            found.push((attribute.name.clone(), value));
        }
    }
    Some(found)
}

fn value(schema: &Schema, tape: &mut Tape, names: &[Name], sort: &Sort) -> Option<GivenValue> {
    match sort {
        Sort::To(kinds) | Sort::MemberOf(kinds) => {
            if kinds.contains(&ROLE) {
                if tape.chance(10) {
                    return Some(GivenValue::Entity(ROLE, (*tape.pick(&UNKNOWN_ROLES)).to_owned()));
                }
                let role = tape.pick(&schema.roles);
                return Some(GivenValue::Entity(ROLE, Schema::role_id(tape, role)));
            }
            let known: Vec<&Name> = names.iter().filter(|(kind, _)| kinds.contains(kind)).collect();
            if known.is_empty() { None } else { Some(*tape.pick(&known)).map(|(kind, id)| GivenValue::Entity(*kind, id.clone())) }
        }
        Sort::OneOf(texts) => Some(GivenValue::Text((*tape.pick(texts)).to_owned())),
        Sort::Text => Some(GivenValue::Text((*tape.pick(&[TEXTS[0], TEXTS[1], "other"])).to_owned())),
        Sort::Number => Some(GivenValue::Number(i64::try_from(tape.below(4)).unwrap_or(0))),
        Sort::Date => Some(GivenValue::Date(tape.pick::<&str>(&DATES))),
    }
}

/// The names of all entities of these kinds in values.
fn plain_names(schema: &Schema, names: &[Name], kinds: &[KindIndex]) -> Vec<String> {
    let of_kind = names.iter().filter(|(kind, _)| kinds.contains(kind));
    of_kind.map(|(kind, id)| format!("{}:{id}", schema.kinds[*kind].name)).collect()
}

/// The names of all entities of these kinds in conditions.
pub fn all_of(schema: &Schema, names: &[Name], kinds: &[KindIndex]) -> Vec<String> {
    let roles = schema.roles.iter().filter(|_| kinds.contains(&ROLE)).map(|role| format!("role:{}", role.name));
    let of_kind = names.iter().filter(|(kind, _)| kinds.contains(kind)).map(|(kind, id)| named(schema, *kind, id));
    of_kind.chain(roles).collect()
}

/// The name of an entity in conditions.
pub fn named(schema: &Schema, kind: KindIndex, id: &str) -> String {
    entity(&schema.kinds[kind].name, id)
}

impl GivenValue {
    /// Whether it names a known entity, or none. Entities of a list that are not known are removed.
    fn keep(&mut self, names: &[Name]) -> bool {
        match self {
            GivenValue::Entity(kind, id) => *kind == ROLE || names.iter().any(|(known, name)| known == kind && name == id),
            GivenValue::List(items) => {
                items.retain_mut(|item| item.keep(names));
                true
            }
            _ => true,
        }
    }

    pub fn in_condition(&self, schema: &Schema) -> String {
        match self {
            GivenValue::Entity(kind, id) => named(schema, *kind, id),
            GivenValue::Text(text) => quoted(text),
            GivenValue::Number(number) => number.to_string(),
            GivenValue::Date(date) => (*date).to_owned(),
            GivenValue::List(_) => unreachable!("a fact names one value"),
        }
    }

    fn toml(&self, schema: &Schema) -> String {
        match self {
            GivenValue::Entity(kind, id) => toml::text(&format!("{}:{id}", schema.kinds[*kind].name)),
            GivenValue::Text(text) => toml::text(text),
            GivenValue::Number(number) => number.to_string(),
            GivenValue::Date(date) => (*date).to_owned(),
            GivenValue::List(items) => format!("[{}]", items.iter().map(|item| item.toml(schema)).collect::<Vec<_>>().join(", ")),
        }
    }

    fn json(&self, schema: &Schema) -> serde_json::Value {
        match self {
            GivenValue::Entity(kind, id) => json!(format!("{}:{id}", schema.kinds[*kind].name)),
            GivenValue::Text(text) => json!(text),
            GivenValue::Number(number) => json!(number),
            GivenValue::Date(date) => json!(date),
            GivenValue::List(items) => items.iter().map(|item| item.json(schema)).collect(),
        }
    }
}
