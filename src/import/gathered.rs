//! What the rows of exports say, before it is known what else they say.

use super::mapping::{NameId, Shape, WhereForm};
use super::terms::{Sort, TermId, Terms};
use crate::policy::{AttributeId, KindId, Policy};
use crate::syntax::ast::expr::TermNode;
use crate::time::Interval;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// A statement about up to three terms, perhaps with a `where`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Statement {
    /// What it states.
    pub(super) shape: Shape,
    /// Its terms; those after the last are [`TermId::NONE`].
    pub(super) terms: [TermId; 3],
    /// Its `where` as text with the word, else [`TermId::NONE`].
    pub(super) condition: TermId,
}

/// Where something comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum From {
    /// A row, perhaps an item of a list in it: the file, the row, the list of `each`, the item.
    Row(u32, u32, u16, u32),
    /// A binding: its number.
    Binding(u32),
    /// Nothing that answers could name.
    Nothing,
}

/// The number of no list: the row as a whole.
pub(super) const WHOLE: u16 = u16::MAX;

/// A statement with its time and where it comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// What is stated.
    pub(super) statement: Statement,
    /// When it holds, or is unknown.
    pub(super) during: Interval,
    /// Whether its beginning and its end are days, which are written without a time.
    pub(super) days: [bool; 2],
    /// Where it comes from.
    pub(super) from: From,
    /// Why it is unknown: the number of a reason. Not used of facts.
    pub(super) why: u32,
}

/// An entity that a row declares.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declared {
    /// The entity.
    pub(super) entity: TermId,
    /// Where it comes from.
    pub(super) from: From,
    /// The list of the row, which is incomplete if the entity is left out.
    pub(super) list: u32,
}

/// A value of an attribute.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    /// The entity.
    pub(super) entity: TermId,
    /// The attribute.
    pub(super) attribute: AttributeId,
    /// Its value; [`TermId::ANY`] if it is unknown.
    pub(super) of: TermId,
    /// Where it comes from.
    pub(super) from: From,
}

/// All that rows say.
pub(super) struct Gathered {
    pub(super) terms: Terms,
    pub(super) facts: Vec<Line>,
    pub(super) unknown: Vec<Line>,
    /// Statements that make unknown what else is stated, where it fits.
    pub(super) doubts: Vec<Line>,
    pub(super) declared: Vec<Declared>,
    pub(super) values: Vec<Value>,
    /// The reasons of what is unknown.
    reasons: Texts,
    /// The entities that a `where` names, by the term of its text.
    pub(super) named_by_condition: FxHashMap<TermId, Vec<TermId>>,
    /// What is bound to names in any list.
    pub(super) bound_values: BTreeMap<NameId, BTreeSet<String>>,
    /// The pointers of lists, by the number of a [`From`].
    pub(super) lists: Texts,
    /// Where bindings are, by the number of a [`From`].
    pub(super) bindings: Texts,
    /// The names of attributes of which statements speak, by number.
    pub(super) attribute_names: Vec<String>,
    /// The names of files, and the pointer of their rows; whether the file is one row alone.
    pub(super) files: Vec<(String, &'static str, bool)>,
}

impl Gathered {
    pub(super) fn new(attribute_names: Vec<String>) -> Gathered {
        Gathered {
            terms: Terms::new(),
            facts: Vec::new(),
            unknown: Vec::new(),
            doubts: Vec::new(),
            declared: Vec::new(),
            values: Vec::new(),
            reasons: Texts::default(),
            named_by_condition: FxHashMap::default(),
            bound_values: BTreeMap::new(),
            lists: Texts::default(),
            bindings: Texts::default(),
            attribute_names,
            files: Vec::new(),
        }
    }

    /// The number of the name of an attribute.
    pub(super) fn attribute(&mut self, name: &str) -> usize {
        self.attribute_names.iter().position(|known| known == name).unwrap_or_else(|| {
            self.attribute_names.push(name.to_owned());
            self.attribute_names.len() - 1
        })
    }

    /// The number of a reason.
    pub(super) fn reason(&mut self, why: &str) -> u32 {
        self.reasons.number(why)
    }

    /// A reason.
    pub(super) fn why(&self, number: u32) -> &str {
        self.reasons.get(number)
    }

    /// Where something comes from, as a world writes it; `None` if nothing could be named.
    pub(super) fn origin(&self, from: From) -> Option<String> {
        match from {
            From::Nothing => None,
            From::Binding(number) => Some(self.bindings.get(number).to_owned()),
            From::Row(file, row, list, item) => {
                let (name, pointer, is_alone) = &self.files[file as usize];
                let mut text = format!("{name}#{pointer}");
                if !is_alone {
                    _ = write!(text, "/{row}");
                }
                if list != WHOLE {
                    _ = write!(text, "{}/{item}", self.lists.get(u32::from(list)));
                }
                Some(text)
            }
        }
    }

    /// The first of two places in the order of their texts.
    pub(super) fn first(&self, one: From, other: From) -> From {
        match (one, other) {
            (From::Nothing, place) | (place, From::Nothing) => place,
            (one, other) if one == other || self.origin(one) <= self.origin(other) => one,
            (_, other) => other,
        }
    }

    /// The kind of an entity, and its id.
    pub(super) fn entity(&self, term: TermId) -> Option<(KindId, &str)> {
        Some((self.terms.kind(term)?, self.terms.text(term)))
    }
}

impl Gathered {
    /// The term of a `where` with texts in place of its fillers, and the entities that it names.
    pub(super) fn condition(&mut self, policy: &Policy, form: &WhereForm, texts: &[(String, String)]) -> TermId {
        let mut tree = form.tree.clone();
        let mut named = Vec::new();
        tree.visit_roots(&mut |term| {
            if let TermNode::Entity { id: text, .. } | TermNode::Text(text) = &mut term.node
                && let Some((_, value)) = texts.iter().find(|(filled, _)| filled == text)
            {
                text.clone_from(value);
            }
            if let TermNode::Entity { kind, id } = &term.node
                && let Some(kind) = policy.kind_called(&kind.value).filter(|&kind| kind != policy.role_kind)
            {
                named.push((kind, id.clone()));
            }
        });
        let term = self.terms.add(&Sort::Written, &format!(" where {tree}"));
        let named = named.into_iter().map(|(kind, id)| self.terms.entity(kind, &id)).collect();
        self.named_by_condition.insert(term, named);
        term
    }
}

/// Texts, each once, by number.
#[derive(Debug, Default)]
pub(super) struct Texts {
    texts: Vec<String>,
    numbers: FxHashMap<String, u32>,
}

impl Texts {
    /// The number of a text.
    pub(super) fn number(&mut self, text: &str) -> u32 {
        if let Some(&number) = self.numbers.get(text) {
            return number;
        }
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text.to_owned());
        self.numbers.insert(text.to_owned(), number);
        number
    }

    /// The text of a number.
    pub(super) fn get(&self, number: u32) -> &str {
        &self.texts[number as usize]
    }
}
