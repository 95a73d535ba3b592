//! Events: the list of facts rewritten, one instant after the other.

use super::condition::{Around, Binding, Evaluator, Read, Set};
use super::decision::Question;
use super::judged::Judged;
use super::kinds::{Types, terms, variables};
use super::pack::{Kinds, Pack};
use super::truth::Truth;
use super::world::{Argument, Entity, Fact, Time, Value, World, arguments, attribute_fact, is_many_of};
use delegraph::syntax::ast::expr::{Effect, Expr, ExprNode, Term, TermNode};
use delegraph::syntax::{AttributeDecl, EventDecl, EventRecordDecl, ValueDecl, WorldDocument};
use delegraph::time::Instant;
use std::collections::BTreeSet;

/// The world does not stand: an event may not happen, or an invariant is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

/// What an event does.
#[derive(Clone, Debug, Default)]
struct Effects {
    creates: Vec<Entity>,
    /// The attributes that created entities are given.
    gives: Vec<(Entity, String)>,
    adds: Vec<(Fact, Time)>,
    removes: Vec<Fact>,
    ends: Vec<Entity>,
}

/// The world after all events of the documents.
pub fn fold(pack: &Pack, world: World, documents: &[WorldDocument]) -> Result<World, Refused> {
    let mut world = world;
    let occurrences: Vec<&EventRecordDecl> = documents.iter().flat_map(|document| &document.events).collect();
    let instants: BTreeSet<Instant> = occurrences.iter().map(|occurrence| occurrence.at.value).collect();
    for at in instants {
        let of_now: Vec<&EventRecordDecl> = occurrences.iter().copied().filter(|occurrence| occurrence.at.value == at).collect();
        // All see the world before it.
        let effects: Result<Vec<Effects>, Refused> = of_now.iter().map(|occurrence| effects(pack, &world, occurrence)).collect();
        let effects = effects?;
        let adds: Vec<&Fact> = effects.iter().flat_map(|effects| &effects.adds).map(|(fact, _)| fact).collect();
        if effects.iter().flat_map(|effects| &effects.removes).any(|removed| adds.contains(&removed)) {
            return Err(Refused);
        }
        // None may be forbidden by the others.
        for (index, occurrence) in of_now.iter().enumerate().filter(|_| of_now.len() > 1) {
            let others = effects.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, effects)| effects);
            may_happen(pack, &after(world.clone(), others, at), occurrence)?;
        }
        world = after(world, effects.iter(), at);
    }
    Ok(world)
}

fn after<'e>(mut world: World, effects: impl Iterator<Item = &'e Effects>, at: Instant) -> World {
    let effects: Vec<&Effects> = effects.collect();
    for removed in effects.iter().flat_map(|effects| &effects.removes) {
        world.facts.iter_mut().filter(|(fact, during)| fact == removed && during.contains(at)).for_each(|(_, during)| during.until = at);
    }
    for effects in &effects {
        world.entities.extend(effects.creates.iter().map(|entity| (entity.clone(), Time { since: at, until: Instant::MAX })));
        world.facts.extend(effects.adds.iter().cloned());
        world.given.extend(effects.gives.iter().cloned());
    }
    for ended in effects.iter().flat_map(|effects| &effects.ends) {
        world.entities.iter_mut().filter(|(entity, _)| entity == ended).for_each(|(_, life)| life.until = life.until.min(at));
    }
    world
}

/// Whether the event may happen in this world: it is in force, all that it names live, its doer is allowed its action, and its
/// condition is true.
fn may_happen(pack: &Pack, world: &World, occurrence: &EventRecordDecl) -> Result<(), Refused> {
    let at = occurrence.at.value;
    let context = pack.context(at);
    let event = declared(pack, occurrence);
    let evaluator = Evaluator::new(pack, world, &context);
    let around = around(pack, event, occurrence, None);
    let created = |name: &str| event.creates.iter().any(|create| create.kind.value == name);
    let named = around.arguments.iter().filter(|(name, _)| !created(name)).flat_map(|(_, values)| values);
    let mut entities: Vec<&Entity> = around.subject.iter().collect();
    entities.extend(named.filter_map(|value| match value {
        Value::Entity(entity) => Some(entity),
        _ => None,
    }));
    if !Pack::in_force(&event.meta, &context) || !entities.into_iter().all(|entity| world.lives(entity, at)) {
        return Err(Refused);
    }
    if let (Some(action), Some(on)) = (&event.does, &event.on) {
        let resource = around.arguments.iter().find(|(name, _)| *name == on.value).and_then(|(_, values)| values.first());
        let Some(Value::Entity(resource)) = resource else { return Err(Refused) };
        let question = Question { subject: Entity::parse(&occurrence.by.value), action: action.value.clone(), resource: resource.clone() };
        if !pack.stand_on(std::slice::from_ref(action)).contains(&resource.kind) || evaluator.answer(&question).outcome != "allowed" {
            return Err(Refused);
        }
    }
    let judged = evaluator.with_exception(event.condition.as_ref(), None, &around, &Binding::new());
    if judged.truth == Truth::True { Ok(()) } else { Err(Refused) }
}

