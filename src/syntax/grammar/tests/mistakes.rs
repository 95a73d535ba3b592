use super::{exact, rendered};
use crate::diag::Diagnostic;
use crate::syntax::{Embedded, StringForm, condition, effect, fact, pattern, stated_fact};
use crate::text::{FileId, Span};

fn check(text: &str) -> String {
    shown(condition(&exact(text)))
}

fn shown<T>(result: Result<T, Diagnostic>) -> String {
    result.map_or_else(|diagnostic| rendered(&diagnostic), |_| "no mistake".into())
}

#[test]
fn missing_parts_are_reported() {
    assert_eq!(check(""), "expression-syntax 0..0 the condition is empty | the condition ends here");
    assert_eq!(
        check(
            "  
 "
        ),
        "expression-syntax 0..0 the condition is empty | the condition ends here"
    );
    assert_eq!(
        check("subject.partner"),
        "expression-syntax 15..15 expected a comparison, `is`, `in`, `within` or `holds` after `subject.partner` | the condition ends here | a term alone is neither true nor false"
    );
    assert_eq!(check("a =="), "expression-syntax 4..4 expected a term after `==` | the condition ends here");
    assert_eq!(check("(a == b"), "expression-syntax 7..7 expected `and`, `or` or `)` after `b` | the condition ends here");
    assert_eq!(check("x holds owner"), "expression-syntax 13..13 expected `on` after `owner` | the condition ends here");
    assert_eq!(check("x holds owner on"), "expression-syntax 16..16 expected a term after `on` | the condition ends here");
    assert_eq!(check("toggle"), "expression-syntax 6..6 expected a toggle's name after `toggle` | the condition ends here");
    assert_eq!(check("not"), "expression-syntax 3..3 expected a condition after `not` | the condition ends here");
    assert_eq!(check("dap(a, b) or"), "expression-syntax 12..12 expected a condition after `or` | the condition ends here");
    assert_eq!(check("dap()"), "expression-syntax 4..5 expected a term after `(` | found `)`");
    assert_eq!(check("dap(a,)"), "expression-syntax 6..7 expected a term after `,` | found `)`");
    assert_eq!(check("dap(a b)"), "expression-syntax 6..7 expected `,` or `)` after `a` | found `b`");
    assert_eq!(check("x in []"), "expression-syntax 6..7 expected an entity, string, number or date after `[` | found `]`");
    assert_eq!(check("x in [a:b,]"), "expression-syntax 10..11 expected an entity, string, number or date after `,` | found `]`");
    assert_eq!(check("x in [1 2]"), "expression-syntax 8..9 expected `,` or `]` after `1` | found `2`");
    assert_eq!(check("x. == y"), "expression-syntax 3..5 expected an attribute's name after `x.` | found `==`");
    assert_eq!(
        check("x and y"),
        "expression-syntax 2..5 expected a comparison, `is`, `in`, `within` or `holds` after `x` | found `and` | a term alone is neither true nor false"
    );
    assert_eq!(
        check("was dap"),
        "expression-syntax 7..7 expected `(` or `holds` after `dap` | the condition ends here | `was` is used on a relation or a role held: `was dap(customer, partner)`, `was user holds owner on site`"
    );
}

