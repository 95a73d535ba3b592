//! Which changes of a policy its tests do not notice, for people.

use super::palette::Paint;
use super::sanitize::visible;
use crate::suite::{Change, Mutation, Survivor};
use crate::wording;
use std::fmt::Write as _;

/// How many changes were tried, and those that nothing noticed, by place; with `all` also those that a comment explains.
pub fn list(mutations: &[Mutation], all: bool, color: bool) -> String {
    let mut text = String::new();
    for mutation in mutations {
        let style = if color { Paint::Title.style() } else { anstyle::Style::new() };
        let total = wording::mutants_of(&mutation.pack, mutation.tried, mutation.survivors.len());
        _ = writeln!(text, "\n{style}{}{style:#}", visible(&total));
        for survivor in mutation.survivors.iter().filter(|survivor| survivor.equivalent.is_none()) {
            _ = writeln!(text, "  {}  {}", survivor.place, visible(&says(survivor)));
            if let Some(apart) = apart(survivor) {
                _ = writeln!(text, "    {}", visible(&apart));
            }
        }
        let explained: Vec<&Survivor> = mutation.survivors.iter().filter(|survivor| survivor.equivalent.is_some()).collect();
        if !all && !explained.is_empty() {
            _ = writeln!(text, "  {}", wording::explained_mutants(explained.len()));
        }
        for survivor in explained.into_iter().filter(|_| all) {
            let why = survivor.equivalent.as_deref().unwrap_or_default();
            _ = writeln!(text, "  {}  {}", survivor.place, visible(&wording::equivalent_mutant(&says(survivor), why)));
        }
    }
    text
}

/// A change in words.
pub(super) fn says(survivor: &Survivor) -> String {
    format!("{} {}", survivor.name, how(survivor.change))
}

/// How something is changed.
pub(super) fn how(change: Change) -> &'static str {
    match change {
        Change::Never => "is never true",
        Change::Always => "is always true",
        Change::Blank => "is blank",
        Change::Mark => "is marked",
        Change::On => "is on by default",
        Change::Off => "is off by default",
        Change::Nothing => "does nothing",
        Change::More => "has a number that is one more",
        Change::Less => "has a number that is one less",
        Change::Without => "is left out",
    }
}

/// The request that would notice it.
pub(super) fn apart(survivor: &Survivor) -> Option<String> {
    let apart = survivor.apart.as_ref()?;
    let (subject, resource) = (&apart.request.subject, &apart.request.resource);
    let request = format!("{}:{} {} {}:{}", subject.0, subject.1, apart.request.action, resource.0, resource.1);
    Some(wording::told_apart(&request, &apart.at.to_string(), &apart.suite, apart.is, apart.becomes))
}
