//! Each mistake that an element can have.

use super::{check, lost};

#[test]
fn unknown_elements_and_keys_suggest_what_was_meant() {
    assert_eq!(
        check("[rol.owner]\non = ['x']"),
        "unknown-element 1:2..5 no sort of element is named `rol` | unknown sort | did you mean `role`?\n  patch rol -> role\n"
    );
    assert_eq!(check("zebra = 1"), "unknown-element 1:1..6 no sort of element is named `zebra` | unknown sort | \n");
    assert_eq!(
        check("[rule.a]\nalow = ['x']"),
        "unknown-key 2:1..5 a rule has no key `alow` | unknown key | did you mean `allow`?\n  patch alow -> allow\n"
    );
    assert_eq!(
        check("[kind.a]\nsince = 2020-01-01"),
        "unknown-key 2:1..6 a kind has no key `since` | unknown key | rules, roles, tables, implications, events, obligations and advice have it\n"
    );
    assert_eq!(
        check("[action.desk.issue]\non = ['x']"),
        "unknown-key 1:14..19 an action has no key `issue` | unknown key | a name with dots stands in quotes: `[action.\"desk.loans.issue\"]`\n"
    );
}

#[test]
fn a_key_that_is_there_is_not_suggested() {
    assert_eq!(
        check("[rule.a]\nallow = ['x']\nalow = ['y']"),
        "unknown-key 3:1..5 a rule has no key `alow` | unknown key | a rule may have `title`, `note`, `comment`, `source`, `since`, `until`, `toggle`, `allow`, `deny`, `if`, `unless`\n"
    );
}

#[test]
fn missing_keys_are_reported_unless_misspelt() {
    assert_eq!(
        check("[table.a]\nsystem = 'x'"),
        "missing-key 1:8..9 a table must have `grid` | `grid` is missing here | write `grid = '''TABLE'''`\nmissing-key 1:8..9 a table must have `on` | `on` is missing here | write `on = [\"KIND\"]`\n"
    );
    for (toml, key) in [
        ("[role.a]", "on"),
        ("[action.a]", "on"),
        ("[relation.a]", "ends"),
        ("[toggle.a]", "status"),
        ("[claim.a]", "text"),
        ("[invariant.a]", "never"),
        ("[obligation.a]\nfor = ['x']", "text"),
        ("[advice.a]\ntext = 'x'", "for"),
        ("[implication.a]\nif = 'true'", "then"),
    ] {
        let rendered = check(toml);
        assert!(rendered.starts_with("missing-key 1:") && rendered.contains(&format!("must have `{key}`")), "{rendered}");
        assert_eq!(lost(toml), "a", "{toml}");
    }
    assert_eq!(
        check("[toggle.a]\nsttus = 'proposed'"),
        "unknown-key 2:1..6 a toggle has no key `sttus` | unknown key | did you mean `status`?\n  patch sttus -> status\n"
    );
}

#[test]
fn an_element_needs_a_name() {
    assert_eq!(check("[rule]\nallow = ['x']"), "unknown-element 1:1..7 a rule has no name |  | write `[rule.NAME]`\n");
    assert_eq!(check("[event]"), "unknown-element 1:1..8 an event has no name |  | write `[event.NAME]`\n");
    assert_eq!(check("rule.allow = ['x']"), "unknown-element 1:1..5 a rule has no name |  | write `[rule.NAME]`\n");
    assert_eq!(check("rule = 5"), "wrong-type 1:1..5 `rule` is a number, not a table of named elements |  | write `[rule.NAME]`\n");
    assert_eq!(check("[[rule]]"), "wrong-type 1:3..7 `rule` is a list, not a table of named elements |  | write `[rule.NAME]`\n");
    assert_eq!(
        check("[kind]\nattributes.x = 'y'\nwithin = 'x'\n[kind.b]\nwithi = 'x'"),
        "unknown-element 1:1..7 a kind has no name |  | write `[kind.NAME]`\n\
         unknown-key 5:1..6 a kind has no key `withi` | unknown key | did you mean `within`?\n  patch withi -> within\n"
    );
}

