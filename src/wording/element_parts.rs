//! What obligations, advice, events and properties of a pack say.

use super::conditions::ConditionWords;
use crate::diag::phrases::{all_of, with_article};
use crate::policy::{ActionId, Condition, EffectKind, Event, Given, Notice, Policy, Property, PropertyClaim};
use crate::syntax::{ChangeAllowed, With, WithOutcome};

/// The most names that a sentence lists.
const MOST_NAMES: usize = 8;

pub(super) fn names<'a>(all: impl IntoIterator<Item = &'a str>) -> String {
    let all: Vec<&str> = all.into_iter().collect();
    match all.len() {
        0 => "nothing".to_owned(),
        count if count > MOST_NAMES => format!("{} and {} more", all[..MOST_NAMES].join(", "), count - MOST_NAMES),
        _ => all_of(all),
    }
}

pub(super) fn actions(policy: &Policy, ids: &[ActionId]) -> String {
    names(ids.iter().map(|&action| policy.actions[action].meta.name.as_str()))
}

/// A condition after a word, such as ` if the subject is a user`; empty if it is always true.
pub(super) fn condition(policy: &Policy, condition: &Condition, word: &str) -> String {
    ConditionWords::new(policy, condition, &[]).whole().map_or_else(String::new, |says| format!(" {word} {says}"))
}

pub(super) fn notice(policy: &Policy, notice: &Notice) -> Vec<String> {
    let with = match notice.with {
        None => "every decision",
        Some(With::Allow) => "every allow",
        Some(With::Deny) => "every deny",
    };
    let goes = format!("it goes with {with} about {}{}", actions(policy, &notice.actions), condition(policy, &notice.condition, "if"));
    vec![notice.text.clone(), goes]
}

pub(super) fn event(policy: &Policy, event: &Event) -> Vec<String> {
    let does = event.does.map(|(action, on)| {
        let on = event.parameters.get(on).map_or("resource", |parameter| parameter.name.as_str());
        format!("its actor must be allowed {} on the {on} that is named", policy.actions[action].meta.name)
    });
    let only = ConditionWords::new(policy, &event.condition, &event.parameters).whole().map(|says| format!("it can happen only if {says}"));
    let words = ConditionWords::new(policy, &event.condition, &event.parameters);
    let creates = event.creates.iter().map(|created| {
        let with =
            created.attributes.iter().map(|(attribute, term)| format!("{} {}", policy.attributes[*attribute].name, words.term(term)));
        let with: Vec<String> = with.collect();
        let with = if with.is_empty() { String::new() } else { format!(", with {}", all_of(with)) };
        format!("it creates {}{with}", with_article(&policy.kinds[created.kind].meta.name))
    });
    let effects = event.effects().map(|(kind, effect)| {
        let says = ConditionWords::new(policy, &effect.condition, &event.parameters).effect(effect);
        match kind {
            EffectKind::Adds => format!("from then on {says}"),
            EffectKind::Removes => format!("from then on it is no longer so that {says}"),
            EffectKind::Sets => format!("from then on {says}, whatever it was"),
        }
    });
    let ends = event.ends.iter().filter_map(|&index| event.parameters.get(index));
    let ends = ends.map(|parameter| format!("the {} that is named ceases to exist", parameter.name));
    let done_by = event.done_by.as_ref().map(|who| format!("{who} does it, and not the user who is named for it"));
    done_by.into_iter().chain(does).chain(only).chain(creates).chain(effects).chain(ends).collect()
}

pub(super) fn property(policy: &Policy, property: &Property) -> Vec<String> {
    let about = property.actions.as_deref().map(|ids| actions(policy, ids));
    let says = |condition| ConditionWords::new(policy, condition, &[]).whole().unwrap_or_else(|| "anything is so".to_owned());
    let claim = match (&property.claim, &about) {
        (PropertyClaim::Never(condition, outcome), Some(about)) => {
            let outcome = match outcome {
                WithOutcome::Allow => "allowed",
                WithOutcome::Deny => "denied",
                WithOutcome::Unknown => "unknown",
            };
            format!("no request for {about} for which {} is {outcome}", says(condition))
        }
        (PropertyClaim::Never(condition, _), None) => format!("it is never so that {}", says(condition)),
        (PropertyClaim::Always(condition), about) => {
            format!("a request for {} for which {} is allowed", about.as_deref().unwrap_or("any action"), says(condition))
        }
        (PropertyClaim::Implies(others), about) => {
            format!("whoever may do {} may do {} to the same resource", about.as_deref().unwrap_or("anything"), actions(policy, others))
        }
        (PropertyClaim::Change(change, unless), about) => {
            let change = match change {
                ChangeAllowed::None => "changes no answer",
                ChangeAllowed::OnlyNarrows => "allows nothing more",
                ChangeAllowed::OnlyWidens => "allows nothing less",
            };
            let about = about.as_ref().map(|about| format!(" about {about}")).unwrap_or_default();
            let unless = unless.as_ref().map(|unless| self::condition(policy, unless, "except where")).unwrap_or_default();
            format!("turning its toggles {change}{about}{unless}")
        }
        (PropertyClaim::MustMatter(rule), _) => format!("in some world rule {} decides", policy.rules[*rule].meta.name),
    };
    let toggles = |on: &str, ids: &[crate::policy::ToggleId]| {
        let names: Vec<&str> = ids.iter().map(|&id| policy.toggles[id].meta.name.as_str()).collect();
        (!names.is_empty()).then(|| format!("it is asked with {} {on}", all_of(names)))
    };
    let given: Vec<&str> = property
        .given
        .iter()
        .map(|given| match *given {
            Given::Property(id) => policy.properties[id].meta.name.as_str(),
            Given::Invariant(id) => policy.invariants[id].meta.name.as_str(),
        })
        .collect();
    let given = (!given.is_empty()).then(|| format!("it takes {} for granted", all_of(given)));
    let checked = "`delegraph verify` proves it for all worlds, or shows one in which it is not so".to_owned();
    let parts = [Some(claim), toggles("on", &property.turn_on), toggles("off", &property.turn_off), given, Some(checked)];
    parts.into_iter().flatten().collect()
}
