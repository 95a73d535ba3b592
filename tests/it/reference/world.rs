//! The world as a list of entities, each with its life, and a list of facts, each with its time.

use super::pack::{Kinds, Pack, is_many};
use delegraph::syntax::ast::expr::{Expr, ExprNode, FactPattern, Op, Term, TermNode};
use delegraph::syntax::{Embedded, EventRecordDecl, GivenValue, StringForm, ValueDecl, WorldDocument, pattern};
use delegraph::text::{FileId, Span, Spanned};
use delegraph::time::Instant;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// `kind:id`
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entity {
    pub kind: String,
    pub id: String,
}

impl Entity {
    pub fn new(kind: &str, id: &str) -> Entity {
        Entity { kind: kind.to_owned(), id: id.to_owned() }
    }

    /// The entity that stands for those of its kind that the world does not name.
    pub fn unnamed(kind: &str) -> Entity {
        Entity::new(kind, "")
    }

    pub fn is_unnamed(&self) -> bool {
        self.id.is_empty()
    }

    /// Splits a name at its first `:`.
    pub fn parse(text: &str) -> Entity {
        let (kind, id) = text.split_once(':').expect("the world was checked");
        Entity::new(kind, id)
    }
}

/// A value of an attribute, term or parameter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    Entity(Entity),
    Text(String),
    Number(i64),
    Date(Instant),
}

/// A fact without its time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// `relation(e, …)`
    Relation(String, Vec<Entity>),
    /// `holder holds ROLE on scope`
    Holds(Entity, String, Entity),
    /// `member in group`
    Member(Entity, Entity),
    /// `entity.attribute == value`
    Value(Entity, String, Value),
}

/// From `since` up to, not including, `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    pub since: Instant,
    pub until: Instant,
}

impl Time {
    pub const ALWAYS: Time = Time { since: Instant::MIN, until: Instant::MAX };

    pub fn contains(self, at: Instant) -> bool {
        self.since <= at && at < self.until
    }
}

/// Entities and facts.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// Declared entities, each with its life. It does not include roles, which always live.
    pub entities: Vec<(Entity, Time)>,
    /// Recorded facts, each with its time.
    pub facts: Vec<(Fact, Time)>,
    /// The roles that facts name and the pack does not.
    pub unknown_roles: BTreeSet<String>,
    /// What is left open, each for a time.
    pub open: Vec<(Opening, Time)>,
    /// Facts that are stated not to hold, each for a time.
    pub denials: Vec<(Denial, Time)>,
    /// The attributes that are given with the declaration of their entity. A set that is given there is complete, even if it is empty.
    pub given: BTreeSet<(Entity, String)>,
    /// The sets that events set, each while it has no other members than those that are stated.
    pub whole: Vec<((Entity, String), Time)>,
    /// Whether this is a completion, in which nothing is open and unnamed entities have facts.
    pub is_complete: bool,
    /// In a completion: the entities that may have facts although no file declares them.
    pub hidden: BTreeSet<Entity>,
    /// In a completion: the facts that were open by patterns.
    pub anchors: BTreeSet<Fact>,
    /// What was looked up since an evaluator was made for this world: nothing changes it while there is one.
    pub(super) known: RefCell<Known>,
}

/// Lookups of a world, kept because they are the same for each question.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    lives: Option<Rc<FxHashMap<Entity, Vec<Time>>>>,
    holding: BTreeMap<Instant, Rc<Holding>>,
}

/// The facts that hold at one instant: by their places, and as a set.
#[derive(Debug)]
struct Holding {
    places: Vec<usize>,
    facts: FxHashSet<Fact>,
}

/// A pattern whose facts may hold.
#[derive(Clone, Debug)]
pub enum Opening {
    /// For an attribute alone, the fact is a comparison with `_`.
    Pattern { fact: Box<Expr>, condition: Option<Expr> },
    /// This fact alone, because of an event.
    Fact(Fact),
}

/// What is stated not to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denial {
    Fact(Fact),
    /// Every value of the attribute.
    Attribute(Entity, String),
}

/// The values of a parameter of an event; empty if it was omitted.
pub type Argument = Vec<Value>;

