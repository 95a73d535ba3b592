//! Suites of policy tests.

use super::world::{LISTS, OF_WORLD, WORLD_FILE};
use super::{COMMENT, Form, Grammar, Key, SOME_TEXTS, Shape, TEXT, TEXTS, key, needed, table};

/// A suite.
pub static SUITE: Shape = Shape {
    noun: "suite",
    about: "A delegraph suite: what access is expected of a pack in a world.",
    keys: &[
        &[
            COMMENT,
            key("policies", TEXT, "The pack, relative to the suite."),
            key("worlds", TEXTS, "Files of the world, relative to the suite."),
        ],
        &SETTING,
        &[
            key("world", Form::Table(&INLINE_WORLD), "A world, with the keys of a world's file."),
            key("case", Form::List(&Form::Table(&CASE)), "Every subject with every action on every resource."),
            key("who", Form::List(&Form::Table(&WHO)), "Exactly who may do something."),
            key("ask", Form::List(&Form::Table(&ASK)), "One question and its answer."),
        ],
    ],
    others: None,
    one_of: &[],
    some_of: &[],
};

const SETTING: [Key; 4] = [
    key("at", Form::Date, "The date of the world and of the policy."),
    key("policy-at", Form::Date, "The date of the policy, where it is another one."),
    key("with", TEXTS, "Toggles that are on."),
    key("without", TEXTS, "Toggles that are off."),
];

/// `[world]` of a suite.
pub static INLINE_WORLD: Shape = Shape {
    noun: "world",
    about: "A world in the suite.",
    keys: &[&OF_WORLD, &LISTS],
    others: WORLD_FILE.others,
    one_of: &[],
    some_of: &[],
};

const REQUESTS: Form = Form::List(&Form::Expression(Grammar::Request));

const NAMED: [Key; 2] = [COMMENT, key("name", TEXT, "What it is called in reports.")];

/// `[[case]]`
pub static CASE: Shape = table(
    "case",
    "Every subject with every action on every resource: what is not in `allowed` is denied.",
    &[
        &NAMED,
        &SETTING,
        &[
            needed("subjects", SOME_TEXTS, "Who asks: entities, groups, partners, or `user:*`."),
            needed("actions", SOME_TEXTS, "For what: actions, or patterns such as `device.*`."),
            needed("resources", SOME_TEXTS, "On what: entities, or `device:*`."),
            key("allowed", REQUESTS, "What is allowed: `SUBJECT ACTION RESOURCE`."),
            key("unknown", REQUESTS, "What is unknown: `SUBJECT ACTION RESOURCE`."),
        ],
    ],
);

/// `[[who]]`
pub static WHO: Shape = table(
    "who",
    "Exactly who may do something.",
    &[
        &NAMED,
        &SETTING,
        &[
            needed("action", TEXT, "The action."),
            needed("resource", TEXT, "The resource: an entity, or `device:*`."),
            needed("are", TEXTS, "All who may."),
            key("unknown", TEXTS, "All of whom it is unknown."),
        ],
    ],
);

/// `[[ask]]`
pub static ASK: Shape = Shape {
    noun: "ask",
    about: "One question and its answer.",
    keys: &[
        &NAMED,
        &SETTING,
        &[
            needed(
                "question",
                Form::Expression(Grammar::Question),
                "The question: `can SUBJECT ACTION RESOURCE [at DATE] [with TOGGLE] [assuming FACT]`.",
            ),
            key("is", Form::Word(&["allowed", "denied", "barred", "not-granted", "unknown"]), "The answer."),
            key("by", TEXTS, "Claims that are among those on which the answer rests."),
            key("snapshot", Form::Flag, "Whether the explanation must equal the one that is kept."),
        ],
    ],
    others: None,
    one_of: &[],
    some_of: &["is", "by", "snapshot"],
};
