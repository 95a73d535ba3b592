//! Applies events to the list of facts, one instant after the other.

use super::condition::{Binding, Env, Evaluator, Read, Set};
use super::decision::Question;
use super::judgement::Judgement;
use super::kinds::{Ranging, Types, terms, variables};
use super::pack::Pack;
use super::sets::Setting;
use super::truth::Truth;
use super::world::{Argument, Denial, Entity, Fact, Opening, Time, Value, World, arguments, attribute_fact, entities_of, is_many_of};
use delegraph::syntax::ast::expr::{Effect, Expr, ExprNode, Term, TermNode};
use delegraph::syntax::{AttributeDecl, EventDecl, EventRecordDecl, RoleDecl, ValueDecl, WorldDocument};
use delegraph::time::Instant;
use std::collections::BTreeSet;

/// The world is refused: an event cannot happen, or an invariant is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

/// The effects of an event.
#[derive(Clone, Debug, Default)]
struct Effects {
    creates: Vec<Entity>,
    /// The attributes that are given with created entities.
    gives: Vec<(Entity, String)>,
    adds: Vec<(Fact, Time)>,
    removes: Vec<Fact>,
    /// Those of the removed facts that held or might have held.
    closes: Vec<Fact>,
    /// Facts that it adds or does not, because `where` is unknown.
    may_add: Vec<(Fact, Time)>,
    /// Facts that hold, and that it removes or does not.
    may_remove: Vec<Fact>,
    /// Values that it sets.
    sets: Vec<Setting>,
    /// Values that it sets or does not.
    may_set: Vec<Setting>,
    ends: Vec<Entity>,
}

impl Effects {
    /// All facts that it adds, with those that it sets.
    fn added(&self) -> impl Iterator<Item = &Fact> + Clone {
        self.adds.iter().map(|(fact, _)| fact).chain(self.sets.iter().map(|set| &set.fact))
    }

    /// All facts that it removes, with those that a value replaces.
    fn removed(&self) -> impl Iterator<Item = &Fact> {
        self.removes.iter().chain(self.sets.iter().flat_map(Setting::removes))
    }
}

/// The world after all events of the documents.
pub fn apply_events(pack: &Pack, world: World, documents: &[WorldDocument]) -> Result<World, Refused> {
    let mut world = world;
    let occurrences: Vec<&EventRecordDecl> = documents.iter().flat_map(|document| &document.events).collect();
    // What events create is known of all time, and does not live before.
    let never = Time { since: Instant::MAX, until: Instant::MAX };
    for occurrence in &occurrences {
        let event = declared(pack, occurrence);
        let plain = env(pack, event, occurrence, None);
        let created = event.creates.iter().filter_map(|create| argument(&plain, &create.kind.value).first().cloned());
        world.entities.extend(created.filter_map(|value| match value {
            Value::Entity(entity) => Some((entity, never)),
            _ => None,
        }));
    }
    world.forget();
    let instants: BTreeSet<Instant> = occurrences.iter().map(|occurrence| occurrence.at.value).collect();
    for at in instants {
        let of_now: Vec<&EventRecordDecl> = occurrences.iter().copied().filter(|occurrence| occurrence.at.value == at).collect();
        // All events of an instant are evaluated in the world before it.
        let effects: Result<Vec<Effects>, Refused> = of_now.iter().map(|occurrence| effects(pack, &world, occurrence)).collect();
        let effects = effects?;
        let adds: Vec<&Fact> = effects.iter().flat_map(Effects::added).collect();
        if effects.iter().flat_map(Effects::removed).any(|removed| adds.contains(&removed)) {
            return Err(Refused);
        }
        Setting::check(pack, &effects.iter().flat_map(|effects| &effects.sets).collect::<Vec<_>>(), &adds.iter().copied())?;
        // Each event must also be possible after the others.
        for (index, occurrence) in of_now.iter().enumerate().filter(|_| of_now.len() > 1) {
            let others = effects.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, effects)| effects);
            may_happen(pack, &after(pack, world.clone(), others, at), occurrence)?;
        }
        world = after(pack, world, effects.iter(), at);
    }
    if is_contradictory(pack, &world) { Err(Refused) } else { Ok(world) }
}