fn effects(pack: &Pack, world: &World, occurrence: &EventRecordDecl) -> Result<Effects, Refused> {
    may_happen(pack, world, occurrence)?;
    let event = declared(pack, occurrence);
    let at = occurrence.at.value;
    let context = pack.context(at);
    let evaluator = Evaluator::new(pack, world, &context);
    let mut effects = Effects::default();
    let plain = around(pack, event, occurrence, None);
    for create in &event.creates {
        let Some(Value::Entity(entity)) = argument(&plain, &create.kind.value).first().cloned() else { return Err(Refused) };
        for (name, term) in &create.attributes {
            effects.gives.push((entity.clone(), name.value.clone()));
            for value in created_values(&evaluator, &plain, &entity, &name.value, term)? {
                let added = attribute_fact(pack, &entity, &name.value, value);
                if !may_be_told(pack, &added) {
                    return Err(Refused);
                }
                effects.adds.push((added, Time { since: at, until: Instant::MAX }));
            }
        }
        effects.creates.push(entity);
    }
    for effect in &event.adds {
        let around = around(pack, event, occurrence, Some((effect, false)));
        let bound: Vec<(String, Kinds)> = own_variables(pack, &around, &effect.fact);
        for (binding, truth) in bindings(&evaluator, &bound, effect.condition.as_ref(), &around) {
            // Whether the fact is added is not known, and no fact can say so.
            if truth == Truth::Unknown {
                return Err(Refused);
            }
            let added = fact(&evaluator, &effect.fact, &around, &binding)?;
            if !may_be_told(pack, &added) {
                return Err(Refused);
            }
            let until = match &effect.days {
                None => Instant::MAX,
                Some(days) => match evaluator.term(days, &around, &binding) {
                    Read::One(Value::Number(days)) => at.plus_days(days).ok_or(Refused)?,
                    _ => return Err(Refused),
                },
            };
            effects.adds.push((added, Time { since: at, until }));
        }
    }
    for effect in &event.removes {
        effects.removes.extend(removed(&evaluator, effect, &around(pack, event, occurrence, Some((effect, true))))?);
    }
    for name in &event.ends {
        effects.ends.extend(argument(&plain, &name.value).into_iter().filter_map(|value| match value {
            Value::Entity(entity) => Some(entity),
            _ => None,
        }));
    }
    Ok(effects)
}

/// Whether there can be such a fact: all in it are of the kinds, and values, that it takes.
fn may_be_told(pack: &Pack, fact: &Fact) -> bool {
    match fact {
        Fact::Relation(name, ends) => ends.iter().zip(&pack.relation(name).ends).all(|(end, kinds)| Pack::is_one_of(end, kinds)),
        Fact::Holds(holder, role, scope) => {
            pack.holders().contains(&holder.kind) && pack.role(role).is_some_and(|role| Pack::is_one_of(scope, &role.on))
        }
        Fact::Member(member, group) => pack.groups_of(&member.kind).contains(&group.kind),
        Fact::Value(entity, name, value) => match (pack.attribute(&entity.kind, name).map(|attribute| &attribute.value), value) {
            (Some(ValueDecl::To(kinds)), Value::Entity(entity)) => Pack::is_one_of(entity, kinds),
            (Some(ValueDecl::OneOf(texts)), Value::Text(text)) => texts.iter().any(|known| known.value == *text),
            (None, Value::Entity(container)) => container.kind == *name,
            _ => true,
        },
    }
}

fn declared<'p>(pack: &'p Pack, occurrence: &EventRecordDecl) -> &'p EventDecl {
    pack.all.events.iter().find(|event| event.meta.name.value == occurrence.name.value).expect("the world was checked")
}

