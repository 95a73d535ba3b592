//! The names of a question looked up in a world: subject, action and resource become ids, or an error that suggests what was meant.

use super::ids::EntityId;
use super::model::Statement;
use super::store::entities::Probe;
use super::value::Value;
use super::world::World;
use crate::diag::phrases::{any_of_at_most, code};
use crate::diag::{did_you_mean, has_same_digits, ids_meant, nearest};
use crate::policy::{ActionId, KindId, Policy};
use crate::time::{Instant, Interval};

/// The most ids that a help lists.
const MEANT: usize = 4;

/// A question by names: may the subject do the action to the resource?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The subject: its kind, and its id or key.
    pub subject: (String, String),
    /// The name of the action.
    pub action: String,
    /// The resource: its kind, and its id or key.
    pub resource: (String, String),
}

/// A [`Request`] that borrows its names, from a line that is being read for example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestRef<'a> {
    /// The subject: its kind, and its id or key.
    pub subject: (&'a str, &'a str),
    /// The name of the action.
    pub action: &'a str,
    /// The resource: its kind, and its id or key.
    pub resource: (&'a str, &'a str),
}

impl Request {
    /// The request with its names borrowed.
    pub fn by_ref(&self) -> RequestRef<'_> {
        let Request { subject, action, resource } = self;
        RequestRef { subject: (&subject.0, &subject.1), action, resource: (&resource.0, &resource.1) }
    }
}

/// A question by ids. Made by [`World::resolve`], and valid for the world that made it and for its clones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResolvedRequest {
    /// Who asks.
    pub subject: EntityId,
    /// What is to be done.
    pub action: ActionId,
    /// The entity to which it is to be done.
    pub resource: EntityId,
}

/// Why a question cannot be asked of a world: what is wrong and, where it can be guessed, what was meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RequestError {
    /// What is wrong, in one line.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Whether it is the policy that does not have or allow what is named, so that another pack may be meant; else it is the world.
    pub of_policy: bool,
    /// The name that is unknown, as it is written, and those that are near.
    pub unknown: Option<UnknownName>,
}

/// A name that nothing has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    /// The name.
    pub name: String,
    /// The name that is surely meant, if there is one.
    pub certain: Option<String>,
}

impl RequestError {
    /// The same, about this name, for which these are near.
    fn about(self, name: &str, near: &[String]) -> RequestError {
        let certain = match near {
            [one] if has_same_digits(one, name) => Some(one.clone()),
            _ => None,
        };
        RequestError { unknown: Some(UnknownName { name: name.to_owned(), certain }), ..self }
    }

    /// The error of a name that the policy does not have, or does not allow there.
    pub(crate) fn of_policy(message: String, help: Option<String>) -> RequestError {
        RequestError { message, help, of_policy: true, unknown: None }
    }

    /// The error of a name that the world does not have, or not then.
    pub(crate) fn of_world(message: String, help: Option<String>) -> RequestError {
        RequestError { message, help, of_policy: false, unknown: None }
    }
}

impl World {
    /// Resolves the names of a request, at an instant.
    ///
    /// # Errors
    ///
    /// If a name is not known, the action is not one of the resource's kind, the subject's kind is not one of subjects, or an entity does
    /// not live then.
    pub fn resolve(&self, policy: &Policy, request: &Request, at: Instant) -> Result<ResolvedRequest, RequestError> {
        self.resolve_ref(policy, request.by_ref(), at)
    }