/// The world with these effects. What one event does for certain counts, even if another does the opposite perhaps.
fn after<'e>(pack: &Pack, mut world: World, effects: impl Iterator<Item = &'e Effects>, at: Instant) -> World {
    let effects: Vec<&Effects> = effects.collect();
    let removes: BTreeSet<&Fact> = effects.iter().flat_map(|effects| effects.removed()).collect();
    let adds: BTreeSet<&Fact> = effects.iter().flat_map(|effects| effects.added()).collect();
    let sets: Vec<&Setting> = effects.iter().flat_map(|effects| &effects.sets).collect();
    let may_add = effects.iter().flat_map(|effects| &effects.may_add);
    let may_add = may_add.filter(|(fact, _)| !removes.contains(fact) && !sets.iter().any(|set| set.excludes(pack, fact)));
    let may_remove = effects.iter().flat_map(|effects| &effects.may_remove).filter(|fact| !adds.contains(fact) && !removes.contains(fact));
    for removed in &removes {
        world.facts.iter_mut().filter(|(fact, during)| fact == *removed && during.contains(at)).for_each(|(_, during)| during.until = at);
    }
    for removed in effects.iter().flat_map(|effects| &effects.closes) {
        // From now on it is stated not to hold, until it is stated to hold.
        let later = world.facts.iter().filter(|(fact, during)| fact == removed && at < during.since && during.since < during.until);
        let until = later.map(|(_, during)| during.since).min().unwrap_or(Instant::MAX);
        world.denials.push((Denial::Fact(removed.clone()), Time { since: at, until }));
    }
    let mut open = Vec::new();
    for fact in may_remove {
        for (_, during) in world.facts.iter_mut().filter(|(known, during)| known == fact && during.contains(at)) {
            open.push((Opening::Fact(fact.clone()), Time { since: at, until: during.until }));
            during.until = at;
        }
    }
    open.extend(may_add.clone().map(|(fact, during)| (Opening::Fact(fact.clone()), *during)));
    world.open.extend(open);
    for fact in adds.iter().copied().chain(may_add.map(|(fact, _)| fact)) {
        let ended = world.denials.iter_mut().filter(|(denial, during)| denial.denies(pack, fact) && during.contains(at));
        ended.for_each(|(_, during)| during.until = at);
    }
    let (certain, gone): (Vec<&Fact>, Vec<&Fact>) = (adds.iter().copied().collect(), removes.iter().copied().collect());
    for setting in effects.iter().flat_map(|effects| &effects.may_set) {
        setting.leave_open(pack, &mut world, &sets, &certain, &gone);
    }
    sets.iter().for_each(|set| set.renew(&mut world));
    sets.iter().for_each(|set| set.enact(pack, &mut world));
    for effects in &effects {
        world.entities.extend(effects.creates.iter().map(|entity| (entity.clone(), Time { since: at, until: Instant::MAX })));
        world.facts.extend(effects.adds.iter().cloned());
        world.given.extend(effects.gives.iter().cloned());
    }
    for ended in effects.iter().flat_map(|effects| &effects.ends) {
        world.entities.iter_mut().filter(|(entity, _)| entity == ended).for_each(|(_, life)| life.until = life.until.min(at));
    }
    world.forget();
    world
}

