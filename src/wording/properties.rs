//! Verdicts on properties, in words.

use crate::diag::phrases::{agree, all_of, code, counted};
use crate::time::Instant;

/// That a property holds in all worlds, and how many entities of each kind were enough.
pub fn all_worlds(bound: &[(String, usize)]) -> String {
    let counts: Vec<String> = bound.iter().map(|(kind, count)| counted(*count, kind)).collect();
    match (counts.as_slice(), bound) {
        ([], _) => "in all worlds".to_owned(),
        (_, [(_, 1)]) => format!("in all worlds ({} is enough)", all_of(&counts)),
        _ => format!("in all worlds ({} are enough)", all_of(&counts)),
    }
}

/// Of which worlds verdicts speak.
/// `open_too`: some verdict speaks of worlds that leave something open as well.
pub fn worlds_looked_at(open_too: bool) -> &'static str {
    if open_too {
        "worlds are as of one instant: nothing has ended, nothing is left open unless a line says so (but not within what something lies), and all roles are those of the pack"
    } else {
        "worlds are as of one instant: nothing is left open or has ended, and all roles are those of the pack"
    }
}

/// That a rule decides in no world.
pub fn never_matters(bound: &[(String, usize)]) -> String {
    format!("the rule decides nothing {}", all_worlds(bound))
}

/// That nothing that a property is about happens in any world.
pub fn vacuous() -> &'static str {
    "nothing that it is about happens in any world, so it says nothing"
}

/// That it holds in worlds up to a size only.
pub fn up_to(count: usize, why: &str) -> String {
    format!("no counterexample with up to {count} of each kind; no more is known: {why}")
}

/// That conditions need entities in a circle.
pub fn circle(kinds: &[String]) -> String {
    let kinds: Vec<String> = kinds.iter().map(code).collect();
    match kinds.as_slice() {
        [kind] => format!("its conditions ask of each {kind} for another {kind}"),
        _ => format!("its conditions ask in a circle of kinds: {}", all_of(&kinds)),
    }
}

/// That direct membership matters.
pub fn direct_membership() -> &'static str {
    "some condition asks of which groups something is a direct member"
}

/// That a kind is in some groups through others only.
pub fn distant_groups(kind: &str) -> String {
    format!("a {} may be in groups of some kind only through other groups", code(kind))
}

/// That an event takes memberships away.
pub fn lost_memberships() -> &'static str {
    "an event takes somebody out of a group, and it is read who is in which group at any depth"
}

/// That conditions are too long to find a bound.
pub fn too_long() -> &'static str {
    "its conditions are too long to find a bound"
}

/// That the bound is too great.
pub fn too_great() -> &'static str {
    "there is a bound, but worlds of that size are too great to be looked at"
}

/// That it is about worlds and no event changes what it reads.
pub fn assumed() -> &'static str {
    "no event changes what it reads, so worlds alone say whether it holds"
}

/// That the verdict is about worlds that leave something open as well.
pub fn open_too() -> &'static str {
    "also where something is not imported"
}

/// That of worlds that leave something open nothing can be said.
pub fn open_claim(verdict: &str) -> String {
    format!("{verdict} where all is imported; where something is not, cannot say: only `never` with `allow` or `deny` is followed there")
}

/// That what a property takes for granted may be unknown where something is not imported.
pub fn open_given(verdict: &str, unsure: &[String]) -> String {
    let names: Vec<String> = unsure.iter().map(code).collect();
    format!(
        "{verdict} where all is imported; where something is not, cannot say: {} may be unknown there, and without {} it does not follow",
        all_of(&names),
        if names.len() == 1 { "it" } else { "them" }
    )
}

/// That every event keeps a property, and how many entities of each kind were enough.
pub fn kept(bound: &[(String, usize)]) -> String {
    format!("by every event, {}", all_worlds(bound))
}

/// What the verdicts on events speak of.
pub fn events_looked_at() -> &'static str {
    "events happen one at a time; what ends by itself, as time passes, is no event"
}

/// That an event ends what may contain other things.
pub fn ends_container() -> &'static str {
    "it ends something within which other things may lie, which is not encoded"
}

/// That an event ends something, and it is read what was.
pub fn ends_before_past() -> &'static str {
    "it ends something, and the conditions ask what `was`, which is not encoded"
}

/// That an event ends what may be a member of a set.
pub fn ends_member() -> &'static str {
    "it ends something that may be in a set that the conditions read, which is not encoded"
}

/// That the effects of an event may be uncertain.
pub fn uncertain_effects() -> &'static str {
    "in some world it is unknown whether its effects take place, and it may break the property there"
}

/// That it is not known what an event does to a property.
pub fn unknown_event(event: &str, why: &str) -> String {
    format!("cannot say what the event {} does: {why}", code(event))
}

/// That an event breaks a property.
pub fn broken_by_event(event: &str, by: &str, at: Instant, turned: &[(bool, &str)]) -> String {
    format!("the event {} by {by}, on {at}{}, makes its condition true", code(event), toggled(turned))
}

fn toggled(turned: &[(bool, &str)]) -> String {
    let each: Vec<String> =
        turned.iter().map(|(on, toggle)| format!(", with {} {}", code(toggle), if *on { "on" } else { "off" })).collect();
    each.concat()
}

/// That too many toggles may be either way.
pub fn toggles(count: usize) -> String {
    format!("cannot say: it asks about {count} toggles either way, which are too many to try; name some in `turn-on` or `turn-off`")
}

