//! Verdicts in words.

use super::Words;
use crate::eval::{Decider, Outcome};
use crate::world::ResolvedRequest;

/// The verdict, without its reason: `alice@contoso may manage subscription fab-prod`.
pub fn verdict(decider: &Decider<'_>, asked: &ResolvedRequest, outcome: Outcome) -> String {
    let words = Words::of(decider);
    let (policy, world) = (words.policy, words.world);
    let subject = &world.entity(asked.subject).id;
    let resource = world.entity(asked.resource);
    let kind = &policy.kinds[resource.kind].meta.name;
    let action = &policy.actions[asked.action].meta;
    // A table's action has its row for a title, which is no phrase.
    let tabled = policy.tables.values().any(|table| table.rows.iter().any(|row| row.action == asked.action));
    let whom = match &action.title {
        Some(title) if !tabled && !names(&action.name, kind) => format!("{subject} may {} ({kind} {})", uncapitalised(title), resource.id),
        _ => format!("{subject} may {} {kind} {}", doing(&action.name, kind), resource.id),
    };
    match outcome {
        Outcome::Allowed => whom,
        Outcome::Barred | Outcome::NotGranted => whom.replacen(" may ", " may not ", 1),
        Outcome::Unknown => format!("it is unknown whether {whom}"),
    }
}

/// Whether an action's name says to what it is done, and does so by one word: `autopilot.device.remove` is done to a device.
fn names(action: &str, kind: &str) -> bool {
    let Some((before, verb)) = action.rsplit_once('.') else { return false };
    !verb.contains('-') && before.split('.').any(|part| part == kind || part.strip_suffix('s') == Some(kind))
}

/// A title in the middle of a sentence. What begins with two capitals is an abbreviation, and stays.
fn uncapitalised(title: &str) -> String {
    let mut characters = title.chars();
    match (characters.next(), characters.next()) {
        (Some(first), second) if second.is_none_or(|second| !second.is_uppercase()) => {
            first.to_lowercase().chain(title.chars().skip(1)).collect()
        }
        _ => title.to_owned(),
    }
}

/// What is done, from an action's name: its last part is the verb; what stands between system and verb is done to, unless that is the
/// resource itself: `autopilot.profile.apply` on a device is `apply profile for`. `partner-center.view-customer` on a customer is `view`.
fn doing(action: &str, kind: &str) -> String {
    let parts: Vec<&str> = action.split('.').collect();
    let verb = parts.last().copied().unwrap_or(action).replace('-', " ");
    let middle = if parts.len() > 2 { parts[1..parts.len() - 1].join(" ").replace('-', " ") } else { String::new() };
    let plural = |noun: &str| format!("{noun}s");
    if let Some(verb) = verb.strip_suffix(kind).and_then(|verb| verb.strip_suffix(' ')).filter(|_| middle.is_empty()) {
        return verb.to_owned();
    }
    if middle.is_empty() || middle == kind || middle == plural(kind) {
        return if verb.contains(' ') { format!("{verb} for") } else { verb };
    }
    format!("{verb} {middle} for")
}

#[cfg(test)]
mod tests {
    use super::doing;

    #[test]
    fn actions_are_told_as_what_is_done_to_the_resource() {
        let told = |action, kind| format!("may {} {kind} x", doing(action, kind));
        assert_eq!(told("subscription.manage", "subscription"), "may manage subscription x");
        assert_eq!(told("autopilot.profile.apply", "device"), "may apply profile for device x");
        assert_eq!(told("autopilot.profile.update", "profile"), "may update profile x");
        assert_eq!(told("teams-rooms.rooms.reset-key", "room"), "may reset key for room x");
        assert_eq!(told("partner-center.view-customer", "customer"), "may view customer x");
        assert_eq!(told("read", "book"), "may read book x");
    }
}