#[test]
fn names_are_checked() {
    assert_eq!(
        check("[role.SiteLead]\non = ['x']"),
        "bad-name 1:7..15 `SiteLead` is not a valid name for a role |  | write `site-lead`\n  \
         note a name is kebab-case: `a-z`, `0-9` and single hyphens, a letter first\n  patch SiteLead -> site-lead\n"
    );
    assert_eq!(
        check("[kind.event]"),
        "reserved-name 1:7..12 `event` cannot be the name of a kind | a word of the language | choose another name\n"
    );
    assert_eq!(
        check("[relation.within]\nends = ['x']"),
        "reserved-name 1:11..17 `within` cannot be the name of a relation | a word of the language | choose another name\n"
    );
    assert_eq!(
        check("[role.subject]\non = ['x']"),
        "reserved-name 1:7..14 `subject` cannot be the name of a role | a word of the language | choose another name\n"
    );
    assert_eq!(
        check("[event.e]\nwith = { by = 'x' }"),
        "reserved-name 2:10..12 `by` cannot be the name of a parameter | a word of the language | choose another name\n"
    );
    assert_eq!(check("[rule.subject]\nallow = ['x']\n[toggle.on]\nstatus = 'x'"), "");
    assert!(check("[kind.k]\nattributes.'a b' = 'x'").contains("patch a b -> a-b"));
    assert_eq!(check("[action.\"Desk.Issue_all\"]\non = ['x']\n[kind.k]\nactions = ['GET']"), "");
    assert!(check("[action.\"Desk.Issue all\"]\non = ['x']").contains("patch Desk.Issue all -> Desk.Issue-all"));
    assert_eq!(check("[kind.k]\naka = ['Asset_x']\n[action.a]\non = 'k'\naka = ['B.c_d']"), "");
    assert!(check("[kind.k]\naka = ['a.b']").starts_with("bad-name 2:9..12 `a.b` is not a valid name for a kind"));
    assert!(check("[kind.k]\naka = ['unknown']").starts_with("reserved-name"));
    assert!(check("[action.a]\non = 'k'\naka = ['b c']").starts_with("bad-name 3:9..12 `b c` is not a valid name for an action"));
    assert!(check("[kind.k]\nactions = ['get it']").contains("`get it` is not a valid name for an action"));
    assert!(check("[claim.\"a b\"]\ntext = 'x'").starts_with("bad-name"));
    assert!(check(&format!("[claim.{}]\ntext = 'x'", "a".repeat(65))).starts_with("too-long"));
}

#[test]
fn an_element_with_a_bad_name_is_kept() {
    assert_eq!(lost("[role.SiteLead]\non = ['x']"), "");
}

#[test]
fn a_text_in_place_of_a_list_gets_brackets() {
    for (toml, key) in [
        ("[rule.a]\nallow = 'x'", "allow"),
        ("[rule.a]\ndeny = 'x'", "deny"),
        ("[rule.a]\nallow = ['x']\nsource = 'x'", "source"),
        ("[role.a]\non = ['x']\ngrants = 'x'", "grants"),
        ("[role.a]\non = ['x']\nincludes = 'x'", "includes"),
        ("[kind.a]\nactions = 'x'", "actions"),
        ("[relation.a]\nends = 'x'", "ends"),
        ("[kind.a]\nexactly-one = 'x'", "exactly-one"),
        ("[claim.a]\ntext = 'x'\ndocuments = 'x'", "documents"),
        ("[advice.a]\ntext = 'x'\nfor = 'x'", "for"),
        ("[event.a]\nadds = 'x'", "adds"),
        ("[event.a]\nremoves = 'x'", "removes"),
        ("[event.a]\nends = 'x'", "ends"),
    ] {
        let rendered = check(toml);
        let expected =
            format!("`{key}` is a string, not a list of strings | expected a list of strings | put it in brackets\n  patch 'x' -> ['x']\n");
        assert!(rendered.starts_with("wrong-type") && rendered.ends_with(&expected), "{rendered}");
    }
}