/// That it takes too long.
pub fn fuel() -> &'static str {
    "cannot say: given up, since the worlds that must be looked at are too great"
}

/// That a proof was not accepted.
pub fn proof() -> &'static str {
    "cannot say: the checker did not accept the proof of the solver; please report this"
}

/// That the only world is refused on other dates.
pub fn other_dates() -> &'static str {
    "cannot say: the world that was found breaks an invariant on another date of the policy, and none without that was looked for"
}

/// What a verdict takes for granted, each with its own verdict if it is a property.
pub fn given(names: &[(&str, Option<&str>)]) -> String {
    let name = |(name, verdict): &(&str, Option<&str>)| match verdict {
        Some(verdict) => format!("{} ({verdict})", code(name)),
        None => code(name),
    };
    format!("given {}", all_of(names.iter().map(name).collect::<Vec<String>>()))
}

/// What a counterexample asks, on a date and under toggles.
pub fn asked([subject, action, resource]: [&str; 3], at: Instant, turned: &[(bool, &str)]) -> String {
    format!("{subject} {action} {resource}, on {at}{}", toggled(turned))
}

/// What a counterexample is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparedWith {
    /// The pack without its rule.
    WithoutRule,
    /// The pack without its toggles.
    WithoutToggles,
    /// Another pack.
    OldPack,
}

/// The outcome in a counterexample, and what it is compared with.
pub fn outcomes(outcome: &str, implied: Option<&str>, other: Option<&str>, with: ComparedWith) -> String {
    let with = match with {
        ComparedWith::WithoutRule => "without the rule",
        ComparedWith::WithoutToggles => "without these toggles",
        ComparedWith::OldPack => "in the old pack",
    };
    match (implied, other) {
        (Some(action), Some(other)) => format!("{outcome}; {action} on the same: {other}"),
        (None, Some(other)) => format!("{outcome}; {with}: {other}"),
        _ => outcome.to_owned(),
    }
}

/// How many actions a comparison of packs, or a toggle, changes: those whose access is new, and lost, and those that are added, and removed;
/// of how many it cannot be said, since the packs declare differently on what they rest; and how many answers may not be complete.
pub fn change_summary(against: &str, [new, lost, added, removed]: [usize; 4], incomparable: usize, rest: usize) -> String {
    let access = |count: usize, what: &str| (count > 0).then(|| format!("{what} for {}", counted(count, "action")));
    let actions =
        |count: usize, what: &str| (count > 0).then(|| format!("{} {} {what}", counted(count, "action"), agree(count, "is", "are")));
    let all = [access(new, "access is new"), access(lost, "access is lost"), actions(added, "added"), actions(removed, "removed")];
    let said: Vec<String> = all.into_iter().flatten().collect();
    let said = match (said.as_slice(), incomparable + rest) {
        ([], 0) => "no access changes".to_owned(),
        ([], _) => "no change of access was found".to_owned(),
        (said, _) => said.join(", "),
    };
    let rest = match rest {
        0 => String::new(),
        rest => format!("; of {} it is not known whether it is complete", counted(rest, "answer")),
    };
    let incomparable = match incomparable {
        0 => String::new(),
        count => format!("; {} cannot be compared in full", counted(count, "action")),
    };
    format!("{against}: {said}{incomparable}{rest}")
}

/// That an action is allowed in no world.
pub fn never_allowed(bound: &[(String, usize)]) -> String {
    format!("it is never allowed, {}", all_worlds(bound))
}

/// That decisions about an action rest on what two packs declare differently.
pub fn declared_differently(elements: &[String], on: &[String]) -> String {
    let on = if on.is_empty() { String::new() } else { format!(" on {}", all_of(on.iter().map(code).collect::<Vec<_>>())) };
    let elements = all_of(elements.iter().map(code).collect::<Vec<_>>());
    format!("cannot be compared{on}: it may rest on {elements}, declared differently in the two packs")
}

/// How many rules and marks never decide.
pub fn idle_summary(rules: (usize, usize), marks: (usize, usize)) -> String {
    let part = |(idle, all): (usize, usize), noun: &str| format!("{idle} of {} never decide", counted(all, noun));
    match marks.1 {
        0 => part(rules, "rule"),
        _ => format!("{}, {}", part(rules, "rule"), part(marks, "mark")),
    }
}

/// That an element never decides.
pub fn idle(bound: &[(String, usize)]) -> String {
    format!("decides nothing {}, whatever the toggles", all_worlds(bound))
}

/// The last line.
pub fn property_summary(count: usize, verdicts: &[(usize, &str)]) -> String {
    let each: Vec<String> = verdicts.iter().filter(|(count, _)| *count > 0).map(|(count, verdict)| format!("{count} {verdict}")).collect();
    let noun = if count == 1 { "property" } else { "properties" };
    if each.is_empty() { format!("{count} {noun}") } else { format!("{count} {noun}: {}", each.join(", ")) }
}

/// That a pack has no property.
pub fn no_property() -> (&'static str, &'static str) {
    ("the pack has no property", "a property is an element `[property.NAME]`; see `docs/properties.md`")
}

/// That the encoder and the evaluator disagree.
pub fn disagreement(property: &str, says: &str) -> (String, String) {
    let message = format!("a counterexample to the property `{property}` is none: {says}");
    (
        message,
        "this is a mistake of this program, and nothing follows for the pack; please report it with the pack and the world".to_owned(),
    )
}
