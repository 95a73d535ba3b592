//! regorus: data as objects keyed by what is looked up, and `policies/peers.rego` compiled for its bytecode machine.

use crate::actions::{ACTIONS, Action, Rule};
use crate::facts::{self, KINDS, Name, Thing, Things};
use crate::requests;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::program::Program;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Rc, Value};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;

const POLICY: &str = include_str!("../policies/peers.rego");
const PER_ACTION: &str = include_str!("../policies/per-action.rego");

/// A machine with its program and data, kept from one decision to the next.
pub struct Rego {
    machine: RegoVM,
    /// The entry point of each action.
    entries: Vec<String>,
}

/// A request made ready.
pub struct Asked {
    input: Value,
    action: usize,
}

impl Rego {
    /// All actions by one entry point.
    pub fn with_one_entry(data: Value) -> Rego {
        let entry = "data.peers.allow".to_owned();
        Rego::new(POLICY.to_owned(), data, std::slice::from_ref(&entry), vec![entry.clone(); ACTIONS.len()])
    }

    /// An entry point for each action, which looks up nothing that this action does not need.
    pub fn with_an_entry_per_action(data: Value) -> Rego {
        let entries: Vec<String> = ACTIONS.iter().map(|action| format!("data.peers.{}", rule_name(action))).collect();
        Rego::new(policy_per_action(), data, &entries, entries.clone())
    }

    fn new(policy: String, data: Value, points: &[String], entries: Vec<String>) -> Rego {
        let mut machine = RegoVM::new();
        machine.load_program(program(policy, points));
        machine.set_data(data).expect("no rule stands where data does");
        Rego { machine, entries }
    }

    /// Decides.
    pub fn decide(&mut self, asked: &Asked) -> bool {
        self.machine.set_input(asked.input.clone());
        let answer = self.machine.execute_entry_point_by_name(&self.entries[asked.action]).expect("the policy runs");
        answer == Value::Bool(true)
    }
}

fn program(policy: String, points: &[String]) -> Arc<Program> {
    let mut engine = Engine::new();
    engine.add_policy("peers.rego".to_owned(), policy).expect("the policy can be read");
    let compiled = engine.compile_with_entrypoint(&Rc::from(points[0].as_str())).expect("the policy compiles");
    let points: Vec<&str> = points.iter().map(String::as_str).collect();
    Compiler::compile_from_policy(&compiled, &points).expect("the policy compiles for the machine")
}

/// A request made ready.
pub fn ask(request: &requests::Request) -> Asked {
    let action = ACTIONS.iter().position(|action| action.name == request.action).expect("an action of the pack");
    let input = object([
        ("subject", Value::from(&*request.subject.id)),
        ("action", Value::from(ACTIONS[action].name)),
        ("kind", Value::from(request.resource.kind)),
        ("resource", Value::from(&*request.resource.id)),
    ]);
    Asked { input, action }
}

fn rule_name(action: &Action) -> String {
    action.name.replace(['.', '-'], "_")
}

/// The shared rules, and for each action its own: the conditions of `peers.rego`, with what it looks up by action done beforehand.
fn policy_per_action() -> String {
    let mut text = PER_ACTION.to_owned();
    for kinds in ACTIONS.iter().map(Action::kinds).collect::<BTreeSet<_>>() {
        let found = if kinds.len() == 1 { format!("data.world.{}", kinds[0]) } else { "data.world[input.kind]".to_owned() };
        write!(text, "\n{} := {found}[input.resource]\n", kinds.join("_or_")).expect("a text takes everything");
    }
    for action in &ACTIONS {
        rules(&mut text, action);
    }
    text
}

fn rules(text: &mut String, action: &Action) {
    let name = rule_name(action);
    let resource = action.kinds().join("_or_");
    let mut rule = |conditions: &[&str]| {
        write!(text, "\n{name} if {{\n\t{}\n}}\n", conditions.join("\n\t")).expect("a text takes everything");
    };
    let resells = format!("user.partner.id in {resource}.customer.resellers");
    let own = format!("user.customer.id == {resource}.customer.id");
    let held = |role: &str| format!("some holder in {resource}.{role}");
    match action.rule {
        Rule::Asks => rule(&["agent"]),
        Rule::Resells => rule(&[&resells, "agent"]),
        Rule::Devices => rule(&[&format!("{resource}.addedBy == \"partner\""), &resells, "agent"]),
        Rule::OwnAdministrator => rule(&[&own, "own_administrator"]),
        Rule::OwnRooms => rule(&[&own, &held("serviceAdmins"), "holder in user.is"]),
        Rule::Roles | Rule::RolesOrOwnAdministrator => {
            for role in action.roles {
                rule(&[&held(role), "holder in user.is"]);
            }
            if action.rule == Rule::RolesOrOwnAdministrator {
                rule(&[&own, "own_administrator"]);
            }
        }
        Rule::Rooms => {
            for role in action.roles {
                rule(&[&held(role), "holder in user.is", "reached"]);
            }
        }
    }
}

