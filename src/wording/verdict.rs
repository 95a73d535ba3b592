//! The verdict of an answer in words.

use super::Words;
use super::facts::filled;
use crate::diag::phrases::{agree, counted, plural, with_article};
use crate::eval::{MissingDatum, Outcome, Truth};
use crate::explain::{Explanation, Finding, Reason, ReasonKind};
use crate::world::ResolvedRequest;

impl Words<'_> {
    /// The verdict without a reason: `alice@contoso can manage subscription fab-prod`.
    pub fn verdict(self, request: &ResolvedRequest, outcome: Outcome) -> String {
        let answer = self.answer(request, outcome);
        if outcome == Outcome::Unknown { format!("it is unknown {answer}") } else { answer }
    }

    /// The same, but if it is unknown, without saying so: `whether alice@contoso can manage subscription fab-prod`.
    pub(super) fn answer(self, request: &ResolvedRequest, outcome: Outcome) -> String {
        let policy = self.policy;
        let subject = self.bare_name(request.subject);
        let kind = &policy.kinds[self.world.kind(request.resource)].meta.name;
        let action = &policy.actions[request.action].meta;
        let named_resource = format!("{kind} {}", self.bare_name(request.resource));
        // The title of a table's action is the label of its row, which is not a verb phrase.
        let in_table = policy.tables.values().any(|table| table.rows.iter().any(|row| row.action == request.action));
        let can = match outcome {
            Outcome::Allowed => format!("{subject} can"),
            Outcome::Unknown => format!("whether {subject} can"),
            Outcome::Barred | Outcome::NotGranted => format!("{subject} cannot"),
        };
        match &action.title {
            Some(title) if !in_table && title.contains("{resource}") => {
                format!("{can} {}", with_resource(&lower_first(title), &named_resource))
            }
            Some(title) if !in_table && !names_resource(&action.name, kind) => {
                format!("{can} {} ({named_resource})", lower_first(title))
            }
            _ => format!("{can} {} {named_resource}", verb_phrase(&action.name, kind)),
        }
    }

    /// The verdict with its reason, in one sentence.
    pub fn verdict_because(self, explanation: &Explanation) -> String {
        let verdict = self.verdict(&explanation.question.request, explanation.outcome);
        let reasons = &explanation.reasons;
        match explanation.outcome {
            Outcome::Allowed => match reasons.as_slice() {
                [] => verdict,
                [only] => format!("{verdict}, because {}", self.reason(only)),
                [first, rest @ ..] => {
                    let allow = agree(rest.len(), "allows", "allow");
                    format!("{verdict}, because {}; {} also {allow} it", self.reason(first), counted(rest.len(), "other way"))
                }
            },
            Outcome::Barred => {
                let denies = explanation.denies.iter().filter(|deny| deny.truth == Truth::True);
                let denies: Vec<String> = denies.map(|deny| self.reason(deny)).collect();
                format!("{verdict}, because {}", denies.join(", and "))
            }
            Outcome::NotGranted => match reasons.as_slice() {
                [] if explanation.switched_off.iter().any(|other| matches!(other.finding, Finding::PermitNotInForce(..))) => {
                    format!("{verdict}, because nothing that is in force grants it")
                }
                [] => format!("{verdict}, because nothing in the policy grants it"),
                [only] => format!("{verdict}, because nothing grants it: {}", self.reason(outermost_blocked(only))),
                several if several.iter().all(|permit| permit.kind() == ReasonKind::Role) => {
                    let request = &explanation.question.request;
                    let (who, whereon) = (self.name(request.subject), self.name(request.resource));
                    format!("{verdict}, because {who} holds no role on {whereon} that grants it")
                }
                [nearest, ..] => {
                    format!("{verdict}, because nothing grants it; what comes nearest: {}", self.reason(outermost_blocked(nearest)))
                }
            },
            Outcome::Unknown if explanation.unknown.iter().all(|datum| matches!(datum, MissingDatum::Role(_))) => {
                match self.data(&explanation.unknown).as_slice() {
                    [] => verdict,
                    [only] => format!("{verdict}: nobody knows what {only} is"),
                    [first, rest @ ..] => format!("{verdict}: nobody knows what {first} and {} are", counted(rest.len(), "other role")),
                }
            }
            Outcome::Unknown => {
                let asked: Vec<String> = explanation.unknown.iter().map(|&datum| self.asked(datum)).collect();
                match asked.as_slice() {
                    [] => verdict,
                    [only] => format!("{verdict}: the world does not say {only}"),
                    [one, other] => format!("{verdict}: the world says neither {one} nor {other}"),
                    [first, rest @ ..] => format!("{verdict}: the world does not say {first}, nor {} more", rest.len()),
                }
            }
        }
    }
}

