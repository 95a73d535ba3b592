//! The tables of the languages: which keys each has, of what form, and what each is for.
//!
//! `pack`, `world`, `suite` and `mapping` have the tables of their files. The readers read them key by key, [`format`](super::format) finds the
//! expressions in a file by them, and the JSON Schemas are made of them.
//!
//! Invariant: nothing is read here. A reader that asks for a key that its table does not have, or leaves one out, stops every debug build.

use super::naming::Naming;

mod mapping;
mod pack;
mod suite;
mod world;

pub use mapping::MAPPING;
pub(in crate::syntax) use mapping::{CHANNEL, DOUBT, ENTITY, FACT_OF_ROW, NAMES, SOURCE, TELLS, TEST, UNKNOWN_OF_ROW, WARNING};
pub use pack::PACK;
pub(in crate::syntax) use pack::{
    ACTION, ADVICE, ATTRIBUTE, CLAIM, DOCUMENT, EVENT, IMPLICATION, INVARIANT, KIND, OBLIGATION, PARAMETER, PROPERTY, RELATION, ROLE, RULE,
    TABLE, TOGGLE,
};
pub use suite::SUITE;
pub(in crate::syntax) use suite::{ASK, CASE, INLINE_WORLD, WHO};
pub use world::WORLD_FILE;
pub(in crate::syntax) use world::{ENTITY_OF_WORLD, EVENT_RECORD, FACT, ORIGIN, UNKNOWN, WORLD};

/// A table: its keys, and what it is called.
#[derive(Debug)]
pub struct Shape {
    /// What it is called: `rule`.
    pub noun: &'static str,
    /// What it is for, in a sentence.
    pub about: &'static str,
    /// Its keys, in groups, in the order in which they are read.
    pub keys: &'static [&'static [Key]],
    /// All other keys; `None` if there are no others.
    pub others: Option<Others>,
    /// Keys of which it must have exactly one, if there are some.
    pub one_of: &'static [&'static str],
    /// Keys of which it must have one or more, if there are some.
    pub some_of: &'static [&'static str],
}

/// Keys of a table that are names of the author's.
#[derive(Clone, Copy, Debug)]
pub struct Others {
    /// What they are, in a sentence.
    pub about: &'static str,
    /// What their names are like.
    pub naming: Naming,
    /// What their values are.
    pub form: Form,
}

/// A key of a table.
#[derive(Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What its value is.
    pub form: Form,
    /// What it is for, in a sentence.
    pub about: &'static str,
    /// Whether the table must have it.
    pub needed: bool,
}

/// What a value is.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// A string.
    Text,
    /// One of these strings.
    Word(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Number,
    /// A date, or a string that is one.
    Date,
    /// A value of an entity: a string, number or date, or a list of these.
    Given,
    /// A string that a grammar parses.
    Expression(Grammar),
    /// A string that is a markdown table.
    Grid,
    /// A list, which may be empty.
    List(&'static Form),
    /// A list of one or more.
    Some(&'static Form),
    /// One, or a list of one or more.
    OneOrSome(&'static Form),
    /// One, or a list, which may be empty.
    OneOrList(&'static Form),
    /// A list of one to three.
    Ends(&'static Form),
    /// A table whose keys are names of the author's.
    Named(Naming, &'static Form),
    /// A table of these keys.
    Table(&'static Shape),
    /// A value of one of these forms.
    AnyOf(&'static [Form]),
}

/// The grammar of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grammar {
    /// A condition.
    Condition,
    /// A fact or a conclusion: one atom.
    Fact,
    /// A fact, or `not` and one.
    StatedFact,
    /// `FACT [where EXPR]`
    Pattern,
    /// `FACT [for TERM days|hours] [where EXPR]`
    Effect,
    /// A term.
    Term,
    /// A question.
    Question,
    /// `SUBJECT ACTION RESOURCE`, each of which may be a pattern.
    Request,
    /// A fact with placeholders.
    FactTemplate,
    /// A pattern with placeholders.
    PatternTemplate,
}

impl Shape {
    /// Its keys, in the order in which they are read.
    pub fn keys(&self) -> impl Iterator<Item = &'static Key> {
        self.keys.iter().copied().flatten()
    }

    /// The key of this name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys().find(|key| key.name == name)
    }

    /// The names of the keys that it must have.
    pub fn needed(&self) -> impl Iterator<Item = &'static str> {
        self.keys().filter(|key| key.needed).map(|key| key.name)
    }
}

impl Form {
    /// The form of what a table of this form has under a key; that of the items' tables if it is a list.
    pub fn step(&self, name: &str) -> Option<&Form> {
        match self {
            Form::Table(shape) => shape.key(name).map(|key| &key.form).or(shape.others.as_ref().map(|others| &others.form)),
            Form::Named(_, form) => Some(form),
            Form::List(form) | Form::Some(form) | Form::OneOrSome(form) | Form::OneOrList(form) | Form::Ends(form) => form.step(name),
            Form::AnyOf(forms) => forms.iter().find_map(|form| form.step(name)),
            _ => None,
        }
    }

    /// The form of the items of a list of this form.
    pub fn item(&self) -> Option<&Form> {
        match self {
            Form::List(form) | Form::Some(form) | Form::OneOrSome(form) | Form::OneOrList(form) | Form::Ends(form) => Some(form),
            Form::AnyOf(forms) => forms.iter().find_map(Form::item),
            _ => None,
        }
    }

    /// The form of a string of this form.
    pub fn alone(&self) -> &Form {
        match self {
            Form::OneOrSome(form) | Form::OneOrList(form) => form.alone(),
            form => form,
        }
    }
}

const fn key(name: &'static str, form: Form, about: &'static str) -> Key {
    Key { name, form, about, needed: false }
}

const fn needed(name: &'static str, form: Form, about: &'static str) -> Key {
    Key { name, form, about, needed: true }
}

const fn table(noun: &'static str, about: &'static str, keys: &'static [&'static [Key]]) -> Shape {
    Shape { noun, about, keys, others: None, one_of: &[], some_of: &[] }
}

const TEXT: Form = Form::Text;
const TEXTS: Form = Form::List(&Form::Text);
const SOME_TEXTS: Form = Form::Some(&Form::Text);
const TEXT_OR_TEXTS: Form = Form::OneOrSome(&Form::Text);
const CONDITION: Form = Form::Expression(Grammar::Condition);

const COMMENT: Key = key("comment", TEXT, "For authors; never printed in an answer.");
const SINCE: Key = key("since", Form::Date, "The first date at which it is in force or holds.");
const UNTIL: Key = key("until", Form::Date, "The first date at which it no longer is or holds.");
const FROM: Key = key("from", TEXT, "Where this was taken from; answers print it.");
