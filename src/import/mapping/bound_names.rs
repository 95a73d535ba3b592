//! The names that texts, forms and entries of a mapping have.

use super::{Entry, Form, GivenForm, Hole, HoleOf, NameId, Part, Says, Template, TermForm};

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
    /// The names in it.
    pub(in crate::import) fn names(&self) -> impl Iterator<Item = NameId> + '_ {
        let of_terms = self.terms.iter().filter_map(|term| match term {
            TermForm::Entity(_, text) | TermForm::Text(text) => Some(text),
            _ => None,
        });
        let of_condition = self.condition.iter().flat_map(|condition| condition.filled.iter().map(|(_, text)| text));
        of_terms.chain(of_condition).flat_map(Template::names)
    }
}

impl Entry {
    /// The names in what it says.
    pub(in crate::import) fn names(&self) -> Box<dyn Iterator<Item = NameId> + '_> {
        match &self.says {
            Says::Entity { is: (_, id), attributes } => {
                let values = attributes.iter().flat_map(|given| &given.values).map(|value| {
                    let (GivenForm::Entity(_, text) | GivenForm::Plain(text)) = value;
                    text
                });
                Box::new(id.names().chain(values.flat_map(Template::names)))
            }
            Says::Facts { is, .. } | Says::Unknown { is, .. } => Box::new(is.iter().flat_map(Form::names)),
            Says::Warn(text) => Box::new(text.names()),
        }
    }
}