/// What a condition of the event speaks of: that of an effect, which removes its fact or adds it, or the event's own.
fn around(pack: &Pack, event: &EventDecl, occurrence: &EventRecordDecl, effect: Option<(&Effect, bool)>) -> Around {
    let mut types = Types { subject: pack.subjects(), ..Types::default() };
    types.parameters = event.parameters.iter().map(|parameter| (parameter.name.value.clone(), parameter.clone())).collect();
    for create in &event.creates {
        // A created entity is a parameter too, of one value.
        let value = ValueDecl::To(vec![create.kind.clone()]);
        let parameter = AttributeDecl { name: create.kind.clone(), value, many: false, optional: false, history: false };
        types.parameters.insert(create.kind.value.clone(), parameter);
    }
    let always = Expr { span: event.meta.name.span, node: ExprNode::Bool(true) };
    let types = match effect {
        None => types.find(pack, event.condition.as_ref().unwrap_or(&always), None, &[]),
        // The variables of a fact that is removed range over what holds; those of one that is added must be bound.
        Some((effect, true)) => types.find(pack, effect.condition.as_ref().unwrap_or(&always), Some(&effect.fact), &[]),
        Some((effect, false)) => types.find(pack, effect.condition.as_ref().unwrap_or(&always), None, &[&effect.fact]),
    };
    Around {
        types,
        subject: Some(Entity::parse(&occurrence.by.value)),
        resource: None,
        arguments: arguments(pack, occurrence),
        negated: false,
    }
}

fn argument(around: &Around, name: &str) -> Argument {
    around.arguments.iter().find(|(known, _)| known == name).map(|(_, values)| values.clone()).unwrap_or_default()
}

/// The values of a new entity's attribute; one that may be absent may be.
fn created_values(evaluator: &Evaluator<'_>, around: &Around, entity: &Entity, name: &str, term: &Term) -> Result<Vec<Value>, Refused> {
    let optional = evaluator.pack.attribute(&entity.kind, name).is_some_and(|attribute| attribute.optional);
    if is_many_of(evaluator.pack, &entity.kind, name) {
        let is_membership = |attribute: &AttributeDecl| matches!(attribute.value, ValueDecl::MemberOf(_));
        let may_be_left_out = optional || evaluator.pack.attribute(&entity.kind, name).is_some_and(is_membership);
        return match evaluator.set(term, around, &Binding::new()) {
            Set::Values { told, complete: true } => Ok(told),
            Set::None if may_be_left_out => Ok(Vec::new()),
            // A set of which there may be more is unknown.
            Set::None | Set::Values { complete: false, .. } | Set::Unknown => Err(Refused),
        };
    }
    match evaluator.term(term, around, &Binding::new()) {
        Read::One(value) => Ok(vec![value]),
        Read::None if optional => Ok(Vec::new()),
        Read::None | Read::Unknown => Err(Refused),
    }
}

/// The variables of a fact, parameters aside.
fn own_variables(pack: &Pack, around: &Around, fact: &Expr) -> Vec<(String, Kinds)> {
    let names = variables(pack, fact);
    names.into_iter().filter_map(|name| around.types.variables.get(&name).map(|kinds| (name.clone(), kinds.clone()))).collect()
}

/// All bindings of the variables for which the condition is not false, each with what it comes to.
fn bindings(evaluator: &Evaluator<'_>, bound: &[(String, Kinds)], condition: Option<&Expr>, around: &Around) -> Vec<(Binding, Truth)> {
    let mut found = Vec::new();
    evaluator.some(bound, &Binding::new(), &mut |binding| {
        let judged = evaluator.with_exception(condition, None, around, binding);
        if judged.truth != Truth::False {
            found.push((binding.clone(), judged.truth));
        }
        judged
    });
    found
}

