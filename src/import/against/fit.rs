//! Which lists would have a fact.

use crate::import::gathered::{Gathered, Statement};
use crate::import::list::List;
use crate::import::mapping::{Form, Hole, HoleOf, Mappings, Part, Says, Template, TermForm};
use crate::import::patterns::Patterns;
use crate::import::terms::TermId;

/// What an import looked at.
pub(super) struct Fits<'a> {
    pub(super) mappings: &'a Mappings,
    pub(super) lists: &'a [List],
    pub(super) gathered: &'a Gathered,
    /// What is unknown.
    pub(super) open: &'a Patterns,
}

impl Fits<'_> {
    /// Whether a fact that no row states does not hold: nothing that is unknown fits it, and all lists that would have it are complete.
    pub(super) fn is_gone(&self, fact: &Statement) -> bool {
        if self.open.fitting(self.gathered, fact).next().is_some() {
            return false;
        }
        let mut telling = self.lists.iter().filter(|list| self.tells(list, fact)).peekable();
        telling.peek().is_some() && telling.all(List::is_complete)
    }

    /// Whether a row of a list could state a fact.
    fn tells(&self, list: &List, fact: &Statement) -> bool {
        let entries = &self.mappings.sources[list.source].entries;
        let mut forms = entries.iter().flat_map(|entry| match &entry.says {
            Says::Facts { is, .. } => is.as_slice(),
            _ => &[],
        });
        forms.any(|form| self.is_of(list, form, fact))
    }

    fn is_of(&self, list: &List, form: &Form, fact: &Statement) -> bool {
        let terms = &self.gathered.terms;
        let term = |(form, &term): (&TermForm, &TermId)| match form {
            TermForm::Entity(kinds, id) => {
                terms.kind(term).is_some_and(|kind| kinds.all().contains(&kind)) && could_be(list, id, terms.text(term))
            }
            TermForm::Role(name) => terms.text(term) == name,
            TermForm::Text(text) => could_be(list, text, terms.text(term)),
            TermForm::Constant(text) => terms.text(term) == text,
            TermForm::Any | TermForm::Variable(_) => true,
        };
        form.shape == fact.shape && form.terms.iter().zip(&fact.terms).all(term)
    }
}

/// Whether a text with placeholders could come to this text in a list: what is bound there stands in it, and any value of a row.
fn could_be(list: &List, template: &Template, text: &str) -> bool {
    let mut rest = text;
    let mut is_free = false;
    for part in &template.parts {
        let wanted = match part {
            Part::Text(wanted) => Some(wanted.as_str()),
            Part::Hole(Hole { of: HoleOf::Name(name), .. }) => {
                list.bound.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str())
            }
            Part::Hole(_) => None,
        };
        let Some(wanted) = wanted else {
            is_free = true;
            continue;
        };
        let Some(at) = rest.find(wanted).filter(|&at| at == 0 || is_free) else { return false };
        rest = &rest[at + wanted.len()..];
        is_free = false;
    }
    is_free || rest.is_empty()
}