impl World {
    /// The entities and facts of the documents, without their events.
    pub fn of(pack: &Pack, documents: &[WorldDocument]) -> World {
        let mut world = World::default();
        for document in documents {
            for declared in &document.entities {
                let entity = Entity::new(&declared.kind.value, &declared.id.value);
                for (name, given) in &declared.attributes {
                    world.add_attribute(pack, &entity, &name.value, &given.value, Time::ALWAYS);
                    world.given.insert((entity.clone(), name.value.clone()));
                }
                // Declarations of one entity are one.
                if world.entities.iter().all(|(known, _)| *known != entity) {
                    world.entities.push((entity, Time::ALWAYS));
                }
            }
            for declared in &document.facts {
                world.facts.push((fact(pack, &declared.is), time(declared.since.as_ref(), declared.until.as_ref())));
            }
            for declared in &document.denials {
                let denial = match &declared.is {
                    FactPattern::Fact(is) => Denial::Fact(fact(pack, is)),
                    FactPattern::Attribute(term) => match &term.node {
                        TermNode::Attribute(of, name) => Denial::Attribute(entity(of), name.value.clone()),
                        _ => panic!("the world was checked"),
                    },
                };
                world.denials.push((denial, time(declared.since.as_ref(), declared.until.as_ref())));
            }
            for declared in &document.unknown {
                let opening = opening(&declared.is.fact, declared.is.condition.as_ref());
                world.open.push((opening, time(declared.since.as_ref(), declared.until.as_ref())));
            }
            for name in &document.not_imported {
                let text = not_imported(pack, &name.value);
                let source = Embedded { text: &text, span: Span::new(FileId(0), 0, text.len()), writing: StringForm::Plain };
                let read = pattern(&source).expect("a pattern");
                world.open.push((opening(&read.fact, None), Time::ALWAYS));
            }
        }
        world
    }

    /// Adds the facts of an attribute.
    fn add_attribute(&mut self, pack: &Pack, entity: &Entity, name: &str, given: &GivenValue, during: Time) {
        for value in values(attribute_type(pack, &entity.kind, name).as_ref(), given) {
            self.facts.push((attribute_fact(pack, entity, name, value), during));
        }
    }

    /// Whether the entity lives then.
    pub fn lives(&self, entity: &Entity, at: Instant) -> bool {
        entity.kind == "role" || self.hidden.contains(entity) || self.lives_of(entity, |lives| lives.iter().any(|life| life.contains(at)))
    }

    /// Whether the entity is known not to exist at that time, because it ended or was not created yet. Of an entity that no file declares,
    /// which a condition may name, it is not known.
    pub fn is_gone(&self, entity: &Entity, at: Instant) -> bool {
        self.lives_of(entity, |lives| !lives.is_empty()) && !self.lives(entity, at)
    }

    /// The living entities of these kinds.
    pub fn living(&self, pack: &Pack, kinds: &Kinds, at: Instant) -> Vec<Entity> {
        let declared = self.entities.iter().filter(|(_, life)| life.contains(at)).map(|(entity, _)| entity.clone());
        let roles = pack.all.roles.iter().map(|role| &role.meta.name.value).chain(&self.unknown_roles);
        declared.chain(roles.map(|role| Entity::new("role", role))).filter(|entity| kinds.contains(&entity.kind)).collect()
    }

    /// The entities of these kinds that lived and have ended.
    pub fn ended(&self, kinds: &Kinds, at: Instant) -> Vec<Entity> {
        let all: BTreeSet<&Entity> = self.entities.iter().map(|(entity, _)| entity).filter(|entity| kinds.contains(&entity.kind)).collect();
        all.into_iter().filter(|entity| self.has_ended(entity, at)).cloned().collect()
    }

    /// Whether the fact holds at that time: it is recorded for that time, and its entities live.
    pub fn holds(&self, fact: &Fact, at: Instant) -> bool {
        self.now(at).facts.contains(fact)
    }

    /// Whether the fact held at some time before.
    pub fn held_before(&self, fact: &Fact, at: Instant) -> bool {
        let lives: Vec<Time> = entities_of(fact).iter().filter_map(|entity| self.life(entity)).collect();
        self.facts.iter().any(|(recorded, during)| {
            let since = lives.iter().map(|life| life.since).fold(during.since, Instant::max);
            let until = lives.iter().map(|life| life.until).fold(during.until, Instant::min);
            recorded == fact && since < until && since < at
        })
    }

    /// The facts that hold at that time.
    pub fn holding(&self, at: Instant) -> Vec<&Fact> {
        self.now(at).places.iter().map(|&place| &self.facts[place].0).collect()
    }

    fn now(&self, at: Instant) -> Rc<Holding> {
        if let Some(holding) = self.known.borrow().holding.get(&at) {
            return Rc::clone(holding);
        }
        let recorded = self.facts.iter().enumerate().filter(|(_, (fact, during))| during.contains(at) && self.all_live(fact, at));
        let places: Vec<usize> = recorded.map(|(place, _)| place).collect();
        let facts = places.iter().map(|&place| self.facts[place].0.clone()).collect();
        let holding = Rc::new(Holding { places, facts });
        self.known.borrow_mut().holding.insert(at, Rc::clone(&holding));
        holding
    }

