//! From the declaration of an event to the typed [`Event`]: its parameters with types and flags, `creates`, `ends`, `does` and `on`. Its
//! conditions and effects are typed in `typing/events.rs`.

use super::Resolver;
use super::rules::{TypeEnv, written};
use crate::diag::{Code, Diagnostic};
use crate::policy::events::{Creation, Event, Parameter};
use crate::policy::ids::{ActionId, KindId};
use crate::policy::kind_set::KindSet;
use crate::policy::model::Policy;
use crate::policy::typing::TypeChecker;
use crate::policy::value_type::ValueType;
use crate::syntax::{CreateDecl, EventDecl, Text, ValueDecl};
use crate::text::Span;
use std::collections::BTreeMap;

/// The parameters of an event in the order of names, including the entities that it creates.
pub(super) fn parameters(resolver: &mut Resolver<'_>, decl: &EventDecl) -> Vec<Parameter> {
    let mut parameters: BTreeMap<&str, Parameter> = BTreeMap::new();
    for given in &decl.parameters {
        if let ValueDecl::MemberOf(_) = given.value {
            let headline = format!("the parameter `{}` has `member-of`", given.name.value);
            let wrong = Diagnostic::new(Code::WrongType, headline, given.name.span, "a parameter has no `member-of`");
            resolver.problems.push(wrong.help("write `{ to = \"KIND\" }`, or `{ to = \"KIND\", many = true }`"));
        }
        let parameter = Parameter {
            name: given.name.value.clone(),
            span: given.name.span,
            value: resolver.value(&given.value),
            many: given.many,
            optional: given.optional,
            created: false,
        };
        parameters.insert(&given.name.value, parameter);
    }
    for create in &decl.creates {
        let name = &create.kind;
        let kind = resolver.kinds.resolve(name, &mut resolver.problems);
        if let Some(first) = parameters.get(name.value.as_str()) {
            let headline = format!("the event has two parameters named `{}`", name.value);
            let twice =
                Diagnostic::new(Code::DuplicateElement, headline, name.span, "`creates` gives it").and(first.span, "`with` gives it");
            resolver.problems.push(twice.help("rename the one in `with`"));
        }
        if kind == Some(resolver.role_kind) {
            let wrong = Diagnostic::new(Code::WrongKind, "an event cannot create a role", name.span, "roles are the pack's");
            resolver.problems.push(wrong);
        }
        let kinds = kind.map_or_else(|| resolver.every_kind.clone(), KindSet::one);
        let value = ValueType::Entity(kinds);
        let parameter = Parameter { name: name.value.clone(), span: name.span, value, many: false, optional: false, created: true };
        parameters.insert(&name.value, parameter);
    }
    parameters.into_values().collect()
}

/// `[event.NAME]`, with its parameters.
pub(super) fn event(
    resolver: &mut Resolver<'_>,
    typing: &mut TypeChecker<'_>,
    env: &TypeEnv<'_>,
    decl: &EventDecl,
    parameters: Vec<Parameter>,
) -> Event {
    let meta = resolver.meta(&decl.meta);
    let does = does(resolver, env, decl, &parameters);
    let mut ends: Vec<usize> = decl.ends.iter().filter_map(|name| ended(resolver, &parameters, name)).collect();
    ends.sort_unstable();
    ends.dedup();
    resolver.note_usage([decl.condition.as_ref()]);
    for effect in decl.adds.iter().chain(&decl.removes).chain(&decl.sets) {
        resolver.note_usage([effect.condition.as_ref()]);
    }
    resolver.usage.events.push(written([decl.condition.as_ref()]));
    let body = typing.event(&env.subject, &parameters, decl);
    let mut creates = Vec::new();
    for (create, attributes) in decl.creates.iter().zip(body.creates) {
        let parameter = find(&parameters, &create.kind.value);
        if let (Some(kind), Some(parameter)) = (resolver.kinds.find(&create.kind.value), parameter) {
            check_created(resolver, env.policy, create, kind);
            creates.push(Creation { kind, parameter, attributes });
        }
    }
    let (condition, adds, removes, sets) = (body.condition, body.adds, body.removes, body.sets);
    let done_by = decl.done_by.as_ref().map(|who| who.value.clone());
    Event { meta, does, done_by, parameters, creates, condition, adds, removes, sets, ends }
}

/// The index of the parameter of that name.
fn find(parameters: &[Parameter], name: &str) -> Option<usize> {
    parameters.binary_search_by(|parameter| parameter.name.as_str().cmp(name)).ok()
}

/// The index of the parameter of that name; reports the name if there is none.
fn parameter(resolver: &mut Resolver<'_>, parameters: &[Parameter], name: &Text) -> Option<usize> {
    let found = find(parameters, &name.value);
    if found.is_none() && !resolver.problems.is_lost(&name.value) {
        let headline = format!("the event has no parameter `{}`", name.value);
        let unknown = Diagnostic::new(Code::UnknownParameter, headline, name.span, "not in `with` or `creates`");
        let known = parameters.iter().map(|parameter| parameter.name.as_str());
        resolver.problems.push(unknown.nearest(&name.value, name.span, known));
    }
    found
}

