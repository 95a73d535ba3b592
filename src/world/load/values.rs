//! Values of attributes and parameters, read by their declared types.

use super::loader::Loader;
use super::names;
use super::position::ArgumentPosition;
use super::unresolved::NameForm;
use crate::diag::{Code, Diagnostic, nearest};
use crate::policy::{KindSet, TextId, ValueType};
use crate::syntax::{GivenValue, cut_date, quoted};
use crate::text::{Span, Spanned};
use crate::time::Instant;
use crate::world::{EntityId, Symbol, Value};

/// The attribute or parameter that a value is for.
#[derive(Clone, Copy)]
pub(super) struct ValuePosition<'a> {
    pub(super) position: ArgumentPosition,
    pub(super) value: &'a ValueType,
    pub(super) many: bool,
}

/// The name of an entity in a file: its parts, and where they are.
pub(super) struct Named<'t> {
    pub(super) kind: &'t str,
    /// The span of the kind's name alone, if it is safe to edit.
    pub(super) kind_span: Option<Span>,
    pub(super) id: &'t str,
    pub(super) span: Span,
    /// The span of `kind:id` alone and how it is written there, if it is safe to edit.
    pub(super) edit: Option<(Span, NameForm)>,
}

/// A constant as a file writes it, before its type is known.
pub(super) enum Constant<'t> {
    /// A text.
    Text {
        text: &'t str,
        /// The span of the text in this form, if it is safe to edit.
        edit: Option<Span>,
        /// Whether it is in a value or in a condition.
        form: NameForm,
    },
    /// A whole number.
    Number(i64),
    /// A date.
    Date(Instant),
}

impl Constant<'_> {
    /// A phrase for it.
    pub(super) fn noun(&self) -> &'static str {
        match self {
            Constant::Text { .. } => "a string",
            Constant::Number(_) => "a number",
            Constant::Date(_) => "a date",
        }
    }
}

/// Why a constant is no value of the type that is wanted.
pub(super) enum Mistyped {
    /// It is of another type, which is not reported yet.
    WrongType,
    /// For a reason that is reported already.
    Reported,
}