#[test]
fn superfluous_parts_are_reported() {
    assert_eq!(check("a == b)"), "expression-syntax 6..7 expected `and`, `or` or the end after `b` | found `)` | it closes no `(`");
    assert_eq!(
        check("a == b == c"),
        "expression-syntax 7..9 comparisons do not chain | a second one | join two with `and`: `a == b and b == c`"
    );
    assert_eq!(
        check("a is b is c"),
        "expression-syntax 7..9 comparisons do not chain | a second one | join two with `and`: `a == b and b == c`"
    );
    assert_eq!(
        check("a in b\n  holds c on d"),
        "expression-syntax 9..14 comparisons do not chain | a second one | join two with `and`: `a == b and b == c`"
    );
    assert_eq!(
        check("dap(a, b) == true"),
        "expression-syntax 10..12 expected `and`, `or` or the end after `)` | found `==` | what stands before is itself true or false: nothing is compared with it"
    );
    assert_eq!(
        check("(true) == x"),
        "expression-syntax 7..9 expected `and`, `or` or the end after `)` | found `==` | what stands before is itself true or false: nothing is compared with it"
    );
    assert_eq!(check("a == b c == d"), "expression-syntax 7..8 expected `and`, `or` or the end after `b` | found `c`");
    assert_eq!(check("a == b;"), "expression-syntax 6..7 expected `and`, `or` or the end after `b` | found `;`");
    assert_eq!(check("x == [1]"), "expression-syntax 5..6 expected a term after `==` | found `[` | a list can only be used after `in`");
    assert_eq!(
        check("a == b # note"),
        "expression-syntax 7..8 expected `and`, `or` or the end after `b` | found `#` | there are no comments inside a condition: write them in the file, outside its quotes"
    );
    assert_eq!(
        check("a - b"),
        "expression-syntax 2..3 expected a comparison, `is`, `in`, `within` or `holds` after `a` | found `-` | there is no minus; a hyphen belongs to a name only without spaces"
    );
    assert_eq!(
        check("a + b == c"),
        "expression-syntax 2..3 expected a comparison, `is`, `in`, `within` or `holds` after `a` | found `+` | there is no arithmetic"
    );
    assert_eq!(
        check("x == -3"),
        "expression-syntax 5..6 expected a term after `==` | found `-` | there is no minus; a hyphen belongs to a name only without spaces"
    );
}

#[test]
fn signs_of_other_languages_get_help() {
    assert_eq!(check("a == b && c == d"), "expression-syntax 7..9 expected `and`, `or` or the end after `b` | found `&&` | write `and`");
    assert_eq!(
        check("a || b"),
        "expression-syntax 2..4 expected a comparison, `is`, `in`, `within` or `holds` after `a` | found `||` | write `or`"
    );
    assert_eq!(check("!dap(a, b)"), "expression-syntax 0..1 expected a condition | found `!` | write `not`");
    assert_eq!(
        check("a = b"),
        "expression-syntax 2..3 expected a comparison, `is`, `in`, `within` or `holds` after `a` | found `=` | write `==` to compare"
    );
    assert_eq!(check("a === b"), "expression-syntax 4..5 expected a term after `==` | found `=` | two `=` are enough");
    assert_eq!(
        check("a =< b"),
        "expression-syntax 2..3 expected a comparison, `is`, `in`, `within` or `holds` after `a` | found `=` | write `<=`"
    );
    assert_eq!(check("a < = b"), "expression-syntax 4..5 expected a term after `<` | found `=` | write `<=` without a space");
    assert_eq!(check("a <> b"), "expression-syntax 3..4 expected a term after `<` | found `>` | write `!=`");
    assert_eq!(
        check("x == 'abc'"),
        r#"expression-syntax 5..6 expected a term after `==` | found `'` | strings need straight double quotes: `"…"`"#
    );
    assert_eq!(
        check("x == “abc”"),
        r#"expression-syntax 5..8 expected a term after `==` | found `“` | `“` is a typographic quote: write the straight `"`, as in `"…"` and `kind:"…"`"#
    );
    assert_eq!(
        check("a == b AND c == d"),
        "expression-syntax 7..10 expected `and`, `or` or the end after `b` | found `AND` | keywords are lower case: `and`"
    );
    assert_eq!(check("NOT dap(a, b)"), "expression-syntax 0..3 expected a condition | found `NOT` | keywords are lower case: `not`");
    assert_eq!(
        check("x in (\"a\")"),
        r#"expression-syntax 5..6 expected a term after `in` | found `(` | a list stands in brackets: `in ["a", "b"]`"#
    );
    assert_eq!(
        check("x not in y"),
        "expression-syntax 2..5 expected a comparison, `is`, `in`, `within` or `holds` after `x` | found `not` | `not` stands first: `not x in …`"
    );
    assert_eq!(
        check("x is not user"),
        "expression-syntax 5..8 expected a kind's name after `is` | found `not` | `not` stands first: `not x is kind`; for values write `!=`"
    );
    assert_eq!(
        check(".x == y"),
        "expression-syntax 0..1 expected a condition | found `.` | an attribute follows a name: `subject.partner`"
    );
}

