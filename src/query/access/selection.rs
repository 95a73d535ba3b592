//! What a list asks about: which subjects, actions and resources.

use crate::diag::did_you_mean;
use crate::diag::phrases;
use crate::eval::QueryContext;
use crate::eval::trace::NoTrace;
use crate::eval::truth::Truth;
use crate::policy::{ActionId, KindId, KindSet, Policy};
use crate::world::{EntityId, Lookup, RequestError, Statement, Value};
use rustc_hash::FxHashSet;

/// A subject or a resource as a question names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntityPattern {
    /// One entity: its kind, and its id or key.
    One(String, String),
    /// All of a kind that live then: `KIND:*`.
    Kind(String),
}

/// The subjects of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subjects {
    /// All living ones of these kinds.
    Kinds(KindSet),
    /// These, in order, each with whether it is certain that the question is about it.
    These(Vec<(EntityId, Certainty)>),
}

/// Whether a subject is known to be one of those for whom an entity stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// It is.
    Known,
    /// Whether it is a member is unknown.
    Unknown,
}

/// The resources of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resources {
    /// All living ones of these kinds.
    Kinds(KindSet),
    /// These, in order.
    These(Vec<EntityId>),
}

impl EntityPattern {
    /// The pattern as written: `KIND:*`, or `KIND:ID`.
    pub fn read(text: &str) -> Option<EntityPattern> {
        match text.split_once(':') {
            Some((kind, "*")) if !kind.is_empty() => Some(EntityPattern::Kind(kind.to_owned())),
            Some((kind, id)) if !kind.is_empty() && !id.is_empty() => Some(EntityPattern::One(kind.to_owned(), id.to_owned())),
            _ => None,
        }
    }
}

