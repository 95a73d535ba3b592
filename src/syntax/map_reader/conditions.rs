//! What a row must be: tests of its values (`only`, `when`), forms of its texts (`match`), and what binds `{kind}`.

use super::listed;
use super::pointer::pointer;
use crate::diag::{Code, Diagnostic};
use crate::syntax::Text;
use crate::syntax::ast::mapping::{FormDecl, KindTableDecl, TestDecl};
use crate::syntax::shape::TEST;
use crate::syntax::toml::{Fields, Value, entries, shown};

/// `only` or `when`.
pub(super) fn tests(fields: &mut Fields<'_>, key: &'static str) -> Vec<TestDecl> {
    let entries = fields.entries(key);
    entries.into_iter().filter_map(|(at, value)| test(fields, &at, value)).collect()
}

fn test(fields: &mut Fields<'_>, at: &Text, value: Value<'_>) -> Option<TestDecl> {
    let pointer = pointer(fields, &at.value, at.span)?;
    let Some(table) = value.table() else {
        let is = texts(fields, value, &at.value);
        return Some(TestDecl { pointer, is, not: Vec::new(), others: None });
    };
    let mut inner = Fields::new(value.file(), table, &TEST, value.span());
    let mut of = |fields: &mut Fields<'_>, key| inner.take(key).map(|value| texts(fields, value, key));
    let (is, not, others) = (of(fields, "is"), of(fields, "not"), of(fields, "others"));
    if is.is_none() && not.is_none() {
        let headline = format!("`{}` has neither `is` nor `not`", shown(&at.value));
        let diagnostic = Diagnostic::new(Code::MissingKey, headline, value.span(), "");
        inner.diagnostics.push(diagnostic.help("write `{ is = [\"active\"], others = [\"pending\"] }` or `{ not = [\"deleted\"] }`"));
    }
    fields.diagnostics.extend(inner.finish());
    Some(TestDecl { pointer, is: is.unwrap_or_default(), not: not.unwrap_or_default(), others })
}

/// `kind = { "/pointer" = { User = "user" } }`
pub(super) fn kind_table(fields: &mut Fields<'_>) -> Option<KindTableDecl> {
    let mut given = fields.entries("kind").into_iter();
    let (at, value) = given.next()?;
    if let Some((second, _)) = given.next() {
        let diagnostic = Diagnostic::new(Code::UnknownKey, "`kind` looks at two places", second.span, "the second one");
        fields.spoil(diagnostic.help("bind it with one pointer"));
    }
    let pointer = pointer(fields, &at.value, at.span)?;
    let Some(table) = value.table() else {
        fields.spoil(value.wrong_type("`kind`", "a table of texts and kinds"));
        return None;
    };
    let mut kinds = Vec::new();
    for (name, kind) in entries(value.file(), table) {
        match kind.text() {
            Some(kind) => kinds.push((name, kind)),
            None => fields.spoil(kind.wrong_type(&format!("`{}`", shown(&name.value)), "a string")),
        }
    }
    Some(KindTableDecl { pointer, kinds })
}

/// `match`: forms of texts.
pub(super) fn forms(fields: &mut Fields<'_>, key: &'static str) -> Vec<FormDecl> {
    let pairs = fields.pairs(key);
    pairs.into_iter().filter_map(|(at, form)| Some(FormDecl { pointer: pointer(fields, &at.value, at.span)?, form })).collect()
}

/// Texts, or one; booleans are the texts `true` and `false`.
pub(super) fn texts(fields: &mut Fields<'_>, value: Value<'_>, key: &str) -> Vec<Text> {
    let mut found = Vec::new();
    for item in listed(value) {
        match (item.text(), item.boolean()) {
            (Some(text), _) => found.push(text),
            (None, Some(boolean)) => found.push(Text::new(boolean.to_string(), item.span())),
            (None, None) => {
                let headline = format!("a value of `{}` is {}, not a string", shown(key), item.type_name());
                fields.spoil(Diagnostic::new(Code::WrongType, headline, item.span(), "expected a string or a boolean"));
            }
        }
    }
    found
}
