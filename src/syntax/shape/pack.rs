//! Packs.

use super::{
    COMMENT, CONDITION, Form, Grammar, Key, Naming, SINCE, SOME_TEXTS, Shape, TEXT, TEXT_OR_TEXTS, TEXTS, UNTIL, key, needed, table,
};

/// A file of a pack.
pub static PACK: Shape = table(
    "pack",
    "A file of a delegraph pack: what there is, who may do what, and which claim says so.",
    &[&[
        key("kind", Form::Named(Naming::Kind, &Form::Table(&KIND)), "Kinds of things that a world may have."),
        key("relation", Form::Named(Naming::Unreserved, &Form::Table(&RELATION)), "Relations that may hold between things."),
        key("role", Form::Named(Naming::Unreserved, &Form::Table(&ROLE)), "Roles that are held over something."),
        key("table", Form::Named(Naming::Any, &Form::Table(&TABLE)), "Tables of roles and actions, pasted from a vendor's page."),
        key("action", Form::Named(Naming::Action, &Form::Table(&ACTION)), "What may be done, and to what."),
        key("rule", Form::Named(Naming::Any, &Form::Table(&RULE)), "Who is allowed or denied what."),
        key("implication", Form::Named(Naming::Any, &Form::Table(&IMPLICATION)), "What follows from facts: a role held, or a relation."),
        key("toggle", Form::Named(Naming::Any, &Form::Table(&TOGGLE)), "Proposals and readings that a question may turn on and off."),
        key("document", Form::Named(Naming::Any, &Form::Table(&DOCUMENT)), "Documents in which claims are written."),
        key("claim", Form::Named(Naming::Claim, &Form::Table(&CLAIM)), "Claims on which the elements rest."),
        key("obligation", Form::Named(Naming::Any, &Form::Table(&OBLIGATION)), "What whoever acts must do beside."),
        key("advice", Form::Named(Naming::Any, &Form::Table(&ADVICE)), "What is good to know beside a decision."),
        key("invariant", Form::Named(Naming::Any, &Form::Table(&INVARIANT)), "What is never true in a world."),
        key("property", Form::Named(Naming::Any, &Form::Table(&PROPERTY)), "What `delegraph verify` proves for all worlds."),
        key("event", Form::Named(Naming::Any, &Form::Table(&EVENT)), "Named changes of a world."),
        key("lints", Form::Named(Naming::Any, &Form::Word(&["off", "warn", "error"])), "How severe warnings are, by their names."),
    ]],
);

/// What every element may have.
const META: [Key; 4] = [
    key("title", TEXT, "What answers call it."),
    key("note", TEXT, "What readers of answers should know of it."),
    COMMENT,
    key("source", TEXTS, "The claims that it states, or by which it is limited."),
];

/// What an element has that may be out of force.
const TIMED: [Key; 3] = [SINCE, UNTIL, key("toggle", TEXT, "The toggle that turns it on.")];

const AKA: Key = key("aka", TEXTS, "Other names, which facts and requests may use and answers never print.");
const IF: Key = key("if", CONDITION, "It counts where this is true.");
const UNLESS: Key = key("unless", CONDITION, "It does not count where this is true.");
const SYSTEM: &str = "The system to which its roles belong; conditions ask for it by `role.system`.";

/// `[kind.NAME]`
pub static KIND: Shape = table(
    "kind",
    "A kind of things that a world may have.",
    &[
        &META,
        &[
            AKA,
            key("subject", Form::Flag, "Whether its entities may ask."),
            key("exactly-one", SOME_TEXTS, "Attributes of which each entity has exactly one: its home."),
            key("within", TEXT_OR_TEXTS, "The kinds of which one contains it."),
            key(
                "attributes",
                Form::Named(Naming::Attribute, &DECLARED),
                "What its entities have, by name: a kind, a list of kinds, or a table.",
            ),
            key("label", TEXT, "The attribute by which answers for people call it."),
            key("actions", TEXTS, "Actions on it: `read` declares `KIND.read`."),
        ],
    ],
);

static DECLARED: Form = Form::AnyOf(&[TEXT_OR_TEXTS, Form::Table(&ATTRIBUTE)]);
static PARAMETERS: Form = Form::AnyOf(&[TEXT_OR_TEXTS, Form::Table(&PARAMETER)]);

/// What says of what type a value is.
const TYPE: [Key; 6] = [
    key("to", TEXT_OR_TEXTS, "An entity of one of these kinds."),
    key("one-of", SOME_TEXTS, "One of these strings."),
    key("type", Form::Word(&["text", "number", "date"]), "A string, a whole number or a date."),
    key("member-of", TEXT_OR_TEXTS, "Membership in any number of groups of these kinds."),
    key("many", Form::Flag, "Whether there may be several values."),
    key("optional", Form::Flag, "Whether there may be none."),
];