/// Whether the event may happen in this world: it is in force, the entities that it names live, its actor is allowed its action, and its
/// condition is true.
fn may_happen(pack: &Pack, world: &World, occurrence: &EventRecordDecl) -> Result<(), Refused> {
    let at = occurrence.at.value;
    let context = pack.context(at);
    let event = declared(pack, occurrence);
    let evaluator = Evaluator::new(pack, world, &context);
    let env = env(pack, event, occurrence, None);
    let created = |name: &str| event.creates.iter().any(|create| create.kind.value == name);
    let named = env.arguments.iter().filter(|(name, _)| !created(name)).flat_map(|(_, values)| values);
    let mut entities: Vec<&Entity> = env.subject.iter().collect();
    entities.extend(named.filter_map(|value| match value {
        Value::Entity(entity) => Some(entity),
        _ => None,
    }));
    if !Pack::in_force(&event.meta, &context) || !entities.into_iter().all(|entity| world.lives(entity, at)) {
        return Err(Refused);
    }
    if let (Some(action), Some(on)) = (&event.does, &event.on) {
        let resource = env.arguments.iter().find(|(name, _)| *name == on.value).and_then(|(_, values)| values.first());
        let Some(Value::Entity(resource)) = resource else { return Err(Refused) };
        let question = Question { subject: Entity::parse(&occurrence.by.value), action: action.value.clone(), resource: resource.clone() };
        if !pack.resource_kinds(std::slice::from_ref(action)).contains(&resource.kind) || evaluator.answer(&question).outcome != "allowed" {
            return Err(Refused);
        }
    }
    let judgement = evaluator.with_exception(event.condition.as_ref(), None, &env, &Binding::new());
    if judgement.truth == Truth::True { Ok(()) } else { Err(Refused) }
}

fn effects(pack: &Pack, world: &World, occurrence: &EventRecordDecl) -> Result<Effects, Refused> {
    may_happen(pack, world, occurrence)?;
    let event = declared(pack, occurrence);
    let at = occurrence.at.value;
    let context = pack.context(at);
    let evaluator = Evaluator::new(pack, world, &context);
    let mut effects = Effects::default();
    let plain = env(pack, event, occurrence, None);
    for create in &event.creates {
        let Some(Value::Entity(entity)) = argument(&plain, &create.kind.value).first().cloned() else { return Err(Refused) };
        for (name, term) in &create.attributes {
            effects.gives.push((entity.clone(), name.value.clone()));
            for value in created_values(&evaluator, &plain, &entity, &name.value, term)? {
                let added = attribute_fact(pack, &entity, &name.value, value);
                if !fits_schema(pack, &added) {
                    return Err(Refused);
                }
                effects.adds.push((added, Time { since: at, until: Instant::MAX }));
            }
        }
        effects.creates.push(entity);
    }
    for effect in &event.adds {
        let env = env(pack, event, occurrence, Some((effect, false)));
        let bound = own_variables(pack, &env, &effect.fact);
        for (binding, truth) in bindings(&evaluator, &bound, effect.condition.as_ref(), &env) {
            let added = fact(&evaluator, &effect.fact, &env, &binding)?;
            if !fits_schema(pack, &added) {
                return Err(Refused);
            }
            let until = until(&evaluator, effect, &env, &binding)?;
            let list = if truth == Truth::True { &mut effects.adds } else { &mut effects.may_add };
            list.push((added, Time { since: at, until }));
        }
    }
    for effect in &event.sets {
        let env = env(pack, event, occurrence, Some((effect, false)));
        let bound = own_variables(pack, &env, &effect.fact);
        for (binding, truth) in bindings(&evaluator, &bound, effect.condition.as_ref(), &env) {
            let set = fact(&evaluator, &effect.fact, &env, &binding)?;
            let (ExprNode::Compare { left, .. }, true) = (&effect.fact.node, fits_schema(pack, &set)) else { return Err(Refused) };
            let TermNode::Attribute(of, name) = &left.node else { return Err(Refused) };
            let Read::One(Value::Entity(entity)) = evaluator.term(of, &env, &binding) else { return Err(Refused) };
            let until = until(&evaluator, effect, &env, &binding)?;
            let list = if truth == Truth::True { &mut effects.sets } else { &mut effects.may_set };
            list.push(Setting::of(&evaluator, (entity, &name.value), set, until));
        }
    }
    for effect in &event.removes {
        for (fact, truth) in removed(&evaluator, effect, &env(pack, event, occurrence, Some((effect, true))))? {
            match truth {
                Truth::True => {
                    effects.closes.extend(evaluator.holds_or_may(&fact).then(|| fact.clone()));
                    effects.removes.push(fact);
                }
                _ => effects.may_remove.push(fact),
            }
        }
    }
    for name in &event.ends {
        effects.ends.extend(argument(&plain, &name.value).into_iter().filter_map(|value| match value {
            Value::Entity(entity) => Some(entity),
            _ => None,
        }));
    }
    Ok(effects)
}

