//! JSON Schemas of the files that authors write in TOML, for editors: made of the tables of keys by which the files are read.

use crate::syntax::{DocumentKind, Form, Key, Naming, Shape};
use serde_json::{Map, Value, json};

/// The schema of files of a kind, as JSON of several lines. A date of TOML is taken for a string.
pub fn document(kind: DocumentKind) -> String {
    let mut definitions = Definitions::default();
    let mut schema = definitions.table(kind.shape());
    schema.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
    schema.insert("title".to_owned(), json!(format!("delegraph {}", kind.shape().noun)));
    let tables: Map<String, Value> = definitions.0.into_iter().map(|(_, name, table)| (name, table)).collect();
    if !tables.is_empty() {
        schema.insert("definitions".to_owned(), tables.into());
    }
    let mut text = serde_json::to_string_pretty(&Value::Object(schema)).unwrap_or_default();
    text.push('\n');
    text
}

/// The tables inside, each with its name.
#[derive(Default)]
struct Definitions(Vec<(&'static Shape, String, Value)>);

impl Definitions {
    /// A table by reference.
    fn reference(&mut self, shape: &'static Shape) -> Value {
        let known = self.0.iter().find(|(known, ..)| std::ptr::eq(*known, shape)).map(|(_, name, _)| name.clone());
        let name = known.unwrap_or_else(|| {
            let words: Vec<&str> = shape.noun.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
            let alike = self.0.iter().filter(|(other, ..)| other.noun == shape.noun).count();
            let number = if alike > 0 { format!("-{}", alike + 1) } else { String::new() };
            let name = words.join("-") + &number;
            self.0.push((shape, name.clone(), Value::Null));
            let table = self.table(shape).into();
            self.0.iter_mut().filter(|(_, known, _)| *known == name).for_each(|definition| definition.2 = Value::clone(&table));
            name
        });
        json!({ "$ref": format!("#/definitions/{name}") })
    }

    /// A table: its keys, and no others.
    fn table(&mut self, shape: &'static Shape) -> Map<String, Value> {
        let mut schema = Map::new();
        let properties: Map<String, Value> = shape.keys().map(|key| (key.name.to_owned(), self.described(key))).collect();
        let mut put = |key: &str, value: Value| schema.insert(key.to_owned(), value);
        put("type", json!("object"));
        put("description", json!(shape.about));
        put("properties", properties.into());
        put("additionalProperties", json!(false));
        let needed: Vec<&str> = shape.needed().collect();
        if !needed.is_empty() {
            put("required", json!(needed));
        }
        for (keys, rule) in [(shape.one_of, "oneOf"), (shape.some_of, "anyOf")] {
            if !keys.is_empty() {
                put(rule, keys.iter().map(|key| json!({ "required": [key] })).collect());
            }
        }
        if let Some(others) = &shape.others {
            let form = self.form(&others.form);
            // A pattern of names would be about the keys above as well.
            put("additionalProperties", with_description(form, others.about));
            if let Some(pattern) = others.naming.pattern() {
                put("propertyNames", json!({ "pattern": pattern }));
            }
        }
        schema
    }

    fn described(&mut self, key: &Key) -> Value {
        with_description(self.form(&key.form), key.about)
    }

    fn form(&mut self, form: &Form) -> Value {
        match form {
            Form::Text | Form::Expression(_) | Form::Grid => json!({ "type": "string" }),
            Form::Word(words) => json!({ "type": "string", "enum": words }),
            Form::Flag => json!({ "type": "boolean" }),
            Form::Number => json!({ "type": "integer" }),
            Form::Date => json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}" }),
            Form::Given => json!({ "type": ["string", "integer", "array"], "items": { "type": ["string", "integer"] } }),
            Form::List(of) => json!({ "type": "array", "items": self.form(of) }),
            Form::Some(of) => json!({ "type": "array", "items": self.form(of), "minItems": 1 }),
            Form::Ends(of) => json!({ "type": "array", "items": self.form(of), "minItems": 1, "maxItems": 3 }),
            Form::OneOrSome(of) => json!({ "anyOf": [self.form(of), { "type": "array", "items": self.form(of), "minItems": 1 }] }),
            Form::OneOrList(of) => json!({ "anyOf": [self.form(of), { "type": "array", "items": self.form(of) }] }),
            Form::AnyOf(forms) => json!({ "anyOf": forms.iter().map(|form| self.form(form)).collect::<Vec<_>>() }),
            Form::Table(shape) => self.reference(shape),
            Form::Named(naming, of) => names(*naming, &self.form(of)),
        }
    }
}

/// A schema with a description. Beside a reference it would not be read.
fn with_description(schema: Value, about: &str) -> Value {
    match schema {
        Value::Object(mut schema) if !schema.contains_key("$ref") => {
            schema.insert("description".to_owned(), json!(about));
            schema.into()
        }
        schema => json!({ "allOf": [schema], "description": about }),
    }
}

/// A table of names of the author's.
fn names(naming: Naming, of: &Value) -> Value {
    let mut schema = match naming.pattern() {
        Some(pattern) => json!({ "type": "object", "patternProperties": { pattern: of }, "additionalProperties": false }),
        None => json!({ "type": "object", "additionalProperties": of }),
    };
    let reserved: Vec<&str> = naming.reserved().copied().collect();
    let mut rule = Map::new();
    rule.extend(naming.longest().map(|longest| ("maxLength".to_owned(), json!(longest))));
    if !reserved.is_empty() {
        rule.insert("not".to_owned(), json!({ "enum": reserved }));
    }
    if !rule.is_empty() {
        schema["propertyNames"] = rule.into();
    }
    schema
}
