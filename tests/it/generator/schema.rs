//! The schema of a generated pack: kinds, attributes, relations, roles, toggles and actions.
//!
//! The kinds are always the same: things lie within sites, and sites within organisations or other sites; people and robots are subjects;
//! teams and clubs have members. Further attributes and all names differ.

use super::kinds::kinds;
use super::tape::Tape;
use super::toml;
use delegraph::syntax::entity;

/// The index of a kind in [`Schema::kinds`].
pub type KindIndex = usize;

#[derive(Clone, Debug)]
pub struct Kind {
    pub name: String,
    pub subject: bool,
    pub within: Vec<KindIndex>,
    pub exactly_one: Vec<String>,
    pub attributes: Vec<Attribute>,
    /// The attribute by which people call its entities.
    pub label: Option<String>,
    /// The names of the actions that it declares.
    pub actions: Vec<&'static str>,
    /// The ids that a world may declare; conditions name some of them.
    pub ids: Vec<&'static str>,
}

#[derive(Clone, Debug)]
pub struct Attribute {
    pub name: String,
    pub sort: Sort,
    pub many: bool,
    pub optional: bool,
    pub history: bool,
    pub fixed: bool,
    pub key: bool,
}

impl Attribute {
    /// Whether it is unknown if it is not given.
    pub fn is_needed(&self) -> bool {
        !self.optional && !matches!(self.sort, Sort::MemberOf(_))
    }
}

/// The type of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sort {
    To(Vec<KindIndex>),
    MemberOf(Vec<KindIndex>),
    OneOf(Vec<&'static str>),
    Text,
    Number,
    Date,
}

#[derive(Clone, Debug)]
pub struct Relation {
    pub name: String,
    pub ends: Vec<Vec<KindIndex>>,
    pub covers: bool,
    /// The ends at which a group represents whoever is in it, from 0.
    pub through: Vec<usize>,
    /// The level of the implications that derive it; `None` if no implication does.
    pub derived: Option<u8>,
}

#[derive(Clone, Debug)]
pub struct Role {
    pub name: String,
    pub on: Vec<KindIndex>,
    pub includes: Vec<usize>,
    /// Whether an implication may derive it, or a role that includes it.
    pub given: bool,
    /// Its `system`. Without one it has that of the table in whose columns it stands.
    pub system: Option<&'static str>,
    /// Its `ids`.
    pub ids: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Action {
    pub name: String,
    pub on: Vec<KindIndex>,
    pub by: DeclaredBy,
}

/// What declares an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclaredBy {
    /// An element of its own.
    Element,
    /// Its kind.
    Kind,
    Table,
}

#[derive(Clone, Debug, Default)]
pub struct Schema {
    pub kinds: Vec<Kind>,
    pub relations: Vec<Relation>,
    pub roles: Vec<Role>,
    /// The systems of roles and tables, if each role has one.
    pub systems: Vec<&'static str>,
    pub toggles: Vec<String>,
    pub actions: Vec<Action>,
    pub events: Vec<super::events::Event>,
}

/// The dates on which elements and facts begin and end.
pub const DATES: [&str; 5] = ["2020-01-01", "2020-06-19", "2021-02-28T12:30:00Z", "2021-10-22", "2023-03-26T01:00:00+02:00"];
/// Roles that no pack names. The second is the first.
pub const UNKNOWN_ROLES: [&str; 3] = ["4F-Unknown", "4f-UNKNOWN", "a \"custom\" role"];
/// The systems of tables.
pub const TABLES: [&str; 2] = ["tab", "w.t"];
pub const TEXTS: [&str; 3] = ["a", "b-1", "c \"d\""];

/// The level of derived relations that rest on recorded facts alone.
pub const LOW: u8 = 1;
/// The level of roles that implications derive.
pub const ROLES: u8 = 2;
/// The level of derived relations that may rest on all others.
pub const HIGH: u8 = 3;
/// The level of rules, which may use everything.
pub const TOP: u8 = 4;

pub const ORG: KindIndex = 0;
pub const SITE: KindIndex = 1;
pub const ASSET: KindIndex = 2;
pub const THING: KindIndex = 3;
pub const PERSON: KindIndex = 4;
pub const ROBOT: KindIndex = 5;
pub const TEAM: KindIndex = 6;
pub const CLUB: KindIndex = 7;
pub const ROLE: KindIndex = 8;

impl Schema {
    /// The kinds over which some role is held.
    pub fn scopes(&self) -> Vec<KindIndex> {
        let mut on: Vec<KindIndex> = self.roles.iter().flat_map(|role| role.on.iter().copied()).collect();
        on.sort_unstable();
        on.dedup();
        on
    }