#[test]
fn bad_names_are_reported() {
    assert_eq!(check("siteLead is user"), "expression-syntax 0..8 `siteLead` is not a name |  | names are kebab-case: `site-lead`");
    assert_eq!(check("Customer == x"), "expression-syntax 0..8 expected a condition | found `Customer` | names are kebab-case: `customer`");
    assert_eq!(check("dap(site_lead, b)"), "expression-syntax 4..13 `site_lead` is not a name |  | names are kebab-case: `site-lead`");
    assert_eq!(check("dap(site--lead, b)"), "expression-syntax 4..14 `site--lead` is not a name |  | names are kebab-case: `site-lead`");
    assert_eq!(
        check("dap(a-, b)"),
        "expression-syntax 4..6 `a-` is not a name |  | a name ends in a letter or digit, and there is no minus"
    );
    assert_eq!(check("_x is user"), "expression-syntax 0..2 `_x` is not a name |  | names are kebab-case: `x`");
    assert_eq!(
        check("x.Partner == y"),
        "expression-syntax 2..9 expected an attribute's name after `x.` | found `Partner` | names are kebab-case: `partner`"
    );
    assert_eq!(check("on == x"), "expression-syntax 0..2 expected a condition | found `on` | `on` is a reserved word");
    assert_eq!(
        check("x is subject"),
        "expression-syntax 5..12 expected a kind's name after `is` | found `subject` | `subject` is a reserved word"
    );
    assert_eq!(
        check("x == true"),
        "expression-syntax 5..9 expected a term after `==` | found `true` | a value is never `true` or `false`: declare the attribute with `one-of = [\"yes\", \"no\"]`, and compare with `\"yes\"`"
    );
    assert_eq!(
        check("subject(x)"),
        "expression-syntax 7..8 expected a comparison, `is`, `in`, `within` or `holds` after `subject` | found `(` | `subject` is a reserved word, so no relation is called that"
    );
    assert_eq!(
        check("x == é"),
        "expression-syntax 5..7 expected a term after `==` | found `é` | names are kebab-case: `a-z`, `0-9` and single hyphens, a letter first"
    );
}

#[test]
fn misplaced_words_get_help() {
    assert_eq!(
        check("x is customer:y"),
        "expression-syntax 5..15 expected a kind's name after `is` | found `customer:y` | `is` asks for a kind; write `==` for an entity"
    );
    assert_eq!(
        check("x holds \"owner\" on y"),
        "expression-syntax 8..15 expected a role's name, `role:ID` or `_` after `holds` | found `\"owner\"` | the name of a role stands without quotes"
    );
    assert_eq!(
        check("toggle \"x\""),
        r#"expression-syntax 7..10 expected a toggle's name after `toggle` | found `"x"` | the name of a toggle stands without quotes"#
    );
    assert_eq!(
        check("was x == y"),
        "expression-syntax 6..8 expected `(` or `holds` after `x` | found `==` | `was` is used on a relation or a role held: `was dap(customer, partner)`, `was user holds owner on site`"
    );
    assert_eq!(
        check("was user:a in b"),
        "expression-syntax 11..13 expected `holds` after `user:a` | found `in` | `was` is used on a relation or a role held: `was dap(customer, partner)`, `was user holds owner on site`"
    );
    assert_eq!(check("was x holds owner"), "expression-syntax 17..17 expected `on` after `owner` | the condition ends here");
    assert_eq!(
        check("was"),
        "expression-syntax 3..3 expected a relation or a role held after `was` | the condition ends here | `was` is used on a relation or a role held: `was dap(customer, partner)`, `was user holds owner on site`"
    );
    assert_eq!(
        check("x in [intune]"),
        r#"expression-syntax 6..12 expected an entity, string, number or date after `[` | found `intune` | strings need quotes: `"intune"`"#
    );
    assert_eq!(check("x == toggle y"), "expression-syntax 5..11 expected a term after `==` | found `toggle` | `toggle` is a reserved word");
}

