//! What a file of a pack says, without its comments, its layout and its words for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use toml::de::{DeTable, DeValue};

/// Keys of elements that no decision and no fact depends on.
const WORDS: [&str; 6] = ["title", "note", "comment", "source", "says", "status"];

/// Keys of elements whose texts are conditions: there white space does not matter, unless it is in a quoted text.
const CONDITIONS: [&str; 4] = ["if", "unless", "then", "never"];

/// Elements that no decision and no fact depends on.
const CITED: [&str; 2] = ["claim", "document"];

/// What the files of a pack say, however they are laid out and split: the same text for packs that differ in comments, in the order and
/// the files of elements, and in titles, notes, sources, claims and documents. A file that is no TOML counts as it is.
pub fn meaning<'t>(files: impl Iterator<Item = &'t str>) -> String {
    let mut elements: BTreeMap<String, String> = BTreeMap::new();
    for text in files {
        let Ok(table) = DeTable::parse(text) else {
            elements.insert(text.to_owned(), String::new());
            continue;
        };
        for (element, named) in table.get_ref() {
            let element = element.get_ref();
            if CITED.contains(&element.as_ref()) {
                continue;
            }
            match named.get_ref() {
                DeValue::Table(named) => {
                    for (name, body) in named {
                        let mut out = String::new();
                        write_value(body.get_ref(), 0, &mut out);
                        elements.insert(format!("{element}.{:?}", name.get_ref()), out);
                    }
                }
                value => {
                    let mut out = String::new();
                    write_value(value, 0, &mut out);
                    elements.insert(element.to_string(), out);
                }
            }
        }
    }
    elements.into_iter().fold(String::new(), |mut all, (element, body)| {
        all.push_str(&element);
        all.push('=');
        all.push_str(&body);
        all.push('\n');
        all
    })
}

/// Values nested deeper than this are taken as equal: no pack without mistakes has them.
const MAX_DEPTH: usize = 32;

/// Writes a value so that different values are written differently. White space in conditions counts as one space.
fn write_value(value: &DeValue<'_>, depth: usize, out: &mut String) {
    if depth > MAX_DEPTH {
        return;
    }
    // Writing to a string does not fail.
    _ = match value {
        DeValue::String(text) => write!(out, "{text:?}"),
        DeValue::Integer(number) => write!(out, "{number}"),
        DeValue::Float(number) => write!(out, "{number}"),
        DeValue::Boolean(value) => write!(out, "{value}"),
        DeValue::Datetime(date) => write!(out, "{date}"),
        DeValue::Array(items) => {
            out.push('[');
            for item in items {
                write_value(item.get_ref(), depth + 1, out);
                out.push(',');
            }
            out.push(']');
            Ok(())
        }
        DeValue::Table(table) => {
            let keys = table.iter().filter(|(key, _)| depth > 0 || !WORDS.contains(&key.get_ref().as_ref()));
            let keys: BTreeMap<&str, &DeValue<'_>> = keys.map(|(key, value)| (key.get_ref().as_ref(), value.get_ref())).collect();
            out.push('{');
            for (key, value) in keys {
                _ = write!(out, "{key:?}:");
                match value {
                    DeValue::String(text) if depth == 0 && CONDITIONS.contains(&key) && !text.contains('"') => {
                        _ = write!(out, "{:?}", text.split_whitespace().collect::<Vec<_>>().join(" "));
                    }
                    value => write_value(value, depth + 1, out),
                }
                out.push(',');
            }
            out.push('}');
            Ok(())
        }
    };
}

#[cfg(test)]
mod tests {
    use super::meaning;

    const PACK: &str = "[kind.user]\nsubject = true\n[rule.a]\ntitle = \"A\"\nallow = [\"x\"]\nif = 'p(subject)  and q(subject)'\n";

    #[test]
    fn comments_layout_and_words_do_not_matter() {
        let said = meaning([PACK].into_iter());
        let same = "# About rules\n[rule.a]\nif = '''\np(subject)\nand q(subject)'''\nallow = [\n  \"x\", # all\n]\nnote = \"n\"\n[claim.C-1]\ntext = \"t\"\n";
        assert_eq!(said, meaning([same, "[kind.user]\nsubject=true"].into_iter()));
    }

    #[test]
    fn each_other_change_matters() {
        let said = meaning([PACK].into_iter());
        for (from, to) in
            [("subject = true", "subject = false"), ("[rule.a]", "[rule.b]"), ("and", "or"), ("\"x\"", "\"x\", \"y\""), ("allow", "deny")]
        {
            assert!(PACK.contains(from));
            assert_ne!(said, meaning([PACK.replace(from, to).as_str()].into_iter()), "{from}");
        }
        assert_ne!(said, meaning([PACK, "x = ["].into_iter()));
    }

    #[test]
    fn white_space_matters_in_values_and_in_quoted_texts() {
        let differ = |one: &str, other: &str| assert_ne!(meaning([one].into_iter()), meaning([other].into_iter()), "{one}");
        differ("[kind.k]\nattributes.a = { one-of = [\"a b\"] }\n", "[kind.k]\nattributes.a = { one-of = [\"a  b\"] }\n");
        differ("[rule.r]\nif = 'x.a == \"a b\"'\n", "[rule.r]\nif = 'x.a == \"a  b\"'\n");
    }
}
