//! What a list asks about: which subjects, actions and resources.

use crate::diag::did_you_mean;
use crate::diag::phrases::{self, any_of_at_most, code};
use crate::eval::{NoTrace, QueryContext, Truth};
use crate::policy::{ActionId, KindId, KindSet, Policy};
use crate::query::lists::{self, EntityPattern};
use crate::world::{EntityId, RequestError};
use std::collections::BTreeSet;

/// The most first words of actions that an error names.
const MOST_WORDS: usize = 20;

/// Which requests a list is about: every subject with every action with every resource on which the action stands.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Who asks.
    pub subjects: Subjects,
    /// What is to be done, in the order of names.
    pub actions: Vec<ActionId>,
    /// To what.
    pub resources: Resources,
    /// Whether requests are listed too that a rule bars, although something may permit them.
    pub with_barred: bool,
}

/// The subjects of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subjects {
    /// All living ones of these kinds.
    Kinds(KindSet),
    /// These, in order: true of those that belong to what the question names, and unknown of those that may.
    These(Vec<(EntityId, Truth)>),
}

/// The resources of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resources {
    /// All living ones of these kinds.
    Kinds(KindSet),
    /// These, in order.
    These(Vec<EntityId>),
}

impl QueryContext<'_> {
    /// The subjects for whom an entity or a pattern stands: see [`lists::subjects`].
    ///
    /// # Errors
    ///
    /// If it can stand for no subject.
    pub fn subjects(&self, pattern: EntityPattern) -> Result<Subjects, RequestError> {
        match pattern {
            EntityPattern::All(kind) if self.compiled.policy.kinds[kind].subject => Ok(Subjects::Kinds(KindSet::one(kind))),
            pattern => lists::subjects(self, pattern).map(Subjects::These),
        }
    }

    /// All subjects.
    pub fn all_subjects(&self) -> Subjects {
        Subjects::Kinds(self.compiled.policy.subjects())
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
        let all_of_word = names.clone().any(|name| begins(name, text)).then(|| format!("for all that begin so, write `{text}.*`"));
        let near_word = |prefix| did_you_mean(prefix, first_words(policy).iter().map(String::as_str)).map(|word| format!("{word}.*"));
        let near = || {
            let near = text.strip_suffix(".*").and_then(near_word).or_else(|| did_you_mean(text, names).map(str::to_owned));
            near.map(|near| format!("did you mean `{near}`?"))
        };
        let words = || format!("the actions of the pack begin with {}", any_of_at_most(first_words(policy).iter().map(code), MOST_WORDS));
        Err(RequestError::of_policy(message, all_of_word.or_else(near).or_else(|| Some(words()))))
    }

    /// The resources for which an entity or a pattern stands, as far as some of the actions stand on them; with `within`, all that lies within
    /// the entity too.
    ///
    /// # Errors
    ///
    /// If no action stands on any of them.
    pub fn resources(&self, pattern: EntityPattern, actions: &[ActionId], within: bool) -> Result<Resources, RequestError> {
        let policy = &self.compiled.policy;
        let on = kinds_of(policy, actions);
        match pattern {
            EntityPattern::All(kind) if on.contains(kind) => Ok(Resources::Kinds(KindSet::one(kind))),
            EntityPattern::All(kind) => Err(self.stands_elsewhere(kind, &on)),
            EntityPattern::One(ent) => {
                let mut found: Vec<EntityId> = if within { self.evaluator(NoTrace).all_within(ent, &on) } else { vec![ent] };
                found.retain(|&ent| on.contains(self.world.kind(ent)) && self.world.lives(ent, self.context.at));
                self.world.sort_entities(&mut found);
                found.dedup();
                let below = on.iter().any(|kind| policy.kinds[kind].above.contains(self.world.kind(ent)));
                if !(on.contains(self.world.kind(ent)) || within && below) {
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

    /// The error of actions that stand on none of the kinds that were asked about.
    fn stands_elsewhere(&self, kind: KindId, on: &KindSet) -> RequestError {
        let policy = &self.compiled.policy;
        let names: Vec<&str> = on.iter().map(|kind| policy.kinds[kind].meta.name.as_str()).collect();
        let within: Vec<&str> =
            on.iter().filter(|&below| policy.kinds[below].above.contains(kind)).map(|kind| policy.kinds[kind].meta.name.as_str()).collect();
        let message = format!("no action that was asked about stands on {}", phrases::with_article(&policy.kinds[kind].meta.name));
        let or = |names: &[&str]| phrases::any_of(names.iter().map(|name| phrases::with_article(name)));
        let help = if within.is_empty() {
            format!("ask about {}", or(&names))
        } else {
            format!("ask about {}, or add `--within` for each {} within it", or(&names), phrases::any_of(&within))
        };
        let has_no_action = policy.actions.values().all(|action| !action.on.contains(kind));
        let has_roles = has_no_action && policy.roles.values().any(|role| role.on.contains(kind));
        let name = &policy.kinds[kind].meta.name;
        let roles = if has_roles { format!("; `delegraph roles --on {name}:ID` lists the roles held there") } else { String::new() };
        RequestError::of_policy(message, Some(format!("{help}{roles}")))
    }
}

/// The words with which the names of actions begin, each once, sorted.
fn first_words(policy: &Policy) -> BTreeSet<String> {
    policy.actions.values().filter_map(|action| Some(action.meta.name.split_once('.')?.0.to_owned())).collect()
}

fn kinds_of(policy: &Policy, actions: &[ActionId]) -> KindSet {
    actions.iter().fold(KindSet::default(), |all, &action| all.union(&policy.actions[action].on))
}