impl QueryContext<'_> {
    /// The subjects for whom an entity or a pattern stands: a subject for itself; another entity for the subjects that are in it at any depth,
    /// or name it as their home.
    ///
    /// # Errors
    ///
    /// If a kind or the entity is unknown, if it does not live then, or if it can stand for no subject.
    pub fn subjects(&self, pattern: &EntityPattern) -> Result<Subjects, RequestError> {
        let policy = &self.compiled.policy;
        let subjects = policy.subjects();
        match pattern {
            EntityPattern::Kind(name) => {
                let kind = self.kind(name, "*")?;
                if subjects.contains(kind) {
                    Ok(Subjects::Kinds(KindSet::one(kind)))
                } else {
                    Err(no_subject(policy, &format!("{name}:*")))
                }
            }
            EntityPattern::One(kind, id) => {
                let ent = self.world.living(policy, kind, id, self.context.at)?;
                if subjects.contains(self.world.kind(ent)) {
                    return Ok(Subjects::These(vec![(ent, Certainty::Known)]));
                }
                if !self.may_stand_for_subjects(ent) {
                    return Err(no_subject(policy, &self.world.name(policy, ent)));
                }
                Ok(Subjects::These(self.subjects_of(ent)))
            }
        }
    }

    /// All subjects.
    pub fn all_subjects(&self) -> Subjects {
        Subjects::Kinds(self.compiled.policy.subjects())
    }

    fn may_stand_for_subjects(&self, ent: EntityId) -> bool {
        let (policy, kind) = (&self.compiled.policy, self.world.kind(ent));
        let subjects = policy.subjects();
        let is_home = |subject: KindId| {
            let homes = policy.kinds[subject].exactly_one.iter();
            homes.filter_map(|&attribute| policy.attributes[attribute].value.entity_kinds()).any(|kinds| kinds.contains(kind))
        };
        subjects.iter().any(|subject| policy.groups_of(subject).contains(kind) || is_home(subject))
    }

    /// The subjects that are in the entity at any depth, or name it as their home, in order.
    fn subjects_of(&self, ent: EntityId) -> Vec<(EntityId, Certainty)> {
        let (policy, world, at) = (&self.compiled.policy, self.world, self.context.at);
        let subjects = policy.subjects();
        let mut known: FxHashSet<EntityId> = FxHashSet::default();
        let mut unknown: FxHashSet<EntityId> = FxHashSet::default();
        known.extend(world.all_members(ent, at).skip(1).filter(|&member| subjects.contains(world.kind(member))));
        if self.env.open_groups {
            let mut evaluator = self.evaluator(NoTrace);
            let may_be_in = |&subject: &EntityId| evaluator.member(subject, ent) == Truth::Unknown;
            unknown.extend(world.living_of(&subjects, at).filter(may_be_in));
        }
        for kind in subjects.iter() {
            for &attribute in &policy.kinds[kind].exactly_one {
                if !policy.attributes[attribute].value.entity_kinds().is_some_and(|kinds| kinds.contains(world.kind(ent))) {
                    continue;
                }
                let naming = world.entities_with_value(attribute, ent).filter_map(|id| match world.fact(id).statement {
                    Statement::Value { entity, .. } => Some(entity),
                    _ => None,
                });
                known.extend(naming.filter(|&subject| {
                    matches!(world.value(subject, attribute, at), Lookup::Known(Value::Entity(home), ()) if home == ent)
                        && world.lives(subject, at)
                }));
                unknown.extend(world.lacking(policy, attribute, at));
            }
        }
        let known = known.into_iter().map(|subject| (subject, Certainty::Known));
        let mut all: Vec<(EntityId, Certainty)> = known.chain(unknown.into_iter().map(|subject| (subject, Certainty::Unknown))).collect();
        all.sort_by(|a, b| world.compare_entities(a.0, b.0).then(a.1.cmp(&b.1)));
        all.dedup_by_key(|(subject, _)| *subject);
        all
    }

    /// The actions of a name, of a pattern `NAME.*` or of `*`, in the order of their names.
    ///
    /// # Errors
    ///
    /// If there is no such action, with a guess at what was meant.
    pub fn actions(&self, text: &str) -> Result<Vec<ActionId>, RequestError> {
        let policy = &self.compiled.policy;
        let begins = |name: &str, prefix: &str| name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.'));
        let all = policy.actions.iter();
        let mut found: Vec<ActionId> = match (text, text.strip_suffix(".*")) {
            ("*", _) => all.map(|(id, _)| id).collect(),
            (_, Some(prefix)) => all.filter(|(_, action)| begins(&action.meta.name, prefix)).map(|(id, _)| id).collect(),
            (name, None) => policy.action_called(name).into_iter().collect(),
        };
        found.sort_by(|a, b| policy.actions[*a].meta.name.cmp(&policy.actions[*b].meta.name));
        if !found.is_empty() {
            return Ok(found);
        }
        let names = policy.actions.values().map(|action| action.meta.name.as_str());
        let message = match text.strip_suffix(".*") {
            Some(prefix) => format!("no action begins with `{prefix}.`"),
            None => format!("no action is named `{text}`"),
        };
        Err(RequestError::of_policy(message, did_you_mean(text, names).map(|near| format!("did you mean `{near}`?"))))
    }

    /// The resources for which an entity or a pattern stands, as far as some of the actions stand on them; with `within`, all that lies within
    /// the entity too.
    ///
    /// # Errors
    ///
    /// If a kind or the entity is unknown, if it does not live then, or if no action stands on any of them.
    pub fn resources(&self, pattern: &EntityPattern, actions: &[ActionId], within: bool) -> Result<Resources, RequestError> {
        let policy = &self.compiled.policy;
        let on = kinds_of(policy, actions);
        match pattern {
            EntityPattern::Kind(name) => {
                let kind = self.kind(name, "*")?;
                if on.contains(kind) { Ok(Resources::Kinds(KindSet::one(kind))) } else { Err(self.stands_elsewhere(kind, &on)) }
            }
            EntityPattern::One(kind, id) => {
                let ent = self.world.living(policy, kind, id, self.context.at)?;
                let mut found: Vec<EntityId> = if within { self.evaluator(NoTrace).all_within(ent, &on) } else { vec![ent] };
                found.retain(|&ent| on.contains(self.world.kind(ent)) && self.world.lives(ent, self.context.at));
                self.world.sort_entities(&mut found);
                found.dedup();
                let below = on.iter().any(|kind| policy.kinds[kind].above.contains(self.world.kind(ent)));
                if !on.contains(self.world.kind(ent)) && !(within && below) {
                    return Err(self.stands_elsewhere(self.world.kind(ent), &on));
                }
                Ok(Resources::These(found))
            }
        }
    }

    /// All resources of the actions.
    pub fn all_resources(&self, actions: &[ActionId]) -> Resources {
        Resources::Kinds(kinds_of(&self.compiled.policy, actions))
    }

    fn kind(&self, name: &str, id: &str) -> Result<KindId, RequestError> {
        let policy = &self.compiled.policy;
        policy.kind_called(name).ok_or_else(|| {
            let known = policy.kinds.values().map(|kind| kind.meta.name.as_str());
            let near = did_you_mean(name, known).map(|near| format!("did you mean `{near}:{id}`?"));
            RequestError::of_policy(format!("no kind is named `{name}`"), near)
        })
    }

    /// The error of actions that stand on none of the kinds that were asked about.
    fn stands_elsewhere(&self, kind: KindId, on: &KindSet) -> RequestError {
        let policy = &self.compiled.policy;
        let names: Vec<&str> = on.iter().map(|kind| policy.kinds[kind].meta.name.as_str()).collect();
        let within: Vec<&str> =
            on.iter().filter(|&below| policy.kinds[below].above.contains(kind)).map(|kind| policy.kinds[kind].meta.name.as_str()).collect();
        let message = format!("none of these actions stands on a {}", policy.kinds[kind].meta.name);
        let or = |names: &[&str]| phrases::any_of(names);
        let help = if within.is_empty() {
            format!("ask about a {}", or(&names))
        } else {
            format!("ask about a {}, or add `--within` for each {} within it", or(&names), or(&within))
        };
        RequestError::of_policy(message, Some(help))
    }
}

fn kinds_of(policy: &Policy, actions: &[ActionId]) -> KindSet {
    actions.iter().fold(KindSet::default(), |all, &action| all.union(&policy.actions[action].on))
}

fn no_subject(policy: &Policy, name: &str) -> RequestError {
    let subjects: Vec<String> = policy.subjects().iter().map(|kind| policy.kinds[kind].meta.name.clone()).collect();
    let help = format!("a subject is a {}, a group of these, or what they name as their home", subjects.join(" or a "));
    RequestError::of_policy(format!("`{name}` stands for no subject"), Some(help))
}