/// Until when the fact of an effect holds.
fn until(evaluator: &Evaluator<'_>, effect: &Effect, env: &Env, binding: &Binding) -> Result<Instant, Refused> {
    let Some(lasts) = &effect.lasts else { return Ok(Instant::MAX) };
    match evaluator.term(&lasts.count, env, binding) {
        Read::One(Value::Number(count)) if count > 0 => evaluator.context.at.plus(count, lasts.unit).ok_or(Refused),
        _ => Err(Refused),
    }
}

/// Whether a fact fits the schema: its entities are of the declared kinds, and its value of the declared type.
pub fn fits_schema(pack: &Pack, fact: &Fact) -> bool {
    match fact {
        Fact::Relation(name, ends) => ends.iter().zip(&pack.relation(name).ends).all(|(end, kinds)| Pack::is_one_of(end, kinds)),
        Fact::Holds(holder, role, scope) => {
            // A role that the pack does not name may be on whatever some role is on.
            let may_be_on = |on: &RoleDecl| Pack::is_one_of(scope, &on.on);
            let on_scope = pack.role(role).map_or_else(|| pack.all.roles.iter().any(may_be_on), may_be_on);
            pack.holders().contains(&holder.kind) && on_scope
        }
        Fact::Member(member, group) => pack.groups_of(&member.kind).contains(&group.kind),
        Fact::Value(entity, name, value) => match (pack.attribute(&entity.kind, name).map(|attribute| &attribute.value), value) {
            (Some(ValueDecl::To(kinds)), Value::Entity(entity)) => Pack::is_one_of(entity, kinds),
            (Some(ValueDecl::OneOf(texts)), Value::Text(text)) => texts.iter().any(|known| known.value == *text),
            (None, Value::Entity(container)) => container.kind == *name && pack.containers(&entity.kind).contains(name),
            (None, _) => false,
            (Some(_), _) => true,
        },
    }
}

fn declared<'p>(pack: &'p Pack, occurrence: &EventRecordDecl) -> &'p EventDecl {
    pack.all.events.iter().find(|event| event.meta.name.value == occurrence.name.value).expect("the world was checked")
}

/// The environment of a condition of the event: its own, or that of an effect, with whether the effect removes its fact.
fn env(pack: &Pack, event: &EventDecl, occurrence: &EventRecordDecl, effect: Option<(&Effect, bool)>) -> Env {
    let mut types = Types { subject: pack.subjects(), ..Types::default() };
    types.parameters = event.parameters.iter().map(|parameter| (parameter.name.value.clone(), parameter.clone())).collect();
    for create in &event.creates {
        // A created entity is a parameter too, of one value.
        let value = ValueDecl::To(vec![create.kind.clone()]);
        let parameter = AttributeDecl::new(create.kind.clone(), value);
        types.parameters.insert(create.kind.value.clone(), parameter);
    }
    let always = Expr { span: event.meta.name.span, node: ExprNode::Bool(true) };
    let types = match effect {
        None => types.find(pack, event.condition.as_ref().unwrap_or(&always), None, &[]),
        // The variables of a removed fact range over the facts that hold; `where` must bind those of an added fact.
        Some((effect, true)) => types.find(pack, effect.condition.as_ref().unwrap_or(&always), Some(&effect.fact), &[]),
        Some((effect, false)) => types.find(pack, effect.condition.as_ref().unwrap_or(&always), None, &[&effect.fact]),
    };
    Env {
        types,
        subject: Some(Entity::parse(&occurrence.by.value)),
        resource: None,
        arguments: arguments(pack, occurrence),
        negated: false,
    }
}

fn argument(env: &Env, name: &str) -> Argument {
    env.arguments.iter().find(|(known, _)| known == name).map(|(_, values)| values.clone()).unwrap_or_default()
}

