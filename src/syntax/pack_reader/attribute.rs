//! `attributes.NAME = …` of a kind and `with = { NAME = … }` of an event: a name and the type of its value.

use crate::diag::{Code, Diagnostic};
use crate::syntax::naming::{self, Naming};
use crate::syntax::shape::{ATTRIBUTE, PARAMETER, Shape};
use crate::syntax::toml::{Fields, Value, shown};
use crate::syntax::{AttributeDecl, Text, ValueDecl};

/// What declares a name with a type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Declares {
    /// A kind declares an attribute.
    Attribute,
    /// An event declares a parameter.
    Parameter,
}

impl Declares {
    fn shape(self) -> &'static Shape {
        match self {
            Declares::Attribute => &ATTRIBUTE,
            Declares::Parameter => &PARAMETER,
        }
    }

    fn noun(self) -> &'static str {
        self.shape().noun
    }

    fn naming(self) -> Naming {
        match self {
            Declares::Attribute => Naming::Attribute,
            Declares::Parameter => Naming::Parameter,
        }
    }
}

/// Reads the attributes or parameters under `key`. Those that cannot be read are left out, and named among the `lost`.
pub(super) fn read_all(fields: &mut Fields<'_>, key: &'static str, declares: Declares) -> Vec<AttributeDecl> {
    let mut attributes = Vec::new();
    for (name, value) in fields.entries(key) {
        fields.diagnostics.extend(naming::check(&name, declares.noun(), declares.naming()));
        match read(fields, &name, value, declares) {
            Some(attribute) => attributes.push(attribute),
            None => fields.lost.push(name),
        }
    }
    attributes
}

fn read<'t>(fields: &mut Fields<'t>, name: &Text, value: Value<'t>, declares: Declares) -> Option<AttributeDecl> {
    let Some(table) = value.table() else {
        let kinds = fields.as_text_or_texts(value, &name.value)?;
        return Some(AttributeDecl::new(name.clone(), ValueDecl::To(kinds)));
    };
    let mut inner = Fields::new(value.file(), table, declares.shape(), name.span);
    let decl = typed(&mut inner, name, declares.noun());
    let [many, optional] = ["many", "optional"].map(|key| inner.flag(key, false));
    // An argument of an event is no state that could change, so these flags would mean nothing there.
    let [history, fixed, key] = ["history", "fixed", "key"].map(|key| declares == Declares::Attribute && inner.flag(key, false));
    let key = key && is_key(&mut inner, name, decl.as_ref(), many);
    fields.spoiled |= inner.spoiled;
    fields.diagnostics.extend(inner.finish());
    Some(AttributeDecl { name: name.clone(), value: decl?, many, optional, history, fixed, key })
}

/// Whether an attribute of this type can be a key, which is one text. Reports one that cannot.
fn is_key(fields: &mut Fields<'_>, name: &Text, decl: Option<&ValueDecl>, many: bool) -> bool {
    let is_text = matches!(decl, None | Some(ValueDecl::Text));
    if is_text && !many {
        return true;
    }
    let headline = format!("the key `{}` {}", shown(&name.value), if is_text { "may have many values" } else { "is not a string" });
    let diagnostic = Diagnostic::new(Code::WrongType, headline, name.span, "a key is one string");
    fields.diagnostics.push(diagnostic.help("write `{ type = \"text\", key = true }`, or leave out `key`"));
    false
}

fn typed(fields: &mut Fields<'_>, name: &Text, noun: &str) -> Option<ValueDecl> {
    let to = fields.text_or_texts("to");
    let one_of = fields.some_texts("one-of");
    let scalar = fields.text("type");
    let member_of = fields.text_or_texts("member-of");
    let types = ATTRIBUTE.one_of;
    let given: Vec<_> = types.iter().filter(|key| fields.has(key)).collect();
    match given[..] {
        [_] => {}
        [] if fields.has_misspelt(types) => {
            fields.spoiled = true;
            return None;
        }
        [] => {
            let headline = format!("the {noun} `{}` has no type", shown(&name.value));
            let help = "give it one of `to`, `one-of`, `type` and `member-of`";
            fields.spoil(Diagnostic::new(Code::MissingKey, headline, name.span, "of what type?").help(help));
            return None;
        }
        [first, second, ..] => {
            let headline = format!("the {noun} `{}` has both `{first}` and `{second}`", shown(&name.value));
            fields.spoil(Diagnostic::new(Code::WrongType, headline, name.span, "of which type?").help("give it one of them alone"));
            return None;
        }
    }
    let scalar = scalar.and_then(|text| scalar_type(fields, &text));
    to.map(ValueDecl::To).or(one_of.map(ValueDecl::OneOf)).or(member_of.map(ValueDecl::MemberOf)).or(scalar)
}

fn scalar_type(fields: &mut Fields<'_>, text: &Text) -> Option<ValueDecl> {
    match text.value.as_str() {
        "text" => Some(ValueDecl::Text),
        "number" => Some(ValueDecl::Number),
        "date" => Some(ValueDecl::Date),
        other => {
            let headline = format!("`{}` is not a type", shown(other));
            let diagnostic = Diagnostic::new(Code::WrongType, headline, text.span, "expected `text`, `number` or `date`");
            fields.spoil(diagnostic.nearest(other, text.span, ["text", "number", "date"]));
            None
        }
    }
}
