//! Completions of a world at an instant: worlds that state whether each open fact holds, and the value of each unknown attribute.

use super::condition::{Evaluator, Read, Set};
use super::kinds::terms;
use super::pack::{Context, Kinds, Pack, names, targets};
use super::truth::Truth;
use super::world::{Entity, Fact, Time, Value, World, attribute_fact, constant, is_many_of};
use delegraph::syntax::ValueDecl;
use delegraph::syntax::ast::expr::{Expr, ExprNode, Term, TermNode};
use std::collections::BTreeSet;

/// One thing that a completion chooses: the facts of one of these alternatives.
type Choice = Vec<Vec<Fact>>;

/// Completions of a world.
pub struct Completions {
    pub worlds: Vec<World>,
    /// Whether each combination of open facts is among them. Unknown attributes have one value in each.
    pub are_all: bool,
    /// How many things each of them chooses.
    pub choices: usize,
}

/// The most combinations of open facts of which all are made.
const MOST: usize = 64;

/// How many completions are made if there are more.
const SAMPLE: usize = 16;

/// The completions of a world at the date of the context; `None` if the pack names an entity that does not live then. The policy must not ask of the past. `seed` chooses a sample where there are too many.
pub fn completions(pack: &Pack, world: &World, context: &Context, seed: u64) -> Option<Completions> {
    let evaluator = Evaluator::new(pack, world, context);
    let literals: BTreeSet<Entity> = conditions(pack).into_iter().flat_map(entities_in).collect();
    let is_hidden = |entity: &Entity| entity.kind != "role" && !world.lives(entity, context.at);
    let ghosts: BTreeSet<Entity> = literals.into_iter().filter(is_hidden).collect();
    if ghosts.iter().any(|entity| world.is_gone(entity, context.at)) {
        return None;
    }
    let unnamed = evaluator.unnamed(&pack.every_kind());
    let hidden: BTreeSet<Entity> = ghosts.into_iter().chain(unnamed).collect();
    let all = || world.living(pack, &pack.every_kind(), context.at).into_iter().chain(hidden.iter().cloned());
    let of = |kinds: &Kinds| all().filter(|entity| kinds.contains(&entity.kind)).collect::<Vec<Entity>>();

    let mut anchors: BTreeSet<Fact> = BTreeSet::new();
    // What patterns leave open, and what else is unknown.
    let (mut choices, mut further): (Vec<Choice>, Vec<Choice>) = (Vec::new(), Vec::new());
    let mut either = |fact: Fact, by_pattern: bool| {
        anchors.extend(by_pattern.then(|| fact.clone()));
        if by_pattern { &mut choices } else { &mut further }.push(vec![Vec::new(), vec![fact]]);
    };
    for relation in &pack.all.relations {
        let mut tuples: Vec<Vec<Entity>> = vec![Vec::new()];
        for end in &relation.ends {
            let here = of(&names(end));
            tuples = tuples.iter().flat_map(|tuple| here.iter().map(|last| [&tuple[..], std::slice::from_ref(last)].concat())).collect();
        }
        for ends in tuples {
            let fact = Fact::Relation(relation.meta.name.value.clone(), ends);
            if evaluator.may_hold(&fact) {
                either(fact, true);
            }
        }
    }
    for role in &pack.all.roles {
        for holder in of(pack.holders()) {
            for scope in of(&names(&role.on)) {
                let fact = Fact::Holds(holder.clone(), role.meta.name.value.clone(), scope);
                if evaluator.may_hold(&fact) {
                    either(fact, true);
                }
            }
        }
    }
    for member in all() {
        for group in of(&pack.groups_of(&member.kind)) {
            if evaluator.directly_in(&member, &group) == Truth::Unknown {
                let fact = Fact::Member(member.clone(), group);
                let by_pattern = evaluator.may_hold(&fact);
                either(fact, by_pattern);
            }
        }
    }
    let mut replaced: BTreeSet<(Entity, String)> = BTreeSet::new();
    let mut values: Vec<Choice> = Vec::new();
    for entity in all() {
        let Some(kind) = pack.kind(&entity.kind) else { continue };
        let mut homes: Choice = Vec::new();
        for attribute in &kind.attributes {
            let name = &attribute.name.value;
            if matches!(attribute.value, ValueDecl::MemberOf(_)) {
                continue;
            }
            let domain = domain(&attribute.value, &of(&targets(&attribute.value)));
            if is_many_of(pack, &entity.kind, name) {
                let Set::Values { values, open: Some(_) } = evaluator.values(&entity, name) else { continue };
                for value in domain.into_iter().filter(|value| !values.contains(value) && evaluator.may_contain(&entity, name, value)) {
                    let fact = attribute_fact(pack, &entity, name, value);
                    let by_pattern = evaluator.may_hold(&fact);
                    either(fact, by_pattern);
                }
                continue;
            }
            if evaluator.attribute(&entity, name) != Read::Unknown {
                continue;
            }
            replaced.insert((entity.clone(), name.clone()));
            let possible = domain.into_iter().filter(|value| evaluator.may_be(&entity, name, value));
            let mut alternatives: Choice = possible.map(|value| vec![attribute_fact(pack, &entity, name, value)]).collect();
            if kind.exactly_one.iter().any(|one| one.value == *name) {
                homes.extend(alternatives);
                continue;
            }
            if attribute.optional {
                alternatives.push(Vec::new());
            }
            // Without a value that it may have, it stays unknown.
            if !alternatives.is_empty() {
                values.push(alternatives);
            }
        }
        if !homes.is_empty() {
            values.push(homes);
        }
        let unknown = evaluator.unknown_containers(&entity);
        let direct: Kinds = pack.containers(&entity.kind).into_iter().filter(|name| unknown.contains(name)).collect();
        // An entity without a name within one of its own kind would be within itself.
        let outer = of(&direct).into_iter().filter(|outer| !(entity.is_unnamed() && outer.is_unnamed() && entity.kind == outer.kind));
        let within: Choice = outer
            .filter(|outer| {
                entity.is_unnamed() || evaluator.may_hold(&attribute_fact(pack, &entity, &outer.kind, Value::Entity(outer.clone())))
            })
            .map(|outer| vec![attribute_fact(pack, &entity, &outer.kind.clone(), Value::Entity(outer))])
            .collect();
        if !within.is_empty() && !may_be_circular(pack, world, context, &entity) {
            values.push([within, vec![Vec::new()]].concat());
        }
    }
    let facts = choices.len();
    choices.extend(further.into_iter().chain(values));

    let at = context.at;
    let stated: Vec<(Fact, Time)> = world
        .holding(at)
        .into_iter()
        .filter(|fact| !matches!(fact, Fact::Value(entity, name, _) if replaced.contains(&(entity.clone(), name.clone()))))
        .map(|fact| (fact.clone(), Time::ALWAYS))
        .collect();
    let given = all().flat_map(|entity| {
        let attributes = pack.kind(&entity.kind).map_or(&[][..], |kind| &kind.attributes);
        attributes.iter().map(move |attribute| (entity.clone(), attribute.name.value.clone())).collect::<Vec<_>>()
    });
    let base = World {
        entities: world.entities.clone(),
        facts: stated,
        open: Vec::new(),
        denials: Vec::new(),
        given: given.collect(),
        is_complete: true,
        hidden: hidden.clone(),
        anchors,
        ..World::default()
    };
    let complete = |chosen: &dyn Fn(usize, usize) -> usize| {
        let mut world = base.clone();
        for (at, choice) in choices.iter().enumerate() {
            world.facts.extend(choice[chosen(at, choice.len())].iter().map(|fact| (fact.clone(), Time::ALWAYS)));
        }
        world
    };
    let random = |number: usize, at: usize| {
        let mixed = (seed ^ (number as u64) << 32 ^ at as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        ((mixed ^ mixed >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 33) as usize
    };
    let count = u32::try_from(facts).ok().and_then(|facts| 1usize.checked_shl(facts)).filter(|&count| facts < 63 && count <= MOST);
    let worlds = (0..count.unwrap_or(SAMPLE)).map(|number| {
        complete(&|at, alternatives| match count {
            Some(_) if at < facts => number >> at & 1,
            Some(_) => random(number, at) % alternatives,
            // Some completions choose little, and some choose much.
            None if random(number, at) % 7 > number % 7 => 0,
            None => (1 + random(number, at + 7919) % (alternatives - 1).max(1)).min(alternatives - 1),
        })
    });
    let worlds = worlds.collect();
    Some(Completions { worlds, are_all: count.is_some(), choices: choices.len() })
}

/// Values of this type: of entities these, of others all or some.
fn domain(value: &ValueDecl, entities: &[Entity]) -> Vec<Value> {
    match value {
        ValueDecl::To(_) | ValueDecl::MemberOf(_) => entities.iter().cloned().map(Value::Entity).collect(),
        ValueDecl::OneOf(texts) => texts.iter().map(|text| Value::Text(text.value.clone())).collect(),
        ValueDecl::Text => ["a", "b-1", "other"].map(|text| Value::Text(text.to_owned())).to_vec(),
        ValueDecl::Number => (0..4).map(Value::Number).collect(),
        ValueDecl::Date => {
            ["2020-01-01", "2021-10-22"].map(|date| Value::Date(delegraph::time::Instant::parse(date).expect("a date"))).to_vec()
        }
    }
}

/// Whether something that the entity contains may contain it in a completion.
fn may_be_circular(pack: &Pack, world: &World, context: &Context, entity: &Entity) -> bool {
    let inside = |other: &Entity| world.itself_and_containers(pack, other, context.at).contains(entity);
    !entity.is_unnamed()
        && pack.may_lie_within(&entity.kind, &entity.kind)
        && world.entities.iter().any(|(other, _)| other != entity && inside(other))
}

/// All conditions and conclusions of the pack.
fn conditions(pack: &Pack) -> Vec<&Expr> {
    let all = &pack.all;
    let rules = all.rules.iter().flat_map(|rule| rule.condition.iter().chain(&rule.unless));
    let implications = all.implications.iter().flat_map(|one| one.condition.iter().chain(&one.unless).chain([&one.then]));
    let notices = all.obligations.iter().chain(&all.advice).flat_map(|notice| notice.condition.iter().chain(&notice.unless));
    rules.chain(implications).chain(notices).collect()
}

fn entities_in(condition: &Expr) -> Vec<Entity> {
    let term = |term: &Term| {
        let mut here = term.clone();
        while let TermNode::Attribute(of, _) = here.node {
            here = *of;
        }
        match &here.node {
            TermNode::Entity { .. } => match constant(&here) {
                Value::Entity(entity) => Some(entity),
                _ => None,
            },
            _ => None,
        }
    };
    match &condition.node {
        ExprNode::Or(parts) | ExprNode::And(parts) => parts.iter().flat_map(entities_in).collect(),
        ExprNode::Not(part) => entities_in(part),
        ExprNode::InList { term: one, list } => [one].into_iter().chain(list).filter_map(term).collect(),
        _ => terms(condition).into_iter().filter_map(term).collect(),
    }
}
