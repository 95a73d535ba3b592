//! Mappings of imports.

use super::{COMMENT, Form, Grammar, Key, Naming, Others, Shape, TEXT, TEXT_OR_TEXTS, TEXTS, key, needed, table};

/// A mapping.
pub static MAPPING: Shape = table(
    "mapping",
    "A delegraph mapping: how exports become a world.",
    &[&[
        key("channel", Form::Named(Naming::Any, &Form::Table(&CHANNEL)), "What exports may be complete about."),
        key("names", Form::Named(Naming::Any, &Form::Table(&NAMES)), "Tables of names, which filters look up."),
        key("source", Form::Named(Naming::Any, &Form::Table(&SOURCE)), "The exports, and what their rows say."),
        key("extends", TEXT_OR_TEXTS, "Mappings that this one adds to."),
    ]],
);

/// `[channel.NAME]`
pub static CHANNEL: Shape = table(
    "channel",
    "What exports may be complete about. Where none is, what it leaves open is unknown.",
    &[&[
        COMMENT,
        key("title", TEXT, "What reports call it."),
        key("per", TEXT, "What it is complete for: a kind, or `binding:NAME`."),
        key("absent-unless", TEXT, "The name that must be bound to what it is for, for it to be open where there is no export of it."),
        key("why", TEXT, "Why what is open is unknown."),
        key("open", PATTERNS, "The facts that are unknown without a complete export: a pattern, or several."),
    ]],
);

/// `[names.NAME]`
pub static NAMES: Shape = Shape {
    noun: "names",
    about: "A table of names, which the filter `names:NAME` looks up.",
    keys: &[&[
        COMMENT,
        key("missing", Form::Word(&["unknown", "drop", "error"]), "What is done with a value that the table does not have."),
        key("values", Form::Named(Naming::Free, &Form::Text), "The names, by the values of exports."),
        key("file", TEXT, "A file with the names, beside the mapping."),
    ]],
    others: None,
    one_of: &["values", "file"],
    some_of: &[],
};

const MATCH: Key = key("match", Form::Named(Naming::Free, &Form::Text), "The forms of values, by pointer.");
const KINDS: Key = key(
    "kind",
    Form::Named(Naming::Free, &Form::Named(Naming::Free, &Form::Text)),
    "What binds `{kind}`: a pointer, and the kinds for its values.",
);

/// `[source.NAME]`
pub static SOURCE: Shape = Shape {
    noun: "source",
    about: "An export: what it looks like, and what its rows say.",
    keys: &[&[
        COMMENT,
        key("title", TEXT, "What reports call it."),
        key("looks-like", Form::OneOrList(&LOOK), "What its rows have: pointers, or tables of pointers and values."),
        key("needs", TEXTS, "Names that must be bound."),
        key("may", TEXTS, "Names that may be bound."),
        key("path", TEXT_OR_TEXTS, "Ends of the file's path, which may bind names."),
        key("urls", TEXT_OR_TEXTS, "Ends of an address in the file, which may bind names."),
        key(
            "tells",
            Form::Named(Naming::Free, &Form::OneOrList(&Form::AnyOf(&[TEXT, Form::Table(&TELLS)]))),
            "The channels that it is complete about.",
        ),
        key("only", TESTS, "Which rows count, by pointer."),
        MATCH,
        KINDS,
        key("entity", Form::OneOrList(&Form::Table(&ENTITY)), "Entities that a row gives."),
        key("fact", Form::OneOrList(&Form::Table(&FACT_OF_ROW)), "Facts that a row gives."),
        key("unknown", Form::OneOrList(&Form::AnyOf(&[Form::Table(&UNKNOWN_OF_ROW), Form::Table(&DOUBT)])), "What a row leaves open."),
        key("warn", Form::OneOrList(&Form::Table(&WARNING)), "Warnings that a row gives."),
    ]],
    others: None,
    one_of: &[],
    some_of: &["looks-like", "path"],
};

static LOOK: Form = Form::AnyOf(&[TEXT, Form::Named(Naming::Free, &VALUES)]);
static VALUES: Form = Form::OneOrList(&Form::AnyOf(&[TEXT, Form::Flag]));
const TESTS: Form = Form::Named(Naming::Free, &Form::AnyOf(&[Form::OneOrList(&Form::AnyOf(&[TEXT, Form::Flag])), Form::Table(&TEST)]));

/// What a value must be.
pub static TEST: Shape = Shape {
    noun: "test",
    about: "What a value must be.",
    keys: &[&[
        key("is", VALUES, "It is one of these."),
        key("not", VALUES, "It is none of these."),
        key("others", VALUES, "Values that are known, and of which the row does not count. Any further one is a warning."),
    ]],
    others: None,
    one_of: &[],
    some_of: &["is", "not"],
};

/// An entry of `tells`.
pub static TELLS: Shape = table(
    "entry of `tells`",
    "What some rows are complete about.",
    &[&[needed("of", TEXT, "For what it is complete."), key("when", TESTS, "Which rows say so, by pointer."), MATCH]],
);

const ENTRY: [Key; 5] = [
    COMMENT,
    key("each", TEXT, "A pointer to a list: one entry for each item."),
    key("when", TESTS, "Which rows give it, by pointer."),
    MATCH,
    KINDS,
];

const FACTS: Form = Form::OneOrList(&Form::Expression(Grammar::FactTemplate));
const PATTERNS: Form = Form::OneOrList(&Form::Expression(Grammar::PatternTemplate));
const WHEN: Form = Form::OneOrList(&Form::AnyOf(&[TEXT, Form::Date]));
const SINCE: Key = key("since", WHEN, "From when it holds; of several, the latest.");
const UNTIL: Key = key("until", WHEN, "Until when it holds; of several, the earliest.");
const WHY: Key = key("why", TEXT, "Why nobody knows.");

/// `[[source.NAME.entity]]`
pub static ENTITY: Shape = Shape {
    noun: "entity",
    about: "An entity that a row gives, with its attributes.",
    keys: &[&ENTRY, &[needed("is", Form::OneOrList(&Form::Text), "The entity, or several with the same attributes.")]],
    others: Some(Others {
        about: "An attribute, or what it lies within.",
        naming: Naming::Any,
        form: Form::OneOrList(&Form::AnyOf(&[TEXT, Form::Number])),
    }),
    one_of: &[],
    some_of: &[],
};

/// `[[source.NAME.fact]]`
pub static FACT_OF_ROW: Shape =
    table("fact", "A fact that a row gives.", &[&ENTRY, &[needed("is", FACTS, "The fact, or several."), SINCE, UNTIL]]);

/// `[[source.NAME.unknown]]`
pub static UNKNOWN_OF_ROW: Shape = table(
    "unknown",
    "What a row leaves open.",
    &[&ENTRY, &[needed("is", PATTERNS, "The pattern, or several."), SINCE, UNTIL, Key { needed: true, ..WHY }]],
);

/// `[[source.NAME.unknown]]` that doubts.
pub static DOUBT: Shape = table(
    "unknown",
    "What is unknown of all that rows say.",
    &[&ENTRY, &[needed("doubts", PATTERNS, "What any row says that fits this is unknown."), SINCE, UNTIL, WHY]],
);

/// `[[source.NAME.warn]]`
pub static WARNING: Shape = table("warn", "A warning that a row gives.", &[&ENTRY, &[needed("says", TEXT, "What is printed.")]]);
