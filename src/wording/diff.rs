//! Differences in words.

use super::Words;
use super::access::{AccessGroupText, counted_entities};
use super::lists::others_left_out;
use crate::diag::phrases::{all_of, counted, most_of};
use crate::eval::Outcome;
use crate::query::diff::{Because, Boundary, Cause, DiffGroup, DiffSummary, Direction, Survivors};

/// So many of the causes of a group are named.
const FEW_CAUSES: usize = 3;

/// A difference for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffText {
    /// How much changes, in one sentence.
    pub total: String,
    /// What is compared, a line each.
    pub compared: Vec<String>,
    /// The groups.
    pub groups: Vec<DiffGroupText>,
    /// What those who lose something may still do there.
    pub still: Vec<String>,
    /// At how many places that was not worked out, if there are such places.
    pub still_open: Option<String>,
    /// How many requests took too long to decide; `None` if none did.
    pub given_up: Option<String>,
    /// How many requests are in no group, since there are more than were asked for.
    pub left_out: usize,
}

/// Requests whose outcome differs alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffGroupText {
    /// What the change does to them.
    pub direction: Direction,
    /// The outcomes: `not granted before, allowed now`.
    pub outcomes: String,
    /// Who, counted: `2 users`.
    pub who: String,
    /// Their names.
    pub subjects: Vec<String>,
    /// The actions, counted.
    pub what: String,
    /// Their names.
    pub actions: Vec<String>,
    /// The resources, counted.
    pub on: String,
    /// Their names.
    pub resources: Vec<String>,
    /// What did it.
    pub because: String,
    /// Why one of the requests was answered as it was; then why it is answered as it is now. `None` if that is not asked for.
    pub example: Option<[String; 2]>,
    /// How many requests it has.
    pub count: usize,
}

impl Direction {
    /// The heading of what it does.
    pub fn heading(self) -> &'static str {
        match self {
            Direction::Widened => "Access gained",
            Direction::Narrowed => "Access lost",
            Direction::Unsure => "Denied or unknown before, and different now",
        }
    }
}

/// How much differs, in one sentence.
pub fn diff_total(summary: &DiffSummary) -> String {
    let others = others_left_out(summary.others, "other change");
    if summary.widened + summary.narrowed + summary.unsure == 0 {
        return if summary.others == 0 { "nobody's access changes".to_owned() } else { format!("no such change{others}") };
    }
    let counts = [(summary.widened, "widened"), (summary.narrowed, "narrowed"), (summary.unsure, "unsure")];
    let parts = counts.iter().map(|(count, name)| format!("{count} {name}"));
    let changes = counted(summary.widened + summary.narrowed + summary.unsure, "change");
    format!("{changes}: {}{others}", parts.collect::<Vec<_>>().join(", "))
}

/// The changes of a cause.
pub(super) fn cause(cause: &Cause) -> String {
    cause_of(cause, |name| changed(name))
}

/// A change as a clause: of a fact that is gone, that it no longer holds.
fn changed(name: &str) -> String {
    name.strip_prefix("not ").map_or_else(|| name.to_owned(), |fact| format!("{fact} no longer holds"))
}

fn cause_of(cause: &Cause, name: impl Fn(&String) -> String) -> String {
    let names = all_of(cause.names.iter().map(name));
    if cause.at_least { format!("{names} (or a part of this)") } else { names }
}

/// An outcome in words.
fn outcome(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        None => "absent",
        Some(Outcome::Allowed) => "allowed",
        Some(Outcome::Barred) => "denied",
        Some(Outcome::NotGranted) => "not granted",
        Some(Outcome::Unknown) => "unknown",
    }
}

impl Words<'_> {
    /// A group of requests; the words are those of its side. `example` has the reasons of one of them, of both sides.
    pub fn diff_group(self, group: &DiffGroup, because: &Because<'_>, example: Option<[String; 2]>) -> DiffGroupText {
        let dated = |name: &String| match because.boundary(name) {
            Some(Boundary::Since(date)) => format!("{name} (in force from {date})"),
            Some(Boundary::Until(date)) => format!("{name} (in force until {date})"),
            None => changed(name),
        };
        let cause = |cause: &Cause| cause_of(cause, dated);
        let because = match group.causes.as_slice() {
            [only] => cause(only),
            several => {
                let few = most_of(several.len(), FEW_CAUSES);
                let first: Vec<String> = several.iter().take(few).map(cause).collect();
                let more = several.len() - first.len();
                let more = if more > 0 { format!("; and {more} more") } else { String::new() };
                format!("one of these each: {}{more}", first.join("; "))
            }
        };
        let AccessGroupText { who, subjects, what, actions, on, resources, .. } =
            self.access_group(&group.subjects, &group.actions, &group.resources, Vec::new());
        DiffGroupText {
            direction: group.direction,
            outcomes: format!("{} before, {} now", outcome(group.old), outcome(group.new)),
            who,
            subjects,
            what,
            actions,
            on,
            resources,
            because,
            example,
            count: group.len(),
        }
    }

    /// What some people may still do: `user:adele@proseware: subscription.* on subscription:coho-shop`.
    pub fn survivors(self, still: &Survivors) -> String {
        let names = |list: Vec<String>, counted: String| if list.len() > 3 { counted } else { all_of(list) };
        let who = names(still.subjects.iter().map(|&ent| self.name(ent)).collect(), counted_entities(self, &still.subjects));
        let on = names(still.resources.iter().map(|&ent| self.name(ent)).collect(), counted_entities(self, &still.resources));
        let actions = self.actions(&still.actions, &still.resources);
        let what = names(actions, counted(still.actions.len(), "action"));
        format!("{what} on {on}, for {who}")
    }
}

/// The difference for people: its groups, each with its example, and what is compared.
pub fn diff_text(words: Words<'_>, summary: &DiffSummary, groups: Vec<DiffGroupText>, compared: Vec<String>) -> DiffText {
    let limit = summary.given_up;
    DiffText {
        total: diff_total(summary),
        compared,
        groups,
        still: summary.still.iter().map(|still| words.survivors(still)).collect(),
        still_open: (summary.still_open > 0)
            .then(|| format!("what they may still do at {} was not worked out", counted(summary.still_open, "further place"))),
        left_out: summary.left_out,
        given_up: (limit > 0).then(|| format!("{} took too long to decide", counted(limit, "answer"))),
    }
}