impl Loader<'_> {
    /// Reads one value or a list of values into `out`; false if any of them is wrong.
    pub(super) fn values(&mut self, target: ValuePosition<'_>, given: &Spanned<GivenValue>, out: &mut Vec<Spanned<Value>>) -> bool {
        match (&given.value, target.many) {
            (GivenValue::List(items), true) => {
                let mut valid = true;
                for item in items {
                    match self.value(target, item) {
                        Some(value) => out.push(Spanned::new(value, item.span)),
                        None => valid = false,
                    }
                }
                valid
            }
            (GivenValue::List(items), false) => {
                let diagnostic =
                    Diagnostic::new(Code::WrongType, self.headline(target, "takes one value, not a list"), given.span, "a list");
                let single = match items.as_slice() {
                    [item] => self.literal(item),
                    _ => None,
                };
                // In a line of JSON the span of a list is that of the line, which is not safe to edit.
                let written = self.world.sources.slice(given.span);
                let bracketed = written.starts_with('[');
                self.report(match single.filter(|_| bracketed) {
                    Some(literal) => diagnostic.help("leave out the brackets").patch(given.span, literal),
                    // An event of a question has no brackets around a list.
                    None if !written.starts_with(['[', '{']) => diagnostic.help("give one value"),
                    None => diagnostic.help("give one value, without brackets"),
                });
                false
            }
            (_, true) => {
                let headline = self.headline(target, "takes a list");
                let diagnostic = Diagnostic::new(Code::WrongType, headline, given.span, format!("{}, not a list", article(&given.value)));
                let diagnostic = diagnostic.help("put the value in brackets");
                let edit = self.literal(given).map(|literal| (self.whole(given), format!("[{literal}]")));
                self.report(match edit {
                    Some((span, list)) => diagnostic.patch(span, list),
                    None => diagnostic,
                });
                false
            }
            (_, false) => match self.value(target, given) {
                Some(value) => {
                    out.push(Spanned::new(value, given.span));
                    true
                }
                None => false,
            },
        }
    }

    fn headline(&self, target: ValuePosition<'_>, rest: &str) -> String {
        format!("{} {rest}", target.position.text(self.policy))
    }

    /// The text of the value as it is in its file; `None` if the span of the value may not be exact.
    fn literal(&self, given: &Spanned<GivenValue>) -> Option<String> {
        match &given.value {
            GivenValue::Text(text) => self.with_quotes(given.span, text).map(|span| self.world.sources.slice(span).to_owned()),
            GivenValue::Number(number) => Some(number.to_string()).filter(|digits| digits == self.world.sources.slice(given.span)),
            GivenValue::Date(date) => {
                Some(self.world.sources.slice(given.span).to_owned()).filter(|text| Instant::parse(text) == Ok(*date))
            }
            GivenValue::List(_) | GivenValue::Other(_) => None,
        }
    }

    /// The span of the value with its quotes.
    fn whole(&self, given: &Spanned<GivenValue>) -> Span {
        match &given.value {
            GivenValue::Text(text) => self.with_quotes(given.span, text).unwrap_or(given.span),
            _ => given.span,
        }
    }

    fn value(&mut self, target: ValuePosition<'_>, given: &Spanned<GivenValue>) -> Option<Value> {
        let span = given.span;
        if let (ValueType::Entity(kinds), GivenValue::Text(text)) = (target.value, &given.value) {
            return self.reference(text, span, kinds, target.position).map(Value::Entity);
        }
        let constant = match &given.value {
            GivenValue::Text(text) => Some(Constant::Text { text, edit: self.bare(span, text), form: NameForm::Plain }),
            &GivenValue::Number(number) => Some(Constant::Number(number)),
            &GivenValue::Date(date) => Some(Constant::Date(date)),
            GivenValue::List(_) | GivenValue::Other(_) => None,
        };
        match constant.map_or(Err(Mistyped::WrongType), |constant| self.typed(target.position, target.value, &constant, span)) {
            Ok(value) => return Some(value),
            Err(Mistyped::Reported) => return None,
            Err(Mistyped::WrongType) => {}
        }
        let diagnostic = self.wrong_type(target.position, target.value, article(&given.value), span);
        // A number in quotes.
        let number = match (target.value, &given.value) {
            (ValueType::Number, GivenValue::Text(text)) => text.parse::<i64>().ok().zip(self.with_quotes(span, text)),
            _ => None,
        };
        self.report(match number {
            Some((number, whole)) => diagnostic.help("leave out the quotes").patch(whole, number.to_string()),
            None => diagnostic,
        });
        None
    }

    /// The value of a constant where this type is wanted: the one table of types and constants, for values and for facts.
    pub(super) fn typed(
        &mut self,
        position: ArgumentPosition,
        wanted: &ValueType,
        constant: &Constant<'_>,
        span: Span,
    ) -> Result<Value, Mistyped> {
        match (wanted, constant) {
            (ValueType::OneOf(texts), Constant::Text { text, edit, form }) => {
                let write = |text: &str| if *form == NameForm::Plain { text.to_owned() } else { quoted(text) };
                self.one_of(position, texts, text, span, *edit, write).ok_or(Mistyped::Reported)
            }
            (ValueType::Text, Constant::Text { text, .. }) => Ok(Value::Text(self.part.texts.intern(text))),
            (ValueType::Number, &Constant::Number(number)) => Ok(Value::Number(number)),
            (ValueType::Date, &Constant::Date(date)) => Ok(Value::Date(date)),
            // JSON has no dates.
            (ValueType::Date, Constant::Text { text, form: NameForm::Plain, .. }) => match Instant::parse(text) {
                Ok(date) => {
                    self.note_cut_date(text, span);
                    Ok(Value::Date(date))
                }
                Err(why) => {
                    self.report(Diagnostic::new(Code::BadDate, why, span, "no date"));
                    Err(Mistyped::Reported)
                }
            },
            _ => Err(Mistyped::WrongType),
        }
    }

    /// Warns of the first date of the part that is cut to microseconds.
    fn note_cut_date(&mut self, text: &str, span: Span) {
        if !self.part.has_cut_date
            && let Some(warning) = cut_date(text, span)
        {
            self.part.has_cut_date = true;
            self.report(warning);
        }
    }

    /// The mistake of a value that is not of the type that is wanted; `given` is a phrase for it.
    pub(super) fn wrong_type(&self, position: ArgumentPosition, wanted: &ValueType, given: String, span: Span) -> Diagnostic {
        let headline = format!("{} takes {}, not {given}", position.text(self.policy), wants(wanted));
        Diagnostic::new(Code::WrongType, headline, span, given)
    }

    /// One of the texts of a `one-of`. `write` brings a text into the form that it has at `edit`.
    fn one_of(
        &mut self,
        position: ArgumentPosition,
        texts: &[TextId],
        text: &str,
        span: Span,
        edit: Option<Span>,
        write: impl Fn(&str) -> String,
    ) -> Option<Value> {
        if let Some(&id) = texts.iter().find(|&&id| self.policy.texts[id] == text) {
            return Some(Value::Text(Symbol::of_policy(id)));
        }
        let known = || texts.iter().map(|&id| self.policy.texts[id].as_str());
        let headline = format!("{} is never `{text}`", position.text(self.policy));
        let diagnostic = Diagnostic::new(Code::UnknownValue, headline, span, "none of its values");
        let diagnostic = match (nearest(text, known()), edit) {
            (Some(near), Some(edit)) => diagnostic.meant(&near, edit, write),
            (Some(near), None) => diagnostic.help(near.help()),
            (None, _) => diagnostic.help(format!("write {}", names::any_of(known()))),
        };
        self.report(diagnostic);
        None
    }

    /// The entity that a value `kind:id` names.
    pub(super) fn reference(&mut self, text: &str, span: Span, kinds: &KindSet, position: ArgumentPosition) -> Option<EntityId> {
        let (kind, id) = self.split(text, span, kinds, position)?;
        let bare = self.bare(span, text);
        let kind_span = bare.map(|bare| Span::new(bare.file, bare.start as usize, bare.start as usize + kind.len()));
        self.entity(&Named { kind, kind_span, id, span, edit: bare.map(|bare| (bare, NameForm::Plain)) }, kinds, position)
    }

    /// The declared entity of this id or key, if it is of one of these kinds.
    pub(super) fn entity(&mut self, named: &Named<'_>, kinds: &KindSet, position: ArgumentPosition) -> Option<EntityId> {
        let Some(kind) = self.policy.kind_called(named.kind) else {
            self.part.unresolved.kind(named.kind, named.span, named.kind_span);
            return None;
        };
        if !kinds.contains(kind) {
            let wanted = names::any_kind(self.policy, kinds);
            let own = names::kind_name(self.policy, kind);
            let headline = format!("{} is of kind {wanted}, and `{own}:{}` is not", position.text(self.policy), named.id);
            self.report(Diagnostic::new(Code::WrongKind, headline, named.span, format!("of kind `{own}`")));
            return None;
        }
        let found = self.world.find_named(self.policy, kind, named.id);
        match found {
            None => self.part.unresolved.entity(kind, named.id, named.span, named.edit),
            Some(role) if self.world.is_unknown_role(self.policy, role) => {
                self.part.unresolved.role(self.world.entity(role).id, named.span, named.edit);
            }
            Some(_) => {}
        }
        found
    }
}

/// A phrase for what a type takes.
pub(super) fn wants(value: &ValueType) -> &'static str {
    match value {
        ValueType::Entity(_) => "a reference `kind:id`",
        ValueType::OneOf(_) | ValueType::Text => "a string",
        ValueType::Number => "a whole number",
        ValueType::Date => "a date",
    }
}

fn article(given: &GivenValue) -> String {
    match given {
        GivenValue::Text(_) => "a string".to_owned(),
        GivenValue::Number(_) => "a number".to_owned(),
        GivenValue::Date(_) => "a date".to_owned(),
        GivenValue::List(_) => "a list".to_owned(),
        GivenValue::Other(what) if what.starts_with(['a', 'e', 'i', 'o']) => format!("an {what}"),
        GivenValue::Other(what) => format!("a {what}"),
    }
}