    /// [`World::resolve`] of borrowed names, which are not copied.
    ///
    /// # Errors
    ///
    /// As [`World::resolve`].
    pub fn resolve_ref<'n>(&self, policy: &Policy, request: RequestRef<'n>, at: Instant) -> Result<ResolvedRequest, RequestError> {
        let action = action(policy, request.action)?;
        let look_up = |kind: &str, id: &'n str| policy.kind_called(kind).map(|kind| self.entities.look_up(kind, id));
        // Both lookups begin before either is compared, so that their cache misses overlap.
        let begun = (look_up(request.subject.0, request.subject.1), look_up(request.resource.0, request.resource.1));
        let found = |lookup: Option<Probe<'_>>| {
            let lookup = lookup?;
            self.find_at(&lookup).or_else(|| self.find_key(lookup.kind, lookup.id))
        };
        let living = |lookup: Option<Probe<'_>>, (kind, id): (&str, &str)| match found(lookup) {
            Some(ent) if self.lives(ent, at) => Ok(ent),
            _ => self.living(policy, kind, id, at),
        };
        let (subject, resource) = (living(begun.0, request.subject)?, living(begun.1, request.resource)?);
        if !policy.kinds[self.kind(subject)].subject {
            let subjects: Vec<&str> = policy.subjects().iter().map(|kind| policy.kinds[kind].meta.name.as_str()).collect();
            let kind = &policy.kinds[self.kind(subject)].meta.name;
            let message = format!("`{}` cannot ask: a {kind} is not a subject", self.name(policy, subject));
            let help = Some(format!("a subject is a {}", subjects.join(" or a ")));
            return Err(RequestError::of_policy(message, help));
        }
        if !policy.actions[action].on.contains(self.kind(resource)) {
            let kinds: Vec<&str> = policy.actions[action].on.iter().map(|kind| policy.kinds[kind].meta.name.as_str()).collect();
            let (name, kind) = (&policy.actions[action].meta.name, &policy.kinds[self.kind(resource)].meta.name);
            let message = format!("`{name}` does not stand on a {kind}");
            let help = Some(format!("ask it of a {}", kinds.join(" or a ")));
            return Err(RequestError::of_policy(message, help));
        }
        Ok(ResolvedRequest { subject, action, resource })
    }

    /// The entity of this name, if it lives at `at`. The name is an id or a key.
    ///
    /// # Errors
    ///
    /// If the kind or the entity is not known, or the entity does not live then.
    pub fn living(&self, policy: &Policy, kind: &str, id: &str, at: Instant) -> Result<EntityId, RequestError> {
        let ent = self.named(policy, kind, id)?;
        if self.lives(ent, at) {
            return Ok(ent);
        }
        let entity = self.entity(ent);
        let why = if at < entity.life.since {
            format!("does not exist yet on {at}: it is created on {}", entity.life.since)
        } else {
            format!("no longer exists on {at}: it ended on {}", entity.life.until)
        };
        let kind = &policy.kinds[entity.kind].meta.name;
        Err(RequestError::of_world(format!("`{kind}:{id}` {why}"), None))
    }

    /// The entity of this name, if it lives at some time of a window. The name is an id or a key.
    ///
    /// # Errors
    ///
    /// If the kind or the entity is not known, or the entity lives at no time of the window.
    pub fn living_within(&self, policy: &Policy, kind: &str, id: &str, window: Interval) -> Result<EntityId, RequestError> {
        let ent = self.named(policy, kind, id)?;
        let life = self.life(ent);
        if !life.intersection(window).is_empty() {
            return Ok(ent);
        }
        let when =
            if window.until <= life.since { format!("it is created on {}", life.since) } else { format!("it ended on {}", life.until) };
        let kind = &policy.kinds[self.kind(ent)].meta.name;
        let message = format!("`{kind}:{id}` does not exist from {} up to {}: {when}", window.since, window.until);
        Err(RequestError::of_world(message, None))
    }

    /// The entity of this name, living or not. The name is an id or, if no entity has it as its id, a key.
    ///
    /// # Errors
    ///
    /// If the kind or the entity is not known; the help suggests a similar name.
    pub fn named(&self, policy: &Policy, kind: &str, id: &str) -> Result<EntityId, RequestError> {
        let Some(kind_id) = policy.kind_called(kind) else {
            let known = policy.kinds.values().map(|kind| kind.meta.name.as_str());
            let near = did_you_mean(kind, known).map(|near| help(&format!("{near}:{id}")));
            return Err(RequestError::of_policy(format!("no kind is named `{kind}`"), near));
        };
        self.find_named(policy, kind_id, id).ok_or_else(|| self.not_found(policy, kind_id, id))
    }

    fn not_found(&self, policy: &Policy, kind_id: KindId, id: &str) -> RequestError {
        let kind = &policy.kinds[kind_id].meta.name;
        let declared = |ent: &EntityId| self.entity(*ent).declared || kind_id == policy.role_kind;
        let ids: Vec<&str> = self.of_kind(kind_id).filter(declared).map(|ent| self.entity(ent).id).collect();
        let message = format!("the world has no `{kind}:{id}`");
        let not_exported = || "no export that was read names it; `delegraph facts --unknown` lists what was not read".to_owned();
        if ids.is_empty() {
            let help = if self.exports().is_empty() { "give a world with `--world FILE`".to_owned() } else { not_exported() };
            return RequestError::of_world(message, Some(format!("it has no {kind} at all; {help}")));
        }
        let labelled = self.labelled(policy, kind_id, id);
        if !labelled.is_empty() {
            let meant = labelled.into_iter().map(|(ent, label)| format!("{} ({label})", code(format!("{kind}:{}", self.entity(ent).id))));
            return RequestError::of_world(message, Some(format!("did you mean {}?", any_of_at_most(meant, MEANT))));
        }
        // A million ids take too long to compare: of so many, only those with the same first letter are compared.
        let first = id.chars().next();
        let few = ids.len() <= 10_000;
        let known = ids.into_iter().chain(self.keys_of(kind_id)).filter(|known| few || known.chars().next() == first);
        let near: Vec<String> = ids_meant(id, known).into_iter().map(|near| format!("{kind}:{near}")).collect();
        let about = near.clone();
        let near: Vec<String> = near.into_iter().map(code).collect();
        let help = if near.is_empty() {
            (!self.exports().is_empty()).then(not_exported)
        } else {
            Some(format!("did you mean {}?", any_of_at_most(near, MEANT)))
        };
        RequestError::of_world(message, help).about(&format!("{kind}:{id}"), &about)
    }
}

impl World {
    /// The entities of this kind that have such a label, in capitals or not. A label is no name: it need not be of one entity alone.
    /// Each with its label.
    fn labelled(&self, policy: &Policy, kind: KindId, label: &str) -> Vec<(EntityId, &str)> {
        let Some(attribute) = policy.kinds[kind].label else { return Vec::new() };
        let own = |ent: EntityId| {
            self.values(ent, attribute).find_map(|fact| match self.fact(fact).statement {
                Statement::Value { value: Value::Text(symbol), .. } => {
                    Some(self.text(symbol)).filter(|own| own.to_lowercase() == label.to_lowercase())
                }
                _ => None,
            })
        };
        self.of_kind(kind).filter_map(|ent| Some((ent, own(ent)?))).collect()
    }
}

fn help(near: &str) -> String {
    format!("did you mean `{near}`?")
}

/// The action of this name. Fails if there is none, with a guess at what was meant.
#[inline]
fn action(policy: &Policy, name: &str) -> Result<ActionId, RequestError> {
    policy.action_called(name).ok_or_else(|| {
        let known = policy.actions.values().map(|action| action.meta.name.as_str());
        let near = nearest(name, known);
        let meant: Vec<String> = near.iter().flat_map(|near| near.names.iter().map(|name| (*name).to_owned())).collect();
        RequestError::of_policy(format!("no action is named `{name}`"), near.map(|near| near.help())).about(name, &meant)
    })
}
