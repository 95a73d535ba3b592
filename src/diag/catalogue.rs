//! The codes of diagnostics, with what they mean and what to do. `docs/diagnostics.md` is generated from this file.

use super::Severity;
use super::Severity::{Error, Warning};

/// The entry of a code in the catalogue.
#[derive(Debug)]
pub struct Entry {
    /// The code.
    pub code: Code,
    /// Its name, as shown: `unknown-role`.
    pub name: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, and what to do, in a sentence or two.
    pub about: &'static str,
}

macro_rules! catalogue {
    ($($code:ident $name:literal $severity:ident $about:literal)*) => {
        /// The code of a diagnostic. Its name is stable; `docs/diagnostics.md` lists all.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $about] $code,)*
        }

        /// All codes, in the order of the catalogue page.
        pub const CATALOGUE: &[Entry] = &[$(Entry { code: Code::$code, name: $name, severity: $severity, about: $about },)*];
    };
}

impl Code {
    /// Its entry in the catalogue.
    pub fn entry(self) -> &'static Entry {
        &CATALOGUE[self as usize]
    }

    /// Whether it keeps a whole file from being read, so that what is declared in the file seems to be missing.
    pub fn spoils_file(self) -> bool {
        matches!(self, Code::NotUtf8 | Code::TomlSyntax | Code::JsonLine)
    }

    /// Whether it warns of a pack or a world, so that `[lints]` of the pack may set its severity. What an import warns of is about data, and is
    /// never left out.
    pub fn is_lint(self) -> bool {
        self.entry().severity == Warning && !(Code::BadPointer..=Code::ImportNote).contains(&self)
    }

    /// Whether it is reported once per file, at the first place: exports repeat it in each line.
    pub fn is_once_a_file(self) -> bool {
        matches!(self, Code::DatePrecision)
    }

    /// Whether it is about something that the pack does not have or allow: where it is reported of a world or of a question, another pack may be
    /// meant.
    pub fn is_about_pack(self) -> bool {
        matches!(
            self,
            Code::UnknownElement
                | Code::UnknownKey
                | Code::UnknownKind
                | Code::UnknownAttribute
                | Code::UnknownRelation
                | Code::UnknownRole
                | Code::UnknownAction
                | Code::UnknownToggle
                | Code::UnknownParameter
                | Code::UnknownValue
                | Code::UnknownImport
                | Code::UnknownEvent
                | Code::WrongEnds
        )
    }

    /// Its name, as shown.
    pub fn name(self) -> &'static str {
        self.entry().name
    }
}