#[test]
fn values_of_the_wrong_type_are_reported() {
    let checked = |toml: &str| check(&format!("[rule.a]\nallow = ['x']\n{toml}"));
    assert_eq!(
        checked("title = 5"),
        "wrong-type 3:9..10 `title` is a number, not a string | expected a string | put it in quotes\n  patch 5 -> \"5\"\n"
    );
    assert_eq!(
        checked("if = true"),
        "wrong-type 3:6..10 `if` is a boolean, not a string | expected a string | put it in quotes\n  patch true -> \"true\"\n"
    );
    assert_eq!(checked("note = ['x']"), "wrong-type 3:8..13 `note` is a list, not a string | expected a string | \n");
    assert_eq!(
        checked("source = ['x', 1.5]"),
        "wrong-type 3:16..19 an item of `source` is a float, not a string | expected a string | put it in quotes\n  patch 1.5 -> \"1.5\"\n"
    );
    assert_eq!(check("[rule.a]\nallow = []"), "wrong-type 2:9..11 `allow` is an empty list | expected one text or more | \n");
    assert_eq!(
        check("[toggle.a]\nstatus = 'x'\ndefault = 'true'"),
        "wrong-type 3:11..17 `default` is a string, not a boolean | expected a boolean | leave the quotes out\n  patch 'true' -> true\n"
    );
    assert_eq!(
        check("[event.a]\nwith = ['x']\ncreates.x = 'y'"),
        "wrong-type 2:8..13 `with` is a list, not a table | expected a table | \nwrong-type 3:13..16 `creates.x` is a string, not a table | expected a table | \n"
    );
    assert_eq!(
        check("[advice.a]\nfor = ['x']\ntext = 'x'\nwith = 'alow'"),
        "wrong-type 4:9..13 `alow` is not a decision | expected `allow` or `deny` | did you mean `allow`?\n  patch alow -> allow\n"
    );
    assert!(check("[table.a]\nsystem = 'x'\non = ['x']\ngrid = 5\nrows = { a = 1 }").contains("`a` is a number, not a string"));
}

/// Seen to fail when an event read its parameters as a kind reads its attributes.
#[test]
fn a_parameter_has_no_history() {
    assert_eq!(check("[kind.k]\nattributes.a = { to = 'k', history = true }"), "");
    assert_eq!(
        check("[event.e]\nwith = { a = { to = 'k', history = true } }\nif = 'true'"),
        "unknown-key 2:26..33 a parameter has no key `history` | unknown key | \
         a parameter may have `to`, `one-of`, `type`, `member-of`, `many`, `optional`\n"
    );
}

#[test]
fn keys_of_world_files_are_no_attributes_or_parameters() {
    for name in ["entity", "from"] {
        let refused = format!("reserved-name 2:12..{} `{name}` cannot be the name of an attribute", 12 + name.len());
        assert!(check(&format!("[kind.k]\nattributes.{name} = 'k'")).contains(&refused), "{name}");
    }
    assert!(check("[kind.k]\nwithin = 'from'").contains("reserved-name 2:11..15 `from` cannot be the name of an attribute"));
    for name in ["at", "by", "do", "event", "from"] {
        let refused = format!("`{name}` cannot be the name of a parameter");
        assert!(check(&format!("[event.e]\nwith = {{ {name} = 'k' }}")).contains(&refused), "{name}");
        assert!(check(&format!("[event.e]\ncreates.{name} = {{}}")).contains(&refused), "{name}");
    }
    for name in ["role", "fact", "event", "world", "entity", "unknown"] {
        assert!(check(&format!("[kind.{name}]")).contains("cannot be the name of a kind"), "{name}");
    }
}

#[test]
fn a_key_is_one_text() {
    let checked = |flags: &str| check(&format!("[kind.k]\nattributes.a = {{ {flags}, key = true }}"));
    assert_eq!(checked("type = 'text', optional = true"), "");
    for other in ["type = 'number'", "one-of = ['a']", "to = 'k'", "member-of = 'k'"] {
        assert!(checked(other).contains("wrong-type 2:12..13 the key `a` is not a string | a key is one string | write `{"), "{other}");
    }
    assert!(checked("type = 'text', many = true").contains("the key `a` may have many values"));
    assert!(check("[event.e]\nwith = { a = { type = 'text', key = true } }").contains("a parameter has no key `key`"));
}