#[test]
fn bad_entities_are_reported() {
    assert_eq!(
        check("dap(user:Old Mill, b)"),
        r#"expression-syntax 13..17 expected `,` or `)` after `user:Old` | found `Mill` | an id with a space stands in quotes: `user:"Old Mill"`"#
    );
    assert_eq!(
        check("user: alice is x"),
        r#"expression-syntax 4..5 expected a comparison, `is`, `in`, `within` or `holds` after `user` | found `:` | an entity is written without a space: `kind:id`; an odd id stands in quotes: `kind:"…"`"#
    );
    assert_eq!(
        check("user :alice is x"),
        "expression-syntax 5..6 expected a comparison, `is`, `in`, `within` or `holds` after `user` | found `:` | an entity is written without a space: `kind:id`"
    );
    assert_eq!(
        check("user:a%b is x"),
        r#"expression-syntax 6..7 expected a comparison, `is`, `in`, `within` or `holds` after `user:a` | found `%` | an id with `%` stands in quotes: `user:"a%…"`"#
    );
    assert_eq!(
        check("user:alice .groups == x"),
        r#"expression-syntax 11..12 no attribute follows a bare id |  | quote the id: `user:"alice".…`"#
    );
    assert_eq!(
        check("in:foo == x"),
        "expression-syntax 0..2 `in` is a reserved word, so no kind is called that |  | an entity is `kind:id`; if none is meant here, put a space before and after the word"
    );
    assert_eq!(
        check("x == user:'a b'"),
        r#"expression-syntax 9..10 expected `and`, `or` or the end after `user` | found `:` | an entity is written without a space: `kind:id`; an odd id stands in quotes: `kind:"…"`"#
    );
    assert_eq!(
        check("x == user:"),
        r#"expression-syntax 9..10 expected `and`, `or` or the end after `user` | found `:` | an entity is written without a space: `kind:id`; an odd id stands in quotes: `kind:"…"`"#
    );
}

#[test]
fn bad_numbers_dates_and_texts_are_reported() {
    assert_eq!(
        check("x == 30days"),
        "expression-syntax 5..11 `30days` is neither a number nor a date |  | put a space after the number: `30 days`"
    );
    assert_eq!(check("x == 3.5"), "expression-syntax 5..8 `3.5` is neither a number nor a date |  | numbers are whole");
    assert_eq!(
        check("x == 1_000"),
        "expression-syntax 5..10 `1_000` is neither a number nor a date |  | a number is digits alone, a date as `2020-06-19`; strings need double quotes"
    );
    assert_eq!(
        check("x == 3-x"),
        "expression-syntax 5..8 `3-x` is neither a number nor a date |  | a number is digits alone, a date as `2020-06-19`; strings need double quotes"
    );
    assert_eq!(
        check("x == 3\"a\""),
        r#"expression-syntax 5..9 `3"a"` is neither a number nor a date |  | a number is digits alone, a date as `2020-06-19`; strings need double quotes"#
    );
    assert_eq!(check("x == 2020-6-1"), "bad-date 5..13 `2020-6-1` is not a date of RFC 3339: write `2020-06-01` | ");
    assert_eq!(check("x == 2021-02-29"), "bad-date 5..15 the date `2021-02-29` does not exist | ");
    assert_eq!(
        check("x == 2020-06-19T12:00:00"),
        "bad-date 5..24 `2020-06-19T12:00:00` has no offset: write `2020-06-19T12:00:00Z` for UTC | "
    );
    assert_eq!(check("x == 99999999999999999999"), "number-size 5..25 the number is too large |  | the largest is 9223372036854775807");
    assert_eq!(check("x == \"abc"), "expression-syntax 5..6 the string has no closing quote | opened here");
    assert_eq!(
        check("x == \"a\nb\""),
        r"expression-syntax 5..6 the string has no closing quote | opened here | a string ends on its line; a line break in it is written `\n`"
    );
    assert_eq!(check("x == \"a\tb\""), r"expression-syntax 7..8 a string cannot hold a control character |  | write `\t`");
    assert_eq!(
        check("x == \"\\q\""),
        r#"expression-syntax 6..8 unknown escape `\q` |  | a backslash itself is written `\\`, a quote `\"`"#
    );
    assert_eq!(check("x == \"\\ud800\""), "expression-syntax 7..12 the escape is half of a surrogate pair |  | write the character itself");
    assert_eq!(
        check("x == \"\\ude00\\ud83d\""),
        "expression-syntax 7..12 the escape is half of a surrogate pair |  | write the character itself"
    );
    assert_eq!(
        check("x == \"\\u12\""),
        r"expression-syntax 6..8 `\u` without four hexadecimal digits |  | such as `\u00e9`; or write the character itself"
    );
    assert_eq!(check("x == \"\\"), "expression-syntax 6..7 the string has no closing quote | the string ends here");
    assert_eq!(check("\"a\".b == x"), "expression-syntax 3..4 a string has no attributes | ");
    assert_eq!(check("3 .b == x"), "expression-syntax 2..3 a number has no attributes | ");
    assert_eq!(check("_.b == x"), "expression-syntax 1..2 `_` has no attributes |  | give it a name, which is a variable");
}