    /// A role as `role:ID`: by its name or one of its ids, in capitals or not.
    pub fn role_id(tape: &mut Tape, role: &Role) -> String {
        let names: Vec<&String> = [&role.name].into_iter().chain(&role.ids).collect();
        let name = *tape.pick(&names);
        match tape.below(3) {
            0 => name.to_uppercase(),
            1 => name.to_lowercase(),
            _ => name.clone(),
        }
    }

    /// A role as it may stand after `holds`.
    pub fn role_word(tape: &mut Tape, role: &Role) -> String {
        if tape.chance(25) { entity("role", &Schema::role_id(tape, role)) } else { role.name.clone() }
    }

    pub fn generate(tape: &mut Tape) -> Schema {
        let mut schema = Schema { kinds: kinds(&mut tape.part(160)), ..Schema::default() };
        schema.toggles = ["new-way", "on-2", "strict"].map(str::to_owned).to_vec();
        schema.relations = relations(&schema, &mut tape.part(96));
        schema.roles = roles(&mut tape.part(64));
        schema.actions = actions(&mut tape.part(64));
        schema.actions_of_kinds(&mut tape.part(8));
        schema
    }

    pub fn kind_named(&self, name: &str) -> Option<KindIndex> {
        self.kinds.iter().position(|kind| kind.name == name)
    }

    /// Whether an entity of `inner` may lie within one of `outer`, directly or not.
    pub fn may_lie_within(&self, inner: KindIndex, outer: KindIndex) -> bool {
        // A site may lie in a site.
        let direct = &self.kinds[inner].within;
        direct.contains(&outer) || direct.iter().any(|&via| via != inner && self.may_lie_within(via, outer))
    }

    pub fn with_below(&self, kinds: &[KindIndex]) -> Vec<KindIndex> {
        let below = |kind: &KindIndex| kinds.contains(kind) || kinds.iter().any(|&outer| self.may_lie_within(*kind, outer));
        (0..self.kinds.len()).filter(below).collect()
    }

    pub fn groups_of(&self, kind: KindIndex) -> Vec<KindIndex> {
        let mut found: Vec<KindIndex> = Vec::new();
        let mut next = vec![kind];
        while let Some(here) = next.pop() {
            for attribute in &self.kinds[here].attributes {
                if let Sort::MemberOf(groups) = &attribute.sort {
                    let new: Vec<KindIndex> = groups.iter().copied().filter(|group| !found.contains(group)).collect();
                    found.extend(&new);
                    next.extend(new);
                }
            }
        }
        found.sort_unstable();
        found
    }

    pub fn subjects(&self) -> Vec<KindIndex> {
        (0..self.kinds.len()).filter(|&kind| self.kinds[kind].subject).collect()
    }

    pub fn holders(&self) -> Vec<KindIndex> {
        let mut holders = self.subjects();
        holders.extend(self.subjects().into_iter().flat_map(|kind| self.groups_of(kind)));
        holders.sort_unstable();
        holders.dedup();
        holders
    }

    pub fn names(&self, kinds: &[KindIndex]) -> Vec<String> {
        kinds.iter().map(|&kind| self.kinds[kind].name.clone()).collect()
    }

    /// Adds an action that a kind declares, in some cases two.
    fn actions_of_kinds(&mut self, tape: &mut Tape) {
        for (kind, name) in [(ORG, "can_Read"), (ASSET, "GET")] {
            if tape.chance(50) {
                self.kinds[kind].actions.push(name);
                let name = format!("{}.{name}", self.kinds[kind].name);
                self.actions.push(Action { name, on: vec![kind], by: DeclaredBy::Kind });
            }
        }
    }

    /// The kinds and relations as elements of a pack.
    pub fn elements(&self, tape: &mut Tape) -> Vec<String> {
        let kinds = self.kinds.iter().filter(|kind| kind.name != "role").map(|kind| self.kind(kind));
        let relations = self.relations.iter().map(|relation| {
            let ends: Vec<String> = relation.ends.iter().map(|end| toml::one_or_list(&self.names(end))).collect();
            let mut text = format!("[relation.{}]\nends = [{}]\n", relation.name, ends.join(", "));
            if relation.covers {
                text += "covers = true\n";
            }
            if !relation.through.is_empty() {
                let ends: Vec<String> = relation.through.iter().map(|end| (end + 1).to_string()).collect();
                text += &format!("through = [{}]\n", ends.join(", "));
            }
            if tape.chance(30) {
                let ends: Vec<String> = (1..=relation.ends.len()).map(|end| format!("{{{end}}}")).collect();
                text += &format!("says = \"{} stands between {}\"\n", relation.name, ends.join(" and "));
            }
            text
        });
        let mut elements: Vec<String> = kinds.collect();
        elements.extend(relations);
        elements
    }