const TYPES: &[&str] = &["to", "one-of", "type", "member-of"];

/// `attributes.NAME`
pub static ATTRIBUTE: Shape = Shape {
    noun: "attribute",
    about: "An attribute of a kind, of one type.",
    keys: &[
        &TYPE,
        &[
            key("history", Form::Flag, "Whether it is of the past, and never offered as a change."),
            key("fixed", Form::Flag, "Whether it is a classification, and never offered as a change."),
            key("key", Form::Flag, "Whether it is a second name, unique in its kind."),
        ],
    ],
    others: None,
    one_of: TYPES,
    some_of: &[],
};

/// `with.NAME`
pub static PARAMETER: Shape =
    Shape { noun: "parameter", about: "A parameter of an event, of one type.", keys: &[&TYPE], others: None, one_of: TYPES, some_of: &[] };

/// `[relation.NAME]`
pub static RELATION: Shape = table(
    "relation",
    "A relation that may hold between one to three things.",
    &[
        &META,
        &[
            needed("ends", Form::Ends(&TEXT_OR_TEXTS), "The kinds of its one to three ends."),
            key("covers", Form::Flag, "Whether it is true of all that lies within its last end."),
            key("through", Form::List(&Form::Number), "The ends, from 1, at which a group represents whoever is in it."),
            key("says", TEXT, "The relation in words, with `{1}` to `{3}` for its ends."),
        ],
    ],
);

/// `[role.NAME]`
pub static ROLE: Shape = table(
    "role",
    "A role that is held over something.",
    &[
        &META,
        &TIMED,
        &[
            needed("on", TEXT_OR_TEXTS, "The kinds over which it is held."),
            key("grants", TEXTS, "Actions that it gives, or patterns such as `device.*`."),
            key("includes", TEXTS, "Roles that whoever holds it holds too."),
            key("ids", TEXTS, "Other names by which facts and requests may call it."),
            key("system", TEXT, SYSTEM),
            key("except", TEXTS, "Actions that are taken out of its own `grants`."),
        ],
    ],
);

/// `[table.NAME]`
pub static TABLE: Shape = table(
    "table",
    "A table of roles and actions, pasted from a vendor's page.",
    &[
        &META,
        &TIMED,
        &[
            needed("system", TEXT, "The system of its roles, with which the names of its actions begin."),
            needed("on", TEXT_OR_TEXTS, "The kinds on which its actions are."),
            key("rows", Form::Named(Naming::Free, &Form::Text), "Names in actions for labels of its rows."),
            key("columns", Form::Named(Naming::Free, &Form::Text), "The roles of its columns, by their headers."),
            key("notes", Form::Named(Naming::Free, &Form::Text), "Notes on its rows, such as `\"Rooms / Create\"`."),
            needed("grid", Form::Grid, "The table in markdown: a row of headers, a row of dashes, then rows."),
        ],
    ],
);

/// `[action."NAME"]`
pub static ACTION: Shape = table(
    "action",
    "An action: what may be done, and to what.",
    &[&META, &[AKA, needed("on", TEXT_OR_TEXTS, "The kinds to which it may be done.")]],
);

/// `[rule.NAME]`
pub static RULE: Shape = Shape {
    noun: "rule",
    about: "A rule that allows or denies actions. A deny is stronger than every allow.",
    keys: &[
        &META,
        &TIMED,
        &[
            key("allow", SOME_TEXTS, "Actions that it allows, or patterns such as `device.*`."),
            key("deny", SOME_TEXTS, "Actions that it denies, or patterns such as `device.*`."),
            IF,
            UNLESS,
        ],
    ],
    others: None,
    one_of: &["allow", "deny"],
    some_of: &[],
};

/// `[implication.NAME]`
pub static IMPLICATION: Shape = table(
    "implication",
    "An implication: where its condition is true, a role is held or a relation holds.",
    &[
        &META,
        &TIMED,
        &[
            IF,
            UNLESS,
            needed("then", Form::Expression(Grammar::Fact), "What follows: `holder holds ROLE on scope`, or a relation."),
            key("listed", Form::Flag, "Whether listings of members show it; `true` by default."),
        ],
    ],
);

/// `[toggle.NAME]`
pub static TOGGLE: Shape = table(
    "toggle",
    "A toggle: a proposal or a reading that a question may turn on and off.",
    &[
        &META,
        &[
            needed("status", TEXT, "`proposed`, `current`, `retired` or `interpretation`."),
            key("default", Form::Flag, "Whether it is on where nobody says so."),
        ],
    ],
);