#[test]
fn attributes_have_exactly_one_type() {
    let checked = |toml: &str| check(&format!("[kind.k]\nattributes.a = {toml}"));
    assert_eq!(
        checked("{}"),
        "missing-key 2:12..13 the attribute `a` has no type | of what type? | give it one of `to`, `one-of`, `type` and `member-of`\n"
    );
    assert_eq!(
        checked("{ to = 'x', type = 'text' }"),
        "wrong-type 2:12..13 the attribute `a` has both `to` and `type` | of which type? | give it one of them alone\n"
    );
    assert_eq!(
        checked("{ typ = 'text' }"),
        "unknown-key 2:18..21 an attribute has no key `typ` | unknown key | did you mean `type`?\n  patch typ -> type\n"
    );
    assert_eq!(
        checked("{ type = 'texts' }"),
        "wrong-type 2:26..31 `texts` is not a type | expected `text`, `number` or `date` | did you mean `text`?\n  patch texts -> text\n"
    );
    assert_eq!(checked("[]"), "wrong-type 2:16..18 `a` is an empty list | expected one text or more | \n");
    assert_eq!(checked("{ one-of = [] }"), "wrong-type 2:27..29 `one-of` is an empty list | expected one text or more | \n");
    assert_eq!(
        checked("5"),
        "wrong-type 2:16..17 `a` is a number, not a string or a list of strings | expected a string or a list of strings | \n"
    );
    assert_eq!(lost("[kind.k]\nattributes.a = 5"), "a");
}

#[test]
fn relations_have_one_to_three_ends() {
    let checked = |ends: &str| check(&format!("[relation.r]\nends = {ends}"));
    assert_eq!(checked("[]"), "wrong-ends 2:8..10 a relation has one to three ends, and this has no end | no end | \n");
    assert_eq!(checked("['a', 'b', 'c', 'd']"), "wrong-ends 2:8..28 a relation has one to three ends, and this has 4 ends | 4 ends | \n");
    assert_eq!(checked("['a', []]"), "wrong-type 2:14..16 `ends` is an empty list | expected one text or more | \n");
    assert_eq!(
        checked("['a', 5]"),
        "wrong-type 2:14..15 `ends` is a number, not a string or a list of strings | expected a string or a list of strings | \n"
    );
    assert_eq!(checked("['a']\nsays = '{1} is {1}'"), "");
    assert_eq!(checked("['a']\nsays = '{2}'"), "wrong-ends 3:9..12 `{2}` in `says` stands for no end |  | this relation has `{1}` alone\n");
    for says in ["{0}", "{3}", "{x}", "{1", "1}", "{}", "{{1}}", "{99999999999999999999}"] {
        assert!(checked(&format!("['a', 'b']\nsays = '{says}'")).starts_with("wrong-ends 3:9.."), "{says}");
    }
    assert_eq!(checked("['a', 'b']\nthrough = [2, 1]"), "");
    assert_eq!(
        checked("['a', 'b']\nthrough = [3, 1, 1, 0, -1, 'x']"),
        "wrong-ends 3:12..13 `through` names end 3, which the relation does not have | no such end | it has ends 1 and 2\n\
         wrong-ends 3:18..19 `through` names end 1 twice | the second | remove one of them\n  and 3:15..16 the first\n\
         wrong-ends 3:21..22 `through` names end 0, which the relation does not have | no such end | it has ends 1 and 2\n\
         wrong-ends 3:24..26 `through` names end -1, which the relation does not have | no such end | it has ends 1 and 2\n\
         wrong-type 3:28..31 an item of `through` is a string, not the number of an end | expected the number of an end | \n"
    );
    assert_eq!(
        checked("['a']\nthrough = 1"),
        "wrong-type 3:11..12 `through` is a number, not a list of numbers of ends | expected a list of numbers of ends | write `through = [1]` for the first end\n"
    );
    assert_eq!(lost("[relation.r]\nends = ['a']\nthrough = [2]"), "r");
}

#[test]
fn intervals_are_not_empty() {
    assert_eq!(
        check("[rule.r]\nallow = ['x']\nsince = 2020-01-01\nuntil = '2020-01-01T00:00:00Z'"),
        "empty-interval 4:9..31 `until` (2020-01-01) is not after `since` (2020-01-01) | ends here | \n  and 3:9..19 begins here\n"
    );
}

