//! Types of values, and sets of kinds.

use super::Resolver;
use crate::policy::ids::TextId;
use crate::policy::kind_set::KindSet;
use crate::policy::value_type::ValueType;
use crate::syntax::{Text, ValueDecl, quoted};

impl Resolver<'_> {
    /// The kinds of these names; every kind if one is unknown, so that no further mistake follows.
    pub(super) fn kind_set(&mut self, names: &[Text]) -> KindSet {
        self.kinds_if_known(names).unwrap_or_else(|| self.every_kind.clone())
    }

    /// The kinds of these names; `None` if one is unknown.
    pub(super) fn kinds_if_known(&mut self, names: &[Text]) -> Option<KindSet> {
        // All names are resolved before collecting, so that each unknown one is reported.
        let found: Vec<_> = names.iter().map(|name| self.kinds.resolve(name, &mut self.problems)).collect();
        found.into_iter().collect()
    }

    /// The type of a value.
    pub(super) fn value(&mut self, decl: &ValueDecl) -> ValueType {
        match decl {
            ValueDecl::To(names) if self.are_texts(names) => {
                let texts: Vec<String> = names.iter().map(|name| quoted(&name.value)).collect();
                let help = format!("a list is one of kinds; for one of texts write `{{ one-of = [{}] }}`", texts.join(", "));
                for name in names {
                    self.problems.push(self.kinds.unknown(name).help(help.clone()));
                }
                ValueType::Entity(self.every_kind.clone())
            }
            ValueDecl::To(kinds) | ValueDecl::MemberOf(kinds) => ValueType::Entity(self.kind_set(kinds)),
            ValueDecl::OneOf(texts) => ValueType::OneOf(self.one_of(texts)),
            ValueDecl::Text => ValueType::Text,
            ValueDecl::Number => ValueType::Number,
            ValueDecl::Date => ValueType::Date,
        }
    }

    /// Whether several names are those of no kinds at all, nor nearly, so that texts are meant.
    fn are_texts(&self, names: &[Text]) -> bool {
        let is_kind = |name: &Text| self.kinds.meant(&name.value).is_some() || self.problems.is_lost(&name.value);
        names.len() > 1 && !names.iter().any(is_kind)
    }

    fn one_of(&mut self, texts: &[Text]) -> Vec<TextId> {
        let mut found = Vec::with_capacity(texts.len());
        let mut seen = std::collections::BTreeSet::new();
        for text in texts {
            let id = self.text(&text.value);
            if seen.insert(id) {
                found.push(id);
            }
        }
        found
    }

    /// The id of a text; a new text gets the next id.
    pub(super) fn text(&mut self, text: &str) -> TextId {
        *self.text_ids.entry(text.to_owned()).or_insert_with(|| self.texts.push(text.to_owned()))
    }
}