/// The index of a parameter in `ends`; reports one that is not an entity.
fn ended(resolver: &mut Resolver<'_>, parameters: &[Parameter], name: &Text) -> Option<usize> {
    let index = parameter(resolver, parameters, name)?;
    if parameters[index].value.is_entity() {
        return Some(index);
    }
    let headline = format!("`{}` is not an entity, so it cannot end", name.value);
    let wrong = Diagnostic::new(Code::WrongKind, headline, name.span, "no entity").and(parameters[index].span, "declared here");
    resolver.problems.push(wrong);
    None
}

/// The action that the doer must be allowed, and the index of the parameter that is its resource.
fn does(resolver: &mut Resolver<'_>, env: &TypeEnv<'_>, decl: &EventDecl, parameters: &[Parameter]) -> Option<(ActionId, usize)> {
    let action = decl.does.as_ref().and_then(|does| env.names.one(does, &mut resolver.problems));
    let index = decl.on.as_ref().and_then(|on| parameter(resolver, parameters, on));
    let does = decl.does.as_ref()?;
    let Some(on) = &decl.on else {
        let headline = format!("the event `{}` has `does`, but no `on`", decl.meta.name.value);
        let missing = Diagnostic::new(Code::MissingKey, headline, does.span, "on what?");
        resolver.problems.push(missing.help("write `on = \"PARAMETER\"`: the parameter that is the action's resource"));
        return None;
    };
    let (action, index) = (action?, index?);
    let on_kinds = &env.policy.actions[action].on;
    let wrong = match &parameters[index] {
        Parameter { created: true, .. } => "is created by the event",
        Parameter { many: true, .. } => "may have many values",
        Parameter { optional: true, .. } => "may be left out",
        Parameter { value: ValueType::Entity(kinds), .. } if kinds.meets(on_kinds) || on_kinds.is_empty() => return Some((action, index)),
        Parameter { value: ValueType::Entity(_), .. } => "is of a kind on which the action does not stand",
        _ => "is not an entity",
    };
    let headline = format!("`{}` cannot be the resource of `{}`: it {wrong}", on.value, does.value);
    let wrong = Diagnostic::new(Code::WrongKind, headline, on.span, "no resource").and(parameters[index].span, "declared here");
    resolver.problems.push(wrong.help("`on` names a parameter that is one entity, of a kind on which the action stands"));
    None
}

/// Reports unknown attributes of a new entity, and a missing or second container.
fn check_created(resolver: &mut Resolver<'_>, policy: &Policy, create: &CreateDecl, kind: KindId) {
    let known = &policy.kinds[kind];
    let kind_name = &known.meta.name;
    let mut containers: Vec<(&str, Span)> = Vec::new();
    for (name, _) in &create.attributes {
        let Some(attribute) = policy.attribute_named(kind, &name.value) else {
            if resolver.problems.is_lost(&name.value) {
                continue;
            }
            let headline = format!("the kind `{kind_name}` has no attribute `{}`", name.value);
            let names = known.attributes.iter().map(|&attribute| policy.attributes[attribute].name.as_str());
            let missing = names.filter(|known| create.attributes.iter().all(|(given, _)| given.value != *known));
            let unknown = Diagnostic::new(Code::UnknownAttribute, headline, name.span, "not declared");
            resolver.problems.push(unknown.nearest(&name.value, name.span, missing));
            continue;
        };
        if policy.attributes[attribute].key {
            let headline = format!("`{}` is a key, which no event gives", name.value);
            let key = Diagnostic::new(Code::BadConclusion, headline, name.span, "a key");
            let key = key.and(policy.attributes[attribute].span, "declared here");
            resolver.problems.push(key.help("leave it out: a world gives a key where it declares the entity"));
        }
        if policy.attributes[attribute].container {
            containers.push((&name.value, name.span));
        }
    }
    // An unknown name may have been meant to name the container.
    let all_known = create.attributes.iter().all(|(name, _)| policy.attribute_named(kind, &name.value).is_some());
    match containers.as_slice() {
        [] if !known.within.is_empty() && all_known => {
            let names: Vec<String> = known.within.iter().map(|&at| format!("`{}`", policy.attributes[at].name)).collect();
            let headline = format!("the new {kind_name} lies within nothing");
            let missing = Diagnostic::new(Code::MissingContainer, headline, create.kind.span, "its container is not given");
            resolver.problems.push(missing.help(format!("give it {}", names.join(" or "))));
        }
        [(first, first_span), (second, second_span), ..] => {
            let headline = format!("the new {kind_name} lies within two things: `{first}` and `{second}`");
            let two = Diagnostic::new(Code::TwoContainers, headline, *second_span, "the second").and(*first_span, "the first");
            resolver.problems.push(two.help("give one of them"));
        }
        _ => {}
    }
}