/// `[document.NAME]`
pub static DOCUMENT: Shape = table(
    "document",
    "A document in which claims are written.",
    &[
        &META,
        &[
            key("date", Form::Date, "The date of the edition."),
            key("locale", TEXT, "Its language, such as `en-us`."),
            key("url", TEXT, "Where it is."),
        ],
    ],
);

/// `[claim.ID]`
pub static CLAIM: Shape = table(
    "claim",
    "A claim: a sentence of documents, in your words, on which elements rest.",
    &[&META, &[needed("text", TEXT, "The claim."), key("documents", TEXTS, "The documents in which it is written.")]],
);

const NOTICE: [Key; 5] = [
    needed("for", SOME_TEXTS, "The actions with whose decisions it is printed, or patterns such as `device.*`."),
    IF,
    UNLESS,
    needed("text", TEXT, "What is printed; `{name}` stands for what the condition binds."),
    key("with", Form::Word(&["allow", "deny"]), "The decisions with which it is printed; without it, all."),
];

/// `[obligation.NAME]`
pub static OBLIGATION: Shape = table("obligation", "An obligation: what whoever acts must do beside.", &[&META, &TIMED, &NOTICE]);

/// `[advice.NAME]`
pub static ADVICE: Shape = table("advice", "Advice: what is good to know beside a decision.", &[&META, &TIMED, &NOTICE]);

/// `[invariant.NAME]`
pub static INVARIANT: Shape = table(
    "invariant",
    "What is never true in a world: one in which it is, is refused.",
    &[
        &META,
        &[
            needed("never", CONDITION, "What is never true."),
            key("warn", Form::Flag, "Whether a world in which it is true is accepted with a warning."),
        ],
    ],
);

/// `[property.NAME]`
pub static PROPERTY: Shape = Shape {
    noun: "property",
    about: "A property, which `delegraph verify` proves for all worlds or refutes by one.",
    keys: &[
        &META,
        &[
            SINCE,
            UNTIL,
            key("toggles", Form::Word(&["default", "any"]), "Whether it is about the default toggles, or any."),
            key("for", SOME_TEXTS, "The actions that it is about; without it, it is about worlds."),
            key("never", CONDITION, "What is true of no allowed request, or in no world."),
            key("always", CONDITION, "Where this is true, the action is allowed."),
            key("implies", SOME_TEXTS, "Actions that whoever may do those of `for` may do too."),
            key("change", Form::Word(&["none", "only-narrows", "only-widens"]), "What the toggles may change."),
            key("must-matter", TEXT, "A rule that decides in some world."),
            key("unless", CONDITION, "Where this is true, it may be otherwise."),
            key("given", TEXTS, "Other properties and invariants that are taken for granted."),
            key("turn-on", TEXTS, "Toggles that are on."),
            key("turn-off", TEXTS, "Toggles that are off."),
            key("with", Form::Word(&["allow", "deny", "unknown"]), "The decisions that it is about."),
            key("imported", Form::Flag, "`false`: worlds in which something is not imported count, too."),
            key("told", Form::Flag, "Whether derived relations may also be facts of the world."),
        ],
    ],
    others: None,
    one_of: &["never", "always", "implies", "change", "must-matter"],
    some_of: &[],
};

/// `[event.NAME]`
pub static EVENT: Shape = table(
    "event",
    "An event: a named change of a world.",
    &[
        &META,
        &TIMED,
        &[
            key("does", TEXT, "The action that whoever does it must be allowed."),
            key("on", TEXT, "The parameter that is the resource of this action."),
            key("done-by", TEXT, "Who does it, where that is none of the world's: its `by` is only who is named for it."),
            key("with", Form::Named(Naming::Parameter, &PARAMETERS), "Its parameters, by name: a kind, a list of kinds, or a table."),
            key(
                "creates",
                Form::Named(Naming::Free, &Form::Named(Naming::Free, &Form::Expression(Grammar::Term))),
                "The entities that it creates, by kind: a table of their attributes.",
            ),
            key("if", CONDITION, "It can happen where this is true; `subject` is whoever does it."),
            key("adds", EFFECTS, "Facts that hold from then on: `FACT [for TERM days] [where CONDITION]`."),
            key("removes", EFFECTS, "Facts that no longer hold: `FACT [where CONDITION]`."),
            key("sets", EFFECTS, "Values of attributes: `door.lock == \"open\"`."),
            key("ends", TEXTS, "Parameters whose entities end."),
        ],
    ],
);

const EFFECTS: Form = Form::List(&Form::Expression(Grammar::Effect));