/// The values of an attribute of a created entity. An optional attribute may have none.
fn created_values(evaluator: &Evaluator<'_>, env: &Env, entity: &Entity, name: &str, term: &Term) -> Result<Vec<Value>, Refused> {
    let optional = evaluator.pack.attribute(&entity.kind, name).is_some_and(|attribute| attribute.optional);
    if is_many_of(evaluator.pack, &entity.kind, name) {
        let is_membership = |attribute: &AttributeDecl| matches!(attribute.value, ValueDecl::MemberOf(_));
        let may_be_left_out = optional || evaluator.pack.attribute(&entity.kind, name).is_some_and(is_membership);
        return match evaluator.set(term, env, &Binding::new()) {
            Set::Values { values, open: None } => Ok(values),
            Set::None if may_be_left_out => Ok(Vec::new()),
            // A set that may have more values is unknown.
            Set::None | Set::Values { .. } | Set::Unknown => Err(Refused),
        };
    }
    match evaluator.term(term, env, &Binding::new()) {
        Read::One(value) => Ok(vec![value]),
        Read::None if optional => Ok(Vec::new()),
        Read::None | Read::Unknown => Err(Refused),
    }
}

/// The variables of a fact, without parameters.
fn own_variables(pack: &Pack, env: &Env, fact: &Expr) -> Vec<Ranging> {
    variables(pack, fact).into_iter().filter_map(|name| env.types.ranging(&name)).collect()
}

/// All bindings of the variables for which the condition is not false, each with the truth value of the condition.
fn bindings(evaluator: &Evaluator<'_>, bound: &[Ranging], condition: Option<&Expr>, env: &Env) -> Vec<(Binding, Truth)> {
    let mut found = Vec::new();
    evaluator.exists(bound, &Binding::new(), &mut |binding| {
        let judgement = evaluator.with_exception(condition, None, env, binding);
        let mut unnamed = binding.iter().filter(|(_, entity)| entity.is_unnamed()).map(|(name, _)| name).peekable();
        let truth = if unnamed.peek().is_some() { evaluator.with_unnamed(judgement.truth) } else { judgement.truth };
        if truth != Truth::False && unnamed.all(|name| judgement.anchored.contains(name)) {
            found.push((binding.clone(), truth));
        }
        judgement
    });
    found
}

/// The fact of an effect; an error if a term is unknown or has no value.
fn fact(evaluator: &Evaluator<'_>, fact: &Expr, env: &Env, binding: &Binding) -> Result<Fact, Refused> {
    let entity = |term: &Term| match evaluator.term(term, env, binding) {
        Read::One(Value::Entity(entity)) => Ok(entity),
        _ => Err(Refused),
    };
    match &fact.node {
        ExprNode::Relation { name, terms, .. } => {
            let ends: Result<Vec<Entity>, Refused> = terms.iter().map(entity).collect();
            Ok(Fact::Relation(name.value.clone(), ends?))
        }
        ExprNode::Holds { holder, role, scope, .. } => {
            let named = evaluator.pack.named_role(role).map(|role| role.meta.name.value.clone());
            let role = match named {
                Some(role) => role,
                None => entity(role)?.id,
            };
            Ok(Fact::Holds(entity(holder)?, role, entity(scope)?))
        }
        ExprNode::In { term, set } => Ok(Fact::Member(entity(term)?, entity(set)?)),
        ExprNode::Compare { left, right, .. } => {
            let TermNode::Attribute(of, name) = &left.node else { return Err(Refused) };
            let Read::One(value) = evaluator.term(right, env, binding) else { return Err(Refused) };
            Ok(attribute_fact(evaluator.pack, &entity(of)?, &name.value, value))
        }
        _ => Err(Refused),
    }
}

