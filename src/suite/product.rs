//! The requests of a case or a who: every subject with every action on every resource.

use super::setting::bad_request;
use crate::diag::phrases::{any_of, with_article};
use crate::diag::{Code, Diagnostic};
use crate::eval::{QueryContext, Truth};
use crate::policy::{ActionId, KindId, KindSet};
use crate::query::access::{Resources, Selection, Subjects};
use crate::query::lists::EntityPattern;
use crate::syntax::{NamedEntities, Text};
use crate::text::{Span, Spanned};
use crate::world::{EntityId, ResolvedRequest};
use rustc_hash::{FxHashMap, FxHashSet};

/// The most requests of one entry. What is neither allowed nor unknown costs little, since candidates are found from the facts.
const MOST_REQUESTS: u64 = 10_000_000;

/// The requests of an entry.
#[derive(Debug)]
pub(super) struct Product {
    /// Its subjects, actions and resources.
    pub(super) selection: Selection,
    /// How many requests there are. Pairs of an action and a resource on which it does not stand are none.
    pub(super) count: u64,
    /// The subjects, where they are not whole kinds.
    subjects: FxHashSet<EntityId>,
    /// The resources, where they are not whole kinds.
    resources: FxHashSet<EntityId>,
}

/// The subjects of an entry.
pub(super) enum Asking<'d> {
    /// Those of these names.
    Named(&'d [Spanned<NamedEntities>]),
    /// All subjects of all kinds.
    All,
}

impl Product {
    /// The product of an entry at `span`.
    ///
    /// # Errors
    ///
    /// If something is not known, something takes part in no request, or there are too many.
    pub(super) fn of(
        query: &QueryContext<'_>,
        asking: &Asking<'_>,
        actions: &[Text],
        resources: &[Spanned<NamedEntities>],
        span: Span,
    ) -> Result<Product, Vec<Diagnostic>> {
        let mut mistakes = Vec::new();
        let by_item = named_actions(query, actions, &mut mistakes);
        let subjects = match asking {
            Asking::All => query.all_subjects(),
            Asking::Named(names) => subjects(query, names, &mut mistakes),
        };
        let resources_of = resource_items(query, resources, &mut mistakes);
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let resources = match resources_of.as_slice() {
            [(EntityPattern::All(kind), ..)] => Resources::Kinds(KindSet::one(*kind)),
            items => {
                let mut all: Vec<EntityId> = items.iter().flat_map(|(_, of, _)| of.iter().copied()).collect();
                query.world.sort_entities(&mut all);
                all.dedup();
                Resources::These(all)
            }
        };
        let by_kind = counts(query, &resources);
        mistakes.extend(idle_items(query, &by_item, &resources_of, &by_kind));
        let mut actions: Vec<ActionId> = by_item.into_iter().flat_map(|(of, _)| of).collect();
        let policy = &query.compiled.policy;
        actions.retain(|&action| policy.actions[action].on.iter().any(|kind| by_kind.contains_key(&kind)));
        actions.sort_by(|a, b| policy.actions[*a].meta.name.cmp(&policy.actions[*b].meta.name));
        actions.dedup();
        let asking = match &subjects {
            Subjects::Kinds(kinds) => query.world.living_of(kinds, query.context.at).count(),
            Subjects::These(these) => these.len(),
        } as u64;
        let pairs: u64 = actions.iter().map(|&action| standing(query, action, &by_kind)).sum();
        let count = asking.saturating_mul(pairs);
        if mistakes.is_empty() && count == 0 {
            mistakes.push(Diagnostic::new(Code::IdleItem, "the entry asks nothing", span, "no subject lives then"));
        }
        if count > MOST_REQUESTS {
            let headline = format!("the entry has {count} requests, and at most {MOST_REQUESTS} are tested at once");
            let big = Diagnostic::new(Code::TooLong, headline, span, format!("{asking} subjects, {pairs} actions on resources"));
            mistakes.push(big.help("split it, or name fewer subjects, actions or resources"));
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let (mut these_subjects, mut these_resources) = (FxHashSet::default(), FxHashSet::default());
        if let Subjects::These(these) = &subjects {
            these_subjects.extend(these.iter().map(|&(subject, _)| subject));
        }
        if let Resources::These(these) = &resources {
            these_resources.extend(these.iter().copied());
        }
        let selection = Selection { subjects, actions, resources, with_barred: false };
        Ok(Product { selection, count, subjects: these_subjects, resources: these_resources })
    }

    pub(super) fn has_subject(&self, query: &QueryContext<'_>, subject: EntityId) -> bool {
        match &self.selection.subjects {
            Subjects::Kinds(kinds) => kinds.contains(query.world.kind(subject)),
            Subjects::These(_) => self.subjects.contains(&subject),
        }
    }

    pub(super) fn has_resource(&self, query: &QueryContext<'_>, resource: EntityId) -> bool {
        match &self.selection.resources {
            Resources::Kinds(kinds) => kinds.contains(query.world.kind(resource)),
            Resources::These(_) => self.resources.contains(&resource),
        }
    }

    /// Its requests.
    pub(super) fn requests<'q>(&'q self, query: &'q QueryContext<'_>) -> impl Iterator<Item = ResolvedRequest> + 'q {
        let subjects: Vec<EntityId> = match &self.selection.subjects {
            Subjects::Kinds(kinds) => query.world.living_of(kinds, query.context.at).collect(),
            Subjects::These(these) => these.iter().map(|&(subject, _)| subject).collect(),
        };
        let resources = self.resources(query);
        let pairs = self.selection.actions.iter().flat_map(move |&action| {
            let stand = resources.iter().filter(|&&resource| stands(query, action, resource));
            stand.map(|&resource| (action, resource)).collect::<Vec<_>>()
        });
        pairs.flat_map(move |(action, resource)| {
            subjects.iter().map(|&subject| ResolvedRequest { subject, action, resource }).collect::<Vec<_>>()
        })
    }

    /// The resources that it names, each once.
    pub(super) fn resources(&self, query: &QueryContext<'_>) -> Vec<EntityId> {
        match &self.selection.resources {
            Resources::Kinds(kinds) => query.world.living_of(kinds, query.context.at).collect(),
            Resources::These(these) => these.clone(),
        }
    }
}