#[test]
fn dates_are_dates_with_an_offset() {
    let checked = |date: &str| check(&format!("[rule.r]\nallow = ['x']\nsince = {date}"));
    assert_eq!(checked("2020-01-01 12:00:00Z"), "");
    assert_eq!(checked("'2020-01-01T12:00:00+09:00'"), "");
    assert_eq!(
        checked("2020-01-01T12:00:00"),
        "bad-date 3:9..28 `2020-01-01T12:00:00` has no offset |  | write `2020-01-01T12:00:00Z` for UTC\n"
    );
    let advice = "write `2020-06-19` or `2020-06-19T12:00:00Z`";
    let calendar = "the calendar has no such day: check month and day";
    assert_eq!(checked("12:00:00"), format!("bad-date 3:9..17 `12:00:00` is not a date of RFC 3339 |  | {advice}\n"));
    assert_eq!(checked("'yesterday'"), format!("bad-date 3:9..20 `yesterday` is not a date of RFC 3339 |  | {advice}\n"));
    assert_eq!(checked("'2021-02-30'"), format!("bad-date 3:9..21 the date `2021-02-30` does not exist |  | {calendar}\n"));
    assert_eq!(checked("2021-02-30"), format!("bad-date 3:9..19 the date `2021-02-30` does not exist |  | {calendar}\n"));
    assert_eq!(checked("2021-2-1"), "bad-date 3:9..17 `2021-2-1` is not a date of RFC 3339 |  | write `2021-02-01`\n");
    assert_eq!(
        checked("2021-02-28T25:00:00Z"),
        "bad-date 3:9..29 the time `2021-02-28T25:00:00Z` does not exist |  | check the hour, the minute and the second\n"
    );
    assert_eq!(checked("5"), "wrong-type 3:9..10 `since` is a number, not a date | expected a date | \n");
    // The rest of the file is read.
    assert!(check("[document.a]\ndate = 2021-02-30\n[rol.x]").contains("unknown-element 3:2..5"));
}

#[test]
fn elements_whose_meaning_would_change_are_left_out() {
    assert_eq!(lost("[rule.a]\nallow = ['x']\nif = 5\n[rule.b]\nalow = ['x']\n[rule.c]\nallow = 'x'"), "a b c");
    assert_eq!(lost("[event.a]\nadds = [5]\n[implication.b]\nthen = 5\n[advice.c]\nfor = ['x']\ntext = 'x'\nwith = 'y'"), "a b c");
    assert_eq!(lost("[rule.a]\nallow = ['x']\ntoggle = 5"), "a");
    assert_eq!(
        lost("[role.a]\non = ['x']\nexcept = 'y'\n[role.b]\non = ['x']\nexept = ['y']\n[role.c]\non = ['x']\nexcept = ['y', 5]"),
        "a b c"
    );
    // A kind or role is kept for the elements that name it, and so is an element with a bad title.
    assert_eq!(lost("[kind.a]\nwithi = 'x'\n[role.b]\non = ['x']\ngrants = 'y'\n[rule.c]\nallow = ['x']\ntitle = 5"), "");
    // What an element with a bad citation cites is not known.
    assert_eq!(lost("[rule.c]\nallow = ['x']\nsource = 'x'"), "c");
}

#[test]
fn a_long_text_is_cut_and_shown_on_one_line() {
    let rendered = check(&format!("[kind.\"{}\\nb\"]", "a".repeat(100)));
    assert!(rendered.contains(&format!("`{}…`", "a".repeat(80))), "{rendered}");
    assert!(check("[kind.\"a\\nb\"]").starts_with("bad-name 1:8..12 `a b` is not a valid name for a kind"));
}

#[test]
fn a_title_of_an_action_names_the_resource_alone() {
    assert_eq!(check("[action.a]\non = 'x'\ntitle = 'change {resource} to {resource}'"), "");
    for title in ["{recource}", "{subject}", "{ resource }", "{resource", "}"] {
        let expected = format!(
            "unknown-placeholder 3:10..{} `{title}` in the title of an action stands for nothing |  | `{{resource}}` stands for the resource; it is the only name in braces that a title may have\n",
            10 + title.len()
        );
        assert_eq!(check(&format!("[action.a]\non = 'x'\ntitle = '{title}'")), expected);
    }
    assert_eq!(check("[role.a]\non = 'x'\ntitle = '{anything}'"), "");
}

#[test]
fn the_system_of_a_table_begins_the_names_of_its_actions() {
    let grid = "on = 'x'\ngrid = '''\n| a | b |\n| - | - |\n| c | x |\n'''";
    assert_eq!(check(&format!("[table.t]\nsystem = 'Desk.a_1'\n{grid}")), "");
    assert!(
        check(&format!("[table.t]\nsystem = 'the desk'\n{grid}"))
            .starts_with("bad-name 2:11..19 `the desk` is not a valid name for a system")
    );
}