/// The facts that a removal removes, and those that hold and that it may remove, each with the truth of `where`. Its variables, and each
/// `_`, range over what holds or may hold. If a fact is open, its removal is certain or changes nothing.
fn removed(evaluator: &Evaluator<'_>, effect: &Effect, env: &Env) -> Result<Vec<(Fact, Truth)>, Refused> {
    let mut bound = own_variables(evaluator.pack, env, &effect.fact);
    let mut pattern = effect.fact.clone();
    let wild = terms(&effect.fact).into_iter().enumerate().filter(|(_, term)| matches!(term.node, TermNode::Any));
    bound.extend(wild.map(|(index, _)| {
        let kinds = env.types.wildcard(evaluator.pack, &effect.fact, index);
        Ranging { name: format!("_{index}"), kinds, past: false }
    }));
    if let ExprNode::Relation { terms, .. } = &mut pattern.node {
        name_wildcards(terms.iter_mut());
    } else if let ExprNode::Holds { holder, scope, .. } = &mut pattern.node {
        name_wildcards([holder, scope].into_iter());
    } else if let ExprNode::In { term, set } = &mut pattern.node {
        name_wildcards([term, set].into_iter());
    }
    let holds = |fact: &Fact| evaluator.world.holds(fact, evaluator.context.at);
    if bound.is_empty() {
        let judgement = evaluator.with_exception(effect.condition.as_ref(), None, env, &Binding::new());
        if judgement.truth == Truth::False {
            return Ok(Vec::new());
        }
        let named = fact(evaluator, &pattern, env, &Binding::new())?;
        // If the fact does not hold, it does not matter that its removal is unknown.
        let counts = judgement.truth == Truth::True || holds(&named);
        return Ok(if counts { vec![(named, judgement.truth)] } else { Vec::new() });
    }
    // A term without a variable of the removal must have a value, and so must a role that is a parameter.
    let role = match &pattern.node {
        ExprNode::Holds { role, .. } if evaluator.pack.named_role(role).is_none() => Some(role.clone()),
        _ => None,
    };
    let named = match &pattern.node {
        // Whose value it is, not the value that it has now.
        ExprNode::Compare { left, right, .. } => match &left.node {
            TermNode::Attribute(of, _) => vec![&**of, right],
            _ => return Err(Refused),
        },
        _ => terms(&pattern),
    };
    for term in named.into_iter().chain(role.as_deref()) {
        let reads_variable = bound.iter().any(|variable| root_name(term) == Some(&variable.name));
        if !reads_variable && !matches!(evaluator.term(term, env, &Binding::new()), Read::One(_)) {
            return Err(Refused);
        }
    }
    let mut found = Vec::new();
    evaluator.exists(&bound, &Binding::new(), &mut |binding| {
        // The condition is not evaluated for other bindings.
        let named = fact(evaluator, &pattern, env, binding).ok().filter(|fact| evaluator.holds_or_may(fact));
        let Some(named) = named else { return Judgement::plain(Truth::False) };
        let judgement = evaluator.with_exception(effect.condition.as_ref(), None, env, binding);
        if judgement.truth == Truth::True || judgement.truth == Truth::Unknown && holds(&named) {
            found.push((named, judgement.truth));
        }
        judgement
    });
    Ok(found)
}

/// Whether some fact is stated to hold and not to hold at one time.
pub fn is_contradictory(pack: &Pack, world: &World) -> bool {
    world.facts.iter().any(|(fact, during)| {
        // No fact about an entity holds after its end.
        let ends = entities_of(fact).into_iter().filter_map(|entity| world.life(entity)).map(|life| life.until);
        let until = ends.fold(during.until, Instant::min);
        let overlap = |other: &Time| during.since.max(other.since) < until.min(other.until);
        world.denials.iter().any(|(denial, other)| denial.denies(pack, fact) && overlap(other))
    })
}

fn name_wildcards<'t>(terms: impl Iterator<Item = &'t mut Term>) {
    for (index, term) in terms.enumerate() {
        if matches!(term.node, TermNode::Any) {
            term.node = TermNode::Name(format!("_{index}"));
        }
    }
}

/// The name with which a term begins.
fn root_name(term: &Term) -> Option<&String> {
    match &term.node {
        TermNode::Attribute(of, _) => root_name(of),
        TermNode::Name(name) => Some(name),
        _ => None,
    }
}