catalogue! {
    // Reading files
    NotUtf8 "not-utf8" Error "A file holds bytes that are not UTF-8. Save it as UTF-8; a byte order mark is accepted."
    TomlSyntax "toml-syntax" Error "The file is not valid TOML. If a bracket or quote is unclosed, only that is reported: close it and check again."
    JsonLine "json-line" Error "A line of an NDJSON world is not a JSON object with `entity`, `fact`, `event`, `unknown`, `source` or `not-imported`."
    TooLong "too-long" Error "A condition, table or name is longer than the limit, or a suite entry has more requests than the limit. Split it."
    UnknownElement "unknown-element" Error "A table of the file is not an element of the language, or (in a world) not a kind of the pack."
    UnknownKey "unknown-key" Error "An element has a key that such elements do not have."
    MissingKey "missing-key" Error "An element does not have a key that it needs."
    WrongType "wrong-type" Error "A value is of the wrong type, such as a string where a list is expected."
    BadName "bad-name" Error "A name is not kebab-case: `a-z`, `0-9` and single hyphens, a letter first. An action's name is segments joined by dots, each a letter, then letters, digits, `-` and `_`."
    ReservedName "reserved-name" Error "A name is a reserved word of the language, or one that a kind or parameter may not have."
    BadDate "bad-date" Error "A date is not in the form of RFC 3339, or does not exist. Write `2020-06-19` or `2020-06-19T12:00:00Z`."
    DatePrecision "date-precision" Warning "A time has more than six digits of a second, and is cut to microseconds. Reported once per file."
    EmptyInterval "empty-interval" Error "`until` is not after `since`, so the time between is empty."
    ExpressionSyntax "expression-syntax" Error "A condition, fact, effect or question does not follow the grammar. The caret is where reading stopped."
    ExpressionDepth "expression-depth" Error "A condition nests deeper than 64 levels. Give a part of it a name through an implication."
    NumberSize "number-size" Error "A number is larger than 9223372036854775807."
    TableSyntax "table-syntax" Error "A `grid` is not a markdown table: a header row, a row of dashes, then rows."
    TableRagged "table-ragged" Error "A row of a table has more or fewer cells than its header."
    TableMark "table-mark" Error "A cell of a table holds something that is not a yes, not a no and not blank."

    // Names
    EmptyPack "empty-pack" Error "The pack has no element, or its folder has no TOML file."
    DuplicateElement "duplicate-element" Error "Two elements of one kind have the same name."
    DuplicateAttribute "duplicate-attribute" Error "A kind has an attribute twice: `within` gives it an attribute for each kind of container."
    UnknownKind "unknown-kind" Error "No kind has this name."
    UnknownAttribute "unknown-attribute" Error "No kind that the term may have has an attribute of this name, or lies within a kind of this name."
    UnknownRelation "unknown-relation" Error "No relation has this name."
    UnknownRole "unknown-role" Error "No role and no variable of kind role has this name."
    RoleWithoutSystem "role-without-system" Error "A condition reads `role.system`, and a role has no `system`: neither its own nor that of a table that has it as a column."
    AmbiguousSystem "ambiguous-system" Error "A role has no `system` of its own, and is a column of tables of two systems."
    UnnamedRole "unnamed-role" Warning "A world names a role by an id that no role of the pack has. What it grants is unknown; so are `holds _` and `role.system` if no other role is held."
    UnknownAction "unknown-action" Error "No action has this name."
    EmptyPattern "empty-pattern" Error "A pattern such as `a.*` matches no action."
    UnknownToggle "unknown-toggle" Error "No toggle has this name."
    UnknownClaim "unknown-claim" Error "No claim has this id."
    UnknownDocument "unknown-document" Error "No document has this name."
    UnknownParameter "unknown-parameter" Error "The event has no parameter of this name."
    UnknownPlaceholder "unknown-placeholder" Error "A text has a name in braces that has no meaning there."
    UnknownColumn "unknown-column" Error "`columns` names a header that the grid does not have."
    UnknownRow "unknown-row" Error "`rows` or `notes` names a row that the grid does not have."
    TableRowTwice "table-row-twice" Error "Two rows of a table are for the same action."

    // Meaning
    RuleEffect "rule-effect" Error "A rule has neither `allow` nor `deny`, or both."
    IdleException "idle-exception" Error "An entry of a role's `except` takes no action out of the role's own `grants`. It does not reach what tables and included roles grant."
    UnknownStatus "unknown-status" Error "A toggle's status is not `proposed`, `current`, `retired` or `interpretation`."
    UnknownLint "unknown-lint" Error "A name in `[lints]` is that of no lint, or its severity is not `off`, `warn` or `error`."
    WrongEnds "wrong-ends" Error "A relation is given more or fewer ends than it has, or declared with none or more than three."
    WrongKind "wrong-kind" Error "A term, entity or parameter is of a kind that is not possible there."
    NeverTrueComparison "never-true-comparison" Error "A comparison, `is`, `within` or `in` can never be true, given the types of its terms."
    UnknownValue "unknown-value" Error "A string is not one of the attribute's `one-of`."
    UnboundVariable "unbound-variable" Error "Nothing binds a variable: give it a place in a relation, in `holds` or left of `in`, or the name of a kind. A string needs quotes."
    LoneVariable "lone-variable" Error "A variable occurs only once in a condition or effect, so that it is tied to nothing. Write `_`, or correct its name."
    NegatedVariable "negated-variable" Error "A variable occurs only inside `not` or `unless`, where nothing binds it. Use `_`, or bind it outside."
    TooManyVariables "too-many-variables" Error "A condition has more than 16 variables. Give a part of it a name through an implication."
    MisplacedSubject "misplaced-subject" Error "`subject` or `resource` is used where there is none."
    MisplacedTerm "misplaced-term" Error "A term is in a place where it cannot be: a many-valued attribute outside `in`, one value for all of a many-valued attribute of a new entity, `_` outside an atom that takes it, a string as an end."
    WasDerived "was-derived" Error "`was` is used on a relation that an implication derives; only facts stated in a world have a past."
    BadConclusion "bad-conclusion" Error "`then` or an effect is not a fact: it must be a relation, `holds`, and for effects also `in` a group or `==` of an attribute, which alone can be set."
    RoleCycle "role-cycle" Error "Roles include one another in a circle."
    ImplicationCycle "implication-cycle" Error "Implications depend on one another in a circle."
    ImplicationDepth "implication-depth" Error "Implications depend on one another more than 100 deep."
    AmbiguousMembership "ambiguous-membership" Error "A kind has two `member-of` attributes for the same kind of group."
    NoSubjectKind "no-subject-kind" Error "The pack has actions, but no kind with `subject = true`, so no request can have a subject."

    // Lints
    UncitedClaim "uncited-claim" Warning "No element cites this claim. Cite it in the `source` of the element that states it, or remove it."
    IdleRole "idle-role" Warning "The role grants no action, by itself or through a role that it includes, and no condition uses it."
    NeverTrue "never-true" Warning "The condition can never be true, so the element has no effect."
    AlwaysTrue "always-true" Warning "The condition is always true. Leave it out."
    IdleToggle "idle-toggle" Warning "No element names the toggle, and no condition uses it."
    LooseVariable "loose-variable" Warning "A variable of a rule is tied neither to `subject` nor to `resource`, is a person while the rule never mentions `subject`, or has the name of an attribute: probably something else was meant."
    AbsentOperand "absent-operand" Warning "A comparison is false where an operand has no value, so that a deny does not apply there, or an `unless` does not prevent an allow. Write the opposite comparison under `unless` or `not`."
    MisplacedKind "misplaced-kind" Warning "An atom under `not` or `unless` of a deny is false for some kind of its variable, because its place does not allow that kind."
    IdleAction "idle-action" Warning "No rule, role or table grants the action, so that it is denied to all. Reported by `check --world`."
    IdleKind "idle-kind" Warning "Nothing in the pack uses the kind: no action, role, relation, attribute, event or condition. Reported by `check --world`."
    IdleRelation "idle-relation" Warning "No condition uses the relation, and no event adds or removes it. Reported by `check --world`."
    BlankTable "blank-table" Warning "The table has no mark at all."
    BlankColumn "blank-column" Warning "The column has no mark, so its role gets nothing from the table."

    // Worlds
    UnknownEntity "unknown-entity" Error "No file of the world declares this entity. Declare it with a header, an entity line or an event's `creates`."
    DuplicateEntity "duplicate-entity" Error "Two declarations of an entity give different values of one attribute, or an event creates an entity that already exists. Declarations that agree are merged. Within one TOML file, a header may occur only once."
    DuplicateKey "duplicate-key" Error "Two entities of a kind share a key, even if they exist at different times. A key is a second name, so it must identify only one of them."
    KeyIsId "key-is-id" Warning "A key of an entity is the id of another one of its kind, so that the name is read as the id; or it equals an id that the pack names; such an id is never read as a key."
    BadEntity "bad-entity" Error "A reference is not of the form `kind:id`, or its id is empty. A key is not empty either."
    MissingContainer "missing-container" Error "An entity must lie within another one, and the world does not say which."
    TwoContainers "two-containers" Error "An entity lies within two things at once."
    TwoHomes "two-homes" Error "Two attributes are given, and only one of them may be."
    ContainmentCycle "containment-cycle" Error "Entities lie within one another in a circle."
    Contradiction "contradiction" Error "An attribute has two values at one time."
    BadFact "bad-fact" Error "A fact is not `relation(e, …)`, `e holds ROLE on e`, `e in GROUP` or `entity.attribute == value`, with entities only."
    NoMemberships "no-memberships" Warning "The world has entities that may be in groups, and states no membership of any of their kind, nor leaves one open. Perhaps their export was forgotten: then roles that are held through groups are missing."
    EmptyWorld "empty-world" Warning "The world has no entity. Reported by `check --world`."
    NoHome "no-home" Warning "No fact gives a subject one of the `exactly-one` attributes of its kind that name an entity, so that its home is unknown. Reported by `check --world`."
    AbsentLiteral "absent-literal" Warning "A condition of the pack names an entity that the world does not have. Reported by `check --world`."
    TwinIds "twin-ids" Warning "Two ids of one kind differ only in capitals, in their form of Unicode, in invisible characters, or leading or trailing spaces. They name two entities, which people take for one."
    BadPattern "bad-pattern" Error "A pattern in `[[unknown]]` is not of the form of a fact, no fact can fit it, or its `where` uses more than attributes and containment."
    PatternCycle "pattern-cycle" Error "The `where` conditions of patterns in `[[unknown]]` depend on attributes that these patterns leave open, in a circle."
    StatedBothWays "stated-both-ways" Error "A fact is stated to hold and not to hold at one time. End one with `until` when the other begins."
    UnknownImport "unknown-import" Error "`not-imported` names no relation, role or `kind.attribute` of the pack."
    UnknownEvent "unknown-event" Error "The pack has no event of this name."
    EventRefused "event-refused" Error "An event cannot happen: its actor is not allowed to do it, or its condition is not true."
    EventClash "event-clash" Error "A fact is added and removed in one instant, an attribute is set to one value and given another, or events of one instant forbid each other."
    EventTerm "event-term" Error "An effect of an event names something unknown, absent or not alive."
    NotAlive "not-alive" Error "An entity is used at a time at which it does not exist."
    PropertyClaim "property-claim" Error "A property says nothing, or several things at once, or has a key that means nothing beside what it says. Write one of `never`, `always`, `implies`, `change` and `must-matter`."
    InvariantBroken "invariant-broken" Error "A condition that the pack declares must never be true is true in this world."
    InvariantWarning "invariant-warning" Warning "The world violates an invariant that has `warn = true`. The world is used unchanged."

    // Imports
    BadPointer "bad-pointer" Error "A pointer of a mapping is not of the form `/key/key`, or `./key` within the item of `each`."
    UnknownFilter "unknown-filter" Error "A placeholder of a mapping has a filter that does not exist: neither a built-in one nor a table `[names.NAME]`."
    UnknownChannel "unknown-channel" Error "`tells` names a channel that the mapping does not have."
    BadMapping "bad-mapping" Error "A part of a mapping cannot do what it says, such as a channel for something that is neither a kind nor a binding, or two mappings with one source."
    BadBinding "bad-binding" Error "Nothing uses a binding or its file, it disagrees with what the export itself says, or it does not name a source."
    MissingBinding "missing-binding" Warning "An export does not say what it belongs to, and no binding does either. Its facts are treated as unknown. Bind it with `--bind FILE:NAME=VALUE`, or in the file of `--bindings`."
    UnfitExport "unfit-export" Warning "The file matches no source of the mappings, so it was not read. An empty list matches none: name the source with `--bind FILE:source=NAME`."
    AmbiguousExport "ambiguous-export" Warning "The file matches two sources equally well, by content or by name, so it was not read. Name the source with `--bind FILE:source=NAME`."
    UnreadableExport "unreadable-export" Warning "The file is not JSON or CSV in UTF-8 or UTF-16, so it was not read."
    CutExport "cut-export" Warning "A page of a list is missing. What the list would say is unknown, not absent."
    BadRow "bad-row" Warning "A row lacks a value, or has one that the mapping does not know. What it would say is unknown."
    ConflictingRows "conflicting-rows" Warning "Two rows give different values. Neither is written, except that for labels and keys the first is kept, and for ends of one fact the later."
    UnsurePrincipal "unsure-principal" Warning "No row gives a principal's kind, or several rows do."
    UndatedRow "undated-row" Warning "A membership is stated with dates and without. The dates are used."
    LeftOut "left-out" Warning "An entity that lies within something that no export names is left out, and so are its facts."
    IdleEntry "idle-entry" Warning "No row of an export fits an entry of a mapping, or it has a value or lacks a column that looks like a slip of the mapping or of the row."
    NoChannel "no-channel" Warning "A mapping states facts, and does not say what its lists are complete about, or leaves less open than they state. So what no row says counts as absent, even where no list was read. `check` reports it."
    ImportNote "import-note" Warning "A mapping warns of what an export says."

    // Suites
    EmptySuite "empty-suite" Error "A suite of tests has no entry, so that it would pass whatever the pack says."
    UndatedEntry "undated-entry" Error "An entry of a suite has no date: neither its own, nor one in its question or on the suite. Write `at`, so that it is the same test every day."
    BadRequest "bad-request" Error "An entry of a suite names something that the pack or the world does not have, or does not have at its date; or the work limit was reached before a request was decided."
    IdleItem "idle-item" Error "A subject, action or resource of an entry takes part in no request, or the entry asks nothing at all."
    IdleLine "idle-line" Error "A line of `allowed`, `unknown` or `are` fits no request of its entry, so that it would test nothing."
    ClashingLines "clashing-lines" Error "A request is both in `allowed` (or `are`) and in `unknown`."
    DuplicateSnapshot "duplicate-snapshot" Error "The name of an entry with `snapshot` is that of another entry of the suite."
}