/// The subjects of these names, in order.
fn subjects(query: &QueryContext<'_>, names: &[Spanned<NamedEntities>], mistakes: &mut Vec<Diagnostic>) -> Subjects {
    let mut found: FxHashMap<EntityId, Truth> = FxHashMap::default();
    let mut whole = None;
    for name in names {
        match expanded(query, name) {
            Ok(Subjects::Kinds(kinds)) => {
                let living: Vec<EntityId> = query.world.living_of(&kinds, query.context.at).collect();
                if living.is_empty() {
                    mistakes.push(nobody(query, name));
                }
                found.extend(living.into_iter().map(|subject| (subject, Truth::True)));
                whole = Some(kinds);
            }
            Ok(Subjects::These(these)) => {
                if these.is_empty() {
                    mistakes.push(nobody(query, name));
                }
                for (subject, member) in these {
                    let known = found.entry(subject).or_insert(Truth::False);
                    *known = known.or(member);
                }
            }
            Err(mistake) => mistakes.push(mistake),
        }
    }
    if let (Some(kinds), [_]) = (whole, names) {
        return Subjects::Kinds(kinds);
    }
    let mut found: Vec<(EntityId, Truth)> = found.into_iter().collect();
    found.sort_by(|&(a, _), &(b, _)| query.world.compare_entities(a, b));
    Subjects::These(found)
}

/// The subjects for whom a name stands.
pub(super) fn expanded(query: &QueryContext<'_>, name: &Spanned<NamedEntities>) -> Result<Subjects, Diagnostic> {
    let pattern = EntityPattern::read(&query.compiled.policy, query.world, &name.value, query.context.at);
    pattern.and_then(|pattern| query.subjects(pattern)).map_err(|error| bad_request(error, name.span))
}

/// The mistake of a name that stands for nobody.
fn nobody(query: &QueryContext<'_>, name: &Spanned<NamedEntities>) -> Diagnostic {
    let headline = format!("`{}` stands for nobody on {}", name.value, query.context.at);
    Diagnostic::new(Code::IdleItem, headline, name.span, "takes part in no request")
}

/// The entities of a resource or a pattern of resources.
pub(super) fn named_resources(
    query: &QueryContext<'_>,
    name: &Spanned<NamedEntities>,
) -> Result<(EntityPattern, Vec<EntityId>), Diagnostic> {
    let pattern = EntityPattern::read(&query.compiled.policy, query.world, &name.value, query.context.at);
    let pattern = pattern.map_err(|error| bad_request(error, name.span))?;
    let of = match pattern {
        EntityPattern::One(resource) => vec![resource],
        EntityPattern::All(kind) => query.world.living_of(&KindSet::one(kind), query.context.at).collect(),
    };
    Ok((pattern, of))
}

