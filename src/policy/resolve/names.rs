//! The names of elements of one kind, and their ids; and their other names, which packs do not use.

use super::diagnostics::Problems;
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::policy::ids::Id;
use crate::policy::name_table::aka_help;
use crate::syntax::Text;
use crate::text::Span;
use std::collections::BTreeMap;
use std::marker::PhantomData;

/// The names of one kind of element, sorted: the index of a name is its id.
pub(super) struct NameResolver<'d, I> {
    noun: &'static str,
    unknown: Code,
    sorted: Vec<&'d str>,
    /// The names by the `aka` of elements.
    aka: BTreeMap<&'d str, &'d str>,
    ids: PhantomData<I>,
}

impl<'d, I: Id> NameResolver<'d, I> {
    /// For these names, each once; `noun` and `unknown` are for reports of other names.
    pub(super) fn new(noun: &'static str, unknown: Code, names: impl IntoIterator<Item = &'d str>) -> NameResolver<'d, I> {
        let mut sorted: Vec<&str> = names.into_iter().collect();
        sorted.sort_unstable();
        NameResolver { noun, unknown, sorted, aka: BTreeMap::new(), ids: PhantomData }
    }

    /// Adds other names of these elements, each with the name of its element. Reports those that are a name already; `declared` are the
    /// places of the names that have one.
    pub(super) fn add_aka(
        &mut self,
        declared: impl IntoIterator<Item = (&'d str, Span)>,
        aka: impl IntoIterator<Item = (&'d str, &'d Text)>,
        problems: &mut Problems,
    ) {
        let mut taken: BTreeMap<&str, Span> = declared.into_iter().collect();
        for (name, other) in aka {
            if let Some(&first) = taken.get(other.value.as_str()) {
                let headline = format!("two {}s are named `{}`", self.noun, other.value);
                let twice = Diagnostic::new(Code::DuplicateElement, headline, other.span, "by this `aka`").and(first, "by this");
                problems.push(twice.help("remove one of them"));
                continue;
            }
            taken.insert(&other.value, other.span);
            self.aka.insert(&other.value, name);
        }
    }

    /// The id of a name.
    pub(super) fn find(&self, name: &str) -> Option<I> {
        self.sorted.binary_search(&name).ok().map(I::from_index)
    }

    /// The id of a name, or of the nearest one: an element that a misspelt name was meant to name counts as used.
    pub(super) fn meant(&self, name: &str) -> Option<I> {
        self.find(name).or_else(|| self.find(did_you_mean(name, self.iter())?))
    }

    /// The id of a name in a file; reports the name if it is unknown.
    pub(super) fn resolve(&self, name: &Text, problems: &mut Problems) -> Option<I> {
        let found = self.find(&name.value);
        if found.is_none() && !problems.is_lost(&name.value) {
            problems.push(self.unknown(name));
        }
        found
    }

    /// The ids of names in a file, sorted, each once.
    pub(super) fn resolve_all(&self, names: &[Text], problems: &mut Problems) -> Vec<I>
    where
        I: Ord,
    {
        let mut found: Vec<I> = names.iter().filter_map(|name| self.resolve(name, problems)).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The report of an unknown name, with the nearest one.
    pub(super) fn unknown(&self, name: &Text) -> Diagnostic {
        let headline = format!("no {} is named `{}`", self.noun, name.value);
        let unknown = Diagnostic::new(self.unknown, headline, name.span, "not declared");
        match self.aka.get(name.value.as_str()) {
            Some(own) => unknown.help(aka_help(own)).patch(name.span, *own),
            None if self.noun == "kind" && matches!(name.value.as_str(), "text" | "number" | "date") => {
                unknown.help(format!("for a value that is no entity write `{{ type = \"{}\" }}`", name.value))
            }
            None => unknown.nearest(&name.value, name.span, self.iter()),
        }
    }

    /// The names, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &'d str> + '_ {
        self.sorted.iter().copied()
    }

    /// The ids of all names with the prefix, which are consecutive.
    pub(super) fn beginning(&self, prefix: &str) -> impl Iterator<Item = I> + use<I> {
        let start = self.sorted.partition_point(|name| *name < prefix);
        let count = self.sorted[start..].partition_point(|name| name.starts_with(prefix));
        (start..start + count).map(I::from_index)
    }
}
