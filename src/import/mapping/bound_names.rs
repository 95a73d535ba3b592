//! The names and pointers that texts, forms and entries of a mapping have.

use super::{Channel, Entry, Form, GivenForm, Hole, HoleOf, NameId, Part, Per, Pointer, Says, Source, Tells, Template, TermForm};

impl Template {
    /// Whether it has the time of capture.
    pub(in crate::import) fn needs_capture(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Hole(Hole { of: HoleOf::Captured, .. })))
    }

    /// Whether it has a value of the row.
    pub(in crate::import) fn is_of_row(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Hole(Hole { of: HoleOf::Pointer(_), .. })))
    }

    /// The names in it.
    pub(in crate::import) fn names(&self) -> impl Iterator<Item = NameId> + '_ {
        self.parts.iter().filter_map(|part| match part {
            Part::Hole(Hole { of: HoleOf::Name(name), .. }) => Some(*name),
            _ => None,
        })
    }
}

impl Form {
    /// The texts in it.
    fn texts(&self) -> impl Iterator<Item = &Template> {
        let of_terms = self.terms.iter().filter_map(|term| match term {
            TermForm::Entity(_, text) | TermForm::Text(text) => Some(text),
            _ => None,
        });
        of_terms.chain(self.condition.iter().flat_map(|condition| condition.filled.iter().map(|(_, text)| text)))
    }
}

impl Entry {
    /// The names in what it says, but for its dates.
    pub(in crate::import) fn names(&self) -> impl Iterator<Item = NameId> + '_ {
        self.texts().into_iter().flat_map(Template::names)
    }

    /// The texts in what it says, but for its dates.
    fn texts(&self) -> Vec<&Template> {
        match &self.says {
            Says::Entity { is: (_, id), attributes } => {
                let values = attributes.iter().flat_map(|given| &given.values);
                values.map(|(GivenForm::Entity(_, text) | GivenForm::Plain(text))| text).chain([id]).collect()
            }
            Says::Facts { is, .. } | Says::Unknown { is, .. } => is.iter().flat_map(Form::texts).collect(),
            Says::Warn(text) => vec![text],
        }
    }

    /// The texts of its dates.
    fn dates(&self) -> impl Iterator<Item = &Template> {
        let (since, until) = match &self.says {
            Says::Facts { since, until, .. } | Says::Unknown { since, until, .. } => (since.as_slice(), until.as_slice()),
            Says::Entity { .. } | Says::Warn(_) => (&[][..], &[][..]),
        };
        since.iter().chain(until)
    }
}

impl Source {
    /// All pointers from a row.
    pub(in crate::import) fn pointers(&self) -> impl Iterator<Item = &Pointer> {
        let of_texts = self.entries.iter().flat_map(|entry| entry.texts().into_iter().chain(entry.dates()));
        let of_texts =
            of_texts.chain(self.tells.iter().map(|tells| &tells.of)).flat_map(|text| &text.parts).filter_map(|part| match part {
                Part::Hole(Hole { of: HoleOf::Pointer(pointer), .. }) => Some(pointer),
                _ => None,
            });
        let tests = self.entries.iter().map(|entry| &entry.when).chain(self.tells.iter().map(|tells| &tells.when)).chain([&self.only]);
        let of_tells = self.tells.iter().flat_map(|tells| &tells.forms);
        let forms = self.entries.iter().flat_map(|entry| &entry.forms).chain(&self.forms).chain(of_tells);
        let kinds = self.entries.iter().filter_map(|entry| entry.kind.as_ref()).chain(&self.kind);
        let others =
            tests.flatten().map(|test| &test.pointer).chain(forms.map(|(pointer, _)| pointer)).chain(kinds.map(|kind| &kind.pointer));
        of_texts.chain(others).chain(self.looks_like.iter().map(|(pointer, _)| pointer)).filter(|pointer| !pointer.of_item)
    }
}

impl Channel {
    /// The name of whose values there is one each, and the one whose values are open.
    pub(in crate::import) fn bound_names(&self) -> impl Iterator<Item = NameId> + use<> {
        let of_values = match self.per {
            Some(Per::Binding(name)) => Some(name),
            _ => None,
        };
        of_values.into_iter().chain(self.absent_unless)
    }
}

impl Tells {
    /// Whether what is closed depends on the row.
    pub(in crate::import) fn is_of_row(&self) -> bool {
        self.of.is_of_row() || !self.forms.is_empty()
    }
}
