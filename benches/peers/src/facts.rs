//! The generated world as the peers are given it: what holds at one date, read from the same NDJSON by a reader of its own.

use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufRead};
use std::rc::Rc;

/// An entity: its kind and its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    /// One of [`KINDS`].
    pub kind: &'static str,
    /// The rest.
    pub id: Rc<str>,
}

/// The kinds of the shipped pack.
pub const KINDS: [&str; 10] = ["partner", "group", "user", "customer", "subscription", "profile", "device", "site", "room", "invitation"];

impl Name {
    /// Reads `kind:id`.
    pub fn read(text: &str) -> Name {
        let (kind, id) = text.split_once(':').expect("an entity is a kind, a colon and an id");
        Name { kind: known(&KINDS, kind), id: id.into() }
    }
}

/// The word as it stands among the known.
fn known(words: &[&'static str], word: &str) -> &'static str {
    words.iter().find(|known| **known == word).copied().unwrap_or_else(|| panic!("`{word}` is none of {words:?}"))
}

/// Roles, and what the peers call the set of those who hold one.
const ROLES: [(&str, &str); 9] = [
    ("global-administrator", "globalAdmins"),
    ("helpdesk-administrator", "helpdeskAdmins"),
    ("owner", "owners"),
    ("contributor", "contributors"),
    ("reader", "readers"),
    ("managed-service-administrator", "serviceAdmins"),
    ("site-lead", "siteLeads"),
    ("site-tech", "siteTechs"),
    ("primary-admin", "primaryAdmins"),
];

/// Sets of holders by what they hold.
pub type Holders = BTreeMap<&'static str, Vec<Name>>;

/// An entity with what is true of it.
#[derive(Clone, Debug, Default)]
pub struct Thing {
    /// What it refers to, by attribute.
    pub refers: BTreeMap<&'static str, Name>,
    /// By which way a device came.
    pub added_via: Option<String>,
    /// The groups that a user or a group is in.
    pub groups: Vec<Name>,
    /// Who holds which role over it or, of sites and rooms, over what it lies in.
    pub holders: Holders,
    /// The partners with a reseller relationship.
    pub resellers: Vec<Name>,
    /// The partners that it is delegated to, itself and not by what it lies in.
    pub delegated: Vec<Name>,
}

/// All entities, with what holds.
pub type Things = HashMap<Name, Thing>;

/// Reads a world as of a date, and lets roles over rooms reach what they cover.
pub fn read(world: impl BufRead, at: &str) -> io::Result<Things> {
    let mut things = Things::new();
    let mut dap = Vec::new();
    for line in world.lines() {
        let Value::Object(line) = serde_json::from_str(&line?)? else { panic!("a line is an object") };
        if let Some(entity) = line.get("entity") {
            declare(&mut things, &Name::read(text(entity)), &line);
        } else if holds_at(&line, at) {
            add_fact(&mut things, &mut dap, text(&line["fact"]));
        }
    }
    for (customer, partner) in dap {
        for (agents, set) in [("admin-agents", "dapAdmins"), ("helpdesk-agents", "dapHelpdesk")] {
            let group = things[&partner].refers[agents].clone();
            hold(&mut things, &customer, set, group);
        }
    }
    reach(&mut things);
    Ok(things)
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// Dates are all of one form, so that they compare as texts do.
fn holds_at(line: &Map<String, Value>, at: &str) -> bool {
    line.get("since").is_none_or(|since| text(since) <= at) && line.get("until").is_none_or(|until| at < text(until))
}

fn declare(things: &mut Things, name: &Name, line: &Map<String, Value>) {
    const REFERENCES: [&str; 7] = ["partner", "customer", "site", "admin-agents", "helpdesk-agents", "sales-agents", "added-by"];
    let mut thing = Thing::default();
    for (key, value) in line {
        match key.as_str() {
            "entity" | "expires-in-days" => {}
            "groups" => thing.groups = value.as_array().expect("a list").iter().map(|group| Name::read(text(group))).collect(),
            "added-via" => thing.added_via = Some(text(value).to_owned()),
            _ => drop(thing.refers.insert(known(&REFERENCES, key), Name::read(text(value)))),
        }
    }
    things.insert(name.clone(), thing);
}

/// Ids have neither blanks nor brackets, so that a fact can be taken apart by them.
fn add_fact(things: &mut Things, dap: &mut Vec<(Name, Name)>, fact: &str) {
    if let Some((holder, held)) = fact.split_once(" holds ") {
        let (role, scope) = held.split_once(" on ").expect("a role is held on something");
        let set = ROLES.iter().find(|(name, _)| *name == role).expect("a role of the pack").1;
        return hold(things, &Name::read(scope), set, Name::read(holder));
    }
    let (relation, ends) = fact.trim_end_matches(')').split_once('(').expect("a relation has ends");
    let ends: Vec<Name> = ends.split(", ").map(Name::read).collect();
    match relation {
        "reseller" => thing(things, &ends[1]).resellers.push(ends[0].clone()),
        "dap" => dap.push((ends[0].clone(), ends[1].clone())),
        "rooms-delegated" => thing(things, &ends[1]).delegated.push(ends[0].clone()),
        // No decision hangs on these: events do.
        "open" | "names" | "relationship-requested" => {}
        other => panic!("`{other}` is no relation of the pack"),
    }
}

fn thing<'a>(things: &'a mut Things, name: &Name) -> &'a mut Thing {
    things.get_mut(name).unwrap_or_else(|| panic!("{name:?} is named in a fact and not declared"))
}

fn hold(things: &mut Things, scope: &Name, set: &'static str, holder: Name) {
    let holders = thing(things, scope).holders.entry(set).or_default();
    if !holders.contains(&holder) {
        holders.push(holder);
    }
}

/// What a site or a room lies in, from the nearest to the customer.
pub fn above<'a>(things: &'a Things, name: &'a Name) -> impl Iterator<Item = &'a Name> {
    let container = |name: &Name| things[name].refers.get("site").or_else(|| things[name].refers.get("customer"));
    std::iter::successors(container(name), move |&name| container(name))
}

/// Whoever holds a role over a customer or a site holds it over the sites and rooms there.
fn reach(things: &mut Things) {
    const OVER_ROOMS: [&str; 4] = ["serviceAdmins", "siteLeads", "siteTechs", "primaryAdmins"];
    let rooms: Vec<Name> = things.keys().filter(|name| matches!(name.kind, "site" | "room")).cloned().collect();
    let mut reached: Vec<(Name, &'static str, Name)> = Vec::new();
    for name in &rooms {
        for wider in above(things, name) {
            for set in OVER_ROOMS {
                let holders = things[wider].holders.get(set).into_iter().flatten();
                reached.extend(holders.map(|holder| (name.clone(), set, holder.clone())));
            }
        }
    }
    for (name, set, holder) in reached {
        hold(things, &name, set, holder);
    }
}