    /// When the entity lives; `None` if no file declares it.
    pub fn life(&self, entity: &Entity) -> Option<Time> {
        // Before its event, an entity that is created has a life without any instant.
        self.lives_of(entity, |lives| lives.iter().find(|life| life.since < life.until).or(lives.first()).copied())
    }

    fn lives_of<T>(&self, entity: &Entity, read: impl FnOnce(&[Time]) -> T) -> T {
        let known = self.known.borrow().lives.clone();
        let lives = known.unwrap_or_else(|| {
            let mut lives: FxHashMap<Entity, Vec<Time>> = FxHashMap::default();
            self.entities.iter().for_each(|(entity, life)| lives.entry(entity.clone()).or_default().push(*life));
            let lives = Rc::new(lives);
            self.known.borrow_mut().lives = Some(Rc::clone(&lives));
            lives
        });
        read(lives.get(entity).map_or(&[], Vec::as_slice))
    }

    /// Forgets what was looked up, since the world may have changed.
    pub fn forget(&self) {
        self.known.take();
    }

    fn all_live(&self, fact: &Fact, at: Instant) -> bool {
        entities_of(fact).iter().all(|entity| self.lives(entity, at))
    }

    /// The recorded value of a single-valued attribute.
    pub fn recorded_value(&self, entity: &Entity, name: &str, at: Instant) -> Option<Value> {
        self.recorded_values(entity, name, at).into_iter().next()
    }

    /// The recorded values of an attribute, other than memberships.
    pub fn recorded_values(&self, entity: &Entity, name: &str, at: Instant) -> Vec<Value> {
        let value = |fact: &Fact| match fact {
            Fact::Value(of, attribute, value) if of == entity && attribute == name => Some(value.clone()),
            _ => None,
        };
        self.holding(at).into_iter().filter_map(value).collect()
    }

    /// The direct container of the entity.
    pub fn container(&self, pack: &Pack, entity: &Entity, at: Instant) -> Option<Entity> {
        pack.containers(&entity.kind).iter().find_map(|name| match self.recorded_value(entity, name, at) {
            Some(Value::Entity(container)) => Some(container),
            _ => None,
        })
    }

    /// The entity and its containers, the nearest first.
    pub fn itself_and_containers(&self, pack: &Pack, entity: &Entity, at: Instant) -> Vec<Entity> {
        let mut chain = vec![entity.clone()];
        while let Some(container) = self.container(pack, &chain[chain.len() - 1], at) {
            chain.push(container);
        }
        chain
    }

    /// Whether the entity lived and has ended.
    pub fn has_ended(&self, entity: &Entity, at: Instant) -> bool {
        let ended = |life: &Time| life.since < life.until && life.until <= at;
        !self.lives(entity, at) && self.entities.iter().any(|(known, life)| known == entity && ended(life))
    }

    /// All instants at which something begins or ends, and the first instant.
    pub fn instants(&self) -> BTreeSet<Instant> {
        let facts = self.facts.iter().map(|(_, time)| *time);
        let others = self.open.iter().map(|(_, time)| *time).chain(self.denials.iter().map(|(_, time)| *time));
        let whole = self.whole.iter().map(|(_, time)| *time);
        let times = facts.chain(others).chain(whole).chain(self.entities.iter().map(|(_, life)| *life));
        let mut instants: BTreeSet<Instant> = times.flat_map(|time| [time.since, time.until]).chain([Instant::MIN]).collect();
        instants.remove(&Instant::MAX);
        instants
    }
}

/// The entities that must live for the fact to hold; for an attribute only the entity that has it.
pub fn entities_of(fact: &Fact) -> Vec<&Entity> {
    match fact {
        Fact::Relation(_, ends) => ends.iter().collect(),
        Fact::Holds(holder, _, scope) => vec![holder, scope],
        Fact::Member(member, group) => vec![member, group],
        Fact::Value(entity, _, _) => vec![entity],
    }
}

/// The type of an attribute; `None` if the attribute names a container or is not declared.
fn attribute_type(pack: &Pack, kind: &str, name: &str) -> Option<ValueDecl> {
    if pack.containers(kind).contains(name) {
        return None;
    }
    pack.attribute(kind, name).map(|attribute| attribute.value.clone())
}

/// The fact of an attribute and a value; a membership if the attribute is one.
pub fn attribute_fact(pack: &Pack, entity: &Entity, name: &str, value: Value) -> Fact {
    let member = pack.attribute(&entity.kind, name).is_some_and(|attribute| matches!(attribute.value, ValueDecl::MemberOf(_)));
    match value {
        Value::Entity(group) if member => Fact::Member(entity.clone(), group),
        value => Fact::Value(entity.clone(), name.to_owned(), value),
    }
}