/// Makes the data of what was read. What many refer to is made once and shared: a customer by its devices, a partner by its users.
pub fn data(things: &Things) -> Value {
    let mut making = Making { things, whole: HashMap::new(), full: RefCell::default() };
    for (name, thing) in things.iter().filter(|(name, _)| matches!(name.kind, "partner" | "customer")) {
        let made = making.whole(name, thing);
        making.whole.insert(name, made);
    }
    let kinds = KINDS.into_iter().filter(|kind| !matches!(*kind, "partner" | "group" | "invitation"));
    let mut world: BTreeMap<&str, BTreeMap<Value, Value>> = kinds.map(|kind| (kind, BTreeMap::new())).collect();
    for (name, thing) in things {
        if let Some(kind) = world.get_mut(name.kind) {
            kind.insert(Value::from(&*name.id), making.thing(name, thing));
        }
    }
    let world = object(world.into_iter().map(|(kind, made)| (kind, Value::from(made))));
    let actions = object(ACTIONS.iter().map(|action| (action.name, asked(action))));
    object([("world", world), ("actions", actions)])
}

fn asked(action: &Action) -> Value {
    let rule = match action.rule {
        Rule::Asks => "asks",
        Rule::Resells => "resells",
        Rule::Devices => "devices",
        Rule::OwnAdministrator => "own",
        Rule::Roles | Rule::RolesOrOwnAdministrator => "roles",
        Rule::Rooms => "rooms",
        Rule::OwnRooms => "own-rooms",
    };
    let own = matches!(action.rule, Rule::OwnAdministrator | Rule::RolesOrOwnAdministrator);
    let roles = Value::from(action.roles.iter().map(|&role| Value::from(role)).collect::<Vec<_>>());
    object([("rule", Value::from(rule)), ("own", Value::from(own)), ("roles", roles)])
}

fn object(pairs: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::from(pairs.into_iter().map(|(key, value)| (shared(key), value)).collect::<BTreeMap<_, _>>())
}

/// A key, made once: as regorus does when it reads JSON.
fn shared(key: &'static str) -> Value {
    thread_local!(static KEYS: RefCell<HashMap<&'static str, Value>> = RefCell::default());
    KEYS.with_borrow_mut(|keys| keys.entry(key).or_insert_with(|| Value::from(key)).clone())
}

struct Making<'a> {
    things: &'a Things,
    /// Partners and customers, as others refer to them.
    whole: HashMap<&'a Name, Value>,
    /// Users and groups with their kinds, each made once.
    full: RefCell<HashMap<&'a Name, Value>>,
}

impl<'a> Making<'a> {
    fn whole(&self, name: &Name, thing: &'a Thing) -> Value {
        let mut pairs = vec![("id", Value::from(&*name.id))];
        if name.kind == "partner" {
            pairs.push(("adminAgents", self.full(&thing.refers["admin-agents"])));
            pairs.push(("salesAgents", self.full(&thing.refers["sales-agents"])));
        } else {
            pairs.push(("resellers", set(thing.resellers.iter().map(|partner| Value::from(&*partner.id)))));
            pairs.extend(self.holders(thing).filter(|(set, _)| matches!(*set, "globalAdmins" | "dapAdmins")));
        }
        object(pairs)
    }

    fn thing(&self, name: &'a Name, thing: &'a Thing) -> Value {
        let mut pairs: Vec<(&str, Value)> = self.holders(thing).collect();
        let refers = |key: &'static str| thing.refers.get(key).map(|to| (key, self.whole[to].clone()));
        match name.kind {
            "user" => {
                pairs.extend(refers("partner").or_else(|| refers("customer")));
                pairs.push(("is", set(self.is(name).into_iter().map(|name| self.full(name)))));
            }
            "customer" => pairs.push(("customer", self.whole[name].clone())),
            "site" | "room" => {
                let customer = facts::above(self.things, name).last().expect("it lies in a customer");
                pairs.push(("customer", self.whole[customer].clone()));
            }
            _ => pairs.extend(refers("customer")),
        }
        pairs.extend(thing.refers.get("added-by").map(|by| ("addedBy", Value::from(by.kind))));
        if matches!(name.kind, "customer" | "site" | "room") {
            let here = std::iter::once(name).chain(facts::above(self.things, name).filter(|_| name.kind != "customer"));
            let delegated = here.flat_map(|scope| &self.things[scope].delegated);
            pairs.push(("delegated", set(delegated.map(|partner| Value::from(&*partner.id)))));
        }
        object(pairs)
    }

    /// The user and all groups that it is in.
    fn is(&self, user: &'a Name) -> HashSet<&'a Name> {
        let mut found = HashSet::from([user]);
        let mut open = vec![user];
        while let Some(name) = open.pop() {
            open.extend(self.things[name].groups.iter().filter(|group| found.insert(group)));
        }
        found
    }

    fn full(&self, name: &'a Name) -> Value {
        let make = || Value::from(format!("{}:{}", name.kind, name.id));
        self.full.borrow_mut().entry(name).or_insert_with(make).clone()
    }

    fn holders(&self, thing: &'a Thing) -> impl Iterator<Item = (&'static str, Value)> {
        thing.holders.iter().map(|(&role, holders)| (role, set(holders.iter().map(|name| self.full(name)))))
    }
}

fn set(values: impl Iterator<Item = Value>) -> Value {
    Value::from(values.collect::<BTreeSet<_>>())
}