/// The fact that an effect names; one with an unknown or none term is an error.
fn fact(evaluator: &Evaluator<'_>, fact: &Expr, around: &Around, binding: &Binding) -> Result<Fact, Refused> {
    let entity = |term: &Term| match evaluator.term(term, around, binding) {
        Read::One(Value::Entity(entity)) => Ok(entity),
        _ => Err(Refused),
    };
    match &fact.node {
        ExprNode::Relation { name, terms, .. } => {
            let ends: Result<Vec<Entity>, Refused> = terms.iter().map(entity).collect();
            Ok(Fact::Relation(name.value.clone(), ends?))
        }
        ExprNode::Holds { holder, role, scope } => {
            let named = evaluator.pack.role(&role.value).map(|role| role.meta.name.value.clone());
            let role = match named {
                Some(role) => role,
                None => entity(&Term { span: role.span, node: TermNode::Name(role.value.clone()) })?.id,
            };
            Ok(Fact::Holds(entity(holder)?, role, entity(scope)?))
        }
        ExprNode::In { term, set } => Ok(Fact::Member(entity(term)?, entity(set)?)),
        ExprNode::Compare { left, right, .. } => {
            let TermNode::Attribute(of, name) = &left.node else { return Err(Refused) };
            let Read::One(value) = evaluator.term(right, around, binding) else { return Err(Refused) };
            Ok(attribute_fact(evaluator.pack, &entity(of)?, &name.value, value))
        }
        _ => Err(Refused),
    }
}

/// The facts that a removal names: its own variables, and each `_`, range over what holds.
fn removed(evaluator: &Evaluator<'_>, effect: &Effect, around: &Around) -> Result<Vec<Fact>, Refused> {
    let mut bound = own_variables(evaluator.pack, around, &effect.fact);
    let mut pattern = effect.fact.clone();
    let wild = terms(&effect.fact).into_iter().enumerate().filter(|(_, term)| matches!(term.node, TermNode::Any));
    bound.extend(wild.map(|(index, _)| (format!("_{index}"), around.types.wildcard(evaluator.pack, &effect.fact, index))));
    if let ExprNode::Relation { terms, .. } = &mut pattern.node {
        name_wildcards(terms.iter_mut());
    } else if let ExprNode::Holds { holder, scope, .. } = &mut pattern.node {
        name_wildcards([holder, scope].into_iter());
    } else if let ExprNode::In { term, set } = &mut pattern.node {
        name_wildcards([term, set].into_iter());
    }
    let holds = |fact: &Fact| evaluator.world.holds(fact, evaluator.context.at);
    if bound.is_empty() {
        let judged = evaluator.with_exception(effect.condition.as_ref(), None, around, &Binding::new());
        if judged.truth == Truth::False {
            return Ok(Vec::new());
        }
        let named = fact(evaluator, &pattern, around, &Binding::new())?;
        // Whether what holds is removed is not known; removing what does not hold does nothing, known or not.
        return match judged.truth {
            Truth::Unknown if holds(&named) => Err(Refused),
            Truth::Unknown => Ok(Vec::new()),
            _ => Ok(vec![named]),
        };
    }
    // A term in which no variable stands names somebody by itself, or the removal is wrong; so does a role that is not named.
    let role = match &pattern.node {
        ExprNode::Holds { role, .. } if evaluator.pack.role(&role.value).is_none() => {
            Some(Term { span: role.span, node: TermNode::Name(role.value.clone()) })
        }
        _ => None,
    };
    for term in terms(&pattern).into_iter().chain(&role) {
        let reads_variable = bound.iter().any(|(name, _)| first_of(term) == Some(name));
        if !reads_variable && !matches!(evaluator.term(term, around, &Binding::new()), Read::One(_)) {
            return Err(Refused);
        }
    }
    let mut found = Vec::new();
    let mut stopped = false;
    evaluator.some(&bound, &Binding::new(), &mut |binding| {
        // They range over what holds: of other bindings the condition is not asked.
        let Some(named) = fact(evaluator, &pattern, around, binding).ok().filter(holds) else { return Judged::plain(Truth::False) };
        let judged = evaluator.with_exception(effect.condition.as_ref(), None, around, binding);
        match judged.truth {
            Truth::True => found.push(named),
            Truth::Unknown => stopped = true,
            Truth::False => {}
        }
        judged
    });
    if stopped {
        return Err(Refused);
    }
    Ok(found)
}

fn name_wildcards<'t>(terms: impl Iterator<Item = &'t mut Term>) {
    for (index, term) in terms.enumerate() {
        if matches!(term.node, TermNode::Any) {
            term.node = TermNode::Name(format!("_{index}"));
        }
    }
}

/// The name at the beginning of a term.
fn first_of(term: &Term) -> Option<&String> {
    match &term.node {
        TermNode::Attribute(of, _) => first_of(of),
        TermNode::Name(name) => Some(name),
        _ => None,
    }
}