#[test]
fn a_fact_is_a_single_atom() {
    let check = |text| shown(fact(&exact(text)));
    assert_eq!(
        check("r(x) and r(y)"),
        "expression-syntax 5..8 expected the end after `)` | found `and` | only one can stand here: write each by itself"
    );
    assert_eq!(check("not r(x)"), "expression-syntax 0..3 expected a fact | found `not` | what is not told is not so: leave it out");
    assert_eq!(check("(r(x))"), "expression-syntax 0..1 expected a fact | found `(` | a fact is a single atom, without parentheses");
    assert_eq!(
        check("user:a"),
        "expression-syntax 6..6 expected a comparison, `is`, `in`, `within` or `holds` after `user:a` | the fact ends here | a term alone is neither true nor false"
    );
    assert_eq!(
        check("user:a.groups"),
        "expression-syntax 13..13 expected a comparison, `is`, `in`, `within` or `holds` after `user:a.groups` | the fact ends here | a term alone is neither true nor false"
    );
    assert_eq!(
        check("user:x has y"),
        "expression-syntax 7..10 expected a comparison, `is`, `in`, `within` or `holds` after `user:x` | found `has` | write `holds`: `x holds ROLE on y`"
    );
}

#[test]
fn bad_effects_are_reported() {
    let check = |text| shown(effect(&exact(text)));
    assert_eq!(check("r(x) for 3"), "expression-syntax 10..10 expected `days` or `hours` after `3` | the effect ends here");
    assert_eq!(check("r(x) for 3 day"), "expression-syntax 11..14 expected `days` or `hours` after `3` | found `day` | write `days`");
    assert_eq!(check("r(x) for 3 hour"), "expression-syntax 11..15 expected `days` or `hours` after `3` | found `hour` | write `hours`");
    assert_eq!(check("r(x) days 3"), "expression-syntax 5..9 expected `for`, `where` or the end after `)` | found `days`");
    assert_eq!(check("r(x) where"), "expression-syntax 10..10 expected a condition after `where` | the effect ends here");
    assert_eq!(check("r(x) where true for 3 days"), "expression-syntax 16..19 expected `and`, `or` or the end after `true` | found `for`");
    assert_eq!(check(""), "expression-syntax 0..0 the effect is empty | the effect ends here");
}

#[test]
fn bad_patterns_are_reported() {
    let check = |text| shown(pattern(&exact(text)));
    assert_eq!(check(""), "expression-syntax 0..0 the pattern is empty | the pattern ends here");
    assert_eq!(check("r(x, _) since"), "expression-syntax 8..13 expected `where` or the end after `)` | found `since`");
    assert_eq!(check("x.a where"), "expression-syntax 9..9 expected a condition after `where` | the pattern ends here");
    assert_eq!(check("x.a y"), "expression-syntax 4..5 expected a comparison, `is`, `in`, `within` or `holds` after `x.a` | found `y`");
    assert!(check("x").starts_with("expression-syntax 1..1 expected a comparison"));
    let stated = |text| shown(stated_fact(&exact(text)));
    assert_eq!(stated("not"), "expression-syntax 3..3 expected a fact after `not` | the fact ends here");
    assert_eq!(stated("not r(x) where x is y"), "expression-syntax 9..14 expected the end after `)` | found `where`");
    assert!(stated("x.a").starts_with("expression-syntax 3..3 expected a comparison"));
}

#[test]
fn a_text_of_unknown_writing_is_marked_as_a_whole() {
    let span = Span::new(FileId(0), 10, 30);
    let source = Embedded { text: "a = \"b\"", span, writing: StringForm::Unknown };
    assert_eq!(
        shown(condition(&source)),
        "expression-syntax 10..30 expected a comparison, `is`, `in`, `within` or `holds` after `a` | found `=` | write `==` to compare"
    );
}

#[test]
fn the_end_is_marked_after_the_last_word() {
    assert_eq!(check("a ==\n\n"), "expression-syntax 4..4 expected a term after `==` | the condition ends here");
}

#[test]
fn long_tokens_are_cut() {
    let word = "a".repeat(1000);
    let line = check(&format!("{word} {word}"));
    assert!(line.len() < 300, "{line}");
    assert!(check(&format!("{word}A")).len() < 300);
    assert!(check(&format!("x == 2020-{word}")).len() < 1200);
}