/// The values of an attribute in a file. Without a type they are entities.
pub fn values(declared: Option<&ValueDecl>, given: &GivenValue) -> Vec<Value> {
    match (given, declared) {
        (GivenValue::List(items), _) => items.iter().flat_map(|item| values(declared, &item.value)).collect(),
        (GivenValue::Number(number), _) => vec![Value::Number(*number)],
        (GivenValue::Date(date), _) => vec![Value::Date(*date)],
        (GivenValue::Text(text), Some(ValueDecl::OneOf(_) | ValueDecl::Text)) => vec![Value::Text(text.clone())],
        (GivenValue::Text(text), Some(ValueDecl::Date)) => vec![Value::Date(Instant::parse(text).expect("the world was checked"))],
        (GivenValue::Text(text), _) => vec![Value::Entity(Entity::parse(text))],
        (GivenValue::Other(_), _) => Vec::new(),
    }
}

/// The arguments of an event record.
pub fn arguments(pack: &Pack, occurrence: &EventRecordDecl) -> Vec<(String, Argument)> {
    let event = pack.all.events.iter().find(|event| event.meta.name.value == occurrence.name.value).expect("the world was checked");
    let argument = |name: &str| {
        let declared = event.parameters.iter().find(|parameter| parameter.name.value == name).map(|parameter| &parameter.value);
        let given = occurrence.arguments.iter().find(|(given, _)| given.value == name);
        (name.to_owned(), given.map(|(_, given)| values(declared, &given.value)).unwrap_or_default())
    };
    let declared = event.parameters.iter().map(|parameter| parameter.name.value.as_str());
    declared.chain(event.creates.iter().map(|create| create.kind.value.as_str())).map(argument).collect()
}

fn time(since: Option<&Spanned<Instant>>, until: Option<&Spanned<Instant>>) -> Time {
    Time { since: since.map_or(Instant::MIN, |since| since.value), until: until.map_or(Instant::MAX, |until| until.value) }
}

fn opening(fact: &FactPattern, condition: Option<&Expr>) -> Opening {
    let fact = match fact {
        FactPattern::Fact(fact) => fact.clone(),
        FactPattern::Attribute(term) => {
            let any = Term { span: term.span, node: TermNode::Any };
            Expr { span: term.span, node: ExprNode::Compare { left: term.clone(), op: Op::Eq, right: any } }
        }
    };
    Opening::Pattern { fact: Box::new(fact), condition: condition.cloned() }
}

/// The pattern of a name in `not-imported`.
fn not_imported(pack: &Pack, name: &str) -> String {
    match pack.all.relations.iter().find(|relation| relation.meta.name.value == name) {
        Some(relation) => format!("{name}({})", vec!["_"; relation.ends.len()].join(", ")),
        None if pack.role(name).is_some() => format!("_ holds {name} on _"),
        None => name.to_owned(),
    }
}

/// A fact as a file states it, with entities and constants as its terms.
fn fact(pack: &Pack, is: &Expr) -> Fact {
    match &is.node {
        ExprNode::Relation { name, terms, .. } => Fact::Relation(name.value.clone(), terms.iter().map(entity).collect()),
        ExprNode::Holds { holder, role, scope, .. } => {
            let role = role.name().map_or_else(|| entity(role).id, str::to_owned);
            Fact::Holds(entity(holder), role, entity(scope))
        }
        ExprNode::In { term, set } => Fact::Member(entity(term), entity(set)),
        ExprNode::Compare { left, right, .. } => match &left.node {
            TermNode::Attribute(of, name) => attribute_fact(pack, &entity(of), &name.value, constant(right)),
            _ => panic!("the world was checked"),
        },
        _ => panic!("the world was checked"),
    }
}

fn entity(term: &Term) -> Entity {
    match constant(term) {
        Value::Entity(entity) => entity,
        _ => panic!("the world was checked"),
    }
}

/// A constant of a condition or fact.
pub fn constant(term: &Term) -> Value {
    match &term.node {
        TermNode::Entity { kind, id } => Value::Entity(Entity::new(&kind.value, id)),
        TermNode::Text(text) => Value::Text(text.clone()),
        TermNode::Number(number) => Value::Number(*number),
        TermNode::Date(date) => Value::Date(*date),
        _ => panic!("no constant"),
    }
}

/// Whether the attribute of the kind may have any number of values.
pub fn is_many_of(pack: &Pack, kind: &str, name: &str) -> bool {
    pack.attribute(kind, name).is_some_and(is_many)
}