    fn kind(&self, kind: &Kind) -> String {
        let mut text = format!("[kind.{}]\n", kind.name);
        text += &format!("aka = [{}]\n", toml::text(&aka(&kind.name)));
        if kind.subject {
            text += "subject = true\n";
        }
        if !kind.within.is_empty() {
            text += &format!("within = {}\n", toml::one_or_list(&self.names(&kind.within)));
        }
        if !kind.exactly_one.is_empty() {
            text += &format!("exactly-one = {}\n", toml::list(&kind.exactly_one));
        }
        if !kind.actions.is_empty() {
            text += &format!("actions = {}\n", toml::list(&kind.actions));
        }
        if let Some(label) = &kind.label {
            text += &format!("label = \"{label}\"\n");
        }
        for attribute in &kind.attributes {
            let mut parts = vec![match &attribute.sort {
                Sort::To(kinds) => format!("to = {}", toml::one_or_list(&self.names(kinds))),
                Sort::MemberOf(kinds) => format!("member-of = {}", toml::one_or_list(&self.names(kinds))),
                Sort::OneOf(texts) => format!("one-of = {}", toml::list(texts)),
                Sort::Text => "type = \"text\"".to_owned(),
                Sort::Number => "type = \"number\"".to_owned(),
                Sort::Date => "type = \"date\"".to_owned(),
            }];
            let flags = [
                (attribute.many, "many"),
                (attribute.optional, "optional"),
                (attribute.history, "history"),
                (attribute.fixed, "fixed"),
                (attribute.key, "key"),
            ];
            for (flag, name) in flags {
                if flag {
                    parts.push(format!("{name} = true"));
                }
            }
            text += &format!("attributes.{} = {{ {} }}\n", attribute.name, parts.join(", "));
        }
        text
    }
}

/// The `aka` of a kind or of an action that is an element.
pub fn aka(name: &str) -> String {
    format!("{}_aka-", name.to_uppercase())
}

fn relations(schema: &Schema, tape: &mut Tape) -> Vec<Relation> {
    let names = [["grant", "on-loan"], ["deal", "for-two"], ["keeps", "was-not"], ["open", "days"], ["names", "x"]];
    let ends: [&[KindIndex]; 12] = [
        &[PERSON],
        &[ORG],
        &[SITE, ORG],
        &[ASSET],
        &[PERSON, TEAM],
        &[PERSON, TEAM, CLUB],
        &[PERSON, ROBOT, TEAM],
        &[ORG, SITE, ASSET],
        &[ROBOT, PERSON],
        &[TEAM],
        &[THING, ASSET],
        &[ROLE],
    ];
    let mut relations = Vec::new();
    let mut relation = |tape: &mut Tape, name: &str, derived| {
        let count = 1 + tape.weighted(&[50, 30, 20]);
        // Most relations have two ends, as rules use mostly.
        let count = if count == 1 { 2 } else { count - 1 };
        let mut own: Vec<Vec<KindIndex>> = (0..count).map(|_| tape.pick(&ends[..]).to_vec()).collect();
        let covers = tape.chance(40);
        if let (true, Some(last)) = (covers, own.last_mut()) {
            *last = tape.pick(&[&[ORG, SITE, ASSET][..], &[ORG], &[SITE, ORG]]).to_vec();
        }
        let has_groups = |end: &Vec<KindIndex>| end.iter().any(|&kind| schema.groups_of(kind).iter().any(|group| end.contains(group)));
        let through = (0..own.len()).filter(|&end| has_groups(&own[end]) && tape.chance(60)).collect();
        relations.push(Relation { name: name.to_owned(), ends: own, covers, through, derived });
    };
    for names in names {
        let name = *tape.pick(&names);
        relation(tape, name, None);
    }
    relation(tape, "may", Some(LOW));
    relation(tape, "trusted", Some(HIGH));
    relations
}

fn roles(tape: &mut Tape) -> Vec<Role> {
    let names = ["owner", "editor", "viewer", "auditor"];
    let mut roles: Vec<Role> = Vec::new();
    for (at, name) in names.into_iter().enumerate() {
        let on = tape.at_least_one(&[ORG, SITE, ASSET], 55);
        let later: Vec<usize> = (at + 1..names.len()).collect();
        let includes = tape.some(&later, 30);
        let system = tape.chance(70).then(|| *tape.pick(&[TABLES[0], "sys-1"]));
        let ids = tape.some(&[format!("4F{at}a-{name}"), format!("The \"{name}\" / ROLE")], 40);
        roles.push(Role { name: name.to_owned(), on, includes, given: false, system, ids });
    }
    roles
}

fn actions(tape: &mut Tape) -> Vec<Action> {
    let names = ["w.view", "w.edit", "v.a.open", "v.a.shut", "v.b"];
    let mut actions = Vec::new();
    for name in names {
        let on = tape.at_least_one(&[ORG, SITE, ASSET, THING], 45);
        actions.push(Action { name: name.to_owned(), on, by: DeclaredBy::Element });
    }
    actions
}
