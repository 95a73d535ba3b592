//! Channels that leave less open than the lists state that close them.

use super::{Entry, Filter, Form, HoleOf, Mappings, Part, Says, Shape, Source, Template, TermForm};
use crate::diag::phrases::{any_of_at_most, code};
use crate::diag::{Code, Diagnostic};
use std::collections::BTreeSet;

/// The most roles that a warning names.
const NAMED: usize = 4;

impl Mappings {
    /// The warnings of roles that a source gives and that the channels which it closes do not leave open where a list of it is not complete.
    pub(super) fn narrow_channels(&self, source: &Source) -> Vec<Diagnostic> {
        let open = source.tells.iter().flat_map(|tells| &self.channels[tells.channel].open);
        let open: Vec<&Form> = open.filter(|form| form.shape == Shape::Holds).collect();
        if open.is_empty() || open.iter().any(|form| self.roles(form).is_none()) {
            return Vec::new();
        }
        let of_open: BTreeSet<&str> = open.iter().filter_map(|form| self.roles(form)).flatten().collect();
        let narrow = |entry: &Entry| {
            let Says::Facts { is, .. } = &entry.says else { return None };
            let mut all = is.iter().filter(|form| form.shape == Shape::Holds).map(|form| self.roles(form));
            let what = all.find_map(|roles| match roles {
                None => Some("other roles".to_owned()),
                Some(roles) => {
                    let others: Vec<String> = roles.iter().filter(|role| !of_open.contains(*role)).map(code).collect();
                    (!others.is_empty()).then(|| any_of_at_most(others, NAMED))
                }
            })?;
            let headline = format!("the channels of {} do not leave {what} open, which it states too", code(&source.name));
            let note = "where no complete list is, these roles count as absent, and never as unknown";
            let diagnostic = Diagnostic::new(Code::NoChannel, headline, entry.span, "roles are stated here").note(note);
            Some(diagnostic.help("write `_` for the role in `open`, or a pattern for each role"))
        };
        source.entries.iter().filter_map(narrow).collect()
    }

    /// The roles that a form of a role held may be about; `None` if any.
    fn roles<'m>(&'m self, form: &'m Form) -> Option<BTreeSet<&'m str>> {
        match &form.terms[1] {
            TermForm::Role(name) => Some(BTreeSet::from([name.as_str()])),
            TermForm::Entity(_, template) => self.of_table(template),
            _ => None,
        }
    }

    /// A text without placeholders, or the values of the table through which one of a placeholder passes last.
    fn of_table<'m>(&'m self, template: &'m Template) -> Option<BTreeSet<&'m str>> {
        let hole = match template.parts.as_slice() {
            [Part::Text(name)] => return Some(BTreeSet::from([name.as_str()])),
            [Part::Hole(hole)] => hole,
            _ => return None,
        };
        match (&hole.of, hole.filters.last()) {
            (HoleOf::Pointer(_), Some(Filter::Names(table))) => {
                Some(self.tables[*table].values.iter().map(|(_, value)| value.as_str()).collect())
            }
            _ => None,
        }
    }
}