type ResourceItem<'d> = (EntityPattern, Vec<EntityId>, &'d Spanned<NamedEntities>);

fn resource_items<'d>(
    query: &QueryContext<'_>,
    names: &'d [Spanned<NamedEntities>],
    mistakes: &mut Vec<Diagnostic>,
) -> Vec<ResourceItem<'d>> {
    let mut found = Vec::new();
    for name in names {
        match named_resources(query, name) {
            Ok((pattern, of)) => found.push((pattern, of, name)),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    found
}

/// The actions of each item.
fn named_actions<'d>(query: &QueryContext<'_>, names: &'d [Text], mistakes: &mut Vec<Diagnostic>) -> Vec<(Vec<ActionId>, &'d Text)> {
    let mut found = Vec::new();
    for name in names {
        match query.actions(&name.value) {
            Ok(of) => found.push((of, name)),
            Err(error) => mistakes.push(bad_request(error, name.span)),
        }
    }
    found
}

/// How many resources there are of each kind.
fn counts(query: &QueryContext<'_>, resources: &Resources) -> FxHashMap<KindId, u64> {
    let mut counts = FxHashMap::default();
    let mut add = |resource: EntityId| *counts.entry(query.world.kind(resource)).or_insert(0) += 1;
    match resources {
        Resources::Kinds(kinds) => query.world.living_of(kinds, query.context.at).for_each(&mut add),
        Resources::These(these) => these.iter().copied().for_each(add),
    }
    counts
}

/// On how many resources an action stands.
fn standing(query: &QueryContext<'_>, action: ActionId, by_kind: &FxHashMap<KindId, u64>) -> u64 {
    query.compiled.policy.actions[action].on.iter().filter_map(|kind| by_kind.get(&kind)).sum()
}

/// The mistakes of actions that stand on no resource of the entry, and of resources on which no action of it stands.
fn idle_items(
    query: &QueryContext<'_>,
    actions: &[(Vec<ActionId>, &Text)],
    resources: &[ResourceItem<'_>],
    by_kind: &FxHashMap<KindId, u64>,
) -> Vec<Diagnostic> {
    let policy = &query.compiled.policy;
    let mut mistakes = Vec::new();
    for (of, name) in actions.iter().filter(|(of, _)| of.iter().all(|&action| standing(query, action, by_kind) == 0)) {
        let headline = format!("`{}` applies to none of the resources", name.value);
        let kinds = of.iter().fold(KindSet::default(), |all, &action| all.union(&policy.actions[action].on));
        let kinds: Vec<String> = kinds.iter().map(|kind| with_article(&policy.kinds[kind].meta.name)).collect();
        let idle = Diagnostic::new(Code::IdleItem, headline, name.span, "takes part in no request");
        mistakes.push(idle.help(format!("it applies to {}", any_of(kinds))));
    }
    let on = actions.iter().flat_map(|(of, _)| of).fold(KindSet::default(), |all, &action| all.union(&policy.actions[action].on));
    for (pattern, of, name) in resources {
        let idle = |headline: String| Diagnostic::new(Code::IdleItem, headline, name.span, "takes part in no request");
        if of.is_empty() {
            mistakes.push(idle(format!("`{}` stands for nothing on {}", name.value, query.context.at)));
            continue;
        }
        let kind = match *pattern {
            EntityPattern::One(resource) => query.world.kind(resource),
            EntityPattern::All(kind) => kind,
        };
        if !on.contains(kind) {
            mistakes.push(idle(format!("no action of the entry stands on `{}`", name.value)));
        }
    }
    mistakes
}

/// Whether an action stands on a resource.
pub(super) fn stands(query: &QueryContext<'_>, action: ActionId, resource: EntityId) -> bool {
    query.compiled.policy.actions[action].on.contains(query.world.kind(resource))
}

/// Orders requests by subject, action and resource, as lists do.
pub(super) fn in_order(query: &QueryContext<'_>, requests: &mut [impl AsRef<ResolvedRequest>]) {
    let actions = &query.compiled.policy.actions;
    requests.sort_by(|a, b| {
        let (a, b) = (a.as_ref(), b.as_ref());
        let by_subject = query.world.compare_entities(a.subject, b.subject);
        let by_action = || actions[a.action].meta.name.cmp(&actions[b.action].meta.name);
        by_subject.then_with(by_action).then_with(|| query.world.compare_entities(a.resource, b.resource))
    });
}
