//! Action names and patterns: `a.b` is an action, `a.*` every action whose name begins with `a.`, `*` every action.

use super::diagnostics::Problems;
use super::names::NameResolver;
use crate::diag::{Code, Diagnostic};
use crate::policy::ids::{ActionId, Arena};
use crate::policy::kind_set::KindSet;
use crate::policy::roles::Action;
use crate::syntax::Text;
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet};

/// The names of all actions.
pub(super) struct ActionNames<'d> {
    /// The names.
    pub(super) names: NameResolver<'d, ActionId>,
    /// The first parts, each with its dot, of action names of tables of which a row was left out: names that begin with one are not
    /// reported as unknown.
    pub(super) incomplete: BTreeSet<String>,
    /// What `actions` of kinds writes with the name of the kind, such as `device.read` in that of `device`; each with its place.
    pub(super) doubled: BTreeMap<&'d str, Span>,
}

/// The actions of names and patterns.
pub(super) struct Expanded {
    /// The actions, sorted, each with the span of the first text that names it.
    pub(super) actions: Vec<(ActionId, Span)>,
    /// Every text named at least one action.
    pub(super) whole: bool,
}

impl Expanded {
    /// The actions alone.
    pub(super) fn ids(&self) -> Vec<ActionId> {
        self.actions.iter().map(|&(action, _)| action).collect()
    }

    /// The kinds of these actions' resources; every kind if some action is unknown.
    pub(super) fn kinds(&self, actions: &Arena<ActionId, Action>, every_kind: &KindSet) -> KindSet {
        if !self.whole || self.actions.is_empty() {
            return every_kind.clone();
        }
        let mut kinds = KindSet::default();
        for &(action, _) in &self.actions {
            actions[action].on.iter().for_each(|kind| kinds.insert(kind));
        }
        kinds
    }
}

impl ActionNames<'_> {
    /// Expands names and patterns, and reports those that name no action.
    pub(super) fn expand(&self, texts: &[Text], problems: &mut Problems) -> Expanded {
        let mut found: BTreeMap<ActionId, Span> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut whole = true;
        for text in texts.iter().filter(|text| seen.insert(text.value.as_str())) {
            let matching = self.matching(&text.value);
            if matching.is_empty() {
                whole = false;
                self.report(text, problems);
            }
            for action in matching {
                found.entry(action).or_insert(text.span);
            }
        }
        Expanded { actions: found.into_iter().collect(), whole }
    }

    /// The action of that name; reports the name if it is unknown.
    pub(super) fn one(&self, name: &Text, problems: &mut Problems) -> Option<ActionId> {
        let found = self.names.find(&name.value);
        if found.is_none() {
            self.report(name, problems);
        }
        found
    }

    fn matching(&self, text: &str) -> Vec<ActionId> {
        match prefix(text) {
            Some(prefix) => self.names.beginning(prefix).collect(),
            None => self.names.find(text).into_iter().collect(),
        }
    }

    /// Reports a text that names no action, unless an action that it may name was left out for a mistake.
    fn report(&self, text: &Text, problems: &mut Problems) {
        let begin = prefix(&text.value).unwrap_or(&text.value);
        let left_out = |system: &String| begin.starts_with(system.as_str()) || system.starts_with(begin);
        if self.incomplete.iter().any(left_out) || problems.is_lost_part(begin) {
            return;
        }
        problems.push(match prefix(&text.value) {
            Some(prefix) => self.empty_pattern(text, prefix),
            None => self.unknown_name(text),
        });
    }

    fn empty_pattern(&self, text: &Text, prefix: &str) -> Diagnostic {
        let headline = format!("no action matches `{}`", text.value);
        let empty = Diagnostic::new(Code::EmptyPattern, headline, text.span, "matches nothing");
        let action = prefix.trim_end_matches('.');
        if self.names.find(action).is_some() {
            return empty.help(format!("`{action}` is an action itself: write it without `.*`")).patch(text.span, action);
        }
        let mut patterns = BTreeSet::new();
        for name in self.names.iter() {
            patterns.extend(name.match_indices('.').map(|(dot, _)| format!("{}.*", &name[..dot])));
        }
        empty.nearest(&text.value, text.span, patterns.iter().map(String::as_str))
    }

    fn unknown_name(&self, name: &Text) -> Diagnostic {
        if let (Some(&declared), Some((kind, short))) = (self.doubled.get(name.value.as_str()), name.value.split_once('.')) {
            let headline = format!("no action is named `{}`", name.value);
            let unknown = Diagnostic::new(Code::UnknownAction, headline, name.span, "not declared");
            let help =
                format!("write `{short}` in `actions` of the kind: its name goes before, so that this declares `{kind}.{}`", name.value);
            return unknown.and(declared, "meant here").help(help);
        }
        let unknown = self.names.unknown(name);
        if unknown.help.is_some() {
            return unknown;
        }
        if self.names.beginning(&format!("{}.", name.value)).next().is_some() {
            let pattern = format!("{}.*", name.value);
            return unknown.help(format!("for every action that begins so write `{pattern}`")).patch(name.span, pattern);
        }
        if name.value.contains('*') {
            return unknown.help("a pattern is a name with `.*` at its end, or `*` alone");
        }
        unknown
    }
}

/// The prefix of the names that a pattern matches; `None` for a plain name.
fn prefix(text: &str) -> Option<&str> {
    if text == "*" {
        return Some("");
    }
    let prefix = text.strip_suffix('*')?;
    (prefix.ends_with('.') && prefix.len() > 1 && !prefix.contains('*')).then_some(prefix)
}