/// The title of an action with its resource.
pub(super) fn with_resource(title: &str, resource: &str) -> String {
    filled(title, |name| (name == "resource").then(|| resource.to_owned()))
}

/// The outermost part of a permit that blocks it: the permit itself if it is a role, or the first unmet part of its rule.
fn outermost_blocked(permit: &Reason) -> &Reason {
    let required = permit.because.iter().find(|reason| reason.first_blocker().is_some());
    required.filter(|_| permit.kind() == ReasonKind::Rule).unwrap_or(permit)
}

/// Whether the name of an action contains the kind of its resource and a verb of one word, as `autopilot.device.remove` does for a device.
fn names_resource(action: &str, kind: &str) -> bool {
    let Some((before, verb)) = action.rsplit_once('.') else { return false };
    !verb.contains('-') && before.split('.').any(|part| part == kind || part.strip_suffix('s') == Some(kind))
}

/// A title for the middle of a sentence. A title that begins with two capitals begins with an abbreviation and is not changed.
fn lower_first(title: &str) -> String {
    let mut characters = title.chars();
    match (characters.next(), characters.next()) {
        (Some(first), second) if second.is_none_or(|second| !second.is_uppercase()) => {
            first.to_lowercase().chain(title.chars().skip(1)).collect()
        }
        _ => title.to_owned(),
    }
}

/// The verb phrase of an action, from its name. The last part of the name is the verb; the parts between the system and the verb are the
/// object, unless they name the kind of the resource: `autopilot.profile.apply` on a device is `apply the profile for`, and
/// `partner-center.view-customer` on a customer is `view`.
fn verb_phrase(action: &str, kind: &str) -> String {
    let parts: Vec<&str> = action.split('.').collect();
    let verb = parts.last().copied().unwrap_or(action).replace('-', " ");
    let middle = if parts.len() > 2 { parts[1..parts.len() - 1].join(" ").replace('-', " ") } else { String::new() };
    if let Some(verb) = verb.strip_suffix(kind).and_then(|verb| verb.strip_suffix(' ')).filter(|_| middle.is_empty()) {
        return verb.to_owned();
    }
    if middle.is_empty() || middle == kind || middle == plural(kind) {
        return match verb.split_once(' ') {
            Some((verb, object)) => format!("{verb} {} for", definite(verb, object)),
            None => verb,
        };
    }
    format!("{verb} {} for", definite(&verb, &middle))
}

/// An object with its article: `the key`, after a verb that brings about a new one `a key`; none of several.
fn definite(verb: &str, object: &str) -> String {
    match verb {
        _ if object.ends_with('s') => object.to_owned(),
        "create" | "add" => with_article(object),
        _ => format!("the {object}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{lower_first, verb_phrase, with_resource};

    #[test]
    fn a_title_has_its_resource_where_it_belongs_in_the_sentence() {
        let title = |title| with_resource(&lower_first(title), "key k7");
        assert_eq!(title("Take {resource} out of the safe"), "take key k7 out of the safe");
        assert_eq!(title("swap {resource} for {resource}"), "swap key k7 for key k7");
    }

    #[test]
    fn verb_phrases_name_the_object_unless_it_is_the_resource() {
        let phrase = |action, kind| format!("can {} {kind} x", verb_phrase(action, kind));
        assert_eq!(phrase("subscription.manage", "subscription"), "can manage subscription x");
        assert_eq!(phrase("autopilot.profile.apply", "device"), "can apply the profile for device x");
        assert_eq!(phrase("autopilot.profile.update", "profile"), "can update profile x");
        assert_eq!(phrase("teams-rooms.rooms.reset-key", "room"), "can reset the key for room x");
        assert_eq!(phrase("teams-rooms.reports.create-customer-incident", "room"), "can create customer incident reports for room x");
        assert_eq!(phrase("partner-center.view-customer", "customer"), "can view customer x");
        assert_eq!(phrase("read", "book"), "can read book x");
    }
}
