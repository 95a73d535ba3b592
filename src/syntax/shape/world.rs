//! Worlds.

use super::{FROM, Form, Grammar, Key, Naming, Others, SINCE, Shape, TEXT, TEXTS, UNTIL, key, needed, table};

/// A file of a world.
pub static WORLD_FILE: Shape = Shape {
    noun: "world",
    about: "A file of a delegraph world: entities, facts and events.",
    keys: &[&[key("world", Form::Table(&WORLD), "What is said of the world as a whole.")], &LISTS],
    others: Some(Others {
        about: "Entities of a kind, by id.",
        naming: Naming::KindAka,
        form: Form::Named(Naming::Free, &Form::Table(&ENTITY_OF_WORLD)),
    }),
    one_of: &[],
    some_of: &[],
};

/// What a world has beside entities.
pub(super) static LISTS: [Key; 3] = [
    key("fact", Form::List(&Form::Table(&FACT)), "Facts: what holds, or does not hold."),
    key("unknown", Form::List(&Form::Table(&UNKNOWN)), "Patterns of facts of which nobody knows whether they hold."),
    key("event", Form::List(&Form::Table(&EVENT_RECORD)), "Events that happened."),
];

/// What `[world]` has.
pub(super) static OF_WORLD: [Key; 2] = [
    key("not-imported", TEXTS, "Relations, kinds and channels of which nothing was imported: what of them is not given is unknown."),
    key("sources", Form::List(&Form::Table(&ORIGIN)), "The files from which the world was made."),
];

/// `[world]`
pub static WORLD: Shape = table("world", "What is said of the world as a whole.", &[&OF_WORLD]);

/// An item of `sources`.
pub static ORIGIN: Shape = table(
    "source",
    "A file from which the world was made.",
    &[&[
        needed("file", TEXT, "Its name."),
        key("sha256", TEXT, "The SHA-256 of its bytes, in hexadecimal digits."),
        key("captured", Form::Date, "When it was exported."),
        key("lacks", TEXTS, "What the exports do not show and the world has no fact of: it counts as absent."),
    ]],
);

/// `[KIND.ID]`. Its attributes are declared by the pack.
pub static ENTITY_OF_WORLD: Shape = Shape {
    noun: "entity",
    about: "An entity: its attributes, and what it lies within.",
    keys: &[&[FROM]],
    others: Some(Others { about: "An attribute, or what it lies within.", naming: Naming::Any, form: Form::Given }),
    one_of: &[],
    some_of: &[],
};

/// `[[fact]]`
pub static FACT: Shape = table(
    "fact",
    "A fact that holds, or with `not` one that does not.",
    &[&[
        needed(
            "is",
            Form::Expression(Grammar::StatedFact),
            "The fact: a relation, a role held, a membership or a value; or `not` and one.",
        ),
        SINCE,
        UNTIL,
        FROM,
    ]],
);

/// `[[unknown]]`
pub static UNKNOWN: Shape = table(
    "unknown",
    "A pattern of facts of which nobody knows whether they hold.",
    &[&[
        needed("is", Form::Expression(Grammar::Pattern), "The pattern: `FACT [where CONDITION]` or `TERM.ATTRIBUTE [where CONDITION]`."),
        SINCE,
        UNTIL,
        key("why", TEXT, "Why nobody knows."),
        FROM,
    ]],
);

/// `[[event]]`. Its parameters are declared by the pack.
pub static EVENT_RECORD: Shape = Shape {
    noun: "event",
    about: "An event that happened, with its parameters.",
    keys: &[&[
        needed("at", Form::Date, "When it happened."),
        needed("do", TEXT, "The name of the event."),
        needed("by", TEXT, "Who did it."),
        FROM,
    ]],
    others: Some(Others { about: "A parameter of the event.", naming: Naming::Any, form: Form::Given }),
    one_of: &[],
    some_of: &[],
};
